//! Logging in, as a person does: the page of the platform, its button, and back; then what is stored publishes and is
//! refreshed.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

use insta::assert_snapshot;
use pressroom::limits::Platform;
use pressroom::sim::{Fault, FaultKind, facebook, instagram, linkedin, threads, tiktok, x, youtube};
use pressroom::vault::{self, Document, Identities, Recipients, Sources, Vault};
use reqwest::header::LOCATION;
use url::Url;

use crate::person::{address, browser, press};
use crate::press::{Press, Ran, Stage};

pub(crate) const SECRET: &str = "make-believe-app-secret-0001";
const PAGE: u64 = 1_234_567_890;
/// Where a browser comes back to that a person copies the address out of.
const NOWHERE: &str = "https://localhost/callback";

/// A repository with one account, an app, and a member of the platform who has never logged in here.
pub(crate) struct Desk {
    pub(crate) stage: Stage,
    pub(crate) press: Press,
    platform: Platform,
    pub(crate) port: u16,
}

impl Desk {
    pub(crate) fn new(platform: Platform, way: &str) -> Self {
        let stage = Stage::new();
        let mut press = Press::new();
        stage.reach(&mut press);
        // A port nobody has now.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let back = format!("http://127.0.0.1:{port}/callback");
        let id = app(&stage, platform, way, &back);
        let acts_as = if platform == Platform::Facebook { format!("as = \"{PAGE}\"\n") } else { String::new() };
        press.file(
            "accounts.toml",
            &format!(
                "schema = 1\n[encryption]\nrecipients = [\"{{recipient}}\"]\n[media]\npublic_url = \
                 \"https://media.example/{{path}}\"\n[apps.{platform}]\nclient_id = \"{id}\"\n[accounts.acme]\nplatform = \
                 \"{platform}\"\n{acts_as}"
            ),
        );
        press.commit("first");
        Self { stage, press, platform, port }
    }

    pub(crate) fn start(&self, more: &[&str]) -> Child {
        let port = self.port.to_string();
        let mut args = vec!["connect", "acme", "--no-browser"];
        if !more.contains(&"--redirect") && !more.contains(&"--paste") {
            args.extend(["--port", &port]);
        }
        args.extend(more);
        let mut command = self.press.command(&args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The person in front of the browser: agrees, and is sent back to this address.
    fn agree(&self, page: &str) -> String {
        let answer = press(page, "allow");
        let status = answer.status();
        let back = answer.headers().get(LOCATION).map(|back| back.to_str().unwrap().to_owned());
        back.unwrap_or_else(|| panic!("{status} without a way back from {page}\n{}", answer.text().unwrap()))
    }
}

/// Registers our app with the platform, and a member; the app's id.
fn app(stage: &Stage, platform: Platform, way: &str, back: &str) -> String {
    let sim = &stage.sim;
    match platform {
        Platform::X => {
            sim.x.register(x::App::confidential("press-app", SECRET, back));
            sim.x.sign_up(x::SignUp { username: "acme", ..x::SignUp::default() });
            "press-app".to_owned()
        }
        Platform::LinkedIn => {
            let app = linkedin::App {
                client_secret: SECRET.to_owned(),
                redirects: vec![back.to_owned()],
                ..linkedin::App::default()
            };
            let id = app.client_id.clone();
            sim.linkedin.add_app(app);
            sim.linkedin.sign_up(linkedin::SignUp::default());
            id
        }
        Platform::Facebook => facebook_app(stage),
        Platform::Instagram if way == "facebook" => {
            let id = facebook_app(stage);
            let ann = sim.instagram.sign_up(instagram::SignUp::default());
            sim.instagram.link(&ann.id, &PAGE.to_string());
            id
        }
        Platform::Instagram => {
            let app = instagram::App {
                client_secret: SECRET.to_owned(),
                redirects: vec![NOWHERE.to_owned()],
                ..instagram::App::default()
            };
            let id = app.client_id.clone();
            sim.instagram.register(app);
            sim.instagram.sign_up(instagram::SignUp::default());
            id
        }
        Platform::Threads => {
            let app = threads::App {
                client_secret: SECRET.to_owned(),
                redirects: vec!["https://press.example/callback".to_owned()],
                ..threads::App::default()
            };
            let id = app.client_id.clone();
            sim.threads.add_app(app);
            sim.threads.sign_up(threads::SignUp::default());
            id
        }
        Platform::YouTube => {
            let app = youtube::App { client_secret: SECRET.to_owned(), ..youtube::App::default() };
            let id = app.client_id.clone();
            sim.youtube.add_app(app);
            sim.youtube.sign_up(youtube::SignUp::default());
            id
        }
        Platform::TikTok => {
            let redirects = vec!["http://127.0.0.1:*/callback".to_owned()];
            let app = tiktok::App { client_secret: SECRET.to_owned(), redirects, ..tiktok::App::default() };
            let id = app.client_key.clone();
            sim.tiktok.add_app(app);
            sim.tiktok.sign_up(tiktok::SignUp::default());
            id
        }
        Platform::Bluesky | Platform::Mastodon => panic!("{platform} wants no app of ours: see `servers`"),
    }
}

fn facebook_app(stage: &Stage) -> String {
    let app =
        facebook::App { secret: SECRET.to_owned(), redirects: vec![NOWHERE.to_owned()], ..facebook::App::default() };
    let id = app.id.clone();
    stage.sim.facebook.add_app(app);
    let page = facebook::NewPage { id: Some(PAGE), ..facebook::NewPage::default() };
    stage.sim.facebook.sign_up(facebook::SignUp { pages: vec![page], ..facebook::SignUp::default() });
    id
}

/// One login from its beginning to its end.
pub(crate) fn log_in(desk: &Desk, more: &[&str]) -> Ran {
    let mut child = desk.start(more);
    let (page, mut rest) = address(&mut child);
    let back = desk.agree(&page);
    if more.contains(&"--paste") || more.contains(&"--redirect") {
        writeln!(child.stdin.take().unwrap(), "{back}").unwrap();
    } else {
        let answer = browser().get(&back).send().unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{back}");
        assert!(answer.text().unwrap().contains("you can close this page"));
    }
    let mut stderr = String::new();
    rest.read_to_string(&mut stderr).unwrap();
    let output = child.wait_with_output().unwrap();
    let ran = Ran::of(&output);
    assert_eq!(ran.code, 0, "{} {stderr}", desk.platform);
    Ran { stderr, ..ran }
}

#[track_caller]
fn whole(platform: Platform, way: &str, more: &[&str]) {
    let desk = Desk::new(platform, way);
    desk.press.run_with(&["apps", "set", platform.name()], SECRET).exits(0);
    let ran = log_in(&desk, more);
    assert!(ran.stderr.contains("acme is connected as "), "{}", ran.stderr);
    let accounts = desk.press.run(&["accounts"]).exits(0);
    assert!(accounts.stdout.contains("acme"), "{}", accounts.stdout);
    for text in [&ran.stdout, &ran.stderr, &accounts.stdout] {
        assert!(!text.contains(SECRET), "{text}");
    }
    // A second login of the same person takes the first one's place.
    log_in(&desk, more);
}

/// The token that is stored, as whoever has the key can read it.
pub(crate) fn stored(press: &Press) -> Document {
    let path = vault::account_path("acme");
    let shown = press.command_of("git", &["show", &format!("pressroom-state:{path}")]).output().unwrap();
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    let recipients = Recipients::parse([press.recipient.as_str()]).unwrap();
    let file = Some(press.folder().join("home/.config/pressroom/identity"));
    let sources = Sources { text: None, file, config_dir: None, home: None, ask: None };
    Vault { identities: Identities::load(&sources, &recipients).unwrap(), recipients }
        .open::<Document>(&path, &shown.stdout)
        .unwrap()
}

fn logged_in(platform: Platform, way: &str, more: &[&str]) -> Desk {
    let desk = Desk::new(platform, way);
    desk.press.run_with(&["apps", "set", platform.name()], SECRET).exits(0);
    log_in(&desk, more);
    desk
}

/// What the account had is refused by the platform afterwards.
#[track_caller]
fn revoked(platform: Platform, way: &str, more: &[&str]) {
    let desk = logged_in(platform, way, more);
    let token = stored(&desk.press).credential.bearer().unwrap().expose().to_owned();
    let ran = desk.press.run(&["disconnect", "acme"]).exits(0);
    assert_eq!(
        ran.stderr,
        format!(
            "acme is disconnected; its token file is gone from the tip of the state branch\n{} has revoked the token: nobody \
             can use it any more\n",
            platform.label()
        )
    );
    let again = desk.press.run_with(&["connect", "acme", "--token-stdin"], &token).exits(3);
    assert!(again.stderr.contains("does not take this token; nothing was stored"), "{}", again.stderr);
}

#[test]
fn a_disconnected_account_of_x_has_no_token_left() {
    revoked(Platform::X, "x", &[]);
}

#[test]
fn a_disconnected_account_of_linkedin_has_no_token_left() {
    revoked(Platform::LinkedIn, "linkedin", &[]);
}

#[test]
fn a_disconnected_page_of_facebook_has_no_token_left() {
    revoked(Platform::Facebook, "facebook", &["--paste"]);
}

#[test]
fn a_disconnected_account_of_instagram_has_no_token_left() {
    revoked(Platform::Instagram, "facebook", &["--paste"]);
}

#[test]
fn a_disconnected_channel_of_youtube_has_no_token_left() {
    revoked(Platform::YouTube, "youtube", &[]);
}

#[test]
fn a_disconnected_account_of_tiktok_has_no_token_left() {
    revoked(Platform::TikTok, "tiktok", &[]);
}

#[test]
fn where_nothing_can_be_revoked_a_person_is_told_where_to() {
    let desk = logged_in(Platform::Threads, "threads", &["--redirect", "https://press.example/callback"]);
    assert_snapshot!(desk.press.run(&["disconnect", "acme"]).exits(0).stderr, @r#"
    acme is disconnected; its token file is gone from the tip of the state branch
    warning: the token was not revoked: Threads has no way to
    hint: older commits still hold it, encrypted: take the access back here: the settings of Threads, under "Account", "Website permissions"
    "#);
    // A platform that cannot be asked does not keep a token here.
    let desk = logged_in(Platform::X, "x", &[]);
    let fault = Fault {
        method: reqwest::Method::POST,
        path: "/2/oauth2/revoke".to_owned(),
        times: 9,
        kind: FaultKind::DropBefore,
    };
    desk.stage.sim.world().fault(fault);
    assert_snapshot!(desk.press.run(&["disconnect", "acme"]).exits(0).stderr, @"
    acme is disconnected; its token file is gone from the tip of the state branch
    warning: the token was not revoked: X could not be asked to revoke the token: error sending request: client error (SendRequest): connection closed before message completed
    hint: older commits still hold it, encrypted: take the access back here: https://x.com/settings/connected_apps
    ");
    desk.press.run(&["disconnect", "acme"]).exits(2);
}

#[test]
fn a_token_is_refreshed_when_a_person_asks() {
    for (platform, way) in [(Platform::X, "x"), (Platform::YouTube, "youtube"), (Platform::TikTok, "tiktok")] {
        let desk = logged_in(platform, way, &[]);
        let before = stored(&desk.press);
        let ran = desk.press.run(&["accounts", "refresh", "acme"]).exits(0);
        assert!(ran.stdout.starts_with("acme  ") && ran.stdout.contains("  refreshed; ends in "), "{}", ran.stdout);
        let after = stored(&desk.press);
        assert_eq!((after.seq, after.identity), (before.seq + 1, before.identity), "{platform}");
        assert_ne!(after.credential.bearer(), before.credential.bearer(), "{platform}");
        let json = desk.press.run(&["accounts", "refresh", "--format", "json"]).exits(0).json();
        assert_eq!(json["accounts"][0]["name"], "acme");
        assert_eq!(json["accounts"][0]["refreshed"], true, "{json}");
        assert!(json["accounts"][0]["expires"].is_string(), "{json}");
        let listed = desk.press.run(&["accounts", "-v"]).exits(0).stdout;
        assert!(listed.contains("refreshed by itself") && listed.contains("scopes: "), "{listed}");
    }
}

#[test]
fn a_token_that_cannot_be_refreshed_says_so() {
    let desk = logged_in(Platform::LinkedIn, "linkedin", &[]);
    let ran = desk.press.run(&["accounts", "refresh", "acme"]).exits(3);
    let after = ran.stderr.split_once(", and cannot").unwrap_or_else(|| panic!("{}", ran.stderr)).1;
    assert_snapshot!(after, @"
     be refreshed: `pressroom connect acme`
    hint: a refresh needs a refresh token, and the id and secret of the app that asked for it: `pressroom apps`
    ");
    let ran = desk.press.run(&["accounts", "refresh"]).exits(0);
    assert_snapshot!(ran.stdout, @"No account has a token that can be refreshed.");
    desk.press.run(&["accounts", "refresh", "acne"]).exits(2);
    let page = logged_in(Platform::Facebook, "facebook", &["--paste"]);
    assert!(page.press.run(&["accounts", "refresh", "acme"]).exits(0).stdout.ends_with("does not end\n"));
}

/// A login that the platform ended is not refreshed, and that is said though its token still opens something.
#[test]
fn a_login_that_was_ended_is_told_at_once() {
    let desk = logged_in(Platform::YouTube, "youtube", &[]);
    let refresh = stored(&desk.press).credential.refresh().unwrap().expose().to_owned();
    desk.stage.sim.youtube.revoke(&refresh);
    assert_snapshot!(desk.press.run(&["accounts", "refresh", "acme"]).exits(3).stderr, @"
    error: YouTube does not refresh the login of acme any more (invalid_grant): `pressroom connect acme`
    hint: a refresh whose answer was lost, an app whose access was taken back, or half a year without use end a login
    ");
}

#[test]
fn on_x() {
    whole(Platform::X, "x", &[]);
}

#[test]
fn on_linkedin() {
    whole(Platform::LinkedIn, "linkedin", &[]);
}

#[test]
fn on_facebook() {
    whole(Platform::Facebook, "facebook", &["--paste"]);
}

#[test]
fn on_instagram_through_a_page() {
    whole(Platform::Instagram, "facebook", &["--paste"]);
}

#[test]
fn on_instagram_itself() {
    whole(Platform::Instagram, "instagram", &["--paste", "--way", "instagram"]);
}

#[test]
fn on_threads() {
    whole(Platform::Threads, "threads", &["--redirect", "https://press.example/callback"]);
}

#[test]
fn on_youtube() {
    whole(Platform::YouTube, "youtube", &[]);
}

#[test]
fn on_tiktok() {
    whole(Platform::TikTok, "tiktok", &[]);
}

/// One request by hand, and the first line of its answer; empty where the connection is closed without one.
fn by_hand(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    // A listener that has heard enough closes its end.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.lines().next().unwrap_or_default().to_owned()
}

/// Whoever else comes to the port gets nothing and hinders nobody, and after the login there is no port.
#[test]
fn strangers_at_the_port_are_sent_away() {
    let desk = Desk::new(Platform::X, "x");
    desk.press.run_with(&["apps", "set", "x"], SECRET).exits(0);
    let mut child = desk.start(&[]);
    let (page, mut rest) = address(&mut child);
    let back = desk.agree(&page);
    let query = back.split_once('?').unwrap().1;
    let port = desk.port;
    let get = |target: &str, host: &str| by_hand(port, &format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
    let here = format!("127.0.0.1:{port}");
    // One that says nothing keeps its connection, and nobody waits for it.
    let _slow = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let other_state = format!("/callback?code=stolen&state={}", "A".repeat(22));
    for (answer, what) in [
        (get(&other_state, &here), "400 Bad Request"),
        (get("/callback?code=stolen", &here), "400 Bad Request"),
        (get(&format!("/callback?{query}&{query}"), &here), "400 Bad Request"),
        (get(&format!("/callback?{query}"), "evil.example"), "404 Not Found"),
        (get(&format!("/callback?{query}"), &format!("evil.example:{port}")), "404 Not Found"),
        (get(&format!("/other?{query}"), &here), "404 Not Found"),
        (
            by_hand(port, &format!("POST /callback?{query} HTTP/1.1\r\nHost: {here}\r\nContent-Length: 0\r\n\r\n")),
            "404 Not Found",
        ),
        (get(&format!("/callback?{}", "x".repeat(40_000)), &here), "431 Request Header Fields Too Large"),
        (by_hand(port, "\u{1}\u{2} nothing like HTTP\r\n\r\n"), ""),
    ] {
        assert_eq!(answer.strip_prefix("HTTP/1.1 ").unwrap_or(&answer), what);
    }
    assert_eq!(get(&format!("/callback?{query}"), &here), "HTTP/1.1 200 OK");
    let mut stderr = String::new();
    rest.read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    // A second callback finds nobody, and a code is good for one use.
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    let mut child = desk.start(&["--paste", "--redirect", &format!("http://127.0.0.1:{port}/callback")]);
    let (_, mut rest) = address(&mut child);
    writeln!(child.stdin.take().unwrap(), "{back}").unwrap();
    stderr.clear();
    rest.read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2), "{stderr}");
    assert!(stderr.contains("error: this is not the address that this login came back to"), "{stderr}");
}

#[test]
fn who_says_no_is_heard() {
    let desk = Desk::new(Platform::X, "x");
    desk.press.run_with(&["apps", "set", "x"], SECRET).exits(0);
    let mut child = desk.start(&[]);
    let (page, mut rest) = address(&mut child);
    let state = Url::parse(&page).unwrap().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let back = format!(
        "http://127.0.0.1:{}/callback?error=access_denied&error_description=No+thanks&state={state}",
        desk.port
    );
    assert_eq!(browser().get(back).send().unwrap().status().as_u16(), 200);
    let mut stderr = String::new();
    rest.read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3), "{stderr}");
    assert!(stderr.contains("error: X ended the login (access_denied: No thanks)\n"), "{stderr}");
    assert!(!desk.press.run(&["accounts"]).stdout.contains("connected as"));
}

/// What is missing is said before a browser is opened.
#[test]
fn what_a_login_needs_is_said_first() {
    let desk = Desk::new(Platform::LinkedIn, "linkedin");
    let ran = desk.press.run(&["connect", "acme", "--no-browser"]).exits(3);
    assert!(ran.stderr.contains("LinkedIn gives no token to an app without its secret"), "{}", ran.stderr);
    let accounts = std::fs::read_to_string(desk.press.repo.join("accounts.toml")).unwrap();
    let without = accounts.lines().filter(|line| !line.contains("apps.") && !line.contains("client_id"));
    desk.press.file("accounts.toml", &without.collect::<Vec<_>>().join("\n"));
    let ran = desk.press.run(&["connect", "acme"]).exits(3);
    assert!(ran.stderr.contains("there is no app of yours with LinkedIn"), "{}", ran.stderr);
    desk.press.run_with(&["apps", "set", "linkedin"], "short").exits(2);
    desk.press.run(&["apps", "remove", "linkedin"]).exits(2);
    desk.press.run(&["connect", "acme", "--way", "facebook"]).exits(2);
}
