//! Where notices go: a webhook through `http`, or a mail server. Addresses and passwords come from variables that
//! accounts.toml names; they are secrets, and no word of ours holds them.

use serde_json::Value;
use url::Url;

use crate::account::Notify;
use crate::error::{Failure, Kind};
use crate::http::{Http, Outcome};
use crate::vault::{Redactor, Secret};

mod mail;

/// A way to tell people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way<'a> {
    Webhook { variable: &'a str },
    Email { variable: &'a str, to: &'a str },
}

/// A letter: one subject, one text.
#[derive(Clone, Debug)]
pub struct Letter {
    pub subject: String,
    pub text: String,
}

/// The ways accounts.toml names.
pub fn ways(notify: &Notify) -> Vec<Way<'_>> {
    let webhook = notify.webhook.iter().map(|webhook| Way::Webhook { variable: variable(&webhook.value) });
    let email = notify.email.iter().map(|email| Way::Email { variable: variable(&email.smtp), to: &email.to });
    webhook.chain(email).collect()
}

/// `env:NAME` without its beginning.
fn variable(written: &str) -> &str {
    written.strip_prefix("env:").unwrap_or(written)
}

impl Way<'_> {
    /// The word it is remembered by.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Webhook { .. } => "webhook",
            Self::Email { .. } => "email",
        }
    }

    /// The variable that holds its address.
    pub fn variable(&self) -> &str {
        match self {
            Self::Webhook { variable } | Self::Email { variable, .. } => variable,
        }
    }

    /// Sends a notice, once. `address`: what the variable holds. `json`: what a webhook at that host and path is sent.
    ///
    /// # Errors
    /// Why it was not taken, or may not have been.
    pub async fn send(
        &self,
        http: &Http,
        address: &Secret,
        letter: &Letter,
        json: impl Fn(&str, &str) -> Value,
    ) -> Result<(), Failure> {
        let url = Url::parse(address.expose().trim())
            .map_err(|_| Failure::new(Kind::Content, format!("{} holds no address", self.variable())))?;
        let sent = match self {
            Self::Webhook { .. } => webhook(http, &url, &json(url.host_str().unwrap_or_default(), url.path())).await,
            Self::Email { to, .. } => mail::send(&url, to, letter, http.is_rerouted()).await,
        };
        // A server may repeat what it was sent, and a library what it was given.
        let secrets: Vec<Secret> = [address.expose(), url.path(), url.password().unwrap_or_default()]
            .into_iter()
            .map(|text| Secret::new(text.to_owned()))
            .collect();
        let redactor = Redactor::new(&secrets);
        sent.map_err(|failure| Failure {
            message: redactor.clean(&failure.message).into_owned(),
            causes: failure.causes.iter().map(|cause| redactor.clean(cause).into_owned()).collect(),
            ..failure
        })
    }
}

async fn webhook(http: &Http, url: &Url, body: &Value) -> Result<(), Failure> {
    let later = |words: String| Failure::new(Kind::Later, words);
    match http.tell(url, body).await? {
        Outcome::Answered(reply) if (200..300).contains(&reply.status) => Ok(()),
        Outcome::Answered(reply) if (300..400).contains(&reply.status) => {
            Err(later(format!("it leads elsewhere ({}), and is not followed", reply.status)))
        }
        Outcome::Answered(reply) => Err(later(format!("it answered {}", reply.status))),
        Outcome::NotSent(why) | Outcome::Unclear(why) => Err(later(why)),
    }
}
