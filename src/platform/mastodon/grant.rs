//! The login of Mastodon's servers as data: OAuth 2.0 with an app that each server knows for itself. Walks no login.
//!
//! Sources: <https://docs.joinmastodon.org/spec/oauth/>, <https://docs.joinmastodon.org/api/oauth-scopes/>.

use crate::platform::{BackTo, By, ClientSecret, Grant, Pkce, Refresh, Revoke, Scope};

/// Tokens do not end by themselves. PKCE is known since 4.3; older servers pass over it.
pub(super) static GRANTS: [Grant; 1] = [Grant {
    name: "mastodon",
    token_prefix: None,
    by: By::ServerApp { register: "https://{server}/api/v1/apps", shown: "urn:ietf:wg:oauth:2.0:oob" },
    authorize: "https://{server}/oauth/authorize",
    authorize_with: &[("force_login", "true")],
    token: "https://{server}/oauth/token",
    revoke: Some(Revoke::Form("https://{server}/oauth/revoke")),
    by_hand: "the settings of the account's server, under \"Account\", \"Authorized apps\"",
    client: ClientSecret::Form,
    pkce: Pkce::S256,
    separator: ' ',
    scopes: SCOPES,
    scopes_as: SCOPES,
    scopes_besides: &[("read:search", "a post on another server cannot be answered by its address")],
    lengthen: None,
    refresh: Refresh::Never,
    life: None,
    back_to: BackTo::Registered,
}];

/// `read:accounts` and not the newer `profile`, which servers before 4.3 refuse.
const SCOPES: &[Scope] = &[
    ("read:accounts", "whose token it is cannot be asked"),
    ("read:statuses", "a post whose answer was lost cannot be looked for, nor can be told what the server left out"),
    ("write:statuses", "nothing can be published, edited or removed"),
    ("write:media", "no pictures and videos can be sent"),
];
