//! The people of a world: they sign up, connect their accounts, and connect them again where a login has ended. And the
//! platforms they deal with, as slow and as forgetful as a world wants them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;
use pressroom::account::Accounts;
use pressroom::error::Failure;
use pressroom::http::Http;
use pressroom::limits::Platform;
use pressroom::login::{App, Login};
use pressroom::plan::Plan;
use pressroom::platform::{self, Identity};
use pressroom::repo::journal::Journal;
use pressroom::round::{Keyring, Known, Opened, tokens};
use pressroom::run::renew::Renewal;
use pressroom::run::spell::Timings;
use pressroom::sim::instagram::Fate as ContainerFate;
use pressroom::sim::youtube::Processing;
use pressroom::sim::{Sim, bluesky, facebook, instagram, linkedin, mastodon, threads, tiktok, web, x, youtube};
use pressroom::vault::{
    self, AppPassword, Credential, Document, Grant, Identities, Recipients, Secret, Sources, Vault, identity,
};

use crate::clock::Sun;
use crate::dice::Dice;
use crate::library::{self, PAGE, account};
use crate::machine::{Process, Shelves};

/// How long access tokens live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lives {
    pub(crate) x: Duration,
    pub(crate) youtube: Duration,
    pub(crate) tiktok: Duration,
    pub(crate) bluesky: Duration,
}

impl Lives {
    pub(crate) fn choose(dice: &Dice) -> Self {
        let life = |dice: &Dice| Duration::from_secs(60 * *dice.pick(&[15, 30, 60, 120, 60 * 24 * 30]));
        let (x, youtube, tiktok) = (life(dice), life(dice), life(dice));
        Self { x, youtube, tiktok, bluesky: life(&dice.of("life of Bluesky's tokens")) }
    }

    fn of(&self, platform: Platform) -> Option<Duration> {
        match platform {
            Platform::X => Some(self.x),
            Platform::YouTube => Some(self.youtube),
            Platform::TikTok => Some(self.tiktok),
            Platform::Bluesky => Some(self.bluesky),
            _ => None,
        }
    }
}

/// Platforms that take their time, and refuse nothing only because there is much of it. Those told apart make some of what
/// they are sent end badly, once everything has been sent.
pub(crate) fn set_up(sim: &Sim, dice: &Dice, visible: Duration, lives: Lives) -> BTreeSet<Platform> {
    let delay = || dice.duration(Duration::ZERO..=visible);
    sim.open_site(
        library::HOST,
        Arc::new(|path: &str| match library::file(path) {
            Some(bytes) if path.ends_with(".mp4") => web::Page::file("video/mp4", bytes),
            Some(bytes) => web::Page::file("image/jpeg", bytes),
            None => web::Page::missing(),
        }),
    );
    sim.x.configure(|options| {
        options.rates.clear();
        (options.timeline_delay, options.processing_delay) = (delay(), delay());
        // That the platform itself refuses a second post must not hide that we sent it.
        options.duplicate_window = Duration::ZERO;
        options.access_token_life = lives.x;
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
    sim.instagram.configure(|options| {
        (options.image_delay, options.video_delay, options.list_delay) = (delay(), delay(), delay());
        (options.containers_per_day, options.quota_total, options.calls_per_day) = (1 << 30, 1 << 30, 1 << 30);
    });
    sim.threads.configure(|options| {
        (options.text_delay, options.image_delay, options.video_delay) = (delay(), delay(), delay());
        options.list_delay = delay();
        (options.post_quota, options.reply_quota, options.calls_per_day) = (1 << 30, 1 << 30, 1 << 30);
    });
    sim.youtube.configure(|options| {
        options.access_token_life = lives.youtube;
        (options.processing_delay, options.uploads_lag) = (delay(), delay());
        (options.insert_quota, options.search_quota, options.unit_quota) = (1 << 30, 1 << 30, 1 << 30);
    });
    sim.tiktok.verify(library::HOST);
    sim.tiktok.configure(|options| {
        options.access_token_life = lives.tiktok;
        (options.processing_delay, options.moderation_delay, options.fetch_delay) = (delay(), delay(), delay());
        (options.posts_per_day, options.audited) = (1 << 30, true);
        let many = 1 << 30;
        options.rates = tiktok::Rates { init: many, creator_info: many, status: many, display: many };
    });
    sim.bluesky.configure(|options| {
        options.access_life = lives.bluesky;
        (options.calls, options.sign_ins, options.sign_ins_a_day) = (1 << 30, 1 << 30, 1 << 30);
        (options.points, options.points_a_day, options.blobs_a_day) = (1 << 30, 1 << 30, 1 << 30);
    });
    sim.mastodon.configure(|options| {
        options.processing_delay = dice.of("delay of Mastodon").duration(Duration::ZERO..=visible);
        // That the server itself knows a repeat must not hide that we sent it.
        options.honours_keys = false;
        (options.calls, options.uploads, options.deletes, options.statuses) = (1 << 30, 1 << 30, 1 << 30, 1 << 30);
    });
    spoil(sim, dice)
}

/// Lets the next things that some platforms process end badly.
fn spoil(sim: &Sim, dice: &Dice) -> BTreeSet<Platform> {
    let mut spoiled = BTreeSet::new();
    if dice.one_in(6) {
        spoiled.insert(Platform::Instagram);
        let failed = "Error: Media upload has failed with error code 2207053";
        sim.instagram.configure(|options| options.next_containers.push_back(ContainerFate::Fails(failed.to_owned())));
    }
    if dice.one_in(6) {
        spoiled.insert(Platform::Threads);
        sim.threads.configure(|options| options.fail_processing("UNKNOWN"));
    }
    if dice.one_in(6) {
        spoiled.insert(Platform::YouTube);
        sim.youtube.configure(|options| options.processing.push_back(Processing::Failed("conversion")));
    }
    if dice.one_in(6) {
        spoiled.insert(Platform::TikTok);
        sim.tiktok.configure(|options| options.fail_next.push("internal".to_owned()));
    }
    if dice.one_in(10) {
        spoiled.insert(Platform::X);
        sim.x.configure(|options| options.processing_fails = true);
    }
    if dice.of("whether Mastodon spoils").one_in(6) {
        spoiled.insert(Platform::Mastodon);
        sim.mastodon.configure(|options| options.failing_files = 1);
    }
    spoiled
}

/// A person goes through a platform's login: whose account it is, and what was granted.
fn log_in(sim: &Sim, platform: Platform, before: Option<&Identity>) -> (Identity, String, Option<String>) {
    let mut server = String::new();
    let (id, name, access, refresh) = match platform {
        Platform::X => {
            let ann = sim.x.sign_up(x::SignUp { username: "acme", ..x::SignUp::default() });
            (ann.id, ann.username, ann.access_token, ann.refresh_token)
        }
        Platform::LinkedIn => {
            let ann = sim.linkedin.sign_up(linkedin::SignUp::default());
            (ann.id, "acme".to_owned(), ann.access_token, None)
        }
        Platform::Facebook => {
            let page = facebook::NewPage { id: Some(PAGE), ..facebook::NewPage::default() };
            let ann = sim.facebook.sign_up(facebook::SignUp { pages: vec![page], ..facebook::SignUp::default() });
            let page = ann.pages.into_iter().next().unwrap();
            (page.id, "acme".to_owned(), page.access_token, None)
        }
        Platform::Instagram => {
            let ann = sim
                .instagram
                .sign_up(instagram::SignUp { username: "acme".to_owned(), ..instagram::SignUp::default() });
            // Through a Page: Instagram's own login takes no videos as bytes.
            let owner = sim.facebook.sign_up(facebook::SignUp::default());
            let page = owner.pages.into_iter().next().unwrap();
            sim.instagram.link(&ann.id, &page.id);
            (ann.id, ann.username, page.access_token, None)
        }
        Platform::Threads => {
            let ann = sim.threads.sign_up(threads::SignUp::default());
            (ann.id, ann.username, ann.access_token, None)
        }
        Platform::YouTube => {
            let youtube::SignUp { scopes, client_id, .. } = youtube::SignUp::default();
            let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
            let again = before.and_then(|known| sim.youtube.tokens(&known.id, &client_id, &scopes));
            let ann = again.unwrap_or_else(|| sim.youtube.sign_up(youtube::SignUp::default()));
            (ann.channel_id, "acme".to_owned(), ann.access_token, Some(ann.refresh_token))
        }
        Platform::TikTok => {
            let ann = sim.tiktok.sign_up(tiktok::SignUp::default());
            (ann.open_id, ann.username, ann.access_token, Some(ann.refresh_token))
        }
        Platform::Bluesky => {
            let ann = sim.bluesky.sign_up(bluesky::SignUp::default());
            server = ann.pds.to_owned();
            (ann.did, ann.handle, ann.access_jwt, Some(ann.refresh_jwt))
        }
        Platform::Mastodon => {
            let ann = sim.mastodon.sign_up(mastodon::SignUp::default());
            server = ann.server;
            (ann.id, ann.username, ann.access_token, None)
        }
        Platform::Discord | Platform::Telegram | Platform::Forem | Platform::Slack => {
            panic!("{platform} is not of these worlds")
        }
    };
    (Identity { id, name, server, ..Identity::default() }, access, refresh)
}

/// Connects a platform's account; `before`: what it was connected by until now.
pub(crate) fn connect(sim: &Sim, sun: Sun, lives: Lives, platform: Platform, before: Option<&Document>) -> Document {
    let (identity, access, refresh) = log_in(sim, platform, before.map(|document| &document.identity));
    let end = lives.of(platform).map(|life| sun.now() + TimeDelta::from_std(life).unwrap());
    let access = Secret::new(access);
    let credential = match (platform, refresh.map(Secret::new)) {
        (Platform::Bluesky, Some(refresh)) => {
            let bluesky::SignUp { handle, app_password, .. } = bluesky::SignUp::default();
            let login = AppPassword::new(&handle, &app_password).unwrap();
            Credential::Session { access, refresh, expires_at: end, refresh_expires_at: None, login }
        }
        (_, refresh) => Credential::OAuth2 { access, refresh, expires_at: end, refresh_expires_at: None },
    };
    let grant = Grant { credential, scopes: Vec::new() };
    Document::connected((&account(platform), platform), identity, grant, "world", before)
}

/// Our app with a platform, where tokens end.
fn app(platform: Platform) -> Option<App> {
    match platform {
        Platform::X => Some(App { id: x::DEFAULT_CLIENT_ID.to_owned(), secret: None }),
        Platform::YouTube => {
            let youtube::App { client_id, client_secret, .. } = youtube::App::default();
            Some(App { id: client_id, secret: Some(Secret::new(client_secret)) })
        }
        Platform::TikTok => {
            let tiktok::App { client_key, client_secret, .. } = tiktok::App::default();
            Some(App { id: client_key, secret: Some(Secret::new(client_secret)) })
        }
        // An app password needs none.
        Platform::Bluesky => Some(App { id: String::new(), secret: None }),
        _ => None,
    }
}

/// Opens the tokens of a process's plans, and refreshes those that end soon.
pub(crate) struct Ring<'a> {
    pub(crate) process: &'a Arc<Process>,
    pub(crate) journal: &'a Journal,
    pub(crate) http: &'a Http,
    pub(crate) timings: Timings,
    pub(crate) tell: &'a (dyn Fn(&str) + Sync),
    /// Accounts that somebody has to connect again.
    pub(crate) asked: &'a Mutex<BTreeSet<Platform>>,
}

impl Keyring for Ring<'_> {
    fn open<'a>(
        &'a self,
        _: &'a Accounts,
        known: &'a Known,
        run: &'a str,
        plan: &'a mut Plan,
    ) -> LocalBoxFuture<'a, Result<Opened, Failure>> {
        Box::pin(async move {
            let token = async |name: &str| self.token(known, run, name).await;
            let (opened, failures) = tokens::opened(plan, vault(), token).await;
            for failure in failures {
                (self.tell)(&format!("no token: {failure:?}"));
                let ended = Platform::ALL.into_iter().filter(|platform| {
                    failure.message.contains(&format!("`pressroom connect {}`", account(*platform)))
                });
                self.asked.lock().unwrap().extend(ended);
            }
            Ok(opened)
        })
    }
}

impl Ring<'_> {
    async fn token(&self, known: &Known, run: &str, name: &str) -> Result<Document, Failure> {
        let vault = vault();
        let path = vault::account_path(name);
        let document = vault.open::<Document>(&path, &known.branch.read(&path)?.unwrap_or_default())?;
        let Some(app) = app(document.platform) else { return Ok(document) };
        let server = document.identity.server.clone();
        let way = &platform::adapter(document.platform).unwrap().grants()[0];
        let login = Login { http: self.http, label: document.platform.label(), way, app: &app, server: &server };
        let renewal = Renewal {
            shelf: &Shelves(self.process.clone()),
            journal: self.journal,
            vault: &vault,
            clock: self.process.machine.clock(),
            run,
            lease: self.timings.lease,
            grace: self.timings.grace,
            by: "world",
            tell: self.tell,
        };
        renewal.fresh(document, Some(&login), false).await
    }
}

/// The one key of all worlds.
pub(crate) fn vault() -> Arc<Vault> {
    static VAULT: OnceLock<Arc<Vault>> = OnceLock::new();
    let make = || {
        let generated = identity::generate();
        let recipients = Recipients::parse([generated.recipient.key()]).unwrap();
        let sources = Sources { text: Some(generated.text), ..Sources::default() };
        Arc::new(Vault { identities: Identities::load(&sources, &recipients).unwrap(), recipients })
    };
    VAULT.get_or_init(make).clone()
}
