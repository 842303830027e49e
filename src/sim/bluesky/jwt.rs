//! Signed tokens (RFC 7519) of the servers, which a client may read the end of: `exp`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// Of whatever the simulator is asked; it protects nothing.
const KEY: &[u8] = b"make-believe personal data server";

/// A token of this type (`at+jwt`, `refresh+jwt`) with these claims.
pub(super) fn sign(kind: &str, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"typ": kind, "alg": "HS256"})), part(claims));
    let tag = tag(&signed);
    format!("{signed}.{tag}")
}

/// Its claims, if this server signed it.
pub(super) fn read(token: &str) -> Option<Value> {
    let (signed, tag_sent) = token.rsplit_once('.')?;
    if tag(signed) != tag_sent {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
    serde_json::from_slice(&claims).ok()
}

fn tag(signed: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(KEY) else { return String::new() };
    mac.update(signed.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}
