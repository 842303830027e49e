//! Polls of messages (<https://discord.com/developers/docs/resources/poll>); nobody votes here.

use std::time::{Duration, SystemTime};

use super::errors::Refusal;
use crate::sim::record::{Needed as _, Record};

/// A poll.
pub(super) struct Poll {
    pub(super) question: String,
    pub(super) answers: Vec<String>,
    pub(super) multiple: bool,
    hours: u32,
    pub(super) ends: SystemTime,
}

impl Poll {
    pub(super) fn opened(self, at: SystemTime) -> Self {
        Self { ends: at + Duration::from_secs(3_600) * self.hours, ..self }
    }
}

/// Takes `poll` out of a form.
pub(super) fn take(record: &mut Record) -> Result<Option<Poll>, Refusal> {
    let Some(mut poll) = record.record("poll")? else { return Ok(None) };
    let mut question = poll.record("question")?.needed(&poll, "question")?;
    let asked = text(&mut question, 300)?;
    question.end()?;
    let mut answers = Vec::new();
    let entries = poll.records("answers", 10)?.filter(|entries| !entries.is_empty()).needed(&poll, "answers")?;
    for mut entry in entries {
        let mut media = entry.record("poll_media")?.needed(&entry, "poll_media")?;
        answers.push(text(&mut media, 55)?);
        media.end()?;
        entry.end()?;
    }
    let multiple = poll.flag("allow_multiselect")?.unwrap_or_default();
    let hours = poll.whole("duration")?.unwrap_or(24);
    let hours = u32::try_from(hours).ok().filter(|hours| (1..=768).contains(hours));
    let hours = hours.ok_or_else(|| poll.odd("duration", "int value should be between 1 and 768."))?;
    if poll.whole("layout_type")?.is_some_and(|layout| layout != 1) {
        return Err(poll.odd("layout_type", "Value must be one of {1}.").into());
    }
    poll.end()?;
    Ok(Some(Poll { question: asked, answers, multiple, hours, ends: SystemTime::UNIX_EPOCH }))
}

fn text(record: &mut Record, most: usize) -> Result<String, Refusal> {
    let text = record.short("text", most)?.filter(|text| !text.is_empty());
    Ok(text.needed(record, "text")?)
}
