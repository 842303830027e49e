//! Tokens that end are refreshed before they are used: once, whoever else wants to, and nothing is lost where a run is cut off.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use chrono::{DateTime, Utc};
use insta::assert_snapshot;
use pressroom::clock::Clock;
use pressroom::limits::Platform;
use pressroom::sim::{Fault, FaultKind, Logged, instagram, threads};
use pressroom::vault::{self, Document, Identities, Recipients, Sources};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::cast::{self, Cast};
use crate::cut::unlock;
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
    log.iter().filter(|logged| is_refresh(logged)).count()
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
    let remote = PathBuf::from(desk.press.git(&["remote", "get-url", "origin"]).trim());
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

/// Connected with a token of so many days, of a platform that renews tokens by themselves; no app of ours is anywhere.
fn renewing(platform: Platform, days: u64) -> (Cast, String) {
    let cast = Cast::of(platform);
    let account = cast::account(platform);
    cast.press.run(&["disconnect", &account]).exits(0);
    let life = Duration::from_secs(days * 86_400);
    let sim = &cast.stage.sim;
    let token = match platform {
        Platform::Threads => {
            sim.threads.configure(|options| options.long_token_life = life);
            sim.threads
                .sign_up(threads::SignUp { username: "bea".to_owned(), ..threads::SignUp::default() })
                .access_token
        }
        _ => {
            sim.instagram.configure(|options| options.long_token_life = life);
            let username = "bea".to_owned();
            sim.instagram.sign_up(instagram::SignUp { username, ..instagram::SignUp::default() }).access_token
        }
    };
    let seconds = life.as_secs();
    let answer = format!("{{\"access_token\": \"{token}\", \"token_type\": \"bearer\", \"expires_in\": {seconds}}}");
    cast.press.run_with(&["connect", &account, "--token-stdin"], &answer).exits(0);
    next_second();
    (cast, account)
}

fn film(cast: &Cast, account: &str, id: &str) {
    let front = format!("id: {id}\ntargets: [{account}]\nschedule: on-merge\nmedia: [{{src: media/film.mp4}}]");
    cast.press.file(&format!("posts/{id}.md"), &format!("---\n{front}\n---\nTea, {id}.\n")).commit(id);
}

fn refreshes_of(cast: &Cast) -> usize {
    cast.stage.sim.world().log().iter().filter(|logged| logged.target.starts_with("/refresh_access_token")).count()
}

/// Renewed by itself in the last part of its life, by the run that needs it; then it lasts.
#[track_caller]
fn renews(platform: Platform) {
    let (cast, account) = renewing(platform, 5);
    // The platforms renew no token that is younger than a day.
    cast.stage.sim.world().advance(Duration::from_secs(2 * 86_400));
    cast.stage.sim.threads.configure(|options| options.long_token_life = Duration::from_secs(60 * 86_400));
    cast.stage.sim.instagram.configure(|options| options.long_token_life = Duration::from_secs(60 * 86_400));
    for id in ["one", "two"] {
        film(&cast, &account, id);
        cast.press.run(&["publish"]).exits(0);
        assert_eq!(refreshes_of(&cast), 1, "{platform} {id}");
    }
    assert_eq!(cast.seen(platform).len(), 2);
    let listed = cast.press.run(&["accounts", "--format", "json"]).exits(0).json();
    let accounts = listed["accounts"].as_array().unwrap();
    let expires = accounts.iter().find(|one| one["name"] == account.as_str()).unwrap()["expires"].as_str().unwrap();
    let left = expires.parse::<DateTime<Utc>>().unwrap() - Clock::system().now();
    assert!((59..=60).contains(&left.num_days()), "{expires}");
    // Asked for by a person, it is still too young.
    let ran = cast.press.run(&["accounts", "refresh", &account]).exits(0);
    assert_eq!(ran.stdout, format!("{account}  bea  is too young to be refreshed; ends in 59 d 23 h\n"));
    assert_eq!(refreshes_of(&cast), 1);
}

#[test]
fn on_threads_where_a_token_is_renewed_by_itself() {
    renews(Platform::Threads);
}

#[test]
fn on_instagram_where_a_token_is_renewed_by_itself() {
    renews(Platform::Instagram);
}

/// A token that has ended is renewed by nobody: nothing is published, and a person is sent for.
#[test]
fn a_token_that_was_to_be_renewed_and_has_ended_is_told() {
    for platform in [Platform::Threads, Platform::Instagram] {
        let (cast, account) = renewing(platform, 1);
        cast.stage.sim.world().advance(Duration::from_secs(2 * 86_400));
        let past = format!(
            "{{\"access_token\": \"EAAC-that-was-once-good\", \"expires_at\": \"{}\"}}",
            Clock::system().now().to_rfc3339()
        );
        // One that has ended already is not even taken.
        let ran = cast.press.run_with(&["connect", &account, "--token-stdin"], &past).exits(2);
        assert!(ran.stderr.contains("the token ended on "), "{}", ran.stderr);
        // The platform refuses to renew it, though by our clock it still lives: what it was is used up to its end.
        film(&cast, &account, "late");
        let ran = cast.press.run(&["publish"]).exits(3);
        let label = platform.label();
        let told = format!(
            "{label} does not refresh the login of {account} any more (invalid_grant): `pressroom connect {account}`\n"
        );
        assert!(ran.stderr.contains(&told), "{}", ran.stderr);
        assert_eq!(cast.seen(platform).len(), 0);
    }
}

/// LinkedIn gives refresh tokens to some apps; they stay the same, with the end they had.
#[test]
fn on_linkedin_with_a_refresh_token_and_without() {
    let mut desk = Desk::new(Platform::LinkedIn, "linkedin");
    desk.press.with_remote();
    desk.press.env.push(("PRESSROOM_TIMINGS".to_owned(), QUICK.to_owned()));
    desk.press.run_with(&["apps", "set", "linkedin"], SECRET).exits(0);
    desk.stage.sim.linkedin.configure(|options| {
        options.partner = true;
        options.token_life = Duration::from_secs(3600);
    });
    log_in(&desk, &[]);
    next_second();
    let (before, first) = (asked(&desk), stored_of(&desk.press, "acme"));
    text(&desk, "one");
    desk.press.run(&["publish"]).exits(0);
    let second = stored_of(&desk.press, "acme");
    assert_eq!((asked(&desk) - before, second.seq), (1, first.seq + 1));
    assert_eq!(second.credential.refresh(), first.credential.refresh());
    assert!(second.credential.refresh_expires_at().is_some());
    // Without: used as long as it lasts, and then told.
    desk.stage.sim.linkedin.configure(|options| {
        options.partner = false;
        options.token_life = Duration::from_secs(4);
    });
    desk.press.run(&["disconnect", "acme"]).exits(0);
    log_in(&desk, &[]);
    let before = asked(&desk);
    std::thread::sleep(Duration::from_millis(4100));
    text(&desk, "two");
    let ran = desk.press.run(&["publish"]).exits(3);
    assert_snapshot!(ran.stderr, @"error: the token of acme has ended: `pressroom connect acme`");
    assert_eq!((asked(&desk), desk.stage.texts("linkedin").len()), (before, 1));
}

/// A Page's token does not end: nothing is refreshed.
#[test]
fn on_facebook_where_nothing_ends() {
    let mut desk = Desk::new(Platform::Facebook, "facebook");
    desk.press.with_remote();
    desk.press.env.push(("PRESSROOM_TIMINGS".to_owned(), QUICK.to_owned()));
    desk.press.run_with(&["apps", "set", "facebook"], SECRET).exits(0);
    log_in(&desk, &["--paste"]);
    next_second();
    let (before, first) = (asked(&desk), stored_of(&desk.press, "acme"));
    text(&desk, "one");
    desk.press.run(&["publish"]).exits(0);
    assert_eq!((asked(&desk), stored_of(&desk.press, "acme")), (before, first));
    assert_eq!(desk.stage.texts("facebook").len(), 1);
}

/// Commits a post of words alone.
fn text(desk: &Desk, id: &str) {
    let words = format!("---\nid: {id}\ntargets: [acme]\nschedule: on-merge\n---\nTea, {id}.\n");
    desk.press.file(&format!("posts/{id}.md"), &words).commit(id);
    desk.press.git(&["push", "-q", "origin", "HEAD:main"]);
}

/// Google sends no new refresh token: the old one stays.
#[test]
fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let desk = desk(Platform::YouTube);
    let before = stored_of(&desk.press, "acme");
    desk.press.run(&["accounts", "refresh", "acme"]).exits(0);
    let after = stored_of(&desk.press, "acme");
    assert_eq!(after.seq, before.seq + 1);
    assert!(after.credential.bearer() != before.credential.bearer());
    assert!(after.credential.refresh().is_some() && after.credential.refresh() == before.credential.refresh());
}

/// Whatever a platform answers, a secret is never replaced by an empty one.
#[test]
fn an_empty_secret_replaces_nothing() {
    let desk = desk_of_short_claims();
    let before = stored_of(&desk.press, "acme");
    let answers = |access: &str, refresh: &str, times| {
        let body = serde_json::json!({
            "token_type": "bearer", "expires_in": 7200, "access_token": access, "refresh_token": refresh,
        });
        let kind = FaultKind::AnswerBefore { status: 200, headers: Vec::new(), body: body.to_string() };
        let (method, path) = ("POST".parse().unwrap(), "/2/oauth2/token".to_owned());
        desk.stage.sim.world().fault(Fault { method, path, times, kind });
    };
    for blank in ["", "  "] {
        answers(blank, "make-believe-refresh", 2);
        let ran = desk.press.run(&["accounts", "refresh", "acme"]).exits(4);
        insta::allow_duplicates! {
            assert_snapshot!(ran.stderr, @"
            error: the token of acme could not be refreshed; it is as good as before
              because: X gave no answer to a refresh: X gave no token
            ");
        }
        assert_eq!(stored_of(&desk.press, "acme"), before);
    }
    answers("make-believe-access", "", 1);
    desk.press.run(&["accounts", "refresh", "acme"]).exits(0);
    let after = stored_of(&desk.press, "acme");
    assert_eq!(after.credential.bearer().unwrap().expose(), "make-believe-access");
    assert_eq!(after.credential.refresh(), before.credential.refresh());
}

/// Where a new token could not be kept, none is asked for, and the claim is given back.
#[test]
fn nothing_is_asked_for_that_could_not_be_kept() {
    let desk = desk(Platform::X);
    let (before, stored) = (asked(&desk), stored_of(&desk.press, "acme"));
    let draft = desk.press.repo.join(".git/pressroom/tokens/acme.new");
    std::fs::create_dir_all(&draft).unwrap();
    let ran = desk.press.run(&["accounts", "refresh", "acme"]).exits(4);
    let told = format!(
        "error: the token of acme could not be refreshed; it is as good as before\n  because: {} could not be written\n",
        draft.display()
    );
    assert_eq!((ran.stderr, asked(&desk)), (told, before));
    assert_eq!(stored_of(&desk.press, "acme"), stored);
    std::fs::remove_dir(&draft).unwrap();
    desk.press.run(&["accounts", "refresh", "acme"]).exits(0);
    assert_eq!(asked(&desk), before + 1);
}

/// The token of an account as the state branch of the remote has it, opened with the key of this home.
fn stored_of(press: &Press, account: &str) -> Document {
    let remote = press.git(&["remote", "get-url", "origin"]);
    let path = vault::account_path(account);
    let args = ["-C", remote.trim(), "show", &format!("pressroom-state:{path}")];
    opened(press, &press.command_of("git", &args).output().unwrap().stdout).unwrap()
}

fn opened(press: &Press, sealed: &[u8]) -> Option<Document> {
    let recipients = Recipients::parse([press.recipient.as_str()]).unwrap();
    let file = Some(press.folder().join("home/.config/pressroom/identity"));
    let identities = Identities::load(&Sources { file, ..Sources::default() }, &recipients).unwrap();
    identities.open("a token file", sealed).ok()
}

/// Where a run is killed.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// At its call of git with this number: before git did anything, or after.
    Git(u32, &'static str),
    /// While the platform holds its answer back; whether it has acted.
    Asked { acts: bool },
    /// Before the system call of these with this number that is about the new token's file, its draft or their folder.
    File(&'static str, u32),
}

/// What a killed run has left of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    /// The old one: nothing was asked, or nothing came of it.
    Old,
    /// The platform has given a new one that nobody has.
    Nowhere,
    /// The new one, on this disk.
    OnDisk,
    /// The new one, on the state branch.
    Stored,
}

/// A desk on X whose claims are over soon, so that nobody waits long for a dead run.
fn desk_of_short_claims() -> Desk {
    let mut desk = desk(Platform::X);
    // Without a grace: while it lasts, a token that a dead run claimed is used as it is.
    let timings = "lease=2.5,request=1.5,grace=0,settle=0.1,patience=3".to_owned();
    desk.press.env.push(("PRESSROOM_TIMINGS".to_owned(), timings));
    desk
}

/// git, but for the call with the number `CUT`, at which whoever calls is killed.
const CUTTING_GIT: &str = r#"#!/bin/sh
number=$(($(cat "$0.calls" 2>/dev/null || echo 0) + 1))
echo $number > "$0.calls"
if [ "$number-before" = "$CUT" ]; then kill -9 $PPID; exit 1; fi
if [ "$number-after" = "$CUT" ]; then "$GIT" "$@"; kill -9 $PPID; exit 1; fi
exec "$GIT" "$@"
"#;

/// A folder whose `git` is another program; where the real one is.
pub(crate) fn other_git(press: &Press, script: &str) -> (PathBuf, PathBuf) {
    let path = std::env::var_os("PATH").unwrap();
    let real = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.is_file()).unwrap();
    let folder = press.folder().join("bin");
    std::fs::create_dir_all(&folder).unwrap();
    executable(&folder.join("git"), script);
    (folder, real)
}

/// Writes a script that can be run.
pub(crate) fn executable(path: &Path, script: &str) {
    std::fs::write(path, script).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// `PATH` with this folder before all others.
pub(crate) fn path_with(folder: &Path) -> OsString {
    let path = std::env::var_os("PATH").unwrap();
    std::env::join_paths(std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path))).unwrap()
}

/// Runs `publish` until it is killed there; whether it was.
fn killed(desk: &Desk, cut: Cut) -> bool {
    let press = &desk.press;
    let tokens = press.repo.join(".git/pressroom/tokens");
    let (kept, draft) = (tokens.join("acme.age"), tokens.join("acme.new"));
    let ran = match cut {
        Cut::Git(number, when) => {
            let (folder, real) = other_git(press, CUTTING_GIT);
            let _ = std::fs::remove_file(folder.join("git.calls"));
            let mut command = press.command(&["publish"]);
            command.env("PATH", path_with(&folder)).env("GIT", real).env("CUT", format!("{number}-{when}"));
            command.stdin(Stdio::null()).output().unwrap()
        }
        Cut::Asked { acts } => {
            let (method, path) = ("POST".parse().unwrap(), "/2/oauth2/token".to_owned());
            let kind = FaultKind::Never { acts };
            desk.stage.sim.world().fault(Fault { method, path, times: 1, kind });
            let before = asked(desk);
            let child = start(press);
            let is_held = || {
                let log = desk.stage.sim.world().log();
                asked(desk) > before && log.iter().rev().find(|logged| is_refresh(logged)).unwrap().status.is_some()
            };
            until("the platform holds its answer back", is_held);
            kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
            child.wait_with_output().unwrap()
        }
        Cut::File(calls, number) => {
            let inject = format!("inject={calls}:signal=KILL:when={number}");
            let about = [&tokens, &kept, &draft].map(|path| path.to_str().unwrap());
            let mut args = vec!["-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", &inject];
            about.iter().for_each(|path| args.extend(["-P", path]));
            args.extend([env!("CARGO_BIN_EXE_pressroom"), "accounts", "refresh", "acme"]);
            let ran = press.command_of("strace", &args).stdin(Stdio::null()).output();
            ran.expect("this test needs the `strace` program: `apt-get install strace` (as .ci/run does)")
        }
    };
    let told = Ran::of(&ran);
    assert!(matches!(told.code, -1 | 0), "{cut:?} {}: {}{}", told.code, told.stdout, told.stderr);
    told.code == -1
}

fn is_refresh(logged: &Logged) -> bool {
    logged.target.contains("/token") || logged.target.contains("/accessToken") || logged.target.contains("/refresh_")
}

/// How many refreshes the platform has answered so.
fn answered(desk: &Desk, status: u16) -> usize {
    let log = desk.stage.sim.world().log();
    log.iter().filter(|logged| is_refresh(logged) && logged.status == Some(status)).count()
}

/// Kills a run there and looks what is left; then the next runs must publish, with whatever token is left, and say so where
/// there is none. `None`: the run was over before it came there.
fn cut_off(desk: &Desk, cut: Cut) -> Option<Left> {
    let shown = desk.stage.texts("x").len();
    post(desk, &desk.press, Platform::X, &format!("cut-{shown}"));
    let (seq, given, refused) = (stored_of(&desk.press, "acme").seq, answered(desk, 200), answered(desk, 400));
    if !killed(desk, cut) {
        until("what is due is out", || desk.press.run(&["publish"]).code == 0);
        return None;
    }
    let is_newer = |sealed: Vec<u8>| opened(&desk.press, &sealed).is_some_and(|document| document.seq > seq);
    let tokens = std::fs::read_dir(desk.press.repo.join(".git/pressroom/tokens")).into_iter().flatten();
    let left = if stored_of(&desk.press, "acme").seq > seq {
        Left::Stored
    } else if tokens.flatten().any(|entry| is_newer(std::fs::read(entry.path()).unwrap())) {
        Left::OnDisk
    } else if answered(desk, 200) > given {
        Left::Nowhere
    } else {
        Left::Old
    };
    let (mut code, mut told) = (-1, String::new());
    for _ in 0..20 {
        let ran = desk.press.run(&["publish"]);
        told += &format!("--- {}\n{}{}", ran.code, ran.stdout, ran.stderr);
        unlock(&desk.press, &ran.stderr);
        code = ran.code;
        if code == 0 {
            break;
        }
    }
    assert_eq!((code, desk.stage.texts("x").len()), (0, shown + 1), "{cut:?} {left:?}\n{told}");
    // Whoever has a new token uses it: the spent one is never sent again.
    assert_eq!(answered(desk, 400) > refused, left == Left::Nowhere, "{cut:?} {left:?}\n{told}");
    let lost = "warning: X does not refresh the login of acme any more (invalid_request): `pressroom connect acme`\n";
    assert_eq!(told.contains(lost), left == Left::Nowhere, "{cut:?} {left:?}\n{told}");
    if left == Left::Nowhere {
        log_in(desk, &[]);
    }
    Some(left)
}

/// At each call of git until the new token is stored: fetches, the push of the claim, the push of the token.
#[test]
fn killed_at_each_call_of_git_the_chain_lives() {
    let desk = desk_of_short_claims();
    let mut all = Vec::new();
    for number in 1..12 {
        let [before, after] = ["before", "after"].map(|when| cut_off(&desk, Cut::Git(number, when)).unwrap());
        all.extend([before, after]);
        if after == Left::Stored {
            break;
        }
    }
    assert!(all.len() >= 6 && all.is_sorted(), "{all:?}");
    // A new token that is to be pushed is on this disk.
    assert_eq!(all[all.len() - 2..], [Left::OnDisk, Left::Stored], "{all:?}");
    assert!(!all.contains(&Left::Nowhere), "{all:?}");
}

/// Before and after the platform has acted. The second is the window that cannot be closed.
#[test]
fn killed_while_the_platform_answers_the_old_token_lives_or_its_loss_is_told() {
    let desk = desk_of_short_claims();
    assert_eq!(cut_off(&desk, Cut::Asked { acts: false }), Some(Left::Old));
    assert_eq!(cut_off(&desk, Cut::Asked { acts: true }), Some(Left::Nowhere));
    // In the window, and then the last token has ended as well: nothing is published, and a person is sent for.
    let before = desk.stage.texts("x").len();
    post(&desk, &desk.press, Platform::X, "ended");
    // So short a life is over before the next run.
    desk.stage.sim.x.configure(|options| options.access_token_life = Duration::from_secs(1));
    desk.press.run(&["accounts", "refresh", "acme"]).exits(0);
    assert!(killed(&desk, Cut::Asked { acts: true }));
    std::thread::sleep(Duration::from_millis(1100));
    let ran = desk.press.run(&["publish"]).exits(3);
    let told = "error: X does not refresh the login of acme any more (invalid_request): `pressroom connect acme`\n\
                hint: a refresh whose answer was lost, an app whose access was taken back, or half a year without use end a login\n";
    assert_eq!(ran.stderr, told);
    assert_eq!(desk.stage.texts("x").len(), before);
    desk.stage.sim.x.configure(|options| options.access_token_life = Duration::from_secs(300));
    log_in(&desk, &[]);
    desk.press.run(&["publish"]).exits(0);
    assert_eq!(desk.stage.texts("x").len(), before + 1);
}

/// Before each thing that is done with the new token's file: its draft made, written and synced, renamed, the folder synced,
/// and the file removed once it is stored.
#[test]
fn killed_at_each_step_of_keeping_the_new_token_the_chain_lives() {
    let desk = desk_of_short_claims();
    let cuts = |calls| (1..9).map_while(|number| cut_off(&desk, Cut::File(calls, number))).collect::<Vec<_>>();
    use Left::{Nowhere, Old, OnDisk, Stored};
    // The folder, for the draft.
    assert_eq!(cuts("?mkdir,?mkdirat"), [Old]);
    // An earlier run's file and draft are looked for; the draft is made before anything is asked; at last the folder is synced.
    assert_eq!(cuts("?open,openat"), [Old, Old, Old, OnDisk]);
    // The window that cannot be closed: the answer is there, and not yet written.
    assert_eq!(cuts("write"), [Nowhere]);
    // A draft that is whole is as good as the file.
    assert_eq!(cuts("fsync"), [OnDisk, OnDisk]);
    assert_eq!(cuts("?rename,?renameat,renameat2"), [OnDisk]);
    assert_eq!(cuts("?unlink,unlinkat"), [Stored]);
}
