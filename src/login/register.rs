//! Registers an app of ours with a server, where platforms have one app a server: once for each address that logins end at, since
//! servers compare it letter by letter, some with the whole list of them. Stores nothing.

use oauth2::http::Request;
use serde_json::Value;

use super::{App, in_place};
use crate::error::{Failure, Kind};
use crate::http::{Http, Outcome};
use crate::platform::{By, Grant};
use crate::vault::{self, Secret};

/// What people read below a post, and in the list of what may act for them.
const NAME: &str = "pressroom";

/// Registers one, whose logins end at `redirect`.
///
/// # Errors
/// What kept the server from giving one.
pub async fn register(http: &Http, way: &Grant, server: &str, redirect: &str) -> Result<App, Failure> {
    let By::ServerApp { register, .. } = way.by else {
        return Err(Failure::new(Kind::Bug, "an app is to be registered where a person registers it"));
    };
    let scopes: Vec<&str> = way.scopes.iter().chain(way.scopes_besides).map(|(scope, _)| *scope).collect();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_name", NAME)
        .append_pair("redirect_uris", redirect)
        .append_pair("scopes", &scopes.join(&way.separator.to_string()))
        .append_pair("website", env!("CARGO_PKG_REPOSITORY"))
        .finish();
    let request = Request::post(in_place(register, server))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(body.into_bytes())
        .map_err(|error| Failure::new(Kind::Bug, "a login's address is none").cause(error))?;
    let asked = |kind, words: &str| Failure::new(kind, format!("{server} {words}; nothing was stored"));
    let reply = match http.ask_for_token(request).await? {
        Outcome::Answered(reply) => reply,
        Outcome::NotSent(why) | Outcome::Unclear(why) => {
            return Err(asked(Kind::Later, "could not be asked to register our app")
                .cause(why)
                .hint("is it the name of the server that the account is on? accounts.toml says it in `server`"));
        }
    };
    let json = reply.json();
    let text = |name: &str| json[name].as_str().filter(|text| !text.is_empty() && !text.contains(char::is_control));
    match (reply.is_success(), text("client_id"), text("client_secret")) {
        (true, Some(id), Some(secret)) if secret.len() >= vault::SHORTEST => {
            Ok(App { id: id.to_owned(), secret: Some(Secret::new(secret)) })
        }
        (true, ..) => Err(asked(Kind::Person, "registered no app that could be read")
            .hint("is it a server of this kind? accounts.toml says it in `server`")),
        (false, ..) => {
            let later = reply.status == 429 || reply.status >= 500;
            let kind = if later { Kind::Later } else { Kind::Person };
            let failure = asked(kind, "registered no app of ours").cause(said(server, reply.status, &json));
            Err(failure.hint(if later {
                "try again later"
            } else {
                "is it a server of this kind? accounts.toml says it in `server`"
            }))
        }
    }
}

/// What it answered, as far as it is words.
fn said(server: &str, status: u16, json: &Value) -> String {
    let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
    let words = json["error"].as_str().map_or_else(String::new, |words| format!(": {}", plain(words)));
    format!("{server} answered {status}{words}")
}
