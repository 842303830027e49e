//! `connect`, `disconnect` and `accounts`.

use insta::assert_snapshot;
use pressroom::sim::x;

use crate::desk::Desk;
use crate::shown::shown;

/// What `connect` says to this input, which it refuses: nothing is stored.
#[track_caller]
fn refused(desk: &Desk, account: &str, input: &str, code: i32) -> String {
    let ran = desk.press.run_with(&["connect", account, "--token-stdin"], input).exits(code);
    desk.nothing_happened();
    let said = shown(&desk.press, &ran);
    assert!(input.trim().len() < 8 || !said.contains(input.trim()), "the token was printed: {said}");
    said
}

#[test]
fn a_token_must_be_one() {
    let mut desk = Desk::unconnected();
    desk.begin();
    assert_snapshot!(refused(&desk, "acme-x", "", 2), @"");
    assert_snapshot!(refused(&desk, "acme-x", "\n", 2), @"");
    assert_snapshot!(refused(&desk, "acme-x", "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", 2), @"");
    assert_snapshot!(refused(&desk, "acme-x", "a token with spaces", 2), @"");
    assert_snapshot!(refused(&desk, "acme-x", "{\"access_token\": \"CANARY-CANARY\"", 2), @"");
    assert_snapshot!(refused(&desk, "acme-x", "{\"token\": \"CANARY-CANARY\"}", 2), @"");
    assert_snapshot!(refused(&desk, "acme-x", "{\"error\": \"invalid_grant\", \"error_description\": \"The code has expired.\"}", 2), @"");
    assert_snapshot!(refused(&desk, "acme-z", "CANARY-CANARY", 2), @"");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["connect", "acme-x"]).exits(2)), @"");
}

#[test]
fn a_token_must_open_what_publishing_needs() {
    let mut desk = Desk::unconnected();
    desk.begin();
    let token = |scope: &str| format!("{{\"access_token\": \"CANARY-CANARY\", \"scope\": \"{scope}\", \"token_type\": \"bearer\"}}");
    assert_snapshot!(refused(&desk, "acme-x", &token("tweet.read users.read"), 3), @"");
    assert_snapshot!(refused(&desk, "acme-page", &token("w_member_social openid profile"), 3), @"");
    assert_snapshot!(refused(&desk, "acme-x", "CANARY-CANARY", 3), @"");
    assert_snapshot!(refused(&desk, "ann", "CANARY-CANARY", 3), @"");
}

#[test]
fn a_platform_that_cannot_be_asked() {
    let mut desk = Desk::unconnected();
    desk.begin();
    desk.press.env.retain(|(name, _)| name != "PRESSROOM_HOSTS");
    let hosts = |hosts: &str| ("PRESSROOM_HOSTS".to_owned(), hosts.to_owned());
    // A port nobody listens on: taken, and given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    desk.press.env.push(hosts(&format!("api.x.com=http://127.0.0.1:{port}")));
    assert_snapshot!(refused(&desk, "acme-x", "CANARY-CANARY", 4).replace(&port.to_string(), "[port]"), @"");
    assert_snapshot!(refused(&desk, "ann", "CANARY-CANARY", 4).replace(&port.to_string(), "[port]"), @"");
    for wrong in ["api.x.com", "api.x.com=http://example.org", "api.x.com=ftp://127.0.0.1:1"] {
        desk.press.env.pop();
        desk.press.env.push(hosts(wrong));
        desk.press.run_with(&["connect", "acme-x", "--token-stdin"], "CANARY-CANARY").exits(2);
    }
    assert_snapshot!(refused(&desk, "acme-x", "CANARY-CANARY", 2), @"");
}

#[test]
fn an_account_is_connected_listed_and_disconnected() {
    let desk = Desk::unconnected();
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["accounts"]).exits(0)), @"");
    let acme = desk.stage.sim.x.sign_up(x::SignUp { username: "acme", ..x::SignUp::default() });
    let answer = format!(
        "{{\"access_token\": \"{}\", \"expires_in\": 7200, \"scope\": \"tweet.read tweet.write users.read media.write offline.access\"}}",
        acme.access_token
    );
    let connect = |token: &str| desk.press.run_with(&["connect", "acme-x", "--token-stdin"], token);
    assert_snapshot!(near_2_hours(&shown(&desk.press, &connect(&answer).exits(0))), @"");
    assert_snapshot!(near_2_hours(&shown(&desk.press, &desk.press.run(&["accounts"]).exits(0))), @"");
    let json = desk.press.run(&["accounts", "--format", "json"]).exits(0).json();
    assert_eq!(json["schema"], 1);
    let acme_x = json["accounts"].as_array().unwrap().iter().find(|account| account["name"] == "acme-x").unwrap();
    assert_eq!(acme_x.as_object().unwrap().keys().collect::<Vec<_>>(), ["expires", "identity", "name", "platform", "scopes", "state"]);
    // A token of somebody else under the same name would publish as somebody else.
    let other = desk.stage.sim.x.sign_up(x::SignUp { username: "other", ..x::SignUp::default() });
    assert_snapshot!(shown(&desk.press, &connect(&other.access_token).exits(3)), @"");
    connect(&acme.access_token).exits(0);
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["disconnect", "acme-x"]).exits(0)), @"");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["disconnect", "acme-x"]).exits(2)), @"");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["disconnect", "acme-z"]).exits(2)), @"");
}

#[test]
fn accounts_of_which_the_key_is_not_here() {
    let desk = Desk::new();
    std::fs::remove_dir_all(desk.press.folder().join("home/.config")).unwrap();
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["accounts"]).exits(0)), @"");
}

/// A token that ends in two hours does so in a little less by the time it is told.
fn near_2_hours(text: &str) -> String {
    (0..60).fold(text.replace("2 h", "[2 h]"), |text, second| {
        text.replace(&format!("1 h 59 min {second} s"), "[2 h]").replace("1 h 59 min", "[2 h]")
    })
}
