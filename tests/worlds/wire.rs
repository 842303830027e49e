//! The network between a process and the platforms: requests and answers that are slow, get lost, arrive late, break off, or
//! are not the platform's own. The platforms themselves are the simulators, asked in this process.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{self, HeaderValue, StatusCode, header};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream;
use pressroom::http::{Broken, Wire};
use reqwest::{Method, Request, Response};
use tokio::time::sleep;
use tower::ServiceExt as _;

use crate::clock::Sun;
use crate::dice::Dice;
use crate::machine::Process;
use crate::world::{Bug, Chaos};

/// What answers at each host. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Net {
    pub(crate) hosts: Arc<BTreeMap<String, Router>>,
    pub(crate) sun: Sun,
    pub(crate) chaos: Chaos,
    pub(crate) aloud: bool,
    /// Something went wrong with a request for a new token: it may be lost.
    pub(crate) token_trouble: Arc<AtomicBool>,
}

/// A process's way to it.
pub(crate) struct Cable {
    pub(crate) net: Net,
    pub(crate) process: Arc<Process>,
}

/// What happens to one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    NoConnection,
    /// The request never arrives.
    Lost,
    /// It arrives when nobody waits any more.
    Late,
    /// The answer never arrives.
    Unheard,
    /// Something before the platform answers instead of it.
    Instead,
    /// The platform does it, and something before it answers something else.
    Misheard,
    /// The answer breaks off.
    Cut,
    /// The answer takes long.
    Slow,
}

const FAULTS: [Fault; 8] = [
    Fault::NoConnection,
    Fault::Lost,
    Fault::Late,
    Fault::Unheard,
    Fault::Instead,
    Fault::Misheard,
    Fault::Cut,
    Fault::Slow,
];

impl Wire for Cable {
    fn carry(&self, request: Request) -> BoxFuture<'_, Result<Response, Broken>> {
        Box::pin(async move {
            self.process.pass().await;
            if is_for_a_token(request.method(), request.url().path()) {
                self.process.refreshes();
            }
            let (net, dice) = (self.net.clone(), self.process.dice.split());
            // What was sent goes its way, whatever becomes of the sender.
            let request = whole(request).await.ok_or(Broken::Unclear("the file broke off".into()))?;
            let mut answer = tokio::spawn(async move { net.exchange(request, &dice).await }).await.unwrap();
            self.process.outlive().await;
            if let (Ok(answer), Some(told)) = (&mut answer, self.process.machine.watch.blind_to_sleep()) {
                let date = told.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
                answer.headers_mut().insert(header::DATE, date.parse().unwrap());
            }
            answer
        })
    }
}

/// Whether somebody asks for a new token.
fn is_for_a_token(method: &Method, path: &str) -> bool {
    *method == Method::POST && path.contains("/token")
}

type Parts = http::Request<Bytes>;

/// The request with all of its body.
async fn whole(request: Request) -> Option<Parts> {
    let request: http::Request<reqwest::Body> = request.try_into().ok()?;
    let (parts, body) = request.into_parts();
    Some(http::Request::from_parts(parts, to_bytes(Body::new(body), usize::MAX).await.ok()?))
}

impl Net {
    async fn exchange(&self, request: Parts, dice: &Dice) -> Result<Response, Broken> {
        sleep(self.chaos.latency(dice)).await;
        if !dice.one_in(self.chaos.network) {
            let answer = self.ask(request.clone()).await;
            sleep(self.chaos.latency(dice)).await;
            return Ok(told(answer));
        }
        let fault = *dice.pick(&FAULTS);
        self.say(&request, &format!("{fault:?}"));
        if is_for_a_token(request.method(), request.uri().path()) {
            self.token_trouble.store(true, SeqCst);
        }
        let unclear = || Err(Broken::Unclear(format!("{fault:?}")));
        let patience = dice.duration(Duration::ZERO..=Duration::from_secs(90));
        match fault {
            Fault::NoConnection => Err(Broken::NotSent(format!("{fault:?}"))),
            Fault::Lost => {
                sleep(patience).await;
                if self.chaos.bug == Some(Bug::RetriesOnTimeout) { self.again(request).await } else { unclear() }
            }
            Fault::Late => {
                let (net, late) = (self.clone(), dice.duration(Duration::ZERO..=self.chaos.latest));
                tokio::spawn(async move {
                    sleep(late).await;
                    net.ask(request).await;
                });
                // Whoever hangs up early does not know that it is still on its way.
                sleep(patience.min(late)).await;
                unclear()
            }
            Fault::Unheard => {
                self.ask(request.clone()).await;
                sleep(patience).await;
                if self.chaos.bug == Some(Bug::RetriesOnTimeout) { self.again(request).await } else { unclear() }
            }
            Fault::Instead => Ok(told(instead(dice))),
            Fault::Misheard => {
                self.ask(request).await;
                sleep(self.chaos.latency(dice)).await;
                Ok(told(gateway(dice)))
            }
            Fault::Cut => Ok(cut(self.ask(request).await, dice)),
            Fault::Slow => {
                let answer = self.ask(request).await;
                sleep(patience).await;
                Ok(told(answer))
            }
        }
    }

    fn say(&self, request: &Parts, what: &str) {
        if self.aloud {
            println!("{} {} {}: {what}", self.sun.now().format("%H:%M:%S%.3f"), request.method(), request.uri());
        }
    }

    /// A client that takes silence for a no.
    async fn again(&self, request: Parts) -> Result<Response, Broken> {
        Ok(told(self.ask(request).await))
    }

    /// What the platform itself says.
    async fn ask(&self, request: Parts) -> http::Response<Bytes> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let Some(router) = self.hosts.get(&host) else {
            return answer(StatusCode::BAD_GATEWAY, format!("there is no {host}"));
        };
        let (mut parts, body) = request.into_parts();
        let is_look = parts.method == Method::GET && self.chaos.bug == Some(Bug::NoLookUp);
        let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
        parts.headers.insert(header::HOST, HeaderValue::from_str(&host).unwrap());
        parts.headers.entry(header::CONTENT_LENGTH).or_insert_with(|| body.len().into());
        parts.uri = path.parse().unwrap();
        let told = format!("{} {host}{path}", parts.method);
        let response = router.clone().oneshot(http::Request::from_parts(parts, Body::from(body))).await.unwrap();
        let (mut parts, body) = response.into_parts();
        if self.aloud {
            println!("{} {told}: {}", self.sun.now().format("%H:%M:%S%.3f"), parts.status);
        }
        let date = self.sun.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        parts.headers.insert(header::DATE, HeaderValue::from_str(&date).unwrap());
        let mut body = to_bytes(body, usize::MAX).await.unwrap();
        if is_look && parts.status.is_success() {
            body = forgotten(&body);
        }
        http::Response::from_parts(parts, body)
    }
}

/// A list with nothing in it, as a look-up that is not made would find.
fn forgotten(body: &[u8]) -> Bytes {
    let Ok(mut value) = serde_json::from_slice::<serde_json::Value>(body) else { return body.to_vec().into() };
    for list in ["data", "elements"] {
        if let Some(list) = value.get_mut(list).and_then(|list| list.as_array_mut()) {
            list.clear();
        }
    }
    value.to_string().into()
}

fn answer(status: StatusCode, body: String) -> http::Response<Bytes> {
    let mut response = http::Response::new(body.into());
    *response.status_mut() = status;
    response
}

/// An answer that nothing was done before.
fn instead(dice: &Dice) -> http::Response<Bytes> {
    let mut response = match dice.number(0..=2) {
        0 => return answer(StatusCode::TOO_MANY_REQUESTS, "{}".into()),
        1 => answer(StatusCode::TOO_MANY_REQUESTS, "{}".into()),
        _ => return gateway(dice),
    };
    let seconds = dice.number(1..=900);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

/// What stands in front of a platform that is not well.
fn gateway(dice: &Dice) -> http::Response<Bytes> {
    let status = *dice.pick(&[StatusCode::INTERNAL_SERVER_ERROR, StatusCode::BAD_GATEWAY, StatusCode::GATEWAY_TIMEOUT]);
    answer(status, "<html><body><h1>Something went wrong</h1></body></html>".into())
}

fn told(answer: http::Response<Bytes>) -> Response {
    Response::from(answer)
}

/// The head of an answer, some of its body, and a reset.
fn cut(answer: http::Response<Bytes>, dice: &Dice) -> Response {
    let (parts, body) = answer.into_parts();
    let some = body.slice(..dice.number(0..=body.len() as u64) as usize);
    let pieces = [Ok(some), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
    Response::from(http::Response::from_parts(parts, reqwest::Body::wrap_stream(stream::iter(pieces))))
}
