//! `.pressroom/servers/HOST.json`: what the server of an account allows, as it said when it was asked, for people to review. Reads the
//! text of such a file; opens none, and asks no server.

use std::ops::Range;

use super::{Account, Accounts};
use crate::error::{Problem, Source};
use crate::limits::{Home, Limits, Server};

/// Where they lie.
pub const FOLDER: &str = ".pressroom/servers/";
/// Longer ones are none, in bytes.
pub const LONGEST: usize = 64 * 1024;

const WAY_OUT: &str = "`pressroom accounts refresh` asks the server and writes the file anew";

/// The file for a server.
pub fn path(server: &str) -> String {
    format!("{FOLDER}{server}.json")
}

impl Account {
    /// What it may publish: the platform's row, with what its server says for itself.
    pub fn limits(&self) -> &'static Limits {
        self.row.unwrap_or_else(|| self.platform.limits())
    }

    /// The host of a server that sets limits of its own, if it lives on one.
    pub fn own_server(&self) -> Option<&str> {
        Some(self.server.as_str()).filter(|server| self.platform.limits().home == Home::Server && !server.is_empty())
    }
}

impl Accounts {
    /// The servers that set limits of their own.
    pub fn servers(&self) -> std::collections::BTreeSet<String> {
        self.accounts.values().filter_map(|account| account.own_server().map(str::to_owned)).collect()
    }

    /// Has the accounts of a server go by what its file says. With errors among the problems, they go by their platform's row.
    #[must_use]
    pub fn go_by(&mut self, server: &str, file: &Source) -> Vec<Problem> {
        let read = match read(file) {
            Ok(read) => read,
            Err(problem) => return vec![*problem],
        };
        for account in self.accounts.values_mut().filter(|account| account.own_server() == Some(server)) {
            account.row = Some(read.row(account.platform.limits()));
        }
        Vec::new()
    }
}

/// What a file says.
fn read(file: &Source) -> Result<Server, Box<Problem>> {
    let problem = |span: Range<usize>, message: String| {
        Box::new(Problem::error("server-file", file, message).at(span).hint(WAY_OUT))
    };
    // serde would take a list for the values in order.
    if file.text.trim_start().starts_with('[') {
        return Err(problem(0..0, "this is not what a server allows: it is a list".to_owned()));
    }
    let server: Server = serde_json::from_str(&file.text).map_err(|error| {
        let said = error.to_string();
        let said = said.rsplit_once(" at line").map_or(said.as_str(), |(said, _)| said);
        problem(place(&file.text, error.line(), error.column()), format!("this is not what a server allows: {said}"))
    })?;
    match server.wrong() {
        None => Ok(server),
        Some((key, why)) => {
            let quoted = format!("\"{key}\"");
            let at = file.text.find(&quoted).map_or(0..0, |at| at + 1..at + 1 + key.len());
            Err(problem(at, format!("`{key}` {why}")))
        }
    }
}

/// The byte that serde_json counts to: columns are bytes, from 1.
fn place(text: &str, line: usize, column: usize) -> Range<usize> {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at..text[at..].chars().next().map_or(at, |c| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts() -> Accounts {
        let text = "schema = 1\n[accounts.ann]\nplatform = \"mastodon\"\nserver = \"a.example\"\n\
                    [accounts.ben]\nplatform = \"mastodon\"\nserver = \"b.example\"\n[accounts.cat]\nplatform = \"bluesky\"\n";
        crate::account::parse(&Source::new("accounts.toml", text)).0.unwrap()
    }

    #[test]
    fn accounts_go_by_what_their_server_says() {
        let mut accounts = accounts();
        assert_eq!(accounts.servers().into_iter().collect::<Vec<_>>(), ["a.example", "b.example"]);
        let file = Source::new(path("a.example"), "{\"text_max\": 5000}");
        assert_eq!(accounts.go_by("a.example", &file), []);
        let most = |name: &str| accounts.accounts[name].limits().text_max;
        assert_eq!((most("ann"), most("ben"), most("cat")), (5000, 500, 300));
    }

    #[test]
    fn garbage_has_its_place() {
        for (text, expected) in [
            ("", "1:1 this is not what a server allows: EOF while parsing a value"),
            ("[1, 2]\n", "1:1 this is not what a server allows: it is a list"),
            (
                "{\n  \"text_max\": -5\n}",
                "2:16 this is not what a server allows: invalid value: integer `-5`, expected usize",
            ),
            ("{\n  \"colour\": 5\n}", ""),
            ("{\n  \"é\": 5, \"text_max\": 0}", ""),
            ("{\n  \"text_max\": 0\n}", "2:4 `text_max` cannot be 0, or so large"),
            ("{\"poll_seconds\": [9, 3]}", "1:3 `poll_seconds` must be the least and the most, in this order"),
        ] {
            let mut accounts = accounts();
            let problems = accounts.go_by("a.example", &Source::new(path("a.example"), text));
            let [problem] = problems.as_slice() else { panic!("{text}: {problems:?}") };
            let (line, column) = problem.start();
            let told = format!("{line}:{column} {}", problem.message);
            assert!(expected.is_empty() || told == expected, "{text}: {told}");
            assert_eq!(accounts.accounts["ann"].limits().text_max, 500, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in ".{0,80}", key in "text_max|mimes|poll_seconds|é", value in "[0-9]{0,30}|\\[[0-9,]*\\]|\"é\"") {
            for text in [text.clone(), format!("{{\n\"{key}\": {value}}}"), format!("é{text}\n{{\"{key}\":{value}")] {
                let _ = accounts().go_by("a.example", &Source::new("x.json", text));
            }
        }
    }
}
