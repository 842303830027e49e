//! DPoP (RFC 9449): proofs that whoever sends a token holds the key that it was given to, and the nonces that servers want in
//! them. Knows no call and no clock.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use secrecy::zeroize::Zeroizing;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::error::{Failure, Kind};
use crate::platform::Reply;
use crate::vault::Secret;

/// What a server says that wants a nonce of its own in a proof, or a newer one.
const WANTED: &str = "use_dpop_nonce";
/// No server's nonce is longer, in bytes.
const NONCE_MAX: usize = 512;
/// So long a nonce is surely taken: servers of the AT Protocol change theirs within five minutes.
const YOUNG: TimeDelta = TimeDelta::minutes(2);

/// A new key (ES256), in the form that it is kept in.
///
/// # Errors
/// When the machine has no random numbers.
pub fn new_key() -> Result<Secret, Failure> {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let key = made.map_err(|_| Failure::new(Kind::Bug, "no key could be made: the system gave no random numbers"))?;
    Ok(Secret::new(BASE64_STANDARD.encode(key.as_ref())))
}

/// Which request a proof is of.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) method: &'a str,
    /// Its real address; the query is not proved.
    pub(super) url: &'a Url,
    /// The token that goes along, where one does.
    pub(super) token: Option<&'a Secret>,
    /// What the server gave for it.
    pub(super) nonce: Option<&'a str>,
    /// A word never used before, and seconds since 1970.
    pub(super) id: &'a str,
    pub(super) at: i64,
}

/// The value of the `DPoP` header (section 4.2).
///
/// # Errors
/// When the key is none.
pub(super) fn proof(key: &Secret, about: &About<'_>) -> Result<String, Failure> {
    let random = SystemRandom::new();
    let pair = pair(key, &random).ok_or_else(|| {
        Failure::new(Kind::Person, "the stored key of a login is none").hint("connect the account again")
    })?;
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    // An uncompressed point: a byte that says so, and its two halves.
    let point = pair.public_key().as_ref().get(1..).unwrap_or_default();
    let (x, y) = point.split_at(point.len() / 2);
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) });
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
    let mut bare = about.url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    let mut claims = json!({ "jti": about.id, "htm": about.method, "htu": bare.as_str(), "iat": about.at });
    if let Some(nonce) = about.nonce {
        claims["nonce"] = nonce.into();
    }
    if let Some(token) = about.token {
        claims["ath"] = encode(&Sha256::digest(token.expose())).into();
    }
    let signed = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    let signature = pair
        .sign(&random, signed.as_bytes())
        .map_err(|_| Failure::new(Kind::Bug, "nothing could be signed: the system gave no random numbers"))?;
    Ok(format!("{signed}.{}", encode(signature.as_ref())))
}

fn pair(key: &Secret, random: &SystemRandom) -> Option<EcdsaKeyPair> {
    let key = Zeroizing::new(BASE64_STANDARD.decode(key.expose()).ok()?);
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key, random).ok()
}

/// Whether an answer refuses a request for nothing but its proof's nonce, and gives the one it wants: where tokens are given
/// with a code (section 8), elsewhere beside the name of the scheme (section 9).
pub(super) fn wants_nonce(reply: &Reply) -> bool {
    let scheme = reply.header("www-authenticate").unwrap_or_default();
    let says = || reply.json()["error"] == WANTED || scheme.contains(&format!("error=\"{WANTED}\""));
    matches!(reply.status, 400 | 401) && nonce(reply).is_some() && says()
}

fn nonce(reply: &Reply) -> Option<&str> {
    let plain = |nonce: &&str| nonce.len() <= NONCE_MAX && nonce.bytes().all(|byte| byte.is_ascii_graphic());
    reply.header("dpop-nonce").filter(plain).filter(|nonce| !nonce.is_empty())
}

/// The newest nonce of each origin, in memory alone.
#[derive(Default)]
pub(super) struct Nonces(Mutex<HashMap<String, (String, DateTime<Utc>)>>);

impl Nonces {
    /// Keeps what an answer gives.
    pub(super) fn learn(&self, of: &Url, reply: &Reply) {
        if let Some(nonce) = nonce(reply) {
            let mut nonces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            nonces.insert(of.origin().ascii_serialization(), (nonce.to_owned(), reply.at));
        }
    }

    /// What goes into the next proof.
    pub(super) fn of(&self, url: &Url) -> Option<String> {
        let nonces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.get(&url.origin().ascii_serialization()).map(|(nonce, _)| nonce.clone())
    }

    /// Whether there is one that will surely be taken.
    pub(super) fn is_young(&self, url: &Url, now: DateTime<Utc>) -> bool {
        let nonces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.get(&url.origin().ascii_serialization()).is_some_and(|(_, at)| now - *at < YOUNG)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::Value;

    use super::*;

    fn part(text: &str) -> Value {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    }

    /// Header and claims of a proof whose signature is by the key that it names.
    fn read(proof: &str) -> (Value, Value) {
        let parts: Vec<&str> = proof.split('.').collect();
        let (header, claims) = (part(parts[0]), part(parts[1]));
        let decode = |text: &Value| BASE64_URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap();
        let point = [vec![4], decode(&header["jwk"]["x"]), decode(&header["jwk"]["y"])].concat();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        let signed = format!("{}.{}", parts[0], parts[1]);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed.as_bytes(), &signature).unwrap();
        (header, claims)
    }

    /// The proof of a request with a token in RFC 9449, section 7.1, beside ours of the same request: what can differ is the
    /// key, the word and the time.
    #[test]
    fn proves_as_the_standard_does() {
        let standard = concat!(
            "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik",
            "VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR",
            "nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE",
            "QSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIj",
            "oiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0Z",
            "WRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNF",
            "c05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71E",
            "OptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA",
        );
        let token = Secret::new("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
        let url = Url::parse("https://resource.example.org/protectedresource?page=2#top").unwrap();
        let (id, at) = ("e1j3V_bKic8-LAEB", 1_562_262_618);
        let about = About { method: "GET", url: &url, token: Some(&token), nonce: None, id, at };
        let (header, claims) = read(standard);
        let (mut our_header, our_claims) = read(&proof(&new_key().unwrap(), &about).unwrap());
        assert_ne!(our_header["jwk"]["x"], header["jwk"]["x"]);
        for half in ["x", "y"] {
            our_header["jwk"][half] = header["jwk"][half].clone();
        }
        assert_eq!((our_header, our_claims), (header, claims));
        let about = About { token: None, nonce: Some("eyJ7S"), ..about };
        let (_, claims) = read(&proof(&new_key().unwrap(), &about).unwrap());
        assert_eq!((&claims["nonce"], &claims["ath"]), (&json!("eyJ7S"), &Value::Null));
        let failure = proof(&Secret::new("canary"), &about).unwrap_err();
        assert_eq!(failure.message, "the stored key of a login is none");
    }

    #[test]
    fn a_nonce_is_wanted_where_an_answer_says_so_and_gives_one() {
        let reply = |status, headers: &[(&str, &str)], body: &str| {
            let headers: BTreeMap<_, _> =
                headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Reply { status, headers, body: body.to_owned(), at: DateTime::UNIX_EPOCH }
        };
        let (given, scheme) =
            (("dpop-nonce", "n-1"), ("www-authenticate", "DPoP error=\"use_dpop_nonce\", error_description=\"x\""));
        let code = r#"{"error":"use_dpop_nonce"}"#;
        for (reply, wanted) in [
            (reply(401, &[given, scheme], ""), true),
            (reply(400, &[given], code), true),
            (reply(400, &[], code), false),
            (reply(401, &[given, ("www-authenticate", "DPoP error=\"invalid_token\"")], "{}"), false),
            (reply(500, &[given, scheme], code), false),
            (reply(200, &[given], code), false),
            (reply(401, &[("dpop-nonce", "a b"), scheme], ""), false),
        ] {
            assert_eq!(wants_nonce(&reply), wanted, "{} {:?}", reply.status, reply.headers);
        }
        let (nonces, now) = (Nonces::default(), DateTime::UNIX_EPOCH);
        let url = |text: &str| Url::parse(text).unwrap();
        nonces.learn(&url("https://pds.example/xrpc/a"), &reply(200, &[given], ""));
        nonces.learn(&url("https://pds.example/xrpc/a"), &reply(200, &[], ""));
        assert_eq!(nonces.of(&url("https://pds.example/oauth/token")).as_deref(), Some("n-1"));
        assert_eq!(nonces.of(&url("https://bsky.social/")), None);
        assert!(nonces.is_young(&url("https://pds.example/"), now + TimeDelta::seconds(119)));
        assert!(!nonces.is_young(&url("https://pds.example/"), now + TimeDelta::minutes(2)));
    }
}
