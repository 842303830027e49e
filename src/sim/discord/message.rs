//! Messages: what one may have, made and edited. Knows nothing of how they are shown.

use std::collections::BTreeMap;

use axum::body::Bytes;
use serde_json::{Map, Value};

use super::attachments::{self, File};
use super::errors::Refusal;
use super::polls::{self, Poll};
use super::route::{Asked, Outcome};
use super::state::{Message, State, Thread};
use super::{embeds, markdown, reading};
use crate::sim::call::{self, Call};
use crate::sim::multipart::Part;
use crate::sim::record::Record;

/// Characters.
const CONTENT_MAX: usize = 2_000;
const EMBEDS_MAX: usize = 10;
/// Users, and roles, that may be named to be rung for.
const NAMED_MAX: usize = 100;
/// `SUPPRESS_EMBEDS` and `SUPPRESS_NOTIFICATIONS`.
const FLAGS: i64 = 4 | 4_096;

/// What a request says about a message. `None`: it does not say.
struct Draft {
    content: Option<String>,
    embeds: Option<Vec<Value>>,
    files: Vec<File>,
    listed: Option<Vec<attachments::Listed>>,
    flags: Option<i64>,
    pings: Pings,
}

/// Whom the text may ring for.
enum Pings {
    /// The default of webhooks: users, roles and everyone that the text names.
    All,
    Only {
        kinds: Vec<&'static str>,
        users: Vec<String>,
        roles: Vec<String>,
    },
}

/// `POST /webhooks/{id}/{token}`
pub(super) fn execute(state: &mut State, call: &Call, hook: usize, asked: &Asked) -> Outcome {
    let (mut record, files) = body(call)?;
    let poll = polls::take(&mut record)?;
    let tts = record.flag("tts")?.unwrap_or_default();
    let username = record.short("username", 80)?;
    if username.as_ref().is_some_and(String::is_empty) {
        return Err(Refusal::form("username", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 80 in length."));
    }
    let avatar = record.short("avatar_url", 2_048)?;
    let thread_name = record.short("thread_name", 100)?;
    // Tags of forums are not here: none is known.
    record.texts("applied_tags", 0)?;
    let draft = draft(state, record, files)?;
    let attachments = attachments::attach(state, &[], draft.files, draft.listed)?;
    let embeds = draft.embeds.unwrap_or_default();
    embeds::check_files(&embeds, &attachments)?;
    let content = draft.content.unwrap_or_default();
    if content.trim().is_empty() && embeds.is_empty() && attachments.is_empty() && poll.is_none() {
        return Err(Refusal::empty_message());
    }
    let id = state.fresh_id();
    let channel = place(state, hook, asked.thread.as_deref(), thread_name, &id)?;
    let message = Message {
        pings: rung(&content, &draft.pings),
        poll: poll.map(|poll: Poll| poll.opened(state.now)),
        flags: draft.flags.unwrap_or_default(),
        created: state.now,
        edited: None,
        id,
        hook,
        channel,
        content,
        username,
        avatar,
        embeds,
        attachments,
        tts,
    };
    let shown = reading::message(state, &message);
    if state.options.unsaved > 0 {
        state.options.unsaved -= 1;
        return if asked.wait { Err(Refusal::new(500, 0, "500: Internal Server Error")) } else { Ok(call::empty(204)) };
    }
    state.messages.push(message);
    Ok(if asked.wait { call::json(200, &shown) } else { call::empty(204) })
}

/// `PATCH /webhooks/{id}/{token}/messages/{id}`: what is not said stays.
pub(super) fn edit(state: &mut State, call: &Call, at: usize) -> Outcome {
    let (record, files) = body(call)?;
    let draft = draft(state, record, files)?;
    let kept = state.messages[at].attachments.clone();
    if !draft.files.is_empty() && draft.listed.is_none() {
        return Err(Refusal::form("attachments", "BASE_TYPE_REQUIRED", "Files of an edit must be listed."));
    }
    let attachments = match (&draft.listed, draft.files.is_empty()) {
        (None, true) => kept,
        _ => attachments::attach(state, &kept, draft.files, draft.listed)?,
    };
    let message = &state.messages[at];
    let embeds = draft.embeds.unwrap_or_else(|| message.embeds.clone());
    embeds::check_files(&embeds, &attachments)?;
    let content = draft.content.unwrap_or_else(|| message.content.clone());
    if content.trim().is_empty() && embeds.is_empty() && attachments.is_empty() && message.poll.is_none() {
        return Err(Refusal::empty_message());
    }
    let now = state.now;
    let message = &mut state.messages[at];
    (message.content, message.embeds, message.attachments) = (content, embeds, attachments);
    message.flags = draft.flags.unwrap_or(message.flags);
    message.edited = Some(now);
    Ok(call::json(200, &reading::message(state, &state.messages[at])))
}

/// The fields of the body, and the files that came with them.
fn body(call: &Call) -> Result<(Record, BTreeMap<String, Part>), Refusal> {
    let no_json = || Refusal::new(400, 50_109, "The request body contains invalid JSON.");
    match call.media_type().as_str() {
        "application/json" => Ok((Record::new(call.object().ok_or_else(no_json)?), BTreeMap::new())),
        "multipart/form-data" => {
            let broken = || Refusal::form("", "MULTIPART_INVALID", "The body is not what its header promises.");
            let (mut values, mut files) = (Map::new(), BTreeMap::new());
            for part in call.parts().ok_or_else(broken)? {
                if part.name == "payload_json" {
                    values = parsed(&part.bytes).filter(|_| part.file_name.is_none()).ok_or_else(no_json)?;
                    continue;
                }
                let key = part.name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']'));
                let key = key.filter(|key| super::state::is_id(key) && part.file_name.is_some());
                let key = key.ok_or_else(|| {
                    Refusal::form(&part.name, "UNKNOWN_FIELD", "A part is payload_json, or files[n] with a file name.")
                })?;
                files.insert(key.to_owned(), part);
            }
            Ok((Record::new(values), files))
        }
        _ => {
            let why = "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}.";
            Err(Refusal::form("", "CONTENT_TYPE_INVALID", why))
        }
    }
}

fn parsed(bytes: &Bytes) -> Option<Map<String, Value>> {
    serde_json::from_slice(bytes).ok()
}

/// What a new message and an edit have alike; nothing else may be left.
fn draft(state: &State, mut record: Record, files: BTreeMap<String, Part>) -> Result<Draft, Refusal> {
    let named = record.names("content");
    let content = record.short("content", CONTENT_MAX)?;
    let named_embeds = record.names("embeds");
    let embeds = embeds::take(&mut record, EMBEDS_MAX)?;
    let pings = pings(&mut record)?;
    let listed = attachments::listed(&mut record)?;
    let flags = record.whole("flags")?;
    if flags.is_some_and(|flags| flags & !FLAGS != 0) {
        return Err(Refusal::form("flags", "BASE_TYPE_CHOICES", "Only flags 4 and 4096 can be set here."));
    }
    record.end()?;
    Ok(Draft {
        content: named.then(|| content.unwrap_or_default()),
        embeds: named_embeds.then(|| embeds.unwrap_or_default()),
        files: attachments::files(state, files)?,
        listed,
        flags,
        pings,
    })
}

fn pings(record: &mut Record) -> Result<Pings, Refusal> {
    let Some(mut allowed) = record.record("allowed_mentions")? else { return Ok(Pings::All) };
    let mut kinds = Vec::new();
    for kind in allowed.texts("parse", 3)?.unwrap_or_default() {
        let known = ["users", "roles", "everyone"].into_iter().find(|known| *known == kind);
        kinds.push(known.ok_or_else(|| {
            Refusal::form("allowed_mentions.parse", "BASE_TYPE_CHOICES", "Value must be one of users, roles, everyone.")
        })?);
    }
    let users = allowed.texts("users", NAMED_MAX)?.unwrap_or_default();
    let roles = allowed.texts("roles", NAMED_MAX)?.unwrap_or_default();
    allowed.flag("replied_user")?;
    for (kind, named) in [("users", &users), ("roles", &roles)] {
        if kinds.contains(&kind) && !named.is_empty() {
            let why = format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
            return Err(Refusal::form("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", &why));
        }
    }
    allowed.end()?;
    Ok(Pings::Only { kinds, users, roles })
}

/// Whom the text rings for, of those it names.
fn rung(content: &str, pings: &Pings) -> Vec<String> {
    let mentions = markdown::read(content).mentions;
    let may = |mention: &String| match pings {
        Pings::All => true,
        Pings::Only { kinds, users, roles } => match mention.split_once(' ') {
            Some(("user", id)) => kinds.contains(&"users") || users.iter().any(|user| user == id),
            Some((_, id)) => kinds.contains(&"roles") || roles.iter().any(|role| role == id),
            None => kinds.contains(&"everyone"),
        },
    };
    mentions.into_iter().filter(may).collect()
}

/// The channel or thread a message goes to; in a forum it may begin a thread, whose id is the message's.
fn place(
    state: &mut State,
    hook: usize,
    thread: Option<&str>,
    name: Option<String>,
    message: &str,
) -> Result<String, Refusal> {
    let hook = &state.hooks[hook];
    let channel = hook.channel.clone();
    match (thread, name, hook.forum) {
        (Some(_), Some(_), _) => {
            Err(Refusal::form("thread_name", "BASE_TYPE_CHOICES", "A message is in a thread or begins one, not both."))
        }
        (Some(id), None, _) => {
            let known = state.threads.iter().any(|thread| thread.id == id && thread.channel == channel);
            if known { Ok(id.to_owned()) } else { Err(Refusal::new(400, 10_003, "Unknown Channel")) }
        }
        (None, Some(_), false) => Err(Refusal::new(400, 220_003, "Webhooks can only create threads in forum channels")),
        (None, Some(name), true) => {
            state.threads.push(Thread { id: message.to_owned(), channel, name });
            Ok(message.to_owned())
        }
        (None, None, true) => {
            let why = "Webhooks posted to forum channels must have a thread_name or thread_id";
            Err(Refusal::new(400, 220_001, why))
        }
        (None, None, false) => Ok(channel),
    }
}
