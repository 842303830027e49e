//! Bluesky's login with OAuth: in a browser, with tokens that are bound to a key; what it publishes with, how it is refreshed, and
//! how it ends.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;

use chrono::TimeDelta;
use insta::assert_snapshot;
use pressroom::clock::Clock;
use pressroom::sim::bluesky::{self, Member};
use pressroom::sim::{Fault, FaultKind};
use pressroom::vault::{self, Credential, Document, Identities, Recipients, Sources, Vault};
use reqwest::header::LOCATION;
use serde_json::{Value, json};

use crate::person::{address, press};
use crate::press::{Press, Ran, Stage};
use crate::scene::{QUICK, next_second, picture};

struct Desk {
    stage: Stage,
    press: Press,
    remote: PathBuf,
    member: Member,
}

/// How the person gets the browser back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Back {
    ByItself,
    Pasted,
    /// By another server's hand.
    Elsewhere,
}

impl Desk {
    fn new(pds: &'static str, server: &str) -> Self {
        let (stage, mut press) = (Stage::new(), Press::new());
        stage.reach(&mut press);
        press.env.push(("PRESSROOM_TIMINGS".to_owned(), QUICK.to_owned()));
        let entryway = server.is_empty();
        let sign_up = bluesky::SignUp { pds, entryway, ..bluesky::SignUp::default() };
        let member = stage.sim.bluesky.sign_up(sign_up);
        let server = if entryway { String::new() } else { format!("server = \"{server}\"\n") };
        let accounts = format!(
            "schema = 1\n[encryption]\nrecipients = [\"{{recipient}}\"]\n[accounts.acme]\nplatform = \"bluesky\"\n{server}"
        );
        press.file("accounts.toml", &accounts).commit("accounts");
        let remote = press.with_remote();
        Self { stage, press, remote, member }
    }

    fn log_in(&self, back: Back) -> Ran {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let mut args = vec!["connect", "acme", "--way", "bluesky-oauth", "--no-browser", "--port", &port];
        args.extend((back == Back::Pasted).then_some("--paste"));
        let mut command = self.press.command(&args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (page, mut rest) = address(&mut child);
        let answer = press(&page, "allow");
        let mut came = answer.headers()[LOCATION].to_str().unwrap().to_owned();
        match back {
            Back::Pasted => writeln!(child.stdin.take().unwrap(), "{came}").unwrap(),
            Back::ByItself => assert!(reqwest::blocking::get(&came).unwrap().status().is_success(), "{came}"),
            Back::Elsewhere => {
                let (before, after) = came.split_once("iss=").unwrap_or_else(|| panic!("no issuer: {came}"));
                let after = after.split_once('&').map_or(String::new(), |(_, after)| format!("&{after}"));
                came = format!("{before}iss=https%3A%2F%2Fevil.example{after}");
                assert!(reqwest::blocking::get(&came).unwrap().status().is_success(), "{came}");
            }
        }
        let mut stderr = String::new();
        rest.read_to_string(&mut stderr).unwrap();
        Ran { stderr, ..Ran::of(&child.wait_with_output().unwrap()) }
    }

    fn vault(&self) -> Vault {
        let recipients = Recipients::parse([self.press.recipient.as_str()]).unwrap();
        let file = Some(self.press.folder().join("home/.config/pressroom/identity"));
        Vault {
            identities: Identities::load(&Sources { file, ..Sources::default() }, &recipients).unwrap(),
            recipients,
        }
    }

    /// The token on the remote's state branch.
    fn stored(&self) -> Document {
        let path = vault::account_path("acme");
        let args = ["-C", self.remote.to_str().unwrap(), "show", &format!("pressroom-state:{path}")];
        let shown = self.press.command_of("git", &args).output().unwrap();
        self.vault().open(&path, &shown.stdout).unwrap()
    }

    /// Puts a token there, as if time had passed or gone back.
    fn store(&self, document: &Document) {
        let folder = self.press.folder().join(format!("state-{}", document.seq));
        let folder = folder.to_str().unwrap();
        self.press.git(&["clone", "-q", "-b", "pressroom-state", self.remote.to_str().unwrap(), folder]);
        let path = vault::account_path("acme");
        fs::create_dir_all(PathBuf::from(folder).join(&path).parent().unwrap()).unwrap();
        fs::write(PathBuf::from(folder).join(&path), self.vault().seal(document).unwrap()).unwrap();
        self.press.git(&["-C", folder, "add", "-A"]);
        self.press.git(&["-C", folder, "commit", "-q", "-m", "another token"]);
        self.press.git(&["-C", folder, "push", "-q", "origin", "pressroom-state"]);
    }

    fn post(&self, id: &str, front: &str) {
        let text = format!("---\nid: {id}\ntargets: [acme]\nschedule: on-merge\n{front}---\nTea, {id}.\n");
        self.press.file(&format!("posts/{id}.md"), &text);
        self.push(id);
    }

    fn push(&self, subject: &str) {
        self.press.commit(subject);
        self.press.git(&["push", "-q", "origin", "HEAD:main"]);
    }

    /// The next who asks for this is answered so.
    fn says(&self, path: &str, status: u16, body: &Value) {
        let kind = FaultKind::AnswerBefore { status, headers: Vec::new(), body: body.to_string() };
        let fault = Fault { method: reqwest::Method::GET, path: path.to_owned(), times: 1, kind };
        self.stage.sim.world().fault(fault);
    }

    /// What these calls were answered, one after another.
    fn answers(&self, path: &str) -> Vec<u16> {
        let log = self.stage.sim.world().log();
        let calls = log.iter().filter(|logged| logged.target.split('?').next() == Some(path));
        calls.map(|logged| logged.status.unwrap_or_default()).collect()
    }
}

/// The token with an end that is near.
fn ending(document: &Document) -> Document {
    let mut document = document.clone();
    let Credential::Bound { expires_at, .. } = &mut document.credential else { panic!("{document:?}") };
    *expires_at = Some(Clock::system().now() + TimeDelta::minutes(3));
    document.seq += 1;
    document
}

const WITH_ALL: &str = "media: [{src: media/tea.png, alt: A cup}]\non_remove: delete\n\
                        overrides: {bluesky: {threadgate: nobody, disable_quotes: true}}\n";

#[test]
fn a_login_publishes_is_refreshed_and_ends() {
    let desk = Desk::new(bluesky::PDS, bluesky::PDS);
    let ran = desk.log_in(Back::ByItself).exits(0);
    let told = format!(
        "acme is connected as ann.example ({}); this login ends in 13 d 23 h however it is used: connect again before\n",
        desk.member.did
    );
    assert!(ran.stderr.contains(&told), "{}", ran.stderr);
    let first = desk.stored();
    let Credential::Bound { to, .. } = &first.credential else { panic!("{first:?}") };
    assert_eq!((&*first.identity.server, &to.subject), (bluesky::PDS, &desk.member.did));
    assert_eq!(&*first.identity.grant, "bluesky-oauth");
    assert!(first.client.starts_with("http://localhost?redirect_uri="), "{}", first.client);
    // Nobody's nonce is known at first: each server asks for it once.
    assert_eq!(desk.answers("/oauth/par"), [400, 201]);
    assert_eq!(desk.answers("/oauth/token").last(), Some(&200));
    let accounts = desk.press.run(&["accounts"]).exits(0);
    assert!(accounts.stdout.contains("refreshed by itself; the login ends in 13 d 23 h"), "{}", accounts.stdout);

    next_second();
    desk.press.bytes("media/tea.png", &picture(40, 30, 200));
    desk.post("one", WITH_ALL);
    let published = desk.press.run(&["publish"]).exits(0);
    // The small question brought the nonce, so that the file was sent once; the rest goes by it.
    assert_eq!(desk.answers("/xrpc/com.atproto.repo.uploadBlob"), [200]);
    assert_eq!(desk.answers("/xrpc/com.atproto.repo.putRecord"), [200, 200, 200]);
    // Without a file the first call asks for it, and that is the one that shows the post.
    desk.post("two", "");
    let again = desk.press.run(&["publish"]).exits(0);
    assert_eq!(desk.answers("/xrpc/com.atproto.repo.putRecord"), [200, 200, 200, 401, 200]);
    assert_eq!(desk.stage.texts("bluesky"), ["Tea, one.", "Tea, two."]);

    // A run refreshes what ends soon, once; the login lives no longer by it.
    desk.store(&ending(&first));
    desk.post("three", "");
    let refreshed = desk.press.run(&["publish"]).exits(0);
    assert_eq!(desk.stage.texts("bluesky").len(), 3);
    let second = desk.stored();
    assert!(second.seq > first.seq + 1 && second.credential.bearer() != first.credential.bearer());
    assert_eq!(second.credential.refresh_expires_at(), first.credential.refresh_expires_at());
    assert_eq!((&second.identity, &second.client, &second.scopes), (&first.identity, &first.client, &first.scopes));
    let asked = desk.press.run(&["accounts", "refresh", "acme"]).exits(0);
    let third = desk.stored();
    assert!(third.seq > second.seq);

    fs::remove_file(desk.press.repo.join("posts/one.md")).unwrap();
    desk.push("away");
    let removed = desk.press.run(&["publish", "--allow-removals", "1"]).exits(0);
    assert_eq!(desk.stage.texts("bluesky"), ["Tea, two.", "Tea, three."]);

    // A refresh token that was used once before ends the login for whoever has it.
    desk.store(&Document { seq: third.seq + 1, ..ending(&first) });
    let replayed = desk.press.run(&["accounts", "refresh", "acme"]).exits(3);
    assert_snapshot!(replayed.stderr, @r"
    error: Bluesky does not refresh the login of acme any more (invalid_grant): `pressroom connect acme`
    hint: such a login ends after two weeks, when it is taken back, and when a refresh token is used twice
    ");
    let anew = desk.log_in(Back::Pasted).exits(0);
    for ran in [ran, accounts, published, again, refreshed, asked, removed, replayed, anew] {
        for secret in [&first, &second, &third, &desk.stored()].into_iter().flat_map(|document| document.secrets()) {
            assert!(!ran.stdout.contains(secret.expose()) && !ran.stderr.contains(secret.expose()));
        }
    }
}

#[test]
fn a_login_that_comes_back_from_another_server_is_none() {
    let desk = Desk::new("pds.second.example", "pds.second.example");
    let told = desk.log_in(Back::Elsewhere).exits(3).stderr;
    assert!(told.ends_with("error: this login was begun at pds.second.example, and came back from another server\nhint: nothing was stored; begin again\n"), "{told}");
    assert_eq!(desk.answers("/oauth/token"), [0; 0]);
    let args = ["connect", "acme", "--way", "bluesky-oauth", "--no-browser", "--redirect", "https://press.example/"];
    assert_snapshot!(desk.press.run(&args).exits(2).stderr, @r"
    error: this login ends at `http://127.0.0.1` and nowhere else
    hint: leave `--redirect` out; on another machine than the browser's, use `--paste`
    ");
}

/// Who gives tokens says so itself, and gives none for accounts whose servers have others do that.
#[test]
fn whose_login_it_is_is_looked_up() {
    let desk = Desk::new(bluesky::PDS, bluesky::PDS);
    // A server that names none is asked itself, as Bluesky's entryway is.
    desk.says("/.well-known/oauth-protected-resource", 404, &json!({}));
    desk.log_in(Back::ByItself).exits(0);
    let document = desk.stored();
    let connect = ["connect", "acme", "--way", "bluesky-oauth", "--no-browser", "--paste"];
    let evil = json!({
        "issuer": "https://evil.example", "authorization_endpoint": "https://evil.example/authorize",
        "token_endpoint": "https://evil.example/token",
        "pushed_authorization_request_endpoint": "https://evil.example/par",
    });
    desk.says("/.well-known/oauth-authorization-server", 200, &evil);
    assert_snapshot!(desk.press.run(&connect).exits(3).stderr, @r"
    error: pds.example does not say how it logs in with OAuth
    hint: is it a server of this kind? accounts.toml says it in `server`
    ");
    let several = json!({"authorization_servers": ["https://pds.example", "https://evil.example"]});
    desk.says("/.well-known/oauth-protected-resource", 200, &several);
    assert_snapshot!(desk.press.run(&connect).exits(3).stderr, @r"
    error: pds.example does not say which one server logs in for it
    hint: is it a server of this kind? accounts.toml says it in `server`
    ");
    let home = json!([{"id": "#atproto_pds", "serviceEndpoint": "https://pds.second.example"}]);
    let moved = json!({"id": desk.member.did, "service": home});
    desk.says(&format!("/{}", desk.member.did), 200, &moved);
    let told = desk.log_in(Back::ByItself).exits(3).stderr;
    assert_snapshot!(told.trim_start(), @r#"
    error: pds.example does not log in for pds.second.example, where the account lives; nothing was stored
    hint: `server = "pds.second.example"` in accounts.toml logs in there
    "#);
    // What nobody shall have is revoked at once, and what was stored is as good as before.
    assert_eq!(desk.answers("/oauth/revoke"), [200]);
    assert_eq!(desk.stored(), document);
}

#[test]
fn disconnecting_ends_the_login() {
    let desk = Desk::new("pds.second.example", "pds.second.example");
    desk.log_in(Back::ByItself).exits(0);
    let document = desk.stored();
    let Credential::Bound { to, .. } = &document.credential else { panic!("{document:?}") };
    assert_eq!((&*to.issuer, &*document.identity.server), ("pds.second.example", "pds.second.example"));
    assert_snapshot!(desk.press.run(&["disconnect", "acme"]).exits(0).stderr, @r"
    acme is disconnected; its token file is gone from the tip of the state branch
    Bluesky has revoked the token: nobody can use it any more
    ");
    desk.store(&document);
    let told = desk.press.run(&["accounts", "refresh", "acme"]).exits(3).stderr;
    assert!(told.contains("does not refresh the login of acme any more (invalid_grant)"), "{told}");
    // What a person took back is gone as well.
    desk.log_in(Back::ByItself).exits(0);
    desk.stage.sim.bluesky.revoke_apps(&desk.member.did);
    next_second();
    desk.post("late", "");
    let told = desk.press.run(&["publish"]).exits(3);
    assert!(told.stdout.contains("pressroom connect") || told.stderr.contains("pressroom connect"), "{}", told.stderr);
    assert_eq!(desk.stage.texts("bluesky").len(), 0);
}
