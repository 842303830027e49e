//! Mastodon's adapter at snac, which knows a part of the API: what it leaves out is told, and nothing is out twice although it
//! passes over idempotency keys. Read back by Mastodon.py.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pressroom::limits::Platform;
use serde_json::Value;

use crate::cases::{Case, cases};
use crate::cast::{Cast, Ledger};
use crate::life;
use crate::rounds::Play;
use crate::snac::bytes;

const ROUNDS: u64 = 12;
const SHOWS: &str = "POST /api/v1/statuses";

/// What snac makes of a case where that is not what was asked for: what must be told of it, and what is seen nonetheless.
struct Less {
    case: &'static str,
    told: &'static [&'static str],
    seen: &'static [&'static str],
}

const LESS: &[Less] = &[
    Less { case: "text", told: &["its language is `en` and not `nl`"], seen: &[] },
    Less { case: "unlisted", told: &["its audience is `public` and not `unlisted`"], seen: &["\"public\""] },
    Less { case: "poll", told: &["it has no poll"], seen: &[] },
    Less { case: "hidden picture", told: &["its media are not hidden"], seen: &["A cup"] },
];

/// The case as it goes here; no program removes anything.
fn here(mut case: Case) -> Case {
    case.stays = true;
    if let Some(less) = LESS.iter().find(|less| less.case == case.name) {
        (case.lacks, case.signs) = (less.told, less.seen);
    }
    case
}

#[test]
fn every_kind_is_published_and_edited_and_what_is_left_out_is_told() {
    let cast = Cast::mastodon(Ledger::Here);
    post(&cast, "earlier", "", "Earlier.");
    let mut failed = Vec::new();
    for (number, case) in cases(Platform::Mastodon).into_iter().map(here).enumerate() {
        let played = catch_unwind(AssertUnwindSafe(|| {
            let id = format!("whole-{number}");
            let before = life::published(&cast, &case, &id);
            assert!(life::edited(&cast, &case, &id, &before), "{}: not edited", case.name);
            life::removed(&cast, &case, &id, &before);
        }));
        let less = if case.lacks.is_empty() { "as written".to_owned() } else { case.lacks.join(", ") };
        match played {
            Ok(()) => eprintln!("mastodon: {}: {less}", case.name),
            Err(_) => failed.push(case.name),
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

/// Publishes a post; how the client reads it.
fn post(cast: &Cast, id: &str, front: &str, body: &str) -> Value {
    let (snac, token) = cast.snac();
    let before = snac.posts(token);
    let front = format!("id: {id}\ntargets: [mastodon-acme]\nschedule: on-merge\n{front}");
    cast.press.file(&format!("posts/{id}.md"), &format!("---\n{front}---\n{body}\n")).commit(id);
    cast.press.run(&["publish"]).exits(0);
    let is_new = |post: &Value| before.iter().all(|old| old["id"] != post["id"]);
    snac.posts(token).into_iter().find(is_new).unwrap_or_else(|| panic!("{id} is not out"))
}

#[test]
fn texts_and_files_come_back_as_they_were_written() {
    let cast = Cast::mastodon(Ledger::Here);
    let front = "media: [{src: media/one.jpg, alt: \"A cup, \\\"full\\\" – 🫖\"}, {src: media/two.png, alt: A pot}]\n";
    let read = post(&cast, "tea", front, "Ünï & \\<tea> #leaf https://leaves.example/ö 🫖\n\nSecond paragraph.");
    for words in ["Ünï & <tea>", "https://leaves.example/ö", "🫖", "Second paragraph."] {
        assert!(read["content"].as_str().unwrap().contains(words), "{words}: {read:#}");
    }
    for (file, (name, alt)) in
        read["media"].as_array().unwrap().iter().zip([("one.jpg", "A cup, \"full\" – 🫖"), ("two.png", "A pot")])
    {
        let own = std::fs::read(cast.press.repo.join("media").join(name)).unwrap();
        assert!(*bytes(file) == *own, "{name}: other bytes");
        assert_eq!(file["alt"], alt);
    }
    // A later post with another picture leaves these as they are.
    post(&cast, "later", "media: [{src: media/wide.jpg, alt: A table}]\n", "Later.");
    let (snac, token) = cast.snac();
    assert_eq!(snac.posts(token)[0], read);
}

#[test]
fn a_login_in_the_browser_that_is_taken_back() {
    let cast = Cast::mastodon(Ledger::Here);
    let (snac, token) = cast.snac();
    assert_eq!(snac.answers(token), 200);
    cast.press.run(&["accounts", "refresh"]).exits(0);
    let limits = std::fs::read_to_string(cast.press.repo.join(".pressroom/servers/snac.test.json")).unwrap();
    for figure in ["really snac/2.75", "\"text_max\": 100000,", "\"media_max\": 4,"] {
        assert!(limits.contains(figure), "{figure}: {limits}");
    }
    let gone = cast.press.run(&["disconnect", "mastodon-acme"]).exits(0).stderr;
    assert!(gone.contains("Mastodon has revoked the token"), "{gone}");
    assert_ne!(snac.answers(token), 200);
}

#[test]
fn answers_lost() {
    let mut cast = Cast::mastodon(Ledger::Remote);
    cast.press
        .env
        .push(("PRESSROOM_TIMINGS".to_owned(), "lease=60,grace=1,request=8,settle=0.2,patience=20".to_owned()));
    let (_, figures) = play(&cast).lost(ROUNDS);
    eprintln!("mastodon: answers lost: {figures:#?}");
    figures.sent_once();
}

#[test]
fn killed() {
    let cast = Cast::mastodon(Ledger::Remote);
    let (_, figures) = play(&cast).killed(ROUNDS);
    eprintln!("mastodon: killed: {figures:#?}");
    figures.killed_enough(ROUNDS);
}

fn play(cast: &Cast) -> Play<'_> {
    let (snac, token) = cast.snac();
    let out = || {
        let listed = snac.listed(token).into_iter();
        listed.map(|(id, html)| (id, html.trim_start_matches("<p>").to_owned())).collect()
    };
    Play { cast, account: "mastodon-acme", shows: SHOWS, out: Box::new(out) }
}
