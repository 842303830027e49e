//! Who stands on the stage of a rehearsal: an account of each simulator for every account of accounts.toml.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use crate::account::{Account, Accounts};
use crate::limits::{Limits, Platform};
use crate::platform::Identity;
use crate::sim::{
    Sim, bluesky, discord, facebook, forem, instagram, linkedin, mastodon, slack, telegram, threads, tiktok, x, youtube,
};

/// An account that can be posted to.
pub(super) struct Member {
    pub(super) identity: Identity,
    /// The platform's own id of whom the posts are shown to be from.
    pub(super) author: String,
    pub(super) token: String,
}

/// The accounts so far: no two of them are called alike.
#[derive(Default)]
pub(super) struct Cast {
    handles: BTreeSet<String>,
}

/// Platforms take their time; a rehearsal asks about posts, not about that.
pub(super) fn hurry(sim: &Sim) {
    let none = Duration::ZERO;
    sim.x.configure(|options| options.processing_delay = none);
    sim.linkedin.configure(|options| {
        options.processing_delay = none;
        // A rehearsal of another year does not ask how long this program's API version lives.
        options.active_versions = Some(0..=u32::MAX);
    });
    sim.facebook.configure(|options| {
        options.processing_delay = none;
        // What a link leads to is not on this machine.
        options.links_must_answer = false;
    });
    sim.instagram.configure(|options| {
        (options.image_delay, options.video_delay, options.carousel_delay) = (none, none, none);
    });
    sim.threads.configure(|options| {
        (options.text_delay, options.image_delay, options.video_delay) = (none, none, none);
    });
    sim.youtube.configure(|options| options.processing_delay = none);
    sim.tiktok.configure(|options| {
        (options.fetch_delay, options.processing_delay, options.moderation_delay) = (none, none, none);
    });
    sim.tiktok.verify(super::stage::MEDIA_HOST);
    sim.bluesky.configure(|options| {
        options.video_delay = none;
        // Tokens are not renewed here, and the acts of a rehearsal may be days apart.
        options.access_life = options.refresh_life;
    });
    // Nor how fast a person would read.
    sim.discord.configure(|options| (options.burst, options.messages_a_minute) = (u32::MAX, u32::MAX));
    sim.slack.configure(|options| options.burst = u32::MAX);
    sim.telegram.configure(|options| {
        (options.calls_a_second, options.burst, options.messages_a_minute) = (u32::MAX, u32::MAX, u32::MAX);
    });
}

/// Puts up the servers that accounts live on: under their own names, and each with the limits that it is known to have.
pub(super) async fn open_servers(sim: &mut Sim, accounts: &Accounts) -> io::Result<()> {
    for account in accounts.accounts.values().filter(|account| account.platform == Platform::Mastodon) {
        let server = sim.open_mastodon(&account.server, mastodon::Flavour::Mastodon).await?;
        server.configure(|options| {
            options.processing_delay = Duration::ZERO;
            limit(options, account.limits());
        });
    }
    for account in accounts.accounts.values().filter(|account| account.platform == Platform::Forem) {
        let server = sim.open_forem(&account.server).await?;
        server.configure(|options| (options.creations, options.updates) = (u32::MAX, u32::MAX));
    }
    Ok(())
}

fn limit(options: &mut mastodon::Options, limits: &Limits) {
    (options.max_characters, options.url_characters) = (limits.text_max, limits.url_length);
    options.description_limit = limits.alt_max;
    let most = |of: Option<u64>, own: u64| of.map_or(own, |figure| figure.max(own));
    for shape in limits.shapes {
        options.max_media = options.max_media.max(shape.images);
        options.image_matrix_limit = most(shape.image.pixels_max, options.image_matrix_limit);
        options.video_matrix_limit = most(shape.video.pixels_max, options.video_matrix_limit);
        for (own, of) in [
            (&mut options.image_size_limit, shape.image.bytes_max),
            (&mut options.video_size_limit, shape.video.bytes_max),
        ] {
            *own = of.and_then(|bytes| usize::try_from(bytes).ok()).map_or(*own, |bytes| bytes.max(*own));
        }
    }
    if let Some(poll) = limits.poll {
        (options.poll_options, options.poll_option_characters) = (poll.options.1, poll.option_max);
    }
}

impl Cast {
    /// A live account of the simulator; `None` where there is no simulator.
    pub(super) fn sign_up(&mut self, sim: &Sim, account: &Account) -> Option<Member> {
        let name = account.name.clone();
        let member = |id: String, author: Option<String>, token: String| Member {
            author: author.unwrap_or_else(|| id.clone()),
            identity: Identity { id, name: name.clone(), ..Identity::default() },
            token,
        };
        Some(match account.platform {
            Platform::X => {
                let username = self.handle(&account.name, 15);
                let premium = account.premium;
                let ann = sim.x.sign_up(x::SignUp { username: &username, premium, ..x::SignUp::default() });
                let mut member = member(ann.id, None, ann.access_token);
                member.identity.name = ann.username;
                member
            }
            Platform::LinkedIn => {
                let ann = sim.linkedin.sign_up(colleague(sim, account));
                let author = account.acts_as.clone().unwrap_or_else(|| format!("urn:li:person:{}", ann.id));
                member(ann.id, Some(author), ann.access_token)
            }
            Platform::Facebook => {
                let id = account.acts_as.as_deref().and_then(|id| id.parse().ok());
                let page = facebook::NewPage { id, name: account.name.clone(), ..facebook::NewPage::default() };
                let ann = sim.facebook.sign_up(facebook::SignUp { pages: vec![page], ..facebook::SignUp::default() });
                let page = ann.pages.into_iter().next()?;
                member(page.id, None, page.access_token)
            }
            Platform::Instagram => {
                let username = self.handle(&account.name, 30);
                let id = account.acts_as.as_deref().and_then(|id| id.parse().ok());
                let ann = sim.instagram.sign_up(instagram::SignUp { id, username, ..instagram::SignUp::default() });
                // Through a Page: Instagram's own login takes no videos as bytes.
                let owner = sim.facebook.sign_up(facebook::SignUp::default());
                let page = owner.pages.into_iter().next()?;
                sim.instagram.link(&ann.id, &page.id);
                let mut member = member(ann.id, None, page.access_token);
                member.identity.name = ann.username;
                member
            }
            Platform::Threads => {
                let username = self.handle(&account.name, 30);
                let ann = sim.threads.sign_up(threads::SignUp { username, ..threads::SignUp::default() });
                member(ann.id, None, ann.access_token)
            }
            Platform::YouTube => {
                let ann = sim.youtube.sign_up(youtube::SignUp::default());
                member(ann.channel_id, None, ann.access_token)
            }
            Platform::TikTok => {
                let username = self.handle(&account.name, 24);
                let ann = tiktok::Account { username, ..tiktok::Account::default() };
                let ann = sim.tiktok.sign_up(tiktok::SignUp { account: ann, ..tiktok::SignUp::default() });
                member(ann.open_id, None, ann.access_token)
            }
            Platform::Bluesky => {
                // A label of a host name: no `_`, and no `-` at its end.
                let name = account.name.get(..40).unwrap_or(&account.name).trim_end_matches(['.', '_', '-']);
                let handle = format!("{}.example", self.handle(name, 50).replace('_', "-"));
                let ann = sim.bluesky.sign_up(bluesky::SignUp { handle, ..bluesky::SignUp::default() });
                let mut member = member(ann.did, None, ann.access_jwt);
                (member.identity.name, member.identity.server) = (ann.handle, ann.pds.to_owned());
                member
            }
            Platform::Mastodon => {
                let username = self.handle(&account.name, 30);
                let server = account.server.clone();
                let ann = sim.mastodon.sign_up(mastodon::SignUp { server, username, ..mastodon::SignUp::default() });
                let mut member = member(ann.id, None, ann.access_token);
                member.identity.name = format!("{}@{}", ann.username, ann.server);
                member.identity.server = ann.server;
                member
            }
            Platform::Discord => {
                let hook = sim.discord.sign_up(discord::SignUp { name: name.clone(), ..discord::SignUp::default() });
                member(hook.id, None, hook.address)
            }
            Platform::Telegram => {
                let ann = sim.telegram.sign_up(chat(account));
                let mut member = member(ann.id.to_string(), Some(ann.chat.to_string()), ann.token);
                member.identity.name = ann.bot;
                member
            }
            Platform::Forem => {
                let (server, username) = (account.server.clone(), self.handle(&account.name, 30).to_lowercase());
                let ann = sim.forem.sign_up(forem::SignUp { server, username, ..forem::SignUp::default() });
                let mut member = member(ann.id.to_string(), None, ann.api_key);
                (member.identity.name, member.identity.server) = (ann.username, ann.server);
                member
            }
            Platform::Slack => {
                let hook = sim.slack.sign_up(slack::SignUp { channel: self.handle(&account.name, 80) });
                member(hook.id, None, hook.address)
            }
        })
    }

    /// A name of letters, digits and `_`, of as many as the platform takes, that nobody else has.
    fn handle(&mut self, name: &str, most: usize) -> String {
        let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let mut handle = plain[..plain.len().min(most)].to_owned();
        let mut number = 2;
        while !self.handles.insert(handle.to_lowercase()) {
            let tail = format!("{number}");
            handle = format!("{}{tail}", &plain[..plain.len().min(most - tail.len())]);
            number += 1;
        }
        handle
    }
}

/// A bot of Telegram, in the chat that the account publishes in.
fn chat(account: &Account) -> telegram::SignUp {
    let chat = account.acts_as.as_deref().unwrap_or_default();
    let chat = match chat.parse() {
        Ok(id) => telegram::ChatName::Private(id),
        Err(_) => telegram::ChatName::Public(chat.trim_start_matches('@').to_owned()),
    };
    telegram::SignUp { chat, title: account.name.clone(), ..telegram::SignUp::default() }
}

/// A member of LinkedIn, who may post for the organisation that the account acts for.
fn colleague(sim: &Sim, account: &Account) -> linkedin::SignUp {
    let mut sign_up = linkedin::SignUp { name: account.name.clone(), ..linkedin::SignUp::default() };
    let organization = account.acts_as.as_deref().and_then(|urn| urn.strip_prefix("urn:li:organization:"));
    if let Some(id) = organization.and_then(|id| id.parse().ok()) {
        sim.linkedin.add_organization(id, &account.name);
        sign_up.organizations.push(linkedin::PageRole::new(id, "ADMINISTRATOR"));
        sign_up.scopes.extend(["w_organization_social", "r_organization_social"].map(str::to_owned));
    }
    sign_up
}
