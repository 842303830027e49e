//! What Threads' adapter asks for and makes of answers, as tables; whole posts walked against scripted answers.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use url::Url;

use super::{Threads, refusals};
use crate::fit::{Card, Media, Part, Poll, Reference, Rendition};
use crate::limits::Platform;
use crate::media::Kind;
use crate::platform::testing::{
    Walk, any_steps, at, compact, image, made, next_text, part, receipt, rendition, reply, start,
};
use crate::platform::{
    Adapter, Auth, Call, Class, Farewell, Identity, Job, Method, Next, Receipt, Refusal, Reply, Step, Via,
};

fn acme() -> Identity {
    Identity { id: "12345678".to_owned(), name: "acme".to_owned(), grant: String::new() }
}

fn post(parts: Vec<Part>) -> Rendition {
    rendition(Platform::Threads, parts)
}

fn video(path: &str) -> Media {
    Media { kind: Kind::Video, mime: "video/mp4", ..image(path, 9, Some("A film")) }
}

fn walk<'a>(rendition: &'a Rendition, identity: &'a Identity) -> Walk<'a> {
    let mut walk = Walk::new(&Threads, rendition, identity);
    for (_, media) in rendition.media() {
        let address = Url::parse(&format!("https://m.example/{}", media.path)).unwrap();
        walk.addresses.insert(media.path.clone(), address);
    }
    walk
}

const QUOTA: &str = r#"{"data":[{"quota_usage":0,"config":{"quota_total":250,"quota_duration":86400},"reply_quota_usage":0,"reply_config":{"quota_total":1000,"quota_duration":86400},"delete_quota_usage":0,"delete_config":{"quota_total":100,"quota_duration":86400}}]}"#;

/// The id Threads gives to what a call makes: `container 2` -> `182`, `item 2.1` -> `1721`, `publish 2` -> `192`.
fn id_of(name: &str) -> String {
    let (what, which) = name.split_once(' ').unwrap();
    let which = if which == "comment" { "9".to_owned() } else { which.replace('.', "") };
    match what {
        "container" => format!("18{which}"),
        "item" => format!("17{which}"),
        _ => format!("19{which}"),
    }
}

/// Threads on a good day.
fn good(call: &Call, _now: DateTime<Utc>) -> Reply {
    let words: Vec<&str> = call.name.split(' ').collect();
    match words[..] {
        ["container" | "item" | "publish", _] => reply(200, &[], &format!(r#"{{"id":"{}"}}"#, id_of(&call.name))),
        [_, _, "state"] => state("FINISHED"),
        ["quota"] => reply(200, &[], QUOTA),
        ["link", which] => {
            let body = format!(
                r#"{{"id":"1","permalink":"https://www.threads.com/@acme/post/D{which}","timestamp":"2026-11-20T09:00:30+0000"}}"#
            );
            reply(200, &[], &body)
        }
        _ => panic!("{}", call.name),
    }
}

fn state(status: &str) -> Reply {
    reply(200, &[], &format!(r#"{{"status":"{status}","id":"1"}}"#))
}

const STATE: &str = "fields=id%2Cstatus%2Cerror_message";
const LINK: &str = "fields=id%2Cpermalink%2Ctimestamp";

#[test]
fn a_text_is_made_waited_for_shown_and_found() {
    let (rendition, identity) = (post(vec![part("Hello & <you>", vec![])]), acme());
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    assert_eq!(
        walk.log,
        [
            r#"container 1: POST /v1.0/me/threads [("media_type", "TEXT"), ("text", "Hello & <you>")]"#.to_owned(),
            "wait until 09:00:02: Threads is preparing container 1".to_owned(),
            format!("container 1 state: GET /v1.0/181?{STATE}"),
            "quota: GET /v1.0/me/threads_publishing_limit?fields=quota_usage%2Cconfig".to_owned(),
            r#"publish 1: POST! /v1.0/me/threads_publish [("creation_id", "181")]"#.to_owned(),
            format!("link 1: GET /v1.0/191?{LINK}"),
            "done".to_owned(),
        ]
    );
    assert_eq!(
        walk.receipts(),
        [
            "0 https://www.threads.com/@acme 09:00:04 Response",
            "0 https://www.threads.com/@acme/post/D1 09:00:30 Response"
        ]
    );
}

/// The bodies of all calls that make something, by name.
fn made_with(rendition: &Rendition, refs: &crate::step::Refs) -> Vec<String> {
    let identity = acme();
    let mut walk = walk(rendition, &identity);
    walk.refs = refs.clone();
    walk.run(|call, now| {
        assert_eq!(call.auth, Auth::Field);
        good(call, now)
    })
    .unwrap();
    assert_eq!(walk.log.last().unwrap(), "done");
    let makes = |line: &&String| line.contains("POST") && !line.starts_with("publish");
    walk.log.iter().filter(makes).map(|line| line.replace("POST /v1.0/me/threads ", "")).collect()
}

#[test]
fn every_shape_has_its_fields() {
    let lone = |text: &str| post(vec![part(text, vec![])]);
    let none = crate::step::Refs::default();
    let with = |key: &str, value: &str, mut rendition: Rendition| {
        rendition.settings.insert(key.to_owned(), value.to_owned());
        rendition
    };
    let card =
        Card { url: "https://a.example/b?c=d".to_owned(), title: String::new(), description: None, thumbnail: None };
    let options = ["yes", "no", "\"maybe\""].map(str::to_owned).to_vec();
    let ours = crate::step::Refs { reply_to: Some(receipt("777")), quote_of: Some(receipt("888")), repost_of: None };
    let answering = Rendition {
        reply_to: Some(Reference::Post("old".to_owned())),
        quote_of: Some(Reference::Post("older".to_owned())),
        ..lone("x")
    };
    let table: [(Rendition, &crate::step::Refs, &[&str]); 8] = [
        (
            post(vec![part("x", vec![image("a b.png", 9, Some("A cat"))])]),
            &none,
            &[
                r#"container 1: [("media_type", "IMAGE"), ("text", "x"), ("image_url", "https://m.example/a%20b.png"), ("alt_text", "A cat")]"#,
            ],
        ),
        (
            with("is_spoiler_media", "true", post(vec![part("", vec![video("a.mp4")])])),
            &none,
            &[
                r#"container 1: [("media_type", "VIDEO"), ("video_url", "https://m.example/a.mp4"), ("alt_text", "A film"), ("is_spoiler_media", "true")]"#,
            ],
        ),
        (
            post(vec![part("x", vec![image("a.png", 9, None), video("b.mp4")])]),
            &none,
            &[
                r#"item 1.1: [("media_type", "IMAGE"), ("is_carousel_item", "true"), ("image_url", "https://m.example/a.png")]"#,
                r#"item 1.2: [("media_type", "VIDEO"), ("is_carousel_item", "true"), ("video_url", "https://m.example/b.mp4"), ("alt_text", "A film")]"#,
                r#"container 1: [("media_type", "CAROUSEL"), ("text", "x"), ("children", "1711,1712")]"#,
            ],
        ),
        (
            Rendition { poll: Some(Poll { options, minutes: 1440 }), ..lone("x") },
            &none,
            &[
                r#"container 1: [("media_type", "TEXT"), ("text", "x"), ("poll_attachment", "{\"option_a\":\"yes\",\"option_b\":\"no\",\"option_c\":\"\\\"maybe\\\"\"}")]"#,
            ],
        ),
        (
            Rendition { card: Some(card), ..lone("") },
            &none,
            &[r#"container 1: [("media_type", "TEXT"), ("link_attachment", "https://a.example/b?c=d")]"#],
        ),
        (
            with("topic_tag", "Tea", with("reply_control", "followers_only", lone("x"))),
            &none,
            &[
                r#"container 1: [("media_type", "TEXT"), ("text", "x"), ("reply_control", "followers_only"), ("topic_tag", "Tea")]"#,
            ],
        ),
        (
            with("enable_reply_approvals", "false", lone("x")),
            &none,
            &[r#"container 1: [("media_type", "TEXT"), ("text", "x")]"#],
        ),
        (
            with("enable_reply_approvals", "true", answering),
            &ours,
            &[
                r#"container 1: [("media_type", "TEXT"), ("text", "x"), ("enable_reply_approvals", "true"), ("quote_post_id", "888"), ("reply_to_id", "777")]"#,
            ],
        ),
    ];
    for (rendition, refs, calls) in table {
        assert_eq!(made_with(&rendition, refs), calls);
    }
}

#[test]
fn a_thread_tries_all_media_first_and_answers_itself_part_by_part() {
    let mut rendition = post(vec![
        part("one", vec![]),
        part("two", vec![image("a.png", 9, None)]),
        part("three", vec![image("b.png", 9, None), video("c.mp4")]),
    ]);
    rendition.settings.insert("topic_tag".to_owned(), "Tea".to_owned());
    rendition.first_comment = Some("four".to_owned());
    let identity = acme();
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    let log: Vec<String> = walk.log.iter().map(|line| line.replace("/v1.0/me/threads ", "")).collect();
    assert_eq!(
        log,
        [
            r#"item 2.1: POST [("media_type", "IMAGE"), ("is_carousel_item", "true"), ("image_url", "https://m.example/a.png")]"#.to_owned(),
            r#"item 3.1: POST [("media_type", "IMAGE"), ("is_carousel_item", "true"), ("image_url", "https://m.example/b.png")]"#.to_owned(),
            r#"item 3.2: POST [("media_type", "VIDEO"), ("is_carousel_item", "true"), ("video_url", "https://m.example/c.mp4"), ("alt_text", "A film")]"#.to_owned(),
            format!("item 2.1 state: GET /v1.0/1721?{STATE}"),
            format!("item 3.1 state: GET /v1.0/1731?{STATE}"),
            format!("item 3.2 state: GET /v1.0/1732?{STATE}"),
            r#"container 1: POST [("media_type", "TEXT"), ("text", "one"), ("topic_tag", "Tea")]"#.to_owned(),
            "wait until 09:00:08: Threads is preparing container 1".to_owned(),
            format!("container 1 state: GET /v1.0/181?{STATE}"),
            "quota: GET /v1.0/me/threads_publishing_limit?fields=quota_usage%2Cconfig%2Creply_quota_usage%2Creply_config".to_owned(),
            r#"publish 1: POST! /v1.0/me/threads_publish [("creation_id", "181")]"#.to_owned(),
            r#"container 2: POST [("media_type", "IMAGE"), ("text", "two"), ("image_url", "https://m.example/a.png"), ("reply_to_id", "191")]"#.to_owned(),
            "wait until 09:00:13: Threads is preparing container 2".to_owned(),
            format!("container 2 state: GET /v1.0/182?{STATE}"),
            r#"publish 2: POST! /v1.0/me/threads_publish [("creation_id", "182")]"#.to_owned(),
            r#"container 3: POST [("media_type", "CAROUSEL"), ("text", "three"), ("children", "1731,1732"), ("reply_to_id", "192")]"#.to_owned(),
            "wait until 09:00:17: Threads is preparing container 3".to_owned(),
            format!("container 3 state: GET /v1.0/183?{STATE}"),
            r#"publish 3: POST! /v1.0/me/threads_publish [("creation_id", "183")]"#.to_owned(),
            format!("link 1: GET /v1.0/191?{LINK}"),
            format!("link 2: GET /v1.0/192?{LINK}"),
            format!("link 3: GET /v1.0/193?{LINK}"),
            r#"container comment: POST [("media_type", "TEXT"), ("text", "four"), ("reply_to_id", "191")]"#.to_owned(),
            "wait until 09:00:24: Threads is preparing container comment".to_owned(),
            format!("container comment state: GET /v1.0/189?{STATE}"),
            r#"publish comment: POST! /v1.0/me/threads_publish [("creation_id", "189")]"#.to_owned(),
            format!("link comment: GET /v1.0/199?{LINK}"),
            "done".to_owned(),
        ]
    );
}
