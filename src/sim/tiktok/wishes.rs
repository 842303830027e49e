//! What a post is to be: caption, audience, settings; read from `post_info` and held against the creator's settings.
//! See <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post> and
//! <https://developers.tiktok.com/doc/content-posting-api-reference-photo-post>.

use super::errors::Refusal;
use super::fields::Fields;
use super::session::Session;
use super::state::State;

/// UTF-16 code units of a video's title, a photo post's title, a photo post's description.
const VIDEO_TITLE: usize = 2_200;
const PHOTO_TITLE: usize = 90;
const PHOTO_DESCRIPTION: usize = 4_000;

const LEVELS: &[&str] = &["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"];

/// `post_info` of a video.
pub(super) const OF_VIDEO: &[&str] = &[
    "title",
    "privacy_level",
    "disable_duet",
    "disable_comment",
    "disable_stitch",
    "video_cover_timestamp_ms",
    "brand_content_toggle",
    "brand_organic_toggle",
    "is_aigc",
];
/// `post_info` of photos.
pub(super) const OF_PHOTOS: &[&str] = &[
    "title",
    "description",
    "privacy_level",
    "disable_comment",
    "auto_add_music",
    "brand_content_toggle",
    "brand_organic_toggle",
];
/// Those that are booleans, in the order in which readers of a test see them.
const FLAGS: &[&str] = &[
    "disable_comment",
    "disable_duet",
    "disable_stitch",
    "auto_add_music",
    "brand_content_toggle",
    "brand_organic_toggle",
    "is_aigc",
];

/// What a post is to be.
#[derive(Clone, Debug, Default)]
pub(super) struct Wishes {
    pub(super) title: String,
    pub(super) description: String,
    /// Empty for drafts.
    pub(super) privacy: String,
    /// Settings as sent.
    pub(super) details: Vec<(&'static str, String)>,
}

impl Wishes {
    /// For a direct post of a video.
    pub(super) fn of_video(info: Fields<'_>) -> Result<Self, Refusal> {
        let title = text(info, "title", VIDEO_TITLE)?;
        let mut wishes = Self { title, ..Self::default() };
        wishes.read_settings(info)?;
        if let Some(at) = info.integer("video_cover_timestamp_ms")? {
            let at = i32::try_from(at).map_err(|_| Refusal::params("video_cover_timestamp_ms is not an int32"))?;
            wishes.details.push(("video_cover_timestamp_ms", at.to_string()));
        }
        Ok(wishes)
    }

    /// For a direct post of photos.
    pub(super) fn of_photos(info: Fields<'_>) -> Result<Self, Refusal> {
        let mut wishes = Self::of_photo_draft(info)?;
        wishes.read_settings(info)?;
        Ok(wishes)
    }

    /// For photos that go to the inbox: nothing but title and description is kept.
    pub(super) fn of_photo_draft(info: Fields<'_>) -> Result<Self, Refusal> {
        let title = text(info, "title", PHOTO_TITLE)?;
        Ok(Self { title, description: text(info, "description", PHOTO_DESCRIPTION)?, ..Self::default() })
    }

    fn read_settings(&mut self, info: Fields<'_>) -> Result<(), Refusal> {
        let privacy = info.needed_text("privacy_level")?;
        if !LEVELS.contains(&privacy) {
            return Err(Refusal::params("post_info.privacy_level is not one of the privacy levels"));
        }
        privacy.clone_into(&mut self.privacy);
        for name in FLAGS {
            if let Some(on) = info.flag(name)? {
                self.details.push((name, on.to_string()));
            }
        }
        Ok(())
    }

    /// Whether a flag was sent, and how.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.details.iter().find(|(key, _)| *key == name).map(|(_, value)| value == "true")
    }

    /// Holds a direct post against what the creator has set and what the guidelines demand; `controls` are the
    /// interactions this kind of post has.
    pub(super) fn check(&mut self, state: &State, session: &Session, controls: &[&'static str]) -> Result<(), Refusal> {
        let account = &state.accounts[session.account];
        let options = &state.options;
        if !options.audited && (!account.private || self.privacy != "SELF_ONLY") {
            return Err(Refusal::code("unaudited_client_can_only_post_to_private_accounts"));
        }
        if !account.privacy_levels().contains(&self.privacy) {
            return Err(Refusal::code("privacy_level_option_mismatch"));
        }
        let branded = self.flag("brand_content_toggle");
        if branded.is_none() && options.brand_content_toggle_required {
            return Err(Refusal::params("post_info.brand_content_toggle is missing"));
        }
        if branded == Some(true) && self.privacy == "SELF_ONLY" && options.branded_self_only_refused {
            return Err(Refusal::params("Branded content visibility cannot be set to private"));
        }
        for (name, disabled) in [
            ("disable_comment", account.comment_disabled),
            ("disable_duet", account.duet_disabled),
            ("disable_stitch", account.stitch_disabled),
        ] {
            if !disabled || !controls.contains(&name) || self.flag(name) == Some(true) {
                continue;
            }
            if options.disabled_interactions_refused {
                return Err(Refusal::params(format!("post_info.{name} must be true: the creator has disabled it")));
            }
            self.details.retain(|(key, _)| *key != name);
            self.details.push((name, "true".to_owned()));
        }
        Ok(())
    }
}

/// A text of no more than so many UTF-16 code units; empty when absent.
fn text(info: Fields<'_>, name: &str, limit: usize) -> Result<String, Refusal> {
    let text = info.text(name)?.unwrap_or_default();
    if text.encode_utf16().count() > limit {
        return Err(Refusal::params(format!("post_info.{name} is longer than {limit} UTF-16 code units")));
    }
    Ok(text.to_owned())
}
