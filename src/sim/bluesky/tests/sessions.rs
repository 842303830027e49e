//! Signing in, refreshing, ending; identities; rations.

use super::super::{ENTRYWAY, Status};
use super::*;

const CREATE: &str = "com.atproto.server.createSession";
const REFRESH: &str = "com.atproto.server.refreshSession";

fn credentials(name: &str, password: &str) -> Value {
    json!({"identifier": name, "password": password})
}

/// What a token says, read as a client does.
fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn the_entryway_signs_in_and_names_the_server() {
    let bench = Bench::new();
    let Member { handle, did, app_password, .. } = &bench.ann;
    for (host, name) in [(ENTRYWAY, handle.as_str()), (ENTRYWAY, did), (ENTRYWAY, "ann@example.org"), (PDS, handle)] {
        let got = bench.call(host, CREATE, "", Some(&credentials(name, app_password))).await;
        got.is(200, "accessJwt");
        let body = got.json();
        assert_eq!((&body["did"], &body["handle"], &body["active"]), (&json!(did), &json!(handle), &json!(true)));
        assert_eq!(body["didDoc"]["service"][0]["id"], "#atproto_pds");
        assert_eq!(body["didDoc"]["service"][0]["serviceEndpoint"], "https://pds.example");
        let access = claims(body["accessJwt"].as_str().unwrap());
        let refresh = claims(body["refreshJwt"].as_str().unwrap());
        assert_eq!([&access["exp"], &refresh["exp"]], [1_764_007_200_u64, 1_771_776_000]);
        assert_eq!(access["scope"], "com.atproto.appPass");
    }
    let other = bench.call("pds.second.example", CREATE, "", Some(&credentials(handle, app_password))).await;
    other.is(401, "AuthenticationRequired");
    let hosted = SignUp { handle: "bob.example".to_owned(), entryway: false, ..SignUp::default() };
    let bob = bench.sky.sign_up(hosted);
    bench.call(ENTRYWAY, CREATE, "", Some(&credentials("bob.example", &bob.app_password))).await.is(401, "");
    bench
        .call(ENTRYWAY, "com.atproto.repo.putRecord", &bench.ann.access_jwt, Some(&json!({})))
        .await
        .is(501, "MethodNotImplemented");
}

#[tokio::test]
async fn a_wrong_password_a_second_factor_and_a_lost_account_sign_nobody_in() {
    let bench = Bench::new();
    bench.sky.sign_up(SignUp { handle: "bob.example".to_owned(), email_factor: true, ..SignUp::default() });
    let own = SignUp::default().password;
    for (body, status, part) in [
        (credentials("ann.example", "wrong"), 401, "AuthenticationRequired"),
        (credentials("nobody.example", "x"), 401, "AuthenticationRequired"),
        (credentials("bob.example", &own), 401, "AuthFactorTokenRequired"),
        (credentials("bob.example", &bench.ann.app_password), 200, "accessJwt"),
        (json!({"identifier": "ann.example"}), 400, r#"Input must have the property \"password\""#),
        (json!({"identifier": "ann.example", "password": 1}), 400, "must be a string"),
        (with(credentials("ann.example", "x"), "remember", json!(true)), 400, "InvalidRequest"),
    ] {
        bench.call(PDS, CREATE, "", Some(&body)).await.is(status, part);
    }
    let good = credentials("ann.example", &bench.ann.app_password);
    bench.sky.set_status(&bench.ann.did, Status::Deactivated);
    bench.call(PDS, CREATE, "", Some(&good)).await.is(200, r#""active":false,"status":"deactivated""#);
    bench.publish(KEY, &post("Hi")).await.is(400, "AccountDeactivated");
    bench.sky.set_status(&bench.ann.did, Status::Takendown);
    bench.call(PDS, CREATE, "", Some(&good)).await.is(401, "AccountTakedown");
    bench.sky.set_status(&bench.ann.did, Status::Active);
    bench.sky.revoke_app_password(&bench.ann.did);
    bench.call(PDS, CREATE, "", Some(&good)).await.is(401, "AuthenticationRequired");
    bench.call(PDS, REFRESH, &bench.ann.refresh_jwt, None).await.is(400, "ExpiredToken");
}

#[tokio::test]
async fn a_refresh_token_goes_on_for_two_hours_and_gives_the_same() {
    let bench = Bench::new();
    let refresh = async |token: &str| bench.call(PDS, REFRESH, token, None).await;
    let first = refresh(&bench.ann.refresh_jwt).await.json();
    let next = first["refreshJwt"].as_str().unwrap().to_owned();
    bench.advance(7_000);
    let again = refresh(&bench.ann.refresh_jwt).await.json();
    assert_eq!(claims(again["refreshJwt"].as_str().unwrap())["jti"], claims(&next)["jti"]);
    bench.advance(300);
    refresh(&bench.ann.refresh_jwt).await.is(400, "ExpiredToken");
    refresh(&next).await.is(200, "accessJwt");
    refresh(first["accessJwt"].as_str().unwrap()).await.is(400, "ExpiredToken");
    bench.call(PDS, "com.atproto.server.deleteSession", &next, None).await.is(200, "");
    refresh(&next).await.is(400, "Token has been revoked");
}

#[tokio::test]
async fn tokens_are_told_apart_and_end() {
    let bench = Bench::new();
    let Member { access_jwt, refresh_jwt, .. } = &bench.ann;
    let body = with(bench.put_body(KEY, &post("Hi")), "swapRecord", Value::Null);
    let put = async |token: &str| bench.call(PDS, "com.atproto.repo.putRecord", token, Some(&body)).await;
    put("").await.is(401, "AuthMissing");
    put(refresh_jwt).await.is(400, "InvalidToken");
    put("a.b.c").await.is(400, "InvalidToken");
    put(&format!("{access_jwt}x")).await.is(400, "InvalidToken");
    bench
        .call("pds.second.example", "com.atproto.repo.putRecord", access_jwt, Some(&body))
        .await
        .is(400, "InvalidToken");
    bench.call(PDS, REFRESH, access_jwt, None).await.is(400, "InvalidToken");
    let request = Request::builder().uri("/xrpc/com.atproto.server.getSession");
    let request = request.header("authorization", format!("Bearer {access_jwt}")).body(Body::empty()).unwrap();
    bench.send(PDS, request).await.is(200, r#""handle":"ann.example""#);
    bench.advance(7_200);
    put(access_jwt).await.is(400, "ExpiredToken");
    bench.call(PDS, REFRESH, "", None).await.is(401, "AuthMissing");
}

#[tokio::test]
async fn sign_ins_are_rationed_by_five_minutes_and_by_day() {
    let bench = Bench::new();
    let body = credentials("ann.example", &bench.ann.app_password);
    for left in (0..30).rev() {
        let got = bench.call(PDS, CREATE, "", Some(&body)).await;
        got.is(200, "");
        assert_eq!(
            (got.header("ratelimit-remaining"), got.header("ratelimit-limit")),
            (left.to_string().as_str(), "30")
        );
    }
    let got = bench.call(PDS, CREATE, "", Some(&body)).await;
    got.is(429, r#"{"error":"RateLimitExceeded","#);
    assert_eq!(got.header("ratelimit-reset"), "1764000300", "the second since 1970, not a delay");
    assert_eq!((got.header("ratelimit-policy"), got.header("retry-after")), ("30;w=300", ""));
    for _ in 0..9 {
        bench.advance(300);
        for _ in 0..30 {
            bench.call(PDS, CREATE, "", Some(&body)).await;
        }
    }
    bench.advance(300);
    bench.call(PDS, CREATE, "", Some(&body)).await.is(429, "");
    bench.advance(86_400);
    bench.call(PDS, CREATE, "", Some(&body)).await.is(200, "");
}

#[tokio::test]
async fn writes_cost_points_and_every_answer_tells() {
    let bench = Bench::new();
    let got = bench.get("/xrpc/com.atproto.identity.resolveHandle?handle=ann.example").await;
    assert_eq!((got.header("ratelimit-limit"), got.header("ratelimit-policy")), ("3000", "3000;w=300"));
    bench.sky.configure(|options| options.points = 8);
    let remaining = async |name: &str, body: &Value| {
        let got = bench.post(name, body).await;
        (got.status, got.header("ratelimit-remaining").to_owned())
    };
    let put = bench.put_body(KEY, &post("Hi"));
    assert_eq!(remaining("com.atproto.repo.putRecord", &put).await, (200, "6".to_owned()));
    let delete = json!({"repo": bench.ann.did, "collection": POST, "rkey": KEY});
    assert_eq!(remaining("com.atproto.repo.deleteRecord", &delete).await, (200, "5".to_owned()));
    assert_eq!(remaining("com.atproto.repo.createRecord", &put).await, (200, "2".to_owned()));
    assert_eq!(remaining("com.atproto.repo.createRecord", &put).await, (429, "0".to_owned()));
    bench.sky.configure(|options| options.calls = 1);
    bench.get("/xrpc/com.atproto.identity.resolveHandle?handle=ann.example").await.is(429, "RateLimitExceeded");
}

#[tokio::test]
async fn handles_and_documents_lead_to_accounts() {
    let bench = Bench::new();
    let resolve =
        async |handle: &str| bench.get(&format!("/xrpc/com.atproto.identity.resolveHandle?handle={handle}")).await;
    resolve("ann.example").await.is(200, &bench.ann.did);
    resolve("bob.example").await.is(400, "Unable to resolve handle");
    resolve("ann").await.is(400, "InvalidRequest");
    bench.sky.rename(&bench.ann.did, "anna.example");
    resolve("anna.example").await.is(200, &bench.ann.did);
    let request = Request::builder().uri(format!("/{}", bench.ann.did)).body(Body::empty()).unwrap();
    bench.send("plc.directory", request).await.is(200, r#""alsoKnownAs":["at://anna.example"]"#);
    bench.get("/xrpc/com.atproto.repo.nothing").await.is(501, "MethodNotImplemented");
    bench.get("/xrpc/com.atproto.repo.putRecord").await.is(400, "Incorrect HTTP method");
}
