//! Tokens that the state branch may not have yet, on this disk: a file an account, and its draft. Knows bytes, not what they
//! say.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Repo;
use crate::error::{Failure, Kind};

const FOLDER: &str = "tokens";

/// Where new tokens are kept until the state branch has them.
pub trait Shelf: Send + Sync {
    /// Begins a draft. It is there, and empty, before the token is asked for, so that nothing is left to be done then but to
    /// write.
    ///
    /// # Errors
    /// When it cannot be written.
    fn begin(&self, name: &str) -> Result<Box<dyn Draft>, Failure>;

    /// What lies there by that name, if anything does. A draft may have been cut off anywhere.
    fn read(&self, name: &str, form: Form) -> Option<Vec<u8>>;

    /// Takes it away, if it is there.
    ///
    /// # Errors
    /// When it stays.
    fn remove(&self, name: &str, form: Form) -> Result<(), Failure>;
}

/// A file that a new token is put down in.
pub trait Draft: Send {
    /// The whole of it or nothing, also after a crash.
    ///
    /// # Errors
    /// When it cannot be written; some of it may stay as a draft.
    fn keep(self: Box<Self>, bytes: &[u8]) -> Result<(), Failure>;
}

/// Which of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Whole,
    Draft,
}

#[derive(Debug)]
struct InFile {
    file: File,
    draft: PathBuf,
    whole: PathBuf,
}

impl Form {
    fn path(self, folder: &Path, name: &str) -> PathBuf {
        let extension = match self {
            Self::Whole => "age",
            Self::Draft => "new",
        };
        folder.join(format!("{name}.{extension}"))
    }
}

impl Repo {
    /// Where they lie, if there are any.
    fn shelf(&self) -> PathBuf {
        self.0.common.join("pressroom").join(FOLDER)
    }
}

impl Shelf for Repo {
    fn begin(&self, name: &str) -> Result<Box<dyn Draft>, Failure> {
        let folder = self.folder(FOLDER)?;
        let (draft, whole) = (Form::Draft.path(&folder, name), Form::Whole.path(&folder, name));
        let file = File::create(&draft).map_err(|error| unwritten(&draft, error))?;
        Ok(Box::new(InFile { file, draft, whole }))
    }

    fn read(&self, name: &str, form: Form) -> Option<Vec<u8>> {
        fs::read(form.path(&self.shelf(), name)).ok()
    }

    fn remove(&self, name: &str, form: Form) -> Result<(), Failure> {
        let path = form.path(&self.shelf(), name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Failure::new(Kind::Later, format!("{} could not be removed", path.display())).cause(error))
            }
            _ => Ok(()),
        }
    }
}

impl Draft for InFile {
    fn keep(mut self: Box<Self>, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_all());
        written.map_err(|error| unwritten(&self.draft, error))?;
        match fs::rename(&self.draft, &self.whole) {
            // Another run of this clone has brought the draft in.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            renamed => renamed.map_err(|error| unwritten(&self.whole, error))?,
        }
        let folder = self.whole.parent().unwrap_or(Path::new("."));
        super::sync(folder).map_err(|error| unwritten(folder, error))
    }
}

fn unwritten(path: &Path, error: io::Error) -> Failure {
    Failure::new(Kind::Later, format!("{} could not be written", path.display())).cause(error)
}
