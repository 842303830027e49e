//! Finds the URLs X and Mastodon see in a text, with or without `https://`, as twitter-text 3 does. Knows no limits.
//! The rules are those of its regular expressions (js/src/regexp of <https://github.com/twitter/twitter-text>), walked by
//! hand in linear time and over code points, as its Java version does; the JavaScript one cuts surrogate pairs in two.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

/// A URL in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// Whether it begins with `http://` or `https://`; without, it was recognised by its top-level domain.
    pub scheme: bool,
}

/// A URL of more UTF-16 units than this is none.
const URL_MAX: usize = 4096;
/// Longest slug of a `t.co` address.
const SLUG_MAX: usize = 40;
/// Longest label of a domain name, encoded.
const LABEL_MAX: usize = 63;

/// The URLs of a text, in order.
///
/// No URL holds a blank, and in each a label follows a dot: only words that have such a dot are looked at, each with the
/// blank before it.
pub fn find(text: &str) -> Vec<Url> {
    let mut urls = Vec::new();
    let mut from = 0;
    while let Some(dot) = text[from..].find('.').map(|dot| from + dot) {
        from = dot + 1;
        if text[from..].starts_with(is_domain_char) {
            let start = text[..dot].rfind(BLANK).unwrap_or(0);
            let end = text[from..].find(BLANK).map_or(text.len(), |blank| from + blank);
            find_in_word(&text[start..end], start, &mut urls);
            from = end;
        }
    }
    urls
}

/// What surely parts two words; there is more that does.
const BLANK: [char; 2] = [' ', '\n'];

/// Adds the URLs of a word that begins at byte `start` of its text.
fn find_in_word(word: &str, start: usize, urls: &mut Vec<Url>) {
    let scan = Scan::new(word, start);
    let mut next = 0;
    while let Some((before, found)) = scan.leftmost(next) {
        next = found.end;
        scan.accept(before, &found, urls);
    }
}

/// What the grammar matched; positions are indices of characters.
struct Match {
    start: usize,
    scheme: bool,
    domain: Range<usize>,
    /// Whether a path follows the domain and port.
    path: bool,
    end: usize,
}

struct Scan {
    chars: Vec<char>,
    /// Byte offset of each character in the text, and of the end.
    offsets: Vec<usize>,
    /// For each position, where the run of label characters from there ends.
    label_end: Vec<usize>,
    /// For each position, where the longest domain from there ends.
    domain_end: Vec<Option<usize>>,
}

impl Scan {
    fn new(word: &str, start: usize) -> Self {
        let (mut offsets, chars): (Vec<_>, Vec<_>) = word.char_indices().map(|(at, c)| (start + at, c)).unzip();
        offsets.push(start + word.len());
        let mut scan = Self { chars, offsets, label_end: Vec::new(), domain_end: Vec::new() };
        scan.measure();
        scan
    }

    /// Fills the tables from the end of the text to its start, each cell from the ones after it.
    fn measure(&mut self) {
        let n = self.chars.len();
        self.label_end = vec![n; n + 1];
        self.domain_end = vec![None; n + 1];
        // Of the run that ends nearest after `p`: whether it has an underscore, and the top-level domain after its dot.
        let (mut underscore, mut top) = (false, None);
        for p in (0..n).rev() {
            let c = self.chars[p];
            if !(is_domain_char(c) || c == '-' || c == '_') {
                self.label_end[p] = p;
                underscore = false;
                top = if c == '.' { self.top_level_end(p + 1, n) } else { None };
                continue;
            }
            let end = self.label_end[p + 1].min(n);
            self.label_end[p] = end;
            underscore |= c == '_';
            let label = is_domain_char(c) && is_domain_char(self.chars[end - 1]) && self.at(end) == Some('.');
            if label {
                // An underscore may stand in a subdomain, not in the name before the top-level domain.
                self.domain_end[p] = self.domain_end[end + 1].or(if underscore { None } else { top });
            }
        }
    }

    fn at(&self, p: usize) -> Option<char> {
        self.chars.get(p).copied()
    }

    /// The first match that starts at `from` or later, with the character before it.
    fn leftmost(&self, from: usize) -> Option<(Option<char>, Match)> {
        for i in from..self.chars.len() {
            let c = self.chars[i];
            if may_precede(c)
                && let Some(found) = self.match_at(i + 1)
            {
                return Some((Some(c), found));
            }
            // Nothing need stand before a URL that begins the text.
            if i == 0
                && let Some(found) = self.match_at(0)
            {
                return Some((None, found));
            }
        }
        None
    }

    fn match_at(&self, start: usize) -> Option<Match> {
        if let Some(host) = self.scheme_end(start)
            && let Some(found) = self.match_domain(start, host)
        {
            return Some(found);
        }
        self.match_domain(start, start)
    }

    fn scheme_end(&self, start: usize) -> Option<usize> {
        let is = |p: usize, wanted: &str| {
            wanted.chars().enumerate().all(|(i, w)| self.at(p + i).is_some_and(|c| c.eq_ignore_ascii_case(&w)))
        };
        [("https://", 8), ("http://", 7)]
            .into_iter()
            .find(|(word, _)| is(start, word))
            .map(|(_, length)| start + length)
    }

    fn match_domain(&self, start: usize, host: usize) -> Option<Match> {
        let domain = host..(*self.domain_end.get(host)?)?;
        let mut end = self.port_end(domain.end);
        let path = self.at(end) == Some('/');
        if path {
            end = self.path_end(end);
        }
        end = self.query_end(end);
        Some(Match { start, scheme: host > start, domain, path, end })
    }

    fn port_end(&self, p: usize) -> usize {
        if self.at(p) != Some(':') {
            return p;
        }
        let digits = self.chars[p + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
        if digits == 0 { p } else { p + 1 + digits }
    }

    /// End of the path whose `/` is at `p`: full stops and the like at its end belong to the sentence.
    fn path_end(&self, p: usize) -> usize {
        let (mut at, mut end) = (p + 1, p + 1);
        while let Some(c) = self.at(at) {
            if c == '(' {
                let Some(after) = self.parenthesis_end(at) else { break };
                (at, end) = (after, after);
            } else if is_path_char(c) {
                at += 1;
                if ends_path(c) {
                    end = at;
                }
            } else {
                break;
            }
        }
        end
    }

    /// End of `(...)` in a path, with at most one more pair inside.
    fn parenthesis_end(&self, open: usize) -> Option<usize> {
        let inner = self.path_run(open + 1);
        match self.at(inner) {
            Some(')') if inner > open + 1 => Some(inner + 1),
            Some('(') => {
                let innermost = self.path_run(inner + 1);
                if innermost == inner + 1 || self.at(innermost) != Some(')') {
                    return None;
                }
                let close = self.path_run(innermost + 1);
                (self.at(close) == Some(')')).then_some(close + 1)
            }
            _ => None,
        }
    }

    fn path_run(&self, from: usize) -> usize {
        from + self.chars[from..].iter().take_while(|c| is_path_char(**c)).count()
    }

    fn query_end(&self, p: usize) -> usize {
        if self.at(p) != Some('?') {
            return p;
        }
        let run = self.chars[p + 1..].iter().take_while(|c| is_query_char(**c)).count();
        let kept = self.chars[p + 1..p + 1 + run].iter().rposition(|c| ends_query(*c));
        kept.map_or(p, |last| p + 2 + last)
    }

    /// Where the top-level domain at `p` ends, looking no further than `bound`.
    fn top_level_end(&self, p: usize, bound: usize) -> Option<usize> {
        let window = self.chars.get(p..bound)?;
        let length = window.iter().take(TOP_LEVEL_MAX).take_while(|c| is_domain_char(**c)).count();
        let name: String = window[..length].iter().map(|c| lower(*c)).collect();
        let ends: Vec<usize> = name.char_indices().map(|(start, c)| start + c.len_utf8()).collect();
        let listed = (0..length).rev().find(|last| {
            may_follow_top_level(self.chars[..bound].get(p + last + 1))
                && top_level_domains().contains(&name[..ends[*last]])
        });
        listed.map(|last| p + last + 1).or_else(|| self.punycode_end(p, bound))
    }

    fn punycode_end(&self, p: usize, bound: usize) -> Option<usize> {
        let rest = self.chars[p..bound].strip_prefix(&['x', 'n', '-', '-']);
        let rest = rest.or_else(|| self.chars[p..bound].strip_prefix(&['X', 'N', '-', '-']))?;
        let length = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '-').count();
        (length > 0).then_some(p + 4 + length)
    }

    /// Adds what of a match counts as a URL.
    fn accept(&self, before: Option<char>, found: &Match, urls: &mut Vec<Url>) {
        if !self.is_valid(found) {
            return;
        }
        if found.scheme {
            if let Some(end) = self.short_link_end(found) {
                urls.push(self.url(found.start..end, true));
            }
        } else if !matches!(before, Some('-' | '_' | '.' | '/')) {
            self.accept_bare(found, urls);
        }
    }

    /// Without a scheme only the Latin domains in it count, and the path only where one of them stands before it.
    fn accept_bare(&self, found: &Match, urls: &mut Vec<Url>) {
        for domain in self.latin_domains(found.domain.clone()) {
            let whole = found.path && domain.end == found.domain.end;
            let end = if whole { found.end } else { domain.end };
            urls.push(self.url(domain.start..end, false));
        }
    }

    fn latin_domains(&self, within: Range<usize>) -> Vec<Range<usize>> {
        let mut domains = Vec::new();
        let mut p = within.start;
        while p < within.end {
            match self.latin_domain_end(p, within.end) {
                Ok(end) => {
                    domains.push(p..end);
                    p = end;
                }
                Err(skip) => p = skip,
            }
        }
        domains
    }

    /// End of the Latin domain that starts at `p`; else where to look next.
    fn latin_domain_end(&self, p: usize, bound: usize) -> Result<usize, usize> {
        let mut best = None;
        let mut at = p;
        loop {
            let run = self.chars[at..bound].iter().take_while(|c| is_latin_label(**c)).count();
            if run == 0 || at + run >= bound || self.chars[at + run] != '.' {
                return best.ok_or((at + run).max(p + 1));
            }
            at += run + 1;
            best = self.top_level_end(at, bound).or(best);
        }
    }

    fn url(&self, chars: Range<usize>, scheme: bool) -> Url {
        Url { span: self.offsets[chars.start]..self.offsets[chars.end], scheme }
    }

    fn is_valid(&self, found: &Match) -> bool {
        let domain = &self.chars[found.domain.clone()];
        if domain.starts_with(&['x', 'n', '-', '-']) && self.latin_domains(found.domain.clone()).is_empty() {
            return false;
        }
        let scheme = if found.scheme { found.domain.start - found.start } else { "https://".len() };
        let units: usize = self.chars[found.start..found.end].iter().map(|c| c.len_utf16()).sum();
        scheme + units <= URL_MAX
            && domain.split(|c| *c == '.').all(|label| (1..=LABEL_MAX).contains(&encoded_length(label)))
    }

    /// End of a URL with a scheme; a `t.co` address ends after its slug and query. `None` where the slug is too long.
    fn short_link_end(&self, found: &Match) -> Option<usize> {
        let after: String = self.chars[found.domain.start..found.end].iter().take(5).collect();
        if !after.eq_ignore_ascii_case("t.co/") {
            return Some(found.end);
        }
        let slug_start = found.domain.start + 5;
        let slug = self.chars[slug_start..found.end].iter().take_while(|c| c.is_ascii_alphanumeric()).count();
        match slug {
            0 => Some(found.end),
            1..=SLUG_MAX => Some(self.query_end(slug_start + slug)),
            _ => None,
        }
    }
}

/// Length of a label as DNS carries it; more than any limit where it cannot be encoded.
fn encoded_length(label: &[char]) -> usize {
    let part = |part: &[char]| {
        if part.iter().all(char::is_ascii) {
            return part.len();
        }
        let text: String = part.iter().collect();
        idna::punycode::encode_str(&text).map_or(usize::MAX / 2, |encoded| "xn--".len() + encoded.len())
    };
    // The full stops of other scripts part labels as well.
    let mut parts = label.split(|c| matches!(c, '\u{3002}' | '\u{FF0E}' | '\u{FF61}')).map(part);
    let first = parts.next().unwrap_or(0);
    parts.fold(first, |sum, length| sum.saturating_add(1).saturating_add(length))
}

/// Characters of the longest top-level domain.
const TOP_LEVEL_MAX: usize = 18;

fn top_level_domains() -> &'static HashSet<&'static str> {
    static SET: OnceLock<HashSet<&'static str>> = OnceLock::new();
    SET.get_or_init(|| include_str!("tlds.txt").lines().filter(|line| !line.starts_with('#')).collect())
}

/// Lower case where that is one character, as in every top-level domain.
fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn may_follow_top_level(next: Option<&char>) -> bool {
    next.is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-')))
}

fn may_precede(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || matches!(c, '@' | '\u{FF20}' | '$' | '#' | '\u{FF03}') || is_invalid(c))
}

/// Characters X refuses anywhere in a text.
pub(super) fn is_invalid(c: char) -> bool {
    matches!(c, '\u{FFFE}' | '\u{FEFF}' | '\u{FFFF}')
}

/// `"` and the backtick are not in twitter-text's list of punctuation, so they are not here either.
fn is_domain_char(c: char) -> bool {
    !(is_invalid(c) || is_space(c) || is_directional(c) || (c.is_ascii_punctuation() && !matches!(c, '"' | '`')))
}

fn is_space(c: char) -> bool {
    matches!(c, '\u{9}'..='\u{D}' | ' ' | '\u{85}' | '\u{A0}' | '\u{1680}' | '\u{180E}' | '\u{2000}'..='\u{200A}'
        | '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2066}'..='\u{2069}')
}

fn is_latin_accent(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}' | '\u{253}' | '\u{254}' | '\u{256}'
        | '\u{257}' | '\u{259}' | '\u{25B}' | '\u{263}' | '\u{268}' | '\u{26F}' | '\u{272}' | '\u{289}' | '\u{28B}'
        | '\u{2BB}' | '\u{300}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}')
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{4FF}')
}

fn is_latin_label(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || is_latin_accent(c)
}

fn ends_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '=' | '_' | '#' | '/') || is_cyrillic(c) || is_latin_accent(c)
}

fn is_path_char(c: char) -> bool {
    ends_path(c)
        || matches!(
            c,
            '!' | '*' | '\'' | ';' | ':' | ',' | '.' | '$' | '%' | '[' | ']' | '\u{2013}' | '~' | '@' | '|' | '&'
        )
}

fn ends_query(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '&' | '=' | '#' | '/')
}

fn is_query_char(c: char) -> bool {
    ends_query(c)
        || matches!(
            c,
            '!' | '?' | '*' | '\'' | '@' | '(' | ')' | ';' | ':' | '+' | '$' | '%' | '[' | ']' | '.' | ',' | '~' | '|'
        )
}
