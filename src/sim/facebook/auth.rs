//! Who calls, and what their token lets them do.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::call::{Call, Reply};
use super::errors::{self, Fault};
use super::params::Params;
use super::state::{Grant, Holder, State};

/// The bearer of a live token.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) who: Who,
    pub(super) app: String,
    /// Those of the token that the person has not taken back.
    pub(super) scopes: Vec<String>,
    pub(super) token: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    App,
    User(usize),
    /// A Page, and the person behind the token.
    Page(u64, usize),
}

impl Caller {
    pub(super) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }

    /// The person's index, whoever they act for.
    pub(super) fn person(&self) -> Option<usize> {
        match self.who {
            Who::App => None,
            Who::User(person) | Who::Page(_, person) => Some(person),
        }
    }
}

/// The caller of a Graph path: the token is in the header, in the query or in a field.
pub(super) fn caller(state: &State, call: &Call, params: &Params) -> Result<Caller, Reply> {
    let header = call.header("authorization").map(|value| {
        let value = value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("OAuth "));
        value.map(str::trim).ok_or_else(|| errors::token(None))
    });
    let token = match (header.transpose()?, params.get("access_token")) {
        (Some(one), Some(other)) if one != other => return Err(errors::token(None)),
        (Some(token), _) | (None, Some(token)) => token,
        (None, None) => return Err(errors::no_token()),
    };
    let caller = bearer(state, token)?;
    prove(state, &caller, params.get("appsecret_proof"))?;
    Ok(caller)
}

/// The bearer of a token; code 190 if it is not alive.
pub(super) fn bearer(state: &State, token: &str) -> Result<Caller, Reply> {
    let token = token.to_owned();
    if let Some((app, secret)) = token.split_once('|') {
        let known = state.apps.get(app).filter(|app| app.secret == secret);
        let app = known.ok_or_else(|| errors::token(None))?.id.clone();
        return Ok(Caller { who: Who::App, app, scopes: Vec::new(), token });
    }
    let grant = state.grants.get(&token).ok_or_else(|| errors::token(None))?;
    if let Some(subcode) = trouble(state, grant) {
        return Err(errors::token(Some(subcode)));
    }
    let who = match grant.holder {
        Holder::User => Who::User(grant.person),
        Holder::Page(page) => Who::Page(page, grant.person),
    };
    Ok(Caller { who, app: grant.app.clone(), scopes: scopes(state, grant), token })
}

/// The subcode a token is refused with, if it is not alive.
pub(super) fn trouble(state: &State, grant: &Grant) -> Option<u32> {
    let role_lost = matches!(grant.holder, Holder::Page(page) if !state.people[grant.person].tasks.contains_key(&page));
    let over = grant.expires.is_some_and(|end| end <= state.now());
    grant.dead.or(over.then_some(463)).or(role_lost.then_some(492))
}

/// The token's scopes without those the person took back.
pub(super) fn scopes(state: &State, grant: &Grant) -> Vec<String> {
    let login = state.logins.get(&(grant.person, grant.app.clone()));
    let granted = |scope: &&String| login.is_some_and(|login| login.scopes.get(*scope) == Some(&true));
    grant.scopes.iter().filter(granted).cloned().collect()
}

/// Holds `appsecret_proof` against the token of the same call.
fn prove(state: &State, caller: &Caller, proof: Option<&str>) -> Result<(), Reply> {
    let Some(app) = state.apps.get(&caller.app) else { return Ok(()) };
    let Some(proof) = proof else {
        // The app's own token holds the secret already.
        let needed = app.require_proof && caller.who != Who::App;
        let message = "API calls from the server require an appsecret_proof argument";
        return if needed { Err(Fault::bare(100, message).reply()) } else { Ok(()) };
    };
    if proof == self::proof(&app.secret, &caller.token) {
        return Ok(());
    }
    Err(Fault::bare(104, "Invalid appsecret_proof provided in the API argument").reply())
}

/// <https://developers.facebook.com/docs/graph-api/guides/secure-requests>: HMAC-SHA256 of the token, in hexadecimal.
pub(super) fn proof(secret: &str, token: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(token.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a change to a Page needs.
pub(super) struct Right {
    pub(super) scopes: &'static [&'static str],
    pub(super) task: &'static str,
}

/// <https://developers.facebook.com/docs/graph-api/reference/page/feed/>
pub(super) const PUBLISH: Right =
    Right { scopes: &["pages_manage_posts", "pages_read_engagement", "pages_show_list"], task: "CREATE_CONTENT" };
pub(super) const COMMENT: Right =
    Right { scopes: &["pages_manage_engagement", "pages_read_engagement"], task: "MODERATE" };

/// The caller is this Page and may do this.
pub(super) fn page(state: &State, caller: &Caller, page: u64, right: &Right) -> Result<(), Reply> {
    let Who::Page(own, person) = caller.who else {
        return Err(errors::forbidden(
            "If posting to a page, requires a page access token with both pages_read_engagement and \
             pages_manage_posts as an admin with sufficient administrative permission",
        ));
    };
    if own != page {
        return Err(errors::forbidden("The page access token is not for this page"));
    }
    if let Some(missing) = right.scopes.iter().find(|scope| !caller.has(scope)) {
        return Err(errors::forbidden(&format!("The permission {missing} is not granted to the access token")));
    }
    if !has_task(state, person, page, right.task) {
        return Err(errors::forbidden(&format!(
            "The user must be able to perform the task {} on the page",
            right.task
        )));
    }
    Ok(())
}

/// The new Page experience writes its tasks with another beginning.
pub(super) fn has_task(state: &State, person: usize, page: u64, task: &str) -> bool {
    let held = state.people[person].tasks.get(&page);
    held.is_some_and(|tasks| tasks.iter().any(|held| held.strip_prefix("PROFILE_PLUS_").unwrap_or(held) == task))
}

/// The caller may see what this Page has, published or not.
pub(super) fn reader(state: &State, caller: &Caller, page: u64) -> Result<(), Reply> {
    let near = match caller.who {
        Who::App => false,
        Who::Page(own, _) => own == page,
        Who::User(person) => state.people[person].tasks.contains_key(&page),
    };
    if !near {
        return Err(errors::unreadable("pages_read_engagement"));
    }
    if caller.has("pages_read_engagement") { Ok(()) } else { Err(errors::unreadable("pages_read_engagement")) }
}
