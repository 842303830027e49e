//! Waits on this machine for the browser that a platform sends back. Takes one address from one login, and leaves when it
//! came or its time is over. Knows no platform.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::error::{Failure, Kind};

/// No browser's request is longer.
const REQUEST_MAX: usize = 16 * 1024;
/// How long one connection may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections that wait to be looked at.
const WAITING_MAX: usize = 16;
/// Takes the code out of the address bar, where it would be read over a shoulder or copied along. A page without scripts
/// says the same words.
const FORGET: &str = "history.replaceState(null,'',location.pathname)";

/// A port of this machine.
pub struct Listener {
    socket: TcpListener,
    port: u16,
    path: String,
}

/// What a browser is answered.
pub enum Page {
    /// The login is over, one way or another.
    Done(&'static str),
    /// It is none of ours: the wait goes on.
    Stray,
}

impl Listener {
    /// Listens on a port of the loopback address; 0 is any. `path` begins with `/`.
    ///
    /// # Errors
    /// When something else has the port.
    pub async fn bind(port: u16, path: &str) -> Result<Self, Failure> {
        let busy = |error| {
            Failure::new(Kind::Usage, format!("port {port} of this machine is not free"))
                .cause(error)
                .hint("choose another with `--port`, and register it with the platform; or use `--paste`")
        };
        let socket = TcpListener::bind(("127.0.0.1", port)).await.map_err(busy)?;
        let port = socket.local_addr().map_err(busy)?.port();
        Ok(Self { socket, port, path: path.to_owned() })
    }

    /// The address that the platform is to send the browser to.
    pub fn redirect(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.path)
    }

    /// Waits for an address that `look` takes, and gives what it makes of it. `look` is given what stands behind the `?`.
    ///
    /// # Errors
    /// When nobody came in time.
    pub async fn wait<T>(
        self,
        within: Duration,
        mut look: impl FnMut(&str) -> (Page, Option<T>),
    ) -> Result<T, Failure> {
        let (give, mut came) = mpsc::channel(WAITING_MAX);
        let (hosts, path) = ([format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)], self.path);
        let accept = async {
            loop {
                let Ok((stream, _)) = self.socket.accept().await else { continue };
                let give = give.clone();
                // One that is slow keeps no other waiting.
                tokio::spawn(async move {
                    if let Ok(Some(asked)) = timeout(PATIENCE, read(stream)).await {
                        let _ = give.send(asked).await;
                    }
                });
            }
        };
        let answer = async {
            while let Some(Asked { mut stream, target, host, is_get }) = came.recv().await {
                let (place, query) = target.split_once('?').unwrap_or((&target, ""));
                // Another name for this machine is another site's, which rebinds it.
                if !is_get || place != path || !hosts.contains(&host) {
                    reply(&mut stream, "404 Not Found", "There is nothing here.").await;
                    continue;
                }
                match look(query) {
                    (Page::Done(words), Some(found)) => {
                        reply(&mut stream, "200 OK", words).await;
                        return found;
                    }
                    _ => {
                        let words = "This is not the login that was begun here. Go on with that one.";
                        reply(&mut stream, "400 Bad Request", words).await;
                    }
                }
            }
            std::future::pending().await
        };
        let waited = timeout(within, async {
            tokio::select! {
                found = answer => found,
                () = accept => std::future::pending().await,
            }
        });
        waited.await.map_err(|_| {
            Failure::new(Kind::Person, format!("no browser came back within {} minutes", within.as_secs() / 60))
                .hint("begin again; on another machine than the browser's, use `--paste`")
        })
    }
}

/// One request.
struct Asked {
    stream: TcpStream,
    target: String,
    host: String,
    is_get: bool,
}

/// The head of a request; `None` where it is none, or too long.
async fn read(mut stream: TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        if request.parse(&bytes).ok()?.is_complete() {
            let mut hosts = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
            let host = hosts.next().filter(|_| hosts.next().is_none())?;
            let host = String::from_utf8_lossy(host.value).into_owned();
            let (target, is_get) = (request.path?.to_owned(), request.method? == "GET");
            return Some(Asked { stream, target, host, is_get });
        }
        let mut piece = [0; 2048];
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        if bytes.len() > REQUEST_MAX {
            reply(&mut stream, "431 Request Header Fields Too Large", "This is longer than any login.").await;
            return None;
        }
    }
}

async fn reply(stream: &mut TcpStream, status: &str, words: &str) {
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><meta \
         name=color-scheme content=\"light dark\"><title>pressroom</title><script>{FORGET}</script><style>body{{font:1.1rem/1.5 \
         system-ui,sans-serif;display:grid;place-content:center;min-height:90vh;margin:0 1.5rem;text-align:center;\
         text-wrap:balance}}</style><main><h1>pressroom</h1><p>{words}</main>"
    );
    // The one script that the page may run, by what it says.
    let script = BASE64_STANDARD.encode(Sha256::digest(FORGET));
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; script-src \
         'sha256-{script}'\r\nReferrer-Policy: no-referrer\r\n\r\n",
        page.len()
    );
    // A browser that left needs no page.
    let _ = timeout(PATIENCE, async {
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(page.as_bytes()).await?;
        stream.shutdown().await
    })
    .await;
}
