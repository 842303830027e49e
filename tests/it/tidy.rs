//! The house's laws, read from the source: who may import whom, who may touch the world, and what no file may be like.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Each module, in the order of the layers, and what it may import: modules above it, and no other. A folder's own row
/// takes the place of its module's row.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // Words.
    ("suggest", &[]),
    ("error", &[]),
    ("media", &[]),
    ("zone", &[]),
    ("limits", &["media", "zone"]),
    ("account", &["error", "limits", "suggest", "zone"]),
    ("post", &["account", "error", "limits", "suggest", "zone"]),
    ("schema", &["account", "limits", "post"]),
    ("step", &[]),
    // Rules.
    ("fit", &["account", "error", "limits", "media", "post", "suggest"]),
    ("import", &["account", "error", "fit", "post", "zone"]),
    ("ledger", &["limits", "post", "step"]),
    ("plan", &["account", "error", "fit", "ledger", "limits", "media", "post", "step", "suggest", "zone"]),
    ("notice", &["error", "plan", "post"]),
    ("page", &["limits", "plan", "zone"]),
    ("language", &["account", "fit", "limits", "plan", "post", "zone"]),
    ("platform", &["fit", "limits", "media", "post", "step", "zone"]),
    // Effects.
    ("env", &[]),
    ("chance", &[]),
    ("clock", &[]),
    ("vault", &["error", "limits", "platform"]),
    ("http", &["clock", "error", "platform", "vault"]),
    ("login", &["error", "http", "platform", "vault"]),
    ("notify", &["account", "error", "http", "vault"]),
    ("hosting", &["account", "clock", "env", "error", "http", "limits", "platform", "vault"]),
    ("repo", &["chance", "clock", "env", "error", "media"]),
    // Drivers.
    ("guard", &["account", "error", "plan", "post", "repo"]),
    ("content", &["account", "error", "fit", "guard", "http", "limits", "media", "plan", "platform", "post", "repo"]),
    ("archive", &["account", "content", "error", "fit", "guard", "ledger", "media", "plan", "post", "repo"]),
    (
        "run",
        &[
            "chance", "clock", "error", "fit", "hosting", "http", "ledger", "limits", "login", "plan", "platform",
            "post", "repo", "step", "vault",
        ],
    ),
    (
        "round",
        &[
            "account", "chance", "clock", "content", "error", "fit", "hosting", "http", "ledger", "plan", "repo",
            "run", "vault",
        ],
    ),
    ("sim", &[]),
    ("cmd", COMMANDS),
    ("cmd/rehearse", &["sim"]),
    ("main", &["cmd", "error"]),
];

/// Commands use everything but the simulators, which are for rehearsals.
const COMMANDS: &[&str] = &[
    "account", "archive", "chance", "clock", "content", "env", "error", "fit", "guard", "hosting", "http", "import",
    "language", "ledger", "limits", "login", "media", "notice", "notify", "page", "plan", "platform", "post", "repo",
    "round", "run", "schema", "step", "suggest", "vault", "zone",
];

/// The modules that are pure: words and rules.
const PURE: &[&str] = &[
    "suggest", "error", "media", "zone", "limits", "account", "post", "schema", "step", "fit", "import", "ledger",
    "plan", "notice", "page", "language", "platform",
];

/// What pure modules never name.
const EFFECTS: &[&str] = &[
    "tokio",
    "reqwest",
    "git2",
    "rustix",
    "tempfile",
    "gethostname",
    "axum",
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
];

/// Doors to the world: paths that begin so are named only in these files and folders.
const DOORS: &[(&str, &[&str], &str)] = &[
    ("reqwest", &["http/"], "only http opens connections outward"),
    ("git2", &["repo/"], "only repo touches git"),
    ("age", &["vault/"], "only the vault decrypts"),
    ("lettre", &["notify/mail.rs"], "only notices are mailed"),
    (
        "axum",
        &["sim/", "cmd/watch/health.rs", "cmd/preview/live.rs"],
        "only the simulators serve, the health of a watch, and a preview its page",
    ),
    ("lsp_server", &["cmd/lsp/"], "only the language server speaks to editors"),
    ("lsp_types", &["cmd/lsp/"], "only the language server speaks to editors"),
    ("std::net::TcpStream", &[], "only http opens connections outward"),
    ("std::net::UdpSocket", &[], "only http opens connections outward"),
    ("std::net::TcpListener", &[], "only the simulators listen"),
    (
        "tokio::net",
        &["sim/", "login/callback.rs", "cmd/watch/health.rs", "cmd/preview/live.rs"],
        "only the simulators listen, a login and a preview for their browser, and a watch for monitors",
    ),
    (
        "file_events",
        &["cmd/watch/ears.rs", "cmd/preview/live.rs"],
        "only a watch listens for files, and a preview for its post",
    ),
];

/// Questions what time it is.
const TIME: &[&str] = &["Utc::now", "Local::now", "SystemTime::now", "Instant::now", "Uuid::now_v7", "Timestamp::now"];

/// Who may ask, and why.
const MAY_ASK_THE_TIME: &[(&str, &str)] = &[
    ("clock.rs", "it is the clock"),
    ("sim/", "the simulated world has a clock of its own, so that both can be wrong differently"),
    ("repo/journal.rs", "waits are measured by the runtime's clock, which tests can stop"),
    ("repo/journal/here.rs", "the same"),
    ("repo/pins.rs", "names of a version that tells its age"),
];

/// Platforms that share more than a name, and why: (folder, whose, reason).
const RELATED: &[(&str, &str, &str)] =
    &[("sim/instagram/", "facebook", "one of Instagram's two logins is Facebook's: its tokens and Pages are")];

/// Files every platform's folder has; two more of its own may be: an upload, a look.
const PLATFORM_FILES: &[&str] = &["grant.rs", "mod.rs", "refusals.rs", "steps.rs", "tests.rs", "wire.rs"];

/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "shared", "types", "base"];

/// A source file.
struct File {
    /// From `src/` or `tests/`, with `/`.
    path: String,
    /// What is compiled into the program: no tests, no comments, as many lines as before.
    code: String,
    whole: String,
}

impl File {
    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        matches!(name, "tests.rs" | "testing.rs") || self.path.contains("/tests/")
    }

    /// `plan/when.rs` -> `["plan", "when"]`.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').collect()
    }

    fn is_in(&self, place: &str) -> bool {
        self.path == place || (place.ends_with('/') && self.path.starts_with(place))
    }
}

fn files(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let (mut open, mut files) = (vec![root.clone()], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let whole = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                files.push(File { path, code: code(&whole), whole });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 3, "no source in {folder}");
    files
}

/// Without comments, and without the test module, which stands at the end of a file.
fn code(whole: &str) -> String {
    let code = whole.split("#[cfg(test)]\nmod tests {").next().unwrap_or(whole);
    let line = |line: &str| if line.trim_start().starts_with("//") { String::new() } else { line.to_owned() };
    code.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Every path named in some code, with its line: `use a::{b, c::D};` names `a::b` and `a::c::D`.
fn paths(code: &str) -> Vec<(usize, String)> {
    let mut paths = Vec::new();
    let bytes = code.as_bytes();
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        if is_word(bytes[at]) {
            let start = at;
            at += code[at..].bytes().take_while(|byte| is_word(*byte)).count();
            if code[at..].starts_with("::") {
                let mut found = Vec::new();
                let end = tree(code, start, "", &mut found);
                paths.extend(found.into_iter().map(|path| (line, path)));
                line += code[at..end].matches('\n').count();
                at = end;
            }
        } else {
            line += usize::from(bytes[at] == b'\n');
            at += 1;
        }
    }
    paths
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Reads `a::{b, c}` from a place on; where it ends.
fn tree(code: &str, mut at: usize, before: &str, found: &mut Vec<String>) -> usize {
    let word: String = code[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    at += word.len();
    let path = if before.is_empty() { word } else { format!("{before}::{word}") };
    let Some(rest) = code[at..].strip_prefix("::") else {
        found.push(path);
        return at;
    };
    at += 2;
    match rest.bytes().next() {
        Some(byte) if is_word(byte) => tree(code, at, &path, found),
        Some(b'{') => {
            at += 1;
            loop {
                at += code[at..].bytes().take_while(|byte| byte.is_ascii_whitespace() || *byte == b',').count();
                match code[at..].bytes().next() {
                    Some(byte) if is_word(byte) => at = tree(code, at, &path, found),
                    // `{*}`, `{a as b}`: past it.
                    Some(b'*') => at += 1,
                    _ => break,
                }
                at += code[at..].find([',', '}']).unwrap_or(0);
                if code[at..].starts_with('}') {
                    break;
                }
            }
            at + 1
        }
        _ => {
            found.push(path);
            at
        }
    }
}

/// The module of ours that a path leads into, if it leaves the one it is named in.
fn imported<'a>(file: &File, path: &'a str) -> Option<&'a str> {
    let module = file.module();
    let mut words = path.split("::");
    match words.next()? {
        // The library's name elsewhere is no path: `pressroom::http=trace` is a log filter.
        "pressroom" if module != ["main"] => None,
        "crate" | "pressroom" => words.next().filter(|word| *word != module[0]),
        "super" => {
            let ups = 1 + path.split("::").skip(1).take_while(|word| *word == "super").count();
            path.split("::").nth(ups).filter(|_| ups >= module.len() && module[0] != "lib")
        }
        _ => None,
    }
}

/// All that breaks a law, one a line.
#[track_caller]
fn none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn modules_import_only_what_they_may() {
    let mut broken = Vec::new();
    let mut used = BTreeSet::new();
    for file in files("src").iter().filter(|file| !file.is_test() && file.path != "lib.rs") {
        let module = file.module();
        let Some((_, may)) = MAY_IMPORT.iter().find(|(name, _)| *name == module[0]) else {
            broken.push(format!("src/{}: the module `{}` has no row in the table", file.path, module[0]));
            continue;
        };
        let own = MAY_IMPORT.iter().filter(|(name, _)| name.contains('/') && module.join("/").starts_with(name));
        let may: Vec<&str> = may.iter().chain(own.flat_map(|(_, may)| *may)).copied().collect();
        for (line, path) in paths(&file.code) {
            let Some(target) = imported(file, &path) else { continue };
            if may.contains(&target) {
                used.insert((module[0].to_owned(), target.to_owned()));
            } else {
                broken.push(format!("src/{}:{line}: `{}` must not import `{target}`", file.path, module[0]));
            }
        }
    }
    // A row that allows what nobody does any more would let it come back unseen.
    for (name, may) in MAY_IMPORT.iter().filter(|(name, _)| !name.contains('/') && *name != "cmd") {
        let idle = may.iter().filter(|target| !used.contains(&((*name).to_owned(), (**target).to_owned())));
        broken.extend(
            idle.map(|target| format!("`{name}` does not import `{target}` any more: take it out of the table")),
        );
    }
    none(&broken);
}

/// No two modules import each other, not even through others.
#[test]
fn layers_lean_only_on_those_above() {
    let mut above: Vec<&str> = Vec::new();
    for (name, may) in MAY_IMPORT.iter().filter(|(name, _)| !name.contains('/')) {
        let below: Vec<_> = may.iter().filter(|target| !above.contains(*target)).collect();
        assert!(below.is_empty(), "`{name}` leans on {below:?}, below it");
        above.push(name);
    }
    assert!(PURE.iter().all(|name| above[..PURE.len()].contains(name)), "the pure modules come first");
}

#[test]
fn the_map_names_every_module() {
    let map = files("src").into_iter().find(|file| file.path == "lib.rs").unwrap().whole;
    let named: BTreeSet<&str> =
        map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).chain(["main"]).collect();
    let rows: BTreeSet<&str> = MAY_IMPORT.iter().map(|(name, _)| *name).filter(|name| !name.contains('/')).collect();
    assert_eq!(named, rows);
}

#[test]
fn words_and_rules_never_touch_the_world() {
    let mut broken = Vec::new();
    for file in files("src").iter().filter(|file| !file.is_test() && PURE.contains(&file.module()[0])) {
        for (line, path) in paths(&file.code) {
            if EFFECTS.iter().any(|effect| begins(&path, effect)) {
                broken.push(format!("src/{}:{line}: `{path}` in a pure module", file.path));
            }
        }
    }
    none(&broken);
}

#[test]
fn each_door_has_one_keeper() {
    let mut broken = Vec::new();
    for file in files("src").iter().filter(|file| !file.is_test()) {
        for (line, path) in paths(&file.code) {
            for (door, keepers, law) in DOORS {
                if begins(&path, door) && !keepers.iter().any(|keeper| file.is_in(keeper)) {
                    broken.push(format!("src/{}:{line}: `{path}`: {law}", file.path));
                }
            }
        }
    }
    none(&broken);
}

#[test]
fn only_the_clock_is_asked_what_time_it_is() {
    let mut broken = Vec::new();
    let mut asked = BTreeSet::new();
    for file in files("src").iter().filter(|file| !file.is_test()) {
        let asks =
            |path: &str| TIME.iter().any(|question| path == *question || path.ends_with(&format!("::{question}")));
        for (line, path) in paths(&file.code).into_iter().filter(|(_, path)| asks(path)) {
            match MAY_ASK_THE_TIME.iter().find(|(place, _)| file.is_in(place)) {
                Some((place, _)) => drop(asked.insert(*place)),
                None => broken.push(format!("src/{}:{line}: `{path}`: ask clock::Clock", file.path)),
            }
        }
    }
    let idle = MAY_ASK_THE_TIME.iter().filter(|(place, _)| !asked.contains(place));
    broken.extend(idle.map(|(place, _)| format!("src/{place} asks no time any more: take it out of the table")));
    none(&broken);
}

#[test]
fn platforms_know_nothing_of_each_other() {
    let files = files("src");
    let platforms: BTreeSet<&str> = files
        .iter()
        .map(File::module)
        .filter(|module| module[0] == "platform" && module.len() > 2)
        .map(|module| module[1])
        .collect();
    assert!(platforms.contains("x") && platforms.contains("linkedin"), "{platforms:?}");
    let mut broken = Vec::new();
    for folder in ["platform", "sim"] {
        for file in files.iter().filter(|file| file.path.starts_with(&format!("{folder}/"))) {
            let module = file.module();
            let Some(own) = module.get(1).filter(|own| platforms.contains(*own)) else { continue };
            for (line, path) in paths(&file.code) {
                let related = |word: &str| RELATED.iter().any(|(place, whose, _)| file.is_in(place) && *whose == word);
                let other = |word: &str| platforms.contains(word) && word != *own && !related(word);
                let into = path.strip_prefix(&format!("crate::{folder}::")).or_else(|| {
                    let ups = "super::".repeat(module.len() - 1);
                    path.strip_prefix(&ups)
                });
                if into.and_then(|rest| rest.split("::").next()).is_some_and(other) {
                    broken.push(format!("src/{}:{line}: `{path}` is another platform's", file.path));
                }
            }
        }
    }
    for platform in platforms {
        let prefix = format!("platform/{platform}/");
        let names: Vec<&str> = files.iter().filter_map(|file| file.path.strip_prefix(&prefix)).collect();
        let lacks = PLATFORM_FILES.iter().filter(|name| !names.contains(name));
        broken.extend(lacks.map(|name| format!("src/{prefix}{name} is missing: every platform has it")));
        if names.len() > PLATFORM_FILES.len() + 2 {
            broken.push(format!("src/{prefix}: more than two files of its own: {names:?}"));
        }
    }
    none(&broken);
}

/// A simulator that used our code would agree with our mistakes.
#[test]
fn simulators_share_nothing_with_the_program() {
    let mut broken = Vec::new();
    for file in files("src").iter().filter(|file| file.path.starts_with("sim/")) {
        for (line, path) in paths(&file.whole) {
            if imported(file, &path).is_some() {
                broken.push(format!("src/{}:{line}: `{path}` is not the simulators' own", file.path));
            }
        }
    }
    none(&broken);
}

#[test]
fn every_file_says_what_it_is() {
    let mut broken = Vec::new();
    for folder in ["src", "tests"] {
        for file in files(folder) {
            let first = file.whole.lines().next().unwrap_or_default();
            if !first.starts_with("//! ") || first.len() < 20 {
                broken.push(format!("{folder}/{}: begin it with `//!` and a sentence that says what it is", file.path));
            }
            let stem = file.path.rsplit('/').next().unwrap().trim_end_matches(".rs");
            let folders = file.path.split('/').rev().skip(1);
            if folders.chain([stem]).any(|name| EMPTY_NAMES.contains(&name)) {
                broken.push(format!("{folder}/{}: the name does not say what is inside", file.path));
            }
        }
    }
    none(&broken);
}

#[test]
fn nothing_is_left_for_later() {
    // In two halves, for this file is read as well.
    let words = [["FIX", "ME"], ["TO", "DO"], ["XX", "X"], ["HA", "CK"]].map(|halves| halves.concat());
    let macros = [["to", "do!"], ["unimple", "mented!"], ["db", "g!"]].map(|halves| halves.concat());
    let mut broken = Vec::new();
    for folder in ["src", "tests"] {
        for file in files(folder) {
            for (number, text) in file.whole.lines().enumerate() {
                let is_word = |word: &&str| words.iter().any(|left| left == word);
                let left = text.split(|c: char| !c.is_alphanumeric()).find(is_word);
                let left =
                    left.or_else(|| macros.iter().map(String::as_str).find(|name| text.contains(&format!("{name}("))));
                if let Some(left) = left {
                    broken.push(format!("{folder}/{}:{}: `{left}`", file.path, number + 1));
                }
            }
        }
    }
    none(&broken);
}

fn begins(path: &str, door: &str) -> bool {
    path.strip_prefix(door).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// A law that reads nothing would never be broken.
#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let code = code(
        "use crate::ledger::{self, entry::{Entry, Event as Happened}};\nuse std::{\n    fs,\n    io::{Read as _, Write},\n};\n\
         // use crate::sim;\nfn now() -> T { chrono::Utc::now() }\nuse super::super::repo::*;\n#[cfg(test)]\nmod tests {\n    use crate::cmd;\n}\n",
    );
    let found: Vec<String> = paths(&code).iter().map(|(line, path)| format!("{line} {path}")).collect();
    assert_eq!(
        found,
        [
            "1 crate::ledger::self",
            "1 crate::ledger::entry::Entry",
            "1 crate::ledger::entry::Event",
            "2 std::fs",
            "2 std::io::Read",
            "2 std::io::Write",
            "7 chrono::Utc::now",
            "8 super::super::repo",
        ]
    );
    let file = |path: &str| File { path: path.to_owned(), code: String::new(), whole: String::new() };
    for (path, named, module) in [
        ("plan/mod.rs", "crate::ledger::Stand", Some("ledger")),
        ("plan/mod.rs", "crate::plan::when", None),
        ("plan/mod.rs", "super::repo::Repo", Some("repo")),
        ("plan/when.rs", "super::action", None),
        ("plan/when.rs", "super::super::repo::Repo", Some("repo")),
        ("media.rs", "super::limits", Some("limits")),
        ("main.rs", "pressroom::cmd::Cli", Some("cmd")),
        ("media.rs", "std::fs", None),
    ] {
        assert_eq!(imported(&file(path), named), module, "{path}: {named}");
    }
}
