//! Over a real connection: what only one can show.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::sim::{Fault, FaultKind, Sim};

/// Writes a request and reads what is answered until the other side closes.
async fn exchange(address: SocketAddr, head: &str, body: &[u8], hang_up: bool) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.replace('\n', "\r\n").as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    if hang_up {
        stream.shutdown().await.unwrap();
    }
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn what_arrived_before_a_client_broke_off_is_kept() {
    let sim = Sim::start().await.unwrap();
    let ann = sim.youtube.sign_up(SignUp::default());
    let (_, address) = *sim.hosts().iter().find(|(host, _)| host == "www.googleapis.com").unwrap();
    let film = film_of(4 * BLOCK);
    let common = format!("Host: www.googleapis.com\nAuthorization: Bearer {}\nConnection: close\n", ann.access_token);
    let body = plain().to_string();
    let open = format!(
        "POST {OPEN} HTTP/1.1\n{common}Content-Type: application/json\nX-Upload-Content-Type: video/mp4\n\
         X-Upload-Content-Length: {}\nContent-Length: {}\n\n",
        film.len(),
        body.len()
    );
    let opened = exchange(address, &open, body.as_bytes(), false).await;
    let location = opened.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    let target = location.strip_prefix("https://www.googleapis.com").unwrap().trim();
    let put = format!("PUT {target} HTTP/1.1\n{common}Content-Type: video/mp4\nContent-Length: {}\n\n", film.len());
    exchange(address, &put, &film[..BLOCK + 100_000], true).await;
    let ask = format!("PUT {target} HTTP/1.1\n{common}Content-Range: bytes */{}\nContent-Length: 0\n\n", film.len());
    let range = format!("range: bytes=0-{}\r\n", BLOCK - 1);
    // The server notices the end in its own time.
    let mut answer = String::new();
    for _ in 0..100 {
        answer = exchange(address, &ask, b"", false).await;
        if answer.contains(&range) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(answer.starts_with("HTTP/1.1 308 ") && answer.contains(&range), "{answer}");
    // The answer to the rest is lost, and the video is there all the same.
    let kind = FaultKind::DropAfter;
    sim.world().fault(Fault { method: Method::PUT, path: target.to_owned(), times: 1, kind });
    let rest = format!(
        "PUT {target} HTTP/1.1\n{common}Content-Type: video/mp4\nContent-Range: bytes {BLOCK}-{}/{}\nContent-Length: {}\n\n",
        film.len() - 1,
        film.len(),
        film.len() - BLOCK
    );
    assert_eq!(exchange(address, &rest, &film[BLOCK..], false).await, "");
    assert!(exchange(address, &ask, b"", false).await.starts_with("HTTP/1.1 200 "));
    sim.world().advance(Duration::from_secs(1));
    let [seen] = sim.seen().try_into().unwrap();
    assert_eq!(*seen.media[0].bytes, film);
}
