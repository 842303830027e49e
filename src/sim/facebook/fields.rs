//! `fields=id,from{name},comments.limit(2){message}`: read, held against what a node has, and cut out of a view.

use serde_json::{Map, Value, json};

use super::call::Reply;
use super::errors;

/// A kind of node and the fields the documents give it; views may hold fewer.
const KINDS: &[(&str, &[&str])] = &[
    ("User", &["id", "name", "accounts", "businesses", "permissions", "video_upload_limits"]),
    ("Business", &["id", "name", "owned_pages", "client_pages"]),
    (
        "Page",
        &[
            "id",
            "name",
            "access_token",
            "tasks",
            "category",
            "category_list",
            "link",
            "username",
            "website",
            "can_post",
            "is_published",
            "verification_status",
            "instagram_business_account",
            "connected_instagram_account",
            "has_transitioned_to_new_page_experience",
            "video_upload_limits",
        ],
    ),
    ("IGUser", &["id", "username"]),
    ("Profile", &["id", "name"]),
    (
        "Post",
        &[
            "id",
            "message",
            "created_time",
            "updated_time",
            "permalink_url",
            "status_type",
            "is_published",
            "is_hidden",
            "is_pinned",
            "attachments",
            "from",
            "full_picture",
            "scheduled_publish_time",
            "targeting",
            "feed_targeting",
            "place",
            "privacy",
            "backdated_time",
            "call_to_action",
            "child_attachments",
            "comments",
            "application",
            "promotable_id",
            "is_expired",
            "message_tags",
            "story",
            "shares",
            "properties",
            "parent_id",
            "picture",
            "timeline_visibility",
        ],
    ),
    (
        "Attachment",
        &["description", "media", "media_type", "subattachments", "target", "title", "type", "unshimmed_url", "url"],
    ),
    ("Target", &["id", "url"]),
    (
        "Photo",
        &[
            "id",
            "created_time",
            "updated_time",
            "name",
            "alt_text",
            "alt_text_custom",
            "link",
            "from",
            "picture",
            "source",
            "images",
            "width",
            "height",
            "page_story_id",
            "place",
            "album",
            "backdated_time",
            "can_delete",
        ],
    ),
    (
        "Video",
        &[
            "id",
            "title",
            "description",
            "created_time",
            "updated_time",
            "permalink_url",
            "post_id",
            "published",
            "status",
            "length",
            "from",
            "picture",
            "source",
            "content_category",
            "custom_labels",
            "embeddable",
            "scheduled_publish_time",
            "captions",
            "thumbnails",
            "place",
            "privacy",
            "backdated_time",
            "format",
            "views",
            "is_instagram_eligible",
        ],
    ),
    (
        "VideoStatus",
        &[
            "video_status",
            "processing_progress",
            "uploading_phase",
            "processing_phase",
            "publishing_phase",
            "copyright_check_status",
        ],
    ),
    (
        "Comment",
        &["id", "message", "created_time", "from", "permalink_url", "attachment", "object", "parent", "can_remove"],
    ),
    ("Story", &["post_id", "status", "creation_time", "media_type", "media_id", "url"]),
    ("Permission", &["permission", "status"]),
    ("Caption", &["create_time", "is_auto_generated", "is_default", "locale", "locale_name", "uri"]),
    ("Thumbnail", &["id", "uri", "is_preferred", "height", "width", "scale", "name"]),
];

/// Kinds that have no id of their own.
const PLAIN: &[&str] = &["Attachment", "Target", "VideoStatus", "Story", "Permission", "Caption", "Object"];

/// The kind of what a field holds.
fn inner(kind: &str, field: &str) -> &'static str {
    match (kind, field) {
        ("User", "accounts") | ("Business", "owned_pages" | "client_pages") => "Page",
        ("User", "businesses") => "Business",
        ("User", "permissions") => "Permission",
        ("Page", "instagram_business_account" | "connected_instagram_account") => "IGUser",
        ("Post", "attachments") | ("Attachment", "subattachments") => "Attachment",
        ("Attachment", "target") => "Target",
        ("Post" | "Video" | "Photo", "comments") => "Comment",
        ("Video", "status") => "VideoStatus",
        ("Video", "captions") => "Caption",
        ("Video", "thumbnails") => "Thumbnail",
        (_, "from") => "Profile",
        _ => "Object",
    }
}

/// One field wished for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wish {
    name: String,
    limit: Option<usize>,
    inner: Vec<Wish>,
}

/// The wishes of a `fields` text, or of a default, for a node of a kind.
pub(super) fn wishes(kind: &str, text: Option<&str>, default: &str) -> Result<Vec<Wish>, Reply> {
    let text = text.unwrap_or(default);
    let mut rest = text;
    let wishes = list(&mut rest).filter(|_| rest.is_empty()).ok_or_else(|| {
        let message = format!("Syntax error \"Expected end of string instead of \"{rest}\".\" at fields: {text}");
        errors::Fault::bare(2500, &message).reply()
    })?;
    // Checked before anything is done: the wish may be for what a change will have made.
    check(kind, &wishes)?;
    Ok(wishes)
}

fn check(kind: &str, wishes: &[Wish]) -> Result<(), Reply> {
    let Some((_, known)) = KINDS.iter().find(|(name, _)| *name == kind) else { return Ok(()) };
    if let Some(wish) = wishes.iter().find(|wish| !known.contains(&wish.name.as_str())) {
        let message = format!("Tried accessing nonexisting field ({}) on node type ({kind})", wish.name);
        return Err(errors::invalid(&message));
    }
    wishes.iter().try_for_each(|wish| check(inner(kind, &wish.name), &wish.inner))
}

fn list(rest: &mut &str) -> Option<Vec<Wish>> {
    let mut wishes = Vec::new();
    loop {
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let mut wish = Wish { name: rest[..end].to_owned(), limit: None, inner: Vec::new() };
        if end == 0 {
            return None;
        }
        *rest = &rest[end..];
        if let Some(after) = rest.strip_prefix(".limit(") {
            let (number, after) = after.split_once(')')?;
            wish.limit = Some(number.parse().ok()?);
            *rest = after;
        }
        if let Some(after) = rest.strip_prefix('{') {
            *rest = after;
            wish.inner = list(rest)?;
            *rest = rest.strip_prefix('}')?;
        }
        wishes.push(wish);
        match rest.strip_prefix(',') {
            Some(after) => *rest = after,
            None => return Some(wishes),
        }
    }
}

/// What of a view was wished for. A node's id comes along unasked.
pub(super) fn select(kind: &str, view: &Value, wishes: &[Wish]) -> Value {
    let mut selected = Map::new();
    for wish in wishes {
        if let Some(value) = view.get(&wish.name) {
            selected.insert(wish.name.clone(), cut(inner(kind, &wish.name), value, wish));
        }
    }
    if let Some(id) = view.get("id").filter(|_| !PLAIN.contains(&kind)) {
        selected.entry("id").or_insert_with(|| id.clone());
    }
    selected.into()
}

fn cut(kind: &str, value: &Value, wish: &Wish) -> Value {
    let Some(data) = value.get("data").and_then(Value::as_array) else {
        let whole = wish.inner.is_empty() || !value.is_object();
        return if whole { value.clone() } else { select(kind, value, &wish.inner) };
    };
    let wanted = data.iter().take(wish.limit.unwrap_or(usize::MAX));
    let cut = wanted.map(|entry| if wish.inner.is_empty() { entry.clone() } else { select(kind, entry, &wish.inner) });
    json!({"data": cut.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_or_refused() {
        let wish = |name: &str, limit, inner| Wish { name: name.to_owned(), limit, inner };
        let deep = wish("attachments", Some(2), vec![wish("target", None, vec![wish("id", None, vec![])])]);
        assert_eq!(
            wishes("Post", Some("id,attachments.limit(2){target{id}}"), "").unwrap(),
            [wish("id", None, vec![]), deep]
        );
        for text in ["", "id,", "id{", "id{}", "id}", "a b", "x.limit(", "x.limit(y)", ",id"] {
            assert!(wishes("Post", Some(text), "id").is_err(), "{text:?}");
        }
    }

    #[test]
    fn views_are_cut() {
        let view = json!({"id": "1", "message": "m", "attachments": {"data": [{"url": "u", "target": {"id": "9"}}]}});
        let cut = |text| wishes("Post", Some(text), "").map(|wishes| select("Post", &view, &wishes));
        assert_eq!(cut("message").unwrap(), json!({"message": "m", "id": "1"}));
        assert_eq!(cut("attachments{url}").unwrap(), json!({"attachments": {"data": [{"url": "u"}]}, "id": "1"}));
        assert_eq!(cut("story").unwrap(), json!({"id": "1"}));
        assert!(cut("caption").is_err());
        assert!(cut("attachments{id}").is_err());
    }
}
