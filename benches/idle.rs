//! What `pressroom watch` costs while nothing happens: the CPU time, and how often it wakes, of a minute in a repository with
//! posts scheduled far ahead and a remote. Checks no behaviour but that it watches, and ends when it is asked to.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "to print is all a bench is for")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;

#[path = "room/mod.rs"]
mod room;

use room::{Result, Room, end, verdict};

/// Most CPU time of a minute.
const MOST: Duration = Duration::from_millis(5);
const MINUTE: u64 = 60;
/// Until the runtime has let go of the threads that it read with, which wait ten seconds for more work.
const SETTLE: Duration = Duration::from_secs(15);
const POSTS: usize = 100;

const ACCOUNTS: &str = r#"schema = 1

[defaults]
timezone = "Europe/Amsterdam"
targets = ["acme", "toots"]

[accounts.acme]
platform = "x"

[accounts.toots]
platform = "mastodon"
server = "mastodon.social"
"#;

fn main() -> ExitCode {
    let seconds = room::arguments().first().map_or(Ok(MINUTE), |seconds| seconds.parse());
    end(seconds.map_err(Into::into).and_then(bench))
}

/// Measures so many seconds; `false` where the bound is broken.
fn bench(seconds: u64) -> Result<bool> {
    let room = Room::new()?;
    write(&room)?;
    let mut watch = Watch::start(&room)?;
    thread::sleep(SETTLE);
    let (cpu, wakes) = (watch.cpu_time()?, watch.wakes()?);
    thread::sleep(Duration::from_secs(seconds));
    let (cpu, wakes) = (watch.cpu_time()? - cpu, watch.wakes()?.saturating_sub(wakes));
    watch.stop()?;
    let kept = cpu <= MOST;
    println!("{POSTS} posts, all far ahead; {seconds} seconds of `pressroom watch` in which nothing happens\n");
    println!("CPU time {:.3} ms, at most {} ms   {}", cpu.as_secs_f64() * 1_000.0, MOST.as_millis(), verdict(kept));
    println!("woken {wakes} times");
    Ok(kept)
}

/// The program at work.
struct Watch(Child);

impl Watch {
    /// Starts it and waits until it has looked at everything once.
    fn start(room: &Room) -> Result<Self> {
        let mut command = room.pressroom(&["watch"]);
        let mut watch = Self(command.stdout(Stdio::piped()).spawn()?);
        let said = BufReader::new(watch.0.stdout.take().ok_or("it says nothing")?);
        // Whoever has stopped listening could end it by that.
        let (tell, told) = std::sync::mpsc::channel();
        thread::spawn(move || said.lines().map_while(std::result::Result::ok).try_for_each(|line| tell.send(line)));
        let (mut checked, mut planned) = (false, false);
        while !(checked && planned) {
            let line = told.recv_timeout(Duration::from_secs(60))?;
            checked |= line.contains(&format!("{POSTS} posts: all is well"));
            planned |= line.contains("next is ");
        }
        std::mem::forget(told);
        Ok(watch)
    }

    fn id(&self) -> Result<Pid> {
        Ok(Pid::from_raw(self.0.id().try_into()?))
    }

    /// User and system, of all threads, also of those that have ended.
    fn cpu_time(&self) -> Result<Duration> {
        Ok(clock_getcpuclockid(self.id()?)?.now()?.into())
    }

    /// How often its threads have gone to sleep.
    fn wakes(&self) -> Result<u64> {
        let mut wakes = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.0.id()))? {
            let status = fs::read_to_string(thread?.path().join("status"))?;
            let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            wakes += line.ok_or("Linux tells how often a thread sleeps")?.trim().parse::<u64>()?;
        }
        Ok(wakes)
    }

    fn stop(&mut self) -> Result<()> {
        kill(self.id()?, Signal::SIGTERM)?;
        let status = self.0.wait()?;
        if status.success() { Ok(()) } else { Err(format!("it ended with {status}").into()) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It has ended already, unless something went wrong.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Fills a content repository, with a remote beside it.
fn write(room: &Room) -> Result<()> {
    fs::write(room.repo.join("accounts.toml"), ACCOUNTS)?;
    for number in 0..POSTS {
        let (day, minute) = (1 + number % 28, number % 60);
        let post = format!(
            "---\nid: post-{number}\npublishDate: 2099-01-{day:02}T09:{minute:02}:00+01:00\n---\nNote {number} from the workshop.\n"
        );
        fs::write(room.repo.join(format!("posts/post-{number}.md")), post)?;
    }
    room.commit("Posts")?;
    room.git(&["init", "-q", "--bare", "-b", "main", "../remote.git"])?;
    room.git(&["remote", "add", "origin", "../remote.git"])?;
    room.git(&["push", "-q", "origin", "main"])
}
