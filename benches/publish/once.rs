//! What it costs to publish one text: the CPU time of `pressroom publish`, with the claim and the receipt on a git remote on
//! this machine and every `git` it starts, beside that of `crosspost`, which sends the same text to the same simulator and
//! remembers nothing.

use std::path::{Path, PathBuf};

use super::Case;
use super::desk::Desk;
use super::room::{self, Result, median, verdict};
use super::stage::Stage;

/// Most CPU time, in parts of crosspost's.
const RATIO_MAX: f64 = 0.2;
/// Runs of each, in turns.
const RUNS: usize = 11;
const HOST: &str = "mastodon.example";

pub(super) const CASE: Case = Case { name: "once", platforms: &["mastodon"], wishes: "", is_bound: true };

/// Measures both; `false` where the bound is broken.
pub(super) fn bench() -> Result<bool> {
    let (program, shim) = crosspost()?;
    let desk = Desk::new(&CASE)?;
    let stage = Stage::start(&CASE, desk.folder())?;
    let remote = desk.folder().join(super::remote::NAME);
    let remote =
        if std::env::var_os("BYHTTP").is_some() { stage.remote.clone() } else { remote.to_string_lossy().into_owned() };
    desk.settle(&stage, &remote)?;
    let address = stage.hosts.split(',').find_map(|host| host.strip_prefix(&format!("{HOST}=http://")));
    let env = [
        ("MASTODON_HOST", HOST),
        ("MASTODON_ACCESS_TOKEN", &stage.tokens["mastodon"]),
        ("LOOPBACK", address.ok_or("the server is not on stage")?),
        ("NODE_OPTIONS", &shim),
    ];
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..=RUNS {
        desk.post(turn..turn + 1)?;
        let run = desk.publish(&stage, 1)?;
        let text = format!("The same, by another: {turn}.");
        let mut other = desk.command("node");
        let other = room::run(other.arg(&program).args(["--mastodon", &text]).envs(env))?;
        // The first turn fills the disk cache and is not counted.
        if turn > 0 {
            ours.push(run.cpu * 1000.0);
            theirs.push(other.cpu * 1000.0);
        }
    }
    if stage.told()?.seen != 2 * (RUNS + 1) {
        return Err("not all posts are out".into());
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = ours / theirs;
    println!("CPU of one post, median of {RUNS} each in turns, user and system with all children\n");
    println!("pressroom publish  {ours:>7.1} ms");
    println!("crosspost          {theirs:>7.1} ms");
    let kept = ratio <= RATIO_MAX;
    println!("\nratio {ratio:.3}, at most {RATIO_MAX}: {}", verdict(kept));
    Ok(kept)
}

/// Its program, and what node needs to be told so that it reaches the simulator.
fn crosspost() -> Result<(PathBuf, String)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/publish");
    let program = here.join("node_modules/@humanwhocodes/crosspost/dist/bin.js");
    if !program.exists() {
        return Err("crosspost is not here: `npm ci --prefix benches/publish --ignore-scripts` installs it".into());
    }
    Ok((program, format!("--import=file://{}", here.join("loopback.mjs").display())))
}
