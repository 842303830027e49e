//! What stands before a simulator: takes each request in as the sink takes curl's, and only then lets the simulator have it, whose
//! own work so takes none of the publisher's time. Of a long body most is thrown away, and other bytes stand for it: simulators
//! count them and keep only the first.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::plain::{Requests, Taken, value};
use super::room::Result;

/// A body that is longer is a piece of a film: what else is sent about it is short, and no piece of a film of whole MiB is.
const SHORT: u64 = 1 << 18;

/// Everything that went through.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<Passed>>>);

/// One request.
#[derive(Clone, Copy)]
struct Passed {
    /// Of its body.
    bytes: u64,
    began: Instant,
    ended: Instant,
    answered: Instant,
}

/// What a film cost.
pub(super) struct Upload {
    /// Of the requests that carried it.
    pub(super) bytes: u64,
    /// Seconds from the first byte of the first of them to the last byte of the last, without those in which the simulator
    /// thought about an answer.
    pub(super) seconds: f64,
    /// Seconds in which it did so, for whatever request since the last question.
    pub(super) thought: f64,
}

impl Log {
    /// What went through since the last question.
    pub(super) fn upload(&self) -> Result<Upload> {
        let log = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let is_piece = |passed: &Passed| passed.bytes > SHORT;
        let (first, last) = (log.iter().position(is_piece), log.iter().rposition(is_piece));
        let (Some(first), Some(last)) = (first, last) else { return Err("nothing was uploaded".into()) };
        if log.windows(2).any(|two| two[1].began < two[0].answered) {
            return Err("two requests at once: what is thought meanwhile cannot be left out of the time".into());
        }
        let thought = |log: &[Passed]| log.iter().map(|passed| passed.answered - passed.ended).sum::<Duration>();
        let whole = log[last].ended - log[first].began;
        Ok(Upload {
            bytes: log.iter().copied().filter(is_piece).map(|passed| passed.bytes).sum(),
            seconds: (whole - thought(&log[first..last])).as_secs_f64(),
            thought: thought(&log).as_secs_f64(),
        })
    }

    /// Opens a way to a simulator; where it begins.
    pub(super) fn before(&self, simulator: SocketAddr) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let log = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let log = log.clone();
                // Whoever hung up is missed by the publisher.
                thread::spawn(move || log.pass(stream, simulator));
            }
        });
        Ok(address)
    }

    fn pass(&self, stream: TcpStream, simulator: SocketAddr) -> io::Result<()> {
        let mut requests = Requests::of(stream);
        while let Some(taken) = requests.next()? {
            let answer = ask(simulator, &taken)?;
            let Taken { bytes, began, ended, .. } = taken;
            let passed = Passed { bytes, began, ended, answered: Instant::now() };
            // Before the answer: the next request, or the question, comes upon it.
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(passed);
            requests.answer(&answer)?;
        }
        Ok(())
    }
}

/// The simulator's answer, as it is but for the connection, which stays.
fn ask(simulator: SocketAddr, taken: &Taken<'_>) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(simulator)?;
    let lines = taken.lines.iter().filter(|line| value(line, "connection").is_none());
    let lines: String = lines.map(String::as_str).chain(["connection: close\r\n\r\n"]).collect();
    // A simulator that has heard enough answers all the same.
    let _ = send(&mut stream, lines.as_bytes(), taken);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let close = b"connection: close\r\n";
    if let Some(at) = answer.windows(close.len()).position(|line| line.eq_ignore_ascii_case(close)) {
        answer.drain(at..at + close.len());
    }
    Ok(answer)
}

fn send(stream: &mut TcpStream, lines: &[u8], taken: &Taken<'_>) -> io::Result<()> {
    stream.write_all(lines)?;
    stream.write_all(taken.head)?;
    let mut left = taken.bytes - (taken.head.len() + taken.tail.len()) as u64;
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(taken.drain.len());
        stream.write_all(&taken.drain[..most])?;
        left -= most as u64;
    }
    stream.write_all(taken.tail)
}
