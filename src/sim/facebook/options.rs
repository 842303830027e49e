//! How the platform behaves, as far as tests may choose: delays, failures, limits, and what documents leave open.

use std::ops::RangeInclusive;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// How the platform behaves. The defaults are the documented figures, or the stricter where documents differ.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether what Facebook would pass over in silence (unknown fields, JSON bodies, a link beside photos) is refused
    /// with code 100. Otherwise it is passed over and listed by [`Facebook::ignored`](super::Facebook::ignored).
    pub strict: bool,
    /// The version that answers paths without one; `None` refuses them.
    pub default_version: Option<String>,
    /// Whether versions that have ended are refused instead of being answered by the oldest living one.
    pub refuse_ended_versions: bool,

    /// Life of the user token that a code is exchanged for: one to two hours.
    pub short_token_life: Duration,
    /// Life of a long-lived user token.
    pub long_token_life: Duration,
    /// How long data may be read after the person last used the app.
    pub data_access: Duration,
    /// Life of an authorization code.
    pub code_life: Duration,
    /// Whether token answers leave `expires_in` out.
    pub omit_expires_in: bool,
    /// Whether `/me/accounts` gives ids as JSON numbers, as has been seen.
    pub numeric_ids: bool,
    /// Whether Pages of a business portfolio are only found by way of the portfolio, even with `business_management`.
    pub hide_portfolio_pages: bool,

    /// Calls one app may make in an hour for each of its users, with user and app tokens: code 4.
    pub app_calls: u32,
    /// Calls one user may make in an hour: code 17, or 32 where the call is about a Page.
    pub user_calls: u32,
    /// Calls with Page tokens that one Page allows in 24 hours (4,800 for each engaged user): code 80001.
    pub page_calls: u32,
    /// The usage headers are absent for so many calls.
    pub usage_headers_after: u32,

    /// UTF-16 units of a message.
    pub message_max: usize,
    /// Whether a message equal to the Page's last one is refused with 506.
    pub refuse_duplicates: bool,
    /// At most so many posts by one Page in an hour: 1390008. Undocumented, so unlimited.
    pub posts_per_hour: Option<u32>,
    /// Photos of one post. Undocumented.
    pub attached_max: usize,
    /// Whether a link that no web host answers is refused with 1609005.
    pub links_must_answer: bool,
    /// The ids of text backgrounds; others are stale.
    pub text_formats: Vec<String>,
    /// Whether the photos of a post are attachments side by side, not `subattachments` of one album.
    pub flat_albums: bool,
    /// New things are missing from lists for so long.
    pub list_lag: Duration,
    /// From when to when a feed post may be scheduled (documents: 30 or 75 days).
    pub schedule_feed: RangeInclusive<Duration>,
    pub schedule_video: RangeInclusive<Duration>,
    pub schedule_reel: RangeInclusive<Duration>,

    /// Bytes of a photo.
    pub photo_bytes: usize,
    /// An unpublished photo that nothing uses is gone after so long.
    pub staged_life: Duration,
    /// Bytes of a video.
    pub video_bytes: u64,
    /// Length of a feed video.
    pub video_length: RangeInclusive<Duration>,
    /// Length of a reel.
    pub reel_length: RangeInclusive<Duration>,
    /// Length of a video story.
    pub story_length: RangeInclusive<Duration>,
    /// Bytes the server asks for in one chunk of a feed video.
    pub chunk_bytes: u64,
    /// An upload that is not finished expires after so long.
    pub upload_life: Duration,
    /// Published reels of a Page in 24 hours.
    pub reels_per_day: usize,
    /// From the end of an upload's last phase until the video is out.
    pub processing_delay: Duration,
    /// The next processing fails with this code and message.
    pub fail_next_processing: Option<(u32, String)>,
    /// The next upload of bytes to `rupload` is cut after so many; the connection closes.
    pub cut_next_upload: Option<u64>,
    /// The next chunk of a feed video is refused with `is_transient`.
    pub trip_next_chunk: bool,
    /// The words of `status` as the specification spells them (`bytes_transferred`, `completed`, `error`), not as the
    /// guide does (`bytes_transfered`, `complete`, `errors`).
    pub spec_spelling: bool,
    /// Whether `permalink_url` of videos lacks the host.
    pub relative_permalinks: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            strict: true,
            default_version: Some("v26.0".to_owned()),
            refuse_ended_versions: false,
            short_token_life: HOUR,
            long_token_life: Duration::from_secs(5_183_944),
            data_access: DAY * 90,
            code_life: MINUTE * 10,
            omit_expires_in: false,
            numeric_ids: false,
            hide_portfolio_pages: false,
            app_calls: 200,
            user_calls: 200,
            page_calls: 4_800,
            usage_headers_after: 5,
            message_max: 63_206,
            refuse_duplicates: true,
            posts_per_hour: None,
            attached_max: 10,
            links_must_answer: true,
            text_formats: vec!["106018623298955".to_owned()],
            flat_albums: false,
            list_lag: Duration::ZERO,
            schedule_feed: MINUTE * 10..=DAY * 30,
            schedule_video: MINUTE * 10..=DAY * 180,
            schedule_reel: MINUTE * 10..=DAY * 29,
            photo_bytes: 10_000_000,
            staged_life: DAY,
            video_bytes: 10_000_000_000,
            video_length: Duration::from_secs(1)..=MINUTE * 240,
            reel_length: Duration::from_secs(3)..=Duration::from_secs(90),
            story_length: Duration::from_secs(3)..=Duration::from_secs(60),
            chunk_bytes: 8 << 20,
            upload_life: DAY,
            reels_per_day: 30,
            processing_delay: Duration::from_secs(1),
            fail_next_processing: None,
            cut_next_upload: None,
            trip_next_chunk: false,
            spec_spelling: false,
            relative_permalinks: true,
        }
    }
}
