//! Stands between the program and a server, as what knows TLS does elsewhere: hands everything on, tells what came by, and loses
//! answers when it is told to. The server has then done what it was asked for, and nobody knows.
//!
//! Answers that bear no date get one, as whoever hands them on has to see to (RFC 9110, section 6.6.1): snac's bear none.

use std::io::{Read, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};

/// How an answer gets lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The connection ends without a word.
    Closed,
    /// It ends in the middle of the answer's head.
    Broken,
    /// No word comes, and the connection stays.
    Silent,
}

pub(crate) struct Proxy {
    /// Where the program is to go.
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Method and path of every request so far.
    seen: Vec<String>,
    /// Requests that begin so lose their answers: after so many that do not, the next.
    losses: Vec<(String, usize, Loss)>,
    /// How many did.
    lost: usize,
    /// The token that came last.
    token: Option<String>,
}

impl Proxy {
    /// Before a server at `http://127.0.0.1:PORT`.
    pub(crate) fn before(server: &str) -> Self {
        let server = server.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (server, state) = (server.clone(), Arc::clone(&shared));
                // A run that is killed leaves a connection that breaks: nothing to tell.
                std::thread::spawn(move || drop(hand_on(client, &server, &state)));
            }
        });
        Self { address, state }
    }

    /// Loses the answer to a request that begins so (`POST /api/`), after as many of its kind as told.
    pub(crate) fn lose(&self, begins: &str, after: usize, how: Loss) {
        self.state.lock().unwrap().losses.push((begins.to_owned(), after, how));
    }

    /// How many answers were lost so far.
    pub(crate) fn lost(&self) -> usize {
        self.state.lock().unwrap().lost
    }

    /// How many requests that begin so came by.
    pub(crate) fn seen(&self, begins: &str) -> usize {
        self.state.lock().unwrap().seen.iter().filter(|request| request.starts_with(begins)).count()
    }

    /// The token that the program came with last.
    pub(crate) fn token(&self) -> Option<String> {
        self.state.lock().unwrap().token.clone()
    }
}

impl State {
    /// Notes a request, and tells what is to become of its answer.
    fn note(&mut self, head: &str) -> Option<Loss> {
        let request = head.lines().next().unwrap_or_default();
        self.seen.push(request.trim_end_matches(" HTTP/1.1").to_owned());
        let header = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            let token = value.strip_prefix("Bearer ").filter(|_| name.eq_ignore_ascii_case("authorization"))?;
            Some(token.to_owned())
        };
        self.token = head.lines().find_map(header).or(self.token.take());
        let place = self.losses.iter().position(|(begins, ..)| request.starts_with(begins.as_str()))?;
        let (_, after, how) = &mut self.losses[place];
        if *after > 0 {
            *after -= 1;
            return None;
        }
        let how = *how;
        self.losses.remove(place);
        self.lost += 1;
        Some(how)
    }
}

/// One request and its answer; the server is told that there are no more on this connection.
fn hand_on(mut client: TcpStream, server: &str, state: &Mutex<State>) -> std::io::Result<()> {
    let (head, rest) = head(&mut client)?;
    let Some((request, headers)) = head.split_once("\r\n") else { return Ok(()) };
    let mut server = TcpStream::connect(server)?;
    let loss = state.lock().unwrap().note(&head);
    server.write_all(format!("{request}\r\nconnection: close\r\n{headers}").as_bytes())?;
    server.write_all(&rest)?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        // Whoever goes away before its answer takes its request along: the server sees the connection end.
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    // Once the server answers, it has done what it was asked for.
    let (answer, body) = self::head(&mut server)?;
    match loss {
        None => {
            client.write_all(dated(&answer).as_bytes())?;
            client.write_all(&body)?;
            std::io::copy(&mut server, &mut client)?;
        }
        Some(Loss::Closed) => {}
        Some(Loss::Broken) => client.write_all(&answer.as_bytes()[..answer.len() / 2])?,
        Some(Loss::Silent) => {
            client.set_read_timeout(Some(Duration::from_secs(60)))?;
            let _ = std::io::copy(&mut server, &mut std::io::sink());
            let _ = client.read(&mut [0]);
        }
    }
    client.shutdown(Shutdown::Both)
}

/// The head of an answer, with a date.
fn dated(head: &str) -> String {
    let is_date = |line: &str| line.to_ascii_lowercase().starts_with("date:");
    match head.strip_suffix("\r\n").filter(|_| !head.lines().any(is_date)) {
        Some(lines) => format!(
            "{lines}date: {}\r\n\r\n",
            DateTime::<Utc>::from(SystemTime::now()).format("%a, %d %b %Y %H:%M:%S GMT")
        ),
        None => head.to_owned(),
    }
}

/// The head of a request or an answer with its last empty line, and what came of the body with it.
fn head(client: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let (mut got, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let count = client.read(&mut piece)?;
        if count == 0 {
            return Ok((String::new(), got));
        }
        got.extend_from_slice(&piece[..count]);
        if let Some(end) = got.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = got.split_off(end + 4);
            return Ok((String::from_utf8_lossy(&got).into_owned(), rest));
        }
    }
}
