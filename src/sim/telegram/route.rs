//! Which bot calls, and which method is meant. It knows no method from the inside.

use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::errors::Refusal;
use super::params::Params;
use super::state::State;
use super::{albums, chats, editing, rates, sending};
use crate::sim::call::{self, Call};

/// What a method answers.
pub(super) type Outcome = Result<Value, Refusal>;

/// One request, one answer.
pub(super) fn answer(state: &mut State, call: &Call) -> Response {
    match route(state, call) {
        Ok(result) => call::json(200, &json!({"ok": true, "result": result})),
        Err(refusal) => refusal.into_response(),
    }
}

fn route(state: &mut State, call: &Call) -> Outcome {
    let segments = call.segments();
    let [bot, method] = segments.as_slice() else { return Err(Refusal::NOT_FOUND.into()) };
    let token = bot.strip_prefix("bot").ok_or(Refusal::NOT_FOUND)?;
    // A token keeps its colon, or has it encoded.
    let token = token.replacen("%3A", ":", 1);
    let is_one = token.split_once(':').is_some_and(|(id, secret)| id.parse::<u64>().is_ok() && !secret.is_empty());
    if !is_one || !matches!(call.method, Method::GET | Method::POST) {
        return Err(Refusal::NOT_FOUND.into());
    }
    let bot = state.bot(&token).ok_or(Refusal::UNAUTHORIZED)?;
    rates::call(state, bot)?;
    let params = Params::read(call)?;
    match *method {
        "getMe" => chats::me(state, bot, params),
        "getChat" => chats::get(state, bot, params),
        "getChatMember" => chats::member(state, bot, params),
        "sendMessage" => sending::message(state, bot, params),
        "sendPhoto" => sending::file(state, bot, params, "photo"),
        "sendVideo" => sending::file(state, bot, params, "video"),
        "sendAnimation" => sending::file(state, bot, params, "animation"),
        "sendMediaGroup" => albums::send(state, bot, params),
        "editMessageText" => editing::text(state, bot, params),
        "editMessageCaption" => editing::caption(state, bot, params),
        "deleteMessage" => editing::delete(state, bot, params),
        "deleteMessages" => editing::delete_all(state, bot, params),
        _ => Err(Refusal::NOT_FOUND.into()),
    }
}
