//! Repositories of every kind that can be opened, and those that cannot.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::repo::remote::Remote;

#[test]
fn found_from_everywhere_inside() {
    let bench = Bench::new();
    let repo = bench.local("home");
    let top = repo.root().canonicalize().unwrap();
    let below = Repo::open(&bench.path("home/posts")).unwrap();
    assert_eq!(below.root().canonicalize().unwrap(), top);
    assert!(!below.is_bare());
    bench.git("home", &["worktree", "add", "-q", "--detach", "../other"]);
    let other = Repo::open(&bench.path("other")).unwrap();
    assert_eq!(other.root().canonicalize().unwrap(), bench.path("other").canonicalize().unwrap());
    assert_eq!(other.common_dir().canonicalize().unwrap(), repo.common_dir().canonicalize().unwrap());
    assert_eq!(other.head().unwrap(), repo.head().unwrap());
    let bare = Repo::open(&bench.path("remote.git")).unwrap();
    assert!(bare.is_bare());
}

#[test]
fn what_cannot_be_opened_says_why() {
    let bench = Bench::new();
    let outside = bench.path("outside");
    fs::create_dir(&outside).unwrap();
    let failure = Repo::open(&outside).unwrap_err();
    assert_eq!(failure.kind, Kind::Content);
    assert_eq!(
        told(&failure),
        format!(
            "{} is not in a git repository\n`pressroom init` makes a content repository here; `git init` an empty one",
            outside.display()
        )
    );
    bench.git(".", &["init", "-q", "empty"]);
    let failure = Repo::open(&bench.path("empty")).unwrap().head().unwrap_err();
    assert_eq!(failure.kind, Kind::Content);
    assert!(failure.message.ends_with("empty has no commit yet"), "{}", failure.message);
    bench.git(".", &["init", "-q", "--ref-format=reftable", "tables"]);
    let failure = Repo::open(&bench.path("tables")).unwrap_err();
    assert!(failure.message.ends_with("tables keeps its refs as reftable, which is not supported yet"), "{failure:?}");
    bench.git(".", &["init", "-q", "--object-format=sha256", "long"]);
    let failure = Repo::open(&bench.path("long")).unwrap_err();
    assert!(failure.message.ends_with("long names its objects by SHA-256, which is not supported yet"), "{failure:?}");
    bench.git(".", &["init", "-q", "partial"]);
    bench.git("partial", &["config", "core.repositoryformatversion", "1"]);
    bench.git("partial", &["config", "extensions.partialClone", "origin"]);
    let failure = Repo::open(&bench.path("partial")).unwrap_err();
    assert!(failure.message.contains("partial clone"), "{failure:?}");
}

#[test]
fn the_private_folder_is_for_this_user_alone() {
    let bench = Bench::new();
    let repo = bench.local("home");
    assert!(!bench.path("home/.git/pressroom").exists(), "made on demand");
    let folder = repo.folder("runs").unwrap();
    assert!(folder.ends_with(".git/pressroom/runs"));
    for path in ["home/.git/pressroom", "home/.git/pressroom/runs"] {
        assert_eq!(fs::metadata(bench.path(path)).unwrap().permissions().mode() & 0o777, 0o700, "{path}");
    }
}

#[tokio::test]
async fn the_commit_to_publish_from() {
    let bench = Bench::new();
    let local = bench.local("home");
    assert_eq!(local.publishing("main", None).await.unwrap(), local.head().unwrap());
    let failure = local.publishing("trunk", None).await.unwrap_err();
    assert_eq!(
        told(&failure),
        "this repository has no branch `trunk`\nit has `main`\n\
         set the one to publish from in accounts.toml: [publish] branch = \"...\""
    );
    // With a remote, what is there counts, not what was committed here.
    let clone = bench.clone("clone");
    let remote = clone.remote().unwrap().unwrap();
    let pushed = bench.commit("first", "posts/two.md", "Two");
    bench.git("first", &["push", "-q", "origin", "main"]);
    bench.commit("clone", "posts/unreviewed.md", "Not pushed");
    assert_eq!(clone.publishing("main", Some(&remote)).await.unwrap(), pushed);
    let failure = clone.publishing("trunk", Some(&remote)).await.unwrap_err();
    assert_eq!(failure.message, "remote `origin` has no branch `trunk`");
    assert_eq!(failure.hints[0], "it has `main`");
    assert_eq!(bench.git("clone", &["for-each-ref", "refs/pressroom/run"]), "", "refs of a run go with it");
    assert!(clone.publishing("--upload-pack=evil", Some(&remote)).await.is_err());
}

#[tokio::test]
async fn detached_shallow_and_empty_ones() {
    let bench = Bench::new();
    bench.clone("full");
    bench.commit("first", "posts/two.md", "Two");
    bench.git("first", &["push", "-q", "origin", "main"]);
    let shallow = bench.clone_of("shallow", &bench.file_url(), &["--depth=1"]);
    bench.git("shallow", &["checkout", "-q", "--detach"]);
    let remote = shallow.remote().unwrap().unwrap();
    let pushed = bench.commit("first", "posts/three.md", "Three");
    bench.git("first", &["push", "-q", "origin", "main"]);
    assert_eq!(shallow.publishing("main", Some(&remote)).await.unwrap(), pushed);
    bench.git(".", &["init", "-q", "--bare", "void.git"]);
    bench.git(".", &["clone", "-q", "void.git", "void"]);
    let void = Repo::open(&bench.path("void")).unwrap();
    let remote = void.remote().unwrap().unwrap();
    let failure = void.publishing("main", Some(&remote)).await.unwrap_err();
    assert_eq!(failure.hints, ["it has no branch at all yet: `git push --set-upstream origin main`"]);
    assert!(void.publishing("main", None).await.unwrap_err().message.ends_with("has no commit yet"));
}

#[test]
fn the_remote_that_is_chosen() {
    let bench = Bench::new();
    let repo = bench.local("home");
    let chosen = |repo: &Repo| repo.remote().map(|remote| remote.map(|remote: Remote| remote.name().to_owned()));
    assert_eq!(chosen(&repo).unwrap(), None);
    bench.git("home", &["remote", "add", "one", "../remote.git"]);
    assert_eq!(chosen(&repo).unwrap().as_deref(), Some("one"));
    bench.git("home", &["remote", "add", "two", "../remote.git"]);
    let failure = chosen(&repo).unwrap_err();
    assert_eq!(
        told(&failure),
        "it is not clear which remote to use: `one`, `two`\nsay it once: `git config pressroom.remote NAME`"
    );
    bench.git("home", &["config", "branch.main.remote", "two"]);
    assert_eq!(chosen(&repo).unwrap().as_deref(), Some("two"));
    bench.git("home", &["remote", "add", "origin", "https://me:secret@host.example/r.git"]);
    assert_eq!(chosen(&repo).unwrap().as_deref(), Some("origin"));
    assert_eq!(repo.remote().unwrap().unwrap().address(), "https://***@host.example/r.git");
    bench.git("home", &["config", "pressroom.remote", "one"]);
    assert_eq!(chosen(&repo).unwrap().as_deref(), Some("one"));
    bench.git("home", &["config", "pressroom.remote", "three"]);
    assert!(chosen(&repo).unwrap_err().message.contains("names `three`"));
}

#[tokio::test]
async fn an_unreachable_remote_is_for_later_and_shows_no_secret() {
    let bench = Bench::new();
    let repo = bench.clone("clone");
    bench.git("clone", &["remote", "set-url", "origin", "http://me:hunter2@127.0.0.1:1/r.git"]);
    let remote = repo.remote().unwrap().unwrap();
    let failure = repo.publishing("main", Some(&remote)).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Later);
    let told = told(&failure);
    assert!(told.starts_with("cannot read from remote `origin` (http://***@127.0.0.1:1/r.git)"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
    assert!(!format!("{remote:?}").contains("hunter2"), "the secret is not shown when debugging either");
}
