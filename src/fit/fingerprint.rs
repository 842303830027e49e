//! A rendition's fingerprint: what the ledger remembers of what was sent.

use sha2::{Digest, Sha256};

use super::Rendition;
use crate::limits::{Field, Visibility};

impl Rendition {
    /// 32 hex digits of what no edit of the platform can change: equal where an edit is enough.
    pub fn fixed(&self) -> String {
        let mut fixed = self.clone();
        for field in self.platform.limits().edits.fields {
            match field {
                Field::Text => fixed.parts.iter_mut().for_each(|part| {
                    part.text.clear();
                    part.links.clear();
                }),
                Field::Title => fixed.title = None,
                Field::Tags => fixed.tags.clear(),
                Field::Visibility => fixed.visibility = Visibility::Public,
                Field::Settings => fixed.settings.clear(),
                Field::Cover => {
                    fixed.parts.iter_mut().flat_map(|part| &mut part.media).for_each(|media| media.cover = None);
                }
            }
        }
        fixed.fingerprint()
    }

    /// 32 hex digits that are equal only for renditions that readers could not tell apart: text, media content, settings
    /// and audience. Where the media lie and what the limits are makes no difference.
    pub fn fingerprint(&self) -> String {
        let mut sent = self.clone();
        for part in &mut sent.parts {
            (part.count, part.limit) = (0, 0);
        }
        let attached = sent.parts.iter_mut().flat_map(|part| &mut part.media);
        let thumbnail = sent.card.iter_mut().filter_map(|card| card.thumbnail.as_mut());
        for media in attached.chain(thumbnail) {
            // The same before and after it is made smaller: only the former is known of posts that are out.
            media.put_back();
            media.path.clear();
            media.cover.iter_mut().for_each(|cover| cover.path.clear());
            media.captions.iter_mut().for_each(|captions| captions.file.path.clear());
        }
        #[expect(clippy::expect_used, reason = "every field serialises: strings, numbers and maps with string keys")]
        let canonical = serde_json::to_vec(&sent).expect("a rendition is plain data");
        base16ct::lower::encode_string(&Sha256::digest(&canonical)[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Card, Media, Part};
    use super::*;
    use crate::limits::{Platform, Visibility};
    use crate::media::Kind;

    fn picture(path: &str, sha256: &str, alt: Option<&str>) -> Media {
        Media {
            path: path.into(),
            kind: Kind::Png,
            mime: "image/png",
            bytes: 9,
            width: Some(3),
            height: Some(3),
            sha256: sha256.into(),
            alt: alt.map(str::to_owned),
            title: None,
            cover: None,
            captions: None,
            smaller: None,
            animated: false,
            film: None,
            pages: None,
        }
    }

    fn rendition() -> Rendition {
        let media = vec![picture("posts/cat.png", "ab", Some("a cat"))];
        let card = Card { url: "https://a.example".into(), title: "A".into(), description: None, thumbnail: None };
        Rendition {
            platform: Platform::LinkedIn,
            parts: vec![Part { text: "Tea".into(), count: 3, limit: 3000, media, links: Vec::new() }],
            visibility: Visibility::Public,
            title: None,
            lang: None,
            card: Some(card),
            acts_as: None,
            settings: [("key".to_owned(), "value".to_owned())].into(),
            kind: crate::post::Kind::Feed,
            tags: Vec::new(),
            poll: None,
            reply_to: None,
            quote_of: None,
            repost_of: None,
            first_comment: None,
        }
    }

    #[test]
    fn what_readers_can_tell_apart_has_another_fingerprint() {
        let changes: [fn(&mut Rendition); 13] = [
            |r| r.parts[0].text.push(' '),
            |r| r.parts.push(r.parts[0].clone()),
            |r| r.parts[0].media[0].sha256 = "cd".into(),
            |r| r.parts[0].media[0].alt = None,
            |r| r.visibility = Visibility::Connections,
            |r| r.title = Some("Tea".into()),
            |r| r.card = None,
            |r| r.acts_as = Some("urn:li:organization:1".into()),
            |r| r.settings.clear(),
            |r| r.kind = crate::post::Kind::Reel,
            |r| r.tags.push("tea".into()),
            |r| r.first_comment = Some("First".into()),
            |r| r.reply_to = Some(super::super::Reference::Post("other".into())),
        ];
        let mut seen = std::collections::BTreeSet::from([rendition().fingerprint()]);
        for (row, change) in changes.into_iter().enumerate() {
            let mut changed = rendition();
            change(&mut changed);
            assert!(seen.insert(changed.fingerprint()), "row {row} changes nothing");
        }
    }

    #[test]
    fn a_picture_that_moved_and_a_limit_that_rose_change_nothing() {
        let mut moved = rendition();
        moved.parts[0].media[0].path = "media/cat.png".into();
        (moved.parts[0].count, moved.parts[0].limit) = (4, 4000);
        assert_eq!(moved.fingerprint(), rendition().fingerprint());
        let thumbnail = |path: &str| {
            let mut rendition = rendition();
            rendition.card.as_mut().unwrap().thumbnail = Some(picture(path, "ef", None));
            rendition.fingerprint()
        };
        assert_eq!(thumbnail("a.png"), thumbnail("b.png"));
    }

    /// The fingerprint stands in ledgers: the same rendition must have the same one for ever.
    #[test]
    fn a_fingerprint_never_changes() {
        assert_eq!(rendition().fingerprint(), "a09d2a98ef4a42d6f8d024b2081c6146");
    }
}
