//! Consent, code, tokens, refresh, and the ways grants die.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::super::{App, Client};
use super::*;

const AUTH: &str = "/o/oauth2/v2/auth";
const CLIENT: &str = "1234567890-makebelieve.apps.googleusercontent.com";
const SECRET: &str = "GOCSPX-makebelieve";
const REDIRECT: &str = "http://127.0.0.1:8484";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const UPLOAD: &str = "https://www.googleapis.com/auth/youtube.upload";
const BOTH: &str = "https://www.googleapis.com/auth/youtube.upload https://www.googleapis.com/auth/youtube.readonly";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

fn asked(challenge: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", BOTH),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
        ("state", "s&t"),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ]
}

fn exchanged(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]
}

fn renewed(token: &str) -> Vec<(&str, &str)> {
    vec![("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", CLIENT), ("client_secret", SECRET)]
}

/// With a field changed, or taken away, or added.
fn set<'a>(mut fields: Vec<(&'a str, &'a str)>, name: &'a str, value: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    fields.retain(|(key, _)| *key != name);
    fields.extend(value.map(|value| (name, value)));
    fields
}

fn query(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

impl Bench {
    async fn consent(&self, fields: &[(&str, &str)]) -> Got {
        let request = Request::builder().uri(format!("{AUTH}?{}", query(fields)));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Presses a button of the page; the query of the address it leads to.
    async fn decide(&self, fields: &[(&str, &str)], more: &[(&str, &str)]) -> Vec<(String, String)> {
        let got = self.form(AUTH, &[fields, more].concat()).await;
        got.is(302, "");
        let url = url::Url::parse(got.header("location").unwrap()).unwrap();
        url.query_pairs().into_owned().collect()
    }

    async fn code(&self) -> String {
        let answer = self.decide(&asked(&challenge()), &[("decision", "allow")]).await;
        value(&answer, "code")
    }

    async fn signed_in(&self) -> Value {
        let got = self.form("/token", &exchanged(&self.code().await)).await;
        got.is(200, "");
        got.json()
    }

    async fn me(&self, token: &str) -> Got {
        let member = Member { access_token: token.to_owned(), ..self.ann.clone() };
        self.send(self.request(&member, "GET", "/youtube/v3/channels?part=id&mine=true", &[], b"")).await
    }
}

fn value(answer: &[(String, String)], name: &str) -> String {
    answer.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

fn word(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_page_shows_channels_and_mistakes() {
    let bench = Bench::new();
    bench.youtube.sign_up(SignUp { title: "<b>Bob".to_owned(), ..SignUp::default() });
    bench.youtube.sign_up(SignUp { email: "no@example.org".to_owned(), has_channel: false, ..SignUp::default() });
    let page = bench.consent(&asked(&challenge())).await;
    for part in ["Ann Example", "&lt;b&gt;Bob", "no@example.org", "value=\"s&amp;t\"", "value=\"youtube.readonly\""] {
        page.is(200, part);
    }
    let hinted = bench.consent(&set(asked(&challenge()), "login_hint", Some("no@example.org"))).await;
    assert!(!hinted.body.contains("Ann Example"));
    for (name, changed, error) in [
        ("client_id", Some("nobody"), "invalid_client"),
        ("client_id", None, "invalid_request"),
        ("redirect_uri", Some("http://example.org/"), "redirect_uri_mismatch"),
        ("redirect_uri", Some("https://127.0.0.1:8484"), "redirect_uri_mismatch"),
        ("redirect_uri", Some("urn:ietf:wg:oauth:2.0:oob"), "redirect_uri_mismatch"),
        ("redirect_uri", Some("pressroom:/callback"), "redirect_uri_mismatch"),
        ("redirect_uri", None, "invalid_request"),
        ("response_type", Some("token"), "unsupported_response_type"),
        ("scope", Some("youtube.upload"), "invalid_scope"),
        ("scope", Some("https://www.googleapis.com/auth/drive"), "invalid_scope"),
        ("scope", None, "invalid_request"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("access_type", Some("forever"), "invalid_request"),
        ("prompt", Some("never"), "invalid_request"),
        ("colour", Some("red"), "invalid_request"),
    ] {
        let challenge = challenge();
        bench.consent(&set(asked(&challenge), name, changed)).await.is(400, error);
    }
    // Hexadecimal, as another platform has it, is longer than base64url; padding is one letter too many.
    let padded = format!("{}=", challenge());
    bench.consent(&asked(&padded)).await.is(400, "invalid_request");
    let ports = ["http://127.0.0.1:1", "http://[::1]:65000", "http://localhost:9/callback"];
    for redirect in ports {
        bench.consent(&set(asked(&challenge()), "redirect_uri", Some(redirect))).await.is(200, "");
    }
}

#[tokio::test]
async fn a_person_answers() {
    let bench = Bench::new();
    let fields = challenge();
    let fields = asked(&fields);
    let allowed = bench.decide(&fields, &[("decision", "allow")]).await;
    assert_eq!((value(&allowed, "state").as_str(), value(&allowed, "scope").as_str()), ("s&t", BOTH));
    let denied = bench.decide(&fields, &[("decision", "deny")]).await;
    assert_eq!((value(&denied, "state").as_str(), value(&denied, "error").as_str()), ("s&t", "access_denied"));
    let without = [("decision", "allow"), ("without", "youtube.upload")];
    let fewer = bench.decide(&fields, &without).await;
    assert_eq!(value(&fewer, "scope"), "https://www.googleapis.com/auth/youtube.readonly");
    bench.youtube.configure(|options| options.unticked = vec!["youtube.readonly".to_owned()]);
    assert_eq!(value(&bench.decide(&fields, &[("decision", "allow")]).await, "scope"), UPLOAD);
    assert_eq!(value(&bench.decide(&fields, &without).await, "error"), "access_denied");
    let stranger = [&fields[..], &[("decision", "allow"), ("channel", "UCnobody")]].concat();
    bench.form(AUTH, &stranger).await.is(400, "No such account");
}

#[tokio::test]
async fn a_code_becomes_tokens_once() {
    let bench = Bench::new();
    let code = bench.code().await;
    let token = bench.form("/token", &exchanged(&code)).await.json();
    assert_eq!((&token["expires_in"], &token["token_type"]), (&json!(3599), &json!("Bearer")));
    assert_eq!((token["scope"].as_str(), token.get("refresh_token_expires_in")), (Some(BOTH), None));
    bench.me(&word(&token, "access_token")).await.is(200, &bench.ann.channel_id);
    bench.form("/token", &exchanged(&code)).await.is(400, "invalid_grant");

    let late = bench.code().await;
    bench.advance(601);
    bench.form("/token", &exchanged(&late)).await.is(400, "invalid_grant");
}

#[tokio::test]
async fn the_exchange_is_strict() {
    let bench = Bench::new();
    let wrong = "x".repeat(43);
    for (name, changed, status, error) in [
        ("grant_type", Some("password"), 400, "unsupported_grant_type"),
        ("grant_type", None, 400, "invalid_request"),
        ("code", None, 400, "invalid_request"),
        ("client_id", Some("nobody"), 401, "invalid_client"),
        ("client_secret", Some("guess"), 401, "invalid_client"),
        ("client_secret", None, 400, "client_secret is missing"),
        ("redirect_uri", Some("http://127.0.0.1:8484/"), 400, "redirect_uri_mismatch"),
        ("redirect_uri", Some("http://localhost:8484"), 400, "redirect_uri_mismatch"),
        ("code_verifier", Some(wrong.as_str()), 400, "invalid_grant"),
        ("code_verifier", Some("short"), 400, "invalid_grant"),
        ("code_verifier", None, 400, "invalid_grant"),
        ("scope", Some(BOTH), 400, "invalid_request"),
    ] {
        let code = bench.code().await;
        let got = bench.form("/token", &set(exchanged(&code), name, changed)).await;
        assert!(got.status == status && got.body.contains(error), "{name}: {} {}", got.status, got.body);
    }
    let code = bench.code().await;
    let headers = [("content-type", "application/json")];
    let json = bench.request(&bench.ann, "POST", "/token", &headers, br#"{"grant_type":"authorization_code"}"#);
    bench.send(json).await.is(400, "invalid_request");
    let in_query = format!("/token?{}", query(&exchanged(&code)));
    bench.form(&in_query, &[]).await.is(400, "invalid_request");
    // None of these spent the code.
    bench.form("/token", &exchanged(&code)).await.is(200, "");
    bench.youtube.configure(|options| options.secret_required = false);
    let code = bench.code().await;
    bench.form("/token", &set(exchanged(&code), "client_secret", None)).await.is(200, "");
}

#[tokio::test]
async fn refreshing_keeps_the_refresh_token() {
    let bench = Bench::new();
    let first = bench.signed_in().await;
    let (access, refresh) = (word(&first, "access_token"), word(&first, "refresh_token"));
    bench.advance(3_600);
    bench.me(&access).await.refuses(401, "authError");
    let second = bench.form("/token", &renewed(&refresh)).await.json();
    assert_eq!(second.get("refresh_token"), None);
    assert_eq!(second["scope"], json!(BOTH));
    bench.me(&word(&second, "access_token")).await.is(200, "");
    bench.form("/token", &renewed(&refresh)).await.is(200, "");
    let body = r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#;
    let got = bench.form("/token?", &renewed("1//guess")).await;
    assert_eq!((got.status, got.json()), (400, serde_json::from_str(body).unwrap()));
    bench.youtube.configure(|options| options.refresh_rotates = true);
    let rotated = bench.form("/token", &renewed(&refresh)).await.json();
    assert_ne!(word(&rotated, "refresh_token"), "");
}

#[tokio::test]
async fn refresh_tokens_die_in_all_their_ways() {
    let bench = Bench::new();
    let alive = async |token: &str| bench.form("/token", &renewed(token)).await.status == 200;
    // Unused for half a year; use keeps them alive.
    let idle = word(&bench.signed_in().await, "refresh_token");
    let used = word(&bench.signed_in().await, "refresh_token");
    bench.advance(100 * 86_400);
    assert!(alive(&used).await);
    bench.advance(100 * 86_400);
    assert!(alive(&used).await && !alive(&idle).await);
    // The project is in testing.
    bench.youtube.configure(|options| options.testing = true);
    let testing = bench.signed_in().await;
    assert_eq!(testing["refresh_token_expires_in"], json!(604_799));
    let testing = word(&testing, "refresh_token");
    bench.advance(6 * 86_400);
    assert!(alive(&testing).await);
    bench.advance(86_400);
    assert!(!alive(&testing).await);
    bench.youtube.configure(|options| options.testing = false);
    // More than a hundred of one account and client.
    let oldest = word(&bench.signed_in().await, "refresh_token");
    for _ in 0..99 {
        bench.youtube.tokens(&bench.ann.channel_id, CLIENT, &["youtube"]).unwrap();
    }
    assert!(alive(&oldest).await);
    bench.youtube.tokens(&bench.ann.channel_id, CLIENT, &["youtube"]).unwrap();
    assert!(!alive(&oldest).await);
}

#[tokio::test]
async fn revoking_ends_every_grant_of_the_project() {
    let bench = Bench::new();
    let other = || App { client_id: "other.apps.googleusercontent.com".to_owned(), ..App::default() };
    bench.youtube.add_app(other());
    bench.youtube.add_app(App { client_id: "foreign".to_owned(), project: "foreign".to_owned(), ..App::default() });
    let tokens = |client: &str| bench.youtube.tokens(&bench.ann.channel_id, client, &["youtube"]).unwrap();
    let (second, foreign) = (tokens(&other().client_id), tokens("foreign"));
    let bob = bench.youtube.sign_up(SignUp { email: "bob@example.org".to_owned(), ..SignUp::default() });
    bench.form("/revoke", &[("token", "guess")]).await.is(400, "invalid_token");
    bench.form("/revoke", &[]).await.is(400, "invalid_request");
    let bare = Request::builder().method("POST").uri(format!("/revoke?token={}", second.access_token));
    bench.send(bare.body(Body::empty()).unwrap()).await.is(400, "invalid_request");
    bench
        .form(&format!("/revoke?token={}", query(&[("", &second.refresh_token)]).trim_start_matches('=')), &[])
        .await
        .is(200, "");
    for (token, status) in [
        (&bench.ann.access_token, 401),
        (&second.access_token, 401),
        (&foreign.access_token, 200),
        (&bob.access_token, 200),
    ] {
        assert_eq!(bench.me(token).await.status, status);
    }
    bench.form("/token", &renewed(&bench.ann.refresh_token)).await.is(400, "invalid_grant");
    bench.form("/token", &renewed(&bob.refresh_token)).await.is(200, "");
}

#[tokio::test]
async fn web_clients_get_a_refresh_token_once_or_by_insisting() {
    let bench = Bench::new();
    let redirects = vec!["http://localhost:8080/back".to_owned()];
    let web = App { client_id: "web".to_owned(), client: Client::Web { redirects }, ..App::default() };
    bench.youtube.add_app(web);
    let ask = |changes: &[(&'static str, Option<&'static str>)]| {
        let base = vec![
            ("client_id", "web"),
            ("redirect_uri", "http://localhost:8080/back"),
            ("response_type", "code"),
            ("scope", BOTH),
        ];
        changes.iter().fold(base, |fields, (name, value)| set(fields, name, *value))
    };
    bench.consent(&ask(&[("redirect_uri", Some("http://localhost:8081/back"))])).await.is(400, "redirect_uri_mismatch");
    for (changes, refreshable) in [
        (vec![], false),
        (vec![("access_type", Some("offline")), ("prompt", Some("consent"))], true),
        (vec![("access_type", Some("offline"))], false),
        (vec![("prompt", Some("consent"))], false),
    ] {
        let answer = bench.decide(&ask(&changes), &[("decision", "allow")]).await;
        let code = value(&answer, "code");
        let fields = set(set(exchanged(&code), "client_id", Some("web")), "code_verifier", None);
        let got = bench.form("/token", &set(fields, "redirect_uri", Some("http://localhost:8080/back"))).await;
        got.is(200, "");
        assert_eq!(got.json().get("refresh_token").is_some(), refreshable, "{changes:?}");
    }
}

#[tokio::test]
async fn one_token_is_one_channel() {
    let bench = Bench::new();
    let brand = bench.youtube.sign_up(SignUp { title: "Ann's Tea".to_owned(), ..SignUp::default() });
    assert_eq!(brand.email, bench.ann.email);
    let challenge = challenge();
    let chosen = [("decision", "allow"), ("channel", brand.channel_id.as_str())];
    let code = value(&bench.decide(&asked(&challenge), &chosen).await, "code");
    let token = bench.form("/token", &exchanged(&code)).await.json();
    let me = bench.me(&word(&token, "access_token")).await.json();
    assert_eq!(me["items"][0]["id"].as_str(), Some(brand.channel_id.as_str()));
    assert_eq!(me["items"].as_array().unwrap().len(), 1);
}
