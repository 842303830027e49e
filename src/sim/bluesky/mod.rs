//! A make-believe Bluesky: personal data servers with their accounts, the entryway that signs in for them, the
//! directory of identities, the video service, and what readers of the app see. Sources: <https://atproto.com/specs>,
//! <https://docs.bsky.app>, the lexicons of <https://github.com/bluesky-social/atproto>, and how its server (0.4.217,
//! 0.5.35) was seen to answer when it ran.
//!
//! Strict beats lenient. The real server takes unknown embeds and fields, facets past the end of the text, and
//! collections that it has no lexicon for, whereupon readers see less than was meant; this one refuses them, and
//! pictures with a wrong shape, answers to posts that are not there, and posts with neither text nor embed. `validate:
//! false` changes nothing here. Likes, follows, feeds and federation are not here.

mod auth;
mod blobs;
mod call;
mod cid;
mod errors;
mod facets;
mod gates;
mod identity;
mod jwt;
mod lexicon;
mod oauth;
mod options;
mod post;
mod rates;
mod reading;
mod repo;
mod route;
mod seen;
mod session;
mod shape;
mod state;
mod syntax;
#[cfg(test)]
mod tests;
mod video;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use self::call::Call;
pub use self::options::Options;
use self::state::State;
pub use self::state::Status;
use super::{Seen, World};

/// The hosts this simulator answers for: the entryway, two personal data servers, the directory, the video service.
pub const HOSTS: &[&str] = &[ENTRYWAY, PDS, "pds.second.example", DIRECTORY, VIDEO];

/// Where accounts of Bluesky's own servers may sign in.
pub const ENTRYWAY: &str = "bsky.social";

/// The server that accounts are at if nothing else is said.
pub const PDS: &str = "pds.example";

const DIRECTORY: &str = "plc.directory";
const VIDEO: &str = "video.bsky.app";

/// A make-believe Bluesky. Clones are the same.
///
/// Signing in by OAuth needs no browser: what was pushed is shown at `GET /oauth/authorize` as a page whose form goes
/// by `POST` to the same path, with `client_id`, `request_uri`, `account` (a handle) and `decision` (`allow` or
/// `deny`).
#[derive(Clone)]
pub struct Bluesky(Arc<Mutex<State>>);

impl Bluesky {
    /// Without accounts.
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(State::new(world))))
    }

    /// The HTTP service of each host.
    pub fn routers(&self) -> Vec<(&'static str, Router)> {
        HOSTS.iter().map(|&host| (host, self.router(host))).collect()
    }

    /// What answers at this host.
    pub fn router(&self, host: &'static str) -> Router {
        Router::new().fallback(answer).with_state((self.clone(), host))
    }

    /// Changes how the servers behave from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.lock().options);
    }

    /// Makes an account with an app password, and signs it in; an account that has the handle already is signed in
    /// again.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        self.lock().sign_up(sign_up)
    }

    /// The account's standing from now on.
    pub fn set_status(&self, did: &str, status: Status) {
        if let Some(account) = self.lock().accounts.iter_mut().find(|account| account.did == did) {
            account.status = status;
        }
    }

    /// The account takes another handle.
    pub fn rename(&self, did: &str, handle: &str) {
        if let Some(account) = self.lock().accounts.iter_mut().find(|account| account.did == did) {
            account.handle = handle.to_owned();
        }
    }

    /// The person deletes the app password in their settings: its sessions cannot be refreshed any more, and it opens
    /// none.
    pub fn revoke_app_password(&self, did: &str) {
        self.lock().revoke_app_password(did);
    }

    /// The person takes back what they allowed apps by OAuth: their tokens are dead from now on.
    pub fn revoke_apps(&self, did: &str) {
        let mut state = self.lock();
        if let Some(account) = state.account(did) {
            oauth::end(&mut state, account);
        }
    }

    /// Every blob that no record names is deleted now.
    pub fn sweep_blobs(&self) {
        self.lock().sweep();
    }

    /// A record as it is in its repository now, by its address (`at://did/collection/key`).
    pub fn record(&self, uri: &str) -> Option<Value> {
        let state = self.lock();
        state.record(uri).map(|record| record.value.clone())
    }

    /// What readers of the app see, oldest first: posts, by `id`, `reply_to` and `quotes` their addresses (`at://`), by
    /// `author` the DID. The app shows a post as it was first, however often it was put ([`Options::shows_edits`]). A
    /// link card's picture is listed among the media. `details` has `lang` and `tag` each, `link` (words, blank,
    /// address), `mention` (words, blank, DID), `hashtag`, `label`, `threadgate` (`nobody`, or who may answer),
    /// `postgate` (`no quotes`), `presentation`.
    pub fn seen(&self) -> Vec<Seen> {
        seen::all(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left the state between two steps at worst; a rehearsal can go on.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = state.world.now();
        state
    }
}

/// An account to be.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// A name of at least two labels: `ann.example`.
    pub handle: String,
    pub email: String,
    /// The account's own password.
    pub password: String,
    /// `xxxx-xxxx-xxxx-xxxx`
    pub app_password: String,
    /// Its server, of [`HOSTS`].
    pub pds: &'static str,
    /// Whether it may sign in at the entryway, as accounts of Bluesky's own servers.
    pub entryway: bool,
    /// Whether signing in with the account's own password needs a code from a mail.
    pub email_factor: bool,
}

impl Default for SignUp {
    fn default() -> Self {
        Self {
            handle: "ann.example".to_owned(),
            email: "ann@example.org".to_owned(),
            password: "correct horse battery staple".to_owned(),
            app_password: "abcd-efgh-2345-6789".to_owned(),
            pds: PDS,
            entryway: true,
            email_factor: false,
        }
    }
}

/// An account that is signed in.
#[derive(Clone, Debug)]
pub struct Member {
    pub did: String,
    pub handle: String,
    /// The host of the account's server.
    pub pds: &'static str,
    pub app_password: String,
    pub access_jwt: String,
    pub refresh_jwt: String,
}

async fn answer(Shared((bluesky, host)): Shared<(Bluesky, &'static str)>, request: Request) -> Response {
    match Call::receive(request, host).await {
        Some(call) => route::answer(&mut bluesky.lock(), &call),
        None => errors::too_large().into_response(),
    }
}
