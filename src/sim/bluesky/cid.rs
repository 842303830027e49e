//! Content identifiers: version 1, SHA-256, base 32; of bytes as they are, or of JSON as DAG-CBOR
//! (<https://atproto.com/specs/data-model>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const RAW: u8 = 0x55;
const DAG_CBOR: u8 = 0x71;
/// What is before the 32 bytes of the digest, but for the codec.
const LENGTH: usize = 36;

/// Of a file: `bafkrei…`.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    named(RAW, bytes)
}

/// Of a record: `bafyrei…`. Nothing where it has what the data model has not: a fraction, a link that is none.
pub(super) fn of_json(value: &Value) -> Option<String> {
    let mut cbor = Vec::new();
    encode(value, &mut cbor)?;
    Some(named(DAG_CBOR, &cbor))
}

/// Whether a text is such a name.
pub(super) fn is(text: &str) -> bool {
    decode(text).is_some()
}

fn named(codec: u8, content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let bytes = [[1, codec, 0x12, 0x20].as_slice(), digest.as_slice()].concat();
    let mut text = String::from("b");
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits) & 31) as usize]));
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::with_capacity(LENGTH), 0_u32, 0);
    for byte in text.strip_prefix('b')?.bytes() {
        let digit = ALPHABET.iter().position(|own| *own == byte)?;
        held = (held << 5 | u32::try_from(digit).ok()?) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    let known =
        bytes.len() == LENGTH && bytes[0] == 1 && [RAW, DAG_CBOR].contains(&bytes[1]) && bytes[2..4] == [0x12, 0x20];
    known.then_some(bytes)
}

fn encode(value: &Value, out: &mut Vec<u8>) -> Option<()> {
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(flag) => out.push(0xf4 + u8::from(*flag)),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => head(0, number, out),
            (None, Some(number)) => head(1, u64::try_from(-1 - number).ok()?, out),
            _ => return None,
        },
        Value::String(text) => {
            head(3, text.len() as u64, out);
            out.extend(text.as_bytes());
        }
        Value::Array(list) => {
            head(4, list.len() as u64, out);
            for value in list {
                encode(value, out)?;
            }
        }
        Value::Object(map) => object(map, out)?,
    }
    Some(())
}

fn object(map: &Map<String, Value>, out: &mut Vec<u8>) -> Option<()> {
    if map.len() == 1 && map.contains_key("$link") {
        let link = decode(map.get("$link")?.as_str()?)?;
        head(6, 42, out);
        // The nought stands for a name in binary.
        head(2, link.len() as u64 + 1, out);
        out.push(0);
        out.extend(link);
    } else if map.len() == 1 && map.contains_key("$bytes") {
        let bytes = STANDARD_NO_PAD.decode(map.get("$bytes")?.as_str()?.trim_end_matches('=')).ok()?;
        head(2, bytes.len() as u64, out);
        out.extend(bytes);
    } else {
        head(5, map.len() as u64, out);
        let mut keys: Vec<&String> = map.keys().collect();
        // Shorter ones first.
        keys.sort_by_key(|key| (key.len(), key.as_bytes().to_vec()));
        for key in keys {
            head(3, key.len() as u64, out);
            out.extend(key.as_bytes());
            encode(&map[key], out)?;
        }
    }
    Some(())
}

/// A major type and its number, in as few bytes as it takes.
fn head(major: u8, number: u64, out: &mut Vec<u8>) {
    let bytes = number.to_be_bytes();
    let (low, length) = match number {
        0..24 => return out.push(major << 5 | bytes[7]),
        24..0x100 => (24, 1),
        0x100..0x1_0000 => (25, 2),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 8),
    };
    out.push(major << 5 | low);
    out.extend(&bytes[8 - length..]);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Values and names as in interop-test-files/data-model of <https://github.com/bluesky-social/atproto>.
    #[test]
    fn records_are_named_as_others_name_them() {
        let link = json!({"$link": "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a"});
        let bytes = json!({"$bytes": "nFERjvLLiw9qm45JrqH9QTzyC2Lu1Xb4ne6+sBrCzI0"});
        let blob = json!({
            "$type": "blob", "ref": {"$link": "bafkreiccldh766hwcnuxnf2wh6jgzepf2nlu2lvcllt63eww5p6chi4ity"},
            "mimeType": "image/jpeg", "size": 10_000,
        });
        let plain = json!({
            "string": "abc", "unicode": "a~öñ©⽘☎𓋓😀👨\u{200D}👩\u{200D}👧\u{200D}👧", "integer": 123, "bool": true, "null": null,
            "array": ["abc", "def", "ghi"],
            "object": {"string": "abc", "number": 123, "bool": true, "arr": ["abc", "def", "ghi"]},
        });
        for (value, name) in [
            (plain, "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"),
            (json!({"a": link, "b": bytes, "c": blob}), "bafyreihldkhcwijkde7gx4rpkkuw7pl6lbyu5gieunyc7ihactn5bkd2nm"),
        ] {
            assert_eq!(of_json(&value).as_deref(), Some(name));
            assert!(is(name));
        }
    }

    #[test]
    fn what_the_data_model_has_not_has_no_name() {
        for value in [json!({"a": 1.5}), json!({"$link": "bafy"}), json!({"$link": 1}), json!({"$bytes": "?"})] {
            assert_eq!(of_json(&value), None, "{value}");
        }
        assert!(!is("bafkrei") && !is("") && !is("zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA"));
        assert_eq!(of_bytes(b"hello world"), "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
    }

    #[test]
    fn numbers_take_as_few_bytes_as_they_can() {
        for (number, bytes) in [
            (json!(23), vec![0x17]),
            (json!(24), vec![0x18, 24]),
            (json!(256), vec![0x19, 1, 0]),
            (json!(65_536), vec![0x1a, 0, 1, 0, 0]),
            (json!(4_294_967_296_u64), vec![0x1b, 0, 0, 0, 1, 0, 0, 0, 0]),
            (json!(-1), vec![0x20]),
            (json!(-25), vec![0x38, 24]),
        ] {
            let mut out = Vec::new();
            encode(&number, &mut out).unwrap();
            assert_eq!(out, bytes, "{number}");
        }
    }
}
