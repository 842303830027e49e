//! Logging in with OAuth 2.0 as the AT Protocol has it: the login is begun by a request of its own (PAR), its tokens are bound
//! to a key (DPoP), and whoever they are said to be of is looked up before one of them is used. We are a program on a person's
//! machine, which nobody has registered. Stores nothing.
//!
//! Sources: <https://atproto.com/specs/oauth>, RFC 9126, RFC 9449, RFC 7636, RFC 9207.

use chrono::TimeDelta;
use oauth2::{CsrfToken, PkceCodeChallenge, RedirectUrl};
use serde_json::Value;
use url::{Host, Url};

use super::authority::{self, Authority};
use super::{App, Begun, Granted, Login, Owner, Refreshed};
use crate::error::{Failure, Kind};
use crate::http::{self, Outcome};
use crate::platform::{Grant, Refresh, Reply};
use crate::vault::{self, Binding, Credential, Secret};

/// The scope that makes a login one of the AT Protocol.
const NEEDED: &str = "atproto";

/// What a login that is begun has to remember.
pub(super) struct Knot {
    pub(super) authority: Authority,
    key: Secret,
}

/// What one request came to.
enum Said {
    Yes(Value),
    /// The code of a refusal that stays one.
    No(String),
    /// Nothing was done; it may be asked again.
    Later(String),
    /// It may have acted.
    Lost(String),
}

/// What stands for us: a program on this machine, whose id says where its logins end, at whatever port, and what it asks for.
///
/// # Errors
/// When they end elsewhere.
pub fn loopback_app(way: &Grant, redirect: &str) -> Result<App, Failure> {
    let back = Url::parse(redirect).ok().filter(|url| url.scheme() == "http");
    let here = |host: &Host<&str>| match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(_) => false,
    };
    let back = back.filter(|url| url.host().is_some_and(|host| here(&host)));
    let Some(back) = back.and_then(|mut url| url.set_port(None).ok().map(|()| url)) else {
        return Err(Failure::new(Kind::Usage, "this login ends at `http://127.0.0.1` and nowhere else")
            .hint("leave `--redirect` out; on another machine than the browser's, use `--paste`"));
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("redirect_uri", back.as_str())
        .append_pair("scope", &scope(way))
        .finish();
    Ok(App { id: format!("http://localhost?{query}"), secret: None })
}

fn scope(way: &Grant) -> String {
    way.scopes.iter().chain(way.scopes_besides).map(|(scope, _)| *scope).collect::<Vec<_>>().join(" ")
}

impl Login<'_> {
    pub(super) async fn begin_bound(&self, redirect: RedirectUrl) -> Result<Begun, Failure> {
        let authority = Authority::of_server(self.http, self.server).await?;
        let (key, state) = (http::new_key()?, CsrfToken::new_random());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let form = [
            ("client_id", self.app.id.as_str()),
            ("response_type", "code"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("state", state.secret()),
            ("redirect_uri", redirect.as_str()),
            ("scope", &scope(self.way)),
        ];
        let json = self.demand(&authority, &authority.push, &form, &key, "began no login").await?;
        let request = json["request_uri"].as_str().filter(|uri| !uri.is_empty()).ok_or_else(|| {
            Failure::new(Kind::Later, format!("{} began no login that could be read", authority.issuer))
        })?;
        let mut url = authority.authorize.clone();
        url.query_pairs_mut().append_pair("client_id", &self.app.id).append_pair("request_uri", request);
        Ok(Begun { url, redirect, state, verifier: Some(verifier), knot: Some(Knot { authority, key }) })
    }

    /// Changes a code for tokens, and sees whose they are, before anybody else is shown one.
    pub(super) async fn exchange_bound(&self, begun: &Begun, knot: &Knot, code: &Secret) -> Result<Granted, Failure> {
        let verifier = begun.verifier.as_ref().map_or("", |verifier| verifier.secret());
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("code_verifier", verifier),
            ("redirect_uri", begun.redirect.as_str()),
            ("client_id", &self.app.id),
        ];
        let Knot { authority, key } = knot;
        let json = self.demand(authority, &authority.token, &form, key, "gave no token").await?;
        let (grant, of) = self.tied(&json, &authority.issuer, key).map_err(|why| {
            Failure::new(Kind::Person, format!("{} gave no token; nothing was stored", authority.issuer)).cause(why)
        })?;
        match self.home(authority, &of).await {
            Ok(server) => Ok(Granted { grant, owner: Some(Owner { id: of, server }) }),
            Err(failure) => {
                // Tokens that nobody shall have.
                let _ = self.untie(authority, &grant.credential).await;
                Err(failure)
            }
        }
    }

    /// Where the account of an id lives, if its server has this one log in for it: else anybody who gives tokens could give
    /// some for anybody's account.
    async fn home(&self, authority: &Authority, did: &str) -> Result<String, Failure> {
        let server = authority::home_of(self.http, did).await?;
        let named = authority::named_by(self.http, &server).await?;
        if named.as_ref() == Some(&authority.issuer) {
            return Ok(server);
        }
        let issuer = &authority.issuer;
        let message = format!("{issuer} does not log in for {server}, where the account lives; nothing was stored");
        Err(Failure::new(Kind::Person, message).hint(format!("`server = \"{server}\"` in accounts.toml logs in there")))
    }

    /// Spends a refresh token.
    pub(super) async fn refresh_bound(&self, refresh: &Secret, to: &Binding) -> Refreshed {
        let authority = match Authority::of_issuer(self.http, &to.issuer).await {
            Ok(authority) => authority,
            Err(failure) => return Refreshed::Later(failure.message),
        };
        let form =
            [("grant_type", "refresh_token"), ("refresh_token", refresh.expose()), ("client_id", self.app.id.as_str())];
        match self.say(&authority.token, &form, &to.key).await {
            Ok(Said::Yes(json)) => match self.tied(&json, &to.issuer, &to.key) {
                Ok((grant, of)) if of == to.subject => Refreshed::New(grant),
                Ok(_) => Refreshed::Dead("the new token is another account's".to_owned()),
                // The old one may be spent.
                Err(why) => Refreshed::Lost(why),
            },
            Ok(Said::No(code)) => Refreshed::Dead(code),
            Ok(Said::Later(why)) => Refreshed::Later(why),
            Ok(Said::Lost(why)) => Refreshed::Lost(why),
            Err(failure) => Refreshed::Later(failure.message),
        }
    }

    /// Ends a login; `false` where its server has no way to.
    ///
    /// # Errors
    /// When it could not be asked, or refused.
    pub(super) async fn revoke_bound(&self, credential: &Credential, to: &Binding) -> Result<bool, Failure> {
        let authority = Authority::of_issuer(self.http, &to.issuer).await?;
        self.untie(&authority, credential).await
    }

    async fn untie(&self, authority: &Authority, credential: &Credential) -> Result<bool, Failure> {
        let (Some(address), Credential::Bound { refresh, to, .. }) = (&authority.revoke, credential) else {
            return Ok(false);
        };
        let form = [("token", refresh.expose()), ("client_id", self.app.id.as_str())];
        self.demand(authority, address, &form, &to.key, "did not revoke the token").await.map(|_| true)
    }

    /// What a person is told where it comes to nothing: `words` say what the server did not do.
    async fn demand(
        &self,
        authority: &Authority,
        address: &Url,
        form: &[(&str, &str)],
        key: &Secret,
        words: &str,
    ) -> Result<Value, Failure> {
        let issuer = &authority.issuer;
        match self.say(address, form, key).await? {
            Said::Yes(json) => Ok(json),
            Said::No(code) => Err(Failure::new(Kind::Person, format!("{issuer} {words} (`{code}`)"))),
            Said::Later(why) | Said::Lost(why) => {
                Err(Failure::new(Kind::Later, format!("{issuer} {words}: it could not be asked")).cause(why))
            }
        }
    }

    async fn say(&self, address: &Url, form: &[(&str, &str)], key: &Secret) -> Result<Said, Failure> {
        Ok(match self.http.prove_for_token(address, form, key).await? {
            Outcome::Answered(reply) => said(&reply),
            Outcome::NotSent(why) => Said::Later(why),
            Outcome::Unclear(why) => Said::Lost(why),
        })
    }

    /// The tokens of an answer, bound to a key, and whose they are.
    fn tied(&self, json: &Value, issuer: &str, key: &Secret) -> Result<(vault::Grant, String), String> {
        let text = |name: &str| json[name].as_str().unwrap_or_default();
        if !text("token_type").eq_ignore_ascii_case("dpop") {
            return Err("its token is bound to no key".to_owned());
        }
        let token = |name: &str| {
            let sound = Some(text(name)).filter(|text| text.len() >= vault::SHORTEST);
            let sound = sound.filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
            sound.map(Secret::new).ok_or_else(|| format!("it gave no `{name}` that could be read"))
        };
        let scopes: Vec<String> = text("scope").split_ascii_whitespace().map(str::to_owned).collect();
        if !scopes.iter().any(|scope| scope == NEEDED) {
            return Err(format!("it left out the scope `{NEEDED}`"));
        }
        let now = self.http.now();
        let life = json["expires_in"].as_u64().and_then(|seconds| TimeDelta::try_seconds(i64::try_from(seconds).ok()?));
        let limit = if let Refresh::Limited(limit) = self.way.refresh { Some(limit) } else { None };
        let end = |life: Option<TimeDelta>| life.and_then(|life| now.checked_add_signed(life));
        let credential = Credential::Bound {
            access: token("access_token")?,
            refresh: token("refresh_token")?,
            // One that does not say when it ends lasts no longer than they are said to.
            expires_at: end(life.or(self.way.life)),
            refresh_expires_at: end(limit),
            to: Binding { key: key.clone(), issuer: issuer.to_owned(), subject: text("sub").to_owned() },
        };
        Ok((vault::Grant { credential, scopes }, text("sub").to_owned()))
    }
}

fn said(reply: &Reply) -> Said {
    let json = reply.json();
    let plain =
        |text: &str| -> String { text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect() };
    let code = json["error"].as_str().map_or_else(|| reply.status.to_string(), plain);
    match reply.status {
        200..300 => Said::Yes(json),
        // Of these nothing is spent: the proof, by a wrong clock, or the moment was wrong.
        429 => Said::Later(code),
        400..500 => match &*code {
            "use_dpop_nonce" | "invalid_dpop_proof" | "temporarily_unavailable" | "slow_down" => Said::Later(code),
            _ => Said::No(code),
        },
        status => Said::Lost(format!("the server answered {status}")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::clock::Clock;
    use crate::http::Http;
    use crate::limits::Platform;
    use crate::platform::adapter;

    fn way() -> &'static Grant {
        &adapter(Platform::Bluesky).unwrap().grants()[1]
    }

    #[test]
    fn our_id_says_where_logins_end_and_what_is_asked_for() {
        let app = loopback_app(way(), "http://127.0.0.1:42813/callback").unwrap();
        let url = Url::parse(&app.id).unwrap();
        let told: Vec<(String, String)> =
            url.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
        assert!(app.id.starts_with("http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback&scope=atproto+"));
        let scopes = "atproto repo:app.bsky.feed.post blob:image/* blob:video/mp4 blob:text/vtt \
                      repo:app.bsky.feed.threadgate repo:app.bsky.feed.postgate";
        assert_eq!(told[1], ("scope".to_owned(), scopes.to_owned()));
        assert!(loopback_app(way(), "http://[::1]:1/callback").is_ok());
        for redirect in ["https://127.0.0.1/callback", "http://localhost:1/callback", "http://10.0.0.1/callback", "x"] {
            assert!(loopback_app(way(), redirect).is_err(), "{redirect}");
        }
    }

    #[test]
    fn an_answer_without_a_bound_token_is_none() {
        let http = Http::new(Clock::system(), Duration::from_secs(1));
        let app = App { id: String::new(), secret: None };
        let login = Login { http: &http, label: "Bluesky", way: way(), app: &app, server: "bsky.social" };
        let answer = json!({
            "access_token": "access-canary", "refresh_token": "refresh-canary", "token_type": "DPoP", "sub": "did:plc:a",
            "scope": "atproto blob:image/*", "expires_in": 3599,
        });
        let key = Secret::new("key-canary");
        let (grant, of) = login.tied(&answer, "bsky.social", &key).unwrap();
        assert_eq!((&*of, &*grant.scopes), ("did:plc:a", &["atproto".to_owned(), "blob:image/*".to_owned()][..]));
        let (now, credential) = (http.now(), grant.credential);
        assert!(credential.expires_at().unwrap() - now <= TimeDelta::seconds(3_599));
        assert!(credential.refresh_expires_at().unwrap() - now > TimeDelta::days(13));
        for (field, value, why) in [
            ("token_type", json!("Bearer"), "its token is bound to no key"),
            ("scope", json!("blob:image/*"), "it left out the scope `atproto`"),
            ("access_token", json!("short"), "it gave no `access_token` that could be read"),
            ("refresh_token", json!(null), "it gave no `refresh_token` that could be read"),
        ] {
            let mut answer = answer.clone();
            answer[field] = value;
            assert_eq!(login.tied(&answer, "bsky.social", &key).unwrap_err(), why);
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        let told = |status, body: &str| {
            let reply =
                Reply { status, headers: Default::default(), body: body.to_owned(), at: chrono::DateTime::UNIX_EPOCH };
            match said(&reply) {
                Said::Yes(_) => "yes".to_owned(),
                Said::No(code) => format!("no: {code}"),
                Said::Later(why) => format!("later: {why}"),
                Said::Lost(why) => format!("lost: {why}"),
            }
        };
        assert_eq!(told(201, "{}"), "yes");
        assert_eq!(told(400, r#"{"error":"invalid_grant","error_description":"canary"}"#), "no: invalid_grant");
        assert_eq!(told(401, "<html>"), "no: 401");
        assert_eq!(told(400, r#"{"error":"invalid_dpop_proof"}"#), "later: invalid_dpop_proof");
        assert_eq!(told(429, ""), "later: 429");
        assert_eq!(told(502, ""), "lost: the server answered 502");
    }
}
