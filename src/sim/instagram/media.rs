//! Published media: single reads, listings, stories, the switch for comments, deletion. There is no editing.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/reference/instagram-media>

use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::access::{Caller, Right, word};
use super::call::{Call, Door, Fields, Reply};
use super::containers::Container;
use super::errors::{self, Outcome};
use super::kinds::Kind;
use super::listing;
use super::select::{self, Node};
use super::state::{State, stamp};
use super::wishes::Tag;

/// Something published.
pub(super) struct Media {
    pub(super) account: usize,
    pub(super) kind: Kind,
    pub(super) caption: String,
    /// One, or a carousel's items in order.
    pub(super) parts: Vec<Part>,
    /// What readers are shown beside text and pictures.
    pub(super) details: Vec<(&'static str, String)>,
    share_to_feed: bool,
    pub(super) comments_open: bool,
    pub(super) deleted: bool,
    pub(super) at: SystemTime,
}

/// One picture or film.
pub(super) struct Part {
    pub(super) id: u64,
    pub(super) mime: &'static str,
    pub(super) content: Arc<[u8]>,
    pub(super) alt: Option<String>,
    pub(super) tags: Vec<Tag>,
    pub(super) cover: Option<Arc<[u8]>>,
    pub(super) thumb_offset: Option<u64>,
}

impl Media {
    pub(super) fn new(container: &Container, parts: Vec<Part>, at: SystemTime) -> Self {
        let wishes = &container.wishes;
        let mut details = Vec::new();
        let mut detail = |name, value: Option<String>| details.extend(value.map(|value| (name, value)));
        detail("collaborators", (!wishes.collaborators.is_empty()).then(|| wishes.collaborators.join(",")));
        detail("location_id", wishes.location.clone());
        detail("share_to_feed", wishes.share_to_feed.map(|flag| flag.to_string()));
        detail("audio_name", wishes.audio_name.clone());
        detail("audio_configuration", wishes.audio.as_ref().map(Value::to_string));
        detail("trial_params", wishes.trial.clone());
        detail("is_ai_generated", wishes.ai.then(|| "true".to_owned()));
        detail("is_paid_partnership", wishes.paid.then(|| "true".to_owned()));
        detail("branded_content_sponsor_ids", (!wishes.sponsors.is_empty()).then(|| wishes.sponsors.join(",")));
        Self {
            account: container.account,
            kind: wishes.kind,
            caption: wishes.caption.clone(),
            parts,
            details,
            share_to_feed: wishes.kind != Kind::Reel || wishes.share_to_feed.unwrap_or(true),
            comments_open: true,
            deleted: false,
            at,
        }
    }

    /// Whether it is among an account's posts: stories never are.
    pub(super) fn listed_as_post(&self) -> bool {
        !self.deleted && !self.kind.is_story()
    }

    /// Whether readers can still see it.
    pub(super) fn is_up(&self, state: &State) -> bool {
        !self.deleted && (!self.kind.is_story() || state.now() < self.at + state.options.story_life)
    }

    pub(super) fn product(&self) -> &'static str {
        match self.kind {
            Kind::Reel => "REELS",
            Kind::ImageStory | Kind::VideoStory => "STORY",
            _ => "FEED",
        }
    }
}

pub(super) fn shortcode(id: u64) -> String {
    URL_SAFE_NO_PAD.encode(id.to_be_bytes())
}

/// The address readers open.
pub(super) fn permalink(state: &State, id: u64, media: &Media) -> String {
    match media.kind {
        Kind::Reel => format!("https://www.instagram.com/reel/{}/", shortcode(id)),
        kind if kind.is_story() => {
            format!("https://www.instagram.com/stories/{}/{id}", state.accounts[media.account].username)
        }
        _ => format!("https://www.instagram.com/p/{}/", shortcode(id)),
    }
}

/// The first two only with a Facebook login.
const FIELDS: &[&str] = &[
    "ig_id",
    "view_count",
    "id",
    "alt_text",
    "caption",
    "children",
    "comments",
    "comments_count",
    "is_comment_enabled",
    "is_shared_to_feed",
    "like_count",
    "media_product_type",
    "media_type",
    "media_url",
    "owner",
    "permalink",
    "shortcode",
    "thumbnail_url",
    "timestamp",
    "username",
];
const OF_FACEBOOK: Node = Node { name: "IGMedia", fields: FIELDS };
const OF_INSTAGRAM: Node = Node { name: "IGMedia", fields: FIELDS.split_at(2).1 };

/// `GET /{media}`, or of one item of a carousel.
pub(super) fn read(state: &State, caller: &Caller, call: &Call, id: u64) -> Outcome {
    caller.need(Right::Read)?;
    let fields = Fields::of(call)?;
    fields.only(&["fields"])?;
    Ok(Reply::json(200, &describe(state, caller, id, fields.text("fields"))?))
}

pub(super) fn describe(state: &State, caller: &Caller, id: u64, wish: Option<&str>) -> Result<Value, Reply> {
    let gone = || errors::missing("get", &id.to_string());
    let mut full = match state.media.get(&id) {
        Some(media) => whole(state, id, media),
        None => {
            let part = |media: &'_ Media| media.parts.iter().position(|part| part.id == id);
            let found = state.media.values().find_map(|media| Some((media, part(media)?)));
            let (media, part) = found.ok_or_else(gone)?;
            item(state, media, &media.parts[part])
        }
    };
    if caller.door == Door::Facebook {
        return select::pick(full, &OF_FACEBOOK, wish);
    }
    if !state.options.captions_with_instagram_login {
        full.remove("caption");
        full.remove("media_product_type");
    }
    select::pick(full, &OF_INSTAGRAM, wish)
}

fn whole(state: &State, id: u64, media: &Media) -> Map<String, Value> {
    let account = &state.accounts[media.account];
    let single = media.parts.first().filter(|_| media.kind != Kind::Carousel);
    let comments = super::comments::of(state, id);
    let mut full = single.map_or_else(Map::new, part_fields);
    full.extend(select::map(&[
        ("id", json!(id.to_string())),
        ("ig_id", json!(id.to_string())),
        ("comments_count", json!(comments.len())),
        ("comments", json!({ "data": comments })),
        ("is_comment_enabled", json!(media.comments_open)),
        ("is_shared_to_feed", json!(media.share_to_feed)),
        ("like_count", json!(0)),
        ("view_count", json!(0)),
        ("media_product_type", json!(media.product())),
        ("owner", json!({ "id": account.id.to_string() })),
        ("permalink", json!(permalink(state, id, media))),
        ("shortcode", json!(shortcode(id))),
        ("timestamp", json!(stamp(media.at))),
        ("username", json!(account.username)),
    ]));
    if !media.caption.is_empty() {
        full.insert("caption".to_owned(), json!(media.caption));
    }
    if media.kind == Kind::Carousel {
        let items: Vec<Value> = media.parts.iter().map(|part| Value::Object(item(state, media, part))).collect();
        full.insert("children".to_owned(), json!({ "data": items }));
        full.insert("media_type".to_owned(), json!("CAROUSEL_ALBUM"));
    }
    full
}

/// An item of a carousel has no permalink and no caption.
fn item(state: &State, media: &Media, part: &Part) -> Map<String, Value> {
    let account = &state.accounts[media.account];
    let mut full = part_fields(part);
    full.insert("owner".to_owned(), json!({ "id": account.id.to_string() }));
    full.insert("username".to_owned(), json!(account.username));
    full.insert("timestamp".to_owned(), json!(stamp(media.at)));
    full
}

fn part_fields(part: &Part) -> Map<String, Value> {
    let film = part.mime.starts_with("video/");
    let extension = if film { "mp4" } else { "jpg" };
    let mut fields = select::map(&[
        ("id", json!(part.id.to_string())),
        ("media_type", json!(if film { "VIDEO" } else { "IMAGE" })),
        ("media_url", json!(format!("https://scontent.cdninstagram.com/v/{}.{extension}", part.id))),
    ]);
    if let Some(alt) = &part.alt {
        fields.insert("alt_text".to_owned(), json!(alt));
    }
    if film {
        let cover = format!("https://scontent.cdninstagram.com/v/{}_cover.jpg", part.id);
        fields.insert("thumbnail_url".to_owned(), json!(cover));
    }
    fields
}

/// `GET /{account}/media` and `GET /{account}/stories`, newest first.
pub(super) fn list(state: &State, caller: &Caller, call: &Call, account: usize, stories: bool) -> Outcome {
    caller.need(Right::Read)?;
    let now = state.now();
    let listed = |media: &Media| {
        let shown = if stories { media.kind.is_story() && media.is_up(state) } else { media.listed_as_post() };
        media.account == account && shown && media.at + state.options.list_delay <= now
    };
    let found = state.media.iter().rev().filter(|(_, media)| listed(media)).map(|(id, media)| (*id, media.at));
    listing::page(caller, call, found.collect(), |id, wish| describe(state, caller, id, wish))
}

/// `GET /{media}/children`
pub(super) fn children(state: &State, caller: &Caller, call: &Call, id: u64) -> Outcome {
    caller.need(Right::Read)?;
    let fields = Fields::of(call)?;
    fields.only(&["fields"])?;
    let media = state.media.get(&id).filter(|media| media.kind == Kind::Carousel);
    let parts = media.map_or(&[][..], |media| &media.parts);
    let items: Result<Vec<_>, _> =
        parts.iter().map(|part| describe(state, caller, part.id, fields.text("fields"))).collect();
    Ok(Reply::json(200, &json!({ "data": items? })))
}

/// `POST /{media}`: comments on or off, and nothing else.
pub(super) fn update(state: &mut State, caller: &Caller, call: &Call, id: u64) -> Outcome {
    caller.need(Right::Comment)?;
    let fields = Fields::of(call)?;
    fields.only(&["comment_enabled"])?;
    let open = fields.flag("comment_enabled")?;
    let open = open.ok_or_else(|| errors::invalid("The parameter comment_enabled is required."))?;
    let media = state.media.get_mut(&id).ok_or_else(|| errors::missing("post", &id.to_string()))?;
    media.comments_open = open;
    Ok(Reply::json(200, &json!({ "success": true })))
}

/// `DELETE /{media}`: with a Facebook login only; whole carousels only.
pub(super) fn delete(state: &mut State, caller: &Caller, call: &Call, id: u64) -> Outcome {
    if caller.door == Door::Instagram {
        return Err(errors::missing(&word(&call.method), &id.to_string()));
    }
    caller.need(Right::Delete)?;
    Fields::of(call)?.only(&[])?;
    let Some(media) = state.media.get_mut(&id) else { return Err(errors::DELETE_UNSUPPORTED.refuse()) };
    media.deleted = true;
    Ok(Reply::json(200, &json!({"success": true, "deleted_id": id.to_string()})))
}
