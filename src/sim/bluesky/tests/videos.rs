//! The video service.

use super::*;

const FILM: &[u8] = b"\0\0\0\x10ftypisom\0\0\0\0";
const VIDEO: &str = "video.bsky.app";

/// A token for a method of a service.
async fn token(bench: &Bench, audience: &str, method: &str) -> String {
    let target = format!("/xrpc/com.atproto.server.getServiceAuth?aud={audience}&lxm={method}&exp=1764001800");
    let request = Request::builder().uri(target).header("authorization", format!("Bearer {}", bench.ann.access_jwt));
    let got = bench.send(PDS, request.body(Body::empty()).unwrap()).await;
    got.is(200, "token");
    got.json()["token"].as_str().unwrap().to_owned()
}

async fn upload(bench: &Bench, token: &str, film: &[u8]) -> Got {
    let target = format!("/xrpc/app.bsky.video.uploadVideo?did={}&name=film.mp4", bench.ann.did);
    let request =
        Request::builder().method(Method::POST).uri(target).header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "video/mp4").header("content-length", film.len());
    bench.send(VIDEO, request.body(Body::from(film.to_vec())).unwrap()).await
}

async fn status(bench: &Bench, job: &Value) -> Got {
    let target = format!("/xrpc/app.bsky.video.getJobStatus?jobId={}", job["jobId"].as_str().unwrap());
    bench.send(VIDEO, Request::builder().uri(target).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_film_is_worked_on_and_lies_at_the_server() {
    let bench = Bench::new();
    // Too large for the server itself.
    bench.sky.configure(|options| (options.blob_bytes, options.failing_videos) = (10, 1));
    let token = token(&bench, "did:web:pds.example", "com.atproto.repo.uploadBlob").await;
    let failing = upload(&bench, &token, FILM).await.json()["jobStatus"].clone();
    bench.advance(5);
    status(&bench, &failing).await.is(200, r#""state":"JOB_STATE_FAILED","failureCode":"encoding_failed""#);
    let job = upload(&bench, &token, FILM).await.json()["jobStatus"].clone();
    status(&bench, &job).await.is(200, "JOB_STATE_ENCODING");
    bench.advance(5);
    let done = status(&bench, &job).await;
    done.is(200, "JOB_STATE_COMPLETED");
    let blob = done.json()["jobStatus"]["blob"].clone();
    let again = upload(&bench, &token, FILM).await;
    again.is(409, "already_exists");
    assert_eq!(again.json()["blob"], blob);
    let embed = json!({"$type": "app.bsky.embed.video", "video": blob});
    bench.published(KEY, &with(post(""), "embed", embed)).await;
    assert_eq!(*bench.sky.seen()[0].media[0].bytes, *FILM);
    bench.sky.configure(|options| options.video_wrapped = false);
    assert!(upload(&bench, &token, &[FILM, b"more"].concat()).await.json().get("jobId").is_some());
}

#[tokio::test]
async fn the_service_takes_only_what_it_is_allowed_to() {
    let bench = Bench::new();
    let good = token(&bench, "did:web:pds.example", "com.atproto.repo.uploadBlob").await;
    let other = token(&bench, "did:web:video.bsky.app", "app.bsky.video.getUploadLimits").await;
    upload(&bench, &other, FILM).await.is(401, "AuthenticationRequired");
    upload(&bench, &bench.ann.access_jwt, FILM).await.is(401, "");
    upload(&bench, &good, b"GIF89a").await.is(400, "video/mp4");
    let limits = async || {
        let request = Request::builder()
            .uri("/xrpc/app.bsky.video.getUploadLimits")
            .header("authorization", format!("Bearer {other}"));
        bench.send(VIDEO, request.body(Body::empty()).unwrap()).await
    };
    limits().await.is(200, r#""canUpload":true,"remainingDailyVideos":25"#);
    bench.sky.configure(|options| options.videos_left = 0);
    limits().await.is(200, r#""canUpload":false"#);
    upload(&bench, &good, FILM).await.is(400, "daily_limit_exceeded");
    bench.sky.configure(|options| (options.videos_left, options.video_bytes) = (1, 10));
    upload(&bench, &good, FILM).await.is(400, "file_size_exceeded");
    bench.advance(1_800);
    upload(&bench, &good, FILM).await.is(401, "expired");
    let target = "/xrpc/com.atproto.server.getServiceAuth?aud=did:web:pds.example&exp=1764000000";
    let request = Request::builder().uri(target).header("authorization", format!("Bearer {}", bench.ann.access_jwt));
    bench.send(PDS, request.body(Body::empty()).unwrap()).await.is(400, "BadExpiration");
}
