//! Texts, polls and link cards as a page shows them. Everything a post says is text here, never markup.

use chrono::TimeDelta;
use maud::{Markup, html};

use super::{Card, Poll, media};
use crate::plan::when::how_long;

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

pub(super) fn poll(poll: &Poll) -> Markup {
    html! {
        div.poll {
            @if let Some(question) = &poll.question { p { strong { (question) } } }
            ul aria-label="Poll" { @for option in &poll.options { li { (option) } } }
            p.soft { "0 votes · " (how_long(TimeDelta::minutes(poll.minutes))) " left" }
        }
    }
}

pub(super) fn card(card: &Card) -> Markup {
    let host = card.url.split("://").last().unwrap_or_default().split('/').next().unwrap_or_default();
    html! {
        div.card {
            @if let Some(picture) = &card.picture { (media::picture(picture)) }
            div {
                span.soft { (host) }
                strong { (card.title.as_ref().unwrap_or(&card.url)) }
                @if let Some(words) = &card.description { span { (words) } }
                @if card.title.is_some() { span.soft { (card.url) } }
            }
        }
    }
}
