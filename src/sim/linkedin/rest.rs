//! `/rest/`: what every versioned call must carry, and which function answers it.

use super::authors::{self, Session};
use super::call::{Call, Outcome, Reply, check_query, path_key};
use super::media::Kind;
use super::state::State;
use super::{comments, errors, media, pages, posts, reading, version, video};

/// Answers a call to `/rest/{path}`.
pub(super) fn handle(state: &mut State, call: &Call, path: &[&str]) -> Outcome {
    let method = RestMethod::of(call)?;
    let session = admit(state, call, path, method)?;
    let reply = dispatch(state, &session, call, path, method)?;
    Ok(reply.with("x-restli-protocol-version", "2.0.0"))
}

/// What Rest.li is asked to do; told by the header, else by the HTTP method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RestMethod {
    Get,
    BatchGet,
    Finder,
    Create,
    PartialUpdate,
    Action,
    Delete,
}

impl RestMethod {
    fn of(call: &Call) -> Result<Self, Reply> {
        let named = call.header("x-restli-method").map(|name| name.to_ascii_uppercase().replace('_', ""));
        match (call.method.as_str(), named.as_deref()) {
            ("GET", None | Some("BATCHGET")) if call.parameter("ids").is_some() => Ok(Self::BatchGet),
            ("GET", None | Some("GET")) => Ok(Self::Get),
            ("GET", Some("FINDER")) => Ok(Self::Finder),
            ("POST", None | Some("ACTION")) if call.parameter("action").is_some() => Ok(Self::Action),
            ("POST", None | Some("CREATE")) => Ok(Self::Create),
            ("POST", Some("PARTIALUPDATE")) => Ok(Self::PartialUpdate),
            ("DELETE", None | Some("DELETE")) => Ok(Self::Delete),
            (_, Some(_)) => Err(errors::syntax("X-RestLi-Method does not fit the HTTP method and the query")),
            (method, None) => Err(errors::method_not_allowed(&format!("{method} is not supported"))),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::BatchGet => "BATCH_GET",
            Self::Finder => "FINDER",
            Self::Create => "CREATE",
            Self::PartialUpdate => "PARTIAL_UPDATE",
            Self::Action => "ACTION",
            Self::Delete => "DELETE",
        }
    }
}

/// Token, version, protocol header and quota, in this order.
fn admit(state: &mut State, call: &Call, path: &[&str], method: RestMethod) -> Result<Session, Reply> {
    let mut session = authors::authenticate(state, call)?;
    let version = call.header("linkedin-version").ok_or_else(errors::version_missing)?;
    // The errors name the day release of a month's version, its first day.
    session.version = format!("{version}01");
    let active = match &state.options.active_versions {
        Some(range) => version.len() == 6 && version.parse().is_ok_and(|version| range.contains(&version)),
        None => version::is_active(version, state.now()),
    };
    if !active {
        return Err(errors::version_inactive(&session.version));
    }
    if call.header("x-restli-protocol-version") != Some("2.0.0") {
        let resource = path.first().copied().unwrap_or_default();
        return Err(errors::denied(&format!("{resource}.{}.NO_VERSION", method.word())));
    }
    let member = format!("{}/{}", session.client_id, session.member);
    if !state.spend(member, state.options.member_quota) {
        return Err(errors::throttled("MEMBER"));
    }
    if !state.spend(session.client_id.clone(), state.options.app_quota) {
        return Err(errors::throttled("APPLICATION"));
    }
    check_query(call.query())?;
    Ok(session)
}

fn dispatch(state: &mut State, session: &Session, call: &Call, path: &[&str], method: RestMethod) -> Outcome {
    use RestMethod::{Action, BatchGet, Create, Delete, Finder, Get, PartialUpdate};
    let action = call.parameter("action");
    match (path, method) {
        (["posts"], Create) => posts::create(state, session, call),
        (["posts"], Finder) => reading::list(state, session, call),
        (["posts", key], Get) => reading::get(state, session, &path_key(key)?),
        (["posts", key], PartialUpdate) => posts::edit(state, session, call, &path_key(key)?),
        (["posts", key], Delete) => posts::delete(state, session, &path_key(key)?),
        (["posts", key], Create) => {
            path_key(key)?;
            Err(errors::method_not_allowed("POST on a post is an edit only with X-RestLi-Method: PARTIAL_UPDATE"))
        }
        (["videos"], Action) if action.as_deref() == Some("initializeUpload") => {
            video::initialize(state, session, call)
        }
        (["videos"], Action) if action.as_deref() == Some("finalizeUpload") => video::finalize(state, session, call),
        ([resource @ ("images" | "documents")], Action) if action.as_deref() == Some("initializeUpload") => {
            media::initialize(state, session, call, Kind::of_resource(resource))
        }
        ([resource @ ("images" | "documents" | "videos"), key], Get) => {
            media::status(state, session, Kind::of_resource(resource), &path_key(key)?)
        }
        (["socialActions", key, "comments"], Create) => comments::create(state, session, call, &path_key(key)?),
        (["organizationAcls"], Get | Finder) => pages::roles(state, session, call),
        (["organizationsLookup"], BatchGet) => pages::lookup(state, session, call),
        (["organizations"], Get | Finder) => pages::by_vanity_name(state, session, call),
        (["organizations", key], Get) => pages::organization(state, session, &path_key(key)?),
        _ => Err(errors::not_found("No virtual resource found for this path")),
    }
}
