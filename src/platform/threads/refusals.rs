//! What Threads' refusals mean, beyond what Meta's platforms share. Knows no step.
//!
//! Sources: <https://developers.facebook.com/docs/threads/troubleshooting>,
//! <https://developers.facebook.com/docs/threads/posts> (links), and for numbers that stand in no document the logs of other
//! publishers: <https://github.com/fbsamples/threads_api/issues/70>, <https://github.com/gitroomhq/postiz-app/issues/1364>.

use crate::limits::quota;
use crate::platform::meta::{self, Row};
use crate::platform::refusal::{Said, after};
use crate::platform::{Allowance, Call, Class, Refusal, Reply};

const LABEL: &str = "Threads";

/// The media are known but not yet where the call came to.
const NOT_SPREAD: i64 = 4_279_009;

/// The page of a link card cannot be fetched.
const NO_PREVIEW: i64 = 4_279_047;

/// The account may not act for now.
const RESTRICTED: i64 = 2_207_051;

static ROWS: &[Row] = &[
    Row {
        codes: &[],
        subcodes: &[NOT_SPREAD],
        says: &[],
        class: Class::NotReady,
        wait: Some(5),
        words: "Threads does not find yet what it made a moment ago; nothing was shown",
    },
    Row {
        codes: &[],
        subcodes: &[NO_PREVIEW],
        says: &[],
        class: Class::Content,
        wait: None,
        words: "Threads cannot fetch the page of the link; put the page online first, or write the link in the text",
    },
    Row {
        codes: &[],
        subcodes: &[],
        says: &["link_attachment is not a valid url"],
        class: Class::Content,
        wait: None,
        words: "Threads does not take the link or cannot fetch its page; correct it, or put the page online first",
    },
    Row {
        codes: &[],
        subcodes: &[2_207_052],
        says: &[],
        class: Class::Transient,
        wait: Some(900),
        words: "Threads cannot fetch a media file from its address; see that facebookexternalhit may (robots.txt, firewall)",
    },
    Row {
        codes: &[],
        subcodes: &[RESTRICTED],
        says: &[],
        class: Class::Quota,
        wait: Some(86_400),
        words: "Threads has restricted what the account may do for now; see the notice in the app",
    },
    Row {
        codes: &[],
        subcodes: &[4_279_013],
        says: &[],
        class: Class::Permission,
        wait: None,
        words: "Threads has restricted the account; settle that in the app, nothing can be published until then",
    },
    Row {
        codes: &[],
        subcodes: &[],
        says: &["threads_api__link_limit_exceeded"],
        class: Class::Content,
        wait: None,
        words: "the post has more than 5 links; take some out",
    },
    Row {
        codes: &[100],
        subcodes: &[],
        says: &["at most 500 characters"],
        class: Class::Content,
        wait: None,
        words: "the text is too long for Threads; shorten it",
    },
    // Documented for Instagram; what Threads answers is not.
    Row {
        codes: &[9],
        subcodes: &[],
        says: &[],
        class: Class::Quota,
        wait: Some(3600),
        words: "the number of posts or replies a day is reached; it goes on when some are a day old",
    },
    Row {
        codes: &[24],
        subcodes: &[],
        says: &[],
        class: Class::Content,
        wait: None,
        words: "what this post refers to is gone from Threads",
    },
    Row {
        codes: &[100],
        subcodes: &[33],
        says: &[],
        class: Class::Content,
        wait: None,
        words: "what this post refers to is gone from Threads, or this login may not see it",
    },
];

pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    meta::refusal(LABEL, ROWS, reply, shows)
}

/// What is left of the day's posts and replies, where the account has just read it; else of its calls.
pub(super) fn allowances(call: &Call, reply: &Reply) -> Vec<Allowance> {
    if call.name == "quota" && reply.is_success() {
        return meta::readings(reply, &[("", quota::POSTS_DAY), ("reply_", quota::REPLIES_DAY)]);
    }
    meta::allowances(quota::CALLS, reply, || refusal(reply, false))
}

/// A refusal of the call that shows a part. Two come after some of the work: only the container tells what came of it. An
/// account that is restricted is not tried a third time.
pub(super) fn of_publishing(reply: &Reply, in_doubt: bool) -> Refusal {
    match meta::Error::of(reply).and_then(|error| error.subcode) {
        Some(NO_PREVIEW) => {
            let words = "Threads cannot fetch the page of the link, and may have published without; it is looked for";
            said(reply).refusal(Class::Doubtful, reply.status, words, None)
        }
        Some(RESTRICTED) if !in_doubt => {
            let words = "Threads has restricted what the account may do for now; whether this went out is looked for";
            said(reply).refusal(Class::Doubtful, reply.status, words, None)
        }
        _ => refusal(reply, true),
    }
}

/// Whether Threads says that something is not there, or that this login may not see it.
pub(super) fn is_gone(reply: &Reply) -> bool {
    let error = meta::Error::of(reply).unwrap_or_default();
    matches!((error.code, error.subcode), (Some(24), _) | (Some(100), Some(33)))
        || error.code == Some(100) && error.message.to_lowercase().contains("does not exist")
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    meta::unclear(LABEL, reply, shows)
}

fn said(reply: &Reply) -> Said {
    meta::said(LABEL, reply)
}

/// A container that came to nothing, in Threads' word for why.
pub(super) fn container_failed(reply: &Reply, why: &str) -> Refusal {
    let words = match why {
        "FAILED_DOWNLOADING_VIDEO" => {
            "Threads cannot fetch the video from its address; see that facebookexternalhit may (robots.txt, firewall)"
        }
        "INVALID_ASPEC_RATIO" | "INVALID_ASPECT_RATIO" => "Threads will not have the video: its shape; cut it",
        "INVALID_BIT_RATE" => "Threads will not have the video: over 100 Mbit/s; save it smaller",
        "INVALID_DURATION" => "Threads will not have the video: over 5 minutes, or none at all; cut it",
        "INVALID_FRAME_RATE" => "Threads will not have the video: it takes 23 to 60 frames a second; convert it",
        "INVALID_AUDIO_CHANNELS" | "INVALID_AUDIO_CHANNEL_LAYOUT" => {
            "Threads will not have the video's sound: it takes one or two channels; convert it"
        }
        "FAILED_PROCESSING_AUDIO" => "Threads could not process the video's sound; convert it to AAC",
        _ => "Threads could not process the media of this part; save them anew or take others",
    };
    Said { quote: why.to_owned(), ..said(reply) }.refusal(Class::Content, reply.status, words, None)
}

/// The day's quota would not last for all that is left to show.
pub(super) fn quota_spent(reply: &Reply, what: &str, left: u64, needed: u64) -> Refusal {
    let words = format!("Threads lets the account publish {left} more {what} today, and this needs {needed}");
    said(reply).refusal(Class::Quota, reply.status, &words, Some(after(reply, 3600)))
}

/// A post named by its address that is not the account's own.
pub(super) fn not_ours(reply: &Reply) -> Refusal {
    let words = "Threads tells the id behind an address only for posts of the account itself, and the post is not among \
                 them; take `reply_to` or `quote_of` out";
    said(reply).refusal(Class::Content, reply.status, words, None)
}

/// It answered that something is gone which can still be read.
pub(super) fn still_there(reply: &Reply) -> Refusal {
    let words =
        "Threads did not remove the post, which is still there; connect with threads_delete, or remove it by hand";
    said(reply).refusal(Class::Permission, reply.status, words, None)
}
