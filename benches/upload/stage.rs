//! The simulators, and what stands before them, in a process of their own that keeps no film: the publisher's memory is its alone.

use std::env;
use std::io::{self, BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use pressroom::sim::web::{Page, Site};
use pressroom::sim::{Sim, facebook, instagram, linkedin, tiktok, x, youtube};

use super::film::{Film, MILLIS};
use super::front::{Log, Upload};
use super::plain::Helper;
use super::room::Result;

/// A platform that is sent films.
pub(super) struct Case {
    /// As accounts.toml names it.
    pub(super) name: &'static str,
    /// Most bytes of a film, where a platform's own limit is near; the simulator knows it as well.
    pub(super) bytes_max: Option<u64>,
    /// How long the film says it is.
    pub(super) millis: u64,
    /// Further lines of the account.
    pub(super) account: &'static str,
    /// Front matter besides the film.
    pub(super) wishes: &'static str,
}

const CASE: Case = Case { name: "", bytes_max: None, millis: MILLIS, account: "", wishes: "" };

pub(super) const CASES: &[Case] = &[
    // With X Premium: other accounts have 512 MB.
    Case { name: "x", account: "premium = true\n", ..CASE },
    Case { name: "linkedin", bytes_max: Some(500_000_000), ..CASE },
    Case { name: "facebook", wishes: "kind: feed\n", account: "as = \"1234567890\"\n", ..CASE },
    Case {
        name: "instagram",
        bytes_max: Some(300_000_000),
        // The first account that signs up.
        account: "as = \"17841400000000001\"\n",
        wishes: "kind: reel\n",
        ..CASE
    },
    Case {
        name: "youtube",
        wishes: "title: A film\nvisibility: unlisted\noverrides: {youtube: {category: \"22\", made_for_kids: false}}\n",
        ..CASE
    },
    Case { name: "tiktok", wishes: "visibility: public\n", ..CASE },
];

const PAGE: u64 = 1_234_567_890;
/// What is kept of a film: more than its index needs.
const HEAD: usize = 1 << 20;
/// Instagram wants an address even for what it is sent.
const MEDIA_HOST: &str = "media.example";

/// The process, and what it is asked.
pub(super) struct Stage {
    _process: Helper,
    ask: std::cell::RefCell<(ChildStdin, BufReader<ChildStdout>)>,
    /// As `PRESSROOM_HOSTS` has them.
    pub(super) hosts: String,
    pub(super) token: String,
}

impl Stage {
    pub(super) fn start(case: &Case, film: &Film) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["stage", case.name]).arg(&film.path).stdin(Stdio::piped()).stdout(Stdio::piped());
        // The allocator keeps what a body needed for the next: to get fresh pages for each costs more than to receive it.
        command.env("MALLOC_MMAP_THRESHOLD_", "1073741824").env("MALLOC_TRIM_THRESHOLD_", "1073741824");
        let mut process = Helper(command.spawn()?);
        let ask = process.0.stdin.take().ok_or("the stage cannot be asked")?;
        let mut said = BufReader::new(process.0.stdout.take().ok_or("the stage says nothing")?);
        let (hosts, token) = (line(&mut said)?, line(&mut said)?);
        Ok(Self { _process: process, ask: (ask, said).into(), hosts, token })
    }

    /// Seconds of the upload since the last question, which must have brought the whole film; and those in which the simulators
    /// thought about answers.
    pub(super) fn upload(&self, film: &Film) -> Result<(f64, f64)> {
        let (ask, said) = &mut *self.ask.borrow_mut();
        writeln!(ask)?;
        let told = line(said)?;
        let told: Vec<&str> = told.split(' ').collect();
        let [bytes, seconds, thought] = told[..] else { return Err("the stage is gone".into()) };
        let bytes: u64 = bytes.parse()?;
        // Forms have some bytes more; what is sent twice is not what is measured.
        if !(film.bytes..film.bytes + film.bytes / 100).contains(&bytes) {
            return Err(format!("{bytes} bytes were sent of {}", film.bytes).into());
        }
        Ok((seconds.parse()?, thought.parse()?))
    }
}

fn line(said: &mut impl BufRead) -> Result<String> {
    let mut text = String::new();
    said.read_line(&mut text)?;
    Ok(text.trim_end().to_owned())
}

/// Serves the simulators and tells what was uploaded, for each line that comes in, until there are no more.
pub(super) fn serve(platform: &str, film: &Path) -> Result<()> {
    let mut sites: Vec<(&str, Site)> = Vec::new();
    if platform == "instagram" {
        let page = Page::file("video/mp4", std::fs::read(film)?);
        sites.push((MEDIA_HOST, Arc::new(move |_| page.clone())));
    }
    let sim = start(sites)?;
    sim.world().keep_heads(HEAD);
    hurry(&sim);
    let log = Log::default();
    let way = |(host, address): &(String, SocketAddr)| Ok(format!("{host}=http://{}", log.before(*address)?));
    let hosts: Vec<String> = sim.hosts().iter().map(way).collect::<io::Result<_>>()?;
    println!("{}\n{}", hosts.join(","), sign_up(&sim, platform)?);
    let mut shown = 0;
    for asked in io::stdin().lines() {
        asked?;
        let Upload { bytes, seconds, thought } = log.upload()?;
        shown += 1;
        if sim.seen().len() != shown {
            return Err(format!("{} films are out instead of {shown}", sim.seen().len()).into());
        }
        println!("{bytes} {seconds} {thought}");
        io::stdout().flush()?;
    }
    Ok(())
}

/// Serves the simulators on a thread of their own, as long as the process lives.
fn start(sites: Vec<(&'static str, Site)>) -> Result<Sim> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut sim = runtime.block_on(Sim::start())?;
    for (host, site) in sites {
        runtime.block_on(sim.put_up(host, site))?;
    }
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    Ok(sim)
}

/// Platforms take their time; that is not what is measured.
fn hurry(sim: &Sim) {
    let none = Duration::ZERO;
    sim.x.configure(|options| {
        options.rates.clear();
        (options.processing_delay, options.timeline_delay) = (none, none);
    });
    sim.linkedin.configure(|options| {
        options.processing_delay = none;
        // In any year: API versions end by the calendar.
        options.active_versions = Some(0..=u32::MAX);
    });
    sim.facebook.configure(|options| (options.processing_delay, options.list_lag) = (none, none));
    sim.instagram.configure(|options| (options.video_delay, options.list_delay) = (none, none));
    sim.youtube.configure(|options| {
        (options.processing_delay, options.uploads_lag, options.search_lag) = (none, none, none);
        options.duplicates_rejected = false;
    });
    sim.tiktok.configure(|options| (options.processing_delay, options.moderation_delay) = (none, none));
}

/// An account on a platform: the token to connect it with.
fn sign_up(sim: &Sim, platform: &str) -> Result<String> {
    let page = facebook::NewPage { id: Some(PAGE), ..facebook::NewPage::default() };
    let page = || facebook::SignUp { pages: vec![page.clone()], ..facebook::SignUp::default() };
    Ok(match platform {
        "x" => sim.x.sign_up(x::SignUp { premium: true, ..x::SignUp::default() }).access_token,
        "linkedin" => sim.linkedin.sign_up(linkedin::SignUp::default()).access_token,
        "facebook" => sim.facebook.sign_up(page()).pages[0].access_token.clone(),
        "instagram" => {
            // Through a Page: Instagram's own login takes no videos as bytes.
            let ann = sim.instagram.sign_up(instagram::SignUp::default());
            let page = sim.facebook.sign_up(page()).pages.swap_remove(0);
            sim.instagram.link(&ann.id, &page.id);
            page.access_token
        }
        "youtube" => sim.youtube.sign_up(youtube::SignUp::default()).access_token,
        "tiktok" => sim.tiktok.sign_up(tiktok::SignUp::default()).access_token,
        other => return Err(format!("no film is sent to {other}").into()),
    })
}
