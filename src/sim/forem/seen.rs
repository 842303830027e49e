//! What readers of a server see now.

use super::liquid;
use super::state::{Article, State};
use crate::sim::{Seen, SeenMedia, picture};

pub(super) fn all(state: &State) -> Vec<Seen> {
    let published = state.articles.iter().filter(|article| article.words.published);
    published.map(|article| seen(state, article)).collect()
}

fn seen(state: &State, article: &Article) -> Seen {
    let (words, user) = (&article.words, &state.users[article.user]);
    let set = |name: &'static str, value: Option<String>| value.filter(|value| !value.is_empty()).map(|it| (name, it));
    let details = [
        set("tags", Some(words.tags.join(", "))),
        set("canonical_url", words.canonical_url.clone()),
        set("series", words.series.clone()),
        set("description", words.description.clone()),
        set("organization_id", words.organization.map(|id| id.to_string())),
        set("edited", article.edited.map(|_| "true".to_owned())),
    ];
    let main = words.main_image.iter().map(|image| SeenMedia {
        mime: image.mime.to_owned(),
        bytes: image.bytes.clone(),
        ..SeenMedia::default()
    });
    Seen {
        author: user.id.to_string(),
        id: article.id.to_string(),
        url: format!("https://{}/{}/{}", state.host, user.username, article.slug),
        title: Some(words.title.clone()),
        // What cannot be read was refused when it came.
        text: liquid::read(&words.body).unwrap_or_default(),
        visibility: "public".to_owned(),
        media: main.chain(pictures(state, &words.body)).collect(),
        details: details.into_iter().flatten().collect(),
        ..Seen::new("forem", article.published.unwrap_or(article.created))
    }
}

/// The pictures of a text that are to be found: `![alt](address)`, not in code.
fn pictures(state: &State, markdown: &str) -> Vec<SeenMedia> {
    let mut found = Vec::new();
    for (_, text) in liquid::pieces(markdown).into_iter().filter(|(is_code, _)| !is_code) {
        for (at, _) in text.match_indices("![") {
            let Some((alt, rest)) = text[at + 2..].split_once("](") else { continue };
            let address = rest.split([')', ' ']).next().unwrap_or_default();
            if alt.contains(['\n', ']']) {
                continue;
            }
            let Ok(picture) = picture::fetch(&state.world, address.trim_matches(['<', '>'])) else { continue };
            found.push(SeenMedia {
                mime: picture.mime.to_owned(),
                alt: Some(alt.to_owned()).filter(|alt| !alt.is_empty()),
                bytes: picture.bytes[..].into(),
                ..SeenMedia::default()
            });
        }
    }
    found
}
