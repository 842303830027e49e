//! Finds a doubtful part among the posts X lists. Knows no call.
//!
//! X changes what it was given: addresses become `https://t.co/...`, images add one more such link at the end, `&`, `<` and
//! `>` may be written as entities. Rather than guess which words X takes for addresses (its list of endings is newer than
//! any of ours), each of its links may stand for whatever piece of the sent text looks like one.

use chrono::{DateTime, Utc};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::wire;
use crate::fit::Part;
use crate::platform::Step;
use crate::platform::done::{self, Doubt};

const LINK: &str = "https://t.co/";

/// The id and time of the listed post that is this part; of several, the one made nearest to when the call was sent.
pub(super) fn find(listed: &Value, part: &Part, doubt: &Doubt<'_>, done: &[Step]) -> Option<(String, DateTime<Utc>)> {
    let posts = listed["data"].as_array()?;
    let candidates = posts.iter().filter_map(|post| {
        let id = wire::id(&post["id"])?;
        let at = wire::made_at(id)?;
        let fits = doubt.may_have_made(at) && !done::is_receipted(done, id);
        (fits && is_same(&part.text, post["text"].as_str()?, !part.media.is_empty())).then(|| (id.to_owned(), at))
    });
    candidates.min_by_key(|(_, at)| (*at - doubt.first).abs())
}

/// Whether X may have made `stored` of `sent`.
pub(super) fn is_same(sent: &str, stored: &str, has_media: bool) -> bool {
    let sent = tidy(sent);
    let mut forms = vec![tidy(stored), tidy(&unescape(stored))];
    if has_media {
        forms = forms.iter().map(|stored| without_last_link(stored).to_owned()).collect();
    }
    forms.iter().any(|stored| fits(&sent, stored))
}

/// Composed, on one line, single spaces.
fn tidy(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The text without the link that stands for its images.
fn without_last_link(stored: &str) -> &str {
    let start = stored.rfind(' ').map_or(0, |space| space + 1);
    if stored[start..].starts_with(LINK) { stored[..start].trim_end() } else { stored }
}

/// Whether `sent` is `stored` with something like an address in the place of each link. Tries the shortest piece first
/// and goes back where that leads nowhere; `dead` keeps pairs of rests that were tried, so the work stays small.
fn fits(sent: &str, stored: &str) -> bool {
    fn rest<'a>(sent: &'a str, stored: &'a str, dead: &mut Vec<(usize, usize)>) -> bool {
        let Some(start) = stored.find(LINK) else { return sent == stored };
        let (literal, link) = stored.split_at(start);
        let slug = link[LINK.len()..].find(|c: char| !c.is_ascii_alphanumeric());
        let after = slug.map_or("", |end| &link[LINK.len() + end..]);
        let Some(sent) = sent.strip_prefix(literal) else { return false };
        if dead.contains(&(sent.len(), after.len())) {
            return false;
        }
        let word = &sent[..sent.find(' ').unwrap_or(sent.len())];
        let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
        let found = ends.filter(|end| word[..*end].contains('.')).any(|end| rest(&sent[end..], after, dead));
        if !found {
            dead.push((sent.len(), after.len()));
        }
        found
    }
    rest(sent, stored, &mut Vec::new())
}
