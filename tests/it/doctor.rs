//! `doctor` on desks that are well and on such as are not, and what `plan` foresees.

use std::fs;

use insta::assert_snapshot;
use pressroom::sim::{Fault, FaultKind, x};

use crate::desk::{Desk, post};
use crate::shown::shown;

/// What `doctor` says, without what differs from machine to machine and from year to year.
fn examined(desk: &Desk, code: i32) -> String {
    let ran = desk.press.run(&["doctor"]).exits(code);
    let json = desk.press.run(&["doctor", "--format", "json"]).exits(code).json();
    assert_eq!(json["schema"], 1);
    let all = json["checks"].as_array().unwrap();
    let lines = ran.stdout.lines().filter(|line| !line.trim_start().starts_with("->")).count();
    assert_eq!(lines, all.len(), "{}", ran.stdout);
    let names: Vec<_> = all.iter().map(|check| check["what"].as_str().unwrap()).collect();
    assert_eq!(names[0], "git");
    let mut said = String::new();
    let is_steady =
        |line: &&str| !["git ", "ledger ", "runs ", "linkedin API "].iter().any(|what| line[9..].starts_with(what));
    for line in shown(&desk.press, &ran).lines().filter(is_steady) {
        let line = if line[9..].starts_with("repository") { line.split(", commit").next().unwrap() } else { line };
        said.push_str(line);
        said.push('\n');
    }
    said
}

#[test]
fn all_is_well() {
    let mut desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea."))]);
    desk.begin();
    assert_snapshot!(examined(&desk, 0), @"
    ok       repository    [folder]/repo
    ok       remote        [folder]/remote.git answers, and takes pushes to pressroom-state
    ok       key           [recipient] opens the tokens
    ok       clock         agrees with the platforms'
    ok       acme-page     Editor (U6Kx54C-aQ)
    ok       acme-x        acme ([id])
    ok       ann           Ann Example (bBgUwgjcaQ)
    ");
    desk.nothing_happened();
    desk.press.run(&["publish"]).exits(0);
    let json = desk.press.run(&["doctor", "--format", "json"]).exits(0).json();
    let ledger = json["checks"].as_array().unwrap().iter().find(|check| check["what"] == "ledger").unwrap();
    let says = ledger["says"].as_str().unwrap();
    assert!(says.starts_with("the last word is of ") && says.ends_with(" s ago)"), "{says}");
}

#[test]
fn nothing_is_there_yet() {
    let mut desk = Desk::unconnected();
    desk.begin();
    assert_snapshot!(examined(&desk, 3), @"
    ok       repository    [folder]/repo
    ok       remote        [folder]/remote.git answers, and takes pushes to pressroom-state
    ok       key           [recipient] opens the tokens
    wrong    acme-page     is not connected
                           -> `pressroom connect acme-page`
    wrong    acme-x        is not connected
                           -> `pressroom connect acme-x`
    wrong    ann           is not connected
                           -> `pressroom connect ann`
    ");
    desk.nothing_happened();
    desk.press.file("accounts.toml", "schema = 1\n[acounts.x]\n");
    assert_snapshot!(examined(&desk, 3), @"
    wrong    repository  accounts.toml is wrong
                         -> `pressroom check` says where
    ok       remote      [folder]/remote.git answers, and takes pushes to pressroom-state
    wrong    key         accounts.toml lists nobody who may open the tokens
                         -> add a public key under `[encryption]`: `pressroom keys add age1...`; `pressroom init` makes a key
    ");
}

#[test]
fn no_key_is_here() {
    let desk = Desk::new();
    fs::remove_dir_all(desk.press.folder().join("home/.config")).unwrap();
    assert_snapshot!(examined(&desk, 3), @"
    ok       repository    [folder]/repo
    ok       remote        [folder]/remote.git answers, and takes pushes to pressroom-state
    wrong    key           no key to open the tokens with
                           -> looked at PRESSROOM_IDENTITY, PRESSROOM_IDENTITY_FILE, [folder]/home/.config/pressroom/identity, [folder]/home/.ssh/id_ed25519 (if accounts.toml lists its public key)
                           -> make a key with `pressroom init` or `age-keygen`; then somebody who can open the tokens runs `pressroom keys add` with its public half
    warning  acme-page     its token cannot be opened here
    warning  acme-x        its token cannot be opened here
    warning  ann           its token cannot be opened here
    ");
}

#[test]
fn the_key_that_is_here_is_none_of_the_recipients() {
    let desk = Desk::new();
    let key = desk.press.folder().join("home/.config/pressroom/identity");
    fs::remove_file(&key).unwrap();
    pressroom::vault::identity::write(&key, &pressroom::vault::identity::generate().text).unwrap();
    let said = examined(&desk, 3);
    assert!(said.contains("does not list the key that is here among its recipients"), "{said}");
}

#[test]
fn a_token_was_revoked() {
    let desk = Desk::unconnected();
    let tokens = desk.stage.connect(&desk.press);
    desk.stage.sim.linkedin.revoke(&tokens[2]);
    assert_snapshot!(examined(&desk, 3), @r#"
    ok       repository    [folder]/repo
    ok       remote        [folder]/remote.git answers, and takes pushes to pressroom-state
    ok       key           [recipient] opens the tokens
    ok       clock         agrees with the platforms'
    ok       acme-page     Editor (U6Kx54C-aQ)
    ok       acme-x        acme ([id])
    wrong    ann           LinkedIn does not take its token: LinkedIn answered 401: "The token used in the request has been revoked by the user", x-li-uuid [id]
                           -> `pressroom connect ann`
    "#);
}

#[test]
fn the_remote_is_gone() {
    let desk = Desk::new();
    fs::rename(desk.press.folder().join("remote.git"), desk.press.folder().join("away.git")).unwrap();
    assert_snapshot!(examined(&desk, 3), @"
    ok       repository    [folder]/repo
    wrong    remote        cannot read from remote `origin` ([folder]/remote.git): fatal: '[folder]/remote.git' does not appear to be a git repository fatal: Could not read from remote repository. Please make sure you have the correct access rights and the repository exists.
                           -> check the address: `git remote -v`
    ok       key           [recipient] opens the tokens
    ok       clock         agrees with the platforms'
    ok       acme-page     Editor (U6Kx54C-aQ)
    ok       acme-x        acme ([id])
    ok       ann           Ann Example (bBgUwgjcaQ)
    ");
}

#[test]
fn the_clock_goes_wrong() {
    let desk = Desk::new();
    // The last answer comes from a platform whose clock says otherwise, and which is busy.
    let headers = vec![("date".to_owned(), "Thu, 01 Jan 2026 00:00:00 GMT".to_owned())];
    let kind = FaultKind::AnswerBefore { status: 503, headers, body: String::new() };
    let fault = Fault { method: reqwest::Method::GET, path: "/v2/userinfo".to_owned(), times: 99, kind };
    desk.stage.sim.world().fault(fault);
    let said = examined(&desk, 3);
    let line = |what: &str| said.lines().find(|line| line[9..].starts_with(what)).unwrap();
    assert!(line("clock ").starts_with("wrong ") && line("clock ").contains("ahead of the platforms'"), "{said}");
    assert!(line("ann ").starts_with("warning  ann") && line("ann ").contains("LinkedIn could not be asked"), "{said}");
}

/// Without a key nothing is foreseen, and nothing is wrong.
#[test]
fn a_plan_foresees_tokens_that_end() {
    let desk = Desk::unconnected();
    let acme = desk.stage.sim.x.sign_up(x::SignUp { username: "acme", ..x::SignUp::default() });
    let token =
        format!("{{\"access_token\": \"{}\", \"expires_in\": 7200, \"token_type\": \"bearer\"}}", acme.access_token);
    desk.press.run_with(&["connect", "acme-x", "--token-stdin"], &token).exits(0);
    let far = "---\nid: tea\ntargets: [acme-x]\nschedule: 2099-12-12 09:00\n---\nTea.\n";
    desk.put(&[("posts/tea.md", far)]);
    let foreseen = "due 12 Dec 2099, but the token of acme-x ends ";
    for command in ["plan", "status"] {
        let json = desk.press.run(&[command, "--format", "json"]).exits(0).json();
        let warning = json["targets"][0]["warnings"][0].as_str().unwrap_or_else(|| panic!("{json}"));
        assert!(warning.starts_with(foreseen) && warning.ends_with(": connect again before"), "{warning}");
    }
    let text = desk.press.run(&["plan"]).exits(0).stdout;
    assert!(text.contains(&format!("warning: {foreseen}")), "{text}");
    fs::remove_dir_all(desk.press.folder().join("home/.config")).unwrap();
    let ran = desk.press.run(&["plan", "--format", "json"]).exits(0);
    assert_eq!(ran.json()["targets"][0]["warnings"], serde_json::json!([]));
    assert_eq!(ran.stderr, "");
}
