//! An accounts.toml that is none, or not what was meant. Nothing can be said of any post then.

use insta::assert_snapshot;

use super::{Desk, post, shown};
use crate::press::ACCOUNTS;

/// With this accounts.toml nothing goes out; what `check` says. The other commands say the same.
#[track_caller]
fn refused(desk: &Desk, accounts: &[u8]) -> String {
    let accounts = String::from_utf8(accounts.to_vec())
        .map_or_else(|_| accounts.to_vec(), |text| text.replace("{recipient}", &desk.press.recipient).into_bytes());
    desk.put(&[("accounts.toml", accounts), ("posts/tea.md", post("", "Tea is ready.").into_bytes())]);
    let said = desk.say(1);
    let check = shown(&desk.press, &said.check);
    let problems = check.rsplit_once("\n\n").map_or(&*check, |(problems, _)| problems);
    for other in [shown(&desk.press, &said.plan), shown(&desk.press, &said.publish)] {
        assert!(other.contains(problems), "{other}\n\nhas not the words of\n\n{check}");
    }
    check
}

#[test]
fn accounts_toml_must_be_what_was_meant() {
    let desk = Desk::new();
    assert_snapshot!(refused(&desk, b"schema = 1\n# Th\xe9\n"), @"");
    assert_snapshot!(refused(&desk, b"schema = 1\n[accounts.acme-x\nplatform = \"x\"\n"), @"");
    assert_snapshot!(refused(&desk, format!("{ACCOUNTS}\n[accounts.acme-x]\nplatform = \"x\"\n").as_bytes()), @"");
    assert_snapshot!(refused(&desk, format!("{ACCOUNTS}\n[defualts]\n").as_bytes()), @"");
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("as = ", "ass = ").as_bytes()), @"");
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("platform = \"x\"", "platform = \"twiter\"").as_bytes()), @"");
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("platform = \"x\"", "").as_bytes()), @"");
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("schema = 1", "schema = 2").as_bytes()), @"");
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("\"ann\"]", "\"anne\"]").as_bytes()), @"");
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("Europe/Amsterdam", "Amsterdam").as_bytes()), @"");
    assert_snapshot!(refused(&desk, ACCOUNTS.replace("{recipient}", "age1nonsense").as_bytes()), @"");
    assert_snapshot!(refused(&desk, b""), @"");
}

#[test]
fn accounts_toml_must_be_there() {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea is ready."))]);
    desk.press.git(&["rm", "-q", "accounts.toml"]);
    let said = desk.push().say(1);
    assert_snapshot!(shown(&desk.press, &said.check), @"");
    assert_eq!(shown(&desk.press, &said.plan), shown(&desk.press, &said.check));
    assert_eq!(shown(&desk.press, &said.publish), shown(&desk.press, &said.check));
}
