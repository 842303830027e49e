//! Logging in at, and living with, an authorization server that others wrote: npm's `oidc-provider`, set to X's paths and scopes by
//! `tests/servers/authority`. Whoever spends a refresh token twice there has none.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use insta::assert_snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::browser::{Browser, asks_for_a_page, desktop};
use crate::host::free_port;
use crate::login::{SECRET, stored};
use crate::person::address;
use crate::press::{Press, Ran};
use crate::scene::until;

/// An app that has a secret, and one that has none.
const APP: &str = "press-app";
const PUBLIC_APP: &str = "press-public";

/// A running server; it ends with this value.
struct Authority {
    server: Child,
    client: reqwest::blocking::Client,
    address: String,
    /// The port that browsers are sent back to.
    port: String,
    _log: TempDir,
}

impl Authority {
    fn start() -> Self {
        let (packages, ours) = packages();
        let (port, log) = (free_port().to_string(), TempDir::new().unwrap());
        let mut command = Command::new("node");
        command.args(["--input-type=module", "-"]).current_dir(packages);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("CLIENT_ID", APP).env("CLIENT_SECRET", SECRET).env("PUBLIC_CLIENT_ID", PUBLIC_APP);
        // Shorter than a run asks of a token: every run finds one that ends soon.
        command.env("REDIRECT", format!("http://127.0.0.1:{port}/callback")).env("ACCESS_SECONDS", "300");
        let errors = log.path().join("errors");
        command.stdin(File::open(ours.join("server.mjs")).unwrap()).stdout(Stdio::piped());
        command.stderr(File::create(&errors).unwrap());
        let mut server =
            command.spawn().unwrap_or_else(|error| panic!("this test needs node (`apt-get install nodejs`): {error}"));
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        // Packages of others say things as well.
        let address = lines.by_ref().map_while(Result::ok).find(|line| line.starts_with("http"));
        let address = address.unwrap_or_else(|| panic!("no server: {}", std::fs::read_to_string(errors).unwrap()));
        std::thread::spawn(move || lines.for_each(drop));
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
        Self { server, client, address, port, _log: log }
    }

    /// A repository with an account on "X", and an app there that has registered the port.
    fn press(&self, app: &str) -> Press {
        let mut press = Press::new();
        let hosts = ["x.com", "api.x.com"].map(|host| format!("{host}={}", self.address));
        press.env.push(("PRESSROOM_HOSTS".to_owned(), hosts.join(",")));
        // A busy machine answers late: that would be an answer lost.
        press.env.push(("PRESSROOM_TIMINGS".to_owned(), "lease=100,grace=1,request=60".to_owned()));
        press.file(
            "accounts.toml",
            &format!(
                "schema = 1\n[encryption]\nrecipients = [\"{{recipient}}\"]\n[apps.x]\nclient_id = \"{app}\"\n\
                 [accounts.acme]\nplatform = \"x\"\n"
            ),
        );
        press.commit("first");
        press.with_remote();
        desktop(&mut press);
        if app == APP {
            press.run_with(&["apps", "set", "x"], SECRET).exits(0);
        }
        press
    }

    /// Connects the account, by a browser in which nobody has signed in yet.
    fn connect(&self, press: &Press, browser: &Browser) {
        let (child, page) = asks_for_a_page(press, &["connect", "acme", "--port", &self.port]);
        sign_in(browser, &page);
        browser.click("form button[type=submit]");
        browser.sees("The login is here.");
        let ran = Ran::of(&child.wait_with_output().unwrap()).exits(0);
        assert!(ran.stderr.contains("acme is connected as ann (2244994945)"), "{}", ran.stderr);
    }

    /// A login whose end is pasted, up to the page that it is begun at.
    fn begin(&self, press: &Press) -> (Child, String, BufReader<std::process::ChildStderr>) {
        let redirect = format!("http://127.0.0.1:{}/callback", self.port);
        let mut command = press.command(&["connect", "acme", "--paste", "--redirect", &redirect]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (page, rest) = address(&mut child);
        (child, page, rest)
    }

    /// What of this kind the server has seen so far.
    fn told(&self, event: &str) -> Vec<Value> {
        let told = self.client.get(format!("{}/told", self.address)).send().unwrap().json::<Vec<Value>>().unwrap();
        told.into_iter().filter(|told| told["event"] == event).collect()
    }

    fn refreshes(&self) -> usize {
        self.told("granted").iter().filter(|told| told["grant_type"] == "refresh_token").count()
    }

    /// What a token opens: the status of `users/me`.
    fn opens(&self, token: &str) -> u16 {
        let answer = self.client.get(format!("{}/2/users/me", self.address)).bearer_auth(token).send().unwrap();
        answer.status().as_u16()
    }

    /// Somebody else asks for a token: why it was refused.
    fn refuses(&self, app: &str, form: &[(&str, &str)]) -> Value {
        let request = self.client.post(format!("{}/2/oauth2/token", self.address));
        let request = match app {
            APP => request.basic_auth(APP, Some(SECRET)).form(form),
            _ => request.form(&[form, &[("client_id", app)]].concat()),
        };
        assert_eq!(request.send().unwrap().status().as_u16(), 400);
        self.told("refused").pop().unwrap()["why"].take()
    }
}

/// Where the server's packages are installed, and where it is written.
fn packages() -> (PathBuf, PathBuf) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let packages = target.join("servers/authority");
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/authority");
    let (installed, wanted) = (packages.join("installed"), ours.join("package-lock.json"));
    assert!(
        std::fs::read(installed).ok() == std::fs::read(wanted).ok(),
        "this test needs node and npm (`apt-get install nodejs npm`), and what `tests/servers/install` puts into {} (.ci/run \
         does both)",
        packages.display()
    );
    (packages, ours)
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Fills the form in that asks who is there, and waits for the one that asks whether the app may.
fn sign_in(browser: &Browser, page: &str) {
    browser.open(page);
    browser.write("input[name=login]", "ann");
    browser.write("input[name=password]", "any will do");
    browser.click("form button[type=submit]");
    browser.sees("offline.access");
}

/// Gives a login the address that its browser would have come back to.
fn paste(mut child: Child, mut rest: impl std::io::Read, back: &str) -> Ran {
    writeln!(child.stdin.take().unwrap(), "{back}").unwrap();
    let mut stderr = String::new();
    rest.read_to_string(&mut stderr).unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap());
    Ran { stderr, ..ran }
}

/// The access token and the refresh token that the remote has for the account.
fn tokens(press: &Press) -> (String, String) {
    let credential = stored(&press.in_folder("remote.git")).credential;
    (credential.bearer().unwrap().expose().to_owned(), credential.refresh().unwrap().expose().to_owned())
}

#[test]
fn a_person_signs_in_and_allows_it_or_does_not() {
    let (authority, browser) = (Authority::start(), Browser::start());
    let press = authority.press(APP);
    let (child, page) = asks_for_a_page(&press, &["connect", "acme", "--port", &authority.port]);
    sign_in(&browser, &page);
    let form = browser.text();
    for scope in ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"] {
        assert!(form.contains(scope), "{form}");
    }
    browser.click(".login-help a");
    browser.sees("There was no login.");
    assert_snapshot!(said(&Ran::of(&child.wait_with_output().unwrap()).exits(3)), @"
    error: X ended the login (access_denied: End-User aborted interaction)
    hint: nothing was stored; begin again with `pressroom connect`
    ");
    assert!(!press.run(&["accounts"]).stdout.contains("connected as"));
    browser.leave();
    authority.connect(&press, &browser);
    assert_eq!(authority.opens(&tokens(&press).0), 200);
    let granted: Vec<Value> = authority.told("granted").iter().map(|told| told["grant_type"].clone()).collect();
    assert_eq!(granted, ["authorization_code"]);
    assert_eq!(authority.told("broken"), Vec::<Value>::new());
}

/// What a command says last.
fn said(ran: &Ran) -> String {
    let at = ran.stderr.find("error: ").unwrap_or_else(|| panic!("{}", ran.stderr));
    ran.stderr[at..].to_owned()
}

/// PKCE: a code opens nothing for a login that did not ask for it, and nothing twice.
#[test]
fn a_code_is_good_for_one_login() {
    let (authority, browser) = (Authority::start(), Browser::start());
    let press = authority.press(APP);
    authority.connect(&press, &browser);
    let back = |page: &str| {
        // Signed in and allowed before: the browser is sent back at once, to where nobody listens.
        browser.open(page);
        until("the browser is sent back", || browser.address().contains("code="));
        browser.address()
    };
    let (own, own_page, own_rest) = authority.begin(&press);
    let (other, other_page, other_rest) = authority.begin(&press);
    let (own_back, other_back) = (back(&own_page), back(&other_page));
    // The code of another login, in the address of this one, as whoever got hold of it would bring it.
    let ran = paste(own, own_rest, &own_back.replace(&code(&own_back), &code(&other_back))).exits(3);
    assert_snapshot!(said(&ran), @"
    error: X gave no token (`invalid_grant`); nothing was stored
    hint: begin again with `pressroom connect`; a code is good for one use within minutes
    ");
    assert_eq!(authority.told("refused").pop().unwrap()["why"], "code_verifier does not match code_challenge");
    // Nothing was spent by that: the login that asked for it can use it. Once.
    paste(other, other_rest, &other_back).exits(0);
    press.run(&["accounts", "refresh", "acme"]).exits(0);
    assert_eq!(authority.told("revoked"), Vec::<Value>::new());
    let (code, redirect) = (code(&other_back), format!("http://127.0.0.1:{}/callback", authority.port));
    let mut codes = authority.told("granted").into_iter().filter(|told| told["grant_type"] == "authorization_code");
    let verifier = codes.next_back().unwrap()["code_verifier"].as_str().unwrap().to_owned();
    let again = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &redirect),
        ("code_verifier", verifier.as_str()),
    ];
    assert_eq!(authority.refuses(APP, &again), "authorization code already consumed");
    // And that ends the login, so that nobody keeps what a thief may have got.
    assert_eq!(authority.told("revoked").len(), 1);
    press.run(&["accounts", "refresh", "acme"]).exits(3);
}

/// The code in an address that a browser was sent back to.
fn code(address: &str) -> String {
    let address = Url::parse(address).unwrap();
    address.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
}

/// Two machines refresh one login, fifty times and more, and neither ever spends what the other has spent.
#[test]
fn two_machines_refresh_one_login_for_a_long_time() {
    let (authority, browser) = (Authority::start(), Browser::start());
    let press = authority.press(APP);
    authority.connect(&press, &browser);
    drop(browser);
    let remote = press.git(&["remote", "get-url", "origin"]).trim().to_owned();
    let other = press.clone_of(&remote, "other");
    let mut met = 0;
    while authority.refreshes() < 50 {
        let before = authority.refreshes();
        let runs = [&press, &other].map(|press| {
            let mut command = press.command(&["accounts", "refresh", "acme"]);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        });
        for run in runs {
            let ran = Ran::of(&run.wait_with_output().unwrap()).exits(0);
            assert!(ran.stdout.contains("acme  ann  refreshed"), "{}", ran.stdout);
        }
        let refreshed = authority.refreshes() - before;
        // Each refreshes, or takes what the other one just got.
        assert!((1..=2).contains(&refreshed), "{refreshed}");
        met += usize::from(refreshed == 1);
    }
    // Else they came one after the other every time.
    assert!(met > 0, "no run ever met another");
    assert_eq!((authority.told("revoked"), authority.told("refused")), (vec![], vec![]));
    let (_, spent) = tokens(&press);
    press.run(&["accounts", "refresh", "acme"]).exits(0);
    let (access, _) = tokens(&press);
    assert_eq!(authority.opens(&access), 200);
    // Whoever spends one twice ends the login: the server did watch all the time.
    assert_eq!(
        authority.refuses(APP, &[("grant_type", "refresh_token"), ("refresh_token", &spent)]),
        "refresh token already used"
    );
    assert_eq!(authority.told("revoked").len(), 1);
    assert_eq!(authority.opens(&access), 401);
    assert_snapshot!(said(&press.run(&["accounts", "refresh", "acme"]).exits(3)), @"
    error: X does not refresh the login of acme any more (invalid_grant): `pressroom connect acme`
    hint: a refresh whose answer was lost, an app whose access was taken back, or half a year without use end a login
    ");
}

/// The answer to a refresh is lost, and with it the only new token. To ask again is to spend the old one twice: the server ends
/// the login, and a person is told to log in again.
#[test]
fn a_refresh_whose_answer_is_lost_is_for_a_person() {
    let (authority, browser) = (Authority::start(), Browser::start());
    let press = authority.press(APP);
    authority.connect(&press, &browser);
    authority.client.get(format!("{}/lose", authority.address)).send().unwrap();
    assert_snapshot!(said(&press.run(&["accounts", "refresh", "acme"]).exits(3)), @"
    error: X does not refresh the login of acme any more (invalid_grant): `pressroom connect acme`
    hint: a refresh whose answer was lost, an app whose access was taken back, or half a year without use end a login
    ");
    assert_eq!(authority.refreshes(), 1);
    assert_eq!(authority.told("refused").pop().unwrap()["why"], "refresh token already used");
    browser.leave();
    authority.connect(&press, &browser);
    press.run(&["accounts", "refresh", "acme"]).exits(0);
    assert_eq!(authority.opens(&tokens(&press).0), 200);
}

/// Of an app without a secret, too.
#[test]
fn a_disconnected_account_has_nothing_left() {
    let (authority, browser) = (Authority::start(), Browser::start());
    let press = authority.press(PUBLIC_APP);
    authority.connect(&press, &browser);
    press.run(&["accounts", "refresh", "acme"]).exits(0);
    let (access, refresh) = tokens(&press);
    assert_eq!(authority.opens(&access), 200);
    assert_snapshot!(press.run(&["disconnect", "acme"]).exits(0).stderr, @"
    acme is disconnected; its token file is gone from the tip of the state branch
    X has revoked the token: nobody can use it any more
    ");
    assert_eq!(authority.told("revoked"), [json!({ "event": "revoked", "route": "revocation" })]);
    assert_eq!(authority.opens(&access), 401);
    let again = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(authority.refuses(PUBLIC_APP, &again), "refresh token not found");
}
