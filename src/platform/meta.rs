//! What Facebook, Instagram and Threads share: the envelope of Meta's errors, the codes that mean the same everywhere, how
//! limits end, ids and times. Knows no platform's own codes and no step.
//!
//! Sources: <https://developers.facebook.com/docs/graph-api/guides/error-handling>,
//! <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>. Words of errors come in the account's language:
//! only codes are matched, and names written in capitals.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::refusal::{Said, after, is_unclear, retry_after, spent};
use super::{Allowance, Class, Refusal, Reply, Version};
use crate::limits::quota;

/// The version of the Graph API that is spoken. It appeared on 2026-07-29, and Meta serves a version for two years at least:
/// <https://developers.facebook.com/docs/graph-api/changelog/versions/>,
/// <https://developers.facebook.com/docs/graph-api/guides/versioning>.
pub(super) const GRAPH: Version = Version { name: "v26.0", ends: "2028-07-29" };

/// Whether an answer to a question for a person's Pages says that the token is a Page's own: a Page has no such list.
pub(super) fn is_of_page(reply: &Reply) -> bool {
    Error::of(reply).is_some_and(|error| error.code == Some(100) && error.subcode.is_none())
}

/// How long to wait at a limit whose end Meta does not tell.
const LIMIT_MINS: i64 = 60;

/// From so many percent of the calls allowed on, an account rests; at 100 Meta refuses them.
const NEARLY_ALL: u64 = 95;

/// How long a reading of what is left is believed: the window rolls on.
const READING_SECS: i64 = 3600;

/// How long an account rests that Meta blocked for what it did.
const BLOCKED_SECS: i64 = 86_400;

/// One row of a platform's own table of errors; the first that fits counts, before what all three share.
#[derive(Debug)]
pub(super) struct Row {
    /// Any of these codes; empty: every code.
    pub(super) codes: &'static [i64],
    /// Any of these subcodes; empty: every subcode.
    pub(super) subcodes: &'static [i64],
    /// Any of these in Meta's `message`, in lower case; empty: whatever it is.
    pub(super) says: &'static [&'static str],
    pub(super) class: Class,
    /// Seconds to wait, for the classes that pass by themselves.
    pub(super) wait: Option<i64>,
    /// What happened and what to do, for people; no final full stop.
    pub(super) words: &'static str,
}

impl Row {
    fn fits(&self, error: &Error) -> bool {
        let has = |numbers: &[i64], number: Option<i64>| {
            numbers.is_empty() || number.is_some_and(|number| numbers.contains(&number))
        };
        let message = error.message.to_lowercase();
        has(self.codes, error.code)
            && has(self.subcodes, error.subcode)
            && (self.says.is_empty() || self.says.iter().any(|says| message.contains(says)))
    }
}

/// What an error of Meta's says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Error {
    pub(super) code: Option<i64>,
    pub(super) subcode: Option<i64>,
    /// For developers.
    pub(super) message: String,
    /// For the person; empty where there is nothing.
    pub(super) user_words: String,
    /// Whether Meta says that it passes.
    pub(super) is_transient: bool,
    /// What Meta's support asks for.
    pub(super) trace: Option<String>,
    /// Besides, as some codes carry it; `Null` where there is nothing.
    pub(super) data: Value,
}

impl Error {
    /// The error an answer holds: in the envelope of the Graph API, or in that of the upload host.
    pub(super) fn of(reply: &Reply) -> Option<Self> {
        let answer = reply.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
        if let error @ Value::Object(_) = &answer["error"] {
            let (title, words) = (text(&error["error_user_title"]), text(&error["error_user_msg"]));
            let pieces: Vec<&str> =
                [title.trim_end_matches('.'), &words].into_iter().filter(|x| !x.is_empty()).collect();
            return Some(Self {
                code: error["code"].as_i64(),
                subcode: error["error_subcode"].as_i64(),
                message: text(&error["message"]),
                user_words: pieces.join(": "),
                is_transient: error["is_transient"].as_bool().unwrap_or(false),
                trace: error["fbtrace_id"].as_str().map(str::to_owned),
                data: error["error_data"].clone(),
            });
        }
        let debug = &answer["debug_info"];
        debug.is_object().then(|| Self {
            message: text(&debug["message"]),
            is_transient: debug["retriable"].as_bool().unwrap_or(false),
            ..Self::default()
        })
    }

    /// `24/4279009`, `190`.
    fn code_text(&self) -> Option<String> {
        match (self.code, self.subcode) {
            (Some(code), Some(subcode)) => Some(format!("{code}/{subcode}")),
            (code, subcode) => code.or(subcode).map(|number| number.to_string()),
        }
    }

    /// What all three platforms mean by a code.
    fn meaning(&self) -> Option<(Class, &'static str)> {
        Some(match (self.code?, self.subcode) {
            (190 | 102, Some(459 | 464)) => (
                Class::Login,
                "Meta wants the account checked: log in there in a browser, then run `pressroom connect`",
            ),
            (190 | 102, Some(492)) => {
                (Class::Login, "the login has lost its role there; give it back, then run `pressroom connect`")
            }
            (190 | 102, _) => (
                Class::Login,
                "the login is no longer good: expired or taken back; run `pressroom connect` for the account",
            ),
            (10 | 200..=299, _) => (
                Class::Permission,
                "a permission is missing or was taken back; run `pressroom connect` and grant all of them",
            ),
            (3, _) => {
                (Class::Permission, "the app may not do this; add the use case or product in Meta's app dashboard")
            }
            (104, _) => {
                (Class::Permission, "Meta does not take the proof of the app's secret; check the app's settings")
            }
            (4 | 17 | 32 | 341 | 613 | 80_000..=80_014, _) => {
                (Class::Quota, "a limit of calls is reached; it goes on when that ends")
            }
            (368, _) => {
                (Class::Quota, "Meta has blocked the account for a while for what it did; see what it says there")
            }
            _ => return None,
        })
    }
}

/// What a refusal of a platform means: by its own rows, then by what all three share. A call that `shows` and got an answer
/// that leaves open what happened is doubtful.
pub(super) fn refusal(label: &'static str, rows: &'static [Row], reply: &Reply, shows: bool) -> Refusal {
    let said = said(label, reply);
    let Some(error) = Error::of(reply) else { return without_envelope(&said, reply, shows) };
    if let Some(row) = rows.iter().find(|row| row.fits(&error)) {
        // Of an answer that says "we broke", only what came before any work is believed.
        if shows && is_unclear(reply.status) && !matches!(row.class, Class::Quota | Class::Login | Class::Permission) {
            return said.unclear(reply, shows);
        }
        return said.refusal(row.class, reply.status, row.words, row.wait.map(|seconds| after(reply, seconds)));
    }
    if let Some((class, words)) = error.meaning() {
        let not_before = match (class, error.code) {
            (Class::Quota, Some(368)) => Some(after(reply, BLOCKED_SECS)),
            (Class::Quota, _) => Some(limit_ends(reply)),
            _ => None,
        };
        return said.refusal(class, reply.status, words, not_before);
    }
    if error.is_transient || matches!(error.code, Some(1 | 2)) || is_unclear(reply.status) {
        return said.unclear(reply, shows);
    }
    match error.code {
        Some(100) => {
            let words =
                "a value of this post is not taken; correct what it names, or report it if that is not in the post";
            said.refusal(Class::Content, reply.status, words, None)
        }
        _ => said.refusal(Class::Content, reply.status, "this post is not taken; see what it says", None),
    }
}

/// An answer in nobody's shape, as a host in between gives it.
fn without_envelope(said: &Said, reply: &Reply, shows: bool) -> Refusal {
    match reply.status {
        401 => said.refusal(
            Class::Login,
            401,
            "the login is no longer good; run `pressroom connect` for the account",
            None,
        ),
        429 => {
            said.refusal(Class::Quota, 429, "a limit is reached; it goes on when that ends", Some(limit_ends(reply)))
        }
        403 => said.refusal(Class::Permission, 403, "this is not allowed; see what it says", None),
        status if is_unclear(status) || reply.is_success() => said.unclear(reply, shows),
        status => said.refusal(Class::Bug, status, "pressroom is not understood; please report this", None),
    }
}

/// An answer that says nothing: a success that cannot be read.
pub(super) fn unclear(label: &'static str, reply: &Reply, shows: bool) -> Refusal {
    said(label, reply).unclear(reply, shows)
}

/// The answer to be quoted: what Meta says to the person where it says something, else what it says to developers.
pub(super) fn said(label: &'static str, reply: &Reply) -> Said {
    let error = Error::of(reply).unwrap_or_default();
    let code = error.code_text();
    let trace = error.trace.as_ref().map(|trace| format!("fbtrace_id {trace}"));
    let quote = if error.user_words.is_empty() { error.message } else { error.user_words };
    Said { label, code, quote, trace }
}

/// When a limit of calls ends: after the minutes the usage headers tell, else after `Retry-After`, else after an hour.
pub(super) fn limit_ends(reply: &Reply) -> DateTime<Utc> {
    let usage = reply.header("x-business-use-case-usage").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let entries = usage.as_ref().and_then(Value::as_object).into_iter().flat_map(|usage| usage.values());
    let entries = entries.filter_map(Value::as_array).flatten();
    let minutes = entries.filter_map(|entry| entry["estimated_time_to_regain_access"].as_i64()).max();
    match minutes.filter(|minutes| *minutes > 0) {
        Some(minutes) => after(reply, minutes.saturating_mul(60)),
        None => retry_after(reply).unwrap_or_else(|| after(reply, LIMIT_MINS * 60)),
    }
}

/// What the usage headers tell of an answer: nothing, until nearly all calls are used up. A refusal for a limit says that
/// nothing is left `of` it.
pub(super) fn allowances(of: &str, reply: &Reply, refusal: impl FnOnce() -> Refusal) -> Vec<Allowance> {
    let refused = if reply.is_success() { None } else { spent(of, &refusal()) };
    let full = || Allowance { of: quota::CALLS.to_owned(), most: None, left: 0, until: limit_ends(reply) };
    refused.or_else(|| (usage(reply) >= NEARLY_ALL).then(full)).into_iter().collect()
}

/// The largest share of calls or of computing time that is used up, in percent: of the app's, or of what is allowed for an
/// account. Headers that are not sent say nothing.
fn usage(reply: &Reply) -> u64 {
    const SHARES: [&str; 6] =
        ["call_count", "total_time", "total_cputime", "total_cpu_time", "cpu_time", "call_volume"];
    let headers = ["x-app-usage", "x-page-usage", "x-business-use-case-usage"];
    let told = headers.iter().filter_map(|name| serde_json::from_str::<Value>(reply.header(name)?).ok());
    let told: Vec<Value> = told.collect();
    let cases = told.iter().filter_map(Value::as_object).flat_map(|cases| cases.values()).filter_map(Value::as_array);
    let usages = cases.flatten().chain(&told);
    usages.flat_map(|usage| SHARES.iter().filter_map(|share| usage[*share].as_u64())).max().unwrap_or(0)
}

/// What an account reads of its own limits: `quota_usage` and `config`, each behind a prefix.
pub(super) fn readings(reply: &Reply, limits: &[(&str, &str)]) -> Vec<Allowance> {
    let day = &reply.json()["data"][0];
    let count = |value: &Value| value.as_u64().and_then(|count| u32::try_from(count).ok());
    let readings = limits.iter().filter_map(|(prefix, of)| {
        let most = count(&day[format!("{prefix}config")]["quota_total"])?;
        let left = most.saturating_sub(count(&day[format!("{prefix}quota_usage")])?);
        Some(Allowance { of: (*of).to_owned(), most: Some(most), left, until: after(reply, READING_SECS) })
    });
    readings.collect()
}

/// An id, which Meta writes as a text or as a number: digits, with `_` between those of a page and its post.
pub(super) fn id(value: &Value) -> Option<String> {
    let id = value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))?;
    let is_plain = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    ((1..=64).contains(&id.len()) && id.bytes().all(is_plain)).then_some(id)
}

/// An instant as Meta writes it: `2026-11-20T10:00:00+0000`.
pub(super) fn time(value: &Value) -> Option<DateTime<Utc>> {
    let text = value.as_str()?;
    let time = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z").or_else(|_| DateTime::parse_from_rfc3339(text));
    Some(time.ok()?.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing::{at, reply, start};
    use chrono::TimeDelta;

    const FULL: &str = r#"{"error":{"message":"Error validating access token: Session has expired","type":"OAuthException","code":190,"error_subcode":463,"is_transient":false,"error_user_title":"Sitzung abgelaufen.","error_user_msg":"Melde dich an.","error_data":{"offset":7},"fbtrace_id":"EJplcsCHuLu"}}"#;

    #[test]
    fn the_envelope_is_read() {
        let error = Error::of(&reply(400, &[], FULL)).unwrap();
        let message = "Error validating access token: Session has expired".to_owned();
        let user_words = "Sitzung abgelaufen: Melde dich an.".to_owned();
        let (trace, data) = (Some("EJplcsCHuLu".to_owned()), serde_json::json!({"offset": 7}));
        let whole =
            Error { code: Some(190), subcode: Some(463), message, user_words, is_transient: false, trace, data };
        assert_eq!(error, whole);
        let upload = r#"{"debug_info":{"retriable":true,"type":"PartialRequestError","message":"Partial request"}}"#;
        let error = Error::of(&reply(400, &[], upload)).unwrap();
        assert_eq!((error.code, error.is_transient, error.message.as_str()), (None, true, "Partial request"));
        for body in ["", "<html>", "{}", r#"{"error":"x"}"#, "[]", "7"] {
            assert_eq!(Error::of(&reply(400, &[], body)), None, "{body}");
        }
    }

    static ROWS: &[Row] = &[
        Row { codes: &[24], subcodes: &[7], says: &[], class: Class::NotReady, wait: Some(5), words: "wait" },
        Row { codes: &[100], subcodes: &[], says: &["too_many"], class: Class::Content, wait: None, words: "fewer" },
        Row { codes: &[], subcodes: &[9], says: &[], class: Class::Permission, wait: None, words: "ask" },
    ];

    #[test]
    fn codes_have_classes() {
        use Class::*;
        let error = |code: i64, subcode: i64| {
            format!(r#"{{"error":{{"message":"TOO_MANY","code":{code},"error_subcode":{subcode}}}}}"#)
        };
        let code = |code: i64| format!(r#"{{"error":{{"message":"m","code":{code}}}}}"#);
        let passing = r#"{"error":{"message":"m","code":99,"is_transient":true}}"#.to_owned();
        // Status, body, class of a showing call, class of another.
        for (status, body, shows, other) in [
            (400, error(24, 7), NotReady, NotReady),
            (500, error(24, 7), Doubtful, NotReady),
            (400, error(24, 8), Content, Content),
            (400, error(100, 1), Content, Content),
            (500, error(1, 9), Permission, Permission),
            (400, error(190, 463), Login, Login),
            (500, error(190, 463), Login, Login),
            (400, error(190, 459), Login, Login),
            (400, error(190, 492), Login, Login),
            (400, code(102), Login, Login),
            (400, code(10), Permission, Permission),
            (403, code(200), Permission, Permission),
            (403, code(299), Permission, Permission),
            (400, code(3), Permission, Permission),
            (400, code(104), Permission, Permission),
            (400, code(4), Quota, Quota),
            (400, code(17), Quota, Quota),
            (400, code(32), Quota, Quota),
            (400, code(341), Quota, Quota),
            (400, code(613), Quota, Quota),
            (400, code(80_001), Quota, Quota),
            (429, code(80_002), Quota, Quota),
            (400, code(368), Quota, Quota),
            (400, code(1), Doubtful, Transient),
            (500, code(2), Doubtful, Transient),
            (400, passing, Doubtful, Transient),
            (400, code(100), Content, Content),
            (500, code(100), Doubtful, Transient),
            (400, code(9_999_999), Content, Content),
            (401, String::new(), Login, Login),
            (403, "<html>".to_owned(), Permission, Permission),
            (404, String::new(), Bug, Bug),
            (429, String::new(), Quota, Quota),
            (200, String::new(), Doubtful, Transient),
            (302, String::new(), Doubtful, Transient),
            (503, "<html>".to_owned(), Doubtful, Transient),
        ] {
            let reply = reply(status, &[], &body);
            assert_eq!(refusal("Meta", ROWS, &reply, true).class, shows, "{status} {body}");
            assert_eq!(refusal("Meta", ROWS, &reply, false).class, other, "{status} {body}");
        }
    }

    #[test]
    fn refusals_quote_what_meta_says_to_people() {
        let refusal = refusal("Threads", ROWS, &reply(400, &[], FULL), false);
        assert_eq!(refusal.code.as_deref(), Some("190/463"));
        assert_eq!(
            refusal.words,
            "the login is no longer good: expired or taken back; run `pressroom connect` for the account (Threads answered \
             400: \"Sitzung abgelaufen: Melde dich an.\", fbtrace_id EJplcsCHuLu)"
        );
    }

    #[test]
    fn limits_end_when_the_headers_say() {
        let usage = |minutes: i64| {
            format!(
                r#"{{"1121":[{{"type":"pages","call_count":100,"estimated_time_to_regain_access":3}}],"17":[{{"type":"threads","call_count":1,"total_time":1,"estimated_time_to_regain_access":{minutes}}}]}}"#
            )
        };
        let name = "x-business-use-case-usage";
        for (headers, seconds) in [
            (vec![], 3600),
            (vec![("retry-after", "7".to_owned())], 7),
            (vec![(name, usage(19))], 19 * 60),
            (vec![(name, usage(0))], 3 * 60),
            (vec![(name, usage(19)), ("retry-after", "7".to_owned())], 19 * 60),
            (vec![(name, usage(i64::MAX))], 86_400),
            (vec![(name, "{}".to_owned()), ("retry-after", "7".to_owned())], 7),
            (vec![(name, "nonsense".to_owned())], 3600),
            (vec![("x-app-usage", r#"{"call_count":100,"total_time":25,"total_cputime":25}"#.to_owned())], 3600),
        ] {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(limit_ends(&reply(400, &headers, "")), start() + TimeDelta::seconds(seconds), "{headers:?}");
        }
    }

    #[test]
    fn ids_and_times() {
        for (json, id_is) in [
            (r#""17995500000000002""#, Some("17995500000000002")),
            ("17995500000000002", Some("17995500000000002")),
            (r#""1121_77""#, Some("1121_77")),
            (r#""""#, None),
            (r#""../me""#, None),
            ("-1", None),
            ("null", None),
        ] {
            assert_eq!(id(&serde_json::from_str(json).unwrap()).as_deref(), id_is, "{json}");
        }
        for text in ["2026-11-20T10:00:00+0000", "2026-11-20T12:00:00+0200", "2026-11-20T10:00:00Z"] {
            assert_eq!(time(&text.into()), Some(at("2026-11-20T10:00:00Z")), "{text}");
        }
        assert_eq!(time(&"yesterday".into()), None);
    }
}
