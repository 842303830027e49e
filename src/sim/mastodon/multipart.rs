//! Takes a `multipart/form-data` body (RFC 7578) apart. Knows nothing of what the parts mean.

use std::ops::Range;

/// One part: its name, where its content lies in the body, and whether it has a file's name.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) content: Range<usize>,
    pub(super) is_file: bool,
}

/// The parts of `body`; nothing if it is not what `content_type` promises.
pub(super) fn parts(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = format!("--{}", parameter(content_type, "boundary")?).into_bytes();
    let between = [b"\r\n".as_slice(), &boundary].concat();
    let mut at = find(body, 0, &boundary)? + boundary.len();
    let mut parts = Vec::new();
    while !body[at..].starts_with(b"--") {
        if !body[at..].starts_with(b"\r\n") {
            return None;
        }
        let blank = find(body, at, b"\r\n\r\n")?;
        let content = blank + 4..find(body, blank + 2, &between)?;
        if content.start > content.end {
            return None;
        }
        let head = std::str::from_utf8(body.get(at + 2..blank)?).ok()?;
        let disposition = head.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-disposition").then_some(value)
        })?;
        at = content.end + between.len();
        let is_file = parameter(disposition, "filename").is_some();
        parts.push(Part { name: parameter(disposition, "name")?, content, is_file });
    }
    Some(parts)
}

/// A parameter of a header's value, quoted or not.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim_matches('"').to_owned())
    })
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(&bytes[from..], wanted).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_or_the_body_is_refused() {
        let file = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"m\"\r\n\r\na\r\n--c\r\n";
        let text = "--b\r\nContent-Disposition: form-data; name=\"focus\"\r\n\r\n0,0\r\n";
        let kind = "multipart/form-data; boundary=b";
        for (content_type, body, expected) in [
            (kind, format!("{file}{text}--b--\r\n"), Some(vec![("file", "a\r\n--c", true), ("focus", "0,0", false)])),
            ("multipart/form-data; boundary=\"b\"", format!("{text}--b--"), Some(vec![("focus", "0,0", false)])),
            (kind, "--b--".to_owned(), Some(vec![])),
            (kind, file.to_owned(), None),
            (kind, "--b\r\n\r\n--b--".to_owned(), None),
            (kind, "--b\r\n\r\n\r\n--b--".to_owned(), None),
            (kind, String::new(), None),
            ("multipart/form-data", format!("{text}--b--"), None),
        ] {
            let found = parts(content_type, body.as_bytes());
            let found: Option<Vec<_>> = found.as_ref().map(|parts| {
                parts.iter().map(|part| (part.name.as_str(), &body[part.content.clone()], part.is_file)).collect()
            });
            assert_eq!(found, expected, "{content_type} {body:?}");
        }
    }
}
