//! How far uploads are, for the person who waits: bars on a terminal, a line every few seconds elsewhere. Knows no network.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Context;
use super::report::printable;
use super::screen;
use crate::plan::when::how_long;
use crate::run::Sent;

/// Smaller files are out before one could read how far they are.
const LEAST: u64 = 1 << 20;
/// How often a line is said about one upload.
const EVERY: Duration = Duration::from_secs(5);
/// What a bar shows besides its head: how much, how fast, how long still.
const BAR: &str =
    "  {wide_msg} {bar:16} {binary_bytes:>10} of {binary_total_bytes}  {binary_bytes_per_sec:>12}  {eta:>4} left";

/// The uploads of a run: one at a time for each target.
pub(super) struct Uploads<'a> {
    context: &'a Context,
    /// Bars are drawn here; none where lines are said.
    bars: Option<MultiProgress>,
    open: Mutex<BTreeMap<String, Upload>>,
}

/// One file on its way.
enum Upload {
    Bar(ProgressBar),
    Lines(Pace),
}

impl<'a> Uploads<'a> {
    /// Bars if a person looks at stderr.
    pub(super) fn new(context: &'a Context) -> Self {
        let drawn = std::io::stderr().is_terminal() && !context.global.quiet;
        let bars = drawn.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        Self { context, bars, open: Mutex::default() }
    }

    /// Says a line, above the bars.
    pub(super) fn say(&self, words: &str) {
        match &self.bars {
            Some(bars) => bars.suspend(|| self.context.say(words)),
            None => self.context.say(words),
        }
    }

    /// Shows how far a file is.
    pub(super) fn sent(&self, sent: &Sent<'_>) {
        if sent.of < LEAST {
            return;
        }
        let head = printable(&format!("{} → {}: {}", sent.post, sent.account, sent.path));
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.context.clock.elapsed();
        let upload = open.entry(head.clone()).or_insert_with(|| match &self.bars {
            Some(bars) => Upload::Bar(bar(bars, &head, sent)),
            None => Upload::Lines(Pace { began: now, from: sent.bytes, told: now }),
        });
        match upload {
            Upload::Bar(bar) => bar.set_position(sent.bytes),
            Upload::Lines(pace) => {
                if let Some(line) = pace.line(now, sent.bytes, sent.of) {
                    self.context.say(&format!("{head}: {line}"));
                }
            }
        }
        if sent.bytes >= sent.of
            && let Some(Upload::Bar(bar)) = open.remove(&head)
        {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Uploads<'_> {
    fn drop(&mut self) {
        if let Some(bars) = &self.bars {
            // What is left are uploads that broke off; a terminal that is gone needs no tidying.
            let _ = bars.clear();
        }
    }
}

fn bar(bars: &MultiProgress, head: &str, sent: &Sent<'_>) -> ProgressBar {
    let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = bars.add(ProgressBar::new(sent.of).with_style(style).with_message(head.to_owned()));
    // What an earlier run has sent says nothing about the pace of this one.
    bar.set_position(sent.bytes);
    bar.reset_eta();
    bar
}

/// How fast an upload goes that is told in lines.
struct Pace {
    /// When it began, and at which byte.
    began: Duration,
    from: u64,
    /// When it was told last.
    told: Duration,
}

impl Pace {
    /// `120.0 MiB of 1024.0 MiB, 12.0 MiB/s, 75 s left`, if it is time for it.
    fn line(&mut self, now: Duration, bytes: u64, of: u64) -> Option<String> {
        if now.saturating_sub(self.told) < EVERY {
            return None;
        }
        self.told = now;
        let millis = u64::try_from(now.saturating_sub(self.began).as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = bytes.saturating_sub(self.from).saturating_mul(1_000) / millis;
        let done = format!("{} of {}", screen::bytes(bytes), screen::bytes(of));
        if rate == 0 || bytes >= of {
            return Some(done);
        }
        let seconds = i64::try_from(of.saturating_sub(bytes) / rate).unwrap_or(i64::MAX);
        let left = how_long(TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX));
        Some(format!("{done}, {}/s, {left} left", screen::bytes(rate)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_how_much_how_fast_and_how_long() {
        const MIB: u64 = 1 << 20;
        let at = Duration::from_secs;
        let mut pace = Pace { began: at(0), from: 100 * MIB, told: at(0) };
        let lines: Vec<_> = [(1, 110), (5, 150), (9, 180), (10, 100), (20, 1_024)]
            .map(|(second, mib)| pace.line(at(second), mib * MIB, 1_024 * MIB))
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(
            lines,
            [
                "150.0 MiB of 1024.0 MiB, 10.0 MiB/s, 1 min 27 s left",
                "100.0 MiB of 1024.0 MiB",
                "1024.0 MiB of 1024.0 MiB",
            ]
        );
    }

    #[test]
    fn the_bar_is_understood() {
        ProgressStyle::with_template(BAR).unwrap();
    }
}
