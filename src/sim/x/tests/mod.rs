//! The simulator over HTTP on loopback, one table or story for each promise it makes. Here: the stage they play on.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use super::super::{Fault, FaultKind, Seen, Sim};
use super::*;

mod access;
mod media;
mod oauth1;
mod oauth2;
mod posts;
mod reads;
mod reposts;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a small picture";
const MINUTE: Duration = Duration::from_secs(60);

/// A running simulator and one account on it.
struct Stage {
    sim: Sim,
    http: Client,
    me: Member,
}

/// An answer, read.
#[derive(Debug)]
struct Read {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Read {
    async fn from(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    #[track_caller]
    fn ok(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// `detail`, or the first error's message, or `error_description`.
    fn says(&self) -> String {
        let candidates = [&self.body["errors"][0]["message"], &self.body["detail"], &self.body["error_description"]];
        candidates.into_iter().find_map(Value::as_str).unwrap_or_default().to_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Stage {
    async fn new() -> Self {
        // The crypto provider is a process-wide choice; another test may have made it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sim = Sim::start().await.unwrap();
        let me = sim.x.sign_up(SignUp { username: "ada", ..SignUp::default() });
        sim.x.configure(|options| options.timeline_delay = Duration::ZERO);
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { sim, http, me }
    }

    fn url(&self, path: &str) -> String {
        let (_, address) = self.sim.hosts().iter().find(|(host, _)| host == "api.x.com").unwrap();
        format!("http://{address}{path}")
    }

    fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.http.request(method, self.url(path)).bearer_auth(token)
    }

    async fn get(&self, path: &str) -> Read {
        Read::from(self.request(Method::GET, path, &self.me.access_token).send().await.unwrap()).await
    }

    async fn post(&self, path: &str, body: Value) -> Read {
        self.post_as(&self.me, path, body).await
    }

    async fn post_as(&self, member: &Member, path: &str, body: Value) -> Read {
        Read::from(self.request(Method::POST, path, &member.access_token).json(&body).send().await.unwrap()).await
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Read {
        Read::from(self.http.post(self.url(path)).form(fields).send().await.unwrap()).await
    }

    /// Posts a text and gives its id.
    async fn publish(&self, text: &str) -> String {
        self.create(json!({"text": text})).await
    }

    async fn create(&self, body: Value) -> String {
        self.post("/2/tweets", body).await.ok(201)["data"]["id"].as_str().unwrap().to_owned()
    }

    async fn multipart(&self, path: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Read {
        let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name("m").mime_str("application/octet-stream");
        let mut form = reqwest::multipart::Form::new().part("media", part.unwrap());
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        Read::from(self.request(Method::POST, path, &self.me.access_token).multipart(form).send().await.unwrap()).await
    }

    async fn image(&self) -> String {
        let answer = self.multipart("/2/media/upload", PNG, &[("media_category", "tweet_image")]).await.ok(200);
        answer["data"]["id"].as_str().unwrap().to_owned()
    }

    async fn initialize(&self, media_type: &str, category: &str, total: usize) -> String {
        let body = json!({"media_type": media_type, "media_category": category, "total_bytes": total});
        let answer = self.post("/2/media/upload/initialize", body).await.ok(200);
        answer["data"]["id"].as_str().unwrap().to_owned()
    }

    async fn append(&self, id: &str, index: usize, bytes: &[u8]) -> Read {
        let path = format!("/2/media/upload/{id}/append");
        self.multipart(&path, bytes, &[("segment_index", &index.to_string())]).await
    }

    async fn finalize(&self, id: &str) -> Read {
        let path = format!("/2/media/upload/{id}/finalize");
        Read::from(self.request(Method::POST, &path, &self.me.access_token).send().await.unwrap()).await
    }

    /// Uploads in one segment; gives the id and the answer to finalize.
    async fn whole(&self, media_type: &str, category: &str, bytes: &[u8]) -> (String, Read) {
        let id = self.initialize(media_type, category, bytes.len()).await;
        self.append(&id, 0, bytes).await.ok(200);
        let answer = self.finalize(&id).await;
        (id, answer)
    }

    async fn timeline(&self, query: &str) -> Read {
        self.get(&format!("/2/users/{}/tweets?{query}", self.me.id)).await
    }

    fn advance(&self, by: Duration) {
        self.sim.world().advance(by);
    }

    fn configure(&self, change: impl FnOnce(&mut Options)) {
        self.sim.x.configure(change);
    }

    fn seen(&self) -> Vec<Seen> {
        self.sim.seen()
    }
}
