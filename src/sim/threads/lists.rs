//! Pages of a list: by time, by number, by cursor. It knows posts only by id and time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use chrono::{DateTime, NaiveDate, NaiveTime};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::call::Call;
use super::errors::{self, Refusal};
use super::posts::Post;
use super::state::{State, seconds};
use super::tokens::Session;

pub(super) const PARAMETERS: &[&str] = &["fields", "since", "until", "limit", "before", "after"];

/// Threads opened on this day; earlier times are refused.
const OPENED: u64 = 1_688_540_400;

pub(super) struct Page<'a> {
    pub(super) posts: Vec<&'a Post>,
    next: Option<String>,
    previous: Option<String>,
}

/// The posts of this page, of all posts of the list, newest first.
pub(super) fn page<'a>(
    state: &State,
    session: &Session,
    call: &Call,
    edge: &str,
    posts: &[&'a Post],
) -> Result<Page<'a>, Refusal> {
    let (since, until) = (instant(call, "since")?, instant(call, "until")?);
    let bad_until =
        until.is_some_and(|until| until > seconds(state.now()) || since.is_some_and(|since| since >= until));
    if since.is_some_and(|since| since < OPENED) || bad_until {
        return Err(errors::parameter(&format!("Params since and until must be in order, from {OPENED} until now")));
    }
    let limit = match call.get("limit").map(str::parse::<usize>) {
        None => 25,
        Some(Ok(limit @ 0..=100)) => limit,
        Some(_) => return Err(errors::parameter("Param limit must be between 0 and 100")),
    };
    let fits = |post: &&&Post| {
        let at = seconds(post.at);
        since.is_none_or(|since| at >= since) && until.is_none_or(|until| at <= until)
    };
    let posts: Vec<&Post> = posts.iter().filter(fits).copied().collect();
    let place = |name| cursor(call, name).map(|id| id.map(|id| posts.iter().position(|post| post.id == id)));
    let (from, to) = match (place("before")?, place("after")?) {
        (Some(_), Some(_)) => return Err(errors::parameter("Params before and after cannot be sent together")),
        (Some(end), None) => (end.unwrap_or_default().saturating_sub(limit), end.unwrap_or_default()),
        (None, Some(start)) => (start.map_or(posts.len(), |start| start + 1), posts.len()),
        (None, None) => (0, posts.len()),
    };
    let shown: Vec<&Post> = posts[from..to].iter().take(limit).copied().collect();
    let last = from + shown.len();
    let link = |name: &str, post: Option<&&Post>| post.map(|post| address(session, call, edge, name, &post.id));
    Ok(Page {
        next: link("after", shown.last().filter(|_| last < posts.len())),
        previous: link("before", shown.first().filter(|_| from > 0)),
        posts: shown,
    })
}

impl Page<'_> {
    /// The answer around the data. Where there is no `next`, the list is at its end.
    pub(super) fn answer(&self, data: &[Value]) -> Value {
        let (Some(first), Some(last)) = (self.posts.first(), self.posts.last()) else { return json!({"data": []}) };
        let mut paging = json!({"cursors": {"before": written(&first.id), "after": written(&last.id)}});
        for (name, link) in [("next", &self.next), ("previous", &self.previous)] {
            if let Some(link) = link {
                paging[name] = json!(link);
            }
        }
        json!({"data": data, "paging": paging})
    }
}

/// The address of a neighbouring page, with the token in it, as the Graph API does.
fn address(session: &Session, call: &Call, edge: &str, name: &str, id: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("access_token", &session.access_token);
    query.extend_pairs(["fields", "since", "until", "limit"].iter().filter_map(|kept| Some((kept, call.get(kept)?))));
    query.append_pair(name, &written(id));
    let user = call.path.get(1).map_or("me", String::as_str);
    format!("https://graph.threads.net/v1.0/{user}/{edge}?{}", query.finish())
}

fn written(id: &str) -> String {
    URL_SAFE.encode(id)
}

fn cursor(call: &Call, name: &str) -> Result<Option<String>, Refusal> {
    let decode = |text: &str| String::from_utf8(URL_SAFE.decode(text).ok()?).ok();
    match call.get(name).map(decode) {
        None => Ok(None),
        Some(Some(id)) => Ok(Some(id)),
        Some(None) => Err(errors::parameter(&format!("Param {name} is no cursor"))),
    }
}

/// A time in Unix seconds, or a date, or a date with time and offset.
fn instant(call: &Call, name: &str) -> Result<Option<u64>, Refusal> {
    let Some(text) = call.get(name) else { return Ok(None) };
    let date = |text: &str| {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        u64::try_from(day.and_time(NaiveTime::MIN).and_utc().timestamp()).ok()
    };
    let whole = |text: &str| u64::try_from(DateTime::parse_from_rfc3339(text).ok()?.timestamp()).ok();
    let found = text.parse().ok().or_else(|| date(text)).or_else(|| whole(text));
    found.map(Some).ok_or_else(|| errors::parameter(&format!("Param {name} must be a Unix timestamp or a date")))
}
