//! What Mastodon's adapter asks for and makes of answers, as tables; whole posts walked against scripted answers.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Mastodon, look, refusals};
use crate::fit::{Media, Part, Poll, Reference, Rendition};
use crate::limits::{Platform, Server, Visibility};
use crate::platform::testing::{
    Walk, allowances, any_steps, call_to, compact, image, made, next_text, part, receipt, recorded, rendition, reply,
    start,
};
use crate::platform::{Adapter, Auth, Body, Call, Class, Farewell, Identity, Next, Receipt, Refusal, Reply, Step};

fn ann() -> Identity {
    let (id, name, server) = ("109".to_owned(), "ann".to_owned(), "social.example".to_owned());
    Identity { id, name, server, ..Identity::default() }
}

fn post(parts: Vec<Part>) -> Rendition {
    rendition(Platform::Mastodon, parts)
}

fn with(rendition: Rendition, settings: &[(&str, &str)]) -> Rendition {
    let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Rendition { settings, ..rendition }
}

fn walk<'a>(rendition: &'a Rendition, identity: &'a Identity) -> Walk<'a> {
    Walk::new(&Mastodon, rendition, identity)
}

fn body(call: &Call) -> Value {
    match &call.body {
        Body::Json(body) => body.clone(),
        _ => Value::Null,
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A status as a server shows it that kept all of what was sent.
fn status(id: &str, at: DateTime<Utc>, sent: &Value) -> Value {
    let text = |key: &str, other: &str| json!(sent[key].as_str().unwrap_or(other));
    let media = sent["media_ids"].as_array().cloned().unwrap_or_default();
    let media: Vec<Value> = media.iter().map(|id| json!({"id": id, "description": "words"})).collect();
    let mut status = json!({
        "id": id, "created_at": time(at), "url": format!("https://social.example/@ann/{id}"),
        "content": format!("<p>{}</p>", sent["status"].as_str().unwrap_or_default()),
        "visibility": text("visibility", "public"), "spoiler_text": text("spoiler_text", ""), "language": text("language", "en"),
        "sensitive": sent["sensitive"] == true || sent["spoiler_text"].is_string(), "media_attachments": media, "poll": null,
    });
    if let Some(options) = sent["poll"]["options"].as_array() {
        let options: Vec<Value> = options.iter().map(|title| json!({"title": title})).collect();
        status["poll"] = json!({"id": "1", "options": options, "expires_at": "2026-11-21T09:00:00.000Z"});
    }
    if let Some(policy) = sent["quote_approval_policy"].as_str() {
        let automatic = if policy == "nobody" { json!([]) } else { json!([policy]) };
        status["quote_approval"] = json!({"automatic": automatic, "manual": []});
    }
    status
}

/// A server on a good day: it keeps what it is sent, and shows it.
#[derive(Default)]
struct House {
    sent: Vec<Value>,
}

impl House {
    fn answer(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        let words: Vec<&str> = call.name.split(' ').collect();
        let answer = match words[..] {
            ["media", number] => json!({"id": format!("70{number}"), "url": "https://social.example/a.png"}),
            ["post", number] => {
                self.sent.push(body(call));
                status(&format!("90{number}"), now, &body(call))
            }
            ["kept" | "now", number] => {
                let sent = self.sent.get(number.parse::<usize>().unwrap() - 1).cloned().unwrap_or_default();
                status(&format!("90{number}"), now, &sent)
            }
            ["address", _] => json!({"statuses": [{"id": "4711"}]}),
            ["look", _] => json!([]),
            ["edit", number] => json!({"id": format!("90{number}")}),
            _ => panic!("{}", call.name),
        };
        reply(200, &[], &answer.to_string())
    }
}

#[test]
fn a_text_is_sent_with_a_key_and_read_once() {
    let (rendition, identity) = (post(vec![part("Hello & <you>", vec![])]), ann());
    let (mut walk, mut server, mut keys) = (walk(&rendition, &identity), House::default(), Vec::new());
    walk.run(|call, now| {
        keys.extend(call.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        server.answer(call, now)
    })
    .unwrap();
    assert_eq!(
        walk.log,
        [
            r#"post 1: POST! /api/v1/statuses {"status":"Hello & <you>","visibility":"public"}"#,
            "kept 1: GET /api/v1/statuses/901",
            "done",
        ]
    );
    assert_eq!(walk.receipts(), ["0 https://social.example/@ann/901 09:00:00 Response"]);
    assert_eq!(keys, [KEY]);
}

/// The same in every run: a server that knows it makes no second post.
const KEY: &str = "Idempotency-Key: 0001d9cff84fa71600563b673a743c31";

fn shown_with(rendition: &Rendition) -> Vec<Value> {
    let identity = ann();
    let (mut walk, mut server) = (walk(rendition, &identity), House::default());
    walk.run(|call, now| server.answer(call, now)).unwrap();
    assert_eq!(walk.log.last().unwrap(), "done", "{:#?}", walk.log);
    server.sent
}

#[test]
fn every_wish_has_its_field() {
    let lone = || post(vec![part("x", vec![])]);
    let poll = Poll { options: ["yes", "no"].map(str::to_owned).to_vec(), minutes: 90 };
    for (rendition, sent) in [
        (lone(), json!({"status": "x", "visibility": "public"})),
        (Rendition { visibility: Visibility::Unlisted, ..lone() }, json!({"status": "x", "visibility": "unlisted"})),
        (Rendition { visibility: Visibility::Followers, ..lone() }, json!({"status": "x", "visibility": "private"})),
        (
            Rendition { lang: Some("de-AT".to_owned()), ..lone() },
            json!({"status": "x", "language": "de-AT", "visibility": "public"}),
        ),
        (
            with(lone(), &[("content_warning", "tea"), ("quote_policy", "nobody")]),
            json!({
                "status": "x", "spoiler_text": "tea", "quote_approval_policy": "nobody", "visibility": "public",
            }),
        ),
        (
            Rendition { poll: Some(poll), ..lone() },
            json!({
                "status": "x", "visibility": "public",
                "poll": {"options": ["yes", "no"], "expires_in": 5400, "multiple": false},
            }),
        ),
        (
            with(post(vec![part("x", vec![image("a.png", 9, Some("A cat"))])]), &[("sensitive", "true")]),
            json!({"status": "x", "media_ids": ["701"], "sensitive": true, "visibility": "public"}),
        ),
        (
            Rendition { reply_to: Some(Reference::Url("https://social.example/@bob/42".to_owned())), ..lone() },
            json!({"status": "x", "visibility": "public", "in_reply_to_id": "42"}),
        ),
        (
            Rendition { reply_to: Some(Reference::Url("https://other.example/notice/42".to_owned())), ..lone() },
            json!({"status": "x", "visibility": "public", "in_reply_to_id": "4711"}),
        ),
    ] {
        assert_eq!(shown_with(&rendition), [sent]);
    }
}

#[test]
fn files_go_first_and_are_waited_for() {
    let film = Media { kind: crate::media::Kind::Video, mime: "video/mp4", ..image("film.mp4", 90, None) };
    let parts = vec![part("one", vec![image("a.png", 9, Some("A cat"))]), part("two", vec![film])];
    let (rendition, identity) = (post(parts), ann());
    let (mut walk, mut server, mut asked) = (walk(&rendition, &identity), House::default(), 0);
    walk.run(|call, now| match call.name.as_str() {
        "media 2" => reply(202, &[], r#"{"id":"702","url":null}"#),
        "media 2 state" => {
            asked += 1;
            reply(if asked < 3 { 206 } else { 200 }, &[], r#"{"id":"702","url":null}"#)
        }
        _ => server.answer(call, now),
    })
    .unwrap();
    assert_eq!(
        walk.log,
        [
            "media 1: POST /api/v2/media description=A cat file=a.png[0..9]",
            "media 2: POST /api/v2/media  file=film.mp4[0..90]",
            "media 2 state: GET /api/v1/media/702",
            "media 2 state: GET /api/v1/media/702",
            "wait until 09:00:05: the server is working on media 2",
            "media 2 state: GET /api/v1/media/702",
            r#"post 1: POST! /api/v1/statuses {"media_ids":["701"],"status":"one","visibility":"public"}"#,
            r#"post 2: POST! /api/v1/statuses {"in_reply_to_id":"901","media_ids":["702"],"status":"two","visibility":"public"}"#,
            "kept 1: GET /api/v1/statuses/901",
            "kept 2: GET /api/v1/statuses/902",
            "done",
        ]
    );
}

#[test]
fn files_that_come_to_nothing() {
    let (rendition, identity) = (post(vec![part("x", vec![image("a.gif", 9, None)])]), ann());
    let ended = |state: &dyn Fn(usize) -> Reply| {
        let (mut walk, mut server, mut asked) = (walk(&rendition, &identity), House::default(), 0);
        let end = walk.run(|call, now| match call.name.as_str() {
            "media 1" => reply(202, &[], r#"{"id":"701"}"#),
            "media 1 state" => {
                asked += 1;
                state(asked)
            }
            _ => server.answer(call, now),
        });
        (
            end.map_err(|refusal| (refusal.class, refusal.words)),
            walk.log.iter().filter(|line| line.starts_with("media 1:")).count(),
        )
    };
    let (end, _) = ended(&|_| reply(422, &[], r#"{"error":"Validation failed"}"#));
    let words = "the server could not process the file; save it anew or take another (Mastodon answered 422: \"Validation failed\")";
    assert_eq!(end.unwrap_err(), (Class::Content, words.to_owned()));
    // Lost once: sent again.
    let lost =
        |asked| if asked == 1 { reply(404, &[], r#"{"error":"Record not found"}"#) } else { reply(200, &[], "{}") };
    assert_eq!(ended(&lost), (Ok(()), 2));
    let (end, sends) = ended(&|_| reply(404, &[], "{}"));
    assert_eq!((end.unwrap_err().0, sends), (Class::Content, 2));
    let (end, _) = ended(&|_| reply(206, &[], "{}"));
    assert_eq!(end.unwrap_err().0, Class::Content);
}

/// What a server keeps is changed by `change`, and told.
fn told(rendition: &Rendition, change: impl Fn(&mut Value)) -> String {
    let identity = ann();
    let (mut walk, mut server) = (walk(rendition, &identity), House::default());
    walk.run(|call, now| {
        let answer = server.answer(call, now);
        let mut post = answer.json();
        if call.name.starts_with("kept") {
            change(&mut post);
        }
        reply(answer.status, &[], &post.to_string())
    })
    .unwrap();
    walk.log.pop().unwrap()
}

#[test]
fn what_a_server_drops_is_told() {
    let picture = image("a.png", 9, Some("A cat"));
    let poll = Poll { options: ["yes", "no"].map(str::to_owned).to_vec(), minutes: 90 };
    let rich = with(
        Rendition { lang: Some("th".to_owned()), poll: Some(poll), ..post(vec![part("x", vec![])]) },
        &[("content_warning", "tea"), ("quote_policy", "followers")],
    );
    let hidden = with(post(vec![part("x", vec![picture.clone(), picture])]), &[("sensitive", "true")]);
    let unlisted = Rendition { visibility: Visibility::Unlisted, ..post(vec![part("x", vec![])]) };
    let thread = Rendition { visibility: Visibility::Unlisted, ..post(vec![part("x", vec![]), part("y", vec![])]) };
    type Change = fn(&mut Value);
    let table: [(&Rendition, Change, &str); 11] = [
        (&rich, |_| (), "done"),
        (&unlisted, |post| post["visibility"] = json!("public"), "its audience is `public` and not `unlisted`"),
        (
            &thread,
            |post| post["visibility"] = json!("public"),
            "part 1: its audience is `public` and not `unlisted`; part 2: its audience is `public` and not `unlisted`",
        ),
        (&rich, |post| post["poll"] = Value::Null, "it has no poll"),
        (&rich, |post| post["language"] = json!("en"), "its language is `en` and not `th`"),
        (&rich, |post| post["language"] = Value::Null, "its language is `none` and not `th`"),
        (&rich, |post| post["spoiler_text"] = json!(""), "it has no content warning"),
        (
            &rich,
            |post| drop(post.as_object_mut().unwrap().remove("quote_approval")),
            "the server does not know who may quote",
        ),
        (&hidden, |post| post["media_attachments"] = json!([{"id": "1", "description": "x"}]), "it has 1 of 2 files"),
        (
            &hidden,
            |post| post["media_attachments"][0]["description"] = Value::Null,
            "1 of its alternative texts are missing",
        ),
        (&hidden, |post| post["sensitive"] = json!(false), "its media are not hidden"),
    ];
    for (rendition, change, lacks) in table {
        let expected = if lacks == "done" {
            lacks.to_owned()
        } else {
            format!("person: the server did not keep all of it: {lacks}")
        };
        assert_eq!(told(rendition, change), expected);
    }
}

#[test]
fn what_may_not_be_read_is_not_told() {
    let (rendition, identity) = (post(vec![part("x", vec![])]), ann());
    for status in [403, 404] {
        let (mut walk, mut server) = (walk(&rendition, &identity), House::default());
        walk.run(|call, now| match call.name.as_str() {
            "kept 1" => reply(status, &[], "{}"),
            _ => server.answer(call, now),
        })
        .unwrap();
        assert_eq!(walk.log.last().unwrap(), "done");
    }
}

/// Answers of a day on which showing calls get `posts` in turn and lists are what `list` makes of a page.
fn bad<'a>(
    posts: Vec<Reply>,
    list: impl Fn(Option<String>) -> Reply + 'a,
) -> impl FnMut(&Call, DateTime<Utc>) -> Reply + 'a {
    let (mut posts, mut server) = (posts.into_iter(), House::default());
    move |call, now| match call.name.split(' ').next() {
        Some("post") => posts.next().unwrap_or_else(|| server.answer(call, now)),
        Some("look") => list(call.url.query_pairs().find(|(key, _)| key == "max_id").map(|(_, id)| id.into_owned())),
        Some("kept") => reply(404, &[], "{}"),
        _ => server.answer(call, now),
    }
}

fn listed(posts: &[Value]) -> Reply {
    reply(200, &[], &json!(posts).to_string())
}

fn one(id: &str, seconds: i64, content: &str) -> Value {
    let at = time(start() + TimeDelta::seconds(seconds));
    json!({"id": id, "created_at": at, "content": content, "url": format!("https://social.example/@ann/{id}"), "media_attachments": []})
}

fn ended(rendition: &Rendition, answer: impl FnMut(&Call, DateTime<Utc>) -> Reply) -> (Vec<String>, Vec<String>) {
    let identity = ann();
    let mut walk = walk(rendition, &identity);
    walk.run(answer).unwrap();
    let name = |line: &String| match line.split(':').next().unwrap() {
        "person" => line.clone(),
        name => name.split(" until").next().unwrap().to_owned(),
    };
    (walk.log.iter().map(name).collect(), walk.receipts())
}

#[test]
fn a_lost_answer_is_looked_for_among_the_accounts_posts() {
    let text = post(vec![part("tea & cake: https://a.example/x", vec![])]);
    let html = "<p>tea &amp; cake: <a href=\"https://a.example/x\"><span class=\"invisible\">https://</span><span>a.example/x</span></a></p>";
    let lost = || reply(503, &[], "<html>");
    let (log, receipts) = ended(
        &text,
        bad(vec![lost()], |_| listed(&[one("4", 2, "<p>other</p>"), one("3", 1, html), one("2", -3600, html)])),
    );
    assert_eq!(log, ["post 1", "wait", "look 1", "kept 1", "done"]);
    assert_eq!(receipts, ["0 https://social.example/@ann/3 09:00:01 Lookup"]);
    let (log, _) = ended(&text, bad(vec![lost()], |_| listed(&[one("2", -3600, html)])));
    assert_eq!(log, ["post 1", "wait", "look 1", "wait", "look 1", "post 1", "kept 1", "done"]);
    let (log, _) = ended(&text, bad(vec![lost(), lost()], |_| listed(&[])));
    assert_eq!(
        log.last().unwrap(),
        "person: part 1: the server twice gave no clear answer, and it is not among the account's posts; look at \
         https://social.example/@ann, then tell with `pressroom resolve` whether it is there"
    );
    assert_eq!(log.iter().filter(|name| *name == "post 1").count(), 2);
    let (log, _) = ended(&text, bad(vec![lost()], |_| listed(&[one("4", 2, html), one("3", 1, html)])));
    assert_eq!(
        log.last().unwrap(),
        "person: part 1: the account has several posts that may be it; look at https://social.example/@ann, then tell with \
         `pressroom resolve` whether it is there"
    );
    let (log, _) = ended(&text, bad(vec![lost()], |_| reply(403, &[], "{}")));
    assert_eq!(
        log.last().unwrap(),
        "person: part 1: the token may not read the account's posts (read:statuses); look at https://social.example/@ann, then \
         tell with `pressroom resolve` whether it is there"
    );
}

/// snac lists public posts alone: there, a post to followers that is out would look as if it were not.
#[test]
fn what_is_not_public_is_not_sent_again() {
    for visibility in [Visibility::Followers, Visibility::Private] {
        let text = Rendition { visibility, ..post(vec![part("tea", vec![])]) };
        let (log, _) = ended(&text, bad(vec![reply(503, &[], "")], |_| listed(&[])));
        assert_eq!(log[..5], ["post 1", "wait", "look 1", "wait", "look 1"]);
        assert_eq!(
            log[5..],
            [
                "person: part 1: the server gave no clear answer, and it is not among the posts that it lists, which on some \
                 software are only the public ones; look at https://social.example/@ann, then tell with `pressroom resolve` \
                 whether it is there"
            ]
        );
        let (log, _) = ended(&text, bad(vec![reply(503, &[], "")], |_| listed(&[one("3", 1, "<p>tea</p>")])));
        assert_eq!(log, ["post 1", "wait", "look 1", "kept 1", "done"]);
    }
}

#[test]
fn a_post_behind_forty_newer_ones_is_found() {
    let text = post(vec![part("tea", vec![])]);
    let (log, receipts) = ended(
        &text,
        bad(vec![reply(500, &[], "")], |before| match before.as_deref() {
            None => {
                listed(&(0..40).map(|number| one(&format!("9{number}"), 50 - number, "<p>x</p>")).collect::<Vec<_>>())
            }
            Some("939") => listed(&[one("3", 1, "<p>tea</p>")]),
            Some(other) => panic!("{other}"),
        }),
    );
    assert_eq!(log, ["post 1", "wait", "look 1", "look 1", "kept 1", "done"]);
    assert_eq!(receipts, ["0 https://social.example/@ann/3 09:00:01 Lookup"]);
}

#[test]
fn texts_are_known_again_in_html() {
    for (sent, html, same) in [
        ("tea", "<p>tea</p>", true),
        ("tea", "<p>coffee</p>", false),
        ("one\n\ntwo\nthree", "<p>one</p><p>two<br>three</p>", true),
        ("a < b & \"c\" 'd'", "<p>a &lt; b &amp; &quot;c&quot; &#39;d&#x27;</p>", true),
        (
            "hi @ann@a.example!",
            "<p>hi <span class=\"h-card\"><a href=\"https://a.example/@ann\" class=\"u-url mention\">@<span>ann</span></a></span>!</p>",
            true,
        ),
        ("hi @ann@a.example!", "<p>hi @ann@a.example!</p>", true),
        ("hi @ann", "<p>hi @bob</p>", false),
        ("#tea time", "<p><a href=\"/tags/tea\" class=\"mention hashtag\">#<span>tea</span></a> time</p>", true),
        (
            "https://a.example/a/very/long/way",
            "<p><a href=\"https://a.example/a/very/long/way\"><span class=\"invisible\">https://</span><span class=\"ellipsis\">\
             a.example/a/very</span><span class=\"invisible\">/long/way</span></a></p>",
            true,
        ),
        // Software that reads marks as markup.
        ("a *b* `c`", "<p>a <em>b</em> <code>c</code></p>", true),
        ("🫖🫖", "<p>🫖🫖</p>", true),
        ("🫖🫖", "<p>🍵</p>", false),
        ("", "", true),
        ("", "<p>tea</p>", false),
        ("Grün", "<p>Gru\u{308}n</p>", true),
        ("a", "<p>a", true),
        ("a & b", "a & b", true),
        ("a", "<", false),
        // snac keeps what was sent as it is.
        ("a <milk> & 3 < 4", "a <milk> & 3 < 4", true),
        ("a <milk>\nb", "a <milk><br>b<br>", true),
        ("a <milk> b", "a <tea> b", false),
        ("a <b> c, 3 <b 4\nd &amp; e", "a <b> c, 3 <b 4<br>d &amp; e", true),
        ("2 * 3 * 4 <b>, a_b_c &amp;amp;", "2 <i> 3 </i> 4 <b>, a_b_c &amp;amp;", true),
        // Mastodon does not.
        ("a <milk> <b> &amp; 3 < 4", "<p>a &lt;milk&gt; &lt;b&gt; &amp;amp; 3 &lt; 4</p>", true),
        ("<b>", "", false),
    ] {
        assert_eq!(look::same_text(sent, html), same, "{sent} {html}");
    }
    assert_eq!(look::plain("&unknown; &#x110000; &#65;&nbsp;<br/>x"), "&unknown; &#x110000; A \nx");
}

#[test]
fn a_file_alone_is_known_by_its_number() {
    let picture = post(vec![part("", vec![image("a.png", 9, None)])]);
    let with = |files: usize| {
        let mut post = one("3", 1, "");
        post["media_attachments"] = json!(vec![json!({"id": "1"}); files]);
        post
    };
    let (log, _) = ended(&picture, bad(vec![reply(500, &[], "")], |_| listed(&[with(1)])));
    assert_eq!(log[1..], ["post 1", "wait", "look 1", "kept 1", "done"]);
    let (log, _) = ended(&picture, bad(vec![reply(500, &[], "")], |_| listed(&[with(0), with(2)])));
    assert_eq!(log[1..5], ["post 1", "wait", "look 1", "wait"]);
}

#[test]
fn references_that_lead_nowhere() {
    let answering = |reference: Reference| Rendition { reply_to: Some(reference), ..post(vec![part("x", vec![])]) };
    let identity = ann();
    let ours = answering(Reference::Post("old".to_owned()));
    let mut walk = walk(&ours, &identity);
    walk.run(|_, _| panic!("nothing to ask")).unwrap();
    assert_eq!(walk.log, ["person: `reply_to`: `old` is not out on this account"]);
    let url = answering(Reference::Url("https://other.example/@bob/42".to_owned()));
    let mut walk = Walk::new(&Mastodon, &url, &identity);
    let refusal = walk.run(|_, _| reply(200, &[], r#"{"statuses":[]}"#)).unwrap_err();
    assert_eq!(
        walk.log,
        [
            "address reply_to: GET /api/v2/search?q=https%3A%2F%2Fother.example%2F%40bob%2F42&type=statuses&resolve=true&limit=1"
        ]
    );
    assert_eq!(
        refusal.words,
        "the server does not find the post of the address that this one answers; correct it (Mastodon answered 200: no words)"
    );
}

#[test]
fn answers_as_recorded() {
    recorded(include_str!("../../../tests/data/refusals/mastodon.txt"), refusals::refusal);
}

#[test]
fn what_is_left_is_told_near_its_end() {
    let call = call_to("post 1", "https://social.example/api/v1/statuses");
    let told = |status: u16, left: &str| {
        let reset = ("x-ratelimit-reset", "2026-11-20T09:05:00.000000Z");
        let headers = [("x-ratelimit-limit", "300"), ("x-ratelimit-remaining", left), reset];
        allowances(&Mastodon, &call, &reply(status, &headers, "{}"), Platform::Mastodon)
    };
    assert_eq!(told(200, "299"), "");
    assert_eq!(told(200, "29"), "calls: 29 for 300 s");
    assert_eq!(told(429, "0"), "calls: 0 for 300 s");
}

/// The calls of an edit, and how it ended.
fn edited(
    rendition: &Rendition,
    out: &[Receipt],
    answer: impl Fn(&Call) -> Reply,
) -> (Vec<String>, Result<(), Refusal>) {
    let identity = ann();
    let walk = walk(rendition, &identity);
    let (job, mut done, mut log) = (walk.job(), Vec::new(), Vec::new());
    loop {
        let next = Mastodon.edit(&job, out, &done);
        log.push(next_text(&next));
        let Next::Call(call) = next else { return (log, Ok(())) };
        assert!(!call.shows);
        match Mastodon.read(&job, &done, &call, &answer(&call)) {
            Ok(step) => done.push(step),
            Err(refusal) => return (log, Err(refusal)),
        }
    }
}

#[test]
fn only_parts_that_changed_are_edited() {
    let rendition = with(post(vec![part("one", vec![]), part("new", vec![])]), &[("content_warning", "tea")]);
    let out = [receipt("901"), receipt("902")];
    let (log, end) = edited(&rendition, &out, |call| match call.name.as_str() {
        "source 1" => reply(200, &[], r#"{"id":"901","text":"one","spoiler_text":"tea"}"#),
        "source 2" => reply(200, &[], r#"{"id":"902","text":"two","spoiler_text":"tea"}"#),
        "edit 2" => reply(200, &[], r#"{"id":"902"}"#),
        _ => reply(200, &[], &status("901", start(), &json!({"spoiler_text": "tea"})).to_string()),
    });
    assert_eq!(end, Ok(()));
    assert_eq!(
        log,
        [
            "now 1: GET /api/v1/statuses/901",
            "source 1: GET /api/v1/statuses/901/source",
            "now 2: GET /api/v1/statuses/902",
            "source 2: GET /api/v1/statuses/902/source",
            r#"edit 2: PUT /api/v1/statuses/902 {"sensitive":true,"spoiler_text":"tea","status":"new"}"#,
            "done",
        ]
    );
}

#[test]
fn an_edit_keeps_files_and_polls() {
    let media = vec![image("a.png", 9, Some("A cat"))];
    let rendition = post(vec![part("new", media)]);
    let before = json!({"media_ids": ["701"]});
    let answer = |call: &Call| match call.name.as_str() {
        "edit 1" => reply(200, &[], r#"{"id":"901"}"#),
        _ => reply(200, &[], &status("901", start(), &before).to_string()),
    };
    let (log, _) = edited(&rendition, &[receipt("901")], answer);
    // Its words are others, so the text need not be asked for.
    assert_eq!(
        log[1..],
        [
            r#"edit 1: PUT /api/v1/statuses/901 {"media_attributes":[{"description":"A cat","id":"701"}],"media_ids":["701"],"sensitive":false,"spoiler_text":"","status":"new"}"#,
            "done"
        ]
    );
    let poll = Poll { options: ["yes", "no"].map(str::to_owned).to_vec(), minutes: 1440 };
    let rendition = Rendition { poll: Some(poll), ..post(vec![part("new", vec![])]) };
    let asked = json!({"poll": {"options": ["yes", "no"]}});
    let ends = |ends: &str| {
        let mut now = status("901", start(), &asked);
        now["poll"]["expires_at"] = json!(ends);
        let (log, _) = edited(&rendition, &[receipt("901")], |call| match call.name.as_str() {
            "now 1" => reply(200, &[], &now.to_string()),
            "source 1" => reply(404, &[], "{}"),
            _ => reply(200, &[], r#"{"id":"901"}"#),
        });
        log[2].clone()
    };
    assert_eq!(
        ends("2026-11-20T10:00:00.000Z"),
        r#"edit 1: PUT /api/v1/statuses/901 {"poll":{"expires_in":3600,"multiple":false,"options":["yes","no"]},"sensitive":false,"spoiler_text":"","status":"new"}"#
    );
    assert_eq!(
        ends("2026-11-20T09:04:00.000Z"),
        "person: a post whose poll is over, or nearly so, cannot be edited: the server would open the poll again"
    );
}

#[test]
fn edits_that_cannot_be() {
    let rendition = post(vec![part("x", vec![])]);
    let (log, _) = edited(&rendition, &[receipt("1"), receipt("2")], |_| panic!("nothing to ask"));
    assert_eq!(
        log,
        ["person: the number of parts has changed, which no edit can do; remove it and publish anew, or leave it"]
    );
    let (_, end) = edited(&rendition, &[receipt("1")], |_| reply(404, &[], "{}"));
    assert_eq!(end.unwrap_err().class, Class::Content);
}

fn removed(out: &[Receipt], answer: impl Fn(&Call) -> Reply) -> (Vec<String>, Result<(), Refusal>) {
    let (identity, mut done, mut log) = (ann(), Vec::new(), Vec::new());
    let farewell = Farewell { out, identity: &identity, acts_as: None, now: start() };
    loop {
        let next = Mastodon.remove(&farewell, &done);
        log.push(next_text(&next));
        let Next::Call(call) = next else { return (log, Ok(())) };
        assert!(!call.shows);
        match Mastodon.read_remove(&farewell, &done, &call, &answer(&call)) {
            Ok(step) => done.push(step),
            Err(refusal) => return (log, Err(refusal)),
        }
    }
}

#[test]
fn what_is_out_goes_from_its_end() {
    let out = [receipt("901"), receipt("902")];
    let (log, end) = removed(&out, |_| reply(200, &[], r#"{"id":"1","text":"t"}"#));
    assert_eq!(log, ["delete 2: DELETE /api/v1/statuses/902", "delete 1: DELETE /api/v1/statuses/901", "done"]);
    assert_eq!(end, Ok(()));
    let (log, end) = removed(&out[..1], |_| reply(404, &[], r#"{"error":"Record not found"}"#));
    assert_eq!(log, ["delete 1: DELETE /api/v1/statuses/901", "check 1: GET /api/v1/statuses/901", "done"]);
    assert_eq!(end, Ok(()));
    // Software that knows no removal says that there is nothing.
    let (_, end) = removed(&out, |call| reply(if call.name.starts_with("check") { 200 } else { 404 }, &[], "{}"));
    assert_eq!(
        end.unwrap_err().words,
        "the server did not remove the post, which is still there; remove it by hand (Mastodon answered 200: no words)"
    );
    let (_, end) = removed(&out, |_| reply(401, &[], "{}"));
    assert_eq!(end.unwrap_err().class, Class::Login);
}

#[test]
fn whose_token_it_is() {
    let call = Mastodon.who(&Mastodon.grants()[0], "social.example");
    assert_eq!(call.url.as_str(), "https://social.example/api/v1/accounts/verify_credentials");
    assert_eq!(compact(&call), "who: GET /api/v1/accounts/verify_credentials");
    let answer = |body: &str| Mastodon.read_who(&reply(200, &[], body));
    let ann = Identity { server: String::new(), ..ann() };
    assert_eq!(answer(r#"{"id":"109","username":"ann","acct":"ann"}"#).unwrap(), ann);
    assert_eq!(answer("{}").unwrap_err().class, Class::Transient);
    assert_eq!(Mastodon.read_who(&reply(401, &[], "{}")).unwrap_err().class, Class::Login);
}

#[test]
fn servers_tell_what_they_allow() {
    let told = |body: &str| Mastodon.read_server(&reply(200, &[], body)).unwrap();
    let call = Mastodon.server("social.example").unwrap();
    assert_eq!((compact(&call).as_str(), call.auth), ("server: GET /api/v2/instance", Auth::None));
    let older = Mastodon.server_else("social.example", &reply(404, &[], "{}")).unwrap();
    assert_eq!((compact(&older).as_str(), older.auth), ("server: GET /api/v1/instance", Auth::None));
    assert!(Mastodon.server_else("social.example", &reply(200, &[], "{}")).is_none());
    let whole = r#"{"domain":"social.example","version":"4.5.0","configuration":{
        "statuses":{"max_characters":5000,"max_media_attachments":6,"characters_reserved_per_url":32},
        "media_attachments":{"supported_mime_types":["image/png","video/mp4"],"description_limit":1000,"image_size_limit":9,
            "image_matrix_limit":8,"video_size_limit":7,"video_frame_rate_limit":60,"video_matrix_limit":6},
        "polls":{"max_options":5,"max_characters_per_option":40,"min_expiration":60,"max_expiration":3600}}}"#;
    assert_eq!(
        told(whole),
        Server {
            software: Some("4.5.0".to_owned()),
            text_max: Some(5000),
            url_length: Some(32),
            media_max: Some(6),
            alt_max: Some(1000),
            mimes: Some(vec!["image/png".to_owned(), "video/mp4".to_owned()]),
            image_bytes: Some(9),
            image_pixels: Some(8),
            video_bytes: Some(7),
            video_pixels: Some(6),
            video_fps: Some(60),
            poll_options: Some(5),
            poll_option_max: Some(40),
            poll_seconds: Some((60, 3600)),
        }
    );
    let bare = |software: &str| Server { software: Some(software.to_owned()), ..Server::default() };
    assert_eq!(told(r#"{"version":"4.0.0 (not true; really snac/2.75)"}"#), bare("4.0.0 (not true; really snac/2.75)"));
    // Pleroma tells its limit of characters beside the rest; nonsense is not believed.
    let odd = r#"{"version":"2.7.2","max_toot_chars":5000,"configuration":{"statuses":{"max_media_attachments":-1,
        "characters_reserved_per_url":0},"polls":{"max_options":0,"min_expiration":9,"max_expiration":3},
        "media_attachments":{"image_size_limit":99999999999999999}}}"#;
    assert_eq!(told(odd), Server { text_max: Some(5000), ..bare("2.7.2") });
    for (status, body) in [(200, "{}"), (200, "<html>"), (502, "<html>")] {
        assert_eq!(Mastodon.read_server(&reply(status, &[], body)).unwrap_err().class, Class::Transient);
    }
}

#[test]
fn keys_differ_by_content_and_part() {
    let identity = ann();
    let keys = |texts: &[&str]| {
        let rendition = post(texts.iter().map(|text| part(text, vec![])).collect());
        let (mut walk, mut server, mut keys) = (walk(&rendition, &identity), House::default(), Vec::new());
        walk.run(|call, now| {
            keys.extend(call.headers.iter().map(|(_, value)| value.clone()));
            server.answer(call, now)
        })
        .unwrap();
        keys
    };
    let all: Vec<String> = [keys(&["a"]), keys(&["b"]), keys(&["a", "b"])].concat();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 4);
    assert_eq!(keys(&["a"]), keys(&["a"]));
}

const NAMES: &[&str] = &[
    "media 1",
    "media 2",
    "media 1 state",
    "media 2 state",
    "address reply_to",
    "look 1",
    "look 2",
    "look 1 page",
    "kept 1",
    "kept 2",
    "kept 3",
    "now 1",
    "source 1",
    "edit 1",
];

const PAIRS: &[(&str, &str)] = &[
    ("id", "7"),
    ("state", "ready"),
    ("at", "2026-11-20T09:00:00Z"),
    ("again", "2026-11-20T09:00:09Z"),
    ("before", "9"),
    ("lacks", "it has no poll"),
    ("media", "1,2"),
    ("poll_ends", "2026-11-20T10:00:00Z"),
];

fn whole() -> Rendition {
    let picture = |path: &str| vec![image(path, 9, None)];
    let parts = vec![part("a", picture("a.png")), part("b", picture("b.png")), part("c", vec![])];
    Rendition { reply_to: Some(Reference::Url("https://other.example/@bob/42".to_owned())), ..post(parts) }
}

/// Cut after any step and taken up again, the same calls follow that would have followed.
#[test]
fn a_walk_goes_on_where_it_was_cut() {
    let (rendition, identity) = (whole(), ann());
    let (mut whole, mut server) = (walk(&rendition, &identity), House::default());
    whole.run(|call, now| server.answer(call, now)).unwrap();
    assert_eq!(whole.log.last().unwrap(), "done");
    for cut in 0..whole.done.len() {
        let (mut rest, mut server) = (walk(&rendition, &identity), House { sent: server.sent.clone() });
        rest.done = whole.done[..cut].to_vec();
        rest.now = start() + TimeDelta::seconds(i64::try_from(cut).unwrap());
        rest.run(|call, now| server.answer(call, now)).unwrap();
        assert_eq!(rest.log, whole.log[cut..]);
    }
}

#[test]
fn what_waits_is_asked_after_later() {
    let (rendition, identity) = (whole(), ann());
    let mut walk = walk(&rendition, &identity);
    walk.done.push(made("media 1", &[("id", "7"), ("again", "2026-11-20T09:00:05Z")], &[], None));
    walk.done.push(made("media 2", &[("id", "8"), ("state", "ready")], &[], None));
    let next = Mastodon.next(&walk.job(), &walk.done);
    assert_eq!(next_text(&next), "wait until 09:00:05: the server is working on media 1");
}

proptest! {
    #[test]
    fn whatever_is_done_nothing_is_shown_twice_or_in_doubt(done in any_steps(NAMES, PAIRS)) {
        let (rendition, identity) = (whole(), ann());
        let walk = walk(&rendition, &identity);
        let job = walk.job();
        let is_shown = |part| done.iter().any(|step| matches!(step, Step::Shown { part: its, .. } if *its == part));
        let of = |part: usize| done.iter().fold((0, 0), |(sends, absents), step| match step {
            Step::Doubt { part: its, .. } if *its == part => (sends + 1, 0),
            Step::Absent { part: its, .. } if *its == part && sends > 0 => (sends, absents + 1),
            _ => (sends, absents),
        });
        match Mastodon.next(&job, &done) {
            Next::Call(call) if call.shows => {
                prop_assert!(!is_shown(call.part));
                prop_assert!((0..call.part).all(is_shown));
                for part in 0..3 {
                    let (sends, absents) = of(part);
                    prop_assert!(is_shown(part) || sends == 0 || (sends == 1 && absents >= 2), "{part} {sends} {absents}");
                }
            }
            Next::Call(call) => prop_assert_eq!(call.url.host_str(), Some("social.example")),
            Next::Wait { until, .. } => prop_assert!(until > job.now),
            Next::Done => prop_assert!((0..3).all(is_shown)),
            Next::Person { .. } => {}
        }
    }

    #[test]
    fn no_answer_makes_it_panic(status in 100_u16..600, body in ".{0,200}", done in any_steps(NAMES, PAIRS)) {
        let (rendition, identity) = (whole(), ann());
        let walk = walk(&rendition, &identity);
        let job = walk.job();
        for name in ["post 1", "look 1", "media 1", "media 1 state", "kept 1", "address reply_to", "now 1", "source 1", "x"] {
            let call = Call { shows: name.starts_with("post"), ..call_to(name, "https://social.example/") };
            if let Err(refusal) = Mastodon.read(&job, &done, &call, &reply(status, &[], &body)) {
                prop_assert!(call.shows || refusal.class != Class::Doubtful);
            }
        }
        let _ = look::same_text("tea @a@b", &body);
        let _ = look::plain(&format!("<&#{body};"));
    }
}
