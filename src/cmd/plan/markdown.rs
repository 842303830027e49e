//! A plan as a comment on a pull request: what will go out where and when, in the words of its author, who may write anything.

use chrono::{DateTime, Utc};

use crate::cmd::check::count;
use crate::cmd::markdown::{fenced, file, text};
use crate::cmd::screen::budgets::budgets;
use crate::cmd::screen::contents;
use crate::cmd::screen::{Gutter, List, Section, View, groups, sentence, summary};
use crate::error::Problem;
use crate::fit::{Media, Rendition};
use crate::plan::Plan;
use crate::plan::action::Row;
use crate::plan::when::when;

/// Finds the comment again, so that the next plan takes its place.
const MARKER: &str = "<!-- pressroom-plan -->";
/// The longest comment GitHub takes, in characters. Counted here in UTF-16 units, of which no text has fewer than characters.
const COMMENT_MAX: usize = 65_536;
/// Of these at most so many are for problems.
const PROBLEMS_MAX: usize = 16_384;
/// What is kept for the note that something was left out.
const NOTE_MAX: usize = 512;

/// What the comment is made of besides the plan.
pub(super) struct Around<'a> {
    pub(super) problems: &'a [Problem],
    pub(super) commit: &'a str,
    /// The repository's zone.
    pub(super) zone: &'a str,
    /// Where the files of the commit can be seen, without a `/` at its end.
    pub(super) files: Option<&'a str>,
}

/// The comment; never longer than [`COMMENT_MAX`].
pub(super) fn comment(plan: &Plan, around: &Around<'_>) -> String {
    let view = View { width: 10_000, now: plan.at, list: List::Open };
    let head = head(plan, around, view);
    let blocks: Vec<Block> =
        groups(&plan.rows, view).into_iter().flat_map(|group| blocks(group, plan.at, around)).collect();
    let (shown, note) = fitted(&blocks, COMMENT_MAX - NOTE_MAX - length(&head));
    head + &note + &shown
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn head(plan: &Plan, around: &Around<'_>, view: View) -> String {
    let hash = plan.hash();
    let mut out = format!(
        "{MARKER}\n<!-- pressroom-plan-hash {hash} -->\n### Plan\n\n**{}** As of {}, commit {}. <sub>Plan {hash}</sub>\n\n",
        text(summary(&plan.rows, plan.over, view).trim_end()),
        text(&when(plan.at, around.zone)),
        text(around.commit.get(..7).unwrap_or(around.commit)),
    );
    if !around.problems.is_empty() {
        out.push_str("#### Problems\n\n");
        out.push_str(&problems(around));
        out.push('\n');
    }
    let budgets = budgets(&plan.budgets, around.zone);
    if !budgets.is_empty() {
        budgets.lines().for_each(|line| out.push_str(&format!("- {}\n", text(line))));
        out.push('\n');
    }
    out
}

fn problems(around: &Around<'_>) -> String {
    let mut out = String::new();
    for (index, problem) in around.problems.iter().enumerate() {
        let line = problem_line(problem, around);
        if length(&out) + length(&line) > PROBLEMS_MAX {
            out.push_str(&format!("- {} more: `pressroom check` lists them.\n", around.problems.len() - index));
            break;
        }
        out.push_str(&line);
    }
    out
}

fn problem_line(problem: &Problem, around: &Around<'_>) -> String {
    let level = if problem.is_error() { "❌" } else { "⚠️" };
    let (line, _) = problem.start();
    let place = format!("{}, line {line}", file(&problem.source.path, around.files));
    let hint = problem.hint.as_ref().map_or_else(String::new, |hint| format!(" ({})", text(hint)));
    format!("- {level} {place}: {}{hint}\n", text(&problem.message))
}

/// One target, in full and in a line.
struct Block {
    /// The heading above it, where it is the first below that.
    heading: String,
    full: String,
    short: String,
}

fn blocks((section, rows): (Section, Vec<&Row>), now: DateTime<Utc>, around: &Around<'_>) -> Vec<Block> {
    let heading = format!("#### {}\n\n", text(&section.heading(rows.len())));
    let block = |(index, row): (usize, &&Row)| {
        let who = format!("**{} → {}** ({})", text(row.post.as_str()), text(&row.account), row.platform.label());
        let first = format!("{who}: {}", text(&sentence(row, now)));
        let mut full = Chunks(vec![first.clone()]);
        row.warnings.iter().for_each(|warning| full.line(format!("- ⚠️ {}", text(warning))));
        if let Some(rendition) = row.rendition.as_ref().filter(|_| row.state.is_open() || row.action.is_some()) {
            contents(rendition, row, around, &mut full);
        }
        Block {
            heading: if index == 0 { heading.clone() } else { String::new() },
            full: full.0.join("\n\n") + "\n\n",
            short: format!("{first}\n\n"),
        }
    };
    rows.iter().enumerate().map(block).collect()
}

/// Paragraphs, lists and fences, with an empty line between them.
struct Chunks(Vec<String>);

impl Chunks {
    /// A line of a list, which is that of the line before it, if there is one.
    fn line(&mut self, line: String) {
        match self.0.last_mut().filter(|last| last.starts_with("- ")) {
            Some(list) => list.extend(["\n", &line]),
            None => self.0.push(line),
        }
    }

    /// A text to the character, and what it is.
    fn text(&mut self, what: String, text: &str) {
        self.0.extend([what, fenced(text).trim_end().to_owned()]);
    }

    /// A word and what it says; in a fence, where that has lines or is a text that people read.
    fn gutter(&mut self, Gutter { word, text: words }: &Gutter) {
        if word == "comment" || words.contains('\n') {
            self.text(format!("{word}:"), words);
        } else {
            self.line(format!("- {word}: {}", text(words)));
        }
    }
}

/// What a target is sent.
fn contents(rendition: &Rendition, row: &Row, around: &Around<'_>, out: &mut Chunks) {
    contents::title(rendition).iter().for_each(|title| out.gutter(title));
    let of = rendition.parts.len();
    for (index, part) in rendition.parts.iter().enumerate() {
        let place = if of > 1 { format!("Part {} of {of}, ", index + 1) } else { String::new() };
        if !part.text.is_empty() {
            out.text(format!("{place}{}/{}:", part.count, part.limit), &part.text);
        }
        part.media.iter().for_each(|media| attachment(media, around, out));
    }
    contents::beside(rendition, row.cost).iter().for_each(|gutter| out.gutter(gutter));
}

/// A file and what belongs to it, each linked.
fn attachment(media: &Media, around: &Around<'_>, out: &mut Chunks) {
    let beside = [media.cover.as_deref(), media.captions.as_ref().map(|captions| &captions.file)];
    let paths: Vec<&str> =
        std::iter::once(media).chain(beside.into_iter().flatten()).map(Media::committed_path).collect();
    for Gutter { word, text: words } in contents::attachment(media) {
        let path = paths.iter().find(|path| words.starts_with(**path)).copied().unwrap_or_default();
        out.line(format!("- {word}: {}{}", file(path, around.files), text(&words[path.len()..])));
    }
}

/// As much as there is room for, and a note on what is left out. Where and when comes before texts.
fn fitted(blocks: &[Block], room: usize) -> (String, String) {
    let mut left = room;
    // Headings count with the first below them.
    let short = |block: &Block| length(&block.heading) + length(&block.short);
    let told = blocks.iter().take_while(|block| {
        let fits = short(block) <= left;
        left -= if fits { short(block) } else { 0 };
        fits
    });
    let told = told.count();
    let (mut shown, mut without) = (String::new(), 0);
    for block in &blocks[..told] {
        let more = length(&block.full).saturating_sub(length(&block.short));
        let fits = more <= left;
        left -= if fits { more } else { 0 };
        without += usize::from(!fits);
        shown.push_str(&block.heading);
        shown.push_str(if fits { &block.full } else { &block.short });
    }
    (shown, note(without, blocks.len() - told))
}

fn note(without_text: usize, untold: usize) -> String {
    if without_text + untold == 0 {
        return String::new();
    }
    let texts = (without_text > 0).then(|| format!("the texts of {}", count(without_text, "target")));
    let whole = (untold > 0).then(|| format!("{} altogether", count(untold, "target")));
    let what: Vec<String> = texts.into_iter().chain(whole).collect();
    format!(
        "> **Shortened:** a comment takes 65,536 characters, so {} are left out here. `pressroom plan` shows everything.\n\n",
        what.join(", and ")
    )
}

#[cfg(test)]
mod tests;
