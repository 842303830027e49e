//! Embeds: cards below a message, field by field (<https://discord.com/developers/docs/resources/message#embed-object>).

use serde_json::{Value, json};

use super::errors::Refusal;
use super::state::Attachment;
use crate::sim::record::{Needed as _, Record, Wrong};

/// Characters of all embeds of a message together.
const ALL_MAX: usize = 6_000;
const ADDRESS_MAX: usize = 2_048;

/// Takes `embeds` out of a form: as they were sent, once nothing is wrong with any.
pub(super) fn take(record: &mut Record, most: usize) -> Result<Option<Vec<Value>>, Refusal> {
    let Some(values) = record.list("embeds", most)? else { return Ok(None) };
    let mut again = Record::new([("embeds".to_owned(), json!(values))].into_iter().collect());
    let mut all = 0;
    for embed in again.records("embeds", most)?.unwrap_or_default() {
        all += check(embed)?;
    }
    if all > ALL_MAX {
        let why = "Embed size exceeds maximum size of 6000";
        return Err(Refusal::form("embeds", "MAX_EMBED_SIZE_EXCEEDED", why));
    }
    Ok(Some(values))
}

/// The characters of one embed that count.
fn check(mut embed: Record) -> Result<usize, Refusal> {
    embed.word("type", &["rich"])?;
    address(&mut embed, "url", false)?;
    if embed.whole("color")?.is_some_and(|color| !(0..=0xFF_FFFF).contains(&color)) {
        return Err(embed.odd("color", "int value should be between 0 and 16777215.").into());
    }
    if embed.text("timestamp")?.is_some_and(|time| chrono::DateTime::parse_from_rfc3339(&time).is_err()) {
        return Err(embed.odd("timestamp", "Could not parse the time. Should be ISO8601.").into());
    }
    let title = embed.short("title", 256)?;
    let description = embed.short("description", 4_096)?;
    let mut texts = vec![title, description];
    if let Some(mut footer) = embed.record("footer")? {
        let text = footer.short("text", 2_048)?;
        texts.push(Some(text.needed(&footer, "text")?));
        address(&mut footer, "icon_url", true)?;
        footer.end()?;
    }
    if let Some(mut author) = embed.record("author")? {
        let name = author.short("name", 256)?;
        texts.push(Some(name.needed(&author, "name")?));
        address(&mut author, "url", false)?;
        address(&mut author, "icon_url", true)?;
        author.end()?;
    }
    for mut field in embed.records("fields", 25)?.unwrap_or_default() {
        for (name, most) in [("name", 256), ("value", 1_024)] {
            let text = field.short(name, most)?.filter(|text| !text.trim().is_empty());
            texts.push(Some(text.needed(&field, name)?));
        }
        field.flag("inline")?;
        field.end()?;
    }
    let mut pictures = false;
    for name in ["image", "thumbnail"] {
        let Some(mut picture) = embed.record(name)? else { continue };
        address(&mut picture, "url", true)?.needed(&picture, "url")?;
        picture.end()?;
        pictures = true;
    }
    if !pictures && texts.iter().flatten().all(|text| text.trim().is_empty()) {
        return Err(embed.odd("description", "This field is required").into());
    }
    embed.end()?;
    Ok(texts.iter().flatten().map(|text| text.chars().count()).sum())
}

/// An address of the web, or of a file of this message.
fn address(record: &mut Record, name: &str, may_be_file: bool) -> Result<Option<String>, Wrong> {
    let Some(address) = record.short(name, ADDRESS_MAX)? else { return Ok(None) };
    let file = may_be_file && address.strip_prefix("attachment://").is_some_and(|file| !file.is_empty());
    let url = url::Url::parse(&address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    match file || url {
        true => Ok(Some(address)),
        false => Err(record.odd(name, "Not a well formed URL.")),
    }
}

/// Refuses a picture of an embed that is to be a file of the message and is none.
pub(super) fn check_files(embeds: &[Value], files: &[Attachment]) -> Result<(), Refusal> {
    for (index, embed) in embeds.iter().enumerate() {
        for (way, address) in [
            ("image.url", &embed["image"]["url"]),
            ("thumbnail.url", &embed["thumbnail"]["url"]),
            ("footer.icon_url", &embed["footer"]["icon_url"]),
            ("author.icon_url", &embed["author"]["icon_url"]),
        ] {
            let Some(name) = address.as_str().and_then(|address| address.strip_prefix("attachment://")) else {
                continue;
            };
            let shows = |file: &Attachment| {
                file.file_name == name
                    && matches!(file.mime.as_str(), "image/png" | "image/jpeg" | "image/webp" | "image/gif")
            };
            if !files.iter().any(shows) {
                let why = "This message has no such picture.";
                return Err(Refusal::form(&format!("embeds.{index}.{way}"), "ATTACHMENT_NOT_FOUND", why));
            }
        }
    }
    Ok(())
}
