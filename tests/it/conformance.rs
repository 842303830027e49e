//! One suite over all platforms: every kind of post they take is published as planned, is out once wherever the run is cut
//! off, and is edited and removed where the platform can. What readers see decides, not our ledger; where a platform describes
//! its API for machines, every request is held against that as well.

mod cases;
mod crash;
mod faults;
mod life;
mod media;

use std::panic::resume_unwind;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};

use pressroom::limits::Platform;
use pressroom::sim::{FaultKind, Logged, Seen};
use rustix::process::{Pid, Signal, kill_process};

use crate::cast::{Cast, account};
use crate::official;
use crate::scene::until;
use cases::{Case, cases};

/// The suite of each platform, in a module named like it: so they run side by side, and can be run alone.
macro_rules! suites {
    ($($module:ident $platform:ident)*) => {
        $(mod $module {
            use pressroom::limits::Platform;

            #[test]
            fn every_kind_is_published_edited_and_removed() {
                super::whole(Platform::$platform);
            }

            #[test]
            fn every_kind_is_out_once_wherever_the_run_is_cut_off() {
                super::cut(Platform::$platform);
            }

            #[test]
            fn every_kind_is_out_once_whatever_a_crash_leaves_and_a_platform_refuses() {
                super::crash::crashed_and_refused(Platform::$platform);
            }

            #[test]
            fn every_kind_of_answer_that_goes_wrong() {
                super::faults::usual(Platform::$platform);
            }
        })*

        const SUITES: &[Platform] = &[$(Platform::$platform),*];
    };
}

suites! {
    x X
    linkedin LinkedIn
    facebook Facebook
    instagram Instagram
    threads Threads
    youtube YouTube
    tiktok TikTok
    bluesky Bluesky
    mastodon Mastodon
    discord Discord
    telegram Telegram
    forem Forem
    slack Slack
}

#[test]
fn every_platform_has_its_suite() {
    let published: Vec<_> = Platform::ALL.into_iter().filter(|platform| platform.limits().published).collect();
    assert_eq!(SUITES, published);
}

/// The accounts of a platform, with the files that the cases attach, and a post they can refer to.
fn cast(platform: Platform) -> Cast {
    let cast = Cast::of(platform);
    media::put(&cast.press);
    cast.press.commit("media");
    if cases(platform).iter().any(|case| case.refers()) {
        let front = format!("id: earlier\ntargets: [{}]\nschedule: on-merge", account(platform));
        cast.press.file("posts/earlier.md", &format!("---\n{front}\n---\nEarlier.\n")).commit("earlier");
        cast.press.run(&["publish"]).exits(0);
    }
    cast
}

/// Casts at work side by side. Containers of Instagram and Threads are asked after only every few seconds, so that most of
/// their suites' time goes into waiting; with others the machine is busy.
fn casts(platform: Platform) -> usize {
    if matches!(platform, Platform::Instagram | Platform::Threads) { 8 } else { 4 }
}

/// Runs a suite on several casts at once, each told which of them it is; what all of them sent.
fn side_by_side(platform: Platform, suite: impl Fn(&Cast, usize) + Sync) -> Vec<Logged> {
    std::thread::scope(|scope| {
        let suite = &suite;
        let run = move |which| {
            let cast = cast(platform);
            suite(&cast, which);
            cast.stage.sim.world().log()
        };
        let casts: Vec<_> = (0..casts(platform)).map(|which| scope.spawn(move || run(which))).collect();
        casts.into_iter().flat_map(|cast| cast.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

fn whole(platform: Platform) {
    let has_edited = AtomicBool::new(false);
    let log = side_by_side(platform, |cast, which| {
        for (number, case) in cases(platform).iter().enumerate().skip(which).step_by(casts(platform)) {
            let id = format!("whole-{number}");
            let before = life::published(cast, case, &id);
            has_edited.fetch_or(life::edited(cast, case, &id, &before), Ordering::Relaxed);
            life::removed(cast, case, &id, &before);
        }
    });
    assert_eq!(has_edited.into_inner(), !platform.limits().edits.fields.is_empty(), "{platform}: edits");
    // What these have no case for: looks are for doubts, and nothing is slow.
    let unsent: &[&str] = match platform {
        Platform::X => &["getMediaUploadStatus", "getUsersPosts"],
        _ => &[],
    };
    assert_eq!(official::holds(&log, platform), unsent);
}

/// The process is killed while it waits for each of its answers in turn, the request having had its effect; runs after
/// that bring it to its end. A case that makes the same calls as another in the same order is left out.
fn cut(platform: Platform) {
    let log = side_by_side(platform, |cast, which| {
        for (number, case) in cases(platform).iter().enumerate().filter(|(_, case)| case.is_a_way) {
            for cut in (which..).step_by(casts(platform)) {
                let id = format!("cut-{number}-{cut}");
                case.prepare(cast, &id);
                let before = cast.seen(platform);
                case.commit(cast, &id, "");
                if !is_cut_off(cast, cut) {
                    // There were no more requests: every cut has been made.
                    case.check(cast, &before, "uncut");
                    break;
                }
                let told = settle(cast, case, &id, &before);
                case.check(cast, &before, &format!("cut {cut}\n{told}"));
            }
        }
    });
    official::holds(&log, platform);
}

/// Publishes, and kills the run when so many requests were answered and the next has had its effect; `false` where there was
/// no such request.
fn is_cut_off(cast: &Cast, requests: usize) -> bool {
    let world = cast.stage.sim.world();
    let place = world.fault_after(requests, FaultKind::Never { acts: true });
    let mut command = cast.press.command(&["publish"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let withheld = || world.log().get(place).is_some_and(|logged| logged.status.is_some());
    let mut ended = None;
    until("the request is withheld, or the run ends", || {
        withheld() || {
            ended = child.try_wait().unwrap();
            ended.is_some()
        }
    });
    world.calm();
    if !withheld() {
        assert!(ended.is_some_and(|status| status.success()));
        return false;
    }
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();
    true
}

/// Runs until nothing is left to do. Where only a person can tell, one does.
fn settle(cast: &Cast, case: &Case, id: &str, before: &[Seen]) -> String {
    let mut told = String::new();
    for _ in 0..10 {
        let ran = cast.press.run(&["publish"]);
        told += &format!("--- {}\n{}{}", ran.code, ran.stdout, ran.stderr);
        if ran.code == 0 {
            return told;
        }
        if ran.code == 3 && case.asks {
            let target = format!("{id}:{}", case.account());
            let is_out = cast.seen(case.platform).len() > before.len();
            let word: &[&str] = if is_out { &["--published", "https://media.example/"] } else { &["--absent"] };
            cast.press.run(&[&["resolve", target.as_str()], word].concat()).exits(0);
        }
    }
    panic!("ten runs, and still not done:\n{told}");
}
