//! One value of front matter -> what its key takes, or a problem that says what it should be. Knows no account.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::keys::{MEDIA_KEYS, POLL_KEYS};
use super::yaml::{Node, Value};
use crate::account::time;
use crate::error::{Located, Problem, Source};
use crate::post::{self, MediaWish, Poll, Schedule, due};
use crate::suggest;
use crate::zone::Zone;

/// Reads values of one file and gathers what is wrong with them.
///
/// Every method takes the key (for the words) and its value, and is `None` once it has told a problem.
pub struct Reader<'a> {
    pub source: &'a Source,
    /// The zone of wall times that name none.
    pub zone: Option<Zone>,
    pub problems: Vec<Problem>,
}

impl Reader<'_> {
    /// Tells an error.
    pub fn error(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.problems.push(Problem::error(code, self.source, message).at(span).hint(hint));
    }

    /// Tells that a key is not among those there are.
    pub fn unknown_key<'k>(&mut self, key: &Located<String>, known: impl IntoIterator<Item = &'k str> + Clone) {
        let message = format!("there is no key `{}` here", key.value);
        self.error("unknown-key", key.span.clone(), message, suggest::hint(&key.value, known));
    }

    fn wrong_type(&mut self, key: &str, node: &Node, wanted: &str, hint: impl Into<String>) {
        if node.value == Value::Null {
            return self.error(
                "empty-value",
                node.span.clone(),
                format!("`{key}` has no value"),
                "write one, or remove the line",
            );
        }
        let message = format!("`{key}` must be {wanted}, not {}", node.value.kind());
        self.error("wrong-type", node.span.clone(), message, hint);
    }

    /// Text as written; a number is text too (`title: 2026`).
    fn written(&mut self, key: &str, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) | Value::Number(_, text) => Some(text.clone()),
            Value::Bool(value) => {
                self.wrong_type(key, node, "text", format!("write `{key}: \"{value}\"`"));
                None
            }
            _ => {
                self.wrong_type(key, node, "text", format!("write `{key}: some text`"));
                None
            }
        }
    }

    /// Text that says something.
    pub fn text(&mut self, key: &str, node: &Node) -> Option<Located<String>> {
        let text = self.written(key, node)?;
        if text.trim().is_empty() {
            self.error("empty-value", node.span.clone(), format!("`{key}` is empty"), "write something, or remove it");
            return None;
        }
        Some(Located::new(text, node.span.clone()))
    }

    pub fn bool(&mut self, key: &str, node: &Node) -> Option<Located<bool>> {
        let hint = match &node.value {
            Value::Bool(value) => return Some(Located::new(*value, node.span.clone())),
            Value::Text(text) if ["yes", "on", "y", "true"].contains(&&*text.to_lowercase()) => {
                format!("write `{key}: true`")
            }
            Value::Text(text) if ["no", "off", "n", "false"].contains(&&*text.to_lowercase()) => {
                format!("write `{key}: false`")
            }
            _ => format!("write `{key}: true` or `{key}: false`"),
        };
        self.wrong_type(key, node, "`true` or `false`", hint);
        None
    }

    /// One of a few words; the index of it.
    pub fn one_of(&mut self, key: &str, node: &Node, words: &[&str]) -> Option<Located<usize>> {
        let text = self.text(key, node)?;
        if let Some(at) = words.iter().position(|word| *word == text.value) {
            return Some(Located::new(at, text.span));
        }
        let message = format!("`{key}` cannot be `{}`", text.value);
        let near = suggest::nearest(&text.value, words.iter().copied()).map(|word| format!("did you mean `{word}`? "));
        let choices = suggest::or(words.iter().copied());
        self.error("unknown-value", text.span, message, format!("{}choose {choices}", near.unwrap_or_default()));
        None
    }

    pub fn duration(&mut self, key: &str, node: &Node) -> Option<Located<TimeDelta>> {
        let text = self.text(key, node)?;
        match time::duration(&text.value) {
            Ok(duration) => Some(Located::new(duration, text.span)),
            Err(hint) => {
                self.error("bad-duration", text.span, format!("`{key}: {}` is no duration", text.value), hint);
                None
            }
        }
    }

    pub fn schedule(&mut self, key: &str, node: &Node) -> Option<Located<Schedule>> {
        let text = self.text(key, node)?;
        let schedule = due::schedule(key, &text.value, self.zone);
        self.due(schedule, &text.span)
    }

    pub fn instant(&mut self, key: &str, node: &Node) -> Option<Located<DateTime<Utc>>> {
        let text = self.text(key, node)?;
        let instant = due::instant(key, &text.value, self.zone).map(|(instant, _)| instant);
        self.due(instant, &text.span)
    }

    fn due<T>(&mut self, read: Result<T, due::Trouble>, span: &Range<usize>) -> Option<Located<T>> {
        match read {
            Ok(value) => Some(Located::new(value, span.clone())),
            Err(due::Trouble { code, message, hint }) => {
                self.error(code, span.clone(), message, hint);
                None
            }
        }
    }

    pub fn id(&mut self, key: &str, node: &Node) -> Option<Located<String>> {
        let text = self.text(key, node)?;
        if is_id(&text.value) {
            return Some(text);
        }
        let hint = match id_like(&text.value) {
            near if near.is_empty() => "write small letters and digits, such as `tea-time`".to_owned(),
            near => format!("write `{key}: {near}`"),
        };
        let message = format!(
            "`{}` is no id: small letters, digits, `.`, `_` and `-`, at most {ID_MAX}, a letter or digit first",
            text.value
        );
        self.error("bad-id", text.span, message, hint);
        None
    }

    /// A language tag in the shape of BCP 47; whether the language exists is not looked up.
    pub fn lang(&mut self, key: &str, node: &Node) -> Option<Located<String>> {
        let text = self.text(key, node)?;
        if is_language(&text.value) {
            return Some(text);
        }
        let dashed = text.value.replace('_', "-");
        let hint = match is_language(&dashed) {
            true => format!("write `{key}: {dashed}`"),
            false => format!("write `{key}: en` or `{key}: pt-BR`"),
        };
        self.error("bad-lang", text.span, format!("`{}` is no language tag", text.value), hint);
        None
    }

    pub fn url(&mut self, key: &str, node: &Node) -> Option<Located<String>> {
        let text = self.text(key, node)?;
        if is_web_address(&text.value) {
            return Some(text);
        }
        let hint = match is_web_address(&format!("https://{}", text.value)) && text.value.contains('.') {
            true => format!("write `{key}: https://{}`", text.value),
            false => format!("write a whole address: `{key}: https://example.com/page`"),
        };
        self.error("bad-url", text.span, format!("`{}` is no web address", text.value), hint);
        None
    }

    /// A URL or another post's id.
    pub fn reference(&mut self, key: &str, node: &Node) -> Option<Located<String>> {
        let text = self.text(key, node)?;
        let written = &text.value;
        if is_web_address(written) || written.starts_with("at://") {
            return Some(text);
        }
        let id = written.strip_prefix("posts/").unwrap_or(written);
        let id = id.strip_suffix(".md").unwrap_or(id);
        let hint = match written {
            _ if written.contains("://") || written.contains(char::is_whitespace) || written.starts_with('/') => {
                format!("write `{key}: https://...` or the id of a post")
            }
            _ if id != written => format!("write `{key}: {id}`"),
            _ => return Some(text),
        };
        let message = format!("`{written}` is neither a web address nor the id of a post");
        self.error("bad-reference", text.span, message, hint);
        None
    }

    pub fn list<'n>(&mut self, key: &str, node: &'n Node) -> Option<&'n [Node]> {
        let hint = match &node.value {
            Value::List(items) => return Some(items),
            Value::Text(text) | Value::Number(_, text) => {
                let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
                format!("write `{key}: [{}]`", items.join(", "))
            }
            _ => format!("write `{key}: [one, two]`"),
        };
        self.wrong_type(key, node, "a list", hint);
        None
    }

    /// One text of a list.
    fn entry(&mut self, key: &str, node: &Node) -> Option<Located<String>> {
        let message = match &node.value {
            Value::Text(text) | Value::Number(_, text) if !text.trim().is_empty() => {
                return Some(Located::new(text.clone(), node.span.clone()));
            }
            Value::Text(_) | Value::Null | Value::Number(..) => format!("an entry of `{key}` is empty"),
            Value::Bool(value) => format!("an entry of `{key}` must be text; this `{value}` is no text without quotes"),
            value => format!("an entry of `{key}` must be text, not {}", value.kind()),
        };
        self.error("wrong-type", node.span.clone(), message, format!("write `{key}: [one, two]`"));
        None
    }

    /// A list of texts, those that are wrong left out; `None` if it is no list.
    pub fn texts(&mut self, key: &str, node: &Node) -> Option<Located<Vec<Located<String>>>> {
        let items = self.list(key, node)?;
        let texts = items.iter().filter_map(|item| self.entry(key, item)).collect();
        Some(Located::new(texts, node.span.clone()))
    }

    pub fn tags(&mut self, key: &str, node: &Node) -> Option<Located<Vec<String>>> {
        let tags = self.texts(key, node)?;
        let mut plain = Vec::with_capacity(tags.value.len());
        for tag in tags.value {
            match tag.value.strip_prefix('#') {
                Some(word) => {
                    let message = format!("the tag `{}` begins with `#`", tag.value);
                    self.error(
                        "bad-tag",
                        tag.span,
                        message,
                        format!("write `{word}`; the `#` is added where a platform wants it"),
                    );
                }
                None => plain.push(tag.value),
            }
        }
        Some(Located::new(plain, tags.span))
    }

    pub fn map<'n>(&mut self, key: &str, node: &'n Node, hint: &str) -> Option<&'n [(Located<String>, Node)]> {
        if let Value::Map(entries) = &node.value {
            return Some(entries);
        }
        self.wrong_type(key, node, "a map", hint);
        None
    }

    pub fn poll(&mut self, key: &str, node: &Node) -> Option<Located<Poll>> {
        let usage = format!("write `{key}: {{options: [yes, no], duration: 1d}}`");
        let (mut options, mut duration) = (None, None);
        for (name, value) in self.map(key, node, &usage)? {
            match name.value.as_str() {
                "options" => options = Some(self.options(value)),
                "duration" => duration = Some(self.duration("duration", value)),
                _ => self.unknown_key(name, POLL_KEYS.iter().map(|(name, _)| *name)),
            }
        }
        for (missing, name) in [(options.is_none(), "options"), (duration.is_none(), "duration")] {
            if missing {
                self.error("missing-key", node.span.clone(), format!("`{key}` has no `{name}`"), usage.clone());
            }
        }
        let poll = Poll { options: options??, duration: duration??.value };
        Some(Located::new(poll, node.span.clone()))
    }

    fn options(&mut self, node: &Node) -> Option<Vec<String>> {
        let options = self.texts("options", node)?.value;
        if options.len() < 2 {
            let message = format!("a poll needs at least 2 `options`; this one has {}", options.len());
            self.error("too-few", node.span.clone(), message, "write `options: [yes, no]`");
            return None;
        }
        let mut texts: Vec<String> = Vec::with_capacity(options.len());
        for option in options {
            if texts.contains(&option.value) {
                let message = format!("the option `{}` is given twice", option.value);
                self.error("duplicate-option", option.span, message, "keep one of them");
            } else if texts.len() == OPTIONS_MAX {
                let message = format!("a poll of more than {OPTIONS_MAX} options");
                self.error("too-many", option.span, message, "no platform takes so many");
                break;
            } else {
                texts.push(option.value);
            }
        }
        Some(texts)
    }

    pub fn media(&mut self, key: &str, node: &Node) -> Option<Located<Vec<MediaWish>>> {
        let items = self.list(key, node)?;
        let media = items.iter().filter_map(|item| self.medium(key, item)).collect();
        Some(Located::new(media, node.span.clone()))
    }

    fn medium(&mut self, key: &str, node: &Node) -> Option<MediaWish> {
        let bare = |src| MediaWish { src, alt: None, part: None, title: None, cover: None, captions: None };
        let Value::Map(entries) = &node.value else {
            let path = self.entry(key, node)?;
            return self.checked_path(path).map(bare);
        };
        let mut src = None;
        let mut wish = bare(Located::new(String::new(), node.span.clone()));
        for (name, value) in entries {
            match name.value.as_str() {
                "src" => src = Some(self.path("src", value)),
                // An empty alternative text is a statement: the picture only decorates.
                "alt" => wish.alt = self.written("alt", value),
                "part" => wish.part = self.part(value),
                "title" => wish.title = self.text("title", value).map(|text| text.value),
                "cover" => wish.cover = self.path("cover", value).map(|path| path.value),
                "captions" => wish.captions = self.path("captions", value).map(|path| path.value),
                _ => self.unknown_key(name, MEDIA_KEYS.iter().map(|(name, _)| *name)),
            }
        }
        if src.is_none() {
            let message = format!("an entry of `{key}` has no `src`");
            self.error("missing-key", node.span.clone(), message, "write `src: picture.jpg`");
        }
        Some(MediaWish { src: src??, ..wish })
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be whole and between 1 and 1000"
    )]
    fn part(&mut self, node: &Node) -> Option<usize> {
        match &node.value {
            Value::Number(number, _) if number.fract() == 0.0 && (1.0..=1000.0).contains(number) => {
                Some(*number as usize)
            }
            Value::Number(_, text) => {
                let message = format!("there is no part {text}");
                self.error("unknown-value", node.span.clone(), message, "parts of a thread are counted from 1");
                None
            }
            _ => {
                self.wrong_type("part", node, "a number", "write `part: 1` for the first part of the thread");
                None
            }
        }
    }

    /// A path of the repository; whether the file is there is not looked up.
    fn path(&mut self, key: &str, node: &Node) -> Option<Located<String>> {
        let path = self.text(key, node)?;
        self.checked_path(path)
    }

    fn checked_path(&mut self, path: Located<String>) -> Option<Located<String>> {
        let written = &path.value;
        let (message, hint) = if written.contains("://") {
            (format!("`{written}` is no file of the repository"), "put the file into the repository and write its path")
        } else if written.contains(['\\', '\0']) {
            (format!("`{written}` is no path"), "write `/` between folders")
        } else if written.starts_with('/') || post::path_from(&self.source.path, written).is_none() {
            (
                format!("`{written}` leaves the repository"),
                "paths are relative to the post or to the repository's root, and stay inside the repository",
            )
        } else {
            return Some(path);
        };
        self.error("bad-path", path.span, message, hint);
        None
    }
}

/// Longest id, in characters.
pub const ID_MAX: usize = 64;

/// Pattern of an id, for JSON Schemas.
pub const ID_PATTERN: &str = "^[a-z0-9][a-z0-9._-]{0,63}$";

/// Most options of a poll that are read; the most any platform takes is far less.
const OPTIONS_MAX: usize = 20;

/// Whether `text` may stand as a post's `id`: [`ID_PATTERN`].
pub fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= ID_MAX
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|byte| plain(byte) || matches!(byte, b'.' | b'_' | b'-'))
}

/// The id a title or a mistaken id most likely means; empty if nothing of it can be kept.
pub fn id_like(text: &str) -> String {
    let mut id = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => id.push(letter),
            '.' | '_' if !id.is_empty() => id.push(letter),
            _ if !id.is_empty() && !id.ends_with('-') => id.push('-'),
            _ => {}
        }
        if id.len() == ID_MAX {
            break;
        }
    }
    id.truncate(id.trim_end_matches(['-', '.', '_']).len());
    id
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let alphanumeric =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // Two or three letters are a language; longer ones are reserved, and `english` is the usual mistake.
    (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic()) && parts.all(alphanumeric)
}

fn is_web_address(text: &str) -> bool {
    let web = text.starts_with("https://") || text.starts_with("http://");
    web && !text.contains(char::is_whitespace) && Url::parse(text).is_ok_and(|url| url.has_host())
}
