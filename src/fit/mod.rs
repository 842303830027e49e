//! A target's wishes and a platform's limits make a rendition: the exact text and media to be sent.
//! Knows no ledger, no time and no network.

use std::ops::Range;

use serde::Serialize;

use crate::account::Account;
use crate::error::Problem;
use crate::limits::{Limits, Platform};
use crate::media::{self, Library};
use crate::post::body::{self, Document};
use crate::post::target::Target;
use crate::post::{Body, MediaWish, Visibility};

mod attach;
pub mod count;
mod fingerprint;
#[cfg(test)]
mod tests;
pub mod text;
mod wishes;

pub use attach::candidates;

/// A post fitted to one target: exactly what will be sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rendition {
    pub platform: Platform,
    /// The parts in order; one, unless the post is a thread.
    pub parts: Vec<Part>,
    /// Who will see it.
    pub visibility: Visibility,
    pub title: Option<String>,
    pub lang: Option<String>,
    /// A link card or article.
    pub card: Option<Card>,
    /// On whose behalf, as accounts.toml says (`as`).
    pub acts_as: Option<String>,
    /// The platform's own settings, by key, as text (`reply_settings` -> `following`).
    pub settings: std::collections::BTreeMap<String, String>,
}

/// One part of a rendition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// The text as a reader will see it, before any escaping the platform's fields need.
    pub text: String,
    /// Its length in the platform's unit.
    pub count: usize,
    pub limit: usize,
    pub media: Vec<Media>,
}

/// One attachment of a part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Media {
    /// Path from the repository's root.
    pub path: String,
    pub kind: media::Kind,
    pub mime: &'static str,
    pub bytes: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub sha256: String,
    pub alt: Option<String>,
}

/// A link card.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Card {
    pub url: String,
    pub title: String,
    pub description: Option<String>,
    /// Picture of the card: the post's first image, where the platform has cards with pictures of ours.
    pub thumbnail: Option<Media>,
}

/// Fits a target to its account's platform. The problems say all that is wrong, not only the first thing. There is a
/// rendition only where it could be sent as it is: no part is over its limit, no wish is left out. The one error beside
/// a rendition is `not-published-yet`, so that a platform to come can be previewed; its other problems are kept back.
pub fn fit(target: &Target, account: &Account, library: &Library) -> (Option<Rendition>, Vec<Problem>) {
    let mut fitting = Fitting::new(target, account);
    let (document, problems) = body::parse(&target.body, fitting.is_thread());
    fitting.problems = problems;
    let texts = fitting.texts(&document);
    let mut media = fitting.attach(&document, library);
    let card = fitting.card(&mut media);
    fitting.check_texts(&document, &texts, &media, card.is_some());
    let visibility = fitting.visibility();
    let settings = fitting.settings();
    fitting.check_unsupported();
    let part = |(text, media): (String, Vec<Media>)| {
        let count = count::count(&text, target.platform, account.premium);
        Part { text, count: count.count, limit: count.limit, media }
    };
    let rendition = Rendition {
        platform: target.platform,
        parts: texts.into_iter().zip(media).map(part).collect(),
        visibility,
        title: target.wishes.title.as_ref().filter(|_| fitting.limits.title).map(|title| title.value.clone()),
        lang: target.wishes.lang.as_ref().map(|lang| lang.value.clone()),
        card,
        acts_as: account.acts_as.clone(),
        settings,
    };
    fitting.finish(rendition)
}

/// Every path, from the repository's root, at which the media a target wishes for may lie.
pub fn media_paths(target: &Target) -> Vec<String> {
    let written = target.wishes.media.iter().flat_map(|media| &media.value);
    let written = written.map(|wish| (&target.source.path, wish.src.value.clone()));
    // Most texts hold no picture, and reading one only to learn that costs as much as fitting it.
    let drawn = if target.body.markdown.contains("![") {
        let thread = target.wishes.thread.as_ref().is_some_and(|thread| thread.value);
        body::parse(&target.body, thread).0.parts.into_iter().flat_map(|part| part.images).collect()
    } else {
        Vec::new()
    };
    let drawn = drawn.into_iter().map(|wish: MediaWish| (&target.body.source.path, wish.src.value));
    written.chain(drawn).filter_map(|(path, src)| candidates(path, &src).ok()).flatten().collect()
}

/// The texts of a target's parts as `fit` makes them, each with its measure, also where they do not fit: for showing.
pub fn measure(target: &Target, account: &Account) -> Vec<(String, count::Count)> {
    let mut fitting = Fitting::new(target, account);
    let (document, _) = body::parse(&target.body, fitting.is_thread());
    let measured = |text: String| {
        let count = count::count(&text, target.platform, account.premium);
        (text, count)
    };
    fitting.texts(&document).into_iter().map(measured).collect()
}

/// One fitting in progress.
struct Fitting<'a> {
    target: &'a Target,
    account: &'a Account,
    limits: &'static Limits,
    problems: Vec<Problem>,
}

impl<'a> Fitting<'a> {
    fn new(target: &'a Target, account: &'a Account) -> Self {
        Self { target, account, limits: target.platform.limits(), problems: Vec::new() }
    }

    fn is_thread(&self) -> bool {
        self.target.wishes.thread.as_ref().is_some_and(|thread| thread.value)
    }

    /// The text of each part. A link the platform has no card for, and hashtags, go below the first part, which readers
    /// see first.
    fn texts(&mut self, document: &Document) -> Vec<String> {
        let mut texts: Vec<String> = document.parts.iter().map(|part| text::plain(&part.blocks)).collect();
        let wishes = &self.target.wishes;
        if let Some(first) = texts.first_mut() {
            if let Some(link) = wishes.link.as_ref().filter(|_| !self.limits.link_card) {
                text::append_link(first, &link.value);
            }
            if let Some(tags) = wishes.tags.as_ref().filter(|_| self.account.append_hashtags) {
                for tag in text::append_hashtags(first, &tags.value) {
                    let message = format!("the tag `{tag}` cannot be a hashtag, so it is left out");
                    let problem = Problem::warning("tag-left-out", &self.target.source, message).at(tags.span.clone());
                    self.problems.push(problem.hint("a hashtag needs a letter"));
                }
            }
        }
        texts
    }

    /// A link card, made from `link` and `title`; its picture is the first part's only one, which leaves the part.
    fn card(&mut self, media: &mut [Vec<Media>]) -> Option<Card> {
        let link = self.target.wishes.link.as_ref().filter(|_| self.limits.link_card)?;
        let label = self.limits.label;
        let title = self.target.wishes.title.as_ref().map(|title| title.value.trim()).filter(|title| !title.is_empty());
        if title.is_none() && self.limits.card_title {
            let message = format!("{label} makes no link card without a title");
            self.error("card-title-missing", link.span.clone(), message, "add `title`, or write the link in the text");
        }
        let first = media.first_mut()?;
        if first.len() > 1 {
            let message = format!("a link card on {label} has room for one picture, not {}", first.len());
            self.error("card-pictures", link.span.clone(), message, "leave one picture, or write the link in the text");
        }
        let thumbnail = if first.is_empty() { None } else { Some(first.remove(0)) };
        let title = title.unwrap_or_default().to_owned();
        Some(Card { url: link.value.clone(), title, description: None, thumbnail })
    }

    fn check_texts(&mut self, document: &Document, texts: &[String], media: &[Vec<Media>], card: bool) {
        let label = self.limits.label;
        if let Some(thread) = self.target.wishes.thread.as_ref().filter(|thread| thread.value)
            && !self.limits.threads
        {
            let name = self.limits.name;
            let hint = format!("for one post there: `overrides: {{{name}: {{thread: false}}}}`");
            self.error("thread-not-offered", thread.span.clone(), format!("{label} has no threads"), &hint);
        }
        let wished = document.parts.iter().map(|part| part.images.len()).collect::<Vec<_>>();
        for (index, text) in texts.iter().enumerate() {
            let place = Place { index, of: texts.len(), span: self.part_span(document, index) };
            let has_media =
                wished[index] > 0 || !media[index].is_empty() || card && index == 0 || self.wishes_media(index);
            self.check_text(text, has_media, &place);
        }
    }

    fn check_text(&mut self, text: &str, has_media: bool, place: &Place) {
        let label = self.limits.label;
        // Where something could not be shown at all, that has been told, and is why nothing is left.
        if text.trim().is_empty() && !has_media && !self.problems.iter().any(Problem::is_error) {
            let hint = "write some text or attach a picture";
            self.body_error("empty-text", place, format!("{place} is empty"), hint);
        } else if !has_media && !self.limits.text_alone {
            let hint = "attach a picture or a video";
            self.body_error("media-needed", place, format!("{label} takes no text alone"), hint);
        }
        let count = count::count(text, self.target.platform, self.account.premium);
        if count.count > count.limit {
            let count::Count { count, limit, unit, .. } = count;
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
        let (length, limit) = (text.chars().count(), self.limits.text_max);
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

    /// An error at a key of the post.
    fn error(&mut self, code: &'static str, span: Range<usize>, message: String, hint: &str) {
        self.problems.push(Problem::error(code, &self.target.source, message).at(span).hint(hint));
    }

    fn body_error(&mut self, code: &'static str, place: &Place, message: String, hint: &str) {
        let Body { source, .. } = &self.target.body;
        self.problems.push(Problem::error(code, source, message).at(place.span.clone()).hint(hint));
    }

    fn body_warning(&mut self, code: &'static str, place: &Place, message: String, hint: &str) {
        let Body { source, .. } = &self.target.body;
        self.problems.push(Problem::warning(code, source, message).at(place.span.clone()).hint(hint));
    }

    fn finish(self, rendition: Rendition) -> (Option<Rendition>, Vec<Problem>) {
        let rendition = if self.problems.iter().any(Problem::is_error) { None } else { Some(rendition) };
        if self.limits.published {
            return (rendition, self.problems);
        }
        let message = format!("this version of pressroom does not publish to {} yet", self.limits.label);
        let hint = format!("take `{}` out of `targets`", self.account.name);
        (rendition, vec![Problem::error("not-published-yet", &self.target.source, message).hint(hint)])
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
