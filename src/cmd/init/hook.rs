//! The hook that has git check posts before they are committed. A hook of somebody else's is never touched.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Failure, Kind};

const HOOK: &str = include_str!("pre-commit");
/// Tells ours from others, whichever version made it.
const OURS: &str = "Made by `pressroom init --hook`";

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hook {
    pub(super) path: PathBuf,
    pub(super) made: bool,
    /// What a person should do.
    pub(super) note: Option<String>,
}

/// Installs the hook in the folder that git runs hooks from.
///
/// # Errors
/// When it cannot be written.
pub(super) fn install(folder: &Path) -> Result<Hook, Failure> {
    let path = folder.join("pre-commit");
    let made = write(folder, &path).map_err(|error| {
        Failure::new(Kind::Content, format!("{} could not be written", path.display())).cause(error)
    })?;
    let is_ours = made || fs::read(&path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(OURS));
    let note = (!is_ours).then(|| {
        format!(
            "{} is there already, and is left as it is: `pressroom check || exit 1` is the line that checks posts, too",
            path.display()
        )
    });
    Ok(Hook { path, made, note })
}

/// Tells whether it did; not where anything is, be it a link that leads nowhere.
fn write(folder: &Path, path: &Path) -> std::io::Result<bool> {
    fs::create_dir_all(folder)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o777);
    match options.open(path) {
        Ok(mut file) => file.write_all(HOOK.as_bytes()).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_no_other_is_touched() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("hooks");
        let first = install(&folder).unwrap();
        assert_eq!((first.made, first.note), (true, None));
        let again = install(&folder).unwrap();
        assert_eq!((again.made, again.note), (false, None));
        let path = folder.join("pre-commit");
        fs::write(&path, "#!/bin/sh\nmake lint\n").unwrap();
        let foreign = install(&folder).unwrap();
        assert_eq!(
            foreign.note.unwrap(),
            format!(
                "{} is there already, and is left as it is: `pressroom check || exit 1` is the line that checks posts, too",
                path.display()
            )
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "#!/bin/sh\nmake lint\n");
    }
}
