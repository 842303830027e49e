//! The OAuth walk: consent, code, tokens, refresh, revocation, introspection.

use super::super::App;
use super::*;

const REDIRECT: &str = "http://127.0.0.1:8484/callback";

fn ask<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("response_type", "code"),
        ("client_id", "86makebelieve0"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile w_member_social"),
        ("state", "st&te"),
    ]
}

fn set<'a>(mut fields: Vec<(&'a str, &'a str)>, name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    fields.iter_mut().filter(|(key, _)| *key == name).for_each(|(_, old)| *old = value);
    fields
}

impl Bench {
    async fn consent(&self, fields: &[(&str, &str)]) -> Got {
        send(self.bare(Method::GET, "/oauth/v2/authorization").query(fields)).await
    }

    /// The first member's decision; the query of the redirect.
    async fn decide(&self, mut fields: Vec<(&str, &str)>, decision: &str) -> Vec<(String, String)> {
        fields.extend([("member", "0"), ("decision", decision)]);
        let got = send(self.bare(Method::POST, "/oauth/v2/authorization").form(&fields)).await;
        got.is(302, "");
        answer(&got)
    }

    async fn code(&self, scope: &str) -> String {
        let answer = self.decide(set(ask(), "scope", scope), "allow").await;
        assert_eq!(answer[1], ("state".to_owned(), "st&te".to_owned()));
        assert_eq!(answer[0].0, "code");
        answer[0].1.clone()
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        send(self.bare(Method::POST, &format!("/oauth/v2/{path}")).form(fields)).await
    }

    async fn exchange(&self, code: &str) -> Got {
        self.form("accessToken", &exchange(code)).await
    }

    async fn introspect(&self, token: &str) -> Value {
        self.form("introspectToken", &with_secret(&[("token", token)])).await.json()
    }
}

fn answer(got: &Got) -> Vec<(String, String)> {
    let url = url::Url::parse(got.header("location")).unwrap();
    assert!(url.as_str().starts_with(REDIRECT));
    url.query_pairs().into_owned().collect()
}

fn with_secret<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [fields, &[("client_id", "86makebelieve0"), ("client_secret", "WPL_AP1.makebelieve")]].concat()
}

fn exchange(code: &str) -> Vec<(&str, &str)> {
    with_secret(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT)])
}

#[tokio::test]
async fn the_consent_page() {
    let bench = Bench::new().await;
    bench.linkedin().sign_up(SignUp { name: "<b>Bob".to_owned(), ..SignUp::default() });
    let page = bench.consent(&ask()).await;
    page.is(200, "Ann Example");
    page.is(200, r#"<input type="hidden" name="state" value="st&amp;te">"#);
    page.is(200, "&lt;b&gt;Bob");
    assert!(page.header("content-type").starts_with("text/html"));

    let shown_here = [
        (set(ask(), "client_id", "nobody"), "client_id is invalid"),
        (set(ask(), "redirect_uri", "http://127.0.0.1:8485/callback"), "redirect_uri does not match"),
        (set(ask(), "redirect_uri", "http://127.0.0.1:8484/callback/"), "redirect_uri does not match"),
        (set(ask(), "redirect_uri", "http://localhost:8484/callback"), "redirect_uri does not match"),
        (set(ask(), "redirect_uri", "http://127.0.0.1:8484/callback#x"), "redirect_uri does not match"),
    ];
    for (fields, part) in shown_here {
        bench.consent(&fields).await.is(400, part);
    }
    let sent_back = [
        (set(ask(), "scope", "openid w_everything"), "unauthorized_scope_error"),
        (set(ask(), "scope", ""), "invalid_scope"),
        (set(ask(), "response_type", "token"), "unsupported_response_type"),
    ];
    for (fields, error) in sent_back {
        let got = bench.consent(&fields).await;
        let answer = answer(&got);
        assert_eq!((answer[0].1.as_str(), answer[2].1.as_str()), (error, "st&te"));
    }
    for (decision, error) in [("cancel", "user_cancelled_authorize"), ("cancel_login", "user_cancelled_login")] {
        assert_eq!(bench.decide(ask(), decision).await[0], ("error".to_owned(), error.to_owned()));
    }
    // A query of the redirect address is the app's own, and kept.
    let kept = bench.decide(set(ask(), "redirect_uri", "http://127.0.0.1:8484/callback?a=b"), "allow").await;
    assert_eq!(kept[0], ("a".to_owned(), "b".to_owned()));
}

#[tokio::test]
async fn a_code_becomes_a_token_once() {
    let bench = Bench::new().await;
    let code = bench.code("openid profile w_member_social").await;
    let got = bench.exchange(&code).await;
    got.is(200, "");
    let token = got.json();
    assert_eq!((&token["expires_in"], &token["scope"]), (&json!(5_184_000), &json!("openid,profile,w_member_social")));
    assert_eq!(token.get("refresh_token"), None);
    let access = token["access_token"].as_str().unwrap();
    assert!(access.len() >= 1_000);
    send(bench.bare(Method::GET, "/v2/userinfo").bearer_auth(access)).await.is(200, &bench.ann.id);
    let again = bench.exchange(&code).await;
    let body = r#"{"error":"invalid_request","error_description":"Unable to retrieve access token: authorization code not found"}"#;
    assert_eq!((again.status, again.body.as_str()), (400, body));

    let late = bench.code("openid profile w_member_social").await;
    bench.advance(30 * 60);
    bench.exchange(&late).await.is(400, "authorization code not found");
}

#[tokio::test]
async fn the_secret_goes_into_the_body() {
    let bench = Bench::new().await;
    bench.linkedin().add_app(App { client_id: "other".to_owned(), ..App::default() });
    let code = bench.code("openid").await;
    let fields = exchange(&code);
    let without = |name: &str| fields.iter().copied().filter(|(key, _)| *key != name).collect::<Vec<_>>();
    for name in ["grant_type", "code", "redirect_uri", "client_id", "client_secret"] {
        let part = format!(r#"A required parameter \"{name}\" is missing"#);
        bench.form("accessToken", &without(name)).await.is(400, &part);
    }
    let basic =
        bench.bare(Method::POST, "/oauth/v2/accessToken").basic_auth("86makebelieve0", Some("WPL_AP1.makebelieve"));
    send(basic.form(&without("client_secret"))).await.is(400, "client_secret");
    let basic =
        bench.bare(Method::POST, "/oauth/v2/accessToken").basic_auth("86makebelieve0", Some("WPL_AP1.makebelieve"));
    let got = send(basic.form(&fields)).await;
    let body = r#"{"error":"invalid_client","error_description":"Client authentication failed"}"#;
    assert_eq!((got.status, got.body.as_str()), (401, body));
    bench.form("accessToken", &set(fields.clone(), "client_secret", "guess")).await.is(401, "invalid_client");
    bench.form("accessToken", &set(fields.clone(), "client_id", "nobody")).await.is(401, "invalid_client");
    let json = bench.bare(Method::POST, "/oauth/v2/accessToken").json(&json!({"grant_type": "authorization_code"}));
    send(json).await.is(400, "grant_type");
    send(bench.bare(Method::POST, "/oauth/v2/accessToken").query(&fields)).await.is(400, "grant_type");
    bench.form("accessToken", &set(fields.clone(), "grant_type", "password")).await.is(400, "unsupported_grant_type");
    // None of these used the code up; a redirect that differs does.
    bench
        .form("accessToken", &set(fields.clone(), "redirect_uri", "http://127.0.0.1:8484/callback?"))
        .await
        .is(400, "invalid_redirect_uri");
    bench.exchange(&code).await.is(400, "authorization code not found");
    let code = bench.code("openid").await;
    bench.form("accessToken", &set(exchange(&code), "client_id", "other")).await.is(400, "invalid_redirect_uri");
}

#[tokio::test]
async fn other_scopes_end_earlier_tokens() {
    let bench = Bench::new().await;
    let userinfo =
        async || send(bench.bare(Method::GET, "/v2/userinfo").bearer_auth(&bench.ann.access_token)).await.status;
    let same = bench.code("w_member_social profile openid").await;
    bench.exchange(&same).await.is(200, "");
    assert_eq!(userinfo().await, 200);
    let more = bench.code("openid profile email w_member_social").await;
    bench.exchange(&more).await.is(200, "");
    assert_eq!(userinfo().await, 401);
}

#[tokio::test]
async fn partners_refresh_for_a_year() {
    let bench = Bench::new().await;
    bench.linkedin().configure(|options| options.partner = true);
    let code = bench.code("openid profile").await;
    let first = bench.exchange(&code).await.json();
    assert_eq!(first["refresh_token_expires_in"], 31_536_000);
    let refresh = first["refresh_token"].as_str().unwrap();
    let renew = async || {
        let fields = with_secret(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
        bench.form("accessToken", &fields).await
    };
    bench.advance(100 * 86_400);
    let second = renew().await.json();
    assert_eq!((&second["expires_in"], &second["refresh_token"]), (&json!(5_184_000), &json!(refresh)));
    let left = second["refresh_token_expires_in"].as_u64().unwrap();
    assert!(left.abs_diff(265 * 86_400) < 10, "{left}");
    let access = second["access_token"].as_str().unwrap();
    send(bench.bare(Method::GET, "/v2/userinfo").bearer_auth(access)).await.is(200, "");
    bench.advance(265 * 86_400);
    let got = renew().await;
    let body = r#"{"error":"invalid_grant","error_description":"The provided authorization grant or refresh token is invalid, expired or revoked"}"#;
    assert_eq!((got.status, got.body.as_str()), (400, body));
}

#[tokio::test]
async fn introspection_and_revocation() {
    let bench = Bench::new().await;
    let token = &bench.ann.access_token;
    let active = bench.introspect(token).await;
    assert_eq!(
        (&active["active"], &active["status"], &active["auth_type"]),
        (&json!(true), &json!("active"), &json!("3L"))
    );
    assert_eq!(
        (&active["scope"], &active["client_id"]),
        (&json!("openid,profile,w_member_social"), &json!("86makebelieve0"))
    );
    assert_eq!(active["expires_at"].as_u64().unwrap() - active["created_at"].as_u64().unwrap(), 5_184_000);
    assert_eq!(bench.introspect("nonsense").await, json!({"active": false}));
    bench.form("introspectToken", &[("token", token)]).await.is(400, "client_id");

    let bob = bench.linkedin().sign_up(SignUp::default());
    let got = bench.form("revoke", &with_secret(&[("token", &bob.access_token)])).await;
    assert_eq!((got.status, got.body.as_str()), (200, ""));
    assert_eq!(bench.introspect(&bob.access_token).await["status"], "revoked");
    bench.get(&bob, "/rest/posts/x").await.is(401, "REVOKED_ACCESS_TOKEN");
    bench.advance(60 * 86_400);
    let expired = bench.introspect(token).await;
    assert_eq!((&expired["active"], &expired["status"]), (&json!(false), &json!("expired")));
}
