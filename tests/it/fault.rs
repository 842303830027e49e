//! Answers of the platforms that go wrong: whatever happens to a call, a target is shown at most once, and where it stands
//! is said.

use std::time::Duration;

use pressroom::sim::FaultKind;
use serde_json::Value;

use crate::scene::{Scene, picture};

/// One fault and what comes of it.
struct Case {
    name: &'static str,
    /// What is asked: method and beginning of the path.
    of: (&'static str, &'static str),
    times: usize,
    kind: FaultKind,
    /// How the first run ends: exit code, state, and words of the reason.
    first: (i32, &'static str, &'static str),
    /// How a second run at once ends.
    second: (i32, &'static str),
    /// How many posts readers see in the end.
    shown: usize,
}

fn before(status: u16, headers: &[(&str, &str)], body: &str) -> FaultKind {
    FaultKind::AnswerBefore { status, headers: owned(headers), body: body.to_owned() }
}

fn after(status: u16, headers: &[(&str, &str)], body: &str) -> FaultKind {
    FaultKind::AnswerAfter { status, headers: owned(headers), body: body.to_owned() }
}

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

const GATEWAY: &str = "<html><body><h1>502 Bad Gateway</h1></body></html>";
const OUT: (i32, &str, &str) = (0, "published", "");
const AGAIN: (i32, &str) = (0, "published");

/// Limits whose end is not near: the account rests until then, so each has an account of its own.
fn limits(account: &str, platform: &str, of: (&'static str, &'static str)) {
    for (name, headers) in [("429 that does not say when", &[][..]), ("429 for an hour", &[("retry-after", "3600")])] {
        let (kind, first) = (before(429, headers, "{}"), (4, "due", "a limit of"));
        run(account, platform, vec![Case { name, of, times: 1, kind, first, second: (4, "due"), shown: 0 }]);
    }
}

/// Of this account, with a text of its own for each case, so that no case is another's duplicate.
fn run(account: &str, platform: &str, cases: Vec<Case>) {
    let scene = Scene::new();
    let mut wrong = Vec::new();
    for (number, case) in cases.into_iter().enumerate() {
        let (id, text) = (format!("fault-{number}"), format!("Fault {number} of {account}."));
        scene.post(&id, account, &text);
        scene.fault(case.of.0, case.of.1, case.times, case.kind);
        let only = format!("--only={id}");
        let mut told = Vec::new();
        let mut ended = Vec::new();
        for _ in 0..2 {
            let ran = scene.press.run(&["publish", &only, "--format", "json"]);
            let (state, reason) = standing(&ran.stdout, &id);
            told.push(format!("{} {state} {reason}\n{}", ran.code, ran.stderr));
            ended.push((ran.code, state, reason));
        }
        scene.stage.sim.world().calm();
        let shown = scene.shown(platform, &text).len();
        let (code, state, words) = case.first;
        let is_so = (ended[0].0, ended[0].1.as_str()) == (code, state)
            && ended[0].2.contains(words)
            && (ended[1].0, ended[1].1.as_str()) == case.second
            && shown == case.shown;
        if !is_so {
            wrong.push(format!("{}: {shown} shown\n{}", case.name, told.join("---\n")));
        }
    }
    assert!(wrong.is_empty(), "{} went another way:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// State and reason of a post's only target after a run.
fn standing(stdout: &str, id: &str) -> (String, String) {
    let document: Value = serde_json::from_str(stdout).unwrap_or_default();
    let rows = document["targets"].as_array().cloned().unwrap_or_default();
    let row = rows.into_iter().find(|row| row["post"] == id).unwrap_or_default();
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    (text("state"), text("reason"))
}

/// Faults any platform may have, of the call that shows the post.
fn common(of: (&'static str, &'static str)) -> Vec<Case> {
    let case = |name, kind| Case { name, of, times: 1, kind, first: OUT, second: AGAIN, shown: 1 };
    vec![
        case("answer lost after acting", FaultKind::DropAfter),
        case("dropped before acting", FaultKind::DropBefore),
        case("500 before acting", before(500, &[], "")),
        case("500 after acting", after(500, &[], "")),
        case("502 as HTML before acting", before(502, &[("content-type", "text/html")], GATEWAY)),
        case("502 as HTML after acting", after(502, &[("content-type", "text/html")], GATEWAY)),
        case("503 before acting", before(503, &[("retry-after", "1")], "")),
        case("503 after acting", after(503, &[], "")),
        case("504 after acting", after(504, &[], "")),
        case("408 after acting", after(408, &[], "")),
        case("a redirect after acting", after(307, &[("location", "https://example.org/")], "")),
        case("slower than the longest request", FaultKind::Slow(Duration::from_secs(4))),
        case("429 that says when", before(429, &[("retry-after", "1")], "{}")),
        Case {
            first: (3, "due", "`pressroom connect`"),
            ..case("401 once", before(401, &[], r#"{"title":"Unauthorized","status":401}"#))
        },
        Case {
            times: 9,
            first: (3, "due", "`pressroom connect`"),
            second: (3, "due"),
            shown: 0,
            ..case("401 for good", before(401, &[], r#"{"title":"Unauthorized","status":401}"#))
        },
    ]
}

#[test]
fn x() {
    let of = ("POST", "/2/tweets");
    let case = |name, kind| Case { name, of, times: 1, kind, first: OUT, second: AGAIN, shown: 1 };
    let mut cases = common(of);
    cases.extend([
        case("a 201 that cannot be read", after(201, &[], "{\"data\":{\"id\":\"17")),
        case("a 200 of a page", after(200, &[("content-type", "text/html")], "<html>")),
        Case {
            times: 9,
            first: (3, "doubtful", "X twice gave no clear answer to part 1"),
            second: (3, "doubtful"),
            shown: 0,
            ..case("never an answer", FaultKind::DropBefore)
        },
        Case {
            first: (3, "due", "X wants credits"),
            ..case("402", before(402, &[], r#"{"title":"CreditsDepleted","detail":"Your enrolled account does not have any credits","type":"https://api.twitter.com/2/problems/credits"}"#))
        },
        Case {
            first: (3, "failed", "the same text was posted before"),
            second: (3, "failed"),
            shown: 0,
            ..case("403 duplicate", before(403, &[], r#"{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403}"#))
        },
        Case {
            first: (3, "failed", "please report this"),
            second: (3, "failed"),
            shown: 0,
            ..case("400 nobody knows", before(400, &[], r#"{"errors":[{"message":"what"}],"title":"Invalid Request"}"#))
        },
    ]);
    run("acme-x", "x", cases);
    limits("acme-x", "x", of);
}

#[test]
fn a_page_on_linkedin() {
    let of = ("POST", "/rest/posts");
    let case = |name, kind| Case { name, of, times: 1, kind, first: OUT, second: AGAIN, shown: 1 };
    let mut cases = common(of);
    cases.push(Case {
        times: 9,
        first: (3, "doubtful", "LinkedIn twice gave no clear answer"),
        second: (3, "doubtful"),
        shown: 0,
        ..case("never an answer", FaultKind::DropBefore)
    });
    cases.extend(refused_by_linkedin(of));
    run("acme-page", "linkedin", cases);
    limits("acme-page", "linkedin", of);
}

#[test]
fn a_person_on_linkedin() {
    let of = ("POST", "/rest/posts");
    let case = |name, kind| Case { name, of, times: 1, kind, first: OUT, second: AGAIN, shown: 1 };
    let mut cases = common(of);
    cases.extend([Case {
        times: 2,
        first: (3, "doubtful", "LinkedIn twice gave no clear answer"),
        second: (3, "doubtful"),
        ..case("both answers lost", FaultKind::DropAfter)
    }]);
    cases.extend(refused_by_linkedin(of));
    run("ann", "linkedin", cases);
    limits("ann", "linkedin", of);
}

fn refused_by_linkedin(of: (&'static str, &'static str)) -> Vec<Case> {
    let case = |name, kind, words| Case {
        name,
        of,
        times: 1,
        kind,
        first: (3, "failed", words),
        second: (3, "failed"),
        shown: 0,
    };
    vec![
        case(
            "422 duplicate",
            before(
                422,
                &[],
                r#"{"errorDetailType":"com.linkedin.common.error.BadRequest","message":"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of urn:li:share:7295588489876647936","errorDetails":{"inputErrors":[{"description":"Duplicate post is detected","input":{},"code":"DUPLICATE_POST"}]},"status":422}"#,
            ),
            "LinkedIn has the same post already, urn:li:share:7295588489876647936",
        ),
        case(
            "426 wrong version",
            before(
                426,
                &[],
                r#"{"status":426,"code":"NONEXISTENT_VERSION","message":"Requested version 20250101 is not active"}"#,
            ),
            "update pressroom",
        ),
    ]
}

/// A picture on both platforms, as a post file.
fn with_picture(scene: &Scene, id: &str, text: &str) {
    scene.press.bytes("media/tea.png", &picture(8, 8, 200));
    scene.post(id, "all", &format!("{text}\n\n![A cup of tea](media/tea.png)"));
}

/// Calls that show nothing: they are tried again, or the target waits or fails with words; in the end there is one post.
#[test]
fn uploads_and_look_ups() {
    let scene = Scene::new();
    let lost = [("POST", "/2/tweets", FaultKind::DropAfter), ("POST", "/rest/posts", FaultKind::DropAfter)];
    let one = |kind: FaultKind, of: &[(&'static str, &'static str)]| -> Vec<(&'static str, &'static str, FaultKind)> {
        of.iter().map(|(method, path)| (*method, *path, kind.clone())).collect()
    };
    let begin = [("POST", "/2/media/upload/initialize"), ("POST", "/rest/images")];
    let bytes = [("POST", "/2/media/upload/"), ("PUT", "/dms-uploads/")];
    let looks = [("GET", "/2/users/"), ("GET", "/rest/posts")];
    let both = |first: Vec<_>, second: &[(&'static str, &'static str, FaultKind)]| [first, second.to_vec()].concat();
    let mut wrong = Vec::new();
    for (number, (name, faults)) in [
        ("nothing goes wrong", vec![]),
        ("an upload that does not begin", one(before(503, &[], ""), &begin)),
        ("an upload that is cut off", one(FaultKind::DropAfter, &bytes)),
        ("an upload that is not taken", one(FaultKind::DropBefore, &bytes)),
        ("an upload that is refused as a page", one(before(500, &[], GATEWAY), &bytes)),
        ("an upload at a limit", one(before(429, &[("retry-after", "1")], "{}"), &begin)),
        ("a lost answer, and a look-up that fails", both(one(FaultKind::DropBefore, &looks), &lost)),
        ("a lost answer, and a look-up that is busy", both(one(before(503, &[], ""), &looks), &lost)),
        ("a lost answer, and a look-up that says nothing", both(one(before(200, &[], "<html>"), &looks), &lost)),
        (
            "a lost answer, and a look-up at a limit",
            both(one(before(429, &[("retry-after", "1")], "{}"), &looks), &lost),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let (id, text) = (format!("calls-{number}"), format!("Calls {number}."));
        with_picture(&scene, &id, &text);
        for (method, path, kind) in faults {
            scene.fault(method, path, 1, kind);
        }
        let first = scene.press.run(&["publish"]);
        let second = scene.press.run(&["publish"]);
        scene.stage.sim.world().calm();
        let shown = ["x", "linkedin"].map(|platform| scene.shown(platform, &text));
        let alt = shown
            .iter()
            .flatten()
            .all(|seen| seen.media.len() == 1 && seen.media[0].alt.as_deref() == Some("A cup of tea"));
        if (shown[0].len(), shown[1].len(), alt, second.code) != (1, 2, true, 0) {
            wrong.push(format!(
                "{name}: {} and {} shown\n{}---\n{}",
                shown[0].len(),
                shown[1].len(),
                first.stderr,
                second.stderr
            ));
        }
    }
    assert!(wrong.is_empty(), "{} went another way:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn a_bad_account_blocks_no_other() {
    for (method, path, answer, good) in [
        ("POST", "/2/tweets", before(401, &[], "{}"), ("linkedin", 2)),
        ("POST", "/rest/posts", before(401, &[], "{}"), ("x", 1)),
        ("POST", "/rest/posts", FaultKind::DropBefore, ("x", 1)),
        ("POST", "/2/tweets", before(402, &[], "{}"), ("linkedin", 2)),
    ] {
        let scene = Scene::new();
        scene.post("one", "all", "One.");
        scene.post("two", "all", "Two.");
        scene.fault(method, path, 99, answer.clone());
        scene.press.run(&["publish"]).exits(3);
        for text in ["One.", "Two."] {
            assert_eq!(scene.shown(good.0, text).len(), good.1, "{path} {answer:?}: {text}");
        }
        scene.press.run(&["publish"]).exits(3);
        assert_eq!(scene.stage.sim.seen().len(), 2 * good.1, "{path} {answer:?}");
    }
}

/// A refused login is the account's: its other posts are not even tried.
#[test]
fn a_refused_login_is_asked_once_in_a_run() {
    let scene = Scene::new();
    for id in ["one", "two", "three"] {
        scene.post(id, "acme-x", &format!("{id}."));
    }
    scene.fault("POST", "/2/tweets", 99, before(401, &[], "{}"));
    let ran = scene.press.run(&["publish"]).exits(3);
    assert_eq!(scene.requests("POST", "/2/tweets"), 1);
    assert_eq!(ran.stderr.matches("X no longer takes this login").count(), 3, "{}", ran.stderr);
}

/// A post that was changed after a call that may have shown it is not sent again: the text out there is another.
#[test]
fn a_doubtful_post_that_changes_waits_for_a_person() {
    let scene = Scene::new();
    scene.post("tea", "acme-x", "Tea is ready.");
    scene.fault("POST", "/2/tweets", 1, FaultKind::DropAfter);
    scene.fault("GET", "/2/users/", 99, before(401, &[], "{}"));
    scene.press.run(&["publish"]).exits(3);
    scene.stage.sim.world().calm();
    scene.post("tea", "acme-x", "Tea is really ready.");
    for command in [["publish"], ["status"]] {
        let ran = scene.press.run(&command).exits(3);
        assert!(ran.stdout.contains("tea → acme-x  changed since a call that may have shown it"), "{}", ran.stdout);
    }
    assert_eq!(scene.stage.texts("x"), ["Tea is ready."]);
    scene.press.git(&["config", "user.name", "Ann"]);
    scene.press.git(&["config", "user.email", "ann@example.org"]);
    scene.press.run(&["resolve", "tea:acme-x", "--published", "https://x.com/acme/status/1"]).exits(0);
    scene.press.run(&["publish"]).exits(0);
    assert_eq!(scene.stage.texts("x"), ["Tea is ready."]);
}

/// A ledger that lost what it knew of a post, pictures or not: what is late without a word is looked for first.
#[test]
fn a_post_the_ledger_has_forgotten_is_looked_for() {
    let mut scene = Scene::new();
    let state = scene.press.clone_with(scene.remote.to_str().unwrap(), "state", &["--branch=pressroom-state"]);
    let baselines = std::fs::read_to_string(state.repo.join("ledger/baseline.jsonl")).unwrap();
    let mut older = String::new();
    for line in baselines.lines() {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        entry["t"] = "2026-01-01T00:00:00Z".into();
        // Each line knows the one before it, as that was.
        entry.as_object_mut().unwrap().remove("prev");
        older += &format!("{entry}\n");
    }
    state.file("ledger/baseline.jsonl", &older).commit("older").git(&["push", "-q"]);
    let forget = ["update-ref", "-d", "refs/pressroom/state/pressroom-state"];
    scene.press.git(&forget);
    // Merged two hours ago.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    scene.press.env.push(("GIT_COMMITTER_DATE".to_owned(), format!("@{} +0000", now - 7200)));
    scene.press.bytes("media/tea.png", &picture(8, 8, 200));
    let text = "Tea.\n\n![A cup of tea](media/tea.png)";
    scene.post("tea", "acme-x, acme-page", text);
    scene.post("words", "acme-x, acme-page", "Words.");
    scene.press.run(&["publish"]).exits(0);
    assert_eq!((scene.stage.texts("x").len(), scene.stage.texts("linkedin").len()), (2, 2));
    state.git(&["pull", "-q"]);
    for id in ["tea", "words"] {
        state.git(&["rm", "-q", &pressroom::ledger::entry::path(&pressroom::post::PostId::new(id))]);
    }
    state.commit("forgotten").git(&["push", "-q"]);
    scene.press.git(&forget);
    scene.press.run(&["publish"]).exits(0);
    assert_eq!((scene.stage.texts("x").len(), scene.stage.texts("linkedin").len()), (2, 2));
    assert_eq!((scene.requests("POST", "/2/tweets"), scene.requests("POST", "/rest/posts")), (2, 2));
    assert_eq!(scene.ledger("tea").last().unwrap()["receipt"]["via"], "lookup");
}
