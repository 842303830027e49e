//! The fields of an article, as they come and as they must be (app/models/article.rb of forem/forem). Knows nothing of
//! other articles.

use super::errors::Refusal;
use super::state::{MainImage, State, User, Words};
use super::{liquid, matter, tags};
use crate::sim::call::Call;
use crate::sim::picture;
use crate::sim::record::{Needed as _, Record};

/// Characters.
const TITLE_MAX: usize = 128;
/// Bytes.
const BODY_MAX: usize = 800 << 10;

/// What a request makes of an article: what it does not say stays.
pub(super) fn changed(state: &State, user: &User, call: &Call, old: Words) -> Result<Words, Refusal> {
    let body = call.object().ok_or_else(|| Refusal::new(400, "There was a problem in the JSON you submitted"))?;
    let mut outer = Record::new(body);
    let mut fields = outer.record("article")?.needed(&outer, "article")?;
    outer.end()?;
    let mut words = fill(state, user, &mut fields, old)?;
    fields.end()?;
    // Front matter is read whenever the article is saved, and wins.
    if let Some((values, rest)) = matter::split(&words.body) {
        let mut fields = Record::new(values);
        words = fill(state, user, &mut fields, words)?;
        fields.end()?;
        words.body = rest;
    }
    check(&words)?;
    Ok(words)
}

fn fill(state: &State, user: &User, fields: &mut Record, old: Words) -> Result<Words, Refusal> {
    // A field that is null, or an empty text, takes back what was said.
    let mut text = |name: &str, old: Option<String>| -> Result<Option<String>, Refusal> {
        if !fields.names(name) {
            return Ok(old);
        }
        Ok(fields.text(name)?.filter(|text| !text.is_empty()))
    };
    let title = text("title", Some(old.title))?.unwrap_or_default();
    let body = text("body_markdown", Some(old.body))?.unwrap_or_default();
    let (series, description) = (text("series", old.series)?, text("description", old.description)?);
    let canonical_url = text("canonical_url", old.canonical_url)?;
    let address = text("main_image", old.main_image.as_ref().map(|image| image.url.clone()))?;
    let main_image = match (address, old.main_image) {
        (Some(address), Some(image)) if image.url == address => Some(image),
        (Some(address), _) => Some(main_image(state, address)?),
        (None, _) => None,
    };
    let organization = match fields.whole("organization_id")? {
        Some(id) => Some(organization(user, id)?),
        None => old.organization,
    };
    let tags = if fields.names("tags") { tags::read(&fields.take("tags").unwrap_or("".into()))? } else { old.tags };
    let published = fields.flag("published")?.unwrap_or(old.published);
    Ok(Words { title, body, published, tags, series, main_image, canonical_url, description, organization })
}

fn organization(user: &User, id: i64) -> Result<u64, Refusal> {
    let own = u64::try_from(id).ok().filter(|id| user.organizations.contains(id));
    own.ok_or_else(|| Refusal::invalid("Organization must be one that you belong to"))
}

fn main_image(state: &State, url: String) -> Result<MainImage, Refusal> {
    let found = picture::fetch(&state.world, &url);
    let found = found.map_err(|why| Refusal::invalid(&format!("Main image is not a picture: {why}")))?;
    Ok(MainImage { url, mime: found.mime, bytes: found.bytes[..].into() })
}

fn check(words: &Words) -> Result<(), Refusal> {
    if words.title.trim().is_empty() {
        return Err(Refusal::invalid("Title can't be blank"));
    }
    if words.title.chars().count() > TITLE_MAX {
        return Err(Refusal::invalid("Title is too long (maximum is 128 characters)"));
    }
    if words.body.len() > BODY_MAX {
        return Err(Refusal::invalid("Body markdown is too long."));
    }
    if words.body.trim().is_empty() {
        return Err(Refusal::invalid("Body markdown can't be blank"));
    }
    if let Some(url) = &words.canonical_url {
        picture::check(url).map_err(|why| Refusal::invalid(&format!("Canonical url is not valid: {why}")))?;
    }
    liquid::read(&words.body).map(drop).map_err(|why| Refusal::invalid(&why))
}
