//! Keys that do not open the tokens.

use std::fs;

use insta::assert_snapshot;
use pressroom::vault::identity;

use crate::desk::{Desk, post};
use crate::shown::shown;

/// What `publish` says where one key is missing or wrong.
#[track_caller]
fn publish(desk: &Desk) -> String {
    let ran = desk.press.run(&["publish"]).exits(1);
    desk.nothing_happened();
    // Nobody needs a key to check and to plan.
    desk.press.run(&["check"]).exits(0);
    desk.press.run(&["plan"]).exits(0);
    shown(&desk.press, &ran)
}

fn tea() -> Desk {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea is ready."))]);
    desk
}

#[test]
fn no_identity() {
    let desk = tea();
    fs::remove_dir_all(desk.press.folder().join("home/.config")).unwrap();
    assert_snapshot!(publish(&desk), @"
    error: no key to open the tokens with
    hint: looked at PRESSROOM_IDENTITY, PRESSROOM_IDENTITY_FILE, [folder]/home/.config/pressroom/identity, [folder]/home/.ssh/id_ed25519 (if accounts.toml lists its public key)
    hint: make a key with `pressroom init` or `age-keygen`; then somebody who can open the tokens runs `pressroom keys add` with its public half
    ");
}

#[test]
fn an_identity_that_is_none() {
    let mut desk = tea();
    desk.press.env.push(("PRESSROOM_IDENTITY".to_owned(), "AGE-SECRET-KEY-1NONSENSE".to_owned()));
    assert_snapshot!(publish(&desk), @"
    error: PRESSROOM_IDENTITY holds no key that can be used: line 1 is an age key with a character missing or wrong
    hint: copy the whole line again
    ");
    desk.press.env.pop();
    desk.press.env.push(("PRESSROOM_IDENTITY_FILE".to_owned(), "/nowhere/key".to_owned()));
    assert_snapshot!(publish(&desk), @"error: PRESSROOM_IDENTITY_FILE names /nowhere/key, and there is no such file");
}

#[test]
fn an_identity_of_somebody_else() {
    let mut desk = tea();
    let other = identity::generate();
    let file = desk.press.folder().join("other");
    identity::write(&file, &other.text).unwrap();
    desk.press.env.push(("PRESSROOM_IDENTITY_FILE".to_owned(), file.to_str().unwrap().to_owned()));
    assert_snapshot!(publish(&desk).replace(other.recipient.key(), "[other]"), @r#"
    Due
      tea → acme-x     vault/accounts/acme-x.age is not encrypted to our key
      tea → acme-page  vault/accounts/acme-page.age is not encrypted to our key
      tea → ann        vault/accounts/ann.age is not encrypted to our key

    Nothing published, 3 due.
    error: vault/accounts/acme-page.age is not encrypted to our key
    error: vault/accounts/acme-x.age is not encrypted to our key
    error: vault/accounts/ann.age is not encrypted to our key
    hint: it is for 1 age key
    hint: our key: [other] (from [folder]/other)
    hint: somebody who can open it runs `pressroom keys add "[other]"` and pushes; or set another key in PRESSROOM_IDENTITY
    "#);
}

#[test]
fn a_token_file_for_other_keys() {
    let desk = tea();
    // Somebody replaced our key in accounts.toml, with no one encrypting the tokens again.
    let other = identity::generate();
    let accounts = crate::press::ACCOUNTS.replace("{recipient}", other.recipient.key());
    desk.press.file("accounts.toml", &accounts);
    desk.push();
    let file = desk.press.folder().join("home/.config/pressroom/identity");
    fs::remove_file(&file).unwrap();
    identity::write(&file, &other.text).unwrap();
    assert_snapshot!(publish(&desk).replace(other.recipient.key(), "[other]"), @r#"
    Due
      tea → acme-x     vault/accounts/acme-x.age is not encrypted to our key
      tea → acme-page  vault/accounts/acme-page.age is not encrypted to our key
      tea → ann        vault/accounts/ann.age is not encrypted to our key

    Nothing published, 3 due.
    error: vault/accounts/acme-page.age is not encrypted to our key
    error: vault/accounts/acme-x.age is not encrypted to our key
    error: vault/accounts/ann.age is not encrypted to our key
    hint: it is for 1 age key
    hint: our key: [other] (from [folder]/home/.config/pressroom/identity)
    hint: somebody who can open it runs `pressroom keys add "[other]"` and pushes; or set another key in PRESSROOM_IDENTITY
    "#);
}
