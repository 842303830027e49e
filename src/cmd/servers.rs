//! What servers allow: asked, and written into the content repository for people to review and commit. Knows no limit.

use std::fs;
use std::sync::Arc;

use super::Context;
use crate::account::{Account, server};
use crate::error::{Failure, Kind};
use crate::http::{Files, Http, NoFiles, Outcome};
use crate::limits::Server;
use crate::platform::{Adapter, Call, Reply};
use crate::repo::Repo;

/// What an account's server says that it allows; `None` where its platform has no such servers.
///
/// # Errors
/// What kept it from saying so.
pub(super) async fn ask(http: &Http, adapter: &dyn Adapter, account: &Account) -> Result<Option<Server>, Failure> {
    let Some(host) = account.own_server() else { return Ok(None) };
    let Some(call) = adapter.server(host) else { return Ok(None) };
    let mut reply = send(http, adapter, host, &call).await?;
    if let Some(call) = adapter.server_else(host, &reply) {
        reply = send(http, adapter, host, &call).await?;
    }
    let unclear = |why: String| Failure::new(Kind::Later, format!("{host} does not say what it allows")).cause(why);
    let said = adapter.read_server(&reply).map_err(|refusal| unclear(refusal.words))?;
    match said.wrong() {
        None => Ok(Some(said)),
        Some((key, why)) => Err(unclear(format!("of what it says, `{key}` {why}"))),
    }
}

async fn send(http: &Http, adapter: &dyn Adapter, host: &str, call: &Call) -> Result<Reply, Failure> {
    let none: Arc<dyn Files> = Arc::new(NoFiles);
    match http.send(call, &adapter.homes(host), None, &none, &|_| ()).await? {
        Outcome::Answered(reply) => Ok(reply),
        Outcome::NotSent(why) | Outcome::Unclear(why) => {
            Err(Failure::new(Kind::Later, format!("{host} could not be asked what it allows")).cause(why))
        }
    }
}

/// Asks, and writes the file where it is to be another. Tells its path if so. That a server does not answer is no reason not to
/// use it: it is told, and what is written stays.
pub(super) async fn learn(
    context: &Context,
    repo: &Repo,
    http: &Http,
    adapter: &dyn Adapter,
    account: &Account,
) -> Result<Option<String>, Failure> {
    let said = match ask(http, adapter, account).await {
        Ok(Some(said)) => said,
        Ok(None) => return Ok(None),
        Err(failure) => {
            let why = failure.causes.first().map_or_else(String::new, |why| format!(": {why}"));
            context.say(&format!("warning: {}{why}; checks go by what is known", failure.message));
            return Ok(None);
        }
    };
    let (path, text) = (server::path(&account.server), said.to_json());
    let file = repo.root().join(&path);
    if fs::read_to_string(&file).is_ok_and(|old| old == text) {
        return Ok(None);
    }
    let folder = file.parent().unwrap_or(repo.root());
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&file, &text))
        .map_err(|error| Failure::new(Kind::Content, format!("{path} could not be written")).cause(error))?;
    context.say(&format!("{path} is written: what {} allows. Commit it: checks go by it.", account.server));
    Ok(Some(path))
}
