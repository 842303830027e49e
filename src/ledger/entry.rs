//! One line of the ledger, as it is written down. The format is a promise: docs/ledger.md describes it.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::limits::Platform;
use crate::post::{OnRemove, PostId};
use crate::step::{Allowance, Class, Receipt};

mod line;

use line::{Kind, Line};

/// The version of the format this program writes.
pub const VERSION: u32 = 1;

/// Which account of which platform: `x:acme-x`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TargetKey(String);

impl TargetKey {
    pub fn new(platform: Platform, account: &str) -> Self {
        Self(format!("{platform}:{account}"))
    }

    /// The key of an entry that is about a post's whole ledger.
    pub fn none() -> Self {
        Self(String::new())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The platform, if this version knows it.
    pub fn platform(&self) -> Option<Platform> {
        Platform::named(self.0.split_once(':')?.0)
    }

    /// The account's name.
    pub fn account(&self) -> &str {
        self.0.split_once(':').map_or(&self.0, |(_, account)| account)
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Line")]
pub struct Entry {
    /// Format version.
    pub v: u32,
    /// UUIDv7 of this line.
    pub id: Uuid,
    /// When it was written, by the writer's clock. The order in the file decides, not this.
    pub t: DateTime<Utc>,
    #[serde(flatten)]
    pub event: Event,
    /// Empty for a baseline, which is about an account.
    pub post: PostId,
    pub target: TargetKey,
    /// The run that wrote it.
    pub run: String,
    /// The claim it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<Uuid>,
    /// How often this target had been claimed, that claim included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u32>,
    /// Hash of the rendition: see [`crate::fit::Rendition::fingerprint`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fp: Option<String>,
    /// Hash of what of the rendition no edit can change: see [`crate::fit::Rendition::fixed`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
    /// The content commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src: Option<String>,
    /// What the platform said, meanwhile, is left of its limits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<Allowance>,
    /// Program and version that wrote it.
    pub tool: String,
    /// First 16 hex digits of the SHA-256 of the line before it in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "ev", rename_all = "snake_case")]
pub enum Event {
    /// First contact with an account: what was due before this is not published.
    Baseline,
    /// A run will act on this target until `exp`.
    Claimed {
        exp: DateTime<Utc>,
        #[serde(skip_serializing_if = "Option::is_none")]
        takes_over: Option<Uuid>,
        #[serde(skip_serializing_if = "Aim::is_publish")]
        aim: Aim,
        /// What is to become of it once its post is gone, where the ledger did not know that: whoever finds out that it came
        /// out may no longer have the post to ask.
        #[serde(skip_serializing_if = "Option::is_none")]
        on_remove: Option<OnRemove>,
    },
    /// The claim's lease lasts longer.
    Renewed { exp: DateTime<Utc> },
    /// Something was made outside that no reader can see yet.
    Prepared {
        step: String,
        data: BTreeMap<String, String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires: Option<DateTime<Utc>>,
    },
    /// One part of a thread is out; `index` from 0.
    Part { index: usize, of: usize, receipt: Receipt },
    /// All of it is out; the receipt of the first part.
    Published {
        receipt: Receipt,
        /// What of it the platform did not take, though the post is out: its first comment.
        #[serde(skip_serializing_if = "Option::is_none")]
        lacks: Option<String>,
    },
    /// The platform said no.
    Failed {
        class: Class,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        msg: String,
        retry: Retry,
    },
    /// A call that may have shown part `index` got no clear answer.
    InDoubt { index: usize, why: String, sent_at: DateTime<Utc>, not_before: DateTime<Utc> },
    /// A doubt was settled.
    Resolved {
        #[serde(rename = "as")]
        found: Found,
        index: usize,
        of: usize,
        /// `look-up` or who the person is.
        by: String,
        evidence: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        receipt: Option<Receipt>,
    },
    /// The claim is given back; a person's release gives a refused target another run.
    Released {
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_at: Option<DateTime<Utc>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// What is out was changed; `parts` names the parts that have other receipts since, the first one included.
    Updated {
        receipt: Receipt,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        parts: BTreeMap<usize, Receipt>,
    },
    /// What the post says is to become of what is out once the post is gone.
    Noted { on_remove: OnRemove },
    /// It waits for a slot of its account, and this is the one it got. No word on whether it is out.
    Slotted { at: DateTime<Utc> },
    /// What was out is gone.
    Deleted,
    /// Its time, and `max_late`, passed.
    Missed { due: DateTime<Utc> },
    /// A person gave it up for good.
    Cancelled { by: String },
    /// A person says that a post that was already out is this target.
    Adopted { receipt: Receipt, by: String },
    /// A person says that all lines before this one are right, though some were changed by hand; `sum` is their
    /// [`chain`] value, as one text. About the whole file, and no target.
    Accepted { by: String, sum: String },
}

/// What a claim is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    #[default]
    Publish,
    /// To change what is out.
    Edit,
    /// To take away what is out.
    Remove,
}

impl Aim {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_publish(&self) -> bool {
        *self == Self::Publish
    }
}

/// Whether a refused target may be tried again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    Never,
    After(DateTime<Utc>),
    Human,
}

/// How a doubt was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    Published,
    Absent,
}

/// Where accounts' baselines are kept on the state branch.
pub const BASELINE_PATH: &str = "ledger/baseline.jsonl";

/// The folder of all ledger files on the state branch.
pub const FOLDER: &str = "ledger/";

/// The file of a post on the state branch. It depends on the post's id alone: a date or a path in it would let an edit
/// cause a second post.
pub fn path(post: &PostId) -> String {
    let digest = Sha256::digest(post.as_str().as_bytes());
    format!("{FOLDER}{:02x}/{}.jsonl", digest[0], file_name(post.as_str()))
}

/// The post whose file this is: [`path`] the other way round. Any text gives some id.
pub fn post_of(path: &str) -> PostId {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.strip_suffix(".jsonl").unwrap_or(name);
    PostId::new(percent_encoding::percent_decode_str(name).decode_utf8_lossy())
}

/// What lies outside `[a-z0-9._-]` is percent-encoded, so that ids made from paths stay one safe file name.
fn file_name(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' => name.push(char::from(byte)),
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    name
}

/// The chain value of a line: what the next line's `prev` holds.
pub fn chain(line: &str) -> String {
    let digest = Sha256::digest(line.trim_end_matches('\n').as_bytes());
    base16ct::lower::encode_string(&digest[..8])
}

/// One ledger line could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A kind this version does not know and must not ignore.
    Newer(String),
    Broken(String),
}

/// What the lines that follow are checked against: whether a ledger file still says what was written, told from each
/// line's `prev`.
#[derive(Debug, Default)]
pub struct Chain {
    values: HashSet<String>,
    /// The first line, from 1, that follows on something else than what stands before it.
    broken: Option<usize>,
}

impl Chain {
    /// Checks the next line: it must follow on a line that is there. A merge of two branches puts lines between the two.
    /// Lines without a `prev` follow on anything: they were not written by this program.
    pub fn add(&mut self, number: usize, line: &str, entry: Option<&Entry>) {
        let follows = entry.and_then(|entry| entry.prev.as_ref()).is_none_or(|prev| self.values.contains(prev));
        if !follows {
            self.broken.get_or_insert(number);
        }
        self.values.insert(chain(line));
    }

    /// A person has accepted all that stands above this line of the file, if it still says what the person saw.
    pub fn accept(&mut self, content: &str, number: usize, sum: &str) {
        if above(content, number) == sum {
            self.broken = None;
        }
    }

    pub fn broken(&self) -> Option<usize> {
        self.broken
    }
}

/// The [`chain`] value of all lines above one (from 1) as one text.
pub fn above(content: &str, number: usize) -> String {
    chain(&content.lines().take(number - 1).collect::<Vec<_>>().join("\n"))
}

/// Reads one line; `None` for one that says of itself that it may be ignored.
pub fn read(line: &str) -> Result<Option<Entry>, Unreadable> {
    match serde_json::from_str::<Entry>(line) {
        Ok(entry) if entry.v <= VERSION => Ok(Some(entry)),
        Ok(entry) => Err(Unreadable::Newer(format!("format version {}", entry.v))),
        Err(error) => {
            let value: serde_json::Value =
                serde_json::from_str(line).map_err(|error| Unreadable::Broken(error.to_string()))?;
            let version = value.get("v").and_then(serde_json::Value::as_u64);
            match value.get("ev").and_then(serde_json::Value::as_str) {
                Some(kind) if Kind::named(kind).is_some() => {
                    match version.filter(|version| *version > VERSION.into()) {
                        Some(version) => Err(Unreadable::Newer(format!("format version {version}"))),
                        None => Err(Unreadable::Broken(error.to_string())),
                    }
                }
                Some(_) if value.get("crit") == Some(&serde_json::Value::Bool(false)) => Ok(None),
                Some(kind) => Err(Unreadable::Newer(format!("entry kind `{kind}`"))),
                None => Err(Unreadable::Broken("no `ev`".to_owned())),
            }
        }
    }
}

/// Writes one line, without its line end.
pub fn write(entry: &Entry) -> String {
    #[expect(clippy::expect_used, reason = "every field serialises: strings, numbers and maps with string keys")]
    serde_json::to_string(entry).expect("an entry is plain data")
}
