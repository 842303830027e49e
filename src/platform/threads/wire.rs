//! The calls Threads takes and the fields of its answers that are used. Knows no order of steps.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use url::Url;

use crate::fit::{Media, Poll, Rendition};
use crate::platform::{Auth, Body, Call, Identity, Method, address, meta};

const VERSION: &str = "v1.0";

/// Most posts a list can hold (`limit`).
const LIST_MAX: &str = "100";

#[expect(clippy::expect_used, reason = "a constant address that every test of this folder parses")]
static API: LazyLock<Url> = LazyLock::new(|| Url::parse("https://graph.threads.net/").expect("a constant"));

/// Fields of a form.
pub(super) type Fields = Vec<(String, String)>;

fn call(name: &str, part: usize, method: Method, path: &[&str], query: &[(&str, &str)], body: Body) -> Call {
    let url = address(&API, &[&[VERSION], path].concat(), query);
    let (name, headers) = (name.to_owned(), Vec::new());
    Call { name, part, shows: false, method, url, headers, body, auth: Auth::Field }
}

fn get(name: &str, part: usize, path: &[&str], query: &[(&str, &str)]) -> Call {
    call(name, part, Method::Get, path, query, Body::Empty)
}

pub(super) fn who() -> Call {
    get("who", 0, &["me"], &[("fields", "id,username")])
}

/// Makes a container. A form: of JSON bodies Threads has been seen to lose optional fields.
pub(super) fn container(name: &str, part: usize, fields: Fields) -> Call {
    call(name, part, Method::Post, &["me", "threads"], &[], Body::Form(fields))
}

/// How far a container is.
pub(super) fn state(name: &str, part: usize, container: &str) -> Call {
    get(name, part, &[container], &[("fields", "id,status,error_message")])
}

pub(super) fn publish(name: &str, part: usize, container: &str) -> Call {
    let body = Body::Form(vec![("creation_id".to_owned(), container.to_owned())]);
    Call { shows: true, ..call(name, part, Method::Post, &["me", "threads_publish"], &[], body) }
}

/// Where a post is to be found.
pub(super) fn link(name: &str, part: usize, post: &str) -> Call {
    get(name, part, &[post], &[("fields", "id,permalink,timestamp")])
}

/// What is left of a day's quota.
pub(super) fn quota(name: &str, part: usize, fields: &str) -> Call {
    get(name, part, &["me", "threads_publishing_limit"], &[("fields", fields)])
}

/// The account's own posts of some time (or its replies, which stand in a list of their own), newest first. Neither instant
/// may lie in the future.
pub(super) fn list(name: &str, part: usize, replies: bool, since: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Call {
    let (since, until) = (since.timestamp().to_string(), until.map(|until| until.timestamp().to_string()));
    let mut query = vec![("fields", "id,media_type,text,permalink,timestamp"), ("since", &since)];
    query.extend(until.as_deref().map(|until| ("until", until)));
    query.push(("limit", LIST_MAX));
    get(name, part, &["me", if replies { "replies" } else { "threads" }], &query)
}

/// A page of all the account's posts, to find one by its address.
pub(super) fn addresses(name: &str, page: Option<&str>) -> Call {
    let mut query = vec![("fields", "id,permalink,shortcode"), ("limit", LIST_MAX)];
    query.extend(page.map(|page| ("after", page)));
    get(name, 0, &["me", "threads"], &query)
}

pub(super) fn delete(name: &str, part: usize, post: &str) -> Call {
    call(name, part, Method::Delete, &[post], &[], Body::Empty)
}

/// Asks for a post only to learn whether it is there.
pub(super) fn exists(name: &str, part: usize, post: &str) -> Call {
    get(name, part, &[post], &[("fields", "id")])
}

/// What kind of container media need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Image,
    Video,
    Carousel,
}

impl Shape {
    pub(super) fn of(media: &[Media]) -> Self {
        match media {
            [] => Self::Text,
            [one] if one.is_video() => Self::Video,
            [_] => Self::Image,
            _ => Self::Carousel,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Image => "IMAGE",
            Self::Video => "VIDEO",
            Self::Carousel => "CAROUSEL",
        }
    }

    /// Its name in lists of posts.
    pub(super) fn listed(self) -> &'static str {
        match self {
            Self::Text => "TEXT_POST",
            Self::Carousel => "CAROUSEL_ALBUM",
            one => one.name(),
        }
    }
}

/// The first field of every container.
pub(super) fn of_shape(shape: Shape) -> Fields {
    vec![field("media_type", shape.name())]
}

/// The fields of a picture or video at an address.
pub(super) fn of_media(media: &Media, address: &Url) -> Fields {
    let key = if media.is_video() { "video_url" } else { "image_url" };
    let alt = media.alt.as_deref().filter(|alt| !alt.is_empty());
    [Some(field(key, address.as_str())), alt.map(|alt| field("alt_text", alt))].into_iter().flatten().collect()
}

pub(super) fn field(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

/// The fields only the first part has: who may answer, topic, poll and link card.
pub(super) fn of_post(rendition: &Rendition) -> Fields {
    let setting = |key: &str| Some((key.to_owned(), rendition.settings.get(key)?.clone()));
    let mut fields: Fields = ["reply_control", "topic_tag"].into_iter().filter_map(setting).collect();
    fields.extend(setting("enable_reply_approvals").filter(|(_, value)| value == "true"));
    fields.extend(rendition.poll.as_ref().map(|poll| field("poll_attachment", &of_poll(poll))));
    fields.extend(rendition.card.as_ref().map(|card| field("link_attachment", &card.url)));
    fields
}

/// `{"option_a":"...","option_b":"..."}`: any other shape makes a post without a poll, and no error.
fn of_poll(poll: &Poll) -> String {
    let keys = ["option_a", "option_b", "option_c", "option_d"];
    let options = keys.into_iter().zip(&poll.options);
    Value::Object(options.map(|(key, option)| (key.to_owned(), json!(option))).collect::<Map<_, _>>()).to_string()
}

pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let name = answer["username"].as_str()?.to_owned();
    Some(Identity { id: meta::id(&answer["id"])?, name, ..Identity::default() })
}

/// Where people find an account.
pub(super) fn profile(identity: &Identity) -> String {
    format!("https://www.threads.com/@{}", identity.name)
}

/// The address of a post, where an answer tells it.
pub(super) fn permalink(answer: &Value) -> Option<&str> {
    answer["permalink"].as_str().filter(|url| url.starts_with("https://"))
}
