//! What X's adapter asks for and makes of answers, as tables; whole posts walked against scripted answers.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::{X, look, refusals, wire};
use crate::fit::{Reference, Rendition};
use crate::limits::Platform;
use crate::media::Kind;
use crate::platform::testing::{
    Walk, allowances, any_steps, at, call_to, compact, image, made, next_text, part, receipt, recorded, rendition,
    reply, start,
};
use crate::platform::{Adapter, Call, Class, Farewell, Identity, Next, Refs, Refusal, Reply, Step, Via};

fn acme() -> Identity {
    Identity { id: "42".to_owned(), name: "acme".to_owned(), ..Identity::default() }
}

fn post(parts: Vec<crate::fit::Part>) -> Rendition {
    rendition(Platform::X, parts)
}

/// The id X gives to what it makes at an instant.
fn id_at(at: DateTime<Utc>) -> String {
    ((at.timestamp_millis() - 1_288_834_974_657) << 22).to_string()
}

/// X on a good day.
fn good(call: &Call, now: DateTime<Utc>) -> Reply {
    let number = call.name.split(' ').nth(1).unwrap();
    let path = call.url.path();
    if path == "/2/tweets" {
        return reply(201, &[], &format!(r#"{{"data":{{"id":"{}","text":"t"}}}}"#, id_at(now)));
    }
    if path.ends_with("/initialize") {
        return reply(
            200,
            &[],
            &format!(r#"{{"data":{{"id":"70{number}","media_key":"3_7","expires_after_secs":1295999}}}}"#),
        );
    }
    if path.ends_with("/finalize") {
        return reply(200, &[], &format!(r#"{{"data":{{"id":"70{number}","size":9,"expires_after_secs":86400}}}}"#));
    }
    reply(200, &[], "{}")
}

fn walk<'a>(rendition: &'a Rendition, identity: &'a Identity) -> Walk<'a> {
    Walk::new(&X, rendition, identity)
}

#[test]
fn a_text_is_one_call() {
    let (rendition, identity) = (post(vec![part("Hello & <you>", vec![])]), acme());
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    assert_eq!(walk.log, [r#"post 1: POST! /2/tweets {"text":"Hello & <you>"}"#, "done"]);
    let url = format!("0 https://x.com/acme/status/{} 09:00:00 Response", id_at(start()));
    assert_eq!(walk.receipts(), [url]);
}

#[test]
fn a_thread_answers_itself_part_by_part() {
    let mut rendition = post(vec![part("one", vec![]), part("two", vec![]), part("three", vec![])]);
    for (key, value) in [("reply_settings", "following"), ("made_with_ai", "true"), ("paid_partnership", "false")] {
        rendition.settings.insert(key.to_owned(), value.to_owned());
    }
    let identity = acme();
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    let (first, second) = (id_at(start()), id_at(start() + TimeDelta::seconds(1)));
    assert_eq!(
        walk.log,
        [
            r#"post 1: POST! /2/tweets {"made_with_ai":true,"reply_settings":"following","text":"one"}"#.to_owned(),
            format!(
                r#"post 2: POST! /2/tweets {{"made_with_ai":true,"reply":{{"in_reply_to_tweet_id":"{first}"}},"text":"two"}}"#
            ),
            format!(
                r#"post 3: POST! /2/tweets {{"made_with_ai":true,"reply":{{"in_reply_to_tweet_id":"{second}"}},"text":"three"}}"#
            ),
            "done".to_owned(),
        ]
    );
}

#[test]
fn four_images_with_words_are_uploaded_before_anything_shows() {
    let media = vec![
        image("a.png", 1024 * 1024 + 1, Some("A cat")),
        image("b.png", 9, None),
        image("c.png", 9, Some("")),
        image("d.png", 9, Some("Dogs")),
    ];
    let (rendition, identity) = (post(vec![part("", vec![]), part("pets", media)]), acme());
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    let first = id_at(walk.now - TimeDelta::seconds(2));
    assert_eq!(
        walk.log,
        [
            r#"image 1 initialize: POST /2/media/upload/initialize {"media_category":"tweet_image","media_type":"image/png","total_bytes":1048577}"#.to_owned(),
            "image 1 append 0: POST /2/media/upload/701/append segment_index=0 media=a.png[0..1048576]".to_owned(),
            "image 1 append 1: POST /2/media/upload/701/append segment_index=1 media=a.png[1048576..1048577]".to_owned(),
            "image 1 finalize: POST /2/media/upload/701/finalize".to_owned(),
            r#"image 1 alt: POST /2/media/metadata {"id":"701","metadata":{"alt_text":{"text":"A cat"}}}"#.to_owned(),
            r#"image 2 initialize: POST /2/media/upload/initialize {"media_category":"tweet_image","media_type":"image/png","total_bytes":9}"#.to_owned(),
            "image 2 append 0: POST /2/media/upload/702/append segment_index=0 media=b.png[0..9]".to_owned(),
            "image 2 finalize: POST /2/media/upload/702/finalize".to_owned(),
            r#"image 3 initialize: POST /2/media/upload/initialize {"media_category":"tweet_image","media_type":"image/png","total_bytes":9}"#.to_owned(),
            "image 3 append 0: POST /2/media/upload/703/append segment_index=0 media=c.png[0..9]".to_owned(),
            "image 3 finalize: POST /2/media/upload/703/finalize".to_owned(),
            r#"image 4 initialize: POST /2/media/upload/initialize {"media_category":"tweet_image","media_type":"image/png","total_bytes":9}"#.to_owned(),
            "image 4 append 0: POST /2/media/upload/704/append segment_index=0 media=d.png[0..9]".to_owned(),
            "image 4 finalize: POST /2/media/upload/704/finalize".to_owned(),
            r#"image 4 alt: POST /2/media/metadata {"id":"704","metadata":{"alt_text":{"text":"Dogs"}}}"#.to_owned(),
            "post 1: POST! /2/tweets {}".to_owned(),
            format!(r#"post 2: POST! /2/tweets {{"media":{{"media_ids":["701","702","703","704"]}},"reply":{{"in_reply_to_tweet_id":"{first}"}},"text":"pets"}}"#),
            "done".to_owned(),
        ]
    );
}

#[test]
fn an_image_in_processing_is_asked_for_until_ready() {
    let (rendition, identity) = (post(vec![part("x", vec![image("a.png", 9, None)])]), acme());
    let mut walk = walk(&rendition, &identity);
    let mut asked = 0;
    walk.run(|call, now| match call.name.as_str() {
        "image 1 finalize" => {
            let body = r#"{"data":{"id":"701","processing_info":{"state":"pending","check_after_secs":5}}}"#;
            reply(200, &[], body)
        }
        "image 1 status" => {
            asked += 1;
            let state = if asked < 3 { "in_progress" } else { "succeeded" };
            reply(200, &[], &format!(r#"{{"data":{{"id":"701","processing_info":{{"state":"{state}"}}}}}}"#))
        }
        _ => good(call, now),
    })
    .unwrap();
    assert_eq!(
        walk.log[2..],
        [
            "image 1 finalize: POST /2/media/upload/701/finalize",
            "wait until 09:00:07: X is processing image 1",
            "image 1 status: GET /2/media/upload?command=STATUS&media_id=701",
            "image 1 status: GET /2/media/upload?command=STATUS&media_id=701",
            "image 1 status: GET /2/media/upload?command=STATUS&media_id=701",
            r#"post 1: POST! /2/tweets {"media":{"media_ids":["701"]},"text":"x"}"#,
            "done",
        ]
    );
}

#[test]
fn a_lost_answer_is_looked_for_and_found() {
    let (rendition, identity) = (post(vec![part("a & b: see example.com/x", vec![image("a.png", 9, None)])]), acme());
    let mut walk = walk(&rendition, &identity);
    let mut id = String::new();
    walk.run(|call, now| match call.name.as_str() {
        "post 1" => {
            id = id_at(now + TimeDelta::seconds(2));
            reply(502, &[], "<html>Bad gateway</html>")
        }
        "look 1" => {
            let text = r"a &amp; b:  see https://t.co/Ab1 https://t.co/Ab2";
            reply(
                200,
                &[],
                &format!(r#"{{"data":[{{"id":"9","text":"other"}},{{"id":"{id}","text":"{text}"}}],"meta":{{}}}}"#),
            )
        }
        _ => good(call, now),
    })
    .unwrap();
    assert_eq!(
        walk.log[3..],
        [
            r#"post 1: POST! /2/tweets {"media":{"media_ids":["701"]},"text":"a & b: see example.com/x"}"#,
            "wait until 09:00:18: X gave no clear answer; its list of posts is read once it can be trusted",
            "look 1: GET /2/users/42/tweets?max_results=100&exclude=retweets&start_time=2026-11-20T08%3A59%3A03Z",
            "done",
        ]
    );
    assert_eq!(walk.receipts(), [format!("0 https://x.com/acme/status/{id} 09:00:05 Lookup")]);
}

/// Answers of a day on which showing calls get `posts` in turn and every look finds nothing.
fn bad(posts: Vec<Reply>) -> impl FnMut(&Call, DateTime<Utc>) -> Reply {
    let mut posts = posts.into_iter();
    move |call, now| match call.name.split(' ').next() {
        Some("post") => posts.next().unwrap_or_else(|| good(call, now)),
        Some("look") => reply(200, &[], r#"{"meta":{"result_count":0}}"#),
        _ => good(call, now),
    }
}

const DUPLICATE: &str = r#"{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403}"#;
const LOOK: &str =
    "look 1: GET /2/users/42/tweets?max_results=100&exclude=retweets&start_time=2026-11-20T08%3A59%3A00Z";
const POST: &str = r#"post 1: POST! /2/tweets {"text":"x"}"#;
const PERSON: &str = "person: X twice gave no clear answer to part 1, and it is not among the account's posts: look at \
     https://x.com/acme, then tell with `pressroom resolve` whether it is there";

fn waits(times: &[&str]) -> Vec<String> {
    let why = "X gave no clear answer; its list of posts is read once it can be trusted";
    times.iter().map(|time| format!("wait until {time}: {why}")).collect()
}

#[test]
fn after_two_looks_in_vain_it_is_sent_once_more_and_never_again() {
    let (rendition, identity) = (post(vec![part("x", vec![])]), acme());
    let waits = waits(&["09:00:15", "09:00:30", "09:00:46", "09:01:01"]);
    let [first, second, third, fourth] = &waits[..] else { unreachable!() };
    let once = [POST, first, LOOK, second, LOOK, POST];
    let twice = [&once[..], &[third, LOOK, fourth, LOOK, PERSON]].concat();
    for (posts, log) in [
        (vec![reply(503, &[], "")], [&once[..], &["done"]].concat()),
        (vec![reply(503, &[], ""), reply(500, &[], "")], twice.clone()),
        (vec![reply(201, &[], "{}"), reply(403, &[], DUPLICATE)], twice),
    ] {
        let mut walk = walk(&rendition, &identity);
        walk.run(bad(posts)).unwrap();
        assert_eq!(walk.log, log);
    }
}

#[test]
fn a_duplicate_at_the_first_send_is_refused() {
    let (rendition, identity) = (post(vec![part("x", vec![])]), acme());
    let refusal = walk(&rendition, &identity).run(bad(vec![reply(403, &[], DUPLICATE)])).unwrap_err();
    let words = "the same text was posted before; change it, or record the earlier post with `pressroom adopt` \
         (X answered 403: \"You are not allowed to create a Tweet with duplicate content.\")";
    let words = words.to_owned();
    assert_eq!(refusal, Refusal { class: Class::Content, code: None, words, not_before: None });
}

#[test]
fn a_look_reads_on_where_a_page_is_full() {
    let (rendition, identity) = (post(vec![part("x", vec![])]), acme());
    let mut walk = walk(&rendition, &identity);
    walk.done = vec![Step::Doubt { part: 0, sent_at: start() - TimeDelta::hours(1) }];
    let mine = id_at(start() - TimeDelta::hours(1));
    walk.run(|call, _| match call.url.query().unwrap().contains("pagination_token=b26") {
        false => reply(200, &[], r#"{"data":[{"id":"1","text":"x"}],"meta":{"next_token":"b26"}}"#),
        true => reply(200, &[], &format!(r#"{{"data":[{{"id":"{mine}","text":"x"}}],"meta":{{}}}}"#)),
    })
    .unwrap();
    let page = "/2/users/42/tweets?max_results=100&exclude=retweets&start_time=2026-11-20T07%3A59%3A00Z";
    let log = [format!("look 1: GET {page}"), format!("look 1: GET {page}&pagination_token=b26"), "done".to_owned()];
    assert_eq!(walk.log, log);
}

#[test]
fn what_expired_is_made_again_and_what_is_left_is_not() {
    let (rendition, identity) = (post(vec![part("x", vec![image("a.png", 9, Some("A"))])]), acme());
    let later = start() + TimeDelta::hours(1);
    let step = |name, id, expires| made(name, &[("media_id", id)], &[], expires);
    let initialize = r#"image 1 initialize: POST /2/media/upload/initialize {"media_category":"tweet_image","media_type":"image/png","total_bytes":9}"#;
    let table: [(Vec<Step>, &str); 10] = [
        (vec![], initialize),
        (vec![step("image 1 initialize", "7", Some(start()))], initialize),
        (
            vec![step("image 1 initialize", "7", Some(later))],
            "image 1 append 0: POST /2/media/upload/7/append segment_index=0 media=a.png[0..9]",
        ),
        // Segments of an upload that expired do not count for the next.
        (
            vec![
                step("image 1 initialize", "6", None),
                step("image 1 append 0", "6", None),
                step("image 1 initialize", "7", None),
            ],
            "image 1 append 0: POST /2/media/upload/7/append segment_index=0 media=a.png[0..9]",
        ),
        (
            vec![step("image 1 initialize", "7", None), step("image 1 append 0", "7", None)],
            "image 1 finalize: POST /2/media/upload/7/finalize",
        ),
        (
            vec![
                step("image 1 initialize", "7", None),
                step("image 1 append 0", "7", None),
                step("image 1 finalize", "7", Some(start())),
            ],
            initialize,
        ),
        (vec![step("image 1 finalize", "7", Some(start() - TimeDelta::seconds(1)))], initialize),
        (
            vec![step("image 1 finalize", "7", Some(later))],
            r#"image 1 alt: POST /2/media/metadata {"id":"7","metadata":{"alt_text":{"text":"A"}}}"#,
        ),
        (
            vec![step("image 1 finalize", "7", Some(later)), step("image 1 alt", "7", None)],
            r#"post 1: POST! /2/tweets {"media":{"media_ids":["7"]},"text":"x"}"#,
        ),
        (vec![Step::Shown { part: 0, receipt: receipt("1") }], "done"),
    ];
    for (done, text) in table {
        let walk = walk(&rendition, &identity);
        assert_eq!(next_text(&X.next(&walk.job(), &done)), text, "{done:?}");
    }
}

#[test]
fn a_thread_with_a_hole_is_for_a_person() {
    let (rendition, identity) = (post(vec![part("x", vec![]), part("y", vec![])]), acme());
    let done = [Step::Shown { part: 1, receipt: receipt("1") }];
    let next = X.next(&walk(&rendition, &identity).job(), &done);
    assert_eq!(next_text(&next), "person: part 2 is out, but part 1 before it is not");
}

#[test]
fn whose_token_it_is() {
    assert_eq!(compact(&X.who(&X.grants()[0], "")), "who: GET /2/users/me");
    let body = r#"{"data":{"id":"2244994945","name":"Acme Inc","username":"acme"}}"#;
    let who = X.read_who(&reply(200, &[], body)).unwrap();
    assert_eq!(who, Identity { id: "2244994945".to_owned(), name: "acme".to_owned(), ..Identity::default() });
    let class = |reply| X.read_who(&reply).unwrap_err().class;
    assert_eq!(class(reply(401, &[], r#"{"title":"Unauthorized","status":401}"#)), Class::Login);
    assert_eq!(class(reply(200, &[], "<html>")), Class::Transient);
    // OAuth 1.0a has no scopes; what its token may do, a header tells.
    for (level, expected) in
        [("read-write", None), ("read-write-directmessages", None), ("read", Some(Class::Permission))]
    {
        let answer = X.read_who(&reply(200, &[("x-access-level", level)], body));
        assert_eq!(answer.err().map(|refusal| refusal.class), expected, "{level}");
    }
}

#[test]
fn a_token_lacks_scopes() {
    let grant = &X.grants()[0];
    assert!(grant.missing("tweet.read tweet.write users.read media.write", false).is_empty());
    assert_eq!(grant.missing("tweet.read users.read offline.access", false), ["tweet.write", "media.write"]);
}

#[test]
fn stored_texts_are_recognised() {
    for (sent, stored, has_media, same) in [
        ("hello", "hello", false, true),
        ("hello", "hello!", false, false),
        ("hello ", " hello", false, true),
        ("two\n\nlines", "two lines", false, true),
        ("cafe\u{301}", "café", false, true),
        ("a < b && c", "a &lt; b &amp;&amp; c", false, true),
        ("write &amp; for &", "write &amp;amp; for &amp;", false, true),
        ("write &amp; for &", "write &amp; for &", false, true),
        ("see example.com now", "see https://t.co/aB1 now", false, true),
        ("see example.com now", "see https://t.co/aB1 then", false, false),
        ("see it now", "see https://t.co/aB1 now", false, false),
        ("(https://a.b/c_(d)), x.rs.", "(https://t.co/1), https://t.co/2.", false, true),
        ("https://t.co/abc", "https://t.co/abc", false, true),
        ("a.b c.d", "https://t.co/1 https://t.co/2", false, true),
        ("a.b", "https://t.co/1 https://t.co/2", false, false),
        ("a.b", "https://t.co/1 https://t.co/2", true, true),
        ("", "https://t.co/1", true, true),
        ("hello", "hello https://t.co/1", true, true),
        ("hello", "hello https://t.co/1", false, false),
        ("日本語 example.com、です", "日本語 https://t.co/1、です", false, true),
    ] {
        assert_eq!(look::is_same(sent, stored, has_media), same, "{sent} / {stored}");
    }
}

#[test]
fn of_several_the_right_one_is_found() {
    let (rendition, identity) = (post(vec![part("x", vec![]), part("x", vec![])]), acme());
    let sent_at = start() - TimeDelta::minutes(5);
    let id = |seconds| id_at(sent_at + TimeDelta::seconds(seconds));
    let done = [Step::Shown { part: 0, receipt: receipt(&id(-3)) }, Step::Doubt { part: 1, sent_at }];
    for (listed, found) in [
        (vec![id(-3)], None),
        (vec![id(-61), id(-3)], None),
        (vec![id(300), id(2), id(-3), id(-60)], Some(id(2))),
        (vec![id(-60)], Some(id(-60))),
        (vec!["not an id".to_owned()], None),
    ] {
        let posts: Vec<_> = listed.iter().map(|id| format!(r#"{{"id":"{id}","text":"x"}}"#)).collect();
        let body = format!(r#"{{"data":[{}],"meta":{{}}}}"#, posts.join(","));
        let walk = walk(&rendition, &identity);
        let job = walk.job();
        let Next::Call(call) = X.next(&job, &done) else { panic!("no look") };
        let step = X.read(&job, &done, &call, &reply(200, &[], &body)).unwrap();
        match (step, found) {
            (Step::Shown { part: 1, receipt }, Some(id)) => assert_eq!((receipt.id, receipt.via), (id, Via::Lookup)),
            (Step::Absent { part: 1, .. }, None) => {}
            (step, found) => panic!("{step:?} for {found:?}"),
        }
    }
}

#[test]
fn a_success_with_errors_beside_it_is_out() {
    let (rendition, identity) = (post(vec![part("x", vec![])]), acme());
    for (body, is_out) in [
        (r#"{"data":{"id":"1445880548472328192"},"errors":[{"title":"Field missing"}]}"#, true),
        (r#"{"errors":[{"title":"Field missing"}]}"#, false),
        (r#"{"data":{"id":"12x"}}"#, false),
        (r#"{"data":{"id":"144588054"#, false),
        ("", false),
    ] {
        let walk = walk(&rendition, &identity);
        let job = walk.job();
        let Next::Call(call) = X.next(&job, &[]) else { panic!("no call") };
        match X.read(&job, &[], &call, &reply(200, &[], body)) {
            Ok(Step::Shown { receipt, .. }) if is_out => assert_eq!(receipt.at, at("2021-10-06T22:36:00.574Z")),
            Err(Refusal { class: Class::Doubtful, .. }) if !is_out => {}
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn refusals_by_status_and_words() {
    use Class::*;
    let detail = |text: &str| format!(r#"{{"title":"Forbidden","detail":"{text}","type":"about:blank"}}"#);
    let kind = |kind: &str| format!(r#"{{"title":"T","detail":"D","type":"https://api.x.com/2/problems/{kind}"}}"#);
    let media = r#"{"errors":[{"parameters":{},"message":"Your media IDs are invalid."}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"}"#;
    // Status, body, class of a showing call, class of another.
    for (status, body, shows, other) in [
        (400, media.to_owned(), Content, Content),
        (400, detail("The Tweet contains an invalid URL."), Content, Content),
        (400, detail("You can only provide one of poll, media."), Content, Content),
        (400, detail("Your Tweet text is too long. For more information"), Content, Content),
        (400, kind("invalid-request"), Bug, Bug),
        (
            400,
            r#"{"error":"invalid_request","error_description":"Value passed for the token was invalid."}"#.to_owned(),
            Bug,
            Bug,
        ),
        (401, detail("Unauthorized"), Login, Login),
        (401, String::new(), Login, Login),
        (402, kind("credits"), Payment, Payment),
        (403, DUPLICATE.to_owned(), Content, Content),
        (
            403,
            detail("You can only reply to or quote posts where you are mentioned or are the author."),
            Content,
            Content,
        ),
        (
            403,
            detail("Reply to this conversation is not allowed because you have not been mentioned"),
            Content,
            Content,
        ),
        (403, detail("Quoting this post is not allowed because x"), Content, Content),
        (403, detail("Creating posts with @mentions is not allowed for your access package."), Content, Content),
        (403, detail("Posts may have a maximum of one cashtag"), Content, Content),
        (403, detail("This user is not allowed to post a video longer than 2 minutes"), Content, Content),
        (403, detail("Your Tweet text is too long."), Content, Content),
        (403, kind("unsupported-authentication"), Login, Login),
        (403, kind("client-forbidden"), Permission, Permission),
        (403, r#"{"reason":"client-not-enrolled","detail":"x"}"#.to_owned(), Permission, Permission),
        (403, kind("oauth1-permissions"), Permission, Permission),
        (403, kind("user-suspended"), Permission, Permission),
        (403, detail("You are not permitted to perform this action."), Content, Content),
        (403, detail("Your account is not permitted to access this feature."), Permission, Permission),
        (403, "<html>blocked</html>".to_owned(), Permission, Permission),
        (404, String::new(), Content, Transient),
        (408, String::new(), Doubtful, Transient),
        (409, String::new(), Doubtful, Transient),
        (413, String::new(), Content, Content),
        (429, r#"{"errors":[{"code":88,"message":"Rate limit exceeded"}]}"#.to_owned(), Quota, Quota),
        (429, kind("rate-limit-exceeded"), Quota, Quota),
        (429, kind("usage-capped"), Payment, Payment),
        (429, detail("Monthly spending limit reached"), Payment, Payment),
        (431, String::new(), Bug, Bug),
        (302, String::new(), Doubtful, Transient),
        (500, kind("internal-error"), Doubtful, Transient),
        (502, "<html>502</html>".to_owned(), Doubtful, Transient),
        (503, String::new(), Doubtful, Transient),
        (504, String::new(), Doubtful, Transient),
    ] {
        let reply = reply(status, &[], &body);
        assert_eq!(refusals::refusal(&reply, true).class, shows, "{status} {body}");
        assert_eq!(refusals::refusal(&reply, false).class, other, "{status} {body}");
    }
}

#[test]
fn answers_as_recorded() {
    recorded(include_str!("../../../tests/data/refusals/x.txt"), refusals::refusal);
}

#[test]
fn what_is_left_of_posts_is_told() {
    let reset = |seconds: i64| (start() + TimeDelta::seconds(seconds)).timestamp().to_string();
    let (soon, late) = (reset(900), reset(40_000));
    let short = [("x-rate-limit-limit", "100"), ("x-rate-limit-remaining", "7"), ("x-rate-limit-reset", soon.as_str())];
    let day = [
        ("x-user-limit-24hour-limit", "17"),
        ("x-user-limit-24hour-remaining", "0"),
        ("x-user-limit-24hour-reset", late.as_str()),
    ];
    let bare = [("x-app-limit-24hour-remaining", "3"), ("x-app-limit-24hour-reset", late.as_str())];
    let (posts, other) = ("https://api.x.com/2/tweets", "https://api.x.com/2/media/upload");
    for (address, status, headers, told) in [
        (posts, 201, vec![], ""),
        (posts, 201, short.to_vec(), "posts in 15 minutes: 7 of 100 for 901 s"),
        (other, 200, short.to_vec(), ""),
        (
            posts,
            201,
            [&short[..], &day[..]].concat(),
            "posts in 15 minutes: 7 of 100 for 901 s, posts a day: 0 of 17 for 40001 s",
        ),
        (
            posts,
            429,
            [&short[..], &day[..]].concat(),
            "posts in 15 minutes: 7 of 100 for 901 s, posts a day: 0 of 17 for 40001 s",
        ),
        (posts, 201, bare.to_vec(), "posts of the app a day: 3 for 40001 s"),
        (posts, 429, vec![], "posts in 15 minutes: 0 for 60 s"),
        (posts, 429, vec![("retry-after", "7")], "posts in 15 minutes: 0 for 7 s"),
        (posts, 201, vec![("x-rate-limit-remaining", "many"), ("x-rate-limit-reset", soon.as_str())], ""),
        (posts, 201, vec![("x-rate-limit-remaining", "1"), ("x-rate-limit-reset", "1")], ""),
        (posts, 403, vec![], ""),
    ] {
        let call = call_to("post 1", address);
        assert_eq!(allowances(&X, &call, &reply(status, &headers, ""), Platform::X), told, "{status} {headers:?}");
    }
}

#[test]
fn refusals_say_what_to_do() {
    let body = r#"{"title":"CreditsDepleted","detail":"Your enrolled account [7] does not have any credits to fulfill this request.","type":"https://api.x.com/2/problems/credits"}"#;
    let refusal = refusals::refusal(&reply(402, &[("x-transaction-id", "ab12")], body), true);
    assert_eq!(refusal.code.as_deref(), Some("credits"));
    assert_eq!(
        refusal.words,
        "X wants credits; buy some at console.x.com, until then nothing can be published there (X answered 402: \"Your \
         enrolled account [7] does not have any credits to fulfill this request.\", x-transaction-id ab12)"
    );
    let token = r#"{"detail":"Bad token AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0%2BuSeid%2BULvsea4JtiGRiSDSJSI","title":"Unauthorized"}"#;
    assert_eq!(
        refusals::refusal(&reply(401, &[], token), true).words,
        "X no longer takes this login; run `pressroom connect` for the account (X answered 401: \"Bad token [hidden]\")"
    );
    assert_eq!(
        refusals::refusal(&reply(502, &[], "<html>"), true).words,
        "X gave no clear answer; the post may be out or not, so it is looked for first (X answered 502: no words)"
    );
}

#[test]
fn a_limit_ends_when_the_spent_window_does() {
    let second = |seconds: i64| (start() + TimeDelta::seconds(seconds)).timestamp().to_string();
    let (soon, late) = (second(600), second(40_000));
    let short = |left| [("x-rate-limit-remaining", left), ("x-rate-limit-reset", soon.as_str())];
    let day = [("x-user-limit-24hour-remaining", "0"), ("x-user-limit-24hour-reset", late.as_str())];
    for (headers, seconds) in [
        (vec![], 60),
        (vec![("retry-after", "7")], 7),
        (short("0").to_vec(), 601),
        (short("3").to_vec(), 601),
        ([&short("3")[..], &day[..]].concat(), 40_001),
        ([&short("0")[..], &[("retry-after", "7")]].concat(), 601),
        ([&short("3")[..], &[("retry-after", "7")]].concat(), 7),
        (vec![("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "99999999999999")], 60),
        (vec![("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1")], 60),
    ] {
        let not_before = refusals::refusal(&reply(429, &headers, ""), false).not_before;
        assert_eq!(not_before, Some(start() + TimeDelta::seconds(seconds)), "{headers:?}");
    }
}

#[test]
fn processing_that_fails_is_about_the_image() {
    let (rendition, identity) = (post(vec![part("x", vec![image("a.png", 9, None)])]), acme());
    let failed = r#"{"data":{"id":"701","processing_info":{"state":"failed","error":{"code":1,"name":"InvalidMedia","message":"Unsupported frame"}}}}"#;
    let refusal = walk(&rendition, &identity).run(|call, now| match call.name.as_str() {
        "image 1 finalize" => reply(200, &[], failed),
        _ => good(call, now),
    });
    assert_eq!(
        refusal.unwrap_err().words,
        "X could not process the image; save it anew or take another (X answered 200: \"Unsupported frame\")"
    );
    let endless = walk(&rendition, &identity).run(|call, now| match call.name.as_str() {
        "image 1 finalize" | "image 1 status" => {
            reply(200, &[], r#"{"data":{"id":"701","processing_info":{"state":"pending","check_after_secs":60}}}"#)
        }
        _ => good(call, now),
    });
    assert_eq!(endless.unwrap_err().class, Class::Content);
}

/// The answer to the first finalize was lost, so that X refuses the second; or it refuses this file.
#[test]
fn a_refused_finalize_is_looked_into() {
    let (rendition, identity) = (post(vec![part("x", vec![image("a.png", 9, None)])]), acme());
    let refused = |what: &str| reply(400, &[], &format!(r#"{{"title":"Invalid Request","detail":"{what}"}}"#));
    let mut walk_on = walk(&rendition, &identity);
    let ended = walk_on.run(|call, now| match call.name.as_str() {
        "image 1 finalize" => refused("`id` is finalized already"),
        "image 1 status" => reply(200, &[], r#"{"data":{"id":"701"}}"#),
        _ => good(call, now),
    });
    ended.unwrap();
    assert_eq!(
        walk_on.log[2..],
        [
            "image 1 finalize: POST /2/media/upload/701/finalize",
            "image 1 status: GET /2/media/upload?command=STATUS&media_id=701",
            "post 1: POST! /2/tweets {\"media\":{\"media_ids\":[\"701\"]},\"text\":\"x\"}",
            "done",
        ]
    );
    // A run that goes on where another died sends a segment again.
    let mut walk_on = walk(&rendition, &identity);
    let ended = walk_on.run(|call, now| match call.name.as_str() {
        "image 1 append 0" => refused("`id` is finalized already"),
        "image 1 status" => reply(200, &[], r#"{"data":{"id":"701"}}"#),
        _ => good(call, now),
    });
    ended.unwrap();
    assert_eq!(walk_on.log[2], "image 1 status: GET /2/media/upload?command=STATUS&media_id=701");
    let refusal = walk(&rendition, &identity).run(|call, now| match call.name.as_str() {
        "image 1 finalize" => refused("segments are missing"),
        "image 1 status" => refused("`media_id` is not finalized"),
        _ => good(call, now),
    });
    let words = refusal.unwrap_err().words;
    assert!(words.contains("segments are missing"), "{words}");
}

/// A film of so many bytes, of two seconds.
fn video(path: &str, bytes: u64) -> crate::fit::Media {
    let film = crate::media::Film { duration_ms: Some(2_000), ..crate::media::Film::default() };
    crate::fit::Media { kind: Kind::Video, mime: "video/mp4", film: Some(film), ..image(path, bytes, None) }
}

fn captioned(path: &str, bytes: u64) -> crate::fit::Media {
    let file = crate::fit::Media { kind: Kind::Captions, mime: "application/x-subrip", ..image("tea.srt", 7, None) };
    let captions = Some(Box::new(crate::fit::Captions { lang: Some("en-GB".to_owned()), file }));
    crate::fit::Media { captions, alt: Some("Tea".to_owned()), ..video(path, bytes) }
}

#[test]
fn a_video_is_uploaded_processed_captioned_and_described() {
    let (rendition, identity) = (post(vec![part("x", vec![captioned("tea.mp4", 2 * 1024 * 1024 + 1)])]), acme());
    let mut walk = walk(&rendition, &identity);
    let mut asked = 0;
    walk.run(|call, now| match call.name.as_str() {
        "video 1 finalize" => {
            reply(200, &[], r#"{"data":{"id":"701","processing_info":{"state":"pending","check_after_secs":5}}}"#)
        }
        "video 1 status" => {
            asked += 1;
            let state = if asked < 3 { "in_progress" } else { "succeeded" };
            let info = format!(r#""processing_info":{{"state":"{state}","check_after_secs":10}}"#);
            reply(200, &[], &format!(r#"{{"data":{{"id":"701",{info}}}}}"#))
        }
        "captions 1 initialize" | "captions 1 finalize" => reply(200, &[], r#"{"data":{"id":"801"}}"#),
        _ => good(call, now),
    })
    .unwrap();
    assert_eq!(
        walk.log,
        [
            r#"video 1 initialize: POST /2/media/upload/initialize {"media_category":"tweet_video","media_type":"video/mp4","total_bytes":2097153}"#,
            "video 1 append 0: POST /2/media/upload/701/append segment_index=0 media=tea.mp4[0..1048576]",
            "video 1 append 1: POST /2/media/upload/701/append segment_index=1 media=tea.mp4[1048576..2097152]",
            "video 1 append 2: POST /2/media/upload/701/append segment_index=2 media=tea.mp4[2097152..2097153]",
            "video 1 finalize: POST /2/media/upload/701/finalize",
            "wait until 09:00:09: X is processing video 1",
            "video 1 status: GET /2/media/upload?command=STATUS&media_id=701",
            "wait until 09:00:19: X is processing video 1",
            "video 1 status: GET /2/media/upload?command=STATUS&media_id=701",
            "wait until 09:00:29: X is processing video 1",
            "video 1 status: GET /2/media/upload?command=STATUS&media_id=701",
            r#"captions 1 initialize: POST /2/media/upload/initialize {"media_category":"subtitles","media_type":"text/srt","total_bytes":7}"#,
            "captions 1 append 0: POST /2/media/upload/801/append segment_index=0 media=tea.srt[0..7]",
            "captions 1 finalize: POST /2/media/upload/801/finalize",
            r#"captions 1 tie: POST /2/media/subtitles {"id":"701","media_category":"TweetVideo","subtitles":{"display_name":"English","id":"801","language_code":"EN"}}"#,
            r#"video 1 alt: POST /2/media/metadata {"id":"701","metadata":{"alt_text":{"text":"Tea"}}}"#,
            r#"post 1: POST! /2/tweets {"media":{"media_ids":["701"]},"text":"x"}"#,
            "done",
        ]
    );
}

/// However many segments a video has, its progress is one step of which the newest counts.
#[test]
fn an_upload_goes_on_where_the_ledger_says() {
    let (rendition, identity) = (post(vec![part("x", vec![video("tea.mp4", 3 * 1024 * 1024)])]), acme());
    let walk = walk(&rendition, &identity);
    let begun = made("video 1 initialize", &[("media_id", "7")], &[], None);
    fn sent(id: &str, next: &str) -> Step {
        made("video 1 sent", &[("media_id", id), ("next", next)], &[], None)
    }
    for (done, text) in [
        (vec![], "append 0: POST /2/media/upload/7/append segment_index=0 media=tea.mp4[0..1048576]"),
        (
            vec![sent("7", "1")],
            "append 1: POST /2/media/upload/7/append segment_index=1 media=tea.mp4[1048576..2097152]",
        ),
        (
            vec![sent("7", "1"), sent("7", "2")],
            "append 2: POST /2/media/upload/7/append segment_index=2 media=tea.mp4[2097152..3145728]",
        ),
        (vec![sent("7", "3")], "finalize: POST /2/media/upload/7/finalize"),
        (vec![sent("7", "18446744073709551615")], "finalize: POST /2/media/upload/7/finalize"),
        // Of an upload before this one, or nonsense.
        (vec![sent("6", "2")], "append 0: POST /2/media/upload/7/append segment_index=0 media=tea.mp4[0..1048576]"),
        (vec![sent("7", "-1")], "append 0: POST /2/media/upload/7/append segment_index=0 media=tea.mp4[0..1048576]"),
    ] {
        let done = [vec![begun.clone()], done].concat();
        let Next::Call(call) = X.next(&walk.job(), &done) else { panic!("no call") };
        assert_eq!(compact(&call), format!("video 1 {text}"));
        let step = X.read(&walk.job(), &done, &call, &reply(204, &[], ""));
        if let Some(index) = call.name.strip_prefix("video 1 append ") {
            let next = (index.parse::<u64>().unwrap() + 1).to_string();
            assert_eq!(step.unwrap(), sent("7", &next));
        }
    }
}

/// A file has at most a thousand segments, and they are the file.
#[test]
fn segments_cover_every_file() {
    for (bytes, size, category) in [
        (1, 1 << 20, "tweet_video"),
        (512_000_000, 1 << 20, "tweet_video"),
        (512_000_001, 4 << 20, "amplify_video"),
        (4_194_304_000, 4 << 20, "amplify_video"),
        (4_194_304_001, 5 << 20, "amplify_video"),
        (17_179_869_184, 17 << 20, "amplify_video"),
    ] {
        let media = video("tea.mp4", bytes);
        assert_eq!(wire::video_category(&media), category);
        let segments: Vec<_> =
            (0..).map(|index| wire::segment(&media, index)).take_while(|its| !its.is_empty()).collect();
        assert!(segments.len() <= 1000, "{bytes}");
        assert_eq!((segments[0].end, segments.last().unwrap().end), (size.min(bytes), bytes));
        assert!(segments.windows(2).all(|two| two[0].end == two[1].start));
    }
    let film = crate::media::Film { duration_ms: Some(140_001), ..crate::media::Film::default() };
    assert_eq!(wire::video_category(&crate::fit::Media { film: Some(film), ..video("a.mp4", 9) }), "amplify_video");
}

#[test]
fn polls_replies_and_quotes_belong_to_the_first_part() {
    let url = |id: &str| Some(Reference::Url(format!("https://twitter.com/ann/status/{id}")));
    let ours = |id: &str| Some(Reference::Post(id.to_owned()));
    let poll = Some(crate::fit::Poll { options: vec!["Yes".to_owned(), "No".to_owned()], minutes: 1440 });
    type Row<'a> = (&'a dyn Fn(&mut Rendition), &'a str);
    let rows: [Row<'_>; 5] = [
        (
            &|post| post.poll.clone_from(&poll),
            r#"{"poll":{"duration_minutes":1440,"options":["Yes","No"]},"text":"one"}"#,
        ),
        (&|post| post.reply_to = url("12"), r#"{"reply":{"in_reply_to_tweet_id":"12"},"text":"one"}"#),
        (&|post| post.reply_to = ours("tea"), r#"{"reply":{"in_reply_to_tweet_id":"31"},"text":"one"}"#),
        (&|post| post.quote_of = url("12"), r#"{"quote_tweet_id":"12","text":"one"}"#),
        (&|post| post.quote_of = ours("share"), r#"{"quote_tweet_id":"32","text":"one"}"#),
    ];
    for (change, body) in rows {
        let (mut rendition, identity) = (post(vec![part("one", vec![]), part("two", vec![])]), acme());
        change(&mut rendition);
        let mut walk = walk(&rendition, &identity);
        walk.refs = Refs { reply_to: Some(receipt("31")), quote_of: Some(receipt("repost:32")), repost_of: None };
        walk.run(good).unwrap();
        let second = format!(r#"{{"reply":{{"in_reply_to_tweet_id":"{}"}},"text":"two"}}"#, id_at(start()));
        assert_eq!(
            walk.log,
            [format!("post 1: POST! /2/tweets {body}"), format!("post 2: POST! /2/tweets {second}"), "done".to_owned()]
        );
    }
}

#[test]
fn what_is_referred_to_must_be_there() {
    for (reference, words) in [
        (Reference::Post("tea".to_owned()), "person: `tea`, which it refers to, is not out on X"),
        (Reference::Url("https://a.example/".to_owned()), "person: `https://a.example/` is no address of a post on X"),
    ] {
        let (mut rendition, identity) = (post(vec![part("one", vec![])]), acme());
        rendition.reply_to = Some(reference);
        assert_eq!(next_text(&X.next(&walk(&rendition, &identity).job(), &[])), words);
    }
}

#[test]
fn a_repost_is_sent_again_where_its_answer_was_lost() {
    let (mut rendition, identity) = (post(vec![part("", vec![])]), acme());
    rendition.repost_of = Some(Reference::Url("https://x.com/ann/status/12".to_owned()));
    let call = r#"repost: POST! /2/users/42/retweets {"tweet_id":"12"}"#;
    let wait = "wait until 09:00:15: X gave no clear answer; its list of posts is read once it can be trusted";
    let yes = || reply(200, &[], r#"{"data":{"retweeted":true,"rest_id":"12"}}"#);
    let no = || reply(200, &[], r#"{"data":{"retweeted":false,"rest_id":"12"}}"#);
    let already =
        || reply(403, &[], r#"{"title":"Forbidden","detail":"You have already retweeted this Tweet.","status":403}"#);
    let person = "person: X twice gave no clear answer to the repost, and it is not among the account's posts: look at \
         https://x.com/acme, then tell with `pressroom resolve` whether it is there";
    for (answers, log, receipts) in [
        (vec![yes()], vec![call, "done"], vec!["0 https://x.com/i/web/status/12 09:00:00 Response"]),
        (vec![already()], vec![call, "done"], vec!["0 https://x.com/i/web/status/12 09:00:00 DuplicateAnswer"]),
        (vec![no(), yes()], vec![call, wait, call, "done"], vec!["0 https://x.com/i/web/status/12 09:00:15 Response"]),
        (
            vec![reply(503, &[], ""), already()],
            vec![call, wait, call, "done"],
            vec!["0 https://x.com/i/web/status/12 09:00:15 DuplicateAnswer"],
        ),
        (vec![reply(503, &[], ""), reply(503, &[], "")], vec![call, wait, call, person], vec![]),
    ] {
        let mut walk = walk(&rendition, &identity);
        let mut answers = answers.into_iter();
        walk.run(|_, _| answers.next().unwrap()).unwrap();
        assert_eq!(walk.log, log);
        assert_eq!(walk.receipts(), receipts);
    }
}

#[test]
fn an_edit_gives_another_id() {
    let (mut rendition, identity) = (post(vec![part("Green tea", vec![])]), acme());
    rendition.settings.insert("made_with_ai".to_owned(), "true".to_owned());
    let walk = walk(&rendition, &identity);
    let (job, out) = (walk.job(), [receipt("31")]);
    let Next::Call(call) = X.edit(&job, &out, &[]) else { panic!("no call") };
    assert_eq!(
        compact(&call),
        r#"edit 1: POST /2/tweets {"edit_options":{"previous_post_id":"31"},"made_with_ai":true,"text":"Green tea"}"#
    );
    let id = id_at(start());
    let body = format!(r#"{{"data":{{"id":"{id}","edit_history_post_ids":["31","{id}"]}}}}"#);
    let step = X.read(&job, &[], &call, &reply(201, &[], &body)).unwrap();
    let Step::Shown { part: 0, receipt: renewed } = &step else { panic!("{step:?}") };
    assert_eq!((renewed.id.as_str(), renewed.url.as_str()), (&*id, &*format!("https://x.com/acme/status/{id}")));
    assert_eq!(next_text(&X.edit(&job, &out, &[step])), "done");
    assert_eq!(X.read(&job, &[], &call, &reply(503, &[], "")).unwrap_err().class, Class::Transient);
    let words = "person: on X pressroom edits only single texts without media, poll and replies";
    let with_media = post(vec![part("x", vec![image("a.png", 9, None)])]);
    let thread = post(vec![part("x", vec![]), part("y", vec![])]);
    for (rendition, out) in [(&with_media, 1), (&thread, 2), (&rendition, 2), (&rendition, 0)] {
        let walk = self::walk(rendition, &identity);
        assert_eq!(next_text(&X.edit(&walk.job(), &vec![receipt("31"); out], &[])), words);
    }
}

#[test]
fn a_thread_is_removed_from_its_end() {
    let (out, identity) = ([receipt("31"), receipt("repost:32"), receipt("33")], acme());
    let farewell = Farewell { out: &out, identity: &identity, acts_as: None, now: start() };
    let gone = r#"{"errors":[{"detail":"x","title":"Not Found Error","type":"https://api.twitter.com/2/problems/resource-not-found"}]}"#;
    let mut done = Vec::new();
    for (text, status, body) in [
        ("delete 3: DELETE /2/tweets/33", 200, r#"{"data":{"deleted":true}}"#),
        ("delete 2: DELETE /2/users/42/retweets/32", 200, r#"{"data":{"retweeted":false}}"#),
        ("delete 1: DELETE /2/tweets/31", 200, gone),
    ] {
        let Next::Call(call) = X.remove(&farewell, &done) else { panic!("no call") };
        assert_eq!(compact(&call), text);
        done.push(X.read_remove(&farewell, &done, &call, &reply(status, &[], body)).unwrap());
    }
    assert_eq!(next_text(&X.remove(&farewell, &done)), "done");
    let Next::Call(call) = X.remove(&farewell, &[]) else { panic!("no call") };
    for (status, body, class) in [
        (404, "", None),
        (404, gone, None),
        (200, r#"{"data":{"deleted":false}}"#, Some(Class::Transient)),
        (200, "<html>", Some(Class::Transient)),
        (503, "", Some(Class::Transient)),
        (401, "", Some(Class::Login)),
        (429, "", Some(Class::Quota)),
    ] {
        let read = X.read_remove(&farewell, &[], &call, &reply(status, &[], body));
        assert_eq!(read.err().map(|refusal| refusal.class), class, "{status} {body}");
    }
}

/// X lists the beginning of a long text, and answers with the names of those who are answered before them.
#[test]
fn long_texts_and_answers_are_found() {
    let long = "Tea at example.org, and more. ".repeat(20);
    let cut = |text: &str| format!("{}… https://t.co/9", text.replace("example.org", "https://t.co/1"));
    let mut long_part = part(&long, vec![]);
    long_part.count = 600;
    let mut answer = post(vec![part("Tea?", vec![])]);
    answer.reply_to = Some(Reference::Url("https://x.com/ann/status/12".to_owned()));
    let mut quote = post(vec![part("Tea?", vec![])]);
    quote.quote_of = answer.reply_to.clone();
    let long = (post(vec![long_part]), &long);
    for (rendition, stored, is_it) in [
        (&long.0, cut(&long.1[..270]), true),
        (&long.0, cut(&long.1[..269]), true),
        (&long.0, cut(&long.1[1..270]), false),
        (&long.0, cut(&long.1[..60]), false),
        (&answer, "@ann @bob Tea?".to_owned(), true),
        (&answer, "Tea?".to_owned(), true),
        (&answer, "@ann Coffee?".to_owned(), false),
        (&answer, "ann Tea?".to_owned(), false),
        (&quote, "Tea? https://t.co/7".to_owned(), true),
        (&quote, "@ann Tea?".to_owned(), false),
    ] {
        let (identity, done) = (acme(), [Step::Doubt { part: 0, sent_at: start() - TimeDelta::minutes(1) }]);
        let walk = walk(rendition, &identity);
        let body = serde_json::json!({"data": [{"id": id_at(start()), "text": stored}], "meta": {}}).to_string();
        let Next::Call(call) = X.next(&walk.job(), &done) else { panic!("no look") };
        let step = X.read(&walk.job(), &done, &call, &reply(200, &[], &body)).unwrap();
        assert_eq!(matches!(step, Step::Shown { .. }), is_it, "{stored}");
    }
}

/// Whatever call's answer a run died at, the next goes on: what was made is used, nothing is shown twice.
#[test]
fn a_run_cut_off_anywhere_goes_on() {
    let parts = vec![
        part("a", vec![captioned("tea.mp4", 2 * 1024 * 1024)]),
        part("b", vec![image("a.png", 9, Some("A")), image("b.png", 9, None)]),
        part("c", vec![]),
    ];
    let (rendition, identity) = (post(parts), acme());
    let mut whole = walk(&rendition, &identity);
    whole.run(good).unwrap();
    for cut in 0..whole.done.len() {
        let mut walk = walk(&rendition, &identity);
        walk.done = whole.done[..cut].to_vec();
        walk.now = whole.now;
        walk.run(good).unwrap();
        assert_eq!(cut + walk.log.len(), whole.log.len(), "{:#?}", walk.log);
    }
}

const NAMES: &[&str] = &[
    "image 1 initialize",
    "image 1 append 0",
    "image 1 append 1",
    "image 1 finalize",
    "image 1 status",
    "image 1 alt",
    "image 2 initialize",
    "image 2 append 0",
    "image 2 finalize",
    "image 2 status",
    "video 3 initialize",
    "video 3 sent",
    "video 3 finalize",
    "video 3 status",
    "captions 3 initialize",
    "captions 3 finalize",
    "captions 3 tie",
    "look 1 page",
    "look 2 page",
    "nonsense",
];
const PAIRS: &[(&str, &str)] = &[
    ("media_id", "7"),
    ("media_id", "8/../9"),
    ("check_at", "2026-11-20T09:01:00Z"),
    ("check_at", "soon"),
    ("next", "b26"),
    ("next", "1"),
];

proptest! {
    #[test]
    fn whatever_is_done_nothing_is_shown_twice_or_in_doubt(done in any_steps(NAMES, PAIRS)) {
        let rendition = post(vec![
            part("a", vec![image("a.png", 2_000_000, Some("A")), image("b.png", 9, None)]),
            part("b", vec![captioned("tea.mp4", 2_000_000)]),
            part("c", vec![]),
        ]);
        let identity = acme();
        let walk = Walk::new(&X, &rendition, &identity);
        let job = walk.job();
        let is_shown = |part| done.iter().any(|step| matches!(step, Step::Shown { part: its, .. } if *its == part));
        // By the letter, apart from the code under test: sends without an answer, and looks in vain since the last.
        let of = |part: usize| done.iter().fold((0, 0), |(sends, absents), step| match step {
            Step::Doubt { part: its, .. } if *its == part => (sends + 1, 0),
            Step::Absent { part: its, .. } if *its == part && sends > 0 => (sends, absents + 1),
            _ => (sends, absents),
        });
        let all_shown = (0..3).all(is_shown);
        match X.next(&job, &done) {
            Next::Call(call) if call.shows => {
                prop_assert!(!is_shown(call.part));
                prop_assert!((0..call.part).all(is_shown));
                for part in 0..3 {
                    let (sends, absents) = of(part);
                    prop_assert!(is_shown(part) || sends == 0 || (sends == 1 && absents >= 2), "{part} {sends} {absents}");
                }
            }
            Next::Call(call) => prop_assert!(X.hosts().contains(&call.url.host_str().unwrap())),
            Next::Wait { until, .. } => prop_assert!(until > job.now),
            Next::Done => prop_assert!(all_shown),
            Next::Person { .. } => prop_assert!(!all_shown),
        }
    }

    #[test]
    fn whatever_is_answered_is_read(done in any_steps(NAMES, PAIRS), status in 100..600_u16, body in ANSWERS) {
        let rendition = post(vec![part("a", vec![image("a.png", 9, Some("A"))]), part("b", vec![])]);
        let identity = acme();
        let walk = Walk::new(&X, &rendition, &identity);
        let job = walk.job();
        if let Next::Call(call) = X.next(&job, &done) {
            let read = X.read(&job, &done, &call, &reply(status, &[], &body));
            if let Err(refusal) = &read {
                prop_assert!(refusal.words.chars().count() <= 300);
                prop_assert!(call.shows || refusal.class != Class::Doubtful);
                prop_assert!(status >= 400 || refusal.class != Class::Bug, "{}", refusal.words);
            }
            let is_out = matches!(read, Ok(Step::Shown { .. }));
            prop_assert!(call.shows || call.name.starts_with("look") || !is_out);
        }
    }
}

const ANSWERS: &str = r#"\PC{0,60}|\{"data":(\{"id":"[0-9]{0,20}","processing_info":\{"state":"[a-z]{0,9}","check_after_secs":-?[0-9]{0,20}\},"expires_after_secs":[0-9]{1,19}\}|\[\{"id":"[0-9]{1,19}","text":"a"\}\]|null),"meta":\{\}\}"#;
