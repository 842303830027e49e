//! Takes a `multipart/form-data` body (RFC 7578) apart. Knows nothing of what the parts mean.

/// One part: its name and its content.
pub(super) struct Part<'a> {
    pub(super) name: String,
    pub(super) content: &'a [u8],
}

/// The parts of `body`; nothing if it is not what `content_type` promises.
pub(super) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let delimiter = format!("--{}", parameter(content_type, "boundary")?).into_bytes();
    let mut rest = &body[find(body, &delimiter)? + delimiter.len()..];
    let inner = [b"\r\n".as_slice(), &delimiter].concat();
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, &inner)?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + inner.len()..];
    }
    Some(parts)
}

fn part(bytes: &[u8]) -> Option<Part<'_>> {
    let blank = find(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..blank]).ok()?;
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    Some(Part { name: parameter(disposition, "name")?, content: &bytes[blank + 4..] })
}

/// A parameter of a header's value, quoted or not.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim_matches('"').to_owned())
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_or_the_body_is_refused() {
        let part = "--b\r\nContent-Disposition: form-data; name=\"media\"; filename=\"m\"\r\n\r\na\r\n--c\r\n";
        for (content_type, body, expected) in [
            ("multipart/form-data; boundary=b", format!("{part}--b--\r\n"), Some(vec!["a\r\n--c"])),
            ("multipart/form-data; boundary=\"b\"", format!("{part}{part}--b--"), Some(vec!["a\r\n--c", "a\r\n--c"])),
            ("multipart/form-data; boundary=b", "--b--".to_owned(), Some(vec![])),
            ("multipart/form-data; boundary=b", part.to_owned(), None),
            ("multipart/form-data; boundary=b", "--b\r\n\r\n--b--".to_owned(), None),
            ("multipart/form-data; boundary=b", String::new(), None),
            ("multipart/form-data", format!("{part}--b--"), None),
        ] {
            let found = parts(content_type, body.as_bytes());
            let found = found.map(|parts| {
                assert!(parts.iter().all(|part| part.name == "media"));
                parts.iter().map(|part| std::str::from_utf8(part.content).unwrap()).collect::<Vec<_>>()
            });
            assert_eq!(found, expected, "{content_type} {body:?}");
        }
    }
}
