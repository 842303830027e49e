//! Who is to see a post: targeting, and the place it is tied to.

use serde_json::Value;

use super::call::Reply;
use super::errors::{self, Fault};
use super::params::Fields;

/// What `targeting` and `feed_targeting` may hold.
const KEYS: &[&str] = &[
    "geo_locations",
    "age_min",
    "age_max",
    "locales",
    "genders",
    "education_statuses",
    "interests",
    "relationship_statuses",
    "college_years",
    "fan_only",
];
const AGES: [u64; 5] = [13, 15, 18, 21, 25];
const PLACES: &[&str] = &["countries", "regions", "cities", "zips"];

/// Checks `targeting`, `feed_targeting`, `place` and `tags`.
pub(super) fn check(fields: &Fields) -> Result<(), Reply> {
    for name in ["targeting", "feed_targeting"] {
        if let Some(targeting) = fields.value(name) {
            target(name, targeting)?;
        }
    }
    if fields.has("place") && fields.text("place").is_none_or(|place| place.parse::<u64>().is_err()) {
        return Err(errors::parameter("place", "must be the id of a Page with a location"));
    }
    if fields.has("tags") && !fields.has("place") {
        return Err(errors::parameter("tags", "cannot be used without place"));
    }
    Ok(())
}

fn target(name: &str, targeting: &Value) -> Result<(), Reply> {
    let keys = targeting.as_object().into_iter().flat_map(|object| object.keys());
    if let Some(key) = keys.into_iter().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(errors::parameter(name, &format!("has the unknown key {key}")));
    }
    let age = targeting.get("age_min");
    if age.is_some_and(|age| !age.as_u64().is_some_and(|age| AGES.contains(&age))) {
        return Err(errors::parameter(&format!("{name}[age_min]"), "must be one of {13, 15, 18, 21, 25}"));
    }
    let Some(places) = targeting.get("geo_locations") else { return Ok(()) };
    let known = places.as_object().filter(|places| places.keys().all(|key| PLACES.contains(&key.as_str())));
    let known =
        known.ok_or_else(|| errors::parameter(&format!("{name}[geo_locations]"), "must be an object of places"))?;
    let countries = known.get("countries").and_then(Value::as_array).cloned().unwrap_or_default();
    let code = |country: &Value| {
        country.as_str().is_some_and(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
    };
    if !countries.iter().all(code) {
        return Err(errors::parameter(&format!("{name}[geo_locations][countries]"), "must be codes of two letters"));
    }
    let smaller = ["regions", "cities"].iter().filter_map(|key| known.get(*key)?.as_array()).flatten();
    if smaller.into_iter().any(|place| place.get("country").is_some_and(|country| countries.contains(country))) {
        let message = "Some of your locations overlap. Try removing a location.";
        return Err(Fault::new(100, "Invalid parameter").subcode(1_487_756).user("Locations overlap", message).reply());
    }
    Ok(())
}

/// Who sees a post that targets nobody, by its readers.
pub(super) fn visibility(live_app: bool) -> &'static str {
    // Posts of an app in development are shown only to people with a role on it.
    if live_app { "EVERYONE" } else { "APP_ROLES" }
}
