//! Apps, consent, tokens, revocation, scopes.

use super::*;

const REDIRECT: &str = "http://127.0.0.1:8484/callback";
/// Of `verifier-verifier-verifier-verifier-verifier-1`.
const VERIFIER: &str = "verifier-verifier-verifier-verifier-verifier-1";

fn challenge() -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(VERIFIER))
}

/// A registered app: id and secret.
async fn app(bench: &Bench) -> (String, String) {
    let body = json!({
        "client_name": "pressroom", "redirect_uris": [REDIRECT, "urn:ietf:wg:oauth:2.0:oob"],
        "scopes": "profile read:statuses write:statuses write:media",
    });
    let got = bench.json(Method::POST, "/api/v1/apps", &body).await;
    got.is(200, r#""client_secret_expires_at":0"#);
    (got.text("client_id"), got.text("client_secret"))
}

/// The fields of the authorize address.
fn ask<'a>(client_id: &'a str, redirect: &'a str, challenge: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", redirect),
        ("scope", "profile write:statuses"),
        ("state", "s t"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
        ("force_login", "true"),
    ]
}

/// Ann allows it; the code.
async fn allowed(bench: &Bench, fields: &[(&str, &str)]) -> String {
    let fields = [fields, &[("account", "ann"), ("decision", "allow")]].concat();
    let got = bench.form("/oauth/authorize", &fields).await;
    assert_eq!(got.status, 302, "{}", got.body);
    let query = got.header("location").split_once('?').unwrap().1.to_owned();
    url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code").unwrap().1.into_owned()
}

#[tokio::test]
async fn apps_are_registered_with_each_server() {
    let bench = Bench::new();
    let (id, secret) = app(&bench).await;
    assert_ne!(id, secret);
    let body = json!({"client_name": "pressroom", "redirect_uris": REDIRECT});
    let got = bench.json(Method::POST, "/api/v1/apps", &body).await;
    assert_eq!((&got.json()["redirect_uris"], &got.json()["scopes"]), (&json!([REDIRECT]), &json!(["read"])));
    for (name, value, part) in [
        ("client_name", json!(" "), "Application name can't be blank"),
        ("redirect_uris", json!("callback"), "Redirect URI must be an absolute URI."),
        ("redirect_uris", json!([]), "Redirect URI can't be blank"),
        ("scopes", json!("write:everything"), "Scopes doesn't match"),
        ("website", json!("example"), "Website"),
        ("logo", json!("x"), "not a parameter"),
    ] {
        bench.json(Method::POST, "/api/v1/apps", &with(body.clone(), name, value)).await.is(422, part);
    }
}

#[tokio::test]
async fn a_code_is_exchanged_once_with_its_verifier() {
    let bench = Bench::new();
    let (id, secret) = app(&bench).await;
    let challenge = challenge();
    let fields = ask(&id, REDIRECT, &challenge);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let page = bench.nobody(&format!("/oauth/authorize?{query}")).await;
    page.is(200, "<option>ann</option>");
    page.is(200, "name=\"state\" value=\"s t\"");
    let exchange = async |code: &str, verifier: &str| {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", &id),
            ("client_secret", &secret),
            ("redirect_uri", REDIRECT),
            ("code_verifier", verifier),
        ];
        bench.form("/oauth/token", &fields).await
    };
    let code = allowed(&bench, &fields).await;
    exchange(&code, "another").await.is(400, "invalid_grant");
    exchange(&code, VERIFIER).await.is(400, "invalid_grant");
    let code = allowed(&bench, &fields).await;
    let got = exchange(&code, VERIFIER).await;
    got.is(200, r#""token_type":"Bearer","scope":"profile write:statuses","created_at":1764000000}"#);
    exchange(&code, VERIFIER).await.is(400, "invalid_grant");
    let code = allowed(&bench, &fields).await;
    bench.advance(600);
    exchange(&code, VERIFIER).await.is(400, "invalid_grant");
    let fields = [("grant_type", "authorization_code"), ("client_id", id.as_str()), ("client_secret", "wrong")];
    bench.form("/oauth/token", &fields).await.is(401, "invalid_client");
    let fields = [("grant_type", "password"), ("client_id", id.as_str()), ("client_secret", &secret)];
    bench.form("/oauth/token", &fields).await.is(400, "unsupported_grant_type");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_for_consent_is_told_where_it_can_be() {
    let bench = Bench::new();
    let (id, _) = app(&bench).await;
    let challenge = challenge();
    let good = ask(&id, REDIRECT, &challenge);
    for (name, value, status, part) in [
        ("client_id", "x", 400, "unknown client"),
        ("redirect_uri", "http://127.0.0.1:8485/callback", 400, "redirect uri"),
        ("scope", "read write", 302, "error=invalid_scope"),
        ("response_type", "token", 302, "error=unsupported_response_type"),
        ("code_challenge_method", "plain", 302, "error=invalid_code_challenge_method"),
        ("decision", "deny", 302, "error=access_denied"),
    ] {
        let mut fields: Vec<_> = good.iter().copied().filter(|(own, _)| *own != name).collect();
        fields.extend([(name, value), ("account", "ann")]);
        let got = bench.form("/oauth/authorize", &fields).await;
        let told = format!("{}{}", got.header("location"), got.body);
        assert!(got.status == status && told.contains(part), "{name}: {} {told}", got.status);
        assert_eq!(status == 302, told.contains("state=s+t"), "{told}");
    }
    let fields = ask(&id, "urn:ietf:wg:oauth:2.0:oob", &challenge);
    let code = allowed(&bench, &fields).await;
    bench.nobody(&format!("/oauth/authorize/native?code={code}")).await.is(200, &format!("<code>{code}</code>"));
}

#[tokio::test]
async fn tokens_end_when_they_are_revoked() {
    let bench = Bench::new();
    let (id, secret) = app(&bench).await;
    let other = app(&bench).await;
    let fields =
        [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret), ("scope", "profile")];
    let token = bench.form("/oauth/token", &fields).await.text("access_token");
    let check = async |token: &str| {
        let request = Request::builder().uri("/api/v1/apps/verify_credentials");
        bench.send(request.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap()).await
    };
    check(&token).await.is(200, r#""name":"pressroom""#);
    let revoke = async |(id, secret): (&str, &str)| {
        bench.form("/oauth/revoke", &[("client_id", id), ("client_secret", secret), ("token", &token)]).await
    };
    revoke((&other.0, &other.1)).await.is(403, "unauthorized_client");
    revoke((&id, "wrong")).await.is(403, "unauthorized_client");
    revoke((&id, &secret)).await.is(200, "{}");
    revoke((&id, &secret)).await.is(200, "{}");
    check(&token).await.is(401, "The access token was revoked");
    check("nothing").await.is(401, "The access token is invalid");
    bench.nobody("/api/v1/accounts/verify_credentials").await.is(401, "The access token is invalid");
    bench.server.revoke(&bench.ann.access_token);
    bench.post(&status("Hi")).await.is(401, "revoked");
}

#[tokio::test]
async fn tokens_may_end_where_the_server_has_it_so() {
    let bench = Bench::new();
    bench.server.configure(|options| options.token_life = Some(Duration::from_secs(100)));
    let (id, secret) = app(&bench).await;
    let challenge = challenge();
    let code = allowed(&bench, &ask(&id, REDIRECT, &challenge)).await;
    let own = [("client_id", id.as_str()), ("client_secret", &secret)];
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let got = bench.form("/oauth/token", &[&own[..], &exchange].concat()).await;
    got.is(200, r#""expires_in":100"#);
    let refresh = got.text("refresh_token");
    let again = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let new = bench.form("/oauth/token", &[&own[..], &again].concat()).await;
    new.is(200, "refresh_token");
    bench.form("/oauth/token", &[&own[..], &again].concat()).await.is(400, "invalid_grant");
    bench.advance(100);
    let request = Request::builder().uri("/api/v1/accounts/verify_credentials");
    let request = request.header("authorization", format!("Bearer {}", new.text("access_token")));
    bench.send(request.body(Body::empty()).unwrap()).await.is(401, "The access token expired");
}

#[tokio::test]
async fn each_call_needs_its_scope() {
    let bench = Bench::new();
    for (scopes, method, path, status) in [
        (vec!["profile"], Method::GET, "/api/v1/accounts/verify_credentials", 200),
        (vec!["read"], Method::GET, "/api/v1/accounts/verify_credentials", 200),
        (vec!["read:statuses"], Method::GET, "/api/v1/accounts/verify_credentials", 403),
        (vec!["write:media"], Method::POST, "/api/v1/statuses", 403),
        (vec!["write"], Method::POST, "/api/v1/statuses", 422),
        (vec!["write:statuses"], Method::POST, "/api/v2/media", 403),
        (vec!["write:statuses"], Method::GET, "/api/v1/statuses/1", 403),
        (vec!["read:statuses"], Method::GET, "/api/v1/statuses/1", 404),
        (vec!["read:statuses"], Method::DELETE, "/api/v1/statuses/1", 403),
    ] {
        let sign_up = SignUp { scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(), ..SignUp::default() };
        let token = bench.server.sign_up(sign_up).access_token;
        let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        let got = bench.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(got.status, status, "{scopes:?} {path} {}", got.body);
    }
}

#[tokio::test]
async fn snac_proves_nothing_and_says_so_late() {
    let bench = Bench::of(Flavour::Snac);
    let (id, secret) = app(&bench).await;
    let challenge = challenge();
    let code = allowed(&bench, &ask(&id, REDIRECT, &challenge)).await;
    let own = [("client_id", id.as_str()), ("client_secret", &secret)];
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", "another"),
    ];
    let token = bench.form("/oauth/token", &[&own[..], &exchange].concat()).await.text("access_token");
    bench.form("/oauth/revoke", &[&own[..], &[("token", &token)]].concat()).await.is(200, "{}");
    let request = Request::builder()
        .uri("/api/v1/accounts/verify_credentials")
        .header("authorization", format!("Bearer {token}"));
    bench.send(request.body(Body::empty()).unwrap()).await.is(422, "");
    bench.nobody("/.well-known/oauth-authorization-server").await.is(404, "");
}
