//! What Telegram's refusals mean, as a table: its sentences are what tells them apart. Knows no step.
//!
//! Sources: <https://core.telegram.org/bots/api#making-requests>, <https://core.telegram.org/bots/api#responseparameters>.

use chrono::{DateTime, Utc};

use crate::limits::quota;
use crate::platform::refusal::{self, Row, Said, after, retry_after};
use crate::platform::{Allowance, Class, Refusal, Reply};

const LABEL: &str = "Telegram";

/// How long to wait at a limit whose end is not told.
const WAIT_SECS: i64 = 60;

static ROWS: &[Row] = &[
    Row {
        // A token of the wrong form is no address there.
        status: &[401, 404],
        says: &[],
        class: Class::Login,
        words: "Telegram does not take the bot's token; ask @BotFather for it, and run `pressroom connect` for the account",
    },
    Row {
        status: &[403],
        says: &[],
        class: Class::Permission,
        words: "the bot may not post there: make it an administrator of the channel with the right to post messages",
    },
    Row {
        status: &[400],
        says: &[
            "not enough rights",
            "need administrator rights",
            "chat_admin_required",
            "chat_write_forbidden",
            "have no rights",
        ],
        class: Class::Permission,
        words: "the bot may not do this: make it an administrator of the channel with the right to post messages",
    },
    Row {
        status: &[400],
        says: &["chat not found", "chat_id is empty", "peer_id_invalid"],
        class: Class::Permission,
        words: "Telegram knows no such chat, or the bot is not in it; correct `chat` in accounts.toml, or add the bot",
    },
    Row {
        status: &[400],
        says: &["message can't be deleted"],
        class: Class::Content,
        words: "Telegram lets the bot delete a message for 48 hours only; delete it by hand in the app",
    },
    Row {
        status: &[400],
        says: &["message to edit not found", "message can't be edited", "message_id_invalid"],
        class: Class::Content,
        words: "the message cannot be changed: it is no longer there, or not the bot's own",
    },
    Row {
        status: &[400],
        says: &["too long", "message text is empty", "message_too_long", "caption_too_long"],
        class: Class::Content,
        words: "Telegram does not take a text of this length; shorten it, or write some",
    },
    Row {
        status: &[400],
        says: &["photo", "image", "video", "file", "media", "wrong type", "dimensions"],
        class: Class::Content,
        words: "Telegram cannot use a file of this post; save it anew or take another",
    },
    Row {
        status: &[413],
        says: &[],
        class: Class::Content,
        words: "a file is too large for Telegram; make it smaller",
    },
    Row {
        status: &[429],
        says: &[],
        class: Class::Quota,
        words: "a limit of Telegram is reached; it goes on when that ends",
    },
];

pub(super) fn refusal(reply: &Reply, shows: bool) -> Refusal {
    let said = said(reply);
    if refusal::is_unclear(reply.status) {
        return said.untold(reply, shows);
    }
    if let Some(chat) = reply.json()["parameters"]["migrate_to_chat_id"].as_i64() {
        let words = format!("the group has become a supergroup; write `chat = {chat}` in accounts.toml");
        return said.refusal(Class::Permission, reply.status, &words, None);
    }
    if let Some(row) = refusal::find(ROWS, reply.status, &said.quote) {
        let not_before = (row.class == Class::Quota).then(|| limit_ends(reply));
        return said.refusal(row.class, reply.status, row.words, not_before);
    }
    let words = "Telegram does not understand what pressroom sent; please report this";
    said.refusal(Class::Bug, reply.status, words, None)
}

pub(super) fn unclear(reply: &Reply, shows: bool) -> Refusal {
    said(reply).untold(reply, shows)
}

/// The bot is no member of the chat, or may not post there.
pub(super) fn may_not_post(reply: &Reply) -> Refusal {
    let words = "the bot may not post there: make it an administrator of the channel with the right to post messages";
    said(reply).refusal(Class::Permission, reply.status, words, None)
}

/// Whether a message already says what an edit would have it say.
pub(super) fn is_the_same(reply: &Reply) -> bool {
    reply.status == 400 && said(reply).quote.contains("message is not modified")
}

/// Whether a message that is to go is not there.
pub(super) fn is_gone(reply: &Reply) -> bool {
    reply.status == 400 && said(reply).quote.contains("message to delete not found")
}

/// That nothing is left of a limit, where Telegram says so.
pub(super) fn allowances(reply: &Reply) -> Vec<Allowance> {
    let refused = (reply.status == 429).then(|| refusal(reply, false));
    refused.and_then(|refused| refusal::spent(quota::CALLS, &refused)).into_iter().collect()
}

fn limit_ends(reply: &Reply) -> DateTime<Utc> {
    let told = reply.json()["parameters"]["retry_after"].as_i64().filter(|seconds| *seconds >= 0);
    told.map(|seconds| after(reply, seconds)).or_else(|| retry_after(reply)).unwrap_or_else(|| after(reply, WAIT_SECS))
}

fn said(reply: &Reply) -> Said {
    let answer = reply.json();
    let quote = answer["description"].as_str().unwrap_or_default().to_owned();
    Said { label: LABEL, code: None, quote, trace: None }
}
