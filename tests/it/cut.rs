//! Ends runs of the program from outside, at moments that chance tells, and tidies up after a git that died with one.

use std::process::Child;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::press::{Press, Ran};

/// Spreads numbers evenly and always alike (splitmix64).
pub(crate) fn scatter(seed: u64) -> u64 {
    let z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// All processes below one, as /proc tells at this moment.
fn below(parent: u32) -> Vec<Pid> {
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    let ids = children.split_whitespace().filter_map(|id| id.parse::<u32>().ok());
    ids.flat_map(|id| below(id).into_iter().chain(Pid::from_raw(id.cast_signed()))).collect()
}

/// Kills the run after this long; with its children, or it alone.
pub(crate) fn kill(child: Child, after: Duration, children_too: bool) -> Ran {
    std::thread::sleep(after);
    let pid = Pid::from_child(&child);
    let below = if children_too { below(child.id()) } else { Vec::new() };
    let _ = kill_process(pid, Signal::KILL);
    for child in below {
        let _ = kill_process_group(child, Signal::KILL);
        let _ = kill_process(child, Signal::KILL);
    }
    Ran::of(&child.wait_with_output().unwrap())
}

/// A git that is killed may leave a lock behind. It is never removed by itself; the run names it, and a person removes it.
pub(crate) fn unlock(press: &Press, stderr: &str) {
    for word in stderr.split([' ', '\'', '`', '\n']).filter(|word| word.ends_with(".lock")) {
        let lock = press.repo.join(word);
        assert!(lock.starts_with(press.folder()), "{}", lock.display());
        let _ = std::fs::remove_file(lock);
    }
}
