//! `pressroom plan --write`: the file that says what was reviewed.

use std::fs;

use serde_json::json;

use super::check::count;
use super::{Context, open};
use crate::error::{Failure, Kind, Problem};
use crate::guard::lock;

/// Writes what there is to be published now, as it is on disk.
pub(super) fn write(context: &Context) -> Result<u8, Failure> {
    let disk = open::disk(context)?;
    // That the old file is stale is why it is written.
    let stands_in_the_way = |problem: &&Problem| problem.is_error() && problem.code != "plan-lock";
    let wrong: Vec<Problem> = disk.content.problems.iter().filter(stands_in_the_way).cloned().collect();
    if !wrong.is_empty() {
        let failure =
            Failure::new(Kind::Content, format!("{} is not written: there is something to mend first", lock::PATH));
        return Err(failure.problems(wrong));
    }
    let (path, text) = (disk.repo.root().join(lock::PATH), lock::text(&disk.content.offers));
    let old = fs::read_to_string(&path).unwrap_or_default();
    if old != text {
        let folder = path.parent().unwrap_or(disk.repo.root());
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, &text)).map_err(|error| {
            Failure::new(Kind::Content, format!("{} could not be written", path.display())).cause(error)
        })?;
    }
    let targets = text.lines().filter(|line| !line.starts_with('#')).count();
    if context.json() {
        context.print_json(json!({ "path": lock::PATH, "targets": targets, "changed": old != text }))?;
    } else if old == text {
        context.print(&format!("{} is as it should be: {}.\n", lock::PATH, count(targets, "target")))?;
    } else {
        let path = lock::PATH;
        context.print(&format!("{path} is written: {}. Commit it with the posts.\n", count(targets, "target")))?;
    }
    Ok(0)
}
