//! Tokens, app secrets and keys that are handed to the program in every way it takes them, and then looked for everywhere else:
//! in what it says, in git's objects, in files, in the arguments and the environment of every program it starts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use pressroom::sim::{
    Fault, FaultKind, Logged, discord, facebook, forem, instagram, linkedin, slack, telegram, threads, tiktok, x,
    youtube,
};
use pressroom::vault::{self, Document, Identities, Recipients, Sources};
use serde_json::json;

use crate::cast::{FILM, files_of, hurry};
use crate::press::{Press, Ran, Stage};
use crate::renew::{other_git, path_with};
use crate::scene::next_second;

const ACCOUNTS: &str = r#"schema = 1

[encryption]
recipients = ["{recipient}"]

[media]
public_url = "https://media.example/{path}"

[apps.x]
client_id = "press-app"
[apps.linkedin]
client_id = "86makebelieve0"
[apps.facebook]
client_id = "1184300000000001"
[apps.instagram]
client_id = "990602627938098"
[apps.threads]
client_id = "2400000000000001"
[apps.youtube]
client_id = "1234567890-makebelieve.apps.googleusercontent.com"
[apps.tiktok]
client_id = "awmakebelieve000"

[accounts.x-acme]
platform = "x"
[accounts.classic-acme]
platform = "x"
[accounts.linkedin-acme]
platform = "linkedin"
[accounts.facebook-acme]
platform = "facebook"
as = "1234567890"
[accounts.instagram-acme]
platform = "instagram"
[accounts.threads-acme]
platform = "threads"
[accounts.youtube-acme]
platform = "youtube"
[accounts.tiktok-acme]
platform = "tiktok"
[accounts.discord-acme]
platform = "discord"
[accounts.telegram-acme]
platform = "telegram"
chat = "@acme_news"
[accounts.forem-acme]
platform = "forem"
[accounts.slack-acme]
platform = "slack"
"#;

/// The name of every account, without what is the same of all.
const EVERYBODY: [&str; 12] = [
    "x",
    "classic",
    "linkedin",
    "facebook",
    "instagram",
    "threads",
    "youtube",
    "tiktok",
    "discord",
    "telegram",
    "forem",
    "slack",
];

const X_SECRET: &str = "make-believe-app-secret-0001";
const DAY: Duration = Duration::from_secs(86_400);

/// git, and a note of each call that the program makes of it: its arguments and its environment.
const LOGGING_GIT: &str = r#"#!/bin/sh
case $(readlink /proc/$PPID/exe) in */pressroom) { echo "$@"; env; } >> "$CALLS" ;; esac
exec "$GIT" "$@"
"#;

/// What is looked for: each canary in every form that a text may have it in.
struct Sought {
    /// By their first bytes, so that a look costs little.
    forms: HashMap<[u8; 8], Vec<(Vec<u8>, String)>>,
    /// Whether any begins with these two.
    begins: Vec<bool>,
}

impl Sought {
    fn new(canaries: &BTreeMap<String, String>) -> Self {
        let mut forms: HashMap<[u8; 8], Vec<(Vec<u8>, String)>> = HashMap::new();
        for (name, canary) in canaries {
            for (form, how) in forms_of(canary) {
                let head = *form.first_chunk().unwrap_or_else(|| panic!("{name} is too short to be looked for"));
                forms.entry(head).or_default().push((form, format!("{name}, {how}")));
            }
        }
        let mut begins = vec![false; 1 << 16];
        forms.keys().for_each(|head| begins[usize::from(head[0]) << 8 | usize::from(head[1])] = true);
        Self { forms, begins }
    }

    /// The names of all that stand in there.
    fn found_in(&self, bytes: &[u8]) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for (start, two) in bytes.windows(2).enumerate() {
            if !self.begins[usize::from(two[0]) << 8 | usize::from(two[1])] {
                continue;
            }
            let rest = &bytes[start..];
            let forms = rest.first_chunk::<8>().and_then(|head| self.forms.get(head)).into_iter().flatten();
            found.extend(forms.filter(|(form, _)| rest.starts_with(form)).map(|(_, name)| name.as_str()));
        }
        found
    }
}

/// As it is, percent-encoded, in hex, and in base64 wherever it begins there.
fn forms_of(canary: &str) -> Vec<(Vec<u8>, &'static str)> {
    let hex: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent = utf8_percent_encode(canary, NON_ALPHANUMERIC).to_string();
    let mut forms = vec![(canary.to_owned(), "as it is"), (hex.to_uppercase(), "in hex"), (hex, "in hex")];
    forms.extend([(percent.to_lowercase(), "percent-encoded"), (percent, "percent-encoded")]);
    for lead in 0..3 {
        let bytes = [&vec![0; lead], canary.as_bytes()].concat();
        // The characters that depend on the canary alone.
        let within = (lead * 8).div_ceil(6)..bytes.len() * 8 / 6;
        for encoded in [BASE64_STANDARD_NO_PAD.encode(&bytes), BASE64_URL_SAFE_NO_PAD.encode(&bytes)] {
            forms.push((encoded[within.clone()].to_owned(), "in base64"));
        }
    }
    forms.into_iter().map(|(form, how)| (form.into_bytes(), how)).collect()
}

/// The arguments of every process there is, looked at again and again.
struct Watch {
    seen: Arc<Mutex<BTreeSet<Vec<u8>>>>,
    over: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<()>,
}

impl Watch {
    fn begin() -> Self {
        let (seen, over) = (Arc::new(Mutex::new(BTreeSet::new())), Arc::new(AtomicBool::new(false)));
        let (all, end) = (seen.clone(), over.clone());
        let thread = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
                let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
                all.lock().unwrap().extend(lines);
                std::thread::sleep(Duration::from_millis(3));
            }
        });
        Self { seen, over, thread }
    }

    fn end(self) -> BTreeSet<Vec<u8>> {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// A repository, its platforms, what was said so far, and what must be nowhere.
struct Desk {
    stage: Stage,
    press: Press,
    canaries: BTreeMap<String, String>,
    said: Vec<u8>,
}

impl Desk {
    fn new() -> Self {
        let mut press = Press::new();
        press.file("accounts.toml", ACCOUNTS).bytes("media/film.mp4", FILM).commit("first");
        press.with_remote();
        let stage = Stage::with_sites(vec![("media.example", files_of(press.repo.clone()))]);
        hurry(&stage);
        stage.reach(&mut press);
        let mut canaries = BTreeMap::new();
        // The key comes through the environment, as in CI, and lies in no file.
        let identity = press.folder().join("home/.config/pressroom/identity");
        let key = std::fs::read_to_string(&identity).unwrap();
        std::fs::remove_file(identity).unwrap();
        canaries.insert("the key".to_owned(), key.lines().last().unwrap().to_owned());
        let temporary = press.folder().join("tmp");
        std::fs::create_dir(&temporary).unwrap();
        let (bin, git) = other_git(&press, LOGGING_GIT);
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        for (name, value) in [
            ("PRESSROOM_IDENTITY", key),
            ("PRESSROOM_LOG", "trace".to_owned()),
            ("PRESSROOM_TIMINGS", "lease=30,grace=1,request=5,settle=0.1,patience=3".to_owned()),
            ("RUST_BACKTRACE", "1".to_owned()),
            ("TMPDIR", text(&temporary)),
            ("PATH", path_with(&bin).into_string().unwrap()),
            ("GIT", text(&git)),
            ("CALLS", text(&press.folder().join("calls"))),
        ] {
            press.env.push((name.to_owned(), value));
        }
        Self { stage, press, canaries, said: Vec::new() }
    }

    fn plant(&mut self, name: &str, canary: &str) {
        self.canaries.insert(name.to_owned(), canary.to_owned());
    }

    /// Runs a command at its loudest.
    fn aloud(&mut self, args: &[&str], input: &str) -> Ran {
        let ran = self.press.run_with(&[&["-vvv"], args].concat(), input);
        self.said.extend(ran.stdout.bytes().chain(ran.stderr.bytes()));
        ran
    }

    /// The same in both formats; the code of the last.
    fn twice(&mut self, args: &[&str]) -> i32 {
        self.aloud(args, "");
        self.aloud(&[args, &["--format", "json"]].concat(), "").code
    }

    /// Remembers the tokens that are stored now.
    fn note_stored(&mut self) {
        let recipients = Recipients::parse([self.press.recipient.as_str()]).unwrap();
        let text = Some(vault::Secret::new(self.canaries["the key"].as_str()));
        let identities = Identities::load(&Sources { text, ..Sources::default() }, &recipients).unwrap();
        let remote = self.press.folder().join("remote.git");
        for account in EVERYBODY {
            let path = vault::account_path(&named(account));
            let show = ["-C", remote.to_str().unwrap(), "show", &format!("pressroom-state:{path}")];
            let sealed = self.press.command_of("git", &show).output().unwrap().stdout;
            let Ok(document) = identities.open::<Document>(&path, &sealed) else { continue };
            for (number, secret) in document.secrets().enumerate() {
                self.plant(&format!("secret {number} of {account}, token {}", document.seq), secret.expose());
            }
        }
    }

    /// Remembers the addresses that media were sent to: whoever has one can write there.
    fn note_addresses(&mut self) {
        // An article's address, which Forem changes by PUT, opens nothing.
        let is_key = |logged: &&Logged| logged.method == "PUT" && logged.host != "dev.to";
        for logged in self.stage.sim.world().log().iter().filter(is_key) {
            self.plant(&format!("an address of an upload to {}", logged.host), &logged.target);
        }
    }

    /// A platform that repeats what it was sent, at each request that begins so.
    fn echo(&self, method: &str, path: &str, status: u16, canaries: &[String]) {
        let all = canaries.join(" ");
        let error = json!({
            "message": format!("Malformed access token {all}"), "type": "OAuthException", "code": 100,
            "error_user_title": all, "error_user_msg": all, "errors": [{"message": all, "reason": all}],
        });
        let body = json!({
            "error": error, "title": all, "detail": all, "message": all, "errors": [{"message": all, "detail": all}],
        });
        self.fault(method, path, 100, status, body.to_string());
    }

    /// The same, of a platform's server of tokens.
    fn refuse(&self, method: &str, path: &str, times: usize, canaries: &[String]) {
        let all = canaries.join(" ");
        let body = json!({"error": format!("bad: {all}"), "error_description": all});
        self.fault(method, path, times, 400, body.to_string());
    }

    fn fault(&self, method: &str, path: &str, times: usize, status: u16, body: String) {
        let kind = FaultKind::AnswerBefore { status, headers: Vec::new(), body };
        let (method, path) = (method.parse().unwrap(), path.to_owned());
        self.stage.sim.world().fault(Fault { method, path, times, kind });
    }

    /// What an account's requests carry by now, or carried with its first token.
    fn of(&self, account: &str, first: bool) -> Vec<String> {
        let theirs =
            |name: &str| name.split_once(&format!(" of {account}, token ")).map(|(_, number)| number.to_owned());
        let number = |name: &str| theirs(name)?.parse::<u64>().ok();
        let numbers = self.canaries.keys().filter_map(|name| number(name));
        let which = if first { numbers.min() } else { numbers.max() };
        let those = self.canaries.iter().filter(|(name, _)| number(name).is_some() && number(name) == which);
        those.map(|(_, canary)| canary.clone()).collect()
    }

    fn post(&self, id: &str) {
        let front = "title: Seven cups\nschedule: on-merge\nvisibility: public\nmedia: [{src: media/film.mp4}]\n\
                     overrides: {youtube: {category: \"22\", made_for_kids: false}, forem: {media: []}, slack: {media: []}}";
        let targets = EVERYBODY.map(named);
        let targets = targets.join(", ");
        let text = format!("---\nid: {id}\ntargets: [{targets}]\n{front}\n---\nCups of tea, {id}.\n");
        self.press.file(&format!("posts/{id}.md"), &text).commit(id);
        self.press.git(&["push", "-q", "origin", "HEAD:main"]);
    }
}

/// The name in accounts.toml: that of a platform alone may not be one.
fn named(account: &str) -> String {
    format!("{account}-acme")
}

/// Everybody signs up; the tokens to connect with, of which all but Facebook's end soon.
fn sign_up(stage: &Stage) -> Vec<(&'static str, String)> {
    let sim = &stage.sim;
    let answer = |access: &str, refresh: Option<&str>, seconds: u64| {
        json!({"access_token": access, "refresh_token": refresh, "token_type": "bearer", "expires_in": seconds})
            .to_string()
    };
    sim.threads.configure(|options| options.refresh_age = Duration::ZERO);
    sim.instagram.configure(|options| options.refresh_age = Duration::ZERO);
    let threads = sim.threads.sign_up(threads::SignUp::default()).access_token;
    let instagram = sim.instagram.sign_up(instagram::SignUp::default()).access_token;
    sim.x.configure(|options| options.access_token_life = Duration::from_secs(300));
    sim.youtube.configure(|options| options.access_token_life = Duration::from_secs(300));
    sim.tiktok.configure(|options| options.access_token_life = Duration::from_secs(300));
    sim.linkedin.configure(|options| (options.partner, options.token_life) = (true, Duration::from_secs(3600)));
    sim.x.register(x::App::confidential("press-app", X_SECRET, "http://127.0.0.1:42813/callback"));
    let acme = sim.x.sign_up(x::SignUp { username: "acme", client_id: "press-app", ..x::SignUp::default() });
    let classic = sim.x.oauth1_token(x::DEFAULT_CLIENT_ID, "classic");
    let classic = json!({
        "consumer_key": classic.consumer_key, "consumer_secret": classic.consumer_secret,
        "oauth_token": classic.token, "oauth_token_secret": classic.token_secret,
    });
    let ann = sim.linkedin.sign_up(linkedin::SignUp::default());
    let page = facebook::NewPage { id: Some(1_234_567_890), ..facebook::NewPage::default() };
    let mut page = sim.facebook.sign_up(facebook::SignUp { pages: vec![page], ..facebook::SignUp::default() }).pages;
    let channel = sim.youtube.sign_up(youtube::SignUp::default());
    let tiktok = sim.tiktok.sign_up(tiktok::SignUp::default());
    let chat = telegram::ChatName::Public("acme_news".to_owned());
    vec![
        ("x", answer(&acme.access_token, acme.refresh_token.as_deref(), 300)),
        ("classic", classic.to_string()),
        ("linkedin", answer(&ann.access_token, ann.refresh_token.as_deref(), 3600)),
        ("facebook", page.remove(0).access_token),
        ("instagram", answer(&instagram, None, 3 * DAY.as_secs())),
        ("threads", answer(&threads, None, 3 * DAY.as_secs())),
        ("youtube", answer(&channel.access_token, Some(&channel.refresh_token), 300)),
        ("tiktok", answer(&tiktok.access_token, Some(&tiktok.refresh_token), 300)),
        ("discord", sim.discord.sign_up(discord::SignUp::default()).address),
        ("telegram", sim.telegram.sign_up(telegram::SignUp { chat, ..telegram::SignUp::default() }).token),
        ("forem", sim.forem.sign_up(forem::SignUp::default()).api_key),
        ("slack", sim.slack.sign_up(slack::SignUp::default()).address),
    ]
}

/// Where each platform is asked who somebody is; where something is shown; where tokens are made and ended.
const WHO: [(&str, &str, &str); 10] = [
    ("x", "GET", "/2/users/me"),
    ("linkedin", "GET", "/v2/userinfo"),
    ("facebook", "GET", "/v26.0/"),
    ("instagram", "GET", "/v26.0/"),
    ("threads", "GET", "/v1.0/"),
    ("youtube", "GET", "/youtube/v3/"),
    ("tiktok", "GET", "/v2/user/"),
    ("discord", "GET", "/api/v10/webhooks/"),
    ("telegram", "POST", "/bot"),
    ("forem", "GET", "/api/users/me"),
];
const SHOWN: [(&str, &str); 11] = [
    ("x", "/2/tweets"),
    ("linkedin", "/rest/"),
    ("facebook", "/v26.0/"),
    ("instagram", "/v26.0/"),
    ("threads", "/v1.0/"),
    ("youtube", "/upload/"),
    ("tiktok", "/v2/post/"),
    ("discord", "/api/v10/webhooks/"),
    ("telegram", "/bot"),
    ("forem", "/api/articles"),
    ("slack", "/services/"),
];
const TOKENS: [(&str, &str); 4] =
    [("x", "/2/oauth2/"), ("linkedin", "/oauth/v2/"), ("youtube", "/token"), ("tiktok", "/v2/oauth/")];
/// Where tokens are revoked: the access token first.
const REVOKED: [(&str, &str, &str); 5] = [
    ("x", "POST", "/2/oauth2/revoke"),
    ("linkedin", "POST", "/oauth/v2/revoke"),
    ("youtube", "POST", "/revoke"),
    ("tiktok", "POST", "/v2/oauth/revoke"),
    ("facebook", "DELETE", "/v26.0/"),
];

#[test]
fn planted_secrets_are_found_nowhere() {
    let mut desk = Desk::new();
    let watch = Watch::begin();
    let secrets = [
        ("x", X_SECRET.to_owned()),
        ("linkedin", linkedin::App::default().client_secret),
        ("facebook", facebook::App::default().secret),
        ("instagram", instagram::App::default().client_secret),
        ("threads", threads::App::default().client_secret),
        ("youtube", youtube::App::default().client_secret),
        ("tiktok", tiktok::App::default().client_secret),
    ];
    for (platform, secret) in &secrets {
        desk.plant(&format!("the app secret of {platform}, set"), secret);
        desk.aloud(&["apps", "set", platform], secret).exits(0);
    }
    desk.twice(&["apps"]);
    let tokens = sign_up(&desk.stage);
    for (account, input) in &tokens {
        desk.aloud(&["connect", &named(account), "--token-stdin"], input).exits(0);
    }
    desk.note_stored();
    next_second();

    // All goes well: uploads, showing calls, refreshes.
    desk.post("one");
    let ran = desk.aloud(&["publish"], "").exits(0);
    assert!(ran.stderr.contains("TRACE"), "the log was not at its loudest");
    assert_eq!(desk.stage.sim.seen().len(), EVERYBODY.len(), "{}", ran.stderr);
    let refreshes = |desk: &Desk| {
        let log = desk.stage.sim.world().log();
        log.iter().filter(|logged| logged.target.contains("oken") && logged.status == Some(200)).count()
    };
    assert!(refreshes(&desk) >= 6, "{}", refreshes(&desk));
    desk.note_stored();
    desk.note_addresses();
    for args in [&["accounts"][..], &["status"], &["log"], &["plan"], &["keys", "list"], &["check"]] {
        assert_eq!(desk.twice(args), 0, "{args:?}");
    }
    desk.twice(&["accounts", "refresh"]);
    desk.twice(&["doctor"]);
    desk.note_stored();

    // Platforms refuse, and repeat whatever they were sent.
    for (account, path) in SHOWN {
        desk.echo("POST", path, 400, &desk.of(account, false));
    }
    desk.post("two");
    desk.aloud(&["publish"], "");
    desk.note_stored();
    for args in [&["publish"][..], &["status"], &["log"]] {
        desk.twice(args);
    }
    desk.stage.sim.world().calm();
    desk.note_stored();
    for status in [400, 401, 403] {
        for (account, method, path) in WHO {
            desk.echo(method, path, status, &desk.of(account, false));
        }
        desk.twice(&["doctor"]);
        for account in ["facebook", "linkedin"] {
            desk.aloud(&["accounts", "discover", &named(account)], "");
        }
        desk.stage.sim.world().calm();
        for (account, input) in &tokens {
            for (platform, method, path) in WHO {
                let sent = if *account == "classic" && platform == "x" { account } else { platform };
                desk.echo(method, path, status, &desk.of(sent, true));
            }
            // Slack is not asked.
            let ran = desk.aloud(&["connect", &named(account), "--token-stdin"], input);
            assert_eq!(ran.code == 0, *account == "slack", "{account}");
            desk.stage.sim.world().calm();
        }
    }
    desk.note_stored();
    for (account, path) in TOKENS {
        let secret = desk.canaries[&format!("the app secret of {account}, set")].clone();
        desk.refuse("POST", path, 100, &[desk.of(account, false).remove(1), secret]);
    }
    for (account, path) in [("instagram", "/refresh_access_token"), ("threads", "/refresh_access_token")] {
        desk.echo("GET", path, 400, &desk.of(account, false));
    }
    desk.twice(&["accounts", "refresh"]);
    desk.stage.sim.world().calm();
    for (account, method, path) in REVOKED {
        desk.refuse(method, path, 1, &[desk.of(account, false).remove(0)]);
    }
    for (account, _) in &tokens {
        desk.aloud(&["disconnect", &named(account)], "").exits(0);
    }
    desk.twice(&["doctor"]);

    let lines = watch.end();
    let press = &desk.press;
    let objects = |repo: &Path| {
        let args = ["-C", repo.to_str().unwrap(), "cat-file", "--batch-all-objects", "--batch"];
        press.command_of("git", &args).stdin(Stdio::null()).output().unwrap().stdout
    };
    let mut places = vec![
        ("what was said".to_owned(), desk.said.clone()),
        ("the objects of the clone".to_owned(), objects(&press.repo)),
        ("the objects of the remote".to_owned(), objects(&press.folder().join("remote.git"))),
        ("the arguments of processes".to_owned(), lines.into_iter().collect::<Vec<_>>().join(&b'\n')),
    ];
    // The home, the temporary folder, both repositories, and the calls of git with their environments.
    files(press.folder(), &mut places);
    let sought = Sought::new(&desk.canaries);
    for (name, bytes) in &places {
        assert_eq!(sought.found_in(bytes), BTreeSet::new(), "in {name}");
    }

    // What was looked through is what it was taken for, and what is there is found.
    let holds = |place: &str, word: &str| {
        let found = places.iter().filter(|(name, _)| name.ends_with(place));
        found.flat_map(|(_, bytes)| bytes.windows(word.len())).any(|window| window == word.as_bytes())
    };
    assert!(holds("objects of the remote", "baseline") && holds("objects of the clone", "Cups of tea"));
    assert!(holds("/calls", "push") && holds("/calls", "LC_ALL=C") && holds("of processes", "publish"));
    assert!(desk.canaries.len() > 30, "{:?}", desk.canaries.keys());
    for (name, canary) in &desk.canaries {
        for (form, how) in forms_of(canary) {
            let planted = [b"Bearer ", &form[..], b"\n"].concat();
            assert!(sought.found_in(&planted).contains(format!("{name}, {how}").as_str()), "{name}, {how}");
        }
    }
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}
