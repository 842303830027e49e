//! A target's wishes and a platform's limits make a rendition: the exact text and media to be sent.
//! Knows no ledger, no time and no network.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use crate::account::{Account, Hosted};
use crate::error::Problem;
use crate::limits::{Fetched, Limits, Platform, Shape};
use crate::media::{self, Library};
use crate::post::body::{self, Document};
use crate::post::target::Target;
use crate::post::{Body, Kind, MediaWish, Visibility};

mod attach;
mod check;
pub mod count;
mod file;
mod fingerprint;
pub mod markdown;
pub mod peculiar;
pub mod price;
mod smaller;
mod spend;
#[cfg(test)]
mod tests;
pub mod text;
mod together;
mod wishes;

pub use attach::candidates;
use count::Count;
pub use peculiar::instagram::{UserTag, user_tags};
pub use smaller::{Original, Smaller};
use text::Shown;
pub use together::{Fitted, fit_all};

/// A post fitted to one target: exactly what will be sent.
///
/// Its JSON is what [`Rendition::fingerprint`] hashes, and that stands in ledgers: fields that came later are left out
/// where they say nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rendition {
    pub platform: Platform,
    #[serde(skip_serializing_if = "is_usual")]
    pub kind: Kind,
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
    /// The platform's own settings, by key, as text (`reply_settings` -> `following`; lists joined by commas).
    pub settings: BTreeMap<String, String>,
    /// Tags the platform takes beside the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_of: Option<Reference>,
    /// Then there is no text of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repost_of: Option<Reference>,
    /// The text of a comment of ours that follows once the post is out, as a reader will see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_comment: Option<String>,
}

/// Shapes that earlier ledgers do not tell apart.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_usual(kind: &Kind) -> bool {
    matches!(kind, Kind::Feed | Kind::Article)
}

impl Rendition {
    /// How many calls show something of it: its parts, and the first comment after them.
    pub fn showings(&self) -> usize {
        self.parts.len() + usize::from(self.first_comment.is_some())
    }

    /// The media the platform fetches by address instead of taking bytes.
    pub fn fetched(&self) -> impl Iterator<Item = &Media> {
        let fetched = self.platform.limits().shape(self.kind).map_or(Fetched::Nothing, |shape| shape.fetched);
        let covers = self.media().filter_map(|(_, media)| media.cover.as_deref());
        let all = self.media().map(|(_, media)| media).chain(covers);
        all.filter(move |media| match fetched {
            Fetched::Nothing => false,
            Fetched::Images => media.kind.is_image(),
            Fetched::Everything => true,
        })
    }

    /// Whether it is one text and nothing else: no media, no poll, no other post.
    pub fn is_plain(&self) -> bool {
        let others = [&self.reply_to, &self.quote_of, &self.repost_of];
        let is_alone = self.poll.is_none() && others.iter().all(|reference| reference.is_none());
        is_alone && self.parts.len() == 1 && self.media().next().is_none()
    }

    /// All media files of it, with the part each belongs to; covers, captions and the picture of a card are apart.
    pub fn media(&self) -> impl Iterator<Item = (usize, &Media)> {
        self.parts.iter().enumerate().flat_map(|(part, its)| its.media.iter().map(move |media| (part, media)))
    }
}

/// A post that is answered, quoted or shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reference {
    /// An address on the platform.
    Url(String),
    /// A post of ours, by its id: where it is out on the same account.
    Post(String),
}

/// A poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Poll {
    pub options: Vec<String>,
    pub minutes: u32,
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
    /// Which words lead where, where a link is its words ([`Limits::link_spans`]); from the text's beginning to its end, none over
    /// another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// Words of a text that lead somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Their first byte in the text, and the one behind their last (UTF-8).
    pub start: usize,
    pub end: usize,
    /// On the web.
    pub url: String,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The picture shown until a video plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<Box<Media>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captions: Option<Box<Captions>>,
    /// How it is made smaller than it is committed, if it must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smaller: Option<Box<Smaller>>,
    /// Whether it is a picture that moves.
    #[serde(skip)]
    pub animated: bool,
    /// What plays, if anything does.
    #[serde(skip)]
    pub film: Option<media::Film>,
    /// Pages of a PDF.
    #[serde(skip)]
    pub pages: Option<u32>,
}

impl Media {
    pub fn is_video(&self) -> bool {
        self.kind == media::Kind::Video
    }

    pub fn duration_ms(&self) -> Option<u64> {
        self.film.as_ref().and_then(|film| film.duration_ms)
    }
}

/// The captions of a video.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Captions {
    /// BCP 47: from the file's name (`film.en.srt`), else the post's; `None` where neither says.
    pub lang: Option<String>,
    pub file: Media,
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

/// Fits a target to its account's platform. `hosted` says where media can be given an address, for platforms that fetch
/// them. The problems say all that is wrong, not only the first thing. There is a rendition only where it could be sent
/// as it is: no part is over its limit, no wish is left out. The one error beside a rendition is `not-published-yet`, so
/// that a platform to come can be previewed; its other problems are kept back.
pub fn fit(target: &Target, account: &Account, hosted: Hosted, library: &Library) -> (Option<Rendition>, Vec<Problem>) {
    let (document, problems) = body::parse(&target.body, Fitting::new(target, account).is_thread());
    fit_text(target, account, hosted, library, &document, problems)
}

/// Fits a target whose text has been read; `problems` are those of the text.
fn fit_text(
    target: &Target,
    account: &Account,
    hosted: Hosted,
    library: &Library,
    document: &Document,
    problems: Vec<Problem>,
) -> (Option<Rendition>, Vec<Problem>) {
    let mut fitting = Fitting { problems, ..Fitting::new(target, account) };
    if fitting.limits.markdown {
        // Mark-up is no hindrance there.
        fitting.problems.retain(|problem| !MARK_UP.contains(&problem.code));
    }
    let shown = fitting.shown(document, Some(library));
    let (texts, links): (_, Vec<_>) = shown.into_iter().map(|Shown { text, links }| (text, links)).unzip();
    let mut texts = fitting.texts(texts);
    let (shape, mut media) = fitting.attach(document, library);
    if let Some(most) = shape.text_max {
        texts.iter_mut().for_each(|(_, count)| count.hold_against(most));
    }
    let card = fitting.card(&mut media);
    fitting.check_texts(document, &texts, &media, card.is_some());
    let visibility = fitting.visibility();
    let settings = fitting.settings();
    let tags = target.wishes.tags.as_ref().filter(|_| fitting.limits.tags);
    let has_video = media.iter().flatten().any(Media::is_video);
    let rendition = Rendition {
        platform: target.platform,
        kind: shape.kind,
        parts: texts.into_iter().zip(media).zip(links).map(|((text, media), links)| part(text, media, links)).collect(),
        visibility,
        title: fitting.title(has_video),
        lang: target.wishes.lang.as_ref().map(|lang| lang.value.clone()),
        card,
        acts_as: account.acts_as.clone(),
        settings,
        tags: tags.map(|tags| peculiar::tags(target.platform, &tags.value)).unwrap_or_default(),
        poll: fitting.poll(),
        reply_to: fitting.reference("reply_to", target.wishes.reply_to.as_ref(), fitting.limits.replies),
        quote_of: fitting.reference("quote_of", target.wishes.quote_of.as_ref(), fitting.limits.quotes),
        repost_of: fitting.reference("repost_of", target.wishes.repost_of.as_ref(), fitting.limits.reposts),
        first_comment: fitting.first_comment(),
    };
    fitting.check_link();
    fitting.check_kind();
    fitting.check_hosting(&rendition, hosted);
    peculiar::check(&mut fitting, &rendition);
    fitting.finish(rendition)
}

/// What cannot be shown as plain text, as [`body::parse`] tells it.
const MARK_UP: [&str; 6] = ["table", "footnote", "html", "nested-too-deep", "break-ignored", "remote-image"];

fn part((text, count): (String, Count), media: Vec<Media>, links: Vec<Link>) -> Part {
    Part { text, count: count.count, limit: count.limit, media, links }
}

/// Every path, from the repository's root, at which the media may lie that some targets wish for.
pub fn media_paths<'a>(targets: impl IntoIterator<Item = &'a Target>) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let mut before: Option<&Target> = None;
    for target in targets {
        let is_same = |one: &&Target| Arc::ptr_eq(&one.wishes, &target.wishes) && Arc::ptr_eq(&one.body, &target.body);
        if before.filter(is_same).is_none() {
            paths.extend(media_paths_of(target));
        }
        before = Some(target);
    }
    paths
}

fn media_paths_of(target: &Target) -> Vec<String> {
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
    let wishes = target.wishes.media.iter().flat_map(|media| &media.value);
    let beside = wishes.flat_map(|wish| wish.cover.iter().chain(&wish.captions));
    let beside = beside.map(|src| (&target.source.path, src.clone()));
    written.chain(beside).chain(drawn).filter_map(|(path, src)| candidates(path, &src).ok()).flatten().collect()
}

/// The texts of a target's parts as `fit` makes them, each with its measure, also where they do not fit: for showing.
pub fn measure(target: &Target, account: &Account) -> Vec<(String, Count)> {
    let mut fitting = Fitting::new(target, account);
    let (document, _) = body::parse(&target.body, fitting.is_thread());
    let shown = fitting.shown(&document, None);
    fitting.texts(shown.into_iter().map(|shown| shown.text).collect())
}

/// One fitting in progress.
struct Fitting<'a> {
    target: &'a Target,
    account: &'a Account,
    limits: &'static Limits,
    /// The platform's first, until what is attached tells.
    shape: &'static Shape,
    problems: Vec<Problem>,
}

impl<'a> Fitting<'a> {
    fn new(target: &'a Target, account: &'a Account) -> Self {
        let limits = account.limits();
        Self { target, account, limits, shape: &limits.shapes[0], problems: Vec::new() }
    }

    fn is_thread(&self) -> bool {
        self.target.wishes.thread.as_ref().is_some_and(|thread| thread.value)
    }

    /// The parts as their words alone show, and which of these lead where: what is appended to a text later stands behind
    /// them.
    ///
    /// Without a library, pictures in Markdown are named as they were written.
    fn shown(&self, document: &Document, library: Option<&Library>) -> Vec<Shown> {
        if self.limits.markdown {
            let Body { source, markdown, .. } = &*self.target.body;
            let text = markdown::written(markdown, |src| attach::path_of(&source.path, src, library));
            return vec![Shown { text, links: Vec::new() }];
        }
        document.parts.iter().map(|part| text::shown(&part.blocks, self.limits.link_spans)).collect()
    }

    /// The text of each part and its length. A link the platform has no card for, and hashtags, go below the first part,
    /// which readers see first.
    fn texts(&mut self, mut texts: Vec<String>) -> Vec<(String, Count)> {
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
        let measured = |text: String| {
            let count = count::count_by(&text, self.limits, self.account.premium);
            (text, count)
        };
        texts.into_iter().map(measured).collect()
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

    /// An error at a key of the post.
    fn error(&mut self, code: &'static str, span: Range<usize>, message: String, hint: &str) {
        self.problems.push(Problem::error(code, &self.target.source, message).at(span).hint(hint));
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
