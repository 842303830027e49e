//! One world, made of a seed: accounts and posts, machines that run the program again and again while things go wrong, and
//! at last a calm in which everything must come right.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use pressroom::chance;
use pressroom::clock::Clock;
use pressroom::error::{Failure, Kind};
use pressroom::hosting::Commit;
use pressroom::http::Http;
use pressroom::limits::Platform;
use pressroom::plan::Plan;
use pressroom::repo::branch::Edit;
use pressroom::repo::journal::Journal;
use pressroom::round::{Keyring, Orders, Round, Silence};
use pressroom::run::spell::Timings;
use pressroom::sim::{Sim, World as SimWorld};
use pressroom::vault::{self, Document};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::clock::{BEGINNING, Sun, Watch};
use crate::dice::Dice;
use crate::hub::{Clone as Mirror, Hub, Line};
use crate::judge::{self, Verdict};
use crate::library::{Library, account};
use crate::machine::{Fate, Folder, Machine, Process};
use crate::people::{self, Lives, Ring, vault};
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
    /// Nobody notices that the machine slept: not by its clocks, and not by what platforms say.
    NoLeaseCheck,
    /// What another has claimed is free as soon as its lease is over by one's own clock.
    ShortGrace,
}

impl Bug {
    pub(crate) const ALL: [Self; 8] = [
        Self::ClaimAfterTheCall,
        Self::RetriesOnTimeout,
        Self::LostPushesCount,
        Self::NoLookUp,
        Self::LooksTooEarly,
        Self::NoNonce,
        Self::NoLeaseCheck,
        Self::ShortGrace,
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
    /// The same world, with nothing that goes wrong.
    pub(crate) fn calmed(self) -> Self {
        Self { remote: 0, network: 0, ..self }
    }

    /// How long something is on its way.
    pub(crate) fn latency(&self, dice: &Dice) -> Duration {
        if self.bug == Some(Bug::NoNonce) {
            return Duration::from_millis(100);
        }
        dice.duration(Duration::from_millis(20)..=Duration::from_millis(1_500))
    }
}

/// What accounts there may be: the names are those of the platforms. More are added at the end.
const PLATFORMS: [Platform; 9] = [
    Platform::X,
    Platform::LinkedIn,
    Platform::Facebook,
    Platform::Instagram,
    Platform::Threads,
    Platform::YouTube,
    Platform::TikTok,
    Platform::Bluesky,
    Platform::Mastodon,
];

/// So many of them were there from the beginning.
const FIRST: usize = 7;

/// A world to be played.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed {
    pub(crate) number: u64,
    /// How many platforms it may know, of all that there are: as many as there were when it was first played.
    pub(crate) platforms: usize,
}

impl Seed {
    /// One with all platforms.
    pub(crate) fn new(number: u64) -> Self {
        Self { number, platforms: PLATFORMS.len() }
    }
}

/// The platforms that a world has accounts of.
fn chosen(seed: Seed, dice: &Dice) -> Vec<Platform> {
    let mut chosen: Vec<Platform> = PLATFORMS[..FIRST].iter().copied().filter(|_| dice.one_in(2)).collect();
    let later = &PLATFORMS[FIRST..seed.platforms];
    chosen.extend(later.iter().filter(|platform| dice.of(platform.name()).one_in(2)));
    if chosen.is_empty() { vec![*dice.pick(&PLATFORMS[..FIRST])] } else { chosen }
}

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
    platforms: Vec<Platform>,
    pub(crate) library: Library,
    lives: Lives,
    /// Platforms that make something end badly after it was sent.
    pub(crate) spoiled: BTreeSet<Platform>,
    /// Accounts that a person has to connect again.
    asked: Mutex<BTreeSet<Platform>>,
    /// Accounts that were connected again.
    lost: Mutex<BTreeSet<Platform>>,
    bug: Option<Bug>,
    /// Nobody asks to stop.
    stop: watch::Sender<bool>,
    /// What happened, for people.
    aloud: bool,
    pub(crate) wrong: Mutex<Vec<String>>,
}

/// Plays a world to its end.
pub(crate) fn play(seed: Seed, bug: Option<Bug>, aloud: bool) -> Verdict {
    chance::load(seed.number);
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
    fn new(seed: Seed, bug: Option<Bug>, aloud: bool) -> Self {
        let (sun, dice) = (Sun::rise(), Dice::new(seed.number));
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
            grace: if bug == Some(Bug::ShortGrace) { TimeDelta::zero() } else { grace },
            request,
            settle: Some(if bug == Some(Bug::LooksTooEarly) { TimeDelta::zero() } else { settle }),
            patience: delta(seconds(5, 120)),
        };
        let platforms = chosen(seed, &dice);
        let lives = Lives::choose(&dice);
        let spoiled = people::set_up(&sim, &dice, visible, lives);
        let net = Net { hosts: Arc::new(sim.answerers()), sun, chaos, aloud, token_trouble: Arc::default() };
        let (minutes, rest) = *dice.pick(&STORMS);
        let (storm, rest) = (Duration::from_secs(minutes * 60), Duration::from_secs(rest));
        let by_the_clock = dice.one_in(2);
        let turn = dice.one_in(2).then(|| dice.duration(storm / 4..=storm));
        let library = Library::fill(seed.number, &dice, &platforms, minutes - 10, turn);
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
            platforms,
            library,
            lives,
            spoiled,
            asked: Mutex::default(),
            lost: Mutex::default(),
            bug,
            stop,
            aloud,
            wrong,
        };
        world.say("world", &format!("{chaos:?} {timings:?} shown after {visible:?}, {lives:?}, turn {turn:?}"));
        world
    }

    fn machine(&self, name: &'static str) -> Machine {
        let skew = SKEW.as_millis() as u64;
        let skew_ms = self.dice.number(0..=2 * skew) as i64 - skew as i64;
        // Now and then a clock is so wrong that nothing may be shown from there.
        let skew_ms = if self.dice.one_in(12) { skew_ms * 10 } else { skew_ms };
        Machine::new(name, Watch::new(self.sun, skew_ms, self.bug == Some(Bug::NoLeaseCheck)))
    }

    /// Connects all accounts, and sets the baseline.
    async fn open_the_books(&self) {
        self.connect(&self.platforms).await;
        let desk = Machine::new("desk", Watch::new(self.sun, 0, false));
        self.run(&desk, Fate::default(), self.net.chaos.calmed()).await;
    }

    /// A person connects these accounts.
    async fn connect(&self, platforms: &[Platform]) {
        let desk = Machine::new("person", Watch::new(self.sun, 0, false));
        let process = Process::start(&desk, self.dice.split(), Fate::default());
        let journal = loop {
            match self.journal(&process, self.net.chaos.calmed()).await {
                Ok(journal) => break journal,
                Err(_) => sleep(Duration::from_secs(60)).await,
            }
        };
        let vault = vault();
        for platform in platforms {
            let path = vault::account_path(&account(*platform));
            let sealed = journal.branch().unwrap().read(&path).unwrap();
            let before = sealed.map(|sealed| vault.open::<Document>(&path, &sealed).unwrap());
            let new = people::connect(&self.sim, self.sun, self.lives, *platform, before.as_ref());
            let edit = Edit::Write { path, bytes: vault.seal(&new).unwrap() };
            while journal
                .commit(Box::new({
                    let edit = edit.clone();
                    move |_| Ok(vec![edit.clone()])
                }))
                .await
                .is_err()
            {
                sleep(Duration::from_secs(60)).await;
            }
            self.say("person", &format!("connects {platform}"));
        }
    }

    /// A person does what was asked for.
    async fn connect_again(&self) {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        self.lost.lock().unwrap().extend(&asked);
        self.connect(&asked.into_iter().collect::<Vec<_>>()).await;
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
            if self.dice.one_in(5) {
                self.connect_again().await;
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
            self.run(&machine, fate, self.net.chaos.calmed()).await;
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
            self.connect_again().await;
            self.run(&desk, Fate::default(), self.net.chaos.calmed()).await;
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
        self.net.token_trouble.fetch_or(process.may_have_lost_a_token(), SeqCst);
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
        let edition = self.library.at(self.sun.passed());
        let (mut content, stock) = (edition.content.clone(), edition.stock.clone());
        let name = process.machine.name;
        let (folder, tell) = (Folder(process.clone()), |words: &str| self.say(name, words));
        let (journal, http, asked, timings) = (&journal, &http, &self.asked, self.timings);
        let ring = Ring { process, journal, http, timings, tell: &tell, asked };
        let round = self.at_desk(clock, journal, &folder, http, &ring, &tell);
        let commit = Commit { id: edition.commit.to_string(), at: BEGINNING.parse().unwrap() };
        let media = content.accounts.media.clone();
        let ended = round.publish(&mut content, stock, &media, commit, &orders()).await?;
        for row in ended.rows.iter().filter(|row| row.acted || row.reason.is_some()) {
            self.say(name, &format!("{} → {}: {:?} {:?}", row.post, row.account, row.state, row.reason));
        }
        Ok(())
    }

    /// What a machine that never saw any of it would do now.
    pub(crate) async fn plan(&self) -> Plan {
        let fresh = Machine::new("fresh", Watch::new(self.sun, 0, false));
        let process = Process::start(&fresh, self.dice.split(), Fate::default());
        let chaos = Chaos { bug: None, ..self.net.chaos.calmed() };
        let journal = self.journal(&process, chaos).await.unwrap();
        let edition = self.library.at(self.sun.passed());
        let (mut content, stock) = (edition.content.clone(), edition.stock.clone());
        let clock = fresh.clock();
        let http = Http::new(clock, self.timings.request);
        let (folder, timings) = (Folder(process.clone()), self.timings);
        let ring =
            Ring { process: &process, journal: &journal, http: &http, timings, tell: &|_| (), asked: &self.asked };
        let round = self.at_desk(clock, &journal, &folder, &http, &ring, &|_| ());
        round.foresee(&mut content, &stock, &orders()).unwrap()
    }

    fn at_desk<'a>(
        &'a self,
        clock: Clock,
        journal: &'a Journal,
        spools: &'a Folder,
        http: &'a Http,
        keyring: &'a dyn Keyring,
        tell: &'a (dyn Fn(&str) + Sync),
    ) -> Round<'a> {
        Round {
            clock,
            journal,
            spools,
            http,
            keyring,
            timings: self.timings,
            bucket_keys: None,
            stop: self.stop.subscribe(),
            tell,
            sent: &|_| (),
            along: &|_, _| None,
        }
    }

    /// Logins that were lost although nothing had happened to a new token. Whether something had is known once all processes
    /// have ended: one may sleep with the only copy.
    pub(crate) fn lost_for_no_reason(&self) -> Option<String> {
        let lost = self.lost.lock().unwrap();
        let is_excused = lost.is_empty() || self.net.token_trouble.load(SeqCst);
        (!is_excused).then(|| format!("the logins of {lost:?} have ended, and nothing had happened to them"))
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
    Orders { only: &[], silence: Silence::IsSuspect, late_max: usize::MAX, removals_max: usize::MAX }
}
