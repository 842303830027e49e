//! Where `tests/peers/install` has put the servers and their clients, and how programs of theirs are started.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use serde_json::Value;

/// The folder of something that was installed.
pub(crate) fn folder(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("peers").join(name);
    assert!(folder.join("installed").exists(), "{} is missing: run .ci/peers, which installs it", folder.display());
    folder
}

/// A file of ours beside this one.
fn ours(path: &str) -> File {
    File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(path)).unwrap()
}

/// A program that knows nothing of this machine but where programs are.
fn clean(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// node, about to run a script of ours with the packages of a folder.
pub(crate) fn node(packages: &str, script: &str) -> Command {
    let mut command = clean("node");
    command.args(["--input-type=module", "-"]).current_dir(folder(packages)).stdin(ours(script));
    command
}

/// Python, about to do the same.
pub(crate) fn python(packages: &str, script: &str) -> Command {
    let mut command = clean("python3");
    command.arg("-").env("PYTHONPATH", folder(packages)).env("PYTHONDONTWRITEBYTECODE", "1").stdin(ours(script));
    command
}

/// A program of a folder.
pub(crate) fn program(name: &str, path: &str) -> Command {
    clean(folder(name).join(path))
}

/// What a program says, as JSON.
#[track_caller]
pub(crate) fn told(mut command: Command) -> Value {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{command:?}: {error}\n{errors}"))
}

/// A server that is running; it ends with this value.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
