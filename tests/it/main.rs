//! One test binary: the program as people run it, with real git and the simulators.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod agreement;
mod archive;
mod authority;
mod bad_input;
mod browser;
mod budget;
mod cast;
mod commands;
mod conformance;
mod corpus;
mod cut;
mod desk;
mod disk;
mod doctor;
mod edge;
#[path = "../../fuzz/entries.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets are other crates")]
mod entries;
mod everywhere;
mod fault;
mod fitted;
mod guards;
mod handbook;
mod host;
mod keys;
mod kill;
mod login;
mod lsp;
mod network;
mod notices;
mod oauth;
mod official;
mod page;
mod person;
mod pin;
mod press;
mod preview;
mod publish;
mod push;
mod queue;
mod race;
mod readme;
mod rehearse;
mod renew;
mod scene;
mod secrets;
mod servers;
mod shown;
mod soak;
mod socket;
mod terminal;
mod tidy;
mod watch;
mod workflows;
