//! Files and pages as Meta's crawler gets them: by public address, without cookies, where the host's robots.txt lets
//! `facebookexternalhit` in. It does not know what they are for.
//!
//! <https://developers.facebook.com/docs/sharing/webmasters/web-crawlers>

use std::net::Ipv4Addr;

use url::{Host, Url};

use super::state::State;
use crate::sim::web::Page;

const CRAWLER: &str = "facebookexternalhit";

/// What an address gives; nothing where it gives no whole answer. Redirects are not followed: nothing promises it.
pub(super) fn get(state: &State, address: &str) -> Option<Page> {
    let url = Url::parse(address).ok().filter(|_| address.is_ascii())?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.username().is_empty();
    if !is_web || (is_private(&url) && !state.options.private_hosts) || !may_enter(state, &url) {
        return None;
    }
    state.world.fetch(address).filter(|page| page.status == 200)
}

/// Whether a host of this address's name is up at all.
pub(super) fn is_known(state: &State, address: &str) -> bool {
    state.world.fetch(address).is_some()
}

fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost") || !name.contains('.'),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private() || address == Ipv4Addr::UNSPECIFIED,
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
        None => true,
    }
}

/// Whether the host's robots.txt lets the crawler read this path. A host without one lets everybody in.
fn may_enter(state: &State, url: &Url) -> bool {
    let Ok(robots) = url.join("/robots.txt") else { return false };
    match state.world.fetch(robots.as_str()) {
        Some(page) if page.status == 200 && page.content_type.starts_with("text/plain") => {
            let path = url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
            allows(&String::from_utf8_lossy(&page.bytes), &path)
        }
        _ => true,
    }
}

/// The rules for the crawler by name, else those for everybody; the longest that fits decides.
fn allows(robots: &str, path: &str) -> bool {
    let rules = rules_for(robots, CRAWLER).or_else(|| rules_for(robots, "*")).unwrap_or_default();
    let fitting = rules.into_iter().filter(|(_, pattern)| !pattern.is_empty() && fits(pattern, path));
    fitting.max_by_key(|(allow, pattern)| (pattern.len(), *allow)).is_none_or(|(allow, _)| allow)
}

/// The rules of an agent: whether each allows, and what paths it is for.
fn rules_for<'a>(robots: &'a str, agent: &str) -> Option<Vec<(bool, &'a str)>> {
    let mut rules = None;
    let (mut mine, mut naming) = (false, false);
    for line in robots.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else { continue };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        if key == "user-agent" {
            // Several names in a row share the rules that follow.
            mine = (naming && mine) || value.eq_ignore_ascii_case(agent);
            naming = true;
            if mine {
                rules.get_or_insert_with(Vec::new);
            }
        } else {
            naming = false;
            if let ("allow" | "disallow", Some(rules)) = (key.as_str(), rules.as_mut().filter(|_| mine)) {
                rules.push((key == "allow", value));
            }
        }
    }
    rules
}

/// Whether a pattern, with `*` for anything and `$` for the end, fits the beginning of a path.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    !to_the_end || rest.is_empty() || pattern.ends_with('*')
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn robots() {
        for (robots, path, expected) in [
            ("", "/a.jpg", true),
            ("User-agent: *\nDisallow: /", "/a.jpg", false),
            ("User-agent: *\nDisallow:", "/a.jpg", true),
            ("User-agent: *\nDisallow: /\nAllow: /media/", "/media/a.jpg", true),
            ("User-agent: *\nDisallow: /\n\nUser-agent: FacebookExternalHit\nDisallow: /x", "/a.jpg", true),
            ("User-agent: other\nUser-agent: facebookexternalhit\nDisallow: /a", "/a.jpg", false),
            ("User-agent: facebookexternalhit\nDisallow: /\nUser-agent: *\nAllow: /", "/a.jpg", false),
            ("User-agent: *\nDisallow: /*.jpg$ # no pictures", "/x/a.jpg", false),
            ("User-agent: *\nDisallow: /*.jpg$", "/x/a.jpg?1", true),
        ] {
            assert_eq!(allows(robots, path), expected, "{robots}");
        }
    }
}
