//! How the platform behaves, as far as tests may choose: limits in time and number, and what documents leave open.

use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// How the platform behaves. Defaults are documented figures, or the stricter where documents differ or say nothing.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether apps have passed the audit of the Content Posting API. Without it, direct posts need a private account and
    /// `SELF_ONLY`, and only [`Options::active_creators`] accounts may post in 24 hours.
    pub audited: bool,

    /// Life of access tokens made from now on (newer documents: 2 hours).
    pub access_token_life: Duration,
    /// Life of refresh tokens made from now on (newer documents: 180 days).
    pub refresh_token_life: Duration,
    /// Whether a refresh brings a new refresh token.
    pub rotation: Rotation,
    /// For how long a replaced refresh token still works.
    pub refresh_grace: Duration,
    /// Whether each refresh begins the life of the refresh token anew, or it ends when the first one did.
    pub refresh_extends: bool,
    /// A code must be exchanged in so long.
    pub code_life: Duration,
    /// The next so many OAuth errors come with status 200.
    pub oauth_errors_with_200: usize,

    /// Whether `invalid_params` is spelled `invalid_param`, as some pages do.
    pub invalid_param_singular: bool,
    /// Whether the envelope says `logid` instead of `log_id`.
    pub logid: bool,
    /// Whether refusals have an empty `data`.
    pub data_in_errors: bool,

    /// Calls of one account through one app in any 60 seconds.
    pub rates: Rates,
    /// Direct posts of one account in any 24 hours, all apps together.
    pub posts_per_day: usize,
    /// Drafts of one account that were made in the last 24 hours and have not been posted.
    pub pending_shares: usize,
    /// Accounts that may post directly through one app in any 24 hours, while it is not audited.
    pub active_creators: usize,
    /// The same for an audited app; it is granted app by app.
    pub audited_active_creators: Option<usize>,
    /// A direct post without `creator_info/query` in this time before is warned about.
    pub creator_info_fresh: Duration,
    /// Whether `brand_content_toggle` together with `SELF_ONLY` is refused (forbidden by the guidelines, API unknown).
    pub branded_self_only_refused: bool,
    /// Whether `brand_content_toggle` must be sent (the reference's table says so, its example omits it).
    pub brand_content_toggle_required: bool,
    /// Whether a post that leaves on what its creator has disabled is refused. If not, it is off all the same.
    pub disabled_interactions_refused: bool,
    /// What MB means in the rules of uploads.
    pub megabyte: Megabyte,

    /// An upload must end in so long.
    pub upload_life: Duration,
    /// What a chunk that is stored already is answered with.
    pub repeated_chunk: Repeated,
    /// What the `Content-Range` of an answer counts.
    pub progress: Progress,
    /// Status of the answer to the last chunk; 200 has been seen.
    pub last_chunk_status: u16,

    /// From an init to the fetch of the media it names.
    pub fetch_delay: Duration,
    /// How fetches made from now on go.
    pub pull: Pull,
    /// From the last byte to the end of processing.
    pub processing_delay: Duration,
    /// Whether posts begun from now on are processed for ever.
    pub stuck: bool,
    /// Reasons with which the next posts fail once they have been processed, one each, in order: `internal`,
    /// `spam_risk_text`, ...
    pub fail_next: Vec<String>,
    /// Whether files are checked: format, frame rate, picture, duration.
    pub check_files: bool,
    /// Longest and shortest side of a photo ("maximum 1080p").
    pub photo_sides: (usize, usize),
    /// From the end of processing until a public post has passed moderation: its id is told and it is listed.
    pub moderation_delay: Duration,
    /// How `publicaly_available_post_id` tells it.
    pub post_ids: PostIds,
    /// For how long a `publish_id` can be asked for (undocumented).
    pub publish_id_life: Duration,
    /// For how long a draft stays in the inbox (undocumented; a day has been reported).
    pub draft_life: Option<Duration>,
    /// Titles and descriptions are cut after so many characters when videos are listed.
    pub listed_text_max: usize,
}

/// Calls in any 60 seconds.
#[derive(Clone, Debug)]
pub struct Rates {
    /// `video/init`, `inbox/video/init` and `content/init`, each.
    pub init: usize,
    pub creator_info: usize,
    /// `status/fetch` and `cancel`, each.
    pub status: usize,
    /// `user/info`, `video/list` and `video/query`, each.
    pub display: usize,
}

/// When a refresh brings a new refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    Always,
    /// Every second time.
    Sometimes,
    Never,
}

/// What MB means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Megabyte {
    /// Whatever is stricter: lower bounds in binary, upper bounds in decimal.
    Strict,
    Decimal,
    Binary,
}

/// What a chunk that is stored already is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// 416 and how far the upload is.
    Refused,
    /// As at the first time.
    Accepted,
}

/// What `{uploaded}` in the answer's `Content-Range: bytes 0-{uploaded}/{total}` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The number of bytes.
    Count,
    /// The place of the last byte, counted from 0.
    Last,
}

/// How a fetch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pull {
    Works,
    /// It never ends.
    Hangs,
    /// It is given up after an hour.
    TimesOut,
}

/// How `publicaly_available_post_id` tells the id of a public post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostIds {
    /// A list of numbers, as documented.
    List,
    /// A list of strings.
    TextList,
    /// One number.
    Scalar,
    /// The list stays empty for ever.
    Never,
    /// The field is not there at all.
    Missing,
}

impl Default for Rates {
    fn default() -> Self {
        Self { init: 6, creator_info: 20, status: 30, display: 600 }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            audited: true,
            access_token_life: DAY,
            refresh_token_life: 365 * DAY,
            rotation: Rotation::Always,
            refresh_grace: Duration::ZERO,
            refresh_extends: false,
            code_life: Duration::from_secs(600),
            oauth_errors_with_200: 0,
            invalid_param_singular: false,
            logid: false,
            data_in_errors: true,
            rates: Rates::default(),
            posts_per_day: 15,
            pending_shares: 5,
            active_creators: 5,
            audited_active_creators: None,
            creator_info_fresh: Duration::from_secs(600),
            branded_self_only_refused: true,
            brand_content_toggle_required: true,
            disabled_interactions_refused: true,
            megabyte: Megabyte::Strict,
            upload_life: HOUR,
            repeated_chunk: Repeated::Refused,
            progress: Progress::Count,
            last_chunk_status: 201,
            fetch_delay: Duration::ZERO,
            pull: Pull::Works,
            processing_delay: Duration::from_secs(1),
            stuck: false,
            fail_next: Vec::new(),
            check_files: true,
            photo_sides: (1_920, 1_080),
            moderation_delay: Duration::from_secs(20),
            post_ids: PostIds::List,
            publish_id_life: 7 * DAY,
            draft_life: None,
            listed_text_max: 150,
        }
    }
}
