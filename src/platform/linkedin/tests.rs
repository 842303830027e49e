//! What LinkedIn's adapter asks for and makes of answers, as tables; whole posts walked against scripted answers.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{LinkedIn, VERSION, refusals};
use crate::fit::{Captions, Card, Media, Poll, Reference, Rendition};
use crate::limits::Platform;
use crate::media::Kind;
use crate::platform::testing::{
    Walk, allowances, any_steps, at, call_to, compact, image, made, next_text, part, receipt, recorded, rendition,
    reply, start,
};
use crate::platform::{
    Adapter, Auth, Body, Call, Class, Farewell, Identity, Next, Reach, Receipt, Refusal, Reply, Step, Via,
};
use crate::post::Visibility;

fn jane() -> Identity {
    Identity { id: "782bbtaQ".to_owned(), name: "Jane Doe".to_owned(), ..Identity::default() }
}

fn post(text: &str, images: usize) -> Rendition {
    let media = (1..=images).map(|number| image(&format!("{number}.png"), 9, None)).collect();
    rendition(Platform::LinkedIn, vec![part(text, media)])
}

fn of_acme(rendition: Rendition) -> Rendition {
    Rendition { acts_as: Some("urn:li:organization:2414183".to_owned()), ..rendition }
}

/// The URN LinkedIn gives to what it makes at an instant.
fn urn_at(at: DateTime<Utc>) -> String {
    format!("urn:li:share:{}", at.timestamp_millis() << 22)
}

fn created(now: DateTime<Utc>) -> Reply {
    reply(201, &[("x-restli-id", &urn_at(now))], "")
}

/// LinkedIn on a good day.
fn good(call: &Call, now: DateTime<Utc>) -> Reply {
    let words: Vec<&str> = call.name.split(' ').collect();
    match words[..] {
        ["image", number, "initialize"] => {
            let expires = (now + TimeDelta::days(1)).timestamp_millis();
            let to = format!("https://www.linkedin.com/dms-uploads/sp/{number}?ca=x&cn=uploads");
            let value =
                format!(r#"{{"uploadUrlExpiresAt":{expires},"uploadUrl":"{to}","image":"urn:li:image:D{number}"}}"#);
            reply(200, &[], &format!(r#"{{"value":{value}}}"#))
        }
        ["image", _, "upload"] => reply(201, &[], ""),
        ["image", _, "status"] => reply(200, &[], r#"{"status":"AVAILABLE"}"#),
        ["document", number, "initialize"] => {
            let to = "https://www.linkedin.com/dms-uploads/sp/doc";
            reply(200, &[], &format!(r#"{{"value":{{"uploadUrl":"{to}","document":"urn:li:document:D{number}"}}}}"#))
        }
        ["document", _, "upload"] => reply(201, &[], ""),
        ["video", _, "initialize"] => reply(200, &[], &video_session(now)),
        ["video", _, "part", number] => reply(200, &[("etag", &format!("\"/ambry/e{number}.bin\""))], ""),
        ["video", _, "cover" | "captions"] => reply(201, &[], ""),
        ["video", _, "finalize"] => reply(200, &[], ""),
        ["video" | "document", _, "status"] => reply(200, &[], r#"{"status":"AVAILABLE"}"#),
        ["comment", _] => reply(201, &[("x-restli-id", "7")], r#"{"$URN":"urn:li:comment:(urn:li:activity:1,7)"}"#),
        ["edit" | "remove", _] => reply(204, &[], ""),
        _ => created(now),
    }
}

/// A video of nine bytes in three parts, the last announced longer than it is; each announcement has another URN.
fn video_session(now: DateTime<Utc>) -> String {
    let expires = (now + TimeDelta::days(1)).timestamp_millis();
    let part = |number: u64| {
        let (first, last) = ((number - 1) * 4, number * 4 - 1);
        let to = format!("https://www.linkedin.com/dms-uploads/part/{number}?s={}", now.timestamp());
        format!(r#"{{"uploadUrl":"{to}","firstByte":{first},"lastByte":{last}}}"#)
    };
    format!(
        r#"{{"value":{{"uploadUrlsExpireAt":{expires},"video":"urn:li:video:V{}","uploadToken":"t0k","uploadInstructions":[{},{},{}],"captionsUploadUrl":"https://www.linkedin.com/dms-uploads/captions","thumbnailUploadUrl":"https://www.linkedin.com/dms-uploads/cover"}}}}"#,
        now.format("%H%M%S"),
        part(1),
        part(2),
        part(3)
    )
}

fn film() -> Media {
    let media = image("film.mp4", 9, None);
    Media { kind: Kind::Video, mime: "video/mp4", ..media }
}

/// A film with everything that can go with one.
fn rich_film() -> Media {
    let srt = Media { kind: Kind::Captions, mime: "application/x-subrip", ..image("film.pt-BR.srt", 5, None) };
    let captions = Captions { lang: Some("pt-BR".to_owned()), file: srt };
    let cover = image("cover.png", 6, None);
    Media { cover: Some(Box::new(cover)), captions: Some(Box::new(captions)), title: Some("Tea".to_owned()), ..film() }
}

fn with(media: Media) -> Rendition {
    rendition(Platform::LinkedIn, vec![part("x", vec![media])])
}

fn deck() -> Rendition {
    let deck = Media { kind: Kind::Pdf, mime: "application/pdf", ..image("decks/tea.pdf", 9, None) };
    with(Media { title: Some("All about (tea)".to_owned()), ..deck })
}

fn names(walk: &Walk<'_>) -> Vec<String> {
    walk.log.iter().map(|line| line.split([':']).next().unwrap().to_owned()).collect()
}

fn walk<'a>(rendition: &'a Rendition, identity: &'a Identity) -> Walk<'a> {
    Walk::new(&LinkedIn, rendition, identity)
}

/// The body of the call that shows.
fn body(rendition: &Rendition, done: &[Step]) -> Value {
    let identity = jane();
    let Next::Call(Call { shows: true, body: Body::Json(body), .. }) =
        LinkedIn.next(&walk(rendition, &identity).job(), done)
    else {
        panic!("no showing call")
    };
    body
}

#[test]
fn a_text_is_one_call() {
    let (rendition, identity) = (post("Hello (world) #rust", 0), jane());
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    let call = r#"post 1: POST! /rest/posts {"author":"urn:li:person:782bbtaQ","commentary":"Hello \\(world\\) #rust","distribution":{"feedDistribution":"MAIN_FEED","targetEntities":[],"thirdPartyDistributionChannels":[]},"isReshareDisabledByAuthor":false,"lifecycleState":"PUBLISHED","visibility":"PUBLIC"}"#;
    assert_eq!(walk.log, [call, "done"]);
    let url = format!("0 https://www.linkedin.com/feed/update/{}/ 09:00:00 Response", urn_at(start()));
    assert_eq!(walk.receipts(), [url]);
}

#[test]
fn every_call_names_its_version_but_uploads_and_userinfo() {
    let (rendition, identity) = (of_acme(post("x", 1)), jane());
    let mut headers = Vec::new();
    walk(&rendition, &identity)
        .run(|call, now| {
            headers.push(format!("{} {:?}", call.name, call.headers));
            assert_eq!(call.auth, Auth::Bearer);
            good(call, now)
        })
        .unwrap();
    let versioned = format!(r#"[("LinkedIn-Version", "{VERSION}"), ("X-Restli-Protocol-Version", "2.0.0")]"#);
    let rest = |name: &str| format!("{name} {versioned}");
    let upload = "image 1 upload []".to_owned();
    assert_eq!(headers, [rest("image 1 initialize"), upload, rest("image 1 status"), rest("post 1")]);
    assert!(LinkedIn.who(&LinkedIn.grants()[0], "").headers.is_empty());
}

#[test]
fn audience_author_and_settings_reach_the_body() {
    let mut rendition = post("x", 0);
    rendition.visibility = Visibility::Connections;
    rendition.settings.insert("disable_reshare".to_owned(), "true".to_owned());
    let person = body(&rendition, &[]);
    assert_eq!(person["visibility"], "CONNECTIONS");
    assert_eq!(person["isReshareDisabledByAuthor"], true);
    let page = body(&of_acme(post("x", 0)), &[]);
    assert_eq!(page["author"], "urn:li:organization:2414183");
    assert_eq!(page["visibility"], "PUBLIC");
}

#[test]
fn one_image_is_media() {
    let mut rendition = post("x", 1);
    rendition.parts[0].media[0].alt = Some("A (cat)".to_owned());
    let identity = jane();
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    assert_eq!(
        walk.log[..2],
        [
            r#"image 1 initialize: POST /rest/images?action=initializeUpload {"initializeUploadRequest":{"owner":"urn:li:person:782bbtaQ"}}"#,
            "image 1 upload: PUT /dms-uploads/sp/1?ca=x&cn=uploads image/png 1.png[0..9]",
        ]
    );
    assert!(
        walk.log[2].contains(r#""content":{"media":{"altText":"A (cat)","id":"urn:li:image:D1"}}"#),
        "{}",
        walk.log[2]
    );
    assert_eq!(walk.log.len(), 4);
}

#[test]
fn several_images_are_a_multi_image_in_order() {
    let mut rendition = of_acme(post("x", 3));
    rendition.parts[0].media[1].alt = Some("Two".to_owned());
    let identity = jane();
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    let names: Vec<&str> = walk.log.iter().filter_map(|line| Some(line.split_once(':')?.0)).collect();
    let of = |number| ["initialize", "upload", "status"].map(|what| format!("image {number} {what}"));
    assert_eq!(names, [&of(1)[..], &of(2), &of(3), &["post 1".to_owned()]].concat());
    assert_eq!(walk.log[2], "image 1 status: GET /rest/images/urn%3Ali%3Aimage%3AD1");
    let content = r#""content":{"multiImage":{"images":[{"id":"urn:li:image:D1"},{"altText":"Two","id":"urn:li:image:D2"},{"id":"urn:li:image:D3"}]}}"#;
    assert!(walk.log[9].contains(content), "{}", walk.log[9]);
}

#[test]
fn a_link_is_an_article_with_its_picture() {
    let mut rendition = post("x", 0);
    let card =
        Card { url: "https://ex.org/a_(b)".to_owned(), title: "A (b)".to_owned(), description: None, thumbnail: None };
    rendition.card = Some(card.clone());
    assert_eq!(
        body(&rendition, &[])["content"].to_string(),
        r#"{"article":{"source":"https://ex.org/a_(b)","title":"A (b)"}}"#
    );

    let thumbnail = Some(image("t.png", 9, None));
    rendition.card = Some(Card { description: Some("D".to_owned()), thumbnail, ..card });
    let identity = jane();
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    assert_eq!(walk.log[1], "image 1 upload: PUT /dms-uploads/sp/1?ca=x&cn=uploads image/png t.png[0..9]");
    let content = r#""content":{"article":{"description":"D","source":"https://ex.org/a_(b)","thumbnail":"urn:li:image:D1","title":"A (b)"}}"#;
    assert!(walk.log[2].contains(content), "{}", walk.log[2]);
}

#[test]
fn what_linkedin_cannot_do_is_said_before_any_call() {
    let two_parts = rendition(Platform::LinkedIn, vec![part("a", vec![]), part("b", vec![])]);
    let seen_by = |visibility, rendition| Rendition { visibility, ..rendition };
    let card =
        Card { url: String::new(), title: String::new(), description: None, thumbnail: Some(image("t.png", 9, None)) };
    let thumbnail_too = rendition(Platform::LinkedIn, vec![part("a", vec![image("t.png", 9, None)])]);
    for (rendition, rule) in [
        (post("x", 3), None),
        (seen_by(Visibility::Connections, post("x", 0)), None),
        (Rendition { card: Some(card.clone()), ..thumbnail_too }, None),
        (two_parts, Some("LinkedIn has no threads: publish one part, or make several posts")),
        (
            seen_by(Visibility::Connections, of_acme(post("x", 0))),
            Some("an organisation's posts on LinkedIn are public: it has no connections"),
        ),
        (
            seen_by(Visibility::Followers, post("x", 0)),
            Some("LinkedIn has no visibility `followers`: use public or connections"),
        ),
        (
            Rendition { card: Some(card), ..post("x", 1) },
            Some("LinkedIn shows a link card or images, not both: take `link` or the images out"),
        ),
        (
            Rendition { acts_as: Some("2414183".to_owned()), ..post("x", 0) },
            Some("LinkedIn cannot act as `2414183`: write urn:li:organization: and the page's number"),
        ),
    ] {
        let identity = jane();
        assert_eq!(super::wire::rules(&rendition), rule.into_iter().collect::<Vec<_>>());
        let next = next_text(&LinkedIn.next(&walk(&rendition, &identity).job(), &[]));
        assert_eq!(next.strip_prefix("person: "), rule, "{next}");
    }
}

const SETTLE: &str =
    "wait until 09:00:20: LinkedIn gave no clear answer; whether the post is out is found out once that can be trusted";
const PERSON: &str = "person: LinkedIn twice gave no clear answer: look at https://www.linkedin.com/feed/ for the post, then \
     tell with `pressroom resolve` whether it is there";

/// A duplicate's refusal as LinkedIn words it.
fn duplicate(urn: &str) -> Reply {
    let body = format!(
        r#"{{"errorDetailType":"com.linkedin.common.error.BadRequest","message":"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of {urn}","errorDetails":{{"inputErrors":[{{"description":"Duplicate post is detected","input":{{}},"code":"DUPLICATE_POST"}}]}},"status":422}}"#
    );
    reply(422, &[], &body)
}

/// Walks a text of a person whose showing calls get these answers in turn; the log without the calls' bodies.
fn walk_posts(answers: Vec<Reply>) -> (Vec<String>, Vec<String>, Option<Refusal>) {
    let (rendition, identity) = (post("x", 0), jane());
    let mut walk = walk(&rendition, &identity);
    let mut answers = answers.into_iter();
    let refusal = walk.run(|_, _| answers.next().unwrap()).err();
    let log = walk.log.iter().map(|line| line.split(" {").next().unwrap().to_owned()).collect();
    (log, walk.receipts(), refusal)
}

#[test]
fn an_old_doubt_of_a_persons_post_is_for_a_person() {
    let (rendition, identity) = (post("x", 0), jane());
    let walk = walk(&rendition, &identity);
    let job = walk.job();
    for (minutes, next) in [
        (8, "post 1: POST! /rest/posts"),
        (
            9,
            "person: LinkedIn gave no clear answer: look at https://www.linkedin.com/feed/ for the post, then tell with `pressroom resolve` whether it is there",
        ),
    ] {
        let doubt = Step::Doubt { part: 0, sent_at: start() - TimeDelta::minutes(minutes) };
        let text = next_text(&LinkedIn.next(&job, &[doubt]));
        assert_eq!(text.split(" {").next().unwrap(), next, "{minutes} minutes after");
    }
}

#[test]
fn a_persons_doubt_is_settled_by_sending_once_more() {
    let lost = || reply(503, &[], "");
    let second = start() + TimeDelta::seconds(20);
    let sends = ["post 1: POST! /rest/posts", SETTLE, "post 1: POST! /rest/posts"];
    let done = [&sends[..], &["done"]].concat();
    let person = [&sends[..], &[PERSON]].concat();
    let seen = |seconds: i64, via: &str| {
        let at = start() + TimeDelta::seconds(seconds);
        vec![format!("0 https://www.linkedin.com/feed/update/{}/ {} {via}", urn_at(at), at.format("%H:%M:%S"))]
    };
    let named = |seconds| duplicate(&urn_at(start() + TimeDelta::seconds(seconds)));
    let unknown = reply(400, &[], r#"{"code":"MISSING_FIELD","message":"x"}"#);
    let nameless = reply(422, &[], r#"{"code":"DUPLICATE_POST"}"#);
    for (answer, log, receipts, class) in [
        (created(second), &done, seen(20, "Response"), None),
        (named(2), &done, seen(2, "DuplicateAnswer"), None),
        (named(-60), &done, seen(-60, "DuplicateAnswer"), None),
        (named(-61), &sends.to_vec(), vec![], Some(Class::Content)),
        (named(200), &sends.to_vec(), vec![], Some(Class::Content)),
        (nameless, &person, vec![], None),
        (lost(), &person, vec![], None),
        (unknown, &person, vec![], None),
        (reply(429, &[], "{}"), &sends.to_vec(), vec![], Some(Class::Quota)),
        (reply(401, &[], "{}"), &sends.to_vec(), vec![], Some(Class::Login)),
    ] {
        let text = format!("{answer:?}");
        let walked = walk_posts(vec![lost(), answer]);
        assert_eq!(
            (&walked.0, walked.1, walked.2.map(|refusal| refusal.class)),
            (&log.iter().map(|line| (*line).to_owned()).collect(), receipts, class),
            "{text}"
        );
    }
}

#[test]
fn a_duplicate_without_a_doubt_is_refused_by_name() {
    let (log, _, refusal) = walk_posts(vec![duplicate("urn:li:share:7295588489876647936")]);
    assert_eq!(log, ["post 1: POST! /rest/posts"]);
    let refusal = refusal.unwrap();
    assert_eq!((refusal.class, refusal.code.as_deref()), (Class::Content, Some("DUPLICATE_POST")));
    assert_eq!(
        refusal.words,
        "LinkedIn has the same post already, urn:li:share:7295588489876647936; change the text, or record that one with \
         `pressroom adopt` (LinkedIn answered 422: \"com.linkedin.content.common.exception.BadRequestResponseException: \
         Content is a duplicate of urn:li:share:7295588489876647936\")"
    );
}

#[test]
fn an_organisations_doubt_is_looked_for() {
    let (rendition, identity) = (of_acme(post("Hello (world) #rust", 0)), jane());
    let look =
        "look 1: GET /rest/posts?author=urn%3Ali%3Aorganization%3A2414183&q=author&count=100&sortBy=LAST_MODIFIED";
    let element = |seconds: i64, text: &str| {
        let at = start() + TimeDelta::seconds(seconds);
        format!(r#"{{"id":"{}","createdAt":{},"commentary":"{text}"}}"#, urn_at(at), at.timestamp_millis())
    };
    let text = r"Hello \\(world\\) {hashtag|\\#|rust}";
    let mine = element(3, text);
    let others = [element(-90, text), element(2, "Hello"), r#"{"id":7}"#.to_owned(), "null".to_owned()].join(",");
    let found = format!(r#"{{"elements":[{others},{mine}]}}"#);
    let nothing = format!(r#"{{"elements":[{others}]}}"#);

    let run = |lists: [&str; 2]| {
        let mut walk = walk(&rendition, &identity);
        let (mut lists, mut posts) = (lists.into_iter(), 0);
        walk.run(|call, now| {
            if call.name == "look 1" {
                return reply(200, &[], lists.next().unwrap());
            }
            posts += 1;
            if posts == 1 { reply(500, &[], "") } else { created(now) }
        })
        .unwrap();
        let log: Vec<String> =
            walk.log.iter().map(|line| line.split([' ']).take(4).collect::<Vec<_>>().join(" ")).collect();
        (log, walk.receipts())
    };
    let look = look.to_owned();
    let start_log = ["post 1: POST! /rest/posts".to_owned(), "wait until 09:00:20: LinkedIn".to_owned(), look.clone()];
    let (log, receipts) = run([&found, ""]);
    assert_eq!(log, [&start_log[..], &["done".to_owned()]].concat());
    let urn = urn_at(start() + TimeDelta::seconds(3));
    assert_eq!(receipts, [format!("0 https://www.linkedin.com/feed/update/{urn}/ 09:00:03 Lookup")]);

    let (log, receipts) = run([&nothing, &nothing]);
    let again =
        ["wait until 09:00:40: LinkedIn".to_owned(), look, "post 1: POST! /rest/posts".to_owned(), "done".to_owned()];
    assert_eq!(log, [&start_log[..], &again].concat());
    assert_eq!(receipts.len(), 1);
}

#[test]
fn the_new_id_stands_in_a_header() {
    let (rendition, identity) = (post("x", 0), jane());
    let page = of_acme(post("x", 0));
    let share = "urn:li:share:7348349577130860544";
    let coded = "urn%3Ali%3Ashare%3A7348349577130860544";
    let location = format!("/posts/{coded}");
    let rest =
        |status, headers: &[(&str, &str)]| Reply { at: at("2025-07-08T13:57:45Z"), ..reply(status, headers, "") };
    let known = Some((share, "https://www.linkedin.com/feed/update/urn:li:share:7348349577130860544/"));
    for (rendition, answer, expected) in [
        (&rendition, rest(201, &[("x-restli-id", share)]), known),
        (&rendition, rest(201, &[("x-restli-id", coded)]), known),
        (&rendition, rest(200, &[("x-linkedin-id", share)]), known),
        (&rendition, rest(201, &[("x-restli-id", "?"), ("location", &location)]), known),
        (&rendition, rest(201, &[]), Some(("unknown", "https://www.linkedin.com/feed/"))),
        (&page, rest(201, &[]), Some(("unknown", "https://www.linkedin.com/company/2414183/"))),
        (&rendition, rest(200, &[]), None),
    ] {
        let walk = walk(rendition, &identity);
        let job = walk.job();
        let Next::Call(call) = LinkedIn.next(&job, &[]) else { panic!("no call") };
        match (LinkedIn.read(&job, &[], &call, &answer), expected) {
            (Ok(Step::Shown { receipt, .. }), Some((id, url))) => {
                assert_eq!((receipt.id.as_str(), receipt.url.as_str(), receipt.via), (id, url, Via::Response));
                let time = if id == share { "2025-07-08T13:57:44.921Z" } else { "2025-07-08T13:57:45Z" };
                assert_eq!(receipt.at, at(time));
                assert!(matches!(LinkedIn.next(&job, &[Step::Shown { part: 0, receipt }]), Next::Done));
            }
            (Err(Refusal { class: Class::Doubtful, .. }), None) => {}
            (read, _) => panic!("{answer:?}: {read:?}"),
        }
    }
}

#[test]
fn an_upload_goes_on_where_it_was_but_for_its_address() {
    let (rendition, page, identity) = (post("x", 1), of_acme(post("x", 1)), jane());
    let to = [("address", "https://www.linkedin.com/dms-uploads/1")];
    let urn = [("image", "urn:li:image:D1")];
    let initialize = "image 1 initialize: POST /rest/images?action=initializeUpload";
    let elsewhere = |address| made("image 1 initialize", &urn, &[("address", address)], None);
    for (rendition, done, expected) in [
        (&rendition, vec![], initialize),
        (&rendition, vec![made("image 1 initialize", &urn, &to, None)], "image 1 upload: PUT /dms-uploads/1 image/png"),
        // After a restart, from the ledger.
        (&rendition, vec![made("image 1 initialize", &urn, &[], None)], initialize),
        (&rendition, vec![made("image 1 initialize", &urn, &to, Some(start()))], initialize),
        (&rendition, vec![elsewhere("https://www.linkedin.com.evil.example/1")], initialize),
        (&rendition, vec![elsewhere("http://www.linkedin.com/1")], initialize),
        (&rendition, vec![elsewhere("https://www.linkedin.com:8443/1")], initialize),
        (&rendition, vec![elsewhere("https://a@www.linkedin.com/1")], initialize),
        (&rendition, vec![made("image 1 upload", &urn, &[], None)], "post 1: POST! /rest/posts"),
        (
            &page,
            vec![made("image 1 upload", &urn, &[], None)],
            "image 1 status: GET /rest/images/urn%3Ali%3Aimage%3AD1",
        ),
        (
            &page,
            vec![made("image 1 upload", &urn, &[], None), made("image 1 status", &urn, &[], None)],
            "post 1: POST! /rest/posts",
        ),
    ] {
        let next = next_text(&LinkedIn.next(&walk(rendition, &identity).job(), &done));
        assert!(next.starts_with(expected), "{next} for {done:?}");
    }
}

#[test]
fn an_address_elsewhere_gets_no_token() {
    let (rendition, identity) = (post("x", 1), jane());
    let refusal = walk(&rendition, &identity).run(|_, _| {
        reply(200, &[], r#"{"value":{"uploadUrl":"https://evil.example/dms-uploads/1","image":"urn:li:image:D1"}}"#)
    });
    let refusal = refusal.unwrap_err();
    let words = "LinkedIn names an upload address outside https://www.linkedin.com/; no token goes there";
    assert_eq!((refusal.class, refusal.words.as_str()), (Class::Bug, words));
}

#[test]
fn a_stale_upload_address_is_asked_for_anew_twice() {
    let (rendition, identity) = (post("x", 1), jane());
    for (refusals, ends_well) in [(2, true), (3, false)] {
        let mut walk = walk(&rendition, &identity);
        let mut left = refusals;
        let result = walk.run(|call, now| {
            if call.name != "image 1 upload" || left == 0 {
                return good(call, now);
            }
            left -= 1;
            reply(401, &[], "")
        });
        let uploads = walk.log.iter().filter(|line| line.starts_with("image 1 upload")).count();
        assert_eq!(uploads, 3);
        assert_eq!(result.map_err(|refusal| refusal.class), if ends_well { Ok(()) } else { Err(Class::Login) });
    }
}

#[test]
fn an_organisations_image_is_waited_for() {
    let (rendition, identity) = (of_acme(post("x", 1)), jane());
    let run = |states: &'static [&'static str]| {
        let mut walk = walk(&rendition, &identity);
        let mut left = states.iter();
        let result = walk.run(|call, now| match call.name.as_str() {
            "image 1 status" => reply(200, &[], &format!(r#"{{"status":"{}"}}"#, left.next().unwrap_or(&"PROCESSING"))),
            _ => good(call, now),
        });
        let asked = walk.log.iter().filter(|line| line.starts_with("image 1 status")).count();
        (asked, walk.now - start(), result.map_err(|refusal| refusal.class))
    };
    assert_eq!(run(&["WAITING_UPLOAD", "PROCESSING", "AVAILABLE"]), (3, TimeDelta::seconds(14), Ok(())));
    assert_eq!(run(&["PROCESSING_FAILED"]).2, Err(Class::Content));
    let (_, lasted, result) = run(&[]);
    assert_eq!(result, Err(Class::Content));
    assert!((15..16).contains(&lasted.num_minutes()), "{lasted}");
}

#[test]
fn whose_token_it_is() {
    assert_eq!(compact(&LinkedIn.who(&LinkedIn.grants()[0], "")), "who: GET /v2/userinfo");
    let body = r#"{"sub":"782bbtaQ","name":"Jane Doe","locale":"en_US"}"#;
    assert_eq!(LinkedIn.read_who(&reply(200, &[], body)).unwrap(), jane());
    let refusal = |status, body| LinkedIn.read_who(&reply(status, &[], body)).unwrap_err();
    assert_eq!(refusal(200, "<html>").class, Class::Transient);
    assert_eq!(refusal(401, "{}").class, Class::Login);
    let denied = refusal(
        403,
        r#"{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions to access: userinfo.GET"}"#,
    );
    assert_eq!(denied.class, Class::Permission);
    assert_eq!(
        denied.words,
        "telling whose login this is needs the scopes openid and profile; add \"Sign In with LinkedIn\" to the app and connect \
         again (LinkedIn answered 403: \"Not enough permissions to access: userinfo.GET\")"
    );
}

/// The list has numbers; what they are called is a second call, in which the list's brackets are not encoded.
#[test]
fn organisations_and_what_they_are_called() {
    let reach = |urn: &str, name: &str| Reach { acts_as: Some(urn.to_owned()), name: name.to_owned(), but: None };
    let (tea, brand) = ("urn:li:organization:7", "urn:li:organizationBrand:8");
    let mut reached = vec![reach(tea, ""), reach(brand, "")];
    let call = LinkedIn.reach_names(&reached).unwrap();
    assert_eq!(call.url.as_str(), "https://api.linkedin.com/rest/organizationsLookup?ids=List(7)");
    assert!(!call.shows && call.auth == Auth::Bearer);
    assert!(LinkedIn.reach_names(&[reach(brand, "")]).is_none() && LinkedIn.reach_names(&[]).is_none());
    for (body, name) in [
        (r#"{"results":{"7":{"id":7,"localizedName":"Acme Tea"}},"statuses":{"7":200},"errors":{}}"#, "Acme Tea"),
        (r#"{"results":{},"statuses":{"7":404},"errors":{"7":{"status":404}}}"#, ""),
        (r#"{"status":403,"code":"ACCESS_DENIED","message":"m"}"#, ""),
        ("<html>", ""),
    ] {
        LinkedIn.read_reach_names(&reply(200, &[], body), &mut reached);
        assert_eq!(reached, [reach(tea, name), reach(brand, "")], "{body}");
    }
}

#[test]
fn a_token_lacks_scopes() {
    let grant = &LinkedIn.grants()[0];
    assert!(grant.missing("openid,profile,w_member_social", false).is_empty());
    assert_eq!(grant.missing("openid profile", false), ["w_member_social"]);
    assert_eq!(
        grant.missing("openid,profile,w_member_social", true),
        ["w_organization_social", "r_organization_social"]
    );
}

#[test]
fn refusals_by_status_and_words() {
    use Class::*;
    let code = |code: &str| format!(r#"{{"code":"{code}","message":"m","status":1}}"#);
    let input = |code: &str| {
        format!(r#"{{"message":"m","errorDetails":{{"inputErrors":[{{"description":"d","code":"{code}"}}]}}}}"#)
    };
    let says = |message: &str| format!(r#"{{"message":"{message}","status":1}}"#);
    // Status, body, class of a showing call, class of another.
    for (status, body, shows, other) in [
        (400, code("VERSION_MISSING"), Bug, Bug),
        (400, code("ILLEGAL_ARGUMENT"), Bug, Bug),
        (400, input("MISSING_FIELD"), Content, Content),
        (400, input("INVALID_VALUE_FOR_FIELD"), Content, Content),
        (400, input("INVALID_URN_ID"), Content, Content),
        (400, input("INVALID_URN_TYPE"), Content, Content),
        (400, input("INVALID_IMAGE_ID"), Content, Content),
        (400, input("INVALID_VIDEO_ID"), Content, Content),
        (400, input("FIELD_LENGTH_TOO_LONG"), Content, Content),
        (400, input("MEDIA_ASSET_WAITING_UPLOAD"), NotReady, NotReady),
        (400, input("MEDIA_ASSET_PROCESSING_FAILED"), Content, Content),
        (400, code("EXPIRED_UPLOAD_URL"), Transient, Transient),
        (400, says("Organization permissions must be used when using organization as author"), Permission, Permission),
        (400, "<html>".to_owned(), Bug, Bug),
        (401, says("Empty oauth2_access_token"), Login, Login),
        (401, code("REVOKED_ACCESS_TOKEN"), Login, Login),
        (401, code("EXPIRED_ACCESS_TOKEN"), Login, Login),
        (403, code("ACCESS_DENIED"), Permission, Permission),
        (403, says("Data Processing Exception while processing fields [/author]"), Permission, Permission),
        (403, says("Accessing this image resource is forbidden. Please check"), Permission, Permission),
        (404, code("RESOURCE_NOT_FOUND"), Content, Content),
        (408, String::new(), Doubtful, Transient),
        (409, says("Retry the request."), Transient, Transient),
        (409, says("Content is a duplicate of urn:li:share:1"), Content, Content),
        (413, String::new(), Content, Content),
        (415, String::new(), Content, Content),
        (422, input("DUPLICATE_POST"), Content, Content),
        (422, says("ERROR :: /author :: field is required but not found"), Bug, Bug),
        (426, code("NONEXISTENT_VERSION"), Bug, Bug),
        (400, says("Requested version 20260901 is not active"), Bug, Bug),
        (429, says("APPLICATION DAY limit for calls to this resource is reached."), Quota, Quota),
        (429, says("MEMBER DAY limit"), Quota, Quota),
        (429, String::new(), Quota, Quota),
        (302, String::new(), Doubtful, Transient),
        (500, says("Unable to obtain activity"), Doubtful, Transient),
        (502, "<html>".to_owned(), Doubtful, Transient),
        (503, String::new(), Doubtful, Transient),
        (504, String::new(), Doubtful, Transient),
    ] {
        let reply = reply(status, &[], &body);
        assert_eq!(refusals::refusal(&reply, true).class, shows, "{status} {body}");
        assert_eq!(refusals::refusal(&reply, false).class, other, "{status} {body}");
    }
}

#[test]
fn limits_end_at_midnight_or_when_linkedin_says() {
    let day =
        r#"{"message":"Resource level throttle MEMBER DAY limit for calls to this resource is reached.","status":429}"#;
    for (body, headers, not_before) in [
        (day, vec![], "2026-11-21T00:00:00Z"),
        ("{}", vec![], "2026-11-20T09:01:00Z"),
        ("{}", vec![("retry-after", "300")], "2026-11-20T09:05:00Z"),
    ] {
        assert_eq!(refusals::refusal(&reply(429, &headers, body), true).not_before, Some(at(not_before)));
    }
    let late = Reply { at: at("2026-12-31T23:59:59.5Z"), ..reply(429, &[], day) };
    assert_eq!(refusals::refusal(&late, true).not_before, Some(at("2027-01-01T00:00:00Z")));
}

#[test]
fn answers_as_recorded() {
    recorded(include_str!("../../../tests/data/refusals/linkedin.txt"), refusals::refusal);
}

#[test]
fn a_days_limit_is_told() {
    let limit = |whose: &str| {
        format!(
            r#"{{"message":"Resource level throttle {whose} DAY limit for calls to this resource is reached.","status":429}}"#
        )
    };
    let (posts, images) = ("https://api.linkedin.com/rest/posts", "https://api.linkedin.com/rest/images");
    for (address, status, body, told) in [
        (posts, 429, limit("MEMBER"), "requests a day: 0 for 54000 s"),
        (posts, 429, limit("APPLICATION"), "requests of the app a day: 0 for 54000 s"),
        (images, 429, limit("MEMBER"), ""),
        (posts, 429, "{}".to_owned(), ""),
        (posts, 403, limit("MEMBER"), ""),
    ] {
        let call = call_to("post 1", address);
        assert_eq!(
            allowances(&LinkedIn, &call, &reply(status, &[], &body), Platform::LinkedIn),
            told,
            "{status} {body}"
        );
    }
}

#[test]
fn refusals_say_what_to_do() {
    let version = r#"{"status":426,"code":"NONEXISTENT_VERSION","message":"Requested version 20260901 is not active"}"#;
    let refusal = refusals::refusal(&reply(426, &[("x-li-uuid", "AAY5a1g6OGn7KVIYH8egFQ==")], version), true);
    assert_eq!(
        refusal.words,
        "LinkedIn does not serve version 202609 of its API (it does until 2027-09-15); update pressroom, until then nothing \
         can be published there (LinkedIn answered 426: \"Requested version 20260901 is not active\", x-li-uuid \
         AAY5a1g6OGn7KVIYH8egFQ==)"
    );
    let ended = r#"{"status":401,"serviceErrorCode":65602,"code":"EXPIRED_ACCESS_TOKEN","message":"The token used in the request has expired"}"#;
    let refusal = refusals::refusal(&reply(401, &[], ended), false);
    assert_eq!(refusal.code.as_deref(), Some("EXPIRED_ACCESS_TOKEN"));
    assert_eq!(
        refusal.words,
        "LinkedIn no longer takes this login (it lasts 60 days); run `pressroom connect` for the account (LinkedIn answered 401: \
         \"The token used in the request has expired\")"
    );
}

#[test]
fn a_video_goes_in_parts_with_all_that_belongs_to_it() {
    let (rendition, identity) = (with(rich_film()), jane());
    let mut walk = walk(&rendition, &identity);
    let (mut auths, mut metadata) = (Vec::new(), Value::Null);
    walk.run(|call, now| {
        auths.push((call.name.clone(), call.auth));
        if let Body::Multipart { fields, .. } = &call.body {
            assert_eq!(fields[0].0, "metadata");
            metadata = serde_json::from_str(&fields[0].1).unwrap();
        }
        good(call, now)
    })
    .unwrap();
    let locale = json!({"language": "PT", "country": "BR"});
    let easy = json!({"formattedForEasyReader": false, "largeText": false});
    let told =
        json!({"format": "SRT", "source": "USER_PROVIDED", "locale": locale, "transcriptType": "CLOSED_CAPTION"});
    for (key, value) in told.as_object().unwrap().iter().chain(easy.as_object().unwrap()) {
        assert_eq!(&metadata[key], value, "{key}");
    }
    let at = start().timestamp();
    let without_metadata = |line: &String| match (line.find(" metadata="), line.find(" file=")) {
        (Some(from), Some(to)) => format!("{}{}", &line[..from], &line[to..]),
        _ => line.clone(),
    };
    assert_eq!(
        walk.log[..8].iter().map(without_metadata).collect::<Vec<_>>(),
        [
            r#"video 1 initialize: POST /rest/videos?action=initializeUpload {"initializeUploadRequest":{"fileSizeBytes":9,"owner":"urn:li:person:782bbtaQ","uploadCaptions":true,"uploadThumbnail":true}}"#.to_owned(),
            format!("video 1 part 1: PUT /dms-uploads/part/1?s={at} application/octet-stream film.mp4[0..4]"),
            format!("video 1 part 2: PUT /dms-uploads/part/2?s={at} application/octet-stream film.mp4[4..8]"),
            format!("video 1 part 3: PUT /dms-uploads/part/3?s={at} application/octet-stream film.mp4[8..9]"),
            "video 1 cover: PUT /dms-uploads/cover image/png cover.png[0..6]".to_owned(),
            "video 1 captions: POST /dms-uploads/captions file=film.pt-BR.srt[0..5]".to_owned(),
            r#"video 1 finalize: POST /rest/videos?action=finalizeUpload {"finalizeUploadRequest":{"uploadToken":"t0k","uploadedPartIds":["/ambry/e1.bin","/ambry/e2.bin","/ambry/e3.bin"],"video":"urn:li:video:V090000"}}"#.to_owned(),
            "video 1 status: GET /rest/videos/urn%3Ali%3Avideo%3AV090000".to_owned(),
        ]
    );
    assert!(
        walk.log[8].contains(r#""content":{"media":{"id":"urn:li:video:V090000","title":"Tea"}}"#),
        "{}",
        walk.log[8]
    );
    assert_eq!(walk.log[9..], ["done"]);
    for (name, auth) in auths {
        assert_eq!(auth, if name.contains(" part ") { Auth::None } else { Auth::Bearer }, "{name}");
    }
    let secrets = walk.done.iter().filter_map(|step| match step {
        Step::Made { name, secret, .. } if !secret.is_empty() => Some((name.as_str(), secret.len())),
        _ => None,
    });
    // Three parts, a cover, captions and the token; nothing that opens stands elsewhere.
    assert_eq!(secrets.collect::<Vec<_>>(), [("video 1 initialize", 6)]);
    assert!(walk.done.iter().all(|step| match step {
        Step::Made { data, .. } => !data.values().any(|value| value.contains("dms-uploads")),
        _ => true,
    }));
}

#[test]
fn a_document_has_a_title() {
    let (rendition, identity) = (of_acme(deck()), jane());
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    assert_eq!(
        walk.log[..3],
        [
            r#"document 1 initialize: POST /rest/documents?action=initializeUpload {"initializeUploadRequest":{"owner":"urn:li:organization:2414183"}}"#,
            "document 1 upload: PUT /dms-uploads/sp/doc application/pdf decks/tea.pdf[0..9]",
            "document 1 status: GET /rest/documents/urn%3Ali%3Adocument%3AD1",
        ]
    );
    let content = r#""content":{"media":{"id":"urn:li:document:D1","title":"All about (tea)"}}"#;
    assert!(walk.log[3].contains(content), "{}", walk.log[3]);

    let mut rendition = deck();
    rendition.parts[0].media[0].title = None;
    let mut walk = Walk::new(&LinkedIn, &rendition, &identity);
    walk.run(good).unwrap();
    assert_eq!(names(&walk), ["document 1 initialize", "document 1 upload", "post 1", "done"]);
    assert!(walk.log[2].contains(r#""title":"tea.pdf""#), "{}", walk.log[2]);
}

#[test]
fn a_poll_asks_the_title() {
    let mut rendition = post("x", 0);
    rendition.title = Some("Which (tea)?".to_owned());
    for (minutes, duration) in
        [(1440, "ONE_DAY"), (4320, "THREE_DAYS"), (10_080, "SEVEN_DAYS"), (20_160, "FOURTEEN_DAYS")]
    {
        rendition.poll = Some(Poll { options: vec!["Green".to_owned(), "Black".to_owned()], minutes });
        let options = json!([{"text": "Green"}, {"text": "Black"}]);
        let settings = json!({"duration": duration});
        let poll = json!({"poll": {"question": "Which (tea)?", "options": options, "settings": settings}});
        assert_eq!(body(&rendition, &[])["content"], poll);
    }
}

#[test]
fn a_post_is_shared_with_a_text_or_without() {
    let identity = jane();
    let url = |url: &str| Some(Reference::Url(url.to_owned()));
    let ours = || Some(Reference::Post("tea".to_owned()));
    let embed = "https://www.linkedin.com/embed/feed/update/urn:li:ugcPost:71";
    for (repost_of, quote_of, out, expected) in [
        (url("https://www.linkedin.com/feed/update/urn:li:share:70/"), None, None, Ok("urn:li:share:70")),
        (None, url(embed), None, Ok("urn:li:ugcPost:71")),
        (ours(), None, Some("urn:li:share:72"), Ok("urn:li:share:72")),
        (None, ours(), None, Err("person: the post `tea`, which this one shares, is not out on this account")),
        (
            None,
            ours(),
            Some("unknown"),
            Err("person: LinkedIn did not say which post `tea` became: name it by its address to share it"),
        ),
        (
            url("https://www.linkedin.com/in/jane"),
            None,
            None,
            Err("person: `https://www.linkedin.com/in/jane` names no post on LinkedIn that can be shared"),
        ),
    ] {
        let text = if repost_of.is_some() { "" } else { "Look" };
        let rendition = Rendition { repost_of, quote_of, ..post(text, 0) };
        let mut walk = walk(&rendition, &identity);
        walk.refs.repost_of = out.map(receipt);
        walk.refs.quote_of = out.map(receipt);
        match (LinkedIn.next(&walk.job(), &[]), expected) {
            (Next::Call(Call { shows: true, body: Body::Json(body), .. }), Ok(urn)) => {
                assert_eq!((&body["reshareContext"]["parent"], &body["commentary"]), (&urn.into(), &text.into()));
                assert!(body.get("content").is_none());
            }
            (next, expected) => assert_eq!(Err(next_text(&next).as_str()), expected),
        }
    }
}

fn commented(rendition: Rendition) -> Rendition {
    Rendition { first_comment: Some("More (here): #tea".to_owned()), ..rendition }
}

#[test]
fn a_first_comment_is_plain_text() {
    let (rendition, identity) = (commented(post("x", 0)), jane());
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    let post = urn_at(start());
    let path = post.replace(':', "%3A");
    let call = format!(
        r#"comment 1: POST! /rest/socialActions/{path}/comments {{"actor":"urn:li:person:782bbtaQ","message":{{"text":"More (here): #tea"}},"object":"{post}"}}"#
    );
    assert_eq!(walk.log[1..], [call, "done".to_owned()]);
    let Some(Step::Shown { part: 1, receipt }) = walk.done.last() else { panic!("{:?}", walk.done.last()) };
    assert_eq!(receipt.id, "urn:li:comment:(urn:li:activity:1,7)");
    assert_eq!(receipt.url, format!("https://www.linkedin.com/feed/update/{post}/"));
}

#[test]
fn a_doubtful_comment_is_looked_for_only_where_that_is_allowed() {
    let identity = jane();
    let run = |rendition: &Rendition, lists: &[String]| {
        let mut walk = walk(rendition, &identity);
        let (mut sent, mut lists) = (0, lists.iter());
        walk.run(|call, now| match call.name.as_str() {
            "comment 1" => {
                sent += 1;
                if sent == 1 { reply(503, &[], "") } else { good(call, now) }
            }
            "look 2" => reply(200, &[], lists.next().unwrap()),
            _ => good(call, now),
        })
        .unwrap();
        (walk.log.iter().map(|line| line.split('{').next().unwrap().trim().to_owned()).collect::<Vec<_>>(), walk.done)
    };
    let (log, _) = run(&commented(post("x", 0)), &[]);
    let url = format!("https://www.linkedin.com/feed/update/{}/", urn_at(start()));
    assert_eq!(
        log[2..],
        [format!(
            "person: LinkedIn gave no clear answer to the first comment: look at {url}, and write it by hand if it is not there"
        )]
    );

    let page = of_acme(commented(post("x", 0)));
    let path = urn_at(start()).replace(':', "%3A");
    let look = format!("look 2: GET /rest/socialActions/{path}/comments?count=100");
    let wait = |at| format!("wait until {at}: LinkedIn gave no clear answer to the first comment; it is looked for");
    let comment = |actor: &str, text: &str| {
        let time = (start() + TimeDelta::seconds(2)).timestamp_millis();
        format!(
            r#"{{"actor":"{actor}","created":{{"time":{time}}},"message":{{"text":"{text}"}},"id":"8","$URN":"urn:li:comment:(urn:li:activity:1,8)"}}"#
        )
    };
    let acme = "urn:li:organization:2414183";
    let list = |mine: bool| {
        let others = format!("{},{}", comment("urn:li:person:a", "More (here): #tea"), comment(acme, "More"));
        let mine = if mine { format!(",{}", comment(acme, "More (here): #tea")) } else { String::new() };
        format!(r#"{{"elements":[{others}{mine}]}}"#)
    };
    let (log, done) = run(&page, &[list(true)]);
    assert_eq!(log[2..], [wait("09:00:21"), look.clone(), "done".to_owned()]);
    let Some(Step::Shown { part: 1, receipt }) = done.last() else { panic!("{done:?}") };
    assert_eq!((receipt.id.as_str(), receipt.via), ("urn:li:comment:(urn:li:activity:1,8)", Via::Lookup));

    let (log, _) = run(&page, &[list(false), list(false)]);
    let again = format!("comment 1: POST! /rest/socialActions/{path}/comments");
    assert_eq!(log[2..], [wait("09:00:21"), look.clone(), wait("09:00:41"), look, again, "done".to_owned()]);
}

#[test]
fn a_post_without_a_name_gets_no_comment() {
    let (rendition, identity) = (commented(post("x", 0)), jane());
    let done = [Step::Shown { part: 0, receipt: receipt("unknown") }];
    assert_eq!(
        next_text(&LinkedIn.next(&walk(&rendition, &identity).job(), &done)),
        "person: LinkedIn did not say which post it made, so the first comment has no place: write it by hand"
    );
}

#[test]
fn every_shape_goes_on_wherever_it_was_cut() {
    let identity = jane();
    let thumbnail = Some(image("t.png", 9, None));
    let card = Card { url: "https://ex.org/".to_owned(), title: "T".to_owned(), description: None, thumbnail };
    let shapes = [
        post("x", 0),
        post("x", 2),
        with(film()),
        with(rich_film()),
        deck(),
        Rendition { card: Some(card), ..post("x", 0) },
    ];
    for rendition in shapes.into_iter().flat_map(|shape| [commented(shape.clone()), of_acme(shape)]) {
        let mut whole = walk(&rendition, &identity);
        whole.run(good).unwrap();
        for cut in 0..=whole.done.len() {
            for keeps_secrets in [true, false] {
                let mut rest = walk(&rendition, &identity);
                rest.now = start() + TimeDelta::minutes(1);
                rest.done = whole.done[..cut].to_vec();
                for step in &mut rest.done {
                    if let (Step::Made { secret, .. }, false) = (step, keeps_secrets) {
                        secret.clear();
                    }
                }
                rest.run(good).unwrap();
                let shown = rest.done.iter().filter(|step| matches!(step, Step::Shown { .. })).count();
                assert_eq!(shown, rendition.showings(), "{:#?}", rest.log);
                let made = rest.done.len() - cut;
                let needed = whole.done.len() - cut;
                assert!(if keeps_secrets { made == needed } else { made >= needed }, "{cut} {:#?}", rest.log);
            }
        }
    }
}

#[test]
fn parts_are_sent_once_and_again_only_for_another_announcement() {
    let (rendition, identity) = (with(film()), jane());
    let to = |number: u8| format!("https://www.linkedin.com/dms-uploads/part/{number}");
    let (one, two) = (to(1), to(2));
    let session = |urn, ends, secrets: &[(&str, &str)], expires| {
        made("video 1 initialize", &[("video", urn), ("ends", ends)], secrets, expires)
    };
    let both: &[(&str, &str)] = &[("1", &one), ("2", &two)];
    let open = || session("urn:li:video:V", "4,9", both, None);
    let parts = |urn, etags: &[(&str, &str)]| made("video 1 parts", &[&[("video", urn)], etags].concat(), &[], None);
    let initialize = "video 1 initialize: POST /rest/videos";
    let first = "video 1 part 1: PUT /dms-uploads/part/1 application/octet-stream film.mp4[0..4]";
    let second = "video 1 part 2: PUT /dms-uploads/part/2 application/octet-stream film.mp4[4..9]";
    for (done, expected) in [
        (vec![], initialize),
        (vec![open()], first),
        (vec![open(), parts("urn:li:video:V", &[("1", "a")])], second),
        (vec![open(), parts("urn:li:video:V", &[("2", "b")])], first),
        (vec![open(), parts("urn:li:video:W", &[("1", "a")])], first),
        (vec![open(), parts("urn:li:video:V", &[("1", "a"), ("2", "b")])], "video 1 finalize: POST /rest/videos"),
        // Addresses lost, too old, or elsewhere; another length than the file has.
        (vec![session("urn:li:video:V", "4,9", &[("1", &one)], None)], initialize),
        (vec![session("urn:li:video:V", "4,9", both, Some(start()))], initialize),
        (vec![session("urn:li:video:V", "4,9", &[("1", &one), ("2", "https://evil.example/")], None)], initialize),
        (vec![session("urn:li:video:V", "4,8", both, None)], initialize),
        (vec![session("urn:li:video:V", "9,9", both, None)], initialize),
        (vec![session("urn:li:video:V", "x", both, None)], initialize),
        // What is finalized needs no address any more.
        (vec![made("video 1 finalize", &[("video", "urn:li:video:V")], &[], None)], "video 1 status: GET"),
    ] {
        let next = next_text(&LinkedIn.next(&walk(&rendition, &identity).job(), &done));
        assert!(next.starts_with(expected), "{next} for {done:?}");
    }
}

#[test]
fn a_part_whose_address_is_too_old_begins_the_video_again() {
    let (rendition, identity) = (with(film()), jane());
    let mut walk = walk(&rendition, &identity);
    let mut refused = false;
    walk.run(|call, now| {
        if call.name != "video 1 part 2" || refused {
            return good(call, now);
        }
        refused = true;
        reply(403, &[], "")
    })
    .unwrap();
    let part = |number| format!("video 1 part {number}");
    let initialize = "video 1 initialize".to_owned();
    let tail = ["video 1 finalize", "video 1 status", "post 1", "done"].map(str::to_owned);
    let head = [initialize.clone(), part(1), part(2), initialize, part(1), part(2), part(3)];
    assert_eq!(names(&walk), [&head[..], &tail].concat());
    assert!(walk.log.iter().any(|line| line.contains(r#""video":"urn:li:video:V090003""#)), "{:#?}", walk.log);
}

#[test]
fn a_list_of_parts_that_is_refused_begins_the_video_again_twice() {
    let (rendition, identity) = (with(film()), jane());
    let no = || reply(400, &[], r#"{"message":"signedId is not an uploaded part","status":400}"#);
    for (refusals, finalized) in [(0, 1), (1, 2), (2, 3), (3, 3)] {
        let mut walk = walk(&rendition, &identity);
        let mut left = refusals;
        let result = walk.run(|call, now| {
            if call.name != "video 1 finalize" || left == 0 {
                return good(call, now);
            }
            left -= 1;
            no()
        });
        assert_eq!(names(&walk).iter().filter(|name| *name == "video 1 finalize").count(), finalized, "{refusals}");
        assert_eq!(result.err().map(|refusal| refusal.class), (refusals == 3).then_some(Class::Content), "{refusals}");
    }
}

#[test]
fn an_announcement_that_cannot_be_used_is_refused() {
    let (rendition, identity) = (with(film()), jane());
    let part = |first: u8, last: u8, host: &str| {
        format!(r#"{{"uploadUrl":"https://{host}/dms-uploads/1","firstByte":{first},"lastByte":{last}}}"#)
    };
    let value = |parts: &str| format!(r#"{{"value":{{"video":"urn:li:video:V","uploadInstructions":[{parts}]}}}}"#);
    let linkedin = "www.linkedin.com";
    for (body, class) in [
        (value(&part(0, 8, linkedin)), None),
        (value(&part(0, 7, linkedin)), Some(Class::Bug)),
        (value(&part(1, 8, linkedin)), Some(Class::Bug)),
        (value(&format!("{},{}", part(4, 8, linkedin), part(0, 3, linkedin))), Some(Class::Bug)),
        (value(""), Some(Class::Bug)),
        (value(&part(0, 8, "evil.example")), Some(Class::Bug)),
        ("{}".to_owned(), Some(Class::Transient)),
        ("<html>".to_owned(), Some(Class::Transient)),
    ] {
        let walk = walk(&rendition, &identity);
        let job = walk.job();
        let Next::Call(call) = LinkedIn.next(&job, &[]) else { panic!("no call") };
        let read = LinkedIn.read(&job, &[], &call, &reply(200, &[], &body));
        assert_eq!(read.err().map(|refusal| refusal.class), class, "{body}");
    }
    let rendition = with(rich_film());
    let walk = walk(&rendition, &identity);
    let Next::Call(call) = LinkedIn.next(&walk.job(), &[]) else { panic!("no call") };
    let read = LinkedIn.read(&walk.job(), &[], &call, &reply(200, &[], &value(&part(0, 8, linkedin))));
    assert_eq!(read.unwrap_err().class, Class::Bug, "no address for the cover");
}

#[test]
fn a_video_is_waited_for_longer_and_longer() {
    let (rendition, page, identity) = (with(film()), of_acme(with(film())), jane());
    let run = |rendition: &Rendition, answers: &[Reply]| {
        let mut walk = walk(rendition, &identity);
        let mut left = answers.iter();
        let result = walk.run(|call, now| match call.name.as_str() {
            "video 1 status" => left.next().or(answers.last()).unwrap().clone(),
            _ => good(call, now),
        });
        let asked = walk.log.iter().filter(|line| line.starts_with("video 1 status")).count();
        let waits: Vec<String> = walk.log.iter().filter(|line| line.starts_with("wait")).cloned().collect();
        (asked, waits, walk.now - start(), result)
    };
    let says = |status: &str| reply(200, &[], &format!(r#"{{"status":"{status}"}}"#));
    let (asked, waits, _, result) = run(&rendition, &[says("WAITING_UPLOAD"), says("PROCESSING"), says("AVAILABLE")]);
    assert_eq!((asked, result), (3, Ok(())));
    let why = "LinkedIn is still processing what was uploaded";
    assert_eq!(waits, [format!("wait until 09:00:10: {why}"), format!("wait until 09:00:15: {why}")]);

    let (asked, _, lasted, result) = run(&rendition, &[says("PROCESSING")]);
    assert_eq!(result.unwrap_err().class, Class::Content);
    assert!((60..63).contains(&lasted.num_minutes()) && asked < 50, "{asked} looks in {lasted}");

    let failed = r#"{"status":"PROCESSING_FAILED","processingFailureReason":"Unsupported codec"}"#;
    assert_eq!(
        run(&rendition, &[reply(200, &[], failed)]).3.unwrap_err().words,
        "LinkedIn could not process the video; save it anew or take another (LinkedIn answered 200: \"Unsupported codec\")"
    );
    let forbidden = reply(
        403,
        &[],
        r#"{"message":"Accessing this video resource is forbidden. Please check your permissions for this resource","status":403}"#,
    );
    // A person may not be allowed to ask; an organisation must be.
    assert_eq!(run(&rendition, std::slice::from_ref(&forbidden)).3, Ok(()));
    let refusal = run(&page, &[forbidden]).3.unwrap_err();
    assert_eq!(refusal.class, Class::Permission);
    assert_eq!(
        refusal.words,
        "only administrators and sponsored content posters of a page may upload its videos; ask for one of these roles \
         (LinkedIn answered 403: \"Accessing this video resource is forbidden. Please check your permissions for this \
         resource\")"
    );
}

#[test]
fn a_text_is_edited() {
    let (rendition, identity) = (post("New (text)", 0), jane());
    let walk = walk(&rendition, &identity);
    let job = walk.job();
    let out = [receipt("urn:li:share:7")];
    let Next::Call(call) = LinkedIn.edit(&job, &out, &[]) else { panic!("no call") };
    assert_eq!(
        compact(&call),
        r#"edit 1: POST /rest/posts/urn%3Ali%3Ashare%3A7 {"patch":{"$set":{"commentary":"New \\(text\\)"}}}"#
    );
    assert!(call.headers.contains(&("X-RestLi-Method", "PARTIAL_UPDATE".to_owned())));
    let step = LinkedIn.read(&job, &[], &call, &reply(204, &[], "")).unwrap();
    assert!(matches!(LinkedIn.edit(&job, &out, &[step]), Next::Done));
    for (status, class) in [(404, Class::Content), (500, Class::Transient), (429, Class::Quota), (401, Class::Login)] {
        assert_eq!(LinkedIn.read(&job, &[], &call, &reply(status, &[], "{}")).unwrap_err().class, class, "{status}");
    }
    assert_eq!(
        next_text(&LinkedIn.edit(&job, &[receipt("unknown")], &[])),
        "person: LinkedIn did not say which post it made: edit it by hand, at https://www.linkedin.com/feed/"
    );
}

#[test]
fn a_post_is_removed_with_its_comment() {
    let identity = jane();
    let acme = Some("urn:li:organization:2414183");
    let farewell = |out| Farewell { out, identity: &identity, acts_as: acme, now: start() };
    let out = [receipt("urn:li:ugcPost:7"), receipt("urn:li:comment:(urn:li:activity:1,7)")];
    let farewell_to = farewell(&out);
    let Next::Call(call) = LinkedIn.remove(&farewell_to, &[]) else { panic!("no call") };
    assert_eq!(compact(&call), "remove 1: DELETE /rest/posts/urn%3Ali%3AugcPost%3A7");
    for (status, class) in
        [(204, None), (404, None), (410, None), (403, Some(Class::Permission)), (502, Some(Class::Transient))]
    {
        match LinkedIn.read_remove(&farewell_to, &[], &call, &reply(status, &[], "")) {
            Ok(step) => {
                assert_eq!(class, None, "{status}");
                assert!(matches!(LinkedIn.remove(&farewell_to, &[step]), Next::Done));
            }
            Err(refusal) => assert_eq!(Some(refusal.class), class, "{status}"),
        }
    }
    let nameless: [Receipt; 1] = [receipt("unknown")];
    assert_eq!(
        next_text(&LinkedIn.remove(&farewell(&nameless), &[])),
        "person: LinkedIn did not say which post it made: remove it by hand, at https://www.linkedin.com/company/2414183/"
    );
    assert!(matches!(LinkedIn.remove(&farewell(&[]), &[]), Next::Done));
}

const NAMES: &[&str] = &[
    "image 1 initialize",
    "image 1 upload",
    "image 1 status",
    "image 2 initialize",
    "image 2 upload",
    "image 2 status",
    "video 1 initialize",
    "video 1 parts",
    "video 1 finalize",
    "video 1 status",
    "nonsense",
];
const PAIRS: &[(&str, &str)] = &[
    ("image", "urn:li:image:1"),
    ("image", "urn:li:image:2/../x?"),
    ("address", "https://www.linkedin.com/dms-uploads/1"),
    ("address", "https://evil.example/"),
    ("uploaded_at", "2026-11-20T09:01:00Z"),
    ("asked_at", "2026-11-20T09:01:00Z"),
    ("asked_at", "2026-11-20T08:59:00Z"),
    ("video", "urn:li:video:1"),
    ("ends", "4,9"),
    ("1", "https://www.linkedin.com/dms-uploads/1"),
    ("2", "https://www.linkedin.com/dms-uploads/2"),
];

/// Shapes that the properties hold for.
fn any_shape() -> impl Strategy<Value = Rendition> {
    let shapes = vec![post("a", 2), with(film()), commented(with(film()))];
    (proptest::sample::select(shapes), any::<bool>())
        .prop_map(|(shape, organization)| if organization { of_acme(shape) } else { shape })
}

proptest! {
    #[test]
    fn whatever_is_done_nothing_is_shown_twice_or_in_doubt(done in any_steps(NAMES, PAIRS), rendition in any_shape()) {
        let organization = rendition.acts_as.is_some();
        let identity = jane();
        let walk = Walk::new(&LinkedIn, &rendition, &identity);
        let job = walk.job();
        let is_shown = |part| done.iter().any(|step| matches!(step, Step::Shown { part: its, .. } if *its == part));
        let part = usize::from(is_shown(0));
        let is_all = (0..rendition.showings()).all(is_shown);
        // By the letter, apart from the code under test: sends without an answer, and looks in vain since the last.
        let (sends, absents) = done.iter().fold((0, 0), |(sends, absents), step| match step {
            Step::Doubt { part: its, .. } if *its == part => (sends + 1, 0),
            Step::Absent { part: its, .. } if *its == part && sends > 0 => (sends, absents + 1),
            _ => (sends, absents),
        });
        match LinkedIn.next(&job, &done) {
            Next::Call(call) if call.shows => {
                prop_assert!(!is_shown(call.part) && call.part == part);
                let again = if organization { absents >= 2 } else { part == 0 };
                prop_assert!(sends == 0 || (sends == 1 && again), "{sends} {absents}");
            }
            Next::Call(call) => prop_assert!(LinkedIn.hosts().contains(&call.url.host_str().unwrap())),
            Next::Wait { until, .. } => prop_assert!(until > job.now),
            Next::Done => prop_assert!(is_all),
            Next::Person { .. } => prop_assert!(sends > usize::from(organization || part == 0)),
        }
    }

    #[test]
    fn whatever_is_answered_is_read(done in any_steps(NAMES, PAIRS), status in 100..600_u16, body in ANSWERS, rendition in any_shape()) {
        let identity = jane();
        let walk = Walk::new(&LinkedIn, &rendition, &identity);
        let job = walk.job();
        if let Next::Call(call) = LinkedIn.next(&job, &done) {
            let read = LinkedIn.read(&job, &done, &call, &reply(status, &[("location", &body)], &body));
            if let Err(refusal) = &read {
                prop_assert!(refusal.words.chars().count() <= 300);
                prop_assert!(call.shows || refusal.class != Class::Doubtful);
            }
            let is_out = matches!(read, Ok(Step::Shown { .. }));
            prop_assert!(call.shows || call.name.starts_with("look") || !is_out);
        }
    }
}

const ANSWERS: &str = r#"\PC{0,60}|\{"elements":\[\{"id":"urn:li:share:[0-9]{0,20}","createdAt":-?[0-9]{1,19},"commentary":"a"\}\]\}|\{"message":"is a duplicate of urn:li:(share|ugcPost):[0-9]{0,20}"\}|\{"value":\{"image":"urn:li:image:1","uploadUrl":"https://www.linkedin.com/","uploadUrlExpiresAt":-?[0-9]{1,19}\}\}"#;
