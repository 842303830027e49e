//! The login, tokens and permissions.

use serde_json::json;
use url::Url;

use super::*;

const REDIRECT: &str = "https://publisher.example/callback";
const PUBLISHER: &str = "threads_basic,threads_content_publish,threads_manage_replies,threads_delete";

fn ask<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", "2400000000000001"),
        ("redirect_uri", REDIRECT),
        ("scope", PUBLISHER),
        ("response_type", "code"),
        ("state", "st&te"),
    ]
}

fn set<'a>(mut fields: Vec<(&'a str, &'a str)>, name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    fields.iter_mut().filter(|(key, _)| *key == name).for_each(|(_, old)| *old = value);
    fields
}

fn exchange(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", "2400000000000001"),
        ("client_secret", "make-believe-threads-secret"),
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
        ("code", code),
    ]
}

impl Bench {
    async fn decide(&self, fields: &Fields<'_>, decision: &str) -> Got {
        let form = [fields, &[("account", "0"), ("decision", decision)]].concat();
        self.send("POST", "/oauth/authorize", Some(&form)).await
    }

    async fn code(&self) -> String {
        let got = self.decide(&ask(), "allow").await;
        assert_eq!(got.status, 302, "{}", got.body);
        let to = Url::parse(got.header("location")).unwrap();
        assert!(to.as_str().starts_with(REDIRECT) && to.as_str().ends_with("#_"), "{to}");
        let answer: Vec<_> = to.query_pairs().into_owned().collect();
        assert_eq!(answer[1], ("state".to_owned(), "st&te".to_owned()));
        answer[0].1.clone()
    }

    async fn exchange(&self, fields: &Fields<'_>) -> Got {
        self.send("POST", "/oauth/access_token", Some(fields)).await
    }

    async fn short_token(&self) -> String {
        let code = self.code().await;
        self.exchange(&exchange(&code)).await.json()["access_token"].as_str().unwrap().to_owned()
    }

    async fn lengthen(&self, short: &str, secret: &str) -> Got {
        let query = encoded(&[("grant_type", "th_exchange_token"), ("client_secret", secret), ("access_token", short)]);
        self.send("GET", &format!("/access_token?{query}"), None).await
    }

    async fn long_token(&self) -> String {
        let short = self.short_token().await;
        let got = self.lengthen(&short, "make-believe-threads-secret").await.json();
        assert_eq!((&got["token_type"], &got["expires_in"]), (&json!("bearer"), &json!(5_184_000)));
        got["access_token"].as_str().unwrap().to_owned()
    }

    async fn refresh(&self, token: &str) -> Got {
        let query = encoded(&[("grant_type", "th_refresh_token"), ("access_token", token)]);
        self.send("GET", &format!("/refresh_access_token?{query}"), None).await
    }

    async fn me(&self, token: &str) -> Got {
        self.send("GET", &format!("/v1.0/me?fields=id,username&access_token={token}"), None).await
    }
}

#[tokio::test]
async fn the_page_to_agree_on() {
    let bench = Bench::new();
    let page = bench.send("GET", &format!("/oauth/authorize?{}", encoded(&ask())), None).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    for part in [r#"name="state" value="st&amp;te""#, "<option value=\"0\">ann", r#"name="decision" value="allow""#] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let registered: Vec<String> =
        ["http://publisher.example/cb", "https://localhost:8000/cb", "https://127.0.0.1/cb"].map(str::to_owned).into();
    bench.threads.add_app(App { client_id: "7".to_owned(), redirects: registered, ..App::default() });
    for (fields, part) in [
        (set(ask(), "client_id", ""), "No app ID"),
        (set(ask(), "client_id", "1200000000000001"), "Invalid app ID"),
        (set(ask(), "redirect_uri", "https://publisher.example/callback/"), "URL Blocked"),
        (set(ask(), "redirect_uri", "https://publisher.example/callback?x=1"), "URL Blocked"),
        (set(ask(), "redirect_uri", "nonsense"), "Invalid redirect_uri"),
        (set(set(ask(), "client_id", "7"), "redirect_uri", "http://publisher.example/cb"), "Insecure"),
        (set(set(ask(), "client_id", "7"), "redirect_uri", "https://localhost:8000/cb"), "Insecure"),
        (set(set(ask(), "client_id", "7"), "redirect_uri", "https://127.0.0.1/cb"), "Insecure"),
        (set(ask(), "response_type", "token"), "response_type"),
        (set(ask(), "scope", "threads_basic threads_delete"), "Invalid Scopes"),
        (set(ask(), "scope", "threads_basic,instagram_basic"), "Invalid Scopes"),
        (set(ask(), "scope", ""), "Invalid Scopes"),
    ] {
        let got = bench.send("GET", &format!("/oauth/authorize?{}", encoded(&fields)), None).await;
        assert!(got.status == 400 && got.body.contains(part), "{part}: {} {}", got.status, got.body);
        assert_eq!(bench.decide(&fields, "allow").await.status, 400);
    }
    let refused = bench.decide(&ask(), "cancel").await;
    let to = Url::parse(refused.header("location")).unwrap();
    let answer: Vec<_> = to.query_pairs().into_owned().collect();
    assert_eq!(answer[0], ("error".to_owned(), "access_denied".to_owned()));
    assert_eq!(answer[3], ("state".to_owned(), "st&te".to_owned()));
    assert!(to.query().unwrap().contains("error_reason=user_denied"));
}

#[tokio::test]
async fn a_code_becomes_a_token_once() {
    let bench = Bench::new();
    let code = bench.code().await;
    for (fields, code, subcode, part) in [
        (set(exchange(&code), "client_secret", "facebook's"), 101, None, "client secret"),
        (set(exchange(&code), "client_id", "1"), 101, None, "application"),
        (set(exchange(&code), "grant_type", "code"), 100, None, "grant_type"),
        (
            set(exchange(&code), "redirect_uri", "https://publisher.example/callback/"),
            100,
            Some(36_008),
            "redirect_uri",
        ),
        (set(exchange(&code), "code", "nonsense"), 100, Some(36_009), "verification code"),
    ] {
        bench.exchange(&fields).await.fails(code, subcode, part);
    }
    let got = bench.exchange(&exchange(&code)).await;
    assert_eq!(got.status, 200, "{}", got.body);
    assert!(got.body.contains(&format!(r#""user_id":{}}}"#, bench.ann.id)), "a number: {}", got.body);
    assert!(bench.ann.id.parse::<u64>().unwrap() > 1 << 53);
    bench.exchange(&exchange(&code)).await.fails(100, 36_009, "has been used");
    bench.configure(|options| options.user_id_is_text = true);
    let late = bench.code().await;
    let code = bench.code().await;
    assert_eq!(bench.exchange(&exchange(&code)).await.json()["user_id"], json!(bench.ann.id));
    bench.advance(3_600);
    bench.exchange(&exchange(&late)).await.fails(100, 36_007, "expired");
}

#[tokio::test]
async fn tokens_live_an_hour_then_sixty_days() {
    let bench = Bench::new();
    let short = bench.short_token().await;
    assert_eq!(bench.me(&short).await.json(), json!({"id": bench.ann.id, "username": "ann"}));
    bench.lengthen(&short, "wrong").await.fails(101, None, "client secret");
    bench.refresh(&short).await.fails(100, None, "long-lived");
    let long = bench.long_token().await;
    bench.lengthen(&long, "make-believe-threads-secret").await.fails(100, None, "long-lived already");
    bench.refresh(&long).await.fails(100, None, "24 hours");
    bench.advance(3_600);
    bench.me(&short).await.fails(190, 463, "Session has expired");
    bench.lengthen(&short, "make-believe-threads-secret").await.fails(190, 463, "expired");
    bench.advance(23 * 3_600 - 60);
    bench.refresh(&long).await.fails(100, None, "24 hours");
    bench.advance(60);
    let next = bench.refresh(&long).await.json();
    assert_eq!((&next["token_type"], &next["expires_in"]), (&json!("bearer"), &json!(5_184_000)));
    let next = next["access_token"].as_str().unwrap().to_owned();
    assert_ne!(next, long);
    assert_eq!(bench.me(&long).await.status, 200);
    bench.configure(|options| options.refreshed_tokens_live = false);
    bench.advance(86_400);
    let last = bench.refresh(&next).await.json()["access_token"].as_str().unwrap().to_owned();
    bench.me(&next).await.fails(190, 458, "");
    bench.advance(60 * 86_400);
    for token in [&long, &last] {
        bench.me(token).await.fails(190, 463, "");
        bench.refresh(token).await.fails(190, 463, "");
    }
}

#[tokio::test]
async fn dead_tokens_and_missing_permissions() {
    let bench = Bench::new();
    bench.send("GET", "/v1.0/me", None).await.fails(190, None, "access token is required");
    for token in ["EAAGfacebook", "IGAAinstagram", "THnonsense"] {
        bench.me(token).await.fails(190, 467, "Error validating access token");
    }
    let header =
        Request::builder().uri("/v1.0/me").header("authorization", format!("Bearer {}", bench.ann.access_token));
    bench.answer(header.body(Body::empty()).unwrap()).await.fails(190, None, "required");

    let basic = member(&bench.threads, "bob", &["threads_basic"]);
    let post = bench.said("Hi").await;
    let text = [("media_type", "TEXT"), ("text", "Hi")];
    bench.post_as(&basic, "/me/threads", &text).await.fails(10, None, "threads_content_publish");
    bench.post_as(&basic, "/me/threads_publish", &[("creation_id", "1")]).await.fails(10, None, "threads_content");
    bench.get_as(&basic, "/me/replies", &[]).await.fails(10, None, "threads_read_replies");
    bench.configure(|options| options.replies_need_scope = false);
    assert_eq!(bench.get_as(&basic, "/me/replies", &[]).await.body, r#"{"data":[]}"#);
    bench.get_as(&basic, "/location_search", &[("q", "x")]).await.fails(10, None, "threads_location_tagging");
    let gone = bench.send("DELETE", &format!("/v1.0/{post}?access_token={}", basic.access_token), None).await;
    gone.fails(10, None, "threads_delete");
    let publisher = member(&bench.threads, "cy", &["threads_basic", "threads_content_publish"]);
    let reply = [text.as_slice(), &[("reply_to_id", &post)]].concat();
    bench.post_as(&publisher, "/me/threads", &reply).await.fails(10, None, "threads_manage_replies");
    let crosspost = [text.as_slice(), &[("crossreshare_to_ig", "true")]].concat();
    bench.post_as(&publisher, "/me/threads", &crosspost).await.fails(10, None, "threads_share_to_instagram");
    let nothing = member(&bench.threads, "di", &["threads_content_publish"]);
    bench.get_as(&nothing, "/me", &[]).await.fails(10, None, "threads_basic");

    bench.threads.revoke(&basic.access_token);
    bench.me(&basic.access_token).await.fails(190, 458, "");
    bench.configure(|options| options.withheld_scopes = vec!["threads_delete".to_owned()]);
    let token = bench.long_token().await;
    let gone = bench.send("DELETE", &format!("/v1.0/{post}?access_token={token}"), None).await;
    gone.fails(10, None, "threads_delete");
}

#[tokio::test]
async fn permissions_for_a_private_profile_lapse() {
    let bench = Bench::new();
    bench.configure(|options| options.long_token_life = Duration::from_secs(100 * 86_400));
    let private = bench.threads.sign_up(SignUp { private: true, ..SignUp::default() });
    bench.advance(89 * 86_400);
    assert_eq!(bench.me(&private.access_token).await.status, 200);
    bench.advance(86_400);
    bench.me(&private.access_token).await.fails(10, None, "");
}

#[tokio::test]
async fn tokens_are_inspected() {
    let bench = Bench::new();
    let long = bench.long_token().await;
    let inspect = async |token: &str, by: &str| {
        let query = encoded(&[("input_token", token), ("access_token", by)]);
        bench.send("GET", &format!("/debug_token?{query}"), None).await
    };
    let data = inspect(&long, &long).await.json()["data"].clone();
    assert_eq!(
        (&data["type"], &data["is_valid"], &data["user_id"]),
        (&json!("USER"), &json!(true), &json!(bench.ann.id))
    );
    assert_eq!(data["scopes"].as_array().unwrap().len(), 4);
    assert_eq!(data["expires_at"].as_u64().unwrap() - data["issued_at"].as_u64().unwrap(), 5_184_000);
    let query = "grant_type=client_credentials&client_id=2400000000000001&client_secret=make-believe-threads-secret";
    let app = bench.send("GET", &format!("/oauth/access_token?{query}"), None).await.json();
    let app = app["access_token"].as_str().unwrap().to_owned();
    assert_eq!(app, "TH|2400000000000001|make-believe-threads-secret");
    bench.threads.revoke(&long);
    assert_eq!(inspect(&long, &app).await.json()["data"]["is_valid"], false);
    assert_eq!(inspect("nonsense", &app).await.json()["data"]["is_valid"], false);
    inspect(&long, &long).await.fails(190, 458, "");
    bench.me(&app).await.fails(190, 467, "");
}
