//! Who may act as whom: tokens, scopes, and roles on pages. It does not know what is being written or read.

use super::call::{Call, Reply};
use super::errors;
use super::state::State;

/// What a valid access token stands for in one request.
pub(super) struct Session {
    /// Index of the member.
    pub(super) member: usize,
    pub(super) client_id: String,
    scopes: Vec<String>,
    /// The API version asked for, as the errors write it; `NO_VERSION` outside `/rest/`.
    pub(super) version: String,
}

/// Who owns a post or an upload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Author {
    Member(usize),
    Organization(u64),
}

impl Session {
    pub(super) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|have| have == scope)
    }

    pub(super) fn has_any(&self, scopes: &[&str]) -> bool {
        scopes.iter().any(|scope| self.has(scope))
    }

    /// 403 for `action`, like `partnerApiPostsExternal.CREATE`.
    pub(super) fn denied(&self, action: &str) -> Reply {
        errors::denied(&format!("{action}.{}", self.version))
    }
}

/// The session of the bearer token, or one of the four 401 answers.
pub(super) fn authenticate(state: &State, call: &Call) -> Result<Session, Reply> {
    let bearer = call.header("authorization").and_then(|value| value.split_once(' '));
    let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let access = bearer.filter(|token| !token.is_empty()).ok_or_else(errors::empty_token)?;
    let token = state.tokens.get(access).ok_or_else(errors::invalid_token)?;
    if token.revoked {
        return Err(errors::revoked_token());
    }
    if token.expires <= state.now() {
        return Err(errors::expired_token());
    }
    Ok(Session {
        member: token.member,
        client_id: token.client_id.clone(),
        scopes: token.scopes.clone(),
        version: "NO_VERSION".to_owned(),
    })
}

/// The author a body names in `field`, if this session may write as that author. `action` is for the refusal.
pub(super) fn writer(state: &State, session: &Session, urn: &str, field: &str, action: &str) -> Result<Author, Reply> {
    match parse_urn(urn) {
        Some(("person", _)) if !session.has("w_member_social") => Err(session.denied(action)),
        Some(("person", sub)) if sub == state.sub(session.member, &session.client_id) => {
            Ok(Author::Member(session.member))
        }
        Some(("person", _)) => Err(errors::foreign_author(field)),
        Some(("organization", digits)) => {
            let organization = digits.parse().map_err(|_| invalid_urn(field, urn))?;
            if !session.has("w_organization_social") {
                return Err(errors::organization_permissions());
            }
            let author = Author::Organization(organization);
            if may_write(state, session, author) { Ok(author) } else { Err(errors::foreign_author(field)) }
        }
        Some(_) => Err(errors::input("INVALID_URN_TYPE", field, &format!("{urn} is neither a person nor a page"))),
        None => Err(invalid_urn(field, urn)),
    }
}

/// Whether the session may change what this author owns.
pub(super) fn may_write(state: &State, session: &Session, author: Author) -> bool {
    const ROLES: &[&str] = &["ADMINISTRATOR", "CONTENT_ADMIN", "CONTENT_ADMINISTRATOR"];
    match author {
        Author::Member(member) => member == session.member && session.has("w_member_social"),
        Author::Organization(id) => {
            session.has("w_organization_social") && state.roles(session.member, id).any(|role| ROLES.contains(&role))
        }
    }
}

/// Whether the session may read this author's posts: for persons only with a permission closed to new apps.
pub(super) fn may_read(state: &State, session: &Session, author: Author) -> bool {
    match author {
        Author::Member(member) => member == session.member && session.has("r_member_social"),
        Author::Organization(id) => {
            session.has("r_organization_social") && state.roles(session.member, id).next().is_some()
        }
    }
}

/// Kind and id of `urn:li:kind:id`.
pub(super) fn parse_urn(urn: &str) -> Option<(&str, &str)> {
    let (kind, id) = urn.strip_prefix("urn:li:")?.split_once(':')?;
    (!kind.is_empty() && !id.is_empty()).then_some((kind, id))
}

pub(super) fn invalid_urn(field: &str, urn: &str) -> Reply {
    errors::input("INVALID_URN_ID", field, &format!("{urn} is not a valid URN"))
}
