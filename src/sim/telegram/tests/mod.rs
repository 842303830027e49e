//! The API through its router, as a bot meets it: every line of its rules at least once. Here: the stage.

mod bots;
mod files;
mod texts;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::{ChatKind, ChatName, Member, Options, SignUp, Standing, Telegram};
use crate::sim::got::{self, FILM, Got, jpeg, png};
use crate::sim::web::Page;
use crate::sim::{Seen, Sim, World};

/// A bot in a channel, of which nothing is rationed, and a site with some pictures.
struct Bench {
    world: World,
    telegram: Telegram,
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
            "/large.png" => Page::file("image/png", [png(4, 3), vec![0; 5 << 20]].concat()),
            _ => Page::missing(),
        };
        sim.open_site("example.org", Arc::new(site));
        let telegram = sim.telegram.clone();
        telegram.configure(|options| {
            (options.calls_a_second, options.burst, options.messages_a_minute) = (u32::MAX, u32::MAX, u32::MAX);
        });
        let ann = telegram.sign_up(sign_up);
        Self { world: sim.world().clone(), telegram, ann }
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Got {
        let mut request = Request::builder().method(method).uri(path);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        Got::of(self.telegram.router(), request.body(body.into()).unwrap()).await
    }

    fn path(&self, method: &str) -> String {
        format!("/bot{}/{method}", self.ann.token)
    }

    /// A call with JSON.
    async fn call(&self, method: &str, body: &Value) -> Got {
        self.send(Method::POST, &self.path(method), "application/json", body.to_string()).await
    }

    /// A call that must succeed; its result.
    async fn done(&self, method: &str, body: &Value) -> Value {
        let got = self.call(method, body).await;
        got.is(200, r#"{"ok":true,"result":"#);
        got.json()["result"].clone()
    }

    /// A call in parts: texts, then files.
    async fn parts(&self, method: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Got {
        let fields = fields.iter().map(|(name, text)| (*name, None, text.as_bytes()));
        let all: Vec<_> = fields.chain(files.iter().map(|(name, bytes)| (*name, Some("a.png"), *bytes))).collect();
        self.send(Method::POST, &self.path(method), got::MULTIPART, got::parts(&all)).await
    }

    fn seen(&self) -> Vec<Seen> {
        self.telegram.seen()
    }
}

const CHANNEL: &str = "@annexample";

fn hi() -> Value {
    json!({"chat_id": CHANNEL, "text": "Hi"})
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}
