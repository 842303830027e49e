//! Reads what a person pipes into `connect --token-stdin`, and what a token endpoint answers. Knows the forms of tokens; no
//! message of it ever quotes one.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::secret::{SHORTEST, Secret};
use super::token::{Credential, Grant};
use crate::error::{Failure, Kind};
use crate::limits::Platform;

/// No platform's token answer is longer, in bytes.
const LONGEST: usize = 64 * 1024;
/// A life longer than this, in seconds (a hundred years), is a mistake; it also keeps instants in range.
const LONGEST_LIFE: f64 = 3_155_760_000.0;
/// The error codes of RFC 6749 section 5.2: the only words of an answer that are safe to repeat.
const ERROR_CODES: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];
const FORMS: &str = "give a bare access token, the platform's JSON answer with `access_token`, or for OAuth 1.0a JSON with `oauth_token`, `oauth_token_secret`, `consumer_key` and `consumer_secret`";

/// Reads the text given to `connect --token-stdin`: a bare access token, an RFC 6749 answer, or OAuth 1.0a credentials.
///
/// # Errors
/// It is none of these, incomplete, or over at `now` with nothing to refresh it by.
pub fn parse_token(platform: Platform, text: &str, now: DateTime<Utc>) -> Result<Grant, Failure> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.len() > LONGEST {
        let message = format!("the text on standard input has {} bytes; no token is so long", text.len());
        return Err(wrong(message).hint(FORMS));
    }
    let grant = match text.chars().next() {
        None => return Err(wrong("no token came on standard input").hint(FORMS)),
        Some('<') => {
            return Err(wrong("this is a web page (HTML), not a token").hint("copy the token alone, not the page"));
        }
        Some('{' | '[') => parse_answer(&json(text)?, now)?,
        Some('"' | '\'' | '`') => {
            return Err(wrong("the token stands in quotes").hint("give it without quotes"));
        }
        Some(_) => bare(text)?,
    };
    if platform != Platform::X && matches!(grant.credential, Credential::OAuth1 { .. }) {
        return Err(wrong(format!("{} takes no OAuth 1.0a credentials; only X does", platform.label())));
    }
    still_good(&grant, now)?;
    Ok(grant)
}

/// Reads a token answer: RFC 6749 section 5.1 with what platforms made of it (`refresh_token_expires_in`,
/// `refresh_expires_in`, scopes with commas or under `permissions`, the whole in `data`), or OAuth 1.0a credentials.
///
/// # Errors
/// A field is missing or unusable, or it is an error answer.
pub fn parse_answer(answer: &Value, now: DateTime<Utc>) -> Result<Grant, Failure> {
    let answer = match answer.get("data") {
        Some(Value::Array(data)) => data.first().unwrap_or(answer),
        Some(data @ Value::Object(_)) => data,
        _ => answer,
    };
    let Value::Object(fields) = answer else {
        return Err(wrong("the JSON is no object with a token in it").hint(FORMS));
    };
    let given = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
    if given("error") && !given("access_token") {
        let code = fields["error"].as_str().filter(|code| ERROR_CODES.contains(code));
        let code = code.map(|code| format!(" (`{code}`)")).unwrap_or_default();
        return Err(wrong(format!("this is the platform's error answer{code}, not a token")));
    }
    if given("oauth_token") || given("oauth_token_secret") || given("consumer_key") || given("consumer_secret") {
        return oauth1(fields);
    }
    oauth2(fields, now)
}

fn oauth1(fields: &Map<String, Value>) -> Result<Grant, Failure> {
    let names = ["oauth_token", "oauth_token_secret", "consumer_key", "consumer_secret"];
    let missing: Vec<String> =
        names.iter().filter(|name| is_blank(fields, name)).map(|name| format!("`{name}`")).collect();
    if !missing.is_empty() {
        return Err(wrong(format!("the OAuth 1.0a credentials lack {}", missing.join(", "))).hint(FORMS));
    }
    let credential = Credential::OAuth1 {
        token: secret(fields, "oauth_token")?,
        token_secret: secret(fields, "oauth_token_secret")?,
        consumer_key: secret(fields, "consumer_key")?,
        consumer_secret: secret(fields, "consumer_secret")?,
    };
    Ok(Grant { credential, scopes: Vec::new() })
}

fn oauth2(fields: &Map<String, Value>, now: DateTime<Utc>) -> Result<Grant, Failure> {
    if is_blank(fields, "access_token") {
        let known = ["token", "accessToken", "bearer_token", "refresh_token", "id_token"];
        let other = known.iter().find(|name| fields.contains_key(**name));
        let other = other.map(|name| format!(", only `{name}`")).unwrap_or_default();
        return Err(wrong(format!("the JSON has no `access_token`{other}")).hint(FORMS));
    }
    if let Some(kind) = fields.get("token_type").and_then(Value::as_str)
        && !kind.eq_ignore_ascii_case("bearer")
    {
        return Err(wrong("`token_type` is not `Bearer`; other kinds of tokens are not supported"));
    }
    let refresh = if is_blank(fields, "refresh_token") { None } else { Some(secret(fields, "refresh_token")?) };
    let credential = Credential::OAuth2 {
        access: secret(fields, "access_token")?,
        refresh,
        expires_at: end(fields, "expires_at", &["expires_in"], now)?,
        refresh_expires_at: end(
            fields,
            "refresh_expires_at",
            &["refresh_token_expires_in", "refresh_expires_in"],
            now,
        )?,
    };
    Ok(Grant { credential, scopes: scopes(fields) })
}

fn is_blank(fields: &Map<String, Value>, name: &str) -> bool {
    match fields.get(name) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    }
}

fn secret(fields: &Map<String, Value>, name: &str) -> Result<Secret, Failure> {
    let text = fields.get(name).and_then(Value::as_str).ok_or_else(|| wrong(format!("`{name}` is no text")))?;
    sound(text.trim(), &format!("`{name}`"))
}

/// A token on its own, perhaps copied together with the word that goes before it in a header.
fn bare(text: &str) -> Result<Grant, Failure> {
    let lower = text.to_ascii_lowercase();
    if ["access_token=", "oauth_token=", "refresh_token="].iter().any(|field| lower.contains(field)) {
        return Err(wrong("this is a form or an address with a token in it, not the token alone").hint(FORMS));
    }
    let word = lower.find(char::is_whitespace).map_or(lower.as_str(), |space| &lower[..space]);
    let token = if word == "bearer" { text[word.len()..].trim_start() } else { text };
    if token.is_empty() {
        return Err(wrong("there is nothing behind the word `Bearer`"));
    }
    let access = sound(token, "the token")?;
    let credential = Credential::OAuth2 { access, refresh: None, expires_at: None, refresh_expires_at: None };
    Ok(Grant { credential, scopes: Vec::new() })
}

/// A text that can be a token: visible ASCII in one piece (RFC 6749 appendix A.12), and neither masked nor cut short.
fn sound(text: &str, name: &str) -> Result<Secret, Failure> {
    let mask = |symbol: char| matches!(symbol, '*' | '•' | '●' | '∗' | '…' | '.');
    if text.chars().all(mask) || text.contains(['•', '●', '…']) || text.contains("***") {
        return Err(wrong(format!("{name} is masked: parts of it are dots or asterisks"))
            .hint("let the platform show it, or make a new one"));
    }
    let lines = text.lines().count();
    if lines > 1 {
        return Err(wrong(format!("{name} has {lines} lines; a token is one")));
    }
    for (index, symbol) in text.chars().enumerate() {
        let place = index + 1;
        if symbol.is_whitespace() {
            return Err(wrong(format!("{name} has a space at character {place}; a token has none")));
        }
        if !symbol.is_ascii_graphic() {
            let code = symbol as u32;
            return Err(wrong(format!("{name} has a character at place {place} that no token has (U+{code:04X})")));
        }
    }
    if text.len() < SHORTEST {
        return Err(wrong(format!("{name} has {} characters; no platform's token is so short", text.len())));
    }
    Ok(Secret::new(text))
}

/// When something ends: an instant, else seconds from `now`. A platform's 0 for the instant means never (Facebook).
fn end(
    fields: &Map<String, Value>,
    at: &str,
    within: &[&str],
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Failure> {
    if !is_blank(fields, at) {
        return instant(&fields[at], at);
    }
    let Some(name) = within.iter().find(|name| !is_blank(fields, name)) else { return Ok(None) };
    let seconds = number(&fields[*name])
        .filter(|seconds| seconds.abs() <= LONGEST_LIFE)
        .ok_or_else(|| wrong(format!("`{name}` is no number of seconds")))?;
    // A fraction of a second does not matter.
    let life = TimeDelta::seconds(seconds as i64);
    Ok(Some(now + life))
}

fn instant(value: &Value, name: &str) -> Result<Option<DateTime<Utc>>, Failure> {
    let unclear = || wrong(format!("`{name}` is neither an RFC 3339 instant nor seconds since 1970"));
    let Some(seconds) = number(value) else {
        let text = value.as_str().ok_or_else(unclear)?;
        let instant = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| unclear())?;
        return Ok(Some(instant.to_utc()));
    };
    if seconds == 0.0 {
        return Ok(None);
    }
    if seconds > LONGEST_LIFE * 2.0 {
        return Err(wrong(format!("`{name}` lies beyond the year 2170; is it in milliseconds? Give seconds")));
    }
    let instant = DateTime::from_timestamp(seconds as i64, 0);
    instant.map(Some).ok_or_else(unclear)
}

/// A number, also where somebody wrote it as a text.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

fn scopes(fields: &Map<String, Value>) -> Vec<String> {
    let value = fields.get("scope").or_else(|| fields.get("permissions"));
    let texts: Vec<&str> = match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let mut scopes: Vec<String> = Vec::new();
    for scope in texts.iter().flat_map(|text| text.split([' ', ',', '\t', '\n'])) {
        if !scope.is_empty() && !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

/// The syntax errors of serde_json tell a place and never a value.
fn json(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        wrong(format!("this begins like JSON and breaks off at line {line}, column {column}")).hint(FORMS)
    })
}

fn still_good(grant: &Grant, now: DateTime<Utc>) -> Result<(), Failure> {
    match &grant.credential {
        Credential::OAuth2 { refresh: None, expires_at: Some(end), .. } if *end <= now => {
            let end = end.format("%Y-%m-%d %H:%M UTC");
            Err(wrong(format!("the token ended on {end}, and there is no refresh token with it"))
                .hint("get a new one from the platform"))
        }
        _ => Ok(()),
    }
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(Kind::Usage, message)
}
