//! What scopes let a client do (<https://atproto.com/specs/permission>): write records of a collection, upload files of
//! a type.

use percent_encoding::percent_decode_str;

use crate::sim::bluesky::errors::Refusal;

/// The right to all that the account's app password has.
const GENERIC: &str = "transition:generic";

/// Whether these let somebody do each of these to records of a collection.
pub(in crate::sim::bluesky) fn repo(scopes: &[String], collection: &str, actions: &[&str]) -> Result<(), Refusal> {
    let allows = |action: &str| {
        scopes.iter().any(|scope| {
            let Some((collections, parameters)) = parts(scope, "repo", "collection") else { return false };
            let mut named = parameters.iter().filter(|(name, _)| name == "action").peekable();
            let acts = named.peek().is_none() || named.any(|(_, own)| own == action);
            acts && collections.iter().any(|own| own == collection || own == "*")
        })
    };
    let missing = actions.iter().find(|action| !allows(action)).filter(|_| !is_generic(scopes));
    missing.map_or(Ok(()), |action| Err(refused(&format!("repo:{collection}?action={action}"))))
}

/// Whether these let somebody upload files of a type.
pub(in crate::sim::bluesky) fn blob(scopes: &[String], mime: &str) -> Result<(), Refusal> {
    let fits = |pattern: &String| {
        pattern == "*/*"
            || pattern == mime
            || pattern.strip_suffix('*').is_some_and(|kind| kind.ends_with('/') && mime.starts_with(kind))
    };
    let allowed =
        scopes.iter().any(|scope| parts(scope, "blob", "accept").is_some_and(|(types, _)| types.iter().any(fits)));
    if allowed || is_generic(scopes) { Ok(()) } else { Err(refused(&format!("blob:{mime}"))) }
}

/// Whether these let somebody call a method of another service.
pub(in crate::sim::bluesky) fn rpc(scopes: &[String], method: &str) -> Result<(), Refusal> {
    let fits = |own: &String| own == method || own == "*";
    let allowed =
        scopes.iter().any(|scope| parts(scope, "rpc", "lxm").is_some_and(|(methods, _)| methods.iter().any(fits)));
    if allowed || is_generic(scopes) { Ok(()) } else { Err(refused(&format!("rpc:{method}"))) }
}

fn is_generic(scopes: &[String]) -> bool {
    scopes.iter().any(|scope| scope == GENERIC)
}

fn refused(scope: &str) -> Refusal {
    Refusal::new(403, "ScopeMissingError", &format!("Missing required scope \"{scope}\""))
}

type Parameters = Vec<(String, String)>;

/// What stands after the colon, or under its own name in the query; and the rest of the query.
fn parts(scope: &str, resource: &str, name: &str) -> Option<(Vec<String>, Parameters)> {
    let (head, query) = scope.split_once('?').unwrap_or((scope, ""));
    let rest = head.strip_prefix(resource)?;
    let parameters: Parameters = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut values: Vec<String> =
        parameters.iter().filter(|(own, _)| own == name).map(|(_, value)| value.clone()).collect();
    match rest.strip_prefix(':') {
        Some(value) => values.push(percent_decode_str(value).decode_utf8_lossy().into_owned()),
        None if rest.is_empty() => {}
        None => return None,
    }
    Some((values, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_allow_what_they_name() {
        let all = ["create", "update", "delete"];
        for (scope, allowed) in [
            ("repo:app.bsky.feed.post", vec!["create", "update", "delete"]),
            ("repo:app.bsky.feed.post?action=create&action=update", vec!["create", "update"]),
            ("repo?collection=app.bsky.feed.post&action=delete", vec!["delete"]),
            ("repo:*?action=create", vec!["create"]),
            ("repo:app.bsky.feed.like", vec![]),
            ("transition:generic", vec!["create", "update", "delete"]),
            ("atproto", vec![]),
            ("repository:app.bsky.feed.post", vec![]),
        ] {
            let scopes = [scope.to_owned()];
            let may: Vec<_> =
                all.iter().copied().filter(|action| repo(&scopes, "app.bsky.feed.post", &[action]).is_ok()).collect();
            assert_eq!(may, allowed, "{scope}");
        }
        for (scope, mime, allowed) in [
            ("blob:image/*", "image/png", true),
            ("blob:image/*", "video/mp4", false),
            ("blob:*/*", "video/mp4", true),
            ("blob?accept=video/mp4&accept=text/vtt", "text/vtt", true),
            ("transition:generic", "video/mp4", true),
        ] {
            assert_eq!(blob(&[scope.to_owned()], mime).is_ok(), allowed, "{scope} {mime}");
        }
    }
}
