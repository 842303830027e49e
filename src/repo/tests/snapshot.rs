//! Reading files at a commit and on disk, links, sizes and histories.

use std::io::Read;
use std::os::unix::fs::symlink;

use crate::media::testing::{boxed, movie};
use crate::media::{self, Facts, Lack};
use crate::repo::snapshot::{Snapshot, TEXT_BYTES_MAX, Unread};

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

/// Everything a snapshot may meet, in both its forms.
fn furnished(bench: &Bench) -> Repo {
    let repo = bench.local("home");
    bench.write("home/posts/deep/er/cup.md", "Cup");
    bench.write("home/posts/notes.txt", "no post");
    bench.write("home/posts-old/no.md", "no post");
    bench.write("home/posts/long.md", vec![b'x'; TEXT_BYTES_MAX as usize + 1]);
    bench.write("home/media/tea.png", PNG);
    bench.write("home/media/empty.png", "");
    bench.write("home/media/what.bin", "what");
    let sha = "f02a830cf03a1cf756c0461481db682bc9254a5a399f847494d33850c3ff7156";
    let pointer =
        |sha: &str, size: usize| format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha}\nsize {size}\n");
    bench.write("home/media/here.png", pointer(sha, PNG.len()));
    bench.write(&format!("home/.git/lfs/objects/f0/2a/{sha}"), PNG);
    bench.write("home/media/away.png", pointer(&sha.replace('4', "5"), PNG.len()));
    bench.write("home/media/cut.png", pointer(sha, PNG.len() + 1));
    bench.write("secret.png", PNG);
    symlink("tea.png", bench.path("home/media/link.png")).unwrap();
    symlink("../../secret.png", bench.path("home/media/out.png")).unwrap();
    symlink("../media", bench.path("home/posts/media")).unwrap();
    symlink("tea.md", bench.path("home/posts/alias.md")).unwrap();
    bench.git("home", &["add", "-A"]);
    bench.git("home", &["commit", "-q", "-m", "furnish"]);
    repo
}

fn both(repo: &Repo) -> [Snapshot; 2] {
    [Snapshot::at_commit(repo, repo.head().unwrap()).unwrap(), Snapshot::on_disk(repo)]
}

#[test]
fn files_and_texts() {
    let bench = Bench::new();
    let repo = furnished(&bench);
    for snapshot in both(&repo) {
        let posts = ["posts/alias.md", "posts/deep/er/cup.md", "posts/long.md", "posts/tea.md"];
        assert_eq!(snapshot.files("posts", ".md").unwrap(), posts);
        assert_eq!(snapshot.files("posts/", ".md").unwrap(), posts);
        assert_eq!(snapshot.files("nowhere", ".md").unwrap(), Vec::<String>::new());
        assert_eq!(snapshot.read("posts/tea.md").unwrap(), b"Tea\n");
        assert_eq!(snapshot.read("posts/alias.md").unwrap(), b"Tea\n");
        assert_eq!(snapshot.read("posts/none.md"), Err(Unread::Missing));
        assert_eq!(snapshot.read("posts"), Err(Unread::Directory));
        assert_eq!(snapshot.read("../secret.png"), Err(Unread::Outside));
        let long = snapshot.read("posts/long.md").unwrap_err();
        assert_eq!(long.to_string(), "the file is 1025 KiB long; at most 1024 KiB are read");
    }
    let [committed, disk] = both(&repo);
    assert_eq!((committed.commit(), disk.commit()), (Some(repo.head().unwrap()), None));
    let blob = bench.git("home", &["rev-parse", "HEAD:posts/tea.md"]);
    assert_eq!(committed.blob("posts/alias.md").unwrap().to_string(), blob);
    assert_eq!(disk.blob("posts/tea.md"), None);
}

#[test]
fn the_disk_shows_what_is_saved_and_the_commit_does_not() {
    let bench = Bench::new();
    let repo = furnished(&bench);
    bench.write("home/.gitignore", "*.tmp.md\nposts/private/\n");
    for (path, text) in [("new.md", "New"), ("x.tmp.md", "x"), ("private/y.md", "y"), ("tea.md", "Half sav")] {
        bench.write(&format!("home/posts/{path}"), text);
    }
    symlink("ann@host.1234", bench.path("home/posts/.#tea.md")).unwrap();
    let [committed, disk] = both(&repo);
    assert_eq!(committed.read("posts/tea.md").unwrap(), b"Tea\n");
    assert_eq!(disk.read("posts/tea.md").unwrap(), b"Half sav");
    assert!(!committed.files("posts", ".md").unwrap().contains(&"posts/new.md".to_owned()));
    let saved = disk.files("posts", ".md").unwrap();
    assert_eq!(saved, ["posts/alias.md", "posts/deep/er/cup.md", "posts/long.md", "posts/new.md", "posts/tea.md"]);
}

#[test]
fn media_and_why_not() {
    let bench = Bench::new();
    let repo = furnished(&bench);
    let paths = [
        ("media/tea.png", Ok(media::Kind::Png)),
        ("media/link.png", Ok(media::Kind::Png)),
        ("posts/media/tea.png", Ok(media::Kind::Png)),
        ("media/here.png", Ok(media::Kind::Png)),
        ("media/away.png", Err(Lack::LfsPointer)),
        ("media/cut.png", Err(Lack::LfsPointer)),
        ("media/none.png", Err(Lack::Missing)),
        ("media/empty.png", Err(Lack::Empty)),
        ("media", Err(Lack::Directory)),
        ("posts/media", Err(Lack::Directory)),
        ("media/out.png", Err(Lack::Outside)),
        ("../secret.png", Err(Lack::Outside)),
        ("/etc/passwd", Err(Lack::Outside)),
        (".git/config", Err(Lack::Outside)),
        ("media/what.bin", Err(Lack::Unknown { extension: Some("bin".into()) })),
    ];
    let names: Vec<String> = paths.iter().map(|(path, _)| (*path).to_owned()).collect();
    for snapshot in both(&repo) {
        let library = snapshot.probe(&names);
        assert_eq!(library.len(), names.len());
        for (path, expected) in &paths {
            let found = library[*path].as_ref().map(|facts| facts.kind).map_err(Clone::clone);
            assert_eq!(&found, expected, "{path} in {:?}", snapshot.commit());
        }
        let facts = library["media/here.png"].as_ref().unwrap();
        assert_eq!(facts.bytes, PNG.len() as u64);
        assert_eq!(facts.sha256, library["media/tea.png"].as_ref().unwrap().sha256);
        assert_eq!(facts.sha256.len(), 64);
        assert!(snapshot.probe(&[]).is_empty());
    }
}

/// A film too large for memory is told like a small one, its index at the end; what two paths name is read once, and
/// each keeps its own name and what that promises.
#[test]
fn large_media_are_looked_into() {
    let bench = Bench::new();
    let repo = furnished(&bench);
    let small = movie([0, 1, -1, 0], false);
    let large = [&small[..20], &boxed(b"free", &[&vec![7; 9_000_000]]), &small[20..]].concat();
    bench.commit("home", "media/small.mp4", &small);
    bench.commit("home", "media/large.mp4", &large);
    bench.commit("home", "media/twin.mov", &large);
    bench.commit("home", "media/not.png", &large);
    let names = ["media/small.mp4", "media/large.mp4", "media/twin.mov", "media/not.png"].map(str::to_owned);
    for snapshot in both(&repo) {
        let library = snapshot.probe(&names);
        let facts = |name: &str| library[name].clone().unwrap();
        let (small, large) = (facts("media/small.mp4"), facts("media/large.mp4"));
        assert_eq!((small.size, small.turned), (Some((1080, 1920)), true));
        assert_eq!((large.size, large.film.clone()), (small.size, small.film));
        assert_eq!(large.bytes, small.bytes + 9_000_008);
        assert_ne!(large.sha256, small.sha256);
        assert_eq!(facts("media/twin.mov"), Facts { path: "media/twin.mov".to_owned(), ..large });
        let misnamed = Lack::Misnamed { extension: "png".to_owned(), kind: media::Kind::Video };
        assert_eq!(library["media/not.png"], Err(misnamed));
    }
}

fn bytes(mut reader: Box<dyn Read + Send>) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn ranges_of_small_and_large_media() {
    let bench = Bench::new();
    let repo = furnished(&bench);
    let large: Vec<u8> = (0..9_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    bench.commit("home", "media/large.mp4", &large);
    bench.git("home", &["repack", "-q", "-a", "-d"]);
    for (is_committed, snapshot) in [true, false].into_iter().zip(both(&repo)) {
        assert_eq!(bytes(snapshot.open("media/link.png", 1..4).unwrap()), b"PNG");
        assert_eq!(bytes(snapshot.open("media/here.png", 0..u64::MAX).unwrap()), PNG);
        assert_eq!(bytes(snapshot.open("media/large.mp4", 8_999_990..u64::MAX).unwrap()), large[8_999_990..]);
        // Two readers of one file do not disturb each other.
        let (mut one, two) =
            (snapshot.open("media/large.mp4", 0..10).unwrap(), snapshot.open("media/large.mp4", 5..10).unwrap());
        let mut first = [0; 5];
        one.read_exact(&mut first).unwrap();
        assert_eq!(bytes(two), large[5..10]);
        assert_eq!(bytes(one), large[5..10]);
        assert_eq!(bytes(snapshot.open("media/tea.png", 100..200).unwrap()), b"");
        // What is committed stays open for its next part; files on disk may be others by then.
        let again = snapshot.open_again("media/large.mp4", 8_999_990..9_000_000).map(bytes);
        let stays = is_committed.then(|| large[8_999_990..].to_vec());
        assert_eq!(again, stays);
        assert!(snapshot.open_again("media/none.png", 0..1).is_none());
        assert!(matches!(snapshot.open("media/none.png", 0..1), Err(Lack::Missing)));
        let library = snapshot.probe(&["media/large.mp4".to_owned()]);
        assert_eq!(library["media/large.mp4"], Err(Lack::Unknown { extension: Some("mp4".into()) }));
    }
    assert_eq!(tree(&bench.path("home/.git/pressroom/cache")), Vec::<String>::new(), "nothing stays");
}

#[test]
fn a_partial_clone_gets_what_it_lacks() {
    let bench = Bench::new();
    bench.git("remote.git", &["config", "uploadpack.allowFilter", "true"]);
    bench.clone("full");
    let repo = bench.clone_of("partial", &bench.file_url(), &["--filter=blob:none", "--no-checkout"]);
    let snapshot = Snapshot::at_commit(&repo, repo.head().unwrap()).unwrap();
    assert_eq!(snapshot.read("posts/tea.md").unwrap(), b"Tea\n");
}

/// Commits whose committer's clock says so many seconds.
fn commit_at(bench: &Bench, seconds: u64, args: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@acme.example"])
        .args(args)
        .current_dir(bench.path("home"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_COMMITTER_DATE", format!("{seconds} +0000"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn when_a_path_came_to_the_branch() {
    let bench = Bench::new();
    bench.git(".", &["init", "-q", "-b", "main", "home"]);
    let step = |seconds: u64, files: &[(&str, Option<&str>)]| {
        for (path, text) in files {
            match text {
                Some(text) => bench.write(&format!("home/{path}"), text),
                None => fs::remove_file(bench.path(&format!("home/{path}"))).unwrap(),
            }
        }
        bench.git("home", &["add", "-A"]);
        commit_at(&bench, seconds, &["commit", "-q", "-m", "step", "--allow-empty"]);
    };
    step(1_000_000_000, &[("posts/old.md", Some("old")), ("posts/back.md", Some("1"))]);
    step(1_000_000_100, &[("posts/back.md", None)]);
    bench.git("home", &["checkout", "-q", "-b", "draft"]);
    step(1_000_000_200, &[("posts/merged.md", Some("m"))]);
    bench.git("home", &["checkout", "-q", "main"]);
    step(1_000_000_300, &[("posts/back.md", Some("2"))]);
    commit_at(&bench, 1_000_000_400, &["merge", "-q", "--no-ff", "-m", "merge", "draft"]);
    step(1_000_000_500, &[("posts/old.md", Some("edited"))]);
    let paths: Vec<String> = ["old", "back", "merged", "none"].iter().map(|name| format!("posts/{name}.md")).collect();
    let repo = Repo::open(&bench.path("home")).unwrap();
    let when = |repo: &Repo| {
        let known = Snapshot::at_commit(repo, repo.head().unwrap()).unwrap().introduced(&paths).unwrap();
        known.into_iter().map(|(path, at)| (path, at.timestamp() - 1_000_000_000)).collect::<Vec<_>>()
    };
    let expected = [("posts/back.md", 300), ("posts/merged.md", 400), ("posts/old.md", 0)];
    assert_eq!(when(&repo), expected.map(|(path, at)| (path.to_owned(), at)));
    assert!(Snapshot::on_disk(&repo).introduced(&paths).unwrap().is_empty());
    // Where the clone was cut off, its oldest commit counts.
    let url = format!("file://{}", bench.path("home").display());
    bench.git(".", &["clone", "-q", "--depth=2", &url, "shallow"]);
    let expected = [("posts/back.md", 400), ("posts/merged.md", 400), ("posts/old.md", 400)];
    assert_eq!(when(&Repo::open(&bench.path("shallow")).unwrap()), expected.map(|(path, at)| (path.to_owned(), at)));
}
