//! How much CPU time starting up and a cold `plan` cost, side by side with programs people know: `git --version` and
//! `hugo list future` over the same Markdown files. Checks no behaviour beyond what makes the comparison fair.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "to print is all a bench is for")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

#[path = "room/mod.rs"]
mod room;

use room::{DOT, Result, Room, end, in_turns, verdict};

/// What `plan` over [`POSTS`] posts may cost, in parts of what `hugo list future` costs.
const PLAN_RATIO_MAX: f64 = 0.25;
/// What `--help` may cost.
const HELP_MAX: Duration = Duration::from_millis(10);

/// Posts, unless an argument says otherwise.
const POSTS: usize = 1_000;
const POSTS_MAX: usize = 100_000;
/// Runs of each command that is over in an instant.
const STARTS: usize = 50;

fn main() -> ExitCode {
    end(bench())
}

/// Measures everything; `false` where a bound is broken.
fn bench() -> Result<bool> {
    let mut numbers = room::arguments().into_iter();
    let posts = numbers.next().map_or(Ok(POSTS), |posts| posts.parse())?.clamp(1, POSTS_MAX);
    let runs = numbers.next().map_or(Ok((10_000 / posts).clamp(3, 11)), |runs| runs.parse::<usize>())?.max(1);
    let desk = Desk::new()?;
    let hugo = desk.hugo_version()?;
    println!("CPU time in ms, user and system, of a command and its children\n");

    println!("{:<32} {:>8} {:>8} {:>8}   {STARTS} runs", "start", "min", "median", "max");
    let mut git = desk.room.command("git");
    git.arg("--version");
    let starts = [desk.room.pressroom(&["--help"]), desk.room.pressroom(&["--version"]), git];
    let [help, _, _] = side_by_side(starts, STARTS, || Ok(()))?;
    println!("{:<32} {:>26}   at most {} ms: {}\n", "", "", HELP_MAX.as_millis(), verdict(help.median < HELP_MAX));

    desk.write(posts)?;
    desk.check(posts)?;
    println!("{:<32} {:>8} {:>8} {:>8}   {runs} runs", format!("{posts} posts"), "min", "median", "max");
    let plans = [desk.plan(), desk.hugo()];
    let [plan, list] = side_by_side(plans, runs, || desk.room.forget())?;
    let ratio = plan.median.as_secs_f64() / list.median.as_secs_f64();
    println!("{:<32} {ratio:>17.2} {:>8}   at most {PLAN_RATIO_MAX}: {}", "ratio", "", verdict(ratio < PLAN_RATIO_MAX));
    println!("\n{hugo}");
    Ok(help.median < HELP_MAX && ratio < PLAN_RATIO_MAX)
}

/// What runs of one command cost.
struct Cost {
    median: Duration,
}

/// Runs the commands in turns, and prints what each cost.
fn side_by_side<const N: usize>(
    commands: [Command; N],
    runs: usize,
    before_each: impl Fn() -> Result<()>,
) -> Result<[Cost; N]> {
    let mut names = commands.each_ref().map(name).into_iter();
    Ok(in_turns(commands, runs, before_each)?.map(|costs| {
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

/// A content repository and a Hugo site that reads the same files, in a folder that goes away.
struct Desk {
    room: Room,
    site: PathBuf,
}

impl Desk {
    fn new() -> Result<Self> {
        let room = Room::new()?;
        let site = room.folder().join("site");
        fs::create_dir_all(&site)?;
        Ok(Self { room, site })
    }

    fn plan(&self) -> Command {
        self.room.pressroom(&["plan", "--offline"])
    }

    fn hugo(&self) -> Command {
        let mut command = self.room.command("hugo");
        command.args(["list", "future"]).current_dir(&self.site);
        command
    }

    fn hugo_version(&self) -> Result<String> {
        let output = self.room.command("hugo").arg("version").output();
        let output =
            output.map_err(|error| format!("hugo cannot be run ({error}); install it: apt-get install hugo"))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Writes the posts and commits them; a pack holds them, as in a fresh clone.
    fn write(&self, posts: usize) -> Result<()> {
        let repo = &self.room.repo;
        fs::write(repo.join("accounts.toml"), ACCOUNTS)?;
        fs::write(repo.join("media/dot.png"), DOT)?;
        for number in 0..posts {
            let path = repo.join(format!("posts/{}/post-{number:05}.md", 2020 + number % 10));
            if number < 10 {
                fs::create_dir_all(path.parent().unwrap_or(&path))?;
            }
            fs::write(path, post(number))?;
        }
        let content = repo.join("posts");
        fs::write(self.site.join("config.toml"), format!("contentDir = {content:?}\ndisableKinds = {KINDS}\n"))?;
        self.room.commit("Posts")?;
        self.room.git(&["repack", "-a", "-d", "-q"])
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

/// All are far ahead; some have a list.
fn post(number: usize) -> String {
    let (day, minute) = (1 + number % 28, number % 60);
    let front =
        format!("publishDate: 2099-03-{day:02}T09:{minute:02}:00+01:00\ntargets: [acme-x, acme-page]\nlang: en\n");
    let list = if number.is_multiple_of(4) { "\n- fewer parts\n- less oil\n- no more smoke\n" } else { "" };
    room::post(number, &front, list)
}
