//! What Instagram's refusals mean, as a table on top of what all of Meta shares. Knows no step.
//!
//! Sources: <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes>; for codes
//! that are not listed there, the reports of other publishers' users.

use crate::limits::quota;
use crate::platform::meta::{self, Error, Row};
use crate::platform::refusal::{Said, after, is_unclear};
use crate::platform::{Allowance, Call, Class, Refusal, Reply};

const LABEL: &str = "Instagram";

/// Instagram restricts the account, or takes the post for spam. Also answered for posts that are out all the same.
const RESTRICTED: i64 = 2_207_051;

/// The media could not be got or read this time: a new container may do better.
const AGAIN: &[i64] =
    &[2_207_003, 2_207_020, 2_207_032, 2_207_052, 2_207_053, 2_207_077, 2_207_082, 2_207_001, 2_207_008];

/// Codes after which a post may be out all the same: "unknown", "server error", "not found".
const MAY_BE_OUT: &[i64] = &[-2, -1, 1, 2, 24];

const fn subcode(subcodes: &'static [i64], class: Class, words: &'static str) -> Row {
    Row { codes: &[], subcodes, says: &[], class, wait: None, words }
}

const fn code(codes: &'static [i64], class: Class, words: &'static str) -> Row {
    Row { codes, subcodes: &[], says: &[], class, wait: None, words }
}

const fn says(says: &'static [&'static str], class: Class, words: &'static str) -> Row {
    Row { codes: &[], subcodes: &[], says, class, wait: None, words }
}

const VIDEO: &str = "the video's format is not taken; convert it to MP4 with H.264 and AAC";

const UNREACHED: &str = "Instagram could not get the media, several times; see that its address opens without a login, then \
     `pressroom retry`";

static ROWS: &[Row] = &[
    says(
        &["not an instagram business"],
        Class::Permission,
        "the account is no professional one any more; make it Business or Creator in the app, then run `pressroom connect`",
    ),
    says(
        &["session has been invalidated"],
        Class::Login,
        "Instagram has logged the account out, as after heavy posting; wait a day, then run `pressroom connect`",
    ),
    says(
        &["instagram_platform_api__invalid_location_id"],
        Class::Content,
        "`location_id` is no Page of a place with coordinates",
    ),
    says(
        &["instagram_platform_api__permission", "instagram_platform_api__invalid_param"],
        Class::Content,
        "a value of this post is not taken; correct what it names",
    ),
    Row {
        wait: Some(3600),
        ..code(&[9], Class::Quota, "the number of posts a day is reached; it goes on when some are a day old")
    },
    subcode(
        &[RESTRICTED],
        Class::Content,
        "Instagram restricts the account or takes this for spam; look at the app, wait a day, then `pressroom retry`",
    ),
    subcode(
        &[2_207_050],
        Class::Permission,
        "the account is restricted, inactive, or has a check to pass; log in with the app and settle it there",
    ),
    Row { wait: Some(15), ..code(&[9007], Class::NotReady, "Instagram has not finished the media") },
    Row {
        wait: Some(30),
        ..subcode(
            &[2_207_001, 2_207_008],
            Class::Transient,
            "Instagram is broken for the moment; nothing was shown, it is tried again",
        )
    },
    subcode(&[2_207_003, 2_207_020, 2_207_032, 2_207_052, 2_207_053, 2_207_077, 2_207_082], Class::Content, UNREACHED),
    code(&[9004], Class::Content, UNREACHED),
    subcode(
        &[2_207_006],
        Class::Content,
        "Instagram does not find the media; was it removed, or the app taken from the account?",
    ),
    subcode(&[2_207_057], Class::Content, "`thumb_offset` lies beyond the end of the video"),
    subcode(&[2_207_023], Class::Bug, "Instagram does not know the kind of media pressroom named; please report this"),
    subcode(&[2_207_028], Class::Content, "a carousel has 2 to 10 items"),
    subcode(
        &[2_207_035, 2_207_036, 2_207_037, 2_207_040],
        Class::Content,
        "the tags of people or products are not taken; take some away",
    ),
    code(&[352], Class::Content, VIDEO),
    code(&[36_000], Class::Content, "the image is too large; save it with less than 8 MB"),
    code(&[36_001], Class::Content, "the image's format is not taken; save it as JPEG"),
    code(&[36_003], Class::Content, "the image's shape is not taken; cut it to something between 4:5 and 1.91:1"),
    code(&[36_004], Class::Content, "the text is too long; shorten it"),
    subcode(&[2_207_081], Class::Content, "this account may not publish trial reels; leave `trial` out"),
    subcode(&[2_207_073], Class::Content, "Instagram lets no program remove this kind of post; remove it by hand"),
    Row {
        subcodes: &[33],
        ..code(
            &[100],
            Class::Permission,
            "that is gone, or this token may not see it; if it is a Page's token, connect with a person's instead",
        )
    },
];

/// What an answer that is no success means. After some codes a call that shows something may have worked all the same.
pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    let refusal = meta::refusal(LABEL, ROWS, reply, shows);
    let code = Error::of(reply).and_then(|error| error.code);
    let may_be_out = shows && code.is_some_and(|code| MAY_BE_OUT.contains(&code));
    if may_be_out && !matches!(refusal.class, Class::Quota | Class::Login | Class::Permission) {
        return unclear(reply, true);
    }
    refusal
}

/// What is left of the day's posts, where the account has just read it or was refused for it; else of its calls.
pub(super) fn allowances(call: &Call, reply: &Reply) -> Vec<Allowance> {
    if call.name == "quota" && reply.is_success() {
        return meta::readings(reply, &[("", quota::POSTS_DAY)]);
    }
    let of_posts = Error::of(reply).is_some_and(|error| error.code == Some(9));
    meta::allowances(if of_posts { quota::POSTS_DAY } else { quota::CALLS }, reply, || refusal(reply, false))
}

/// Whether Instagram restricts the account: it has said so of posts that were out.
pub(super) fn is_restricted(reply: &Reply) -> bool {
    Error::of(reply).is_some_and(|error| error.subcode == Some(RESTRICTED))
}

/// Whether the thing a call named is gone, or out of this token's sight.
pub(super) fn is_unseen(reply: &Reply) -> bool {
    Error::of(reply).is_some_and(|error| {
        matches!((error.code, error.subcode), (Some(100), Some(33)) | (Some(24), Some(2_207_006 | 2_207_008)))
    })
}

/// Whether a new container may do better than the one that was refused.
pub(super) fn may_try_again(reply: &Reply) -> bool {
    let Some(error) = Error::of(reply) else { return false };
    let by_subcode = error.subcode.is_some_and(|subcode| AGAIN.contains(&subcode));
    !is_unclear(reply.status) && (by_subcode || error.subcode.is_none() && matches!(error.code, Some(-2 | 9004)))
}

/// Whether the words of a container that failed say that a new one may do better.
pub(super) fn words_allow_another(words: &str) -> bool {
    let numbers = words.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<i64>().ok());
    numbers.into_iter().any(|number| AGAIN.contains(&number))
}

/// What the upload host says of bytes it did not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upload {
    /// Ask how far it came, and go on there.
    GoOn,
    /// This container takes no more: make another.
    Again,
    /// As of any other call.
    Other,
}

pub(super) fn upload(reply: &Reply) -> Upload {
    let debug = &reply.json()["debug_info"];
    match (debug["type"].as_str(), debug["retriable"].as_bool()) {
        (Some("OffsetInvalidError" | "PartialRequestError"), _) | (Some(_), Some(true)) => Upload::GoOn,
        (Some(_), _) => Upload::Again,
        (None, _) => Upload::Other,
    }
}

/// An upload that goes on where it stopped.
pub(super) fn interrupted(reply: &Reply) -> Refusal {
    let words = "the upload was interrupted; it goes on where it stopped";
    meta::said(LABEL, reply).refusal(Class::Transient, reply.status, words, Some(after(reply, 3)))
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    meta::unclear(LABEL, reply, shows)
}

/// A container that failed, in the words of its `status`.
pub(super) fn failed(reply: &Reply, file: &str, why: &str) -> Refusal {
    let said = Said { quote: why.to_owned(), ..meta::said(LABEL, reply) };
    let words = format!("Instagram could not make a post of {file}; mend the file, or see that Instagram can reach it");
    said.refusal(Class::Content, reply.status, &words, None)
}

/// An account restricted while its post was in doubt, and the post is not out.
pub(super) fn restricted(reply: &Reply) -> Refusal {
    let words = "Instagram restricts the account or takes the post for spam, and has not published it; look at the app, \
         wait a day, then `pressroom retry`";
    meta::said(LABEL, reply).refusal(Class::Content, reply.status, words, None)
}

/// A day's number of posts that is used up.
pub(super) fn quota_spent(reply: &Reply, used: u64, total: u64) -> Refusal {
    let words = format!("the account has published {used} of {total} posts in 24 hours; it goes on when that falls");
    meta::said(LABEL, reply).refusal(Class::Quota, reply.status, &words, Some(after(reply, 3600)))
}

/// A Page's own token, where a person's is asked for.
pub(super) fn of_page() -> Refusal {
    no_account("this is a Page's own token, which reaches the account of that Page alone: give a person's, with `--token-stdin`".to_owned())
}

/// A login that leads to no account that can be published to; says why.
pub(super) fn no_account(words: String) -> Refusal {
    Refusal { class: Class::Permission, code: None, words, not_before: None }
}
