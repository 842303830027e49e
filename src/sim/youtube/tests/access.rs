//! Tokens, scopes, quota, and the shapes of error bodies.

use super::super::state::instant;
use super::super::{App, Envelope, Scripted};
use super::*;

/// A call of each method, as bare as it gets past the gate.
const CALLS: &[(&str, &str)] = &[
    ("POST", "/upload/youtube/v3/videos"),
    ("POST", "/upload/youtube/v3/thumbnails/set"),
    ("GET", "/youtube/v3/channels"),
    ("GET", "/youtube/v3/videos"),
    ("GET", "/youtube/v3/playlistItems"),
    ("GET", "/youtube/v3/playlists"),
    ("GET", "/youtube/v3/search"),
    ("GET", "/youtube/v3/videoCategories"),
    ("PUT", "/youtube/v3/videos"),
    ("DELETE", "/youtube/v3/videos"),
    ("POST", "/youtube/v3/playlistItems"),
    ("DELETE", "/youtube/v3/playlistItems"),
    ("POST", "/youtube/v3/playlists"),
    ("GET", "/youtube/v3/captions"),
    ("POST", "/upload/youtube/v3/captions"),
    ("PUT", "/upload/youtube/v3/captions"),
    ("DELETE", "/youtube/v3/captions"),
];

#[tokio::test]
async fn each_method_takes_its_scopes() {
    let bench = Bench::new();
    for (scope, allowed) in [
        ("youtube.upload", [true, true, false, false, false]),
        ("youtube.readonly", [false, false, true, false, false]),
        ("youtube", [true, true, true, true, false]),
        ("youtube.force-ssl", [true, true, true, true, true]),
    ] {
        let member = bench.youtube.tokens(&bench.ann.channel_id, &App::default().client_id, &[scope]).unwrap();
        for (index, (method, target)) in CALLS.iter().enumerate() {
            let group = match index {
                0 | 1 => index,
                2..=7 => 2,
                8..=12 => 3,
                _ => 4,
            };
            let got = bench.send(bench.request(&member, method, target, &[], b"")).await;
            let refused = got.json()["error"]["errors"][0]["reason"] == json!("insufficientPermissions");
            assert_eq!(refused, !allowed[group], "{scope} {method} {target}: {}", got.body);
        }
    }
}

#[tokio::test]
async fn tokens_are_needed() {
    let bench = Bench::new();
    let target = "/youtube/v3/channels?part=id&mine=true";
    let call = |authorization: Option<&str>, target: &str| {
        let mut request = Request::builder().uri(target);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        request.body(Body::empty()).unwrap()
    };
    let got = bench.send(call(None, target)).await;
    got.refuses(401, "required");
    assert_eq!(got.json()["error"]["errors"][0]["location"], json!("Authorization"));
    let got = bench.send(call(Some("Bearer ya29.guess"), target)).await;
    got.refuses(401, "authError");
    let error = got.json()["error"].clone();
    got.is(401, "Request had invalid authentication credentials.");
    assert_eq!(error["errors"][0]["message"], json!("Invalid Credentials"));
    assert_eq!((&error["status"], &error["errors"][0]["locationType"]), (&json!("UNAUTHENTICATED"), &json!("header")));
    let basic = format!("Basic {}", bench.ann.access_token);
    bench.send(call(Some(&basic), target)).await.refuses(401, "authError");
    let in_query = format!("{target}&access_token={}", bench.ann.access_token);
    bench.send(call(None, &in_query)).await.is(200, "");
    bench.youtube.expire(&bench.ann.access_token);
    bench.get(target).await.refuses(401, "authError");
}

#[tokio::test]
async fn quota_has_three_buckets() {
    let bench = Bench::new();
    // Half past eleven in the evening in Los Angeles.
    let evening = instant("2031-01-15T07:30:00Z").unwrap();
    let skew = evening.duration_since(std::time::SystemTime::now()).unwrap().as_millis();
    bench.world.set_skew(i64::try_from(skew).unwrap());
    let ann = bench.youtube.tokens(&bench.ann.channel_id, &App::default().client_id, &["youtube.force-ssl"]).unwrap();
    let call = async |method: &str, target: &str| bench.send(bench.request(&ann, method, target, &[], b"")).await;
    bench.youtube.configure(|options| (options.insert_quota, options.search_quota, options.unit_quota) = (2, 1, 60));
    let headers = [("x-upload-content-length", "1000")];
    // Refused calls count, and fit into their own bucket.
    bench.open_as(&ann, OPEN, &headers, &json!({})).await.refuses(400, "unexpectedPart");
    bench.open_as(&ann, OPEN, &headers, &plain()).await.is(200, "");
    let got = bench.open_as(&ann, OPEN, &headers, &plain()).await;
    got.refuses(403, "quotaExceeded");
    assert_eq!(got.json()["error"]["errors"][0]["domain"], json!("youtube.quota"));
    assert_eq!(bench.youtube.spent(), (2, 0, 0));
    let search = "/youtube/v3/search?part=id&forMine=true&type=video";
    call("GET", search).await.is(200, "");
    call("GET", search).await.refuses(403, "quotaExceeded");
    // Ten units for ten lists, one for a refusal, and then there are not fifty left.
    for _ in 0..10 {
        call("GET", "/youtube/v3/channels?part=id&mine=true").await.is(200, "");
    }
    call("DELETE", "/youtube/v3/videos?id=nothing").await.refuses(404, "videoNotFound");
    assert_eq!(bench.youtube.spent(), (2, 1, 11));
    call("DELETE", "/youtube/v3/videos?id=nothing").await.refuses(403, "quotaExceeded");
    call("GET", "/youtube/v3/channels?part=id&mine=true").await.is(200, "");
    // Another project has its own.
    bench.youtube.add_app(App { client_id: "foreign".to_owned(), project: "foreign".to_owned(), ..App::default() });
    let foreign = bench.youtube.tokens(&bench.ann.channel_id, "foreign", &["youtube"]).unwrap();
    bench.open_as(&foreign, OPEN, &headers, &plain()).await.is(200, "");
    bench.advance(1_790);
    bench.open_as(&ann, OPEN, &headers, &plain()).await.refuses(403, "quotaExceeded");
    bench.advance(20);
    bench.open_as(&ann, OPEN, &headers, &plain()).await.is(200, "");
    assert_eq!(bench.youtube.spent(), (1, 0, 0));
}

#[tokio::test]
async fn what_calls_cost() {
    let bench = Bench::new();
    let id = bench.published("Tea").await;
    let list = bench.youtube.add_playlist(&bench.ann.channel_id, "Drinks");
    let units = || bench.youtube.spent().2;
    let start = units();
    let item = json!({"snippet": {"playlistId": list, "resourceId": {"kind": "youtube#video", "videoId": id}}});
    bench.json("POST", "/youtube/v3/playlistItems?part=snippet", &item).await.is(200, "");
    assert_eq!(units() - start, 50);
    bench.get(&format!("/youtube/v3/captions?part=id&videoId={id}")).await.is(200, "");
    assert_eq!(units() - start, 100);
    bench.status(&id).await;
    assert_eq!(units() - start, 101);
    // Bytes and questions about them are free.
    assert_eq!(bench.youtube.spent().0, 1);
}

#[tokio::test]
async fn refusals_can_be_scripted() {
    let bench = Bench::new();
    let late =
        Scripted { retry_after: Some(9), code: Some(429), ..Scripted::new("channels.list", "rateLimitExceeded") };
    bench.youtube.configure(|options| {
        options.refusals =
            [late, Scripted::new("channels.list", "backendError"), Scripted::new("videos.insert", "alreadyExists")]
                .into();
    });
    let target = "/youtube/v3/channels?part=id&mine=true";
    let got = bench.get(target).await;
    got.refuses(429, "rateLimitExceeded");
    assert_eq!(got.header("retry-after"), Some("9"));
    bench.get(target).await.refuses(503, "backendError");
    bench.get(target).await.is(200, "");
    let got = bench.open(OPEN, 1_000, &plain()).await;
    got.refuses(409, "alreadyExists");
    assert_eq!(got.json()["error"]["status"], json!("ALREADY_EXISTS"));
    bench.open(OPEN, 1_000, &plain()).await.is(200, "");
}

#[tokio::test]
async fn errors_have_many_shapes() {
    let bench = Bench::new();
    let call = async |envelope| {
        bench.youtube.configure(|options| options.envelope = envelope);
        let got = bench.delete(&format!("{VIDEOS}?id=nothing&prettyPrint=false")).await;
        assert_eq!(got.status, 404);
        got.body
    };
    let message = "The video that you are trying to reach cannot be found.";
    let inner = format!(
        r#"{{"code":404,"message":"{message}","errors":[{{"message":"{message}","domain":"youtube.video","reason":"videoNotFound","location":"id","locationType":"parameter"}}]}}"#
    );
    assert_eq!(call(Envelope::Usual).await, format!(r#"{{"error":{inner}}}"#));
    assert_eq!(call(Envelope::Array).await, format!(r#"[{{"error":{inner}}}]"#));
    assert_eq!(call(Envelope::Bare).await, inner);
    assert_eq!(
        call(Envelope::StatusOnly).await,
        format!(r#"{{"error":{{"code":404,"message":"{message}","status":"NOT_FOUND"}}}}"#)
    );
    assert!(call(Envelope::Html).await.starts_with("<!DOCTYPE html>"));
    assert_eq!(call(Envelope::Text).await, message);
    assert_eq!(call(Envelope::Empty).await, "");
}

#[tokio::test]
async fn errors_say_where() {
    let bench = Bench::new();
    for (got, domain, location, kind) in [
        (
            bench.open(OPEN, 9, &with(plain(), "snippet", "title", json!(""))).await,
            "youtube.video",
            "body.snippet.title",
            "other",
        ),
        (bench.get(&format!("{VIDEOS}?id=x")).await, "global", "part", "parameter"),
        (bench.get(&format!("{VIDEOS}?part=y&id=x")).await, "youtube.part", "part", "parameter"),
    ] {
        let error = got.json()["error"]["errors"][0].clone();
        assert_eq!(error["domain"], json!(domain));
        assert_eq!((&error["location"], &error["locationType"]), (&json!(location), &json!(kind)));
    }
    let got = bench.open(OPEN, 9, &with(plain(), "snippet", "colour", json!("red"))).await.json();
    let message = "Invalid JSON payload received. Unknown name \"colour\" at 'resource.snippet': Cannot find field.";
    assert_eq!((&got["error"]["message"], &got["error"]["status"]), (&json!(message), &json!("INVALID_ARGUMENT")));
    assert_eq!(got["error"]["details"][0]["fieldViolations"][0]["field"], json!("resource.snippet"));
    let got = bench.open(OPEN, 9, &with(plain(), "status", "privacyStatus", json!("x"))).await;
    got.is(400, "resource.status.privacy_status");
}

#[tokio::test]
async fn other_addresses() {
    let bench = Bench::new();
    for (method, target, status) in [
        ("GET", "/youtube/v3/nonsense", 404),
        ("PATCH", "/youtube/v3/videos", 404),
        ("GET", "/", 404),
        ("GET", "/token", 405),
        ("PUT", "/o/oauth2/v2/auth", 405),
    ] {
        bench.send(bench.request(&bench.ann, method, target, &[], b"")).await.is(status, "<!DOCTYPE html>");
    }
    for (parameter, good) in [
        ("quotaUser=ann", true),
        (&*format!("quotaUser={}", "x".repeat(41)), false),
        ("alt=json", true),
        ("alt=proto", false),
        ("$.xgafv=2", true),
        ("$.xgafv=3", false),
        ("prettyPrint=maybe", false),
        ("callback=f", false),
    ] {
        let got = bench.get(&format!("/youtube/v3/channels?part=id&mine=true&{parameter}")).await;
        assert_eq!(got.status == 200, good, "{parameter}: {}", got.body);
    }
}
