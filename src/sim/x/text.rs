//! How X reads a text: its weighted length (twitter-text configuration 3), the mentions and cashtags in it, and the form
//! in which it is stored. Knows nothing of accounts or posts.

use unicode_normalization::UnicodeNormalization;

use super::emoji::emoji_len;
use super::links::{is_directional, is_invalid, is_latin_accent, is_punct, is_space, links};

/// What every link weighs, whatever its length.
const LINK_WEIGHT: usize = 23;

/// The weighted length: 280 of these fit a post.
pub(super) fn weigh(text: &str) -> usize {
    let text: String = text.nfc().collect();
    let mut links = links(&text).into_iter().peekable();
    let (mut at, mut hundredths) = (0, 0);
    while let Some(next) = text[at..].chars().next() {
        if let Some(link) = links.next_if(|link| link.start == at) {
            hundredths += LINK_WEIGHT * 100;
            at = link.end;
        } else if let Some(len) = emoji_len(&text[at..]) {
            hundredths += 200;
            at += len;
        } else {
            hundredths += char_weight(next);
            at += next.len_utf8();
        }
    }
    hundredths / 100
}

fn char_weight(c: char) -> usize {
    match u32::from(c) {
        0..=0x10FF | 0x2000..=0x200D | 0x2010..=0x201F | 0x2032..=0x2037 => 100,
        _ => 200,
    }
}

/// The first character no post may hold, if there is one.
pub(super) fn forbidden_char(text: &str) -> Option<char> {
    text.chars().find(|c| is_invalid(*c))
}

/// `text` as X stores and returns it: links become what `shorten` makes of them, and `& < >` are escaped.
pub(super) fn stored(text: &str, mut shorten: impl FnMut(&str) -> String) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for link in links(text) {
        escape(&text[at..link.start], &mut out);
        out.push_str(&shorten(&text[link.clone()]));
        at = link.end;
    }
    escape(&text[at..], &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

/// User names mentioned with `@`, as written, without the sign.
pub(super) fn mentions(text: &str) -> Vec<&str> {
    let before_ok = |c: char| !(c.is_ascii_alphanumeric() || "_!#$%&*@＠".contains(c));
    sigils(text, &['@', '＠'], before_ok)
        .filter_map(|rest| {
            let len = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let after = rest[len..].chars().next();
            let part_of_more =
                after.is_some_and(|c| c == '@' || c == '＠' || is_latin_accent(c)) || rest[len..].starts_with("://");
            ((1..=20).contains(&len) && !part_of_more).then_some(&rest[..len])
        })
        .collect()
}

/// Cashtags (`$TWTR`, `$BRK.A`), without the sign.
pub(super) fn cashtags(text: &str) -> Vec<&str> {
    let before_ok = |c: char| is_space(c) || is_directional(c);
    sigils(text, &['$'], before_ok).filter_map(cashtag).collect()
}

fn cashtag(rest: &str) -> Option<&str> {
    let letters = |text: &str, max: usize| text.bytes().take(max).take_while(u8::is_ascii_alphabetic).count();
    let ends = |len: usize| rest[len..].chars().next().is_none_or(|c| is_space(c) || is_punct(c));
    let symbol = letters(rest, 6);
    let suffix = match rest.as_bytes().get(symbol) {
        Some(b'.' | b'_') => letters(&rest[symbol + 1..], 2),
        _ => 0,
    };
    let long = symbol + 1 + suffix;
    let len = if suffix > 0 && ends(long) { long } else { symbol };
    (symbol > 0 && ends(len)).then_some(&rest[..len])
}

/// What follows each of the `signs` that has nothing or something `before_ok` before it.
fn sigils<'a>(
    text: &'a str,
    signs: &'a [char],
    before_ok: impl Fn(char) -> bool + 'a,
) -> impl Iterator<Item = &'a str> + 'a {
    text.match_indices(signs)
        .filter(move |(at, _)| text[..*at].chars().next_back().is_none_or(&before_ok))
        .map(|(at, sign)| &text[at + sign.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct File {
        tests: Groups,
    }

    #[derive(serde::Deserialize)]
    #[allow(non_snake_case)]
    struct Groups {
        urls: Vec<Case<Vec<String>>>,
        urls_with_directional_markers: Vec<Case<Vec<Entity>>>,
        tco_urls_with_params: Vec<Case<Vec<String>>>,
        cashtags: Vec<Case<Vec<String>>>,
        WeightedTweetsWithDiscountedEmojiCounterTest: Vec<Case<Weighed>>,
        UnicodeDirectionalMarkerCounterTest: Vec<Case<Weighed>>,
    }

    #[derive(serde::Deserialize)]
    struct Case<T> {
        description: String,
        text: String,
        expected: T,
    }

    #[derive(serde::Deserialize)]
    struct Entity {
        url: String,
    }

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Weighed {
        weighted_length: usize,
        valid: bool,
    }

    fn groups() -> Groups {
        serde_yaml::from_str::<File>(include_str!("conformance.yml")).unwrap().tests
    }

    fn found(text: &str) -> Vec<&str> {
        links(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn links_as_in_the_conformance_suite() {
        let groups = groups();
        assert_eq!(groups.urls.len(), 91);
        for case in groups.urls.iter().chain(&groups.tco_urls_with_params) {
            assert_eq!(found(&case.text), case.expected, "{}", case.description);
        }
        for case in &groups.urls_with_directional_markers {
            let expected: Vec<_> = case.expected.iter().map(|entity| entity.url.as_str()).collect();
            assert_eq!(found(&case.text), expected, "{}", case.description);
        }
    }

    #[test]
    fn cashtags_as_in_the_conformance_suite() {
        for case in groups().cashtags {
            assert_eq!(cashtags(&case.text), case.expected, "{}", case.description);
        }
    }

    #[test]
    fn lengths_as_in_the_conformance_suite() {
        let groups = groups();
        assert_eq!(groups.WeightedTweetsWithDiscountedEmojiCounterTest.len(), 22);
        let cases = groups.WeightedTweetsWithDiscountedEmojiCounterTest;
        for case in cases.iter().chain(&groups.UnicodeDirectionalMarkerCounterTest) {
            let weight = weigh(&case.text);
            assert_eq!(weight, case.expected.weighted_length, "{}", case.description);
            let valid = (1..=280).contains(&weight) && forbidden_char(&case.text).is_none();
            assert_eq!(valid, case.expected.valid, "{}", case.description);
        }
    }

    #[test]
    fn lengths_measured_with_twitter_text_3_1() {
        for (text, weight) in [
            ("Hello, world! 👋", 16),
            ("cafe\u{301}", 4),
            ("👨‍👩‍👧‍👦", 2),
            ("日本語", 6),
            ("see example.com now", 31),
            ("readme.md file", 28),
            ("x.rs", 23),
            ("version 1.2.3", 13),
            ("email a@b.com", 13),
            ("🇫🇷", 2),
            ("1️⃣", 2),
            ("\u{2028}", 2),
            ("©", 1),
            ("©️", 2),
            ("☀\u{FE0E}", 4),
            ("🚗🏽", 4),
            ("👍🏽", 2),
            ("", 0),
        ] {
            assert_eq!(weigh(text), weight, "{text}");
        }
    }

    #[test]
    fn mentions_are_names_with_a_sign() {
        for (text, names) in [
            ("@ada hello", vec!["ada"]),
            ("hi @ada, @bob_1!", vec!["ada", "bob_1"]),
            ("mail a@b.com", vec![]),
            ("＠ada", vec!["ada"]),
            ("@@ada", vec![]),
            ("@ada@example.org", vec![]),
            ("日本@ada", vec!["ada"]),
        ] {
            assert_eq!(mentions(text), names, "{text}");
        }
    }

    #[test]
    fn stored_text_has_short_links_and_escapes() {
        let text = stored("a < b & c > d see example.com/x?a=1&b=2 ok", |_| "https://t.co/1".to_owned());
        assert_eq!(text, "a &lt; b &amp; c &gt; d see https://t.co/1 ok");
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_read(text in "[a-z@$#./:?()\\-_ é本。👍\u{200D}\u{FE0F}1\u{20E3}]{0,60}( https?://[a-z.]{0,9}co/?)?") {
            let links = links(&text);
            proptest::prop_assert!(links.is_sorted_by(|a, b| a.end <= b.start));
            proptest::prop_assert!(links.iter().all(|link| text.get(link.clone()).is_some_and(|link| !link.is_empty())));
            weigh(&text);
            mentions(&text);
            cashtags(&text);
        }
    }
}
