//! Addresses against a web host on loopback.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::account::Bucket;
use crate::error::Located;
use crate::platform::FileRange;
use crate::sim::Sim;
use crate::sim::web::{Page, Site};

const META: Fetcher = Fetcher {
    agent: "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    robots: true,
    keeps: true,
};
const TEA: Wanted<'_> = Wanted { path: "media/grün/a b{c}.jpg", sha256: "0a1b", bytes: 5, mime: "image/jpeg" };

/// Every file holds `bytes`.
struct Bytes;

impl Files for Bytes {
    fn open(&self, _: &FileRange) -> std::io::Result<Box<dyn std::io::Read + Send>> {
        Ok(Box::new(&b"bytes"[..]))
    }
}

fn site(url: &str) -> MediaHost {
    MediaHost { public_url: Some(Located::new(url.to_owned(), 0..0)), bucket: None }
}

fn lending() -> MediaHost {
    let (endpoint, region) = ("https://s3.example".to_owned(), "auto".to_owned());
    let (name, prefix) = ("acme".to_owned(), "social/".to_owned());
    MediaHost { public_url: None, bucket: Some(Bucket { endpoint, region, name, prefix, path_style: false }) }
}

/// What comes of asking for an address where these hosts are up, with the requests they saw.
async fn asked(media: &MediaHost, hosts: &[(&str, Site)], age: TimeDelta) -> (Result<Url, Failure>, Vec<String>) {
    let mut sim = Sim::start().await.unwrap();
    for (host, site) in hosts {
        sim.put_up(host, site.clone()).await.unwrap();
    }
    let named: Vec<String> = sim.hosts().iter().map(|(host, address)| format!("{host}=http://{address}")).collect();
    let clock = Clock::system();
    let http = Http::new(clock, Duration::from_secs(5)).with_hosts(&named.join(",")).unwrap();
    let keys = Keys { id: Secret::new("key-id"), secret: Secret::new("secret-canary") };
    let commit = Commit { id: "c0ffee".to_owned(), at: clock.now() - age };
    let hosting = Hosting::new(&http, clock, Arc::new(Bytes), media, Some(keys), commit);
    let mut address = hosting.address(&TEA, META, &|_| ()).await;
    if address.is_ok() {
        // A second time, robots.txt is known.
        address = hosting.address(&TEA, META, &|_| ()).await;
    }
    let log = sim.world().log().into_iter().map(|logged| format!("{} {}", logged.method, logged.target));
    (address, log.collect())
}

fn serving(pages: &'static [(&'static str, &'static str, &'static str)]) -> Site {
    Arc::new(|path| {
        let page = pages.iter().find(|(at, _, _)| *at == path);
        page.map_or_else(Page::missing, |(_, kind, text)| Page::file(kind, text.as_bytes()))
    })
}

#[tokio::test]
async fn a_public_address_is_filled_in_and_looked_at() {
    let at = "/c0ffee/media/gr%C3%BCn/a%20b%7Bc%7D.jpg";
    let host = serving(&[("/c0ffee/media/gr%C3%BCn/a%20b%7Bc%7D.jpg", "image/jpeg", "bytes")]);
    let media = site("https://media.example/{commit}/{path}");
    let (address, log) = asked(&media, &[("media.example", host)], TimeDelta::zero()).await;
    assert_eq!(address.unwrap().as_str(), format!("https://media.example{at}"));
    assert_eq!(log, ["GET /robots.txt".to_owned(), format!("GET {at}"), format!("GET {at}")]);
    let url = fill("https://a.example:8443/get?h={sha256}&p={path}", &TEA, "c0ffee").unwrap();
    assert_eq!(url.as_str(), "https://a.example:8443/get?h=0a1b&p=media/gr%C3%BCn/a%20b%7Bc%7D.jpg");
}

#[tokio::test]
async fn a_page_that_is_still_built_comes_later() {
    let media = site("https://media.example/{sha256}.jpg");
    for (age, kind) in [(TimeDelta::minutes(59), Kind::Later), (TimeDelta::minutes(61), Kind::Person)] {
        let (address, _) = asked(&media, &[("media.example", serving(&[]))], age).await;
        assert_eq!(address.unwrap_err().kind, kind);
    }
}

#[tokio::test]
async fn robots_are_heard() {
    let media = site("https://media.example/{sha256}.jpg");
    let closed: &[_] = &[
        ("/robots.txt", "text/plain", "User-agent: facebookexternalhit\nDisallow: /0a"),
        ("/0a1b.jpg", "image/jpeg", "bytes"),
    ];
    let closed: &'static [(&str, &str, &str)] = closed.to_vec().leak();
    let (address, _) = asked(&media, &[("media.example", serving(closed))], TimeDelta::zero()).await;
    let failure = address.unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (Kind::Person, "the robots.txt of media.example keeps facebookexternalhit from https://media.example/0a1b.jpg")
    );
    assert_eq!(failure.hints, ["let it in there: `User-agent: facebookexternalhit`, and below it `Allow: /`"]);
    let broken: Site = Arc::new(|_| Page { status: 503, ..Page::missing() });
    let (address, _) = asked(&media, &[("media.example", broken)], TimeDelta::zero()).await;
    let failure = address.unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (Kind::Later, "https://media.example/robots.txt cannot be read (503), and without it nobody is let in")
    );
}

/// Not there at first, then put there, then lent: and the second time not put again.
#[tokio::test]
async fn a_bucket_gets_a_file_once() {
    let asked_so_far = AtomicUsize::new(0);
    let host: Site = Arc::new(move |path| match (path, asked_so_far.fetch_add(1, Ordering::SeqCst)) {
        ("/robots.txt", _) => Page { status: 403, ..Page::missing() },
        (_, 0) => Page { status: 403, ..Page::missing() },
        _ => Page::file("image/jpeg", &b"bytes"[..]),
    });
    let (address, log) = asked(&lending(), &[("acme.s3.example", host)], TimeDelta::zero()).await;
    let url = address.unwrap();
    assert!(url.as_str().starts_with("https://acme.s3.example/social/0a1b.jpg?X-Amz-"), "{url}");
    assert!(!url.as_str().contains("canary"));
    let bare: Vec<&str> = log.iter().map(|line| line.split('?').next().unwrap()).collect();
    let name = "/social/0a1b.jpg";
    let of = |method: &str| format!("{method} {name}");
    assert_eq!(bare, [of("HEAD"), of("PUT"), "GET /robots.txt".to_owned(), of("GET"), of("HEAD"), of("GET")]);
}

#[tokio::test]
async fn what_accounts_or_the_environment_lack_is_said() {
    let (address, log) = asked(&MediaHost::default(), &[], TimeDelta::zero()).await;
    let failure = address.unwrap_err();
    assert_eq!(
        failure.message,
        "the platform fetches media/grün/a b{c}.jpg by its address, and accounts.toml names none"
    );
    assert_eq!((failure.kind, log), (Kind::Content, Vec::new()));
    assert_eq!(
        no_keys().message,
        "the bucket cannot be opened: PRESSROOM_S3_ACCESS_KEY_ID or PRESSROOM_S3_SECRET_ACCESS_KEY is not set"
    );
    let http =
        Http::new(Clock::system(), Duration::from_secs(1)).with_hosts("media.example=http://127.0.0.1:9").unwrap();
    let (media, commit) =
        (site("https://media.example/{path}"), Commit { id: String::new(), at: DateTime::UNIX_EPOCH });
    let hosting = Hosting::new(&http, Clock::system(), Arc::new(Bytes), &media, None, commit);
    let failure = hosting.address(&TEA, META, &|_| ()).await.unwrap_err();
    assert_eq!((failure.kind, failure.message.as_str()), (Kind::Later, "media.example cannot be reached"));
}
