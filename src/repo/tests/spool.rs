//! Spools of this run and of others, alive and dead.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use super::*;
use crate::repo::spool::Spools as _;

#[test]
fn lines_of_a_dead_run_are_found_and_brought_in() {
    let bench = Bench::new();
    let repo = bench.local("home");
    let spool = repo.begin_spool("run-1").unwrap();
    spool.write(r#"{"a":1}"#).unwrap();
    spool.write(r#"{"a":2}"#).unwrap();
    let other = repo.begin_spool("run-2").unwrap();
    let seen = repo.other_runs(Some("run-2")).unwrap();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].alive && seen[0].same_host);
    assert_eq!(seen[0].lines, [r#"{"a":1}"#, r#"{"a":2}"#]);
    assert_eq!(repo.remove_spool("run-1").unwrap_err().kind, Kind::Claimed);
    drop(spool);
    let seen = repo.other_runs(Some("run-2")).unwrap();
    assert!(!seen[0].alive && seen[0].same_host && seen[0].lines.len() == 2);
    repo.remove_spool("run-1").unwrap();
    repo.remove_spool("run-1").unwrap();
    assert!(repo.other_runs(Some("run-2")).unwrap().is_empty());
    other.finish().unwrap();
    assert_eq!(tree(&bench.path("home/.git/pressroom/runs")), Vec::<String>::new());
}

#[test]
fn the_lock_goes_with_the_process() {
    let bench = Bench::new();
    let repo = bench.local("home");
    let spool = repo.begin_spool("run-1").unwrap();
    drop(spool);
    let path = bench.path("home/.git/pressroom/runs/run-1.jsonl");
    let mut holder = Command::new("flock")
        .args([path.to_str().unwrap(), "sh", "-c", "echo held; exec sleep 600"])
        .stdout(Stdio::piped())
        .process_group_of_its_own()
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(repo.other_runs(None).unwrap()[0].alive);
    let group = rustix::process::Pid::from_child(&holder);
    rustix::process::kill_process_group(group, rustix::process::Signal::KILL).unwrap();
    holder.wait().unwrap();
    for _ in 0..100 {
        if !repo.other_runs(None).unwrap()[0].alive {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("a killed process still counts as alive");
}

trait OwnGroup {
    fn process_group_of_its_own(&mut self) -> &mut Self;
}

impl OwnGroup for Command {
    fn process_group_of_its_own(&mut self) -> &mut Self {
        std::os::unix::process::CommandExt::process_group(self, 0)
    }
}

#[test]
fn damage_and_copies() {
    let bench = Bench::new();
    let repo = bench.local("home");
    let folder = repo.folder("runs").unwrap();
    let spool = repo.begin_spool("run-1").unwrap();
    spool.write("whole").unwrap();
    drop(spool);
    let path = folder.join("run-1.jsonl");
    fs::File::options().append(true).open(&path).unwrap().write_all(b"{\"cut o").unwrap();
    let header = r#"{"run":"run-2","pid":1,"host":"elsewhere","boot":null,"started":"2026-11-21T00:00:00Z"}"#;
    fs::write(folder.join("run-2.jsonl"), format!("{header}\nfact\n")).unwrap();
    fs::write(folder.join("run-3.jsonl"), "").unwrap();
    fs::write(folder.join("run-4.jsonl"), "not json\nfact\n").unwrap();
    fs::write(folder.join("notes.txt"), "not ours").unwrap();
    let seen = repo.other_runs(None).unwrap();
    let short: Vec<_> = seen.iter().map(|run| (run.run.as_str(), run.same_host, run.lines.join("|"))).collect();
    assert_eq!(
        short,
        [
            ("run-1", true, "whole".to_owned()),
            ("run-2", false, "fact".to_owned()),
            ("run-3", false, String::new()),
            ("run-4", false, "fact".to_owned()),
        ]
    );
}

#[tokio::test]
async fn who_waits_for_the_disk_waits_for_what_was_written_before() {
    let bench = Bench::new();
    let repo = bench.local("home");
    let spool = repo.begin_spool("run-1").unwrap();
    spool.sync().await.unwrap();
    let lanes = (0..20).map(|lane| {
        spool.write(&format!("line {lane}")).unwrap();
        spool.sync()
    });
    for synced in futures_util::future::join_all(lanes.collect::<Vec<_>>()).await {
        synced.unwrap();
    }
    assert_eq!(repo.other_runs(None).unwrap()[0].lines.len(), 20);
}

#[test]
fn what_may_not_be_spooled() {
    let bench = Bench::new();
    let repo = bench.local("home");
    let spool = repo.begin_spool("run-1").unwrap();
    assert_eq!(spool.write("two\nlines").unwrap_err().kind, Kind::Bug);
    assert_eq!(repo.begin_spool("../evil").unwrap_err().kind, Kind::Bug);
    assert!(repo.begin_spool("run-1").is_err(), "a run's name is used once");
    let mode = fs::metadata(bench.path("home/.git/pressroom/runs/run-1.jsonl")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777, 0o600);
}
