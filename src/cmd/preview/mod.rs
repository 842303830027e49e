//! `pressroom preview`: a post as its readers will see it, target by target, from the files as they are on disk. Asks no
//! network and no ledger, and needs no key.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::screen::contents::{Counter, contents, texts};
use super::screen::{BOLD, DIM};
use super::{Context, open, report};
use crate::error::{Failure, Kind, Problem};
use crate::plan::Offer;
use crate::plan::contents::{Beside, MediaRow, PartRow};
use crate::repo::Repo;

mod likeness;
mod live;
mod proof;

use proof::Proof;

/// Shows what each target of a post will show: exact texts, their lengths, media, and when it goes out.
///
/// Reads the files as they are on disk, saved but not committed; asks no network, no ledger and no key.
#[derive(Debug, Args)]
pub struct Preview {
    /// The post: its file, or its id.
    post: String,
    /// Also write one page that shows it in the likeness of each platform, pictures included.
    #[arg(long, value_name = "FILE", conflicts_with = "watch")]
    html: Option<PathBuf>,
    /// Serve that page to a browser on this machine until Ctrl-C, and show it anew whenever a file changes.
    #[arg(long)]
    watch: bool,
    /// The port to serve it on; any free one unless given.
    #[arg(long, value_name = "PORT", requires = "watch", default_value_t = 0, hide_default_value = true)]
    port: u16,
}

impl Preview {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let repo = Repo::open(&context.global.repo)?;
        let proof = Proof::read(&repo, &self.post)?;
        if self.watch {
            // From here on the file counts, whatever becomes of the id that stands in it.
            open::runtime()?.block_on(live::serve(context, &repo, &proof.path, self.port))?;
            return Ok(0);
        }
        if let Some(file) = &self.html {
            std::fs::write(file, likeness::page(&proof, context.clock.now()).html()).map_err(|error| {
                Failure::new(Kind::Usage, format!("{} could not be written", file.display())).cause(error)
            })?;
        }
        if context.json() {
            context.print_json(document(&proof, context))?;
        } else {
            context.print(&text(&proof, context))?;
        }
        if let Some(file) = &self.html {
            context.say(&format!("the page is {}", file.display()));
        }
        let is_wrong = proof.problems().any(Problem::is_error);
        Ok(if is_wrong { Kind::Content.exit_code() } else { 0 })
    }
}

fn document(proof: &Proof, context: &Context) -> Value {
    let now = context.clock.now();
    let target = |offer: &Offer| {
        let beside = offer.rendition.as_deref().map(Beside::from).unwrap_or_default();
        let mut target = json!({
            "account": offer.target.account,
            "platform": offer.target.platform,
            "due": offer.due,
            "when": proof.when(offer, now),
            "fits": offer.rendition.is_some(),
            "parts": parts(proof, offer),
            "media": offer.rendition.iter().flat_map(|its| its.media()).map(|(part, media)| MediaRow::new(media, Some(part))).collect::<Vec<_>>(),
            "warnings": offer.problems.iter().filter(|problem| !problem.is_error()).map(|problem| &problem.message).collect::<Vec<_>>(),
        });
        if let (Value::Object(target), Ok(Value::Object(beside))) = (&mut target, serde_json::to_value(beside)) {
            target.extend(beside);
        }
        target
    };
    json!({
        "post": proof.id(),
        "path": proof.path,
        "targets": proof.offers().map(target).collect::<Vec<_>>(),
        "problems": proof.problems().map(report::problem_json).collect::<Vec<_>>(),
    })
}

/// The texts as they are sent, or would be if they fitted.
fn parts(proof: &Proof, offer: &Offer) -> Vec<PartRow> {
    match &offer.rendition {
        Some(rendition) => rendition.parts.iter().map(PartRow::from).collect(),
        None => proof
            .lengths(offer)
            .into_iter()
            .map(|(text, counted)| PartRow { text, count: counted.count, limit: counted.limit, links: Vec::new() })
            .collect(),
    }
}

fn text(proof: &Proof, context: &Context) -> String {
    let (now, width) = (context.clock.now(), context.width());
    let mut out = String::new();
    for problem in proof.problems() {
        out.push_str(&report::problem_text(problem));
        out.push('\n');
    }
    for offer in proof.offers() {
        let label = offer.target.platform.label();
        let (account, when) = (report::printable(&offer.target.account), report::printable(&proof.when(offer, now)));
        out.push_str(&format!("{BOLD}{label}{BOLD:#} {account}  {DIM}{when}{DIM:#}\n"));
        out.push_str(&match &offer.rendition {
            Some(rendition) => contents(rendition, rendition.cost(|_| true), Counter::Bar, width),
            None => texts(&proof.lengths(offer), width),
        });
        out.push('\n');
    }
    if proof.offers().next().is_none() {
        out.push_str(&format!("{} has no target that could show it.\n", report::printable(&proof.path)));
    }
    out
}
