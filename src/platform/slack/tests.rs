//! What Slack's adapter asks for and makes of answers, as tables; whole posts walked against scripted answers.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use url::Url;

use super::{Slack, refusals};
use crate::fit::{Link, Part, Rendition};
use crate::limits::Platform;
use crate::platform::testing::{
    Walk, allowances, any_steps, call_to, image, next_text, part, receipt, recorded, rendition, reply, start,
};
use crate::platform::{Adapter, Auth, Call, Class, Farewell, Identity, Reply, Step, Via};

fn hook() -> Identity {
    Slack.known("T0/B0/").unwrap()
}

fn post(part: Part) -> Rendition {
    rendition(Platform::Slack, vec![part])
}

fn fine(_: &Call, _: DateTime<Utc>) -> Reply {
    reply(200, &[], "ok")
}

fn walk<'a>(rendition: &'a Rendition, identity: &'a Identity) -> Walk<'a> {
    let mut walk = Walk::new(&Slack, rendition, identity);
    for (_, media) in rendition.media() {
        let address = Url::parse(&format!("https://m.example/{}", media.path)).unwrap();
        walk.addresses.insert(media.path.clone(), address);
    }
    walk
}

fn sent(rendition: &Rendition) -> String {
    let identity = hook();
    let mut walk = walk(rendition, &identity);
    walk.run(|call, now| {
        assert_eq!(call.auth, Auth::Path);
        fine(call, now)
    })
    .unwrap();
    assert_eq!((walk.log.len(), walk.log[1].as_str()), (2, "done"));
    walk.log.remove(0)
}

#[test]
fn a_text_is_written_as_slack_reads_it() {
    let links = vec![Link { start: 0, end: 3, url: "https://a.example/?x=1&y".to_owned() }];
    assert_eq!(
        sent(&post(Part { links, ..part("Tea & <!channel>", vec![]) })),
        r#"post 1: POST! /services/%7Bkey%7D {"text":"<https://a.example/?x=1&amp;y|Tea> &amp; &lt;!channel&gt;","unfurl_links":true,"unfurl_media":true}"#
    );
    let settings = [("no_preview".to_owned(), "true".to_owned())].into();
    let call = sent(&Rendition { settings, ..post(part("Tea", vec![])) });
    assert!(call.ends_with(r#"{"text":"Tea","unfurl_links":false,"unfurl_media":false}"#), "{call}");
}

#[test]
fn pictures_stand_below() {
    let media = || vec![image("a.png", 9, Some("A cup")), image("b.png", 9, None)];
    assert_eq!(
        sent(&post(part("Tea", media()))),
        r#"post 1: POST! /services/%7Bkey%7D {"blocks":[{"text":{"text":"Tea","type":"mrkdwn"},"type":"section"},{"alt_text":"A cup","image_url":"https://m.example/a.png","type":"image"},{"alt_text":"picture","image_url":"https://m.example/b.png","type":"image"}],"text":"Tea","unfurl_links":true,"unfurl_media":true}"#
    );
    let call = sent(&post(part("", media())));
    assert!(call.contains(r#""text":"A cup","unfurl"#) && !call.contains("section"), "{call}");
    let (rendition, identity) = (post(part("Tea", media())), hook());
    let mut walk = Walk::new(&Slack, &rendition, &identity);
    walk.run(|_, _| panic!("nothing to send")).unwrap();
    assert_eq!(walk.log, ["person: a picture has no address that Slack could fetch it at"]);
}

#[test]
fn a_receipt_has_no_more_than_is_known() {
    let (rendition, identity) = (post(part("Tea", vec![])), hook());
    let mut first = walk(&rendition, &identity);
    first.run(fine).unwrap();
    let Some(Step::Shown { receipt, .. }) = first.done.last() else { panic!() };
    assert_eq!((&*receipt.id, &*receipt.url, receipt.at), ("sent-6f66fcf2e8290219", "", start()));
    assert_eq!(receipt.via, Via::Response);
}

#[test]
fn a_lost_answer_is_for_a_person() {
    let person = "person: Slack gave no clear answer, and a webhook cannot look for its messages; look at the channel, then tell \
                  with `pressroom resolve` whether it is there";
    for lost in [reply(500, &[], "rollup_error"), reply(200, &[], "<html>"), reply(302, &[], "")] {
        let (rendition, identity) = (post(part("x", vec![])), hook());
        let mut walk = walk(&rendition, &identity);
        walk.run(|_, _| lost.clone()).unwrap();
        assert_eq!((walk.log.len(), walk.log[1].as_str(), walk.receipts().len()), (2, person, 0));
    }
}

#[test]
fn answers_as_recorded() {
    recorded(include_str!("../../../tests/data/refusals/slack.txt"), refusals::refusal);
}

#[test]
fn what_is_left_is_told_at_its_end() {
    let call = call_to("post 1", "https://hooks.slack.com/");
    let told = |status: u16| allowances(&Slack, &call, &reply(status, &[("retry-after", "30")], ""), Platform::Slack);
    assert_eq!((told(429).as_str(), told(200).as_str()), ("calls: 0 for 30 s", ""));
}

#[test]
fn whose_webhook_it_is_stands_in_its_address() {
    assert_eq!((hook().id.as_str(), hook().name.as_str()), ("T0/B0", "webhook B0 of T0"));
    assert_eq!(Slack.known("x"), None);
}

#[test]
fn what_is_out_stays_as_it_is() {
    let (rendition, identity, out) = (post(part("x", vec![])), hook(), [receipt("sent-1")]);
    let why = "person: Slack tells a webhook no name of what it has sent: change or delete the message by hand";
    assert_eq!(next_text(&Slack.edit(&walk(&rendition, &identity).job(), &out, &[])), why);
    let farewell = Farewell { out: &out, identity: &identity, acts_as: None, now: start() };
    assert_eq!(next_text(&Slack.remove(&farewell, &[])), why);
}

const NAMES: &[&str] = &["post 1", "x"];

proptest! {
    #[test]
    fn whatever_is_done_nothing_is_shown_twice_or_in_doubt(done in any_steps(NAMES, &[("id", "1")])) {
        let (rendition, identity) = (post(part("x", vec![])), hook());
        let walk = walk(&rendition, &identity);
        let touched = |step: &Step| matches!(step, Step::Shown { part: 0, .. } | Step::Doubt { part: 0, .. });
        if let crate::platform::Next::Call(call) = Slack.next(&walk.job(), &done) {
            prop_assert!(!done.iter().any(touched));
            prop_assert_eq!(call.url.host_str(), Some("hooks.slack.com"));
        }
    }

    #[test]
    fn no_answer_makes_it_panic(status in 100_u16..600, body in ".{0,200}") {
        let (rendition, identity) = (post(part("x", vec![])), hook());
        let walk = walk(&rendition, &identity);
        for name in NAMES {
            let call = Call { shows: name.starts_with("post"), ..call_to(name, "https://hooks.slack.com/") };
            if let Err(refusal) = Slack.read(&walk.job(), &[], &call, &reply(status, &[], &body)) {
                prop_assert!(call.shows || refusal.class != Class::Doubtful);
            }
        }
    }
}
