//! Tables of texts with a cursor in them, and what is told there; and any text with any cursor, which must break nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use insta::assert_snapshot;
use proptest::prelude::*;

use super::spot::Role;
use super::*;
use crate::account;
use crate::content;
use crate::error::Source;
use crate::media::Library;
use crate::post;

const TABLE: &str = r#"schema = 1

[defaults]
timezone = "Europe/Amsterdam"

[accounts.acme-x]
platform = "x"

[accounts.ann]
platform = "linkedin"

[accounts.ben]
platform = "linkedin"
paused = true

[groups]
people = ["ann", "ben"]
"#;

/// The cursor, in texts of tests.
const CURSOR: char = '‸';

fn accounts() -> Accounts {
    account::parse(&Source::new(ACCOUNTS, TABLE)).0.unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// Asks about `posts/tea.md` (or accounts.toml) with a text, its cursor taken out.
fn ask<T>(path: &str, text: &str, about: impl FnOnce(&str, usize, &Desk<'_>) -> T) -> T {
    let offset = text.find(CURSOR).unwrap_or(0);
    let text = text.replace(CURSOR, "");
    let accounts = accounts();
    let (post, mut problems) = post::parse(&Source::new(path, text.clone()), accounts.defaults.timezone);
    let posts: Vec<Post> = post.into_iter().collect();
    let targets = content::resolve(&posts, &accounts, &mut problems);
    let offers = content::offers(&posts, targets, &accounts, &Library::new(), &BTreeMap::new(), &problems);
    let ids = BTreeMap::from([("posts/cake.md".to_owned(), PostId::new("cake"))]);
    let media = ["media/cup.png".to_owned(), "posts/near.jpg".to_owned()];
    let desk = Desk { path, accounts: Some(&accounts), post: posts.first(), offers: &offers, ids: &ids, media: &media };
    about(&text, offset, &desk)
}

fn spot_of(text: &str) -> String {
    let offset = text.find(CURSOR).unwrap();
    let text = text.replace(CURSOR, "");
    match yaml::spot(&text, offset) {
        None => "nothing".to_owned(),
        Some(spot) => {
            let role = match spot.role {
                Role::Key => "key",
                Role::Value => "value",
                Role::Item => "item",
                Role::Header => "header",
            };
            format!("{} {role} <{}> of <{}>", spot.above.join("."), &text[spot.span.clone()], &text[spot.whole(&text)])
        }
    }
}

#[test]
fn the_cursor_knows_where_it_is_in_half_written_yaml() {
    for (text, expected) in [
        ("---\n‸\n---\n", " key <> of <>"),
        ("---\nsch‸\n---\n", " key <sch> of <sch>"),
        ("---\nsch‸edule: on-merge\n---\n", " key <sch> of <schedule>"),
        ("---\nschedule: on‸-merge # soon\n---\n", "schedule value <on> of <on-merge>"),
        ("---\nschedule: 2026-12-01 09:00 Eur‸\n", "schedule value <2026-12-01 09:00 Eur> of <2026-12-01 09:00 Eur>"),
        ("---\ntargets: [x, li‸nk]\n---\n", "targets item <li> of <link>"),
        ("---\ntargets: [x,\n  li‸\n---\n", "targets item <li> of <li>"),
        ("---\ntargets:\n- x\n- li‸\n---\n", "targets item <li> of <li>"),
        ("---\ntargets:\n  - \"li‸nk\"\n---\n", "targets item <li> of <link>"),
        ("---\nmedia:\n  - src: a.png\n    al‸t: A cup\n---\n", "media key <al> of <alt>"),
        ("---\nmedia:\n  - s‸rc: a.png\n---\n", "media item <s> of <src>"),
        ("---\nmedia:\n  - {src: media/c‸up.png, alt: b}\n---\n", "media.src value <media/c> of <media/cup.png>"),
        ("---\noverrides:\n  x:\n    reply_settings: fo‸\n---\n", "overrides.x.reply_settings value <fo> of <fo>"),
        ("---\noverrides: {x: {re‸: 1}}\n---\n", "overrides.x key <re> of <re>"),
        ("---\noverrides:\n  x:\n    text: a\n  ‸\n---\n", "overrides key <> of <>"),
        ("---\noverrides:\n  x:\n    text: |\n      sch‸\n---\n", "nothing"),
        ("---\noverrides:\n  x:\n    text: |\n      a\ntit‸\n---\n", " key <tit> of <tit>"),
        ("---\ntitle: a # b‸\n---\n", "nothing"),
        ("---\ntitle: 🫖 t‸ea\n---\n", "title value <🫖 t> of <🫖 tea>"),
        ("---\ntitle: 'a: b‸'\n---\n", "title value <a: b> of <a: b>"),
        ("---\r\nti‸tle: a\r\n---\r\n", " key <ti> of <title>"),
        ("---\ntitle: a\n---\nte‸xt\n", "nothing"),
        ("te‸xt\n", "nothing"),
        ("‸---\n---\n", "nothing"),
    ] {
        assert_eq!(spot_of(text), expected, "{text}");
    }
}

fn labels(path: &str, text: &str) -> Vec<String> {
    let word = |its: Proposal| if its.label == its.text.trim_end_matches(": ") { its.label } else { its.text };
    let mut labels: Vec<String> = ask(path, text, complete).into_iter().map(word).collect();
    if labels.len() > 8 {
        labels.truncate(3);
        labels.push("...".to_owned());
    }
    labels
}

#[test]
fn what_may_stand_in_a_post() {
    for (text, expected) in [
        ("---\n‸\n---\n", "id, title, targets, ..."),
        ("---\nid: a\ntitle: b\n‸\n---\n", "targets, schedule, publishDate, ..."),
        ("---\ntargets: [‸]\n---\n", "acme-x, ann, ben, people, x"),
        ("---\ntargets:\n  ‸\n---\n", "- acme-x, - ann, - ben, - people, - x"),
        ("---\ntargets:\n  - ‸\n---\n", "acme-x, ann, ben, people, x"),
        ("---\nschedule: ‸\n---\n", "on-merge, next-slot"),
        ("---\nschedule:‸\n---\n", " on-merge,  next-slot"),
        ("---\nschedule: 2026-12-01 09:00 ‸\n---\n", "Africa/Abidjan, Africa/Accra, Africa/Addis_Ababa, ..."),
        ("---\ndraft: ‸\n---\n", "true, false"),
        ("---\nvisibility: ‸\n---\n", "public, unlisted, followers, connections, private"),
        ("---\nreply_to: ‸\n---\n", "cake"),
        ("---\nmedia: [‸]\n---\n", "src, alt, part, title, cover, captions, media/cup.png, near.jpg"),
        ("---\nmedia:\n  - src: me‸\n---\n", "media/cup.png, near.jpg"),
        ("---\npoll:\n  ‸\n---\n", "options, duration"),
        ("---\noverrides:\n  ‸\n---\n", "acme-x, ann, ben, ..."),
        (
            "---\noverrides:\n  acme-x:\n    reply_settings: ‸\n---\n",
            "following, mentionedUsers, subscribers, verified",
        ),
        ("---\noverrides:\n  ann:\n    visibility: ‸\n---\n", "public, unlisted, followers, connections, private"),
        ("---\ntitle: ‸\n---\n", ""),
        ("---\ntitle: a\n---\n![A cup](‸)\n", "media/cup.png, near.jpg"),
        ("---\ntitle: a\n---\n[A cup](‸)\n", ""),
        ("---\ntitle: a\n---\nTea ‸\n", ""),
    ] {
        assert_eq!(labels("posts/tea.md", text).join(", "), expected, "{text}");
    }
}

#[test]
fn what_may_stand_in_accounts_toml() {
    for (text, expected) in [
        ("‸", "schema = "),
        ("[‸", "defaults, publish, encryption, ..."),
        ("[defaults]\n‸", "timezone = , targets = , max_late = , quiet = , blackout = "),
        ("[defaults]\ntimezone = ‸", "\"Africa/Abidjan\", \"Africa/Accra\", \"Africa/Addis_Ababa\", ..."),
        ("[defaults]\ntargets = [\"ann\", \"‸\"]", "acme-x, ann, ben, people, x"),
        ("[accounts.new]\nplatform = \"‸\"", "x, linkedin, facebook, ..."),
        ("[accounts.new]\npaused = ‸", "true, false"),
        ("[accounts.new]\nhashtags = ‸", "\"append\""),
        ("[groups]\nall = [\n  \"acme-x\",\n  ‸", "\"acme-x\", \"ann\", \"ben\""),
        ("[notify]\nemail = { ‸", "to = , smtp = "),
        ("# platform = ‸", ""),
    ] {
        assert_eq!(labels(ACCOUNTS, text).join(", "), expected, "{text}");
    }
}

#[test]
fn words_lead_somewhere() {
    let leads = |path: &str, text: &str| {
        let Some(leads) = ask(path, text, definition) else { return "nowhere".to_owned() };
        let word = if leads.path == ACCOUNTS { &TABLE[leads.span] } else { "" };
        format!("{} {word}", leads.path)
    };
    for (text, expected) in [
        ("---\ntargets: [ac‸me-x]\n---\n", "accounts.toml acme-x"),
        ("---\ntargets: [‸acme-x]\n---\n", "accounts.toml acme-x"),
        ("---\ntargets: [x‸]\n---\n", "accounts.toml acme-x"),
        ("---\ntargets: [linke‸din]\n---\n", "nowhere"),
        ("---\ntargets: [peo‸ple]\n---\n", "accounts.toml \"ann\""),
        ("---\noverrides:\n  an‸n: {text: a}\n---\n", "accounts.toml ann"),
        ("---\nmedia: [media/c‸up.png]\n---\n", "media/cup.png "),
        ("---\nmedia:\n  - src: near‸.jpg\n---\n", "posts/near.jpg "),
        ("---\nmedia: [media/no‸ne.png]\n---\n", "nowhere"),
        ("---\nreply_to: ca‸ke\n---\n", "posts/cake.md "),
        ("---\ntitle: a\n---\n![A cup](../media/cu‸p.png)\n", "media/cup.png "),
        ("---\ntitle: a\n---\nTe‸a\n", "nowhere"),
    ] {
        assert_eq!(leads("posts/tea.md", text), expected, "{text}");
    }
    assert_eq!(leads(ACCOUNTS, "[groups]\nall = [\"a‸nn\"]"), "accounts.toml ann");
    assert_eq!(leads(ACCOUNTS, "[accounts.a‸nn]"), "nowhere");
}

#[test]
fn the_lens_tells_lengths_and_the_date() {
    let lens = |text: &str| ask("posts/tea.md", text, |_, _, desk| lens(desk, now())).unwrap_or_default();
    let tea = |keys: &str| format!("---\n{keys}\n---\nTea 🫖 at five.\n");
    for (text, expected) in [
        (
            tea("targets: [x, ann]\nschedule: 2026-12-01 09:00"),
            "acme-x 15/280 · ann 14/3000 · goes out Tue 1 Dec 2026 09:00 Europe/Amsterdam",
        ),
        (
            tea("targets: [x]\nschedule: 2026-11-01 09:00"),
            "acme-x 15/280 · was due Sun 1 Nov 2026 09:00 Europe/Amsterdam",
        ),
        (
            tea("targets: [x]\nschedule: on-merge\ndraft: true"),
            "acme-x 15/280 (draft) · goes out as soon as it is merged",
        ),
        (tea("targets: [ben]\nschedule: next-slot"), "ben 14/3000 (paused) · goes out at the next free slot"),
        (tea("targets: [x]"), "acme-x 15/280 · no `schedule` says when it goes out"),
        (
            format!("---\ntargets: [x]\nschedule: on-merge\nthread: true\n---\nOne\n\n---\n\n{}\n", "é".repeat(290)),
            "acme-x 3/280, 290/280 (10 too many) · goes out as soon as it is merged",
        ),
        (tea("targets: []\nschedule: on-merge"), ""),
        ("no front matter".to_owned(), ""),
    ] {
        assert_eq!(lens(&text), expected, "{text}");
    }
}

#[test]
fn a_hover_shows_what_readers_will_see() {
    let text = "---\ntargets: [acme-x, people]\nschedule: 2026-12-01 09:00\noverrides:\n  ann:\n    text: A \\`\\`\\` longer word.\n---\n\n\
                Tea is *served* at five.‸\n";
    let all = ask("posts/tea.md", text, |text, offset, desk| hover(text, offset, desk, now())).unwrap();
    assert_eq!(all.span, 0..3);
    assert_snapshot!(all.markdown, @"
    **acme-x** on X, goes out Tue 1 Dec 2026 09:00 Europe/Amsterdam

    22 of 280 weighted characters

    ```text
    Tea is served at five.
    ```

    ---

    **ann** on LinkedIn, goes out Tue 1 Dec 2026 09:00 Europe/Amsterdam

    18 of 3000 characters

    ````text
    A ``` longer word.
    ````

    ---

    **ben** on LinkedIn, held: the account is paused in accounts.toml

    22 of 3000 characters

    ```text
    Tea is served at five.
    ```
    ");
    let hovered = |text: &str| {
        let told = ask("posts/tea.md", text, |text, offset, desk| {
            hover(text, offset, desk, now()).map(|told| format!("<{}> {}", &text[told.span.clone()], told.markdown))
        });
        told.map_or_else(|| "nothing".to_owned(), |told| told.lines().next().unwrap_or_default().to_owned())
    };
    for (text, expected) in [
        (
            "---\ntar‸gets: [x]\n---\n",
            "<targets> `targets`: accounts, platforms that have just one account, or groups of accounts.toml",
        ),
        ("---\ntargets: [‸x]\nschedule: on-merge\n---\nTea\n", "<x> **acme-x** on X, goes out as soon as it is merged"),
        (
            "---\ntargets: [ann]\noverrides: {link‸edin: {lang: en}}\n---\nTea\n",
            "<linkedin> **ann** on LinkedIn, no `schedule` says when it goes out",
        ),
        (
            "---\noverrides: {x: {reply_se‸ttings: following}}\n---\nTea\n",
            "<reply_settings> `reply_settings`: who may reply; everyone unless said",
        ),
        ("---\ntargets: [x]\ntitle: T‸ea\n---\nTea\n", "nothing"),
        ("---\ntargets: [ben]\n---\nT‸ea\n", "<---> **ben** on LinkedIn, held: the account is paused in accounts.toml"),
    ] {
        assert_eq!(hovered(text), expected, "{text}");
    }
    let key = ask(ACCOUNTS, "[defaults]\ntime‸zone = \"UTC\"", |text, offset, desk| hover(text, offset, desk, now()));
    assert_eq!(key.unwrap().markdown, "`timezone`: zone of wall times that name none, such as `Europe/Amsterdam`");
}

/// Somebody deletes a piece of a text and writes another in its place.
fn edited(text: &str, edits: &[(usize, usize, String)]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (at, length, written) in edits {
        let at = at % (text.len() + 1);
        let end = (at + length).min(text.len());
        text.splice(at..end, written.chars());
    }
    text.into_iter().collect()
}

const POST: &str = "---\r\nid: tea\ntargets: [x, \"ann\"]\nschedule: 2026-12-01 09:00 Europe/Paris\nmedia:\n  - {src: media/cup.png, alt: 🫖}\n\
                    overrides:\n  x:\n    text: |\n      Tea\n    reply_settings: following\n---\n\n![é](media/cup.png) Tea\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_text_and_no_place_breaks_it(
        edits in prop::collection::vec((0usize..400, 0usize..30, "[-\\[\\]{}:,#|>\"' \r\na-z🫖é=.!()`]{0,6}"), 0..6),
        table in any::<bool>(),
        line in 0u32..40,
        character in 0u32..60,
    ) {
        let (path, text) = if table { (ACCOUNTS, TABLE) } else { ("posts/tea.md", POST) };
        let text = edited(text, &edits);
        ask(path, &text, |text, _, desk| {
            let offset = place::offset(text, place::Place { line, character });
            prop_assert!(text.is_char_boundary(offset));
            for proposal in complete(text, offset, desk) {
                prop_assert!(text.get(proposal.span.clone()).is_some() && proposal.span.end == offset);
            }
            let told = hover(text, offset, desk, now());
            prop_assert!(told.is_none_or(|told| text.get(told.span).is_some()));
            definition(text, offset, desk);
            lens(desk, now());
            Ok(())
        })?;
    }
}
