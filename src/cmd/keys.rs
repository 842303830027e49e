//! `pressroom keys`.

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::open::Disk;
use super::report::printable;
use super::{Context, open};
use crate::content::ACCOUNTS;
use crate::error::{Failure, Kind};
use crate::limits::Platform;
use crate::repo::Repo;
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::{Journal, Setback};
use crate::run::write;
use crate::vault::{self, BadRecipient, Recipient, Recipients, identity};

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
    /// Adds recipients and encrypts every token for them too.
    ///
    /// A file may hold several keys, a line each, as https://github.com/USER.keys gives them: those of a kind that cannot be used
    /// are named and left out.
    Add {
        /// `age1...`, an ssh public key, or a file that holds such.
        recipient: String,
        /// Whose keys these are; stands behind them in accounts.toml.
        #[arg(long, value_name = "WHO")]
        name: Option<String>,
    },
    /// Removes recipients and encrypts every token without them.
    Remove {
        /// `age1...`, an ssh public key, a file that holds such, or what stands behind keys in accounts.toml.
        recipient: String,
    },
    /// Replaces this machine's key by a new one and encrypts every token for it.
    Rotate,
}

impl Keys {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let runtime = open::runtime()?;
        match self.command {
            Command::List => list(context),
            Command::Add { recipient, name } => runtime.block_on(add(context, &recipient, name.as_deref())),
            Command::Remove { recipient } => runtime.block_on(remove(context, &recipient)),
            Command::Rotate => runtime.block_on(rotate(context)),
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
            let mut key = document(recipient);
            key["ours"] = json!(is_ours(recipient));
            key
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

fn document(recipient: &Recipient) -> Value {
    json!({ "recipient": recipient.key(), "comment": recipient.comment() })
}

/// Recipients that were given, and the lines that are none we can use.
struct Given {
    recipients: Vec<Recipient>,
    unusable: Vec<Unusable>,
}

struct Unusable {
    line: usize,
    /// The first word of the line: the type of an ssh key.
    kind: String,
    why: String,
}

impl Given {
    /// One key, or a file of them.
    fn read(text: &str) -> Result<Self, Failure> {
        let no_recipient = |why: BadRecipient| Failure::new(Kind::Usage, format!("this is no recipient: {why}"));
        if !Path::new(text).is_file() {
            let failed = |why| {
                let failure = no_recipient(why);
                if text.starts_with("https://") {
                    return failure.hint(format!("get the file first: `curl -fsS {text} > who.keys`"));
                }
                failure
            };
            return Ok(Self { recipients: vec![text.parse().map_err(failed)?], unusable: Vec::new() });
        }
        let file = std::fs::read_to_string(text)
            .map_err(|error| Failure::new(Kind::Usage, format!("{text} could not be read")).cause(error))?;
        let mut given = Self { recipients: Vec::new(), unusable: Vec::new() };
        for (index, line) in file.lines().map(str::trim).enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.parse::<Recipient>() {
                Ok(recipient) if given.recipients.contains(&recipient) => {}
                Ok(recipient) => given.recipients.push(recipient),
                // A file of secret keys was mistaken for one of public keys.
                Err(BadRecipient::Secret) => return Err(no_recipient(BadRecipient::Secret)),
                Err(why) => {
                    let kind = line.split_whitespace().next().unwrap_or_default().chars().take(40).collect();
                    given.unusable.push(Unusable { line: index + 1, kind, why: why.to_string() });
                }
            }
        }
        if given.recipients.is_empty() {
            let none = Failure::new(Kind::Usage, format!("{text} holds no recipient"));
            return Err(given.unusable.iter().fold(none, |failure, unusable| failure.cause(unusable.words())));
        }
        Ok(given)
    }
}

impl Unusable {
    fn words(&self) -> String {
        format!("line {} ({}): {}", self.line, printable(&self.kind), self.why)
    }
}

async fn add(context: &Context, given: &str, name: Option<&str>) -> Result<u8, Failure> {
    let Given { recipients, unusable } = Given::read(given)?;
    if name.is_some_and(|name| name.trim().is_empty() || name.contains(char::is_control)) {
        return Err(Failure::new(Kind::Usage, "a name is one line of text"));
    }
    let recipients: Vec<Recipient> = match name {
        Some(name) => recipients.into_iter().map(|recipient| recipient.named(name)).collect(),
        None => recipients,
    };
    let desk = Desk::open(context).await?;
    let new: Vec<&Recipient> = recipients.iter().filter(|recipient| !desk.recipients.contains(recipient)).collect();
    // What accounts.toml lists may have been written there by hand: then the tokens are still to be encrypted for it.
    if new.is_empty() && desk.is_sealed_for(&desk.recipients)? {
        return Err(vault::add_recipient(desk.text(), &recipients[0]).err().unwrap_or_else(Desk::bug));
    }
    let text = new.iter().try_fold(desk.text().to_owned(), |text, recipient| vault::add_recipient(&text, recipient))?;
    desk.change(&text).await?;
    for recipient in &recipients {
        context.say(&format!("{} may open the tokens now", recipient.label()));
    }
    for unusable in &unusable {
        context.say(&format!("warning: left out: {}", unusable.words()));
    }
    if context.json() {
        let left_out = unusable.iter().map(|one| json!({ "line": one.line, "kind": one.kind, "why": one.why }));
        context.print_json(json!({
            "added": recipients.iter().map(document).collect::<Vec<_>>(),
            "left_out": left_out.collect::<Vec<_>>(),
        }))?;
    }
    Ok(0)
}

async fn remove(context: &Context, given: &str) -> Result<u8, Failure> {
    let desk = Desk::open(context).await?;
    let named: Vec<Recipient> = desk.recipients.iter().filter(|one| one.comment() == given.trim()).cloned().collect();
    let gone = if named.is_empty() { Given::read(given)?.recipients } else { named };
    let listed: Vec<&Recipient> = gone.iter().filter(|recipient| desk.recipients.contains(recipient)).collect();
    if listed.is_empty() && desk.is_sealed_for(&desk.recipients)? {
        return Err(vault::remove_recipient(desk.text(), &gone[0]).err().unwrap_or_else(Desk::bug));
    }
    let edit = |text: String, recipient: &&Recipient| vault::remove_recipient(&text, recipient);
    let text = listed.iter().try_fold(desk.text().to_owned(), edit)?;
    desk.change(&text).await?;
    for recipient in &gone {
        context.say(&format!("new token files are closed to {}", recipient.label()));
    }
    context.say("hint: what was encrypted before stays as it is in the history of the state branch: whoever has the key could read it");
    desk.say_what_to_renew("hint: ")?;
    if context.json() {
        let (accounts, apps) = desk.sealed()?;
        let gone: Vec<_> = gone.iter().map(document).collect();
        context.print_json(json!({ "removed": gone, "renew": { "accounts": accounts, "apps": apps } }))?;
    }
    Ok(0)
}

/// A new key beside the old one in the identity file: the old one still opens the history.
async fn rotate(context: &Context) -> Result<u8, Failure> {
    let desk = Desk::open(context).await?;
    let identities = open::identities(context, &desk.recipients)?;
    let is_listed = |public: &&Recipient| desk.recipients.contains(public);
    let old = identities
        .public()
        .find(is_listed)
        .ok_or_else(|| Failure::new(Kind::Person, "this machine's key is no recipient: there is nothing to rotate"))?;
    let sources = open::sources();
    if sources.text.is_some() {
        return Err(Failure::new(Kind::Usage, "the key comes from PRESSROOM_IDENTITY, which pressroom cannot change")
            .hint("rotate on a machine that has its key in a file, then put the new key in that variable"));
    }
    let file = sources.file.clone().or_else(|| sources.default_file()).ok_or_else(|| {
        Failure::new(Kind::Usage, "there is no configuration directory to keep a key in")
            .hint("set PRESSROOM_IDENTITY_FILE")
    })?;
    // A rotation that was cut off has left its key here, and perhaps the tokens encrypted for it.
    let begun = identities.public().filter(|public| !is_listed(public)).find(|public| {
        let text = vault::replace_recipient(desk.text(), old, public);
        let recipients = text.and_then(|text| desk.parsed(&text));
        recipients.and_then(|recipients| desk.is_sealed_for(&recipients)).unwrap_or(false)
    });
    let new = match begun {
        Some(begun) if desk.has_marker()? => begun.clone(),
        _ => {
            let generated = identity::generate();
            identity::add(&file, &generated.text)?;
            generated.recipient
        }
    };
    desk.change(&vault::replace_recipient(desk.text(), old, &new)?).await?;
    context.say(&format!("{} is replaced by {}", old.label(), new.key()));
    context.say(&format!("the new key is in {}; the old one stays there, as it opens the history", file.display()));
    context.say("hint: where CI has the old key, put the new one in its PRESSROOM_IDENTITY secret");
    desk.say_what_to_renew("hint: if somebody else may have the old key, ")?;
    if context.json() {
        let (accounts, apps) = desk.sealed()?;
        context.print_json(json!({
            "removed": [document(old)],
            "added": [document(&new)],
            "file": file,
            "renew": { "accounts": accounts, "apps": apps },
        }))?;
    }
    Ok(0)
}

/// What keys are changed with: the list, and the tokens that are encrypted for it.
struct Desk<'a> {
    context: &'a Context,
    disk: Disk,
    journal: Journal,
    recipients: Recipients,
}

impl<'a> Desk<'a> {
    async fn open(context: &'a Context) -> Result<Self, Failure> {
        let disk = open::disk(context)?;
        let recipients = open::recipients(&disk.content.accounts)?;
        let state_branch = &disk.content.accounts.publish.state_branch;
        let journal = Journal::open(&disk.repo, disk.repo.remote()?, state_branch).await?;
        Ok(Self { context, disk, journal, recipients })
    }

    /// accounts.toml as it is on disk.
    fn text(&self) -> &str {
        &self.disk.content.accounts.source.text
    }

    fn bug() -> Failure {
        Failure::new(Kind::Bug, "the list of recipients could be changed, and was not to be")
    }

    /// The recipients that accounts.toml would list with this text.
    fn parsed(&self, text: &str) -> Result<Recipients, Failure> {
        let (parsed, problems) = crate::account::parse(&crate::error::Source::new(ACCOUNTS, text.to_owned()));
        let parsed = parsed.filter(|_| !problems.iter().any(crate::error::Problem::is_error)).ok_or_else(|| {
            Failure::new(Kind::Content, "accounts.toml would be wrong after this change; nothing was changed")
                .problems(problems)
        })?;
        open::recipients(&parsed)
    }

    fn has_marker(&self) -> Result<bool, Failure> {
        Ok(self.journal.branch()?.read(vault::MARKER_PATH)?.is_some())
    }

    /// Whether the state branch says that its tokens are encrypted for just these; a branch without tokens says nothing.
    fn is_sealed_for(&self, recipients: &Recipients) -> Result<bool, Failure> {
        let marker = self.journal.branch()?.read(vault::MARKER_PATH)?;
        Ok(marker.is_none_or(|marker| recipients.match_marker(&String::from_utf8_lossy(&marker))))
    }

    /// Whose tokens, and which apps' secrets, are on the state branch.
    fn sealed(&self) -> Result<(Vec<String>, Vec<String>), Failure> {
        let paths = self.journal.branch()?.list(vault::FOLDER)?;
        let accounts = paths.iter().filter_map(|path| vault::account_of(path)).collect();
        let apps = Platform::ALL.into_iter().filter(|platform| paths.contains(&vault::app_path(*platform)));
        Ok((accounts, apps.map(|platform| platform.name().to_owned()).collect()))
    }

    fn say_what_to_renew(&self, lead: &str) -> Result<(), Failure> {
        let (accounts, apps) = self.sealed()?;
        if !accounts.is_empty() {
            let accounts = accounts.join(", ");
            self.context
                .say(&format!("{lead}make new tokens on the platforms and connect these accounts again: {accounts}"));
        }
        if !apps.is_empty() {
            let apps = apps.join(", ");
            self.context.say(&format!("{lead}give these apps new secrets, and `pressroom apps set` them: {apps}"));
        }
        Ok(())
    }

    /// Encrypts every token file for the recipients that this text lists, in one commit; the file on disk is written last.
    /// Whoever is cut off between the two says the same again: it is done again, to its end.
    async fn change(&self, text: &str) -> Result<(), Failure> {
        let recipients = self.parsed(text)?;
        self.reseal(&recipients).await?;
        if text == self.text() {
            return Ok(());
        }
        write_accounts(&self.disk.repo, text)?;
        self.context.say("accounts.toml is changed; commit and push it");
        Ok(())
    }

    async fn reseal(&self, recipients: &Recipients) -> Result<(), Failure> {
        let files = sealed_files(&self.journal.branch()?)?;
        if files.is_empty() {
            return Ok(());
        }
        let identities = open::identities(self.context, &self.recipients);
        let resealed = match identities.and_then(|identities| vault::reseal_all(&files, &identities, recipients)) {
            Ok(resealed) => resealed,
            // It has been done before: whoever takes their own key away can open nothing after that.
            Err(_) if self.has_marker()? && self.is_sealed_for(recipients)? => return Ok(()),
            Err(failure) => return Err(failure),
        };
        let marker = recipients.marker().into_bytes();
        let change = move |branch: &Branch| {
            if sealed_files(branch)? != files {
                let why = "a token was stored by somebody else at this moment; try again";
                return Err(Setback::Conflict(why.to_owned()));
            }
            let edit = |(path, bytes): &(String, Vec<u8>)| Edit::Write { path: path.clone(), bytes: bytes.clone() };
            let mut edits: Vec<Edit> = resealed.iter().map(edit).collect();
            edits.push(Edit::Write { path: vault::MARKER_PATH.to_owned(), bytes: marker.clone() });
            Ok(edits)
        };
        write::settled(self.journal.commit(Box::new(change)).await).map(|_| ())
    }
}

fn sealed_files(branch: &Branch) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let files = branch.files(vault::FOLDER)?;
    Ok(files.into_iter().filter(|(path, _)| path.ends_with(".age")).collect())
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
