//! Bluesky's login as data: an app password, which a person makes and may take back, opens a session. Walks no login.
//!
//! Sources: <https://atproto.com/specs/xrpc#app-passwords>,
//! <https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/server/createSession.json>.

use chrono::TimeDelta;

use crate::platform::{BackTo, By, ClientSecret, Grant, Pkce, Refresh, Session};

/// A session may do all that the app password may: there are no scopes. Its access token lives two hours.
pub(super) static GRANTS: &[Grant] = &[Grant {
    name: "bluesky",
    token_prefix: None,
    by: By::Password(Session {
        create: "https://{server}/xrpc/com.atproto.server.createSession",
        refresh: "https://{server}/xrpc/com.atproto.server.refreshSession",
        end: "https://{server}/xrpc/com.atproto.server.deleteSession",
    }),
    authorize: "",
    authorize_with: &[],
    token: "",
    revoke: None,
    by_hand: "https://bsky.app/settings/app-passwords",
    client: ClientSecret::BasicOrNone,
    pkce: Pkce::None,
    separator: ' ',
    scopes: &[],
    scopes_as: &[],
    scopes_besides: &[],
    lengthen: None,
    refresh: Refresh::Rotating,
    life: Some(TimeDelta::hours(2)),
    back_to: BackTo::Https,
}];
