//! Threads' OAuth 2.0 as data. Walks no login.
//!
//! Sources: <https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions>,
//! <https://developers.facebook.com/docs/threads/get-started/long-lived-tokens>.

use chrono::TimeDelta;

use crate::platform::{BackTo, By, ClientSecret, Grant, Lengthen, Pkce, Refresh, Scope};

const SCOPES: &[Scope] = &[
    ("threads_basic", "the account cannot be asked who it is, nor what is out there"),
    ("threads_content_publish", "nothing can be published"),
];

/// Id and secret are those of the Threads use case; the Meta app's own are refused. No address on `localhost` can be
/// registered. A token of the dashboard's generator lives long already.
pub(super) static GRANTS: [Grant; 1] = [Grant {
    name: "threads",
    token_prefix: Some("TH"),
    by: By::App,
    authorize: "https://threads.com/oauth/authorize",
    authorize_with: &[],
    token: "https://graph.threads.net/oauth/access_token",
    revoke: None,
    by_hand: "the settings of Threads, under \"Account\", \"Website permissions\"",
    client: ClientSecret::Form,
    pkce: Pkce::None,
    separator: ',',
    scopes: SCOPES,
    scopes_as: SCOPES,
    scopes_besides: &[
        ("threads_manage_replies", "threads, answers to others and first comments are refused"),
        ("threads_read_replies", "a part of a thread whose answer was lost cannot be looked for: you must tell"),
        ("threads_delete", "what is out cannot be removed"),
    ],
    lengthen: Some(Lengthen {
        address: "https://graph.threads.net/access_token",
        grant_type: "th_exchange_token",
        token_key: "access_token",
    }),
    refresh: Refresh::Renewed {
        address: "https://graph.threads.net/refresh_access_token",
        grant_type: "th_refresh_token",
    },
    life: Some(TimeDelta::days(60)),
    back_to: BackTo::Https,
}];
