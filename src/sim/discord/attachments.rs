//! Files of messages: the parts that carry them, and the list that describes them. Knows nothing of texts.

use std::collections::BTreeMap;

use super::errors::Refusal;
use super::state::{Attachment, State, is_id};
use crate::sim::multipart::Part;
use crate::sim::probe;
use crate::sim::record::{Needed as _, Record};

pub(super) const FILES_MAX: usize = 10;
/// Characters.
const NAME_MAX: usize = 1_024;
const DESCRIPTION_MAX: usize = 1_024;

/// A file as it came, by the number in the name of its part.
pub(super) struct File {
    key: String,
    part: Part,
}

/// An entry of `attachments`.
pub(super) struct Listed {
    id: String,
    file_name: Option<String>,
    description: Option<String>,
}

/// Takes the files in, none of them too large.
pub(super) fn files(state: &State, parts: BTreeMap<String, Part>) -> Result<Vec<File>, Refusal> {
    if parts.len() > FILES_MAX {
        return Err(Refusal::form("files", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length."));
    }
    if parts.values().any(|part| part.bytes.len() > state.options.file_max) {
        return Err(Refusal::too_large());
    }
    Ok(parts.into_iter().map(|(key, part)| File { key, part }).collect())
}

/// Takes `attachments` out of a form.
pub(super) fn listed(record: &mut Record) -> Result<Option<Vec<Listed>>, Refusal> {
    let Some(entries) = record.records("attachments", FILES_MAX)? else { return Ok(None) };
    let mut found: Vec<Listed> = Vec::new();
    for mut entry in entries {
        let id = match entry.take("id") {
            Some(serde_json::Value::Number(number)) => Some(number.to_string()),
            Some(serde_json::Value::String(text)) => Some(text),
            Some(_) => Some(String::new()),
            None => None,
        };
        let id = id.needed(&entry, "id")?;
        if !is_id(&id) || found.iter().any(|other| other.id == id) {
            return Err(entry.odd("id", "Value is not a snowflake of its own.").into());
        }
        let file_name = entry.short("filename", NAME_MAX)?;
        if file_name.as_ref().is_some_and(|name| name.is_empty() || name.contains(['/', '\\'])) {
            return Err(entry.odd("filename", "This is not the name of a file.").into());
        }
        let description = entry.short("description", DESCRIPTION_MAX)?;
        entry.end()?;
        found.push(Listed { id, file_name, description });
    }
    Ok(Some(found))
}

/// The files a message has from now on: those listed that it has already, and those that came, as they are listed. With
/// no list all that came are attached.
pub(super) fn attach(
    state: &mut State,
    kept: &[Attachment],
    mut files: Vec<File>,
    listed: Option<Vec<Listed>>,
) -> Result<Vec<Attachment>, Refusal> {
    let Some(listed) = listed else {
        let none = |file| taken(state, file, None, None);
        return Ok(files.into_iter().map(none).collect());
    };
    let mut attached = Vec::new();
    for (index, entry) in listed.into_iter().enumerate() {
        if let Some(own) = kept.iter().find(|own| own.id == entry.id) {
            attached.push(Attachment { description: entry.description.or(own.description.clone()), ..own.clone() });
        } else if let Some(at) = files.iter().position(|file| file.key == entry.id) {
            attached.push(taken(state, files.remove(at), entry.file_name, entry.description));
        } else {
            let (at, why) = (format!("attachments.{index}.id"), format!("There is no file {}.", entry.id));
            return Err(Refusal::form(&at, "ATTACHMENT_NOT_FOUND", &why));
        }
    }
    match files.first() {
        Some(file) => {
            let why = "This file is not among the attachments.";
            Err(Refusal::form(&format!("files[{}]", file.key), "ATTACHMENT_NOT_LISTED", why))
        }
        None => Ok(attached),
    }
}

fn taken(state: &mut State, file: File, name: Option<String>, description: Option<String>) -> Attachment {
    let Part { file_name, mime, bytes, .. } = file.part;
    let sniffed = probe::probe(&bytes).map(|file| file.mime.to_owned());
    let mime = sniffed.or(mime).unwrap_or_else(|| "application/octet-stream".to_owned());
    let kept = if mime.starts_with("video/") { state.world.kept(0, bytes.len()) } else { bytes.len() };
    Attachment {
        id: state.fresh_id(),
        file_name: name.or(file_name).unwrap_or_default(),
        description: description.filter(|text| !text.is_empty()),
        mime,
        size: bytes.len(),
        bytes: bytes[..kept].into(),
    }
}
