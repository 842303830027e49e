//! Bluesky's own server with two accounts on it, and what the protocol's own client reads of the first.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use pressroom::sim::{Seen, SeenCard, SeenMedia};
use reqwest::blocking::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::installed::{Running, node, told};
use crate::person::browser;

/// What the server calls itself.
pub(crate) const HOST: &str = "pds.test";
/// Who posts, and who is mentioned.
pub(crate) const HANDLE: &str = "ann.test";
pub(crate) const FRIEND: &str = "bob.test";
pub(crate) const PASSWORD: &str = "a long password";

pub(crate) struct Pds {
    pub(crate) address: String,
    /// Where the directory of accounts is.
    pub(crate) directory: String,
    pub(crate) did: String,
    pub(crate) friend: String,
    pub(crate) app_password: String,
    client: Client,
    _server: Running,
    _folder: TempDir,
}

impl Pds {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let errors = folder.path().join("errors");
        let mut command = node("pds", "pds/server.mjs");
        command.env("FOLDER", folder.path()).stdout(Stdio::piped()).stderr(File::create(&errors).unwrap());
        let mut server = Running(command.spawn().unwrap());
        let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
        let mut addresses = lines.by_ref().map_while(Result::ok).filter(|line| line.starts_with("http"));
        let mut address =
            || addresses.next().unwrap_or_else(|| panic!("no server: {}", std::fs::read_to_string(&errors).unwrap()));
        let (directory, address) = (address(), address());
        std::thread::spawn(move || lines.for_each(drop));
        let (did, friend, app_password) = (String::new(), String::new(), String::new());
        let mut pds =
            Self { address, directory, did, friend, app_password, client: browser(), _server: server, _folder: folder };
        let own = pds.sign_up(HANDLE);
        pds.friend = own_text(&pds.sign_up(FRIEND), "did");
        pds.did = own_text(&own, "did");
        let made = pds.call("com.atproto.server.createAppPassword", &own, &json!({"name": "pressroom"}));
        pds.app_password = own_text(&made, "password");
        pds
    }

    fn sign_up(&self, handle: &str) -> Value {
        let body = json!({"handle": handle, "email": format!("{handle}@example.org"), "password": PASSWORD});
        self.call("com.atproto.server.createAccount", &Value::Null, &body)
    }

    /// A call of the session that was opened so.
    fn call(&self, method: &str, session: &Value, body: &Value) -> Value {
        let mut request = self.client.post(format!("{}/xrpc/{method}", self.address)).json(body);
        if let Some(token) = session["accessJwt"].as_str() {
            request = request.bearer_auth(token);
        }
        let answer = request.send().unwrap();
        let (status, answer) = (answer.status(), answer.json::<Value>().unwrap());
        assert!(status.is_success(), "{method}: {status} {answer}");
        answer
    }

    /// The status with which the server answers whoever comes with a refresh token.
    pub(crate) fn refreshes(&self, token: &str) -> u16 {
        let refresh = format!("{}/xrpc/com.atproto.server.refreshSession", self.address);
        self.client.post(refresh).bearer_auth(token).send().unwrap().status().as_u16()
    }

    /// What the account is connected with.
    pub(crate) fn login(&self) -> String {
        json!({"identifier": HANDLE, "password": self.app_password}).to_string()
    }

    /// Every post of the account as the server lists them itself, by their keys: address and record.
    pub(crate) fn listed(&self) -> Vec<(String, Value)> {
        let (mut listed, mut cursor) = (Vec::new(), String::new());
        loop {
            let query =
                [("repo", &*self.did), ("collection", "app.bsky.feed.post"), ("limit", "100"), ("cursor", &cursor)];
            let address = format!("{}/xrpc/com.atproto.repo.listRecords", self.address);
            let query = &query[..if cursor.is_empty() { 3 } else { 4 }];
            let mut page = self.client.get(address).query(query).send().unwrap().json::<Value>().unwrap();
            let Value::Array(records) = page["records"].take() else { panic!("no records: {page}") };
            listed.extend(records.into_iter().map(|mut record| (own_text(&record, "uri"), record["value"].take())));
            match page["cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => return listed,
            }
        }
    }

    /// Every post of the account as the protocol's own client reads it (`pds/read.mjs`), oldest first.
    pub(crate) fn posts(&self) -> Vec<Value> {
        let mut command = node("pds", "pds/read.mjs");
        command.env("SERVER", &self.address).env("ACCOUNT", &self.did);
        let Value::Array(posts) = told(command) else { panic!("the client tells of no posts") };
        posts
    }

    /// The same in the words that simulators have for what readers see.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.posts().iter().map(|post| self.one(post)).collect()
    }

    fn one(&self, post: &Value) -> Seen {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Seen {
            platform: "bluesky",
            author: self.did.clone(),
            id: own_text(post, "uri"),
            kind: "post",
            url: own_text(post, "uri"),
            title: None,
            text: own_text(post, "text"),
            visibility: "public".to_owned(),
            media: list(&post["media"]).map(media).collect(),
            card: post["card"].is_object().then(|| SeenCard {
                url: own_text(&post["card"], "uri"),
                title: own_text(&post["card"], "title"),
                description: text(&post["card"]["description"]).filter(|words| !words.is_empty()),
            }),
            poll: None,
            reply_to: text(&post["parent"]["uri"]),
            quotes: text(&post["quotes"]["uri"]),
            details: details(post),
            at: made(post),
        }
    }
}

fn own_text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(crate) fn bytes(file: &Value) -> Arc<[u8]> {
    BASE64_STANDARD.decode(own_text(file, "bytes")).unwrap().into()
}

fn media(file: &Value) -> SeenMedia {
    let alt = file["alt"].as_str().filter(|alt| !alt.is_empty()).map(str::to_owned);
    let captions = list(&file["captions"]).map(|own| (own_text(own, "lang"), bytes(own))).collect();
    SeenMedia { mime: own_text(file, "mime"), alt, bytes: bytes(file), cover: None, captions }
}

/// Which parts of a text lead where, and what is said of the post besides.
fn details(post: &Value) -> Vec<(&'static str, String)> {
    let mut details = Vec::new();
    for part in list(&post["segments"]) {
        let words = part["text"].as_str().unwrap_or_default();
        details.extend(part["link"].as_str().map(|to| ("link", format!("{words} {to}"))));
        details.extend(part["mention"].as_str().map(|who| ("mention", format!("{words} {who}"))));
        details.extend(part["tag"].as_str().map(|tag| ("hashtag", tag.to_owned())));
    }
    for (name, key) in [("lang", "langs"), ("tag", "tags"), ("label", "labels")] {
        details.extend(list(&post[key]).filter_map(|word| Some((name, word.as_str()?.to_owned()))));
    }
    if let Some(rules) = post["allow"].as_array() {
        let names: Vec<&str> = rules.iter().filter_map(Value::as_str).collect();
        details.push(("threadgate", if names.is_empty() { "nobody".to_owned() } else { names.join(",") }));
    }
    if post["rules"].as_array().is_some_and(|rules| !rules.is_empty()) {
        details.push(("postgate", "no quotes".to_owned()));
    }
    details
}

fn made(post: &Value) -> SystemTime {
    let at: chrono::DateTime<chrono::Utc> = own_text(post, "at").parse().unwrap();
    SystemTime::UNIX_EPOCH + Duration::from_millis(at.timestamp_millis().cast_unsigned())
}
