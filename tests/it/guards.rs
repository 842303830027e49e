//! What accounts.toml demands before anything goes out: signatures of people it lists, made with the real `ssh-keygen`, and a plan
//! that was reviewed.

use std::fs;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use crate::press::{ACCOUNTS, Press};
use crate::scene::{Scene, next_second, picture, post};

/// A person with an ssh key: the file of its secret half, and its public half.
struct Person {
    key: String,
    public: String,
}

impl Person {
    fn new(press: &Press, name: &str) -> Self {
        let key = press.folder().join(name);
        let made =
            Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(&key).status();
        assert!(made.expect("this test needs `ssh-keygen` (`apt-get install openssh-client`)").success());
        let public = fs::read_to_string(key.with_extension("pub")).unwrap().trim().to_owned();
        Self { key: key.to_str().unwrap().to_owned(), public }
    }

    /// Runs git as this person: `commit -S` signs with the key.
    fn git(&self, press: &Press, args: &[&str]) {
        let key = format!("user.signingkey={}", self.key);
        press.git(&[&["-c", "gpg.format=ssh", "-c", &key], args].concat());
    }

    /// Commits everything, signed.
    fn commit(&self, press: &Press) {
        press.git(&["add", "-A"]);
        self.git(press, &["commit", "-q", "-S", "--allow-empty", "-m", "signed"]);
    }
}

/// [`ACCOUNTS`] in which this person's signature is demanded.
fn demanding(signer: &Person) -> String {
    format!("{ACCOUNTS}\n[publish]\nrequire_signed = true\nsigners = [{:?}]\n", signer.public)
}

fn push(press: &Press) {
    press.git(&["push", "-q", "origin", "HEAD:main"]);
}

/// Why the targets of a post are not published; commits as `COMMIT`, keys as `KEY`.
fn reasons(press: &Press, exit: i32, id: &str) -> Vec<String> {
    let document = press.run(&["publish", "--format", "json"]).exits(exit).json();
    let rows = document["targets"].as_array().unwrap().iter().filter(|row| row["post"] == id);
    rows.map(|row| masked(row["reason"].as_str().unwrap_or("none"))).collect()
}

fn masked(text: &str) -> String {
    let mask = |word: &str| match word {
        word if word.starts_with("SHA256:") => "KEY,".to_owned(),
        word if word.len() == 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) => "COMMIT".to_owned(),
        word => word.to_owned(),
    };
    text.split(' ').map(mask).collect::<Vec<_>>().join(" ")
}

#[test]
fn only_what_a_listed_key_signed_goes_out() {
    let scene = Scene::new();
    let (press, ann, eve) = (&scene.press, Person::new(&scene.press, "ann-key"), Person::new(&scene.press, "eve-key"));
    press.file("accounts.toml", &demanding(&ann)).commit("the first is believed");

    // Unsigned, then signed by a stranger; nothing a machine is told makes that right.
    press.file("posts/tea.md", &post("tea", "acme-x", "Tea.")).commit("tea");
    for (key, value) in
        [("gpg.ssh.program", "/bin/true"), ("gpg.program", "/bin/true"), ("gpg.ssh.allowedSignersFile", "/dev/null")]
    {
        press.git(&["config", key, value]);
    }
    push(press);
    assert_snapshot!(reasons(press, 3, "tea").join("\n"), @"posts/tea.md was last changed by commit COMMIT of Ann Example <ann@example.org>, which nobody signed; accounts.toml demands `publish.require_signed`: have somebody who is listed commit it");
    for key in ["gpg.ssh.program", "gpg.program", "gpg.ssh.allowedSignersFile"] {
        press.git(&["config", "--unset", key]);
    }
    press.file("posts/tea.md", &post("tea", "acme-x", "Tea!"));
    eve.commit(press);
    push(press);
    assert_snapshot!(reasons(press, 3, "tea").join("\n"), @"posts/tea.md was last changed by commit COMMIT of Ann Example <ann@example.org>, signed by KEY, which `publish.signers` does not list; accounts.toml demands `publish.require_signed`: have somebody who is listed commit it");

    // Eve lists herself: by that she is not listed.
    press.file("accounts.toml", &demanding(&eve));
    eve.commit(press);
    push(press);
    assert_snapshot!(reasons(press, 3, "tea").join("\n"), @"accounts.toml was last changed by commit COMMIT of Ann Example <ann@example.org>, signed by KEY, which `publish.signers` does not list; accounts.toml demands `publish.require_signed`: have somebody who is listed commit it");
    // Nor does it help to demand nothing.
    press.file("accounts.toml", ACCOUNTS).commit("nothing is demanded");
    push(press);
    assert_snapshot!(reasons(press, 3, "tea").join("\n"), @"accounts.toml was last changed by commit COMMIT of Ann Example <ann@example.org>, which nobody signed; accounts.toml demands `publish.require_signed`: have somebody who is listed commit it");
    assert!(scene.stage.texts("x").is_empty());

    // Ann puts both right.
    press.file("accounts.toml", &demanding(&ann)).file("posts/tea.md", &post("tea", "acme-x", "Tea?"));
    ann.commit(press);
    push(press);
    press.run(&["publish"]).exits(0);
    assert_eq!(scene.stage.texts("x"), ["Tea?"]);
}

/// A merge that nobody signed brings what was signed on its other side, and nothing of its own.
#[test]
fn merges_need_no_signature() {
    let scene = Scene::new();
    let (press, ann) = (&scene.press, Person::new(&scene.press, "ann-key"));
    press.file("accounts.toml", &demanding(&ann)).commit("the first is believed");
    press.git(&["checkout", "-q", "-b", "tea"]);
    let front = "---\nid: tea\ntargets: [acme-x]\nschedule: on-merge\nmedia: [{src: media/cup.png, alt: A cup}]\n---\n";
    press.file("posts/tea.md", &format!("{front}Tea.\n")).bytes("media/cup.png", &picture(9, 9, 10));
    ann.commit(press);
    press.git(&["checkout", "-q", "main"]);
    press.file("notes.txt", "of somebody else\n").commit("elsewhere");
    press.git(&["merge", "-q", "--no-ff", "-m", "merge", "tea"]);
    push(press);
    press.run(&["publish"]).exits(0);
    assert_eq!(scene.stage.texts("x"), ["Tea."]);

    // Another picture under the same name is not what was signed.
    next_second();
    press.file("posts/two.md", &format!("{}Two.\n", front.replace("id: tea", "id: two")));
    ann.commit(press);
    press.bytes("media/cup.png", &picture(9, 9, 200)).commit("another picture");
    push(press);
    let reasons = reasons(press, 3, "two");
    assert!(reasons[0].starts_with("media/cup.png was last changed by commit"), "{reasons:?}");
    // Nor is the first one, brought back by a merge: what was signed once is not signed for now.
    press.git(&["checkout", "-q", "-b", "old", "tea"]);
    press.file("notes.txt", "new\n").commit("beside it");
    press.git(&["checkout", "-q", "main"]);
    press.git(&["merge", "-q", "--no-ff", "--no-commit", "old", "-s", "ours"]);
    press.bytes("media/cup.png", &picture(9, 9, 10)).commit("back");
    push(press);
    let reasons = self::reasons(press, 3, "two");
    assert!(reasons[0].starts_with("media/cup.png was last changed by commit"), "{reasons:?}");
    assert_eq!(scene.stage.texts("x"), ["Tea."]);

    // A clone that is cut off cannot tell, and says so.
    let address = format!("file://{}", scene.remote.display());
    let shallow = press.clone_with(&address, "shallow", &["--depth=1"]);
    let plan = shallow.run(&["plan", "--format", "json"]).json();
    let two = plan["targets"].as_array().unwrap().iter().find(|row| row["post"] == "two").unwrap();
    assert_snapshot!(two["reason"].as_str().unwrap(), @"accounts.toml was last changed before this clone begins: `git fetch --unshallow` brings the whole history");
}

#[test]
fn only_the_reviewed_plan_goes_out() {
    let scene = Scene::new();
    let press = &scene.press;
    press.file("accounts.toml", &format!("{ACCOUNTS}\n[publish]\nrequire_plan = true\n"));
    press.file("posts/tea.md", &post("tea", "acme-x", "Tea."));
    let unwritten = press.run(&["check"]).exits(1);
    assert_snapshot!(unwritten.stdout, @"
    error[plan-lock]: acme-x: is not in the reviewed plan (.pressroom/plan.lock)
    --> posts/tea.md
     = hint: `pressroom plan --write` writes it anew, for somebody to review

    1 post: 1 error.
    ");
    let written = press.run(&["plan", "--write"]).exits(0);
    assert_snapshot!(written.stdout, @".pressroom/plan.lock is written: 1 target. Commit it with the posts.");
    press.run(&["check"]).exits(0);
    let again = press.run(&["plan", "--write", "--format", "json"]).exits(0).json();
    assert_eq!(again, serde_json::json!({"schema": 1, "path": ".pressroom/plan.lock", "targets": 1, "changed": false}));
    let lock = fs::read_to_string(press.repo.join(".pressroom/plan.lock")).unwrap();
    let line = lock.lines().last().unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    assert_eq!((words[0].len(), &words[1..]), (32, &["on-merge", "tea:acme-x"][..]), "{line}");
    press.commit("reviewed");

    // A word more, another time, another account: nobody has seen that.
    press.file("posts/tea.md", &post("tea", "acme-x", "Tea!")).commit("changed");
    push(press);
    assert_snapshot!(reasons(press, 3, "tea").join("\n"), @"differs from the reviewed plan in what readers will see (.pressroom/plan.lock); `pressroom plan --write` writes it anew, for somebody to review");
    press.file("posts/tea.md", &post("tea", "acme-x, ann", "Tea.")).commit("one account more");
    push(press);
    assert_eq!(reasons(press, 3, "tea").len(), 2);
    assert_eq!(scene.stage.texts("x"), ["Tea."]);
    assert!(scene.stage.texts("linkedin").is_empty());
    press.run(&["plan", "--write"]).exits(0);
    press.commit("reviewed again");
    push(press);
    press.run(&["publish"]).exits(0);
    assert_eq!(scene.stage.texts("linkedin"), ["Tea."]);

    // What is out is not changed by what nobody has seen, either.
    let seen = post("tea", "acme-x, ann", "Tea.").replace("id: tea", "id: tea\non_edit: update");
    press.file("posts/tea.md", &seen.replace("Tea.", "Coffee.")).commit("another drink");
    push(press);
    let edit = reasons(press, 3, "tea").into_iter().find(|reason| reason.contains("reviewed")).unwrap();
    assert_snapshot!(edit, @"changed, stays as published: differs from the reviewed plan in what readers will see (.pressroom/plan.lock); `pressroom plan --write` writes it anew, for somebody to review");
    assert_eq!(scene.stage.texts("linkedin"), ["Tea."]);
    press.file("posts/tea.md", &seen);
    press.file("posts/gone.md", &post("gone", "ann", "Gone.")).commit("not reviewed, and then");
    press.git(&["rm", "-q", "posts/tea.md"]);
    let stale: Value = press.run(&["check", "--format", "json"]).exits(1).json();
    let said: Vec<&str> =
        stale["problems"].as_array().unwrap().iter().map(|problem| problem["message"].as_str().unwrap()).collect();
    assert_eq!(
        said,
        [
            "`tea:acme-x` is no target of a post any more",
            "`tea:ann` is no target of a post any more",
            "ann: is not in the reviewed plan (.pressroom/plan.lock)",
        ]
    );
}
