//! `pressroom publish`.

use clap::Args;
use serde_json::json;

use super::progress::Uploads;
use super::screen::{self, List};
use super::{Context, github, open, plan, report};
use crate::content::Content;
use crate::error::Failure;
use crate::plan::action::Row;
use crate::plan::{Only, Plan};
use crate::repo::Oid;

mod after;
pub(super) mod pass;
pub(super) mod stop;

use pass::{Asked, Done, Pass, Talk};

/// Publishes what is due: one run of the plan.
///
/// Posts are read from the publishing branch as committed: from the remote's, where there is a remote.
#[derive(Debug, Args)]
pub struct Publish {
    /// Show what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Only this target, or this post; may be repeated. A named target is published even if a sister target is wrong.
    #[arg(long, value_name = "POST[:ACCOUNT]", value_parser = only)]
    only: Vec<Only>,
    /// Stop if more targets than this are over an hour late without a word in the ledger: it may have been lost.
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_late: usize,
    /// Take away at most so many posts that are out; if more are to be removed, none is.
    #[arg(long, value_name = "N", default_value_t = 0)]
    allow_removals: usize,
}

pub(super) fn only(text: &str) -> Result<Only, String> {
    let (post, account) = match text.rsplit_once(':') {
        Some((post, account)) => (post, Some(account.to_owned())),
        None => (text, None),
    };
    if post.is_empty() || account.as_deref() == Some("") {
        return Err("write POST or POST:ACCOUNT".to_owned());
    }
    Ok(Only { post: post.to_owned(), account })
}

impl Publish {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        open::runtime()?.block_on(self.publish(context))
    }

    async fn publish(self, context: &Context) -> Result<u8, Failure> {
        let silence = github::Silence::begin();
        let told = self.told(context).await;
        drop(silence);
        match told {
            Ok((Some(Done { rows, content, .. }), exit)) => {
                let say = |row: &Row| screen::sentence(row, context.clock.now());
                github::tell(&rows, &content.problems, &say);
                Ok(exit)
            }
            Ok((None, exit)) => Ok(exit),
            Err(failure) => {
                github::tell_failure(&failure);
                Err(failure)
            }
        }
    }

    /// One round, and what is told of it: `None` if nothing was to be done but to show the plan.
    async fn told(&self, context: &Context) -> Result<(Option<Done>, u8), Failure> {
        let mut pass = Pass::begin(Asked {
            context,
            only: &self.only,
            late_max: self.max_late,
            removals_max: self.allow_removals,
            accounts: None,
            at: None,
            stop: None,
        })?;
        if self.dry_run {
            let (plan, content, commit) = pass.foresee().await?;
            return Ok((None, show(context, &plan, &content, commit, &self.only)?));
        }
        let outcome = {
            let uploads = Uploads::new(context);
            let tell = |words: &str| uploads.say(&report::printable(words));
            pass.publish(Talk { tell: &tell, sent: &|sent| uploads.sent(sent), next: None }).await
        };
        if let Ok(done) = &outcome {
            self.show_end(context, done)?;
        }
        pass.tell(&outcome).await;
        outcome.map(|done| {
            let exit = done.exit;
            (Some(done), exit)
        })
    }

    fn show_end(&self, context: &Context, done: &Done) -> Result<(), Failure> {
        let Done { run, rows, content, exit, .. } = done;
        if context.json() {
            return context.print_json(json!({
                "run": run,
                "targets": rows,
                "problems": content.problems.iter().map(report::problem_json).collect::<Vec<_>>(),
                "exit": exit,
            }));
        }
        for problem in content.problems.iter().filter(|problem| problem.is_error()) {
            context.complain(&report::problem_text(problem));
        }
        context.print(&plan::listing(context, rows, context.clock.now(), List::Acted))
    }
}

fn show(context: &Context, plan: &Plan, content: &Content, commit: Oid, only: &[Only]) -> Result<u8, Failure> {
    if context.json() {
        context.print_json(plan::document(plan, content, Some(commit)))?;
    } else {
        context.print(&plan::listing(context, &plan.rows, plan.at, List::Open))?;
    }
    Ok(open::exit(&plan.rows, content, only))
}
