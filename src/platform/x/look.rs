//! Finds a doubtful part among the posts X lists. Knows no call.
//!
//! X changes what it was given: addresses become `https://t.co/...`, images add one more such link at the end, `&`, `<` and
//! `>` may be written as entities. Rather than guess which words X takes for addresses (its list of endings is newer than
//! any of ours), each of its links may stand for whatever piece of the sent text looks like one.

use chrono::{DateTime, Utc};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::wire;
use crate::fit::Rendition;
use crate::platform::Step;
use crate::platform::done::{self, Doubt};

const LINK: &str = "https://t.co/";

/// Text longer than this, in X's unit, is listed cut off.
const LISTED_MAX: usize = 280;

/// What is listed of it is never shorter, in characters.
const LISTED_LEAST: usize = 100;

/// What is looked for.
pub(super) struct Sought<'a> {
    text: &'a str,
    /// Whether X adds a link of its own at the end: for media, for a quoted post, for the rest of a long text.
    has_link: bool,
    /// Whether only the beginning of the text is listed.
    is_long: bool,
    /// Whether X puts the names of those who are answered before it.
    is_answer: bool,
}

impl<'a> Sought<'a> {
    /// A part of a rendition.
    pub(super) fn of(rendition: &'a Rendition, index: usize) -> Option<Self> {
        let part = rendition.parts.get(index)?;
        let quotes = index == 0 && rendition.quote_of.is_some();
        Some(Self {
            text: &part.text,
            has_link: !part.media.is_empty() || quotes,
            is_long: part.count > LISTED_MAX,
            is_answer: rendition.reply_to.is_some(),
        })
    }

    fn is(&self, stored: &str) -> bool {
        let names = if self.is_answer { stored.split(' ').take_while(|word| word.starts_with('@')).count() } else { 0 };
        let mut rests = (0..=names).map(|names| stored.splitn(names + 1, ' ').last().unwrap_or_default());
        rests.any(|stored| match self.is_long {
            true => begins(self.text, stored),
            false => is_same(self.text, stored, self.has_link),
        })
    }
}

/// The id and time of the listed post that is what is sought; of several, the one made nearest to when the call was sent.
pub(super) fn find(
    listed: &Value,
    sought: &Sought<'_>,
    doubt: &Doubt<'_>,
    done: &[Step],
) -> Option<(String, DateTime<Utc>)> {
    let posts = listed["data"].as_array()?;
    let candidates = posts.iter().filter_map(|post| {
        let id = wire::id(&post["id"])?;
        let at = wire::made_at(id)?;
        let fits = doubt.may_have_made(at) && !done::is_receipted(done, id);
        (fits && sought.is(post["text"].as_str()?)).then(|| (id.to_owned(), at))
    });
    candidates.min_by_key(|(_, at)| (*at - doubt.first).abs())
}

/// Whether X may have made `stored` of `sent` and cut it off: `The beginning of it… https://t.co/1`.
fn begins(sent: &str, stored: &str) -> bool {
    let sent = tidy(sent);
    [tidy(stored), tidy(&unescape(stored))].iter().any(|stored| {
        let stored = without_last_link(stored).trim_end_matches('…').trim_end();
        sent == stored || stored.chars().count() >= LISTED_LEAST && fits(&sent, stored, Reach::Beginning)
    })
}

/// Whether X may have made `stored` of `sent`.
pub(super) fn is_same(sent: &str, stored: &str, has_media: bool) -> bool {
    let sent = tidy(sent);
    let mut forms = vec![tidy(stored), tidy(&unescape(stored))];
    if has_media {
        forms = forms.iter().map(|stored| without_last_link(stored).to_owned()).collect();
    }
    forms.iter().any(|stored| fits(&sent, stored, Reach::Whole))
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

/// How much of the sent text must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Whole,
    Beginning,
}

/// Whether `sent` is `stored` with something like an address in the place of each link. Tries the shortest piece first
/// and goes back where that leads nowhere; `dead` keeps pairs of rests that were tried, so the work stays small.
fn fits(sent: &str, stored: &str, reach: Reach) -> bool {
    fn rest(sent: &str, stored: &str, reach: Reach, dead: &mut Vec<(usize, usize)>) -> bool {
        let Some(start) = stored.find(LINK) else {
            return sent == stored || reach == Reach::Beginning && sent.starts_with(stored);
        };
        let (literal, link) = stored.split_at(start);
        let slug = link[LINK.len()..].find(|c: char| !c.is_ascii_alphanumeric());
        let after = slug.map_or("", |end| &link[LINK.len() + end..]);
        let Some(sent) = sent.strip_prefix(literal) else { return false };
        if dead.contains(&(sent.len(), after.len())) {
            return false;
        }
        let word = &sent[..sent.find(' ').unwrap_or(sent.len())];
        let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
        let found = ends.filter(|end| word[..*end].contains('.')).any(|end| rest(&sent[end..], after, reach, dead));
        if !found {
            dead.push((sent.len(), after.len()));
        }
        found
    }
    rest(sent, stored, reach, &mut Vec::new())
}
