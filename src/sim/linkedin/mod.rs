//! A make-believe LinkedIn: sign-in, posts, comments, pages and uploads, as strict as its documentation allows. It is
//! written from that documentation alone and keeps its own figures for every limit.
//!
//! One request is one function call on [`State`](state::State) under a lock; nothing here waits or speaks to anybody.

mod authors;
mod call;
mod comments;
mod content;
mod errors;
mod little_text;
mod media;
mod oauth;
mod options;
mod pages;
mod posts;
mod reading;
mod rest;
mod schema;
mod sniff;
mod state;
#[cfg(test)]
mod tests;
mod version;
mod video;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::http::Method;
use axum::response::Response;
use serde_json::Value;

use self::call::{Call, Outcome};
pub use self::options::{Options, PostId};
use self::state::{Person, State};
use super::{Seen, World};

/// The hosts this simulator answers for.
pub const HOSTS: &[&str] = &["api.linkedin.com", "www.linkedin.com"];

/// A make-believe LinkedIn. Clones share one state.
///
/// Signing in needs no browser: `GET /oauth/v2/authorization` shows a consent page, whose form goes by `POST` to the
/// same path with the fields of the query and two more: `member` (the index of a member in order of sign-up) and
/// `decision` (`allow`, `cancel` or `cancel_login`). The answer is the redirect back to the app.
#[derive(Clone)]
pub struct LinkedIn(Arc<Mutex<State>>);

impl LinkedIn {
    /// An empty platform with no accounts and one app, [`App::default`].
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(State::new(world))))
    }

    /// The HTTP service, both hosts in one: paths tell them apart.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// What readers see, oldest first: posts and comments. A link card's picture is listed among the media. Deleted
    /// posts, dark posts and posts whose media failed are not seen.
    pub fn seen(&self) -> Vec<Seen> {
        let state = self.lock();
        let mut seen = reading::seen(&state);
        seen.extend(comments::seen(&state));
        seen.sort_by_key(|post| post.at);
        seen
    }

    /// The `content` a post was made with (poll, titles, ...), by the post's URN; `None` without post or content.
    pub fn content(&self, urn: &str) -> Option<Value> {
        self.lock().posts.iter().find(|post| post.urn == urn)?.fields.get("content").cloned()
    }

    /// Adds an app, or replaces the one with the same client id.
    pub fn add_app(&self, app: App) {
        self.lock().apps.insert(app.client_id.clone(), app);
    }

    /// Adds a page. Its vanity name is its name in lower case, with hyphens.
    pub fn add_organization(&self, id: u64, name: &str) {
        self.lock().organizations.insert(id, name.to_owned());
    }

    /// Makes a member with fresh tokens, as the developer portal's token generator would give them. Pages named in the
    /// roles are added if they are missing.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        let mut state = self.lock();
        for role in &sign_up.organizations {
            let id = role.organization;
            state.organizations.entry(id).or_insert_with(|| format!("Organization {id}"));
        }
        let member = state.people.len();
        state.people.push(Person { name: sign_up.name, email: sign_up.email, roles: sign_up.organizations });
        let (access_token, refresh_token) = state.grant(member, &sign_up.client_id, &sign_up.scopes);
        Member { id: state.sub(member, &sign_up.client_id), access_token, refresh_token }
    }

    /// The member takes back what they allowed: this access token is dead from now on.
    pub fn revoke(&self, access_token: &str) {
        if let Some(token) = self.lock().tokens.get_mut(access_token) {
            token.revoked = true;
        }
    }

    /// Changes how the platform behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.lock().options);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left the state between two steps at worst; a rehearsal can go on.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An OAuth client registered in the developer portal.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
    pub client_secret: String,
    /// Registered redirect addresses; compared exactly, without their query.
    pub redirects: Vec<String>,
    /// What the app's products allow it to ask for.
    pub scopes: Vec<String>,
}

impl Default for App {
    /// An app with every open and vetted permission. (A real app has either the self-serve or the vetted ones.)
    fn default() -> Self {
        const SCOPES: &str = "openid profile email w_member_social w_organization_social r_organization_social \
                              rw_organization_admin r_organization_admin";
        Self {
            client_id: "86makebelieve0".to_owned(),
            client_secret: "WPL_AP1.makebelieve".to_owned(),
            redirects: vec!["http://127.0.0.1:8484/callback".to_owned()],
            scopes: SCOPES.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

/// A member to be: who they are, what their token may do, and where they have a role.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub name: String,
    pub email: String,
    pub scopes: Vec<String>,
    /// Their roles on pages.
    pub organizations: Vec<PageRole>,
    /// The app the token is for; ids of members differ between apps.
    pub client_id: String,
}

impl Default for SignUp {
    /// A person with the three self-serve scopes and no page.
    fn default() -> Self {
        Self {
            name: "Ann Example".to_owned(),
            email: "ann@example.org".to_owned(),
            scopes: ["openid", "profile", "w_member_social"].map(str::to_owned).to_vec(),
            organizations: Vec::new(),
            client_id: App::default().client_id,
        }
    }
}

/// A member's role on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRole {
    pub organization: u64,
    /// `ADMINISTRATOR`, `CONTENT_ADMIN`, `CONTENT_ADMINISTRATOR`, `ANALYST`, `CURATOR`, ...
    pub name: String,
    /// `APPROVED`, `REQUESTED`, `REJECTED`, `REVOKED`; only the first counts.
    pub state: String,
}

impl PageRole {
    /// An approved role.
    pub fn new(organization: u64, name: &str) -> Self {
        Self { organization, name: name.to_owned(), state: "APPROVED".to_owned() }
    }
}

/// A member as an app knows them.
#[derive(Clone, Debug)]
pub struct Member {
    /// The `sub` of userinfo; the author is `urn:li:person:{id}`.
    pub id: String,
    pub access_token: String,
    /// Only with [`Options::partner`].
    pub refresh_token: Option<String>,
}

async fn answer(Shared(linkedin): Shared<LinkedIn>, request: Request) -> Response {
    let reply = match Call::receive(request).await {
        Some(call) => {
            let mut state = linkedin.lock();
            let reply = route(&mut state, &call).unwrap_or_else(|refusal| refusal);
            reply.with("x-li-uuid", state::opaque("AAY", 22) + "==").with("x-li-fabric", "prod-lor1")
        }
        None => errors::syntax("The request ended before its body did"),
    };
    // LinkedIn sets cookies that a client has no use for.
    reply.with("x-li-pop", "azd-prod-lor1-x").with("set-cookie", "lidc=make:believe; Path=/; Secure").into_response()
}

fn route(state: &mut State, call: &Call) -> Outcome {
    match (&call.method, call.segments().as_slice()) {
        (&Method::GET, ["v2", "userinfo"]) => pages::userinfo(state, call),
        (&Method::GET, ["oauth", "v2", "authorization"]) => oauth::consent(state, call),
        (&Method::POST, ["oauth", "v2", "authorization"]) => oauth::decide(state, call),
        (&Method::POST, ["oauth", "v2", "accessToken"]) => oauth::access_token(state, call),
        (&Method::POST, ["oauth", "v2", "revoke"]) => oauth::revoke(state, call),
        (&Method::POST, ["oauth", "v2", "introspectToken"]) => oauth::introspect(state, call),
        (_, ["dms-uploads", ..]) => media::upload(state, call),
        (_, ["rest", path @ ..]) => rest::handle(state, call, path),
        _ => Err(errors::not_found("No virtual resource found for this path")),
    }
}
