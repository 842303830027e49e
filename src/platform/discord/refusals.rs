//! What Discord's refusals mean, as a table. Knows no step.
//!
//! Sources: <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json>,
//! <https://docs.discord.com/developers/topics/rate-limits>.

use chrono::{DateTime, Utc};

use crate::limits::quota;
use crate::platform::refusal::{self, Row, Said, after, retry_after};
use crate::platform::{Allowance, Class, Refusal, Reply};

const LABEL: &str = "Discord";

/// How long to wait at a limit whose end is not told.
const WAIT_SECS: i64 = 60;

/// The code of a message that is not there.
const UNKNOWN_MESSAGE: &str = "10008";

/// A row's words are looked for in `CODE message`.
static ROWS: &[Row] = &[
    Row {
        status: &[404],
        says: &["10015 "],
        class: Class::Login,
        words: "the webhook was deleted; make a new one in the channel's settings, then `pressroom disconnect` and `connect`",
    },
    Row {
        status: &[401],
        says: &[],
        class: Class::Login,
        words: "Discord does not take this webhook's address; copy it anew from the channel's settings, and `pressroom connect`",
    },
    Row {
        status: &[404],
        says: &["10008 "],
        class: Class::Content,
        words: "the message is no longer there: somebody has deleted it",
    },
    Row {
        status: &[403, 404],
        says: &[],
        class: Class::Permission,
        words: "the webhook may not do this: look at the channel and its webhooks in Discord",
    },
    Row {
        status: &[400],
        says: &["50006 "],
        class: Class::Content,
        words: "Discord takes no empty message; write some text or attach a picture",
    },
    Row {
        status: &[400, 413],
        says: &["40005 ", "413 ", "too large"],
        class: Class::Content,
        words: "the files are too large for this server; make them smaller",
    },
    Row {
        status: &[413],
        says: &[],
        class: Class::Content,
        words: "the files are too large for this server; make them smaller",
    },
    Row {
        status: &[400],
        says: &["50035 "],
        class: Class::Content,
        words: "Discord does not take this message, and says why; change it",
    },
    Row {
        status: &[429],
        says: &[],
        class: Class::Quota,
        words: "a limit of Discord is reached; it goes on when that ends",
    },
];

pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    let said = said(reply);
    if refusal::is_unclear(reply.status) {
        return said.untold(reply, shows);
    }
    let text = format!("{} {}", said.code.as_deref().unwrap_or_default(), said.quote);
    if let Some(row) = refusal::find(ROWS, reply.status, &text) {
        let not_before = (row.class == Class::Quota).then(|| limit_ends(reply));
        return said.refusal(row.class, reply.status, row.words, not_before);
    }
    let words = "Discord does not understand what pressroom sent; please report this";
    said.refusal(Class::Bug, reply.status, words, None)
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    said(reply).untold(reply, shows)
}

/// Whether a message is not there. A webhook that is gone says 404, too, and its messages stay.
pub(super) fn is_gone(reply: &Reply) -> bool {
    reply.status == 404 && said(reply).code.as_deref() == Some(UNKNOWN_MESSAGE)
}

/// That nothing is left of a limit, where Discord says so.
pub(super) fn allowances(reply: &Reply) -> Vec<Allowance> {
    let refused = (reply.status == 429).then(|| refusal(reply, false));
    refused.and_then(|refused| refusal::spent(quota::CALLS, &refused)).into_iter().collect()
}

/// The body has the exact time, in seconds and parts of one; a proxy before Discord tells it in the header alone.
fn limit_ends(reply: &Reply) -> DateTime<Utc> {
    let seconds = reply.json()["retry_after"].as_f64().filter(|seconds| (0.0..1e6).contains(seconds));
    let told = seconds.map(|seconds| after(reply, seconds.ceil() as i64));
    told.into_iter().chain(retry_after(reply)).max().unwrap_or_else(|| after(reply, WAIT_SECS))
}

/// Proxies before Discord answer with pages: only JSON is quoted. Of an invalid form, what is wrong with which field.
fn said(reply: &Reply) -> Said {
    let answer = reply.json();
    let code = answer["code"].as_i64().map(|code| code.to_string());
    let message = answer["message"].as_str().unwrap_or_default();
    let mut wrong = Vec::new();
    reasons("", &answer["errors"], &mut wrong);
    let quote = if wrong.is_empty() { message.to_owned() } else { format!("{message}: {}", wrong.join("; ")) };
    Said { label: LABEL, code, quote, trace: None }
}

/// `content: Must be 2000 or fewer in length.` of an object that has `_errors` at the end of each path.
fn reasons(path: &str, errors: &serde_json::Value, into: &mut Vec<String>) {
    for (key, value) in errors.as_object().into_iter().flatten() {
        if let Some(list) = value.as_array().filter(|_| key == "_errors") {
            into.extend(list.iter().filter_map(|one| Some(format!("{path}: {}", one["message"].as_str()?))));
        } else {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            reasons(&path, value, into);
        }
    }
}
