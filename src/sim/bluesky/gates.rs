//! The records beside a post that say who may answer it and whether it may be quoted: `app.bsky.feed.threadgate` and
//! `postgate`.

use serde_json::Value;

use super::lexicon::{Field, Kind, check, optional, required};
use super::post;
use super::state::State;
use super::syntax;

pub(super) const THREAD: &str = "app.bsky.feed.threadgate";
pub(super) const POST: &str = "app.bsky.feed.postgate";

const ALLOWED: &[(&str, &[Field])] = &[
    ("app.bsky.feed.threadgate#mentionRule", &[]),
    ("app.bsky.feed.threadgate#followerRule", &[]),
    ("app.bsky.feed.threadgate#followingRule", &[]),
    ("app.bsky.feed.threadgate#listRule", &[required("list", Kind::Address)]),
];

const THREADGATE: &[Field] = &[
    required("post", Kind::Address),
    required("createdAt", Kind::Datetime),
    optional("allow", Kind::List { of: &Kind::Union(ALLOWED), least: 0, most: 5 }),
    optional("hiddenReplies", Kind::List { of: &Kind::Address, least: 0, most: 300 }),
];

const POSTGATE: &[Field] = &[
    required("post", Kind::Address),
    required("createdAt", Kind::Datetime),
    optional("detachedEmbeddingUris", Kind::List { of: &Kind::Address, least: 0, most: 50 }),
    optional(
        "embeddingRules",
        Kind::List { of: &Kind::Union(&[("app.bsky.feed.postgate#disableRule", &[])]), least: 0, most: 5 },
    ),
];

/// What is wrong with a gate of this account under this key: it has the key of its post.
pub(super) fn check_gate(record: &Value, nsid: &str, did: &str, key: &str) -> Result<(), String> {
    check(record, nsid, if nsid == THREAD { THREADGATE } else { POSTGATE })?;
    let address = record["post"].as_str().and_then(syntax::record_address);
    if address != Some((did, post::NSID, key)) {
        return Err(format!("The gate of at://{did}/{}/{key} names another post, at $.post", post::NSID));
    }
    Ok(())
}

/// What the gates of a post say.
pub(super) fn shown(state: &State, account: usize, key: &str) -> Vec<(&'static str, String)> {
    let gate = |nsid: &str| Some(&state.records.get(&(account, nsid.to_owned(), key.to_owned()))?.value);
    let rules =
        |gate: Option<&Value>, name: &str| gate.and_then(|gate| gate.get(name)).and_then(Value::as_array).cloned();
    let mut shown = Vec::new();
    if let Some(allowed) = rules(gate(THREAD), "allow") {
        let names: Vec<&str> =
            allowed.iter().filter_map(|rule| Some(rule["$type"].as_str()?.split_once('#')?.1)).collect();
        shown.push(("threadgate", if names.is_empty() { "nobody".to_owned() } else { names.join(",") }));
    }
    if rules(gate(POST), "embeddingRules").is_some_and(|rules| !rules.is_empty()) {
        shown.push(("postgate", "no quotes".to_owned()));
    }
    shown
}
