//! A repository with an account that is connected to a real server: what the cases of `tests/it` are played with here.

use pressroom::limits::Platform;
use pressroom::sim::Seen;

use crate::consent::{allow, log_in};
use crate::media;
use crate::pds::{self, Pds};
use crate::press::Press;
use crate::proxy::Proxy;
use crate::scene::next_second;
use crate::snac::{self, Snac};

/// An eight-second film, H.264 and AAC.
const FILM: &[u8] = include_bytes!("../../media/film.mp4");

const ACCOUNTS: &str = r#"schema = 1

[defaults]
timezone = "Europe/Amsterdam"

[encryption]
recipients = ["{recipient}"]

[accounts.bluesky-acme]
platform = "bluesky"
server = "pds.test"

[accounts.mastodon-acme]
platform = "mastodon"
server = "snac.test"
"#;

/// A busy machine answers late, and nothing here is to be taken for an answer that was lost.
const PATIENT: &str = "lease=120,grace=1,request=40,settle=0.2,patience=40";

/// Where the ledger lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ledger {
    /// In the repository alone.
    Here,
    /// At a remote as well, from whose branch is published.
    Remote,
}

/// The server that readers look at.
pub(crate) enum Server {
    Pds(Pds),
    Snac { snac: Snac, token: String },
}

pub(crate) struct Cast {
    pub(crate) server: Server,
    pub(crate) press: Press,
    /// Stands before the server, and hands everything on until it is told to lose something.
    pub(crate) proxy: Proxy,
    /// For cases of a platform without a server here.
    pub(crate) playlist: String,
}

/// The name of the account on a platform.
pub(crate) fn account(platform: Platform) -> String {
    format!("{platform}-acme")
}

impl Cast {
    /// An account on Bluesky's own server, connected by an app password.
    pub(crate) fn bluesky(ledger: Ledger) -> Self {
        let pds = Pds::start();
        let (press, proxy) = press(pds::HOST, &pds.address, ledger);
        let ran = press.run_with(&["connect", "bluesky-acme", "--token-stdin"], &pds.login()).exits(0);
        let told = format!("bluesky-acme is connected as {} ({})", pds::HANDLE, pds.did);
        assert!(ran.stderr.contains(&told), "{}", ran.stderr);
        next_second();
        Self { server: Server::Pds(pds), press, proxy, playlist: String::new() }
    }

    /// The same, connected with a browser, by OAuth.
    pub(crate) fn bluesky_by_browser() -> Self {
        let pds = Pds::start();
        let (mut press, proxy) = press(pds::HOST, &pds.address, Ledger::Here);
        let (_, hosts) = press.env.iter_mut().find(|(name, _)| name == "PRESSROOM_HOSTS").unwrap();
        hosts.push_str(&format!(",plc.directory={}", pds.directory));
        let way = ["bluesky-acme", "--way", "bluesky-oauth"];
        let ran = log_in(&press, &way, |page| allow(&pds, page)).exits(0);
        let told = format!("bluesky-acme is connected as {} ({})", pds::HANDLE, pds.did);
        assert!(ran.stderr.contains(&told), "{}", ran.stderr);
        next_second();
        Self { server: Server::Pds(pds), press, proxy, playlist: String::new() }
    }

    /// An account on snac, connected by OAuth.
    pub(crate) fn mastodon(ledger: Ledger) -> Self {
        let snac = Snac::start();
        let (press, proxy) = press(snac::HOST, &snac.address, ledger);
        let ran = snac.log_in(&press, "mastodon-acme").exits(0);
        assert!(ran.stderr.contains("mastodon-acme is connected as ann"), "{}", ran.stderr);
        let token = proxy.token().unwrap_or_else(|| panic!("nobody came with a token: {}", ran.stderr));
        next_second();
        Self { server: Server::Snac { snac, token }, press, proxy, playlist: String::new() }
    }

    pub(crate) fn pds(&self) -> &Pds {
        let Server::Pds(pds) = &self.server else { panic!("no server of Bluesky's here") };
        pds
    }

    /// The server, and the token that the program has for it.
    pub(crate) fn snac(&self) -> (&Snac, &str) {
        let Server::Snac { snac, token } = &self.server else { panic!("no snac here") };
        (snac, token)
    }

    /// What readers see, by a client that others wrote.
    pub(crate) fn seen(&self, _platform: Platform) -> Vec<Seen> {
        match &self.server {
            Server::Pds(pds) => pds.seen(),
            Server::Snac { snac, token } => snac.seen(token),
        }
    }

    /// What the ledger says of a post's only target, as people and programs are told.
    pub(crate) fn status(&self, id: &str) -> serde_json::Value {
        let status = self.press.run(&["status", id, "--format", "json"]).json();
        status["targets"][0].clone()
    }
}

/// A repository with files to attach, and a way to a server.
fn press(host: &str, address: &str, ledger: Ledger) -> (Press, Proxy) {
    let proxy = Proxy::before(address);
    let mut press = Press::new();
    press.env.push(("PRESSROOM_HOSTS".to_owned(), format!("{host}={}", proxy.address)));
    press.env.push(("PRESSROOM_TIMINGS".to_owned(), PATIENT.to_owned()));
    press.file("accounts.toml", ACCOUNTS).bytes("media/film.mp4", FILM);
    media::put(&press);
    press.commit("first");
    if ledger == Ledger::Remote {
        press.with_remote();
    }
    (press, proxy)
}
