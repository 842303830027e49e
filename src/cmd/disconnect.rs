//! `pressroom disconnect`.

use clap::Args;
use serde_json::json;

use super::Context;
use super::connect::named;
use super::open;
use super::tokens::{self, Tokens};
use crate::chance;
use crate::error::{Failure, Kind};
use crate::http::Keys;
use crate::login::{self, App, Login};
use crate::platform::{self, Grant, Revoke};
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::Journal;
use crate::round::Known;
use crate::run::write;
use crate::vault::{self, Credential, Document, Vault};

/// Has the platform revoke an account's token, where it can be asked to, and removes it from the state branch.
#[derive(Debug, Args)]
pub struct Disconnect {
    /// The account's name in accounts.toml.
    account: String,
}

/// What became of the token at the platform.
enum Revoked {
    Yes {
        label: &'static str,
    },
    /// Why not, and where a person does it.
    No {
        why: String,
        by_hand: Option<String>,
    },
}

impl Disconnect {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        open::runtime()?.block_on(self.disconnect(context))
    }

    async fn disconnect(self, context: &Context) -> Result<u8, Failure> {
        let disk = open::disk(context)?;
        let accounts = &disk.content.accounts;
        let path = vault::account_path(&self.account);
        let journal = Journal::open(&disk.repo, disk.repo.remote()?, &accounts.publish.state_branch).await?;
        let known = Known::read(journal.branch()?)?;
        if known.branch.read(&path)?.is_none() {
            named(&self.account, accounts)?;
            return Err(Failure::new(Kind::Usage, format!("{} is not connected", self.account))
                .hint("`pressroom accounts` lists the accounts"));
        }
        known.branch.check_writable()?;
        let http = open::http(context)?;
        let run = chance::name_at(context.clock.now()).to_string();
        let tokens =
            Tokens { context, repo: &disk.repo, journal: &journal, known: &known, accounts, run: &run, http: &http };
        let revoked = match open::vault(context, accounts) {
            Ok(vault) => revoke(&tokens, &vault, &self.account).await,
            Err(failure) => Revoked::No { why: failure.message, by_hand: None },
        };
        let gone = path.clone();
        let change = move |_: &Branch| Ok(vec![Edit::Remove { path: gone.clone() }]);
        write::settled(journal.commit(Box::new(change)).await)?;
        let name = &self.account;
        if context.json() {
            let (revoked, why, by_hand) = match &revoked {
                Revoked::Yes { .. } => (true, None, None),
                Revoked::No { why, by_hand } => (false, Some(why), by_hand.as_deref()),
            };
            context.print_json(json!({ "name": name, "revoked": revoked, "why": why, "by_hand": by_hand }))?;
        }
        context.say(&format!("{name} is disconnected; its token file is gone from the tip of the state branch"));
        match revoked {
            Revoked::Yes { label } => {
                context.say(&format!("{label} has revoked the token: nobody can use it any more"));
            }
            Revoked::No { why, by_hand } => {
                context.say(&format!("warning: the token was not revoked: {why}"));
                let place = by_hand.map_or_else(|| "on the platform".to_owned(), |place| format!("here: {place}"));
                context.say(&format!("hint: older commits still hold it, encrypted: take the access back {place}"));
            }
        }
        Ok(0)
    }
}

/// Asks the platform. Whatever keeps it from being asked does not keep the token from being removed.
async fn revoke(tokens: &Tokens<'_>, vault: &Vault, name: &str) -> Revoked {
    let path = vault::account_path(name);
    let stored = tokens.known.branch.read(&path).map(Option::unwrap_or_default);
    let document = match stored.and_then(|sealed| vault.open::<Document>(&path, &sealed)) {
        Ok(document) => document,
        Err(failure) => return Revoked::No { why: failure.message, by_hand: None },
    };
    let label = document.platform.label();
    let Some(way) = tokens::way(&document) else {
        return Revoked::No { why: format!("{label} has no way to"), by_hand: None };
    };
    let server = document.identity.server.clone();
    let no = |why: String| Revoked::No { why, by_hand: Some(way.by_hand.replace("{server}", &server)) };
    if let Credential::Session { refresh, .. } = &document.credential {
        let nobody = App { id: String::new(), secret: None };
        let login = Login { http: tokens.http, label, way, app: &nobody, server: &server };
        let ended = login.end_session(refresh).await;
        let why = "the app password goes on opening the account until a person takes it back";
        return no(ended.map_or_else(|failure| format!("{}; and {why}", in_one_line(failure)), |()| why.to_owned()));
    }
    if let Credential::OAuth1 { consumer_key: consumer, consumer_secret, token, token_secret } = &document.credential
        && let Some(pin) = platform::adapter(document.platform).and_then(|adapter| adapter.pin())
    {
        let keys = Keys { consumer, consumer_secret, token: Some([token, token_secret]) };
        return match login::pin::revoke(tokens.http, label, pin, &keys).await {
            Ok(()) => Revoked::Yes { label },
            Err(failure) => no(in_one_line(failure)),
        };
    }
    if let Credential::Bound { to, .. } = &document.credential {
        let app = App { id: document.client.clone(), secret: None };
        let login = Login { http: tokens.http, label, way, app: &app, server: &server };
        let by_hand = Some(way.by_hand.replace("{server}", &to.issuer));
        return match login.revoke(&document.credential).await {
            Ok(true) => Revoked::Yes { label },
            Ok(false) => Revoked::No { why: format!("{} has no way to", to.issuer), by_hand },
            Err(failure) => Revoked::No { why: in_one_line(failure), by_hand },
        };
    }
    if way.revoke.is_none() || document.credential.bearer().is_none() {
        return no(format!("{label} has no way to"));
    }
    let app = match tokens::app_of(vault, tokens.accounts, tokens.known, &document, way) {
        Ok(app) => app,
        // A token that was brought may end without our app's proof.
        Err(_) if !matches!(way.revoke, Some(Revoke::Form(_))) => App { id: String::new(), secret: None },
        Err(failure) => return no(failure.message),
    };
    if let Some(other) = shares(tokens, vault, name, way) {
        return no(format!("{label} takes back whole logins, and {other} may be connected by the same one"));
    }
    // TikTok revokes no token that has ended: a newer one of the same login stands for it.
    let ended = document.credential.expires_at().is_some_and(|end| end <= tokens.context.clock.now());
    let document = match ended {
        true => tokens.token(vault, name, false).await.unwrap_or(document),
        false => document,
    };
    let login = Login { http: tokens.http, label, way, app: &app, server: &server };
    match login.revoke(&document.credential).await {
        Ok(true) => Revoked::Yes { label },
        Ok(false) => no(format!("{label} has no way to")),
        Err(failure) => no(in_one_line(failure)),
    }
}

fn in_one_line(failure: Failure) -> String {
    std::iter::once(failure.message).chain(failure.causes).collect::<Vec<_>>().join(": ")
}

/// Another account that would end with this one: where only all that a person granted can be taken back.
fn shares(tokens: &Tokens<'_>, vault: &Vault, name: &str, way: &Grant) -> Option<String> {
    let Some(Revoke::Delete { .. }) = way.revoke else { return None };
    let others = tokens.known.connected.iter().filter(|other| *other != name);
    others
        .into_iter()
        .find(|other| {
            let path = vault::account_path(other);
            let sealed = tokens.known.branch.read(&path).ok().flatten().unwrap_or_default();
            let document = vault.open::<Document>(&path, &sealed);
            // One that cannot be opened may be of the same login as well.
            document.map_or(true, |document| {
                tokens::way(&document).is_some_and(|other| matches!(other.revoke, Some(Revoke::Delete { .. })))
            })
        })
        .cloned()
}
