//! robots.txt (RFC 9309): whether a crawler may fetch a path. Knows no network.

/// What a robots.txt says, by group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Robots(Vec<Group>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Group {
    /// Product tokens in small letters, or `*`.
    agents: Vec<String>,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    allows: bool,
    /// A path, spelled in the one way, with `*` for anything and `$` for the end.
    pattern: String,
}

impl Robots {
    /// Reads a file; lines that say nothing known are passed over.
    pub(super) fn parse(text: &str) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "user-agent" => {
                    if groups.last().is_none_or(|group| !group.rules.is_empty()) {
                        groups.push(Group::default());
                    }
                    if let Some(group) = groups.last_mut() {
                        group.agents.push(token(value));
                    }
                }
                key @ ("allow" | "disallow") => {
                    if let Some(group) = groups.last_mut() {
                        group.rules.push(Rule { allows: key == "allow", pattern: spelled(value) });
                    }
                }
                _ => {}
            }
        }
        Self(groups)
    }

    /// Whether the crawler with this user agent (`facebookexternalhit/1.1 (...)`) may fetch a path with its query.
    pub(super) fn allow(&self, agent: &str, path: &str) -> bool {
        let (agent, path) = (token(agent), spelled(path));
        let of = |name: &str| self.0.iter().filter(|group| group.agents.iter().any(|agent| agent == name)).collect();
        let mut groups: Vec<&Group> = of(&agent);
        if groups.is_empty() {
            groups = of("*");
        }
        let rules = groups.into_iter().flat_map(|group| &group.rules);
        let matching = rules.filter(|rule| !rule.pattern.is_empty() && matches(&rule.pattern, &path));
        // The longest says it, and of two alike the one that allows.
        matching.max_by_key(|rule| (rule.pattern.len(), rule.allows)).is_none_or(|rule| rule.allows)
    }
}

/// The product token of a user agent, in small letters.
fn token(agent: &str) -> String {
    if agent.starts_with('*') {
        return "*".to_owned();
    }
    let word = agent.split(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-')).next();
    word.unwrap_or_default().to_ascii_lowercase()
}

/// A path in the one spelling that can be compared: unreserved characters plain, all that is no ASCII percent-encoded.
fn spelled(path: &str) -> String {
    let mut spelled = String::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        let encoded = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let byte = encoded.unwrap_or(first);
        rest = if encoded.is_some() { &after[2..] } else { after };
        let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if unreserved || (byte.is_ascii() && encoded.is_none()) {
            spelled.push(char::from(byte));
        } else {
            spelled.push_str(&format!("%{byte:02X}"));
        }
    }
    spelled
}

/// Whether a pattern fits the beginning of a path, or with `$` at its end the whole of it.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, whole) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    // The last piece must stand at the end; those between, as early as they can.
    let last = if whole { pieces.pop() } else { None };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    match (whole, last) {
        (false, _) => true,
        (true, None) => rest.is_empty(),
        (true, Some(last)) => rest.ends_with(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const META: &str = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)";

    #[test]
    fn the_longest_rule_of_the_own_group_decides() {
        for (robots, path, allowed) in [
            ("", "/a.jpg", true),
            ("User-agent: *\nDisallow: /", "/a.jpg", false),
            ("User-agent: *\nDisallow:", "/a.jpg", true),
            ("User-agent: *\nDisallow: /\n\nUser-agent: facebookexternalhit\nAllow: /", "/a.jpg", true),
            ("User-agent: FacebookExternalHit/1.1\nDisallow: /\nUser-agent: *\nAllow: /", "/a.jpg", false),
            ("User-agent: other\nUser-agent: facebookexternalhit\nDisallow: /m", "/media/a.jpg", false),
            ("User-agent: other\nDisallow: /\n", "/a.jpg", true),
            ("User-agent: facebook\nDisallow: /", "/a.jpg", true),
            ("user-agent : * # all\r\ndisallow : /media # keep out\r\n", "/media/a.jpg", false),
            ("User-agent: *\nDisallow: /media\nAllow: /media/public/", "/media/public/a.jpg", true),
            ("User-agent: *\nAllow: /media/\nDisallow: /media/", "/media/a.jpg", true),
            ("User-agent: *\nDisallow: /*.jpg$", "/media/a.jpg", false),
            ("User-agent: *\nDisallow: /*.jpg$", "/media/a.jpg?x=1", true),
            ("User-agent: *\nDisallow: /a/*/c*e", "/a/b/c/d/e/f", false),
            ("User-agent: *\nDisallow: /a$", "/a/b", true),
            ("User-agent: *\nDisallow: /caf\u{e9}", "/caf%c3%a9/a.jpg", false),
            ("User-agent: *\nDisallow: /%7Eann", "/~ann/a.jpg", false),
            ("User-agent: *\nDisallow: /a%2Fb", "/a/b", true),
            ("Disallow: /\nUser-agent: *\nCrawl-delay: 9\nAllow: /", "/a.jpg", true),
            // Two groups for one crawler are one.
            (
                "User-agent: facebookexternalhit\nAllow: /\nUser-agent: *\nDisallow: /\nUser-agent: facebookexternalhit\nDisallow: /media",
                "/media/a",
                false,
            ),
        ] {
            assert_eq!(Robots::parse(robots).allow(META, path), allowed, "{robots:?} {path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(User-agent: |\\*|Allow: |Disallow: |/|%|%4|é|\\$|a|\n|:|#){0,40}", path in "/.{0,20}") {
            Robots::parse(&text).allow(META, &path);
        }
    }
}
