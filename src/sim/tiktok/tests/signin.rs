//! Login: consent, code, tokens, refresh, revocation.

use super::super::{App, AppKind, Rotation};
use super::*;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3";
const REDIRECT: &str = "http://127.0.0.1:3455/callback/";
const KEY: &str = "awmakebelieve000";
const SECRET: &str = "makebelieveSecret0123456789abcde";
const AUTHORIZE: &str = "/v2/auth/authorize/";
const TOKEN: &str = "/v2/oauth/token/";

type Fields<'a> = Vec<(&'a str, &'a str)>;

fn ask<'a>() -> Fields<'a> {
    vec![
        ("client_key", KEY),
        ("response_type", "code"),
        ("scope", "user.info.basic,video.publish,video.list"),
        ("redirect_uri", REDIRECT),
        ("state", "st&te"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

fn exchange(code: &str) -> Fields<'_> {
    vec![
        ("client_key", KEY),
        ("client_secret", SECRET),
        ("code", code),
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]
}

fn renewal(refresh: &str) -> Fields<'_> {
    vec![("client_key", KEY), ("client_secret", SECRET), ("grant_type", "refresh_token"), ("refresh_token", refresh)]
}

fn set<'a>(mut fields: Fields<'a>, name: &str, value: &'a str) -> Fields<'a> {
    fields.iter_mut().filter(|(key, _)| *key == name).for_each(|(_, old)| *old = value);
    fields
}

fn drop_field<'a>(mut fields: Fields<'a>, name: &str) -> Fields<'a> {
    fields.retain(|(key, _)| *key != name);
    fields
}

impl Bench {
    async fn consent(&self, fields: &[(&str, &str)]) -> Got {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Request::get(format!("{AUTHORIZE}?{query}")), Body::empty()).await
    }

    /// The first account's decision; the address it leads back to, with its query.
    async fn decide(&self, mut fields: Fields<'_>, more: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        fields.extend([("account", "0")]);
        fields.extend(more);
        let got = self.form(AUTHORIZE, &fields).await;
        got.is(302, "");
        answer(&got)
    }

    async fn code(&self) -> String {
        let (_, answer) = self.decide(ask(), &[("decision", "allow")]).await;
        assert_eq!(answer[0].0, "code");
        answer[0].1.clone()
    }

    async fn whoami(&self, access: &str) -> Got {
        let member = Member { access_token: access.to_owned(), ..self.ann.clone() };
        self.get(&member, "/v2/user/info/?fields=open_id").await
    }
}

fn answer(got: &Got) -> (String, Vec<(String, String)>) {
    let url = url::Url::parse(got.header("location")).unwrap();
    let pairs = url.query_pairs().into_owned().collect();
    (got.header("location").split('?').next().unwrap().to_owned(), pairs)
}

#[track_caller]
fn flat(got: &Got, status: u16, error: &str, description: &str) {
    let body = got.json();
    assert_eq!((got.status, &body["error"], &body["error_description"]), (status, &json!(error), &json!(description)));
    assert_eq!(body["log_id"].as_str().map(str::len), Some(34));
}

#[tokio::test]
async fn the_page_shows_who_and_what() {
    let bench = Bench::new().await;
    bench.tiktok().change_account(&bench.ann.open_id, |account| account.display_name = "<b>Ann".to_owned());
    let page = bench.consent(&ask()).await;
    page.is(200, "&lt;b&gt;Ann (@ann.example)");
    page.is(200, r#"<input type="hidden" name="state" value="st&amp;te">"#);
    page.is(200, r#"<input type="checkbox" name="granted" value="video.publish" checked>"#);
    assert!(!page.body.contains(r#"value="user.info.basic" checked"#), "cannot be switched off");

    let shown_here = [
        (set(ask(), "client_key", "nobody"), "client_key"),
        ([vec![("client_id", KEY)], drop_field(ask(), "client_key")].concat(), "client_id"),
        ([ask(), vec![("client_key", KEY)]].concat(), "comes twice"),
        ([ask(), vec![("prompt", "login")]].concat(), "prompt"),
    ];
    for (fields, part) in shown_here {
        bench.consent(&fields).await.is(400, part);
    }
    let base64url = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let upper = CHALLENGE.to_ascii_uppercase();
    let sent_back = [
        (set(ask(), "response_type", "token"), "unsupported_response_type"),
        (set(ask(), "scope", "user.info.basic,video.everything"), "invalid_scope"),
        (set(ask(), "scope", "user.info.basic video.publish"), "invalid_scope"),
        (drop_field(ask(), "scope"), "invalid_scope"),
        (drop_field(ask(), "state"), "invalid_request"),
        ([ask(), vec![("disable_auto_auth", "yes")]].concat(), "invalid_request"),
        (set(ask(), "code_challenge", base64url), "invalid_request"),
        (set(ask(), "code_challenge", &upper), "invalid_request"),
        (set(ask(), "code_challenge_method", "plain"), "invalid_request"),
        (drop_field(ask(), "code_challenge_method"), "invalid_request"),
        (drop_field(drop_field(ask(), "code_challenge_method"), "code_challenge"), "invalid_request"),
    ];
    for (fields, error) in sent_back {
        let got = bench.consent(&fields).await;
        got.is(302, "");
        let (to, answer) = answer(&got);
        assert_eq!((to.as_str(), answer[0].1.as_str()), (REDIRECT, error), "{fields:?}");
        if fields.iter().any(|(name, value)| *name == "code_challenge" && *value != CHALLENGE) {
            assert_eq!(answer[1].1, "Code verifier or code challenge is invalid.");
        }
    }
    let (_, cancelled) = bench.decide(ask(), &[("decision", "cancel")]).await;
    assert_eq!((cancelled[0].1.as_str(), cancelled[2].1.as_str()), ("access_denied", "st&te"));
    bench.consent(&[ask(), vec![("disable_auto_auth", "1")]].concat()).await.is(200, "");
}

#[tokio::test]
async fn answers_go_only_where_they_are_registered_to_go() {
    let bench = Bench::new().await;
    for (kind, registered, sent, known) in [
        (AppKind::Desktop, "http://127.0.0.1:*/callback/", "http://127.0.0.1:1/callback/", true),
        (AppKind::Desktop, "http://127.0.0.1:*/callback/", "http://127.0.0.1:65000/callback/", true),
        (AppKind::Desktop, "http://127.0.0.1:*/callback/", "http://127.0.0.1:3455/callback", false),
        (AppKind::Desktop, "http://127.0.0.1:*/callback/", "http://127.0.0.1/callback/", false),
        (AppKind::Desktop, "http://127.0.0.1:*/callback/", "http://127.0.0.1:*/callback/", false),
        (AppKind::Desktop, "http://127.0.0.1:*/callback/", "http://127.0.0.1:x/callback/", false),
        (AppKind::Desktop, "http://127.0.0.1:*/callback/", "http://localhost:3455/callback/", false),
        (AppKind::Desktop, "http://127.0.0.1:*/callback/", "https://127.0.0.1:3455/callback/", false),
        (AppKind::Desktop, "http://127.0.0.1:*/callback/", "http://127.0.0.1:3455/callback/?a=b", false),
        (AppKind::Desktop, "http://127.0.0.1:*/callback/", "http://127.0.0.1:3455/callback/#a", false),
        (AppKind::Desktop, "https://localhost:8080/x/", "https://localhost:8080/x/", true),
        (AppKind::Desktop, "http://localhost:80/x/", "http://localhost:80/x/", true),
        (AppKind::Desktop, "http://localhost/x/", "http://localhost/x/", false),
        (AppKind::Desktop, "http://[::1]:8080/x/", "http://[::1]:8080/x/", false),
        (AppKind::Desktop, "https://example.org:443/x/", "https://example.org:443/x/", false),
        (AppKind::Web, "https://example.org/x/", "https://example.org/x/", true),
        (AppKind::Web, "http://example.org/x/", "http://example.org/x/", false),
        (AppKind::Web, "https://example.org:*/x/", "https://example.org:5/x/", false),
    ] {
        bench.tiktok().add_app(App { kind, redirects: vec![registered.to_owned()], ..App::default() });
        let got = bench.consent(&set(ask(), "redirect_uri", sent)).await;
        got.is(if known { 200 } else { 400 }, if known { "Continue" } else { "redirect_uri" });
    }
    let long = format!("http://127.0.0.1:1/{}/", "x".repeat(600));
    bench.tiktok().add_app(App { redirects: vec![long.clone()], ..App::default() });
    bench.consent(&set(ask(), "redirect_uri", &long)).await.is(400, "redirect_uri");
    // Only ten can be registered.
    let redirects = (0..11).map(|port| format!("http://127.0.0.1:{port}/")).collect();
    bench.tiktok().add_app(App { redirects, ..App::default() });
    bench.consent(&set(ask(), "redirect_uri", "http://127.0.0.1:9/")).await.is(200, "");
    bench.consent(&set(ask(), "redirect_uri", "http://127.0.0.1:10/")).await.is(400, "");
}

#[tokio::test]
async fn web_apps_need_no_challenge() {
    let bench = Bench::new().await;
    let web = "https://example.org/callback/";
    bench.tiktok().add_app(App { kind: AppKind::Web, redirects: vec![web.to_owned()], ..App::default() });
    let bare = drop_field(drop_field(set(ask(), "redirect_uri", web), "code_challenge"), "code_challenge_method");
    let (to, answer) = bench.decide(bare, &[("decision", "allow")]).await;
    assert_eq!(to, web);
    let fields = drop_field(set(exchange(&answer[0].1), "redirect_uri", web), "code_verifier");
    bench.form(TOKEN, &fields).await.is(200, "act.");
}

#[tokio::test]
async fn a_code_becomes_tokens_once() {
    let bench = Bench::new().await;
    let code = bench.code().await;
    assert!(code.contains('*') && code.contains('!'), "{code}");
    let got = bench.form(TOKEN, &exchange(&code)).await;
    let body = got.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    assert!(text("access_token").starts_with("act.") && text("refresh_token").starts_with("rft."));
    assert_eq!((text("token_type"), text("scope")), ("Bearer", "user.info.basic,video.publish,video.list"));
    assert_eq!((&body["expires_in"], &body["refresh_expires_in"]), (&json!(86_400), &json!(31_536_000)));
    assert_eq!(text("open_id"), bench.ann.open_id);
    let user = bench.whoami(text("access_token")).await.data();
    assert_eq!(user["user"]["open_id"], bench.ann.open_id);

    let used = "Authorization code is invalid or has been used.";
    flat(&bench.form(TOKEN, &exchange(&code)).await, 400, "invalid_grant", used);
    // Still encoded, it is another code.
    let code = bench.code().await;
    let encoded = code.replace('*', "%2A").replace('!', "%21");
    flat(&bench.form(TOKEN, &exchange(&encoded)).await, 400, "invalid_grant", used);
    bench.advance(Duration::from_secs(600));
    flat(&bench.form(TOKEN, &exchange(&code)).await, 400, "invalid_grant", "Authorization code is expired.");
}

#[tokio::test]
async fn the_exchange_must_match_the_question() {
    let bench = Bench::new().await;
    let malformed = "The request parameters are malformed.";
    let code = bench.code().await;
    for name in ["client_key", "client_secret", "code", "grant_type", "redirect_uri"] {
        flat(&bench.form(TOKEN, &drop_field(exchange(&code), name)).await, 400, "invalid_request", malformed);
    }
    let renamed = [drop_field(exchange(&code), "client_key"), vec![("client_id", KEY)]].concat();
    flat(&bench.form(TOKEN, &renamed).await, 400, "invalid_request", malformed);
    let twice = [exchange(&code), vec![("code", "x")]].concat();
    flat(&bench.form(TOKEN, &twice).await, 400, "invalid_request", malformed);
    let wrong = "Client key or secret is incorrect.";
    flat(&bench.form(TOKEN, &set(exchange(&code), "client_secret", "x")).await, 401, "invalid_client", wrong);
    flat(&bench.form(TOKEN, &set(exchange(&code), "client_key", "x")).await, 401, "invalid_client", wrong);
    let got = bench.form(TOKEN, &set(exchange(&code), "grant_type", "password")).await;
    flat(&got, 400, "unsupported_grant_type", "The grant type is not supported.");
    let json = Request::post(TOKEN).header("content-type", "application/json");
    let why = "Only `application/x-www-form-urlencoded` is accepted as Content-Type.";
    flat(&bench.send(json, "{}").await, 400, "invalid_request", why);
    // None of these used the code up, but these do.
    for (name, value, why) in [
        (
            "redirect_uri",
            "http://127.0.0.1:3456/callback/",
            "Redirect_uri is not matched with the uri when requesting code.",
        ),
        (
            "redirect_uri",
            "http://127.0.0.1:3455/callback",
            "Redirect_uri is not matched with the uri when requesting code.",
        ),
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXX", "Code verifier or code challenge is invalid."),
        ("code_verifier", "short", "Code verifier or code challenge is invalid."),
    ] {
        let code = bench.code().await;
        flat(&bench.form(TOKEN, &set(exchange(&code), name, value)).await, 400, "invalid_request", why);
        bench.form(TOKEN, &exchange(&code)).await.is(400, "invalid_grant");
    }
    let code = bench.code().await;
    let got = bench.form(TOKEN, &drop_field(exchange(&code), "code_verifier")).await;
    flat(&got, 400, "invalid_request", "Code verifier or code challenge is invalid.");

    // The same body, but a status that says nothing of it.
    bench.tiktok().configure(|options| options.oauth_errors_with_200 = 1);
    bench.form(TOKEN, &exchange("x")).await.is(200, "invalid_grant");
    bench.form(TOKEN, &exchange("x")).await.is(400, "invalid_grant");
}

#[tokio::test]
async fn scopes_can_be_switched_off() {
    let bench = Bench::new().await;
    let chosen = [("choosing", "1"), ("granted", "video.list"), ("decision", "allow")];
    let (_, answer) = bench.decide(ask(), &chosen).await;
    assert_eq!(answer[1], ("scopes".to_owned(), "user.info.basic,video.list".to_owned()));
    assert_eq!(answer[2], ("state".to_owned(), "st&te".to_owned()));
    let token = bench.form(TOKEN, &exchange(&answer[0].1)).await.json();
    assert_eq!(token["scope"], "user.info.basic,video.list");
    let access_token = token["access_token"].as_str().unwrap().to_owned();
    let member = Member { access_token, ..bench.ann.clone() };
    bench.post(&member, CREATOR, &json!({})).await.refused(401, "scope_not_authorized");
    bench.post(&member, "/v2/video/list/?fields=id", &json!({})).await.data();
}

#[tokio::test]
async fn refreshing_rotates() {
    let bench = Bench::new().await;
    let renew = async |token: &str| bench.form(TOKEN, &renewal(token)).await;
    let dead = "Refresh token is invalid or expired.";
    let day = Duration::from_secs(86_400);
    bench.advance(day);
    bench.whoami(&bench.ann.access_token).await.refused(401, "access_token_invalid");

    let first = renew(&bench.ann.refresh_token).await.json();
    assert_eq!((&first["expires_in"], &first["refresh_expires_in"]), (&json!(86_400), &json!(364 * 86_400)));
    assert_eq!(first["open_id"], bench.ann.open_id);
    bench.whoami(first["access_token"].as_str().unwrap()).await.data();
    flat(&renew(&bench.ann.refresh_token).await, 400, "invalid_grant", dead);

    let mut token = first["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(token, bench.ann.refresh_token);
    bench.tiktok().configure(|options| options.refresh_grace = Duration::from_secs(60));
    let next = renew(&token).await.json();
    renew(&token).await.is(200, "rft.");
    bench.advance(Duration::from_secs(60));
    flat(&renew(&token).await, 400, "invalid_grant", dead);

    token = next["refresh_token"].as_str().unwrap().to_owned();
    for (rotation, changes) in
        [(Rotation::Never, [false, false, false, false]), (Rotation::Sometimes, [false, true, false, true])]
    {
        bench.tiktok().configure(|options| options.rotation = rotation);
        let mut changed = Vec::new();
        for _ in 0..4 {
            let next = renew(&token).await.json()["refresh_token"].as_str().unwrap().to_owned();
            changed.push(next != token);
            token = next;
        }
        assert_eq!(changed, changes);
    }
    // The end is that of the first token, unless told otherwise.
    bench.advance(100 * day);
    assert!(renew(&token).await.json()["refresh_expires_in"].as_u64().unwrap() < 265 * 86_400);
    bench.tiktok().configure(|options| options.refresh_extends = true);
    let body = renew(&token).await.json();
    assert_eq!(body["refresh_expires_in"], 365 * 86_400);
    token = body["refresh_token"].as_str().unwrap().to_owned();
    bench.advance(365 * day);
    flat(&renew(&token).await, 400, "invalid_grant", dead);

    let other = App { client_key: "other".to_owned(), ..App::default() };
    bench.tiktok().add_app(other);
    let fields = set(renewal(&bench.ann.refresh_token), "client_key", "other");
    flat(&bench.form(TOKEN, &fields).await, 400, "invalid_grant", dead);
    let fields = [renewal(&token), vec![("scope", "video.list")]].concat();
    flat(&bench.form(TOKEN, &fields).await, 400, "invalid_request", "The request parameters are malformed.");
}

#[tokio::test]
async fn revoking_ends_everything() {
    let bench = Bench::new().await;
    let revoke = async |token: &str| {
        let fields = [("client_key", KEY), ("client_secret", SECRET), ("token", token)];
        bench.form("/v2/oauth/revoke/", &fields).await
    };
    let second = bench.ann_with(&["user.info.basic"]);
    let id = bench.uploaded(&wishes(), &film()).await;
    let got = revoke(&bench.ann.access_token).await;
    assert_eq!((got.status, got.body.as_str()), (200, ""));
    for token in [&bench.ann.access_token, &second.access_token] {
        bench.whoami(token).await.refused(401, "access_token_invalid");
    }
    let got = bench.form(TOKEN, &renewal(&bench.ann.refresh_token)).await;
    flat(&got, 400, "invalid_grant", "Refresh token is invalid or expired.");
    let why = "The access token is invalid or expired.";
    flat(&revoke(&bench.ann.access_token).await, 400, "invalid_request", why);
    let got = bench.form("/v2/oauth/revoke/", &[("client_key", KEY), ("client_secret", SECRET)]).await;
    flat(&got, 400, "invalid_request", "The request parameters are malformed.");

    let again = bench.ann_with(&["video.publish"]);
    let status = bench.post(&again, STATUS, &json!({"publish_id": id})).await.data();
    assert_eq!((&status["status"], &status["fail_reason"]), (&json!("FAILED"), &json!("auth_removed")));
}
