//! The bytes of an upload, one request at a time.

use super::super::Hiccup;
use super::*;

/// Three chunks: two blocks and a bit.
const TOTAL: usize = 2 * BLOCK + 1_000;

impl Bench {
    /// A session of [`TOTAL`] bytes and what to put into it.
    async fn started(&self) -> (String, Vec<u8>) {
        (self.session(TOTAL, &plain()).await, film_of(TOTAL))
    }
}

#[track_caller]
fn stored(got: &Got, bytes: usize) {
    let range = (bytes > 0).then(|| format!("bytes=0-{}", bytes - 1));
    assert_eq!((got.status, got.header("range")), (308, range.as_deref()), "{}", got.body);
    assert_eq!(got.body, "");
}

#[tokio::test]
async fn a_film_in_one_piece() {
    let bench = Bench::new();
    let film = film_of(TOTAL);
    for range in [String::new(), format!("bytes 0-{}/{TOTAL}", TOTAL - 1)] {
        let session = bench.session(TOTAL, &plain()).await;
        let got = bench.send(bench.put(&session, &range, &film)).await;
        got.is(200, "youtube#video");
        let video = got.json();
        assert_eq!(video["status"]["uploadStatus"], json!("uploaded"));
        assert_eq!((&video["snippet"]["title"], video.get("contentDetails")), (&json!("Tea"), None));
    }
    bench.process();
    let [one, _] = bench.seen().try_into().unwrap();
    assert_eq!(*one.media[0].bytes, film);
    bench.youtube.configure(|options| options.done_status = 201);
    let session = bench.session(TOTAL, &plain()).await;
    bench.send(bench.put(&session, "", &film)).await.is(201, "youtube#video");
}

#[tokio::test]
async fn a_film_in_chunks() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    stored(&bench.ask(&session, TOTAL).await, 0);
    stored(&bench.send(bench.chunk(&session, &film, 0, BLOCK)).await, BLOCK);
    assert_eq!(bench.youtube.videos().len(), 0);
    stored(&bench.ask(&session, TOTAL).await, BLOCK);
    // Repeated, with a gap, overlapping: nothing is kept, and the answer tells what would come next.
    for first in [0, 2 * BLOCK] {
        stored(&bench.send(bench.chunk(&session, &film, first, BLOCK)).await, BLOCK);
    }
    stored(&bench.send(bench.put(&session, "", &film)).await, BLOCK);
    stored(&bench.send(bench.chunk(&session, &film, BLOCK, BLOCK)).await, 2 * BLOCK);
    let done = bench.send(bench.chunk(&session, &film, 2 * BLOCK, BLOCK)).await;
    done.is(200, "youtube#video");
    // Whatever comes now is told the same video.
    let id = done.json()["id"].clone();
    assert_eq!(bench.ask(&session, TOTAL).await.json()["id"], id);
    assert_eq!(bench.send(bench.chunk(&session, &film, 2 * BLOCK, BLOCK)).await.json()["id"], id);
    assert_eq!(bench.youtube.videos().len(), 1);
    bench.process();
    assert_eq!(*bench.seen()[0].media[0].bytes, film);
}

#[tokio::test]
async fn requests_that_are_wrong() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    let part = &film[..BLOCK];
    for (range, bytes) in [
        // Not a whole number of blocks.
        (format!("bytes 0-99999/{TOTAL}"), &film[..100_000]),
        (format!("bytes 0-{BLOCK}/{TOTAL}"), &film[..=BLOCK]),
        // Not what was announced.
        (format!("bytes 0-{}/{}", BLOCK - 1, TOTAL + 1), part),
        (format!("bytes 0-{}/*", BLOCK - 1), part),
        (format!("bytes */{}", TOTAL + 1), b""),
        ("bytes */*".to_owned(), b""),
        // Not what the body has.
        (format!("bytes 0-{}/{TOTAL}", 2 * BLOCK - 1), part),
        (format!("bytes */{TOTAL}"), part),
        (String::new(), part),
        // Not a range.
        (format!("0-{}/{TOTAL}", BLOCK - 1), part),
        (format!("bytes 9-3/{TOTAL}"), part),
        (format!("bytes 0--1/{TOTAL}"), b""),
        (format!("bytes 0-{TOTAL}/{TOTAL}"), part),
        (format!("bytes +0-{}/{TOTAL}", BLOCK - 1), part),
        ("bytes".to_owned(), part),
    ] {
        let got = bench.send(bench.put(&session, &range, bytes)).await;
        assert_eq!(got.status, 400, "{range}: {}", got.body);
    }
    let typed = bench.request(
        &bench.ann,
        "PUT",
        &session,
        &[("content-type", "video/webm"), ("content-range", &format!("bytes 0-{}/{TOTAL}", BLOCK - 1))],
        part,
    );
    bench.send(typed).await.refuses(400, "badContent");
    let mut unmeasured = bench.chunk(&session, &film, 0, BLOCK);
    unmeasured.headers_mut().remove("content-length");
    bench.send(unmeasured).await.is(411, "<html");
    bench.send(bench.request(&bench.ann, "POST", &session, &[], b"")).await.is(405, "");
    stored(&bench.ask(&session, TOTAL).await, 0);
}

#[tokio::test]
async fn chunks_have_one_size() {
    let bench = Bench::new();
    let total = 5 * BLOCK;
    let (session, film) = (bench.session(total, &plain()).await, film_of(total));
    stored(&bench.send(bench.chunk(&session, &film, 0, BLOCK)).await, BLOCK);
    bench.send(bench.chunk(&session, &film, BLOCK, 2 * BLOCK)).await.is(400, "same size");
    // Who asks may begin anew.
    stored(&bench.ask(&session, total).await, BLOCK);
    stored(&bench.send(bench.chunk(&session, &film, BLOCK, 2 * BLOCK)).await, 3 * BLOCK);
    bench.send(bench.chunk(&session, &film, 3 * BLOCK, 2 * BLOCK)).await.is(200, "youtube#video");
}

#[tokio::test]
async fn sessions_end() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    bench.send(bench.chunk(&session, &film, 0, BLOCK)).await.is(308, "");
    bench.ask(&format!("{session}x"), TOTAL).await.is(404, "Not Found");
    bench.ask(&session.replace("part=snippet,status", "part=snippet"), TOTAL).await.is(404, "Not Found");
    bench.advance(86_399 - 100);
    // The access token did not live as long.
    bench.ask(&session, TOTAL).await.refuses(401, "authError");
    let fresh = bench
        .youtube
        .tokens(&bench.ann.channel_id, &super::super::App::default().client_id, &["youtube.upload"])
        .unwrap();
    let range = format!("bytes */{TOTAL}");
    let ask = || bench.request(&fresh, "PUT", &session, &[("content-range", &range)], b"");
    stored(&bench.send(ask()).await, BLOCK);
    bench.advance(200);
    bench.send(ask()).await.is(404, "Not Found");
    assert_eq!(bench.youtube.videos().len(), 0);
}

#[tokio::test]
async fn a_session_is_one_channels() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    let bob = bench.youtube.sign_up(SignUp { email: "bob@example.org".to_owned(), ..SignUp::default() });
    let headers = [("content-type", "video/mp4")];
    bench.send(bench.request(&bob, "PUT", &session, &headers, &film)).await.refuses(403, "forbidden");
    let client = super::super::App::default().client_id;
    let reader = bench.youtube.tokens(&bench.ann.channel_id, &client, &["youtube.readonly"]).unwrap();
    bench.send(bench.request(&reader, "PUT", &session, &headers, &film)).await.refuses(403, "insufficientPermissions");
    let mut nobody = bench.put(&session, "", &film);
    nobody.headers_mut().remove("authorization");
    bench.send(nobody).await.refuses(401, "required");
    stored(&bench.ask(&session, TOTAL).await, 0);
}

#[tokio::test]
async fn some_clients_want_no_308() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    let range = format!("bytes 0-{}/{TOTAL}", BLOCK - 1);
    let headers = [("content-type", "video/mp4"), ("content-range", range.as_str()), ("x-guploader-no-308", "yes")];
    let got = bench.send(bench.request(&bench.ann, "PUT", &session, &headers, &film[..BLOCK])).await;
    assert_eq!((got.status, got.header("x-http-status-code-override")), (200, Some("308")));
    assert_eq!(got.header("range").unwrap(), format!("bytes=0-{}", BLOCK - 1));
    let rest = format!("bytes {BLOCK}-{}/{TOTAL}", TOTAL - 1);
    let headers = [("content-type", "video/mp4"), ("content-range", rest.as_str()), ("x-guploader-no-308", "yes")];
    let got = bench.send(bench.request(&bench.ann, "PUT", &session, &headers, &film[BLOCK..])).await;
    got.is(200, "youtube#video");
    assert_eq!(got.header("x-http-status-code-override"), None);
}

#[tokio::test]
async fn the_server_keeps_less_than_was_sent() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    bench.youtube.configure(|options| options.hiccups = [Hiccup::Keeps(BLOCK as u64 + 7), Hiccup::Keeps(3)].into());
    stored(&bench.send(bench.chunk(&session, &film, 0, 2 * BLOCK)).await, BLOCK);
    // Even of the last ones.
    stored(&bench.send(bench.chunk(&session, &film, BLOCK, TOTAL)).await, BLOCK);
    bench.send(bench.chunk(&session, &film, BLOCK, TOTAL)).await.is(200, "youtube#video");
    bench.process();
    assert_eq!(*bench.seen()[0].media[0].bytes, film);
}

#[tokio::test]
async fn connections_are_lost() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    for (hiccup, kept) in [(Hiccup::DropsBefore, 0), (Hiccup::DropsInside, BLOCK), (Hiccup::DropsAfter, 2 * BLOCK)] {
        bench.youtube.configure(|options| options.hiccups.push_back(hiccup.clone()));
        let first = if kept == 2 * BLOCK { BLOCK } else { 0 };
        let length = if kept == 2 * BLOCK { BLOCK } else { 2 * BLOCK };
        assert!(bench.try_send(bench.chunk(&session, &film, first, length)).await.is_none(), "{hiccup:?}");
        stored(&bench.ask(&session, TOTAL).await, kept);
    }
    // The very last answer is lost: the video is there, and asking tells so.
    bench.youtube.configure(|options| options.hiccups.push_back(Hiccup::DropsAfter));
    assert!(bench.try_send(bench.chunk(&session, &film, 2 * BLOCK, BLOCK)).await.is_none());
    let got = bench.ask(&session, TOTAL).await;
    got.is(200, "youtube#video");
    assert_eq!(bench.youtube.videos(), [got.json()["id"].as_str().unwrap()]);
    // Gone with the video.
    bench.delete(&format!("{VIDEOS}?id={}", bench.youtube.videos()[0])).await.is(204, "");
    bench.ask(&session, TOTAL).await.is(404, "");
}

#[tokio::test]
async fn front_ends_fail() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    let answers = |status, retry_after| Hiccup::Answers { status, retry_after };
    let hiccups = [Hiccup::Fine, answers(503, Some(7)), Hiccup::KeepsButAnswers { status: 502, retry_after: None }];
    bench.youtube.configure(|options| options.hiccups = hiccups.into());
    stored(&bench.send(bench.chunk(&session, &film, 0, BLOCK)).await, BLOCK);
    let got = bench.send(bench.chunk(&session, &film, BLOCK, BLOCK)).await;
    got.is(503, "<!DOCTYPE html>");
    assert_eq!(got.header("retry-after"), Some("7"));
    stored(&bench.ask(&session, TOTAL).await, BLOCK);
    bench.send(bench.chunk(&session, &film, BLOCK, BLOCK)).await.is(502, "<!DOCTYPE html>");
    stored(&bench.ask(&session, TOTAL).await, 2 * BLOCK);
}

#[tokio::test]
async fn tokens_expire_midway() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    bench.youtube.configure(|options| options.hiccups = [Hiccup::TokenExpires].into());
    bench.send(bench.chunk(&session, &film, 0, BLOCK)).await.refuses(401, "authError");
    bench.ask(&session, TOTAL).await.refuses(401, "authError");
    let client = super::super::App::default().client_id;
    let fresh = bench.youtube.tokens(&bench.ann.channel_id, &client, &["youtube"]).unwrap();
    let headers = [("content-type", "video/mp4")];
    bench.send(bench.request(&fresh, "PUT", &session, &headers, &film)).await.is(200, "youtube#video");
}

#[tokio::test]
async fn sessions_move_and_die() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    bench.youtube.configure(|options| options.hiccups = [Hiccup::Moves, Hiccup::Dies].into());
    let got = bench.send(bench.chunk(&session, &film, 0, BLOCK)).await;
    stored(&got, BLOCK);
    let moved = target(&got);
    bench.ask(&session, TOTAL).await.is(404, "");
    stored(&bench.ask(&moved, TOTAL).await, BLOCK);
    bench.send(bench.chunk(&moved, &film, BLOCK, BLOCK)).await.is(410, "Gone");
    bench.ask(&moved, TOTAL).await.is(410, "Gone");

    let (session, film) = bench.started().await;
    bench.youtube.configure(|options| options.hiccups = [Hiccup::Expires].into());
    bench.send(bench.put(&session, "", &film)).await.is(404, "Not Found");
    bench.ask(&session, TOTAL).await.is(404, "Not Found");
    assert_eq!(bench.youtube.videos().len(), 0);
}

#[tokio::test]
async fn the_last_answer_may_still_be_308() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    bench.youtube.configure(|options| options.hiccups = [Hiccup::StillSays308].into());
    stored(&bench.send(bench.put(&session, "", &film)).await, TOTAL);
    assert_eq!(bench.youtube.videos().len(), 1);
    bench.ask(&session, TOTAL).await.is(200, "youtube#video");
}

#[tokio::test]
async fn two_at_once_take_turns() {
    let bench = Bench::new();
    let (session, film) = bench.started().await;
    let (one, two) = tokio::join!(
        bench.send(bench.chunk(&session, &film, 0, BLOCK)),
        bench.send(bench.chunk(&session, &film, 0, BLOCK))
    );
    stored(&one, BLOCK);
    stored(&two, BLOCK);
    let last = || bench.send(bench.chunk(&session, &film, BLOCK, TOTAL));
    let (one, two) = tokio::join!(last(), last());
    assert_eq!(one.json()["id"], two.json()["id"]);
    assert_eq!(bench.youtube.videos().len(), 1);
}
