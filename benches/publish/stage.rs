//! The simulators and the git remote, in a process of their own: what the publisher needs is its alone.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pressroom::sim::web::{Page, Site};
use pressroom::sim::{Sim, bluesky, discord, facebook, instagram, linkedin, mastodon, slack, telegram, threads, x};
use serde_json::{Value, json};

use super::remote::Remote;
use super::room::Result;
use super::{Case, LATENCY};

/// Facebook's page, and what accounts.toml calls it by.
pub(super) const PAGE: u64 = 1_234_567_890;
/// The chat that Telegram's bot posts to.
pub(super) const CHAT: &str = "acme_news";
/// Where the second account of Bluesky lives.
pub(super) const SECOND_PDS: &str = "pds.second.example";
/// Where Instagram and Threads fetch from.
pub(super) const MEDIA_HOST: &str = "media.example";
const PICTURE: &[u8] = include_bytes!("../../media/write.jpg");

/// The process, and what it is asked.
pub(super) struct Stage {
    process: Child,
    ask: std::cell::RefCell<(ChildStdin, BufReader<ChildStdout>)>,
    /// As `PRESSROOM_HOSTS` has them.
    pub(super) hosts: String,
    /// The remote's address.
    pub(super) remote: String,
    /// What connects the account of a platform.
    pub(super) tokens: BTreeMap<String, String>,
}

/// What happened since the last question.
pub(super) struct Told {
    /// By simulator.
    pub(super) calls: BTreeMap<String, usize>,
    /// Posts that readers see, ever.
    pub(super) seen: usize,
    /// When each came, in seconds.
    pub(super) pushes: Vec<f64>,
}

impl Stage {
    pub(super) fn start(case: &Case, folder: &Path) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["stage", case.name]).arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let ask = process.stdin.take().ok_or("the stage cannot be asked")?;
        let mut said = BufReader::new(process.stdout.take().ok_or("the stage says nothing")?);
        let told = line(&mut said)?;
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        let (hosts, remote) = (text("hosts"), text("remote"));
        let tokens = serde_json::from_value(told["tokens"].clone())?;
        Ok(Self { process, ask: (ask, said).into(), hosts, remote, tokens })
    }

    pub(super) fn told(&self) -> Result<Told> {
        let (ask, said) = &mut *self.ask.borrow_mut();
        writeln!(ask)?;
        let told = line(said)?;
        Ok(Told {
            calls: serde_json::from_value(told["calls"].clone())?,
            seen: serde_json::from_value(told["seen"].clone())?,
            pushes: serde_json::from_value(told["pushes"].clone())?,
        })
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn line(said: &mut impl BufRead) -> Result<Value> {
    let mut text = String::new();
    said.read_line(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

/// What time it is, for two processes.
pub(super) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// Serves simulators and remote, and tells what happened, for each line that comes in, until there are no more.
pub(super) fn serve(case: &Case, folder: &Path) -> Result<()> {
    let remote = Remote::serve(folder)?;
    let sim = start()?;
    hurry(&sim);
    sim.world().set_latency(Duration::from_millis(LATENCY));
    let hosts: Vec<String> = sim.hosts().iter().map(|(host, address)| format!("{host}=http://{address}")).collect();
    let tokens: Result<BTreeMap<_, _>> =
        case.platforms.iter().map(|platform| Ok((*platform, sign_up(&sim, platform)?))).collect();
    println!("{}", json!({ "hosts": hosts.join(","), "remote": remote.url, "tokens": tokens? }));
    let mut known = 0;
    for asked in io::stdin().lines() {
        asked?;
        let log = sim.world().log();
        let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
        for call in &log[known..] {
            *calls.entry(&call.host).or_default() += 1;
        }
        println!("{}", json!({ "calls": calls, "seen": sim.seen().len(), "pushes": remote.pushes() }));
        io::stdout().flush()?;
        known = log.len();
    }
    Ok(())
}

/// Serves the simulators on a thread of their own, as long as the process lives.
fn start() -> Result<Sim> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut sim = runtime.block_on(Sim::start())?;
    let page = Page::file("image/jpeg", PICTURE.to_vec());
    let site: Site = Arc::new(move |_| page.clone());
    runtime.block_on(sim.put_up(MEDIA_HOST, site))?;
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    Ok(sim)
}

/// Platforms take their time besides, and take only so many posts; that is not what is measured.
fn hurry(sim: &Sim) {
    const MANY: usize = 1_000_000;
    let (none, many) = (Duration::ZERO, u32::MAX / 2);
    sim.x.configure(|options| {
        options.rates.clear();
        (options.processing_delay, options.timeline_delay) = (none, none);
    });
    sim.linkedin.configure(|options| {
        (options.processing_delay, options.member_quota, options.app_quota) = (none, many, many);
        // In any year: API versions end by the calendar.
        options.active_versions = Some(0..=u32::MAX);
    });
    sim.facebook.configure(|options| {
        (options.processing_delay, options.list_lag, options.posts_per_hour) = (none, none, None);
        (options.app_calls, options.user_calls, options.page_calls) = (many, many, many);
    });
    sim.instagram.configure(|options| {
        (options.image_delay, options.list_delay) = (none, none);
        (options.containers_per_day, options.quota_total, options.calls_per_day) = (MANY, MANY, MANY);
    });
    sim.threads.configure(|options| {
        (options.text_delay, options.image_delay, options.list_delay) = (none, none, none);
        (options.post_quota, options.reply_quota) = (MANY, MANY);
    });
    sim.bluesky.configure(|options| {
        (options.calls, options.points, options.points_a_day, options.blobs_a_day) = (many, many, many, many);
    });
    sim.mastodon.configure(|options| {
        options.processing_delay = none;
        (options.calls, options.uploads, options.statuses) = (many, many, many);
    });
    sim.discord.configure(|options| (options.burst, options.messages_a_minute) = (many, many));
    sim.telegram.configure(|options| {
        (options.calls_a_second, options.burst, options.messages_a_minute) = (many, many, many);
    });
    sim.slack.configure(|options| options.burst = many);
}

fn bluesky(sim: &Sim, sign_up: bluesky::SignUp) -> String {
    let account = sim.bluesky.sign_up(sign_up);
    json!({ "identifier": account.handle, "password": account.app_password }).to_string()
}

/// An account on a platform: what connects it.
fn sign_up(sim: &Sim, platform: &str) -> Result<String> {
    Ok(match platform {
        "x" => sim.x.sign_up(x::SignUp::default()).access_token,
        "linkedin" => sim.linkedin.sign_up(linkedin::SignUp::default()).access_token,
        "facebook" => {
            let page = facebook::NewPage { id: Some(PAGE), ..facebook::NewPage::default() };
            let ann = facebook::SignUp { pages: vec![page], ..facebook::SignUp::default() };
            sim.facebook.sign_up(ann).pages.swap_remove(0).access_token
        }
        "instagram" => sim.instagram.sign_up(instagram::SignUp::default()).access_token,
        "threads" => sim.threads.sign_up(threads::SignUp::default()).access_token,
        "bluesky" => bluesky(sim, bluesky::SignUp::default()),
        "bluesky-2" => {
            let handle = "second.example".to_owned();
            bluesky(sim, bluesky::SignUp { handle, pds: SECOND_PDS, entryway: false, ..bluesky::SignUp::default() })
        }
        "mastodon" => sim.mastodon.sign_up(mastodon::SignUp::default()).access_token,
        "discord" => sim.discord.sign_up(discord::SignUp::default()).address,
        "telegram" => {
            let chat = telegram::ChatName::Public(CHAT.to_owned());
            sim.telegram.sign_up(telegram::SignUp { chat, ..telegram::SignUp::default() }).token
        }
        "slack" => sim.slack.sign_up(slack::SignUp::default()).address,
        other => return Err(format!("{other} is not on stage").into()),
    })
}
