//! The library as a list. What breaks a limit is what `check` says of it; nothing is measured here.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};
use textwrap::core::display_width;

use super::named::{self, Named};
use crate::cmd::Context;
use crate::cmd::check::count;
use crate::cmd::report::{printable, problem_json};
use crate::cmd::screen::contents::clock;
use crate::cmd::screen::{DIM, bytes};
use crate::content::Content;
use crate::error::{Failure, Problem};
use crate::media::{Facts, Lack, Library};
use crate::repo::Repo;
use crate::repo::snapshot::Snapshot;

/// Where media lie that no post names yet.
const FOLDER: &str = "media/";

/// One file as listed.
struct File<'a> {
    path: &'a str,
    facts: &'a Result<Facts, Lack>,
    /// Ids of posts.
    used_by: BTreeSet<&'a str>,
    /// Each with the accounts it concerns.
    problems: Vec<(Vec<&'a str>, &'a Problem)>,
}

pub(super) fn run(context: &Context, unused: bool) -> Result<u8, Failure> {
    let snapshot = Snapshot::on_disk(&Repo::open(&context.global.repo)?);
    let content = Content::read(&snapshot)?;
    let named: Vec<Named<'_>> = content.posts.iter().flat_map(named::in_post).collect();
    let library = library(&snapshot, &content, &named)?;
    let mut files = files(&content, &library, &named);
    if unused {
        files.retain(|file| file.used_by.is_empty());
    }
    if context.json() {
        context.print_json(json!({ "files": files.iter().map(document).collect::<Vec<_>>() }))?;
    } else {
        context.print(&listing(&files, unused))?;
    }
    Ok(0)
}

/// Everything in the folder of media and everywhere posts point at; what the content has seen is not looked at again.
fn library(snapshot: &Snapshot, content: &Content, named: &[Named<'_>]) -> Result<Library, Failure> {
    let in_folder = snapshot.files(FOLDER, "")?;
    // `.gitkeep` and the like are no media.
    let in_folder = in_folder.iter().filter(|path| !path.split('/').any(|name| name.starts_with('.')));
    let wanted: BTreeSet<&String> = in_folder.chain(named.iter().flat_map(Named::paths)).collect();
    let new: Vec<String> = wanted.into_iter().filter(|path| !content.library.contains_key(*path)).cloned().collect();
    let mut library = content.library.clone();
    library.extend(snapshot.probe(&new));
    Ok(library)
}

fn files<'a>(content: &'a Content, library: &'a Library, named: &'a [Named<'a>]) -> Vec<File<'a>> {
    let meant: Vec<(&Named<'_>, Vec<&str>)> = named.iter().map(|named| (named, named.meant(library))).collect();
    let file = |(path, facts): (&'a String, &'a Result<Facts, Lack>)| {
        let here: Vec<&Named<'_>> =
            meant.iter().filter(|(_, paths)| paths.contains(&path.as_str())).map(|(named, _)| *named).collect();
        let used_by = here.iter().map(|named| named.post).collect();
        File { path, facts, used_by, problems: problems(content, &here) }
    };
    // Where files might have been and are not, there is nothing to list, unless that is what a post means.
    let files = library.iter().map(file);
    files.filter(|file| !matches!(file.facts, Err(Lack::Missing)) || !file.used_by.is_empty()).collect()
}

/// What `check` says at these places.
fn problems<'a>(content: &'a Content, here: &[&Named<'_>]) -> Vec<(Vec<&'a str>, &'a Problem)> {
    let mut problems: Vec<(Vec<&str>, &Problem)> = Vec::new();
    for offer in &content.offers {
        for problem in offer.problems.iter().filter(|problem| here.iter().any(|named| named.is_place_of(problem))) {
            match problems.iter_mut().find(|(_, known)| *known == problem) {
                Some((accounts, _)) => accounts.push(&offer.target.account),
                None => problems.push((vec![&offer.target.account], problem)),
            }
        }
    }
    problems
}

fn document(file: &File<'_>) -> Value {
    let problems = file.problems.iter().map(|(accounts, problem)| {
        let mut problem = problem_json(problem);
        problem["accounts"] = json!(accounts);
        problem
    });
    let facts = file.facts.as_ref().ok();
    let film = facts.and_then(|facts| facts.film.as_ref());
    json!({
        "path": file.path,
        "kind": facts.map(|facts| facts.kind),
        "mime": facts.map(|facts| facts.mime),
        "bytes": facts.map(|facts| facts.bytes),
        "width": facts.and_then(|facts| facts.size).map(|(width, _)| width),
        "height": facts.and_then(|facts| facts.size).map(|(_, height)| height),
        "duration_ms": film.and_then(|film| film.duration_ms),
        "fps_milli": film.and_then(|film| film.fps_milli),
        "video": film.and_then(|film| film.video.as_ref()),
        "audio": film.and_then(|film| film.audio.as_ref()),
        "animated": facts.map(|facts| facts.animated),
        "pages": facts.and_then(|facts| facts.pages),
        "sha256": facts.map(|facts| &facts.sha256),
        "lack": file.facts.as_ref().err().map(ToString::to_string),
        "used_by": file.used_by,
        "problems": problems.collect::<Vec<_>>(),
    })
}

/// `media/tea.png   PNG, 1200×630, 84 KiB   tea, launch`, and below it what is wrong.
fn listing(files: &[File<'_>], unused: bool) -> String {
    let rows: Vec<[String; 3]> = files.iter().map(row).collect();
    let width = |column: usize| rows.iter().map(|row| display_width(&row[column])).max().unwrap_or(0);
    let (path_width, facts_width) = (width(0), width(1));
    let mut out = String::new();
    for (file, [path, facts, users]) in files.iter().zip(&rows) {
        let gap = |text: &str, width: usize| " ".repeat(width - display_width(text) + 2);
        let (after_path, after_facts) = (gap(path, path_width), gap(facts, facts_width));
        let _ = writeln!(out, "{path}{after_path}{facts}{after_facts}{users}");
        for (accounts, problem) in &file.problems {
            let level = if problem.is_error() { "error" } else { "warning" };
            let _ = writeln!(out, "    {level}: {}: {}", accounts.join(", "), printable(&problem.message));
        }
    }
    let _ = writeln!(out, "{}", summary(files, unused));
    out
}

fn row(file: &File<'_>) -> [String; 3] {
    let facts = match file.facts {
        Ok(facts) => facts_line(facts),
        Err(lack) => lack.to_string(),
    };
    let users: Vec<&str> = file.used_by.iter().copied().collect();
    let users = if users.is_empty() { format!("{DIM}unused{DIM:#}") } else { printable(&users.join(", ")) };
    [printable(file.path), printable(&facts), users]
}

/// `video h264, 1920×1080, 0:12, 8.1 MiB`
fn facts_line(facts: &Facts) -> String {
    let film = facts.film.as_ref();
    let codec = film.and_then(|film| film.video.as_ref()).map_or_else(String::new, |codec| format!(" {codec}"));
    let mut words = vec![format!("{}{codec}", facts.kind.name())];
    words.extend(facts.size.map(|(width, height)| format!("{width}×{height}")));
    words.extend(facts.animated.then(|| "animated".to_owned()));
    words.extend(film.and_then(|film| film.duration_ms).map(clock));
    words.extend(facts.pages.map(|pages| count(pages as usize, "page")));
    words.push(bytes(facts.bytes));
    words.join(", ")
}

fn summary(files: &[File<'_>], unused: bool) -> String {
    let total = files.iter().filter_map(|file| file.facts.as_ref().ok()).map(|facts| facts.bytes).sum();
    if unused {
        return format!("{} unused, {}.", count(files.len(), "file"), bytes(total));
    }
    let idle = files.iter().filter(|file| file.used_by.is_empty()).count();
    let is_wrong =
        |file: &&File<'_>| file.facts.is_err() || file.problems.iter().any(|(_, problem)| problem.is_error());
    let wrong = files.iter().filter(is_wrong).count();
    let mut words = vec![count(files.len(), "file"), bytes(total)];
    words.extend((idle > 0).then(|| format!("{idle} unused")));
    words.extend((wrong > 0).then(|| format!("{wrong} with errors")));
    format!("{}.", words.join(", "))
}
