//! How `watch` gets on, for monitors: gathered from its events, served on loopback as JSON and in the text format of
//! Prometheus. Knows no repository and no platform's API.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::event::{self, Event};
use crate::clock::Clock;
use crate::error::{Failure, Kind};
use crate::plan::action::{Row, Standing};

/// What passes by itself is no alarm for so long.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);
/// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How it gets on.
#[derive(Debug)]
pub(super) struct Health {
    started: DateTime<Utc>,
    last: Option<Run>,
    failing: Option<Failing>,
    /// When a run last ended with 0.
    well: Option<DateTime<Utc>>,
    /// By platform, since the start.
    totals: BTreeMap<String, Totals>,
    /// Runs and looks that failed, since the start.
    failures: u64,
    checks: u64,
}

/// The last run that came to its end.
#[derive(Debug)]
struct Run {
    at: DateTime<Utc>,
    exit: u8,
    commit: String,
    platforms: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// What needs somebody.
    needs: Vec<Value>,
    next: Option<DateTime<Utc>>,
}

/// Runs or looks that break off, until one does not.
#[derive(Debug)]
struct Failing {
    since: DateTime<Utc>,
    at: DateTime<Utc>,
    exit: u8,
    why: String,
}

#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    published: u64,
    failed: u64,
    doubtful: u64,
}

impl Health {
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        let (last, failing, well, totals) = (None, None, None, BTreeMap::new());
        Self { started: now, last, failing, well, totals, failures: 0, checks: 0 }
    }

    /// Takes an event in.
    pub(super) fn hear(&mut self, event: &Event<'_>, now: DateTime<Utc>) {
        match event {
            Event::Checked(_) | Event::Unreadable(_) => self.checks += 1,
            Event::Target(row) if row.acted => self.count(row),
            Event::Ran { commit, exit, rows, .. } => {
                self.well = if *exit == 0 { Some(now) } else { self.well };
                self.last = Some(Run::of(rows, *exit, commit.to_string(), now));
                self.failing = None;
            }
            Event::Failed { failure, .. } => {
                self.failures += 1;
                let since = self.failing.as_ref().map_or(now, |failing| failing.since);
                let (exit, why) = (failure.kind.exit_code(), failure.message.clone());
                self.failing = Some(Failing { since, at: now, exit, why });
            }
            Event::Back => self.failing = None,
            _ => {}
        }
    }

    fn count(&mut self, row: &Row) {
        let totals = self.totals.entry(row.platform.name().to_owned()).or_default();
        match row.state {
            _ if row.done.is_some() => totals.published += 1,
            Standing::Failed => totals.failed += 1,
            Standing::Doubtful => totals.doubtful += 1,
            _ => {}
        }
    }

    /// Why somebody should look; `None`: all is well, or passes by itself.
    fn alarm(&self, now: DateTime<Utc>) -> Option<String> {
        let passes = |exit: u8| [Kind::Later, Kind::Claimed].map(Kind::exit_code).contains(&exit);
        if let Some(Failing { since, exit, why, .. }) = &self.failing {
            let is_long = now - *since >= PATIENCE;
            return match passes(*exit) {
                true => is_long.then(|| format!("since {}: {why}", since.format("%F %T UTC"))),
                false => Some(why.clone()),
            };
        }
        let exit = self.last.as_ref()?.exit;
        (exit != 0 && !passes(exit)).then(|| match exit {
            1 => "something is wrong in posts or accounts: `pressroom check`".to_owned(),
            _ => "something needs a person: `pressroom status`".to_owned(),
        })
    }

    /// When the last run ended, also one that broke off, and its exit code.
    fn outcome(&self) -> Option<(DateTime<Utc>, u8)> {
        let failing = self.failing.as_ref().map(|failing| (failing.at, failing.exit));
        failing.or(self.last.as_ref().map(|last| (last.at, last.exit)))
    }

    /// Whether all is well, and the whole story.
    pub(super) fn json(&self, now: DateTime<Utc>) -> (bool, Value) {
        let (why, last) = (self.alarm(now), self.last.as_ref());
        let run = self.outcome().map(|(at, exit)| {
            let why = self.failing.as_ref().map(|failing| &failing.why);
            json!({ "at": at, "exit": exit, "error": why })
        });
        let value = json!({
            "schema": 1,
            "ok": why.is_none(),
            "why": why,
            "version": env!("CARGO_PKG_VERSION"),
            "at": now,
            "started": self.started,
            "last_run": run,
            "last_well": self.well,
            "commit": last.map(|run| &run.commit),
            "next_due": last.and_then(|run| run.next),
            "platforms": last.map(|run| &run.platforms),
            "needs": last.map(|run| &run.needs),
            "failures": self.failures,
        });
        (why.is_none(), value)
    }

    /// The same in numbers.
    pub(super) fn metrics(&self, now: DateTime<Utc>) -> String {
        let mut out = String::new();
        let mut metric = |name: &str, kind: &str, help: &str, values: &[(String, f64)]| {
            if !values.is_empty() {
                let _ = writeln!(out, "# HELP pressroom_{name} {help}\n# TYPE pressroom_{name} {kind}");
            }
            for (labels, value) in values {
                let _ = writeln!(out, "pressroom_{name}{labels} {value}");
            }
        };
        let one = |value: f64| vec![(String::new(), value)];
        let instant = |at: Option<DateTime<Utc>>| at.map_or_else(Vec::new, |at| one(seconds(at)));
        metric(
            "up",
            "gauge",
            "1 while all is well, 0 while somebody should look.",
            &one(if self.alarm(now).is_none() { 1.0 } else { 0.0 }),
        );
        metric("start_time_seconds", "gauge", "When it was started, in Unix time.", &one(seconds(self.started)));
        let totals = |value: fn(&Totals) -> u64| -> Vec<(String, f64)> {
            self.totals.iter().map(|(name, totals)| (label(&[("platform", name)]), value(totals) as f64)).collect()
        };
        metric(
            "published_total",
            "counter",
            "Targets published, edited or removed since the start.",
            &totals(|totals| totals.published),
        );
        metric(
            "failed_total",
            "counter",
            "Targets that were refused since the start.",
            &totals(|totals| totals.failed),
        );
        metric(
            "doubtful_total",
            "counter",
            "Targets that became doubtful since the start.",
            &totals(|totals| totals.doubtful),
        );
        metric(
            "failures_total",
            "counter",
            "Runs that broke off and fetches that failed since the start.",
            &one(self.failures as f64),
        );
        metric("checks_total", "counter", "Checks of the files on disk since the start.", &one(self.checks as f64));
        let states = self.last.iter().flat_map(|last| &last.platforms).flat_map(|(platform, states)| {
            states.iter().map(move |(state, count)| (label(&[("platform", platform), ("state", state)]), *count as f64))
        });
        metric("targets", "gauge", "Targets by state, after the last run.", &states.collect::<Vec<_>>());
        let (ended, exit) = self.outcome().unzip();
        metric("last_run_time_seconds", "gauge", "When the last run ended, in Unix time.", &instant(ended));
        let exit = exit.map_or_else(Vec::new, |exit| one(f64::from(exit)));
        metric("last_run_exit_code", "gauge", "Its exit code, as `pressroom publish` would have it.", &exit);
        metric("last_well_time_seconds", "gauge", "When a run last ended with exit code 0.", &instant(self.well));
        let next = self.last.as_ref().and_then(|last| last.next);
        metric("next_due_time_seconds", "gauge", "When the next target is due.", &instant(next));
        out
    }
}

impl Run {
    fn of(rows: &[Row], exit: u8, commit: String, at: DateTime<Utc>) -> Self {
        let mut platforms: BTreeMap<String, BTreeMap<&'static str, u64>> = BTreeMap::new();
        for row in rows {
            *platforms.entry(row.platform.name().to_owned()).or_default().entry(row.state.name()).or_default() += 1;
        }
        let needs = rows.iter().filter(|row| row.attention.is_some());
        let needs = needs
            .map(|row| json!({ "post": row.post, "account": row.account, "state": row.state, "reason": row.reason }));
        let next = event::next(rows).and_then(|row| row.due);
        Self { at, exit, commit, platforms, needs: needs.collect(), next }
    }
}

#[expect(clippy::cast_precision_loss, reason = "Unix time in milliseconds fits for 285,000 years")]
fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1000.0
}

/// `{platform="x",state="due"}`; names and states need no escape.
fn label(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    format!("{{{}}}", pairs.join(","))
}

/// What the server reads.
#[derive(Clone, Debug)]
struct Shared {
    health: Arc<Mutex<Health>>,
    clock: Clock,
}

/// Serves it until the runtime ends; where it listens.
///
/// # Errors
/// When nothing can listen there.
pub(super) async fn serve(
    address: SocketAddr,
    health: Arc<Mutex<Health>>,
    clock: Clock,
) -> Result<SocketAddr, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Kind::Usage, format!("cannot serve the health at {address}"))
            .cause(error)
            .hint("choose another port: `--health 127.0.0.1:9465`")
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let local = listener.local_addr().map_err(failed)?;
    let router = Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics))
        .layer(middleware::from_fn(only_by_number))
        .with_state(Shared { health, clock });
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the health is served no more");
        }
    });
    Ok(local)
}

/// A web page may make its own name lead here, and read what a browser on this machine can read.
async fn only_by_number(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    match name {
        "127.0.0.1" | "[::1]" | "localhost" => next.run(request).await,
        _ => (StatusCode::FORBIDDEN, "ask for 127.0.0.1 or localhost\n").into_response(),
    }
}

async fn healthz(State(shared): State<Shared>) -> Response {
    let (well, value) = shared.health.lock().unwrap_or_else(PoisonError::into_inner).json(shared.clock.now());
    let code = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, [(header::CONTENT_TYPE, "application/json")], format!("{value:#}\n")).into_response()
}

async fn metrics(State(shared): State<Shared>) -> Response {
    let text = shared.health.lock().unwrap_or_else(PoisonError::into_inner).metrics(shared.clock.now());
    ([(header::CONTENT_TYPE, PROMETHEUS)], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Oid;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_796_000_000 + minute * 60, 0).unwrap()
    }

    #[test]
    fn what_passes_is_no_alarm_for_a_while() {
        let mut health = Health::new(at(0));
        assert_eq!(health.json(at(0)).1["ok"], true);
        let down = Failure::new(Kind::Later, "cannot read from remote `origin`");
        let wrong = Failure::new(Kind::Content, "accounts.toml is wrong");
        let told = |health: &mut Health, failure: Option<&Failure>, minute: i64| {
            let event = match failure {
                Some(failure) => Event::Failed { failure, again: None, is_news: true },
                None => Event::Ran { commit: Oid::ZERO_SHA1, exit: 0, rows: &[], is_news: true },
            };
            health.hear(&event, at(minute));
            health.json(at(minute)).1["why"].as_str().unwrap_or("well").to_owned()
        };
        assert_eq!(told(&mut health, None, 1), "well");
        assert_eq!(told(&mut health, Some(&down), 10), "well");
        assert_eq!(
            told(&mut health, Some(&down), 25),
            "since 2026-11-30 01:03:20 UTC: cannot read from remote `origin`"
        );
        assert_eq!(told(&mut health, Some(&wrong), 26), "accounts.toml is wrong");
        assert_eq!(told(&mut health, None, 27), "well");
        insta::assert_snapshot!(health.metrics(at(28)), @"
        # HELP pressroom_up 1 while all is well, 0 while somebody should look.
        # TYPE pressroom_up gauge
        pressroom_up 1
        # HELP pressroom_start_time_seconds When it was started, in Unix time.
        # TYPE pressroom_start_time_seconds gauge
        pressroom_start_time_seconds 1796000000
        # HELP pressroom_failures_total Runs that broke off and fetches that failed since the start.
        # TYPE pressroom_failures_total counter
        pressroom_failures_total 3
        # HELP pressroom_checks_total Checks of the files on disk since the start.
        # TYPE pressroom_checks_total counter
        pressroom_checks_total 0
        # HELP pressroom_last_run_time_seconds When the last run ended, in Unix time.
        # TYPE pressroom_last_run_time_seconds gauge
        pressroom_last_run_time_seconds 1796001620
        # HELP pressroom_last_run_exit_code Its exit code, as `pressroom publish` would have it.
        # TYPE pressroom_last_run_exit_code gauge
        pressroom_last_run_exit_code 0
        # HELP pressroom_last_well_time_seconds When a run last ended with exit code 0.
        # TYPE pressroom_last_well_time_seconds gauge
        pressroom_last_well_time_seconds 1796001620
        ");
    }
}
