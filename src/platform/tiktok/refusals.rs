//! What TikTok's refusals and its reasons for failing mean, as tables. Knows no step.
//!
//! Sources: <https://developers.tiktok.com/doc/tiktok-api-v2-error-handling>, the lists of codes of each posting page, and
//! <https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status> for `fail_reason`.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::limits::quota;
use crate::platform::refusal::{self, Row, Said, after, retry_after};
use crate::platform::{Allowance, Class, Refusal, Reply};

/// Limits of calls count the minute before.
const MINUTE_SECS: i64 = 60;
/// Limits of posts count a day.
const DAY_SECS: i64 = 86_400;
/// After a failure of TikTok's own.
const REST: TimeDelta = TimeDelta::minutes(5);
/// How often one of those is tried again.
const FAILURES_MAX: usize = 3;

/// Codes decide, not the HTTP status: some refusals come with 200.
static ROWS: &[Row] = &[
    Row {
        status: &[],
        says: &["access_token_invalid"],
        class: Class::Login,
        words: "TikTok no longer takes this login; run `pressroom connect` for the account",
    },
    Row {
        status: &[],
        says: &["scope_not_authorized", "scope_permission_missed"],
        class: Class::Permission,
        words: "the login lacks a scope (video.publish for posts, video.upload for drafts); add it to the app at TikTok and connect again",
    },
    Row {
        status: &[],
        says: &["spam_risk_too_many_posts"],
        class: Class::Quota,
        words: "TikTok takes no more posts of this creator today, from whatever app (about 15 a day); it goes on tomorrow",
    },
    Row {
        status: &[],
        says: &["spam_risk_too_many_pending_share"],
        class: Class::Quota,
        words: "five drafts wait in the creator's inbox; post or discard them in the TikTok app, it goes on tomorrow",
    },
    Row {
        status: &[],
        says: &["spam_risk_user_banned_from_posting"],
        class: Class::Permission,
        words: "TikTok has banned the account from posting; settle that with TikTok, nothing can be published until then",
    },
    Row {
        status: &[],
        says: &["reached_active_user_cap"],
        class: Class::Quota,
        words: "the app's creators of today are used up (five, until TikTok has audited the app); it goes on tomorrow",
    },
    Row {
        status: &[],
        says: &["unaudited_client_can_only_post_to_private_accounts"],
        class: Class::Permission,
        words: "until TikTok has audited the app, it posts only to accounts set to private in TikTok's settings: set it so, or write `mode: draft`",
    },
    Row {
        status: &[],
        says: &["url_ownership_unverified"],
        class: Class::Permission,
        words: "TikTok fetches photos only from addresses proved to be the app's; verify their prefix under the app's URL properties",
    },
    Row {
        status: &[],
        says: &["privacy_level_option_mismatch"],
        class: Class::Content,
        words: "TikTok does not offer this account that audience now; choose another `privacy_level`",
    },
    Row {
        status: &[],
        says: &["app_version_check_failed"],
        class: Class::Permission,
        words: "the creator's TikTok app is too old for photo drafts (31.8 is needed); update it on the phone",
    },
    Row {
        status: &[],
        says: &["invalid_file_upload"],
        class: Class::Content,
        words: "TikTok will not have the file; save it anew or take another",
    },
    Row {
        status: &[],
        says: &["token_not_authorized_for_specified_publish_id"],
        class: Class::Bug,
        words: "this upload was begun with another TikTok account; connect that one again",
    },
    Row {
        status: &[],
        says: &["chunk size is invalid", "chunk count is invalid", "invalid_publish_id"],
        class: Class::Bug,
        words: "TikTok does not understand what pressroom sent; please report this",
    },
    Row {
        status: &[],
        says: &["invalid_param"],
        class: Class::Content,
        words: "TikTok will not take the post like this; see what it says, and change the post",
    },
    Row {
        status: &[],
        says: &["rate_limit_exceeded"],
        class: Class::Quota,
        words: "TikTok takes only so many calls a minute; it goes on after that",
    },
    Row {
        status: &[401],
        says: &[],
        class: Class::Login,
        words: "TikTok no longer takes this login; run `pressroom connect` for the account",
    },
    Row {
        status: &[403],
        says: &[],
        class: Class::Permission,
        words: "TikTok does not allow this; see what it says, and look at the app's products and scopes at developers.tiktok.com",
    },
    Row {
        status: &[429],
        says: &[],
        class: Class::Quota,
        words: "a limit of TikTok is reached; it goes on after that",
    },
];

/// Why TikTok could not make a post of what it had.
static REASONS: &[(&str, Class, &str)] = &[
    ("file_format_check_failed", Class::Content, "TikTok cannot read the file; convert it to MP4 with H.264"),
    ("duration_check_failed", Class::Content, "the video is too long or too short for TikTok; cut it"),
    ("frame_rate_check_failed", Class::Content, "TikTok takes 23 to 60 frames a second; convert the video to 30"),
    ("picture_size_check_failed", Class::Content, "TikTok takes sides of 360 to 4096 pixels; save it in another size"),
    ("video_pull_failed", Class::Transient, PULL),
    ("photo_pull_failed", Class::Transient, PULL),
    ("publish_cancelled", Class::Content, "the post was cancelled at TikTok; `pressroom retry` sends it again"),
    (
        "auth_removed",
        Class::Login,
        "the creator took the app's permission away; run `pressroom connect` for the account",
    ),
    ("spam_risk_too_many_posts", Class::Quota, "TikTok takes no more posts of this creator today; it goes on tomorrow"),
    (
        "spam_risk_user_banned_from_posting",
        Class::Permission,
        "TikTok has banned the account from posting; settle that with TikTok, nothing can be published until then",
    ),
    ("spam_risk_text", Class::Content, "TikTok takes the text for spam; change it"),
    ("spam_risk", Class::Content, "TikTok takes the post for spam, and has not published it"),
    ("internal", Class::Transient, "TikTok failed by itself; it is tried again"),
];

const PULL: &str = "TikTok could not fetch the photos; each address must answer 200 with a picture, without a redirect";

/// The answer, if it is a yes.
///
/// # Errors
/// The refusal in it.
pub(super) fn answer(reply: &Reply, shows: bool) -> Result<Value, Refusal> {
    let answer = reply.json();
    match answer["error"]["code"].as_str() {
        Some("ok") if reply.is_success() => Ok(answer),
        _ => Err(refusal(reply, shows)),
    }
}

pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    let (said, text) = said(reply);
    let row = refusal::find(ROWS, reply.status, &text);
    // A server that fails may say anything; what it says while it does not fail is a no.
    if let Some(row) = row.filter(|_| reply.status < 500) {
        return said.refusal(row.class, reply.status, row.words, not_before(reply, row.class, &text));
    }
    if refusal::is_unclear(reply.status) || text.contains("internal_error") {
        return said.unclear(reply, shows);
    }
    let words = "TikTok does not understand what pressroom sent; please report this";
    said.refusal(Class::Bug, reply.status, words, None)
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    said(reply).0.unclear(reply, shows)
}

/// Whether the answer has this code.
pub(super) fn has_code(reply: &Reply, codes: &[&str]) -> bool {
    said(reply).0.code.is_some_and(|code| codes.contains(&code.as_str()))
}

/// That the creator may post no more today, as a refusal says it or as the reason why a post failed.
pub(super) fn allowances(reply: &Reply) -> Vec<Allowance> {
    let reason = reply.json()["data"]["fail_reason"].as_str().unwrap_or_default().to_owned();
    let of_day = ["spam_risk_too_many_posts", "reached_active_user_cap"];
    if !has_code(reply, &of_day) && !of_day.contains(&reason.as_str()) {
        return Vec::new();
    }
    let until = retry_after(reply).unwrap_or_else(|| after(reply, DAY_SECS));
    vec![Allowance { of: quota::POSTS_DAY.to_owned(), most: None, left: 0, until }]
}

/// A no of ours, told with what TikTok said.
pub(super) fn content(reply: &Reply, quote: String, words: &str) -> Refusal {
    Said { quote, ..said(reply).0 }.refusal(Class::Content, reply.status, words, None)
}

/// What to do about a failure, of which there were so many.
pub(super) fn failed(reply: &Reply, reason: &str, failures: usize) -> Refusal {
    let said = Said { code: Some(reason.to_owned()), quote: reason.to_owned(), ..said(reply).0 };
    let known = REASONS.iter().find(|(known, ..)| *known == reason);
    let (class, words) =
        known.map_or((Class::Content, "TikTok could not publish it"), |(_, class, words)| (*class, *words));
    match class {
        Class::Transient if failures >= FAILURES_MAX => {
            let words = words.trim_end_matches("; it is tried again");
            said.refusal(Class::Content, reply.status, &format!("{words}; it was tried {failures} times"), None)
        }
        Class::Transient => said.refusal(class, reply.status, words, reply.at.checked_add_signed(REST)),
        _ => said.refusal(class, reply.status, words, not_before(reply, class, reason)),
    }
}

/// A chunk's answer has no body: only its status counts.
pub(super) fn of_chunk(reply: &Reply, shows: bool) -> Refusal {
    if refusal::is_unclear(reply.status) || reply.status == 429 {
        return unclear(reply, shows);
    }
    let words = "TikTok does not understand the bytes pressroom sent; please report this";
    said(reply).0.refusal(Class::Bug, reply.status, words, None)
}

/// When a limit ends: TikTok says it in words only.
fn not_before(reply: &Reply, class: Class, text: &str) -> Option<DateTime<Utc>> {
    let of_day = ["spam_risk", "reached_active_user_cap"].iter().any(|code| text.contains(code));
    let seconds = if of_day { DAY_SECS } else { MINUTE_SECS };
    (class == Class::Quota).then(|| retry_after(reply).unwrap_or_else(|| after(reply, seconds)))
}

/// The API answers with an object, the login's addresses with flat texts, an upload with nothing at all.
fn said(reply: &Reply) -> (Said, String) {
    let answer = reply.json();
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let error = &answer["error"];
    let code = text(&error["code"]).or_else(|| text(error));
    let message = text(&error["message"]).or_else(|| text(&answer["error_description"]));
    let log_id = [&error["log_id"], &error["logid"], &answer["log_id"]].into_iter().find_map(text);
    let all = format!("{}\n{}", code.as_deref().unwrap_or_default(), message.as_deref().unwrap_or_default());
    let quote = message.or_else(|| code.clone()).unwrap_or_default();
    let trace = log_id.map(|id| format!("log_id {id}"));
    (Said { label: "TikTok", code, quote, trace }, all.to_lowercase())
}
