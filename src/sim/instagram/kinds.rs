//! The kinds of posts a container can become, and the table of which fields go with which. It reads no values.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-user/media>

use super::call::{Door, Fields, Reply};
use super::errors;

/// What a container is to become.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Image,
    ImageChild,
    VideoChild,
    Carousel,
    Reel,
    ImageStory,
    VideoStory,
}

impl Kind {
    /// Told from the fields as the real service does.
    pub(super) fn of(fields: &Fields) -> Result<Self, Reply> {
        let child = fields.flag("is_carousel_item")? == Some(true);
        match (fields.text("media_type"), child) {
            (None, false) => Ok(Self::Image),
            (None, true) => Ok(Self::ImageChild),
            (Some("VIDEO"), true) => Ok(Self::VideoChild),
            (Some("CAROUSEL"), false) => Ok(Self::Carousel),
            (Some("REELS"), false) => Ok(Self::Reel),
            (Some("STORIES"), false) if fields.text("image_url").is_some() => Ok(Self::ImageStory),
            (Some("STORIES"), false) => Ok(Self::VideoStory),
            (Some("VIDEO"), false) => Err(errors::MEDIA_TYPE
                .refuse_telling("The VIDEO value for media_type is no longer supported. Use the REELS media type.")),
            (Some("REELS" | "STORIES" | "CAROUSEL"), true) => {
                Err(errors::invalid("Reels, stories and carousels cannot be items of a carousel"))
            }
            _ => Err(errors::MEDIA_TYPE.refuse()),
        }
    }

    /// Its letter in [`ROWS`].
    fn letter(self) -> char {
        match self {
            Self::Image => 'i',
            Self::ImageChild => 'p',
            Self::VideoChild => 'v',
            Self::Carousel => 'c',
            Self::Reel => 'r',
            Self::ImageStory => 's',
            Self::VideoStory => 'f',
        }
    }

    pub(super) fn is_child(self) -> bool {
        matches!(self, Self::ImageChild | Self::VideoChild)
    }

    pub(super) fn is_film(self) -> bool {
        matches!(self, Self::VideoChild | Self::Reel | Self::VideoStory)
    }

    pub(super) fn is_story(self) -> bool {
        matches!(self, Self::ImageStory | Self::VideoStory)
    }
}

/// Field, the kinds it goes with, and whether only a Facebook login offers it.
const ROWS: &[(&str, &str, bool)] = &[
    ("image_url", "ips", false),
    ("video_url", "vrf", false),
    ("upload_type", "vrf", true),
    ("media_type", "vcrsf", false),
    ("is_carousel_item", "ipvcrsf", false),
    ("children", "c", false),
    ("caption", "icr", false),
    ("alt_text", "ip", false),
    ("user_tags", "ipvrsf", false),
    ("location_id", "icr", false),
    ("collaborators", "icr", false),
    ("share_to_feed", "cr", false),
    ("cover_url", "r", false),
    ("thumb_offset", "vr", false),
    ("audio_name", "r", false),
    ("audio_configuration", "r", true),
    ("trial_params", "r", false),
    ("is_ai_generated", "icrsf", false),
    ("is_paid_partnership", "icr", true),
    ("branded_content_sponsor_ids", "icr", true),
    ("product_tags", "ipcr", true),
    ("fields", "ipvcrsf", false),
];

/// Refuses a field that does not go with this kind, or not with this login.
pub(super) fn check_name(name: &str, kind: Kind, door: Door) -> Result<(), Reply> {
    match ROWS.iter().find(|(field, ..)| *field == name) {
        None => Err(errors::invalid(&format!("Unexpected parameter {name}"))),
        Some((_, _, true)) if door == Door::Instagram => {
            Err(errors::invalid(&format!("The parameter {name} is not supported with Instagram Login")))
        }
        Some((_, kinds, _)) if !kinds.contains(kind.letter()) => {
            Err(errors::invalid(&format!("The param {name} is not allowed for {kind:?}")))
        }
        Some(_) => Ok(()),
    }
}
