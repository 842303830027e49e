//! What Forem's adapter asks for and makes of answers, as tables; whole articles walked against scripted answers.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use super::{Forem, refusals};
use crate::fit::{Media, Rendition};
use crate::limits::Platform;
use crate::platform::testing::{
    Walk, allowances, any_steps, call_to, compact, image, next_text, part, receipt, recorded, rendition, reply, start,
};
use crate::platform::{Adapter, Auth, Body, Call, Class, Farewell, Identity, Next, Refusal, Reply, Step};

fn ann() -> Identity {
    let (id, name, server) = ("12".to_owned(), "ann".to_owned(), "dev.to".to_owned());
    Identity { id, name, server, ..Identity::default() }
}

fn article(text: &str, media: Vec<Media>) -> Rendition {
    let (title, tags) = (Some("Tea".to_owned()), vec!["tea".to_owned(), "cake".to_owned()]);
    Rendition { title, tags, ..rendition(Platform::Forem, vec![part(text, media)]) }
}

fn with(rendition: Rendition, settings: &[(&str, &str)]) -> Rendition {
    let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Rendition { settings, ..rendition }
}

fn walk<'a>(rendition: &'a Rendition, identity: &'a Identity) -> Walk<'a> {
    let mut walk = Walk::new(&Forem, rendition, identity);
    for (_, media) in rendition.media() {
        let address = Url::parse(&format!("https://m.example/{}", media.path)).unwrap();
        walk.addresses.insert(media.path.clone(), address);
    }
    walk
}

fn shown(now: DateTime<Utc>) -> Value {
    json!({"type_of": "article", "id": 251, "url": "https://dev.to/ann/tea-4aca", "published_at": now.to_rfc3339()})
}

fn answer(call: &Call, now: DateTime<Utc>) -> Reply {
    match call.name.as_str() {
        "create" => reply(201, &[], r#"{"id":251,"url":"https://dev.to/ann/tea-temp-slug-1","published_at":null}"#),
        "publish 1" | "look 1" => reply(200, &[], &shown(now).to_string()),
        _ => panic!("{}", call.name),
    }
}

fn ended(rendition: &Rendition, mut answer: impl FnMut(&Call, DateTime<Utc>) -> Reply) -> (Vec<String>, Vec<String>) {
    let identity = ann();
    let mut walk = walk(rendition, &identity);
    walk.run(|call, now| {
        assert_eq!(call.auth, Auth::ApiKey);
        answer(call, now)
    })
    .unwrap();
    let receipts = walk.receipts();
    (walk.log, receipts)
}

/// The first words of each line.
fn names(log: &[String]) -> Vec<&str> {
    log.iter().map(|line| line.split([':']).next().unwrap()).collect()
}

#[test]
fn a_draft_is_made_and_then_published() {
    let (log, receipts) = ended(&article("**Green** {{ tea }}", vec![]), answer);
    let text = r#""body_markdown":"**Green** {% raw %}{{{% endraw %} tea }}""#;
    assert_eq!(
        log,
        [
            format!(
                r#"create: POST /api/articles {{"article":{{{text},"published":false,"tags":"tea, cake","title":"Tea"}}}}"#
            ),
            format!(
                r#"publish 1: PUT! /api/articles/251 {{"article":{{{text},"published":true,"tags":"tea, cake","title":"Tea"}}}}"#
            ),
            "done".to_owned(),
        ]
    );
    assert_eq!(receipts, ["0 https://dev.to/ann/tea-4aca 09:00:01 Response"]);
}

#[test]
fn pictures_stand_where_they_were_written_or_above() {
    let media = vec![image("media/top.png", 9, None), image("media/a.png", 9, Some("A cup"))];
    let settings = [("canonical_url", "https://example.com/tea"), ("teaser", "What is new"), ("part_of", "Teas")];
    let rendition = with(article("Tea ![A cup](pressroom:media/a.png)", media), &settings);
    let mut sent = Value::Null;
    ended(&rendition, |call, now| {
        if let Body::Json(body) = &call.body {
            sent = body["article"].clone();
        }
        answer(call, now)
    });
    assert_eq!(
        sent,
        json!({
            "title": "Tea", "body_markdown": "Tea ![A cup](https://m.example/media/a.png)", "published": true,
            "tags": "tea, cake", "canonical_url": "https://example.com/tea", "description": "What is new", "series": "Teas",
            "main_image": "https://m.example/media/top.png",
        })
    );
    let identity = ann();
    let mut walk = walk(&rendition, &identity);
    walk.addresses.clear();
    walk.run(|_, _| panic!("nothing to send")).unwrap();
    assert_eq!(walk.log, ["person: `media/top.png` has no address that readers could get it at"]);
}

#[test]
fn a_lost_answer_is_looked_into() {
    let rendition = article("x", vec![]);
    let lost = |status: u16| {
        let mut first = true;
        ended(&rendition, move |call, now| match call.name.as_str() {
            "publish 1" if std::mem::take(&mut first) => reply(500, &[], ""),
            "look 1" if status == 404 => reply(404, &[], r#"{"error":"not found","status":404}"#),
            _ => answer(call, now),
        })
    };
    let (log, receipts) = lost(200);
    assert_eq!(names(&log), ["create", "publish 1", "wait until 09", "look 1", "done"]);
    assert_eq!(log[3], "look 1: GET /api/articles/251");
    assert_eq!(receipts, ["0 https://dev.to/ann/tea-4aca 09:00:11 Lookup"]);
    let (log, receipts) = lost(404);
    let twice = ["create", "publish 1", "wait until 09", "look 1", "wait until 09", "look 1", "publish 1", "done"];
    assert_eq!((names(&log), receipts.len()), (twice.to_vec(), 1));
    let (log, receipts) = ended(&rendition, |call, now| match call.name.as_str() {
        "publish 1" => reply(502, &[], ""),
        "look 1" => reply(404, &[], ""),
        _ => answer(call, now),
    });
    assert_eq!(receipts.len(), 0);
    assert_eq!(
        log.last().unwrap(),
        "person: Forem twice gave no clear answer for article 251, which is not out as far as it says; look at \
         https://dev.to/dashboard, then tell with `pressroom resolve` whether it is there"
    );
}

const TITLE: &str = r#"{"error":"Title has already been used in the last five minutes","status":422}"#;
const ORIGINAL: &str =
    r#"{"error":"Canonical url has already been taken. Email support@dev.to for further details.","status":422}"#;

fn listed(id: u64, published: bool, title: &str, text: &str, original: &str) -> Value {
    json!({
        "id": id, "title": title, "published": published, "body_markdown": text, "canonical_url": original,
        "url": format!("https://dev.to/ann/{id}"), "published_at": if published { json!(start()) } else { Value::Null },
    })
}

#[test]
fn what_forem_has_already_is_gone_on_with() {
    let original = with(article("x", vec![]), &[("canonical_url", "https://example.com/tea")]);
    let (plain, other) = (article("x", vec![]), "https://dev.to/ann/1");
    let page = |articles: Vec<Value>| reply(200, &[], &Value::from(articles).to_string());
    // The draft of a call whose answer was lost.
    let (log, receipts) = ended(&plain, |call, now| match call.name.as_str() {
        "create" => reply(422, &[], TITLE),
        "find" => page(vec![listed(7, false, "Tea", "y", other), listed(8, false, "Tea", "x", other)]),
        _ => answer(call, now),
    });
    assert_eq!(names(&log), ["create", "find", "publish 1", "done"]);
    assert_eq!(log[1], "find: GET /api/articles/me/all?page=1&per_page=10");
    assert!(log[2].starts_with("publish 1: PUT! /api/articles/8 "), "{}", log[2]);
    assert_eq!(receipts.len(), 1);
    // One that is out.
    let (log, receipts) = ended(&original, |call, now| match call.name.as_str() {
        "create" => reply(422, &[], ORIGINAL),
        "find" => page(vec![listed(9, true, "Tea", "z", "https://example.com/tea")]),
        _ => answer(call, now),
    });
    assert_eq!(names(&log), ["create", "find", "done"]);
    assert_eq!(receipts, ["0 https://dev.to/ann/9 09:00:00 DuplicateAnswer"]);
    // Published by somebody in between: then only what is out will do.
    let (log, receipts) = ended(&original, |call, now| match call.name.as_str() {
        "publish 1" => reply(422, &[], ORIGINAL),
        "find out" => page(vec![
            listed(251, false, "Tea", "x", "https://example.com/tea"),
            listed(9, true, "Tea", "z", "https://example.com/tea"),
        ]),
        _ => answer(call, now),
    });
    assert_eq!(names(&log), ["create", "publish 1", "find out", "done"]);
    assert_eq!(receipts.len(), 1);
    // None that is ours, on any page.
    let mut pages = 0;
    let (log, receipts) = ended(&original, |call, now| match call.name.as_str() {
        "create" => reply(422, &[], ORIGINAL),
        "find" => {
            pages += 1;
            let other = listed(1, true, "Other", "z", "https://example.com/tea");
            page(vec![other; if pages < 3 { 10 } else { 9 }])
        }
        _ => answer(call, now),
    });
    assert_eq!(names(&log), ["create", "find", "find", "find", "person"]);
    assert_eq!(log[3], "find: GET /api/articles/me/all?page=3&per_page=10");
    assert_eq!(
        log[4],
        "person: Forem has another article like this (Canonical url has already been taken. Email support@dev.to for further \
         details.), and none of the account's own is the same; look at https://dev.to/dashboard"
    );
    assert_eq!(receipts.len(), 0);
}

#[test]
fn answers_as_recorded() {
    recorded(include_str!("../../../tests/data/refusals/forem.txt"), refusals::refusal);
}

#[test]
fn what_is_left_is_told_at_its_end() {
    let call = call_to("create", "https://dev.to/");
    let told = |status: u16| allowances(&Forem, &call, &reply(status, &[("retry-after", "30")], "{}"), Platform::Forem);
    assert_eq!((told(429).as_str(), told(200).as_str()), ("calls: 0 for 30 s", ""));
}

#[test]
fn whose_key_it_is() {
    let call = Forem.who(&Forem.grants()[0], "forem.example");
    assert_eq!((call.url.as_str(), call.auth), ("https://forem.example/api/users/me", Auth::ApiKey));
    assert_eq!(call.headers, [("accept", "application/vnd.forem.api-v1+json".to_owned())]);
    let told = Forem.read_who(&reply(200, &[], r#"{"type_of":"user","id":12,"username":"ann"}"#)).unwrap();
    assert_eq!(told, Identity { server: String::new(), ..ann() });
    let refused = reply(401, &[], r#"{"error":"unauthorized","status":401}"#);
    assert_eq!(Forem.read_who(&refused).unwrap_err().class, Class::Login);
}

fn edited(rendition: &Rendition, answer: &Reply) -> (Vec<String>, Result<(), Refusal>) {
    let identity = ann();
    let walk = walk(rendition, &identity);
    let (job, mut done, mut log, out) = (walk.job(), Vec::new(), Vec::new(), [receipt("251")]);
    loop {
        let next = Forem.edit(&job, &out, &done);
        log.push(next_text(&next));
        let Next::Call(call) = next else { return (log, Ok(())) };
        assert!(!call.shows);
        match Forem.read(&job, &done, &call, answer) {
            Ok(step) => done.push(step),
            Err(refusal) => return (log, Err(refusal)),
        }
    }
}

#[test]
fn an_article_is_changed_and_taken_back() {
    let (log, end) = edited(&article("new", vec![]), &reply(200, &[], &shown(start()).to_string()));
    assert_eq!(
        log,
        [
            r#"edit 1: PUT /api/articles/251 {"article":{"body_markdown":"new","published":true,"tags":"tea, cake","title":"Tea"}}"#,
            "done",
        ]
    );
    assert_eq!(end, Ok(()));
    let (_, end) = edited(&article("new", vec![]), &reply(404, &[], r#"{"error":"not found","status":404}"#));
    assert_eq!(end.unwrap_err().class, Class::Content);
    let (identity, out) = (ann(), [receipt("251")]);
    let farewell = Farewell { out: &out, identity: &identity, acts_as: None, now: start() };
    let Next::Call(call) = Forem.remove(&farewell, &[]) else { panic!() };
    assert_eq!(compact(&call), r#"unpublish 1: PUT /api/articles/251 {"article":{"published":false}}"#);
    for (status, gone) in [(200, true), (404, true), (401, false), (500, false)] {
        let read = Forem.read_remove(&farewell, &[], &call, &reply(status, &[], "{}"));
        assert_eq!(read.is_ok(), gone, "{status}");
        if let Ok(step) = read {
            assert_eq!(next_text(&Forem.remove(&farewell, &[step])), "done");
        }
    }
}

/// Cut after any step and taken up again, the same calls follow that would have followed.
#[test]
fn a_walk_goes_on_where_it_was_cut() {
    let (rendition, identity) = (article("x", vec![]), ann());
    let mut whole = walk(&rendition, &identity);
    whole.run(answer).unwrap();
    for cut in 0..whole.done.len() {
        let mut rest = walk(&rendition, &identity);
        rest.done = whole.done[..cut].to_vec();
        rest.now = start() + TimeDelta::seconds(i64::try_from(cut).unwrap());
        rest.run(answer).unwrap();
        assert_eq!(rest.log, whole.log[cut..]);
    }
}

const NAMES: &[&str] = &["create", "find", "find out", "publish 1", "look 1", "edit 1", "x"];
const PAIRS: &[(&str, &str)] =
    &[("id", "251"), ("id", ""), ("taken", "any"), ("taken", "out"), ("page", "2"), ("page", ""), ("words", "no")];

proptest! {
    #[test]
    fn whatever_is_done_nothing_is_shown_twice_or_in_doubt(done in any_steps(NAMES, PAIRS)) {
        let (rendition, identity) = (article("x", vec![]), ann());
        let walk = walk(&rendition, &identity);
        let job = walk.job();
        let is_shown = done.iter().any(|step| matches!(step, Step::Shown { part: 0, .. }));
        let (sends, absents) = done.iter().fold((0, 0), |(sends, absents), step| match step {
            Step::Doubt { part: 0, .. } => (sends + 1, 0),
            Step::Absent { part: 0, .. } if sends > 0 => (sends, absents + 1),
            _ => (sends, absents),
        });
        match Forem.next(&job, &done) {
            Next::Call(call) if call.shows => {
                prop_assert!(!is_shown && (sends == 0 || sends == 1 && absents >= 2), "{sends} {absents}");
            }
            Next::Call(call) => prop_assert_eq!(call.url.host_str(), Some("dev.to")),
            Next::Wait { until, .. } => prop_assert!(until > job.now),
            Next::Done => prop_assert!(is_shown),
            Next::Person { .. } => {}
        }
    }

    #[test]
    fn no_answer_makes_it_panic(status in 100_u16..600, body in ".{0,200}", done in any_steps(NAMES, PAIRS)) {
        let (rendition, identity) = (article(&body, vec![]), ann());
        let walk = walk(&rendition, &identity);
        for name in NAMES {
            let call = Call { shows: name.starts_with("publish"), ..call_to(name, "https://dev.to/") };
            if let Err(refusal) = Forem.read(&walk.job(), &done, &call, &reply(status, &[], &body)) {
                prop_assert!(call.shows || refusal.class != Class::Doubtful);
            }
        }
        let _ = Forem.next(&walk.job(), &done);
    }
}
