//! snac, a small server that speaks a part of Mastodon's client API, with one account on it, and what Mastodon.py reads there.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use pressroom::sim::{Seen, SeenMedia, SeenPoll};
use reqwest::header::LOCATION;
use serde_json::Value;
use tempfile::TempDir;

use crate::consent::{free_port, log_in};
use crate::installed::{Running, program, python, told};
use crate::person::{browser, form};
use crate::press::{Press, Ran};
use crate::scene::until;

/// What the server calls itself.
pub(crate) const HOST: &str = "snac.test";
const USER: &str = "ann";

pub(crate) struct Snac {
    pub(crate) address: String,
    password: String,
    _server: Running,
    _folder: TempDir,
}

const PROGRAM: &str = "usr/bin/snac";

impl Snac {
    pub(crate) fn start() -> Self {
        let (folder, port) = (TempDir::new().unwrap(), free_port());
        let data = folder.path().join("data");
        prepare(&data, port);
        let password = add_user(&data);
        let log = folder.path().join("log");
        let mut command = program("snac", PROGRAM);
        command.arg("httpd").arg(&data).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let server = Running(command.spawn().unwrap());
        let address = format!("http://127.0.0.1:{port}");
        let instance = format!("{address}/api/v1/instance");
        until("snac answers", || browser().get(&instance).send().is_ok_and(|answer| answer.status().is_success()));
        Self { address, password, _server: server, _folder: folder }
    }

    /// A login in the browser, from its beginning to its end.
    pub(crate) fn log_in(&self, press: &Press, account: &str) -> Ran {
        log_in(press, &[account], |page| self.sign_in(page))
    }

    /// What a person does there: name, password, button. Where the browser is sent back to.
    fn sign_in(&self, page: &str) -> String {
        let browser = browser();
        let html = browser.get(self.here(page)).send().unwrap().error_for_status().unwrap().text().unwrap();
        let (action, mut fields) = form(&html);
        fields.retain(|(name, _)| !matches!(&**name, "login" | "passwd"));
        fields.extend([("login".to_owned(), USER.to_owned()), ("passwd".to_owned(), self.password.clone())]);
        let answer = browser.post(self.here(&action)).form(&fields).send().unwrap();
        let back = answer.headers().get(LOCATION).map(|back| back.to_str().unwrap().to_owned());
        back.unwrap_or_else(|| panic!("{} without a way back: {}", answer.status(), answer.text().unwrap()))
    }

    /// Where an address of the server's is, seen from here.
    fn here(&self, address: &str) -> String {
        address.replacen(&format!("https://{HOST}"), &self.address, 1)
    }

    /// The status with which the server answers whoever comes with a token.
    pub(crate) fn answers(&self, token: &str) -> u16 {
        let who = format!("{}/api/v1/accounts/verify_credentials", self.address);
        browser().get(who).bearer_auth(token).send().unwrap().status().as_u16()
    }

    /// Every public post of the account as the server lists them itself: id and text, as HTML.
    pub(crate) fn listed(&self, token: &str) -> Vec<(String, String)> {
        let read = |path: &str| -> Value {
            let address = format!("{}/api/v1/accounts/{path}", self.address);
            browser().get(address).bearer_auth(token).send().unwrap().json().unwrap()
        };
        let own = own_text(&read("verify_credentials"), "id");
        let posts = read(&format!("{own}/statuses?limit=80"));
        list(&posts).map(|post| (own_text(post, "id"), own_text(post, "content"))).collect()
    }

    /// Every post of the account as Mastodon.py reads it (`mastodon/read.py`), oldest first.
    pub(crate) fn posts(&self, token: &str) -> Vec<Value> {
        let mut command = python("mastodon", "mastodon/read.py");
        command.env("SERVER", &self.address).env("HOST", HOST).env("TOKEN", token);
        let Value::Array(posts) = told(command) else { panic!("the client tells of no posts") };
        posts
    }

    /// The same in the words that simulators have for what readers see.
    pub(crate) fn seen(&self, token: &str) -> Vec<Seen> {
        self.posts(token).iter().map(one).collect()
    }
}

/// A folder for a server at this port, which believes that it is at https://snac.test.
fn prepare(data: &Path, port: u16) {
    let mut command = program("snac", PROGRAM);
    command.arg("init").arg(data).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let answers = format!("127.0.0.1\n{port}\n{HOST}\n\nadmin@example.org\n");
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Makes the account; its password.
fn add_user(data: &Path) -> String {
    let mut command: Command = program("snac", PROGRAM);
    let output = command.arg("adduser").arg(data).arg(USER).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8(told).unwrap();
    let password = told.lines().find_map(|line| line.strip_prefix("User password is "));
    password.unwrap_or_else(|| panic!("no password: {told}")).trim().to_owned()
}

fn own_text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(crate) fn bytes(file: &Value) -> Arc<[u8]> {
    BASE64_STANDARD.decode(own_text(file, "bytes")).unwrap().into()
}

fn one(post: &Value) -> Seen {
    let media = list(&post["media"]).map(|file| SeenMedia {
        mime: own_text(file, "mime"),
        alt: file["alt"].as_str().filter(|alt| !alt.is_empty()).map(str::to_owned),
        bytes: bytes(file),
        ..SeenMedia::default()
    });
    let options: Vec<String> = list(&post["poll"]).filter_map(|option| Some(option.as_str()?.to_owned())).collect();
    let detail = |name: &'static str| post[name].as_str().filter(|is| !is.is_empty()).map(|is| (name, is.to_owned()));
    Seen {
        platform: "mastodon",
        author: USER.to_owned(),
        id: own_text(post, "id"),
        kind: "post",
        url: own_text(post, "url"),
        title: None,
        text: own_text(post, "content"),
        visibility: own_text(post, "visibility"),
        media: media.collect(),
        card: None,
        poll: (!options.is_empty()).then_some(SeenPoll { question: None, options, ends: SystemTime::UNIX_EPOCH }),
        reply_to: post["answers"].as_str().map(str::to_owned),
        quotes: None,
        details: [detail("warning"), detail("language")].into_iter().flatten().collect(),
        at: SystemTime::UNIX_EPOCH,
    }
}
