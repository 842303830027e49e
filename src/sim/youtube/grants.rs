//! Tokens: how they are made, how long they live, and all the ways they die
//! (<https://developers.google.com/identity/protocols/oauth2>). How a person allows them is `consent`'s.

use std::time::{Duration, SystemTime};

use super::state::{Identity, State, opaque};

/// Unused for so long, a refresh token is dead. "Six months", as the documents say.
const IDLE_MAX: Duration = Duration::from_secs(182 * 86_400);
/// Of projects in testing.
const TESTING_LIFE: Duration = Duration::from_secs(7 * 86_400);
/// Live refresh tokens one account has for one client; one more silently ends the oldest.
const LIVE_MAX: usize = 100;

pub(super) struct Access {
    pub(super) identity: Identity,
    pub(super) client_id: String,
    /// Bare names, as `youtube.upload`.
    pub(super) scopes: Vec<String>,
    pub(super) expires: SystemTime,
}

#[derive(Clone)]
pub(super) struct Refresh {
    pub(super) identity: Identity,
    pub(super) client_id: String,
    pub(super) scopes: Vec<String>,
    number: u64,
    used: SystemTime,
    /// Only in testing.
    dies: Option<SystemTime>,
}

impl Refresh {
    /// Seconds left, where the end is known.
    pub(super) fn seconds_left(&self, now: SystemTime) -> Option<u64> {
        let left = |dies: SystemTime| dies.duration_since(now).unwrap_or_default();
        // A moment has passed since the token was made: seven days are told as 604799 seconds.
        self.dies.map(|dies| left(dies).saturating_sub(Duration::from_nanos(1)).as_secs())
    }

    fn lives(&self, now: SystemTime) -> bool {
        self.dies.is_none_or(|dies| now < dies) && now < self.used + IDLE_MAX
    }
}

impl State {
    pub(super) fn issue_access(&mut self, identity: &Identity, client_id: &str, scopes: &[String]) -> String {
        let token = opaque("ya29.a0", 220);
        let expires = self.now() + self.options.access_token_life;
        let access =
            Access { identity: identity.clone(), client_id: client_id.to_owned(), scopes: scopes.to_vec(), expires };
        self.access.insert(token.clone(), access);
        token
    }

    pub(super) fn issue_refresh(&mut self, identity: &Identity, client_id: &str, scopes: &[String]) -> String {
        let (now, number) = (self.now(), self.next());
        let mine = |refresh: &Refresh| refresh.identity.account == identity.account && refresh.client_id == client_id;
        let mut live: Vec<_> = self.refresh.iter().filter(|(_, refresh)| mine(refresh)).collect();
        live.sort_by_key(|(_, refresh)| refresh.number);
        let surplus = (live.len() + 1).saturating_sub(LIVE_MAX);
        for old in live.into_iter().take(surplus).map(|(token, _)| token.clone()).collect::<Vec<_>>() {
            self.refresh.remove(&old);
        }
        let token = opaque("1//0", 103);
        let refresh = Refresh {
            identity: identity.clone(),
            client_id: client_id.to_owned(),
            scopes: scopes.to_vec(),
            number,
            used: now,
            dies: self.options.testing.then(|| now + TESTING_LIFE),
        };
        self.refresh.insert(token.clone(), refresh);
        token
    }

    /// A refresh token in use by this client; nothing if it is dead in any of the ways.
    pub(super) fn use_refresh(&mut self, token: &str, client_id: &str) -> Option<Refresh> {
        let now = self.now();
        let refresh = self.refresh.get_mut(token)?;
        if refresh.client_id != client_id || !refresh.lives(now) {
            return None;
        }
        refresh.used = now;
        Some(refresh.clone())
    }

    /// Ends everything this token's account granted to any client of the project; false for an unknown token.
    pub(super) fn revoke(&mut self, token: &str) -> bool {
        let now = self.now();
        let access = self.access.get(token).filter(|access| now < access.expires);
        let access = access.map(|access| (access.identity.account, access.client_id.clone()));
        let refresh = self.refresh.get(token).filter(|refresh| refresh.lives(now));
        let refresh = refresh.map(|refresh| (refresh.identity.account, refresh.client_id.clone()));
        let Some((account, client_id)) = access.or(refresh) else {
            return false;
        };
        let project = self.project(&client_id);
        let clients: Vec<_> = self.apps.values().filter(|app| app.project == project).collect();
        let theirs = |of: usize, client: &str| of == account && clients.iter().any(|app| app.client_id == client);
        self.access.retain(|_, access| !theirs(access.identity.account, &access.client_id));
        self.refresh.retain(|_, refresh| !theirs(refresh.identity.account, &refresh.client_id));
        true
    }

    /// The project a client belongs to: whose quota it spends.
    pub(super) fn project(&self, client_id: &str) -> String {
        self.apps.get(client_id).map_or_else(String::new, |app| app.project.clone())
    }
}
