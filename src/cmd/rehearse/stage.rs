//! The stage of a rehearsal: simulators, a ledger nobody needs, tokens that open nothing; and the real run on it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use percent_encoding::percent_decode_str;
use tokio::sync::watch;

use super::cast::{self, Cast, Member};
use crate::account::{Accounts, MediaHost};
use crate::clock::Clock;
use crate::cmd::{Context, report};
use crate::content::{Content, Stock};
use crate::error::{Failure, Kind, Located};
use crate::hosting::Commit;
use crate::http::{Files, Http};
use crate::ledger::entry;
use crate::limits::Platform;
use crate::plan::Plan;
use crate::plan::action::{Row, Standing};
use crate::platform::{self, By, FileRange};
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::Journal;
use crate::repo::{Oid, Repo};
use crate::round::{Ended, Keyring, Known, Opened, Orders, Round, Silence};
use crate::run::spell::Timings;
use crate::run::write;
use crate::sim::web::{Page, Site};
use crate::sim::{Seen, Sim};
use crate::vault::{
    self, Credential, Document, Grant, Identities, Recipients, Redactor, Secret, Sources, Vault, identity,
};

impl Keyring for Stage {
    fn open<'a>(
        &'a self,
        _: &'a Accounts,
        known: &'a Known,
        _: &'a str,
        _: &'a mut Plan,
    ) -> LocalBoxFuture<'a, Result<Opened, Failure>> {
        Box::pin(async move {
            let (mut tokens, mut redactor) = (BTreeMap::new(), Redactor::default());
            for (name, _, _) in &self.tokens {
                let path = vault::account_path(name);
                let document: Document = self.vault.open(&path, &known.branch.read(&path)?.unwrap_or_default())?;
                document.secrets().for_each(|secret| redactor.add(secret));
                tokens.insert(name.clone(), document);
            }
            Ok((Some(self.vault.clone()), tokens, redactor))
        })
    }
}

/// What one run on the stage came to, or several.
pub(super) struct Act {
    /// The rows as the run left them.
    pub(super) rows: Vec<Row>,
    /// The rows it published, as they were planned.
    pub(super) published: Vec<Row>,
}

impl Act {
    /// Takes in what the next run published; tells whether that was anything.
    ///
    /// # Errors
    /// It published what was out already.
    pub(super) fn go_on(&mut self, next: Self) -> Result<bool, Failure> {
        let is = |row: &Row, other: &Row| (&row.post, &row.key) == (&other.post, &other.key);
        if next.published.iter().any(|row| self.published.iter().any(|out| is(out, row))) {
            return Err(repeated());
        }
        let is_more = !next.published.is_empty();
        for row in next.rows.into_iter().filter(|row| next.published.iter().any(|new| is(new, row))) {
            self.rows.iter_mut().filter(|old| is(old, &row)).for_each(|old| *old = row.clone());
        }
        self.published.extend(next.published);
        Ok(is_more)
    }
}

/// What no run may ever do.
pub(super) fn repeated() -> Failure {
    Failure::new(Kind::Bug, "a second run published again")
}

/// Account names by the platforms and their ids of authors.
#[derive(Default)]
pub(super) struct Names(BTreeMap<(&'static str, String), String>);

impl Names {
    /// Whose post it is.
    pub(super) fn of(&self, seen: &Seen) -> Option<&str> {
        self.0.get(&(seen.platform, seen.author.clone())).map(String::as_str)
    }
}

/// Simulators, a ledger nobody needs, tokens that open nothing.
pub(super) struct Stage {
    pub(super) sim: Sim,
    clock: Clock,
    repo: Repo,
    journal: Journal,
    vault: Arc<Vault>,
    http: Http,
    /// The tokens, for a person who wants to use the simulators: account, platform, token.
    tokens: Vec<(String, Platform, Secret)>,
    pub(super) names: Names,
    /// Holds the throwaway ledger; gone with this value.
    _folder: Option<tempfile::TempDir>,
}

impl Stage {
    pub(super) async fn set(
        ledger: Option<&Path>,
        real: &Repo,
        content: &Content,
        clock: Clock,
        site: Site,
    ) -> Result<Self, Failure> {
        let failed =
            |error: std::io::Error| Failure::new(Kind::Later, "the simulators could not be started").cause(error);
        let mut sim = Sim::start().await.map_err(failed)?;
        sim.put_up(MEDIA_HOST, site).await.map_err(failed)?;
        sim.world().set_skew(clock.offset().num_milliseconds());
        cast::hurry(&sim);
        cast::open_servers(&mut sim, &content.accounts).await.map_err(failed)?;
        let folder = match ledger {
            Some(_) => None,
            None => Some(tempfile::tempdir().map_err(failed)?),
        };
        let path = ledger.or(folder.as_ref().map(tempfile::TempDir::path)).unwrap_or(Path::new("."));
        let repo = Repo::bare(path)?;
        let journal = Journal::open(&repo, None, &content.accounts.publish.state_branch).await?;
        let hosts: Vec<String> = sim.hosts().iter().map(|(host, address)| format!("{host}=http://{address}")).collect();
        let http = Http::new(clock, Timings::default().request).with_hosts(&hosts.join(","))?;
        let generated = identity::generate();
        let recipients = Recipients::parse([generated.recipient.key()])?;
        let sources = Sources { text: Some(generated.text), ..Sources::default() };
        let vault = Arc::new(Vault { identities: Identities::load(&sources, &recipients)?, recipients });
        let mut stage = Self {
            sim,
            clock,
            repo,
            journal,
            vault,
            http,
            tokens: Vec::new(),
            names: Names::default(),
            _folder: folder,
        };
        stage.copy_ledger(real, content).await?;
        stage.connect_all(content).await?;
        Ok(stage)
    }

    /// Starts from what the real ledger says, as last seen here, so that what is out stays out.
    async fn copy_ledger(&self, real: &Repo, content: &Content) -> Result<(), Failure> {
        if self.journal.tip().is_some() {
            return Ok(());
        }
        let files = Journal::offline(real, &content.accounts.publish.state_branch)?.files(entry::FOLDER)?;
        if files.is_empty() {
            return Ok(());
        }
        let change = move |_: &Branch| {
            Ok(files.iter().map(|(path, bytes)| Edit::Write { path: path.clone(), bytes: bytes.clone() }).collect())
        };
        write::settled(self.journal.commit(Box::new(change)).await).map(drop)
    }

    /// Signs every account up with its simulator and stores the token as `connect` would.
    async fn connect_all(&mut self, content: &Content) -> Result<(), Failure> {
        let (mut edits, mut cast) = (Vec::new(), Cast::default());
        for account in content.accounts.accounts.values() {
            let Some(Member { identity, author, token }) = cast.sign_up(&self.sim, account) else { continue };
            self.names.0.insert((account.platform.name(), author), account.name.clone());
            let token = Secret::new(token);
            self.tokens.push((account.name.clone(), account.platform, token.clone()));
            let grant = grant(account.platform, token)?;
            let document = Document::connected((&account.name, account.platform), identity, grant, "rehearse", None);
            let (path, bytes) = (vault::account_path(&account.name), self.vault.seal(&document)?);
            edits.push(Edit::Write { path, bytes });
        }
        if edits.is_empty() {
            return Ok(());
        }
        write::settled(self.journal.commit(Box::new(move |_: &Branch| Ok(edits.clone()))).await).map(drop)
    }

    /// One round.
    pub(super) async fn act(
        &self,
        stock: &Arc<Stock>,
        content: &mut Content,
        commit: Oid,
        context: &Context,
    ) -> Result<Act, Failure> {
        let (_keep, stop) = watch::channel(false);
        let round = Round {
            clock: self.clock,
            journal: &self.journal,
            spools: &self.repo,
            http: &self.http,
            keyring: self,
            timings: Timings { settle: Some(chrono::TimeDelta::milliseconds(300)), ..Timings::default() },
            bucket_keys: None,
            stop,
            tell: &|words| context.whisper(&report::printable(words)),
            // Nothing leaves this machine: it is over at once.
            sent: &|_| (),
            along: &|_, _| None,
        };
        let orders = Orders { only: &[], silence: Silence::IsNormal, late_max: usize::MAX, removals_max: 0 };
        // Whatever accounts.toml says, media are fetched from this machine.
        let public_url = Some(Located::new(format!("https://{MEDIA_HOST}/{{path}}"), 0..0));
        let media = MediaHost { public_url, bucket: None };
        let commit = Commit { id: commit.to_string(), at: self.clock.now() };
        let Ended { rows, .. } = round.publish(content, stock.clone(), &media, commit, &orders).await?;
        let published = rows.iter().filter(|row| row.acted && row.state == Standing::Published).cloned().collect();
        Ok(Act { rows, published })
    }

    /// Keeps the simulators up until Ctrl-C.
    pub(super) async fn serve(&self, context: &Context) -> Result<(), Failure> {
        let hosts: Vec<String> =
            self.sim.hosts().iter().map(|(host, address)| format!("{host}=http://{address}")).collect();
        context.say("\nFresh simulators run until Ctrl-C. In another terminal:\n");
        context.say(&format!("  export PRESSROOM_HOSTS={}", hosts.join(",")));
        for (name, _, token) in &self.tokens {
            // Made up here, and good for nothing but these simulators.
            context.say(&format!("  printf %s '{}' | pressroom connect {name} --token-stdin", token.expose()));
        }
        context.say("  pressroom publish");
        context.say(
            "\nWhat was due before an account was connected is held; `pressroom retry POST:ACCOUNT` lets it go out.",
        );
        // Whether the signal came or cannot be waited for: the rehearsal is over.
        drop(tokio::signal::ctrl_c().await);
        Ok(())
    }
}

/// What a platform grants with that token, or for the secret that a person would paste.
fn grant(platform: Platform, token: Secret) -> Result<Grant, Failure> {
    if let Some(By::Pasted(form)) = platform::adapter(platform).map(|adapter| adapter.grants()[0].by) {
        return vault::parse_key(form, token.expose());
    }
    let credential = Credential::OAuth2 { access: token, refresh: None, expires_at: None, refresh_expires_at: None };
    Ok(Grant { credential, scopes: Vec::new() })
}

/// The host that the repository's media are fetched from in a rehearsal.
pub(super) const MEDIA_HOST: &str = "media.rehearsal.example";

/// The repository's media as a web host has them.
pub(super) fn site(files: Arc<dyn Files>, content: &Content) -> Site {
    let kinds: BTreeMap<String, (&'static str, u64)> = content
        .library
        .iter()
        .filter_map(|(path, facts)| facts.as_ref().ok().map(|facts| (path.clone(), (facts.mime, facts.bytes))))
        .collect();
    Arc::new(move |asked: &str| {
        let path = percent_decode_str(asked.trim_start_matches('/')).decode_utf8_lossy().into_owned();
        let Some((mime, bytes)) = kinds.get(&path) else { return Page::missing() };
        let mut content = Vec::new();
        let opened = files.open(&FileRange { path, range: 0..*bytes });
        match opened.and_then(|mut file| file.read_to_end(&mut content)) {
            Ok(_) => Page::file(mime, content),
            Err(_) => Page::missing(),
        }
    })
}
