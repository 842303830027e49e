//! A make-believe LinkedIn.

use axum::Router;

use super::{Seen, World};

/// The hosts this simulator answers for.
pub const HOSTS: &[&str] = &["api.linkedin.com", "www.linkedin.com"];

/// A make-believe LinkedIn.
pub struct LinkedIn;

impl LinkedIn {
    /// An empty platform with no accounts.
    pub fn new(_world: World) -> Self {
        Self
    }

    /// The HTTP service.
    pub fn router(&self) -> Router {
        Router::new()
    }

    /// What readers see, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        Vec::new()
    }
}
