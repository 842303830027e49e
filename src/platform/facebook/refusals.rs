//! What Facebook's own errors mean, as a table by code or subcode; what all of Meta says is read elsewhere. Knows no step.
//!
//! Sources: the tables of errors of <https://developers.facebook.com/docs/graph-api/reference/page/feed/>, `photos/` and
//! `videos/`, <https://developers.facebook.com/documentation/video-api/guides/reels-publishing>, and the answers that
//! <https://github.com/gitroomhq/postiz-app> collects from use (facebook.provider.ts).

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::platform::refusal::{Said, after, is_unclear};
use crate::platform::{Class, Refusal, Reply, meta};

const LABEL: &str = "Facebook";

/// One meaning; the first that fits counts.
struct Meaning {
    /// Any of these as code or as subcode.
    numbers: &'static [i64],
    /// Any of these in Meta's `message`, in lower case; empty: whatever it is.
    says: &'static [&'static str],
    class: Class,
    /// Seconds to wait, for the classes that pass by themselves.
    wait: Option<i64>,
    words: &'static str,
}

const fn meaning(numbers: &'static [i64], class: Class, words: &'static str) -> Meaning {
    Meaning { numbers, says: &[], class, wait: None, words }
}

static MEANINGS: &[Meaning] = &[
    Meaning {
        says: &["app secret proof", "appsecret_proof"],
        ..meaning(
            &[100, 104],
            Class::Permission,
            "the app wants each call proved with its secret; switch \"Require app secret\" off in Meta's app dashboard",
        )
    },
    meaning(
        &[33],
        Class::Permission,
        "Facebook shows this login no such Page or post; check `as` in accounts.toml and connect with that Page's token",
    ),
    Meaning {
        says: &["missing permission"],
        ..meaning(
            &[100],
            Class::Permission,
            "this login may not do that, or the Page is another; grant pages_read_engagement and pages_manage_posts",
        )
    },
    meaning(
        &[200, 210],
        Class::Permission,
        "this login may not act as the Page; connect with that Page's own token, and grant pages_manage_posts",
    ),
    meaning(
        &[506],
        Class::Content,
        "the last post says the same; change the text, or record that one with `pressroom adopt`",
    ),
    meaning(&[1_366_051], Class::Content, "these photos are in a post already; look at the Page"),
    meaning(
        &[1_609_005],
        Class::Content,
        "Facebook cannot see the page of `link`; once everybody can, run `pressroom retry`",
    ),
    meaning(&[1_609_008], Class::Content, "Facebook takes no links to itself; take the link out"),
    meaning(
        &[2_061_006, 1_349_125],
        Class::Content,
        "Facebook calls the link or something else of this post malformed; correct it",
    ),
    meaning(&[324, 2_069_019], Class::Content, "Facebook cannot read a picture; save it anew as JPEG or PNG"),
    meaning(
        &[1_366_046],
        Class::Content,
        "a photo is too large or of the wrong kind; save it as JPEG or PNG of less than 4 MB",
    ),
    meaning(&[352, 6000], Class::Content, "Facebook cannot read the video; convert it to MP4 (H.264, AAC)"),
    meaning(&[382], Class::Content, "the video is too small for Facebook; take a longer or larger one"),
    meaning(&[1_363_040], Class::Content, "the shape of the video is not that of a reel, 9:16; cut it"),
    meaning(&[1_363_127], Class::Content, "the video is too small for a reel: at least 540 x 960 pixels"),
    meaning(&[1_363_128], Class::Content, "a reel lasts 3 to 90 seconds; cut the video"),
    meaning(&[1_363_129], Class::Content, "a reel has 24 to 60 frames a second; convert the video"),
    meaning(&[6001], Class::Transient, "Facebook lost the upload; nothing was shown, it is tried again"),
    Meaning {
        wait: Some(300),
        ..meaning(
            &[1_609_010, 1_363_047],
            Class::Transient,
            "Facebook is out of service for a while; nothing was shown",
        )
    },
    Meaning {
        wait: Some(3600),
        ..meaning(&[1_390_008], Class::Quota, "Facebook finds that the Page posts too fast; it goes on in an hour")
    },
    meaning(
        &[1_346_003, 1_404_102],
        Class::Content,
        "Facebook holds the post against its standards; look at what it says, and at the Page",
    ),
    meaning(
        &[1_404_006, 1_404_112, 4_854_002],
        Class::Permission,
        "Facebook wants the account checked; log in there in a browser and do what it asks",
    ),
    meaning(
        &[1_404_078],
        Class::Permission,
        "the Page needs Facebook's authorization to publish; its settings there say how",
    ),
];

/// A token that is no Page's.
pub(super) fn of_person() -> Refusal {
    let words = "this is the token of a person, and a Page publishes with its own: paste the Page's, which `/me/accounts` gives \
                 for this one";
    Refusal { class: Class::Permission, code: None, words: words.to_owned(), not_before: None }
}

/// A Page's own token, where a person's is asked for.
pub(super) fn of_page() -> Refusal {
    let words = "this is a Page's own token, which reaches that Page alone: give a person's, with `--token-stdin`";
    Refusal { class: Class::Permission, code: None, words: words.to_owned(), not_before: None }
}

/// Whoever logged in does not act for that Page; `others` are those that they do act for.
pub(super) fn no_page(page: &str, others: &[String]) -> Refusal {
    let others = if others.is_empty() { "for none".to_owned() } else { format!("for {}", others.join(", ")) };
    let words = format!(
        "whoever logged in does not act for the Page {page} of accounts.toml, but {others}: choose it on the page of the login, \
         or correct `as`"
    );
    Refusal { class: Class::Permission, code: None, words, not_before: None }
}

pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    let error = meta::Error::of(reply).unwrap_or_default();
    let message = error.message.to_lowercase();
    let numbers = [error.code, error.subcode];
    let found = MEANINGS.iter().find(|meaning| {
        meaning.numbers.iter().any(|number| numbers.contains(&Some(*number)))
            && (meaning.says.is_empty() || meaning.says.iter().any(|says| message.contains(says)))
    });
    let broke = error.is_transient || is_unclear(reply.status);
    match found {
        // That Facebook broke says nothing of what it did before.
        Some(meaning) if shows && (broke || meaning.class == Class::Transient) => unclear(reply, true),
        Some(meaning) => {
            let not_before = meaning.wait.map(|seconds| after(reply, seconds));
            meta::said(LABEL, reply).refusal(meaning.class, reply.status, meaning.words, not_before)
        }
        None => meta::refusal(LABEL, &[], reply, shows),
    }
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    meta::unclear(LABEL, reply, shows)
}

fn has(reply: &Reply, numbers: &[i64]) -> bool {
    let error = meta::Error::of(reply).unwrap_or_default();
    [error.code, error.subcode].into_iter().flatten().any(|number| numbers.contains(&number))
}

/// Whether something is out that looks like what was sent: the same text, or the same photos.
pub(super) fn is_repeated(reply: &Reply) -> bool {
    has(reply, &[506, 1_366_051])
}

/// Whether these very photos of ours are out: nothing but an earlier call of ours can have done that.
pub(super) fn has_our_photos(reply: &Reply) -> bool {
    has(reply, &[1_366_051])
}

/// The repetition may be of what was sent before.
pub(super) fn maybe_ours(reply: &Reply) -> Refusal {
    let words = "Facebook has the same already, perhaps from an earlier try; it is looked for";
    meta::said(LABEL, reply).refusal(Class::Doubtful, reply.status, words, None)
}

/// Whether there is no such thing, or none that this login may see.
pub(super) fn is_gone(reply: &Reply) -> bool {
    let error = meta::Error::of(reply).unwrap_or_default();
    error.code == Some(100) && error.subcode == Some(33)
}

/// Where an upload in chunks is to go on, if Facebook says that it expected another chunk.
pub(super) fn expected_chunk(reply: &Reply) -> Option<Value> {
    let data = meta::Error::of(reply).filter(|_| has(reply, &[1_363_037]))?.data;
    match data.as_str() {
        Some(text) => serde_json::from_str(text).ok(),
        None => Some(data),
    }
}

/// Whether an upload has to be begun anew: its session is lost, or what arrived cannot be used.
pub(super) fn is_lost_upload(reply: &Reply) -> bool {
    has(reply, &[6001])
        || is_gone(reply)
        || upload_error(reply) == "ProcessingFailedError"
        || matches!(reply.status, 404 | 410)
}

/// Whether the upload host wants bytes from another offset on.
pub(super) fn is_wrong_offset(reply: &Reply) -> bool {
    upload_error(reply) == "OffsetInvalidError"
}

fn upload_error(reply: &Reply) -> String {
    reply.json()["debug_info"]["type"].as_str().unwrap_or_default().to_owned()
}

/// Facebook could make no video of a file.
pub(super) fn failed(reply: &Reply, why: &str, words: &str) -> Refusal {
    let said = Said { quote: why.to_owned(), ..meta::said(LABEL, reply) };
    said.refusal(Class::Content, reply.status, words, None)
}

pub(super) fn not_ready(reply: &Reply, words: &str, not_before: DateTime<Utc>) -> Refusal {
    meta::said(LABEL, reply).refusal(Class::NotReady, reply.status, words, Some(not_before))
}

/// An upload that stands still.
pub(super) fn stuck(reply: &Reply) -> Refusal {
    let words = "the upload to Facebook does not get on; nothing was shown, it is tried again";
    meta::said(LABEL, reply).refusal(Class::Transient, reply.status, words, None)
}
