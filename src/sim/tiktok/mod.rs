//! A make-believe TikTok: Login Kit, the Content Posting API and the look-ups of the Display API, as strict as the
//! public documents allow. It is written from those documents alone and keeps its own figures for every limit.
//!
//! One request is one function call on [`State`] under a lock; nothing here waits or speaks to anybody. Media by address
//! come from the web hosts that are up in the same [`World`].

mod accounts;
mod apps;
mod call;
mod caps;
mod chunks;
mod consent;
mod creator;
mod display;
mod errors;
mod fields;
mod film;
mod judge;
mod oauth;
mod options;
mod photos;
mod publish;
mod pull;
mod reading;
mod session;
mod state;
mod status;
#[cfg(test)]
mod tests;
mod upload;
mod video;
mod webm;
mod wishes;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::http::Method;
use axum::response::Response;

pub use self::accounts::{Account, Member, SignUp};
pub use self::apps::{App, AppKind};
use self::call::{Call, Reply};
use self::errors::{Outcome, Refusal};
pub use self::options::{Megabyte, Options, PostIds, Progress, Pull, Rates, Repeated, Rotation};
use self::publish::Phase;
use self::session::Session;
use self::state::State;
use super::{Seen, World};

/// The hosts this simulator answers for.
pub const HOSTS: &[&str] = &["open.tiktokapis.com", "open-upload.tiktokapis.com", "www.tiktok.com"];

/// A make-believe TikTok. Clones are the same platform.
///
/// Signing in needs no browser: `GET /v2/auth/authorize/` shows a consent page, whose form goes by `POST` to the same path
/// with the fields of the query and two more: `account` (the index of an account in order of sign-up) and `decision`
/// (`allow` or `cancel`). The answer is the redirect back to the app. With a field `choosing`, as the page itself sends
/// it, only the scopes named by a field `granted` each are granted, and `user.info.basic`; without it all are.
#[derive(Clone)]
pub struct TikTok(Arc<Mutex<State>>);

impl TikTok {
    /// An empty platform with no accounts and one app, [`App::default`].
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(State::new(world))))
    }

    /// Changes how the platform behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.lock().options);
    }

    /// Adds an app, or replaces the one with the same key.
    pub fn add_app(&self, app: App) {
        self.lock().apps.insert(app.client_key.clone(), app);
    }

    /// Lets every app fetch media from a domain (`example.org`, its subdomains included) or from a prefix
    /// (`https://example.org/media/`), as if its owner had shown to be at home there.
    pub fn verify(&self, property: &str) {
        for app in self.lock().apps.values_mut() {
            app.url_properties.push(property.to_owned());
        }
    }

    /// Makes live tokens for an account, and the account if there is none with that username.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        let mut state = self.lock();
        let SignUp { account, scopes, client_key } = sign_up;
        let username = account.username.clone();
        let known = state.accounts.iter().position(|known| known.username == username);
        let index = known.unwrap_or_else(|| {
            state.accounts.push(account);
            state.accounts.len() - 1
        });
        let (access_token, refresh_token) = state.grant(index, &client_key, &scopes);
        Member { open_id: state.open_id(index, &client_key), username, access_token, refresh_token }
    }

    /// Changes what the owner of an account has set.
    pub fn change_account(&self, open_id: &str, change: impl FnOnce(&mut Account)) {
        let mut state = self.lock();
        if let Some((account, _)) = state.account_of(open_id) {
            change(&mut state.accounts[account]);
        }
    }

    /// The owner takes back in the TikTok app what they allowed: the tokens are dead, posts under way fail.
    pub fn remove_access(&self, open_id: &str) {
        let mut state = self.lock();
        if let Some((account, client_key)) = state.account_of(open_id) {
            state.remove_access(account, &client_key);
        }
    }

    /// The owner posts a draft from the inbox, with this caption (photos keep theirs if it is empty) and this audience.
    /// Whether there was such a draft.
    pub fn post_draft(&self, publish_id: &str, caption: &str, privacy_level: &str) -> bool {
        let mut state = self.lock();
        let now = state.now;
        let waiting = state.publishes.iter_mut().find(|publish| publish.id == publish_id);
        let Some(publish) = waiting.filter(|publish| publish.phase(now) == Phase::Inbox && !publish.gone) else {
            return false;
        };
        publish.handed_on = Some(now);
        privacy_level.clone_into(&mut publish.wishes.privacy);
        if !caption.is_empty() {
            let wishes = &mut publish.wishes;
            caption.clone_into(if publish.photos { &mut wishes.description } else { &mut wishes.title });
        }
        true
    }

    /// The owner deletes a post or a draft; `id` as in [`Seen::id`], or a `publish_id`.
    pub fn delete(&self, id: &str) {
        for publish in &mut self.lock().publishes {
            publish.gone |= publish.id == id || publish.post_id.to_string() == id;
        }
    }

    /// What the real platform would let pass but its reviewers or documents would not, in order of arrival.
    pub fn warnings(&self) -> Vec<String> {
        self.lock().warnings.clone()
    }

    /// What readers see, oldest first, and drafts in inboxes. The captions of a draft are its owner's to write.
    pub fn seen(&self) -> Vec<Seen> {
        reading::seen(&self.lock())
    }

    /// The HTTP service, all hosts in one: paths tell them apart.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// The platform as it is now.
    fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left the state between two steps at worst; a rehearsal can go on.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = state.world.now();
        pull::settle(&mut state);
        state
    }
}

async fn answer(Shared(tiktok): Shared<TikTok>, request: Request) -> Response {
    let Some(call) = Call::receive(request).await else { return Reply::empty(413).into_response() };
    let mut state = tiktok.lock();
    let reply = route(&mut state, &call).unwrap_or_else(|refusal| refusal.into_reply(&mut state));
    drop(state);
    reply.into_response()
}

/// One call of the API that needs a token.
struct Endpoint {
    method: Method,
    path: &'static str,
    /// Any of these will do.
    scopes: &'static [&'static str],
    rate: fn(&Rates) -> usize,
    act: fn(&mut State, &Session, &Call) -> Outcome,
}

const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::GET,
        path: "/v2/user/info/",
        scopes: &["user.info.basic"],
        rate: |rates| rates.display,
        act: display::user,
    },
    Endpoint {
        method: Method::POST,
        path: "/v2/video/list/",
        scopes: &["video.list"],
        rate: |rates| rates.display,
        act: display::list,
    },
    Endpoint {
        method: Method::POST,
        path: "/v2/video/query/",
        scopes: &["video.list"],
        rate: |rates| rates.display,
        act: display::query,
    },
    Endpoint {
        method: Method::POST,
        path: "/v2/post/publish/creator_info/query/",
        scopes: &["video.publish"],
        rate: |rates| rates.creator_info,
        act: creator::info,
    },
    Endpoint {
        method: Method::POST,
        path: "/v2/post/publish/video/init/",
        scopes: &["video.publish"],
        rate: |rates| rates.init,
        act: video::direct,
    },
    Endpoint {
        method: Method::POST,
        path: "/v2/post/publish/inbox/video/init/",
        scopes: &["video.upload"],
        rate: |rates| rates.init,
        act: video::draft,
    },
    Endpoint {
        method: Method::POST,
        path: "/v2/post/publish/content/init/",
        scopes: &["video.publish", "video.upload"],
        rate: |rates| rates.init,
        act: photos::begin,
    },
    Endpoint {
        method: Method::POST,
        path: "/v2/post/publish/status/fetch/",
        scopes: &["video.publish", "video.upload"],
        rate: |rates| rates.status,
        act: status::fetch,
    },
    Endpoint {
        method: Method::POST,
        path: "/v2/post/publish/cancel/",
        scopes: &["video.publish", "video.upload"],
        rate: |rates| rates.status,
        act: status::cancel,
    },
];

fn route(state: &mut State, call: &Call) -> Outcome {
    match (&call.method, call.path.as_str()) {
        (&Method::GET, consent::PATH) => consent::show(state, call),
        (&Method::POST, consent::PATH) => consent::decide(state, call),
        (&Method::POST, "/v2/oauth/token/") => oauth::token(state, call),
        (&Method::POST, "/v2/oauth/revoke/") => oauth::revoke(state, call),
        (&Method::PUT, upload::PATH) => upload::put(state, call),
        (method, path) => {
            let endpoint = ENDPOINTS.iter().find(|endpoint| endpoint.method == method && endpoint.path == path);
            let Endpoint { path, scopes, rate, act, .. } = endpoint.ok_or_else(Refusal::no_such_path)?;
            let session = session::enter(state, call, path, scopes, *rate)?;
            let outcome = act(state, &session, call);
            // Media that are fetched at once are fetched now: the next look may come much later.
            pull::settle(state);
            outcome
        }
    }
}
