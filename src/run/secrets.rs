//! Addresses that open what a run has begun outside, such as upload sessions: whoever has one can write to the upload. They
//! are kept encrypted on the state branch, so that the run after a crash goes on where this one stopped.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Run;
use crate::error::Failure;
use crate::plan::action::Row;
use crate::repo::branch::Edit;
use crate::step::Step;
use crate::vault::{self, Inflight, Recipients, Secret};

/// The addresses of one target.
pub(super) struct Secrets {
    path: String,
    recipients: Option<Recipients>,
    kept: Inflight,
    /// Whether the state branch lacks some of them.
    unwritten: bool,
}

impl Secrets {
    /// Those an earlier run left for a target, if it had begun something. What cannot be opened is made anew: a lost address
    /// costs an upload, never a post.
    pub(super) fn of(run: &Run<'_>, row: &Row, begun: bool) -> Self {
        // One file a target, whichever claim it was begun under: who takes over must find it.
        let digest = Sha256::digest(format!("{}\0{}", row.post, row.key.as_str()).as_bytes());
        let name = base16ct::lower::encode_string(&digest[..16]);
        let path = vault::inflight_path(&name);
        let sealed = begun.then(|| run.writer.journal.branch().ok()?.read(&path).ok()?).flatten();
        let kept = sealed.and_then(|sealed| run.vault?.open::<Inflight>(&path, &sealed).ok()).unwrap_or_default();
        Self { path, recipients: run.vault.map(|vault| vault.recipients.clone()), kept, unwritten: false }
    }

    /// Gives the steps of the ledger, which knows no secrets, theirs back.
    pub(super) fn fill(&self, steps: &mut [Step]) {
        for step in steps {
            let Step::Made { name, secret, .. } = step else { continue };
            let prefix = format!("{name}/");
            let theirs = self.kept.addresses.iter().filter_map(|(key, address)| {
                Some((key.strip_prefix(&prefix)?.to_owned(), address.expose().to_owned()))
            });
            secret.extend(theirs);
        }
    }

    /// Keeps the addresses of a step; tells whether there were any.
    pub(super) fn keep(&mut self, step: &str, secret: &BTreeMap<String, String>) -> bool {
        for (key, address) in secret {
            self.kept.addresses.insert(format!("{step}/{key}"), Secret::new(address.as_str()));
            self.unwritten = true;
        }
        !secret.is_empty()
    }

    /// The edit that brings them to the state branch, where it lacks some.
    ///
    /// # Errors
    /// A bug of ours: see [`Recipients::seal`].
    pub(super) fn sealed(&mut self) -> Result<Option<Edit>, Failure> {
        let Some(recipients) = self.recipients.as_ref().filter(|_| self.unwritten) else { return Ok(None) };
        let bytes = recipients.seal(&self.kept)?;
        self.unwritten = false;
        Ok(Some(Edit::Write { path: self.path.clone(), bytes }))
    }

    /// The edit that takes them away, once nothing is in flight any more.
    pub(super) fn removal(&self) -> Option<Edit> {
        (!self.kept.addresses.is_empty()).then(|| Edit::Remove { path: self.path.clone() })
    }
}
