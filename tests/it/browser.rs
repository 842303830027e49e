//! Logging in with a real browser: Chromium, driven by its `chromedriver` over the W3C's WebDriver protocol. A person's eyes and
//! hands: what is asserted is what the pages show, what the address bar says, and where the browser went.
//!
//! <https://www.w3.org/TR/webdriver2/>; beyond it only Chromium's log of requests.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use insta::assert_snapshot;
use pressroom::limits::Platform;
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::login::{Desk, SECRET};
use crate::press::{Press, Ran};
use crate::scene::until;

/// What a reader sees once a login came back.
const DONE: &str = "pressroom\nThe login is here. The terminal tells what comes of it; you can close this page.";
const REFUSED: &str = "pressroom\nThere was no login. The terminal tells why; you can close this page.";

/// A browser with an empty profile, until this value is dropped. It looks no name up and reaches this machine alone.
pub(crate) struct Browser {
    driver: Child,
    client: reqwest::blocking::Client,
    session: String,
    profile: TempDir,
}

impl Browser {
    pub(crate) fn start() -> Self {
        let profile = TempDir::new().unwrap();
        // It wants the port it is given for both kinds of addresses, and ends where another has one of them.
        let (driver, port) = (0..10)
            .find_map(|_| {
                let mut driver = driver(profile.path());
                port(&mut driver).map(|port| (driver, port))
            })
            .unwrap_or_else(|| missing("chromedriver", "it does not say where it listens"));
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::blocking::Client::builder().no_proxy().timeout(Duration::from_secs(120)).build().unwrap();
        let mut browser = Self { driver, client, session: format!("http://127.0.0.1:{port}/session"), profile };
        let id = browser.call(&Method::POST, "", &capabilities(browser.profile.path())).unwrap();
        browser.session = format!("{}/{}", browser.session, id["sessionId"].as_str().unwrap());
        browser
    }

    /// Types an address and waits until its page is there; a page that cannot be found is one as well.
    pub(crate) fn open(&self, address: &str) {
        let _ = self.call(&Method::POST, "/url", &json!({ "url": address }));
    }

    /// What the address bar says.
    pub(crate) fn address(&self) -> String {
        self.call(&Method::GET, "/url", &Value::Null).unwrap().as_str().unwrap().to_owned()
    }

    /// The text that a reader sees; empty while there is no page.
    pub(crate) fn text(&self) -> String {
        let text = self.element("body").and_then(|body| self.call(&Method::GET, &format!("{body}/text"), &Value::Null));
        text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Waits for a page that says so.
    #[track_caller]
    pub(crate) fn sees(&self, words: &str) {
        let mut text = String::new();
        until(&format!("a page that says {words:?}"), || {
            text = self.text();
            text.contains(words)
        });
    }

    /// Waits for what a CSS selector means, and clicks it.
    #[track_caller]
    pub(crate) fn click(&self, what: &str) {
        let act = |element: String| self.call(&Method::POST, &format!("{element}/click"), &json!({}));
        until(&format!("{what} can be clicked"), || self.element(what).and_then(act).is_ok());
    }

    /// The same, and types into it.
    #[track_caller]
    pub(crate) fn write(&self, what: &str, text: &str) {
        let body = json!({ "text": text });
        let act = |element: String| self.call(&Method::POST, &format!("{element}/value"), &body);
        until(&format!("{what} can be written to"), || self.element(what).and_then(act).is_ok());
    }

    /// Forgets who is signed in where it is.
    pub(crate) fn leave(&self) {
        self.call(&Method::DELETE, "/cookie", &Value::Null).unwrap();
    }

    /// Where the browser went, or wanted to go, since this was asked last.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = self.call(&Method::POST, "/se/log", &json!({ "type": "performance" })).unwrap();
        let messages = log.as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap());
        let messages = messages.map(|message| serde_json::from_str::<Value>(message).unwrap()["message"].take());
        let sent = messages.filter(|message| message["method"] == "Network.requestWillBeSent");
        let addresses = sent.map(|message| message["params"]["request"]["url"].as_str().unwrap().to_owned());
        // Its own pages, `chrome:` and the like, are none that it goes to.
        addresses.filter(|address| address.starts_with("http")).collect()
    }

    /// What the browser complained about since this was asked last: scripts and styles that a page forbids itself, say.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.call(&Method::POST, "/se/log", &json!({ "type": "browser" })).unwrap();
        log.as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Has Chromium do something, in the words of its own protocol: <https://chromedevtools.github.io/devtools-protocol/>.
    pub(crate) fn command(&self, name: &str, parameters: &Value) -> Value {
        self.call(&Method::POST, "/goog/cdp/execute", &json!({ "cmd": name, "params": parameters })).unwrap()
    }

    /// What a script in the page returns, or what it promises.
    pub(crate) fn script(&self, script: &str) -> Value {
        self.call(&Method::POST, "/execute/sync", &json!({ "script": script, "args": [] })).unwrap()
    }

    /// The path of an element below the session.
    fn element(&self, what: &str) -> Result<String, Value> {
        let found = self.call(&Method::POST, "/element", &json!({ "using": "css selector", "value": what }))?;
        let id = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str);
        id.map(|id| format!("/element/{id}")).ok_or(found)
    }

    fn call(&self, method: &Method, path: &str, body: &Value) -> Result<Value, Value> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.session));
        if *method == Method::POST {
            request = request.json(body);
        }
        let answer = request.send().unwrap();
        let is_good = answer.status().is_success();
        let value = answer.json::<Value>().unwrap()["value"].take();
        if is_good { Ok(value) } else { Err(value) }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends the browser, which tidies up after itself; then whatever is left.
        let _ = self.client.delete(&self.session).timeout(Duration::from_secs(10)).send();
        let _ = kill_process_group(Pid::from_child(&self.driver), Signal::KILL);
        let _ = self.driver.wait();
    }
}

fn missing(program: &str, why: &str) -> ! {
    panic!("this test needs {program}: `apt-get install chromium chromium-driver` (as .ci/run does): {why}")
}

fn driver(profile: &Path) -> Child {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").env("HOME", profile).env("TMPDIR", profile);
    // Groups of processes end together.
    command.process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().unwrap_or_else(|error| missing("chromedriver", &error.to_string()))
}

/// Where the driver listens, by its own word; `None` where it has ended.
fn port(driver: &mut Child) -> Option<u16> {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines.by_ref().find_map(|line| {
        let line = line.unwrap();
        line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
    });
    // Read to its end, so that the driver never waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    if port.is_none() {
        let _ = driver.wait();
    }
    port
}

fn capabilities(profile: &Path) -> Value {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut places = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    let chromium: PathBuf = places.find(|path| path.is_file()).unwrap_or_else(|| missing("chromium", "not found"));
    let arguments = [
        "--headless",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--no-proxy-server",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Chromium's own sandbox does not start as root, nor in most containers; only pages of this machine are opened.
        "--no-sandbox",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        &format!("--user-data-dir={}", profile.join("profile").display()),
    ];
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": { "binary": chromium, "args": arguments },
        "goog:loggingPrefs": { "performance": "ALL", "browser": "ALL" },
    } } })
}

/// What a desktop puts in front of its browser: takes the address it is given to where the test finds it.
pub(crate) fn desktop(press: &mut Press) {
    let folder = press.folder().join("desktop");
    fs::create_dir_all(&folder).unwrap();
    let (program, asked) = (folder.join("xdg-open"), folder.join("asked"));
    let script = format!("#!/bin/sh\nprintf %s \"$1\" >'{0}.part' && mv '{0}.part' '{0}'\n", asked.display());
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    press.env.push(("PATH".to_owned(), path));
}

/// Starts a command, which is to ask for a page to be opened; the page.
#[track_caller]
pub(crate) fn asks_for_a_page(press: &Press, args: &[&str]) -> (Child, String) {
    let asked = press.folder().join("desktop/asked");
    let _ = fs::remove_file(&asked);
    let mut command = press.command(args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    until("a page is asked for", || {
        if child.try_wait().unwrap().is_some() {
            child.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
            panic!("{args:?} asked for no page: {said}");
        }
        asked.exists()
    });
    (child, fs::read_to_string(asked).unwrap())
}

/// A desk with an app and a desktop.
fn desk(platform: Platform, way: &str) -> Desk {
    let mut desk = Desk::new(platform, way);
    desktop(&mut desk.press);
    desk.press.run_with(&["apps", "set", platform.name()], SECRET).exits(0);
    desk
}

/// The platforms that send a browser back to a port of its own machine.
const COMING_BACK: [Platform; 4] = [Platform::X, Platform::LinkedIn, Platform::YouTube, Platform::TikTok];

/// The hosts and ports among addresses.
fn places(addresses: &[String]) -> BTreeSet<String> {
    addresses.iter().map(|address| Url::parse(address).unwrap().authority().to_owned()).collect()
}

#[test]
fn who_allows_it_in_a_browser_is_connected() {
    let browser = Browser::start();
    for platform in COMING_BACK {
        let desk = desk(platform, platform.name());
        let port = desk.port.to_string();
        let (child, page) = asks_for_a_page(&desk.press, &["connect", "acme", "--port", &port]);
        browser.open(&page);
        browser.click("button[value=allow]");
        browser.sees(DONE);
        assert_eq!(browser.text(), DONE, "{platform}");
        // The code is in the address bar no more.
        assert_eq!(browser.address(), format!("http://127.0.0.1:{port}/callback"), "{platform}");
        let ran = Ran::of(&child.wait_with_output().unwrap()).exits(0);
        assert!(ran.stderr.contains("acme is connected as "), "{platform}: {}", ran.stderr);
        let requests = browser.requests();
        let came = format!("http://127.0.0.1:{port}/callback?");
        assert_eq!(requests.iter().filter(|address| address.starts_with(&came)).count(), 1, "{requests:?}");
        let platforms = Url::parse(&page).unwrap().authority().to_owned();
        assert_eq!(places(&requests), BTreeSet::from([platforms, format!("127.0.0.1:{port}")]), "{platform}");
        // Of our page; the platform's may lack an icon.
        let complaints = browser.complaints();
        assert!(!complaints.iter().any(|line| line.contains(&format!(":{port}"))), "{complaints:?}");
    }
}

#[test]
fn who_says_no_in_a_browser_is_not() {
    let browser = Browser::start();
    let mut told = String::new();
    for platform in COMING_BACK {
        let desk = desk(platform, platform.name());
        let port = desk.port.to_string();
        let (child, page) = asks_for_a_page(&desk.press, &["connect", "acme", "--port", &port]);
        browser.open(&page);
        browser.click("button[value=deny], button[value=cancel]");
        browser.sees(REFUSED);
        assert_eq!(browser.address(), format!("http://127.0.0.1:{port}/callback"), "{platform}");
        let ran = Ran::of(&child.wait_with_output().unwrap()).exits(3);
        told += &ran.stderr[ran.stderr.find("error: ").unwrap_or_else(|| panic!("{}", ran.stderr))..];
        let accounts = desk.press.run(&["accounts"]).exits(0).stdout;
        assert!(!accounts.contains("connected as"), "{platform}: {accounts}");
    }
    assert_snapshot!(told, @"
    error: X ended the login (access_denied)
    hint: nothing was stored; begin again with `pressroom connect`
    error: LinkedIn ended the login (user_cancelled_authorize: The user cancelled the authorization)
    hint: nothing was stored; begin again with `pressroom connect`
    error: YouTube ended the login (access_denied)
    hint: nothing was stored; begin again with `pressroom connect`
    error: TikTok ended the login (access_denied: User cancelled the authorization.)
    hint: nothing was stored; begin again with `pressroom connect`
    ");
}

/// Where a platform wants https, the browser ends at a page that cannot be found, and its address bar has what is to be
/// copied.
#[test]
fn an_address_is_copied_out_of_a_browser() {
    let browser = Browser::start();
    for (platform, way, more) in [
        (Platform::Facebook, "facebook", vec!["--paste"]),
        (Platform::Instagram, "facebook", vec![]),
        (Platform::Instagram, "instagram", vec!["--way", "instagram"]),
        (Platform::Threads, "threads", vec!["--redirect", "https://press.example/callback"]),
    ] {
        let desk = desk(platform, way);
        let mut child = desk.start(&more);
        let (page, mut rest) = crate::person::address(&mut child);
        browser.open(&page);
        browser.click("button[value=allow]");
        let back = |address: &str| address.contains("/callback?") && address.contains("code=");
        until(&format!("{platform} sends the browser back"), || back(&browser.address()));
        writeln!(child.stdin.take().unwrap(), "{}", browser.address()).unwrap();
        let mut stderr = String::new();
        rest.read_to_string(&mut stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{platform}: {stderr}");
        assert!(stderr.contains("acme is connected as "), "{platform}: {stderr}");
    }
}
