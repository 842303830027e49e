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
    (
        "posts/news.md",
        "---\nid: news\ntargets: [acme-page, ann]\nschedule: 2030-12-01 09:00\n---\nTea (green) is ready.\n",
    ),
    ("posts/later.md", "---\nid: later\ntargets: [acme-x]\nschedule: 2030-12-24 18:00\n---\nCandles.\n"),
    (
        "posts/tokyo.md",
        "---\nid: tokyo\ntargets: [ann]\nschedule: 2031-01-01 00:00 Asia/Tokyo\n---\nA happy new year.\n",
    ),
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
    assert_snapshot!(press.run(&["check"]).exits(0).stdout, @"6 posts: all is well.");
    press.file("posts/b.md", "---\nid: b\ntargets: [acme-z]\n---\nB\n");
    press.file("posts/sub/c.md", "---\nid: c\ntargets: [acme-x]\ncolour: green\n---\nC\n");
    press.run(&["check"]).exits(1);
    assert_snapshot!(press.run(&["check", "posts/sub"]).exits(1).stdout, @"
    error[unknown-key]: there is no key `colour`
     --> posts/sub/c.md:4:1
      |
    4 | colour: green
      | ^^^^^^
      |
      = hint: data of your own goes under `params`

    1 post: 1 error.
    ");
    assert_snapshot!(press.run(&["check", "posts/held.md", "posts/idea.md"]).exits(0).stdout, @"2 posts: all is well.");
    assert_snapshot!(shown(&press, &press.run(&["check", "../elsewhere.md"]).exits(2)), @"error: ../elsewhere.md is not in the repository [folder]/repo");
    assert_snapshot!(shown(&press, &press.run(&["check", "posts/nowhere.md"]).exits(2)), @"error: there is no posts/nowhere.md");
}

#[test]
fn check_takes_warnings_seriously_when_asked() {
    let press = Press::with(&[("posts/tea.md", "---\nid: tea\ntargets: [ann]\ntags: [\"1\"]\n---\nTea is ready.\n")]);
    let accounts = crate::press::ACCOUNTS.replace("[accounts.ann]", "[accounts.ann]\nhashtags = \"append\"");
    press.file("accounts.toml", &accounts);
    assert_snapshot!(press.run(&["check"]).exits(0).stdout, @r#"
    warning[tag-left-out]: the tag `1` cannot be a hashtag, so it is left out
     --> posts/tea.md:4:7
      |
    4 | tags: ["1"]
      |       ^^^^^
      |
      = hint: a hashtag needs a letter

    1 post: 1 warning.
    "#);
    assert_snapshot!(press.run(&["check", "--strict"]).exits(1).stdout, @r#"
    warning[tag-left-out]: the tag `1` cannot be a hashtag, so it is left out
     --> posts/tea.md:4:7
      |
    4 | tags: ["1"]
      |       ^^^^^
      |
      = hint: a hashtag needs a letter

    1 post: 1 error.
    "#);
    assert_snapshot!(press.run(&["check", "--strict", "--format", "json"]).exits(1).stdout, @r#"
    {
      "schema": 1,
      "problems": [
        {
          "path": "posts/tea.md",
          "line": 4,
          "column": 7,
          "end_line": 4,
          "end_column": 12,
          "severity": "warning",
          "code": "tag-left-out",
          "message": "the tag `1` cannot be a hashtag, so it is left out",
          "hint": "a hashtag needs a letter"
        }
      ],
      "posts": 1,
      "errors": 1,
      "warnings": 0
    }
    "#);
}

#[test]
fn check_as_json() {
    let press = Press::with(&[("posts/tea.md", "---\nid: tea\ntargets: [acme-x]\ncolour: green\n---\nTea.\n")]);
    assert_snapshot!(press.run(&["check", "--format", "json"]).exits(1).stdout, @r#"
    {
      "schema": 1,
      "problems": [
        {
          "path": "posts/tea.md",
          "line": 4,
          "column": 1,
          "end_line": 4,
          "end_column": 7,
          "severity": "error",
          "code": "unknown-key",
          "message": "there is no key `colour`",
          "hint": "data of your own goes under `params`"
        }
      ],
      "posts": 1,
      "errors": 1,
      "warnings": 0
    }
    "#);
    press.git(&["rm", "-q", "--cached", "accounts.toml"]);
    std::fs::remove_file(press.repo.join("accounts.toml")).unwrap();
    let broken = press.run(&["check", "--format", "json"]).exits(1);
    assert_snapshot!(broken.stdout, @r#"
    {
      "schema": 1,
      "error": {
        "message": "accounts.toml: the file is not there",
        "causes": [],
        "hints": [
          "`pressroom init` makes one; then commit it"
        ],
        "exit": 1
      },
      "problems": []
    }
    "#);
}

#[test]
fn count_tells_how_each_platform_counts() {
    let press = Press::new();
    let text = "Tea (green) is ready 🍵 https://example.org/a-long-address-about-tea\n";
    assert_snapshot!(press.run_with(&["count"], text).exits(0).stdout, @"
    x              47 / 280    weighted characters
    linkedin       67 / 3000   characters
    facebook       68 / 63206  UTF-16 units
    instagram      68 / 2200   UTF-16 units
    threads        70 / 500    characters
    youtube        70 / 5000   bytes
    tiktok         68 / 2200   UTF-16 units
    bluesky        67 / 300    graphemes
    mastodon       46 / 500    graphemes
    discord        67 / 2000   characters
    telegram       68 / 4096   UTF-16 units
    forem          67 / 819200 characters
    slack          67 / 4000   characters
    ");
    assert_snapshot!(press.run_with(&["count", "--platform", "x"], text).exits(0).stdout, @"x      47 / 280    weighted characters");
    assert_snapshot!(press.run_with(&["count", "--platform", "x", "--format", "json"], text).exits(0).stdout, @r#"
    {
      "schema": 1,
      "counts": [
        {
          "platform": "x",
          "label": "x",
          "count": 47,
          "limit": 280,
          "unit": "weighted characters",
          "fits": true
        }
      ]
    }
    "#);
    assert_snapshot!(press.run_with(&["count", "-p", "x"], &"tea ".repeat(100)).exits(1).stdout, @"x     400 / 280    weighted characters  120 too many");
    assert_snapshot!(shown(&press, &press.run_with(&["count", "-p", "myspace"], text).exits(2)), @"
    error: invalid value 'myspace' for '--platform <PLATFORM>': no such platform; there are x, linkedin, facebook, instagram, threads, youtube, tiktok, bluesky, mastodon, discord, telegram, forem, slack

    For more information, try '--help'.
    ");
    let mut latin = press.command(&["count"]);
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, b"Th\xe9").unwrap();
    drop(writer);
    let ran = Ran::of(&latin.stdin(reader).output().unwrap()).exits(1);
    assert_snapshot!(shown(&press, &ran), @"
    error: stdin is not UTF-8: byte 2 is no character
    hint: convert it, for instance with `iconv -t utf-8`
    ");
}

#[test]
fn count_tells_how_long_a_post_is() {
    let press = Press::with(&POSTS);
    assert_snapshot!(press.run(&["count", "posts/launch.md"]).exits(0).stdout, @"
    acme-x 1/2      13 / 280    weighted characters
    acme-x 2/2      41 / 280    weighted characters
    ");
    assert_snapshot!(press.run(&["count", "posts/news.md", "-p", "linkedin"]).exits(0).stdout, @"
    acme-page      21 / 3000   characters
    ann            21 / 3000   characters
    ");
    press.file("posts/long.md", &post("", &"Tea is ready. ".repeat(30)));
    assert_snapshot!(shown(&press, &press.run(&["count", "posts/long.md"]).exits(1)), @"
    acme-x        419 / 280    weighted characters  139 too many
    acme-page     419 / 3000   characters
    ann           419 / 3000   characters
    ");
    assert_snapshot!(shown(&press, &press.run(&["count", "posts/none.md"]).exits(2)), @"error: there is no posts/none.md");
}

#[test]
fn plan_reads_like_sentences() {
    let desk = desk();
    let plan = desk.press.run(&["plan", "--at", AT]).exits(0);
    assert_eq!(plan.stderr, "");
    let (head, rows) = plan.stdout.split_once("\n\n").unwrap();
    let commit = desk.press.git(&["rev-parse", "HEAD"]);
    assert_eq!(head, format!("Plan for Sun 1 Dec 2030 09:00 Europe/Amsterdam, commit {}", &commit[..7]));
    assert_snapshot!(rows, @"
    Due
      launch → acme-x   publishes a thread of 2 now
           1/2  13/280 │ Tea is ready.
           2/2  41/280 │ So is the cake (https://example.org/cake).
                 costs │ $0.215
      news → acme-page  publishes the post now
               21/3000 │ Tea (green) is ready.
      news → ann        publishes the post now
               21/3000 │ Tea (green) is ready.

    Scheduled
      later → acme-x    goes out Tue 24 Dec 2030 18:00 Europe/Amsterdam, in 23 d 9 h
      tokyo → ann       goes out Wed 1 Jan 2031 00:00 Asia/Tokyo, in 30 d 7 h

    Held
      held → acme-x     no `schedule`: add one, or `schedule: on-merge`

    3 to publish, 2 scheduled, 1 held, 1 draft. Costs $0.215. Next: later → acme-x in 23 d 9 h.
    plan 4264d596a8559fdd6d1c6da8f005d796
    ");
    let early = desk.press.run(&["plan", "--at", "2030-11-30T08:00:00Z"]).exits(0);
    assert_snapshot!(early.stdout.split_once("\n\n").unwrap().1, @"
    Scheduled
      launch → acme-x   goes out Sun 1 Dec 2030 09:00 Europe/Amsterdam, in 1 d
      news → acme-page  goes out Sun 1 Dec 2030 09:00 Europe/Amsterdam, in 1 d
      news → ann        goes out Sun 1 Dec 2030 09:00 Europe/Amsterdam, in 1 d
      later → acme-x    goes out Tue 24 Dec 2030 18:00 Europe/Amsterdam, in 24 d 9 h
      tokyo → ann       goes out Wed 1 Jan 2031 00:00 Asia/Tokyo, in 31 d 7 h

    Held
      held → acme-x     no `schedule`: add one, or `schedule: on-merge`

    Nothing to publish, 5 scheduled, 1 held, 1 draft. Next: launch → acme-x in 1 d.
    plan 4264d596a8559fdd6d1c6da8f005d796
    ");
    let late = desk.press.run(&["plan", "--at", "2030-12-03 09:00"]).exits(3);
    assert_snapshot!(late.stdout.split_once("\n\n").unwrap().1, @"
    Missed
      launch → acme-x   was due Sun 1 Dec 2030 09:00 Europe/Amsterdam; `pressroom retry launch:acme-x`
                        publishes it now
      news → acme-page  was due Sun 1 Dec 2030 09:00 Europe/Amsterdam; `pressroom retry news:acme-page`
                        publishes it now
      news → ann        was due Sun 1 Dec 2030 09:00 Europe/Amsterdam; `pressroom retry news:ann`
                        publishes it now

    Scheduled
      later → acme-x    goes out Tue 24 Dec 2030 18:00 Europe/Amsterdam, in 21 d 9 h
      tokyo → ann       goes out Wed 1 Jan 2031 00:00 Asia/Tokyo, in 28 d 7 h

    Held
      held → acme-x     no `schedule`: add one, or `schedule: on-merge`

    Nothing to publish, 3 missed, 2 scheduled, 1 held, 1 draft. Next: later → acme-x in 21 d 9 h.
    plan f6c72107751b4f75fbebe341907d3855
    ");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["plan", "--at", "noon"]).exits(2)), @r#"
    error: `--at "noon"` is no date and time
    hint: write `--at "2026-12-01 09:00"`, or RFC 3339 such as `--at "2026-12-01T09:00:00+01:00"`
    "#);
    desk.nothing_happened();
}

#[test]
fn plan_as_json() {
    let desk = desk();
    desk.press.git(&["rm", "-q", "posts/later.md", "posts/tokyo.md", "posts/idea.md", "posts/news.md"]);
    desk.push();
    let plan = desk.press.run(&["plan", "--format", "json", "--at", AT]).exits(0);
    assert_snapshot!(steady(&plan.stdout), @r#"
    {
      "schema": 1,
      "at": "2030-12-01T08:00:00Z",
      "commit": "[id]",
      "cost_usd": 0.215,
      "targets": [
        {
          "post": "launch",
          "path": "posts/launch.md",
          "account": "acme-x",
          "platform": "x",
          "state": "due",
          "action": "publish",
          "due": "2030-12-01T08:00:00Z",
          "reason": null,
          "parts": [
            {
              "text": "Tea is ready.",
              "count": 13,
              "limit": 280
            },
            {
              "text": "So is the cake (https://example.org/cake).",
              "count": 41,
              "limit": 280
            }
          ],
          "media": [],
          "kind": "feed",
          "visibility": "public",
          "title": null,
          "lang": null,
          "tags": [],
          "card": null,
          "poll": null,
          "reply_to": null,
          "quote_of": null,
          "repost_of": null,
          "first_comment": null,
          "settings": {},
          "receipt": null,
          "warnings": [],
          "cost_usd": 0.215
        },
        {
          "post": "held",
          "path": "posts/held.md",
          "account": "acme-x",
          "platform": "x",
          "state": "held",
          "action": null,
          "due": null,
          "reason": "no `schedule`: add one, or `schedule: on-merge`",
          "parts": [
            {
              "text": "One day.",
              "count": 8,
              "limit": 280
            }
          ],
          "media": [],
          "kind": "feed",
          "visibility": "public",
          "title": null,
          "lang": null,
          "tags": [],
          "card": null,
          "poll": null,
          "reply_to": null,
          "quote_of": null,
          "repost_of": null,
          "first_comment": null,
          "settings": {},
          "receipt": null,
          "warnings": [],
          "cost_usd": 0.015
        }
      ],
      "budgets": [],
      "problems": [],
      "hash": "[id]"
    }
    "#);
    let status = desk.press.run(&["status", "--format", "json"]).exits(0).json();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    // A status is of what has been as well, and has no hash of what is ahead.
    assert_eq!([keys(&status), vec!["hash".to_owned()]].concat(), keys(&plan.json()));
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
    assert_snapshot!(steady(&online.stderr.replace(desk.press.folder().to_str().unwrap(), "[folder]")), @"note: cannot read from remote `origin` ([folder]/remote.git); this is the ledger as last seen here");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["publish"]).exits(4)), @"
    error: cannot read from remote `origin` ([folder]/remote.git)
      because: fatal: '[folder]/remote.git' does not appear to be a git repository
               fatal: Could not read from remote repository.
               Please make sure you have the correct access rights
               and the repository exists.
    hint: check the address: `git remote -v`
    ");
}

#[test]
fn an_unconnected_account_is_told_when_it_matters() {
    let press = Press::with(&POSTS);
    let plan = press.run(&["plan", "--at", AT]).exits(3);
    assert_snapshot!(plan.stdout.split_once("\n\n").unwrap().1, @"
    Due
      launch → acme-x   acme-x is not connected: `pressroom connect acme-x`
           1/2  13/280 │ Tea is ready.
           2/2  41/280 │ So is the cake (https://example.org/cake).
                 costs │ $0.215
      news → acme-page  acme-page is not connected: `pressroom connect acme-page`
               21/3000 │ Tea (green) is ready.
      news → ann        ann is not connected: `pressroom connect ann`
               21/3000 │ Tea (green) is ready.

    Scheduled
      later → acme-x    goes out Tue 24 Dec 2030 18:00 Europe/Amsterdam, in 23 d 9 h
      tokyo → ann       goes out Wed 1 Jan 2031 00:00 Asia/Tokyo, in 30 d 7 h

    Held
      held → acme-x     no `schedule`: add one, or `schedule: on-merge`

    Nothing to publish, 3 due, 2 scheduled, 1 held, 1 draft. Next: later → acme-x in 23 d 9 h.
    plan 4264d596a8559fdd6d1c6da8f005d796
    ");
}

#[test]
fn a_repository_without_posts() {
    let press = Press::with(&[]);
    for command in ["check", "plan", "status"] {
        assert!(press.run(&[command]).exits(0).stderr.is_empty());
    }
    assert_snapshot!(press.run(&["check"]).stdout, @"0 posts: all is well.");
    assert_snapshot!(press.run(&["plan"]).stdout.split_once("\n\n").unwrap().1, @"Nothing to publish.");
    assert_snapshot!(press.run(&["status"]).stdout, @"There are no posts.");
    assert_snapshot!(shown(&press, &press.run(&["log"]).exits(0)), @"the ledger has no entries yet");
}

#[test]
fn status_and_log_tell_what_happened() {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea is ready.")), ("posts/idea.md", POSTS[5].1.to_owned())]);
    let publish = desk.press.run(&["publish"]).exits(0);
    assert_snapshot!(steady(&publish.stdout), @"
    Published
      tea → acme-x     [time] Europe/Amsterdam
                       https://x.com/acme/status/[id]
      tea → acme-page  [time] Europe/Amsterdam
                       https://www.linkedin.com/feed/update/urn:li:share:[id]/
      tea → ann        [time] Europe/Amsterdam
                       https://www.linkedin.com/feed/update/urn:li:share:[id]/

    3 published now, 1 draft.
    ");
    assert_snapshot!(sorted(&steady(&publish.stderr)), @"
    tea → acme-page: published https://www.linkedin.com/feed/update/urn:li:share:[id]/
    tea → acme-x: published https://x.com/acme/status/[id]
    tea → ann: published https://www.linkedin.com/feed/update/urn:li:share:[id]/
    ");
    assert_snapshot!(steady(&desk.press.run(&["status"]).exits(0).stdout), @"
    Drafts
      idea → acme-x

    Published
      tea → acme-x     [time] Europe/Amsterdam
                       https://x.com/acme/status/[id]
      tea → acme-page  [time] Europe/Amsterdam
                       https://www.linkedin.com/feed/update/urn:li:share:[id]/
      tea → ann        [time] Europe/Amsterdam
                       https://www.linkedin.com/feed/update/urn:li:share:[id]/

    1 draft, 3 published.
    ");
    assert_snapshot!(steady(&desk.press.run(&["status", "idea"]).exits(0).stdout), @"
    Drafts
      idea → acme-x

    1 draft.
    ");
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["status", "te"]).exits(2)), @"
    error: there is no post `te`
    hint: `pressroom status` lists the posts by their ids
    ");
    let log = desk.press.run(&["log", "tea"]).exits(0).stdout;
    let sentences: String = log.lines().map(|line| format!("{}\n", clock(line))).collect();
    assert_snapshot!(sorted(&steady(&sentences)), @"
    [time]  tea → acme-page  claimed until [time]
    [time]  tea → acme-page  published https://www.linkedin.com/feed/update/urn:li:share:[id]/
    [time]  tea → acme-x  claimed until [time]
    [time]  tea → acme-x  published https://x.com/acme/status/[id]
    [time]  tea → ann  claimed until [time]
    [time]  tea → ann  published https://www.linkedin.com/feed/update/urn:li:share:[id]/
    ");
    for line in desk.press.run(&["log", "--format", "json"]).exits(0).stdout.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(entry["v"], 1, "{line}");
    }
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["log", "te"]).exits(2)), @"
    error: there is no post `te`
    hint: `pressroom status` lists the posts by their ids
    ");
    // Nothing is left to do.
    assert_snapshot!(steady(&desk.press.run(&["publish"]).exits(0).stdout), @"Nothing published, 1 draft, 3 published earlier.");
    let json = desk.press.run(&["publish", "--format", "json"]).exits(0);
    assert_snapshot!(steady(&json.stdout).split_once("\"targets\"").unwrap().0, @r#"
    {
      "schema": 1,
      "run": "[id]",
    "#);
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
