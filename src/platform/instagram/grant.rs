//! Instagram's two logins as data: through a Facebook Page, and Instagram's own. Walks no login.
//!
//! Sources: <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login>,
//! <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login>,
//! <https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived>.

use chrono::TimeDelta;

use crate::platform::{BackTo, By, ClientSecret, Grant, Lengthen, Pkce, Refresh, Revoke, Scope};

/// Name of the login through a Page of Facebook.
pub(super) const FACEBOOK: &str = "facebook";

/// Name of Instagram's own login.
pub(super) const INSTAGRAM: &str = "instagram";

const PAGE_SCOPES: &[Scope] = &[
    ("instagram_basic", "the account cannot be asked who it is, nor what is out there"),
    ("instagram_content_publish", "nothing can be published"),
    ("pages_show_list", "the account behind a Page cannot be found"),
    ("pages_read_engagement", "the account behind a Page cannot be found"),
];

const OWN_SCOPES: &[Scope] = &[
    ("instagram_business_basic", "the account cannot be asked who it is, nor what is out there"),
    ("instagram_business_content_publish", "nothing can be published"),
];

/// The login through a Page comes first: only with it can videos be sent as bytes and posts be removed.
pub(super) static GRANTS: [Grant; 2] = [
    Grant {
        name: FACEBOOK,
        token_prefix: Some("EAA"),
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
        scopes: PAGE_SCOPES,
        scopes_as: PAGE_SCOPES,
        scopes_besides: &[
            ("instagram_manage_comments", "there are no first comments"),
            ("instagram_manage_contents", "posts cannot be removed"),
            ("business_management", "accounts whose Page a business portfolio holds may not be found"),
        ],
        lengthen: Some(Lengthen {
            address: "https://graph.facebook.com/v26.0/oauth/access_token",
            grant_type: "fb_exchange_token",
            token_key: "fb_exchange_token",
        }),
        refresh: Refresh::Seldom,
        life: Some(TimeDelta::days(60)),
        back_to: BackTo::Https,
    },
    Grant {
        name: INSTAGRAM,
        token_prefix: Some("IG"),
        by: By::App,
        authorize: "https://www.instagram.com/oauth/authorize",
        authorize_with: &[("enable_fb_login", "0")],
        token: "https://api.instagram.com/oauth/access_token",
        revoke: None,
        by_hand: "https://www.instagram.com/accounts/manage_access/",
        client: ClientSecret::Form,
        pkce: Pkce::None,
        separator: ',',
        scopes: OWN_SCOPES,
        scopes_as: OWN_SCOPES,
        scopes_besides: &[("instagram_business_manage_comments", "there are no first comments")],
        lengthen: Some(Lengthen {
            address: "https://graph.instagram.com/access_token",
            grant_type: "ig_exchange_token",
            token_key: "access_token",
        }),
        refresh: Refresh::Renewed {
            address: "https://graph.instagram.com/refresh_access_token",
            grant_type: "ig_refresh_token",
        },
        life: Some(TimeDelta::days(60)),
        back_to: BackTo::Https,
    },
];
