//! Statuses: made, repeated by their key, read, edited, deleted (<https://docs.joinmastodon.org/methods/statuses/>).

use serde_json::{Value, json};

use super::call::{self, Call, Outcome};
use super::draft::{self, Draft};
use super::entity;
use super::errors::Refusal;
use super::fields::Fields;
use super::media;
use super::oauth;
use super::polls;
use super::rates::{self, Kind};
use super::scheduled;
use super::state::{State, Status};

const WRITE: &[&str] = &["write:statuses"];

/// `POST /api/v1/statuses`
pub(super) fn create(state: &mut State, call: &Call) -> Outcome {
    let caller = oauth::caller(state, call)?;
    let account = caller.may(WRITE)?;
    let mut fields = call.fields()?;
    let key = Some(call.header("idempotency-key")).filter(|key| !key.is_empty() && state.options.honours_keys);
    // A repeat is not read: the first status is the answer, whatever is asked now.
    if let Some(id) = key.and_then(|key| repeated(state, account, key)) {
        let status = state.status(&id).ok_or_else(Refusal::missing)?;
        return Ok(call::json(200, &entity::status(state, status)));
    }
    let draft = Draft::read(state, account, &mut fields)?;
    fields.end()?;
    if draft.scheduled_at.is_some_and(|at| at > state.now) {
        // Keys are not remembered for these: https://github.com/mastodon/mastodon/issues/30039
        return scheduled::create(state, account, caller.app, draft);
    }
    rates::count(state, account, Kind::Statuses)?;
    let id = publish(state, account, caller.app, draft);
    if let Some(key) = key {
        state.keys.insert((account, key.to_owned()), (id.clone(), state.now));
    }
    let status = state.status(&id).ok_or_else(Refusal::missing)?;
    Ok(call::json(200, &entity::status(state, status)))
}

/// The status that was made with this key and is still remembered by it.
fn repeated(state: &State, account: usize, key: &str) -> Option<String> {
    let (id, since) = state.keys.get(&(account, key.to_owned()))?;
    (state.now < *since + state.options.key_life).then(|| id.clone())
}

/// The status is there; tells its id.
pub(super) fn publish(state: &mut State, account: usize, app: Option<usize>, draft: Draft) -> String {
    let id = state.fresh_id();
    for media in &mut state.media {
        media.attached |= draft.media.contains(&media.id);
    }
    let poll = draft.poll.map(|poll| poll.open(state));
    state.statuses.push(Status {
        id: id.clone(),
        account,
        text: draft.text,
        spoiler: draft.spoiler,
        sensitive: draft.sensitive,
        visibility: draft.visibility,
        language: draft.language,
        in_reply_to: draft.in_reply_to,
        quote: draft.quote,
        quote_policy: draft.quote_policy,
        media: draft.media,
        poll,
        app,
        created: state.now,
        edited: None,
    });
    id
}

/// `GET /api/v1/statuses/{id}`
pub(super) fn get(state: &State, call: &Call, id: &str) -> Outcome {
    let reader = match oauth::maybe(state, call)? {
        Some(caller) => Some(caller.may(&["read:statuses"])?),
        None => None,
    };
    let status = state.status(id).filter(|status| draft::may_see(status, reader)).ok_or_else(Refusal::missing)?;
    Ok(call::json(200, &entity::status(state, status)))
}

/// `GET /api/v1/statuses/{id}/source`
pub(super) fn source(state: &State, call: &Call, id: &str) -> Outcome {
    let account = oauth::caller(state, call)?.may(&["read:statuses"])?;
    let status = &state.statuses[own(state, account, id)?];
    Ok(call::json(200, &json!({"id": id, "text": status.text, "spoiler_text": status.spoiler})))
}

/// `DELETE /api/v1/statuses/{id}`: the answer has what is needed to write it anew.
pub(super) fn delete(state: &mut State, call: &Call, id: &str) -> Outcome {
    let account = oauth::caller(state, call)?.may(WRITE)?;
    let mut parameters = call.parameters();
    let delete_media = parameters.flag("delete_media")?.unwrap_or(false);
    parameters.end()?;
    call.fields()?.end()?;
    if state.options.is_snac() {
        return Err(Refusal::missing());
    }
    rates::count(state, account, Kind::Deletes)?;
    let at = own(state, account, id)?;
    let mut body = entity::status(state, &state.statuses[at]);
    let status = state.statuses.remove(at);
    body["text"] = Value::from(status.text);
    if let Some(body) = body.as_object_mut() {
        body.shift_remove("content");
    }
    // Its files are free again, to be used in another.
    for media in state.media.iter_mut().filter(|media| status.media.contains(&media.id)) {
        media.attached = false;
    }
    if delete_media {
        state.media.retain(|media| !status.media.contains(&media.id));
    }
    Ok(call::json(200, &body))
}

/// `PUT /api/v1/statuses/{id}`: what is not sent is taken away; an edit that changes nothing is none.
pub(super) fn edit(state: &mut State, call: &Call, id: &str) -> Outcome {
    let account = oauth::caller(state, call)?.may(WRITE)?;
    let at = own(state, account, id)?;
    let mut fields = call.fields()?;
    let before = state.statuses[at].clone();
    let after = edited(state, account, &before, &mut fields)?;
    let words = fields.groups("media_attributes")?;
    fields.end()?;
    let mut changed = differs(&before, &after);
    for mut group in words {
        let media = group.text("id")?.filter(|media| after.media.contains(media)).ok_or_else(Refusal::missing)?;
        changed |= media::describe(state, &media, &mut group)?;
        group.end()?;
    }
    for media in &mut state.media {
        media.attached |= after.media.contains(&media.id);
    }
    state.statuses[at] = Status { edited: if changed { Some(state.now) } else { before.edited }, ..after };
    Ok(call::json(200, &entity::status(state, &state.statuses[at])))
}

/// The status as the request wants it.
fn edited(state: &State, account: usize, before: &Status, fields: &mut Fields) -> Result<Status, Refusal> {
    let mut after = before.clone();
    after.text = fields.text("status")?.unwrap_or_default();
    after.spoiler = fields.text("spoiler_text")?.unwrap_or_default();
    after.sensitive = fields.flag("sensitive")?.unwrap_or(false) || !after.spoiler.is_empty();
    if fields.has("language") {
        after.language = draft::language(state, account, fields.text("language")?)?;
    }
    if let Some(policy) = fields.text("quote_approval_policy")? {
        draft::check_policy(Some(&policy))?;
        after.quote_policy = Some(policy);
    }
    after.media = fields.texts("media_ids")?.unwrap_or_default();
    let new: Vec<String> = after.media.iter().filter(|id| !before.media.contains(id)).cloned().collect();
    media::check_attachable(state, account, &new)?;
    let together: Vec<_> = after.media.iter().filter_map(|id| media::find(state, id)).collect();
    media::check_together(state, &together)?;
    let poll = polls::read(fields)?.filter(|_| !state.options.is_snac());
    if let Some(poll) = &poll {
        poll.check(state)?;
    }
    if poll.is_some() && !after.media.is_empty() {
        return Err(Refusal::invalid("A poll cannot have media attachments"));
    }
    after.poll = match (poll, before.poll.clone()) {
        (Some(poll), Some(old)) if poll.is_of(&old) => Some(old),
        (poll, _) => poll.map(|poll| poll.open(state)),
    };
    if after.text.trim().is_empty() && after.media.is_empty() && !state.options.is_snac() {
        return Err(Refusal::invalid("Text can't be blank"));
    }
    draft::check_length(state, &after.text, &after.spoiler)?;
    Ok(after)
}

fn differs(before: &Status, after: &Status) -> bool {
    let poll = |status: &Status| status.poll.as_ref().map(|poll| poll.id.clone());
    let words = |status: &Status| {
        let Status { text, spoiler, sensitive, language, media, quote_policy, .. } = status.clone();
        (text, spoiler, sensitive, language, media, quote_policy)
    };
    words(before) != words(after) || poll(before) != poll(after)
}

fn own(state: &State, account: usize, id: &str) -> Result<usize, Refusal> {
    let own = state.statuses.iter().position(|status| status.id == id && status.account == account);
    own.ok_or_else(Refusal::missing)
}
