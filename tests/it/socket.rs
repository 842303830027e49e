//! Servers on bare sockets before the simulators: they pass requests on, and break off, stall or say something else where a
//! web server would not. They know HTTP as far as it takes to find the end of a request, and no platform.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pressroom::sim::Sim;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::press::{Press, Stage};

/// What is done with a connection.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    /// Reset as soon as it is there.
    ResetOnAccept,
    /// Reset when the request has come, before a byte of it is read.
    ResetUnread,
    /// The request is read; then something goes wrong.
    Read {
        /// Whether the simulator gets it, before anything is answered.
        acts: bool,
        then: Then,
    },
}

/// What follows when a request has been read.
#[derive(Clone, Debug)]
pub(crate) enum Then {
    Close,
    Reset,
    /// Nothing, until the other side gives up.
    Hang,
    /// These bytes, and the end of the connection.
    Say(String),
    /// So many bytes of what the simulator answers, and the end of the connection.
    Cut(usize),
    /// So many, and a reset.
    CutAndReset(usize),
    /// All of what the simulator answers, with this pause before the last bytes of the body.
    Late(Duration),
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// Method and path, without the query and without ids; and whether a body came with it.
    pub(crate) shape: String,
    /// Whether readers see more after it than before.
    pub(crate) showed: bool,
    /// Bytes of the simulator's answer; none where it was not asked.
    pub(crate) answer: usize,
}

/// Which connection something happens to.
#[derive(Clone, Debug)]
enum When {
    Connection(usize),
    Request(String),
}

#[derive(Default)]
struct Script {
    /// Connections so far.
    connections: usize,
    planned: Option<(When, Play)>,
    heard: Vec<Heard>,
}

/// The servers; they end with the value.
pub(crate) struct Between {
    script: Arc<Mutex<Script>>,
    hosts: Vec<(String, SocketAddr)>,
    _open: oneshot::Sender<()>,
}

impl Between {
    /// Before every host of a stage.
    pub(crate) fn new(stage: &Stage) -> Self {
        let script = Arc::new(Mutex::new(Script::default()));
        let (give, given) = std::sync::mpsc::channel();
        let (open, closed) = oneshot::channel::<()>();
        let (sim, shared) = (stage.sim.clone(), script.clone());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut hosts = Vec::new();
                for (host, behind) in sim.hosts() {
                    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                    hosts.push((host.clone(), listener.local_addr().unwrap()));
                    tokio::spawn(serve(listener, *behind, sim.clone(), shared.clone()));
                }
                give.send(hosts).unwrap();
                let _ = closed.await;
            });
        });
        Self { script, hosts: given.recv().unwrap(), _open: open }
    }

    /// Runs meet these servers from now on.
    pub(crate) fn stand_before(&self, press: &mut Press) {
        let hosts: Vec<String> = self.hosts.iter().map(|(host, address)| format!("{host}=http://{address}")).collect();
        press.env.push(("PRESSROOM_HOSTS".to_owned(), hosts.join(",")));
    }

    /// What happens to the next request of this shape.
    pub(crate) fn plan(&self, shape: &str, play: Play) {
        self.script.lock().unwrap().planned = Some((When::Request(shape.to_owned()), play));
    }

    /// What happens to the connection that comes after so many others from now on.
    pub(crate) fn plan_after(&self, connections: usize, play: Play) {
        let mut script = self.script.lock().unwrap();
        script.planned = Some((When::Connection(script.connections + connections), play));
    }

    /// Takes back what has not been played; what was heard since the last time.
    pub(crate) fn calm(&self) -> Vec<Heard> {
        let mut script = self.script.lock().unwrap();
        script.planned = None;
        std::mem::take(&mut script.heard)
    }
}

impl Script {
    /// What is planned for a connection, or for a request.
    fn take(&mut self, is_it: impl Fn(&When) -> bool) -> Option<Play> {
        self.planned.take_if(|(when, _)| is_it(when)).map(|(_, play)| play)
    }
}

async fn serve(listener: TcpListener, behind: SocketAddr, sim: Arc<Sim>, script: Arc<Mutex<Script>>) {
    while let Ok((connection, _)) = listener.accept().await {
        let play = {
            let mut script = script.lock().unwrap();
            script.connections += 1;
            let index = script.connections - 1;
            script.take(|when| matches!(when, When::Connection(planned) if *planned == index))
        };
        if matches!(play, Some(Play::ResetOnAccept)) {
            let _ = connection.set_zero_linger();
            continue;
        }
        let (sim, script) = (sim.clone(), script.clone());
        // One after the other would be simpler, but whoever hangs must not hold up the next.
        tokio::spawn(async move {
            // A client that goes away is nothing to tell anybody.
            let _ = one(connection, behind, &sim, &script).await;
        });
    }
}

/// One connection: one request, and what comes of it.
async fn one(mut connection: TcpStream, behind: SocketAddr, sim: &Sim, script: &Mutex<Script>) -> io::Result<()> {
    let shape = peek_shape(&connection).await?;
    let play = script.lock().unwrap().take(|when| matches!(when, When::Request(planned) if *planned == shape));
    if matches!(play, Some(Play::ResetUnread)) {
        return connection.set_zero_linger();
    }
    let request = read_request(&mut connection).await?;
    let acts = !matches!(play, Some(Play::Read { acts: false, .. }));
    let index = {
        let mut script = script.lock().unwrap();
        script.heard.push(Heard { shape, showed: false, answer: 0 });
        script.heard.len() - 1
    };
    let before = sim.seen().len();
    let answer = if acts { ask(behind, &request).await? } else { Vec::new() };
    if let Some(heard) = script.lock().unwrap().heard.get_mut(index) {
        (heard.showed, heard.answer) = (sim.seen().len() > before, answer.len());
    }
    let Some(Play::Read { then, .. }) = play else {
        return connection.write_all(&answer).await;
    };
    match then {
        Then::Close => Ok(()),
        Then::Reset => connection.set_zero_linger(),
        Then::Hang => connection.read_u8().await.map(drop),
        Then::Say(words) => connection.write_all(words.as_bytes()).await,
        Then::Cut(bytes) => connection.write_all(&answer[..bytes.min(answer.len())]).await,
        Then::CutAndReset(bytes) => {
            connection.write_all(&answer[..bytes.min(answer.len())]).await?;
            // What was written has arrived before the reset takes it away.
            tokio::time::sleep(Duration::from_millis(50)).await;
            connection.set_zero_linger()
        }
        Then::Late(pause) => {
            let (first, last) = answer.split_at(answer.len().saturating_sub(2));
            connection.write_all(first).await?;
            tokio::time::sleep(pause).await;
            connection.write_all(last).await
        }
    }
}

/// What a request is, before a byte of it is taken.
async fn peek_shape(connection: &TcpStream) -> io::Result<String> {
    let mut buffer = vec![0; 1 << 14];
    loop {
        let read = connection.peek(&mut buffer).await?;
        let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            return Ok(shape(head));
        }
        if read == 0 || read == buffer.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn shape(head: &str) -> String {
    let line = head.split("\r\n").next().unwrap_or_default();
    let line = line.split(['?', ' ']).take(2).collect::<Vec<_>>().join(" ");
    let is_id = |part: &str| part.len() > 6 && part.contains(|c: char| c.is_ascii_digit());
    let parts: Vec<&str> = line.split('/').map(|part| if is_id(part) { "*" } else { part }).collect();
    let is_empty = head.to_ascii_lowercase().contains("\r\ncontent-length: 0");
    format!("{}{}", parts.join("/"), if is_empty { " (empty)" } else { "" })
}

/// A request to its end, which its length or its last chunk tells.
async fn read_request(connection: &mut TcpStream) -> io::Result<Vec<u8>> {
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let read = connection.read(&mut buffer).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&buffer[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let field = |name: &str| head.lines().find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()));
        let is_whole = match field("content-length:") {
            Some(length) => bytes.len() >= end + 4 + length.parse::<usize>().unwrap(),
            None => field("transfer-encoding:").is_none() || bytes.ends_with(b"0\r\n\r\n"),
        };
        if is_whole {
            return Ok(bytes);
        }
    }
}

/// The simulator's answer, to the end of its connection.
async fn ask(behind: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(behind).await?;
    let line = request.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    connection.write_all(&request[..line]).await?;
    connection.write_all(b"connection: close\r\n").await?;
    connection.write_all(&request[line..]).await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    Ok(answer)
}
