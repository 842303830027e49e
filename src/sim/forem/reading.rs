//! What the calls answer: users and articles as JSON. It changes nothing.

use axum::response::Response;
use serde_json::{Value, json};

use super::errors::Refusal;
use super::route::Outcome;
use super::state::{Article, State, iso};
use crate::sim::call::{self, Call};

/// Articles on a page, where nobody says how many, and at most.
const PER_PAGE: usize = 30;
const PER_PAGE_MAX: usize = 1_000;

/// `GET /api/users/me`
pub(super) fn me(state: &State, user: usize) -> Outcome {
    let user = &state.users[user];
    Ok(call::json(
        200,
        &json!({
            "type_of": "user",
            "id": user.id,
            "username": user.username,
            "name": user.name,
            "summary": null,
            "twitter_username": null,
            "github_username": null,
            "website_url": null,
            "location": null,
            "joined_at": iso(user.joined),
            "profile_image": format!("https://{}/uploads/user/{}.png", state.host, user.id),
        }),
    ))
}

/// `GET /api/articles/me/...`: drafts first, then the newest.
pub(super) fn own(state: &State, user: usize, list: &str, call: &Call) -> Outcome {
    let (mut page, mut per_page) = (1, PER_PAGE);
    for (name, value) in call.query() {
        let number = value.parse::<usize>().ok().filter(|number| *number > 0);
        let number = number.ok_or_else(|| Refusal::invalid(&format!("{name} must be a whole number above 0")))?;
        match name.as_str() {
            "page" => page = number,
            "per_page" => per_page = number.min(PER_PAGE_MAX),
            _ => return Err(Refusal::invalid(&format!("found unpermitted parameter: :{name}"))),
        }
    }
    let wanted = |article: &&Article| {
        article.user == user && (list == "all" || article.words.published == (list == "published"))
    };
    let mut articles: Vec<&Article> = state.articles.iter().filter(wanted).collect();
    articles.sort_by_key(|article| {
        (article.words.published, std::cmp::Reverse((article.published.unwrap_or(article.created), article.id)))
    });
    let shown = articles.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page);
    Ok(call::json(200, &shown.map(|article| listed(state, article)).collect()))
}

/// `GET /api/articles/{id}`: of published ones, for everybody.
pub(super) fn one(state: &State, id: &str) -> Outcome {
    found(state, |article| id.parse() == Ok(article.id))
}

/// `GET /api/articles/{username}/{slug}`
pub(super) fn by_path(state: &State, username: &str, slug: &str) -> Outcome {
    found(state, |article| article.slug == slug && state.users[article.user].username == username)
}

fn found(state: &State, is: impl Fn(&Article) -> bool) -> Result<Response, Refusal> {
    let article = state.articles.iter().find(|article| article.words.published && is(article));
    Ok(call::json(200, &article_with_body(state, article.ok_or_else(Refusal::missing)?)))
}

/// The JSON of an article that was just saved.
pub(super) fn article(state: &State, article: &Article) -> Value {
    let mut shown = both(state, article);
    // In an answer about one article, the list is the text.
    shown["tag_list"] = json!(article.words.tags.join(", "));
    shown["tags"] = json!(article.words.tags);
    shown["created_at"] = json!(iso(article.created));
    shown["edited_at"] = json!(article.edited.map(iso));
    shown["crossposted_at"] = Value::Null;
    shown["last_comment_at"] = json!(iso(article.created));
    shown
}

fn article_with_body(state: &State, of: &Article) -> Value {
    let mut shown = article(state, of);
    shown["body_markdown"] = json!(of.words.body);
    shown
}

/// The JSON of an article in a list of one's own.
fn listed(state: &State, article: &Article) -> Value {
    let mut shown = both(state, article);
    // In a list, it is the other way round.
    shown["tag_list"] = json!(article.words.tags);
    shown["tags"] = json!(article.words.tags.join(", "));
    shown["published"] = json!(article.words.published);
    shown["page_views_count"] = json!(0);
    shown["body_markdown"] = json!(article.words.body);
    shown
}

fn both(state: &State, article: &Article) -> Value {
    let (words, user) = (&article.words, &state.users[article.user]);
    let path = format!("/{}/{}", user.username, article.slug);
    let url = format!("https://{}{path}", state.host);
    let published = article.published.filter(|_| words.published).map(iso);
    json!({
        "type_of": "article",
        "id": article.id,
        "title": words.title,
        "description": words.description.as_deref().unwrap_or_default(),
        "slug": article.slug,
        "path": path,
        "url": url,
        "canonical_url": words.canonical_url.as_ref().unwrap_or(&url),
        "cover_image": words.main_image.as_ref().map(|image| &image.url),
        "comments_count": 0,
        "public_reactions_count": 0,
        "positive_reactions_count": 0,
        "reading_time_minutes": 1,
        "published_at": published,
        "published_timestamp": published.as_deref().unwrap_or_default(),
        "user": {"name": user.name, "username": user.username, "user_id": user.id},
    })
}
