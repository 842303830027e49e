//! A content repository with a film in Git LFS's store, as large films are kept, and runs of `pressroom publish` in it.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use tempfile::TempDir;

use super::Result;
use super::film::Film;
use super::stage::{Case, Stage};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pressroom");
/// Waits for a platform are not what is measured.
const TIMINGS: &str = "lease=120,grace=1,request=30,settle=0.1,patience=30";

pub(super) struct Desk<'a> {
    folder: TempDir,
    repo: PathBuf,
    case: &'a Case,
    hosts: &'a str,
}

impl<'a> Desk<'a> {
    /// The account is connected, and a post made from now on is newer than that.
    pub(super) fn new(case: &'a Case, film: &Film, stage: &'a Stage) -> Result<Self> {
        let folder = TempDir::new()?;
        let (home, repo) = (folder.path().join("home"), folder.path().join("repo"));
        let identity = pressroom::vault::identity::generate();
        pressroom::vault::identity::write(&home.join(".config/pressroom/identity"), &identity.text)?;
        fs::create_dir_all(repo.join("posts"))?;
        fs::create_dir_all(repo.join("media"))?;
        let desk = Self { folder, repo, case, hosts: &stage.hosts };
        desk.git(&["init", "-q", "-b", "main", "."])?;
        let accounts = format!(
            "schema = 1\n\n[encryption]\nrecipients = [\"{}\"]\n\n[media]\npublic_url = \"https://media.example/{{path}}\"\n\n\
             [accounts.acme]\nplatform = \"{}\"\n{}",
            identity.recipient.key(),
            case.name,
            case.account
        );
        fs::write(desk.repo.join("accounts.toml"), accounts)?;
        desk.put(film)?;
        desk.commit("First")?;
        desk.connect(&stage.token)?;
        // What was committed in the second of the connection is older than it.
        thread::sleep(Duration::from_millis(1_100));
        Ok(desk)
    }

    /// The pointer into the repository, the film into the store (git-lfs/docs/spec.md).
    fn put(&self, film: &Film) -> Result<()> {
        let Film { sha256, bytes, path, .. } = film;
        let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {bytes}\n");
        fs::write(self.repo.join("media/film.mp4"), pointer)?;
        let store = self.repo.join(".git/lfs/objects").join(&sha256[..2]).join(&sha256[2..4]);
        fs::create_dir_all(&store)?;
        fs::hard_link(path, store.join(sha256))?;
        Ok(())
    }

    /// Publishes the film in a new post; seconds from the start of the program to its end, and its largest memory in KiB.
    pub(super) fn publish(&self, turn: usize) -> Result<(f64, u64)> {
        let wishes = self.case.wishes;
        let post = format!(
            "---\nid: film-{turn}\nschedule: on-merge\ntargets: [acme]\nmedia: [{{src: media/film.mp4}}]\n{wishes}---\nFilm number {turn}.\n"
        );
        fs::write(self.repo.join(format!("posts/film-{turn}.md")), post)?;
        self.commit("A film")?;
        let only = format!("film-{turn}");
        let output = self
            .clean(env::current_exe()?.as_os_str().into())
            .args(["run", PROGRAM, "publish", "--only", &only])
            .output()?;
        let told = String::from_utf8(output.stdout)?;
        if !output.status.success() || !told.contains("1 published") {
            return Err(format!("{}: {told}{}", self.case.name, String::from_utf8_lossy(&output.stderr)).into());
        }
        let told = told.lines().last().and_then(|told| told.split_once(' ')).ok_or("the run tells no figures")?;
        Ok((told.0.parse()?, told.1.parse()?))
    }

    fn commit(&self, subject: &str) -> Result<()> {
        self.git(&["add", "-A"])?;
        self.git(&["commit", "-q", "-m", subject])
    }

    fn connect(&self, token: &str) -> Result<()> {
        use std::io::Write as _;
        let mut command = self.clean(PROGRAM.into());
        command.args(["connect", "acme", "--token-stdin"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        child.stdin.take().ok_or("nobody reads the token")?.write_all(token.as_bytes())?;
        let output = child.wait_with_output()?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
    }

    fn git(&self, arguments: &[&str]) -> Result<()> {
        let output = self.clean("git".into()).args(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(format!("git {arguments:?}: {said}").into()) }
    }

    /// A program in the repository, with nothing of this machine's configuration.
    fn clean(&self, program: std::ffi::OsString) -> Command {
        let home = self.folder.path().join("home");
        let mut command = Command::new(program);
        command.current_dir(&self.repo).env_clear().env("XDG_CONFIG_HOME", home.join(".config")).env("HOME", home);
        command.env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Ann Example").env(format!("GIT_{role}_EMAIL"), "ann@example.org");
        }
        command.env("PRESSROOM_HOSTS", self.hosts).env("PRESSROOM_TIMINGS", TIMINGS);
        command
    }
}

/// Runs a program and prints its seconds and the largest memory, in KiB, it or one of its children had: the system tells
/// that of all children together, so this process has no others.
pub(super) fn measured(program: &str, arguments: &[&str]) -> Result<()> {
    let began = Instant::now();
    let status = Command::new(program).args(arguments).status()?;
    let seconds = began.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("{program} ended with {status}").into());
    }
    println!("{seconds} {}", getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss());
    Ok(())
}
