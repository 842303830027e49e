//! A desk as text makes a plan as text: posts, ledger lines and an instant on one side, a row a target on the other.

use insta::assert_snapshot;

use super::action::Row;
use super::settled::Over;
use super::waiting::Waiting;
use super::*;
use crate::error::Source;
use crate::fit::Rendition;
use crate::ledger::entry;
use crate::limits::Platform;
use crate::media::Library;
use crate::{account, content, post};

/// Noon, UTC; where the text of a desk says nothing else, it is 1 December 2026.
const NOON: &str = "2026-12-01T12:00:00Z";

const ACCOUNTS: &str = r#"schema = 1
[defaults]
timezone = "UTC"
[accounts.acme-x]
platform = "x"
[accounts.ann]
platform = "linkedin"
[accounts.slow]
platform = "x"
spacing = "30m"
[accounts.shut]
platform = "x"
paused = true
[accounts.lost]
platform = "x"
[accounts.rich]
platform = "x"
premium = true
[accounts.loom]
platform = "threads"
[accounts.queued]
platform = "x"
slots = ["Tue,Wed 10:00", "Tue 16:35"]
[accounts.hushed]
platform = "x"
quiet = ["11:00-13:00"]
"#;

/// What lies around the posts and the ledger; most tests change one thing.
struct Around {
    now: &'static str,
    /// `--only`
    only: &'static [&'static str],
    dead_runs: &'static [&'static str],
    /// When tokens end.
    ends: &'static [(&'static str, &'static str)],
    elsewhere: &'static [(&'static str, &'static str)],
    silence_is_suspect: bool,
}

const USUAL: Around =
    Around { now: NOON, only: &[], dead_runs: &[], ends: &[], elsewhere: &[], silence_is_suspect: true };

/// Plans a desk. Its text is sections, each under a line `=== <name>`: a post under its path (front matter without the
/// opening line), or `ledger`. A ledger line is `<post> <account> <time> {JSON}`; the JSON holds what differs from line to
/// line, and `"fp":"same"` stands for what the post says now, `"fp":"<post>"` for what that post says there.
fn check(desk: &str, around: &Around) -> String {
    planned(desk, around).rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The same, and what is left of the platforms' limits.
fn check_budgets(desk: &str, around: &Around) -> String {
    let plan = planned(desk, around);
    let budgets = plan.budgets.iter().map(|budget| serde_json::to_string(budget).unwrap());
    plan.rows.iter().map(line).chain(budgets).collect::<Vec<_>>().join("\n")
}

fn next_change_of(desk: &str, around: &Around) -> String {
    let told = |instant: DateTime<Utc>| instant.format("%T%.3f").to_string();
    with_desk(desk, around, |desk| next::next_change(desk).map_or_else(|| "never".to_owned(), told))
}

fn planned(desk: &str, around: &Around) -> Plan {
    let plan = with_desk(desk, around, plan);
    let kept = with_desk(desk, around, plan_of_kept);
    let told = |plan: &Plan| (plan.rows.iter().map(line).collect::<Vec<_>>(), plan.hash());
    assert_eq!(told(&kept), told(&plan), "what waits is told otherwise without its post");
    plan
}

/// The plan of a desk on which no post lies that waits for nothing but its time, only what is kept of it.
fn plan_of_kept(desk: &Desk<'_>) -> Plan {
    let is_to_come =
        |waiting: &Waiting| waiting.due > desk.now && !desk.state.is_before_baseline(&waiting.account, waiting.due);
    let (mut offers, mut over) = (Vec::new(), Over::default());
    for offer in desk.offers.all {
        match waiting::waiting(desk.state, desk.accounts, offer).filter(is_to_come) {
            Some(waiting) => over.waiting.push(waiting),
            None => offers.push(offer.clone()),
        }
    }
    plan(&Desk { offers: offers.as_slice().into(), over: &over, only: desk.only, ..*desk })
}

fn with_desk<T>(desk: &str, around: &Around, tell: impl Fn(&Desk<'_>) -> T) -> T {
    let (accounts, problems) = account::parse(&Source::new("accounts.toml", ACCOUNTS));
    assert!(problems.is_empty(), "{problems:?}");
    let accounts = accounts.unwrap();
    let (mut posts, mut ledger, mut problems) = (Vec::new(), "", Vec::new());
    for section in desk.split("=== ").skip(1) {
        let (name, text) = section.split_once('\n').unwrap();
        if name == "ledger" {
            ledger = text;
            continue;
        }
        let source = Source::new(name, format!("---\n{text}"));
        let (post, found) = post::parse(&source, accounts.defaults.timezone);
        problems.extend(found);
        posts.push(post.unwrap_or_else(|| panic!("{name}: {problems:?}")));
    }
    let targets = content::resolve(&posts, &accounts, &mut problems);
    let merged = posts.iter().map(|post| (post.source.path.to_string(), "2026-12-01T09:00:00Z".parse().unwrap()));
    let offers = content::offers(&posts, targets, &accounts, &Library::new(), &merged.collect(), &problems);
    let files = files(ledger, &offers);
    let state = State::fold(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let connected = ["acme-x", "ann", "slow", "shut", "rich", "loom", "queued", "hushed"].map(str::to_owned).into();
    let only = |text: &&str| match text.split_once(':') {
        Some((post, account)) => Only { post: post.to_owned(), account: Some(account.to_owned()) },
        None => Only { post: (*text).to_owned(), account: None },
    };
    tell(&Desk {
        now: around.now.parse().unwrap(),
        accounts: &accounts,
        offers: offers.as_slice().into(),
        state: &state,
        connected: &connected,
        ends: &around.ends.iter().map(|(name, end)| ((*name).to_owned(), end.parse().unwrap())).collect(),
        elsewhere: &around.elsewhere.iter().map(|(name, at)| ((*name).to_owned(), (*at).to_owned())).collect(),
        dead_runs: &around.dead_runs.iter().map(|run| (*run).to_owned()).collect(),
        grace: TimeDelta::minutes(5),
        only: &around.only.iter().map(only).collect::<Vec<_>>(),
        silence_is_suspect: around.silence_is_suspect,
        over: &Over::default(),
    })
}

/// `tea acme-x due publish`, then what it needs, then the reason.
fn line(row: &Row) -> String {
    let action = row.action.map_or("-", Action::name);
    let needs = row.attention.map_or(String::new(), |kind| format!(" [{kind:?}]"));
    let missed = if row.newly_missed { " (new)" } else { "" };
    let out = row.receipt.as_ref().map_or(String::new(), |receipt| format!(" {}", receipt.url));
    let reason = row.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
    let warnings: String = row.warnings.iter().map(|warning| format!(" (warning: {warning})")).collect();
    format!("{} {} {} {action}{missed}{out}{needs}{reason}{warnings}", row.post, row.account, row.state.name())
}

/// The ledger's files, from its short lines.
fn files(short: &str, offers: &[Offer]) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (number, short) in short.lines().enumerate() {
        let [post, account, time, json] = short.splitn(4, ' ').collect::<Vec<_>>()[..] else {
            panic!("not a ledger line: {short}")
        };
        let path = if post == "-" { entry::BASELINE_PATH.to_owned() } else { entry::path(&PostId::new(post)) };
        let file = files.entry(path).or_default();
        if !json.starts_with('{') {
            file.push_str(&format!("{json}\n"));
            continue;
        }
        let platform = match account {
            "ann" => Platform::LinkedIn,
            "loom" => Platform::Threads,
            _ => Platform::X,
        };
        let mut line: serde_json::Map<String, serde_json::Value> = serde_json::from_value(serde_json::json!({
            "v": 1,
            "id": uuid::Uuid::from_u128(number as u128 + 1),
            "t": format!("2026-12-01T{time}:00Z"),
            "post": if post == "-" { "" } else { post },
            "target": TargetKey::new(platform, account),
            "run": "r1",
            "claim": uuid::Uuid::from_u128(0xc1),
        }))
        .unwrap();
        line.extend(
            serde_json::from_str::<serde_json::Map<_, _>>(json).unwrap_or_else(|error| panic!("{json}: {error}")),
        );
        if let Some(named) = line.get("fp").and_then(serde_json::Value::as_str) {
            let named = if named == "same" { post } else { named };
            let offer = offers.iter().find(|offer| offer.post.as_str() == named && offer.target.account == account);
            let fp = offer.and_then(|offer| offer.rendition.as_deref()).map(Rendition::fingerprint);
            line.insert("fp".into(), fp.unwrap_or_else(|| named.to_owned()).into());
        }
        if line.get("fixed").is_some_and(|fixed| fixed == "same") {
            let offer = offers.iter().find(|offer| offer.post.as_str() == post && offer.target.account == account);
            let fixed = offer.and_then(|offer| offer.rendition.as_deref()).map(Rendition::fixed);
            line.insert("fixed".into(), fixed.into());
        }
        file.push_str(&format!("{}\n", serde_json::Value::Object(line)));
    }
    files
}

/// One post, `tea`, for one account, due at 11:30; with these ledger lines.
fn tea(ledger: &str, around: &Around) -> String {
    check(&format!("{TEA}=== ledger\n{ledger}"), around)
}

const TEA: &str = "=== posts/tea.md\ntargets: [acme-x]\nschedule: 2026-12-01 11:30\n---\nTea.\n";

/// A claim of run `r1` from 11:30, its lease until 11:40, for the text the post has now.
const CLAIMED: &str = r#"tea acme-x 11:30 {"ev":"claimed","exp":"2026-12-01T11:40:00Z","fp":"same"}
"#;
const DOUBT: &str = r#"tea acme-x 11:31 {"ev":"in_doubt","index":0,"why":"no answer","sent_at":"2026-12-01T11:31:00Z","not_before":"2026-12-01T11:31:15Z"}
"#;
const PUBLISHED: &str = r#"tea acme-x 11:31 {"ev":"published","receipt":{"id":"7","url":"https://x.com/acme/status/7","at":"2026-12-01T11:31:00Z","via":"response"}}
"#;

/// What is due before a token ends needs no word, nor what a run will say anyway.
#[test]
fn tokens_that_end_before_a_post_is_due() {
    let posts = "\
=== posts/before.md
targets: [acme-x, ann]
schedule: 2026-12-08 12:00
---
A
=== posts/after.md
targets: [acme-x, ann]
schedule: 2026-12-12 12:00
---
B
=== posts/same-day.md
targets: [acme-x]
schedule: 2026-12-09 12:00
---
C
=== posts/now.md
targets: [slow]
schedule: 2026-12-01 12:00
---
D
=== posts/soon.md
targets: [slow]
schedule: 2026-12-01 13:00
---
E
=== posts/paused.md
targets: [shut]
schedule: 2026-12-12 12:00
---
F
";
    let ends =
        &[("acme-x", "2026-12-09T09:00:00Z"), ("slow", "2026-12-01T11:00:00Z"), ("shut", "2026-12-09T09:00:00Z")];
    assert_snapshot!(check(posts, &Around { ends, ..USUAL }), @"
    now slow due publish
    soon slow scheduled - (warning: due 1 Dec 13:00, but the token of slow ended 1 Dec 11:00: connect again before)
    before acme-x scheduled -
    before ann scheduled -
    same-day acme-x scheduled - (warning: due 9 Dec 12:00, but the token of acme-x ends 9 Dec 09:00: connect again before)
    after acme-x scheduled - (warning: due 12 Dec, but the token of acme-x ends 9 Dec: connect again before)
    after ann scheduled -
    paused shut held -: shut is paused in accounts.toml
    ");
}

#[test]
fn what_the_author_wrote() {
    let posts = "\
=== posts/draft.md
draft: true
targets: [acme-x]
schedule: 2026-12-01 11:30
---
A
=== posts/held.md
targets: [acme-x]
---
B
=== posts/scheduled.md
targets: [acme-x]
schedule: 2026-12-01 12:01
---
C
=== posts/now.md
targets: [acme-x]
schedule: 2026-12-01 12:00
---
D
=== posts/merged.md
targets: [acme-x]
schedule: on-merge
---
E
=== posts/paused.md
targets: [shut]
schedule: 2026-12-01 11:30
---
F
=== posts/lost.md
targets: [lost]
schedule: 2026-12-01 11:30
---
G
=== posts/lost-later.md
targets: [lost]
schedule: 2026-12-02 11:30
---
H
";
    let around = Around { silence_is_suspect: false, ..USUAL };
    assert_snapshot!(check(posts, &around), @"
    merged acme-x due publish
    draft acme-x draft -
    lost lost due - [Person]: lost is not connected: `pressroom connect lost`
    paused shut held -: shut is paused in accounts.toml
    now acme-x due publish
    scheduled acme-x scheduled -
    lost-later lost scheduled -
    held acme-x held -: no `schedule`: add one, or `schedule: on-merge`
    ");
}

#[test]
fn how_late_is_too_late() {
    let post = |name: &str, keys: &str| format!("=== posts/{name}.md\ntargets: [acme-x]\n{keys}\n---\n{name}\n");
    let posts = [
        post("an-hour", "schedule: 2026-12-01 11:00"),
        post("over-an-hour", "schedule: 2026-12-01 10:59"),
        post("twelve-hours", "schedule: 2026-12-01 00:00"),
        post("over-twelve", "schedule: 2026-11-30 23:59"),
        post("own-limit", "schedule: 2026-12-01 11:00\nmax_late: 30m"),
        post("own-longer-limit", "schedule: 2026-11-29 12:00\nmax_late: 3d"),
        post("merged", "schedule: on-merge\nmax_late: 1h"),
    ];
    assert_snapshot!(check(&posts.concat(), &USUAL), @"
    own-longer-limit acme-x due look: 2 d late without a word in the ledger
    over-twelve acme-x missed - (new) [Person]: was due Mon 30 Nov 2026 23:59 UTC; `pressroom retry over-twelve:acme-x` publishes it now
    twelve-hours acme-x due look: 12 h late without a word in the ledger
    merged acme-x due look: 3 h late without a word in the ledger
    over-an-hour acme-x due look: 1 h 1 min late without a word in the ledger
    an-hour acme-x due publish
    own-limit acme-x missed - (new) [Person]: was due Tue 1 Dec 2026 11:00 UTC; `pressroom retry own-limit:acme-x` publishes it now
    ");
    let known_new = Around { silence_is_suspect: false, ..USUAL };
    assert_snapshot!(check(&posts.concat(), &known_new), @"
    own-longer-limit acme-x due publish
    over-twelve acme-x missed - (new) [Person]: was due Mon 30 Nov 2026 23:59 UTC; `pressroom retry over-twelve:acme-x` publishes it now
    twelve-hours acme-x due publish
    merged acme-x due publish
    over-an-hour acme-x due publish
    an-hour acme-x due publish
    own-limit acme-x missed - (new) [Person]: was due Tue 1 Dec 2026 11:00 UTC; `pressroom retry own-limit:acme-x` publishes it now
    ");
}

/// X lets accounts with Premium edit single texts, within an hour.
#[test]
fn an_edit_is_planned_only_where_the_platform_takes_it() {
    let out = |account: &str, front: &str, text: &str, now| {
        let post = format!(
            "=== posts/tea.md\ntargets: [{account}]\nschedule: 2026-12-01 11:30\non_edit: update\n{front}---\n{text}\n"
        );
        let claimed = CLAIMED.replace(r#""fp":"same""#, r#""fp":"0f","fixed":"same""#);
        let ledger = format!("{claimed}{PUBLISHED}").replace("acme-x", account);
        check(&format!("{post}=== ledger\n{ledger}"), &Around { now, ..USUAL })
    };
    let late = "2026-12-01T12:31:00Z";
    assert_snapshot!(out("rich", "", "Green tea.", NOON), @"tea rich published edit https://x.com/acme/status/7");
    assert_snapshot!(out("rich", "", "Green tea.", late), @"tea rich published - https://x.com/acme/status/7: changed, stays as published: X lets a post be edited for 60 min after it went out");
    assert_snapshot!(out("acme-x", "", "Green tea.", NOON), @"tea acme-x published - https://x.com/acme/status/7: changed, stays as published: X lets only accounts with Premium edit (`premium = true` in accounts.toml)");
    assert_snapshot!(out("rich", "poll: {options: [a, b], duration: 1d}\n", "Green tea.", NOON), @"tea rich published - https://x.com/acme/status/7: changed, stays as published: on X only a single text without media, poll and replies can be edited");
}

#[test]
fn what_is_out_stays_out() {
    assert_snapshot!(tea(&format!("{CLAIMED}{PUBLISHED}"), &USUAL), @"tea acme-x published - https://x.com/acme/status/7");
    let changed = CLAIMED.replace("same", "0f");
    assert_snapshot!(tea(&format!("{changed}{PUBLISHED}"), &USUAL), @"tea acme-x published - https://x.com/acme/status/7: changed since, stays as published");
    let deleted = r#"tea acme-x 11:50 {"ev":"deleted"}"#;
    assert_snapshot!(tea(&format!("{CLAIMED}{PUBLISHED}{deleted}"), &USUAL), @"tea acme-x removed -");
    // A schedule moved into the future changes nothing about it.
    let earlier = Around { now: "2026-12-01T11:00:00Z", ..USUAL };
    assert_snapshot!(tea(&format!("{CLAIMED}{PUBLISHED}"), &earlier), @"tea acme-x published - https://x.com/acme/status/7");
}

#[test]
fn a_claim_is_respected_until_lease_and_grace_are_over() {
    let at = |now| tea(CLAIMED, &Around { now, ..USUAL });
    assert_snapshot!(at("2026-12-01T11:35:00Z"), @"tea acme-x publishing - [Claimed]: run r1 holds the claim since 11:30:00 UTC and may act for 10 min more");
    assert_snapshot!(at("2026-12-01T11:44:59Z"), @"tea acme-x publishing - [Claimed]: run r1 holds the claim since 11:30:00 UTC and may act for 1 s more");
    assert_snapshot!(at("2026-12-01T11:45:00Z"), @"tea acme-x due resume: an earlier run died here");
    let renewed = format!("{CLAIMED}{}", r#"tea acme-x 11:39 {"ev":"renewed","exp":"2026-12-01T11:55:00Z"}"#);
    assert_snapshot!(tea(&renewed, &Around { now: "2026-12-01T11:45:00Z", ..USUAL }), @"tea acme-x publishing - [Claimed]: run r1 holds the claim since 11:30:00 UTC and may act for 15 min more");
    let dead = Around { now: "2026-12-01T11:35:00Z", dead_runs: &["r1"], ..USUAL };
    assert_snapshot!(tea(CLAIMED, &dead), @"tea acme-x due resume: an earlier run died here");
    let other = Around { now: "2026-12-01T11:35:00Z", dead_runs: &["r2"], ..USUAL };
    assert_snapshot!(tea(CLAIMED, &other), @"tea acme-x publishing - [Claimed]: run r1 holds the claim since 11:30:00 UTC and may act for 10 min more");
}

#[test]
fn what_may_be_out_is_looked_for() {
    let doubt = format!("{CLAIMED}{DOUBT}");
    assert_snapshot!(tea(&doubt, &USUAL), @"tea acme-x doubtful look: an earlier call may have shown it");
    let given_back = format!("{doubt}{}", r#"tea acme-x 11:32 {"ev":"released","retry_at":"2026-12-01T12:30:00Z"}"#);
    assert_snapshot!(tea(&given_back, &USUAL), @"tea acme-x doubtful - [Later]: given back by an earlier run; again in 30 min");
    assert_snapshot!(tea(&given_back, &Around { now: "2026-12-01T12:30:00Z", ..USUAL }), @"tea acme-x doubtful look: an earlier call may have shown it");
    let for_a_person = format!(
        "{doubt}{}",
        r#"tea acme-x 11:32 {"ev":"failed","class":"doubtful","msg":"not found","retry":"human"}"#
    );
    assert_snapshot!(tea(&for_a_person, &USUAL), @"tea acme-x doubtful - [Person]: not found");
    let absent =
        r#"tea acme-x 11:50 {"ev":"resolved","as":"absent","index":0,"of":1,"by":"Ann","evidence":"she looked"}"#;
    assert_snapshot!(tea(&format!("{for_a_person}\n{absent}"), &USUAL), @"tea acme-x due publish");
}

/// A look for the new text finds nothing, and would let it go out beside the old one.
#[test]
fn what_may_be_out_and_has_changed_is_for_a_person() {
    let claimed = CLAIMED.replace("same", "0f");
    assert_snapshot!(tea(&format!("{claimed}{DOUBT}"), &USUAL), @"tea acme-x doubtful - [Person]: changed since a call that may have shown it: look for the earlier text there, then say `pressroom resolve tea:acme-x --absent`, or `--published URL`");
    assert_snapshot!(tea(&claimed, &USUAL), @"tea acme-x doubtful - [Person]: changed since a call that may have shown it: look for the earlier text there, then say `pressroom resolve tea:acme-x --absent`, or `--published URL`");
    let absent =
        r#"tea acme-x 11:50 {"ev":"resolved","as":"absent","index":0,"of":1,"by":"Ann","evidence":"she looked"}"#;
    assert_snapshot!(tea(&format!("{claimed}{absent}"), &USUAL), @"tea acme-x due publish");
}

/// Else a `draft: true` would make a doubt disappear from every report.
#[test]
fn what_may_be_out_is_not_forgotten_when_its_post_is_withheld() {
    for front in ["draft: true\nschedule: 2026-12-01 11:30", "tags: [tea]", "schedule: 2026-12-01 11:30\nx: y"] {
        let desk = format!("=== posts/tea.md\ntargets: [acme-x]\n{front}\n---\nTea.\n=== ledger\n{CLAIMED}{DOUBT}");
        let row = check(&desk, &USUAL);
        assert!(row.starts_with("tea acme-x doubtful - [Person]: an earlier call may have shown it"), "{row}");
    }
}

#[test]
fn what_was_refused_rests_as_long_as_it_must() {
    let failed = |retry: &str| {
        let refusal = r#"{"ev":"failed","class":"content","code":"186","msg":"X will not have it","retry":RETRY}"#;
        let line = format!("{CLAIMED}tea acme-x 11:32 {}\n", refusal.replace("RETRY", retry));
        tea(&line, &USUAL)
    };
    assert_snapshot!(failed(r#""never""#), @"tea acme-x failed - [Person]: X will not have it");
    assert_snapshot!(failed(r#""human""#), @"tea acme-x failed - [Person]: X will not have it");
    assert_snapshot!(failed(r#"{"after":"2026-12-01T12:10:00Z"}"#), @"tea acme-x due - [Later]: X will not have it; again in 10 min");
    assert_snapshot!(failed(r#"{"after":"2026-12-01T12:00:00Z"}"#), @"tea acme-x due publish");
    let again = r#"tea acme-x 11:50 {"ev":"released","by":"Ann"}"#;
    let human = r#"tea acme-x 11:32 {"ev":"failed","class":"content","msg":"no","retry":"human"}"#;
    assert_snapshot!(tea(&format!("{CLAIMED}{human}\n{again}"), &USUAL), @"tea acme-x due publish");
}

/// Being tried once is no reason to go out before its time.
#[test]
fn what_was_given_back_and_put_off_waits_for_its_new_time() {
    let released = r#"tea acme-x 10:00 {"ev":"released"}"#;
    let at_eleven = Around { now: "2026-12-01T11:00:00Z", ..USUAL };
    assert_snapshot!(tea(&format!("{CLAIMED}{released}"), &at_eleven), @"tea acme-x scheduled -");
    // Of a thread of which the first part is out, the rest follows at once.
    let thread =
        "=== posts/tea.md\ntargets: [acme-x]\nschedule: 2026-12-01 11:30\nthread: true\n---\nTea.\n\n---\n\nMore.\n";
    let part = r#"tea acme-x 10:00 {"ev":"part","index":0,"of":2,"receipt":{"id":"7","url":"https://x.com/acme/status/7","at":"2026-12-01T10:00:00Z","via":"response"}}"#;
    let desk = format!("{thread}=== ledger\n{CLAIMED}{part}\n{released}");
    assert_snapshot!(check(&desk, &at_eleven), @"tea acme-x due resume https://x.com/acme/status/7");
}

#[test]
fn what_people_gave_up_or_time_took_rests() {
    assert_snapshot!(tea(r#"tea acme-x 11:50 {"ev":"cancelled","by":"Ann"}"#, &USUAL), @"tea acme-x cancelled -: given up by Ann");
    let missed = r#"tea acme-x 11:50 {"ev":"missed","due":"2026-11-20T08:00:00Z"}"#;
    assert_snapshot!(tea(missed, &USUAL), @"tea acme-x missed - [Person]: was due Fri 20 Nov 2026 08:00 UTC; `pressroom retry tea:acme-x` publishes it now");
    assert_snapshot!(tea(&format!("{missed}\n{}", r#"tea acme-x 11:55 {"ev":"released","by":"Ann"}"#), &USUAL), @"tea acme-x due publish");
}

#[test]
fn a_baseline_keeps_the_archive_in() {
    let baseline = |time: &str| format!("- acme-x {time} {}", r#"{"ev":"baseline"}"#);
    assert_snapshot!(tea(&baseline("11:31"), &USUAL), @"tea acme-x held -: older than the account's baseline of Tue 1 Dec 2026 11:31 UTC; `pressroom retry tea:acme-x` publishes it all the same");
    assert_snapshot!(tea(&baseline("11:30"), &USUAL), @"tea acme-x due publish");
    let released = r#"tea acme-x 11:55 {"ev":"released","by":"Ann"}"#;
    assert_snapshot!(tea(&format!("{}\n{released}", baseline("11:31")), &USUAL), @"tea acme-x due publish");
}

#[test]
fn posts_of_one_account_keep_their_distance() {
    let post = |name: &str, due: &str| {
        format!("=== posts/{name}.md\ntargets: [slow]\nschedule: 2026-12-01 {due}\n---\n{name}\n")
    };
    let posts = format!("{}{}", post("first", "11:30"), post("second", "11:20"));
    assert_snapshot!(check(&posts, &USUAL), @"
    second slow due publish
    first slow due - [Later]: slow keeps 30 min between two posts; free in 30 min
    ");
    let shown = |time: &str| {
        let receipt =
            format!(r#"{{"id":"7","url":"https://x.com/s/7","at":"2026-12-01T{time}:00Z","via":"response"}}"#);
        format!("{posts}=== ledger\nold slow 11:00 {{\"ev\":\"published\",\"receipt\":{receipt}}}\n")
    };
    assert_snapshot!(check(&shown("11:40"), &USUAL), @"
    second slow due - [Later]: slow keeps 30 min between two posts; free in 10 min
    first slow due - [Later]: slow keeps 30 min between two posts; free in 10 min
    old slow published - https://x.com/s/7: the post or its target is gone from the repository
    ");
    assert_snapshot!(check(&shown("11:30"), &USUAL), @"
    second slow due publish
    first slow due - [Later]: slow keeps 30 min between two posts; free in 30 min
    old slow published - https://x.com/s/7: the post or its target is gone from the repository
    ");
}

/// A post, due then, that is one part a word.
fn due(name: &str, account: &str, time: &str, parts: &str) -> String {
    let body = parts.split(' ').collect::<Vec<_>>().join("\n\n---\n\n");
    let thread = if parts.contains(' ') { "thread: true\n" } else { "" };
    format!("=== posts/{name}.md\ntargets: [{account}]\nschedule: 2026-12-01 {time}\n{thread}---\n{body}\n")
}

/// That another post went out then, and what the platform said is left.
fn told(account: &str, time: &str, allowances: &str) -> String {
    let receipt = format!(r#"{{"id":"{time}","url":"https://s/7","at":"2026-12-01T{time}:00Z","via":"response"}}"#);
    let line = format!(r#"{{"ev":"published","receipt":{receipt},"allowances":[{allowances}]}}"#);
    format!("=== ledger\nold {account} {time} {line}\n")
}

#[test]
fn what_a_platform_still_takes_goes_out_and_the_rest_waits() {
    let posts = [
        due("a", "acme-x", "11:10", "one"),
        due("b", "acme-x", "11:20", "one two"),
        due("c", "acme-x", "11:30", "one"),
    ];
    let posts = posts.concat();
    let left = |left: u32| {
        told(
            "acme-x",
            "11:00",
            &format!(r#"{{"of":"posts a day","most":17,"left":{left},"until":"2026-12-01T18:00:00Z"}}"#),
        )
    };
    assert_snapshot!(check_budgets(&format!("{posts}{}", left(2)), &USUAL), @r#"
    a acme-x due publish
    b acme-x due - [Later]: 1 of 17 posts a day left, and this needs 2; free at Tue 1 Dec 2026 18:00 UTC
    c acme-x due - [Later]: 1 of 17 posts a day left, kept for what is due before; free at Tue 1 Dec 2026 18:00 UTC
    old acme-x published - https://s/7: the post or its target is gone from the repository
    {"account":"acme-x","platform":"x","what":"posts a day","limit":17,"left":2,"until":"2026-12-01T18:00:00Z","about":false}
    {"account":null,"platform":"x","what":"posts of the app a day","limit":10000,"left":9999,"until":"2026-12-02T11:00:00Z","about":false}
    "#);
    assert_snapshot!(check_budgets(&format!("{posts}{}", left(0)), &USUAL), @r#"
    a acme-x due - [Later]: 0 of 17 posts a day left; free at Tue 1 Dec 2026 18:00 UTC
    b acme-x due - [Later]: 0 of 17 posts a day left, and this needs 2; free at Tue 1 Dec 2026 18:00 UTC
    c acme-x due - [Later]: 0 of 17 posts a day left; free at Tue 1 Dec 2026 18:00 UTC
    old acme-x published - https://s/7: the post or its target is gone from the repository
    {"account":"acme-x","platform":"x","what":"posts a day","limit":17,"left":0,"until":"2026-12-01T18:00:00Z","about":false}
    {"account":null,"platform":"x","what":"posts of the app a day","limit":10000,"left":9999,"until":"2026-12-02T11:00:00Z","about":false}
    "#);
    assert_snapshot!(check_budgets(&format!("{posts}{}", left(9)), &USUAL), @r#"
    a acme-x due publish
    b acme-x due publish
    c acme-x due publish
    old acme-x published - https://s/7: the post or its target is gone from the repository
    {"account":"acme-x","platform":"x","what":"posts a day","limit":17,"left":9,"until":"2026-12-01T18:00:00Z","about":false}
    {"account":null,"platform":"x","what":"posts of the app a day","limit":10000,"left":9999,"until":"2026-12-02T11:00:00Z","about":false}
    "#);
    // What it said is over: a new window begins.
    let evening = Around { now: "2026-12-01T18:00:00Z", silence_is_suspect: false, ..USUAL };
    assert_snapshot!(check_budgets(&format!("{posts}{}", left(0)), &evening), @r#"
    a acme-x due publish
    b acme-x due publish
    c acme-x due publish
    old acme-x published - https://s/7: the post or its target is gone from the repository
    {"account":null,"platform":"x","what":"posts of the app a day","limit":10000,"left":9999,"until":"2026-12-02T11:00:00Z","about":false}
    "#);
    // No word is believed for longer than a day, nor a figure that would let nothing out for ever.
    let for_ever = told("acme-x", "11:00", r#"{"of":"posts a day","most":0,"left":0,"until":"9999-12-31T00:00:00Z"}"#);
    assert_snapshot!(check_budgets(&format!("{posts}{for_ever}"), &USUAL), @r#"
    a acme-x due - [Later]: no posts a day left; free at Wed 2 Dec 2026 11:00 UTC, when its `max_late` is over
    b acme-x due - [Later]: no posts a day left, and this needs 2; free at Wed 2 Dec 2026 11:00 UTC, when its `max_late` is over
    c acme-x due - [Later]: no posts a day left; free at Wed 2 Dec 2026 11:00 UTC, when its `max_late` is over
    old acme-x published - https://s/7: the post or its target is gone from the repository
    {"account":"acme-x","platform":"x","what":"posts a day","limit":null,"left":0,"until":"2026-12-02T11:00:00Z","about":false}
    {"account":null,"platform":"x","what":"posts of the app a day","limit":10000,"left":9999,"until":"2026-12-02T11:00:00Z","about":false}
    "#);
}

#[test]
fn accounts_share_what_their_app_may() {
    let posts = [due("a", "acme-x", "11:10", "one"), due("b", "slow", "11:20", "one"), due("c", "ann", "11:30", "one")]
        .concat();
    let said = told(
        "rich",
        "11:00",
        r#"{"of":"posts of the app a day","most":10000,"left":1,"until":"2026-12-01T13:00:00Z"}"#,
    );
    assert_snapshot!(check_budgets(&format!("{posts}{said}"), &USUAL), @r#"
    a acme-x due publish
    b slow due - [Later]: 0 of 10000 posts of the app a day left; free at Tue 1 Dec 2026 13:00 UTC
    c ann due publish
    old rich published - https://s/7: the post or its target is gone from the repository
    {"account":null,"platform":"x","what":"posts of the app a day","limit":10000,"left":1,"until":"2026-12-01T13:00:00Z","about":false}
    "#);
}

#[test]
fn each_platform_counts_its_own_way() {
    let texts = [due("a", "loom", "11:10", "one two three"), due("b", "loom", "11:20", "one")].concat();
    let said = |of: &str, left: u32| {
        told("loom", "11:00", &format!(r#"{{"of":"{of}","left":{left},"until":"2026-12-01T13:00:00Z"}}"#))
    };
    assert_snapshot!(check(&format!("{texts}{}", said("replies a day", 1)), &USUAL), @"
    a loom due - [Later]: 1 of 1000 replies a day left, and this needs 2; free at Tue 1 Dec 2026 13:00 UTC
    b loom due publish
    old loom published - https://s/7: the post or its target is gone from the repository
    ");
    assert_snapshot!(check(&format!("{texts}{}", said("posts a day", 1)), &USUAL), @"
    a loom due publish
    b loom due - [Later]: 0 of 250 posts a day left; free at Tue 1 Dec 2026 13:00 UTC
    old loom published - https://s/7: the post or its target is gone from the repository
    ");
    assert_snapshot!(check_budgets(&format!("{texts}{}", said("calls", 0)), &USUAL), @r#"
    a loom due - [Later]: no calls left; free at Tue 1 Dec 2026 13:00 UTC
    b loom due - [Later]: no calls left; free at Tue 1 Dec 2026 13:00 UTC
    old loom published - https://s/7: the post or its target is gone from the repository
    {"account":"loom","platform":"threads","what":"posts a day","limit":250,"left":249,"until":"2026-12-02T11:00:00Z","about":false}
    {"account":"loom","platform":"threads","what":"calls","limit":null,"left":0,"until":"2026-12-01T13:00:00Z","about":false}
    "#);
    // LinkedIn's figure differs from app to app: it holds once LinkedIn says so, until its day is over.
    let spent = told("ann", "11:00", r#"{"of":"requests a day","left":0,"until":"2026-12-02T00:00:00Z"}"#);
    assert_snapshot!(check(&format!("{}{spent}", due("a", "ann", "11:10", "one")), &USUAL), @"
    a ann due - [Later]: 0 of 150 requests a day left; free at Wed 2 Dec 2026 00:00 UTC, when its `max_late` is over
    old ann published - https://s/7: the post or its target is gone from the repository
    ");
    let many: String =
        (0..151).map(|number| told("ann", "11:00", "").replace("old ", &format!("old-{number} "))).collect();
    let many = many.replace("=== ledger\n", "");
    let plan = planned(&format!("{}=== ledger\n{many}", due("a", "ann", "11:10", "one")), &USUAL);
    assert_snapshot!(line(plan.rows.iter().find(|row| row.post.as_str() == "a").unwrap()), @"a ann due publish");
    assert_snapshot!(serde_json::to_string(&plan.budgets).unwrap(), @r#"[{"account":"ann","platform":"linkedin","what":"requests a day","limit":150,"left":0,"until":"2026-12-02T00:00:00Z","about":true},{"account":null,"platform":"linkedin","what":"requests of the app a day","limit":100000,"left":99849,"until":"2026-12-02T00:00:00Z","about":true}]"#);
}

/// A post that waits for an hour is suspected of being out, and waits all the same; one that is missed by then says so.
#[test]
fn what_waits_long_is_still_held() {
    let said = told("acme-x", "10:00", r#"{"of":"posts a day","most":17,"left":0,"until":"2026-12-01T18:00:00Z"}"#);
    let posts = format!("{}{said}", due("tea", "acme-x", "10:10", "one"));
    assert_snapshot!(check(&posts, &USUAL), @"
    tea acme-x due - [Later]: 0 of 17 posts a day left; free at Tue 1 Dec 2026 18:00 UTC
    old acme-x published - https://s/7: the post or its target is gone from the repository
    ");
    let short = posts.replace("schedule:", "max_late: 3h\nschedule:");
    assert_snapshot!(check(&short, &USUAL), @"
    tea acme-x due - [Later]: 0 of 17 posts a day left; free at Tue 1 Dec 2026 18:00 UTC, when its `max_late` is over
    old acme-x published - https://s/7: the post or its target is gone from the repository
    ");
    assert_snapshot!(check(&short, &Around { now: "2026-12-01T14:00:00Z", ..USUAL }), @"
    tea acme-x missed - (new) [Person]: was due Tue 1 Dec 2026 10:10 UTC; `pressroom retry tea:acme-x` publishes it now
    old acme-x published - https://s/7: the post or its target is gone from the repository
    ");
}

/// What is begun goes on, and what was only begun has its share reserved.
#[test]
fn what_was_begun_takes_its_share_first() {
    let tea = due("tea", "acme-x", "11:30", "one two three");
    let posts = format!("{tea}{}", due("new", "acme-x", "11:10", "one"));
    let part = r#"tea acme-x 11:31 {"ev":"part","index":0,"of":3,"receipt":{"id":"7","url":"https://s/7","at":"2026-12-01T11:31:00Z","via":"response"},"allowances":[{"of":"posts a day","most":17,"left":2,"until":"2026-12-01T18:00:00Z"}]}"#;
    let failed = r#"tea acme-x 11:32 {"ev":"released"}"#;
    assert_snapshot!(check(&format!("{posts}=== ledger\n{CLAIMED}{part}\n{failed}\n"), &USUAL), @"
    new acme-x due - [Later]: 0 of 17 posts a day left; free at Tue 1 Dec 2026 18:00 UTC
    tea acme-x due resume https://s/7
    ");
}

#[test]
fn one_target_that_cannot_be_published_holds_its_post() {
    let long = format!(
        "=== posts/long.md\nid: long\ntargets: [acme-x, ann, slow]\nschedule: 2026-12-01 11:30\noverrides:\n  slow: {{text: \
         Short.}}\n---\n{}\n",
        "Tea ".repeat(80)
    );
    assert_snapshot!(check(&long, &USUAL), @"
    long acme-x held - [Content]: the text has 319 weighted characters; X takes 280: 39 too many
    long ann held - [Content]: held with the rest of its post: acme-x cannot be published; `--only long:ann` publishes this one
    long slow held - [Content]: held with the rest of its post: acme-x cannot be published; `--only long:slow` publishes this one
    ");
    assert_snapshot!(check(&long, &Around { only: &["long:ann"], ..USUAL }), @"
    long acme-x held -: the text has 319 weighted characters; X takes 280: 39 too many
    long ann due publish
    long slow held -: held with the rest of its post: acme-x cannot be published; `--only long:slow` publishes this one
    ");
    assert_snapshot!(check(&long, &Around { only: &["long"], ..USUAL }), @"
    long acme-x held - [Content]: the text has 319 weighted characters; X takes 280: 39 too many
    long ann held - [Content]: held with the rest of its post: acme-x cannot be published; `--only long:ann` publishes this one
    long slow held - [Content]: held with the rest of its post: acme-x cannot be published; `--only long:slow` publishes this one
    ");
    let later = long.replace("2026-12-01 11:30", "2026-12-01 12:30");
    assert_snapshot!(check(&later, &USUAL), @"
    long acme-x held -: the text has 319 weighted characters; X takes 280: 39 too many
    long ann held -: held with the rest of its post: acme-x cannot be published; `--only long:ann` publishes this one
    long slow held -: held with the rest of its post: acme-x cannot be published; `--only long:slow` publishes this one
    ");
}

#[test]
fn only_what_is_named_is_done() {
    let posts = "\
=== posts/a.md
targets: [acme-x, ann]
schedule: 2026-12-01 11:30
---
A
=== posts/b.md
targets: [acme-x]
schedule: 2026-12-01 11:30
---
B
";
    assert_snapshot!(check(posts, &Around { only: &["a:ann"], ..USUAL }), @"
    a acme-x due -: not named by `--only`
    a ann due publish
    b acme-x due -: not named by `--only`
    ");
    assert_snapshot!(check(posts, &Around { only: &["a"], ..USUAL }), @"
    a acme-x due publish
    a ann due publish
    b acme-x due -: not named by `--only`
    ");
}

#[test]
fn rows_stand_in_the_order_they_are_done() {
    let post = |path: &str, keys: &str| format!("=== posts/{path}.md\ntargets: [ann, acme-x]\n{keys}\n---\n{path}\n");
    let posts = [
        post("a", "tags: [x]"),
        post("b", "schedule: 2026-12-01 11:50"),
        post("c", "schedule: 2026-12-01 11:40"),
        post("d", "schedule: 2026-12-01 11:40"),
    ];
    assert_snapshot!(check(&posts.concat(), &USUAL), @"
    c ann due publish
    c acme-x due publish
    d ann due publish
    d acme-x due publish
    b ann due publish
    b acme-x due publish
    a ann held -: no `schedule`: add one, or `schedule: on-merge`
    a acme-x held -: no `schedule`: add one, or `schedule: on-merge`
    ");
}

#[test]
fn a_ledger_file_that_cannot_be_trusted_freezes_its_post_alone() {
    let desk = format!(
        "{TEA}{}=== ledger\ntea acme-x 11:30 half a line\n",
        TEA.replace("tea.md", "other.md").replace("Tea", "Coffee")
    );
    assert_snapshot!(check(&desk, &USUAL), @"
    other acme-x due publish
    tea acme-x held - [Content]: its ledger cannot be trusted: ledger/a9/tea.jsonl:1: this is no ledger entry (expected value, column 1); put the line right on the state branch
    ");
    // Also where the id is not spelled as its file is.
    let desk = "=== posts/2026/Tea.md\ntargets: [acme-x]\nschedule: 2026-12-01 11:30\n---\nTea.\n=== ledger\n2026/Tea acme-x 11:30 half\n";
    assert_snapshot!(check(desk, &USUAL), @"2026/Tea acme-x held - [Content]: its ledger cannot be trusted: ledger/0f/2026%2F%54ea.jsonl:1: this is no ledger entry (expected value, column 1); put the line right on the state branch");
}

#[test]
fn a_target_whose_post_is_gone_is_still_told() {
    let gone = |lines: &str| check(&format!("=== ledger\n{lines}"), &USUAL);
    assert_snapshot!(gone(&format!("{CLAIMED}{PUBLISHED}")), @"tea acme-x published - https://x.com/acme/status/7: the post or its target is gone from the repository");
    assert_snapshot!(gone(&format!("{CLAIMED}{DOUBT}")), @"tea acme-x doubtful - [Person]: the post or its target is gone from the repository, but a call may have shown it");
    assert_snapshot!(check(&format!("=== ledger\n{CLAIMED}"), &Around { now: "2026-12-01T11:35:00Z", ..USUAL }), @"tea acme-x publishing - [Claimed]: run r1 holds the claim since 11:30:00 UTC and may act for 10 min more");
    assert_snapshot!(gone(r#"tea acme-x 11:50 {"ev":"cancelled","by":"Ann"}"#), @"");
    let half = PUBLISHED.replace(r#""ev":"published""#, r#""ev":"part","index":0,"of":2"#);
    let given_back = r#"tea acme-x 11:45 {"ev":"released"}"#;
    assert_snapshot!(gone(&format!("{CLAIMED}{half}")), @"tea acme-x doubtful - https://x.com/acme/status/7 [Person]: the post or its target is gone from the repository, but a call may have shown it");
    assert_snapshot!(gone(&format!("{CLAIMED}{half}{given_back}")), @"tea acme-x failed - https://x.com/acme/status/7 [Person]: the post or its target is gone from the repository, and only a part of it is out: bring it back and the rest is published, or delete by hand what is out, then `pressroom cancel tea:acme-x`");
    let two = format!("{CLAIMED}{PUBLISHED}{}", format!("{CLAIMED}{PUBLISHED}").replace("tea ", "cake "));
    assert_snapshot!(gone(&two), @"
    cake acme-x published - https://x.com/acme/status/7: the post or its target is gone from the repository
    tea acme-x published - https://x.com/acme/status/7: the post or its target is gone from the repository
    ");
}

#[test]
fn a_token_of_another_server_publishes_nothing() {
    let posts = "=== posts/tea.md\ntargets: [acme-x]\nschedule: 2026-12-01 11:30\n---\n\nA\n";
    let around = Around { silence_is_suspect: false, elsewhere: &[("acme-x", "b.example")], ..USUAL };
    let row = &planned(posts, &around).rows[0];
    assert_eq!((row.state, row.action, row.attention), (Standing::Due, None, Some(Kind::Person)));
    assert_eq!(
        words_on_elsewhere("ann", "b.example", "a.example"),
        "the token of ann is for b.example, and accounts.toml says a.example: `pressroom disconnect ann`, then connect it again"
    );
}

/// What its post last said about it stands in the ledger, as the post itself is gone.
const DELETES: &str = r#"tea acme-x 11:32 {"ev":"noted","on_remove":"delete"}
"#;

#[test]
fn what_is_out_is_removed_only_where_its_author_said_so() {
    let out = format!("{CLAIMED}{PUBLISHED}");
    let gone = |lines: &str, around: &Around| check(&format!("=== ledger\n{lines}"), around);
    assert_snapshot!(gone(&format!("{out}{DELETES}"), &USUAL), @"tea acme-x published remove https://x.com/acme/status/7: the post or its target is gone from the repository");
    let kept = DELETES.replace("11:32", "11:33").replace("delete", "keep");
    assert_snapshot!(gone(&format!("{out}{DELETES}{kept}"), &USUAL), @"tea acme-x published - https://x.com/acme/status/7: the post or its target is gone from the repository");
    assert_snapshot!(gone(&format!("{out}{DELETES}"), &Around { only: &["other"], ..USUAL }), @"tea acme-x published - https://x.com/acme/status/7: not named by `--only`");
    // Nor can an account that is not connected.
    assert_snapshot!(gone(&format!("{out}{DELETES}").replace("acme-x", "nobody"), &USUAL), @"tea nobody published - https://x.com/acme/status/7 [Person]: nobody is not connected: `pressroom connect nobody`");
    let refused = r#"tea acme-x 11:40 {"ev":"claimed","exp":"2026-12-01T11:50:00Z","aim":"remove"}
tea acme-x 11:41 {"ev":"failed","class":"permission","msg":"X says no","retry":"human"}
"#;
    assert_snapshot!(gone(&format!("{out}{DELETES}{refused}"), &USUAL), @"tea acme-x published - https://x.com/acme/status/7 [Person]: the removal was refused: X says no");
}

#[test]
fn what_has_expired_is_missed_or_removed() {
    let post = |more: &str, expires: &str| {
        TEA.replace("schedule: 2026-12-01 11:30\n", &format!("schedule: 2026-12-01 11:30\nexpires: {expires}\n{more}"))
    };
    let out = format!("=== ledger\n{CLAIMED}{PUBLISHED}");
    let (past, future) = ("2026-12-01 11:59", "2026-12-01 12:01");
    for (post, lines, words) in [
        (
            post("", past),
            "",
            "tea acme-x missed - [Person]: its `expires` has passed, and it is not out: give it another time, or let it rest with \
             `pressroom cancel tea:acme-x`",
        ),
        (post("", future), "", "tea acme-x due publish"),
        (post("", past), &*out, "tea acme-x published - https://x.com/acme/status/7"),
        (post("on_remove: delete\n", future), &*out, "tea acme-x published - https://x.com/acme/status/7"),
        (
            post("on_remove: delete\n", past),
            &*out,
            "tea acme-x published remove https://x.com/acme/status/7: its `expires` has passed",
        ),
    ] {
        assert_eq!(check(&format!("{post}{lines}"), &USUAL), words);
    }
}

/// Else a file that is renamed would lose its post.
#[test]
fn what_was_moved_is_not_removed() {
    let claimed = CLAIMED.replace("same", "new/tea");
    let moved = check(&format!("{MOVED}=== ledger\n{claimed}{PUBLISHED}{DELETES}"), &USUAL);
    assert_snapshot!(moved, @"
    new/tea acme-x held - [Person]: moved? `tea` said the same here, is out at https://x.com/acme/status/7, and is gone: `pressroom adopt new/tea:acme-x https://x.com/acme/status/7` if it is the same post, `pressroom retry new/tea:acme-x` to publish it once more
    new/tea ann due publish
    tea acme-x published - https://x.com/acme/status/7 [Person]: not removed, as `new/tea` says the same there: was the file moved?
    ");
}

const MOVED: &str = "=== posts/new/tea.md\ntargets: [acme-x, ann]\nschedule: 2026-12-01 11:30\n---\nTea.\n";

#[test]
fn a_post_that_moved_is_held() {
    let claimed = CLAIMED.replace("same", "new/tea");
    let moved = |lines: &str| check(&format!("{MOVED}=== ledger\n{lines}"), &USUAL);
    assert_snapshot!(moved(&format!("{claimed}{PUBLISHED}")), @"
    new/tea acme-x held - [Person]: moved? `tea` said the same here, is out at https://x.com/acme/status/7, and is gone: `pressroom adopt new/tea:acme-x https://x.com/acme/status/7` if it is the same post, `pressroom retry new/tea:acme-x` to publish it once more
    new/tea ann due publish
    tea acme-x published - https://x.com/acme/status/7: the post or its target is gone from the repository
    ");
    assert_snapshot!(moved(&format!("{claimed}{DOUBT}")), @"
    new/tea acme-x held - [Person]: moved? `tea` said the same here, may be out, and is gone: look on X, then `pressroom resolve tea:acme-x`
    new/tea ann due publish
    tea acme-x doubtful - [Person]: the post or its target is gone from the repository, but a call may have shown it
    ");
    // Other words are another post.
    assert_snapshot!(moved(&format!("{CLAIMED}{PUBLISHED}")), @"
    new/tea acme-x due publish
    new/tea ann due publish
    tea acme-x published - https://x.com/acme/status/7: the post or its target is gone from the repository
    ");
    // A person may insist.
    let insists = r#"new/tea acme-x 11:55 {"ev":"released","by":"Ann"}"#;
    assert_snapshot!(moved(&format!("{claimed}{PUBLISHED}{insists}")), @"
    new/tea acme-x due publish
    new/tea ann due publish
    tea acme-x published - https://x.com/acme/status/7: the post or its target is gone from the repository
    ");
    // As long as it is not due, nobody is called.
    let scheduled = MOVED.replace("11:30", "12:30");
    assert_snapshot!(check(&format!("{scheduled}=== ledger\n{claimed}{PUBLISHED}"), &USUAL), @"
    new/tea acme-x held -: moved? `tea` said the same here, is out at https://x.com/acme/status/7, and is gone: `pressroom adopt new/tea:acme-x https://x.com/acme/status/7` if it is the same post, `pressroom retry new/tea:acme-x` to publish it once more
    new/tea ann scheduled -
    tea acme-x published - https://x.com/acme/status/7: the post or its target is gone from the repository
    ");
}

#[test]
fn a_post_that_repeats_another_is_no_moved_one() {
    let claimed = CLAIMED.replace("same", "new/tea");
    let both = format!("{TEA}{MOVED}=== ledger\n{claimed}{PUBLISHED}");
    assert_snapshot!(check(&both, &USUAL), @"
    new/tea acme-x due publish
    new/tea ann due publish
    tea acme-x published - https://x.com/acme/status/7
    ");
}

#[test]
fn instants_at_the_end_of_time_do_no_harm() {
    for instant in ["+262142-12-31T23:59:59Z", "-262143-01-01T00:00:00Z"] {
        let lines = format!("{CLAIMED}{DOUBT}{PUBLISHED}").replace("2026-12-01T11:40:00Z", instant);
        for count in 0..=3 {
            let lines: String = lines.lines().take(count).map(|line| format!("{line}\n")).collect();
            let slow = lines.replace("acme-x", "slow").replace("2026-12-01T11:31:00Z", instant);
            check(
                &format!("{TEA}{}=== ledger\n{lines}{slow}", TEA.replace("acme-x", "slow").replace("tea.md", "b.md")),
                &USUAL,
            );
        }
    }
}

/// When the plan of a desk may change next, `HH:MM:SS` of 1 December 2026, at the offered instants of a now.
#[test]
fn a_plan_changes_when_something_it_hangs_on_comes() {
    const POST: &str = "=== posts/tea.md\nid: tea\ntargets: [acme-x]\nschedule: 2026-12-01 14:00\n---\nTea.\n";
    let claimed = "tea acme-x 11:58 {\"ev\":\"claimed\",\"epoch\":1,\"exp\":\"2026-12-01T12:08:00Z\",\"fp\":\"same\"}";
    let slow = POST.replace("acme-x", "slow");
    let out = |account: &str| {
        format!(
            "=== posts/jam.md\nid: jam\ntargets: [{account}]\nschedule: 2026-12-01 11:00\n---\nJam.\n=== ledger\n\
             jam {account} 11:50 {{\"ev\":\"claimed\",\"epoch\":1,\"exp\":\"2026-12-01T12:00:00Z\",\"fp\":\"same\"}}\n\
             jam {account} 11:51 {{\"ev\":\"published\",\"receipt\":{{\"id\":\"7\",\"url\":\"https://x.com/a/status/7\",\
             \"at\":\"2026-12-01T11:51:00Z\",\"via\":\"response\"}}}}\n"
        )
    };
    for (desk, now, next) in [
        (POST.to_owned(), NOON, "14:00:00.000"),
        // At its time, and late; then it is missed after twelve hours.
        (POST.to_owned(), "2026-12-01T14:00:00Z", "15:00:00.001"),
        (POST.to_owned(), "2026-12-01T15:30:00Z", "02:00:00.001"),
        (POST.replace("---\nTea", "expires: 2026-12-01 14:30\n---\nTea"), "2026-12-01T14:10:00Z", "14:30:00.000"),
        // A claim's end, and the grace after it.
        (format!("{POST}=== ledger\n{claimed}\n"), NOON, "12:13:00.000"),
        (
            format!(
                "{POST}=== ledger\n{claimed}\ntea acme-x 11:59 {{\"ev\":\"released\",\"retry_at\":\"2026-12-01T12:03:00Z\"}}\n"
            ),
            NOON,
            "12:03:00.000",
        ),
        // Half an hour after the last post of an account that keeps so much between two.
        (format!("{slow}{}", out("slow")), NOON, "12:21:00.000"),
        (format!("{POST}{}", out("acme-x")), NOON, "14:00:00.000"),
        (out("acme-x"), NOON, "never"),
    ] {
        assert_eq!(next_change_of(&desk, &Around { now, ..USUAL }), next, "{now} {desk}");
    }
}

/// All merged at nine, so in the order of their paths.
#[test]
fn posts_that_wait_for_a_slot_keep_theirs() {
    let post = |name: &str| format!("=== posts/{name}.md\ntargets: [queued]\nschedule: next-slot\n---\n{name}.\n");
    let slots = |posts: &[&str], ledger: &str| {
        let desk = posts.iter().map(|name| post(name)).collect::<String>() + "=== ledger\n" + ledger;
        let rows = planned(&desk, &Around { now: "2026-12-01T09:30:00Z", ..USUAL }).rows.into_iter();
        let told = rows.map(|row| {
            let new = if row.to_slot.is_some() { " (new)" } else { "" };
            format!("{} {} {}{new}", row.post, row.state.name(), row.due.unwrap().format("%a %H:%M"))
        });
        told.collect::<Vec<_>>().join(", ")
    };
    let noted = |post: &str, at: &str| format!("{post} queued 09:10 {{\"ev\":\"slotted\",\"at\":\"{at}\"}}\n");
    let all = noted("a", "2026-12-01T10:00:00Z") + &noted("b", "2026-12-01T16:35:00Z");
    assert_eq!(
        slots(&["a", "b", "c"], ""),
        "a scheduled Tue 10:00 (new), b scheduled Tue 16:35 (new), c scheduled Wed 10:00 (new)"
    );
    assert_eq!(
        slots(&["a", "b", "c"], &all),
        "a scheduled Tue 10:00, b scheduled Tue 16:35, c scheduled Wed 10:00 (new)"
    );
    // One goes, and what is promised stays; a new one takes its place.
    assert_eq!(slots(&["b", "c"], &all), "c scheduled Tue 10:00 (new), b scheduled Tue 16:35");
    let again = noted("b", "2026-12-02T10:00:00Z");
    assert_eq!(slots(&["b"], &(all + &again)), "b scheduled Tue 16:35", "the first holds");
}

#[test]
fn a_slot_is_no_word_on_its_post() {
    let desk = "=== posts/a.md\ntargets: [queued]\nschedule: next-slot\n---\nA.\n=== ledger\na queued 09:10 {\"ev\":\"slotted\",\"at\":\"2026-12-01T10:00:00Z\"}\n";
    assert_snapshot!(check(desk, &USUAL), @"a queued due look: 2 h late without a word in the ledger");
    assert_snapshot!(check(desk, &Around { now: "2026-12-02T12:00:00Z", ..USUAL }), @"a queued missed - (new) [Person]: was due Tue 1 Dec 2026 10:00 UTC; `pressroom retry a:queued` publishes it now");
}

#[test]
fn nothing_goes_out_at_a_quiet_time_nor_is_late_for_it() {
    let desk = "=== posts/a.md\ntargets: [hushed]\nschedule: 2026-12-01 11:30\nmax_late: 1h\n---\nA.\n";
    for (now, told) in [
        ("2026-12-01T11:00:00Z", "a hushed scheduled -"),
        (NOON, "a hushed due -: hushed is quiet until Tue 1 Dec 2026 13:00 UTC"),
        ("2026-12-01T13:00:00Z", "a hushed due publish"),
        ("2026-12-01T13:59:00Z", "a hushed due publish"),
    ] {
        assert_eq!(check(desk, &Around { now, ..USUAL }), told, "{now}");
    }
    assert_snapshot!(check(desk, &Around { now: "2026-12-01T14:01:00Z", ..USUAL }), @"a hushed missed - (new) [Person]: was due Tue 1 Dec 2026 11:30 UTC; `pressroom retry a:hushed` publishes it now");
}
