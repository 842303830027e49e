//! Apps, people and Pages as tests and rehearsals put them up, with defaults that work.

/// What an app may ask for: public profile, Pages, portfolios, and Instagram behind the same login.
const SCOPES: &str = "public_profile email pages_show_list pages_manage_posts pages_read_engagement pages_manage_engagement \
                      pages_read_user_content pages_manage_metadata read_insights business_management ads_management \
                      ads_read instagram_basic instagram_content_publish instagram_manage_comments \
                      instagram_manage_contents instagram_manage_insights";

/// An app registered in the dashboard.
#[derive(Clone, Debug)]
pub struct App {
    pub id: String,
    pub secret: String,
    pub name: String,
    /// Registered redirect addresses; compared letter by letter.
    pub redirects: Vec<String>,
    /// What the app may ask for.
    pub scopes: Vec<String>,
    /// Configurations of Facebook Login for Business: id and scopes.
    pub configurations: Vec<(String, Vec<String>)>,
    /// Whether the app is published. While it is not, readers without a role on it see nothing of its posts, and
    /// `http://localhost` needs no registration.
    pub live: bool,
    /// Whether every call must have `appsecret_proof`.
    pub require_proof: bool,
}

impl Default for App {
    /// A published app that may ask for everything.
    fn default() -> Self {
        Self {
            id: "1184300000000001".to_owned(),
            secret: "5f1d0make0believe0app0secret0000".to_owned(),
            name: "Make-believe app".to_owned(),
            redirects: vec![
                "https://localhost:8484/callback".to_owned(),
                "https://app.example.org/callback".to_owned(),
            ],
            scopes: SCOPES.split_whitespace().map(str::to_owned).collect(),
            configurations: Vec::new(),
            live: true,
            require_proof: false,
        }
    }
}

/// A person to be: who they are, what they allow which app, and their Pages.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub name: String,
    pub app: String,
    pub scopes: Vec<String>,
    pub pages: Vec<NewPage>,
    /// Whether they have a role on the app, and so may use `debug_token` with their own token.
    pub developer: bool,
}

impl Default for SignUp {
    /// A person who allows the default app everything, with one Page.
    fn default() -> Self {
        let app = App::default();
        Self {
            name: "Ann Example".to_owned(),
            app: app.id,
            scopes: app.scopes,
            pages: vec![NewPage::default()],
            developer: true,
        }
    }
}

/// A Page to be, and what the person may do on it.
#[derive(Clone, Debug)]
pub struct NewPage {
    /// `None`: a fresh one.
    pub id: Option<u64>,
    pub name: String,
    pub category: String,
    /// `CREATE_CONTENT`, `MODERATE`, ...
    pub tasks: Vec<String>,
    /// The portfolio that holds the Page: without `business_management` it is not in `/me/accounts`.
    pub business: Option<u64>,
}

impl Default for NewPage {
    /// A Page with every task and no portfolio.
    fn default() -> Self {
        let tasks = ["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"];
        Self {
            id: None,
            name: "Tea House".to_owned(),
            category: "Tea Room".to_owned(),
            tasks: tasks.map(str::to_owned).to_vec(),
            business: None,
        }
    }
}

/// A person as an app knows them.
#[derive(Clone, Debug)]
pub struct Member {
    pub id: String,
    /// A long-lived user token.
    pub access_token: String,
    pub pages: Vec<PageAccess>,
}

/// A Page and a token that acts for it.
#[derive(Clone, Debug)]
pub struct PageAccess {
    pub id: String,
    pub name: String,
    pub access_token: String,
}
