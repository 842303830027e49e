//! Posts in the likeness of their platforms, as one page: a file without outside resources. Knows what readers are to see,
//! whoever says so; no plan, no simulator and no file.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::limits::Platform;
use crate::zone::Zone;

mod facts;
mod icons;
mod media;
mod post;
#[cfg(test)]
mod tests;
mod words;

pub use facts::{Facts, Length, Trouble};
pub use media::VIDEO_MAX;

const STYLE: &str = include_str!("style.css");
/// Loads the page again once the server has another version of it. The server tells its version to whoever connects, so that
/// nothing is missed between the page and its stream.
const RELOAD: &str = "const page=document.documentElement.dataset.version;\
    new EventSource('events').onmessage=event=>{if(event.data!==page)location.reload()};";

/// All of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub heading: String,
    /// The sentence below it.
    pub lead: String,
    /// The zone that times of posts are shown in.
    pub zone: Zone,
    /// What is wrong with everything that is shown.
    pub troubles: Vec<Trouble>,
    pub sections: Vec<Section>,
    /// What is said where there is no section.
    pub empty: String,
    /// The version a server has of it, which then tells of newer ones at `events`; `None` for a page that is a file.
    pub version: Option<u64>,
}

/// What stands below one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Of small letters, digits and `-`; another for each section.
    pub id: String,
    pub heading: String,
    pub platform: Platform,
    /// What an author should know besides.
    pub facts: Option<Facts>,
    pub talks: Vec<Talk>,
}

/// A post, the parts that follow it, and the comments below.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Talk {
    pub parts: Vec<Post>,
    pub comments: Vec<Post>,
}

/// A post, a part of a thread, or a comment.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    pub platform: Platform,
    /// What the platform shows it as: `post`, `repost`, `comment`, `reel`, `story`, `video`, `short`, `draft`.
    pub kind: &'static str,
    /// Who posts.
    pub name: String,
    /// The same in addresses, where the platform shows that; without `@`.
    pub handle: Option<String>,
    /// When; `None` where nobody has said.
    pub at: Option<DateTime<Utc>>,
    /// Whether it was changed after it was out.
    pub edited: bool,
    pub title: Option<String>,
    /// To the character.
    pub text: String,
    pub media: Vec<Media>,
    pub card: Option<Card>,
    pub poll: Option<Poll>,
    /// Other posts that it is about, a sentence each.
    pub about: Vec<String>,
    /// Whether it answers the one before it.
    pub follows: bool,
    /// Who sees it, where that is not everybody.
    pub audience: Option<String>,
    /// What the platform is told besides, by its names.
    pub details: Vec<(String, String)>,
}

/// A picture, a video or a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    pub mime: String,
    /// `None` where they do not lie in the page: a video above [`VIDEO_MAX`], or a file nobody could read.
    pub bytes: Option<Arc<[u8]>>,
    pub alt: Option<String>,
    /// The picture shown until a video plays: its MIME type and bytes.
    pub cover: Option<(String, Arc<[u8]>)>,
    /// Captions by language.
    pub captions: Vec<(String, Arc<[u8]>)>,
    /// `picture`, `video`, `document`, ...
    pub noun: &'static str,
    /// `720×1280, 0:04, 34 KiB`
    pub measures: String,
    /// Where it lies.
    pub path: Option<String>,
}

/// A link card.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub url: String,
    /// `None` where the platform takes it from the page.
    pub title: Option<String>,
    pub description: Option<String>,
    pub picture: Option<Media>,
}

/// A poll.
#[derive(Clone, Debug, PartialEq)]
pub struct Poll {
    pub question: Option<String>,
    pub options: Vec<String>,
    pub minutes: i64,
}

impl Page {
    /// The page's HTML.
    pub fn html(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" data-version=[self.version] {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(self.policy());
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    // Else a browser asks a server for one.
                    link rel="icon" href="data:,";
                    title { (self.heading) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    (icons::sheet())
                    header {
                        h1 { (self.heading) }
                        p { (self.lead) }
                        @if self.sections.len() > 1 {
                            nav aria-label="On this page" {
                                @for section in &self.sections { a href={ "#" (section.id) } { (section.heading) } }
                            }
                        }
                    }
                    main {
                        (facts::troubles(&self.troubles))
                        @if self.sections.is_empty() { p { (self.empty) } }
                        @for section in &self.sections { (section.markup(self.zone)) }
                    }
                    @if self.version.is_some() { script { (PreEscaped(RELOAD)) } }
                }
            }
        };
        page.into_string()
    }

    /// What the page may fetch and run: nothing but what lies in it. A browser holds it to that.
    fn policy(&self) -> String {
        let inside = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:; base-uri 'none'; \
                      form-action 'none'";
        match self.version {
            Some(_) => {
                let hash = BASE64_STANDARD.encode(Sha256::digest(RELOAD));
                format!("{inside}; connect-src 'self'; script-src 'sha256-{hash}'")
            }
            None => inside.to_owned(),
        }
    }
}

impl Section {
    fn markup(&self, zone: Zone) -> Markup {
        html! {
            section id=(self.id) class=(self.platform.name()) aria-labelledby={ (self.id) "-heading" } {
                h2 id={ (self.id) "-heading" } { (self.heading) }
                @match &self.facts {
                    Some(facts) => {
                        div.beside {
                            (facts.markup())
                            div { @for talk in &self.talks { (talk.markup(zone)) } }
                        }
                    }
                    None => { div.wall { @for talk in &self.talks { (talk.markup(zone)) } } }
                }
            }
        }
    }
}

impl Talk {
    fn markup(&self, zone: Zone) -> Markup {
        let of = self.parts.len();
        html! {
            div.talk {
                @for (index, its) in self.parts.iter().enumerate() { (post::post(its, (index + 1, of), zone)) }
                @for comment in &self.comments { (post::comment(comment)) }
            }
        }
    }
}
