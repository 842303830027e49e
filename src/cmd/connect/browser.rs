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
use crate::login::{App, Begun, Came, Login};
use crate::platform::{self, BackTo};
use crate::vault::{Grant, Secret};

/// The port that a browser comes back to, unless another is asked for: platforms want the address registered.
pub(super) const PORT: u16 = 42_813;
/// The path there.
const PATH: &str = "/callback";
/// Where a browser is sent back to that a person copies the address out of.
const NOWHERE: &str = "https://localhost/callback";
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

/// Has a person log in, and gives what the platform granted.
pub(super) async fn log_in(
    context: &Context,
    http: &Http,
    app: &App,
    way: &'static platform::Grant,
    account: &Account,
    manner: &Manner,
) -> Result<Grant, Failure> {
    let label = account.platform.label();
    let login = Login { http, label, way, app };
    let for_other = account.acts_as.is_some();
    let (begun, code) = if manner.paste || manner.redirect.is_some() || way.back_to == BackTo::Https {
        let begun = login.begin(manner.redirect.as_deref().unwrap_or(NOWHERE), for_other)?;
        let code = pasted(context, http, &begun, label)?;
        (begun, code)
    } else {
        let listener = Listener::bind(manner.port, PATH).await?;
        let begun = login.begin(&listener.redirect(), for_other)?;
        let code = came_back(context, http, listener, &begun, label, manner.no_browser).await?;
        (begun, code)
    };
    login.exchange(begun, &code).await
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
    http: &Http,
    listener: Listener,
    begun: &Begun,
    label: &str,
    no_browser: bool,
) -> Result<Secret, Failure> {
    let back = listener.redirect();
    let page = invite(context, http, &begun.url, label)?;
    context.say(&format!("{label} sends the browser back to {back}, which has to be registered with the app."));
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
