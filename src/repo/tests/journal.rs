//! The journal: commits of many tasks, conflicts, a remote that comes and goes.

use std::time::Duration;

use super::*;
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::{Change, Committed, Journal, Setback};
use crate::repo::remote::Remote;

const STATE: &str = "pressroom-state";

pub(super) fn append(path: &str, line: &str) -> Change {
    let (path, line) = (path.to_owned(), line.to_owned());
    Box::new(move |_: &Branch| Ok(vec![Edit::Append { path: path.clone(), line: line.clone() }]))
}

pub(super) async fn open(repo: &Repo) -> Journal {
    Journal::open(repo, repo.remote().unwrap(), STATE).await.unwrap()
}

fn failed(result: Result<Committed, Setback>) -> Failure {
    match result.unwrap_err() {
        Setback::Failed(failure) => failure,
        Setback::Conflict(words) => panic!("a conflict: {words}"),
    }
}

fn text(branch: &Branch, path: &str) -> Option<String> {
    branch.read(path).unwrap().map(|bytes| String::from_utf8(bytes).unwrap())
}

#[tokio::test]
async fn the_first_commit_begins_the_branch_on_the_remote() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    bench.git("clone", &["config", "user.name", "Ann"]);
    bench.git("clone", &["config", "user.email", "ann@acme.example"]);
    let journal = open(&repo).await;
    assert_eq!(journal.tip(), None);
    assert_eq!(journal.branch().unwrap().list("").unwrap(), Vec::<String>::new());
    assert!(!bench.try_git("remote.git", &["rev-parse", "-q", "--verify", STATE]).0, "opening writes nothing");
    let committed = journal.commit(append("ledger/ab/tea.jsonl", "{\"n\":1}")).await.unwrap();
    assert_eq!(journal.tip(), committed.commit);
    assert_eq!(bench.git("remote.git", &["rev-parse", STATE]), committed.commit.unwrap().to_string());
    assert_eq!(bench.state("ledger/ab/tea.jsonl"), "{\"n\":1}");
    assert_eq!(bench.state("format.json"), r#"{"schema":1,"min_reader":1,"min_writer":1}"#);
    assert_eq!(bench.state(".gitattributes"), "*.jsonl merge=union\n*.age binary");
    assert!(bench.state("README.md").contains("do not edit"));
    let shown = bench.git("remote.git", &["log", "-1", "--format=%an <%ae>%n%B", STATE]);
    assert!(shown.starts_with("Ann <ann@acme.example>\nUpdate ledger/ab/tea.jsonl\n\nNonce: "), "{shown}");
    assert!(!bench.try_git("clone", &["rev-parse", "-q", "--verify", "refs/heads/pressroom-state"]).0);
    assert_eq!(bench.git("clone", &["status", "--porcelain"]), "");
    bench.git("remote.git", &["fsck", "--strict"]);
}

#[tokio::test]
async fn what_nobody_waits_for_goes_along_with_what_somebody_does() {
    let bench = Bench::new();
    let journal = open(&bench.clone("clone")).await;
    let hand_in = |line: &str| journal.commit(append("ledger/ab/tea.jsonl", line));
    let words = ["1", "2"].map(hand_in);
    for _ in 0..8 {
        // The committer takes them, and lets them gather.
        tokio::task::yield_now().await;
    }
    let last = hand_in("3").await.unwrap();
    for word in words {
        assert_eq!(word.await.unwrap().commit, last.commit);
    }
    assert_eq!(bench.state("ledger/ab/tea.jsonl"), "1\n2\n3");
    let unheard = hand_in("4");
    while bench.state("ledger/ab/tea.jsonl") != "1\n2\n3\n4" {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unheard.await.unwrap();
}

#[tokio::test]
async fn another_clone_reads_it_and_goes_on() {
    let bench = Bench::new();
    let (one, two) = (bench.clone("one"), bench.clone("two"));
    bench.git("two", &["config", "user.name", "Bo"]);
    bench.git("two", &["config", "user.email", "bo@acme.example"]);
    open(&one).await.commit(append("ledger/ab/tea.jsonl", "1")).await.unwrap();
    assert_eq!(Journal::offline(&two, STATE).unwrap().tip(), None, "never seen here");
    let journal = open(&two).await;
    let branch = journal.branch().unwrap();
    assert_eq!(text(&branch, "ledger/ab/tea.jsonl").as_deref(), Some("1\n"));
    let before = branch.tree_id("ledger").unwrap().unwrap();
    let write: Change = Box::new(|_| {
        Ok(vec![
            Edit::Append { path: "ledger/ab/tea.jsonl".into(), line: "2".into() },
            Edit::Write { path: "vault/accounts/x.age".into(), bytes: vec![0, 1, 2] },
            Edit::Remove { path: "never/was".into() },
        ])
    });
    journal.commit(write).await.unwrap();
    assert_eq!(text(&branch, "ledger/ab/tea.jsonl").as_deref(), Some("1\n"), "a branch read is of one tip");
    let branch = journal.branch().unwrap();
    assert_ne!(branch.tree_id("ledger").unwrap(), Some(before));
    assert_eq!(branch.tree_id("nowhere").unwrap(), None);
    assert_eq!(branch.list("vault").unwrap(), ["vault/accounts/x.age"]);
    assert_eq!(branch.list("led").unwrap(), Vec::<String>::new(), "a folder, not the start of a name");
    assert_eq!(branch.files("ledger/").unwrap(), [("ledger/ab/tea.jsonl".to_owned(), b"1\n2\n".to_vec())]);
    assert_eq!(branch.list("").unwrap().len(), 5);
    assert_eq!(bench.git("remote.git", &["log", "-1", "--format=%an", STATE]), "Bo");
    let remove: Change = Box::new(|_| Ok(vec![Edit::Remove { path: "vault/accounts/x.age".into() }]));
    journal.commit(remove).await.unwrap();
    assert_eq!(journal.branch().unwrap().list("vault").unwrap(), Vec::<String>::new());
    let offline = Journal::offline(&two, STATE).unwrap();
    assert_eq!(offline.tip(), journal.tip(), "what was seen last is read without the remote");
    assert_eq!(bench.git("two", &["for-each-ref", "refs/pressroom/run"]), "", "refs of a run go with it");
    let later = open(&one).await.commit(append("ledger/ab/tea.jsonl", "3")).await.unwrap().commit;
    bench.git("two", &["fetch", "-q"]);
    assert_eq!(Journal::offline(&two, STATE).unwrap().tip(), later, "what the user fetched since is newer");
}

#[tokio::test]
async fn many_changes_share_few_pushes() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    let journal = open(&repo).await;
    let waiting: Vec<_> =
        (0..20).map(|n| journal.commit(append(&format!("ledger/{}.jsonl", n % 3), &format!("{n}")))).collect();
    let mut commits = Vec::new();
    for one in waiting {
        commits.push(one.await.unwrap().commit);
    }
    commits.dedup();
    assert!(commits.len() <= 2, "{} commits for twenty changes", commits.len());
    assert_eq!(bench.state("ledger/0.jsonl"), "0\n3\n6\n9\n12\n15\n18", "in the order they were handed in");
}

#[tokio::test]
async fn a_change_sees_what_others_of_its_group_did() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    let journal = open(&repo).await;
    let claim = |who: &'static str| -> Change {
        Box::new(move |branch| match text(branch, "claim") {
            None => Ok(vec![Edit::Append { path: "claim".into(), line: who.into() }]),
            Some(other) => Err(Setback::Conflict(format!("taken by {}", other.trim()))),
        })
    };
    let nothing: Change = Box::new(|branch| {
        assert_eq!(branch.tree_id("claim").unwrap(), None, "what is laid over has no name of git's yet");
        assert_eq!(branch.list("").unwrap(), ["claim"]);
        Ok(Vec::new())
    });
    let broken: Change = Box::new(|_| Ok(vec![Edit::Append { path: "../evil".into(), line: "x".into() }]));
    let idle = || -> Change { Box::new(|_| Ok(Vec::new())) };
    assert_eq!(journal.commit(idle()).await.unwrap().commit, None);
    let (ann, bo) = (journal.commit(claim("ann")), journal.commit(claim("bo")));
    let (nothing, broken) = (journal.commit(nothing), journal.commit(broken));
    let won = ann.await.unwrap().commit;
    assert!(matches!(bo.await, Err(Setback::Conflict(words)) if words == "taken by ann"));
    assert_eq!(nothing.await.unwrap().commit, won);
    assert_eq!(failed(broken.await).message, "`../evil` is no path for the state branch");
    assert_eq!(bench.state("claim"), "ann");
    assert_eq!(journal.commit(idle()).await.unwrap().commit, won, "nothing to change makes no commit");
}

#[tokio::test]
async fn a_lost_race_asks_the_changes_again() {
    let bench = Bench::new();
    let (one, two) = (bench.clone("one"), bench.clone("two"));
    let (ann, bo) = (open(&one).await, open(&two).await);
    ann.commit(append("claim", "ann")).await.unwrap();
    // Bo still believes that the branch has not begun.
    let claim: Change = Box::new(|branch| match text(branch, "claim") {
        None => Ok(vec![Edit::Append { path: "claim".into(), line: "bo".into() }]),
        Some(other) => Err(Setback::Conflict(format!("taken by {}", other.trim()))),
    });
    let (claim, rest) = (bo.commit(claim), bo.commit(append("ledger/x.jsonl", "kept")));
    assert!(matches!(claim.await, Err(Setback::Conflict(words)) if words == "taken by ann"));
    rest.await.unwrap();
    assert_eq!((bench.state("claim"), bench.state("ledger/x.jsonl")), ("ann".to_owned(), "kept".to_owned()));
    assert_eq!(bench.count_commits("remote.git"), 2);
    let seen = ann.refresh().await.unwrap();
    assert_eq!(text(&seen, "ledger/x.jsonl").as_deref(), Some("kept\n"));
}

#[tokio::test]
async fn a_server_that_refuses_is_quoted() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    bench.hook("pre-receive", "echo 'not on Fridays'; exit 1");
    let journal = open(&repo).await;
    let failure = failed(journal.commit(append("ledger/x.jsonl", "1")).await);
    assert_eq!(failure.kind, Kind::Person);
    assert!(failure.message.ends_with("refuses the push to `pressroom-state`"), "{failure:?}");
    assert!(
        failure.causes[0].contains("pre-receive hook declined") && failure.causes[0].contains("remote: not on Fridays")
    );
    assert_eq!(failure.hints, ["a hook on the server refuses the state branch: ask whoever runs it to let it pass"]);
    assert_eq!(journal.tip(), None);
    bench.unhook("pre-receive");
    journal.commit(append("ledger/x.jsonl", "1")).await.unwrap();
    assert_eq!(bench.state("ledger/x.jsonl"), "1");
}

/// Kills the `git push` that waits for this hook's end, and whatever else serves it.
const KILL_CLIENT: &str = "parent() { sed 's/.*) //' /proc/$1/stat | cut -d' ' -f2; }\n\
    p=$PPID; while [ \"$p\" -gt 1 ]; do next=$(parent $p); \
    case \"$(tr '\\0' ' ' < /proc/$p/cmdline)\" in *push*--porcelain*) kill -9 $p;; esac; p=$next; done";

#[tokio::test]
async fn a_push_that_arrived_though_its_answer_was_lost_is_found() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    let log = bench.path("log");
    // Once, after the ref has moved, the client dies before it is told.
    bench.hook(
        "reference-transaction",
        &format!("[ \"$1\" = committed ] || exit 0\n[ -e {0} ] && exit 0\necho x >> {0}\n{KILL_CLIENT}", log.display()),
    );
    let journal = open(&repo).await;
    journal.commit(append("ledger/x.jsonl", "once")).await.unwrap();
    assert_eq!(fs::read_to_string(log).unwrap(), "x\n", "the client was killed");
    assert_eq!(bench.state("ledger/x.jsonl"), "once");
    assert_eq!(bench.count_commits("remote.git"), 1);
}

#[tokio::test]
async fn a_push_that_was_cut_before_it_arrived_is_repeated() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    let log = bench.path("log");
    bench.hook("pre-receive", &format!("[ -e {0} ] && exit 0\necho x >> {0}\n{KILL_CLIENT}\nexit 1", log.display()));
    let journal = open(&repo).await;
    let committed = journal.commit(append("ledger/x.jsonl", "once")).await.unwrap();
    assert!(log.exists());
    assert_eq!(bench.git("remote.git", &["rev-parse", STATE]), committed.commit.unwrap().to_string());
    assert_eq!((bench.state("ledger/x.jsonl").as_str(), bench.count_commits("remote.git")), ("once", 1));
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_the_outcome_looked_up() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    let log = bench.path("log");
    bench.hook(
        "reference-transaction",
        &format!("[ \"$1\" = committed ] || exit 0\n[ -e {0} ] && exit 0\necho x >> {0}\nexec sleep 30", log.display()),
    );
    let mut remote = repo.remote().unwrap().unwrap();
    remote.timeout = Duration::from_millis(1500);
    let journal = Journal::open(&repo, Some(remote), STATE).await.unwrap();
    let begun = std::time::Instant::now();
    journal.commit(append("ledger/x.jsonl", "once")).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(15) && log.exists());
    assert_eq!((bench.state("ledger/x.jsonl").as_str(), bench.count_commits("remote.git")), ("once", 1));
}

#[tokio::test]
async fn a_remote_that_is_gone() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    let journal = open(&repo).await;
    journal.commit(append("ledger/x.jsonl", "1")).await.unwrap();
    fs::rename(bench.path("remote.git"), bench.path("moved.git")).unwrap();
    let failure = failed(journal.commit(append("ledger/x.jsonl", "2")).await);
    assert_eq!(failure.kind, Kind::Later);
    assert!(told(&failure).contains("does not appear to be a git repository"), "{}", told(&failure));
    assert!(told(&failure).contains("it is not known whether the last change arrived"));
    let remote = repo.remote().unwrap();
    let failure = Journal::open(&repo, remote, STATE).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Later);
    let offline = Journal::offline(&repo, STATE).unwrap();
    assert_eq!(text(&offline, "ledger/x.jsonl").as_deref(), Some("1\n"));
    fs::rename(bench.path("moved.git"), bench.path("remote.git")).unwrap();
    journal.commit(append("ledger/x.jsonl", "3")).await.unwrap();
    assert_eq!(bench.state("ledger/x.jsonl"), "1\n3");
}

#[tokio::test]
async fn clones_of_every_kind() {
    let bench = Bench::new();
    let repo = bench.clone("full");
    open(&repo).await.commit(append("ledger/x.jsonl", "0")).await.unwrap();
    open(&repo).await.commit(append("ledger/x.jsonl", "1")).await.unwrap();
    bench.clone_of("shallow", &bench.file_url(), &["--depth=1"]);
    bench.git("shallow", &["checkout", "-q", "--detach"]);
    bench.clone_of("single", &bench.file_url(), &["--single-branch", "--branch=main"]);
    bench.git("full", &["worktree", "add", "-q", "--detach", "../tree"]);
    bench.git(".", &["clone", "-q", "--bare", "remote.git", "bare.git"]);
    for (n, name) in ["shallow", "single", "tree", "tree/posts", "bare.git", "shallow"].into_iter().enumerate() {
        let repo = Repo::open(&bench.path(name)).unwrap();
        let journal = open(&repo).await;
        assert!(
            text(&journal.branch().unwrap(), "ledger/x.jsonl").unwrap().ends_with(&format!("{}\n", n + 1)),
            "{name}"
        );
        journal.commit(append("ledger/x.jsonl", &format!("{}", n + 2))).await.unwrap();
    }
    assert_eq!(bench.state("ledger/x.jsonl"), "0\n1\n2\n3\n4\n5\n6\n7");
    bench.git("shallow", &["fsck"]);
}

#[tokio::test]
async fn a_shallow_clone_that_loses_a_race_still_finds_its_way() {
    let bench = Bench::new();
    let (full, shallow) = (bench.clone("full"), bench.clone_of("shallow", &bench.file_url(), &["--depth=1"]));
    let ann = open(&full).await;
    for n in 0..3 {
        ann.commit(append("ledger/x.jsonl", &n.to_string())).await.unwrap();
    }
    let bo = open(&shallow).await;
    for n in 3..6 {
        ann.commit(append("ledger/x.jsonl", &n.to_string())).await.unwrap();
    }
    bo.commit(append("ledger/x.jsonl", "6")).await.unwrap();
    assert_eq!(bench.state("ledger/x.jsonl"), "0\n1\n2\n3\n4\n5\n6");
}

#[tokio::test]
async fn an_empty_remote_will_do() {
    let bench = Bench::new();
    let repo = bench.local("home");
    bench.git("home", &["remote", "add", "origin", "../remote.git"]);
    open(&repo).await.commit(append("ledger/x.jsonl", "1")).await.unwrap();
    assert_eq!(bench.state("ledger/x.jsonl"), "1");
}

#[tokio::test]
async fn without_a_remote_the_branch_is_local() {
    let bench = Bench::new();
    let repo = bench.local("home");
    let journal = open(&repo).await;
    let waiting: Vec<_> = (0..20).map(|n| journal.commit(append("ledger/x.jsonl", &n.to_string()))).collect();
    for one in waiting {
        one.await.unwrap();
    }
    let expected: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    assert_eq!(bench.git("home", &["show", "pressroom-state:ledger/x.jsonl"]), expected.join("\n"));
    assert!(bench.count_commits("home") <= 2);
    assert_eq!(bench.git("home", &["status", "--porcelain"]), "");
    assert_eq!(Journal::offline(&repo, STATE).unwrap().tip(), journal.tip());
    // When a remote is added, the ledger moves there with the next commit.
    bench.git("home", &["remote", "add", "origin", "../remote.git"]);
    let journal = open(&repo).await;
    journal.commit(append("ledger/x.jsonl", "moved")).await.unwrap();
    assert!(bench.state("ledger/x.jsonl").ends_with("19\nmoved"));
    open(&repo).await.commit(append("ledger/x.jsonl", "again")).await.unwrap();
}

#[tokio::test]
async fn a_bare_repository_holds_a_throwaway_ledger() {
    let bench = Bench::new();
    let repo = Repo::open(&bench.path("remote.git")).unwrap();
    Journal::open(&repo, None, STATE).await.unwrap().commit(append("ledger/x.jsonl", "1")).await.unwrap();
    assert_eq!(bench.state("ledger/x.jsonl"), "1");
}

#[tokio::test]
async fn formats_this_version_does_not_know() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    let remote = || repo.remote().unwrap();
    open(&repo).await.commit(append("ledger/x.jsonl", "1")).await.unwrap();
    bench.git(".", &["clone", "-q", "-b", STATE, "remote.git", "hand"]);
    let put = |text: &str| {
        bench.commit("hand", "format.json", text);
        bench.git("hand", &["push", "-q", "origin", STATE]);
    };
    put(r#"{"schema":3,"min_reader":1,"min_writer":2,"more":true}"#);
    let journal = Journal::open(&repo, remote(), STATE).await.unwrap();
    assert_eq!(text(&journal.branch().unwrap(), "ledger/x.jsonl").as_deref(), Some("1\n"), "may still read");
    let newer = |verb: &str| {
        format!(
            "the state branch is of a newer pressroom: to {verb} it takes a version that knows format 2; this one knows 1"
        )
    };
    let failure = failed(journal.commit(append("ledger/x.jsonl", "2")).await);
    assert_eq!((failure.kind, failure.message.as_str()), (Kind::Content, &*newer("write to")));
    put(r#"{"schema":3,"min_reader":2,"min_writer":2}"#);
    let failure = Journal::open(&repo, remote(), STATE).await.unwrap_err();
    assert_eq!((failure.kind, failure.message.as_str()), (Kind::Content, &*newer("read")));
    for damaged in ["", "{", "[]", r#"{"schema":"one"}"#] {
        put(damaged);
        let failure = Journal::open(&repo, remote(), STATE).await.unwrap_err();
        assert_eq!(failure.message, "format.json of the state branch is missing or damaged", "{damaged}");
    }
    let failure = Journal::open(&repo, remote(), "main").await.unwrap_err();
    assert_eq!(failure.message, "format.json of the state branch is missing or damaged");
    let failure = Journal::open(&repo, remote(), "a..b").await.unwrap_err();
    assert_eq!(failure.message, "`a..b` is not a name git takes for a branch");
}

#[tokio::test]
async fn a_branch_that_lost_history_stops_everything() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    let journal = open(&repo).await;
    let first = journal.commit(append("ledger/x.jsonl", "1")).await.unwrap().commit.unwrap();
    let second = journal.commit(append("ledger/x.jsonl", "2")).await.unwrap().commit.unwrap();
    bench.git("remote.git", &["update-ref", "refs/heads/pressroom-state", &first.to_string()]);
    let remote: Remote = repo.remote().unwrap().unwrap();
    let failure = Journal::open(&repo, Some(remote.clone()), STATE).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Person);
    assert_eq!(
        told(&failure),
        format!(
            "branch `pressroom-state` on remote `origin` no longer has commit {second}, which it had before: some of the ledger is lost\n\
             put it back, by hand if both sides have news: `git push origin {second}:refs/heads/pressroom-state`\n\
             if it was rewritten on purpose: `git update-ref -d refs/pressroom/state/pressroom-state`, \
             and delete the local branch `pressroom-state` if there is one"
        )
    );
    assert_eq!(failed(journal.commit(append("ledger/x.jsonl", "3")).await).kind, Kind::Person);
    bench.git("remote.git", &["update-ref", "-d", "refs/heads/pressroom-state"]);
    assert_eq!(Journal::open(&repo, Some(remote.clone()), STATE).await.unwrap_err().kind, Kind::Person);
    bench.git("clone", &["push", "-q", "origin", &format!("{second}:refs/heads/pressroom-state")]);
    Journal::open(&repo, Some(remote), STATE).await.unwrap();
}

/// Commits that go forward, and take lines of the ledger away.
#[tokio::test]
async fn a_ledger_that_lost_lines_stops_everything() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    let journal = open(&repo).await;
    for (path, line) in [("ledger/x.jsonl", "1"), ("ledger/x.jsonl", "2"), ("ledger/y.jsonl", "1")] {
        journal.commit(append(path, line)).await.unwrap();
    }
    let key: Change = Box::new(|_| Ok(vec![Edit::Write { path: "vault/accounts/x.age".into(), bytes: vec![1] }]));
    let known = journal.commit(key).await.unwrap().commit.unwrap();
    bench.git(".", &["clone", "-q", "-b", STATE, "remote.git", "hand"]);
    let remote = || Some(repo.remote().unwrap().unwrap());
    for (path, text, lost) in [
        ("ledger/x.jsonl", Some("1\n"), "ledger/x.jsonl, line 2"),
        ("ledger/x.jsonl", Some("2\n"), "ledger/x.jsonl, line 1"),
        ("ledger/x.jsonl", Some("1\n3\n"), "ledger/x.jsonl, line 2"),
        ("ledger/x.jsonl", None, "ledger/x.jsonl, line 1"),
    ] {
        bench.git("hand", &["reset", "-q", "--hard", &known.to_string()]);
        match text {
            Some(text) => bench.write(&format!("hand/{path}"), text),
            None => fs::remove_file(bench.path(&format!("hand/{path}"))).unwrap(),
        }
        bench.git("hand", &["commit", "-q", "-a", "-m", "by hand"]);
        bench.git("hand", &["push", "-q", "--force", "origin", STATE]);
        let tip = bench.git("hand", &["rev-parse", "HEAD"]);
        let failure = Journal::open(&repo, remote(), STATE).await.unwrap_err();
        assert_eq!(failure.kind, Kind::Person);
        assert_eq!(
            told(&failure),
            format!(
                "the ledger on branch `pressroom-state` on remote `origin` was changed by hand: {lost} is no longer what it was\n\
                 see what was changed: `git diff {known} {tip} -- ledger/`; put it back on the branch\n\
                 if it was rewritten on purpose: `git update-ref -d refs/pressroom/state/pressroom-state`, \
                 and delete the local branch `pressroom-state` if there is one"
            )
        );
        assert_eq!(failed(journal.commit(append("ledger/x.jsonl", "3")).await).kind, Kind::Person);
    }
    // A person says so; from then on what is there is what counts.
    bench.git("clone", &["update-ref", "-d", "refs/pressroom/state/pressroom-state"]);
    Journal::open(&repo, remote(), STATE).await.unwrap();
    // Put back, in another order and with a line between, as a merge by hand has it; and a token's file goes, as it may.
    bench.write("hand/ledger/x.jsonl", "1\n4\n2\n");
    fs::remove_file(bench.path("hand/vault/accounts/x.age")).unwrap();
    bench.git("hand", &["add", "-A"]);
    bench.git("hand", &["commit", "-q", "-m", "put back"]);
    bench.git("hand", &["push", "-q", "origin", STATE]);
    Journal::open(&repo, remote(), STATE).await.unwrap();
}

#[tokio::test]
async fn old_refs_of_dead_runs_are_pruned() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    let old = uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, 1_700_000_000, 0));
    let young = uuid::Uuid::now_v7();
    for run in [old.to_string(), young.to_string(), "odd".to_owned()] {
        bench.git("clone", &["update-ref", &format!("refs/pressroom/run/{run}/base"), "HEAD"]);
    }
    drop(open(&repo).await);
    let left = bench.git("clone", &["for-each-ref", "--format=%(refname)", "refs/pressroom/run"]);
    assert!(!left.contains(&old.to_string()) && left.contains(&young.to_string()) && left.contains("odd"), "{left}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told() {
    let bench = Bench::new();
    let repo = bench.local("home");
    let journal = open(&repo).await;
    journal.commit(append("ledger/x.jsonl", "1")).await.unwrap();
    // A file where git wants to make a folder, as root may write everywhere.
    let objects = bench.path("home/.git/objects");
    fs::rename(&objects, bench.path("home/.git/kept")).unwrap();
    fs::write(&objects, "").unwrap();
    let failure = failed(journal.commit(append("ledger/x.jsonl", "2")).await);
    assert!(!failure.message.is_empty() && failure.kind != Kind::Bug, "{failure:?}");
    fs::remove_file(&objects).unwrap();
    fs::rename(bench.path("home/.git/kept"), &objects).unwrap();
    journal.commit(append("ledger/x.jsonl", "3")).await.unwrap();
    assert_eq!(bench.git("home", &["show", "pressroom-state:ledger/x.jsonl"]), "1\n3");
}

#[tokio::test]
async fn a_lock_left_behind_is_named_and_left_alone() {
    let bench = Bench::new();
    let repo = bench.local("home");
    let short = Duration::from_millis(500);
    let journal = Journal::open_patient(&repo, None, STATE, short).await.unwrap();
    journal.commit(append("ledger/x.jsonl", "1")).await.unwrap();
    let lock = bench.path("home/.git/refs/heads/pressroom-state.lock");
    fs::write(&lock, "").unwrap();
    let failure = failed(journal.commit(append("ledger/x.jsonl", "2")).await);
    assert_eq!((failure.kind, failure.message.as_str()), (Kind::Later, "cannot move refs/heads/pressroom-state"));
    let hint = failure.hints.last().unwrap();
    assert!(
        hint.contains("pressroom-state.lock is ") && hint.ends_with("left behind by one that died; remove it"),
        "{hint}"
    );
    fs::remove_file(&lock).unwrap();
    // The same on the remote, where git itself reports it.
    bench.git("home", &["remote", "add", "origin", "../remote.git"]);
    let journal = Journal::open_patient(&repo, repo.remote().unwrap(), STATE, short).await.unwrap();
    journal.commit(append("ledger/x.jsonl", "3")).await.unwrap();
    fs::write(bench.path("remote.git/refs/heads/pressroom-state.lock"), "").unwrap();
    let failure = failed(journal.commit(append("ledger/x.jsonl", "4")).await);
    assert_eq!(failure.kind, Kind::Later);
    assert_eq!(failure.message, "branch `pressroom-state` kept being changed or locked by others for 0 s");
    assert!(told(&failure).contains("pressroom-state.lock"), "{}", told(&failure));
}

#[tokio::test]
async fn over_ssh_by_the_users_own_command() {
    let bench = Bench::new();
    bench.clone("full");
    bench.write("ssh", "#!/bin/sh\nfor last; do :; done\nexec sh -c \"$last\"\n");
    fs::set_permissions(bench.path("ssh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let ssh = format!("core.sshCommand={}", bench.path("ssh").display());
    let url = format!("acme.example:{}", bench.path("remote.git").display());
    bench.git(".", &["-c", &ssh, "clone", "-q", "-c", &ssh, &url, "clone"]);
    let repo = Repo::open(&bench.path("clone")).unwrap();
    assert!(!repo.remote().unwrap().unwrap().is_local());
    let journal = open(&repo).await;
    let waiting: Vec<_> = (0..12).map(|n| journal.commit(append("ledger/x.jsonl", &n.to_string()))).collect();
    for one in waiting {
        one.await.unwrap();
    }
    assert_eq!(bench.state("ledger/x.jsonl").lines().count(), 12);
    assert!(bench.count_commits("remote.git") <= 2);
}
