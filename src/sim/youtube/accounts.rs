//! Who there is: apps of the Google Cloud console, and channels to be. Plain data for tests to fill in.

/// An OAuth client of a Google Cloud project.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
    pub client_secret: String,
    pub client: Client,
    /// Clients of one project share its quota, and lose their grants together.
    pub project: String,
}

/// The kinds of clients that can act for a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Client {
    /// Any loopback address will do.
    Desktop,
    /// Registered addresses only, byte for byte.
    Web { redirects: Vec<String> },
}

impl Default for App {
    fn default() -> Self {
        Self {
            client_id: "1234567890-makebelieve.apps.googleusercontent.com".to_owned(),
            client_secret: "GOCSPX-makebelieve".to_owned(),
            client: Client::Desktop,
            project: "makebelieve".to_owned(),
        }
    }
}

/// A channel to be.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub title: String,
    /// With or without its `@`; a taken one gets a number.
    pub handle: String,
    /// Of the Google account.
    pub email: String,
    /// Without one the account can sign in, but not do much.
    pub has_channel: bool,
    /// Verified channels upload videos of more than 15 minutes and set thumbnails.
    pub phone_verified: bool,
    /// The channel's own declaration, if it made one.
    pub made_for_kids: Option<bool>,
    /// What the tokens may do: `youtube.upload`, `youtube.readonly`, `youtube`, `youtube.force-ssl`, bare or written out.
    pub scopes: Vec<String>,
    pub client_id: String,
}

impl Default for SignUp {
    /// A verified channel and tokens that may do everything.
    fn default() -> Self {
        Self {
            title: "Ann Example".to_owned(),
            handle: "@annexample".to_owned(),
            email: "ann@example.org".to_owned(),
            has_channel: true,
            phone_verified: true,
            made_for_kids: None,
            scopes: ["youtube.upload", "youtube.readonly", "youtube.force-ssl"].map(str::to_owned).to_vec(),
            client_id: App::default().client_id,
        }
    }
}

/// A channel and live tokens for it.
#[derive(Clone, Debug)]
pub struct Member {
    /// `UC...`; empty for an account without a channel.
    pub channel_id: String,
    /// `UU...`.
    pub uploads_playlist: String,
    pub email: String,
    pub access_token: String,
    pub refresh_token: String,
}
