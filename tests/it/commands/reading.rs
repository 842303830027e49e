//! Commands that only read: `check`, `count`, `plan`, `status`, `log`.

use insta::assert_snapshot;

use crate::desk::{Desk, post};
use crate::press::{Press, Ran};
use crate::shown::{shown, steady};

/// Where `plan --at` stands in these tests: the hour of the first post.
const AT: &str = "2030-12-01 09:00";

/// One of each: a thread and a plain post that are due at [`AT`], one for later, one in another zone, a held one, a draft.
const POSTS: [(&str, &str); 6] = [
    (
        "posts/launch.md",
        "---\nid: launch\ntargets: [acme-x]\nschedule: 2030-12-01 09:00\nthread: true\n---\nTea is ready.\n\n---\n\nSo is \
         the [cake](https://example.org/cake).\n",
    ),
    ("posts/news.md", "---\nid: news\ntargets: [acme-page, ann]\nschedule: 2030-12-01 09:00\n---\nTea (green) is ready.\n"),
    ("posts/later.md", "---\nid: later\ntargets: [acme-x]\nschedule: 2030-12-24 18:00\n---\nCandles.\n"),
    ("posts/tokyo.md", "---\nid: tokyo\ntargets: [ann]\nschedule: 2031-01-01 00:00 Asia/Tokyo\n---\nA happy new year.\n"),
    ("posts/held.md", "---\nid: held\ntargets: [acme-x]\n---\nOne day.\n"),
    ("posts/idea.md", "---\nid: idea\ntargets: [acme-x]\ndraft: true\n---\nPerhaps.\n"),
];

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put(&POSTS);
    desk
}

#[test]
fn check_lists_problems_and_counts_them() {
    let press = Press::with(&POSTS);
    assert_snapshot!(press.run(&["check"]).exits(0).stdout, @"");
    press.file("posts/b.md", "---\nid: b\ntargets: [acme-z]\n---\nB\n");
    press.file("posts/sub/c.md", "---\nid: c\ntargets: [acme-x]\ncolour: green\n---\nC\n");
    press.run(&["check"]).exits(1);
    assert_snapshot!(press.run(&["check", "posts/sub"]).exits(1).stdout, @"");
    assert_snapshot!(press.run(&["check", "posts/held.md", "posts/idea.md"]).exits(0).stdout, @"");
    assert_snapshot!(shown(&press, &press.run(&["check", "../elsewhere.md"]).exits(2)), @"");
    assert_snapshot!(shown(&press, &press.run(&["check", "posts/nowhere.md"]).exits(2)), @"");
}

#[test]
fn check_takes_warnings_seriously_when_asked() {
    let press = Press::with(&[(
        "posts/tea.md",
        "---\nid: tea\ntargets: [ann]\ntags: [\"1\"]\n---\nTea is ready.\n",
    )]);
    let accounts = crate::press::ACCOUNTS.replace("[accounts.ann]", "[accounts.ann]\nhashtags = \"append\"");
    press.file("accounts.toml", &accounts);
    assert_snapshot!(press.run(&["check"]).exits(0).stdout, @"");
    assert_snapshot!(press.run(&["check", "--strict"]).exits(1).stdout, @"");
    assert_snapshot!(press.run(&["check", "--strict", "--format", "json"]).exits(1).stdout, @"");
}

#[test]
fn check_as_json() {
    let press = Press::with(&[("posts/tea.md", "---\nid: tea\ntargets: [acme-x]\ncolour: green\n---\nTea.\n")]);
    assert_snapshot!(press.run(&["check", "--format", "json"]).exits(1).stdout, @"");
    press.git(&["rm", "-q", "--cached", "accounts.toml"]);
    std::fs::remove_file(press.repo.join("accounts.toml")).unwrap();
    let broken = press.run(&["check", "--format", "json"]).exits(1);
    assert_snapshot!(broken.stdout, @"");
}

#[test]
fn count_tells_how_each_platform_counts() {
    let press = Press::new();
    let text = "Tea (green) is ready 🍵 https://example.org/a-long-address-about-tea\n";
    assert_snapshot!(press.run_with(&["count"], text).exits(0).stdout, @"");
    assert_snapshot!(press.run_with(&["count", "--platform", "x"], text).exits(0).stdout, @"");
    assert_snapshot!(press.run_with(&["count", "--platform", "x", "--format", "json"], text).exits(0).stdout, @"");
    assert_snapshot!(press.run_with(&["count", "-p", "x"], &"tea ".repeat(100)).exits(1).stdout, @"");
    assert_snapshot!(shown(&press, &press.run_with(&["count", "-p", "myspace"], text).exits(2)), @"");
    let mut latin = press.command(&["count"]);
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, b"Th\xe9").unwrap();
    drop(writer);
    let ran = Ran::of(&latin.stdin(reader).output().unwrap()).exits(1);
    assert_snapshot!(shown(&press, &ran), @"");
}

#[test]
fn count_tells_how_long_a_post_is() {
    let press = Press::with(&POSTS);
    assert_snapshot!(press.run(&["count", "posts/launch.md"]).exits(0).stdout, @"");
    assert_snapshot!(press.run(&["count", "posts/news.md", "-p", "linkedin"]).exits(0).stdout, @"");
    press.file("posts/long.md", &post("", &"Tea is ready. ".repeat(30)));
    assert_snapshot!(shown(&press, &press.run(&["count", "posts/long.md"]).exits(1)), @"");
    assert_snapshot!(shown(&press, &press.run(&["count", "posts/none.md"]).exits(2)), @"");
}

#[test]
fn plan_reads_like_sentences() {
    let desk = desk();
    let plan = desk.press.run(&["plan", "--at", AT]).exits(0);
    assert_eq!(plan.stderr, "");
    let (head, rows) = plan.stdout.split_once("\n\n").unwrap();
    let commit = desk.press.git(&["rev-parse", "HEAD"]);
    assert_eq!(head, format!("Plan for Sun 1 Dec 2030 09:00 Europe/Amsterdam, commit {}", &commit[..7]));
    assert_snapshot!(rows, @"");
    let early = desk.press.run(&["plan", "--at", "2030-11-30T08:00:00Z"]).exits(0);
    assert_snapshot!(early.stdout.split_once("\n\n").unwrap().1, @"");
    let late = desk.press.run(&["plan", "--at", "2030-12-03 09:00"]).exits(3);
    assert_snapshot!(late.stdout.split_once("\n\n").unwrap().1, @"");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["plan", "--at", "noon"]).exits(2)), @"");
    desk.nothing_happened();
}

#[test]
fn plan_as_json() {
    let desk = desk();
    desk.press.git(&["rm", "-q", "posts/later.md", "posts/tokyo.md", "posts/idea.md", "posts/news.md"]);
    desk.push();
    let plan = desk.press.run(&["plan", "--format", "json", "--at", AT]).exits(0);
    assert_snapshot!(steady(&plan.stdout), @"");
    let status = desk.press.run(&["status", "--format", "json"]).exits(0).json();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&status), keys(&plan.json()));
    assert_eq!(keys(&status["targets"][0]), keys(&plan.json()["targets"][0]));
}

#[test]
fn plan_tells_scripts_whether_something_is_due() {
    let desk = desk();
    let code = |at: &str| desk.press.run(&["plan", "--detailed-exitcode", "--at", at]).code;
    assert_eq!(code(AT), 10);
    assert_eq!(code("2030-11-30 09:00"), 0);
    assert_eq!(code("2030-12-03 09:00"), 3);
    desk.press.file("posts/wrong.md", "---\nid: wrong\n---\n").commit("wrong");
    assert_eq!(code("2030-11-30 09:00"), 1);
}

#[test]
fn plan_works_without_the_remote() {
    let desk = desk();
    std::fs::rename(desk.press.folder().join("remote.git"), desk.press.folder().join("gone.git")).unwrap();
    let offline = desk.press.run(&["plan", "--offline", "--at", AT]).exits(0);
    assert_eq!(offline.stderr, "");
    let online = desk.press.run(&["plan", "--at", AT]).exits(0);
    assert_eq!(online.stdout, offline.stdout);
    assert_snapshot!(steady(&online.stderr.replace(desk.press.folder().to_str().unwrap(), "[folder]")), @"");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["publish"]).exits(4)), @"");
}

#[test]
fn an_unconnected_account_is_told_when_it_matters() {
    let press = Press::with(&POSTS);
    let plan = press.run(&["plan", "--at", AT]).exits(3);
    assert_snapshot!(plan.stdout.split_once("\n\n").unwrap().1, @"");
}

#[test]
fn a_repository_without_posts() {
    let press = Press::with(&[]);
    for command in ["check", "plan", "status", "log"] {
        assert!(press.run(&[command]).exits(0).stderr.is_empty());
    }
    assert_snapshot!(press.run(&["check"]).stdout, @"");
    assert_snapshot!(press.run(&["plan"]).stdout.split_once("\n\n").unwrap().1, @"");
    assert_snapshot!(press.run(&["status"]).stdout, @"");
    assert_snapshot!(press.run(&["log"]).stdout, @"");
}

#[test]
fn status_and_log_tell_what_happened() {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea is ready.")), ("posts/idea.md", POSTS[5].1.to_owned())]);
    let publish = desk.press.run(&["publish"]).exits(0);
    assert_snapshot!(steady(&publish.stdout), @"");
    assert_snapshot!(sorted(&steady(&publish.stderr)), @"");
    assert_snapshot!(steady(&desk.press.run(&["status"]).exits(0).stdout), @"");
    assert_snapshot!(steady(&desk.press.run(&["status", "idea"]).exits(0).stdout), @"");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["status", "te"]).exits(2)), @"");
    let log = desk.press.run(&["log", "tea"]).exits(0).stdout;
    let sentences: String = log.lines().map(|line| format!("{}\n", clock(line))).collect();
    assert_snapshot!(sorted(&steady(&sentences)), @"");
    for line in desk.press.run(&["log", "--format", "json"]).exits(0).stdout.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(entry["v"], 1, "{line}");
    }
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["log", "te"]).exits(2)), @"");
    // Nothing is left to do.
    assert_snapshot!(steady(&desk.press.run(&["publish"]).exits(0).stdout), @"");
    let json = desk.press.run(&["publish", "--format", "json"]).exits(0);
    assert_snapshot!(steady(&json.stdout).split_once("\"targets\"").unwrap().0, @"");
    assert_eq!(json.json()["exit"], 0);
}

/// Lines in the order of the alphabet: accounts work side by side.
fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// A line of the log without its instants.
fn clock(line: &str) -> String {
    let (_, rest) = line.split_at(20);
    let rest = rest.split_once(" until ").map_or(rest.to_owned(), |(rest, _)| format!("{rest} until [time]"));
    format!("[time]{rest}")
}
