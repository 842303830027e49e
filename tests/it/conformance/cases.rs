//! The kinds of posts each platform takes, as post files, and what readers must see of each. Knows no run.

use pressroom::limits::Platform;
use pressroom::sim::Seen;

use crate::cast::{Cast, account};

/// One kind of post of a platform.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) platform: Platform,
    /// The account it is for, where that is not the platform's usual one.
    by: Option<&'static str>,
    /// Front matter besides `id`, `targets` and `schedule`.
    front: &'static str,
    pub(super) body: &'static str,
    /// How many posts and comments readers see of it.
    pub(super) shown: usize,
    /// A sign of what must be seen: a text, an alternative text, a setting; anywhere in it.
    pub(super) signs: &'static [&'static str],
    /// What the server is known to leave out of it, in the words a person must be told it in.
    pub(super) lacks: &'static [&'static str],
    /// Whether the platform lets no program take it away.
    pub(super) stays: bool,
    /// Whether only a person can tell what became of a lost answer: nobody else sees it, or it has no text to tell it from
    /// others of the same minute.
    pub(super) asks: bool,
    /// Whether no other case goes the same way of calls: the suite that cuts runs off takes only these.
    pub(super) is_a_way: bool,
}

const fn case(name: &'static str, platform: Platform, front: &'static str, body: &'static str) -> Case {
    Case {
        name,
        platform,
        by: None,
        front,
        body,
        shown: 1,
        signs: &[],
        lacks: &[],
        stays: false,
        asks: false,
        is_a_way: false,
    }
}

impl Case {
    const fn by(mut self, account: &'static str) -> Self {
        self.by = Some(account);
        self
    }

    const fn shows(mut self, shown: usize) -> Self {
        self.shown = shown;
        self
    }

    const fn stays(mut self) -> Self {
        self.stays = true;
        self
    }

    const fn signs(mut self, signs: &'static [&'static str]) -> Self {
        self.signs = signs;
        self
    }

    const fn asks(mut self) -> Self {
        self.asks = true;
        self
    }

    const fn way(mut self) -> Self {
        self.is_a_way = true;
        self
    }

    /// The account it is for.
    pub(super) fn account(&self) -> String {
        self.by.map_or_else(|| account(self.platform), str::to_owned)
    }

    /// The post's file, with a text that tells one run of the case from another.
    pub(super) fn file(&self, cast: &Cast, id: &str, more: &str) -> String {
        let account = self.account();
        let front = self.front.replace("{playlist}", &cast.playlist).replace("{id}", id);
        let body = self.body.replace("{id}", id);
        format!("---\nid: {id}\ntargets: [{account}]\nschedule: on-merge\n{more}{front}---\n{body}\n")
    }

    /// Whether it refers to the post `earlier`.
    pub(super) fn refers(&self) -> bool {
        self.front.contains(": earlier\n")
    }

    /// Puts out what a case refers to that can be referred to only once.
    pub(super) fn prepare(&self, cast: &Cast, id: &str) {
        if self.front.contains("first-{id}") {
            let account = self.account();
            let post = format!("---\nid: first-{id}\ntargets: [{account}]\nschedule: on-merge\n---\nFirst {id}.\n");
            cast.press.file(&format!("posts/first-{id}.md"), &post).commit("first");
            cast.press.run(&["publish"]).exits(0);
        }
    }

    pub(super) fn commit(&self, cast: &Cast, id: &str, more: &str) {
        cast.press.file(&format!("posts/{id}.md"), &self.file(cast, id, more)).commit(id);
    }

    /// What readers see of one run of the case, and all signs of it.
    #[track_caller]
    pub(super) fn check(&self, cast: &Cast, before: &[Seen], told: &str) {
        let seen: Vec<Seen> =
            cast.seen(self.platform).into_iter().filter(|seen| before.iter().all(|old| old.id != seen.id)).collect();
        let platform = self.platform;
        assert_eq!(seen.len(), self.shown, "{platform} {}: {seen:#?}\n{told}", self.name);
        let all = format!("{seen:?}");
        for sign in self.signs {
            assert!(all.contains(sign), "{platform} {}: no {sign} in {seen:#?}\n{told}", self.name);
        }
    }
}

const TEA: &str = "Tea {id}.";

/// A picture with what it shows; a second one; a film; both.
const ONE: &str = "media: [{src: media/one.jpg, alt: A cup}]\n";
const TWO: &str = "media: [{src: media/one.jpg, alt: A cup}, {src: media/two.jpg, alt: A pot}]\n";
const FILM: &str = "media: [{src: media/film.mp4}]\n";
const MIXED: &str = "media: [{src: media/one.jpg, alt: A cup}, {src: media/film.mp4}]\n";
const TALL: &str = "kind: story\nmedia: [{src: media/tall.jpg}]\n";
const REEL: &str = "kind: reel\nmedia: [{src: media/film.mp4, cover: media/one.jpg}]\n";
const POLL: &str = "poll: {options: [Green, Black], duration: 1d}\n";
const THREAD: &str = "Tea {id}.\n\n---\n\nSecond {id}.\n\n---\n\nThird {id}.";

/// Every kind of post of a platform; what they refer to as `earlier` is out before them.
pub(super) fn cases(platform: Platform) -> Vec<Case> {
    match platform {
        Platform::X => x(),
        Platform::LinkedIn => linkedin(),
        Platform::Facebook => facebook(),
        Platform::Instagram => instagram(),
        Platform::Threads => threads(),
        Platform::YouTube => youtube(),
        Platform::TikTok => tiktok(),
        Platform::Bluesky => bluesky(),
        Platform::Mastodon => mastodon(),
        Platform::Discord => discord(),
        Platform::Telegram => telegram(),
        Platform::Forem => forem(),
        Platform::Slack => slack(),
    }
}

#[rustfmt::skip]
fn x() -> Vec<Case> {
    use Platform::X;
    vec![
        case("text", X, "", TEA).way(),
        case("picture", X, ONE, TEA).signs(&["A cup"]).way(),
        case("four pictures", X, "media: [media/one.jpg, media/two.jpg, media/one.png, media/two.png]\n", TEA),
        case("GIF", X, "media: [{src: media/move.gif, alt: Steam}]\n", TEA).signs(&["Steam", "image/gif"]),
        case("video with captions", X, "lang: en\nmedia: [{src: media/film.mp4, captions: media/film.en.srt}]\n", TEA).signs(&["video/mp4"]).way(),
        case("poll", X, POLL, TEA).signs(&["Green", "Black"]),
        case("thread", X, "thread: true\nmedia: [{src: media/one.jpg, alt: A cup}, {src: media/film.mp4, part: 2}]\n", THREAD).shows(3).signs(&["Second ", "Third ", "A cup", "video/mp4"]).way(),
        case("settings", X, "overrides: {x: {reply_settings: following, made_with_ai: true, paid_partnership: true}}\n", TEA).signs(&["following"]),
        case("reply", X, "reply_to: earlier\n", TEA).signs(&["reply_to: Some("]),
        case("quote", X, "quote_of: earlier\n", TEA).signs(&["quotes: Some("]),
        case("repost", X, "repost_of: first-{id}\n", "").signs(&["\"repost\"", "quotes: Some("]).way(),
        case("text, signed", X, "", TEA).by("x-classic"),
        case("picture, signed", X, ONE, TEA).by("x-classic").signs(&["A cup"]).way(),
        case("video, signed", X, FILM, TEA).by("x-classic").signs(&["video/mp4"]),
    ]
}

#[rustfmt::skip]
fn linkedin() -> Vec<Case> {
    use Platform::LinkedIn;
    const PAGE: &str = "linkedin-page";
    vec![
        case("text", LinkedIn, "", TEA).way(),
        case("to connections", LinkedIn, "visibility: connections\n", TEA).signs(&["CONNECTIONS"]),
        case("picture", LinkedIn, ONE, TEA).signs(&["A cup"]).way(),
        case("pictures", LinkedIn, TWO, TEA).signs(&["A cup", "A pot"]),
        case("video", LinkedIn, FILM, TEA).signs(&["video/mp4"]).way(),
        case("document", LinkedIn, "title: Leaves\nmedia: [{src: media/deck.pdf}]\n", TEA).signs(&["application/pdf"]).way(),
        case("slides", LinkedIn, "title: Leaves\nmedia: [{src: media/deck.pptx}]\n", TEA).signs(&["presentationml"]),
        case("old slides", LinkedIn, "title: Leaves\nmedia: [{src: media/deck.ppt}]\n", TEA).signs(&["ms-office"]),
        case("letter", LinkedIn, "title: Leaves\nmedia: [{src: media/letter.docx}]\n", TEA).signs(&["wordprocessingml"]),
        case("old letter", LinkedIn, "title: Leaves\nmedia: [{src: media/letter.doc}]\n", TEA).signs(&["ms-office"]),
        case("poll", LinkedIn, "title: Which?\npoll: {options: [Green, Black], duration: 3d}\n", TEA).signs(&["Green", "Black"]),
        case("article", LinkedIn, "title: Leaves\nlink: https://media.example/page\nmedia: [{src: media/one.jpg, alt: A cup}]\n", TEA).signs(&["https://media.example/page", "Leaves"]),
        case("first comment", LinkedIn, "first_comment: More at (five).\n", TEA).shows(2).signs(&["More at (five)."]),
        case("text of a page", LinkedIn, "", TEA).by(PAGE).signs(&["urn:li:organization:123456"]).way(),
        case("picture of a page", LinkedIn, ONE, TEA).by(PAGE).signs(&["urn:li:organization:123456", "A cup"]),
        case("first comment of a page", LinkedIn, "first_comment: More at {id}.\n", TEA).by(PAGE).shows(2).signs(&["More at "]).way(),
    ]
}

#[rustfmt::skip]
fn facebook() -> Vec<Case> {
    use Platform::Facebook;
    vec![
        case("text", Facebook, "", TEA).way(),
        case("link", Facebook, "link: https://media.example/page\n", TEA).signs(&["https://media.example/page"]),
        case("photo", Facebook, ONE, TEA).signs(&["A cup"]),
        case("photos", Facebook, TWO, TEA).signs(&["A cup", "A pot"]).way(),
        case("video", Facebook, "kind: feed\nmedia: [{src: media/film.mp4}]\n", TEA).signs(&["video/mp4"]).way(),
        case("reel", Facebook, "kind: reel\nmedia: [{src: media/film.mp4}]\n", TEA).signs(&["\"reel\""]).way(),
        case("story of a photo", Facebook, "kind: story\nmedia: [{src: media/one.jpg, alt: A cup}]\n", "").signs(&["\"story\""]).stays(),
        case("story of a video", Facebook, "kind: story\nmedia: [{src: media/film.mp4}]\n", "").signs(&["\"story\""]).stays(),
        case("first comment", Facebook, "first_comment: More at five.\n", TEA).shows(2).signs(&["More at five."]).way(),
    ]
}

#[rustfmt::skip]
fn instagram() -> Vec<Case> {
    use Platform::Instagram;
    const PAGE: &str = "instagram-page";
    vec![
        case("picture", Instagram, ONE, TEA).signs(&["A cup"]).stays(),
        case("carousel", Instagram, TWO, TEA).signs(&["A cup", "A pot"]).stays(),
        case("mixed carousel", Instagram, MIXED, TEA).signs(&["A cup", "video/mp4"]).stays().way(),
        case("reel with a cover", Instagram, REEL, TEA).signs(&["\"reel\""]).stays(),
        case("story", Instagram, TALL, "").signs(&["\"story\""]).stays().asks().way(),
        case("first comment", Instagram, "first_comment: More at five.\nmedia: [{src: media/one.jpg, alt: A cup}]\n", TEA).shows(2).signs(&["More at five."]).stays().way(),
        case("people", Instagram, "media: [{src: media/one.jpg, alt: A cup}]\noverrides: {instagram: {user_tags: [\"ann 0.5 0.8\"], collaborators: [acme.cups]}}\n", TEA).signs(&["ann 0.5,0.8", "acme.cups"]).stays(),
        case("picture through a page", Instagram, ONE, TEA).by(PAGE).signs(&["A cup"]),
        case("mixed carousel through a page", Instagram, MIXED, TEA).by(PAGE).signs(&["A cup", "video/mp4"]),
        case("reel through a page", Instagram, REEL, TEA).by(PAGE).signs(&["\"reel\""]).way(),
        case("story through a page", Instagram, TALL, "").by(PAGE).signs(&["\"story\""]),
        case("first comment through a page", Instagram, "first_comment: More at five.\nmedia: [{src: media/one.jpg, alt: A cup}]\n", TEA).by(PAGE).shows(2).signs(&["More at five."]),
    ]
}

#[rustfmt::skip]
fn threads() -> Vec<Case> {
    use Platform::Threads;
    vec![
        case("text", Threads, "", TEA),
        case("picture", Threads, ONE, TEA).signs(&["A cup"]),
        case("video", Threads, FILM, TEA).signs(&["video/mp4"]),
        case("carousel", Threads, MIXED, TEA).signs(&["A cup", "video/mp4"]).way(),
        case("poll", Threads, POLL, TEA).signs(&["Green", "Black"]),
        case("link", Threads, "link: https://media.example/page\n", TEA).signs(&["https://media.example/page"]),
        case("topic and reply control", Threads, "overrides: {threads: {topic_tag: Tea, reply_control: mentioned_only}}\n", TEA).signs(&["mentioned_only"]),
        case("thread", Threads, "thread: true\n", "Tea {id}.\n\n---\n\nSecond {id}.").shows(2).signs(&["Second "]).way(),
    ]
}

#[rustfmt::skip]
fn youtube() -> Vec<Case> {
    use Platform::YouTube;
    vec![
        case("video", YouTube, "title: Tea {id}\ntags: [tea]\nvisibility: unlisted\nmedia: [{src: media/film.mp4}]\noverrides: {youtube: {category: \"22\", made_for_kids: false}}\n", TEA).signs(&["unlisted"]),
        case("with all besides", YouTube, "title: Tea {id}\nlang: en\nmedia: [{src: media/film.mp4, cover: media/wide.jpg, captions: media/film.en.srt}]\noverrides: {youtube: {category: \"22\", made_for_kids: false, synthetic_media: true, playlist: \"{playlist}\"}}\n", TEA).way(),
        case("with all settings", YouTube, "title: Tea {id}\nmedia: [{src: media/film.mp4}]\noverrides: {youtube: {category: \"22\", made_for_kids: false, license: creativeCommon, embeddable: false, notify_subscribers: false, paid_promotion: true, audio_language: nl, recording_date: \"2026-10-31T12:00:00Z\"}}\n", TEA).signs(&["creativeCommon"]),
        case("short", YouTube, "kind: short\ntitle: Tea {id}\nmedia: [{src: media/film.mp4}]\noverrides: {youtube: {category: \"22\", made_for_kids: false}}\n", TEA).signs(&["\"short\""]),
    ]
}

#[rustfmt::skip]
fn tiktok() -> Vec<Case> {
    use Platform::TikTok;
    vec![
        case("video", TikTok, "visibility: public\nmedia: [{src: media/film.mp4}]\n", TEA).signs(&["video/mp4"]).way(),
        case("photos", TikTok, "visibility: public\ntitle: Tea\nmedia: [{src: media/one.jpg}, {src: media/two.jpg}]\n", TEA).way(),
        case("draft of a video", TikTok, "media: [{src: media/film.mp4}]\noverrides: {tiktok: {mode: draft}}\n", TEA).signs(&["\"draft\"", "video/mp4"]).way(),
        case("draft of photos", TikTok, "title: Tea\nmedia: [{src: media/one.jpg}, {src: media/two.jpg}]\noverrides: {tiktok: {mode: draft}}\n", TEA).signs(&["\"draft\""]).asks().way(),
    ]
}

#[rustfmt::skip]
fn bluesky() -> Vec<Case> {
    use Platform::Bluesky;
    vec![
        case("text", Bluesky, "", TEA).way(),
        case("text with links", Bluesky, "lang: en\n", "Tea {id}: [leaves](https://media.example/page), #tea.").signs(&["leaves https://media.example/page", "(\"hashtag\", \"tea\")"]),
        case("picture", Bluesky, ONE, TEA).signs(&["A cup"]).way(),
        case("pictures", Bluesky, TWO, TEA).signs(&["A cup", "A pot"]),
        case("video with captions", Bluesky, "lang: en\nmedia: [{src: media/film.mp4, captions: media/film.en.vtt}]\n", TEA).signs(&["video/mp4"]).way(),
        case("link card", Bluesky, "title: Leaves\nlink: https://media.example/page\nmedia: [{src: media/one.jpg, alt: A cup}]\n", TEA).signs(&["https://media.example/page", "Leaves"]),
        case("thread", Bluesky, "thread: true\nmedia: [{src: media/one.jpg, alt: A cup}]\n", THREAD).shows(3).signs(&["Second ", "Third ", "A cup"]).way(),
        case("settings", Bluesky, "overrides: {bluesky: {threadgate: nobody, disable_quotes: true, labels: [nudity]}}\n", TEA).signs(&["nobody", "no quotes", "nudity"]).way(),
        case("reply", Bluesky, "reply_to: earlier\n", TEA).signs(&["reply_to: Some("]),
        case("quote", Bluesky, "quote_of: earlier\n", TEA).signs(&["quotes: Some("]).way(),
    ]
}

#[rustfmt::skip]
fn mastodon() -> Vec<Case> {
    use Platform::Mastodon;
    vec![
        case("text", Mastodon, "lang: nl\n", TEA).signs(&["nl"]).way(),
        case("unlisted", Mastodon, "visibility: unlisted\n", TEA).signs(&["unlisted"]),
        case("to followers", Mastodon, "visibility: followers\n", TEA).signs(&["private"]),
        case("picture", Mastodon, ONE, TEA).signs(&["A cup"]).way(),
        case("pictures", Mastodon, TWO, TEA).signs(&["A cup", "A pot"]),
        case("video", Mastodon, FILM, TEA).signs(&["video/mp4"]).way(),
        case("poll", Mastodon, POLL, TEA).signs(&["Green", "Black"]),
        case("thread", Mastodon, "thread: true\nmedia: [{src: media/one.jpg, alt: A cup}]\n", THREAD).shows(3).signs(&["Second ", "Third ", "A cup"]).way(),
        case("content warning", Mastodon, "overrides: {mastodon: {content_warning: Hot}}\n", TEA).signs(&["Hot"]),
        case("hidden picture", Mastodon, "media: [{src: media/one.jpg, alt: A cup}]\noverrides: {mastodon: {sensitive: true}}\n", TEA).signs(&["A cup"]),
        case("reply", Mastodon, "reply_to: earlier\n", TEA).signs(&["reply_to: Some("]),
    ]
}

#[rustfmt::skip]
fn discord() -> Vec<Case> {
    use Platform::Discord;
    vec![
        case("text", Discord, "", TEA).way().asks(),
        case("picture", Discord, ONE, TEA).signs(&["A cup"]).way().asks(),
        case("pictures", Discord, TWO, TEA).signs(&["A cup", "A pot"]).asks(),
        case("video", Discord, FILM, TEA).signs(&["video/mp4"]).asks(),
        case("both", Discord, MIXED, TEA).signs(&["A cup", "video/mp4"]).asks(),
        case("settings", Discord, "overrides: {discord: {silent: true, no_preview: true}}\n", TEA).asks(),
    ]
}

#[rustfmt::skip]
fn telegram() -> Vec<Case> {
    use Platform::Telegram;
    vec![
        case("text", Telegram, "", TEA).way().asks(),
        case("words that lead somewhere", Telegram, "", "Tea {id} 🍵, [more of it](https://media.example/page).").asks(),
        case("picture", Telegram, ONE, TEA).signs(&["image/jpeg"]).way().asks(),
        case("video", Telegram, FILM, TEA).signs(&["video/mp4"]).asks(),
        case("album", Telegram, TWO, TEA).signs(&["image/jpeg"]).way().asks(),
        case("both", Telegram, MIXED, TEA).signs(&["image/jpeg", "video/mp4"]).asks(),
        case("settings", Telegram, "overrides: {telegram: {silent: true, protect: true, no_preview: true}}\n", TEA).asks(),
    ]
}

#[rustfmt::skip]
fn forem() -> Vec<Case> {
    use Platform::Forem;
    vec![
        case("text", Forem, "title: Leaves of {id}\ntags: [tea, Open-Source]\n", "**Tea** {id}.\n\n| a | b |\n| - | - |\n| 1 | 2 |").signs(&["**Tea** ", "Leaves of ", "| 1 | 2 |"]).way(),
        case("original elsewhere", Forem, "title: Leaves of {id}\noverrides: {forem: {canonical_url: \"https://media.example/{id}\", teaser: Short, part_of: Teas}}\n", TEA).way(),
        case("picture above", Forem, "title: Leaves of {id}\nmedia: [media/one.jpg]\n", TEA).signs(&["image/jpeg"]),
        case("picture in the text", Forem, "title: Leaves of {id}\n", "Tea {id}.\n\n![A cup](media/one.jpg)").signs(&["https://media.example/media/one.jpg"]),
    ]
}

#[rustfmt::skip]
fn slack() -> Vec<Case> {
    use Platform::Slack;
    vec![
        case("text", Slack, "", TEA).way().asks(),
        case("words that lead somewhere", Slack, "", "Tea {id} & [more of it](https://media.example/page).").asks(),
        case("picture", Slack, ONE, TEA).signs(&["A cup"]).way().asks(),
        case("pictures", Slack, TWO, TEA).signs(&["A cup", "A pot"]).asks(),
    ]
}
