//! Takes a `multipart/form-data` body (RFC 7578) apart. Knows nothing of what the parts mean.

use axum::body::Bytes;

/// One part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    /// Of a file.
    pub(super) file_name: Option<String>,
    /// What the part says it is.
    pub(super) mime: Option<String>,
    pub(super) bytes: Bytes,
}

impl Part {
    /// The content as text, if it is no file and all of it is text.
    pub(super) fn text(&self) -> Option<&str> {
        self.file_name.is_none().then(|| std::str::from_utf8(&self.bytes).ok()).flatten()
    }
}

/// The parts of `body`; nothing if it is not what `content_type` promises, or if two parts have one name.
pub(super) fn parts(content_type: &str, body: &Bytes) -> Option<Vec<Part>> {
    let boundary = format!("--{}", parameter(content_type, "boundary")?).into_bytes();
    let between = [b"\r\n".as_slice(), &boundary].concat();
    if !body.starts_with(&boundary) {
        return None;
    }
    let mut at = boundary.len();
    let mut parts: Vec<Part> = Vec::new();
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
        let field = |wanted: &str| {
            let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
            lines.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
        };
        let disposition = field("content-disposition").filter(|value| value.starts_with("form-data"))?;
        at = content.end + between.len();
        let part = Part {
            name: parameter(disposition, "name")?,
            file_name: parameter(disposition, "filename"),
            mime: field("content-type").map(str::to_owned),
            bytes: body.slice(content),
        };
        if parts.iter().any(|other| other.name == part.name) {
            return None;
        }
        parts.push(part);
    }
    Some(parts)
}

/// A parameter of a header's value, quoted or not; a quoted one may have semicolons in it.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = &value[value.find(';')?..];
    while let Some(next) = rest.strip_prefix(';') {
        let (key, tail) = next.split_once('=')?;
        let (found, after) = match tail.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => tail.split_at(tail.find(';').unwrap_or(tail.len())),
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(found.trim().to_owned());
        }
        rest = after.trim_start();
    }
    None
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(&bytes[from..], wanted).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_or_the_body_is_refused() {
        let file = "--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a;b.png\"\r\nContent-Type: image/png\r\n\r\na\r\n--c\r\n";
        let text = "--b\r\nContent-Disposition: form-data; name=chat_id\r\n\r\n@ann\r\n";
        let kind = "multipart/form-data; boundary=b";
        let a_file = ("files[0]", Some("a;b.png"), Some("image/png"), "a\r\n--c");
        let a_text = ("chat_id", None, None, "@ann");
        for (content_type, body, expected) in [
            (kind, format!("{file}{text}--b--\r\n"), Some(vec![a_file, a_text])),
            ("multipart/form-data; boundary=\"b\"", format!("{text}--b--"), Some(vec![a_text])),
            (kind, "--b--".to_owned(), Some(vec![])),
            (kind, format!("{text}{text}--b--"), None),
            (kind, format!("x{text}--b--"), None),
            (kind, file.to_owned(), None),
            (kind, "--b\r\n\r\n--b--".to_owned(), None),
            (kind, "--b\r\nContent-Disposition: inline; name=a\r\n\r\n\r\n--b--".to_owned(), None),
            (kind, String::new(), None),
            ("multipart/form-data", format!("{text}--b--"), None),
        ] {
            let found = parts(content_type, &Bytes::from(body.clone()));
            let found: Option<Vec<_>> = found.as_ref().map(|parts| {
                let each = parts.iter().map(|part| {
                    let content = std::str::from_utf8(&part.bytes).unwrap();
                    (part.name.as_str(), part.file_name.as_deref(), part.mime.as_deref(), content)
                });
                each.collect()
            });
            assert_eq!(found, expected, "{content_type} {body:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_body_can_be_read(body in "(--b|\r\n|\r\n\r\n|Content-Disposition: form-data; name=|[a\";=])*") {
            parts("multipart/form-data; boundary=b", &Bytes::from(body));
        }
    }
}
