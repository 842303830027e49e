//! Tags of articles: how many, how long, of which characters.

use serde_json::Value;

use super::errors::Refusal;

const TAGS_MAX: usize = 4;
/// Characters of one, and of all with what is between them.
const TAG_MAX: usize = 30;
const LIST_MAX: usize = 126;

/// The tags that a list of texts says, or one text with commas.
pub(super) fn read(value: &Value) -> Result<Vec<String>, Refusal> {
    let tags: Option<Vec<String>> = match value {
        Value::String(text) => Some(text.split(',').map(|tag| tag.trim().to_owned()).collect()),
        Value::Array(list) => list.iter().map(|tag| tag.as_str().map(|tag| tag.trim().to_owned())).collect(),
        _ => None,
    };
    let mut tags = tags.ok_or_else(|| Refusal::invalid("tags must be a text or a list of texts"))?;
    tags.retain(|tag| !tag.is_empty());
    check(&tags)?;
    Ok(tags)
}

fn check(tags: &[String]) -> Result<(), Refusal> {
    if tags.len() > TAGS_MAX {
        return Err(Refusal::invalid("Tag list exceed the maximum of 4 tags"));
    }
    for (index, tag) in tags.iter().enumerate() {
        if tag.chars().count() > TAG_MAX {
            return Err(Refusal::invalid(&format!("Tag \"{tag}\" is too long (maximum is 30 characters)")));
        }
        if !tag.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase()) {
            let why = format!("Tag \"{tag}\" contains non-alphanumeric or prohibited unicode characters");
            return Err(Refusal::invalid(&why));
        }
        if tags[..index].contains(tag) {
            return Err(Refusal::invalid(&format!("Tag \"{tag}\" is there twice")));
        }
    }
    if tags.join(", ").chars().count() > LIST_MAX {
        return Err(Refusal::invalid("Cached tag list is too long (maximum is 126 characters)"));
    }
    Ok(())
}
