//! Starts, says the error, sets the exit code.

fn main() {}
