//! A logged request, taken apart: path, query and what its body holds. Knows no description and no platform.

use percent_encoding::percent_decode_str;
use pressroom::sim::Logged;
use serde_json::Value;

/// A request as a description speaks of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) method: String,
    /// Percent-encoding kept.
    pub(super) path: String,
    /// Decoded, in the order they were sent.
    pub(super) query: Vec<(String, String)>,
    pub(super) content: Content,
}

/// What a body holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    Nothing,
    Json(Value),
    /// `multipart/form-data`: fields by name; without a text where it is a file.
    Form(Vec<(String, Option<String>)>),
    /// `multipart/related`: JSON, and a file of this media type.
    Related(Value, String),
    /// A file of this media type.
    File(String),
    /// What it was meant to be, and why that cannot be read.
    Unread(String, &'static str),
}

impl Sent {
    pub(super) fn of(logged: &Logged) -> Self {
        let (path, query) = logged.target.split_once('?').unwrap_or((&logged.target, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self {
            method: logged.method.to_string(),
            path: path.to_owned(),
            query: pairs.map(|(name, value)| (decoded(name), decoded(value))).collect(),
            content: content(logged.content_type.as_deref().unwrap_or_default(), logged.body.as_deref()),
        }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The media type without its parameters.
fn bare(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

fn content(content_type: &str, body: Option<&[u8]>) -> Content {
    let unread = |why| Content::Unread(content_type.to_owned(), why);
    let parts = || parts(content_type, body?);
    match (bare(content_type), body) {
        ("", None | Some([])) => Content::Nothing,
        ("application/json" | "multipart/form-data" | "multipart/related", None) => unread("is too long to be logged"),
        ("application/json", Some(body)) => match serde_json::from_slice(body) {
            Ok(value) => Content::Json(value),
            Err(_) => unread("is no JSON"),
        },
        ("multipart/form-data", _) => match parts() {
            Some(parts) => Content::Form(parts.into_iter().filter_map(Part::field).collect()),
            None => unread("has no parts"),
        },
        ("multipart/related", _) => match parts().as_deref() {
            Some([json, file]) if bare(&json.header("content-type")) == "application/json" => {
                match serde_json::from_slice(json.bytes) {
                    Ok(value) => Content::Related(value, bare(&file.header("content-type")).to_owned()),
                    Err(_) => unread("begins with no JSON"),
                }
            }
            _ => unread("is not JSON and a file"),
        },
        (file, _) => Content::File(file.to_owned()),
    }
}

/// A part of a body that has several.
struct Part<'a> {
    head: String,
    bytes: &'a [u8],
}

impl Part<'_> {
    fn header(&self, name: &str) -> String {
        let line = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut line = line.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        line.next().map_or_else(String::new, |(_, value)| value.trim().to_owned())
    }

    /// A form's field: its name and, unless it is a file, its text.
    fn field(self) -> Option<(String, Option<String>)> {
        let disposition = self.header("content-disposition");
        let of = |key: &str| Some(disposition.split_once(&format!("; {key}=\""))?.1.split('"').next()?.to_owned());
        let is_file = of("filename").is_some();
        Some((of("name")?, (!is_file).then(|| String::from_utf8_lossy(self.bytes).into_owned())))
    }
}

fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let boundary = content_type.split_once("boundary=")?.1.split(';').next()?.trim_matches('"');
    let mark = format!("--{boundary}");
    let mut rest = &body[find(body, mark.as_bytes())? + mark.len()..];
    let mut parts = Vec::new();
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        let end = find(after, format!("\r\n{mark}").as_bytes())?;
        let head = find(&after[..end], b"\r\n\r\n")?;
        parts.push(Part { head: String::from_utf8_lossy(&after[..head]).into_owned(), bytes: &after[head + 4..end] });
        rest = &after[end + 2 + mark.len()..];
    }
    rest.starts_with(b"--").then_some(parts)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[test]
fn bodies_are_taken_apart() {
    let form = "--b\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n3\r\n--b\r\nContent-Disposition: form-data; \
                name=\"media\"; filename=\"media\"\r\nContent-Type: image/png\r\n\r\n\u{1}\r\n\r\n\u{2}\r\n--b--\r\n";
    let related = "--b\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{\"a\": 1}\r\n--b\r\ncontent-type: text/plain\r\n\r\nx\r\n--b--\r\n";
    let field = |name: &str, text: Option<&str>| (name.to_owned(), text.map(str::to_owned));
    let a = serde_json::json!({"a": 1});
    for (kind, body, expected) in [
        ("", None, Content::Nothing),
        ("", Some(""), Content::Nothing),
        ("application/json; charset=utf-8", Some("{\"a\": 1}"), Content::Json(a.clone())),
        ("application/json", Some("{"), Content::Unread("application/json".to_owned(), "is no JSON")),
        ("application/json", None, Content::Unread("application/json".to_owned(), "is too long to be logged")),
        (
            "multipart/form-data; boundary=b",
            Some(form),
            Content::Form(vec![field("segment_index", Some("3")), field("media", None)]),
        ),
        ("multipart/related; boundary=b", Some(related), Content::Related(a, "text/plain".to_owned())),
        (
            "multipart/related; boundary=c",
            Some(related),
            Content::Unread("multipart/related; boundary=c".to_owned(), "is not JSON and a file"),
        ),
        ("video/mp4", None, Content::File("video/mp4".to_owned())),
    ] {
        assert_eq!(content(kind, body.map(str::as_bytes)), expected, "{kind} {body:?}");
    }
}
