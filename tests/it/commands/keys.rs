//! `keys list|add|remove|rotate`.

use std::fs;

use insta::assert_snapshot;
use pressroom::vault::{Document, Identities, Recipients, Sources, identity};

use crate::desk::Desk;
use crate::press::ACCOUNTS;
use crate::shown::shown;

const PATHS: [&str; 3] = ["vault/accounts/acme-page.age", "vault/accounts/acme-x.age", "vault/accounts/ann.age"];

/// Whether a key opens every token file at the tip of the remote's state branch; it must be all or none.
#[track_caller]
fn opens_all(desk: &Desk, key: &identity::Generated) -> bool {
    let recipients = Recipients::parse([key.recipient.key()]).unwrap();
    let sources = Sources { text: Some(key.text.clone()), ..Sources::default() };
    let identities = Identities::load(&sources, &recipients).unwrap();
    let opened = PATHS.map(|path| {
        let remote = desk.press.folder().join("remote.git");
        let sealed = std::process::Command::new("git")
            .args(["--git-dir", remote.to_str().unwrap(), "show", &format!("pressroom-state:{path}")])
            .output()
            .unwrap()
            .stdout;
        identities.open::<Document>(path, &sealed).is_ok()
    });
    assert!(opened.iter().all(|open| *open == opened[0]), "{opened:?}");
    opened[0]
}

fn accounts_toml(desk: &Desk) -> String {
    fs::read_to_string(desk.press.repo.join("accounts.toml")).unwrap().replace(&desk.press.recipient, "[recipient]")
}

/// [`Desk::new`] with remarks in accounts.toml.
fn remarked() -> Desk {
    let desk = Desk::new();
    let accounts = ACCOUNTS.replace(
        "recipients = [\"{recipient}\"]",
        "# Who may open the tokens.\nrecipients = [\n  \"{recipient}\", # Ann\n]",
    );
    desk.press.file("accounts.toml", &accounts);
    desk.push();
    desk
}

#[test]
fn keys_are_added_and_removed() {
    let desk = remarked();
    let ci = identity::generate();
    let run = |args: &[&str]| desk.press.run(args);
    assert_snapshot!(shown(&desk.press, &run(&["keys", "list"]).exits(0)), @"[recipient]  (this machine's)");
    assert!(!opens_all(&desk, &ci));
    let added = run(&["keys", "add", ci.recipient.key()]).exits(0);
    assert_snapshot!(shown(&desk.press, &added).replace(ci.recipient.key(), "[ci]"), @"
    accounts.toml is changed; commit and push it
    [ci] may open the tokens now
    ");
    assert!(opens_all(&desk, &ci));
    assert_snapshot!(accounts_toml(&desk).replace(ci.recipient.key(), "[ci]"), @r#"
    schema = 1

    [defaults]
    timezone = "Europe/Amsterdam"

    [encryption]
    # Who may open the tokens.
    recipients = [
      "[recipient]", # Ann
      "[ci]",
    ]

    [accounts.acme-x]
    platform = "x"

    [accounts.acme-page]
    platform = "linkedin"
    as = "urn:li:organization:123456"

    [accounts.ann]
    platform = "linkedin"

    [groups]
    all = ["acme-x", "acme-page", "ann"]
    "#);
    assert_snapshot!(shown(&desk.press, &run(&["keys", "list"]).exits(0)).replace(ci.recipient.key(), "[ci]"), @"
    [recipient]  (this machine's)
    [ci]
    ");
    let again = run(&["keys", "add", ci.recipient.key()]);
    assert_snapshot!(format!("{}{}", again.code, shown(&desk.press, &again).replace(ci.recipient.key(), "[ci]")), @"1error: accounts.toml: [ci] is a recipient already");
    let removed = run(&["keys", "remove", ci.recipient.key()]).exits(0);
    assert_snapshot!(shown(&desk.press, &removed).replace(ci.recipient.key(), "[ci]"), @"
    accounts.toml is changed; commit and push it
    new token files are closed to [ci]
    hint: what was encrypted before stays as it is in the history of the state branch: whoever has the key could read it
    hint: make new tokens on the platforms and connect these accounts again: acme-page, acme-x, ann
    ");
    assert!(!opens_all(&desk, &ci));
    assert_eq!(accounts_toml(&desk).matches('#').count(), 2);
    let json = run(&["keys", "list", "--format", "json"]).exits(0).json();
    assert_eq!(json["keys"][0]["recipient"], desk.press.recipient);
    assert_eq!(json["keys"][0]["ours"], true);
}

#[test]
fn keys_that_cannot_be_added_or_removed() {
    let mut desk = remarked();
    desk.begin();
    let before = accounts_toml(&desk);
    let ours = desk.press.recipient.clone();
    let other = identity::generate();
    let run = |args: &[&str]| {
        let ran = desk.press.run(args);
        assert_ne!(ran.code, 0);
        desk.nothing_happened();
        assert_eq!(accounts_toml(&desk), before);
        format!("{}{}", shown(&desk.press, &ran), ran.code).replace(other.recipient.key(), "[other]")
    };
    assert_snapshot!(run(&["keys", "add", "age1nonsense"]), @"
    error: this is no recipient: not a valid age recipient: a character is missing or wrong
    2
    ");
    assert_snapshot!(run(&["keys", "add", other.text.expose().lines().next_back().unwrap()]), @"
    error: this is no recipient: this is a secret key; it must never stand in accounts.toml, and if it was committed, replace it
    2
    ");
    assert_snapshot!(run(&["keys", "remove", other.recipient.key()]), @"
    error: accounts.toml: [other] is not a recipient
    1
    ");
    assert_snapshot!(run(&["keys", "remove", &ours]), @"
    error: accounts.toml: [recipient] is the only recipient: nobody could open the tokens
    hint: add another first: `pressroom keys add age1...`
    1
    ");
}

#[test]
fn a_key_of_its_own_is_replaced() {
    let desk = remarked();
    let file = desk.press.folder().join("home/.config/pressroom/identity");
    let old = fs::read_to_string(&file).unwrap();
    let rotated = desk.press.run(&["keys", "rotate"]).exits(0);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with(&old) || text.contains(old.trim()), "the old key opens the history");
    let accounts = fs::read_to_string(desk.press.repo.join("accounts.toml")).unwrap();
    assert!(!accounts.contains(&desk.press.recipient));
    let new = accounts.split('"').find(|word| word.starts_with("age1")).unwrap();
    assert_snapshot!(shown(&desk.press, &rotated).replace(new, "[new]"), @"
    accounts.toml is changed; commit and push it
    [recipient] is replaced by [new]
    the new key is in [folder]/home/.config/pressroom/identity; the old one stays there, as it opens the history
    hint: where CI has the old key, put the new one in its PRESSROOM_IDENTITY secret
    hint: if somebody else may have the old key, make new tokens on the platforms and connect these accounts again: acme-page, acme-x, ann
    ");
    assert_eq!(accounts.matches('#').count(), 2);
    // The tokens can be used on.
    desk.press.file("posts/tea.md", &crate::desk::post("", "Tea is ready."));
    desk.push();
    desk.press.run(&["publish"]).exits(0);
    assert_eq!(desk.stage.texts("x"), ["Tea is ready."]);
    desk.press.git(&["checkout", "-q", "."]);
}
