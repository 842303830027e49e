//! Writing to a repository: put, create, delete, several at once. Each write is one transaction; what a repeat answers
//! is as the server was seen to answer.

use serde_json::{Value, json};

use super::auth;
use super::call::{self, Call, Input, Outcome};
use super::cid;
use super::errors::{self, Refusal};
use super::rates::{self, Ration};
use super::state::{Key, Record, State};
use super::{blobs, gates, post, shape, syntax};

/// Writes of one `applyWrites`.
const WRITES_MAX: usize = 200;
const CREATE: u32 = 3;
const UPDATE: u32 = 2;
const DELETE: u32 = 1;

/// One change of a repository, found to be in order.
enum Write {
    Put(Key, Value, String),
    Delete(Key),
}

/// What a write is meant to do, where that matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Create,
    Update,
    Delete,
}

impl Mode {
    fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    fn points(self) -> u32 {
        match self {
            Self::Create => CREATE,
            Self::Update => UPDATE,
            Self::Delete => DELETE,
        }
    }
}

/// `com.atproto.repo.putRecord`: the same again writes nothing, and the answer has no `commit`.
pub(super) fn put(state: &mut State, call: &Call) -> Outcome {
    let caller = auth::writer(state, call)?;
    let account = caller.account;
    rates::spend(state, Ration::Writes, Some(account), UPDATE)?;
    let input = call.input(&["repo", "collection", "rkey", "validate", "record", "swapRecord", "swapCommit"])?;
    own(state, account, &input)?;
    let _ = input.flag("validate")?;
    caller.may(input.needed("collection")?, &["create", "update"])?;
    let key = key(account, &input, input.needed("rkey")?)?;
    let (value, cid) = checked(state, &key, input.object("record")?)?;
    let current = state.records.get(&key).map(|record| record.cid.clone());
    if current.as_ref() == Some(&cid) && fits_the_same(&input, &cid) {
        return Ok(call::json(200, &json!({"uri": state.uri(&key), "cid": cid, "validationStatus": "valid"})));
    }
    check_swaps(state, account, &input, current.as_deref())?;
    let uri = state.uri(&key);
    let commit = commit(state, account, vec![Write::Put(key, value, cid.clone())]);
    Ok(call::json(200, &json!({"uri": uri, "cid": cid, "commit": commit, "validationStatus": "valid"})))
}

/// Whether a swap lets what is there already be put again: said to be absent, or to be just that.
fn fits_the_same(input: &Input, cid: &str) -> bool {
    input.get("swapRecord").is_none_or(|swap| swap.is_null() || swap == cid)
}

/// `com.atproto.repo.createRecord`: a key that is taken is a fault of the server.
pub(super) fn create(state: &mut State, call: &Call) -> Outcome {
    let caller = auth::writer(state, call)?;
    let account = caller.account;
    rates::spend(state, Ration::Writes, Some(account), CREATE)?;
    let input = call.input(&["repo", "collection", "rkey", "validate", "record", "swapCommit"])?;
    own(state, account, &input)?;
    let _ = input.flag("validate")?;
    let fresh = syntax::tid(syntax::micros(state.now), state.revision);
    caller.may(input.needed("collection")?, &["create"])?;
    let key = key(account, &input, input.text("rkey")?.unwrap_or(&fresh))?;
    let (value, cid) = checked(state, &key, input.object("record")?)?;
    check_swaps(state, account, &input, None)?;
    if state.records.contains_key(&key) {
        return Err(errors::internal());
    }
    let uri = state.uri(&key);
    let commit = commit(state, account, vec![Write::Put(key, value, cid.clone())]);
    Ok(call::json(200, &json!({"uri": uri, "cid": cid, "commit": commit, "validationStatus": "valid"})))
}

/// `com.atproto.repo.deleteRecord`: 200 as well where there is nothing.
pub(super) fn delete(state: &mut State, call: &Call) -> Outcome {
    let caller = auth::writer(state, call)?;
    let account = caller.account;
    rates::spend(state, Ration::Writes, Some(account), DELETE)?;
    let input = call.input(&["repo", "collection", "rkey", "swapRecord", "swapCommit"])?;
    own(state, account, &input)?;
    caller.may(input.needed("collection")?, &["delete"])?;
    let key = key(account, &input, input.needed("rkey")?)?;
    let Some(current) = state.records.get(&key).map(|record| record.cid.clone()) else {
        return Ok(call::json(200, &json!({})));
    };
    check_swaps(state, account, &input, Some(&current))?;
    let commit = commit(state, account, vec![Write::Delete(key)]);
    Ok(call::json(200, &json!({"commit": commit})))
}

/// `com.atproto.repo.applyWrites`: all or nothing.
pub(super) fn apply(state: &mut State, call: &Call) -> Outcome {
    let caller = auth::writer(state, call)?;
    let account = caller.account;
    let input = call.input(&["repo", "validate", "writes", "swapCommit"])?;
    let list = input.list("writes")?;
    let (mut points, mut wanted) = (0, Vec::new());
    for write in list {
        let (mode, write) = read(write)?;
        points += mode.points();
        wanted.push((mode, write));
    }
    rates::spend(state, Ration::Writes, Some(account), points)?;
    own(state, account, &input)?;
    let _ = input.flag("validate")?;
    if list.len() > WRITES_MAX {
        return Err(errors::invalid(&format!("Too many writes. Max: {WRITES_MAX}")));
    }
    check_swaps(state, account, &input, None)?;
    let (mut writes, mut results) = (Vec::new(), Vec::new());
    for (at, (mode, write)) in wanted.iter().enumerate() {
        let fresh = syntax::tid(syntax::micros(state.now) + at as u64, state.revision);
        caller.may(write.needed("collection")?, &[mode.word()])?;
        let asked = write.text("rkey")?;
        let key =
            key(account, write, if *mode == Mode::Create { asked.unwrap_or(&fresh) } else { write.needed("rkey")? })?;
        let touched =
            writes.iter().any(|write| matches!(write, Write::Put(own, ..) | Write::Delete(own) if *own == key));
        if touched || state.records.contains_key(&key) == (*mode == Mode::Create) {
            return Err(errors::internal());
        }
        let word = if *mode == Mode::Create {
            "create"
        } else if *mode == Mode::Update {
            "update"
        } else {
            "delete"
        };
        let mut result = json!({"$type": format!("com.atproto.repo.applyWrites#{word}Result")});
        if *mode == Mode::Delete {
            writes.push(Write::Delete(key));
        } else {
            let (value, cid) = checked(state, &key, write.object("value")?)?;
            result["uri"] = json!(state.uri(&key));
            result["cid"] = json!(cid);
            result["validationStatus"] = json!("valid");
            writes.push(Write::Put(key, value, cid));
        }
        results.push(result);
    }
    let commit = commit(state, account, writes);
    Ok(call::json(200, &json!({"commit": commit, "results": results})))
}

/// One of the `writes`.
fn read(write: &Value) -> Result<(Mode, Input), Refusal> {
    let object = write.as_object().cloned().ok_or_else(|| errors::invalid("Input/writes must be objects"))?;
    let name = object.get("$type").and_then(Value::as_str).unwrap_or_default();
    let mode = match name.strip_prefix("com.atproto.repo.applyWrites#") {
        Some("create") => Mode::Create,
        Some("update") => Mode::Update,
        Some("delete") => Mode::Delete,
        _ => return Err(errors::invalid(&format!("Action not supported: {name}"))),
    };
    let known: &[&str] =
        if mode == Mode::Delete { &["$type", "collection", "rkey"] } else { &["$type", "collection", "rkey", "value"] };
    Ok((mode, Input::of(object, known)?))
}

/// One writes only to one's own repository.
fn own(state: &State, account: usize, input: &Input) -> Result<(), Refusal> {
    let repo = input.needed("repo")?;
    if state.account(repo) == Some(account) {
        return Ok(());
    }
    Err(Refusal::new(403, "Forbidden", &format!("Not the repository of the caller: {repo}")))
}

fn key(account: usize, input: &Input, key: &str) -> Result<Key, Refusal> {
    let collection = input.needed("collection")?;
    if !syntax::is_nsid(collection) {
        return Err(errors::invalid(&format!("Input/collection must be a valid nsid: {collection}")));
    }
    if !syntax::is_key(key) {
        return Err(errors::invalid(&format!("Input/rkey must be a valid record key: {key}")));
    }
    // The collections here all have keys of this kind.
    if !syntax::is_tid(key) {
        return Err(errors::invalid(&format!("Invalid record key for {collection}: expected a TID, got {key}")));
    }
    Ok((account, collection.to_owned(), key.to_owned()))
}

/// The record and its name, if its lexicon allows it and its files are there.
fn checked(state: &State, (account, collection, key): &Key, record: &Value) -> Result<(Value, String), Refusal> {
    let wrong = |why: String| errors::invalid(&format!("Invalid {collection} record: {why}"));
    let named = match collection.as_str() {
        post::NSID => post::checked(state, record).map_err(wrong)?,
        gates::THREAD | gates::POST => {
            let did = &state.accounts[*account].did;
            gates::check_gate(record, collection, did, key).map_err(wrong)?;
            Vec::new()
        }
        _ => return Err(errors::invalid(&format!("Unknown lexicon type: {collection}"))),
    };
    let cid = cid::of_json(record).ok_or_else(|| wrong("Not of the data model".to_owned()))?;
    named.iter().try_for_each(|named| blobs::check(state, *account, named))?;
    shape::check(state, *account, record).map_err(wrong)?;
    Ok((record.clone(), cid))
}

/// What the caller says is there now must be there: a record (null: none), a commit.
fn check_swaps(state: &State, account: usize, input: &Input, current: Option<&str>) -> Result<(), Refusal> {
    let head = &state.accounts[account].head;
    if let Some(swap) = input.text("swapCommit")?.filter(|swap| swap != head) {
        if !cid::is(swap) {
            return Err(errors::invalid("Input/swapCommit must be a cid string"));
        }
        return Err(errors::swap("Commit", Some(head)));
    }
    match input.get("swapRecord") {
        None => Ok(()),
        Some(swap) if swap.as_str() == current && (swap.is_string() || swap.is_null()) => Ok(()),
        Some(Value::Null | Value::String(_)) => Err(errors::swap("Record", current)),
        Some(_) => Err(errors::invalid("Input/swapRecord must be a cid string")),
    }
}

/// Carries out the writes; tells the commit.
fn commit(state: &mut State, account: usize, writes: Vec<Write>) -> Value {
    state.revision = syntax::micros(state.now).max(state.revision + 1);
    let revision = syntax::tid(state.revision, 0);
    let mut changed = Vec::new();
    for write in writes {
        match write {
            Write::Put(key, value, cid) => {
                changed.push(json!([key.1, key.2, cid]));
                let made = state.now;
                let first = value.clone();
                let record = Record { value, cid, first, made };
                let old = state.records.insert(key.clone(), record);
                if let (Some(old), Some(new)) = (old, state.records.get_mut(&key)) {
                    (new.first, new.made) = (old.first, old.made);
                }
            }
            Write::Delete(key) => {
                changed.push(json!([key.1, key.2, null]));
                state.records.remove(&key);
            }
        }
    }
    let own = &mut state.accounts[account];
    // A real commit names a tree and is signed; this one has only the form of its name.
    let commit = json!({"did": own.did, "version": 3, "rev": revision, "prev": own.head, "data": changed});
    own.head = cid::of_json(&commit).unwrap_or_default();
    json!({"cid": own.head, "rev": revision})
}
