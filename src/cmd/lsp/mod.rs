//! `pressroom lsp`.

use std::time::Duration;

use clap::Args;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{self, Notification as _};
use lsp_types::request::{self, Request as _};
use lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    InitializeParams, MessageType, ShowMessageParams, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::desk::Open;
use super::Context;
use crate::error::{Failure, Kind};
use crate::repo::Repo;

mod answers;
mod desk;
mod wire;

/// Somebody is still writing while changes come faster than that.
const PAUSE: Duration = Duration::from_millis(150);

/// Serves editors: problems while you write, completions, and what each target will show.
///
/// It speaks the Language Server Protocol on stdin and stdout; editors start it themselves. Files that are open count as they are
/// in the editor, all others as they are on disk. Nothing is sent anywhere.
#[derive(Debug, Args)]
pub struct Lsp {}

impl Lsp {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let (connection, threads) = Connection::stdio();
        let code = serve(context, &connection)?;
        drop(connection);
        threads.join().map_err(broken)?;
        Ok(code)
    }
}

/// Serves one editor until it says goodbye.
fn serve(context: &Context, connection: &Connection) -> Result<u8, Failure> {
    let (id, asked) = connection.initialize_start().map_err(broken)?;
    let asked: InitializeParams = serde_json::from_value(asked).map_err(broken)?;
    let answer = json!({
        "capabilities": wire::capabilities(),
        "serverInfo": { "name": "pressroom", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer).map_err(broken)?;
    let folder = wire::folder(&asked).unwrap_or_else(|| context.global.repo.clone());
    let repo = Repo::open(&folder).inspect_err(|failure| {
        let params = ShowMessageParams { typ: MessageType::ERROR, message: format!("pressroom: {failure}") };
        let told = Notification::new(notification::ShowMessage::METHOD.to_owned(), params);
        // An editor that is gone needs no words.
        let _ = connection.sender.send(told.into());
    })?;
    if wire::tells_of_files(&asked) {
        send(connection, wire::please_tell_of_files())?;
    }
    Server { context, connection, open: Open::new(repo)? }.serve()
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::new(Kind::Usage, "the editor broke off in the middle of a sentence")
        .cause(error)
        .hint("editors start `pressroom lsp` themselves; docs/editors.md tells how")
}

fn send(connection: &Connection, message: impl Into<Message>) -> Result<(), Failure> {
    connection.sender.send(message.into()).map_err(broken)
}

struct Server<'a> {
    context: &'a Context,
    connection: &'a Connection,
    open: Open,
}

impl Server<'_> {
    fn serve(mut self) -> Result<u8, Failure> {
        // Whether something changed that problems were not told of.
        let mut changed = false;
        loop {
            let message = if changed {
                match self.connection.receiver.recv_timeout(PAUSE) {
                    Ok(message) => message,
                    Err(error) if error.is_timeout() => {
                        self.tell_problems()?;
                        changed = false;
                        continue;
                    }
                    Err(_) => return Ok(0),
                }
            } else {
                let Ok(message) = self.connection.receiver.recv() else { return Ok(0) };
                message
            };
            match message {
                Message::Request(request) => {
                    if self.connection.handle_shutdown(&request).map_err(broken)? {
                        return Ok(0);
                    }
                    let response = self.answer(request);
                    send(self.connection, response)?;
                }
                Message::Notification(told) => changed |= self.hear(told),
                // To our one request, which needs none.
                Message::Response(_) => {}
            }
        }
    }

    /// Takes in what the editor tells; whether problems may be others now.
    fn hear(&mut self, told: Notification) -> bool {
        match told.method.as_str() {
            notification::DidOpenTextDocument::METHOD => {
                let Some(params) = read::<DidOpenTextDocumentParams>(told.params) else { return false };
                self.open.put(&params.text_document.uri, params.text_document.text)
            }
            notification::DidChangeTextDocument::METHOD => {
                let Some(params) = read::<DidChangeTextDocumentParams>(told.params) else { return false };
                // The whole text, as we asked for; the last one counts.
                let text = params.content_changes.into_iter().next_back().map(|change| change.text);
                text.is_some_and(|text| self.open.put(&params.text_document.uri, text))
            }
            notification::DidCloseTextDocument::METHOD => {
                let Some(params) = read::<DidCloseTextDocumentParams>(told.params) else { return false };
                self.open.close(&params.text_document.uri)
            }
            notification::DidSaveTextDocument::METHOD => {
                self.open.look_again();
                true
            }
            notification::DidChangeWatchedFiles::METHOD => {
                let Some(params) = read::<DidChangeWatchedFilesParams>(told.params) else { return false };
                params.changes.iter().for_each(|change| self.open.changed_on_disk(&change.uri));
                self.open.look_again();
                true
            }
            _ => false,
        }
    }

    fn answer(&mut self, request: Request) -> Response {
        let now = self.context.clock.now();
        let Request { id, method, params } = request;
        let answer = match method.as_str() {
            request::Completion::METHOD => read(params).map(|its| answers::completion(&mut self.open, &its)),
            request::HoverRequest::METHOD => read(params).map(|its| answers::hover(&mut self.open, &its, now)),
            request::CodeLensRequest::METHOD => read(params).map(|its| answers::lens(&mut self.open, &its, now)),
            request::GotoDefinition::METHOD => read(params).map(|its| answers::definition(&mut self.open, &its)),
            _ => {
                let words = format!("pressroom does not answer {method}");
                return Response::new_err(id, ErrorCode::MethodNotFound as i32, words);
            }
        };
        match answer {
            Some(answer) => Response::new_ok(id, answer),
            None => {
                Response::new_err(id, ErrorCode::InvalidParams as i32, format!("these are no parameters of {method}"))
            }
        }
    }

    /// Tells the problems of each file whose problems are others than those told last.
    fn tell_problems(&mut self) -> Result<(), Failure> {
        for (uri, problems) in self.open.news() {
            let params = json!({ "uri": uri, "diagnostics": problems });
            send(self.connection, Notification::new(notification::PublishDiagnostics::METHOD.to_owned(), params))?;
        }
        Ok(())
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}

/// The file an editor means, from the repository's root; `None` for one that is not of ours.
fn path(repo: &Repo, uri: &Uri) -> Option<String> {
    let path = url::Url::parse(uri.as_str()).ok()?.to_file_path().ok()?;
    let path = super::open::relative(repo, &path).ok()?;
    let is_ours =
        path == crate::content::ACCOUNTS || (path.starts_with(crate::content::POSTS) && path.ends_with(".md"));
    is_ours.then_some(path)
}
