//! Who is calling, by bearer token or OAuth 1.0a signature, and what that token may do.

use axum::http::header;

use super::call::Call;
use super::errors::Refusal;
use super::meter::Endpoint;
use super::oauth1;
use super::state::State;

/// Whose call it is.
pub(super) struct Caller {
    /// The account's id; 0 for an app alone.
    pub(super) user: u64,
    /// Index of the app.
    pub(super) app: usize,
    rights: Rights,
}

enum Rights {
    /// OAuth 2.0: what the user granted.
    Scopes(Vec<String>),
    /// OAuth 1.0a: "Read and write", or read only.
    Oauth1 { write: bool },
    /// A bearer token of the app: reads of public things.
    AppAlone,
}

impl Caller {
    pub(super) fn is_app_alone(&self) -> bool {
        matches!(self.rights, Rights::AppAlone)
    }

    /// The `x-access-level` of an OAuth 1.0a token.
    pub(super) fn access_level(&self) -> Option<&'static str> {
        match self.rights {
            Rights::Oauth1 { write } => Some(if write { "read-write" } else { "read" }),
            _ => None,
        }
    }
}

pub(super) fn caller(state: &mut State, call: &Call) -> Result<Caller, Refusal> {
    let value = call.header(header::AUTHORIZATION);
    if let Some(token) = value.strip_prefix("Bearer ") {
        return bearer(state, token.trim()).ok_or_else(Refusal::unauthorized);
    }
    if !value.starts_with("OAuth ") {
        return Err(Refusal::unauthorized());
    }
    let signed = oauth1::verify(state, call).map_err(|_| Refusal::unauthorized())?;
    let token = state.oauth1.tokens.iter().find(|token| Some(&token.token) == signed.token.as_ref());
    let token = token.ok_or_else(Refusal::unauthorized)?;
    Ok(Caller { user: token.user, app: signed.app, rights: Rights::Oauth1 { write: token.write } })
}

fn bearer(state: &State, token: &str) -> Option<Caller> {
    if let Some(grant) = state.grants.iter().find(|grant| grant.access == token) {
        let rights = Rights::Scopes(grant.scopes.clone());
        return (grant.access_until > state.now).then_some(Caller { user: grant.user, app: grant.app, rights });
    }
    let app = state.apps.iter().position(|app| app.bearer_token == token)?;
    Some(Caller { user: 0, app, rights: Rights::AppAlone })
}

pub(super) fn permit(caller: &Caller, endpoint: Endpoint) -> Result<(), Refusal> {
    match &caller.rights {
        Rights::Scopes(granted) => {
            let covered = scopes(endpoint).iter().all(|scope| granted.iter().any(|granted| granted == scope));
            if covered { Ok(()) } else { Err(Refusal::forbidden("Forbidden")) }
        }
        Rights::Oauth1 { write } => {
            if *write || reads(endpoint) {
                Ok(())
            } else {
                Err(Refusal::read_only_app())
            }
        }
        Rights::AppAlone => match endpoint {
            Endpoint::ReadPost | Endpoint::Timeline => Ok(()),
            _ => Err(Refusal::app_only()),
        },
    }
}

fn reads(endpoint: Endpoint) -> bool {
    matches!(endpoint, Endpoint::Me | Endpoint::ReadPost | Endpoint::Timeline | Endpoint::Status)
}

/// The `security` of each operation in the OpenAPI document of X.
fn scopes(endpoint: Endpoint) -> &'static [&'static str] {
    match endpoint {
        Endpoint::Me | Endpoint::ReadPost | Endpoint::Timeline => &["tweet.read", "users.read"],
        Endpoint::CreatePost | Endpoint::DeletePost | Endpoint::Repost | Endpoint::Unrepost => {
            &["tweet.read", "tweet.write", "users.read"]
        }
        Endpoint::Upload
        | Endpoint::Initialize
        | Endpoint::Append
        | Endpoint::Finalize
        | Endpoint::Status
        | Endpoint::Metadata
        | Endpoint::Subtitles => &["media.write"],
    }
}
