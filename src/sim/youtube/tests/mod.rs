//! The simulator as a client meets it: every line of its rules at least once.
