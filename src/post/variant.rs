//! Variants: `<stem>.<account or platform>.md` beside a post holds the body for that account or platform. Knows no front matter.

use super::{Body, Post, front};
use crate::error::{Problem, Source};

/// The post a file is a variant of, and for whom: `posts/tea.x.md` -> `posts/tea.md` and `x`.
///
/// A file is a variant only where that post exists and the name is that of an account or platform; any other file with dots in
/// its name is a post of its own. Names may hold dots themselves (`tea.ann.bsky.social.md`), so every dot is tried, and the
/// longest name wins.
pub fn variant_of(path: &str, exists: impl Fn(&str) -> bool, known: impl Fn(&str) -> bool) -> Option<(String, String)> {
    let stem = path.strip_suffix(".md")?;
    let file = stem.rfind('/').map_or(0, |slash| slash + 1);
    stem[file..].match_indices('.').find_map(|(dot, _)| {
        let (post, name) = (&stem[..file + dot], &stem[file + dot + 1..]);
        let post = format!("{post}.md");
        (dot > 0 && known(name) && exists(&post)).then(|| (post, name.to_owned()))
    })
}

/// What all files that may have to do with a post begin with, up to a dot: those of one folder whose names are the same up to the first.
/// `posts/2026/tea.x.md` is of `posts/2026/tea`.
pub fn family_of(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    path[name..].find('.').map_or(path, |dot| &path[..name + dot])
}

/// Gives a post the body it has for `name`.
pub fn attach_variant(post: &mut Post, name: &str, source: &Source) -> Vec<Problem> {
    let mut problems = Vec::new();
    if front::begins(&source.text) {
        let first = source.text.find('\n').unwrap_or(source.text.len());
        let message = format!("a text for `{name}` alone has no front matter");
        let hint =
            format!("write its keys in {} under `overrides`, `{name}`; here goes the text only", post.source.path);
        problems.push(Problem::error("variant-front-matter", source, message).at(0..first).hint(hint));
    }
    let offset = front::text_start(&source.text);
    let markdown = source.text[offset..].to_owned();
    let body = Body { source: source.clone(), offset: Some(offset), span: offset..source.text.len(), markdown };
    post.variants.insert(name.to_owned(), body);
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post;

    #[test]
    fn a_variant_has_a_post_and_a_known_name() {
        let exists = |path: &str| ["posts/tea.md", "posts/a/b.md", "posts/v1.2.md"].contains(&path);
        let known = |name: &str| ["x", "acme-x", "ann.bsky.social", "social"].contains(&name);
        for (path, expected) in [
            ("posts/tea.md", None),
            ("posts/tea.x.md", Some(("posts/tea.md", "x"))),
            ("posts/a/b.acme-x.md", Some(("posts/a/b.md", "acme-x"))),
            ("posts/tea.ann.bsky.social.md", Some(("posts/tea.md", "ann.bsky.social"))),
            ("posts/v1.2.x.md", Some(("posts/v1.2.md", "x"))),
            ("posts/tea.friday.md", None),
            ("posts/coffee.x.md", None),
            ("posts/.x.md", None),
            ("posts/a.b/x.md", None),
            ("posts/tea.x.txt", None),
        ] {
            let expected = expected.map(|(post, name)| (post.to_owned(), name.to_owned()));
            assert_eq!(variant_of(path, exists, known), expected, "{path}");
        }
    }

    #[test]
    fn a_variant_is_text_only() {
        let (post, _) = post::parse(&Source::new("posts/tea.md", "---\ntargets: [x]\n---\nTea\n"), None);
        let mut post = post.unwrap();
        assert_eq!(attach_variant(&mut post, "x", &Source::new("posts/tea.x.md", "\u{feff}Tea, short\n")), []);
        assert_eq!((post.variants["x"].markdown.as_str(), post.variants["x"].offset), ("Tea, short\n", Some(3)));

        let problems = attach_variant(&mut post, "x", &Source::new("posts/tea.x.md", "---\nlang: en\n---\nTea\n"));
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].message, "a text for `x` alone has no front matter");
        assert_eq!(
            problems[0].hint.as_deref(),
            Some("write its keys in posts/tea.md under `overrides`, `x`; here goes the text only")
        );
    }

    #[test]
    fn a_family_is_what_begins_the_same() {
        for (path, family) in [
            ("posts/tea.md", "posts/tea"),
            ("posts/tea.x.md", "posts/tea"),
            ("posts/v1.2.x.md", "posts/v1"),
            ("posts/a.b/tea.md", "posts/a.b/tea"),
            ("posts/.md", "posts/"),
            ("posts/tea", "posts/tea"),
        ] {
            assert_eq!(family_of(path), family);
        }
    }
}
