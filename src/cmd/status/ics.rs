//! A plan as an iCalendar file (RFC 5545): an event a target that has a time. Pure; knows no file.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};

use crate::plan::Plan;
use crate::plan::action::{Row, Standing};

/// The file, and how many events are in it. All but DTSTAMP, the plan's instant, stays the same while nothing happens; an
/// event's UID is its post and account, for ever.
pub(super) fn calendar(plan: &Plan) -> (String, usize) {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//pressroom//pressroom//EN"))
        .append_property(Property::new("CALSCALE", "GREGORIAN"))
        .append_property(Property::new("METHOD", "PUBLISH"))
        .name("Posts");
    let mut events = 0;
    for row in &plan.rows {
        let at = row.receipt.as_ref().map(|receipt| receipt.at).or(row.due);
        if let Some(at) = at {
            calendar.push(event(row, at, plan.at));
            events += 1;
        }
    }
    (calendar.to_string(), events)
}

fn event(row: &Row, at: DateTime<Utc>, now: DateTime<Utc>) -> Event {
    let mut summary = format!("{} on {}", row.post, row.account);
    if row.state != Standing::Scheduled {
        summary.push_str(&format!(" ({})", row.state.name()));
    }
    let parts: Vec<&str> = row.parts.iter().map(|part| part.text.as_str()).collect();
    let words: Vec<String> = row.reason.iter().cloned().chain(Some(parts.join("\n\n---\n\n"))).collect();
    let mut event = Event::new();
    event
        .uid(&format!("{}:{}@pressroom", row.post, row.account))
        .timestamp(now)
        // Without an end it takes no time.
        .starts(at)
        .summary(&plain(&summary))
        .description(&plain(words.join("\n\n").trim()))
        .status(status(row.state));
    if let Some(receipt) = row.receipt.as_ref().filter(|receipt| !receipt.url.is_empty()) {
        event.url(&plain(&receipt.url).replace('\n', ""));
    }
    event.done()
}

fn status(standing: Standing) -> EventStatus {
    match standing {
        Standing::Published | Standing::Scheduled | Standing::Due | Standing::Publishing => EventStatus::Confirmed,
        Standing::Draft | Standing::Held | Standing::Failed | Standing::Doubtful => EventStatus::Tentative,
        Standing::Missed | Standing::Cancelled | Standing::Removed => EventStatus::Cancelled,
    }
}

/// RFC 5545 has no control characters in texts but the tab and the end of a line.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace(|c: char| c.is_control() && c != '\n' && c != '\t', "")
}
