//! A make-believe Threads: login, containers, posts, replies, quotas and look-ups, as strict as its public documents
//! allow. It is written from those documents alone and keeps its own figures for every limit.
//!
//! One request is one function call on [`State`](state::State) under a lock; nothing here waits or speaks to anybody. Media
//! and link cards are fetched from the hosts that [`Sim::put_up`](super::Sim::put_up) put up.

mod attachments;
mod call;
mod cards;
mod containers;
mod draft;
mod emoji;
mod errors;
mod fetch;
mod film;
mod lists;
mod media;
mod oauth;
mod options;
mod posts;
mod quotas;
mod reading;
mod seen;
mod select;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod tokens;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::http::Method;
use axum::response::Response;

use self::call::{Call, Encoding, Outcome};
use self::errors::Refusal;
pub use self::options::{Act, Failure, Options, Planned, Republish};
use self::state::{Person, State, Token};
use self::tokens::Session;
use super::{Seen, World};

/// The hosts this simulator answers for. The API's two are the same, and so are the login's.
pub const HOSTS: &[&str] =
    &["graph.threads.net", "graph.threads.com", "threads.net", "www.threads.net", "threads.com", "www.threads.com"];

/// A make-believe Threads. Clones are the same platform.
///
/// Logging in needs no browser: `GET /oauth/authorize` shows a page whose form goes by `POST` to the same path with the
/// fields of the query and two more: `account` (the index of an account in order of sign-up) and `decision` (`allow` or
/// `cancel`). The answer is the redirect back to the app, with `#_` at its end.
#[derive(Clone)]
pub struct Threads(Arc<Mutex<State>>);

impl Threads {
    /// A platform without accounts and with one app, [`App::default`].
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(State::new(world))))
    }

    /// What readers see, oldest first: posts, replies, reposts. Containers, deleted posts, hidden replies and ghost posts
    /// older than a day are not seen. `details` has the settings under the names of their parameters.
    pub fn seen(&self) -> Vec<Seen> {
        seen::all(&self.lock())
    }

    /// The HTTP service, all hosts in one: paths tell them apart.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Changes how the platform behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.lock().options);
    }

    /// Adds an app, or replaces the one with the same client id.
    pub fn add_app(&self, app: App) {
        self.lock().apps.insert(app.client_id.clone(), app);
    }

    /// Adds a place that posts can be tagged with.
    pub fn add_location(&self, id: &str, name: &str) {
        self.lock().locations.insert(id.to_owned(), name.to_owned());
    }

    /// Makes an account with a fresh token, as the user token generator of the app's dashboard gives it.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        let mut state = self.lock();
        let (person, agreed) = (state.people.len(), state.now());
        let id = state.fresh_id(25);
        let SignUp { username, name, private, geo_gating, scopes, client_id, short_lived } = sign_up;
        let life = if short_lived { state.options.short_token_life } else { state.options.long_token_life };
        let (long, revoked, expires) = (!short_lived, false, agreed + life);
        state.people.push(Person { id: id.clone(), username: username.clone(), name, private, geo_gating });
        let token = Token { person, client_id, scopes, agreed, issued: agreed, expires, long, revoked };
        Member { id, username, access_token: state.issue(token), expires }
    }

    /// The person removes the app that has this token, in their settings: it and its siblings are dead from now on.
    pub fn revoke(&self, access_token: &str) {
        let mut state = self.lock();
        let Some(Token { person, client_id, .. }) = state.tokens.get(access_token).cloned() else { return };
        let siblings = state.tokens.values_mut().filter(|token| token.person == person && token.client_id == client_id);
        siblings.for_each(|token| token.revoked = true);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left the state between two steps at worst; a rehearsal can go on.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A Threads app: the id and the secret that a Meta app has for the Threads use case, which are not its own.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
    pub client_secret: String,
    pub name: String,
    /// Registered redirect addresses; compared to the letter. Threads takes none that is not https, and no loopback.
    pub redirects: Vec<String>,
    /// What people can be asked for.
    pub scopes: Vec<String>,
}

impl Default for App {
    /// An app that may ask for everything a publisher can use.
    fn default() -> Self {
        let more = ["threads_location_tagging", "threads_share_to_instagram", "threads_manage_insights"];
        Self {
            client_id: "2400000000000001".to_owned(),
            client_secret: "make-believe-threads-secret".to_owned(),
            name: "Make-believe publisher".to_owned(),
            redirects: vec!["https://publisher.example/callback".to_owned()],
            scopes: SignUp::default().scopes.into_iter().chain(more.map(str::to_owned)).collect(),
        }
    }
}

/// An account to be, and what its token may do.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub username: String,
    pub name: String,
    /// A private profile: an app's permissions lapse 90 days after the person agreed.
    pub private: bool,
    /// Whether the account may limit posts to countries.
    pub geo_gating: bool,
    pub scopes: Vec<String>,
    /// The app the token is for.
    pub client_id: String,
    /// A token of an hour that can be exchanged, instead of one of 60 days.
    pub short_lived: bool,
}

impl Default for SignUp {
    /// A public account whose token may publish, reply, read replies and delete.
    fn default() -> Self {
        const SCOPES: [&str; 5] = [
            "threads_basic",
            "threads_content_publish",
            "threads_manage_replies",
            "threads_read_replies",
            "threads_delete",
        ];
        Self {
            username: "ann".to_owned(),
            name: "Ann Example".to_owned(),
            private: false,
            geo_gating: false,
            scopes: SCOPES.map(str::to_owned).to_vec(),
            client_id: "2400000000000001".to_owned(),
            short_lived: false,
        }
    }
}

/// An account as an app knows it.
#[derive(Clone, Debug)]
pub struct Member {
    pub id: String,
    pub username: String,
    pub access_token: String,
    pub expires: SystemTime,
}

async fn answer(Shared(threads): Shared<Threads>, request: Request) -> Response {
    let reply = match Call::receive(request).await {
        Ok(call) => {
            let mut state = threads.lock();
            let outcome = route(&mut state, &call);
            let localized = state.options.localized;
            outcome.unwrap_or_else(|refusal| refusal.into_reply(localized))
        }
        // The client broke off.
        Err(_) => errors::parameter("The request ended before its body did").into_reply(false),
    };
    reply.into_response()
}

/// The login's hosts and the calls about tokens, which have no version; then the API, which has only one.
fn route(state: &mut State, call: &Call) -> Outcome {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let get = call.method == Method::GET;
    match path.as_slice() {
        ["oauth", "authorize"] if get => Ok(oauth::consent(state, call)),
        ["oauth", "authorize"] if call.method == Method::POST => Ok(oauth::decide(state, call)),
        ["oauth", "access_token"] if get => tokens::for_app(state, call),
        ["oauth", "access_token"] if call.method == Method::POST => oauth::exchange(state, call),
        ["access_token"] if get => tokens::exchange(state, call),
        ["refresh_access_token"] if get => tokens::refresh(state, call),
        ["debug_token"] | ["v1.0", "debug_token"] if get => tokens::inspect(state, call),
        ["v1.0", path @ ..] => graph(state, call, path),
        path if state.options.unversioned => graph(state, call, path),
        _ => Err(errors::unknown_path(&call.path)),
    }
}

/// One call of the API: who calls and how often, what is bound to go wrong, and the act itself.
fn graph(state: &mut State, call: &Call, path: &[&str]) -> Outcome {
    let session = tokens::authenticate(state, call)?;
    let percent = quotas::count(state, session.person);
    let outcome = if percent > 100 { Err(errors::throttled(4)) } else { fated(state, &session, call, path) };
    if percent == 0 || !state.options.usage_headers {
        return outcome;
    }
    let localized = state.options.localized;
    let reply = outcome.unwrap_or_else(|refusal| refusal.into_reply(localized));
    Ok(quotas::headers(state, session.person, percent)
        .into_iter()
        .fold(reply, |reply, (name, value)| reply.with(name, value)))
}

/// The act, unless a failure is planned for it.
fn fated(state: &mut State, session: &Session, call: &Call, path: &[&str]) -> Outcome {
    let kind = kind_of(call, path);
    let planned = state.options.failures.iter().position(|planned| Some(planned.on) == kind);
    let planned = planned.map(|at| state.options.failures.remove(at));
    match planned {
        None => act(state, session, call, path),
        Some(planned) => {
            if planned.has_effect {
                act(state, session, call, path)?;
            }
            let named = call.get("creation_id").or(path.first().copied()).unwrap_or_default();
            Err(refusal_of(planned.with, named))
        }
    }
}

fn kind_of(call: &Call, path: &[&str]) -> Option<Act> {
    Some(match (call.method.as_str(), path) {
        ("POST", [_, "threads"]) => Act::Create,
        ("POST", [_, "threads_publish"]) => Act::Publish,
        ("DELETE", [_]) => Act::Delete,
        ("GET", [_]) => Act::Read,
        ("GET", [_, "threads" | "replies"]) => Act::List,
        _ => return None,
    })
}

fn refusal_of(failure: Failure, named: &str) -> Refusal {
    match failure {
        Failure::MediaNotFound => errors::media_not_found(named),
        Failure::LinkPreview => errors::link_preview(),
        Failure::Unfetchable => errors::unfetchable(named),
        Failure::Restricted => errors::restricted(),
        Failure::ActionBlocked => errors::action_blocked(),
        Failure::TokenExpired => errors::expired_token(),
        Failure::AppLimit => errors::throttled(4),
        Failure::UserLimit => errors::throttled(17),
        Failure::CustomLimit => errors::throttled(613),
        Failure::Unknown => errors::unknown(),
        Failure::Service => errors::service(),
    }
}

fn act(state: &mut State, session: &Session, call: &Call, path: &[&str]) -> Outcome {
    let mine = |id: &str| id == "me" || id == state.people[session.person].id;
    match (call.method.as_str(), path) {
        ("GET", ["location_search"]) => reading::search(state, session, call),
        ("GET", [id]) if mine(id) => reading::profile(state, session, call),
        ("GET", [id]) if state.containers.contains_key(*id) => containers::read(state, session, call, id),
        ("GET", [id]) if state.locations.contains_key(*id) => reading::location(state, session, call, id),
        ("GET", [id]) => reading::post(state, session, call, id),
        ("GET", [id, "threads"]) if mine(id) => reading::list(state, session, call, false),
        ("GET", [id, "replies"]) if mine(id) => reading::list(state, session, call, true),
        ("GET", [id, "threads_publishing_limit"]) if mine(id) => quotas::read(state, session, call),
        ("POST", [id, "threads"]) if mine(id) => containers::create(state, session, call),
        ("POST", [id, "threads_publish"]) if mine(id) => posts::publish(state, session, call),
        ("POST", [id, "repost"]) => posts::repost(state, session, call, id),
        ("POST", [id, "manage_reply"]) => posts::manage_reply(state, session, call, id),
        ("DELETE", [id]) => posts::delete(state, session, call, id),
        // Editing is among what there is not.
        (method, [id] | [id, _]) => Err(errors::unsupported(method, id)),
        _ => Err(errors::unknown_path(&call.path)),
    }
}

/// Where the platform is strict: refuses parameters other than these and the token, and bodies that are no forms.
fn only(state: &State, call: &Call, names: &[&str]) -> Result<(), Refusal> {
    if let Some(name) = call.repeated() {
        return Err(errors::parameter(&format!("Param {name} was sent twice")));
    }
    if !state.options.strict {
        return Ok(());
    }
    if matches!(call.encoding, Encoding::Json | Encoding::Unread) {
        return Err(errors::parameter("The body must be a form: fields of other bodies are ignored"));
    }
    let known = |name: &str| name == "access_token" || names.contains(&name);
    match call.parameters().iter().find(|(name, _)| !known(name)) {
        Some((name, _)) => Err(errors::parameter(&format!("Param {name} is unknown"))),
        None => Ok(()),
    }
}
