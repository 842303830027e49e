//! What readers of the channels see now.

use super::blocks::{Block, Text};
use super::mrkdwn::{self, Read};
use super::state::{Message, State};
use crate::sim::{Seen, SeenMedia};

pub(super) fn all(state: &State) -> Vec<Seen> {
    state.messages.iter().map(|message| seen(state, message)).collect()
}

/// What is gathered while the blocks are gone through.
#[derive(Default)]
struct Shown {
    title: Option<String>,
    paragraphs: Vec<String>,
    media: Vec<SeenMedia>,
    links: Vec<String>,
    pings: Vec<String>,
}

fn seen(state: &State, message: &Message) -> Seen {
    let hook = &state.hooks[message.hook];
    let mut shown = Shown::default();
    let alone = Text { text: message.text.clone(), marked: message.marked };
    let mut notification = String::new();
    if message.blocks.is_empty() {
        let text = shown.read(&alone);
        shown.paragraphs.push(text);
    } else {
        message.blocks.iter().for_each(|block| shown.block(block));
        notification = Shown::default().read(&alone);
    }
    let Shown { title, paragraphs, media, links, pings } = shown;
    let text = paragraphs.join("\n\n");
    if notification == text {
        notification.clear();
    }
    let set = |name: &'static str, value: String| (!value.is_empty()).then_some((name, value));
    let details = [set("pings", pings.join(", ")), set("links", links.join(", ")), set("notification", notification)];
    let stamp = message.ts.replace('.', "");
    Seen {
        author: hook.id.clone(),
        id: message.ts.clone(),
        url: format!("https://app.slack.com/archives/{}/p{stamp}", hook.channel),
        title,
        text,
        visibility: "public".to_owned(),
        media,
        reply_to: message.thread.clone(),
        details: details.into_iter().flatten().collect(),
        ..Seen::new("slack", message.created)
    }
}

impl Shown {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Header(text) if self.title.is_none() => self.title = Some(mrkdwn::plain(&text.text)),
            Block::Header(text) => self.paragraph(std::slice::from_ref(text)),
            Block::Section(texts, picture) => {
                self.paragraph(texts);
                self.media.extend(picture.clone());
            }
            Block::Image(title, picture) => {
                title.iter().for_each(|title| self.paragraph(std::slice::from_ref(title)));
                self.media.push(picture.clone());
            }
            Block::Context(texts, pictures) => {
                self.paragraph(texts);
                self.media.extend(pictures.iter().cloned());
            }
            Block::Divider => {}
        }
    }

    fn paragraph(&mut self, texts: &[Text]) {
        let lines: Vec<String> = texts.iter().map(|text| self.read(text)).collect();
        if !lines.is_empty() {
            self.paragraphs.push(lines.join("\n"));
        }
    }

    fn read(&mut self, text: &Text) -> String {
        if !text.marked {
            return mrkdwn::plain(&text.text);
        }
        let Read { text, links, pings } = mrkdwn::read(&text.text);
        self.links.extend(links.into_iter().map(|(words, address)| format!("{words} {address}")));
        self.pings.extend(pings);
        text
    }
}
