//! A repository with an account on every platform, each connected to its simulator, and a web host for its media.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pressroom::limits::Platform;
use pressroom::sim::web::{Page, Site};
use pressroom::sim::{Seen, facebook, instagram, linkedin, threads, tiktok, x, youtube};

use crate::press::{Press, Stage};
use crate::scene::{QUICK, next_second};

/// A film of four seconds, 720 by 1280, H.264 and AAC, without an edit list.
pub(crate) const FILM: &[u8] = include_bytes!("../../media/film.mp4");

const PAGE: u64 = 1_234_567_890;

/// The account of a platform is called like it.
const ACCOUNTS: &str = r#"schema = 1

[defaults]
timezone = "Europe/Amsterdam"

[encryption]
recipients = ["{recipient}"]

[media]
public_url = "https://media.example/{path}"

[accounts.x-acme]
platform = "x"

[accounts.linkedin-acme]
platform = "linkedin"

[accounts.facebook-acme]
platform = "facebook"
as = "1234567890"

[accounts.instagram-acme]
platform = "instagram"

[accounts.threads-acme]
platform = "threads"

[accounts.youtube-acme]
platform = "youtube"

[accounts.tiktok-acme]
platform = "tiktok"
"#;

/// Everybody on stage.
pub(crate) struct Cast {
    pub(crate) stage: Stage,
    pub(crate) press: Press,
    /// The playlist of the channel.
    pub(crate) playlist: String,
}

/// The name of the account on a platform.
pub(crate) fn account(platform: Platform) -> String {
    format!("{platform}-acme")
}

impl Cast {
    /// All accounts are connected, nothing is slow, and a post made from now on is newer than their baselines.
    pub(crate) fn new() -> Self {
        let mut press = Press::new();
        press.file("accounts.toml", ACCOUNTS).bytes("media/film.mp4", FILM).commit("first");
        let stage = Stage::with_sites(vec![("media.example", files_of(press.repo.clone()))]);
        hurry(&stage);
        stage.reach(&mut press);
        press.env.push(("PRESSROOM_TIMINGS".to_owned(), QUICK.to_owned()));
        let (tokens, playlist) = sign_up(&stage);
        for (platform, token) in tokens.iter().filter(|(platform, _)| platform.limits().published) {
            press.run_with(&["connect", &account(*platform), "--token-stdin"], token).exits(0);
        }
        next_second();
        Self { stage, press, playlist }
    }

    /// What readers of a platform see.
    pub(crate) fn seen(&self, platform: Platform) -> Vec<Seen> {
        self.stage.sim.seen().into_iter().filter(|seen| seen.platform == platform.name()).collect()
    }
}

/// The files of a repository as a web host has them.
fn files_of(repo: PathBuf) -> Site {
    Arc::new(move |path: &str| {
        let path = path.split('?').next().unwrap_or(path).trim_start_matches('/');
        let kind = match path.rsplit('.').next() {
            Some("jpg") => "image/jpeg",
            Some("png") => "image/png",
            Some("mp4") => "video/mp4",
            _ => "application/octet-stream",
        };
        std::fs::read(repo.join(path)).map_or_else(|_| Page::missing(), |bytes| Page::file(kind, bytes))
    })
}

/// Platforms take their time; tests of what is published need not.
fn hurry(stage: &Stage) {
    let none = Duration::ZERO;
    stage.sim.x.configure(|options| options.rates.clear());
    stage.sim.linkedin.configure(|options| {
        options.processing_delay = none;
        options.member_quota = 100_000;
    });
    stage.sim.facebook.configure(|options| (options.processing_delay, options.list_lag) = (none, none));
    stage.sim.instagram.configure(|options| {
        (options.image_delay, options.video_delay, options.carousel_delay) = (none, none, none);
        options.list_delay = none;
    });
    stage.sim.threads.configure(|options| {
        (options.text_delay, options.image_delay, options.video_delay) = (none, none, none);
        options.list_delay = none;
    });
    stage.sim.youtube.configure(|options| {
        (options.processing_delay, options.uploads_lag, options.search_lag) = (none, none, none);
    });
    stage.sim.tiktok.configure(|options| {
        (options.fetch_delay, options.processing_delay, options.moderation_delay) = (none, none, none);
    });
    stage.sim.tiktok.verify("media.example");
}

/// An account on each platform: the token to connect it with, and the playlist of the channel.
fn sign_up(stage: &Stage) -> (BTreeMap<Platform, String>, String) {
    let sim = &stage.sim;
    let page = facebook::NewPage { id: Some(PAGE), ..facebook::NewPage::default() };
    let ann = sim.facebook.sign_up(facebook::SignUp { pages: vec![page], ..facebook::SignUp::default() });
    let channel = sim.youtube.sign_up(youtube::SignUp::default());
    let playlist = sim.youtube.add_playlist(&channel.channel_id, "Releases");
    let tokens = [
        (
            Platform::X,
            sim.x.sign_up(x::SignUp { username: "acme", premium: true, ..x::SignUp::default() }).access_token,
        ),
        (Platform::LinkedIn, sim.linkedin.sign_up(linkedin::SignUp::default()).access_token),
        (Platform::Facebook, ann.pages[0].access_token.clone()),
        (Platform::Instagram, sim.instagram.sign_up(instagram::SignUp::default()).access_token),
        (Platform::Threads, sim.threads.sign_up(threads::SignUp::default()).access_token),
        (Platform::YouTube, channel.access_token),
        (Platform::TikTok, sim.tiktok.sign_up(tiktok::SignUp::default()).access_token),
    ];
    (tokens.into(), playlist)
}
