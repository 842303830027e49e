//! Rows as people read them, wide, narrow, and without colour.

use std::collections::BTreeMap;

use insta::assert_snapshot;

use super::*;
use crate::fit::Rendition;
use crate::fit::{Media, Part};
use crate::ledger::entry::{Aim, TargetKey};
use crate::limits::{Platform, Visibility};
use crate::media::Kind;
use crate::plan::contents::{Beside, MediaRow, PartRow};
use crate::post::PostId;

fn row(post: &str, account: &str, state: Standing) -> Row {
    Row {
        path: format!("posts/{post}.md"),
        zone: "Europe/Amsterdam".to_owned(),
        untouched: true,
        ..Row::bare(PostId::new(post), TargetKey::new(Platform::X, account), Platform::X, state)
    }
}

fn rendition() -> Rendition {
    let media = Media {
        path: "media/tea.png".to_owned(),
        kind: Kind::Png,
        mime: "image/png",
        bytes: 86_016,
        width: Some(1200),
        height: Some(630),
        sha256: String::new(),
        alt: Some("A pot of tea".to_owned()),
        title: None,
        cover: None,
        captions: None,
        smaller: None,
        animated: false,
        film: None,
        pages: None,
    };
    let text =
        "Tea is served at five. Bring a cup; we bring the biscuits.\n\nhttps://example.org/a/rather/long/address"
            .to_owned();
    Rendition {
        platform: Platform::X,
        parts: vec![Part { text, count: 83, limit: 280, media: vec![media], links: Vec::new() }],
        visibility: Visibility::Public,
        title: None,
        lang: None,
        card: None,
        acts_as: None,
        settings: BTreeMap::new(),
        kind: crate::post::Kind::Feed,
        tags: Vec::new(),
        poll: None,
        reply_to: None,
        quote_of: None,
        repost_of: None,
        first_comment: None,
    }
}

/// A row that a run would publish.
fn sent(row: Row, rendition: Rendition) -> Row {
    Row {
        action: Some(Action::Publish),
        parts: rendition.parts.iter().map(PartRow::from).collect(),
        media: rendition.media().map(|(part, media)| MediaRow::new(media, Some(part))).collect(),
        beside: Beside::from(&rendition),
        rendition: Some(rendition.into()),
        ..row
    }
}

fn rows() -> Vec<Row> {
    let due = row("tea", "acme-x", Standing::Due);
    let due = sent(due, rendition());
    let scheduled = row("spring-sale", "acme-x", Standing::Scheduled);
    let scheduled = Row { due: "2026-12-01T08:00:00Z".parse().ok(), ..scheduled };
    let held = row("idea", "acme-company", Standing::Held);
    let held = Row { reason: Some("no `schedule`: add one, or `schedule: on-merge`".to_owned()), ..held };
    vec![due, scheduled, held, row("later", "acme-x", Standing::Draft)]
}

/// As it is printed where there is no colour.
fn plain(width: usize, list: List) -> String {
    let view = View { width, now: "2026-11-21T08:00:00Z".parse().unwrap(), list };
    anstream::adapter::strip_str(&super::rows(&rows(), Count::default(), view)).to_string()
}

#[test]
fn a_wide_terminal_has_one_line_a_target() {
    assert_snapshot!(plain(100, List::Open), @"
    Due
      tea → acme-x          publishes the post with a picture now
                83/280 │ Tea is served at five. Bring a cup; we bring the biscuits.
                       │
                       │ https://example.org/a/rather/long/address
               picture │ media/tea.png, 1200×630, 84 KiB, “A pot of tea”

    Scheduled
      spring-sale → acme-x  goes out Tue 1 Dec 2026 09:00 Europe/Amsterdam, in 10 d

    Held
      idea → acme-company   no `schedule`: add one, or `schedule: on-merge`

    1 to publish, 1 scheduled, 1 held, 1 draft. Next: spring-sale → acme-x in 10 d.
    ");
}

/// What is out and will not stay as it is, is told as what goes out: first the plan, then the end of the run.
#[test]
fn edits_and_removals_are_told() {
    let edited = |action, done| Row {
        action,
        done,
        acted: done.is_some(),
        ..sent(row("tea", "rich", Standing::Published), rendition())
    };
    let gone = |action, done, state| Row {
        action,
        done,
        acted: done.is_some(),
        path: String::new(),
        ..row("old", "acme-x", state)
    };
    let told = |rows: &[Row], list| {
        let view = View { width: 80, now: "2026-11-21T08:00:00Z".parse().unwrap(), list };
        anstream::adapter::strip_str(&super::rows(rows, Count::default(), view)).to_string()
    };
    let plan = [edited(Some(Action::Edit), None), gone(Some(Action::Remove), None, Standing::Published)];
    let after = [edited(None, Some(Aim::Edit)), gone(None, Some(Aim::Remove), Standing::Removed)];
    assert_snapshot!(told(&plan, List::Open), @"
    To be edited
      tea → rich    edits what is out
                83/280 │ Tea is served at five. Bring a cup; we bring the biscuits.
                       │
                       │ https://example.org/a/rather/long/address
               picture │ media/tea.png, 1200×630, 84 KiB, “A pot of tea”

    To be removed: `pressroom publish --allow-removals 1`
      old → acme-x  removes what is out

    1 to edit, 1 to remove.
    ");
    assert_snapshot!(told(&after, List::Acted), @"
    Published
      tea → rich

    Removed
      old → acme-x

    1 edited, 1 removed.
    ");
}

#[test]
fn a_narrow_terminal_is_never_overrun() {
    assert_snapshot!(plain(44, List::Open), @"
    Due
      tea → acme-x
          publishes the post with a picture now
         83/280 │ Tea is served at five. Bring a
                │ cup; we bring the biscuits.
                │
                │ https://example.org/a/rather/long/address
        picture │ media/tea.png, 1200×630, 84
                │ KiB, “A pot of tea”

    Scheduled
      spring-sale → acme-x
          goes out Tue 1 Dec 2026 09:00
          Europe/Amsterdam, in 10 d

    Held
      idea → acme-company
          no `schedule`: add one, or `schedule:
          on-merge`

    1 to publish, 1 scheduled, 1 held, 1 draft.
    Next: spring-sale → acme-x in 10 d.
    ");
    for width in [40, 60, 80, 120] {
        let text = plain(width, List::All);
        let lines = text.lines().filter(|line| !line.contains("https://"));
        for line in lines {
            assert!(textwrap::core::display_width(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn what_a_post_says_cannot_move_the_cursor() {
    let mut evil = rows();
    evil[2].reason = Some("\u{1b}[2J\u{7}gone".to_owned());
    let view = View { width: 100, now: "2026-11-21T08:00:00Z".parse().unwrap(), list: List::Open };
    let text = super::rows(&evil, Count::default(), view);
    assert!(text.contains("\\u{1b}[2J\\u{7}gone"), "{text}");
}
