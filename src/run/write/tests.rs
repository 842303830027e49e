//! What is appended and what is not, who may claim, and how long a lease lasts; on a state branch in a throwaway folder.

use tempfile::TempDir;

use super::*;
use crate::limits::Platform;
use crate::repo::Repo;
use crate::step::Class;

/// A journal without a remote, and what keeps its folder.
async fn journal() -> (Journal, TempDir) {
    let folder = TempDir::new().unwrap();
    let repo = Repo::bare(folder.path()).unwrap();
    (Journal::open(&repo, None, "pressroom-state").await.unwrap(), folder)
}

async fn writer() -> (Writer, TempDir) {
    let (journal, folder) = journal().await;
    (Writer { journal, clock: Clock::system(), run: "r1".to_owned(), src: None }, folder)
}

fn key() -> TargetKey {
    TargetKey::new(Platform::X, "acme-x")
}

/// A line that does nothing to where its target stands.
fn line(writer: &Writer, post: &str, what: &str) -> Line {
    let post = PostId::new(post);
    let event = Event::Prepared { step: what.to_owned(), data: BTreeMap::new(), expires: None };
    Line { path: entry::path(&post), entry: writer.entry(&post, &key(), event) }
}

fn read(writer: &Writer, post: &str) -> Vec<Entry> {
    let bytes = writer.journal.branch().unwrap().read(&entry::path(&PostId::new(post))).unwrap().unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    text.lines().map(|line| entry::read(line).unwrap().unwrap()).collect()
}

/// The steps' names, and whether each line is chained to the one before.
fn steps(writer: &Writer, post: &str) -> Vec<String> {
    let bytes = writer.journal.branch().unwrap().read(&entry::path(&PostId::new(post))).unwrap().unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap();
    let before = std::iter::once(None).chain(text.lines().map(|line| Some(entry::chain(line))));
    for (line, before) in read(writer, post).iter().zip(before) {
        assert_eq!(line.prev, before, "{text}");
    }
    let name = |entry: Entry| match entry.event {
        Event::Prepared { step, .. } => step,
        event => format!("{event:?}"),
    };
    read(writer, post).into_iter().map(name).collect()
}

#[tokio::test]
async fn lines_are_chained_file_by_file() {
    let (writer, _folder) = writer().await;
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|what| line(&writer, if what == "b" { "coffee" } else { "tea" }, what));
    // Lines of two files mixed in one change, then one more.
    writer.append(vec![a, b, c]).await.unwrap();
    writer.append(vec![d]).await.unwrap();
    assert_eq!(steps(&writer, "tea"), ["a", "c", "d"]);
    assert_eq!(steps(&writer, "coffee"), ["b"]);
}

#[tokio::test]
async fn a_line_is_written_once_however_often_it_is_carried() {
    let (writer, _folder) = writer().await;
    let [a, b] = ["a", "b"].map(|what| line(&writer, "tea", what));
    writer.append(vec![a.clone(), a.clone()]).await.unwrap();
    let tip = writer.journal.tip();
    writer.append(vec![a.clone()]).await.unwrap();
    assert_eq!(writer.journal.tip(), tip, "nothing to write, nothing committed");
    writer.append(vec![a, b]).await.unwrap();
    assert_eq!(steps(&writer, "tea"), ["a", "b"]);
}

#[tokio::test]
async fn a_last_line_without_an_end_is_ended() {
    let (writer, _folder) = writer().await;
    let first = line(&writer, "tea", "a");
    let (path, text) = (first.path.clone(), entry::write(&first.entry));
    let write = Edit::Write { path, bytes: text.into_bytes() };
    writer.journal.commit(Box::new(move |_: &Branch| Ok(vec![write.clone()]))).await.unwrap();
    writer.append(vec![line(&writer, "tea", "b"), line(&writer, "tea", "c")]).await.unwrap();
    assert_eq!(steps(&writer, "tea"), ["a", "b", "c"]);
}

#[tokio::test]
async fn what_was_decided_is_written_only_where_it_still_holds() {
    let (writer, _folder) = writer().await;
    let seen = Stand::default();
    let missed = |writer: &Writer| {
        let event = Event::Missed { due: writer.clock.now() };
        let post = PostId::new("tea");
        Line { path: entry::path(&post), entry: writer.entry(&post, &key(), event) }
    };
    let first = missed(&writer);
    writer.append_if(first.clone(), seen.clone()).await.unwrap();
    // Carried there again, it is there already.
    writer.append_if(first, seen.clone()).await.unwrap();
    // Somebody else decided the same meanwhile.
    let Err(Setback::Conflict(why)) = writer.append_if(missed(&writer), seen).await else { panic!("written twice") };
    assert_eq!(why, "something happened to it meanwhile");
    assert_eq!(read(&writer, "tea").len(), 1);
}

fn ask(takes_over: Option<Uuid>) -> Ask {
    Ask {
        post: PostId::new("tea"),
        target: key(),
        aim: Aim::Publish,
        fp: Some("0f".into()),
        fixed: None,
        on_remove: None,
        lease: TimeDelta::minutes(10),
        takes_over,
        suspicion: Box::new(|_| None),
    }
}

#[tokio::test]
async fn of_two_claims_one_is_won() {
    let (writer, _folder) = writer().await;
    let (one, two) = tokio::join!(writer.claim(ask(None)), writer.claim(ask(None)));
    assert!(one.is_ok() != two.is_ok());
    let lost = one.and(two).unwrap_err();
    assert!(matches!(&lost, Setback::Conflict(why) if why.starts_with("run r1 holds the claim since ")), "{lost:?}");
    assert_eq!(read(&writer, "tea").len(), 1);
}

#[tokio::test]
async fn only_the_claim_that_was_seen_is_taken_over() {
    let (writer, _folder) = writer().await;
    let first = writer.claim(ask(None)).await.unwrap();
    assert_eq!((first.epoch, first.before), (1, Stand::default()));
    let taken = Some(Uuid::new_v4());
    assert!(matches!(writer.claim(ask(taken)).await, Err(Setback::Conflict(_))));
    let second = writer.claim(ask(Some(first.id))).await.unwrap();
    assert_eq!((second.epoch, second.before.claim.unwrap().id), (2, first.id));
    let Err(Setback::Conflict(why)) = writer.claim(ask(Some(first.id))).await else { panic!("taken over twice") };
    assert!(why.starts_with("run r1 holds the claim since "), "{why}");
    // What the first one would still write only while it holds the claim is not written any more.
    let mut line = line(&writer, "tea", "late");
    line.entry.claim = Some(first.id);
    let again = Claimed {
        id: first.id,
        epoch: 1,
        before: Stand::default(),
        exp: writer.clock.now(),
        end: Duration::ZERO,
        aim: Aim::Publish,
        fp: None,
        allowances: Vec::new(),
        cleanup: None,
    };
    assert!(!writer.append_while_ours(vec![line], None, &again).await.unwrap());
    assert_eq!(read(&writer, "tea").len(), 2);
}

/// Who may claim, by the last word and the claim held; a cell is `yes` or why not.
#[test]
fn who_may_claim() {
    let now: DateTime<Utc> = "2026-12-01T12:00:00Z".parse().unwrap();
    let (later, held) = (now + TimeDelta::seconds(1), Uuid::from_u128(0xa));
    let claim = || Some(ledger::Claim { id: held, run: "r1".into(), at: now, exp: later, aim: Aim::Publish });
    let failed = |retry| Word::Failed { class: Class::Content, msg: String::new(), at: now, retry };
    let receipt = crate::step::Receipt { id: "7".into(), url: "u".into(), at: now, via: crate::step::Via::Response };
    let gone = "the claim to take over is gone: another run was here";
    let other = "run r1 holds the claim since 12:00:00 UTC";
    for (word, claim, takes_over, answer) in [
        (Word::Open, None, None, "yes"),
        (Word::Open, None, Some(held), gone),
        (Word::Open, claim(), None, other),
        (Word::Open, claim(), Some(held), "yes"),
        (Word::Open, claim(), Some(Uuid::from_u128(0xb)), other),
        (Word::Waiting { until: now }, None, None, "yes"),
        (Word::Waiting { until: later }, None, None, "it is open by now"),
        (failed(Retry::After(now)), None, None, "yes"),
        (failed(Retry::After(later)), None, None, "it is failed by now"),
        (failed(Retry::Human), None, None, "it is failed by now"),
        (failed(Retry::Never), None, None, "it is failed by now"),
        (Word::Published { receipt }, None, None, "it is published by now"),
        (Word::Removed, None, None, "it is removed by now"),
        (Word::Missed { due: now }, None, None, "it is missed by now"),
        (Word::Cancelled { by: "Ann".into() }, None, None, "it is cancelled by now"),
    ] {
        let stand = Stand { word, claim, ..Stand::default() };
        let given = match may_claim(&stand, takes_over, Aim::Publish, None, now) {
            Ok(()) => "yes".to_owned(),
            Err(Setback::Conflict(why)) => why,
            Err(Setback::Failed(failure)) => failure.message,
        };
        assert_eq!(given, answer, "{stand:?}");
    }
}

/// The wall clock may be set back or forward, and a machine may sleep: the clock that says less counts.
#[test]
fn a_lease_ends_by_whichever_clock_says_so_first() {
    let clock = Clock::system();
    let (now, passed) = (clock.now(), clock.elapsed());
    let claimed = |wall: i64, monotonic: u64| Claimed {
        aim: Aim::Publish,
        fp: None,
        allowances: Vec::new(),
        cleanup: None,
        id: Uuid::nil(),
        epoch: 1,
        before: Stand::default(),
        exp: now + TimeDelta::seconds(wall),
        end: passed + Duration::from_secs(monotonic),
    };
    // Far enough apart that the time this test takes does not matter.
    for (wall, monotonic, most) in [(10_000, 20_000, 10_000), (20_000, 10_000, 10_000), (-5_000, 10_000, -5_000)] {
        let left = claimed(wall, monotonic).lease_left(&clock).num_seconds();
        assert!((most - 1_000..=most).contains(&left), "{wall} {monotonic}: {left}");
    }
    let mut renewed = claimed(-5_000, 0);
    renewed.renew(now + TimeDelta::seconds(10_000), passed, TimeDelta::seconds(20_000));
    assert!((9_000..=10_000).contains(&renewed.lease_left(&clock).num_seconds()));
    renewed.renew(now + TimeDelta::seconds(20_000), passed, TimeDelta::seconds(10_000));
    assert!((9_000..=10_000).contains(&renewed.lease_left(&clock).num_seconds()));
}
