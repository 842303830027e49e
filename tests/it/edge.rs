//! The simulators keep figures of their own, from the platforms' words. What our table of limits just allows is published
//! here, and taken; one more is refused at the desk, with the figure. So a limit of ours is never above theirs.

use std::io::Cursor;

use pressroom::fit::count::count;
use pressroom::limits::{Minutes, Platform, Ratio};
use serde_json::Value;

use crate::cast::{Cast, account};

/// A post at a limit, and the same over it.
struct Edge {
    name: String,
    /// Front matter and body; `media/...` of [`Edge::files`].
    most: String,
    over: String,
    /// What `check` calls it.
    code: &'static str,
    files: Vec<(String, Vec<u8>)>,
}

/// The front matter that a post of a shape needs besides.
fn needs(platform: Platform) -> &'static str {
    match platform {
        Platform::YouTube => "title: T\noverrides: {youtube: {category: \"22\", made_for_kids: false}}\n",
        Platform::TikTok => "visibility: public\n",
        _ => "",
    }
}

/// A post with a text and media, which are complemented where the platform needs some.
fn post(platform: Platform, front: &str, media: &str, body: &str) -> String {
    let limits = platform.limits();
    let none = limits.shapes.iter().all(|shape| shape.least > 0) && media.is_empty();
    let needed = match platform {
        Platform::YouTube => "media: [{src: media/film.mp4}]\n",
        _ => "media: [{src: media/plain.jpg, alt: A cup}]\n",
    };
    let media = if none { needed } else { media };
    let needs =
        if front.contains("title:") { needs(platform).replace("title: T\n", "") } else { needs(platform).into() };
    format!("schedule: on-merge\n{needs}{front}{media}---\n{body}\n")
}

/// A text of exactly so many of the platform's units.
fn text(platform: Platform, length: usize) -> String {
    let mut text = "Tea ".repeat(length / 8);
    text.push('(');
    while count(&text, platform, false).count < length {
        let missing = length - count(&text, platform, false).count;
        text.push_str(&"z".repeat(missing));
    }
    text
}

/// A text of exactly so many bytes, in few characters.
fn broad(bytes: usize) -> String {
    let family = "👩‍👩‍👧‍👦";
    let mut text = family.repeat(bytes / family.len());
    text.push_str(&"z".repeat(bytes - text.len()));
    text
}

fn jpeg(width: u32, height: u32, length: usize) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(width, height, image::Rgb([90, 40, 20]));
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    let mut bytes = bytes.into_inner();
    // Comments of up to 65,533 bytes behind the first marker make up the length.
    while bytes.len() + 4 < length {
        let size = (length - bytes.len() - 4).min(60_000);
        let head = [&[0xff, 0xfe][..], &u16::try_from(size + 2).unwrap().to_be_bytes()].concat();
        bytes.splice(2..2, [head, vec![b'.'; size]].concat());
    }
    bytes
}

fn edges(platform: Platform) -> Vec<Edge> {
    let mut edges = texts(platform);
    edges.extend(pictures(platform));
    edges.extend(polls(platform));
    edges
}

fn texts(platform: Platform) -> Vec<Edge> {
    let limits = platform.limits();
    let edge = |name: &str, code, make: &dyn Fn(usize) -> String, most: usize| Edge {
        name: name.to_owned(),
        most: make(most),
        over: make(most + 1),
        code,
        files: Vec::new(),
    };
    let shape = limits.shapes.iter().find(|shape| shape.text).unwrap();
    let body = |length| post(platform, "", "", &text(platform, length));
    let mut edges = vec![edge("text", "text-too-long", &body, shape.text_max.unwrap_or(limits.longest(true)))];
    if let Some(most) = limits.bytes_max {
        let body = |length| post(platform, "", "", &broad(length));
        edges.push(edge("bytes", "text-too-long", &body, most));
    }
    if let Some(most) = limits.title_max {
        let film = if platform == Platform::TikTok { "" } else { "media: [{src: media/film.mp4}]\n" };
        let title = |length| post(platform, &format!("title: {}\n", "t".repeat(length)), film, "A title.");
        edges.push(edge("title", "title-too-long", &title, most));
    }
    if limits.alt_max > 0 {
        let alt = |length| {
            let media = format!("media: [{{src: media/plain.jpg, alt: {}}}]\n", "a".repeat(length));
            post(platform, "", &media, "An alternative text.")
        };
        edges.push(edge("alt", "alt-too-long", &alt, limits.alt_max));
    }
    if let Some(most) = limits.comment_max {
        let comment = |length| post(platform, &format!("first_comment: {}\n", "c".repeat(length)), "", "A comment.");
        edges.push(edge("comment", "comment-too-long", &comment, most));
    }
    edges
}

fn pictures(platform: Platform) -> Vec<Edge> {
    let Some(shape) = platform.limits().shapes.iter().find(|shape| shape.images > 0) else { return Vec::new() };
    let names = |count: usize| (0..count).map(|number| format!("media/many-{number}.jpg")).collect::<Vec<_>>();
    let many = |count: usize| {
        let list: Vec<String> = names(count).iter().map(|name| format!("{{src: {name}, alt: A cup}}")).collect();
        post(platform, "", &format!("media: [{}]\n", list.join(", ")), "Many pictures.")
    };
    let code = if shape.mixed { "too-many-attachments" } else { "too-many-images" };
    let code = if shape.mixed && platform == Platform::Instagram { "too-many-images" } else { code };
    let count = Edge {
        name: "pictures".to_owned(),
        most: many(shape.images),
        over: many(shape.images + 1),
        code,
        files: names(shape.images + 1).into_iter().map(|name| (name, jpeg(640, 640, 0))).collect(),
    };
    let mut edges = vec![count];
    edges.extend(shape.image.bytes_max.map(|most| heavy(platform, usize::try_from(most).unwrap())));
    // LinkedIn's figure is no product of two sides that a picture can have: it is compared in `agreement`.
    let pixels = shape.image.pixels_max.filter(|_| platform != Platform::LinkedIn);
    edges.extend(pixels.map(|most| large(platform, most)));
    edges.extend(shape.image.ratio.into_iter().flat_map(|ratio| ratios(platform, ratio)));
    edges
}

/// One picture under two names, the second over the limit.
fn single(platform: Platform, name: &str, code: &'static str, most: Vec<u8>, over: Vec<u8>) -> Edge {
    let one = |name: &str| {
        let media = format!("media: [{{src: media/{name}.jpg, alt: A cup}}]\n");
        post(platform, "", &media, &format!("One picture, {name}."))
    };
    let (most_name, over_name) = (format!("{name}-most"), format!("{name}-over"));
    Edge {
        name: name.to_owned(),
        most: one(&most_name),
        over: one(&over_name),
        code,
        files: vec![(format!("media/{most_name}.jpg"), most), (format!("media/{over_name}.jpg"), over)],
    }
}

fn heavy(platform: Platform, most: usize) -> Edge {
    let (fits, over) = (jpeg(640, 640, most), jpeg(640, 640, most + 1));
    assert_eq!((fits.len(), over.len()), (most, most + 1));
    single(platform, "heavy", "image-too-large", fits, over)
}

/// A picture of as many pixels as are taken, and of one row more.
fn large(platform: Platform, most: u64) -> Edge {
    let (width, height) = (7680, u32::try_from(most / 7680).unwrap());
    assert_eq!(u64::from(width) * u64::from(height), most, "a width that divides {platform}'s limit");
    single(platform, "large", "image-too-many-pixels", sized(width, height), sized(width, height + 1))
}

/// A picture that says it is so large: nobody here looks at the pixels.
fn sized(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = jpeg(16, 16, 0);
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    let [width, height] = [width, height].map(|side| u16::try_from(side).unwrap().to_be_bytes());
    bytes[frame + 5..frame + 9].copy_from_slice(&[height, width].concat());
    bytes
}

/// The narrowest and the widest shape, and a pixel beyond.
fn ratios(platform: Platform, ratio: Ratio) -> Vec<Edge> {
    let scaled = |(width, height): (u32, u32)| {
        let by = (320_u32.div_ceil(width.min(height))).max(1);
        (width * by, height * by)
    };
    let (narrow, wide) = (scaled(ratio.least), scaled(ratio.most));
    vec![
        single(platform, "narrow", "media-ratio", jpeg(narrow.0, narrow.1, 0), jpeg(narrow.0 - 1, narrow.1, 0)),
        single(platform, "wide", "media-ratio", jpeg(wide.0, wide.1, 0), jpeg(wide.0 + 1, wide.1, 0)),
    ]
}

fn polls(platform: Platform) -> Vec<Edge> {
    let Some(rule) = platform.limits().poll else { return Vec::new() };
    let (shortest, longest) = match rule.minutes {
        Minutes::Between(least, most) => (least, most),
        Minutes::OneOf(all) => (all[0], all[all.len() - 1]),
    };
    let question = rule.question_max.unwrap_or(1);
    let poll = |options: usize, length: usize, minutes: u32, question: usize| {
        let options: Vec<String> = (0..options).map(|number| format!("{number}{}", "o".repeat(length - 1))).collect();
        let title = "q".repeat(question);
        let front = format!("title: {title}\npoll: {{options: [{}], duration: {minutes}m}}\n", options.join(", "));
        post(platform, &front, "", &format!("A poll of {minutes} minutes, {length}, {question}, {}.", options.len()))
    };
    let (least, most) = rule.options;
    let edge = |name: &str, code, most: String, over: String| Edge {
        name: name.to_owned(),
        most,
        over,
        code,
        files: Vec::new(),
    };
    let mut edges = vec![
        edge("options", "poll-options", poll(most, 2, shortest, 1), poll(most + 1, 2, shortest, 1)),
        edge("few options", "too-few", poll(least, 2, longest, 1), poll(least - 1, 2, longest, 1)),
        edge(
            "option",
            "poll-option-too-long",
            poll(most, rule.option_max, longest, 1),
            poll(most, rule.option_max + 1, longest, 1),
        ),
        edge("long poll", "poll-duration", poll(most, 3, longest, 1), poll(most, 3, longest + 1, 1)),
        edge("short poll", "poll-duration", poll(least, 3, shortest, 1), poll(least, 3, shortest - 1, 1)),
    ];
    if rule.question_max.is_some() {
        let code = "poll-question-too-long";
        edges.push(edge("question", code, poll(least, 4, longest, question), poll(least, 4, longest, question + 1)));
    }
    edges
}

/// All edges at once: first what is just allowed, then what is one too many.
fn hold(platform: Platform) {
    let cast = Cast::of(platform);
    cast.press.bytes("media/plain.jpg", &jpeg(640, 640, 0));
    let edges = edges(platform);
    let write = |text: &dyn Fn(&Edge) -> &String| {
        for (number, edge) in edges.iter().enumerate() {
            let front = format!("---\nid: edge-{number}\ntargets: [{}]\n", account(platform));
            cast.press.file(&format!("posts/edge-{number}.md"), &format!("{front}{}", text(edge)));
        }
    };
    for (path, bytes) in edges.iter().flat_map(|edge| &edge.files) {
        cast.press.bytes(path, bytes);
    }
    write(&|edge| &edge.most);
    cast.press.commit("at the limits");
    let ran = cast.press.run(&["publish", "--format", "json"]);
    let document = ran.json();
    let rows = document["targets"].as_array().unwrap();
    let mut wrong = Vec::new();
    for (number, edge) in edges.iter().enumerate() {
        let row = rows.iter().find(|row| row["post"] == format!("edge-{number}"));
        let state = row.map(|row| (row["state"].as_str().unwrap_or_default(), row["reason"].to_string()));
        if state.as_ref().is_none_or(|(state, _)| *state != "published") {
            let path = format!("posts/edge-{number}.md");
            let problems = document["problems"].as_array().unwrap();
            let of = problems.iter().filter(|problem| problem["path"] == path && problem["severity"] == "error");
            let of: Vec<&Value> = of.map(|problem| &problem["message"]).collect();
            wrong.push(format!("{}: not taken: {state:?} {of:?}", edge.name));
        }
    }
    write(&|edge| &edge.over);
    let checked = cast.press.run(&["check", "--format", "json"]).exits(1).json();
    let problems = checked["problems"].as_array().unwrap();
    for (number, edge) in edges.iter().enumerate() {
        let path = format!("posts/edge-{number}.md");
        let of: Vec<&Value> = problems.iter().filter(|problem| problem["path"] == path).collect();
        if !of.iter().any(|problem| problem["code"] == edge.code) {
            let said: Vec<_> = of.iter().map(|problem| (&problem["code"], &problem["message"])).collect();
            wrong.push(format!("{}: not refused with `{}`: {said:?}", edge.name, edge.code));
        }
    }
    assert!(wrong.is_empty(), "{platform}:\n{}\n{}", wrong.join("\n"), ran.stderr);
}

#[test]
fn of_x() {
    hold(Platform::X);
}

#[test]
fn of_linkedin() {
    hold(Platform::LinkedIn);
}

#[test]
fn of_facebook() {
    hold(Platform::Facebook);
}

#[test]
fn of_instagram() {
    hold(Platform::Instagram);
}

#[test]
fn of_threads() {
    hold(Platform::Threads);
}

#[test]
fn of_youtube() {
    hold(Platform::YouTube);
}

#[test]
fn of_tiktok() {
    hold(Platform::TikTok);
}

#[test]
fn of_bluesky() {
    hold(Platform::Bluesky);
}

#[test]
fn of_mastodon() {
    hold(Platform::Mastodon);
}
