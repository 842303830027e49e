//! One post as it is on disk: what each of its targets would be sent, when, and all that is wrong with it.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::cmd::open;
use crate::content::{ACCOUNTS, Content, Stock};
use crate::error::{Failure, Problem};
use crate::fit::count::Count;
use crate::fit::{self, Media};
use crate::http::Files as _;
use crate::plan::Offer;
use crate::plan::when::{how_long, when};
use crate::platform::FileRange;
use crate::post::{Post, Schedule, target::Target};
use crate::repo::Repo;
use crate::repo::snapshot::Snapshot;

/// A post and everything it is made of.
pub(super) struct Proof {
    /// The post's file.
    pub(super) path: String,
    pub(super) content: Content,
    stock: Stock,
}

impl Proof {
    /// Reads what is on disk. `asked`: a post's file, that of a text of its own for some account, or an id.
    ///
    /// # Errors
    /// When there is no such post, or accounts.toml cannot be read.
    pub(super) fn read(repo: &Repo, asked: &str) -> Result<Self, Failure> {
        let snapshot = Snapshot::on_disk(repo);
        let mut content = Content::read(&snapshot)?;
        let stock = Stock::from(snapshot);
        let path = find(repo, &content, asked)?;
        content.make_smaller(&stock, |offer| offer.path == path);
        Ok(Self { path, content, stock })
    }

    fn post(&self) -> Option<&Post> {
        self.content.posts.iter().find(|post| *post.source.path == *self.path)
    }

    /// `None` where the front matter cannot be read at all.
    pub(super) fn id(&self) -> Option<&str> {
        self.post().map(|post| post.id.as_str())
    }

    /// What people call it.
    pub(super) fn title(&self) -> &str {
        let title = self.post().and_then(|post| post.wishes.title.as_ref()).map(|title| title.value.as_str());
        title.filter(|title| !title.is_empty()).or(self.id()).unwrap_or(&self.path)
    }

    /// The post with each of its targets.
    pub(super) fn offers(&self) -> impl Iterator<Item = &Offer> {
        self.content.offers.iter().filter(|offer| offer.path == self.path)
    }

    /// All that is wrong with the post, and the errors of accounts.toml.
    pub(super) fn problems(&self) -> impl Iterator<Item = &Problem> {
        let own: BTreeSet<&str> = self.sources().collect();
        self.content.problems.iter().filter(move |problem| {
            let path = &*problem.source.path;
            own.contains(path) || (path == ACCOUNTS && problem.is_error())
        })
    }

    /// What is wrong with all targets alike.
    pub(super) fn common_problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems().filter(|problem| !self.offers().any(|offer| offer.problems.contains(problem)))
    }

    /// The files the texts stand in.
    fn sources(&self) -> impl Iterator<Item = &str> {
        let variants = self.post().into_iter().flat_map(|post| post.variants.values());
        std::iter::once(self.path.as_str()).chain(variants.map(|body| &*body.source.path))
    }

    /// Every file that the proof is made of, or would be if it were there.
    pub(super) fn files(&self) -> BTreeSet<String> {
        let media = fit::media_paths(self.offers().map(|offer| &offer.target));
        self.sources().map(str::to_owned).chain([ACCOUNTS.to_owned()]).chain(media).collect()
    }

    /// The texts of a target with their lengths, also where they do not fit.
    pub(super) fn lengths(&self, offer: &Offer) -> Vec<(String, Count)> {
        let account = self.content.accounts.accounts.get(&offer.target.account);
        account.map(|account| fit::measure(&offer.target, account)).unwrap_or_default()
    }

    fn waits_for_a_slot(&self, offer: &Offer) -> bool {
        let post = self.content.posts.iter().find(|post| post.id == offer.post);
        post.and_then(|post| post.schedule.as_ref()).is_some_and(|schedule| schedule.value == Schedule::NextSlot)
    }

    /// When a target goes out by what is written, a sentence without a full stop.
    pub(super) fn when(&self, offer: &Offer, now: DateTime<Utc>) -> String {
        let account = self.content.accounts.accounts.get(&offer.target.account);
        if is_draft(&offer.target) {
            return "a draft: not published".to_owned();
        }
        if account.is_some_and(|account| account.paused) {
            return "held: the account is paused in accounts.toml".to_owned();
        }
        match offer.due {
            _ if offer.on_merge => "goes out as soon as it is merged".to_owned(),
            None if self.waits_for_a_slot(offer) => "goes out at the next free slot".to_owned(),
            None => "held: no `schedule` that says when".to_owned(),
            Some(due) if due > now => {
                format!("goes out {}, in {}", when(due, &offer.zone), how_long(due - now))
            }
            Some(due) => format!("was due {}, {} ago", when(due, &offer.zone), how_long(now - due)),
        }
    }

    /// The bytes of a file as it is sent; `None` where it cannot be read.
    pub(super) fn bytes(&self, media: &Media) -> Option<Arc<[u8]>> {
        let mut bytes = Vec::new();
        let file = FileRange { path: media.path.clone(), range: 0..media.bytes };
        self.stock.open(&file).and_then(|mut file| file.read_to_end(&mut bytes)).ok()?;
        Some(bytes.into())
    }
}

fn is_draft(target: &Target) -> bool {
    target.wishes.draft.as_ref().is_some_and(|draft| draft.value)
}

/// The file of the post that is meant.
fn find(repo: &Repo, content: &Content, asked: &str) -> Result<String, Failure> {
    let by_id = || content.posts.iter().find(|post| post.id.as_str() == asked);
    let Ok(path) = open::existing(repo, Path::new(asked)) else {
        let post = by_id().ok_or_else(|| open::no_such_post(asked, content))?;
        return Ok(post.source.path.to_string());
    };
    if content.paths.contains(&path) {
        return Ok(path);
    }
    let owns = |post: &&Post| post.variants.values().any(|body| *body.source.path == *path);
    let post = content.posts.iter().find(owns).or_else(by_id).ok_or_else(|| open::no_such_post(asked, content))?;
    Ok(post.source.path.to_string())
}
