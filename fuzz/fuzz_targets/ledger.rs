#![no_main]
//! See `entries::ledger`.

use libfuzzer_sys::fuzz_target;
use pressroom_fuzz::entries;

fuzz_target!(|data: &[u8]| entries::ledger(data));
