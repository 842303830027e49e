//! The only place that encrypts, decrypts and holds secrets. It works on bytes and knows paths by name alone: the state
//! branch is read and written elsewhere.

pub mod answer;
pub mod identity;
mod key;
mod listing;
mod password;
mod recipients;
mod redact;
mod secret;
mod server;
mod token;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Read;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::zeroize::Zeroizing;

pub use answer::{parse_answer, parse_token};
pub use identity::{Identities, Sources};
pub use key::parse_key;
pub use listing::{add_recipient, remove_recipient, replace_recipient};
pub use password::AppPassword;
pub use recipients::{BadRecipient, Recipient, Recipients};
pub use redact::Redactor;
pub use secret::{SHORTEST, Secret};
pub use server::{ServerApp, ServerApps};
pub use token::{AppSecret, Binding, Conflict, ConsumerKeys, Content, Credential, Document, Grant, Inflight};

use crate::error::{Failure, Kind};
use crate::limits::Platform;

/// The folder of everything sealed, on the state branch.
pub const FOLDER: &str = "vault";
/// [`Recipients::marker`], beside the sealed files: whom they are encrypted to now.
pub const MARKER_PATH: &str = "vault/recipients.txt";

/// `vault/accounts/<name>.age`: the account's [`Document`].
pub fn account_path(name: &str) -> String {
    format!("{FOLDER}/accounts/{}.age", file_name(name))
}

/// The name of the account a path of [`account_path`] is for.
pub fn account_of(path: &str) -> Option<String> {
    let name = path.strip_prefix(FOLDER)?.strip_prefix("/accounts/")?.strip_suffix(".age")?;
    percent_encoding::percent_decode_str(name).decode_utf8().ok().map(Into::into)
}

/// `vault/apps/<platform>.age`: our [`AppSecret`] with it.
pub fn app_path(platform: Platform) -> String {
    format!("{FOLDER}/apps/{platform}.age")
}

/// `vault/apps/<platform>-consumer.age`: our [`ConsumerKeys`] with it.
pub fn consumer_path(platform: Platform) -> String {
    format!("{FOLDER}/apps/{platform}-consumer.age")
}

/// `vault/apps/<platform>@<host>.age`: our [`ServerApps`] there.
pub fn server_apps_path(platform: Platform, server: &str) -> String {
    format!("{FOLDER}/apps/{platform}@{}.age", file_name(server))
}

/// The platform and the server a path of [`server_apps_path`] is for.
pub fn server_of(path: &str) -> Option<(Platform, &str)> {
    let name = path.strip_prefix(FOLDER)?.strip_prefix("/apps/")?.strip_suffix(".age")?;
    let (platform, server) = name.split_once('@')?;
    Some((Platform::named(platform)?, server))
}

/// `vault/inflight/<claim>.age`: the claim's [`Inflight`].
pub fn inflight_path(claim: &str) -> String {
    format!("{FOLDER}/inflight/{}.age", file_name(claim))
}

/// A name that cannot leave its folder, whatever accounts.toml calls an account; ordinary names stay as they are.
fn file_name(name: &str) -> String {
    const STRANGE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
    let name = utf8_percent_encode(name, STRANGE).to_string();
    name.strip_prefix('.').map_or(name.clone(), |rest| format!("%2E{rest}"))
}

/// Our secret keys, and the public keys of everybody who shall open what we write.
#[derive(Debug)]
pub struct Vault {
    pub identities: Identities,
    pub recipients: Recipients,
}

impl Vault {
    /// Encrypts for all recipients. Twice the same content gives different bytes: seal only what changed.
    ///
    /// # Errors
    /// A bug of ours; see [`Recipients::seal`], which needs no secret key.
    pub fn seal<T: Content>(&self, content: &T) -> Result<Vec<u8>, Failure> {
        self.recipients.seal(content)
    }

    /// Opens the sealed file of that path.
    ///
    /// # Errors
    /// See [`Identities::open`].
    pub fn open<T: Content>(&self, path: &str, sealed: &[u8]) -> Result<T, Failure> {
        self.identities.open(path, sealed)
    }

    /// Seals and opens something of no value, before a refresh token is spent on an answer that has to be kept.
    ///
    /// # Errors
    /// Nothing sealed now could be opened by us again.
    pub fn rehearse(&self) -> Result<(), Failure> {
        const WORD: &[u8] = b"rehearsal";
        let sealed = self.recipients.encrypt(WORD)?;
        if self.identities.public().any(|ours| self.recipients.contains(ours)) {
            let opened = self.identities.decrypt("a trial file", &sealed)?;
            if *opened == WORD {
                return Ok(());
            }
        }
        Err(Failure::new(Kind::Person, "what we encrypt now we could not open again: our key is no recipient")
            .hint(format!("our key: {}", self.identities.described().join(", ")))
            .hint("add its public half to `[encryption] recipients`: `pressroom keys add`"))
    }
}

impl Recipients {
    /// Encrypts for all of them; needs no secret key.
    ///
    /// # Errors
    /// A bug of ours: the recipients were all read before.
    pub fn seal<T: Content>(&self, content: &T) -> Result<Vec<u8>, Failure> {
        self.encrypt(&content.to_json())
    }
}

impl Identities {
    /// Opens the sealed file of that path.
    ///
    /// # Errors
    /// It is not encrypted to our keys, damaged, or written by a newer pressroom.
    pub fn open<T: Content>(&self, path: &str, sealed: &[u8]) -> Result<T, Failure> {
        let plain = self.decrypt(path, sealed)?;
        T::from_json(&plain).map_err(|why| Failure::new(Kind::Content, format!("{path} is no {}: {why}", T::WHAT)))
    }

    fn decrypt(&self, path: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let damaged = |error: &dyn std::fmt::Display| {
            Failure::new(Kind::Content, format!("{path} is no age file, or it is damaged"))
                .cause(error)
                .hint("the history of the state branch keeps older versions of it")
        };
        // We write binary files; a person with the age program may have written an armored one.
        let reader = age::armor::ArmoredReader::new(sealed);
        let decryptor = age::Decryptor::new_buffered(reader).map_err(|error| damaged(&error))?;
        let mut reader = decryptor.decrypt(self.as_age()).map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => self.wrong_key(path, sealed),
            error => damaged(&error),
        })?;
        // No longer than what was sealed, so the buffer never moves and leaves no copy behind.
        let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
        reader.read_to_end(&mut plain).map_err(|error| damaged(&error))?;
        Ok(plain)
    }

    fn wrong_key(&self, path: &str, sealed: &[u8]) -> Failure {
        let mut failure = Failure::new(Kind::Content, format!("{path} is not encrypted to our key"));
        let stanzas = stanzas_in_words(sealed);
        if !stanzas.is_empty() {
            failure = failure.hint(format!("it is for {stanzas}"));
        }
        failure = failure.hint(format!("our key: {}", self.described().join(", ")));
        if let Some(ours) = self.public().next() {
            failure = failure.hint(format!(
                "somebody who can open it runs `pressroom keys add \"{}\"` and pushes; or set another key in PRESSROOM_IDENTITY",
                ours.key()
            ));
        }
        failure
    }
}

/// For how many keys of which type a file is: `2 age keys and 1 ssh-ed25519 key`. Empty for an armored file.
fn stanzas_in_words(sealed: &[u8]) -> String {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for kind in stanza_kinds(sealed) {
        *kinds.entry(kind).or_default() += 1;
    }
    let words = kinds.iter().map(|(kind, count)| match (kind.as_str(), count) {
        ("scrypt", _) => "a passphrase".to_owned(),
        (kind, count) => {
            let kind = if kind == "X25519" { "age" } else { kind };
            format!("{count} {kind} key{}", if *count == 1 { "" } else { "s" })
        }
    });
    words.collect::<Vec<_>>().join(" and ")
}

/// The stanza types in an age file's header (<https://c2sp.org/age#header>), without the random ones that age adds so that
/// programs learn to skip them.
fn stanza_kinds(sealed: &[u8]) -> impl Iterator<Item = String> {
    let lines = sealed.split(|byte| *byte == b'\n').take_while(|line| !line.starts_with(b"---"));
    lines.filter_map(|line| {
        let kind = std::str::from_utf8(line.strip_prefix(b"-> ")?).ok()?.split(' ').next()?;
        (!kind.ends_with("grease")).then(|| kind.to_owned())
    })
}

/// Opens every file and encrypts it anew, for `keys add|remove|rotate`: all of them, or none.
///
/// # Errors
/// The files that cannot be opened, all of them named.
pub fn reseal_all(
    files: &[(String, Vec<u8>)],
    identities: &Identities,
    recipients: &Recipients,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut resealed = Vec::with_capacity(files.len());
    let mut failures = Vec::new();
    for (path, sealed) in files {
        match identities.decrypt(path, sealed).and_then(|plain| recipients.encrypt(&plain)) {
            Ok(sealed) => resealed.push((path.clone(), sealed)),
            Err(failure) => failures.push(failure),
        }
    }
    let count = failures.len();
    let Some(first) = failures.first() else { return Ok(resealed) };
    let message = format!("{count} of {} files cannot be opened; nothing was changed", files.len());
    let mut failure = Failure::new(first.kind, message);
    failure.causes = failures.iter().map(|failure| failure.message.clone()).collect();
    failure.hints.clone_from(&first.hints);
    Err(failure)
}
