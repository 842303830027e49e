//! A proof as a page: what would be sent, brought into the page's words.

use chrono::{DateTime, Utc};

use super::proof::Proof;
use crate::cmd::screen::contents::{measures, media_line, noun};
use crate::error::{Failure, Problem};
use crate::fit::{Card, Media, Part, Reference, Rendition};
use crate::limits::{Kind, Platform};
use crate::page::{self, Facts, Length, Page, Section, Trouble, VIDEO_MAX};
use crate::plan::Offer;
use crate::zone::Zone;

/// The page of a post.
pub(super) fn page(proof: &Proof, now: DateTime<Utc>) -> Page {
    Page {
        heading: proof.title().to_owned(),
        lead: format!("{}, as it is on disk. Nothing was sent.", proof.path),
        zone: proof.content.accounts.zone(),
        troubles: proof.common_problems().map(trouble).collect(),
        sections: proof.offers().enumerate().map(|(index, offer)| section(proof, index, offer, now)).collect(),
        empty: "The post has no target that could show it.".to_owned(),
        version: None,
    }
}

/// The page of a post that cannot be read now.
pub(super) fn failure(path: &str, failure: &Failure) -> Page {
    let said = Trouble { is_error: true, message: failure.message.clone(), hint: None, place: None };
    Page {
        heading: path.to_owned(),
        lead: "There is nothing to show until this is mended.".to_owned(),
        zone: Zone::UTC,
        troubles: failure.problems.iter().map(trouble).chain([said]).collect(),
        sections: Vec::new(),
        empty: String::new(),
        version: None,
    }
}

fn trouble(problem: &Problem) -> Trouble {
    let (line, column) = problem.start();
    Trouble {
        is_error: problem.is_error(),
        message: problem.message.clone(),
        hint: problem.hint.clone(),
        place: Some(format!("{}:{line}:{column}", problem.source.path)),
    }
}

fn section(proof: &Proof, index: usize, offer: &Offer, now: DateTime<Utc>) -> Section {
    let platform = offer.target.platform;
    let talk = offer.rendition.as_ref().map(|rendition| talk(proof, offer, rendition));
    Section {
        // Names of accounts are no ids of HTML.
        id: format!("target-{}", index + 1),
        heading: format!("{} on {}", offer.target.account, platform.label()),
        platform,
        facts: Some(facts(proof, offer, now)),
        talks: talk.into_iter().collect(),
    }
}

fn facts(proof: &Proof, offer: &Offer, now: DateTime<Utc>) -> Facts {
    let lengths = proof.lengths(offer);
    let of = lengths.len();
    let length = |(index, (_, counted)): (usize, &(String, _))| {
        let counted: &crate::fit::count::Count = counted;
        let what = if of > 1 { format!("Part {} of {of}:", index + 1) } else { "Text:".to_owned() };
        Length { what, count: counted.count, limit: counted.limit, unit: counted.unit.to_owned() }
    };
    let media = offer.rendition.iter().flat_map(|rendition| rendition.media()).map(|(_, media)| media);
    let thumbnail = offer.rendition.iter().filter_map(|its| its.card.as_ref()?.thumbnail.as_ref());
    let line = |media| format!("{}: {}", noun_of(media), media_line(media));
    let sentence = proof.when(offer, now);
    Facts {
        when: format!("{}{}.", sentence[..1].to_uppercase(), &sentence[1..]),
        lengths: lengths.iter().enumerate().filter(|(_, (text, _))| !text.is_empty()).map(length).collect(),
        media: media.chain(thumbnail).map(line).collect(),
        troubles: offer.problems.iter().map(trouble).collect(),
    }
}

fn noun_of(media: &Media) -> &'static str {
    noun(media.kind)
}

fn talk(proof: &Proof, offer: &Offer, rendition: &Rendition) -> page::Talk {
    let parts = rendition.parts.iter().enumerate().map(|(index, part)| post(proof, offer, rendition, index, part));
    let comment = rendition.first_comment.as_ref().map(|text| page::Post {
        kind: "comment",
        text: text.clone(),
        ..bare(offer, rendition.platform)
    });
    page::Talk { parts: parts.collect(), comments: comment.into_iter().collect() }
}

/// A post that says nothing yet.
fn bare(offer: &Offer, platform: Platform) -> page::Post {
    page::Post {
        platform,
        kind: "post",
        name: offer.target.account.clone(),
        handle: None,
        at: offer.due.filter(|_| !offer.on_merge),
        edited: false,
        title: None,
        text: String::new(),
        media: Vec::new(),
        card: None,
        poll: None,
        about: Vec::new(),
        follows: false,
        audience: None,
        details: Vec::new(),
    }
}

fn post(proof: &Proof, offer: &Offer, rendition: &Rendition, index: usize, part: &Part) -> page::Post {
    let bare = bare(offer, rendition.platform);
    let media = part.media.iter().map(|media| attachment(proof, media)).collect();
    if index > 0 {
        return page::Post { text: part.text.clone(), media, follows: true, details: leads(part).collect(), ..bare };
    }
    page::Post {
        kind: kind(rendition),
        title: rendition.title.clone(),
        text: part.text.clone(),
        media,
        card: rendition.card.as_ref().map(|its| card(proof, its)),
        poll: rendition.poll.as_ref().map(|poll| page::Poll {
            // LinkedIn asks what the title says.
            question: rendition.title.clone().filter(|_| rendition.platform == Platform::LinkedIn),
            options: poll.options.clone(),
            minutes: i64::from(poll.minutes),
        }),
        about: about(rendition),
        audience: audience(rendition),
        details: details(rendition).into_iter().chain(leads(part)).collect(),
        ..bare
    }
}

/// Which words of a part lead where.
fn leads(part: &Part) -> impl Iterator<Item = (String, String)> {
    part.links.iter().filter_map(|link| {
        let words = part.text.get(link.start..link.end).filter(|words| *words != link.url)?;
        Some(("link".to_owned(), format!("{words} → {}", link.url)))
    })
}

fn kind(rendition: &Rendition) -> &'static str {
    match rendition.kind {
        _ if rendition.repost_of.is_some() => "repost",
        Kind::Reel => "reel",
        Kind::Story => "story",
        Kind::Short => "short",
        Kind::Feed if rendition.platform == Platform::YouTube => "video",
        Kind::Feed | Kind::Document | Kind::Article => "post",
    }
}

fn about(rendition: &Rendition) -> Vec<String> {
    let all = [("Answers", &rendition.reply_to), ("Quotes", &rendition.quote_of), ("Shares", &rendition.repost_of)];
    let words = all.into_iter().filter_map(|(verb, reference)| {
        Some(match reference.as_ref()? {
            Reference::Url(url) => format!("{verb} {url}"),
            Reference::Post(post) => format!("{verb} our post {post}"),
        })
    });
    words.collect()
}

fn audience(rendition: &Rendition) -> Option<String> {
    let usual = rendition.platform.limits().visibilities.first();
    Some(rendition.visibility).filter(|audience| Some(audience) != usual).map(|audience| audience.name().to_owned())
}

fn details(rendition: &Rendition) -> Vec<(String, String)> {
    let tags = (!rendition.tags.is_empty()).then(|| ("tags".to_owned(), rendition.tags.join(", ")));
    tags.into_iter().chain(rendition.settings.clone()).collect()
}

fn card(proof: &Proof, card: &Card) -> page::Card {
    page::Card {
        url: card.url.clone(),
        title: Some(card.title.clone()).filter(|title| !title.is_empty()),
        description: card.description.clone(),
        picture: card.thumbnail.as_ref().map(|media| attachment(proof, media)),
    }
}

fn attachment(proof: &Proof, media: &Media) -> page::Media {
    let lies_here = !media.is_video() || media.bytes <= VIDEO_MAX;
    let shown = |media: &Media| if media.kind.is_document() { None } else { proof.bytes(media) };
    let cover = media.cover.as_ref().and_then(|cover| Some((cover.mime.to_owned(), proof.bytes(cover)?)));
    let captions = media.captions.iter().filter_map(|its| {
        let lang = its.lang.clone().unwrap_or_else(|| "und".to_owned());
        Some((lang, proof.bytes(&its.file)?))
    });
    page::Media {
        mime: media.mime.to_owned(),
        bytes: if lies_here { shown(media) } else { None },
        alt: media.alt.clone(),
        cover,
        captions: captions.collect(),
        noun: noun(media.kind),
        measures: measures(media.width.zip(media.height), media.duration_ms(), media.pages, media.bytes),
        path: Some(media.committed_path().to_owned()),
    }
}
