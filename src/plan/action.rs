//! What a plan is made of: one row a target, with what a run would do about it and why not.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::contents::{Beside, MediaRow, PartRow};
use crate::error::Kind;
use crate::fit::Fitted;
use crate::fit::price::Dollars;
use crate::ledger::entry::{Aim, TargetKey};
use crate::limits::Platform;
use crate::post::{OnRemove, PostId};
use crate::step::Refs;

/// Where a target stands, in the words of the JSON documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Draft,
    /// Waiting for a person's word, not for a time: no schedule, a paused account, an error in the post.
    Held,
    Scheduled,
    Due,
    /// A run holds the claim.
    Publishing,
    Published,
    Failed,
    Doubtful,
    Missed,
    Cancelled,
    Removed,
}

/// What a run may do about a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Publish,
    /// Go on where an earlier run stopped.
    Resume,
    /// It may be out already: look for it first.
    Look,
    Edit,
    Remove,
}

/// One target in a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub post: PostId,
    /// The post's file; empty when it is gone from the repository.
    pub path: String,
    pub account: String,
    pub platform: Platform,
    pub state: Standing,
    pub action: Option<Action>,
    pub due: Option<DateTime<Utc>>,
    /// Why nothing is done, or what is peculiar about what is.
    pub reason: Option<String>,
    pub parts: Vec<PartRow>,
    pub media: Vec<MediaRow>,
    #[serde(flatten)]
    pub beside: Beside,
    pub receipt: Option<ReceiptRow>,
    pub warnings: Vec<String>,
    /// What the platform bills for what is left to do, if all goes well.
    #[serde(rename = "cost_usd", skip_serializing_if = "Option::is_none")]
    pub cost: Option<Dollars>,
    /// Whether it was made due by being merged.
    #[serde(skip)]
    pub on_merge: bool,
    /// The zone the schedule was written in.
    #[serde(skip)]
    pub zone: String,
    #[serde(skip)]
    pub key: TargetKey,
    #[serde(skip)]
    pub rendition: Option<Fitted>,
    /// The fingerprint of what is sent, where an earlier plan kept no more of it: see [`super::waiting`].
    #[serde(skip)]
    pub kept: Option<String>,
    /// On whose behalf, as accounts.toml says (`as`).
    #[serde(skip)]
    pub acts_as: Option<String>,
    /// Where the posts of ours that it refers to are out.
    #[serde(skip)]
    pub refs: Refs,
    /// What a run that leaves this row as it is has to answer for.
    #[serde(skip)]
    pub attention: Option<Kind>,
    /// A run has acted on it just now.
    #[serde(skip)]
    pub acted: bool,
    /// What a run has brought to its end just now.
    #[serde(skip)]
    pub done: Option<Aim>,
    /// The ledger has no word on it.
    #[serde(skip)]
    pub untouched: bool,
    /// The dead run's claim that acting on this takes over.
    #[serde(skip)]
    pub takes_over: Option<Uuid>,
    /// The ledger has yet to be told that this was missed.
    #[serde(skip)]
    pub newly_missed: bool,
    /// What the post says is to become of what is out once it is gone, where the ledger has yet to be told.
    #[serde(skip)]
    pub to_note: Option<OnRemove>,
    /// The slot it got, where the ledger has yet to be told.
    #[serde(skip)]
    pub to_slot: Option<DateTime<Utc>>,
}

impl Row {
    /// Which target of which post it is, in every run: for keys that keep a call from acting twice.
    pub fn mark(&self) -> String {
        format!("{}:{}", self.post, self.account)
    }

    /// A row of which nothing is known but where its target stands.
    pub(crate) fn bare(post: PostId, key: TargetKey, platform: Platform, state: Standing) -> Self {
        Self {
            post,
            path: String::new(),
            account: key.account().to_owned(),
            platform,
            state,
            action: None,
            due: None,
            reason: None,
            parts: Vec::new(),
            media: Vec::new(),
            beside: Beside::default(),
            receipt: None,
            warnings: Vec::new(),
            cost: None,
            on_merge: false,
            zone: "UTC".to_owned(),
            key,
            rendition: None,
            kept: None,
            acts_as: None,
            refs: Refs::default(),
            attention: None,
            acted: false,
            done: None,
            untouched: false,
            takes_over: None,
            newly_missed: false,
            to_note: None,
            to_slot: None,
        }
    }
}

/// Proof that it is out.
#[derive(Clone, Debug, Serialize)]
pub struct ReceiptRow {
    pub id: String,
    pub url: String,
    pub at: DateTime<Utc>,
}

impl Standing {
    /// Whether it is yet to go out.
    pub fn is_open(self) -> bool {
        use Standing::{Doubtful, Due, Failed, Held, Publishing, Scheduled};
        matches!(self, Held | Scheduled | Due | Publishing | Failed | Doubtful)
    }

    /// The word people read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Held => "held",
            Self::Scheduled => "scheduled",
            Self::Due => "due",
            Self::Publishing => "publishing",
            Self::Published => "published",
            Self::Failed => "failed",
            Self::Doubtful => "doubtful",
            Self::Missed => "missed",
            Self::Cancelled => "cancelled",
            Self::Removed => "removed",
        }
    }
}

impl Action {
    /// What it is for.
    pub fn aim(self) -> Aim {
        match self {
            Self::Publish | Self::Resume | Self::Look => Aim::Publish,
            Self::Edit => Aim::Edit,
            Self::Remove => Aim::Remove,
        }
    }

    /// The word people read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Resume => "resume",
            Self::Look => "look",
            Self::Edit => "edit",
            Self::Remove => "remove",
        }
    }
}
