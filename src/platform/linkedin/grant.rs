//! LinkedIn's OAuth 2.0 as data. Walks no login.
//!
//! Sources: <https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow> and
//! <https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens>.

use chrono::TimeDelta;

use crate::platform::{BackTo, By, ClientSecret, Grant, Pkce, Refresh, Revoke, Scope};

const OPENID: Scope = ("openid", "whose token it is cannot be asked");
const PROFILE: Scope = ("profile", "the owner's name cannot be asked");

/// `openid profile` come with the product "Sign In with LinkedIn using OpenID Connect", `w_member_social` with "Share on
/// LinkedIn"; both are had at once. The scopes for organisations come with the "Community Management API", which is vetted.
pub(super) static GRANTS: [Grant; 1] = [Grant {
    name: "linkedin",
    token_prefix: None,
    by: By::App,
    authorize: "https://www.linkedin.com/oauth/v2/authorization",
    authorize_with: &[],
    token: "https://www.linkedin.com/oauth/v2/accessToken",
    revoke: Some(Revoke::Form("https://www.linkedin.com/oauth/v2/revoke")),
    by_hand: "https://www.linkedin.com/psettings/permitted-services",
    client: ClientSecret::Form,
    pkce: Pkce::None,
    separator: ' ',
    scopes: &[OPENID, PROFILE, ("w_member_social", "nothing can be published under one's own name")],
    scopes_as: &[
        OPENID,
        PROFILE,
        ("w_organization_social", "nothing can be published as an organisation"),
        (
            "r_organization_social",
            "whether an upload is ready cannot be asked, nor can a post whose answer was lost be looked for",
        ),
    ],
    scopes_besides: &[],
    lengthen: None,
    refresh: Refresh::Seldom,
    life: Some(TimeDelta::days(60)),
    back_to: BackTo::Registered,
}];
