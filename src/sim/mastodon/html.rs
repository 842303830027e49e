//! A plain text as a server shows it: paragraphs, links with their ends hidden, mentions, hashtags; and snac's light
//! markup.
//!
//! Source: app/lib/text_formatter.rb of mastodon/mastodon.

use super::entities::{self, Entity, Kind};
use super::state::State;

/// Characters of an address that are shown.
const SHOWN: usize = 30;

/// The `content` of a status.
pub(super) fn content(state: &State, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = text.replace("\r\n", "\n");
    let text = text.trim_end();
    if state.options.is_snac() {
        return format!(
            "<p>{}</p>",
            marked_up(&inner(state, text), |tag, text| format!("<{tag}>{text}</{tag}>")).replace('\n', "<br>")
        );
    }
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|part| format!("<p>{}</p>", inner(state, part.trim_matches('\n')).replace('\n', "<br />"))).collect()
}

/// What readers see of a text: what was written; where the server has markup, without its signs.
pub(super) fn shown(state: &State, text: &str) -> String {
    if state.options.is_snac() { marked_up(text, |_, text| text.to_owned()) } else { text.to_owned() }
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn inner(state: &State, text: &str) -> String {
    let (mut html, mut at) = (String::new(), 0);
    for Entity { range, kind } in entities::find(text) {
        html.push_str(&escape(&text[at..range.start]));
        let part = &text[range.clone()];
        html.push_str(&match kind {
            Kind::Link => link(part),
            Kind::Hashtag => hashtag(state, &part[1..]),
            Kind::Mention { name } => mention(state, part, &part[1..name]),
        });
        at = range.end;
    }
    html + &escape(&text[at..])
}

fn link(url: &str) -> String {
    let scheme = url.find("://").map_or(0, |at| at + 3);
    let prefix = if url[scheme..].starts_with("www.") { scheme + 4 } else { scheme };
    let cut = url[prefix..].char_indices().nth(SHOWN).map(|(at, _)| prefix + at);
    let (end, class) = cut.map_or((url.len(), ""), |cut| (cut, "ellipsis"));
    format!(
        "<a href=\"{}\" target=\"_blank\" rel=\"nofollow noopener\" translate=\"no\"><span class=\"invisible\">{}</span>\
         <span class=\"{class}\">{}</span><span class=\"invisible\">{}</span></a>",
        escape(url),
        escape(&url[..prefix]),
        escape(&url[prefix..end]),
        escape(&url[end..]),
    )
}

fn hashtag(state: &State, tag: &str) -> String {
    let path = percent_encoding::utf8_percent_encode(tag, percent_encoding::NON_ALPHANUMERIC);
    let host = &state.host;
    format!("<a href=\"https://{host}/tags/{path}\" class=\"mention hashtag\" rel=\"tag\">#<span>{tag}</span></a>")
}

/// Only who is known here becomes a link.
fn mention(state: &State, whole: &str, name: &str) -> String {
    let Some(account) = mentioned(state, whole, name) else { return escape(whole) };
    let (host, username) = (&state.host, &state.accounts[account].username);
    format!(
        "<span class=\"h-card\" translate=\"no\"><a href=\"https://{host}/@{username}\" class=\"u-url mention\">\
         @<span>{username}</span></a></span>"
    )
}

/// Whom a mention means, of the accounts here.
pub(super) fn mentioned(state: &State, whole: &str, name: &str) -> Option<usize> {
    let domain = whole[1 + name.len()..].strip_prefix('@');
    domain.is_none_or(|domain| domain.eq_ignore_ascii_case(&state.host)).then(|| state.account_named(name))?
}

/// Applies `**strong**`, `*emphasis*` and `` `code` ``, each within a line.
fn marked_up(text: &str, show: impl Fn(&str, &str) -> String) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(['*', '`']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let marks = [("**", "b"), ("*", "i"), ("`", "code")];
        let marked = marks.into_iter().filter(|(mark, _)| rest.starts_with(mark)).find_map(|(mark, tag)| {
            let inside = &rest[mark.len()..];
            let end = inside.find(mark).filter(|end| *end > 0 && !inside[..*end].contains('\n'))?;
            Some((tag, &inside[..end], mark.len() * 2 + end))
        });
        match marked {
            Some((tag, inside, length)) => {
                out.push_str(&show(tag, inside));
                rest = &rest[length..];
            }
            None => {
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_addresses_are_hidden() {
        let shown = |url: &str| {
            let html = link(url);
            let spans = html.split("<span class=").skip(1).map(|span| {
                let (class, text) = span.split_once('>').unwrap();
                format!("{} {}", class.trim_matches('"'), text.split('<').next().unwrap())
            });
            spans.collect::<Vec<_>>()
        };
        assert_eq!(shown("https://example.org/a"), ["invisible https://", " example.org/a", "invisible "]);
        assert_eq!(
            shown("https://www.example.org/a-rather-long-path?x=1"),
            ["invisible https://www.", "ellipsis example.org/a-rather-long-path", "invisible ?x=1"]
        );
    }

    #[test]
    fn markup_is_applied_within_a_line() {
        for (text, expected) in [
            ("a *b* **c** `d`", "a b c d"),
            ("2 * 3 * 4", "2  3  4"),
            ("* a\n* b", "* a\n* b"),
            ("**", "**"),
            ("é*ü", "é*ü"),
        ] {
            assert_eq!(marked_up(text, |_, text| text.to_owned()), expected, "{text}");
        }
    }
}
