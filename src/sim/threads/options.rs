//! How the platform behaves, as far as tests may choose: delays and failures, quotas, and what documents leave open.

use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// How the platform behaves. The defaults are the documented figures, or the stricter choice where documents leave one.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether what the platform ignores without a word is refused with code 100 instead: unknown parameters, JSON bodies
    /// (of which only required fields are read otherwise), polls of another shape, topics with `.` or `&`.
    pub strict: bool,
    /// Whether addresses without `/v1.0` work, as Meta's request collection writes them.
    pub unversioned: bool,

    /// From a container's creation until it is ready. Meta advises to wait half a minute.
    pub text_delay: Duration,
    pub image_delay: Duration,
    /// A film is fetched at the end of this time, when its container is next asked for.
    pub video_delay: Duration,
    /// What the next containers end with, first in first out: a word of `error_message`, such as
    /// `FAILED_PROCESSING_VIDEO`. See [`Options::fail_processing`].
    pub processing_failures: Vec<String>,
    /// What goes wrong next. See [`Options::fail`].
    pub failures: Vec<Planned>,
    /// A container is `EXPIRED` so long after its creation.
    pub container_life: Duration,
    /// What publishing a published container answers (undocumented).
    pub republish: Republish,

    /// A published post can be answered and quoted only after so long; until then it is `Media Not Found`.
    pub parent_delay: Duration,
    /// A new post stays out of lists for so long. It can be read by its id at once.
    pub list_delay: Duration,
    /// Whether `GET /me/replies` needs `threads_read_replies`, as documented for "GET calls to reply endpoints".
    pub replies_need_scope: bool,

    /// Whether the page of a `link_attachment` counts as broken when no host of its name is up. Otherwise the rest of
    /// the web is taken to be in order.
    pub unknown_links_fail: bool,
    /// Whether a container whose link failed at publishing is lost (`ERROR`), or can be published again.
    pub failed_links_spoil: bool,
    /// Whether media may be on loopback and private hosts.
    pub private_hosts: bool,
    /// Whether media must be served with a content type of their kind.
    pub content_type_checked: bool,
    /// Whether films with edit lists fail, as documented.
    pub edit_lists_fail: bool,
    /// Bytes of an image: 8 MB. The sibling's error text says MiB.
    pub image_bytes: usize,
    /// Bytes of a film: 1 GB.
    pub video_bytes: usize,

    /// Per rolling 24 hours.
    pub post_quota: usize,
    pub reply_quota: usize,
    pub delete_quota: usize,
    pub location_quota: usize,
    /// Code and subcode of the refusal when one of them is used up. None is published; Instagram's by default.
    pub quota_error: (i64, Option<u32>),
    /// Calls a person may make in 24 hours through one app: 4800 times the impressions, which count as 10 at least.
    pub calls_per_day: usize,
    /// Whether `X-App-Usage` and `X-Business-Use-Case-Usage` are sent, from one percent of the calls on.
    pub usage_headers: bool,

    /// Life of a token before and after its exchange.
    pub short_token_life: Duration,
    pub long_token_life: Duration,
    /// A long-lived token can be refreshed only when it is so old.
    pub refresh_age: Duration,
    /// Whether a refreshed token goes on working until its own end (undocumented).
    pub refreshed_tokens_live: bool,
    /// An authorization code must be exchanged in so long.
    pub code_life: Duration,
    /// Whether the code exchange gives `user_id` as a number or as text; both are documented.
    pub user_id_is_text: bool,
    /// Permissions that people do not grant, whatever an app asks for.
    pub withheld_scopes: Vec<String>,

    /// Host of permalinks; it has changed before.
    pub permalink_host: String,
    /// Whether messages and titles come in the person's language (German) instead of English.
    pub localized: bool,
}

impl Options {
    /// The next call of this kind fails and has no effect.
    pub fn fail(&mut self, on: Act, with: Failure) {
        self.failures.push(Planned { on, with, has_effect: false });
    }

    /// The next call of this kind has its effect and answers with a failure all the same.
    pub fn fail_after(&mut self, on: Act, with: Failure) {
        self.failures.push(Planned { on, with, has_effect: true });
    }

    /// The next container ends in `ERROR` with this `error_message`.
    pub fn fail_processing(&mut self, error_message: &str) {
        self.processing_failures.push(error_message.to_owned());
    }
}

/// A failure to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    pub on: Act,
    pub with: Failure,
    /// Whether the call has its effect all the same.
    pub has_effect: bool,
}

/// A kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// `POST /{user}/threads`
    Create,
    /// `POST /{user}/threads_publish`
    Publish,
    /// `DELETE /{media}`
    Delete,
    /// `GET /{id}`: profiles, containers, posts.
    Read,
    /// `GET /{user}/threads` and `GET /{user}/replies`
    List,
}

/// What a call can fail with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// 24/4279009: not there yet.
    MediaNotFound,
    /// -1/4279047: the page of a link could not be read.
    LinkPreview,
    /// 1/2207052: the file could not be had.
    Unfetchable,
    /// 4279013: the account may not post.
    Restricted,
    /// 2207051: suspected spam.
    ActionBlocked,
    /// 190/463
    TokenExpired,
    /// 4
    AppLimit,
    /// 17
    UserLimit,
    /// 613
    CustomLimit,
    /// 1, with HTTP 500
    Unknown,
    /// 2, with HTTP 500 and `is_transient`
    Service,
}

/// What publishing a published container answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Republish {
    /// 24/4279009
    Refused,
    /// The id of the post that is out.
    SameId,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            strict: true,
            unversioned: false,
            text_delay: Duration::from_secs(1),
            image_delay: Duration::from_secs(2),
            video_delay: Duration::from_secs(5),
            processing_failures: Vec::new(),
            failures: Vec::new(),
            container_life: DAY,
            republish: Republish::Refused,
            parent_delay: Duration::ZERO,
            list_delay: Duration::from_secs(3),
            replies_need_scope: true,
            unknown_links_fail: false,
            failed_links_spoil: false,
            private_hosts: false,
            content_type_checked: true,
            edit_lists_fail: true,
            image_bytes: 8 << 20,
            video_bytes: 1 << 30,
            post_quota: 250,
            reply_quota: 1_000,
            delete_quota: 100,
            location_quota: 500,
            quota_error: (9, Some(2_207_042)),
            calls_per_day: 48_000,
            usage_headers: true,
            short_token_life: Duration::from_secs(3_600),
            long_token_life: 60 * DAY,
            refresh_age: DAY,
            refreshed_tokens_live: true,
            code_life: Duration::from_secs(3_600),
            user_id_is_text: false,
            withheld_scopes: Vec::new(),
            permalink_host: "www.threads.com".to_owned(),
            localized: false,
        }
    }
}
