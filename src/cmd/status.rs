//! `pressroom status`.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use clap::Args;
use serde_json::json;

use super::screen::List;
use super::{Context, open, plan, report, tokens};
use crate::account::time;
use crate::error::{Failure, Kind};
use crate::plan::Plan;
use crate::repo::Repo;
use crate::round::mark::{self, Mark};
use crate::round::{Planning, Silence};
use crate::run::recover::Recovered;

mod ics;

/// Shows where every target stands.
#[derive(Debug, Args)]
pub struct Status {
    /// Only this post, by its id.
    post: Option<String>,
    /// Do not ask the remote; use the ledger as last seen here.
    #[arg(long)]
    offline: bool,
    /// Exit with 3 if no run ended well, or nothing was published, for so long: `10d`. For monitors.
    #[arg(long, value_name = "TIME", value_parser = idle_time)]
    fail_if_idle: Option<TimeDelta>,
    /// Write an iCalendar file that people can subscribe to, an event a target; without FILE to stdout.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", conflicts_with = "fail_if_idle")]
    ics: Option<PathBuf>,
}

/// Runs that have nothing to do leave a mark once an hour: less than two cannot be told.
fn idle_time(text: &str) -> Result<TimeDelta, String> {
    match time::duration(text)? {
        short if short < TimeDelta::hours(2) => {
            Err("write at least `2h`: quiet runs leave a mark once an hour".to_owned())
        }
        long => Ok(long),
    }
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
        let idle = self.fail_if_idle.map(|longest| {
            Ok::<_, Failure>(mark::idle(
                Mark::read(&known.branch)?.as_ref(),
                &known.state,
                context.clock.now(),
                longest,
            ))
        });
        let idle = idle.transpose()?.flatten();
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
        if let Some(file) = &self.ics {
            write_ics(context, file, &plan)?;
            return Ok(open::exit(&plan.rows, &content, &[]));
        }
        if context.json() {
            let mut document = plan::document(&plan, &content, Some(commit));
            if self.fail_if_idle.is_some() {
                document["idle"] = json!(idle);
            }
            context.print_json(document)?;
        } else {
            context.print(&plan::listing(context, &plan.rows, plan.at, List::All))?;
        }
        if let Some(why) = idle {
            context.complain(&format!("idle: {}", report::printable(&why)));
            return Ok(Kind::Person.exit_code());
        }
        Ok(open::exit(&plan.rows, &content, &[]))
    }
}

/// Writes the calendar, in place of what is there: it is made anew each time.
fn write_ics(context: &Context, file: &Path, plan: &Plan) -> Result<(), Failure> {
    let (text, events) = ics::calendar(plan);
    if file == Path::new("-") {
        if context.json() {
            return Err(Failure::new(Kind::Usage, "a calendar is no JSON").hint("name a file: `--ics FILE`"));
        }
        return context.print(&text);
    }
    let name = file.display();
    fs::write(file, text)
        .map_err(|error| Failure::new(Kind::Usage, format!("{name} could not be written")).cause(error))?;
    if context.json() {
        return context.print_json(json!({ "path": name.to_string(), "events": events }));
    }
    context.say(&format!("{name}: {events} event{}", if events == 1 { "" } else { "s" }));
    Ok(())
}
