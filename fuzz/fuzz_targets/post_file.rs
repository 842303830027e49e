#![no_main]
//! See `entries::post_file`.

use libfuzzer_sys::fuzz_target;
use pressroom_fuzz::entries;

fuzz_target!(|data: &[u8]| entries::post_file(data));
