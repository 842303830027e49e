//! What in a text leads somewhere: spans of it, in bytes, that are links, mentions or hashtags. A server of Bluesky reads no
//! text: without these, all of it is dead. Asks nobody whom a handle means.
//!
//! The rules are those of the app, so that an author sees here what they would see there:
//! <https://github.com/bluesky-social/atproto/blob/main/packages/api/src/rich-text/detection.ts>. Better than it in two things:
//! of `(https://a.example/b_(c))` the last parenthesis is no part of the address, and a name that begins with `http` is a name.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::fit::count::urls;
use crate::fit::peculiar::bluesky::syntax;

/// Longest hashtag, in grapheme clusters and in bytes.
const TAG_MAX: usize = 64;
const TAG_BYTES_MAX: usize = 640;

/// One span and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facet {
    /// Bytes of the text.
    pub(super) span: Range<usize>,
    pub(super) to: To,
}

/// Where a span leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    Link(String),
    /// An account, by its handle.
    Mention(String),
    Tag(String),
}

/// The facets of a text, in order and beside each other; `links` are spans that lead somewhere already.
pub(super) fn find(text: &str, links: impl IntoIterator<Item = (Range<usize>, String)>) -> Vec<Facet> {
    let fits = |span: &Range<usize>| text.get(span.clone()).is_some_and(|words| !words.is_empty());
    let given = links.into_iter().filter(|(span, _)| fits(span));
    let mut facets: Vec<Facet> = given.map(|(span, to)| Facet { span, to: To::Link(to) }).collect();
    for (start, word) in words(text) {
        let found = link(word).into_iter().chain(mentions(word)).chain(tag(word));
        for Facet { span, to } in found.collect::<Vec<_>>() {
            let span = start + span.start..start + span.end;
            if facets.iter().all(|other| span.end <= other.span.start || other.span.end <= span.start) {
                facets.push(Facet { span, to });
            }
        }
    }
    facets.sort_by_key(|facet| facet.span.start);
    facets
}

/// The words between blanks, each with where it begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(char::is_whitespace).filter(|word| !word.is_empty()).map(|word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        (start, word)
    })
}

/// Places in a word before which nothing stands, or a parenthesis.
fn beginnings(word: &str) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(word.match_indices('(').map(|(at, _)| at + 1))
}

/// The address in a word: with a scheme, or a name that ends as names on the internet do. It reaches to the word's end, but
/// for the marks after it.
fn link(word: &str) -> Option<Facet> {
    for start in beginnings(word) {
        let rest = &word[start..];
        let scheme = ["https://", "http://"].into_iter().find(|scheme| {
            rest.get(..scheme.len()).is_some_and(|its| its.eq_ignore_ascii_case(scheme)) && rest.len() > scheme.len()
        });
        let name = if scheme.is_none() { bare_name(rest) } else { None };
        if name.is_some_and(|name| !is_name(name)) {
            return None;
        }
        if scheme.is_some() || name.is_some() {
            let shown = without_marks(rest);
            let to = if scheme.is_some() { shown.to_owned() } else { format!("https://{shown}") };
            return Some(Facet { span: start..start + shown.len(), to: To::Link(to) });
        }
    }
    None
}

/// Letters and digits between dots, at the beginning of a text; the app knows no hyphens here.
fn bare_name(text: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric();
    let mut end = text.find(|c| !is_plain(c)).unwrap_or(text.len());
    let mut dots = 0;
    while let Some(rest) = text[end..].strip_prefix('.') {
        match rest.find(|c| !is_plain(c)).unwrap_or(rest.len()) {
            0 => break,
            label => end += 1 + label,
        }
        dots += 1;
    }
    (dots > 0 && text.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(&text[..end])
}

/// Whether a name ends in a domain that there is.
fn is_name(name: &str) -> bool {
    let address = format!("https://{}", name.to_ascii_lowercase());
    urls::find(&address).first().is_some_and(|url| url.span == (0..address.len()))
}

/// An address without the marks after it, and without a parenthesis that it does not open.
fn without_marks(address: &str) -> &str {
    let mut kept = address;
    loop {
        let is_closed = kept.matches(')').count() <= kept.matches('(').count();
        let shorter = kept.strip_suffix(['.', ',', ';', ':', '!', '?']);
        match shorter.or_else(|| kept.strip_suffix(')').filter(|_| !is_closed)) {
            Some(shorter) => kept = shorter,
            None => return kept,
        }
    }
}

/// `@alice.example`, at the beginning of a word or after a parenthesis.
fn mentions(word: &str) -> Vec<Facet> {
    let at = |start: usize| {
        let rest = word[start..].strip_prefix('@')?;
        let run = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(rest.len());
        let handle = rest[..run].trim_end_matches(['.', '-']);
        let is_one = syntax::is_handle(handle) && (is_name(handle) || handle.ends_with(".test"));
        let span = start..start + 1 + handle.len();
        is_one.then(|| Facet { span, to: To::Mention(handle.to_ascii_lowercase()) })
    };
    beginnings(word).filter_map(at).collect()
}

/// `#tag`, at the beginning of a word: anything but marks and figures alone.
fn tag(word: &str) -> Option<Facet> {
    let mark = word.chars().next().filter(|c| matches!(c, '#' | '＃'))?.len_utf8();
    let rest = &word[mark..];
    let whole = &rest[..rest.find(is_invisible).unwrap_or(rest.len())];
    let is_one = whole.chars().any(|c| !c.is_ascii_digit() && !is_punctuation(c)) && !whole.starts_with('\u{fe0f}');
    let tag = whole.trim_end_matches(is_punctuation);
    let fits = !tag.is_empty() && tag.graphemes(true).count() <= TAG_MAX && tag.len() <= TAG_BYTES_MAX;
    (is_one && fits).then(|| Facet { span: 0..mark + tag.len(), to: To::Tag(tag.to_owned()) })
}

/// What ends a hashtag though it is no blank: what has no width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{2060}' | '\u{200a}'..='\u{200d}' | '\u{20e2}')
}

/// Unicode's punctuation (general category P) as far as texts for people have it: symbols such as `+` and emoji are none.
fn is_punctuation(c: char) -> bool {
    match c {
        '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~' => false,
        c if c.is_ascii() => c.is_ascii_punctuation(),
        '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}' => true,
        '\u{37e}' | '\u{387}' | '\u{589}' | '\u{5be}' | '\u{5c0}' | '\u{5c3}' | '\u{5f3}' | '\u{5f4}' => true,
        '\u{60c}' | '\u{61b}' | '\u{61d}'..='\u{61f}' | '\u{66a}'..='\u{66d}' | '\u{6d4}' => true,
        '\u{964}' | '\u{965}' | '\u{970}' | '\u{e4f}' | '\u{e5a}' | '\u{e5b}' => true,
        '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{2043}' | '\u{2045}'..='\u{2051}' | '\u{2053}'..='\u{205e}' => true,
        '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{30fb}' => true,
        '\u{ff01}'..='\u{ff03}' | '\u{ff05}'..='\u{ff0a}' | '\u{ff0c}'..='\u{ff0f}' => true,
        '\u{ff1a}' | '\u{ff1b}' | '\u{ff1f}' | '\u{ff20}' | '\u{ff3b}'..='\u{ff3d}' | '\u{ff3f}' | '\u{ff5b}' => true,
        '\u{ff5d}' | '\u{ff5f}'..='\u{ff65}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `link 6..24 https://middle.com`; all facets of a text.
    fn told(text: &str) -> Vec<String> {
        let one = |Facet { span, to }: Facet| {
            let shown = &text[span];
            match to {
                To::Link(to) => format!("{shown} -> {to}"),
                To::Mention(handle) => format!("{shown} -> @{handle}"),
                To::Tag(tag) => format!("{shown} -> #{tag}"),
            }
        };
        find(text, []).into_iter().map(one).collect()
    }

    /// The cases of the app's own tests, and the two in which we know better.
    #[test]
    fn links_and_mentions_are_the_apps() {
        const CAFÉ: &str = "👨‍👩‍👧‍👧 https://middle.com/é 👨‍👩‍👧‍👧";
        for (text, facets) in [
            ("no mention", vec![]),
            ("@handle.com middle end", vec!["@handle.com -> @handle.com"]),
            ("@Handle.com @handle.com", vec!["@Handle.com -> @handle.com", "@handle.com -> @handle.com"]),
            ("@full123-chars.test", vec!["@full123-chars.test -> @full123-chars.test"]),
            ("not@right", vec![]),
            ("@handle.com!@#$chars", vec!["@handle.com -> @handle.com"]),
            ("one\n@handle.com", vec!["@handle.com -> @handle.com"]),
            ("parenthetical (@handle.com)", vec!["@handle.com -> @handle.com"]),
            ("@handle.com. @handle.com's", vec!["@handle.com -> @handle.com", "@handle.com -> @handle.com"]),
            ("@handle @nobody.nosuchtop", vec![]),
            ("start https://middle.com end", vec!["https://middle.com -> https://middle.com"]),
            (
                "https://m.com/foo/bar?baz=bux#hash x",
                vec!["https://m.com/foo/bar?baz=bux#hash -> https://m.com/foo/bar?baz=bux#hash"],
            ),
            (CAFÉ, vec!["https://middle.com/é -> https://middle.com/é"]),
            ("start middle.com/foo/bar end", vec!["middle.com/foo/bar -> https://middle.com/foo/bar"]),
            ("a trailing bsky.app: colon", vec!["bsky.app -> https://bsky.app"]),
            ("not.. a..url ..here", vec![]),
            ("e.g. something-cool.jpg website.com.jpg e.g./foo website.com.jpg/foo", vec![]),
            (
                "https://foo.com, https://bar.com/whatever; https://baz.com.",
                vec![
                    "https://foo.com -> https://foo.com",
                    "https://bar.com/whatever -> https://bar.com/whatever",
                    "https://baz.com -> https://baz.com",
                ],
            ),
            ("parenthetical (https://foo.com)", vec!["https://foo.com -> https://foo.com"]),
            (
                "except for https://foo.com/thing_(cool)",
                vec!["https://foo.com/thing_(cool) -> https://foo.com/thing_(cool)"],
            ),
            (
                "tea (https://foo.com/thing_(cool)).",
                vec!["https://foo.com/thing_(cool) -> https://foo.com/thing_(cool)"],
            ),
            ("httpbin.org", vec!["httpbin.org -> https://httpbin.org"]),
            ("https:// http:/x ftp://foo.com", vec![]),
        ] {
            assert_eq!(told(text), facets, "{text}");
        }
    }

    #[test]
    fn hashtags_are_the_apps() {
        let (most, over) = ("a".repeat(64), "a".repeat(65));
        let (longest, too_long) = (format!("#{most}!"), format!("#{over}"));
        let shown = format!("#{most} -> #{most}");
        for (text, facets) in [
            ("#a #b", vec!["#a -> #a", "#b -> #b"]),
            ("#1 # #? ## text # text", vec![]),
            ("body #1a", vec!["#1a -> #1a"]),
            ("its a #double#rainbow", vec!["#double#rainbow -> #double#rainbow"]),
            ("##hashash", vec!["##hashash -> ##hashash"]),
            ("some #n0n3s@n5e!", vec!["#n0n3s@n5e -> #n0n3s@n5e"]),
            ("#with,punctuation", vec!["#with,punctuation -> #with,punctuation"]),
            ("#punctuation, #like. #this!", vec!["#punctuation -> #punctuation", "#like -> #like", "#this -> #this"]),
            ("strips #multi_trailing___...", vec!["#multi_trailing -> #multi_trailing"]),
            ("works with #🦋 emoji, and #butter🦋fly", vec!["#🦋 -> #🦋", "#butter🦋fly -> #butter🦋fly"]),
            ("this #️⃣tag should not be a tag", vec![]),
            ("this ##️⃣tag should be a tag", vec!["##️⃣tag -> ##️⃣tag"]),
            ("日本語 #タグ。 ＃茶、", vec!["#タグ -> #タグ", "＃茶 -> #茶"]),
            ("no#tag (#tag)", vec![]),
            (longest.as_str(), vec![shown.as_str()]),
            (too_long.as_str(), vec![]),
        ] {
            assert_eq!(told(text), facets, "{text}");
        }
    }

    #[test]
    fn spans_that_lead_somewhere_already_stay() {
        let link = |span: Range<usize>| (span, "https://a.example/".to_owned());
        let found = find("see foo.com and #tea", [link(4..11), link(30..40), link(3..3)]);
        let spans: Vec<_> = found.iter().map(|facet| facet.span.clone()).collect();
        assert_eq!(spans, [4..11, 16..20]);
        assert_eq!(found[0].to, To::Link("https://a.example/".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn facets_lie_beside_each_other_in_any_text(text in "([@#(). a-zé🦋]|https://|\\.com|＃|\u{fe0f}|\n){0,40}") {
            let facets = find(&text, []);
            for facet in &facets {
                assert!(text.get(facet.span.clone()).is_some_and(|words| !words.is_empty()));
            }
            assert!(facets.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        }
    }
}
