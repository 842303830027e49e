//! A make-believe Threads, as its public documents describe it.

use axum::Router;

use super::{Seen, World};

/// The hosts this simulator answers for.
pub const HOSTS: &[&str] = &["graph.threads.net", "threads.net", "www.threads.com"];

/// A make-believe Threads. Clones are the same platform.
#[derive(Clone)]
pub struct Threads {
    world: World,
}

impl Threads {
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
