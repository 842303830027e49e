//! What all commands share: help, completions, schemas, colour, and a reader that goes away.

use std::process::Stdio;

use insta::assert_snapshot;

use crate::press::{Press, Ran};
use crate::shown::shown;

const COMMANDS: [&str; 22] = [
    "init",
    "new",
    "import",
    "check",
    "count",
    "preview",
    "plan",
    "publish",
    "rehearse",
    "status",
    "log",
    "resolve",
    "retry",
    "cancel",
    "adopt",
    "connect",
    "disconnect",
    "accounts",
    "keys",
    "media",
    "completions",
    "schema",
];

#[test]
fn help_of_the_whole_program() {
    let press = Press::new();
    let mut help = press.run(&["--help"]).exits(0).stdout;
    for command in COMMANDS {
        help.push_str(&format!("\n$ pressroom {command} --help\n{}", press.run(&[command, "--help"]).exits(0).stdout));
    }
    for command in ["list", "add", "remove", "rotate"] {
        let text = press.run(&["keys", command, "--help"]).exits(0).stdout;
        help.push_str(&format!("\n$ pressroom keys {command} --help\n{text}"));
    }
    help.push_str(&format!(
        "\n$ pressroom media fit --help\n{}",
        press.run(&["media", "fit", "--help"]).exits(0).stdout
    ));
    assert_snapshot!("help", help);
}

#[test]
fn wrong_usage_ends_with_2() {
    let press = Press::new();
    assert_snapshot!(shown(&press, &press.run(&["publsh"]).exits(2)), @"
    error: unrecognized subcommand 'publsh'

      tip: a similar subcommand exists: 'publish'

    Usage: pressroom [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    press.run(&[]).exits(2);
    press.run(&["plan", "--colour", "always"]).exits(2);
    press.run(&["publish", "--only", ":acme-x"]).exits(2);
    press.run(&["resolve", "tea:acme-x"]).exits(2);
    press.run(&["-q", "-v", "plan"]).exits(2);
}

#[test]
fn completions_are_scripts_their_shells_can_read() {
    let press = Press::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = press.run(&["completions", shell]).exits(0).stdout;
        assert!(script.contains("rehearse"), "{shell}");
        if shell == "bash" {
            let file = press.folder().join("pressroom.bash");
            std::fs::write(&file, script).unwrap();
            let bash = std::process::Command::new("bash").arg("-n").arg(file).output().unwrap();
            assert!(bash.status.success() && bash.stderr.is_empty(), "{}", String::from_utf8_lossy(&bash.stderr));
        }
    }
}

#[test]
fn schemas_are_json_schemas() {
    let press = Press::new();
    for (of, key) in [("front-matter", "schedule"), ("accounts", "accounts")] {
        let schema = press.run(&["schema", of]).exits(0).json();
        assert!(schema["$schema"].as_str().unwrap().starts_with("https://json-schema.org/"), "{of}");
        assert!(schema["properties"][key].is_object(), "{of}");
    }
}

#[test]
fn colour_is_used_when_asked_for_and_else_only_on_a_terminal() {
    let mut press =
        Press::with(&[("posts/tea.md", "---\nid: tea\ntargets: [acme-x]\nschedule: 2030-12-01 09:00\n---\nTea.\n")]);
    press.file("posts/wrong.md", "---\nid: wrong\ncolour: green\n---\nWrong.\n");
    press.commit("tea");
    for args in
        [vec!["plan", "--at", "2030-12-01 08:00"], vec!["check"], vec!["count", "posts/tea.md"], vec!["log", "nobody"]]
    {
        let run = |color: &str| press.run(&[&args[..], &["--color", color]].concat());
        let (always, never, auto) = (run("always"), run("never"), run("auto"));
        assert!(!format!("{}{}", never.stdout, never.stderr).contains('\u{1b}'), "{args:?}");
        assert_eq!((&auto.stdout, &auto.stderr), (&never.stdout, &never.stderr), "{args:?}");
        assert_eq!(plain(&always.stdout), never.stdout, "{args:?}");
        assert_eq!(plain(&always.stderr), never.stderr, "{args:?}");
    }
    let plan = ["plan", "--at", "2030-12-01 08:00"];
    assert!(press.run(&[&plan[..], &["--color", "always"]].concat()).stdout.contains("\u{1b}["));
    press.env.push(("NO_COLOR".to_owned(), "1".to_owned()));
    assert!(!press.run(&plan).stdout.contains('\u{1b}'));
    assert!(press.run(&[&plan[..], &["--color", "always"]].concat()).stdout.contains("\u{1b}["));
}

/// Without the escape sequences of colour.
fn plain(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').unwrap().1)
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let press = Press::with(&[("posts/tea.md", "---\nid: tea\ntargets: [acme-x]\n---\nTea.\n")]);
    for args in [
        &["completions", "bash"][..],
        &["schema", "front-matter"],
        &["plan"],
        &["check"],
        &["check", "--format", "json"],
        &["status"],
        &["--help"],
        &["--version"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = press.command(args);
        let output = command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let ran = Ran::of(&output).exits(0);
        assert_eq!(ran.stderr, "", "{args:?}");
    }
}

#[test]
fn nobody_who_listens_is_no_failure_either() {
    let press = Press::with(&[]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = press.command(&["log", "nobody"]).stdout(Stdio::null()).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn quiet_runs_say_only_what_is_wrong() {
    let press = Press::with(&[]);
    press.git(&["remote", "add", "origin", "../gone.git"]);
    assert!(press.run(&["plan"]).exits(0).stderr.starts_with("note: "));
    assert_eq!(press.run(&["plan", "-q"]).exits(0).stderr, "");
    assert!(press.run(&["publish", "-q"]).exits(4).stderr.starts_with("error: "));
}
