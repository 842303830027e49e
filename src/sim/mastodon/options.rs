//! How a server behaves, as far as tests may choose: which software it is, its limits, and its delays.

use std::time::Duration;

/// Which software a server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Mastodon 4.5.
    Mastodon,
    /// snac 2.75, as it was seen to answer: `Idempotency-Key`, `scheduled_at`, `poll`, `language` and quotes are
    /// dropped without a word, `unlisted` is published as `public`, `direct` and unknown audiences as `private`, light
    /// markup is applied to the text, an empty status is published. A DELETE of a status, `GET /api/v2/instance` and
    /// GET of media answer 404. PKCE is not checked, a revoked token answers 422, and nothing is rationed.
    Snac,
}

/// How a server behaves; its limits are what its instance call tells.
#[derive(Clone, Debug)]
pub struct Options {
    pub flavour: Flavour,
    /// As the instance call tells it.
    pub version: String,
    /// `api_versions.mastodon`: 4 is 4.4, 7 is 4.5. `None`: the server does not tell. Quotes need 7.
    pub api_version: Option<u32>,
    /// Whether there is `GET /api/v2/instance` (Mastodon 4.0).
    pub has_v2_instance: bool,
    /// Characters of text and content warning together.
    pub max_characters: usize,
    pub max_media: usize,
    /// Characters that a link counts, however long.
    pub url_characters: usize,
    /// Characters of a file's description.
    pub description_limit: usize,
    /// Bytes and pixels of a picture.
    pub image_size_limit: usize,
    pub image_matrix_limit: u64,
    /// Bytes of a video, and pixels of one frame.
    pub video_size_limit: usize,
    pub video_matrix_limit: u64,
    pub poll_options: usize,
    pub poll_option_characters: usize,
    /// Seconds.
    pub poll_expiration: std::ops::RangeInclusive<u64>,
    /// Whether repeats are known by their `Idempotency-Key`.
    pub honours_keys: bool,
    /// For how long.
    pub key_life: Duration,
    /// From the upload of a video, GIF or sound until it is ready.
    pub processing_delay: Duration,
    /// So many of the next files fail in processing.
    pub failing_files: usize,
    /// Uploads that no status uses are gone after this time.
    pub unattached_life: Duration,
    /// Calls an account may make in five minutes.
    pub calls: u32,
    /// Uploads, and deletes, an account may make in half an hour.
    pub uploads: u32,
    pub deletes: u32,
    /// Statuses an account may make in three hours.
    pub statuses: u32,
    /// Life of access tokens made from now on, which then come with a refresh token; `None`: they do not end.
    pub token_life: Option<Duration>,
}

impl Options {
    /// As the software comes.
    pub fn of(flavour: Flavour) -> Self {
        let mastodon = Self {
            flavour,
            version: "4.5.2".to_owned(),
            api_version: Some(7),
            has_v2_instance: true,
            max_characters: 500,
            max_media: 4,
            url_characters: 23,
            description_limit: 1500,
            image_size_limit: 16_777_216,
            image_matrix_limit: 33_177_600,
            video_size_limit: 103_809_024,
            video_matrix_limit: 8_294_400,
            poll_options: 4,
            poll_option_characters: 50,
            poll_expiration: 300..=2_629_746,
            honours_keys: true,
            key_life: Duration::from_secs(3600),
            processing_delay: Duration::from_secs(3),
            failing_files: 0,
            unattached_life: Duration::from_secs(86_400),
            calls: 300,
            uploads: 30,
            deletes: 30,
            statuses: 300,
            token_life: None,
        };
        match flavour {
            Flavour::Mastodon => mastodon,
            Flavour::Snac => Self {
                version: "4.0.0 (not true; really snac/2.75)".to_owned(),
                api_version: None,
                has_v2_instance: false,
                max_characters: 100_000,
                url_characters: 32,
                honours_keys: false,
                processing_delay: Duration::ZERO,
                ..mastodon
            },
        }
    }

    pub(super) fn is_snac(&self) -> bool {
        self.flavour == Flavour::Snac
    }
}
