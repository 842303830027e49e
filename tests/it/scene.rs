//! A clone of a bare remote whose accounts are connected to the simulators: where most tests of publishing begin.

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use pressroom::sim::{Fault, FaultKind, Seen};

use crate::press::{Press, Stage};

/// Timings of a run that does not wait for anything longer than it must.
pub(crate) const QUICK: &str = "lease=8,grace=1,request=2,settle=0.1,patience=3";

/// A press with its remote and the stage it publishes to.
pub(crate) struct Scene {
    pub(crate) stage: Stage,
    pub(crate) press: Press,
    pub(crate) remote: PathBuf,
}

impl Scene {
    /// All accounts are connected, and a post made from now on is newer than their baselines.
    pub(crate) fn new() -> Self {
        let (stage, mut press) = (Stage::new(), Press::with(&[]));
        // So many posts in a row are nothing a platform would take.
        stage.sim.x.configure(|options| options.rates.clear());
        stage.sim.linkedin.configure(|options| {
            options.processing_delay = Duration::ZERO;
            options.member_quota = 100_000;
        });
        let remote = press.with_remote();
        stage.reach(&mut press);
        press.env.push(("PRESSROOM_TIMINGS".to_owned(), QUICK.to_owned()));
        stage.connect(&press);
        next_second();
        Self { stage, press, remote }
    }

    /// Other timings for every run from now on.
    pub(crate) fn timings(&mut self, timings: &str) {
        self.press.env.push(("PRESSROOM_TIMINGS".to_owned(), timings.to_owned()));
    }

    /// Commits a post, due on merge, and pushes it.
    pub(crate) fn post(&self, id: &str, targets: &str, text: &str) {
        self.press.file(&format!("posts/{id}.md"), &post(id, targets, text)).commit(id);
        self.press.git(&["push", "-q", "origin", "HEAD:main"]);
    }

    /// The ids of what readers of a platform see of this text; for a thread, of its first part.
    pub(crate) fn shown(&self, platform: &str, text: &str) -> Vec<Seen> {
        let all = self.stage.sim.seen().into_iter();
        all.filter(|seen| seen.platform == platform && seen.text.starts_with(text)).collect()
    }

    /// The ledger of a post as the remote has it.
    pub(crate) fn ledger(&self, id: &str) -> Vec<serde_json::Value> {
        let path = pressroom::ledger::entry::path(&pressroom::post::PostId::new(id));
        let remote = self.remote.to_str().unwrap();
        let text = self.press.git(&["-C", remote, "show", &format!("pressroom-state:{path}")]);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Lets the simulators go wrong: the next request that begins so.
    pub(crate) fn fault(&self, method: &str, path: &str, times: usize, kind: FaultKind) {
        let (method, path) = (method.parse().unwrap(), path.to_owned());
        self.stage.sim.world().fault(Fault { method, path, times, kind });
    }

    /// How often a post was looked for on X.
    pub(crate) fn looks(&self) -> usize {
        let log = self.stage.sim.world().log();
        log.iter().filter(|logged| logged.target.starts_with("/2/users/") && logged.target.contains("/tweets?")).count()
    }

    /// How many requests that begin so the simulators have seen.
    pub(crate) fn requests(&self, method: &str, path: &str) -> usize {
        let log = self.stage.sim.world().log();
        log.iter().filter(|logged| logged.method == method && logged.target.starts_with(path)).count()
    }
}

/// A post file, due on merge.
pub(crate) fn post(id: &str, targets: &str, text: &str) -> String {
    format!("---\nid: {id}\ntargets: [{targets}]\nschedule: on-merge\n---\n{text}\n")
}

/// git counts whole seconds: a commit made in the second of a baseline is not newer.
pub(crate) fn next_second() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    std::thread::sleep(Duration::from_nanos(1_000_000_000 - u64::from(now.subsec_nanos())));
}

/// Waits until something is so; it must become so within two minutes, on a busy machine as well.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(120);
    while !is_so() {
        assert!(Instant::now() < give_up, "not within two minutes: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A PNG of one colour, `width` by `height`.
pub(crate) fn picture(width: u32, height: u32, grey: u8) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([8, 0, 0, 0, 0]);
    let row: Vec<u8> = std::iter::once(0).chain(std::iter::repeat_n(grey, width as usize)).collect();
    let raw = row.repeat(height as usize);
    // zlib with stored blocks: a head, blocks of at most 65535 bytes, the checksum.
    let mut data = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = raw.chunks(0xffff).collect();
    for (index, block) in blocks.iter().enumerate() {
        let length = u16::try_from(block.len()).unwrap();
        data.push(u8::from(index + 1 == blocks.len()));
        data.extend(length.to_le_bytes());
        data.extend((!length).to_le_bytes());
        data.extend_from_slice(block);
    }
    let (a, b) = raw.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    data.extend((b << 16 | a).to_be_bytes());
    for (kind, body) in [(b"IHDR", head), (b"IDAT", data), (b"IEND", Vec::new())] {
        png.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        let start = png.len();
        png.extend_from_slice(kind);
        png.extend_from_slice(&body);
        let sum = crc(&png[start..]);
        png.extend(sum.to_be_bytes());
    }
    png
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |mut sum, byte| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
        sum
    })
}
