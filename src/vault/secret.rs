//! A text that must not be seen: it can be kept and compared, but not printed. Knows nothing of what it opens.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// Shorter than this nothing is taken for a secret: no platform gives out such tokens, and masking three letters
/// wherever they stand would garble ordinary words.
pub const SHORTEST: usize = 8;

/// A token, a client secret or an address that opens something. It has no `Display` and no `Serialize`, its `Debug` is
/// masked, and its memory is overwritten when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself, for the request that needs it. Nothing else should ask.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }

    pub(super) fn to_inner(&self) -> SecretString {
        self.0.clone()
    }
}

impl From<SecretString> for Secret {
    fn from(text: SecretString) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not even the length: it tells kinds of tokens apart.
        f.write_str("Secret(***)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

/// Secrets in the clear, for what is about to be sealed; a field has to ask for it by name:
/// `#[serde(with = "super::secret::plain")]`.
pub(super) mod plain {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Secret;

    pub(crate) fn serialize<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
        match secret {
            Some(secret) => serializer.serialize_some(secret.expose()),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
    }
}
