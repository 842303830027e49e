//! A person at a terminal: what is secret is asked for, and not shown while it is typed.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};

use nix::pty::openpty;
use nix::sys::termios::{LocalFlags, tcgetattr};
use pressroom::limits::Platform;
use pressroom::sim::x::SignUp;

use crate::login::{Desk, SECRET, stored};
use crate::press::Press;

/// The program at a terminal of its own.
struct Terminal {
    screen: File,
    child: Child,
    shown: String,
}

impl Terminal {
    fn start(press: &Press, args: &[&str]) -> Self {
        let pty = openpty(None, None).unwrap();
        let side = || Stdio::from(pty.slave.try_clone().unwrap());
        let child = press.command(args).stdin(side()).stdout(side()).stderr(side()).spawn().unwrap();
        Self { screen: File::from(pty.master), child, shown: String::new() }
    }

    /// More of what the screen shows; whether there is more.
    fn look(&mut self) -> bool {
        let mut bytes = [0; 1024];
        // Once nobody has the other side, there is nothing to read.
        let read = self.screen.read(&mut bytes).unwrap_or(0);
        self.shown.push_str(&String::from_utf8_lossy(&bytes[..read]));
        read > 0
    }

    /// Waits for a question, and answers it.
    fn answer(&mut self, question: &str, text: &str) {
        while !self.shown.contains(question) {
            assert!(self.look(), "{question} was not asked: {}", self.shown);
        }
        self.screen.write_all(text.as_bytes()).unwrap();
    }

    /// What was shown to the end; the program must have ended well, and the terminal shows again what is typed.
    fn end(mut self) -> String {
        while self.look() {}
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{}", self.shown);
        assert!(tcgetattr(&self.screen).unwrap().local_flags.contains(LocalFlags::ECHO));
        self.shown.replace("\r\n", "\n")
    }
}

#[test]
fn an_app_is_asked_for_and_its_secret_is_not_shown() {
    let desk = Desk::new(Platform::X, "x");
    let accounts = std::fs::read_to_string(desk.press.repo.join("accounts.toml")).unwrap();
    let without = accounts.lines().filter(|line| !line.contains("apps.") && !line.contains("client_id"));
    desk.press.file("accounts.toml", &without.collect::<Vec<_>>().join("\n"));
    let mut terminal = Terminal::start(&desk.press, &["apps", "set", "x"]);
    terminal.answer("The client id of your app with X, for accounts.toml, then Enter:", "press-app\n");
    terminal.answer("The client secret of your app with X, then Enter (it is not shown):", &format!("{SECRET}\n"));
    let shown = terminal.end();
    assert!(shown.contains("press-app\n") && !shown.contains(SECRET), "{shown}");
    assert!(shown.ends_with("is stored\nits id stands in accounts.toml; commit and push it\n"), "{shown}");
    let accounts = std::fs::read_to_string(desk.press.repo.join("accounts.toml")).unwrap();
    assert!(accounts.ends_with("\n\n[apps.x]\nclient_id = \"press-app\"\n"), "{accounts}");
    desk.press.run(&["check"]).exits(0);
    assert!(desk.press.run(&["apps"]).exits(0).stdout.contains("press-app, its secret is stored\n"));
    // The id is known now.
    let mut terminal = Terminal::start(&desk.press, &["apps", "set", "x", "--format", "json"]);
    terminal.answer("(it is not shown):", &format!("{SECRET}\n"));
    let shown = terminal.end();
    assert!(!shown.contains("The client id of") && !shown.contains(SECRET), "{shown}");
    let mut terminal = Terminal::start(&desk.press, &["apps", "set", "x", "--consumer"]);
    terminal.answer("The consumer key (API key) of your app with X, then Enter:", "ck-press-app\n");
    terminal.answer("Its secret, then Enter (it is not shown):", "cs-press-app\n");
    let shown = terminal.end();
    assert!(shown.contains("ck-press-app") && !shown.contains("cs-press-app"), "{shown}");
}

/// An answer of a platform may be pasted with all its lines.
#[test]
fn a_token_is_asked_for_and_not_shown() {
    let desk = Desk::new(Platform::X, "x");
    let acme = desk.stage.sim.x.sign_up(SignUp { username: "acme", ..SignUp::default() });
    let token = &acme.access_token;
    for text in [format!("{token}\n"), format!("{{\n  \"access_token\": \"{token}\",\n  \"expires_in\": 7200\n}}\n")] {
        let mut terminal = Terminal::start(&desk.press, &["connect", "acme", "--token-stdin"]);
        terminal.answer("The token of acme, then Enter (it is not shown):", &text);
        let shown = terminal.end();
        assert!(shown.contains("acme is connected as acme ("), "{shown}");
        assert!(!shown.contains(token.as_str()) && !shown.contains("access_token"), "{shown}");
        assert_eq!(stored(&desk.press).credential.bearer().unwrap().expose(), token);
    }
}
