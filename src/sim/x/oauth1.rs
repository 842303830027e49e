//! OAuth 1.0a: signatures, and the three-legged way to a token. JSON and multipart bodies are not signed.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::json;
use sha1::Sha1;
use url::Url;

use super::call::{self, Call, find};
use super::errors::{Outcome, Refusal};
use super::oauth2::consent_page;
use super::state::{State, unix_seconds};

/// Farther from the clock of the platform, a timestamp is refused.
const CLOCK_SKEW: Duration = Duration::from_secs(300);

/// Every byte but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the platform remembers for OAuth 1.0a.
#[derive(Default)]
pub(super) struct Oauth1 {
    pub(super) tokens: Vec<Token>,
    requests: Vec<RequestToken>,
    nonces: HashSet<String>,
}

/// A user token; it never expires.
pub(super) struct Token {
    pub(super) app: usize,
    pub(super) user: u64,
    pub(super) token: String,
    pub(super) secret: String,
    pub(super) write: bool,
}

impl Token {
    pub(super) fn issue(state: &mut State, app: usize, user: u64) -> Self {
        let random = state.secret("1a");
        let token = format!("{user}-{}", &random[..24]);
        Self { app, user, token, secret: state.secret("1s"), write: state.apps[app].write }
    }
}

/// The first leg's token, later with the user who allowed it.
struct RequestToken {
    app: usize,
    token: String,
    secret: String,
    callback: String,
    until: SystemTime,
    allowed: Option<(u64, String)>,
}

/// A request whose signature is right.
pub(super) struct Signed {
    pub(super) app: usize,
    pub(super) token: Option<String>,
    params: Vec<(String, String)>,
}

/// Checks the `Authorization: OAuth` header; says why it is refused.
pub(super) fn verify(state: &mut State, call: &Call) -> Result<Signed, &'static str> {
    let params = header_params(call.header(header::AUTHORIZATION)).ok_or("unreadable header")?;
    let field = |name: &str| find(&params, name).ok_or("missing parameter");
    let app = state.apps.iter().position(|app| Some(app.consumer_key.as_str()) == find(&params, "oauth_consumer_key"));
    let app = app.ok_or("unknown consumer")?;
    if field("oauth_signature_method")? != "HMAC-SHA1" || find(&params, "oauth_version").is_some_and(|v| v != "1.0") {
        return Err("unsupported method or version");
    }
    let timestamp: u64 = field("oauth_timestamp")?.parse().map_err(|_| "unreadable timestamp")?;
    if timestamp.abs_diff(unix_seconds(state.now)) > CLOCK_SKEW.as_secs() {
        return Err("timestamp out of bounds");
    }
    let token = find(&params, "oauth_token").map(str::to_owned);
    let secret = token_secret(state, app, token.as_deref())?;
    let (url, extra) = (format!("https://{}{}", host(call), call.path), [call.query.clone(), call.form()].concat());
    let all = params.iter().filter(|(name, _)| name != "oauth_signature" && name != "realm").chain(&extra);
    let expected = signature(&call.method, &url, all, &state.apps[app].consumer_secret, &secret);
    if field("oauth_signature")? != expected {
        return Err("wrong signature");
    }
    let nonce = format!("{app} {token:?} {timestamp} {}", field("oauth_nonce")?);
    if !state.oauth1.nonces.insert(nonce) {
        return Err("nonce used before");
    }
    Ok(Signed { app, token, params })
}

/// The host that must have been signed: the one asked for if it is one of X's, else (a loopback address) the API's.
fn host(call: &Call) -> &str {
    let named = call.header(header::HOST);
    ["api.x.com", "api.twitter.com", "x.com"].into_iter().find(|host| *host == named).unwrap_or("api.x.com")
}

fn token_secret(state: &State, app: usize, token: Option<&str>) -> Result<String, &'static str> {
    let Some(token) = token else { return Ok(String::new()) };
    let user = state.oauth1.tokens.iter().filter(|known| known.app == app).map(|known| (&known.token, &known.secret));
    let request =
        state.oauth1.requests.iter().filter(|known| known.app == app).map(|known| (&known.token, &known.secret));
    let mut known = user.chain(request);
    known.find(|(known, _)| *known == token).map(|(_, secret)| secret.clone()).ok_or("unknown token")
}

fn header_params(value: &str) -> Option<Vec<(String, String)>> {
    let decode = |part: &str| percent_decode_str(part).decode_utf8().ok().map(|text| text.into_owned());
    let read = |pair: &str| {
        let (name, value) = pair.trim().split_once('=')?;
        Some((decode(name)?, decode(value.strip_prefix('"')?.strip_suffix('"')?)?))
    };
    value.strip_prefix("OAuth ")?.split(',').map(read).collect()
}

fn signature<'a>(
    method: &Method,
    url: &str,
    params: impl Iterator<Item = &'a (String, String)>,
    consumer_secret: &str,
    token_secret: &str,
) -> String {
    let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let mut pairs: Vec<_> = params.map(|(name, value)| (encode(name), encode(value))).collect();
    pairs.sort();
    let joined = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let base = format!("{method}&{}&{}", encode(url), encode(&joined));
    let key = format!("{}&{}", encode(consumer_secret), encode(token_secret));
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(base.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// `POST /oauth/request_token`
pub(super) fn request_token(state: &mut State, call: &Call) -> Outcome {
    let signed = verify(state, call).map_err(|_| not_authenticated())?;
    let callback = find(&signed.params, "oauth_callback").unwrap_or_default().to_owned();
    if callback != "oob" && !state.apps[signed.app].redirect_uris.contains(&callback) {
        let message = "Callback URL not approved for this client application.";
        return Err(Refusal::legacy(StatusCode::FORBIDDEN, 415, message));
    }
    let (token, secret) = (state.secret("1r"), state.secret("1q"));
    let answer =
        form(&[("oauth_token", &token), ("oauth_token_secret", &secret), ("oauth_callback_confirmed", "true")]);
    let until = state.now + state.options.request_token_life;
    state.oauth1.requests.push(RequestToken { app: signed.app, token, secret, callback, until, allowed: None });
    Ok(answer)
}

/// `GET /oauth/authorize`
pub(super) fn consent(state: &mut State, call: &Call) -> Outcome {
    let request = request(state, call.query("oauth_token"))?;
    let app = &state.apps[state.oauth1.requests[request].app];
    let right = if app.write { "Read and write" } else { "Read only" };
    Ok(call::html(StatusCode::OK, consent_page(state, &app.consumer_key, &[right.to_owned()], &call.query)))
}

/// `POST` from that page, once for a login: back to the app with a verifier, or a page with a PIN.
pub(super) fn decide(state: &mut State, call: &Call) -> Outcome {
    let sent = call.form();
    let request = request(state, find(&sent, "oauth_token"))?;
    let callback = state.oauth1.requests[request].callback.clone();
    let token = state.oauth1.requests[request].token.clone();
    let mut back = Url::parse(&callback).ok();
    if find(&sent, "decision") != Some("allow") {
        state.oauth1.requests.remove(request);
        let Some(mut back) = back else { return Ok(call::html(StatusCode::OK, "Not allowed.".to_owned())) };
        back.query_pairs_mut().append_pair("denied", &token);
        return Ok(call::redirect(back.as_str()));
    }
    let user = find(&sent, "user").and_then(|name| state.user_named(name)).map(|user| user.id);
    let user = user.ok_or_else(|| Refusal::page("No such account."))?;
    let verifier = if back.is_some() { state.secret("1v") } else { pin(state) };
    state.oauth1.requests[request].allowed = Some((user, verifier.clone()));
    let Some(back) = &mut back else {
        return Ok(call::html(StatusCode::OK, format!("<!doctype html><p>Your PIN: <code>{verifier}</code></p>")));
    };
    back.query_pairs_mut().append_pair("oauth_token", &token).append_pair("oauth_verifier", &verifier);
    Ok(call::redirect(back.as_str()))
}

/// Seven digits that nobody guesses from the last ones.
fn pin(state: &mut State) -> String {
    let random = state.secret("1p").bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    format!("{:07}", random % 10_000_000)
}

/// `POST /oauth/access_token`: once for a PIN or a verifier, and for a request token.
pub(super) fn access_token(state: &mut State, call: &Call) -> Outcome {
    let signed = verify(state, call).map_err(|_| not_authenticated())?;
    let body = call.form();
    let verifier = find(&signed.params, "oauth_verifier").or_else(|| find(&body, "oauth_verifier"));
    let found = state.oauth1.requests.iter().position(|request| {
        Some(&request.token) == signed.token.as_ref()
            && state.now < request.until
            && request.allowed.as_ref().is_some_and(|(_, wanted)| Some(wanted.as_str()) == verifier)
    });
    let request = found.map(|at| state.oauth1.requests.swap_remove(at));
    let user = request.and_then(|request| request.allowed).map(|(user, _)| user);
    let user = user.ok_or_else(not_authenticated)?;
    let token = Token::issue(state, signed.app, user);
    let name = state.user(user).map(|user| user.username.clone()).unwrap_or_default();
    let answer = form(&[
        ("oauth_token", &token.token),
        ("oauth_token_secret", &token.secret),
        ("user_id", &user.to_string()),
        ("screen_name", &name),
    ]);
    state.oauth1.tokens.push(token);
    Ok(answer)
}

/// `POST /1.1/oauth/invalidate_token`: the token that signs it ends.
pub(super) fn invalidate(state: &mut State, call: &Call) -> Outcome {
    let refusal = || Refusal::legacy(StatusCode::UNAUTHORIZED, 89, "Invalid or expired token.");
    let signed = verify(state, call).map_err(|_| refusal())?;
    let found = state.oauth1.tokens.iter().position(|token| Some(&token.token) == signed.token.as_ref());
    let gone = state.oauth1.tokens.swap_remove(found.ok_or_else(refusal)?);
    Ok(call::json(StatusCode::OK, &json!({"access_token": gone.token})))
}

/// A login that waits for its user.
fn request(state: &State, token: Option<&str>) -> Result<usize, Refusal> {
    let known = state.oauth1.requests.iter().position(|request| {
        Some(request.token.as_str()) == token && request.allowed.is_none() && state.now < request.until
    });
    known.ok_or_else(|| Refusal::page("The request token for this page is invalid."))
}

fn not_authenticated() -> Refusal {
    Refusal::legacy(StatusCode::UNAUTHORIZED, 32, "Could not authenticate you.")
}

fn form(pairs: &[(&str, &str)]) -> Response {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of the documents of X, and the same credentials on a call with a JSON body.
    #[test]
    fn signatures_of_the_documented_example() {
        let own = [
            ("oauth_consumer_key", "xvz1evFS4wEEPTGEFPHBog"),
            ("oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1318622958"),
            ("oauth_token", "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
            ("oauth_version", "1.0"),
        ];
        let more = [("include_entities", "true"), ("status", "Hello Ladies + Gentlemen, a signed OAuth request!")];
        for (url, extra, expected) in [
            ("https://api.x.com/1.1/statuses/update.json", &more[..], "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="),
            ("https://api.x.com/2/tweets", &[][..], "lr+tV/DKclEvXKVjG6tgaSSLV0k="),
        ] {
            let params: Vec<_> =
                own.iter().chain(extra).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let consumer = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw";
            let token = "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE";
            assert_eq!(signature(&Method::POST, url, params.iter(), consumer, token), expected, "{url}");
        }
    }
}
