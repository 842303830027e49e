//! Our apps at servers that each want one of their own: registered when they are first needed, and kept, sealed, beside the others.

use crate::account::Accounts;
use crate::cmd::{Context, open};
use crate::error::{Failure, Kind};
use crate::http::Http;
use crate::limits::Platform;
use crate::login::{self, App};
use crate::platform::Grant;
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::{Journal, Setback};
use crate::round::Known;
use crate::run::write;
use crate::vault::{self, ServerApp, ServerApps, Vault};

/// Where such an app is wanted.
pub(in crate::cmd) struct Place<'a> {
    pub(in crate::cmd) platform: Platform,
    pub(in crate::cmd) way: &'static Grant,
    pub(in crate::cmd) server: &'a str,
}

/// The app whose logins end at `redirect`; registered now where there is none yet.
///
/// # Errors
/// What kept the server from registering one, or us from keeping it.
pub(in crate::cmd) async fn at(
    (context, accounts): (&Context, &Accounts),
    http: &Http,
    journal: &Journal,
    place: &Place<'_>,
    redirect: &str,
) -> Result<App, Failure> {
    let Place { platform, way, server } = *place;
    let vault = open::vault(context, accounts)?;
    let path = vault::server_apps_path(platform, server);
    let before = journal.branch()?.read(&path)?;
    let mut known = match &before {
        Some(sealed) => vault.open::<ServerApps>(&path, sealed)?,
        None => ServerApps { platform, server: server.to_owned(), apps: Vec::new() },
    };
    if let Some(app) = known.apps.iter().find(|app| app.redirect == redirect) {
        return Ok(app.into());
    }
    let app = login::register::register(http, way, server, redirect).await?;
    let secret = app.secret.clone().ok_or_else(|| Failure::new(Kind::Bug, "an app came without a secret"))?;
    known.apps.push(ServerApp { redirect: redirect.to_owned(), id: app.id.clone(), secret });
    let sealed = vault.seal(&known)?;
    let marker = vault.recipients.marker().into_bytes();
    let change = move |branch: &Branch| {
        if branch.read(&path)? != before {
            return Err(Setback::Conflict(
                "somebody else registered an app there at this moment; try again".to_owned(),
            ));
        }
        Ok(vec![
            Edit::Write { path: path.clone(), bytes: sealed.clone() },
            Edit::Write { path: vault::MARKER_PATH.to_owned(), bytes: marker.clone() },
        ])
    };
    write::settled(journal.commit(Box::new(change)).await)?;
    context.say(&format!("{server} has registered pressroom as an app; its secret is stored, encrypted"));
    Ok(app)
}

/// The app there that goes by that id.
///
/// # Errors
/// There is none, or it cannot be opened.
pub(in crate::cmd) fn known(
    vault: &Vault,
    known: &Known,
    platform: Platform,
    server: &str,
    id: &str,
) -> Result<App, Failure> {
    let path = vault::server_apps_path(platform, server);
    let unknown =
        || Failure::new(Kind::Person, format!("the app at {server} that this token was got with is not known here"));
    let sealed = known.branch.read(&path)?.ok_or_else(unknown)?;
    let apps = vault.open::<ServerApps>(&path, &sealed)?.apps;
    apps.iter().find(|app| app.id == id).map(App::from).ok_or_else(unknown)
}

impl From<&ServerApp> for App {
    fn from(app: &ServerApp) -> Self {
        Self { id: app.id.clone(), secret: Some(app.secret.clone()) }
    }
}
