//! Make-believe platforms on loopback, for `rehearse` and for tests.
//!
//! Each platform file is written from that platform's public documentation alone and shares no code, no type and no
//! figure with the rest of this program: a mistake must not be able to hide on both sides. A simulator proves our
//! logic; it never proves the real service.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use futures_util::StreamExt as _;
use tokio::task::JoinHandle;

pub mod bluesky;
mod call;
pub mod discord;
pub mod facebook;
pub mod forem;
#[cfg(test)]
mod got;
mod graph;
pub mod instagram;
pub mod linkedin;
pub mod mastodon;
mod meter;
mod multipart;
mod picture;
mod probe;
mod record;
pub mod slack;
pub mod telegram;
pub mod threads;
pub mod tiktok;
pub mod web;
pub mod x;
pub mod youtube;

/// All simulators; served on loopback until this value is dropped, or asked in this process.
pub struct Sim {
    pub x: x::X,
    pub linkedin: linkedin::LinkedIn,
    pub facebook: facebook::Facebook,
    pub instagram: instagram::Instagram,
    pub threads: threads::Threads,
    pub youtube: youtube::YouTube,
    pub tiktok: tiktok::TikTok,
    pub bluesky: bluesky::Bluesky,
    pub mastodon: mastodon::Mastodon,
    pub discord: discord::Discord,
    pub telegram: telegram::Telegram,
    pub forem: forem::Forem,
    pub slack: slack::Slack,
    world: World,
    hosts: Vec<(String, SocketAddr)>,
    servers: Vec<JoinHandle<()>>,
}

impl Sim {
    /// Binds one loopback port for each platform and serves until dropped. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When a loopback port cannot be bound.
    pub async fn start() -> io::Result<Self> {
        let mut sim = Self::of(World::default());
        for (hosts, router) in sim.routers() {
            sim.serve(&hosts, router).await?;
        }
        Ok(sim)
    }

    /// Simulators that nobody reaches over the network.
    pub fn of(world: World) -> Self {
        let facebook = facebook::Facebook::new(world.clone());
        Self {
            x: x::X::new(world.clone()),
            linkedin: linkedin::LinkedIn::new(world.clone()),
            instagram: instagram::Instagram::new(world.clone(), facebook.clone()),
            facebook,
            threads: threads::Threads::new(world.clone()),
            youtube: youtube::YouTube::new(world.clone()),
            tiktok: tiktok::TikTok::new(world.clone()),
            bluesky: bluesky::Bluesky::new(world.clone()),
            mastodon: mastodon::Mastodon::new(world.clone()),
            discord: discord::Discord::new(world.clone()),
            telegram: telegram::Telegram::new(world.clone()),
            forem: forem::Forem::new(world.clone()),
            slack: slack::Slack::new(world.clone()),
            world,
            hosts: Vec::new(),
            servers: Vec::new(),
        }
    }

    /// Each platform's hosts, and what answers there; a server that is only one of many of its kind has a row of its own.
    fn routers(&self) -> Vec<(Vec<String>, Router)> {
        let platforms: [(&[&str], Router); 10] = [
            (x::HOSTS, self.x.router()),
            (linkedin::HOSTS, self.linkedin.router()),
            (facebook::HOSTS, graph::router(&self.facebook, &self.instagram)),
            (instagram::HOSTS, self.instagram.router()),
            (threads::HOSTS, self.threads.router()),
            (youtube::HOSTS, self.youtube.router()),
            (tiktok::HOSTS, self.tiktok.router()),
            (discord::HOSTS, self.discord.router()),
            (telegram::HOSTS, self.telegram.router()),
            (slack::HOSTS, self.slack.router()),
        ];
        let platforms =
            platforms.into_iter().map(|(hosts, router)| (hosts.iter().map(|&host| host.to_owned()).collect(), router));
        let servers =
            self.mastodon.servers().into_iter().map(|server| (vec![server.host().to_owned()], server.router()));
        let bluesky = self.bluesky.routers().into_iter().map(|(host, router)| (vec![host.to_owned()], router));
        let forem = self.forem.servers().into_iter().map(|server| (vec![server.host().to_owned()], server.router()));
        platforms.chain(bluesky).chain(servers).chain(forem).collect()
    }

    /// What answers at each host, for whoever asks in this process.
    pub fn answerers(&self) -> BTreeMap<String, Router> {
        let each = self.routers().into_iter().flat_map(|(hosts, router)| {
            let router = self.observed(&hosts, router);
            hosts.into_iter().map(move |host| (host, router.clone()))
        });
        let sites = self.world.lock().sites.clone().into_iter();
        each.chain(sites.map(|(host, site)| (host, web::router(site)))).collect()
    }

    fn observed(&self, hosts: &[String], router: Router) -> Router {
        let named = (self.world.clone(), hosts.first().cloned().unwrap_or_default());
        router.layer(middleware::from_fn_with_state(named, observe))
    }

    /// Opens one more server of Mastodon's API and serves it.
    ///
    /// # Errors
    /// When a loopback port cannot be bound.
    pub async fn open_mastodon(&mut self, host: &str, flavour: mastodon::Flavour) -> io::Result<mastodon::Server> {
        let server = self.mastodon.open(host, flavour);
        if !self.hosts.iter().any(|(known, _)| known == host) {
            self.serve(&[host.to_owned()], server.router()).await?;
        }
        Ok(server)
    }

    /// Opens one more server of Forem and serves it.
    ///
    /// # Errors
    /// When a loopback port cannot be bound.
    pub async fn open_forem(&mut self, host: &str) -> io::Result<forem::Server> {
        let server = self.forem.open(host);
        if !self.hosts.iter().any(|(known, _)| known == host) {
            self.serve(&[host.to_owned()], server.router()).await?;
        }
        Ok(server)
    }

    /// Puts a web host up, for platforms that fetch media by its address, and for whoever looks at it before.
    ///
    /// # Errors
    /// When a loopback port cannot be bound.
    pub async fn put_up(&mut self, host: &str, site: web::Site) -> io::Result<()> {
        self.open_site(host, site.clone());
        self.serve(&[host.to_owned()], web::router(site)).await
    }

    /// The same for whoever asks in this process.
    pub fn open_site(&self, host: &str, site: web::Site) {
        self.world.lock().sites.insert(host.to_owned(), site);
    }

    /// The hosts the platforms are known by, and where each is served now.
    pub fn hosts(&self) -> &[(String, SocketAddr)] {
        &self.hosts
    }

    /// What readers would see on all platforms, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        let mut seen = self.x.seen();
        seen.extend(self.linkedin.seen());
        seen.extend(self.facebook.seen());
        seen.extend(self.instagram.seen());
        seen.extend(self.threads.seen());
        seen.extend(self.youtube.seen());
        seen.extend(self.tiktok.seen());
        seen.extend(self.bluesky.seen());
        seen.extend(self.mastodon.seen());
        seen.extend(self.discord.seen());
        seen.extend(self.telegram.seen());
        seen.extend(self.forem.seen());
        seen.extend(self.slack.seen());
        seen.sort_by_key(|post| post.at);
        seen
    }

    /// The shared clock, faults and request log.
    pub fn world(&self) -> &World {
        &self.world
    }

    async fn serve(&mut self, hosts: &[String], router: Router) -> io::Result<()> {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        for host in hosts {
            self.hosts.push((host.clone(), address));
        }
        let router = self.observed(hosts, router);
        self.servers.push(tokio::spawn(async move {
            // Serving ends only with the task: there is nobody to tell about an accept error on loopback.
            let _ = axum::serve(listener, router).await;
        }));
        Ok(())
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

/// One post as readers of a platform see it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `x`, `linkedin`, ...
    pub platform: &'static str,
    /// Who posted: the platform's own id of the account.
    pub author: String,
    /// The platform's id of the post.
    pub id: String,
    /// What the platform shows it as: `post`, `repost`, `comment`, `reel`, `story`, `video`, `short`, `draft`.
    pub kind: &'static str,
    /// Address a reader would open.
    pub url: String,
    /// Where the platform shows one beside the text.
    pub title: Option<String>,
    /// The text as shown, after whatever the platform does to it.
    pub text: String,
    /// Audience, in the platform's own word (`everyone`, `PUBLIC`, ...).
    pub visibility: String,
    /// Pictures and the like, in order.
    pub media: Vec<SeenMedia>,
    /// The link card, if the post has one.
    pub card: Option<SeenCard>,
    pub poll: Option<SeenPoll>,
    /// Id of the post this one answers (a thread's earlier part), or comments on.
    pub reply_to: Option<String>,
    /// Id of the post this one quotes or shares.
    pub quotes: Option<String>,
    /// What else readers are shown or held to, in the platform's own words: `("category", "22")`, `("collaborators", "ann")`.
    pub details: Vec<(&'static str, String)>,
    /// When it was made, by the simulator's clock.
    pub at: SystemTime,
}

impl Seen {
    /// A post of which nothing but its platform and its time is known.
    fn new(platform: &'static str, at: SystemTime) -> Self {
        Self {
            platform,
            author: String::new(),
            id: String::new(),
            kind: "post",
            url: String::new(),
            title: None,
            text: String::new(),
            visibility: String::new(),
            media: Vec::new(),
            card: None,
            poll: None,
            reply_to: None,
            quotes: None,
            details: Vec::new(),
            at,
        }
    }
}

/// One attachment of a [`Seen`] post.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenMedia {
    /// MIME type as uploaded or sniffed.
    pub mime: String,
    pub alt: Option<String>,
    pub bytes: Arc<[u8]>,
    /// The picture shown until a video plays.
    pub cover: Option<Arc<[u8]>>,
    /// Captions by language, as uploaded.
    pub captions: Vec<(String, Arc<[u8]>)>,
}

/// The poll of a [`Seen`] post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenPoll {
    /// The question, where the platform shows one beside the text.
    pub question: Option<String>,
    pub options: Vec<String>,
    pub ends: SystemTime,
}

/// A link card of a [`Seen`] post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenCard {
    pub url: String,
    pub title: String,
    pub description: Option<String>,
}

/// What the simulators share: a clock that can be moved, scripted faults, a log of the requests, and the web hosts whose
/// files platforms fetch.
#[derive(Clone, Default)]
pub struct World(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// What the simulators take for the time of day, where that is not the system's.
    clock: Option<Arc<dyn Fn() -> SystemTime + Send + Sync>>,
    /// How far the simulators' clock is from that, in milliseconds.
    skew_ms: i64,
    faults: Vec<Fault>,
    /// Faults for requests by their place in the log.
    planned: BTreeMap<usize, FaultKind>,
    log: Vec<Logged>,
    sites: BTreeMap<String, web::Site>,
    /// Bytes that are kept of a film, where not all are.
    head_max: Option<usize>,
    /// How long after its request an answer comes.
    latency: Duration,
}

/// Bodies longer than this are not logged.
pub const LOGGED_MAX: usize = 1 << 18;

/// One request as a simulator received it.
#[derive(Clone, Debug)]
pub struct Logged {
    pub at: Instant,
    pub method: Method,
    /// Which simulator: the first of its hosts.
    pub host: String,
    /// Path and query as sent, percent-encoding kept.
    pub target: String,
    pub content_type: Option<String>,
    /// The body, if it is no longer than [`LOGGED_MAX`] bytes.
    pub body: Option<Bytes>,
    /// Bytes of the body, if the request says so.
    pub length: Option<usize>,
    /// Status answered, or withheld ([`FaultKind::Never`]; 0: the request had no effect); `None` as long as there is none, and
    /// when the connection was dropped without an answer.
    pub status: Option<u16>,
    /// When it was answered.
    pub answered: Option<Instant>,
}

/// A scripted fault: it strikes the next `times` requests whose method and path begin as given.
#[derive(Clone, Debug)]
pub struct Fault {
    pub method: Method,
    pub path: String,
    pub times: usize,
    pub kind: FaultKind,
}

/// What a [`Fault`] does.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// The connection closes; the request has no effect.
    DropBefore,
    /// The request has its effect; then the connection closes without an answer.
    DropAfter,
    /// This answer, and no effect.
    AnswerBefore { status: u16, headers: Vec<(String, String)>, body: String },
    /// The request has its effect, but this is the answer.
    AnswerAfter { status: u16, headers: Vec<(String, String)>, body: String },
    /// The request has its effect; the answer comes this much later.
    Slow(Duration),
    /// The connection stays open and no answer ever comes; `acts` says whether the request has its effect.
    Never { acts: bool },
}

impl World {
    /// A world with a clock of its own.
    pub fn on(clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(Mutex::new(Inner { clock: Some(Arc::new(clock)), ..Inner::default() })))
    }

    /// The simulators' time of day: the system's, or that of their own clock, moved by [`World::advance`].
    pub fn now(&self) -> SystemTime {
        let inner = self.lock();
        let now = inner.clock.as_ref().map_or_else(SystemTime::now, |clock| clock());
        let skew = Duration::from_millis(inner.skew_ms.unsigned_abs());
        if inner.skew_ms < 0 { now - skew } else { now + skew }
    }

    /// Moves the simulators' clock forward.
    pub fn advance(&self, by: Duration) {
        self.lock().skew_ms += i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    }

    /// Sets how far the simulators' clock is from the system's.
    pub fn set_skew(&self, skew_ms: i64) {
        self.lock().skew_ms = skew_ms;
    }

    /// Adds a fault to the script.
    pub fn fault(&self, fault: Fault) {
        self.lock().faults.push(fault);
    }

    /// The request that comes after so many others from now on is struck, whatever it is for; tells its place in the log.
    pub fn fault_after(&self, requests: usize, kind: FaultKind) -> usize {
        let mut inner = self.lock();
        let index = inner.log.len() + requests;
        inner.planned.insert(index, kind);
        index
    }

    /// Takes back every fault that has not struck yet.
    pub fn calm(&self) {
        let mut inner = self.lock();
        inner.faults.clear();
        inner.planned.clear();
    }

    /// From now on only so many first bytes are kept of a film that is uploaded, and readers are shown no more of it: what
    /// it is stands there. For whoever sends gigabytes only to see them arrive.
    pub fn keep_heads(&self, bytes: usize) {
        self.lock().head_max = Some(bytes);
    }

    /// From now on no answer comes sooner than this after its request.
    pub fn set_latency(&self, latency: Duration) {
        self.lock().latency = latency;
    }

    /// How many bytes are kept of a piece of a film that begins at this one.
    fn kept(&self, at: u64, length: usize) -> usize {
        let head = self.lock().head_max.unwrap_or(usize::MAX);
        head.saturating_sub(usize::try_from(at).unwrap_or(usize::MAX)).min(length)
    }

    /// Every request so far, in order of arrival.
    pub fn log(&self) -> Vec<Logged> {
        self.lock().log.clone()
    }

    /// What a platform gets that fetches this address; `None` where no host of that name is up.
    fn fetch(&self, address: &str) -> Option<web::Page> {
        let (_, rest) = address.split_once("://")?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let site = self.lock().sites.get(host).cloned()?;
        Some(site(if path.is_empty() { "/" } else { path }))
    }

    fn strike(&self, method: &Method, path: &str) -> Option<FaultKind> {
        let mut inner = self.lock();
        let fault = inner
            .faults
            .iter_mut()
            .find(|fault| fault.times > 0 && fault.method == method && path.starts_with(&fault.path))?;
        fault.times -= 1;
        Some(fault.kind.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A handler that panicked leaves the counters usable: they are updated in single steps.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn observe(State((world, host)): State<(World, String)>, request: Request, next: Next) -> Response {
    let soonest = tokio::time::Instant::now() + world.lock().latency;
    let method = request.method().clone();
    let target = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let length = announced(&request);
    let (request, body) = with_body(request).await;
    let index = {
        let mut inner = world.lock();
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        inner.log.push(Logged {
            at: Instant::now(),
            method: method.clone(),
            host,
            target: target.clone(),
            content_type: content_type.map(str::to_owned),
            body,
            length,
            status: None,
            answered: None,
        });
        inner.log.len() - 1
    };
    let planned = world.lock().planned.remove(&index);
    let response = match planned.or_else(|| world.strike(&method, &target)) {
        None => next.run(request).await,
        Some(FaultKind::DropBefore) => hang_up(),
        Some(FaultKind::DropAfter) => {
            next.run(request).await;
            hang_up()
        }
        Some(FaultKind::AnswerBefore { status, headers, body }) => answer(status, headers, body),
        Some(FaultKind::AnswerAfter { status, headers, body }) => {
            next.run(request).await;
            answer(status, headers, body)
        }
        Some(FaultKind::Never { acts }) => {
            let status = if acts { next.run(request).await.status().as_u16() } else { 0 };
            world.lock().log[index].status = Some(status);
            std::future::pending().await
        }
        Some(FaultKind::Slow(delay)) => {
            let response = next.run(request).await;
            tokio::time::sleep(delay).await;
            response
        }
    };
    if soonest > tokio::time::Instant::now() {
        tokio::time::sleep_until(soonest).await;
    }
    let logged = &mut world.lock().log[index];
    (logged.status, logged.answered) = (Some(response.status().as_u16()), Some(Instant::now()));
    response
}

/// A body put down piece by piece where it will stay, in the room for what it says it is; nothing when it breaks off, or is
/// longer than allowed.
async fn collect(body: Body, announced: Option<usize>, most: usize) -> Option<Bytes> {
    let mut bytes = Vec::with_capacity(announced.unwrap_or(0).min(most).min(ROOM_MAX));
    let mut stream = body.into_data_stream();
    while let Some(piece) = stream.next().await {
        let piece = piece.ok()?;
        if piece.len() > most - bytes.len() {
            return None;
        }
        bytes.extend_from_slice(&piece);
    }
    Some(bytes.into())
}

/// A longer body is not believed to come, so no room is kept for it beforehand.
const ROOM_MAX: usize = 64 << 20;

/// How long a request says its body is.
fn announced(request: &Request) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The body of a request that says it has a short one; such a body is read before anything else happens.
async fn with_body(request: Request) -> (Request, Option<Bytes>) {
    if announced(&request).is_none_or(|length| length > LOGGED_MAX) {
        return (request, None);
    }
    let (parts, body) = request.into_parts();
    match axum::body::to_bytes(body, LOGGED_MAX).await {
        Ok(bytes) => (Request::from_parts(parts, Body::from(bytes.clone())), Some(bytes)),
        // The client broke off: the handler meets an empty body.
        Err(_) => (Request::from_parts(parts, Body::empty()), None),
    }
}

/// Ends the connection's task without an answer; the panic hook is not run, so nothing is printed.
fn hang_up() -> ! {
    std::panic::resume_unwind(Box::new("the simulator hangs up"))
}

fn answer(status: u16, headers: Vec<(String, String)>, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_film_all_is_kept_or_its_head() {
        let world = World::default();
        let kept = |at| world.kept(at, 100);
        assert_eq!([kept(0), kept(1_000)], [100, 100]);
        world.keep_heads(150);
        assert_eq!([kept(0), kept(100), kept(149), kept(150), kept(u64::MAX)], [100, 50, 1, 0, 0]);
    }

    #[tokio::test]
    async fn a_body_is_whole_and_not_too_long_or_nothing() {
        for (body, announced, most, expected) in [
            ("tea", Some(3), 3, Some("tea")),
            ("tea", None, usize::MAX, Some("tea")),
            ("tea", Some(usize::MAX), usize::MAX, Some("tea")),
            ("", Some(0), 0, Some("")),
            ("tea", Some(3), 2, None),
        ] {
            let got = collect(Body::from(body), announced, most).await;
            assert_eq!(got.as_deref(), expected.map(str::as_bytes), "{body} {announced:?} {most}");
        }
    }
}
