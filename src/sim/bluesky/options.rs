//! How the servers behave, as far as tests may choose: sizes, lives and rations.

use std::time::Duration;

/// How the servers behave.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of an uploaded blob: Bluesky's hosts. The software's own default is 5,242,880.
    pub blob_bytes: usize,
    /// Bytes of a post's picture; 1,000,000 where the server has a lexicon from before mid-2026.
    pub image_bytes: u64,
    /// Bytes of a link card's picture.
    pub thumb_bytes: u64,
    /// Bytes of a post's video; 100,000,000 before.
    pub video_bytes: u64,
    /// Life of a blob that no record names.
    pub blob_life: Duration,
    pub access_life: Duration,
    pub refresh_life: Duration,
    /// How long a refresh token goes on working once it was used.
    pub refresh_grace: Duration,
    /// From the upload of a video to the video service until it is ready.
    pub video_delay: Duration,
    /// So many of its next videos fail.
    pub failing_videos: usize,
    /// How many it still takes.
    pub videos_left: u32,
    /// Whether it answers an upload as the lexicon says (`{jobStatus}`), or without that around it.
    pub video_wrapped: bool,
    /// Whether readers see what a post became when another record was put in its place.
    pub shows_edits: bool,
    /// Calls from one address in five minutes.
    pub calls: u32,
    /// Sign-ins of one account in five minutes, and in a day.
    pub sign_ins: u32,
    pub sign_ins_a_day: u32,
    /// Points of one account in an hour, and in a day: a record made costs 3, put 2, deleted 1.
    pub points: u32,
    pub points_a_day: u32,
    /// Blobs of one account in a day.
    pub blobs_a_day: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            blob_bytes: 52_428_800,
            image_bytes: 2_000_000,
            thumb_bytes: 1_000_000,
            video_bytes: 300_000_000,
            blob_life: Duration::from_secs(3_600),
            access_life: Duration::from_secs(120 * 60),
            refresh_life: Duration::from_secs(90 * 86_400),
            refresh_grace: Duration::from_secs(2 * 3_600),
            video_delay: Duration::from_secs(5),
            failing_videos: 0,
            videos_left: 25,
            video_wrapped: true,
            shows_edits: false,
            calls: 3_000,
            sign_ins: 30,
            sign_ins_a_day: 300,
            points: 5_000,
            points_a_day: 35_000,
            blobs_a_day: 1_000,
        }
    }
}
