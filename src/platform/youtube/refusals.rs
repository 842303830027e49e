//! What YouTube's refusals mean, as a table by its reasons. Knows no step.
//!
//! Sources: <https://developers.google.com/youtube/v3/docs/errors>, <https://developers.google.com/youtube/v3/docs/core_errors>
//! and the error lists of the methods; quota: <https://developers.google.com/youtube/v3/determine_quota_cost>.

use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use serde_json::Value;

use crate::limits::quota;
use crate::platform::refusal::{self, Row, Said, after, clamp, retry_after};
use crate::platform::{Allowance, Call, Class, Refusal, Reply};
use crate::zone::Zone;

/// How long to wait at a limit that passes quickly, where YouTube does not say.
const RATE_SECS: i64 = 10;

/// How long to wait before a thumbnail is tried again after too many of them.
const THUMBNAIL_SECS: i64 = 3600;

/// A channel's own limit of uploads is counted over about a day.
const CHANNEL_SECS: i64 = 86_400;

/// A day's quota ends at midnight here.
const QUOTA_ZONE: Zone = Zone::LOS_ANGELES;

/// A new day's quota is surely there so long after midnight.
const QUOTA_MARGIN: TimeDelta = TimeDelta::minutes(5);

/// Reasons, each between spaces as [`said`] writes them: `required` is the end of other reasons.
static ROWS: &[Row] = &[
    Row {
        status: &[],
        says: &[" quotaexceeded ", " dailylimitexceeded "],
        class: Class::Quota,
        words: "the day's quota of this Google project is used up; it goes on after midnight in California",
    },
    Row {
        status: &[],
        says: &[" uploadlimitexceeded "],
        class: Class::Quota,
        words: "the channel has uploaded as much as YouTube lets it in a day; verify the channel, and look for strikes",
    },
    Row {
        status: &[],
        says: &[" uploadratelimitexceeded "],
        class: Class::Quota,
        words: "the channel has set too many thumbnails lately; it is tried again later",
    },
    Row {
        status: &[],
        says: &[" ratelimitexceeded ", " userratelimitexceeded ", " servinglimitexceeded "],
        class: Class::Quota,
        words: "a limit of YouTube is reached; it goes on when that ends",
    },
    Row {
        status: &[],
        says: &[" youtubesignuprequired "],
        class: Class::Permission,
        words: "this Google account has no channel; make one at youtube.com, then run `pressroom connect`",
    },
    Row {
        status: &[],
        says: &[" invalid_grant "],
        class: Class::Login,
        words: "Google no longer takes this login; run `pressroom connect` for the account",
    },
    Row {
        status: &[],
        says: &[" invalid_client ", " unauthorized_client ", " deleted_client "],
        class: Class::Permission,
        words: "Google does not know the app, or its secret is wrong; correct the client, then run `pressroom connect`",
    },
    Row {
        status: &[401],
        says: &[],
        class: Class::Login,
        words: "YouTube no longer takes this login; run `pressroom connect` for the account",
    },
    Row {
        status: &[],
        says: &[" accessnotconfigured ", " service_disabled "],
        class: Class::Permission,
        words: "the Google project has not enabled the YouTube Data API v3; enable it at console.cloud.google.com",
    },
    Row {
        status: &[],
        says: &[" insufficientpermissions ", " access_token_scope_insufficient "],
        class: Class::Permission,
        words: "the token lacks a scope for this; run `pressroom connect` and leave every box ticked",
    },
    Row {
        status: &[],
        says: &[
            " authenticateduseraccountsuspended ",
            " authenticateduseraccountclosed ",
            " channelclosed ",
            " channelsuspended ",
        ],
        class: Class::Permission,
        words: "the channel is suspended or closed; settle that with YouTube, nothing can be published until then",
    },
    Row {
        status: &[],
        says: &[" forbiddenprivacysetting ", " forbiddenlicensesetting ", " forbiddenembedsetting "],
        class: Class::Content,
        words: "YouTube does not let this channel choose that audience, licence or embedding; change the post",
    },
    Row {
        status: &[],
        says: &[" playlistcontainsmaximumnumberofvideos "],
        class: Class::Content,
        words: "the playlist is full; name another one",
    },
    Row {
        status: &[],
        says: &[" playlistnotfound ", " playlistitemsnotaccessible "],
        class: Class::Content,
        words: "the channel has no such playlist; correct `playlist`",
    },
    Row {
        status: &[],
        says: &[" invalidtitle "],
        class: Class::Content,
        words: "YouTube will not have the title: it must be there, of at most 100 characters, without < and >",
    },
    Row {
        status: &[],
        says: &[" invaliddescription "],
        class: Class::Content,
        words: "YouTube will not have the description: at most 5000 bytes, without < and >",
    },
    Row {
        status: &[],
        says: &[" invalidtags "],
        class: Class::Content,
        words: "YouTube will not have the tags; leave some out",
    },
    Row {
        status: &[],
        says: &[" invalidcategoryid "],
        class: Class::Content,
        words: "YouTube has no such category; correct `category`",
    },
    Row {
        status: &[],
        says: &[" invalidrecordingdetails ", " invalidpublishat ", " defaultlanguagenotset ", " invalidfilename "],
        class: Class::Content,
        words: "YouTube will not have a date or a language of the post; correct it",
    },
    Row {
        status: &[],
        says: &[" invalidvideometadata ", " invalidmetadata ", " nametoolong "],
        class: Class::Content,
        words: "YouTube will not have what the post says of the video and does not tell which; check title, category, languages",
    },
    Row {
        status: &[],
        says: &[" mediabodyrequired ", " contentrequired ", " invalidimage "],
        class: Class::Content,
        words: "YouTube cannot read the file; save it anew",
    },
    Row {
        status: &[],
        says: &[" uploadtoolarge "],
        class: Class::Content,
        words: "the file is too large for YouTube; make it smaller",
    },
    Row {
        status: &[],
        says: &[" videonotfound ", " captionnotfound ", " playlistitemnotfound "],
        class: Class::Content,
        words: "the video is not on YouTube any more",
    },
    // Seen when a session is opened; the same call works a moment later.
    Row {
        status: &[409],
        says: &[" already_exists ", " alreadyexists "],
        class: Class::Transient,
        words: "YouTube stumbled over itself; nothing was shown, it is tried again",
    },
    Row {
        status: &[403],
        says: &[],
        class: Class::Permission,
        words: "YouTube does not allow this channel that; verify its phone at youtube.com/verify, or see what YouTube says",
    },
    Row {
        status: &[413],
        says: &[],
        class: Class::Content,
        words: "the file is too large for YouTube; make it smaller",
    },
    Row {
        status: &[429],
        says: &[],
        class: Class::Quota,
        words: "a limit of YouTube is reached; it goes on when that ends",
    },
];

pub(super) fn refusal(reply: &Reply, call: &Call) -> Refusal {
    let (said, text) = said(reply);
    if let Some(row) = refusal::find(ROWS, reply.status, &text).filter(|_| !refusal::is_unclear(reply.status)) {
        let not_before = match row.class {
            Class::Quota => Some(limit_ends(reply, &text)),
            Class::Transient => retry_after(reply),
            _ => None,
        };
        let words = if is(&text, DAY) { day_words(call) } else { row.words };
        return said.refusal(row.class, reply.status, words, not_before);
    }
    if refusal::is_unclear(reply.status) {
        return said.unclear(reply, call.shows);
    }
    let (class, words) = match reply.status {
        404 | 410 => (Class::Content, "what this is about is not on YouTube"),
        _ => (Class::Bug, "YouTube does not understand what pressroom sent; please report this"),
    };
    said.refusal(class, reply.status, words, None)
}

/// That a day's uploads are used up: YouTube tells no more. Other calls have a quota of their own, which stops no upload.
pub(super) fn allowances(call: &Call, reply: &Reply) -> Vec<Allowance> {
    let text = said(reply).1;
    let of = match () {
        () if reply.is_success() => None,
        () if is(&text, DAY) && call.name.ends_with(" start") => Some(quota::APP_UPLOADS_DAY),
        () if is(&text, &[" uploadlimitexceeded "]) => Some(quota::UPLOADS_DAY),
        () => None,
    };
    of.and_then(|of| refusal::spent(of, &refusal(reply, call))).into_iter().collect()
}

/// Uploads have a bucket of their own: a project whose uploads are used up can still do all the rest, and the other way round.
fn day_words(call: &Call) -> &'static str {
    if call.name.ends_with(" start") {
        "the Google project has begun its 100 uploads of the day; it goes on after midnight in California"
    } else {
        "the Google project has used its 10,000 units of the day; it goes on after midnight in California"
    }
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    said(reply).0.unclear(reply, shows)
}

/// Whether a refusal says that what was asked for is so already.
pub(super) fn is_done_already(reply: &Reply) -> bool {
    let text = said(reply).1;
    reply.status == 409 && (is(&text, &[" videoalreadyinplaylist "]) || is(&text, &[" captionexists "]))
}

/// Whether a refusal says that there is no such video.
pub(super) fn is_gone(reply: &Reply) -> bool {
    reply.status == 404 && is(&said(reply).1, &[" videonotfound "])
}

/// Whether a refusal says that a playlist is not there: that of a channel's uploads, before the first one.
pub(super) fn has_no_playlist(reply: &Reply) -> bool {
    reply.status == 404 && is(&said(reply).1, &[" playlistnotfound "])
}

/// A refusal in our own words, with what YouTube calls it.
pub(super) fn of(class: Class, reply: &Reply, quote: &str, words: &str, not_before: Option<DateTime<Utc>>) -> Refusal {
    let said = Said { quote: quote.to_owned(), ..said(reply).0 };
    said.refusal(class, reply.status, words, not_before)
}

const DAY: &[&str] = &[" quotaexceeded ", " dailylimitexceeded "];

fn is(text: &str, reasons: &[&str]) -> bool {
    let text = text.to_lowercase();
    reasons.iter().any(|reason| text.contains(reason))
}

/// YouTube's refusals come as `{"error": {...}}`, in an array, without the outer `error`, with `status` instead of reasons,
/// and from Google's logins as `{"error": "invalid_grant"}`. Beside what to quote: all reasons, each between spaces.
fn said(reply: &Reply) -> (Said, String) {
    let answer = reply.json();
    let answer = if answer.is_array() { &answer[0] } else { &answer };
    let error = if answer["error"].is_object() { &answer["error"] } else { answer };
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let errors = error["errors"].as_array().into_iter().flatten();
    let details = error["details"].as_array().into_iter().flatten();
    let reasons = errors.chain(details).filter_map(|error| text(&error["reason"]));
    let reasons: Vec<String> = reasons.chain(text(&error["status"])).chain(text(&answer["error"])).collect();
    let quote = text(&error["message"]).or_else(|| text(&error["errors"][0]["message"]));
    let quote = quote.or_else(|| text(&answer["error_description"])).unwrap_or_default();
    let all = format!(" {} ", reasons.join("  "));
    (Said { label: "YouTube", code: reasons.into_iter().next(), quote, trace: None }, all)
}

/// When a limit ends.
fn limit_ends(reply: &Reply, text: &str) -> DateTime<Utc> {
    if is(text, DAY) {
        return clamp(reply, next_day(reply.at));
    }
    let seconds = match () {
        () if is(text, &[" uploadlimitexceeded "]) => CHANNEL_SECS,
        () if is(text, &[" uploadratelimitexceeded "]) => THUMBNAIL_SECS,
        () => RATE_SECS,
    };
    retry_after(reply).unwrap_or_else(|| after(reply, seconds))
}

/// Shortly after the next midnight in California, whatever the season.
fn next_day(now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = now.with_timezone(&QUOTA_ZONE).date_naive().succ_opt();
    let midnight = tomorrow.and_then(|day| QUOTA_ZONE.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest());
    midnight.map_or(now + TimeDelta::days(1), |midnight| midnight.to_utc() + QUOTA_MARGIN)
}
