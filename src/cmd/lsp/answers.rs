//! Answers to what editors ask, in the protocol's words. What there is to say, `language` knows.

use chrono::{DateTime, Utc};
use lsp_types::{
    CodeLensParams, CompletionParams, GotoDefinitionParams, HoverParams, Position, TextDocumentPositionParams, Uri,
};
use serde_json::{Value, json};

use super::desk::Open;
use super::wire;
use crate::language::place::{Place, first_line, offset};
use crate::language::{self, Desk, Proposal};

/// What may stand at the cursor, as a `CompletionList`.
pub(super) fn completion(open: &mut Open, asked: &CompletionParams) -> Value {
    let items = at(open, &asked.text_document_position, |text, offset, desk| {
        let proposals = language::complete(text, offset, desk);
        proposals.iter().enumerate().map(|(place, its)| item(text, place, its)).collect::<Vec<_>>()
    });
    json!({ "isIncomplete": false, "items": items.unwrap_or_default() })
}

fn item(text: &str, place: usize, proposal: &Proposal) -> Value {
    let mut item = json!({
        "label": proposal.label,
        "kind": wire::kind(proposal.sort),
        "filterText": proposal.label,
        // In the order of the manual, and below that what nothing follows from.
        "sortText": format!("{}{place:04}", u8::from(proposal.last)),
        "textEdit": { "range": wire::range(text, &proposal.span), "newText": proposal.text },
    });
    if !proposal.doc.is_empty() {
        item["detail"] = json!(proposal.doc);
    }
    item
}

/// What the word means, as a `Hover`; null where there is nothing to tell.
pub(super) fn hover(open: &mut Open, asked: &HoverParams, now: DateTime<Utc>) -> Value {
    let told = at(open, &asked.text_document_position_params, |text, offset, desk| {
        let told = language::hover(text, offset, desk, now)?;
        Some(json!({
            "contents": { "kind": "markdown", "value": told.markdown },
            "range": wire::range(text, &told.span),
        }))
    });
    json!(told.flatten())
}

/// The lengths and the date, as one `CodeLens` on the first line.
pub(super) fn lens(open: &mut Open, asked: &CodeLensParams, now: DateTime<Utc>) -> Value {
    let lens = open.ask(&asked.text_document.uri, |text, desk| {
        let title = language::lens(desk, now)?;
        // A command without a name is shown and cannot be run.
        Some(json!({ "range": wire::range(text, &first_line(text)), "command": { "title": title, "command": "" } }))
    });
    Value::Array(lens.flatten().into_iter().collect())
}

/// Where the word leads, as a `Location`; null where it leads nowhere.
pub(super) fn definition(open: &mut Open, asked: &GotoDefinitionParams) -> Value {
    let leads = at(open, &asked.text_document_position_params, language::definition).flatten();
    let location = leads.and_then(|leads| {
        let uri: Uri = open.uri(&leads.path)?;
        let range = match leads.span.is_empty() {
            // The beginning of a file, which need not be a text.
            true => wire::range("", &leads.span),
            false => wire::range(&open.text_of(&leads.path), &leads.span),
        };
        Some(json!({ "uri": uri, "range": range }))
    });
    json!(location)
}

/// Asks about a position.
fn at<T>(
    open: &mut Open,
    asked: &TextDocumentPositionParams,
    about: impl FnOnce(&str, usize, &Desk<'_>) -> T,
) -> Option<T> {
    let Position { line, character } = asked.position;
    open.ask(&asked.text_document.uri, |text, desk| about(text, offset(text, Place { line, character }), desk))
}
