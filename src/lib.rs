//! pressroom publishes to social networks from a git repository.
//!
//! The modules by layer: a layer leans only on those above it. `tests/it/tidy.rs` holds the law, ARCHITECTURE.md tells it.

// Words: what is written down. Pure.
pub mod account;
pub mod error;
pub mod limits;
pub mod media;
pub mod post;
pub mod schema;
pub mod step;
pub mod suggest;
pub mod zone;
// Rules: what follows from it. Pure.
pub mod fit;
pub mod import;
pub mod language;
pub mod ledger;
pub mod notice;
pub mod page;
pub mod plan;
pub mod platform;
// Effects: the world.
pub mod chance;
pub mod clock;
pub mod env;
pub mod hosting;
pub mod http;
pub mod login;
pub mod notify;
pub mod repo;
pub mod vault;
// Drivers: the day's work.
pub mod archive;
pub mod content;
pub mod guard;
pub mod round;
pub mod run;
// The simulators know nothing of the rest.
pub mod sim;
// The command line: only `main` knows it.
pub mod cmd;
