//! What other tools keep of posts -> files of posts, for review. Knows their formats and our front matter; opens no file, asks no
//! clock and no network, and does not know what is there already.
//!
//! Each source has a file here and reads to [`Found`]s, which are all alike; [`files`] makes posts of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::account::Accounts;
use crate::error::{Problem, Source};
use crate::post;

pub mod feed;
mod file;
mod html;
mod markdown;
pub mod sheet;
pub mod tweets;

/// Where imported posts are put; they may be moved from there, since they have ids.
pub const FOLDER: &str = "posts/imported/";

/// A post as its source has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Where it stands in its source, for people: `row 3`, `tweets/hello.tweet`.
    pub at: String,
    /// What its file is named after: a few words.
    pub name: String,
    /// What makes it itself in its source: the same whenever it is read again.
    pub key: String,
    pub title: Option<String>,
    /// Plain texts; several are a thread.
    pub parts: Vec<String>,
    pub when: Option<When>,
    /// Whether whatever kept it has published it, whatever `when` says.
    pub is_out: bool,
    /// Names of accounts; empty: the repository's defaults.
    pub targets: Vec<String>,
    pub link: Option<String>,
    pub first_comment: Option<String>,
    pub reply_to: Option<String>,
    pub quote_of: Option<String>,
    pub repost_of: Option<String>,
    /// The answers of a poll; empty: none.
    pub poll: Vec<String>,
    /// Files that come along with the source.
    pub media: Vec<Medium>,
    /// Media that lie somewhere on the web.
    pub elsewhere: Vec<Elsewhere>,
    /// What is not taken over, as sentences without a stop.
    pub notes: Vec<String>,
}

/// An instant, and the zone it was written in (an IANA name or an offset).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    pub instant: DateTime<Utc>,
    pub zone: String,
}

/// A media file beside the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    /// From the source's root, and from ours: `media/cat.jpg`.
    pub path: String,
    pub alt: Option<String>,
    /// From 1.
    pub part: usize,
}

/// A media file somewhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    pub address: String,
    pub alt: Option<String>,
}

/// What the files depend on besides what was found.
#[derive(Clone, Debug)]
pub struct Around<'a> {
    pub now: DateTime<Utc>,
    pub accounts: &'a Accounts,
    /// Names of accounts that all of it is meant for, whatever the source says; empty: as the source says.
    pub targets: &'a [String],
    /// What kind of source it is, a part of every id: the same row of two kinds of source is two posts.
    pub kind: &'static str,
}

/// A post's file, not yet written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub id: String,
    /// From the repository's root.
    pub path: String,
    pub text: String,
    /// Where it stood in its source.
    pub at: String,
    pub standing: Standing,
    /// Names of accounts; empty: the repository's defaults.
    pub targets: Vec<String>,
    pub media: Vec<Medium>,
    pub notes: Vec<String>,
}

/// What becomes of an imported post once it is merged as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Never published: it is out already, or something is missing.
    Draft,
    /// Published when its time comes.
    Scheduled,
    /// Waits for somebody to write a schedule.
    Held,
}

impl Standing {
    /// The word people read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Held => "held",
        }
    }
}

/// Makes the files. What a source has twice is made once.
///
/// # Errors
/// What our own reader would say of them: the source holds something no post can say.
pub fn files(found: &[Found], around: &Around<'_>) -> Result<Vec<File>, Vec<Problem>> {
    let mut files: Vec<File> = Vec::with_capacity(found.len());
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut problems = Vec::new();
    for post in found {
        let file = file::file(post, around);
        if let Some(same) = first.get(&file.id) {
            let note = format!("{} is the same post again, and left out", file.at);
            files[*same].notes.push(note);
            continue;
        }
        problems.extend(unreadable(post, &file, around));
        first.insert(file.id.clone(), files.len());
        files.push(file);
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

/// What is wrong in a file we made, told of its source too.
fn unreadable(post: &Found, file: &File, around: &Around<'_>) -> Vec<Problem> {
    let source = Source::new(file.path.as_str(), file.text.as_str());
    let (_, problems) = post::parse(&source, around.accounts.defaults.timezone);
    let told = |mut problem: Problem| {
        problem.message = format!("{} would make a post in which {}", post.at, problem.message);
        problem
    };
    problems.into_iter().filter(Problem::is_error).map(told).collect()
}

#[cfg(test)]
pub(crate) fn accounts(text: &str) -> Accounts {
    crate::account::parse(&Source::new("accounts.toml", format!("schema = 1\n{text}"))).0.unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(found: &[Found]) -> Result<Vec<File>, Vec<Problem>> {
        let accounts = accounts("[defaults]\ntimezone = \"Europe/Amsterdam\"\n[accounts.acme]\nplatform = \"x\"\n");
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        files(found, &Around { now, accounts: &accounts, targets: &[], kind: "csv" })
    }

    fn tea() -> Found {
        Found {
            at: "row 2".to_owned(),
            name: "Tea time".to_owned(),
            key: "tea".to_owned(),
            parts: vec!["Tea.".to_owned()],
            ..Found::default()
        }
    }

    #[test]
    fn what_a_source_has_twice_is_made_once() {
        let again = Found { at: "row 7".to_owned(), ..tea() };
        let files = made(&[tea(), again]).unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].notes, ["row 7 is the same post again, and left out"]);
    }

    #[test]
    fn what_no_post_can_say_is_told_with_its_place_in_the_source() {
        let problems = made(&[Found { link: Some("tea shop".to_owned()), ..tea() }]).unwrap_err();
        let told: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(told, ["row 2 would make a post in which `tea shop` is no web address"]);
    }
}
