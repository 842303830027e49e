//! What only Bluesky asks for: its labels, tags with a length, captions in one format, addresses of its posts.
//!
//! Sources: <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json>,
//! <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/embed/video.json>,
//! <https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/label/defs.json>,
//! <https://docs.bsky.app/docs/tutorials/thread-gates>.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use url::Url;

use crate::error::Problem;
use crate::fit::{Fitting, Media, Reference, Rendition};
use crate::suggest;

pub mod syntax;

/// The collection of posts.
pub const POSTS: &str = "app.bsky.feed.post";

/// What an author may say of a post.
const LABELS: [&str; 6] = ["porn", "sexual", "nudity", "graphic-media", "!no-unauthenticated", "bot"];
/// Most tags of a post, and the longest, in grapheme clusters and in bytes.
const TAGS_MAX: usize = 8;
const TAG_MAX: usize = 64;
const TAG_BYTES_MAX: usize = 640;
/// Longest file of captions, in bytes.
const CAPTIONS_MAX: u64 = 20_000;

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    check_labels(fitting, rendition);
    check_tags(fitting, rendition);
    check_references(fitting, rendition);
    let wishes = &fitting.target.wishes;
    let setting = |key: &str| wishes.settings.get(key).map(|setting| setting.span.clone());
    if rendition.settings.contains_key("threadgate") && rendition.reply_to.is_some() {
        let message = "who may reply is decided where a conversation begins, and this post answers another";
        error(fitting, "gate-of-an-answer", setting("threadgate"), message, "leave `threadgate` out");
    }
    let link = wishes.link.as_ref().map(|link| link.span.clone());
    let thumbnail = rendition.card.as_ref().and_then(|card| card.thumbnail.as_ref());
    if let Some(film) = thumbnail.filter(|media| !media.kind.is_image()) {
        let message = format!("a link card on Bluesky has room for a picture, and `{}` is none", film.path);
        error(fitting, "card-pictures", link, &message, "leave it out, or write the link in the text");
    }
    for (_, media) in rendition.media() {
        check_media(fitting, media);
    }
}

fn error(fitting: &mut Fitting<'_>, code: &'static str, span: Option<Range<usize>>, message: &str, hint: &str) {
    let problem = Problem::error(code, &fitting.target.source, message).hint(hint);
    fitting.problems.push(match span {
        Some(span) => problem.at(span),
        None => problem,
    });
}

fn check_labels(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let span = fitting.target.wishes.settings.get("labels").map(|setting| setting.span.clone());
    for label in labels(rendition).filter(|label| !LABELS.contains(label)) {
        let message = format!("Bluesky has no label `{label}`");
        error(fitting, "bad-label", span.clone(), &message, &format!("it has {}", suggest::or(LABELS)));
    }
}

/// The labels asked for.
pub fn labels(rendition: &Rendition) -> impl Iterator<Item = &str> {
    let labels = rendition.settings.get("labels").map_or("", String::as_str);
    labels.split(',').map(str::trim).filter(|label| !label.is_empty())
}

fn check_tags(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let span = fitting.target.wishes.tags.as_ref().map(|tags| tags.span.clone());
    let count = rendition.tags.len();
    if count > TAGS_MAX {
        let message = format!("the post has {count} tags; Bluesky takes {TAGS_MAX}: {} too many", count - TAGS_MAX);
        error(fitting, "too-many-tags", span.clone(), &message, "leave some out");
    }
    for tag in &rendition.tags {
        let graphemes = tag.graphemes(true).count();
        if graphemes > TAG_MAX || tag.len() > TAG_BYTES_MAX {
            let message = format!(
                "the tag `{tag}` has {graphemes} graphemes and {} bytes; Bluesky takes {TAG_MAX} and {TAG_BYTES_MAX}",
                tag.len()
            );
            error(fitting, "tag-too-long", span.clone(), &message, "shorten it");
        }
    }
}

fn check_references(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let wishes = &fitting.target.wishes;
    let spans = [&wishes.reply_to, &wishes.quote_of].map(|wish| wish.as_ref().map(|wish| wish.span.clone()));
    let keys = ["reply_to", "quote_of"].into_iter().zip([&rendition.reply_to, &rendition.quote_of]);
    for ((key, reference), span) in keys.zip(spans) {
        let Some(Reference::Url(url)) = reference else { continue };
        if post_of(url).is_none() {
            let message = format!("`{key}` is no address of a post on Bluesky: {url}");
            error(
                fitting,
                "bad-reference",
                span,
                &message,
                "it looks like https://bsky.app/profile/alice.example/post/3kabcdefghi2x",
            );
        }
    }
}

/// A post, as an address names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// A handle or a DID.
    pub account: String,
    /// Its record's key.
    pub key: String,
}

/// The post of an address: of the app's page, or an at-uri; `None` where it is none of a post on Bluesky.
pub fn post_of(address: &str) -> Option<Post> {
    if address.starts_with("at://") {
        let uri = syntax::at_uri(address).filter(|uri| uri.collection == Some(POSTS))?;
        return Some(Post { account: uri.account.to_owned(), key: uri.key?.to_owned() });
    }
    let url = Url::parse(address).ok().filter(|url| url.host_str() == Some("bsky.app"))?;
    let path: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let ["profile", account, "post", key] = path[..] else { return None };
    let account = percent_encoding::percent_decode_str(account).decode_utf8().ok()?.into_owned();
    let is_named = syntax::is_handle(&account) || syntax::is_did(&account);
    (is_named && syntax::is_record_key(key)).then(|| Post { account, key: key.to_owned() })
}

fn check_media(fitting: &mut Fitting<'_>, media: &Media) {
    let path = &media.path;
    if media.cover.is_some() {
        let message = format!("Bluesky takes no cover for `{path}`: it shows the video's beginning");
        error(fitting, "cover-not-offered", None, &message, "leave `cover` out");
    }
    let Some(captions) = &media.captions else { return };
    let file = &captions.file;
    if file.mime != "text/vtt" {
        let message = format!("`{}` is not WebVTT, and Bluesky takes no other captions", file.path);
        error(fitting, "captions-kind", None, &message, "save it as WebVTT (`.vtt`)");
    }
    if file.bytes > CAPTIONS_MAX {
        let message = format!("`{}` has {} bytes; Bluesky takes {CAPTIONS_MAX} of captions", file.path, file.bytes);
        error(fitting, "captions-too-large", None, &message, "shorten them");
    }
    if captions.lang.is_none() {
        let message = format!("of which language `{}` is has to be told", file.path);
        error(fitting, "captions-language", None, &message, "call it `film.en.vtt`, or write `lang`");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_are_read_out_of_addresses() {
        for (address, post) in [
            ("https://bsky.app/profile/alice.example/post/3k2a", Some(("alice.example", "3k2a"))),
            ("https://bsky.app/profile/did:plc:abc/post/3k2a?ref=x#y", Some(("did:plc:abc", "3k2a"))),
            ("https://bsky.app/profile/did%3Aplc%3Aabc/post/3k2a/", Some(("did:plc:abc", "3k2a"))),
            ("at://did:plc:abc/app.bsky.feed.post/3k2a", Some(("did:plc:abc", "3k2a"))),
            ("at://did:plc:abc/app.bsky.feed.like/3k2a", None),
            ("at://did:plc:abc", None),
            ("https://bsky.app/profile/alice.example", None),
            ("https://bsky.app/profile/alice/post/3k2a", None),
            ("https://bsky.app/profile/alice.example/feed/3k2a", None),
            ("https://example.com/profile/alice.example/post/3k2a", None),
            ("nonsense", None),
        ] {
            let post = post.map(|(account, key)| Post { account: account.to_owned(), key: key.to_owned() });
            assert_eq!(post_of(address), post, "{address}");
        }
    }
}
