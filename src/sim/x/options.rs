//! What a test or a rehearsal may change about the platform while it runs. Plain data.

use std::time::Duration;

use super::meter::{Endpoint, Per, Rate};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// How the platform behaves. The defaults are the documented figures, or the stricter where documents differ.
#[derive(Clone, Debug)]
pub struct Options {
    /// A new post stays out of timeline reads for so long (it is readable by id at once).
    pub timeline_delay: Duration,
    /// The same text by the same author is refused for so long. X says "hours".
    pub duplicate_window: Duration,
    /// Prepaid credits, in thousandths of a dollar. Goes down as calls are billed; at or below 0 billed calls answer 402.
    pub credits: i64,
    /// What calls cost.
    pub prices: Prices,
    /// A post that is refused is billed all the same.
    pub refusals_billed: bool,
    /// At most so many calls; [`Options::limit`] changes one.
    pub rates: Vec<Rate>,
    /// Whether the rate limit headers are sent.
    pub rate_headers: bool,
    /// The shape of the 429 body.
    pub throttle: Throttle,
    /// How long a video or an animated GIF is processed after it is finalized.
    pub processing_delay: Duration,
    /// What `check_after_secs` says while it is.
    pub check_after_secs: u64,
    /// Processing ends in `failed`.
    pub processing_fails: bool,
    /// A media id can be posted so long after it was finalized.
    pub media_life: Duration,
    /// An upload can be appended to and finalized so long after it was initialized.
    pub upload_life: Duration,
    /// `expires_in` of an access token.
    pub access_token_life: Duration,
    /// A refresh token that is not used is dead after so long.
    pub refresh_token_life: Duration,
    /// An authorization code must be exchanged in so long.
    pub code_life: Duration,
    /// An OAuth 1.0a login must be allowed, and its PIN or verifier exchanged, in so long. X does not say how long.
    pub request_token_life: Duration,
    /// The rules for self-serve apps: whom one may reply to, no quotes, one cashtag.
    pub self_serve: bool,
    /// Posts may mention others (self-serve apps could not for a time).
    pub mentions_allowed: bool,
    /// Self-serve apps may quote posts of the same account (reported, not documented).
    pub own_quotes_allowed: bool,
    /// Sharing a post that is shared already is refused, as the older API did, and not answered as a success.
    pub second_repost_refused: bool,
    /// Status of a successful append: 200 with a body, or 204 without.
    pub append_status: u16,
    /// `edit_history_tweet_ids` or `edit_history_post_ids`.
    pub edit_history_field: String,
    /// A post can be edited for so long (30 minutes on one page of the documents, an hour on another).
    pub edit_window: Duration,
    /// How often a post can be edited.
    pub max_edits: usize,
    /// Status of the refusal of a text that is too long: 403, earlier 400.
    pub too_long_status: u16,
    /// The next so many refreshes rotate the token, then drop the connection without an answer.
    pub drop_rotations: u32,
    /// Created posts are answered with `errors` beside `data`.
    pub errors_beside_data: bool,
}

/// What calls cost, in thousandths of a dollar.
#[derive(Clone, Debug)]
pub struct Prices {
    pub post: i64,
    pub post_with_link: i64,
    pub repost: i64,
    /// A reply to somebody who mentioned the author.
    pub summoned_reply: i64,
    /// Each media object made.
    pub upload: i64,
    pub metadata: i64,
    pub delete: i64,
    /// Each post read, once in a UTC day.
    pub read: i64,
    /// Each post of one's own read, once in a UTC day.
    pub own_read: i64,
}

/// The two shapes of a 429 body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttle {
    /// `{"title": "Too Many Requests", ...}`
    Problem,
    /// `{"errors": [{"code": 88, ...}]}`
    Code88,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeline_delay: Duration::from_secs(3),
            duplicate_window: 12 * HOUR,
            credits: 1_000_000,
            prices: Prices::default(),
            refusals_billed: false,
            rates: Rate::documented(),
            rate_headers: true,
            throttle: Throttle::Problem,
            processing_delay: Duration::from_secs(2),
            check_after_secs: 1,
            processing_fails: false,
            media_life: 24 * HOUR,
            upload_life: Duration::from_secs(1_295_999),
            access_token_life: 2 * HOUR,
            refresh_token_life: 182 * 24 * HOUR,
            code_life: Duration::from_secs(30),
            request_token_life: Duration::from_secs(15 * 60),
            self_serve: true,
            mentions_allowed: true,
            own_quotes_allowed: false,
            second_repost_refused: false,
            append_status: 200,
            edit_history_field: "edit_history_tweet_ids".to_owned(),
            edit_window: HOUR / 2,
            max_edits: 5,
            too_long_status: 403,
            drop_rotations: 0,
            errors_beside_data: false,
        }
    }
}

impl Options {
    /// Replaces the rate limits of one endpoint and bearer by this one.
    pub fn limit(&mut self, endpoint: Endpoint, per: Per, max: u32, window: Duration) {
        self.rates.retain(|rate| (rate.endpoint, rate.per) != (endpoint, per));
        self.rates.push(Rate { endpoint, per, max, window });
    }
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            post: 15,
            post_with_link: 200,
            repost: 15,
            summoned_reply: 10,
            upload: 15,
            metadata: 5,
            delete: 10,
            read: 5,
            own_read: 1,
        }
    }
}
