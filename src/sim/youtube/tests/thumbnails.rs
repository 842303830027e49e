//! Thumbnails: which pictures, of which videos, by which channels.

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a small picture";
const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 another";

impl Bench {
    async fn thumbnail(&self, id: &str, mime: &str, bytes: &[u8]) -> Got {
        let target = format!("/upload/youtube/v3/thumbnails/set?videoId={id}&uploadType=media");
        self.send(self.request(&self.ann, "POST", &target, &[("content-type", mime)], bytes)).await
    }
}

#[tokio::test]
async fn a_picture_is_set() {
    let bench = Bench::new();
    let id = bench.published("Tea").await;
    for (mime, bytes) in [("image/png", PNG), ("image/jpeg", JPEG), ("application/octet-stream", PNG)] {
        let got = bench.thumbnail(&id, mime, bytes).await;
        got.is(200, "youtube#thumbnailSetResponse");
        assert_eq!(got.json()["items"][0]["maxres"]["width"], json!(1280));
        assert_eq!(bench.seen()[0].media[0].cover.as_deref(), Some(bytes));
    }
    let details = bench.get(&format!("{VIDEOS}?part=contentDetails&id={id}")).await.json();
    assert_eq!(details["items"][0]["contentDetails"]["hasCustomThumbnail"], json!(true));
}

#[tokio::test]
async fn pictures_are_judged() {
    let bench = Bench::new();
    let id = bench.published("Tea").await;
    let mut largest = PNG.to_vec();
    largest.resize(52_428_800, 0);
    bench.thumbnail(&id, "image/png", &largest).await.is(200, "");
    largest.push(0);
    bench.thumbnail(&id, "image/png", &largest).await.refuses(413, "uploadTooLarge");
    for (mime, bytes, status, reason) in [
        ("image/gif", b"GIF89a\x01\0\x01\0\0\0\0;".as_slice(), 400, "badContent"),
        ("image/png", b"GIF89a\x01\0\x01\0\0\0\0;", 400, "invalidImage"),
        ("image/png", JPEG, 400, "invalidImage"),
        ("application/octet-stream", b"text", 400, "invalidImage"),
        ("image/png", b"", 400, "mediaBodyRequired"),
    ] {
        bench.thumbnail(&id, mime, bytes).await.refuses(status, reason);
    }
    bench.thumbnail("nothing", "image/png", PNG).await.refuses(404, "videoNotFound");
    let target = "/upload/youtube/v3/thumbnails/set";
    let headers = [("content-type", "image/png")];
    for (query, reason) in [("?uploadType=media", "required"), ("?videoId=x", "badRequest")] {
        bench
            .send(bench.request(&bench.ann, "POST", &format!("{target}{query}"), &headers, PNG))
            .await
            .refuses(400, reason);
    }
    let bob = bench.youtube.sign_up(SignUp { email: "bob@example.org".to_owned(), ..SignUp::default() });
    let theirs = format!("{target}?videoId={id}&uploadType=media");
    bench.send(bench.request(&bob, "POST", &theirs, &headers, PNG)).await.refuses(403, "forbidden");
}

#[tokio::test]
async fn unverified_channels_may_not() {
    let bench = Bench::new();
    let id = bench.published("Tea").await;
    bench.youtube.verify(&bench.ann.channel_id, false);
    let got = bench.thumbnail(&id, "image/png", PNG).await;
    got.refuses(403, "forbidden");
    assert_eq!(got.json()["error"]["errors"][0]["domain"], json!("youtube.thumbnail"));
    assert_eq!(bench.seen()[0].media[0].cover, None);
}

#[tokio::test]
async fn too_many_are_too_many() {
    let bench = Bench::new();
    let id = bench.published("Tea").await;
    bench.youtube.configure(|options| options.thumbnail_cap = Some(1));
    bench.thumbnail(&id, "image/png", PNG).await.is(200, "");
    bench.thumbnail(&id, "image/png", PNG).await.refuses(429, "uploadRateLimitExceeded");
}

#[tokio::test]
async fn a_short_takes_none_until_it_is_processed() {
    let bench = Bench::new();
    let short = bench.upload(&film(1080, 1920, 10, "s"), &plain()).await;
    let video = bench.upload(&film(1920, 1080, 10, "v"), &plain()).await;
    for id in [&short, &video] {
        bench.thumbnail(id, "image/png", PNG).await.is(200, "");
    }
    bench.process();
    let covers = || bench.seen().into_iter().map(|seen| seen.media[0].cover.is_some()).collect::<Vec<_>>();
    assert_eq!(covers(), [false, true]);
    bench.thumbnail(&short, "image/png", PNG).await.is(200, "shortsAspectRatio");
    assert_eq!(covers(), [true, true]);
}
