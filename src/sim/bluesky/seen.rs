//! What readers of the app see now.

use std::sync::Arc;

use serde_json::Value;

use super::state::{Key, Record, State, Status};
use super::{facets, gates, post};
use crate::sim::{Seen, SeenCard, SeenMedia};

/// Posts of accounts that are not taken down.
pub(super) fn all(state: &State) -> Vec<Seen> {
    let posts =
        state.records.iter().filter(|(key, _)| key.1 == post::NSID && state.accounts[key.0].status == Status::Active);
    let mut seen: Vec<Seen> = posts.map(|(key, record)| seen(state, key, record)).collect();
    seen.sort_by_key(|post| post.at);
    seen
}

fn seen(state: &State, key: &Key, record: &Record) -> Seen {
    let value = if state.options.shows_edits { &record.value } else { &record.first };
    let own = &state.accounts[key.0];
    let text = value["text"].as_str().unwrap_or_default();
    let media = post::media(value);
    Seen {
        author: own.did.clone(),
        id: state.uri(key),
        url: format!("https://bsky.app/profile/{}/post/{}", own.handle, key.2),
        text: text.to_owned(),
        visibility: "public".to_owned(),
        media: media.map(|media| files(state, key.0, media)).unwrap_or_default(),
        card: media.and_then(card),
        reply_to: owned(&value["reply"]["parent"]["uri"]),
        quotes: post::quoted(value).and_then(|quoted| owned(&quoted["uri"])),
        details: details(state, key, value, text),
        ..Seen::new("bluesky", record.made)
    }
}

fn details(state: &State, key: &Key, value: &Value, text: &str) -> Vec<(&'static str, String)> {
    let each = |name: &'static str, list: &Value| -> Vec<(&'static str, String)> {
        list.as_array().into_iter().flatten().filter_map(|item| Some((name, item.as_str()?.to_owned()))).collect()
    };
    let labels = value["labels"]["values"].as_array().into_iter().flatten();
    let mut details = each("lang", &value["langs"]);
    details.extend(each("tag", &value["tags"]));
    details.extend(labels.filter_map(|label| Some(("label", label["val"].as_str()?.to_owned()))));
    details.extend(facets::shown(text, value));
    details.extend(gates::shown(state, key.0, &key.2));
    details.extend(
        post::media(value).and_then(|media| Some(("presentation", media["presentation"].as_str()?.to_owned()))),
    );
    details
}

/// Pictures, the video, or the picture of the card.
fn files(state: &State, account: usize, media: &Value) -> Vec<SeenMedia> {
    let several = ["images", "items"].iter().filter_map(|name| media.get(name)?.as_array()).flatten();
    let pictures = several.filter_map(|item| file(state, account, &item["image"], owned(&item["alt"])));
    let video = file(state, account, &media["video"], owned(&media["alt"])).map(|mut video| {
        let captions = media["captions"].as_array().into_iter().flatten();
        video.captions =
            captions.filter_map(|own| Some((owned(&own["lang"])?, bytes(state, account, &own["file"])?.1))).collect();
        video
    });
    let thumb = file(state, account, &media["external"]["thumb"], None);
    pictures.chain(video).chain(thumb).collect()
}

/// An empty description is none.
fn file(state: &State, account: usize, blob: &Value, alt: Option<String>) -> Option<SeenMedia> {
    let (mime, bytes) = bytes(state, account, blob)?;
    Some(SeenMedia { mime, alt: alt.filter(|alt| !alt.is_empty()), bytes, ..SeenMedia::default() })
}

fn bytes(state: &State, account: usize, blob: &Value) -> Option<(String, Arc<[u8]>)> {
    let blob = state.blob(account, blob["ref"]["$link"].as_str()?)?;
    Some((blob.mime.clone(), blob.bytes.clone()))
}

fn card(media: &Value) -> Option<SeenCard> {
    let external = media.get("external")?;
    Some(SeenCard {
        url: owned(&external["uri"])?,
        title: owned(&external["title"])?,
        description: owned(&external["description"]).filter(|text| !text.is_empty()),
    })
}

fn owned(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
