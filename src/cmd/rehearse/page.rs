//! The page of a rehearsal: every post as its readers would see it, in one file without outside resources.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Hall;
use crate::limits::Platform;
use crate::plan::when::when;
use crate::sim::{Seen, SeenMedia};

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) fn page(seen: &[Seen], hall: &Hall<'_>) -> String {
    let now = hall.clock.now();
    let zone = hall.content.accounts.defaults.timezone.map_or("UTC", |zone| zone.name());
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Rehearsal, " (when(now, zone)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Rehearsal" }
                    p { (when(now, zone)) ". " (seen.len()) @if seen.len() == 1 { " post" } @else { " posts" } ", as readers would see them." }
                }
                main {
                    @if seen.is_empty() { p { "Nothing is due." } }
                    @for post in seen { (card(post, hall.names.of(post).unwrap_or(&post.author), zone)) }
                }
            }
        }
    };
    page.into_string()
}

fn card(post: &Seen, account: &str, zone: &str) -> Markup {
    let label = Platform::named(post.platform).map_or(post.platform, Platform::label);
    html! {
        article class=(post.platform) {
            h2 { (label) span.author { (account) } }
            @if post.reply_to.is_some() { p.thread { "in reply to the part before" } }
            @for paragraph in post.text.split("\n\n") { p.text { (paragraph) } }
            @if !post.media.is_empty() {
                div.media data-count=(post.media.len()) { @for media in &post.media { (picture(media)) } }
            }
            @if let Some(card) = &post.card {
                p.link { strong { (card.title) } @if let Some(words) = &card.description { span { (words) } } small { (card.url) } }
            }
            footer { (when(at(post.at), zone)) " · " (post.visibility) }
        }
    }
}

fn picture(media: &SeenMedia) -> Markup {
    let address = format!("data:{};base64,{}", media.mime, STANDARD.encode(&media.bytes));
    html! { img src=(address) alt=(media.alt.as_deref().unwrap_or("")); }
}

fn at(time: SystemTime) -> DateTime<Utc> {
    time.into()
}
