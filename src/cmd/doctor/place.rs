//! What `doctor` looks at around the accounts: git, the repository, its remote, the ledger, the keys, the place of media.

use chrono::{DateTime, TimeDelta, Utc};

use super::Check;
use crate::account::Accounts;
use crate::cmd::Context;
use crate::cmd::open;
use crate::content::Content;
use crate::env;
use crate::error::Problem;
use crate::hosting::Keys;
use crate::ledger::entry;
use crate::plan::when::how_long;
use crate::repo::journal::Journal;
use crate::repo::remote::PushOutcome;
use crate::repo::{self, Repo};
use crate::round::Known;
use crate::round::mark::Mark;
use crate::vault::{self, Vault};

pub(super) async fn git() -> Check {
    match repo::git_version().await {
        Ok(version) => Check::ok("git", version),
        Err(failure) => Check::failed("git", failure),
    }
}

pub(super) fn repository(repo: &Repo, content: &Content) -> Check {
    const WHAT: &str = "repository";
    if let Some(first) = content.wrong_accounts().next() {
        return Check::wrong(WHAT, format!("{} is wrong", first.source.path)).hint("`pressroom check` says where");
    }
    let commit = match repo.must_be_writable().and_then(|()| repo.head()) {
        Ok(commit) => commit.to_string(),
        Err(failure) => return Check::failed(WHAT, failure),
    };
    let wrong = content.problems.iter().filter(|problem| Problem::is_error(problem)).count();
    if wrong > 0 {
        let errors = if wrong == 1 { "1 error".to_owned() } else { format!("{wrong} errors") };
        return Check::warning(WHAT, format!("{errors} in its posts")).hint("`pressroom check` says where");
    }
    Check::ok(WHAT, format!("{}, commit {commit:.7}", repo.root().display()))
}

/// Whether the remote answers, and whether the state branch may be pushed there; with the branch, where it could be opened.
pub(super) async fn remote(repo: &Repo, accounts: &Accounts) -> (Check, Option<Journal>) {
    const WHAT: &str = "remote";
    let branch = &accounts.publish.state_branch;
    let remote = match repo.remote() {
        Ok(remote) => remote,
        Err(failure) => return (Check::failed(WHAT, failure), None),
    };
    let journal = match Journal::open(repo, remote.clone(), branch).await {
        Ok(journal) => journal,
        Err(failure) => {
            // A run that cannot reach its remote publishes nothing: whoever asks a doctor wants to act.
            let check = Check { state: super::State::Wrong, ..Check::failed(WHAT, failure) };
            return (check, None);
        }
    };
    let Some(remote) = remote else {
        let check = Check::warning(WHAT, "there is none: the ledger is kept on this disk alone");
        return (
            check.hint("`git remote add origin ADDRESS`, so that nothing is published twice from elsewhere"),
            Some(journal),
        );
    };
    let Some(tip) = journal.tip().or_else(|| repo.head().ok()) else {
        return (Check::ok(WHAT, format!("{} answers", remote.address())), Some(journal));
    };
    let place = remote.address();
    let check = match remote.may_push(branch, tip).await {
        Ok(PushOutcome::Won) => Check::ok(WHAT, format!("{place} answers, and takes pushes to {branch}")),
        Ok(PushOutcome::Lost) => {
            Check::warning(WHAT, format!("somebody else pushed to {branch} at this moment")).hint("look again")
        }
        Ok(PushOutcome::Refused(words) | PushOutcome::Unknown(words)) => {
            Check::wrong(WHAT, format!("{place} takes no push to {branch}: {words}")).hint(repo::remote::advice(&words))
        }
        Err(failure) => Check::failed(WHAT, failure),
    };
    (check, Some(journal))
}

/// When something was last written down: a run writes whenever it acts.
pub(super) fn ledger(known: &Known, now: DateTime<Utc>) -> Result<Check, crate::error::Failure> {
    const WHAT: &str = "ledger";
    if let Some((path, why)) = known.state.frozen.iter().next() {
        return Ok(Check::wrong(WHAT, format!("{path} cannot be trusted: {why}")));
    }
    let files = known.branch.files(entry::FOLDER)?;
    let texts = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes));
    let newest = texts
        .flat_map(|text| text.lines().filter_map(|line| Some(entry::read(line).ok()??.t)).collect::<Vec<_>>())
        .max();
    Ok(Check::ok(
        WHAT,
        match newest {
            None => "nothing has been written down yet".to_owned(),
            Some(at) => format!("the last word is of {} ({} ago)", at.format("%Y-%m-%d %H:%M UTC"), how_long(now - at)),
        },
    ))
}

/// A scheduled job that has not ended for so long is told: the schedule that `init` writes runs four times an hour.
const RUNS_REST: TimeDelta = TimeDelta::days(1);

/// When a run last ended.
pub(super) fn runs(known: &Known, now: DateTime<Utc>) -> Result<Check, crate::error::Failure> {
    const WHAT: &str = "runs";
    let Some(Mark { at, exit, .. }) = Mark::read(&known.branch)? else {
        return Ok(Check::ok(WHAT, "no run has left a mark yet"));
    };
    let says = format!("the last mark of one is {} old; it ended with exit code {exit}", how_long(now - at));
    if now - at <= RUNS_REST {
        return Ok(Check::ok(WHAT, says));
    }
    let hint = "if CI should publish, look whether it still does: GitHub stops schedules of public repositories where nothing \
                happened for 60 days";
    Ok(Check::warning(WHAT, says).hint(hint))
}

/// Whether a key of ours opens the tokens; with the vault, where it does.
pub(super) fn keys(context: &Context, accounts: &Accounts, known: &Known) -> (Check, Option<Vault>) {
    const WHAT: &str = "key";
    let vault = match open::vault(context, accounts) {
        Ok(vault) => vault,
        Err(failure) => return (Check { state: super::State::Wrong, ..Check::failed(WHAT, failure) }, None),
    };
    let ours = vault.identities.public().find(|key| vault.recipients.contains(key)).map(|key| key.label());
    let Some(key) = ours else {
        let named = vault.identities.public().next().map_or_else(String::new, |key| key.key().to_owned());
        let check = Check::wrong(WHAT, "accounts.toml does not list the key that is here among its recipients");
        return (check.hint(format!("somebody who can open the tokens runs `pressroom keys add {named}`")), None);
    };
    let check = match known.branch.read(vault::MARKER_PATH) {
        Ok(Some(marker)) if !vault.recipients.match_marker(&String::from_utf8_lossy(&marker)) => {
            Check::warning(WHAT, "the tokens are encrypted for other keys than accounts.toml lists")
                .hint("a change of keys was cut off, or not pushed, or accounts.toml was edited: `pressroom keys add` or `remove` them again")
        }
        _ => Check::ok(WHAT, format!("{key} opens the tokens")),
    };
    (check, Some(vault))
}

/// Where media lie that platforms fetch, if an account is of one that does.
pub(super) fn media(content: &Content) -> Option<Check> {
    const WHAT: &str = "media";
    let accounts = content.accounts.accounts.values();
    let mut labels: Vec<&str> = accounts
        .filter(|account| account.platform.limits().fetcher.is_some())
        .map(|account| account.platform.label())
        .collect();
    labels.sort_unstable();
    labels.dedup();
    if labels.is_empty() {
        return None;
    }
    let labels = labels.join(", ");
    let host = &content.accounts.media;
    Some(match (&host.bucket, &host.public_url) {
        (Some(bucket), _) if Keys::from_env().is_none() => {
            let says = format!("the keys of the bucket {} are not here", bucket.name);
            let set = format!("set {} and {}", env::S3_ACCESS_KEY_ID, env::S3_SECRET_ACCESS_KEY);
            Check::warning(WHAT, says).hint(format!("{set} wherever `pressroom publish` runs"))
        }
        (Some(bucket), _) => Check::ok(WHAT, format!("{labels} fetch from the bucket {}", bucket.name)),
        (None, Some(url)) => Check::ok(WHAT, format!("{labels} fetch from {}", url.value)),
        (None, None) => {
            Check::warning(WHAT, format!("{labels} fetch media, and accounts.toml says nowhere from where"))
                .hint("write `[media]` with `public_url`, or `[media.bucket]`: docs/accounts.md")
        }
    })
}
