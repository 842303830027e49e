//! What Bluesky's adapter asks for and makes of answers, as tables; whole posts walked against scripted answers.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Bluesky, refusals, wire};
use crate::fit::peculiar::bluesky::{post_of, syntax};
use crate::fit::{Captions, Card, Link, Media, Part, Reference, Rendition};
use crate::limits::Platform;
use crate::media::Kind;
use crate::platform::testing::{
    Walk, allowances, any_steps, call_to, image, made, next_text, part, receipt, recorded, rendition, reply, start,
};
use crate::platform::{Adapter, Body, Call, Class, Farewell, Identity, Method, Next, Receipt, Refusal, Reply, Step};

const DID: &str = "did:plc:acme";
const SERVER: &str = "pds.example";

fn acme() -> Identity {
    let (id, name, server) = (DID.to_owned(), "acme.example".to_owned(), SERVER.to_owned());
    Identity { id, name, server, ..Identity::default() }
}

fn post(parts: Vec<Part>) -> Rendition {
    rendition(Platform::Bluesky, parts)
}

fn film(path: &str) -> Media {
    Media { kind: Kind::Video, mime: "video/mp4", width: Some(640), height: Some(360), ..image(path, 1000, None) }
}

fn walk<'a>(rendition: &'a Rendition, identity: &'a Identity) -> Walk<'a> {
    Walk::new(&Bluesky, rendition, identity)
}

fn body(call: &Call) -> Value {
    match &call.body {
        Body::Json(body) => body.clone(),
        _ => Value::Null,
    }
}

fn key(part: usize) -> String {
    wire::key(DID, "tea:acme", part)
}

fn uri(part: usize) -> String {
    wire::uri(DID, &key(part))
}

fn blob(name: &str) -> Value {
    json!({"$type": "blob", "ref": {"$link": format!("baf-{}", name.replace(' ', "-"))}, "mimeType": "image/png", "size": 9})
}

/// A server on a good day.
fn good(call: &Call, _now: DateTime<Utc>) -> Reply {
    let query: std::collections::BTreeMap<_, _> = call.url.query_pairs().into_owned().collect();
    let answer = match call.url.path().trim_start_matches("/xrpc/") {
        "com.atproto.repo.uploadBlob" => json!({"blob": blob(&call.name)}),
        "com.atproto.identity.resolveHandle" => json!({"did": format!("did:fake:{}", query["handle"])}),
        "com.atproto.repo.getRecord" => {
            let uri = format!("at://{}/{}/{}", query["repo"], query["collection"], query["rkey"]);
            json!({"uri": uri, "cid": format!("cid-{}", &query["rkey"][..2]), "value": {"text": "t"}})
        }
        "com.atproto.repo.putRecord" => {
            let sent = body(call);
            let text = |key: &str| sent[key].as_str().unwrap().to_owned();
            json!({"uri": format!("at://{}/{}/{}", text("repo"), text("collection"), text("rkey")), "cid": "c", "commit": {}})
        }
        _ => panic!("{}", call.name),
    };
    reply(200, &[], &answer.to_string())
}

/// The names of the calls, and the records that were put, in order.
fn walked(rendition: &Rendition, refs: crate::step::Refs) -> (Vec<String>, Vec<Value>) {
    let (identity, mut names, mut records) = (acme(), Vec::new(), Vec::new());
    let mut walk = walk(rendition, &identity);
    walk.refs = refs;
    walk.run(|call, now| {
        names.push(call.name.clone());
        records.extend(Some(body(call)).filter(|body| !body["record"].is_null()));
        good(call, now)
    })
    .unwrap();
    names.push(walk.log.last().unwrap().clone());
    (names, records)
}

fn records(rendition: &Rendition) -> Vec<Value> {
    walked(rendition, crate::step::Refs::default()).1.into_iter().map(|body| body["record"].clone()).collect()
}

#[test]
fn a_text_is_one_call_that_replaces_nothing() {
    let (rendition, identity) = (post(vec![part("Hello", vec![])]), acme());
    let mut walk = walk(&rendition, &identity);
    let mut sent = Value::Null;
    walk.run(|call, now| {
        sent = body(call);
        good(call, now)
    })
    .unwrap();
    assert_eq!(walk.log.len(), 2);
    assert!(walk.log[0].starts_with("post 1: POST! /xrpc/com.atproto.repo.putRecord"), "{}", walk.log[0]);
    let record = json!({"$type": "app.bsky.feed.post", "text": "Hello", "createdAt": "2026-11-20T09:00:00.000Z"});
    let all = json!({
        "repo": DID, "collection": "app.bsky.feed.post", "rkey": key(0), "swapRecord": null, "record": record,
    });
    assert_eq!(sent, all);
    // `null` is said, for without it a record would be replaced.
    assert!(sent.as_object().unwrap().contains_key("swapRecord"));
    assert_eq!(walk.receipts(), [format!("0 https://bsky.app/profile/{DID}/post/{} 09:00:00 Response", key(0))]);
}

/// The key is a promise: what it is today it is in every run to come.
#[test]
fn keys_are_a_targets_own_for_ever() {
    assert_eq!(wire::key("did:plc:acme", "tea:acme", 0), KEY);
    let others = [wire::key(DID, "tea:acme", 1), wire::key(DID, "tea:other", 0), wire::key("did:plc:b", "tea:acme", 0)];
    let mut seen = std::collections::BTreeSet::from([KEY.to_owned()]);
    assert!(others.into_iter().all(|key| seen.insert(key)));
    for number in 0..1000 {
        let key = wire::key(DID, &format!("post-{number}:acme"), number);
        assert!(syntax::is_tid(&key) && key.starts_with("3j") | key.starts_with("3k") | key.starts_with("3l"), "{key}");
        assert!(seen.insert(key));
    }
}

const KEY: &str = "3kqbbrbho3f5x";

#[test]
fn words_that_lead_somewhere_are_facets() {
    let mut rendition = post(vec![part("né @alice.test: example.com #tea", vec![])]);
    rendition.lang = Some("en-GB".to_owned());
    rendition.tags = vec!["green tea".to_owned()];
    rendition.settings.insert("labels".to_owned(), "nudity, graphic-media".to_owned());
    let record = &records(&rendition)[0];
    let feature = |number: usize| record["facets"][number]["features"][0].clone();
    assert_eq!(record["facets"].as_array().unwrap().len(), 3);
    assert_eq!(record["facets"][0]["index"], json!({"byteStart": 4, "byteEnd": 15}));
    let did = "did:fake:alice.test";
    assert_eq!(feature(0), json!({"$type": "app.bsky.richtext.facet#mention", "did": did}));
    assert_eq!(feature(1), json!({"$type": "app.bsky.richtext.facet#link", "uri": "https://example.com"}));
    let mut linked = rendition.clone();
    linked.parts[0].links = vec![Link { start: 0, end: 3, url: "https://a.example/né".to_owned() }];
    let first = records(&linked)[0]["facets"][0].clone();
    assert_eq!((&first["index"]["byteEnd"], &first["features"][0]["uri"]), (&json!(3), &json!("https://a.example/né")));
    assert_eq!(feature(2), json!({"$type": "app.bsky.richtext.facet#tag", "tag": "tea"}));
    assert_eq!((&record["langs"], &record["tags"]), (&json!(["en-GB"]), &json!(["green tea"])));
    let labels =
        json!({"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}, {"val": "graphic-media"}]});
    assert_eq!(record["labels"], labels);
}

#[test]
fn nobody_stays_text_and_is_told() {
    let (rendition, identity) = (post(vec![part("hi @nobody.test", vec![])]), acme());
    let mut walk = walk(&rendition, &identity);
    walk.run(|call, now| match call.name.as_str() {
        "mention nobody.test" => reply(400, &[], r#"{"error":"InvalidRequest","message":"Unable to resolve handle"}"#),
        "post 1" => {
            assert!(body(call)["record"]["facets"].is_null());
            good(call, now)
        }
        _ => good(call, now),
    })
    .unwrap();
    assert_eq!(
        walk.log.last().unwrap(),
        "person: Bluesky knows nobody called @nobody.test: plain text there, no mention"
    );
}

#[test]
fn pictures_have_words_and_sides() {
    let sized = Media { width: Some(3), height: Some(2), ..image("a.png", 9, Some("A cat")) };
    let rendition = post(vec![part("x", vec![]), part("y", vec![sized, image("b.png", 9, None)])]);
    let (names, puts) = walked(&rendition, crate::step::Refs::default());
    // All files go before the first part is shown.
    assert_eq!(names, ["image 1", "image 2", "post 1", "record 1", "post 2", "done"]);
    let images = json!([
        {"alt": "A cat", "image": blob("image 1"), "aspectRatio": {"width": 3, "height": 2}},
        {"alt": "", "image": blob("image 2")},
    ]);
    assert_eq!(puts[1]["record"]["embed"], json!({"$type": "app.bsky.embed.images", "images": images}));
}

#[test]
fn a_video_has_captions() {
    let file = Media { kind: Kind::Captions, mime: "text/vtt", ..image("film.en.vtt", 90, None) };
    let captions = Some(Box::new(Captions { lang: Some("en".to_owned()), file }));
    let media = Media { captions, alt: Some("Steam".to_owned()), ..film("film.mp4") };
    let (names, puts) = walked(&post(vec![part("x", vec![media])]), crate::step::Refs::default());
    assert_eq!(names, ["video 1", "captions 1", "post 1", "done"]);
    let video = json!({
        "$type": "app.bsky.embed.video", "video": blob("video 1"), "alt": "Steam",
        "aspectRatio": {"width": 640, "height": 360}, "captions": [{"lang": "en", "file": blob("captions 1")}],
    });
    assert_eq!(puts[0]["record"]["embed"], video);
}

fn card(thumbnail: Option<Media>) -> Card {
    Card { url: "https://a.example/b".to_owned(), title: "Tea".to_owned(), description: None, thumbnail }
}

#[test]
fn a_card_has_a_picture_and_a_quote_may_stand_beside() {
    let mut rendition = Rendition { card: Some(card(Some(image("a.png", 9, None)))), ..post(vec![part("x", vec![])]) };
    let external = json!({"uri": "https://a.example/b", "title": "Tea", "description": "", "thumb": blob("card")});
    let shown = json!({"$type": "app.bsky.embed.external", "external": external});
    assert_eq!(records(&rendition)[0]["embed"], shown);
    rendition.quote_of = Some(Reference::Url("https://bsky.app/profile/bob.example/post/3kaa".to_owned()));
    let (names, puts) = walked(&rendition, crate::step::Refs::default());
    assert_eq!(names, ["card", "handle quote_of", "record quote_of", "post 1", "done"]);
    let quoted = json!({"uri": "at://did:fake:bob.example/app.bsky.feed.post/3kaa", "cid": "cid-3k"});
    let record = json!({"$type": "app.bsky.embed.record", "record": quoted});
    let both = json!({"$type": "app.bsky.embed.recordWithMedia", "record": record, "media": shown});
    assert_eq!(puts[0]["record"]["embed"], both);
}

#[test]
fn a_thread_names_where_it_began_and_what_it_answers() {
    let rendition = post(vec![part("one", vec![]), part("two", vec![]), part("three", vec![])]);
    let identity = acme();
    let mut walk = walk(&rendition, &identity);
    let mut sent = Vec::new();
    walk.run(|call, now| match call.name.as_str() {
        // The second part answers the first, so its own record says where the conversation began.
        "record 2" => {
            let root = json!({"uri": uri(0), "cid": "cid-root"});
            let value = json!({"text": "two", "reply": {"root": root, "parent": root}});
            reply(200, &[], &json!({"uri": uri(1), "cid": "cid-two", "value": value}).to_string())
        }
        _ => {
            sent.extend(Some(body(call)).filter(|_| call.shows));
            good(call, now)
        }
    })
    .unwrap();
    let first = json!({"uri": uri(0), "cid": "cid-3k"});
    let first = json!({"uri": first["uri"], "cid": format!("cid-{}", &key(0)[..2])});
    assert!(sent[0]["record"]["reply"].is_null());
    assert_eq!(sent[1]["record"]["reply"], json!({"root": first, "parent": first}));
    let root = json!({"uri": uri(0), "cid": "cid-root"});
    assert_eq!(sent[2]["record"]["reply"], json!({"root": root, "parent": {"uri": uri(1), "cid": "cid-two"}}));
}

#[test]
fn an_answer_joins_the_conversation_it_answers() {
    let mut rendition = post(vec![part("x", vec![])]);
    rendition.reply_to = Some(Reference::Post("old".to_owned()));
    let ours = "at://did:plc:acme/app.bsky.feed.post/3kaa";
    let refs = crate::step::Refs { reply_to: Some(receipt(ours)), ..crate::step::Refs::default() };
    let identity = acme();
    let mut walk = walk(&rendition, &identity);
    walk.refs = refs;
    let mut sent = Value::Null;
    walk.run(|call, now| match call.name.as_str() {
        "record reply_to" => {
            let value =
                json!({"reply": {"root": {"uri": "at://did:plc:bob/app.bsky.feed.post/3kbb", "cid": "cid-bob"}}});
            reply(200, &[], &json!({"uri": ours, "cid": "cid-ours", "value": value}).to_string())
        }
        _ => {
            sent = body(call);
            good(call, now)
        }
    })
    .unwrap();
    let root = json!({"uri": "at://did:plc:bob/app.bsky.feed.post/3kbb", "cid": "cid-bob"});
    assert_eq!(sent["record"]["reply"], json!({"root": root, "parent": {"uri": ours, "cid": "cid-ours"}}));
}

#[test]
fn references_that_lead_nowhere() {
    let answering = |reference: Reference| Rendition { reply_to: Some(reference), ..post(vec![part("x", vec![])]) };
    let ended = |rendition: &Rendition, refs: Option<Receipt>, status: u16, body: &str| {
        let identity = acme();
        let mut walk = walk(rendition, &identity);
        walk.refs.reply_to = refs;
        let end = walk.run(|_, _| reply(status, &[], body));
        end.map_or_else(|refusal| refusal.words, |()| walk.log.last().unwrap().clone())
    };
    let none = r#"{"error":"RecordNotFound","message":"Could not locate record: at://x"}"#;
    let nobody = r#"{"error":"InvalidRequest","message":"Unable to resolve handle"}"#;
    let url = |url: &str| answering(Reference::Url(url.to_owned()));
    let at = "https://bsky.app/profile/bob.example/post/3kaa";
    for (rendition, refs, status, body, words) in [
        (
            answering(Reference::Post("old".to_owned())),
            None,
            200,
            "{}",
            "person: `reply_to`: `old` is not out on this account",
        ),
        (
            answering(Reference::Post("old".to_owned())),
            Some(receipt("17")),
            200,
            "{}",
            "person: `reply_to`: its receipt `17` is no address of a post on Bluesky",
        ),
        (
            url("https://a.example/"),
            None,
            200,
            "{}",
            "person: `reply_to` is no address of a post on Bluesky: https://a.example/",
        ),
        (
            url(at),
            None,
            400,
            nobody,
            "Bluesky knows nobody of the name in the address of the post that this one refers to; correct it (Bluesky answered \
             400: \"Unable to resolve handle\")",
        ),
        (
            url("at://did:plc:bob/app.bsky.feed.post/3kaa"),
            None,
            400,
            none,
            "what this post refers to is gone from Bluesky (Bluesky answered 400: \"Could not locate record: at://x\")",
        ),
    ] {
        assert_eq!(ended(&rendition, refs, status, body), words);
    }
}

#[test]
fn who_may_reply_and_quote_is_said_once_all_is_out() {
    let mut rendition = post(vec![part("one", vec![]), part("two", vec![])]);
    rendition.settings.insert("threadgate".to_owned(), "followers".to_owned());
    rendition.settings.insert("disable_quotes".to_owned(), "true".to_owned());
    let (names, puts) = walked(&rendition, crate::step::Refs::default());
    assert_eq!(names, ["post 1", "record 1", "post 2", "threadgate", "postgate 1", "postgate 2", "done"]);
    let at = |body: &Value| body["record"]["createdAt"].clone();
    let allow = json!([{"$type": "app.bsky.feed.threadgate#followerRule"}]);
    let gate = json!({"post": uri(0), "allow": allow, "createdAt": at(&puts[2]), "$type": "app.bsky.feed.threadgate"});
    assert_eq!(puts[2], json!({"repo": DID, "collection": "app.bsky.feed.threadgate", "rkey": key(0), "record": gate}));
    assert_eq!((&puts[4]["rkey"], &puts[4]["record"]["post"]), (&json!(key(1)), &json!(uri(1))));
    assert_eq!(puts[4]["record"]["embeddingRules"], json!([{"$type": "app.bsky.feed.postgate#disableRule"}]));
    for (setting, allow) in [
        ("nobody", json!([])),
        ("mentioned", json!([{"$type": "app.bsky.feed.threadgate#mentionRule"}])),
        ("following", json!([{"$type": "app.bsky.feed.threadgate#followingRule"}])),
    ] {
        assert_eq!(wire::allowed(setting), Some(allow));
    }
    assert_eq!(wire::allowed("everybody"), None);
}

/// Answers of a day on which showing calls get `posts` in turn and what lies under a key is `found`.
fn bad(posts: Vec<Reply>, found: Vec<Reply>) -> impl FnMut(&Call, DateTime<Utc>) -> Reply {
    let (mut posts, mut found) = (posts.into_iter(), found.into_iter());
    move |call, now| match call.name.split(' ').next() {
        Some("post") => posts.next().unwrap_or_else(|| good(call, now)),
        Some("look") => found.next().unwrap_or_else(absent),
        _ => good(call, now),
    }
}

fn absent() -> Reply {
    reply(400, &[], r#"{"error":"RecordNotFound","message":"Could not locate record: at://did:plc:acme/x"}"#)
}

fn fault() -> Reply {
    reply(500, &[], r#"{"error":"InternalServerError","message":"Internal Server Error"}"#)
}

fn swap() -> Reply {
    reply(400, &[], r#"{"error":"InvalidSwap","message":"Record was at bafyrei"}"#)
}

fn there(text: &str, embed: &Value) -> Reply {
    let value = json!({"text": text, "createdAt": "2026-11-20T08:59:00.000Z", "embed": embed});
    reply(200, &[], &json!({"uri": uri(0), "cid": "c", "value": value}).to_string())
}

/// The calls of a walk by name, and its receipts.
fn names(rendition: &Rendition, answer: impl FnMut(&Call, DateTime<Utc>) -> Reply) -> (Vec<String>, Vec<String>) {
    let identity = acme();
    let mut walk = walk(rendition, &identity);
    walk.run(answer).unwrap();
    let name = |line: &String| {
        if line.starts_with("person") { line.clone() } else { line.split(':').next().unwrap().to_owned() }
    };
    (walk.log.iter().map(name).collect(), walk.receipts())
}

#[test]
fn a_lost_answer_is_looked_for_by_its_key() {
    let text = post(vec![part("x", vec![])]);
    let place = format!("https://bsky.app/profile/{DID}/post/{}", key(0));
    let found = vec![format!("0 {place} 08:59:00 Lookup")];
    for lost in [fault(), swap(), reply(200, &[], "not JSON")] {
        let (log, receipts) = names(&text, bad(vec![lost], vec![there("x", &Value::Null)]));
        assert_eq!((log, &receipts), (["post 1", "look 1", "done"].map(str::to_owned).to_vec(), &found));
    }
    let (log, receipts) = names(&text, bad(vec![fault()], vec![]));
    assert_eq!(log, ["post 1", "look 1", "look 1", "post 1", "done"]);
    assert_eq!(receipts, [format!("0 {place} 09:00:03 Response")]);
    let (log, _) = names(&text, bad(vec![fault(), fault()], vec![]));
    let last = format!(
        "person: Bluesky twice gave no clear answer to part 1, and it is not there: look at {place}, then tell with `pressroom \
         resolve` whether it is"
    );
    assert_eq!(log.last().unwrap(), &last);
    assert_eq!(log.iter().filter(|name| *name == "post 1").count(), 2);
}

#[test]
fn another_post_under_the_key_is_for_a_person() {
    let place = format!("https://bsky.app/profile/{DID}/post/{}", key(0));
    let why = format!(
        "person: part 1 is out already with another text or other media, see {place}: keep it so, or delete it there, then \
         tell with `pressroom resolve` which"
    );
    let picture = post(vec![part("x", vec![image("a.png", 9, None)])]);
    let other = json!({"images": [{"image": {"$type": "blob", "ref": {"$link": "other"}}}]});
    let same = json!({"images": [{"image": blob("image 1")}]});
    for (found, last) in [
        (there("y", &same), why.as_str()),
        (there("x", &Value::Null), why.as_str()),
        (there("x", &other), why.as_str()),
        (there("x", &same), "done"),
    ] {
        let (log, _) = names(&picture, bad(vec![swap()], vec![found]));
        assert_eq!(log.last().unwrap(), last);
    }
}

#[test]
fn a_file_that_is_gone_is_sent_again_once() {
    let gone = || reply(400, &[], r#"{"error":"BlobNotFound","message":"Could not find blob: baf-image-1"}"#);
    let picture = post(vec![part("x", vec![image("a.png", 9, None)])]);
    let (log, _) = names(&picture, bad(vec![gone()], vec![]));
    assert_eq!(log, ["image 1", "post 1", "image 1", "post 1", "done"]);
    let identity = acme();
    let mut walk = walk(&picture, &identity);
    let refusal = walk.run(bad(vec![gone(), gone()], vec![])).unwrap_err();
    assert_eq!(
        (refusal.class, refusal.words.as_str()),
        (
            Class::Content,
            "Bluesky lost a file twice before the post that holds it came; run `pressroom retry` (Bluesky answered 400: \"Could \
             not find blob: baf-image-1\")"
        )
    );
    // What was sent an hour ago is sent again.
    let mut later = Walk::new(&Bluesky, &picture, &identity);
    later.done.push(made("image 1", &[("cid", "c"), ("mime", "m"), ("size", "9")], &[], Some(start())));
    assert!(matches!(later.adapter.next(&later.job(), &later.done), Next::Call(call) if call.name == "image 1"));
}

#[test]
fn a_thread_with_a_hole_is_for_a_person() {
    let (rendition, identity) = (post(vec![part("one", vec![]), part("two", vec![])]), acme());
    let mut walk = walk(&rendition, &identity);
    walk.done.push(Step::Shown { part: 1, receipt: receipt(&uri(1)) });
    let next = Bluesky.next(&walk.job(), &walk.done);
    assert_eq!(next_text(&next), "person: part 2 is out, but part 1 before it is not");
}

#[test]
fn answers_as_recorded() {
    recorded(include_str!("../../../tests/data/refusals/bluesky.txt"), refusals::refusal);
}

#[test]
fn what_is_left_is_told_near_its_end() {
    let soon = (start() + TimeDelta::seconds(120)).timestamp().to_string();
    let call = call_to("post 1", "https://pds.example/xrpc/com.atproto.repo.putRecord");
    let told = |status: u16, left: &str| {
        let headers = [("ratelimit-limit", "3000"), ("ratelimit-remaining", left), ("ratelimit-reset", soon.as_str())];
        allowances(&Bluesky, &call, &reply(status, &headers, "{}"), Platform::Bluesky)
    };
    assert_eq!(told(200, "2999"), "");
    assert_eq!(told(200, "299"), "calls: 299 for 120 s");
    assert_eq!(told(429, "0"), "calls: 0 for 120 s");
}

fn removed(out: &[Receipt], answer: impl Fn(&Call) -> Reply) -> (Vec<String>, Result<(), Refusal>) {
    let (identity, mut done, mut log) = (acme(), Vec::new(), Vec::new());
    let farewell = Farewell { out, identity: &identity, acts_as: None, now: start() };
    loop {
        let next = Bluesky.remove(&farewell, &done);
        let Next::Call(call) = next else {
            log.push(next_text(&next));
            return (log, Ok(()));
        };
        assert!(!call.shows && call.method == Method::Post);
        log.push(format!("{} {}", call.name, body(&call)["rkey"].as_str().unwrap()));
        match Bluesky.read_remove(&farewell, &done, &call, &answer(&call)) {
            Ok(step) => done.push(step),
            Err(refusal) => return (log, Err(refusal)),
        }
    }
}

#[test]
fn what_is_out_goes_from_its_end_with_what_belongs_to_it() {
    let out =
        [receipt("at://did:plc:acme/app.bsky.feed.post/3kaa"), receipt("at://did:plc:acme/app.bsky.feed.post/3kbb")];
    let (log, end) = removed(&out, |_| reply(200, &[], "{}"));
    let all = [
        "delete post 2 3kbb",
        "delete postgate 2 3kbb",
        "delete post 1 3kaa",
        "delete postgate 1 3kaa",
        "delete threadgate 1 3kaa",
        "done",
    ];
    assert_eq!((log, end), (all.map(str::to_owned).to_vec(), Ok(())));
    let (_, end) = removed(&out, |_| reply(400, &[], r#"{"error":"ExpiredToken","message":"Token has expired"}"#));
    assert_eq!(end.unwrap_err().class, Class::Login);
    let (log, _) = removed(&[receipt("17")], |_| reply(200, &[], "{}"));
    assert_eq!(log, ["person: `` is no address of a post on Bluesky; remove it by hand"]);
}

#[test]
fn no_edit_is_tried() {
    let (rendition, identity) = (post(vec![part("x", vec![])]), acme());
    let next = Bluesky.edit(&walk(&rendition, &identity).job(), &[], &[]);
    assert_eq!(
        next_text(&next),
        "person: Bluesky's app goes on showing the first version of a post; remove it and publish anew, or leave it"
    );
}

#[test]
fn whose_session_it_is_and_where_it_lives() {
    let call = Bluesky.who(&Bluesky.grants()[0], "bsky.social");
    assert_eq!(call.url.as_str(), "https://bsky.social/xrpc/com.atproto.server.getSession");
    let service =
        json!([{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.example"}]);
    let answer = json!({"did": DID, "handle": "acme.example", "didDoc": {"service": service}, "active": true});
    assert_eq!(Bluesky.read_who(&reply(200, &[], &answer.to_string())).unwrap(), acme());
    let bare = json!({"did": DID, "handle": "acme.example"});
    let identity = Bluesky.read_who(&reply(200, &[], &bare.to_string())).unwrap();
    assert_eq!(identity, Identity { server: String::new(), ..acme() });
    let inactive = json!({"did": DID, "handle": "acme.example", "active": false, "status": "suspended"});
    let refusal = Bluesky.read_who(&reply(200, &[], &inactive.to_string())).unwrap_err();
    assert_eq!(
        (refusal.class, refusal.words.as_str()),
        (Class::Permission, "the account cannot publish: Bluesky calls it suspended; see to that in the app")
    );
    assert_eq!(Bluesky.read_who(&reply(200, &[], "{}")).unwrap_err().class, Class::Transient);
}

#[test]
fn a_server_of_no_name_is_called_nowhere() {
    for server in ["", "a b", "https://x"] {
        let call = Bluesky.who(&Bluesky.grants()[0], server);
        assert!(matches!(call.url.host_str(), Some("server.invalid" | "https")), "{server} {}", call.url);
    }
}

const NAMES: &[&str] = &[
    "image 1",
    "image 2",
    "gone 1",
    "gone 2",
    "mention alice.test",
    "record 1",
    "record 2",
    "record reply_to",
    "handle reply_to",
    "look 1",
    "look 2",
    "threadgate",
    "postgate 1",
];

const PAIRS: &[(&str, &str)] = &[
    ("cid", "c"),
    ("mime", "image/png"),
    ("size", "9"),
    ("did", "did:plc:bob"),
    ("state", "other"),
    ("uri", "at://x"),
];

fn whole() -> Rendition {
    let picture = |path: &str| vec![image(path, 9, None)];
    let parts = vec![part("@alice.test", picture("a.png")), part("b", picture("b.png")), part("c", vec![])];
    let mut rendition = post(parts);
    rendition.reply_to = Some(Reference::Url("https://bsky.app/profile/bob.example/post/3kaa".to_owned()));
    rendition.settings.insert("threadgate".to_owned(), "nobody".to_owned());
    rendition
}

/// Cut after any step and taken up again, the same calls follow that would have followed.
#[test]
fn a_walk_goes_on_where_it_was_cut() {
    let (rendition, identity) = (whole(), acme());
    let mut whole = walk(&rendition, &identity);
    whole.run(good).unwrap();
    assert_eq!(whole.log.last().unwrap(), "done");
    let calls: Vec<_> = whole.log.iter().filter(|line| !line.starts_with("wait")).cloned().collect();
    for cut in 0..whole.done.len() {
        let mut rest = walk(&rendition, &identity);
        rest.done = whole.done[..cut].to_vec();
        rest.now = start() + TimeDelta::seconds(i64::try_from(cut).unwrap());
        rest.run(good).unwrap();
        assert_eq!(rest.log, calls[cut..]);
    }
}

proptest! {
    #[test]
    fn whatever_is_done_nothing_is_shown_twice_or_in_doubt(done in any_steps(NAMES, PAIRS)) {
        let (rendition, identity) = (whole(), acme());
        let walk = walk(&rendition, &identity);
        let job = walk.job();
        let is_shown = |part| done.iter().any(|step| matches!(step, Step::Shown { part: its, .. } if *its == part));
        let of = |part: usize| done.iter().fold((0, 0), |(sends, absents), step| match step {
            Step::Doubt { part: its, .. } if *its == part => (sends + 1, 0),
            Step::Absent { part: its, .. } if *its == part && sends > 0 => (sends, absents + 1),
            _ => (sends, absents),
        });
        match Bluesky.next(&job, &done) {
            Next::Call(call) if call.shows => {
                prop_assert!(!is_shown(call.part));
                prop_assert!((0..call.part).all(is_shown));
                for part in 0..3 {
                    let (sends, absents) = of(part);
                    prop_assert!(is_shown(part) || sends == 0 || (sends == 1 && absents >= 2), "{part} {sends} {absents}");
                }
                prop_assert_eq!(&body(&call)["swapRecord"], &Value::Null);
            }
            Next::Call(call) => prop_assert_eq!(call.url.host_str(), Some(SERVER)),
            Next::Wait { until, .. } => prop_assert!(until > job.now),
            Next::Done => prop_assert!((0..3).all(is_shown)),
            Next::Person { .. } => {}
        }
    }

    #[test]
    fn no_answer_makes_it_panic(status in 100_u16..600, body in ".{0,200}", done in any_steps(NAMES, PAIRS)) {
        let (rendition, identity) = (whole(), acme());
        let walk = walk(&rendition, &identity);
        let job = walk.job();
        for name in ["post 1", "look 1", "image 1", "mention a.example", "handle reply_to", "record 1", "threadgate", "x"] {
            let call = Call { shows: name.starts_with("post"), ..call_to(name, "https://pds.example/") };
            let refusal = Bluesky.read(&job, &done, &call, &reply(status, &[], &body));
            if let Err(refusal) = refusal {
                prop_assert!(call.shows || refusal.class != Class::Doubtful);
            }
        }
        prop_assert!(post_of(&body).is_none() || body.contains("bsky"));
    }
}
