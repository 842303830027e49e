//! `pressroom keys`.

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Context, open};
use crate::content::ACCOUNTS;
use crate::error::{Failure, Kind};
use crate::repo::Repo;
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::{Journal, Setback};
use crate::run::write;
use crate::vault::{self, Identities, Recipient, Recipients, identity};

/// Lists and changes who may open the tokens.
#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists the recipients of accounts.toml.
    List,
    /// Adds a recipient and encrypts every token for it too.
    Add {
        /// `age1...`, an ssh public key, or a file that holds one.
        recipient: String,
    },
    /// Removes a recipient and encrypts every token without it.
    Remove {
        /// `age1...`, an ssh public key, or a file that holds one.
        recipient: String,
    },
    /// Replaces this machine's key by a new one and encrypts every token for it.
    Rotate,
}

impl Keys {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Command::List => list(context),
            Command::Add { recipient } => {
                let recipient = read_recipient(&recipient)?;
                change(context, &|text| vault::add_recipient(text, &recipient))?;
                context.say(&format!("{} may open the tokens now", recipient.label()));
                Ok(0)
            }
            Command::Remove { recipient } => {
                let recipient = read_recipient(&recipient)?;
                change(context, &|text| vault::remove_recipient(text, &recipient))?;
                context.say(&format!("new token files are closed to {}", recipient.label()));
                context.say(
                    "hint: the history of the state branch still holds token files that key opens: renew the tokens on the \
                     platforms and connect the accounts again",
                );
                Ok(0)
            }
            Command::Rotate => rotate(context),
        }
    }
}

fn list(context: &Context) -> Result<u8, Failure> {
    let disk = open::disk(context)?;
    let recipients = open::recipients(&disk.content.accounts)?;
    let ours = open::identities(context, &recipients);
    let is_ours = |recipient: &Recipient| {
        ours.as_ref().is_ok_and(|identities| identities.public().any(|public| public == recipient))
    };
    if context.json() {
        let keys = recipients.iter().map(|recipient| {
            json!({ "recipient": recipient.key(), "comment": recipient.comment(), "ours": is_ours(recipient) })
        });
        context.print_json(json!({ "keys": keys.collect::<Vec<_>>() }))?;
        return Ok(0);
    }
    let mut out = String::new();
    for recipient in recipients.iter() {
        let mark = if is_ours(recipient) { "  (this machine's)" } else { "" };
        out.push_str(&format!("{}{mark}\n", format!("{} {}", recipient.key(), recipient.comment()).trim_end()));
    }
    context.print(&out)?;
    Ok(0)
}

/// A recipient given as such, or as a file that holds one.
fn read_recipient(text: &str) -> Result<Recipient, Failure> {
    let text = if Path::new(text).is_file() {
        std::fs::read_to_string(text)
            .map_err(|error| Failure::new(Kind::Usage, format!("{text} could not be read")).cause(error))?
    } else {
        text.to_owned()
    };
    text.trim().parse().map_err(|error| Failure::new(Kind::Usage, format!("this is no recipient: {error}")))
}

/// Changes the list in accounts.toml and encrypts every token file for the new one, in one commit; the file on disk is
/// written last, so that a failure before leaves everything as it was.
fn change(context: &Context, edit: &dyn Fn(&str) -> Result<String, Failure>) -> Result<(), Failure> {
    let disk = open::disk(context)?;
    let accounts = &disk.content.accounts;
    let text = edit(&accounts.source.text)?;
    let old = open::recipients(accounts)?;
    let source = crate::error::Source::new(ACCOUNTS, text.clone());
    let (parsed, problems) = crate::account::parse(&source);
    let Some(parsed) = parsed.filter(|_| !problems.iter().any(crate::error::Problem::is_error)) else {
        return Err(Failure::new(Kind::Content, "accounts.toml would be wrong after this change; nothing was changed")
            .problems(problems));
    };
    let new = open::recipients(&parsed)?;
    let identities = open::identities(context, &old);
    open::runtime()?.block_on(reseal(&disk.repo, &accounts.publish.state_branch, identities, &new))?;
    write_accounts(&disk.repo, &text)?;
    context.say("accounts.toml is changed; commit and push it");
    Ok(())
}

/// Encrypts every sealed file of the state branch for these recipients.
async fn reseal(
    repo: &Repo,
    state_branch: &str,
    identities: Result<Identities, Failure>,
    recipients: &Recipients,
) -> Result<(), Failure> {
    let journal = Journal::open(repo, repo.remote()?, state_branch).await?;
    let files: Vec<(String, Vec<u8>)> =
        journal.branch()?.files(vault::FOLDER)?.into_iter().filter(|(path, _)| path.ends_with(".age")).collect();
    if files.is_empty() {
        return Ok(());
    }
    let resealed = vault::reseal_all(&files, &identities?, recipients)?;
    let marker = recipients.marker().into_bytes();
    let change = move |branch: &Branch| {
        for (path, bytes) in &files {
            if branch.read(path)?.as_ref() != Some(bytes) {
                return Err(Setback::Conflict(format!(
                    "{path} was changed by somebody else at this moment; try again"
                )));
            }
        }
        let mut edits: Vec<Edit> =
            resealed.iter().map(|(path, bytes)| Edit::Write { path: path.clone(), bytes: bytes.clone() }).collect();
        edits.push(Edit::Write { path: vault::MARKER_PATH.to_owned(), bytes: marker.clone() });
        Ok(edits)
    };
    write::settled(journal.commit(Box::new(change)).await).map(|_| ())
}

pub(super) fn write_accounts(repo: &Repo, text: &str) -> Result<(), Failure> {
    let path = repo.root().join(ACCOUNTS);
    let failed = |error: std::io::Error| {
        Failure::new(Kind::Later, format!("{} could not be written", path.display())).cause(error)
    };
    let mut file = tempfile::NamedTempFile::new_in(repo.root()).map_err(failed)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)?;
    if let Ok(old) = std::fs::metadata(&path) {
        // A file that keeps its looser mode is a comfort, not a promise.
        let _ = file.as_file().set_permissions(old.permissions());
    }
    file.persist(&path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A new key beside the old one in the identity file: the old one still opens the history.
fn rotate(context: &Context) -> Result<u8, Failure> {
    let disk = open::disk(context)?;
    let recipients = open::recipients(&disk.content.accounts)?;
    let identities = open::identities(context, &recipients)?;
    let old =
        identities.public().find(|public| recipients.contains(public)).cloned().ok_or_else(|| {
            Failure::new(Kind::Person, "this machine's key is no recipient: there is nothing to rotate")
        })?;
    let generated = identity::generate();
    let sources = open::sources();
    if sources.text.is_some() {
        return Err(Failure::new(Kind::Usage, "the key comes from PRESSROOM_IDENTITY, which pressroom cannot change")
            .hint("rotate on a machine that has its key in a file, then put the new key in that variable"));
    }
    let file = sources.file.clone().or_else(|| sources.default_file()).ok_or_else(|| {
        Failure::new(Kind::Usage, "there is no configuration directory to keep a key in")
            .hint("set PRESSROOM_IDENTITY_FILE")
    })?;
    identity::add(&file, &generated.text)?;
    change(context, &|text| vault::replace_recipient(text, &old, &generated.recipient))?;
    context.say(&format!("{} is replaced by {}", old.label(), generated.recipient.key()));
    context.say(&format!("the new key is in {}; the old one stays there, as it opens the history", file.display()));
    context.say("hint: where CI has the old key, put the new one in its PRESSROOM_IDENTITY secret");
    Ok(0)
}
