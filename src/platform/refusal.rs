//! What the platforms' refusals share: rows that tell a class from status and words, hidden tokens, waiting times.
//! Knows no platform.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Allowance, Class, Refusal, Reply};

/// Longest text a refusal carries, in characters.
const WORDS_MAX: usize = 300;

/// Longest quotation in it, so that what to do is never what is cut.
const QUOTE_MAX: usize = 130;

/// Longest code or trace id.
const CODE_MAX: usize = 60;

/// Runs of letters and digits from this length on are taken for tokens and hidden.
const TOKEN_MIN: usize = 32;

/// No platform makes us wait longer at a time; a wilder figure in a header is not believed.
const WAIT_MAX: TimeDelta = TimeDelta::days(1);

/// One row of a platform's table of refusals; the first that fits counts.
#[derive(Debug)]
pub(super) struct Row {
    /// Any of these; empty: every status.
    pub(super) status: &'static [u16],
    /// Any of these in the answer's words, in lower case; empty: whatever they are.
    pub(super) says: &'static [&'static str],
    pub(super) class: Class,
    /// What happened and what to do, for people; no final full stop.
    pub(super) words: &'static str,
}

/// The row for an answer; `text` is all its words.
pub(super) fn find(rows: &'static [Row], status: u16, text: &str) -> Option<&'static Row> {
    let text = text.to_lowercase();
    rows.iter().find(|row| {
        (row.status.is_empty() || row.status.contains(&status))
            && (row.says.is_empty() || row.says.iter().any(|says| text.contains(says)))
    })
}

/// What an answer says of itself.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The platform's name.
    pub(super) label: &'static str,
    pub(super) code: Option<String>,
    /// The sentence to quote; empty where it has none.
    pub(super) quote: String,
    /// What the platform's support asks for, ready to print: `x-transaction-id 1f`.
    pub(super) trace: Option<String>,
}

impl Said {
    /// A refusal of this class: what to do, then what the platform said.
    pub(super) fn refusal(&self, class: Class, status: u16, words: &str, not_before: Option<DateTime<Utc>>) -> Refusal {
        let quote = cut(&hide_tokens(&self.quote), QUOTE_MAX);
        let quote = if quote.is_empty() { "no words".to_owned() } else { format!("\"{quote}\"") };
        let trace =
            self.trace.as_ref().map_or(String::new(), |trace| format!(", {}", cut(&hide_tokens(trace), CODE_MAX)));
        let words = format!("{words} ({} answered {status}: {quote}{trace})", self.label);
        let code = self.code.as_ref().map(|code| cut(&hide_tokens(code), CODE_MAX));
        Refusal { class, code, words: cut(&words, WORDS_MAX), not_before }
    }

    /// The same where nothing can be looked up: whether a showing call worked, only a person can tell.
    pub(super) fn untold(&self, reply: &Reply, shows: bool) -> Refusal {
        if !shows {
            return self.unclear(reply, shows);
        }
        let words = format!("{} gave no clear answer; the post may be out or not", self.label);
        self.refusal(Class::Doubtful, reply.status, &words, None)
    }

    /// An answer that is no answer: 5xx, 408, a redirect, a success that cannot be read. A call that shows the post may
    /// have worked all the same; any other can simply be sent again.
    pub(super) fn unclear(&self, reply: &Reply, shows: bool) -> Refusal {
        let label = self.label;
        if shows {
            let words = format!("{label} gave no clear answer; the post may be out or not, so it is looked for first");
            self.refusal(Class::Doubtful, reply.status, &words, None)
        } else {
            let words = format!("{label} is busy or broken; nothing was shown, it is tried again");
            self.refusal(Class::Transient, reply.status, &words, retry_after(reply))
        }
    }
}

/// A call this version never makes, or an answer nobody could ask for: a bug of ours, told without a panic.
pub(super) fn bug(words: impl Into<String>) -> Refusal {
    Refusal { class: Class::Bug, code: None, words: cut(&words.into(), WORDS_MAX), not_before: None }
}

/// Whether a status leaves open what happened.
pub(super) fn is_unclear(status: u16) -> bool {
    !(400..500).contains(&status) || matches!(status, 408 | 499)
}

/// The instant a `Retry-After` header names, in seconds or as a date.
pub(super) fn retry_after(reply: &Reply) -> Option<DateTime<Utc>> {
    let value = reply.header("retry-after")?.trim();
    let at = match value.parse::<u32>() {
        Ok(seconds) => reply.at.checked_add_signed(TimeDelta::seconds(seconds.into()))?,
        Err(_) => DateTime::parse_from_rfc2822(value).ok()?.to_utc(),
    };
    Some(clamp(reply, at))
}

/// An instant a platform named, if it can be believed: not in the past, not beyond a day.
pub(super) fn clamp(reply: &Reply, at: DateTime<Utc>) -> DateTime<Utc> {
    at.clamp(reply.at, reply.at.checked_add_signed(WAIT_MAX).unwrap_or(reply.at))
}

/// So many seconds after an answer.
pub(super) fn after(reply: &Reply, seconds: i64) -> DateTime<Utc> {
    let seconds = TimeDelta::try_seconds(seconds).unwrap_or(WAIT_MAX);
    reply.at.checked_add_signed(seconds).map_or(reply.at, |at| clamp(reply, at))
}

/// That nothing is left of a limit until a refusal for it ends; `None` where the refusal is another.
pub(super) fn spent(of: &str, refusal: &Refusal) -> Option<Allowance> {
    let until = refusal.not_before.filter(|_| refusal.class == Class::Quota)?;
    Some(Allowance { of: of.to_owned(), most: None, left: 0, until })
}

/// The text on one line with everything that may open something left out: the word after `Bearer`, runs that look like
/// a token, addresses of upload sessions.
pub(super) fn hide_tokens(text: &str) -> String {
    let mut words = Vec::new();
    let mut after_bearer = false;
    for word in text.split_whitespace() {
        let opens = after_bearer || word.contains("dms-uploads") || looks_like_token(word);
        after_bearer = word.eq_ignore_ascii_case("bearer");
        words.push(if opens { "[hidden]" } else { word });
    }
    words.join(" ")
}

fn looks_like_token(word: &str) -> bool {
    let runs = word.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'));
    let has_run = |run: &str| {
        run.len() >= TOKEN_MIN
            && run.bytes().any(|byte| byte.is_ascii_digit())
            && run.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    let names_one = |key: &str| word.to_ascii_lowercase().contains(key);
    runs.into_iter().any(has_run) || ["token=", "token\":", "secret="].into_iter().any(names_one)
}

/// At most so many characters, the last an ellipsis where some are missing.
fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn reply(header: Option<&str>) -> Reply {
        let headers = header.map(|value| ("retry-after".to_owned(), value.to_owned())).into_iter().collect();
        Reply { status: 429, headers, body: String::new(), at: "2026-11-20T12:00:00Z".parse().unwrap() }
    }

    #[test]
    fn retry_after_takes_seconds_and_dates_and_believes_no_nonsense() {
        for (header, at) in [
            (None, None),
            (Some("0"), Some("2026-11-20T12:00:00Z")),
            (Some(" 90 "), Some("2026-11-20T12:01:30Z")),
            (Some("Fri, 20 Nov 2026 12:05:00 GMT"), Some("2026-11-20T12:05:00Z")),
            (Some("Fri, 20 Nov 2020 12:05:00 GMT"), Some("2026-11-20T12:00:00Z")),
            (Some("4000000000"), Some("2026-11-21T12:00:00Z")),
            (Some("99999999999999999999"), None),
            (Some("-5"), None),
            (Some("soon"), None),
        ] {
            assert_eq!(retry_after(&reply(header)), at.map(|at| at.parse().unwrap()), "{header:?}");
        }
    }

    #[test]
    fn tokens_are_hidden_and_words_stay() {
        for (text, shown) in [
            ("The token used in the request has expired", "The token used in the request has expired"),
            ("Authorization: Bearer abc denied", "Authorization: Bearer [hidden] denied"),
            ("bad \"AQXdSP_W41_UPs5ioT_t8HESyODB4FqbkJ8LrV_5mff4gPODzOYR\".", "bad [hidden]"),
            ("access_token=abc is wrong", "[hidden] is wrong"),
            ("PUT https://www.linkedin.com/dms-uploads/sp/v2/x failed", "PUT [hidden] failed"),
            ("two\nlines\tand more", "two lines and more"),
            (
                "com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of urn:li:share:7295588489876647936",
                "com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of urn:li:share:7295588489876647936",
            ),
        ] {
            assert_eq!(hide_tokens(text), shown);
        }
    }

    #[test]
    fn words_are_at_most_three_hundred_characters() {
        let said = Said { label: "X", quote: "ä".repeat(1000), ..Said::default() };
        let words = said.refusal(Class::Content, 403, "x", None).words;
        assert_eq!(words, format!("x (X answered 403: \"{}…\")", "ä".repeat(129)));
        assert_eq!(cut(&"ä".repeat(301), WORDS_MAX).chars().count(), 300);
        let none =
            Said { label: "X", ..Said::default() }.unclear(&Reply { headers: BTreeMap::new(), ..reply(None) }, false);
        assert_eq!(none.words, "X is busy or broken; nothing was shown, it is tried again (X answered 429: no words)");
    }
}
