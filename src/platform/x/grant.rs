//! X's logins as data: OAuth 2.0, and OAuth 1.0a with a PIN. Walks none.
//!
//! Sources: <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>, and for scopes by endpoint the
//! `security` of <https://api.x.com/2/openapi.json>; of OAuth 1.0a
//! <https://docs.x.com/fundamentals/authentication/oauth-1-0a/pin-based-oauth> and
//! <https://docs.x.com/fundamentals/authentication/api-reference>.

use chrono::TimeDelta;

use crate::platform::{BackTo, By, ClientSecret, Grant, PinGrant, Pkce, Refresh, Revoke, Scope};

/// The refresh token is good for one use within about six months; `offline.access` is what makes X give one at all.
pub(super) static GRANTS: [Grant; 1] = [Grant {
    name: "x",
    token_prefix: None,
    by: By::App,
    authorize: "https://x.com/i/oauth2/authorize",
    authorize_with: &[],
    token: "https://api.x.com/2/oauth2/token",
    revoke: Some(Revoke::Form("https://api.x.com/2/oauth2/revoke")),
    by_hand: "https://x.com/settings/connected_apps",
    client: ClientSecret::BasicOrNone,
    pkce: Pkce::S256,
    separator: ' ',
    scopes: SCOPES,
    scopes_as: SCOPES,
    scopes_besides: &[("offline.access", "the token cannot be refreshed: it ends after two hours")],
    lengthen: None,
    refresh: Refresh::Rotating,
    life: Some(TimeDelta::hours(2)),
    back_to: BackTo::Registered,
}];

const SCOPES: &[Scope] = &[
    ("tweet.read", "whose token it is cannot be asked, nor can a post whose answer was lost be looked for"),
    ("tweet.write", "nothing can be published, edited or removed"),
    ("users.read", "whose token it is cannot be asked"),
    ("media.write", "no pictures, videos, captions and alternative texts can be sent"),
];

/// With a callback of `oob` X shows a number of about seven digits instead of sending the browser back. The token may do what
/// the app's permission says, and does not end.
pub(super) static PIN: PinGrant = PinGrant {
    name: "x-pin",
    request: "https://api.x.com/oauth/request_token",
    authorize: "https://api.x.com/oauth/authorize",
    access: "https://api.x.com/oauth/access_token",
    revoke: "https://api.x.com/1.1/oauth/invalidate_token.json",
};
