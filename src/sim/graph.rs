//! Facebook's hosts, where Facebook and Instagram live side by side: the path tells whose request it is.

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use tower::ServiceExt;

use super::facebook::Facebook;
use super::instagram::Instagram;

pub(super) fn router(facebook: &Facebook, instagram: &Instagram) -> Router {
    let (facebook, theirs, instagram) = (facebook.router(), instagram.router_of_facebook(), instagram.clone());
    Router::new().fallback(move |request: Request| {
        let service = if instagram.owns(request.uri().path()) { theirs.clone() } else { facebook.clone() };
        async move { service.oneshot(request).await.into_response() }
    })
}
