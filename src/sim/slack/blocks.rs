//! Blocks: what a message is made of where it is more than a text (<https://docs.slack.dev/reference/block-kit/blocks>).

use std::collections::BTreeSet;

use super::errors::Refusal;
use super::state::State;
use crate::sim::SeenMedia;
use crate::sim::picture;
use crate::sim::record::{Needed as _, Record, Wrong};

const BLOCKS_MAX: usize = 50;
/// Characters of the text of a section, of one of its fields, and of a header.
const SECTION_MAX: usize = 3_000;
const FIELD_MAX: usize = 2_000;
const HEADER_MAX: usize = 150;
const FIELDS_MAX: usize = 10;
const ELEMENTS_MAX: usize = 10;
const ALT_MAX: usize = 2_000;
const ADDRESS_MAX: usize = 3_000;
const ID_MAX: usize = 255;

/// A block, as far as readers see it.
pub(super) enum Block {
    Header(Text),
    /// Text, or several texts in columns; and a picture beside them.
    Section(Vec<Text>, Option<SeenMedia>),
    /// A picture and what stands above it.
    Image(Option<Text>, SeenMedia),
    Context(Vec<Text>, Vec<SeenMedia>),
    Divider,
}

/// A text, and whether marks in it are marks.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) marked: bool,
}

/// Takes `blocks` out of a message.
pub(super) fn take(state: &State, record: &mut Record) -> Result<Vec<Block>, Refusal> {
    let (mut blocks, mut ids) = (Vec::new(), BTreeSet::new());
    for mut block in record.records("blocks", BLOCKS_MAX)?.unwrap_or_default() {
        if let Some(id) = block.short("block_id", ID_MAX)?
            && !ids.insert(id)
        {
            return Err(Refusal::INVALID_BLOCKS);
        }
        blocks.push(take_one(state, &mut block)?);
        block.end()?;
    }
    Ok(blocks)
}

fn take_one(state: &State, block: &mut Record) -> Result<Block, Refusal> {
    let kind = block.word("type", &["section", "header", "image", "context", "divider"])?.needed(block, "type")?;
    Ok(match kind {
        "header" => {
            let text = text(block, "text", HEADER_MAX)?.needed(block, "text")?;
            if text.marked {
                return Err(block.odd("text", "A header has no marks.").into());
            }
            Block::Header(text)
        }
        "section" => section(state, block)?,
        "image" => {
            let title = text(block, "title", FIELD_MAX)?;
            if title.as_ref().is_some_and(|title| title.marked) {
                return Err(block.odd("title", "A title has no marks.").into());
            }
            Block::Image(title, image(state, block)?)
        }
        "context" => context(state, block)?,
        _ => Block::Divider,
    })
}

fn section(state: &State, block: &mut Record) -> Result<Block, Refusal> {
    let mut texts: Vec<Text> = text(block, "text", SECTION_MAX)?.into_iter().collect();
    for mut field in block.records("fields", FIELDS_MAX)?.unwrap_or_default() {
        texts.push(text_of(&mut field, FIELD_MAX)?);
        field.end()?;
    }
    block.flag("expand")?;
    let beside = match block.record("accessory")? {
        Some(mut accessory) => {
            accessory.word("type", &["image"])?.needed(&accessory, "type")?;
            let beside = image(state, &mut accessory)?;
            accessory.end()?;
            Some(beside)
        }
        None => None,
    };
    if texts.is_empty() {
        return Err(block.odd("text", "A section needs a text or fields.").into());
    }
    Ok(Block::Section(texts, beside))
}

fn context(state: &State, block: &mut Record) -> Result<Block, Refusal> {
    let (mut texts, mut pictures) = (Vec::new(), Vec::new());
    let elements = block.records("elements", ELEMENTS_MAX)?.filter(|list| !list.is_empty());
    for mut element in elements.needed(block, "elements")? {
        let kind = element.take("type");
        if kind == Some("image".into()) {
            pictures.push(image(state, &mut element)?);
        } else {
            texts.push(text_of_kind(&mut element, kind.as_ref().and_then(|kind| kind.as_str()), FIELD_MAX)?);
        }
        element.end()?;
    }
    Ok(Block::Context(texts, pictures))
}

/// A text object below a name.
fn text(block: &mut Record, name: &str, most: usize) -> Result<Option<Text>, Wrong> {
    let Some(mut object) = block.record(name)? else { return Ok(None) };
    let text = text_of(&mut object, most)?;
    object.end()?;
    Ok(Some(text))
}

fn text_of(object: &mut Record, most: usize) -> Result<Text, Wrong> {
    let kind = object.text("type")?;
    text_of_kind(object, kind.as_deref(), most)
}

fn text_of_kind(object: &mut Record, kind: Option<&str>, most: usize) -> Result<Text, Wrong> {
    let marked = match kind {
        Some("mrkdwn") => true,
        Some("plain_text") => false,
        _ => return Err(object.odd("type", "A text is mrkdwn or plain_text.")),
    };
    object.flag(if marked { "verbatim" } else { "emoji" })?;
    let text = object.short("text", most)?.filter(|text| !text.is_empty()).needed(object, "text")?;
    Ok(Text { text, marked })
}

/// The picture at `image_url`, which must be there, with `alt_text`.
fn image(state: &State, object: &mut Record) -> Result<SeenMedia, Refusal> {
    let address = object.short("image_url", ADDRESS_MAX)?.needed(object, "image_url")?;
    let alt = object.short("alt_text", ALT_MAX)?.needed(object, "alt_text")?;
    let shown = |mime: &str, bytes: &[u8]| SeenMedia {
        mime: mime.to_owned(),
        alt: Some(alt.clone()).filter(|alt| !alt.is_empty()),
        bytes: bytes.into(),
        ..SeenMedia::default()
    };
    picture::check(&address).map_err(|why| object.odd("image_url", why))?;
    match picture::fetch(&state.world, &address) {
        Ok(found) if matches!(found.mime, "image/png" | "image/jpeg" | "image/gif") => {
            Ok(shown(found.mime, &found.bytes))
        }
        Err(_) if !state.options.pictures_must_answer => Ok(shown("", &[])),
        Ok(_) => Err(object.odd("image_url", "a picture is a PNG, JPEG or GIF").into()),
        Err(why) => Err(object.odd("image_url", why).into()),
    }
}
