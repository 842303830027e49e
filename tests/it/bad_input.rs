//! Everything that can be wrong in what people write and keep, and what the program says to it. Nothing of it may be
//! published, and nothing may be written.

use crate::desk::{Desk, post};
use crate::press::Ran;

mod accounts;
mod front_matter;
mod keys;
mod media;
mod place;
mod state;
mod text;
mod time;

/// What `check`, `plan` and `publish` said.
struct Said {
    check: Ran,
    plan: Ran,
    publish: Ran,
}

impl Desk {
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
}
