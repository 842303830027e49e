//! What publishing a rendition costs, where the platform bills it. Knows no ledger.

use std::fmt;
use std::iter::Sum;

use serde::{Serialize, Serializer};

use super::{Media, Part, Rendition, count};
use crate::limits::Prices;

/// US dollars. Serialised as a number: `0.015`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dollars {
    /// No price has smaller units.
    thousandths: u64,
}

impl fmt::Display for Dollars {
    /// `$0.015`, `$1.20`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.thousandths / 1000, self.thousandths % 1000);
        if rest.is_multiple_of(10) { write!(f, "${whole}.{:02}", rest / 10) } else { write!(f, "${whole}.{rest:03}") }
    }
}

impl Serialize for Dollars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_precision_loss, reason = "exact far beyond any bill")]
        serializer.serialize_f64(self.thousandths as f64 / 1000.0)
    }
}

impl Sum for Dollars {
    fn sum<I: Iterator<Item = Self>>(prices: I) -> Self {
        Self { thousandths: prices.map(|price| price.thousandths).sum() }
    }
}

impl Rendition {
    /// What publishing the parts costs that are `left`, if all goes well; `None` where the platform bills nothing.
    pub fn cost(&self, left: impl Fn(usize) -> bool) -> Option<Dollars> {
        let prices = self.platform.limits().prices?;
        let parts = self.parts.iter().enumerate().filter(|(index, _)| left(*index));
        let thousandths = match self.repost_of {
            Some(_) => parts.map(|_| u64::from(prices.repost)).sum(),
            None => parts.map(|(_, part)| part_price(part, &prices)).sum(),
        };
        Some(Dollars { thousandths })
    }
}

fn part_price(part: &Part, prices: &Prices) -> u64 {
    // The platform's list of endings is newer than ours: what is written as an address is taken for a link.
    let has_link = part.text.contains("://") || !count::urls::find(&part.text).is_empty();
    let post = if has_link { prices.link_post } else { prices.post };
    u64::from(post) + part.media.iter().map(|media| media_price(media, prices)).sum::<u64>()
}

/// Captions are a file of their own.
fn media_price(media: &Media, prices: &Prices) -> u64 {
    let uploads = 1 + u64::from(media.captions.is_some());
    uploads * u64::from(prices.upload) + if media.alt.is_some() { u64::from(prices.alt) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_without_needless_digits() {
        for (thousandths, text, json) in
            [(0, "$0.00", "0.0"), (5, "$0.005", "0.005"), (200, "$0.20", "0.2"), (1_215, "$1.215", "1.215")]
        {
            let dollars = Dollars { thousandths };
            assert_eq!((dollars.to_string().as_str(), serde_json::to_string(&dollars).unwrap().as_str()), (text, json));
        }
    }
}
