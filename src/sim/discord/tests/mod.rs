//! The webhook through its router, as a client meets it: every line of its rules at least once. Here: the stage.

mod calls;
mod files;
mod messages;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::{Discord, Limited, Options, SignUp, Webhook};
use crate::sim::got::{self, FILM, Got, png};
use crate::sim::{Seen, World};

/// A webhook, of which nothing is rationed.
struct Bench {
    world: World,
    discord: Discord,
    hook: Webhook,
}

impl Bench {
    fn new() -> Self {
        Self::of(SignUp::default())
    }

    fn of(sign_up: SignUp) -> Self {
        let world = got::world();
        let discord = Discord::new(world.clone());
        discord.configure(|options| (options.burst, options.messages_a_minute) = (u32::MAX, u32::MAX));
        let hook = discord.sign_up(sign_up);
        Self { world, discord, hook }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v10/webhooks/{}/{}{rest}", self.hook.id, self.hook.token)
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Got {
        let mut request = Request::builder().method(method).uri(path);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        Got::of(self.discord.router(), request.body(body.into()).unwrap()).await
    }

    async fn call(&self, method: Method, rest: &str) -> Got {
        self.send(method, &self.path(rest), "", Body::empty()).await
    }

    async fn post(&self, body: &Value) -> Got {
        self.send(Method::POST, &self.path("?wait=true"), "application/json", body.to_string()).await
    }

    async fn patch(&self, id: &str, body: &Value) -> Got {
        let path = self.path(&format!("/messages/{id}"));
        self.send(Method::PATCH, &path, "application/json", body.to_string()).await
    }

    /// A message that must be taken; its id.
    async fn posted(&self, body: &Value) -> String {
        let got = self.post(body).await;
        got.is(200, "");
        got.text("/id")
    }

    async fn parts(&self, method: Method, rest: &str, payload: &Value, files: &[(&str, &[u8])]) -> Got {
        let payload = payload.to_string();
        let mut all = vec![("payload_json", None, payload.as_bytes())];
        all.extend(files.iter().map(|(name, bytes)| (*name, Some("a.png"), *bytes)));
        self.send(method, &self.path(rest), got::MULTIPART, got::parts(&all)).await
    }

    fn seen(&self) -> Vec<Seen> {
        self.discord.seen()
    }
}

fn hi() -> Value {
    json!({"content": "Hi", "allowed_mentions": {"parse": []}})
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}
