//! What Discord's adapter asks for and makes of answers, as tables; whole posts walked against scripted answers.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::json;

use super::{Discord, refusals};
use crate::fit::{Part, Rendition};
use crate::limits::Platform;
use crate::platform::testing::{
    Walk, allowances, any_steps, call_to, compact, image, next_text, part, receipt, recorded, rendition, reply, start,
};
use crate::platform::{Adapter, Auth, Call, Class, Farewell, Identity, KEY, Next, Receipt, Refusal, Reply, Step};

fn hook() -> Identity {
    Identity { id: "118".to_owned(), name: "Herald".to_owned(), ..Identity::default() }
}

fn post(parts: Vec<Part>) -> Rendition {
    rendition(Platform::Discord, parts)
}

/// What the webhook says, but for its secret.
const WEBHOOK: &str = r#"{"type":1,"id":"118","name":"Herald","channel_id":"7","guild_id":"5","token":"***"}"#;

fn answer(call: &Call, now: DateTime<Utc>) -> Reply {
    let body = match call.name.as_str() {
        "webhook" => WEBHOOK.to_owned(),
        "post 1" => {
            json!({"id": "900", "channel_id": "7", "timestamp": now.to_rfc3339(), "attachments": []}).to_string()
        }
        _ => panic!("{}", call.name),
    };
    reply(200, &[], &body)
}

fn ended(rendition: &Rendition, mut answer: impl FnMut(&Call, DateTime<Utc>) -> Reply) -> (Vec<String>, Vec<String>) {
    let identity = hook();
    let mut walk = Walk::new(&Discord, rendition, &identity);
    walk.run(|call, now| {
        assert_eq!(call.auth, Auth::Path);
        assert!(call.url.path().starts_with(&format!("/api/v10/webhooks/{KEY}")), "{}", call.url);
        answer(call, now)
    })
    .unwrap();
    let receipts = walk.receipts();
    (walk.log, receipts)
}

#[test]
fn a_text_is_one_message() {
    let (log, receipts) = ended(&post(vec![part("Tea *now* https://a.example/x_y", vec![])]), answer);
    assert_eq!(
        log,
        [
            "webhook: GET /api/v10/webhooks/%7Bkey%7D",
            r#"post 1: POST! /api/v10/webhooks/%7Bkey%7D?wait=true {"allowed_mentions":{"parse":[]},"content":"Tea \\*now\\* https://a.example/x_y"}"#,
            "done",
        ]
    );
    assert_eq!(receipts, ["0 https://discord.com/channels/5/7/900 09:00:01 Response"]);
}

#[test]
fn pictures_go_along_with_their_descriptions() {
    let media = vec![image("media/a.png", 9, Some("A cup")), image("media/b.png", 8, None)];
    let (log, _) = ended(&post(vec![part("Tea.", media)]), answer);
    assert_eq!(
        log[1],
        "post 1: POST! /api/v10/webhooks/%7Bkey%7D?wait=true payload_json={\"content\":\"Tea.\",\"allowed_mentions\":{\"parse\":[]},\
         \"attachments\":[{\"id\":0,\"filename\":\"picture-1.png\",\"description\":\"A cup\"},{\"id\":1,\
         \"filename\":\"picture-2.png\"}]} files[0]=picture-1.png image/png media/a.png[0..9] files[1]=picture-2.png image/png media/b.png[0..8]"
    );
}

#[test]
fn settings_are_flags() {
    for (settings, flags) in [
        (vec![("silent", "true")], Some(4096)),
        (vec![("silent", "true"), ("no_preview", "true")], Some(4100)),
        (vec![("silent", "false")], None),
    ] {
        let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let rendition = Rendition { settings, ..post(vec![part("x", vec![])]) };
        let (log, _) = ended(&rendition, answer);
        let told = flags.map(|flags: u32| format!("\"flags\":{flags}"));
        assert_eq!(told.as_ref().is_some_and(|told| log[1].contains(told)), log[1].contains("flags"), "{}", log[1]);
        assert_eq!(told.is_some(), log[1].contains("flags"), "{}", log[1]);
    }
}

#[test]
fn a_lost_answer_is_for_a_person() {
    let person = "person: Discord gave no clear answer, and a webhook cannot look for its messages; look at the channel, then \
                  tell with `pressroom resolve` whether it is there";
    for lost in [reply(500, &[], ""), reply(200, &[], "{}"), reply(204, &[], ""), reply(502, &[], "<html>")] {
        let (log, receipts) = ended(&post(vec![part("x", vec![])]), |call, now| match call.shows {
            true => lost.clone(),
            false => answer(call, now),
        });
        assert_eq!((log.len(), log[2].as_str(), receipts.len()), (3, person, 0));
    }
}

#[test]
fn a_message_of_no_server_has_no_address() {
    let (_, receipts) = ended(&post(vec![part("x", vec![])]), |call, now| match call.shows {
        true => answer(call, now),
        false => reply(200, &[], r#"{"id":"118"}"#),
    });
    assert_eq!(receipts, ["0  09:00:01 Response"]);
}

#[test]
fn answers_as_recorded() {
    recorded(include_str!("../../../tests/data/refusals/discord.txt"), refusals::refusal);
}

#[test]
fn an_invalid_form_is_told_by_its_field() {
    let body = r#"{"code":50035,"message":"Invalid Form Body","errors":{"content":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 2000 or fewer in length."}]}}}"#;
    assert_eq!(
        refusals::refusal(&reply(400, &[], body), true).words,
        "Discord does not take this message, and says why; change it (Discord answered 400: \"Invalid Form Body: content: Must be \
         2000 or fewer in length.\")"
    );
}

#[test]
fn what_is_left_is_told_at_its_end() {
    let call = call_to("post 1", "https://discord.com/");
    let told = |status: u16, body: &str| {
        allowances(&Discord, &call, &reply(status, &[("x-ratelimit-remaining", "0")], body), Platform::Discord)
    };
    assert_eq!(told(200, "{}"), "");
    assert_eq!(told(429, r#"{"retry_after":1.2}"#), "calls: 0 for 2 s");
}

#[test]
fn whose_webhook_it_is() {
    let call = Discord.who(&Discord.grants()[0], "");
    assert_eq!(compact(&call), "who: GET /api/v10/webhooks/%7Bkey%7D");
    assert_eq!(Discord.read_who(&reply(200, &[], WEBHOOK)).unwrap(), hook());
    let dead = Discord.read_who(&reply(404, &[], r#"{"message":"Unknown Webhook","code":10015}"#)).unwrap_err();
    assert_eq!(dead.class, Class::Login);
    assert_eq!(Discord.read_who(&reply(200, &[], "{}")).unwrap_err().class, Class::Transient);
}

fn edited(out: &[Receipt], mut answer: impl FnMut(&Call) -> Reply) -> (Vec<String>, Result<(), Refusal>) {
    let (rendition, identity) = (post(vec![part("new", vec![image("a.png", 9, Some("A cup"))])]), hook());
    let walk = Walk::new(&Discord, &rendition, &identity);
    let (job, mut done, mut log) = (walk.job(), Vec::new(), Vec::new());
    loop {
        let next = Discord.edit(&job, out, &done);
        log.push(next_text(&next));
        let Next::Call(call) = next else { return (log, Ok(())) };
        assert!(!call.shows);
        match Discord.read(&job, &done, &call, &answer(&call)) {
            Ok(step) => done.push(step),
            Err(refusal) => return (log, Err(refusal)),
        }
    }
}

#[test]
fn an_edit_keeps_the_files() {
    let (log, end) = edited(&[receipt("900")], |call| match call.name.as_str() {
        "now 1" => reply(200, &[], r#"{"id":"900","attachments":[{"id":"31","description":"A cup"},{"id":"32"}]}"#),
        _ => reply(200, &[], r#"{"id":"900"}"#),
    });
    assert_eq!(
        log,
        [
            "now 1: GET /api/v10/webhooks/%7Bkey%7D/messages/900",
            r#"edit 1: PATCH /api/v10/webhooks/%7Bkey%7D/messages/900 {"allowed_mentions":{"parse":[]},"attachments":[{"description":"A cup","id":"31"},{"id":"32"}],"content":"new"}"#,
            "done",
        ]
    );
    assert_eq!(end, Ok(()));
    let (_, end) = edited(&[receipt("900")], |_| reply(404, &[], r#"{"message":"Unknown Message","code":10008}"#));
    assert_eq!(end.unwrap_err().class, Class::Content);
    let (log, _) = edited(&[receipt("https://discord.com/channels/5/7/900")], |_| panic!("nothing to ask"));
    assert_eq!(
        log,
        ["person: the ledger does not have the message's id: it was recorded by a person; change it by hand"]
    );
}

#[test]
fn what_is_out_is_removed() {
    let (identity, out) = (hook(), [receipt("900")]);
    let farewell = Farewell { out: &out, identity: &identity, acts_as: None, now: start() };
    let Next::Call(call) = Discord.remove(&farewell, &[]) else { panic!() };
    assert_eq!(compact(&call), "delete 1: DELETE /api/v10/webhooks/%7Bkey%7D/messages/900");
    for (status, body, gone) in [
        (204, "", true),
        (404, r#"{"message":"Unknown Message","code":10008}"#, true),
        (404, r#"{"message":"Unknown Webhook","code":10015}"#, false),
        (500, "", false),
    ] {
        let read = Discord.read_remove(&farewell, &[], &call, &reply(status, &[], body));
        assert_eq!(read.is_ok(), gone, "{status} {body}");
        if let Ok(step) = read {
            assert_eq!(next_text(&Discord.remove(&farewell, &[step])), "done");
        }
    }
}

const NAMES: &[&str] = &["webhook", "post 1", "now 1", "edit 1", "x"];
const PAIRS: &[(&str, &str)] = &[("guild", "5"), ("guild", ""), ("kept", "[]"), ("kept", "{")];

proptest! {
    #[test]
    fn whatever_is_done_nothing_is_shown_twice_or_in_doubt(done in any_steps(NAMES, PAIRS)) {
        let (rendition, identity) = (post(vec![part("x", vec![])]), hook());
        let walk = Walk::new(&Discord, &rendition, &identity);
        let touched = |step: &Step| matches!(step, Step::Shown { part: 0, .. } | Step::Doubt { part: 0, .. });
        if let Next::Call(call) = Discord.next(&walk.job(), &done) {
            prop_assert!(!done.iter().any(touched));
            prop_assert_eq!(call.url.host_str(), Some("discord.com"));
        }
    }

    #[test]
    fn no_answer_makes_it_panic(status in 100_u16..600, body in ".{0,200}", done in any_steps(NAMES, PAIRS)) {
        let (rendition, identity) = (post(vec![part("x", vec![])]), hook());
        let walk = Walk::new(&Discord, &rendition, &identity);
        for name in NAMES {
            let call = Call { shows: name.starts_with("post"), ..call_to(name, "https://discord.com/") };
            if let Err(refusal) = Discord.read(&walk.job(), &done, &call, &reply(status, &[], &body)) {
                prop_assert!(call.shows || refusal.class != Class::Doubtful);
            }
        }
    }
}
