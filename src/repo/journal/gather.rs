//! How long changes that nobody waits for gather before they are pushed. Pure; knows no clock.

use std::time::Duration;

/// The first pause: what is published one after another in a moment shares a push.
const FIRST: Duration = Duration::from_millis(250);
/// No longer than a hosting service's thrift keeps a push waiting anyway: what happened meanwhile is in the spool alone.
const LONGEST: Duration = Duration::from_secs(10);

/// A pause that doubles.
pub(super) struct Pause(Duration);

impl Default for Pause {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Pause {
    /// How long to wait for more.
    pub(super) fn length(&self) -> Duration {
        self.0
    }

    /// It was waited to its end, and nobody had asked meanwhile.
    pub(super) fn lengthen(&mut self) {
        self.0 = (self.0 * 2).min(LONGEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pushes_nobody_waits_for_become_rare_soon() {
        let (mut pause, mut since) = (Pause::default(), Duration::ZERO);
        let pushes: Vec<u128> = (0..9)
            .map(|_| {
                since += pause.length();
                pause.lengthen();
                since.as_millis()
            })
            .collect();
        assert_eq!(pushes, [250, 750, 1_750, 3_750, 7_750, 15_750, 25_750, 35_750, 45_750]);
    }
}
