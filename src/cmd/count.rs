//! `pressroom count`.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Context, open};
use crate::error::{Failure, Kind};
use crate::fit;
use crate::fit::count::{Count as Counted, count};
use crate::limits::Platform;

/// Tells how long a text is to each platform.
///
/// The text is read from stdin, as it is: it is what would be sent, not Markdown. A post's file gives the counts of
/// what each of its targets would show.
#[derive(Debug, Args)]
pub struct Count {
    /// A post's file; without it, a text from stdin.
    post: Option<PathBuf>,
    /// Only this platform.
    #[arg(short, long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,
}

pub(super) fn platform(name: &str) -> Result<Platform, String> {
    Platform::named(name).ok_or_else(|| {
        let names: Vec<&str> = Platform::ALL.iter().map(|platform| platform.name()).collect();
        format!("no such platform; there are {}", names.join(", "))
    })
}

struct Line {
    platform: Platform,
    label: String,
    counted: Counted,
}

impl Count {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let lines = match &self.post {
            Some(post) => self.of_post(context, post)?,
            None => self.of_stdin()?,
        };
        if context.json() {
            let counts: Vec<_> = lines.iter().map(document).collect();
            context.print_json(json!({ "counts": counts }))?;
        } else {
            context.print(&table(&lines))?;
        }
        let fits = lines.iter().all(|line| line.counted.fits);
        // Asked about one platform, or about a post that is meant for these, too long is wrong; else it is an answer.
        let asked = self.platform.is_some() || self.post.is_some();
        Ok(if fits || !asked { 0 } else { Kind::Content.exit_code() })
    }

    fn of_stdin(&self) -> Result<Vec<Line>, Failure> {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::new(Kind::Usage, "the text could not be read from stdin").cause(error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let place = error.utf8_error().valid_up_to();
            Failure::new(Kind::Content, format!("stdin is not UTF-8: byte {place} is no character"))
                .hint("convert it, for instance with `iconv -t utf-8`")
        })?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let platforms = Platform::ALL.into_iter().filter(|platform| self.platform.is_none_or(|only| only == *platform));
        Ok(platforms
            .map(|platform| Line { platform, label: platform.to_string(), counted: count(text, platform, false) })
            .collect())
    }

    fn of_post(&self, context: &Context, post: &std::path::Path) -> Result<Vec<Line>, Failure> {
        let desk = open::disk(context)?;
        let path = open::existing(&desk.repo, post)?;
        let mut lines = Vec::new();
        for offer in desk.content.offers.iter().filter(|offer| offer.path == path) {
            let platform = offer.target.platform;
            if self.platform.is_some_and(|only| only != platform) {
                continue;
            }
            let Some(account) = desk.content.accounts.accounts.get(&offer.target.account) else { continue };
            let parts = fit::measure(&offer.target, account);
            let of = parts.len();
            for (index, (_, counted)) in parts.into_iter().enumerate() {
                let place = if of > 1 { format!(" {}/{of}", index + 1) } else { String::new() };
                lines.push(Line { platform, label: format!("{}{place}", account.name), counted });
            }
        }
        if lines.is_empty() {
            let problems: Vec<_> =
                desk.content.problems.into_iter().filter(|problem| *problem.source.path == *path).collect();
            return Err(Failure::new(Kind::Content, format!("{path} has no text that a target would show"))
                .problems(problems)
                .hint(format!("`pressroom check {path}` lists what is wrong")));
        }
        Ok(lines)
    }
}

fn document(line: &Line) -> serde_json::Value {
    json!({
        "platform": line.platform,
        "label": line.label,
        "count": line.counted.count,
        "limit": line.counted.limit,
        "unit": line.counted.unit,
        "fits": line.counted.fits,
    })
}

fn table(lines: &[Line]) -> String {
    let label = lines.iter().map(|line| line.label.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for line in lines {
        let Counted { count, limit, unit, fits } = &line.counted;
        let excess =
            if *fits { String::new() } else { format!("  {BAD}{} too many{BAD:#}", count.saturating_sub(*limit)) };
        out.push_str(&format!("{:<label$}  {count:>6} / {limit:<6} {unit}{excess}\n", line.label));
    }
    out
}

const BAD: anstyle::Style = anstyle::AnsiColor::Red.on_default();
