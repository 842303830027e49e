//! Accounts: what their owners have set in the TikTok app, and what a test says and gets when it signs one up.

use super::App;

/// An account and its settings.
#[derive(Clone, Debug)]
pub struct Account {
    pub username: String,
    pub display_name: String,
    pub private: bool,
    pub comment_disabled: bool,
    pub duet_disabled: bool,
    pub stitch_disabled: bool,
    pub max_video_post_duration_sec: u64,
    /// Instead of the levels that follow from [`Account::private`].
    pub privacy_level_options: Option<Vec<String>>,
    /// Banned from posting.
    pub banned: bool,
    /// The owner's TikTok app is older than 31.8 and takes no photo drafts.
    pub old_app: bool,
}

impl Default for Account {
    /// A public account that forbids nothing, with videos of up to five minutes.
    fn default() -> Self {
        Self {
            username: "ann.example".to_owned(),
            display_name: "Ann Example".to_owned(),
            private: false,
            comment_disabled: false,
            duet_disabled: false,
            stitch_disabled: false,
            max_video_post_duration_sec: 300,
            privacy_level_options: None,
            banned: false,
            old_app: false,
        }
    }
}

impl Account {
    /// Who may be let see a post.
    pub(super) fn privacy_levels(&self) -> Vec<String> {
        let widest = if self.private { "FOLLOWER_OF_CREATOR" } else { "PUBLIC_TO_EVERYONE" };
        let usual = || [widest, "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"].map(str::to_owned).to_vec();
        self.privacy_level_options.clone().unwrap_or_else(usual)
    }
}

/// Whom to sign up, for which app, and what their token may do.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// An account whose username exists already is taken as it is.
    pub account: Account,
    pub scopes: Vec<String>,
    pub client_key: String,
}

impl Default for SignUp {
    /// Ann, with every scope, for the default app.
    fn default() -> Self {
        let App { client_key, scopes, .. } = App::default();
        Self { account: Account::default(), scopes, client_key }
    }
}

/// An account as an app knows it, with live tokens.
#[derive(Clone, Debug)]
pub struct Member {
    pub open_id: String,
    pub username: String,
    pub access_token: String,
    pub refresh_token: String,
}
