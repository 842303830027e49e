//! Writers that race over path, daemon and HTTP remotes: each change lands exactly once.

use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::journal::{append, open};
use super::*;
use crate::repo::journal::Journal;

/// Every believed win is in the branch, once and in a line of its own.
fn all_there(bench: &Bench, folder: &str, journals: usize, each: usize) {
    let text = bench.git(folder, &["show", "pressroom-state:ledger/x.jsonl"]);
    let mut lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), journals * each);
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), journals * each);
    bench.git(folder, &["fsck", "--strict"]);
}

async fn race(repos: Vec<Repo>, each: usize) {
    let runs: Vec<_> = repos
        .into_iter()
        .enumerate()
        .map(|(who, repo)| {
            tokio::spawn(async move {
                let journal = open(&repo).await;
                for n in 0..each {
                    journal.commit(append("ledger/x.jsonl", &format!("{who}-{n}"))).await.unwrap();
                }
            })
        })
        .collect();
    for run in runs {
        run.await.unwrap();
    }
}

#[tokio::test]
async fn eight_clones_append_to_one_file_on_a_path_remote() {
    let bench = Bench::new();
    let repos: Vec<_> = (0..8).map(|n| bench.clone(&format!("clone{n}"))).collect();
    race(repos, 3).await;
    all_there(&bench, "remote.git", 8, 3);
}

#[tokio::test]
async fn eight_runs_in_one_clone() {
    let bench = Bench::new();
    bench.clone("clone");
    let repos: Vec<_> = (0..8).map(|_| Repo::open(&bench.path("clone")).unwrap()).collect();
    race(repos, 2).await;
    all_there(&bench, "remote.git", 8, 2);
    assert_eq!(bench.git("clone", &["for-each-ref", "refs/pressroom/run"]), "");
}

#[tokio::test]
async fn eight_runs_in_one_shallow_clone() {
    let bench = Bench::new();
    open(&bench.clone("full")).await.commit(append("ledger/y.jsonl", "y")).await.unwrap();
    bench.clone_of("shallow", &bench.file_url(), &["--depth=1"]);
    let repos: Vec<_> = (0..8).map(|_| Repo::open(&bench.path("shallow")).unwrap()).collect();
    race(repos, 2).await;
    all_there(&bench, "remote.git", 8, 2);
}

#[tokio::test]
async fn eight_runs_without_a_remote() {
    let bench = Bench::new();
    bench.local("home");
    let repos: Vec<_> = (0..8).map(|_| Repo::open(&bench.path("home")).unwrap()).collect();
    race(repos, 5).await;
    all_there(&bench, "home", 8, 5);
}

/// `git daemon` on a free port, ended with the value.
struct Daemon(Child, u16);

impl Daemon {
    fn start(bench: &Bench) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let base = format!("--base-path={}", bench.path("").display());
        let child = std::os::unix::process::CommandExt::process_group(&mut Command::new("git"), 0)
            .args(["daemon", "--reuseaddr", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1"])
            .args([&format!("--port={port}"), &base])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Self(child, port)
    }

    fn url(&self) -> String {
        format!("git://127.0.0.1:{}/remote.git", self.1)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.0);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn four_clones_of_a_git_daemon() {
    let bench = Bench::new();
    let daemon = Daemon::start(&bench);
    bench.clone("full");
    let repos: Vec<_> = (0..4)
        .map(|n| {
            let shallow: &[&str] = if n % 2 == 0 { &["--depth=1"] } else { &[] };
            bench.clone_of(&format!("clone{n}"), &daemon.url(), shallow)
        })
        .collect();
    assert!(repos[0].remote().unwrap().unwrap().is_local());
    race(repos, 3).await;
    all_there(&bench, "remote.git", 4, 3);
}

#[tokio::test]
async fn a_daemon_that_does_not_let_us_push() {
    let bench = Bench::new();
    bench.clone("full");
    let daemon = Daemon::start(&bench);
    bench.git("remote.git", &["config", "daemon.receivepack", "false"]);
    let repo = bench.clone_of("clone", &daemon.url(), &[]);
    let journal = Journal::open(&repo, repo.remote().unwrap(), "pressroom-state").await.unwrap();
    let Err(crate::repo::journal::Setback::Failed(failure)) = journal.commit(append("x", "1")).await else {
        panic!("pushed where nobody may");
    };
    assert!(failure.message.starts_with("remote `origin` (git://127.0.0.1:"), "{failure:?}");
    assert!(failure.message.ends_with("does not take the push"), "{failure:?}");
}

#[tokio::test]
async fn equal_changes_at_the_same_moment_are_not_taken_for_one() {
    let bench = Bench::new();
    let repos: Vec<_> = (0..6).map(|n| bench.clone(&format!("clone{n}"))).collect();
    let mut journals = Vec::new();
    for repo in &repos {
        journals.push(open(repo).await);
    }
    let waiting: Vec<_> = journals.iter().map(|journal| journal.commit(append("ledger/x.jsonl", "same"))).collect();
    for one in waiting {
        one.await.unwrap();
    }
    assert_eq!(bench.state("ledger/x.jsonl").lines().count(), 6, "without a nonce two would believe in one commit");
}
