//! X's OAuth 2.0 as data. Walks no login.
//!
//! Sources: <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>, and for scopes by endpoint the
//! `security` of <https://api.x.com/2/openapi.json>.

use chrono::TimeDelta;

use crate::platform::{ClientSecret, Grant, Refresh};

/// The refresh token is good for one use within about six months; `offline.access` is what makes X give one at all.
pub(super) static GRANT: Grant = Grant {
    authorize: "https://x.com/i/oauth2/authorize",
    token: "https://api.x.com/2/oauth2/token",
    revoke: "https://api.x.com/2/oauth2/revoke",
    client: ClientSecret::BasicOrNone,
    pkce: true,
    scopes: &["tweet.read", "tweet.write", "users.read", "media.write"],
    scopes_as: &["tweet.read", "tweet.write", "users.read", "media.write"],
    scopes_besides: &["offline.access"],
    refresh: Refresh::Rotating,
    life: TimeDelta::hours(2),
};
