//! Web hosts on loopback whose files platforms fetch by address.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;

/// What a web host has: from a path with its query to a page.
pub type Site = Arc<dyn Fn(&str) -> Page + Send + Sync>;

/// One answer of a web host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub status: u16,
    pub content_type: String,
    pub bytes: Bytes,
}

impl Page {
    /// A file.
    pub fn file(content_type: &str, bytes: impl Into<Bytes>) -> Self {
        Self { status: 200, content_type: content_type.to_owned(), bytes: bytes.into() }
    }

    /// Nothing is there.
    pub fn missing() -> Self {
        Self { status: 404, content_type: "text/plain".to_owned(), bytes: Bytes::from_static(b"not found") }
    }
}

/// Serves a site; a request for the head alone gets the length of what there is.
pub(super) fn router(site: Site) -> Router {
    Router::new().fallback(answer).with_state(site)
}

async fn answer(State(site): State<Site>, request: Request) -> Response {
    let page = site(request.uri().path_and_query().map_or("/", |path| path.as_str()));
    let length = page.bytes.len();
    let head_only = request.method() == Method::HEAD;
    let mut response = Response::new(if head_only { Body::empty() } else { Body::from(page.bytes) });
    *response.status_mut() = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(kind) = HeaderValue::try_from(page.content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}
