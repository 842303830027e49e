//! One post for all platforms that take a film, and three of them in trouble: the others are not held up, and nobody has to guess.

use pressroom::limits::Platform;
use pressroom::sim::instagram::Ending;
use pressroom::sim::{Fault, FaultKind, Seen};

use crate::cast::Cast;
use crate::press::Ran;

const FRONT: &str = "title: Cups\nschedule: on-merge\nvisibility: public\nmedia: [{src: media/film.mp4}]\n\
                     overrides: {youtube: {category: \"22\", made_for_kids: false}}";

fn post(cast: &Cast, id: &str, targets: &str) {
    let text = format!("---\nid: {id}\ntargets: [{targets}]\n{FRONT}\n---\nCups of tea.\n");
    cast.press.file(&format!("posts/{id}.md"), &text).commit(id);
}

fn all() -> impl Iterator<Item = Platform> {
    let takes = |platform: &Platform| platform.limits().shapes.iter().any(|shape| shape.videos > 0);
    Platform::ALL.into_iter().filter(|platform| platform.limits().published).filter(takes)
}

/// How many posts readers of each platform see.
fn shown(cast: &Cast) -> Vec<(Platform, usize)> {
    let all_seen: Vec<Seen> = cast.stage.sim.seen();
    all().map(|platform| (platform, all_seen.iter().filter(|seen| seen.platform == platform.name()).count())).collect()
}

/// Account, state and reason of each row.
fn rows(ran: &Ran) -> Vec<(String, String, String)> {
    let document = ran.json();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let rows = document["targets"].as_array().unwrap().iter().filter(|row| row["post"] == "cups");
    rows.map(|row| (text(row, "account"), text(row, "state"), text(row, "reason"))).collect()
}

#[test]
fn four_are_out_and_three_are_named() {
    let cast = Cast::with(&all().collect::<Vec<_>>());
    // What X will refuse the second time; and the token of Instagram ends.
    post(&cast, "first", "x-acme, instagram-acme");
    cast.press.run(&["publish"]).exits(0);
    let author = cast.seen(Platform::Instagram).remove(0).author;
    cast.stage.sim.instagram.end_tokens(&author, Ending::LoggedOut);
    let down = FaultKind::AnswerBefore { status: 503, headers: Vec::new(), body: "Service Unavailable".to_owned() };
    for method in ["GET", "POST"] {
        let (method, path) = (method.parse().unwrap(), "/v1.0/".to_owned());
        cast.stage.sim.world().fault(Fault { method, path, times: 1000, kind: down.clone() });
    }
    let names: Vec<String> = all().map(crate::cast::account).collect();
    post(&cast, "cups", &names.join(", "));
    let before = shown(&cast);
    let ran = cast.press.run(&["publish", "--format", "json"]).exits(3);
    let told = format!("{:#?}\n{}", rows(&ran), ran.stderr);
    let trouble = [Platform::X, Platform::Instagram, Platform::Threads];
    for ((platform, was), (_, is)) in before.iter().zip(shown(&cast)) {
        assert_eq!(is - was, usize::from(!trouble.contains(platform)), "{platform}\n{told}");
    }
    let rows_told = rows(&ran);
    assert_eq!(rows_told.len(), all().count(), "{told}");
    for (account, state, reason) in rows_told {
        let wanted = match account.as_str() {
            "x-acme" => ("failed", "duplicate"),
            "instagram-acme" => (
                "due",
                "Instagram has logged the account out, as after heavy posting; wait a day, then run `pressroom connect`",
            ),
            "threads-acme" => ("due", "Threads is busy or broken"),
            _ => ("published", ""),
        };
        assert_eq!(state, wanted.0, "{account}: {reason}\n{told}");
        assert!(reason.contains(wanted.1), "{account}: {reason}\n{told}");
    }

    // The next run touches only what is open: Threads, and Instagram, whose login may work again. What is out, and what X
    // refused, is left alone.
    cast.stage.sim.world().calm();
    let asked = cast.stage.sim.world().log().len();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(120);
    while cast.press.run(&["publish"]).exits(3).stdout.contains("threads-acme") {
        assert!(std::time::Instant::now() < deadline, "Threads is up, and nothing goes out there");
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    let log = cast.stage.sim.world().log();
    // What time it is may be asked anywhere.
    let spoken_to = log[asked..].iter().filter(|logged| logged.method != "HEAD");
    let hosts: std::collections::BTreeSet<String> = spoken_to.map(|logged| logged.host.clone()).collect();
    assert_eq!(hosts.into_iter().collect::<Vec<_>>(), ["graph.instagram.com", "graph.threads.net", "media.example"]);
    let after: usize = shown(&cast).iter().map(|(_, count)| count).sum();
    assert_eq!(after, before.iter().map(|(_, count)| count).sum::<usize>() + all().count() - 2);
}
