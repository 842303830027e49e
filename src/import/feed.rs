//! An RSS, Atom or JSON feed -> [`Found`]s: an entry with a title is announced by it and its link, one without is its text.

use feed_rs::model::{Entry, Feed};
use feed_rs::parser;

use super::{Elsewhere, Found, When, html};
use crate::error::{Problem, Source};

/// What a feed holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    pub found: Vec<Found>,
    /// What could not be taken over.
    pub notes: Vec<String>,
}

/// Reads a feed; `address` is where it comes from, for links that are relative to it.
///
/// # Errors
/// When it is no feed.
pub fn read(source: &Source, address: Option<&str>) -> Result<Read, Box<Problem>> {
    // Without an id of its own an entry is known by its link; one with neither cannot be known again.
    let known_by = |links: &[feed_rs::model::Link], _: &Option<feed_rs::model::Text>, _: Option<&str>| {
        links.first().map(|link| link.href.clone()).unwrap_or_default()
    };
    let reader = parser::Builder::new().base_uri(address).id_generator(known_by).build();
    let feed: Feed = reader.parse(source.text.as_bytes()).map_err(|error| {
        let problem = Problem::error("bad-feed", source, format!("this is no feed: {error}"));
        Box::new(problem.hint("RSS, Atom and JSON Feed are read; a page often names its feed as `rel=\"alternate\"`"))
    })?;
    let mut read = Read::default();
    for (index, entry) in feed.entries.iter().enumerate() {
        match found(entry, index + 1) {
            Ok(found) => read.found.push(found),
            Err(note) => read.notes.push(note),
        }
    }
    Ok(read)
}

fn found(entry: &Entry, number: usize) -> Result<Found, String> {
    let title = entry
        .title
        .as_ref()
        .map(|title| one_line(&plain(&title.content, is_html(title))))
        .filter(|title| !title.is_empty());
    let link = link(entry);
    let at = format!("entry {number} ({})", title.as_deref().or(link.as_deref()).unwrap_or(&entry.id));
    if entry.id.trim().is_empty() {
        return Err(format!("{at} has neither an id nor a link: it could not be known again"));
    }
    let words = words(entry);
    let mut found = Found {
        name: name(link.as_deref(), title.as_deref(), &words),
        key: entry.id.trim().to_owned(),
        when: entry.published.or(entry.updated).map(|instant| When { instant, zone: "UTC".to_owned() }),
        at,
        ..Found::default()
    };
    match (title, link) {
        (Some(title), Some(link)) => {
            found.parts = vec![format!("{title}\n\n{link}")];
            (found.title, found.link) = (Some(title), Some(link));
        }
        (Some(title), None) => {
            found.parts = vec![if words.is_empty() { title.clone() } else { words }];
            found.title = Some(title);
        }
        (None, _) => {
            found.elsewhere = elsewhere(entry);
            if words.is_empty() && found.elsewhere.is_empty() {
                return Err(format!("{} has neither a title nor a text", found.at));
            }
            found.parts = if words.is_empty() { Vec::new() } else { vec![words] };
        }
    }
    Ok(found)
}

fn is_html(text: &feed_rs::model::Text) -> bool {
    text.content_type.as_str().contains("html")
}

fn plain(text: &str, is_html: bool) -> String {
    // Feeds are not strict about what is HTML and what is not.
    if is_html || text.contains("</") || text.contains("&#") || text.contains("&amp;") {
        html::text(text)
    } else {
        text.trim().to_owned()
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The page it is about.
fn link(entry: &Entry) -> Option<String> {
    let is_page = |link: &&feed_rs::model::Link| link.rel.as_deref().is_none_or(|rel| rel == "alternate");
    let address = &entry.links.iter().find(is_page)?.href;
    address.starts_with("http").then(|| address.clone())
}

fn words(entry: &Entry) -> String {
    let body = entry.content.as_ref().and_then(|content| Some((content.body.as_ref()?, &content.content_type)));
    match (body, &entry.summary) {
        (Some((body, kind)), _) => plain(body, kind.as_str().contains("html")),
        (None, Some(summary)) => plain(&summary.content, is_html(summary)),
        (None, None) => String::new(),
    }
}

/// The last word of the address, which authors chose; else the title, or the first words.
fn name(link: Option<&str>, title: Option<&str>, words: &str) -> String {
    let path = link.and_then(|link| link.split(['?', '#']).next()?.split("://").nth(1)?.split_once('/'));
    let last = path.and_then(|(_, path)| path.split('/').rfind(|word| !word.is_empty()));
    let last =
        last.map(|last| last.trim_end_matches(".html")).filter(|last| last.chars().any(|c| c.is_ascii_lowercase()));
    let first = || words.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
    last.or(title).map_or_else(first, str::to_owned)
}

fn elsewhere(entry: &Entry) -> Vec<Elsewhere> {
    let of_media = entry.media.iter().flat_map(|media| {
        let alt = media.description.as_ref().map(|alt| one_line(&alt.content));
        media.content.iter().filter_map(move |content| Some((content.url.as_ref()?.to_string(), alt.clone())))
    });
    let attached = entry.links.iter().filter(|link| link.rel.as_deref() == Some("enclosure"));
    let attached = attached.map(|link| (link.href.clone(), None));
    let mut files: Vec<Elsewhere> = Vec::new();
    for (address, alt) in of_media.chain(attached) {
        if files.iter().all(|file| file.address != address) {
            files.push(Elsewhere { address, alt });
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(text: &str) -> Read {
        read(&Source::new("feed.xml", text), Some("https://a.example/feed.xml")).unwrap()
    }

    fn told(found: &Found) -> String {
        let when = found.when.as_ref().map_or("-".to_owned(), |when| when.instant.format("%F %H:%M").to_string());
        let files: Vec<String> = found.elsewhere.iter().map(|file| file.address.clone()).collect();
        format!("{} | {} | {when} | {:?} | {}", found.name, found.key, found.parts.join("/"), files.join(" "))
    }

    #[test]
    fn rss_atom_and_json_are_alike() {
        let rss = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>T</title><link>https://a.example</link>\
                   <description>D</description><item><title>Tea &amp;amp; cake</title>\
                   <link>https://a.example/2024/tea-time/</link><guid>https://a.example/?p=1</guid>\
                   <pubDate>Tue, 02 Jan 2024 10:00:00 +0100</pubDate><description>&lt;p&gt;Long&lt;/p&gt;</description></item>\
                   </channel></rss>";
        let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>T</title><id>x</id><updated>2024-01-02T09:00:00Z</updated>\
                    <entry><title>Tea &amp; cake</title><id>https://a.example/?p=1</id>\
                    <link href=\"https://a.example/2024/tea-time/\"/><updated>2024-01-02T09:00:00Z</updated></entry></feed>";
        let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "https://a.example/?p=1",
                     "url": "https://a.example/2024/tea-time/", "title": "Tea & cake", "content_text": "Long",
                     "date_published": "2024-01-02T09:00:00Z"}]}"#;
        for text in [rss, atom, json] {
            let read = feed(text);
            let expected = "tea-time | https://a.example/?p=1 | 2024-01-02 09:00 | \
                            \"Tea & cake\\n\\nhttps://a.example/2024/tea-time/\" | ";
            assert_eq!(read.found.iter().map(told).collect::<Vec<_>>(), [expected], "{text}");
            assert_eq!(read.found[0].link.as_deref(), Some("https://a.example/2024/tea-time/"));
        }
    }

    #[test]
    fn an_entry_without_a_title_is_its_text() {
        let read = feed(
            "<rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>T</title>\
             <link>https://s.example</link><description>D</description><item><guid>https://s.example/@a/1</guid>\
             <link>https://s.example/@a/1</link><description>&lt;p&gt;Tea&lt;br&gt;is ready&lt;/p&gt;</description>\
             <media:content url=\"https://s.example/a.png\" type=\"image/png\"><media:description>A pot</media:description>\
             </media:content></item><item><description></description></item></channel></rss>",
        );
        let expected = "Tea is ready | https://s.example/@a/1 | - | \"Tea\\nis ready\" | https://s.example/a.png";
        assert_eq!(read.found.iter().map(told).collect::<Vec<_>>(), [expected]);
        assert_eq!(read.notes, ["entry 2 () has neither an id nor a link: it could not be known again"]);
    }

    #[test]
    fn what_is_no_feed_is_told() {
        for text in ["", "<html><body>no</body></html>", "{}", "[", "\u{0}"] {
            let problem = read(&Source::new("feed.xml", text), None).unwrap_err();
            assert!(problem.message.starts_with("this is no feed: "), "{}", problem.message);
        }
    }
}
