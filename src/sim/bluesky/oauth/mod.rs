//! Sign-in by OAuth: metadata, pushed requests, consent, tokens bound to a key, rotation
//! (<https://atproto.com/specs/oauth>).
//!
//! Each personal data server is its own authorization server here. Only loopback clients are known: `http://localhost`,
//! with the redirect addresses and scopes in the client id's query.

mod client;
pub(super) mod dpop;
mod request;
pub(super) mod scopes;
mod token;

use std::collections::{HashMap, HashSet};

use axum::http::Method;
use serde_json::{Value, json};

use self::request::{Code, Request};
pub(super) use self::token::{Grant, bearer, end};
use super::call::{self, Call, Outcome};
use super::errors::Refusal;
use super::state::State;

/// What is remembered of sign-ins by OAuth.
#[derive(Default)]
pub(super) struct Memory {
    requests: HashMap<String, Request>,
    codes: HashMap<String, Code>,
    pub(super) grants: Vec<Grant>,
    /// Proofs that were used: each is good once.
    proofs: HashSet<String>,
}

/// A call of the authorization server, with the headers that all its answers have; `None`: no such address.
pub(super) fn answer(state: &mut State, call: &Call) -> Option<Outcome> {
    let outcome = match (&call.method, call.path.as_str()) {
        (&Method::GET, "/.well-known/oauth-protected-resource") => Ok(call::json(200, &resource(call))),
        (&Method::GET, "/.well-known/oauth-authorization-server") => Ok(call::json(200, &server(call))),
        (&Method::POST, "/oauth/par") => request::push(state, call),
        (&Method::GET, "/oauth/authorize") => request::consent(state, call),
        (&Method::POST, "/oauth/authorize") => request::decide(state, call),
        (&Method::POST, "/oauth/token") => token::issue(state, call),
        (&Method::POST, "/oauth/revoke") => token::revoke(state, call),
        _ => return None,
    };
    Some(outcome)
}

fn issuer(call: &Call) -> String {
    format!("https://{}", call.host)
}

fn resource(call: &Call) -> Value {
    json!({
        "resource": issuer(call),
        "authorization_servers": [issuer(call)],
        "scopes_supported": [],
        "bearer_methods_supported": ["header"],
        "resource_documentation": "https://atproto.com",
    })
}

fn server(call: &Call) -> Value {
    let at = |path: &str| format!("https://{}{path}", call.host);
    json!({
        "issuer": issuer(call),
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/revoke"),
        "pushed_authorization_request_endpoint": at("/oauth/par"),
        "require_pushed_authorization_requests": true,
        "scopes_supported": ["atproto", "transition:email", "transition:generic", "transition:chat.bsky"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": true,
        "protected_resources": [issuer(call)],
        "subject_types_supported": ["public"],
    })
}

/// The fields of a form, each once.
fn form(call: &Call) -> Result<HashMap<String, String>, Refusal> {
    let pairs = call.form().ok_or_else(|| invalid_request("The body is not a form"))?;
    let (count, fields) = (pairs.len(), HashMap::from_iter(pairs));
    if fields.len() == count { Ok(fields) } else { Err(invalid_request("A parameter is repeated")) }
}

fn needed<'a>(fields: &'a HashMap<String, String>, name: &str) -> Result<&'a str, Refusal> {
    let missing = || invalid_request(&format!("Missing parameter \"{name}\""));
    fields.get(name).map(String::as_str).filter(|value| !value.is_empty()).ok_or_else(missing)
}

fn invalid_request(why: &str) -> Refusal {
    Refusal::oauth(400, "invalid_request", why)
}

fn invalid_grant(why: &str) -> Refusal {
    Refusal::oauth(400, "invalid_grant", why)
}
