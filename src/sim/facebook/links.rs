//! Links: what Facebook's crawler makes of a page's Open Graph tags.

use serde_json::json;

use super::call::{Outcome, Reply};
use super::errors::{self, Fault};
use super::graph::Request;
use super::params::Type;
use super::state::State;
use crate::sim::SeenCard;

/// The card of a link.
pub(super) fn card(state: &State, link: &str) -> Result<SeenCard, Reply> {
    let refuse = |subcode, message: &str| Err(Fault::new(100, message).subcode(subcode).reply());
    let url = url::Url::parse(link).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    let Some(host) = url.as_ref().and_then(|url| url.host_str()) else {
        return refuse(2_061_006, "The url you supplied is invalid");
    };
    if host == "facebook.com" || host.ends_with(".facebook.com") {
        return refuse(1_609_008, "You can't share links to facebook.com");
    }
    let page = state.world.fetch(link).filter(|page| page.status == 200);
    let Some(page) = page else {
        if state.options.links_must_answer {
            return refuse(1_609_005, "Error while fetching the link: the url could not be scraped");
        }
        return Ok(SeenCard { url: link.to_owned(), title: host.to_owned(), description: None });
    };
    let html = String::from_utf8_lossy(&page.bytes);
    let title = tag(&html, "og:title").or_else(|| between(&html, "<title>", "</title>"));
    let description = tag(&html, "og:description");
    Ok(SeenCard { url: link.to_owned(), title: title.unwrap_or_else(|| host.to_owned()), description })
}

/// `<meta property="..." content="...">`, in this order.
fn tag(html: &str, property: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("property=\"{property}\""))?;
    let (tag, _) = rest.split_once('>')?;
    between(tag, "content=\"", "\"")
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    let (inside, _) = rest.split_once(end)?;
    Some(inside.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// `POST /?id={url}&scrape=true`: looks at a page again.
pub(super) fn scrape(state: &mut State, request: &Request) -> Outcome {
    let fields = request.params.check(state, &[&[("id", Type::Text), ("scrape", Type::Bool)]])?;
    let url = fields.needed("id")?;
    if fields.bool("scrape") != Some(true) {
        return Err(errors::unknown_path("/"));
    }
    let card = card(state, url)?;
    Ok(Reply::json(200, &json!({"id": url, "url": url, "type": "website", "title": card.title})))
}
