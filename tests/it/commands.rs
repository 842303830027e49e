//! Each command as people use it: what it prints, and how it ends.

mod connect;
mod documents;
mod exits;
mod import;
mod keys;
mod media;
mod output;
mod reading;
mod review;
mod settle;
