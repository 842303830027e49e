//! `pressroom connect`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::apps::server::Place;
use super::open;
use super::{Context, apps, ask, servers};
use crate::account::{Account, Accounts};
use crate::error::{Failure, Kind};
use crate::http::{Files, Http, NoFiles, Outcome};
use crate::ledger::entry::TargetKey;
use crate::limits::Home;
use crate::login::pin::PinLogin;
use crate::login::{self, App, Granted, Login, Owner};
use crate::plan::when::how_long;
use crate::platform::{self, Adapter, By, Call, Class, Identity, PinGrant, Refresh, Refusal, Reply, Scope};
use crate::repo::Repo;
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::{Journal, Setback};
use crate::round::Known;
use crate::run::write::{self, Writer};
use crate::vault::{self, AppPassword, Credential, Document, Grant, Recipients, Secret};

mod browser;

use browser::Manner;

/// Logs an account in at its platform, and stores its token, encrypted, on the state branch.
///
/// Opens the platform's page in a browser and waits for it to come back; with --paste, or where a platform wants an https address,
/// you copy the address that it came back to; with `--way x-pin` you type a number that X shows. It needs an app of yours with the platform: see `pressroom apps`. A token that you
/// have already goes through --token-stdin.
#[derive(Debug, Args)]
pub struct Connect {
    /// The account's name in accounts.toml.
    account: String,
    /// Read the token from stdin: the bare access token, or the platform's JSON answer.
    #[arg(long)]
    token_stdin: bool,
    /// Copy the address that the login ends at from the browser and paste it here: over ssh, or where a platform wants https.
    #[arg(long, conflicts_with = "token_stdin")]
    paste: bool,
    /// Print the address of the login, and open no browser.
    #[arg(long, conflicts_with = "token_stdin")]
    no_browser: bool,
    /// The port of this machine that the browser comes back to.
    #[arg(long, value_name = "PORT", default_value_t = browser::PORT, conflicts_with = "token_stdin")]
    port: u16,
    /// The address registered with the platform that the browser comes back to, where it is another than this machine's.
    #[arg(long, value_name = "URL", conflicts_with_all = ["token_stdin", "port"])]
    redirect: Option<String>,
    /// Which of several ways to log in: `facebook` or `instagram` for Instagram, `tiktok-drafts` for TikTok,
    /// `bluesky-oauth` for Bluesky in a browser, `x-pin` for X with OAuth 1.0a.
    #[arg(long, value_name = "NAME", conflicts_with = "token_stdin")]
    way: Option<String>,
}

/// A token that was brought without its end, where tokens are renewed by themselves: it lasts no longer than one that was got
/// now, and without an end it would never be renewed.
fn end_unsaid(grant: &mut Grant, way: &platform::Grant, now: DateTime<Utc>) {
    if let Credential::OAuth2 { expires_at: end @ None, .. } = &mut grant.credential
        && matches!(way.refresh, Refresh::Renewed { .. })
    {
        *end = way.life.map(|life| now + life);
    }
}

impl Connect {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let disk = open::disk(context)?;
        let accounts = &disk.content.accounts;
        let account = named(&self.account, accounts)?;
        let adapter = platform::adapter(account.platform).ok_or_else(|| {
            Failure::new(
                Kind::Usage,
                format!("{} is not published to by this version of pressroom", account.platform.label()),
            )
        })?;
        let recipients = open::recipients(accounts)?;
        let http = open::http(context)?;
        let opened = Opened { context, repo: &disk.repo, accounts, recipients: &recipients, http: &http };
        let runtime = open::runtime()?;
        if account.server.is_empty() && account.platform.limits().home != Home::One {
            return Err(Failure::new(
                Kind::Content,
                format!("accounts.toml does not say which server {} is on", account.name),
            )
            .hint("`pressroom check` tells what is wrong with `server`"));
        }
        if self.token_stdin {
            let brought = runtime.block_on(self.brought(&opened, account, adapter))?;
            return runtime.block_on(connect(&opened, account, adapter, brought, "connect --token-stdin"));
        }
        runtime.block_on(async {
            let way = self.chosen(adapter, account)?;
            let journal = Journal::open(&disk.repo, disk.repo.remote()?, &accounts.publish.state_branch).await?;
            let known = Known::read(journal.branch()?)?;
            let way = match way {
                Way::Browser(way) => way,
                Way::Pin(way) => {
                    let consumer = apps::consumer(context, accounts, &known, account.platform)?;
                    let label = account.platform.label();
                    let login = PinLogin { http: &http, label, way, consumer: &consumer };
                    let grant = browser::log_in_with_pin(context, &login, self.no_browser).await?;
                    let brought = Brought::new(account, &adapter.grants()[0], grant);
                    return connect(&opened, account, adapter, brought, "connect").await;
                }
            };
            if let By::Password(_) = way.by {
                let password = browser::password(context, way, account)?;
                let brought = signed_in(&opened, account, way, &password).await?;
                return connect(&opened, account, adapter, brought, "connect").await;
            }
            if let By::Pasted(form) = way.by {
                let grant = browser::pasted_key(context, way, form, account)?;
                return connect(&opened, account, adapter, Brought::new(account, way, grant), "connect").await;
            }
            let place = Place { platform: account.platform, way, server: &account.server };
            let app = async |redirect: &str| match way.by {
                By::ServerApp { .. } => apps::server::at((context, accounts), &http, &journal, &place, redirect).await,
                By::Loopback => login::loopback_app(way, redirect),
                _ => apps::app(context, accounts, &known, account.platform),
            };
            let manner = Manner {
                paste: self.paste,
                no_browser: self.no_browser,
                port: self.port,
                redirect: self.redirect.clone(),
            };
            let (Granted { grant, owner }, app) = browser::log_in(context, &http, app, way, account, &manner).await?;
            let grant = own_token(&http, adapter, account, grant).await?;
            let client = if way.by == By::App { String::new() } else { app.id };
            let mut brought = Brought { client, ..Brought::new(account, way, grant) };
            if let Some(Owner { id, server }) = owner {
                (brought.server, brought.subject) = (server, Some(id));
            }
            connect(&opened, account, adapter, brought, "connect").await
        })
    }

    /// What is read from stdin.
    async fn brought(&self, opened: &Opened<'_>, account: &Account, adapter: &dyn Adapter) -> Result<Brought, Failure> {
        let (context, now) = (opened.context, opened.context.clock.now());
        let usual = &adapter.grants()[0];
        if let By::Password(_) = usual.by {
            let password = match ask::is_terminal() {
                true => browser::password(context, usual, account)?,
                false => AppPassword::parse(&ask::secret(context, "", TOKEN_MAX)?)?,
            };
            return signed_in(opened, account, usual, &password).await;
        }
        if let By::Pasted(form) = usual.by {
            let asked = format!("The {} of {}, then Enter", form.what, account.name);
            let grant = vault::parse_key(form, &ask::secret(context, &asked, TOKEN_MAX)?)?;
            return Ok(Brought::new(account, usual, grant));
        }
        let text = ask::secret(context, &format!("The token of {}, then Enter", account.name), TOKEN_MAX)?;
        let mut grant = vault::parse_token(account.platform, &text, now)?;
        let way = way(adapter, account, &grant);
        end_unsaid(&mut grant, way, now);
        Ok(Brought::new(account, way, grant))
    }

    /// The way asked for, else the platform's usual one.
    fn chosen(&self, adapter: &dyn Adapter, account: &Account) -> Result<Way, Failure> {
        let (ways, pin) = (adapter.grants(), adapter.pin());
        let Some(name) = &self.way else { return Ok(Way::Browser(&ways[0])) };
        if let Some(way) = pin.filter(|way| way.name == name) {
            return match (self.paste, &self.redirect) {
                (false, None) => Ok(Way::Pin(way)),
                _ => Err(Failure::new(Kind::Usage, "a login with a PIN ends at no address")
                    .hint("leave `--paste` and `--redirect` out")),
            };
        }
        ways.iter().find(|way| way.name == name).map(Way::Browser).ok_or_else(|| {
            let names: Vec<&str> = ways.iter().map(|way| way.name).chain(pin.map(|way| way.name)).collect();
            Failure::new(Kind::Usage, format!("{} has no way to log in called `{name}`", account.platform.label()))
                .hint(format!("it has {}", names.join(", ")))
        })
    }
}

/// So many further questions tell whose token it is, at most.
const QUESTIONS_MAX: usize = 4;

/// No token is longer; what is read beyond is told to be too long.
pub(super) const TOKEN_MAX: u64 = 1 << 20;

/// A way to log in.
#[derive(Clone, Copy)]
enum Way {
    Browser(&'static platform::Grant),
    Pin(&'static PinGrant),
}

/// A token, and how it was got.
struct Brought {
    way: &'static platform::Grant,
    grant: Grant,
    /// The server that it is for; empty where the platform has one home.
    server: String,
    /// The id of our app there, where each server has its own.
    client: String,
    /// Whose it is, where the login has told.
    subject: Option<String>,
}

impl Brought {
    fn new(account: &Account, way: &'static platform::Grant, grant: Grant) -> Self {
        Self { way, grant, server: account.server.clone(), client: String::new(), subject: None }
    }
}

/// A session begun by an app password.
async fn signed_in(
    opened: &Opened<'_>,
    account: &Account,
    way: &'static platform::Grant,
    password: &AppPassword,
) -> Result<Brought, Failure> {
    if !password.is_for_apps() {
        opened.context.say("warning: this does not look like an app password (xxxx-xxxx-xxxx-xxxx); the account's own password can do everything, and is not for programs");
    }
    let nobody = App { id: String::new(), secret: None };
    let (label, server) = (account.platform.label(), &account.server);
    let (grant, home) = Login { http: opened.http, label, way, app: &nobody, server }.sign_in(password).await?;
    Ok(Brought { server: home, ..Brought::new(account, way, grant) })
}

/// What the command opened.
struct Opened<'a> {
    context: &'a Context,
    repo: &'a Repo,
    accounts: &'a Accounts,
    recipients: &'a Recipients,
    http: &'a Http,
}

/// The token of whom the account acts for, where that one has a token of its own (a Page); else the one granted.
async fn own_token(http: &Http, adapter: &dyn Adapter, account: &Account, grant: Grant) -> Result<Grant, Failure> {
    let Some(id) = account.acts_as.as_deref() else { return Ok(grant) };
    let Some(call) = adapter.own_token(id) else { return Ok(grant) };
    let label = account.platform.label();
    let none: Arc<dyn Files> = Arc::new(NoFiles);
    match http.send(&call, &adapter.homes(&account.server), Some(&grant.credential), &none, &|_| ()).await? {
        Outcome::Answered(reply) => {
            let token =
                adapter.read_own_token(id, &reply).map_err(|refusal| Failure::new(Kind::Person, refusal.words))?;
            let credential = Credential::OAuth2 {
                access: Secret::new(&token),
                refresh: None,
                expires_at: None,
                refresh_expires_at: None,
            };
            Ok(Grant { credential, scopes: grant.scopes })
        }
        Outcome::NotSent(why) | Outcome::Unclear(why) => {
            Err(Failure::new(Kind::Later, format!("{label} could not be asked for the token of {id}")).cause(why))
        }
    }
}

async fn connect(
    opened: &Opened<'_>,
    account: &Account,
    adapter: &'static dyn Adapter,
    brought: Brought,
    by: &str,
) -> Result<u8, Failure> {
    let Opened { context, repo, accounts, recipients, http } = *opened;
    let Brought { way, grant, server, client, subject } = brought;
    missing_scopes(way, account, &grant)?;
    let identity = who(http, adapter, account, &server, way, &grant).await?;
    if let Some(subject) = subject.filter(|subject| *subject != identity.id || server != identity.server) {
        let what = format!("the token is not that of {subject}, who has logged in; nothing was stored");
        return Err(Failure::new(Kind::Person, what));
    }
    let journal = Journal::open(repo, repo.remote()?, &accounts.publish.state_branch).await?;
    let path = vault::account_path(&account.name);
    let known = Known::read(journal.branch()?)?;
    let before = known.branch.read(&path)?;
    let previous = match &before {
        Some(sealed) => Some(open::vault(context, accounts)?.open::<Document>(&path, sealed)?),
        None => None,
    };
    let about = (account.name.as_str(), account.platform);
    let document = Document { client, ..Document::connected(about, identity.clone(), grant, by, previous.as_ref()) };
    if let Some(previous) = &previous {
        document.may_replace(previous).map_err(|conflict| {
            Failure::new(Kind::Person, format!("the token of {} was not replaced: {conflict}", account.name))
        })?;
    }
    let lost = if document.scopes.is_empty() { Vec::new() } else { way.missing_besides(&document.scopes.join(" ")) };
    let sealed = recipients.seal(&document)?;
    let marker = recipients.marker().into_bytes();
    let written = path.clone();
    let change = move |branch: &Branch| {
        if branch.read(&written)? != before {
            return Err(Setback::Conflict("somebody else stored a token for it at this moment; try again".to_owned()));
        }
        Ok(vec![
            Edit::Write { path: written.clone(), bytes: sealed.clone() },
            Edit::Write { path: vault::MARKER_PATH.to_owned(), bytes: marker.clone() },
        ])
    };
    write::settled(journal.commit(Box::new(change)).await)?;
    if !known.state.baselines.contains_key(&account.name) {
        let writer = Writer { journal, clock: context.clock, run: "connect".to_owned(), src: None };
        writer.meet(&[TargetKey::new(account.platform, &account.name)]).await?;
        context
            .whisper("posts that were due before now stay unpublished; `pressroom retry` publishes one all the same");
    }
    let ends = ending(&document.credential, context.clock.now());
    context.say(&format!("{} is connected as {} ({}){ends}", account.name, identity.name, identity.id));
    if let Credential::Key { open, .. } = &document.credential
        && adapter.known(open).is_some()
    {
        let label = account.platform.label();
        context
            .say(&format!("{label} cannot be asked whether it works without showing something: the first post tells"));
    }
    for (scope, without) in &lost {
        context.say(&format!("warning: the token lacks the scope {scope}: without it, {without}"));
    }
    let wrote = servers::learn(context, repo, http, adapter, account).await?;
    if context.json() {
        context.print_json(told(&document, &lost, wrote.as_deref()))?;
    }
    Ok(0)
}

/// What a person is told of a new token's end.
fn ending(credential: &Credential, now: DateTime<Utc>) -> String {
    match (credential, credential.expires_at(), credential.refresh_expires_at()) {
        (Credential::Session { .. }, ..) | (_, None, _) => String::new(),
        (Credential::Bound { .. }, _, Some(end)) => {
            format!("; this login ends in {} however it is used: connect again before", how_long(end - now))
        }
        (_, Some(end), _) => format!("; the token ends in {}", how_long(end - now)),
    }
}

/// What is connected now, for programs.
fn told(document: &Document, lost: &[Scope], wrote: Option<&str>) -> Value {
    let lost = lost.iter().map(|(scope, without)| json!({ "scope": scope, "without": without }));
    let mut told = json!({
        "name": document.account,
        "platform": document.platform,
        "identity": document.identity,
        "scopes": document.scopes,
        "lacks": lost.collect::<Vec<_>>(),
        "expires": document.credential.expires_at(),
        "refresh_expires": document.credential.refresh_expires_at(),
    });
    if let Some(wrote) = wrote {
        told["wrote"] = wrote.into();
    }
    told
}

/// The account of that name.
pub(super) fn named<'a>(name: &str, accounts: &'a Accounts) -> Result<&'a Account, Failure> {
    accounts.accounts.get(name).ok_or_else(|| {
        let failure = Failure::new(Kind::Usage, format!("accounts.toml has no account `{name}`"));
        match crate::suggest::nearest(name, accounts.accounts.keys().map(String::as_str)) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint(format!("add `[accounts.{name}]` with its `platform`")),
        }
    })
}

/// What a token that says what it may do lacks for publishing that way.
fn lacks(way: &platform::Grant, account: &Account, grant: &Grant) -> Vec<&'static str> {
    way.missing(&grant.scopes.join(" "), account.acts_as.is_some())
}

/// The way a token was got: told by how it begins, else by what it may do, else the platform's usual one.
pub(super) fn way(adapter: &dyn Adapter, account: &Account, grant: &Grant) -> &'static platform::Grant {
    let ways = adapter.grants();
    let token = grant.credential.bearer().map_or("", |token| token.expose());
    let begins = |way: &&platform::Grant| way.token_prefix.is_some_and(|prefix| token.starts_with(prefix));
    let suffices = |way: &&platform::Grant| lacks(way, account, grant).is_empty();
    ways.iter().find(begins).or_else(|| ways.iter().find(suffices)).unwrap_or(&ways[0])
}

/// A token that says what it may do must be allowed what publishing needs.
fn missing_scopes(way: &platform::Grant, account: &Account, grant: &Grant) -> Result<(), Failure> {
    let missing = lacks(way, account, grant);
    if grant.scopes.is_empty() || missing.is_empty() {
        return Ok(());
    }
    let needed = way.needed(account.acts_as.is_some()).iter().filter(|(scope, _)| missing.contains(scope));
    let (scopes, them) = if missing.len() == 1 { ("scope", "it") } else { ("scopes", "them") };
    let lacks = format!("the token of {} lacks the {scopes} {}", account.name, missing.join(", "));
    let failure = Failure::new(Kind::Person, lacks);
    let failure =
        needed.fold(failure, |failure, (scope, without)| failure.cause(format!("without {scope}, {without}")));
    Err(failure.hint(format!("make a new token with {them}; nothing was stored")))
}

/// Asks the platform, or the account's server, whose token it is. The answer remembers which way it was got, where there is more than one.
pub(super) async fn who(
    http: &Http,
    adapter: &dyn Adapter,
    account: &Account,
    server: &str,
    way: &'static platform::Grant,
    grant: &Grant,
) -> Result<Identity, Failure> {
    if let Credential::Key { open, .. } = &grant.credential
        && let Some(identity) = adapter.known(open)
    {
        return Ok(identity);
    }
    let acts_as = account.acts_as.as_deref();
    let call = acts_as.map_or_else(|| adapter.who(way, server), |id| adapter.who_as(way, server, id));
    let homes = adapter.homes(server);
    let mut reply = ask(http, &homes, account, grant, &call).await?;
    for _ in 0..QUESTIONS_MAX {
        let Some(call) = adapter.who_else(way, acts_as, &reply) else { break };
        reply = ask(http, &homes, account, grant, &call).await?;
    }
    let mut identity = adapter.read_who(&reply).map_err(|refusal| refused(account, refusal))?;
    if let Some(Err(why)) = acts_as.map(|acts_as| adapter.may_act_as(&identity, acts_as)) {
        let what = format!("the token is not that of {}; nothing was stored", account.name);
        return Err(Failure::new(Kind::Person, what).cause(why));
    }
    if adapter.grants().len() > 1 {
        way.name.clone_into(&mut identity.grant);
    }
    if identity.server.is_empty() {
        server.clone_into(&mut identity.server);
    }
    Ok(identity)
}

async fn ask(http: &Http, homes: &[&str], account: &Account, grant: &Grant, call: &Call) -> Result<Reply, Failure> {
    let none: Arc<dyn Files> = Arc::new(NoFiles);
    match http.send(call, homes, Some(&grant.credential), &none, &|_| ()).await? {
        Outcome::Answered(reply) => Ok(reply),
        Outcome::NotSent(why) | Outcome::Unclear(why) => {
            let label = account.platform.label();
            let what = format!("{label} could not be asked whose token this is; nothing was stored");
            let failure = Failure::new(Kind::Later, what).cause(why);
            Err(failure.hint("try again later; a proxy is taken from HTTPS_PROXY"))
        }
    }
}

pub(super) fn refused(account: &Account, refusal: Refusal) -> Failure {
    let label = account.platform.label();
    let kind = match refusal.class {
        Class::Transient | Class::Quota | Class::NotReady => Kind::Later,
        _ => Kind::Person,
    };
    // What to do about a refused login is being done; of that, only what the platform said.
    let said = match refusal.words.find(&format!("({label} answered")) {
        Some(at) if refusal.class == Class::Login => refusal.words[at..].trim_matches(['(', ')']).to_owned(),
        _ => refusal.words,
    };
    Failure::new(kind, format!("{label} does not take this token; nothing was stored")).cause(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Platform;

    /// What a token without one of the scopes is told, for each way to log in.
    #[test]
    fn a_missing_scope_is_told_with_what_is_lost() {
        let mut told = String::new();
        for platform in Platform::ALL {
            let Some(adapter) = platform::adapter(platform) else { continue };
            for (way, of) in adapter.grants().iter().flat_map(|way| [(way, None), (way, Some("urn:li:organization:1"))])
            {
                if of.is_some() && way.scopes == way.scopes_as {
                    continue;
                }
                let acts_as = of.map_or(String::new(), |of| format!("as = \"{of}\"\n"));
                let toml = format!("schema = 1\n[accounts.tea]\nplatform = \"{platform}\"\n{acts_as}");
                let accounts = crate::account::parse(&crate::error::Source::new("accounts.toml", toml)).0.unwrap();
                let account = Account { acts_as: of.map(str::to_owned), ..accounts.accounts["tea"].clone() };
                let needed = way.needed(of.is_some());
                for (lacking, _) in needed {
                    let scopes = needed.iter().map(|(scope, _)| (*scope).to_owned()).filter(|scope| scope != lacking);
                    let access = Secret::new("access");
                    let credential =
                        Credential::OAuth2 { access, refresh: None, expires_at: None, refresh_expires_at: None };
                    let failure = missing_scopes(way, &account, &Grant { credential, scopes: scopes.collect() });
                    let failure = failure.unwrap_err();
                    let (message, cause) = (failure.message, &failure.causes[0]);
                    assert_eq!(message, format!("the token of tea lacks the scope {lacking}"), "{platform}");
                    told.push_str(&format!("{}: {cause}\n", way.name));
                }
            }
            for (scope, without) in adapter.grants().iter().flat_map(|way| way.scopes_besides) {
                assert!(!without.is_empty() && !without.ends_with('.'), "{platform} {scope}");
            }
        }
        insta::assert_snapshot!(told, @"
        x: without tweet.read, whose token it is cannot be asked, nor can a post whose answer was lost be looked for
        x: without tweet.write, nothing can be published, edited or removed
        x: without users.read, whose token it is cannot be asked
        x: without media.write, no pictures, videos, captions and alternative texts can be sent
        linkedin: without openid, whose token it is cannot be asked
        linkedin: without profile, the owner's name cannot be asked
        linkedin: without w_member_social, nothing can be published under one's own name
        linkedin: without openid, whose token it is cannot be asked
        linkedin: without profile, the owner's name cannot be asked
        linkedin: without w_organization_social, nothing can be published as an organisation
        linkedin: without r_organization_social, whether an upload is ready cannot be asked, nor can a post whose answer was lost be looked for
        facebook: without pages_show_list, the Page's own token cannot be asked for
        facebook: without pages_read_engagement, what is out cannot be looked at
        facebook: without pages_manage_posts, nothing can be published, edited or removed
        facebook: without instagram_basic, the account cannot be asked who it is, nor what is out there
        facebook: without instagram_content_publish, nothing can be published
        facebook: without pages_show_list, the account behind a Page cannot be found
        facebook: without pages_read_engagement, the account behind a Page cannot be found
        instagram: without instagram_business_basic, the account cannot be asked who it is, nor what is out there
        instagram: without instagram_business_content_publish, nothing can be published
        threads: without threads_basic, the account cannot be asked who it is, nor what is out there
        threads: without threads_content_publish, nothing can be published
        youtube: without https://www.googleapis.com/auth/youtube.upload, no video can be uploaded
        youtube: without https://www.googleapis.com/auth/youtube.readonly, the channel cannot be asked who it is, nor how far a video is processed
        tiktok: without user.info.basic, the account cannot be asked who it is
        tiktok: without video.publish, nothing can be published directly
        tiktok-drafts: without user.info.basic, the account cannot be asked who it is
        tiktok-drafts: without video.upload, nothing can be left in the inbox as a draft
        bluesky-oauth: without atproto, whose token it is cannot be asked
        bluesky-oauth: without repo:app.bsky.feed.post, nothing can be published or removed
        bluesky-oauth: without blob:image/*, no pictures can be sent
        bluesky-oauth: without blob:video/mp4, no videos can be sent
        mastodon: without read:accounts, whose token it is cannot be asked
        mastodon: without read:statuses, a post whose answer was lost cannot be looked for, nor can be told what the server left out
        mastodon: without write:statuses, nothing can be published, edited or removed
        mastodon: without write:media, no pictures and videos can be sent
        ");
    }
}
