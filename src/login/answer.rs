//! A token endpoint's answer, in the form the OAuth library wants it: read as JSON, and kept whole. What is in it, the vault
//! reads. Knows no platform.

use std::fmt;
use std::time::Duration;

use oauth2::basic::{BasicTokenIntrospectionResponse, BasicTokenType};
use oauth2::{AccessToken, RefreshToken, Scope, TokenResponse};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Nobody asks a token endpoint what a token is.
pub(super) type NoIntrospection = BasicTokenIntrospectionResponse;

/// An answer. The library asks for the token's type and scopes, and uses neither.
pub(super) struct Answer {
    pub(super) json: Value,
    access: AccessToken,
    kind: BasicTokenType,
}

/// Nothing of it is printed.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(..)")
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Value::deserialize(deserializer)?;
        Ok(Self { json, access: AccessToken::new(String::new()), kind: BasicTokenType::Bearer })
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl TokenResponse for Answer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.kind
    }

    fn expires_in(&self) -> Option<Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}
