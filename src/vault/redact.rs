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

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
    use proptest::prelude::*;

    use super::*;

    fn redactor(secrets: &[&str]) -> Redactor {
        let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        Redactor::new(&secrets)
    }

    #[test]
    fn masks_every_form() {
        let redactor = redactor(&["s3cret/to+ken=%~", "https://up.example/x?sig=ab c\"d", "short"]);
        for (text, clean) in [
            ("nothing here, not even a short word", "nothing here, not even a short word"),
            ("", ""),
            ("s3cret/to+ken=%~", "***"),
            ("é s3cret/to+ken=%~ é", "é *** é"),
            ("s3cret/to+ken=%~s3cret/to+ken=%~", "******"),
            ("q=s3cret%2Fto%2Bken%3D%25~&x", "q=***&x"),
            ("q=s3cret%2fto%2bken%3d%25%7e&x", "q=***&x"),
            (r#"{"t":"s3cret\/to+ken=%~"}"#, r#"{"t":"***"}"#),
            ("u=https%3A%2F%2Fup.example%2Fx%3Fsig%3Dab+c%22d", "u=***"),
            (r#""https://up.example/x?sig=ab c\"d""#, r#""***""#),
            ("s3cret/to+ken", "s3cret/to+ken"),
        ] {
            assert_eq!(redactor.clean(text), clean, "{text}");
        }
    }

    #[test]
    fn a_text_without_secrets_is_not_copied() {
        assert!(matches!(redactor(&["s3cret-token"]).clean("plain words"), Cow::Borrowed("plain words")));
    }

    #[test]
    fn masks_base64_at_every_offset() {
        let secret = "tok-Éclair?>~9876";
        let redactor = redactor(&[secret]);
        for before in ["", "i", "id", "id:", "client:"] {
            for after in ["", "z", ":zz"] {
                let whole = format!("{before}{secret}{after}");
                for encoded in [BASE64_STANDARD.encode(&whole), BASE64_URL_SAFE.encode(&whole)] {
                    let clean = redactor.clean(&encoded).into_owned();
                    assert!(clean.contains(MASK) && clean.len() < encoded.len(), "{before} {after}: {clean}");
                    let left: String = clean.split(MASK).collect();
                    assert!(left.len() <= before.len() * 2 + after.len() * 2 + 6, "{before} {after}: {clean}");
                }
            }
        }
    }

    #[test]
    fn overlapping_secrets_are_one_stretch() {
        assert_eq!(redactor(&["abcdefgh", "efghijkl"]).clean("x abcdefghijkl y"), "x *** y");
        assert_eq!(redactor(&["abcdefgh", "abcdefghijkl"]).clean("x abcdefghijkl y"), "x *** y");
    }

    #[test]
    fn prints_nothing_itself() {
        assert_eq!(format!("{:?}", redactor(&["s3cret-token"])), "Redactor(***)");
    }

    proptest! {
        #[test]
        fn leaves_nothing_behind(secret in "\\PC{8,40}", before in "\\PC{0,20}", after in "\\PC{0,20}") {
            prop_assume!(secret.trim().len() >= SHORTEST && !MASK.contains(secret.trim()));
            let redactor = redactor(&[&secret]);
            let text = format!("{before}{secret}{after}");
            prop_assert!(!redactor.clean(&text).contains(secret.trim()));
            prop_assert!(!redactor.clean(&utf8_percent_encode(&text, RESERVED).to_string()).contains(&utf8_percent_encode(secret.trim(), RESERVED).to_string()));
        }
    }
}
