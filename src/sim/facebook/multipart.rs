//! Takes a `multipart/form-data` body (RFC 7578) apart without copying it. Knows nothing of what the parts mean.

/// One part: its name, whether it is a file, and its content.
pub(super) struct Part<'a> {
    pub(super) name: String,
    pub(super) filename: Option<String>,
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
    let filename = parameter(disposition, "filename");
    Some(Part { name: parameter(disposition, "name")?, filename, content: &bytes[blank + 4..] })
}

/// A parameter of a header's value, quoted or not.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim_matches('"').to_owned())
    })
}

/// Horspool's search: chunks of films are long, and boundaries are long enough to leap over most of them.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let last = wanted.len().checked_sub(1)?;
    let mut leap = [wanted.len(); 256];
    for (index, byte) in wanted[..last].iter().enumerate() {
        leap[usize::from(*byte)] = last - index;
    }
    let mut at = 0;
    while let Some(window) = bytes.get(at..at + wanted.len()) {
        if window == wanted {
            return Some(at);
        }
        at += leap[usize::from(window[last])];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_or_the_body_is_refused() {
        let part = "--b\r\nContent-Disposition: form-data; name=\"source\"; filename=\"m\"\r\n\r\na\r\n--c\r\n";
        for (content_type, body, expected) in [
            ("multipart/form-data; boundary=b", format!("{part}--b--\r\n"), Some(vec!["a\r\n--c"])),
            ("multipart/form-data; boundary=\"b\"", format!("{part}{part}--b--"), Some(vec!["a\r\n--c", "a\r\n--c"])),
            ("multipart/form-data; boundary=b", "--b--".to_owned(), Some(vec![])),
            ("multipart/form-data; boundary=b", part.to_owned(), None),
            ("multipart/form-data; boundary=b", "--b\r\n\r\n--b--".to_owned(), None),
            ("multipart/form-data; boundary=b", String::new(), None),
            ("multipart/form-data", format!("{part}--b--"), None),
        ] {
            let found = parts(content_type, body.as_bytes()).map(|parts| {
                assert!(parts.iter().all(|part| part.name == "source" && part.filename.as_deref() == Some("m")));
                parts.iter().map(|part| std::str::from_utf8(part.content).unwrap()).collect::<Vec<_>>()
            });
            assert_eq!(found, expected, "{content_type} {body:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_there_is_found_where_it_first_is(
            bytes in proptest::collection::vec(0..3_u8, 0..60),
            wanted in proptest::collection::vec(0..3_u8, 1..5),
        ) {
            let plainly = bytes.windows(wanted.len()).position(|window| window == wanted);
            proptest::prop_assert_eq!(find(&bytes, &wanted), plainly);
        }
    }
}
