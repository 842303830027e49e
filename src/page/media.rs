//! Pictures, videos and documents, inside the page itself.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{Markup, html};

use super::{Media, Post};

/// Videos up to here, in bytes, lie in the page and can be played; a page has to open on a phone.
pub const VIDEO_MAX: u64 = 16 * 1024 * 1024;

/// How several stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hang {
    /// Side by side, in two columns.
    Grid,
    /// One after the other, to be pushed sideways.
    Strip,
}

/// All media of a post.
pub(super) fn all(post: &Post, hang: Hang) -> Markup {
    let count = post.media.len();
    html! {
        @if count > 1 && hang == Hang::Strip {
            // Whoever has no pointer pushes with the keyboard.
            div.media.strip tabindex="0" role="group" aria-label={ (count) " pictures or videos, side by side" } {
                @for media in &post.media { (one(media, post)) }
            }
        } @else if count > 0 {
            div.media.grid data-count=(count) { @for media in &post.media { (one(media, post)) } }
        }
    }
}

fn one(media: &Media, post: &Post) -> Markup {
    match media.mime.split('/').next() {
        Some("image") => picture(media),
        Some("video") => film(media),
        _ => paper(media, post),
    }
}

pub(super) fn picture(media: &Media) -> Markup {
    let Some(bytes) = &media.bytes else { return plate(media, "It cannot be read") };
    html! { img src=(data(&media.mime, bytes)) alt=(media.alt.as_deref().unwrap_or_default()); }
}

fn film(media: &Media) -> Markup {
    let Some(bytes) = &media.bytes else {
        return plate(media, "Too large to lie in this page, which takes videos up to 16 MiB");
    };
    let poster = media.cover.as_ref().map(|(mime, cover)| data(mime, cover));
    let label = media.alt.clone().unwrap_or_else(|| format!("Video, {}", media.measures));
    html! {
        video controls playsinline preload="auto" src=(data(&media.mime, bytes)) poster=[poster] aria-label=(label) {
            @for (lang, captions) in &media.captions {
                track kind="captions" srclang=(lang) label=(lang) src=(data("text/vtt", web_vtt(captions).as_bytes()));
            }
        }
    }
}

/// Stands for what does not lie in the page.
fn plate(media: &Media, why: &str) -> Markup {
    let noun = media.noun;
    let noun = format!("{}{}", noun[..1].to_uppercase(), &noun[1..]);
    html! {
        div.plate {
            @if let Some((mime, cover)) = &media.cover { img src=(data(mime, cover)) alt="Cover of the video"; }
            p { (noun) ", " (media.measures) ". " (why) ": open " (media.path.as_deref().unwrap_or("the file")) "." }
        }
    }
}

/// Nothing here draws pages: a sheet stands for them.
fn paper(media: &Media, post: &Post) -> Markup {
    let name = media.path.as_deref().map(|path| path.rsplit('/').next().unwrap_or_default());
    html! {
        div.paper {
            strong { (post.title.as_deref().or(name).unwrap_or("Document")) }
            span { (media.noun) ", " (media.measures) }
        }
    }
}

fn data(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", BASE64_STANDARD.encode(bytes))
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
