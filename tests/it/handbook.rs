//! The handbook in docs/: every page is in its table of contents, every link leads somewhere, and its reference is what the program
//! says of itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pressroom::limits::Platform;

use crate::press::Press;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Every page, from docs/, in no order.
fn pages() -> BTreeSet<String> {
    let (mut open, mut pages) = (vec![docs()], BTreeSet::new());
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.insert(path.strip_prefix(docs()).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    pages
}

/// Where the links of a page lead, but those to other sites; code is no link.
fn links(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let plain: String = prose.split('`').step_by(2).collect();
    let targets = plain.match_indices("](").map(|(at, _)| plain[at + 2..].split(')').next().unwrap().to_owned());
    targets.filter(|target| !target.contains("://")).collect()
}

/// Headings as mdBook and hosting services turn them into anchors.
fn anchors(text: &str) -> BTreeSet<String> {
    let anchor = |line: &str| -> String {
        let letters = line.trim_start_matches('#').trim().to_lowercase();
        let kept = letters.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
    };
    text.lines().filter(|line| line.starts_with('#')).map(anchor).collect()
}

#[test]
fn the_table_of_contents_names_every_page() {
    let contents = fs::read_to_string(docs().join("SUMMARY.md")).unwrap();
    let named = links(&contents);
    let set: BTreeSet<String> = named.iter().cloned().collect();
    assert_eq!(set.len(), named.len(), "a page is named twice");
    let mut there = pages();
    there.remove("SUMMARY.md");
    assert_eq!(set, there, "docs/SUMMARY.md (left) names the pages of docs/ (right)");
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(docs().join(&page)).unwrap();
        for target in links(&text) {
            let (file, heading) = target.split_once('#').unwrap_or((&target, ""));
            let path = match file {
                "" => docs().join(&page),
                file => docs().join(&page).parent().unwrap().join(file),
            };
            let Ok(text) = fs::read_to_string(&path) else {
                wrong.push(format!("docs/{page}: {target} is not there"));
                continue;
            };
            if !heading.is_empty() && !anchors(&text).contains(heading) {
                wrong.push(format!("docs/{page}: {target} has no such heading"));
            }
            // What lies outside is not in the book.
            if !path.canonicalize().unwrap().starts_with(docs().canonicalize().unwrap()) {
                wrong.push(format!("docs/{page}: {target} leads out of docs/; write its address"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_reference_is_what_the_program_says() {
    let press = Press::new();
    press.run(&["man", "--reference", "made"]).exits(0);
    for entry in fs::read_dir(press.repo.join("made")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let made = fs::read_to_string(press.repo.join("made").join(&name)).unwrap();
        let kept = fs::read_to_string(docs().join("reference").join(&name)).unwrap_or_default();
        assert!(made == kept, "docs/reference/{name} is stale: `cargo run -- man --reference docs/reference`");
    }
}

/// Before anybody begins with a platform: how an app is registered there, what it costs, and what it cannot do.
#[test]
fn every_platform_has_a_page_that_tells_the_worst() {
    for platform in Platform::ALL.into_iter().filter(|platform| platform.limits().published) {
        let page = fs::read_to_string(docs().join(format!("platforms/{}.md", platform.name()))).unwrap();
        for words in [&["cost"][..], &["app"], &["cannot", "does not do", "has none"], &["connect"]] {
            assert!(words.iter().any(|word| page.contains(word)), "{platform}: none of {words:?}");
        }
        assert!(page.contains("https://"), "{platform}: its page names no source");
    }
}

/// The codes are told in the README and in the reference.
#[test]
fn exit_codes_are_told_alike() {
    let codes = |path: &str| -> Vec<String> {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
        rows.filter(|code| code.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned).collect()
    };
    assert_eq!(codes("docs/reference/exit-codes.md"), ["0", "1", "2", "3", "4", "5", "10", "70"]);
    assert_eq!(codes("README.md"), codes("docs/reference/exit-codes.md"));
}

#[test]
fn every_command_has_a_manual_page() {
    let press = Press::new();
    press.run(&["man", "pages"]).exits(0);
    let commands = fs::read_to_string(docs().join("reference/commands.md")).unwrap();
    for command in commands.lines().filter_map(|line| line.strip_prefix("## ")) {
        let page = press.repo.join("pages").join(format!("{}.1", command.replace(' ', "-")));
        let text = fs::read_to_string(&page).unwrap_or_else(|_| panic!("{} is not there", page.display()));
        assert!(text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{command}");
    }
    let printed = press.run(&["man"]).exits(0);
    assert_eq!(printed.stdout, fs::read_to_string(press.repo.join("pages/pressroom.1")).unwrap());
}
