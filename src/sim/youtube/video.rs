//! One video: what was said about it, what its file is, and what time makes of it. How it is shown to callers is
//! `render`'s.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::captions::Caption;
use super::film::{self, Film};
use super::metadata::{Draft, text};
use super::options::Processing;
use super::state::{Channel, State};
use super::thumbnails::Thumbnail;

/// Longer films need a verified channel.
const UNVERIFIED_LENGTH: Duration = Duration::from_secs(15 * 60);
/// Longer films nobody may upload.
const LENGTH_MAX: Duration = Duration::from_secs(12 * 3_600);

pub(super) struct Video {
    pub(super) id: String,
    pub(super) channel: String,
    /// Grows from video to video.
    pub(super) number: u64,
    pub(super) snippet: Map<String, Value>,
    /// As last set; the privacy that counts now is `privacy`.
    pub(super) status: Map<String, Value>,
    pub(super) localizations: Map<String, Value>,
    pub(super) recording: Map<String, Value>,
    pub(super) paid: Map<String, Value>,
    pub(super) privacy: String,
    pub(super) publish_at: Option<SystemTime>,
    pub(super) created: SystemTime,
    /// Since when it can be seen without being its owner, if it ever could.
    pub(super) published: Option<SystemTime>,
    /// It was public at some time: it cannot be scheduled any more.
    was_public: bool,
    /// It cannot be made anything but private.
    pub(super) locked: bool,
    pub(super) notify: bool,
    pub(super) file: File,
    ready: SystemTime,
    end: Processing,
    /// As `suggestions.processingErrors` has them.
    pub(super) processing_errors: Vec<&'static str>,
    pub(super) thumbnail: Option<Thumbnail>,
    pub(super) captions: Vec<Caption>,
}

/// What was uploaded.
pub(super) struct File {
    /// All of it, or as much as is kept of a film.
    pub(super) bytes: Arc<[u8]>,
    /// Bytes of the whole.
    pub(super) size: u64,
    pub(super) mime: String,
    pub(super) name: Option<String>,
    pub(super) film: Film,
}

/// How far a video has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Uploaded,
    Processed,
    Failed(&'static str),
    Rejected(&'static str),
}

impl Video {
    pub(super) fn stage(&self, now: SystemTime) -> Stage {
        match self.end {
            _ if now < self.ready => Stage::Uploaded,
            Processing::Stuck => Stage::Uploaded,
            Processing::Processed => Stage::Processed,
            Processing::Failed(reason) => Stage::Failed(reason),
            Processing::Rejected(reason) => Stage::Rejected(reason),
        }
    }

    /// A Short by its shape, whatever it is called.
    pub(super) fn is_short(&self) -> bool {
        self.file.film.is_short()
    }

    /// Whether somebody else may see it.
    pub(super) fn is_open(&self) -> bool {
        self.privacy != "private"
    }

    pub(super) fn title(&self) -> &str {
        text(&self.snippet, "title").unwrap_or_default()
    }

    pub(super) fn description(&self) -> &str {
        text(&self.snippet, "description").unwrap_or_default()
    }

    pub(super) fn may_be_scheduled(&self) -> bool {
        self.privacy == "private" && !self.was_public
    }

    /// The moment of publication passes.
    pub(super) fn tick(&mut self, now: SystemTime) {
        if let Some(at) = self.publish_at.filter(|at| *at <= now) {
            self.publish_at = None;
            self.status.remove("publishAt");
            self.expose("public", at);
        }
    }

    /// Takes over what a caller says. Parts it lists are replaced as a whole: what it leaves out is gone.
    pub(super) fn apply(&mut self, draft: Draft, now: SystemTime) {
        if let Some(snippet) = draft.snippet {
            self.snippet = snippet;
        }
        if let Some(localizations) = draft.localizations {
            self.localizations = localizations;
        }
        if let Some(recording) = draft.recording {
            self.recording = recording;
        }
        if let Some(paid) = draft.paid {
            self.paid = paid;
        }
        if let Some(status) = draft.status {
            // Left out, the privacy is public.
            let privacy = text(&status, "privacyStatus").unwrap_or("public").to_owned();
            self.status = status;
            // A time that has passed means: at once.
            self.publish_at = draft.publish_at.map(|at| at.max(now));
            self.expose(if self.locked { "private" } else { &privacy }, now);
            if self.locked {
                self.publish_at = None;
            }
        }
        self.tick(now);
    }

    fn expose(&mut self, privacy: &str, at: SystemTime) {
        privacy.clone_into(&mut self.privacy);
        self.was_public |= privacy == "public";
        if privacy != "private" && self.published.is_none() {
            self.published = Some(at);
        }
    }
}

/// What an upload session knows when its last byte has come.
pub(super) struct Upload {
    pub(super) channel: String,
    pub(super) draft: Draft,
    /// All of it, or as much as is kept of a film.
    pub(super) bytes: Arc<[u8]>,
    /// Bytes of the whole.
    pub(super) size: u64,
    pub(super) mime: String,
    pub(super) name: Option<String>,
    pub(super) notify: bool,
}

/// Brings a video into being.
pub(super) fn make(state: &mut State, upload: Upload) -> String {
    let (now, number) = (state.now(), state.next());
    let (film, end, processing_errors) = judge(state, &upload);
    let id = super::state::opaque("", 11);
    let mut video = Video {
        id: id.clone(),
        channel: upload.channel.clone(),
        number,
        snippet: Map::new(),
        status: Map::new(),
        localizations: Map::new(),
        recording: Map::new(),
        paid: Map::new(),
        privacy: "private".to_owned(),
        publish_at: None,
        created: now,
        published: None,
        was_public: false,
        locked: state.options.private_lock,
        notify: upload.notify,
        file: File { bytes: upload.bytes, size: upload.size, mime: upload.mime, name: upload.name, film },
        ready: now + state.options.processing_delay,
        end,
        processing_errors,
        thumbnail: None,
        captions: Vec::new(),
    };
    // Without a word about its status a video is public.
    let draft = Draft { status: Some(upload.draft.status.clone().unwrap_or_default()), ..upload.draft };
    video.apply(draft, now);
    state.videos.push(video);
    state.uploads.push((upload.channel, now));
    id
}

/// What the file is and how its processing will end.
fn judge(state: &mut State, upload: &Upload) -> (Film, Processing, Vec<&'static str>) {
    let scripted = state.options.processing.pop_front();
    let looked = film::look(&upload.bytes);
    let (film, natural, errors) = match looked {
        Ok(film) => {
            let end = length(&film, state.channel(&upload.channel));
            (film, end, Vec::new())
        }
        Err(error) if state.options.files_are_judged => {
            (Film::unknown(), Processing::Failed("invalidFile"), vec![error])
        }
        Err(_) => (Film::unknown(), Processing::Processed, Vec::new()),
    };
    let same = |video: &Video| video.channel == upload.channel && video.file.bytes == upload.bytes;
    let natural = if state.options.duplicates_rejected && state.videos.iter().any(same) {
        Processing::Rejected("duplicate")
    } else {
        natural
    };
    (film, scripted.unwrap_or(natural), errors)
}

fn length(film: &Film, channel: Option<&Channel>) -> Processing {
    let verified = channel.is_some_and(|channel| channel.phone_verified);
    let most = if verified { LENGTH_MAX } else { UNVERIFIED_LENGTH };
    if film.duration.is_some_and(|length| length > most) {
        Processing::Rejected("length")
    } else {
        Processing::Processed
    }
}
