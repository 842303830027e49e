//! How tokens are got, made to live longer and refreshed: what is sent to the token endpoint, and what its answer means. A request is sent once. Stores nothing.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use oauth2::basic::BasicErrorResponseType;
use oauth2::http::{Method, Request};
use oauth2::{AuthorizationCode, HttpRequest, HttpResponse, PkceCodeVerifier, RefreshToken, RequestTokenError};
use serde_json::Value;
use url::Url;

use super::answer::Answer;
use super::{Begun, Granted, Login};
use crate::error::{Failure, Kind};
use crate::http::Outcome;
use crate::platform::{By, ClientSecret, Refresh};
use crate::vault::{self, Credential, Secret};

/// The code of RFC 6749 for a server that cannot answer now.
const BUSY: &str = "temporarily_unavailable";

/// What came of a refresh.
#[derive(Debug)]
pub enum Refreshed {
    New(vault::Grant),
    /// Nothing was sent, or the platform is busy: the old token is as good as before.
    Later(String),
    /// The answer is lost: the platform may have given a new token that nobody has, and may have spent the old one.
    Lost(String),
    /// The platform does not take the old one any more: a person has to log in again.
    Dead(String),
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Broken {
    NotSent(String),
    Unclear(String),
    Stopped(Failure),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(why) | Self::Unclear(why) => f.write_str(why),
            Self::Stopped(failure) => f.write_str(&failure.message),
        }
    }
}

impl Error for Broken {}

pub(super) type Refusal = RequestTokenError<Broken, oauth2::basic::BasicErrorResponse>;

impl Login<'_> {
    /// Changes the code that a login ended with for a token, and that for one that lives long where the platform has two.
    ///
    /// # Errors
    /// What kept the platform from giving one.
    pub async fn exchange(&self, begun: Begun, code: &Secret) -> Result<Granted, Failure> {
        if let Some(knot) = &begun.knot {
            return self.exchange_bound(&begun, knot, code).await;
        }
        let client = self.client()?;
        let code = AuthorizationCode::new(code.expose().to_owned());
        let mut request = client.exchange_code(code).set_redirect_uri(Cow::Borrowed(&begun.redirect));
        if let Some(verifier) = &begun.verifier {
            request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.secret().to_owned()));
        }
        let send = |request| self.send(request);
        let answer = request.request_async(&send).await.map_err(|error| self.refused(&error))?;
        let grant = self.read(&answer.json)?;
        Ok(Granted { grant: self.lengthened(grant).await?, owner: None })
    }

    /// Meta's platforms give a token of an hour first.
    async fn lengthened(&self, grant: vault::Grant) -> Result<vault::Grant, Failure> {
        let Some(lengthen) = self.way.lengthen else { return Ok(grant) };
        let Some(short) = grant.credential.bearer() else { return Ok(grant) };
        let mut query = vec![("grant_type", lengthen.grant_type), (lengthen.token_key, short.expose())];
        query.push(("client_secret", self.app.secret.as_ref().map_or("", |secret| secret.expose())));
        if lengthen.token_key == "fb_exchange_token" {
            query.push(("client_id", &self.app.id));
        }
        let answer = self.get(lengthen.address, &query).await;
        let long = answer.map_err(|error| self.refused(&error)).and_then(|json| self.read(&json))?;
        // The scopes stand in the first answer alone.
        let scopes = if long.scopes.is_empty() { grant.scopes } else { long.scopes };
        Ok(vault::Grant { scopes, ..long })
    }

    /// Refreshes a token, by one request.
    pub async fn refresh(&self, old: &Credential) -> Refreshed {
        if let Credential::Session { refresh, login, .. } = old {
            return self.refresh_session(refresh, login).await;
        }
        if let Credential::Bound { refresh, to, .. } = old {
            return self.refresh_bound(refresh, to).await;
        }
        let Credential::OAuth2 { access, refresh, .. } = old else {
            return Refreshed::Later("an OAuth 1.0a token does not end".to_owned());
        };
        let answer = match (self.way.refresh, refresh) {
            (Refresh::Renewed { address, grant_type }, _) => {
                self.get(address, &[("grant_type", grant_type), ("access_token", access.expose())]).await
            }
            (_, Some(refresh)) => self.spend(refresh).await,
            (_, None) => return Refreshed::Dead("there is no refresh token".to_owned()),
        };
        match answer {
            // An answer without a token is as good as none: the old one may be spent.
            Ok(json) => self.read(&json).map_or_else(|failure| Refreshed::Lost(failure.message), Refreshed::New),
            Err(RequestTokenError::Request(Broken::NotSent(why))) => Refreshed::Later(why),
            Err(RequestTokenError::Request(Broken::Stopped(failure))) => Refreshed::Later(failure.message),
            Err(RequestTokenError::Request(Broken::Unclear(why))) => Refreshed::Lost(why),
            Err(RequestTokenError::ServerResponse(said)) => match said.error().as_ref() {
                BUSY | "slow_down" => Refreshed::Later(said.error().to_string()),
                code => Refreshed::Dead(code.to_owned()),
            },
            Err(RequestTokenError::Parse(_, _) | RequestTokenError::Other(_)) => {
                Refreshed::Lost(format!("{} gave no answer that could be read", self.label))
            }
        }
    }

    async fn spend(&self, refresh: &Secret) -> Result<Value, Refusal> {
        let client = self.client().map_err(|failure| RequestTokenError::Request(Broken::Stopped(failure)))?;
        let token = RefreshToken::new(refresh.expose().to_owned());
        let request = client.exchange_refresh_token(&token);
        let send = |request| self.send(request);
        request.request_async(&send).await.map(|answer: Answer| answer.json)
    }

    pub(super) async fn get(&self, address: &str, query: &[(&str, &str)]) -> Result<Value, Refusal> {
        let request = Request::builder().method(Method::GET).uri(with_query(address, query)).body(Vec::new());
        let request = request.map_err(|error| RequestTokenError::Other(error.to_string()))?;
        let answer = self.send(request).await.map_err(RequestTokenError::Request)?;
        let json: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        if answer.status().is_success() {
            return Ok(json);
        }
        // Meta's errors are objects.
        let code = match json["error"]["code"].as_i64() {
            Some(190) => BasicErrorResponseType::InvalidGrant,
            _ if answer.status().is_server_error() => BasicErrorResponseType::Extension(BUSY.to_owned()),
            _ => BasicErrorResponseType::InvalidRequest,
        };
        let words = json["error"]["message"].as_str().map(str::to_owned);
        Err(RequestTokenError::ServerResponse(oauth2::StandardErrorResponse::new(code, words, None)))
    }

    pub(super) async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, Broken> {
        if self.way.client == ClientSecret::KeyForm {
            let form = String::from_utf8_lossy(request.body()).into_owned();
            *request.body_mut() = with_client_key(&form).into_bytes();
        }
        match self.http.ask_for_token(request).await {
            Ok(Outcome::Answered(reply)) => {
                let mut answer = oauth2::http::Response::builder().status(reply.status);
                for (name, value) in &reply.headers {
                    answer = answer.header(name, value);
                }
                answer.body(reply.body.into_bytes()).map_err(|error| Broken::Unclear(error.to_string()))
            }
            Ok(Outcome::NotSent(why)) => Err(Broken::NotSent(why)),
            Ok(Outcome::Unclear(why)) => Err(Broken::Unclear(why)),
            Err(failure) => Err(Broken::Stopped(failure)),
        }
    }

    fn read(&self, json: &Value) -> Result<vault::Grant, Failure> {
        vault::parse_answer(json, self.http.now()).map_err(|failure| {
            Failure::new(Kind::Later, format!("{} gave no token", self.label)).cause(failure.message)
        })
    }

    /// Why the platform gave no token, without a word that could hold a secret.
    fn refused(&self, error: &Refusal) -> Failure {
        let label = self.label;
        match error {
            RequestTokenError::Request(Broken::NotSent(why) | Broken::Unclear(why)) => {
                Failure::new(Kind::Later, format!("{label} could not be asked for a token; nothing was stored"))
                    .cause(why)
            }
            RequestTokenError::Request(Broken::Stopped(failure)) => Failure::new(failure.kind, failure.message.clone()),
            RequestTokenError::ServerResponse(said) => {
                let is_app = matches!(said.error().as_ref(), "invalid_client" | "unauthorized_client");
                let hint = match self.way.by {
                    By::ServerApp { .. } if is_app => {
                        "the server may have forgotten our app: `pressroom apps remove`, with `--server`, then connect again"
                    }
                    _ if is_app => "is the app's secret right? `pressroom apps set` asks for it again",
                    _ => "begin again with `pressroom connect`; a code is good for one use within minutes",
                };
                let message = format!("{label} gave no token (`{}`); nothing was stored", said.error());
                Failure::new(Kind::Person, message).hint(hint)
            }
            RequestTokenError::Parse(_, _) | RequestTokenError::Other(_) => {
                Failure::new(Kind::Later, format!("{label} gave no answer that could be read; nothing was stored"))
            }
        }
    }
}

/// A form or a query in which TikTok's word stands for the app's id.
pub(super) fn with_client_key(form: &str) -> String {
    let pairs = url::form_urlencoded::parse(form.as_bytes());
    let renamed = pairs.map(|(name, value)| (if name == "client_id" { "client_key".into() } else { name }, value));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(renamed).finish()
}

pub(super) fn with_query(address: &str, query: &[(&str, &str)]) -> String {
    Url::parse_with_params(address, query).map_or_else(|_| address.to_owned(), String::from)
}
