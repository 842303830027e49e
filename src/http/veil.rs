//! Masks, in what a platform answers, the secrets it was sent: some quote a token that they do not take. Knows requests and
//! no platform.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use oauth2::http::request::Parts;
use serde_json::Value;

use crate::platform::Reply;
use crate::vault::{Credential, Redactor, Secret};

/// Fields of a request for a token that are no secrets, and stand in ordinary words as well.
const OPEN: [&str; 7] =
    ["grant_type", "client_id", "client_key", "redirect_uri", "scope", "code_challenge_method", "token_type_hint"];

/// What a call carries.
pub(super) fn of_credential(credential: Option<&Credential>) -> Redactor {
    Redactor::new(credential.into_iter().flat_map(Credential::secrets))
}

/// What a request for a token carries: in its query, its form, or as the password of its app.
pub(super) fn of_request(parts: &Parts, body: &[u8]) -> Redactor {
    let mut redactor = Redactor::default();
    for text in [parts.uri.query().unwrap_or_default().as_bytes(), body] {
        for (name, value) in url::form_urlencoded::parse(text) {
            if !OPEN.contains(&&*name) {
                // An app's token is its id and its secret, with a bar between.
                value.rsplit('|').next().into_iter().for_each(|value| redactor.add(&Secret::new(value)));
                redactor.add(&Secret::new(value.into_owned()));
            }
        }
    }
    // A login by name and password is JSON, and what refreshes it a bearer.
    if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
        fields.get("password").and_then(Value::as_str).into_iter().for_each(|text| redactor.add(&Secret::new(text)));
    }
    let bearer = parts.headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    bearer.into_iter().for_each(|token| redactor.add(&Secret::new(token)));
    redactor.add(&password(parts).unwrap_or_else(|| Secret::new("")));
    redactor
}

/// The password of Basic authentication; encoded like a form (RFC 6749, section 2.3.1).
fn password(parts: &Parts) -> Option<Secret> {
    let header = parts.headers.get("authorization")?.to_str().ok()?;
    let pair = String::from_utf8(BASE64_STANDARD.decode(header.strip_prefix("Basic ")?).ok()?).ok()?;
    let encoded = format!("p={}", pair.split_once(':')?.1);
    url::form_urlencoded::parse(encoded.as_bytes()).next().map(|(_, password)| Secret::new(password.into_owned()))
}

/// The answer without them.
pub(super) fn over(redactor: &Redactor, reply: Reply) -> Reply {
    Reply { body: redactor.clean(&reply.body).into_owned(), ..reply }
}

#[cfg(test)]
mod tests {
    use oauth2::http::Request;

    use super::*;

    #[test]
    fn masks_what_a_request_for_a_token_carries() {
        let basic = format!("Basic {}", BASE64_STANDARD.encode("press-app:basic-canary%2B1"));
        let request = Request::post("https://x.example/token?access_token=id%7Cbar-canary&input_token=query-canary")
            .header("authorization", basic);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let body =
            b"grant_type=refresh_token&client_id=press-app&refresh_token=form-canary&code_verifier=verifier-canary";
        let said = "refresh_token press-app basic-canary+1 bar-canary query-canary form-canary verifier-canary";
        assert_eq!(of_request(&parts, body).clean(said), "refresh_token press-app *** *** *** *** ***");
        let request = Request::post("https://pds.example/").header("authorization", "Bearer bearer-canary");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let body = br#"{"identifier":"ann.example","password":"json-canary"}"#;
        assert_eq!(of_request(&parts, body).clean("ann.example json-canary bearer-canary"), "ann.example *** ***");
    }
}
