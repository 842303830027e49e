//! A make-believe YouTube: Google's sign-in, resumable uploads, videos, thumbnails, captions and playlists of the Data
//! API v3, as strict as the public documents allow. It is written from those documents alone and keeps its own figures
//! for every limit.
//!
//! One request is one function call on [`State`](state::State) under a lock; nothing here waits or speaks to anybody.
//! Where documents leave a choice, [`Options`] has it. Of the API only what a publisher needs is here; filters that exist
//! but are not played answer 501 `notImplemented`.

mod accounts;
mod api;
mod call;
mod captions;
mod catalogue;
mod categories;
mod channels;
mod consent;
mod endpoints;
mod errors;
mod film;
mod grants;
mod languages;
mod metadata;
mod multipart;
mod oauth;
mod options;
mod parameters;
mod playlist_items;
mod playlists;
mod quota;
mod ranges;
mod render;
mod schema;
mod scopes;
mod search;
mod seen;
mod selector;
mod sessions;
mod state;
#[cfg(test)]
mod tests;
mod thumbnails;
mod upload;
mod video;
mod videos;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::http::Method;
use axum::response::Response;
use serde_json::Value;

pub use self::accounts::{App, Client, Member, SignUp};
use self::call::{Call, Outcome, Reply};
use self::errors::{Refusal, html};
pub use self::options::{Envelope, Hiccup, Options, Processing, Scripted};
use self::playlists::Playlist;
use self::state::{Channel, Identity, State, opaque, uploads_of};
use super::{Seen, World, hang_up};

/// The hosts this simulator answers for.
pub const HOSTS: &[&str] =
    &["www.googleapis.com", "youtube.googleapis.com", "oauth2.googleapis.com", "accounts.google.com"];

/// A make-believe YouTube. Clones are the same platform.
///
/// Signing in needs no browser: `GET /o/oauth2/v2/auth` shows a page whose form goes by `POST` to the same path with the
/// fields of the query and these: `decision` (`allow` or `deny`), `channel` (a channel's id, or the e-mail address of an
/// account that has none; left out, the first there is) and `without` (a scope's bare name that is left unticked; any
/// number of times). The answer is the redirect back to the app.
#[derive(Clone)]
pub struct YouTube(Arc<Mutex<State>>);

impl YouTube {
    /// An empty platform with no accounts and one app, [`App::default`].
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(State::new(world))))
    }

    /// Adds an app, or replaces the one with the same client id.
    pub fn add_app(&self, app: App) {
        self.lock().apps.insert(app.client_id.clone(), app);
    }

    /// Makes a channel, and the Google account if it is not there yet, and hands out live tokens. The account can have
    /// several channels: each call makes one more.
    pub fn sign_up(&self, wanted: SignUp) -> Member {
        let SignUp { title, handle, email, has_channel, phone_verified, made_for_kids, scopes, client_id } = wanted;
        let mut state = self.lock();
        let known = state.accounts.iter().position(|known| *known == email);
        let account = known.unwrap_or(state.accounts.len());
        if known.is_none() {
            state.accounts.push(email);
        }
        let channel = has_channel.then(|| {
            let (id, created, handle) = (opaque("UC", 24), state.now(), state.free_handle(&handle));
            let made = Channel { id: id.clone(), account, title, handle, phone_verified, made_for_kids, created };
            state.channels.push(made);
            id
        });
        member(&mut state, Identity { account, channel }, &client_id, &scopes)
    }

    /// Another live pair of tokens for a channel that is there: other scopes, another client. `None` without it.
    pub fn tokens(&self, channel_id: &str, client_id: &str, scopes: &[&str]) -> Option<Member> {
        let mut state = self.lock();
        let account = state.channel(channel_id)?.account;
        let identity = Identity { account, channel: Some(channel_id.to_owned()) };
        let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Some(member(&mut state, identity, client_id, &scopes))
    }

    /// Makes a public playlist of a channel; its id.
    pub fn add_playlist(&self, channel_id: &str, title: &str) -> String {
        let mut state = self.lock();
        let playlist = Playlist::new(&state, channel_id, title);
        let id = playlist.id.clone();
        state.playlists.push(playlist);
        id
    }

    /// Whether the channel's phone number is verified: long videos and thumbnails need that.
    pub fn verify(&self, channel_id: &str, verified: bool) {
        let mut state = self.lock();
        let channel = state.channels.iter_mut().find(|channel| channel.id == channel_id);
        channel.into_iter().for_each(|channel| channel.phone_verified = verified);
    }

    /// The person takes back what they allowed: every token of the account for the app's project is dead from now on.
    pub fn revoke(&self, token: &str) {
        self.lock().revoke(token);
    }

    /// Ends an access token before its time; the refresh token stays.
    pub fn expire(&self, access_token: &str) {
        self.lock().access.remove(access_token);
    }

    /// Changes how the platform behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.lock().options);
    }

    /// What readers see, oldest first: videos that are processed. Unlisted ones are seen by whoever has the link; private
    /// ones, scheduled ones among them, have the kind `draft`. Deleted, failed, rejected and unprocessed ones are not seen.
    pub fn seen(&self) -> Vec<Seen> {
        let mut state = self.lock();
        state.tick();
        seen::all(&state)
    }

    /// A video as the API tells its owner, all parts, whatever has become of it; `None` for what is not there.
    pub fn video(&self, id: &str) -> Option<Value> {
        let mut state = self.lock();
        state.tick();
        state.video(id).map(|video| render::video(&state, video, render::PARTS, true))
    }

    /// The ids of all videos that came into being and were not deleted, oldest first, processed or not.
    pub fn videos(&self) -> Vec<String> {
        self.lock().videos.iter().map(|video| video.id.clone()).collect()
    }

    /// Upload sessions that were opened and have brought forth no video.
    pub fn open_sessions(&self) -> usize {
        self.lock().sessions.values().filter(|session| session.video.is_none()).count()
    }

    /// What the default app's project has spent today: calls of `videos.insert`, calls of `search.list`, units.
    pub fn spent(&self) -> (u64, u64, u64) {
        use quota::Bucket::{Inserts, Searches, Units};
        let state = self.lock();
        let of = |bucket| state.meter.spent(&App::default().project, bucket, state.now());
        (of(Inserts), of(Searches), of(Units))
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

fn member(state: &mut State, identity: Identity, client_id: &str, scopes: &[String]) -> Member {
    let scopes: Vec<_> = scopes.iter().filter_map(|scope| scopes::bare(scope)).map(str::to_owned).collect();
    let access_token = state.issue_access(&identity, client_id, &scopes);
    let refresh_token = state.issue_refresh(&identity, client_id, &scopes);
    let email = state.accounts[identity.account].clone();
    let channel_id = identity.channel.unwrap_or_default();
    Member { uploads_playlist: uploads_of(&channel_id), channel_id, email, access_token, refresh_token }
}

async fn answer(Shared(youtube): Shared<YouTube>, request: Request) -> Response {
    let call = Call::receive(request).await;
    let reply = {
        let mut state = youtube.lock();
        state.tick();
        let envelope = state.options.envelope;
        match route(&mut state, &call) {
            Ok(reply) | Err(Refusal::Reply(reply)) => reply,
            Err(Refusal::Fault(fault)) => fault.into_reply(envelope),
        }
    };
    if reply.lost {
        hang_up();
    }
    let reply = if call.path.contains("/upload/") {
        reply.with("x-guploader-uploadid", opaque("ADPycd", 60))
    } else {
        reply.with("vary", "Origin, X-Origin, Referer")
    };
    reply.into_response(call.parameter("prettyPrint") != Some("false"))
}

fn route(state: &mut State, call: &Call) -> Outcome {
    if sessions::is_for(call) && call.path.contains("/upload/") {
        return sessions::put(state, call);
    }
    if call.broken {
        // Half a request is none: nothing but uploads makes use of it.
        return Ok(Reply::lost());
    }
    match (&call.method, call.path.as_str()) {
        (&Method::GET, "/o/oauth2/v2/auth") => consent::page(state, call),
        (&Method::POST, "/o/oauth2/v2/auth") => consent::decide(state, call),
        (&Method::POST, "/token") => oauth::token(state, call),
        (&Method::POST, "/revoke") => oauth::revoke(state, call),
        (_, "/token" | "/revoke" | "/o/oauth2/v2/auth") => Err(html(405).into()),
        _ => api::handle(state, call, api::find(call)?),
    }
}
