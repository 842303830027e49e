//! Google's OAuth 2.0 for YouTube as data. Walks no login.
//!
//! Sources: <https://developers.google.com/identity/protocols/oauth2/native-app>,
//! <https://developers.google.com/youtube/v3/guides/auth/installed-apps>, and for scopes by method the discovery document of
//! the API (revision 20261104).

use chrono::TimeDelta;

use crate::platform::{BackTo, By, ClientSecret, Grant, Pkce, Refresh, Revoke, Scope};

const UPLOAD: &str = "https://www.googleapis.com/auth/youtube.upload";
const READ: &str = "https://www.googleapis.com/auth/youtube.readonly";
const ALL: &str = "https://www.googleapis.com/auth/youtube.force-ssl";

const SCOPES: &[Scope] = &[
    (UPLOAD, "no video can be uploaded"),
    (READ, "the channel cannot be asked who it is, nor how far a video is processed"),
];

/// A client of the type "Desktop app" has a secret that is none, but its token endpoint asks for it. Without
/// `prompt=consent` a second login may give no refresh token. The account's channel is chosen on the consent page: one token
/// is one channel.
pub(super) static GRANTS: [Grant; 1] = [Grant {
    name: "youtube",
    token_prefix: None,
    by: By::App,
    authorize: "https://accounts.google.com/o/oauth2/v2/auth",
    authorize_with: &[("access_type", "offline"), ("prompt", "consent")],
    token: "https://oauth2.googleapis.com/token",
    revoke: Some(Revoke::Token("https://oauth2.googleapis.com/revoke")),
    by_hand: "https://myaccount.google.com/connections",
    client: ClientSecret::Form,
    pkce: Pkce::S256,
    separator: ' ',
    scopes: SCOPES,
    scopes_as: SCOPES,
    scopes_besides: &[(ALL, "no playlists, no captions, and what is out can be neither edited nor removed")],
    lengthen: None,
    refresh: Refresh::Kept,
    life: Some(TimeDelta::hours(1)),
    back_to: BackTo::AnyPort,
}];
