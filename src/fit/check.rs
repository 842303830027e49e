//! The text of each part held against what the platform takes. Makes no text and knows no media.

use std::ops::Range;

use super::count::{self, Count};
use super::{Fitting, Media};
use crate::error::Problem;
use crate::limits::Platform;
use crate::post::Body;
use crate::post::body::Document;

impl Fitting<'_> {
    /// Reports every part that could not be sent, and what may surprise.
    pub(super) fn check_texts(
        &mut self,
        document: &Document,
        texts: &[(String, Count)],
        media: &[Vec<Media>],
        card: bool,
    ) {
        let label = self.limits.label;
        if let Some(thread) = self.target.wishes.thread.as_ref().filter(|thread| thread.value)
            && !self.limits.threads
        {
            let name = self.limits.name;
            let hint = format!("for one post there: `overrides: {{{name}: {{thread: false}}}}`");
            self.error("thread-not-offered", thread.span.clone(), format!("{label} has no threads"), &hint);
        }
        // Where a post of another is shared as it is, there is nothing of ours.
        let shares = self.limits.reposts && self.target.wishes.repost_of.is_some();
        let wished = document.parts.iter().map(|part| part.images.len()).collect::<Vec<_>>();
        for (index, (text, count)) in texts.iter().enumerate() {
            let place = Place { index, of: texts.len(), span: self.part_span(document, index) };
            let has_media =
                wished[index] > 0 || !media[index].is_empty() || card && index == 0 || self.wishes_media(index);
            self.check_text(text, *count, has_media || shares, &place);
        }
    }

    fn check_text(&mut self, text: &str, count: Count, has_media: bool, place: &Place) {
        let label = self.limits.label;
        let is_repost = self.limits.reposts && self.target.wishes.repost_of.is_some();
        // Where something could not be shown at all, that has been told, and is why nothing is left.
        if text.trim().is_empty() && !has_media && !is_repost && !self.problems.iter().any(Problem::is_error) {
            let hint = "write some text or attach a picture";
            self.body_error("empty-text", place, format!("{place} is empty"), hint);
        } else if !has_media && self.shape.least > 0 {
            let hint = "attach a picture or a video";
            self.body_error("media-needed", place, format!("{label} takes no text alone"), hint);
        }
        let Count { count, limit, unit, .. } = count;
        if count > limit {
            let message = format!("{place} has {count} {unit}; {label} takes {limit}: {} too many", count - limit);
            let hint = if self.limits.threads && !self.is_thread() {
                "shorten it, or split it with `thread: true` and lines of `---`"
            } else {
                "shorten it, or write another text for this platform under `overrides`"
            };
            self.body_error("text-too-long", place, message, hint);
        }
        if let Some(refused) = count::refused(text, self.limits) {
            let message = format!("{place} holds U+{:04X}, which {label} refuses", refused as u32);
            self.body_error("invalid-character", place, message, "delete the invisible character");
        }
        self.lint(text, place);
    }

    /// What is no mistake but may surprise.
    fn lint(&mut self, text: &str, place: &Place) {
        match self.target.platform {
            Platform::X => self.lint_file_names(text, place),
            Platform::LinkedIn => self.lint_escapes(text, place),
            _ => {}
        }
    }

    /// X bills a post with a link at $0.20 instead of $0.015: <https://docs.x.com/x-api/getting-started/pricing>.
    fn lint_file_names(&mut self, text: &str, place: &Place) {
        for url in count::urls::find(text) {
            let name = &text[url.span.clone()];
            let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            if !url.scheme && !name.contains('/') && FILE_ENDINGS.contains(&ending.as_str()) {
                let message =
                    format!("X will make a link of `{name}`: it counts 23, and a post with a link costs more");
                let hint = "if no link is meant, write the name without its ending or with a space before the dot";
                self.body_warning("bare-link", place, message, hint);
            }
        }
    }

    /// Whether LinkedIn counts the backslashes its `commentary` needs is not documented:
    /// <https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format>.
    fn lint_escapes(&mut self, text: &str, place: &Place) {
        let limit = self.limits.text_max;
        // Nothing gets more than twice as long: most texts need no counting.
        if 2 * text.len() <= limit {
            return;
        }
        let length = text.chars().count();
        let escaped = length + text.chars().filter(|c| LITTLE_TEXT_RESERVED.contains(*c)).count();
        if length <= limit && escaped > limit {
            let message =
                format!("{place} has {escaped} characters with LinkedIn's escapes, over its limit of {limit}");
            let hint = "LinkedIn may refuse it: shorten it, or use fewer of these: ( ) [ ] { } < > @ | ~ _ * # \\";
            self.body_warning("escaped-text-too-long", place, message, hint);
        }
    }

    fn part_span(&self, document: &Document, index: usize) -> Range<usize> {
        let span = document.parts[index].span.clone();
        if span.is_empty() { self.target.body.span.clone() } else { span }
    }

    fn body_error(&mut self, code: &'static str, place: &Place, message: String, hint: &str) {
        let Body { source, .. } = &*self.target.body;
        self.problems.push(Problem::error(code, source, message).at(place.span.clone()).hint(hint));
    }

    fn body_warning(&mut self, code: &'static str, place: &Place, message: String, hint: &str) {
        let Body { source, .. } = &*self.target.body;
        self.problems.push(Problem::warning(code, source, message).at(place.span.clone()).hint(hint));
    }
}

/// Which part a problem is about.
struct Place {
    /// From 0.
    index: usize,
    of: usize,
    span: Range<usize>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.of {
            1 => f.write_str("the text"),
            of => write!(f, "part {} of {of}", self.index + 1),
        }
    }
}

/// Endings of file names that are top-level domains too.
const FILE_ENDINGS: [&str; 18] =
    ["ac", "ai", "am", "app", "cc", "java", "md", "mk", "ml", "mm", "mov", "pl", "ps", "py", "rs", "sh", "so", "zip"];

/// What LinkedIn's `commentary` escapes with a backslash.
const LITTLE_TEXT_RESERVED: &str = "\\|{}@[]()<>#*_~";
