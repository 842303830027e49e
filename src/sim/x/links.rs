//! What X turns into links: addresses with a scheme, and bare domains of known top-level domains (`main.rs` is one).
//! Follows the rules of twitter-text, written as a scanner. Knows nothing of weights.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// A longer address is no link.
const LINK_MAX_CHARS: usize = 4096;
/// A longer name after `t.co/` makes it no link.
const TCO_SLUG_MAX: usize = 40;

/// Byte ranges of what X turns into links, with or without a scheme, in order.
pub(super) fn links(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(address) = next_address(text, at) {
        at = address.end;
        if allowed(text, &address) {
            if address.scheme.is_empty() {
                bare(text, &address, &mut found);
            } else {
                schemed(text, &address, &mut found);
            }
        }
    }
    found
}

/// An address as first recognised, before the finer rules.
struct Address {
    scheme: Range<usize>,
    domain: Range<usize>,
    /// The path alone; empty if there is none.
    path: Range<usize>,
    end: usize,
}

fn next_address(text: &str, from: usize) -> Option<Address> {
    // Before this byte no address without a scheme begins: the run of label characters up to it ends without a dot. Without
    // this memory a long text of such characters would be read to its end once for each of them.
    let mut barren = from;
    // As in the expression of twitter-text, what follows a character is tried before the beginning of the text.
    let starts = text[from..].char_indices().flat_map(|(at, before)| {
        let at = from + at;
        [may_precede(before).then_some(at + before.len_utf8()), (at == 0).then_some(0)].into_iter().flatten()
    });
    for start in starts {
        if start < barren && scheme_len(&text[start..]) == 0 {
            continue;
        }
        if let Some(address) = address_at(text, start) {
            return Some(address);
        }
        let end = start + label(&text[start..]).len();
        if !text[end..].starts_with('.') {
            barren = barren.max(end);
        }
    }
    None
}

/// What a label of a domain name may be made of, from the beginning of `text`.
fn label(text: &str) -> &str {
    run(text, |c| is_domain_char(c) || c == '-' || c == '_')
}

fn address_at(text: &str, start: usize) -> Option<Address> {
    let scheme = start..start + scheme_len(&text[start..]);
    let domain = scheme.end..domain_end(text, scheme.end)?;
    let port = domain.end + port_len(&text[domain.end..]);
    let path = port..port + path_len(&text[port..]);
    let end = path.end + query_len(&text[path.end..]);
    Some(Address { scheme, domain, path, end })
}

/// An address without a scheme: only the parts of it that are ASCII domains count; the last takes path and query.
fn bare(text: &str, address: &Address, found: &mut Vec<Range<usize>>) {
    if text[..address.domain.start].ends_with(['-', '_', '.', '/']) {
        return;
    }
    let first = found.len();
    let mut at = address.domain.start;
    while let Some(range) = next_ascii_domain(&text[..address.domain.end], at) {
        at = range.end;
        found.push(range);
    }
    if let Some(last) = found[first..].last_mut()
        && !address.path.is_empty()
    {
        last.end = address.end;
    }
}

fn schemed(text: &str, address: &Address, found: &mut Vec<Range<usize>>) {
    let mut end = address.end;
    if text[address.domain.clone()].eq_ignore_ascii_case("t.co")
        && let Some(slug) = text[address.domain.end..end].strip_prefix('/')
    {
        let len = slug.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if len > TCO_SLUG_MAX {
            return;
        }
        if len > 0 {
            let after = address.domain.end + 1 + len;
            end = after + query_len(&text[after..]);
        }
    }
    found.push(address.scheme.start..end);
}

/// Length rules of host names: each label at most 63 bytes in its ASCII form.
fn allowed(text: &str, address: &Address) -> bool {
    let ascii = match url::Host::parse(&text[address.domain.clone()]) {
        Ok(url::Host::Domain(name)) => name,
        _ => return false,
    };
    let chars = text[address.scheme.start..address.end].chars().count();
    ascii.split('.').all(|label| (1..=63).contains(&label.len())) && chars <= LINK_MAX_CHARS
}

fn scheme_len(text: &str) -> usize {
    let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    ["https://", "http://"].into_iter().find(|scheme| begins(scheme)).map_or(0, str::len)
}

/// The end of the longest run of labels from `start` that closes with a known top-level domain.
fn domain_end(text: &str, start: usize) -> Option<usize> {
    let mut after_names = Vec::new();
    let mut at = start;
    loop {
        let label = label(&text[at..]);
        let proper = |joints: &[char]| !label.is_empty() && !label.starts_with(joints) && !label.ends_with(joints);
        if !proper(&['-', '_']) || !text[at + label.len()..].starts_with('.') {
            break;
        }
        at += label.len() + 1;
        if !label.contains('_') {
            after_names.push(at);
        }
    }
    after_names.into_iter().rev().find_map(|dot| tld_len(&text[dot..]).map(|len| dot + len))
}

fn next_ascii_domain(text: &str, from: usize) -> Option<Range<usize>> {
    let label_char = |c: char| c == '-' || c.is_ascii_alphanumeric() || is_latin_accent(c);
    for (offset, _) in text[from..].char_indices() {
        let start = from + offset;
        let mut dots = Vec::new();
        let mut at = start;
        loop {
            let label = run(&text[at..], label_char);
            if label.is_empty() || !text[at + label.len()..].starts_with('.') {
                break;
            }
            at += label.len() + 1;
            dots.push(at);
        }
        if let Some(end) = dots.into_iter().rev().find_map(|dot| tld_len(&text[dot..]).map(|len| dot + len)) {
            return Some(start..end);
        }
    }
    None
}

/// Bytes of the top-level domain `text` begins with.
fn tld_len(text: &str) -> Option<usize> {
    let closes = |len: usize| {
        text[len..].chars().next().is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-')))
    };
    let word = run(text, |c| c.is_ascii_alphanumeric());
    if TLDS.ascii.contains(word.to_ascii_lowercase().as_str()) && closes(word.len()) {
        return Some(word.len());
    }
    if let Some(len) = TLDS.other.iter().filter_map(|tld| folded_prefix(text, tld)).find(|len| closes(*len)) {
        return Some(len);
    }
    let punycode = text.get(..4).filter(|head| head.eq_ignore_ascii_case("xn--")).map(|_| &text[4..])?;
    let len = run(punycode, |c| c.is_ascii_alphanumeric() || c == '-').len();
    (len > 0).then_some(4 + len)
}

/// Bytes of `text` that equal `prefix`, letter case apart.
fn folded_prefix(text: &str, prefix: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    for wanted in prefix.chars() {
        let (_, c) = chars.next()?;
        if c != wanted && !c.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(chars.offset())
}

fn port_len(text: &str) -> usize {
    let digits = text.strip_prefix(':').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    if digits == 0 { 0 } else { digits + 1 }
}

/// A path ends with a letter, digit, one of `=_#/+-`, or a balanced parenthesis; not with punctuation.
fn path_len(text: &str) -> usize {
    if !text.starts_with('/') {
        return 0;
    }
    let (mut at, mut end) = (1, 1);
    while let Some(c) = text[at..].chars().next() {
        if let Some(len) = parenthesis_len(&text[at..]) {
            at += len;
            end = at;
        } else if is_path_char(c) {
            at += c.len_utf8();
            if is_word(c) || matches!(c, '+' | '-' | '=' | '_' | '#' | '/') {
                end = at;
            }
        } else {
            break;
        }
    }
    end
}

/// `(abc)` or `(a(b)c)`, of path characters only.
fn parenthesis_len(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('(')?;
    let plain = run(inner, is_path_char).len();
    match inner[plain..].chars().next()? {
        ')' if plain > 0 => Some(plain + 2),
        '(' => {
            let nested = run(&inner[plain + 1..], is_path_char).len();
            let tail = inner[plain + 1 + nested..].strip_prefix(')').filter(|_| nested > 0)?;
            let after = run(tail, is_path_char).len();
            tail[after..].starts_with(')').then_some(1 + plain + 1 + nested + 1 + after + 1)
        }
        _ => None,
    }
}

fn query_len(text: &str) -> usize {
    if !text.starts_with('?') {
        return 0;
    }
    let query = run(&text[1..], |c| c.is_ascii_alphanumeric() || "!?*'@();:&=+$/%#[]-_.,~|".contains(c));
    query.rfind(|c: char| c.is_ascii_alphanumeric() || "-_&=#/".contains(c)).map_or(0, |last| last + 2)
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|c| !belongs(c)).unwrap_or(text.len())]
}

fn is_path_char(c: char) -> bool {
    is_word(c) || "!*';:=+,.$/%#[]-\u{2013}_~@|&".contains(c)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || is_latin_accent(c) || ('\u{0400}'..='\u{04FF}').contains(&c)
}

fn may_precede(c: char) -> bool {
    is_directional(c) || !(c.is_ascii_alphanumeric() || "@＠$#＃".contains(c) || is_invalid(c))
}

fn is_domain_char(c: char) -> bool {
    !(is_punct(c) || is_space(c) || is_invalid(c) || is_directional(c))
}

pub(super) fn is_punct(c: char) -> bool {
    "!'#%&()*+,\\-./:;<=>?@[]^_{|}~$".contains(c)
}

pub(super) fn is_space(c: char) -> bool {
    matches!(c, '\u{09}'..='\u{0D}' | ' ' | '\u{85}' | '\u{A0}' | '\u{1680}' | '\u{180E}' | '\u{2000}'..='\u{200A}'
        | '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
}

pub(super) fn is_invalid(c: char) -> bool {
    matches!(c, '\u{FFFE}' | '\u{FEFF}' | '\u{FFFF}')
}

pub(super) fn is_directional(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2066}'..='\u{2069}')
}

pub(super) fn is_latin_accent(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{FF}' | '\u{100}'..='\u{24F}'
        | '\u{253}' | '\u{254}' | '\u{256}' | '\u{257}' | '\u{259}' | '\u{25B}' | '\u{263}' | '\u{268}' | '\u{26F}'
        | '\u{272}' | '\u{289}' | '\u{28B}' | '\u{2BB}' | '\u{300}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}')
}

struct Tlds {
    ascii: HashSet<&'static str>,
    other: Vec<&'static str>,
}

static TLDS: LazyLock<Tlds> = LazyLock::new(|| {
    let names = include_str!("tlds.txt").lines().filter(|line| !line.starts_with('#'));
    let (ascii, other): (Vec<_>, Vec<_>) = names.partition(|name| name.is_ascii());
    Tlds { ascii: ascii.into_iter().collect(), other }
});
