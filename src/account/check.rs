//! The shapes of single values of accounts.toml: names, branches, keys, addresses. Looks nothing up.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

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
        _ => (false, format!("`as` means nothing on {platform}"), "remove it: the token says who publishes".to_owned()),
    };
    if valid { Ok(()) } else { Err((message, hint)) }
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
    if !url.starts_with("https://") || !Url::parse(url).is_ok_and(|url| url.has_host()) {
        return Err((format!("`{url}` is no https address"), example));
    }
    if !names_file {
        return Err(("the address is the same for every file".to_owned(), example));
    }
    Ok(())
}
