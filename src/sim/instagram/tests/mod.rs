//! The simulator through its routers, as a client meets it: every line of its rules at least once. Here: the stage.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;
use crate::sim::web::Page;
use crate::sim::{facebook, graph};

mod access;
mod containers;
mod fetching;
mod files;
mod publishing;
mod signin;
mod uploads;

use files::{Film, jpeg};

const DAY: u64 = 86_400;
const HOST: &str = "https://media.example";

/// An Instagram with one account, Ann's, that is linked with a Page, and a web host with files.
struct Stage {
    world: World,
    instagram: Instagram,
    own: Router,
    facebook: Router,
    files: Arc<Mutex<BTreeMap<String, Page>>>,
    facebook_tokens: Arc<Mutex<HashMap<String, facebook::Token>>>,
    ann: Member,
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

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    #[track_caller]
    fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()
    }

    /// The id of what was made.
    #[track_caller]
    fn id(&self) -> String {
        self.ok()["id"].as_str().unwrap().to_owned()
    }

    /// Asserts code and subcode; 0 for none.
    #[track_caller]
    fn fails(&self, code: i64, subcode: u64) {
        let error = &self.json()["error"];
        let found = (error["code"].as_i64(), error["error_subcode"].as_u64().unwrap_or_default());
        assert_eq!((self.status, found), (400, (Some(code), subcode)), "{}", self.body);
        assert!(error["message"].is_string() && error["type"].is_string() && error["fbtrace_id"].is_string());
    }

    #[track_caller]
    fn says(&self, part: &str) {
        assert!(self.body.contains(part), "{} {}", self.status, self.body);
    }
}

impl Stage {
    fn new() -> Self {
        let world = World::default();
        let files: Arc<Mutex<BTreeMap<String, Page>>> = Arc::default();
        let facebook_tokens: Arc<Mutex<HashMap<String, facebook::Token>>> = Arc::default();
        let (served, known) = (Arc::clone(&files), Arc::clone(&facebook_tokens));
        let site = move |path: &str| served.lock().unwrap().get(path).cloned().unwrap_or_else(Page::missing);
        world.lock().sites.insert("media.example".to_owned(), Arc::new(site));
        let facebook = Facebook::new(world.clone());
        let tokens = Arc::new(move |token: &str| known.lock().unwrap().get(token).cloned());
        let instagram = Instagram::with_tokens(world.clone(), facebook.clone(), tokens);
        // Longer than any test takes, so that only moving the clock ends it.
        instagram.configure(|options| {
            options.image_delay = Duration::from_secs(100);
            options.video_delay = Duration::from_secs(100);
            options.carousel_delay = Duration::from_secs(100);
        });
        let ann = instagram.sign_up(SignUp { username: "ann".to_owned(), ..SignUp::default() });
        instagram.link(&ann.id, "77");
        let (own, theirs) = (instagram.router(), graph::router(&facebook, &instagram));
        let stage = Self { world, instagram, own, facebook: theirs, files, facebook_tokens, ann };
        stage.facebook_token("EAApage", Some("77"), PAGE_SCOPES);
        stage.put("/a.jpg", "image/jpeg", jpeg(1080, 1080));
        stage.put("/a.mp4", "video/mp4", Film::default().bytes());
        stage
    }

    fn facebook_token(&self, text: &str, page: Option<&str>, scopes: &str) {
        let token = facebook::Token {
            user: "5".to_owned(),
            page: page.map(str::to_owned),
            scopes: scopes.split(' ').map(str::to_owned).collect(),
            expires: None,
        };
        self.facebook_tokens.lock().unwrap().insert(text.to_owned(), token);
    }

    /// Puts a file up.
    fn put(&self, path: &str, kind: &str, bytes: Vec<u8>) {
        self.files.lock().unwrap().insert(path.to_owned(), Page::file(kind, bytes));
    }

    fn advance(&self, seconds: u64) {
        self.world.advance(Duration::from_secs(seconds));
    }

    /// Lets everything that is under way be processed.
    fn process(&self) {
        self.advance(101);
    }

    async fn send(&self, door: Door, request: Request<Body>) -> Got {
        let router = if door == Door::Instagram { &self.own } else { &self.facebook };
        let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Got { status: head.status.as_u16(), headers: head.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn get(&self, path: &str) -> Got {
        let token = &self.ann.access_token;
        let request = Request::get(format!("/v26.0/{path}")).header("authorization", format!("Bearer {token}"));
        self.send(Door::Instagram, request.body(Body::empty()).unwrap()).await
    }

    /// A form by Ann.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        self.post_as(&self.ann.access_token, Door::Instagram, path, fields).await
    }

    async fn post_as(&self, token: &str, door: Door, path: &str, fields: &[(&str, &str)]) -> Got {
        let request = Request::post(format!("/v26.0/{path}")).header("authorization", format!("Bearer {token}"));
        self.send(door, form(request, fields)).await
    }

    /// With the Page's token, at Facebook's hosts.
    async fn facebook(&self, method: Method, path: &str, fields: &[(&str, &str)]) -> Got {
        if method == Method::POST {
            return self.post_as("EAApage", Door::Facebook, path, fields).await;
        }
        let request = Request::builder().method(method).uri(format!("/v26.0/{path}"));
        let request = request.header("authorization", "Bearer EAApage").body(Body::empty()).unwrap();
        self.send(Door::Facebook, request).await
    }

    fn at(&self, edge: &str) -> String {
        format!("{}/{edge}", self.ann.id)
    }

    async fn create(&self, fields: &[(&str, &str)]) -> Got {
        self.post(&self.at("media"), fields).await
    }

    async fn publish(&self, container: &str) -> Got {
        self.post(&self.at("media_publish"), &[("creation_id", container)]).await
    }

    /// Made, processed and published; the id of the media.
    async fn published(&self, fields: &[(&str, &str)]) -> String {
        let container = self.create(fields).await.id();
        self.process();
        self.publish(&container).await.id()
    }

    /// `status_code` and `status` of a container.
    async fn status(&self, container: &str) -> (String, String) {
        let body = self.get(&format!("{container}?fields=id,status_code,status")).await.ok();
        assert_eq!(body["id"], container);
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (text("status_code"), text("status"))
    }

    fn seen(&self) -> Vec<Seen> {
        self.instagram.seen()
    }
}

const PAGE_SCOPES: &str = "instagram_basic instagram_content_publish instagram_manage_comments \
                           instagram_manage_contents pages_show_list pages_read_engagement";

fn image() -> Vec<(&'static str, &'static str)> {
    vec![("image_url", "https://media.example/a.jpg")]
}

fn reel() -> Vec<(&'static str, &'static str)> {
    vec![("media_type", "REELS"), ("video_url", "https://media.example/a.mp4")]
}

fn form(request: axum::http::request::Builder, fields: &[(&str, &str)]) -> Request<Body> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(Body::from(body)).unwrap()
}
