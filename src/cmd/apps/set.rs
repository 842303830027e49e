//! `pressroom apps set` and `remove`: secrets of our apps come in, are sealed at once, and go.

use serde_json::{Value, json};

use super::{Which, has_consumer, id, stands_for};
use crate::cmd::open::{self, Disk};
use crate::cmd::{Context, ask, keys};
use crate::error::{Failure, Kind, Problem, Source};
use crate::limits::Platform;
use crate::platform::{self, By};
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::Journal;
use crate::run::write;
use crate::vault::{self, AppSecret, ConsumerKeys, Secret};

/// No app's secret is longer.
const SECRET_MAX: u64 = 4096;

pub(super) async fn set(context: &Context, disk: &Disk, which: Which, journal: &Journal) -> Result<u8, Failure> {
    let Which { platform, consumer } = which;
    let (label, accounts) = (platform.label(), &disk.content.accounts);
    if platform::adapter(platform).is_none() {
        return Err(Failure::new(Kind::Usage, format!("{label} is not published to by this version of pressroom")));
    }
    match stands_for(platform) {
        Some(By::ServerApp { .. }) => {
            return Err(Failure::new(
                Kind::Usage,
                format!("nobody registers an app with {label}: `pressroom connect` does, with each server"),
            )
            .hint("`pressroom apps` lists them"));
        }
        Some(By::Password(_)) => {
            return Err(Failure::new(Kind::Usage, format!("{label} is logged in to without an app"))
                .hint("`pressroom connect` asks for an app password"));
        }
        Some(By::Pasted(form)) => {
            return Err(Failure::new(Kind::Usage, format!("{label} is published to without an app"))
                .hint(format!("`pressroom connect` asks for the {}", form.what)));
        }
        _ => {}
    }
    if consumer && !has_consumer(platform) {
        return Err(Failure::new(Kind::Usage, format!("apps with {label} have no consumer key; only those with X do")));
    }
    let recipients = open::recipients(accounts)?;
    let new_id = if consumer { None } else { ask_for_id(context, disk, platform)? };
    let sealed = if consumer {
        let key = match ask::is_terminal() {
            true => ask::line(context, &format!("The consumer key (API key) of your app with {label}, then Enter:"))?,
            false => ask::piped_line()?,
        };
        let key = sound(&key, "consumer key")?;
        let secret = ask::secret(context, "Its secret, then Enter", SECRET_MAX)?;
        recipients.seal(&ConsumerKeys { platform, key, secret: sound(&secret, "consumer secret")? })?
    } else {
        let asked = format!("The client secret of your app with {label}, then Enter");
        let secret = ask::secret(context, &asked, SECRET_MAX)?;
        recipients.seal(&AppSecret { platform, client_secret: sound(&secret, "client secret")? })?
    };
    let marker = recipients.marker().into_bytes();
    let change = move |_: &Branch| {
        Ok(vec![
            Edit::Write { path: which.path(), bytes: sealed.clone() },
            Edit::Write { path: vault::MARKER_PATH.to_owned(), bytes: marker.clone() },
        ])
    };
    write::settled(journal.commit(Box::new(change)).await)?;
    context.say(&format!("the {} of the app with {label} is stored", which.words()));
    let id = id(accounts, platform).or_else(|| new_id.clone());
    if let Some(new) = new_id {
        write_id(context, disk, platform, &new)?;
    } else if id.is_none() && !consumer {
        let name = platform.name();
        context.say(&format!("its id is still missing: write `[apps.{name}]` with `client_id` into accounts.toml"));
    }
    if context.json() {
        let stored = if consumer { "consumer" } else { "secret" };
        context.print_json(json!({ "platform": platform, "client_id": id, "stored": stored }))?;
    }
    Ok(0)
}

/// What was typed, if it can be what it should be.
fn sound(text: &str, what: &str) -> Result<Secret, Failure> {
    let text = text.trim();
    if text.len() < vault::SHORTEST || text.contains(char::is_whitespace) {
        return Err(Failure::new(Kind::Usage, format!("this is no {what}: it is too short, or has spaces in it"))
            .hint("nothing was stored"));
    }
    Ok(Secret::new(text))
}

/// The app's id, where it is not known and a person can be asked. Who gives none is told later where it belongs.
fn ask_for_id(context: &Context, disk: &Disk, platform: Platform) -> Result<Option<String>, Failure> {
    if id(&disk.content.accounts, platform).is_some() || !ask::is_terminal() {
        return Ok(None);
    }
    let asked = format!("The client id of your app with {}, for accounts.toml, then Enter:", platform.label());
    let typed = ask::line(context, &asked)?;
    Ok(Some(typed).filter(|typed| !typed.is_empty()))
}

/// Writes `[apps.x]` to the end of accounts.toml, if the file is right afterwards and says so.
fn write_id(context: &Context, disk: &Disk, platform: Platform, id: &str) -> Result<(), Failure> {
    let old = &disk.content.accounts.source.text;
    let gap = if old.is_empty() || old.ends_with("\n\n") { "" } else { "\n" };
    let end = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
    let text = format!("{old}{end}{gap}[apps.{}]\nclient_id = {}\n", platform.name(), Value::from(id));
    let (parsed, problems) = crate::account::parse(&Source::new("accounts.toml", text.clone()));
    let is_there = parsed.is_some_and(|accounts| accounts.apps.get(&platform).is_some_and(|app| app.client_id == id));
    if !is_there || problems.iter().any(Problem::is_error) {
        let name = platform.name();
        context.say(&format!(
            "its id could not be written: write `[apps.{name}]` with `client_id` into accounts.toml yourself"
        ));
        return Ok(());
    }
    keys::write_accounts(&disk.repo, &text)?;
    context.say("its id stands in accounts.toml; commit and push it");
    Ok(())
}

pub(super) async fn remove(
    context: &Context,
    which: Which,
    (path, server): (String, Option<String>),
    journal: &Journal,
) -> Result<u8, Failure> {
    let (label, words) = (server.as_deref().unwrap_or(which.platform.label()), which.words());
    if journal.branch()?.read(&path)?.is_none() {
        return Err(Failure::new(Kind::Usage, format!("no {words} of an app with {label} is stored")));
    }
    let change = move |_: &Branch| Ok(vec![Edit::Remove { path: path.clone() }]);
    write::settled(journal.commit(Box::new(change)).await)?;
    context.say(&format!("the {words} of the app with {label} is removed"));
    context
        .say("older commits of the state branch still hold it, encrypted: reset it at the platform if it may be known");
    if context.json() {
        let removed = if which.consumer { "consumer" } else { "secret" };
        let removed = server.as_deref().unwrap_or(removed);
        context.print_json(json!({ "platform": which.platform, "removed": removed }))?;
    }
    Ok(0)
}
