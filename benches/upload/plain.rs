//! What the adapters are measured against: `curl -T`, and the sink it sends to.

use std::env;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::Result;
use super::film::Film;

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

/// Takes uploads, one after another, and answers each with the number of its bytes.
pub(super) fn sink() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    io::stdout().flush()?;
    let mut buffer = vec![0; 1 << 20];
    for stream in listener.incoming() {
        take_in(stream?, &mut buffer)?;
    }
    Ok(())
}

fn take_in(mut stream: TcpStream, buffer: &mut [u8]) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<u64>().ok());
    let mut taken = 0;
    while length.is_some_and(|length| taken < length) {
        match stream.read(buffer)? {
            0 => break,
            read => taken += read as u64,
        }
    }
    let body = taken.to_string();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// Seconds of one `curl -T`.
pub(super) fn curl(address: &str, film: &Film) -> Result<f64> {
    let began = Instant::now();
    let url = format!("http://{address}/film.mp4");
    // Without `Expect`, which a plain sink does not answer and curl would wait for.
    let output = Command::new("curl").args(["-sS", "-H", "Expect:", "-T"]).arg(&film.path).arg(url).output()?;
    let seconds = began.elapsed().as_secs_f64();
    arrived(&String::from_utf8_lossy(&output.stdout), film)?;
    Ok(seconds)
}

pub(super) fn arrived(taken: &str, film: &Film) -> Result<()> {
    let bytes = film.bytes;
    if taken.parse() == Ok(bytes) { Ok(()) } else { Err(format!("{taken:?} of {bytes} bytes arrived").into()) }
}
