//! Counts calls against the rate limits and money against the credits. Knows nothing of what a call does.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use super::auth::Caller;
use super::errors::Refusal;
use super::state::{State, unix_seconds};

const QUARTER: Duration = Duration::from_secs(15 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a rate limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `GET /2/users/me`
    Me,
    /// `POST /2/tweets`
    CreatePost,
    /// `DELETE /2/tweets/{id}`
    DeletePost,
    /// `POST /2/users/{id}/retweets`
    Repost,
    /// `DELETE /2/users/{id}/retweets/{source_tweet_id}`
    Unrepost,
    /// `GET /2/tweets/{id}` and `GET /2/tweets`
    ReadPost,
    /// `GET /2/users/{id}/tweets`
    Timeline,
    /// `POST /2/media/upload`
    Upload,
    /// `POST /2/media/upload/initialize`
    Initialize,
    /// `POST /2/media/upload/{id}/append`
    Append,
    /// `POST /2/media/upload/{id}/finalize`
    Finalize,
    /// `GET /2/media/upload`
    Status,
    /// `POST /2/media/metadata`
    Metadata,
    /// `POST /2/media/subtitles`
    Subtitles,
}

/// Whose calls a rate limit adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Per {
    User,
    App,
}

/// At most `max` calls in a window that begins with the first of them.
#[derive(Clone, Debug)]
pub struct Rate {
    pub endpoint: Endpoint,
    pub per: Per,
    pub max: u32,
    pub window: Duration,
}

impl Rate {
    /// The figures of <https://docs.x.com/x-api/fundamentals/rate-limits>.
    pub(super) fn documented() -> Vec<Self> {
        use Endpoint as E;
        [
            (E::CreatePost, Per::User, 100, QUARTER),
            (E::CreatePost, Per::App, 10_000, DAY),
            (E::DeletePost, Per::User, 50, QUARTER),
            (E::Repost, Per::User, 50, QUARTER),
            (E::Unrepost, Per::User, 50, QUARTER),
            (E::ReadPost, Per::User, 900, QUARTER),
            (E::ReadPost, Per::App, 450, QUARTER),
            (E::Timeline, Per::User, 900, QUARTER),
            (E::Timeline, Per::App, 10_000, QUARTER),
            (E::Me, Per::User, 75, QUARTER),
            (E::Upload, Per::User, 500, QUARTER),
            (E::Upload, Per::App, 50_000, DAY),
            (E::Initialize, Per::User, 1_875, QUARTER),
            (E::Initialize, Per::App, 180_000, DAY),
            (E::Append, Per::User, 1_875, QUARTER),
            (E::Append, Per::App, 180_000, DAY),
            (E::Finalize, Per::User, 1_875, QUARTER),
            (E::Finalize, Per::App, 180_000, DAY),
            (E::Status, Per::User, 1_000, QUARTER),
            (E::Status, Per::App, 100_000, DAY),
            (E::Metadata, Per::User, 500, QUARTER),
            (E::Metadata, Per::App, 50_000, DAY),
        ]
        .map(|(endpoint, per, max, window)| Self { endpoint, per, max, window })
        .to_vec()
    }

    /// `limit`, `remaining` and `reset` headers that tell of this limit.
    fn headers(&self) -> [&'static str; 3] {
        match (self.window > QUARTER, self.per) {
            (false, _) => ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"],
            (true, Per::App) => {
                ["x-app-limit-24hour-limit", "x-app-limit-24hour-remaining", "x-app-limit-24hour-reset"]
            }
            (true, Per::User) => {
                ["x-user-limit-24hour-limit", "x-user-limit-24hour-remaining", "x-user-limit-24hour-reset"]
            }
        }
    }

    /// A quarter-hour limit of the app concerns only calls made by the app alone.
    fn concerns(&self, endpoint: Endpoint, caller: &Caller) -> bool {
        let bearer = match self.per {
            Per::User => !caller.is_app_alone(),
            Per::App => caller.is_app_alone() || self.window > QUARTER,
        };
        self.endpoint == endpoint && bearer
    }
}

/// Calls counted so far, and the posts already paid for today.
#[derive(Default)]
pub(super) struct Meter {
    windows: HashMap<(Endpoint, Per, u64), Window>,
    read: HashSet<(u64, u64)>,
}

#[derive(Clone, Copy)]
struct Window {
    began: SystemTime,
    used: u32,
}

/// What counting a call showed.
pub(super) struct Gauge {
    pub(super) over: bool,
    pub(super) headers: Vec<(&'static str, String)>,
}

/// Counts one call. A refused call is not counted.
pub(super) fn count(state: &mut State, endpoint: Endpoint, caller: &Caller) -> Gauge {
    let rates: Vec<_> = state.options.rates.iter().filter(|rate| rate.concerns(endpoint, caller)).cloned().collect();
    let over = rates.iter().any(|rate| window(state, rate, caller).used >= rate.max);
    let mut headers = Vec::new();
    for rate in rates {
        let now = window(state, &rate, caller);
        now.used += u32::from(!over);
        let values = [rate.max.into(), rate.max.saturating_sub(now.used).into(), unix_seconds(now.began + rate.window)];
        if state.options.rate_headers {
            headers.extend(rate.headers().into_iter().zip(values.map(|value: u64| value.to_string())));
        }
    }
    Gauge { over, headers }
}

fn window<'a>(state: &'a mut State, rate: &Rate, caller: &Caller) -> &'a mut Window {
    let who = if rate.per == Per::User { caller.user } else { caller.app as u64 };
    let fresh = Window { began: state.now, used: 0 };
    let window = state.meter.windows.entry((rate.endpoint, rate.per, who)).or_insert(fresh);
    if window.began + rate.window <= state.now {
        *window = fresh;
    }
    window
}

/// Refuses a billed call when no credits are left.
pub(super) fn solvent(state: &State, endpoint: Endpoint, caller: &Caller) -> Result<(), Refusal> {
    let free = matches!(endpoint, Endpoint::Me | Endpoint::Append | Endpoint::Finalize | Endpoint::Status);
    if free || state.options.credits > 0 { Ok(()) } else { Err(Refusal::credits_depleted(caller.user)) }
}

/// Bills posts that are about to be returned; each once in a UTC day.
pub(super) fn bill_reads(state: &mut State, caller: &Caller, posts: &[u64]) {
    let today = unix_seconds(state.now) / DAY.as_secs();
    for id in posts {
        if state.meter.read.insert((today, *id)) {
            let own = state.posts.iter().any(|post| post.id == *id && post.author == caller.user);
            let prices = &state.options.prices;
            state.options.credits -= if own { prices.own_read } else { prices.read };
        }
    }
}
