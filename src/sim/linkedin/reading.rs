//! Posts read back: one, a list, and all that readers see. It changes nothing.

use serde_json::{Value, json};

use super::authors::{Author, Session, may_read, parse_urn};
use super::call::{Call, Outcome, Reply};
use super::posts::{Post, not_found, text};
use super::state::{State, millis};
use super::{content, errors, pages};
use crate::sim::Seen;

/// `GET /rest/posts/{urn}`
pub(super) fn get(state: &State, session: &Session, urn: &str) -> Outcome {
    let denied = || session.denied("partnerApiPostsExternal.GET");
    if !session.has_any(&["r_organization_social", "r_member_social"]) {
        return Err(denied());
    }
    let post = live(state, urn).ok_or_else(|| not_found(urn))?;
    if !may_read(state, session, post.author) {
        return Err(denied());
    }
    Ok(Reply::json(200, &describe(post)))
}

/// `GET /rest/posts?q=author&author={urn}` with `X-RestLi-Method: FINDER`, newest first.
pub(super) fn list(state: &State, session: &Session, call: &Call) -> Outcome {
    if call.parameter("q").as_deref() != Some("author") {
        return Err(errors::syntax("Query parameter 'q' must be 'author'"));
    }
    let by_creation = match call.parameter("sortBy").as_deref() {
        None | Some("LAST_MODIFIED") => false,
        Some("CREATED") => true,
        Some(_) => return Err(errors::syntax("Query parameter 'sortBy' must be LAST_MODIFIED or CREATED")),
    };
    let urn = call.parameter("author").ok_or_else(|| errors::syntax("Query parameter 'author' is missing"))?;
    let author = match parse_urn(&urn) {
        Some(("organization", id)) => id.parse().ok().map(Author::Organization),
        Some(("person", id)) if id == state.sub(session.member, &session.client_id) => {
            Some(Author::Member(session.member))
        }
        _ => None,
    };
    let author = author.filter(|author| may_read(state, session, *author));
    let author = author.ok_or_else(|| session.denied("partnerApiPostsExternal.FINDER-author"))?;
    let mut posts: Vec<&Post> = state.posts.iter().filter(|post| post.author == author && !post.deleted).collect();
    posts.sort_by_key(|post| std::cmp::Reverse(if by_creation { post.created } else { post.modified }));
    Ok(Reply::json(200, &pages::page(call, posts.into_iter().map(describe).collect())?))
}

/// A post that is not deleted.
pub(super) fn live<'a>(state: &'a State, urn: &str) -> Option<&'a Post> {
    state.posts.iter().find(|post| post.urn == urn && !post.deleted)
}

fn describe(post: &Post) -> Value {
    let mut body = post.fields.clone();
    body.insert("id".to_owned(), json!(post.urn));
    body.insert("createdAt".to_owned(), json!(millis(post.created)));
    body.insert("publishedAt".to_owned(), json!(millis(post.created)));
    body.insert("lastModifiedAt".to_owned(), json!(millis(post.modified)));
    body.insert("lifecycleStateInfo".to_owned(), json!({"isEditedByAuthor": post.edited}));
    body.entry("isReshareDisabledByAuthor").or_insert(json!(false));
    Value::Object(body)
}

/// The address at which readers find a post.
pub(super) fn address(urn: &str) -> String {
    format!("https://www.linkedin.com/feed/update/{urn}/")
}

/// The posts readers see. Dark posts have no readers.
pub(super) fn seen(state: &State) -> Vec<Seen> {
    let visible = |post: &&Post| {
        let dark = post.fields["distribution"]["feedDistribution"] == "NONE";
        let broken = post.fields.get("content").is_some_and(|content| content::is_broken(state, content));
        !(post.deleted || post.invisible || dark || broken)
    };
    state.posts.iter().filter(visible).map(|post| see(state, post)).collect()
}

fn see(state: &State, post: &Post) -> Seen {
    let field = |name: &str| post.fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let content = post.fields.get("content");
    Seen {
        author: field("author"),
        id: post.urn.clone(),
        url: address(&post.urn),
        text: post.shown.clone(),
        visibility: field("visibility"),
        media: content.map(|content| content::media(state, content)).unwrap_or_default(),
        title: content.and_then(content::title),
        card: content.and_then(content::card),
        poll: content.and_then(|content| content::poll(content, post.created)),
        quotes: post.fields.get("reshareContext").map(|reshare| text(reshare, "parent").to_owned()),
        details: if post.edited { vec![("edited", "true".to_owned())] } else { Vec::new() },
        ..Seen::new("linkedin", post.created)
    }
}
