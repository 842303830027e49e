//! Tweets of a repository that [twitter-together](https://github.com/twitter-together/action) published from -> [`Found`]s.
//!
//! It keeps a file a tweet under `tweets/`, with media in `media/`. Front matter may name `media`, `poll`, `reply`, `retweet`,
//! `schedule` and `thread-delimiter` (`---` unless named); each tweet of a thread may begin with front matter of its own. Every
//! file of its main branch was published when it was merged.

use chrono::DateTime;
use serde::Deserialize;

use super::{Found, Medium, When};
use crate::error::{Problem, Source};
use crate::post::{due, path_from};
use crate::zone::Zone;

/// Where its tweets and its media lie.
pub const TWEETS: &str = "tweets/";
pub const MEDIA: &str = "media/";
/// How its files end.
pub const ENDING: &str = ".tweet";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Front {
    thread_delimiter: Option<String>,
    reply: Option<String>,
    retweet: Option<String>,
    media: Vec<File>,
    schedule: Option<String>,
    poll: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct File {
    file: String,
    alt: Option<String>,
}

/// Reads a file, whose path is that in its repository.
///
/// # Errors
/// What makes it unreadable for twitter-together too.
pub fn read(source: &Source, zone: Option<Zone>) -> Result<Found, Vec<Problem>> {
    let name = source.path.strip_prefix(TWEETS).unwrap_or(&source.path);
    let mut found = Found {
        at: source.path.to_string(),
        name: name.strip_suffix(ENDING).unwrap_or(name).to_owned(),
        key: source.path.to_string(),
        is_out: true,
        ..Found::default()
    };
    let text = source.text.replace("\r\n", "\n");
    let mut rest = Some(text.trim_start_matches('\u{feff}'));
    let mut problems = Vec::new();
    while let Some(text) = rest {
        let number = found.parts.len() + 1;
        let (front, text) = match front(text) {
            Ok(read) => read,
            Err(why) => {
                let message = format!("the front matter of tweet {number} cannot be read: {why}");
                problems.push(Problem::error("bad-front-matter", source, message).hint("put its YAML right"));
                break;
            }
        };
        let (text, after) = parted(text, front.thread_delimiter.as_deref().unwrap_or("---"));
        take(&mut found, front, text, source, zone, &mut problems);
        rest = after;
    }
    // Only a retweet has no words.
    let is_empty = found.parts.iter().all(String::is_empty);
    if is_empty && found.repost_of.is_none() && found.media.is_empty() && found.poll.is_empty() && problems.is_empty() {
        problems.push(
            Problem::error("empty-tweet", source, "the tweet is empty").hint("delete the file, or write its text"),
        );
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// Front matter, if it begins with some, and what follows.
fn front(text: &str) -> Result<(Front, &str), String> {
    let Some(inside) = text.strip_prefix("---\n") else { return Ok((Front::default(), text)) };
    let end = if inside.starts_with("---\n") { Some(0) } else { inside.find("\n---\n").map(|at| at + 1) };
    let end =
        end.or_else(|| inside.strip_suffix("---").filter(|yaml| yaml.is_empty() || yaml.ends_with('\n')).map(str::len));
    let Some(end) = end else { return Ok((Front::default(), text)) };
    let (yaml, rest) = inside.split_at(end);
    let rest = rest.strip_prefix("---").unwrap_or(rest).trim_start_matches('\n');
    if yaml.trim().is_empty() {
        return Ok((Front::default(), rest));
    }
    let front: Option<Front> = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
    Ok((front.unwrap_or_default(), rest))
}

/// The text before a line that is the delimiter, and what follows it.
fn parted<'a>(text: &'a str, delimiter: &str) -> (&'a str, Option<&'a str>) {
    let line = format!("\n{delimiter}\n");
    match text.find(&line).filter(|_| !delimiter.is_empty()) {
        Some(at) => (text[..at].trim_end_matches('\n'), Some(text[at + line.len()..].trim_start_matches('\n'))),
        None => (text, None),
    }
}

/// Adds a tweet to what was found.
fn take(found: &mut Found, front: Front, text: &str, source: &Source, zone: Option<Zone>, problems: &mut Vec<Problem>) {
    let part = found.parts.len() + 1;
    let (text, answers) = without_poll(text.trim());
    let poll = if front.poll.is_empty() { answers } else { front.poll };
    let is_first = part == 1;
    for (what, is_there) in
        [("poll", !poll.is_empty()), ("retweet", front.retweet.is_some()), ("reply", front.reply.is_some())]
    {
        if is_there && !is_first {
            found
                .notes
                .push(format!("the {what} of tweet {part} is not taken over: only the first of a thread can have one"));
        }
    }
    if is_first {
        found.reply_to = front.reply;
        match front.retweet {
            Some(address) if text.is_empty() => found.repost_of = Some(address),
            quoted => found.quote_of = quoted,
        }
        found.poll = poll;
        found.when = front.schedule.and_then(|written| when(&written, zone, found));
    }
    for file in front.media {
        match path_from(MEDIA, &file.file).filter(|path| path.starts_with(MEDIA)) {
            Some(path) => found.media.push(Medium { path, alt: file.alt, part }),
            None => {
                let message = format!("the media file `{}` does not lie in {MEDIA}", file.file);
                problems
                    .push(Problem::error("bad-media", source, message).hint("put it there, and name it from there"));
            }
        }
    }
    found.parts.push(text.to_owned());
}

/// The text without the lines `( ) answer` at its end, and the answers.
fn without_poll(text: &str) -> (&str, Vec<String>) {
    let (mut text, mut answers) = (text, Vec::new());
    loop {
        let (before, last) = text.rsplit_once('\n').unwrap_or(("", text));
        let answer = last.strip_prefix("()").or_else(|| last.strip_prefix("( )"));
        let Some(answer) = answer.filter(|answer| answer.starts_with(char::is_whitespace)) else { break };
        answers.push(answer.trim().to_owned());
        text = before.trim_end();
    }
    answers.reverse();
    (text, answers)
}

fn when(written: &str, zone: Option<Zone>, found: &mut Found) -> Option<When> {
    let exact = DateTime::parse_from_rfc3339(written).map(|at| (at.to_utc(), at.offset().to_string()));
    match exact.or_else(|_| due::instant("schedule", written, zone)) {
        Ok((instant, zone)) => Some(When { instant, zone }),
        Err(_) => {
            found.notes.push(format!("its schedule `{written}` is no date and time, and is not taken over"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    fn tweet(text: &str) -> Result<Found, Vec<String>> {
        let source = Source::new("tweets/2019-02/hello.tweet", text);
        read(&source, None).map_err(|problems| problems.into_iter().map(|problem| problem.message).collect())
    }

    #[test]
    fn texts_and_threads() {
        for (text, parts) in [
            ("Hello, world!\n", &["Hello, world!"][..]),
            ("\u{feff}Hello\r\nworld\r\n", &["Hello\nworld"]),
            ("One\n\n---\n\nTwo\n---\nThree\n", &["One", "Two", "Three"]),
            (
                "---\nthread-delimiter: \"***\"\n---\nOne\n\n---\n\nstill\n***\nTwo\n---\nThree",
                &["One\n\n---\n\nstill", "Two", "Three"],
            ),
            ("One\n---\n---\nmedia:\n  - file: a.png\n---\nTwo", &["One", "Two"]),
            ("---\nschedule: 2020-01-01T00:00:00Z\n---\nHello", &["Hello"]),
            ("---\nno end\nHello", &["---\nno end\nHello"]),
            ("Which?\n\n( ) tea\n( ) cake\n", &["Which?"]),
        ] {
            assert_eq!(tweet(text).unwrap().parts, parts, "{text}");
        }
    }

    #[test]
    fn front_matter_is_taken_over() {
        let found = tweet(
            "---\nreply: https://twitter.com/a/status/1\nretweet: https://twitter.com/a/status/2\nmedia:\n  - file: a.png\n    alt: A\n\
             poll: [tea, cake]\nschedule: 2020-01-01T00:00:00+01:00\nother: 1\n---\n\nOne\n\n---\n\n---\nmedia:\n  - file: b/b.png\n\
             reply: https://twitter.com/a/status/3\n---\nTwo\n",
        )
        .unwrap();
        assert_eq!(found.name, "2019-02/hello");
        assert_eq!(found.reply_to.as_deref(), Some("https://twitter.com/a/status/1"));
        assert_eq!(found.quote_of.as_deref(), Some("https://twitter.com/a/status/2"));
        assert_eq!(found.poll, ["tea", "cake"]);
        assert_eq!(found.when.unwrap().instant, "2019-12-31T23:00:00Z".parse::<DateTime<Utc>>().unwrap());
        let media: Vec<_> =
            found.media.iter().map(|file| (file.path.as_str(), file.alt.as_deref(), file.part)).collect();
        assert_eq!(media, [("media/a.png", Some("A"), 1), ("media/b/b.png", None, 2)]);
        assert_eq!(found.notes, ["the reply of tweet 2 is not taken over: only the first of a thread can have one"]);
        assert!(found.is_out);
    }

    #[test]
    fn a_retweet_without_words_is_a_repost() {
        let found = tweet("---\nretweet: https://twitter.com/a/status/2\n---\n").unwrap();
        assert_eq!((found.repost_of.as_deref(), found.quote_of), (Some("https://twitter.com/a/status/2"), None));
        assert_eq!(tweet("Which?\n( ) tea\n( ) cake").unwrap().poll, ["tea", "cake"]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for (text, expected) in [
            ("", "the tweet is empty"),
            ("---\nmedia:\n  - file: ../secret.png\n---\nHi", "the media file `../secret.png` does not lie in media/"),
        ] {
            assert_eq!(tweet(text).unwrap_err(), [expected], "{text}");
        }
        let told = tweet("---\nmedia: [1\n---\nHi").unwrap_err();
        assert!(told[0].starts_with("the front matter of tweet 1 cannot be read: "), "{told:?}");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(---\n|\n|media:|  - file: |a|\\( \\) b|: ){0,12}") {
            let _ = tweet(&text);
        }
    }
}
