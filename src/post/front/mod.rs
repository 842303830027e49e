//! Front matter: YAML between `---` lines -> fields, each knowing its place. Knows no account and no platform limit.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use self::keys::{Field, KEYS, Key, Wish};
use self::read::Reader;
use self::yaml::{Node, Value};
use super::{Body, Kind, OnEdit, OnRemove, Override, Post, PostId, Visibility, Wishes};
use crate::error::{Located, Problem, Source};
use crate::limits::Platform;
use crate::suggest;
use crate::zone::Zone;

pub mod keys;
pub mod read;
pub mod yaml;

#[cfg(test)]
mod tests;

/// Longest front matter, in bytes: far more than anybody writes, and little enough to read in milliseconds.
pub const BYTES_MAX: usize = 64 * 1024;

/// What many editors put at the start of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// See [`super::parse`].
pub(super) fn parse(source: &Source, zone: Option<Zone>) -> (Option<Post>, Vec<Problem>) {
    let (front, body) = match split(source) {
        Ok(parts) => parts,
        Err(problem) => return (None, vec![*problem]),
    };
    let (node, problems) = yaml::read(source, front.clone());
    let mut reader = Reader { source, zone, problems };
    let entries = match node {
        Some(Node { value: Value::Map(entries), .. }) if !entries.is_empty() => entries,
        Some(Node { value: Value::Null | Value::Map(_), .. }) | None => {
            if reader.problems.is_empty() {
                reader.error("front-matter-empty", front, "the front matter is empty", BEGIN);
            }
            return (None, reader.problems);
        }
        Some(Node { span, value }) => {
            let message = format!("front matter is `key: value` lines, not {}", value.kind());
            reader.error("front-matter-no-keys", span, message, BEGIN);
            return (None, reader.problems);
        }
    };
    let post = post(&mut reader, &entries, body);
    reader.problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
    (Some(post), reader.problems)
}

const BEGIN: &str = "begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text";

/// Whether a text begins as one with front matter does.
pub(super) fn begins(text: &str) -> bool {
    text[text_start(text)..].lines().next().is_some_and(|line| line.trim_end() == "---")
}

/// The first byte that is not a byte order mark.
pub(super) fn text_start(text: &str) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 }
}

/// Where the first line ends, its line break left out.
pub(super) fn first_line_end(text: &str) -> usize {
    text.lines().next().map_or(0, str::len)
}

/// The bytes between the `---` lines, and the first byte of the body.
fn split(source: &Source) -> Result<(Range<usize>, usize), Box<Problem>> {
    let text = &*source.text;
    let mark = text_start(text);
    let first = text[mark..].find('\n').map_or(text.len(), |newline| mark + newline + 1);
    if !begins(text) {
        return Err(Box::new(missing(source, mark..first)));
    }
    let mut start = first;
    for line in text[first..].split_inclusive('\n') {
        if line.trim_end() == "---" {
            if start - first > BYTES_MAX {
                let message = format!(
                    "the front matter is {} KiB long; at most {} KiB are read",
                    (start - first).div_ceil(1024),
                    BYTES_MAX / 1024
                );
                let problem = Problem::error("front-matter-too-long", source, message).at(mark..mark + 3);
                return Err(Box::new(problem.hint("the text of a post goes below the second `---`")));
            }
            return Ok((first..start, start + line.len()));
        }
        start += line.len();
    }
    let problem =
        Problem::error("front-matter-unclosed", source, "the front matter is never closed").at(mark..mark + 3);
    Err(Box::new(problem.hint("put a line `---` between the keys and the text")))
}

fn missing(source: &Source, line: Range<usize>) -> Problem {
    let (text, line) = (&source.text, line.start..line.start + source.text[line].trim_end().len());
    let written = &text[line.clone()];
    let (message, hint) = if text[line.start..].trim().is_empty() {
        ("the file is empty", BEGIN)
    } else if written == "+++" {
        ("front matter between `+++` is TOML; pressroom reads YAML", "write it as YAML between `---` lines")
    } else if text[line.start..].trim_start().lines().next().is_some_and(|line| line.trim_end() == "---") {
        ("something stands before the `---` of the front matter", "the very first line must be `---`")
    } else {
        ("there is no front matter", BEGIN)
    };
    Problem::error("front-matter-missing", source, message).at(line).hint(hint)
}

/// Fills a post from the entries of its front matter.
fn post(reader: &mut Reader<'_>, entries: &[(Located<String>, Node)], body: usize) -> Post {
    let source = reader.source;
    let mut post = Post {
        id: PostId::new(String::new()),
        id_span: None,
        source: source.clone(),
        targets: Vec::new(),
        targets_span: None,
        schedule: None,
        expires: None,
        on_edit: OnEdit::default(),
        on_remove: OnRemove::default(),
        wishes: Wishes::default(),
        overrides: BTreeMap::new(),
        body: Arc::new(Body {
            source: source.clone(),
            offset: Some(body),
            span: body..source.text.len(),
            markdown: source.text[body..].to_owned(),
        }),
        variants: BTreeMap::new(),
    };
    let (mut id, mut no_targets) = (None, None);
    for (name, node) in entries {
        let Some(key) = Key::named(&name.value).filter(|key| key.in_post()) else {
            unknown(reader, name);
            continue;
        };
        match key.field {
            Field::Id => id = reader.id(key.name, node),
            Field::Targets => {
                post.targets = reader.texts(key.name, node).map_or(Vec::new(), |texts| texts.value);
                post.targets_span = Some(node.span.clone());
                no_targets = (node.value == Value::List(Vec::new())).then(|| node.span.clone());
            }
            Field::Schedule => post.schedule = reader.schedule(key.name, node).or(post.schedule),
            Field::Expires => post.expires = reader.instant(key.name, node),
            Field::OnEdit => post.on_edit = on_edit(reader, key.name, node).unwrap_or_default(),
            Field::OnRemove => post.on_remove = on_remove(reader, key.name, node).unwrap_or_default(),
            Field::Overrides => post.overrides = overrides(reader, key.name, node).unwrap_or_default(),
            Field::Wish(which) => wish(reader, &mut post.wishes, which, key.name, node),
            Field::Text | Field::Ignored => {}
        }
    }
    synonyms(reader, entries);
    // To leave `targets` out means the defaults; an empty list cannot mean that as well.
    if let Some(span) = no_targets.filter(|_| post.wishes.draft.as_ref().is_none_or(|draft| !draft.value)) {
        reader.error(
            "empty-value",
            span,
            "`targets` is empty",
            "name accounts, or remove the line to mean `defaults.targets`",
        );
    }
    post.id_span = id.as_ref().map(|id| id.span.clone());
    post.id = id.map_or_else(|| id_of_path(reader), |id| PostId::new(id.value));
    post
}

/// A post without an `id` is its path under posts/ without ending.
fn id_of_path(reader: &mut Reader<'_>) -> PostId {
    let path = &*reader.source.path;
    let id = path.strip_prefix("posts/").unwrap_or(path);
    let id = id.strip_suffix(".md").unwrap_or(id);
    if id.is_empty() || id.ends_with('/') {
        reader.error(
            "bad-id",
            0..0,
            "this file has no name an id could be made from",
            "write an `id`, or rename the file",
        );
    }
    PostId::new(id)
}

fn unknown(reader: &mut Reader<'_>, name: &Located<String>) {
    let owner =
        Platform::ALL.into_iter().find(|platform| platform.limits().settings.iter().any(|rule| rule.key == name.value));
    let hint = match (&*name.value, owner) {
        ("text", _) => "the text of a post goes below the front matter".to_owned(),
        (key, Some(platform)) => format!("write it under `overrides`: `{platform}: {{{key}: ...}}`"),
        (key, None) => {
            let known = KEYS.iter().filter(|key| key.in_post()).map(|key| key.name);
            match suggest::nearest(key, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "data of your own goes under `params`".to_owned(),
            }
        }
    };
    reader.error("unknown-key", name.span.clone(), format!("there is no key `{}`", name.value), hint);
}

fn on_edit(reader: &mut Reader<'_>, key: &str, node: &Node) -> Option<OnEdit> {
    reader.one_of(key, node, &OnEdit::NAMES).map(|at| OnEdit::ALL[at.value])
}

fn on_remove(reader: &mut Reader<'_>, key: &str, node: &Node) -> Option<OnRemove> {
    reader.one_of(key, node, &OnRemove::NAMES).map(|at| OnRemove::ALL[at.value])
}

fn wish(reader: &mut Reader<'_>, wishes: &mut Wishes, which: Wish, key: &str, node: &Node) {
    match which {
        Wish::Title => wishes.title = reader.text(key, node),
        Wish::MaxLate => wishes.max_late = reader.duration(key, node),
        Wish::Visibility => {
            let at = reader.one_of(key, node, &Visibility::NAMES);
            wishes.visibility = at.map(|at| Located::new(Visibility::ALL[at.value], at.span));
        }
        Wish::Draft => wishes.draft = reader.bool(key, node).or(wishes.draft.take()),
        Wish::Published => {
            let draft = reader.bool(key, node).map(|published| Located::new(!published.value, published.span));
            wishes.draft = draft.or(wishes.draft.take());
        }
        Wish::Tags => wishes.tags = reader.tags(key, node),
        Wish::Lang => wishes.lang = reader.lang(key, node),
        Wish::Link => wishes.link = reader.url(key, node),
        Wish::Media => wishes.media = reader.media(key, node),
        Wish::Thread => wishes.thread = reader.bool(key, node),
        Wish::Poll => wishes.poll = reader.poll(key, node),
        Wish::ReplyTo => wishes.reply_to = reader.reference(key, node),
        Wish::QuoteOf => wishes.quote_of = reader.reference(key, node),
        Wish::RepostOf => wishes.repost_of = reader.reference(key, node),
        Wish::FirstComment => wishes.first_comment = reader.text(key, node),
        Wish::Fit => wishes.fit = reader.bool(key, node),
        Wish::Kind => {
            let at = reader.one_of(key, node, &Kind::NAMES);
            wishes.kind = at.map(|at| Located::new(Kind::ALL[at.value], at.span));
        }
    }
}

/// Two keys that say the same thing: both at once is one too many, even where they agree today.
fn synonyms(reader: &mut Reader<'_>, entries: &[(Located<String>, Node)]) {
    for (word, synonym) in [("schedule", "publishDate"), ("draft", "published")] {
        let find = |name| entries.iter().map(|(key, _)| key).find(|key| key.value == name);
        if let (Some(first), Some(second)) = (find(word), find(synonym)) {
            let later = if first.span.start < second.span.start { second } else { first };
            let message = format!("`{word}` and `{synonym}` say the same thing");
            reader.error("synonyms", later.span.clone(), message, format!("keep `{word}`"));
        }
    }
}

fn overrides(reader: &mut Reader<'_>, key: &str, node: &Node) -> Option<BTreeMap<String, Box<Override>>> {
    let entries = reader.map(key, node, "write `overrides: {x: {text: Another text}}`")?;
    let mut overrides = BTreeMap::new();
    for (name, node) in entries {
        let hint = format!("write `{}: {{text: Another text}}`", name.value);
        if let Some(entries) = reader.map(&name.value, node, &hint) {
            overrides.insert(name.value.clone(), Box::new(one_override(reader, name, entries)));
        }
    }
    Some(overrides)
}

fn one_override(reader: &mut Reader<'_>, name: &Located<String>, entries: &[(Located<String>, Node)]) -> Override {
    let mut changed = Override { span: name.span.clone(), wishes: Wishes::default(), text: None, settings: Vec::new() };
    for (key, node) in entries {
        match Key::named(&key.value).map(|known| known.field) {
            Some(Field::Wish(which)) => wish(reader, &mut changed.wishes, which, &key.value, node),
            Some(Field::Text) => {
                let source = reader.source.clone();
                changed.text = reader.text(&key.value, node).map(|text| Body {
                    source,
                    offset: None,
                    span: text.span,
                    markdown: text.value,
                });
            }
            // A platform may have a setting of the same name as a site generator's key (YouTube's `description`).
            Some(Field::Ignored) | None => changed.settings.push((key.clone(), node.clone())),
            Some(_) => {
                let message = format!("`{}` cannot differ for `{}`", key.value, name.value);
                reader.error(
                    "not-in-override",
                    key.span.clone(),
                    message,
                    "write it for the whole post, or make two posts",
                );
            }
        }
    }
    synonyms(reader, entries);
    changed
}
