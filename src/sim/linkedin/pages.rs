//! Who am I, and which pages are mine: userinfo, roles on pages, pages.

use serde_json::{Value, json};

use super::authors::{Session, authenticate};
use super::call::{Call, Outcome, Reply};
use super::errors;
use super::state::State;

/// `GET /v2/userinfo`
pub(super) fn userinfo(state: &mut State, call: &Call) -> Outcome {
    let session = authenticate(state, call)?;
    if !session.has("openid") || !session.has("profile") {
        return Err(session.denied("userinfo.GET"));
    }
    if !state.spend(format!("{}/userinfo", session.client_id), state.options.userinfo_quota) {
        return Err(errors::throttled("APPLICATION"));
    }
    let person = &state.people[session.member];
    let (given, family) = person.name.split_once(' ').unwrap_or((&person.name, ""));
    let mut body = json!({
        "sub": state.sub(session.member, &session.client_id),
        "name": person.name,
        "given_name": given,
        "family_name": family,
        "picture": "https://media.licdn.com/dms/image/make-believe",
        "locale": {"country": "US", "language": "en"},
    });
    if session.has("email") {
        body["email"] = json!(person.email);
        body["email_verified"] = json!(true);
    }
    Ok(Reply::json(200, &body))
}

/// `GET /rest/organizationAcls?q=roleAssignee[&role=...][&state=...]`
pub(super) fn roles(state: &State, session: &Session, call: &Call) -> Outcome {
    admin(session, "organizationAcls.FINDER-roleAssignee")?;
    if call.parameter("q").as_deref() != Some("roleAssignee") {
        return Err(errors::syntax("Query parameter 'q' must be 'roleAssignee'"));
    }
    let assignee = format!("urn:li:person:{}", state.sub(session.member, &session.client_id));
    let wanted = |name: &str, value: &str| call.parameter(name).is_none_or(|wanted| wanted == value);
    let roles = state.people[session.member].roles.iter();
    let elements = roles.filter(|role| wanted("role", &role.name) && wanted("state", &role.state)).map(|role| {
        json!({
            "organization": format!("urn:li:organization:{}", role.organization),
            "role": role.name,
            "state": role.state,
            "roleAssignee": assignee,
        })
    });
    Ok(Reply::json(200, &page(call, elements.collect())?))
}

/// `GET /rest/organizations/{id}`
pub(super) fn organization(state: &State, session: &Session, key: &str) -> Outcome {
    admin(session, "organizations.GET")?;
    let found = key.parse().ok().and_then(|id| state.organizations.get_key_value(&id));
    let (id, name) = found.ok_or_else(|| errors::not_found("Organization not found"))?;
    Ok(Reply::json(200, &describe(*id, name)))
}

/// `GET /rest/organizations?q=vanityName&vanityName={slug}`
pub(super) fn by_vanity_name(state: &State, session: &Session, call: &Call) -> Outcome {
    admin(session, "organizations.FINDER-vanityName")?;
    let slug = call.parameter("vanityName").filter(|_| call.parameter("q").as_deref() == Some("vanityName"));
    let slug = slug.ok_or_else(|| errors::syntax("Query parameters 'q' and 'vanityName' are needed"))?;
    let found = state.organizations.iter().filter(|(_, name)| vanity_name(name) == slug);
    let elements = found.map(|(id, name)| describe(*id, name)).collect();
    Ok(Reply::json(200, &page(call, elements)?))
}

/// `GET /rest/organizationsLookup?ids=List(1,2)`: what everybody may know of organisations.
pub(super) fn lookup(state: &State, session: &Session, call: &Call) -> Outcome {
    if !session.has_any(&["rw_organization_admin"]) {
        return Err(session.denied("organizationsLookup.BATCH_GET"));
    }
    // As sent: with its brackets encoded it would be one word.
    let list = call.query().split('&').find_map(|pair| pair.strip_prefix("ids=")).unwrap_or_default();
    let keys = list.strip_prefix("List(").and_then(|keys| keys.strip_suffix(')'));
    let keys = keys.ok_or_else(|| errors::syntax("Query parameter 'ids' is no List(...)"))?;
    let mut answer = json!({"results": {}, "statuses": {}, "errors": {}});
    for key in keys.split(',') {
        let id: u64 = key.parse().map_err(|_| errors::syntax(&format!("Key '{key}' is no number")))?;
        let found = state.organizations.get(&id);
        answer["statuses"][key] = json!(if found.is_some() { 200 } else { 404 });
        match found {
            Some(name) => answer["results"][key] = describe(id, name),
            None => answer["errors"][key] = json!({"status": 404, "message": "Organization not found"}),
        }
    }
    Ok(Reply::json(200, &answer))
}

/// One page of a list, by the query's `start` and `count` (1 to 100, default 10).
pub(super) fn page(call: &Call, elements: Vec<Value>) -> Result<Value, Reply> {
    let number = |name: &str, default: usize| match call.parameter(name) {
        Some(text) => text.parse().map_err(|_| errors::syntax(&format!("Query parameter '{name}' is not a number"))),
        None => Ok(default),
    };
    let (start, count) = (number("start", 0)?, number("count", 10)?);
    if !(1..=100).contains(&count) {
        return Err(errors::syntax("Query parameter 'count' must lie between 1 and 100"));
    }
    let total = elements.len();
    let elements: Vec<Value> = elements.into_iter().skip(start).take(count).collect();
    let paging = json!({"start": start, "count": count, "links": [], "total": total});
    Ok(json!({"elements": elements, "paging": paging}))
}

fn admin(session: &Session, action: &str) -> Result<(), Reply> {
    let allowed = session.has_any(&["rw_organization_admin", "r_organization_admin"]);
    if allowed { Ok(()) } else { Err(session.denied(action)) }
}

fn describe(id: u64, name: &str) -> Value {
    json!({"id": id, "localizedName": name, "vanityName": vanity_name(name)})
}

fn vanity_name(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}
