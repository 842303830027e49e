//! Who calls, through which login, and what they may do: versions, tokens, scopes. It knows no posts.

use axum::http::Method;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::call::{Call, Door, Reply};
use super::errors;
use super::state::State;
use super::tokens;

/// What a call wants to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Right {
    Read,
    Publish,
    Comment,
    Delete,
}

impl Right {
    /// The scopes needed, by login.
    fn scopes(self, door: Door) -> &'static [&'static str] {
        match (door, self) {
            (Door::Instagram, Self::Read | Self::Delete) => &["instagram_business_basic"],
            (Door::Instagram, Self::Publish) => &["instagram_business_basic", "instagram_business_content_publish"],
            (Door::Instagram, Self::Comment) => &["instagram_business_basic", "instagram_business_manage_comments"],
            (Door::Facebook, Self::Read) => &["instagram_basic", "pages_read_engagement"],
            (Door::Facebook, Self::Publish) => {
                &["instagram_basic", "instagram_content_publish", "pages_read_engagement"]
            }
            (Door::Facebook, Self::Comment) => {
                &["instagram_basic", "instagram_manage_comments", "pages_read_engagement"]
            }
            (Door::Facebook, Self::Delete) => &["instagram_basic", "instagram_manage_contents"],
        }
    }
}

/// Whom a token speaks for.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Login {
    Instagram(usize),
    Page(String),
    Person,
}

/// A caller whose token is good.
pub(super) struct Caller {
    pub(super) door: Door,
    pub(super) login: Login,
    scopes: Vec<String>,
    /// As sent: links to further pages contain it.
    pub(super) token: String,
    /// `v26.0`
    pub(super) version: String,
}

impl Caller {
    /// By `Authorization: Bearer` or the parameter `access_token`.
    pub(super) fn of(state: &State, call: &Call, version: &str) -> Result<Self, Reply> {
        let parameters = call.parameters()?;
        let mut tokens: Vec<&str> =
            parameters.iter().filter(|(name, _)| name == "access_token").map(|(_, value)| value.as_str()).collect();
        if let Some(header) = call.header("authorization") {
            let bearer = header.strip_prefix("Bearer ");
            tokens.push(bearer.ok_or_else(|| errors::token(None, "The token goes as Authorization: Bearer"))?);
        }
        let [token] = tokens[..] else {
            let why = "One access token is required to request this resource, and only one.";
            return Err(errors::token(None, why));
        };
        let caller = Self::with_token(state, call.door, token, version)?;
        for (_, proof) in parameters.iter().filter(|(name, _)| name == "appsecret_proof") {
            caller.check_proof(state, proof)?;
        }
        Ok(caller)
    }

    pub(super) fn with_token(state: &State, door: Door, token: &str, version: &str) -> Result<Self, Reply> {
        let (login, scopes) = match door {
            Door::Instagram => {
                let known = tokens::live(state, token)?;
                (Login::Instagram(known.account), known.scopes.clone())
            }
            Door::Facebook => {
                let known = (state.facebook_tokens)(token)
                    .ok_or_else(|| errors::token(None, "Invalid OAuth access token - Cannot parse access token"))?;
                (known.page.map_or(Login::Person, Login::Page), known.scopes)
            }
        };
        Ok(Self { door, login, scopes, token: token.to_owned(), version: version.to_owned() })
    }

    /// An HMAC of the token under the app's secret. Of a Facebook app only the shape is known here.
    fn check_proof(&self, state: &State, proof: &str) -> Result<(), Reply> {
        let wrong = || errors::plain(104, "Invalid appsecret_proof provided in the API argument");
        let Some(token) = state.tokens.get(&self.token) else {
            let hex = proof.len() == 64 && proof.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            return if hex { Ok(()) } else { Err(wrong()) };
        };
        let secret = state.apps.get(&token.client_id).map_or("", |app| app.client_secret.as_str());
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| wrong())?;
        mac.update(self.token.as_bytes());
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        if hex == proof { Ok(()) } else { Err(wrong()) }
    }

    pub(super) fn need(&self, right: Right) -> Result<(), Reply> {
        let missing = right.scopes(self.door).iter().find(|scope| !self.scopes.iter().any(|has| has == *scope));
        missing.map_or(Ok(()), |scope| Err(errors::denied(scope)))
    }

    /// Whether this account is within the token's reach. Which Pages a person manages only Facebook knows: a person's
    /// token reaches every account that is linked to a Page.
    pub(super) fn reaches(&self, state: &State, account: usize) -> bool {
        let pages = &state.accounts[account].pages;
        match &self.login {
            Login::Instagram(own) => *own == account,
            Login::Page(page) => pages.contains(page),
            Login::Person => !pages.is_empty(),
        }
    }
}

/// The version a path begins with, and the rest.
pub(super) fn version<'a>(state: &State, call: &'a Call) -> Result<(&'a str, Vec<&'a str>), Reply> {
    let mut segments = call.path.trim_start_matches('/').split('/');
    let version = segments.next().unwrap_or_default();
    served(state, version)?;
    Ok((version, segments.collect()))
}

/// Refuses a version that is over, or not there yet, or none. The real service answers calls without a version by what
/// the app's settings say, and calls to an old one by the oldest that is left; nobody should rely on either.
pub(super) fn served(state: &State, version: &str) -> Result<(), Reply> {
    let number = version.strip_prefix('v').and_then(|rest| rest.strip_suffix(".0")).and_then(|rest| rest.parse().ok());
    match number {
        Some(number) if state.options.versions.contains(&number) => Ok(()),
        Some(number) if number < *state.options.versions.start() => {
            let why = format!("(#2635) You are calling a deprecated version of the API: {version}.");
            Err(errors::plain(2_635, &why))
        }
        _ => Err(errors::plain(2_500, &format!("Unknown path components: /{version}"))),
    }
}

/// As errors name it: `get`, `post`, `delete`.
pub(super) fn word(method: &Method) -> String {
    method.as_str().to_ascii_lowercase()
}
