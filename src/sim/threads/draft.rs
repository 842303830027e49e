//! What a container is to become, read from the parameters of `POST /{user}/threads`, and what each of them may hold.
//!
//! <https://developers.facebook.com/docs/threads/posts/>

use serde_json::Value;
use url::Url;

use super::attachments::{self, LongText};
use super::call::Call;
use super::errors::{self, Refusal};
use super::rules::{Kind, Sent, wrong};
use super::state::State;
use super::text;

const TEXT_MAX: usize = 500;
const ALT_MAX: usize = 1_000;
const TOPIC_MAX: usize = 50;
const LINKS_MAX: usize = 5;
const REPLY_CONTROLS: &[&str] =
    &["everyone", "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only"];

/// A post to be.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) kind: Kind,
    /// An item of a carousel.
    pub(super) item: bool,
    pub(super) text: String,
    /// Address of the image or the film.
    pub(super) source: Option<String>,
    pub(super) children: Vec<String>,
    pub(super) alt: Option<String>,
    pub(super) reply_to: Option<String>,
    pub(super) reply_control: Option<String>,
    pub(super) approvals: bool,
    pub(super) quotes: Option<String>,
    pub(super) topic: Option<String>,
    pub(super) link: Option<String>,
    pub(super) poll: Option<Vec<String>>,
    pub(super) long_text: Option<LongText>,
    pub(super) gif: Option<String>,
    pub(super) entities: Option<Value>,
    pub(super) spoiler: bool,
    pub(super) ghost: bool,
    pub(super) countries: Vec<String>,
    pub(super) location: Option<String>,
    pub(super) crosspost: bool,
    pub(super) crosspost_dark: bool,
    pub(super) at_once: bool,
}

impl Draft {
    /// Reads and checks everything that can be told without looking at other objects.
    pub(super) fn read(state: &State, call: &Call) -> Result<Self, Refusal> {
        let strict = state.options.strict;
        let sent = Sent::read(state, call)?;
        let draft = Self {
            kind: sent.kind,
            item: sent.item,
            text: sent.owned("text").unwrap_or_default(),
            source: sent.get("image_url").or(sent.get("video_url")).map(str::to_owned),
            children: sent.get("children").map(children).transpose()?.unwrap_or_default(),
            alt: sent.owned("alt_text"),
            reply_to: sent.owned("reply_to_id"),
            reply_control: sent.owned("reply_control"),
            approvals: sent.flag("enable_reply_approvals")?,
            quotes: sent.owned("quote_post_id"),
            topic: sent.get("topic_tag").map(|tag| topic(tag, strict)).transpose()?.flatten(),
            link: sent.get("link_attachment").map(|link| web_address(link, "link_attachment")).transpose()?,
            poll: sent.get("poll_attachment").map(|poll| attachments::poll(poll, strict)).transpose()?.flatten(),
            long_text: sent.get("text_attachment").map(attachments::long_text).transpose()?,
            gif: sent.get("gif_attachment").map(attachments::gif).transpose()?,
            entities: sent.get("text_entities").map(attachments::entities).transpose()?,
            spoiler: sent.flag("is_spoiler_media")?,
            ghost: sent.flag("is_ghost_post")?,
            countries: sent.get("allowlisted_country_codes").map(countries).transpose()?.unwrap_or_default(),
            location: sent.owned("location_id"),
            crosspost: sent.flag("crossreshare_to_ig")?,
            crosspost_dark: sent.flag("crossreshare_to_ig_dark_mode")?,
            at_once: sent.flag("auto_publish_text")?,
        };
        draft.check()?;
        Ok(draft)
    }

    /// What several parameters say together, and how long they may be.
    fn check(&self) -> Result<(), Refusal> {
        let stands_alone = self.link.is_some();
        if self.kind == Kind::Text && self.text.trim().is_empty() && !stands_alone {
            return Err(errors::parameter("The parameter text is required"));
        }
        if text::length(&self.text) > TEXT_MAX {
            return Err(errors::parameter(&format!("Param text must be at most {TEXT_MAX} characters long.")));
        }
        if self.alt.as_ref().is_some_and(|alt| alt.chars().count() > ALT_MAX) {
            return Err(errors::parameter(&format!("Param alt_text must be at most {ALT_MAX} characters long.")));
        }
        if self.reply_control.as_ref().is_some_and(|control| !REPLY_CONTROLS.contains(&control.as_str())) {
            return Err(wrong("reply_control", &format!("must be one of {}", REPLY_CONTROLS.join(", "))));
        }
        if self.crosspost_dark && !self.crosspost {
            return Err(wrong("crossreshare_to_ig_dark_mode", "needs crossreshare_to_ig"));
        }
        if let Some(entities) = &self.entities {
            attachments::entities_within(entities, &self.text)?;
        }
        self.few_links()
    }

    /// At most five different links over the text and what is attached.
    fn few_links(&self) -> Result<(), Refusal> {
        let mut links = text::links(&self.text);
        let attached = [self.link.as_deref(), self.long_text.as_ref().and_then(|long| long.link.as_deref())];
        links.extend(attached.into_iter().flatten());
        links.sort_unstable();
        links.dedup();
        if links.len() > LINKS_MAX { Err(errors::too_many_links()) } else { Ok(()) }
    }
}

fn children(written: &str) -> Result<Vec<String>, Refusal> {
    let ids: Vec<String> = written.split(',').map(|id| id.trim().to_owned()).collect();
    let twice = ids.iter().enumerate().any(|(at, id)| ids[..at].contains(id));
    match ids.len() {
        _ if twice => Err(wrong("children", "names an item twice")),
        2..=20 => Ok(ids),
        _ => Err(wrong("children", "must be between 2 and 20 items")),
    }
}

/// A topic; nothing where the platform drops one it does not like.
fn topic(tag: &str, strict: bool) -> Result<Option<String>, Refusal> {
    let long = tag.chars().count() > TOPIC_MAX;
    match (long, tag.contains(['.', '&'])) {
        (true, _) => Err(wrong("topic_tag", "must be between 1 and 50 characters long")),
        (false, true) if strict => Err(wrong("topic_tag", "must not contain periods or ampersands")),
        (false, true) => Ok(None),
        (false, false) => Ok(Some(tag.to_owned())),
    }
}

/// An address as sent, if it is one of the web.
pub(super) fn web_address(written: &str, name: &str) -> Result<String, Refusal> {
    let url = Url::parse(written).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let plain = written.is_ascii() && !written.contains(char::is_whitespace);
    match url {
        Some(_) if plain => Ok(written.to_owned()),
        _ => Err(errors::parameter(&format!("The parameter {name} is not a valid URL"))),
    }
}

fn countries(written: &str) -> Result<Vec<String>, Refusal> {
    let codes: Vec<String> = written.split(',').map(|code| code.trim().to_owned()).collect();
    let fine = codes.iter().all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()));
    if fine { Ok(codes) } else { Err(wrong("allowlisted_country_codes", "must be a list of ISO 3166-1 alpha-2 codes")) }
}
