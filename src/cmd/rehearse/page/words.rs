//! Texts, polls and link cards as a page shows them. Everything a post says is text here, never markup.

use std::time::SystemTime;

use chrono::TimeDelta;
use maud::{Markup, html};

use super::media;
use crate::plan::when::how_long;
use crate::sim::{Seen, SeenCard, SeenPoll};

/// A text to the character, with what readers could click in another colour.
pub(super) fn text(text: &str) -> Markup {
    html! {
        @for word in text.split_inclusive(char::is_whitespace) {
            @if is_link(word) { span.link { (word) } } @else { (word) }
        }
    }
}

fn is_link(word: &str) -> bool {
    let is_name = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    word.starts_with("https://") || word.starts_with("http://") || word.strip_prefix(['#', '@']).is_some_and(is_name)
}

pub(super) fn poll(poll: &SeenPoll, since: SystemTime) -> Markup {
    let open = TimeDelta::from_std(poll.ends.duration_since(since).unwrap_or_default()).unwrap_or_default();
    html! {
        div.poll {
            @if let Some(question) = &poll.question { p { strong { (question) } } }
            ul aria-label="Poll" { @for option in &poll.options { li { (option) } } }
            p.soft { "0 votes · " (how_long(open)) " left" }
        }
    }
}

/// A link card; the picture beside it is the post's first.
pub(super) fn card(card: &SeenCard, post: &Seen) -> Markup {
    let host = card.url.split("://").last().unwrap_or_default().split('/').next().unwrap_or_default();
    html! {
        div.card {
            @if let Some(picture) = post.media.first() { (media::picture(picture)) }
            div {
                span.soft { (host) }
                strong { (if card.title.is_empty() { &card.url } else { &card.title }) }
                @if let Some(words) = &card.description { span { (words) } }
                @if !card.title.is_empty() { span.soft { (card.url) } }
            }
        }
    }
}
