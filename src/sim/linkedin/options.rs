//! How the platform behaves, as far as tests may choose: limits in time and number, and what documentation leaves open.

use std::ops::RangeInclusive;
use std::time::Duration;

/// How the platform behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The API versions (`YYYYMM`) that are active. `None` follows the clock: a version is active from the month after
    /// its own until the 15th twelve months after it.
    pub active_versions: Option<RangeInclusive<u32>>,
    /// For how long the same content by the same author is refused. The real window is undocumented; the documentation
    /// advises to wait ten minutes.
    pub duplicate_window: Duration,
    /// Whether a deleted post is still named as the original of a duplicate for 48 hours, as has been reported.
    pub ghost_duplicates: bool,
    /// How a 201 names the new post.
    pub post_id: PostId,
    /// Whether new posts are accepted but never shown.
    pub invisible_posts: bool,
    /// Whether backslashes of escapes count against the 3,000 characters (undocumented).
    pub escapes_count: bool,
    /// Whether comments are little text, like posts, or plain text (sources disagree).
    pub little_text_comments: bool,
    /// From the end of an upload until it is available.
    pub processing_delay: Duration,
    /// Whether a post with an image that is still being processed is refused; videos and documents always are.
    pub images_must_be_ready: bool,
    /// Whether a person's token may read the status of its videos (sources disagree).
    pub members_read_video_status: bool,
    /// The smallest and the largest video, in bytes.
    pub video_bytes: RangeInclusive<u64>,
    /// Bytes of one part of a video.
    pub part_bytes: u64,
    /// What initializing a video gives as `uploadToken`.
    pub upload_token: String,
    /// Calls to `/rest/` that one member may make in a UTC day.
    pub member_quota: u32,
    /// Calls to `/rest/` that one app may make in a UTC day.
    pub app_quota: u32,
    /// Calls to userinfo that one app may make in a UTC day.
    pub userinfo_quota: u32,
    /// Whether apps are approved partners, who get refresh tokens.
    pub partner: bool,
    /// Life of access tokens made from now on.
    pub token_life: Duration,
}

/// Where a 201 names the new post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostId {
    /// In `x-restli-id` as is, and in `Location`: what was observed.
    Plain,
    /// The same, but `x-restli-id` is percent-encoded.
    Encoded,
    /// Only in `x-linkedin-id`.
    LinkedInId,
    /// Only in `Location`.
    Location,
    /// Nowhere.
    Missing,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            active_versions: None,
            duplicate_window: Duration::from_secs(600),
            ghost_duplicates: false,
            post_id: PostId::Plain,
            invisible_posts: false,
            escapes_count: false,
            little_text_comments: false,
            processing_delay: Duration::from_secs(1),
            images_must_be_ready: false,
            members_read_video_status: true,
            video_bytes: 75_000..=500_000_000,
            part_bytes: 4 * 1024 * 1024,
            upload_token: String::new(),
            member_quota: 150,
            app_quota: 100_000,
            userinfo_quota: 100_000,
            partner: false,
            token_life: Duration::from_secs(60 * 86_400),
        }
    }
}
