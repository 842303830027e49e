//! What Forem's refusals mean, as a table. Knows no step.
//!
//! Sources: <https://developers.forem.com/api/v1>, <https://github.com/forem/forem/blob/main/app/models/article.rb>,
//! <https://github.com/forem/forem/blob/main/app/services/rate_limit_checker.rb>.

use crate::limits::quota;
use crate::platform::refusal::{self, Row, Said, after, retry_after};
use crate::platform::{Allowance, Class, Refusal, Reply};

const LABEL: &str = "Forem";

/// How long to wait at a limit whose end is not told.
const WAIT_SECS: i64 = 60;

static ROWS: &[Row] = &[
    Row {
        status: &[401],
        says: &[],
        class: Class::Login,
        words: "Forem does not take the API key; make a new one in the settings, and run `pressroom connect` for the account",
    },
    Row {
        status: &[403],
        says: &[],
        class: Class::Permission,
        words: "Forem does not allow the account this: it is suspended, or lacks a right",
    },
    Row {
        status: &[404],
        says: &[],
        class: Class::Content,
        words: "the article is no longer there, or not the account's own",
    },
    Row { status: &[413], says: &[], class: Class::Content, words: "the article is too long for Forem; shorten it" },
    Row {
        status: &[400, 422],
        says: &[],
        class: Class::Content,
        words: "Forem does not take this article, and says why; change it",
    },
    Row {
        status: &[429],
        says: &[],
        class: Class::Quota,
        words: "a limit of Forem is reached; it goes on when that ends",
    },
];

pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    let said = said(reply);
    if refusal::is_unclear(reply.status) {
        return said.unclear(reply, shows);
    }
    if let Some(row) = refusal::find(ROWS, reply.status, &said.quote) {
        let ends = || retry_after(reply).unwrap_or_else(|| after(reply, WAIT_SECS));
        return said.refusal(row.class, reply.status, row.words, (row.class == Class::Quota).then(ends));
    }
    let words = "Forem does not understand what pressroom sent; please report this";
    said.refusal(Class::Bug, reply.status, words, None)
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    said(reply).unclear(reply, shows)
}

/// Whether Forem has an article of this original, or has just got one of this title.
pub(super) fn is_taken(reply: &Reply) -> bool {
    let words = said(reply).quote;
    reply.status == 422 && (words.contains("anonical") || words.contains("five minutes") || words.contains("5 minutes"))
}

/// What Forem said, for people and short.
pub(super) fn words(reply: &Reply) -> String {
    refusal::hide_tokens(&said(reply).quote).chars().take(100).collect()
}

/// That nothing is left of a limit, where Forem says so.
pub(super) fn allowances(reply: &Reply) -> Vec<Allowance> {
    let refused = (reply.status == 429).then(|| refusal(reply, false));
    refused.and_then(|refused| refusal::spent(quota::CALLS, &refused)).into_iter().collect()
}

/// Proxies before Forem answer with pages: only JSON is quoted.
fn said(reply: &Reply) -> Said {
    let quote = reply.json()["error"].as_str().unwrap_or_default().to_owned();
    Said { label: LABEL, code: None, quote, trace: None }
}
