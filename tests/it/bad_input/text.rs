//! Texts that do not fit one of their targets.

use insta::assert_snapshot;

use crate::desk::{Desk, post};
use crate::shown::shown;

/// Too long for X, and for nobody else.
fn long() -> String {
    "Tea is ready, and so is the cake. ".repeat(10)
}

#[test]
fn a_text_too_long_for_one_target_holds_the_post() {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", &long()))]);
    let said = desk.say(1);
    assert_snapshot!(said.check.stdout, @"
    error[text-too-long]: the text has 339 weighted characters; X takes 280: 59 too many
     --> posts/tea.md:6:1
      |
    6 | Tea is ready, and so is the cake. Tea is read...s the cake. Tea is ready, and so is the cake. 
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^...^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: shorten it, or split it with `thread: true` and lines of `---`

    1 post: 1 error.
    ");
    let plan = said.plan.stdout.split_once("commit ").unwrap().1;
    assert_snapshot!(plan.split_once("\n\n").unwrap().1, @"
    Held
      tea → acme-x     the text has 339 weighted characters; X takes 280: 59 too many
      tea → acme-page  held with the rest of its post: acme-x cannot be published; `--only
                       tea:acme-page` publishes this one
      tea → ann        held with the rest of its post: acme-x cannot be published; `--only tea:ann`
                       publishes this one

    Nothing to publish, 3 held.
    plan 3aa28607d9056ec618825b865be17cf8
    ");
    assert_snapshot!(shown(&desk.press, &said.publish), @"
    Held
      tea → acme-x     the text has 339 weighted characters; X takes 280: 59 too many
      tea → acme-page  held with the rest of its post: acme-x cannot be published; `--only
                       tea:acme-page` publishes this one
      tea → ann        held with the rest of its post: acme-x cannot be published; `--only tea:ann`
                       publishes this one

    Nothing published, 3 held.
    error[text-too-long]: the text has 339 weighted characters; X takes 280: 59 too many
     --> posts/tea.md:6:1
      |
    6 | Tea is ready, and so is the cake. Tea is read...s the cake. Tea is ready, and so is the cake. 
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^...^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: shorten it, or split it with `thread: true` and lines of `---`
    ");
}

#[test]
fn the_targets_it_fits_are_published_by_name() {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", &long()))]);
    let only = ["publish", "--only", "tea:ann", "--only", "tea:acme-page"];
    let ran = desk.press.run(&only).exits(0);
    assert_eq!(desk.stage.texts("x"), [""; 0]);
    assert_eq!(desk.stage.texts("linkedin"), [long().trim(), long().trim()]);
    assert_snapshot!(shown(&desk.press, &ran), @"
    Held
      tea → acme-x     the text has 339 weighted characters; X takes 280: 59 too many

    Published
      tea → acme-page  [time] Europe/Amsterdam
                       https://www.linkedin.com/feed/update/urn:li:share:[id]/
      tea → ann        [time] Europe/Amsterdam
                       https://www.linkedin.com/feed/update/urn:li:share:[id]/

    2 published now, 1 held.
    tea → acme-page: published https://www.linkedin.com/feed/update/urn:li:share:[id]/
    tea → ann: published https://www.linkedin.com/feed/update/urn:li:share:[id]/
    error[text-too-long]: the text has 339 weighted characters; X takes 280: 59 too many
     --> posts/tea.md:6:1
      |
    6 | Tea is ready, and so is the cake. Tea is read...s the cake. Tea is ready, and so is the cake. 
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^...^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: shorten it, or split it with `thread: true` and lines of `---`
    ");
    // Named again, there is nothing left to do; not named, the wrong one is still told.
    desk.press.run(&only).exits(0);
    desk.press.run(&["publish"]).exits(1);
    desk.press.run(&["publish", "--only", "tea:acme-x"]).exits(1);
    assert_eq!(desk.stage.sim.seen().len(), 2);
}

#[test]
fn markdown_no_platform_can_show() {
    let desk = Desk::new();
    assert_snapshot!(desk.refuses_post("", "| a | b |\n| - | - |\n| 1 | 2 |"), @"
    error[table]: a table cannot be shown as text
     --> posts/tea.md:6:1
      |
    6 | | a | b |
      | ^^^^^^^^^
      |
      = hint: write it as a list, or attach a picture of it

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses_post("", "Tea[^1].\n\n[^1]: Green."), @r"
    error[footnote]: a footnote cannot be shown as text
     --> posts/tea.md:6:4
      |
    6 | Tea[^1].
      |    ^^^^
      |
      = hint: say it in the text; for the characters themselves write `\[^`

    error[footnote]: a footnote cannot be shown as text
     --> posts/tea.md:8:1
      |
    8 | [^1]: Green.
      | ^^^^^^^^^^^^
      |
      = hint: say it in the text; for the characters themselves write `\[^`

    1 post: 2 errors.
    ");
    assert_snapshot!(desk.refuses_post("", ""), @"
    error[empty-text]: the text is empty
     --> posts/tea.md:6:1
      |
    6 |
      | ^
      |
      = hint: write some text or attach a picture

    1 post: 1 error.
    ");
}
