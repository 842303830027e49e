//! Caption tracks: what is taken, what is refused, what is served.

use super::*;

const VTT: &str = "WEBVTT\n\n00:00.000 --> 00:01.000\nTea\n";
const INSERT: &str = "/upload/youtube/v3/captions?part=snippet&uploadType=multipart";

fn track(video: &str, language: &str, name: &str) -> Value {
    json!({"snippet": {"videoId": video, "language": language, "name": name, "isDraft": false}})
}

impl Bench {
    async fn caption(&self, method: &str, target: &str, metadata: &Value, content: Option<&str>) -> Got {
        let file = content.map(|content| format!("--B\r\nContent-Type: application/octet-stream\r\n\r\n{content}\r\n"));
        let head = format!("--B\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{metadata}\r\n");
        let body = format!("{head}{}--B--\r\n", file.unwrap_or_default());
        let headers = [("content-type", "multipart/related; boundary=B")];
        self.send(self.request(&self.ann, method, target, &headers, body.as_bytes())).await
    }
}

#[tokio::test]
async fn a_track_is_served() {
    let bench = Bench::new();
    let id = bench.published("Tea").await;
    let got = bench.caption("POST", INSERT, &track(&id, "en", ""), Some(VTT)).await;
    got.is(200, "youtube#caption");
    assert_eq!(got.json()["snippet"]["status"], json!("serving"));
    bench.caption("POST", INSERT, &track(&id, "en", ""), Some(VTT)).await.refuses(409, "captionExists");
    bench.caption("POST", INSERT, &track(&id, "en", "slow"), Some(VTT)).await.is(200, "");
    let captions = &bench.seen()[0].media[0].captions;
    assert_eq!(captions.len(), 2);
    assert_eq!((captions[0].0.as_str(), &*captions[0].1), ("en", VTT.as_bytes()));
    let list = format!("/youtube/v3/captions?part=id,snippet&videoId={id}");
    assert_eq!(bench.get(&list).await.json()["items"].as_array().unwrap().len(), 2);

    let track_id = got.json()["id"].as_str().unwrap().to_owned();
    let update = "/upload/youtube/v3/captions?part=snippet&uploadType=multipart";
    let draft = json!({"id": track_id, "snippet": {"isDraft": true}});
    bench.caption("PUT", update, &draft, None).await.is(200, "\"isDraft\": true");
    assert_eq!(bench.seen()[0].media[0].captions.len(), 1);
    let target = format!("/youtube/v3/captions?id={track_id}");
    bench.delete(&target).await.is(204, "");
    bench.delete(&target).await.refuses(404, "captionNotFound");
    bench.caption("PUT", update, &draft, None).await.refuses(404, "captionNotFound");
    assert_eq!(bench.get(&list).await.json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn tracks_are_judged() {
    let bench = Bench::new();
    let id = bench.published("Tea").await;
    for (metadata, content, status, reason) in [
        (track(&id, "en", &"x".repeat(151)), Some(VTT), 400, "nameTooLong"),
        (track(&id, "cn", ""), Some(VTT), 400, "invalidMetadata"),
        (json!({"snippet": {"videoId": id, "language": "en"}}), Some(VTT), 400, "invalidMetadata"),
        (json!({"snippet": {"videoId": id, "language": "en", "name": 5}}), Some(VTT), 400, "invalid"),
        (json!({"snippet": {"videoId": id, "language": "en", "name": "", "sync": true}}), Some(VTT), 400, "invalid"),
        (json!({}), Some(VTT), 400, "unexpectedPart"),
        (track(&id, "en", ""), Some(""), 400, "contentRequired"),
        (track(&id, "en", ""), None, 400, "contentRequired"),
        (track("nothing", "en", ""), Some(VTT), 404, "videoNotFound"),
    ] {
        bench.caption("POST", INSERT, &metadata, content).await.refuses(status, reason);
    }
    bench.caption("POST", INSERT, &track(&id, "en", &"x".repeat(150)), Some(VTT)).await.is(200, "");
    bench
        .caption("POST", &format!("{INSERT}&sync=true"), &track(&id, "en", ""), Some(VTT))
        .await
        .refuses(501, "notImplemented");
    let media = "/upload/youtube/v3/captions?part=snippet&uploadType=media";
    bench.caption("POST", media, &track(&id, "en", ""), Some(VTT)).await.refuses(400, "badRequest");
    let headers = [("content-type", "multipart/form-data; boundary=B")];
    bench.send(bench.request(&bench.ann, "POST", INSERT, &headers, b"--B--")).await.refuses(400, "badRequest");
    // A file without times is taken, and never served.
    let got = bench.caption("POST", INSERT, &track(&id, "de", ""), Some("Tee trinken")).await;
    assert_eq!(got.json()["snippet"]["failureReason"], json!("unknownFormat"));
    assert_eq!(bench.seen()[0].media[0].captions.len(), 1);
    let client = super::super::App::default().client_id;
    let manager = bench.youtube.tokens(&bench.ann.channel_id, &client, &["youtube"]).unwrap();
    let list = bench.request(&manager, "GET", &format!("/youtube/v3/captions?part=id&videoId={id}"), &[], b"");
    bench.send(list).await.refuses(403, "insufficientPermissions");
}

#[test]
fn formats_with_times() {
    let bench = Bench::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let id = bench.published("Tea").await;
        for (name, content, status) in [
            ("srt", "1\n00:00:00,000 --> 00:00:01,000\nTea\n", "serving"),
            ("sbv", "0:00:00.000,0:00:01.000\nTea\n", "serving"),
            ("ttml", "<tt xmlns=\"http://www.w3.org/ns/ttml\"/>", "serving"),
            ("txt", "Tea, 1:2", "failed"),
        ] {
            let got = bench.caption("POST", INSERT, &track(&id, "en", name), Some(content)).await;
            assert_eq!(got.json()["snippet"]["status"], json!(status), "{name}");
        }
    });
}
