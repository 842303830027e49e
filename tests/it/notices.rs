//! Notices: what real receivers on this machine are told, HTTP and SMTP, once a cause; annotations and a summary on GitHub;
//! the mark that monitors look at. And a rolled-back ledger, which stops everything and is told.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use insta::assert_snapshot;
use pressroom::sim::FaultKind;
use serde_json::Value;

use crate::desk::{Desk, ledger, post};
use crate::press::{ACCOUNTS, Press};
use crate::scene::{Scene, until};
use crate::shown::{shown, steady};

/// A server that takes one message a connection, and remembers it.
struct Receiver {
    port: u16,
    got: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    fn serve(talk: impl Fn(TcpStream) -> Option<String> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, got) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())));
        let all = got.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let message = talk(stream.unwrap());
                all.lock().unwrap().extend(message);
            }
        });
        Self { port, got }
    }

    /// Takes a POST and gives this answer.
    fn http(answer: Arc<Mutex<&'static str>>) -> Self {
        Self::serve(move |mut stream| {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = *answer.lock().unwrap();
            write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            let path = head.split(' ').nth(1).unwrap().to_owned();
            answer.starts_with("20").then(|| format!("{path} {}", String::from_utf8(body).unwrap()))
        })
    }

    /// Takes a mail, as RFC 5321 has it, from whoever logs in.
    fn smtp() -> Self {
        Self::serve(|mut stream| {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let mut say = |words: &str| write!(stream, "{words}\r\n").unwrap();
            let (mut envelope, mut mail) = (String::new(), String::new());
            say("220 sink");
            while let Some(line) = lines.next() {
                match line.split([' ', ':']).next().unwrap().to_ascii_uppercase().as_str() {
                    "EHLO" => say("250-sink\r\n250 AUTH PLAIN"),
                    "DATA" => {
                        say("354 go on");
                        let body = lines.by_ref().take_while(|line| line != ".");
                        mail = body.map(|line| format!("{line}\n")).collect();
                        say("250 taken");
                    }
                    "QUIT" => {
                        say("221 bye");
                        break;
                    }
                    "AUTH" => say("235 welcome"),
                    _ => {
                        envelope.push_str(&format!("{line}\n"));
                        say("250 well");
                    }
                }
            }
            Some(format!("{envelope}{mail}"))
        })
    }

    /// What came since it was asked last.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }
}

/// A scene whose accounts.toml names both ways, and the receivers.
fn scene() -> (Scene, Receiver, Receiver, Arc<Mutex<&'static str>>) {
    let mut scene = Scene::new();
    let answer = Arc::new(Mutex::new("200 OK"));
    let (hook, mail) = (Receiver::http(answer.clone()), Receiver::smtp());
    let notify = "[notify]\nwebhook = \"env:PRESSROOM_WEBHOOK\"\n\
                  email = { to = \"ops@acme.example\", smtp = \"env:PRESSROOM_SMTP_URL\" }\n";
    scene.press.file("accounts.toml", &format!("{ACCOUNTS}\n{notify}")).commit("notices");
    scene.press.git(&["push", "-q", "origin", "HEAD:main"]);
    let set = |name: &str, value: String| (name.to_owned(), value);
    scene.press.env.push(set("PRESSROOM_WEBHOOK", format!("http://127.0.0.1:{}/canary-of-the-hook", hook.port)));
    let smtp = format!("smtp://ops%40acme.example:canary-of-the-mail@127.0.0.1:{}", mail.port);
    scene.press.env.push(set("PRESSROOM_SMTP_URL", smtp));
    (scene, hook, mail, answer)
}

fn refuse(scene: &Scene) {
    let body = "{\"title\":\"Forbidden\",\"detail\":\"You are not permitted to perform this action.\"}".to_owned();
    scene.fault("POST", "/2/tweets", 1, FaultKind::AnswerBefore { status: 403, headers: Vec::new(), body });
}

fn state_file(scene: &Scene, path: &str) -> String {
    scene.press.git(&["-C", scene.remote.to_str().unwrap(), "show", &format!("pressroom-state:{path}")])
}

#[test]
fn a_refused_post_is_told_once() {
    let (scene, hook, mail, answer) = scene();
    scene.post("tea", "acme-x", "Tea.");
    refuse(&scene);
    let first = scene.press.run(&["-vv", "publish"]).exits(3);
    let hooked = hook.take();
    assert_eq!(hooked.len(), 1, "{}", first.stderr);
    let (path, json) = hooked[0].split_once(' ').unwrap();
    let json: Value = serde_json::from_str(json).unwrap();
    assert_eq!(path, "/canary-of-the-hook");
    assert_eq!((&json["causes"][0]["post"], &json["causes"][0]["account"]), (&"tea".into(), &"acme-x".into()));
    assert_eq!(json["subject"], "pressroom: tea → acme-x is failed");
    let place = scene.remote.to_str().unwrap();
    assert_snapshot!(steady(&json["text"].as_str().unwrap().replace(place, "[remote]")), @r#"
    tea → acme-x, failed: X refuses without saying why (text too long, or the account blocked?); look at it before trying again, tries may cost (X answered 403: "You are not permitted to perform this action.")

    Repository: [remote]
    "#);
    let mails = mail.take();
    assert_eq!(mails.len(), 1, "{}", first.stderr);
    let lines = mails[0].lines().filter(|line| !line.starts_with("Date: ") && !line.starts_with("Message-ID: "));
    // Where a long line is broken depends on the length of the path.
    let lines = lines.collect::<Vec<_>>().join("\n").replace("=\n", "").replace(place, "[remote]");
    assert_snapshot!(steady(&lines), @r#"
    MAIL FROM:<ops@acme.example>
    RCPT TO:<ops@acme.example>
    From: ops@acme.example
    To: ops@acme.example
    Subject: pressroom: tea =?utf-8?b?4oaS?= acme-x is failed
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    tea =E2=86=92 acme-x, failed: X refuses without saying why (text too long, or the account blocked?); look at it before trying again, tries may cost (X answered 403: "You are not permitted to perform this action.")

    Repository: [remote]
    "#);
    // Told; and told again to nobody, though the post is still refused.
    let again = scene.press.run(&["publish"]).exits(3);
    assert_eq!((hook.take().len(), mail.take().len()), (0, 0));
    // Given another run, it goes out, and recoveries are not told.
    scene.press.run(&["retry", "tea:acme-x"]).exits(0);
    scene.press.run(&["publish"]).exits(0);
    assert_eq!((hook.take().len(), mail.take().len()), (0, 0));
    assert_eq!(scene.stage.texts("x"), ["Tea."]);
    // What could not be sent is tried again by the next run, in that way alone, and published is published.
    *answer.lock().unwrap() = "302 Found\r\nlocation: http://127.0.0.1:1/";
    scene.post("milk", "acme-x, ann", "Milk.");
    refuse(&scene);
    let broken = scene.press.run(&["publish"]).exits(3);
    assert!(
        broken.stderr.contains(
            "warning: the webhook could not be told: it leads elsewhere (302), and is not followed\n\
             hint: what was published is published; the next run tries it again\n"
        ),
        "{}",
        broken.stderr
    );
    assert_eq!((hook.take().len(), mail.take().len()), (0, 1));
    assert_eq!(scene.stage.texts("linkedin"), ["Milk."]);
    *answer.lock().unwrap() = "204 No Content";
    let later = scene.press.run(&["publish"]).exits(3);
    assert_eq!((hook.take().len(), mail.take().len()), (1, 0));
    let said = [first, again, broken, later].map(|ran| ran.stdout + &ran.stderr).concat();
    let told = state_file(&scene, "notices.json");
    assert!(told.contains("milk:acme-x") && !told.contains("tea:"), "{told}");
    assert!(!said.contains("canary") && !told.contains("canary"), "{said}");
}

#[test]
fn a_webhook_that_is_not_there_is_a_warning() {
    let (mut scene, _, mail, _) = scene();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (value, why) in [
        ("", "PRESSROOM_WEBHOOK is not set here"),
        ("no address canary", "PRESSROOM_WEBHOOK holds no address"),
        ("https://canary.example/x", "PRESSROOM_HOSTS is set, and does not name the webhook's host"),
        (&format!("http://127.0.0.1:{closed}/canary"), "error sending request"),
    ] {
        scene.press.env.push(("PRESSROOM_WEBHOOK".to_owned(), value.to_owned()));
        scene
            .press
            .file("posts/tea.md", "---\nid: tea\ntargets: [acme-x]\nschedule: 2026-01-01 09:00\nwrong: 1\n---\nTea.\n");
        scene.press.commit("wrong").git(&["push", "-q", "origin", "HEAD:main"]);
        let ran = scene.press.run(&["-vv", "publish"]).exits(1);
        assert!(ran.stderr.contains(&format!("warning: the webhook could not be told: {why}")), "{}", ran.stderr);
        assert!(!ran.stderr.contains("canary"), "{}", ran.stderr);
    }
    assert_eq!(mail.take().len(), 1, "the other way was told, once");
}

/// What is not reached cannot remember: this clone does.
#[test]
fn a_remote_out_of_reach_is_told_once() {
    let (scene, hook, _, _) = scene();
    let away = scene.remote.with_extension("away");
    fs::rename(&scene.remote, &away).unwrap();
    scene.press.run(&["publish"]);
    let told = hook.take();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("cannot read from remote `origin`"), "{told:?}");
    scene.press.run(&["publish"]);
    assert_eq!(hook.take().len(), 0);
    fs::rename(&away, &scene.remote).unwrap();
    scene.press.run(&["publish"]).exits(0);
    fs::rename(&scene.remote, &away).unwrap();
    scene.press.run(&["publish"]);
    assert_eq!(hook.take().len(), 1, "it was gone, and came back");
}

/// What an author wrote is no command to the runner, wherever it is printed.
#[test]
fn nothing_an_author_wrote_is_a_command() {
    let mut scene = Scene::new();
    let summary = scene.press.folder().join("summary.md");
    let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let text = "::set-output name=a::b\n\n::error::boo\n\n##[set-output name=c]d";
    scene.post("tea", "acme-x", text);
    let words = "::error::refused\\r\\n::add-path::/tmp ##[error]x | <b>";
    let body = format!("{{\"title\":\"Forbidden\",\"detail\":\"{words}\"}}");
    scene.fault("POST", "/2/tweets", 2, FaultKind::AnswerBefore { status: 403, headers: Vec::new(), body });
    scene.press.file("posts/::error::x,y.md", "---\nid: milk\ntargets: [\"::warning::z\"]\n---\nMilk.\n").commit("odd");
    scene.press.git(&["push", "-q", "origin", "HEAD:main"]);
    scene.press.env.push(set("GITHUB_ACTIONS", "true"));
    scene.press.env.push(set("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()));
    let dry = scene.press.run(&["publish", "--dry-run"]);
    let ran = scene.press.run(&["publish"]).exits(3);
    let json = scene.press.run(&["publish", "--format", "json"]).exits(3);
    json.json();
    for ran in [&dry, &ran, &json] {
        for line in ran.stdout.split(['\n', '\r']) {
            assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line}");
        }
        let mut silent: Option<String> = None;
        for line in ran.stderr.split(['\n', '\r']) {
            let line = line.trim_start();
            if let Some(token) = line.strip_prefix("::stop-commands::") {
                silent = Some(format!("::{token}::"));
            } else if silent.as_deref() == Some(line) {
                silent = None;
            } else if silent.is_none() {
                assert!(!line.contains("##["), "{line}");
                let ours = ["::error file=", "::warning file="];
                assert!(!line.starts_with("::") || ours.iter().any(|ours| line.starts_with(ours)), "{line}");
            }
        }
        assert_eq!(silent, None, "it goes on taking commands");
    }
    let told = ran.stderr.lines().filter(|line| line.starts_with("::error ")).collect::<Vec<_>>().join("\n");
    assert_snapshot!(told.replace('\u{200b}', "[nothing]"), @r#"
    ::error file=posts/%3A%3Aerror%3A%3Ax%2Cy.md,line=3,endLine=3,col=11,endColumn=25,title=unknown-target::there is no account, platform or group `::warning::z`%0Achoose `acme-page`, `acme-x`, `ann`, `all` or `x`
    ::error file=posts/tea.md,title=tea → acme-x is due::X does not allow this; connect with the scopes tweet.read tweet.write users.read media.write, or see what X says (X answered 403: "::error::refused ::add-path::/tmp ##[nothing][error]x | <b>")
    "#);
    let summary = fs::read_to_string(summary).unwrap();
    assert!(
        summary.starts_with("### pressroom\n\n| post | account | state | |\n| --- | --- | --- | --- |\n"),
        "{summary}"
    );
    assert!(summary.contains("| tea | acme\\-x | due | X does not allow this\\; connect"), "{summary}");
    assert!(summary.contains("\\#\\#\\[error\\]x \\| \\<b\\>"), "{summary}");
}

#[test]
fn runs_leave_a_mark() {
    let scene = Scene::new();
    let never = scene.press.run(&["status", "--fail-if-idle", "10d"]).exits(3);
    assert!(never.stderr.contains("idle: no run of `pressroom publish` has left a mark on the state branch yet"));
    scene.press.run(&["publish"]).exits(0);
    scene.press.run(&["status", "--fail-if-idle", "10d"]).exits(0);
    let mark: Value = serde_json::from_str(&state_file(&scene, "last-run.json")).unwrap();
    assert_eq!((&mark["exit"], &mark["well"]), (&0.into(), &mark["at"]));
    let tip = || scene.press.git(&["-C", scene.remote.to_str().unwrap(), "rev-parse", "pressroom-state"]);
    let before = tip();
    scene.press.run(&["publish"]).exits(0);
    assert_eq!(tip(), before, "nothing happened, and an hour is not over");
    scene.post("tea", "acme-x", "Tea.");
    scene.press.run(&["publish"]).exits(0);
    let mark: Value = serde_json::from_str(&state_file(&scene, "last-run.json")).unwrap();
    assert_eq!(mark["counts"], serde_json::json!({ "published": 1 }));
    assert_eq!(mark["commit"].as_str().unwrap().len(), 40);
    let short = scene.press.run(&["status", "--fail-if-idle", "5m"]).exits(2);
    assert!(short.stderr.contains("write at least `2h`: quiet runs leave a mark once an hour"), "{}", short.stderr);
    let idle = scene.press.run(&["status", "--fail-if-idle", "10d", "--format", "json"]).exits(0).json();
    assert_eq!(idle["idle"], Value::Null);
}

/// In a clone that has no memory of what the ledger said.
fn fresh(desk: &Desk, name: &str) -> Press {
    desk.press.clone_of(desk.press.folder().join("remote.git").to_str().unwrap(), name)
}

#[test]
fn a_line_that_was_rewritten_stops_its_post() {
    let desk = Desk::new();
    crate::scene::next_second();
    desk.put(&[("posts/tea.md", post("", "Tea."))]);
    desk.press.run(&["publish"]).exits(0);
    let path = ledger("tea");
    desk.tamper(&path, |text| Some(text.unwrap().replacen("\"epoch\":1", "\"epoch\":7", 1)));
    // Who has seen it otherwise does nothing at all.
    let seen = desk.press.run(&["publish"]).exits(3);
    assert_snapshot!(shown(&desk.press, &seen), @"
    error: the ledger on branch `pressroom-state` on remote `origin` was changed by hand: ledger/a9/tea.jsonl, line 1 is no longer what it was
    hint: see what was changed: `git diff [id] [id] -- ledger/`; put it back on the branch
    hint: if it was rewritten on purpose: `git update-ref -d refs/pressroom/state/pressroom-state`, and delete the local branch `pressroom-state` if there is one
    ");
    // Who has not, keeps off the post.
    let clone = fresh(&desk, "fresh");
    let ran = clone.run(&["status", "tea"]).exits(1);
    assert_snapshot!(shown(&clone, &ran), @"
    Held
      tea → acme-x     its ledger cannot be trusted: ledger/a9/tea.jsonl:2: the ledger of tea was
                       changed by hand before line 2; put it back as the branch's history has it, or say
                       that it is right as it stands: `pressroom resolve tea --ledger`
      tea → acme-page  its ledger cannot be trusted: ledger/a9/tea.jsonl:2: the ledger of tea was
                       changed by hand before line 2; put it back as the branch's history has it, or say
                       that it is right as it stands: `pressroom resolve tea --ledger`
      tea → ann        its ledger cannot be trusted: ledger/a9/tea.jsonl:2: the ledger of tea was
                       changed by hand before line 2; put it back as the branch's history has it, or say
                       that it is right as it stands: `pressroom resolve tea --ledger`

    3 held.
    ");
    let account = clone.run(&["resolve", "tea:acme-x", "--ledger"]).exits(2);
    assert!(account.stderr.contains("a ledger is about all accounts of its post"), "{}", account.stderr);
    let accepted = clone.run(&["resolve", "tea", "--ledger"]).exits(0);
    assert_eq!(accepted.stderr, "tea: its ledger is right as it stands; the next run goes on with it\n");
    clone.run(&["publish"]).exits(0);
    let twice = clone.run(&["resolve", "tea", "--ledger"]).exits(2);
    assert!(twice.stderr.contains("its ledger is as it was written: there is nothing to accept"), "{}", twice.stderr);
    assert!(clone.run(&["log", "tea"]).exits(0).stdout.contains("accepted by Ann Example"));
    assert_eq!(desk.stage.sim.seen().len(), 3, "nothing went out twice");
}

#[test]
fn a_ledger_that_was_taken_away_stops_everything() {
    let desk = Desk::new();
    crate::scene::next_second();
    desk.put(&[("posts/tea.md", post("", "Tea."))]);
    desk.press.run(&["publish"]).exits(0);
    desk.tamper(&ledger("tea"), |_| None);
    let ran = desk.press.run(&["publish"]).exits(3);
    assert_snapshot!(shown(&desk.press, &ran), @"
    error: the ledger on branch `pressroom-state` on remote `origin` was changed by hand: ledger/a9/tea.jsonl, line 1 is no longer what it was
    hint: see what was changed: `git diff [id] [id] -- ledger/`; put it back on the branch
    hint: if it was rewritten on purpose: `git update-ref -d refs/pressroom/state/pressroom-state`, and delete the local branch `pressroom-state` if there is one
    ");
    assert_eq!(desk.stage.sim.seen().len(), 3, "nothing went out twice");
}

/// An older branch is pushed over the newer: who has seen that says so, and tells it once.
#[test]
fn a_branch_that_was_rolled_back_is_told() {
    let (scene, hook, _, _) = scene();
    let remote = scene.remote.to_str().unwrap();
    let older = scene.press.git(&["-C", remote, "rev-parse", "pressroom-state"]);
    scene.post("tea", "acme-x", "Tea.");
    scene.press.run(&["publish"]).exits(0);
    scene.press.git(&["-C", remote, "update-ref", "refs/heads/pressroom-state", older.trim()]);
    let ran = scene.press.run(&["publish"]).exits(3);
    assert!(ran.stderr.contains("which it had before: some of the ledger is lost"), "{}", ran.stderr);
    let told = hook.take();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("pressroom: nothing is published") && told[0].contains("some of the ledger is lost"),
        "{told:?}"
    );
    scene.press.run(&["publish"]).exits(3);
    assert_eq!((hook.take().len(), scene.stage.texts("x").len()), (0, 1));
}

#[test]
fn a_token_that_was_taken_away_is_told() {
    let desk = Desk::new();
    crate::scene::next_second();
    desk.put(&[("posts/tea.md", post("", "Tea."))]);
    desk.tamper("vault/accounts/acme-x.age", |_| None);
    let ran = desk.press.run(&["publish"]).exits(3);
    let line = ran.stdout.lines().find(|line| line.contains("tea → acme-x")).unwrap();
    assert_eq!(
        line.split_whitespace().collect::<Vec<_>>().join(" "),
        "tea → acme-x acme-x is not connected: `pressroom connect acme-x`"
    );
    until("the others are out", || desk.stage.sim.seen().len() == 2);
}
