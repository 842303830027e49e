//! What the fuzzer starts from, and what it has found, fed to the same functions on every run of the tests.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use pressroom::ledger::{State, entry};
use pressroom::limits::Platform;
use pressroom::post::PostId;

use crate::entries;

#[test]
fn whatever_the_fuzzer_starts_from_or_has_found() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let names: Vec<&str> = entries::ALL.iter().map(|(name, _)| *name).collect();
    for (name, feed) in entries::ALL {
        let inputs: Vec<_> = fs::read_dir(fuzz.join("corpus").join(name)).unwrap().map(Result::unwrap).collect();
        assert!(inputs.len() >= 3, "{name} has next to nothing to start from");
        for input in inputs {
            let bytes = fs::read(input.path()).unwrap();
            let fed = catch_unwind(|| {
                feed(&bytes);
                // Cut off and bent in a few places, as a first step of what the fuzzer does.
                for at in (0..bytes.len()).step_by(1 + bytes.len() / 40) {
                    feed(&bytes[..at]);
                    let mut bent = bytes.clone();
                    bent[at] = bent[at].wrapping_add(0x80);
                    feed(&bent);
                }
            });
            assert!(fed.is_ok(), "{}", input.path().display());
        }
        let target = fs::read_to_string(fuzz.join("fuzz_targets").join(name).with_extension("rs")).unwrap();
        assert!(target.contains(&format!("entries::{name}(data)")), "{name}");
    }
    let listed =
        fs::read_dir(fuzz.join("corpus")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(listed.into_iter().all(|folder| names.contains(&folder.as_str())));
}

/// A ledger that is not read at all would start the fuzzer nowhere.
#[test]
fn ledgers_that_the_fuzzer_starts_from_are_read() {
    let path = entry::path(&PostId::new("tea"));
    for name in ["published", "thread", "doubt", "failed", "later", "edited"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/ledger").join(name);
        let text = fs::read_to_string(file).unwrap();
        let state = State::fold([(path.as_str(), text.as_str())]);
        assert!(state.frozen.is_empty(), "{name}: {:?}", state.frozen);
    }
}

#[test]
fn every_platform_answers_the_fuzzer() {
    let mut published: Vec<_> = Platform::ALL.into_iter().filter(|platform| platform.limits().published).collect();
    let mut answering = entries::answering();
    published.sort_by_key(|platform| platform.name());
    answering.sort_by_key(|platform| platform.name());
    assert_eq!(answering, published);
}
