//! What only Forem asks for: tags of letters and digits, an address of the original that is one, one picture above the text, and
//! no commands of Liquid in it.
//!
//! Sources: <https://github.com/forem/forem/blob/main/app/models/article.rb>, <https://developers.forem.com/api/v1#tag/articles>,
//! <https://shopify.github.io/liquid/tags/template/#raw>.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};
use url::{Host, Url};

use crate::error::Problem;
use crate::fit::{Fitting, Media, Rendition, markdown};

const TAGS_MAX: usize = 4;
const TAG_MAX: usize = 30;
const TAG_LIST_MAX: usize = 126;

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let wishes = &fitting.target.wishes;
    let tags = wishes.tags.as_ref().map(|tags| tags.span.clone());
    let canonical = wishes.settings.get("canonical_url").map(|setting| setting.span.clone());
    check_tags(fitting, rendition, tags);
    if let Some(url) = rendition.settings.get("canonical_url")
        && !is_canonical(url)
    {
        let message = format!("`canonical_url` is no address that Forem takes: {url}");
        error(
            fitting,
            "bad-setting",
            canonical,
            message,
            "write the whole address of the original: `https://example.com/tea`",
        );
    }
    let above: Vec<&Media> = above(rendition).collect();
    if let [_, more, ..] = above[..] {
        let message = format!("Forem shows one picture above an article, and {} are not in its text", above.len());
        let hint = format!("write it into the text: `![what it shows]({})`", more.path);
        error(fitting, "too-many-images", None, message, &hint);
    }
}

fn error(fitting: &mut Fitting<'_>, code: &'static str, span: Option<Range<usize>>, message: String, hint: &str) {
    let problem = Problem::error(code, &fitting.target.source, message).hint(hint);
    fitting.problems.push(match span {
        Some(span) => problem.at(span),
        None => problem,
    });
}

fn check_tags(fitting: &mut Fitting<'_>, rendition: &Rendition, span: Option<Range<usize>>) {
    let tags = &rendition.tags;
    if tags.len() > TAGS_MAX {
        let over = tags.len() - TAGS_MAX;
        let message = format!("the post has {} tags; Forem takes {TAGS_MAX}", tags.len());
        let hint = format!("leave {over} out, or name others there: `overrides: {{forem: {{tags: [...]}}}}`");
        error(fitting, "too-many-tags", span.clone(), message, &hint);
    }
    let own = fitting.target.wishes.tags.as_ref().map(|tags| tags.value.clone()).unwrap_or_default();
    for (tag, written) in tags.iter().zip(&own) {
        let length = tag.chars().count();
        if tag.is_empty() {
            let message =
                format!("nothing of the tag `{written}` can be a tag of Forem, which has letters and digits alone");
            error(fitting, "bad-tag", span.clone(), message, "write another");
        } else if length > TAG_MAX {
            let over = length - TAG_MAX;
            let message = format!("the tag `{tag}` has {length} characters; Forem takes {TAG_MAX}: {over} too many");
            error(fitting, "bad-tag", span.clone(), message, "shorten it");
        }
    }
    let list = tags.join(", ").chars().count();
    if tags.len() <= TAGS_MAX && list > TAG_LIST_MAX {
        let message = format!("the tags have {list} characters together; Forem takes {TAG_LIST_MAX}");
        error(fitting, "bad-tag", span, message, "take shorter ones, or fewer");
    }
}

/// A tag as Forem knows it: `Open Source` is `opensource` there, `C++` is `cpp`.
pub(super) fn tag(tag: &str) -> String {
    let tag = tag.trim().trim_start_matches('#').to_lowercase();
    let known = [("c++", "cpp"), ("c#", "csharp"), ("f#", "fsharp"), (".net", "dotnet")];
    if let Some((_, own)) = known.into_iter().find(|(word, _)| *word == tag) {
        return own.to_owned();
    }
    tag.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// On the web, with a name, and not on this machine.
fn is_canonical(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_named = match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && !name.ends_with(".local"),
        _ => false,
    };
    is_named && matches!(url.scheme(), "http" | "https") && !text.contains(char::is_whitespace)
}

/// The pictures that the text itself does not show.
pub fn above(rendition: &Rendition) -> impl Iterator<Item = &Media> {
    let text = rendition.parts.first().map_or("", |part| part.text.as_str());
    rendition.media().map(|(_, media)| media).filter(move |media| !markdown::shows(text, &media.path))
}

/// A text in which nothing is a command of Liquid, nor the settings of an article: both would be carried out, and not shown.
/// What is code Forem lets alone by itself.
pub fn harmless(text: &str) -> String {
    let text = match text.strip_prefix("---") {
        // A line across the page is the same in stars.
        Some(rest) if rest.trim_start_matches('-').starts_with(['\n', '\r']) => {
            format!("***{}", rest.trim_start_matches('-'))
        }
        _ => text.to_owned(),
    };
    let code: Vec<Range<usize>> = Parser::new(&text).into_offset_iter().filter_map(code).collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = next_command(&text, at, &code) {
        let length = text[found..].len() - text[found..].trim_start_matches(['{', '%']).len();
        out.push_str(&text[at..found]);
        out.push_str("{% raw %}");
        out.push_str(&text[found..found + length]);
        out.push_str("{% endraw %}");
        at = found + length;
    }
    out.push_str(&text[at..]);
    out
}

/// Where the next command begins that is no code.
fn next_command(text: &str, from: usize, code: &[Range<usize>]) -> Option<usize> {
    let starts = text[from..].match_indices('{').map(|(at, _)| from + at);
    let is_command = |at: &usize| text[*at..].starts_with("{%") || text[*at..].starts_with("{{");
    starts.filter(is_command).find(|at| !code.iter().any(|code| code.contains(at)))
}

fn code((event, range): (Event<'_>, Range<usize>)) -> Option<Range<usize>> {
    match event {
        Event::Code(_) | Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => Some(range),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_letters_and_digits() {
        for (written, own) in [
            ("rust", "rust"),
            ("Open-Source", "opensource"),
            ("#CI CD", "cicd"),
            ("C++", "cpp"),
            (".NET", "dotnet"),
            ("!?", ""),
        ] {
            assert_eq!(tag(written), own);
        }
    }

    #[test]
    fn nothing_is_carried_out() {
        for (text, sent) in [
            ("Tea {cup} 5%}", "Tea {cup} 5%}"),
            ("{% embed x %} {{ y }}", "{% raw %}{%{% endraw %} embed x %} {% raw %}{{{% endraw %} y }}"),
            ("{{% x", "{% raw %}{{%{% endraw %} x"),
            ("{% endraw %}", "{% raw %}{%{% endraw %} endraw %}"),
            (
                "`{% a %}` {% b %}\n\n```\n{{ c }}\n```\n",
                "`{% a %}` {% raw %}{%{% endraw %} b %}\n\n```\n{{ c }}\n```\n",
            ),
            ("---\ntitle: x\n---\n", "***\ntitle: x\n---\n"),
            ("--- x", "--- x"),
        ] {
            assert_eq!(harmless(text), sent, "{text}");
        }
    }

    #[test]
    fn originals_are_on_the_web() {
        for (url, is_one) in [
            ("https://example.com/tea", true),
            ("http://example.com", true),
            ("https://localhost/tea", false),
            ("https://127.0.0.1/tea", false),
            ("https://example.com/a b", false),
            ("ftp://example.com/", false),
            ("example.com", false),
        ] {
            assert_eq!(is_canonical(url), is_one, "{url}");
        }
    }
}
