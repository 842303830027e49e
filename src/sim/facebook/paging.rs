//! Lists in pages: `data`, cursors, and the addresses of the neighbours, which carry the token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::call::{Outcome, Reply};
use super::fields;
use super::graph::Request;
use super::params::Fields;

const USUAL: u64 = 25;
const MOST: u64 = 100;

/// One page of a list of views of a kind. `fields` were checked against [`PAGED`](super::params::PAGED).
pub(super) fn page(request: &Request, fields: &Fields, kind: &str, default: &str, views: &[Value]) -> Outcome {
    let wishes = fields::wishes(kind, request.params.get("fields"), default)?;
    let place = |name: &str| fields.text(name).and_then(index);
    let limit = usize::try_from(fields.number("limit").unwrap_or(USUAL).clamp(1, MOST)).unwrap_or(usize::MAX);
    let start = match (place("after"), place("before")) {
        (Some(after), _) => after + 1,
        (None, Some(before)) => before.saturating_sub(limit),
        (None, None) => 0,
    };
    let start = start.min(views.len());
    let end = start.saturating_add(limit).min(views.len());
    let data = views[start..end].iter().map(|view| fields::select(kind, view, &wishes)).collect::<Vec<_>>();
    let mut body = json!({"data": data});
    if start < end {
        body["paging"] = json!({"cursors": {"before": cursor(start), "after": cursor(end - 1)}});
        if end < views.len() {
            body["paging"]["next"] = json!(address(request, "after", &cursor(end - 1)));
        }
        if start > 0 {
            body["paging"]["previous"] = json!(address(request, "before", &cursor(start)));
        }
    }
    Ok(Reply::json(200, &body))
}

/// The same call, from another place on.
fn address(request: &Request, name: &str, cursor: &str) -> String {
    let kept =
        request.call.query.iter().filter(|(key, _)| !["after", "before", "access_token"].contains(&key.as_str()));
    let mut query = Serializer::new(String::new());
    query.append_pair("access_token", &request.caller.token);
    query.extend_pairs(kept).append_pair(name, cursor);
    format!("https://graph.facebook.com/{}/{}?{}", request.version, request.path.join("/"), query.finish())
}

fn cursor(index: usize) -> String {
    STANDARD_NO_PAD.encode(format!("Q{index:07}"))
}

fn index(cursor: &str) -> Option<usize> {
    String::from_utf8(STANDARD_NO_PAD.decode(cursor).ok()?).ok()?.strip_prefix('Q')?.parse().ok()
}
