//! The remote behind a web server, `git http-backend` as most hosts run it, with answers that go wrong.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use tokio::io::AsyncWriteExt;

use super::journal::{append, open};
use super::*;
use crate::repo::journal::Setback;

/// What happens to pushes (never to fetches).
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// The first push is carried out, and answered with this status.
    After(u16),
    /// The first push is not carried out, and answered with this status.
    Before(u16),
    /// No push is carried out; always this status.
    Always(u16),
}

struct Server {
    url: String,
    pushes: Arc<AtomicU32>,
}

async fn serve(bench: &Bench, fault: Fault) -> Server {
    bench.git("remote.git", &["config", "http.receivepack", "true"]);
    let root = bench.path("");
    let pushes = Arc::new(AtomicU32::new(0));
    let counted = pushes.clone();
    let app = axum::Router::new().fallback(move |request: Request<Body>| {
        let (root, counted) = (root.clone(), counted.clone());
        async move {
            let push = request.method() == "POST" && request.uri().path().ends_with("git-receive-pack");
            let first = push && counted.fetch_add(1, Ordering::SeqCst) == 0;
            let status = |code: u16| Response::builder().status(code).body(Body::from("no")).unwrap();
            match fault {
                Fault::Before(code) if first => return status(code),
                Fault::Always(code) if push => return status(code),
                _ => {}
            }
            let answer = backend(&root, request).await;
            match fault {
                Fault::After(code) if first => status(code),
                _ => answer,
            }
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://ann:hunter2@{}/remote.git", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Server { url, pushes }
}

/// One request through the CGI program.
async fn backend(root: &Path, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let header =
        |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut child = tokio::process::Command::new("git")
        .arg("http-backend")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REMOTE_USER", "ann")
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feed = tokio::spawn(async move { drop(stdin.write_all(&body).await) });
    let out = child.wait_with_output().await.unwrap().stdout;
    feed.await.unwrap();
    let end = out.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let mut answer = Response::builder();
    for line in String::from_utf8_lossy(&out[..end]).lines() {
        let (name, value) = line.split_once(": ").unwrap();
        answer = match name {
            "Status" => answer.status(value.split(' ').next().unwrap().parse::<u16>().unwrap()),
            _ => answer.header(name, value),
        };
    }
    answer.body(Body::from(out[end + 4..].to_vec())).unwrap()
}

async fn clone(bench: &Bench, url: &str, args: &[&str]) -> Repo {
    bench.clone("full");
    let target = bench.path("clone");
    let ended = tokio::process::Command::new("git")
        .args(["clone", "-q"])
        .args(args)
        .arg(url)
        .arg(&target)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .status()
        .await
        .unwrap();
    assert!(ended.success());
    Repo::open(&target).unwrap()
}

/// One commit over HTTP: what came of it, the number of pushes the server saw, and the commits on the branch.
async fn one_commit(fault: Fault) -> (Result<(), Failure>, u32, usize) {
    let bench = Bench::new();
    let server = serve(&bench, fault).await;
    let repo = clone(&bench, &server.url, &["--depth=1"]).await;
    let journal = open(&repo).await;
    let result = match journal.commit(append("ledger/x.jsonl", "once")).await {
        Ok(_) => Ok(()),
        Err(Setback::Failed(failure)) => Err(failure),
        Err(Setback::Conflict(words)) => panic!("{words}"),
    };
    let there = bench.try_git("remote.git", &["rev-list", "--count", "pressroom-state"]);
    let commits = if there.0 { there.1.parse().unwrap() } else { 0 };
    if result.is_ok() {
        assert_eq!(bench.state("ledger/x.jsonl"), "once");
    }
    (result, server.pushes.load(Ordering::SeqCst), commits)
}

#[tokio::test]
async fn answers_that_go_wrong() {
    for (fault, pushes) in [
        (Fault::None, 1),
        // It arrived: found by looking, not pushed again.
        (Fault::After(500), 1),
        (Fault::After(502), 1),
        // It did not: pushed again.
        (Fault::Before(500), 2),
        (Fault::Before(503), 2),
    ] {
        let (result, seen, commits) = one_commit(fault).await;
        result.unwrap();
        assert_eq!((seen, commits), (pushes, 1));
    }
}

#[tokio::test]
async fn a_token_that_may_only_read_is_for_a_person() {
    let (result, pushes, commits) = one_commit(Fault::Always(403)).await;
    let failure = result.unwrap_err();
    assert_eq!((failure.kind, pushes, commits), (Kind::Person, 1, 0));
    let told = told(&failure);
    assert!(told.contains("does not take the push") && told.contains("`permissions: contents: write`"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[tokio::test]
async fn a_server_that_never_answers_well_is_given_up() {
    let (result, pushes, commits) = one_commit(Fault::Always(500)).await;
    assert_eq!((result.unwrap_err().kind, pushes, commits), (Kind::Later, 3, 0));
}
