//! One post in the likeness of its platform: what comes first there, what stands below, what lies over the picture.

use maud::{Markup, html};

use super::media::{self, Hang};
use super::{Post, icons, words};
use crate::limits::Platform;
use crate::zone::Zone;

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

fn look(post: &Post) -> Look {
    match (post.platform, post.kind) {
        (Platform::YouTube, "short") | (Platform::TikTok, _) | (_, "reel" | "story") => Look::Screen,
        (Platform::YouTube, _) => Look::Player,
        (Platform::Instagram, _) => Look::Picture,
        _ => Look::Text,
    }
}

/// `place`: which part of how many.
pub(super) fn post(post: &Post, place: (usize, usize), zone: Zone) -> Markup {
    let head = head(post, place, zone);
    let (class, inside) = match look(post) {
        Look::Text => ("plain", text_first(post, &head)),
        Look::Picture => ("picture", picture_first(post, &head)),
        Look::Player => ("player", player(post, &head)),
        Look::Screen => ("screen", screen(post, &head)),
    };
    html! {
        article class={ (class) " " (post.kind) } {
            (inside)
            (told(post))
        }
    }
}

pub(super) fn comment(post: &Post) -> Markup {
    html! {
        article.comment {
            (avatar(post))
            div {
                h3 { (post.name) span.unseen { ", comment" } }
                p.text { (words::text(&post.text)) }
            }
        }
    }
}

fn text_first(post: &Post, head: &Markup) -> Markup {
    html! {
        (head)
        (body(post))
        @if post.card.is_none() {
            (media::all(post, if post.platform == Platform::Threads { Hang::Strip } else { Hang::Grid }))
        }
        (beside(post))
        (icons::bar(post.platform))
    }
}

fn picture_first(post: &Post, head: &Markup) -> Markup {
    html! {
        (head)
        (media::all(post, Hang::Strip))
        (icons::bar(post.platform))
        p.text { strong { (post.name) } " " (words::text(&post.text)) }
    }
}

fn player(post: &Post, head: &Markup) -> Markup {
    html! {
        (media::all(post, Hang::Grid))
        @if let Some(title) = &post.title { p.title { (title) } }
        (head)
        (icons::bar(post.platform))
        div.description { (body(post)) }
    }
}

fn screen(post: &Post, head: &Markup) -> Markup {
    let is_story = post.kind == "story";
    let is_short = post.platform == Platform::YouTube;
    html! {
        div.phone {
            @if is_story { div.progress aria-hidden="true" {} }
            (media::all(post, Hang::Strip))
            // Long words are pushed up, by the keyboard too.
            div.over tabindex="0" role="group" aria-label="Caption" {
                (head)
                @if let Some(title) = &post.title { p.title { (title) } }
                @if !is_short { (body(post)) }
            }
            @if !is_story { (icons::bar(post.platform)) }
        }
        // A short's description lies behind a button.
        @if is_short { div.description { (body(post)) } }
    }
}

/// Who, when, and what kind of post.
fn head(post: &Post, (part, parts): (usize, usize), zone: Zone) -> Markup {
    let mut soft: Vec<Markup> = Vec::new();
    soft.extend(post.handle.iter().map(|handle| html! { "@" (handle) }));
    soft.push(time(post, zone));
    if parts > 1 {
        soft.push(html! { (part) "/" (parts) });
    }
    html! {
        div.head {
            (avatar(post))
            div {
                h3 { (post.name) span.unseen { ", " (post.kind) " on " (post.platform.label()) } }
                p.soft { @for (index, words) in soft.iter().enumerate() { @if index > 0 { " · " } (words) } }
            }
            @for mark in marks(post) { span.mark { (mark) } }
        }
    }
}

/// An instant as a person reads it on a post, and as a program does.
fn time(post: &Post, zone: Zone) -> Markup {
    html! {
        @match post.at {
            Some(at) => time datetime=(at.to_rfc3339()) { (at.with_timezone(&zone).format("%-d %b %H:%M").to_string()) },
            None => "no time yet",
        }
    }
}

/// What readers are told of a post besides: that it is no usual one.
fn marks(post: &Post) -> impl Iterator<Item = &'static str> {
    let kind = match post.kind {
        "draft" => Some("Draft"),
        "reel" => Some("Reel"),
        "story" => Some("Story"),
        "short" => Some("Short"),
        _ => None,
    };
    kind.into_iter().chain(post.edited.then_some("Edited"))
}

fn avatar(post: &Post) -> Markup {
    let initial = post.name.chars().next().unwrap_or('?').to_uppercase().to_string();
    html! { span.avatar aria-hidden="true" { (initial) } }
}

fn body(post: &Post) -> Markup {
    html! { @if !post.text.is_empty() { p.text { (words::text(&post.text)) } } }
}

fn beside(post: &Post) -> Markup {
    html! {
        @if let Some(card) = &post.card { (words::card(card)) }
        @if let Some(poll) = &post.poll { (words::poll(poll)) }
        @for about in &post.about { p.quoted { (about) } }
        @if post.follows { p.unseen { "In reply to the post before" } }
    }
}

/// What the platform was told, in its own words.
fn told(post: &Post) -> Markup {
    html! {
        @if post.audience.is_some() || !post.details.is_empty() {
            footer {
                @if let Some(audience) = &post.audience { span { "Seen by " (audience) } }
                @for (name, value) in &post.details { " " span { (name) " " (value) } }
            }
        }
    }
}
