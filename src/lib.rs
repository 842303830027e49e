//! pressroom publishes to social networks from a git repository.
//!
//! The modules in reading order. Imports point upwards in this list only; ARCHITECTURE.md tells the laws.

// Words: what is written down. Pure.
pub mod account;
pub mod error;
pub mod limits;
pub mod media;
pub mod post;
pub mod schema;
pub mod suggest;
// Rules: what follows from it. Pure.
pub mod fit;
pub mod platform;
// The simulators know nothing of the rest.
pub mod sim;
