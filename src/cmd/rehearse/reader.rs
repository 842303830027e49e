//! A post as its readers see it, on a terminal.

use crate::cmd::report::printable;
use crate::cmd::screen::{BOLD, DIM, behind_bar, bytes};
use crate::limits::Platform;
use crate::sim::Seen;

/// One post as its readers see it.
pub(super) fn seen(seen: &Seen, account: &str, width: usize) -> String {
    let label = Platform::named(seen.platform).map_or(seen.platform, Platform::label);
    let mut out = format!("{BOLD}{label}{BOLD:#} {} {DIM}{}{DIM:#}\n", printable(account), printable(&seen.url));
    let mut lines: Vec<String> = seen.text.lines().map(str::to_owned).collect();
    lines.extend(seen.card.iter().map(|card| format!("card {}, {}", card.title, card.url)));
    lines.extend(seen.media.iter().map(|media| {
        // The picture of a card has no alternative text of its own.
        if seen.card.is_some() {
            return format!("picture of the card, {}", bytes(media.bytes.len() as u64));
        }
        let alt = media.alt.as_ref().map_or_else(|| "no alt text".to_owned(), |alt| format!("“{alt}”"));
        format!("picture, {}, {alt}", bytes(media.bytes.len() as u64))
    }));
    out.push_str(&behind_bar("", 1, &lines, width));
    out.push('\n');
    out
}
