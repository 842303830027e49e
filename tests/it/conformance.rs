//! One suite over all platforms: every kind of post they take is published as planned, is out once wherever the run is cut
//! off, and is edited and removed where the platform can. What readers see decides, not our ledger.

use std::io::Cursor;
use std::process::Stdio;

use image::codecs::gif::GifEncoder;
use image::{Frame, ImageFormat};
use pressroom::limits::Platform;
use pressroom::sim::{FaultKind, Seen};
use rustix::process::{Pid, Signal, kill_process};

use crate::cast::{Cast, account};
use crate::scene::{picture, until};

/// One kind of post of a platform.
struct Case {
    name: &'static str,
    platform: Platform,
    /// Front matter besides `id`, `targets` and `schedule`.
    front: &'static str,
    body: &'static str,
    /// How many posts and comments readers see of it.
    shown: usize,
    /// A sign of what must be seen: a text, an alternative text, a setting; anywhere in it.
    signs: &'static [&'static str],
}

const fn case(name: &'static str, platform: Platform, front: &'static str, body: &'static str) -> Case {
    Case { name, platform, front, body, shown: 1, signs: &[] }
}

impl Case {
    const fn shows(mut self, shown: usize) -> Self {
        self.shown = shown;
        self
    }

    const fn signs(mut self, signs: &'static [&'static str]) -> Self {
        self.signs = signs;
        self
    }

    /// The post's file, with a text that tells one run of the case from another.
    fn file(&self, cast: &Cast, id: &str, more: &str) -> String {
        let account = account(self.platform);
        let front = self.front.replace("{playlist}", &cast.playlist);
        let body = self.body.replace("{id}", id);
        format!("---\nid: {id}\ntargets: [{account}]\nschedule: on-merge\n{more}{front}---\n{body}\n")
    }

    fn commit(&self, cast: &Cast, id: &str, more: &str) {
        cast.press.file(&format!("posts/{id}.md"), &self.file(cast, id, more)).commit(id);
    }

    /// What readers see of one run of the case, and all signs of it.
    fn check(&self, cast: &Cast, before: &[Seen], told: &str) {
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

/// A picture with what it shows; a second and third one; a film.
const ONE: &str = "media: [{src: media/one.jpg, alt: A cup}]\n";
const TWO: &str = "media: [{src: media/one.jpg, alt: A cup}, {src: media/two.jpg, alt: A pot}]\n";
const FILM: &str = "media: [{src: media/film.mp4}]\n";
const MIXED: &str = "media: [{src: media/one.jpg, alt: A cup}, {src: media/film.mp4}]\n";

#[rustfmt::skip]
fn cases() -> Vec<Case> {
    use Platform::{Facebook, Instagram, LinkedIn, Threads, TikTok, X, YouTube};
    const TEA: &str = "Tea {id}.";
    let poll = "poll: {options: [Green, Black], duration: 1d}\n";
    let mut cases = vec![
        case("text", X, "", TEA),
        case("picture", X, ONE, TEA).signs(&["A cup"]),
        case("four pictures", X, "media: [media/one.jpg, media/two.jpg, media/one.png, media/two.png]\n", TEA),
        case("GIF", X, "media: [{src: media/move.gif, alt: Steam}]\n", TEA).signs(&["Steam", "image/gif"]),
        case("video with captions", X, "lang: en\nmedia: [{src: media/film.mp4, captions: media/film.en.srt}]\n", TEA).signs(&["video/mp4"]),
        case("poll", X, poll, TEA).signs(&["Green", "Black"]),
        case("thread", X, "thread: true\nmedia: [{src: media/one.jpg, alt: A cup}, {src: media/film.mp4, part: 2}]\n", "Tea {id}.\n\n---\n\nSecond {id}.\n\n---\n\nThird {id}.").shows(3).signs(&["Second ", "Third ", "A cup", "video/mp4"]),
        case("reply settings", X, "overrides: {x: {reply_settings: following}}\n", TEA).signs(&["following"]),
        case("text", LinkedIn, "", TEA),
        case("to connections", LinkedIn, "visibility: connections\n", TEA).signs(&["CONNECTIONS"]),
        case("picture", LinkedIn, ONE, TEA).signs(&["A cup"]),
        case("pictures", LinkedIn, TWO, TEA).signs(&["A cup", "A pot"]),
        case("video", LinkedIn, FILM, TEA).signs(&["video/mp4"]),
        case("document", LinkedIn, "title: Leaves\nmedia: [{src: media/deck.pdf}]\n", TEA).signs(&["application/pdf"]),
        case("poll", LinkedIn, "title: Which?\npoll: {options: [Green, Black], duration: 3d}\n", TEA).signs(&["Green", "Black"]),
        case("article", LinkedIn, "title: Leaves\nlink: https://media.example/page\nmedia: [{src: media/one.jpg, alt: A cup}]\n", TEA).signs(&["https://media.example/page", "Leaves"]),
        case("first comment", LinkedIn, "first_comment: More at (five).\n", TEA).shows(2).signs(&["More at (five)."]),
        case("text", Facebook, "", TEA),
        case("link", Facebook, "link: https://media.example/page\n", TEA).signs(&["https://media.example/page"]),
        case("photo", Facebook, ONE, TEA).signs(&["A cup"]),
        case("photos", Facebook, TWO, TEA).signs(&["A cup", "A pot"]),
        case("video", Facebook, "kind: feed\nmedia: [{src: media/film.mp4}]\n", TEA).signs(&["video/mp4"]),
        case("reel", Facebook, "kind: reel\nmedia: [{src: media/film.mp4}]\n", TEA).signs(&["\"reel\""]),
        case("story of a photo", Facebook, "kind: story\nmedia: [{src: media/one.jpg, alt: A cup}]\n", "").signs(&["\"story\""]),
        case("story of a video", Facebook, "kind: story\nmedia: [{src: media/film.mp4}]\n", "").signs(&["\"story\""]),
        case("first comment", Facebook, "first_comment: More at five.\n", TEA).shows(2).signs(&["More at five."]),
        case("picture", Instagram, ONE, TEA).signs(&["A cup"]),
        case("carousel", Instagram, TWO, TEA).signs(&["A cup", "A pot"]),
        case("mixed carousel", Instagram, MIXED, TEA).signs(&["A cup", "video/mp4"]),
        case("reel with a cover", Instagram, "kind: reel\nmedia: [{src: media/film.mp4, cover: media/one.jpg}]\n", TEA).signs(&["\"reel\""]),
        case("story", Instagram, "kind: story\nmedia: [{src: media/tall.jpg}]\n", "").signs(&["\"story\""]),
        case("first comment", Instagram, "first_comment: More at five.\nmedia: [{src: media/one.jpg, alt: A cup}]\n", TEA).shows(2).signs(&["More at five."]),
        case("text", Threads, "", TEA),
        case("picture", Threads, ONE, TEA).signs(&["A cup"]),
        case("video", Threads, FILM, TEA).signs(&["video/mp4"]),
        case("carousel", Threads, MIXED, TEA).signs(&["A cup", "video/mp4"]),
        case("poll", Threads, poll, TEA).signs(&["Green", "Black"]),
        case("link", Threads, "link: https://media.example/page\n", TEA).signs(&["https://media.example/page"]),
        case("topic and reply control", Threads, "overrides: {threads: {topic_tag: Tea, reply_control: mentioned_only}}\n", TEA).signs(&["mentioned_only"]),
        case("thread", Threads, "thread: true\n", "Tea {id}.\n\n---\n\nSecond {id}.").shows(2).signs(&["Second "]),
        case("video", YouTube, "title: Tea {id}\ntags: [tea]\nvisibility: unlisted\nmedia: [{src: media/film.mp4}]\noverrides: {youtube: {category: \"22\", made_for_kids: false}}\n", TEA).signs(&["unlisted"]),
        case("with all besides", YouTube, "title: Tea {id}\nlang: en\nmedia: [{src: media/film.mp4, cover: media/wide.jpg, captions: media/film.en.srt}]\noverrides: {youtube: {category: \"22\", made_for_kids: false, synthetic_media: true, playlist: \"{playlist}\"}}\n", TEA),
        case("short", YouTube, "kind: short\ntitle: Tea {id}\nmedia: [{src: media/film.mp4}]\noverrides: {youtube: {category: \"22\", made_for_kids: false}}\n", TEA).signs(&["\"short\""]),
    ];
    cases.extend([
        case("video", TikTok, "visibility: public\nmedia: [{src: media/film.mp4}]\n", TEA).signs(&["video/mp4"]),
        case("photos", TikTok, "visibility: public\ntitle: Tea\nmedia: [{src: media/one.jpg}, {src: media/two.jpg}]\n", TEA),
    ]);
    cases.retain(|case| case.platform.limits().published && std::env::var("ONLY").map_or(true, |only| only == case.platform.name()));
    cases
}

fn cast() -> Cast {
    let cast = Cast::new();
    for (name, grey) in [("one", 40), ("two", 120)] {
        cast.press.bytes(&format!("media/{name}.png"), &picture(640, 640, grey));
        cast.press.bytes(&format!("media/{name}.jpg"), &jpeg(640, 640, grey));
    }
    cast.press.bytes("media/tall.jpg", &jpeg(720, 1280, 80)).bytes("media/wide.jpg", &jpeg(1280, 720, 80));
    cast.press.bytes("media/move.gif", &moving(64, 64)).bytes("media/deck.pdf", PDF);
    cast.press.file("media/film.en.srt", "1\n00:00:00,000 --> 00:00:02,000\nTea is served.\n");
    cast.press.file("page", "<!doctype html><title>Leaves</title><p>Leaves.").commit("media");
    cast
}

fn jpeg(width: u32, height: u32, grey: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = image::GrayImage::from_pixel(width, height, image::Luma([grey]));
    image::DynamicImage::ImageLuma8(image).to_rgb8().write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).unwrap();
    bytes
}

/// A GIF of two frames.
fn moving(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for grey in [0, 255] {
        let frame = image::RgbaImage::from_pixel(width, height, image::Rgba([grey, grey, grey, 255]));
        encoder.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(encoder);
    bytes
}

/// One empty page.
const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

#[test]
fn every_kind_is_published_edited_and_removed() {
    let cast = cast();
    for (number, case) in cases().iter().enumerate() {
        let (id, before) = (format!("whole-{number}"), cast.seen(case.platform));
        case.commit(&cast, &id, "");
        let ran = cast.press.run(&["publish"]);
        let told = format!("{}\n{}{}", case.file(&cast, &id, ""), ran.stdout, ran.stderr);
        assert_eq!(ran.code, 0, "{} {}\n{told}", case.platform, case.name);
        case.check(&cast, &before, &told);
        let again = cast.press.run(&["publish"]).exits(0);
        case.check(&cast, &before, &again.stderr);
        edited(&cast, case, &id, &before);
        removed(&cast, case, &id, &before);
    }
}

/// Where the platform can change a text, it does; elsewhere the plan says that it stays as it is.
fn edited(cast: &Cast, case: &Case, id: &str, before: &[Seen]) {
    if case.body.is_empty() {
        return;
    }
    let file = case.file(cast, id, "on_edit: update\n").replace("Tea", "Green tea");
    cast.press.file(&format!("posts/{id}.md"), &file).commit("edit");
    let plan = cast.press.run(&["plan", "--format", "json"]).exits(0).json();
    let row = plan["targets"].as_array().unwrap().iter().find(|row| row["post"] == id).unwrap().clone();
    let ran = cast.press.run(&["publish"]).exits(0);
    let texts: String = cast
        .seen(case.platform)
        .iter()
        .filter(|seen| before.iter().all(|old| old.id != seen.id))
        .map(|seen| format!("{}{:?}", seen.text, seen.title))
        .collect();
    if row["action"] == "edit" {
        assert!(texts.contains("Green tea"), "{} {}: {texts}\n{}", case.platform, case.name, ran.stderr);
    } else {
        let reason = row["reason"].as_str().unwrap_or_default();
        assert!(reason.starts_with("changed, stays as published: "), "{} {}: {row:#}", case.platform, case.name);
        assert!(!texts.contains("Green tea"), "{} {}: {texts}", case.platform, case.name);
    }
}

/// Nothing is removed unless so many removals are allowed; then it is gone.
fn removed(cast: &Cast, case: &Case, id: &str, before: &[Seen]) {
    let file = case.file(cast, id, "on_remove: delete\n");
    cast.press.file(&format!("posts/{id}.md"), &file).commit("may go");
    cast.press.run(&["publish"]).exits(0);
    std::fs::remove_file(cast.press.repo.join(format!("posts/{id}.md"))).unwrap();
    cast.press.commit("gone");
    let left =
        || cast.seen(case.platform).into_iter().filter(|seen| before.iter().all(|old| old.id != seen.id)).count();
    cast.press.run(&["publish"]).exits(3);
    assert_eq!(left(), case.shown, "{} {}", case.platform, case.name);
    if case.platform.limits().removes {
        let ran = cast.press.run(&["publish", "--allow-removals", "1"]).exits(0);
        assert_eq!(left(), 0, "{} {}: {}", case.platform, case.name, ran.stderr);
    }
}

/// The process is killed while it waits for each of its answers in turn, the request having had its effect; runs after
/// that bring it to its end.
#[test]
fn every_kind_is_out_once_wherever_the_run_is_cut_off() {
    let cast = cast();
    for (number, case) in cases().iter().enumerate() {
        for cut in 0.. {
            let (id, before) = (format!("cut-{number}-{cut}"), cast.seen(case.platform));
            case.commit(&cast, &id, "");
            let place = cast.stage.sim.world().fault_after(cut, FaultKind::Never { acts: true });
            let mut command = cast.press.command(&["publish"]);
            let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let withheld = || cast.stage.sim.world().log().get(place).is_some_and(|logged| logged.status.is_some());
            let mut ended = None;
            until("the request is withheld, or the run ends", || {
                withheld() || {
                    ended = child.try_wait().unwrap();
                    ended.is_some()
                }
            });
            cast.stage.sim.world().calm();
            if !withheld() {
                // There were no more requests: every cut has been made.
                assert!(ended.is_some_and(|status| status.success()), "{} {}", case.platform, case.name);
                case.check(&cast, &before, "uncut");
                break;
            }
            kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
            child.wait().unwrap();
            let told = settle(&cast);
            case.check(&cast, &before, &format!("cut {cut}\n{told}"));
        }
    }
}

/// Runs until nothing is left to do.
fn settle(cast: &Cast) -> String {
    let mut told = String::new();
    for _ in 0..10 {
        let ran = cast.press.run(&["publish"]);
        told += &format!("--- {}\n{}{}", ran.code, ran.stdout, ran.stderr);
        if ran.code == 0 {
            return told;
        }
    }
    panic!("ten runs, and still not done:\n{told}");
}
