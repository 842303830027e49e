//! What the refusals of Mastodon's servers mean, as a table. Knows no step.
//!
//! Their sentences are translated to the account's language, so the status is what counts; a few sentences are known in
//! English besides. Sources: <https://docs.joinmastodon.org/entities/Error/>, <https://docs.joinmastodon.org/methods/statuses/>,
//! <https://docs.joinmastodon.org/api/rate-limits/>.

use chrono::{DateTime, Utc};

use crate::limits::quota;
use crate::platform::refusal::{self, Row, Said, after, clamp, retry_after};
use crate::platform::{Allowance, Class, Refusal, Reply};

const LABEL: &str = "Mastodon";

/// How long to wait at a limit whose end is not told.
const WAIT_SECS: i64 = 300;

/// How long to wait for a file that is not ready.
const READY_SECS: i64 = 5;

/// What is left of a limit is told where it is less than one in so many.
const TOLD_FROM: u32 = 10;

static ROWS: &[Row] = &[
    Row {
        status: &[401],
        says: &[],
        class: Class::Login,
        words: "the server no longer takes this login; run `pressroom connect` for the account",
    },
    Row {
        status: &[403],
        says: &["outside the authorized scopes"],
        class: Class::Permission,
        words: "the token lacks a scope; connect with read:accounts read:statuses write:statuses write:media",
    },
    Row {
        status: &[403],
        says: &[],
        class: Class::Permission,
        words: "the server does not allow this: the account is disabled, not approved or not confirmed, or a scope is missing",
    },
    Row {
        status: &[404],
        says: &[],
        class: Class::Content,
        words: "what this post answers is gone from the server, or the post itself was deleted there a short while ago",
    },
    Row { status: &[410], says: &[], class: Class::Content, words: "what this post refers to is gone from the server" },
    Row {
        status: &[413],
        says: &[],
        class: Class::Content,
        words: "the file is too large for this server; make it smaller",
    },
    Row {
        status: &[422],
        says: &["not finished processing"],
        class: Class::NotReady,
        words: "the server is not through with a file; nothing was shown",
    },
    Row {
        status: &[422],
        says: &["character limit"],
        class: Class::Content,
        words: "the text is too long for this server; shorten it, or make it a thread",
    },
    Row {
        status: &[422],
        says: &["content type is invalid", "file type"],
        class: Class::Content,
        words: "the server takes no files of this kind; convert it",
    },
    Row {
        status: &[422],
        says: &[],
        class: Class::Content,
        words: "the server will not have this post, and says why; change it",
    },
    Row {
        status: &[429],
        says: &[],
        class: Class::Quota,
        words: "a limit of the server is reached; it goes on when that ends",
    },
];

pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    let said = said(reply);
    if refusal::is_unclear(reply.status) {
        return said.unclear(reply, shows);
    }
    if let Some(row) = refusal::find(ROWS, reply.status, &said.quote) {
        let not_before = match row.class {
            Class::Quota => Some(limit_ends(reply)),
            Class::NotReady => Some(after(reply, READY_SECS)),
            _ => None,
        };
        return said.refusal(row.class, reply.status, row.words, not_before);
    }
    let words = "the server does not understand what pressroom sent; please report this";
    said.refusal(Class::Bug, reply.status, words, None)
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    said(reply).unclear(reply, shows)
}

/// The server could not use a file.
pub(super) fn processing_failed(reply: &Reply) -> Refusal {
    let words = "the server could not process the file; save it anew or take another";
    said(reply).refusal(Class::Content, reply.status, words, None)
}

/// A server that takes so long will not end.
pub(super) fn processing_endless(reply: &Reply) -> Refusal {
    let words = "the server has not been through with the file for an hour; save it anew, or ask who runs the server";
    said(reply).refusal(Class::Content, reply.status, words, None)
}

/// The post of an address is not to be had.
pub(super) fn not_found(reply: &Reply) -> Refusal {
    let words = "the server does not find the post of the address that this one answers; correct it";
    said(reply).refusal(Class::Content, reply.status, words, None)
}

/// It answered that something is gone which can still be read.
pub(super) fn still_there(reply: &Reply) -> Refusal {
    let words = "the server did not remove the post, which is still there; remove it by hand";
    said(reply).refusal(Class::Permission, reply.status, words, None)
}

/// Whether something is not there.
pub(super) fn is_gone(reply: &Reply) -> bool {
    matches!(reply.status, 404 | 410)
}

/// What is left of the limit that is nearest, as the headers tell it, where that is little.
pub(super) fn allowances(reply: &Reply) -> Vec<Allowance> {
    let count = |what: &str| reply.header(&format!("x-ratelimit-{what}"))?.trim().parse::<u32>().ok();
    let told = || {
        let (most, left, until) = (count("limit")?, count("remaining")?, reset(reply)?);
        (left < most / TOLD_FROM).then(|| Allowance { of: quota::CALLS.to_owned(), most: None, left, until })
    };
    let spent = || refusal::spent(quota::CALLS, &refusal(reply, false)).filter(|_| reply.status == 429);
    spent().or_else(told).into_iter().collect()
}

/// When a limit ends: `X-RateLimit-Reset` is a time, `2026-11-20T09:05:00.123456Z`.
fn reset(reply: &Reply) -> Option<DateTime<Utc>> {
    let at: DateTime<Utc> = reply.header("x-ratelimit-reset")?.trim().parse().ok()?;
    (at > reply.at).then(|| clamp(reply, at))
}

fn limit_ends(reply: &Reply) -> DateTime<Utc> {
    reset(reply).or_else(|| retry_after(reply)).unwrap_or_else(|| after(reply, WAIT_SECS))
}

/// Proxies before a server answer with pages: only JSON is quoted.
fn said(reply: &Reply) -> Said {
    let answer = reply.json();
    let text = |key: &str| answer[key].as_str().map(str::to_owned);
    let code = text("error").filter(|code| !code.contains(' '));
    let quote = text("error_description").or_else(|| text("error")).unwrap_or_default();
    Said { label: LABEL, code, quote, trace: None }
}
