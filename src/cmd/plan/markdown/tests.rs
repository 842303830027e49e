//! The comment as reviewers read it, and as authors who write anything may have it.

use insta::assert_snapshot;

use super::*;
use crate::account;
use crate::error::Source;
use crate::ledger::State;
use crate::media::{Facts, Kind, Library};
use crate::plan::settled::Over;
use crate::plan::{Desk, plan};
use crate::post;

const ACCOUNTS: &str = "schema = 1\n[defaults]\ntimezone = \"Europe/Amsterdam\"\n[accounts.acme-x]\nplatform = \"x\"\n\
                        [accounts.ann]\nplatform = \"linkedin\"\n";

/// Plans posts on an empty ledger, with one picture in the library.
fn planned(posts: &[(&str, &str)]) -> (Plan, Vec<Problem>) {
    let accounts = account::parse(&Source::new("accounts.toml", ACCOUNTS)).0.unwrap();
    let (mut parsed, mut problems) = (Vec::new(), Vec::new());
    for (path, text) in posts {
        let (post, found) = post::parse(&Source::new(*path, *text), accounts.defaults.timezone);
        problems.extend(found);
        parsed.extend(post);
    }
    let picture = Facts {
        path: "media/cup.png".to_owned(),
        kind: Kind::Png,
        mime: "image/png",
        bytes: 2048,
        size: Some((1200, 630)),
        sha256: "0".repeat(64),
        turned: false,
        animated: false,
        film: None,
        pages: None,
    };
    let library = Library::from([("media/cup.png".to_owned(), Ok(picture))]);
    let targets = crate::content::resolve(&parsed, &accounts, &mut problems);
    let offers =
        crate::content::offers(&parsed, targets, &accounts, &library, &std::collections::BTreeMap::new(), &problems);
    problems.extend(offers.iter().flat_map(|offer| offer.problems.clone()));
    let desk = Desk {
        now: "2026-12-01T12:00:00Z".parse().unwrap(),
        accounts: &accounts,
        offers: offers.as_slice().into(),
        state: &State::default(),
        connected: &["acme-x", "ann"].map(str::to_owned).into(),
        ends: &std::collections::BTreeMap::new(),
        elsewhere: &std::collections::BTreeMap::new(),
        dead_runs: &std::collections::BTreeSet::new(),
        grace: chrono::TimeDelta::zero(),
        only: &[],
        silence_is_suspect: false,
        over: &Over::default(),
    };
    (plan(&desk), problems)
}

fn told(posts: &[(&str, &str)], files: Option<&str>) -> String {
    let (plan, problems) = planned(posts);
    comment(&plan, &Around { problems: &problems, commit: "0059db3aa", zone: "Europe/Amsterdam", files })
}

#[test]
fn a_reviewer_reads_where_when_and_what() {
    let comment = told(
        &[
            (
                "posts/tea.md",
                "---\nid: tea\ntargets: [acme-x]\nschedule: 2026-12-01 12:55\nmedia: [{src: ../media/cup.png, alt: A *cup*}]\n---\n\
                 Tea at \\<b\\>five\\</b\\>, @ann\n\n```\ncode\n```\n",
            ),
            ("posts/later.md", "---\nid: later\ntargets: [ann]\nschedule: 2026-12-09 09:00\n---\nLater.\n"),
            ("posts/wrong.md", "---\nid: wrong\ntargets: [nobody]\n---\nWrong.\n"),
        ],
        Some("https://github.com/acme/social/blob/0059db3aa"),
    );
    assert_snapshot!(comment, @r"
    <!-- pressroom-plan -->
    <!-- pressroom-plan-hash 58b7d2168f6ce513f0746e03c0ec3623 -->
    ### Plan

    **1 to publish\, 1 scheduled\. Costs \$0\.035\. Next\: later → ann in 7 d 20 h\.** As of Tue 1 Dec 2026 13\:00 Europe\/Amsterdam, commit 0059db3. <sub>Plan 58b7d2168f6ce513f0746e03c0ec3623</sub>

    #### Problems

    - ❌ [posts\/wrong\.md](https://github.com/acme/social/blob/0059db3aa/posts/wrong.md), line 3: there is no account\, platform or group \`nobody\` (choose \`acme\-x\`\, \`ann\`\, \`x\` or \`linkedin\`)

    #### Due

    **tea → acme\-x** (X): publishes the post with a picture now

    30/280:

    ```text
    Tea at <b>five</b>, @ann

    code
    ```

    - picture: [media\/cup\.png](https://github.com/acme/social/blob/0059db3aa/media/cup.png)\, 1200×630\, 2 KiB\, “A \*cup\*”
    - costs: \$0\.035

    #### Scheduled

    **later → ann** (LinkedIn): goes out Wed 9 Dec 2026 09\:00 Europe\/Amsterdam\, in 7 d 20 h

    6/3000:

    ```text
    Later.
    ```
    ");
}

/// Whatever an author writes, it neither ends its fence nor calls anybody.
#[test]
fn an_author_cannot_break_out() {
    let evil = "</details>\n````\n# Approved\n@acme/owners <!-- pressroom-plan -->\n";
    let post = format!(
        "---\nid: tea\ntargets: [acme-x]\nschedule: 2026-12-01 12:55\nmedia: [{{src: ../media/cup.png, alt: \"](x) `<img>` @ann\"}}]\n---\n\
         \\`\\`\\`\\`\n{}",
        evil.replace('<', "\\<").replace('`', "\\`").replace('#', "\\#")
    );
    let comment = told(&[("posts/tea.md", &post)], None);
    let fence = comment.lines().find(|line| line.starts_with("```")).unwrap().trim_end_matches("text");
    let inside = comment.split(&format!("\n{fence}")).nth(1).unwrap();
    assert!(inside.contains("# Approved") && inside.contains("````"), "{comment}");
    let outside = comment.replace(inside, "");
    assert_eq!(outside.matches(MARKER).count(), 1, "{comment}");
    assert!(!outside.contains("@ann") && outside.contains("\\`\\<img\\>\\`"), "{comment}");
}

#[test]
fn it_is_never_too_long_and_says_what_is_left_out() {
    let text = "🫖 ".repeat(90);
    let posts: Vec<(String, String)> = (0..900)
        .map(|index| {
            let front =
                format!("---\nid: tea-{index}\ntargets: [acme-x]\nschedule: 2026-12-02 12:{:02}\n---\n", index % 60);
            (format!("posts/tea-{index}.md"), format!("{front}{text}"))
        })
        .collect();
    for (count, note) in [
        (3, None),
        (300, Some("so the texts of ")),
        (900, Some(" altogether are left out here. `pressroom plan` shows everything.")),
    ] {
        let some: Vec<(&str, &str)> =
            posts[..count].iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let comment = told(&some, None);
        assert!(length(&comment) <= COMMENT_MAX, "{count}: {}", length(&comment));
        assert!(comment.starts_with(MARKER) && comment.contains(&format!("{count} scheduled")), "{comment:.900}");
        assert_eq!(comment.contains("**Shortened:**"), note.is_some(), "{count}");
        assert!(note.is_none_or(|note| comment.contains(note)), "{count}: {comment:.900}");
    }
}

#[test]
fn many_problems_leave_room_for_the_plan() {
    let wrong: Vec<(String, String)> =
        (0..400).map(|index| (format!("posts/{index}.md"), "---\nno-such-key: 1\n---\n".to_owned())).collect();
    let some: Vec<(&str, &str)> = wrong.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let comment = told(&some, None);
    assert!(comment.contains(" more: `pressroom check` lists them.") && length(&comment) <= COMMENT_MAX);
}
