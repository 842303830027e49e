//! Link cards: which link of a post gets one, and what its page says of itself. The page is read when the post is
//! published.

use super::draft::Draft;
use super::errors::{self, Refusal};
use super::rules::Kind;
use super::state::State;
use super::{fetch, text};
use crate::sim::SeenCard;
use crate::sim::web::Page;

/// The card of a post: for its `link_attachment`, else for the first link of a text post that has nothing else.
pub(super) fn card(state: &State, draft: &Draft) -> Result<Option<SeenCard>, Refusal> {
    if let Some(link) = &draft.link {
        let page = fetch::get(state, link);
        let broken = page.is_none() && (fetch::is_known(state, link) || state.options.unknown_links_fail);
        return if broken { Err(errors::link_preview()) } else { Ok(Some(describe(link, page.as_ref()))) };
    }
    let bare = draft.kind == Kind::Text && draft.poll.is_none() && draft.gif.is_none() && draft.long_text.is_none();
    let link = text::links(&draft.text).first().copied().filter(|_| bare && !draft.ghost);
    // A page that cannot be read leaves a link without a card.
    Ok(link.and_then(|link| fetch::get(state, link).map(|page| describe(link, Some(&page)))))
}

fn describe(link: &str, page: Option<&Page>) -> SeenCard {
    let html = page.map(|page| String::from_utf8_lossy(&page.bytes[..page.bytes.len().min(1 << 16)]));
    let html = html.as_deref().unwrap_or_default();
    let title = property(html, "og:title").or_else(|| between(html, "<title>", "</title>"));
    SeenCard {
        url: link.to_owned(),
        title: title.unwrap_or_default().to_owned(),
        description: property(html, "og:description").map(str::to_owned),
    }
}

/// The content of `<meta property="..." content="...">`.
fn property<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let tag = html.split("<meta ").find(|tag| tag.contains(&format!("property=\"{name}\"")))?;
    between(tag.split('>').next()?, "content=\"", "\"")
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    text.split_once(open)?.1.split_once(close).map(|(inner, _)| inner)
}
