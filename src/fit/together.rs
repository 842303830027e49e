//! Fits a post to all its targets: what several of them have in common is done once. Knows no more than [`super::fit`] does.

use std::ops::Deref;
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::{Fitting, Rendition, fit_text};
use crate::account::{Account, Hosted};
use crate::error::Problem;
use crate::media::Library;
use crate::post::Body;
use crate::post::body::{self, Document};
use crate::post::target::Target;

/// A rendition that no one changes any more, shared by all targets that are sent the same.
#[derive(Clone, Debug)]
pub struct Fitted(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    rendition: Rendition,
    fingerprint: OnceLock<String>,
}

impl Fitted {
    /// [`Rendition::fingerprint`], told once for all that share it.
    pub fn fingerprint(&self) -> &str {
        self.0.fingerprint.get_or_init(|| self.0.rendition.fingerprint())
    }
}

impl Deref for Fitted {
    type Target = Rendition;

    fn deref(&self) -> &Rendition {
        &self.0.rendition
    }
}

impl From<Rendition> for Fitted {
    fn from(rendition: Rendition) -> Self {
        Self(Arc::new(Shared { rendition, fingerprint: OnceLock::new() }))
    }
}

/// [`super::fit`] for all targets of one post, in their order.
pub fn fit_all(
    targets: &[(&Target, &Account)],
    hosted: Hosted,
    library: &Library,
) -> Vec<(Option<Fitted>, Vec<Problem>)> {
    let mut texts: Vec<Text<'_>> = Vec::new();
    let mut all: Vec<(Option<Fitted>, Vec<Problem>)> = Vec::with_capacity(targets.len());
    for &(target, account) in targets {
        let twin = targets.iter().zip(&all).find(|((other, its), (fitted, problems))| {
            // Problems may name an account.
            fitted.is_some() && problems.is_empty() && are_sent_the_same((target, account), (other, its))
        });
        if let Some((_, (fitted, _))) = twin {
            all.push((fitted.clone(), Vec::new()));
            continue;
        }
        let in_thread = Fitting::new(target, account).is_thread();
        let read = texts.iter().position(|text| text.in_thread == in_thread && is_same(text.body, &target.body));
        let read = read.unwrap_or_else(|| {
            let (document, problems) = body::parse(&target.body, in_thread);
            texts.push(Text { body: &target.body, in_thread, document, problems });
            texts.len() - 1
        });
        let Text { document, problems, .. } = &texts[read];
        let (rendition, problems) = fit_text(target, account, hosted, library, document, problems.clone());
        all.push((rendition.map(Fitted::from), problems));
    }
    all
}

/// A body as it was read for the first target that has it.
struct Text<'a> {
    body: &'a Arc<Body>,
    in_thread: bool,
    document: Document,
    problems: Vec<Problem>,
}

/// Whether nothing that a rendition is made of tells two targets of one post apart.
fn are_sent_the_same((target, account): (&Target, &Account), (other, its): (&Target, &Account)) -> bool {
    // All fields stand here, so that whoever adds one has to decide.
    let Target { post, account: _, platform, source, wishes, body } = target;
    let Account {
        name: _,
        platform: _,
        span: _,
        acts_as,
        server: _,
        row: _,
        slots: _,
        hush: _,
        spacing: _,
        posts: _,
        paused: _,
        append_hashtags,
        premium,
    } = account;
    ptr::eq(account.limits(), its.limits())
        && (platform, acts_as, append_hashtags, premium)
            == (&other.platform, &its.acts_as, &its.append_hashtags, &its.premium)
        && (post, source) == (&other.post, &other.source)
        && is_same(body, &other.body)
        && is_same(wishes, &other.wishes)
}

/// Mostly it is one value.
fn is_same<T: PartialEq>(one: &Arc<T>, other: &Arc<T>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}
