//! The OAuth 2.0 walk: consent, code, refresh, revocation.

use super::*;

pub(super) const CALLBACK: &str = "http://127.0.0.1:8080/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn authorize_fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("response_type", "code"),
        ("client_id", DEFAULT_CLIENT_ID),
        ("redirect_uri", CALLBACK),
        ("scope", "tweet.read users.read offline.access"),
        ("state", "s 1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

impl Stage {
    /// Presses a button on the consent page and reads where the browser is sent.
    async fn press(&self, fields: &[(&str, &str)], decision: &str) -> Vec<(String, String)> {
        let fields = [fields, &[("user", "ada"), ("decision", decision)]].concat();
        let answer = self.form("/i/oauth2/authorize", &fields).await;
        assert_eq!(answer.status, 302, "{}", answer.body);
        let back = url::Url::parse(answer.header("location").unwrap()).unwrap();
        assert!(back.as_str().starts_with(CALLBACK));
        back.query_pairs().into_owned().collect()
    }

    async fn code(&self) -> String {
        let back = self.press(&authorize_fields(), "allow").await;
        back.into_iter().find(|(name, _)| name == "code").unwrap().1
    }

    async fn refresh(&self, token: &str) -> Read {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", DEFAULT_CLIENT_ID)];
        self.form("/2/oauth2/token", &fields).await
    }
}

fn code_fields(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("client_id", DEFAULT_CLIENT_ID),
        ("code_verifier", VERIFIER),
    ]
}

pub(super) fn with<'a>(mut fields: Vec<(&'a str, &'a str)>, name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    for field in fields.iter_mut().filter(|field| field.0 == name) {
        field.1 = value;
    }
    fields
}

#[tokio::test]
async fn the_consent_page_is_shown_only_for_a_sound_request() {
    let stage = Stage::new().await;
    let show = async |fields: &[(&str, &str)]| {
        let request = stage.http.get(stage.url("/i/oauth2/authorize")).query(fields);
        Read::from(request.send().await.unwrap()).await
    };
    let page = show(&authorize_fields()).await;
    assert_eq!(page.status, 200);
    let html = page.body.as_str().unwrap();
    for part in ["<option>ada</option>", "value=\"allow\"", "name=\"state\" value=\"s 1\"", "<li>tweet.read</li>"] {
        assert!(html.contains(part), "{part}");
    }
    for (name, value) in [
        ("response_type", "token"),
        ("client_id", "nobody"),
        ("redirect_uri", "http://127.0.0.1:8080/callback/"),
        ("redirect_uri", "http://127.0.0.1:8081/callback"),
        ("redirect_uri", "http://localhost:8080/callback"),
        ("scope", ""),
        ("scope", "tweet.read everything"),
        ("state", ""),
        ("code_challenge", ""),
        ("code_challenge_method", "S512"),
    ] {
        let fields = with(authorize_fields(), name, value);
        assert_eq!(show(&fields).await.status, 400, "{name}={value}");
        assert_eq!(stage.form("/i/oauth2/authorize", &fields).await.status, 400, "{name}={value}");
    }
    let refused = stage.press(&authorize_fields(), "deny").await;
    let expected = [("state", "s 1"), ("error", "access_denied")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(refused, expected);
}

#[tokio::test]
async fn a_code_becomes_a_token_once_and_soon() {
    let stage = Stage::new().await;
    let code = stage.code().await;
    let body = stage.form("/2/oauth2/token", &code_fields(&code)).await.ok(200);
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(7200)));
    assert_eq!(body["scope"], "tweet.read users.read offline.access");
    assert!(body["refresh_token"].is_string());
    let token = body["access_token"].as_str().unwrap();
    Read::from(stage.request(Method::GET, "/2/users/me", token).send().await.unwrap()).await.ok(200);
    let message = "Value passed for the authorization code was invalid.";
    assert_eq!(stage.form("/2/oauth2/token", &code_fields(&code)).await.says(), message);
    for (name, value) in [("redirect_uri", "http://127.0.0.1:8080/callback/"), ("code_verifier", "guess")] {
        let code = stage.code().await;
        let answer = stage.form("/2/oauth2/token", &with(code_fields(&code), name, value)).await;
        assert_eq!((answer.status, answer.says().as_str()), (400, message), "{name}");
    }
    let code = stage.code().await;
    stage.advance(Duration::from_secs(31));
    assert_eq!(stage.form("/2/oauth2/token", &code_fields(&code)).await.says(), message);
    let code = stage.code().await;
    let as_json: serde_json::Map<_, _> =
        code_fields(&code).into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let answer = stage.http.post(stage.url("/2/oauth2/token")).json(&as_json).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let online = with(authorize_fields(), "scope", "tweet.read users.read");
    let code = stage.press(&online, "allow").await.pop().unwrap().1;
    assert_eq!(stage.form("/2/oauth2/token", &code_fields(&code)).await.ok(200).get("refresh_token"), None);
}

#[tokio::test]
async fn a_confidential_client_proves_itself() {
    let stage = Stage::new().await;
    stage.sim.x.register(App::confidential("web", "s3cret", CALLBACK));
    let member = stage.sim.x.sign_up(SignUp { client_id: "web", ..SignUp::default() });
    let refresh = member.refresh_token.unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str()), ("client_id", "web")];
    let answer = stage.form("/2/oauth2/token", &fields).await;
    assert_eq!((answer.status, answer.says().as_str()), (401, "Missing valid authorization header"));
    let basic = async |secret: &str| {
        let request = stage.http.post(stage.url("/2/oauth2/token")).basic_auth("web", Some(secret)).form(&fields[..2]);
        Read::from(request.send().await.unwrap()).await
    };
    assert_eq!(basic("wrong").await.status, 401);
    basic("s3cret").await.ok(200);
    assert_eq!(stage.form("/2/oauth2/token", &fields[..2]).await.says(), "Missing required parameter [client_id].");
}

#[tokio::test]
async fn a_refresh_token_works_once_even_if_the_answer_is_lost() {
    let stage = Stage::new().await;
    let first = stage.me.refresh_token.clone().unwrap();
    let body = stage.refresh(&first).await.ok(200);
    let second = body["refresh_token"].as_str().unwrap();
    let answer = stage.refresh(&first).await;
    let expected = json!({"error": "invalid_request", "error_description": "Value passed for the token was invalid."});
    assert_eq!((answer.status, answer.body), (400, expected));
    stage.configure(|options| options.drop_rotations = 1);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", second), ("client_id", DEFAULT_CLIENT_ID)];
    assert!(stage.http.post(stage.url("/2/oauth2/token")).form(&fields).send().await.is_err());
    assert_eq!(stage.refresh(second).await.status, 400);
    let aged = stage.sim.x.sign_up(SignUp { username: "ada", ..SignUp::default() });
    stage.advance(182 * 24 * 60 * MINUTE);
    assert_eq!(stage.refresh(&aged.refresh_token.unwrap()).await.status, 400);
}

#[tokio::test]
async fn a_revoked_token_is_dead() {
    let stage = Stage::new().await;
    let fields = [("token", stage.me.access_token.as_str()), ("client_id", DEFAULT_CLIENT_ID)];
    assert_eq!(stage.form("/2/oauth2/revoke", &fields).await.ok(200), json!({"revoked": true}));
    assert_eq!(stage.get("/2/users/me").await.status, 401);
    assert_eq!(stage.refresh(stage.me.refresh_token.as_ref().unwrap()).await.status, 400);
}
