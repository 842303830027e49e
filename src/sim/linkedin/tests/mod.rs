//! The simulator over HTTP, as a client meets it: every line of its rules at least once.

mod access;
mod pages;
mod posting;
mod signin;
mod uploads;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::{LinkedIn, Member, PageRole, SignUp};
use crate::sim::{Seen, Sim};

const VERSION: &str = "202609";
const PROCESSING: Duration = Duration::from_secs(100);

/// A running LinkedIn with one member, Ann.
struct Bench {
    sim: Sim,
    http: Client,
    ann: Member,
}

/// An answer, read to the end.
struct Got {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// Asserts status and a part of the body.
    #[track_caller]
    fn is(&self, status: u16, part: &str) {
        assert!(self.status == status && self.body.contains(part), "{} {}", self.status, self.body);
    }
}

impl Bench {
    async fn new() -> Self {
        // Another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sim = Sim::start().await.unwrap();
        sim.linkedin.configure(|options| {
            options.active_versions = Some(202_601..=202_609);
            // Longer than any test takes, so that only moving the clock ends it.
            options.processing_delay = PROCESSING;
        });
        let ann = sim.linkedin.sign_up(SignUp::default());
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { sim, http, ann }
    }

    fn linkedin(&self) -> &LinkedIn {
        &self.sim.linkedin
    }

    fn advance(&self, seconds: u64) {
        self.sim.world().advance(Duration::from_secs(seconds));
    }

    /// Lets every upload be processed to its end.
    fn process(&self) {
        self.sim.world().advance(PROCESSING);
    }

    fn me(&self) -> String {
        format!("urn:li:person:{}", self.ann.id)
    }

    /// A member who may post as page 77 and read and administer it.
    fn page_admin(&self) -> Member {
        let scopes = "openid profile w_member_social w_organization_social r_organization_social rw_organization_admin";
        self.linkedin().add_organization(77, "Acme Tea");
        self.linkedin().sign_up(SignUp {
            name: "Page Admin".to_owned(),
            scopes: scopes.split(' ').map(str::to_owned).collect(),
            organizations: vec![PageRole::new(77, "ADMINISTRATOR")],
            ..SignUp::default()
        })
    }

    /// A request to either host without any header.
    fn bare(&self, method: Method, url: &str) -> RequestBuilder {
        let (_, address) = self.sim.hosts().iter().find(|(host, _)| host == "www.linkedin.com").unwrap();
        let path =
            ["https://www.linkedin.com", "https://api.linkedin.com"].iter().find_map(|host| url.strip_prefix(host));
        self.http.request(method, format!("http://{address}{}", path.unwrap_or(url)))
    }

    /// A request as a member, with every header `/rest/` wants.
    fn call(&self, member: &Member, method: Method, url: &str) -> RequestBuilder {
        self.bare(method, url)
            .bearer_auth(&member.access_token)
            .header("LinkedIn-Version", VERSION)
            .header("X-Restli-Protocol-Version", "2.0.0")
    }

    async fn get(&self, member: &Member, url: &str) -> Got {
        send(self.call(member, Method::GET, url)).await
    }

    async fn post(&self, member: &Member, url: &str, body: &Value) -> Got {
        send(self.call(member, Method::POST, url).json(body)).await
    }

    /// Ann makes a post.
    async fn publish(&self, body: &Value) -> Got {
        self.post(&self.ann, "/rest/posts", body).await
    }

    /// A post that must succeed; its URN.
    async fn published(&self, member: &Member, body: &Value) -> String {
        let got = self.post(member, "/rest/posts", body).await;
        got.is(201, "");
        got.header("x-restli-id").to_owned()
    }

    fn seen(&self) -> Vec<Seen> {
        self.linkedin().seen()
    }

    /// An initialized image of this owner: upload address and URN.
    async fn start(&self, member: &Member, owner: &str, resource: &str) -> (String, String) {
        let body = json!({"initializeUploadRequest": {"owner": owner}});
        let got = self.post(member, &format!("/rest/{resource}?action=initializeUpload"), &body).await;
        got.is(200, "uploadUrl");
        let value = &got.json()["value"];
        let word = resource.trim_end_matches('s');
        (value["uploadUrl"].as_str().unwrap().to_owned(), value[word].as_str().unwrap().to_owned())
    }

    async fn put(&self, member: &Member, url: &str, bytes: &[u8]) -> Got {
        send(self.bare(Method::PUT, url).bearer_auth(&member.access_token).body(bytes.to_vec())).await
    }

    /// An uploaded file of Ann's; its URN.
    async fn uploaded(&self, resource: &str, bytes: &[u8]) -> String {
        let (url, urn) = self.start(&self.ann, &self.me(), resource).await;
        self.put(&self.ann, &url, bytes).await.is(201, "");
        urn
    }
}

async fn send(request: RequestBuilder) -> Got {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Got { status, headers, body: response.text().await.unwrap() }
}

/// The plainest post.
fn plain(author: &str, commentary: &str) -> Value {
    json!({
        "author": author,
        "commentary": commentary,
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": false,
    })
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

fn encoded(urn: &str) -> String {
    urn.replace(':', "%3A")
}

/// A PNG's first bytes: enough to be one.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\x00\x00\x00");
    bytes
}

fn made_at(urn: &str) -> SystemTime {
    let digits: u64 = urn.rsplit(':').next().unwrap().parse().unwrap();
    UNIX_EPOCH + Duration::from_millis(digits >> 22)
}
