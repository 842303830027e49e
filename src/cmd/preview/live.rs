//! The page of a post on this machine, shown anew whenever a file it is made of changes. Serves nobody but browsers of this
//! machine that ask for it by its own name, and nothing but this page.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use file_events::{RecommendedWatcher, RecursiveMode, Watcher as _};
use futures_util::stream::{self, Stream};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::likeness;
use super::proof::Proof;
use crate::cmd::Context;
use crate::content::ACCOUNTS;
use crate::error::{Failure, Kind};
use crate::page::Page;
use crate::repo::Repo;

/// Editors write, rename and set times within this, and mean one change.
const ONE_CHANGE: Duration = Duration::from_millis(80);

/// Serves until Ctrl-C. `path`: the post's file.
///
/// # Errors
/// When the port is taken, or the system tells of no changes.
pub(super) async fn serve(context: &Context, repo: &Repo, path: &str, port: u16) -> Result<(), Failure> {
    let (changed, changes) = mpsc::unbounded_channel();
    let mut folders = Folders::new(repo, changed)?;
    // Looked at before it is read: what changes meanwhile is told.
    folders.follow(&BTreeSet::from([ACCOUNTS.to_owned(), path.to_owned()]))?;
    // A page of an earlier server must not be taken for one of this.
    let version = context.clock.now().timestamp_millis().unsigned_abs();
    let first = read(context, repo, path, &mut folders)?;
    let (show, shown) = watch::channel(Page { version: Some(version), ..first });
    let address = listen(port, shown).await?;
    if context.json() {
        context.print_json(json!({ "url": format!("http://{address}/") }))?;
    } else {
        context.print(&format!("http://{address}/\n"))?;
    }
    context.say(&format!("{path} is shown there, and anew whenever it changes, until Ctrl-C"));
    tokio::select! {
        // Whether the signal came or cannot be waited for: it is over.
        _ = tokio::signal::ctrl_c() => Ok(()),
        ended = keep_showing(context, repo, path, folders, changes, show) => ended,
    }
}

/// Shows every change, for ever.
async fn keep_showing(
    context: &Context,
    repo: &Repo,
    path: &str,
    mut folders: Folders,
    mut changes: mpsc::UnboundedReceiver<()>,
    show: watch::Sender<Page>,
) -> Result<(), Failure> {
    while changes.recv().await.is_some() {
        tokio::time::sleep(ONE_CHANGE).await;
        while changes.try_recv().is_ok() {}
        let page = read(context, repo, path, &mut folders)?;
        show.send_if_modified(|shown| {
            let page = Page { version: shown.version, ..page };
            let is_other = page != *shown;
            if is_other {
                *shown = Page { version: shown.version.map(|version| version + 1), ..page };
            }
            is_other
        });
    }
    Ok(())
}

/// The page as the files are now. That they are wrong, or gone for a moment, is shown as well.
fn read(context: &Context, repo: &Repo, path: &str, folders: &mut Folders) -> Result<Page, Failure> {
    match Proof::read(repo, path) {
        Ok(proof) => {
            folders.follow(&proof.files())?;
            Ok(likeness::page(&proof, context.clock.now()))
        }
        Err(failure) => Ok(likeness::failure(path, &failure)),
    }
}

/// The folders that are looked at: editors replace files, so that a file itself is not enough to look at.
struct Folders {
    root: PathBuf,
    watcher: RecommendedWatcher,
    followed: BTreeSet<PathBuf>,
}

impl Folders {
    fn new(repo: &Repo, changed: mpsc::UnboundedSender<()>) -> Result<Self, Failure> {
        let tell = move |event: file_events::Result<file_events::Event>| {
            // That a file is read is no change of it: we read them ourselves. What cannot be told apart is one.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                // Nobody listens at the very end.
                let _ = changed.send(());
            }
        };
        let watcher = file_events::recommended_watcher(tell).map_err(|error| untold(&error))?;
        Ok(Self { root: repo.root().to_owned(), watcher, followed: BTreeSet::new() })
    }

    /// From now on looks at the folders of these files too; of those that are not there, at the nearest above them.
    fn follow(&mut self, files: &BTreeSet<String>) -> Result<(), Failure> {
        for file in files {
            let place = self.root.join(file);
            let above = place.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root));
            let Some(folder) = above.into_iter().find(|folder| folder.is_dir()) else { continue };
            if !self.followed.contains(folder) {
                self.watcher.watch(folder, RecursiveMode::NonRecursive).map_err(|error| untold(&error))?;
                self.followed.insert(folder.to_owned());
            }
        }
        // A folder that went, and may come back, is looked at anew.
        self.followed.retain(|folder| folder.is_dir());
        Ok(())
    }
}

fn untold(error: &file_events::Error) -> Failure {
    Failure::new(Kind::Later, "the system does not tell when files change")
        .cause(error)
        .hint("`pressroom preview POST --html FILE` writes the page once")
}

/// Serves the page from now on; where.
async fn listen(port: u16, shown: watch::Receiver<Page>) -> Result<SocketAddr, Failure> {
    let busy = |error: std::io::Error| {
        Failure::new(Kind::Usage, format!("port {port} of this machine is not free"))
            .cause(error)
            .hint("choose another with `--port`, or leave it out for any that is")
    };
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(busy)?;
    let address = socket.local_addr().map_err(busy)?;
    let router = Router::new()
        .route("/", get(page))
        .route("/events", get(events))
        .layer(middleware::from_fn_with_state(address, only_by_name))
        .with_state(shown);
    // It ends with the command.
    tokio::spawn(async move { axum::serve(socket, router).await });
    Ok(address)
}

/// Another name for this machine is another site's, which would read along.
async fn only_by_name(State(address): State<SocketAddr>, request: Request, next: Next) -> Response {
    let names = [format!("{address}"), format!("localhost:{}", address.port())];
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if host.is_some_and(|host| names.iter().any(|name| name == host)) {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, "Ask for this page by the address that pressroom told.\n").into_response()
}

async fn page(State(shown): State<watch::Receiver<Page>>) -> impl IntoResponse {
    let html = shown.borrow().html();
    ([(CACHE_CONTROL, "no-store")], Html(html))
}

/// The version there is, and each that comes.
async fn events(State(mut shown): State<watch::Receiver<Page>>) -> impl IntoResponse {
    shown.mark_changed();
    Sse::new(versions(shown)).keep_alive(KeepAlive::default())
}

fn versions(shown: watch::Receiver<Page>) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(shown, async |mut shown| {
        shown.changed().await.ok()?;
        let version = shown.borrow_and_update().version.unwrap_or_default();
        Some((Ok(Event::default().data(version.to_string())), shown))
    })
}
