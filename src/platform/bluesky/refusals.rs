//! What the refusals of Bluesky's servers mean, as a table. Knows no step.
//!
//! Sources: <https://atproto.com/specs/xrpc#error-responses>, <https://docs.bsky.app/docs/advanced-guides/rate-limits>, and for
//! names and sentences the server's own code, <https://github.com/bluesky-social/atproto/tree/main/packages/pds/src>.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::limits::quota;
use crate::platform::refusal::{self, Row, Said, after, clamp, retry_after};
use crate::platform::{Allowance, Class, Refusal, Reply};

const LABEL: &str = "Bluesky";

/// How long to wait at a limit whose end is not told.
const WAIT_SECS: i64 = 300;

/// What is left of a limit is told where it is less than one in so many.
const TOLD_FROM: u32 = 10;

static ROWS: &[Row] = &[
    Row {
        status: &[],
        says: &["accounttakedown", "taken down", "accountsuspended", "suspended"],
        class: Class::Permission,
        words: "the account is suspended; settle that with the server's moderators, nothing can be published until then",
    },
    Row {
        status: &[],
        says: &["accountdeactivated", "is deactivated", "accountinactive"],
        class: Class::Permission,
        words: "the account is deactivated; activate it again in the app, nothing can be published until then",
    },
    // Servers answer 400 to a token that ended.
    Row {
        status: &[400],
        says: &["expiredtoken", "invalidtoken", "token has expired", "token has been revoked"],
        class: Class::Login,
        words: "Bluesky no longer takes this session; run `pressroom connect` for the account",
    },
    Row {
        status: &[401],
        says: &[],
        class: Class::Login,
        words: "Bluesky no longer takes this login; run `pressroom connect` for the account",
    },
    Row {
        status: &[400],
        says: &["blobnotfound", "could not find blob"],
        class: Class::Content,
        words: "Bluesky lost a file twice before the post that holds it came; run `pressroom retry`",
    },
    Row {
        status: &[400],
        says: &[
            "graphemes",
            "must not be longer",
            "must not be bigger",
            "too big",
            "referenced mimetype",
            "invalid mimetype",
        ],
        class: Class::Content,
        words: "Bluesky takes less than this post has, on this account's server; shorten it, or make its files smaller",
    },
    Row {
        status: &[403],
        says: &[],
        class: Class::Permission,
        words: "Bluesky does not allow this with this login; see that the app password is this account's, then connect again",
    },
    Row {
        status: &[413],
        says: &[],
        class: Class::Content,
        words: "the file is too large for this account's server; make it smaller",
    },
    Row {
        status: &[429],
        says: &[],
        class: Class::Quota,
        words: "a limit of Bluesky is reached; it goes on when that ends",
    },
];

pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    let (said, text) = said(reply);
    if refusal::is_unclear(reply.status) {
        return said.unclear(reply, shows);
    }
    if let Some(row) = refusal::find(ROWS, reply.status, &text) {
        let not_before = (row.class == Class::Quota).then(|| limit_ends(reply));
        return said.refusal(row.class, reply.status, row.words, not_before);
    }
    let words = match reply.status {
        404 => "the server does not know this call; is it a server of the AT Protocol?",
        _ => "Bluesky does not understand what pressroom sent; please report this",
    };
    said.refusal(Class::Bug, reply.status, words, None)
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    said(reply).0.unclear(reply, shows)
}

/// The name of an error: `InvalidSwap`.
pub(super) fn name(reply: &Reply) -> Option<String> {
    reply.json()["error"].as_str().map(str::to_owned)
}

/// A record is there already under the key of the one that was sent.
pub(super) fn taken(reply: &Reply) -> Refusal {
    let words = "Bluesky has a post under this key already; it is read to see which";
    said(reply).0.refusal(Class::Doubtful, reply.status, words, None)
}

/// Whether there is no record under a key.
pub(super) fn is_absent(reply: &Reply) -> bool {
    let text = said(reply).1.to_lowercase();
    matches!(reply.status, 400 | 404) && (text.contains("recordnotfound") || text.contains("could not locate record"))
}

/// A post that is referred to is not there.
pub(super) fn gone(reply: &Reply) -> Refusal {
    let words = "what this post refers to is gone from Bluesky";
    said(reply).0.refusal(Class::Content, reply.status, words, None)
}

/// Whether a handle is nobody's.
pub(super) fn is_nobody(reply: &Reply) -> bool {
    let text = said(reply).1.to_lowercase();
    reply.status == 400 && (text.contains("unable to resolve handle") || text.contains("handlenotfound"))
}

/// An address of a post names nobody.
pub(super) fn nobody(reply: &Reply) -> Refusal {
    let words = "Bluesky knows nobody of the name in the address of the post that this one refers to; correct it";
    said(reply).0.refusal(Class::Content, reply.status, words, None)
}

/// A session of an account that may not publish.
pub(super) fn inactive(answer: &Value) -> Option<Refusal> {
    let status = answer["status"].as_str().unwrap_or("inactive");
    let words = format!("the account cannot publish: Bluesky calls it {status}; see to that in the app");
    (answer["active"] == false).then_some(Refusal { class: Class::Permission, code: None, words, not_before: None })
}

/// What is left of the limit that is nearest, as the headers tell it, where that is little.
pub(super) fn allowances(reply: &Reply) -> Vec<Allowance> {
    let count = |what: &str| reply.header(&format!("ratelimit-{what}"))?.trim().parse::<u32>().ok();
    let told = || {
        let (most, left, until) = (count("limit")?, count("remaining")?, reset(reply)?);
        (left < most / TOLD_FROM).then(|| Allowance { of: quota::CALLS.to_owned(), most: None, left, until })
    };
    let spent = || refusal::spent(quota::CALLS, &refusal(reply, false)).filter(|_| reply.status == 429);
    spent().or_else(told).into_iter().collect()
}

/// When a limit ends: `RateLimit-Reset` is a time in seconds since 1970.
fn reset(reply: &Reply) -> Option<DateTime<Utc>> {
    let at = DateTime::from_timestamp(reply.header("ratelimit-reset")?.trim().parse().ok()?, 0)?;
    (at > reply.at).then(|| clamp(reply, at))
}

fn limit_ends(reply: &Reply) -> DateTime<Utc> {
    reset(reply).or_else(|| retry_after(reply)).unwrap_or_else(|| after(reply, WAIT_SECS))
}

/// What an answer says, for quoting and for the table.
fn said(reply: &Reply) -> (Said, String) {
    let answer = reply.json();
    let text = |key: &str| answer[key].as_str().map(str::to_owned);
    let (code, quote) = (text("error"), text("message").unwrap_or_default());
    let all = format!("{}\n{quote}", code.as_deref().unwrap_or_default());
    (Said { label: LABEL, code, quote, trace: None }, all)
}
