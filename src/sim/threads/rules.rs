//! Which parameters of `POST /{user}/threads` go with which kind of post, and which exclude each other. It does not know
//! what they may hold.
//!
//! <https://developers.facebook.com/docs/threads/reference/publishing/>

use super::call::{Call, Encoding};
use super::errors::{self, Refusal};
use super::route;
use super::state::State;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Text,
    Image,
    Video,
    Carousel,
}

/// As `media_type` says them, in the order of [`Kind`].
const WORDS: [(&str, Kind); 4] =
    [("TEXT", Kind::Text), ("IMAGE", Kind::Image), ("VIDEO", Kind::Video), ("CAROUSEL", Kind::Carousel)];

/// Whether a parameter may stand: with TEXT, IMAGE, VIDEO, CAROUSEL, and with an image or a film of a carousel.
struct Rule(&'static str, [Use; 6]);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    No,
    May,
    Must,
}
use Use::{May, Must, No};

#[rustfmt::skip]
const RULES: &[Rule] = &[
    //                                    TEXT  IMAGE VIDEO CAROUSEL image film
    Rule("media_type",                   [Must, Must, Must, Must, Must, Must]),
    Rule("text",                         [May,  May,  May,  May,  No,   No]),
    Rule("image_url",                    [No,   Must, No,   No,   Must, No]),
    Rule("video_url",                    [No,   No,   Must, No,   No,   Must]),
    Rule("is_carousel_item",             [No,   No,   No,   No,   Must, Must]),
    Rule("children",                     [No,   No,   No,   Must, No,   No]),
    Rule("alt_text",                     [No,   May,  May,  No,   May,  May]),
    Rule("reply_to_id",                  [May,  May,  May,  May,  No,   No]),
    Rule("reply_control",                [May,  May,  May,  May,  No,   No]),
    Rule("enable_reply_approvals",       [May,  May,  May,  May,  No,   No]),
    Rule("quote_post_id",                [May,  May,  May,  May,  No,   No]),
    Rule("topic_tag",                    [May,  May,  May,  May,  No,   No]),
    Rule("link_attachment",              [May,  No,   No,   No,   No,   No]),
    Rule("poll_attachment",              [May,  No,   No,   No,   No,   No]),
    Rule("text_attachment",              [May,  No,   No,   No,   No,   No]),
    Rule("gif_attachment",               [May,  No,   No,   No,   No,   No]),
    Rule("text_entities",                [May,  May,  May,  May,  No,   No]),
    Rule("is_spoiler_media",             [No,   May,  May,  May,  No,   No]),
    Rule("is_ghost_post",                [May,  No,   No,   No,   No,   No]),
    Rule("allowlisted_country_codes",    [May,  May,  May,  May,  No,   No]),
    Rule("location_id",                  [May,  May,  May,  May,  No,   No]),
    Rule("crossreshare_to_ig",           [May,  May,  May,  May,  No,   No]),
    Rule("crossreshare_to_ig_dark_mode", [May,  May,  May,  May,  No,   No]),
    Rule("auto_publish_text",            [May,  No,   No,   No,   No,   No]),
];

/// Pairs that exclude each other.
const EITHER_OR: &[(&str, &str)] = &[
    ("poll_attachment", "link_attachment"),
    ("text_attachment", "poll_attachment"),
    ("text_attachment", "link_attachment"),
];

/// What a ghost post may have.
const GHOST: &[&str] = &["media_type", "text", "text_entities", "is_ghost_post", "auto_publish_text"];

/// The parameters of a request that go together; each can still hold nonsense.
pub(super) struct Sent<'a> {
    call: &'a Call,
    pub(super) kind: Kind,
    /// An item of a carousel.
    pub(super) item: bool,
    column: usize,
}

impl<'a> Sent<'a> {
    pub(super) fn read(state: &State, call: &'a Call) -> Result<Self, Refusal> {
        let names: Vec<&str> = RULES.iter().map(|rule| rule.0).collect();
        route::only(state, call, &names)?;
        let word = call.need("media_type")?;
        let kind = WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind);
        let kind = kind.ok_or_else(|| wrong("media_type", "must be one of TEXT, IMAGE, VIDEO, CAROUSEL"))?;
        let item = call.flag("is_carousel_item")?;
        let column = match (kind, item) {
            (Kind::Image, true) => 4,
            (Kind::Video, true) => 5,
            _ => kind as usize,
        };
        let sent = Self { call, kind, item, column };
        sent.fits()?;
        sent.agrees()?;
        Ok(sent)
    }

    /// A parameter. Of a JSON body only those are read that the kind of post cannot be without.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let rule = RULES.iter().find(|rule| rule.0 == name)?.1[self.column];
        let needed = rule == Must || (self.kind == Kind::Text && name == "text");
        self.call.get(name).filter(|_| needed || self.call.encoding != Encoding::Json)
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        if self.get(name).is_some() { self.call.flag(name) } else { Ok(false) }
    }

    /// Refuses what does not go with this kind of post, and misses what it needs.
    fn fits(&self) -> Result<(), Refusal> {
        for Rule(name, uses) in RULES {
            let here = self.call.get(name).is_some_and(|value| value != "false");
            match uses[self.column] {
                No if here && self.item => return Err(wrong(name, "is not allowed on an item of a carousel")),
                No if here => {
                    return Err(wrong(name, &format!("is not allowed with media_type {}", WORDS[self.column].0)));
                }
                Must if !here => return Err(errors::parameter(&format!("The parameter {name} is required"))),
                _ => {}
            }
        }
        Ok(())
    }

    /// Refuses what excludes each other.
    fn agrees(&self) -> Result<(), Refusal> {
        for (one, other) in EITHER_OR {
            if self.get(one).is_some() && self.get(other).is_some() {
                return Err(wrong(one, &format!("is not allowed together with {other}")));
            }
        }
        let more = RULES.iter().find(|rule| !GHOST.contains(&rule.0) && self.get(rule.0).is_some());
        match more {
            Some(Rule(name, _)) if self.flag("is_ghost_post")? => Err(wrong(name, "is not allowed on a ghost post")),
            _ => Ok(()),
        }
    }
}

/// A parameter and what is wrong with it.
pub(super) fn wrong(name: &str, why: &str) -> Refusal {
    errors::parameter(&format!("Param {name} {why}"))
}
