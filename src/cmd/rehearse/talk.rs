//! What belongs together of what readers see: platforms answer at the same time, and a thread is read in one go.

use crate::limits::Platform;
use crate::sim::Seen;

/// Words platforms have for an audience of everybody, which need not be told.
const EVERYBODY: [&str; 5] = ["everyone", "EVERYONE", "PUBLIC", "public", "PUBLIC_TO_EVERYONE"];

/// Who sees a post, where that is not everybody.
pub(super) fn audience(seen: &Seen) -> Option<&str> {
    Some(seen.visibility.as_str()).filter(|audience| !EVERYBODY.contains(audience))
}

/// A post, the parts that follow it, and the comments below.
pub(super) struct Talk<'a> {
    pub(super) parts: Vec<&'a Seen>,
    pub(super) comments: Vec<&'a Seen>,
}

impl Talk<'_> {
    pub(super) fn is_on(&self, platform: Platform) -> bool {
        self.parts.iter().any(|seen| seen.platform == platform.name())
    }

    fn holds(&self, seen: &Seen) -> bool {
        let parent = |part: &&&Seen| part.platform == seen.platform && Some(&part.id) == seen.reply_to.as_ref();
        self.parts.iter().find(parent).is_some_and(|part| part.author == seen.author)
    }
}

/// Posts in the order in which they are out, each with what belongs to it.
pub(super) fn talks(seen: &[Seen]) -> Vec<Talk<'_>> {
    let mut talks: Vec<Talk<'_>> = Vec::new();
    for post in seen {
        match talks.iter_mut().find(|talk| talk.holds(post)) {
            Some(talk) if post.kind == "comment" => talk.comments.push(post),
            Some(talk) => talk.parts.push(post),
            None => talks.push(Talk { parts: vec![post], comments: Vec::new() }),
        }
    }
    talks
}
