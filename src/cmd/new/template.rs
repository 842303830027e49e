//! A template of a post: a post's file in which `{{title}}` and the like stand for what a new one is given.

use crate::error::{Problem, Source};
use crate::suggest;

/// What a variable stands for.
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) value: String,
    /// Whether it was written by a person, and may mean something to YAML.
    pub(super) is_words: bool,
}

/// The template with every variable replaced; in the front matter so that YAML reads what is meant.
///
/// # Errors
/// Every variable that there is not.
pub(super) fn fill(template: &Source, variables: &[Variable]) -> Result<String, Vec<Problem>> {
    let text = &*template.text;
    let body = body_of(text);
    let (mut out, mut problems, mut at) = (String::with_capacity(text.len()), Vec::new(), 0);
    while let Some((start, end, name)) = next(text, at) {
        out.push_str(&text[at..start]);
        match variables.iter().find(|variable| variable.name == name) {
            Some(variable) if start < body => out.push_str(&in_yaml(variable, text, start, end)),
            Some(variable) => out.push_str(&variable.value),
            None => problems.push(unknown(template, name, start..end, variables)),
        }
        at = end;
    }
    out.push_str(&text[at..]);
    if problems.is_empty() { Ok(out) } else { Err(problems) }
}

/// The next `{{ name }}`: where it begins and ends, and the name. Other braces are text.
fn next(text: &str, mut at: usize) -> Option<(usize, usize, &str)> {
    loop {
        let start = at + text[at..].find("{{")?;
        let inside = &text[start + 2..];
        let name = inside.split("}}").next().unwrap_or_default().trim();
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        match inside.find("}}").filter(|_| is_name) {
            Some(length) => return Some((start, start + length + 4, name)),
            None => at = start + 2,
        }
    }
}

/// Where the text begins, past the front matter.
fn body_of(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else { return 0 };
    let from = text.len() - rest.len();
    rest.find("\n---").map_or(text.len(), |end| from + end)
}

/// A value as YAML reads it: within quotes escaped for these, alone in quotes of its own if it is words.
fn in_yaml(variable: &Variable, text: &str, start: usize, end: usize) -> String {
    let value = &variable.value;
    let before = text[..start].rsplit('\n').next().unwrap_or_default();
    let after = text[end..].split('\n').next().unwrap_or_default().trim();
    // A JSON string is a string of YAML as well.
    let quoted = serde_json::Value::from(value.as_str()).to_string();
    match open_quote(before) {
        Some('"') => quoted[1..quoted.len() - 1].to_owned(),
        Some(_) => value.replace('\'', "''"),
        None if !variable.is_words => value.clone(),
        // The end of the value: of a list, of a line, before a comment.
        None if before.ends_with([' ', '[', ',', ':'])
            && (after.is_empty() || after.starts_with([',', ']', '}', '#'])) =>
        {
            quoted
        }
        None => value.clone(),
    }
}

/// The quote that is open at the end of the beginning of a line.
fn open_quote(before: &str) -> Option<char> {
    let mut open = None;
    let mut characters = before.chars();
    while let Some(character) = characters.next() {
        match (open, character) {
            (Some('"'), '\\') => drop(characters.next()),
            (Some(quote), character) if quote == character => open = None,
            (None, '"' | '\'') => open = Some(character),
            _ => {}
        }
    }
    open
}

fn unknown(template: &Source, name: &str, place: std::ops::Range<usize>, variables: &[Variable]) -> Problem {
    let names = || variables.iter().map(|variable| variable.name);
    let hint = match suggest::nearest(name, names()) {
        Some(near) => format!("did you mean `{{{{{near}}}}}`?"),
        None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
    };
    Problem::error("unknown-variable", template, format!("there is no variable `{name}`")).at(place).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post;

    fn variables(title: &str) -> Vec<Variable> {
        let variable = |name, value: &str, is_words| Variable { name, value: value.to_owned(), is_words };
        vec![variable("title", title, true), variable("id", "tea", false), variable("date", "2026-11-21", false)]
    }

    fn filled(text: &str, title: &str) -> String {
        fill(&Source::new("templates/post.md", text), &variables(title)).unwrap()
    }

    #[test]
    fn variables_stand_for_what_is_given() {
        for (template, expected) in [
            ("---\nid: {{id}}\n---\n# {{ title }}\n", "---\nid: tea\n---\n# It's \"tea\"\n"),
            ("---\ntitle: {{title}}\n---\n", "---\ntitle: \"It's \\\"tea\\\"\"\n---\n"),
            ("---\ntitle: {{title}}   # ours\n---\n", "---\ntitle: \"It's \\\"tea\\\"\"   # ours\n---\n"),
            ("---\ntitle: \"New: {{title}}!\"\n---\n", "---\ntitle: \"New: It's \\\"tea\\\"!\"\n---\n"),
            ("---\ntitle: 'New: {{title}}'\n---\n", "---\ntitle: 'New: It''s \"tea\"'\n---\n"),
            ("---\ntags: [{{title}}, tea]\n---\n", "---\ntags: [\"It's \\\"tea\\\"\", tea]\n---\n"),
            ("---\nschedule: {{date}} 09:00\n---\n", "---\nschedule: 2026-11-21 09:00\n---\n"),
            ("{{< youtube x >}} {{ }} {{title", "{{< youtube x >}} {{ }} {{title"),
            ("{{{{id}}}}", "{{tea}}"),
        ] {
            assert_eq!(filled(template, "It's \"tea\""), expected);
        }
    }

    #[test]
    fn whatever_the_title_the_front_matter_is_sound() {
        let template = "---\nid: {{id}}\ntitle: {{title}}\nschedule: on-merge\n---\n\n{{title}}\n";
        for title in ["Tea: \"why\" # and how", "---", "C:\\tea", "{a: b}", "é\u{1f375}", "{{id}}", "2027"] {
            let (post, problems) = post::parse(&Source::new("posts/tea.md", filled(template, title)), None);
            assert_eq!(problems, [], "{title}");
            assert_eq!(post.unwrap().wishes.title.unwrap().value, title);
        }
    }

    #[test]
    fn a_variable_nobody_knows_is_told_with_its_place() {
        let template = Source::new("templates/post.md", "---\nid: {{id}}\n---\n{{titel}} {{weather}}\n");
        let problems = fill(&template, &variables("Tea")).unwrap_err();
        let told: Vec<_> =
            problems.iter().map(|its| (its.start(), its.message.as_str(), its.hint.as_deref())).collect();
        assert_eq!(
            told,
            [
                ((4, 1), "there is no variable `titel`", Some("did you mean `{{title}}`?")),
                ((4, 11), "there is no variable `weather`", Some("there are title, id, date")),
            ]
        );
    }
}
