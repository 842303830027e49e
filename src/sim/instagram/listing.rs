//! Pages of a listing: `limit`, `since`, `until`, cursors, and the links that carry the caller's token. It knows no node.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::access::Caller;
use super::call::{Call, Door, Fields, Reply};
use super::errors::{self, Outcome};
use super::state::seconds;

const LIMIT: u64 = 25;
const LIMIT_MAX: u64 = 100;

/// One page of what was found, newest first, each described as `fields` wishes.
pub(super) fn page(
    caller: &Caller,
    call: &Call,
    mut found: Vec<(u64, SystemTime)>,
    describe: impl Fn(u64, Option<&str>) -> Result<Value, Reply>,
) -> Outcome {
    let fields = Fields::of(call)?;
    fields.only(&["fields", "since", "until", "limit", "after", "before"])?;
    let (since, until) = (fields.whole("since")?, fields.whole("until")?);
    found.retain(|(_, at)| {
        since.is_none_or(|since| seconds(*at) >= since) && until.is_none_or(|until| seconds(*at) <= until)
    });
    let limit = fields.whole("limit")?.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(errors::invalid("Param limit must be from 1 to 100"));
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let total = found.len();
    if let Some(after) = fields.text("after") {
        let after = id(after)?;
        found.retain(|(id, _)| *id < after);
    }
    if let Some(before) = fields.text("before") {
        let before = id(before)?;
        found.retain(|(id, _)| *id > before);
        found.drain(..found.len().saturating_sub(limit));
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let data: Result<Vec<_>, _> = found.iter().map(|(id, _)| describe(*id, fields.text("fields"))).collect();
    let mut body = json!({ "data": data? });
    if let (Some((first, _)), Some((last, _))) = (found.first(), found.last()) {
        body["paging"] = json!({"cursors": {"before": cursor(*first), "after": cursor(*last)}});
        if more {
            body["paging"]["next"] = json!(link(caller, call, "after", &cursor(*last)));
        }
        if fields.text("after").is_some() && total > found.len() {
            body["paging"]["previous"] = json!(link(caller, call, "before", &cursor(*first)));
        }
    }
    Ok(Reply::json(200, &body))
}

/// The same call again, elsewhere in the list. It contains the token, as the real ones do.
fn link(caller: &Caller, call: &Call, side: &str, cursor: &str) -> String {
    let host = if caller.door == Door::Instagram { "graph.instagram.com" } else { "graph.facebook.com" };
    let kept = call.query.iter().filter(|(name, _)| !["access_token", "after", "before"].contains(&name.as_str()));
    let mut query = Serializer::new(String::new());
    query.append_pair("access_token", &caller.token).extend_pairs(kept).append_pair(side, cursor);
    format!("https://{host}{}?{}", call.path, query.finish())
}

fn cursor(id: u64) -> String {
    URL_SAFE_NO_PAD.encode(id.to_string())
}

fn id(cursor: &str) -> Result<u64, Reply> {
    let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.and_then(|text| text.parse().ok()).ok_or_else(|| errors::invalid("Invalid cursors values"))
}
