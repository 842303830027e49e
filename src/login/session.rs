//! Logging in with an app password, and what keeps that login alive: sessions of `com.atproto.server`. A request is sent once.
//! Stores nothing.
//!
//! Sources: the lexicons `com.atproto.server.{createSession,refreshSession,deleteSession}` in
//! <https://github.com/bluesky-social/atproto>, and <https://docs.bsky.app/docs/advanced-guides/rate-limits>: 30 logins in five minutes
//! and 300 a day, so one is begun only where no refresh token is left that works; of those the old one goes on working for two
//! hours after it was used.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use oauth2::http::Request;
use serde_json::{Value, json};
use url::Url;

use super::{Login, Refreshed};
use crate::error::{Failure, Kind};
use crate::http::Outcome;
use crate::platform::{By, Reply, Session};
use crate::vault::{self, AppPassword, Credential, Secret};

/// What one request came to.
enum Said {
    Yes(Value),
    /// Not now; not before that, if it said so.
    Later(String),
    /// The code of a refusal that stays one.
    No(String),
    /// No answer, or one that cannot be read: it may have acted.
    Lost(String),
    Unsent(String),
    Stopped(Failure),
}

/// What opens a request.
enum Key<'a> {
    Password(&'a AppPassword),
    Bearer(&'a Secret),
}

impl Login<'_> {
    /// Begins a session by an app password; with the host of the server that the account lives on.
    ///
    /// # Errors
    /// What kept the server from opening one.
    pub async fn sign_in(&self, password: &AppPassword) -> Result<(vault::Grant, String), Failure> {
        let session = self.session()?;
        let (server, by_hand) = (self.server, self.at(self.way.by_hand));
        match self.ask_session(session.create, &Key::Password(password)).await {
            Said::Yes(json) => {
                let grant = self.opened(&json, password).map_err(|why| {
                    Failure::new(Kind::Person, format!("{server} let nobody in; nothing was stored")).cause(why)
                })?;
                let home = home(&json, server).map_err(|why| {
                    Failure::new(Kind::Person, "the account cannot be published to; nothing was stored").cause(why)
                })?;
                Ok((grant, home))
            }
            Said::No(code) if matches!(&*code, "AuthenticationRequired" | "AuthFactorTokenRequired") => {
                let what = format!("{server} does not take this handle and password (`{code}`); nothing was stored");
                Err(Failure::new(Kind::Person, what)
                    .hint(format!("an app password is made at {by_hand}, and shown once")))
            }
            Said::No(code) => {
                Err(Failure::new(Kind::Person, format!("{server} let nobody in (`{code}`); nothing was stored")))
            }
            Said::Later(why) | Said::Lost(why) | Said::Unsent(why) => {
                Err(Failure::new(Kind::Later, format!("{server} could not be asked to log in; nothing was stored"))
                    .cause(why))
            }
            Said::Stopped(failure) => Err(failure),
        }
    }

    /// Refreshes a session; begins another by its password only where the server takes its refresh token no more.
    pub(super) async fn refresh_session(&self, refresh: &Secret, password: &AppPassword) -> Refreshed {
        let session = match self.session() {
            Ok(session) => session,
            Err(failure) => return Refreshed::Later(failure.message),
        };
        let mut said = self.ask_session(session.refresh, &Key::Bearer(refresh)).await;
        if matches!(&said, Said::No(_)) {
            said = self.ask_session(session.create, &Key::Password(password)).await;
        }
        match said {
            Said::Yes(json) => match self.opened(&json, password) {
                Ok(grant) => Refreshed::New(grant),
                Err(why) => Refreshed::Dead(why),
            },
            Said::No(code) => Refreshed::Dead(code),
            Said::Later(why) | Said::Unsent(why) => Refreshed::Later(why),
            Said::Lost(why) => Refreshed::Lost(why),
            Said::Stopped(failure) => Refreshed::Later(failure.message),
        }
    }

    /// Ends a session: its tokens open nothing any more. The app password still does.
    ///
    /// # Errors
    /// What kept the server from ending it.
    pub async fn end_session(&self, refresh: &Secret) -> Result<(), Failure> {
        let session = self.session()?;
        let (server, failed) =
            (self.server, |kind, words: &str| Failure::new(kind, format!("{} {words}", self.server)));
        match self.ask_session(session.end, &Key::Bearer(refresh)).await {
            // One that has ended already is ended.
            Said::Yes(_) => Ok(()),
            Said::No(code) if matches!(&*code, "ExpiredToken" | "InvalidToken") => Ok(()),
            Said::No(code) => Err(failed(Kind::Person, &format!("did not end the session (`{code}`)"))),
            Said::Later(why) | Said::Lost(why) | Said::Unsent(why) => {
                Err(Failure::new(Kind::Later, format!("{server} could not be asked to end the session")).cause(why))
            }
            Said::Stopped(failure) => Err(failure),
        }
    }

    fn session(&self) -> Result<Session, Failure> {
        match self.way.by {
            By::Password(session) => Ok(session),
            _ => Err(Failure::new(Kind::Bug, format!("{} has no login with a password", self.label))),
        }
    }

    async fn ask_session(&self, address: &str, key: &Key<'_>) -> Said {
        let request = Request::post(self.at(address)).header("accept", "application/json");
        let request = match key {
            Key::Bearer(token) => request
                .header("authorization", format!("Bearer {}", token.expose()))
                // Over HTTP/1.1 hyper says nothing of a body that is empty, and some servers want to be told (411).
                .header("content-length", "0")
                .body(Vec::new()),
            Key::Password(AppPassword { identifier, password }) => request
                .header("content-type", "application/json")
                .body(json!({ "identifier": identifier, "password": password.expose() }).to_string().into_bytes()),
        };
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                return Said::Stopped(Failure::new(Kind::Bug, "a request for a session is none").cause(error));
            }
        };
        match self.http.ask_for_token(request).await {
            Ok(Outcome::Answered(reply)) => said(&reply, self.server),
            Ok(Outcome::NotSent(why)) => Said::Unsent(why),
            Ok(Outcome::Unclear(why)) => Said::Lost(why),
            Err(failure) => Said::Stopped(failure),
        }
    }

    /// The tokens of a session that was opened.
    fn opened(&self, json: &Value, login: &AppPassword) -> Result<vault::Grant, String> {
        if json["active"] == Value::Bool(false) {
            let status = json["status"].as_str().map_or_else(|| "not active".to_owned(), plain);
            return Err(format!("the account is {status}"));
        }
        let token = |name: &str| {
            let text = json[name].as_str().filter(|text| text.len() >= vault::SHORTEST);
            let text = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
            text.ok_or_else(|| format!("{} gave no `{name}` that could be read", self.server))
        };
        let (access, refresh) = (token("accessJwt")?, token("refreshJwt")?);
        // One that does not say when it ends lasts no longer than they are said to.
        let expires_at = ends(access).or_else(|| self.way.life.map(|life| self.http.now() + life));
        let refresh_expires_at = ends(refresh);
        let (access, refresh, login) = (Secret::new(access), Secret::new(refresh), login.clone());
        let credential = Credential::Session { access, refresh, expires_at, refresh_expires_at, login };
        Ok(vault::Grant { credential, scopes: Vec::new() })
    }
}

fn said(reply: &Reply, server: &str) -> Said {
    let json = reply.json();
    let code = json["error"].as_str().map_or_else(|| reply.status.to_string(), plain);
    match reply.status {
        200..300 => Said::Yes(json),
        429 => {
            let reset = reply.header("ratelimit-reset").and_then(|reset| reset.parse().ok());
            let until = reset.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
            let until = until.map_or_else(String::new, |at| format!(" until {}", at.format("%Y-%m-%d %H:%M UTC")));
            Said::Later(format!("{server} takes no more logins{until}"))
        }
        400..500 => Said::No(code),
        status => Said::Later(format!("{server} answered {status}")),
    }
}

/// An error's name or a status, without anything that could be more.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(40).collect()
}

/// When a token ends, by its own word: it is a JWT, whose claims anybody can read.
fn ends(token: &str) -> Option<DateTime<Utc>> {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    DateTime::from_timestamp(claims["exp"].as_i64()?, 0)
}

/// The host of the server that the account lives on, by its DID document; without one, the one that was asked.
fn home(json: &Value, asked: &str) -> Result<String, String> {
    lives_at(&json["didDoc"]).map(|home| home.unwrap_or_else(|| asked.to_owned()))
}

/// The host of the server that a DID document names, if it names one.
///
/// # Errors
/// Why that one is not spoken to.
pub(super) fn lives_at(document: &Value) -> Result<Option<String>, String> {
    let services = document["service"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_home = |service: &&Value| service["id"].as_str().is_some_and(|id| id.ends_with("#atproto_pds"));
    let Some(service) = services.iter().find(is_home) else { return Ok(None) };
    let address = service["serviceEndpoint"].as_str().unwrap_or_default();
    let url = Url::parse(address).ok().filter(|url| url.scheme() == "https" && url.port().is_none());
    let host = url.as_ref().and_then(Url::domain).filter(|host| host.contains('.'));
    host.map(|host| Some(host.to_ascii_lowercase())).ok_or_else(|| {
        let shown: String = address.chars().filter(|c| !c.is_control()).take(100).collect();
        format!("it lives at `{shown}`, and only https at the usual port of a named host is spoken to")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_when_it_ends() {
        let token = |claims: &str| format!("e30.{}.sig", BASE64_URL_SAFE_NO_PAD.encode(claims));
        for (token, end) in [
            (token(r#"{"exp":1796083200,"sub":"did:plc:abc"}"#), Some("2026-12-01T00:00:00Z")),
            (token(r#"{"exp":"soon"}"#), None),
            (token(r#"{"exp":9e99}"#), None),
            (token("[]"), None),
            ("e30.%%%.sig".to_owned(), None),
            ("opaque".to_owned(), None),
        ] {
            assert_eq!(ends(&token), end.map(|end| end.parse().unwrap()), "{token}");
        }
    }

    #[test]
    fn an_account_lives_where_its_document_says() {
        let told = |id: &str, at: &str| {
            home(
                &json!({ "didDoc": { "service": [{ "id": "#other", "serviceEndpoint": "https://no.example" }, { "id": id, "serviceEndpoint": at }] } }),
                "bsky.social",
            )
        };
        assert_eq!(home(&json!({}), "bsky.social").unwrap(), "bsky.social");
        assert_eq!(told("#atproto_labeler", "https://x.example").unwrap(), "bsky.social");
        for (at, host) in [
            ("https://Enoki.us-east.host.bsky.network", "enoki.us-east.host.bsky.network"),
            ("https://pds.example/", "pds.example"),
        ] {
            assert_eq!(told("#atproto_pds", at).unwrap(), host);
            assert_eq!(told("did:plc:abc#atproto_pds", at).unwrap(), host);
        }
        for at in
            ["http://pds.example", "https://pds.example:8443", "https://127.0.0.1", "https://localhost", "", "pds"]
        {
            let why = format!("it lives at `{at}`, and only https at the usual port of a named host is spoken to");
            assert_eq!(told("#atproto_pds", at).unwrap_err(), why);
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        let reply = |status, body: &str| {
            let headers = [("ratelimit-reset".to_owned(), "1796083200".to_owned())].into();
            let reply = Reply { status, headers, body: body.to_owned(), at: DateTime::UNIX_EPOCH };
            match said(&reply, "bsky.social") {
                Said::Yes(_) => "yes".to_owned(),
                Said::No(code) => format!("no: {code}"),
                Said::Later(why) => format!("later: {why}"),
                _ => "other".to_owned(),
            }
        };
        assert_eq!(reply(200, "{}"), "yes");
        assert_eq!(reply(400, r#"{"error":"ExpiredToken","message":"canary"}"#), "no: ExpiredToken");
        assert_eq!(reply(401, "<html>"), "no: 401");
        let busy = "later: bsky.social takes no more logins until 2026-12-01 00:00 UTC";
        assert_eq!(reply(429, r#"{"error":"RateLimitExceeded"}"#), busy);
        assert_eq!(reply(503, ""), "later: bsky.social answered 503");
    }
}
