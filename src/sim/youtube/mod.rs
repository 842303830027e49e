//! A make-believe YouTube, as its public documents describe it.

use axum::Router;

use super::{Seen, World};

/// The hosts this simulator answers for.
pub const HOSTS: &[&str] = &["www.googleapis.com", "oauth2.googleapis.com", "accounts.google.com"];

/// A make-believe YouTube. Clones are the same platform.
#[derive(Clone)]
pub struct YouTube {
    world: World,
}

impl YouTube {
    /// An empty platform.
    pub fn new(world: World) -> Self {
        Self { world }
    }

    /// What readers see, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        Vec::new()
    }

    /// The HTTP service.
    pub fn router(&self) -> Router {
        Router::new()
    }
}
