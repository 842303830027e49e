//! The servers through their routers, as a client meets them: every line of their rules at least once. Here: the stage.

mod articles;
mod calls;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::{Forem, Member, Options, Server, SignUp};
use crate::sim::got::{self, Got, png};
use crate::sim::web::Page;
use crate::sim::{Seen, Sim, World};

/// dev.to with one user, Ann, and a site with a picture.
struct Bench {
    world: World,
    forem: Forem,
    server: Server,
    ann: Member,
}

impl Bench {
    fn new() -> Self {
        Self::of(SignUp::default())
    }

    fn of(sign_up: SignUp) -> Self {
        let sim = Sim::of(got::world());
        let site = |path: &str| match path {
            "/a.png" => Page::file("image/png", png(4, 3)),
            _ => Page::missing(),
        };
        sim.open_site("example.org", Arc::new(site));
        let (forem, world) = (sim.forem.clone(), sim.world().clone());
        let ann = forem.sign_up(sign_up);
        Self { world, server: forem.open("dev.to"), forem, ann }
    }

    /// A call with these headers beside those that each has.
    async fn send(&self, method: Method, path: &str, key: &str, body: impl Into<Body>) -> Got {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("accept", "application/vnd.forem.api-v1+json").header("user-agent", "test");
        let request = request.header("content-type", "application/json").header("api-key", key);
        Got::of(self.server.router(), request.body(body.into()).unwrap()).await
    }

    async fn get(&self, path: &str) -> Got {
        self.send(Method::GET, path, &self.ann.api_key, Body::empty()).await
    }

    async fn post(&self, article: &Value) -> Got {
        let body = json!({"article": article}).to_string();
        self.send(Method::POST, "/api/articles", &self.ann.api_key, body).await
    }

    async fn put(&self, id: &Value, article: &Value) -> Got {
        let body = json!({"article": article}).to_string();
        self.send(Method::PUT, &format!("/api/articles/{id}"), &self.ann.api_key, body).await
    }

    /// An article that must be taken; its id.
    async fn posted(&self, article: &Value) -> Value {
        let got = self.post(article).await;
        got.is(201, "");
        got.json()["id"].clone()
    }

    fn seen(&self) -> Vec<Seen> {
        self.server.seen()
    }

    fn advance(&self, seconds: u64) {
        self.world.advance(Duration::from_secs(seconds));
    }
}

fn article(title: &str) -> Value {
    json!({"title": title, "body_markdown": "Text in **Markdown**.", "published": true})
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}
