//! The walk of Instagram Login: consent, code, short-lived and long-lived tokens, refresh.

use super::*;

const REDIRECT: &str = "https://press.example/callback";
const SCOPE: &str = "instagram_business_basic,instagram_business_content_publish";

fn ask<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", "990602627938098"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", SCOPE),
        ("state", "st&te"),
        ("enable_fb_login", "0"),
    ]
}

fn exchange(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", "990602627938098"),
        ("client_secret", "a1b2c3d4e5f60718293a4b5c6d7e8f90"),
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
        ("code", code),
    ]
}

fn set<'a>(mut fields: Vec<(&'a str, &'a str)>, name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    fields.retain(|(key, _)| *key != name);
    fields.push((name, value));
    fields
}

fn query(path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Request::get(format!("{path}?{query}")).body(Body::empty()).unwrap()
}

impl Stage {
    async fn open(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        self.send(Door::Instagram, query(path, fields)).await
    }

    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        self.send(Door::Instagram, form(Request::post(path), fields)).await
    }

    /// The query of the address the browser is sent to.
    async fn decide(&self, more: &[(&str, &str)]) -> HashMap<String, String> {
        let got = self.submit("/oauth/authorize", &[&ask(), more].concat()).await;
        let to = url::Url::parse(got.header("location")).unwrap();
        assert_eq!((got.status, to.fragment(), to.host_str()), (302, Some("_"), Some("press.example")));
        to.query_pairs().into_owned().collect()
    }

    async fn code(&self, more: &[(&str, &str)]) -> String {
        let id = self.ann.id.clone();
        let answer = self.decide(&[&[("account", id.as_str()), ("decision", "allow")], more].concat()).await;
        assert_eq!(answer["state"], "st&te");
        answer["code"].clone()
    }

    async fn short(&self) -> String {
        let code = self.code(&[]).await;
        let body = self.submit("/oauth/access_token", &exchange(&code)).await.ok();
        body["access_token"].as_str().unwrap().to_owned()
    }

    async fn lengthen(&self, token: &str) -> Got {
        let secret = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
        let fields = [("grant_type", "ig_exchange_token"), ("client_secret", secret), ("access_token", token)];
        self.open("/access_token", &fields).await
    }

    async fn refresh(&self, token: &str) -> Got {
        self.open("/refresh_access_token", &[("grant_type", "ig_refresh_token"), ("access_token", token)]).await
    }

    async fn me(&self, token: &str) -> Got {
        self.open("/v26.0/me", &[("access_token", token)]).await
    }
}

#[tokio::test]
async fn the_consent_page() {
    let stage = Stage::new();
    let page = stage.open("/oauth/authorize", &ask()).await;
    assert_eq!(page.status, 200);
    page.says("<form method=\"post\" action=\"/oauth/authorize\">");
    page.says(r#"<input type="hidden" name="state" value="st&amp;te">"#);
    page.says(&format!("<option value=\"{}\">ann</option>", stage.ann.id));
    for (fields, part) in [
        (set(ask(), "client_id", "1"), "Invalid platform app"),
        (set(ask(), "redirect_uri", "https://press.example/callback/"), "Invalid redirect_uri"),
        (set(ask(), "redirect_uri", "https://press.example/callback?a=b"), "Invalid redirect_uri"),
        (set(ask(), "response_type", "token"), "Invalid response_type"),
        (set(ask(), "scope", ""), "Invalid Scopes"),
        (set(ask(), "scope", "business_basic,business_content_publish"), "Invalid Scopes: business_basic"),
        (set(ask(), "scope", "instagram_business_content_publish"), "instagram_business_basic is required"),
        (set(ask(), "code_challenge", "x"), "Unexpected parameter code_challenge"),
    ] {
        let got = stage.open("/oauth/authorize", &fields).await;
        assert_eq!(got.status, 400);
        got.says(part);
        assert_eq!(stage.submit("/oauth/authorize", &fields).await.status, 400);
    }
    let plain_http = App { redirects: vec!["http://127.0.0.1:8484/cb".to_owned()], ..App::default() };
    stage.instagram.register(plain_http);
    let got = stage.open("/oauth/authorize", &set(ask(), "redirect_uri", "http://127.0.0.1:8484/cb")).await;
    assert_eq!(got.status, 400);
}

#[tokio::test]
async fn consent_can_be_refused_in_whole_or_in_part() {
    let stage = Stage::new();
    let answer = stage.decide(&[("decision", "cancel")]).await;
    assert_eq!((answer["error"].as_str(), answer["error_reason"].as_str()), ("access_denied", "user_denied"));
    assert_eq!(answer["state"], "st&te");
    let code = stage.code(&[("deny", "instagram_business_content_publish")]).await;
    let body = stage.submit("/oauth/access_token", &exchange(&code)).await.ok();
    assert_eq!(body["permissions"], "instagram_business_basic");
    let token = body["access_token"].as_str().unwrap();
    stage.post_as(token, Door::Instagram, &stage.at("media"), &image()).await.fails(10, 0);
}

#[tokio::test]
async fn a_code_becomes_a_token_once() {
    let stage = Stage::new();
    let code = stage.code(&[]).await;
    let answer = stage.submit("/oauth/access_token", &exchange(&code)).await;
    // A number, too large for a double; the professional id is another one.
    answer.says(&format!("\"user_id\":{},", stage.ann.app_scoped_id));
    let body = answer.ok();
    assert_eq!((&body["permissions"], body.get("expires_in")), (&json!(SCOPE), None));
    stage.me(body["access_token"].as_str().unwrap()).await.ok();
    let again = stage.submit("/oauth/access_token", &exchange(&code)).await;
    assert_eq!(again.status, 400);
    assert_eq!((&again.json()["error_type"], &again.json()["code"]), (&json!("OAuthException"), &json!(400)));
    again.says("This authorization code has been used");

    let late = stage.code(&[]).await;
    stage.advance(3_600);
    stage.submit("/oauth/access_token", &exchange(&late)).await.says("has been used, is expired");
}

#[tokio::test]
async fn what_the_exchange_refuses() {
    let stage = Stage::new();
    let code = stage.code(&[]).await;
    for (fields, part) in [
        (set(exchange(&code), "client_id", "1"), "Invalid platform app"),
        (set(exchange(&code), "client_secret", "guess"), "Error validating client secret."),
        (set(exchange(&code), "client_secret", ""), "You must provide a client_secret"),
        (set(exchange(&code), "grant_type", "password"), "Invalid grant_type"),
        (set(exchange(&code), "code_verifier", "x"), "Unexpected parameter code_verifier"),
    ] {
        stage.submit("/oauth/access_token", &fields).await.says(part);
    }
    assert_eq!(stage.send(Door::Instagram, query("/oauth/access_token", &exchange(&code))).await.status, 400);
    // None of these used the code up; a redirect address that differs does.
    let other = set(exchange(&code), "redirect_uri", "https://press.example/callback/");
    stage.submit("/oauth/access_token", &other).await.says("redirect_uri is identical");
    stage.submit("/oauth/access_token", &exchange(&code)).await.says("has been used");
    stage.instagram.register(App { client_id: "2".to_owned(), ..App::default() });
    let code = stage.code(&[]).await;
    stage.submit("/oauth/access_token", &set(exchange(&code), "client_id", "2")).await.says("has been used");
}

#[tokio::test]
async fn the_exchange_answers_in_several_shapes() {
    let stage = Stage::new();
    stage.instagram.configure(|options| {
        options.token_answer = TokenAnswer { wrapped: true, permissions_as_list: true, user_id_as_text: true };
    });
    let code = stage.code(&[]).await;
    let body = stage.submit("/oauth/access_token", &exchange(&code)).await.ok();
    let inner = &body["data"][0];
    assert_eq!(inner["user_id"], json!(stage.ann.app_scoped_id));
    assert_eq!(inner["permissions"], json!(["instagram_business_basic", "instagram_business_content_publish"]));
}

#[tokio::test]
async fn a_short_token_becomes_a_long_one() {
    let stage = Stage::new();
    let short = stage.short().await;
    for (name, value, code) in
        [("client_secret", "guess", 1), ("grant_type", "fb_exchange_token", 100), ("access_token", "IGAAno", 190)]
    {
        let secret = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
        let fields =
            vec![("grant_type", "ig_exchange_token"), ("client_secret", secret), ("access_token", short.as_str())];
        stage.open("/access_token", &set(fields, name, value)).await.fails(code, 0);
    }
    let body = stage.lengthen(&short).await.ok();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(60 * DAY)));
    let long = body["access_token"].as_str().unwrap();
    assert!(long != short && long.starts_with("IGAA"));
    stage.lengthen(long).await.fails(452, 0);
    stage.refresh(&short).await.fails(100, 0);
    stage.advance(3_600);
    stage.me(&short).await.fails(190, 463);
    stage.lengthen(&short).await.fails(190, 463);
    stage.me(long).await.ok();
}

#[tokio::test]
async fn a_long_token_is_refreshed_from_a_day_to_sixty() {
    let stage = Stage::new();
    let first = stage.ann.access_token.clone();
    stage.advance(DAY - 10);
    stage.refresh(&first).await.fails(100, 0);
    stage.advance(10);
    let body = stage.refresh(&first).await.ok();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(60 * DAY)));
    assert!(body["permissions"].as_str().unwrap().starts_with(SCOPE));
    let second = body["access_token"].as_str().unwrap();
    assert_ne!(second, first);
    // Whether the old one goes on is not documented.
    stage.me(&first).await.ok();
    stage.advance(59 * DAY);
    stage.refresh(&first).await.fails(190, 463);
    stage.me(second).await.ok();
    stage.instagram.configure(|options| options.refresh_ends_old_token = true);
    stage.refresh(second).await.ok();
    stage.me(second).await.fails(190, 0);

    let scopes = vec!["instagram_business_content_publish".to_owned()];
    let bare = stage.instagram.sign_up(SignUp { scopes, ..SignUp::default() });
    stage.advance(DAY);
    stage.refresh(&bare.access_token).await.fails(10, 0);
    stage.open("/v26.0/refresh_access_token", &[("grant_type", "ig_refresh_token")]).await.fails(190, 0);
}
