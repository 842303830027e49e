//! A content repository with posts that are due, and one run of `pressroom publish` in it.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use tempfile::TempDir;

use super::stage::{CHAT, MEDIA_HOST, PAGE, SECOND_PDS, Stage, now};
use super::{Case, Result};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pressroom");

pub(super) struct Desk<'a> {
    folder: TempDir,
    repo: PathBuf,
    case: &'a Case,
}

/// What a run took, in seconds.
pub(super) struct Run {
    pub(super) wall: f64,
    /// User and system, with whatever it started.
    pub(super) cpu: f64,
    /// When it was started.
    pub(super) began: f64,
    /// What it printed.
    told: String,
}

impl<'a> Desk<'a> {
    /// An empty repository.
    pub(super) fn new(case: &'a Case) -> Result<Self> {
        let folder = TempDir::new()?;
        let repo = folder.path().join("repo");
        Ok(Self { folder, repo, case })
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Connects the accounts, with the ledger on a remote; a post made from now on is newer than that.
    pub(super) fn settle(&self, stage: &Stage, remote: &str) -> Result<()> {
        let identity = pressroom::vault::identity::generate();
        let key = self.folder.path().join("home/.config/pressroom/identity");
        pressroom::vault::identity::write(&key, &identity.text)?;
        fs::create_dir_all(self.repo.join("posts"))?;
        fs::create_dir_all(self.repo.join("media"))?;
        self.git(&["init", "-q", "-b", "main", "."])?;
        self.git(&["remote", "add", "origin", remote])?;
        fs::write(self.repo.join("accounts.toml"), self.accounts(identity.recipient.key())?)?;
        fs::copy("media/card.png", self.repo.join("media/card.png"))?;
        self.push("First")?;
        for (platform, token) in &stage.tokens {
            self.connect(stage, &format!("my-{platform}"), token)?;
        }
        // What was committed in the second of the connection is older than it.
        thread::sleep(Duration::from_millis(1_100));
        Ok(())
    }

    /// Writes posts that are due and pushes them.
    pub(super) fn post(&self, numbers: Range<usize>) -> Result<()> {
        for number in numbers {
            let wishes = self.case.wishes;
            let text = format!(
                "---\nid: post-{number}\nschedule: on-merge\ntargets: [all]\n{wishes}---\nNews number {number} of the day.\n"
            );
            fs::write(self.repo.join(format!("posts/post-{number}.md")), text)?;
        }
        self.push("News")
    }

    fn accounts(&self, recipient: &str) -> Result<String> {
        let mut text = format!(
            "schema = 1\n\n[encryption]\nrecipients = [\"{recipient}\"]\n\n\
             [media]\npublic_url = \"https://{MEDIA_HOST}/{{path}}\"\n"
        );
        for &platform in self.case.platforms {
            let of = platform.trim_end_matches("-2");
            write!(text, "\n[accounts.my-{platform}]\nplatform = \"{of}\"\n")?;
            match platform {
                "bluesky-2" => writeln!(text, "server = \"{SECOND_PDS}\"")?,
                "facebook" => writeln!(text, "as = \"{PAGE}\"")?,
                "mastodon" => writeln!(text, "server = \"mastodon.example\"")?,
                "telegram" => writeln!(text, "chat = \"@{CHAT}\"")?,
                _ => {}
            }
        }
        let all: Vec<_> = self.case.platforms.iter().map(|platform| format!("my-{platform}")).collect();
        writeln!(text, "\n[groups]\nall = {all:?}")?;
        Ok(text)
    }

    /// Publishes what is due, which must be so many targets.
    pub(super) fn publish(&self, stage: &Stage, targets: usize) -> Result<Run> {
        let run = self.run(&[PROGRAM, "publish"], &[("PRESSROOM_HOSTS", &stage.hosts)])?;
        let published = run.told.contains(&format!("{targets} published"));
        if published { Ok(run) } else { Err(run.told.into()) }
    }

    /// Runs a program to its good end.
    pub(super) fn run(&self, program: &[&str], env: &[(&str, &str)]) -> Result<Run> {
        let began = now();
        let mut command = self.clean(env::current_exe()?.as_os_str());
        let output = command.arg("run").args(program).envs(env.iter().copied()).output()?;
        let mut told = String::from_utf8(output.stdout)?;
        if !output.status.success() {
            return Err(format!("{told}{}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let end = told.trim_end().rfind('\n').map_or(0, |end| end + 1);
        let figures = told.split_off(end);
        let (wall, cpu) = figures.trim().split_once(' ').ok_or("the run tells no figures")?;
        Ok(Run { wall: wall.parse()?, cpu: cpu.parse()?, began, told })
    }

    fn push(&self, subject: &str) -> Result<()> {
        self.git(&["add", "-A"])?;
        self.git(&["commit", "-q", "-m", subject])?;
        self.git(&["push", "-q", "-u", "origin", "main"])
    }

    fn connect(&self, stage: &Stage, account: &str, token: &str) -> Result<()> {
        use std::io::Write as _;
        let mut command = self.clean(PROGRAM.as_ref());
        command.args(["connect", account, "--token-stdin"]).env("PRESSROOM_HOSTS", &stage.hosts);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        child.stdin.take().ok_or("nobody reads the token")?.write_all(token.as_bytes())?;
        let output = child.wait_with_output()?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
    }

    fn git(&self, arguments: &[&str]) -> Result<()> {
        let output = self.clean("git".as_ref()).args(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(format!("git {arguments:?}: {said}").into()) }
    }

    /// A program in the repository, with nothing of this machine's configuration.
    fn clean(&self, program: &std::ffi::OsStr) -> Command {
        let home = self.folder.path().join("home");
        let mut command = Command::new(program);
        command.current_dir(&self.repo).env_clear().env("XDG_CONFIG_HOME", home.join(".config")).env("HOME", home);
        command.env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Ann Example").env(format!("GIT_{role}_EMAIL"), "ann@example.org");
        }
        command
    }
}

/// Runs a program and prints its seconds, by the clock and of CPU: the system tells the latter of all children together, so
/// this process has no others.
pub(super) fn measured(program: &str, arguments: &[&str]) -> Result<()> {
    let began = Instant::now();
    let status = Command::new(program).args(arguments).status()?;
    let wall = began.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("{program} ended with {status}").into());
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    println!("{wall} {}", Duration::from_micros(u64::try_from(micros)?).as_secs_f64());
    Ok(())
}
