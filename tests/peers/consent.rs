//! The person who logs in with a browser at a server that others wrote. The pages of Bluesky's own are programs; here their calls are
//! made as they make them.

use std::io::Read as _;
use std::net::TcpListener;
use std::process::Stdio;

use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header::{COOKIE, LOCATION, ORIGIN, REFERER, SET_COOKIE};
use serde_json::{Value, json};
use url::Url;

use crate::pds::{HANDLE, HOST, PASSWORD, Pds};
use crate::person::{address, browser};
use crate::press::{Press, Ran};

/// A port that nobody has now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A login from its beginning to its end: `allow` gets the page, and says where it sends the browser, which is where the program
/// waits for it.
pub(crate) fn log_in(press: &Press, connect: &[&str], allow: impl Fn(&str) -> String) -> Ran {
    let port = free_port().to_string();
    let mut command = press.command(&[&["connect"], connect, &["--no-browser", "--port", &port]].concat());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (page, mut rest) = address(&mut child);
    let back = allow(&page);
    assert!(browser().get(&back).send().unwrap().status().is_success(), "{back}");
    let mut stderr = String::new();
    rest.read_to_string(&mut stderr).unwrap();
    Ran { stderr, ..Ran::of(&child.wait_with_output().unwrap()) }
}

/// Signs in at Bluesky's own server and allows what a page asks for: where the browser is sent then.
pub(crate) fn allow(pds: &Pds, page: &str) -> String {
    // As the server calls itself, and not as it is reached here.
    let page = Url::parse(page).unwrap();
    let page = &format!("https://{HOST}{}?{}", page.path(), page.query().unwrap_or_default());
    let mut visit = Visit { pds, page, cookies: Vec::new() };
    visit.open(page, "none");
    let signed = visit.call(
        "sign-in",
        None,
        &json!({ "username": HANDLE, "password": PASSWORD, "locale": "en", "remember": false }),
    );
    let account = &signed["account"];
    // Called `sub` up to about 0.4, and `did` since.
    let who = if account["did"].is_string() { "did" } else { "sub" };
    let after = visit.call("consent", signed["ephemeralToken"].as_str(), &json!({ who: account[who] }));
    let sent = visit.open(after["url"].as_str().unwrap(), "same-origin");
    let back = sent.headers().get(LOCATION).map(|back| back.to_str().unwrap().to_owned());
    back.unwrap_or_else(|| panic!("{} without a way back: {}", sent.status(), sent.text().unwrap()))
}

/// A browser with one page open.
struct Visit<'a> {
    pds: &'a Pds,
    page: &'a str,
    cookies: Vec<(String, String)>,
}

impl Visit<'_> {
    /// Goes to a page of the server.
    fn open(&mut self, page: &str, from: &str) -> Response {
        let own = format!("https://{HOST}");
        let request = browser().get(page.replacen(&own, &self.pds.address, 1)).header(REFERER, self.page);
        self.send(request, &[("mode", "navigate"), ("dest", "document"), ("site", from)])
    }

    /// What a page's program asks.
    fn call(&mut self, what: &str, token: Option<&str>, body: &Value) -> Value {
        let guard = self.cookies.iter().find(|(name, _)| name == "csrf-token").map(|(_, value)| value.clone());
        let address = format!("{}/@atproto/oauth-provider/~api/{what}", self.pds.address);
        let mut request = browser().post(address).json(body).header(REFERER, self.page);
        request = request.header(ORIGIN, format!("https://{HOST}")).header("x-csrf-token", guard.unwrap());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = self.send(request, &[("mode", "same-origin"), ("dest", "empty"), ("site", "same-origin")]);
        let (status, text) = (answer.status(), answer.text().unwrap());
        assert!(status.is_success(), "{what}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    fn send(&mut self, mut request: RequestBuilder, fetch: &[(&str, &str)]) -> Response {
        for (name, value) in fetch {
            request = request.header(format!("sec-fetch-{name}"), *value);
        }
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header(COOKIE, cookies.join("; ")).send().unwrap();
        for set in answer.headers().get_all(SET_COOKIE) {
            let set = set.to_str().unwrap().split(';').next().unwrap();
            if let Some((name, value)) = set.split_once('=') {
                self.cookies.retain(|(own, _)| own != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }
}
