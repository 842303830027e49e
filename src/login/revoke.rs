//! How tokens are revoked: what is sent where, and whether nothing of a login is left. Stores nothing.

use oauth2::http::Request;
use oauth2::{RequestTokenError, RevocableToken, RevocationUrl};
use serde_json::Value;

use super::Login;
use super::token::{Broken, with_query};
use crate::error::{Failure, Kind};
use crate::platform::Revoke;
use crate::vault::{Credential, Secret};

/// A token to be revoked. Which kind it is, is not said: platforms refuse fields they do not know.
pub(super) struct Ending(String);

impl RevocableToken for Ending {
    fn secret(&self) -> &str {
        &self.0
    }

    fn type_hint(&self) -> Option<&str> {
        None
    }
}

/// How one request ended.
enum Said {
    Gone,
    /// The platform takes no such token, or not ours.
    No(String),
    /// No clear word.
    Nothing(String),
}

impl Login<'_> {
    /// Revokes a credential, where the platform lets us; `false` where it has no way to.
    ///
    /// # Errors
    /// When it could not be asked, or refused.
    pub async fn revoke(&self, credential: &Credential) -> Result<bool, Failure> {
        if let Credential::Bound { to, .. } = credential {
            return self.revoke_bound(credential, to).await;
        }
        let (Some(revoke), Credential::OAuth2 { access, refresh, .. }) = (self.way.revoke, credential) else {
            return Ok(false);
        };
        let mut said = Vec::new();
        match revoke {
            // LinkedIn ends the one it is given; for the others the second is gone with the first.
            Revoke::Form(address) | Revoke::Token(address) => {
                for token in [Some(access), refresh.as_ref()].into_iter().flatten() {
                    said.push(match revoke {
                        Revoke::Token(_) => self.end_alone(address, token).await?,
                        _ => self.end(address, token).await?,
                    });
                }
            }
            Revoke::Delete { permissions, debug } => said.push(self.leave(permissions, debug, access).await?),
        }
        let label = self.label;
        if let Some(why) = said.iter().find_map(|said| if let Said::Nothing(why) = said { Some(why) } else { None }) {
            return Err(Failure::new(Kind::Later, format!("{label} could not be asked to revoke the token")).cause(why));
        }
        match said
            .into_iter()
            .try_fold(String::new(), |_, said| if let Said::No(why) = said { Ok(why) } else { Err(()) })
        {
            Err(()) => Ok(true),
            Ok(why) => Err(Failure::new(Kind::Person, format!("{label} did not revoke the token")).cause(why)),
        }
    }

    /// RFC 7009, with the app's proof.
    async fn end(&self, address: &str, token: &Secret) -> Result<Said, Failure> {
        let address = RevocationUrl::new(self.at(address))
            .map_err(|error| Failure::new(Kind::Bug, "a login's address is none").cause(error))?;
        let client = self.client()?.set_revocation_url(address);
        let request = client
            .revoke_token(Ending(token.expose().to_owned()))
            .map_err(|error| Failure::new(Kind::Bug, "a login's address is none").cause(error))?;
        let send = |request| self.send(request);
        Ok(match request.request_async(&send).await {
            Ok(()) => Said::Gone,
            Err(RequestTokenError::ServerResponse(said)) => Said::No(format!("`{}`", said.error())),
            Err(RequestTokenError::Request(broken)) => Said::Nothing(broken.to_string()),
            Err(RequestTokenError::Parse(_, _) | RequestTokenError::Other(_)) => {
                Said::Nothing("its answer could not be read".to_owned())
            }
        })
    }

    /// The token alone: whoever has it may end it.
    async fn end_alone(&self, address: &str, token: &Secret) -> Result<Said, Failure> {
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("token", token.expose()).finish();
        let request = Request::post(self.at(address))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into_bytes());
        self.asked(request).await
    }

    /// Takes the app's permissions back. A Page's token cannot ask for that: then the app asks, for the person who gave it.
    async fn leave(&self, permissions: &str, debug: &str, token: &Secret) -> Result<Said, Failure> {
        let own = Request::delete(with_query(permissions, &[("access_token", token.expose())])).body(Vec::new());
        let Some(secret) = &self.app.secret else { return self.asked(own).await };
        let app = format!("{}|{}", self.app.id, secret.expose());
        let told = self.get(debug, &[("input_token", token.expose()), ("access_token", &app)]).await;
        let person = match told {
            Ok(json) => match &json["data"]["user_id"] {
                Value::String(id) => Some(id.clone()),
                Value::Number(id) => Some(id.to_string()),
                _ => None,
            },
            Err(RequestTokenError::ServerResponse(_)) => None,
            Err(RequestTokenError::Request(broken)) => return Ok(Said::Nothing(broken.to_string())),
            Err(_) => return Ok(Said::Nothing("its answer could not be read".to_owned())),
        };
        let Some(person) = person.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())) else {
            return self.asked(own).await;
        };
        let address = permissions.replace("/me/", &format!("/{person}/"));
        self.asked(Request::delete(with_query(&address, &[("access_token", &app)])).body(Vec::new())).await
    }

    async fn asked(&self, request: Result<Request<Vec<u8>>, oauth2::http::Error>) -> Result<Said, Failure> {
        let request = request.map_err(|error| Failure::new(Kind::Bug, "a request to revoke is none").cause(error))?;
        Ok(match self.send(request).await {
            Ok(answer) if answer.status().is_success() => Said::Gone,
            Ok(answer) if answer.status().is_client_error() => {
                Said::No(format!("{} answered {}", self.label, answer.status().as_u16()))
            }
            Ok(answer) => Said::Nothing(format!("{} answered {}", self.label, answer.status().as_u16())),
            Err(Broken::Stopped(failure)) => return Err(failure),
            Err(broken) => Said::Nothing(broken.to_string()),
        })
    }
}
