//! Who has to do with the platform: apps, accounts to be, members with their tokens. Plain data.

/// An app as registered in Meta's dashboard, with the id and secret of its Instagram product.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
    pub client_secret: String,
    /// Redirect addresses, compared exactly; only https ones are ever used.
    pub redirects: Vec<String>,
}

impl Default for App {
    /// An app whose redirect address need not exist: it is copied from the browser.
    fn default() -> Self {
        Self {
            client_id: "990602627938098".to_owned(),
            client_secret: "a1b2c3d4e5f60718293a4b5c6d7e8f90".to_owned(),
            redirects: vec!["https://press.example/callback".to_owned()],
        }
    }
}

/// An account to be.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// Its professional id; the next free one where nobody chooses.
    pub id: Option<u64>,
    pub username: String,
    pub name: String,
    pub kind: AccountKind,
    /// Of its token.
    pub scopes: Vec<String>,
    /// The app the token is for.
    pub client_id: String,
    /// Whether it may publish trial reels.
    pub trial_reels: bool,
}

impl Default for SignUp {
    /// A business account whose token may publish and comment.
    fn default() -> Self {
        let scopes =
            ["instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_comments"];
        Self {
            id: None,
            username: "press.room".to_owned(),
            name: "Press Room".to_owned(),
            kind: AccountKind::Business,
            scopes: scopes.map(str::to_owned).to_vec(),
            client_id: App::default().client_id,
            trial_reels: true,
        }
    }
}

/// What kind of account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    Business,
    Creator,
    Personal,
}

impl AccountKind {
    /// As `account_type` says.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Business => "BUSINESS",
            Self::Creator => "MEDIA_CREATOR",
            Self::Personal => "PERSONAL",
        }
    }
}

/// An account as its owner's program knows it.
#[derive(Clone, Debug)]
pub struct Member {
    /// The professional id: posts are made at `/{id}/media`, with either login.
    pub id: String,
    /// The id by which the app knows the account: `id` of `/me` at `graph.instagram.com`.
    pub app_scoped_id: String,
    pub username: String,
    /// An Instagram token, long-lived: 60 days, to be refreshed when it is a day old.
    pub access_token: String,
}

/// Why an account's tokens are dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The owner removed the app: 190/458.
    AppRemoved,
    /// The owner must look at a checkpoint first: 190/459.
    Checkpoint,
    /// The password was changed, or Instagram logged everybody out: 190/460.
    LoggedOut,
}

impl Ending {
    pub(super) fn told(self) -> (u32, &'static str) {
        match self {
            Self::AppRemoved => (458, "The user has not authorized the application."),
            Self::Checkpoint => (459, "You cannot access the app till you log in and follow the instructions given."),
            Self::LoggedOut => (
                460,
                "The session has been invalidated because the user changed their password or Facebook has changed the \
                 session for security reasons.",
            ),
        }
    }
}
