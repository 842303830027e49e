//! What platforms let an account publish: what exceeds it is held, with the instant it becomes free, and no platform is asked.

use std::time::Duration;

use pressroom::sim::x::{Endpoint, Per, Rate};
use serde_json::Value;

use crate::press::{Press, Ran};
use crate::scene::{Scene, until};

const DAY: Duration = Duration::from_secs(86_400);

/// X lets each account post so often in that time.
fn limit(scene: &Scene, max: u32, window: Duration) {
    scene.stage.sim.x.configure(|options| {
        options.rates = vec![Rate { endpoint: Endpoint::CreatePost, per: Per::User, max, window }];
    });
}

/// Account, action and reason of the rows that are not out, in the order they are done.
fn open(ran: &Ran) -> Vec<(String, String, String)> {
    let document = ran.json();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let rows = document["targets"].as_array().unwrap().iter().filter(|row| row["state"] != "published");
    rows.map(|row| (text(row, "post"), text(row, "action"), text(row, "reason"))).collect()
}

/// An instant so many hours from now, for `--at`.
fn in_hours(hours: i64) -> String {
    let now: chrono::DateTime<chrono::Utc> = std::time::SystemTime::now().into();
    (now + chrono::TimeDelta::hours(hours)).to_rfc3339()
}

fn actions(ran: &Ran) -> Vec<String> {
    open(ran).into_iter().map(|(post, action, _)| format!("{post} {action}")).collect()
}

#[test]
fn what_exceeds_a_days_posts_is_held_and_nothing_is_called() {
    let scene = Scene::new();
    limit(&scene, 3, DAY);
    scene.post("first", "acme-x", "First.");
    scene.press.run(&["publish"]).exits(0);
    // What X said stands in the ledger.
    let said = scene.ledger("first").pop().unwrap()["allowances"].clone();
    assert_eq!((&said[0]["of"], &said[0]["most"], &said[0]["left"]), (&"posts a day".into(), &3.into(), &2.into()));

    for id in ["b", "c", "d", "e"] {
        scene.post(id, "acme-x, ann", &format!("This is {id}."));
    }
    // Another machine knows it, too.
    let address = scene.remote.to_str().unwrap();
    let clone: Press = scene.press.clone_of(address, "other");
    for press in [&scene.press, &clone] {
        let plan = press.run(&["plan", "--format", "json"]).exits(4);
        let on_x: Vec<_> = open(&plan).into_iter().filter(|(.., reason)| !reason.is_empty()).collect();
        assert_eq!(on_x.iter().map(|(post, ..)| post.as_str()).collect::<Vec<_>>(), ["d", "e"], "{}", plan.stdout);
        for (_, action, reason) in on_x {
            assert!(action.is_empty() && reason.starts_with("0 of 3 posts a day left; free at "), "{reason}");
        }
        let document = plan.json();
        let budgets = document["budgets"].as_array().unwrap();
        let day = budgets.iter().find(|budget| budget["what"] == "posts a day").unwrap();
        assert_eq!((&day["account"], &day["limit"], &day["left"]), (&"acme-x".into(), &3.into(), &2.into()), "{day}");
        assert_eq!(day["until"], said[0]["until"]);
        let text = press.run(&["plan"]).exits(4).stdout;
        let told = "acme-x: 2 of 3 posts a day left; 2 of them go now, 2 posts wait for more. More from ";
        assert!(text.contains(told), "{text}");
    }

    scene.press.run(&["publish"]).exits(4);
    assert_eq!(scene.requests("POST", "/2/tweets"), 3);
    assert_eq!(scene.shown("linkedin", "This is").len(), 4);
    // A run with nothing but held posts asks X for nothing at all.
    let asked = scene.stage.sim.world().log().len();
    scene.press.run(&["publish"]).exits(4);
    assert_eq!(scene.stage.sim.world().log().len(), asked);

    // They go once the day is over, by the plan, and not an hour before.
    let day = [in_hours(2), in_hours(23)];
    for hour in day {
        assert_eq!(actions(&scene.press.run(&["plan", "--at", &hour, "--format", "json"])), ["d ", "e "]);
    }
    let later = scene.press.run(&["plan", "--at", &in_hours(25), "--format", "json"]).exits(0);
    assert!(open(&later).iter().all(|(_, action, _)| !action.is_empty()), "{}", later.stdout);
}

/// A limit that a run meets by itself: the first post tells that nothing is left, and the others are not tried.
#[test]
fn a_limit_met_on_the_way_spares_the_other_posts() {
    let scene = Scene::new();
    limit(&scene, 1, Duration::from_secs(15));
    for id in ["a", "b", "c"] {
        scene.post(id, "acme-x, ann", &format!("This is {id}."));
    }
    let ran = scene.press.run(&["publish", "--format", "json"]).exits(4);
    let on_x: Vec<_> = open(&ran).into_iter().map(|(post, _, reason)| format!("{post}: {reason}")).collect();
    assert_eq!(on_x.len(), 2, "{}", ran.stdout);
    let words = "acme-x has 0 posts in 15 minutes left; again in ";
    assert!(on_x.iter().all(|row| row.contains(words)), "{on_x:?}");
    assert_eq!(scene.requests("POST", "/2/tweets"), 1);
    assert_eq!(scene.shown("linkedin", "This is").len(), 3);

    // One in each window.
    until("all are out", || {
        std::thread::sleep(Duration::from_secs(2));
        scene.press.run(&["publish"]).code == 0
    });
    assert_eq!(scene.shown("x", "This is").len(), 3);
    // X tells whole seconds: none is sent in the last one of a window, which would be refused.
    assert_eq!(scene.requests("POST", "/2/tweets"), 3);
}

/// A login that is no longer good ends the turn of its account: the other account's posts go out, and the account's own are
/// given back, each without a call of its own.
#[test]
fn a_401_marks_the_account_and_spares_its_posts() {
    let scene = Scene::new();
    let refused = pressroom::sim::FaultKind::AnswerBefore {
        status: 401,
        headers: Vec::new(),
        body: r#"{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}"#.to_owned(),
    };
    scene.fault("POST", "/2/tweets", 1, refused);
    for id in ["a", "b", "c"] {
        scene.post(id, "acme-x, ann", &format!("This is {id}."));
    }
    scene.press.run(&["publish"]).exits(3);
    assert_eq!(scene.requests("POST", "/2/tweets"), 1);
    assert_eq!((scene.shown("linkedin", "This is").len(), scene.shown("x", "This is").len()), (3, 0));
    for id in ["a", "b", "c"] {
        let on_x = scene.ledger(id).into_iter().filter(|line| line["target"] == "x:acme-x");
        let kinds: Vec<String> = on_x.map(|line| line["ev"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds, ["claimed", "released"], "{id}");
    }
    scene.press.run(&["publish"]).exits(0);
    assert_eq!(scene.shown("x", "This is").len(), 3);
}
