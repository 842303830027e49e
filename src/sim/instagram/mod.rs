//! A make-believe Instagram: professional accounts, containers and what they publish, reached through either login.

use axum::Router;

use super::facebook::Facebook;
use super::{Seen, World};

/// The hosts this simulator answers for by itself; with a Facebook login, the same nodes are on Facebook's hosts.
pub const HOSTS: &[&str] = &["graph.instagram.com", "api.instagram.com", "www.instagram.com"];

/// A make-believe Instagram. Clones are the same platform.
#[derive(Clone)]
pub struct Instagram {
    world: World,
    /// Knows the tokens of a Facebook login.
    facebook: Facebook,
}

impl Instagram {
    /// An empty platform.
    pub fn new(world: World, facebook: Facebook) -> Self {
        Self { world, facebook }
    }

    /// Whether a request to one of Facebook's hosts is for one of our nodes: the path names an account, a container, a
    /// published media or a comment of ours, or begins with `/ig-api-upload/`.
    pub(super) fn owns(&self, _path: &str) -> bool {
        false
    }

    /// What readers see, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        Vec::new()
    }

    /// The HTTP service, for its own hosts and for Facebook's.
    pub fn router(&self) -> Router {
        Router::new()
    }
}
