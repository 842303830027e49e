//! What may be said about a video, and every rule it is held to
//! (<https://developers.google.com/youtube/data/reference/rest/v3/videos>).

use std::time::SystemTime;

use serde_json::{Map, Value};

use super::errors::{Fault, known};
use super::schema::Kind::{Choice, Flag, Map as Named, Number, Opaque, Record, Text, Texts};
use super::schema::{Field, ReadOnly, check, set, told};
use super::state::{State, instant};
use super::{categories, languages};

/// Characters of a title; which kind of character is undocumented, so the strictest: UTF-16 units.
const TITLE_MAX: usize = 100;
/// Bytes of a description.
const DESCRIPTION_MAX: usize = 5_000;
/// Of all tags together, as [`tags_length`] counts.
const TAGS_MAX: usize = 500;

/// The parts a caller can set.
pub(super) const WRITABLE: &[&str] =
    &["snippet", "status", "localizations", "recordingDetails", "paidProductPlacementDetails"];

static LOCALIZATION: &[Field] = &[set("title", Text), set("description", Text)];

static SNIPPET: &[Field] = &[
    set("title", Text),
    set("description", Text),
    set("tags", Texts),
    set("categoryId", Text),
    set("defaultLanguage", Text),
    set("defaultAudioLanguage", Text),
    told("publishedAt", Text),
    told("channelId", Text),
    told("channelTitle", Text),
    told("thumbnails", Opaque),
    told("liveBroadcastContent", Text),
    told("localized", Record(LOCALIZATION)),
];

static STATUS: &[Field] = &[
    set("privacyStatus", Choice(&["public", "unlisted", "private"])),
    set("publishAt", Text),
    set("license", Choice(&["youtube", "creativeCommon"])),
    set("embeddable", Flag),
    set("publicStatsViewable", Flag),
    set("selfDeclaredMadeForKids", Flag),
    set("containsSyntheticMedia", Flag),
    told("madeForKids", Flag),
    told("uploadStatus", Text),
    told("failureReason", Text),
    told("rejectionReason", Text),
];

static RECORDING: &[Field] = &[
    set("recordingDate", Text),
    set("locationDescription", Text),
    set("location", Record(&[set("latitude", Number), set("longitude", Number), set("altitude", Number)])),
];

static VIDEO: &[Field] = &[
    set("id", Text),
    set("snippet", Record(SNIPPET)),
    set("status", Record(STATUS)),
    set("localizations", Named(LOCALIZATION)),
    set("recordingDetails", Record(RECORDING)),
    set("paidProductPlacementDetails", Record(&[set("hasPaidProductPlacement", Flag)])),
    told("kind", Text),
    told("etag", Text),
    told("contentDetails", Opaque),
    told("fileDetails", Opaque),
    told("processingDetails", Opaque),
    told("statistics", Opaque),
    told("suggestions", Opaque),
    told("player", Opaque),
    told("topicDetails", Opaque),
    told("ageGating", Opaque),
    told("brandPartner", Opaque),
    told("liveStreamingDetails", Opaque),
    told("monetizationDetails", Opaque),
    told("projectDetails", Opaque),
];

/// What a caller said about a video, part by part. Parts that were not listed are `None`.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) id: Option<String>,
    pub(super) snippet: Option<Map<String, Value>>,
    pub(super) status: Option<Map<String, Value>>,
    pub(super) localizations: Option<Map<String, Value>>,
    pub(super) recording: Option<Map<String, Value>>,
    pub(super) paid: Option<Map<String, Value>>,
    pub(super) publish_at: Option<SystemTime>,
}

impl Draft {
    /// Reads a body against the parts listed: what is listed must be there, what is there must be listed.
    pub(super) fn read(body: &Value, parts: &[&str], read_only: ReadOnly) -> Result<Self, Fault> {
        let mut fields = check(body, VIDEO, read_only)?;
        for part in WRITABLE {
            if fields.contains_key(*part) != parts.contains(part) {
                return Err(known("unexpectedPart"));
            }
        }
        let mut take = |part: &str| match fields.remove(part) {
            Some(Value::Object(object)) => Some(object),
            _ => None,
        };
        Ok(Self {
            snippet: take("snippet"),
            status: take("status"),
            localizations: take("localizations"),
            recording: take("recordingDetails"),
            paid: take("paidProductPlacementDetails"),
            id: fields.get("id").and_then(Value::as_str).map(str::to_owned),
            publish_at: None,
        })
    }

    /// Every rule that needs no look at the video as it was.
    pub(super) fn judge(&mut self, state: &State, category_needed: bool) -> Result<(), Fault> {
        if let Some(snippet) = &self.snippet {
            judge_snippet(snippet, category_needed)?;
        }
        if let Some(status) = &self.status {
            self.publish_at = judge_schedule(state, status)?;
        }
        if let Some(localizations) = &self.localizations {
            judge_localizations(localizations)?;
        }
        if let Some(recording) = &self.recording {
            judge_recording(recording)?;
        }
        Ok(())
    }
}

/// A text of a record, if it is there.
pub(super) fn text<'a>(record: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    record.get(name).and_then(Value::as_str)
}

fn judge_snippet(snippet: &Map<String, Value>, category_needed: bool) -> Result<(), Fault> {
    if !text(snippet, "title").is_some_and(good_title) {
        return Err(known("invalidTitle"));
    }
    if !good_description(text(snippet, "description").unwrap_or_default()) {
        return Err(known("invalidDescription"));
    }
    let tags: Vec<_> = snippet.get("tags").and_then(Value::as_array).into_iter().flatten().collect();
    let tags: Vec<_> = tags.into_iter().filter_map(Value::as_str).collect();
    if tags_length(&tags) > TAGS_MAX || tags.iter().any(|tag| tag.trim().is_empty() || angled(tag)) {
        return Err(known("invalidTags"));
    }
    match text(snippet, "categoryId") {
        Some(id) if categories::assignable(id) => {}
        Some(_) => return Err(known("invalidCategoryId")),
        None if category_needed => return Err(known("invalidVideoMetadata")),
        None => {}
    }
    for name in ["defaultLanguage", "defaultAudioLanguage"] {
        if !text(snippet, name).is_none_or(languages::is_tag) {
            return Err(known("invalidVideoMetadata"));
        }
    }
    Ok(())
}

fn good_title(title: &str) -> bool {
    !title.trim().is_empty() && title.encode_utf16().count() <= TITLE_MAX && !angled(title)
}

fn good_description(description: &str) -> bool {
    description.len() <= DESCRIPTION_MAX && !angled(description)
}

fn angled(text: &str) -> bool {
    text.contains(['<', '>'])
}

/// The letters of all tags, two quotes around each that has a space, and a comma between any two.
fn tags_length(tags: &[&str]) -> usize {
    let quoted = |tag: &&str| tag.encode_utf16().count() + if tag.contains(' ') { 2 } else { 0 };
    tags.iter().map(quoted).sum::<usize>() + tags.len().saturating_sub(1)
}

/// A schedule is for private videos; a past one is lawful and means now.
fn judge_schedule(state: &State, status: &Map<String, Value>) -> Result<Option<SystemTime>, Fault> {
    let Some(publish_at) = text(status, "publishAt") else {
        return Ok(None);
    };
    let now = state.now();
    let at = instant(publish_at).ok_or_else(|| known("invalidPublishAt"))?;
    let close = now < at && at < now + state.options.publish_at_margin;
    if text(status, "privacyStatus") != Some("private") || close {
        return Err(known("invalidPublishAt"));
    }
    Ok(Some(at))
}

/// Mistakes in localizations are answered without naming them.
fn judge_localizations(localizations: &Map<String, Value>) -> Result<(), Fault> {
    let good = localizations.iter().all(|(language, entry)| {
        let of = |name| entry.get(name).and_then(Value::as_str);
        languages::is_tag(language)
            && of("title").is_some_and(good_title)
            && good_description(of("description").unwrap_or_default())
    });
    if good { Ok(()) } else { Err(known("invalidVideoMetadata")) }
}

fn judge_recording(recording: &Map<String, Value>) -> Result<(), Fault> {
    let within = |name: &str, limit: f64| {
        let number = recording.get("location").and_then(|location| location.get(name)).and_then(Value::as_f64);
        number.is_none_or(|number| number.abs() <= limit)
    };
    let dated = text(recording, "recordingDate").is_none_or(|date| instant(date).is_some());
    if dated && within("latitude", 90.0) && within("longitude", 180.0) {
        Ok(())
    } else {
        Err(known("invalidRecordingDetails"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_counted_with_quotes_and_commas() {
        for (tags, length) in [
            (vec![], 0),
            (vec!["tea"], 3),
            (vec!["green tea"], 11),
            (vec!["tea", "green tea"], 15),
            (vec!["a", "b", "c"], 5),
            (vec!["ü🍵"], 3),
        ] {
            assert_eq!(tags_length(&tags), length, "{tags:?}");
        }
    }
}
