//! What readers of the chats see now: an album as one.

use super::entities::{self, Entity};
use super::state::{Chat, Message, State};
use crate::sim::{Seen, SeenCard, SeenMedia};

pub(super) fn all(state: &State) -> Vec<Seen> {
    let mut shown: Vec<Seen> = Vec::new();
    let mut last: Option<(usize, &str)> = None;
    for message in &state.messages {
        let group = message.group.as_deref().map(|group| (message.chat, group));
        match shown.last_mut().filter(|_| group.is_some() && group == last) {
            Some(album) => {
                album.media.extend(media(state, message));
                if !message.text.is_empty() {
                    let between = if album.text.is_empty() { "" } else { "\n" };
                    album.text.push_str(&format!("{between}{}", message.text));
                }
            }
            None => shown.push(seen(state, message)),
        }
        last = group;
    }
    shown
}

fn seen(state: &State, message: &Message) -> Seen {
    let chat = &state.chats[message.chat];
    let leads = |entity: &Entity| Some(format!("{} {}", entity.words(&message.text), entity.url.as_ref()?));
    let links: Vec<String> = message.entities.iter().filter_map(leads).collect();
    let set = |name: &'static str, is: bool| is.then(|| (name, "true".to_owned()));
    let details = [
        (!links.is_empty()).then(|| ("links", links.join(", "))),
        set("silent", message.silent),
        set("protected", message.protected),
        set("spoiler", message.spoiler),
        set("above", message.above || message.preview.above),
        set("edited", message.edited.is_some()),
    ];
    Seen {
        author: chat.id.to_string(),
        id: message.id.to_string(),
        url: url(chat, message.id),
        text: message.text.clone(),
        visibility: if chat.username.is_some() { "public" } else { "private" }.to_owned(),
        media: media(state, message).into_iter().collect(),
        card: card(message),
        reply_to: message.reply_to.map(|id| id.to_string()),
        details: details.into_iter().flatten().collect(),
        ..Seen::new("telegram", message.created)
    }
}

fn url(chat: &Chat, id: i64) -> String {
    match &chat.username {
        Some(username) => format!("https://t.me/{username}/{id}"),
        None => {
            format!("https://t.me/c/{}/{id}", chat.id.to_string().trim_start_matches("-100").trim_start_matches('-'))
        }
    }
}

fn media(state: &State, message: &Message) -> Option<SeenMedia> {
    let file = &state.files[message.file?];
    Some(SeenMedia {
        mime: file.mime.to_owned(),
        bytes: file.bytes.clone(),
        cover: message.cover.clone(),
        ..SeenMedia::default()
    })
}

/// The preview of the address that was asked for, or of the first in the text. What it is called is not known here.
fn card(message: &Message) -> Option<SeenCard> {
    if message.file.is_some() || message.preview.disabled {
        return None;
    }
    let url = message.preview.url.clone().or_else(|| first_link(message))?;
    Some(SeenCard { url, title: String::new(), description: None })
}

fn first_link(message: &Message) -> Option<String> {
    let behind = message.entities.iter().find_map(|entity| Some((entity.offset, entity.url.clone()?)));
    let written = ["https://", "http://"].into_iter().filter_map(|scheme| message.text.find(scheme)).min();
    let written = written.map(|at| {
        let rest = &message.text[at..];
        let end = rest.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(rest.len());
        let address = rest[..end].trim_end_matches(['.', ',', '!', '?', ';', ':', ')', '\'']);
        (entities::length(&message.text[..at]), address.to_owned())
    });
    behind.into_iter().chain(written).min().map(|(_, url)| url)
}
