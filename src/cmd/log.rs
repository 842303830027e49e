//! `pressroom log`.

use clap::Args;

use super::report::printable;
use super::{Context, open};
use crate::content::{self, Content};
use crate::error::Failure;
use crate::ledger::entry::{self, Aim, Entry, Event, TargetKey};
use crate::post::{OnRemove, PostId};
use crate::repo::Repo;
use crate::repo::snapshot::Snapshot;

/// Prints the ledger's entries, newest last.
#[derive(Debug, Args)]
pub struct Log {
    /// Only this post, by its id.
    post: Option<String>,
    /// Do not ask the remote; use the ledger as last seen here.
    #[arg(long)]
    offline: bool,
}

impl Log {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let repo = Repo::open(&context.global.repo)?;
        let snapshot = Snapshot::at_commit(&repo, repo.head()?)?;
        let (accounts, _) = content::read_accounts(&snapshot)?;
        let known = open::runtime()?.block_on(open::known(context, &repo, &accounts, self.offline))?;
        let files = match &self.post {
            Some(post) => {
                let path = entry::path(&PostId::new(post));
                known.branch.read(&path)?.map(|bytes| (path, bytes)).into_iter().collect()
            }
            None => known.branch.files(entry::FOLDER)?,
        };
        if files.is_empty() {
            let whom = match &self.post {
                Some(post) => known_post(post, &snapshot)?,
                None => "the ledger",
            };
            context.say(&format!("{whom} has no entries yet"));
        }
        let mut lines: Vec<(Option<Entry>, String)> = Vec::new();
        for (_, bytes) in &files {
            for line in String::from_utf8_lossy(bytes).lines() {
                lines.push((entry::read(line).ok().flatten(), line.to_owned()));
            }
        }
        // Entries of one file stay in the file's order: the sort is stable, and a line that cannot be read comes first.
        lines.sort_by_key(|(entry, _)| entry.as_ref().map(|entry| entry.t));
        let mut out = String::new();
        for (entry, line) in &lines {
            match entry {
                Some(entry) if !context.json() => out.push_str(&sentence(entry)),
                _ => out.push_str(&printable(line)),
            }
            out.push('\n');
        }
        context.print(&out)?;
        Ok(0)
    }
}

/// A post's id, if there is such a post.
fn known_post<'a>(post: &'a str, snapshot: &Snapshot) -> Result<&'a str, Failure> {
    let content = Content::read(snapshot)?;
    if content.posts.iter().any(|known| known.id.as_str() == post) {
        return Ok(post);
    }
    Err(open::no_such_post(post, &content))
}

/// `2026-12-01 09:00:03Z  launch → acme-x  published https://...`
fn sentence(entry: &Entry) -> String {
    let at = entry.t.format("%Y-%m-%d %H:%M:%SZ");
    let head = if entry.post.as_str().is_empty() {
        entry.target.account().to_owned()
    } else if entry.target == TargetKey::none() {
        entry.post.to_string()
    } else {
        format!("{} → {}", entry.post, entry.target.account())
    };
    printable(&format!("{at}  {head}  {}", what(&entry.event)))
}

fn claimed(aim: Aim) -> &'static str {
    match aim {
        Aim::Publish => "claimed",
        Aim::Edit => "claimed for an edit",
        Aim::Remove => "claimed for its removal",
    }
}

fn what(event: &Event) -> String {
    match event {
        Event::Baseline => "first met: what was due before this stays unpublished".to_owned(),
        Event::Claimed { exp, takes_over: None, aim, .. } => {
            format!("{} until {}", claimed(*aim), exp.format("%H:%M:%SZ"))
        }
        Event::Claimed { exp, takes_over: Some(_), .. } => {
            format!("taken over from a dead run, until {}", exp.format("%H:%M:%SZ"))
        }
        Event::Renewed { exp } => format!("claim renewed until {}", exp.format("%H:%M:%SZ")),
        Event::Prepared { step, .. } => format!("prepared: {step}"),
        Event::Part { index, of, receipt } => format!("part {} of {of} is out: {}", index + 1, receipt.url),
        Event::Published { receipt, lacks: None } => format!("published {}", receipt.url),
        Event::Published { receipt, lacks: Some(why) } => {
            format!("published {}, but not all of it: {why}", receipt.url)
        }
        Event::Failed { msg, .. } => format!("failed: {msg}"),
        Event::InDoubt { index, why, .. } => format!("in doubt: part {} got no clear answer: {why}", index + 1),
        Event::Resolved { evidence, by, .. } => format!("resolved by {by}: {evidence}"),
        Event::Released { retry_at: Some(at), .. } => format!("released until {}", at.format("%Y-%m-%d %H:%M:%SZ")),
        Event::Released { by: Some(by), .. } => format!("released by {by}"),
        Event::Released { .. } => "released".to_owned(),
        Event::Noted { on_remove: OnRemove::Keep } => "noted: it stays out when its post is gone".to_owned(),
        Event::Slotted { at } => format!("waits for its slot: {}", at.format("%F %H:%M UTC")),
        Event::Noted { on_remove: OnRemove::Delete } => "noted: it is removed when its post is gone".to_owned(),
        Event::Updated { receipt, .. } => format!("updated {}", receipt.url),
        Event::Deleted => "deleted".to_owned(),
        Event::Missed { due } => format!("missed: was due {}", due.format("%Y-%m-%d %H:%MZ")),
        Event::Cancelled { by } => format!("cancelled by {by}"),
        Event::Accepted { by, .. } => format!("accepted by {by}, as it was changed by hand"),
        Event::Adopted { receipt, by } => format!("adopted by {by}: {}", receipt.url),
    }
}
