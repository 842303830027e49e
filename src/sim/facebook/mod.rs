//! A make-believe Facebook: Pages, their posts and media, and the login that Instagram shares.

use std::time::SystemTime;

use axum::Router;

use super::{Seen, World};

/// The hosts this simulator answers for; Instagram's nodes live on the first and the last too.
pub const HOSTS: &[&str] = &["graph.facebook.com", "www.facebook.com", "rupload.facebook.com"];

/// A make-believe Facebook. Clones are the same platform.
#[derive(Clone)]
pub struct Facebook {
    world: World,
}

/// A token as Facebook gave it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The person it is for.
    pub user: String,
    /// The Page it acts for; `None`: a user token.
    pub page: Option<String>,
    pub scopes: Vec<String>,
    /// `None`: it does not end.
    pub expires: Option<SystemTime>,
}

impl Facebook {
    /// An empty platform.
    pub fn new(world: World) -> Self {
        Self { world }
    }

    /// What a live token says; `None` for one that is unknown, revoked or over.
    pub(super) fn token(&self, _token: &str) -> Option<Token> {
        None
    }

    /// Connects a Page to a professional Instagram account: `instagram_business_account` of the Page.
    pub(super) fn link_instagram(&self, _page: &str, _account: &str) {}

    /// What readers see, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        Vec::new()
    }

    /// The HTTP service.
    pub fn router(&self) -> Router {
        Router::new()
    }
}
