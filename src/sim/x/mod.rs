//! A make-believe X.
use axum::Router;
use super::{Seen, World};
mod emoji;
mod text;
pub const HOSTS: &[&str] = &["api.x.com", "x.com"];
pub struct X;
impl X {
    pub fn new(_world: World) -> Self { Self }
    pub fn router(&self) -> Router { Router::new() }
    pub fn seen(&self) -> Vec<Seen> { Vec::new() }
}
