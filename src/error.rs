//! What can be wrong, told to a person: a [`Problem`] is in something an author wrote; a [`Failure`] ends a command.
//! Knows nothing of what posts or platforms are.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A file's text together with the path people know it by; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Path relative to the repository's root, with `/`.
    pub path: Arc<str>,
    pub text: Arc<str>,
}

impl Source {
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// A file's bytes as text; the problem points at the first byte that is no UTF-8.
    pub fn from_bytes(path: impl Into<Arc<str>>, bytes: &[u8]) -> Result<Self, Box<Problem>> {
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(Self::new(path, text)),
            Err(error) => error,
        };
        // Up to the first bad byte the lossy text has the same bytes, so the offset holds in it.
        let source = Self::new(path, String::from_utf8_lossy(bytes));
        let at = error.valid_up_to();
        let message = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is UTF-16, not UTF-8".to_owned(),
            _ => format!("byte {at} of the file (0x{:02x}) is not UTF-8", bytes.get(at).copied().unwrap_or_default()),
        };
        let length = char::REPLACEMENT_CHARACTER.len_utf8();
        Err(Box::new(Problem::error("not-utf8", &source, message).at(at..at + length).hint("save the file as UTF-8")))
    }

    /// Line and column (both from 1, columns in characters) of a byte offset; past the end means the end.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// A value and the bytes of its source it was written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    pub value: T,
    pub span: Range<usize>,
}

impl<T> Located<T> {
    pub fn new(value: T, span: Range<usize>) -> Self {
        Self { value, span }
    }
}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// Something wrong in a file an author wrote, with the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    /// Stable, short, kebab-case: `unknown-key`, `text-too-long`.
    pub code: &'static str,
    /// What is wrong, with the measured figures; a sentence without a final full stop.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Where: the file and, if it has text, the bytes of it.
    pub source: Source,
    pub span: Option<Range<usize>>,
}

impl Problem {
    /// An error about a whole file.
    pub fn error(code: &'static str, source: &Source, message: impl Into<String>) -> Self {
        let (message, source) = (message.into(), source.clone());
        Self { severity: Severity::Error, code, message, hint: None, source, span: None }
    }

    /// A warning about a whole file.
    pub fn warning(code: &'static str, source: &Source, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, source, message) }
    }

    /// Points at bytes of the file.
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// First line and column, from 1; `(1, 1)` for a whole file.
    pub fn start(&self) -> (usize, usize) {
        self.source.line_column(self.span.as_ref().map_or(0, |span| span.start))
    }

    /// Line and column just after the last character.
    pub fn end(&self) -> (usize, usize) {
        self.source.line_column(self.span.as_ref().map_or(0, |span| span.end))
    }
}

/// Why a command ended without doing all it should; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A post, account or configuration is wrong.
    Content,
    /// Wrong usage of the command line.
    Usage,
    /// Something needs a person: refused, doubtful, missed, login needed.
    Person,
    /// Try again later: network, remote or platform busy. Nothing is lost.
    Later,
    /// Another run holds the claim.
    Claimed,
    /// A bug of ours.
    Bug,
}

impl Kind {
    /// The process exit code; the table in the README says the same.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Content => 1,
            Self::Usage => 2,
            Self::Person => 3,
            Self::Later => 4,
            Self::Claimed => 5,
            Self::Bug => 70,
        }
    }
}

/// What ended a command: a sentence, what to do next, and what lies beneath.
#[derive(Clone, Debug)]
pub struct Failure {
    pub kind: Kind,
    /// A sentence without a final full stop.
    pub message: String,
    pub hints: Vec<String>,
    /// The problems found, when that is why; they are printed before the message.
    pub problems: Vec<Problem>,
    /// What a library or another program said, outermost first.
    pub causes: Vec<String>,
}

impl Failure {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), problems: Vec::new(), causes: Vec::new() }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    #[must_use]
    pub fn problems(mut self, problems: Vec<Problem>) -> Self {
        self.problems = problems;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
