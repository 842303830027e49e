//! Front matter in the Markdown of an article: it says the same as the fields of the request, and wins.

use serde_json::{Map, Value};

/// What a text's front matter says, by the names of the fields, and the text behind it; nothing where it has none.
pub(super) fn split(markdown: &str) -> Option<(Map<String, Value>, String)> {
    let rest = markdown.strip_prefix("---\n").or(markdown.strip_prefix("---\r\n"))?;
    let mut values = Map::new();
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "---" {
            return Some((values, rest[at..].trim_start_matches(['\r', '\n']).to_owned()));
        }
        let (name, value) = line.split_once(':')?;
        let value = value.trim().trim_matches(['"', '\'']);
        let name = if name.trim() == "cover_image" { "main_image" } else { name.trim() };
        let value = match (name, value) {
            ("published", "true") => Value::from(true),
            ("published", _) => Value::from(false),
            _ => Value::from(value),
        };
        values.insert(name.to_owned(), value);
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn front_matter_is_at_the_beginning() {
        for (markdown, expected) in [
            (
                "---\ntitle: \"Tea: hot\"\npublished: true\ncover_image: https://e.org/a.png\n---\n\nText",
                Some((json!({"title": "Tea: hot", "published": true, "main_image": "https://e.org/a.png"}), "Text")),
            ),
            ("---\n---\nText", Some((json!({}), "Text"))),
            ("Text\n---\ntitle: Tea\n---\n", None),
            ("---\ntitle: Tea\n", None),
            ("---\n\nA rule, and text\n\n---\n", None),
            ("", None),
        ] {
            let found = split(markdown).map(|(values, text)| (Value::Object(values), text));
            assert_eq!(found, expected.map(|(values, text)| (values, text.to_owned())), "{markdown}");
        }
    }
}
