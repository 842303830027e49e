//! `resolve`, `retry`, `cancel` and `adopt`: a person's word.

use insta::assert_snapshot;
use serde_json::json;

use crate::desk::{Desk, ledger, post};
use crate::shown::{shown, steady};

/// A desk whose post is doubtful on X: a run of another machine sent it, got no answer, and gave up.
fn doubtful() -> Desk {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea is ready."))]);
    let line = |id: u32, rest: &str| {
        format!(
            r#"{{"v":1,"id":"0199aaaa-0000-7000-8000-{id:012}","t":"2026-01-01T09:00:0{id}Z","post":"tea","target":"x:acme-x","run":"elsewhere","claim":"00000000-0000-4000-8000-000000000001","epoch":1,{rest}}}"#
        )
    };
    let lines = [
        line(1, r#""ev":"claimed","exp":"2026-01-01T09:10:00Z""#),
        line(
            2,
            r#""ev":"in_doubt","index":0,"why":"no answer within 60 s","sent_at":"2026-01-01T09:00:01Z","not_before":"2026-01-01T09:00:20Z""#,
        ),
        line(
            3,
            r#""ev":"failed","class":"doubtful","msg":"X gave no answer within 60 s, and its timeline could not be read","retry":"human""#,
        ),
    ];
    desk.tamper(&ledger("tea"), |_| Some(lines.join("\n") + "\n"));
    desk
}

fn say(desk: &Desk, args: &[&str], code: i32) -> String {
    steady(&shown(&desk.press, &desk.press.run(args).exits(code)))
}

/// What `status` says of the post on X.
fn on_x(desk: &Desk) -> serde_json::Value {
    let status = desk.press.run(&["status", "tea", "--format", "json"]).json();
    status["targets"].as_array().unwrap().iter().find(|row| row["account"] == "acme-x").unwrap().clone()
}

#[test]
fn a_doubt_is_settled_by_a_person() {
    let desk = doubtful();
    assert_snapshot!(say(&desk, &["status"], 3), @"
    Due
      tea → acme-page  publishes the post now
      tea → ann        publishes the post now

    Doubtful: may be out, needs a look
      tea → acme-x     X gave no answer within 60 s, and its timeline could not be read

    2 to publish, 1 doubtful.
    ");
    assert_snapshot!(say(&desk, &["plan"], 3).split_once("\n\n").unwrap().1, @"
    Due
      tea → acme-page  publishes the post now
               13/3000 │ Tea is ready.
      tea → ann        publishes the post now
               13/3000 │ Tea is ready.

    Doubtful: may be out, needs a look
      tea → acme-x     X gave no answer within 60 s, and its timeline could not be read

    2 to publish, 1 doubtful.
    plan [id]
    ");
    assert_snapshot!(say(&desk, &["retry", "tea:acme-x"], 2), @"
    error: tea → acme-x: it may be out already: look on the platform, then `pressroom resolve` it
    hint: `pressroom log tea` shows what happened
    ");
    assert_snapshot!(say(&desk, &["resolve", "tea:acme-x", "--published", "https://x.com/acme/status/12"], 0), @"tea → acme-x: recorded as published");
    let row = on_x(&desk);
    assert_eq!((&row["state"], &row["receipt"]["url"]), (&"published".into(), &"https://x.com/acme/status/12".into()));
    assert_snapshot!(say(&desk, &["resolve", "tea:acme-x", "--absent"], 2), @"
    error: tea → acme-x: there is nothing doubtful about it
    hint: `pressroom log tea` shows what happened
    ");
    assert_eq!(desk.stage.sim.seen(), []);
}

#[test]
fn what_is_not_out_is_published_by_the_next_run() {
    let desk = doubtful();
    desk.press.run(&["publish", "--only", "tea:acme-x"]).exits(3);
    assert_eq!(desk.stage.sim.seen(), []);
    assert_snapshot!(say(&desk, &["resolve", "tea:acme-x", "--absent"], 0), @"tea → acme-x: the next run goes on with it");
    desk.press.run(&["publish", "--only", "tea:acme-x"]).exits(0);
    assert_eq!(desk.stage.texts("x"), ["Tea is ready."]);
}

#[test]
fn a_target_is_given_up_for_good() {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea is ready."))]);
    assert_snapshot!(say(&desk, &["cancel", "tea:acme-x", "tea:ann"], 0), @"
    tea → acme-x: given up for good
    tea → ann: given up for good
    ");
    assert_eq!(on_x(&desk)["state"], "cancelled");
    assert_snapshot!(say(&desk, &["retry", "tea:acme-x"], 2), @"
    error: tea → acme-x: released after it was cancelled
    hint: `pressroom log tea` shows what happened
    ");
    desk.press.run(&["publish"]).exits(0);
    assert_eq!((desk.stage.texts("x").len(), desk.stage.texts("linkedin").len()), (0, 1));
    assert_snapshot!(say(&desk, &["cancel", "tea:acme-page"], 2), @"
    error: tea → acme-page: cancelled after it was published
    hint: `pressroom log tea` shows what happened
    ");
}

#[test]
fn what_is_out_already_is_adopted() {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea is ready."))]);
    assert_snapshot!(say(&desk, &["adopt", "tea:acme-x", "https://x.com/acme/status/12"], 0), @"tea → acme-x: recorded as published");
    assert_eq!(on_x(&desk)["receipt"]["id"], "12");
    desk.press.run(&["publish"]).exits(0);
    assert_eq!(desk.stage.texts("x").len(), 0);
    assert_snapshot!(say(&desk, &["adopt", "tea:acme-x", "https://x.com/acme/status/13"], 2), @"
    error: tea → acme-x: published twice: https://x.com/acme/status/12 and https://x.com/acme/status/13
    hint: `pressroom log tea` shows what happened
    ");
    assert_snapshot!(say(&desk, &["adopt", "tea:acme-x", "no address"], 2), @"
    error: invalid value 'no address' for '<URL>': relative URL without a base

    For more information, try '--help'.
    ");
}

#[test]
fn what_a_person_says_is_a_document() {
    let desk = doubtful();
    let document = |args: &[&str]| desk.press.run(&[args, &["--format", "json"]].concat()).exits(0).json();
    let of = |account: &str, platform: &str, recorded: &str, word: &str| json!({"post": "tea", "account": account, "platform": platform, "recorded": recorded, "word": word});
    assert_eq!(
        document(&["resolve", "tea:acme-x", "--absent"]),
        json!({"schema": 1, "targets": [of("acme-x", "x", "resolved", "open")]})
    );
    assert_eq!(
        document(&["retry", "tea:acme-x", "tea:ann"]),
        json!({"schema": 1, "targets": [of("acme-x", "x", "released", "open"), of("ann", "linkedin", "released", "open")]})
    );
    assert_eq!(
        document(&["cancel", "tea:ann"]),
        json!({"schema": 1, "targets": [of("ann", "linkedin", "cancelled", "cancelled")]})
    );
    assert_eq!(
        document(&["adopt", "tea:acme-x", "https://x.com/acme/status/7"]),
        json!({"schema": 1, "targets": [of("acme-x", "x", "adopted", "published")]})
    );
    // What cannot be said is told as every error is.
    let refused = desk.press.run(&["cancel", "tea:acme-x", "--format", "json"]).exits(2).json();
    assert_eq!(refused["error"]["message"], "tea → acme-x: cancelled after it was published");
}

#[test]
fn only_targets_that_are_there_can_be_spoken_of() {
    let mut desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea is ready."))]);
    desk.begin();
    assert_snapshot!(say(&desk, &["cancel", "te:acme-x"], 2), @"
    error: there is no post `te`
    hint: `pressroom status` lists the posts by their ids
    ");
    assert_snapshot!(say(&desk, &["cancel", "tea:acme-z"], 2), @"
    error: there is no post `tea`
    hint: did you mean `tea`?
    ");
    assert_snapshot!(say(&desk, &["cancel", "tea"], 2), @"
    error: `tea` names no account
    hint: write POST:ACCOUNT
    ");
    assert_snapshot!(say(&desk, &["resolve", "tea:acme-x", "--absent"], 2), @"
    error: tea → acme-x: there is nothing doubtful about it
    hint: `pressroom log tea` shows what happened
    ");
    desk.nothing_happened();
}
