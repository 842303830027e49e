//! Pictures, videos and documents, inside the page itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

use crate::cmd::rehearse::shelf::Shelf;
use crate::cmd::screen::bytes;
use crate::sim::{Seen, SeenMedia};

/// Videos up to here, in bytes, lie in the page and can be played; a page has to open on a phone.
const VIDEO_MAX: usize = 16 * 1024 * 1024;

/// How several stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hang {
    /// Side by side, in two columns.
    Grid,
    /// One after the other, to be pushed sideways.
    Strip,
}

/// All media of a post.
pub(super) fn all(post: &Seen, hang: Hang, shelf: &Shelf<'_>) -> Markup {
    let count = post.media.len();
    html! {
        @if count > 1 && hang == Hang::Strip {
            // Whoever has no pointer pushes with the keyboard.
            div.media.strip tabindex="0" role="group" aria-label={ (count) " pictures or videos, side by side" } {
                @for media in &post.media { (one(media, post, shelf)) }
            }
        } @else if count > 0 {
            div.media.grid data-count=(count) { @for media in &post.media { (one(media, post, shelf)) } }
        }
    }
}

fn one(media: &SeenMedia, post: &Seen, shelf: &Shelf<'_>) -> Markup {
    match media.mime.split('/').next() {
        Some("image") => picture(media),
        Some("video") => film(media, shelf),
        _ => paper(media, post, shelf),
    }
}

pub(super) fn picture(media: &SeenMedia) -> Markup {
    html! { img src=(data(&media.mime, &media.bytes)) alt=(media.alt.as_deref().unwrap_or_default()); }
}

fn film(media: &SeenMedia, shelf: &Shelf<'_>) -> Markup {
    let poster = media.cover.as_ref().map(|cover| data(mime_of(cover, shelf), cover));
    let (_, measures) = shelf.words(&media.mime, &media.bytes);
    let label = media.alt.clone().unwrap_or_else(|| format!("Video, {measures}"));
    if media.bytes.len() > VIDEO_MAX {
        let path = shelf.find(&media.bytes).map_or("the file", |facts| facts.path.as_str());
        return html! {
            div.plate {
                @if let Some(poster) = poster { img src=(poster) alt="Cover of the video"; }
                p { "Video, " (measures) ". Too large to lie in this page, which takes videos up to " (bytes(VIDEO_MAX as u64)) ": open " (path) "." }
            }
        };
    }
    html! {
        video controls playsinline preload="auto" src=(data(&media.mime, &media.bytes)) poster=[poster] aria-label=(label) {
            @for (lang, captions) in &media.captions {
                track kind="captions" srclang=(lang) label=(lang) src=(data("text/vtt", web_vtt(captions).as_bytes()));
            }
        }
    }
}

/// Nothing here draws pages: a sheet stands for them.
fn paper(media: &SeenMedia, post: &Seen, shelf: &Shelf<'_>) -> Markup {
    let facts = shelf.find(&media.bytes);
    let name = facts.map(|facts| facts.path.rsplit('/').next().unwrap_or_default());
    let (noun, measures) = shelf.words(&media.mime, &media.bytes);
    html! {
        div.paper {
            strong { (post.title.as_deref().or(name).unwrap_or("Document")) }
            span { (noun) ", " (measures) }
        }
    }
}

fn data(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(bytes))
}

/// Of a cover, which a simulator keeps without a word on what it is.
fn mime_of(bytes: &[u8], shelf: &Shelf<'_>) -> &'static str {
    shelf.find(bytes).map_or("image/jpeg", |facts| facts.mime)
}

/// Browsers read captions as WebVTT alone. SRT is that with commas for points, and without its first line.
fn web_vtt(captions: &[u8]) -> String {
    let text = String::from_utf8_lossy(captions);
    let text = text.trim_start_matches('\u{feff}');
    if text.starts_with("WEBVTT") {
        return text.to_owned();
    }
    let lines = text.lines().map(|line| if line.contains("-->") { line.replace(',', ".") } else { line.to_owned() });
    lines.fold("WEBVTT\n".to_owned(), |all, line| all + "\n" + &line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_become_web_vtt() {
        let rows = [
            (
                "1\r\n00:00:00,500 --> 00:00:02,000\r\nOne, two\r\n",
                "WEBVTT\n\n1\n00:00:00.500 --> 00:00:02.000\nOne, two",
            ),
            ("\u{feff}WEBVTT\n\n00:00.500 --> 00:02.000\nOne", "WEBVTT\n\n00:00.500 --> 00:02.000\nOne"),
            ("", "WEBVTT\n"),
        ];
        for (captions, expected) in rows {
            assert_eq!(web_vtt(captions.as_bytes()), expected);
        }
    }
}
