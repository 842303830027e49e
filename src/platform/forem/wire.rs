//! The calls that Forem's API takes and the fields of its answers that are used. Knows no order of steps.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::fit::Rendition;
use crate::fit::markdown;
use crate::fit::peculiar::forem::{above, harmless};
use crate::platform::{Auth, Body, Call, Identity, Job, Method, address, home};

/// How many articles are asked for at once: each comes with its whole text.
const PAGE: &str = "10";

fn call(name: &str, server: &str, method: Method, path: &[&str], query: &[(&str, &str)]) -> Call {
    let url = address(&home(server), &[&["api"], path].concat(), query);
    let headers = vec![("accept", "application/vnd.forem.api-v1+json".to_owned())];
    Call { name: name.to_owned(), part: 0, shows: false, method, url, headers, body: Body::Empty, auth: Auth::ApiKey }
}

pub(super) fn who(server: &str) -> Call {
    call("who", server, Method::Get, &["users", "me"], &[])
}

pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let (id, name) = (id(&answer["id"])?, answer["username"].as_str()?.to_owned());
    Some(Identity { id, name, ..Identity::default() })
}

/// A number, as text.
pub(super) fn id(value: &Value) -> Option<String> {
    value.as_u64().map(|id| id.to_string())
}

/// When an article was published, as it says.
pub(super) fn published_at(article: &Value) -> Option<DateTime<Utc>> {
    article["published_at"].as_str()?.parse().ok()
}

/// A picture that has no address yet.
pub(super) fn unplaced<'a>(job: &Job<'a>) -> Option<&'a str> {
    let mut media = job.rendition.media().map(|(_, media)| media.path.as_str());
    media.find(|path| !job.addresses.contains_key(*path))
}

/// The text as it is sent.
pub(super) fn text(job: &Job<'_>) -> String {
    let text = job.rendition.parts.first().map_or("", |part| part.text.as_str());
    harmless(&markdown::placed(text, job.addresses))
}

pub(super) fn setting<'a>(rendition: &'a Rendition, key: &str) -> Option<&'a str> {
    rendition.settings.get(key).map(String::as_str).filter(|value| !value.is_empty())
}

/// All that is said of an article. What it does not say an edit would leave as it was, so tags are always told.
fn article(job: &Job<'_>, published: bool) -> Value {
    let rendition = job.rendition;
    let mut article = Map::from_iter([
        ("title".to_owned(), json!(rendition.title)),
        ("body_markdown".to_owned(), json!(text(job))),
        ("published".to_owned(), json!(published)),
        ("tags".to_owned(), json!(rendition.tags.join(", "))),
    ]);
    for (key, field) in [("canonical_url", "canonical_url"), ("teaser", "description"), ("part_of", "series")] {
        if let Some(value) = setting(rendition, key) {
            article.insert(field.to_owned(), json!(value));
        }
    }
    if let Some(address) = above(rendition).next().and_then(|media| job.addresses.get(&media.path)) {
        article.insert("main_image".to_owned(), json!(address));
    }
    json!({ "article": article })
}

/// Makes a draft.
pub(super) fn create(job: &Job<'_>) -> Call {
    let body = Body::Json(article(job, false));
    Call { body, ..call("create", &job.identity.server, Method::Post, &["articles"], &[]) }
}

/// Says all of an article anew, and that it is out; `shows`: where it is not out yet.
pub(super) fn publish(name: &str, job: &Job<'_>, article_id: &str, shows: bool) -> Call {
    let call = call(name, &job.identity.server, Method::Put, &["articles", article_id], &[]);
    Call { shows, body: Body::Json(article(job, true)), ..call }
}

/// An article that is out, and only such a one.
pub(super) fn read(name: &str, server: &str, article: &str) -> Call {
    call(name, server, Method::Get, &["articles", article], &[])
}

/// A page of the author's own articles: drafts first, then the newest.
pub(super) fn list(name: &str, server: &str, page: usize) -> Call {
    let page = page.to_string();
    call(name, server, Method::Get, &["articles", "me", "all"], &[("page", page.as_str()), ("per_page", PAGE)])
}

/// Whether a page is full, so that another may follow.
pub(super) fn is_full(articles: &[Value]) -> bool {
    articles.len().to_string() == PAGE
}

/// Makes a draft of an article that is out.
pub(super) fn unpublish(server: &str, article: &str) -> Call {
    let body = Body::Json(json!({"article": {"published": false}}));
    Call { body, ..call("unpublish 1", server, Method::Put, &["articles", article], &[]) }
}
