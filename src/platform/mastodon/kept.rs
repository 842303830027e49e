//! What a server made of a part, compared with what was asked of it: servers leave out what they do not know, and say nothing.

use serde_json::Value;

use super::wire;
use crate::fit::Rendition;

/// What is not as it was asked for, half a sentence each; `post` is the part as the server shows it.
pub(super) fn lacks(rendition: &Rendition, index: usize, post: &Value) -> Vec<String> {
    let checks = [audience, files, poll, warning, sensitive, language, quotes];
    checks.into_iter().filter_map(|check| check(rendition, index, post)).collect()
}

fn audience(rendition: &Rendition, _index: usize, post: &Value) -> Option<String> {
    let wanted = wire::audience(rendition.visibility);
    let is = post["visibility"].as_str().filter(|is| *is != wanted)?;
    Some(format!("its audience is `{is}` and not `{wanted}`"))
}

fn files(rendition: &Rendition, index: usize, post: &Value) -> Option<String> {
    let wanted = rendition.parts.get(index)?.media.len();
    let attached = post["media_attachments"].as_array()?;
    let has = attached.len();
    if has != wanted {
        return Some(format!("it has {has} of {wanted} files"));
    }
    let alt = |value: &Value| value["description"].as_str().is_some_and(|alt| !alt.trim().is_empty());
    let sent = rendition.parts.get(index)?.media.iter().filter(|media| media.alt.is_some()).count();
    let lacking = sent.saturating_sub(attached.iter().filter(|value| alt(value)).count());
    (lacking > 0).then(|| format!("{lacking} of its alternative texts are missing"))
}

fn poll(rendition: &Rendition, index: usize, post: &Value) -> Option<String> {
    let wanted = rendition.poll.as_ref().filter(|_| index == 0)?.options.len();
    let has = post["poll"]["options"].as_array().map_or(0, Vec::len);
    (has != wanted).then(|| if has == 0 { "it has no poll".to_owned() } else { format!("its poll has {has} options") })
}

fn warning(rendition: &Rendition, _index: usize, post: &Value) -> Option<String> {
    let wanted = wire::setting(rendition, "content_warning").trim();
    let is = post["spoiler_text"].as_str().unwrap_or_default().trim();
    (!wanted.is_empty() && is.is_empty()).then(|| "it has no content warning".to_owned())
}

fn sensitive(rendition: &Rendition, index: usize, post: &Value) -> Option<String> {
    let has_media = rendition.parts.get(index).is_some_and(|part| !part.media.is_empty());
    let wanted = has_media && wire::setting(rendition, "sensitive") == "true";
    (wanted && post["sensitive"] == false).then(|| "its media are not hidden".to_owned())
}

/// Servers may know less of a language than its region.
fn language(rendition: &Rendition, _index: usize, post: &Value) -> Option<String> {
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let wanted = rendition.lang.as_ref()?;
    let is = post["language"].as_str().unwrap_or("none");
    (primary(is) != primary(wanted)).then(|| format!("its language is `{is}` and not `{wanted}`"))
}

fn quotes(rendition: &Rendition, _index: usize, post: &Value) -> Option<String> {
    let wanted = Some(wire::setting(rendition, "quote_policy")).filter(|wanted| !wanted.is_empty())?;
    let Some(automatic) = post["quote_approval"]["automatic"].as_array() else {
        return Some("the server does not know who may quote".to_owned());
    };
    let is = match automatic.first().and_then(Value::as_str) {
        None => "nobody",
        Some(who) => who,
    };
    (is != wanted).then(|| format!("it may be quoted by `{is}` and not `{wanted}`"))
}
