//! How fast and in how little memory a large file goes out through the door to the network, side by side with `curl -T`
//! to the same sink on this machine. Checks that all of it arrived, and no platform.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "to print is all a bench is for")]

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use pressroom::clock::Clock;
use pressroom::http::{Files, Http, Outcome};
use pressroom::platform::{Auth, Body, Call, FileRange, Method};
use url::Url;

/// Least throughput, in parts of what `curl -T` reaches.
const RATIO_MIN: f64 = 0.8;
/// Most memory, in KiB.
const PEAK_MAX: u64 = 48 * 1024;
/// MiB sent, unless an argument says otherwise.
const MIB: u64 = 1024;
/// Runs of each, in turns.
const RUNS: usize = 5;
/// The host that the door believes to upload to.
const HOST: &str = "upload.example";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    // cargo adds `--bench` of its own.
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let kept = match arguments.as_slice() {
        ["sink"] => sink().map(|()| true),
        ["send", address, path] => send(address, Path::new(path)).map(|()| true),
        [] => bench(MIB),
        [mib, ..] => mib.parse().map_err(Into::into).and_then(bench),
    };
    match kept {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures both in turns; `false` where a bound is broken.
fn bench(mib: u64) -> Result<bool> {
    let folder = tempfile::TempDir::new()?;
    let path = folder.path().join("film.mp4");
    write_film(&path, mib)?;
    let (_sink, address) = start_sink()?;
    let (mut curl, mut ours) = (Vec::new(), Vec::new());
    let (mut curl_peak, mut our_peak) = (0, 0);
    // The first turn fills the disk cache and is not counted.
    for turn in 0..=RUNS {
        let (seconds, peak) = curl_once(&address, &path)?;
        let (our_seconds, peak_of_ours) = send_once(&address, &path)?;
        if turn > 0 {
            curl.push(seconds);
            ours.push(our_seconds);
        }
        // The children's figure is the largest of all; only curl's are there before our first.
        if turn == 0 {
            curl_peak = peak;
        }
        our_peak = our_peak.max(peak_of_ours);
    }
    let (curl, ours) = (median(curl), median(ours));
    let ratio = curl / ours;
    #[expect(clippy::cast_precision_loss, reason = "far fewer MiB than a float holds exactly")]
    let rate = |seconds: f64| mib as f64 / seconds;
    println!("{mib} MiB to a sink on this machine, {RUNS} runs each, in turns\n");
    println!("{:<24} {:>10} {:>14}", "", "MiB/s", "peak memory");
    println!("{:<24} {:>10.0} {:>10} KiB", "curl -T", rate(curl), curl_peak);
    println!("{:<24} {:>10.0} {:>10} KiB", "pressroom", rate(ours), our_peak);
    println!("{:<24} {ratio:>10.2} {:>14}   at least {RATIO_MIN}: {}", "ratio", "", verdict(ratio >= RATIO_MIN));
    println!("{:<24} {:>25}   at most {PEAK_MAX} KiB: {}", "", "", verdict(our_peak <= PEAK_MAX));
    Ok(ratio >= RATIO_MIN && our_peak <= PEAK_MAX)
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "BROKEN" }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Bytes that are not all alike, so that nothing on the way is spared.
fn write_film(path: &Path, mib: u64) -> Result<()> {
    let piece: Vec<u8> = (0..1_u32 << 18).flat_map(|word| word.wrapping_mul(0x9E37_79B9).to_le_bytes()).collect();
    let mut file = File::create(path)?;
    (0..mib).try_for_each(|_| file.write_all(&piece))?;
    Ok(())
}

/// Ends the sink with the bench.
struct Sink(Child);

impl Drop for Sink {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_sink() -> Result<(Sink, String)> {
    let mut sink = Sink(Command::new(env::current_exe()?).arg("sink").stdout(Stdio::piped()).spawn()?);
    let out = sink.0.stdout.take().ok_or("the sink says nothing")?;
    let mut address = String::new();
    BufReader::new(out).read_line(&mut address)?;
    Ok((sink, address.trim().to_owned()))
}

/// Takes uploads, one after another, and answers each with the number of its bytes.
fn sink() -> Result<()> {
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

/// Seconds of one `curl -T`, and the largest memory of the children so far, in KiB.
fn curl_once(address: &str, path: &Path) -> Result<(f64, u64)> {
    let began = Instant::now();
    let url = format!("http://{address}/film.mp4");
    // Without `Expect`, which a plain sink does not answer and curl would wait for.
    let output = Command::new("curl").args(["-sS", "-H", "Expect:", "-T"]).arg(path).arg(url).output()?;
    let seconds = began.elapsed().as_secs_f64();
    arrived(&String::from_utf8_lossy(&output.stdout), path)?;
    Ok((seconds, u64::try_from(getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss())?))
}

/// Seconds of one upload of ours, from the start of the program to its end, and its largest memory in KiB.
fn send_once(address: &str, path: &Path) -> Result<(f64, u64)> {
    let began = Instant::now();
    let output =
        Command::new(env::current_exe()?).args(["send", address]).arg(path).stderr(Stdio::inherit()).output()?;
    let seconds = began.elapsed().as_secs_f64();
    let said = String::from_utf8(output.stdout)?;
    let (taken, peak) = said.trim().split_once(' ').ok_or("the upload failed")?;
    arrived(taken, path)?;
    Ok((seconds, peak.parse()?))
}

fn arrived(taken: &str, path: &Path) -> Result<()> {
    let bytes = fs::metadata(path)?.len();
    if taken.parse() == Ok(bytes) { Ok(()) } else { Err(format!("{taken:?} of {bytes} bytes arrived").into()) }
}

/// One upload through the door; prints the bytes that arrived and this process's largest memory in KiB.
fn send(address: &str, path: &Path) -> Result<()> {
    let address: SocketAddr = address.parse()?;
    let http = Http::new(Clock::system(), Duration::from_secs(60)).with_hosts(&format!("{HOST}=http://{address}"))?;
    let files: Arc<dyn Files> = Arc::new(Film(path.to_owned()));
    let file = FileRange { path: "film.mp4".to_owned(), range: 0..fs::metadata(path)?.len() };
    let call = Call {
        name: "upload".to_owned(),
        part: 0,
        shows: false,
        method: Method::Put,
        url: Url::parse(&format!("https://{HOST}/film.mp4"))?,
        headers: Vec::new(),
        body: Body::File { file, mime: "video/mp4".to_owned() },
        auth: Auth::None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(http.send(&call, &[HOST], None, &files, &|_| ()))? {
        Outcome::Answered(reply) => println!("{} {}", reply.body, peak()?),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

struct Film(PathBuf);

impl Files for Film {
    fn open(&self, file: &FileRange) -> io::Result<Box<dyn Read + Send>> {
        let mut film = File::open(&self.0)?;
        film.seek(SeekFrom::Start(file.range.start))?;
        Ok(Box::new(film.take(file.range.end - file.range.start)))
    }
}

/// The largest memory this process has had, in KiB (proc_pid_status(5)).
fn peak() -> Result<u64> {
    let told = fs::read_to_string("/proc/self/status")?;
    let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("Linux tells the peak of memory")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
