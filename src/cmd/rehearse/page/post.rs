//! One post in the likeness of its platform: what comes first there, what stands below, what lies over the picture.

use maud::{Markup, html};

use super::media::{self, Hang};
use super::{icons, time, words};
use crate::cmd::rehearse::Hall;
use crate::cmd::rehearse::talk::audience;
use crate::limits::Platform;
use crate::sim::Seen;

/// What frames a post.
enum Look {
    /// Text first, media below it: X, LinkedIn, Facebook, Threads.
    Text,
    /// Media first, the caption below: Instagram.
    Picture,
    /// A player with a title: YouTube.
    Player,
    /// The whole screen of a phone, with the words on it: reels, shorts, stories, TikTok.
    Screen,
}

fn look(seen: &Seen) -> Look {
    match (seen.platform, seen.kind) {
        ("youtube", "short") | ("tiktok", _) | (_, "reel" | "story") => Look::Screen,
        ("youtube", _) => Look::Player,
        ("instagram", _) => Look::Picture,
        _ => Look::Text,
    }
}

/// `place`: which part of how many.
pub(super) fn post(seen: &Seen, place: (usize, usize), hall: &Hall<'_>) -> Markup {
    let (class, inside) = match look(seen) {
        Look::Text => ("text", text_first(seen, place, hall)),
        Look::Picture => ("picture", picture_first(seen, place, hall)),
        Look::Player => ("player", player(seen, place, hall)),
        Look::Screen => ("screen", screen(seen, place, hall)),
    };
    html! {
        article class={ (class) " " (seen.kind) } {
            (inside)
            (told(seen))
        }
    }
}

pub(super) fn comment(seen: &Seen, hall: &Hall<'_>) -> Markup {
    html! {
        article.comment {
            (avatar(seen, hall))
            div {
                h3 { (name(seen, hall)) span.unseen { ", comment" } }
                p.text { (words::text(&seen.text)) }
            }
        }
    }
}

fn text_first(seen: &Seen, place: (usize, usize), hall: &Hall<'_>) -> Markup {
    html! {
        (head(seen, place, hall))
        (body(seen))
        @if seen.card.is_none() {
            (media::all(seen, if seen.platform == "threads" { Hang::Strip } else { Hang::Grid }, hall.shelf))
        }
        (beside(seen))
        (icons::bar(seen.platform))
    }
}

fn picture_first(seen: &Seen, place: (usize, usize), hall: &Hall<'_>) -> Markup {
    html! {
        (head(seen, place, hall))
        (media::all(seen, Hang::Strip, hall.shelf))
        (icons::bar(seen.platform))
        p.text { strong { (name(seen, hall)) } " " (words::text(&seen.text)) }
    }
}

fn player(seen: &Seen, place: (usize, usize), hall: &Hall<'_>) -> Markup {
    html! {
        (media::all(seen, Hang::Grid, hall.shelf))
        @if let Some(title) = &seen.title { p.title { (title) } }
        (head(seen, place, hall))
        (icons::bar(seen.platform))
        div.description { (body(seen)) }
    }
}

fn screen(seen: &Seen, place: (usize, usize), hall: &Hall<'_>) -> Markup {
    let is_story = seen.kind == "story";
    html! {
        div.phone {
            @if is_story { div.progress aria-hidden="true" {} }
            (media::all(seen, Hang::Strip, hall.shelf))
            // Long words are pushed up, by the keyboard too.
            div.over tabindex="0" role="group" aria-label="Caption" {
                (head(seen, place, hall))
                @if let Some(title) = &seen.title { p.title { (title) } }
                @if seen.platform != "youtube" { (body(seen)) }
            }
            @if !is_story { (icons::bar(seen.platform)) }
        }
        // A short's description lies behind a button.
        @if seen.platform == "youtube" { div.description { (body(seen)) } }
    }
}

/// Who, when, and what kind of post.
fn head(seen: &Seen, (part, parts): (usize, usize), hall: &Hall<'_>) -> Markup {
    let label = Platform::named(seen.platform).map_or(seen.platform, Platform::label);
    html! {
        div.head {
            (avatar(seen, hall))
            div {
                h3 { (name(seen, hall)) span.unseen { ", " (seen.kind) " on " (label) } }
                p.soft {
                    @if let Some(handle) = handle(seen) { "@" (handle) " · " }
                    (time(seen.at, hall))
                    @if parts > 1 { " · " (part) "/" (parts) }
                }
            }
            @for mark in marks(seen) { span.mark { (mark) } }
        }
    }
}

/// What readers are told of a post besides: that it is no usual one.
fn marks(seen: &Seen) -> impl Iterator<Item = &'static str> {
    let edited = seen.details.iter().any(|(name, _)| *name == "edited");
    let kind = match seen.kind {
        "draft" => Some("Draft"),
        "reel" => Some("Reel"),
        "story" => Some("Story"),
        "short" => Some("Short"),
        _ => None,
    };
    kind.into_iter().chain(edited.then_some("Edited"))
}

fn avatar(seen: &Seen, hall: &Hall<'_>) -> Markup {
    let initial = name(seen, hall).chars().next().unwrap_or('?').to_uppercase().to_string();
    html! { span.avatar aria-hidden="true" { (initial) } }
}

fn name<'a>(seen: &'a Seen, hall: &'a Hall<'_>) -> &'a str {
    hall.names.of(seen).unwrap_or(&seen.author)
}

/// The name in the post's address, where platforms show it.
fn handle(seen: &Seen) -> Option<&str> {
    let path = seen.url.split('/').nth(3)?;
    match seen.platform {
        "x" => Some(path),
        "threads" | "tiktok" => path.strip_prefix('@'),
        _ => None,
    }
}

fn body(seen: &Seen) -> Markup {
    html! { @if !seen.text.is_empty() { p.text { (words::text(&seen.text)) } } }
}

fn beside(seen: &Seen) -> Markup {
    html! {
        @if let Some(card) = &seen.card { (words::card(card, seen)) }
        @if let Some(poll) = &seen.poll { (words::poll(poll, seen.at)) }
        @if let Some(quoted) = &seen.quotes { p.quoted { "Quotes the post " (quoted) } }
        @if seen.reply_to.is_some() { p.unseen { "In reply to the post before" } }
    }
}

/// What the platform was told, in its own words.
fn told(seen: &Seen) -> Markup {
    let audience = audience(seen);
    html! {
        @if audience.is_some() || !seen.details.is_empty() {
            footer {
                @if let Some(audience) = audience { span { "Seen by " (audience) } }
                @for (name, value) in &seen.details { " " span { (name) " " (value) } }
            }
        }
    }
}
