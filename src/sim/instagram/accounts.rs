//! Professional accounts: what they are, what is told of them, and how much they may still publish.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::AccountKind;
use super::access::{Caller, Right};
use super::call::{Call, Door, Fields, Reply};
use super::errors::{self, Outcome};
use super::select::{self, Node};
use super::state::{State, seconds};

const DAY: Duration = Duration::from_secs(86_400);

/// An account; known elsewhere by the index in [`State::accounts`].
pub(super) struct Account {
    /// The professional id: the one posts are made with.
    pub(super) id: u64,
    /// The id by which the app knows it.
    pub(super) app_scoped_id: u64,
    pub(super) username: String,
    pub(super) name: String,
    pub(super) kind: AccountKind,
    pub(super) restricted: bool,
    pub(super) trial_reels: bool,
    /// The Facebook Pages it is linked to.
    pub(super) pages: Vec<String>,
    /// When containers were made and posts published: what quotas count.
    pub(super) containers_made: Vec<SystemTime>,
    pub(super) published: Vec<SystemTime>,
}

impl Account {
    /// Refuses what only a professional account in good standing may do.
    pub(super) fn may_publish(&self) -> Result<(), Reply> {
        if self.kind == AccountKind::Personal {
            return Err(errors::plain(10, "(#10) The user is not an Instagram Business"));
        }
        if self.restricted { Err(errors::RESTRICTED.refuse()) } else { Ok(()) }
    }
}

/// How many of these lie within the last `window`.
pub(super) fn recent(times: &[SystemTime], now: SystemTime, window: Duration) -> usize {
    times.iter().filter(|time| **time + window > now).count()
}

const OF_INSTAGRAM: Node = Node {
    name: "IGUser",
    fields: &[
        "id",
        "user_id",
        "username",
        "name",
        "account_type",
        "profile_picture_url",
        "followers_count",
        "follows_count",
        "media_count",
        "biography",
        "website",
    ],
};
const OF_FACEBOOK: Node = Node {
    name: "IGUser",
    fields: &[
        "id",
        "ig_id",
        "username",
        "name",
        "biography",
        "profile_picture_url",
        "has_profile_pic",
        "is_published",
        "followers_count",
        "follows_count",
        "media_count",
        "website",
    ],
};

/// `GET /me` and `GET /{account}`
pub(super) fn read(state: &State, caller: &Caller, call: &Call, account: usize) -> Outcome {
    caller.need(Right::Read)?;
    let fields = Fields::of(call)?;
    fields.only(&["fields"])?;
    let (node, full) = match caller.door {
        Door::Instagram => (&OF_INSTAGRAM, describe(state, account, caller.door)),
        Door::Facebook => (&OF_FACEBOOK, describe(state, account, caller.door)),
    };
    Ok(Reply::json(200, &select::pick(full, node, fields.text("fields"))?))
}

fn describe(state: &State, index: usize, door: Door) -> Map<String, Value> {
    let account = &state.accounts[index];
    let posts = state.media.values().filter(|media| media.account == index && media.listed_as_post());
    let id = if door == Door::Instagram { account.app_scoped_id } else { account.id };
    let picture = format!("https://scontent.cdninstagram.com/v/{}.jpg", account.id);
    select::map(&[
        ("id", json!(id.to_string())),
        ("user_id", json!(account.id.to_string())),
        // A number larger than a double can hold exactly.
        ("ig_id", json!(account.app_scoped_id)),
        ("username", json!(account.username)),
        ("name", json!(account.name)),
        ("account_type", json!(account.kind.word())),
        ("profile_picture_url", json!(picture)),
        ("has_profile_pic", json!(true)),
        ("is_published", json!(true)),
        ("followers_count", json!(0)),
        ("follows_count", json!(0)),
        ("media_count", json!(posts.count())),
    ])
}

const LIMIT: Node = Node { name: "ContentPublishingLimitResponse", fields: &["quota_usage", "config"] };

/// `GET /{account}/content_publishing_limit`: a rolling window.
pub(super) fn publishing_limit(state: &State, caller: &Caller, call: &Call, account: usize) -> Outcome {
    caller.need(Right::Publish)?;
    let fields = Fields::of(call)?;
    fields.only(&["fields", "since"])?;
    let (now, mut window) = (state.now(), DAY);
    if let Some(since) = fields.whole("since")? {
        let ago = Duration::from_secs(seconds(now).saturating_sub(since));
        if since > seconds(now) || ago > DAY {
            return Err(errors::invalid("Param since must be a time within the last 24 hours"));
        }
        window = ago;
    }
    let config = json!({"quota_total": state.options.quota_total, "quota_duration": DAY.as_secs()});
    let usage = recent(&state.accounts[account].published, now, window);
    let full = select::map(&[("quota_usage", json!(usage)), ("config", config)]);
    let wanted = fields.text("fields").or(Some("quota_usage"));
    let mut picked = select::pick(full, &LIMIT, wanted)?;
    if let Some(object) = picked.as_object_mut() {
        object.remove("id");
    }
    Ok(Reply::json(200, &json!({ "data": [picked] })))
}
