//! Which causes are told, when, and in which words.

use insta::assert_snapshot;
use serde_json::json;

use super::*;

fn cause(key: &str, mark: &str) -> Cause {
    let (post, account) = key.split_once(':').unwrap();
    Cause {
        key: key.to_owned(),
        mark: mark.to_owned(),
        account: Some(account.to_owned()),
        post: Some(post.to_owned()),
        state: "failed",
        text: format!("{post} → {account}: X refused it <!channel> & @everyone"),
    }
}

fn at(day: u32) -> DateTime<Utc> {
    format!("2026-12-{day:02}T09:00:00Z").parse().unwrap()
}

#[test]
fn a_cause_is_told_once_until_it_changes_comes_back_or_grows_old() {
    let mut told = Told::default();
    let tell = |told: &mut Told, causes: &[Cause], day: u32| {
        let news = told.news("webhook", causes, at(day));
        let keys: Vec<String> = news.iter().map(|cause| cause.key.clone()).collect();
        told.note("webhook", &news, at(day));
        told.forget(causes, &[], true);
        *told = Told::read(&told.write());
        keys.join(" ")
    };
    let (tea, milk) = (cause("tea:x", "a"), cause("milk:x", "a"));
    assert_eq!(tell(&mut told, std::slice::from_ref(&tea), 1), "tea:x");
    assert_eq!(tell(&mut told, std::slice::from_ref(&tea), 2), "");
    assert_eq!(tell(&mut told, &[tea, milk], 3), "milk:x");
    assert_eq!(tell(&mut told, &[cause("tea:x", "b")], 4), "tea:x", "it changed");
    assert_eq!(tell(&mut told, &[], 5), "");
    assert_eq!(tell(&mut told, &[cause("tea:x", "b")], 6), "tea:x", "it came back");
    assert_eq!(tell(&mut told, &[cause("tea:x", "b")], 12), "");
    assert_eq!(tell(&mut told, &[cause("tea:x", "b")], 13), "tea:x", "it was told long ago");
    // Each way is told for itself: what could not be sent in one is tried again there alone.
    assert_eq!(told.news("email", &[cause("tea:x", "b")], at(13)).len(), 1);
}

#[test]
fn a_run_for_some_targets_forgets_no_others() {
    let mut told = Told::default();
    let causes = [cause("tea:x", "a"), cause("milk:x", "a")];
    told.note("webhook", &causes.iter().collect::<Vec<_>>(), at(1));
    let all = told.clone();
    let only = [Only { post: "tea".to_owned(), account: None }];
    told.forget(&[], &only, true);
    assert_eq!(told.news("webhook", &causes, at(2)).len(), 1);
    let mut whole = all;
    whole.forget(&[], &[], false);
    assert_eq!(whole.news("webhook", &causes, at(2)).len(), 0, "a run that broke off knows nothing");
    assert_eq!(Told::read(b"?"), Told::default());
}

/// A trace id, a date and a count in a platform's words make no other cause.
#[test]
fn what_differs_from_run_to_run_makes_no_other_cause() {
    assert_eq!(
        mark("LinkedIn answered 401: revoked, x-li-uuid AA1b"),
        mark("LinkedIn answered 401: revoked, x-li-uuid BB2c")
    );
    assert_ne!(mark("refused: too long"), mark("refused: a duplicate"));
}

#[test]
fn a_failure_is_told_unless_it_is_the_callers_own() {
    let failure = |kind| Failure::new(kind, "the branch is gone").cause("git said so").hint("put it back");
    assert_eq!(of_failure(&failure(Kind::Usage)), None);
    assert_eq!(of_failure(&failure(Kind::Claimed)), None);
    let cause = of_failure(&failure(Kind::Person)).unwrap();
    assert_eq!(cause.text, "the branch is gone\nbecause: git said so\nhint: put it back");
}

#[test]
fn the_words() {
    let causes = [cause("tea:acme-x", "a"), cause("mi\r\nlk:ann", "a")];
    let page = Some("https://github.com/acme/social/actions/runs/7");
    let notice = Notice { causes: causes.iter().collect(), place: "https://github.com/acme/social", page };
    assert_eq!(notice.subject(), "pressroom: tea → acme-x is failed, and 1 more");
    assert_snapshot!(notice.text(), @"
    tea → acme-x: X refused it <!channel> & @everyone
    mi
    lk → ann: X refused it <!channel> & @everyone

    Repository: https://github.com/acme/social
    Run: https://github.com/acme/social/actions/runs/7
    ");
    let one = Notice { causes: vec![&causes[0]], place: "social", page: None };
    assert_eq!(
        one.json(Shape::Slack),
        json!({ "text": "pressroom: tea → acme-x is failed\n\ntea → acme-x: X refused it &lt;!channel&gt; &amp; @everyone\n\nRepository: social\n" })
    );
    assert_eq!(
        one.json(Shape::Discord),
        json!({
            "content": "pressroom: tea → acme-x is failed\n\ntea → acme-x: X refused it <!channel> & @everyone\n\nRepository: social\n",
            "allowed_mentions": { "parse": [] },
        })
    );
    assert_eq!(
        one.json(Shape::Plain),
        json!({
            "schema": 1,
            "subject": "pressroom: tea → acme-x is failed",
            "text": "tea → acme-x: X refused it <!channel> & @everyone\n\nRepository: social\n",
            "repository": "social",
            "run_url": null,
            "causes": [{ "account": "acme-x", "post": "tea", "state": "failed", "text": "tea → acme-x: X refused it <!channel> & @everyone" }],
        })
    );
    let many = vec![&causes[0]; 500];
    let content = Notice { causes: many, ..one }.json(Shape::Discord)["content"].as_str().unwrap().chars().count();
    assert_eq!(content, 2_000);
}

#[test]
fn a_webhook_is_recognised_by_its_host() {
    for (host, path, shape) in [
        ("hooks.slack.com", "/services/T/B/x", Shape::Slack),
        ("discord.com", "/api/webhooks/1/x", Shape::Discord),
        ("discord.com", "/channels/1", Shape::Plain),
        ("hooks.slack.com.evil.example", "/services/T/B/x", Shape::Plain),
    ] {
        assert_eq!(Shape::of(host, path), shape, "{host}{path}");
    }
}
