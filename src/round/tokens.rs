//! The tokens that a plan's rows need; the rows of an account that has none to offer rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Opened;
use crate::error::Failure;
use crate::plan::Plan;
use crate::plan::action::Row;
use crate::vault::{Document, Redactor, Vault};

/// Opens the tokens of all accounts that a plan acts on: `token` opens one. What cannot be used is told, and rests.
pub async fn opened(
    plan: &mut Plan,
    vault: Arc<Vault>,
    token: impl AsyncFn(&str) -> Result<Document, Failure>,
) -> (Opened, Vec<Failure>) {
    let names: BTreeSet<String> = plan.actions().map(|row| row.account.clone()).collect();
    let (mut tokens, mut redactor, mut failures) = (BTreeMap::new(), Redactor::default(), Vec::new());
    for name in names {
        match token(&name).await {
            Ok(document) => {
                document.secrets().for_each(|secret| redactor.add(secret));
                tokens.insert(name, document);
            }
            Err(failure) => {
                rest(plan.rows.iter_mut().filter(|row| row.account == name), &failure);
                failures.push(failure);
            }
        }
    }
    ((Some(vault), tokens, redactor), failures)
}

fn rest<'a>(rows: impl Iterator<Item = &'a mut Row>, failure: &Failure) {
    for row in rows.filter(|row| row.action.is_some()) {
        row.action = None;
        row.reason = Some(failure.message.clone());
        row.attention = Some(failure.kind);
    }
}
