//! Who calls: the bearer of a token, and what it may do.

use serde_json::Value;

use super::call::Call;
use super::errors::{self, Refusal};
use super::jwt;
use super::oauth::{self, scopes};
use super::state::{State, Status};
use super::{ENTRYWAY, syntax};

/// What a token must be for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Access,
    Refresh,
    /// A refresh token that may have expired.
    Ending,
}

/// The owner of an access token.
pub(super) struct Caller {
    pub(super) account: usize,
    /// Of an app that came by OAuth; `None`: whatever an app password may.
    scopes: Option<Vec<String>>,
}

impl Caller {
    /// Refuses what the caller may not do to records of a collection.
    pub(super) fn may(&self, collection: &str, actions: &[&str]) -> Result<(), Refusal> {
        self.scopes.as_ref().map_or(Ok(()), |scopes| scopes::repo(scopes, collection, actions))
    }

    /// Refuses files of a type that the caller may not upload.
    pub(super) fn may_upload(&self, mime: &str) -> Result<(), Refusal> {
        self.scopes.as_ref().map_or(Ok(()), |scopes| scopes::blob(scopes, mime))
    }

    /// Refuses a token for a method of another service that the caller may not call.
    pub(super) fn may_ask(&self, method: &str) -> Result<(), Refusal> {
        self.scopes.as_ref().map_or(Ok(()), |scopes| scopes::rpc(scopes, method))
    }
}

/// Who calls, at the server of their account.
pub(super) fn caller(state: &mut State, call: &Call) -> Result<Caller, Refusal> {
    let (account, scopes) = match call.header("authorization").strip_prefix("DPoP ") {
        Some(token) => {
            let grant = oauth::bearer(state, call, token)?;
            (Some(grant.account), Some(grant.scopes.clone()))
        }
        None => {
            let claims = claims(state, call, Kind::Access)?;
            (claims["sub"].as_str().and_then(|did| state.account(did)), None)
        }
    };
    let account = account.ok_or_else(|| errors::token("Token could not be verified"))?;
    let own = &state.accounts[account];
    if call.host != own.pds && call.host != ENTRYWAY {
        return Err(errors::token("Token audience is another server"));
    }
    if own.status == Status::Takendown {
        return Err(Refusal::new(401, "AccountTakedown", "Account has been taken down"));
    }
    Ok(Caller { account, scopes })
}

/// As [`caller`], of an account that may write.
pub(super) fn writer(state: &mut State, call: &Call) -> Result<Caller, Refusal> {
    let caller = caller(state, call)?;
    match state.accounts[caller.account].status {
        Status::Active => Ok(caller),
        Status::Deactivated => Err(Refusal::new(400, "AccountDeactivated", "Account is deactivated")),
        _ => Err(Refusal::new(401, "AccountTakedown", "Account has been taken down")),
    }
}

/// What the bearer token says, if it is of this kind and still good.
pub(super) fn claims(state: &State, call: &Call, kind: Kind) -> Result<Value, Refusal> {
    let header = call.header("authorization");
    if header.is_empty() {
        return Err(Refusal::new(401, "AuthMissing", "Authentication Required"));
    }
    let unverified = || errors::token("Token could not be verified");
    let claims = header.strip_prefix("Bearer ").and_then(jwt::read).ok_or_else(unverified)?;
    let ends = claims["exp"].as_u64().unwrap_or_default();
    if kind != Kind::Ending && ends <= syntax::micros(state.now) / 1_000_000 {
        return Err(errors::expired("Token has expired"));
    }
    let is_refresh = claims["scope"] == "com.atproto.refresh";
    if is_refresh == (kind == Kind::Access) {
        return Err(errors::token("Bad token scope"));
    }
    Ok(claims)
}
