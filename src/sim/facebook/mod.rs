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
mod people;
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
pub use self::people::{App, Member, NewPage, PageAccess, SignUp};
use self::state::{Holder, Person, State};
use self::version::Version;
use super::{Seen, World};

/// The hosts this simulator answers for; Instagram's nodes live on the first and the last too.
pub const HOSTS: &[&str] =
    &["graph.facebook.com", "graph-video.facebook.com", "www.facebook.com", "rupload.facebook.com"];

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
    pub fn name_instagram(&self, account: &str, username: &str) {
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
        for (_, grant) in
            state.grants.iter_mut().filter(|(name, grant)| *name == token || grant.parent.as_deref() == Some(token))
        {
            grant.dead = Some(subcode);
        }
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
        (_, [version, "dialog", "oauth"]) if !is_served(state, version) => Err(errors::unknown_path(&call.path)),
        (&Method::GET, [.., "dialog", "oauth"]) => dialog::show(state, call),
        (&Method::POST, [.., "dialog", "oauth"]) => dialog::decide(state, call),
        (&Method::POST, ["video-upload", path @ ..]) => rupload::receive(state, call, path),
        _ => return graph::handle(state, call),
    };
    outcome.unwrap_or_else(|refusal| refusal)
}

fn is_served(state: &State, version: &str) -> bool {
    matches!(version::read(version, state.now()), Version::Served { .. })
}
