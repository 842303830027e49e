//! What LinkedIn's refusals mean, as a table. Knows no step.
//!
//! Sources: <https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling> and `rate-limits` beside it;
//! the sentences are those LinkedIn answers with, as seen in recorded traffic and the logs of other publishers.

use chrono::{DateTime, Days, NaiveTime, Utc};
use serde_json::Value;

use super::wire::{self, VERSION, VERSION_ENDS};
use crate::limits::quota;
use crate::platform::refusal::{self, Row, Said, after, retry_after};
use crate::platform::{Allowance, Call, Class, Refusal, Reply};

/// How long to wait where LinkedIn protects itself and does not say how long.
const WAIT_SECS: i64 = 60;

/// How long before a post whose media are not ready, or that met another change, is sent again.
const SHORT_WAIT_SECS: i64 = 5;

static ROWS: &[Row] = &[
    Row {
        status: &[401],
        says: &[],
        class: Class::Login,
        words: "LinkedIn no longer takes this login (it lasts 60 days); run `pressroom connect` for the account",
    },
    Row {
        status: &[400],
        says: &["version_missing", "illegal_argument"],
        class: Class::Bug,
        words: "LinkedIn does not understand what pressroom sent; please report this",
    },
    Row {
        status: &[],
        says: &["media_asset_waiting_upload"],
        class: Class::NotReady,
        words: "LinkedIn is still processing what was uploaded; nothing was shown",
    },
    Row {
        status: &[],
        says: &["media_asset_processing_failed"],
        class: Class::Content,
        words: "LinkedIn could not process what was uploaded; save it anew or take another file",
    },
    Row {
        status: &[],
        says: &["expired_upload_url"],
        class: Class::Transient,
        words: "the upload took too long and its address is no longer good; it is tried again",
    },
    Row {
        status: &[],
        says: &["field_length_too_long"],
        class: Class::Content,
        words: "the text is too long for LinkedIn; shorten it",
    },
    Row {
        status: &[400],
        says: &["organization permissions must be used"],
        class: Class::Permission,
        words: "posting as an organisation needs w_organization_social; run `pressroom connect` with an app that has it",
    },
    Row {
        status: &[400],
        says: &["invalid_image_id", "invalid_video_id"],
        class: Class::Content,
        words: "LinkedIn will not have the image or video: it must belong to the author; run `pressroom retry`",
    },
    Row {
        status: &[400],
        says: &["missing_field", "invalid_value_for_field", "invalid_urn_id", "invalid_urn_type"],
        class: Class::Content,
        words: "LinkedIn will not have a value of this post; see what it says and correct post or account",
    },
    Row {
        status: &[403],
        says: &["[/author]"],
        class: Class::Permission,
        words: "the login may not post as this author; check `as` in accounts.toml and the role on the page, then connect again",
    },
    Row {
        status: &[403],
        says: &["video resource is forbidden"],
        class: Class::Permission,
        words: "only administrators and sponsored content posters of a page may upload its videos; ask for one of these roles",
    },
    Row {
        status: &[403],
        says: &["resource is forbidden"],
        class: Class::Permission,
        words: "this login may not see the state of what was uploaded; connect with r_organization_social",
    },
    Row {
        status: &[403],
        says: &[],
        class: Class::Permission,
        words: "a product, scope or page role is missing: a person needs w_member_social, an organisation w_organization_social and r_organization_social",
    },
    Row {
        status: &[413],
        says: &[],
        class: Class::Content,
        words: "the file is too large for LinkedIn; make it smaller",
    },
    Row {
        status: &[415],
        says: &[],
        class: Class::Content,
        words: "LinkedIn takes JPEG, PNG, GIF, MP4, PDF, PowerPoint and Word files; convert this one",
    },
    Row {
        status: &[429],
        says: &[],
        class: Class::Quota,
        words: "a limit of LinkedIn is reached; it goes on when that ends",
    },
];

pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    let (said, text) = said(reply);
    if refusal::is_unclear(reply.status) {
        return said.unclear(reply, shows);
    }
    if is_wrong_version(reply.status, &text) {
        let words = format!(
            "LinkedIn does not serve version {VERSION} of its API (it does until {VERSION_ENDS}); update pressroom, \
             until then nothing can be published there"
        );
        return said.refusal(Class::Bug, reply.status, &words, None);
    }
    if is_duplicate(reply) {
        return duplicate(reply, wire::named_post(&reply.body).as_deref());
    }
    match (refusal::find(ROWS, reply.status, &text), reply.status) {
        (Some(row), _) => said.refusal(row.class, reply.status, row.words, not_before(row.class, reply, &text)),
        (None, 409) => {
            let words = "LinkedIn met another change at the same time; nothing was shown, it is tried again";
            said.refusal(Class::Transient, 409, words, Some(after(reply, SHORT_WAIT_SECS)))
        }
        (None, 404 | 410) => {
            said.refusal(Class::Content, reply.status, "what this post refers to is gone from LinkedIn", None)
        }
        (None, status) => said.refusal(
            Class::Bug,
            status,
            "LinkedIn does not understand what pressroom sent; please report this",
            None,
        ),
    }
}

fn not_before(class: Class, reply: &Reply, text: &str) -> Option<DateTime<Utc>> {
    match class {
        Class::NotReady => Some(after(reply, SHORT_WAIT_SECS)),
        Class::Quota if text.to_lowercase().contains("day limit") => Some(next_midnight(reply.at)),
        Class::Quota => Some(retry_after(reply).unwrap_or_else(|| after(reply, WAIT_SECS))),
        _ => None,
    }
}

/// That a day's posts are used up: LinkedIn tells no more, and each kind of resource has limits of its own.
pub(super) fn allowances(call: &Call, reply: &Reply) -> Vec<Allowance> {
    let text = said(reply).1.to_lowercase();
    if reply.status != 429 || !text.contains("day limit") || call.url.path() != "/rest/posts" {
        return Vec::new();
    }
    let of = if text.contains("application day") { quota::APP_REQUESTS_DAY } else { quota::REQUESTS_DAY };
    refusal::spent(of, &refusal(reply, false)).into_iter().collect()
}

/// A day's limits begin anew at 00:00 UTC.
fn next_midnight(at: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = at.date_naive().checked_add_days(Days::new(1)).unwrap_or(at.date_naive());
    tomorrow.and_time(NaiveTime::MIN).and_utc()
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    said(reply).0.unclear(reply, shows)
}

/// 422 today; 409 with the same words before October 2020.
pub(super) fn is_duplicate(reply: &Reply) -> bool {
    let text = said(reply).1.to_lowercase();
    matches!(reply.status, 400 | 409 | 422)
        && ["duplicate_post", "is a duplicate of"].iter().any(|says| text.contains(says))
}

/// The text is out already, by another post than the one that is being published.
pub(super) fn duplicate(reply: &Reply, original: Option<&str>) -> Refusal {
    let words = match original {
        Some(urn) => format!(
            "LinkedIn has the same post already, {urn}; change the text, or record that one with `pressroom adopt`"
        ),
        None => {
            "LinkedIn has the same post already; change the text, or record that one with `pressroom adopt`".to_owned()
        }
    };
    said(reply).0.refusal(Class::Content, reply.status, &words, None)
}

pub(super) fn is_expired_upload(reply: &Reply) -> bool {
    said(reply).1.contains("EXPIRED_UPLOAD_URL")
}

pub(super) fn needs_openid(reply: &Reply) -> Refusal {
    let words = "telling whose login this is needs the scopes openid and profile; add \"Sign In with LinkedIn\" to the app and connect again";
    said(reply).0.refusal(Class::Permission, reply.status, words, None)
}

pub(super) fn needs_admin(reply: &Reply) -> Refusal {
    let words = "listing organisations needs the scope r_organization_admin or rw_organization_admin; the number in the address \
                 of the page's admin view will do as well: `as = \"urn:li:organization:NUMBER\"`";
    said(reply).0.refusal(Class::Permission, reply.status, words, None)
}

/// `what` is an image, a video or a document; the reason is quoted where LinkedIn tells one.
pub(super) fn processing_failed(reply: &Reply, what: &str) -> Refusal {
    let words = format!("LinkedIn could not process the {what}; save it anew or take another");
    let mut said = said(reply).0;
    if let Some(reason) = reply.json()["processingFailureReason"].as_str() {
        reason.clone_into(&mut said.quote);
    }
    said.refusal(Class::Content, reply.status, &words, None)
}

fn is_wrong_version(status: u16, text: &str) -> bool {
    let text = text.to_lowercase();
    status == 426
        || text.contains("nonexistent_version")
        || (text.contains("version") && text.contains("is not active"))
}

/// The words of an answer, for quoting and for the table: LinkedIn's codes stand in `code`, in `errorDetails.inputErrors`
/// or only as a number in `serviceErrorCode`.
fn said(reply: &Reply) -> (Said, String) {
    let answer = reply.json();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let inputs = answer["errorDetails"]["inputErrors"].as_array().into_iter().flatten();
    let inputs: Vec<(Option<String>, Option<String>)> =
        inputs.map(|error| (text(&error["code"]), text(&error["description"]))).collect();
    let code = text(&answer["code"]).or_else(|| inputs.iter().find_map(|(code, _)| code.clone()));
    let code = code.or_else(|| answer["serviceErrorCode"].as_i64().map(|code| code.to_string()));
    let message = text(&answer["message"]);
    let descriptions = inputs.iter().filter_map(|(_, description)| description.clone());
    let quote = message.clone().or_else(|| descriptions.clone().next()).or_else(|| text(&answer["status"]));
    let codes = inputs.iter().filter_map(|(code, _)| code.clone());
    let all = code.clone().into_iter().chain(codes).chain(message).chain(descriptions);
    let all = all.collect::<Vec<_>>().join("\n");
    let trace = reply.header("x-li-uuid").map(|id| format!("x-li-uuid {id}"));
    (Said { label: "LinkedIn", code, quote: quote.unwrap_or_default(), trace }, all)
}
