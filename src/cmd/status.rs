//! `pressroom status`.

use clap::Args;

use super::screen::List;
use super::{Context, open, plan, tokens};
use crate::error::Failure;
use crate::repo::Repo;
use crate::round::{Planning, Silence};
use crate::run::recover::Recovered;

/// Shows where every target stands.
#[derive(Debug, Args)]
pub struct Status {
    /// Only this post, by its id.
    post: Option<String>,
    /// Do not ask the remote; use the ledger as last seen here.
    #[arg(long)]
    offline: bool,
}

impl Status {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let repo = Repo::open(&context.global.repo)?;
        let commit = repo.head()?;
        let (_, content) = open::content_at(&repo, commit)?;
        let mut known = open::runtime()?.block_on(open::known(context, &repo, &content.accounts, self.offline))?;
        let recovered = Recovered::read(&repo, None)?;
        let http = open::http(context)?;
        tokens::foresee(context, &http, &content, &mut known);
        let timings = open::timings(&http)?;
        let mut plan = Planning {
            known: &known,
            recovered: &recovered,
            timings: &timings,
            now: context.clock.now(),
            only: &[],
            silence: Silence::IsSuspect,
        }
        .plan(&content);
        if let Some(post) = &self.post {
            plan.rows.retain(|row| row.post.as_str() == post);
            let is_known = known.state.targets().any(|(id, _, _)| id.as_str() == post);
            if plan.rows.is_empty() && is_known && !context.json() {
                let words =
                    format!("{post} is gone, and nothing of it is out; `pressroom log {post}` tells its story.\n");
                context.print(&words)?;
                return Ok(0);
            }
            if plan.rows.is_empty() && !is_known {
                return Err(open::no_such_post(post, &content));
            }
        }
        if context.json() {
            context.print_json(plan::document(&plan, &content, Some(commit)))?;
        } else {
            context.print(&plan::listing(context, &plan.rows, plan.at, List::All))?;
        }
        Ok(open::exit(&plan.rows, &content, &[]))
    }
}
