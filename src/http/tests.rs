//! The door against real sockets: where calls go, how they are signed, how files stream, what breaks off.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::*;
use crate::vault::Secret;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: Sat, 21 Nov 2026 06:40:00 GMT\r\n\r\nok";
const MIB: u64 = 1 << 20;

/// A file that holds `held` bytes, whatever is promised.
struct Held(u64);

impl Files for Held {
    fn open(&self, file: &FileRange) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(io::repeat(b'x').take(self.0 - file.range.start)))
    }
}

fn held(bytes: u64) -> Arc<dyn Files> {
    Arc::new(Held(bytes))
}

fn file(bytes: u64) -> FileRange {
    FileRange { path: "media/film.mp4".to_owned(), range: 0..bytes }
}

fn call(shows: bool, auth: Auth, body: Body) -> Call {
    let (name, url) = ("call".to_owned(), Url::parse("https://api.x.com/2/media?a=b%20c").unwrap());
    Call { name, part: 0, shows, method: Method::Post, url, headers: Vec::new(), body, auth }
}

fn upload(shows: bool, bytes: u64) -> Call {
    call(shows, Auth::Bearer, Body::File { file: file(bytes), mime: "video/mp4".to_owned() })
}

fn oauth2() -> Credential {
    let access = Secret::new("access-canary");
    Credential::OAuth2 { access, refresh: None, expires_at: None, refresh_expires_at: None }
}

/// A door whose every host is this server, that waits so long.
fn door(address: std::net::SocketAddr, millis: u64) -> Http {
    let hosts = ["api.x.com", "media.example"].map(|host| format!("{host}=http://{address}")).join(",");
    Http::new(Clock::system(), Duration::from_millis(millis)).with_hosts(&hosts).unwrap()
}

/// What a server read of one request: its head, and how many bytes of its body.
struct Heard {
    head: String,
    body: u64,
}

async fn head(stream: &mut TcpStream) -> (String, u64) {
    let mut read = Vec::new();
    loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let body = read.split_off(end + 4);
            return (String::from_utf8(read).unwrap().to_lowercase(), body.len() as u64);
        }
        if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
            // Broken off before anything of it left.
            return (String::new(), 0);
        }
    }
}

/// Serves one request: reads its body in bites with a pause after each, and answers once it is whole.
async fn serve(bite: usize, pause: Duration) -> (std::net::SocketAddr, JoinHandle<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (head, mut body) = head(&mut stream).await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: u64 = length.map_or(0, |length| length.parse().unwrap());
        let mut buffer = vec![0; bite];
        while body < length {
            sleep(pause).await;
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return Heard { head, body },
                Ok(read) => body += read as u64,
            }
        }
        let _ = stream.write_all(OK).await;
        Heard { head, body }
    });
    (address, heard)
}

async fn served() -> (std::net::SocketAddr, JoinHandle<Heard>) {
    serve(1 << 18, Duration::ZERO).await
}

/// Sends a call with a token, whose file holds so many bytes.
async fn send(door: &Http, call: &Call, bytes: u64) -> Result<Outcome, Failure> {
    door.send(call, &["api.x.com"], Some(&oauth2()), &held(bytes), &|_| ()).await
}

#[track_caller]
fn answered(outcome: Result<Outcome, Failure>) -> Reply {
    match outcome.unwrap() {
        Outcome::Answered(reply) => reply,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_call_to_a_host_the_platform_does_not_have_is_stopped() {
    let door =
        Http::new(Clock::system(), Duration::from_secs(1)).with_hosts("evil.example=http://127.0.0.1:9").unwrap();
    let mut call = call(true, Auth::Bearer, Body::Empty);
    call.url = Url::parse("https://evil.example/2/tweets").unwrap();
    let stopped = door.send(&call, &["api.x.com"], None, &held(0), &|_| ()).await.unwrap_err();
    assert_eq!(stopped.message, "a call to evil.example was stopped: the platform has no such host");
}

#[tokio::test]
async fn a_file_goes_out_with_its_length_and_tells_how_far_it_is() {
    for bytes in [0, 1, MIB, 5 * MIB + 7] {
        let (address, heard) = served().await;
        let told = AtomicU64::new(0);
        let progress = |sent| assert!(told.swap(sent, Ordering::SeqCst) <= sent);
        let (door, call, files) = (door(address, 5_000), upload(false, bytes), held(bytes));
        let sent = door.send(&call, &["api.x.com"], Some(&oauth2()), &files, &progress).await;
        assert_eq!(answered(sent).body, "ok");
        let heard = heard.await.unwrap();
        assert_eq!(heard.body, bytes);
        assert!(heard.head.contains("\r\ncontent-type: video/mp4\r\n"), "{}", heard.head);
        assert!(heard.head.contains(&format!("\r\ncontent-length: {bytes}\r\n")), "{}", heard.head);
        assert_eq!(told.into_inner(), bytes);
    }
}

#[tokio::test]
async fn a_body_around_a_file_says_its_whole_length() {
    let fields = vec![("media_category".to_owned(), "tweet_video".to_owned())];
    let (name, mime) = ("media".to_owned(), "video/mp4".to_owned());
    let related = Body::Related { json: serde_json::json!({ "snippet": {} }), file: file(MIB), mime: mime.clone() };
    for (body, kind) in [
        (Body::Multipart { fields, name, file: file(MIB), mime }, "multipart/form-data; boundary="),
        (related, "multipart/related; boundary=pressroom-"),
    ] {
        let (address, heard) = served().await;
        let call = call(false, Auth::Bearer, body);
        assert_eq!(answered(send(&door(address, 5_000), &call, MIB).await).status, 200);
        let heard = heard.await.unwrap();
        assert!(heard.head.contains(&format!("\r\ncontent-type: {kind}")), "{}", heard.head);
        let length = format!("\r\ncontent-length: {}\r\n", heard.body);
        assert!(format!("{}\n", heard.head).contains(&length) && heard.body > MIB, "{}", heard.head);
    }
}

#[test]
fn no_file_is_sent_by_the_name_of_another() {
    for (mime, kind) in [
        ("image/jpeg", ".jpeg"),
        ("video/mp4", ".mp4"),
        ("video/quicktime", ".mov"),
        ("application/vnd.ms-powerpoint", ""),
        ("", ""),
    ] {
        let (one, other) = (body::file_name(mime), body::file_name(mime));
        assert!(one != other && one.len() == 32 + kind.len() && one.ends_with(kind), "{mime}: {one} {other}");
    }
}

/// What the platform reads is shorter than it was told, so it cannot take it for whole.
#[tokio::test]
async fn a_file_of_another_length_breaks_off() {
    for (held_bytes, cause) in [
        (2 * MIB - 1, "it ends 1 of 2097152 bytes too early"),
        (2 * MIB + 1, "it is longer than its 2097152 bytes"),
        (0, "it ends 2097152 of 2097152 bytes too early"),
    ] {
        let (address, heard) = served().await;
        let door = door(address, 5_000);
        let failure = send(&door, &upload(false, 2 * MIB), held_bytes).await.unwrap_err();
        assert_eq!(failure.message, "media/film.mp4 could not be sent to its end");
        assert_eq!(failure.causes, [cause]);
        // The connection stays open for the next call only if it is whole.
        drop(door);
        assert!(heard.await.unwrap().body < 2 * MIB);
    }
}

#[tokio::test]
async fn a_showing_call_that_breaks_off_is_unclear() {
    let (address, heard) = served().await;
    let sent = send(&door(address, 5_000), &upload(true, MIB), MIB - 1).await;
    assert!(matches!(sent.unwrap(), Outcome::Unclear(_)));
    assert!(heard.await.unwrap().body < MIB);
}

/// An answer that ends, or is reset, after each of its bytes but the last: no piece of it passes for the whole.
#[tokio::test]
async fn an_answer_cut_off_at_any_byte_is_unclear() {
    let chunked = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    for whole in [OK, chunked] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = door(listener.local_addr().unwrap(), 5_000);
        for (bytes, resets) in (0..=whole.len()).flat_map(|bytes| [(bytes, false), (bytes, true)]) {
            let serve = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                head(&mut stream).await;
                stream.write_all(&whole[..bytes]).await.unwrap();
                if resets {
                    // Else the reset would overtake what was written.
                    sleep(Duration::from_millis(2)).await;
                    stream.set_zero_linger().unwrap();
                }
            };
            let call = call(true, Auth::Bearer, Body::Empty);
            let (outcome, ()) = tokio::join!(send(&door, &call, 0), serve);
            let outcome = outcome.unwrap();
            let is_so = match outcome {
                Outcome::Answered(_) => bytes == whole.len(),
                Outcome::Unclear(_) => bytes < whole.len(),
                Outcome::NotSent(_) => false,
            };
            assert!(is_so, "{bytes} of {} bytes, reset: {resets}: {outcome:?}", whole.len());
        }
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_told_before_anything_is_sent() {
    let none: Arc<dyn Files> = Arc::new(NoFiles);
    let door = door("127.0.0.1:9".parse().unwrap(), 1_000);
    let failure = door.send(&upload(true, MIB), &["api.x.com"], None, &none, &|_| ()).await.unwrap_err();
    assert_eq!(failure.message, "media/film.mp4 could not be read");
    assert_eq!(failure.causes, ["there is no file media/film.mp4 here"]);
}

/// An upload may last many times the timeout, as long as something moves.
#[tokio::test]
async fn a_slow_upload_is_not_cut_off() {
    let (bytes, pause) = (32 * MIB, Duration::from_millis(150));
    let (address, heard) = serve(1 << 20, pause).await;
    let began = Instant::now();
    let sent = send(&door(address, 1_500), &upload(false, bytes), bytes).await;
    assert_eq!(answered(sent).status, 200);
    assert!(began.elapsed() > Duration::from_millis(3_000), "{:?}", began.elapsed());
    assert_eq!(heard.await.unwrap().body, bytes);
}

#[tokio::test]
async fn a_platform_that_stops_reading_is_given_up() {
    let (address, heard) = serve(1 << 20, Duration::from_secs(60)).await;
    let door = door(address, 300);
    for (shows, words) in [(false, "nothing more could be sent for 0.3 s"), (true, "no answer within 0.3 s")] {
        let sent = send(&door, &upload(shows, 64 * MIB), 64 * MIB).await;
        let Outcome::Unclear(why) = sent.unwrap() else { panic!("answered") };
        assert_eq!(why, words);
    }
    heard.abort();
}

/// A platform that says no before it has read all is heard.
#[tokio::test]
async fn an_early_answer_ends_an_upload() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        stream
    });
    let sent = send(&door(address, 2_000), &upload(false, 64 * MIB), 64 * MIB).await;
    assert_eq!(answered(sent).status, 413);
    drop(server.await.unwrap());
}

#[tokio::test]
async fn tokens_go_along_as_the_call_says() {
    let secret = Secret::new;
    let (consumer_key, consumer_secret) = (secret("consumer-key"), secret("consumer-canary"));
    let (token, token_secret) = (secret("token-key"), secret("token-canary"));
    let oauth1 = Credential::OAuth1 { consumer_key, consumer_secret, token, token_secret };
    for (auth, credential, header) in [
        (Auth::Bearer, &oauth2(), "authorization: bearer access-canary"),
        (Auth::OAuth, &oauth2(), "authorization: oauth access-canary"),
        (Auth::Bearer, &oauth1, "authorization: oauth oauth_consumer_key=\"consumer-key\", oauth_nonce=\""),
    ] {
        let (address, heard) = served().await;
        let call = call(false, auth, Body::Json(serde_json::json!({ "text": "Tea." })));
        answered(door(address, 2_000).send(&call, &["api.x.com"], Some(credential), &held(0), &|_| ()).await);
        let heard = heard.await.unwrap().head;
        assert!(heard.contains(header) && !heard.contains("consumer-canary"), "{heard}");
    }
    let (address, heard) = served().await;
    let free = call(false, Auth::None, Body::Empty);
    answered(door(address, 2_000).send(&free, &["api.x.com"], Some(&oauth2()), &held(0), &|_| ()).await);
    assert!(!heard.await.unwrap().head.contains("authorization"));
    let meta = call(false, Auth::OAuth, Body::Empty);
    let failure = door(address, 2_000).send(&meta, &["api.x.com"], Some(&oauth1), &held(0), &|_| ()).await.unwrap_err();
    assert_eq!(failure.message, "`call` needs an OAuth 2.0 token, and the account has OAuth 1.0a");
}

/// A login with OAuth 1.0a: each request is signed, an empty POST, and goes without a secret.
#[tokio::test]
async fn a_login_is_signed() {
    let [consumer, consumer_secret] = ["consumer-key", "consumer-canary"].map(Secret::new);
    let [token, token_secret] = ["token-key", "token-canary"].map(Secret::new);
    let url = Url::parse("https://api.x.com/oauth/access_token").unwrap();
    for (token, param, header) in [
        (
            None,
            ("oauth_callback", "oob"),
            "authorization: oauth oauth_callback=\"oob\", oauth_consumer_key=\"consumer-key\"",
        ),
        (
            Some([&token, &token_secret]),
            ("oauth_verifier", "1234567"),
            "oauth_token=\"token-key\", oauth_verifier=\"1234567\"",
        ),
    ] {
        let (address, heard) = served().await;
        let keys = Keys { consumer: &consumer, consumer_secret: &consumer_secret, token };
        answered(door(address, 2_000).sign_for_token(&url, &keys, &[param]).await);
        let heard = heard.await.unwrap().head;
        assert!(heard.starts_with("post /oauth/access_token ") && heard.contains("content-length: 0"), "{heard}");
        assert!(heard.contains(header) && !heard.contains("canary"), "{heard}");
    }
}

#[tokio::test]
async fn a_visit_brings_nothing_of_ours() {
    let url = Url::parse("https://media.example/film.mp4?X-Amz-Signature=a%2Fb").unwrap();
    let (address, heard) = served().await;
    let door = door(address, 2_000);
    let visit = Visit { url: &url, agent: "facebookexternalhit/1.1", ask: Ask::Get { first: 1 } };
    let reply = answered(door.visit(visit).await);
    assert_eq!((reply.status, reply.body.as_str(), reply.header("content-length")), (200, "o", Some("2")));
    assert_eq!(door.skew(), None, "a host that is no platform's does not tell the time");
    let heard = heard.await.unwrap().head;
    assert!(heard.starts_with("get /film.mp4?x-amz-signature=a%2fb http/1.1\r\n"), "{heard}");
    assert!(heard.contains("\r\nhost: media.example\r\n") && heard.contains("user-agent: facebookexternalhit/1.1"));
    assert!(!heard.contains("authorization") && !heard.contains("cookie"), "{heard}");

    let (address, heard) = served().await;
    let (file, files) = (file(MIB), held(MIB));
    let ask = Ask::Put { file: &file, mime: "video/mp4", files: &files, progress: &|_| () };
    let door = tests::door(address, 2_000);
    assert_eq!(answered(door.visit(Visit { url: &url, agent: AGENT, ask }).await).status, 200);
    let heard = heard.await.unwrap();
    assert!(heard.head.starts_with("put /film.mp4?"), "{}", heard.head);
    assert_eq!(heard.body, MIB);
}

#[tokio::test]
async fn plain_http_is_visited_nowhere() {
    let url = Url::parse("http://media.example/film.mp4").unwrap();
    let visit = Visit { url: &url, agent: AGENT, ask: Ask::Head };
    let failure = Http::new(Clock::system(), Duration::from_secs(1)).visit(visit).await.unwrap_err();
    assert_eq!(failure.message, "a call to media.example without TLS was stopped");
}
