//! OAuth 1.0a: signatures, the three legs, and the exchange for an OAuth 2.0 token.

use super::oauth2::{CALLBACK, with};
use super::*;

/// Signs as a client of OAuth 1.0a does: written apart from the code under test.
struct Signer {
    token: Oauth1Token,
    host: &'static str,
    nonce: String,
    at: u64,
}

impl Signer {
    fn new(token: Oauth1Token, nonce: &str) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Self { token, host: "api.x.com", nonce: nonce.to_owned(), at: now.as_secs() }
    }

    fn header(&self, method: &str, path: &str, extra: &[(&str, &str)]) -> String {
        use base64::Engine;
        use hmac::{Hmac, KeyInit, Mac};
        let enc = |text: &str| -> String {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
        };
        let timestamp = self.at.to_string();
        let mut own = vec![
            ("oauth_consumer_key", self.token.consumer_key.as_str()),
            ("oauth_nonce", &self.nonce),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", &timestamp),
            ("oauth_version", "1.0"),
        ];
        if !self.token.token.is_empty() {
            own.push(("oauth_token", &self.token.token));
        }
        own.extend(extra.iter().filter(|(name, _)| name.starts_with("oauth_")));
        let other = extra.iter().filter(|(name, _)| !name.starts_with("oauth_"));
        let mut all: Vec<_> = own.iter().chain(other).map(|(k, v)| format!("{}={}", enc(k), enc(v))).collect();
        all.sort();
        let base = format!("{method}&{}&{}", enc(&format!("https://{}{path}", self.host)), enc(&all.join("&")));
        let key = format!("{}&{}", enc(&self.token.consumer_secret), enc(&self.token.token_secret));
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(base.as_bytes());
        let signature = base64::prelude::BASE64_STANDARD.encode(mac.finalize().into_bytes());
        own.push(("oauth_signature", &signature));
        let pairs: Vec<_> = own.iter().map(|(k, v)| format!("{k}=\"{}\"", enc(v))).collect();
        format!("OAuth {}", pairs.join(", "))
    }
}

impl Stage {
    async fn signed(&self, method: Method, target: &str, header: String, body: Option<Value>) -> Read {
        let mut request = self.http.request(method, self.url(target)).header("authorization", header);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Read::from(request.send().await.unwrap()).await
    }
}

#[tokio::test]
async fn signed_calls_are_verified() {
    let stage = Stage::new().await;
    let token = stage.sim.x.oauth1_token(DEFAULT_CLIENT_ID, "ada");
    let path = "/2/tweets";
    let header = Signer::new(token.clone(), "n1").header("POST", path, &[]);
    let body = Some(json!({"text": "signed"}));
    let answer = stage.signed(Method::POST, path, header.clone(), body.clone()).await;
    assert_eq!(answer.header("x-access-level"), Some("read-write"));
    answer.ok(201);
    assert_eq!(stage.signed(Method::POST, path, header, body).await.status, 401, "nonce used twice");
    let (me, query) = ("/2/users/me", "?user.fields=created_at%2Cprotected");
    let target = format!("{me}{query}");
    let fields = [("user.fields", "created_at,protected")];
    let signer = |nonce| Signer::new(token.clone(), nonce);
    let wrong_secret = Oauth1Token { token_secret: "guess".to_owned(), ..token.clone() };
    for (header, status, why) in [
        (signer("n2").header("GET", me, &fields), 200, "right"),
        (signer("n3").header("GET", me, &[]), 401, "query not signed"),
        (signer("n4").header("POST", me, &fields), 401, "other method"),
        (Signer { host: "127.0.0.1", ..signer("n5") }.header("GET", me, &fields), 401, "other host"),
        (Signer { at: signer("").at - 301, ..signer("n6") }.header("GET", me, &fields), 401, "slow clock"),
        (Signer { at: signer("").at + 301, ..signer("n7") }.header("GET", me, &fields), 401, "fast clock"),
        (Signer::new(wrong_secret, "n8").header("GET", me, &fields), 401, "wrong secret"),
        ("OAuth nonsense".to_owned(), 401, "unreadable"),
    ] {
        assert_eq!(stage.signed(Method::GET, &target, header, None).await.status, status, "{why}");
    }
}

#[tokio::test]
async fn a_read_only_signature_cannot_post() {
    let stage = Stage::new().await;
    stage.sim.x.register(App { write: false, ..App::public("reader", CALLBACK) });
    let token = stage.sim.x.oauth1_token("reader", "ada");
    let header = Signer::new(token, "n").header("POST", "/2/tweets", &[]);
    let answer = stage.signed(Method::POST, "/2/tweets", header, Some(json!({"text": "no"}))).await;
    assert_eq!(answer.status, 403);
    assert!(answer.body["type"].as_str().unwrap().ends_with("/oauth1-permissions"));
}

#[tokio::test]
async fn three_legs_lead_to_a_token_and_an_exchange() {
    let stage = Stage::new().await;
    let app = App::public(DEFAULT_CLIENT_ID, CALLBACK);
    let consumer = |token: &str, token_secret: &str| Oauth1Token {
        consumer_key: app.consumer_key.clone(),
        consumer_secret: app.consumer_secret.clone(),
        token: token.to_owned(),
        token_secret: token_secret.to_owned(),
    };
    let read = |answer: Read| -> std::collections::HashMap<String, String> {
        let body = answer.ok(200);
        url::form_urlencoded::parse(body.as_str().unwrap().as_bytes()).into_owned().collect()
    };
    let path = "/oauth/request_token";
    let header = Signer::new(consumer("", ""), "n0").header("POST", path, &[("oauth_callback", "http://evil/")]);
    assert_eq!(stage.signed(Method::POST, path, header, None).await.status, 403);
    let header = Signer::new(consumer("", ""), "n1").header("POST", path, &[("oauth_callback", CALLBACK)]);
    let request = read(stage.signed(Method::POST, path, header, None).await);
    assert_eq!(request["oauth_callback_confirmed"], "true");
    let token = request["oauth_token"].as_str();
    let page = stage.http.get(stage.url("/oauth/authorize")).query(&[("oauth_token", token)]).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let fields = [("oauth_token", token), ("user", "ada"), ("decision", "allow")];
    let answer = stage.form("/oauth/authorize", &fields).await;
    let back = url::Url::parse(answer.header("location").unwrap()).unwrap();
    let verifier = back.query_pairs().find(|(name, _)| name == "oauth_verifier").unwrap().1.into_owned();
    let path = "/oauth/access_token";
    let third = consumer(token, &request["oauth_token_secret"]);
    let header = Signer::new(third.clone(), "n2").header("POST", path, &[("oauth_verifier", "guess")]);
    assert_eq!(stage.signed(Method::POST, path, header, None).await.status, 401);
    let header = Signer::new(third, "n3").header("POST", path, &[("oauth_verifier", &verifier)]);
    let access = read(stage.signed(Method::POST, path, header, None).await);
    assert_eq!((&access["user_id"], access["screen_name"].as_str()), (&stage.me.id, "ada"));
    let exchange = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", access["oauth_token"].as_str()),
        ("subject_token_type", "urn:x:params:oauth:token-type:oauth1_token"),
        ("oauth_token_secret", access["oauth_token_secret"].as_str()),
        ("client_id", DEFAULT_CLIENT_ID),
    ];
    let once = stage.form("/2/oauth2/token", &exchange).await.ok(200);
    let twice = stage.form("/2/oauth2/token", &exchange).await.ok(200);
    let me = async |body: &Value| {
        let token = body["access_token"].as_str().unwrap();
        stage.request(Method::GET, "/2/users/me", token).send().await.unwrap().status().as_u16()
    };
    assert_eq!((me(&once).await, me(&twice).await), (401, 200));
    let wrong = with(exchange.to_vec(), "oauth_token_secret", "guess");
    assert_eq!(stage.form("/2/oauth2/token", &wrong).await.body["error"], "invalid_grant");
}

impl Stage {
    /// A call of the three legs, signed with the app's own words and perhaps a token's.
    async fn leg(&self, path: &str, (token, secret): (&str, &str), nonce: &str, extra: &[(&str, &str)]) -> Read {
        let app = App::public(DEFAULT_CLIENT_ID, CALLBACK);
        let (consumer_key, consumer_secret) = (app.consumer_key, app.consumer_secret);
        let (token, token_secret) = (token.to_owned(), secret.to_owned());
        let keys = Oauth1Token { consumer_key, consumer_secret, token, token_secret };
        let header = Signer::new(keys, nonce).header("POST", path, extra);
        self.signed(Method::POST, path, header, None).await
    }

    /// Begins a login without a callback: the request token and its secret.
    async fn begin(&self, nonce: &str) -> (String, String) {
        let answer = self.leg("/oauth/request_token", ("", ""), nonce, &[("oauth_callback", "oob")]).await.ok(200);
        let fields: std::collections::HashMap<String, String> =
            url::form_urlencoded::parse(answer.as_str().unwrap().as_bytes()).into_owned().collect();
        (fields["oauth_token"].clone(), fields["oauth_token_secret"].clone())
    }

    /// Presses a button of the consent page; the page that follows.
    async fn press_for_pin(&self, token: &str, decision: &str) -> Read {
        self.form("/oauth/authorize", &[("oauth_token", token), ("user", "ada"), ("decision", decision)]).await
    }

    async fn pin(&self, token: &str) -> String {
        let page = self.press_for_pin(token, "allow").await.ok(200).as_str().unwrap().to_owned();
        let pin = page.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert!(pin.len() == 7 && pin.bytes().all(|byte| byte.is_ascii_digit()), "{page}");
        pin
    }

    async fn exchange(&self, (token, secret): (&str, &str), pin: &str, nonce: &str) -> u16 {
        self.leg("/oauth/access_token", (token, secret), nonce, &[("oauth_verifier", pin)]).await.status
    }
}

/// Out of band: a page with seven digits, good for one token of one login, and not for ever.
#[tokio::test]
async fn a_pin_is_good_once_for_its_own_login() {
    let stage = Stage::new().await;
    let (token, secret) = stage.begin("a1").await;
    let own = (token.as_str(), secret.as_str());
    assert_eq!(stage.exchange(own, "1234567", "a2").await, 401, "nobody has allowed it yet");
    let pin = stage.pin(&token).await;
    assert_eq!(stage.press_for_pin(&token, "allow").await.status, 400, "the page is over");
    let other = stage.begin("a3").await;
    assert_eq!(stage.exchange((&other.0, &other.1), &pin, "a4").await, 401, "another login's");
    assert_eq!(stage.exchange((&token, "guess"), &pin, "a5").await, 401, "not signed with its secret");
    let wrong = format!("{:07}", (pin.parse::<u32>().unwrap() + 1) % 10_000_000);
    assert_eq!(stage.exchange(own, &wrong, "a6").await, 401, "another number");
    assert_eq!(stage.exchange(own, &pin, "a7").await, 200);
    assert_eq!(stage.exchange(own, &pin, "a8").await, 401, "a second time");
}

#[tokio::test]
async fn a_pin_ends_and_a_login_that_was_refused_has_none() {
    let stage = Stage::new().await;
    let (token, secret) = stage.begin("b1").await;
    let page = stage.press_for_pin(&token, "deny").await.ok(200);
    assert!(!page.as_str().unwrap().contains("<code>"), "{page}");
    assert_eq!(stage.press_for_pin(&token, "allow").await.status, 400);
    assert_eq!(stage.exchange((&token, &secret), "1234567", "b2").await, 401);
    stage.configure(|options| options.request_token_life = MINUTE);
    let (token, secret) = stage.begin("b3").await;
    let pin = stage.pin(&token).await;
    stage.advance(MINUTE);
    let keys = App::public(DEFAULT_CLIENT_ID, CALLBACK);
    let keys = Oauth1Token {
        consumer_key: keys.consumer_key,
        consumer_secret: keys.consumer_secret,
        token,
        token_secret: secret,
    };
    let path = "/oauth/access_token";
    let signer = Signer::new(keys, "b4");
    let late = Signer { at: signer.at + 60, ..signer }.header("POST", path, &[("oauth_verifier", &pin)]);
    assert_eq!(stage.signed(Method::POST, path, late, None).await.status, 401);
}

/// Only the app may begin a login, and only towards an address of its own.
#[tokio::test]
async fn a_login_is_begun_by_its_app_alone() {
    let stage = Stage::new().await;
    let path = "/oauth/request_token";
    for (nonce, extra, status) in [
        ("c1", &[("oauth_callback", "oob")][..], 200),
        ("c2", &[("oauth_callback", CALLBACK)], 200),
        ("c3", &[("oauth_callback", "OOB")], 403),
        ("c4", &[], 403),
    ] {
        assert_eq!(stage.leg(path, ("", ""), nonce, extra).await.status, status, "{extra:?}");
    }
    assert_eq!(stage.leg(path, ("", ""), "c1", &[("oauth_callback", "oob")]).await.status, 401, "nonce used twice");
    let app = App::public(DEFAULT_CLIENT_ID, CALLBACK);
    for (consumer_key, consumer_secret) in
        [(app.consumer_key.clone(), "guess".to_owned()), ("nobody".to_owned(), app.consumer_secret)]
    {
        let keys = Oauth1Token { consumer_key, consumer_secret, token: String::new(), token_secret: String::new() };
        let header = Signer::new(keys, "c9").header("POST", path, &[("oauth_callback", "oob")]);
        assert_eq!(stage.signed(Method::POST, path, header, None).await.body["errors"][0]["code"], 32);
    }
}

#[tokio::test]
async fn a_token_ends_itself() {
    let stage = Stage::new().await;
    let token = stage.sim.x.oauth1_token(DEFAULT_CLIENT_ID, "ada");
    for (path, nonce, status) in [
        ("/2/users/me", "d1", 200),
        ("/1.1/oauth/invalidate_token.json", "d2", 200),
        ("/2/users/me", "d3", 401),
        ("/1.1/oauth/invalidate_token", "d4", 401),
    ] {
        let method = if path.starts_with("/2/") { Method::GET } else { Method::POST };
        let header = Signer::new(token.clone(), nonce).header(method.as_str(), path, &[]);
        let answer = stage.signed(method, path, header, None).await;
        assert_eq!(answer.status, status, "{path} {}", answer.body);
    }
    let other = Oauth1Token { token_secret: "guess".to_owned(), ..stage.sim.x.oauth1_token(DEFAULT_CLIENT_ID, "ada") };
    let path = "/1.1/oauth/invalidate_token";
    let header = Signer::new(other, "d5").header("POST", path, &[]);
    assert_eq!(stage.signed(Method::POST, path, header, None).await.body["errors"][0]["code"], 89);
}
