//! How much CPU time starting up and a cold `plan` cost, side by side with programs people know: `git --version` and
//! `hugo list future` over the same Markdown files. Checks no behaviour beyond what makes the comparison fair.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "to print is all a bench is for")]

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};
use tempfile::TempDir;

/// What `plan` over [`POSTS`] posts may cost, in parts of what `hugo list future` costs.
const PLAN_RATIO_MAX: f64 = 0.25;
/// What `--help` may cost.
const HELP_MAX: Duration = Duration::from_millis(10);

/// Posts, unless an argument says otherwise.
const POSTS: usize = 1_000;
const POSTS_MAX: usize = 100_000;
/// Runs of each command that is over in an instant.
const STARTS: usize = 50;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match bench() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures everything; `false` where a bound is broken.
fn bench() -> Result<bool> {
    // cargo adds `--bench` of its own.
    let mut numbers = env::args().skip(1).filter(|argument| argument != "--bench");
    let posts = numbers.next().map_or(Ok(POSTS), |posts| posts.parse())?.clamp(1, POSTS_MAX);
    let runs = numbers.next().map_or(Ok((10_000 / posts).clamp(3, 11)), |runs| runs.parse::<usize>())?.max(1);
    let desk = Desk::new()?;
    let hugo = desk.hugo_version()?;
    println!("CPU time in ms, user and system, of a command and its children\n");

    println!("{:<32} {:>8} {:>8} {:>8}   {STARTS} runs", "start", "min", "median", "max");
    let starts = [desk.pressroom(&["--help"]), desk.pressroom(&["--version"]), desk.command("git", &["--version"])];
    let [help, _, _] = side_by_side(starts, STARTS, || Ok(()))?;
    println!("{:<32} {:>26}   at most {} ms: {}\n", "", "", HELP_MAX.as_millis(), verdict(help.median < HELP_MAX));

    desk.write(posts)?;
    desk.check(posts)?;
    println!("{:<32} {:>8} {:>8} {:>8}   {runs} runs", format!("{posts} posts"), "min", "median", "max");
    let plans = [desk.plan(), desk.hugo()];
    let [plan, list] = side_by_side(plans, runs, || desk.forget())?;
    let ratio = plan.median.as_secs_f64() / list.median.as_secs_f64();
    println!("{:<32} {ratio:>17.2} {:>8}   at most {PLAN_RATIO_MAX}: {}", "ratio", "", verdict(ratio < PLAN_RATIO_MAX));
    println!("\n{hugo}");
    Ok(help.median < HELP_MAX && ratio < PLAN_RATIO_MAX)
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "BROKEN" }
}

/// What runs of one command cost.
struct Cost {
    median: Duration,
}

/// Runs the commands in turns, so that whatever else the machine does troubles all of them alike, and prints what each
/// cost. The first turn, which fills the disk cache, is not counted.
fn side_by_side<const N: usize>(
    mut commands: [Command; N],
    runs: usize,
    before_each: impl Fn() -> Result<()>,
) -> Result<[Cost; N]> {
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
    let mut names = commands.iter().map(name);
    Ok(costs.map(|mut costs| {
        costs.sort();
        let (min, median, max) = (costs[0], costs[costs.len() / 2], costs[costs.len() - 1]);
        let ms = |cost: Duration| format!("{:.1}", cost.as_secs_f64() * 1_000.0);
        let name = names.next().unwrap_or_default();
        println!("{name:<32} {:>8} {:>8} {:>8}", ms(min), ms(median), ms(max));
        Cost { median }
    }))
}

/// The command as one would type it, without folders.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut arguments = command.get_args().map(|argument| argument.to_string_lossy());
    arguments.by_ref().take(3).fold(program, |name, argument| name + " " + &argument)
}

/// Runs a command that must succeed; its user and system time, and that of the children it has waited for.
fn cpu_time(command: &mut Command) -> Result<Duration> {
    let before = children()?;
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.map_err(|error| format!("{command:?}: {error}"))?;
    if !status.success() {
        return Err(format!("{command:?} ended with {status}").into());
    }
    Ok(children()?.saturating_sub(before))
}

fn children() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let duration = |time: TimeVal| Duration::from_micros(u64::try_from(time.num_microseconds()).unwrap_or_default());
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

/// A content repository and a Hugo site that reads the same files, in a folder that goes away.
struct Desk {
    folder: TempDir,
    repo: PathBuf,
    site: PathBuf,
}

impl Desk {
    fn new() -> Result<Self> {
        let folder = TempDir::new()?;
        let (repo, site) = (folder.path().join("repo"), folder.path().join("site"));
        fs::create_dir_all(repo.join("media"))?;
        fs::create_dir_all(&site)?;
        Ok(Self { folder, repo, site })
    }

    /// A program in the repository, with nothing of this machine's configuration.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.repo).env_clear().env("HOME", self.folder.path());
        command.env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Ann Example").env(format!("GIT_{role}_EMAIL"), "ann@example.org");
        }
        command
    }

    fn pressroom(&self, arguments: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_pressroom"), arguments)
    }

    fn plan(&self) -> Command {
        self.pressroom(&["plan", "--offline"])
    }

    fn hugo(&self) -> Command {
        let mut command = self.command("hugo", &["list", "future"]);
        command.current_dir(&self.site);
        command
    }

    fn hugo_version(&self) -> Result<String> {
        let output = self.command("hugo", &["version"]).output();
        let output =
            output.map_err(|error| format!("hugo cannot be run ({error}); install it: apt-get install hugo"))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Writes the posts and commits them; a pack holds them, as in a fresh clone.
    fn write(&self, posts: usize) -> Result<()> {
        fs::write(self.repo.join("accounts.toml"), ACCOUNTS)?;
        fs::write(self.repo.join("media/dot.png"), DOT)?;
        for number in 0..posts {
            let path = self.repo.join(format!("posts/{}/post-{number:05}.md", 2020 + number % 10));
            if number < 10 {
                fs::create_dir_all(path.parent().unwrap_or(&path))?;
            }
            fs::write(path, post(number))?;
        }
        let content = self.repo.join("posts");
        fs::write(self.site.join("config.toml"), format!("contentDir = {content:?}\ndisableKinds = {KINDS}\n"))?;
        for arguments in [
            &["init", "-q", "-b", "main", "."][..],
            &["add", "-A"],
            &["commit", "-q", "-m", "Posts"],
            &["repack", "-a", "-d", "-q"],
        ] {
            let output = self.command("git", arguments).output()?;
            if !output.status.success() {
                return Err(format!("git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
            }
        }
        Ok(())
    }

    /// Both programs must have found every post, and must have found nothing wrong.
    fn check(&self, posts: usize) -> Result<()> {
        let output = self.plan().output()?;
        let plan = String::from_utf8_lossy(&output.stdout);
        let expected = format!("Nothing to publish, {} scheduled.", posts * TARGETS);
        if !plan.lines().any(|line| line.starts_with(&expected)) || !output.stderr.is_empty() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            return Err(format!("plan ended with {}, not with `{expected}`:\n{plan}\n{stderr}", output.status).into());
        }
        let output = self.hugo().output()?;
        let listed = String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.contains("2099-")).count();
        if listed != posts {
            return Err(format!("hugo listed {listed} of {posts} posts: {output:?}").into());
        }
        Ok(())
    }

    /// Removes what an earlier run may have kept for a later one.
    fn forget(&self) -> Result<()> {
        match fs::remove_dir_all(self.repo.join(".git/pressroom")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Targets of each post.
const TARGETS: usize = 2;

const ACCOUNTS: &str = r#"schema = 1

[defaults]
timezone = "Europe/Amsterdam"

[accounts.acme-x]
platform = "x"

[accounts.acme-page]
platform = "linkedin"
as = "urn:li:organization:123456"
"#;

/// What a Hugo site makes beside its pages: none of it is made.
const KINDS: &str = r#"["home", "section", "taxonomy", "term", "RSS", "sitemap", "robotsTXT", "404"]"#;

/// One red pixel as PNG.
const DOT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\
\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

/// A post as people write them: some with a list, a picture, or another text for LinkedIn.
fn post(number: usize) -> String {
    let (day, minute) = (1 + number % 28, number % 60);
    let mut post = format!(
        "---\nid: post-{number:05}\ntitle: \"Notes from the workshop, no. {number}\"\n\
         publishDate: 2099-03-{day:02}T09:{minute:02}:00+01:00\ntargets: [acme-x, acme-page]\nlang: en\n"
    );
    if number.is_multiple_of(3) {
        post.push_str("overrides:\n  linkedin:\n    text: |\n");
        for line in 0..6 {
            let _ =
                writeln!(post, "      Line {line} of a *longer* text: what we tried, what broke, and what we kept.");
        }
    }
    let _ = write!(
        post,
        "---\nWe rebuilt the press **once more**, and it is quieter now: café-quiet, some say. 🎉\n\n\
         All of it is in [the notes](https://example.org/notes/{number}), with drawings.\n"
    );
    if number.is_multiple_of(4) {
        post.push_str("\n- fewer parts\n- less oil\n- no more smoke\n");
    }
    if number.is_multiple_of(10) {
        post.push_str("\n![A red dot](media/dot.png)\n");
    }
    post
}
