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
pub mod ledger;
pub mod plan;
pub mod platform;
// Effects: the world.
pub mod clock;
pub mod env;
pub mod http;
pub mod repo;
pub mod vault;
// Drivers: the day's work.
pub mod cmd;
pub mod content;
pub mod run;
// The simulators know nothing of the rest.
pub mod sim;
