//! TikTok's Login Kit v2 as data. Walks no login.
//!
//! Sources: <https://developers.tiktok.com/doc/login-kit-desktop> (the challenge is hex; the port of a loopback address may be
//! any), <https://developers.tiktok.com/doc/oauth-user-access-token-management> and <https://developers.tiktok.com/doc/tiktok-api-scopes>.

use chrono::TimeDelta;

use crate::platform::{BackTo, By, ClientSecret, Grant, Pkce, Refresh, Revoke, Scope};

const WHO: Scope = ("user.info.basic", "the account cannot be asked who it is");

const DIRECT_SCOPES: &[Scope] = &[WHO, ("video.publish", "nothing can be published directly")];

const DRAFT_SCOPES: &[Scope] = &[WHO, ("video.upload", "nothing can be left in the inbox as a draft")];

/// For direct posts, and for an app that TikTok has approved for drafts alone.
pub(super) static GRANTS: [Grant; 2] = [DIRECT, DRAFTS];

/// The life of a token is that of the pages of November 2026; older ones say 24 hours. What an answer says counts.
const DIRECT: Grant = Grant {
    name: "tiktok",
    token_prefix: None,
    by: By::App,
    authorize: "https://www.tiktok.com/v2/auth/authorize/",
    authorize_with: &[],
    token: "https://open.tiktokapis.com/v2/oauth/token/",
    revoke: Some(Revoke::Form("https://open.tiktokapis.com/v2/oauth/revoke/")),
    by_hand: "the settings of the TikTok app, under \"Security & permissions\", \"Manage app permissions\"",
    client: ClientSecret::KeyForm,
    pkce: Pkce::S256Hex,
    separator: ',',
    scopes: DIRECT_SCOPES,
    scopes_as: DIRECT_SCOPES,
    scopes_besides: &[
        ("video.upload", "nothing can be left in the inbox as a draft (`mode: draft`)"),
        (
            "video.list",
            "a photo post whose answer was lost cannot be looked for, and some posts stay without their address",
        ),
    ],
    lengthen: None,
    refresh: Refresh::Rotating,
    life: Some(TimeDelta::hours(2)),
    back_to: BackTo::AnyPort,
};

const DRAFTS: Grant =
    Grant { name: "tiktok-drafts", scopes: DRAFT_SCOPES, scopes_as: DRAFT_SCOPES, scopes_besides: &[], ..DIRECT };
