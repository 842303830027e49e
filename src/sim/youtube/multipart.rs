//! Takes a `multipart/related` body (RFC 2387) apart. Knows nothing of what the parts mean.

/// One part: its media type, with parameters, and its content.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) content_type: String,
    pub(super) content: &'a [u8],
}

/// The parts of `body`; nothing if it is not what `content_type` promises.
pub(super) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    if !super::call::bare(content_type).eq("multipart/related") {
        return None;
    }
    let delimiter = format!("--{}", boundary(content_type)?).into_bytes();
    let mut rest = body.strip_prefix(b"\r\n".as_slice()).unwrap_or(body).strip_prefix(delimiter.as_slice())?;
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
    let content_type = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
    })?;
    Some(Part { content_type, content: &bytes[blank + 4..] })
}

fn boundary(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        key.eq_ignore_ascii_case("boundary").then(|| value.trim_matches('"')).filter(|value| !value.is_empty())
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_or_the_body_is_refused() {
        let body =
            "--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\ncontent-type:text/vtt\r\n\r\nx\r\n--c\r\n--b--";
        for (content_type, body, expected) in [
            ("multipart/related; boundary=b", body, Some(vec!["{}", "x\r\n--c"])),
            ("multipart/related; boundary=\"b\"", body, Some(vec!["{}", "x\r\n--c"])),
            ("multipart/form-data; boundary=b", body, None),
            ("multipart/related", body, None),
            ("multipart/related; boundary=b", "--b\r\nContent-Type: a/b\r\n\r\nx", None),
            ("multipart/related; boundary=b", "--b\r\n\r\nx\r\n--b--", None),
            ("multipart/related; boundary=b", "", None),
        ] {
            let found = parts(content_type, body.as_bytes());
            let found =
                found.map(|parts| parts.iter().map(|part| std::str::from_utf8(part.content).unwrap()).collect());
            assert_eq!(found, expected, "{content_type} {body:?}");
        }
    }
}
