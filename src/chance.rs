//! The only place that rolls dice, where the outcome may decide what happens: names nobody else has, and waits of different
//! length for those who collided. Nothing secret comes from here.

use std::cell::Cell;

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

thread_local! {
    static LOADED: Cell<Option<u64>> = const { Cell::new(None) };
}

/// From now on the dice of this thread fall as the seed says: whoever plays a world through again sees the same.
pub fn load(seed: u64) {
    LOADED.set(Some(seed));
}

/// A name nobody else has.
pub fn name() -> Uuid {
    match LOADED.get() {
        None => Uuid::new_v4(),
        Some(_) => Builder::from_random_bytes(sixteen()).into_uuid(),
    }
}

/// A name nobody else has, that sorts by when it was given.
pub fn name_at(now: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    let mut random = [0; 10];
    match LOADED.get() {
        None => random.copy_from_slice(&Uuid::new_v4().as_bytes()[..10]),
        Some(_) => random.copy_from_slice(&sixteen()[..10]),
    }
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// A share of a whole: from 0 to just below 1.
pub fn share() -> f64 {
    // The top bits of a version 4 name are random; 53 of them are what a float can hold.
    let bits = (name().as_u128() >> 75) as u64;
    bits as f64 / (1_u64 << 53) as f64
}

fn sixteen() -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&next().to_le_bytes());
    bytes[8..].copy_from_slice(&next().to_le_bytes());
    bytes
}

/// SplitMix64: enough for dice, and the same everywhere.
fn next() -> u64 {
    let state = LOADED.get().unwrap_or_default().wrapping_add(0x9E37_79B9_7F4A_7C15);
    LOADED.set(Some(state));
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaded_dice_fall_the_same_way_again() {
        let now = "2026-12-01T09:00:00Z".parse().unwrap();
        let throw = || (name(), name_at(now), share());
        let free = [throw(), throw()];
        assert_ne!(free[0], free[1]);
        load(7);
        let first = [throw(), throw()];
        load(7);
        assert_eq!([throw(), throw()], first);
        assert_ne!(first[0], first[1]);
        load(8);
        assert_ne!(throw(), first[0]);
        for (id, timed, share) in first.iter().chain(&free) {
            assert_eq!((id.get_version_num(), timed.get_version_num()), (4, 7));
            let seconds = timed.get_timestamp().unwrap().to_unix().0;
            assert_eq!(DateTime::from_timestamp(seconds as i64, 0).unwrap(), now);
            assert!((0.0..1.0).contains(share), "{share}");
        }
    }
}
