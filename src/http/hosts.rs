//! Which hosts are reached where: at their real address, or where `PRESSROOM_HOSTS` sends them. Knows no call.

use std::collections::BTreeMap;
use std::net::IpAddr;

use url::{Host, Url};

use crate::error::{Failure, Kind};

/// Where hosts are sent instead; a host that is not named is refused.
pub(super) struct Hosts(BTreeMap<String, Url>);

impl Hosts {
    /// Reads `api.x.com=http://127.0.0.1:9001,...`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
        Ok(Self(pairs.map(parse_pair).collect::<Result<_, _>>()?))
    }
}

/// Where a real address is reached: itself, or what the map says.
pub(super) fn route(hosts: Option<&Hosts>, url: &Url) -> Result<Url, Failure> {
    let host = url.host_str().unwrap_or_default();
    let Some(Hosts(hosts)) = hosts else {
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

/// Where a webhook is reached: its address may lead to this machine without TLS. No word of it is told.
pub(super) fn to_tell(hosts: Option<&Hosts>, url: &Url) -> Result<Url, Failure> {
    let wrong = |words: &str| Failure::new(Kind::Content, words.to_owned());
    let is_named = hosts.is_some_and(|Hosts(hosts)| url.host_str().is_some_and(|host| hosts.contains_key(host)));
    match url.scheme() {
        "https" if hosts.is_none() => Ok(url.clone()),
        "http" | "https" if is_named => route(hosts, url),
        "http" | "https" if is_loopback(url) => Ok(url.clone()),
        "https" => Err(wrong("PRESSROOM_HOSTS is set, and does not name the webhook's host")),
        "http" => Err(wrong("its address is plain http, which anybody on the way could read; write https")),
        _ => Err(wrong("its address is neither https nor http")),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn parse_pair(pair: &str) -> Result<(String, Url), Failure> {
    let wrong = |why: &str| {
        Failure::new(Kind::Usage, format!("PRESSROOM_HOSTS: `{pair}` {why}"))
            .hint("write `api.x.com=http://127.0.0.1:9001`, pairs separated by commas")
    };
    let (host, address) = pair.split_once('=').ok_or_else(|| wrong("has no `=`"))?;
    let address = Url::parse(address).map_err(|error| wrong(&format!("is no address: {error}")))?;
    let loopback = is_loopback(&address);
    match address.scheme() {
        "https" => Ok((host.to_owned(), address)),
        "http" if loopback => Ok((host.to_owned(), address)),
        "http" => Err(wrong("is plain http to an address that is not loopback")),
        _ => Err(wrong("is neither http nor https")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_sent_elsewhere_or_refused() {
        let hosts = Hosts::parse("api.x.com=http://127.0.0.1:9001, www.linkedin.com=https://sim.example").unwrap();
        let route = |url: &str| {
            route(Some(&hosts), &Url::parse(url).unwrap()).map(String::from).map_err(|failure| failure.message)
        };
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
            assert_eq!(Hosts::parse(hosts).map(|_| ()).unwrap_err().message, message);
        }
    }

    #[test]
    fn a_webhook_is_told_over_tls_or_on_this_machine() {
        let to = |hosts: Option<&str>, url: &str| {
            let hosts = hosts.map(|hosts| Hosts::parse(hosts).unwrap());
            let told = to_tell(hosts.as_ref(), &Url::parse(url).unwrap());
            told.map(String::from).unwrap_or_else(|failure| failure.message)
        };
        let map = Some("hooks.slack.com=http://127.0.0.1:9001");
        for (hosts, url, expected) in [
            (None, "https://a.example/canary", "https://a.example/canary"),
            (None, "http://127.0.0.1:9/canary", "http://127.0.0.1:9/canary"),
            (
                None,
                "http://a.example/canary",
                "its address is plain http, which anybody on the way could read; write https",
            ),
            (None, "ftp://a.example/canary", "its address is neither https nor http"),
            (map, "https://hooks.slack.com/canary", "http://127.0.0.1:9001/canary"),
            (map, "http://localhost:9/canary", "http://localhost:9/canary"),
            (map, "https://a.example/canary", "PRESSROOM_HOSTS is set, and does not name the webhook's host"),
        ] {
            assert_eq!(to(hosts, url), expected);
        }
    }

    #[test]
    fn plain_http_to_a_real_host_is_stopped() {
        assert!(route(None, &Url::parse("http://api.x.com/2/tweets").unwrap()).is_err());
    }
}
