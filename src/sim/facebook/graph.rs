//! The Graph: from version, path and token to the function that answers, with the headers all answers share.

use axum::http::Method;

use super::auth::{self, Caller, Who};
use super::call::{Call, Outcome, Reply};
use super::params::Params;
use super::state::State;
use super::version::{self, Version};
use super::{accounts, comments, errors, feed, links, meter, photos, posts, reels, stories, tokens, uploads, videos};

/// A call whose token is alive and within its allowance.
pub(super) struct Request<'a> {
    pub(super) call: &'a Call,
    pub(super) params: Params<'a>,
    pub(super) caller: Caller,
    /// The version that answers.
    pub(super) version: String,
    /// The path behind the version.
    pub(super) path: Vec<&'a str>,
}

/// What an id names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    App(String),
    Person(usize),
    Business(u64),
    Page(u64),
    /// By its index in [`State::posts`].
    Post(usize),
    Photo(u64),
    Video(u64),
    /// By its index in [`State::comments`].
    Comment(usize),
    Upload(String),
}

pub(super) fn handle(state: &mut State, call: &Call) -> Reply {
    let mut path: Vec<_> = call.path.trim_matches('/').split('/').filter(|part| !part.is_empty()).collect();
    let read = path.first().map_or(Version::Absent, |part| version::read(part, state.now()));
    let version = match (read, &state.options.default_version) {
        (Version::Served { ended: true, .. }, _) if state.options.refuse_ended_versions => None,
        (Version::Served { version, .. }, _) => {
            path.remove(0);
            Some(version)
        }
        (Version::Absent, Some(version)) => Some(version.clone()),
        _ => None,
    };
    let Some(version) = version else { return errors::unknown_path(&call.path) };
    let (headers, outcome) = answer(state, call, &version, path);
    let reply = outcome.unwrap_or_else(|refusal| refusal).with("facebook-api-version", version);
    headers.into_iter().fold(reply, |reply, (name, value)| reply.with(name, value))
}

type Headers = Vec<(&'static str, String)>;

fn answer(state: &mut State, call: &Call, version: &str, path: Vec<&str>) -> (Headers, Outcome) {
    if let ["oauth", "access_token"] = path[..] {
        return (Vec::new(), tokens::access_token(state, call));
    }
    let request = Params::gather(call).and_then(|params| {
        let caller = auth::caller(state, call, &params)?;
        Ok(Request { call, params, caller, version: version.to_owned(), path })
    });
    let request = match request {
        Ok(request) => request,
        Err(refusal) => return (Vec::new(), Err(refusal)),
    };
    let node = request.path.first().and_then(|id| look_up(state, &request.caller, id));
    let about_page =
        matches!(node, Some(Node::Page(_) | Node::Post(_) | Node::Photo(_) | Node::Video(_) | Node::Comment(_)));
    let gauge = meter::count(state, &request.caller, about_page);
    let outcome = match gauge.over {
        Some(refusal) => Err(refusal),
        None => route(state, &request, node),
    };
    (gauge.headers, outcome)
}

fn route(state: &mut State, request: &Request, node: Option<Node>) -> Outcome {
    let method = &request.call.method;
    let verb = match *method {
        Method::GET => "get",
        Method::POST => "post",
        Method::DELETE => "delete",
        _ => return Err(errors::unknown_path(&request.call.path)),
    };
    match request.path[..] {
        [] if verb == "post" => return links::scrape(state, request),
        ["debug_token"] if verb == "get" => return tokens::debug(state, request),
        _ => {}
    }
    let Some(node) = node else {
        return Err(errors::missing(verb, request.path.first().copied().unwrap_or_default()));
    };
    match (verb, &request.path[1..], node) {
        ("get", [], node) => nodes(state, request, &node),
        ("get", ["accounts"], Node::Person(person)) => accounts::accounts(state, request, person),
        ("get", ["businesses"], Node::Person(person)) => accounts::businesses(state, request, person),
        ("get", [edge @ ("owned_pages" | "client_pages")], Node::Business(id)) => {
            accounts::portfolio(state, request, id, edge)
        }
        ("get", ["permissions"], Node::Person(person)) => tokens::permissions(state, request, person),
        ("delete", ["permissions"], Node::Person(person)) => tokens::revoke(state, request, person, None),
        ("delete", ["permissions", scope], Node::Person(person)) => tokens::revoke(state, request, person, Some(scope)),

        ("post", ["feed"], Node::Page(page)) => feed::publish(state, request, page),
        ("get", [edge @ ("feed" | "posts" | "published_posts" | "scheduled_posts")], Node::Page(page)) => {
            posts::list(state, request, page, edge)
        }
        ("post", ["photos"], Node::Page(page)) => photos::upload(state, request, page),
        ("post", ["videos"], Node::Page(page)) => videos::handle(state, request, page),
        ("get", ["videos"], Node::Page(page)) => videos::list(state, request, page),
        ("post", ["video_reels"], Node::Page(page)) => reels::handle(state, request, page),
        ("get", ["video_reels"], Node::Page(page)) => reels::list(state, request, page),
        ("post", ["video_stories"], Node::Page(page)) => stories::video(state, request, page),
        ("post", ["photo_stories"], Node::Page(page)) => stories::photo(state, request, page),
        ("get", ["stories"], Node::Page(page)) => stories::list(state, request, page),

        ("post", [], Node::Post(index)) => posts::edit(state, request, index),
        ("delete", [], Node::Post(index)) => posts::delete(state, request, index),
        ("delete", [], Node::Photo(id)) => photos::delete(state, request, id),
        ("post", [], Node::Video(id)) => videos::edit(state, request, id),
        ("delete", [], Node::Video(id)) => videos::delete(state, request, id),
        ("post", ["captions"], Node::Video(id)) => videos::add_captions(state, request, id),
        ("post", ["thumbnails"], Node::Video(id)) => videos::add_thumbnail(state, request, id),
        ("get", ["attachments"], Node::Post(index)) => posts::attachments(state, request, index),

        ("post", ["comments"], node @ (Node::Post(_) | Node::Photo(_) | Node::Video(_))) => {
            comments::add(state, request, &node)
        }
        ("get", ["comments"], node @ (Node::Post(_) | Node::Photo(_) | Node::Video(_))) => {
            comments::list(state, request, &node)
        }
        ("post", [], Node::Comment(index)) => comments::edit(state, request, index),
        ("delete", [], Node::Comment(index)) => comments::delete(state, request, index),

        ("post", ["uploads"], Node::App(app)) => uploads::start(state, request, &app),
        ("post", [], Node::Upload(id)) => uploads::receive(state, request, &id),
        ("get", [edge, ..], _) => Err(errors::invalid(&format!("Tried accessing nonexisting field ({edge})"))),
        (_, [edge, ..], _) => Err(errors::unknown_path(&format!("/{edge}"))),
        (verb, [], _) => Err(errors::missing(verb, request.path[0])),
    }
}

fn nodes(state: &mut State, request: &Request, node: &Node) -> Outcome {
    match node {
        Node::App(_) => Err(errors::missing("get", request.path[0])),
        Node::Person(person) => accounts::person(state, request, *person),
        Node::Business(id) => accounts::business(state, request, *id),
        Node::Page(page) => accounts::page(state, request, *page),
        Node::Post(index) => posts::show(state, request, *index),
        Node::Photo(id) => photos::show(state, request, *id),
        Node::Video(id) => videos::show(state, request, *id),
        Node::Comment(index) => comments::show(state, request, *index),
        Node::Upload(id) => uploads::progress(state, request, id),
    }
}

/// What an id names for this caller; deleted and expired things are named by none.
fn look_up(state: &State, caller: &Caller, id: &str) -> Option<Node> {
    if id == "me" {
        return match caller.who {
            Who::App => None,
            Who::User(person) => Some(Node::Person(person)),
            Who::Page(page, _) => Some(Node::Page(page)),
        };
    }
    if state.sessions.contains_key(id) {
        return Some(Node::Upload(id.to_owned()));
    }
    if id.contains('_') {
        let post = state.posts.iter().position(|post| !post.deleted && post.id() == id).map(Node::Post);
        let comment = || state.comments.iter().position(|comment| !comment.deleted && comment.id == id);
        return post.or_else(|| comment().map(Node::Comment));
    }
    if state.apps.contains_key(id) || id == "app" {
        let id = if id == "app" { &caller.app } else { id };
        return Some(Node::App(id.to_owned()));
    }
    let number: u64 = id.parse().ok()?;
    let person = || state.people.iter().position(|person| person.id == number).map(Node::Person);
    let page = || state.pages.contains_key(&number).then_some(Node::Page(number));
    let photo = || state.photos.get(&number).filter(|photo| photo.lives(state)).map(|_| Node::Photo(number));
    let video = || state.videos.get(&number).filter(|video| !video.deleted).map(|_| Node::Video(number));
    let business = || state.pages.values().any(|page| page.business == Some(number)).then_some(Node::Business(number));
    person().or_else(page).or_else(photo).or_else(video).or_else(business)
}
