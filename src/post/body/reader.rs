//! The events of a Markdown parser -> the parts of a document, and problems. Knows the rules of `body` and nothing else.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::{Block, BlockKind, Body, Document, Inline, Item, MediaWish, Part, is_address};
use crate::error::{Located, Problem};

/// Deeper quotes and lists than this are flattened, and a problem.
const DEPTH_MAX: usize = 16;

/// A container that is still open.
enum Open {
    Quote { apart: bool, blocks: Vec<Block> },
    List { apart: bool, items: Vec<Item> },
    Item { apart: bool, marker: String, blocks: Vec<Block> },
}

pub(super) struct Reader<'a> {
    body: &'a Body,
    thread: bool,
    /// Link references that nothing has referred to yet.
    unused: BTreeMap<String, Range<usize>>,
    problems: Vec<Problem>,
    parts: Vec<Part>,
    /// The part being read, and where in the Markdown it starts.
    part: Part,
    part_start: usize,
    open: Vec<Open>,
    /// Containers entered beyond [`DEPTH_MAX`].
    flattened: usize,
    /// Text of the paragraph being read, and where it starts.
    inline: Vec<Inline>,
    inline_start: Option<usize>,
    link: Option<Link>,
    image: Option<Image>,
    code: Option<String>,
    /// Inside a table or a footnote, which were reported as a whole.
    skipped: usize,
}

struct Link {
    url: String,
    text: String,
    range: Range<usize>,
}

struct Image {
    src: String,
    alt: String,
    range: Range<usize>,
    /// Images within the alternative text.
    nested: usize,
}

impl<'a> Reader<'a> {
    /// `definitions`: where each link reference (`[label]: address`) stands, by its label in lower case.
    pub(super) fn new(body: &'a Body, thread: bool, definitions: BTreeMap<String, Range<usize>>) -> Self {
        Self {
            unused: definitions,
            body,
            thread,
            problems: Vec::new(),
            parts: Vec::new(),
            part: Part::default(),
            part_start: 0,
            open: Vec::new(),
            flattened: 0,
            inline: Vec::new(),
            inline_start: None,
            link: None,
            image: None,
            code: None,
            skipped: 0,
        }
    }

    pub(super) fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.skipped > 0 {
            match event {
                Event::Start(_) => self.skipped += 1,
                Event::End(_) => self.skipped -= 1,
                _ => {}
            }
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(end) => self.end(end, range),
            Event::Text(text) | Event::Code(text) => self.text(&text, range.start),
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            Event::Rule => self.thematic_break(range),
            Event::Html(_) => {}
            Event::InlineHtml(html) => self.html(&html, range),
            Event::FootnoteReference(_) => self.footnote(range),
            // Extensions that are not switched on.
            Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if let Tag::Link { id, .. } | Tag::Image { id, .. } = &tag {
            self.unused.remove(&id.to_lowercase());
        }
        match tag {
            Tag::Paragraph | Tag::Heading { .. } => self.flush(),
            Tag::BlockQuote(_) => {
                let apart = self.is_apart(range.start);
                self.enter(Open::Quote { apart, blocks: Vec::new() }, range);
            }
            Tag::List(_) => {
                let apart = self.is_apart(range.start);
                self.enter(Open::List { apart, items: Vec::new() }, range);
            }
            Tag::Item => {
                let (apart, marker) = (self.is_apart(range.start), marker(&self.body.markdown[range.clone()]));
                self.enter(Open::Item { apart, marker, blocks: Vec::new() }, range);
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = Some(String::new());
            }
            Tag::HtmlBlock => {
                self.flush();
                self.html(&self.body.markdown[range.clone()], range);
            }
            Tag::Table(_) => self.skip(
                "table",
                range,
                "a table cannot be shown as text",
                "write it as a list, or attach a picture of it",
            ),
            Tag::FootnoteDefinition(_) => {
                self.flush();
                self.footnote(range);
                self.skipped = 1;
            }
            Tag::Link { link_type, dest_url, .. } => self.link_start(link_type, &dest_url, range),
            Tag::Image { dest_url, .. } => self.image_start(&dest_url, range),
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd, range: Range<usize>) {
        match end {
            TagEnd::Paragraph => self.flush(),
            TagEnd::Heading(_) => {
                self.flush();
                if let Some(underline) = underline(&self.body.markdown[range.clone()]) {
                    self.thematic_break(range.start + underline..range.end);
                }
            }
            TagEnd::CodeBlock => {
                if let Some(code) = self.code.take() {
                    let code = code.replace("\r\n", "\n");
                    self.add(range.start, BlockKind::Code(code.trim_end_matches('\n').to_owned()));
                }
            }
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => self.leave(),
            TagEnd::Link => self.link_end(),
            TagEnd::Image => self.image_end(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, start: usize) {
        if let Some(code) = &mut self.code {
            code.push_str(text);
        } else if let Some(image) = &mut self.image {
            image.alt.push_str(text);
        } else if let Some(link) = &mut self.link {
            link.text.push_str(text);
        } else {
            self.inline_start.get_or_insert(start);
            match self.inline.last_mut() {
                Some(Inline::Text(before)) => before.push_str(text),
                _ => self.inline.push(Inline::Text(text.to_owned())),
            }
        }
    }

    fn line_break(&mut self) {
        if let Some(image) = &mut self.image {
            image.alt.push(' ');
        } else if let Some(link) = &mut self.link {
            link.text.push('\n');
        } else {
            self.inline.push(Inline::Break);
        }
    }

    /// Ends the paragraph being read.
    fn flush(&mut self) {
        let start = self.inline_start.take();
        let inline = std::mem::take(&mut self.inline);
        if let Some(start) = start {
            let inline = without_empty_lines(&inline);
            if !inline.is_empty() {
                self.add(start, BlockKind::Text(inline));
            }
        }
    }

    /// Adds a block that began at `start`.
    fn add(&mut self, start: usize, kind: BlockKind) {
        let apart = self.is_apart(start);
        self.push(Block { apart, kind });
    }

    fn push(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Open::Quote { blocks, .. } | Open::Item { blocks, .. }) => blocks.push(block),
            // Nothing stands between the items of a list.
            Some(Open::List { .. }) => {}
            None => self.part.blocks.push(block),
        }
    }

    fn enter(&mut self, container: Open, range: Range<usize>) {
        self.flush();
        if self.flattened > 0 || self.open.len() >= DEPTH_MAX && !matches!(container, Open::Item { .. }) {
            if self.flattened == 0 {
                let hint = "write it with fewer levels of lists and quotes";
                self.problem(
                    "nested-too-deep",
                    range,
                    format!("lists and quotes are nested more than {DEPTH_MAX} deep"),
                    hint,
                );
            }
            self.flattened += 1;
        } else {
            self.open.push(container);
        }
    }

    fn leave(&mut self) {
        self.flush();
        if self.flattened > 0 {
            self.flattened -= 1;
            return;
        }
        match self.open.pop() {
            Some(Open::Quote { apart, blocks }) if !blocks.is_empty() => {
                self.push(Block { apart, kind: BlockKind::Quote(blocks) });
            }
            Some(Open::List { apart, mut items }) => {
                count_up(&mut items);
                self.push(Block { apart, kind: BlockKind::List(items) });
            }
            Some(Open::Item { apart, marker, blocks }) => {
                if let Some(Open::List { items, .. }) = self.open.last_mut() {
                    items.push(Item { apart, marker, blocks });
                }
            }
            Some(Open::Quote { .. }) | None => {}
        }
    }

    /// Whether the line above the one `start` is in is blank, quote marks aside.
    fn is_apart(&self, start: usize) -> bool {
        let before = &self.body.markdown[..start];
        let Some((above, _)) = before.rsplit_once('\n') else { return false };
        let above = above.rsplit('\n').next().unwrap_or_default();
        above.chars().all(|c| c.is_whitespace() || c == '>') || is_break_line(above)
    }

    fn thematic_break(&mut self, range: Range<usize>) {
        self.flush();
        if !self.thread {
            let hint = "add `thread: true` to the front matter to split the post here, or leave the line out";
            let message = "this line does not split the post: it is shown as a blank line";
            let problem = Problem::warning("break-ignored", &self.body.source, message);
            self.problems.push(problem.at(self.span(range)).hint(hint));
        } else if self.open.is_empty() {
            self.next_part(range.start, range.end);
        }
    }

    fn next_part(&mut self, end: usize, next_start: usize) {
        let mut part = std::mem::take(&mut self.part);
        let markdown = &self.body.markdown[self.part_start..end];
        let start = self.part_start + (markdown.len() - markdown.trim_start().len());
        let length = markdown.trim().len();
        part.span = self.span(start..start + length);
        self.part_start = next_start;
        self.parts.push(part);
    }

    fn html(&mut self, html: &str, range: Range<usize>) {
        // The closing tag of one that was reported.
        if html.starts_with("</") && self.problems.iter().any(|problem| problem.code == "html") {
            return;
        }
        let hint = "leave the tag out; for the character itself write `\\<`";
        let shown: String = html.lines().next().unwrap_or_default().chars().take(40).collect();
        self.problem("html", range, format!("HTML cannot be shown as text: `{shown}`"), hint);
    }

    fn footnote(&mut self, range: Range<usize>) {
        let message = "a footnote cannot be shown as text";
        self.problem(
            "footnote",
            range,
            message.to_owned(),
            "say it in the text; for the characters themselves write `\\[^`",
        );
    }

    fn skip(&mut self, code: &'static str, range: Range<usize>, message: &str, hint: &str) {
        self.flush();
        self.problem(code, range, message.to_owned(), hint);
        self.skipped = 1;
    }

    fn link_start(&mut self, link_type: LinkType, url: &str, range: Range<usize>) {
        self.inline_start.get_or_insert(range.start);
        let url = if link_type == LinkType::Email { format!("mailto:{url}") } else { url.to_owned() };
        self.link = Some(Link { url, text: String::new(), range });
    }

    fn link_end(&mut self) {
        let Some(Link { url, text, range }) = self.link.take() else { return };
        let Some(url) = shown_address(&url) else {
            let message = format!("the link `{url}` leads nowhere outside this repository");
            self.problem("relative-link", range, message, "write the whole address: `https://...`");
            return;
        };
        let text = if repeats(&text, url) { String::new() } else { text };
        self.inline.push(Inline::Link { text, url: url.to_owned() });
    }

    fn image_start(&mut self, src: &str, range: Range<usize>) {
        match &mut self.image {
            Some(image) => image.nested += 1,
            None => self.image = Some(Image { src: src.to_owned(), alt: String::new(), range, nested: 0 }),
        }
    }

    fn image_end(&mut self) {
        match &mut self.image {
            Some(image) if image.nested > 0 => image.nested -= 1,
            _ => {
                if let Some(image) = self.image.take() {
                    self.attach(image);
                }
            }
        }
    }

    fn attach(&mut self, Image { src, alt, range, .. }: Image) {
        if is_address(&src) {
            let hint = "download it into the repository and name the file: only what is committed is published";
            self.problem("remote-image", range, format!("the picture `{src}` is not in this repository"), hint);
            return;
        }
        // The space before the picture goes with it.
        if let Some(Inline::Text(before)) = self.inline.last_mut() {
            before.truncate(before.trim_end_matches(' ').len());
        }
        // A Markdown destination is a URL: `my%20cat.jpg` is the file `my cat.jpg`.
        let src = percent_encoding::percent_decode_str(&src).decode_utf8().map_or_else(|_| src.clone(), Into::into);
        let alt = Some(alt.trim().to_owned()).filter(|alt| !alt.is_empty());
        let src = Located::new(src, self.span(range));
        let part = Some(self.parts.len() + 1);
        self.part.images.push(MediaWish { src, alt, part, title: None, cover: None, captions: None });
    }

    fn problem(&mut self, code: &'static str, range: Range<usize>, message: String, hint: &str) {
        let span = self.span(range);
        self.problems.push(Problem::error(code, &self.body.source, message).at(span).hint(hint));
    }

    /// Bytes of the file for bytes of the Markdown.
    fn span(&self, range: Range<usize>) -> Range<usize> {
        let trimmed = self.body.markdown[range.clone()].trim_end().len();
        match self.body.offset {
            Some(offset) => offset + range.start..offset + range.start + trimmed,
            None => self.body.span.clone(),
        }
    }

    pub(super) fn finish(mut self) -> (Document, Vec<Problem>) {
        self.flush();
        for range in std::mem::take(&mut self.unused).into_values() {
            let line = self.body.markdown[range.clone()].lines().next().unwrap_or_default();
            let message = format!("`{line}` defines a link that nothing refers to, so no reader would see it");
            self.problem("unused-link", range, message, "to show it as it is, write `\\[` for `[`");
        }
        let end = self.body.markdown.len();
        self.next_part(end, end);
        (Document { parts: self.parts }, self.problems)
    }
}

/// The marker of the list item that `source` begins with.
fn marker(source: &str) -> String {
    let digits = source.bytes().take_while(u8::is_ascii_digit).count();
    match source[digits..].chars().next() {
        Some(mark @ ('.' | ')')) if digits > 0 => format!("{}{mark}", &source[..digits]),
        _ => "•".to_owned(),
    }
}

/// Numbers are kept as typed; where all are the same (`1. 1. 1.`), Markdown's short way, they count up.
fn count_up(items: &mut [Item]) {
    let [first, rest @ ..] = items else { return };
    let Some(end) = first.marker.find(['.', ')']) else { return };
    let (digits, mark) = first.marker.split_at(end);
    if let Ok(number) = digits.parse::<u64>()
        && rest.iter().all(|item| item.marker == first.marker)
    {
        for (item, number) in rest.iter_mut().zip(number + 1..) {
            item.marker = format!("{number}{mark}");
        }
    }
}

/// Where the `---` below the text of a heading begins; `None` for other headings.
fn underline(heading: &str) -> Option<usize> {
    let start = heading.trim_end().rfind('\n')? + 1;
    is_break_line(&heading[start..]).then_some(start)
}

/// Three or more of the same mark: a thematic break, or the underline of a heading.
fn is_break_line(line: &str) -> bool {
    let marks: Vec<char> = line.chars().filter(|c| !c.is_whitespace()).collect();
    marks.len() >= 3 && matches!(marks[0], '-' | '*' | '_') && marks.iter().all(|mark| *mark == marks[0])
}

/// The address as people read it; `None` where it is none outside the repository.
fn shown_address(url: &str) -> Option<&str> {
    if let Some(mail) = url.strip_prefix("mailto:") {
        return Some(mail);
    }
    let (scheme, rest) = url.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (is_scheme && !rest.is_empty()).then_some(url)
}

/// Whether a link's text says no more than its address.
fn repeats(text: &str, url: &str) -> bool {
    let bare = |address: &str| {
        let address = address.strip_prefix("https://").or(address.strip_prefix("http://")).unwrap_or(address);
        address.strip_suffix('/').unwrap_or(address).to_owned()
    };
    let text = text.trim();
    text.is_empty() || bare(text) == bare(url)
}

/// White space that Markdown does not mind; others (no-break spaces) are there on purpose.
const BLANK: [char; 2] = [' ', '\t'];

/// Drops lines on which nothing is left once pictures are gone, and breaks at either end.
fn without_empty_lines(inline: &[Inline]) -> Vec<Inline> {
    let mut kept: Vec<Inline> = Vec::with_capacity(inline.len());
    for line in inline.split(|inline| *inline == Inline::Break) {
        let mut line = line.to_vec();
        if let Some(Inline::Text(text)) = line.first_mut() {
            *text = text.trim_start_matches(BLANK).to_owned();
        }
        if let Some(Inline::Text(text)) = line.last_mut() {
            *text = text.trim_end_matches(BLANK).to_owned();
        }
        line.retain(|inline| *inline != Inline::Text(String::new()));
        if line.is_empty() {
            continue;
        }
        if !kept.is_empty() {
            kept.push(Inline::Break);
        }
        kept.append(&mut line);
    }
    kept
}
