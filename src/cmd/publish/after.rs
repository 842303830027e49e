//! What a run leaves behind besides the ledger: notices to people, the mark for monitors, and what GitHub shows. None of it
//! changes what was published, nor the exit code.

use std::fs;
use std::path::PathBuf;

use crate::account::Notify;
use crate::cmd::{Context, github, report};
use crate::env;
use crate::error::Failure;
use crate::http::Http;
use crate::notice::{self, Cause, Notice, Shape, Told};
use crate::notify::{self, Letter, Way};
use crate::plan::Only;
use crate::repo::Repo;
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::{Change, Journal};
use crate::round::mark::{self, Mark};
use crate::vault::Secret;

/// Leaves the mark of a run that did something.
pub(super) fn marking(mark: Mark) -> Change {
    Box::new(move |branch| {
        let bytes = mark.after(Mark::read(branch)?.as_ref(), true);
        Ok(bytes.map(|bytes| Edit::Write { path: mark::PATH.to_owned(), bytes }).into_iter().collect())
    })
}

/// Where a run was.
pub(super) struct After<'a> {
    pub(super) context: &'a Context,
    pub(super) repo: &'a Repo,
    /// `None` where it could not be opened.
    pub(super) journal: Option<&'a Journal>,
    pub(super) notify: &'a Notify,
    pub(super) only: &'a [Only],
}

impl After<'_> {
    /// Tells people what they do not know yet, and writes down that, and how the run ended. `acted`: it did something, and that
    /// has not been marked yet. `is_whole`: the run came to its end, so that it knows of everything that needs somebody.
    pub(super) async fn tell(&self, http: &Http, causes: &[Cause], mark: Mark, acted: bool, is_whole: bool) {
        let mut told = self.told();
        told.forget(causes, self.only, is_whole);
        for way in notify::ways(self.notify) {
            let news = told.news(way.name(), causes, self.context.clock.now());
            if news.is_empty() {
                continue;
            }
            match self.send(http, way, &news).await {
                Ok(()) => told.note(way.name(), &news, self.context.clock.now()),
                Err(failure) => self.warn(&format!("the {} could not be told", way.name()), &failure),
            }
        }
        if let Err(failure) = self.keep(&told, mark, acted).await {
            self.warn("how the run ended could not be written down", &failure);
        }
    }

    async fn send(&self, http: &Http, way: Way<'_>, news: &[&Cause]) -> Result<(), Failure> {
        let variable = way.variable();
        let address = env::read(variable)
            .ok_or_else(|| Failure::new(crate::error::Kind::Content, format!("{variable} is not set here")))?;
        let place = self.place();
        let page = github::page();
        let notice = Notice { causes: news.to_vec(), place: &place, page: page.as_deref() };
        let letter = Letter { subject: notice.subject(), text: notice.text() };
        way.send(http, &Secret::new(address), &letter, |host, path| notice.json(Shape::of(host, path))).await
    }

    /// The repository as people know it.
    fn place(&self) -> String {
        match self.repo.remote() {
            Ok(Some(remote)) => remote.address(),
            _ => self.repo.root().display().to_string(),
        }
    }

    /// What was told: by the state branch, and by this clone where that could not be written.
    fn told(&self) -> Told {
        let mut told = Told::default();
        if let Some(bytes) = self.branch().and_then(|branch| branch.read(notice::PATH).ok()?) {
            told.add(Told::read(&bytes));
        }
        if let Some(bytes) = self.here().and_then(|path| fs::read(path).ok()) {
            told.add(Told::read(&bytes));
        }
        told
    }

    fn branch(&self) -> Option<Branch> {
        self.journal?.branch().ok()
    }

    /// The memory of this clone alone.
    fn here(&self) -> Option<PathBuf> {
        Some(self.repo.folder("").ok()?.join(notice::PATH))
    }

    /// One commit for both, if there is anything to say; a branch that nobody has
    /// begun is not begun for it, and the run has said why one of a newer version is left alone.
    async fn keep(&self, told: &Told, mark: Mark, acted: bool) -> Result<(), Failure> {
        let may_write = |branch: Branch| branch.tip().is_some() && branch.check_writable().is_ok();
        let begun = self.journal.filter(|journal| journal.branch().is_ok_and(may_write));
        let kept = match begun {
            None => Ok(false),
            Some(journal) => {
                let told = told.clone();
                let change = move |branch: &Branch| {
                    let write = |path: &str, bytes| Edit::Write { path: path.to_owned(), bytes };
                    let old = Mark::read(branch)?;
                    let mark = mark.after(old.as_ref(), acted).map(|bytes| write(mark::PATH, bytes));
                    let known = branch.read(notice::PATH)?.map(|bytes| Told::read(&bytes)).unwrap_or_default();
                    let notices = (known != told).then(|| write(notice::PATH, told.write()));
                    Ok(mark.into_iter().chain(notices).collect())
                };
                crate::run::write::settled(journal.commit(Box::new(change)).await).map(|_| true)
            }
        };
        let Some(path) = self.here() else { return kept.map(drop) };
        // What the branch has need not be remembered here; what it has not, must.
        let is_kept = matches!(kept, Ok(true));
        let written = match is_kept || *told == Told::default() {
            true => fs::remove_file(&path).or_else(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            }),
            false => fs::write(&path, told.write()),
        };
        if let Err(error) = written {
            tracing::warn!(%error, "what was told is not remembered here");
        }
        kept.map(drop)
    }

    fn warn(&self, what: &str, failure: &Failure) {
        let why = std::iter::once(failure.message.as_str()).chain(failure.causes.iter().map(String::as_str));
        let why = why.collect::<Vec<_>>().join(": ");
        self.context.complain(&format!("warning: {what}: {}", report::printable(&why)));
        self.context.complain("hint: what was published is published; the next run tries it again");
    }
}
