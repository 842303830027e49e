//! The only door to the network: sends a call with its token and tells what came of it. Follows no redirect, retries
//! nothing, and never prints what it was given.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::multipart::{Form, Part};
use reqwest::{Certificate, Client, RequestBuilder, redirect};
use url::{Host, Url};

use crate::clock::Clock;
use crate::error::{Failure, Kind};
use crate::platform::{Auth, Body, Call, FileRange, Method, Reply};
use crate::vault::Secret;

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
    /// Reads a range of a media file.
    ///
    /// # Errors
    /// The system's, when it cannot be read.
    fn read(&self, file: &FileRange) -> std::io::Result<Vec<u8>>;
}

/// For calls that send no file.
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, file: &FileRange) -> std::io::Result<Vec<u8>> {
        Err(std::io::Error::other(format!("there is no file {} here", file.path)))
    }
}

/// The door.
pub struct Http {
    /// Where hosts are sent instead; a host that is not named is refused.
    hosts: Option<BTreeMap<String, Url>>,
    clock: Clock,
    timeout: Duration,
    /// How far this machine's clock is ahead of the last answer's, in milliseconds.
    skew_ms: Mutex<Option<i64>>,
    reading: OnceLock<Client>,
    showing: OnceLock<Client>,
}

impl Http {
    /// A door to the real hosts; no connection and no TLS root is made before the first call.
    pub fn new(clock: Clock, timeout: Duration) -> Self {
        Self {
            hosts: None,
            clock,
            timeout,
            skew_ms: Mutex::new(None),
            reading: OnceLock::new(),
            showing: OnceLock::new(),
        }
    }

    /// Sends the hosts named in `api.x.com=http://127.0.0.1:9001,...` elsewhere, and refuses all others.
    ///
    /// # Errors
    /// When the text is not of that form, or names plain http for an address that is not loopback.
    pub fn with_hosts(mut self, hosts: &str) -> Result<Self, Failure> {
        let mut map = BTreeMap::new();
        for pair in hosts.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (host, address) = parse_host(pair)?;
            map.insert(host, address);
        }
        self.hosts = Some(map);
        Ok(self)
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

    fn measure_skew(&self, date: Option<&String>) {
        let Some(told) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) else { return };
        let ours = self.clock.now() - self.clock.offset();
        let skew = (ours - told.to_utc()).num_milliseconds();
        *self.skew_ms.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
    }

    /// Sends a call once, if it goes to one of the platform's hosts: a token goes nowhere else.
    ///
    /// # Errors
    /// When the call cannot be made at all: a host that is refused, a media file that cannot be read. Nothing was sent.
    pub async fn send(
        &self,
        call: &Call,
        hosts: &[&str],
        token: Option<&Secret>,
        files: &dyn Files,
    ) -> Result<Outcome, Failure> {
        let host = call.url.host_str().unwrap_or_default();
        if !hosts.contains(&host) {
            return Err(Failure::new(
                Kind::Bug,
                format!("a call to {host} was stopped: the platform has no such host"),
            ));
        }
        let mut url = self.route(&call.url)?;
        let field = token.filter(|_| call.auth == Auth::Field);
        let is_form = matches!(call.body, Body::Form(_));
        if let Some(token) = field.filter(|_| !is_form) {
            url.query_pairs_mut().append_pair(FIELD, token.expose());
        }
        // A showing call never goes out on a connection that the other side may have closed meanwhile.
        let client = if call.shows { self.client(&self.showing, 0)? } else { self.client(&self.reading, 4)? };
        let method = match call.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        tracing::debug!(call = call.name, method = %method, host = call.url.host_str(), path = call.url.path(), "send");
        let mut request = client.request(method, url).header(USER_AGENT, AGENT);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if let (Some(token), Some(word)) = (token, word(call.auth)) {
            request = request.header(AUTHORIZATION, authorization(word, token)?);
        }
        let request = with_body(request, &call.body, field.filter(|_| is_form), files)?;
        let outcome = self.exchange(request).await;
        match &outcome {
            Outcome::Answered(reply) => tracing::debug!(call = call.name, status = reply.status, "answer"),
            Outcome::NotSent(why) | Outcome::Unclear(why) => tracing::debug!(call = call.name, why, "no answer"),
        }
        Ok(outcome)
    }

    async fn exchange(&self, request: RequestBuilder) -> Outcome {
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Outcome::NotSent(words(error)),
            Err(error) => return Outcome::Unclear(words(error)),
        };
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let headers: BTreeMap<String, String> = headers;
        self.measure_skew(headers.get("date"));
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > BODY_MAX => {
                    return Outcome::Unclear(format!("the answer is longer than {BODY_MAX} bytes"));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Outcome::Unclear(words(error)),
            }
        }
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
            .timeout(self.timeout)
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

    /// Where a real address is reached: itself, or what the host map says.
    fn route(&self, url: &Url) -> Result<Url, Failure> {
        let host = url.host_str().unwrap_or_default();
        let Some(hosts) = &self.hosts else {
            return if url.scheme() == "https" {
                Ok(url.clone())
            } else {
                Err(Failure::new(Kind::Bug, format!("a call to {host} without TLS was stopped")))
            };
        };
        let Some(base) = hosts.get(host) else {
            return Err(Failure::new(
                Kind::Usage,
                format!("a call to {host} was stopped: PRESSROOM_HOSTS does not name it"),
            )
            .hint(format!("add `{host}=http://127.0.0.1:PORT`, or unset PRESSROOM_HOSTS to reach the real hosts")));
        };
        let mut routed = base.clone();
        routed.set_path(url.path());
        routed.set_query(url.query());
        Ok(routed)
    }
}

const AGENT: &str = concat!("pressroom/", env!("CARGO_PKG_VERSION"));

fn parse_host(pair: &str) -> Result<(String, Url), Failure> {
    let wrong = |why: &str| {
        Failure::new(Kind::Usage, format!("PRESSROOM_HOSTS: `{pair}` {why}"))
            .hint("write `api.x.com=http://127.0.0.1:9001`, pairs separated by commas")
    };
    let (host, address) = pair.split_once('=').ok_or_else(|| wrong("has no `=`"))?;
    let address = Url::parse(address).map_err(|error| wrong(&format!("is no address: {error}")))?;
    let loopback = match address.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match address.scheme() {
        "https" => Ok((host.to_owned(), address)),
        "http" if loopback => Ok((host.to_owned(), address)),
        "http" => Err(wrong("is plain http to an address that is not loopback")),
        _ => Err(wrong("is neither http nor https")),
    }
}

/// The name of a token that goes as a field.
const FIELD: &str = "access_token";

/// The word before a token in the `Authorization` header; `None` where no token goes along.
fn word(auth: Auth) -> Option<&'static str> {
    match auth {
        Auth::None | Auth::Field => None,
        Auth::Bearer => Some("Bearer"),
        Auth::OAuth => Some("OAuth"),
    }
}

fn authorization(word: &str, token: &Secret) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(&format!("{word} {}", token.expose())).map_err(|_| {
        Failure::new(Kind::Person, "the stored token holds characters no header can carry")
            .hint("connect the account again")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The request with its body; `token` goes into a form.
fn with_body(
    request: RequestBuilder,
    body: &Body,
    token: Option<&Secret>,
    files: &dyn Files,
) -> Result<RequestBuilder, Failure> {
    Ok(match body {
        Body::Empty => request,
        Body::Json(value) => request.json(value),
        Body::Form(fields) => {
            let fields = fields.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            request.form(&fields.chain(token.map(|token| (FIELD, token.expose()))).collect::<Vec<_>>())
        }
        Body::File { file, mime } => request.header(CONTENT_TYPE, mime).body(read(files, file)?),
        Body::Related { json, file, mime } => {
            let boundary = format!("pressroom-{}", uuid::Uuid::new_v4().simple());
            let head = format!(
                "--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json}\r\n--{boundary}\r\nContent-Type: {mime}\r\n\r\n"
            );
            let body = [head.as_bytes(), &read(files, file)?, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
            request.header(CONTENT_TYPE, format!("multipart/related; boundary={boundary}")).body(body)
        }
        Body::Multipart { fields, name, file, mime } => {
            let mut form = Form::new();
            for (key, value) in fields {
                form = form.text(key.clone(), value.clone());
            }
            let part = Part::bytes(read(files, file)?)
                .file_name("media")
                .mime_str(mime)
                .map_err(|error| Failure::new(Kind::Bug, format!("`{mime}` is no MIME type")).cause(error))?;
            request.multipart(form.part(name.clone(), part))
        }
    })
}

fn read(files: &dyn Files, file: &FileRange) -> Result<Vec<u8>, Failure> {
    files.read(file).map_err(|error| {
        Failure::new(Kind::Content, format!("{} could not be read", file.path))
            .cause(error)
            .hint("nothing was sent; put the file back and run again")
    })
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
mod tests {
    use super::*;

    fn door(hosts: &str) -> Result<Http, Failure> {
        Http::new(Clock::system(), Duration::from_secs(1)).with_hosts(hosts)
    }

    #[test]
    fn hosts_are_sent_elsewhere_or_refused() {
        let door = door("api.x.com=http://127.0.0.1:9001, www.linkedin.com=https://sim.example").unwrap();
        let route =
            |url: &str| door.route(&Url::parse(url).unwrap()).map(String::from).map_err(|failure| failure.message);
        assert_eq!(route("https://api.x.com/2/tweets?a=%2C").unwrap(), "http://127.0.0.1:9001/2/tweets?a=%2C");
        assert_eq!(route("https://www.linkedin.com/x").unwrap(), "https://sim.example/x");
        assert_eq!(
            route("https://api.linkedin.com/x").unwrap_err(),
            "a call to api.linkedin.com was stopped: PRESSROOM_HOSTS does not name it"
        );
    }

    #[test]
    fn a_host_map_that_could_leak_a_token_is_refused() {
        for (hosts, message) in [
            ("api.x.com", "PRESSROOM_HOSTS: `api.x.com` has no `=`"),
            ("api.x.com=nowhere", "PRESSROOM_HOSTS: `api.x.com=nowhere` is no address: relative URL without a base"),
            (
                "api.x.com=http://10.0.0.1:80",
                "PRESSROOM_HOSTS: `api.x.com=http://10.0.0.1:80` is plain http to an address that is not loopback",
            ),
            ("api.x.com=ftp://127.0.0.1", "PRESSROOM_HOSTS: `api.x.com=ftp://127.0.0.1` is neither http nor https"),
        ] {
            assert_eq!(door(hosts).map(|_| ()).unwrap_err().message, message);
        }
    }

    #[tokio::test]
    async fn a_call_to_a_host_the_platform_does_not_have_is_stopped() {
        let door = door("evil.example=http://127.0.0.1:9").unwrap();
        let url = Url::parse("https://evil.example/2/tweets").unwrap();
        let (method, body) = (Method::Post, Body::Empty);
        let name = "post 1".to_owned();
        let call = Call { name, part: 0, shows: true, method, url, headers: Vec::new(), body, auth: Auth::Bearer };
        let stopped = door.send(&call, &["api.x.com"], None, &NoFiles).await.unwrap_err();
        assert_eq!(stopped.message, "a call to evil.example was stopped: the platform has no such host");
    }

    #[test]
    fn a_token_in_a_field_goes_into_the_form() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (client, token) = (Client::builder().build().unwrap(), Secret::new("THQ&1"));
        let sent = |body: &Body| {
            let request = with_body(client.post("http://127.0.0.1:9/"), body, Some(&token), &NoFiles).unwrap();
            let request = request.build().unwrap();
            request.body().and_then(|body| body.as_bytes()).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        let form = Body::Form(vec![("text".to_owned(), "a b".to_owned())]);
        assert_eq!(sent(&form).as_deref(), Some("text=a+b&access_token=THQ%261"));
        assert_eq!(sent(&Body::Empty), None);
    }

    #[test]
    fn plain_http_to_a_real_host_is_stopped() {
        let door = Http::new(Clock::system(), Duration::from_secs(1));
        assert!(door.route(&Url::parse("http://api.x.com/2/tweets").unwrap()).is_err());
    }
}
