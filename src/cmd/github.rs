//! What a run on GitHub Actions says besides: annotations, a summary, and nothing by accident. The runner takes lines of
//! output for commands, so what authors and platforms wrote must not look like one.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::LazyLock;

use anstream::adapter::strip_str;

use super::markdown::text as cell;
use crate::chance;
use crate::error::{Failure, Kind, Problem};
use crate::plan::action::Row;

/// Whether this is a job on GitHub Actions.
pub(super) fn is_here() -> bool {
    static HERE: LazyLock<bool> =
        LazyLock::new(|| std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true"));
    *HERE
}

/// The page of this run, for people.
pub(super) fn page() -> Option<String> {
    let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (server, repository, run) = (read("GITHUB_SERVER_URL")?, read("GITHUB_REPOSITORY")?, read("GITHUB_RUN_ID")?);
    is_here().then(|| format!("{server}/{repository}/actions/runs/{run}"))
}

/// Where the files of a commit can be seen, without a `/` at its end.
pub(super) fn files(commit: &str) -> Option<String> {
    let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (server, repository) = (read("GITHUB_SERVER_URL")?, read("GITHUB_REPOSITORY")?);
    is_here().then(|| format!("{server}/{repository}/blob/{commit}"))
}

/// Text of which no line is a command: here the text itself, on GitHub Actions [`tamed`].
pub(super) fn tame(text: &str) -> Cow<'_, str> {
    if is_here() { Cow::Owned(tamed(text)) } else { Cow::Borrowed(text) }
}

/// A line is a command if it begins with `::`, blanks aside, or has `##[` anywhere. What keeps it from being one is not
/// seen: a space without width. In JSON, where `##[` can only stand in a text, the bracket is escaped.
fn tamed(text: &str) -> String {
    let is_json = text.starts_with(['{', '[']);
    let bracket = if is_json { "##\\u005b" } else { "##\u{200b}[" };
    text.split_inclusive(['\n', '\r']).map(|line| line_tamed(line).replace("##[", bracket)).collect()
}

fn line_tamed(line: &str) -> String {
    let plain = strip_str(line).to_string();
    if plain.trim_start().starts_with("::") { line.replacen("::", ":\u{200b}:", 1) } else { line.to_owned() }
}

/// While this lives, the runner takes no line for a command: what libraries and git say goes out as it is.
#[derive(Debug)]
pub(super) struct Silence(Option<String>);

impl Silence {
    pub(super) fn begin() -> Self {
        // Nobody could have written it into a post beforehand.
        let token = is_here().then(|| chance::name().simple().to_string());
        if let Some(token) = &token {
            command(&format!("::stop-commands::{token}"));
        }
        Self(token)
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        if let Some(token) = &self.0 {
            command(&format!("::{token}::"));
        }
    }
}

/// Commands go to stderr: stdout is for data. Nobody is left to tell when it is gone.
fn command(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// How a run ended, as annotations and in the summary. `say`: a row in a sentence.
pub(super) fn tell(rows: &[Row], problems: &[Problem], say: &dyn Fn(&Row) -> String) {
    if !is_here() {
        return;
    }
    for line in problems.iter().map(of_problem).chain(rows.iter().filter_map(|row| of_row(row, say))) {
        command(&line);
    }
    summarise(&summary(rows, say));
}

/// What ended a run before its end.
pub(super) fn tell_failure(failure: &Failure) {
    if !is_here() {
        return;
    }
    for problem in &failure.problems {
        command(&of_problem(problem));
    }
    let lines = std::iter::once(&failure.message).chain(&failure.causes).chain(&failure.hints);
    let text = lines.map(String::as_str).collect::<Vec<_>>().join("\n");
    command(&annotation("error", &[("title", "nothing is published")], &text));
    summarise(&format!("### pressroom\n\nNothing is published: {}\n\n", cell(&failure.message)));
}

/// A problem as an annotation. Columns are those of one line: GitHub takes none where a problem goes on in the next.
/// `strict`: warnings are errors.
pub(super) fn annotated(problem: &Problem, strict: bool) -> String {
    let level = if problem.is_error() || strict { "error" } else { "warning" };
    let ((line, column), (end_line, end_column)) = (problem.start(), problem.end());
    let [line, column, end_line, end_column] = [line, column, end_line, end_column].map(|number| number.to_string());
    let mut properties = vec![("file", &*problem.source.path)];
    if problem.span.is_some() {
        properties.extend([("line", line.as_str()), ("endLine", &end_line)]);
    }
    if problem.span.is_some() && line == end_line {
        properties.extend([("col", column.as_str()), ("endColumn", &end_column)]);
    }
    properties.push(("title", problem.code));
    let hint = problem.hint.iter().map(|hint| format!("\n{hint}"));
    let text: String = std::iter::once(problem.message.clone()).chain(hint).collect();
    annotation(level, &properties, &text)
}

fn of_problem(problem: &Problem) -> String {
    annotated(problem, false)
}

/// A row that needs somebody; what passes by itself is a warning.
fn of_row(row: &Row, say: &dyn Fn(&Row) -> String) -> Option<String> {
    let level = match row.attention? {
        Kind::Later | Kind::Claimed => "warning",
        _ => "error",
    };
    let title = format!("{} → {} is {}", row.post, row.account, row.state.name());
    let file = Some(("file", row.path.as_str())).filter(|(_, path)| !path.is_empty());
    let properties: Vec<_> = file.into_iter().chain([("title", title.as_str())]).collect();
    Some(annotation(level, &properties, &say(row)))
}

/// `::error file=posts/tea.md,title=...::text`
fn annotation(level: &str, properties: &[(&str, &str)], text: &str) -> String {
    let property =
        |(name, value): &(&str, &str)| format!("{name}={}", data(value).replace(':', "%3A").replace(',', "%2C"));
    let properties = properties.iter().map(property).collect::<Vec<_>>().join(",");
    format!("::{level} {properties}::{}", data(text))
}

fn data(text: &str) -> String {
    // An escape of a terminal would be no more than noise on a web page.
    let plain: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect();
    // Where a line is read anew, the older form of a command counts anywhere in it.
    plain.replace("##[", "##\u{200b}[").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A summary may be of 1 MiB.
const ROWS_MAX: usize = 500;

/// A table of what the run did and what needs somebody.
fn summary(rows: &[Row], say: &dyn Fn(&Row) -> String) -> String {
    let mut text = "### pressroom\n\n".to_owned();
    let told: Vec<&Row> = rows.iter().filter(|row| row.acted || row.attention.is_some()).collect();
    if told.is_empty() {
        text.push_str("Nothing to do, and nothing needs anybody.\n\n");
        return text;
    }
    text.push_str("| post | account | state | |\n| --- | --- | --- | --- |\n");
    for row in told.iter().take(ROWS_MAX) {
        let (post, account, said) = (cell(row.post.as_str()), cell(&row.account), cell(&say(row)));
        let _ = writeln!(text, "| {post} | {account} | {} | {said} |", row.state.name());
    }
    if told.len() > ROWS_MAX {
        let _ = writeln!(text, "\n{} more are not shown.", told.len() - ROWS_MAX);
    }
    text.push('\n');
    text
}

/// Appends to the job's summary. That it cannot be written changes nothing about the run.
fn summarise(text: &str) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return };
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    if let Err(error) = file.and_then(|mut file| file.write_all(text.as_bytes())) {
        command(&annotation("warning", &[], &format!("the job summary could not be written: {error}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Source;

    #[test]
    fn no_line_of_ours_is_a_command() {
        for (text, safe) in [
            ("tea", "tea"),
            ("a::b", "a::b"),
            ("::set-output name=a::b", ":\u{200b}:set-output name=a::b"),
            (" \t::error::x\nb\r::error::y", " \t:\u{200b}:error::x\nb\r:\u{200b}:error::y"),
            ("\u{1b}[1m::error::x\u{1b}[0m", "\u{1b}[1m:\u{200b}:error::x\u{1b}[0m"),
            ("a ##[set-output name=a]b", "a ##\u{200b}[set-output name=a]b"),
            ("{\"text\": \"##[error]x\"}", "{\"text\": \"##\\u005berror]x\"}"),
        ] {
            assert_eq!(tamed(text), safe);
        }
    }

    #[test]
    fn a_problem_is_annotated_where_it_is() {
        let source = Source::new("posts/tea.md", "---\nid: Tea\ntitel: x\n---\n");
        let wrong = Problem::error("bad-id", &source, "`Tea` is no id: 100%").at(8..11).hint("write `tea`");
        assert_eq!(
            annotated(&wrong, false),
            "::error file=posts/tea.md,line=2,endLine=2,col=5,endColumn=8,title=bad-id::`Tea` is no id: 100%25%0Awrite `tea`"
        );
        let long = Problem::warning("yaml", &source, "x").at(4..22);
        assert_eq!(annotated(&long, false), "::warning file=posts/tea.md,line=2,endLine=4,title=yaml::x");
        let whole = Problem::warning("unreadable", &source, "x");
        assert_eq!(annotated(&whole, true), "::error file=posts/tea.md,title=unreadable::x");
    }

    #[test]
    fn an_annotation_holds_what_it_is_given() {
        assert_eq!(
            annotation("error", &[("file", "posts/a,b:c%.md"), ("title", "x\n::y")], "50%\r\n::error::boo\u{1b}[0m"),
            "::error file=posts/a%2Cb%3Ac%25.md,title=x%0A%3A%3Ay::50%25%0D%0A::error::boo[0m"
        );
        assert_eq!(annotation("warning", &[], "x"), "::warning ::x");
    }
}
