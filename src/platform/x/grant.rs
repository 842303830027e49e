//! X's OAuth 2.0 as data. Walks no login.
//!
//! Sources: <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>, and for scopes by endpoint the
//! `security` of <https://api.x.com/2/openapi.json>.

use chrono::TimeDelta;

use crate::platform::{BackTo, ClientSecret, Grant, Pkce, Refresh, Revoke};

/// The refresh token is good for one use within about six months; `offline.access` is what makes X give one at all.
pub(super) static GRANTS: [Grant; 1] = [Grant {
    name: "x",
    token_prefix: None,
    authorize: "https://x.com/i/oauth2/authorize",
    authorize_with: &[],
    token: "https://api.x.com/2/oauth2/token",
    revoke: Some(Revoke::Form("https://api.x.com/2/oauth2/revoke")),
    by_hand: "https://x.com/settings/connected_apps",
    client: ClientSecret::BasicOrNone,
    pkce: Pkce::S256,
    separator: ' ',
    scopes: &["tweet.read", "tweet.write", "users.read", "media.write"],
    scopes_as: &["tweet.read", "tweet.write", "users.read", "media.write"],
    scopes_besides: &[("offline.access", "the token cannot be refreshed: it ends after two hours")],
    lengthen: None,
    refresh: Refresh::Rotating,
    life: Some(TimeDelta::hours(2)),
    back_to: BackTo::Registered,
}];
