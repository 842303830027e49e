//! The documents that commands about accounts print with `--format json`, as docs/accounts.md tells them.

use pressroom::limits::Platform;
use serde_json::{Value, json};

use crate::login::{Desk, SECRET, log_in};
use crate::press::Press;

/// The document that a command prints, and nothing else on stdout.
#[track_caller]
fn document(press: &Press, args: &[&str], input: &str) -> Value {
    let ran = press.run_with(&[args, &["--format", "json"]].concat(), input).exits(0);
    let document = ran.json();
    assert_eq!(document["schema"], 1, "{document}");
    document
}

#[track_caller]
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().map(String::as_str).collect()
}

const CONNECTED: [&str; 8] =
    ["schema", "name", "platform", "identity", "scopes", "lacks", "expires", "refresh_expires"];

#[test]
fn every_command_about_accounts_has_one() {
    let desk = Desk::new(Platform::X, "x");
    let press = &desk.press;
    assert_eq!(
        document(press, &["apps", "set", "x"], SECRET),
        json!({"schema": 1, "platform": "x", "client_id": "press-app", "stored": "secret"})
    );
    let apps = document(press, &["apps"], "");
    let x = apps["apps"].as_array().unwrap().iter().find(|app| app["platform"] == "x").unwrap();
    assert_eq!(x, &json!({"platform": "x", "client_id": "press-app", "secret": "vault", "consumer": "none"}));
    let connected = log_in(&desk, &["--format", "json"]).json();
    assert_eq!(keys(&connected), CONNECTED);
    assert_eq!((&connected["name"], &connected["identity"]["name"]), (&json!("acme"), &json!("acme")));
    assert_eq!(connected["lacks"], json!([]));
    let accounts = document(press, &["accounts"], "");
    assert_eq!(accounts["accounts"][0]["last_used"], Value::Null);
    let refreshed = document(press, &["accounts", "refresh"], "");
    assert_eq!(keys(&refreshed["accounts"][0]), ["name", "refreshed", "expires", "error"]);
    let found = document(press, &["accounts", "discover", "acme"], "");
    assert_eq!(
        found["reached"],
        json!([{"platform": "x", "as": null, "name": "acme", "account": "acme", "problem": null}])
    );
    assert_eq!(
        document(press, &["disconnect", "acme"], ""),
        json!({"schema": 1, "name": "acme", "revoked": true, "why": null, "by_hand": null})
    );
    assert_eq!(
        document(press, &["apps", "remove", "x"], ""),
        json!({"schema": 1, "platform": "x", "removed": "secret"})
    );
    let acme = desk.stage.sim.x.sign_up(pressroom::sim::x::SignUp::default());
    let token = json!({"access_token": acme.access_token, "scope": "tweet.read tweet.write users.read media.write"});
    let connected = document(press, &["connect", "acme", "--token-stdin"], &token.to_string());
    assert_eq!(keys(&connected), CONNECTED);
    assert_eq!(
        connected["lacks"],
        json!([{"scope": "offline.access", "without": "the token cannot be refreshed: it ends after two hours"}])
    );
    let gone = document(press, &["disconnect", "acme"], "");
    assert_eq!(
        gone,
        json!({
            "schema": 1, "name": "acme", "revoked": false, "why": "X did not revoke the token: `unauthorized_client`",
            "by_hand": "https://x.com/settings/connected_apps",
        })
    );
}

/// The ledger knows when an account was last published to.
#[test]
fn accounts_tell_when_they_were_last_used() {
    let desk = Desk::new(Platform::X, "x");
    let acme = desk.stage.sim.x.sign_up(pressroom::sim::x::SignUp { username: "acme", ..Default::default() });
    let press = &desk.press;
    press.run_with(&["connect", "acme", "--token-stdin"], &acme.access_token).exits(0);
    assert!(!press.run(&["accounts"]).exits(0).stdout.contains("last used"));
    press.file("posts/tea.md", "---\nid: tea\ntargets: [acme]\nschedule: on-merge\n---\nTea.\n");
    press.commit("tea");
    press.run(&["publish"]).exits(0);
    let listed = press.run(&["accounts"]).exits(0).stdout;
    assert!(listed.contains("; last used ") || listed.contains("  last used "), "{listed}");
    let used = document(press, &["accounts"], "")["accounts"][0]["last_used"].as_str().unwrap().to_owned();
    let told = press.run(&["log", "--format", "json"]).exits(0).stdout;
    assert!(told.contains(&format!("\"at\":\"{used}\"")), "{used} {told}");
}
