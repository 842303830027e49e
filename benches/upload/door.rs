//! One upload through the door to the network, without an adapter, in a process of its own.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use pressroom::clock::Clock;
use pressroom::http::{Files, Http, Outcome};
use pressroom::platform::{Auth, Body, Call, FileRange, Method};
use url::Url;

use super::film::Film;
use super::plain::arrived;
use super::room::Result;

pub(super) const NAME: &str = "door";
/// The host that the door believes to upload to.
const HOST: &str = "upload.example";

/// What one upload came to.
pub(super) struct Sent {
    /// Seconds from the start of the program to its end.
    pub(super) whole: f64,
    /// Seconds that the sink tells of.
    pub(super) upload: f64,
    /// The program's largest memory in KiB.
    pub(super) peak: u64,
}

/// One upload.
pub(super) fn run(address: &str, film: &Film) -> Result<Sent> {
    let began = Instant::now();
    let output =
        Command::new(env::current_exe()?).args(["send", address]).arg(&film.path).stderr(Stdio::inherit()).output()?;
    let whole = began.elapsed().as_secs_f64();
    let said = String::from_utf8(output.stdout)?;
    let (told, peak) = said.trim().rsplit_once(' ').ok_or("the upload failed")?;
    Ok(Sent { whole, upload: arrived(told, film)?, peak: peak.parse()? })
}

/// Prints what the sink tells and this process's largest memory in KiB.
pub(super) fn send(address: &str, path: &Path) -> Result<()> {
    let address: SocketAddr = address.parse()?;
    let http = Http::new(Clock::system(), Duration::from_secs(60)).with_hosts(&format!("{HOST}=http://{address}"))?;
    let files: Arc<dyn Files> = Arc::new(OnDisk(path.to_owned()));
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

struct OnDisk(PathBuf);

impl Files for OnDisk {
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
