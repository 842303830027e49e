//! A repository with a remote, all its accounts connected to simulators, and posts put on its publishing branch: nothing
//! but what a test does to it keeps them from being published.

use std::fs;
use std::path::{Path, PathBuf};

use crate::press::{ACCOUNTS, Press, Stage};

pub(crate) struct Desk {
    pub(crate) stage: Stage,
    pub(crate) press: Press,
    remote: PathBuf,
    before: [String; 2],
}

impl Desk {
    pub(crate) fn new() -> Self {
        let mut desk = Self::unconnected();
        desk.stage.connect(&desk.press);
        desk.begin();
        desk
    }

    /// Without a token for any account.
    pub(crate) fn unconnected() -> Self {
        let stage = Stage::new();
        let mut press = Press::with(&[]);
        let remote = press.with_remote();
        stage.reach(&mut press);
        Self { stage, press, remote, before: Default::default() }
    }

    /// From now on, the state branch shall stay as it is.
    pub(crate) fn begin(&mut self) {
        self.before = self.tips();
    }

    /// Puts these files on the publishing branch, in place of what was there.
    pub(crate) fn put<B: AsRef<[u8]>>(&self, files: &[(&str, B)]) -> &Self {
        for folder in ["posts", "media"] {
            // It may not be there yet.
            let _ = fs::remove_dir_all(self.press.repo.join(folder));
        }
        self.press.file("accounts.toml", ACCOUNTS);
        for (path, bytes) in files {
            self.press.bytes(path, bytes.as_ref());
        }
        self.push()
    }

    /// Commits and pushes what is on disk.
    pub(crate) fn push(&self) -> &Self {
        self.press.commit("the next case");
        self.press.git(&["push", "-q", "origin", "main"]);
        self
    }

    /// No reader sees anything, no platform was asked to change anything, the state branch stands as it stood, here and
    /// on the remote, and no run is left open.
    #[track_caller]
    pub(crate) fn nothing_happened(&self) {
        assert_eq!(self.stage.sim.seen(), []);
        let changing: Vec<_> = self.stage.sim.world().log().into_iter().filter(|call| call.method != "GET").collect();
        assert!(changing.is_empty(), "{changing:?}");
        assert_eq!(self.tips(), self.before);
        assert_eq!(runs_left(&self.press), Vec::<PathBuf>::new());
    }

    /// Lets this clone forget what it has seen of the state branch, as one that was made just now.
    pub(crate) fn forget(&self) {
        self.press.git(&["update-ref", "-d", "refs/pressroom/state/pressroom-state"]);
    }

    /// Ledger and vault of the state branch, here and on the remote. That a run was there at all, its mark tells.
    fn tips(&self) -> [String; 2] {
        let list = |git_dir: &str| {
            let refs = self.press.git(&["--git-dir", git_dir, "for-each-ref", "--format=%(objectname) %(refname)"]);
            let of_state = refs
                .lines()
                .filter_map(|line| line.split_once(' '))
                .filter(|(_, name)| name.ends_with("/pressroom-state"));
            let trees = |(tip, name): (&str, &str)| {
                let trees = self.press.git(&["--git-dir", git_dir, "ls-tree", tip, "ledger", "vault"]);
                format!("{name}\n{trees}")
            };
            of_state.map(trees).collect::<String>()
        };
        [list(".git"), list(self.remote.to_str().unwrap())]
    }

    /// Replaces or removes a file of the state branch on the remote, as somebody with a text editor would.
    pub(crate) fn tamper(&self, path: &str, edit: impl Fn(Option<String>) -> Option<String>) {
        let git = |args: &[&str]| self.press.git(args);
        let worktree = self.press.folder().join("state");
        let worktree = worktree.to_str().unwrap();
        git(&["fetch", "-q", "origin", "pressroom-state"]);
        git(&["worktree", "add", "-q", "--detach", worktree, "FETCH_HEAD"]);
        let file = Path::new(worktree).join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        match edit(fs::read_to_string(&file).ok()) {
            Some(text) => fs::write(&file, text).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        git(&["-C", worktree, "add", "-A"]);
        git(&["-C", worktree, "commit", "-q", "-m", "by hand"]);
        git(&["-C", worktree, "push", "-q", "origin", "HEAD:pressroom-state"]);
        git(&["worktree", "remove", "--force", worktree]);
    }
}

/// What runs of this clone have left in their folder.
pub(crate) fn runs_left(press: &Press) -> Vec<PathBuf> {
    let folder = press.repo.join(".git/pressroom/runs");
    fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

/// Where the ledger keeps a post.
pub(crate) fn ledger(post: &str) -> String {
    pressroom::ledger::entry::path(&pressroom::post::PostId::new(post))
}

/// A post called tea, due on merge for all accounts, with these keys besides.
pub(crate) fn post(keys: &str, body: &str) -> String {
    format!("---\nid: tea\ntargets: [all]\nschedule: on-merge\n{keys}---\n{body}\n")
}
