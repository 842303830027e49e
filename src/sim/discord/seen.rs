//! What readers of the channels see now.

use super::markdown;
use super::state::{Attachment, Message, State};
use crate::sim::{Seen, SeenCard, SeenMedia, SeenPoll};

pub(super) fn all(state: &State) -> Vec<Seen> {
    state.messages.iter().map(|message| seen(state, message)).collect()
}

fn seen(state: &State, message: &Message) -> Seen {
    let hook = &state.hooks[message.hook];
    let read = markdown::read(&message.content);
    let thread = state.threads.iter().find(|thread| thread.id == message.id);
    let links: Vec<String> = read.links.iter().map(|(words, address)| format!("{words} {address}")).collect();
    let set = |name: &'static str, value: String| (!value.is_empty()).then_some((name, value));
    let flags = if message.flags == 0 { String::new() } else { message.flags.to_string() };
    let details = [
        set("username", message.username.clone().unwrap_or_default()),
        set("avatar_url", message.avatar.clone().unwrap_or_default()),
        set("thread_name", thread.map(|thread| thread.name.clone()).unwrap_or_default()),
        set("pings", message.pings.join(", ")),
        set("links", links.join(", ")),
        set("flags", flags),
        set("tts", if message.tts { "true".to_owned() } else { String::new() }),
        set("edited", if message.edited.is_some() { "true".to_owned() } else { String::new() }),
    ];
    Seen {
        author: hook.id.clone(),
        id: message.id.clone(),
        url: format!("https://discord.com/channels/{}/{}/{}", hook.guild, message.channel, message.id),
        text: read.text,
        visibility: "public".to_owned(),
        media: message.attachments.iter().map(attachment).collect(),
        card: card(message),
        poll: message.poll.as_ref().map(|poll| SeenPoll {
            question: Some(poll.question.clone()),
            options: poll.answers.clone(),
            ends: poll.ends,
        }),
        details: details.into_iter().flatten().collect(),
        ..Seen::new("discord", message.created)
    }
}

fn attachment(file: &Attachment) -> SeenMedia {
    SeenMedia {
        mime: file.mime.clone(),
        alt: file.description.clone(),
        bytes: file.bytes.clone(),
        ..SeenMedia::default()
    }
}

/// The first embed with an address.
fn card(message: &Message) -> Option<SeenCard> {
    let embed = message.embeds.iter().find(|embed| embed["url"].is_string())?;
    let text = |name: &str| embed[name].as_str().map(str::to_owned);
    Some(SeenCard {
        url: text("url").unwrap_or_default(),
        title: text("title").unwrap_or_default(),
        description: text("description"),
    })
}
