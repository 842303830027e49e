//! What readers see, held against what was planned: everything that was planned, as planned, and nothing besides. What a
//! platform makes of a post by itself is written here, with the reason; anything else is a mistake of ours.

use std::borrow::Cow;
use std::time::Duration;

use super::stage::{MEDIA_HOST, Names};
use crate::error::{Failure, Kind};
use crate::fit::peculiar::forem;
use crate::fit::{Link, Media, Part, Poll, Rendition, markdown};
use crate::limits::{Platform, Visibility};
use crate::media::sha256;
use crate::plan::action::Row;
use crate::post;
use crate::sim::{Seen, SeenMedia};
use crate::step::{Receipt, Refs};

/// Whether readers see what was planned.
///
/// # Errors
/// With every difference between the first post that is not as planned and what comes nearest to it.
pub(super) fn compare(published: &[Row], seen: &[Seen], names: &Names) -> Result<(), Failure> {
    let mut left: Vec<&Seen> = seen.iter().collect();
    for row in published {
        let Some(rendition) = &row.rendition else { continue };
        let mut shown: Vec<&Seen> = Vec::new();
        for wanted in wanted(&row.refs, rendition) {
            shown.push(take(&wanted, row, &mut left, &shown, names)?);
        }
    }
    let Some(seen) = left.first() else { return Ok(()) };
    let failure = Failure::new(Kind::Bug, format!("the simulator of {} shows what nobody planned", seen.platform));
    Err(failure.cause(format!("shown as {}: {:?}", seen.kind, seen.text)))
}

/// Takes the post that is as wanted out of those left over.
fn take<'s>(
    wanted: &Wanted<'_>,
    row: &Row,
    left: &mut Vec<&'s Seen>,
    before: &[&Seen],
    names: &Names,
) -> Result<&'s Seen, Failure> {
    let own = left.iter().enumerate().filter(|(_, seen)| {
        seen.platform == row.platform.name() && names.of(seen).is_none_or(|account| account == row.account)
    });
    let judged = own.map(|(place, seen)| (place, wanted.differences(seen, before)));
    let failure = || {
        let label = row.platform.label();
        Failure::new(Kind::Bug, format!("the simulator of {label} does not show {} as planned", row.post))
    };
    match judged.min_by_key(|(_, differences)| differences.len()) {
        Some((place, differences)) if differences.is_empty() => Ok(left.remove(place)),
        Some((_, differences)) => Err(differences.into_iter().fold(failure(), Failure::cause)),
        None => Err(failure().cause(format!("planned: {:?}", wanted.text))),
    }
}

/// One thing readers are meant to see: a part, or the first comment.
struct Wanted<'a> {
    rendition: &'a Rendition,
    /// Any of these.
    kinds: &'static [&'static str],
    text: Cow<'a, str>,
    /// Words of it that lead somewhere.
    links: &'a [Link],
    media: Vec<&'a Media>,
    /// Which of those before it this answers: for the second part the first, for a comment the first again.
    answers: Option<usize>,
    /// The post's first part, which carries all that goes out beside the text.
    leads: bool,
    /// Of a post of ours that this answers, and of one that it quotes or shares: its id on the platform.
    refs: [Option<&'a str>; 2],
}

/// The parts, then the first comment.
fn wanted<'a>(refs: &'a Refs, rendition: &'a Rendition) -> Vec<Wanted<'a>> {
    let id = |receipt: &'a Option<Receipt>| receipt.as_ref().map(|receipt| receipt.id.as_str());
    let refs = [id(&refs.reply_to), id(&refs.quote_of).or(id(&refs.repost_of))];
    let card = rendition.card.as_ref().and_then(|card| card.thumbnail.as_ref());
    let parts = rendition.parts.iter().enumerate().map(|(index, part)| Wanted {
        rendition,
        kinds: kinds(rendition),
        text: text(rendition, part),
        links: &part.links,
        media: part.media.iter().chain(card.filter(|_| index == 0)).collect(),
        answers: index.checked_sub(1),
        leads: index == 0,
        refs: if index == 0 { refs } else { [None; 2] },
    });
    let comment = rendition.first_comment.as_ref().map(|text| Wanted {
        rendition,
        // Threads answers posts with posts; it has no comments beside them.
        kinds: if rendition.platform == Platform::Threads { &["post"] } else { &["comment"] },
        text: text.into(),
        links: &[],
        media: Vec::new(),
        answers: Some(0),
        leads: false,
        refs: [None; 2],
    });
    parts.chain(comment).collect()
}

/// What readers see of a part's text.
fn text<'a>(rendition: &'a Rendition, part: &'a Part) -> Cow<'a, str> {
    if is_in_the_inbox(rendition) {
        return "".into();
    }
    if !rendition.platform.limits().markdown {
        return (&part.text).into();
    }
    // Pictures are shown where they stand in it.
    let address =
        |media: &Media| Some((media.path.clone(), format!("https://{MEDIA_HOST}/{}", media.path).parse().ok()?));
    let addresses = part.media.iter().filter_map(address).collect();
    forem::harmless(&markdown::placed(&part.text, &addresses)).into()
}

/// What a platform shows a shape as.
fn kinds(rendition: &Rendition) -> &'static [&'static str] {
    let films = rendition.media().any(|(_, media)| media.is_video());
    match (rendition.platform, rendition.kind) {
        (Platform::X, _) if rendition.repost_of.is_some() => &["repost"],
        // The owner alone can watch it.
        (Platform::YouTube, _) if rendition.visibility == Visibility::Private => &["draft"],
        // YouTube tells by length and shape which it is: https://support.google.com/youtube/answer/15424877.
        (Platform::YouTube, _) => &["video", "short"],
        // Left in the creator's inbox, to be finished in the app.
        (Platform::TikTok, _) if is_draft(rendition) => &["draft"],
        (Platform::TikTok, _) if films => &["video"],
        (_, post::Kind::Reel) => &["reel"],
        (_, post::Kind::Story) => &["story"],
        // A Page's videos have a place of their own, beside being in its feed.
        (Platform::Facebook, _) if films => &["video"],
        _ => &["post"],
    }
}

fn is_draft(rendition: &Rendition) -> bool {
    rendition.settings.get("mode").is_some_and(|mode| mode == "draft")
}

/// A video left in TikTok's inbox has no text: its creator writes one in the app.
fn is_in_the_inbox(rendition: &Rendition) -> bool {
    rendition.platform == Platform::TikTok
        && is_draft(rendition)
        && rendition.media().any(|(_, media)| media.is_video())
}

impl Wanted<'_> {
    /// What is shown otherwise than planned, in words.
    fn differences(&self, seen: &Seen, before: &[&Seen]) -> Vec<String> {
        let mut found = Differences::default();
        found.differ("text", &self.text.as_ref(), &seen.text.as_str());
        if !self.kinds.contains(&seen.kind) {
            found.differ("kind", &self.kinds.join(" or "), &seen.kind.to_owned());
        }
        self.media_differ(seen, &mut found);
        let answered = self.answers.and_then(|index| before.get(index)).map(|seen| seen.id.as_str());
        let answers = self.answers.is_some() || self.leads && self.rendition.reply_to.is_some();
        found.refers("answers", (answers, answered.or(self.refs[0])), seen.reply_to.as_deref());
        if self.leads {
            self.beside_differ(seen, &mut found);
        }
        found.0
    }

    /// The same files in the same order, to the byte.
    fn media_differ(&self, seen: &Seen, found: &mut Differences) {
        let described = |media: &SeenMedia| format!("{} of {} bytes", media.mime, media.bytes.len());
        let planned: Vec<String> =
            self.media.iter().map(|media| format!("{} of {} bytes", media.mime, media.bytes)).collect();
        let shown: Vec<String> = seen.media.iter().map(described).collect();
        found.differ("media", &planned, &shown);
        for (planned, shown) in self.media.iter().zip(&seen.media) {
            found.differ("content", &planned.sha256, &sha256(&shown.bytes));
            self.alt_differs(planned, shown, found);
            // Covers and captions that a platform does not take are left out, which `check` warns of.
            if let (Some(cover), Some(shown)) = (&planned.cover, &shown.cover) {
                found.differ("cover", &cover.sha256, &sha256(shown));
            }
            if let Some((_, shown)) = shown.captions.first() {
                let captions = planned.captions.as_ref().map(|captions| captions.file.sha256.clone());
                found.differ("captions", &captions, &Some(sha256(shown)));
            }
        }
    }

    /// Pictures of posts keep theirs where a platform has them. Videos, stories and the picture of a link card may have none,
    /// but never another.
    fn alt_differs(&self, planned: &Media, shown: &SeenMedia, found: &mut Differences) {
        let limits = self.rendition.platform.limits();
        let is_card = self.rendition.card.as_ref().is_some_and(|card| card.thumbnail.as_ref() == Some(planned));
        let must = limits.alt_max > 0
            && planned.kind.is_image()
            && !is_card
            && matches!(self.rendition.kind, post::Kind::Feed | post::Kind::Article);
        if must || shown.alt.is_some() {
            found.differ("alternative text", &planned.alt, &shown.alt);
        }
    }

    fn beside_differ(&self, seen: &Seen, found: &mut Differences) {
        let rendition = self.rendition;
        if let Some(title) = seen.title.as_ref().or(rendition.title.as_ref().filter(|_| self.has_a_title(seen))) {
            let own = self.media.iter().find_map(|media| media.title.as_ref());
            let planned = rendition.title.as_ref().or(own).map(String::as_str);
            // Where nobody gave a document a name, it is called like its file.
            if planned.is_some() || seen.title.is_none() {
                found.differ("title", &planned, &Some(title.as_str()));
            }
        }
        let quotes = rendition.quote_of.is_some() || rendition.repost_of.is_some();
        found.refers("quotes", (quotes, self.refs[1]), seen.quotes.as_deref());
        self.card_differs(seen, found);
        let planned = rendition.poll.as_ref().map(|poll| (&poll.options, lasting(poll)));
        let shown =
            seen.poll.as_ref().map(|poll| (&poll.options, poll.ends.duration_since(seen.at).unwrap_or_default()));
        found.differ("poll", &planned, &shown);
        if let Some(audience) = audience(rendition) {
            found.differ("audience", &audience, &seen.visibility.as_str());
        }
    }

    /// YouTube's videos and TikTok's photos have titles; Facebook's only where they are videos.
    fn has_a_title(&self, seen: &Seen) -> bool {
        match self.rendition.platform {
            Platform::YouTube => true,
            Platform::TikTok => seen.kind == "post",
            Platform::Facebook => seen.kind == "video",
            _ => false,
        }
    }

    /// Whether the text has that address, or words that lead there.
    fn leads_to(&self, address: &str) -> bool {
        self.text.contains(address) || self.links.iter().any(|link| link.url.trim_end_matches('/') == address)
    }

    /// A card without one of ours is what the platform makes of a link in the text.
    fn card_differs(&self, seen: &Seen, found: &mut Differences) {
        match (&self.rendition.card, &seen.card) {
            (Some(planned), Some(shown)) => {
                found.differ("card", &planned.url, &shown.url);
                if self.rendition.platform.limits().card_title {
                    found.differ("title of the card", &planned.title, &shown.title);
                }
            }
            (None, Some(shown)) if self.leads_to(shown.url.trim_end_matches('/')) => {}
            (planned, shown) => {
                found.differ("card", &planned.as_ref().map(|card| &card.url), &shown.as_ref().map(|card| &card.url));
            }
        }
    }
}

fn lasting(poll: &Poll) -> Duration {
    Duration::from_secs(u64::from(poll.minutes) * 60)
}

/// The audience in the platform's own word; `None` where it has one for all.
fn audience(rendition: &Rendition) -> Option<&str> {
    let own = rendition.settings.get("privacy_level").map(String::as_str);
    match (rendition.platform, rendition.visibility) {
        (Platform::TikTok, _) if is_draft(rendition) => None,
        (Platform::TikTok, _) if own.is_some() => own,
        (Platform::TikTok, Visibility::Public) => Some("PUBLIC_TO_EVERYONE"),
        (Platform::TikTok, Visibility::Connections) => Some("MUTUAL_FOLLOW_FRIENDS"),
        (Platform::TikTok, Visibility::Followers) => Some("FOLLOWER_OF_CREATOR"),
        (Platform::TikTok, _) => Some("SELF_ONLY"),
        (Platform::LinkedIn, Visibility::Connections) => Some("CONNECTIONS"),
        (Platform::LinkedIn, _) => Some("PUBLIC"),
        (Platform::YouTube, audience) => Some(audience.name()),
        (Platform::Mastodon, Visibility::Followers) => Some("private"),
        (Platform::Mastodon, audience) => Some(audience.name()),
        _ => None,
    }
}

/// What differs, in words.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn differ<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, planned: &T, shown: &T) {
        if planned != shown {
            self.0.push(format!("{what}: planned {planned:?}, shown {shown:?}"));
        }
    }

    /// Another post is meant or is not; its id may be known.
    fn refers(&mut self, what: &str, (planned, id): (bool, Option<&str>), shown: Option<&str>) {
        if planned != shown.is_some() || id.is_some_and(|id| shown != Some(id)) {
            let planned = id.unwrap_or(if planned { "a post" } else { "no post" });
            self.0.push(format!("{what}: planned {planned}, shown {}", shown.unwrap_or("no post")));
        }
    }
}
