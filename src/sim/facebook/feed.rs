//! `POST /{page}/feed`: texts, links, and photos staged before.
//! <https://developers.facebook.com/docs/graph-api/reference/page/feed/>

use std::time::Duration;

use serde_json::Value;

use super::auth::{self, PUBLISH};
use super::call::{Outcome, Reply};
use super::errors::{self, Fault};
use super::graph::Request;
use super::params::{Fields, Known, Type};
use super::posts::{self, Kind, Out, Post};
use super::schedule::{self, Timing};
use super::state::{State, seconds};
use super::{audience, links, photos};

const GRANULARITIES: &[&str] = &["none", "year", "month", "day", "hour", "min"];

const FIELDS: Known = &[
    ("message", Type::Text),
    ("link", Type::Text),
    ("attached_media", Type::List),
    ("targeting", Type::Object),
    ("feed_targeting", Type::Object),
    ("place", Type::Text),
    ("tags", Type::Text),
    ("backdated_time", Type::Time),
    ("backdated_time_granularity", Type::Word(GRANULARITIES)),
    ("call_to_action", Type::Object),
    ("child_attachments", Type::List),
    ("text_format_preset_id", Type::Text),
];

/// What readers are shown or held to besides text and media.
const SETTINGS: &[&str] = &[
    "targeting",
    "feed_targeting",
    "place",
    "tags",
    "backdated_time",
    "backdated_time_granularity",
    "call_to_action",
    "child_attachments",
    "text_format_preset_id",
];

/// A text on a coloured background holds about so many characters.
const FORMATTED_MAX: usize = 130;

pub(super) fn publish(state: &mut State, request: &Request, page: u64) -> Outcome {
    auth::page(state, &request.caller, page, &PUBLISH)?;
    let fields = request.params.check(state, &[FIELDS, schedule::FIELDS])?;
    let wishes = posts::wishes(request)?;
    let message = fields.text("message").unwrap_or_default().to_owned();
    let media = attached(&fields)?;
    check(state, &fields, &message, &media)?;
    let timing = schedule::read(&fields, state.now(), &state.options.schedule_feed)?;
    photos::may_attach(state, page, &media, matches!(timing, Timing::At(_)))?;
    let link = fields.text("link").filter(|_| media.is_empty());
    let card = link.map(|link| links::card(state, link)).transpose()?;
    not_said_before(state, page, &message)?;
    pace(state, page)?;
    let number = state.number();
    let post = Post {
        message,
        card,
        photos: media,
        settings: fields.settings(SETTINGS),
        ..Post::new(page, number, Kind::Feed, &request.caller.app, state.now(), timing.into())
    };
    photos::attach(state, &post.photos, &post.id());
    state.posts.push(post);
    posts::created(state, &wishes, state.posts.len() - 1)
}

/// The ids in `attached_media`.
fn attached(fields: &Fields) -> Result<Vec<u64>, Reply> {
    let ids = fields.list("attached_media").unwrap_or_default().iter().map(|media| {
        let only = media.as_object().filter(|media| media.len() == 1)?.get("media_fbid")?;
        only.as_str().map_or_else(|| only.as_u64(), |id| id.parse().ok())
    });
    let ids: Option<Vec<u64>> = ids.collect();
    ids.ok_or_else(|| errors::parameter("attached_media", "must be objects with a media_fbid and nothing else"))
}

fn check(state: &mut State, fields: &Fields, message: &str, media: &[u64]) -> Result<(), Reply> {
    if message.is_empty() && fields.text("link").is_none() && media.is_empty() {
        let message = "You must provide at least one of message, link or attached_media";
        return Err(Fault::new(100, message).subcode(1_349_125).reply());
    }
    length(state, message)?;
    audience::check(fields)?;
    if fields.has("attached_media") && (media.is_empty() || media.len() > state.options.attached_max) {
        let most = state.options.attached_max;
        return Err(errors::parameter("attached_media", &format!("must have 1 to {most} elements")));
    }
    if !media.is_empty() && fields.has("link") {
        state.pass_over("parameter link beside attached_media")?;
    }
    let backdated = fields.number("backdated_time");
    if backdated.is_some_and(|time| time >= seconds(state.now())) {
        return Err(errors::parameter("backdated_time", "must be in the past"));
    }
    if fields.has("backdated_time_granularity") && backdated.is_none() {
        return Err(errors::parameter("backdated_time_granularity", "cannot be used without backdated_time"));
    }
    if let Some(name) = ["call_to_action", "child_attachments"].into_iter().find(|name| fields.has(name)) {
        fields.text("link").ok_or_else(|| errors::parameter(name, "cannot be used without link"))?;
    }
    if fields.list("child_attachments").is_some_and(|children| !is_carousel(children)) {
        return Err(errors::parameter("child_attachments", "must have 2 to 5 elements, each with a link"));
    }
    formatted(state, fields, message)
}

/// Whether a message fits. The unit is not documented; UTF-16 is what others count.
pub(super) fn length(state: &State, message: &str) -> Result<(), Reply> {
    let units = message.encode_utf16().count();
    let most = state.options.message_max;
    if units <= most {
        return Ok(());
    }
    Err(errors::invalid(&format!("The message is too long: {units} characters, the maximum is {most}")))
}

fn is_carousel(children: &[Value]) -> bool {
    (2..=5).contains(&children.len()) && children.iter().all(|child| child.get("link").is_some_and(Value::is_string))
}

fn formatted(state: &State, fields: &Fields, message: &str) -> Result<(), Reply> {
    let Some(format) = fields.text("text_format_preset_id") else { return Ok(()) };
    if !state.options.text_formats.iter().any(|known| known == format) {
        return Err(errors::parameter("text_format_preset_id", "is not a valid text format"));
    }
    fields.exclude("text_format_preset_id", &["link", "attached_media"])?;
    let short = message.chars().count() <= FORMATTED_MAX;
    if short { Ok(()) } else { Err(errors::parameter("text_format_preset_id", "needs a shorter message")) }
}

/// 506 if the Page's last post says the same.
pub(super) fn not_said_before(state: &State, page: u64, message: &str) -> Result<(), Reply> {
    let last = state.posts.iter().rev().find(|post| post.page == page && post.kind == Kind::Feed && !post.deleted);
    let same = last.is_some_and(|post| post.message == message) && !message.is_empty();
    if !same || !state.options.refuse_duplicates {
        return Ok(());
    }
    let why = "This status update is identical to the last one you posted. Try posting something different, or delete \
               your previous update.";
    Err(Fault::new(506, "Duplicate status message").subcode(1_455_006).user("Duplicate Status Update", why).reply())
}

/// 1390008 if the Page has posted too much in an hour.
pub(super) fn pace(state: &State, page: u64) -> Result<(), Reply> {
    let Some(most) = state.options.posts_per_hour else { return Ok(()) };
    let hour_ago = state.now() - Duration::from_secs(3_600);
    let recent = state.posts.iter().filter(|post| post.page == page && post.created > hour_ago).count();
    if recent < usize::try_from(most).unwrap_or(usize::MAX) {
        return Ok(());
    }
    let message = "You're going too fast, and have been blocked from posting for a while.";
    Err(Fault::new(368, message).subcode(1_390_008).user("You Can't Post Right Now", message).reply())
}

impl From<Timing> for Out {
    fn from(timing: Timing) -> Self {
        match timing {
            Timing::Now => Self::Now,
            Timing::Unpublished => Self::Draft,
            Timing::At(at) => Self::At(at),
        }
    }
}
