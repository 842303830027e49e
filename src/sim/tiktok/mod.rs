//! A make-believe TikTok, as its public documents describe it.

use axum::Router;

use super::{Seen, World};

/// The hosts this simulator answers for.
pub const HOSTS: &[&str] = &["open.tiktokapis.com", "open-upload.tiktokapis.com", "www.tiktok.com"];

/// A make-believe TikTok. Clones are the same platform.
#[derive(Clone)]
pub struct TikTok {
    world: World,
}

impl TikTok {
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
