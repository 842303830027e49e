//! The reference, from the tables that the program itself reads by: so it cannot say anything else.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};

use super::super::Cli;
use crate::account::keys::{self as account, Holds, SECTIONS};
use crate::env;
use crate::limits::{Platform, Takes as Setting};
use crate::post::front::keys::{KEYS, MEDIA_KEYS, POLL_KEYS, Takes};

/// Columns of help in the pages.
const WIDTH: usize = 100;

/// File names and texts.
pub(super) fn pages() -> [(&'static str, String); 5] {
    [
        ("commands.md", commands()),
        ("accounts.md", accounts()),
        ("front-matter.md", front_matter()),
        ("environment.md", environment()),
        ("exit-codes.md", EXIT_CODES.to_owned()),
    ]
}

const EXIT_CODES: &str = "\
# Exit codes

| code | meaning |
| --- | --- |
| 0 | done, and nothing is wrong |
| 1 | a post, an account or the configuration is wrong: what `check` reports |
| 2 | the command line is wrong |
| 3 | something needs a person: refused, doubtful, missed, not connected, not signed, not reviewed |
| 4 | try again later: network, remote or platform busy. Nothing is lost |
| 5 | another run holds the claim |
| 10 | `plan --detailed-exitcode`: something is due |
| 70 | a bug of ours |

Where several hold, a person's need comes first, then what is wrong, then what passes by itself.
";

fn commands() -> String {
    let mut root = Cli::command().term_width(WIDTH);
    root.build();
    let mut page = "# Commands\n\nWhat `--help` says.\n".to_owned();
    section(&mut page, &root, &root);
    page
}

/// A command and those below it.
fn section(page: &mut String, root: &Command, command: &Command) {
    let is_root = command.get_name() == root.get_name();
    let options: Vec<&str> = root.get_arguments().map(|arg| arg.get_id().as_str()).collect();
    let mut shown = command.clone().term_width(WIDTH);
    if !is_root {
        // What every command takes stands once, at the top.
        shown = shown.mut_args(|arg| if options.contains(&arg.get_id().as_str()) { arg.hide(true) } else { arg });
    }
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = shown.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n## {name}\n\n```text\n{}\n```\n", lines.join("\n").trim_end());
    for below in command.get_subcommands().filter(|below| below.get_name() != "help" && !below.is_hide_set()) {
        section(page, root, below);
    }
}

fn accounts() -> String {
    let mut page = format!(
        "# accounts.toml\n\nThe first line is `schema = {}`. What the keys are for is told in [Accounts, keys and tokens](../accounts.md) \
         and [Guards](../guards.md).\n",
        account::SCHEMA
    );
    for section in SECTIONS {
        let (head, keys): (String, &[account::Key]) = match section.holds {
            Holds::Keys(keys) => (format!("[{}]", section.name), keys),
            Holds::Platforms(keys) => (format!("[{}.PLATFORM]", section.name), keys),
            Holds::Named(keys) => (format!("[{}.NAME]", section.name), keys),
            Holds::Lists => (format!("[{}]", section.name), &[]),
        };
        let _ = write!(page, "\n## {head}\n\n{}.\n", capital(section.doc));
        match section.holds {
            Holds::Lists => page.push_str("\nEach key is a name of yours, and takes a list of accounts.\n"),
            _ => account_keys(&mut page, keys),
        }
        for key in keys {
            let below = match key.takes {
                account::Takes::Bucket => account::BUCKET,
                account::Takes::Email => account::EMAIL,
                _ => continue,
            };
            let _ = write!(page, "\n### {}.{}\n", section.name, key.name);
            account_keys(&mut page, below);
        }
    }
    page
}

fn account_keys(page: &mut String, keys: &[account::Key]) {
    page.push_str("\n| key | takes | |\n| --- | --- | --- |\n");
    for key in keys {
        let needed = if key.required { " (needed)" } else { "" };
        let _ = writeln!(page, "| `{}`{needed} | {} | {} |", key.name, account_takes(key.takes), cell(key.doc));
    }
}

fn account_takes(takes: account::Takes) -> String {
    use account::Takes;
    match takes {
        Takes::Text => "text",
        Takes::Bool => "`true` or `false`",
        Takes::Duration => "`90m`, `6h`, `2d`",
        Takes::Zone => "an IANA zone",
        Takes::Names => "a list of accounts, platforms and groups",
        Takes::Branch => "a branch",
        Takes::Recipients => "a list of age or ssh public keys",
        Takes::Signers => "a list of ssh public keys",
        Takes::Platform => "a platform",
        Takes::Slots => "a list of `Mon-Fri 09:05`",
        Takes::Quiet => "a list of `22:00-07:00`, `Sat,Sun`, `Mon-Fri 12:00-13:00`",
        Takes::Blackout => "a list of `2026-12-24`, `2026-12-24..2026-12-27`",
        Takes::Glob => "a glob: `posts/company/**`",
        Takes::Word(word) => return format!("`\"{word}\"`"),
        Takes::Host => "the name of a host",
        Takes::Chat => "`@name`, or a number",
        Takes::PublicUrl | Takes::Endpoint => "an https address",
        Takes::Bucket | Takes::Email => "a table",
        Takes::Environment => "`env:NAME`",
    }
    .to_owned()
}

fn front_matter() -> String {
    let mut page = "# Front matter\n\nBetween two lines of `---` at the top of a post, as YAML. [Posts](../posts.md) tells what the keys \
                    do.\n\n| key | takes | where | |\n| --- | --- | --- | --- |\n"
        .to_owned();
    for key in KEYS {
        let place = match (key.in_post(), key.in_override()) {
            (true, true) => "post, override",
            (true, false) => "post",
            (false, _) => "override",
        };
        let _ = writeln!(page, "| `{}` | {} | {place} | {} |", key.name, front_takes(key.takes), cell(key.doc));
    }
    for (head, keys) in [("An entry of media", MEDIA_KEYS), ("poll", POLL_KEYS)] {
        let _ = write!(page, "\n## {head}\n\n| key | |\n| --- | --- |\n");
        for (name, doc) in keys {
            let _ = writeln!(page, "| `{name}` | {} |", cell(doc));
        }
    }
    page.push_str("\n## Settings of platforms\n\nBelow `overrides`, beside the keys above.\n");
    for platform in Platform::ALL.into_iter().filter(|platform| !platform.limits().settings.is_empty()) {
        let _ = write!(page, "\n### {}\n\n| key | takes | |\n| --- | --- | --- |\n", platform.label());
        for rule in platform.limits().settings {
            let later = if rule.works { "" } else { "; not supported yet" };
            let _ = writeln!(page, "| `{}` | {} | {}{later} |", rule.key, setting_takes(rule.takes), cell(rule.doc));
        }
    }
    page
}

fn front_takes(takes: Takes) -> String {
    match takes {
        Takes::Id => "letters, digits, `.`, `_`, `-`, `/`".to_owned(),
        Takes::Text => "text".to_owned(),
        Takes::Bool => "`true` or `false`".to_owned(),
        Takes::DateTime => "`2026-12-01 09:00`".to_owned(),
        Takes::Schedule => "`2026-12-01 09:00`, `on-merge`".to_owned(),
        Takes::Duration => "`90m`, `6h`, `2d`".to_owned(),
        Takes::Lang => "a language: `en`, `pt-BR`".to_owned(),
        Takes::Url => "an address".to_owned(),
        Takes::Reference => "an address, or the id of a post".to_owned(),
        Takes::Texts => "a list".to_owned(),
        Takes::Media => "a list of paths, or of maps".to_owned(),
        Takes::Poll => "a map".to_owned(),
        Takes::OneOf(words) => one_of(words),
        Takes::Overrides => "a map from platform or account to a map of keys".to_owned(),
        Takes::Anything => "anything".to_owned(),
    }
}

fn setting_takes(takes: Setting) -> String {
    match takes {
        Setting::Text => "text".to_owned(),
        Setting::Bool => "`true` or `false`".to_owned(),
        Setting::Number => "a number".to_owned(),
        Setting::List => "a list".to_owned(),
        Setting::OneOf(words) => one_of(words),
    }
}

fn one_of(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn environment() -> String {
    format!(
        "# Environment\n\nAn empty variable counts as not set. None of them is handed to programs that pressroom starts.\n\n{}",
        env::markdown()
    )
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
