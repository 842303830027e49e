//! States in which a crash can leave a post that is out, made from what one undisturbed run wrote: the ledger cut off after
//! each of the entries that follow the showing call, with the run's notes cut off after each of theirs, or gone with their
//! machine; and each request of a run refused once. From everywhere the post is out once, or a person is named.
//!
//! What comes before the showing call has been acknowledged by the remote when that is sent, and no crash takes it back.

use chrono::{DateTime, TimeDelta, Utc};
use pressroom::ledger::{State, entry};
use pressroom::limits::Platform;
use pressroom::post::PostId;
use pressroom::sim::{FaultKind, Seen};
use serde_json::{Value, json};

use super::cases::{Case, cases};
use super::{casts, settle, side_by_side};
use crate::cast::Cast;

/// Every kind of post, left in each such state while all of it is out, and met by each refusal before it is.
pub(super) fn crashed_and_refused(platform: Platform) {
    side_by_side(platform, |cast, which| {
        let ways = cases(platform);
        let mine = ways.iter().filter(|case| case.is_a_way).enumerate().skip(which).step_by(casts(platform));
        for (number, case) in mine {
            cut_ledgers(cast, case, number);
            refused(cast, case, number);
        }
    });
}

fn cut_ledgers(cast: &Cast, case: &Case, number: usize) {
    let id = format!("crash-{number}");
    case.prepare(cast, &id);
    let before = cast.seen(case.platform);
    case.commit(cast, &id, "");
    cast.press.run(&["publish"]).exits(0);
    let lines: Vec<String> = ledger(cast, &id).lines().map(str::to_owned).collect();
    said_twice(&id, &lines);
    for (name, ledger, notes) in crashes(&lines, known(&lines, &cast.seen(case.platform))) {
        leave(cast, &id, &ledger, notes.as_deref());
        let told = settle(cast, case, &id, &before);
        case.check(cast, &before, &format!("{name}\n{ledger}\n{told}"));
    }
}

/// Lines that arrive twice, as where a push was repeated, say no more than once.
fn said_twice(id: &str, lines: &[String]) {
    let path = entry::path(&PostId::new(id));
    for end in 0..=lines.len() {
        let once: String = lines[..end].iter().map(|line| format!("{line}\n")).collect();
        let twice: String = lines[..end].iter().map(|line| format!("{line}\n{line}\n")).collect();
        let [once, twice, again] = [once.clone(), twice, once.repeat(2)].map(|text| {
            let state = State::fold([(path.as_str(), text.as_str())]);
            assert!(state.frozen.is_empty(), "{:?}\n{text}", state.frozen);
            state.targets().map(|(_, key, stand)| (key.clone(), stand.clone())).collect::<Vec<_>>()
        });
        assert!(once == twice && once == again, "{lines:#?}");
    }
}

/// A name, the ledger, and the lines of the dead run's notes; none where they are another machine's.
type Crash = (String, String, Option<Vec<String>>);

/// How many entries there were when the last part was shown.
fn known(lines: &[String], seen: &[Seen]) -> usize {
    let shown: DateTime<Utc> = seen.iter().map(|seen| seen.at).max().unwrap().into();
    // Some platforms tell whole seconds alone; the claim was there in any case.
    lines.iter().take_while(|line| written(line) <= shown).count().max(1)
}

fn crashes(lines: &[String], known: usize) -> Vec<Crash> {
    let mut crashes = Vec::new();
    let armed = json!({"note": "armed", "claim": parsed(&lines[0])["claim"]}).to_string();
    for end in known..lines.len() {
        let ledger: String = lines[..end].iter().map(|line| format!("{line}\n")).collect();
        crashes.push((format!("{end} entries, and the run's notes"), ledger, Some(vec![armed.clone()])));
        // Of another machine, whose lease is over.
        let over: String = lines[..end].iter().map(|line| long_ago(line) + "\n").collect();
        crashes.push((format!("{end} entries, of another machine"), over, None));
    }
    // Nothing of it in the ledger, and what the run noted besides: what it was told of the last part, and of the whole.
    let ledger: String = lines[..known].iter().map(|line| format!("{line}\n")).collect();
    let mut notes = vec![armed];
    for line in lines[known..].iter().filter(|line| matches!(parsed(line)["ev"].as_str(), Some("part" | "published"))) {
        notes.push(json!({"note": "result", "entry": without_chain(line)}).to_string());
        crashes.push((format!("{} notes", notes.len()), ledger.clone(), Some(notes.clone())));
    }
    crashes
}

fn written(line: &str) -> DateTime<Utc> {
    parsed(line)["t"].as_str().unwrap().parse().unwrap()
}

fn parsed(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// The hash of the line before says nothing where that line is another.
fn without_chain(line: &str) -> Value {
    let mut entry = parsed(line);
    entry.as_object_mut().unwrap().remove("prev");
    entry
}

/// The same line, with a lease that was over before it began.
fn long_ago(line: &str) -> String {
    let mut entry = without_chain(line);
    if !entry["exp"].is_null() {
        entry["exp"] = json!(written(line) - TimeDelta::seconds(60));
    }
    entry.to_string()
}

fn ledger(cast: &Cast, id: &str) -> String {
    cast.press.git(&["show", &format!("pressroom-state:{}", entry::path(&PostId::new(id)))])
}

/// Puts a ledger in place of a post's, and notes in place of those of its run.
fn leave(cast: &Cast, id: &str, ledger: &str, notes: Option<&[String]>) {
    let press = &cast.press;
    let state = press.folder().join("state");
    if !state.exists() {
        press.git(&["worktree", "add", "-q", "--detach", state.to_str().unwrap(), "pressroom-state"]);
    }
    let git = |args: &[&str]| press.git(&[&["-C", state.to_str().unwrap()], args].concat());
    git(&["reset", "-q", "--hard", "pressroom-state"]);
    std::fs::write(state.join(entry::path(&PostId::new(id))), ledger).unwrap();
    git(&["commit", "-q", "--allow-empty", "-a", "-m", "a crash"]);
    let tip = git(&["rev-parse", "HEAD"]);
    press.git(&["update-ref", "refs/heads/pressroom-state", tip.trim()]);
    // What was lost this clone has never seen: else it would refuse a ledger that has lost lines.
    press.git(&["update-ref", "-d", "refs/pressroom/state/pressroom-state"]);
    let first = parsed(ledger.lines().next().unwrap());
    let run = first["run"].as_str().unwrap_or_else(|| panic!("no run in {ledger}")).to_owned();
    let runs = press.repo.join(".git/pressroom/runs");
    for old in runs.read_dir().unwrap() {
        std::fs::remove_file(old.unwrap().path()).unwrap();
    }
    let Some(notes) = notes else { return };
    let kernel = |name: &str| std::fs::read_to_string(format!("/proc/sys/kernel/{name}")).unwrap().trim().to_owned();
    let head = json!({
        "run": run, "pid": 1, "host": kernel("hostname"), "boot": kernel("random/boot_id"), "started": "2026-11-01T00:00:00Z",
    });
    let text: String = [head.to_string()].iter().chain(notes).map(|line| format!("{line}\n")).collect();
    std::fs::write(runs.join(format!("{run}.jsonl")), text).unwrap();
}

/// Requests fail, one in each run, in one way after the other; runs after that bring the post to its end. To save time these are
/// every other request of a kind, the odd ones of one kind and the even ones of the next; where platforms are waited for, every
/// fourth.
fn refused(cast: &Cast, case: &Case, number: usize) {
    let every = casts(case.platform) / 2;
    for request in (number % every..).step_by(every) {
        let id = format!("refused-{number}-{request}");
        case.prepare(cast, &id);
        let before = cast.seen(case.platform).len();
        case.commit(cast, &id, "");
        let (name, kind) = trouble(number + request / every);
        let place = cast.stage.sim.world().fault_after(request, kind);
        let first = cast.press.run(&["publish"]);
        let has_struck = cast.stage.sim.world().log().len() > place;
        cast.stage.sim.world().calm();
        let told = format!("{name} at request {request}: {}\n{}{}", first.code, first.stdout, first.stderr);
        ends(cast, case, &id, before, &told);
        if !has_struck {
            break;
        }
    }
}

/// Runs until it is out; a platform that was busy is left alone for minutes, and a person who cannot wait asks again.
fn ends(cast: &Cast, case: &Case, id: &str, before: usize, told: &str) {
    let mut told = told.to_owned();
    for _ in 0..5 {
        let ran = cast.press.run(&["publish"]);
        told += &format!("--- {}\n{}{}", ran.code, ran.stdout, ran.stderr);
        let shown = cast.seen(case.platform).len() - before;
        assert!(shown <= case.shown, "{} {}: {shown} shown\n{told}", case.platform, case.name);
        let last = parsed(ledger(cast, id).lines().last().unwrap());
        if last["ev"] == "published" {
            assert!(
                shown == case.shown || last["lacks"].is_string(),
                "{} {}: {shown} shown\n{told}",
                case.platform,
                case.name
            );
            return;
        }
        if ran.code == 3 && ran.stdout.contains("`pressroom resolve`") {
            return;
        }
        // Refused where nothing is to be tried again.
        cast.press.run(&["retry", &format!("{id}:{}", case.account())]);
    }
    panic!("{} {}: five runs, and still not out:\n{told}", case.platform, case.name);
}

/// What happens to a request: it has no effect, and this is the answer.
fn trouble(number: usize) -> (&'static str, FaultKind) {
    let answer = |status, headers: &[(&str, &str)], body: &str| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        FaultKind::AnswerBefore { status, headers, body: body.to_owned() }
    };
    match number % 4 {
        0 => ("503", answer(503, &[], "")),
        1 => ("a closed connection", FaultKind::DropBefore),
        2 => ("429 for a second", answer(429, &[("retry-after", "1")], "{}")),
        _ => ("a page", answer(502, &[("content-type", "text/html")], "<html>Bad Gateway</html>")),
    }
}
