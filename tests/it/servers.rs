//! Accounts that live on servers of their own: how they are connected, where their calls go, and what their servers allow.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;

use insta::assert_snapshot;
use pressroom::sim::{bluesky, mastodon};
use pressroom::vault::Credential;

use crate::login::stored;
use crate::person::{address, press};
use crate::press::{Press, Ran, Stage};

struct Desk {
    stage: Stage,
    press: Press,
}

impl Desk {
    fn new(account: &str) -> Self {
        let (stage, mut press) = (Stage::new(), Press::new());
        stage.reach(&mut press);
        let desk = Self { stage, press };
        desk.account(account);
        desk
    }

    fn account(&self, account: &str) -> &Self {
        let text = format!("schema = 1\n[encryption]\nrecipients = [\"{{recipient}}\"]\n[accounts.acme]\n{account}\n");
        self.press.file("accounts.toml", &text).commit("accounts");
        self
    }

    /// A login in the browser, from its beginning to its end.
    fn log_in(&self, paste: bool) -> Ran {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let way = if paste { vec!["--paste"] } else { vec!["--port", &port] };
        let mut command = self.press.command(&[&["connect", "acme", "--no-browser"], &way[..]].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (page, mut rest) = address(&mut child);
        let answer = press(&page, "allow");
        let back = answer.headers()[reqwest::header::LOCATION].to_str().unwrap().to_owned();
        if paste {
            // The page it leads to shows the code.
            let code = back.split("code=").nth(1).and_then(|rest| rest.split('&').next());
            writeln!(child.stdin.take().unwrap(), "{}", code.unwrap_or_else(|| panic!("no code: {back}"))).unwrap();
        } else {
            assert!(reqwest::blocking::get(&back).unwrap().status().is_success(), "{back}");
        }
        let mut stderr = String::new();
        rest.read_to_string(&mut stderr).unwrap();
        let ran = Ran::of(&child.wait_with_output().unwrap());
        assert_eq!(ran.code, 0, "{stderr}");
        Ran { stderr, ..ran }
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.press.repo.join(path)).unwrap()
    }
}

const MASTODON: &str = "platform = \"mastodon\"\nserver = \"mastodon.example\"";
const BLUESKY: &str = "platform = \"bluesky\"";

#[test]
fn a_server_of_mastodon_is_logged_in_to_without_an_app_of_ones_own() {
    let desk = Desk::new(MASTODON);
    desk.stage.sim.mastodon.sign_up(mastodon::SignUp::default());
    desk.stage.sim.mastodon.configure(|options| options.max_characters = 20);
    for paste in [false, true, false] {
        let ran = desk.log_in(paste);
        assert!(ran.stderr.contains("acme is connected as ann"), "{}", ran.stderr);
    }
    let document = stored(&desk.press);
    assert_eq!((&*document.identity.server, document.credential.expires_at()), ("mastodon.example", None));
    let apps = desk.press.run(&["apps"]).exits(0).stdout;
    assert!(apps.ends_with("mastodon   mastodon.example, registered there by `pressroom connect`\n"), "{apps}");
    assert!(!apps.contains("mastodon   no client id"), "{apps}");
    // What the server allows is written down, and decides.
    let path = ".pressroom/servers/mastodon.example.json";
    assert!(desk.read(path).contains("\"text_max\": 20,"), "{}", desk.read(path));
    desk.press.file("posts/tea.md", "---\ntargets: [acme]\n---\n\nLonger than twenty characters\n");
    let ran = desk.press.run(&["count", "posts/tea.md"]).exits(1);
    assert_eq!(ran.stdout, "acme      29 / 20     graphemes  9 too many\n");
    desk.press.file(path, "{\"text_max\": 0}");
    let ran = desk.press.run(&["check"]).exits(1);
    assert!(
        ran.stderr.contains("`text_max` cannot be 0") || ran.stdout.contains("`text_max` cannot be 0"),
        "{}",
        ran.stdout
    );
    desk.press.run(&["accounts", "refresh"]).exits(0);
    assert!(desk.read(path).contains("\"text_max\": 20,"));
    // The token of one server is not used for another.
    desk.account("platform = \"mastodon\"\nserver = \"snac.example\"");
    assert_snapshot!(desk.press.run(&["accounts"]).exits(0).stdout, @"acme  mastodon   elsewhere      ann  the token of acme is for mastodon.example, and accounts.toml says snac.example: `pressroom disconnect acme`, then connect it again");
    desk.account(MASTODON);
    let token = document.credential.bearer().unwrap().expose().to_owned();
    assert_snapshot!(desk.press.run(&["disconnect", "acme"]).exits(0).stderr, @r"
    acme is disconnected; its token file is gone from the tip of the state branch
    Mastodon has revoked the token: nobody can use it any more
    ");
    desk.press.run_with(&["connect", "acme", "--token-stdin"], &token).exits(3);
}

#[test]
fn a_server_of_another_kind_is_told() {
    let desk = Desk::new("platform = \"mastodon\"\nserver = \"pds.example\"");
    let told = desk.press.run(&["connect", "acme", "--paste", "--no-browser"]).exits(3).stderr;
    assert!(told.contains("pds.example registered no app of ours; nothing was stored"), "{told}");
    for (platform, words) in [("mastodon", "nobody registers an app with Mastodon"), ("bluesky", "without an app")] {
        let told = desk.press.run(&["apps", "set", platform]).exits(2).stderr;
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn an_app_password_opens_sessions() {
    let desk = Desk::new(BLUESKY);
    let member = desk.stage.sim.bluesky.sign_up(bluesky::SignUp::default());
    let typed = format!("@ann.example\n{}\n", member.app_password);
    let wrong =
        desk.press.run_with(&["connect", "acme", "--token-stdin"], "ann.example\nzzzz-zzzz-zzzz-zzzz\n").exits(3);
    assert_snapshot!(wrong.stderr, @r"
    error: bsky.social does not take this handle and password (`AuthenticationRequired`); nothing was stored
    hint: an app password is made at https://bsky.app/settings/app-passwords, and shown once
    ");
    let ran = desk.press.run_with(&["connect", "acme", "--token-stdin"], &typed).exits(0);
    assert!(ran.stderr.contains(&format!("acme is connected as ann.example ({})\n", member.did)), "{}", ran.stderr);
    let first = stored(&desk.press);
    assert_eq!((&*first.identity.server, &first.identity.id), ("pds.example", &member.did));
    assert!(first.credential.expires_at().is_some());
    let accounts = desk.press.run(&["accounts"]).exits(0).stdout;
    assert!(accounts.contains("refreshed by itself"), "{accounts}");
    desk.press.run(&["accounts", "refresh"]).exits(0);
    let second = stored(&desk.press);
    assert!(second.seq > first.seq && second.credential != first.credential);
    assert_eq!(second.identity, first.identity);
    // Where the refresh token is dead, the password begins another session.
    desk.stage.sim.bluesky.configure(|options| options.refresh_life = std::time::Duration::ZERO);
    desk.press.run(&["accounts", "refresh", "acme"]).exits(0);
    let third = stored(&desk.press);
    assert!(third.seq > second.seq);
    desk.press.run(&["accounts", "refresh", "acme"]).exits(0);
    assert!(stored(&desk.press).seq > third.seq);
    let Credential::Session { login, .. } = &third.credential else { panic!("{third:?}") };
    assert_eq!(login.password.expose(), member.app_password);
    for text in [&ran.stdout, &ran.stderr, &accounts] {
        assert!(!text.contains(&member.app_password), "{text}");
    }
    desk.stage.sim.bluesky.revoke_app_password(&member.did);
    let ran = desk.press.run(&["accounts", "refresh", "acme"]).exits(3);
    assert_snapshot!(ran.stderr, @r"
    error: Bluesky does not refresh the login of acme any more (AuthenticationRequired): `pressroom connect acme`
    hint: the app password was taken back, or the account is no longer there
    ");
    assert_snapshot!(desk.press.run(&["disconnect", "acme"]).exits(0).stderr, @r"
    acme is disconnected; its token file is gone from the tip of the state branch
    warning: the token was not revoked: the app password goes on opening the account until a person takes it back
    hint: older commits still hold it, encrypted: take the access back here: https://bsky.app/settings/app-passwords
    ");
}

#[test]
fn an_app_password_of_a_persons_own_server() {
    let desk = Desk::new("platform = \"bluesky\"\nserver = \"pds.second.example\"");
    let pds = "pds.second.example";
    let member = desk.stage.sim.bluesky.sign_up(bluesky::SignUp { pds, entryway: false, ..bluesky::SignUp::default() });
    let json = format!("{{\"identifier\": \"{}\", \"password\": \"{}\"}}", member.did, member.app_password);
    desk.press.run_with(&["connect", "acme", "--token-stdin"], &json).exits(0);
    assert_eq!(stored(&desk.press).identity.server, pds);
    let doctor = desk.press.run(&["doctor"]);
    assert!(doctor.stdout.contains("ann.example"), "{}", doctor.stdout);
}
