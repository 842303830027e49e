//! Bluesky's adapter at Bluesky's own server, read back by the protocol's own client.

use pressroom::limits::Platform;
use serde_json::{Value, json};

use crate::cases::cases;
use crate::cast::{Cast, Ledger};
use crate::life;
use crate::pds::{FRIEND, bytes};
use crate::rounds::{Play, Post};

const ROUNDS: u64 = 100;
const SHOWS: &str = "POST /xrpc/com.atproto.repo.putRecord";

#[test]
fn every_kind_is_published_edited_and_removed() {
    let cast = Cast::bluesky(Ledger::Here);
    earlier(&cast);
    for (number, case) in cases(Platform::Bluesky).iter().enumerate() {
        let id = format!("whole-{number}");
        let before = life::published(&cast, case, &id);
        assert!(!life::edited(&cast, case, &id, &before), "{}", case.name);
        life::removed(&cast, case, &id, &before);
        eprintln!("bluesky: {}: as written", case.name);
    }
}

/// What other posts answer and quote.
fn earlier(cast: &Cast) {
    post(cast, "earlier", "", "Earlier.");
}

/// Publishes a post; how the client reads its parts.
fn post(cast: &Cast, id: &str, front: &str, body: &str) -> Vec<Value> {
    let before = cast.pds().posts().len();
    let front = format!("id: {id}\ntargets: [bluesky-acme]\nschedule: on-merge\n{front}");
    cast.press.file(&format!("posts/{id}.md"), &format!("---\n{front}---\n{body}\n")).commit(id);
    cast.press.run(&["publish"]).exits(0);
    cast.pds().posts().split_off(before)
}

/// Where each span of a text leads.
fn spans(post: &Value) -> Vec<(String, String)> {
    let target = |part: &Value| {
        let to =
            ["link", "mention", "tag"].into_iter().find_map(|kind| Some(format!("{kind} {}", part[kind].as_str()?)));
        (part["text"].as_str().unwrap().to_owned(), to.unwrap_or_default())
    };
    post["segments"].as_array().unwrap().iter().map(target).collect()
}

#[test]
fn what_leads_somewhere_leads_there_for_the_official_client() {
    let cast = Cast::bluesky(Ledger::Here);
    let body = format!(
        "👨‍👩‍👧‍👧 Ünï [leaves & tea](https://leaves.example/ö?a=b) with @{FRIEND}, see (https://tea.example/a_(b)) #茶 #tea."
    );
    let read = post(&cast, "spans", "lang: de\ntags: [leaf, cup]\n", &body);
    let friend = format!("mention {}", cast.pds().friend);
    let expected = [
        ("👨‍👩‍👧‍👧 Ünï ", ""),
        ("leaves & tea", "link https://leaves.example/ö?a=b"),
        (" with ", ""),
        (&*format!("@{FRIEND}"), &*friend),
        (", see (", ""),
        ("https://tea.example/a_(b)", "link https://tea.example/a_(b)"),
        (") ", ""),
        ("#茶", "tag 茶"),
        (" ", ""),
        ("#tea", "tag tea"),
        (".", ""),
    ];
    assert_eq!(spans(&read[0]), expected.map(|(text, to)| (text.to_owned(), to.to_owned())));
    assert_eq!((&read[0]["langs"], &read[0]["tags"]), (&json!(["de"]), &json!(["leaf", "cup"])));
    // Where nothing but the text says what leads somewhere, the app finds the same spans.
    let plain = format!("é bsky.app/x, https://a.example/b. (@{FRIEND}) #a#b #1 ##c 🫖 #🫖! @nobody e.g. #d_");
    let read = &post(&cast, "plain", "", &plain)[0];
    assert_eq!(read["marked"], read["detected"], "{read:#}");
    assert_eq!(read["marked"].as_array().unwrap().len(), 7);
    let count = cast.press.run(&["count", "posts/spans.md"]).exits(0).stdout;
    assert!(count.contains(&format!(" {} / 300", cast.pds().posts()[0]["graphemes"])), "{count}");
}

#[test]
fn files_come_back_byte_for_byte() {
    let cast = Cast::bluesky(Ledger::Here);
    let alt = "A cup, \\\"full\\\" – 🫖\\n\\nsecond line";
    let front = format!(
        "media: [{{src: media/one.jpg, alt: \"{alt}\"}}, {{src: media/two.png, alt: A pot}}, media/wide.jpg]\n"
    );
    let read = &post(&cast, "pictures", &front, "Three.")[0];
    let files = read["media"].as_array().unwrap();
    let alts: Vec<&str> = files.iter().map(|file| file["alt"].as_str().unwrap()).collect();
    assert_eq!(alts, ["A cup, \"full\" – 🫖\n\nsecond line", "A pot", ""]);
    let mut sent = vec![("one.jpg", "image/jpeg"), ("two.png", "image/png"), ("wide.jpg", "image/jpeg")];
    for (file, (name, mime)) in files.iter().zip(&sent) {
        same(&cast, file, name, mime);
        let (bytes, ratio) = (bytes(file), &file["ratio"]);
        let size = imagesize::blob_size(&bytes).unwrap();
        assert_eq!(
            (ratio["width"].as_u64(), ratio["height"].as_u64()),
            (Some(size.width as u64), Some(size.height as u64))
        );
    }
    sent.clear();
    let front = "lang: en\nmedia: [{src: media/film.mp4, alt: Steam, captions: media/film.en.vtt}]\n";
    let film = &post(&cast, "film", front, "A film.")[0]["media"][0];
    same(&cast, film, "film.mp4", "video/mp4");
    assert_eq!((&film["alt"], &film["ratio"]), (&json!("Steam"), &json!({"width": 720, "height": 1280})));
    same(&cast, &film["captions"][0], "film.en.vtt", "text/vtt");
    let front = "title: Leaves\nlink: https://media.example/page\nmedia: [{src: media/wide.jpg}]\n";
    let card = &post(&cast, "card", front, "A card.")[0];
    assert_eq!(
        (&card["card"]["uri"], &card["card"]["title"]),
        (&json!("https://media.example/page"), &json!("Leaves"))
    );
    same(&cast, &card["media"][0], "wide.jpg", "image/jpeg");
}

/// A file as the server gives it is the one of the repository.
#[track_caller]
fn same(cast: &Cast, file: &Value, name: &str, mime: &str) {
    let own = std::fs::read(cast.press.repo.join("media").join(name)).unwrap();
    assert!(*bytes(file) == *own, "{name}: other bytes");
    assert_eq!(file["mime"], mime, "{name}");
    assert!(file["served"].as_str().unwrap().starts_with(mime), "{name}: {}", file["served"]);
}

#[test]
fn threads_answers_and_quotes_name_posts_as_they_are() {
    let cast = Cast::bluesky(Ledger::Here);
    earlier(&cast);
    let thread = post(&cast, "thread", "thread: true\nreply_to: earlier\n", "One.\n\n---\n\nTwo.\n\n---\n\nThree.");
    let quote = post(&cast, "quote", "quote_of: thread\nmedia: [{src: media/one.jpg, alt: A cup}]\n", "Quoted.");
    let all = cast.pds().posts();
    let strong = |post: &Value| json!({"uri": post["uri"], "cid": post["cid"]});
    let root = strong(&all[0]);
    for (part, parent) in thread.iter().zip([&all[0], &thread[0], &thread[1]]) {
        assert_eq!((&part["root"], &part["parent"]), (&root, &strong(parent)));
    }
    assert_eq!((&quote[0]["quotes"], &quote[0]["media"][0]["alt"]), (&strong(&thread[0]), &json!("A cup")));
}

#[test]
fn sessions_are_refreshed_and_ended() {
    let cast = Cast::bluesky(Ledger::Here);
    let press = &cast.press;
    let wrong =
        press.run_with(&["connect", "bluesky-acme", "--token-stdin"], "ann.test\nzzzz-zzzz-zzzz-zzzz\n").exits(3);
    assert!(
        wrong.stderr.contains("does not take this handle and password (`AuthenticationRequired`)"),
        "{}",
        wrong.stderr
    );
    let sessions = || cast.proxy.seen("POST /xrpc/com.atproto.server.createSession");
    let before = sessions();
    for _ in 0..3 {
        press.run(&["accounts", "refresh"]).exits(0);
    }
    assert_eq!(cast.proxy.seen("POST /xrpc/com.atproto.server.refreshSession"), 3);
    post(&cast, "tea", "", "Tea.");
    assert_eq!(sessions(), before, "a session that can be refreshed is not opened anew");
    let gone = press.run(&["disconnect", "bluesky-acme"]).exits(0).stderr;
    assert!(gone.contains("bluesky-acme is disconnected"), "{gone}");
    assert_eq!(cast.proxy.seen("POST /xrpc/com.atproto.server.deleteSession"), 1);
    // What ends a session is its refresh token, which then opens nothing any more.
    assert_eq!(cast.pds().refreshes(&cast.proxy.token().unwrap()), 400);
}

/// By OAuth, with tokens that are bound to a key: every request is proved, and the server wants a nonce of its own in the proof.
#[test]
fn a_login_in_the_browser_publishes_is_refreshed_and_taken_back() {
    let cast = Cast::bluesky_by_browser();
    let front = "media: [{src: media/one.jpg, alt: A cup}]\noverrides: {bluesky: {threadgate: nobody}}\n";
    let read = post(&cast, "tea", front, &format!("Tea with @{FRIEND}."));
    assert_eq!(read.len(), 1);
    assert_eq!(spans(&read[0])[1], (format!("@{FRIEND}"), format!("mention {}", cast.pds().friend)));
    assert_eq!((read[0]["media"][0]["alt"].as_str(), &read[0]["allow"]), (Some("A cup"), &json!([])));
    let press = &cast.press;
    for _ in 0..2 {
        press.run(&["accounts", "refresh"]).exits(0);
    }
    let thread = post(&cast, "thread", "thread: true\n", "One.\n\n---\n\nTwo.");
    assert_eq!(thread.len(), 2);
    let gone = press.run(&["disconnect", "bluesky-acme"]).exits(0).stderr;
    assert!(gone.contains("bluesky-acme is disconnected"), "{gone}");
    // Once more where the server wants a newer nonce.
    assert!(matches!(cast.proxy.seen("POST /oauth/revoke"), 1 | 2));
    assert_eq!(cast.proxy.seen("POST /xrpc/com.atproto.server.createSession"), 0);
}

#[test]
fn killed_a_hundred_times() {
    let cast = Cast::bluesky(Ledger::Remote);
    let (posts, figures) = play(&cast).killed(ROUNDS);
    eprintln!("bluesky: killed: {figures:#?}");
    figures.killed_enough(ROUNDS);
    read_back(&cast, &posts);
}

#[test]
fn a_hundred_answers_lost() {
    let mut cast = Cast::bluesky(Ledger::Remote);
    cast.press
        .env
        .push(("PRESSROOM_TIMINGS".to_owned(), "lease=60,grace=1,request=8,settle=0.1,patience=20".to_owned()));
    let (posts, figures) = play(&cast).lost(ROUNDS);
    eprintln!("bluesky: answers lost: {figures:#?}");
    figures.sent_once();
    read_back(&cast, &posts);
}

fn play(cast: &Cast) -> Play<'_> {
    let out = || {
        let text = |record: Value| record["text"].as_str().unwrap().to_owned();
        cast.pds().listed().into_iter().map(|(uri, record)| (uri, text(record))).collect()
    };
    Play { cast, account: "bluesky-acme", shows: SHOWS, out: Box::new(out) }
}

/// The official client reads each text once, and no other.
fn read_back(cast: &Cast, posts: &[Post]) {
    let read = cast.pds().posts();
    let texts: Vec<&String> = posts.iter().flat_map(|post| &post.parts).collect();
    assert_eq!(read.len(), texts.len());
    for text in texts {
        let same = read.iter().filter(|read| read["text"].as_str().unwrap().starts_with(text.as_str()));
        assert_eq!(same.count(), 1, "{text}");
    }
}
