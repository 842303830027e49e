//! Masks known secrets in any text that may reach a screen, a log or the ledger. Knows the secrets, not where they came from.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::secret::{SHORTEST, Secret};

/// What stands in a secret's place.
const MASK: &str = "***";
/// How many bytes of a text are looked up at once; no form of a secret is shorter.
const HEAD: usize = 4;
/// All that RFC 3986 section 2.3 leaves unescaped.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Knows every form in which a secret could stand in a text: as it is, percent-encoded, in JSON, and in base64, where it
/// may be the middle of something longer (`Authorization: Basic`). Clean a text *before* cutting it short.
#[derive(Default)]
pub struct Redactor {
    /// The forms by their first bytes, so that a text without secrets costs one look-up a byte.
    forms: HashMap<[u8; HEAD], Vec<Secret>>,
}

impl Redactor {
    /// Secrets shorter than [`SHORTEST`] are left out.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut redactor = Self::default();
        for secret in secrets {
            redactor.add(secret);
        }
        redactor
    }

    /// Learns one more: a token that was just refreshed, an upload address.
    pub fn add(&mut self, secret: &Secret) {
        let text = secret.expose().trim();
        if text.len() < SHORTEST {
            return;
        }
        for form in forms(text) {
            let Some(head) = form.as_bytes().first_chunk::<HEAD>() else { continue };
            let bucket = self.forms.entry(*head).or_default();
            let form = Secret::new(form);
            if !bucket.contains(&form) {
                bucket.push(form);
            }
        }
    }

    /// The text with `***` for every secret.
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut clean = String::new();
        let mut kept = 0;
        let mut at = 0;
        while let Some((start, end)) = self.next_hit(text.as_bytes(), at) {
            clean.push_str(&text[kept..start]);
            clean.push_str(MASK);
            (kept, at) = (end, end);
        }
        if kept == 0 {
            return Cow::Borrowed(text);
        }
        clean.push_str(&text[kept..]);
        Cow::Owned(clean)
    }

    /// The first stretch from `from` on that secrets cover; overlapping ones are one stretch.
    fn next_hit(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let mut hit: Option<(usize, usize)> = None;
        for at in from..text.len() {
            if hit.is_some_and(|(_, end)| at >= end) {
                break;
            }
            if let Some(length) = self.longest_at(&text[at..]) {
                let (start, end) = hit.unwrap_or((at, at));
                hit = Some((start, end.max(at + length)));
            }
        }
        hit
    }

    fn longest_at(&self, text: &[u8]) -> Option<usize> {
        let forms = self.forms.get(text.first_chunk::<HEAD>()?)?;
        forms.iter().map(|form| form.expose()).filter(|form| text.starts_with(form.as_bytes())).map(str::len).max()
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(***)")
    }
}

/// Every way `text` may be written.
fn forms(text: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::from([text.to_owned()]);
    for set in [NON_ALPHANUMERIC, RESERVED] {
        let encoded = utf8_percent_encode(text, set).to_string();
        forms.insert(encoded.replace("%20", "+"));
        forms.insert(lower_hex(&encoded));
        forms.insert(encoded);
    }
    let json = serde_json::Value::from(text).to_string();
    forms.insert(json[1..json.len() - 1].replace('/', "\\/"));
    forms.insert(json[1..json.len() - 1].to_owned());
    for lead in 0..3 {
        forms.extend(inside_base64(text, lead));
    }
    forms
}

/// Percent escapes in lower case, as some servers write them.
fn lower_hex(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // A percent sign is always followed by two ASCII digits here.
        let (hex, rest) = part.split_at(2);
        lower.push('%');
        lower.push_str(&hex.to_ascii_lowercase());
        lower.push_str(rest);
    }
    lower
}

/// The base64 characters that depend on `text` alone when `lead` bytes (modulo 3) stand before it and anything after it.
fn inside_base64(text: &str, lead: usize) -> [String; 2] {
    let mut bytes = vec![0; lead];
    bytes.extend_from_slice(text.as_bytes());
    let first = (lead * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    [BASE64_STANDARD_NO_PAD.encode(&bytes), BASE64_URL_SAFE_NO_PAD.encode(&bytes)]
        .map(|encoded| encoded[first..last].to_owned())
}
