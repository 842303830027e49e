//! The servers over HTTP, as a client meets them.
