//! YAML text -> a tree of values that know their bytes. Knows no key.
//!
//! Two readers see the text. The first, saphyr-parser, walks its events: it refuses what front matter has no use for and what
//! makes YAML dangerous (anchors, aliases, tags, deep nesting, several documents, keys given twice), and notes where
//! everything stands, which serde_yaml does not tell. The second, serde_yaml, says what the scalars mean; it reads along the
//! noted places, so a text that the two understand differently is refused rather than guessed at.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::{Located, Problem, Source};

/// Deepest nesting of lists and maps.
pub const LEVELS_MAX: usize = 32;

/// A value and the bytes of the file it was written in.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub value: Value,
    pub span: Range<usize>,
}

/// What YAML 1.2 makes of a piece of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    /// The number, and how it was written.
    Number(f64, String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Located<String>, Node)>),
}

impl Value {
    /// How a sentence calls it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(..) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// Reads the YAML in `span` of the file. Keys given twice are problems beside a value (the first one counts); anything else
/// that is wrong leaves no value.
pub fn read(source: &Source, span: Range<usize>) -> (Option<Node>, Vec<Problem>) {
    let text = &source.text[span.clone()];
    let places = Places::new(text, span.start);
    let mut outline = Outline { source, places: &places, open: Vec::new(), root: None, problems: Vec::new() };
    if outline.read(text).is_err() {
        return (None, outline.problems);
    }
    let Outline { root, mut problems, .. } = outline;
    let Some(root) = root else { return (None, problems) };
    match (&root).deserialize(serde_yaml::Deserializer::from_str(text)) {
        Ok(node) => (Some(node), problems),
        Err(_) if tab_in_indentation(text).is_some() => {
            let tab = span.start + tab_in_indentation(text).unwrap_or_default();
            problems.push(indented_by_tab(source, tab));
            (None, problems)
        }
        Err(error) => {
            let offset = error.location().map_or(span.start, |location| places.byte(location.index()));
            let message = format!("this YAML can be read in two ways ({error})");
            problems.push(
                Problem::error("yaml", source, message)
                    .at(offset..offset)
                    .hint("write it more plainly: one `key: value` a line, text between double quotes"),
            );
            (None, problems)
        }
    }
}

/// Character positions, as both readers give them, to bytes of the file.
struct Places {
    /// The byte of each character where the text is not all ASCII; else empty, for then they are the same.
    bytes: Vec<usize>,
    length: usize,
    start: usize,
}

impl Places {
    fn new(text: &str, start: usize) -> Self {
        let bytes = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(byte, _)| byte).collect() };
        Self { bytes, length: text.len(), start }
    }

    fn byte(&self, character: usize) -> usize {
        let byte = if self.bytes.is_empty() { character } else { *self.bytes.get(character).unwrap_or(&self.length) };
        self.start + byte.min(self.length)
    }

    fn span(&self, span: Span) -> Range<usize> {
        self.byte(span.start.index())..self.byte(span.end.index())
    }
}

/// Where a value stands, and what is inside; a scalar keeps its text, for a number may be meant as one (`title: 2026`).
struct Shape<'a> {
    span: Range<usize>,
    inner: Inner<'a>,
}

enum Inner<'a> {
    Scalar(Cow<'a, str>),
    List(Vec<Shape<'a>>),
    /// Entries with their keys; `None` for a key that was given before.
    Map(Vec<(Option<Located<String>>, Shape<'a>)>),
}

/// A list or map whose end has not come yet.
struct Open<'a> {
    shape: Shape<'a>,
    /// In a map: the key whose value comes next; the inner `None` as in [`Inner::Map`].
    key: Option<Option<Located<String>>>,
    /// In a map: the keys so far and the first byte of each.
    seen: HashMap<String, usize>,
}

struct Outline<'a, 's> {
    source: &'s Source,
    places: &'s Places,
    open: Vec<Open<'a>>,
    root: Option<Shape<'a>>,
    problems: Vec<Problem>,
}

/// The text is refused, and the problem told.
struct Refused;

impl<'a> Outline<'a, '_> {
    fn read(&mut self, text: &'a str) -> Result<(), Refused> {
        let mut documents = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| self.syntax(&error, text))?;
            let span = self.places.span(span);
            match event {
                Event::StreamEnd => break,
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        let message = "front matter is one document; this begins another";
                        return Err(self.refuse("yaml-documents", message, span, "remove the line `...` above"));
                    }
                }
                Event::Alias(_) => return Err(self.anchor(span)),
                Event::Scalar(_, _, anchor, tag)
                | Event::SequenceStart(anchor, tag)
                | Event::MappingStart(anchor, tag)
                    if anchor > 0 || tag.is_some() =>
                {
                    return Err(if anchor > 0 { self.anchor(span) } else { self.tag(span) });
                }
                Event::Scalar(text, style, ..) => {
                    let end = span.start + written(&self.source.text[span.clone()], style).len();
                    self.add(Shape { span: span.start..end, inner: Inner::Scalar(text) })?;
                }
                Event::SequenceStart(..) => self.begin(span, Inner::List(Vec::new()))?,
                Event::MappingStart(..) => self.begin(span, Inner::Map(Vec::new()))?,
                Event::SequenceEnd | Event::MappingEnd => self.end(span)?,
            }
        }
        Ok(())
    }

    fn begin(&mut self, span: Range<usize>, inner: Inner<'a>) -> Result<(), Refused> {
        if self.open.len() == LEVELS_MAX {
            let message = format!("more than {LEVELS_MAX} levels of lists and maps");
            return Err(self.refuse("yaml-depth", message, span, "write it with fewer levels"));
        }
        self.open.push(Open { shape: Shape { span, inner }, key: None, seen: HashMap::new() });
        Ok(())
    }

    fn end(&mut self, span: Range<usize>) -> Result<(), Refused> {
        let Some(Open { mut shape, .. }) = self.open.pop() else { return Ok(()) };
        let last = match &shape.inner {
            Inner::List(items) => items.last().map(|item| item.span.end),
            Inner::Map(entries) => entries.last().map(|(_, value)| value.span.end),
            Inner::Scalar(_) => None,
        };
        // A bracket ends where it stands, whatever blanks and comments the reader counts in; a block ends with its last value,
        // not where the next one was found.
        let bracket = if matches!(shape.inner, Inner::List(_)) { ']' } else { '}' };
        let end = if self.source.text[span.clone()].starts_with(bracket) {
            span.start + 1
        } else {
            last.unwrap_or(shape.span.end)
        };
        shape.span.end = end.max(shape.span.start);
        self.add(shape)
    }

    fn add(&mut self, shape: Shape<'a>) -> Result<(), Refused> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(shape);
            return Ok(());
        };
        match &mut open.shape.inner {
            Inner::Scalar(_) => {}
            Inner::List(items) => items.push(shape),
            Inner::Map(entries) => match open.key.take() {
                Some(key) => entries.push((key, shape)),
                None => {
                    let Inner::Scalar(text) = shape.inner else {
                        let hint = "a value that begins with `{` or `[` goes between double quotes";
                        return Err(self.refuse("wrong-type", "a key must be text", shape.span, hint));
                    };
                    let key = text.into_owned();
                    if let Some(&first) = open.seen.get(&key) {
                        open.key = Some(None);
                        self.problems.push(duplicate(self.source, &key, first, shape.span));
                    } else {
                        open.seen.insert(key.clone(), shape.span.start);
                        open.key = Some(Some(Located::new(key, shape.span)));
                    }
                }
            },
        }
        Ok(())
    }

    fn refuse(&mut self, code: &'static str, message: impl Into<String>, span: Range<usize>, hint: &str) -> Refused {
        self.problems.push(Problem::error(code, self.source, message).at(span).hint(hint));
        Refused
    }

    fn anchor(&mut self, span: Range<usize>) -> Refused {
        let message = "front matter takes no anchors (`&name`) and no aliases (`*name`)";
        let hint = "write the value out where it is meant; text that begins with `&` or `*` goes between double quotes";
        self.refuse("yaml-anchor", message, span, hint)
    }

    fn tag(&mut self, span: Range<usize>) -> Refused {
        let hint = "text that begins with `!` goes between double quotes";
        self.refuse("yaml-tag", "front matter takes no tags (`!name`)", span, hint)
    }

    fn syntax(&mut self, error: &ScanError, text: &str) -> Refused {
        if let Some(tab) = tab_in_indentation(text) {
            self.problems.push(indented_by_tab(self.source, self.places.start + tab));
            return Refused;
        }
        let offset = self.places.byte(error.marker().index());
        let (message, hint) = plain_words(error.info());
        self.refuse("yaml", message, offset..offset, hint)
    }
}

/// The bytes of a scalar alone: the reader's own end takes in the blanks, and after a quote the comment, that follow.
fn written(text: &str, style: ScalarStyle) -> &str {
    let quote = match style {
        ScalarStyle::DoubleQuoted => '"',
        ScalarStyle::SingleQuoted => '\'',
        _ => return text.trim_end(),
    };
    let mut escaped = false;
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if escaped {
            escaped = false;
        } else if letter == '\\' && quote == '"' {
            escaped = true;
        } else if letter == quote {
            if quote == '\'' && letters.peek().is_some_and(|&(_, next)| next == quote) {
                letters.next();
            } else {
                return &text[..=at];
            }
        }
    }
    text.trim_end()
}

/// A key that stands in the same map twice.
fn duplicate(source: &Source, key: &str, first: usize, span: Range<usize>) -> Problem {
    let (line, _) = source.line_column(first);
    Problem::error("duplicate-key", source, format!("`{key}` is given twice; the first is in line {line}"))
        .at(span)
        .hint("keep one of them")
}

/// The first tab that stands where a line's indentation should be.
fn indented_by_tab(source: &Source, tab: usize) -> Problem {
    Problem::error("yaml-tab", source, "a tab in the indentation; YAML takes spaces only")
        .at(tab..tab + 1)
        .hint("use two spaces for each level")
}

fn tab_in_indentation(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..blank].find('\t') {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}

/// The reader's words for people who do not know how YAML is scanned.
fn plain_words(info: &str) -> (String, &'static str) {
    let quote = "put text that holds `: `, ` #`, quotes or brackets between double quotes";
    let (message, hint) = match info {
        _ if info.starts_with("mapping values are not allowed") => ("a `: ` where none can be", quote),
        _ if info.contains("cannot start any token") || info.contains("unexpected character") => {
            ("a value cannot begin with this character", quote)
        }
        _ if info.contains("':' indicator") => {
            ("a `:` where none can be; perhaps a bracket above is never closed", quote)
        }
        _ if info.contains("unknown anchor") => ("a value cannot begin with `*`", quote),
        _ if info.contains("quoted scalar") => ("a quote that is never closed, or text after one", quote),
        _ if info.contains("flow") || info.contains("',' or ']'") || info.contains("',' or '}'") => {
            ("a bracket that is never closed, or text after one", quote)
        }
        _ => {
            return (
                format!("this is no YAML: {info}"),
                "each line is `key: value`; what belongs to a key is indented by spaces",
            );
        }
    };
    (message.to_owned(), hint)
}

impl<'de> DeserializeSeed<'de> for &Shape<'_> {
    type Value = Node;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let value = deserializer.deserialize_any(self)?;
        Ok(Node { value, span: self.span.clone() })
    }
}

impl<'de> Visitor<'de> for &Shape<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.inner {
            Inner::Scalar(_) => "a scalar",
            Inner::List(_) => "a list",
            Inner::Map(_) => "a map",
        })
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.scalar(|_| Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.scalar(|_| Value::Bool(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "whoever wants the exact digits reads the text beside it")]
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "whoever wants the exact digits reads the text beside it")]
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "whoever wants the exact digits reads the text beside it")]
    fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "whoever wants the exact digits reads the text beside it")]
    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.scalar(|text| Value::Number(value, text.to_owned()))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        match &self.inner {
            Inner::Scalar(text) if text == value => Ok(Value::Text(value.to_owned())),
            _ => Err(E::custom("two readers disagree on this text")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let Inner::List(shapes) = &self.inner else {
            return Err(A::Error::custom("two readers disagree on this list"));
        };
        let mut items = Vec::with_capacity(shapes.len());
        for shape in shapes {
            let item = access.next_element_seed(shape)?;
            items.push(item.ok_or_else(|| A::Error::custom("two readers disagree on this list"))?);
        }
        match access.next_element::<IgnoredAny>()? {
            None => Ok(Value::List(items)),
            Some(_) => Err(A::Error::custom("two readers disagree on this list")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let Inner::Map(shapes) = &self.inner else { return Err(A::Error::custom("two readers disagree on this map")) };
        let mut entries = Vec::with_capacity(shapes.len());
        for (key, shape) in shapes {
            let read = match key {
                // Only what it says matters: that both readers say the same.
                Some(Located { value, span }) => {
                    let shape = Shape { span: span.clone(), inner: Inner::Scalar(Cow::Borrowed(value)) };
                    access.next_key_seed(&shape)?.is_some()
                }
                None => access.next_key::<IgnoredAny>()?.is_some(),
            };
            if !read {
                return Err(A::Error::custom("two readers disagree on this map"));
            }
            let value = access.next_value_seed(shape)?;
            if let Some(key) = key {
                entries.push((key.clone(), value));
            }
        }
        match access.next_key::<IgnoredAny>()? {
            None => Ok(Value::Map(entries)),
            Some(_) => Err(A::Error::custom("two readers disagree on this map")),
        }
    }
}

impl Shape<'_> {
    fn scalar<E: serde::de::Error>(&self, value: impl FnOnce(&str) -> Value) -> Result<Value, E> {
        match &self.inner {
            Inner::Scalar(text) => Ok(value(text)),
            _ => Err(E::custom("two readers disagree on this value")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every scalar of a text: what it is, and the bytes it was written in.
    fn scalars(text: &str) -> Vec<(Value, &str)> {
        fn walk<'t>(text: &'t str, node: &Node, found: &mut Vec<(Value, &'t str)>) {
            match &node.value {
                Value::List(items) => items.iter().for_each(|item| walk(text, item, found)),
                Value::Map(entries) => entries.iter().for_each(|(key, value)| {
                    assert_eq!(text[key.span.clone()].trim_matches(['"', '\'']), key.value);
                    walk(text, value, found);
                }),
                value => found.push((value.clone(), &text[node.span.clone()])),
            }
        }
        let (node, problems) = read(&Source::new("p.md", text), 0..text.len());
        assert_eq!(problems, [], "{text}");
        let mut found = Vec::new();
        walk(text, &node.unwrap(), &mut found);
        found
    }

    #[test]
    fn scalars_are_what_yaml_1_2_says() {
        let text = |text: &str| Value::Text(text.to_owned());
        let number = |number, written: &str| Value::Number(number, written.to_owned());
        for (written, value) in [
            ("tea", text("tea")),
            ("no", text("no")),
            ("on", text("on")),
            ("2026-12-01", text("2026-12-01")),
            ("09:30", text("09:30")),
            ("0777", text("0777")),
            ("1_000", text("1_000")),
            ("true", Value::Bool(true)),
            ("~", Value::Null),
            ("null", Value::Null),
            ("2026", number(2026.0, "2026")),
            ("-1.50", number(-1.5, "-1.50")),
            ("0x1F", number(31.0, "0x1F")),
            (
                "340282366920938463463374607431768211455",
                number(f64::powi(2.0, 128), "340282366920938463463374607431768211455"),
            ),
        ] {
            assert_eq!(scalars(&format!("a: {written}")), [(value, written)], "{written}");
        }
    }

    #[test]
    fn values_know_their_bytes() {
        let text = "é: ü  # c\r\n\"k\": \"a \\\" # b\" # \"c\"\r\nl: ['it''s', x y ]\r\nb: |\r\n  one\r\n  two\r\n\r\np: >-\r\n  x\r\n  y\r\n";
        let found: Vec<(String, &str)> = scalars(text)
            .into_iter()
            .map(|(value, written)| match value {
                Value::Text(value) => (value, written),
                other => (format!("{other:?}"), written),
            })
            .collect();
        let expected = [
            ("ü", "ü"),
            ("a \" # b", "\"a \\\" # b\""),
            ("it's", "'it''s'"),
            ("x y", "x y"),
            ("one\ntwo\n", "one\r\n  two"),
            ("x y", "x\r\n  y"),
        ];
        assert_eq!(found, expected.map(|(value, written)| (value.to_owned(), written)));
    }

    #[test]
    fn lists_and_maps_end_with_their_last_value() {
        let text = "a:\n  - b\n  - c: d\n\n# comment\ne: [f, {g: h}]  # more\ni: [j: k] # l\n";
        let (node, _) = read(&Source::new("p.md", text), 0..text.len());
        let Some(Node { value: Value::Map(entries), .. }) = node else { panic!("no map") };
        let spans = entries.iter().map(|(_, value)| &text[value.span.clone()]);
        assert_eq!(spans.collect::<Vec<_>>(), ["- b\n  - c: d", "[f, {g: h}]", "[j: k]"]);
    }
}
