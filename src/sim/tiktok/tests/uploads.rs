//! Bytes on their way: order, ranges, repeated chunks, addresses that end, connections that break.

use reqwest::Client;

use super::super::{Progress, Repeated};
use super::*;
use crate::sim::{Fault, FaultKind};

const SIZE: usize = 12_000_000;
const CHUNK: usize = 5_500_000;

/// A video that goes in two chunks.
fn two_chunks() -> Vec<u8> {
    let mut bytes = film();
    bytes.extend((0..SIZE - bytes.len()).map(|at| at as u8));
    bytes
}

async fn begin(bench: &Bench) -> (String, String) {
    let source = json!({"source": "FILE_UPLOAD", "video_size": SIZE, "chunk_size": CHUNK, "total_chunk_count": 2});
    ids(&bench.post(&bench.ann, DIRECT, &json!({"post_info": wishes(), "source_info": source})).await.data())
}

#[track_caller]
fn answered(got: &Got, status: u16, progress: &str) {
    assert_eq!((got.status, got.header("content-range"), got.body.as_str()), (status, progress, ""));
}

#[tokio::test]
async fn chunk_after_chunk() {
    let bench = Bench::new().await;
    let bytes = two_chunks();
    let (id, url) = begin(&bench).await;
    let (first, last) = bytes.split_at(CHUNK);
    answered(&bench.put(&url, CHUNK, last, SIZE).await, 416, "bytes 0-0/12000000");
    answered(&bench.put(&url, 0, first, SIZE).await, 206, "bytes 0-5500000/12000000");
    assert_eq!(bench.status(&id).await["uploaded_bytes"], CHUNK);
    // Stored already, not as planned, beyond the end.
    answered(&bench.put(&url, 0, first, SIZE).await, 416, "bytes 0-5500000/12000000");
    answered(&bench.put(&url, CHUNK, &last[..CHUNK], SIZE).await, 416, "bytes 0-5500000/12000000");
    answered(&bench.put(&url, CHUNK + 1, &last[1..], SIZE).await, 416, "bytes 0-5500000/12000000");
    answered(&bench.put(&url, 0, &bytes, SIZE).await, 416, "bytes 0-5500000/12000000");
    bench.tiktok().configure(|options| options.progress = Progress::Last);
    answered(&bench.put(&url, CHUNK, last, SIZE).await, 201, "bytes 0-11999999/12000000");
    answered(&bench.put(&url, CHUNK, last, SIZE).await, 416, "bytes 0-11999999/12000000");
    assert_eq!(
        bench.status(&id).await,
        json!({"status": "PROCESSING_UPLOAD", "publicaly_available_post_id": [], "uploaded_bytes": SIZE})
    );
    assert_eq!(bench.seen(), []);
    bench.advance(PROCESSING);
    let [seen] = bench.seen().try_into().unwrap();
    assert!(seen.media[0].bytes[..] == bytes);
    assert_eq!((seen.media[0].mime.as_str(), seen.kind, seen.text.as_str()), ("video/mp4", "video", "Tea"));
}

#[tokio::test]
async fn repeated_chunks_may_be_taken() {
    let bench = Bench::new().await;
    bench.tiktok().configure(|options| {
        options.repeated_chunk = Repeated::Accepted;
        options.last_chunk_status = 200;
    });
    let bytes = two_chunks();
    let (_, url) = begin(&bench).await;
    let (first, last) = bytes.split_at(CHUNK);
    for _ in 0..2 {
        answered(&bench.put(&url, 0, first, SIZE).await, 206, "bytes 0-5500000/12000000");
    }
    for _ in 0..2 {
        answered(&bench.put(&url, CHUNK, last, SIZE).await, 200, "bytes 0-12000000/12000000");
    }
    answered(&bench.put(&url, 0, &first[1..], SIZE).await, 416, "bytes 0-12000000/12000000");
    bench.advance(PROCESSING);
    assert_eq!(bench.seen().len(), 1);
}

#[tokio::test]
async fn headers_are_exact() {
    let bench = Bench::new().await;
    let (id, url) = bench.begin(DIRECT, &wishes(), 9).await;
    let path = url.strip_prefix("https://open-upload.tiktokapis.com").unwrap();
    let good = [("content-type", "video/mp4"), ("content-length", "9"), ("content-range", "bytes 0-8/9")];
    for (name, value) in [
        ("content-type", ""),
        ("content-type", "application/octet-stream"),
        ("content-type", "image/jpeg"),
        ("content-length", ""),
        ("content-length", "8"),
        ("content-range", ""),
        ("content-range", "0-8/9"),
        ("content-range", "bytes 0-7/9"),
        ("content-range", "bytes 0-9/9"),
        ("content-range", "bytes 0-8/*"),
        ("content-range", "bytes 0-8/10"),
        ("content-range", "bytes 8-0/9"),
        ("content-range", "bytes +0-8/9"),
    ] {
        let headers = good.iter().map(|(key, old)| (*key, if *key == name { value } else { old }));
        let request = headers.filter(|(_, value)| !value.is_empty());
        let request = request.fold(Request::put(path), |request, (name, value)| request.header(name, value));
        assert_eq!(bench.send(request, vec![0; 9]).await.status, 400, "{name}: {value}");
    }
    assert_eq!(bench.status(&id).await["uploaded_bytes"], 0);
    for kind in ["video/quicktime", "video/webm"] {
        let (_, url) = bench.begin(DIRECT, &wishes(), 9).await;
        let path = url.strip_prefix("https://open-upload.tiktokapis.com").unwrap();
        let request = Request::put(path).header("content-type", kind);
        let request = request.header("content-length", 9).header("content-range", "bytes 0-8/9");
        bench.send(request, vec![0; 9]).await.is(201, "");
    }
}

#[tokio::test]
async fn addresses_are_keys_and_end() {
    let bench = Bench::new().await;
    let (_, url) = bench.begin(DIRECT, &wishes(), 9).await;
    let (_, other) = bench.begin(DIRECT, &wishes(), 9).await;
    let (id, token) = url.split_once("&upload_token=").unwrap();
    let foreign = other.split_once("&upload_token=").unwrap().1;
    for unknown in [
        format!("{id}&upload_token={foreign}"),
        id.to_owned(),
        format!("{id}1&upload_token={token}"),
        format!("{url}&a=b"),
    ] {
        bench.put(&unknown, 0, &[0; 9], 9).await.is(404, "");
    }
    bench.advance(Duration::from_secs(3_599));
    bench.put(&other, 0, &[0; 9], 9).await.is(201, "");
    bench.advance(Duration::from_secs(1));
    bench.put(&url, 0, &[0; 9], 9).await.is(403, "");
    // The key alone counts, not whether the account still has a token.
    let (_, url) = bench.begin(DIRECT, &wishes(), 9).await;
    bench.tiktok().remove_access(&bench.ann.open_id);
    bench.put(&url, 0, &[0; 9], 9).await.is(201, "");
    bench.advance(PROCESSING);
    assert_eq!(bench.seen(), []);
}

#[tokio::test]
async fn connections_break_before_or_after() {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bench = Bench::new().await;
    let http = Client::builder().no_proxy().build().unwrap();
    let (_, address) = bench.sim.hosts().iter().find(|(host, _)| host == "open-upload.tiktokapis.com").unwrap();
    let bytes = film();
    let broken = FaultKind::AnswerBefore { status: 503, headers: Vec::new(), body: String::new() };
    for (kind, stored) in [(FaultKind::DropBefore, false), (FaultKind::DropAfter, true), (broken, false)] {
        let (id, url) = bench.begin(DIRECT, &wishes(), bytes.len()).await;
        bench.sim.world().fault(Fault { method: Method::PUT, path: "/video/".to_owned(), times: 1, kind });
        let path = url.strip_prefix("https://open-upload.tiktokapis.com").unwrap();
        let send = async || {
            let range = format!("bytes 0-{}/{}", bytes.len() - 1, bytes.len());
            let put = http.put(format!("http://{address}{path}")).header("content-type", "video/mp4");
            put.header("content-range", range).body(bytes.clone()).send().await.map(|got| got.status().as_u16())
        };
        assert_ne!(send().await.ok(), Some(201));
        assert_eq!(bench.status(&id).await["uploaded_bytes"], if stored { bytes.len() } else { 0 });
        assert_eq!(send().await.ok(), Some(if stored { 416 } else { 201 }));
    }
    bench.advance(PROCESSING);
    assert_eq!(bench.seen().len(), 3);
}

#[tokio::test]
async fn two_beginnings_are_two_posts() {
    let bench = Bench::new().await;
    let first = bench.uploaded(&wishes(), &film()).await;
    let second = bench.uploaded(&wishes(), &film()).await;
    assert_ne!(first, second);
    bench.advance(PROCESSING);
    let seen = bench.seen();
    assert_eq!(seen.len(), 2);
    assert_ne!(seen[0].id, seen[1].id);
}
