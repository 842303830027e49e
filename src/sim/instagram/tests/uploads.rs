//! Films sent as bytes: offsets, breaks, what is kept, and the end.

use super::*;
use futures_util::stream;

impl Stage {
    /// A container that waits for bytes: its id and where they go.
    async fn resumable(&self, more: &[(&str, &str)]) -> (String, String) {
        let fields = [&[("media_type", "REELS"), ("upload_type", "resumable")], more].concat();
        let body = self.facebook(Method::POST, &self.at("media"), &fields).await.ok();
        let (id, uri) = (body["id"].as_str().unwrap().to_owned(), body["uri"].as_str().unwrap().to_owned());
        assert_eq!(uri, format!("https://rupload.facebook.com/ig-api-upload/v26.0/{id}"));
        (id, uri.strip_prefix("https://rupload.facebook.com").unwrap().to_owned())
    }

    async fn upload(&self, path: &str, headers: &[(&str, &str)], body: Body) -> Got {
        let mut request = Request::post(path).header("authorization", "OAuth EAApage");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(Door::Facebook, request.body(body).unwrap()).await
    }

    async fn piece(&self, path: &str, offset: usize, size: usize, bytes: &[u8]) -> Got {
        let (offset, size) = (offset.to_string(), size.to_string());
        self.upload(path, &[("offset", &offset), ("file_size", &size)], Body::from(bytes.to_vec())).await
    }

    async fn phases(&self, id: &str) -> Value {
        let path = format!("{id}?fields=id,status,status_code,video_status");
        self.facebook(Method::GET, &path, &[]).await.ok()["video_status"].clone()
    }
}

/// What `rupload` says of a failure.
#[track_caller]
fn refused(got: &Got, kind: &str, retriable: bool) {
    let info = &got.json()["debug_info"];
    assert_eq!((got.status, &info["type"], &info["retriable"]), (400, &json!(kind), &json!(retriable)), "{}", got.body);
}

#[tokio::test]
async fn a_film_in_one_request() {
    let stage = Stage::new();
    let bytes = Film::default().bytes();
    let (id, path) = stage.resumable(&[("caption", "clip"), ("thumb_offset", "0")]).await;
    let start = json!({
        "uploading_phase": {"status": "not_started", "bytes_transferred": 0},
        "processing_phase": {"status": "not_started"},
    });
    assert_eq!(stage.phases(&id).await, start);
    let got = stage.piece(&path, 0, bytes.len(), &bytes).await.ok();
    assert_eq!(got["success"], true);
    let phases = stage.phases(&id).await;
    assert_eq!(phases["uploading_phase"]["status"], "complete");
    assert_eq!(phases["processing_phase"]["status"], "in_progress");
    assert_eq!(stage.status(&id).await.0, "IN_PROGRESS");
    refused(&stage.piece(&path, 0, bytes.len(), &bytes).await, "ProcessingFailedError", false);
    refused(&stage.piece(&path, bytes.len(), bytes.len(), b"").await, "ProcessingFailedError", false);
    stage.process();
    assert_eq!(stage.phases(&id).await["processing_phase"]["status"], "complete");
    stage.facebook(Method::POST, &stage.at("media_publish"), &[("creation_id", &id)]).await.id();
    let post = &stage.seen()[0];
    assert_eq!((post.kind, &*post.media[0].bytes), ("reel", &bytes[..]));
    assert_eq!(stage.status(&id).await.0, "PUBLISHED");
}

#[tokio::test]
async fn a_broken_upload_goes_on_where_it_broke() {
    let stage = Stage::new();
    let bytes = Film { data: 100_000, ..Film::default() }.bytes();
    let (id, path) = stage.resumable(&[]).await;
    let size = bytes.len().to_string();
    let headers = [("offset", "0"), ("file_size", size.as_str())];
    let broken: Vec<Result<Vec<u8>, std::io::Error>> =
        vec![Ok(bytes[..30_000].to_vec()), Ok(bytes[30_000..50_000].to_vec()), Err(std::io::Error::other("cut"))];
    let got = stage.upload(&path, &headers, Body::from_stream(stream::iter(broken))).await;
    refused(&got, "PartialRequestError", true);
    let phase = stage.phases(&id).await["uploading_phase"].clone();
    let expected = json!({"status": "in_progress", "bytes_transferred": 50_000, "source_file_size": bytes.len()});
    assert_eq!(phase, expected);
    for offset in [0, 49_999, 50_001, bytes.len()] {
        let got = stage.piece(&path, offset, bytes.len(), &bytes[offset..]).await;
        refused(&got, "OffsetInvalidError", true);
        got.says("50000 bytes are here");
    }
    refused(&stage.piece(&path, 50_000, bytes.len() + 1, &bytes[50_000..]).await, "ProcessingFailedError", false);
    let more = [&bytes[50_000..], b"more"].concat();
    refused(&stage.piece(&path, 50_000, bytes.len(), &more).await, "PartialRequestError", false);
    // That was too much, but what fitted is there: with a length in the header it would have been refused whole.
    let phase = stage.phases(&id).await["uploading_phase"].clone();
    assert_eq!(phase["bytes_transferred"], bytes.len());

    let (id, path) = stage.resumable(&[]).await;
    refused(&stage.piece(&path, 0, bytes.len(), &bytes[..60_000]).await, "PartialRequestError", true);
    stage.piece(&path, 60_000, bytes.len(), &bytes[60_000..]).await.ok();
    stage.process();
    assert_eq!(stage.status(&id).await.0, "FINISHED");
}

#[tokio::test]
async fn what_an_upload_refuses() {
    let stage = Stage::new();
    let bytes = Film::default().bytes();
    let size = bytes.len().to_string();
    let (_, path) = stage.resumable(&[]).await;
    let whole = [("offset", "0"), ("file_size", size.as_str())];
    let body = || Body::from(bytes.clone());
    for headers in [
        vec![("offset", "0")],
        vec![("file_size", size.as_str())],
        vec![("offset", "0"), ("file_size", "0")],
        vec![("offset", "0"), ("file_size", "300000001")],
        vec![("offset", "zero"), ("file_size", size.as_str())],
        vec![("offset", "0"), ("file_size", size.as_str()), ("content-type", "multipart/form-data; boundary=x")],
        vec![("offset", "0"), ("file_size", size.as_str()), ("file_url", "https://media.example/a.mp4")],
    ] {
        refused(&stage.upload(&path, &headers, body()).await, "ProcessingFailedError", false);
    }
    let long = [("offset", "0"), ("file_size", "10"), ("content-length", size.as_str())];
    refused(&stage.upload(&path, &long, body()).await, "PartialRequestError", false);
    let request = |authorization: &str| {
        let request = Request::post(&path).header("authorization", authorization);
        request.header("offset", "0").header("file_size", &size).body(body()).unwrap()
    };
    refused(&stage.send(Door::Facebook, request("Bearer EAApage")).await, "ProcessingFailedError", false);
    let foreign = format!("OAuth {}", stage.ann.access_token);
    stage.send(Door::Facebook, request(&foreign)).await.fails(190, 0);
    stage.facebook_token("EAAother", Some("78"), PAGE_SCOPES);
    refused(&stage.send(Door::Facebook, request("OAuth EAAother")).await, "ProcessingFailedError", false);
    stage.facebook_token("EAAread", Some("77"), "instagram_basic pages_read_engagement");
    stage.send(Door::Facebook, request("OAuth EAAread")).await.fails(10, 0);
    assert_ne!(stage.send(Door::Instagram, request("OAuth EAApage")).await.status, 200);
    stage.upload(&path.replace("v26.0", "v20.0"), &whole, body()).await.fails(2_635, 0);
    let by_address = stage.create(&reel()).await.id();
    let got = stage.upload(&format!("/ig-api-upload/v26.0/{by_address}"), &whole, body()).await;
    refused(&got, "ProcessingFailedError", false);
    let got = stage.upload("/ig-api-upload/v26.0/17889999999999999", &whole, body()).await;
    refused(&got, "ProcessingFailedError", false);
    // Not with Instagram Login.
    stage.create(&[("media_type", "REELS"), ("upload_type", "resumable")]).await.fails(100, 0);
    let both = [reel(), vec![("upload_type", "resumable")]].concat();
    stage.facebook(Method::POST, &stage.at("media"), &both).await.fails(100, 0);
    // The session ends with its container.
    stage.advance(DAY);
    refused(&stage.upload(&path, &whole, body()).await, "ProcessingFailedError", false);
}

#[tokio::test]
async fn what_is_no_film_is_told_at_once_or_later() {
    let stage = Stage::new();
    let (id, path) = stage.resumable(&[]).await;
    let got = stage.piece(&path, 0, 12, b"not a film..").await;
    refused(&got, "ProcessingFailedError", false);
    got.says(r#"{\"success\":false"#);
    assert_eq!(stage.phases(&id).await["uploading_phase"]["status"], "not_started");
    let bytes = Film { codec: *b"vp09", ..Film::default() }.bytes();
    stage.piece(&path, 0, bytes.len(), &bytes).await.ok();
    stage.process();
    let (code, status) = stage.status(&id).await;
    assert!(code == "ERROR" && status.contains("2207026"), "{status}");
    assert_eq!(stage.phases(&id).await["processing_phase"]["status"], "error");
}

#[tokio::test]
async fn stories_and_items_are_uploaded_too() {
    let stage = Stage::new();
    let bytes = Film::default().bytes();
    for fields in [
        vec![("media_type", "STORIES"), ("upload_type", "resumable")],
        vec![("media_type", "VIDEO"), ("is_carousel_item", "true"), ("upload_type", "resumable")],
    ] {
        let id = stage.facebook(Method::POST, &stage.at("media"), &fields).await.id();
        let path = format!("/ig-api-upload/v26.0/{id}");
        if fields[0].1 == "STORIES" {
            refused(&stage.piece(&path, 0, 100_000_001, &bytes).await, "ProcessingFailedError", false);
        }
        stage.piece(&path, 0, bytes.len(), &bytes).await.ok();
        stage.process();
        assert_eq!(stage.status(&id).await.0, "FINISHED");
    }
}

#[tokio::test]
async fn an_upload_may_name_an_address_instead() {
    let stage = Stage::new();
    let (id, path) = stage.resumable(&[]).await;
    let address = [("file_url", "https://media.example/a.mp4")];
    stage.upload(&path, &address, Body::empty()).await.ok();
    refused(&stage.upload(&path, &address, Body::empty()).await, "ProcessingFailedError", false);
    assert_eq!(stage.phases(&id).await["uploading_phase"]["status"], "complete");
    stage.process();
    assert_eq!(stage.status(&id).await.0, "FINISHED");
}

#[tokio::test]
async fn an_upload_broken_by_script() {
    let stage = Stage::new();
    let bytes = Film { data: 50_000, ..Film::default() }.bytes();
    let (id, path) = stage.resumable(&[]).await;
    stage.instagram.configure(|options| options.break_upload_at = Some(20_000));
    let router = stage.facebook.clone();
    let size = bytes.len().to_string();
    let request = Request::post(&path).header("authorization", "OAuth EAApage").header("offset", "0");
    let request = request.header("file_size", &size).body(Body::from(bytes.clone())).unwrap();
    // The connection ends without an answer.
    assert!(tokio::spawn(router.oneshot(request)).await.is_err());
    assert_eq!(stage.phases(&id).await["uploading_phase"]["bytes_transferred"], 20_000);
    stage.piece(&path, 20_000, bytes.len(), &bytes[20_000..]).await.ok();
    stage.process();
    assert_eq!(stage.status(&id).await.0, "FINISHED");
}
