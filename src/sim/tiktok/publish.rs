//! One post on its way: what has come in so far, and how far it is at a given time.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::film::Film;
use super::state::State;
use super::upload::Upload;
use super::wishes::Wishes;

/// A post from its init on.
pub(super) struct Publish {
    pub(super) id: String,
    pub(super) client_key: String,
    pub(super) account: usize,
    /// Goes to the inbox as a draft, not to readers.
    pub(super) inbox: bool,
    pub(super) photos: bool,
    pub(super) wishes: Wishes,
    pub(super) source: Source,
    pub(super) made: SystemTime,
    /// When all bytes were here.
    pub(super) complete: Option<SystemTime>,
    pub(super) media: Vec<Medium>,
    /// Of a video that could be read.
    pub(super) film: Option<Film>,
    /// Why processing will fail, if it will.
    pub(super) verdict: Option<String>,
    processing_delay: Duration,
    moderation_delay: Duration,
    /// Processing does not end.
    stuck: bool,
    /// Ended before its time, and why.
    ended: Option<(SystemTime, &'static str)>,
    /// When the owner posted the draft, in the app.
    pub(super) handed_on: Option<SystemTime>,
    /// The owner has deleted the post or the draft.
    pub(super) gone: bool,
    pub(super) post_id: u64,
}

/// Where the bytes come from.
pub(super) enum Source {
    Upload(Upload),
    Pull(Vec<String>),
}

/// A file that has come in.
pub(super) struct Medium {
    pub(super) mime: String,
    pub(super) bytes: Arc<[u8]>,
}

/// How far a post is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase<'a> {
    /// Bytes are coming in or being processed.
    Working,
    Inbox,
    /// Since when.
    Published(SystemTime),
    Failed(&'a str),
}

impl Publish {
    /// Begins a post; its id starts with `prefix`.
    pub(super) fn begin(
        state: &mut State,
        prefix: &str,
        (account, client_key): (usize, &str),
        wishes: Wishes,
        source: Source,
    ) -> Self {
        let verdict = (!state.options.fail_next.is_empty()).then(|| state.options.fail_next.remove(0));
        Self {
            id: format!("{prefix}~v2.{}", state.fresh_id()),
            client_key: client_key.to_owned(),
            account,
            inbox: prefix.contains("_inbox_"),
            photos: prefix.starts_with("p_"),
            wishes,
            source,
            made: state.now,
            complete: None,
            media: Vec::new(),
            film: None,
            verdict,
            processing_delay: state.options.processing_delay,
            moderation_delay: state.options.moderation_delay,
            stuck: state.options.stuck,
            ended: None,
            handed_on: None,
            gone: false,
            post_id: state.fresh_id(),
        }
    }

    pub(super) fn phase(&self, now: SystemTime) -> Phase<'_> {
        if let Some((_, why)) = self.ended {
            return Phase::Failed(why);
        }
        let Some(done) = self.done().filter(|done| *done <= now) else { return Phase::Working };
        match (&self.verdict, self.inbox, self.handed_on) {
            (Some(why), ..) => Phase::Failed(why),
            (None, true, None) => Phase::Inbox,
            (None, _, handed_on) => Phase::Published(handed_on.unwrap_or(done)),
        }
    }

    /// When processing is over.
    fn done(&self) -> Option<SystemTime> {
        self.complete.filter(|_| !self.stuck).map(|at| at + self.processing_delay)
    }

    pub(super) fn is_final(&self, now: SystemTime) -> bool {
        matches!(self.phase(now), Phase::Published(_) | Phase::Failed(_))
    }

    /// Whether anybody may see it and moderation has let it pass.
    pub(super) fn is_public(&self, now: SystemTime) -> bool {
        let passed = matches!(self.phase(now), Phase::Published(at) if at + self.moderation_delay <= now);
        passed && !self.gone && self.wishes.privacy == "PUBLIC_TO_EVERYONE"
    }

    /// Whether its upload can never be finished.
    pub(super) fn is_abandoned(&self, now: SystemTime) -> bool {
        matches!(&self.source, Source::Upload(upload) if self.complete.is_none() && upload.expires <= now)
    }

    /// Ends it as a failure, unless it has come to an end already.
    pub(super) fn end(&mut self, now: SystemTime, why: &'static str) {
        if !self.is_final(now) && !matches!(self.phase(now), Phase::Inbox) {
            self.ended = Some((now, why));
        }
    }

    /// All bytes are here.
    pub(super) fn complete(&mut self, now: SystemTime, media: Vec<Medium>, verdict: Option<&str>) {
        self.media = media;
        self.complete = Some(now);
        // A scripted failure comes first.
        self.verdict = self.verdict.take().or_else(|| verdict.map(str::to_owned));
    }
}
