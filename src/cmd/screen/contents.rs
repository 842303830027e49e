//! Exactly what a target would be sent, on a terminal: each line behind a bar, and before the bar what it is. Knows renditions
//! and no row.

use chrono::TimeDelta;

use super::{Gutter, behind_bar, bytes};
use crate::cmd::check::count;
use crate::fit::count::Count;
use crate::fit::price::Dollars;
use crate::fit::{Card, Link, Media, Poll, Reference, Rendition};
use crate::media::Kind;
use crate::plan::when::how_long;

/// Columns before the bar of a plan's texts.
const COLUMN: usize = 18;

/// How the length of a text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cmd) enum Counter {
    /// `214/280`
    Figures,
    /// The same, with a bar that fills.
    Bar,
}

/// Texts with their counts and media, then what goes out beside them; the usual is not told.
pub(in crate::cmd) fn contents(rendition: &Rendition, cost: Option<Dollars>, counter: Counter, width: usize) -> String {
    let mut lines: Vec<Gutter> = title(rendition).into_iter().collect();
    let count = rendition.parts.len();
    for (index, its) in rendition.parts.iter().enumerate() {
        let place = (count > 1).then_some((index + 1, count));
        if !its.text.is_empty() || its.media.is_empty() {
            lines.extend(text(&its.text, (its.count, its.limit), place, counter));
        }
        lines.extend(its.links.iter().filter_map(|link| leads(&its.text, link)));
        lines.extend(its.media.iter().flat_map(attachment));
    }
    lines.extend(beside(rendition, cost));
    behind_bar(&lines, COLUMN, width)
}

pub(in crate::cmd) fn title(rendition: &Rendition) -> Option<Gutter> {
    rendition.title.as_ref().map(|title| Gutter::new("title", title))
}

/// What goes out beside texts and media, and what it costs.
pub(in crate::cmd) fn beside(rendition: &Rendition, cost: Option<Dollars>) -> Vec<Gutter> {
    let mut lines: Vec<Gutter> = rendition.card.iter().flat_map(card).collect();
    lines.extend(rendition.poll.as_ref().map(poll));
    lines.extend(rendition.first_comment.iter().map(|text| Gutter::new("comment", text)));
    lines.extend(references(rendition));
    lines.extend(settings(rendition));
    lines.extend(cost.map(|cost| Gutter::new("costs", &cost.to_string())));
    lines
}

/// Texts alone, with how long each is and may be: of a post that cannot be sent as it is.
pub(in crate::cmd) fn texts(texts: &[(String, Count)], width: usize) -> String {
    let count = texts.len();
    let lines = texts.iter().enumerate().flat_map(|(index, (its, counted))| {
        let place = (count > 1).then_some((index + 1, count));
        text(its, (counted.count, counted.limit), place, Counter::Bar)
    });
    behind_bar(&lines.collect::<Vec<_>>(), COLUMN, width)
}

/// A text behind its count.
fn text(
    text: &str,
    (count, limit): (usize, usize),
    place: Option<(usize, usize)>,
    counter: Counter,
) -> impl Iterator<Item = Gutter> {
    let place = place.map_or_else(String::new, |(index, count)| format!("{index}/{count}  "));
    let figures = format!("{place}{count}/{limit}");
    match counter {
        Counter::Figures => [None, Some(Gutter::new(figures, text))],
        Counter::Bar => [Some(Gutter::new(figures, &gauge(count, limit))), Some(Gutter::new("", text))],
    }
    .into_iter()
    .flatten()
}

/// Words that lead somewhere, unless they are the address itself.
fn leads(text: &str, link: &Link) -> Option<Gutter> {
    let words = text.get(link.start..link.end).filter(|words| *words != link.url)?;
    Some(Gutter::new("link", &format!("{words} → {}", link.url)))
}

/// `━━━━━━╌╌╌╌`, and what is too much.
fn gauge(count: usize, limit: usize) -> String {
    const CELLS: usize = 32;
    let full = if limit == 0 { CELLS } else { count.saturating_mul(CELLS).div_ceil(limit).min(CELLS) };
    let bar = "━".repeat(full) + &"╌".repeat(CELLS - full);
    if count > limit { format!("{bar} {} too many", count - limit) } else { bar }
}

/// A file, its cover and its captions, each with its path first.
pub(in crate::cmd) fn attachment(media: &Media) -> Vec<Gutter> {
    let mut lines = vec![Gutter::new(noun(media.kind), &media_line(media))];
    lines.extend(media.cover.iter().map(|cover| Gutter::new("cover", &file_line(cover))));
    lines.extend(media.captions.iter().map(|captions| {
        let lang = captions.lang.as_ref().map_or_else(String::new, |lang| format!(", {lang}"));
        Gutter::new("captions", &format!("{}{lang}, {}", captions.file.path, bytes(captions.file.bytes)))
    }));
    lines
}

fn card(card: &Card) -> Vec<Gutter> {
    let title = if card.title.is_empty() { String::new() } else { format!("{}, ", card.title) };
    let mut lines = vec![Gutter::new("card", &format!("{title}{}", card.url))];
    lines.extend(card.thumbnail.iter().map(|media| Gutter::new("its picture", &file_line(media))));
    lines
}

fn poll(poll: &Poll) -> Gutter {
    let options: Vec<String> = poll.options.iter().map(|option| format!("○ {option}")).collect();
    let open = how_long(TimeDelta::minutes(i64::from(poll.minutes)));
    Gutter::new("poll", &format!("{}\nopen for {open}", options.join("\n")))
}

fn references(rendition: &Rendition) -> impl Iterator<Item = Gutter> {
    let all = [("answers", &rendition.reply_to), ("quotes", &rendition.quote_of), ("shares", &rendition.repost_of)];
    all.into_iter().filter_map(|(verb, reference)| {
        Some(match reference.as_ref()? {
            Reference::Url(url) => Gutter::new(verb, url),
            Reference::Post(post) => Gutter::new(verb, &format!("our post {post}")),
        })
    })
}

/// Audience where it is not the platform's usual one, tags, and the platform's own settings.
fn settings(rendition: &Rendition) -> Vec<Gutter> {
    let limits = rendition.platform.limits();
    let (audience, mut lines) = (rendition.visibility, Vec::new());
    // Where it must be written, a setting may be how.
    let is_said = limits.visibility_needed && rendition.settings.is_empty();
    if is_said || Some(&audience) != limits.visibilities.first() {
        lines.push(Gutter::new("audience", audience.name()));
    }
    if !rendition.tags.is_empty() {
        lines.push(Gutter::new("tags", &rendition.tags.join(", ")));
    }
    if !rendition.settings.is_empty() {
        let settings: Vec<String> = rendition.settings.iter().map(|(key, value)| format!("{key} {value}")).collect();
        lines.push(Gutter::new("settings", &settings.join(", ")));
    }
    lines
}

/// What a file is called before the bar.
pub(in crate::cmd) fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Video => "video",
        kind if kind.is_image() => "picture",
        kind => kind.name(),
    }
}

/// `media/plan.png, 1200×630, 84 KiB, “alt text”`
pub(in crate::cmd) fn media_line(media: &Media) -> String {
    let title = media.title.as_ref().map_or_else(String::new, |title| format!(", {title}"));
    let alt = match &media.alt {
        Some(alt) => format!(", “{alt}”"),
        // Only pictures are warned about.
        None if media.kind.is_image() => ", no alt text".to_owned(),
        None => String::new(),
    };
    format!("{}{title}{alt}", file_line(media))
}

/// `media/film.mp4, 720×1280, 0:04, 34 KiB`
fn file_line(media: &Media) -> String {
    let size = media.width.zip(media.height);
    let measured = measures(size, media.duration_ms(), media.pages, media.bytes);
    let changes = media.smaller.as_ref().and_then(|smaller| smaller.changes.as_ref()).map(|changes| {
        let words: Vec<String> = changes.iter().map(ToString::to_string).collect();
        format!(" ({})", words.join(", "))
    });
    format!("{}, {measured}{}", media.committed_path(), changes.unwrap_or_default())
}

/// `720×1280, 0:04, 34 KiB`; what is not known is left out.
pub(in crate::cmd) fn measures(
    size: Option<(u32, u32)>,
    duration_ms: Option<u64>,
    pages: Option<u32>,
    length: u64,
) -> String {
    let mut words: Vec<String> = size.map(|(width, height)| format!("{width}×{height}")).into_iter().collect();
    words.extend(duration_ms.map(clock));
    words.extend(pages.map(|pages| count(pages as usize, "page")));
    words.push(bytes(length));
    words.join(", ")
}

/// `0:07`, `1:02:03`; never less than what it is.
pub(in crate::cmd) fn clock(milliseconds: u64) -> String {
    let seconds = milliseconds.div_ceil(1000);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gauge_is_full_only_where_a_text_is() {
        let bar = |full: usize| "━".repeat(full) + &"╌".repeat(32 - full);
        for (count, limit, shown) in [
            (0, 280, bar(0)),
            (1, 280, bar(1)),
            (140, 280, bar(16)),
            (271, 280, bar(31)),
            (280, 280, bar(32)),
            (292, 280, bar(32) + " 12 too many"),
            (1, 0, bar(32) + " 1 too many"),
            (usize::MAX, 280, format!("{} {} too many", bar(32), usize::MAX - 280)),
        ] {
            assert_eq!(gauge(count, limit), shown, "{count}/{limit}");
        }
    }
}
