//! `watch` as people run it: posts that become due, files that are saved, branches that come and go, remotes and folders that
//! vanish, and being asked to stop.

#![expect(
    clippy::print_stdout,
    reason = "how late and how idle it is are figures of this machine: told, with --nocapture"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use pressroom::clock::Clock;
use pressroom::sim::FaultKind;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::press::{Press, Ran};
use crate::scene::{Scene, next_second, until};

/// A `watch` at work.
struct Watching {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reader: std::thread::JoinHandle<()>,
}

impl Watching {
    /// Runs it, and waits until its first round is over.
    fn start(press: &Press, args: &[&str]) -> Self {
        let mut command = press.command(&[&["watch", "--format", "json"], args].concat());
        let watching = Self::spawn(command.stdin(Stdio::null()));
        until("the first round is over", || watching.count("ran") > 0);
        watching
    }

    fn spawn(command: &mut std::process::Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (all, stdout) = (lines.clone(), BufReader::new(child.stdout.take().unwrap()));
        let reader = std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).for_each(|line| all.lock().unwrap().push(line));
        });
        Self { child, lines, reader }
    }

    fn text(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    fn events(&self) -> Vec<Value> {
        self.lines.lock().unwrap().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn all(&self, name: &str) -> Vec<Value> {
        self.events().into_iter().filter(|event| event["event"] == name).collect()
    }

    fn count(&self, name: &str) -> usize {
        self.all(name).len()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits until it has ended; what it said.
    fn end(self) -> Ran {
        let output = self.child.wait_with_output().unwrap();
        self.reader.join().unwrap();
        let lines = self.lines.lock().unwrap().join("\n");
        Ran { stdout: lines, ..Ran::of(&output) }
    }

    /// Asks it to stop, which is no failure.
    #[track_caller]
    fn stop(self) -> Ran {
        kill_process(self.pid(), Signal::TERM).unwrap();
        let ran = self.end().exits(0);
        assert!(ran.stdout.lines().last().unwrap().contains("stopped"), "{}", ran.stdout);
        ran
    }
}

fn now() -> DateTime<Utc> {
    Clock::system().now()
}

/// A post that is due at an instant.
fn due(scene: &Scene, id: &str, account: &str, at: DateTime<Utc>) {
    let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let text = format!("---\nid: {id}\ntargets: [{account}]\nschedule: {at}\n---\nText of {id}.\n");
    scene.press.file(&format!("posts/{id}.md"), &text);
}

fn push(scene: &Scene) {
    scene.press.commit("posts").git(&["push", "-q", "origin", "HEAD:main"]);
}

/// Twenty posts, one or two seconds apart. That none is early and each is out once always holds. How late they are is told: under
/// a second where the machine has nothing else to do; who looked only now and then would be late by minutes.
#[test]
fn what_is_due_goes_out_when_it_is_due() {
    let scene = Scene::new();
    let first = now() + TimeDelta::seconds(12);
    let accounts = ["acme-x", "ann", "acme-page"];
    let ids: Vec<String> = (0..20).map(|post| format!("due-{post:02}")).collect();
    for (post, id) in ids.iter().enumerate() {
        let seconds = i64::try_from(post * 3 / 2).unwrap();
        due(&scene, id, accounts[post % 3], first + TimeDelta::seconds(seconds));
    }
    push(&scene);
    let watching = Watching::start(&scene.press, &[]);
    until("all are out", || scene.stage.sim.seen().len() >= 20);
    until("all are told", || watching.all("target").len() >= 20);
    watching.stop();
    let mut late: Vec<i64> = Vec::new();
    for (post, id) in ids.iter().enumerate() {
        let ledger = scene.ledger(id);
        let receipts: Vec<_> = ledger.iter().filter(|line| line["ev"] == "published").collect();
        assert_eq!(receipts.len(), 1, "{id}");
        let at: DateTime<Utc> = receipts[0]["receipt"]["at"].as_str().unwrap().parse().unwrap();
        let seconds = TimeDelta::seconds(i64::try_from(post * 3 / 2).unwrap());
        late.push((at - (first + seconds).trunc()).num_milliseconds());
    }
    println!("late by, in milliseconds: {late:?}");
    assert!(late.iter().all(|late| *late >= 0), "{late:?}");
    late.sort_unstable();
    assert!(late[late.len() / 2] <= 10_000, "{late:?}");
    assert_eq!(scene.stage.sim.seen().len(), 20);
}

trait Trunc {
    fn trunc(self) -> Self;
}

impl Trunc for DateTime<Utc> {
    /// Schedules are written in whole seconds.
    fn trunc(self) -> Self {
        chrono::SubsecRound::trunc_subsecs(self, 0)
    }
}

#[test]
fn a_hundred_saves_are_one_check() {
    let scene = Scene::new();
    scene.press.file("posts/tea.md", "---\nid: tea\ntargets: [ann]\n---\nTea.\n");
    push(&scene);
    let watching = Watching::start(&scene.press, &[]);
    let post = |save: usize, key: &str| {
        scene.press.file("posts/tea.md", &format!("---\nid: tea\ntargets: [ann]\n{key}---\nTea, {save}.\n"));
    };
    for (last, errors) in [("tagets: []\n", 1), ("", 0)] {
        let before = watching.count("checked");
        (0..99).for_each(|save| post(save, "draft: maybe\n"));
        post(99, last);
        until("the last state is told", || {
            watching.all("checked").last().is_some_and(|checked| checked["errors"] == errors)
        });
        // Whatever was to be told is told by now.
        std::thread::sleep(Duration::from_millis(600));
        let checks = watching.all("checked");
        let last = checks.last().unwrap();
        assert_eq!((&last["errors"], &last["files"]), (&errors.into(), &serde_json::json!(["posts/tea.md"])), "{last}");
        assert!(checks.len() - before <= 3, "{} checks", checks.len() - before);
    }
    // Editors write beside the file and move; what is no post is not told.
    let before = watching.count("checked");
    scene.press.file("posts/.tea.md.swp", "x").file("posts/4913", "x");
    scene.press.bytes("posts/tea.md~", b"---\nid: tea\ntargets: [nobody]\n---\nTea.\n");
    std::fs::rename(scene.press.repo.join("posts/tea.md~"), scene.press.repo.join("posts/tea.md")).unwrap();
    until("the new file is told", || watching.all("checked").last().is_some_and(|checked| checked["errors"] == 1));
    assert!(watching.count("checked") - before <= 3);
    watching.stop();
    assert_eq!(scene.stage.sim.seen(), []);
}

#[test]
fn branches_are_switched_and_rebased_while_it_runs() {
    let scene = Scene::new();
    scene.post("tea", "ann", "Tea.");
    let watching = Watching::start(&scene.press, &[]);
    until("it is out", || scene.shown("linkedin", "Tea.").len() == 1);
    let git = |args: &[&str]| scene.press.git(args);
    // A draft on a branch of its own: checked, not published.
    git(&["switch", "-q", "-c", "draft"]);
    scene.press.file("posts/jam.md", &crate::scene::post("jam", "ann", "Jam.")).commit("jam");
    scene.press.file("posts/bad.md", &crate::scene::post("bad", "nobody", "Bad.")).commit("bad");
    until("the draft is checked", || watching.all("checked").last().is_some_and(|checked| checked["errors"] == 1));
    until("the branch is told", || watching.all("branch").last().is_some_and(|branch| branch["branch"] == "draft"));
    // Meanwhile main goes on; the folder goes and comes back.
    git(&["switch", "-q", "main"]);
    until("main is checked", || watching.all("checked").last().is_some_and(|checked| checked["errors"] == 0));
    scene.press.file("README.md", "Ours.").commit("words");
    git(&["switch", "-q", "--orphan", "empty"]);
    git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
    until("there is nothing to check", || watching.count("unreadable") > 0);
    git(&["switch", "-q", "draft"]);
    git(&["rebase", "-q", "main"]);
    git(&["rm", "-q", "posts/bad.md"]);
    git(&["commit", "-q", "-m", "no bad"]);
    until("it is right", || watching.all("checked").last().is_some_and(|checked| checked["errors"] == 0));
    assert_eq!(scene.stage.sim.seen().len(), 1, "nothing of a draft is published");
    // With the push it is published, from a branch that is not checked out.
    git(&["push", "-q", "origin", "draft:main"]);
    until("jam is out", || scene.shown("linkedin", "Jam.").len() == 1);
    until("it is told", || watching.all("target").len() == 2);
    watching.stop();
    assert_eq!(scene.stage.sim.seen().len(), 2);
}

#[test]
fn a_remote_that_is_down_is_waited_for() {
    let scene = Scene::new();
    let away = scene.remote.with_extension("away");
    let watching = Watching::start(&scene.press, &[]);
    due(&scene, "tea", "ann", now() + TimeDelta::seconds(5));
    push(&scene);
    until("it is planned", || watching.all("ran").last().is_some_and(|ran| ran["next"]["post"] == "tea"));
    std::fs::rename(&scene.remote, &away).unwrap();
    until("it has been tried three times", || watching.count("failed") >= 3);
    assert!(watching.all("failed")[0]["message"].as_str().unwrap().starts_with("cannot read from remote `origin`"));
    assert_eq!(scene.stage.sim.seen(), []);
    std::fs::rename(&away, &scene.remote).unwrap();
    until("it is out", || scene.shown("linkedin", "Text of tea.").len() == 1);
    until("it is told", || watching.count("back") == 1 && watching.count("target") == 1);
    watching.stop();
}

#[test]
fn a_call_in_flight_is_finished_and_written_down() {
    for signal in [Signal::TERM, Signal::INT] {
        let scene = Scene::new();
        let watching = Watching::start(&scene.press, &[]);
        scene.fault("POST", "/2/tweets", 1, FaultKind::Slow(Duration::from_millis(1500)));
        scene.post("tea", "acme-x", "Tea.");
        until("the call is under way", || scene.requests("POST", "/2/tweets") == 1);
        kill_process(watching.pid(), signal).unwrap();
        let ran = watching.end().exits(0);
        let events: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let names: Vec<_> = events.iter().rev().take(4).map(|event| event["event"].as_str().unwrap()).collect();
        assert_eq!(names, ["stopped", "ran", "target", "stopping"], "{}", ran.stdout);
        assert_eq!(scene.ledger("tea").last().unwrap()["ev"], "published");
        assert_eq!(scene.shown("x", "Tea.").len(), 1);
        // Nothing is left for anybody else.
        scene.press.run(&["publish"]).exits(0);
        assert_eq!(scene.shown("x", "Tea.").len(), 1);
    }
}

/// A call that takes long keeps nothing that becomes due meanwhile elsewhere.
#[test]
fn what_is_due_does_not_wait_for_others() {
    let (mut scene, slow) = (Scene::new(), Duration::from_millis(6500));
    scene.timings("lease=40,grace=1,request=20,settle=0.1,patience=3");
    scene.fault("POST", "/2/tweets", 1, FaultKind::Slow(slow));
    due(&scene, "tea", "acme-x", now() + TimeDelta::seconds(4));
    due(&scene, "jam", "ann", now() + TimeDelta::seconds(7));
    push(&scene);
    let watching = Watching::start(&scene.press, &[]);
    until("both are told", || watching.count("target") == 2);
    let order: Vec<_> = watching.all("target").iter().map(|told| told["post"].as_str().unwrap().to_owned()).collect();
    assert_eq!(order, ["jam", "tea"], "{}", watching.text());
    watching.stop();
    assert_eq!(scene.stage.sim.seen().len(), 2);
}

#[test]
fn a_folder_that_is_gone_ends_it() {
    let scene = Scene::new();
    let watching = Watching::start(&scene.press, &[]);
    let away = scene.press.folder().join("away");
    // One that comes back at once is taken on with.
    std::fs::rename(&scene.press.repo, &away).unwrap();
    std::fs::rename(&away, &scene.press.repo).unwrap();
    scene.press.file("posts/tea.md", &crate::scene::post("tea", "ann", "Tea.")).commit("tea");
    push(&scene);
    until("it is out", || scene.shown("linkedin", "Tea.").len() == 1);
    // The run that has just published may still be tidying up in it.
    until("it is removed", || std::fs::remove_dir_all(&scene.press.repo).is_ok() || !scene.press.repo.exists());
    let ran = watching.end().exits(1);
    let words =
        format!("{} is gone, or is no git repository any more; nothing is published", scene.press.repo.display());
    assert!(ran.stderr.contains(&words), "{}", ran.stderr);
}

/// Without a remote a commit is enough.
#[test]
fn a_commit_is_published_where_there_is_no_remote() {
    let scene = Scene::new();
    scene.press.git(&["fetch", "-q", "origin", "pressroom-state:pressroom-state"]);
    scene.press.git(&["remote", "remove", "origin"]);
    let watching = Watching::start(&scene.press, &[]);
    next_second();
    let began = Instant::now();
    scene.press.file("posts/tea.md", &crate::scene::post("tea", "ann", "Tea."));
    scene.press.commit("tea");
    until("it is out", || scene.shown("linkedin", "Tea.").len() == 1);
    println!("out {} ms after the commit", began.elapsed().as_millis());
    until("it is told", || watching.count("target") == 1);
    let rounds = watching.count("ran");
    // Its own commits on the state branch are no news to it.
    std::thread::sleep(Duration::from_secs(2));
    assert!(watching.count("ran") <= rounds + 1, "{}", watching.text());
    watching.stop();
}

/// What a monitor reads, over a connection of its own.
fn ask(address: &str, path: &str, host: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn monitors_are_told_how_it_gets_on() {
    let scene = Scene::new();
    scene.post("tea", "ann", "Tea.");
    due(&scene, "jam", "acme-x", now() + TimeDelta::days(9));
    push(&scene);
    let watching = Watching::start(&scene.press, &["--health", "127.0.0.1:0"]);
    let address = watching.all("started")[0]["health"].as_str().unwrap().to_owned();
    until("it is told", || watching.count("target") == 1);
    assert_eq!(ask(&address, "/livez", &address), (200, "ok\n".to_owned()));
    let (code, body) = ask(&address, "/healthz", &address);
    let health: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((code, &health["ok"], &health["last_run"]["exit"]), (200, &true.into(), &0.into()), "{body}");
    assert_eq!(health["platforms"]["linkedin"]["published"], 1, "{body}");
    let (code, metrics) = ask(&address, "/metrics", "localhost:9465");
    assert_eq!(code, 200);
    for line in [
        "pressroom_up 1",
        "pressroom_published_total{platform=\"linkedin\"} 1",
        "pressroom_targets{platform=\"x\",state=\"scheduled\"} 1",
        "pressroom_last_run_exit_code 0",
        "pressroom_failures_total 0",
    ] {
        assert!(metrics.lines().any(|metric| metric == line), "{line}:\n{metrics}");
    }
    assert!(metrics.contains("\npressroom_next_due_time_seconds "), "{metrics}");
    // A name that somebody else made lead here.
    assert_eq!(ask(&address, "/healthz", "evil.example:80").0, 403);
    // What needs a person is an alarm.
    scene.post("bad", "ann", "Bad.");
    scene.press.file("posts/bad.md", &crate::scene::post("bad", "nobody", "Bad."));
    push(&scene);
    until("it is an alarm", || ask(&address, "/healthz", &address).0 == 503);
    watching.stop();
    for address in ["0.0.0.0:9465", "192.0.2.1:80", "9465"] {
        scene.press.run(&["watch", "--health", address]).exits(2);
    }
}

/// What a person at a terminal reads.
#[test]
fn it_is_told_in_sentences() {
    let scene = Scene::new();
    scene.post("tea", "ann", "Tea.");
    let mut command = scene.press.command(&["watch"]);
    let watching = Watching::spawn(command.stdin(Stdio::null()));
    until("it is out", || watching.text().contains("published"));
    scene.press.file("posts/jam.md", "---\nid: jam\ntargets: [nobody]\n---\nJam.\n");
    until("it is checked", || watching.text().contains("jam"));
    scene.press.file("posts/jam.md", "---\nid: jam\ntargets: [ann]\n---\nJam.\n");
    until("it is right", || watching.text().contains("posts/jam.md: all is well"));
    let ran = watching.stop();
    let folder = scene.press.folder().to_str().unwrap();
    // Each event begins with the time of day.
    let lines = ran.stdout.lines().map(|line| match line.get(..19).and_then(|at| at.parse::<Stamp>().ok()) {
        Some(_) => format!("[time]{}", &line[19..]),
        None => line.to_owned(),
    });
    let text = lines.collect::<Vec<_>>().join("\n").replace(folder, "[folder]");
    let commit = scene.press.git(&["rev-parse", "--short=7", "HEAD"]);
    insta::assert_snapshot!(crate::shown::steady(&text).replace(commit.trim(), "[commit]"), @r"
    [time]  watching [folder]/repo: publishes from branch `main` of remote `origin`
    [time]  1 post: all is well
    [time]  tea → ann, published: https://www.linkedin.com/feed/update/urn:li:share:[id]/
    [time]  commit [commit]: nothing is scheduled
    [time]  posts/jam.md: 1 error
    error[unknown-target]: there is no account, platform or group `nobody`
     --> posts/jam.md:3:11
      |
    3 | targets: [nobody]
      |           ^^^^^^
      |
      = hint: choose `acme-page`, `acme-x`, `ann`, `all` or `x`
    [time]  posts/jam.md: all is well
    [time]  stopped
    ");
}

/// `2026-12-01 09:00:00`
struct Stamp;

impl std::str::FromStr for Stamp {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        chrono::NaiveDateTime::parse_from_str(text, "%F %T").map(|_| Self)
    }
}

/// How much of a processor it takes while nothing happens: told, and not held against a figure, which would be the machine's.
/// `PRESSROOM_IDLE=60 cargo test --test it watch::idle -- --nocapture` looks for a minute.
#[test]
fn idle_it_does_nothing() {
    let seconds = std::env::var("PRESSROOM_IDLE").map_or(2, |seconds| seconds.parse().unwrap());
    let scene = Scene::new();
    due(&scene, "tea", "ann", now() + TimeDelta::days(9));
    push(&scene);
    let watching = Watching::start(&scene.press, &["--health", "127.0.0.1:0"]);
    until("the files are checked", || watching.count("checked") > 0);
    // What the first round leaves behind ends by itself: threads that wait for work do so for ten seconds.
    std::thread::sleep(Duration::from_secs(if seconds > 10 { 12 } else { 1 }));
    let before = used(watching.pid());
    std::thread::sleep(Duration::from_secs(seconds));
    let used = used(watching.pid()) - before;
    println!("{:.2} ms of CPU in {seconds} s", used as f64 / 1e6);
    let lines = watching.events().len();
    let ran = watching.stop();
    assert_eq!(ran.stdout.lines().count(), lines + 1, "nothing was done:\n{}", ran.stdout);
}

/// CPU time of all threads, in nanoseconds.
fn used(pid: Pid) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", pid.as_raw_nonzero())).unwrap();
    let time = |task: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap_or_default();
        text.split(' ').next().and_then(|time| time.parse::<u64>().ok()).unwrap_or(0)
    };
    tasks.map(time).sum()
}
