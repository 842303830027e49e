//! Texts that do not fit one of their targets.

use insta::assert_snapshot;

use super::{Desk, post, shown};

/// Too long for X, and for nobody else.
fn long() -> String {
    "Tea is ready, and so is the cake. ".repeat(10)
}

#[test]
fn a_text_too_long_for_one_target_holds_the_post() {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", &long()))]);
    let said = desk.say(1);
    assert_snapshot!(said.check.stdout, @"");
    let plan = said.plan.stdout.split_once("commit ").unwrap().1;
    assert_snapshot!(plan.split_once("\n\n").unwrap().1, @"");
    assert_snapshot!(shown(&desk.press, &said.publish), @"");
}

#[test]
fn the_targets_it_fits_are_published_by_name() {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", &long()))]);
    let only = ["publish", "--only", "tea:ann", "--only", "tea:acme-page"];
    let ran = desk.press.run(&only).exits(0);
    assert_eq!(desk.stage.texts("x"), [""; 0]);
    assert_eq!(desk.stage.texts("linkedin"), [long().trim(), long().trim()]);
    assert_snapshot!(shown(&desk.press, &ran), @"");
    // Named again, there is nothing left to do; not named, the wrong one is still told.
    desk.press.run(&only).exits(0);
    desk.press.run(&["publish"]).exits(1);
    desk.press.run(&["publish", "--only", "tea:acme-x"]).exits(1);
    assert_eq!(desk.stage.sim.seen().len(), 2);
}

#[test]
fn markdown_no_platform_can_show() {
    let desk = Desk::new();
    assert_snapshot!(desk.refuses_post("", "| a | b |\n| - | - |\n| 1 | 2 |"), @"");
    assert_snapshot!(desk.refuses_post("", "Tea[^1].\n\n[^1]: Green."), @"");
    assert_snapshot!(desk.refuses_post("", ""), @"");
}
