//! Everything that can be wrong in what people write and keep, and what the program says to it. Nothing of it may be
//! published, and nothing may be written.

use std::fs;
use std::path::PathBuf;

use crate::press::{ACCOUNTS, Press, Ran, Stage};

mod accounts;
mod front_matter;
mod keys;
mod media;
mod place;
mod state;
mod text;
mod time;

/// A repository with a remote, all its accounts connected to simulators: nothing but the fault under test keeps its posts
/// from being published.
struct Desk {
    stage: Stage,
    press: Press,
    remote: PathBuf,
    before: [String; 2],
}

/// What `check`, `plan` and `publish` said.
struct Said {
    check: Ran,
    plan: Ran,
    publish: Ran,
}

impl Desk {
    fn new() -> Self {
        let stage = Stage::new();
        let mut press = Press::with(&[]);
        let remote = press.with_remote();
        stage.reach(&mut press);
        stage.connect(&press);
        let mut desk = Self { stage, press, remote, before: Default::default() };
        desk.before = desk.refs();
        desk
    }

    /// Puts these files on the publishing branch, in place of what was there.
    fn put<B: AsRef<[u8]>>(&self, files: &[(&str, B)]) -> &Self {
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

    fn push(&self) -> &Self {
        self.press.commit("the next case");
        self.press.git(&["push", "-q", "origin", "main"]);
        self
    }

    /// One post, due on merge for all accounts, with these keys besides.
    #[track_caller]
    fn refuses_post(&self, keys: &str, body: &str) -> String {
        self.refuses(&[("posts/tea.md", post(keys, body))])
    }

    /// `check`, `plan` and `publish` refuse these files with exit code 1 and the same words, which are returned.
    #[track_caller]
    fn refuses<B: AsRef<[u8]>>(&self, files: &[(&str, B)]) -> String {
        let Said { check, plan, publish } = self.put(files).say(1);
        assert_eq!(check.stderr, "");
        let (problems, _) = check.stdout.rsplit_once("\n\n").expect("problems, an empty line, and their number");
        assert!(plan.stdout.starts_with(problems), "plan says otherwise:\n{}\n{}", plan.stdout, plan.stderr);
        assert!(publish.stderr.contains(problems), "publish says otherwise:\n{}\n{}", publish.stdout, publish.stderr);
        check.stdout
    }

    /// Runs `check`, `plan` and `publish`; all end with this code, and do nothing.
    #[track_caller]
    fn say(&self, code: i32) -> Said {
        let check = self.press.run(&["check"]).exits(code);
        let plan = self.press.run(&["plan"]).exits(code);
        let publish = self.press.run(&["publish"]).exits(code);
        self.nothing_happened();
        Said { check, plan, publish }
    }

    /// No reader sees anything, no platform was asked to change anything, the state branch stands as it stood, here and
    /// on the remote, and no run is left open.
    #[track_caller]
    fn nothing_happened(&self) {
        assert_eq!(self.stage.sim.seen(), []);
        let changing: Vec<_> = self.stage.sim.world().log().into_iter().filter(|call| call.method != "GET").collect();
        assert!(changing.is_empty(), "{changing:?}");
        assert_eq!(self.refs(), self.before);
        assert_eq!(runs_left(&self.press), Vec::<PathBuf>::new());
    }

    /// Every ref but `main`, here and on the remote.
    fn refs(&self) -> [String; 2] {
        let list = |git_dir: &str| {
            let refs = self.press.git(&["--git-dir", git_dir, "for-each-ref", "--format=%(objectname) %(refname)"]);
            refs.lines().filter(|line| !line.ends_with("/main")).map(|line| format!("{line}\n")).collect::<String>()
        };
        [list(".git"), list(self.remote.to_str().unwrap())]
    }
}

/// What runs of this clone have left in their folder.
fn runs_left(press: &Press) -> Vec<PathBuf> {
    let folder = press.repo.join(".git/pressroom/runs");
    fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

/// A post called tea, due on merge for all accounts, with these keys besides.
fn post(keys: &str, body: &str) -> String {
    format!("---\nid: tea\ntargets: [all]\nschedule: on-merge\n{keys}---\n{body}\n")
}

/// stdout and stderr as a person at a terminal sees them, with what differs from run to run taken out.
fn shown(press: &Press, ran: &Ran) -> String {
    let folder = press.folder().to_str().unwrap();
    format!("{}{}", ran.stdout, ran.stderr).replace(folder, "[folder]").replace(&press.recipient, "[recipient]")
}
