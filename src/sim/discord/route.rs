//! Which call is meant and by whom, and what every answer has. It knows no message from the inside.

use axum::http::Method;
use axum::response::{IntoResponse as _, Response};

use super::errors::Refusal;
use super::state::{State, is_id};
use super::{message, rates, reading};
use crate::sim::call::{self, Call};

/// What a handler answers.
pub(super) type Outcome = Result<Response, Refusal>;

/// One request, one answer.
pub(super) fn answer(state: &mut State, call: &Call) -> Response {
    if let Some(refused) = rates::banned(state) {
        return refused;
    }
    let mut response = route(state, call).unwrap_or_else(|refusal| refusal.into_response());
    rates::tell(state, &mut response);
    response
}

fn route(state: &mut State, call: &Call) -> Outcome {
    let segments = call.segments();
    let path = match segments.as_slice() {
        ["api", "v9" | "v10", path @ ..] => path,
        ["api", version, ..] if version.strip_prefix('v').is_some_and(is_id) => {
            return Err(Refusal::new(400, 50_041, "Invalid API version provided"));
        }
        ["api", path @ ..] => path,
        _ => return Err(nowhere()),
    };
    let ["webhooks", id, token, path @ ..] = path else { return Err(nowhere()) };
    let hook = hook(state, id, token)?;
    let (method, kind): (_, &'static str) = match (&call.method, path) {
        (&Method::GET, []) => ("get", "webhook"),
        (&Method::POST, []) => ("execute", "execute"),
        (&Method::GET, ["messages", _]) => ("read", "message"),
        (&Method::PATCH, ["messages", _]) => ("edit", "message"),
        (&Method::DELETE, ["messages", _]) => ("delete", "message"),
        (_, [] | ["messages", _]) => return Err(Refusal::new(405, 0, "405: Method Not Allowed")),
        _ => return Err(nowhere()),
    };
    if let Some(refused) = rates::count(state, hook, kind) {
        return Ok(refused);
    }
    let asked = Asked::read(call, method)?;
    let found = |state: &State| {
        let id = path.get(1).copied().unwrap_or_default();
        reading::find(state, hook, id, asked.thread.as_deref())
    };
    match method {
        "get" => Ok(call::json(200, &reading::webhook(&state.hooks[hook]))),
        "execute" => message::execute(state, call, hook, &asked),
        "read" => Ok(call::json(200, &reading::message(state, &state.messages[found(state)?]))),
        "edit" => {
            let at = found(state)?;
            message::edit(state, call, at)
        }
        _ => {
            let at = found(state)?;
            state.messages.remove(at);
            Ok(call::empty(204))
        }
    }
}

fn nowhere() -> Refusal {
    Refusal::new(404, 0, "404: Not Found")
}

/// The webhook that an address names, if the token in it is right.
fn hook(state: &State, id: &str, token: &str) -> Result<usize, Refusal> {
    if !is_id(id) {
        let why = format!("Value \"{id}\" is not snowflake.");
        return Err(Refusal::form("webhook_id", "NUMBER_TYPE_COERCE", &why));
    }
    let hook = state.hooks.iter().position(|hook| hook.id == id && !hook.deleted);
    let hook = hook.ok_or_else(Refusal::unknown_webhook)?;
    match state.hooks[hook].token == token {
        true => Ok(hook),
        false => Err(Refusal::new(401, 50_027, "Invalid Webhook Token")),
    }
}

/// What the query says.
pub(super) struct Asked {
    /// The caller wants to know what became of the message.
    pub(super) wait: bool,
    pub(super) thread: Option<String>,
}

impl Asked {
    fn read(call: &Call, method: &str) -> Result<Self, Refusal> {
        let mut asked = Self { wait: false, thread: None };
        for (name, value) in call.query() {
            let known: &[&str] = match method {
                "get" => &[],
                "execute" => &["wait", "thread_id", "with_components"],
                "edit" => &["thread_id", "with_components"],
                _ => &["thread_id"],
            };
            if !known.contains(&name.as_str()) {
                return Err(Refusal::form(&name, "UNKNOWN_FIELD", "This call has no such parameter."));
            }
            match (name.as_str(), value.as_str()) {
                ("thread_id", id) if is_id(id) => asked.thread = Some(value),
                ("thread_id", _) => {
                    return Err(Refusal::form("thread_id", "NUMBER_TYPE_COERCE", "Value is not snowflake."));
                }
                ("wait", "true") => asked.wait = true,
                (_, "true" | "false") => {}
                _ => return Err(Refusal::form(&name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")),
            }
        }
        Ok(asked)
    }
}
