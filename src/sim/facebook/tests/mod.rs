//! The simulator over HTTP, as a client meets it.
