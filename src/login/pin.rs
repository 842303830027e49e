//! Logging in with OAuth 1.0a (RFC 5849, section 2), in which nobody comes back to us: a person copies a number, the PIN, out of
//! the browser. Each request is signed and sent once. Stores nothing, and knows no command.

use url::{Url, form_urlencoded};

use crate::error::{Failure, Kind};
use crate::http::{Http, Keys, Outcome};
use crate::platform::{PinGrant, Reply};
use crate::vault::{self, ConsumerKeys, Credential, Secret};

/// No PIN is longer; X's has about seven digits.
const PIN_MAX: usize = 16;

/// What to do where the platform does not know who asks.
const NOT_KNOWN: &str = "are the consumer key and its secret right, and this machine's clock? `pressroom apps set` asks for the two anew, with `--consumer`";
/// What to do where it knows the app, and begins no login for it.
const NOT_SET_UP: &str = "in the app's settings there, switch user authentication on and give a callback address: it is wanted even with a PIN";

/// One login of that kind, for one app.
pub struct PinLogin<'a> {
    pub http: &'a Http,
    /// As people know the platform.
    pub label: &'static str,
    pub way: &'static PinGrant,
    pub consumer: &'a ConsumerKeys,
}

/// A login that a person has yet to agree to.
pub struct Asked {
    /// The page to be opened in a browser.
    pub url: Url,
    token: Secret,
    secret: Secret,
}

impl PinLogin<'_> {
    /// Begins a login.
    ///
    /// # Errors
    /// What kept the platform from beginning one.
    pub async fn begin(&self) -> Result<Asked, Failure> {
        // `oob`, out of band: the platform is to send the browser nowhere.
        let reply = self.ask(self.way.request, None, ("oauth_callback", "oob")).await?;
        if !reply.is_success() {
            let hint = if reply.status == 401 { NOT_KNOWN } else { NOT_SET_UP };
            return Err(self.refused(&reply, "began no login for this app", hint));
        }
        let fields = fields(&reply);
        // RFC 5849, section 2.1: a server that does not say so speaks an older, unsafe version.
        let confirmed = fields.iter().any(|(name, value)| name == "oauth_callback_confirmed" && value == "true");
        let [token, secret] = self.pair(&fields).filter(|_| confirmed).ok_or_else(|| self.unreadable())?;
        let mut url = address(self.way.authorize)?;
        url.query_pairs_mut().append_pair("oauth_token", token.expose());
        Ok(Asked { url, token, secret })
    }

    /// Ends a login with the PIN that the person was shown.
    ///
    /// # Errors
    /// It is no PIN, or not this login's, or the platform gave no token for it.
    pub async fn finish(&self, asked: &Asked, typed: &str) -> Result<vault::Grant, Failure> {
        let pin: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let label = self.label;
        if pin.is_empty() {
            return Err(Failure::new(Kind::Person, format!("no PIN was given, so {label} gave no token"))
                .hint("nothing was stored; begin again with `pressroom connect`"));
        }
        if pin.len() > PIN_MAX || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Failure::new(Kind::Usage, "this is no PIN: it has digits alone, about seven")
                .hint("nothing was stored; begin again with `pressroom connect`"));
        }
        let reply = self.ask(self.way.access, Some([&asked.token, &asked.secret]), ("oauth_verifier", &pin)).await?;
        if !reply.is_success() {
            let hint = "a PIN is good for one login, and not for long; begin again with `pressroom connect`";
            return Err(self.refused(&reply, "gave no token for this PIN", hint));
        }
        let [token, token_secret] = self.pair(&fields(&reply)).ok_or_else(|| self.unreadable())?;
        let (consumer_key, consumer_secret) = (self.consumer.key.clone(), self.consumer.secret.clone());
        let credential = Credential::OAuth1 { consumer_key, consumer_secret, token, token_secret };
        Ok(vault::Grant { credential, scopes: Vec::new() })
    }

    async fn ask(&self, to: &str, token: Option<[&Secret; 2]>, param: (&str, &str)) -> Result<Reply, Failure> {
        let keys = Keys { consumer: &self.consumer.key, consumer_secret: &self.consumer.secret, token };
        match self.http.sign_for_token(&address(to)?, &keys, &[param]).await? {
            Outcome::Answered(reply) => Ok(reply),
            Outcome::NotSent(why) | Outcome::Unclear(why) => {
                let what = format!("{} could not be asked for a token; nothing was stored", self.label);
                Err(Failure::new(Kind::Later, what).cause(why))
            }
        }
    }

    /// The two words of a token: what stands for it, and what signs for it.
    fn pair(&self, fields: &[(String, String)]) -> Option<[Secret; 2]> {
        let given = |wanted: &str| {
            let value = fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())?;
            (value.len() >= vault::SHORTEST).then(|| Secret::new(value))
        };
        Some([given("oauth_token")?, given("oauth_token_secret")?])
    }

    fn refused(&self, reply: &Reply, what: &str, hint: &str) -> Failure {
        let later = reply.status == 429 || reply.status >= 500;
        let kind = if later { Kind::Later } else { Kind::Person };
        let failure =
            Failure::new(kind, format!("{} {what}; nothing was stored", self.label)).cause(said(self.label, reply));
        failure.hint(if later { "try again later" } else { hint })
    }

    fn unreadable(&self) -> Failure {
        let what = format!("{} gave no answer that could be read; nothing was stored", self.label);
        Failure::new(Kind::Later, what)
    }
}

/// Has the platform revoke such a token: it signs that itself, and no other word is needed.
///
/// # Errors
/// What kept the platform from revoking it.
pub async fn revoke(http: &Http, label: &'static str, way: &PinGrant, keys: &Keys<'_>) -> Result<(), Failure> {
    match http.sign_for_token(&address(way.revoke)?, keys, &[]).await? {
        Outcome::Answered(reply) if reply.is_success() => Ok(()),
        Outcome::Answered(reply) => {
            Err(Failure::new(Kind::Person, format!("{label} did not revoke the token")).cause(said(label, &reply)))
        }
        Outcome::NotSent(why) | Outcome::Unclear(why) => {
            Err(Failure::new(Kind::Later, format!("{label} could not be asked to revoke the token")).cause(why))
        }
    }
}

/// A platform's words, as far as they stand where errors do: another place of an answer could hold a secret.
fn said(label: &str, reply: &Reply) -> String {
    let error = &reply.json()["errors"][0];
    let words = error["message"].as_str().map_or_else(String::new, |words| {
        let plain: String = words.chars().filter(|c| !c.is_control()).take(200).collect();
        format!(": \"{plain}\"")
    });
    let code = error["code"].as_i64().map_or_else(String::new, |code| format!(" (code {code})"));
    format!("{label} answered {}{words}{code}", reply.status)
}

fn fields(reply: &Reply) -> Vec<(String, String)> {
    form_urlencoded::parse(reply.body.trim().as_bytes()).into_owned().collect()
}

fn address(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|error| Failure::new(Kind::Bug, "a login's address is none").cause(error))
}
