//! Lines fold to a stand: the table of lawful steps, files that cannot be trusted, and what no order of lines may do.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::limits::Platform;

const POST: &str = "tea";
const TARGET: &str = "x:acme-x";
/// Two claims, by number.
const OURS: u128 = 0xa;
const OTHER: u128 = 0xb;

/// A ledger line; `fields` adds to it or changes it.
fn line(id: u128, claim: Option<u128>, fields: &Value) -> String {
    let mut line = json!({
        "v": 1,
        "id": Uuid::from_u128(id),
        "t": "2026-12-01T08:00:00Z",
        "post": POST,
        "target": TARGET,
        "run": claim.map_or("person".to_owned(), |claim| format!("run-{claim:x}")),
    });
    let object = line.as_object_mut().unwrap();
    object.extend(claim.map(|claim| ("claim".to_owned(), json!(Uuid::from_u128(claim)))));
    object.extend(fields.as_object().unwrap().clone());
    line.to_string()
}

/// What a line of each name says, and under which claim.
fn named(name: &str) -> (Option<u128>, Value) {
    let later = "2026-12-01T09:00:00Z";
    let receipt = |id: &str| json!({ "id": id, "url": format!("https://x.com/acme/status/{id}"), "at": later, "via": "response" });
    let (name, claim) = match name.strip_suffix(" (other)") {
        Some(name) => (name, Some(OTHER)),
        None => (name, Some(OURS)),
    };
    let person = None;
    match name {
        "claimed" => (claim, json!({ "ev": "claimed", "exp": later, "epoch": 1, "fp": "0f", "src": "c0ffee" })),
        "edit claimed" => (claim, json!({ "ev": "claimed", "exp": later, "aim": "edit", "fp": "1f" })),
        "removal claimed" => (claim, json!({ "ev": "claimed", "exp": later, "aim": "remove" })),
        "noted" => (person, json!({ "ev": "noted", "on_remove": "delete" })),
        "slotted" => (person, json!({ "ev": "slotted", "at": later })),
        "takes over" => (Some(OTHER), json!({ "ev": "claimed", "exp": later, "takes_over": Uuid::from_u128(OURS) })),
        "renewed" => (claim, json!({ "ev": "renewed", "exp": "2026-12-01T10:00:00Z" })),
        "prepared" => (claim, json!({ "ev": "prepared", "step": "image 1", "data": { "media_id": "5" } })),
        "part 1" => (claim, json!({ "ev": "part", "index": 0, "of": 2, "receipt": receipt("7") })),
        "another part 1" => (claim, json!({ "ev": "part", "index": 0, "of": 2, "receipt": receipt("8") })),
        "published" => (claim, json!({ "ev": "published", "receipt": receipt("7") })),
        "published anew" => (claim, json!({ "ev": "published", "receipt": receipt("8") })),
        "failed" => {
            (claim, json!({ "ev": "failed", "class": "content", "code": "186", "msg": "no", "retry": "human" }))
        }
        "in doubt" => {
            (claim, json!({ "ev": "in_doubt", "index": 0, "why": "no answer", "sent_at": later, "not_before": later }))
        }
        "found" => (
            claim,
            json!({ "ev": "resolved", "as": "published", "index": 0, "of": 1, "by": LOOK_UP, "evidence": "", "receipt": receipt("7") }),
        ),
        "not found" => {
            (claim, json!({ "ev": "resolved", "as": "absent", "index": 0, "of": 1, "by": LOOK_UP, "evidence": "" }))
        }
        "absent" => (
            person,
            json!({ "ev": "resolved", "as": "absent", "index": 0, "of": 1, "by": "Ann", "evidence": "she looked" }),
        ),
        "released" => (claim, json!({ "ev": "released" })),
        "given back" => (claim, json!({ "ev": "released", "retry_at": later })),
        "retried" => (person, json!({ "ev": "released", "by": "Ann" })),
        "updated" => {
            let parts = json!({ "0": receipt("9") });
            (claim, json!({ "ev": "updated", "receipt": receipt("9"), "parts": parts, "fp": "1f" }))
        }
        "deleted" => (claim, json!({ "ev": "deleted" })),
        "missed" => (person, json!({ "ev": "missed", "due": "2026-11-30T08:00:00Z" })),
        "cancelled" => (person, json!({ "ev": "cancelled", "by": "Ann" })),
        "adopted" => (person, json!({ "ev": "adopted", "receipt": receipt("7"), "by": "Ann", "fp": "2f" })),
        "accepted" => (person, json!({ "ev": "accepted", "by": "Ann", "sum": "0123456789abcdef", "target": "" })),
        "baseline" => (person, json!({ "ev": "baseline" })),
        name => panic!("no line is called {name}"),
    }
}

/// A file of named lines, separated by commas.
fn file(names: &str) -> String {
    let lines = names.split(", ").filter(|name| !name.is_empty()).map(named);
    lines.zip(1..).map(|((claim, fields), id)| line(id, claim, &fields) + "\n").collect()
}

fn fold(content: &str) -> Result<Stand, String> {
    fold_target(&path(), content, &PostId::new(POST), &key())
}

fn path() -> String {
    entry::path(&PostId::new(POST))
}

fn key() -> TargetKey {
    TargetKey::new(Platform::X, "acme-x")
}

/// Where a target stands, in a line: `failed, claimed by a, 1 made, 1 doubt, shown 7`.
fn tell(stand: &Stand) -> String {
    let mut words = vec![match &stand.word {
        Word::Waiting { .. } => "waiting".to_owned(),
        Word::Published { receipt } => format!("published {}", receipt.id),
        word => word.name().to_owned(),
    }];
    words
        .extend(stand.claim.as_ref().map(|claim| format!("claimed by {} until {}", claim.run, claim.exp.format("%H"))));
    words.extend(stand.steps.iter().map(|step| match step {
        Step::Made { name, .. } => format!("made {name}"),
        Step::Shown { part, receipt } => format!("shown {part} as {}", receipt.id),
        Step::Doubt { part, .. } => format!("doubt {part}"),
        Step::Absent { part, .. } => format!("absent {part}"),
    }));
    words.extend(stand.change.as_ref().map(|change| {
        let refused = change.refused.as_ref().map_or(String::new(), |(why, _)| format!(" refused: {why}"));
        let made: String = change.steps.iter().map(|_| " one step made").collect();
        format!("{:?}{made}{refused}", change.aim).to_lowercase()
    }));
    words.extend((stand.on_remove == OnRemove::Delete).then(|| "goes with its post".to_owned()));
    words.join(", ")
}

/// Every kind of line after every word, with and without a claim. A cell is what follows, or why it must not.
/// The post may be gone by the time somebody learns that it came out.
#[test]
fn a_claim_says_what_is_to_become_of_its_post() {
    let claimed = |wish: Value| {
        let mut fields = json!({ "ev": "claimed", "exp": "2026-12-01T09:00:00Z" });
        fields.as_object_mut().unwrap().extend(wish.as_object().unwrap().clone());
        line(1, Some(OURS), &fields)
    };
    let noted = line(2, None, &json!({ "ev": "noted", "on_remove": "keep" }));
    let (post, target) = (PostId::new(POST), TargetKey::new(Platform::X, "acme-x"));
    let wish = |lines: &[&str]| {
        let path = entry::path(&post);
        fold_target(&path, &(lines.join("\n") + "\n"), &post, &target).unwrap().on_remove
    };
    let delete = claimed(json!({ "on_remove": "delete" }));
    assert_eq!(wish(&[&claimed(json!({}))]), OnRemove::Keep);
    assert_eq!(wish(&[&delete]), OnRemove::Delete);
    assert_eq!(wish(&[&delete, &noted]), OnRemove::Keep);
}

#[test]
fn the_table_of_lawful_steps() {
    let stands = [
        ("nothing", ""),
        ("claimed", "claimed"),
        ("failed", "claimed, failed"),
        ("waiting", "claimed, given back"),
        ("published", "claimed, published"),
        ("being edited", "claimed, published, edit claimed"),
        ("edit refused", "claimed, published, edit claimed, failed"),
        ("being removed", "claimed, published, removal claimed"),
        ("removed", "claimed, published, deleted"),
        ("missed", "missed"),
        ("cancelled", "cancelled"),
    ];
    let lines = [
        "claimed",
        "takes over",
        "edit claimed",
        "removal claimed",
        "renewed",
        "renewed (other)",
        "prepared",
        "part 1",
        "published",
        "published anew",
        "failed",
        "failed (other)",
        "in doubt",
        "found",
        "not found",
        "absent",
        "released",
        "released (other)",
        "given back",
        "retried",
        "updated",
        "deleted",
        "noted",
        "missed",
        "cancelled",
        "adopted",
        "baseline",
    ];
    let mut table = String::new();
    for (word, before) in stands {
        table.push_str(&format!("{word}\n"));
        for name in lines {
            let all = if before.is_empty() { name.to_owned() } else { format!("{before}, {name}") };
            let cell = match fold(&file(&all)) {
                Ok(stand) => tell(&stand),
                Err(why) => format!("! {}", why.rsplit_once("jsonl:").unwrap().1),
            };
            table.push_str(&format!("    {name}: {cell}\n"));
        }
    }
    insta::assert_snapshot!(table, @"
    nothing
        claimed: open, claimed by run-a until 09
        takes over: ! 1: claimed while another run held the claim
        edit claimed: ! 1: claimed while it was open
        removal claimed: ! 1: claimed while it was open
        renewed: open
        renewed (other): open
        prepared: open, made image 1
        part 1: open, shown 0 as 7
        published: published 7
        published anew: published 8
        failed: open
        failed (other): open
        in doubt: open, doubt 0
        found: published 7, shown 0 as 7
        not found: open, absent 0
        absent: open
        released: open
        released (other): open
        given back: open
        retried: open
        updated: ! 1: updated while it was open
        deleted: ! 1: deleted while it was open
        noted: open, goes with its post
        missed: missed
        cancelled: cancelled
        adopted: published 7
        baseline: ! 1: a baseline among a post's entries
    claimed
        claimed: ! 2: claimed while another run held the claim
        takes over: open, claimed by run-b until 09
        edit claimed: ! 2: claimed while it was open
        removal claimed: ! 2: claimed while it was open
        renewed: open, claimed by run-a until 10
        renewed (other): open, claimed by run-a until 09
        prepared: open, claimed by run-a until 09, made image 1
        part 1: open, claimed by run-a until 09, shown 0 as 7
        published: published 7
        published anew: published 8
        failed: failed
        failed (other): open, claimed by run-a until 09
        in doubt: open, claimed by run-a until 09, doubt 0
        found: published 7, shown 0 as 7
        not found: open, claimed by run-a until 09, absent 0
        absent: open
        released: open
        released (other): open, claimed by run-a until 09
        given back: waiting
        retried: open
        updated: ! 2: updated while it was open
        deleted: ! 2: deleted while it was open
        noted: open, claimed by run-a until 09, goes with its post
        missed: ! 2: missed after it was open
        cancelled: cancelled
        adopted: published 7
        baseline: ! 2: a baseline among a post's entries
    failed
        claimed: open, claimed by run-a until 09
        takes over: ! 3: claimed while another run held the claim
        edit claimed: ! 3: claimed while it was failed
        removal claimed: ! 3: claimed while it was failed
        renewed: failed
        renewed (other): failed
        prepared: failed, made image 1
        part 1: failed, shown 0 as 7
        published: published 7
        published anew: published 8
        failed: failed
        failed (other): failed
        in doubt: failed, doubt 0
        found: published 7, shown 0 as 7
        not found: failed, absent 0
        absent: open
        released: failed
        released (other): failed
        given back: failed
        retried: open
        updated: ! 3: updated while it was failed
        deleted: ! 3: deleted while it was failed
        noted: failed, goes with its post
        missed: missed
        cancelled: cancelled
        adopted: published 7
        baseline: ! 3: a baseline among a post's entries
    waiting
        claimed: open, claimed by run-a until 09
        takes over: ! 3: claimed while another run held the claim
        edit claimed: ! 3: claimed while it was open
        removal claimed: ! 3: claimed while it was open
        renewed: waiting
        renewed (other): waiting
        prepared: waiting, made image 1
        part 1: waiting, shown 0 as 7
        published: published 7
        published anew: published 8
        failed: waiting
        failed (other): waiting
        in doubt: waiting, doubt 0
        found: published 7, shown 0 as 7
        not found: waiting, absent 0
        absent: open
        released: waiting
        released (other): waiting
        given back: waiting
        retried: open
        updated: ! 3: updated while it was open
        deleted: ! 3: deleted while it was open
        noted: waiting, goes with its post
        missed: missed
        cancelled: cancelled
        adopted: published 7
        baseline: ! 3: a baseline among a post's entries
    published
        claimed: ! 3: claimed while it was published
        takes over: ! 3: claimed while it was published
        edit claimed: published 7, claimed by run-a until 09, edit
        removal claimed: published 7, claimed by run-a until 09, remove
        renewed: published 7
        renewed (other): published 7
        prepared: published 7, made image 1
        part 1: published 7
        published: published 7
        published anew: ! 3: published twice: https://x.com/acme/status/7 and https://x.com/acme/status/8
        failed: published 7
        failed (other): published 7
        in doubt: published 7
        found: published 7
        not found: published 7, absent 0
        absent: published 7
        released: published 7
        released (other): published 7
        given back: published 7
        retried: ! 3: released after it was published
        updated: published 9
        deleted: removed
        noted: published 7, goes with its post
        missed: ! 3: missed after it was published
        cancelled: ! 3: cancelled after it was published
        adopted: published 7
        baseline: ! 3: a baseline among a post's entries
    being edited
        claimed: ! 4: claimed while it was published
        takes over: ! 4: claimed while it was published
        edit claimed: ! 4: claimed while another run held the claim
        removal claimed: ! 4: claimed while another run held the claim
        renewed: published 7, claimed by run-a until 10, edit
        renewed (other): published 7, claimed by run-a until 09, edit
        prepared: published 7, claimed by run-a until 09, edit one step made
        part 1: published 7, claimed by run-a until 09, edit one step made
        published: published 7, claimed by run-a until 09, edit
        published anew: ! 4: published twice: https://x.com/acme/status/7 and https://x.com/acme/status/8
        failed: published 7, edit refused: no
        failed (other): published 7, claimed by run-a until 09, edit
        in doubt: published 7, claimed by run-a until 09, edit
        found: published 7, claimed by run-a until 09, edit
        not found: published 7, claimed by run-a until 09, absent 0, edit
        absent: published 7, edit
        released: published 7, edit
        released (other): published 7, claimed by run-a until 09, edit
        given back: published 7, edit
        retried: published 7
        updated: published 9
        deleted: removed
        noted: published 7, claimed by run-a until 09, edit, goes with its post
        missed: ! 4: missed after it was published
        cancelled: ! 4: cancelled after it was published
        adopted: published 7, claimed by run-a until 09, edit
        baseline: ! 4: a baseline among a post's entries
    edit refused
        claimed: ! 5: claimed while it was published
        takes over: ! 5: claimed while it was published
        edit claimed: published 7, claimed by run-a until 09, edit
        removal claimed: published 7, claimed by run-a until 09, remove
        renewed: published 7, edit refused: no
        renewed (other): published 7, edit refused: no
        prepared: published 7, made image 1, edit refused: no
        part 1: published 7, edit refused: no
        published: published 7, edit refused: no
        published anew: ! 5: published twice: https://x.com/acme/status/7 and https://x.com/acme/status/8
        failed: published 7, edit refused: no
        failed (other): published 7, edit refused: no
        in doubt: published 7, edit refused: no
        found: published 7, edit refused: no
        not found: published 7, absent 0, edit refused: no
        absent: published 7, edit refused: no
        released: published 7, edit refused: no
        released (other): published 7, edit refused: no
        given back: published 7, edit refused: no
        retried: published 7
        updated: published 9
        deleted: removed
        noted: published 7, edit refused: no, goes with its post
        missed: ! 5: missed after it was published
        cancelled: ! 5: cancelled after it was published
        adopted: published 7, edit refused: no
        baseline: ! 5: a baseline among a post's entries
    being removed
        claimed: ! 4: claimed while it was published
        takes over: ! 4: claimed while it was published
        edit claimed: ! 4: claimed while another run held the claim
        removal claimed: ! 4: claimed while another run held the claim
        renewed: published 7, claimed by run-a until 10, remove
        renewed (other): published 7, claimed by run-a until 09, remove
        prepared: published 7, claimed by run-a until 09, remove one step made
        part 1: published 7, claimed by run-a until 09, remove one step made
        published: published 7, claimed by run-a until 09, remove
        published anew: ! 4: published twice: https://x.com/acme/status/7 and https://x.com/acme/status/8
        failed: published 7, remove refused: no
        failed (other): published 7, claimed by run-a until 09, remove
        in doubt: published 7, claimed by run-a until 09, remove
        found: published 7, claimed by run-a until 09, remove
        not found: published 7, claimed by run-a until 09, absent 0, remove
        absent: published 7, remove
        released: published 7, remove
        released (other): published 7, claimed by run-a until 09, remove
        given back: published 7, remove
        retried: published 7
        updated: published 9
        deleted: removed
        noted: published 7, claimed by run-a until 09, remove, goes with its post
        missed: ! 4: missed after it was published
        cancelled: ! 4: cancelled after it was published
        adopted: published 7, claimed by run-a until 09, remove
        baseline: ! 4: a baseline among a post's entries
    removed
        claimed: ! 4: claimed while it was removed
        takes over: ! 4: claimed while it was removed
        edit claimed: ! 4: claimed while it was removed
        removal claimed: ! 4: claimed while it was removed
        renewed: removed
        renewed (other): removed
        prepared: removed, made image 1
        part 1: removed, shown 0 as 7
        published: removed
        published anew: removed
        failed: removed
        failed (other): removed
        in doubt: removed
        found: removed, shown 0 as 7
        not found: removed, absent 0
        absent: removed
        released: removed
        released (other): removed
        given back: removed
        retried: ! 4: released after it was removed
        updated: removed
        deleted: removed
        noted: removed, goes with its post
        missed: ! 4: missed after it was removed
        cancelled: ! 4: cancelled after it was removed
        adopted: published 7
        baseline: ! 4: a baseline among a post's entries
    missed
        claimed: ! 2: claimed while it was missed
        takes over: ! 2: claimed while it was missed
        edit claimed: ! 2: claimed while it was missed
        removal claimed: ! 2: claimed while it was missed
        renewed: missed
        renewed (other): missed
        prepared: missed, made image 1
        part 1: missed, shown 0 as 7
        published: published 7
        published anew: published 8
        failed: missed
        failed (other): missed
        in doubt: missed
        found: published 7, shown 0 as 7
        not found: missed, absent 0
        absent: missed
        released: missed
        released (other): missed
        given back: missed
        retried: open
        updated: ! 2: updated while it was missed
        deleted: ! 2: deleted while it was missed
        noted: missed, goes with its post
        missed: missed
        cancelled: cancelled
        adopted: published 7
        baseline: ! 2: a baseline among a post's entries
    cancelled
        claimed: ! 2: claimed while it was cancelled
        takes over: ! 2: claimed while it was cancelled
        edit claimed: ! 2: claimed while it was cancelled
        removal claimed: ! 2: claimed while it was cancelled
        renewed: cancelled
        renewed (other): cancelled
        prepared: cancelled, made image 1
        part 1: cancelled, shown 0 as 7
        published: published 7
        published anew: published 8
        failed: cancelled
        failed (other): cancelled
        in doubt: cancelled
        found: published 7, shown 0 as 7
        not found: cancelled, absent 0
        absent: cancelled
        released: cancelled
        released (other): cancelled
        given back: cancelled
        retried: ! 2: released after it was cancelled
        updated: ! 2: updated while it was cancelled
        deleted: ! 2: deleted while it was cancelled
        noted: cancelled, goes with its post
        missed: ! 2: missed after it was cancelled
        cancelled: cancelled
        adopted: published 7
        baseline: ! 2: a baseline among a post's entries
    ");
}

/// What a run learned is true whoever holds the claim by now; what it decided counts only while it holds it.
#[test]
fn late_results_of_a_superseded_claim() {
    for (lines, stand) in [
        ("claimed, takes over, published", "published 7"),
        ("claimed, takes over, part 1", "open, claimed by run-b until 09, shown 0 as 7"),
        ("claimed, takes over, in doubt", "open, claimed by run-b until 09, doubt 0"),
        ("claimed, takes over, prepared", "open, claimed by run-b until 09, made image 1"),
        ("claimed, takes over, failed", "open, claimed by run-b until 09"),
        ("claimed, takes over, released", "open, claimed by run-b until 09"),
        ("claimed, takes over, renewed", "open, claimed by run-b until 09"),
        ("claimed, takes over, published, published (other)", "published 7"),
        ("claimed, cancelled, published", "published 7"),
        ("missed, published", "published 7"),
        ("claimed, published, in doubt", "published 7"),
        ("claimed, published, deleted, published", "removed"),
    ] {
        assert_eq!(tell(&fold(&file(lines)).unwrap()), stand, "{lines}");
    }
}

/// Some platforms tell a post's address only when asked for it later.
#[test]
fn the_newest_word_on_a_receipt_counts() {
    let shown = |name: &str, url: &str| {
        let (claim, mut fields) = named(name);
        fields["receipt"]["url"] = json!(url);
        fields["index"] = json!(0);
        fields["of"] = json!(1);
        line(url.len() as u128, claim, &fields)
    };
    for later in ["part 1", "published"] {
        let (early, late) = (shown("part 1", "https://x.com/acme"), shown(later, "https://x.com/acme/status/7"));
        let content = format!("{}\n{early}\n{late}\n", file("claimed").trim_end());
        let stand = fold(&content).unwrap();
        assert_eq!(stand.receipt_of(0).unwrap().url, "https://x.com/acme/status/7", "{later}");
    }
}

/// A container holds its text, an upload its picture: an author who changes either must not see the old one come out.
/// What platforms said is left: the newest word by the writers' clocks, whichever file it stands in.
#[test]
fn the_newest_word_on_what_is_left_counts() {
    let told = |id: u128, post: &str, time: &str, left: u32| {
        let until = "2026-12-01T18:00:00Z";
        let allowance = json!({ "of": "posts a day", "most": 17, "left": left, "until": until, "newer": true });
        let fields = json!({ "ev": "noted", "on_remove": "keep", "post": post, "t": time, "allowances": [allowance] });
        line(id, None, &fields)
    };
    let tea = [told(1, "tea", "2026-12-01T10:00:00Z", 5), told(2, "tea", "2026-12-01T09:00:00Z", 9)].join("\n");
    let (cup, path) = (told(3, "cup", "2026-12-01T11:00:00Z", 4), entry::path(&PostId::new("cup")));
    let of_tea = [(entry::path(&PostId::new("tea")), tea)];
    let both = [of_tea[0].clone(), (path, cup)];
    let left = |files: &[(String, String)], of: &str| {
        let state = State::fold(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        assert!(state.frozen.is_empty(), "{:?}", state.frozen);
        state.said(&key(), of).map(|said| (said.at.format("%H").to_string(), said.allowance.left))
    };
    assert_eq!(left(&of_tea, "posts a day"), Some(("10".to_owned(), 5)));
    assert_eq!(left(&both, "posts a day"), Some(("11".to_owned(), 4)));
    assert_eq!(left(&both, "replies a day"), None);
}

#[test]
fn what_was_made_for_another_text_does_not_count() {
    let claimed = |fp: &str, id: u128| {
        let (claim, mut fields) = named("claimed");
        fields["fp"] = json!(fp);
        line(id, claim, &fields) + "\n"
    };
    let (begun, failed) = (file("claimed, prepared, part 1"), file("failed"));
    let stand = fold(&begun).unwrap();
    let made = |steps: &[Step]| steps.iter().filter(|step| matches!(step, Step::Made { .. })).count();
    assert_eq!((made(&stand.steps), made(&stand.steps_for(Some("0f"))), made(&stand.steps_for(None))), (1, 1, 1));
    assert_eq!((made(&stand.steps_for(Some("1f"))), stand.steps_for(Some("1f")).len()), (0, 1));
    for (fp, left) in [("0f", 2), ("1f", 1)] {
        // The second claim is this run's own again: `failed` has given the first back.
        let content = format!(
            "{begun}{}{}",
            failed.replace(&Uuid::from_u128(1).to_string(), &Uuid::from_u128(8).to_string()),
            claimed(fp, 9)
        );
        assert_eq!(fold(&content).unwrap().steps.len(), left, "{fp}");
    }
}

#[test]
fn a_person_who_found_nothing_lets_it_begin_anew() {
    for (lines, told) in [
        ("claimed, prepared, in doubt", "open, claimed by run-a until 09, made image 1, doubt 0"),
        ("claimed, prepared, in doubt, not found", "open, claimed by run-a until 09, made image 1, doubt 0, absent 0"),
        ("claimed, prepared, in doubt, not found, absent", "open"),
        ("claimed, prepared, part 1, absent", "open, shown 0 as 7"),
    ] {
        assert_eq!(tell(&fold(&file(lines)).unwrap()), told, "{lines}");
    }
}

#[test]
fn two_receipts_freeze() {
    for (lines, why) in [
        (
            "claimed, published, published anew",
            "3: published twice: https://x.com/acme/status/7 and https://x.com/acme/status/8",
        ),
        (
            "claimed, part 1, another part 1",
            "3: part 1 is out twice: https://x.com/acme/status/7 and https://x.com/acme/status/8",
        ),
        (
            "claimed, part 1, published anew",
            "3: published twice: https://x.com/acme/status/7 and https://x.com/acme/status/8",
        ),
        (
            "claimed, published, another part 1",
            "3: part 1 is out twice: https://x.com/acme/status/7 and https://x.com/acme/status/8",
        ),
        (
            "claimed, published anew, found",
            "3: part 1 is out twice: https://x.com/acme/status/8 and https://x.com/acme/status/7",
        ),
        (
            "claimed, published anew, adopted",
            "3: published twice: https://x.com/acme/status/8 and https://x.com/acme/status/7",
        ),
    ] {
        assert_eq!(fold(&file(lines)).unwrap_err(), format!("{}:{why}", path()), "{lines}");
    }
}

#[test]
fn a_doubt_lasts_until_it_is_settled() {
    for (lines, doubt) in [
        ("claimed", None),
        ("claimed, in doubt", Some(0)),
        ("claimed, in doubt, not found", Some(0)),
        ("claimed, in doubt, not found, not found", Some(0)),
        ("claimed, in doubt, released", Some(0)),
        ("claimed, in doubt, failed, retried", Some(0)),
        ("claimed, in doubt, found", None),
        ("claimed, in doubt, published", None),
        ("claimed, in doubt, part 1", None),
        ("claimed, in doubt, absent", None),
        ("claimed, in doubt, failed, absent", None),
        ("claimed, in doubt, not found, absent", None),
        ("claimed, in doubt, absent, in doubt", Some(0)),
        ("claimed, in doubt, adopted", None),
    ] {
        assert_eq!(fold(&file(lines)).unwrap().doubt(), doubt, "{lines}");
    }
}

#[test]
fn what_may_be_out_is_the_doubt_or_the_next_part_of_a_claim() {
    for (lines, part) in [
        ("", None),
        ("claimed", Some(0)),
        ("claimed, part 1", Some(1)),
        ("claimed, part 1, released", None),
        ("claimed, released", None),
        ("claimed, in doubt, released", Some(0)),
        ("claimed, absent", None),
        ("claimed, published", None),
    ] {
        assert_eq!(fold(&file(lines)).unwrap().may_be_out(), part, "{lines}");
    }
}

/// A person's word that it is out makes it so, part by part.
#[test]
fn a_person_settles_the_parts_of_a_thread() {
    let found = |index: usize, id: &str| {
        let receipt = json!({ "id": id, "url": "u", "at": "2026-12-01T09:00:00Z", "via": "human" });
        line(
            100 + index as u128,
            None,
            &json!({ "ev": "resolved", "as": "published", "index": index, "of": 2, "by": "Ann", "evidence": "", "receipt": receipt }),
        )
    };
    let first = format!("{}{}\n", file("claimed, in doubt, failed"), found(0, "7"));
    let stand = fold(&first).unwrap();
    assert_eq!(tell(&stand), "open, doubt 0, shown 0 as 7");
    assert!(stand.is_out() && stand.may_be_out().is_none());
    assert_eq!(
        tell(&fold(&format!("{first}{}", found(1, "8"))).unwrap()),
        "published 7, doubt 0, shown 0 as 7, shown 1 as 8"
    );
}

/// A merge by union, or a push without an answer that was tried again, may leave a line twice.
#[test]
fn a_line_twice_is_harmless() {
    let names = "claimed, prepared, in doubt, not found, part 1, released, claimed (other), published (other)";
    let whole = file(names);
    let once = fold(&whole).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    for first in 0..lines.len() {
        for second in first..lines.len() {
            let mut doubled = lines.clone();
            doubled.insert(second + 1, lines[first]);
            assert_eq!(fold(&doubled.join("\n")), Ok(once.clone()), "line {first} again after {second}");
        }
    }
    assert_eq!(fold(&format!("{whole}{whole}")), Ok(once));
}

#[test]
fn what_cannot_be_trusted_freezes_and_says_where() {
    let claimed = file("claimed");
    let with = |fields: Value| format!("{claimed}{}", line(9, Some(OURS), &fields));
    let released = json!({ "ev": "released" });
    let and = |more: Value| {
        let mut fields = released.clone();
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        with(fields)
    };
    for (content, why) in [
        (
            format!("{claimed}{{\"v\":1,\"id\""),
            "2: this is no ledger entry (EOF while parsing an object, column 11); put the line right on the state branch",
        ),
        (
            format!("{claimed}<<<<<<< HEAD"),
            "2: this is no ledger entry (expected value, column 1); put the line right on the state branch",
        ),
        (
            format!("{claimed}\n"),
            "2: this is no ledger entry (EOF while parsing a value, column 0); put the line right on the state branch",
        ),
        (format!("{claimed}{{}}"), "2: this is no ledger entry (no `ev`); put the line right on the state branch"),
        (with(json!({ "ev": "levitated" })), "2: entry kind `levitated` is of a newer pressroom; update pressroom"),
        (
            with(json!({ "ev": "levitated", "crit": true })),
            "2: entry kind `levitated` is of a newer pressroom; update pressroom",
        ),
        (and(json!({ "v": 2 })), "2: format version 2 is of a newer pressroom; update pressroom"),
        (
            and(json!({ "v": 2, "by": { "name": "Ann" } })),
            "2: format version 2 is of a newer pressroom; update pressroom",
        ),
        (
            and(json!({ "v": -1 })),
            "2: this is no ledger entry (invalid value: integer `-1`, expected u32, column 7); put the line right on the state branch",
        ),
        (
            and(json!({ "id": 7 })),
            "2: this is no ledger entry (invalid type: integer `7`, expected a formatted UUID string, column 13); put the line right on the state branch",
        ),
        (
            and(json!({ "t": "yesterday" })),
            "2: this is no ledger entry (input contains invalid characters, column 66); put the line right on the state branch",
        ),
        (and(json!({ "post": "coffee" })), "2: the entry is about another post, `coffee`"),
        (
            with(json!({ "ev": "claimed", "exp": "2026-12-01T09:00:00Z" })),
            "2: claimed while another run held the claim",
        ),
        (with(json!({ "ev": "baseline" })), "2: a baseline among a post's entries"),
    ] {
        assert_eq!(fold(&content).unwrap_err(), format!("{}:{why}", path()), "{content}");
    }
}

#[test]
fn what_a_newer_pressroom_lets_us_ignore_is_ignored() {
    let ignored = line(9, Some(OURS), &json!({ "ev": "levitated", "crit": false, "height": 3 }));
    let content =
        format!("{}{ignored}\n{}", file("claimed"), line(10, Some(OURS), &json!({ "ev": "released", "why": "tea" })));
    assert_eq!(tell(&fold(&content).unwrap()), "open");
    // What this version knows it never ignores.
    let known = line(9, Some(OURS), &json!({ "ev": "published", "crit": false }));
    assert!(fold(&format!("{}{known}", file("claimed"))).is_err());
}

/// The file's place says whose it is: else a foreign first line would make its post look untouched.
#[test]
fn a_file_freezes_the_post_it_belongs_to() {
    let foreign = file("claimed, published").replace("\"tea\"", "\"coffee\"");
    let state = State::fold([(path().as_str(), foreign.as_str())]);
    assert_eq!(state.frozen.keys().map(PostId::as_str).collect::<Vec<_>>(), ["tea"]);
    let upper = entry::path(&PostId::new("2026/Tea"));
    let state = State::fold([(upper.as_str(), "?")]);
    assert_eq!(state.frozen.keys().map(PostId::as_str).collect::<Vec<_>>(), ["2026/Tea"]);
    let state = State::fold([("ledger/00/tea.jsonl", file("claimed").as_str())]);
    let frozen: Vec<_> = state.frozen.iter().map(|(post, why)| format!("{post}: {why}")).collect();
    assert_eq!(
        frozen,
        [
            "tea: ledger/00/tea.jsonl:1: the ledger of `tea` is ledger/a9/tea.jsonl; take this file away on the state branch"
        ]
    );
}

#[test]
fn a_frozen_file_leaves_the_others_alone() {
    let (tea, coffee) = (path(), entry::path(&PostId::new("coffee")));
    let state = State::fold([
        (tea.as_str(), "?"),
        (coffee.as_str(), file("claimed, published").replace("\"tea\"", "\"coffee\"").as_str()),
    ]);
    assert_eq!(tell(state.stand(&PostId::new("coffee"), &key())), "published 7");
    assert_eq!(state.frozen.len(), 1);
    assert!(state.stand(&PostId::new("no-such-post"), &key()).is_untouched());
}

/// Each target of a post has its own stand.
#[test]
fn targets_of_one_post_do_not_mix() {
    let other = file("claimed, failed").replace(TARGET, "linkedin:ann").replace("00000000000", "10000000000");
    let content = format!("{}{other}", file("claimed, published"));
    let state = State::fold([(path().as_str(), content.as_str())]);
    let mut stands: Vec<_> =
        state.targets().map(|(_, key, stand)| format!("{}: {}", key.as_str(), tell(stand))).collect();
    stands.sort();
    assert_eq!(stands, ["linkedin:ann: failed", "x:acme-x: published 7"]);
}

#[test]
fn a_baseline_is_the_first_contact_with_an_account() {
    let met = |account: &str, t: &str| {
        line(t.len() as u128, None, &json!({ "ev": "baseline", "post": "", "target": account, "t": t }))
    };
    let content = [
        met("x:acme-x", "2026-12-01T08:00:00Z"),
        met("x:acme-x", "2026-12-02T08:00:00Z"),
        met("linkedin:ann", "2026-12-03T08:00:00Z"),
    ];
    let state = State::fold([(entry::BASELINE_PATH, content.join("\n").as_str())]);
    let baselines: Vec<_> = state.baselines.iter().map(|(name, at)| format!("{name} {}", at.format("%d"))).collect();
    assert_eq!(baselines, ["acme-x 01", "ann 03"]);
    assert_eq!((state.baseline_broken, state.frozen.len()), (None, 0));
    let state = State::fold([(entry::BASELINE_PATH, "?")]);
    assert_eq!(
        state.baseline_broken.as_deref(),
        Some("1: this is no ledger entry (expected value, column 1); put the line right on the state branch")
    );
}

/// Ledgers in the world depend on these.
#[test]
fn where_a_ledger_lies() {
    for (id, path) in [
        ("tea", "ledger/a9/tea.jsonl"),
        ("2026-12-01.launch_x", "ledger/3c/2026-12-01.launch_x.jsonl"),
        ("2026/tea", "ledger/70/2026%2Ftea.jsonl"),
        ("Tea", "ledger/01/%54ea.jsonl"),
        ("tea%2F", "ledger/cc/tea%252%46.jsonl"),
        ("茶", "ledger/7e/%E8%8C%B6.jsonl"),
        ("a b", "ledger/c8/a%20b.jsonl"),
        ("", "ledger/e3/.jsonl"),
    ] {
        let id = PostId::new(id);
        assert_eq!(entry::path(&id), path);
        assert_eq!(entry::post_of(path), id);
    }
}

#[test]
fn a_chain_value_is_of_the_line_without_its_end() {
    assert_eq!(entry::chain("tea"), "a9f74d1ec36ebdeb");
    assert_eq!(entry::chain("tea\n"), entry::chain("tea"));
    assert_ne!(entry::chain("tea "), entry::chain("tea"));
}

/// Lines as a run writes them: each knows the one before it.
fn chained(names: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for text in file(names).lines() {
        let mut entry = entry::read(text).unwrap().unwrap();
        entry.prev = lines.last().map(|line| entry::chain(line));
        lines.push(entry::write(&entry));
    }
    lines
}

#[test]
fn what_was_changed_by_hand_freezes_the_post() {
    let written = chained("claimed, prepared, in doubt, found");
    let by_hand = |line: usize| {
        Err(format!(
            "ledger/a9/tea.jsonl:{line}: the ledger of tea was changed by hand before line {line}; put it back as the branch's \
             history has it, or say that it is right as it stands: `pressroom resolve tea --ledger`"
        ))
    };
    let changed = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = written.clone();
        change(&mut lines);
        fold(&lines.join("\n")).map(|stand| tell(&stand))
    };
    assert_eq!(changed(&|_| {}), Ok("published 7, made image 1, doubt 0, shown 0 as 7".to_owned()));
    assert_eq!(changed(&|lines| lines[1] = lines[1].replace("image 1", "image 2")), by_hand(3));
    assert_eq!(changed(&|lines| drop(lines.remove(0))), by_hand(1));
    assert_eq!(changed(&|lines| drop(lines.remove(2))), by_hand(3));
    assert_eq!(changed(&|lines| lines.swap(1, 2)), by_hand(2));
    // A line too few for what follows to be lawful is told as what it is.
    assert_eq!(changed(&|lines| drop(lines.drain(..3))), by_hand(1));
    // A union of two branches, each of which went on from the same line; and a line of somebody else's program.
    let other = written[2].replace("00000000000", "90000000000");
    assert!(changed(&|lines| lines.insert(3, other.clone())).is_ok());
    assert!(changed(&|lines| lines.push(line(99, None, &json!({ "ev": "noted", "on_remove": "keep" })))).is_ok());
    // The chain cannot tell that its end is gone: that is for those who have seen it.
    assert!(changed(&|lines| drop(lines.pop())).is_ok());
}

#[test]
fn a_person_accepts_what_was_changed_by_hand() {
    let mut lines = chained("claimed, prepared, published");
    lines.remove(1);
    let accepted = |lines: &[String]| {
        let content = lines.join("\n");
        let mut entry = entry::read(&line(50, None, &named("accepted").1)).unwrap().unwrap();
        let sum = entry::above(&content, lines.len() + 1);
        entry.event = Event::Accepted { by: "Ann".to_owned(), sum };
        entry.prev = lines.last().map(|line| entry::chain(line));
        entry::write(&entry)
    };
    assert!(fold(&lines.join("\n")).is_err());
    lines.push(accepted(&lines));
    assert_eq!(fold(&lines.join("\n")).map(|stand| tell(&stand)), Ok("published 7".to_owned()));
    let targets = State::fold([(path().as_str(), lines.join("\n").as_str())]);
    assert_eq!(targets.targets().count(), 1, "it is about no target");
    // It holds for what the person saw, and not for what is changed later.
    lines[0] = lines[0].replace("c0ffee", "decaff");
    assert!(fold(&lines.join("\n")).is_err());
}

#[test]
fn a_baseline_that_was_changed_by_hand_is_told() {
    let met = |id: u128, account: &str| {
        entry::read(&line(id, None, &json!({ "ev": "baseline", "post": "", "target": account }))).unwrap().unwrap()
    };
    let first = entry::write(&met(1, "x:acme-x"));
    let mut second = met(2, "linkedin:ann");
    second.prev = Some(entry::chain(&first));
    let state = State::fold([(entry::BASELINE_PATH, entry::write(&second).as_str())]);
    assert_eq!(state.baseline_broken.as_deref(), Some("1: this file was changed by hand before line 1"));
}

/// What is written is read again, each kind.
#[test]
fn a_line_survives_reading_and_writing() {
    let names = "claimed, takes over, renewed, prepared, part 1, published, failed, in doubt, found, absent, given back, updated, noted, slotted, deleted, missed, cancelled, adopted, accepted, baseline";
    for text in file(names).lines() {
        let entry = entry::read(text).unwrap().unwrap();
        assert_eq!(entry::read(&entry::write(&entry)), Ok(Some(entry)));
    }
    let kinds: std::collections::BTreeSet<String> = file(names)
        .lines()
        .map(|text| serde_json::from_str::<Value>(text).unwrap()["ev"].as_str().unwrap().to_owned())
        .collect();
    let known = serde_json::from_str::<Entry>(r#"{"ev":"levitated"}"#).unwrap_err().to_string();
    let known = known.split('`').skip(3).step_by(2).map(str::to_owned);
    assert_eq!(kinds, known.collect());
}

/// A run that keeps the rules, step by step; numbers choose among what is lawful.
fn walk(choices: &[u8]) -> String {
    let (mut lines, mut claims, mut parts): (Vec<String>, u128, usize) = (Vec::new(), 0, 0);
    for (number, choice) in choices.iter().enumerate() {
        let stand = fold(&lines.join("\n")).unwrap();
        let (claim, fields) = lawful(&stand, *choice, &mut claims, &mut parts);
        lines.push(line(1000 + number as u128, claim, &fields));
    }
    lines.join("\n")
}

fn lawful(stand: &Stand, choice: u8, claims: &mut u128, parts: &mut usize) -> (Option<u128>, Value) {
    let at = "2026-12-01T09:00:00Z";
    let receipt = |id: usize| json!({ "id": id.to_string(), "url": "u", "at": at, "via": "response" });
    let held = stand.claim.as_ref().map(|claim| claim.id);
    let claim = held.map(|id| id.as_u128());
    match (&stand.word, held, choice % 8) {
        (Word::Published { .. }, _, 0) => (None, json!({ "ev": "deleted" })),
        (Word::Published { receipt }, _, 1) => (None, json!({ "ev": "updated", "receipt": receipt })),
        (Word::Published { receipt }, _, _) => (Some(*claims), json!({ "ev": "published", "receipt": receipt })),
        (Word::Removed | Word::Cancelled { .. }, ..) => {
            (Some(*claims), json!({ "ev": "failed", "class": "bug", "msg": "late", "retry": "never" }))
        }
        (Word::Missed { .. }, _, 0) => (None, json!({ "ev": "cancelled", "by": "Ann" })),
        (Word::Missed { .. }, ..) => (None, json!({ "ev": "released", "by": "Ann" })),
        (Word::Open, None, 0) if stand.is_untouched() => (None, json!({ "ev": "missed", "due": at })),
        (_, None, 1) => (None, json!({ "ev": "cancelled", "by": "Ann" })),
        (_, None, _) | (_, Some(_), 0) => {
            *claims += 1;
            (Some(*claims), json!({ "ev": "claimed", "exp": at, "takes_over": held }))
        }
        (_, Some(_), 1) => (claim, json!({ "ev": "renewed", "exp": at })),
        (_, Some(_), 2) => (claim, json!({ "ev": "prepared", "step": "image 1", "data": {} })),
        (_, Some(_), 3) => {
            (claim, json!({ "ev": "in_doubt", "index": *parts, "why": "", "sent_at": at, "not_before": at }))
        }
        (_, Some(_), 4) => {
            *parts += 1;
            (claim, json!({ "ev": "part", "index": *parts - 1, "of": 99, "receipt": receipt(*parts - 1) }))
        }
        (_, Some(_), 5) => (claim, json!({ "ev": "failed", "class": "content", "msg": "", "retry": { "after": at } })),
        (_, Some(_), 6) => (claim, json!({ "ev": "released", "retry_at": at })),
        (..) => {
            let first = stand.receipt_of(0).map_or_else(|| receipt(0), |receipt| json!(receipt));
            (claim, json!({ "ev": "published", "receipt": first }))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// And a ledger that was cut off between two lines is a ledger, too.
    #[test]
    fn what_a_lawful_walk_writes_is_read(choices in prop::collection::vec(any::<u8>(), 0..24)) {
        let written = walk(&choices);
        let lines: Vec<&str> = written.lines().collect();
        for end in 0..=lines.len() {
            prop_assert!(fold(&lines[..end].join("\n")).is_ok());
        }
    }

    /// Once a receipt is in the ledger, no later line makes it look as if nothing were out.
    #[test]
    fn what_is_out_is_never_forgotten(choices in prop::collection::vec(any::<u8>(), 0..24)) {
        let written = walk(&choices);
        let lines: Vec<&str> = written.lines().collect();
        let mut was_out = false;
        for end in 0..=lines.len() {
            let stand = fold(&lines[..end].join("\n")).unwrap();
            let is_out = stand.is_out() || stand.word == Word::Removed;
            prop_assert!(is_out || !was_out, "{}", lines[..end].join("\n"));
            was_out = is_out;
        }
    }

    #[test]
    fn no_line_makes_it_panic(lines in prop::collection::vec(any::<String>(), 0..4), path in ".*") {
        let content = lines.join("\n");
        State::fold([(path.as_str(), content.as_str()), (entry::BASELINE_PATH, content.as_str())]);
    }

    /// Lines in any order, with any figure: frozen perhaps, but no panic.
    #[test]
    fn no_order_of_lines_makes_it_panic(
        picks in prop::collection::vec((0usize..24, any::<u64>()), 0..12),
    ) {
        let names = [
            "claimed", "claimed (other)", "takes over", "renewed", "renewed (other)", "prepared", "part 1", "another part 1",
            "published", "published anew", "failed", "failed (other)", "in doubt", "found", "not found", "absent", "released",
            "given back", "retried", "updated", "deleted", "missed", "cancelled", "adopted",
        ];
        let lines: Vec<String> = picks.iter().zip(1..).map(|((pick, figure), id)| {
            let (claim, mut fields) = named(names[*pick]);
            let object = fields.as_object_mut().unwrap();
            if figure % 3 == 0 && object.contains_key("index") {
                object.insert("index".to_owned(), json!(u64::MAX - figure % 2));
                object.insert("of".to_owned(), json!(u64::MAX));
            }
            line(id, claim, &fields)
        }).collect();
        if let Ok(stand) = fold(&lines.join("\n")) {
            let _ = (stand.doubt(), stand.may_be_out(), stand.is_out(), tell(&stand));
        }
    }

    #[test]
    fn a_post_is_told_from_where_its_ledger_lies(id in ".{0,40}") {
        let id = PostId::new(id);
        let path = entry::path(&id);
        prop_assert!(path.bytes().all(|byte| byte.is_ascii_graphic()) && path.split('/').count() == 3);
        prop_assert_eq!(entry::post_of(&path), id);
    }
}

/// What is out says what it said when it came out, whatever its post says by the time all of it is told.
#[test]
fn a_post_that_changes_while_it_is_processed_is_out_as_it_was() {
    let claimed = |fp: &str, claim: u128| json!({ "ev": "claimed", "exp": "2026-12-01T09:00:00Z", "fp": fp, "claim": Uuid::from_u128(claim) });
    let lines = [
        line(1, Some(OURS), &claimed("0f", OURS)),
        line(2, Some(OURS), &named("part 1").1),
        line(3, Some(OURS), &json!({ "ev": "released" })),
        line(4, Some(OTHER), &claimed("1f", OTHER)),
        line(5, Some(OTHER), &named("published").1),
    ];
    let stand = fold(&lines.join("\n")).unwrap();
    assert_eq!((tell(&stand).as_str(), stand.fp.as_deref()), ("published 7, shown 0 as 7", Some("0f")));
}
