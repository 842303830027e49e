//! Identities: handles to DIDs, and the documents that DIDs lead to (<https://atproto.com/specs/did>).

use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::call::{self, Call, Outcome};
use super::errors::{self, Refusal};
use super::state::{Account, State};
use super::syntax;

/// `com.atproto.identity.resolveHandle`
pub(super) fn resolve(state: &State, call: &Call) -> Outcome {
    call.parameters(&["handle"])?;
    let handle = call.needed("handle")?;
    if !syntax::is_handle(handle) {
        return Err(errors::invalid(&format!("Error: handle must be a valid handle: {handle}")));
    }
    let found = state.accounts.iter().find(|account| account.handle.eq_ignore_ascii_case(handle));
    let account = found.ok_or_else(|| errors::invalid("Unable to resolve handle"))?;
    Ok(call::json(200, &json!({"did": account.did})))
}

/// `GET /{did}` of the directory.
pub(super) fn looked_up(state: &State, did: &str) -> Outcome {
    let account = state.accounts.iter().find(|account| account.did == did);
    let missing = || Refusal::new(404, "NotFound", &format!("DID not registered: {did}"));
    Ok(call::json(200, &document(account.ok_or_else(missing)?)))
}

/// `GET /.well-known/atproto-did` of a handle's own host.
pub(super) fn well_known(state: &State, host: &str) -> Response {
    match state.accounts.iter().find(|account| account.handle == host) {
        Some(account) => account.did.clone().into_response(),
        None => errors::invalid("User not found").into_response(),
    }
}

pub(super) fn document(account: &Account) -> Value {
    let Account { did, handle, pds, .. } = account;
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "alsoKnownAs": [format!("at://{handle}")],
        "verificationMethod": [{
            "id": format!("{did}#atproto"), "type": "Multikey", "controller": did,
            "publicKeyMultibase": "zQ3shunBKsXixLxKtC5qeSG9E4J5RkGN57im31pcTzbNQnm5w",
        }],
        "service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": format!("https://{pds}")}],
    })
}
