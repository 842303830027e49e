//! `pressroom rehearse`.
use clap::Args;
use super::Context;
use crate::error::Failure;
/// Stub.
#[derive(Debug, Args)]
pub struct Rehearse {}
impl Rehearse {
    pub(super) fn run(self, _context: &Context) -> Result<u8, Failure> { Ok(0) }
}
