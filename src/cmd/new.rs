//! `pressroom new`.
use super::Context;
use crate::error::Failure;
use clap::Args;
/// Stub.
#[derive(Debug, Args)]
pub struct New {}
impl New {
    pub(super) fn run(self, _context: &Context) -> Result<u8, Failure> {
        Ok(0)
    }
}
