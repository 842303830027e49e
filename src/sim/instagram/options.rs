//! What a test or a rehearsal may change about the platform while it runs. Plain data.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// How the platform behaves. The defaults are the documented figures, or the stricter where documents differ; delays are
/// shorter than the real ones (pictures take about 5 s, films 40 to 90 s).
#[derive(Clone, Debug)]
pub struct Options {
    /// Versions of the Graph API that are served: `21..=26` are `v21.0` to `v26.0`.
    pub versions: RangeInclusive<u32>,
    /// From the making of a picture's container until it is `FINISHED`.
    pub image_delay: Duration,
    /// From the making of a film's container, or the end of its upload, until it is fetched and judged.
    pub video_delay: Duration,
    pub carousel_delay: Duration,
    /// What happens to the next containers, one each; the others are processed as usual.
    pub next_containers: VecDeque<Fate>,
    /// What happens to the next attempts to fetch a file by its address.
    pub next_fetches: VecDeque<Fetching>,
    /// How the next calls of `media_publish` are answered that would have succeeded.
    pub next_publishings: VecDeque<Publishing>,
    /// The next upload is cut off, without an answer, once so many bytes of the file are there.
    pub break_upload_at: Option<u64>,
    /// A container that is not published for so long is `EXPIRED`.
    pub container_life: Duration,
    /// Containers an account may make in a rolling day.
    pub containers_per_day: usize,
    /// `quota_total`: posts an account may publish in a rolling day. Pages of the documents say 25, 50 and 100.
    pub quota_total: usize,
    /// Whether stories count against it (undocumented).
    pub stories_count: bool,
    /// Whether only business accounts may publish stories (one page of the documents says so).
    pub stories_for_business_only: bool,
    /// Whether a carousel may have collaborators (documented, but users report a refusal).
    pub carousel_collaborators: bool,
    /// A new post stays out of listings for so long; it is readable by id at once.
    pub list_delay: Duration,
    /// A story is gone after so long.
    pub story_life: Duration,
    /// Whether `graph.instagram.com` tells captions and `media_product_type` (the reference says no, the schema yes).
    pub captions_with_instagram_login: bool,
    /// Whether a Page's token may read containers; on some installations only a person's can, the Page's gets 100/33.
    pub page_tokens_read_containers: bool,
    /// Whether files must come with the content type of a picture or a film. How strict the real one is, is not known.
    pub content_types_matter: bool,
    /// Whether addresses on loopback and in private networks are fetched.
    pub private_hosts: bool,
    /// Whether films with an edit list are refused, as documented.
    pub refuse_edit_lists: bool,
    /// How the code exchange answers.
    pub token_answer: TokenAnswer,
    pub code_life: Duration,
    pub short_token_life: Duration,
    pub long_token_life: Duration,
    /// A long-lived token can be refreshed from this age on.
    pub refresh_age: Duration,
    /// Whether a refreshed token stops working (undocumented).
    pub refresh_ends_old_token: bool,
    /// Calls about one account in a rolling day: 4800 for each impression it had.
    pub calls_per_day: usize,
    /// The usage header is sent from this percentage of it on.
    pub usage_header_from: usize,
    /// Users who cannot be tagged or asked to collaborate, being private or nobody.
    pub unavailable_users: Vec<String>,
}

/// What a script has in mind for a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is processed, but takes this long.
    Takes(Duration),
    /// It ends in `ERROR` with this `status`, for example `Error: Media upload has failed with error code 2207053`.
    Fails(String),
    /// The same, but the answer has no `status_code`, as was seen in the field.
    FailsWithoutCode(String),
}

/// What a script has in mind for an attempt to fetch a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetching {
    /// It takes too long: -2/2207003.
    Slow,
    /// The file is gone from where it was put meanwhile: -2/2207020.
    Expired,
    /// The host does not answer: 9004/2207052.
    Unreachable,
}

/// What a script has in mind for a `media_publish`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publishing {
    /// 4/2207051, suspected spam; the post may be out all the same.
    Spam { live: bool },
    /// 24/2207008: the container is not found for the moment. Nothing is published.
    NotFound,
    /// -1/2207001, Instagram's own fault; the post may be out all the same.
    ServerError { live: bool },
    /// A 500 with code 2 and `is_transient`; the post may be out all the same.
    Unavailable { live: bool },
}

/// The shape of the answer to a code exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAnswer {
    /// Wrapped as `{"data": [...]}`.
    pub wrapped: bool,
    /// `permissions` as a list, not as text with commas.
    pub permissions_as_list: bool,
    /// `user_id` as text, not as a number.
    pub user_id_as_text: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            versions: 21..=26,
            image_delay: Duration::from_secs(1),
            video_delay: Duration::from_secs(2),
            carousel_delay: Duration::from_secs(1),
            next_containers: VecDeque::new(),
            next_fetches: VecDeque::new(),
            next_publishings: VecDeque::new(),
            break_upload_at: None,
            container_life: DAY,
            containers_per_day: 400,
            quota_total: 50,
            stories_count: true,
            stories_for_business_only: false,
            carousel_collaborators: true,
            list_delay: Duration::from_secs(3),
            story_life: DAY,
            captions_with_instagram_login: true,
            page_tokens_read_containers: true,
            content_types_matter: true,
            private_hosts: false,
            refuse_edit_lists: true,
            token_answer: TokenAnswer { wrapped: false, permissions_as_list: false, user_id_as_text: false },
            code_life: HOUR,
            short_token_life: HOUR,
            long_token_life: 60 * DAY,
            refresh_age: DAY,
            refresh_ends_old_token: false,
            calls_per_day: 4_800,
            usage_header_from: 1,
            unavailable_users: Vec::new(),
        }
    }
}
