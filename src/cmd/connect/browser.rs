//! A login in a browser: on this machine it comes back by itself; elsewhere a person copies the address it came back to.

use std::process::Stdio;
use std::time::Duration;

use url::Url;

use crate::account::Account;
use crate::cmd::{Context, ask};
use crate::env;
use crate::error::{Failure, Kind};
use crate::http::Http;
use crate::login::callback::{Listener, Page};
use crate::login::pin::PinLogin;
use crate::login::{App, Begun, Came, Granted, Login};
use crate::platform::{self, BackTo, By, Form};
use crate::vault::{self, AppPassword, Grant, Secret};

/// The port that a browser comes back to, unless another is asked for: platforms want the address registered.
pub(super) const PORT: u16 = 42_813;
/// The path there.
const PATH: &str = "/callback";
/// Where a browser is sent back to that a person copies the address out of.
const NOWHERE: &str = "https://localhost/callback";
/// No handle's password is longer, in bytes.
const PASSWORD_MAX: u64 = 1024;
/// How long a person has.
const PATIENCE: Duration = Duration::from_secs(600);

/// How a person logs in.
pub(super) struct Manner {
    pub(super) paste: bool,
    pub(super) no_browser: bool,
    pub(super) port: u16,
    /// The address registered with the platform, where it is none of this machine's.
    pub(super) redirect: Option<String>,
}

/// Has a person log in, and gives what the platform granted. `app` is ours, for logins that end at an address.
pub(super) async fn log_in(
    context: &Context,
    http: &Http,
    app: impl AsyncFn(&str) -> Result<App, Failure>,
    way: &'static platform::Grant,
    account: &Account,
    manner: &Manner,
) -> Result<(Granted, App), Failure> {
    let (label, server, for_other) = (account.platform.label(), &account.server, account.acts_as.is_some());
    let shown = if let By::ServerApp { shown, .. } = way.by { Some(shown) } else { None };
    if manner.paste || manner.redirect.is_some() || way.back_to == BackTo::Https {
        let here = format!("http://127.0.0.1:{}{PATH}", manner.port);
        let nowhere = if way.by == By::Loopback { &here } else { NOWHERE };
        let redirect = manner.redirect.as_deref().or(shown).unwrap_or(nowhere);
        let app = app(redirect).await?;
        let login = Login { http, label, way, app: &app, server };
        let begun = login.begin(redirect, for_other).await?;
        let code = match shown.filter(|shown| *shown == redirect) {
            Some(_) => copied(context, http, &begun, label)?,
            None => pasted(context, http, &begun, label)?,
        };
        return Ok((login.exchange(begun, &code).await?, app));
    }
    let listener = Listener::bind(manner.port, PATH).await?;
    let app = app(&listener.redirect()).await?;
    let login = Login { http, label, way, app: &app, server };
    let begun = login.begin(&listener.redirect(), for_other).await?;
    let code = came_back(context, &login, listener, &begun, manner.no_browser).await?;
    Ok((login.exchange(begun, &code).await?, app))
}

/// An app password, asked for at the terminal.
pub(super) fn password(context: &Context, way: &platform::Grant, account: &Account) -> Result<AppPassword, Failure> {
    let (name, server) = (&account.name, &account.server);
    if !ask::is_terminal() {
        return Err(Failure::new(Kind::Usage, "an app password is asked for at a terminal, and this is none").hint(
            format!("pipe the handle and the app password in, a line each: `pressroom connect {name} --token-stdin`"),
        ));
    }
    context.say(&format!("An app password is made at {}, and shown once.", way.by_hand));
    let identifier = ask::line(context, &format!("The handle of {name} at {server}, then Enter:"))?;
    let password = ask::secret(context, "An app password of it, then Enter", PASSWORD_MAX)?;
    AppPassword::new(&identifier, &password)
}

/// A secret that a person pastes, asked for at the terminal.
pub(super) fn pasted_key(
    context: &Context,
    way: &platform::Grant,
    form: &Form,
    account: &Account,
) -> Result<Grant, Failure> {
    let (name, what) = (&account.name, form.what);
    if !ask::is_terminal() {
        let message = format!("the {what} is asked for at a terminal, and this is none");
        return Err(
            Failure::new(Kind::Usage, message).hint(format!("pipe it in: `pressroom connect {name} --token-stdin`"))
        );
    }
    context.say(&format!("The {what} is found here: {}", way.by_hand.replace("{server}", &account.server)));
    vault::parse_key(form, &ask::secret(context, &format!("The {what} of {name}, then Enter"), PASSWORD_MAX)?)
}

/// The same with OAuth 1.0a: the browser comes back nowhere, and shows a PIN.
pub(super) async fn log_in_with_pin(
    context: &Context,
    login: &PinLogin<'_>,
    no_browser: bool,
) -> Result<Grant, Failure> {
    let asked = login.begin().await?;
    let page = invite(context, login.http, &asked.url, login.label)?;
    if !no_browser {
        show(context, &page);
    }
    let pin = ask::line(context, &format!("Then {} shows a PIN. Type it here, Enter:", login.label))?;
    login.finish(&asked, &pin).await
}

/// What a person is asked to do.
fn invite(context: &Context, http: &Http, page: &Url, label: &str) -> Result<String, Failure> {
    let page = http.way_to(page)?.to_string();
    context.say(&format!("Log in to {label} and allow it, here:\n\n  {page}\n"));
    Ok(page)
}

fn show(context: &Context, page: &str) {
    let started = open::commands(page).into_iter().any(|mut command| {
        env::withhold_from(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok()
    });
    if !started {
        context.say("No browser could be opened: open the address yourself.");
    }
}

async fn came_back(
    context: &Context,
    login: &Login<'_>,
    listener: Listener,
    begun: &Begun,
    no_browser: bool,
) -> Result<Secret, Failure> {
    let (back, label) = (listener.redirect(), login.label);
    let page = invite(context, login.http, &begun.url, label)?;
    // An app that we have registered ourselves was registered with it.
    if login.way.by == By::App {
        context.say(&format!("{label} sends the browser back to {back}, which has to be registered with the app."));
    }
    if !no_browser {
        show(context, &page);
    }
    let came = listener.wait(PATIENCE, |query| match begun.code(query, label) {
        Ok(code) => (
            Page::Done("The login is here. The terminal tells what comes of it; you can close this page."),
            Some(Ok(code)),
        ),
        Err(Came::Refused(failure)) => {
            (Page::Done("There was no login. The terminal tells why; you can close this page."), Some(Err(failure)))
        }
        Err(Came::Stray) => (Page::Stray, None),
    });
    came.await?
}

/// The code that the platform's page shows.
fn copied(context: &Context, http: &Http, begun: &Begun, label: &str) -> Result<Secret, Failure> {
    invite(context, http, &begun.url, label)?;
    let line = ask::line(context, "Then the page shows a code. Copy it, paste it here, Enter:")?;
    begun.shown(&line)
}

/// The code out of the address that a person copies from the browser.
fn pasted(context: &Context, http: &Http, begun: &Begun, label: &str) -> Result<Secret, Failure> {
    invite(context, http, &begun.url, label)?;
    let line = ask::line(
        context,
        "Then the browser shows a page that cannot be found. Copy its address from the address bar, paste it here, Enter:",
    )?;
    // Meta hangs `#_` on it.
    let address = line.split('#').next().unwrap_or_default();
    let query = address.split_once('?').map_or(address, |(_, query)| query);
    begun.code(query, label).map_err(|came| match came {
        Came::Refused(failure) => failure,
        Came::Stray => Failure::new(Kind::Usage, "this is not the address that this login came back to")
            .hint("it has `code=` and `state=` in it, and is good for this one login; begin again"),
    })
}
