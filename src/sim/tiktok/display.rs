//! Looking things up: the account itself and its public videos, newest first.
//! See <https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info> and
//! <https://developers.tiktok.com/doc/tiktok-api-v2-video-list>.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::creator::avatar;
use super::errors::{self, Outcome, Refusal};
use super::fields::{self, Fields};
use super::publish::{Phase, Publish};
use super::session::Session;
use super::state::{State, millis};

/// Videos of one answer, where the call does not say and at most.
const PAGE: i64 = 10;
const PAGE_MAX: i64 = 20;

/// What may be asked about an account, and the scope it takes.
const USER_FIELDS: &[(&str, &str)] = &[
    ("open_id", "user.info.basic"),
    ("union_id", "user.info.basic"),
    ("avatar_url", "user.info.basic"),
    ("avatar_url_100", "user.info.basic"),
    ("avatar_large_url", "user.info.basic"),
    ("display_name", "user.info.basic"),
    ("bio_description", "user.info.profile"),
    ("profile_deep_link", "user.info.profile"),
    ("is_verified", "user.info.profile"),
    ("username", "user.info.profile"),
    ("follower_count", "user.info.stats"),
    ("following_count", "user.info.stats"),
    ("likes_count", "user.info.stats"),
    ("video_count", "user.info.stats"),
];

const VIDEO_FIELDS: &[&str] = &[
    "id",
    "create_time",
    "cover_image_url",
    "share_url",
    "video_description",
    "duration",
    "height",
    "width",
    "title",
    "embed_html",
    "embed_link",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
    "is_aigc",
];

/// `GET /v2/user/info/?fields=`
pub(super) fn user(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let mut user = Map::new();
    for name in wanted(call)? {
        let known = USER_FIELDS.iter().find(|(field, _)| *field == name);
        let (name, scope) = known.ok_or_else(|| Refusal::params(format!("The field {name} is unknown")))?;
        if !session.has(scope) {
            return Err(Refusal::code("scope_permission_missed"));
        }
        user.insert((*name).to_owned(), about(state, session, name));
    }
    Ok(errors::ok(state, json!({"user": user})))
}

fn about(state: &State, session: &Session, name: &str) -> Value {
    let account = &state.accounts[session.account];
    match name {
        "open_id" => json!(state.open_id(session.account, &session.client_key)),
        "union_id" => json!(state.union_id(session.account)),
        "display_name" => json!(account.display_name),
        "username" => json!(account.username),
        "bio_description" => json!(""),
        "profile_deep_link" => json!(format!("https://www.tiktok.com/@{}", account.username)),
        "is_verified" => json!(false),
        "video_count" => json!(public(state, session).len()),
        "follower_count" | "following_count" | "likes_count" => json!(0),
        _ => json!(avatar(state, session.account)),
    }
}

/// `POST /v2/video/list/?fields=`
pub(super) fn list(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let wanted = video_fields(call)?;
    let body = if call.body.is_empty() { json!({}) } else { fields::body(call)? };
    let root = Fields::root(&body, &["max_count", "cursor"])?;
    let count = root.integer("max_count")?.unwrap_or(PAGE);
    let count = usize::try_from(count).ok().filter(|_| (1..=PAGE_MAX).contains(&count));
    let count = count.ok_or_else(|| Refusal::params("max_count is not from 1 to 20"))?;
    let cursor = match root.integer("cursor")? {
        None => u64::MAX,
        Some(cursor) => u64::try_from(cursor).map_err(|_| Refusal::params("cursor is negative"))?,
    };
    let older: Vec<_> = public(state, session).into_iter().filter(|(at, _)| *at < cursor).collect();
    let page = &older[..count.min(older.len())];
    let videos: Vec<Value> = page.iter().map(|(_, publish)| video(state, publish, &wanted)).collect();
    let next = page.last().map_or(0, |(at, _)| *at);
    Ok(errors::ok(state, json!({"videos": videos, "cursor": next, "has_more": older.len() > count})))
}

/// `POST /v2/video/query/?fields=`
pub(super) fn query(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let wanted = video_fields(call)?;
    let body = fields::body(call)?;
    let ids = Fields::root(&body, &["filters"])?.object("filters", "filters.", &["video_ids"])?.texts("video_ids")?;
    if ids.is_empty() || ids.len() > 20 {
        return Err(Refusal::params("filters.video_ids must name 1 to 20 videos"));
    }
    let public = public(state, session);
    let found = public.iter().filter(|(_, publish)| ids.contains(&publish.post_id.to_string()));
    let videos: Vec<Value> = found.map(|(_, publish)| video(state, publish, &wanted)).collect();
    Ok(errors::ok(state, json!({"videos": videos})))
}

/// The account's public posts with their time in milliseconds, newest first.
fn public<'a>(state: &'a State, session: &Session) -> Vec<(u64, &'a Publish)> {
    let theirs = state.publishes.iter().filter(|publish| publish.account == session.account);
    let mut public: Vec<_> = theirs
        .filter(|publish| publish.is_public(state.now))
        .filter_map(|publish| match publish.phase(state.now) {
            Phase::Published(at) => Some((millis(at), publish)),
            _ => None,
        })
        .collect();
    public.sort_by_key(|(at, publish)| std::cmp::Reverse((*at, publish.post_id)));
    public
}

fn video(state: &State, publish: &Publish, wanted: &[String]) -> Value {
    let film = publish.film.as_ref();
    let cut = |text: &str| text.chars().take(state.options.listed_text_max).collect::<String>();
    let published = match publish.phase(state.now) {
        Phase::Published(at) => millis(at) / 1_000,
        _ => 0,
    };
    let value = |name: &str| match name {
        "id" => json!(publish.post_id.to_string()),
        "create_time" => json!(published),
        "share_url" => json!(share_url(state, publish)),
        "title" => json!(cut(&publish.wishes.title)),
        "video_description" if publish.photos => json!(cut(&publish.wishes.description)),
        "video_description" => json!(cut(&publish.wishes.title)),
        "duration" => json!(film.and_then(|film| film.duration).unwrap_or_default().as_secs()),
        "width" => json!(film.and_then(|film| film.sides).map_or(0, |(width, _)| width)),
        "height" => json!(film.and_then(|film| film.sides).map_or(0, |(_, height)| height)),
        "embed_link" => json!(format!("https://www.tiktok.com/player/v1/{}", publish.post_id)),
        "embed_html" => json!(""),
        "cover_image_url" => json!(format!("https://p16-sign.tiktokcdn-us.com/cover/{}.jpeg", publish.post_id)),
        "is_aigc" => json!(publish.wishes.flag("is_aigc") == Some(true)),
        _ => json!(0),
    };
    wanted.iter().map(|name| (name.clone(), value(name))).collect::<Map<_, _>>().into()
}

/// Where a reader finds a post.
pub(super) fn share_url(state: &State, publish: &Publish) -> String {
    let username = &state.accounts[publish.account].username;
    let kind = if publish.photos { "photo" } else { "video" };
    format!("https://www.tiktok.com/@{username}/{kind}/{}", publish.post_id)
}

fn video_fields(call: &Call) -> Result<Vec<String>, Refusal> {
    let wanted = wanted(call)?;
    match wanted.iter().find(|name| !VIDEO_FIELDS.contains(&name.as_str())) {
        Some(name) => Err(Refusal::params(format!("The field {name} is unknown"))),
        None => Ok(wanted),
    }
}

/// The names in `fields`; there must be one.
fn wanted(call: &Call) -> Result<Vec<String>, Refusal> {
    match call.query.as_slice() {
        [(name, fields)] if name == "fields" && !fields.is_empty() => {
            Ok(fields.split(',').map(str::to_owned).collect())
        }
        _ => Err(Refusal::params("The parameter fields is missing, or not the only one")),
    }
}
