//! Front matter: YAML between `---` lines -> fields, each knowing its place. Knows no account and no platform limit.

pub mod yaml;
