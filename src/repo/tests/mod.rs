//! Tests with real git in throwaway folders. [`Bench`] makes them; nothing of the user's configuration is read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::*;

mod http;
mod journal;
mod opening;
mod races;
mod snapshot;
mod spool;

/// A folder with a bare repository `remote.git` and whatever clones a test makes.
pub(super) struct Bench {
    dir: TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
        let bench = Self { dir: tempfile::tempdir().unwrap() };
        bench.git(".", &["init", "-q", "--bare", "-b", "main", "remote.git"]);
        bench
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs git in a folder below; its stdout.
    pub(super) fn git(&self, folder: &str, args: &[&str]) -> String {
        let (ok, out) = self.try_git(folder, args);
        assert!(ok, "git {args:?}: {out}");
        out
    }

    pub(super) fn try_git(&self, folder: &str, args: &[&str]) -> (bool, String) {
        let output = Command::new("git")
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@acme.example", "-c", "protocol.file.allow=always"])
            .args(args)
            .current_dir(self.path(folder))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env_remove("GIT_DIR")
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).trim().to_owned())
    }

    pub(super) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Writes a file and commits everything; the new commit.
    pub(super) fn commit(&self, folder: &str, path: &str, content: impl AsRef<[u8]>) -> Oid {
        self.write(&format!("{folder}/{path}"), content);
        self.git(folder, &["add", "-A"]);
        self.git(folder, &["commit", "-q", "-m", path]);
        Oid::from_str(&self.git(folder, &["rev-parse", "HEAD"])).unwrap()
    }

    /// A repository with one post and no remote.
    pub(super) fn local(&self, name: &str) -> Repo {
        self.git(".", &["init", "-q", "-b", "main", name]);
        self.commit(name, "posts/tea.md", "Tea\n");
        Repo::open(&self.path(name)).unwrap()
    }

    /// A clone of `remote.git`, which gets its first post if it is empty.
    pub(super) fn clone(&self, name: &str) -> Repo {
        self.clone_of(name, self.path("remote.git").to_str().unwrap(), &[])
    }

    pub(super) fn clone_of(&self, name: &str, url: &str, args: &[&str]) -> Repo {
        if !self.try_git("remote.git", &["rev-parse", "main"]).0 {
            self.git(".", &["clone", "-q", "remote.git", "first"]);
            self.git("first", &["checkout", "-q", "-B", "main"]);
            self.commit("first", "posts/tea.md", "Tea\n");
            self.git("first", &["push", "-q", "origin", "main"]);
        }
        self.git(".", &[&["clone", "-q"], args, &[url, name]].concat());
        Repo::open(&self.path(name)).unwrap()
    }

    pub(super) fn file_url(&self) -> String {
        format!("file://{}", self.path("remote.git").display())
    }

    /// A hook of the bare repository.
    pub(super) fn hook(&self, name: &str, script: &str) {
        let path = self.path(&format!("remote.git/hooks/{name}"));
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }

    pub(super) fn unhook(&self, name: &str) {
        fs::remove_file(self.path(&format!("remote.git/hooks/{name}"))).unwrap();
    }

    /// A file of the state branch on the remote.
    pub(super) fn state(&self, path: &str) -> String {
        self.git("remote.git", &["show", &format!("pressroom-state:{path}")])
    }

    pub(super) fn count_commits(&self, folder: &str) -> usize {
        self.git(folder, &["rev-list", "--count", "pressroom-state"]).parse().unwrap()
    }
}

/// What a failure tells a person, in one text.
pub(super) fn told(failure: &Failure) -> String {
    let lines = std::iter::once(&failure.message).chain(&failure.causes).chain(&failure.hints);
    lines.cloned().collect::<Vec<_>>().join("\n")
}

pub(super) fn tree(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
