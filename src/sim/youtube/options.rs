//! How the platform behaves, as far as a test may choose: delays, failures, quotas, and what documents leave open.

use std::collections::VecDeque;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// How the platform behaves. The defaults are the documented figures, or the stricter reading where documents leave room.
#[derive(Clone, Debug)]
pub struct Options {
    /// `expires_in` of access tokens made from now on.
    pub access_token_life: Duration,
    /// The project's consent screen is "External" and in "Testing": refresh tokens made from now on die after seven days,
    /// and say so.
    pub testing: bool,
    /// Refreshing also answers a new refresh token. (Google does not; its documents do not promise it.)
    pub refresh_rotates: bool,
    /// Desktop clients must send their `client_secret` as well.
    pub secret_required: bool,
    /// Desktop clients must use PKCE.
    pub pkce_required: bool,
    /// Scopes the next consents leave unticked, as bare names (`youtube.upload`).
    pub unticked: Vec<String>,

    /// Calls of `videos.insert` a project has in a day.
    pub insert_quota: u64,
    /// Calls of `search.list` a project has in a day.
    pub search_quota: u64,
    /// Units a project has in a day for everything else.
    pub unit_quota: u64,
    /// Videos a channel may upload in any 24 hours; undisclosed, and none here unless set.
    pub upload_cap: Option<usize>,
    /// Thumbnails a channel may set in any 24 hours; undisclosed, and none here unless set.
    pub thumbnail_cap: Option<usize>,
    /// Videos one playlist holds.
    pub playlist_max: usize,

    /// An upload session can be used for so long. The real life is undocumented: longer than this is not to be relied on.
    pub session_life: Duration,
    /// Status of the answer to the last byte: 200 or 201.
    pub done_status: u16,
    /// What happens to the next requests that bring bytes of a video, one each.
    pub hiccups: VecDeque<Hiccup>,
    /// How the next API calls of a kind are refused.
    pub refusals: VecDeque<Scripted>,
    /// The shape error bodies have.
    pub envelope: Envelope,

    /// From the last byte until a video is processed.
    pub processing_delay: Duration,
    /// How the processing of the next finished uploads ends, one each; `Processed` when empty.
    pub processing: VecDeque<Processing>,
    /// Whether files that are no films fail to be processed, as they do; off, every file passes for one.
    pub files_are_judged: bool,
    /// Whether a file the channel has already is rejected as a duplicate. (YouTube may do so.)
    pub duplicates_rejected: bool,
    /// Whether uploads are locked to private, as they were for unaudited projects from 2020-07-28 to 2026-11-02.
    pub private_lock: bool,
    /// Whether `snippet.categoryId` must be there when a video is inserted: documented, though said not to be enforced.
    pub category_required: bool,
    /// A `publishAt` in the future must be at least this far away.
    pub publish_at_margin: Duration,
    /// A new video is missing from the uploads playlist for so long.
    pub uploads_lag: Duration,
    /// A new video is missing from `search.list` for so long.
    pub search_lag: Duration,
}

/// What happens to one request that brings bytes of a video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hiccup {
    /// Nothing: it goes as it should. Counts a request, so that a later one can be meant.
    Fine,
    /// Only so many bytes of it are kept (whole 256 KiB blocks), and the answer says so.
    Keeps(u64),
    /// The connection closes and nothing is kept.
    DropsBefore,
    /// Half of it is kept (whole 256 KiB blocks), then the connection closes.
    DropsInside,
    /// All of it is kept, then the connection closes without an answer.
    DropsAfter,
    /// Nothing is kept; the answer is this status with an HTML body.
    Answers { status: u16, retry_after: Option<u64> },
    /// All of it is kept, but the answer is this status with an HTML body.
    KeepsButAnswers { status: u16, retry_after: Option<u64> },
    /// All of it is kept; the 308 names a new address, and the old one is dead.
    Moves,
    /// All of it is kept, the video exists, and still the answer is a 308 with the whole range.
    StillSays308,
    /// The access token it came with expires at that moment: 401, nothing is kept.
    TokenExpires,
    /// The session is over: 404 from now on.
    Expires,
    /// The session is dead: 410 from now on.
    Dies,
}

/// How processing ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Processing {
    Processed,
    /// `status.failureReason`: `conversion`, `invalidFile`, `emptyFile`, `tooSmall`, `codec`, `uploadAborted`.
    Failed(&'static str),
    /// `status.rejectionReason`: `copyright`, `duplicate`, `length`, `termsOfUse`, ...
    Rejected(&'static str),
    /// It never ends.
    Stuck,
}

/// A refusal waiting for the next call of a method.
#[derive(Clone, Debug)]
pub struct Scripted {
    /// As documented: `videos.insert`, `thumbnails.set`, `playlistItems.list`, ...
    pub method: String,
    /// As documented: `rateLimitExceeded`, `internalError`, `forbidden`, ... Code and message follow from it.
    pub reason: String,
    /// Another code than the usual one (`rateLimitExceeded` is 403 or 429).
    pub code: Option<u16>,
    /// A `Retry-After` header, in seconds.
    pub retry_after: Option<u64>,
}

impl Scripted {
    /// The usual refusal of this reason.
    pub fn new(method: &str, reason: &str) -> Self {
        Self { method: method.to_owned(), reason: reason.to_owned(), code: None, retry_after: None }
    }
}

/// The shapes of error bodies that occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// `{"error":{"code","message","errors":[...]}}`.
    Usual,
    /// The same in an array.
    Array,
    /// `{"error":{"code","message","status"}}`, without `errors`.
    StatusOnly,
    /// Without the outer `error`.
    Bare,
    Html,
    Text,
    Empty,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access_token_life: Duration::from_secs(3_599),
            testing: false,
            refresh_rotates: false,
            secret_required: true,
            pkce_required: true,
            unticked: Vec::new(),
            insert_quota: 100,
            search_quota: 100,
            unit_quota: 10_000,
            upload_cap: None,
            thumbnail_cap: None,
            playlist_max: 5_000,
            session_life: DAY,
            done_status: 200,
            hiccups: VecDeque::new(),
            refusals: VecDeque::new(),
            envelope: Envelope::Usual,
            processing_delay: Duration::from_secs(1),
            processing: VecDeque::new(),
            files_are_judged: true,
            duplicates_rejected: false,
            private_lock: false,
            category_required: true,
            publish_at_margin: Duration::ZERO,
            uploads_lag: Duration::ZERO,
            search_lag: Duration::from_secs(2 * 3_600),
        }
    }
}
