//! Our words in those of the Language Server Protocol 3.17, and back:
//! <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/>.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use lsp_server::Request;
use lsp_types::request::{RegisterCapability, Request as _};
use lsp_types::{
    CompletionItemKind, Diagnostic, DiagnosticSeverity, InitializeParams, NumberOrString, Position, Range as Lines, Uri,
};
use serde_json::{Value, json};

use crate::error::{Problem, Severity};
use crate::language::Sort;
use crate::language::place::{Place, first_line, place};

/// What we can do: whole texts at each change, for posts are short.
pub(super) fn capabilities() -> Value {
    json!({
        "positionEncoding": "utf-16",
        "textDocumentSync": { "openClose": true, "change": 1, "save": { "includeText": false } },
        "completionProvider": { "triggerCharacters": ["/", "[", " ", "\"", "."] },
        "hoverProvider": true,
        "definitionProvider": true,
        "codeLensProvider": { "resolveProvider": false },
    })
}

/// The folder the editor was opened on.
pub(super) fn folder(asked: &InitializeParams) -> Option<PathBuf> {
    let first = asked.workspace_folders.iter().flatten().next().map(|folder| &folder.uri);
    #[expect(deprecated, reason = "editors that know no several folders say it so")]
    let uri = first.or(asked.root_uri.as_ref())?;
    url::Url::parse(uri.as_str()).ok()?.to_file_path().ok()
}

/// Whether the editor can be asked to tell when files change on disk.
pub(super) fn tells_of_files(asked: &InitializeParams) -> bool {
    let workspace = asked.capabilities.workspace.as_ref();
    let files = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
    files.and_then(|files| files.dynamic_registration).unwrap_or(false)
}

/// Asks it to.
pub(super) fn please_tell_of_files() -> Request {
    let watchers = ["accounts.toml", "posts/**", "media/**"].map(|glob| json!({ "globPattern": format!("**/{glob}") }));
    let params = json!({ "registrations": [{
        "id": "files",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": { "watchers": watchers },
    }] });
    Request::new("files".to_owned().into(), RegisterCapability::METHOD.to_owned(), params)
}

/// The address of a file.
pub(super) fn uri(path: &Path) -> Option<Uri> {
    Uri::from_str(url::Url::from_file_path(path).ok()?.as_str()).ok()
}

/// Bytes of a text as lines and UTF-16 units.
pub(super) fn range(text: &str, span: &Range<usize>) -> Lines {
    let position = |offset| {
        let Place { line, character } = place(text, offset);
        Position { line, character }
    };
    Lines { start: position(span.start), end: position(span.end.max(span.start)) }
}

/// A problem; the way out is a line of its own.
pub(super) fn diagnostic(problem: &Problem) -> Diagnostic {
    let text = &problem.source.text;
    let message = match &problem.hint {
        Some(hint) => format!("{}\n{hint}", problem.message),
        None => problem.message.clone(),
    };
    Diagnostic {
        range: range(text, &problem.span.clone().unwrap_or_else(|| first_line(text))),
        severity: Some(match problem.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(problem.code.to_owned())),
        source: Some("pressroom".to_owned()),
        message,
        ..Diagnostic::default()
    }
}

/// Which sign an editor puts beside a proposal.
pub(super) fn kind(sort: Sort) -> CompletionItemKind {
    match sort {
        Sort::Key => CompletionItemKind::PROPERTY,
        Sort::Word => CompletionItemKind::VALUE,
        Sort::Account => CompletionItemKind::MODULE,
        Sort::File => CompletionItemKind::FILE,
        Sort::Post => CompletionItemKind::REFERENCE,
    }
}
