//! The remote repository, spoken to by the `git` program: list, fetch, and push with a lease. Knows refs and commits only.

use std::time::Duration;

use super::git::{self, Answer};
use super::pins::Pins;
use super::{Oid, Repo, words};
use crate::error::{Failure, Kind};

/// Longest wait for one answer of the remote.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Another run in the same clone holds git's locks for a moment only.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// A remote of the repository. Cheap to clone.
#[derive(Clone)]
pub struct Remote {
    repo: Repo,
    name: String,
    url: String,
    pub(super) timeout: Duration,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote").field("name", &self.name).field("url", &self.address()).finish_non_exhaustive()
    }
}

/// What became of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushOutcome {
    /// The remote has it.
    Won,
    /// Somebody else moved the branch, or holds its lock.
    Lost,
    /// The server says no; its words.
    Refused(String),
    /// No clear answer: the remote may or may not have it.
    Unknown(String),
}

impl Remote {
    pub(super) fn new(repo: Repo, name: String, url: String) -> Self {
        Self { repo, name, url, timeout: TIMEOUT }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address, fit to be shown: without user and password.
    pub fn address(&self) -> String {
        git::masked(&self.url)
    }

    /// Whether it lies on this machine, where pushes need no thrift.
    pub fn is_local(&self) -> bool {
        is_local(&self.url)
    }

    /// Refs of one fetch.
    pub(super) fn pins(&self) -> Pins {
        Pins::new(&self.repo)
    }

    /// The names of its branches.
    pub async fn branches(&self) -> Result<Vec<String>, Failure> {
        let answer = self.git(&["ls-remote", "--heads", &self.name]).await?;
        if !answer.ok() {
            return Err(self.unreachable(&answer));
        }
        let refs = answer.stdout.lines().filter_map(|line| line.split_once("\trefs/heads/"));
        Ok(refs.map(|(_, name)| name.to_owned()).collect())
    }

    /// The tips of some branches, asked for and not fetched; `None` for one that is not there.
    pub(super) async fn tips<const N: usize>(&self, branches: [&str; N]) -> Result<[Option<Oid>; N], Failure> {
        let names = branches.map(|branch| format!("refs/heads/{branch}"));
        let args = ["ls-remote", self.name.as_str()].into_iter().chain(names.iter().map(String::as_str));
        let answer = self.git(&args.collect::<Vec<_>>()).await?;
        if !answer.ok() {
            return Err(self.unreachable(&answer));
        }
        let tip = |name: &String| {
            let mut lines = answer.stdout.lines().filter_map(|line| line.split_once('\t'));
            lines.find(|(_, listed)| listed == name).and_then(|(oid, _)| Oid::from_str(oid).ok())
        };
        Ok(names.each_ref().map(tip))
    }

    /// Fetches the tip of `branch` into the ref `into`; `None` if the remote has no such branch. In a shallow clone that
    /// knows nothing of the branch yet, only the tip comes; otherwise everything since what is known, so that the history
    /// between can be looked through.
    pub(super) async fn fetch(&self, branch: &str, into: &str, known: bool) -> Result<Option<Oid>, Failure> {
        let shallow = self.repo.git()?.is_shallow();
        let answer = self.fetch_with((shallow && !known).then_some("--depth=1"), branch, into).await?;
        if answer.ok() {
            return self.repo.read_ref(into);
        }
        let listed = self.git(&["ls-remote", "--exit-code", &self.name, &format!("refs/heads/{branch}")]).await?;
        match listed.code {
            Some(2) => Ok(None),
            Some(0) => Err(self.unreachable(&answer)),
            _ => Err(self.unreachable(&listed)),
        }
    }

    /// Fetches so many commits more, from where a shallow clone ends.
    pub(super) async fn deepen(&self, branch: &str, into: &str, by: u32) -> Result<(), Failure> {
        let answer = self.fetch_with(Some(&format!("--deepen={by}")), branch, into).await?;
        if answer.ok() { Ok(()) } else { Err(self.unreachable(&answer)) }
    }

    async fn fetch_with(&self, depth: Option<&str>, branch: &str, into: &str) -> Result<Answer, Failure> {
        let refspec = format!("+refs/heads/{branch}:{into}");
        let mut args = vec!["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"];
        args.extend(["--no-recurse-submodules", "--refmap="]);
        args.extend(depth);
        args.extend([self.name.as_str(), refspec.as_str()]);
        let mut answer = self.git(&args).await?;
        for _ in 0..LOCK_TRIES {
            if answer.ok() || !is_locked(&answer.stderr) {
                break;
            }
            tokio::time::sleep(LOCK_PAUSE).await;
            answer = self.git(&args).await?;
        }
        Ok(answer)
    }

    /// Pushes `new` as `branch`, if the branch still is at `lease` (`None`: not there). Besides the outcome, git's own
    /// words, for people.
    pub(super) async fn push(
        &self,
        branch: &str,
        lease: Option<Oid>,
        new: Oid,
    ) -> Result<(PushOutcome, String), Failure> {
        let lease = lease.map(|oid| oid.to_string()).unwrap_or_default();
        let lease = format!("--force-with-lease=refs/heads/{branch}:{lease}");
        let refspec = format!("{new}:refs/heads/{branch}");
        let mut args = vec!["push", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags"];
        args.extend(["--recurse-submodules=no", &lease, &self.name, &refspec]);
        let answer = self.git(&args).await?;
        tracing::debug!(code = answer.code, stdout = %git::masked(&answer.stdout), stderr = %answer.stderr, "push");
        let outcome = outcome(&format!("refs/heads/{branch}"), &answer.stdout, &answer.stderr);
        Ok((outcome, said(&answer.stderr)))
    }

    /// Whether a push of that commit as `branch` would be let through, as far as a dry run tells: the connection, and who we
    /// are. Hooks and protected branches speak only when something is pushed.
    ///
    /// # Errors
    /// When git cannot be run.
    pub async fn may_push(&self, branch: &str, commit: Oid) -> Result<PushOutcome, Failure> {
        let refspec = format!("{commit}:refs/heads/{branch}");
        let args = ["push", "--dry-run", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags"];
        let answer = self.git(&[&args[..], &["--recurse-submodules=no", &self.name, &refspec]].concat()).await?;
        Ok(outcome(&format!("refs/heads/{branch}"), &answer.stdout, &answer.stderr))
    }

    async fn git(&self, args: &[&str]) -> Result<Answer, Failure> {
        let mut command = self.repo.program()?;
        command.args(args);
        git::run(command, self.timeout).await
    }

    /// The remote gave no usable answer.
    fn unreachable(&self, answer: &Answer) -> Failure {
        let words = said(&answer.stderr);
        let failure =
            Failure::new(Kind::Later, format!("cannot read from remote `{}` ({})", self.name, self.address()))
                .cause(&words);
        let failure = match words::lock_named(&answer.stderr) {
            Some(lock) => words::with_lock(failure, &lock),
            None => failure,
        };
        failure.hint(advice(&words))
    }
}

/// The outcome, told from the porcelain line of the ref alone: exit codes and sentences do not tell a lost race from
/// a server that said no. `stderr` only lends its words.
pub(super) fn outcome(branch_ref: &str, stdout: &str, stderr: &str) -> PushOutcome {
    let line = stdout.lines().find_map(|line| {
        let mut fields = line.splitn(3, '\t');
        let (flag, refs, summary) = (fields.next()?, fields.next()?, fields.next()?);
        (flag.len() == 1 && refs.rsplit_once(':').is_some_and(|(_, to)| to == branch_ref)).then_some((flag, summary))
    });
    let Some((flag, summary)) = line else { return PushOutcome::Unknown(said(stderr)) };
    let told = |summary: &str| match said(stderr) {
        words if words.is_empty() => git::masked(summary),
        words => format!("{}\n{words}", git::masked(summary)),
    };
    let summary_low = summary.to_ascii_lowercase();
    match flag {
        " " | "*" | "=" => PushOutcome::Won,
        "!" if LOST.iter().any(|sign| summary_low.contains(sign)) => PushOutcome::Lost,
        "!" if UNKNOWN.iter().any(|sign| summary_low.contains(sign)) => PushOutcome::Unknown(told(summary)),
        "!" => PushOutcome::Refused(told(summary)),
        _ => PushOutcome::Unknown(format!("git reports `{flag}` for {branch_ref}, which it must not: {summary}")),
    }
}

/// Reasons that mean: the branch is not where we left it, or its lock is taken. The last four are what newer servers
/// and GitHub say instead of `failed to update ref`.
const LOST: [&str; 9] = [
    "stale info",
    "fetch first",
    "non-fast-forward",
    "failed to update ref",
    "atomic",
    "cannot lock ref",
    "incorrect old value provided",
    "reference already exists",
    "reference does not exist",
];

/// Reasons that leave open whether the ref moved.
const UNKNOWN: [&str; 3] = ["remote failed to report status", "internal server error", "timed out"];

/// Whether another git is at work in this clone.
fn is_locked(stderr: &str) -> bool {
    words::lock_named(stderr).is_some() || stderr.contains("shallow file has changed since we read it")
}

/// The lines of git's stderr a person needs: no empty ones, no decoration, at most twelve.
fn said(stderr: &str) -> String {
    let lines = stderr.lines().map(str::trim).filter(|line| {
        !line.is_empty() && *line != "remote:" && !line.starts_with("hint:") && !line.starts_with("To ")
    });
    git::masked(&lines.take(12).collect::<Vec<_>>().join("\n"))
}

/// What to do, told from git's words.
pub fn advice(words: &str) -> &'static str {
    let low = words.to_ascii_lowercase();
    SIGNS
        .iter()
        .find(|(signs, _)| signs.iter().any(|sign| low.contains(sign)))
        .map_or("see that `git fetch` works here, then run it again; nothing is lost", |(_, advice)| *advice)
}

/// Whether git's words say that we may not push; asking again would not help.
pub(super) fn no_permission(words: &str) -> bool {
    let low = words.to_ascii_lowercase();
    SIGNS[..2].iter().any(|(signs, _)| signs.iter().any(|sign| low.contains(sign)))
}

static SIGNS: [(&[&str], &str); 6] = [
    (
        &["authentication failed", "could not read username", "could not read password", "terminal prompts disabled"],
        "git has no credentials for this remote: set up a credential helper or an ssh key; \
         in GitHub Actions leave `persist-credentials` of actions/checkout on",
    ),
    (
        &["permission denied", "permission to ", "error: 403", "not allowed to push", "write access"],
        "these credentials may not push here: give them write access; in GitHub Actions `permissions: contents: write`",
    ),
    (
        &["gh006", "gh013", "protected branch", "protected"],
        "the server protects this branch: exempt the state branch from the rule",
    ),
    (&["hook declined"], "a hook on the server refuses the state branch: ask whoever runs it to let it pass"),
    (&["repository not found", "does not appear to be a git", "does not exist"], "check the address: `git remote -v`"),
    (
        &["could not resolve", "connection refused", "timed out", "no answer within", "unreachable"],
        "the network or the server is down: run it again later; nothing is lost",
    ),
];

fn is_local(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        // `host:path` is ssh; a colon after a slash belongs to a path.
        let colon = url.find(':');
        return colon.is_none_or(|colon| url[..colon].contains('/'));
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    scheme == "file" || host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::PushOutcome::{Lost, Refused, Unknown, Won};
    use super::*;

    const BRANCH: &str = "refs/heads/pressroom-state";

    /// Lines as git 2.30 to 2.47, GitHub and GitLab print them.
    #[test]
    fn outcomes_of_real_pushes() {
        let refused = |words: &str| Refused(words.to_owned());
        let unknown = |words: &str| Unknown(words.to_owned());
        for (line, stderr, expected) in [
            ("*\tabc:refs/heads/pressroom-state\t[new branch]", "", Won),
            (" \tabc:refs/heads/pressroom-state\t1111111..2222222", "", Won),
            ("=\tabc:refs/heads/pressroom-state\t[up to date]", "", Won),
            (
                "!\tabc:refs/heads/pressroom-state\t[rejected] (stale info)",
                "error: failed to push some refs to '/r.git'",
                Lost,
            ),
            ("!\tabc:refs/heads/pressroom-state\t[rejected] (fetch first)", "", Lost),
            ("!\tabc:refs/heads/pressroom-state\t[rejected] (non-fast-forward)", "", Lost),
            ("!\tabc:refs/heads/pressroom-state\t[remote rejected] (failed to update ref)", "", Lost),
            ("!\tabc:refs/heads/pressroom-state\t[remote rejected] (atomic transaction failed)", "", Lost),
            (
                "!\tabc:refs/heads/pressroom-state\t[remote rejected] (cannot lock ref 'refs/heads/pressroom-state': is at 1 but expected 2)",
                "",
                Lost,
            ),
            ("!\tabc:refs/heads/pressroom-state\t[remote rejected] (incorrect old value provided)", "", Lost),
            (
                "!\tabc:refs/heads/pressroom-state\t[remote rejected] (pre-receive hook declined)",
                "remote: not on Fridays        \nerror: failed to push some refs to 'https://me:pw@host/r.git'",
                refused(
                    "[remote rejected] (pre-receive hook declined)\nremote: not on Fridays\nerror: failed to push some refs to 'https://***@host/r.git'",
                ),
            ),
            (
                "!\tabc:refs/heads/pressroom-state\t[remote rejected] (protected branch hook declined)",
                "remote: error: GH006: Protected branch update failed for refs/heads/pressroom-state.",
                refused(
                    "[remote rejected] (protected branch hook declined)\nremote: error: GH006: Protected branch update failed for refs/heads/pressroom-state.",
                ),
            ),
            (
                "!\tabc:refs/heads/pressroom-state\t[remote rejected] (shallow update not allowed)",
                "",
                refused("[remote rejected] (shallow update not allowed)"),
            ),
            (
                "!\tabc:refs/heads/pressroom-state\t[remote rejected] (unpacker error)",
                "",
                refused("[remote rejected] (unpacker error)"),
            ),
            (
                "!\tabc:refs/heads/pressroom-state\t[remote failure] (remote failed to report status)",
                "",
                unknown("[remote failure] (remote failed to report status)"),
            ),
            (
                "!\tabc:refs/heads/pressroom-state\t[remote rejected] (Internal Server Error)",
                "",
                unknown("[remote rejected] (Internal Server Error)"),
            ),
            ("", "fatal: the remote end hung up unexpectedly", unknown("fatal: the remote end hung up unexpectedly")),
            ("", "", unknown("")),
            (
                "+\tabc:refs/heads/pressroom-state\t1...2 (forced update)",
                "",
                unknown("git reports `+` for refs/heads/pressroom-state, which it must not: 1...2 (forced update)"),
            ),
            ("*\tabc:refs/heads/other\t[new branch]", "", unknown("")),
        ] {
            let stdout = format!("To /r.git\n{line}\nDone\n");
            assert_eq!(outcome(BRANCH, &stdout, stderr), expected, "{line}");
        }
    }

    #[test]
    fn what_lies_on_this_machine() {
        for (url, local) in [
            ("/srv/git/r.git", true),
            ("../r.git", true),
            ("./a:b", true),
            ("file:///srv/r.git", true),
            ("git://127.0.0.1:9418/r.git", true),
            ("http://localhost:3000/a/b", true),
            ("http://user:pw@[::1]:3000/a/b", true),
            ("https://github.com/a/b", false),
            ("git@github.com:a/b.git", false),
            ("host:/srv/r.git", false),
            ("ssh://git@example.org/r.git", false),
            ("https://127.0.0.1.example.org/r.git", false),
        ] {
            assert_eq!(is_local(url), local, "{url}");
        }
    }

    #[test]
    fn advice_fits_the_words() {
        for (words, start) in [
            (
                "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
                "git has no credentials",
            ),
            ("remote: Permission to a/b.git denied to github-actions[bot].", "these credentials may not push"),
            ("git@github.com: Permission denied (publickey).", "these credentials may not push"),
            ("remote: error: GH006: Protected branch update failed", "the server protects"),
            ("[remote rejected] (pre-receive hook declined)", "a hook on the server"),
            ("fatal: unable to access 'https://x/': Could not resolve host: x", "the network"),
            ("what", "see that `git fetch` works"),
        ] {
            assert!(advice(words).starts_with(start), "{words}: {}", advice(words));
        }
        assert!(no_permission("The requested URL returned error: 403"));
        assert!(!no_permission("Could not resolve host"));
    }
}
