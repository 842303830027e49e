//! Posts: create, edit, delete. What a post may carry is `content`'s to say, who may look at it `reading`'s.

use std::time::{Duration, SystemTime};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::authors::{Author, Session, may_write, parse_urn, writer};
use super::call::{Call, Outcome, Reply};
use super::schema::Kind::{Choice, Flag, List, Record, Text, Union};
use super::schema::{Field, check, optional, required};
use super::state::State;
use super::{PostId, content, errors, little_text};

/// Characters of a commentary, and of a comment.
pub(super) const TEXT_MAX: usize = 3_000;
/// A deleted post may be named as a duplicate's original for this long.
const GHOST_LIFE: Duration = Duration::from_secs(48 * 3_600);

/// A post, deleted ones included.
pub(super) struct Post {
    pub(super) urn: String,
    pub(super) author: Author,
    /// The body it was made with; `commentary` as it reads back.
    pub(super) fields: Map<String, Value>,
    /// The text as readers see it.
    pub(super) shown: String,
    pub(super) created: SystemTime,
    pub(super) modified: SystemTime,
    pub(super) edited: bool,
    pub(super) deleted: bool,
    pub(super) invisible: bool,
}

static POST: &[Field] = &[
    required("author", Text),
    required("commentary", Text),
    required("visibility", Choice(&["PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER"])),
    required("distribution", Record(DISTRIBUTION)),
    required("lifecycleState", Choice(&["DRAFT", "PUBLISHED", "PUBLISH_REQUESTED", "PUBLISH_FAILED"])),
    optional("isReshareDisabledByAuthor", Flag),
    optional("content", Union(content::CONTENT)),
    optional("reshareContext", Record(RESHARE)),
    optional("contentLandingPage", Text),
    optional("contentCallToActionLabel", Text),
    optional("adContext", Record(AD)),
];

static DISTRIBUTION: &[Field] = &[
    required("feedDistribution", Choice(&["MAIN_FEED", "NONE"])),
    optional("targetEntities", List(&Record(TARGET))),
    optional("thirdPartyDistributionChannels", List(&Text)),
];

static TARGET: &[Field] = &[
    optional("geoLocations", List(&Text)),
    optional("industries", List(&Text)),
    optional("seniorities", List(&Text)),
    optional("jobFunctions", List(&Text)),
    optional("interfaceLocales", List(&Record(&[required("language", Text), optional("country", Text)]))),
];

static RESHARE: &[Field] = &[required("parent", Text)];
static AD: &[Field] = &[optional("dscName", Text), optional("dscStatus", Text)];

static PATCH: &[Field] = &[required("patch", Record(&[required("$set", Record(EDITABLE))]))];

static EDITABLE: &[Field] = &[
    optional("commentary", Text),
    optional("contentCallToActionLabel", Text),
    optional("contentLandingPage", Text),
    optional("lifecycleState", Choice(&["DRAFT", "PUBLISHED", "PUBLISH_REQUESTED", "PUBLISH_FAILED"])),
    optional("reshareContext", Record(RESHARE)),
    optional("adContext", Record(AD)),
];

/// `POST /rest/posts`
pub(super) fn create(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let mut body = call.json()?;
    check(&body, POST)?;
    let author = writer(state, session, text(&body, "author"), "author", "partnerApiPostsExternal.CREATE")?;
    check_audience(&body, author)?;
    check_text(state, &body)?;
    check_reshare(&body)?;
    if let Some(content) = body.get("content") {
        content::check(state, author, content)?;
    }
    let little = little_text::read(text(&body, "commentary"));
    if let Some(earlier) = duplicate(state, author, &little.shown, &body) {
        return Err(errors::duplicate(earlier));
    }
    body["commentary"] = json!(little.stored);
    let Value::Object(fields) = body else { return Err(errors::not_a_data_map()) };
    let urn = publish(state, author, fields, little.shown);
    Ok(name_post(Reply::empty(201), state.options.post_id, &urn))
}

fn publish(state: &mut State, author: Author, fields: Map<String, Value>, shown: String) -> String {
    // Posts with a video get the other kind of URN, so that nobody relies on one.
    let kind = if fields.get("content").is_some_and(content::is_video) { "ugcPost" } else { "share" };
    let urn = format!("urn:li:{kind}:{}", state.snowflake());
    let now = state.now();
    state.posts.push(Post {
        urn: urn.clone(),
        author,
        fields,
        shown,
        created: now,
        modified: now,
        edited: false,
        deleted: false,
        invisible: state.options.invisible_posts,
    });
    urn
}

fn name_post(reply: Reply, how: PostId, urn: &str) -> Reply {
    let encoded = utf8_percent_encode(urn, NON_ALPHANUMERIC).to_string();
    let location = format!("/posts/{encoded}");
    match how {
        PostId::Plain => reply.with("x-restli-id", urn).with("location", location),
        PostId::Encoded => reply.with("x-restli-id", encoded).with("location", location),
        PostId::LinkedInId => reply.with("x-linkedin-id", urn),
        PostId::Location => reply.with("location", location),
        PostId::Missing => reply,
    }
}

/// Visibility, life cycle and distribution, as far as they depend on the kind of author.
fn check_audience(body: &Value, author: Author) -> Result<(), Reply> {
    let refuse = |field: &str, why: &str| Err(errors::input("INVALID_VALUE_FOR_FIELD", field, why));
    if text(body, "lifecycleState") != "PUBLISHED" {
        return refuse("lifecycleState", "A new post can only be PUBLISHED");
    }
    let distribution = &body["distribution"];
    match (author, text(body, "visibility")) {
        (Author::Member(_), "PUBLIC" | "CONNECTIONS") | (Author::Organization(_), "PUBLIC" | "LOGGED_IN") => {}
        (_, other) => return refuse("visibility", &format!("{other} is not possible for this author")),
    }
    if matches!(author, Author::Organization(_)) {
        return Ok(());
    }
    if text(distribution, "feedDistribution") == "NONE" {
        return refuse("distribution/feedDistribution", "Only pages can have dark posts");
    }
    if distribution["targetEntities"].as_array().is_some_and(|targets| !targets.is_empty()) {
        return refuse("distribution/targetEntities", "Only pages can target their posts");
    }
    Ok(())
}

fn check_text(state: &State, body: &Value) -> Result<(), Reply> {
    let commentary = text(body, "commentary");
    check_length(state, commentary, "commentary")?;
    if commentary.is_empty() && body.get("content").is_none() && body.get("reshareContext").is_none() {
        return Err(empty_post());
    }
    Ok(())
}

fn empty_post() -> Reply {
    errors::input("MISSING_FIELD", "commentary", "A post needs a text, content or a post to share")
}

/// Refuses a little text of more than 3,000 characters.
pub(super) fn check_length(state: &State, text: &str, field: &str) -> Result<(), Reply> {
    let length = if state.options.escapes_count { text.chars().count() } else { little_text::count(text) };
    if length <= TEXT_MAX {
        return Ok(());
    }
    Err(errors::input("FIELD_LENGTH_TOO_LONG", field, &format!("{field} is {length} characters long, over {TEXT_MAX}")))
}

fn check_reshare(body: &Value) -> Result<(), Reply> {
    let Some(reshare) = body.get("reshareContext") else { return Ok(()) };
    if body.get("content").is_some() {
        return Err(errors::input("INVALID_VALUE_FOR_FIELD", "content", "A reshare has no content of its own"));
    }
    let parent = text(reshare, "parent");
    match parse_urn(parent) {
        Some(("share" | "ugcPost", id)) if id.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
        _ => Err(errors::input("INVALID_URN_TYPE", "reshareContext/parent", &format!("{parent} is not a post"))),
    }
}

/// The URN of the same author's post with the same text and content, if it is recent.
fn duplicate<'a>(state: &'a State, author: Author, shown: &str, body: &Value) -> Option<&'a str> {
    let same = |post: &&Post| {
        let part = |name: &str| post.fields.get(name) == body.get(name);
        post.author == author && post.shown == shown && part("content") && part("reshareContext")
    };
    let recent = |post: &&Post| {
        let age = state.now().duration_since(post.created).unwrap_or_default();
        match post.deleted {
            false => age < state.options.duplicate_window,
            true => state.options.ghost_duplicates && age < GHOST_LIFE,
        }
    };
    state.posts.iter().rev().filter(same).find(recent).map(|post| post.urn.as_str())
}

/// `POST /rest/posts/{urn}` with `X-RestLi-Method: PARTIAL_UPDATE`
pub(super) fn edit(state: &mut State, session: &Session, call: &Call, urn: &str) -> Outcome {
    let patch = call.json()?;
    check(&patch, PATCH)?;
    let set = &patch["patch"]["$set"];
    let commentary = set.get("commentary").and_then(Value::as_str);
    if let Some(commentary) = commentary {
        check_length(state, commentary, "commentary")?;
    }
    let index = own(state, session, urn, "PARTIAL_UPDATE")?.ok_or_else(|| not_found(urn))?;
    let now = state.now();
    let post = &mut state.posts[index];
    if commentary == Some("") && !post.fields.contains_key("content") && !post.fields.contains_key("reshareContext") {
        return Err(empty_post());
    }
    for (name, value) in set.as_object().into_iter().flatten() {
        post.fields.insert(name.clone(), value.clone());
    }
    if let Some(commentary) = commentary {
        let little = little_text::read(commentary);
        post.fields.insert("commentary".to_owned(), json!(little.stored));
        post.shown = little.shown;
    }
    (post.edited, post.modified) = (true, now);
    Ok(Reply::empty(204))
}

/// `DELETE /rest/posts/{urn}`; deleting again is no error.
pub(super) fn delete(state: &mut State, session: &Session, urn: &str) -> Outcome {
    if let Some(index) = own(state, session, urn, "DELETE")? {
        state.posts[index].deleted = true;
    }
    Ok(Reply::empty(204))
}

/// The index of a post the session may change; `None` when it is deleted, an error when it never was or is not theirs.
fn own(state: &State, session: &Session, urn: &str, action: &str) -> Result<Option<usize>, Reply> {
    let index = state.posts.iter().position(|post| post.urn == urn).ok_or_else(|| not_found(urn))?;
    let post = &state.posts[index];
    if !may_write(state, session, post.author) {
        return Err(session.denied(&format!("partnerApiPostsExternal.{action}")));
    }
    Ok((!post.deleted).then_some(index))
}

pub(super) fn not_found(urn: &str) -> Reply {
    errors::not_found(&format!("Could not find post {urn}"))
}

/// A text field the schema has found to be there; empty if not.
pub(super) fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap_or_default()
}
