//! How problems and failures are told, in one place: to people with an excerpt and a hint, to programs as JSON.

use std::any::Any;
use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;

use super::github;
use crate::env;
use crate::error::{Failure, Kind, Problem, Severity};

/// Sends the log to stderr: what `PRESSROOM_LOG` asks for, else what `-vv` and `-vvv` do.
pub fn listen(verbose: u8) {
    let level = match verbose {
        0 | 1 => "warn",
        2 => "pressroom=debug,warn",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env(env::LOG).unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(anstream::stderr)
        .with_target(false)
        .without_time()
        .init();
}

/// Tells of panics, which are bugs of ours, without a word that could hold a secret.
pub fn tell_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
        let mut text = panic_text(&place, info.payload());
        let backtrace = std::backtrace::Backtrace::capture();
        if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
            let _ = write!(text, "{backtrace}");
        }
        // Nobody is left to tell when stderr is gone.
        let _ = anstream::stderr().lock().write_all(github::tame(&text).as_bytes());
    }));
}

/// A panic in words. What stands in the program's text is repeated; words that were put together may quote what was being
/// worked on, as those of a text that was cut within a character do.
fn panic_text(place: &str, payload: &dyn Any) -> String {
    let words = payload.downcast_ref::<&'static str>().map_or_else(String::new, |words| format!(": {words}"));
    format!(
        "{ERROR}error:{ERROR:#} pressroom broke off{place}{words}\n{HINT}hint:{HINT:#} this is a bug of pressroom; please \
         report it with the command you ran, and with RUST_BACKTRACE=1 set\n"
    )
}

/// Tells what ended a command, on stderr; as JSON the problems also go to stdout, for the program that reads it.
pub fn failure(failure: &Failure, json: bool) {
    let mut text = String::new();
    for problem in &failure.problems {
        text.push_str(&problem_text(problem));
        text.push('\n');
    }
    let _ = writeln!(text, "{ERROR}error:{ERROR:#} {}", printable(&failure.message));
    for cause in &failure.causes {
        let _ = writeln!(text, "  {DIM}because:{DIM:#} {}", printable(cause).replace('\n', "\n           "));
    }
    let mut hints = failure.hints.clone();
    if failure.kind == Kind::Bug {
        hints.push("this is a bug of pressroom; please report it with the command you ran".to_owned());
    }
    for hint in &hints {
        let _ = writeln!(text, "{HINT}hint:{HINT:#} {}", printable(hint));
    }
    // Nobody is left to tell when stderr is gone.
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
    if json {
        let document = json!({
            "schema": 1,
            "error": { "message": failure.message, "causes": failure.causes, "hints": hints, "exit": failure.kind.exit_code() },
            "problems": failure.problems.iter().map(problem_json).collect::<Vec<_>>(),
        });
        let _ = writeln!(anstream::stdout().lock(), "{}", github::tame(&format!("{document:#}")));
    }
}

const ERROR: anstyle::Style = anstyle::AnsiColor::BrightRed.on_default().bold();
const HINT: anstyle::Style = anstyle::AnsiColor::BrightCyan.on_default().bold();
const DIM: anstyle::Style = anstyle::Style::new().dimmed();

/// One problem with its place, an excerpt with a caret, and the way out.
pub fn problem_text(problem: &Problem) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(printable(&problem.message)).id(problem.code);
    let (line, line_number, span) = excerpt(problem);
    let path = problem.source.path.to_string();
    let mut group = if problem.span.is_some() {
        let snippet = Snippet::source(line).line_start(line_number).path(path);
        title.element(snippet.annotation(AnnotationKind::Primary.span(span)))
    } else {
        title.element(annotate_snippets::Origin::path(path))
    };
    if let Some(hint) = &problem.hint {
        group = group.element(Level::HELP.with_name("hint").message(printable(hint)));
    }
    let mut text = Renderer::styled().render(&[group]);
    text.push('\n');
    text
}

/// The line a problem begins on, its number, and the problem's bytes within it.
fn excerpt(problem: &Problem) -> (String, usize, Range<usize>) {
    let text = &problem.source.text;
    let span = problem.span.clone().unwrap_or(0..0);
    let clamp = |offset: usize| {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let (start, end) = (clamp(span.start), clamp(span.end));
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    let line = text[line_start..line_end].trim_end_matches('\r');
    let within = |offset: usize| (offset.max(line_start) - line_start).min(line.len());
    let (number, _) = problem.source.line_column(start);
    (line.to_owned(), number, within(start)..within(end).max(within(start)))
}

/// The JSON shape of a problem.
pub fn problem_json(problem: &Problem) -> Value {
    let ((line, column), (end_line, end_column)) = (problem.start(), problem.end());
    json!({
        "path": &*problem.source.path,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "severity": match problem.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    })
}

/// Text that can be printed on a terminal: control characters, which could move the cursor or hide what is there,
/// become `\u{..}`, but for line ends and tabs.
pub fn printable(text: &str) -> String {
    // Nearly all text is safe as it is.
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && character != '\n' && character != '\t' {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_quotes_nothing_it_was_given() {
        let literal = std::panic::catch_unwind(|| panic!("no such row")).unwrap_err();
        let canary = "é-canary".to_owned();
        let put_together = std::panic::catch_unwind(|| canary[1..].len()).unwrap_err();
        assert!(put_together.downcast_ref::<String>().unwrap().contains("canary"));
        let told = |payload: &dyn Any| anstream::adapter::strip_str(&panic_text(" at src/a.rs:7", payload)).to_string();
        let hint = "hint: this is a bug of pressroom; please report it with the command you ran, and with RUST_BACKTRACE=1 set\n";
        assert_eq!(told(&*literal), format!("error: pressroom broke off at src/a.rs:7: no such row\n{hint}"));
        assert_eq!(told(&*put_together), format!("error: pressroom broke off at src/a.rs:7\n{hint}"));
    }
}
