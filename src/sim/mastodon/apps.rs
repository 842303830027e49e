//! Apps, which register themselves with each server (<https://docs.joinmastodon.org/methods/apps/>). It knows nothing
//! of people.

use axum::response::Response;
use serde_json::{Value, json};
use url::Url;

use super::call::{self, Call, Outcome};
use super::errors::Refusal;
use super::state::{State, secret};

/// The address that stands for a page which shows the code.
pub(super) const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// What apps can ask for, without what administrators can.
pub(super) const SCOPES: &[&str] = &[
    "profile",
    "read",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "write",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "follow",
    "push",
];

/// A registered app.
pub(super) struct App {
    id: String,
    pub(super) name: String,
    website: Option<String>,
    pub(super) redirects: Vec<String>,
    pub(super) scopes: Vec<String>,
    pub(super) client_id: String,
    pub(super) client_secret: String,
}

/// `POST /api/v1/apps`
pub(super) fn create(state: &mut State, call: &Call) -> Outcome {
    let mut fields = call.fields()?;
    let name = fields.text("client_name")?.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| Refusal::invalid("Application name can't be blank"))?;
    let redirects = fields.lines("redirect_uris")?;
    let scopes = scopes(fields.text("scopes")?.as_deref().unwrap_or("read"))
        .ok_or_else(|| Refusal::invalid("Scopes doesn't match configured on the server."))?;
    let website = fields.text("website")?;
    fields.end()?;
    if redirects.is_empty() {
        return Err(Refusal::invalid("Redirect URI can't be blank"));
    }
    if !redirects.iter().all(|uri| uri == OUT_OF_BAND || Url::parse(uri).is_ok_and(|uri| uri.fragment().is_none())) {
        return Err(Refusal::invalid("Redirect URI must be an absolute URI."));
    }
    if website.as_ref().is_some_and(|website| Url::parse(website).is_err()) {
        return Err(Refusal::invalid("Website is not a valid URL"));
    }
    let id = (state.apps.len() + 1).to_string();
    let (client_id, client_secret) = (secret(), secret());
    let app = App { id, name, website, redirects, scopes, client_id, client_secret };
    let answer = shown(&app, true);
    state.apps.push(app);
    Ok(answer)
}

/// `GET /api/v1/apps/verify_credentials`: with any token of the app.
pub(super) fn verify(state: &State, call: &Call) -> Outcome {
    let caller = super::oauth::caller(state, call)?;
    let app = caller.app.ok_or_else(|| Refusal::new(401, "The access token is invalid"))?;
    Ok(shown(&state.apps[app], false))
}

/// The scopes of a list with blanks between, if the server has them all.
pub(super) fn scopes(text: &str) -> Option<Vec<String>> {
    let list: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    (!list.is_empty() && list.iter().all(|scope| SCOPES.contains(&scope.as_str()))).then_some(list)
}

fn shown(app: &App, with_secret: bool) -> Response {
    let mut body = json!({
        "id": app.id,
        "name": app.name,
        "website": app.website,
        "scopes": app.scopes,
        "redirect_uris": app.redirects,
        "redirect_uri": app.redirects.join("\n"),
        "vapid_key": "BCk-QqERU0q-CfYZjcuB6lnyyOYfJ2AifKqfeGIm7Z-HiTU5T9eTG5GxVA0_OH5mMlI4UkkDTpaZwozy0TzdZ2M=",
    });
    if with_secret {
        body["client_id"] = Value::from(app.client_id.as_str());
        body["client_secret"] = Value::from(app.client_secret.as_str());
        body["client_secret_expires_at"] = Value::from(0);
    }
    call::json(200, &body)
}
