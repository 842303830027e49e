//! The simulator over HTTP.
