//! A repository with the accounts of a platform, connected to its simulator, and a web host for its media.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pressroom::limits::Platform;
use pressroom::sim::web::{Page, Site};
use pressroom::sim::{
    Seen, bluesky, discord, facebook, forem, instagram, linkedin, mastodon, slack, telegram, threads, tiktok, x,
    youtube,
};

use crate::press::{Press, Stage};
use crate::scene::{QUICK, next_second};

/// A film of eight seconds, 720 by 1280, H.264 and AAC, without an edit list.
pub(crate) const FILM: &[u8] = include_bytes!("../../media/film.mp4");

const PAGE: u64 = 1_234_567_890;

/// The account of a platform is called like it; others have another kind of login, or act for somebody else.
const ACCOUNTS: &str = r#"schema = 1

[defaults]
timezone = "Europe/Amsterdam"

[encryption]
recipients = ["{recipient}"]

[media]
public_url = "https://media.example/{path}"

[accounts.x-acme]
platform = "x"
premium = true

[accounts.x-classic]
platform = "x"

[accounts.linkedin-acme]
platform = "linkedin"

[accounts.linkedin-page]
platform = "linkedin"
as = "urn:li:organization:123456"

[accounts.facebook-acme]
platform = "facebook"
as = "1234567890"

[accounts.instagram-acme]
platform = "instagram"

[accounts.instagram-page]
platform = "instagram"

[accounts.threads-acme]
platform = "threads"

[accounts.youtube-acme]
platform = "youtube"

[accounts.tiktok-acme]
platform = "tiktok"

[accounts.bluesky-acme]
platform = "bluesky"

[accounts.mastodon-acme]
platform = "mastodon"
server = "mastodon.example"

[accounts.discord-acme]
platform = "discord"

[accounts.telegram-acme]
platform = "telegram"
chat = "@acme_news"

[accounts.forem-acme]
platform = "forem"

[accounts.slack-acme]
platform = "slack"
"#;

/// Everybody on stage.
pub(crate) struct Cast {
    pub(crate) stage: Stage,
    pub(crate) press: Press,
    /// The playlist of the channel; empty without a channel.
    pub(crate) playlist: String,
}

/// The name of the account on a platform.
pub(crate) fn account(platform: Platform) -> String {
    format!("{platform}-acme")
}

impl Cast {
    /// As [`Cast::with`], of one platform.
    pub(crate) fn of(platform: Platform) -> Self {
        Self::with(&[platform])
    }

    /// All accounts of the platforms are connected, nothing is slow, and a post made from now on is newer than their
    /// baselines.
    pub(crate) fn with(platforms: &[Platform]) -> Self {
        let mut press = Press::new();
        press.file("accounts.toml", ACCOUNTS).bytes("media/film.mp4", FILM).commit("first");
        let stage = Stage::with_sites(vec![("media.example", files_of(press.repo.clone()))]);
        hurry(&stage);
        stage.reach(&mut press);
        press.env.push(("PRESSROOM_TIMINGS".to_owned(), QUICK.to_owned()));
        let mut playlist = String::new();
        let accounts = platforms.iter().flat_map(|platform| sign_up(&stage, *platform, &mut playlist));
        for (account, token) in accounts.collect::<Vec<_>>() {
            press.run_with(&["connect", &account, "--token-stdin"], &token).exits(0);
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
pub(crate) fn files_of(repo: PathBuf) -> Site {
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

/// Platforms take their time, and take so many posts a day; tests of what is published need not heed that.
pub(crate) fn hurry(stage: &Stage) {
    const MANY: usize = 100_000;
    let none = Duration::ZERO;
    stage.sim.x.configure(|options| {
        options.rates.clear();
        // Reported to work, though not promised.
        options.own_quotes_allowed = true;
    });
    stage.sim.linkedin.configure(|options| (options.processing_delay, options.member_quota) = (none, 100_000));
    stage.sim.facebook.configure(|options| {
        (options.processing_delay, options.list_lag) = (none, none);
        (options.user_calls, options.reels_per_day) = (100_000, MANY);
    });
    stage.sim.instagram.configure(|options| {
        (options.image_delay, options.video_delay, options.carousel_delay) = (none, none, none);
        options.list_delay = none;
        (options.containers_per_day, options.quota_total, options.calls_per_day) = (MANY, MANY, MANY);
    });
    stage.sim.threads.configure(|options| {
        (options.text_delay, options.image_delay, options.video_delay) = (none, none, none);
        (options.list_delay, options.post_quota, options.reply_quota) = (none, MANY, MANY);
    });
    stage.sim.youtube.configure(|options| {
        (options.processing_delay, options.uploads_lag, options.search_lag) = (none, none, none);
        (options.insert_quota, options.unit_quota) = (100_000, 100_000);
    });
    stage.sim.tiktok.configure(|options| {
        (options.fetch_delay, options.processing_delay, options.moderation_delay) = (none, none, none);
        (options.posts_per_day, options.pending_shares) = (MANY, MANY);
        options.rates = tiktok::Rates { init: MANY, creator_info: MANY, status: MANY, display: MANY };
    });
    stage.sim.tiktok.verify("media.example");
    let many = u32::MAX / 2;
    stage.sim.bluesky.configure(|options| {
        (options.calls, options.sign_ins, options.sign_ins_a_day) = (many, many, many);
        (options.points, options.points_a_day, options.blobs_a_day) = (many, many, many);
    });
    stage.sim.mastodon.configure(|options| {
        options.processing_delay = none;
        (options.calls, options.uploads, options.deletes, options.statuses) = (many, many, many, many);
    });
    stage.sim.discord.configure(|options| (options.burst, options.messages_a_minute) = (many, many));
    stage.sim.telegram.configure(|options| {
        (options.calls_a_second, options.burst, options.messages_a_minute) = (many, many, many);
    });
    stage.sim.forem.open("dev.to").configure(|options| (options.creations, options.updates) = (many, many));
    stage.sim.slack.configure(|options| options.burst = many);
}

/// The accounts of a platform, each with the token to connect it with.
fn sign_up(stage: &Stage, platform: Platform, playlist: &mut String) -> Vec<(String, String)> {
    let sim = &stage.sim;
    let mut more = Vec::new();
    let usual = match platform {
        Platform::X => {
            more.push(("x-classic", classic(&sim.x)));
            sim.x.sign_up(x::SignUp { username: "acme", premium: true, ..x::SignUp::default() }).access_token
        }
        Platform::LinkedIn => {
            sim.linkedin.add_organization(123_456, "Acme");
            let mut editor = linkedin::SignUp { name: "Editor".to_owned(), ..linkedin::SignUp::default() };
            editor.organizations.push(linkedin::PageRole::new(123_456, "ADMINISTRATOR"));
            editor.scopes.extend(["w_organization_social", "r_organization_social"].map(str::to_owned));
            more.push(("linkedin-page", sim.linkedin.sign_up(editor).access_token));
            sim.linkedin.sign_up(linkedin::SignUp::default()).access_token
        }
        Platform::Facebook => {
            let page = facebook::NewPage { id: Some(PAGE), ..facebook::NewPage::default() };
            let ann = facebook::SignUp { pages: vec![page], ..facebook::SignUp::default() };
            sim.facebook.sign_up(ann).pages.remove(0).access_token
        }
        Platform::Instagram => {
            let username = "acme.page".to_owned();
            let linked = sim.instagram.sign_up(instagram::SignUp { username, ..instagram::SignUp::default() });
            let owner = sim.facebook.sign_up(facebook::SignUp::default());
            sim.instagram.link(&linked.id, &owner.pages[0].id);
            more.push(("instagram-page", owner.access_token));
            sim.instagram.sign_up(instagram::SignUp::default()).access_token
        }
        Platform::Threads => sim.threads.sign_up(threads::SignUp::default()).access_token,
        Platform::YouTube => {
            let channel = sim.youtube.sign_up(youtube::SignUp::default());
            *playlist = sim.youtube.add_playlist(&channel.channel_id, "Releases");
            channel.access_token
        }
        Platform::TikTok => sim.tiktok.sign_up(tiktok::SignUp::default()).access_token,
        Platform::Bluesky => {
            let ann = sim.bluesky.sign_up(bluesky::SignUp::default());
            serde_json::json!({ "identifier": ann.handle, "password": ann.app_password }).to_string()
        }
        Platform::Mastodon => sim.mastodon.sign_up(mastodon::SignUp::default()).access_token,
        Platform::Discord => sim.discord.sign_up(discord::SignUp::default()).address,
        Platform::Telegram => {
            let chat = telegram::ChatName::Public("acme_news".to_owned());
            sim.telegram.sign_up(telegram::SignUp { chat, ..telegram::SignUp::default() }).token
        }
        Platform::Forem => sim.forem.sign_up(forem::SignUp::default()).api_key,
        Platform::Slack => sim.slack.sign_up(slack::SignUp::default()).address,
    };
    let more = more.into_iter().map(|(name, token)| (name.to_owned(), token));
    [(account(platform), usual)].into_iter().chain(more).collect()
}

/// An account whose requests are signed (OAuth 1.0a).
fn classic(x: &x::X) -> String {
    let key = x.oauth1_token(x::DEFAULT_CLIENT_ID, "classic");
    serde_json::json!({
        "consumer_key": key.consumer_key,
        "consumer_secret": key.consumer_secret,
        "oauth_token": key.token,
        "oauth_token_secret": key.token_secret,
    })
    .to_string()
}
