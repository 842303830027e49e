//! Output as a snapshot can hold it: what differs from run to run is named instead.

use crate::press::{Press, Ran};

/// stdout and then stderr of a run.
pub(crate) fn shown(press: &Press, ran: &Ran) -> String {
    let folder = press.folder().to_str().unwrap();
    let text = format!("{}{}", ran.stdout, ran.stderr).replace(folder, "[folder]");
    steady(&text.replace(&press.recipient, "[recipient]"))
}

/// Without the instants, ids and commits of this run.
pub(crate) fn steady(text: &str) -> String {
    text.split_inclusive('\n').map(line).collect()
}

fn line(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut steady = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match words[at..] {
            [day, date, month, year, time, ..] if is_instant(day, date, month, year, time) => {
                steady.push("[time]".to_owned());
                at += 5;
            }
            // LinkedIn's trace id is base64.
            ["x-li-uuid", id, ..] => {
                let end = id.find([')', '\n']).unwrap_or(id.len());
                steady.push(format!("x-li-uuid [id]{}", &id[end..]));
                at += 2;
            }
            _ => {
                steady.push(word(words[at]));
                at += 1;
            }
        }
    }
    steady.join(" ")
}

/// `Tue 1 Dec 2026 09:00`
fn is_instant(day: &str, date: &str, month: &str, year: &str, time: &str) -> bool {
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let numbers = date.parse::<u8>().is_ok() && year.parse::<u16>().is_ok();
    days.contains(&day) && month.len() == 3 && numbers && time.len() == 5 && time.contains(':')
}

/// Ids of platforms, entries and commits are long runs of digits, or of hexadecimal ones and hyphens.
fn word(word: &str) -> String {
    let mut steady = String::new();
    let mut rest = word;
    while !rest.is_empty() {
        let is_part = |c: char| c.is_ascii_hexdigit() || c == '-';
        let run = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (id, after) = if run == 0 {
            let next = rest.find(is_part).unwrap_or(rest.len());
            steady.push_str(&rest[..next]);
            ("", &rest[next..])
        } else {
            rest.split_at(run)
        };
        let is_id = id.len() >= 15 && id.contains(|c: char| c.is_ascii_digit());
        steady.push_str(if is_id { "[id]" } else { id });
        rest = after;
    }
    steady
}
