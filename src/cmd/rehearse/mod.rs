//! `pressroom rehearse`: the whole run against make-believe platforms on loopback, with a throwaway ledger and made-up
//! tokens. The run is the real one; only the addresses of the platforms differ.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::screen::{self, List, View};
use super::{Context, open, report};
use crate::clock::Clock;
use crate::content::{Content, Stock};
use crate::error::{Failure, Kind};
use crate::http::Files;
use crate::plan::action::{Row, Standing};
use crate::plan::when::when;
use crate::repo::{Oid, Repo};
use crate::sim::{Seen, SeenMedia};

mod cast;
mod compare;
mod likeness;
mod reader;
mod shelf;
mod stage;
mod talk;

use shelf::Shelf;
use stage::{Act, Names, Stage};

/// Publishes what is due to simulators of the platforms on this machine, and shows what readers would see.
///
/// Nothing leaves the machine, no token is needed, and the real ledger is only read: what it says is out stays out.
#[derive(Debug, Args)]
pub struct Rehearse {
    /// Rehearse this instant instead of now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Keep the rehearsal's ledger in this folder, and go on from it the next time.
    #[arg(long, value_name = "DIR")]
    ledger: Option<PathBuf>,
    /// Also write one page that shows every post, pictures included.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Then keep the simulators running, and tell how to reach them, until Ctrl-C.
    #[arg(long)]
    serve: bool,
}

impl Rehearse {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        open::runtime()?.block_on(self.rehearse(context))
    }

    async fn rehearse(self, context: &Context) -> Result<u8, Failure> {
        let repo = Repo::open(&context.global.repo)?;
        let commit = repo.head()?;
        let (snapshot, mut content) = open::content_at(&repo, commit)?;
        let stock = Stock::from(snapshot);
        content.make_smaller(&stock, |_| true);
        let stock = Arc::new(stock);
        let files: Arc<dyn Files> = stock.clone();
        let clock = match &self.at {
            Some(text) => Clock::set_to(open::instant(text, &content.accounts)?),
            None => context.clock,
        };
        let site = stage::site(files.clone(), &content);
        let stage = Stage::set(self.ledger.as_deref(), &repo, &content, clock, site.clone()).await?;
        let mut whole = stage.act(&stock, &mut content, commit, context).await?;
        // A post that refers to another is out a run later than that one. The last run has nothing left to do.
        let seen = loop {
            let seen = stage.sim.seen();
            if !whole.go_on(stage.act(&stock, &mut content, commit, context).await?)? {
                break seen;
            }
        };
        if stage.sim.seen().len() != seen.len() {
            return Err(stage::repeated());
        }
        compare::compare(&whole.published, &seen, &stage.names)?;
        let shelf = Shelf::new(&content.library);
        let hall = Hall { names: &stage.names, shelf: &shelf, content: &content, clock };
        if let Some(file) = &self.html {
            let page = likeness::page(&seen, &hall).html();
            std::fs::write(file, page).map_err(|error| {
                Failure::new(Kind::Usage, format!("{} could not be written", file.display())).cause(error)
            })?;
        }
        let exit = open::exit(&whole.rows, &content, &[]);
        if context.json() {
            context.print_json(document(&whole, &seen, &content, commit, exit))?;
        } else {
            context.print(&text(context, &whole, &seen, commit, &hall))?;
        }
        if let Some(file) = &self.html {
            context.say(&format!("the page is {}", file.display()));
        }
        if self.serve {
            // These have shown the posts already, and would refuse them as duplicates: others go on.
            Stage::set(None, &repo, &content, clock, site).await?.serve(context).await?;
        }
        Ok(exit)
    }
}

fn document(act: &Act, seen: &[Seen], content: &Content, commit: Oid, exit: u8) -> Value {
    json!({
        "commit": commit.to_string(),
        "targets": act.rows,
        "seen": seen.iter().map(seen_json).collect::<Vec<_>>(),
        "problems": content.problems.iter().map(report::problem_json).collect::<Vec<_>>(),
        "exit": exit,
    })
}

fn seen_json(seen: &Seen) -> Value {
    let poll = seen.poll.as_ref().map(|poll| {
        let minutes = poll.ends.duration_since(seen.at).unwrap_or_default().as_secs() / 60;
        json!({ "question": poll.question, "options": poll.options, "minutes": minutes })
    });
    let card =
        seen.card.as_ref().map(|card| json!({ "url": card.url, "title": card.title, "description": card.description }));
    let details: serde_json::Map<String, Value> =
        seen.details.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({
        "platform": seen.platform,
        "author": seen.author,
        "id": seen.id,
        "kind": seen.kind,
        "url": seen.url,
        "title": seen.title,
        "text": seen.text,
        "visibility": seen.visibility,
        "reply_to": seen.reply_to,
        "quotes": seen.quotes,
        "media": seen.media.iter().map(media_json).collect::<Vec<_>>(),
        "card": card,
        "poll": poll,
        "details": details,
    })
}

fn media_json(media: &SeenMedia) -> Value {
    json!({
        "mime": media.mime,
        "alt": media.alt,
        "bytes": media.bytes.len(),
        "cover_bytes": media.cover.as_ref().map(|cover| cover.len()),
        "captions": media.captions.iter().map(|(lang, _)| lang).collect::<Vec<_>>(),
    })
}

/// What everything is told with.
struct Hall<'a> {
    names: &'a Names,
    shelf: &'a Shelf<'a>,
    content: &'a Content,
    clock: Clock,
}

fn text(context: &Context, act: &Act, seen: &[Seen], commit: Oid, hall: &Hall<'_>) -> String {
    let zone = hall.content.accounts.defaults.timezone.map_or("UTC", |zone| zone.name());
    let now = hall.clock.now();
    let mut out = String::new();
    for problem in hall.content.problems.iter().filter(|problem| problem.is_error()) {
        out.push_str(&report::problem_text(problem));
        out.push('\n');
    }
    out.push_str(&format!("Rehearsal of commit {:.7} at {}\n", commit.to_string(), when(now, zone)));
    out.push_str("Simulated platforms, a throwaway ledger, made-up tokens: nothing leaves this machine.\n\n");
    for talk in talk::talks(seen) {
        for seen in talk.parts.iter().chain(&talk.comments) {
            out.push_str(&reader::seen(seen, hall.names, hall.shelf, context.width()));
        }
    }
    let view = View { width: context.width(), now, list: List::Acted };
    let rest: Vec<Row> = act.rows.iter().filter(|row| row.state != Standing::Published).cloned().collect();
    out.push_str(&screen::sections(&rest, view));
    out.push_str(&outcome(act, seen));
    out
}

/// The last word of a rehearsal.
fn outcome(act: &Act, seen: &[Seen]) -> String {
    if act.published.is_empty() {
        return "Nothing to publish, and nothing was published.\n".to_owned();
    }
    let platforms: BTreeSet<&str> = act.published.iter().map(|row| row.platform.label()).collect();
    let mut platforms: Vec<&str> = platforms.into_iter().collect();
    let last = platforms.pop().unwrap_or_default();
    let platforms = if platforms.is_empty() { last.to_owned() } else { format!("{} and {last}", platforms.join(", ")) };
    format!(
        "{} would be out on {}, {} in all, each exactly as planned. A second run published nothing.\n",
        super::check::count(act.published.len(), "target"),
        platforms,
        super::check::count(seen.len(), "post"),
    )
}
