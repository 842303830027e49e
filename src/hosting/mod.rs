//! Where platforms that fetch media by address find them: at a public address of the repository's files, or in a bucket
//! that lends them. An address is looked at as the platform will before it is given away. No token of ours comes here.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::account::MediaHost;
use crate::clock::Clock;
use crate::env;
use crate::error::{Failure, Kind};
use crate::http::{Ask, Files, Http, Outcome, Progress, Visit};
use crate::limits::Fetcher;
use crate::platform::Reply;
use crate::vault::Secret;

mod bucket;
mod look;
mod robots;

use bucket::Store;
use look::Place;
use robots::Robots;

/// So long after a commit a site may still be built from an older one.
const BUILDING: TimeDelta = TimeDelta::hours(1);
/// Bytes of a robots.txt that are read; RFC 9309 asks for no more.
const ROBOTS_BYTES_MAX: usize = 500 * 1024;
/// Redirects of a robots.txt that are followed (RFC 9309, section 2.3.1.2).
const ROBOTS_REDIRECTS_MAX: usize = 5;

/// A media file that a platform shall fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Path from the repository's root.
    pub path: &'a str,
    /// In hex.
    pub sha256: &'a str,
    pub bytes: u64,
    pub mime: &'a str,
}

/// The commit whose files are published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// All forty digits.
    pub id: String,
    pub at: DateTime<Utc>,
}

/// What opens the bucket.
#[derive(Clone, Debug)]
pub struct Keys {
    pub id: Secret,
    pub secret: Secret,
}

impl Keys {
    /// From the environment; `None` unless both variables are set.
    pub fn from_env() -> Option<Self> {
        let read = |name| env::read(name).map(|value| Secret::new(value.trim()));
        Some(Self { id: read(env::S3_ACCESS_KEY_ID)?, secret: read(env::S3_SECRET_ACCESS_KEY)? })
    }
}

/// Where media can be fetched.
pub struct Hosting<'a> {
    http: &'a Http,
    clock: Clock,
    files: Arc<dyn Files>,
    media: &'a MediaHost,
    keys: Option<Keys>,
    commit: Commit,
    /// What each host's robots.txt says.
    robots: Mutex<BTreeMap<String, Robots>>,
}

impl<'a> Hosting<'a> {
    pub fn new(
        http: &'a Http,
        clock: Clock,
        files: Arc<dyn Files>,
        media: &'a MediaHost,
        keys: Option<Keys>,
        commit: Commit,
    ) -> Self {
        Self { http, clock, files, media, keys, commit, robots: Mutex::default() }
    }

    /// An address at which the platform will get the file; it has been looked at just now. One that a bucket lends holds
    /// for a day, and opens the file for whoever knows it.
    ///
    /// # Errors
    /// What keeps the platform from getting it: [`Kind::Later`] where that passes by itself, [`Kind::Person`] where
    /// somebody must act, [`Kind::Content`] where accounts.toml or the file is wrong.
    pub async fn address(&self, wanted: &Wanted<'_>, fetcher: Fetcher, progress: Progress<'_>) -> Result<Url, Failure> {
        let recent = self.clock.now() - self.commit.at < BUILDING;
        let (url, place) = match (&self.media.bucket, &self.media.public_url) {
            (Some(bucket), _) => {
                let store = Store::new(bucket, self.keys.as_ref().ok_or_else(no_keys)?)?;
                (store.lend(self.http, self.clock.now(), wanted, &self.files, progress).await?, Place::Bucket)
            }
            (None, Some(template)) => (fill(&template.value, wanted, &self.commit.id)?, Place::Site { recent }),
            (None, None) => return Err(no_place(wanted.path)),
        };
        if fetcher.robots {
            self.is_let_in(&url, fetcher.agent).await?;
        }
        let visit = Visit { url: &url, agent: fetcher.agent, ask: Ask::Get { first: look::FIRST_BYTES } };
        let reply = answered(self.http.visit(visit).await?, &url)?;
        look::judge(&url, &reply, wanted, place)?;
        Ok(url)
    }

    /// Whether the host's robots.txt lets the platform fetch.
    async fn is_let_in(&self, url: &Url, agent: &str) -> Result<(), Failure> {
        let origin = url.origin().ascii_serialization();
        let known = self.robots.lock().unwrap_or_else(PoisonError::into_inner).get(&origin).cloned();
        let robots = match known {
            Some(robots) => robots,
            None => self.read_robots(url, agent).await?,
        };
        let allowed = robots.allow(agent, &url[url::Position::BeforePath..url::Position::AfterQuery]);
        self.robots.lock().unwrap_or_else(PoisonError::into_inner).insert(origin, robots);
        if allowed {
            return Ok(());
        }
        let (host, name) = (url.host_str().unwrap_or_default(), agent.split(['/', ' ']).next().unwrap_or_default());
        Err(Failure::new(Kind::Person, format!("the robots.txt of {host} keeps {name} from {}", shown(url)))
            .hint(format!("let it in there: `User-agent: {name}`, and below it `Allow: /`")))
    }

    /// A host without a robots.txt lets everybody in; one that cannot be asked, nobody (RFC 9309, section 2.3.1).
    async fn read_robots(&self, url: &Url, agent: &str) -> Result<Robots, Failure> {
        let mut at = url.clone();
        at.set_path("/robots.txt");
        at.set_query(None);
        for _ in 0..=ROBOTS_REDIRECTS_MAX {
            let visit = Visit { url: &at, agent, ask: Ask::Get { first: ROBOTS_BYTES_MAX } };
            let reply = answered(self.http.visit(visit).await?, &at)?;
            match reply.status {
                200..300 => return Ok(Robots::parse(&reply.body)),
                300..400 => match reply.header("location").and_then(|location| at.join(location).ok()) {
                    Some(next) if next.scheme() == "https" => at = next,
                    _ => break,
                },
                400..500 => break,
                status => {
                    let message = format!("{} cannot be read ({status}), and without it nobody is let in", shown(&at));
                    return Err(
                        Failure::new(Kind::Later, message).hint("nothing was published; try again in some minutes")
                    );
                }
            }
        }
        Ok(Robots::default())
    }
}

fn no_keys() -> Failure {
    let (id, secret) = (env::S3_ACCESS_KEY_ID, env::S3_SECRET_ACCESS_KEY);
    Failure::new(Kind::Person, format!("the bucket cannot be opened: {id} or {secret} is not set"))
        .hint("set both; in CI, as secrets of the repository")
}

fn no_place(path: &str) -> Failure {
    Failure::new(Kind::Content, format!("the platform fetches {path} by its address, and accounts.toml names none"))
        .hint("public repository: `[media] public_url = \"https://raw.githubusercontent.com/OWNER/REPOSITORY/{commit}/{path}\"`")
        .hint("private repository: a bucket that lends media, `[media.bucket]`")
}

/// The template with a file's values in it; every segment of the path is percent-encoded.
fn fill(template: &str, wanted: &Wanted<'_>, commit: &str) -> Result<Url, Failure> {
    const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let segments: Vec<String> =
        wanted.path.split('/').map(|segment| utf8_percent_encode(segment, SEGMENT).to_string()).collect();
    // The path last, as a file's name may hold braces: they are encoded by then.
    let filled = template.replace("{commit}", commit).replace("{sha256}", wanted.sha256);
    let filled = filled.replace("{path}", &segments.join("/"));
    Url::parse(&filled).map_err(|error| {
        Failure::new(Kind::Content, format!("`[media] public_url` gives no address for {}", wanted.path)).cause(error)
    })
}

fn answered(outcome: Outcome, url: &Url) -> Result<Reply, Failure> {
    match outcome {
        Outcome::Answered(reply) => Ok(reply),
        Outcome::NotSent(why) | Outcome::Unclear(why) => Err(unreached(url, &why)),
    }
}

fn unreached(url: &Url, why: &str) -> Failure {
    Failure::new(Kind::Later, format!("{} cannot be reached", url.host_str().unwrap_or_default()))
        .cause(why)
        .hint("nothing was published; if it stays so, look at `[media]` in accounts.toml")
}

/// An address as it may be told: without its query, which may open something.
fn shown(url: &Url) -> &str {
    &url[..url::Position::AfterPath]
}

#[cfg(test)]
mod tests;
