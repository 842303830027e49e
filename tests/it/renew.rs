//! Tokens that end are refreshed before they are used: once, whoever else wants to, and nothing is lost where a run is cut off.

use std::process::{Child, Stdio};
use std::time::Duration;

use pressroom::limits::Platform;
use pressroom::sim::{Fault, FaultKind};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::kill::unlock;
use crate::login::{Desk, SECRET, log_in};
use crate::press::{Press, Ran};
use crate::scene::{QUICK, next_second, until};

const FILM: &[u8] = include_bytes!("../../media/film.mp4");

/// Logged in on a platform whose tokens live for five minutes: every run finds one that ends soon.
fn desk(platform: Platform) -> Desk {
    let mut desk = Desk::new(platform, platform.name());
    desk.press.with_remote();
    desk.press.env.push(("PRESSROOM_TIMINGS".to_owned(), QUICK.to_owned()));
    desk.stage.sim.x.configure(|options| {
        options.access_token_life = Duration::from_secs(300);
        options.rates.clear();
    });
    desk.stage.sim.youtube.configure(|options| {
        options.access_token_life = Duration::from_secs(300);
        options.processing_delay = Duration::ZERO;
    });
    desk.stage.sim.tiktok.configure(|options| {
        options.access_token_life = Duration::from_secs(300);
        (options.processing_delay, options.moderation_delay) = (Duration::ZERO, Duration::ZERO);
    });
    desk.press.run_with(&["apps", "set", platform.name()], SECRET).exits(0);
    log_in(&desk, &[]);
    next_second();
    desk
}

/// Commits a post, due at once.
fn post(desk: &Desk, press: &Press, platform: Platform, id: &str) {
    let front = match platform {
        Platform::X => "",
        _ => {
            "title: T\nvisibility: public\nmedia: [{src: media/film.mp4}]\noverrides: {youtube: {category: \"22\", made_for_kids: false}}\n"
        }
    };
    let front = if platform == Platform::TikTok {
        front.replace("overrides: {youtube: {category: \"22\", made_for_kids: false}}\n", "")
    } else {
        front.to_owned()
    };
    press.bytes("media/film.mp4", FILM);
    press.file(
        &format!("posts/{id}.md"),
        &format!("---\nid: {id}\ntargets: [acme]\nschedule: on-merge\n{front}---\nTea, {id}.\n"),
    );
    press.commit(id);
    press.git(&["push", "-q", "origin", "HEAD:main"]);
    let _ = desk;
}

/// How many requests have gone to a token endpoint.
fn asked(desk: &Desk) -> usize {
    let log = desk.stage.sim.world().log();
    log.iter().filter(|logged| logged.method == "POST" && logged.target.contains("/token")).count()
}

fn stored(desk: &Desk) -> Value {
    let accounts = desk.press.run(&["accounts", "--format", "json"]).exits(0).json();
    accounts["accounts"].as_array().unwrap()[0].clone()
}

fn start(press: &Press) -> Child {
    let mut command = press.command(&["publish"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[track_caller]
fn refreshes(platform: Platform) {
    let desk = desk(platform);
    let before = asked(&desk);
    for round in 1..=2 {
        post(&desk, &desk.press, platform, &format!("one-{round}"));
        desk.press.run(&["publish"]).exits(0);
        assert_eq!(asked(&desk) - before, round, "{platform}");
    }
    assert_eq!(desk.stage.texts(platform.name()).len(), 2);
    // Where nothing is to be published, nothing is refreshed.
    desk.press.run(&["publish"]).exits(0);
    assert_eq!(asked(&desk) - before, 2);
}

#[test]
fn on_x_where_each_refresh_spends_the_old_one() {
    refreshes(Platform::X);
}

#[test]
fn on_youtube_where_it_stays_the_same() {
    refreshes(Platform::YouTube);
}

#[test]
fn on_tiktok() {
    refreshes(Platform::TikTok);
}

/// Without an app nothing can be refreshed, and a token is used as long as it lasts.
#[test]
fn without_an_app_a_token_lasts_as_long_as_it_lasts() {
    let desk = desk(Platform::X);
    desk.press.run(&["apps", "remove", "x"]).exits(0);
    let accounts = std::fs::read_to_string(desk.press.repo.join("accounts.toml")).unwrap();
    let accounts = accounts.lines().filter(|line| !line.contains("apps.x") && !line.contains("client_id"));
    desk.press.file("accounts.toml", &accounts.collect::<Vec<_>>().join("\n"));
    let before = asked(&desk);
    post(&desk, &desk.press, Platform::X, "bare");
    desk.press.run(&["publish"]).exits(0);
    assert_eq!(asked(&desk), before);
}

/// Two machines want the same token at the same moment, again and again: it is refreshed once a time, and the chain lives.
#[test]
fn two_machines_at_once_never_break_the_chain() {
    let desk = desk(Platform::X);
    let remote = desk.press.git(&["remote", "get-url", "origin"]).trim().to_owned();
    let other = desk.press.clone_of(&remote, "other");
    for round in 0..8 {
        post(&desk, &desk.press, Platform::X, &format!("both-{round}"));
        other.git(&["pull", "-q", "origin", "main"]);
        // Each has a post of its own to publish.
        let before = asked(&desk);
        let runs = [start(&desk.press), start(&other)].map(|child| Ran::of(&child.wait_with_output().unwrap()));
        let told =
            runs.iter().map(|ran| format!("{} {}{}", ran.code, ran.stdout, ran.stderr)).collect::<Vec<_>>().join("\n");
        assert!(runs.iter().all(|ran| matches!(ran.code, 0 | 5)), "{told}");
        // The second may find the first one's, or refresh that once more, as it ends soon: never the same.
        assert!((1..=2).contains(&(asked(&desk) - before)), "{told}");
        desk.press.run(&["publish"]).exits(0);
        assert_eq!(desk.stage.texts("x").len(), round + 1, "{told}");
    }
    assert!(
        desk.stage
            .sim
            .world()
            .log()
            .iter()
            .all(|logged| !logged.target.contains("/token") || logged.status == Some(200))
    );
}

/// The answer is lost, and X has spent the old token: the one window that cannot be closed. It is told.
#[test]
fn a_lost_answer_is_told() {
    let desk = desk(Platform::X);
    post(&desk, &desk.press, Platform::X, "lost");
    let (method, path) = ("POST".parse().unwrap(), "/2/oauth2/token".to_owned());
    desk.stage.sim.world().fault(Fault { method, path, times: 1, kind: FaultKind::DropAfter });
    let before = asked(&desk);
    let ran = desk.press.run(&["publish"]);
    // Asked once more, as nothing more can be lost by it; what is still good is used.
    assert_eq!(asked(&desk) - before, 2, "{}", ran.stderr);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let told = "warning: X does not refresh the login of acme any more (invalid_request): `pressroom connect acme`";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    desk.stage.sim.world().advance(Duration::from_secs(600));
    post(&desk, &desk.press, Platform::X, "later");
    let ran = desk.press.run(&["publish"]).exits(3);
    assert!(ran.stderr.contains("run `pressroom connect`"), "{}", ran.stderr);
}

/// The new token is on this disk, and the branch could not be had: the next run brings it in and refreshes nothing.
#[test]
fn what_could_not_be_stored_is_kept_and_brought_in() {
    let desk = desk(Platform::X);
    let remote = std::path::PathBuf::from(desk.press.git(&["remote", "get-url", "origin"]).trim());
    post(&desk, &desk.press, Platform::X, "kept");
    let (method, path) = ("POST".parse().unwrap(), "/2/oauth2/token".to_owned());
    let slow = FaultKind::Slow(Duration::from_millis(1500));
    desk.stage.sim.world().fault(Fault { method, path, times: 1, kind: slow });
    let before = asked(&desk);
    let child = start(&desk.press);
    until("the refresh is under way", || asked(&desk) > before);
    let away = remote.with_extension("away");
    std::fs::rename(&remote, &away).unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_ne!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    std::fs::rename(&away, &remote).unwrap();
    let kept = || std::fs::read_dir(desk.press.repo.join(".git/pressroom/tokens")).unwrap().count();
    assert_eq!(kept(), 1, "{}", ran.stderr);
    let before = asked(&desk);
    until("the claim of the run before is over", || desk.press.run(&["publish"]).code == 0);
    assert!(desk.stage.texts("x").len() == 1 && kept() == 0);
    // Brought in, it ends soon, and is refreshed in turn: from the new one, not from the old.
    assert!(asked(&desk) > before);
    assert!(
        desk.stage
            .sim
            .world()
            .log()
            .iter()
            .all(|logged| !logged.target.contains("/token") || logged.status == Some(200))
    );
    assert!(stored(&desk)["account"] == "acme" || stored(&desk)["name"] == "acme");
}

/// Killed at any moment: the token that is stored is good, or the next run says that a person must log in.
#[test]
fn killed_at_any_moment_the_chain_lives() {
    let desk = desk(Platform::X);
    for round in 0..6_u64 {
        post(&desk, &desk.press, Platform::X, &format!("kill-{round}"));
        let child = start(&desk.press);
        // Spread over the time until the refresh has been answered and stored; an answer takes its time on the way.
        std::thread::sleep(Duration::from_millis(20 + 35 * round));
        let _ = kill_process(Pid::from_child(&child), Signal::KILL);
        let _ = child.wait_with_output();
        let mut told = String::new();
        let mut dead = false;
        for _ in 0..20 {
            let ran = desk.press.run(&["publish"]);
            told += &format!("--- {}\n{}{}", ran.code, ran.stdout, ran.stderr);
            unlock(&desk.press, &ran.stderr);
            dead = ran.stderr.contains("error: X does not refresh");
            if ran.code == 0 || dead {
                break;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        if dead {
            // In the one window.
            log_in(&desk, &[]);
            until("the login anew publishes", || desk.press.run(&["publish"]).code == 0);
        }
        assert_eq!(desk.stage.texts("x").len(), usize::try_from(round).unwrap() + 1, "{told}");
    }
}
