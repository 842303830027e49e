//! Fetches files by their public addresses, as strictly as Meta's crawler: http or https, US-ASCII, hosts that are
//! public, rules for robots obeyed, no redirects. It knows no limits of pictures and films.
//!
//! The crawler names itself `facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)`.

use std::net::IpAddr;

use axum::body::Bytes;
use url::{Host, Url};

use super::call::Reply;
use super::errors;
use super::options::Fetching;
use super::state::State;
use crate::sim::web::Page;

const AGENT: &str = "facebookexternalhit";

/// Why a file could not be had.
pub(super) enum NotHad {
    Slow,
    Expired,
    Failed(String),
}

impl NotHad {
    pub(super) fn refuse(&self, address: &str) -> Reply {
        match self {
            Self::Slow => errors::FETCH_SLOW.refuse(),
            Self::Expired => errors::FETCH_EXPIRED.refuse(),
            Self::Failed(why) => errors::not_fetched(address, why),
        }
    }

    /// The `status` of a container whose file it is.
    pub(super) fn status(&self, address: &str) -> String {
        match self {
            Self::Slow => failed_with(errors::FETCH_SLOW.subcode),
            Self::Expired => failed_with(errors::FETCH_EXPIRED.subcode),
            Self::Failed(why) => format!(
                "Error: Media download has failed. The media URI doesn't meet our requirements. {}",
                errors::not_fetched_text(address, why)
            ),
        }
    }
}

/// A container's `status` where only a number is told.
pub(super) fn failed_with(subcode: u32) -> String {
    format!("Error: Media upload has failed with error code {subcode}")
}

/// The file at an address, if it comes as a picture (`image/`) or a film (`video/`).
pub(super) fn fetch(state: &mut State, address: &str, family: &str) -> Result<Bytes, NotHad> {
    let failed = |why: &str| NotHad::Failed(why.to_owned());
    match state.options.next_fetches.pop_front() {
        Some(Fetching::Slow) => return Err(NotHad::Slow),
        Some(Fetching::Expired) => return Err(NotHad::Expired),
        Some(Fetching::Unreachable) => return Err(failed("The host does not answer")),
        None => {}
    }
    let host = check(address, state.options.private_hosts).map_err(failed)?;
    let scheme = address.split_once("://").map_or("https", |(scheme, _)| scheme);
    let rules = state.world.fetch(&format!("{scheme}://{host}/robots.txt"));
    let rules = rules.filter(|page| page.status == 200).unwrap_or_else(Page::missing);
    let path = &address[scheme.len() + 3 + host.len()..];
    if rules.status == 200 && !allowed(&String::from_utf8_lossy(&rules.bytes), path) {
        return Err(failed("Restricted by robots.txt"));
    }
    let page = state.world.fetch(address).ok_or_else(|| failed("The host does not answer"))?;
    match page.status {
        200 if page.bytes.is_empty() => Err(failed("The file is empty")),
        200 if !state.options.content_types_matter || page.content_type.starts_with(family) => Ok(page.bytes),
        200 => Err(NotHad::Failed(format!("The content type is {}", page.content_type))),
        status => Err(NotHad::Failed(format!("HTTP error code {status}"))),
    }
}

/// The host and port as written; refuses what the crawler never asks for.
fn check(address: &str, private_hosts: bool) -> Result<&str, &'static str> {
    if !address.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("The address has characters that are not US-ASCII");
    }
    let url = Url::parse(address).map_err(|_| "This is no address")?;
    let written = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let written = written.ok_or("The address is neither http nor https")?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("The address has a user, a password or a fragment");
    }
    let private = match url.host() {
        None => true,
        Some(Host::Domain(name)) => !name.contains('.') || name.ends_with(".local") || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => is_private(ip.into()),
        Some(Host::Ipv6(ip)) => is_private(ip.into()),
    };
    if private && !private_hosts {
        return Err("The host is not on the public internet");
    }
    Ok(&written[..written.find(['/', '?']).unwrap_or(written.len())])
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified(),
    }
}

/// Whether the rules of a host let the crawler fetch a path: of the groups that name it, or else of those for everybody,
/// the longest rule that fits decides, and `Allow` wins a draw (RFC 9309).
pub(super) fn allowed(rules: &str, path: &str) -> bool {
    let (mut named, mut general): (Option<Vec<_>>, Vec<_>) = (None, Vec::new());
    let (mut mine, mut everybodys, mut in_head) = (false, false, false);
    for line in rules.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':').map(|(key, value)| (key.trim(), value.trim())) else { continue };
        match key.to_ascii_lowercase().as_str() {
            "user-agent" => {
                if !in_head {
                    (mine, everybodys, in_head) = (false, false, true);
                }
                let agent = value.split('/').next().unwrap_or_default();
                mine |= agent.eq_ignore_ascii_case(AGENT);
                everybodys |= agent == "*";
                if mine {
                    named.get_or_insert_default();
                }
            }
            rule @ ("allow" | "disallow") => {
                in_head = false;
                let rule = (rule == "allow", value.to_owned());
                if mine {
                    named.get_or_insert_default().push(rule.clone());
                }
                if everybodys {
                    general.push(rule);
                }
            }
            _ => in_head = false,
        }
    }
    let rules = named.unwrap_or(general);
    let fitting = rules.iter().filter(|(_, pattern)| !pattern.is_empty() && fits(pattern, path));
    fitting.max_by_key(|(allow, pattern)| (pattern.len(), *allow)).is_none_or(|(allow, _)| *allow)
}

/// Whether a path begins as the pattern says: `*` stands for anything, `$` at the end for the path's end.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<_> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        if to_the_end && index + 1 == parts.len() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    !to_the_end || rest.is_empty()
}
