//! Articles: made, changed, published, taken back. What their fields must be is decided elsewhere.

use super::check;
use super::errors::Refusal;
use super::rates::{self, age};
use super::reading;
use super::route::Outcome;
use super::state::{Article, State, Words, fresh_id};
use crate::sim::call::{self, Call};

/// `POST /api/articles`
pub(super) fn create(state: &mut State, call: &Call, user: usize) -> Outcome {
    rates::creation(state, user)?;
    let words = check::changed(state, &state.users[user], call, Words::default())?;
    let again = |article: &Article| {
        article.user == user
            && article.words.title == words.title
            && age(state.now, article.created) < state.options.same_title
    };
    if state.articles.iter().any(again) {
        return Err(Refusal::invalid("Title has already been used in the last five minutes"));
    }
    unique(state, &words, None)?;
    let id = fresh_id();
    let article = Article {
        slug: slug(&words, id),
        published: words.published.then_some(state.now),
        id,
        user,
        words,
        created: state.now,
        edited: None,
    };
    let shown = reading::article(state, &article);
    state.articles.push(article);
    Ok(call::json(201, &shown))
}

/// `PUT /api/articles/{id}`: what is not said stays.
pub(super) fn update(state: &mut State, call: &Call, user: usize, id: &str) -> Outcome {
    let own = |article: &Article| article.user == user && id.parse() == Ok(article.id);
    let at = state.articles.iter().position(own).ok_or_else(Refusal::missing)?;
    rates::update(state, user)?;
    let words = check::changed(state, &state.users[user], call, state.articles[at].words.clone())?;
    unique(state, &words, Some(state.articles[at].id))?;
    let now = state.now;
    let article = &mut state.articles[at];
    match article.published {
        // Its address is made anew as long as nobody could know it.
        None => (article.slug, article.published) = (slug(&words, article.id), words.published.then_some(now)),
        Some(_) => article.edited = Some(now),
    }
    article.words = words;
    Ok(call::json(200, &reading::article(state, &state.articles[at])))
}

/// Of published articles no two have one canonical address.
fn unique(state: &State, words: &Words, id: Option<u64>) -> Result<(), Refusal> {
    let Some(url) = words.canonical_url.as_ref().filter(|_| words.published) else { return Ok(()) };
    let same = |article: &Article| {
        Some(article.id) != id && article.words.published && article.words.canonical_url.as_ref() == Some(url)
    };
    match state.articles.iter().any(same) {
        true => Err(Refusal::invalid(&format!(
            "Canonical url has already been taken. Email support@{} for further details.",
            state.host
        ))),
        false => Ok(()),
    }
}

/// The last part of an article's address: of a draft it is one for the time being.
fn slug(words: &Words, id: u64) -> String {
    let plain: String =
        words.title.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let plain: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let draft = if words.published { "" } else { "temp-slug-" };
    format!("{}-{draft}{:x}", plain.join("-"), id)
}
