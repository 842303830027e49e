//! A CSV file of posts, as schedulers import and export them -> [`Found`]s. Knows columns by their headings: Buffer's bulk upload
//! (`Text`, `Image URL`, `Tags`, `Posting Time`), Publer's (`Date`, `Text`, `Link(s)`, `Media URL(s)`, `Alt text(s)`, ...) and
//! their likes.

use std::collections::BTreeMap;
use std::ops::Range;

use csv::{ReaderBuilder, StringRecord};

use super::{Elsewhere, Found, When};
use crate::account::Accounts;
use crate::error::{Problem, Source};
use crate::post::due;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Text,
    /// A date and time, or a date whose time has a column of its own.
    Date,
    Time,
    Title,
    Link,
    Media,
    Alt,
    Comment,
    Accounts,
}

/// The headings that are known, in small letters, with what follows ` - ` or stands in brackets cut off.
const HEADINGS: &[(Column, &[&str])] = &[
    (Column::Text, &["text", "message", "content", "post", "caption", "post text", "tweet", "update"]),
    (
        Column::Date,
        &[
            "date",
            "posting time",
            "schedule",
            "scheduled at",
            "scheduled time",
            "date and time",
            "publish date",
            "sent at",
        ],
    ),
    (Column::Time, &["time"]),
    (Column::Title, &["title", "video title"]),
    (Column::Link, &["link", "links", "url"]),
    (
        Column::Media,
        &["media url", "media urls", "image url", "image urls", "image", "images", "video url", "media", "picture"],
    ),
    (Column::Alt, &["alt text", "alt texts", "image alt text"]),
    (Column::Comment, &["comment", "comments", "first comment"]),
    (
        Column::Accounts,
        &[
            "account", "accounts", "profile", "profiles", "channel", "channels", "network", "platform", "targets",
            "service",
        ],
    ),
];

/// What Publer puts between several texts of one cell.
const BETWEEN: &str = "||";

/// What a sheet holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub found: Vec<Found>,
    /// Headings of columns that are not taken over.
    pub left: Vec<String>,
}

/// Reads a sheet. Where all of it is meant for given accounts (`is_targeted`), its own column of accounts is not read.
///
/// # Errors
/// All that is wrong, by row: then nothing of it should be imported.
pub fn read(source: &Source, accounts: &Accounts, is_targeted: bool) -> Result<Sheet, Vec<Problem>> {
    let delimiter = delimiter(&source.text);
    let mut records =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(source.text.as_bytes());
    let mut records = records.records().map(|record| record.map_err(|error| vec![unreadable(source, &error)]));
    let head = records.next().transpose()?.unwrap_or_default();
    let (columns, left) = columns(&head);
    if !columns.contains_key(&Column::Text) && !columns.contains_key(&Column::Media) {
        return Err(vec![no_texts(source)]);
    }
    let mut reader = Reader {
        source,
        accounts,
        columns: if is_targeted { without_accounts(columns) } else { columns },
        width: head.len(),
        before: BTreeMap::new(),
        problems: Vec::new(),
    };
    let mut found = Vec::new();
    for (index, record) in records.enumerate() {
        // The heading is row 1, as spreadsheets count.
        found.extend(reader.row(index + 2, &record?));
    }
    if reader.problems.is_empty() { Ok(Sheet { found, left }) } else { Err(reader.problems) }
}

fn without_accounts(mut columns: BTreeMap<Column, usize>) -> BTreeMap<Column, usize> {
    columns.remove(&Column::Accounts);
    columns
}

/// Spreadsheets write what their country parts cells with: that by which most headings are known.
fn delimiter(text: &str) -> u8 {
    let known = |delimiter: u8| {
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
        let head = reader.records().next().and_then(Result::ok).unwrap_or_default();
        columns(&head).0.len()
    };
    // Of several alike the last is taken.
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| known(*delimiter)).unwrap_or(b',')
}

/// Which cell holds what, and the headings nobody knows. Of two columns alike the first counts.
fn columns(head: &StringRecord) -> (BTreeMap<Column, usize>, Vec<String>) {
    let (mut columns, mut left) = (BTreeMap::new(), Vec::new());
    for (index, heading) in head.iter().enumerate() {
        let name = heading_of(heading);
        let known = HEADINGS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column);
        match known.filter(|column| !columns.contains_key(column)) {
            Some(column) => drop(columns.insert(column, index)),
            None if heading.trim().is_empty() => {}
            None => left.push(heading.trim().to_owned()),
        }
    }
    (columns, left)
}

/// `Link(s) - Separated by comma` is `links`.
fn heading_of(written: &str) -> String {
    let name = written.trim_start_matches('\u{feff}').split(" - ").next().unwrap_or_default().replace("(s)", "s");
    let name = name.split(" (").next().unwrap_or_default().replace('_', " ");
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn no_texts(source: &Source) -> Problem {
    let end = source.text.find(['\n', '\r']).unwrap_or(source.text.len());
    let names: Vec<&str> = HEADINGS[0].1.to_vec();
    Problem::error("no-text-column", source, "no column of the first row holds texts")
        .at(0..end)
        .hint(format!("the first row names the columns; the one with the texts is any of: {}", names.join(", ")))
}

fn unreadable(source: &Source, error: &csv::Error) -> Problem {
    let at = error.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
    Problem::error("bad-csv", source, format!("this is no CSV: {error}"))
        .at(at.min(source.text.len())..source.text.len())
        .hint("save it from the spreadsheet as CSV in UTF-8")
}

struct Reader<'a> {
    source: &'a Source,
    accounts: &'a Accounts,
    columns: BTreeMap<Column, usize>,
    width: usize,
    /// How often each post was there in the rows before.
    before: BTreeMap<String, usize>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn row(&mut self, number: usize, record: &StringRecord) -> Option<Found> {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            return None;
        }
        let place = self.place(record);
        if record.len() > self.width {
            let message = format!("row {number} has {} cells, and the first row names {}", record.len(), self.width);
            let hint = "a text with the character that parts cells, or with a quote, stands in double quotes";
            self.problems.push(Problem::error("bad-row", self.source, message).at(place).hint(hint));
            return None;
        }
        let cell = |column| {
            let text = self.columns.get(&column).and_then(|index| record.get(*index)).unwrap_or_default().trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let [text, title, link, comment] = [Column::Text, Column::Title, Column::Link, Column::Comment].map(cell);
        let elsewhere = media(cell(Column::Media).as_deref(), cell(Column::Alt).as_deref());
        let (written, names) = ([cell(Column::Date), cell(Column::Time)], cell(Column::Accounts));
        if text.is_none() && link.is_none() && elsewhere.is_empty() {
            let message = format!("row {number} has neither a text nor a link nor media");
            let problem = Problem::error("empty-row", self.source, message).at(place.clone());
            self.problems.push(problem.hint("write its text, or delete the row"));
        }
        let when = self.when(number, written, &place);
        let targets = self.targets(number, names.as_deref(), &place);
        let (first_comment, mut notes) = first_of(comment);
        let (link, more) = first_link(link);
        notes.extend(more);
        let name = title.as_deref().or(text.as_deref()).or(link.as_deref()).unwrap_or("media");
        let name = name.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
        // The same text again is another post, and the same one when the sheet is read again. A new date makes no new post:
        // it would be out twice.
        let key =
            [text.as_deref(), link.as_deref(), Some(&targets.join(","))].map(Option::unwrap_or_default).join("\0");
        let times = self.before.entry(key.clone()).or_default();
        *times += 1;
        Some(Found {
            at: format!("row {number}"),
            name,
            key: format!("{key}\0{times}"),
            title,
            parts: text.into_iter().collect(),
            when,
            targets,
            link,
            first_comment,
            elsewhere,
            notes,
            ..Found::default()
        })
    }

    /// The row's first line.
    fn place(&self, record: &StringRecord) -> Range<usize> {
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
        let rest = self.source.text.get(start..).unwrap_or_default();
        let start = start + (rest.len() - rest.trim_start_matches(['\n', '\r']).len());
        let rest = self.source.text.get(start..).unwrap_or_default();
        start..start + rest.find(['\n', '\r']).unwrap_or(rest.len())
    }

    fn when(&mut self, number: usize, [date, time]: [Option<String>; 2], place: &Range<usize>) -> Option<When> {
        let date = date?;
        let mut written = if is_slashed(&date) { date.replacen('/', "-", 2) } else { date };
        if let Some(time) = time.filter(|_| !written.contains(':')) {
            written = format!("{written} {time}");
        }
        match due::instant("schedule", &written, self.accounts.defaults.timezone) {
            Ok((instant, zone)) => Some(When { instant, zone }),
            Err(trouble) => {
                let message = format!("the date of row {number}: {}", trouble.message);
                let problem = Problem::error(trouble.code, self.source, message).at(place.clone());
                self.problems.push(problem.hint(trouble.hint.replace("`schedule: ", "`")));
                None
            }
        }
    }

    fn targets(&mut self, number: usize, names: Option<&str>, place: &Range<usize>) -> Vec<String> {
        let mut targets: Vec<String> = Vec::new();
        let names = names.unwrap_or_default().split([',', ';', '|', '\n']).map(str::trim);
        for name in names.filter(|name| !name.is_empty()) {
            let word = name.to_lowercase();
            let known = if word == "twitter" { "x" } else { &word };
            match self.accounts.named(name).or_else(|unknown| self.accounts.named(known).map_err(|_| unknown)) {
                Ok(accounts) => {
                    let names = accounts.iter().map(|account| account.name.clone());
                    targets.extend(names.filter(|name| !targets.contains(name)).collect::<Vec<_>>());
                }
                Err(unknown) => {
                    let message = format!("the account of row {number}: {}", unknown.message);
                    let problem = Problem::error("unknown-account", self.source, message).at(place.clone());
                    let hint = format!("{}; or say with `--targets` where all rows go", unknown.hint);
                    self.problems.push(problem.hint(hint));
                }
            }
        }
        targets
    }
}

/// `2026/12/01`, which cannot be mistaken; `01/12/2026` is a day in January to some and in December to others.
fn is_slashed(date: &str) -> bool {
    date.len() > 5 && date.bytes().take(4).all(|byte| byte.is_ascii_digit()) && date.as_bytes()[4] == b'/'
}

fn media(addresses: Option<&str>, alts: Option<&str>) -> Vec<Elsewhere> {
    let alts: Vec<&str> = alts.map(|alts| alts.split(BETWEEN).map(str::trim).collect()).unwrap_or_default();
    let addresses =
        addresses.unwrap_or_default().split([',', ';', '|', ' ', '\n', '\r']).filter(|word| !word.is_empty());
    let elsewhere = addresses.enumerate().map(|(index, address)| Elsewhere {
        address: address.to_owned(),
        alt: alts.get(index).filter(|alt| !alt.is_empty()).map(|alt| (*alt).to_owned()),
    });
    elsewhere.collect()
}

/// Of several comments the first; of more there is no such thing.
fn first_of(comments: Option<String>) -> (Option<String>, Vec<String>) {
    let Some(comments) = comments else { return (None, Vec::new()) };
    let mut all = comments.split(BETWEEN).map(str::trim).filter(|comment| !comment.is_empty());
    let first = all.next().map(str::to_owned);
    let more = all.count();
    (first, if more > 0 { vec![format!("{more} more comments than the first are not taken over")] } else { Vec::new() })
}

fn first_link(links: Option<String>) -> (Option<String>, Vec<String>) {
    let Some(links) = links else { return (None, Vec::new()) };
    let (first, more) =
        links.split_once([',', '\n', ' ']).map_or((links.as_str(), ""), |(first, more)| (first, more.trim()));
    let notes =
        if more.is_empty() { Vec::new() } else { vec![format!("only the first link is taken over; there is {more}")] };
    (Some(first.to_owned()), notes)
}

#[cfg(test)]
mod tests {
    use super::super::accounts;
    use super::*;

    fn sheet(text: &str) -> Result<Sheet, Vec<String>> {
        let accounts = accounts(
            "[defaults]\ntimezone = \"Europe/Amsterdam\"\n[accounts.acme]\nplatform = \"x\"\n\
             [accounts.ann]\nplatform = \"linkedin\"\n[groups]\nall = [\"acme\", \"ann\"]\n",
        );
        read(&Source::new("posts.csv", text), &accounts, false).map_err(|problems| {
            let told = |problem: &Problem| {
                let hint = problem.hint.as_deref().unwrap_or("-");
                format!("{}: {} / {hint}", problem.start().0, problem.message)
            };
            problems.iter().map(told).collect()
        })
    }

    /// Text, instant, targets, link, addresses.
    fn told(found: &Found) -> String {
        let when = found.when.as_ref().map_or("-".to_owned(), |when| when.instant.format("%F %H:%M").to_string());
        let addresses: Vec<&str> = found.elsewhere.iter().map(|file| file.address.as_str()).collect();
        let link = found.link.as_deref().unwrap_or("-");
        format!("{} | {when} | {} | {link} | {}", found.parts.join("/"), found.targets.join(" "), addresses.join(" "))
    }

    #[test]
    fn what_schedulers_write_is_known_by_its_headings() {
        for (text, expected) in [
            (
                "Text,Image URL,Tags,Posting Time\nTea,https://a.example/a.png,green,2026-12-01 09:00\n",
                "Tea | 2026-12-01 08:00 |  | - | https://a.example/a.png",
            ),
            (
                "Date - Intl. format or prompt,Text,Link(s) - Separated by comma for FB carousels,Media URL(s) - Separated by \
                 comma,Title - For the video,Label(s),Alt text(s) - Separated by ||,Comment(s) - Separated by ||\n\
                 2026/12/01 09:00,\"Tea, green\nand black\",https://a.example/,\"https://a.example/a.png,https://a.example/b.png\",,,\
                 one||two,\n",
                "Tea, green\nand black | 2026-12-01 08:00 |  | https://a.example/ | https://a.example/a.png https://a.example/b.png",
            ),
            (
                "\u{feff}Message;Date;Time;Profile\r\nTea;2026-12-01;9:00;acme\r\n",
                "Tea | 2026-12-01 08:00 | acme | - | ",
            ),
            ("text\taccounts\nTea\tTwitter, LinkedIn\n", "Tea | - | acme ann | - | "),
            ("text,accounts\n\nTea,all\n,\n", "Tea | - | acme ann | - | "),
            ("text,date\nTea\n", "Tea | - |  | - | "),
            ("text,date\nTea,2024-01-02T03:04:05Z\n", "Tea | 2024-01-02 03:04 |  | - | "),
        ] {
            let sheet = sheet(text).unwrap();
            assert_eq!(sheet.found.iter().map(told).collect::<Vec<_>>(), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_row() {
        for (text, expected) in [
            (
                "name,age\nAnn,3\n",
                "1: no column of the first row holds texts / the first row names the columns; the one with the texts is any of: \
                 text, message, content, post, caption, post text, tweet, update",
            ),
            (
                "text,date\n\"Two\nlines\",2026-12-01 09:00\nTea,12/01/2026 9:00\n",
                "4: the date of row 3: `schedule: 12/01/2026 9:00` is no date and time / write `2026-12-01 09:00`, or RFC 3339 \
                 such as `2026-12-01T09:00:00+01:00`",
            ),
            (
                "text,date\nTea,2026-12-01\n",
                "2: the date of row 2: `schedule: 2026-12-01` has no time of day / write `2026-12-01 09:00`",
            ),
            (
                "text,account\nTea,acmee\n",
                "2: the account of row 2: there is no account, platform or group `acmee` / did you mean `acme`?; or say with \
                 `--targets` where all rows go",
            ),
            (
                "text,date\nTea, green,2026-12-01 09:00\n",
                "2: row 2 has 3 cells, and the first row names 2 / a text with the character that parts cells, or with a quote, \
                 stands in double quotes",
            ),
            (
                "text,date\n,2026-12-01 09:00\n",
                "2: row 2 has neither a text nor a link nor media / write its text, or delete the row",
            ),
        ] {
            assert_eq!(sheet(text).unwrap_err(), [expected], "{text}");
        }
    }

    #[test]
    fn a_row_is_the_same_post_whatever_its_date() {
        let keys = |text: &str| sheet(text).unwrap().found.into_iter().map(|found| found.key).collect::<Vec<_>>();
        let both = keys("text,date\nTea,2026-12-01 09:00\nTea,2026-12-02 09:00\n");
        assert_ne!(both[0], both[1]);
        assert_eq!(keys("date,text\n2026-12-03 09:00,Tea\n,Tea\n"), both);
    }

    #[test]
    fn what_is_left_is_told() {
        let sheet = sheet("text,tags,comments,links\nTea,green,a||b||c,https://a.example https://b.example\n").unwrap();
        assert_eq!(sheet.left, ["tags"]);
        let found = &sheet.found[0];
        assert_eq!(found.first_comment.as_deref(), Some("a"));
        assert_eq!(
            found.notes,
            [
                "2 more comments than the first are not taken over",
                "only the first link is taken over; there is https://b.example"
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(text|date|account|link|[,;\n\"a-c0-9/é: -]){0,20}") {
            let _ = sheet(&text);
        }
    }
}
