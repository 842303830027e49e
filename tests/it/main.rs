//! One test binary: the program as people run it, with real git and the simulators.

mod bad_input;
mod commands;
mod desk;
mod press;
mod publish;
mod shown;
