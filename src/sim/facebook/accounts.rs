//! People, Pages and portfolios as nodes, and the lists in which Pages are found with their tokens.
//! <https://developers.facebook.com/docs/graph-api/reference/user/accounts/>

use serde_json::{Value, json};

use super::auth::Who;
use super::call::{Outcome, Reply};
use super::graph::Request;
use super::params::{PAGED, Type};
use super::state::{Holder, State};
use super::{errors, fields, paging};

const LISTED: &str = "access_token,category,category_list,name,id,tasks";

pub(super) fn person(state: &mut State, request: &Request, person: usize) -> Outcome {
    request.params.check(state, &[])?;
    if request.caller.person() != Some(person) {
        return Err(errors::missing("get", request.path[0]));
    }
    let wishes = fields::wishes("User", request.params.get("fields"), "name,id")?;
    let mut view = json!({
        "id": state.people[person].id.to_string(),
        "name": state.people[person].name,
        "video_upload_limits": upload_limits(state),
    });
    if request.caller.has("pages_show_list") {
        view["accounts"] = json!({"data": account_views(state, request, person)});
    }
    Ok(Reply::json(200, &fields::select("User", &view, &wishes)))
}

/// `GET /{user}/accounts`: the Pages the person chose in the login, each with a token that lives as the caller's does.
pub(super) fn accounts(state: &mut State, request: &Request, person: usize) -> Outcome {
    let fields = request.params.check(state, &[PAGED, &[("is_place", Type::Bool), ("is_promotable", Type::Bool)]])?;
    own(request, person)?;
    if !request.caller.has("pages_show_list") {
        return Err(errors::unreadable("pages_show_list"));
    }
    let views = account_views(state, request, person);
    paging::page(request, &fields, "Page", LISTED, &views)
}

fn account_views(state: &mut State, request: &Request, person: usize) -> Vec<Value> {
    let portfolio = request.caller.has("business_management") && !state.options.hide_portfolio_pages;
    let chosen = chosen(state, request, person);
    let shown = |id: &u64| state.pages[id].business.is_none() || portfolio;
    let shown: Vec<u64> = chosen.into_iter().filter(shown).collect();
    shown.into_iter().map(|id| page_view(state, request, id)).collect()
}

/// The Pages of a login in which the person still has a role.
fn chosen(state: &State, request: &Request, person: usize) -> Vec<u64> {
    let login = state.logins.get(&(person, request.caller.app.clone()));
    let pages = login.map_or(&[][..], |login| &login.pages).iter();
    pages.filter(|page| state.people[person].tasks.contains_key(page)).copied().collect()
}

/// `GET /{user}/businesses`
pub(super) fn businesses(state: &mut State, request: &Request, person: usize) -> Outcome {
    let fields = request.params.check(state, &[PAGED])?;
    own(request, person)?;
    if !request.caller.has("business_management") {
        return Err(errors::unreadable("business_management"));
    }
    let pages = chosen(state, request, person);
    let mut ids: Vec<u64> = pages.iter().filter_map(|page| state.pages[page].business).collect();
    ids.sort_unstable();
    ids.dedup();
    let views: Vec<_> = ids.into_iter().map(business_view).collect();
    paging::page(request, &fields, "Business", "id,name", &views)
}

/// `GET /{business}/owned_pages` and `/client_pages`; the make-believe portfolios own all they hold.
pub(super) fn portfolio(state: &mut State, request: &Request, id: u64, edge: &str) -> Outcome {
    let fields = request.params.check(state, &[PAGED])?;
    let person = manager(state, request, id)?;
    let held = |page: &u64| edge == "owned_pages" && state.pages[page].business == Some(id);
    let pages: Vec<u64> = chosen(state, request, person).into_iter().filter(held).collect();
    let views: Vec<_> = pages.into_iter().map(|page| page_view(state, request, page)).collect();
    paging::page(request, &fields, "Page", "name,id", &views)
}

pub(super) fn business(state: &mut State, request: &Request, id: u64) -> Outcome {
    request.params.check(state, &[])?;
    manager(state, request, id)?;
    let wishes = fields::wishes("Business", request.params.get("fields"), "id,name")?;
    Ok(Reply::json(200, &fields::select("Business", &business_view(id), &wishes)))
}

/// The caller, if they may see into the portfolio.
fn manager(state: &State, request: &Request, id: u64) -> Result<usize, Reply> {
    let Who::User(person) = request.caller.who else { return Err(errors::missing("get", request.path[0])) };
    if !request.caller.has("business_management") {
        return Err(errors::unreadable("business_management"));
    }
    let inside = chosen(state, request, person).iter().any(|page| state.pages[page].business == Some(id));
    if inside { Ok(person) } else { Err(errors::missing("get", request.path[0])) }
}

fn own(request: &Request, person: usize) -> Result<(), Reply> {
    let own = request.caller.who == Who::User(person);
    if own { Ok(()) } else { Err(errors::missing("get", request.path[0])) }
}

fn business_view(id: u64) -> Value {
    json!({"id": id.to_string(), "name": format!("Portfolio {id}")})
}

/// `GET /{page}`
pub(super) fn page(state: &mut State, request: &Request, page: u64) -> Outcome {
    request.params.check(state, &[])?;
    let near = match request.caller.who {
        Who::App => false,
        Who::Page(own, _) => own == page,
        Who::User(person) => chosen(state, request, person).contains(&page) && request.caller.has("pages_show_list"),
    };
    if !near {
        let message = "Object does not exist, cannot be loaded due to missing permission or reviewable feature, or does \
                       not support this operation. This endpoint requires the 'pages_read_engagement' permission or the \
                       'Page Public Content Access' feature or the 'Page Public Metadata Access' feature.";
        return Err(errors::invalid(message));
    }
    let wishes = fields::wishes("Page", request.params.get("fields"), "name,id")?;
    let mut view = page_view(state, request, page);
    view["id"] = json!(page.to_string());
    Ok(Reply::json(200, &fields::select("Page", &view, &wishes)))
}

fn page_view(state: &mut State, request: &Request, id: u64) -> Value {
    let token = match request.caller.who {
        Who::Page(..) => Some(request.caller.token.clone()),
        Who::User(_) => state.grant_page(&request.caller.token, id),
        Who::App => None,
    };
    let page = &state.pages[&id];
    let mut view = json!({
        "id": if state.options.numeric_ids { json!(id) } else { json!(id.to_string()) },
        "name": page.name,
        "category": page.category,
        "category_list": [{"id": "2201", "name": page.category}],
        "link": format!("https://www.facebook.com/{id}"),
        "can_post": true,
        "is_published": true,
        "has_transitioned_to_new_page_experience": true,
        "verification_status": "not_verified",
        "video_upload_limits": upload_limits(state),
    });
    if let Some(token) = token {
        view["access_token"] = json!(token);
    }
    if let Some(tasks) = request.caller.person().and_then(|person| state.people[person].tasks.get(&id)) {
        view["tasks"] = json!(tasks);
    }
    // Whoever may not see the account is shown a Page without one.
    if let Some(account) = page.instagram.as_ref().filter(|_| request.caller.has("instagram_basic")) {
        let mut instagram = json!({"id": account});
        if let Some(name) = state.instagram_names.get(account) {
            instagram["username"] = json!(name);
        }
        view["connected_instagram_account"] = instagram.clone();
        view["instagram_business_account"] = instagram;
    }
    view
}

fn upload_limits(state: &State) -> Value {
    json!({"length": state.options.video_length.end().as_secs(), "size": state.options.video_bytes})
}

/// The Page tokens of a fresh login, for those who sign up without a browser.
pub(super) fn page_tokens(state: &mut State, user_token: &str, pages: &[u64]) -> Vec<(u64, String)> {
    let held = |grant: &super::state::Grant| grant.holder == Holder::User;
    if !state.grants.get(user_token).is_some_and(held) {
        return Vec::new();
    }
    pages.iter().filter_map(|page| Some((*page, state.grant_page(user_token, *page)?))).collect()
}
