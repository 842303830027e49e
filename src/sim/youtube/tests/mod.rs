//! The simulator as a client meets it: every line of its rules at least once. Here: the bench the tests work at.

mod access;
mod bytes;
mod captions;
mod edits;
mod opening;
mod playlists;
mod processing;
mod signin;
mod thumbnails;
mod wire;

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Member, SignUp, YouTube};
use crate::sim::{Seen, World};

const BLOCK: usize = 262_144;
/// Longer than any test takes, so that only moving the clock ends it.
const PROCESSING: Duration = Duration::from_secs(100);
const VIDEOS: &str = "/youtube/v3/videos";
const OPEN: &str = "/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status";

/// A platform with one channel, Ann's.
struct Bench {
    world: World,
    youtube: YouTube,
    router: Router,
    ann: Member,
}

/// An answer, read to the end.
#[derive(Debug)]
struct Got {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// Asserts the status and, unless it is empty, that the body has this in it.
    #[track_caller]
    fn is(&self, status: u16, part: &str) {
        assert!(self.status == status && self.body.contains(part), "{} {}", self.status, self.body);
    }

    /// Asserts the status and the reason of the first error; `-` for an answer that has none.
    #[track_caller]
    fn refuses(&self, status: u16, reason: &str) {
        let found = self.json()["error"]["errors"][0]["reason"].as_str().unwrap_or("-").to_owned();
        assert_eq!((self.status, found.as_str()), (status, reason), "{}", self.body);
    }
}

impl Bench {
    fn new() -> Self {
        let world = World::default();
        let youtube = YouTube::new(world.clone());
        youtube.configure(|options| options.processing_delay = PROCESSING);
        let ann = youtube.sign_up(SignUp::default());
        Self { router: youtube.router(), world, youtube, ann }
    }

    fn advance(&self, seconds: u64) {
        self.world.advance(Duration::from_secs(seconds));
    }

    /// Lets every upload be processed to its end.
    fn process(&self) {
        self.world.advance(PROCESSING);
    }

    /// The answer to a request; nothing if the connection ends without one.
    async fn try_send(&self, request: Request<Body>) -> Option<Got> {
        let router = self.router.clone();
        // A task of its own, because the simulator hangs up by unwinding.
        let answer = tokio::spawn(async move {
            let response = router.oneshot(request).await.unwrap();
            let (head, body) = response.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            Got { status: head.status.as_u16(), headers: head.headers, body: String::from_utf8(body.into()).unwrap() }
        });
        match answer.await {
            Ok(got) => Some(got),
            Err(error) => {
                let payload = error.into_panic();
                let hung_up = payload.downcast_ref::<&str>().is_some_and(|text| text.contains("hangs up"));
                assert!(hung_up, "the handler panicked");
                None
            }
        }
    }

    #[track_caller]
    fn send(&self, request: Request<Body>) -> impl Future<Output = Got> {
        let answer = self.try_send(request);
        async move { answer.await.expect("an answer") }
    }

    /// A request as a member, with these headers and this body.
    fn request(
        &self,
        member: &Member,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Request<Body> {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(target)
            .header("host", "www.googleapis.com")
            .header("authorization", format!("Bearer {}", member.access_token))
            .header("content-length", body.len());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::from(body.to_vec())).unwrap()
    }

    async fn get(&self, target: &str) -> Got {
        self.send(self.request(&self.ann, "GET", target, &[], b"")).await
    }

    async fn json(&self, method: &str, target: &str, body: &Value) -> Got {
        self.json_as(&self.ann, method, target, body).await
    }

    async fn json_as(&self, member: &Member, method: &str, target: &str, body: &Value) -> Got {
        let headers = [("content-type", "application/json; charset=UTF-8")];
        self.send(self.request(member, method, target, &headers, body.to_string().as_bytes())).await
    }

    async fn delete(&self, target: &str) -> Got {
        self.send(self.request(&self.ann, "DELETE", target, &[], b"")).await
    }

    async fn form(&self, target: &str, fields: &[(&str, &str)]) -> Got {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::builder().method("POST").uri(target);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Opens a session.
    async fn open(&self, target: &str, total: usize, body: &Value) -> Got {
        self.open_as(&self.ann, target, &[("x-upload-content-length", &total.to_string())], body).await
    }

    async fn open_as(&self, member: &Member, target: &str, headers: &[(&str, &str)], body: &Value) -> Got {
        let mut all = vec![("content-type", "application/json; charset=UTF-8")];
        if headers.iter().all(|(name, _)| *name != "x-upload-content-type") {
            all.push(("x-upload-content-type", "video/mp4"));
        }
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
        self.send(self.request(member, "POST", target, &all, body.to_string().as_bytes())).await
    }

    /// Opens a session that must open; path and query of its address.
    async fn session(&self, total: usize, body: &Value) -> String {
        let got = self.open(OPEN, total, body).await;
        got.is(200, "");
        target(&got)
    }

    fn put(&self, target: &str, range: &str, bytes: &[u8]) -> Request<Body> {
        let mut headers = vec![("content-type", "video/mp4")];
        if !range.is_empty() {
            headers.push(("content-range", range));
        }
        self.request(&self.ann, "PUT", target, &headers, bytes)
    }

    /// A chunk of `film`, from `first` on.
    fn chunk(&self, target: &str, film: &[u8], first: usize, length: usize) -> Request<Body> {
        let end = (first + length).min(film.len());
        self.put(target, &format!("bytes {first}-{}/{}", end - 1, film.len()), &film[first..end])
    }

    /// Asks how far an upload is.
    async fn ask(&self, target: &str, total: usize) -> Got {
        let range = format!("bytes */{total}");
        self.send(self.request(&self.ann, "PUT", target, &[("content-range", &range)], b"")).await
    }

    /// Uploads a film in one piece; its id.
    async fn upload(&self, film: &[u8], body: &Value) -> String {
        let session = self.session(film.len(), body).await;
        let got = self.send(self.put(&session, "", film)).await;
        got.is(200, "youtube#video");
        got.json()["id"].as_str().unwrap().to_owned()
    }

    /// A processed public video.
    async fn published(&self, title: &str) -> String {
        let id = self.upload(&film(1920, 1080, 10, title), &with(plain(), "snippet", "title", json!(title))).await;
        self.process();
        id
    }

    async fn status(&self, id: &str) -> Value {
        let got = self.get(&format!("{VIDEOS}?part=status,processingDetails,suggestions&id={id}")).await;
        got.is(200, "");
        got.json()["items"][0].clone()
    }

    fn seen(&self) -> Vec<Seen> {
        self.youtube.seen()
    }
}

/// Path and query of the address an answer names.
#[track_caller]
fn target(got: &Got) -> String {
    let location = got.header("location").expect("a location");
    location.strip_prefix("https://www.googleapis.com").expect("an address on the host asked").to_owned()
}

/// The plainest public video.
fn plain() -> Value {
    json!({
        "snippet": {"title": "Tea", "description": "How to make it", "categoryId": "22"},
        "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": false},
    })
}

/// With one field of a part changed; `null` takes it away.
fn with(mut body: Value, part: &str, name: &str, value: Value) -> Value {
    let part = body[part].as_object_mut().unwrap();
    if value.is_null() {
        part.remove(name);
    } else {
        part.insert(name.to_owned(), value);
    }
    body
}

/// An MP4 of this shape and length; `extra` makes it unlike others.
fn film(width: u16, height: u16, seconds: u32, extra: &str) -> Vec<u8> {
    let mut movie_header = vec![0; 100];
    movie_header[12..16].copy_from_slice(&1_000_u32.to_be_bytes());
    movie_header[16..20].copy_from_slice(&(seconds * 1_000).to_be_bytes());
    let mut handler = vec![0; 24];
    handler[8..12].copy_from_slice(b"vide");
    let mut samples = vec![0; 94];
    samples[12..16].copy_from_slice(b"avc1");
    samples[40..42].copy_from_slice(&width.to_be_bytes());
    samples[42..44].copy_from_slice(&height.to_be_bytes());
    let table = boxed(b"minf", &boxed(b"stbl", &boxed(b"stsd", &samples)));
    let track = boxed(b"trak", &boxed(b"mdia", &[boxed(b"hdlr", &handler), table].concat()));
    let movie = boxed(b"moov", &[boxed(b"mvhd", &movie_header), track].concat());
    [boxed(b"ftyp", b"isom\0\0\0\0"), movie, boxed(b"mdat", extra.as_bytes())].concat()
}

/// A film of exactly so many bytes.
fn film_of(length: usize) -> Vec<u8> {
    let mut bytes = film(1920, 1080, 10, "");
    let seed = bytes.len();
    bytes.extend((seed..length).map(|at| u8::try_from(at % 251).unwrap()));
    bytes
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
    [length.as_slice(), kind, content].concat()
}
