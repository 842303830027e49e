//! What the adapters are measured against: `curl -T`, and the sink it sends to; and how both the sink and what stands before the
//! simulators take requests in, so that nobody is received better than the other.

use std::env;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::film::Film;
use super::room::Result;

/// So much of a body is kept: the film's index is in its first bytes, and the end of a form in its last.
const HEAD: usize = 1 << 18;
const TAIL: usize = 1 << 12;
/// As much is read at once of what is not kept.
const DRAIN: usize = 1 << 20;

/// Ends a helper with the bench.
pub(super) struct Helper(pub(super) Child);

impl Drop for Helper {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The sink, and its address.
pub(super) fn start_sink() -> Result<(Helper, String)> {
    let mut sink = Helper(Command::new(env::current_exe()?).arg("sink").stdout(Stdio::piped()).spawn()?);
    let out = sink.0.stdout.take().ok_or("the sink says nothing")?;
    let mut address = String::new();
    BufReader::new(out).read_line(&mut address)?;
    Ok((sink, address.trim().to_owned()))
}

/// Takes uploads, one after another, and answers each with the number of its bytes and the seconds it took.
pub(super) fn sink() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    io::stdout().flush()?;
    for stream in listener.incoming() {
        let mut requests = Requests::of(stream?);
        while let Some(taken) = requests.next()? {
            let told = format!("{} {}", taken.bytes, (taken.ended - taken.began).as_secs_f64());
            let length = told.len();
            requests.answer(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{told}").as_bytes())?;
        }
    }
    Ok(())
}

/// A connection that requests come in on, one after another.
pub(super) struct Requests {
    stream: BufReader<TcpStream>,
    head: Vec<u8>,
    tail: Vec<u8>,
    drain: Vec<u8>,
}

/// A request whose body has come to its end.
pub(super) struct Taken<'a> {
    /// The request line and its headers, with the line ends and without the empty one.
    pub(super) lines: Vec<String>,
    /// What there is of the body.
    pub(super) head: &'a [u8],
    pub(super) tail: &'a [u8],
    /// What lay between those is lost; the bytes that came last, over and over, may stand for it.
    pub(super) drain: &'a [u8],
    /// Of the whole body.
    pub(super) bytes: u64,
    /// When its first byte was there, and its last.
    pub(super) began: Instant,
    pub(super) ended: Instant,
}

impl Requests {
    pub(super) fn of(stream: TcpStream) -> Self {
        let room = |bytes| vec![0; bytes];
        Self { stream: BufReader::new(stream), head: room(HEAD), tail: room(TAIL), drain: room(DRAIN) }
    }

    /// The next one; `None` once the other side has hung up.
    pub(super) fn next(&mut self) -> io::Result<Option<Taken<'_>>> {
        if self.stream.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let began = Instant::now();
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            match line.trim_end() {
                "" => break,
                _ => lines.push(line),
            }
        }
        let bytes = lines.iter().find_map(|line| value(line, "content-length")?.parse().ok()).unwrap_or(0);
        let mut left = bytes;
        let mut first = |room| {
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(room);
            left -= length as u64;
            length
        };
        let (head, tail) = (first(HEAD), first(TAIL));
        self.stream.read_exact(&mut self.head[..head])?;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(DRAIN);
            match self.stream.read(&mut self.drain[..most])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => left -= read as u64,
            }
        }
        self.stream.read_exact(&mut self.tail[..tail])?;
        let (head, tail) = (&self.head[..head], &self.tail[..tail]);
        Ok(Some(Taken { lines, head, tail, drain: &self.drain, bytes, began, ended: Instant::now() }))
    }

    pub(super) fn answer(&mut self, answer: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(answer)
    }
}

/// What a header line says, if it is that header's.
pub(super) fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (key, value) = line.split_once(':')?;
    key.eq_ignore_ascii_case(name).then(|| value.trim())
}

/// Seconds of one `curl -T`.
pub(super) fn curl(address: &str, film: &Film) -> Result<f64> {
    let url = format!("http://{address}/film.mp4");
    // Without `Expect`, which a plain sink does not answer and curl would wait for.
    let output = Command::new("curl").args(["-sS", "-H", "Expect:", "-T"]).arg(&film.path).arg(url).output()?;
    arrived(&String::from_utf8_lossy(&output.stdout), film)
}

/// The seconds that the sink tells of, which must have got the whole film.
pub(super) fn arrived(told: &str, film: &Film) -> Result<f64> {
    match told.split_once(' ') {
        Some((bytes, seconds)) if bytes.parse() == Ok(film.bytes) => Ok(seconds.parse()?),
        _ => Err(format!("{told:?} of {} bytes arrived", film.bytes).into()),
    }
}
