//! Tokens: code exchange, long life, `debug_token`, permissions and their end.
//! <https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/get-long-lived>

use std::time::SystemTime;

use serde_json::{Value, json};

use super::auth::{self, Who};
use super::call::{Call, Outcome, Reply};
use super::errors::{self, Fault};
use super::graph::Request;
use super::params::{Known, Params, Type};
use super::state::{Grant, Holder, State, seconds};
use super::{App, paging};

const EXCHANGE: Known = &[
    ("client_id", Type::Text),
    ("client_secret", Type::Text),
    ("redirect_uri", Type::Text),
    ("code", Type::Text),
    ("grant_type", Type::Word(&["fb_exchange_token", "client_credentials", "authorization_code"])),
    ("fb_exchange_token", Type::Text),
];

/// `/oauth/access_token`: three kinds of grant in one place.
pub(super) fn access_token(state: &mut State, call: &Call) -> Outcome {
    let params = Params::gather(call)?;
    let fields = params.check(state, &[EXCHANGE])?;
    let app = client(state, fields.text("client_id"), fields.text("client_secret"))?;
    match fields.text("grant_type") {
        Some("client_credentials") => {
            let token = format!("{}|{}", app.id, app.secret);
            Ok(Reply::json(200, &json!({"access_token": token, "token_type": "bearer"})))
        }
        Some("fb_exchange_token") => {
            fields.exclude("grant_type=fb_exchange_token", &["code", "redirect_uri"])?;
            prolong(state, &app.id, fields.needed("fb_exchange_token")?)
        }
        _ => exchange(state, &app.id, fields.needed("code")?, fields.needed("redirect_uri")?),
    }
}

fn client(state: &State, id: Option<&str>, secret: Option<&str>) -> Result<App, Reply> {
    let id = id.ok_or_else(|| Fault::bare(101, "Missing client_id parameter.").reply())?;
    let message = "Error validating application. Cannot get application info due to a system error.";
    let app = state.apps.get(id).ok_or_else(|| Fault::bare(101, message).reply())?;
    let secret = secret.ok_or_else(|| Fault::bare(1, "Missing client_secret parameter.").reply())?;
    // The real service answers this fault of the caller with 400, not with the 500 of other codes 1.
    let wrong = || {
        let error = json!({"message": "Error validating client secret.", "type": "OAuthException", "code": 1});
        Reply::json(400, &json!({"error": error}))
    };
    Some(app.clone()).filter(|app| app.secret == secret).ok_or_else(wrong)
}

fn exchange(state: &mut State, app: &str, code: &str, redirect: &str) -> Outcome {
    let refuse = |subcode, message: &str| Err(Fault::bare(100, message).subcode(subcode).reply());
    let now = state.now();
    let Some(found) = state.codes.get_mut(code).filter(|found| found.app == app) else {
        return Err(Fault::bare(100, "Invalid verification code format.").reply());
    };
    if found.used {
        return refuse(36_009, "This authorization code has been used.");
    }
    // Gone at the first attempt, whether that one succeeds or not.
    found.used = true;
    if found.expires <= now {
        return refuse(36_007, "This authorization code has expired.");
    }
    if found.redirect != redirect {
        return refuse(
            36_008,
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used \
             in the OAuth dialog request",
        );
    }
    let (person, scopes) = (found.person, found.scopes.clone());
    let token = state.grant_user(person, app, &scopes, false);
    Ok(answer(state, &token))
}

/// A fresh token of long life for one that is still alive.
fn prolong(state: &mut State, app: &str, token: &str) -> Outcome {
    auth::bearer(state, token)?;
    let grant = state.grants.get(token).filter(|grant| grant.app == app && grant.holder == Holder::User).cloned();
    let grant =
        grant.ok_or_else(|| Fault::bare(100, "Invalid fb_exchange_token: it is no user token of this app").reply())?;
    let token = state.grant_user(grant.person, app, &grant.scopes, true);
    Ok(answer(state, &token))
}

fn answer(state: &State, token: &str) -> Reply {
    let mut body = json!({"access_token": token, "token_type": "bearer"});
    let end = state.grants.get(token).and_then(|grant| grant.expires);
    if let Some(end) = end.filter(|_| !state.options.omit_expires_in) {
        body["expires_in"] = json!(end.duration_since(state.now()).unwrap_or_default().as_millis().div_ceil(1_000));
    }
    Reply::json(200, &body)
}

const DEBUG: Known = &[("input_token", Type::Text)];

/// `GET /debug_token`, by the app itself or by one of its developers.
pub(super) fn debug(state: &mut State, request: &Request) -> Outcome {
    let fields = request.params.check(state, &[DEBUG])?;
    let token = fields.needed("input_token")?;
    let developer = match request.caller.who {
        Who::App => true,
        Who::User(person) => state.people[person].developer,
        Who::Page(..) => false,
    };
    if !developer {
        let message = "You must provide an app access token, or a user access token that is an owner or developer of \
                       the app";
        return Err(errors::invalid(message));
    }
    let Some(grant) = state.grants.get(token) else {
        let error = json!({"code": 190, "message": "The access token could not be decrypted"});
        return Ok(Reply::json(200, &json!({"data": {"error": error, "is_valid": false, "scopes": []}})));
    };
    if grant.app != request.caller.app {
        return Err(errors::invalid("The App_id in the input_token did not match the Viewing App"));
    }
    Ok(Reply::json(200, &json!({"data": describe(state, grant)})))
}

fn describe(state: &State, grant: &Grant) -> Value {
    let login = state.logins.get(&(grant.person, grant.app.clone()));
    let end = |at: Option<SystemTime>| at.map_or(0, seconds);
    let scopes = auth::scopes(state, grant);
    let targets = login.map_or(&[][..], |login| &login.pages);
    let targets: Vec<_> = targets.iter().map(u64::to_string).collect();
    let granular = scopes.iter().map(|scope| {
        let of_pages = scope.starts_with("pages_") && !targets.is_empty();
        if of_pages { json!({"scope": scope, "target_ids": targets}) } else { json!({"scope": scope}) }
    });
    let trouble = auth::trouble(state, grant);
    let mut data = json!({
        "app_id": grant.app,
        "type": if grant.holder == Holder::User { "USER" } else { "PAGE" },
        "application": state.apps.get(&grant.app).map_or("", |app| app.name.as_str()),
        "data_access_expires_at": end(login.map(|login| login.data_until)),
        "expires_at": end(grant.expires),
        "is_valid": trouble.is_none(),
        "scopes": scopes,
        "granular_scopes": granular.collect::<Vec<_>>(),
        "user_id": state.people[grant.person].id.to_string(),
    });
    if let Holder::Page(page) = grant.holder {
        data["profile_id"] = json!(page.to_string());
    }
    if let Some(subcode) = trouble {
        data["error"] = json!({"code": 190, "message": "Error validating access token", "subcode": subcode});
    }
    data
}

const PERMISSIONS: Known = &[("permission", Type::Text), ("status", Type::Word(&["granted", "declined", "expired"]))];

/// `GET /{user}/permissions`
pub(super) fn permissions(state: &mut State, request: &Request, person: usize) -> Outcome {
    let fields = request.params.check(state, &[PERMISSIONS, super::params::PAGED])?;
    let login = state.logins.get(&(person, request.caller.app.clone()));
    let scopes = login.into_iter().flat_map(|login| &login.scopes);
    let views = scopes.map(|(scope, granted)| (scope, if *granted { "granted" } else { "declined" }));
    let wanted = |name: &str, value: &str| fields.text(name).is_none_or(|wanted| wanted == value);
    let views = views.filter(|(scope, status)| wanted("permission", scope) && wanted("status", status));
    let views: Vec<_> = views.map(|(scope, status)| json!({"permission": scope, "status": status})).collect();
    paging::page(request, &fields, "Permission", "permission,status", &views)
}

/// `DELETE /{user}/permissions` and `/{user}/permissions/{permission}`: without one, the app is removed.
pub(super) fn revoke(state: &mut State, request: &Request, person: usize, scope: Option<&str>) -> Outcome {
    let fields = request.params.check(state, &[&[("permission", Type::Text)]])?;
    let app = request.caller.app.clone();
    let Some(scope) = scope.or(fields.text("permission")) else {
        state.logins.remove(&(person, app.clone()));
        state.kill(458, |grant| grant.person == person && grant.app == app);
        return Ok(success());
    };
    let login = state.logins.get_mut(&(person, app)).and_then(|login| login.scopes.get_mut(scope));
    let granted = login.ok_or_else(|| errors::invalid(&format!("The permission {scope} was not granted")))?;
    *granted = false;
    Ok(success())
}

pub(super) fn success() -> Reply {
    Reply::json(200, &json!({"success": true}))
}
