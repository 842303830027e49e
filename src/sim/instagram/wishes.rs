//! What the fields of a new container may say. It fetches nothing.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-user/media>

use serde_json::Value;

use super::access::Caller;
use super::accounts::Account;
use super::call::{Fields, Reply};
use super::errors;
use super::kinds::{Kind, check_name};
use super::state::State;

const CAPTION_MAX: usize = 2_200;
const HASHTAGS_MAX: usize = 30;
const MENTIONS_MAX: usize = 20;
const ALT_MAX: usize = 1_000;
const COLLABORATORS_MAX: usize = 3;
const USER_TAGS_MAX: usize = 20;
const SPONSORS_MAX: usize = 2;
pub(super) const CHILDREN: std::ops::RangeInclusive<usize> = 2..=10;

/// Somebody marked in a picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tag {
    pub(super) username: String,
    /// From the top left, each from 0 to 1.
    pub(super) at: Option<(f64, f64)>,
}

/// Everything a container says beside its media.
#[derive(Debug)]
pub(super) struct Wishes {
    pub(super) kind: Kind,
    pub(super) caption: String,
    pub(super) alt: Option<String>,
    pub(super) tags: Vec<Tag>,
    pub(super) location: Option<String>,
    pub(super) collaborators: Vec<String>,
    pub(super) share_to_feed: Option<bool>,
    /// Milliseconds.
    pub(super) thumb_offset: Option<u64>,
    pub(super) audio_name: Option<String>,
    pub(super) audio: Option<Value>,
    pub(super) trial: Option<String>,
    pub(super) ai: bool,
    pub(super) paid: bool,
    pub(super) sponsors: Vec<String>,
}

/// Reads the fields as the account's wishes.
pub(super) fn read(state: &State, caller: &Caller, account: &Account, fields: &Fields) -> Result<Wishes, Reply> {
    let kind = Kind::of(fields)?;
    for name in fields.names() {
        check_name(name, kind, caller.door)?;
    }
    let text = |name: &str| fields.text(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let wishes = Wishes {
        kind,
        caption: caption(fields.text("caption").unwrap_or_default())?,
        alt: alt(text("alt_text"))?,
        tags: tags(state, kind, fields.json("user_tags")?)?,
        location: location(state, text("location_id"))?,
        collaborators: collaborators(state, account, kind, &fields.list("collaborators")?.unwrap_or_default())?,
        share_to_feed: fields.flag("share_to_feed")?,
        thumb_offset: fields.whole("thumb_offset")?,
        audio_name: text("audio_name"),
        audio: audio(fields.json("audio_configuration")?)?,
        trial: trial(account, fields.json("trial_params")?)?,
        ai: fields.flag("is_ai_generated")? == Some(true),
        paid: fields.flag("is_paid_partnership")? == Some(true),
        sponsors: sponsors(fields.list("branded_content_sponsor_ids")?.unwrap_or_default())?,
    };
    // No account here has a shop.
    if fields.text("product_tags").is_some() { Err(errors::PRODUCT_TAGS.refuse()) } else { Ok(wishes) }
}

fn caption(text: &str) -> Result<String, Reply> {
    if text.encode_utf16().count() > CAPTION_MAX {
        return Err(errors::CAPTION_LENGTH.refuse());
    }
    if marked(text, '#', char::is_alphanumeric) > HASHTAGS_MAX {
        return Err(errors::TOO_MANY_TAGS.refuse_telling("Cannot use more than 30 hashtags."));
    }
    if marked(text, '@', |letter| letter.is_ascii_alphanumeric()) > MENTIONS_MAX {
        return Err(errors::TOO_MANY_TAGS.refuse_telling("Cannot use more than 20 @ tags."));
    }
    Ok(text.to_owned())
}

/// How many words begin with this sign: it stands before a letter of its kind and not within a word.
fn marked(text: &str, sign: char, goes_on: impl Fn(char) -> bool) -> usize {
    let letters: Vec<char> = text.chars().collect();
    let begins = |at: usize| at == 0 || !(letters[at - 1].is_alphanumeric() || letters[at - 1] == '_');
    let followed = |at: usize| letters.get(at + 1).is_some_and(|next| goes_on(*next) || *next == '_');
    (0..letters.len()).filter(|at| letters[*at] == sign && begins(*at) && followed(*at)).count()
}

fn alt(text: Option<String>) -> Result<Option<String>, Reply> {
    match text {
        Some(text) if text.encode_utf16().count() > ALT_MAX => {
            Err(errors::invalid("Param alt_text must be no longer than 1000 characters"))
        }
        text => Ok(text),
    }
}

/// `[{"username": "ann", "x": 0.5, "y": 0.8}]`: the place is needed in pictures, refused in films, free in stories.
fn tags(state: &State, kind: Kind, value: Option<Value>) -> Result<Vec<Tag>, Reply> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let shape = || errors::invalid("Param user_tags must be an array of {username, x, y}");
    let items = value.as_array().ok_or_else(shape)?;
    if items.len() > USER_TAGS_MAX {
        return Err(errors::TOO_MANY_TAGS.refuse());
    }
    let read = |item: &Value| {
        let object = item.as_object().ok_or_else(shape)?;
        if object.keys().any(|key| !["username", "x", "y"].contains(&key.as_str())) {
            return Err(shape());
        }
        let username = user(state, object.get("username").and_then(Value::as_str).ok_or_else(shape)?)?;
        let share = |name: &str| match object.get(name).map(Value::as_f64) {
            None => Ok(None),
            Some(Some(share)) if (0.0..=1.0).contains(&share) => Ok(Some(share)),
            Some(_) => Err(errors::invalid("Coordinates of user_tags must be numbers from 0.0 to 1.0")),
        };
        let at = share("x")?.zip(share("y")?);
        let given = object.contains_key("x") || object.contains_key("y");
        match kind {
            Kind::VideoChild | Kind::Reel if given => {
                Err(errors::invalid("user_tags in a video must not have coordinates"))
            }
            Kind::Image | Kind::ImageChild if at.is_none() => {
                Err(errors::invalid("user_tags in an image must have x and y"))
            }
            _ if given && at.is_none() => Err(errors::invalid("user_tags need both x and y, or neither")),
            _ => Ok(Tag { username, at }),
        }
    };
    items.iter().map(read).collect()
}

/// A name that could be somebody's, and is nobody's who cannot be named.
fn user(state: &State, name: &str) -> Result<String, Reply> {
    let letters = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_'));
    if !(letters && (1..=30).contains(&name.len())) || state.options.unavailable_users.iter().any(|user| user == name) {
        return Err(errors::invalid(&format!("Invalid user: {name}")));
    }
    Ok(name.to_owned())
}

fn location(state: &State, id: Option<String>) -> Result<Option<String>, Reply> {
    match id {
        Some(id) if !state.places.contains_key(&id) => Err(errors::plain(
            100,
            &format!("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID: {id} is not a valid location"),
        )),
        id => Ok(id),
    }
}

fn collaborators(state: &State, account: &Account, kind: Kind, names: &[String]) -> Result<Vec<String>, Reply> {
    if kind == Kind::Carousel && !names.is_empty() && !state.options.carousel_collaborators {
        return Err(errors::invalid("The param collaborators is not allowed"));
    }
    if names.len() > COLLABORATORS_MAX {
        return Err(errors::invalid("Param collaborators must have at most 3 usernames"));
    }
    if names.contains(&account.username) {
        return Err(errors::invalid("An account cannot collaborate with itself"));
    }
    names.iter().map(|name| user(state, name)).collect()
}

/// `{"audio_id": "1", "audio_volume": 50, "video_volume": 50}`
fn audio(value: Option<Value>) -> Result<Option<Value>, Reply> {
    let Some(value) = value else { return Ok(None) };
    let volume = |field: &Value| field.as_u64().is_some_and(|volume| volume <= 100);
    let fine = value.as_object().is_some_and(|object| {
        object.get("audio_id").is_some_and(Value::is_string)
            && object.iter().all(|(name, field)| match name.as_str() {
                "audio_id" => field.is_string(),
                "audio_volume" | "video_volume" => volume(field),
                _ => false,
            })
    });
    let wrong = || errors::invalid("Param audio_configuration must be {audio_id, audio_volume, video_volume}");
    if fine { Ok(Some(value)) } else { Err(wrong()) }
}

/// `{"graduation_strategy": "MANUAL"}`
fn trial(account: &Account, value: Option<Value>) -> Result<Option<String>, Reply> {
    let Some(value) = value else { return Ok(None) };
    let wrong = || errors::invalid("Param trial_params must be {graduation_strategy: MANUAL or SS_PERFORMANCE}");
    let object = value.as_object().filter(|object| object.len() == 1).ok_or_else(wrong)?;
    let strategy = object.get("graduation_strategy").and_then(Value::as_str);
    let strategy = strategy.filter(|word| ["MANUAL", "SS_PERFORMANCE"].contains(word)).ok_or_else(wrong)?;
    if account.trial_reels { Ok(Some(strategy.to_owned())) } else { Err(errors::TRIAL_REELS.refuse()) }
}

fn sponsors(ids: Vec<String>) -> Result<Vec<String>, Reply> {
    let numbers = ids.iter().all(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
    if ids.len() > SPONSORS_MAX || !numbers {
        return Err(errors::invalid("Param branded_content_sponsor_ids must be at most 2 ids"));
    }
    Ok(ids)
}
