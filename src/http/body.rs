//! What calls send, made for the wire. Files pass through a pipe of a few pieces, so that memory does not grow with
//! them; one that is not as long as promised breaks the request off. Knows no hosts.

use std::io::{self, Read};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::multipart::{Form, Part};
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

use super::Files;
use super::pool::{PIECE, Pool};
use crate::error::{Failure, Kind};
use crate::platform::{Body, Enclosed, FileRange};
use crate::vault::Secret;

/// Pieces that wait between the reader and the network.
const PIECES_WAITING: usize = 4;

/// A file on its way.
trait Pieces: Stream<Item = io::Result<Bytes>> + Send + 'static {}

impl<T: Stream<Item = io::Result<Bytes>> + Send + 'static> Pieces for T {}

/// Where files come from, and what they are read into.
#[derive(Clone, Copy)]
pub(super) struct Store<'a> {
    pub(super) files: &'a Arc<dyn Files>,
    pub(super) pool: &'a Pool,
}

/// How far the files of a request are on their way.
pub(super) struct Gauge {
    sent: watch::Receiver<u64>,
    broken: Arc<OnceLock<io::Error>>,
}

/// What moves a [`Gauge`]: each file of the request has one.
#[derive(Clone)]
struct Tally {
    sent: watch::Sender<u64>,
    broken: Arc<OnceLock<io::Error>>,
}

impl Tally {
    fn new() -> (Self, Gauge) {
        let (sent, told) = watch::channel(0);
        let broken = Arc::new(OnceLock::new());
        (Self { sent, broken: broken.clone() }, Gauge { sent: told, broken })
    }
}

impl Gauge {
    /// The bytes handed to the network so far, whenever there are more; `None` once no more will come.
    pub(super) async fn more(&mut self) -> Option<u64> {
        self.sent.changed().await.ok()?;
        Some(*self.sent.borrow_and_update())
    }

    /// Why the file could not be sent to its end.
    pub(super) fn broken(&self) -> Option<&io::Error> {
        self.broken.get()
    }
}

/// The name of a token that goes as a field.
pub(super) const TOKEN_FIELD: &str = "access_token";

/// A request with this body, where that is a form with this token in it; the gauge where a file goes with it.
///
/// # Errors
/// When the file cannot be opened.
pub(super) async fn attach(
    request: RequestBuilder,
    body: &Body,
    token: Option<&Secret>,
    store: Store<'_>,
) -> Result<(RequestBuilder, Option<Gauge>), Failure> {
    Ok(match body {
        Body::Empty => (request, None),
        Body::Json(value) => (request.json(value), None),
        Body::Form(fields) => {
            let fields = fields.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let token = token.map(|token| (TOKEN_FIELD, token.expose()));
            (request.form(&fields.chain(token).collect::<Vec<_>>()), None)
        }
        Body::File { file, mime } => {
            let (request, gauge) = attach_file(request, file, mime, store).await?;
            (request, Some(gauge))
        }
        Body::Related { json, file, mime } => {
            let boundary = format!("pressroom-{}", Uuid::new_v4().simple());
            let head = format!(
                "--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json}\r\n\
                 --{boundary}\r\nContent-Type: {mime}\r\n\r\n"
            );
            let tail = format!("\r\n--{boundary}--\r\n");
            let whole = (head.len() + tail.len()) as u64 + length(file);
            let (tally, gauge) = Tally::new();
            let pieces = open(store, file, tally).await?;
            let around = |text: String| stream::iter([Ok(Bytes::from(text))]);
            let body = reqwest::Body::wrap_stream(around(head).chain(pieces).chain(around(tail)));
            let kind = format!("multipart/related; boundary={boundary}");
            (request.header(CONTENT_TYPE, kind).header(CONTENT_LENGTH, whole).body(body), Some(gauge))
        }
        Body::Multipart { fields, name, file, mime } => {
            let (tally, gauge) = Tally::new();
            let part = enclosed(file, &file_name(mime), mime, store, tally).await?;
            (request.multipart(form(fields).part(name.clone(), part)), Some(gauge))
        }
        Body::Bundle { fields, files: bundle } => {
            let (tally, gauge) = Tally::new();
            let mut form = form(fields);
            for Enclosed { name, called, file, mime } in bundle {
                form = form.part(name.clone(), enclosed(file, called, mime, store, tally.clone()).await?);
            }
            (request.multipart(form), Some(gauge))
        }
    })
}

fn form(fields: &[(String, String)]) -> Form {
    fields.iter().fold(Form::new(), |form, (key, value)| form.text(key.clone(), value.clone()))
}

/// A file as a part of a form.
async fn enclosed(file: &FileRange, called: &str, mime: &str, store: Store<'_>, tally: Tally) -> Result<Part, Failure> {
    let pieces = open(store, file, tally).await?;
    Part::stream_with_length(reqwest::Body::wrap_stream(pieces), length(file))
        .file_name(called.to_owned())
        .mime_str(mime)
        .map_err(|error| Failure::new(Kind::Bug, format!("`{mime}` is no MIME type")).cause(error))
}

/// A name that no other file has been sent by, with the kind of file at its end. There are servers (snac) that keep files by the
/// names they are sent by: two of one name would be one, and the posts of the first would show the second.
pub(super) fn file_name(mime: &str) -> String {
    let kind = match mime.split_once('/') {
        Some((_, "quicktime")) => ".mov",
        Some((_, kind)) if kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) => &format!(".{kind}"),
        _ => "",
    };
    format!("{}{kind}", Uuid::new_v4().simple())
}

/// A request with a file as its whole body.
pub(super) async fn attach_file(
    request: RequestBuilder,
    file: &FileRange,
    mime: &str,
    store: Store<'_>,
) -> Result<(RequestBuilder, Gauge), Failure> {
    let (tally, gauge) = Tally::new();
    let pieces = open(store, file, tally).await?;
    let body = reqwest::Body::wrap_stream(pieces);
    Ok((request.header(CONTENT_TYPE, mime).header(CONTENT_LENGTH, length(file)).body(body), gauge))
}

fn length(file: &FileRange) -> u64 {
    file.range.end.saturating_sub(file.range.start)
}

/// Opens a file and begins to read it. Both may take long, so both happen beside the runtime's own thread, but for what is
/// read in one piece, and for the opening of what is open already.
async fn open(store: Store<'_>, file: &FileRange, tally: Tally) -> Result<impl Pieces + use<>, Failure> {
    let (give, take) = mpsc::channel(PIECES_WAITING);
    let way = Way { pool: store.pool.clone(), length: length(file), broken: tally.broken.clone() };
    opened(store.files, file, way, give).await.map_err(|error| {
        Failure::new(Kind::Content, format!("{} could not be read", file.path))
            .cause(error)
            .hint("nothing was sent; put the file back and run again")
    })?;
    Ok(counted(take, tally.sent))
}

async fn opened(
    files: &Arc<dyn Files>,
    file: &FileRange,
    way: Way,
    give: mpsc::Sender<io::Result<Bytes>>,
) -> io::Result<()> {
    if way.length <= PIECE as u64 {
        way.read(files.open(file)?, |piece| give.try_send(piece).is_ok());
        return Ok(());
    }
    if let Some(reader) = files.open_again(file) {
        tokio::task::spawn_blocking(move || way.read(reader, |piece| give.blocking_send(piece).is_ok()));
        return Ok(());
    }
    let (files, file, (tell, told)) = (files.clone(), file.clone(), oneshot::channel());
    tokio::task::spawn_blocking(move || {
        let (opened, reader) = files.open(&file).map_or_else(|error| (Err(error), None), |it| (Ok(()), Some(it)));
        // Nobody waits any more where the whole request was given up.
        if let (Ok(()), Some(reader)) = (tell.send(opened), reader) {
            way.read(reader, |piece| give.blocking_send(piece).is_ok());
        }
    });
    told.await.map_err(io::Error::other).flatten()
}

/// What reads a file.
struct Way {
    pool: Pool,
    length: u64,
    broken: Arc<OnceLock<io::Error>>,
}

impl Way {
    /// Reads a file to its end and hands its pieces on; `give` tells whether anybody takes more.
    fn read(&self, reader: Box<dyn Read + Send>, give: impl Fn(io::Result<Bytes>) -> bool) {
        if let Err(error) = pump(reader, self.length, &self.pool, |piece| give(Ok(piece))) {
            let told = io::Error::new(error.kind(), "the file broke off");
            // The reason first: whoever sees the request fail looks for it.
            let _ = self.broken.set(error);
            give(Err(told));
        }
    }
}

/// The pieces as they are taken, each of which is told of.
fn counted(mut take: mpsc::Receiver<io::Result<Bytes>>, tell: watch::Sender<u64>) -> impl Pieces {
    stream::poll_fn(move |context| {
        let piece = take.poll_recv(context);
        if let std::task::Poll::Ready(Some(Ok(piece))) = &piece {
            tell.send_modify(|sent| *sent += piece.len() as u64);
        }
        piece
    })
}

/// Reads exactly so many bytes and hands them on. The last piece is only given away once the file has ended with it: a
/// request that lacks a piece is never taken for whole.
fn pump(mut reader: impl Read, length: u64, pool: &Pool, give: impl Fn(Bytes) -> bool) -> io::Result<()> {
    let mut left = length;
    while left > 0 {
        let most = left.min(PIECE as u64);
        let piece = pool.read(reader.by_ref().take(most))?;
        let read = piece.len() as u64;
        left -= read;
        if read < most {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("it ends {left} of {length} bytes too early"),
            ));
        }
        if left == 0 && reader.read(&mut [0])? > 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it is longer than its {length} bytes")));
        }
        if !give(piece) {
            // The request is over: the answer came early, or the connection is gone.
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::NoFiles;

    #[tokio::test]
    async fn a_token_in_a_field_goes_into_the_form() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (client, token) = (reqwest::Client::builder().build().unwrap(), Secret::new("THQ&1"));
        let (none, pool): (Arc<dyn Files>, _) = (Arc::new(NoFiles), Pool::default());
        let sent = async |body: &Body| {
            let request = client.post("http://127.0.0.1:9/");
            let (request, _) = attach(request, body, Some(&token), Store { files: &none, pool: &pool }).await.unwrap();
            let request = request.build().unwrap();
            request.body().and_then(|body| body.as_bytes()).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        let form = Body::Form(vec![("text".to_owned(), "a b".to_owned())]);
        assert_eq!(sent(&form).await.as_deref(), Some("text=a+b&access_token=THQ%261"));
        assert_eq!(sent(&Body::Empty).await, None);
    }

    fn pumped(held: usize, promised: u64) -> (usize, io::Result<()>) {
        let given = std::cell::Cell::new(0);
        let ended = pump(io::Cursor::new(vec![7; held]), promised, &Pool::default(), |piece| {
            given.set(given.get() + piece.len());
            true
        });
        (given.get(), ended)
    }

    #[test]
    fn a_file_of_another_length_is_never_given_whole() {
        let five = 5 * PIECE + 1;
        for length in [0, 1, PIECE, PIECE + 1, five] {
            let (given, ended) = pumped(length, length as u64);
            assert_eq!((given, ended.is_ok()), (length, true));
        }
        let (given, ended) = pumped(five, five as u64 + 2);
        assert_eq!(
            (given, ended.unwrap_err().to_string()),
            (5 * PIECE, format!("it ends 2 of {} bytes too early", five + 2))
        );
        let (given, ended) = pumped(five + 1, five as u64);
        assert_eq!((given, ended.unwrap_err().to_string()), (5 * PIECE, format!("it is longer than its {five} bytes")));
    }
}
