//! What is said when git or the disk fails: kind, sentence and next step. Knows no repository.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Failure, Kind};

/// git2 could not open the repository.
pub(super) fn not_opened(dir: &Path, error: &git2::Error) -> Failure {
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf());
    let absolute = absolute.components().collect::<PathBuf>();
    if !absolute.is_dir() {
        return Failure::new(Kind::Content, format!("there is no folder {}", absolute.display()))
            .hint("check `--repo`");
    }
    let dir = absolute.display();
    let said = error.message();
    if error.code() == git2::ErrorCode::NotFound {
        return Failure::new(Kind::Content, format!("{dir} is not in a git repository"))
            .hint("`pressroom init` makes a content repository here; `git init` an empty one");
    }
    if error.code() == git2::ErrorCode::Owner {
        return Failure::new(Kind::Content, format!("the repository at {dir} belongs to another user"))
            .hint(format!("if you trust it: `git config --global --add safe.directory {dir}`"));
    }
    let why = if said.contains("refstorage") {
        "keeps its refs as reftable, which is not supported yet"
    } else if said.contains("object") && said.contains("format") {
        "names its objects by SHA-256, which is not supported yet"
    } else if said.contains("partialclone") {
        "is a partial clone of a kind that is not supported yet"
    } else if said.contains("extension") {
        "uses an extension of git that is not supported yet"
    } else {
        return git(&format!("cannot open the repository at {dir}"), error);
    };
    Failure::new(Kind::Content, format!("the repository at {dir} {why}"))
        .cause(said)
        .hint("clone it again with git's defaults: `git clone --ref-format=files ADDRESS`")
}

/// A failure of git2's; `doing` is a clause such as `cannot read HEAD`.
pub(super) fn git(doing: &str, error: &git2::Error) -> Failure {
    let said = error.message();
    let (kind, hint) = advice(said);
    let failure = Failure::new(kind, doing).cause(said);
    match hint {
        Some(hint) => failure.hint(hint),
        None if matches!(error.class(), git2::ErrorClass::Odb | git2::ErrorClass::Zlib) => {
            failure.hint("the repository may be damaged: `git fsck` tells")
        }
        None => failure,
    }
}

/// A failure of the file system.
pub(super) fn io(doing: &str, path: &Path, error: &io::Error) -> Failure {
    let (kind, hint) = advice(&error.to_string());
    let failure = Failure::new(kind, format!("{doing} {}", path.display())).cause(error);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn advice(said: &str) -> (Kind, Option<&'static str>) {
    let said = said.to_ascii_lowercase();
    if said.contains("no space left") || said.contains("quota exceeded") {
        (Kind::Later, Some("the disk is full: free some space and run it again; nothing was half written"))
    } else if said.contains("read-only file system") {
        (Kind::Content, Some("the file system is read-only: pressroom writes into the repository's git directory"))
    } else if said.contains("permission denied") {
        (Kind::Content, Some("this user must be able to write the repository's git directory"))
    } else {
        (Kind::Later, None)
    }
}

/// A branch that is not there, with those that are.
pub(super) fn branch_missing(branch: &str, place: &str, there: &[String]) -> Failure {
    let failure = Failure::new(Kind::Content, format!("{place} has no branch `{branch}`"));
    if there.is_empty() {
        return failure.hint(format!("it has no branch at all yet: `git push --set-upstream origin {branch}`"));
    }
    failure
        .hint(format!("it has {}", list(there)))
        .hint("set the one to publish from in accounts.toml: [publish] branch = \"...\"")
}

/// `` `a`, `b` and 3 more ``; at most ten names.
pub(super) fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(10).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(10) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Adds, where a lock file lies, its path and age: it is never removed for the user.
pub(super) fn with_lock(failure: Failure, lock: &Path) -> Failure {
    let Ok(age) = std::fs::metadata(lock).and_then(|meta| meta.modified()).map(|at| at.elapsed().unwrap_or_default())
    else {
        return failure;
    };
    failure.hint(format!(
        "{} is {} old: if no git command is running, it was left behind by one that died; remove it",
        lock.display(),
        age_in_words(age)
    ))
}

/// The lock file git names in `Unable to create '...': File exists`.
pub(super) fn lock_named(said: &str) -> Option<PathBuf> {
    let (_, rest) = said.split_once("Unable to create '")?;
    let (path, rest) = rest.split_once('\'')?;
    (path.ends_with(".lock") && rest.contains("File exists")).then(|| PathBuf::from(path))
}

fn age_in_words(age: Duration) -> String {
    let seconds = age.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_git_complains_about() {
        let said =
            "fatal: Unable to create '/r/.git/shallow.lock': File exists.\n\nAnother git process seems to be running";
        assert_eq!(lock_named(said), Some(PathBuf::from("/r/.git/shallow.lock")));
        assert_eq!(lock_named("fatal: Unable to create '/r/.git/x.lock': Permission denied"), None);
        assert_eq!(lock_named("fatal: something else"), None);
    }

    #[test]
    fn disk_troubles_say_what_to_do() {
        let full = io("cannot write", Path::new("/r/x"), &io::Error::from_raw_os_error(28));
        assert_eq!((full.kind, full.message.as_str()), (Kind::Later, "cannot write /r/x"));
        assert_eq!(full.hints, ["the disk is full: free some space and run it again; nothing was half written"]);
        let denied = io("cannot write", Path::new("/r/x"), &io::Error::from_raw_os_error(13));
        assert_eq!(denied.kind, Kind::Content);
    }

    #[test]
    fn ages_and_lists() {
        assert_eq!(age_in_words(Duration::from_secs(90)), "90 s");
        assert_eq!(age_in_words(Duration::from_secs(3 * 86_400)), "3 days");
        assert_eq!(list(&["a".into(), "b".into()]), "`a`, `b`");
        let many: Vec<String> = (0..12).map(|n| n.to_string()).collect();
        assert!(list(&many).ends_with("`9` and 2 more"));
    }
}
