//! The README and the documents as a person follows them: what they show runs, and comes to what they say.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pressroom::sim::linkedin;

use crate::press::{Press, Stage};

/// What people read.
const DOCUMENTS: [&str; 16] = [
    "README.md",
    "docs/accounts.md",
    "docs/ci.md",
    "docs/guards.md",
    "docs/import.md",
    "docs/posts.md",
    "docs/editors.md",
    "docs/media.md",
    "docs/ledger.md",
    "docs/reliability.md",
    "docs/glossary.md",
    "docs/watch.md",
    "docs/platforms/discord.md",
    "docs/platforms/telegram.md",
    "docs/platforms/forem.md",
    "docs/platforms/slack.md",
];

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The code blocks of a language, without their indentation.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        if line.trim() == format!("```{language}") {
            let block = lines.by_ref().take_while(|line| line.trim() != "```");
            blocks.push(block.map(|line| line.get(indent..).unwrap_or("").to_owned() + "\n").collect());
        }
    }
    blocks
}

/// A document without its code blocks.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// Waits for the next second: a commit's time is in whole seconds, and a post must not be older than its account.
fn next_second() {
    let second = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let start = second();
    while second() == start {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// "From nothing to a first post", step by step, with what stands there.
#[test]
fn from_nothing_to_a_first_post() {
    let readme = document("README.md");
    let steps = readme.split_once("## From nothing to a first post").unwrap().1.split("\n## ").next().unwrap();
    let (shell, toml, post) = (blocks(steps, "sh"), blocks(steps, "toml"), blocks(steps, "markdown"));
    let stage = Stage::new();
    // Somewhere outside every repository.
    let mut press = Press::new().in_folder("desk");
    fs::create_dir(&press.repo).unwrap();
    stage.reach(&mut press);
    let token = stage.sim.linkedin.sign_up(linkedin::SignUp::default()).access_token;
    let mut ran = Vec::new();
    for line in shell.iter().flat_map(|block| block.lines()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["pressroom", "init", folder] => {
                press.run(&["init", folder]).exits(0);
            }
            ["cd", folder] => {
                press = press.in_folder(&format!("desk/{folder}"));
                // Step 3: name an account.
                let accounts = fs::read_to_string(press.repo.join("accounts.toml")).unwrap();
                press.file("accounts.toml", &format!("{accounts}\n{}", toml[0]));
            }
            ["pressroom", "connect", account, "--token-stdin"] => {
                press.run_with(&["connect", account, "--token-stdin"], &token).exits(0);
            }
            ["pressroom", "new", ..] => {
                let title = line.split('"').nth(1).unwrap();
                press.run(&["new", title]).exits(0);
                let written = fs::read_to_string(press.repo.join("posts/our-first-post.md")).unwrap();
                let front = |text: &str| text.split("---").nth(1).unwrap().to_owned();
                let keys = |text: &str| -> BTreeSet<String> {
                    front(text)
                        .lines()
                        .filter_map(|line| Some(line.split_once(':')?.0.trim_start_matches("# ").to_owned()))
                        .collect()
                };
                assert!(keys(&written).is_superset(&keys(&post[0])), "{written}");
                press.file("posts/our-first-post.md", &post[0]);
                next_second();
            }
            ["git", "add", ..] => {
                press.commit(line.split('"').nth(1).unwrap());
            }
            ["pressroom", ref args @ ..] => {
                let expected = if args[0] == "plan" { "1 to publish" } else { "" };
                let said = press.run(args).exits(0);
                assert!(said.stdout.contains(expected), "{line}: {}", said.stdout);
            }
            // A hosting service and its secrets are not here.
            ["gh", ..] | ["git", "push", ..] => continue,
            _ => panic!("the README shows something new: {line}"),
        }
        ran.push(words[..words.len().min(2)].join(" "));
    }
    assert_eq!(
        ran,
        [
            "pressroom init",
            "cd social",
            "pressroom connect",
            "pressroom new",
            "pressroom check",
            "pressroom preview",
            "git add",
            "pressroom rehearse",
            "pressroom plan",
        ]
    );
    // Step 6.
    press.run(&["publish"]).exits(0);
    assert_eq!(stage.texts("linkedin"), ["Hello! This post is a file, and somebody read it before you did."]);
}

/// Whatever a document calls `pressroom ...` is a command, and its options are options.
#[test]
fn every_command_that_is_named_exists() {
    let press = Press::new();
    let mut named = BTreeSet::new();
    for name in DOCUMENTS {
        let text = document(name);
        let in_blocks = blocks(&text, "sh").concat();
        // Every other piece between backquotes is code, once the blocks are gone.
        let prose = prose(&text);
        let inline = prose.split('`').skip(1).step_by(2).map(|code| code.replace('\n', " "));
        for line in in_blocks.lines().map(|line| line.trim().to_owned()).chain(inline) {
            if let Some(command) = line.strip_prefix("pressroom ") {
                named.insert((command.split('#').next().unwrap().trim().to_owned(), name));
            }
        }
    }
    assert!(named.len() > 15, "{named:?}");
    let mut wrong = Vec::new();
    for (command, name) in named {
        let words: Vec<&str> = command.split_whitespace().collect();
        let path: Vec<&str> = match words[..] {
            ["keys", action, ..] => vec!["keys", action],
            ["media", "fit", ..] => vec!["media", "fit"],
            ["apps", action @ ("set" | "remove"), ..] => vec!["apps", action],
            [first, ..] if first.starts_with('-') => continue,
            [first, ..] => vec![first],
            [] => continue,
        };
        let help = press.run(&[&path[..], &["--help"]].concat());
        if help.code != 0 {
            wrong.push(format!("{name}: `pressroom {command}` is no command"));
        }
        let options = words.iter().filter(|word| word.starts_with("--")).map(|word| word.split('=').next().unwrap());
        wrong.extend(
            options
                .filter(|option| !help.stdout.contains(*option))
                .map(|option| format!("{name}: `pressroom {command}`: no {option}")),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What a document links to is there.
#[test]
fn links_between_documents_lead_somewhere() {
    let mut wrong = Vec::new();
    for name in DOCUMENTS {
        // Without code: an example of a link leads nowhere.
        let text: String = prose(&document(name)).split('`').step_by(2).collect();
        let folder = Path::new(name).parent().unwrap();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap();
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { name.to_owned() } else { folder.join(file).to_str().unwrap().to_owned() };
            if !Path::new(env!("CARGO_MANIFEST_DIR")).join(&path).exists() {
                wrong.push(format!("{name}: {target} is not there"));
            } else if !heading.is_empty() && !headings(&document(&path)).contains(heading) {
                wrong.push(format!("{name}: {path} has no heading {heading}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Headings as hosting services turn them into anchors.
fn headings(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| -> String {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        words
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    };
    lines.map(anchor).collect()
}
