//! The one call that an incoming webhook of Slack takes. Knows no order of steps.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::fit::peculiar::slack::written;
use crate::fit::{Part, Rendition};
use crate::platform::{Auth, Body, Call, Method, address, home};

pub(super) const HOST: &str = "hooks.slack.com";

/// What stands for a picture that nobody has described: Slack wants something.
const PICTURE: &str = "picture";

fn call(name: &str, method: Method, body: Body) -> Call {
    let url = address(&home(HOST), &["services", "{key}"], &[]);
    Call { name: name.to_owned(), part: 0, shows: false, method, url, headers: Vec::new(), body, auth: Auth::Path }
}

/// Asks nothing.
pub(super) fn nothing() -> Call {
    call("who", Method::Get, Body::Empty)
}

/// The call that shows a message; `None`: a picture has no address.
pub(super) fn post(rendition: &Rendition, part: &Part, addresses: &BTreeMap<String, Url>) -> Option<Call> {
    let text = written(part);
    let preview = rendition.settings.get("no_preview").is_none_or(|value| value != "true");
    let mut body = json!({"text": text, "unfurl_links": preview, "unfurl_media": preview});
    if !part.media.is_empty() {
        let section = json!({"type": "section", "text": {"type": "mrkdwn", "text": text}});
        let mut blocks: Vec<Value> = if text.is_empty() { Vec::new() } else { vec![section] };
        for media in &part.media {
            let (url, alt) = (addresses.get(&media.path)?, media.alt.as_deref().unwrap_or(PICTURE));
            blocks.push(json!({"type": "image", "image_url": url, "alt_text": alt}));
        }
        if text.is_empty() {
            // What notifications say.
            let alt = part.media.iter().find_map(|media| media.alt.as_deref());
            body["text"] = json!(alt.unwrap_or(PICTURE));
        }
        body["blocks"] = json!(blocks);
    }
    Some(Call { shows: true, ..call("post 1", Method::Post, Body::Json(body)) })
}

/// What stands for the id that Slack does not tell: a digest of what was sent.
pub(super) fn digest(body: &Body) -> String {
    let sent = if let Body::Json(body) = body { body.to_string() } else { String::new() };
    let digest = base16ct::lower::encode_string(&Sha256::digest(sent.as_bytes())[..8]);
    format!("sent-{digest}")
}
