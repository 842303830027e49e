//! Files: sorted, processed, described, attached once, cleaned up.

use super::*;

#[tokio::test]
async fn a_picture_is_ready_at_once() {
    let bench = Bench::new();
    let got = bench.upload(&png(640, 480), &[("description", "Tea"), ("focus", "-0.5,1.0")]).await;
    got.is(200, r#""type":"image","url":"https://files.mastodon.example/"#);
    got.is(200, r#""meta":{"original":{"width":640,"height":480,"size":"640x480"},"focus":{"x":-0.5,"y":1.0}},"description":"Tea""#);
    let id = got.text("id");
    let path = format!("/api/v1/media/{id}");
    bench.get(&path).await.is(200, "Tea");
    bench.json(Method::PUT, &path, &json!({"description": "More tea"})).await.is(200, "More tea");
    bench.posted(&with(status(""), "media_ids", json!([id]))).await;
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.media[0].mime.as_str(), seen.media[0].alt.as_deref()), ("image/png", Some("More tea")));
    assert_eq!(*seen.media[0].bytes, png(640, 480));
    bench.get(&path).await.is(404, "");
    bench.delete(&path).await.is(422, "currently used");
}

#[tokio::test]
async fn a_film_takes_its_time_or_fails() {
    let bench = Bench::new();
    bench.server.configure(|options| options.failing_files = 1);
    for (failing, status_code, part) in
        [(true, 422, "Error processing"), (false, 200, r#""type":"video","url":"https"#)]
    {
        let got = bench.upload(FILM, &[]).await;
        got.is(202, r#""url":null"#);
        let path = format!("/api/v1/media/{}", got.text("id"));
        let body = with(status("Hi"), "media_ids", json!([got.text("id")]));
        bench.get(&path).await.is(206, r#""url":null"#);
        bench.post(&body).await.is(422, "not finished processing");
        bench.advance(3);
        bench.get(&path).await.is(status_code, part);
        bench.post(&body).await.is(if failing { 422 } else { 200 }, "");
    }
    let gif = b"GIF89a\x01\0\x01\0\0\0\0\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B";
    bench.upload(gif, &[]).await.is(202, r#""type":"gifv""#);
    bench.upload(b"ID3\x04\0\0", &[]).await.is(202, r#""type":"audio""#);
    assert_eq!(bench.seen()[0].media[0].mime, "video/mp4");
}

#[tokio::test]
async fn a_film_stands_alone() {
    let bench = Bench::new();
    bench.server.configure(|options| options.processing_delay = Duration::ZERO);
    let (picture, film) = (bench.picture().await, bench.upload(FILM, &[]).await.text("id"));
    bench.post(&with(status("Hi"), "media_ids", json!([picture, film]))).await.is(422, "Cannot attach a video");
    let id = bench.posted(&with(status("Hi"), "media_ids", json!([picture]))).await;
    let body = json!({"status": "Hi", "media_ids": [picture, film]});
    bench.json(Method::PUT, &format!("/api/v1/statuses/{id}"), &body).await.is(422, "Cannot attach a video");
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_refused() {
    let bench = Bench::new();
    bench.server.configure(|options| (options.image_size_limit, options.video_size_limit) = (100, 10));
    let long = "x".repeat(1_501);
    for (file, fields, part) in [
        (b"tea".to_vec(), vec![], "File content type is invalid"),
        (Vec::new(), vec![], "File can't be blank"),
        ([png(1, 1), vec![0; 100]].concat(), vec![], "file size must be less"),
        (FILM.to_vec(), vec![], "file size must be less"),
        (png(8_000, 8_000), vec![], "8000x8000 images are not supported"),
        (png(1, 1), vec![("description", long.as_str())], "maximum is 1500"),
        (png(1, 1), vec![("focus", "2,0")], "Focus"),
        (png(1, 1), vec![("title", "x")], "not a parameter"),
    ] {
        bench.upload(&file, &fields).await.is(422, part);
    }
    bench.parts(Method::POST, "/api/v2/media", None, &[("description", "x")]).await.is(422, "File can't be blank");
    bench.json(Method::POST, "/api/v2/media", &json!({})).await.is(422, "File can't be blank");
}

#[tokio::test]
async fn files_that_nobody_used_are_gone_after_a_day() {
    let bench = Bench::new();
    let (kept, left) = (bench.picture().await, bench.picture().await);
    bench.posted(&with(status("Hi"), "media_ids", json!([kept]))).await;
    bench.advance(86_400);
    bench.get(&format!("/api/v1/media/{left}")).await.is(404, "");
    bench.post(&with(status("Hi"), "media_ids", json!([left]))).await.is(422, "not found");
    assert_eq!(bench.seen()[0].media.len(), 1);
    let other = bench.picture().await;
    bench.delete(&format!("/api/v1/media/{other}")).await.is(200, "{}");
    bench.delete(&format!("/api/v1/media/{other}")).await.is(404, "");
}

#[tokio::test]
async fn snac_has_everything_ready_and_tells_nothing_of_it() {
    let bench = Bench::of(Flavour::Snac);
    let got = bench.upload(FILM, &[]).await;
    got.is(200, r#""url":"https"#);
    let path = format!("/api/v1/media/{}", got.text("id"));
    bench.get(&path).await.is(404, "");
    bench.parts(Method::PUT, &path, None, &[("description", "Tea")]).await.is(200, "Tea");
    bench.posted(&with(status("Hi"), "media_ids", json!([got.text("id")]))).await;
    assert_eq!(bench.seen()[0].media[0].alt.as_deref(), Some("Tea"));
}
