//! Publishing to the simulators from real clones.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use pressroom::sim::{FaultKind, x};

use crate::host::{Host, fake_ssh};
use crate::press::{ACCOUNTS, Press, Ran, Stage};
use crate::scene::{Scene, next_second, picture, post, until};

/// Due on merge, for X and both LinkedIn accounts.
const HELLO: &str = "---\nid: hello\ntargets: [all]\nschedule: on-merge\n---\nHello (world).\n";

#[test]
fn a_post_goes_out_once() {
    let scene = Scene::new();
    scene.press.file("posts/hello.md", HELLO).commit("hello");
    scene.press.git(&["push", "-q"]);
    let ran = scene.press.run(&["publish"]).exits(0);
    assert!(ran.stdout.contains("https://x.com/acme/status/"), "{}", ran.stdout);
    assert_eq!(scene.stage.texts("x"), ["Hello (world)."]);
    assert_eq!(scene.stage.texts("linkedin"), ["Hello (world).", "Hello (world)."]);
    scene.press.run(&["publish"]).exits(0);
    assert_eq!(scene.stage.sim.seen().len(), 3);
    // The receipts are on the remote's state branch, and they are the readers' addresses.
    let mut receipts: Vec<String> =
        scene.ledger("hello").iter().filter(|entry| entry["ev"] == "published").map(url).collect();
    let mut seen: Vec<String> = scene.stage.sim.seen().into_iter().map(|seen| seen.url).collect();
    seen.sort();
    receipts.sort();
    assert_eq!(receipts, seen);
    assert!(!scene.press.repo.join(".git/pressroom/runs").read_dir().unwrap().any(|_| true), "a spool stayed");
}

fn url(entry: &serde_json::Value) -> String {
    entry["receipt"]["url"].as_str().unwrap().to_owned()
}

/// The stock `age` program; these tests fail where it is missing, as what they prove cannot be proved without.
fn age(args: &[&str], folder: &Path) -> String {
    let ran = Command::new("age").args(args).current_dir(folder).output();
    let ran = ran.expect("this test needs the `age` program: `apt-get install age` (as .ci/run does)");
    assert!(ran.status.success(), "age {args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn token_files_open_with_the_age_program() {
    let (stage, mut press) = (Stage::new(), Press::new());
    let folder = press.folder().to_owned();
    let ssh_key = folder.join("home/.ssh/id_ed25519");
    std::fs::create_dir_all(ssh_key.parent().unwrap()).unwrap();
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "ann@acme", "-f"])
        .arg(&ssh_key)
        .status();
    assert!(made.expect("this test needs `ssh-keygen`").success());
    let public = std::fs::read_to_string(ssh_key.with_extension("pub")).unwrap();
    let recipients = format!("recipients = [\"{{recipient}}\", \"{}\"]", public.trim());
    press.file("accounts.toml", &ACCOUNTS.replace("recipients = [\"{recipient}\"]", &recipients)).commit("first");
    let remote = press.with_remote();
    stage.reach(&mut press);
    let tokens = stage.connect(&press);
    let key = folder.join("home/.config/pressroom/identity");
    for (account, token) in [("acme-x", &tokens[0]), ("acme-page", &tokens[1]), ("ann", &tokens[2])] {
        let file = folder.join(format!("{account}.age"));
        let show = [
            "-C",
            remote.to_str().unwrap(),
            "cat-file",
            "blob",
            &format!("pressroom-state:vault/accounts/{account}.age"),
        ];
        let sealed = press.command_of("git", &show).output().unwrap().stdout;
        std::fs::write(&file, sealed).unwrap();
        for identity in [&key, &ssh_key] {
            let text = age(&["-d", "-i", identity.to_str().unwrap(), file.to_str().unwrap()], &folder);
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(document.to_string().contains(token.as_str()), "{account} with {}", identity.display());
        }
    }
    // And the program itself opens them with the ssh key alone, as CI may have it.
    std::fs::remove_file(&key).unwrap();
    next_second();
    press.file("posts/hello.md", HELLO).commit("hello");
    press.git(&["push", "-q"]);
    press.env.push(("PRESSROOM_IDENTITY".to_owned(), std::fs::read_to_string(&ssh_key).unwrap()));
    press.run(&["publish"]).exits(0);
    assert_eq!(stage.sim.seen().len(), 3);
}

/// Every object a repository has, reachable or not, each with its content.
fn all_objects(press: &Press, repo: &Path) -> Vec<u8> {
    let args = ["-C", repo.to_str().unwrap(), "cat-file", "--batch-all-objects", "--batch"];
    let ran = press.command_of("git", &args).stdin(Stdio::null()).output().unwrap();
    assert!(ran.status.success());
    ran.stdout
}

fn all_files(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        bytes.extend(if path.is_dir() { all_files(&path) } else { std::fs::read(&path).unwrap() });
    }
    bytes
}

fn holds(bytes: &[u8], token: &str) -> bool {
    bytes.windows(token.len()).any(|window| window == token.as_bytes())
}

#[test]
fn no_token_is_told_anywhere() {
    let (stage, mut press) = (Stage::new(), Press::with(&[]));
    let remote = press.with_remote();
    stage.reach(&mut press);
    press.env.push(("PRESSROOM_LOG".to_owned(), "trace".to_owned()));
    // Signed up once to know the tokens, and connected aloud.
    let tokens = stage.connect(&press);
    let mut said = String::new();
    for (account, token) in ["acme-x", "acme-page", "ann"].into_iter().zip(&tokens) {
        let ran = press.run_with(&["-vvv", "connect", account, "--token-stdin"], token).exits(0);
        said += &(ran.stdout + &ran.stderr);
    }
    next_second();
    press.bytes("media/tea.png", &picture(8, 8, 50));
    press.file("posts/tea.md", &post("tea", "all", "Tea.\n\n![Tea](media/tea.png)"));
    press.file("posts/hello.md", HELLO).commit("posts");
    press.git(&["push", "-q"]);
    // Things that go wrong are told at more length.
    for (method, path) in [("POST", "/2/tweets"), ("POST", "/rest/posts"), ("PUT", "/dms-uploads/")] {
        let (method, path) = (method.parse().unwrap(), path.to_owned());
        stage.sim.world().fault(pressroom::sim::Fault { method, path, times: 1, kind: FaultKind::DropAfter });
    }
    // A platform that repeats what it was given.
    let body = format!("{{\"detail\":\"Bearer {0} is bad\",\"title\":\"{0}\",\"message\":\"{0}\"}}", tokens[0]);
    let kind = FaultKind::AnswerBefore { status: 500, headers: Vec::new(), body };
    let (method, path) = ("POST".parse().unwrap(), "/2/media/upload".to_owned());
    stage.sim.world().fault(pressroom::sim::Fault { method, path, times: 1, kind });
    for args in
        [&["-vvv", "publish"][..], &["-vvv", "publish"], &["-vvv", "status"], &["-vvv", "log"], &["-vvv", "accounts"]]
    {
        let ran = press.run(args);
        said += &(ran.stdout + &ran.stderr);
    }
    assert_eq!(stage.sim.seen().len(), 6, "{said}");
    assert!(said.contains("TRACE"), "the log was not at its loudest");
    let places = [
        ("what was said", said.into_bytes()),
        ("an object of the clone", all_objects(&press, &press.repo)),
        ("an object of the remote", all_objects(&press, &remote)),
        ("a file of ours in the clone", all_files(&press.repo.join(".git"))),
    ];
    for token in &tokens {
        for (place, bytes) in &places {
            assert!(!holds(bytes, token), "{place} holds a token");
        }
    }
    assert!(holds(&places[1].1, "baseline") && holds(&places[2].1, "baseline"), "objects are read");
}

#[test]
fn a_thread_goes_on_where_it_broke_off() {
    let scene = Scene::new();
    let front = "id: walk\ntargets: [acme-x]\nschedule: on-merge\nthread: true";
    let body = "One.\n\n---\n\nTwo.\n\n---\n\nThree.";
    // The second part is refused at a limit that ends long after the run.
    let limit = FaultKind::AnswerBefore {
        status: 429,
        headers: vec![("retry-after".to_owned(), "5".to_owned())],
        body: "{}".to_owned(),
    };
    scene.press.file("posts/walk.md", &format!("---\n{front}\n---\n{body}\n"));
    scene.press.commit("walk").git(&["push", "-q"]);
    scene.fault("POST", "/2/tweets", 1, FaultKind::Slow(Duration::from_millis(300)));
    let child = scene.press.command(&["publish"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until("the first part is under way", || scene.requests("POST", "/2/tweets") == 1);
    scene.fault("POST", "/2/tweets", 1, limit);
    let ran = Ran::of(&child.wait_with_output().unwrap()).exits(4);
    assert!(ran.stdout.contains("a limit of X is reached"), "{}", ran.stdout);
    assert_eq!(scene.stage.texts("x"), ["One."]);
    until("the limit has ended", || scene.press.run(&["publish"]).code == 0);
    assert_eq!(scene.stage.texts("x"), ["One.", "Two.", "Three."]);
    let seen = scene.stage.sim.seen();
    let chain: Vec<_> = seen.windows(2).map(|pair| pair[1].reply_to.as_ref() == Some(&pair[0].id)).collect();
    assert_eq!(chain, [true, true]);
    let kinds: Vec<_> = scene.ledger("walk").iter().map(|entry| entry["ev"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["claimed", "part", "failed", "claimed", "part", "part", "published"]);
    let ended = scene.ledger("walk").last().unwrap()["receipt"]["id"].clone();
    assert_eq!(ended, seen[0].id, "the receipt of a thread is its first part's");
}

#[test]
fn pictures_links_variants_and_overrides() {
    let scene = Scene::new();
    scene.press.bytes("media/tea.png", &picture(8, 8, 10)).bytes("media/pot.png", &picture(9, 9, 20));
    let pictures = "Two.\n\n![A cup](media/tea.png)\n![A pot](media/pot.png)";
    scene.press.file("posts/pictures.md", &post("pictures", "all", pictures));
    scene.press.file(
        "posts/link.md",
        "---\nid: link\ntitle: A page\ntargets: [acme-page, ann]\nschedule: on-merge\nlink: https://example.org/page\n---\nRead this.\n",
    );
    scene.press.file(
        "posts/words.md",
        "---\nid: words\ntargets: [all]\nschedule: on-merge\noverrides:\n  x: {text: Short.}\n  ann: {visibility: connections}\n---\nFor everybody.\n",
    );
    scene.press.file("posts/words.acme-page.md", "For the page.\n").commit("posts");
    scene.press.git(&["push", "-q"]);
    scene.press.run(&["publish"]).exits(0);
    let seen = scene.stage.sim.seen();
    let of = |platform: &str, start: &str| -> Vec<pressroom::sim::Seen> {
        seen.iter().filter(|seen| seen.platform == platform && seen.text.starts_with(start)).cloned().collect()
    };
    for seen in [of("x", "Two."), of("linkedin", "Two.")].concat() {
        let alts: Vec<_> = seen.media.iter().map(|media| media.alt.as_deref().unwrap()).collect();
        assert_eq!(alts, ["A cup", "A pot"], "{}", seen.platform);
        let bytes: Vec<_> = seen.media.iter().map(|media| media.bytes.to_vec()).collect();
        assert_eq!(bytes, [picture(8, 8, 10), picture(9, 9, 20)], "{}", seen.platform);
    }
    assert_eq!((of("x", "Two.").len(), of("linkedin", "Two.").len()), (1, 2));
    for seen in of("linkedin", "Read this.") {
        let card = seen.card.unwrap();
        assert_eq!((card.url.as_str(), card.title.as_str()), ("https://example.org/page", "A page"));
    }
    assert_eq!(of("linkedin", "Read this.").len(), 2);
    assert_eq!(of("x", "Short.").len(), 1);
    let page = of("linkedin", "For the page.");
    assert_eq!((page.len(), page[0].author.as_str()), (1, "urn:li:organization:123456"));
    let ann = of("linkedin", "For everybody.");
    assert_eq!((ann.len(), ann[0].visibility.as_str()), (1, "CONNECTIONS"));
    assert!(ann[0].author.starts_with("urn:li:person:"));
}

/// X checks every signature, those of uploads too; the secrets that sign are told nowhere.
#[test]
fn an_account_with_oauth_1_publishes() {
    let scene = Scene::new();
    scene.press.run(&["disconnect", "acme-x"]).exits(0);
    let token = scene.stage.sim.x.oauth1_token(x::DEFAULT_CLIENT_ID, "acme");
    let credentials = serde_json::json!({
        "oauth_token": token.token,
        "oauth_token_secret": token.token_secret,
        "consumer_key": token.consumer_key,
        "consumer_secret": token.consumer_secret,
    });
    scene.press.run_with(&["connect", "acme-x", "--token-stdin"], &credentials.to_string()).exits(0);
    scene.press.bytes("media/tea.png", &picture(8, 8, 50));
    scene.post("tea", "acme-x", "Tea & cake, 100 %.\n\n![Tea](media/tea.png)");
    let ran = scene.press.run(&["publish", "-vv"]).exits(0);
    let seen = scene.shown("x", "Tea & cake, 100 %.");
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].media[0].bytes.to_vec(), picture(8, 8, 50));
    let told = format!("{}{}", ran.stdout, ran.stderr);
    for secret in [&token.token_secret, &token.consumer_secret] {
        assert!(!told.contains(secret.as_str()), "{told}");
    }
}

/// An upload may last longer than the lease: nobody may take it for dead meanwhile.
#[test]
fn a_lease_is_renewed_while_an_upload_lasts() {
    let mut scene = Scene::new();
    scene.timings("lease=10,grace=1,request=6.5,settle=0.1,patience=3");
    scene.press.bytes("media/tea.png", &picture(8, 8, 50));
    scene.post("tea", "acme-x", "Tea.\n\n![Tea](media/tea.png)");
    scene.fault("POST", "/2/media/upload/initialize", 1, FaultKind::Slow(Duration::from_secs(6)));
    let child = scene.press.command(&["publish"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let under_way =
        || scene.stage.sim.world().log().iter().any(|call| call.target.contains("initialize") && call.status.is_none());
    until("the upload is under way", under_way);
    let renewed = || scene.ledger("tea").iter().filter(|entry| entry["ev"] == "renewed").count();
    let before = renewed();
    until("the lease is renewed", || renewed() > before);
    assert!(under_way(), "only afterwards");
    Ran::of(&child.wait_with_output().unwrap()).exits(0);
    assert_eq!(scene.stage.texts("x"), ["Tea."]);
}

/// Publishes one post from a clone of the scene's remote and from nowhere else.
fn publishes(scene: &Scene, press: &Press, id: &str) {
    let ran = press.run(&["publish"]).exits(0);
    assert_eq!(scene.shown("x", &format!("Text of {id}.")).len(), 1, "{}{}", ran.stdout, ran.stderr);
    press.run(&["publish"]).exits(0);
    press.run(&["status"]).exits(0);
    assert_eq!(scene.shown("x", &format!("Text of {id}.")).len(), 1);
    assert_eq!(scene.ledger(id).last().unwrap()["ev"], "published");
}

#[test]
fn clones_of_every_kind() {
    let scene = Scene::new();
    let another = |id: &str| scene.post(id, "acme-x", &format!("Text of {id}."));
    let address = format!("file://{}", scene.remote.display());

    another("shallow");
    let shallow = scene.press.clone_with(&address, "shallow", &["--depth=1", "--single-branch"]);
    publishes(&scene, &shallow, "shallow");
    // The clone stays as it was, and grows old.
    another("later");
    publishes(&scene, &shallow, "later");

    another("detached");
    let detached = scene.press.clone_with(&address, "detached", &[]);
    detached.git(&["checkout", "-q", "--detach"]);
    detached.git(&["branch", "-q", "-D", "main"]);
    publishes(&scene, &detached, "detached");

    another("worktree");
    let worktree = scene.press.in_folder("worktree");
    scene.press.git(&["worktree", "add", "-q", "--detach", worktree.repo.to_str().unwrap()]);
    publishes(&scene, &worktree, "worktree");

    another("below");
    let mut below = scene.press.in_folder("repo");
    below.repo = below.repo.join("posts");
    publishes(&scene, &below, "below");
}

/// An archive that was there before the account was connected is old in every clone, however little of the history is in
/// it.
#[test]
fn a_shallow_clone_does_not_take_the_archive_for_new() {
    let (stage, mut press) = (Stage::new(), Press::with(&[("posts/old.md", &post("old", "acme-x", "An old one."))]));
    for n in 0..70 {
        press.commit(&format!("archive {n}"));
    }
    next_second();
    let remote = press.with_remote();
    stage.reach(&mut press);
    stage.connect(&press);
    next_second();
    for n in 0..70 {
        press.commit(&format!("afterwards {n}"));
    }
    press.file("posts/new.md", &post("new", "acme-x", "A new one.")).commit("new");
    press.git(&["push", "-q"]);
    let shallow =
        press.clone_with(&format!("file://{}", remote.display()), "shallow", &["--depth=1", "--single-branch"]);
    shallow.run(&["publish"]).exits(0);
    assert_eq!(stage.texts("x"), ["A new one."]);
    press.run(&["publish"]).exits(0);
    assert_eq!(stage.texts("x"), ["A new one."]);
}

#[test]
fn without_a_remote() {
    let (stage, mut press) = (Stage::new(), Press::with(&[]));
    stage.reach(&mut press);
    stage.connect(&press);
    next_second();
    press.file("posts/hello.md", HELLO).commit("hello");
    press.run(&["publish"]).exits(0);
    press.run(&["publish"]).exits(0);
    assert_eq!(stage.sim.seen().len(), 3);
    let path = pressroom::ledger::entry::path(&pressroom::post::PostId::new("hello"));
    let ledger = press.git(&["show", &format!("pressroom-state:{path}")]);
    assert_eq!(ledger.matches("\"ev\":\"published\"").count(), 3, "{ledger}");
    // A remote that is added later gets the whole of it, and nothing goes out again.
    press.with_remote();
    press.file("posts/more.md", &post("more", "acme-x", "More.")).commit("more");
    press.git(&["push", "-q"]);
    press.run(&["publish"]).exits(0);
    assert_eq!(stage.sim.seen().len(), 4);
    assert!(press.git(&["ls-remote", "origin", "pressroom-state"]).contains("refs/heads/pressroom-state"));
}

#[test]
fn a_repository_without_a_commit_says_so() {
    let (stage, mut press) = (Stage::new(), Press::new());
    stage.reach(&mut press);
    for command in ["publish", "plan", "status"] {
        let ran = press.run(&[command]).exits(1);
        assert!(ran.stderr.contains("has no commit yet"), "{command}: {}", ran.stderr);
        assert!(ran.stderr.contains("hint: only what is committed is published"), "{command}: {}", ran.stderr);
    }
    assert!(stage.sim.world().log().is_empty());
}

#[test]
fn remotes_of_every_kind() {
    let mut scene = Scene::new();
    let folder = scene.press.folder().to_owned();
    scene.press.env.push(("GIT_SSH_COMMAND".to_owned(), fake_ssh(&folder)));
    let http = Host::http(&scene.press, &scene.remote);
    let daemon = Host::daemon(&scene.remote);
    let path = scene.remote.to_str().unwrap().to_owned();
    for (id, address) in [
        ("path", path.clone()),
        ("file", format!("file://{path}")),
        ("http", http.address.clone()),
        ("daemon", daemon.address.clone()),
        ("ssh", format!("git@host.example:{path}")),
        ("ssh-url", format!("ssh://git@host.example{path}")),
    ] {
        scene.post(id, "acme-x", &format!("Text of {id}."));
        let clone = scene.press.clone_of(&address, &format!("by-{id}"));
        publishes(&scene, &clone, id);
    }
}

/// Its author said so, and whoever runs it says so again: then it goes, with what the plan and the end of the run tell of it.
#[test]
fn what_is_gone_is_removed_when_it_is_allowed() {
    let scene = Scene::new();
    let push = |subject: &str| {
        scene.press.commit(subject);
        scene.press.git(&["push", "-q", "origin", "HEAD:main"]);
    };
    for id in ["old", "older"] {
        let text =
            format!("---\nid: {id}\ntargets: [acme-x]\nschedule: on-merge\non_remove: delete\n---\nGone soon, {id}.\n");
        scene.press.file(&format!("posts/{id}.md"), &text);
    }
    push("two");
    scene.press.run(&["publish"]).exits(0);
    for id in ["old", "older"] {
        std::fs::remove_file(scene.press.repo.join(format!("posts/{id}.md"))).unwrap();
    }
    push("none");
    let plan = scene.press.run(&["plan"]).exits(0);
    assert!(plan.stdout.contains("To be removed: `pressroom publish --allow-removals 2`"), "{}", plan.stdout);
    assert!(plan.stdout.contains("\n2 to remove.\nplan "), "{}", plan.stdout);
    for allowed in ["0", "1"] {
        let ran = scene.press.run(&["publish", "--allow-removals", allowed]).exits(3);
        let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("to be removed; `pressroom publish --allow-removals 2` removes it"), "{}", ran.stdout);
        assert_eq!(scene.stage.texts("x").len(), 2, "more than {allowed} were removed");
    }
    // A run for one of them leaves the other alone.
    let one = scene.press.run(&["publish", "--only", "old", "--allow-removals", "1"]).exits(0);
    assert!(one.stdout.contains("1 removed"), "{}", one.stdout);
    assert_eq!(scene.stage.texts("x"), ["Gone soon, older."]);
    scene.press.run(&["publish", "--allow-removals", "1"]).exits(0);
    assert!(scene.stage.texts("x").is_empty());
    let status = scene.press.run(&["status", "old"]).exits(0);
    assert_eq!(status.stdout, "old is gone, and nothing of it is out; `pressroom log old` tells its story.\n");
    scene.press.run(&["status", "never"]).exits(2);
}
