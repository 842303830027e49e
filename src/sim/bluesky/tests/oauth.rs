//! Sign-in by OAuth: pushed requests, proofs, consent, tokens, rotation, scopes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use sha2::{Digest as _, Sha256};

use super::*;

const VERIFIER: &str = "verifier-verifier-verifier-verifier-verifier-1";
const REDIRECT: &str = "http://127.0.0.1:8484/callback";
const SCOPES: &str = "atproto repo:app.bsky.feed.post?action=create&action=update blob:image/*";

/// A client with its key and the nonce it was told last.
struct Client {
    bench: Bench,
    key: EcdsaKeyPair,
    id: String,
    nonce: String,
    proofs: usize,
}

impl Client {
    fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("redirect_uri", "http://127.0.0.1/callback")
            .append_pair("scope", SCOPES)
            .finish();
        Self { bench: Bench::new(), key, id: format!("http://localhost?{query}"), nonce: String::new(), proofs: 0 }
    }

    /// A fresh proof for this call; `change` makes it another.
    fn proof(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&str>,
        change: &dyn Fn(&mut Value, &mut Value),
    ) -> String {
        self.proofs += 1;
        let point = self.key.public_key().as_ref();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut header = json!({
            "typ": "dpop+jwt", "alg": "ES256",
            "jwk": {"kty": "EC", "crv": "P-256", "x": part(&point[1..33]), "y": part(&point[33..])},
        });
        let now = self.bench.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut claims = json!({
            "jti": self.proofs.to_string(), "htm": method, "htu": format!("https://{PDS}{path}"), "iat": now, "nonce": self.nonce,
        });
        if let Some(token) = token {
            claims["ath"] = json!(part(&Sha256::digest(token)));
        }
        change(&mut header, &mut claims);
        let signed = format!("{}.{}", part(header.to_string().as_bytes()), part(claims.to_string().as_bytes()));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", part(signature.as_ref()))
    }

    /// A form with this proof; the nonce of the answer is kept.
    async fn form_with(&mut self, path: &str, proof: &str, fields: &[(&str, &str)]) -> Got {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = Request::builder().method(Method::POST).uri(path);
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if !proof.is_empty() {
            request = request.header("dpop", proof);
        }
        let got = self.bench.send(PDS, request.body(Body::from(body)).unwrap()).await;
        if !got.header("dpop-nonce").is_empty() {
            self.nonce = got.header("dpop-nonce").to_owned();
        }
        got
    }

    async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        let proof = self.proof("POST", path, None, &|_, _| ());
        self.form_with(path, &proof, fields).await
    }

    async fn push(&mut self, changes: &[(&str, &str)]) -> Got {
        let (id, challenge) = (self.id.clone(), URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)));
        let fields = [
            ("client_id", id.as_str()),
            ("response_type", "code"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("state", "s t"),
            ("redirect_uri", REDIRECT),
            ("scope", SCOPES),
            ("login_hint", "ann.example"),
        ];
        let kept = fields.iter().copied().filter(|(name, _)| changes.iter().all(|(own, _)| own != name));
        let fields: Vec<_> = kept.chain(changes.iter().copied().filter(|(_, value)| !value.is_empty())).collect();
        self.form("/oauth/par", &fields).await
    }

    /// Ann decides; where the browser is sent.
    async fn decide(&mut self, decision: &str) -> String {
        let pushed = self.push(&[]).await;
        pushed.is(201, r#""expires_in":300"#);
        let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        let id = self.id.clone();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("client_id", id.as_str()), ("request_uri", &uri)])
            .finish();
        self.bench.get(&format!("/oauth/authorize?{query}")).await.is(200, "<option selected>ann.example</option>");
        let fields =
            [("client_id", id.as_str()), ("request_uri", &uri), ("account", "ann.example"), ("decision", decision)];
        let got = self.form_with("/oauth/authorize", "", &fields).await;
        assert_eq!(got.status, 303, "{}", got.text());
        self.form_with("/oauth/authorize", "", &fields).await.is(400, "unknown or has expired");
        got.header("location").to_owned()
    }

    async fn code(&mut self) -> String {
        let to = url::Url::parse(&self.decide("allow").await).unwrap();
        assert!(
            to.as_str().starts_with("http://127.0.0.1:8484/callback?iss=https%3A%2F%2Fpds.example&state=s+t&code="),
            "{to}"
        );
        to.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    async fn exchange(&mut self, code: &str, verifier: &str) -> Got {
        let id = self.id.clone();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", REDIRECT),
            ("client_id", &id),
        ];
        self.form("/oauth/token", &fields).await
    }

    async fn refresh(&mut self, token: &str) -> Got {
        let id = self.id.clone();
        self.form("/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", &id)])
            .await
    }

    /// A client that knows the nonce, and its access and refresh token.
    async fn signed_in() -> (Self, String, String) {
        let mut client = Self::new();
        client.push(&[]).await.is(400, "use_dpop_nonce");
        let code = client.code().await;
        let got = client.exchange(&code, VERIFIER).await;
        got.is(200, r#""token_type":"DPoP""#);
        let text = |name: &str| got.json()[name].as_str().unwrap().to_owned();
        (client, text("access_token"), text("refresh_token"))
    }

    async fn call(&mut self, name: &str, token: &str, change: &dyn Fn(&mut Value, &mut Value), body: &Value) -> Got {
        let path = format!("/xrpc/{name}");
        let proof = self.proof("POST", &path, Some(token), change);
        let request = Request::builder().method(Method::POST).uri(path).header("dpop", proof);
        let request =
            request.header("authorization", format!("DPoP {token}")).header("content-type", "application/json");
        let got = self.bench.send(PDS, request.body(Body::from(body.to_string())).unwrap()).await;
        self.nonce = got.header("dpop-nonce").to_owned();
        got
    }
}

#[tokio::test]
async fn servers_tell_where_to_go() {
    let bench = Bench::new();
    bench
        .get("/.well-known/oauth-protected-resource")
        .await
        .is(200, r#""authorization_servers":["https://pds.example"]"#);
    let server = bench.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(server["pushed_authorization_request_endpoint"], "https://pds.example/oauth/par");
    assert_eq!(
        (&server["issuer"], &server["require_pushed_authorization_requests"]),
        (&json!("https://pds.example"), &json!(true))
    );
    bench.get("/oauth/authorize?client_id=http://localhost").await.is(400, "request_uri is missing");
}

#[tokio::test]
async fn a_request_is_pushed_with_a_nonce() {
    let mut client = Client::new();
    let first = client.push(&[]).await;
    first.is(400, r#"{"error":"use_dpop_nonce","error_description":"#);
    assert!(!first.header("dpop-nonce").is_empty());
    client.push(&[]).await.is(201, "urn:ietf:params:oauth:request_uri:req-");
    for (name, value, part) in [
        ("client_id", "https://example.org/client.json", "invalid_client_metadata"),
        ("client_id", "http://localhost:80", "no port"),
        ("client_id", "http://localhost?redirect_uri=http://example.org/", "invalid_client_metadata"),
        ("redirect_uri", "http://127.0.0.1:8484/other", "Invalid redirect_uri"),
        ("redirect_uri", "http://localhost:8484/callback", "Invalid redirect_uri"),
        ("scope", "repo:app.bsky.feed.post?action=create&action=update", "invalid_scope"),
        ("scope", "atproto transition:generic", "invalid_scope"),
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge_method", "plain", "S256"),
        ("code_challenge", "", "code_challenge"),
        ("state", "", "state"),
        ("color", "red", "Unknown parameter"),
    ] {
        client.push(&[(name, value)]).await.is(400, part);
    }
    client.bench.advance(301);
    client.push(&[]).await.is(400, "use_dpop_nonce");
    let to = client.decide("deny").await;
    assert!(to.contains("iss=https%3A%2F%2Fpds.example&state=s+t&error=access_denied"), "{to}");
}

#[tokio::test]
async fn a_proof_is_for_one_call_of_one_key() {
    let (mut client, token, _) = Client::signed_in().await;
    let body = client.bench.put_body(KEY, &post("Hi"));
    type Change = Box<dyn Fn(&mut Value, &mut Value)>;
    let claim =
        |name: &'static str, value: Value| -> Change { Box::new(move |_, claims| claims[name] = value.clone()) };
    let head = |name: &'static str, value: Value| -> Change { Box::new(move |header, _| header[name] = value.clone()) };
    let changes: [(Change, &str); 10] = [
        (claim("htm", json!("GET")), "htm"),
        (claim("htu", json!("https://pds.example/xrpc/other")), "htu"),
        (claim("iat", json!(1)), "iat"),
        (claim("ath", json!("x")), "ath"),
        (claim("jti", json!("")), "jti"),
        (claim("nonce", json!("x")), "use_dpop_nonce"),
        (head("typ", json!("JWT")), "dpop+jwt"),
        (head("alg", json!("HS256")), "ES256"),
        (head("jwk", json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})), "signature"),
        (Box::new(|header, _| header["jwk"]["d"] = json!("AA")), "public key"),
    ];
    for (change, part) in changes {
        let got = client.call("com.atproto.repo.putRecord", &token, &*change, &body).await;
        got.is(401, part);
        assert!(got.header("www-authenticate").starts_with("DPoP error=\""), "{}", got.header("www-authenticate"));
    }
    let twice = claim("jti", json!("same"));
    client.call("com.atproto.repo.putRecord", &token, &*twice, &body).await.is(200, "");
    client.call("com.atproto.repo.putRecord", &token, &*twice, &body).await.is(401, "replayed");
    client.call("com.atproto.repo.putRecord", "tok-x", &|_, _| (), &body).await.is(401, "invalid_token");
    client.form_with("/oauth/par", "", &[]).await.is(400, "DPoP proof required");
    let mut other = Client::new();
    other.bench =
        Bench { world: client.bench.world.clone(), sky: client.bench.sky.clone(), ann: client.bench.ann.clone() };
    other.nonce = client.nonce.clone();
    other.call("com.atproto.repo.putRecord", &token, &|_, _| (), &body).await.is(401, "key mismatch");
    client.bench.advance(3_599);
    client.nonce = super::super::oauth::dpop::nonce(client.bench.now());
    client.call("com.atproto.repo.putRecord", &token, &|_, _| (), &body).await.is(401, "Token expired");
}

#[tokio::test]
async fn a_code_is_good_once_and_its_second_use_ends_all() {
    let (mut client, ..) = Client::signed_in().await;
    let code = client.code().await;
    client.exchange(&code, "another-verifier").await.is(400, "Invalid code_verifier");
    let code = client.code().await;
    let got = client.exchange(&code, VERIFIER).await;
    got.is(200, r#""expires_in":3599"#);
    assert_eq!((&got.json()["sub"], &got.json()["scope"]), (&json!(client.bench.ann.did), &json!(SCOPES)));
    client.exchange(&code, VERIFIER).await.is(400, "invalid_grant");
    client.refresh(got.json()["refresh_token"].as_str().unwrap()).await.is(400, "Invalid refresh token");
    let code = client.code().await;
    client.bench.advance(60);
    client.exchange(&code, VERIFIER).await.is(400, "Code expired");
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_all() {
    let (mut client, token, refresh) = Client::signed_in().await;
    let got = client.refresh(&refresh).await;
    got.is(200, "refresh_token");
    let body = client.bench.put_body(KEY, &post("Hi"));
    client.call("com.atproto.repo.putRecord", &token, &|_, _| (), &body).await.is(401, "invalid_token");
    client.refresh(&refresh).await.is(400, r#"{"error":"invalid_grant","error_description":"Refresh token replayed"}"#);
    client.refresh(got.json()["refresh_token"].as_str().unwrap()).await.is(400, "invalid_grant");

    let (mut client, _, refresh) = Client::signed_in().await;
    client.bench.advance(14 * 86_400 - 1);
    client.nonce = super::super::oauth::dpop::nonce(client.bench.now());
    let got = client.refresh(&refresh).await;
    got.is(200, "");
    client.bench.advance(1);
    client.refresh(got.json()["refresh_token"].as_str().unwrap()).await.is(400, "Session expired");

    let (mut client, token, refresh) = Client::signed_in().await;
    client.form("/oauth/revoke", &[("token", &token)]).await.is(200, "");
    client.refresh(&refresh).await.is(400, "invalid_grant");
    let (mut client, _, refresh) = Client::signed_in().await;
    client.bench.sky.revoke_apps(&client.bench.ann.did);
    client.refresh(&refresh).await.is(400, "invalid_grant");
}

#[tokio::test]
async fn scopes_bound_what_a_client_may_do() {
    let (mut client, token, _) = Client::signed_in().await;
    let body = client.bench.put_body(KEY, &post("Hi"));
    client.call("com.atproto.repo.putRecord", &token, &|_, _| (), &body).await.is(200, "commit");
    let delete = json!({"repo": client.bench.ann.did, "collection": POST, "rkey": KEY});
    let got = client.call("com.atproto.repo.deleteRecord", &token, &|_, _| (), &delete).await;
    got.is(403, r#"Missing required scope \"repo:app.bsky.feed.post?action=delete\""#);
    let gate = with(delete, "collection", json!("app.bsky.feed.threadgate"));
    let gate = with(gate, "record", json!({}));
    client.call("com.atproto.repo.putRecord", &token, &|_, _| (), &gate).await.is(403, "ScopeMissingError");
}
