//! One test binary: the program as people run it, with real git and the simulators.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod agreement;
mod authority;
mod bad_input;
mod browser;
mod cast;
mod commands;
mod conformance;
mod corpus;
mod desk;
mod doctor;
mod edge;
#[path = "../../fuzz/entries.rs"]
mod entries;
mod fault;
mod fitted;
mod host;
mod kill;
mod login;
mod network;
mod official;
mod pin;
mod press;
mod publish;
mod race;
mod readme;
mod rehearse;
mod renew;
mod scene;
mod seven;
mod shown;
mod socket;
mod terminal;
mod tidy;
