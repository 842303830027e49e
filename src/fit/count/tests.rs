//! twitter-text's own test data, and tables for the other units.

use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::weighted::{self, Emoji};
use super::*;

const VALIDATE: &str = include_str!("../../../tests/data/twitter-text/validate.yml");
const EXTRACT: &str = include_str!("../../../tests/data/twitter-text/extract.yml");

#[derive(Deserialize)]
struct Case<T> {
    description: String,
    text: String,
    expected: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Weighed {
    weighted_length: usize,
    valid: bool,
}

#[derive(Deserialize)]
struct Found {
    url: String,
    indices: [usize; 2],
}

/// The cases of a group, in order; fails where the file has lost some.
fn cases<T: DeserializeOwned>(file: &str, group: &str, number: usize) -> Vec<Case<T>> {
    let all: serde_yaml::Value = serde_yaml::from_str(file).unwrap();
    let cases: Vec<Case<T>> = serde_yaml::from_value(all["tests"][group].clone()).unwrap();
    assert_eq!(cases.len(), number, "cases in {group}");
    cases
}

fn is_valid(text: &str) -> bool {
    !text.is_empty() && count(text, Platform::X, false).fits
}

#[test]
fn twitter_text_weighs_emoji_as_one() {
    for (group, number) in
        [("WeightedTweetsWithDiscountedEmojiCounterTest", 22), ("UnicodeDirectionalMarkerCounterTest", 2)]
    {
        for case in cases::<Weighed>(VALIDATE, group, number) {
            assert_eq!(weighted::length(&case.text), case.expected.weighted_length, "{}", case.description);
            assert_eq!(is_valid(&case.text), case.expected.valid, "{}", case.description);
        }
    }
}

#[test]
fn twitter_text_weighs_emoji_by_code_point() {
    for case in cases::<Weighed>(VALIDATE, "WeightedTweetsCounterTest", 20) {
        let length = weighted::weigh(&case.text, Emoji::ByCodePoint);
        assert_eq!(length, case.expected.weighted_length, "{}", case.description);
        let valid = (1..=280).contains(&length) && refused(&case.text, Platform::X.limits()).is_none();
        assert_eq!(valid, case.expected.valid, "{}", case.description);
    }
}

/// This group is from the days of 140 characters (configuration version 1): all code points weigh 1, URLs 23.
#[test]
fn twitter_text_validates() {
    for case in cases::<bool>(VALIDATE, "tweets", 8) {
        let urls = urls::find(&case.text);
        let in_urls: usize = urls.iter().map(|url| case.text[url.span.clone()].chars().count()).sum();
        let length = case.text.chars().count() - in_urls + 23 * urls.len();
        assert_eq!((1..=140).contains(&length), case.expected, "{}: {length}", case.description);
        assert!(!case.expected || is_valid(&case.text), "{}", case.description);
    }
}

#[test]
fn twitter_text_extracts_urls() {
    for (group, number) in [("urls", 91), ("tco_urls_with_params", 5)] {
        for case in cases::<Vec<String>>(EXTRACT, group, number) {
            let found: Vec<_> = urls::find(&case.text).into_iter().map(|url| case.text[url.span].to_owned()).collect();
            assert_eq!(found, case.expected, "{}", case.description);
        }
    }
}

#[test]
fn twitter_text_places_urls() {
    for (group, number) in [("urls_with_indices", 10), ("urls_with_directional_markers", 2)] {
        for case in cases::<Vec<Found>>(EXTRACT, group, number) {
            let chars = |bytes: usize| case.text[..bytes].chars().count();
            let found: Vec<_> = urls::find(&case.text)
                .into_iter()
                .map(|url| ([chars(url.span.start), chars(url.span.end)], case.text[url.span].to_owned()))
                .collect();
            let expected: Vec<_> = case.expected.into_iter().map(|found| (found.indices, found.url)).collect();
            assert_eq!(found, expected, "{}", case.description);
        }
    }
}

/// Checked against twitter-text 3.1.0 (JavaScript).
#[test]
fn x_weighs() {
    for (text, length) in [
        ("", 0),
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
        ("☺︎", 4),
        ("🏽", 2),
    ] {
        assert_eq!(length, weighted::length(text), "{text:?}");
    }
    assert!(!count("a\u{FEFF}", Platform::X, false).fits);
}

#[test]
fn each_platform_counts_its_way() {
    use Platform::*;
    for (platform, text, expected) in [
        (LinkedIn, "né 👨‍👩‍👧‍👦", 10),
        (Facebook, "né 👨‍👩‍👧‍👦", 14),
        (Instagram, "𝒜é", 3),
        (TikTok, "𝒜é", 3),
        (YouTube, "né 👋", 8),
        (Threads, "né 👋", 7),
        (Threads, "👨‍👩‍👧‍👦", 25),
        (Threads, "1️⃣", 7),
        (Bluesky, "né 👨‍👩‍👧‍👦", 4),
        (Mastodon, "né 👨‍👩‍👧‍👦", 4),
        (Mastodon, "https://example.com/a/long/way/to/go and on", 30),
        (Mastodon, "example.com", 11),
        (Mastodon, "hi @ann@social.example!", 8),
        (Mastodon, "@ann, @bob@x.example, ann@b.example", 4 + 2 + 4 + 2 + 13),
    ] {
        assert_eq!(count(text, platform, false).count, expected, "{platform} {text}");
    }
}

#[test]
fn a_count_tells_limit_and_unit() {
    let long = "x".repeat(300);
    let told = |platform, premium| {
        let count = count(&long, platform, premium);
        (count.count, count.limit, count.unit, count.fits)
    };
    assert_eq!(told(Platform::X, false), (300, 280, "weighted characters", false));
    assert_eq!(told(Platform::X, true), (300, 25_000, "weighted characters", true));
    assert_eq!(told(Platform::LinkedIn, true), (300, 3000, "characters", true));
    assert_eq!(told(Platform::Bluesky, false), (300, 300, "graphemes", true));
}

#[test]
fn bluesky_counts_bytes_too() {
    let families = "👨‍👩‍👧‍👦".repeat(150);
    let expected = Count { count: 3750, limit: 3000, unit: "bytes", fits: false };
    assert_eq!(count(&families, Platform::Bluesky, false), expected);
}

/// What would take minutes if any step looked back over the text.
#[test]
fn long_texts_take_no_time() {
    for text in [
        "a.".repeat(100_000),
        "あ".repeat(200_000) + ".",
        "あ.".repeat(100_000),
        "@a@b.".repeat(50_000),
        "http://a(".repeat(50_000),
    ] {
        for platform in Platform::ALL {
            count(&text, platform, false);
        }
    }
}

proptest! {
    #[test]
    fn counting_never_panics(text in r"(\PC|[.@/:#?()-]|http://|[\u{200D}\u{FE0F}\u{20E3}👩❤🇫xn]){0,60}") {
        for platform in Platform::ALL {
            count(&text, platform, true);
        }
        let mut end = 0;
        for url in urls::find(&text) {
            prop_assert!(end <= url.span.start && url.span.start < url.span.end);
            prop_assert!(text.get(url.span.clone()).is_some());
            end = url.span.end;
        }
    }
}
