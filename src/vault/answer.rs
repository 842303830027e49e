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
/// A field is missing or unusable, or it is an error answer. The kind is [`Kind::Usage`]; whoever read the answer from a
/// network sets their own.
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-21T12:00:00Z";

    fn now() -> DateTime<Utc> {
        NOW.parse().unwrap()
    }

    fn oauth2(access: &str, refresh: Option<&str>, ends: [Option<&str>; 2], scopes: &[&str]) -> Grant {
        let [expires_at, refresh_expires_at] = ends.map(|end| end.map(|end| end.parse().unwrap()));
        let (access, refresh) = (Secret::new(access), refresh.map(Secret::new));
        let credential = Credential::OAuth2 { access, refresh, expires_at, refresh_expires_at };
        Grant { credential, scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect() }
    }

    #[test]
    fn reads_every_form() {
        let token = |ends| oauth2("access-token-1", None, ends, &[]);
        for (text, grant) in [
            ("access-token-1", token([None; 2])),
            ("\u{feff}  access-token-1\r\n\n", token([None; 2])),
            ("Bearer access-token-1", token([None; 2])),
            ("bearer\taccess-token-1", token([None; 2])),
            ("BearerAccess-1", oauth2("BearerAccess-1", None, [None; 2], &[])),
            ("TH|1234567|secret.x~y+z/==", oauth2("TH|1234567|secret.x~y+z/==", None, [None; 2], &[])),
            (r#"{"access_token":"access-token-1"}"#, token([None; 2])),
            (r#"{"access_token":" access-token-1 ","refresh_token":"","expires_in":null}"#, token([None; 2])),
            (
                r#"{"token_type":"bearer","expires_in":7200,"access_token":"access-token-1","scope":"tweet.read  tweet.write tweet.read","refresh_token":"refresh-token-1"}"#,
                oauth2(
                    "access-token-1",
                    Some("refresh-token-1"),
                    [Some("2026-11-21T14:00:00Z"), None],
                    &["tweet.read", "tweet.write"],
                ),
            ),
            (
                r#"{"access_token":"access-token-1","refresh_token":"refresh-token-1","expires_in":"60","refresh_token_expires_in":120,"scope":"openid,w_member_social"}"#,
                oauth2(
                    "access-token-1",
                    Some("refresh-token-1"),
                    [Some("2026-11-21T12:01:00Z"), Some("2026-11-21T12:02:00Z")],
                    &["openid", "w_member_social"],
                ),
            ),
            (
                r#"{"access_token":"access-token-1","refresh_token":"refresh-token-1","expires_in":60.9,"refresh_expires_in":120,"scope":["a","b,c"]}"#,
                oauth2(
                    "access-token-1",
                    Some("refresh-token-1"),
                    [Some("2026-11-21T12:01:00Z"), Some("2026-11-21T12:02:00Z")],
                    &["a", "b", "c"],
                ),
            ),
            (
                r#"{"data":[{"access_token":"access-token-1","user_id":"1","permissions":"a,b"}]}"#,
                oauth2("access-token-1", None, [None; 2], &["a", "b"]),
            ),
            (
                r#"{"access_token":"access-token-1","expires_at":"2026-12-01T01:00:00+01:00","expires_in":5}"#,
                token([Some("2026-12-01T00:00:00Z"), None]),
            ),
            (
                r#"{"access_token":"access-token-1","expires_at":1796083200}"#,
                token([Some("2026-12-01T00:00:00Z"), None]),
            ),
            (
                r#"{"access_token":"access-token-1","expires_at":"1796083200"}"#,
                token([Some("2026-12-01T00:00:00Z"), None]),
            ),
            (r#"{"access_token":"access-token-1","expires_at":0}"#, token([None; 2])),
            // Over, but it can be refreshed.
            (
                r#"{"access_token":"access-token-1","refresh_token":"refresh-token-1","expires_at":"2026-11-21T11:00:00Z"}"#,
                oauth2("access-token-1", Some("refresh-token-1"), [Some("2026-11-21T11:00:00Z"), None], &[]),
            ),
        ] {
            assert_eq!(parse_token(Platform::LinkedIn, text, now()).unwrap(), grant, "{text}");
        }
    }

    #[test]
    fn reads_oauth1() {
        let text = r#"{"oauth_token":"12-user-token","oauth_token_secret":"user-secret","consumer_key":"consumer","consumer_secret":"consumer-secret"}"#;
        let credential = Credential::OAuth1 {
            consumer_key: Secret::new("consumer"),
            consumer_secret: Secret::new("consumer-secret"),
            token: Secret::new("12-user-token"),
            token_secret: Secret::new("user-secret"),
        };
        assert_eq!(parse_token(Platform::X, text, now()).unwrap(), Grant { credential, scopes: Vec::new() });
        assert_eq!(
            parse_token(Platform::LinkedIn, text, now()).unwrap_err().message,
            "LinkedIn takes no OAuth 1.0a credentials; only X does"
        );
    }

    /// Every text holds `CANARY` where a secret would stand; no message, hint or cause may repeat it.
    #[test]
    fn says_what_is_wrong_without_the_secret() {
        let long = "CANARY".repeat(20_000);
        for (text, message) in [
            ("", "no token came on standard input"),
            (" \r\n\t", "no token came on standard input"),
            (long.as_str(), "the text on standard input has 120000 bytes; no token is so long"),
            ("<!DOCTYPE html><p>CANARY", "this is a web page (HTML), not a token"),
            ("\"CANARY-TOKEN\"", "the token stands in quotes"),
            ("'CANARY-TOKEN'", "the token stands in quotes"),
            ("Bearer", "there is nothing behind the word `Bearer`"),
            ("Bearer Bearer CANARY", "the token has a space at character 7; a token has none"),
            ("Authorization: Bearer CANARY", "the token has a space at character 15; a token has none"),
            ("CANARY TOKEN", "the token has a space at character 7; a token has none"),
            ("CANARY-\nTOKEN\r\nAGAIN", "the token has 3 lines; a token is one"),
            ("CANARY-\u{200b}TOKEN", "the token has a character at place 8 that no token has (U+200B)"),
            ("CANARY-É-TOKEN", "the token has a character at place 8 that no token has (U+00C9)"),
            ("CANARY\u{7}TOKEN", "the token has a character at place 7 that no token has (U+0007)"),
            ("****************", "the token is masked: parts of it are dots or asterisks"),
            ("CANARY••••••", "the token is masked: parts of it are dots or asterisks"),
            ("CANARY…", "the token is masked: parts of it are dots or asterisks"),
            ("CANARY", "the token has 6 characters; no platform's token is so short"),
            (
                "access_token=CANARY-TOKEN&expires_in=3",
                "this is a form or an address with a token in it, not the token alone",
            ),
            (
                "https://localhost/#access_token=CANARY-TOKEN",
                "this is a form or an address with a token in it, not the token alone",
            ),
            (r#"{"access_token":"CANARY-TOKEN""#, "this begins like JSON and breaks off at line 1, column 30"),
            (r#"{'access_token':'CANARY-TOKEN'}"#, "this begins like JSON and breaks off at line 1, column 2"),
            ("[]", "the JSON is no object with a token in it"),
            (r#"["CANARY-TOKEN"]"#, "the JSON is no object with a token in it"),
            ("{}", "the JSON has no `access_token`"),
            (r#"{"data":[]}"#, "the JSON has no `access_token`"),
            (r#"{"CANARY":"CANARY"}"#, "the JSON has no `access_token`"),
            (r#"{"access_token":""}"#, "the JSON has no `access_token`"),
            (r#"{"token":"CANARY-TOKEN"}"#, "the JSON has no `access_token`, only `token`"),
            (r#"{"refresh_token":"CANARY-TOKEN"}"#, "the JSON has no `access_token`, only `refresh_token`"),
            (r#"{"access_token":12345678}"#, "`access_token` is no text"),
            (r#"{"access_token":"CANARY TOKEN"}"#, "`access_token` has a space at character 7; a token has none"),
            (
                r#"{"access_token":"CANARY-TOKEN","refresh_token":"CANARY\nTOKEN"}"#,
                "`refresh_token` has 2 lines; a token is one",
            ),
            (
                r#"{"access_token":"CANARY-TOKEN","token_type":"DPoP"}"#,
                "`token_type` is not `Bearer`; other kinds of tokens are not supported",
            ),
            (
                r#"{"error":"invalid_grant","error_description":"CANARY"}"#,
                "this is the platform's error answer (`invalid_grant`), not a token",
            ),
            (r#"{"error":{"message":"CANARY"}}"#, "this is the platform's error answer, not a token"),
            (r#"{"error":"CANARY-TOKEN"}"#, "this is the platform's error answer, not a token"),
            (r#"{"access_token":"CANARY-TOKEN","expires_in":"CANARY"}"#, "`expires_in` is no number of seconds"),
            (r#"{"access_token":"CANARY-TOKEN","expires_in":1e300}"#, "`expires_in` is no number of seconds"),
            (r#"{"access_token":"CANARY-TOKEN","expires_in":"inf"}"#, "`expires_in` is no number of seconds"),
            (
                r#"{"access_token":"CANARY-TOKEN","expires_at":"CANARY"}"#,
                "`expires_at` is neither an RFC 3339 instant nor seconds since 1970",
            ),
            (
                r#"{"access_token":"CANARY-TOKEN","expires_at":[]}"#,
                "`expires_at` is neither an RFC 3339 instant nor seconds since 1970",
            ),
            (
                r#"{"access_token":"CANARY-TOKEN","expires_at":-1e300}"#,
                "`expires_at` is neither an RFC 3339 instant nor seconds since 1970",
            ),
            (
                r#"{"access_token":"CANARY-TOKEN","expires_at":1796083200000}"#,
                "`expires_at` lies beyond the year 2170; is it in milliseconds? Give seconds",
            ),
            (
                r#"{"access_token":"CANARY-TOKEN","expires_at":"2026-11-21T11:59:00Z"}"#,
                "the token ended on 2026-11-21 11:59 UTC, and there is no refresh token with it",
            ),
            (
                r#"{"access_token":"CANARY-TOKEN","expires_in":-60}"#,
                "the token ended on 2026-11-21 11:59 UTC, and there is no refresh token with it",
            ),
            (
                r#"{"oauth_token":"CANARY-TOKEN","consumer_key":" ","consumer_secret":"CANARY-TOKEN"}"#,
                "the OAuth 1.0a credentials lack `oauth_token_secret`, `consumer_key`",
            ),
            (
                r#"{"oauth_token":"CANARY-TOKEN","oauth_token_secret":"CANARY TOKEN","consumer_key":"CANARY-TOKEN","consumer_secret":"CANARY-TOKEN"}"#,
                "`oauth_token_secret` has a space at character 7; a token has none",
            ),
        ] {
            let failure = parse_token(Platform::X, text, now()).unwrap_err();
            assert_eq!(failure.message, message, "{}", &text[..text.len().min(80)]);
            assert_eq!(failure.kind, Kind::Usage);
            assert!(!format!("{failure:?}").contains("CANARY"), "{failure:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in ".*", number in proptest::num::f64::ANY) {
            for text in [
                text.clone(),
                format!("Bearer {text}"),
                format!(r#"{{"access_token":"CANARY-TOKEN","expires_in":{number}}}"#),
                format!(r#"{{"access_token":"CANARY-TOKEN","expires_at":{number}}}"#),
                format!(r#"{{"access_token":"CANARY-TOKEN","expires_at":"{number}"}}"#),
            ] {
                let _ = parse_token(Platform::X, &text, now());
            }
        }
    }
}
