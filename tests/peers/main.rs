//! A second test binary: the program against servers that others wrote, each on a loopback port of this machine, and read back
//! there by clients that others wrote. The cases are those of `tests/it`, where simulators play the servers.
//!
//! `.ci/peers` installs the servers and runs it; plain `cargo test` passes over it. With `--nocapture` it tells its figures.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stderr, reason = "the figures of a hundred rounds are what whoever runs it wants to see")]

mod bluesky;
mod cast;
mod consent;
mod installed;
mod mastodon;
mod pds;
mod proxy;
mod rounds;
mod snac;

// What both binaries use: the harness, and the suite of cases with their files.
#[path = "../it/conformance/cases.rs"]
#[expect(dead_code, reason = "some of it is for simulators, and for platforms without a server here")]
mod cases;
#[path = "../it/cut.rs"]
mod cut;
#[path = "../it/conformance/life.rs"]
mod life;
#[path = "../it/conformance/media.rs"]
mod media;
#[path = "../it/person.rs"]
#[expect(dead_code, reason = "some of it is for simulators")]
mod person;
#[path = "../it/press.rs"]
#[expect(dead_code, reason = "some of it is for simulators")]
mod press;
#[path = "../it/scene.rs"]
#[expect(dead_code, reason = "some of it is for simulators")]
mod scene;
