//! One world, made of a seed: accounts and posts, machines that run the program again and again while things go wrong, and
//! at last a calm in which everything must come right.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;
use git2::{Oid as GitOid, Signature, Time as GitTime};
use pressroom::account::{Accounts, MediaHost};
use pressroom::chance;
use pressroom::clock::Clock;
use pressroom::content::{Content, Stock};
use pressroom::error::{Failure, Kind};
use pressroom::hosting::Commit;
use pressroom::http::Http;
use pressroom::limits::Platform;
use pressroom::plan::Plan;
use pressroom::platform::Identity;
use pressroom::repo::branch::Edit;
use pressroom::repo::journal::Journal;
use pressroom::repo::snapshot::Snapshot;
use pressroom::repo::{Oid, Repo};
use pressroom::round::{Keyring, Known, Opened, Orders, Round, Silence};
use pressroom::run::spell::Timings;
use pressroom::sim::{Sim, World as SimWorld, facebook, linkedin, threads, x};
use pressroom::vault::{
    self, Credential, Document, Grant, Identities, Recipients, Redactor, Secret, Sources, Vault, identity,
};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::clock::{Sun, Watch};
use crate::dice::Dice;
use crate::hub::{Clone as Mirror, Hub, Line};
use crate::judge::{self, Verdict};
use crate::machine::{Fate, Folder, Machine, Process};
use crate::wire::{Cable, Net};

/// Mistakes that others have made, planted around the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// The claim arrives when the call has long been made.
    ClaimAfterTheCall,
    /// A client that sends again what got no answer.
    RetriesOnTimeout,
    /// Who lost a push believes that he won.
    LostPushesCount,
    /// Nothing that is out is ever found.
    NoLookUp,
    /// It is looked before the platform shows what it took.
    LooksTooEarly,
    /// Two machines name things alike.
    NoNonce,
    /// Nobody notices that the machine slept.
    NoLeaseCheck,
}

impl Bug {
    pub(crate) const ALL: [Self; 7] = [
        Self::ClaimAfterTheCall,
        Self::RetriesOnTimeout,
        Self::LostPushesCount,
        Self::NoLookUp,
        Self::LooksTooEarly,
        Self::NoNonce,
        Self::NoLeaseCheck,
    ];
}

/// How much goes wrong; of everything one in so many, and nothing where that is 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chaos {
    /// Exchanges with the remote.
    pub(crate) remote: u64,
    /// Exchanges with platforms.
    pub(crate) network: u64,
    /// How late a request may arrive after it was given up.
    pub(crate) latest: Duration,
    /// Whether the remote is one that wants few pushes.
    pub(crate) thrift: bool,
    pub(crate) bug: Option<Bug>,
}

impl Chaos {
    /// How long something is on its way.
    pub(crate) fn latency(&self, dice: &Dice) -> Duration {
        if self.bug == Some(Bug::NoNonce) {
            return Duration::from_millis(100);
        }
        dice.duration(Duration::from_millis(20)..=Duration::from_millis(1_500))
    }
}

/// What accounts there are: the names are those of the platforms.
const PLATFORMS: [Platform; 4] = [Platform::X, Platform::LinkedIn, Platform::Facebook, Platform::Threads];

/// How long things go wrong, in minutes, and how many seconds machines rest between two runs at most.
const STORMS: [(u64, u64); 3] = [(40, 60), (120, 300), (300, 1_200)];

/// How long everything must have to come right.
const CALM: Duration = Duration::from_secs(3 * 3600);

/// A world.
pub(crate) struct World {
    pub(crate) sim: Sim,
    sun: Sun,
    dice: Dice,
    hub: Hub,
    net: Net,
    timings: Timings,
    storm: Duration,
    rest: Duration,
    /// Machines are woken by the clock on the wall, nearly at the same moment.
    by_the_clock: bool,
    content: Content,
    stock: Arc<Stock>,
    commit: Oid,
    tokens: BTreeMap<String, Document>,
    bug: Option<Bug>,
    /// Nobody asks to stop.
    stop: watch::Sender<bool>,
    /// What happened, for people.
    aloud: bool,
    pub(crate) wrong: Mutex<Vec<String>>,
}

/// Plays a world to its end.
pub(crate) fn play(seed: u64, bug: Option<Bug>, aloud: bool) -> Verdict {
    chance::load(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let world = std::rc::Rc::new(World::new(seed, bug, aloud));
        world.open_the_books().await;
        let mut lives = Vec::new();
        let machines = ["laptop", "ci", "attic"];
        for name in &machines[..world.dice.number(1..=3) as usize] {
            let (world, machine) = (world.clone(), world.machine(name));
            lives.push(tokio::task::spawn_local(async move { world.storm(machine).await }));
        }
        let weather = world.clone();
        lives.push(tokio::task::spawn_local(async move { weather.outages().await }));
        for life in lives {
            life.await.unwrap();
        }
        world.calm().await;
        judge::judge(&world).await
    })
}

impl World {
    fn new(seed: u64, bug: Option<Bug>, aloud: bool) -> Self {
        let (sun, dice) = (Sun::rise(), Dice::new(seed));
        let sim = Sim::of(SimWorld::on(move || sun.system()));
        let seconds = |least, most| dice.duration(Duration::from_secs(least)..=Duration::from_secs(most));
        let (visible, latest) = (seconds(0, 20), seconds(0, 40));
        let chaos = Chaos {
            remote: *dice.pick(&[0, 4, 10, 30]),
            network: *dice.pick(&[0, 3, 6, 15, 40]),
            latest,
            thrift: dice.one_in(3),
            bug,
        };
        let delta = |duration| TimeDelta::from_std(duration).unwrap();
        let request = seconds(5, 60);
        let settle = delta(visible + latest) + TimeDelta::seconds(1);
        // The clocks of two machines may be twice this apart.
        let skew = delta(SKEW * 2);
        let grace = delta(request) + settle + skew + TimeDelta::seconds(1);
        let timings = Timings {
            lease: delta(request) + TimeDelta::seconds(10) + delta(seconds(1, *dice.pick(&[5, 60, 600]))),
            grace,
            request,
            settle: Some(if bug == Some(Bug::LooksTooEarly) { TimeDelta::zero() } else { settle }),
            patience: delta(seconds(5, 120)),
        };
        let platforms: Vec<Platform> = PLATFORMS.into_iter().filter(|_| dice.one_in(2)).collect();
        let platforms = if platforms.is_empty() { vec![*dice.pick(&PLATFORMS)] } else { platforms };
        slow_down(&sim, &dice, visible);
        let net = Net { hosts: Arc::new(sim.answerers()), sun, chaos, aloud };
        let tokens = platforms.iter().map(|platform| sign_up(&sim, *platform)).collect();
        let (minutes, rest) = *dice.pick(&STORMS);
        let (storm, rest) = (Duration::from_secs(minutes * 60), Duration::from_secs(rest));
        let by_the_clock = dice.one_in(2);
        let (repo, commit) = committed(seed, &dice, &platforms, minutes - 10);
        let snapshot = Snapshot::at_commit(&repo, commit).unwrap();
        let content = Content::read(&snapshot).unwrap();
        assert!(content.problems.is_empty(), "{:?}", content.problems);
        let stock = Arc::new(Stock::from(snapshot));
        let (hub, wrong, stop) = (Hub::default(), Mutex::default(), watch::Sender::new(false));
        let world = Self {
            sim,
            sun,
            dice,
            hub,
            net,
            timings,
            storm,
            rest,
            by_the_clock,
            content,
            stock,
            commit,
            tokens,
            bug,
            stop,
            aloud,
            wrong,
        };
        world.say("world", &format!("{chaos:?} {timings:?} shown after {visible:?}"));
        world
    }

    fn machine(&self, name: &'static str) -> Machine {
        let skew = SKEW.as_millis() as u64;
        let skew_ms = self.dice.number(0..=2 * skew) as i64 - skew as i64;
        // Now and then a clock is so wrong that nothing may be shown from there.
        let skew_ms = if self.dice.one_in(12) { skew_ms * 10 } else { skew_ms };
        Machine::new(name, Watch::new(self.sun, skew_ms, self.bug == Some(Bug::NoLeaseCheck)))
    }

    /// Stores the tokens, and sets the baseline.
    async fn open_the_books(&self) {
        let desk = Machine::new("desk", Watch::new(self.sun, 0, false));
        let process = Process::start(&desk, self.dice.split(), Fate::default());
        let chaos = Chaos { remote: 0, network: 0, ..self.net.chaos };
        let journal = self.journal(&process, chaos).await.unwrap();
        let vault = vault();
        let edits: Vec<Edit> = self
            .tokens
            .values()
            .map(|document| Edit::Write {
                path: vault::account_path(&document.account),
                bytes: vault.seal(document).unwrap(),
            })
            .collect();
        journal.commit(Box::new(move |_| Ok(edits.clone()))).await.unwrap();
        self.run(&desk, Fate::default(), chaos).await;
    }

    /// A machine's life while things go wrong.
    async fn storm(&self, machine: Machine) {
        if self.bug == Some(Bug::NoNonce) {
            return self.march(machine).await;
        }
        let mut running = Vec::new();
        while self.sun.passed() < self.storm {
            sleep(self.until_the_next_run()).await;
            machine.disk.lock().unwrap().full = self.dice.one_in(20);
            if self.dice.one_in(15) {
                let jump = self.dice.number(0..=7_200_000) as i64 - 3_600_000;
                machine.watch.set(jump);
                self.say(machine.name, &format!("its clock is set off by {jump} ms"));
            } else if machine.watch.skew_ms().unsigned_abs() > SKEW.as_millis() as u64 {
                machine.watch.set(0);
            }
            let life = self.run(&machine, self.fate(), self.net.chaos);
            if self.dice.one_in(4) {
                // A second one, beside it.
                running.push(tokio::join!(life, self.run(&machine, self.fate(), self.net.chaos)));
            } else {
                life.await;
            }
        }
    }

    /// The life of a machine whose clock and dice show the same as all others'.
    async fn march(&self, machine: Machine) {
        machine.watch.set(0);
        while self.sun.passed() < self.storm {
            let beat = 600_000 - self.sun.passed().as_millis() as u64 % 600_000;
            sleep(Duration::from_millis(beat)).await;
            let fate = Fate { stuck: true, ..Fate::default() };
            self.run(&machine, fate, Chaos { remote: 0, network: 0, ..self.net.chaos }).await;
        }
    }

    fn until_the_next_run(&self) -> Duration {
        if !self.by_the_clock {
            return self.dice.duration(Duration::from_secs(5)..=self.rest);
        }
        let beat = self.rest.as_millis() as u64 - self.sun.passed().as_millis() as u64 % self.rest.as_millis() as u64;
        Duration::from_millis(beat) + self.dice.duration(Duration::ZERO..=Duration::from_secs(30))
    }

    fn fate(&self) -> Fate {
        let dice = &self.dice;
        let nap = || (dice.number(1..=60), dice.duration(Duration::from_secs(30)..=Duration::from_secs(1_800)));
        Fate {
            effects: dice.one_in(3).then(|| dice.number(1..=60)),
            wakes: dice.one_in(4).then(|| dice.number(1..=200)),
            nap: dice.one_in(4).then(nap),
            stuck: false,
        }
    }

    async fn outages(&self) {
        while self.sun.passed() < self.storm {
            sleep(self.dice.duration(Duration::from_secs(600)..=Duration::from_secs(7_200))).await;
            if self.dice.one_in(3) {
                self.hub.go_down(self.dice.duration(Duration::from_secs(5)..=Duration::from_secs(900)));
            }
        }
    }

    /// Nothing goes wrong any more.
    async fn calm(&self) {
        self.say("world", "calm");
        let desk = Machine::new("desk", Watch::new(self.sun, 0, false));
        let end = self.sun.passed() + CALM;
        while self.sun.passed() < end {
            self.run(&desk, Fate::default(), Chaos { remote: 0, network: 0, ..self.net.chaos }).await;
            sleep(Duration::from_secs(600)).await;
        }
    }

    async fn journal(&self, process: &Arc<Process>, chaos: Chaos) -> Result<Journal, Failure> {
        let (hub, process) = (self.hub.clone(), process.clone());
        let store = Arc::new(Mirror { hub: hub.clone(), process: process.clone() });
        Journal::over(store, Arc::new(Line { hub, process, chaos }), "pressroom-state").await
    }

    /// One process: a round of the program.
    async fn run(&self, machine: &Machine, fate: Fate, chaos: Chaos) {
        let process = Process::start(machine, self.dice.split(), fate);
        self.say(machine.name, &format!("runs, {fate:?}"));
        let ended = process.live(self.round(&process, chaos)).await;
        match ended {
            None => self.say(machine.name, "dies"),
            Some(Ok(())) => self.say(machine.name, "is done"),
            Some(Err(failure)) => {
                self.say(machine.name, &format!("fails: {failure:?}"));
                if failure.kind == Kind::Bug {
                    self.wrong.lock().unwrap().push(format!("a failure that is a bug: {failure:?}"));
                }
            }
        }
    }

    async fn round(&self, process: &Arc<Process>, chaos: Chaos) -> Result<(), Failure> {
        let journal = self.journal(process, chaos).await?;
        let clock = process.machine.clock();
        let cable = Cable { net: Net { chaos, ..self.net.clone() }, process: process.clone() };
        let http = Http::new(clock, self.timings.request).with_wire(Arc::new(cable));
        let (mut content, stock) = (self.content.clone(), self.stock.clone());
        let name = process.machine.name;
        let (folder, tell) = (Folder(process.clone()), |words: &str| self.say(name, words));
        let round = self.at_desk(clock, &journal, &folder, &http, &tell);
        let commit = Commit { id: self.commit.to_string(), at: self.sun.now() };
        let ended = round.publish(&mut content, stock, &MediaHost::default(), commit, &orders()).await?;
        for row in ended.rows.iter().filter(|row| row.acted || row.reason.is_some()) {
            self.say(name, &format!("{} → {}: {:?} {:?}", row.post, row.account, row.state, row.reason));
        }
        Ok(())
    }

    /// What a machine that never saw any of it would do now.
    pub(crate) async fn plan(&self) -> Plan {
        let fresh = Machine::new("fresh", Watch::new(self.sun, 0, false));
        let process = Process::start(&fresh, self.dice.split(), Fate::default());
        let chaos = Chaos { remote: 0, network: 0, bug: None, ..self.net.chaos };
        let journal = self.journal(&process, chaos).await.unwrap();
        let (mut content, stock) = (self.content.clone(), self.stock.clone());
        let clock = fresh.clock();
        let http = Http::new(clock, self.timings.request);
        let folder = Folder(process.clone());
        let round = self.at_desk(clock, &journal, &folder, &http, &|_| ());
        round.foresee(&mut content, &stock, &orders()).unwrap()
    }

    fn at_desk<'a>(
        &'a self,
        clock: Clock,
        journal: &'a Journal,
        spools: &'a Folder,
        http: &'a Http,
        tell: &'a (dyn Fn(&str) + Sync),
    ) -> Round<'a> {
        Round {
            clock,
            journal,
            spools,
            http,
            keyring: self,
            timings: self.timings,
            bucket_keys: None,
            stop: self.stop.subscribe(),
            tell,
            sent: &|_| (),
        }
    }

    /// Tells what the ledger came to say.
    pub(crate) fn read_out(&self) {
        for line in self.hub.lines(pressroom::ledger::entry::FOLDER) {
            self.say("ledger", &line);
        }
        for seen in self.sim.seen() {
            self.say(
                "seen",
                &format!(
                    "{} {} {:?} {:?}",
                    seen.platform,
                    seen.id,
                    seen.text,
                    chrono::DateTime::<chrono::Utc>::from(seen.at)
                ),
            );
        }
    }

    fn say(&self, who: &str, what: &str) {
        if self.aloud {
            println!("{} {who}: {what}", self.sun.now().format("%H:%M:%S%.3f"));
        }
    }
}

/// How wrong clocks are at most, so that something may still be shown.
const SKEW: Duration = Duration::from_secs(55);

fn orders() -> Orders<'static> {
    Orders { only: &[], silence: Silence::IsSuspect, late_max: usize::MAX, removals_max: 0 }
}

impl Keyring for World {
    fn open<'a>(
        &'a self,
        _: &'a Accounts,
        _: &'a Known,
        _: &'a str,
        _: &'a mut Plan,
    ) -> LocalBoxFuture<'a, Result<Opened, Failure>> {
        Box::pin(async { Ok((Some(vault()), self.tokens.clone(), Redactor::default())) })
    }
}

/// The one key of all worlds.
fn vault() -> Arc<Vault> {
    static VAULT: OnceLock<Arc<Vault>> = OnceLock::new();
    let make = || {
        let generated = identity::generate();
        let recipients = Recipients::parse([generated.recipient.key()]).unwrap();
        let sources = Sources { text: Some(generated.text), ..Sources::default() };
        Arc::new(Vault { identities: Identities::load(&sources, &recipients).unwrap(), recipients })
    };
    VAULT.get_or_init(make).clone()
}

/// Platforms that take their time, and refuse nothing only because there is much of it.
fn slow_down(sim: &Sim, dice: &Dice, visible: Duration) {
    let delay = || dice.duration(Duration::ZERO..=visible);
    let long = Duration::from_secs(30 * 86_400);
    sim.x.configure(|options| {
        options.rates.clear();
        options.timeline_delay = delay();
        // That the platform itself refuses a second post must not hide that we sent it.
        options.duplicate_window = Duration::ZERO;
        options.access_token_life = long;
        options.credits = i64::MAX / 2;
    });
    sim.linkedin.configure(|options| {
        options.processing_delay = delay();
        (options.member_quota, options.app_quota) = (u32::MAX, u32::MAX);
        options.active_versions = Some(0..=u32::MAX);
    });
    sim.facebook.configure(|options| {
        options.list_lag = delay();
        options.refuse_duplicates = false;
        (options.user_calls, options.app_calls, options.page_calls) = (u32::MAX / 2, u32::MAX / 2, u32::MAX / 2);
    });
    sim.threads.configure(|options| {
        (options.text_delay, options.list_delay) = (delay(), delay());
        (options.post_quota, options.reply_quota, options.calls_per_day) = (1 << 30, 1 << 30, 1 << 30);
    });
}

fn sign_up(sim: &Sim, platform: Platform) -> (String, Document) {
    let (id, name, token) = match platform {
        Platform::X => {
            let ann = sim.x.sign_up(x::SignUp { username: "acme", ..x::SignUp::default() });
            (ann.id, ann.username, ann.access_token)
        }
        Platform::LinkedIn => {
            let ann = sim.linkedin.sign_up(linkedin::SignUp::default());
            (ann.id, "acme".to_owned(), ann.access_token)
        }
        Platform::Facebook => {
            let page = facebook::NewPage { id: Some(PAGE), ..facebook::NewPage::default() };
            let ann = sim.facebook.sign_up(facebook::SignUp { pages: vec![page], ..facebook::SignUp::default() });
            let page = ann.pages.into_iter().next().unwrap();
            (page.id, "acme".to_owned(), page.access_token)
        }
        Platform::Threads => {
            let ann = sim.threads.sign_up(threads::SignUp::default());
            (ann.id, ann.username, ann.access_token)
        }
        _ => panic!("{platform} is not of these worlds"),
    };
    let credential =
        Credential::OAuth2 { access: Secret::new(token), refresh: None, expires_at: None, refresh_expires_at: None };
    let account = format!("{platform}-acme");
    let identity = Identity { id, name, grant: String::new() };
    let grant = Grant { credential, scopes: Vec::new() };
    let document = Document::connected((&account, platform), identity, grant, "world", None);
    (account, document)
}

const PAGE: u64 = 1_234_567_890;

thread_local! {
    /// Content of all worlds of a thread, in one repository: their commits know nothing of each other.
    static PRESS: RefCell<Option<(tempfile::TempDir, Repo)>> = const { RefCell::new(None) };
}

/// A commit with accounts and posts.
fn committed(seed: u64, dice: &Dice, platforms: &[Platform], minutes: u64) -> (Repo, Oid) {
    let (path, repo) = PRESS.with_borrow_mut(|press| {
        let (folder, repo) = press.get_or_insert_with(|| {
            let folder = tempfile::tempdir().unwrap();
            git2::Repository::init_bare(folder.path()).unwrap();
            let repo = Repo::open(folder.path()).unwrap();
            (folder, repo)
        });
        (folder.path().to_owned(), repo.clone())
    });
    let git = git2::Repository::open_bare(path).unwrap();
    let mut files = vec![("accounts.toml".to_owned(), accounts(platforms))];
    for number in 0..dice.number(1..=6) {
        files.push((format!("posts/post-{number}.md"), post(seed, number, dice, platforms, minutes)));
    }
    let mut tree = git2::build::TreeUpdateBuilder::new();
    for (path, text) in &files {
        tree.upsert(path.as_str(), git.blob(text.as_bytes()).unwrap(), git2::FileMode::Blob);
    }
    let empty = git.treebuilder(None).unwrap().write().unwrap();
    let tree: GitOid = tree.create_updated(&git, &git.find_tree(empty).unwrap()).unwrap();
    let seconds = crate::clock::BEGINNING.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp() - 86_400;
    let who = Signature::new("Ann", "ann@acme.example", &GitTime::new(seconds, 0)).unwrap();
    let commit = git.commit(None, &who, &who, "posts", &git.find_tree(tree).unwrap(), &[]).unwrap();
    (repo, commit)
}

fn accounts(platforms: &[Platform]) -> String {
    let mut text = String::from("schema = 1\n\n[defaults]\ntimezone = \"Europe/Amsterdam\"\n");
    for platform in platforms {
        let acts_as = if *platform == Platform::Facebook { format!("as = \"{PAGE}\"\n") } else { String::new() };
        write!(text, "\n[accounts.{platform}-acme]\nplatform = \"{platform}\"\n{acts_as}").unwrap();
    }
    text
}

fn post(seed: u64, number: u64, dice: &Dice, platforms: &[Platform], minutes: u64) -> String {
    let chosen: Vec<String> =
        platforms.iter().filter(|_| dice.one_in(2)).map(|platform| format!("{platform}-acme")).collect();
    let targets = if chosen.is_empty() { vec![format!("{}-acme", dice.pick(platforms))] } else { chosen };
    let minutes = dice.number(5..=minutes);
    let (hour, minute) = (7 + minutes / 60, minutes % 60);
    let can_thread = targets.iter().all(|target| target.starts_with("x-") || target.starts_with("threads-"));
    let is_thread = can_thread && dice.one_in(2);
    let parts = if is_thread { dice.number(2..=4) } else { 1 };
    let text: Vec<String> = (0..parts).map(|part| format!("World {seed}, post {number}, part {part}.")).collect();
    format!(
        "---\nid: post-{number}\ntargets: [{}]\nschedule: 2026-12-01 {hour:02}:{minute:02}\nthread: {is_thread}\n---\n{}\n",
        targets.join(", "),
        text.join("\n\n---\n\n")
    )
}
