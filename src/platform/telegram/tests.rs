//! What Telegram's adapter asks for and makes of answers, as tables; whole posts walked against scripted answers.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::wire::Place;
use super::{Telegram, refusals};
use crate::fit::{Link, Media, Part, Rendition};
use crate::limits::Platform;
use crate::platform::testing::{
    Walk, allowances, any_steps, call_to, compact, image, next_text, part, receipt, recorded, rendition, reply, start,
};
use crate::platform::{Adapter, Auth, Call, Class, Farewell, Identity, Next, Receipt, Refusal, Reply, Step};

fn bot() -> Identity {
    Identity { id: "123".to_owned(), name: "acme_bot".to_owned(), ..Identity::default() }
}

fn post(part: Part) -> Rendition {
    Rendition { acts_as: Some("@acme_news".to_owned()), ..rendition(Platform::Telegram, vec![part]) }
}

fn message(id: i64, now: DateTime<Utc>) -> Value {
    json!({"message_id": id, "date": now.timestamp(), "chat": {"id": -1_001_234_567_890_i64, "type": "channel", "username": "acme_news"}})
}

fn answer(call: &Call, now: DateTime<Utc>) -> Reply {
    let result = match call.url.path() {
        "/bot%7Bkey%7D/sendMediaGroup" => json!([message(42, now), message(43, now)]),
        _ => message(42, now),
    };
    reply(200, &[], &json!({"ok": true, "result": result}).to_string())
}

fn ended(rendition: &Rendition, mut answer: impl FnMut(&Call, DateTime<Utc>) -> Reply) -> (Vec<String>, Vec<Receipt>) {
    let identity = bot();
    let mut walk = Walk::new(&Telegram, rendition, &identity);
    walk.run(|call, now| {
        assert_eq!(call.auth, Auth::Path);
        answer(call, now)
    })
    .unwrap();
    let receipts = walk.done.iter().filter_map(|step| match step {
        Step::Shown { receipt, .. } => Some(receipt.clone()),
        _ => None,
    });
    let receipts = receipts.collect();
    (walk.log, receipts)
}

fn film(path: &str, bytes: u64) -> Media {
    Media { kind: crate::media::Kind::Video, mime: "video/mp4", ..image(path, bytes, None) }
}

#[test]
fn words_lead_where_their_link_does() {
    let text = "🍵 über Tee, https://b.example";
    let link = |words: &str, url: &str| {
        let start = text.find(words).unwrap();
        Link { start, end: start + words.len(), url: url.to_owned() }
    };
    let links = vec![link("über Tee", "https://a.example/ü"), link("https://b.example", "https://b.example")];
    let (log, receipts) = ended(&post(Part { links, ..part(text, vec![]) }), answer);
    assert_eq!(
        log,
        [
            "post 1: POST! /bot%7Bkey%7D/sendMessage {\"chat_id\":\"@acme_news\",\"entities\":[{\"length\":8,\"offset\":3,\
             \"type\":\"text_link\",\"url\":\"https://a.example/ü\"}],\"text\":\"🍵 über Tee, https://b.example\"}",
            "done",
        ]
    );
    let receipt = &receipts[0];
    assert_eq!((&*receipt.id, &*receipt.url, receipt.at), ("-1001234567890:42", "https://t.me/acme_news/42", start()));
}

#[test]
fn media_go_with_the_text_below_the_first() {
    let picture = || image("a.png", 9, Some("A cup"));
    let of = |text: &str, media: Vec<Media>| ended(&post(part(text, media)), answer);
    let (log, _) = of("Tea.", vec![picture()]);
    assert_eq!(
        log[0],
        "post 1: POST! /bot%7Bkey%7D/sendPhoto chat_id=@acme_news caption=Tea. photo=picture-1.png image/png a.png[0..9]"
    );
    let (log, _) = of("", vec![film("f.mp4", 90)]);
    assert_eq!(
        log[0],
        "post 1: POST! /bot%7Bkey%7D/sendVideo chat_id=@acme_news video=video-1.mp4 video/mp4 f.mp4[0..90]"
    );
    let (log, receipts) = of("Tea.", vec![picture(), film("f.mp4", 90)]);
    assert_eq!(
        log[0],
        "post 1: POST! /bot%7Bkey%7D/sendMediaGroup chat_id=@acme_news media=[{\"type\":\"photo\",\"media\":\"attach://file1\",\
         \"caption\":\"Tea.\"},{\"type\":\"video\",\"media\":\"attach://file2\"}] file1=picture-1.png image/png a.png[0..9] \
         file2=video-2.mp4 video/mp4 f.mp4[0..90]"
    );
    assert_eq!((&*receipts[0].id, &*receipts[0].url), ("-1001234567890:42,43", "https://t.me/acme_news/42"));
}

#[test]
fn every_setting_has_its_field() {
    let set = |key: &str, part: Part| {
        let rendition = Rendition { settings: [(key.to_owned(), "true".to_owned())].into(), ..post(part) };
        ended(&rendition, answer).0.remove(0)
    };
    for (key, field) in [
        ("silent", "\"disable_notification\":true"),
        ("protect", "\"protect_content\":true"),
        ("no_preview", "\"link_preview_options\":{\"is_disabled\":true}"),
    ] {
        let call = set(key, part("x", vec![]));
        assert!(call.contains(field), "{call}");
    }
    let call = set("silent", part("x", vec![image("a.png", 9, None)]));
    assert!(call.contains(" disable_notification=true "), "{call}");
}

#[test]
fn a_chat_is_a_name_or_a_number() {
    let rendition = Rendition { acts_as: Some("-100123".to_owned()), ..post(part("x", vec![])) };
    let private = r#"{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":-100123,"type":"channel"}}}"#;
    let (log, receipts) = ended(&rendition, |_, _| reply(200, &[], private));
    assert!(log[0].contains("\"chat_id\":-100123,"), "{}", log[0]);
    assert_eq!((&*receipts[0].id, &*receipts[0].url), ("-100123:7", "https://t.me/c/123/7"));
    let group = r#"{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":-5,"type":"group"}}}"#;
    let (_, receipts) = ended(&rendition, |_, _| reply(200, &[], group));
    assert_eq!((&*receipts[0].id, &*receipts[0].url), ("-5:7", ""));
    for (id, place) in [
        ("-5:7,8", Some(Place { chat: -5, messages: vec![7, 8] })),
        ("42", None),
        ("-5:", None),
        ("x:1", None),
        ("-5:1,", None),
    ] {
        assert_eq!(Place::read(id), place, "{id}");
    }
}

#[test]
fn a_lost_answer_is_for_a_person() {
    let person = "person: Telegram gave no clear answer, and a bot cannot look for its messages; look at the channel, then tell \
                  with `pressroom resolve` whether it is there";
    for lost in [reply(500, &[], ""), reply(200, &[], "{}"), reply(200, &[], r#"{"ok":true,"result":{}}"#)] {
        let (log, receipts) = ended(&post(part("x", vec![])), |_, _| lost.clone());
        assert_eq!((log.len(), log[1].as_str(), receipts.len()), (2, person, 0));
    }
}

#[test]
fn answers_as_recorded() {
    recorded(include_str!("../../../tests/data/refusals/telegram.txt"), refusals::refusal);
}

#[test]
fn a_group_that_moved_is_told_with_its_number() {
    let body = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}"#;
    let refusal = refusals::refusal(&reply(400, &[], body), true);
    assert_eq!(
        (refusal.class, refusal.words.as_str()),
        (
            Class::Permission,
            "the group has become a supergroup; write `chat = -1001234567890` in accounts.toml (Telegram answered 400: \"Bad \
             Request: group chat was upgraded to a supergroup chat\")"
        )
    );
}

#[test]
fn what_is_left_is_told_at_its_end() {
    let call = call_to("post 1", "https://api.telegram.org/");
    let body = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}"#;
    assert_eq!(allowances(&Telegram, &call, &reply(429, &[], body), Platform::Telegram), "calls: 0 for 5 s");
    assert_eq!(allowances(&Telegram, &call, &reply(200, &[], "{}"), Platform::Telegram), "");
}

#[test]
fn a_chat_and_a_right_are_asked_for() {
    let grant = &Telegram.grants()[0];
    let first = Telegram.who_as(grant, "", "@acme_news");
    let mut log = vec![compact(&first)];
    let chat = reply(200, &[], r#"{"ok":true,"result":{"id":-100,"type":"channel","title":"News"}}"#);
    let me = reply(200, &[], r#"{"ok":true,"result":{"id":123,"is_bot":true,"first_name":"A","username":"acme_bot"}}"#);
    for reply in [&chat, &me] {
        log.push(compact(&Telegram.who_else(grant, Some("@acme_news"), reply).unwrap()));
    }
    assert_eq!(
        log,
        [
            r#"chat: POST /bot%7Bkey%7D/getChat {"chat_id":"@acme_news"}"#,
            "who: POST /bot%7Bkey%7D/getMe {}",
            r#"member: POST /bot%7Bkey%7D/getChatMember {"chat_id":"@acme_news","user_id":123}"#,
        ]
    );
    let member = |status: &str, rights: &str| {
        let user = r#"{"id":123,"is_bot":true,"username":"acme_bot"}"#;
        reply(200, &[], &format!(r#"{{"ok":true,"result":{{"status":"{status}","user":{user}{rights}}}}}"#))
    };
    for (status, rights, may) in [
        ("administrator", r#","can_post_messages":true"#, true),
        ("administrator", "", true),
        ("creator", "", true),
        ("member", "", true),
        ("administrator", r#","can_post_messages":false"#, false),
        ("restricted", r#","can_send_messages":false"#, false),
        ("left", "", false),
        ("kicked", "", false),
    ] {
        let answer = member(status, rights);
        assert!(Telegram.who_else(grant, Some("@acme_news"), &answer).is_none());
        let read = Telegram.read_who(&answer);
        assert_eq!(read.clone().ok(), may.then(bot), "{status}");
        assert!(may || read.unwrap_err().class == Class::Permission);
    }
    let refused = reply(401, &[], r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#);
    assert!(Telegram.who_else(grant, Some("@acme_news"), &refused).is_none());
    assert_eq!(Telegram.read_who(&refused).unwrap_err().class, Class::Login);
    assert_eq!(Telegram.read_who(&me).unwrap(), bot());
}

fn edited(rendition: &Rendition, out: &[Receipt], answer: &Reply) -> (Vec<String>, Result<(), Refusal>) {
    let identity = bot();
    let walk = Walk::new(&Telegram, rendition, &identity);
    let (job, mut done, mut log) = (walk.job(), Vec::new(), Vec::new());
    loop {
        let next = Telegram.edit(&job, out, &done);
        log.push(next_text(&next));
        let Next::Call(call) = next else { return (log, Ok(())) };
        match Telegram.read(&job, &done, &call, answer) {
            Ok(step) => done.push(step),
            Err(refusal) => return (log, Err(refusal)),
        }
    }
}

#[test]
fn texts_and_captions_are_changed() {
    let out = [receipt("-100123:42,43")];
    let fine = || reply(200, &[], r#"{"ok":true,"result":{}}"#);
    let (log, end) = edited(&post(part("new", vec![])), &out, &fine());
    assert_eq!(
        log,
        [r#"edit 1: POST /bot%7Bkey%7D/editMessageText {"chat_id":-100123,"message_id":42,"text":"new"}"#, "done"]
    );
    assert_eq!(end, Ok(()));
    let same = r#"{"ok":false,"error_code":400,"description":"Bad Request: message is not modified: specified new message content and reply markup are exactly the same"}"#;
    let (log, end) = edited(&post(part("new", vec![image("a.png", 9, None)])), &out, &reply(400, &[], same));
    assert_eq!(
        log,
        [
            r#"edit 1: POST /bot%7Bkey%7D/editMessageCaption {"caption":"new","chat_id":-100123,"message_id":42}"#,
            "done"
        ]
    );
    assert_eq!(end, Ok(()));
    let (log, _) = edited(&post(part("new", vec![])), &[receipt("https://t.me/x/1")], &fine());
    assert_eq!(
        log,
        ["person: the ledger does not have the message's number: it was recorded by a person; change it by hand"]
    );
}

#[test]
fn an_album_goes_message_by_message() {
    let (identity, out) = (bot(), [receipt("-100123:42,43")]);
    let farewell = Farewell { out: &out, identity: &identity, acts_as: Some("@acme_news"), now: start() };
    let (mut done, mut log) = (Vec::new(), Vec::new());
    let gone = r#"{"ok":false,"error_code":400,"description":"Bad Request: message to delete not found"}"#;
    let answers = [reply(200, &[], r#"{"ok":true,"result":true}"#), reply(400, &[], gone)];
    for answer in answers {
        let Next::Call(call) = Telegram.remove(&farewell, &done) else { panic!() };
        log.push(compact(&call));
        done.push(Telegram.read_remove(&farewell, &done, &call, &answer).unwrap());
    }
    log.push(next_text(&Telegram.remove(&farewell, &done)));
    assert_eq!(
        log,
        [
            r#"delete 2: POST /bot%7Bkey%7D/deleteMessage {"chat_id":-100123,"message_id":43}"#,
            r#"delete 1: POST /bot%7Bkey%7D/deleteMessage {"chat_id":-100123,"message_id":42}"#,
            "done",
        ]
    );
    let late = r#"{"ok":false,"error_code":400,"description":"Bad Request: message can't be deleted for everyone"}"#;
    let refusal =
        Telegram.read_remove(&farewell, &[], &call_to("delete 1", "https://x.example"), &reply(400, &[], late));
    assert_eq!(
        refusal.unwrap_err().words,
        "Telegram lets the bot delete a message for 48 hours only; delete it by hand in the app (Telegram answered 400: \"Bad \
         Request: message can't be deleted for everyone\")"
    );
}

const NAMES: &[&str] = &["post 1", "edit 1", "delete 1", "x"];

proptest! {
    #[test]
    fn whatever_is_done_nothing_is_shown_twice_or_in_doubt(done in any_steps(NAMES, &[("id", "1")])) {
        let (rendition, identity) = (post(part("x", vec![])), bot());
        let walk = Walk::new(&Telegram, &rendition, &identity);
        let touched = |step: &Step| matches!(step, Step::Shown { part: 0, .. } | Step::Doubt { part: 0, .. });
        if let Next::Call(call) = Telegram.next(&walk.job(), &done) {
            prop_assert!(!done.iter().any(touched));
            prop_assert_eq!(call.url.host_str(), Some("api.telegram.org"));
        }
    }

    #[test]
    fn no_answer_makes_it_panic(status in 100_u16..600, body in ".{0,200}") {
        let (rendition, identity) = (post(part("x", vec![])), bot());
        let walk = Walk::new(&Telegram, &rendition, &identity);
        for name in NAMES {
            let call = Call { shows: name.starts_with("post"), ..call_to(name, "https://api.telegram.org/") };
            if let Err(refusal) = Telegram.read(&walk.job(), &[], &call, &reply(status, &[], &body)) {
                prop_assert!(call.shows || refusal.class != Class::Doubtful);
            }
        }
    }
}
