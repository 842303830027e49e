//! The only door to the network: sends a call with its token and tells what came of it, and looks at what lies on the
//! web, where no token goes. Follows no redirect, retries nothing, never prints what it was given, and gives back no answer
//! that repeats a secret of the request.

use std::io::{self, Read};
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderValue, USER_AGENT};
use reqwest::{Certificate, Client, Request, RequestBuilder, Response, redirect};
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::{Failure, Kind};
use crate::platform::{Auth, Body, Call, FileRange, KEY, Method, Reply};
use crate::vault::{Credential, Secret};

mod body;
mod dpop;
mod hosts;
mod pool;
mod sign;
mod veil;

use body::{Gauge, Store};
use dpop::Nonces;
pub use dpop::new_key;
use hosts::Hosts;
use pool::Pool;
pub use sign::Keys;

/// Longest body that is read, in bytes.
const BODY_MAX: usize = 1 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What came of sending a call.
#[derive(Debug)]
pub enum Outcome {
    Answered(Reply),
    /// The request certainly never left: no connection was made.
    NotSent(String),
    /// It may have arrived: no answer, or one that could not be read.
    Unclear(String),
}

/// Where media bytes come from.
pub trait Files: Send + Sync {
    /// Opens a range of a media file, which must be as long as the range. Where that is more than a piece, it is opened and
    /// read to its end on a thread where waiting is allowed.
    ///
    /// # Errors
    /// The system's, when it cannot be opened.
    fn open(&self, file: &FileRange) -> io::Result<Box<dyn Read + Send>>;

    /// The same of a file that is open already, for its next part; `None` where somebody would have to wait.
    fn open_again(&self, _file: &FileRange) -> Option<Box<dyn Read + Send>> {
        None
    }
}

/// For calls that send no file.
pub struct NoFiles;

impl Files for NoFiles {
    fn open(&self, file: &FileRange) -> io::Result<Box<dyn Read + Send>> {
        Err(io::Error::other(format!("there is no file {} here", file.path)))
    }
}

/// Told how many bytes of a file have been handed to the network so far, whenever there are more.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// A request to a host that is no platform's. Nothing of ours goes with it: what opens something is in the address.
pub struct Visit<'a> {
    pub url: &'a Url,
    /// The user agent to come as.
    pub agent: &'a str,
    pub ask: Ask<'a>,
}

/// What a [`Visit`] is for.
pub enum Ask<'a> {
    /// The head of an answer alone.
    Head,
    /// An answer with so many first bytes of its body.
    Get { first: usize },
    /// Leaves a file there.
    Put { file: &'a FileRange, mime: &'a str, files: &'a Arc<dyn Files>, progress: Progress<'a> },
}

/// What carries requests, where it is not the network.
pub trait Wire: Send + Sync {
    /// Carries a request to its host and brings the head of the answer; the body may come later, or break off.
    fn carry(&self, request: Request) -> BoxFuture<'_, Result<Response, Broken>>;
}

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// No connection was made.
    NotSent(String),
    /// It may have arrived.
    Unclear(String),
}

/// The door.
pub struct Http {
    hosts: Option<Hosts>,
    wire: Option<Arc<dyn Wire>>,
    clock: Clock,
    timeout: Duration,
    /// How far this machine's clock is ahead of the last answer's, in milliseconds.
    skew_ms: Mutex<Option<i64>>,
    nonces: Nonces,
    pool: Pool,
    reading: OnceLock<Client>,
    showing: OnceLock<Client>,
}

impl Http {
    /// A door to the real hosts; no connection and no TLS root is made before the first call.
    pub fn new(clock: Clock, timeout: Duration) -> Self {
        Self {
            hosts: None,
            wire: None,
            clock,
            timeout,
            skew_ms: Mutex::new(None),
            nonces: Nonces::default(),
            pool: Pool::default(),
            reading: OnceLock::new(),
            showing: OnceLock::new(),
        }
    }

    /// Sends the hosts named in `api.x.com=http://127.0.0.1:9001,...` elsewhere, and refuses all others.
    ///
    /// # Errors
    /// When the text is not of that form, or names plain http for an address that is not loopback.
    pub fn with_hosts(mut self, hosts: &str) -> Result<Self, Failure> {
        self.hosts = Some(Hosts::parse(hosts)?);
        Ok(self)
    }

    /// Hands requests to something else than the network.
    pub fn with_wire(mut self, wire: Arc<dyn Wire>) -> Self {
        self.wire = Some(wire);
        self
    }

    /// Waits at most so long for an answer.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether hosts are sent elsewhere, as in a rehearsal.
    pub fn is_rerouted(&self) -> bool {
        self.hosts.is_some()
    }

    /// How far this machine's clock is ahead of the platforms', by the `Date` of the last answer; negative: behind.
    /// `None` until a platform has told its time.
    pub fn skew(&self) -> Option<TimeDelta> {
        self.skew_ms.lock().unwrap_or_else(PoisonError::into_inner).map(TimeDelta::milliseconds)
    }

    /// Asks a platform's host what time it is there, with no token and for nothing else.
    ///
    /// # Errors
    /// When it cannot be asked at all: a host that is refused.
    pub async fn ask_the_time(&self, host: &str) -> Result<Outcome, Failure> {
        let url = Url::parse(&format!("https://{host}/"))
            .map_err(|error| Failure::new(Kind::Bug, format!("`{host}` is no host")).cause(error))?;
        let url = hosts::route(self.hosts.as_ref(), &url)?;
        tracing::debug!(host, "ask the time");
        let request = self.client(&self.reading, 4)?.head(url).header(USER_AGENT, AGENT);
        let outcome = self.strictly(self.exchange(request, Longer::Cut(0))).await;
        if let Outcome::Answered(reply) = &outcome {
            self.measure_skew(reply.header("date"));
        }
        Ok(outcome)
    }

    fn measure_skew(&self, date: Option<&str>) {
        let Some(told) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) else { return };
        let ours = self.clock.now() - self.clock.offset();
        let skew = (ours - told.to_utc()).num_milliseconds();
        *self.skew_ms.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
    }

    /// Sends a call once, if it goes to one of the platform's hosts: a token goes nowhere else.
    ///
    /// Where the token is bound to a key, a server may refuse the call for a nonce that its proof lacks (RFC 9449, section 9). It
    /// goes out once more then, with the nonce, also where it shows something: the proof is looked at before the token, and the
    /// token before what it is wanted for, so that nothing was done. A file is opened anew for it.
    ///
    /// The whole exchange ends within the timeout; but an upload that shows nothing may last as long as bytes go out, and
    /// then the timeout holds between them and for the answer.
    ///
    /// # Errors
    /// When the call cannot be made at all: a host that is refused, a media file that cannot be read, or not to its
    /// promised end. The platform then has nothing, or a request that breaks off; a call that shows something is
    /// [`Outcome::Unclear`] once a byte of it may have left.
    pub async fn send(
        &self,
        call: &Call,
        hosts: &[&str],
        credential: Option<&Credential>,
        files: &Arc<dyn Files>,
        progress: Progress<'_>,
    ) -> Result<Outcome, Failure> {
        if !matches!(credential, Some(Credential::Bound { .. })) {
            return self.send_once(call, hosts, credential, files, progress).await;
        }
        let proved = async {
            match self.send_once(call, hosts, credential, files, progress).await? {
                Outcome::Answered(reply) if dpop::wants_nonce(&reply) => {
                    self.send_once(call, hosts, credential, files, progress).await
                }
                outcome => Ok(outcome),
            }
        };
        if !call.shows {
            return proved.await;
        }
        // The lease is counted on one timeout, however often it goes out.
        timeout(self.timeout, proved).await.unwrap_or_else(|_| Ok(self.too_late()))
    }

    /// Whether a call that sends a file should better wait for a nonce of its server: else the whole file is sent for nothing.
    pub fn lacks_nonce(&self, call: &Call, credential: &Credential) -> bool {
        let is_bound = call.auth != Auth::None && matches!(credential, Credential::Bound { .. });
        is_bound && call.body.file().is_some() && !self.nonces.is_young(&call.url, self.clock.now())
    }

    async fn send_once(
        &self,
        call: &Call,
        hosts: &[&str],
        credential: Option<&Credential>,
        files: &Arc<dyn Files>,
        progress: Progress<'_>,
    ) -> Result<Outcome, Failure> {
        let host = call.url.host_str().unwrap_or_default();
        if !hosts.contains(&host) {
            return Err(Failure::new(
                Kind::Bug,
                format!("a call to {host} was stopped: the platform has no such host"),
            ));
        }
        let mut url = hosts::route(self.hosts.as_ref(), &call.url)?;
        let field = credential.and_then(Credential::bearer).filter(|_| call.auth == Auth::Field);
        let in_form = field.filter(|_| matches!(call.body, Body::Form(_)));
        if let Some(token) = field.filter(|_| in_form.is_none()) {
            url.query_pairs_mut().append_pair(body::TOKEN_FIELD, token.expose());
        }
        if call.auth == Auth::Path {
            let Some(Credential::Key { open, secret }) = credential else { return Err(no_key(&call.name)) };
            url.set_path(&url.path().replace(KEY, &format!("{open}{}", secret.expose())));
        }
        // A showing call never goes out on a connection that the other side may have closed meanwhile.
        let client = if call.shows { self.client(&self.showing, 0)? } else { self.client(&self.reading, 4)? };
        // Where no token goes along, the address itself is the key: an upload session.
        let path = if call.auth == Auth::None { "(a key)" } else { call.url.path() };
        tracing::debug!(call = call.name, method = method(call.method).as_str(), host, path, "send");
        let mut request = client.request(method(call.method), url).header(USER_AGENT, AGENT);
        if matches!((&call.body, call.method), (Body::Empty, Method::Post | Method::Put | Method::Patch)) {
            // Left out otherwise, and some servers insist on it.
            request = request.header(CONTENT_LENGTH, 0);
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if let Some(credential) = credential
            && let Some(value) = self.authorization(call, credential)?
        {
            request = request.header(AUTHORIZATION, value);
        }
        if call.auth == Auth::ApiKey {
            let Some(Credential::Key { open, secret }) = credential else { return Err(no_key(&call.name)) };
            request = request.header("api-key", sealed(&format!("{open}{}", secret.expose()))?);
        }
        if let (Auth::Bearer, Some(Credential::Bound { access, to, .. })) = (call.auth, credential) {
            let proof = self.proof(&to.key, method(call.method).as_str(), &call.url, Some(access))?;
            request = request.header(DPOP, sealed(&proof)?);
        }
        let (request, gauge) = body::attach(request, &call.body, in_form, self.store(files)).await?;
        let exchange = self.exchange(request, Longer::Unclear(BODY_MAX));
        let (outcome, broken) = match gauge {
            None => (self.strictly(exchange).await, None),
            Some(gauge) if call.shows => {
                // The whole must end in time, so that no pause in it can.
                let exchange = async { self.patiently(exchange, gauge, Duration::MAX, progress).await.0 };
                (self.strictly(exchange).await, None)
            }
            Some(gauge) => self.patiently(exchange, gauge, self.timeout, progress).await,
        };
        let outcome = match outcome {
            Outcome::Answered(reply) => Outcome::Answered(veil::over(&veil::of_credential(credential), reply)),
            other => other,
        };
        match &outcome {
            Outcome::Answered(reply) => {
                self.measure_skew(reply.header("date"));
                self.nonces.learn(&call.url, reply);
                tracing::debug!(call = call.name, status = reply.status, "answer");
            }
            Outcome::NotSent(why) | Outcome::Unclear(why) => tracing::debug!(call = call.name, why, "no answer"),
        }
        match (broken, call.body.file()) {
            (Some(error), Some(file)) => Err(not_whole(&file.path, &error)),
            _ => Ok(outcome),
        }
    }

    fn store<'a>(&'a self, files: &'a Arc<dyn Files>) -> Store<'a> {
        Store { files, pool: &self.pool }
    }

    /// What time it is, by the clock that answers are stamped with.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Where an address leads in this run: elsewhere, if hosts are sent elsewhere.
    ///
    /// # Errors
    /// When its host is refused.
    pub fn way_to(&self, address: &Url) -> Result<Url, Failure> {
        hosts::route(self.hosts.as_ref(), address)
    }

    /// Sends a request for a token once, as it is: the app's secret, a code or a token is in it.
    ///
    /// # Errors
    /// When it cannot be made at all: a host that is refused.
    pub async fn ask_for_token(&self, request: oauth2::HttpRequest) -> Result<Outcome, Failure> {
        let (parts, body) = request.into_parts();
        let address = Url::parse(&parts.uri.to_string())
            .map_err(|error| Failure::new(Kind::Bug, "a login's address is none").cause(error))?;
        let url = hosts::route(self.hosts.as_ref(), &address)?;
        // Its path may be told; its query may hold a token.
        tracing::debug!(host = address.host_str().unwrap_or_default(), path = address.path(), "ask for a token");
        let method = reqwest::Method::from_bytes(parts.method.as_str().as_bytes())
            .map_err(|error| Failure::new(Kind::Bug, "a login's method is none").cause(error))?;
        let veil = veil::of_request(&parts, &body);
        let mut request = self.client(&self.showing, 0)?.request(method, url).header(USER_AGENT, AGENT).body(body);
        for (name, value) in &parts.headers {
            request = request.header(name.as_str(), value.as_bytes());
        }
        let outcome = self.strictly(self.exchange(request, Longer::Unclear(BODY_MAX))).await;
        if let Outcome::Answered(reply) = &outcome {
            self.measure_skew(reply.header("date"));
        }
        Ok(match outcome {
            // A success may give a token again that it was sent: LinkedIn's refresh token stays the same.
            Outcome::Answered(reply) if !reply.is_success() => Outcome::Answered(veil::over(&veil, reply)),
            outcome => outcome,
        })
    }

    /// Sends a form to where tokens are given, with a proof of this key: once, and once more where nothing but the proof's
    /// nonce was refused.
    ///
    /// # Errors
    /// As [`Http::ask_for_token`]; and when the key is none.
    pub async fn prove_for_token(
        &self,
        address: &Url,
        form: &[(&str, &str)],
        key: &Secret,
    ) -> Result<Outcome, Failure> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish().into_bytes();
        let ask = async || {
            let request = oauth2::http::Request::post(address.as_str())
                .header("content-type", "application/x-www-form-urlencoded")
                .header("accept", "application/json")
                .header(DPOP, self.proof(key, "POST", address, None)?)
                .body(body.clone())
                .map_err(|error| Failure::new(Kind::Bug, "a login's address is none").cause(error))?;
            let outcome = self.ask_for_token(request).await?;
            if let Outcome::Answered(reply) = &outcome {
                self.nonces.learn(address, reply);
            }
            Ok::<Outcome, Failure>(outcome)
        };
        match ask().await? {
            Outcome::Answered(reply) if dpop::wants_nonce(&reply) => ask().await,
            outcome => Ok(outcome),
        }
    }

    /// A proof of this moment, with the newest nonce of the server.
    fn proof(&self, key: &Secret, method: &str, url: &Url, token: Option<&Secret>) -> Result<String, Failure> {
        let (id, nonce) = (Uuid::new_v4().simple().to_string(), self.nonces.of(url));
        let at = self.clock.now().timestamp();
        dpop::proof(key, &dpop::About { method, url, token, nonce: nonce.as_deref(), id: &id, at })
    }

    /// Asks for a token once with a signed request (OAuth 1.0a): an empty `POST`, with these parameters of the protocol.
    ///
    /// # Errors
    /// As [`Http::ask_for_token`].
    pub async fn sign_for_token(
        &self,
        address: &Url,
        keys: &Keys<'_>,
        params: &[(&str, &str)],
    ) -> Result<Outcome, Failure> {
        let authorization = sealed(&self.signed(keys, "POST", address, &sign::Params { own: params, form: &[] }))?;
        let request = oauth2::http::Request::post(address.as_str())
            .header("authorization", authorization.as_bytes())
            // Over HTTP/1.1 hyper says nothing of a body that is empty, and some servers want to be told (411).
            .header("content-length", "0")
            .body(Vec::new())
            .map_err(|error| Failure::new(Kind::Bug, "a login's address is none").cause(error))?;
        self.ask_for_token(request).await
    }

    /// Asks a host that is no platform's.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn visit(&self, visit: Visit<'_>) -> Result<Outcome, Failure> {
        let url = hosts::route(self.hosts.as_ref(), visit.url)?;
        let client = self.client(&self.reading, 4)?;
        let host = visit.url.host_str().unwrap_or_default();
        let (method, keep) = match visit.ask {
            Ask::Head => (reqwest::Method::HEAD, Longer::Cut(0)),
            Ask::Get { first } => (reqwest::Method::GET, Longer::Cut(first)),
            Ask::Put { .. } => (reqwest::Method::PUT, Longer::Cut(BODY_MAX)),
        };
        tracing::debug!(method = method.as_str(), host, "visit");
        // Compressed, a file would have another length.
        let mut request =
            client.request(method, url).header(USER_AGENT, visit.agent).header(ACCEPT_ENCODING, "identity");
        if self.is_rerouted() {
            // Signed addresses are signed for their host.
            request = request.header(HOST, &visit.url[url::Position::BeforeHost..url::Position::AfterPort]);
        }
        let Ask::Put { file, mime, files, progress } = visit.ask else {
            return Ok(self.strictly(self.exchange(request, keep)).await);
        };
        let (request, gauge) = body::attach_file(request, file, mime, self.store(files)).await?;
        match self.patiently(self.exchange(request, keep), gauge, self.timeout, progress).await {
            (_, Some(error)) => Err(not_whole(&file.path, &error)),
            (outcome, None) => Ok(outcome),
        }
    }

    /// Tells a webhook something, once, as JSON. Its whole address is a secret: nothing of it is logged.
    ///
    /// # Errors
    /// When it cannot be told at all: plain http to another machine, or a host that is refused.
    pub async fn tell(&self, address: &Url, body: &serde_json::Value) -> Result<Outcome, Failure> {
        let url = hosts::to_tell(self.hosts.as_ref(), address)?;
        tracing::debug!("tell a webhook");
        let request = self.client(&self.showing, 0)?.post(url).header(USER_AGENT, AGENT).json(body);
        Ok(self.strictly(self.exchange(request, Longer::Cut(0))).await)
    }

    /// The `Authorization` of a call; none where no token goes along.
    fn authorization(&self, call: &Call, credential: &Credential) -> Result<Option<HeaderValue>, Failure> {
        let text = match (call.auth, credential) {
            (Auth::None | Auth::Field | Auth::Path | Auth::ApiKey, _) => return Ok(None),
            (Auth::Bearer | Auth::OAuth, Credential::Key { .. }) => {
                let message = format!("`{}` needs an OAuth 2.0 token, and the account has none", call.name);
                return Err(Failure::new(Kind::Bug, message));
            }
            (Auth::Bearer, Credential::OAuth2 { access, .. } | Credential::Session { access, .. }) => {
                format!("Bearer {}", access.expose())
            }
            (Auth::Bearer, Credential::Bound { access, .. }) => format!("DPoP {}", access.expose()),
            (Auth::OAuth, Credential::OAuth2 { access, .. } | Credential::Session { access, .. }) => {
                format!("OAuth {}", access.expose())
            }
            (Auth::Bearer, Credential::OAuth1 { consumer_key, consumer_secret, token, token_secret }) => {
                let keys = Keys { consumer: consumer_key, consumer_secret, token: Some([token, token_secret]) };
                let form = if let Body::Form(fields) = &call.body { fields.as_slice() } else { &[] };
                self.signed(&keys, method(call.method).as_str(), &call.url, &sign::Params { own: &[], form })
            }
            (Auth::OAuth, Credential::OAuth1 { .. } | Credential::Bound { .. }) => {
                let message = format!("`{}` needs a bearer token of OAuth 2.0, and the account has none", call.name);
                return Err(Failure::new(Kind::Bug, message));
            }
        };
        sealed(&text).map(Some)
    }

    /// A signature of this moment, as a header has it.
    fn signed(&self, keys: &Keys<'_>, method: &str, url: &Url, params: &sign::Params<'_>) -> String {
        let nonce = Uuid::new_v4().simple().to_string();
        let once = sign::Once { nonce: &nonce, timestamp: self.clock.now().timestamp() };
        sign::header(keys, method, url, params, &once)
    }

    /// An exchange that must end within the timeout.
    async fn strictly(&self, exchange: impl Future<Output = Outcome>) -> Outcome {
        let in_time = timeout(self.timeout, exchange).await;
        in_time.unwrap_or_else(|_| self.too_late())
    }

    fn too_late(&self) -> Outcome {
        Outcome::Unclear(format!("no answer within {} s", self.timeout.as_secs_f32()))
    }

    /// An exchange that may last as long as its file goes out, with at most such a pause in it, and with what broke the file off.
    async fn patiently(
        &self,
        exchange: impl Future<Output = Outcome>,
        mut gauge: Gauge,
        pause: Duration,
        progress: Progress<'_>,
    ) -> (Outcome, Option<io::Error>) {
        let mut exchange = pin!(exchange);
        let early = loop {
            tokio::select! {
                biased;
                outcome = &mut exchange => break Some(outcome),
                more = timeout(pause, gauge.more()) => match more {
                    Ok(Some(sent)) => progress(sent),
                    Ok(None) => break None,
                    Err(_) => {
                        let seconds = pause.as_secs_f32();
                        break Some(Outcome::Unclear(format!("nothing more could be sent for {seconds} s")));
                    }
                },
            }
        };
        let outcome = match early {
            Some(outcome) => outcome,
            None => self.strictly(exchange).await,
        };
        let broken = gauge.broken().filter(|_| !matches!(outcome, Outcome::Answered(_)));
        let broken = broken.map(|error| io::Error::new(error.kind(), error.to_string()));
        (outcome, broken)
    }

    async fn carry(&self, request: RequestBuilder) -> Result<Response, Broken> {
        let broken = |error: reqwest::Error| match error.is_connect() {
            true => Broken::NotSent(words(error)),
            false => Broken::Unclear(words(error)),
        };
        match &self.wire {
            None => request.send().await.map_err(broken),
            Some(wire) => wire.carry(request.build().map_err(broken)?).await,
        }
    }

    async fn exchange(&self, request: RequestBuilder, longer: Longer) -> Outcome {
        let mut response = match self.carry(request).await {
            Ok(response) => response,
            Err(Broken::NotSent(why)) => return Outcome::NotSent(why),
            Err(Broken::Unclear(why)) => return Outcome::Unclear(why),
        };
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let (enough, most) = match longer {
            Longer::Cut(most) => (most, most),
            Longer::Unclear(most) => (most + 1, most),
        };
        let mut body = Vec::new();
        while body.len() < enough {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Outcome::Unclear(words(error)),
            }
        }
        if body.len() > most && longer == Longer::Unclear(most) {
            return Outcome::Unclear(format!("the answer is longer than {most} bytes"));
        }
        body.truncate(most);
        let body = String::from_utf8_lossy(&body).into_owned();
        Outcome::Answered(Reply { status, headers, body, at: self.clock.now() })
    }

    /// A client, made when first needed, that keeps so many idle connections to a host.
    fn client<'a>(&self, cell: &'a OnceLock<Client>, idle: usize) -> Result<&'a Client, Failure> {
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        // A second installation is refused and harmless: it is the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().filter_map(|root| Certificate::from_der(root).ok());
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(idle)
            .tls_certs_only(roots);
        if self.hosts.is_some() {
            builder = builder.no_proxy();
        }
        let client = builder
            .build()
            .map_err(|error| Failure::new(Kind::Bug, "the HTTP client could not be made").cause(error))?;
        Ok(cell.get_or_init(|| client))
    }
}

/// The header that a proof goes in.
const DPOP: &str = "dpop";
/// What we call ourselves.
pub const AGENT: &str = concat!("pressroom/", env!("CARGO_PKG_VERSION"));

/// What an answer's body is that is longer than so many bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Longer {
    /// Cut off there.
    Cut(usize),
    /// Nothing that could be understood.
    Unclear(usize),
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

/// The value of an `Authorization` header, which nothing prints.
fn sealed(text: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Failure::new(Kind::Person, "the stored token holds characters no header can carry")
            .hint("connect the account again")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// A call that an account cannot make which was connected by other means.
fn no_key(name: &str) -> Failure {
    Failure::new(Kind::Bug, format!("`{name}` needs a secret that was pasted, and the account has none"))
}

/// A file that broke off while it was sent.
fn not_whole(path: &str, error: &io::Error) -> Failure {
    Failure::new(Kind::Content, format!("{path} could not be sent to its end"))
        .cause(error)
        .hint("what arrived is not whole and is not used; put the file back and run again")
}

/// A transport error in words, without the address: an upload address is a key.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

#[cfg(test)]
mod tests;
