//! A post as its readers see it, on a terminal.

use std::time::SystemTime;

use chrono::TimeDelta;

use super::shelf::Shelf;
use super::stage::Names;
use super::talk::audience;
use crate::cmd::report::printable;
use crate::cmd::screen::{BOLD, DIM, Gutter, behind_bar, bytes};
use crate::limits::Platform;
use crate::plan::when::how_long;
use crate::sim::{Seen, SeenMedia, SeenPoll};

/// One post as its readers see it.
pub(super) fn seen(seen: &Seen, names: &Names, shelf: &Shelf<'_>, width: usize) -> String {
    let label = Platform::named(seen.platform).map_or(seen.platform, Platform::label);
    // A post is what one expects.
    let kind = if seen.kind == "post" { String::new() } else { format!(" {}", seen.kind) };
    let account = printable(names.of(seen).unwrap_or(&seen.author));
    let mut out = format!("{BOLD}{label}{kind}{BOLD:#} {account} {DIM}{}{DIM:#}\n", printable(&seen.url));
    let mut lines: Vec<Gutter> = seen.title.iter().map(|title| Gutter::new("title", title)).collect();
    lines.push(Gutter::new("", &seen.text));
    for media in &seen.media {
        lines.extend(attachment(media, seen, shelf));
    }
    lines.extend(seen.card.iter().map(|card| {
        let title = if card.title.is_empty() { String::new() } else { format!("{}, ", card.title) };
        Gutter::new("card", &format!("{title}{}", card.url))
    }));
    lines.extend(seen.poll.as_ref().map(|its| poll(its, seen.at)));
    lines.extend(seen.quotes.iter().map(|post| Gutter::new("quotes", post)));
    lines.extend(audience(seen).map(|audience| Gutter::new("audience", audience)));
    let details: Vec<String> = seen.details.iter().map(|(name, value)| format!("{name} {value}")).collect();
    lines.push(Gutter::new("settings", &details.join(", ")));
    out.push_str(&behind_bar(&lines, 1, width));
    out.push('\n');
    out
}

fn attachment(media: &SeenMedia, post: &Seen, shelf: &Shelf<'_>) -> Vec<Gutter> {
    let (noun, measures) = shelf.words(&media.mime, &media.bytes);
    let path = shelf.find(&media.bytes).map_or_else(String::new, |facts| format!("{}, ", facts.path));
    let alt = match &media.alt {
        Some(alt) => format!(", “{alt}”"),
        // The picture of a card has no alternative text of its own.
        None if post.card.is_some() => " (of the card)".to_owned(),
        None => String::new(),
    };
    let mut lines = vec![Gutter::new(noun, &format!("{path}{measures}{alt}"))];
    lines.extend(media.cover.iter().map(|cover| Gutter::new("cover", &bytes(cover.len() as u64))));
    let languages: Vec<&str> = media.captions.iter().map(|(lang, _)| lang.as_str()).collect();
    lines.push(Gutter::new("captions", &languages.join(", ")));
    lines
}

fn poll(poll: &SeenPoll, since: SystemTime) -> Gutter {
    let question = poll.question.iter().map(|question| format!("{question}\n"));
    let options = poll.options.iter().map(|option| format!("○ {option}\n"));
    let open = TimeDelta::from_std(poll.ends.duration_since(since).unwrap_or_default()).unwrap_or_default();
    let open = format!("open for {}", how_long(open));
    Gutter::new("poll", &question.chain(options).chain([open]).collect::<String>())
}
