//! To whom the vault's files are encrypted: age and ssh public keys, as accounts.toml lists them. Knows no secret key.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use age::ssh::ParseRecipientKeyError;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use thiserror::Error;

use crate::error::{Failure, Kind};

/// One public key, and the comment behind it (`ann@acme`).
#[derive(Clone)]
pub struct Recipient {
    /// The canonical text without the comment: two recipients are the same if this is.
    key: String,
    comment: String,
    public: PublicKey,
}

#[derive(Clone)]
enum PublicKey {
    X25519(age::x25519::Recipient),
    Ssh(age::ssh::Recipient),
}

impl Recipient {
    /// `age1...`, or an ssh public key's type and base64, without the comment.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What follows an ssh key (`ann@acme`); often empty.
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// The same key, with who it belongs to behind it.
    #[must_use]
    pub fn named(self, comment: &str) -> Self {
        Self { comment: comment.trim().to_owned(), ..self }
    }

    /// Short enough to be said in a sentence: the comment, or the beginning of the key.
    pub fn label(&self) -> String {
        match (&self.public, self.comment.as_str()) {
            (PublicKey::X25519(_), _) => self.key.clone(),
            (PublicKey::Ssh(_), "") => format!("{}...", self.key.chars().take(40).collect::<String>()),
            (PublicKey::Ssh(_), comment) => comment.to_owned(),
        }
    }

    fn as_age(&self) -> &dyn age::Recipient {
        match &self.public {
            PublicKey::X25519(key) => key,
            PublicKey::Ssh(key) => key,
        }
    }
}

impl PartialEq for Recipient {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Recipient {}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if self.comment.is_empty() { Ok(()) } else { write!(f, " {}", self.comment) }
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({self})")
    }
}

impl From<age::x25519::Recipient> for Recipient {
    fn from(key: age::x25519::Recipient) -> Self {
        Self { key: key.to_string(), comment: String::new(), public: PublicKey::X25519(key) }
    }
}

impl From<age::ssh::Recipient> for Recipient {
    fn from(key: age::ssh::Recipient) -> Self {
        Self { key: key.to_string(), comment: String::new(), public: PublicKey::Ssh(key) }
    }
}

/// Why a text is no recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadRecipient {
    #[error("a recipient must not be empty")]
    Empty,
    #[error("a recipient is one line")]
    Lines,
    #[error("this is a secret key; it must never stand in accounts.toml, and if it was committed, replace it")]
    Secret,
    #[error("not a valid age recipient: a character is missing or wrong")]
    Age,
    #[error(
        "post-quantum age recipients (age1pq1..., age1tagpq1...) are not supported: they cannot be mixed with others"
    )]
    PostQuantum,
    #[error("recipients of age plugins (age1<plugin>1...) are not supported: a CI job could not open the files")]
    Plugin,
    #[error("not a valid ssh public key: copy the whole line of the .pub file")]
    Ssh,
    #[error("ssh keys of this type are not supported; use an ssh-ed25519, ssh-rsa or age1... key")]
    SshType,
    #[error("ssh-rsa keys shorter than 2048 bits are not supported: they are too weak")]
    RsaShort,
    #[error("ssh-rsa keys this long are not supported (the longest has 4096 bits)")]
    RsaLong,
    #[error("not a recipient: it begins with neither `age1` nor `ssh-ed25519` nor `ssh-rsa`")]
    Unknown,
}

impl FromStr for Recipient {
    type Err = BadRecipient;

    fn from_str(text: &str) -> Result<Self, BadRecipient> {
        let text = text.trim();
        let upper = text.to_ascii_uppercase();
        match text {
            "" => Err(BadRecipient::Empty),
            _ if upper.starts_with("AGE-SECRET-KEY-") || upper.contains("PRIVATE KEY") => Err(BadRecipient::Secret),
            _ if text.contains(['\n', '\r']) => Err(BadRecipient::Lines),
            _ if text.starts_with("age1") => parse_age(text),
            _ if text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.starts_with("sk-") => parse_ssh(text),
            _ => Err(BadRecipient::Unknown),
        }
    }
}

fn parse_age(text: &str) -> Result<Recipient, BadRecipient> {
    let (key, comment) = split_comment(text);
    if let Ok(key) = key.parse::<age::x25519::Recipient>() {
        return Ok(Recipient { comment: comment.to_owned(), ..Recipient::from(key) });
    }
    // bech32 has no `1` but the one that ends the prefix.
    let prefix = key.rsplit_once('1').map_or(key, |(prefix, _)| prefix);
    Err(match prefix {
        "age1pq" | "age1tagpq" => BadRecipient::PostQuantum,
        "age" => BadRecipient::Age,
        _ => BadRecipient::Plugin,
    })
}

fn parse_ssh(text: &str) -> Result<Recipient, BadRecipient> {
    let (kind, rest) = split_comment(text);
    let (blob, comment) = split_comment(rest);
    if !matches!(kind, "ssh-ed25519" | "ssh-rsa") {
        return Err(BadRecipient::SshType);
    }
    let bytes = BASE64_STANDARD.decode(blob).map_err(|_| BadRecipient::Ssh)?;
    if !is_well_formed(&bytes) {
        return Err(BadRecipient::Ssh);
    }
    let key: age::ssh::Recipient = format!("{kind} {blob}").parse().map_err(|error| match error {
        ParseRecipientKeyError::RsaModulusTooSmall => BadRecipient::RsaShort,
        ParseRecipientKeyError::RsaModulusTooLarge => BadRecipient::RsaLong,
        _ => BadRecipient::Ssh,
    })?;
    let recipient = Recipient { comment: comment.to_owned(), ..Recipient::from(key) };
    // age ignores what follows the key it found; we do not.
    if recipient.key == format!("{kind} {blob}") { Ok(recipient) } else { Err(BadRecipient::Ssh) }
}

fn split_comment(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (first, rest.trim())
}

/// Whether an ssh key is a row of strings (RFC 4251 section 5) and none is all zeros: age 0.12 panics on such a number.
fn is_well_formed(mut blob: &[u8]) -> bool {
    while let Some((length, rest)) = blob.split_first_chunk::<4>() {
        let Some((field, rest)) = rest.split_at_checked(u32::from_be_bytes(*length) as usize) else { return false };
        if !field.is_empty() && field.iter().all(|byte| *byte == 0) {
            return false;
        }
        blob = rest;
    }
    blob.is_empty()
}

/// The recipients of a repository, each once, in the order of accounts.toml. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipients(Vec<Recipient>);

impl Recipients {
    /// Reads `[encryption] recipients`; a key that stands twice counts once.
    ///
    /// # Errors
    /// No recipient at all, or the first one that is wrong, with its number in the list.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, Failure> {
        let mut recipients = Vec::new();
        for (index, text) in texts.into_iter().enumerate() {
            let recipient = text.parse::<Recipient>().map_err(|error| {
                Failure::new(Kind::Content, format!("accounts.toml: recipient {} is wrong: {error}", index + 1))
            })?;
            if !recipients.contains(&recipient) {
                recipients.push(recipient);
            }
        }
        Self::new(recipients).ok_or_else(|| {
            Failure::new(Kind::Content, "accounts.toml lists nobody who may open the tokens").hint(
                "add a public key under `[encryption]`: `pressroom keys add age1...`; `pressroom init` makes a key",
            )
        })
    }

    /// `None` for an empty list.
    pub fn new(recipients: Vec<Recipient>) -> Option<Self> {
        if recipients.is_empty() { None } else { Some(Self(recipients)) }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Recipient> {
        self.0.iter()
    }

    pub fn contains(&self, recipient: &Recipient) -> bool {
        self.0.contains(recipient)
    }

    /// The keys alone, a line each and sorted, for `vault/recipients.txt`: what the vault's files are encrypted to now.
    /// It makes a changed list visible without a secret key. (An age file does not tell whom it is for.)
    pub fn marker(&self) -> String {
        let mut keys: Vec<&str> = self.0.iter().map(Recipient::key).collect();
        keys.sort_unstable();
        let mut text = "# Written by pressroom: the keys that every file in vault/ is encrypted to.\n".to_owned();
        for key in keys {
            text.push_str(key);
            text.push('\n');
        }
        text
    }

    /// Whether files that were sealed when `marker` was written are for just these recipients, in any order.
    pub fn match_marker(&self, marker: &str) -> bool {
        let lines = |text: &str| -> BTreeSet<String> {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            lines.map(str::to_owned).collect()
        };
        lines(marker) == lines(&self.marker())
    }

    /// Encrypts for all of them, as a binary age file that the `age` program opens too.
    pub(super) fn encrypt(&self, plain: &[u8]) -> Result<Vec<u8>, Failure> {
        let encryptor = age::Encryptor::with_recipients(self.0.iter().map(Recipient::as_age)).map_err(cannot)?;
        let encrypt = |encryptor: age::Encryptor| -> io::Result<Vec<u8>> {
            let mut writer = encryptor.wrap_output(Vec::new())?;
            writer.write_all(plain)?;
            writer.finish()
        };
        encrypt(encryptor).map_err(cannot)
    }
}

fn cannot(error: impl fmt::Display) -> Failure {
    Failure::new(Kind::Bug, "cannot encrypt").cause(error)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AGE: &str = "age1vc6kyzga0khus4ntrzvrx6xc3qnd6drvy99s2tsafqkaf6sgaclqm0tlqa";
    const OTHER: &str = "age1yyf49cm2uunla69z3w0fud9f9vwu32ycet7ygckv956kgxkw6c4swj3e3t";
    const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAQM6dHn7I5fAoSBzUPLe/dAXPN98tWcUKCZ53zGPhoS";
    const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC5St5VmfVFv07b5vBktHhessXiq0tVZwJVThJBZTlisvi5BAPHyUC7v+dQFwkwJLWD67fvcGvS6S+gBd5wnEzsOsGEOm2cgDWzshgIsnreFRxi+Xf8ZbzynqfAHDEullHryaGIwClCCts/jjt+zst1TL4G+Z/BheV4tNiKybIT6odI6YFLVQVqJaQo8tX1BtmLLAWiE6JiZxC+NYcbsGfRKWFkXd1a4Xor7bC2wJ0SwBEh6XZsqK7rndBvyIMg5QqFkMmUNP8pPDXY12oNSFbVokyqIGL22SSZ+uCoMTz1ifRnZDaCE9Epb1ZZXN/GlYwiv91SKl33fgcaDI+lzbjH";

    #[test]
    fn reads_age_and_ssh_keys_with_their_comments() {
        for (text, key, comment) in [
            (AGE.to_owned(), AGE, ""),
            (format!("  {AGE}  \n"), AGE, ""),
            (format!("{AGE} the CI job"), AGE, "the CI job"),
            (ED25519.to_owned(), ED25519, ""),
            (format!("{ED25519} ann@acme"), ED25519, "ann@acme"),
            (format!("{ED25519}   ann at acme "), ED25519, "ann at acme"),
            (format!("{RSA} bob@acme"), RSA, "bob@acme"),
        ] {
            let recipient: Recipient = text.parse().unwrap();
            assert_eq!((recipient.key(), recipient.comment()), (key, comment), "{text}");
        }
    }

    #[test]
    fn says_why_a_text_is_no_recipient() {
        let zeros = format!("ssh-rsa {}", BASE64_STANDARD.encode(b"\0\0\0\x07ssh-rsa\0\0\0\x02\0\0\0\0\0\x02\0\0"));
        let mut longer = BASE64_STANDARD.decode(ED25519.split_once(' ').unwrap().1).unwrap();
        longer.extend_from_slice(b"\0\0\0\x01x");
        let longer = format!("ssh-ed25519 {}", BASE64_STANDARD.encode(longer));
        for (text, message) in [
            ("", "a recipient must not be empty"),
            (&longer, "not a valid ssh public key: copy the whole line of the .pub file"),
            (&format!("{AGE}\n{OTHER}"), "a recipient is one line"),
            (
                "AGE-SECRET-KEY-1QQQQ",
                "this is a secret key; it must never stand in accounts.toml, and if it was committed, replace it",
            ),
            (
                "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl",
                "this is a secret key; it must never stand in accounts.toml, and if it was committed, replace it",
            ),
            (&AGE[..AGE.len() - 1], "not a valid age recipient: a character is missing or wrong"),
            (
                "age1pq1qqqqqqqq",
                "post-quantum age recipients (age1pq1..., age1tagpq1...) are not supported: they cannot be mixed with others",
            ),
            (
                "age1yubikey1qqqqqqqq",
                "recipients of age plugins (age1<plugin>1...) are not supported: a CI job could not open the files",
            ),
            (&ED25519[..ED25519.len() - 4], "not a valid ssh public key: copy the whole line of the .pub file"),
            (&format!("{ED25519}AAAA"), "not a valid ssh public key: copy the whole line of the .pub file"),
            ("ssh-ed25519", "not a valid ssh public key: copy the whole line of the .pub file"),
            ("ssh-rsa !!!!", "not a valid ssh public key: copy the whole line of the .pub file"),
            (&zeros, "not a valid ssh public key: copy the whole line of the .pub file"),
            (
                "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGmlnAg6Xs9Z0/DR12QrJpWms67Gt9+XCcMrPicQcXZ1kmNsRlkgPDQyTGeT1WaX/pkTGOkDH5/NChznCt9aGL4=",
                "ssh keys of this type are not supported; use an ssh-ed25519, ssh-rsa or age1... key",
            ),
            (
                "sk-ssh-ed25519@openssh.com AAAA",
                "ssh keys of this type are not supported; use an ssh-ed25519, ssh-rsa or age1... key",
            ),
            (
                "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC5NncF+ruHy34tNy8shdDyzDqj9BVGkiS88AMoh3Hyd9lJJiGKXyOZbaqXz9g97agQqfqmRMpg51tgUG9gMLuybqUQ8tNNqKci4ybLsjbIY4nCfvpRaGIt7jUOHbJqGcqXiExZJ0d6mghds799hFTVP3Qy6VJ9HCvd20lar2p12Q== short",
                "ssh-rsa keys shorter than 2048 bits are not supported: they are too weak",
            ),
            ("hello", "not a recipient: it begins with neither `age1` nor `ssh-ed25519` nor `ssh-rsa`"),
        ] {
            assert_eq!(text.parse::<Recipient>().unwrap_err().to_string(), message, "{text}");
        }
    }

    #[test]
    fn the_list_keeps_its_order_and_drops_what_stands_twice() {
        let again = format!("{ED25519} again");
        let recipients = Recipients::parse([OTHER, ED25519, AGE, again.as_str()]).unwrap();
        assert_eq!(recipients.iter().map(Recipient::key).collect::<Vec<_>>(), [OTHER, ED25519, AGE]);
    }

    #[test]
    fn the_list_names_the_wrong_one_and_is_never_empty() {
        let failure = Recipients::parse([AGE, "hello"]).unwrap_err();
        assert_eq!(failure.kind, Kind::Content);
        assert_eq!(
            failure.message,
            "accounts.toml: recipient 2 is wrong: not a recipient: it begins with neither `age1` nor `ssh-ed25519` nor `ssh-rsa`"
        );
        let failure = Recipients::parse([]).unwrap_err();
        assert_eq!(failure.message, "accounts.toml lists nobody who may open the tokens");
        assert_eq!(
            failure.hints,
            ["add a public key under `[encryption]`: `pressroom keys add age1...`; `pressroom init` makes a key"]
        );
    }

    #[test]
    fn the_marker_tells_a_changed_list_and_nothing_else() {
        let list = |texts: &[&str]| Recipients::parse(texts.iter().copied()).unwrap();
        let marker = list(&[AGE, ED25519]).marker();
        assert_eq!(
            marker,
            format!("# Written by pressroom: the keys that every file in vault/ is encrypted to.\n{AGE}\n{ED25519}\n")
        );
        assert!(list(&[&format!("{ED25519} ann"), AGE]).match_marker(&marker.replace('\n', "\r\n")));
        assert!(!list(&[AGE]).match_marker(&marker));
        assert!(!list(&[AGE, ED25519, OTHER]).match_marker(&marker));
        assert!(!list(&[AGE]).match_marker(""));
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*", blob in proptest::collection::vec(any::<u8>(), 0..80)) {
            let blob = BASE64_STANDARD.encode(blob);
            for text in [text.clone(), format!("age1{text}"), format!("ssh-rsa {text}"), format!("ssh-rsa {blob}"), format!("ssh-ed25519 {blob}")] {
                let _ = text.parse::<Recipient>();
            }
        }

        /// The fields of an rsa key at will: that is where age itself panics on zeros.
        #[test]
        fn never_panics_on_rsa_numbers(e in proptest::collection::vec(0_u8..3, 0..5), n in proptest::collection::vec(0_u8..3, 0..300)) {
            let mut blob = b"\0\0\0\x07ssh-rsa".to_vec();
            for field in [e, n] {
                blob.extend_from_slice(&u32::try_from(field.len()).unwrap().to_be_bytes());
                blob.extend_from_slice(&field);
            }
            let _ = format!("ssh-rsa {}", BASE64_STANDARD.encode(blob)).parse::<Recipient>();
        }
    }
}
