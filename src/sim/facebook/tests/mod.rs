//! The simulator over HTTP, as a client meets it: every line of its rules at least once.

mod access;
mod posting;
mod signin;
mod videos;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use url::form_urlencoded::Serializer;

use super::{Facebook, Member, NewPage, SignUp};
use crate::sim::web::Page;
use crate::sim::{Seen, World};

const PROCESSING: Duration = Duration::from_secs(100);
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00";

/// A Facebook with one person, Ann, and her Page.
struct Bench {
    world: World,
    facebook: Facebook,
    ann: Member,
    page: String,
    token: String,
}

/// An answer, read to the end.
struct Got {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// Asserts a success; its body.
    #[track_caller]
    fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()
    }

    /// Asserts a refusal by code and subcode (0: none).
    #[track_caller]
    fn refused(&self, code: u32, subcode: u32) {
        let error = &self.json()["error"];
        assert!(self.status >= 400 && error["message"].is_string() && error["type"].is_string(), "{}", self.body);
        assert!(error["fbtrace_id"].is_string(), "{}", self.body);
        let found = (error["code"].as_u64(), error["error_subcode"].as_u64().unwrap_or_default());
        assert_eq!(found, (Some(code.into()), subcode.into()), "{}", self.body);
    }

    #[track_caller]
    fn id(&self) -> String {
        self.ok()["id"].as_str().unwrap_or_else(|| panic!("no id: {}", self.body)).to_owned()
    }
}

impl Bench {
    fn new() -> Self {
        Self::with(SignUp::default())
    }

    fn with(sign_up: SignUp) -> Self {
        let world = World::default();
        let facebook = Facebook::new(world.clone());
        // Longer than any test takes, so that only moving the clock ends it.
        facebook.configure(|options| options.processing_delay = PROCESSING);
        let ann = facebook.sign_up(sign_up);
        let page = ann.pages.first().cloned();
        let (page, token) = page.map(|page| (page.id, page.access_token)).unwrap_or_default();
        Self { world, facebook, ann, page, token }
    }

    fn advance(&self, seconds: u64) {
        self.world.advance(Duration::from_secs(seconds));
    }

    /// Seconds since 1970, so much ahead.
    fn ahead(&self, seconds: u64) -> String {
        let now = self.world.now().duration_since(UNIX_EPOCH).unwrap();
        (now.as_secs() + seconds).to_string()
    }

    /// A web host with one page for every path.
    fn host(&self, host: &str, content_type: &str, bytes: &'static [u8]) {
        let content_type = content_type.to_owned();
        let site = Arc::new(move |_: &str| Page::file(&content_type, bytes));
        self.world.lock().sites.insert(host.to_owned(), site);
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Got {
        let body = body.into();
        let mut request = Request::builder().method(method).uri(path).header("content-length", body.len());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.facebook.router().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Got { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn get(&self, token: &str, path: &str) -> Got {
        self.send(Method::GET, &format!("/v26.0{path}"), &[("authorization", &format!("Bearer {token}"))], "").await
    }

    async fn form(&self, method: Method, token: &str, path: &str, fields: &[(&str, &str)]) -> Got {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let token = format!("Bearer {token}");
        let form = ("content-type", "application/x-www-form-urlencoded");
        self.send(method, &format!("/v26.0{path}"), &[("authorization", &token), form], body).await
    }

    /// As Ann's Page: `/{page}/{edge}`.
    async fn post(&self, edge: &str, fields: &[(&str, &str)]) -> Got {
        self.form(Method::POST, &self.token, &format!("/{}/{edge}", self.page), fields).await
    }

    async fn change(&self, id: &str, fields: &[(&str, &str)]) -> Got {
        self.form(Method::POST, &self.token, &format!("/{id}"), fields).await
    }

    async fn delete(&self, id: &str) -> Got {
        self.form(Method::DELETE, &self.token, &format!("/{id}"), &[]).await
    }

    async fn read(&self, id: &str, fields: &str) -> Got {
        self.get(&self.token, &format!("/{id}?fields={fields}")).await
    }

    /// Ids in a list of the Page's.
    async fn list(&self, edge: &str) -> Vec<String> {
        let data = self.get(&self.token, &format!("/{}/{edge}", self.page)).await.ok()["data"].clone();
        data.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Multipart with one file.
    async fn file(&self, path: &str, fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> Got {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--bb\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        let (name, filename, bytes) = file;
        let head = format!("--bb\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{filename}\"\r\n\r\n");
        body.extend(head.bytes().chain(bytes.iter().copied()).chain(b"\r\n--bb--\r\n".iter().copied()));
        let token = format!("Bearer {}", self.token);
        let headers = [("authorization", token.as_str()), ("content-type", "multipart/form-data; boundary=bb")];
        self.send(Method::POST, &format!("/v26.0/{path}"), &headers, body).await
    }

    /// A photo that is not published.
    async fn staged(&self, fields: &[(&str, &str)]) -> String {
        let fields = [&[("published", "false")], fields].concat();
        self.file(&format!("{}/photos", self.page), &fields, ("source", "a.png", PNG)).await.id()
    }

    fn seen(&self) -> Vec<Seen> {
        self.facebook.seen()
    }
}

fn media(ids: &[&String]) -> String {
    json!(ids.iter().map(|id| json!({"media_fbid": id})).collect::<Vec<_>>()).to_string()
}

/// A film of which only the headers are there.
struct Film {
    width: u16,
    height: u16,
    seconds: u32,
    rate: u32,
    codec: &'static [u8; 4],
    audio: Option<&'static [u8; 4]>,
    /// Bytes of content.
    padding: usize,
}

const REEL: Film =
    Film { width: 1080, height: 1920, seconds: 10, rate: 30, codec: b"avc1", audio: Some(b"mp4a"), padding: 5_000 };

impl Film {
    fn bytes(&self) -> Vec<u8> {
        let times = |scale: u32| {
            let mut header = vec![0; 12];
            header.extend(scale.to_be_bytes());
            header.extend((scale * self.seconds).to_be_bytes());
            header
        };
        let track = |handler: &[u8; 4], codec: &[u8; 4], frames: u32| {
            let mut entry = vec![0; 78];
            entry[24..26].copy_from_slice(&self.width.to_be_bytes());
            entry[26..28].copy_from_slice(&self.height.to_be_bytes());
            let entries = [&[0, 0, 0, 0, 0, 0, 0, 1], boxed(codec, &[&entry]).as_slice()].concat();
            let counts = [[0; 4], 1_u32.to_be_bytes(), frames.to_be_bytes(), 1_u32.to_be_bytes()].concat();
            let table = boxed(b"stbl", &[&boxed(b"stsd", &[&entries]), &boxed(b"stts", &[&counts])]);
            let handler = boxed(b"hdlr", &[&[0; 8], handler]);
            let media = [&boxed(b"mdhd", &[&times(1_000)]), &handler, &boxed(b"minf", &[&table])];
            boxed(b"trak", &[&boxed(b"mdia", &media.map(Vec::as_slice))])
        };
        let picture = track(b"vide", self.codec, self.seconds * self.rate);
        let sound = self.audio.map(|codec| track(b"soun", codec, 1)).unwrap_or_default();
        let header = boxed(b"moov", &[&boxed(b"mvhd", &[&times(600)]), &sound, &picture]);
        [boxed(b"ftyp", &[b"isom\0\0\0\0"]), header, boxed(b"mdat", &[&vec![7; self.padding]])].concat()
    }
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), &content].concat()
}

fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap().as_secs()
}
