//! One test binary: the program as people run it, with real git and the simulators.

mod fault;
mod host;
mod kill;
mod network;
mod press;
mod publish;
mod race;
mod scene;
