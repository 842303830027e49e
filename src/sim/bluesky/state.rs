//! Everything the servers remember: accounts, sessions, blobs, records. It keeps them and finds them; what is allowed
//! is decided elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::SystemTime;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::oauth::Memory;
use super::options::Options;
use super::rates::Spent;
use super::session::{self, Session};
use super::video::Job;
use super::{Member, SignUp, syntax};
use crate::sim::World;

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    /// When the request came that is answered now.
    pub(super) now: SystemTime,
    pub(super) accounts: Vec<Account>,
    /// By the id of their refresh token.
    pub(super) sessions: HashMap<String, Session>,
    /// By account and name.
    pub(super) blobs: HashMap<(usize, String), Blob>,
    /// By account, collection and key.
    pub(super) records: BTreeMap<Key, Record>,
    pub(super) jobs: Vec<Job>,
    pub(super) oauth: Memory,
    pub(super) spent: Spent,
    /// The last revision: each is later than the one before.
    pub(super) revision: u64,
}

/// Where a record is.
pub(super) type Key = (usize, String, String);

/// An account; known elsewhere by the index in [`State::accounts`].
pub(super) struct Account {
    pub(super) did: String,
    pub(super) handle: String,
    pub(super) email: String,
    pub(super) password: String,
    /// `None`: the person deleted it.
    pub(super) app_password: Option<String>,
    pub(super) pds: &'static str,
    pub(super) entryway: bool,
    pub(super) email_factor: bool,
    pub(super) status: Status,
    /// The name of the last commit.
    pub(super) head: String,
}

/// An account's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Active,
    Takendown,
    Suspended,
    Deactivated,
}

pub(super) struct Blob {
    pub(super) mime: String,
    pub(super) size: u64,
    /// All of it, or of a film the head.
    pub(super) bytes: Arc<[u8]>,
    pub(super) uploaded: SystemTime,
}

pub(super) struct Record {
    pub(super) value: Value,
    pub(super) cid: String,
    /// As it was put first under this key.
    pub(super) first: Value,
    pub(super) made: SystemTime,
}

impl State {
    pub(super) fn new(world: World) -> Self {
        Self {
            options: Options::default(),
            now: world.now(),
            world,
            accounts: Vec::new(),
            sessions: HashMap::new(),
            blobs: HashMap::new(),
            records: BTreeMap::new(),
            jobs: Vec::new(),
            oauth: Memory::default(),
            spent: Spent::default(),
            revision: 0,
        }
    }

    pub(super) fn sign_up(&mut self, sign_up: SignUp) -> Member {
        let known = self.accounts.iter().position(|account| account.handle == sign_up.handle);
        let account = known.unwrap_or_else(|| {
            self.accounts.push(Account {
                did: did(&sign_up.handle, self.accounts.len()),
                handle: sign_up.handle.to_lowercase(),
                email: sign_up.email,
                password: sign_up.password,
                app_password: Some(sign_up.app_password),
                pds: sign_up.pds,
                entryway: sign_up.entryway,
                email_factor: sign_up.email_factor,
                status: Status::Active,
                head: String::new(),
            });
            self.accounts.len() - 1
        });
        let (access_jwt, refresh_jwt) = session::open(self, account, true);
        let Account { did, handle, pds, app_password, .. } = &self.accounts[account];
        Member {
            did: did.clone(),
            handle: handle.clone(),
            pds,
            app_password: app_password.clone().unwrap_or_default(),
            access_jwt,
            refresh_jwt,
        }
    }

    pub(super) fn revoke_app_password(&mut self, did: &str) {
        let Some(account) = self.account(did) else { return };
        self.accounts[account].app_password = None;
        self.sessions.retain(|_, session| session.account != account || !session.by_app_password);
    }

    /// The account of this DID or handle.
    pub(super) fn account(&self, name: &str) -> Option<usize> {
        self.accounts.iter().position(|account| account.did == name || account.handle.eq_ignore_ascii_case(name))
    }

    /// The record at `at://authority/collection/key`.
    pub(super) fn record(&self, uri: &str) -> Option<&Record> {
        let (authority, collection, key) = syntax::record_address(uri)?;
        self.records.get(&(self.account(authority)?, collection.to_owned(), key.to_owned()))
    }

    /// The address of a record.
    pub(super) fn uri(&self, (account, collection, key): &Key) -> String {
        format!("at://{}/{collection}/{key}", self.accounts[*account].did)
    }

    /// A blob of an account that is still there: named by a record, or young.
    pub(super) fn blob(&self, account: usize, cid: &str) -> Option<&Blob> {
        let blob = self.blobs.get(&(account, cid.to_owned()))?;
        let young = self.now < blob.uploaded + self.options.blob_life;
        (young || self.is_named(account, cid)).then_some(blob)
    }

    /// Whether a record of the account names a blob.
    fn is_named(&self, account: usize, cid: &str) -> bool {
        let of = |own: &Key| own.0 == account;
        self.records.iter().any(|(key, record)| of(key) && (names(&record.value, cid) || names(&record.first, cid)))
    }

    /// Deletes what no record names.
    pub(super) fn sweep(&mut self) {
        let gone: Vec<_> = self.blobs.keys().filter(|(account, cid)| !self.is_named(*account, cid)).cloned().collect();
        for key in gone {
            self.blobs.remove(&key);
        }
    }
}

fn names(value: &Value, cid: &str) -> bool {
    match value {
        Value::Object(map) => {
            map.get("$link").is_some_and(|link| link == cid) || map.values().any(|value| names(value, cid))
        }
        Value::Array(list) => list.iter().any(|value| names(value, cid)),
        _ => false,
    }
}

/// `did:plc:` and 24 characters.
fn did(handle: &str, index: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = Sha256::digest(format!("{handle}/{index}"));
    let id: String = digest.iter().take(24).map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    format!("did:plc:{id}")
}
