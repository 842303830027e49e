//! Markdown as it was written -> the text for platforms that read it themselves, and back out of it where its pictures stand.
//! Knows no limits.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use url::Url;

/// How the address of a picture begins whose real one is not known before it is sent; its path follows.
const HERE: &str = "pressroom:";

/// All of a path that means nothing in Markdown.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A body as it was written, but for its pictures of this repository: they are named by the path that `path` tells for what was
/// written.
pub(super) fn written(markdown: &str, path: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(markdown.len());
    let (mut kept, mut open) = (0, None::<(String, String)>);
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        match (event, &mut open) {
            (Event::Start(Tag::Image { dest_url, .. }), None) => {
                open = path(&dest_url).map(|path| (path, String::new()));
            }
            (Event::Text(text) | Event::Code(text), Some((_, alt))) => alt.push_str(&text),
            (Event::SoftBreak | Event::HardBreak, Some((_, alt))) => alt.push(' '),
            (Event::End(TagEnd::Image), Some((path, alt))) if range.start >= kept => {
                out.push_str(&markdown[kept..range.start]);
                out.push_str(&format!("![{}]({})", plain(alt), place(path)));
                kept = range.end;
                open = None;
            }
            _ => {}
        }
    }
    out.push_str(&markdown[kept..]);
    out.replace("\r\n", "\n").trim().to_owned()
}

/// An alternative text as Markdown has it between brackets.
fn plain(alt: &str) -> String {
    alt.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// What stands in the text where a picture of the repository is shown.
fn place(path: &str) -> String {
    format!("{HERE}{}", utf8_percent_encode(path, PLAIN))
}

/// Whether a text shows the picture of that path itself.
pub fn shows(text: &str, path: &str) -> bool {
    text.contains(&format!("]({})", place(path)))
}

/// The text with the addresses of its pictures.
pub fn placed(text: &str, addresses: &BTreeMap<String, Url>) -> String {
    addresses.iter().fold(text.to_owned(), |text, (path, address)| {
        let address = address.as_str().replace('(', "%28").replace(')', "%29");
        text.replace(&format!("]({})", place(path)), &format!("]({address})"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_as_it_was_written() {
        let path = |src: &str| (!src.contains("://")).then(|| format!("posts/{src}"));
        for (markdown, text) in [
            ("\n# Tea\r\n\r\n**Green** tea[^1].\r\n", "# Tea\n\n**Green** tea[^1]."),
            ("a ![A *cup*](cup.png \"Title\") b", "a ![A cup](pressroom:posts/cup.png) b"),
            ("![A [x]\ny](<my cup.png>)", "![A \\[x\\] y](pressroom:posts/my%20cup.png)"),
            (
                "![one][1] ![two](https://a.example/b.png)\n\n[1]: cup.png",
                "![one](pressroom:posts/cup.png) ![two](https://a.example/b.png)\n\n[1]: cup.png",
            ),
            ("| a |\n| - |\n| ![x](y.png) |", "| a |\n| - |\n| ![x](pressroom:posts/y.png) |"),
            ("`![a](b.png)`", "`![a](b.png)`"),
        ] {
            assert_eq!(written(markdown, path), text, "{markdown}");
        }
    }

    #[test]
    fn pictures_get_their_addresses() {
        let text = written("![A](a.png) ![B](a.png.png) `pressroom:a.png`", |src| Some(src.to_owned()));
        assert!(shows(&text, "a.png") && !shows(&text, "b.png"));
        let url = |url: &str| Url::parse(url).unwrap();
        let addresses = BTreeMap::from([
            ("a.png".to_owned(), url("https://m.example/a(1).png")),
            ("x".to_owned(), url("https://x.example")),
        ]);
        let placed = placed(&text, &addresses);
        assert_eq!(placed, "![A](https://m.example/a%281%29.png) ![B](pressroom:a.png.png) `pressroom:a.png`");
    }
}
