//! Runs the `git` program: its environment, its time limit, and what may be repeated of what it says.
//! Knows no command of git's.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::env;
use crate::error::{Failure, Kind};

mod group;

use group::Group;

/// Of what git prints, no more is kept than this.
const OUTPUT_MAX: u64 = 256 * 1024;

/// How a run of git ended.
#[derive(Debug)]
pub(super) struct Answer {
    /// `None`: ended by a signal, or by us after the time limit.
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    /// With credentials masked.
    pub(super) stderr: String,
}

impl Answer {
    pub(super) fn ok(&self) -> bool {
        self.code == Some(0)
    }
}

/// A `git` command inside `root`. Works there, as credentials of a CI checkout hang on that path.
pub(super) fn command(root: &Path, own_ssh: bool) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"]);
    env::withhold_from(&mut command);
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        // Traces could print git's own secrets, and where we run is said by -C alone (a hook that starts us sets GIT_DIR).
        if name_text.starts_with("GIT_TRACE") || PLACE.contains(&name_text.as_ref()) {
            command.env_remove(&name);
        }
    }
    command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
    if !own_ssh && std::env::var_os("GIT_SSH_COMMAND").is_none() && std::env::var_os("GIT_SSH").is_none() {
        command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
    }
    #[cfg(test)]
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command.stdin(Stdio::null());
    command
}

const PLACE: [&str; 10] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_CURL_VERBOSE",
];

/// Runs it as its own process group, so that ssh and helpers end with it and a Ctrl-C meant for us does not cut a push.
/// Past `limit`, or when the caller stops waiting, the whole group is ended.
pub(super) async fn run(mut command: Command, limit: Duration) -> Result<Answer, Failure> {
    // Files, not pipes: a helper that stays in the background cannot keep us waiting for the end of its output.
    let scratch =
        || tempfile::tempfile().map_err(|error| super::words::io("cannot write in", &std::env::temp_dir(), &error));
    let (mut out, mut err) = (scratch()?, scratch()?);
    let handle = |file: &File| {
        file.try_clone().map_err(|error| super::words::io("cannot write in", &std::env::temp_dir(), &error))
    };
    command.stdout(handle(&out)?).stderr(handle(&err)?);
    let mut group = Group::begin(command).map_err(|error| not_started(&error))?;
    let (status, timed_out) = group.end_within(limit).await;
    let code = status.ok().and_then(|status| status.code());
    let mut stderr = masked(&read_back(&mut err));
    if timed_out && stderr.trim().is_empty() {
        stderr = format!("git gave no answer within {} s", limit.as_secs());
    } else if let Some(code) = code.filter(|code| *code > 0 && stderr.trim().is_empty()) {
        // Its words go through a temporary file.
        stderr = format!("git ended with code {code} and without a word, as where the disk is full");
    }
    Ok(Answer { code, stdout: read_back(&mut out), stderr })
}

fn read_back(file: &mut File) -> String {
    let mut bytes = Vec::new();
    // What cannot be read back counts as not said: the outcome is then unknown, and looked up.
    let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(OUTPUT_MAX).read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// git could not be started at all.
pub(super) fn not_started(error: &std::io::Error) -> Failure {
    Failure::new(Kind::Content, "cannot run the `git` program")
        .cause(error)
        .hint("install git 2.30 or newer, and see that it is in PATH")
}

/// The text with user and password taken out of every URL; `git@` alone is no secret.
pub(super) fn masked(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        safe.push_str(before);
        let end = after.find(|c: char| c == '/' || c.is_whitespace() || c == '\'' || c == '"').unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        match authority.rsplit_once('@') {
            Some((user, host)) if user != "git" => safe.push_str(&format!("***@{host}")),
            _ => safe.push_str(authority),
        }
        rest = tail;
    }
    safe + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_masked() {
        for (text, expected) in [
            (
                "fatal: unable to access 'https://me:ghp_x@github.com/a/b/': 403",
                "fatal: unable to access 'https://***@github.com/a/b/': 403",
            ),
            ("https://ghp_x@github.com/a/b", "https://***@github.com/a/b"),
            ("https://a:p@ss@host/x and http://b:c@h", "https://***@host/x and http://***@h"),
            ("ssh://git@github.com/a/b", "ssh://git@github.com/a/b"),
            ("git@github.com:a/b.git", "git@github.com:a/b.git"),
            ("https://github.com/a/b@2", "https://github.com/a/b@2"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_command_that_hangs_is_ended_with_its_children() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]).stdin(Stdio::null());
        let answer = run(command, Duration::from_millis(300)).await.unwrap();
        assert_eq!((answer.code, answer.stderr.as_str()), (None, "git gave no answer within 0 s"));
        let child: i32 = answer.stdout.trim().parse().unwrap();
        let gone = || {
            let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            state.is_empty() || state.contains(") Z ")
        };
        for _ in 0..50 {
            if gone() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the child of the command is still there");
    }
}
