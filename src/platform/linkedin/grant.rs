//! LinkedIn's OAuth 2.0 as data. Walks no login.
//!
//! Sources: <https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow> and
//! <https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens>.

use chrono::TimeDelta;

use crate::platform::{ClientSecret, Grant, Refresh};

/// `openid profile` come with the product "Sign In with LinkedIn using OpenID Connect", `w_member_social` with "Share on
/// LinkedIn"; both are had at once. The scopes for organisations come with the "Community Management API", which is vetted.
pub(super) static GRANT: Grant = Grant {
    authorize: "https://www.linkedin.com/oauth/v2/authorization",
    token: "https://www.linkedin.com/oauth/v2/accessToken",
    revoke: "https://www.linkedin.com/oauth/v2/revoke",
    client: ClientSecret::Form,
    pkce: false,
    scopes: &["openid", "profile", "w_member_social"],
    scopes_as: &["openid", "profile", "w_organization_social", "r_organization_social"],
    scopes_besides: &[],
    refresh: Refresh::Seldom,
    life: TimeDelta::days(60),
};
