//! The JSON of statuses and accounts (<https://docs.joinmastodon.org/entities/Status/>).

use serde_json::{Value, json};

use super::entities::{self, Kind};
use super::html;
use super::media;
use super::polls;
use super::state::{Account, State, Status, iso};

pub(super) fn status(state: &State, status: &Status) -> Value {
    let author = &state.accounts[status.account];
    let parent = status.in_reply_to.as_ref().and_then(|id| state.status(id));
    let files: Vec<Value> =
        status.media.iter().filter_map(|id| media::find(state, id)).map(|media| media::shown(state, media)).collect();
    let mut body = json!({
        "id": status.id,
        "created_at": iso(status.created),
        "in_reply_to_id": status.in_reply_to,
        "in_reply_to_account_id": parent.map(|parent| state.accounts[parent.account].id.as_str()),
        "sensitive": status.sensitive,
        "spoiler_text": status.spoiler,
        "visibility": status.visibility,
        "language": status.language,
        "uri": uri(state, status),
        "url": url(state, status),
        "replies_count": state.statuses.iter().filter(|other| other.in_reply_to.as_ref() == Some(&status.id)).count(),
        "reblogs_count": 0,
        "favourites_count": 0,
        "quotes_count": 0,
        "edited_at": status.edited.map(iso),
        "content": html::content(state, &status.text),
        "reblog": null,
        "application": status.app.map(|app| json!({"name": state.apps[app].name, "website": null})),
        "account": account(state, author),
        "media_attachments": files,
        "mentions": mentions(state, &status.text),
        "tags": tags(state, &status.text),
        "emojis": [],
        "card": null,
        "poll": status.poll.as_ref().map(|poll| polls::shown(state, poll)),
        "favourited": false,
        "reblogged": false,
        "muted": false,
        "bookmarked": false,
        "pinned": false,
    });
    if state.options.api_version.is_some_and(|version| version >= 7) {
        body["quote"] =
            status.quote.as_ref().map_or(Value::Null, |id| json!({"state": "accepted", "quoted_status_id": id}));
        let policy = match status.quote_policy.as_deref().unwrap_or("public") {
            "nobody" => json!([]),
            policy => json!([policy]),
        };
        body["quote_approval"] = json!({"automatic": policy, "manual": [], "current_user": "automatic"});
    }
    body
}

/// The address that never changes.
pub(super) fn uri(state: &State, status: &Status) -> String {
    format!("https://{}/users/{}/statuses/{}", state.host, state.accounts[status.account].username, status.id)
}

/// The page.
pub(super) fn url(state: &State, status: &Status) -> String {
    format!("https://{}/@{}/{}", state.host, state.accounts[status.account].username, status.id)
}

pub(super) fn account(state: &State, account: &Account) -> Value {
    let Account { id, username, display_name, .. } = account;
    let host = &state.host;
    json!({
        "id": id,
        "username": username,
        "acct": username,
        "display_name": display_name,
        "locked": false,
        "bot": false,
        "discoverable": true,
        "group": false,
        "created_at": iso(account.created),
        "note": "",
        "url": format!("https://{host}/@{username}"),
        "uri": format!("https://{host}/users/{username}"),
        "avatar": format!("https://{host}/avatars/original/missing.png"),
        "avatar_static": format!("https://{host}/avatars/original/missing.png"),
        "header": format!("https://{host}/headers/original/missing.png"),
        "header_static": format!("https://{host}/headers/original/missing.png"),
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": state.statuses.iter().filter(|status| state.accounts[status.account].id == *id).count(),
        "last_status_at": null,
        "emojis": [],
        "fields": [],
    })
}

fn mentions(state: &State, text: &str) -> Vec<Value> {
    let found = entities::find(text).into_iter().filter_map(|entity| match entity.kind {
        Kind::Mention { name } => {
            let whole = &text[entity.range];
            html::mentioned(state, whole, &whole[1..name])
        }
        _ => None,
    });
    let shown = found.map(|at| {
        let Account { id, username, .. } = &state.accounts[at];
        json!({"id": id, "username": username, "acct": username, "url": format!("https://{}/@{username}", state.host)})
    });
    shown.collect()
}

fn tags(state: &State, text: &str) -> Vec<Value> {
    let found = entities::find(text).into_iter().filter(|entity| entity.kind == Kind::Hashtag);
    let shown = found.map(|entity| {
        let name = text[entity.range][1..].to_lowercase();
        json!({"name": name, "url": format!("https://{}/tags/{name}", state.host)})
    });
    shown.collect()
}
