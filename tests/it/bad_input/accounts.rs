//! An accounts.toml that is none, or not what was meant. Nothing can be said of any post then.

use insta::assert_snapshot;

use crate::desk::{Desk, post};
use crate::press::ACCOUNTS;
use crate::shown::shown;

/// With this accounts.toml nothing goes out; what `check` says. The other commands say the same.
#[track_caller]
fn refused(desk: &Desk, accounts: &[u8]) -> String {
    let accounts = String::from_utf8(accounts.to_vec())
        .map_or_else(|_| accounts.to_vec(), |text| text.replace("{recipient}", &desk.press.recipient).into_bytes());
    desk.put(&[("accounts.toml", accounts), ("posts/tea.md", post("", "Tea is ready.").into_bytes())]);
    let said = desk.say(1);
    let check = shown(&desk.press, &said.check);
    let problems: Vec<&str> = check.split("\n\n").filter(|problem| problem.contains("--> accounts.toml")).collect();
    for other in [shown(&desk.press, &said.plan), shown(&desk.press, &said.publish)] {
        let same = !problems.is_empty() && problems.iter().all(|problem| other.contains(problem));
        assert!(same, "{other}\n\nhas not the words of\n\n{check}");
    }
    check
}

/// Profiles and groups are no Pages.
#[test]
fn facebook_needs_a_page() {
    let desk = Desk::new();
    let facebook = |keys: &str| format!("{ACCOUNTS}\n[accounts.ours]\nplatform = \"facebook\"\n{keys}").into_bytes();
    assert_snapshot!(refused(&desk, &facebook("as = \"groups/tea\"\n")), @r#"
    error[bad-as]: `groups/tea` is no Page id
      --> accounts.toml:24:6
       |
    24 | as = "groups/tea"
       |      ^^^^^^^^^^^^
       |
       = hint: write the Page's id, digits only: `as = "1234567890"`; Facebook takes nothing from programs for profiles and groups

    1 post: 1 error.
    "#);
    desk.put(&[
        (
            "accounts.toml",
            String::from_utf8(facebook("")).unwrap().replace("{recipient}", &desk.press.recipient).into_bytes(),
        ),
        ("posts/tea.md", b"---\nid: tea\ntargets: [ours]\nschedule: on-merge\n---\nTea is ready.\n".to_vec()),
    ]);
    assert_snapshot!(shown(&desk.press, &desk.say(1).check), @r#"
    error[page-missing]: Facebook publishes as a Page only: it closed personal profiles to programs in 2018 and groups in 2024
    --> posts/tea.md
     = hint: write the Page's id under `[accounts.ours]` in accounts.toml: `as = "1234567890"`

    1 post: 1 error.
    "#);
}

#[test]
fn accounts_toml_must_be_what_was_meant() {
    let desk = Desk::new();
    assert_snapshot!(refused(&desk, b"schema = 1\n# Th\xe9\n"), @"
    error[not-utf8]: byte 15 of the file (0xe9) is not UTF-8
     --> accounts.toml:2:5
      |
    2 | # Th�
      |     ^
      |
      = hint: save the file as UTF-8

    error: accounts.toml cannot be read
    ");
    assert_snapshot!(refused(&desk, b"schema = 1\n[accounts.acme-x\nplatform = \"x\"\n"), @"
    error[toml]: this is no TOML: unclosed table, expected `]`
     --> accounts.toml:2:17
      |
    2 | [accounts.acme-x
      |                 ^
      |
      = hint: each line is `key = value` or `[table]`; text stands between double quotes

    error: accounts.toml cannot be read
    ");
    assert_snapshot!(refused(&desk, format!("{ACCOUNTS}\n[accounts.acme-x]\nplatform = \"x\"\n").as_bytes()), @"
    error[duplicate-key]: `acme-x` is given twice; the first is in line 9
      --> accounts.toml:22:11
       |
    22 | [accounts.acme-x]
       |           ^^^^^^
       |
       = hint: keep one of them

    1 post: 1 error.
    ");
    assert_snapshot!(refused(&desk, format!("{ACCOUNTS}\n[defualts]\n").as_bytes()), @"
    error[unknown-key]: there is no table `[defualts]`
      --> accounts.toml:22:2
       |
    22 | [defualts]
       |  ^^^^^^^^
       |
       = hint: did you mean `defaults`?

    1 post: 1 error.
    ");
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("as = ", "ass = ").as_bytes()), @r#"
    error[unknown-key]: there is no key `ass` in `[accounts.acme-page]`
      --> accounts.toml:14:1
       |
    14 | ass = "urn:li:organization:123456"
       | ^^^
       |
       = hint: choose `platform`, `as`, `server`, `chat`, `slots`, `spacing`, `quiet`, `blackout`, `posts`, `paused`, `hashtags` or `premium`

    1 post: 1 error.
    "#);
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("platform = \"x\"", "platform = \"twiter\"").as_bytes()), @r#"
    error[unknown-platform]: there is no platform `twiter`
      --> accounts.toml:10:12
       |
    10 | platform = "twiter"
       |            ^^^^^^^^
       |
       = hint: write `x`

    1 post: 1 error.
    "#);
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("platform = \"x\"", "").as_bytes()), @r#"
    error[missing-key]: `[accounts.acme-x]` has no `platform`
     --> accounts.toml:9:1
      |
    9 | [accounts.acme-x]
      | ^^^^^^^^^^^^^^^^^
      |
      = hint: add `platform = "..."`

    1 post: 1 error.
    "#);
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("schema = 1", "schema = 2").as_bytes()), @"
    error[schema]: this file has schema 2; this version of pressroom reads 1
     --> accounts.toml:1:10
      |
    1 | schema = 2
      |          ^
      |
      = hint: update pressroom

    1 post: 1 error.
    ");
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("\"ann\"]", "\"anne\"]").as_bytes()), @r#"
    error[unknown-account]: there is no account `anne`
      --> accounts.toml:20:31
       |
    20 | all = ["acme-x", "acme-page", "anne"]
       |                               ^^^^^^
       |
       = hint: did you mean `ann`?

    1 post: 1 error.
    "#);
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("Europe/Amsterdam", "Amsterdam").as_bytes()), @r#"
    error[unknown-zone]: there is no zone `Amsterdam`
     --> accounts.toml:4:12
      |
    4 | timezone = "Amsterdam"
      |            ^^^^^^^^^^^
      |
      = hint: did you mean `Europe/Amsterdam`?

    1 post: 1 error.
    "#);
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("{recipient}", "age1nonsense").as_bytes()), @r#"
    error[bad-recipient]: this is no public key age can encrypt to
     --> accounts.toml:7:15
      |
    7 | recipients = ["age1nonsense"]
      |               ^^^^^^^^^^^^^^
      |
      = hint: write a public key: `age1...` (from `age-keygen`), `ssh-ed25519 AAAA...` or `ssh-rsa AAAA...`

    1 post: 1 error.
    "#);
    assert_snapshot!(refused(&desk, b""), @"
    error[schema]: accounts.toml does not say which `schema` it has
     --> accounts.toml:1:1
      |
    1 |
      | ^
      |
      = hint: write `schema = 1` in the first line

    error[unknown-target]: there is no account, platform or group `all`
     --> posts/tea.md:3:11
      |
    3 | targets: [all]
      |           ^^^
      |
      = hint: accounts.toml has no accounts

    1 post: 2 errors.
    ");
}

#[test]
fn accounts_toml_must_be_there() {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea is ready."))]);
    desk.press.git(&["rm", "-q", "accounts.toml"]);
    let said = desk.push().say(1);
    assert_snapshot!(shown(&desk.press, &said.check), @"
    error: accounts.toml: the file is not there
    hint: `pressroom init` makes one; then commit it
    ");
    assert_eq!(shown(&desk.press, &said.plan), shown(&desk.press, &said.check));
    assert_eq!(shown(&desk.press, &said.publish), shown(&desk.press, &said.check));
}
