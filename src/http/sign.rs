//! OAuth 1.0a: the `Authorization` header of a signed request (RFC 5849, HMAC-SHA1). Knows no call and no clock.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use url::Url;

use crate::vault::Secret;

/// Every byte but the unreserved characters of RFC 3986, as section 3.6 of RFC 5849 wants it.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whose signature it is: the app's two halves and, once there is a token, its two.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    pub consumer: &'a Secret,
    pub consumer_secret: &'a Secret,
    pub token: Option<[&'a Secret; 2]>,
}

/// What makes each signature another: a word never used before, and seconds since 1970.
pub(super) struct Once<'a> {
    pub(super) nonce: &'a str,
    pub(super) timestamp: i64,
}

/// What is signed besides the address and what every signature has.
#[derive(Clone, Copy, Default)]
pub(super) struct Params<'a> {
    /// Further parameters of the protocol: `oauth_verifier`.
    pub(super) own: &'a [(&'a str, &'a str)],
    /// The fields of a form body; other bodies are not signed.
    pub(super) form: &'a [(String, String)],
}

/// The value of the `Authorization` header.
pub(super) fn header(keys: &Keys<'_>, method: &str, url: &Url, params: &Params<'_>, once: &Once<'_>) -> String {
    let timestamp = once.timestamp.to_string();
    let mut named = vec![
        ("oauth_consumer_key", keys.consumer.expose()),
        ("oauth_nonce", once.nonce),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", &timestamp),
        ("oauth_version", "1.0"),
    ];
    named.extend(keys.token.map(|[token, _]| ("oauth_token", token.expose())));
    named.extend(params.own);
    let fields = params.form.iter().map(|(name, value)| (name.clone(), value.clone()));
    let own: Vec<_> = named.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let token_secret = keys.token.map_or("", |[_, secret]| secret.expose());
    let secrets = [keys.consumer_secret.expose(), token_secret];
    let signature = signature(method, url, own.into_iter().chain(fields), secrets);
    named.push(("oauth_signature", &signature));
    named.sort_unstable();
    let named: Vec<String> = named.iter().map(|(name, value)| format!("{name}=\"{}\"", encode(value))).collect();
    format!("OAuth {}", named.join(", "))
}

/// Signs the parameters and those of the address (section 3.4).
fn signature(
    method: &str,
    url: &Url,
    params: impl Iterator<Item = (String, String)>,
    [consumer_secret, token_secret]: [&str; 2],
) -> String {
    let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned()));
    let mut pairs: Vec<_> = params.chain(query).map(|(name, value)| (encode(&name), encode(&value))).collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    let base = format!("{method}&{}&{}", encode(bare.as_str()), encode(&pairs.join("&")));
    let key = format!("{}&{}", encode(consumer_secret), encode(token_secret));
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(base.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The second and the third request of the example in RFC 5849, section 1.2.
    #[test]
    fn signs_as_the_standard_does() {
        let consumer = ("oauth_consumer_key", "dpf43f3p2l4k3l03");
        let method = ("oauth_signature_method", "HMAC-SHA1");
        let token = pairs(&[
            consumer,
            method,
            ("oauth_token", "hh5s93j4hdidpola"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "walatlh"),
            ("oauth_verifier", "hfdp7dh39dks9884"),
        ]);
        let url = Url::parse("https://photos.example.net/token").unwrap();
        assert_eq!(
            signature("POST", &url, token.into_iter(), ["kd94hf93k423kf44", "hdhd0244k9j7ao03"]),
            "gKgrFCywp7rO0OXSjdot/IHF7IU="
        );
        let photo = pairs(&[
            consumer,
            method,
            ("oauth_token", "nnch734d00sl2jdk"),
            ("oauth_timestamp", "137131202"),
            ("oauth_nonce", "chapoH"),
        ]);
        let url = Url::parse("http://photos.example.net/photos?file=vacation.jpg&size=original").unwrap();
        assert_eq!(
            signature("GET", &url, photo.into_iter(), ["kd94hf93k423kf44", "pfkkdhi9sl3r4s00"]),
            "MdpQcU8iPSUjWoN/UDMsK2sui9I="
        );
    }

    /// The base string of RFC 5849, section 3.4.1.1: encoded names, empty values, a name that is there twice, a plus sign.
    #[test]
    fn query_and_form_are_read_alike() {
        let oauth = [
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "7d8f3e4a"),
        ];
        let form = pairs(&[&oauth[..], &[("c2", ""), ("a3", "2 q")]].concat());
        let secrets = ["j49sk3j29djd", "dh893hdasih9"];
        let url = Url::parse("http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b").unwrap();
        let signed = signature("POST", &url, form.into_iter(), secrets);
        let all = [&oauth[..], &[("c2", ""), ("a3", "2 q"), ("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b")]];
        let url = Url::parse("http://example.com/request").unwrap();
        assert_eq!(signature("POST", &url, pairs(&all.concat()).into_iter(), secrets), signed);
        assert_eq!(signed, "r6/TJjbCOr97/+UU0NsvSne7s5g=");
    }

    /// The worked example of X's documentation ("Creating a signature"), with the header as it shows it ("Authorizing a
    /// request").
    #[test]
    fn writes_the_header_as_x_documents_it() {
        let secret = Secret::new;
        let keys = Keys {
            consumer: &secret("xvz1evFS4wEEPTGEFPHBog"),
            consumer_secret: &secret("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"),
            token: Some([
                &secret("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
                &secret("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
            ]),
        };
        let url = Url::parse("https://api.x.com/1.1/statuses/update.json?include_entities=true").unwrap();
        let form = pairs(&[("status", "Hello Ladies + Gentlemen, a signed OAuth request!")]);
        let once = Once { nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", timestamp: 1_318_622_958 };
        assert_eq!(
            header(&keys, "POST", &url, &Params { form: &form, ..Params::default() }, &once),
            "OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", \
             oauth_nonce=\"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg\", \
             oauth_signature=\"Ls93hJiZbQ3akF3HF3x1Bz8%2FzU4%3D\", oauth_signature_method=\"HMAC-SHA1\", \
             oauth_timestamp=\"1318622958\", oauth_token=\"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb\", \
             oauth_version=\"1.0\""
        );
    }

    /// The first request of a login, of the worked example of X's documentation ("Implementing Sign in with X", with the host
    /// it was signed for).
    #[test]
    fn a_login_begins_without_a_token() {
        let secret = Secret::new;
        let (consumer, consumer_secret) =
            (secret("cChZNFj6T5R0TigYB9yd1w"), secret("L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg"));
        let keys = Keys { consumer: &consumer, consumer_secret: &consumer_secret, token: None };
        let url = Url::parse("https://api.twitter.com/oauth/request_token").unwrap();
        let once = Once { nonce: "ea9ec8429b68d6b77cd5600adbbb0456", timestamp: 1_318_467_427 };
        let callback = [("oauth_callback", "http://localhost/sign-in-with-twitter/")];
        assert_eq!(
            header(&keys, "POST", &url, &Params { own: &callback, ..Params::default() }, &once),
            "OAuth oauth_callback=\"http%3A%2F%2Flocalhost%2Fsign-in-with-twitter%2F\", \
             oauth_consumer_key=\"cChZNFj6T5R0TigYB9yd1w\", oauth_nonce=\"ea9ec8429b68d6b77cd5600adbbb0456\", \
             oauth_signature=\"F1Li3tvehgcraF8DMJ7OyxO4w9Y%3D\", oauth_signature_method=\"HMAC-SHA1\", \
             oauth_timestamp=\"1318467427\", oauth_version=\"1.0\""
        );
    }
}
