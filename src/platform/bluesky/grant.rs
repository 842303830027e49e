//! Bluesky's logins as data: an app password, which a person makes and may take back, opens a session; and OAuth in a browser,
//! which may do less and ends after two weeks. Walks no login.
//!
//! Sources: <https://atproto.com/specs/xrpc#app-passwords>, <https://atproto.com/specs/oauth>,
//! <https://atproto.com/specs/permission>,
//! <https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/server/createSession.json>; for how long a login of
//! a public client lasts
//! <https://github.com/bluesky-social/atproto/blob/main/packages/oauth/oauth-provider/src/constants.ts>.

use chrono::TimeDelta;

use crate::platform::{BackTo, By, ClientSecret, Grant, Pkce, Refresh, Scope, Session};

/// Each collection is written to (`putRecord` asks for the right to create and to update) and deleted from, which is what its
/// name alone allows. Reading needs no scope, and neither do handles.
const SCOPES: &[Scope] = &[
    ("atproto", "whose token it is cannot be asked"),
    ("repo:app.bsky.feed.post", "nothing can be published or removed"),
    ("blob:image/*", "no pictures can be sent"),
    ("blob:video/mp4", "no videos can be sent"),
];

const BESIDES: &[Scope] = &[
    ("blob:text/vtt", "no captions can be sent"),
    ("repo:app.bsky.feed.threadgate", "who may reply cannot be set (`threadgate`)"),
    ("repo:app.bsky.feed.postgate", "quotes cannot be switched off (`disable_quotes`)"),
];

/// A session may do all that the app password may: there are no scopes. Its access token lives two hours, that of OAuth one.
pub(super) static GRANTS: &[Grant] = &[
    Grant {
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
    },
    Grant {
        name: "bluesky-oauth",
        token_prefix: None,
        by: By::Loopback,
        authorize: "",
        authorize_with: &[],
        token: "",
        revoke: None,
        by_hand: "https://{server}/account",
        client: ClientSecret::BasicOrNone,
        pkce: Pkce::S256,
        separator: ' ',
        scopes: SCOPES,
        scopes_as: SCOPES,
        scopes_besides: BESIDES,
        lengthen: None,
        refresh: Refresh::Limited(TimeDelta::days(14)),
        life: Some(TimeDelta::hours(1)),
        back_to: BackTo::AnyPort,
    },
];
