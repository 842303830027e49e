//! The scopes there are, written out and bare.

const PREFIX: &str = "https://www.googleapis.com/auth/";

pub(super) const UPLOAD: &str = "youtube.upload";
pub(super) const READ: &str = "youtube.readonly";
pub(super) const MANAGE: &str = "youtube";
pub(super) const SSL: &str = "youtube.force-ssl";

/// The bare name of a known scope, written either way.
pub(super) fn bare(scope: &str) -> Option<&'static str> {
    let name = scope.strip_prefix(PREFIX).unwrap_or(scope);
    [UPLOAD, READ, MANAGE, SSL].into_iter().find(|known| *known == name)
}

/// The bare name of a known scope, written out as requests must.
pub(super) fn written(scope: &str) -> Option<&'static str> {
    scope.starts_with(PREFIX).then(|| bare(scope)).flatten()
}

/// As answers list them.
pub(super) fn list(scopes: &[String]) -> String {
    scopes.iter().map(|scope| format!("{PREFIX}{scope}")).collect::<Vec<_>>().join(" ")
}
