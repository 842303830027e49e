//! Images, documents and videos: from the upload address to what readers see.

use super::*;

fn image_post(author: &str, content: Value) -> Value {
    with(plain(author, "Look"), "content", content)
}

#[tokio::test]
async fn an_image_from_start_to_readers() {
    let bench = Bench::new().await;
    let body = json!({"initializeUploadRequest": {"owner": bench.me()}});
    let got = bench.post(&bench.ann, "/rest/images?action=initializeUpload", &body).await;
    got.is(200, "");
    let value = got.json()["value"].clone();
    let (url, urn) = (value["uploadUrl"].as_str().unwrap(), value["image"].as_str().unwrap());
    assert!(url.starts_with("https://www.linkedin.com/dms-uploads/"), "{url}");
    let now = u64::try_from(bench.sim.world().now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    assert!(value["uploadUrlExpiresAt"].as_u64().unwrap().abs_diff(now + 86_400_000) < 10_000);

    let post = image_post(&bench.me(), json!({"media": {"id": urn, "altText": "A cup"}}));
    bench.publish(&post).await.is(400, "MEDIA_ASSET_WAITING_UPLOAD");
    send(bench.bare(Method::PUT, url).body(png(1, 1))).await.is(401, "Empty oauth2_access_token");
    bench.put(&bench.linkedin().sign_up(SignUp::default()), url, &png(1, 1)).await.is(403, "forbidden");
    bench.put(&bench.ann, url, b"RIFF....WEBP").await.is(415, "not JPG, PNG or GIF");
    let webp = bench.bare(Method::PUT, url).bearer_auth(&bench.ann.access_token).header("Content-Type", "image/webp");
    send(webp.body(png(1, 1))).await.is(415, "image/webp is not supported");
    let form = bench.bare(Method::PUT, url).bearer_auth(&bench.ann.access_token);
    send(form.header("Content-Type", "multipart/form-data; boundary=x").body(png(1, 1))).await.is(415, "not a form");
    send(bench.bare(Method::POST, url).bearer_auth(&bench.ann.access_token)).await.is(405, "PUT only");
    bench.put(&bench.ann, &format!("{url}x"), &png(1, 1)).await.is(404, "");

    bench.put(&bench.ann, url, &png(1, 1)).await.is(201, "");
    let got = bench.put(&bench.ann, url, &png(2, 2)).await;
    assert_eq!((got.status, got.body.as_str()), (201, ""));
    assert!(!got.header("x-ambry-creation-time").is_empty());
    bench
        .get(&bench.ann, &format!("/rest/images/{}", encoded(urn)))
        .await
        .is(403, "Accessing this image resource is forbidden. Please check your permissions for this resource");

    // Still processing: images are taken all the same, unless told otherwise.
    bench.linkedin().configure(|options| options.images_must_be_ready = true);
    bench.publish(&post).await.is(400, "MEDIA_ASSET_WAITING_UPLOAD");
    bench.linkedin().configure(|options| options.images_must_be_ready = false);
    bench.published(&bench.ann, &post).await;
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.media[0].mime.as_str(), seen.media[0].alt.as_deref()), ("image/png", Some("A cup")));
    assert_eq!(seen.media[0].bytes[..], png(2, 2));
}

#[tokio::test]
async fn upload_addresses_end_after_a_day() {
    let bench = Bench::new().await;
    let (url, _) = bench.start(&bench.ann, &bench.me(), "images").await;
    bench.advance(86_401);
    bench.put(&bench.ann, &url, &png(1, 1)).await.is(400, "EXPIRED_UPLOAD_URL");
}

#[tokio::test]
async fn uploads_belong_to_their_author() {
    let bench = Bench::new().await;
    let admin = bench.page_admin();
    let page = "urn:li:organization:77";
    let start = async |member: &Member, owner: &str| {
        let body = json!({"initializeUploadRequest": {"owner": owner}});
        bench.post(member, "/rest/images?action=initializeUpload", &body).await
    };
    start(&bench.ann, page).await.is(400, "Organization permissions must be used");
    start(&bench.ann, "urn:li:person:x").await.is(403, "fields [/owner]");
    bench
        .post(&bench.ann, "/rest/images?action=initializeUpload", &json!({}))
        .await
        .is(422, "/initializeUploadRequest");
    bench.post(&bench.ann, "/rest/images", &json!({})).await.is(404, "RESOURCE_NOT_FOUND");

    let (url, urn) = bench.start(&admin, page, "images").await;
    let status = async || bench.get(&admin, &format!("/rest/images/{}", encoded(&urn))).await.json()["status"].clone();
    assert_eq!(status().await, "WAITING_UPLOAD");
    bench.put(&admin, &url, &png(1, 1)).await.is(201, "");
    assert_eq!(status().await, "PROCESSING");
    bench.process();
    assert_eq!(status().await, "AVAILABLE");

    let content = json!({"media": {"id": urn}});
    bench.publish(&image_post(&bench.me(), content.clone())).await.is(400, "INVALID_IMAGE_ID");
    bench.published(&admin, &image_post(page, content)).await;
    // The admin's own post cannot have the page's picture.
    let own = image_post(&format!("urn:li:person:{}", admin.id), json!({"media": {"id": urn}}));
    bench.post(&admin, "/rest/posts", &own).await.is(400, "INVALID_IMAGE_ID");
}

#[tokio::test]
async fn several_images() {
    let bench = Bench::new().await;
    let mut images = Vec::new();
    for index in 0..21_u32 {
        let urn = bench.uploaded("images", &png(index + 1, 1)).await;
        images.push(json!({"id": urn, "altText": format!("Picture {index}")}));
    }
    let post = |images: &[Value]| image_post(&bench.me(), json!({"multiImage": {"images": images}}));
    bench.publish(&post(&images[..1])).await.is(400, "2 to 20");
    bench.publish(&post(&images)).await.is(400, "2 to 20");
    let foreign = [images[0].clone(), json!({"id": "urn:li:image:x"})];
    bench.publish(&post(&foreign)).await.is(400, "content/multiImage/images/1/id");
    let long = [images[0].clone(), with(images[1].clone(), "altText", json!("x".repeat(4_087)))];
    bench.publish(&post(&long)).await.is(400, "FIELD_LENGTH_TOO_LONG");
    bench.published(&bench.ann, &post(&images[..20])).await;
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!(seen.media.len(), 20);
    assert_eq!((seen.media[19].alt.as_deref(), &seen.media[19].bytes[..]), (Some("Picture 19"), &png(20, 1)[..]));
}

#[tokio::test]
async fn an_image_too_large_fails_after_it_was_accepted() {
    let bench = Bench::new().await;
    let urn = bench.uploaded("images", &png(36_152_320, 1)).await;
    let post = image_post(&bench.me(), json!({"media": {"id": urn}}));
    bench.published(&bench.ann, &post).await;
    assert_eq!(bench.seen().len(), 1);
    bench.process();
    assert_eq!(bench.seen(), [], "processing failed: the post stays invisible");
    bench.advance(3_600);
    bench.publish(&post).await.is(400, "MEDIA_ASSET_PROCESSING_FAILED");
}

#[tokio::test]
async fn documents() {
    let bench = Bench::new().await;
    let (url, urn) = bench.start(&bench.ann, &bench.me(), "documents").await;
    bench.put(&bench.ann, &url, b"hello").await.is(415, "not PDF");
    bench.put(&bench.ann, &url, b"%PDF-1.7 ...").await.is(201, "");
    bench.get(&bench.ann, &format!("/rest/documents/{}", encoded(&urn))).await.is(403, "this document resource");
    let post = |media: Value| image_post(&bench.me(), json!({"media": media}));
    let titled = post(json!({"id": urn, "title": "slides.pdf"}));
    bench.publish(&titled).await.is(400, "MEDIA_ASSET_WAITING_UPLOAD");
    bench.process();
    bench.publish(&post(json!({"id": urn}))).await.is(400, "MISSING_FIELD");
    bench.published(&bench.ann, &titled).await;
    assert_eq!(bench.seen()[0].media[0].mime, "application/pdf");
    let image = json!({"multiImage": {"images": [{"id": urn}, {"id": urn}]}});
    bench.publish(&image_post(&bench.me(), image)).await.is(400, "INVALID_URN_TYPE");
}

/// A video upload of 20 bytes in parts of 8.
struct Video {
    bench: Bench,
    urn: String,
    urls: Vec<String>,
}

const CLIP: &[u8] = b"\x00\x00\x00\x0cftypisomABCDEFGH";

impl Video {
    async fn start() -> Self {
        let bench = Bench::new().await;
        bench.linkedin().configure(|options| {
            options.video_bytes = 10..=1_000;
            options.part_bytes = 8;
            options.upload_token = "ticket".to_owned();
        });
        let got = initialize(&bench, CLIP.len()).await;
        got.is(200, r#""uploadToken":"ticket""#);
        let value = &got.json()["value"];
        let instructions = value["uploadInstructions"].as_array().unwrap();
        let spans: Vec<_> =
            instructions.iter().map(|part| (part["firstByte"].clone(), part["lastByte"].clone())).collect();
        assert_eq!(spans, [(json!(0), json!(7)), (json!(8), json!(15)), (json!(16), json!(19))]);
        assert_eq!(value.get("captionsUploadUrl"), None);
        let urls = instructions.iter().map(|part| part["uploadUrl"].as_str().unwrap().to_owned()).collect();
        Self { urn: value["video"].as_str().unwrap().to_owned(), urls, bench }
    }

    /// Uploads all parts; answers their tags.
    async fn upload(&self) -> Vec<String> {
        let mut tags = Vec::new();
        for (url, bytes) in self.urls.iter().zip(CLIP.chunks(8)) {
            let got = send(self.bench.bare(Method::PUT, url).body(bytes)).await;
            assert_eq!(got.status, 200);
            let tag = got.header("etag");
            tags.push(tag.strip_prefix('"').unwrap().strip_suffix('"').unwrap().to_owned());
        }
        tags
    }

    async fn finalize(&self, token: &str, tags: &[String]) -> Got {
        let body = json!({"finalizeUploadRequest": {"video": self.urn, "uploadToken": token, "uploadedPartIds": tags}});
        self.bench.post(&self.bench.ann, "/rest/videos?action=finalizeUpload", &body).await
    }

    async fn status(&self) -> Got {
        self.bench.get(&self.bench.ann, &format!("/rest/videos/{}", encoded(&self.urn))).await
    }

    fn post(&self) -> Value {
        image_post(&self.bench.me(), json!({"media": {"id": self.urn, "title": "Clip"}}))
    }
}

async fn initialize(bench: &Bench, size: usize) -> Got {
    let request =
        json!({"owner": bench.me(), "fileSizeBytes": size, "uploadCaptions": false, "uploadThumbnail": false});
    let body = json!({"initializeUploadRequest": request});
    bench.post(&bench.ann, "/rest/videos?action=initializeUpload", &body).await
}

#[tokio::test]
async fn a_video_in_parts() {
    let video = Video::start().await;
    let bench = &video.bench;
    video.status().await.is(200, "WAITING_UPLOAD");
    send(bench.bare(Method::PUT, &video.urls[0]).body("short")).await.is(400, "5 bytes instead of 8");
    let tags = video.upload().await;
    // A part may be sent again; its old tag is void.
    let again = send(bench.bare(Method::PUT, &video.urls[2]).body(&CLIP[16..])).await;
    let fresh = again.header("etag").trim_matches('"').to_owned();
    video.finalize("ticket", &tags).await.is(400, "is not an uploaded part");
    let tags = [tags[0].clone(), tags[1].clone(), fresh];
    video.finalize("", &tags).await.is(400, "token of the upload");
    video.finalize("ticket", &tags[..2]).await.is(400, "2 part ids for 3 parts");
    let twice = [tags[0].clone(), tags[0].clone(), tags[2].clone()];
    video.finalize("ticket", &twice).await.is(400, "is not an uploaded part");
    bench.publish(&video.post()).await.is(400, "MEDIA_ASSET_WAITING_UPLOAD");

    let got = video.finalize("ticket", &tags).await;
    assert_eq!((got.status, got.body.as_str()), (200, ""));
    video.status().await.is(200, "PROCESSING");
    bench.publish(&video.post()).await.is(400, "MEDIA_ASSET_WAITING_UPLOAD");
    bench.process();
    video.finalize("ticket", &tags).await.is(200, "");
    video.status().await.is(200, "AVAILABLE");
    let urn = bench.published(&bench.ann, &video.post()).await;
    assert!(urn.starts_with("urn:li:ugcPost:"), "{urn}");
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.media[0].mime.as_str(), &seen.media[0].bytes[..]), ("video/mp4", CLIP));

    bench.linkedin().configure(|options| options.members_read_video_status = false);
    video.status().await.is(403, "this video resource");
}

#[tokio::test]
async fn parts_in_a_wrong_order_make_a_scrambled_video() {
    let video = Video::start().await;
    let mut tags = video.upload().await;
    tags.swap(1, 2);
    video.finalize("ticket", &tags).await.is(200, "");
    video.bench.process();
    video.bench.published(&video.bench.ann, &video.post()).await;
    let scrambled = [&CLIP[..8], &CLIP[16..], &CLIP[8..16]].concat();
    assert_eq!(video.bench.seen()[0].media[0].bytes[..], scrambled);
}

#[tokio::test]
async fn a_video_that_is_none_fails() {
    let video = Video::start().await;
    let mut tags = video.upload().await;
    let got = send(video.bench.bare(Method::PUT, &video.urls[0]).body("no movie")).await;
    tags[0] = got.header("etag").trim_matches('"').to_owned();
    video.finalize("ticket", &tags).await.is(200, "");
    video.bench.process();
    let got = video.status().await.json();
    assert_eq!(
        (&got["status"], &got["processingFailureReason"]),
        (&json!("PROCESSING_FAILED"), &json!("UNSUPPORTED_FORMAT"))
    );
    video.bench.publish(&video.post()).await.is(400, "MEDIA_ASSET_PROCESSING_FAILED");
}

#[tokio::test]
async fn video_limits_and_ends() {
    let video = Video::start().await;
    video.bench.advance(86_400);
    let got = send(video.bench.bare(Method::PUT, &video.urls[0]).body(&CLIP[..8])).await;
    assert_eq!(got.status, 401);
    initialize(&video.bench, 9).await.is(400, "INVALID_VALUE_FOR_FIELD");
    initialize(&video.bench, 1_001).await.is(400, "INVALID_VALUE_FOR_FIELD");
    video.bench.linkedin().configure(|options| {
        let usual = super::super::Options::default();
        (options.part_bytes, options.video_bytes) = (usual.part_bytes, usual.video_bytes);
    });
    initialize(&video.bench, 74_999).await.is(400, "INVALID_VALUE_FOR_FIELD");
    let got = initialize(&video.bench, 4_194_305).await.json();
    assert_eq!(got["value"]["uploadInstructions"][1]["firstByte"], 4_194_304);
}

#[tokio::test]
async fn thumbnails_and_captions_of_videos() {
    let bench = Bench::new().await;
    let request =
        json!({"owner": bench.me(), "fileSizeBytes": 75_000, "uploadCaptions": true, "uploadThumbnail": true});
    let body = json!({"initializeUploadRequest": request});
    let value = bench.post(&bench.ann, "/rest/videos?action=initializeUpload", &body).await.json()["value"].clone();
    let url = value["thumbnailUploadUrl"].as_str().unwrap();
    send(bench.bare(Method::PUT, url).body(png(1, 1))).await.is(400, "STILLIMAGE");
    send(bench.bare(Method::PUT, url).header("media-type-family", "STILLIMAGE").body(png(1, 1))).await.is(201, "");
    let url = value["captionsUploadUrl"].as_str().unwrap();
    send(bench.bare(Method::POST, url).body("1")).await.is(415, "multipart/form-data");
    let form = reqwest::multipart::Form::new().text("file", "1");
    send(bench.bare(Method::POST, url).multipart(form)).await.is(201, "");
}
