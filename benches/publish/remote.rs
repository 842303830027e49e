//! A git remote behind a web server, as most hosts run it: `git http-backend`. Counts what is pushed.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::Response;
use tokio::io::AsyncWriteExt as _;

use super::room::Result;
use super::stage::now;

/// The repository, in the folder that is served.
pub(super) const NAME: &str = "remote.git";

/// The server, on a thread of its own for as long as the process lives.
pub(super) struct Remote {
    pub(super) url: String,
    /// When each push came, in seconds.
    pushes: Arc<Mutex<Vec<f64>>>,
}

impl Remote {
    /// Makes an empty repository in a folder and serves it.
    pub(super) fn serve(folder: &Path) -> Result<Self> {
        let repo = folder.join(NAME);
        let made = Command::new("git").args(["init", "-q", "--bare", "-b", "main"]).arg(&repo).status()?;
        if !made.success() {
            return Err(format!("git init ended with {made}").into());
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let pushes: Arc<Mutex<Vec<f64>>> = Arc::default();
        let (root, seen) = (folder.to_owned(), pushes.clone());
        let app = Router::new().fallback(move |request: Request| answer(root.clone(), seen.clone(), request));
        let listener = runtime.block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let url = format!("http://{}/{NAME}", listener.local_addr()?);
        std::thread::spawn(move || runtime.block_on(async { axum::serve(listener, app).await }));
        Ok(Self { url, pushes })
    }

    /// Those since it was asked last.
    pub(super) fn pushes(&self) -> Vec<f64> {
        std::mem::take(&mut *self.pushes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(root: PathBuf, pushes: Arc<Mutex<Vec<f64>>>, request: Request) -> Response<Body> {
    let is_push = request.method() == "POST" && request.uri().path().ends_with("/git-receive-pack");
    let at = now();
    match backend(&root, request).await {
        Ok((asked, answer)) => {
            // Before a long pack git asks with nothing whether it may push at all.
            if is_push && asked > "0000".len() {
                pushes.lock().unwrap_or_else(PoisonError::into_inner).push(at);
            }
            answer
        }
        Err(error) => {
            let mut answer = Response::new(Body::from(error.to_string()));
            *answer.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
            answer
        }
    }
}

/// One request through the CGI program (RFC 3875): how long it was, and the answer.
async fn backend(root: &Path, request: Request) -> Result<(usize, Response<Body>)> {
    let (parts, body) = request.into_parts();
    let header =
        |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let body: Bytes = to_bytes(body, usize::MAX).await?;
    let asked = body.len();
    let mut child = tokio::process::Command::new("git")
        .arg("http-backend")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REMOTE_USER", "ann")
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", asked.to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().ok_or("http-backend reads nothing")?;
    let feed = tokio::spawn(async move { drop(stdin.write_all(&body).await) });
    let out = child.wait_with_output().await?.stdout;
    feed.await?;
    let end = out.windows(4).position(|four| four == b"\r\n\r\n").ok_or("http-backend says nothing")?;
    let mut answer = Response::builder();
    for line in String::from_utf8_lossy(&out[..end]).lines() {
        let (name, value) = line.split_once(": ").ok_or("http-backend says no header")?;
        answer = match name {
            "Status" => answer.status(value.split(' ').next().unwrap_or_default().parse::<u16>()?),
            _ => answer.header(name, value),
        };
    }
    Ok((asked, answer.body(Body::from(out[end + 4..].to_vec()))?))
}
