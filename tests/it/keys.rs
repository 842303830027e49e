//! The list of keys and the tokens encrypted for it, where the one or the other is cut off; many keys at once; and how little a
//! CI job and a protected branch need.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use insta::assert_snapshot;
use pressroom::limits::Platform;
use pressroom::vault::{self, Document, Identities, Recipients, Sources, identity};
use serde_json::json;

use crate::desk;
use crate::login::{self, SECRET, log_in};
use crate::press::{Press, Ran};
use crate::renew::executable;
use crate::scene::{QUICK, next_second};
use crate::shown::shown;

const ACCOUNTS: [&str; 3] = ["acme-page", "acme-x", "ann"];

/// Whether a key opens every token on the state branch of the remote; it must be all or none.
#[track_caller]
fn opens(press: &Press, sources: &Sources<'_>) -> bool {
    // Which of them are recipients does not matter for a key that is given as such.
    let recipients = Recipients::parse([press.recipient.as_str()]).unwrap();
    let identities = Identities::load(sources, &recipients).unwrap();
    let remote = press.folder().join("remote.git");
    let opened = ACCOUNTS.map(|account| {
        let path = vault::account_path(account);
        let show = ["-C", remote.to_str().unwrap(), "show", &format!("pressroom-state:{path}")];
        let sealed = press.command_of("git", &show).output().unwrap().stdout;
        identities.open::<Document>(&path, &sealed).is_ok()
    });
    assert!(opened.iter().all(|open| *open == opened[0]), "{opened:?}");
    opened[0]
}

fn text(key: &identity::Generated) -> Sources<'static> {
    Sources { text: Some(key.text.clone()), ..Sources::default() }
}

fn commits(press: &Press) -> usize {
    let remote = press.folder().join("remote.git");
    press.git(&["-C", remote.to_str().unwrap(), "rev-list", "--count", "pressroom-state"]).trim().parse().unwrap()
}

fn accounts_toml(press: &Press) -> String {
    fs::read_to_string(press.repo.join("accounts.toml")).unwrap()
}

/// A new ssh key; its public half.
fn ssh(folder: &Path, kind: &str) -> String {
    let file = folder.join(kind);
    let args = ["-q", "-t", kind, "-N", "", "-C", "", "-f"];
    let made = std::process::Command::new("ssh-keygen").args(args).arg(&file).status();
    assert!(made.expect("this test needs `ssh-keygen`").success());
    fs::read_to_string(file.with_extension("pub")).unwrap().trim().to_owned()
}

#[test]
fn all_keys_of_a_file_are_added_at_once() {
    let desk = desk::Desk::new();
    let press = &desk.press;
    let [first, other, second] = ["ed25519", "ecdsa", "rsa"].map(|kind| ssh(press.folder(), kind));
    let hardware = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t";
    let file = format!("{first}\n{other}\n\n{hardware}\n{second}\n{first}\n");
    fs::write(press.folder().join("ann.keys"), file).unwrap();
    let before = commits(press);
    let ran = press.run(&["keys", "add", "../ann.keys", "--name", "ann@acme"]).exits(0);
    assert_snapshot!(shown(press, &ran), @"
    accounts.toml is changed; commit and push it
    ann@acme may open the tokens now
    ann@acme may open the tokens now
    warning: left out: line 2 (ecdsa-sha2-nistp256): ssh keys of this type are not supported; use an ssh-ed25519, ssh-rsa or age1... key
    warning: left out: line 4 (sk-ssh-ed25519@openssh.com): ssh keys of this type are not supported; use an ssh-ed25519, ssh-rsa or age1... key
    ");
    assert_eq!(commits(press), before + 1);
    for key in [&first, &second] {
        assert!(accounts_toml(press).contains(&format!("\"{key} ann@acme\"")), "{}", accounts_toml(press));
    }
    for kind in ["ed25519", "rsa"] {
        let file = Some(press.folder().join(kind));
        assert!(opens(press, &Sources { file, ..Sources::default() }), "{kind}");
    }
    // All are there.
    let ran = press.run(&["keys", "add", "../ann.keys", "--name", "ann@acme"]).exits(1);
    assert_eq!(ran.stderr, "error: accounts.toml: ann@acme is a recipient already\n");
    // By what stands behind them they are taken away again.
    let ran = press.run(&["keys", "remove", "ann@acme"]).exits(0);
    assert_snapshot!(shown(press, &ran), @"
    accounts.toml is changed; commit and push it
    new token files are closed to ann@acme
    new token files are closed to ann@acme
    hint: what was encrypted before stays as it is in the history of the state branch: whoever has the key could read it
    hint: make new tokens on the platforms and connect these accounts again: acme-page, acme-x, ann
    ");
    assert_eq!(commits(press), before + 2);
    let file = Some(press.folder().join("ed25519"));
    assert!(!opens(press, &Sources { file, ..Sources::default() }));
}

#[test]
fn what_holds_no_key_is_told() {
    let desk = desk::Desk::new();
    let press = &desk.press;
    let other = ssh(press.folder(), "ecdsa");
    fs::write(press.folder().join("ann.keys"), &other).unwrap();
    assert_snapshot!(shown(press, &press.run(&["keys", "add", "../ann.keys"]).exits(2)), @"
    error: ../ann.keys holds no recipient
      because: line 1 (ecdsa-sha2-nistp256): ssh keys of this type are not supported; use an ssh-ed25519, ssh-rsa or age1... key
    ");
    assert_snapshot!(shown(press, &press.run(&["keys", "add", "../ecdsa"]).exits(2)), @"error: this is no recipient: this is a secret key; it must never stand in accounts.toml, and if it was committed, replace it");
    assert_snapshot!(shown(press, &press.run(&["keys", "add", "https://github.com/ann.keys"]).exits(2)), @"
    error: this is no recipient: not a recipient: it begins with neither `age1` nor `ssh-ed25519` nor `ssh-rsa`
    hint: get the file first: `curl -fsS https://github.com/ann.keys > who.keys`
    ");
}

#[test]
fn changes_of_keys_as_json() {
    let desk = desk::Desk::new();
    let press = &desk.press;
    let (key, other) = (ssh(press.folder(), "ed25519"), ssh(press.folder(), "ecdsa"));
    fs::write(press.folder().join("ann.keys"), format!("{key}\n{other}\n")).unwrap();
    let json = |args: &[&str]| press.run(&[args, &["--format", "json"]].concat()).exits(0).json();
    let ann = json!({"recipient": key, "comment": "ann"});
    let why = "ssh keys of this type are not supported; use an ssh-ed25519, ssh-rsa or age1... key";
    let left_out = json!([{"line": 2, "kind": "ecdsa-sha2-nistp256", "why": why}]);
    let added = json(&["keys", "add", "../ann.keys", "--name", "ann"]);
    assert_eq!(added, json!({"schema": 1, "added": [ann], "left_out": left_out}));
    let renew = json!({"accounts": ACCOUNTS, "apps": []});
    assert_eq!(json(&["keys", "remove", "ann"]), json!({"schema": 1, "removed": [ann], "renew": renew}));
    let rotated = json(&["keys", "rotate"]);
    assert_eq!(rotated["removed"], json!([{"recipient": press.recipient, "comment": ""}]));
    assert_eq!((&rotated["renew"], rotated["added"].as_array().unwrap().len()), (&renew, 1));
    assert!(rotated["file"].as_str().unwrap().ends_with("/pressroom/identity"), "{rotated}");
}

/// Runs a command that is killed when the tokens are encrypted anew, and accounts.toml is not yet written.
#[track_caller]
fn cut_off(press: &Press, args: &[&str]) {
    let (toml, before) = (accounts_toml(press), commits(press));
    let path = press.repo.join("accounts.toml");
    let inject = "inject=?rename,?renameat,renameat2:signal=KILL:when=1";
    let mut all = vec!["-f", "-qq", "-o", "/dev/null", "-e", inject, "-P", path.to_str().unwrap()];
    all.push(env!("CARGO_BIN_EXE_pressroom"));
    all.extend(args);
    let ran = press.command_of("strace", &all).stdin(Stdio::null()).output();
    let ran = Ran::of(&ran.expect("this test needs the `strace` program: `apt-get install strace`"));
    assert_eq!((ran.code, commits(press)), (-1, before + 1), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(accounts_toml(press), toml);
}

/// The tokens are encrypted for another list than accounts.toml has: the same command again ends what was begun.
#[test]
fn a_change_of_keys_that_was_cut_off_is_ended_by_the_same_command() {
    let desk = desk::Desk::new();
    let press = &desk.press;
    let (ci, ours) = (identity::generate(), press.recipient.clone());
    let file = press.folder().join("home/.config/pressroom/identity");
    let listed = |key: &str| accounts_toml(press).contains(key);
    let told = || press.run(&["doctor"]).stdout;
    let differs = "the tokens are encrypted for other keys than accounts.toml lists";

    cut_off(press, &["keys", "add", ci.recipient.key()]);
    assert!(opens(press, &text(&ci)) && !listed(ci.recipient.key()) && told().contains(differs), "{}", told());
    press.run(&["keys", "add", ci.recipient.key()]).exits(0);
    assert!(opens(press, &text(&ci)) && listed(ci.recipient.key()) && !told().contains(differs), "{}", told());

    cut_off(press, &["keys", "remove", ci.recipient.key()]);
    assert!(!opens(press, &text(&ci)) && listed(ci.recipient.key()) && told().contains(differs));
    press.run(&["keys", "remove", ci.recipient.key()]).exits(0);
    assert!(!opens(press, &text(&ci)) && !listed(ci.recipient.key()));

    // A key is in the file that nothing lists: it is the one that is gone on with.
    cut_off(press, &["keys", "rotate"]);
    let keys = |file: &Path| fs::read_to_string(file).unwrap().matches("AGE-SECRET-KEY-").count();
    assert!(listed(&ours) && keys(&file) == 2);
    press.run(&["keys", "rotate"]).exits(0);
    assert!(!listed(&ours) && keys(&file) == 2 && !told().contains(differs));

    // One's own key, which then opens nothing any more.
    press.run(&["keys", "add", ci.recipient.key()]).exits(0);
    let own = accounts_toml(press).split('"').find(|word| word.starts_with("age1")).unwrap().to_owned();
    assert_ne!(own, ci.recipient.key());
    cut_off(press, &["keys", "remove", &own]);
    press.run(&["keys", "remove", &own]).exits(0);
    assert!(!listed(&own) && opens(press, &text(&ci)));
}

/// A recipient that was written into accounts.toml by hand: `keys add` encrypts the tokens for it.
#[test]
fn a_key_that_was_added_by_hand_gets_its_tokens() {
    let desk = desk::Desk::new();
    let press = &desk.press;
    let ci = identity::generate();
    let by_hand = format!("recipients = [\"{}\", \"{}\"]", press.recipient, ci.recipient.key());
    let toml = accounts_toml(press).replace(&format!("recipients = [\"{}\"]", press.recipient), &by_hand);
    press.file("accounts.toml", &toml);
    assert!(!opens(press, &text(&ci)));
    let ran = press.run(&["keys", "add", ci.recipient.key()]).exits(0);
    assert_eq!(ran.stderr, format!("{} may open the tokens now\n", ci.recipient.key()));
    assert!(opens(press, &text(&ci)));
    assert_eq!(accounts_toml(press), toml);
    press.run(&["keys", "add", ci.recipient.key()]).exits(1);
}

/// A desk on X whose tokens end soon, with a remote that refuses every push to main.
fn protected() -> login::Desk {
    let mut desk = login::Desk::new(Platform::X, "x");
    let remote = desk.press.with_remote();
    let hook =
        "#!/bin/sh\n[ \"$1\" != refs/heads/main ] || { echo 'GH006: Protected branch update failed' >&2; exit 1; }\n";
    executable(&remote.join("hooks/update"), hook);
    desk.press.env.push(("PRESSROOM_TIMINGS".to_owned(), QUICK.to_owned()));
    desk.stage.sim.x.configure(|options| {
        options.access_token_life = std::time::Duration::from_secs(300);
        options.rates.clear();
    });
    desk
}

/// What a pull request does when it is merged: the server moves main by itself.
fn merge(press: &Press, id: &str) {
    let words = format!("---\nid: {id}\ntargets: [acme]\nschedule: on-merge\n---\nTea, {id}.\n");
    press.file(&format!("posts/{id}.md"), &words).commit(id);
    let refused = press.command_of("git", &["push", "-q", "origin", "HEAD:main"]).output().unwrap();
    assert!(!refused.status.success(), "main is protected");
    press.git(&["push", "-q", "origin", "HEAD:proposal"]);
    let remote = press.folder().join("remote.git");
    press.git(&["-C", remote.to_str().unwrap(), "update-ref", "refs/heads/main", "refs/heads/proposal"]);
}

#[test]
fn a_protected_main_is_no_hindrance() {
    let desk = protected();
    let press = &desk.press;
    press.run_with(&["apps", "set", "x"], SECRET).exits(0);
    log_in(&desk, &[]);
    next_second();
    for id in ["one", "two"] {
        merge(press, id);
        press.run(&["publish"]).exits(0);
    }
    press.run(&["accounts", "refresh"]).exits(0);
    let doctor = press.run(&["doctor"]).exits(0);
    assert!(doctor.stdout.contains("answers, and takes pushes to pressroom-state"), "{}", doctor.stdout);
    press.run(&["keys", "add", identity::generate().recipient.key()]).exits(0);
    assert_eq!(desk.stage.texts("x"), ["Tea, one.", "Tea, two."]);
    press.run(&["disconnect", "acme"]).exits(0);
}

/// A fresh machine with a shallow clone, and one secret: tokens are opened, refreshed, kept, and used.
#[test]
fn one_secret_is_all_that_a_ci_job_needs() {
    let desk = protected();
    let press = &desk.press;
    press.run_with(&["apps", "set", "x"], SECRET).exits(0);
    log_in(&desk, &[]);
    next_second();
    let workflow = include_str!("../../src/cmd/init/publish.yml");
    assert!(
        workflow.contains("set -- publish\n") && workflow.contains("exec pressroom \"$@\"\n"),
        "what the workflow runs is what is run here"
    );
    let home = press.folder().join("home");
    let key = fs::read_to_string(home.join(".config/pressroom/identity")).unwrap();
    // Nothing of the machine that connected is there.
    fs::remove_dir_all(&home).unwrap();
    let remote = format!("file://{}", press.folder().join("remote.git").display());
    for id in ["one", "two", "three"] {
        merge(press, id);
        let mut job = press.clone_with(&remote, &format!("job-{id}"), &["--depth=1"]);
        let without = job.run(&["publish"]);
        assert_eq!(without.code, 1, "{}{}", without.stdout, without.stderr);
        assert!(without.stderr.contains("no key to open the tokens with"), "{}", without.stderr);
        job.env.push(("PRESSROOM_IDENTITY".to_owned(), key.clone()));
        let ran = job.run(&["publish"]).exits(0);
        assert!(ran.stderr.contains(&format!("{id} → acme: published ")), "{}", ran.stderr);
    }
    assert_eq!(desk.stage.texts("x"), ["Tea, one.", "Tea, two.", "Tea, three."]);
    let refreshes = desk.stage.sim.world().log().into_iter().filter(|logged| logged.target == "/2/oauth2/token");
    assert_eq!(refreshes.map(|logged| logged.status).collect::<Vec<_>>(), [Some(200); 4]);
}
