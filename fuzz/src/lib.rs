//! The entries that the fuzz targets share with the tests.

#[path = "../entries.rs"]
pub mod entries;
