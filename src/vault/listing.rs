//! Adds and removes a recipient in the text of accounts.toml, and leaves every other character as the person wrote it.
//! Knows where the list stands, and nothing else of the file.

use std::ops::Range;

use serde::Deserialize;
use toml::{Spanned, Table, Value};

use super::recipients::Recipient;
use crate::error::{Failure, Kind};

#[derive(Deserialize)]
struct File {
    encryption: Option<Encryption>,
}

#[derive(Deserialize)]
struct Encryption {
    recipients: Option<Spanned<Vec<Spanned<String>>>>,
}

/// Where the list and its elements stand.
struct Place {
    list: Range<usize>,
    elements: Vec<(String, Range<usize>)>,
}

/// The text of accounts.toml with one recipient more, at the list's end and in the list's own layout.
///
/// # Errors
/// The file is no TOML, the recipient is there already, or the layout is one we dare not touch.
pub fn add_recipient(text: &str, recipient: &Recipient) -> Result<String, Failure> {
    let place = find(text)?;
    let mut wanted = written(place.as_ref());
    if wanted.iter().any(|written| is(written, recipient)) {
        return Err(failure(&format!("{} is a recipient already", recipient.label())));
    }
    let added = recipient.to_string();
    let literal = Value::from(added.as_str()).to_string();
    let edited = match &place {
        Some(place) => insert(text, place, &literal),
        None => begin(text, &literal),
    };
    wanted.push(added);
    checked(text, edited, &wanted)
}

/// The text of accounts.toml without that recipient, whatever comment stands behind its key.
///
/// # Errors
/// The file is no TOML, the recipient is not there or the only one, or the layout is one we dare not touch.
pub fn remove_recipient(text: &str, recipient: &Recipient) -> Result<String, Failure> {
    let place = find(text)?;
    let all = written(place.as_ref());
    let wanted: Vec<String> = all.iter().filter(|written| !is(written, recipient)).cloned().collect();
    if wanted.len() == all.len() {
        return Err(failure(&format!("{} is not a recipient", recipient.label())));
    }
    if wanted.is_empty() {
        return Err(failure(&format!("{} is the only recipient: nobody could open the tokens", recipient.label()))
            .hint("add another first: `pressroom keys add age1...`"));
    }
    let mut edited = text.to_owned();
    // One at a time: two that stand side by side share a comma.
    while let Ok(Some(place)) = find(&edited)
        && let Some((_, span)) = place.elements.iter().find(|(written, _)| is(written, recipient))
    {
        edited.replace_range(with_separator(&edited, span), "");
    }
    checked(text, edited, &wanted)
}

/// The text of accounts.toml with one recipient in the place of another; what is remarked beside it stays.
///
/// # Errors
/// The file is no TOML, the old one is not there, the new one is, or the layout is one we dare not touch.
pub fn replace_recipient(text: &str, old: &Recipient, new: &Recipient) -> Result<String, Failure> {
    let place = find(text)?;
    let all = written(place.as_ref());
    if all.iter().any(|written| is(written, new)) {
        return Err(failure(&format!("{} is a recipient already", new.label())));
    }
    let first = place.iter().flat_map(|place| &place.elements).find(|(written, _)| is(written, old));
    let Some((_, span)) = first else { return Err(failure(&format!("{} is not a recipient", old.label()))) };
    let mut edited = text.to_owned();
    edited.replace_range(span.clone(), &Value::from(new.to_string()).to_string());
    let index = all.iter().position(|written| is(written, old)).unwrap_or_default();
    let mut wanted = all;
    wanted[index] = new.to_string();
    let edited = checked(text, edited, &wanted)?;
    // It may have stood there twice.
    if wanted.iter().any(|written| is(written, old)) { remove_recipient(&edited, old) } else { Ok(edited) }
}

fn is(written: &str, recipient: &Recipient) -> bool {
    written.parse::<Recipient>().is_ok_and(|written| written == *recipient)
}

fn written(place: Option<&Place>) -> Vec<String> {
    place.map_or_else(Vec::new, |place| place.elements.iter().map(|(written, _)| written.clone()).collect())
}

fn find(text: &str) -> Result<Option<Place>, Failure> {
    let file: File =
        toml::from_str(text).map_err(|error| failure("cannot read the recipients").cause(error.message()))?;
    Ok(file.encryption.and_then(|encryption| encryption.recipients).map(|recipients| Place {
        list: recipients.span(),
        elements: recipients.into_inner().into_iter().map(|one| (one.get_ref().clone(), one.span())).collect(),
    }))
}

/// The text with `literal` as the list's last element.
fn insert(text: &str, place: &Place, literal: &str) -> String {
    let mut edited = text.to_owned();
    let Some((_, last)) = place.elements.last() else {
        edited.replace_range(place.list.start + 1..place.list.start + 1, literal);
        return edited;
    };
    let line_start = text[..last.start].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = &text[line_start..last.start];
    let comma = comma_after(text, last.end);
    if !indent.trim().is_empty() {
        // All on one line.
        let (at, new) = comma.map_or((last.end, format!(", {literal}")), |comma| (comma + 1, format!(" {literal},")));
        edited.insert_str(at, &new);
        return edited;
    }
    let line_end = text[last.end..].find('\n').map_or(text.len(), |newline| last.end + newline);
    let (line_end, newline) = if text[..line_end].ends_with('\r') { (line_end - 1, "\r\n") } else { (line_end, "\n") };
    let same_line_close = place.list.end <= line_end;
    // A comment behind the last element stays with it.
    let at = if same_line_close { comma.map_or(last.end, |comma| comma + 1) } else { line_end };
    edited.insert_str(at, &format!("{newline}{indent}{literal}{}", if same_line_close { "" } else { "," }));
    if comma.is_none() {
        edited.insert(last.end, ',');
    }
    edited
}

/// The text with a list of one, where there was none.
fn begin(text: &str, literal: &str) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let header = text.lines().find(|line| line.split('#').next().is_some_and(|line| line.trim() == "[encryption]"));
    if let Some(header) = header {
        let end = header.as_ptr() as usize - text.as_ptr() as usize + header.len();
        return format!("{}{newline}recipients = [{literal}]{}", &text[..end], &text[end..]);
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { newline };
    let blank = if text.is_empty() { "" } else { newline };
    format!("{text}{gap}{blank}[encryption]{newline}recipients = [{literal}]{newline}")
}

/// What goes away with an element: its line if it has one to itself, comment and all; else one comma and one space.
fn with_separator(text: &str, element: &Range<usize>) -> Range<usize> {
    let line_start = text[..element.start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[element.end..].find('\n').map_or(text.len(), |newline| element.end + newline + 1);
    let comma = comma_after(text, element.end);
    let rest = text[comma.map_or(element.end, |comma| comma + 1)..line_end].trim();
    if text[line_start..element.start].trim().is_empty() && (rest.is_empty() || rest.starts_with('#')) {
        return line_start..line_end;
    }
    match comma {
        Some(comma) => {
            let after = &text[comma + 1..];
            let spaces = after.len() - after.trim_start_matches([' ', '\t']).len();
            element.start..comma + 1 + spaces
        }
        None => {
            let before = text[..element.start].trim_end();
            let start = before.strip_suffix(',').map_or(element.start, str::len);
            start..element.end
        }
    }
}

/// Where the comma behind an element stands, if only blanks are between.
fn comma_after(text: &str, end: usize) -> Option<usize> {
    let rest = text[end..].trim_start_matches([' ', '\t']);
    rest.starts_with(',').then(|| text.len() - rest.len())
}

/// The edited text, if it says what the old one said but for the list. Otherwise a person has to do it.
fn checked(text: &str, edited: String, wanted: &[String]) -> Result<String, Failure> {
    let without_list = |text: &str| -> Option<Table> {
        let mut table: Table = toml::from_str(text).ok()?;
        let encryption = table.entry("encryption").or_insert_with(|| Value::Table(Table::new()));
        encryption.as_table_mut()?.remove("recipients");
        Some(table)
    };
    let place = find(&edited).ok().flatten();
    if written(place.as_ref()) == wanted && without_list(&edited) == without_list(text) {
        return Ok(edited);
    }
    let list: Vec<Value> = wanted.iter().map(|recipient| Value::from(recipient.as_str())).collect();
    Err(failure("cannot edit the recipients without touching something else")
        .hint(format!("write by hand, under `[encryption]`: recipients = {}", Value::Array(list))))
}

fn failure(message: &str) -> Failure {
    Failure::new(Kind::Content, format!("accounts.toml: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAQM6dHn7I5fAoSBzUPLe/dAXPN98tWcUKCZ53zGPhoS";
    const CI: &str = "age1vc6kyzga0khus4ntrzvrx6xc3qnd6drvy99s2tsafqkaf6sgaclqm0tlqa";
    const BOB: &str = "age1yyf49cm2uunla69z3w0fud9f9vwu32ycet7ygckv956kgxkw6c4swj3e3t";

    /// `A`, `B` and `C` stand for the keys of Ann, Bob and CI, so that the layout can be seen.
    fn text(layout: &str) -> String {
        layout
            .replace("'A'", &format!("\"{ANN} ann@acme\""))
            .replace("'B'", &format!("\"{BOB}\""))
            .replace("'C'", &format!("\"{CI}\""))
    }

    #[test]
    fn adds_in_the_layout_of_the_list() {
        for (before, after) in [
            ("", "[encryption]\nrecipients = ['B']\n"),
            ("schema = 1", "schema = 1\n\n[encryption]\nrecipients = ['B']\n"),
            ("schema = 1\r\n", "schema = 1\r\n\r\n[encryption]\r\nrecipients = ['B']\r\n"),
            ("[encryption]  # who\n\n[groups]\n", "[encryption]  # who\nrecipients = ['B']\n\n[groups]\n"),
            ("[encryption]\nrecipients = []\n", "[encryption]\nrecipients = ['B']\n"),
            ("[encryption]\nrecipients = ['A']  # us\n", "[encryption]\nrecipients = ['A', 'B']  # us\n"),
            ("[encryption]\nrecipients=['A','C',]\n", "[encryption]\nrecipients=['A','C', 'B',]\n"),
            ("encryption = { recipients = ['A'] }\n", "encryption = { recipients = ['A', 'B'] }\n"),
            ("encryption.recipients = ['A']\n", "encryption.recipients = ['A', 'B']\n"),
            (
                "# ours\n[encryption]\nrecipients = [\n  'A', # Ann, until May\n  'C'  # the job\n  # more to come\n]\n",
                "# ours\n[encryption]\nrecipients = [\n  'A', # Ann, until May\n  'C',  # the job\n  'B',\n  # more to come\n]\n",
            ),
            (
                "[encryption]\nrecipients = [\n\t'A',\n\t'C']\n",
                "[encryption]\nrecipients = [\n\t'A',\n\t'C',\n\t'B']\n",
            ),
            (
                "[encryption]\r\nrecipients = [\r\n  'A',\r\n]\r\n",
                "[encryption]\r\nrecipients = [\r\n  'A',\r\n  'B',\r\n]\r\n",
            ),
        ] {
            let added = add_recipient(&text(before), &BOB.parse().unwrap()).unwrap();
            assert_eq!(added, text(after));
            let removed = remove_recipient(&added, &BOB.parse().unwrap());
            assert_eq!(removed.is_ok(), before.contains("'A'"), "{before}");
        }
    }

    #[test]
    fn removes_with_comma_line_and_comment() {
        for (before, after) in [
            ("[encryption]\nrecipients = ['A', 'C'] # us\n", "[encryption]\nrecipients = ['C'] # us\n"),
            ("[encryption]\nrecipients = ['C', 'A']\n", "[encryption]\nrecipients = ['C']\n"),
            ("[encryption]\nrecipients = ['C', 'A', 'A']\n", "[encryption]\nrecipients = ['C']\n"),
            ("[encryption]\nrecipients = ['C','A','B',]\n", "[encryption]\nrecipients = ['C','B',]\n"),
            ("[encryption]\nrecipients = ['C',\n 'A']\n", "[encryption]\nrecipients = ['C']\n"),
            (
                "[encryption]\nrecipients = [\n  'A', # Ann\n  'C', # the job\n]\n",
                "[encryption]\nrecipients = [\n  'C', # the job\n]\n",
            ),
            (
                "[encryption]\nrecipients = [\n  'C', # the job\n  'A' # Ann\n]\n",
                "[encryption]\nrecipients = [\n  'C', # the job\n]\n",
            ),
        ] {
            assert_eq!(remove_recipient(&text(before), &ANN.parse().unwrap()).unwrap(), text(after));
        }
    }

    #[test]
    fn says_why_it_does_not_edit() {
        let ann: Recipient = format!("{ANN} ann@laptop").parse().unwrap();
        let bob: Recipient = BOB.parse().unwrap();
        let one = text("[encryption]\nrecipients = ['A']\n");
        for (edited, message) in [
            (add_recipient(&one, &ann), "accounts.toml: ann@laptop is a recipient already".to_owned()),
            (remove_recipient(&one, &bob), format!("accounts.toml: {BOB} is not a recipient")),
            (
                remove_recipient(&one, &ann),
                "accounts.toml: ann@laptop is the only recipient: nobody could open the tokens".to_owned(),
            ),
            (add_recipient("[encryption", &bob), "accounts.toml: cannot read the recipients".to_owned()),
            (
                add_recipient("[encryption]\nrecipients = 3\n", &bob),
                "accounts.toml: cannot read the recipients".to_owned(),
            ),
        ] {
            assert_eq!(edited.unwrap_err().message, message);
        }
        // A comma on a line of its own, before a comment: rather not.
        let strange = text("[encryption]\nrecipients = [\n 'A' # Ann\n ,\n]\n");
        let failure = add_recipient(&strange, &bob).unwrap_err();
        assert_eq!(failure.message, "accounts.toml: cannot edit the recipients without touching something else");
        assert_eq!(failure.hints, [text("write by hand, under `[encryption]`: recipients = ['A', 'B']")]);
    }
}
