//! A rendition's fingerprint: what the ledger remembers of what was sent.

use sha2::{Digest, Sha256};

use super::Rendition;

impl Rendition {
    /// 32 hex digits that are equal only for equal renditions: text, media content, settings and audience.
    pub fn fingerprint(&self) -> String {
        #[expect(clippy::expect_used, reason = "every field serialises: strings, numbers and maps with string keys")]
        let canonical = serde_json::to_vec(self).expect("a rendition is plain data");
        Sha256::digest(&canonical)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
