//! What benches share: a content repository in a folder that goes away, programs run in it with nothing of this machine's
//! configuration, what they cost, and how a bench ends. Knows nothing of what is measured.

#![allow(dead_code, reason = "no bench needs all of it")]

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike as _};
use tempfile::TempDir;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_pressroom");

/// What the bench was asked for: cargo adds `--bench` of its own.
pub(crate) fn arguments() -> Vec<String> {
    env::args().skip(1).filter(|argument| argument != "--bench").collect()
}

/// Ends a bench: `false` where a bound is broken.
pub(crate) fn end(kept: Result<bool>) -> ExitCode {
    match kept {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

pub(crate) fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "BROKEN" }
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// A content repository.
pub(crate) struct Room {
    folder: TempDir,
    pub(crate) repo: PathBuf,
}

impl Room {
    /// One with nothing in it.
    pub(crate) fn new() -> Result<Self> {
        let folder = TempDir::new()?;
        let repo = folder.path().join("repo");
        fs::create_dir_all(repo.join("posts"))?;
        fs::create_dir_all(repo.join("media"))?;
        let room = Self { folder, repo };
        room.git(&["init", "-q", "-b", "main", "."])?;
        Ok(room)
    }

    /// Where it lies; there is room for more beside it.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A program in the repository, with nothing of this machine's configuration.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
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

    pub(crate) fn pressroom(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(PROGRAM);
        command.args(arguments);
        command
    }

    /// Git, which must succeed.
    pub(crate) fn git(&self, arguments: &[&str]) -> Result<()> {
        let output = self.command("git").args(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(format!("git {arguments:?}: {said}").into()) }
    }

    /// Commits all there is.
    pub(crate) fn commit(&self, subject: &str) -> Result<()> {
        self.git(&["add", "-A"])?;
        self.git(&["commit", "-q", "-m", subject])
    }

    /// Makes the key that this machine opens tokens with; for whom they are to be sealed.
    pub(crate) fn identity(&self) -> Result<String> {
        let identity = pressroom::vault::identity::generate();
        let path = self.folder.path().join("home/.config/pressroom/identity");
        pressroom::vault::identity::write(&path, &identity.text)?;
        Ok(identity.recipient.key().to_owned())
    }

    /// Connects an account, at simulators.
    pub(crate) fn connect(&self, account: &str, token: &str, hosts: &str) -> Result<()> {
        let mut command = self.pressroom(&["connect", account, "--token-stdin"]);
        command.env("PRESSROOM_HOSTS", hosts).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        child.stdin.take().ok_or("nobody reads the token")?.write_all(token.as_bytes())?;
        let output = child.wait_with_output()?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
    }

    /// Removes what an earlier plan may have kept for a later one.
    pub(crate) fn forget(&self) -> Result<()> {
        match fs::remove_dir_all(self.repo.join(".git/pressroom")) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Runs commands in turns, so that whatever else the machine does troubles all of them alike; what each run cost, in order.
/// The first turn, which fills the disk cache, is not counted.
pub(crate) fn in_turns<const N: usize>(
    mut commands: [Command; N],
    runs: usize,
    before_each: impl Fn() -> Result<()>,
) -> Result<[Vec<Duration>; N]> {
    let mut costs = [const { Vec::new() }; N];
    for turn in 0..=runs {
        for (command, costs) in commands.iter_mut().zip(&mut costs) {
            before_each()?;
            let cost = cpu_time(command)?;
            if turn > 0 {
                costs.push(cost);
            }
        }
    }
    costs.iter_mut().for_each(|costs| costs.sort());
    Ok(costs)
}

/// Runs a command that must succeed; its user and system time, and that of the children it has waited for.
fn cpu_time(command: &mut Command) -> Result<Duration> {
    let before = cpu_of(&getrusage(UsageWho::RUSAGE_CHILDREN)?);
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.map_err(|error| format!("{command:?}: {error}"))?;
    if !status.success() {
        return Err(format!("{command:?} ended with {status}").into());
    }
    Ok(cpu_of(&getrusage(UsageWho::RUSAGE_CHILDREN)?).saturating_sub(before))
}

fn cpu_of(usage: &Usage) -> Duration {
    let duration = |time: TimeVal| Duration::from_micros(u64::try_from(time.num_microseconds()).unwrap_or_default());
    duration(usage.user_time()) + duration(usage.system_time())
}

/// What one run of a program took.
pub(crate) struct Run {
    /// Seconds by the clock.
    pub(crate) wall: f64,
    /// Seconds of CPU, user and system, with whatever it started.
    pub(crate) cpu: f64,
    /// The most memory, in KiB, that it or one of its children had at once.
    pub(crate) peak: u64,
    /// What it printed.
    pub(crate) told: String,
}

/// Runs a command that must succeed, under a process of its own: the system tells of all children together, so it has no others.
/// The bench answers `run PROGRAM ARGUMENTS` with [`measured`].
pub(crate) fn run(command: &Command) -> Result<Run> {
    let mut under = Command::new(env::current_exe()?);
    under.arg("run").arg(command.get_program()).args(command.get_args()).env_clear();
    under.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        under.current_dir(folder);
    }
    let output = under.output()?;
    let mut told = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        return Err(format!("{told}{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let figures = told.split_off(told.trim_end().rfind('\n').map_or(0, |end| end + 1));
    let mut figures = figures.split_whitespace();
    let mut figure = || figures.next().ok_or("the run tells too few figures");
    Ok(Run { wall: figure()?.parse()?, cpu: figure()?.parse()?, peak: figure()?.parse()?, told })
}

/// Runs a program, and prints what it took below what it prints itself.
pub(crate) fn measured(command: &[impl AsRef<OsStr>]) -> Result<bool> {
    let (program, arguments) = command.split_first().ok_or("run what?")?;
    let began = Instant::now();
    let status = Command::new(program).args(arguments).status()?;
    let wall = began.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    println!("{wall} {} {}", cpu_of(&usage).as_secs_f64(), usage.max_rss());
    Ok(status.success())
}

/// One red pixel as PNG.
pub(crate) const DOT: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\
\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

/// A post as people write them: some have another text for LinkedIn, or a picture. `front` is added to its front matter, `list` to its
/// text.
pub(crate) fn post(number: usize, front: &str, list: &str) -> String {
    let mut post = format!("---\nid: post-{number:05}\ntitle: \"Notes from the workshop, no. {number}\"\n{front}");
    if number.is_multiple_of(3) {
        post.push_str("overrides:\n  linkedin:\n    text: |\n");
        for line in 0..6 {
            post.push_str(&format!(
                "      Line {line} of a *longer* text: what we tried, what broke, and what we kept.\n"
            ));
        }
    }
    post.push_str(&format!(
        "---\nWe rebuilt the press **once more**, and it is quieter now: café-quiet, some say. 🎉\n\n\
         All of it is in [the notes](https://example.org/notes/{number}), with drawings.\n{list}"
    ));
    if number.is_multiple_of(10) {
        post.push_str("\n![A red dot](media/dot.png)\n");
    }
    post
}
