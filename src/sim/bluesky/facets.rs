//! Facets: which bytes of a text are a link, a mention, a hashtag
//! (<https://docs.bsky.app/docs/advanced-guides/post-richtext>).

use serde_json::Value;

/// Each lies within the text, on borders of characters, after the one before; hashtags have no sign.
pub(super) fn check(text: &str, record: &Value) -> Result<(), String> {
    let mut end = 0;
    for (at, facet) in facets(record).enumerate() {
        let path = format!("$.facets[{at}]");
        let (from, to) = range(facet).ok_or_else(|| format!("Expected an index at {path}"))?;
        if from >= to || text.get(from..to).is_none() {
            return Err(format!("Bytes {from} to {to} are no part of a text of {} bytes at {path}.index", text.len()));
        }
        if from < end {
            return Err(format!("Facets overlap or are not in order at {path}.index"));
        }
        end = to;
        let tags = features(facet).filter_map(|feature| feature["tag"].as_str());
        if let Some(tag) =
            tags.into_iter().find(|tag| tag.is_empty() || tag.starts_with('#') || tag.contains(char::is_whitespace))
        {
            return Err(format!("\"{tag}\" is no hashtag at {path}.features"));
        }
    }
    Ok(())
}

/// What readers are shown of them: kind, words and where they lead.
pub(super) fn shown(text: &str, record: &Value) -> Vec<(&'static str, String)> {
    let shown = facets(record).filter_map(|facet| {
        let (from, to) = range(facet)?;
        let words = text.get(from..to)?;
        Some(features(facet).filter_map(move |feature| {
            let target = |name: &str| feature[name].as_str();
            match feature["$type"].as_str()?.split_once('#')?.1 {
                "link" => Some(("link", format!("{words} {}", target("uri")?))),
                "mention" => Some(("mention", format!("{words} {}", target("did")?))),
                _ => Some(("hashtag", target("tag")?.to_owned())),
            }
        }))
    });
    shown.flatten().collect()
}

fn facets(record: &Value) -> impl Iterator<Item = &Value> {
    record.get("facets").and_then(Value::as_array).into_iter().flatten()
}

fn features(facet: &Value) -> impl Iterator<Item = &Value> {
    facet["features"].as_array().into_iter().flatten()
}

fn range(facet: &Value) -> Option<(usize, usize)> {
    let number = |name: &str| usize::try_from(facet["index"][name].as_u64()?).ok();
    Some((number("byteStart")?, number("byteEnd")?))
}
