//! The simulator through its router, as a client meets it: every rule at least once.

mod containers;
mod fields;
mod film;
mod login;
mod media;
mod posts;
mod reading;
mod served;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use serde_json::Value;
use tower::ServiceExt as _;
use url::form_urlencoded;

pub(super) use self::film::{Shape, film};
use super::{Act, App, Failure, Member, Options, Republish, SignUp, Threads};
use crate::sim::web::{Page, Site};
use crate::sim::{Seen, World};

type Fields<'a> = [(&'a str, &'a str)];

/// A Threads with one account, Ann's, and a web host with media.
struct Bench {
    world: World,
    threads: Threads,
    ann: Member,
}

/// An answer, read to the end.
struct Got {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of `id` in a good answer.
    #[track_caller]
    fn id(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()["id"].as_str().unwrap().to_owned()
    }

    /// Asserts an error's code and subcode, and a part of the body.
    #[track_caller]
    fn fails(&self, code: i64, subcode: impl Into<Option<u64>>, part: &str) {
        let error = &self.json()["error"];
        let found = (self.status >= 400, error["code"].as_i64(), error["error_subcode"].as_u64());
        assert_eq!(found, (true, Some(code), subcode.into()), "{}", self.body);
        assert!(self.body.contains(part) && error["fbtrace_id"].is_string(), "{part}: {}", self.body);
    }
}

impl Bench {
    fn new() -> Self {
        let world = World::default();
        let threads = Threads::new(world.clone());
        // Longer than any test takes, so that only moving the clock ends it.
        let delay = Duration::from_secs(9);
        threads.configure(|options| {
            (options.text_delay, options.image_delay, options.video_delay) = (delay, delay, delay);
        });
        let ann = threads.sign_up(SignUp::default());
        let bench = Self { world, threads, ann };
        bench.put_up("media.example", |path| match path {
            "/a.jpg" => Page::file("image/jpeg", media::jpeg(800, 600)),
            "/b.png" => Page::file("image/png", media::png(400, 400)),
            "/c.mp4" => Page::file("video/mp4", film(&Shape::default())),
            _ => Page::missing(),
        });
        bench
    }

    fn put_up(&self, host: &str, site: impl Fn(&str) -> Page + Send + Sync + 'static) {
        let site: Site = Arc::new(site);
        self.world.lock().sites.insert(host.to_owned(), site);
    }

    fn advance(&self, seconds: u64) {
        self.world.advance(Duration::from_secs(seconds));
    }

    fn configure(&self, change: impl FnOnce(&mut Options)) {
        self.threads.configure(change);
    }

    fn seen(&self) -> Vec<Seen> {
        self.threads.seen()
    }

    async fn send(&self, method: &str, target: &str, form: Option<&Fields<'_>>) -> Got {
        let mut request = Request::builder().method(method).uri(target);
        if form.is_some() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let body = form.map_or_else(Body::empty, |form| Body::from(encoded(form)));
        self.answer(request.body(body).unwrap()).await
    }

    async fn answer(&self, request: Request<Body>) -> Got {
        let response = self.threads.router().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Got { status: head.status.as_u16(), headers: head.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// A form of Ann's.
    async fn post(&self, path: &str, fields: &Fields<'_>) -> Got {
        self.post_as(&self.ann, path, fields).await
    }

    async fn post_as(&self, member: &Member, path: &str, fields: &Fields<'_>) -> Got {
        let form = [fields, &[("access_token", &member.access_token)]].concat();
        self.send("POST", &format!("/v1.0{path}"), Some(&form)).await
    }

    async fn get(&self, path: &str, query: &Fields<'_>) -> Got {
        self.get_as(&self.ann, path, query).await
    }

    async fn get_as(&self, member: &Member, path: &str, query: &Fields<'_>) -> Got {
        let query = encoded(&[query, &[("access_token", &member.access_token)]].concat());
        self.send("GET", &format!("/v1.0{path}?{query}"), None).await
    }

    async fn delete(&self, id: &str) -> Got {
        self.send("DELETE", &format!("/v1.0/{id}?access_token={}", self.ann.access_token), None).await
    }

    /// A container of Ann's.
    async fn make(&self, fields: &Fields<'_>) -> Got {
        self.post("/me/threads", fields).await
    }

    async fn status(&self, id: &str) -> Value {
        self.get(&format!("/{id}"), &[("fields", "id,status,error_message")]).await.json()
    }

    async fn publish(&self, container: &str) -> Got {
        self.post("/me/threads_publish", &[("creation_id", container)]).await
    }

    /// A post by the whole way: container, wait, publish. Its id.
    async fn published(&self, fields: &Fields<'_>) -> String {
        let container = self.make(fields).await.id();
        self.advance(60);
        self.publish(&container).await.id()
    }

    /// A text post; its id.
    async fn said(&self, text: &str) -> String {
        self.published(&[("media_type", "TEXT"), ("text", text)]).await
    }
}

fn encoded(fields: &Fields<'_>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn member(threads: &Threads, username: &str, scopes: &[&str]) -> Member {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    threads.sign_up(SignUp { username: username.to_owned(), scopes, ..SignUp::default() })
}
