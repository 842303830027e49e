//! Reading a repository, which anybody may: one record, or those of a collection.

use serde_json::{Value, json};

use super::call::{self, Call, Outcome};
use super::errors::{self, Refusal};
use super::state::{Key, Record, State};

/// `com.atproto.repo.getRecord`
pub(super) fn record(state: &State, call: &Call) -> Outcome {
    call.parameters(&["repo", "collection", "rkey", "cid"])?;
    let (repo, collection, rkey) = (call.needed("repo")?, call.needed("collection")?, call.needed("rkey")?);
    let account = account(state, call, repo)?;
    let key = (account, collection.to_owned(), rkey.to_owned());
    let wanted = |record: &&Record| call.parameter("cid").is_none_or(|cid| cid == record.cid);
    let uri = state.uri(&key);
    let missing = || Refusal::new(400, "RecordNotFound", &format!("Could not locate record: {uri}"));
    let record = state.records.get(&key).filter(wanted).ok_or_else(missing)?;
    Ok(call::json(200, &shown(state, &key, record)))
}

/// `com.atproto.repo.listRecords`: by their keys, the last first.
pub(super) fn records(state: &State, call: &Call) -> Outcome {
    call.parameters(&["repo", "collection", "limit", "cursor", "reverse"])?;
    let account = account(state, call, call.needed("repo")?)?;
    let collection = call.needed("collection")?;
    let limit: usize = call.parameter("limit").map_or(Ok(50), str::parse).unwrap_or(0);
    if !(1..=100).contains(&limit) {
        return Err(errors::invalid("Error: limit can not be less than 1 or greater than 100"));
    }
    let reverse = match call.parameter("reverse") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(errors::invalid("Error: reverse must be a boolean")),
    };
    let mut own: Vec<(&Key, &Record)> =
        state.records.iter().filter(|(key, _)| key.0 == account && key.1 == collection).collect();
    if !reverse {
        own.reverse();
    }
    let after = |key: &Key| match call.parameter("cursor") {
        None => true,
        Some(cursor) if reverse => key.2.as_str() > cursor,
        Some(cursor) => key.2.as_str() < cursor,
    };
    own.retain(|(key, _)| after(key));
    own.truncate(limit);
    let records: Vec<Value> = own.iter().map(|(key, record)| shown(state, key, record)).collect();
    let mut body = json!({"records": records});
    if let Some((key, _)) = own.last().filter(|_| own.len() == limit) {
        body["cursor"] = json!(key.2);
    }
    Ok(call::json(200, &body))
}

/// `com.atproto.repo.describeRepo`
pub(super) fn repo(state: &State, call: &Call) -> Outcome {
    call.parameters(&["repo"])?;
    let at = account(state, call, call.needed("repo")?)?;
    let own = &state.accounts[at];
    let mut collections: Vec<&String> = state.records.keys().filter(|key| key.0 == at).map(|key| &key.1).collect();
    collections.dedup();
    let document = super::identity::document(own);
    Ok(call::json(
        200,
        &json!({"handle": own.handle, "did": own.did, "didDoc": document, "collections": collections, "handleIsCorrect": true}),
    ))
}

/// A repository of this server.
fn account(state: &State, call: &Call, repo: &str) -> Result<usize, Refusal> {
    let found = state.account(repo).filter(|account| state.accounts[*account].pds == call.host);
    found.ok_or_else(|| errors::invalid(&format!("Could not find repo: {repo}")))
}

fn shown(state: &State, key: &Key, record: &Record) -> Value {
    json!({"uri": state.uri(key), "cid": record.cid, "value": record.value})
}
