//! Logging in to X with OAuth 1.0a: a person copies a PIN out of the browser.

use std::io::{Read as _, Write as _};

use insta::assert_snapshot;
use pressroom::limits::Platform;
use pressroom::sim::{Fault, FaultKind, x};
use pressroom::vault::Credential;

use crate::login::{Desk, SECRET, stored};
use crate::person::{address, press};
use crate::press::Ran;

/// The words of the app in [`Desk`], as X gives them out.
const KEY: &str = "ck-press-app";
const KEY_SECRET: &str = "cs-press-app";

fn desk() -> Desk {
    let desk = Desk::new(Platform::X, "x");
    let ran = desk.press.run_with(&["apps", "set", "x", "--consumer"], &format!("{KEY}\n{KEY_SECRET}\n")).exits(0);
    assert_eq!(ran.stderr, "the consumer key of the app with X is stored\n");
    desk
}

/// A login in which the person types what `person` makes of the page; everything that the program says.
fn log_in(desk: &Desk, person: impl FnOnce(&str) -> String) -> Ran {
    let mut child = desk.start(&["--way", "x-pin", "-vv"]);
    let (page, mut rest) = address(&mut child);
    let typed = person(&page);
    writeln!(child.stdin.take().unwrap(), "{typed}").unwrap();
    let mut stderr = String::new();
    rest.read_to_string(&mut stderr).unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap());
    for secret in [KEY_SECRET, SECRET] {
        assert!(!stderr.contains(secret) && !ran.stdout.contains(secret), "{stderr}");
    }
    // What is asked at -vv is for another test.
    let stderr = stderr.lines().filter(|line| !line.contains("DEBUG")).map(|line| format!("{line}\n")).collect();
    Ran { stderr, ..ran }
}

/// The PIN that the page shows after the button.
fn pin(page: &str) -> String {
    let html = press(page, "allow").error_for_status().unwrap().text().unwrap();
    html.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

#[test]
fn a_pin_connects_an_account() {
    let desk = desk();
    // Spaces come along when a number is copied.
    let ran = log_in(&desk, |page| format!(" {} {} ", &pin(page)[..3], ""));
    assert_eq!(ran.code, 3, "half a PIN: {}", ran.stderr);
    let ran = log_in(&desk, |page| {
        let pin = pin(page);
        format!(" {} {} ", &pin[..3], &pin[3..])
    })
    .exits(0);
    assert!(ran.stderr.contains("Then X shows a PIN. Type it here, Enter:\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("acme is connected as acme ("), "{}", ran.stderr);
    let Credential::OAuth1 { consumer_key, consumer_secret, token, token_secret } = stored(&desk.press).credential
    else {
        panic!("not OAuth 1.0a");
    };
    assert_eq!((consumer_key.expose(), consumer_secret.expose()), (KEY, KEY_SECRET));
    for secret in [token_secret.expose(), token.expose()] {
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(secret));
    }
    assert_eq!(desk.press.run(&["accounts", "refresh", "acme"]).exits(0).stdout, "acme  acme  does not end\n");
    desk.press.file("posts/tea.md", "---\nid: tea\ntargets: [acme]\nschedule: on-merge\n---\nTea, signed.\n");
    desk.press.commit("tea");
    desk.press.run(&["publish"]).exits(0);
    assert_eq!(desk.stage.texts("x"), ["Tea, signed."]);
    let ran = desk.press.run(&["disconnect", "acme"]).exits(0);
    assert!(ran.stderr.contains("X has revoked the token: nobody can use it any more\n"), "{}", ran.stderr);
    let answer = serde_json::json!({
        "consumer_key": KEY, "consumer_secret": KEY_SECRET, "oauth_token": token.expose(),
        "oauth_token_secret": token_secret.expose(),
    });
    desk.press.run_with(&["connect", "acme", "--token-stdin"], &answer.to_string()).exits(3);
}

/// X does not answer, or is busy: nothing is stored, and it says what to do.
#[test]
fn a_login_that_breaks_off_stores_nothing() {
    let desk = desk();
    let fault = |path: &str, kind| {
        let (method, path) = (reqwest::Method::POST, path.to_owned());
        desk.stage.sim.world().fault(Fault { method, path, times: 1, kind });
    };
    fault("/oauth/request_token", FaultKind::AnswerBefore { status: 503, headers: Vec::new(), body: String::new() });
    let connect = || desk.press.run(&["connect", "acme", "--way", "x-pin", "--no-browser"]);
    assert_snapshot!(connect().exits(4).stderr, @"
    error: X began no login for this app; nothing was stored
      because: X answered 503
    hint: try again later
    ");
    fault("/oauth/request_token", FaultKind::DropBefore);
    assert!(connect().exits(4).stderr.starts_with("error: X could not be asked for a token; nothing was stored\n"));
    fault("/oauth/access_token", FaultKind::DropAfter);
    let ran = log_in(&desk, pin).exits(4);
    assert!(end(&ran).starts_with("error: X could not be asked for a token; nothing was stored\n"), "{}", ran.stderr);
    log_in(&desk, pin).exits(0);
    fault("/1.1/oauth/invalidate_token.json", FaultKind::DropBefore);
    let ran = desk.press.run(&["disconnect", "acme"]).exits(0);
    assert!(ran.stderr.contains("was not revoked: X could not be asked to revoke the token: "), "{}", ran.stderr);
}

/// What is typed wrong, and what is wrong with it. Nothing is stored.
#[test]
fn a_wrong_pin_connects_nobody() {
    let desk = desk();
    let wrong = log_in(&desk, |page| format!("{:07}", (pin(page).parse::<u32>().unwrap() + 1) % 10_000_000)).exits(3);
    assert_snapshot!(end(&wrong), @r#"
    error: X gave no token for this PIN; nothing was stored
      because: X answered 401: "Could not authenticate you." (code 32)
    hint: a PIN is good for one login, and not for long; begin again with `pressroom connect`
    "#);
    assert_snapshot!(end(&log_in(&desk, |_| "no idea".to_owned()).exits(2)), @"
    error: this is no PIN: it has digits alone, about seven
    hint: nothing was stored; begin again with `pressroom connect`
    ");
    assert_snapshot!(end(&log_in(&desk, |_| String::new()).exits(3)), @"
    error: no PIN was given, so X gave no token
    hint: nothing was stored; begin again with `pressroom connect`
    ");
    let denied = log_in(&desk, |page| {
        let html = press(page, "deny").error_for_status().unwrap().text().unwrap();
        assert!(!html.contains("<code>"), "{html}");
        "1234567".to_owned()
    });
    assert_eq!(end(&denied.exits(3)), end(&wrong));
    // A PIN is good for its own login alone.
    let mut first = String::new();
    log_in(&desk, |page| {
        first = pin(page);
        first.clone()
    })
    .exits(0);
    let again = log_in(&desk, |page| {
        pin(page);
        first.clone()
    });
    assert_eq!(end(&again.exits(3)), end(&wrong));
    desk.press.run(&["disconnect", "acme"]).exits(0);
    let again = log_in(&desk, |_| first.clone());
    assert_eq!(end(&again.exits(3)), end(&wrong));
    assert!(desk.press.run(&["accounts"]).exits(0).stdout.contains("not connected"));
}

/// What is said after the question.
fn end(ran: &Ran) -> String {
    let (_, end) = ran.stderr.split_once("Enter:\n").unwrap_or_else(|| panic!("nothing was asked: {}", ran.stderr));
    end.to_owned()
}

#[test]
fn what_a_pin_needs_is_said_first() {
    let mut desk = Desk::new(Platform::X, "x");
    let connect = |desk: &Desk| desk.press.run(&["connect", "acme", "--way", "x-pin", "--no-browser"]);
    assert_snapshot!(connect(&desk).exits(3).stderr, @"
    error: there is no consumer key of an app of yours with X
    hint: `pressroom apps set x --consumer` asks for it and its secret (API key and secret), and keeps them, encrypted
    hint: or set PRESSROOM_X_CONSUMER_KEY and PRESSROOM_X_CONSUMER_SECRET
    ");
    desk.press.env.push(("PRESSROOM_X_CONSUMER_KEY".to_owned(), KEY.to_owned()));
    assert_snapshot!(connect(&desk).exits(2).stderr, @"
    error: PRESSROOM_X_CONSUMER_KEY is set, and PRESSROOM_X_CONSUMER_SECRET is not
    hint: set both; or neither, and `pressroom apps set x --consumer`
    ");
    desk.press.env.push(("PRESSROOM_X_CONSUMER_SECRET".to_owned(), "cs-of-another-app".to_owned()));
    assert_snapshot!(connect(&desk).exits(3).stderr, @r#"
    error: X began no login for this app; nothing was stored
      because: X answered 401: "Could not authenticate you." (code 32)
    hint: are the consumer key and its secret right, and this machine's clock? `pressroom apps set` asks for the two anew, with `--consumer`
    "#);
    desk.press.env.pop();
    desk.press.env.push(("PRESSROOM_X_CONSUMER_SECRET".to_owned(), KEY_SECRET.to_owned()));
    log_in(&desk, pin).exits(0);
    let ran = desk.press.run(&["connect", "acme", "--way", "x-pin", "--paste"]).exits(2);
    assert_snapshot!(ran.stderr, @"
    error: a login with a PIN ends at no address
    hint: leave `--paste` and `--redirect` out
    ");
    assert_snapshot!(desk.press.run(&["connect", "acme", "--way", "pin"]).exits(2).stderr, @"
    error: X has no way to log in called `pin`
    hint: it has x, x-pin
    ");
    // A permission is the app's, at the moment of the login.
    let app = x::App::confidential("press-app", SECRET, "http://127.0.0.1:1/callback");
    desk.stage.sim.x.register(x::App { write: false, ..app });
    assert_snapshot!(end(&log_in(&desk, pin).exits(3)), @r#"
    error: X does not take this token; nothing was stored
      because: this token may only read, so nothing could be published: set the app's permission to "Read and write" at console.x.com, then make a new token
    "#);
}

#[test]
fn a_consumer_key_is_stored_listed_and_removed() {
    let desk = desk();
    let apps = |args: &[&str]| desk.press.run(&[&["apps"], args].concat());
    let line = |stdout: &str| stdout.lines().find(|line| line.starts_with("x ")).unwrap().to_owned();
    assert_snapshot!(line(&apps(&[]).exits(0).stdout), @"x          press-app, no secret; its consumer key is stored");
    let json = apps(&["--format", "json"]).exits(0).json();
    let x = json["apps"].as_array().unwrap().iter().find(|app| app["platform"] == "x").unwrap();
    assert_eq!((&x["secret"], &x["consumer"]), (&"none".into(), &"vault".into()));
    assert_snapshot!(apps(&["remove", "x", "--consumer"]).exits(0).stderr, @"
    the consumer key of the app with X is removed
    older commits of the state branch still hold it, encrypted: reset it at the platform if it may be known
    ");
    apps(&["remove", "x", "--consumer"]).exits(2);
    for (platform, input, code) in
        [("linkedin", "ck-press-app\ncs-press-app\n", 2), ("x", "ck-press-app\n", 2), ("x", "short\ncs-press-app\n", 2)]
    {
        let ran = desk.press.run_with(&["apps", "set", platform, "--consumer"], input).exits(code);
        assert!(!ran.stderr.contains("press-app"), "{}", ran.stderr);
    }
}
