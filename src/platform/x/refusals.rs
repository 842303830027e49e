//! What X's refusals mean, as a table. Knows no step.
//!
//! Sources: <https://docs.x.com/x-api/fundamentals/response-codes-and-errors> for the problem types; the sentences are
//! those X answers with, as seen in the test suites and logs of other publishers.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::limits::quota;
use crate::platform::refusal::{self, Row, Said, after, clamp, retry_after};
use crate::platform::{Allowance, Call, Class, Method, Refusal, Reply};

/// How long to wait at a limit whose end X does not tell.
const WAIT_SECS: i64 = 60;

const DUPLICATE: &str = "duplicate content";

static ROWS: &[Row] = &[
    Row {
        status: &[400],
        says: &["your media ids are invalid"],
        class: Class::Content,
        words: "X will not have the images: too old, or not as it wants them; check them and run `pressroom retry`",
    },
    Row {
        status: &[400],
        says: &["contains an invalid url"],
        class: Class::Content,
        words: "X calls an address in the text invalid; correct it",
    },
    Row {
        status: &[400],
        says: &["you can only provide one of", "poll"],
        class: Class::Content,
        words: "X will not have these things in one post; change the post",
    },
    Row {
        status: &[400, 403],
        says: &["text is too long"],
        class: Class::Content,
        words: "the text is too long for this account at X; shorten it or make it a thread",
    },
    Row {
        status: &[401],
        says: &[],
        class: Class::Login,
        words: "X no longer takes this login; run `pressroom connect` for the account",
    },
    Row {
        status: &[402],
        says: &[],
        class: Class::Payment,
        words: "X wants credits; buy some at console.x.com, until then nothing can be published there",
    },
    Row {
        status: &[403],
        says: &[DUPLICATE],
        class: Class::Content,
        words: "the same text was posted before; change it, or record the earlier post with `pressroom adopt`",
    },
    Row {
        status: &[403],
        says: &["reply to or quote", "reply to this conversation is not allowed", "quoting this post is not allowed"],
        class: Class::Content,
        words: "X allows replies and quotes only to one's own posts, or where the account is mentioned; change the post",
    },
    Row {
        status: &[403],
        says: &["with @mentions is not allowed"],
        class: Class::Content,
        words: "X allows this app no @mentions; take them out of the text",
    },
    Row {
        status: &[403],
        says: &["maximum of one cashtag"],
        class: Class::Content,
        words: "X allows one cashtag ($ABC) a post; take the others out of the text",
    },
    Row {
        status: &[403],
        says: &["post a video longer than"],
        class: Class::Content,
        words: "the video is too long for this account at X; shorten it",
    },
    Row {
        status: &[403],
        says: &["unsupported-authentication"],
        class: Class::Login,
        words: "this token is an app's, not a person's; run `pressroom connect` for the account",
    },
    Row {
        status: &[403],
        says: &["client-forbidden", "client-not-enrolled"],
        class: Class::Permission,
        words: "the app belongs to no paid project at X; attach it to one at console.x.com",
    },
    Row {
        status: &[403],
        says: &["oauth1-permissions"],
        class: Class::Permission,
        words: "the token was made before the app had \"Read and write\"; set that at console.x.com, then connect again",
    },
    Row {
        status: &[403],
        says: &["user-suspended", "is suspended"],
        class: Class::Permission,
        words: "X has suspended the account; settle that with X, nothing can be published until then",
    },
    Row {
        status: &[403],
        says: &["your account is not permitted to access this feature"],
        class: Class::Permission,
        words: "X does not let this account do that and does not say why; ask X's support before trying again, tries may cost",
    },
    Row {
        status: &[403],
        says: &["you are not permitted to perform this action"],
        class: Class::Content,
        words: "X refuses without saying why (text too long, or the account blocked?); look at it before trying again, tries may cost",
    },
    Row {
        status: &[403],
        says: &[],
        class: Class::Permission,
        words: "X does not allow this; connect with the scopes tweet.read tweet.write users.read media.write, or see what X says",
    },
    Row { status: &[413], says: &[], class: Class::Content, words: "the image is too large for X; make it smaller" },
    Row {
        status: &[429],
        says: &["usage-capped", "usage cap", "spending limit", "spend cap"],
        class: Class::Payment,
        words: "the app's spending limit or monthly cap at X is reached; raise it at console.x.com or wait for the next cycle",
    },
    Row { status: &[429], says: &[], class: Class::Quota, words: "a limit of X is reached; it goes on when that ends" },
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
    match (reply.status, shows) {
        (404, true) => {
            let words = "the post this one answers is gone; look at the thread on X before trying again";
            said.refusal(Class::Content, reply.status, words, None)
        }
        // X's upload addresses are known to answer 404 in outages.
        (404 | 409 | 425, _) => said.unclear(reply, shows),
        _ => said.refusal(
            Class::Bug,
            reply.status,
            "X does not understand what pressroom sent; please report this",
            None,
        ),
    }
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    said(reply).0.unclear(reply, shows)
}

/// An OAuth 1.0a token with the permission "Read".
pub(super) fn reads_only() -> Refusal {
    let words = "this token may only read, so nothing could be published: set the app's permission to \"Read and write\" at \
                 console.x.com, then make a new token";
    Refusal { class: Class::Permission, code: None, words: words.to_owned(), not_before: None }
}

pub(super) fn is_duplicate(reply: &Reply) -> bool {
    reply.status == 403 && said(reply).1.to_lowercase().contains(DUPLICATE)
}

/// A duplicate at the second send: it may repeat the first.
pub(super) fn maybe_ours(reply: &Reply) -> Refusal {
    let words = "X has the same text already, perhaps from the first try; it is looked for again";
    said(reply).0.refusal(Class::Doubtful, reply.status, words, None)
}

/// Whether X says that the account shares this post already.
pub(super) fn is_reposted(reply: &Reply) -> bool {
    let text = said(reply).1.to_lowercase();
    (400..500).contains(&reply.status) && (text.contains("already retweeted") || text.contains("already reposted"))
}

/// Whether what was to be removed is away already.
pub(super) fn is_gone(reply: &Reply) -> bool {
    let kinds = |value: &Value| value["type"].as_str().is_some_and(|kind| kind.ends_with("/resource-not-found"));
    let answer = reply.json();
    let any = kinds(&answer) || answer["errors"].as_array().into_iter().flatten().any(kinds);
    reply.status == 404 || any && (reply.is_success() || (400..500).contains(&reply.status))
}

/// X could not use a file, told by the name of the call it was about.
pub(super) fn processing_failed(reply: &Reply, call: &str, why: String) -> Refusal {
    let said = Said { quote: why, ..said(reply).0 };
    let words = match call.split(' ').next() {
        Some("video") => "X could not process the video; convert it (H.264 and AAC in MP4) or take another",
        Some("captions") => "X could not read the captions; save them anew as SubRip or WebVTT",
        _ => "X could not process the image; save it anew or take another",
    };
    said.refusal(Class::Content, reply.status, words, None)
}

/// X has four shapes of refusals; this takes the words of all of them, for quoting and for the table.
fn said(reply: &Reply) -> (Said, String) {
    let answer = reply.json();
    let first = &answer["errors"][0];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let kind = text(&answer["type"]).and_then(|kind| Some(kind.rsplit('/').next()?.to_owned()));
    let kind = kind.filter(|kind| !kind.is_empty() && kind != "about:blank");
    let number = first["code"].as_i64().map(|code| code.to_string());
    let messages = answer["errors"].as_array().into_iter().flatten().filter_map(|error| text(&error["message"]));
    let messages: Vec<String> = messages.collect();
    let fields = ["detail", "error_description", "title", "reason", "error"].map(|key| text(&answer[key]));
    // "One or more parameters to your request was invalid": what stands in `errors` says more.
    let quote = messages.first().or_else(|| fields.iter().flatten().next()).cloned().unwrap_or_default();
    let code = kind.or(number).or_else(|| text(&answer["error"]));
    let all = fields.into_iter().flatten().chain(messages).chain(code.clone()).collect::<Vec<_>>().join("\n");
    let trace = reply.header("x-transaction-id").map(|id| format!("x-transaction-id {id}"));
    (Said { label: "X", code, quote, trace }, all)
}

/// What the headers of a window begin with, and the limit of posts that it is where a post is made.
const WINDOWS: [(&str, &str); 3] = [
    ("x-rate-limit", quota::POSTS_QUARTER),
    ("x-app-limit-24hour", quota::APP_POSTS_DAY),
    ("x-user-limit-24hour", quota::POSTS_DAY),
];

/// What is left of posts; of a limit that was hit without headers, nothing. Every endpoint has limits of its own.
pub(super) fn allowances(call: &Call, reply: &Reply) -> Vec<Allowance> {
    if call.method != Method::Post || call.url.path() != "/2/tweets" {
        return Vec::new();
    }
    let told = WINDOWS.iter().filter_map(|(window, of)| {
        let count = |what| u32::try_from(number(reply, window, what)?).ok();
        let (most, until) = (count("limit"), reset(reply, window)?);
        Some(Allowance { of: (*of).to_owned(), most, left: count("remaining")?, until })
    });
    let told: Vec<Allowance> = told.collect();
    if reply.is_success() || told.iter().any(|allowance| allowance.left == 0) {
        return told;
    }
    refusal::spent(quota::POSTS_QUARTER, &refusal(reply, false)).into_iter().collect()
}

fn number(reply: &Reply, window: &str, what: &str) -> Option<i64> {
    reply.header(&format!("{window}-{what}"))?.trim().parse().ok()
}

/// The end of a window, if it can be believed. X names it in whole seconds: it is over with the one it names.
fn reset(reply: &Reply, window: &str) -> Option<DateTime<Utc>> {
    let reset = DateTime::from_timestamp(number(reply, window, "reset")?, 0)?;
    let over = reset.checked_add_signed(TimeDelta::seconds(1))?;
    (reset > reply.at).then(|| clamp(reply, over))
}

/// When a limit ends. X counts a window of 15 minutes and windows of a day; the reset of the one that has nothing left
/// counts, for that of the short one misleads when the day's is the one that was hit.
fn limit_ends(reply: &Reply) -> DateTime<Utc> {
    let windows = WINDOWS.iter().map(|(window, _)| *window);
    let spent = windows.filter(|window| number(reply, window, "remaining") == Some(0));
    let ends = spent.filter_map(|window| reset(reply, window)).max();
    let short = || reset(reply, WINDOWS[0].0);
    ends.or_else(|| retry_after(reply)).or_else(short).unwrap_or_else(|| after(reply, WAIT_SECS))
}
