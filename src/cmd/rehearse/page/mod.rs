//! The page of a rehearsal: every post in the likeness of its platform, in one file without outside resources and without a
//! script. Knows what readers see, and no plan.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Hall;
use super::talk::{Talk, talks};
use crate::cmd::check::count;
use crate::limits::Platform;
use crate::plan::when::when;
use crate::sim::Seen;

mod icons;
mod media;
mod post;
mod words;

const STYLE: &str = include_str!("style.css");

/// The page.
pub(super) fn page(seen: &[Seen], hall: &Hall<'_>) -> String {
    let accounts = &hall.content.accounts;
    let at = when(hall.clock.now(), accounts.defaults.timezone.map_or("UTC", |zone| zone.name()));
    let talks = talks(seen);
    let shown: Vec<Platform> =
        Platform::ALL.into_iter().filter(|platform| talks.iter().any(|talk| talk.is_on(*platform))).collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Rehearsal, " (at) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (icons::sheet())
                header {
                    h1 { "Rehearsal" }
                    p { (at) ". " (count(seen.len(), "post")) ", as readers would see " @if seen.len() == 1 { "it" } @else { "them" } ": nothing was sent." }
                    @if shown.len() > 1 {
                        nav aria-label="Platforms" { @for platform in &shown { a href={ "#" (platform.name()) } { (platform.label()) } } }
                    }
                }
                main {
                    @if seen.is_empty() { p { "Nothing is due." } }
                    @for platform in shown { (section(platform, &talks, hall)) }
                }
            }
        }
    };
    page.into_string()
}

fn section(platform: Platform, talks: &[Talk<'_>], hall: &Hall<'_>) -> Markup {
    let own: Vec<&Talk<'_>> = talks.iter().filter(|talk| talk.is_on(platform)).collect();
    let name = platform.name();
    html! {
        section id=(name) class=(name) aria-labelledby={ (name) "-heading" } {
            h2 id={ (name) "-heading" } { (platform.label()) }
            div.wall { @for talk in own { (talk_of(talk, hall)) } }
        }
    }
}

fn talk_of(talk: &Talk<'_>, hall: &Hall<'_>) -> Markup {
    html! {
        div.talk {
            @for (index, seen) in talk.parts.iter().enumerate() {
                (post::post(seen, (index + 1, talk.parts.len()), hall))
            }
            @for comment in &talk.comments { (post::comment(comment, hall)) }
        }
    }
}

/// An instant as a person reads it on a post, and as a program does.
fn time(time: SystemTime, hall: &Hall<'_>) -> Markup {
    let at: DateTime<Utc> = time.into();
    let zone = hall.content.accounts.defaults.timezone.unwrap_or(chrono_tz::UTC);
    html! { time datetime=(at.to_rfc3339()) { (at.with_timezone(&zone).format("%-d %b %H:%M").to_string()) } }
}
