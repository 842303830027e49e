//! The files an editor has open, over those on disk, and what follows from them. Reads a post anew when it, accounts.toml or
//! something beside it changed, and no other.

use std::collections::{BTreeMap, BTreeSet};

use lsp_types::{Diagnostic, Uri};

use super::{path, wire};
use crate::account::{Accounts, server};
use crate::content::{self, ACCOUNTS, Content, POSTS};
use crate::error::{Failure, Problem, Source};
use crate::language::Desk;
use crate::limits::Platform;
use crate::media;
use crate::post::{self, Post, PostId, variant};
use crate::repo::Repo;
use crate::repo::snapshot::Snapshot;

/// What is open.
pub(super) struct Open {
    repo: Repo,
    snapshot: Snapshot,
    /// The files the editor has open, by the names it has for them.
    buffers: BTreeMap<String, Uri>,
    /// As last read: accounts.toml may be beyond reading while somebody writes in it.
    accounts: Option<Accounts>,
    accounts_problems: Vec<Problem>,
    /// All posts, and texts of their own for some accounts.
    files: BTreeSet<String>,
    ids: BTreeMap<String, PostId>,
    /// Posts as they are now, by their files; read when somebody asks.
    posts: BTreeMap<String, Content>,
    /// Media files; `None` until somebody asks.
    media: Option<Vec<String>>,
    /// What the editor was told last.
    told: BTreeMap<String, (Uri, Vec<Diagnostic>)>,
}

impl Open {
    /// Looks at what is on disk.
    pub(super) fn new(repo: Repo) -> Result<Self, Failure> {
        let snapshot = Snapshot::at_hand(&repo);
        let mut open = Self {
            repo,
            snapshot,
            buffers: BTreeMap::new(),
            accounts: None,
            accounts_problems: Vec::new(),
            files: BTreeSet::new(),
            ids: BTreeMap::new(),
            posts: BTreeMap::new(),
            media: None,
            told: BTreeMap::new(),
        };
        open.look_again();
        Ok(open)
    }

    /// A file's text as it is in the editor; whether it is one of ours.
    pub(super) fn put(&mut self, uri: &Uri, text: String) -> bool {
        let Some(path) = path(&self.repo, uri) else { return false };
        self.snapshot.lay_over(&path, text);
        self.buffers.insert(path.clone(), uri.clone());
        self.changed(&path);
        true
    }

    /// The file counts as it is on disk again.
    pub(super) fn close(&mut self, uri: &Uri) -> bool {
        let Some(path) = path(&self.repo, uri) else { return false };
        self.snapshot.lift(&path);
        self.buffers.remove(&path);
        self.changed(&path);
        self.look_again();
        true
    }

    /// A file on disk is another now. One that is open counts as it is in the editor all the same.
    pub(super) fn changed_on_disk(&mut self, uri: &Uri) {
        if let Some(path) = path(&self.repo, uri).filter(|path| !self.buffers.contains_key(path)) {
            self.changed(&path);
        }
    }

    fn changed(&mut self, path: &str) {
        if path == ACCOUNTS || path.starts_with(server::FOLDER) {
            self.read_accounts();
            self.posts.clear();
        } else if self.files.insert(path.to_owned()) {
            // A file that was not there may be a text of its own for some account.
            self.posts.clear();
            self.read_id(path);
        } else {
            let post = self.post_of(path);
            self.posts.remove(&post);
            self.read_id(path);
        }
    }

    /// Something changed on disk: looks anew at which files there are, and reads those it did not know.
    pub(super) fn look_again(&mut self) {
        self.read_accounts();
        self.posts.clear();
        // A folder that cannot be listed holds nothing we could tell of.
        self.files = self.snapshot.files(POSTS, ".md").unwrap_or_default().into_iter().collect();
        self.media = None;
        self.ids.retain(|path, _| self.files.contains(path));
        let unknown: Vec<String> = self.files.iter().filter(|path| !self.ids.contains_key(*path)).cloned().collect();
        for path in unknown {
            self.read_id(&path);
        }
    }

    fn list_media(&self) -> Vec<String> {
        let is_media = |path: &String| media::extension(path).is_some_and(|its| media::promised(&its).is_some());
        self.snapshot.files("", "").unwrap_or_default().into_iter().filter(is_media).collect()
    }

    fn read_accounts(&mut self) {
        match content::read_accounts(&self.snapshot) {
            Ok((accounts, problems)) => {
                self.accounts = Some(accounts);
                self.accounts_problems = problems;
            }
            Err(failure) if failure.problems.is_empty() => {
                let text = self.text(ACCOUNTS).unwrap_or_default();
                let problem = Problem::error("unreadable", &Source::new(ACCOUNTS, text), failure.message);
                self.accounts_problems = vec![problem];
            }
            Err(failure) => self.accounts_problems = failure.problems,
        }
    }

    fn read_id(&mut self, path: &str) {
        if self.post_of(path) != path {
            return;
        }
        match self.read_post(path) {
            Some(post) => drop(self.ids.insert(path.to_owned(), post.id)),
            None => drop(self.ids.remove(path)),
        }
    }

    fn read_post(&self, path: &str) -> Option<Post> {
        let source = Source::new(path, self.text(path)?);
        post::parse(&source, self.accounts.as_ref().and_then(|accounts| accounts.defaults.timezone)).0
    }

    fn text(&self, path: &str) -> Option<String> {
        String::from_utf8(self.snapshot.read(path).ok()?).ok()
    }

    /// The post a file belongs to: itself, unless it is a text of its own for some account.
    fn post_of(&self, path: &str) -> String {
        let accounts = self.accounts.as_ref();
        let is_known = |name: &str| {
            accounts.is_some_and(|accounts| accounts.accounts.contains_key(name)) || Platform::named(name).is_some()
        };
        let variant = variant::variant_of(path, |path| self.files.contains(path), is_known);
        variant.map_or_else(|| path.to_owned(), |(post, _)| post)
    }

    /// Asks about an open file: with its text, and all that is known beside it.
    pub(super) fn ask<T>(&mut self, uri: &Uri, about: impl FnOnce(&str, &Desk<'_>) -> T) -> Option<T> {
        let path = path(&self.repo, uri).filter(|path| self.buffers.contains_key(path))?;
        let (text, post) = (self.text(&path)?, self.post_of(&path));
        self.read(&path);
        let media = self.media.take().unwrap_or_else(|| self.list_media());
        let media = self.media.insert(media);
        let content = self.posts.get(&post);
        let desk = Desk {
            path: &path,
            accounts: self.accounts.as_ref(),
            post: content.and_then(|content| content.posts.first()),
            offers: content.map_or(&[], |content| &content.offers),
            ids: &self.ids,
            media,
        };
        Some(about(&text, &desk))
    }

    /// Sees to it that the post a file belongs to is known as it is now.
    fn read(&mut self, path: &str) {
        let post = self.post_of(path);
        if path == ACCOUNTS || self.posts.contains_key(&post) {
            return;
        }
        let Some(accounts) = &self.accounts else { return };
        if let Ok(content) = Content::read_one(&self.snapshot, accounts, &self.files, &post) {
            self.posts.insert(post, content);
        }
    }

    /// The address an editor knows a file by.
    pub(super) fn uri(&self, path: &str) -> Option<Uri> {
        self.buffers.get(path).cloned().or_else(|| wire::uri(&self.repo.root().join(path)))
    }

    /// A text that spans are bytes of: accounts.toml as last read, else the file.
    pub(super) fn text_of(&self, path: &str) -> String {
        match &self.accounts {
            Some(accounts) if path == ACCOUNTS => accounts.source.text.to_string(),
            _ => self.text(path).unwrap_or_default(),
        }
    }

    /// The problems of each file whose problems are others than those told last: of open files, and always of accounts.toml.
    pub(super) fn news(&mut self) -> Vec<(Uri, Vec<Diagnostic>)> {
        let mut now: BTreeMap<String, (Uri, Vec<Diagnostic>)> = BTreeMap::new();
        for (path, uri) in self.buffers.clone() {
            self.read(&path);
            let problems = self.problems(&path).iter().map(wire::diagnostic).collect();
            now.insert(path, (uri, problems));
        }
        if let Some(uri) = self.uri(ACCOUNTS) {
            let problems = self.accounts_problems.iter().map(wire::diagnostic).collect();
            now.insert(ACCOUNTS.to_owned(), (uri, problems));
        }
        let closed = self.told.iter().filter(|(path, _)| !now.contains_key(*path));
        let closed = closed.map(|(_, (uri, _))| (uri.clone(), Vec::new()));
        let is_new = |(path, its): &(&String, &(Uri, Vec<Diagnostic>))| self.told.get(*path) != Some(*its);
        let news = closed.chain(now.iter().filter(is_new).map(|(_, its)| its.clone())).collect();
        self.told = now;
        news
    }

    fn problems(&self, path: &str) -> Vec<Problem> {
        let content = self.posts.get(&self.post_of(path));
        let own = content.into_iter().flat_map(|content| &content.problems);
        let own = own.filter(|problem| *problem.source.path == *path).cloned();
        own.chain(content.and_then(|content| content.posts.first()).and_then(|post| self.duplicate(post, path)))
            .collect()
    }

    /// That another post has the same id.
    fn duplicate(&self, post: &Post, path: &str) -> Option<Problem> {
        let (other, _) = self.ids.iter().find(|(other, id)| **id == post.id && ***other != *post.source.path)?;
        let both = [post.clone(), self.read_post(other)?];
        post::duplicates(&both).into_iter().find(|problem| *problem.source.path == *path)
    }
}
