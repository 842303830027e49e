//! Secrets that were written into accounts.toml by mistake: found, told, and blanked so that nothing shows them again.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::error::{Problem, Source};

/// Parts of a key that make its value a secret.
const SECRET_WORDS: [&str; 6] = ["secret", "token", "password", "passphrase", "private_key", "api_key"];

/// Keys whose value is the name of a variable, so that a secret stays out of the file.
const HOLD_ENV: [&str; 2] = ["webhook", "smtp"];

/// What the vault's own secret keys begin with.
const SECRET_KEY: &str = "AGE-SECRET-KEY-";

/// Whether a key of this name would hold a secret.
pub(super) fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace('-', "_");
    SECRET_WORDS.iter().any(|word| key.contains(word))
}

/// Whether a value is plainly a secret, whatever its key.
pub(super) fn is_secret_value(text: &str) -> bool {
    text.trim_start().to_ascii_uppercase().starts_with(SECRET_KEY) || text.contains("PRIVATE KEY-----")
}

/// The bytes of every secret in the file, and a problem for each.
pub(super) fn find(source: &Source, table: &DeTable<'_>) -> (Vec<Range<usize>>, Vec<Problem>) {
    let mut found = (secret_lines(&source.text), Vec::new());
    walk_table(source, table, &mut found);
    found
}

/// The values on lines whose key names a secret: where TOML is broken, or a key is given twice, the parser's table lacks some.
fn secret_lines(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        if let Some((key, value)) = line.split_once('=')
            && (is_secret_key(key) || HOLD_ENV.contains(&key.trim()) && !value.contains("env:"))
        {
            spans.push((start + key.len() + 1).min(end)..end);
        }
        spans.extend(line.find(SECRET_KEY).map(|at| start + at..end));
        start += line.len();
    }
    spans
}

type Found = (Vec<Range<usize>>, Vec<Problem>);

fn walk_table(source: &Source, table: &DeTable<'_>, found: &mut Found) {
    for (key, value) in table {
        if is_secret_key(key.get_ref()) && !matches!(value.get_ref(), DeValue::Table(_)) {
            let hint = "secrets lie encrypted in the vault: remove this line, run `pressroom connect`, and if the line was ever \
                        committed, have the platform issue a new one";
            let message = format!("`{}` is a secret, and this file is no place for one", key.get_ref());
            found.1.push(Problem::error("secret-in-file", source, message).at(key.span()).hint(hint));
            found.0.push(value.span());
        } else if HOLD_ENV.contains(&&**key.get_ref())
            && value.get_ref().as_str().is_some_and(|text| !text.starts_with("env:"))
        {
            // The reader says what should stand there; what stands there opens a channel or a mail server.
            found.0.push(value.span());
        } else {
            walk(source, value, found);
        }
    }
}

fn walk(source: &Source, value: &toml::Spanned<DeValue<'_>>, found: &mut Found) {
    match value.get_ref() {
        DeValue::Table(table) => walk_table(source, table, found),
        DeValue::Array(items) => items.iter().for_each(|item| walk(source, item, found)),
        DeValue::String(text) if is_secret_value(text) => {
            let hint = "keep it out of the repository, write its public key instead (`age1...`), and make a new key if this was \
                        ever committed";
            let problem = Problem::error("secret-in-file", source, "this is a secret key").at(value.span());
            found.1.push(problem.hint(hint));
            found.0.push(value.span());
        }
        _ => {}
    }
}

/// The same text with stars for these bytes; every offset stays what it was.
pub(super) fn blank(source: &Source, spans: &[Range<usize>]) -> Source {
    let mut bytes = source.text.as_bytes().to_vec();
    for byte in spans.iter().flat_map(|span| span.clone()) {
        if let Some(byte) = bytes.get_mut(byte).filter(|byte| !matches!(byte, b'\n' | b'\r')) {
            *byte = b'*';
        }
    }
    Source::new(source.path.clone(), String::from_utf8_lossy(&bytes).into_owned())
}
