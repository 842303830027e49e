//! `preview` as an author uses it: on a terminal, as a file, and beside an editor. Nothing is committed, nobody is asked, and
//! there is no key.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Stdio};

use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process};
use url::Url;

use crate::browser::Browser;
use crate::press::{ACCOUNTS, Press};
use crate::scene::picture;
use crate::shown::shown;

/// In the far future, whenever the tests run; in a thread and alone, with a picture.
const TEA: &str = "---\nid: tea\ntitle: Tea at five\ntargets: [acme-x, ann]\nschedule: on-merge\nmedia:\n  - {src: media/cup.png, \
                   alt: A cup of tea}\noverrides:\n  ann:\n    text: A *longer* word on tea.\n---\n\nTea is served at five. \
                   https://example.org/tea\n";

/// Files that nobody committed, and a home without a key.
fn desk(post: &str) -> Press {
    let press = Press::new();
    press.file("accounts.toml", ACCOUNTS).file("posts/tea.md", post).bytes("media/cup.png", &picture(600, 400, 90));
    fs::remove_dir_all(press.folder().join("home")).unwrap();
    press
}

#[test]
fn each_target_is_shown_with_its_length_and_its_media() {
    let press = desk(TEA);
    assert_snapshot!(shown(&press, &press.run(&["preview", "posts/tea.md"]).exits(0)), @"
    X acme-x  goes out as soon as it is merged
                46/280 │ ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
                       │ Tea is served at five. https://example.org/tea
               picture │ media/cup.png, 600×400, 234 KiB, “A cup of tea”
                 costs │ $0.22

    LinkedIn ann  goes out as soon as it is merged
               21/3000 │ ━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
                       │ A longer word on tea.
               picture │ media/cup.png, 600×400, 234 KiB, “A cup of tea”
    ");
    // By its id, from elsewhere.
    let by_id = press.run(&["preview", "tea"]).exits(0);
    assert_eq!(by_id.stdout, press.run(&["preview", "posts/tea.md"]).stdout);
    let document = press.run(&["preview", "tea", "--format", "json"]).exits(0).json();
    assert_eq!((&document["post"], &document["path"]), (&"tea".into(), &"posts/tea.md".into()));
    let target = &document["targets"][0];
    assert_eq!((&target["account"], &target["when"]), (&"acme-x".into(), &"goes out as soon as it is merged".into()));
    assert_eq!((&target["parts"][0]["count"], &target["parts"][0]["limit"]), (&46.into(), &280.into()));
    assert_eq!((&target["media"][0]["alt"], &target["media"][0]["width"]), (&"A cup of tea".into(), &600.into()));
    assert_eq!(document["targets"][1]["parts"][0]["text"], "A longer word on tea.");
}

#[test]
fn what_does_not_fit_is_shown_too() {
    let press =
        desk(&format!("---\nid: tea\ntargets: [acme-x]\ndraft: true\n---\n\n{}\n", "Tea and cake. ".repeat(21)));
    assert_snapshot!(shown(&press, &press.run(&["preview", "tea"]).exits(1)), @"
    error[text-too-long]: the text has 293 weighted characters; X takes 280: 13 too many
     --> posts/tea.md:7:1
      |
    7 | Tea and cake. Tea and cake. Tea and cake. Tea...ke. Tea and cake. Tea and cake. Tea and cake. 
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^...^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: shorten it, or split it with `thread: true` and lines of `---`

    X acme-x  a draft: not published
               293/280 │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 13 too many
                       │ Tea and cake. Tea and cake. Tea and cake. Tea and cake. Tea and cake. Tea and
                       │ cake. Tea and cake. Tea and cake. Tea and cake. Tea and cake. Tea and cake. Tea
                       │ and cake. Tea and cake. Tea and cake. Tea and cake. Tea and cake. Tea and cake.
                       │ Tea and cake. Tea and cake. Tea and cake. Tea and cake.
    ");
    let document = press.run(&["preview", "tea", "--format", "json"]).exits(1).json();
    assert_eq!(
        (&document["targets"][0]["fits"], &document["targets"][0]["parts"][0]["count"]),
        (&false.into(), &293.into())
    );
    assert_eq!(document["problems"][0]["code"], "text-too-long");
    assert_snapshot!(shown(&press, &press.run(&["preview", "cake"]).exits(2)), @"
    error: there is no post `cake`
    hint: `pressroom status` lists the posts by their ids
    ");
}

/// Ends the command as Ctrl-C does.
fn interrupt(mut child: Child) {
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// Writes a file as editors do, who put another in its place.
fn replace(press: &Press, path: &str, bytes: &[u8]) {
    let (old, new) = (press.repo.join(path), press.repo.join(format!("{path}.new")));
    fs::write(&new, bytes).unwrap();
    fs::rename(new, old).unwrap();
}

#[test]
fn a_browser_shows_what_an_author_saves() {
    let (press, browser) = (desk(TEA), Browser::start());
    let mut command = press.command(&["preview", "tea", "--watch"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut page = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut page).unwrap();
    browser.open(page.trim());
    browser.sees("Tea is served at five.");
    // In place, by another file, and twice at once.
    press.file("posts/tea.md", &TEA.replace("at five.", "at six."));
    browser.sees("Tea is served at six.");
    replace(&press, "posts/tea.md", TEA.replace("at five.", "at seven.").as_bytes());
    browser.sees("Tea is served at seven.");
    replace(&press, "media/cup.png", &picture(640, 480, 30));
    browser.sees("640×480");
    // Gone, back, wrong, and right again.
    let text = fs::read(press.repo.join("posts/tea.md")).unwrap();
    fs::remove_file(press.repo.join("posts/tea.md")).unwrap();
    browser.sees("There is nothing to show until this is mended.");
    press.bytes("posts/tea.md", &text);
    browser.sees("Tea is served at seven.");
    press.file("posts/tea.md", &TEA.replace("schedule: on-merge", "scedule: on-merge"));
    browser.sees("scedule");
    press.file("posts/tea.md", TEA);
    browser.sees("Tea is served at five.");
    press.file("accounts.toml", "schema = ");
    browser.sees("accounts.toml cannot be read");
    press.file("accounts.toml", ACCOUNTS);
    browser.sees("Tea is served at five.");
    // A text of its own, in a file that was not there.
    press.file("posts/tea.acme-x.md", "Tea, in short.\n");
    browser.sees("Tea, in short.");
    let own = Url::parse(page.trim()).unwrap().authority().to_owned();
    let requests = browser.requests();
    assert!(requests.iter().all(|address| Url::parse(address).unwrap().authority() == own), "{requests:?}");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    interrupt(child);
}

/// A page of another site must not read the post by giving this machine its own name.
#[test]
fn only_this_machine_is_served_and_only_by_its_own_name() {
    let press = desk(TEA);
    let mut command = press.command(&["preview", "tea", "--watch", "--format", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let line = lines.find_map(|line| line.unwrap().split_once("\"url\": ").map(|(_, url)| url.to_owned())).unwrap();
    let url = Url::parse(line.trim_matches(['"', ','])).unwrap();
    assert_eq!(url.host_str(), Some("127.0.0.1"));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    let port = url.port().unwrap();
    for (host, path, status) in [
        (format!("127.0.0.1:{port}"), "/", 200),
        (format!("localhost:{port}"), "/", 200),
        (format!("127.0.0.1:{port}"), "/posts/tea.md", 404),
        (format!("evil.example:{port}"), "/", 421),
        ("127.0.0.1".to_owned(), "/", 421),
        (format!("evil.example:{port}"), "/events", 421),
    ] {
        let answer = client.get(url.join(path).unwrap()).header("host", &host).send().unwrap();
        assert_eq!(answer.status(), status, "{host} {path}");
        assert_eq!(answer.text().unwrap().contains("Tea is served"), status == 200);
    }
    interrupt(child);
}

/// The page of a post that has a port of its own taken, and one that is no port.
#[test]
fn a_port_that_is_taken_is_told() {
    let press = desk(TEA);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = press.run(&["preview", "tea", "--watch", "--port", &port]).exits(2);
    assert!(ran.stderr.starts_with(&format!("error: port {port} of this machine is not free\n")), "{}", ran.stderr);
    press.run(&["preview", "tea", "--watch", "--html", "x.html"]).exits(2);
    press.run(&["preview", "tea", "--port", "8000"]).exits(2);
}

#[test]
fn the_hook_checks_what_is_staged() {
    let press = Press::with(&[("posts/tea.md", "---\nid: tea\ntargets: [acme-x]\n---\nTea.\n")]);
    let hook = press.run(&["init", "--hook"]).exits(0);
    assert!(hook.stdout.contains("made") && hook.stdout.contains("hooks/pre-commit"), "{}", hook.stdout);
    let program = Path::new(env!("CARGO_BIN_EXE_pressroom")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let commit = || {
        let mut command = press.command_of("git", &["commit", "-q", "-m", "x"]);
        command.env("PATH", &path).output().unwrap()
    };
    press.git(&["add", "-A"]);
    assert!(commit().status.success());
    // What is not staged does not count, and what is does.
    press
        .file("posts/cake.md", "---\nid: cake\ntargets: [nobody]\n---\nCake.\n")
        .file("posts/tea.md", "---\nid: tea\n---\nTea!\n");
    press.git(&["add", "posts/tea.md"]);
    let refused = commit();
    let said = String::from_utf8_lossy(&refused.stdout).into_owned() + &String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("no targets") && !said.contains("nobody"), "{said}");
    press.file("posts/tea.md", "---\nid: tea\ntargets: [acme-x]\n---\nTea!\n");
    press.git(&["add", "posts/tea.md"]);
    assert!(commit().status.success());
    // Where the configuration has the hooks elsewhere.
    press.git(&["config", "core.hooksPath", "tools/hooks"]);
    press.run(&["init", "--hook"]).exits(0);
    assert!(press.repo.join("tools/hooks/pre-commit").exists());
    let mode = fs::metadata(press.repo.join("tools/hooks/pre-commit")).unwrap().permissions().mode();
    assert_eq!(mode & 0o100, 0o100);
}
