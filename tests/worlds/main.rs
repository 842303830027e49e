//! Whole worlds played through in virtual time: posts, accounts, machines, platforms, and everything that can go wrong. The
//! program's own planning, running and ledger code is at work; only time, disk, remote and network are made up. One
//! seed makes one world, the same each time.
//!
//! `PRESSROOM_WORLDS=100000` plays more of them (`PRESSROOM_WORLDS=50000..100000` the second half), `PRESSROOM_WORLD=SEED` one, telling what happens.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "whoever looks at one world is told what happens in it")]

mod clock;
mod dice;
mod hub;
mod judge;
mod library;
mod machine;
mod people;
mod seeds;
mod wire;
mod world;
