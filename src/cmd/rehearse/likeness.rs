//! What readers would see as a page: the posts of the simulators, brought into the page's words.

use std::time::SystemTime;

use super::Hall;
use super::talk::{Talk, audience, talks};
use crate::cmd::check::count;
use crate::limits::Platform;
use crate::page::{self, Page, Section, VIDEO_MAX};
use crate::plan::when::when;
use crate::sim::{Seen, SeenMedia, SeenPoll};

/// The page of a rehearsal.
pub(super) fn page(seen: &[Seen], hall: &Hall<'_>) -> Page {
    let zone = hall.content.accounts.zone();
    let talks = talks(seen);
    let section = |platform: Platform| {
        let own: Vec<page::Talk> = talks.iter().filter(|its| its.is_on(platform)).map(|its| talk(its, hall)).collect();
        let (id, heading) = (platform.name().to_owned(), platform.label().to_owned());
        (!own.is_empty()).then_some(Section { id, heading, platform, facts: None, talks: own })
    };
    let them = if seen.len() == 1 { "it" } else { "them" };
    Page {
        heading: "Rehearsal".to_owned(),
        lead: format!(
            "{}. {}, as readers would see {them}: nothing was sent.",
            when(hall.clock.now(), zone.name()),
            count(seen.len(), "post")
        ),
        zone,
        troubles: Vec::new(),
        sections: Platform::ALL.into_iter().filter_map(section).collect(),
        empty: "Nothing is due.".to_owned(),
        version: None,
    }
}

fn talk(talk: &Talk<'_>, hall: &Hall<'_>) -> page::Talk {
    let posts = |seen: &[&Seen]| seen.iter().filter_map(|seen| post(seen, hall)).collect();
    page::Talk { parts: posts(&talk.parts), comments: posts(&talk.comments) }
}

/// `None`: a platform nobody knows.
fn post(seen: &Seen, hall: &Hall<'_>) -> Option<page::Post> {
    let media = || seen.media.iter().map(|media| attachment(media, hall));
    let card = seen.card.as_ref().map(|card| page::Card {
        url: card.url.clone(),
        title: Some(card.title.clone()).filter(|title| !title.is_empty()),
        description: card.description.clone(),
        // The picture beside a card is the post's first.
        picture: media().next(),
    });
    Some(page::Post {
        platform: Platform::named(seen.platform)?,
        kind: seen.kind,
        name: hall.names.of(seen).unwrap_or(&seen.author).to_owned(),
        handle: handle(seen).map(str::to_owned),
        at: Some(seen.at.into()),
        edited: seen.details.iter().any(|(name, _)| *name == "edited"),
        title: seen.title.clone(),
        text: seen.text.clone(),
        media: media().collect(),
        card,
        poll: seen.poll.as_ref().map(|its| poll(its, seen.at)),
        about: seen.quotes.iter().map(|quoted| format!("Quotes the post {quoted}")).collect(),
        follows: seen.reply_to.is_some(),
        audience: audience(seen).map(str::to_owned),
        details: seen.details.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    })
}

/// The name in the post's address, where platforms show it.
fn handle(seen: &Seen) -> Option<&str> {
    let path = seen.url.split('/').nth(3)?;
    match seen.platform {
        "x" | "forem" => Some(path),
        // A private chat has no name.
        "telegram" => Some(path).filter(|path| *path != "c"),
        "threads" | "tiktok" | "mastodon" => path.strip_prefix('@'),
        "bluesky" => seen.url.split('/').nth(4),
        _ => None,
    }
}

fn attachment(media: &SeenMedia, hall: &Hall<'_>) -> page::Media {
    let (noun, measures) = hall.shelf.words(&media.mime, &media.bytes);
    // A simulator keeps a cover without a word on what it is.
    let mime_of = |bytes: &[u8]| hall.shelf.find(bytes).map_or("image/jpeg", |facts| facts.mime).to_owned();
    let is_too_large = media.mime.starts_with("video/") && media.bytes.len() as u64 > VIDEO_MAX;
    page::Media {
        mime: media.mime.clone(),
        bytes: (!is_too_large).then(|| media.bytes.clone()),
        alt: media.alt.clone(),
        cover: media.cover.as_ref().map(|cover| (mime_of(cover), cover.clone())),
        captions: media.captions.clone(),
        noun,
        measures,
        path: hall.shelf.find(&media.bytes).map(|facts| facts.path.clone()),
    }
}

fn poll(poll: &SeenPoll, since: SystemTime) -> page::Poll {
    let open = poll.ends.duration_since(since).unwrap_or_default();
    let minutes = i64::try_from(open.as_secs() / 60).unwrap_or(i64::MAX);
    page::Poll { question: poll.question.clone(), options: poll.options.clone(), minutes }
}
