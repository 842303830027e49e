//! What Slack's refusals mean, as a table: they are one word of plain text. Knows no step.
//!
//! Sources: <https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>,
//! <https://docs.slack.dev/apis/web-api/rate-limits>.

use crate::limits::quota;
use crate::platform::refusal::{self, Row, Said, after, retry_after};
use crate::platform::{Allowance, Class, Refusal, Reply};

const LABEL: &str = "Slack";

/// How long to wait at a limit whose end is not told.
const WAIT_SECS: i64 = 60;

static ROWS: &[Row] = &[
    Row {
        status: &[403, 404],
        says: &["no_service", "invalid_token", "no_team", "no_active_hooks", "team_disabled"],
        class: Class::Login,
        words: "the webhook is gone or switched off; make a new one in your Slack app, then `pressroom disconnect` and `connect`",
    },
    Row {
        status: &[404, 410],
        says: &["channel_not_found", "channel_is_archived"],
        class: Class::Permission,
        words: "the webhook's channel is gone or archived; make a webhook for another, then `pressroom disconnect` and `connect`",
    },
    Row {
        status: &[403],
        says: &[],
        class: Class::Permission,
        words: "Slack does not let this webhook post there; ask an administrator of the workspace",
    },
    Row {
        status: &[401, 404, 410],
        says: &[],
        class: Class::Login,
        words: "Slack knows no such webhook; make a new one in your Slack app, then `pressroom disconnect` and `connect`",
    },
    Row {
        status: &[400],
        says: &["invalid_blocks"],
        class: Class::Content,
        words: "Slack cannot show this message: the likely reason is a picture that it could not fetch",
    },
    Row {
        status: &[400],
        says: &["no_text"],
        class: Class::Content,
        words: "Slack takes no empty message; write some text",
    },
    Row {
        status: &[400, 413],
        says: &["too_long", "too_many", "too large"],
        class: Class::Content,
        words: "the message is too long for Slack; shorten it",
    },
    Row {
        status: &[429],
        says: &[],
        class: Class::Quota,
        words: "a limit of Slack is reached; it goes on when that ends",
    },
];

pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    let said = said(reply);
    if refusal::is_unclear(reply.status) {
        return said.untold(reply, shows);
    }
    if let Some(row) = refusal::find(ROWS, reply.status, &said.quote) {
        let ends = || retry_after(reply).unwrap_or_else(|| after(reply, WAIT_SECS));
        return said.refusal(row.class, reply.status, row.words, (row.class == Class::Quota).then(ends));
    }
    let words = "Slack does not understand what pressroom sent; please report this";
    said.refusal(Class::Bug, reply.status, words, None)
}

/// That nothing is left of a limit, where Slack says so.
pub(super) fn allowances(reply: &Reply) -> Vec<Allowance> {
    let refused = (reply.status == 429).then(|| refusal(reply, false));
    refused.and_then(|refused| refusal::spent(quota::CALLS, &refused)).into_iter().collect()
}

/// Proxies before Slack answer with pages: only a word or a line is quoted.
fn said(reply: &Reply) -> Said {
    let line = reply.body.trim();
    let quote = if line.starts_with('<') || line.lines().count() > 1 { "" } else { line };
    let code = quote.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then(|| quote.to_owned());
    Said { label: LABEL, code: code.filter(|code| !code.is_empty()), quote: quote.to_owned(), trace: None }
}
