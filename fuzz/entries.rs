//! What is fed with anything at all: one function for each place where bytes that nobody of ours wrote come in. Each must
//! come to an end without a panic, and hold what it asserts. The fuzz targets and `tests/it/corpus.rs` share them.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::LazyLock;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use pressroom::account::{self, Accounts};
use pressroom::error::{Problem, Source};
use pressroom::fit::{Rendition, fit};
use pressroom::ledger::{State, entry};
use pressroom::limits::Platform;
use pressroom::login::callback::{Listener, Page};
use pressroom::media::{Facts, Inside, Library, sha256};
use pressroom::platform::{self, Adapter, Call, Farewell, Identity, Job, Next, Receipt, Refs, Reply, Step, Via};
use pressroom::post::{self, target};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::Url;

/// An account on every platform, called like it.
const ACCOUNTS: &str = r#"schema = 1
[defaults]
timezone = "Europe/Amsterdam"
targets = ["x", "linkedin", "facebook", "instagram", "threads", "youtube", "tiktok", "bluesky", "mastodon", "discord", "telegram", "forem", "slack"]
[media]
public_url = "https://media.example/{path}"
[accounts.x]
platform = "x"
[accounts.linkedin]
platform = "linkedin"
[accounts.facebook]
platform = "facebook"
as = "1234567890"
[accounts.instagram]
platform = "instagram"
[accounts.threads]
platform = "threads"
[accounts.youtube]
platform = "youtube"
[accounts.tiktok]
platform = "tiktok"
[accounts.bluesky]
platform = "bluesky"
[accounts.mastodon]
platform = "mastodon"
server = "social.example"
[accounts.discord]
platform = "discord"
[accounts.telegram]
platform = "telegram"
chat = "@acme_news"
[accounts.forem]
platform = "forem"
[accounts.slack]
platform = "slack"
"#;

/// A kind of post of each platform with the most calls in it.
const POSTS: [&str; 13] = [
    "---\ntargets: [x]\nthread: true\nmedia: [{src: film.mp4}]\n---\nTea.\n\n---\n\nMore.\n",
    "---\ntargets: [linkedin]\nfirst_comment: More.\nmedia: [{src: film.mp4}]\n---\nTea.\n",
    "---\ntargets: [facebook]\nfirst_comment: More.\nkind: reel\nmedia: [{src: film.mp4}]\n---\nTea.\n",
    "---\ntargets: [instagram]\nfirst_comment: More.\nmedia: [{src: film.mp4}, {src: cup.jpg}]\n---\nTea.\n",
    "---\ntargets: [threads]\nthread: true\nmedia: [{src: cup.jpg}]\n---\nTea.\n\n---\n\nMore.\n",
    "---\ntargets: [youtube]\ntitle: Tea\nmedia: [{src: film.mp4, cover: cup.jpg}]\noverrides: {youtube: {category: \"22\", made_for_kids: false}}\n---\nTea.\n",
    "---\ntargets: [tiktok]\nvisibility: public\nmedia: [{src: film.mp4}]\n---\nTea.\n",
    "---\ntargets: [bluesky]\nthread: true\nmedia: [{src: cup.jpg}]\noverrides: {bluesky: {threadgate: nobody, disable_quotes: true}}\n---\nTea @ann.example.\n\n---\n\nMore.\n",
    "---\ntargets: [mastodon]\nthread: true\nmedia: [{src: film.mp4}]\n---\nTea.\n\n---\n\nMore.\n",
    "---\ntargets: [discord]\nmedia: [{src: cup.jpg}, {src: film.mp4}]\n---\nTea.\n",
    "---\ntargets: [telegram]\nmedia: [{src: cup.jpg}, {src: film.mp4}]\n---\nTea, [green](https://example.com).\n",
    "---\ntargets: [forem]\ntitle: Tea\noverrides: {forem: {canonical_url: \"https://example.com/tea\"}}\n---\nTea ![cup](cup.jpg)\n",
    "---\ntargets: [slack]\nmedia: [{src: cup.jpg}]\n---\nTea, [green](https://example.com).\n",
];

static STAGE: LazyLock<Accounts> = LazyLock::new(|| account::parse(&Source::new("accounts.toml", ACCOUNTS)).0.unwrap());
static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let files: [(&str, &[u8]); 2] =
        [("film.mp4", include_bytes!("../media/film.mp4")), ("cup.jpg", include_bytes!("../media/once.jpg"))];
    files.into_iter().map(|(path, bytes)| (path.to_owned(), Ok(facts(path, bytes)))).collect()
});

fn facts(path: &str, bytes: &[u8]) -> Facts {
    Inside::read(&mut Cursor::new(bytes)).unwrap().named(path, bytes.len() as u64, sha256(bytes)).unwrap()
}

/// A problem can be shown: its place is in its file, and between characters.
fn showable(problems: &[Problem]) {
    for problem in problems {
        assert!(!problem.message.is_empty());
        if let Some(span) = &problem.span {
            assert!(problem.source.text.get(span.clone()).is_some(), "{problem:?}");
        }
    }
}

/// A post's file, fitted to every platform: what can be sent is within its limits.
pub fn post_file(bytes: &[u8]) {
    let Ok(source) = Source::from_bytes("posts/tea.md", bytes) else { return };
    let (post, problems) = post::parse(&source, STAGE.defaults.timezone);
    showable(&problems);
    let Some(post) = post else { return };
    let (targets, problems) = target::resolve(&post, &STAGE);
    showable(&problems);
    for target in targets {
        let (rendition, problems) = fit(&target, &STAGE.accounts[&target.account], STAGE.hosted(), &LIBRARY);
        showable(&problems);
        for part in rendition.iter().flat_map(|rendition| &rendition.parts) {
            assert!(part.count <= part.limit, "{}: {} of {}", target.platform, part.count, part.limit);
        }
    }
}

/// Markdown alone, as one text and as a thread.
pub fn markdown(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for thread in [false, true] {
        post_file(format!("---\nthread: {thread}\nmedia: [{{src: film.mp4}}]\n---\n{text}").as_bytes());
    }
}

/// A post's file of the ledger. Carried in twice, it says the same; a line that can be read can be written and read again.
pub fn ledger(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let path = entry::path(&post::PostId::new("tea"));
    let once = State::fold([(path.as_str(), text), (entry::BASELINE_PATH, text)]);
    if once.frozen.is_empty() && (text.is_empty() || text.ends_with('\n')) {
        let twice = format!("{text}{text}");
        let twice = State::fold([(path.as_str(), twice.as_str())]);
        assert!(twice.frozen.is_empty(), "{:?}", twice.frozen);
        for (post, key, stand) in once.targets() {
            assert_eq!(stand, twice.stand(post, key));
        }
    }
    for read in text.lines().filter_map(|line| entry::read(line).ok().flatten()) {
        assert_eq!(entry::read(&entry::write(&read)).ok().flatten(), Some(read));
    }
}

/// Platforms that answer anything at all: the first byte says which post, and then come status, length and body of one
/// answer after the other. An adapter neither panics, nor asks another host, nor shows a part twice without a word.
pub fn answers(bytes: &[u8]) {
    let Some((&which, rest)) = bytes.split_first() else { return };
    let renditions = &*RENDITIONS;
    let rendition = &renditions[usize::from(which) % renditions.len()];
    let adapter = platform::adapter(rendition.platform).unwrap();
    let mut answers = Answers { rest, at: start() };
    let done = publish(adapter, rendition, &mut answers);
    let out: Vec<Receipt> = done.iter().filter_map(receipt).collect();
    if !out.is_empty() {
        remove(adapter, &out, &mut answers);
    }
}

static RENDITIONS: LazyLock<Vec<Rendition>> = LazyLock::new(|| {
    let of = |text: &&str| {
        let (post, problems) = post::parse(&Source::new("posts/tea.md", *text), None);
        assert!(problems.iter().all(|problem| !problem.is_error()), "{problems:?}");
        let (targets, _) = target::resolve(&post.unwrap(), &STAGE);
        let (rendition, problems) = fit(&targets[0], &STAGE.accounts[&targets[0].account], STAGE.hosted(), &LIBRARY);
        rendition.unwrap_or_else(|| panic!("{text}: {problems:?}"))
    };
    POSTS.iter().map(of).collect()
});

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

fn receipt(step: &Step) -> Option<Receipt> {
    match step {
        Step::Shown { receipt, .. } => Some(receipt.clone()),
        _ => None,
    }
}

/// Answers cut out of the bytes.
struct Answers<'a> {
    rest: &'a [u8],
    at: DateTime<Utc>,
}

impl Answers<'_> {
    fn next(&mut self) -> Option<Reply> {
        let [status, low, high, rest @ ..] = self.rest else { return None };
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
        let (body, rest) = rest.split_at(length);
        self.rest = rest;
        let statuses =
            [200, 201, 202, 204, 206, 301, 308, 400, 401, 402, 403, 404, 409, 410, 413, 422, 426, 429, 500, 503];
        let status = statuses[usize::from(*status) % statuses.len()];
        let body = String::from_utf8_lossy(body).into_owned();
        // Headers that adapters read; what they say is anything, too.
        let names = [
            "x-restli-id",
            "x-linkedin-id",
            "location",
            "range",
            "retry-after",
            "x-rate-limit-reset",
            "x-ratelimit-reset",
            "ratelimit-reset",
            "etag",
        ];
        let value = body.lines().next().unwrap_or_default().to_owned();
        let headers: BTreeMap<String, String> = names.map(|name| (name.to_owned(), value.clone())).into();
        Some(Reply { status, headers, body, at: self.at })
    }
}

fn publish(adapter: &dyn Adapter, rendition: &Rendition, answers: &mut Answers<'_>) -> Vec<Step> {
    let identity = acme();
    let addresses: BTreeMap<String, Url> = rendition
        .fetched()
        .map(|media| (media.path.clone(), Url::parse("https://media.example/film.mp4").unwrap()))
        .collect();
    let (refs, mut done) = (Refs::default(), Vec::new());
    for _ in 0..64 {
        let job = Job {
            rendition,
            mark: "tea:acme",
            identity: &identity,
            now: answers.at,
            settle: adapter.settle(),
            refs: &refs,
            addresses: &addresses,
        };
        let call = match adapter.next(&job, &done) {
            Next::Call(call) => call,
            Next::Wait { until, .. } => {
                answers.at = until.max(answers.at) + TimeDelta::milliseconds(1);
                continue;
            }
            Next::Done | Next::Person { .. } => break,
        };
        known(adapter, &identity, &call);
        let Some(reply) = answers.next() else { break };
        match adapter.read(&job, &done, &call, &reply) {
            Ok(step) => done.push(step),
            Err(refusal) => {
                assert!(!refusal.words.is_empty(), "a refusal without a word: {refusal:?}");
                if call.shows {
                    done.push(Step::Doubt { part: call.part, sent_at: answers.at });
                }
            }
        }
    }
    done
}

fn remove(adapter: &dyn Adapter, out: &[Receipt], answers: &mut Answers<'_>) {
    let identity = acme();
    let out: Vec<Receipt> = out.iter().map(|receipt| Receipt { via: Via::Lookup, ..receipt.clone() }).collect();
    let mut done = Vec::new();
    for _ in 0..16 {
        let farewell = Farewell { out: &out, identity: &identity, acts_as: None, now: answers.at };
        let Next::Call(call) = adapter.remove(&farewell, &done) else { break };
        known(adapter, &identity, &call);
        let Some(reply) = answers.next() else { break };
        match adapter.read_remove(&farewell, &done, &call, &reply) {
            Ok(step) => done.push(step),
            Err(_) => break,
        }
    }
}

fn acme() -> Identity {
    let [id, name, server] = ["1234567890", "acme", "social.example"].map(str::to_owned);
    Identity { id, name, server, ..Identity::default() }
}

/// A platform's answer never leads a call, and the token that goes with it, to another host.
fn known(adapter: &dyn Adapter, identity: &Identity, call: &Call) {
    let host = call.url.host_str().unwrap_or_default();
    assert!(adapter.homes(&identity.server).contains(&host) || call.url.scheme() != "https", "a call to {}", call.url);
}

/// A media file: what is said of it fits its length.
pub fn media(bytes: &[u8]) {
    if let Ok(inside) = Inside::read(&mut Cursor::new(bytes)) {
        assert!(!bytes.is_empty());
        let _ = inside.named("media/tea", bytes.len() as u64, String::new());
    }
}

/// accounts.toml.
pub fn accounts(bytes: &[u8]) {
    let Ok(source) = Source::from_bytes("accounts.toml", bytes) else { return };
    let (accounts, problems) = account::parse(&source);
    showable(&problems);
    assert!(accounts.is_some() || problems.iter().any(Problem::is_error), "no accounts, and nobody says why");
}

/// What comes to the port that waits for a login's browser: nothing but that browser's request is taken.
pub fn callback(bytes: &[u8]) {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> =
        LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap());
    RUNTIME.block_on(async {
        let listener = Listener::bind(0, "/").await.unwrap();
        let address = listener.redirect();
        let port = Url::parse(&address).unwrap().port().unwrap();
        let text = String::from_utf8_lossy(bytes).replace("{port}", &port.to_string());
        let visit = async {
            let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            // Whoever is refused may be hung up on.
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.shutdown().await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        };
        let wait = listener.wait(Duration::from_secs(20), |query| (Page::Done("Done."), Some(query.to_owned())));
        tokio::select! {
            query = wait => {
                let wanted = format!("GET /?{}", query.unwrap_or_default());
                assert!(text.contains(wanted.trim_end_matches('?')), "{text:?} passed for a login");
            }
            () = visit => {}
        }
    });
}

/// A function to be fed.
pub type Entry = fn(&[u8]);

/// All of them, by the names of their corpora.
pub const ALL: [(&str, Entry); 7] = [
    ("post_file", post_file),
    ("markdown", markdown),
    ("ledger", ledger),
    ("answers", answers),
    ("media", media),
    ("accounts", accounts),
    ("callback", callback),
];

/// The platforms that `answers` plays.
pub fn answering() -> Vec<Platform> {
    RENDITIONS.iter().map(|rendition| rendition.platform).collect()
}
