//! Plans and ends of runs as people read them: calm, aligned, good in a narrow terminal and without colour.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};

use super::report::printable;
use crate::fit::price::Dollars;
use crate::ledger::entry::Aim;
use crate::media;
use crate::plan::action::{Action, ReceiptRow, Row, Standing};
use crate::plan::settled::Count;
use crate::plan::when::{how_long, when};
use crate::post::Kind;

pub(super) mod budgets;
pub(super) mod contents;
#[cfg(test)]
mod tests;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const WARN: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();

/// The order in which rows are listed: what happens now, what needs somebody, what waits, what is over.
const ORDER: [Section; 13] = [
    Section::Of(Standing::Due),
    Section::ToEdit,
    Section::ToRemove,
    Section::Of(Standing::Publishing),
    Section::Of(Standing::Doubtful),
    Section::Of(Standing::Failed),
    Section::Of(Standing::Missed),
    Section::Of(Standing::Scheduled),
    Section::Of(Standing::Held),
    Section::Of(Standing::Draft),
    Section::Of(Standing::Published),
    Section::Of(Standing::Cancelled),
    Section::Of(Standing::Removed),
];

/// Rows under one heading: those of a standing, but for what is out and will not stay as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Of(Standing),
    ToEdit,
    ToRemove,
}

impl Section {
    fn of(row: &Row) -> Self {
        match row.action {
            Some(Action::Edit) => Self::ToEdit,
            Some(Action::Remove) => Self::ToRemove,
            _ => Self::Of(row.state),
        }
    }

    /// Its heading; `count`: how many rows stand below it.
    pub(super) fn heading(self, count: usize) -> String {
        match self {
            Self::Of(standing) => heading(standing).to_owned(),
            Self::ToEdit => "To be edited".to_owned(),
            Self::ToRemove => format!("To be removed: `pressroom publish --allow-removals {count}`"),
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Of(standing) => style(standing),
            Self::ToEdit => GOOD,
            Self::ToRemove => WARN,
        }
    }

    /// Whether what a plan sends there is shown.
    fn is_sent(self) -> bool {
        matches!(self, Self::Of(Standing::Due) | Self::ToEdit)
    }
}

/// How rows are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// Columns to use.
    pub width: usize,
    /// The instant "in 3 d" is told from.
    pub now: DateTime<Utc>,
    pub list: List,
}

/// Which rows are listed; the others are only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// What a run would do, with the texts it would send, and what waits.
    Open,
    /// What a run did, and what waits.
    Acted,
    /// Everything, drafts and what is over too.
    All,
}

/// Rows by standing, each with a sentence, and a last line that sums up, also what has no row.
pub(super) fn rows(rows: &[Row], over: Count, view: View) -> String {
    sections(rows, view) + &summary(rows, over, view)
}

/// Rows as they stand together, in the order in which they are listed; none is without a row.
pub(super) fn groups(rows: &[Row], view: View) -> Vec<(Section, Vec<&Row>)> {
    let below =
        |section| rows.iter().filter(|row| Section::of(row) == section && listed(row, view)).collect::<Vec<_>>();
    ORDER.into_iter().map(|section| (section, below(section))).filter(|(_, below)| !below.is_empty()).collect()
}

/// Rows by standing, each with a sentence.
pub(super) fn sections(rows: &[Row], view: View) -> String {
    let mut out = String::new();
    let heads = rows.iter().filter(|row| listed(row, view)).map(|row| textwrap::core::display_width(&head(row)));
    let column = heads.max().unwrap_or(0).min(view.width / 2);
    for (section, below) in groups(rows, view) {
        let style = section.style();
        let _ = writeln!(out, "{style}{BOLD}{}{BOLD:#}{style:#}", section.heading(below.len()));
        for row in below {
            out.push_str(&line(row, column, view));
            let sent = row.rendition.as_ref().filter(|_| view.list == List::Open && section.is_sent());
            out.push_str(&sent.map_or_else(String::new, |its| {
                contents::contents(its, row.cost, contents::Counter::Figures, view.width)
            }));
        }
        out.push('\n');
    }
    out
}

fn listed(row: &Row, view: View) -> bool {
    let over = matches!(row.state, Standing::Published | Standing::Cancelled | Standing::Removed | Standing::Draft);
    match view.list {
        List::All => true,
        // What needs somebody is told, whether the run could do anything about it or not.
        List::Acted => row.acted || !over || row.attention.is_some(),
        List::Open => !over || row.action.is_some() || (row.reason.is_some() && !row.path.is_empty()),
    }
}

fn heading(standing: Standing) -> &'static str {
    match standing {
        Standing::Due => "Due",
        Standing::Publishing => "Publishing",
        Standing::Doubtful => "Doubtful: may be out, needs a look",
        Standing::Failed => "Failed",
        Standing::Missed => "Missed",
        Standing::Scheduled => "Scheduled",
        Standing::Held => "Held",
        Standing::Draft => "Drafts",
        Standing::Published => "Published",
        Standing::Cancelled => "Cancelled",
        Standing::Removed => "Removed",
    }
}

fn style(standing: Standing) -> Style {
    match standing {
        Standing::Due | Standing::Publishing => GOOD,
        Standing::Doubtful | Standing::Missed => WARN,
        Standing::Failed => BAD,
        _ => Style::new(),
    }
}

fn head(row: &Row) -> String {
    printable(&format!("{} → {}", row.post, row.account))
}

/// `launch → acme-x   publishes a thread of 3`, the sentence wrapped under itself.
fn line(row: &Row, column: usize, view: View) -> String {
    let head = head(row);
    let padding = column.saturating_sub(textwrap::core::display_width(&head));
    let first = format!("  {head}{}  ", " ".repeat(padding));
    let sentence = printable(&sentence(row, view.now));
    let indent = if column > view.width / 3 { 6 } else { column + 4 };
    let rest = " ".repeat(indent);
    let room = view.width.saturating_sub(textwrap::core::display_width(&first));
    let sentence_width = textwrap::core::display_width(&sentence);
    let mut out = String::new();
    if sentence_width > room && indent == 6 {
        let _ = writeln!(out, "  {head}");
        for wrapped in wrap(&sentence, view.width.saturating_sub(indent)) {
            let _ = writeln!(out, "{rest}{wrapped}");
        }
        return out;
    }
    for (index, wrapped) in wrap(&sentence, room).iter().enumerate() {
        let line = format!("{}{wrapped}", if index == 0 { &first } else { &rest });
        let _ = writeln!(out, "{}", line.trim_end());
    }
    for warning in &row.warnings {
        let _ = writeln!(out, "{rest}{WARN}warning:{WARN:#} {}", printable(warning));
    }
    out
}

/// Lines of at most so many columns, at least one; an address is never broken, so that it can be clicked.
fn wrap(text: &str, width: usize) -> Vec<std::borrow::Cow<'_, str>> {
    let options = textwrap::Options::new(width.max(20))
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, options);
    if lines.is_empty() { vec!["".into()] } else { lines }
}

/// A row in one line, for places that have no sections: `tea → acme-x, failed: X refused it`.
pub(super) fn said(row: &Row, now: DateTime<Utc>) -> String {
    format!("{}, {}: {}", head(row), row.state.name(), printable(&sentence(row, now)))
}

/// What happens to a target, as one would say it.
pub(super) fn sentence(row: &Row, now: DateTime<Utc>) -> String {
    let because = |text: String| match &row.reason {
        Some(reason) => format!("{text} ({reason})"),
        None => text,
    };
    match (row.action, row.state) {
        (Some(Action::Publish), _) => because(format!("publishes {} now", what(row))),
        (Some(Action::Resume), _) => because(format!("goes on with {}", what(row))),
        (Some(Action::Look), _) => because("looks for it first, then publishes what is missing".to_owned()),
        (Some(Action::Edit), _) => because("edits what is out".to_owned()),
        (Some(Action::Remove), _) => because("removes what is out".to_owned()),
        (None, Standing::Scheduled) => match row.due {
            Some(due) => format!("goes out {}, in {}", when(due, &row.zone), how_long(due - now)),
            None => "goes out later".to_owned(),
        },
        (None, Standing::Published) => {
            let receipt = row.receipt.as_ref();
            let words = |receipt: &ReceiptRow| format!("{} {}", when(receipt.at, &row.zone), receipt.url);
            because(receipt.map_or_else(String::new, words))
        }
        (None, _) => row.reason.clone().unwrap_or_default(),
    }
}

/// The thing that goes out, with what it carries.
fn what(row: &Row) -> String {
    let kind = row.beside.kind.unwrap_or(Kind::Feed);
    let noun = match kind {
        _ if row.beside.repost_of.is_some() => return "the repost".to_owned(),
        Kind::Feed if row.parts.len() > 1 => format!("a thread of {}", row.parts.len()),
        Kind::Feed => "the post".to_owned(),
        // These are what they carry.
        kind => return format!("the {}", kind.name()),
    };
    let count = |is: fn(media::Kind) -> bool| row.media.iter().filter(|media| is(media.kind)).count();
    let carried = [
        (count(media::Kind::is_image), "picture"),
        (count(|kind| kind == media::Kind::Video), "video"),
        (count(media::Kind::is_document), "document"),
        (usize::from(row.beside.poll.is_some()), "poll"),
    ];
    let words = carried.into_iter().filter(|(count, _)| *count > 0).map(|(count, noun)| match count {
        1 => format!("a {noun}"),
        count => format!("{count} {noun}s"),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { noun } else { format!("{noun} with {}", words.join(" and ")) }
}

/// Lines, and what they are: the word before the bar of the first.
pub(super) struct Gutter {
    pub(super) word: String,
    pub(super) text: String,
}

impl Gutter {
    pub(super) fn new(word: impl Into<String>, text: &str) -> Self {
        Self { word: word.into(), text: text.to_owned() }
    }
}

/// Lines behind one bar, wrapped, with words to its left; at least `column` columns are left to those.
pub(super) fn behind_bar(lines: &[Gutter], column: usize, width: usize) -> String {
    let mut out = String::new();
    let longest = lines.iter().map(|line| line.word.len()).max().unwrap_or(0);
    // A narrow terminal needs its columns for the text.
    let column = if width < 60 { column.min(longest + 4) } else { column }.max(longest);
    for Gutter { word, text } in lines {
        let mut word = word.as_str();
        for line in text.lines() {
            for line in wrap(&printable(line), width.saturating_sub(column + 3)) {
                let space = if line.is_empty() { "" } else { " " };
                let _ = writeln!(out, "{DIM}{word:>column$} │{DIM:#}{space}{line}");
                word = "";
            }
        }
    }
    out
}

/// `84 KiB`, `1.2 MiB`.
pub(super) fn bytes(count: u64) -> String {
    match count {
        0..1_024 => format!("{count} B"),
        1_024..1_048_576 => format!("{} KiB", count / 1_024),
        _ => format!("{}.{} MiB", count / 1_048_576, count % 1_048_576 * 10 / 1_048_576),
    }
}

/// How many of each: `2 to publish`, `1 to edit`.
fn deeds(aims: impl Iterator<Item = Aim>, words: [&str; 3]) -> Vec<String> {
    let mut counts = [0_usize; 3];
    for aim in aims {
        counts[match aim {
            Aim::Publish => 0,
            Aim::Edit => 1,
            Aim::Remove => 2,
        }] += 1;
    }
    counts.iter().zip(words).filter(|(count, _)| **count > 0).map(|(count, word)| format!("{count} {word}")).collect()
}

/// `over`: how many targets there are besides that no row is about.
///
/// `2 to publish, 1 scheduled, 3 held. Next: tea → acme-x in 10 d.`
pub(super) fn summary(rows: &[Row], over: Count, view: View) -> String {
    let now = view.now;
    let mut words = if view.list == List::Acted {
        deeds(rows.iter().filter_map(|row| row.done), ["published now", "edited", "removed"])
    } else {
        deeds(rows.iter().filter_map(|row| row.action.map(Action::aim)), ["to publish", "to edit", "to remove"])
    };
    match view.list {
        List::Acted if words.is_empty() => words.push("Nothing published".to_owned()),
        List::Open if words.is_empty() => words.push("Nothing to publish".to_owned()),
        _ => {}
    }
    for section in ORDER {
        let Section::Of(standing) = section else { continue };
        let rest = |row: &&Row| row.done.is_none() && row.action.is_none() && row.state == standing;
        let count = rows.iter().filter(rest).count() + over.of(standing);
        if count > 0 {
            let earlier = if view.list == List::Acted && standing == Standing::Published { " earlier" } else { "" };
            words.push(format!("{count} {}{earlier}", standing.name()));
        }
    }
    let next = rows
        .iter()
        .filter(|row| row.state == Standing::Scheduled && row.action.is_none())
        .filter_map(|row| Some((row.due?, row)));
    if words.is_empty() {
        return "There are no posts.\n".to_owned();
    }
    let next = next
        .min_by_key(|(due, _)| *due)
        .map_or_else(String::new, |(due, row)| format!(" Next: {} in {}.", head(row), how_long(due - now)));
    let to_do = rows.iter().filter(|row| view.list == List::Open && row.action.is_some());
    let cost: Dollars = to_do.filter_map(|row| row.cost).sum();
    let cost = if cost == Dollars::default() { String::new() } else { format!(" Costs {cost}.") };
    wrap(&format!("{}.{cost}{next}", words.join(", ")), view.width).join("\n") + "\n"
}
