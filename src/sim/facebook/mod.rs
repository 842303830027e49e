//! A make-believe Facebook: Pages, their posts and media, and the login that Instagram shares. As strict as the
//! documents of the Graph API allow, written from them alone, with its own figures for every limit.
//!
//! One request is one function call on [`State`](state::State) under a lock; nothing here waits or speaks to anybody.

mod accounts;
mod audience;
mod auth;
mod call;
mod chunks;
mod comments;
mod dialog;
mod errors;
mod feed;
mod fields;
mod film;
mod graph;
mod links;
mod meter;
mod multipart;
mod options;
mod paging;
mod params;
mod photos;
mod posts;
mod reels;
mod rupload;
mod schedule;
mod seen;
mod state;
mod status;
mod stories;
#[cfg(test)]
mod tests;
mod tokens;
mod uploads;
mod version;
mod videos;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::http::Method;
use axum::response::Response;

use self::call::{Call, Reply};
pub use self::options::Options;
use self::state::{Holder, Person, State};
use super::{Seen, World};

/// The hosts this simulator answers for; Instagram's nodes live on the first and the last too.
pub const HOSTS: &[&str] =
    &["graph.facebook.com", "graph-video.facebook.com", "www.facebook.com", "rupload.facebook.com"];

/// What an app may ask for: public profile, Pages, portfolios, and Instagram behind the same login.
const SCOPES: &str = "public_profile email pages_show_list pages_manage_posts pages_read_engagement pages_manage_engagement \
                      pages_read_user_content pages_manage_metadata read_insights business_management ads_management \
                      ads_read instagram_basic instagram_content_publish instagram_manage_comments \
                      instagram_manage_contents instagram_manage_insights";

/// A make-believe Facebook. Clones are the same platform.
///
/// Signing in needs no browser: `GET /v26.0/dialog/oauth` shows a consent page, whose form goes by `POST` to the same
/// path with the fields of the query and these: `person` (an id), any number of `allow` (a scope each) and `page` (an id
/// each), and `decision` (`allow` or `cancel`). The answer is the redirect back to the app.
///
/// [`sign_up`](Self::sign_up) needs no dialog at all:
///
/// ```no_run
/// # use pressroom::sim::facebook::{Facebook, SignUp};
/// # fn show(facebook: &Facebook) {
/// let ann = facebook.sign_up(SignUp::default());
/// let page = &ann.pages[0];
/// println!("POST https://graph.facebook.com/v26.0/{}/feed with {}", page.id, page.access_token);
/// facebook.configure(|options| options.fail_next_processing = Some((1363128, "too long".to_owned())));
/// # }
/// ```
#[derive(Clone)]
pub struct Facebook(Arc<Mutex<State>>);

/// A token as Facebook gave it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The person it is for.
    pub user: String,
    /// The Page it acts for; `None`: a user token.
    pub page: Option<String>,
    pub scopes: Vec<String>,
    /// `None`: it does not end.
    pub expires: Option<SystemTime>,
}

impl Facebook {
    /// An empty platform with no accounts and one app, [`App::default`].
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(State::new(world))))
    }

    /// What a live token says; `None` for one that is unknown, revoked or over.
    pub(super) fn token(&self, token: &str) -> Option<Token> {
        let state = self.lock();
        let grant = state.grants.get(token).filter(|grant| auth::trouble(&state, grant).is_none())?;
        let page = match grant.holder {
            Holder::User => None,
            Holder::Page(page) => Some(page.to_string()),
        };
        let user = state.people[grant.person].id.to_string();
        Some(Token { user, page, scopes: auth::scopes(&state, grant), expires: grant.expires })
    }

    /// Connects a Page to a professional Instagram account: `instagram_business_account` of the Page.
    pub(super) fn link_instagram(&self, page: &str, account: &str) {
        let mut state = self.lock();
        if let Some(page) = page.parse().ok().and_then(|id: u64| state.pages.get_mut(&id)) {
            page.instagram = Some(account.to_owned());
        }
    }

    /// Tells an Instagram account's user name, for `instagram_business_account{username}`.
    pub(super) fn name_instagram(&self, account: &str, username: &str) {
        self.lock().instagram_names.insert(account.to_owned(), username.to_owned());
    }

    /// What readers see, oldest first: posts, videos, reels, the stories of the last day, comments; and drafts (posts
    /// with `published=false`, reels in the state `DRAFT`), which only people with a role on the Page see. What is staged,
    /// scheduled, hidden, deleted or still being processed is not seen. Settings are the post's `details`.
    pub fn seen(&self) -> Vec<Seen> {
        seen::all(&self.lock())
    }

    /// What was passed over in silence so far, where [`Options::strict`] is off.
    pub fn ignored(&self) -> Vec<String> {
        self.lock().ignored.clone()
    }

    /// Adds an app, or replaces the one with the same id.
    pub fn add_app(&self, app: App) {
        self.lock().apps.insert(app.id.clone(), app);
    }

    /// Makes a person, their Pages, and the tokens a login with all of those Pages gives: a long-lived user token, and
    /// Page tokens without an end.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        let mut state = self.lock();
        let id = state.number();
        let mut person = Person { id, name: sign_up.name, developer: sign_up.developer, tasks: Default::default() };
        for new in &sign_up.pages {
            let page = state.add_page(new);
            person.tasks.insert(page, new.tasks.clone());
        }
        let pages: Vec<u64> = person.tasks.keys().copied().collect();
        state.people.push(person);
        let index = state.people.len() - 1;
        log_in(&mut state, index, &sign_up.app, &sign_up.scopes, &pages)
    }

    /// Gives a person a role on a Page, which is made if there is none of its id; the Page's id. As long as the person
    /// does not log in again, the app sees nothing of it.
    ///
    /// # Panics
    /// When there is no such person.
    pub fn add_page(&self, user: &str, new: NewPage) -> String {
        let mut state = self.lock();
        let person = known(state.person(user));
        let page = state.add_page(&new);
        state.people[person].tasks.insert(page, new.tasks);
        page.to_string()
    }

    /// A person logs in to an app again, with these scopes and all their Pages, without a browser.
    ///
    /// # Panics
    /// When there is no such person.
    pub fn log_in(&self, user: &str, app: &str, scopes: &[&str]) -> Member {
        let mut state = self.lock();
        let person = known(state.person(user));
        let pages: Vec<u64> = state.people[person].tasks.keys().copied().collect();
        let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        log_in(&mut state, person, app, &scopes, &pages)
    }

    /// A user token of short life, as a code is exchanged for, with the scopes of the person's login.
    ///
    /// # Panics
    /// When there is no such person.
    pub fn short_token(&self, user: &str, app: &str) -> String {
        let mut state = self.lock();
        let person = known(state.person(user));
        let login = state.logins.get(&(person, app.to_owned()));
        let scopes: Vec<_> = login.into_iter().flat_map(|login| login.scopes.keys()).cloned().collect();
        state.grant_user(person, app, &scopes, false)
    }

    /// This token is refused from now on, with code 190 and this subcode: 458 app removed, 459 and 464 the person must act
    /// on facebook.com, 460 password changed, 463 expired, 467 invalid. Page tokens made from it are refused as well.
    pub fn end_token(&self, token: &str, subcode: u32) {
        let mut state = self.lock();
        if let Some(grant) = state.grants.get_mut(token) {
            grant.dead = Some(subcode);
        }
        state.kill(subcode, |grant| grant.parent.as_deref() == Some(token));
    }

    /// The person loses their role on a Page (Page tokens: 190/492), or keeps one with other tasks.
    pub fn set_tasks(&self, user: &str, page: &str, tasks: Option<&[&str]>) {
        let mut state = self.lock();
        let (Some(person), Ok(page)) = (state.person(user), page.parse()) else { return };
        let held = &mut state.people[person].tasks;
        match tasks {
            None => held.remove(&page),
            Some(tasks) => held.insert(page, tasks.iter().map(|task| (*task).to_owned()).collect()),
        };
    }

    /// Changes how the platform behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.lock().options);
    }

    /// The HTTP service, all hosts in one: paths tell them apart.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left the state between two steps at worst; a rehearsal can go on.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn log_in(state: &mut State, person: usize, app: &str, scopes: &[String], pages: &[u64]) -> Member {
    let granted: Vec<_> = scopes.iter().map(|scope| (scope.clone(), true)).collect();
    state.allow(person, app, &granted, pages);
    let access_token = state.grant_user(person, app, scopes, true);
    let pages = accounts::page_tokens(state, &access_token, pages);
    let pages = pages.into_iter().map(|(page, access_token)| {
        let name = state.pages.get(&page).map(|page| page.name.clone()).unwrap_or_default();
        PageAccess { id: page.to_string(), name, access_token }
    });
    Member { pages: pages.collect(), id: state.people[person].id.to_string(), access_token }
}

#[expect(clippy::expect_used, reason = "a test that names a person wrongly is to stop")]
fn known(person: Option<usize>) -> usize {
    person.expect("a person of this id has signed up")
}

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

async fn answer(Shared(facebook): Shared<Facebook>, request: Request) -> Response {
    let call = Call::receive(request).await;
    let reply = {
        let mut state = facebook.lock();
        route(&mut state, &call)
    };
    if reply.is_silent() {
        super::hang_up();
    }
    reply.with("x-fb-trace-id", state::opaque("A", 11)).into_response()
}

fn route(state: &mut State, call: &Call) -> Reply {
    let path: Vec<_> = call.path.trim_start_matches('/').split('/').collect();
    let outcome = match (&call.method, path.as_slice()) {
        (&Method::GET, [_, "dialog", "oauth"] | ["dialog", "oauth"]) => dialog::show(state, call),
        (&Method::POST, [_, "dialog", "oauth"] | ["dialog", "oauth"]) => dialog::decide(state, call),
        (&Method::POST, ["video-upload", path @ ..]) => rupload::receive(state, call, path),
        _ => return graph::handle(state, call),
    };
    outcome.unwrap_or_else(|refusal| refusal)
}
