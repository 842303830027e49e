//! The shapes of single values of accounts.toml: names, branches, keys, addresses. Looks nothing up.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::{Host, Url};

use crate::limits::Platform;

/// Whether an account or a group may be called that.
pub(super) fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.bytes().next().is_some_and(plain) && name.bytes().all(|byte| plain(byte) || matches!(byte, b'.' | b'_' | b'-'))
}

/// The rules of git-check-ref-format that a person can break by mistake.
pub(super) fn is_branch(name: &str) -> bool {
    let wrong = |letter: char| letter.is_whitespace() || letter.is_control() || "~^:?*[\\".contains(letter);
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    !name.contains(wrong)
        && !name.contains("..")
        && !name.contains("@{")
        && name != "@"
        && !name.starts_with('-')
        && !name.ends_with('.')
        && name.split('/').all(part)
}

/// Whether the text has the shape of a recipient; whether the key is good, age says.
pub(super) fn is_recipient(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    match (words.next(), words.next()) {
        (Some(key), None) if key.starts_with("age1") => {
            key.len() >= 62 && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        }
        (Some(kind @ ("ssh-ed25519" | "ssh-rsa")), Some(key)) => {
            // The blob says again which kind of key it is, after a length of four bytes.
            STANDARD.decode(key).is_ok_and(|blob| blob.get(4..4 + kind.len()) == Some(kind.as_bytes()))
        }
        _ => false,
    }
}

/// Whether the text is an ssh public key whose signatures can be read.
pub(super) fn is_signer(text: &str) -> bool {
    let key = ssh_key::PublicKey::from_openssh(text);
    key.is_ok_and(|key| !matches!(key.algorithm(), ssh_key::Algorithm::Dsa | ssh_key::Algorithm::Other(_)))
}

/// Whether an account of this platform may act on behalf of `acts_as`; the error is what is wrong, and the way out.
pub(super) fn acts_as(platform: Platform, acts_as: &str) -> Result<(), (String, String)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (valid, message, hint) = match platform {
        Platform::LinkedIn => {
            let organization = acts_as.strip_prefix("urn:li:organization:").is_some_and(digits);
            let person = acts_as.strip_prefix("urn:li:person:").is_some_and(|id| {
                !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            });
            let hint = match digits(acts_as) {
                true => format!("write `as = \"urn:li:organization:{acts_as}\"`"),
                false => "write `as = \"urn:li:organization:123456\"`".to_owned(),
            };
            (organization || person, format!("`{acts_as}` is no LinkedIn organisation or person"), hint)
        }
        Platform::Facebook => {
            let hint =
                "write the Page's id, digits only: `as = \"1234567890\"`; Facebook takes nothing from programs for \
                        profiles and groups"
                    .to_owned();
            (digits(acts_as), format!("`{acts_as}` is no Page id"), hint)
        }
        Platform::Instagram => {
            let hint = "write the professional account's id, digits only: `as = \"1234567890\"`".to_owned();
            (digits(acts_as), format!("`{acts_as}` is no Instagram account id"), hint)
        }
        Platform::Telegram => {
            let hint = format!("write it as `chat = \"{acts_as}\"`");
            (false, "`as` means nothing on telegram: a bot publishes in a chat".to_owned(), hint)
        }
        _ => (false, format!("`as` means nothing on {platform}"), "remove it: the token says who publishes".to_owned()),
    };
    if valid { Ok(()) } else { Err((message, hint)) }
}

/// Whether a chat of Telegram may be called that: <https://core.telegram.org/bots/api#sendmessage>.
pub(super) fn chat(text: &str) -> Result<(), (String, String)> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_name = text.strip_prefix('@').is_some_and(|name| {
        (4..=32).contains(&name.len())
            && name.bytes().all(plain)
            && name.starts_with(|first: char| first.is_ascii_alphabetic())
    });
    let is_number = text.parse::<i64>().is_ok_and(|number| number != 0);
    if is_name || is_number {
        return Ok(());
    }
    let named = text.trim_start_matches("https://").trim_start_matches("t.me/").trim_start_matches('@');
    let hint = match named.starts_with(|first: char| first.is_ascii_alphabetic()) && named.bytes().all(plain) {
        true => format!("write `chat = \"@{named}\"`"),
        false => "write its public name (`chat = \"@acme_news\"`), or its number (`chat = -1001234567890`)".to_owned(),
    };
    Err((format!("`{text}` is no chat of Telegram"), hint))
}

/// Whether a server may be called that: calls with tokens go there, so it is a host's name and nothing else.
pub(super) fn host(text: &str) -> Result<(), (String, String)> {
    if is_host(text) {
        return Ok(());
    }
    let (scheme, rest) = text.split_once("://").map_or((None, text), |(scheme, rest)| (Some(scheme), rest));
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, place) = authority.rsplit_once('@').map_or((None, authority), |(user, place)| (Some(user), place));
    let (name, port) = place.split_once(':').map_or((place, None), |(name, port)| (name, Some(port)));
    let parsed = Host::parse(name).ok();
    let is_ip = place.starts_with('[') || matches!(parsed, Some(Host::Ipv4(_)));
    let bare = parsed.map(|host| host.to_string()).unwrap_or_default();
    let what = match (scheme, user, port, path) {
        _ if is_ip => "is an address of numbers",
        (Some(_), ..) => "has a scheme",
        (_, Some(_), ..) => "names somebody",
        (_, _, Some(_), _) => "has a port",
        (.., path) if !path.is_empty() => "has a path",
        _ if bare == name.to_ascii_lowercase() && is_host(&bare) => "has capital letters",
        _ if is_host(&bare) => "has letters that no host's name has",
        _ => "is none",
    };
    let hint = match is_host(&bare) && !is_ip {
        true => format!("write `server = \"{bare}\"`"),
        false => "write the server's name on the internet, such as `mastodon.social`".to_owned(),
    };
    Err((format!("`{text}` {what}; a server is the name of a host alone"), hint))
}

fn is_host(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| plain(byte) || byte == b'-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
        && !["localhost", "local", "internal"].contains(&last)
}

/// Whether media may be fetched at this address; the error is what is wrong, and the way out.
pub(super) fn public_url(url: &str) -> Result<(), (String, String)> {
    let example = "write `public_url = \"https://example.com/{path}\"`".to_owned();
    let mut rest = url;
    let mut names_file = false;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if !["commit", "path", "sha256"].contains(&name) {
            let message = format!("`{{{name}}}` stands for nothing");
            return Err((message, "choose `{commit}`, `{path}` or `{sha256}`".to_owned()));
        }
        names_file |= name != "commit";
        rest = after;
    }
    let Some(address) = https(url) else { return Err((format!("`{url}` is no https address"), example)) };
    let host = url["https://".len()..].split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains('{') {
        return Err(("the host must be the same for every file".to_owned(), example));
    }
    if !address.username().is_empty() || address.password().is_some() {
        return Err(("a platform cannot log in to fetch media".to_owned(), example));
    }
    if is_private(&address) {
        return Err((format!("no platform can reach `{host}`"), "name a host on the internet".to_owned()));
    }
    if !names_file {
        return Err(("the address is the same for every file".to_owned(), example));
    }
    Ok(())
}

/// Whether a bucket's API may be there.
pub(super) fn endpoint(url: &str) -> Result<(), (String, String)> {
    let hint = "write the address of the API, without the bucket: `https://s3.eu-central-1.amazonaws.com`";
    let alone = |url: &Url| url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let open = |url: &Url| url.username().is_empty() && url.password().is_none();
    match https(url) {
        None => Err((format!("`{url}` is no https address"), hint.to_owned())),
        Some(address) if !alone(&address) || !open(&address) => {
            Err(("the endpoint is more than a host".to_owned(), hint.to_owned()))
        }
        Some(address) if is_private(&address) => {
            Err((format!("no platform can reach `{url}`"), "name a host on the internet".to_owned()))
        }
        Some(_) => Ok(()),
    }
}

/// Whether a region may be called that.
pub(super) fn region(name: &str) -> Result<(), (String, String)> {
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let hint = "write its name as the service lists it: `eu-central-1`, or `auto` at Cloudflare";
    if plain { Ok(()) } else { Err((format!("`{name}` is no name of a region"), hint.to_owned())) }
}

/// Whether a bucket may be called that: it becomes a part of a host or a path.
pub(super) fn bucket(name: &str) -> Result<(), (String, String)> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = |byte: Option<u8>| byte.is_some_and(plain);
    let valid = (3..=63).contains(&name.len())
        && ends(name.bytes().next())
        && ends(name.bytes().last())
        && name.bytes().all(|byte| plain(byte) || matches!(byte, b'.' | b'-'))
        && !name.contains("..");
    let hint = "3 to 63 small letters, digits, `.` and `-`, a letter or digit first and last";
    if valid { Ok(()) } else { Err((format!("`{name}` is no name of a bucket"), hint.to_owned())) }
}

/// Whether names in a bucket may begin so.
pub(super) fn prefix(text: &str) -> Result<(), (String, String)> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let part = |part: &str| !part.is_empty() && part != "." && part != ".." && part.bytes().all(plain);
    let hint = "write folders of plain letters, without a slash first: `social/media/`";
    let valid = text.strip_suffix('/').unwrap_or(text).split('/').all(part);
    if valid { Ok(()) } else { Err((format!("`{text}` is no prefix"), hint.to_owned())) }
}

fn https(url: &str) -> Option<Url> {
    if !url.starts_with("https://") || url.contains(char::is_whitespace) {
        return None;
    }
    Url::parse(url).ok().filter(Url::has_host)
}

/// Whether only machines near this one reach a host.
fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => {
            ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
        Some(Host::Domain(name)) => {
            name == "localhost" || [".localhost", ".local", ".internal"].iter().any(|end| name.ends_with(end))
        }
        None => true,
    }
}
