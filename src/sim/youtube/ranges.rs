//! What a request to an upload session says about its bytes: which they are, and whether that can be
//! (<https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol>).

use super::call::{Call, Reply};
use super::errors::{Refusal, html, known};

/// Every chunk but the last is a multiple of this: 256 KiB.
pub(super) const BLOCK: u64 = 262_144;

/// What a request says about its bytes.
pub(super) enum Range {
    /// `bytes a-b/N`, or nothing said: then it is the whole file.
    Bytes { first: u64, length: u64, last: bool },
    /// `bytes */N`: it brings none and asks how far things are.
    Ask,
}

/// Reads what the headers say, against what was announced when the session was opened.
pub(super) fn read(announced: u64, mime: &str, call: &Call) -> Result<Range, Refusal> {
    let length = call.number("content-length").ok_or_else(|| html(411))?;
    let bad = |why: &str| Refusal::from(Reply::text(400, why));
    let Some(range) = call.header("content-range") else {
        if length != announced {
            return Err(bad("Invalid request.  Without Content-Range the whole file is expected."));
        }
        check_type(mime, call)?;
        return Ok(Range::Bytes { first: 0, length, last: true });
    };
    let unparsable = || bad("Failed to parse Content-Range header.");
    let (span, total) = range.strip_prefix("bytes ").and_then(|range| range.split_once('/')).ok_or_else(unparsable)?;
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<u64>().ok()).flatten()
    };
    if number(total).ok_or_else(unparsable)? != announced {
        return Err(bad("Invalid request.  The total of Content-Range is not what X-Upload-Content-Length announced."));
    }
    if span == "*" {
        return if length == 0 { Ok(Range::Ask) } else { Err(bad("Invalid request.  A status request has no body.")) };
    }
    let (first, end) = span.split_once('-').ok_or_else(unparsable)?;
    let (first, end) = (number(first).ok_or_else(unparsable)?, number(end).ok_or_else(unparsable)?);
    if first > end || end >= announced {
        return Err(unparsable());
    }
    if length != end - first + 1 {
        return Err(bad(
            "Invalid request.  There were more or fewer bytes in the request body than the Content-Range says.",
        ));
    }
    check_type(mime, call)?;
    let last = end + 1 == announced;
    if !last && !length.is_multiple_of(BLOCK) {
        return Err(bad(&format!(
            "Invalid request.  The number of bytes uploaded is required to be equal or greater than 262144, except for the \
             final request (it's recommended to be the exact multiple of 262144).  The received request contained {length} \
             bytes, which does not meet this requirement."
        )));
    }
    Ok(Range::Bytes { first, length, last })
}

fn check_type(mime: &str, call: &Call) -> Result<(), Refusal> {
    let told = call.media_type();
    if told == mime {
        return Ok(());
    }
    let message = format!("Media type '{told}' is not '{mime}', which was announced");
    Err(known("badContent").says(message).into())
}
