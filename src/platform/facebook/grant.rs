//! Facebook Login as data. Walks no login.
//!
//! Sources: <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow> and
//! <https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived>.

use crate::platform::{BackTo, By, ClientSecret, Grant, Lengthen, Pkce, Refresh, Revoke, Scope};

/// What is kept in the end is the Page's own token, which `/me/accounts` gives for the lengthened token of a person with the
/// task `CREATE_CONTENT` on the Page. Such a token does not end by itself.
pub(super) static GRANTS: [Grant; 1] = [Grant {
    name: "facebook",
    token_prefix: None,
    by: By::App,
    authorize: "https://www.facebook.com/v26.0/dialog/oauth",
    authorize_with: &[],
    token: "https://graph.facebook.com/v26.0/oauth/access_token",
    revoke: Some(Revoke::Delete {
        permissions: "https://graph.facebook.com/v26.0/me/permissions",
        debug: "https://graph.facebook.com/v26.0/debug_token",
    }),
    by_hand: "https://www.facebook.com/settings/?tab=business_tools",
    client: ClientSecret::Form,
    pkce: Pkce::None,
    separator: ',',
    scopes: SCOPES,
    scopes_as: SCOPES,
    scopes_besides: &[
        ("pages_manage_engagement", "there are no first comments"),
        ("pages_read_user_content", "a first comment without a clear answer cannot be looked for"),
        ("business_management", "Pages that belong to a business portfolio may not be found"),
    ],
    lengthen: Some(Lengthen {
        address: "https://graph.facebook.com/v26.0/oauth/access_token",
        grant_type: "fb_exchange_token",
        token_key: "fb_exchange_token",
    }),
    refresh: Refresh::Never,
    life: None,
    back_to: BackTo::Https,
}];

const SCOPES: &[Scope] = &[
    ("pages_show_list", "the Page's own token cannot be asked for"),
    ("pages_read_engagement", "what is out cannot be looked at"),
    ("pages_manage_posts", "nothing can be published, edited or removed"),
];
