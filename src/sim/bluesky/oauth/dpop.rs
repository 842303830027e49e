//! Proofs that the caller has a key (RFC 9449): ES256, a nonce of the server, each good once.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::sim::bluesky::call::Call;
use crate::sim::bluesky::errors::Refusal;
use crate::sim::bluesky::state::State;
use crate::sim::bluesky::syntax;

/// Seconds for which a nonce is the newest; the one before it is good as well.
const NONCE_SECONDS: u64 = 150;
/// Seconds that a proof's time may be off.
const SKEW_SECONDS: u64 = 60;

/// Whom an answer is for: the two word the same differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sim::bluesky) enum At {
    Authorization,
    Resource,
}

/// The nonce to use now.
pub(in crate::sim::bluesky) fn nonce(now: SystemTime) -> String {
    nonce_of(seconds(now) / NONCE_SECONDS)
}

fn nonce_of(window: u64) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(format!("nonce/{window}"))[..24])
}

/// The thumbprint of the key whose proof came with the call, for this access token if there is one.
pub(in crate::sim::bluesky) fn check(state: &mut State, call: &Call, token: Option<&str>) -> Result<String, Refusal> {
    let at = if token.is_some() { At::Resource } else { At::Authorization };
    let wrong = |why: &str| refuse(at, "invalid_dpop_proof", why);
    let proof = call.header("dpop");
    if proof.is_empty() {
        return Err(wrong("DPoP proof required"));
    }
    let (claims, thumbprint) = verified(proof).map_err(wrong)?;
    let now = seconds(state.now);
    let htu = format!("https://{}{}", call.host, call.path);
    let hash = token.map(|token| URL_SAFE_NO_PAD.encode(Sha256::digest(token)));
    let id = claims["jti"].as_str().filter(|id| !id.is_empty()).ok_or_else(|| wrong("DPoP \"jti\" missing"))?;
    if claims["htm"] != call.method.as_str() {
        return Err(wrong("DPoP \"htm\" mismatch"));
    }
    if claims["htu"] != htu.as_str() {
        return Err(wrong("DPoP \"htu\" mismatch"));
    }
    if claims["iat"].as_u64().is_none_or(|iat| iat.abs_diff(now) > SKEW_SECONDS) {
        return Err(wrong("DPoP \"iat\" is too far from now"));
    }
    if claims.get("ath").and_then(Value::as_str) != hash.as_deref() {
        return Err(wrong("DPoP \"ath\" mismatch"));
    }
    let window = now / NONCE_SECONDS;
    let good = [Some(window), window.checked_sub(1)].into_iter().flatten().map(nonce_of);
    if !good.into_iter().any(|nonce| claims["nonce"] == nonce.as_str()) {
        return Err(refuse(at, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof"));
    }
    if !state.oauth.proofs.insert(format!("{thumbprint}/{id}")) {
        return Err(wrong("DPoP proof replayed"));
    }
    Ok(thumbprint)
}

/// At the resource the header says it as well.
pub(in crate::sim::bluesky) fn refuse(at: At, error: &'static str, why: &str) -> Refusal {
    match at {
        At::Authorization => Refusal::oauth(400, error, why),
        At::Resource => {
            let header = format!("DPoP error=\"{error}\", error_description=\"{}\"", why.replace('"', "'"));
            Refusal::new(401, error, why).with("www-authenticate", header)
        }
    }
}

/// The claims of a proof that its own key signed, and the thumbprint of that key.
fn verified(proof: &str) -> Result<(Value, String), &'static str> {
    let (signed, signature) = proof.rsplit_once('.').ok_or("DPoP proof is no JWT")?;
    let (header, claims) = signed.split_once('.').ok_or("DPoP proof is no JWT")?;
    let read = |part: &str| serde_json::from_slice::<Value>(&decode(part)?).ok();
    let (header, claims) =
        (read(header).ok_or("DPoP header is no JSON")?, read(claims).ok_or("DPoP claims are no JSON")?);
    if header["typ"] != "dpop+jwt" || header["alg"] != "ES256" {
        return Err("DPoP proof must be of type dpop+jwt and signed with ES256");
    }
    let key = &header["jwk"];
    if key["kty"] != "EC" || key["crv"] != "P-256" || key.get("d").is_some() {
        return Err("DPoP \"jwk\" must be a public key on P-256");
    }
    let (x, y) = (key["x"].as_str().unwrap_or_default(), key["y"].as_str().unwrap_or_default());
    let point = [vec![4], decode(x).unwrap_or_default(), decode(y).unwrap_or_default()].concat();
    let signature = decode(signature).ok_or("DPoP signature is not base64url")?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| "DPoP signature verification failed")?;
    let canonical = format!("{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\",\"y\":\"{y}\"}}");
    Ok((claims, URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))))
}

fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

fn seconds(at: SystemTime) -> u64 {
    syntax::micros(at) / 1_000_000
}
