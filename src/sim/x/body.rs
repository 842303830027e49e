//! Bodies that carry a file: multipart, or JSON with the bytes in base64. Knows nothing of what the file is for.

use axum::body::Bytes;
use axum::http::header;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::call::{self, Call};
use super::errors::Refusal;
use super::multipart;
use super::schema::Object;

/// The fields of a body that carries bytes.
pub(super) struct Fields {
    pub(super) media: Option<Bytes>,
    others: Vec<(String, String)>,
}

impl Fields {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        call::find(&self.others, name)
    }
}

/// Reads multipart, or JSON with the bytes in base64.
pub(super) fn fields(call: &Call, known: &[&str]) -> Result<Fields, Refusal> {
    let mut fields = Fields { media: None, others: Vec::new() };
    if call.content_type() == "multipart/form-data" {
        let parts = multipart::parts(call.header(header::CONTENT_TYPE), &call.body);
        for part in parts.ok_or_else(|| bad("body", "is not well-formed multipart"))? {
            match part.name.as_str() {
                "media" => fields.media = Some(call.body.slice_ref(part.content)),
                name if known.contains(&name) => {
                    fields.others.push((part.name, String::from_utf8_lossy(part.content).into_owned()));
                }
                name => return Err(bad(name, "is not defined in the schema")),
            }
        }
        return Ok(fields);
    }
    let body = call.json()?;
    let root = Object::root(&body)?.only(known)?;
    if let Some(encoded) = root.text("media")? {
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| bad("media", "is not base64"))?;
        fields.media = Some(bytes.into());
    }
    if root.has("segment_index") {
        let index = root.integer("segment_index", 0..=999)?.unwrap_or_default();
        fields.others.push(("segment_index".to_owned(), index.to_string()));
    }
    for name in ["media_category", "additional_owners"] {
        if let Some(value) = root.text(name)? {
            fields.others.push((name.to_owned(), value.to_owned()));
        }
    }
    Ok(fields)
}

/// 400, naming the parameter.
pub(super) fn bad(name: &str, why: &str) -> Refusal {
    Refusal::invalid(Some((name, &json!([]))), &format!("`{name}` {why}"))
}
