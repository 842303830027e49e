//! A plan says the same with an archive, without one, and with one that is damaged, whatever happened before; and what is over is
//! not read.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use pressroom::content::Content;
use pressroom::ledger::entry::{self, TargetKey};
use pressroom::plan::Offer;
use pressroom::post::PostId;
use pressroom::repo::Repo;
use pressroom::repo::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::press::{ACCOUNTS, Press};
use crate::scene::picture;

/// A repository with a ledger that says what the test wants it to say.
struct World {
    press: Press,
    /// Files of the state branch.
    ledger: BTreeMap<String, String>,
    now: DateTime<Utc>,
    dice: Rng,
}

impl World {
    fn new(seed: u64) -> Self {
        let press = Press::new();
        let slots = ACCOUNTS.replace("platform = \"x\"\n", "platform = \"x\"\nslots = [\"Mon-Sun 09:00\"]\n");
        press.file("accounts.toml", &slots).bytes("media/cup.png", &picture(64, 64, 10)).commit("accounts");
        let now = DateTime::<Utc>::from(SystemTime::now());
        Self { press, ledger: BTreeMap::new(), now, dice: Rng::with_seed(seed) }
    }

    /// The archive's files: the one that is made anew seldom, and the one over it.
    fn archive(&self) -> [PathBuf; 2] {
        ["archive", "archive.since"].map(|name| self.press.repo.join(".git/pressroom/cache").join(name))
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.dice.usize(0..chances) == 0
    }

    /// Writes the state branch.
    fn keep_ledger(&self) {
        let folder = self.press.folder().join("state");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("format.json"), "{\"schema\":1,\"min_reader\":1,\"min_writer\":1}\n").unwrap();
        for (path, text) in &self.ledger {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let index = self.press.folder().join("state.index");
        let git = |args: &[&str]| {
            let mut command = self.press.command_of("git", &["--work-tree", folder.to_str().unwrap()]);
            let output = command.args(args).env("GIT_INDEX_FILE", &index).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        git(&["add", "-A", folder.to_str().unwrap()]);
        let tree = git(&["write-tree"]);
        let commit = git(&["commit-tree", &tree, "-m", "state"]);
        git(&["update-ref", "refs/heads/pressroom-state", &commit]);
    }

    fn offers(&self) -> Vec<Offer> {
        let repo = Repo::open(&self.press.repo).unwrap();
        Content::read(&Snapshot::at_commit(&repo, repo.head().unwrap()).unwrap()).unwrap().offers
    }

    fn line(&mut self, post: &PostId, target: &TargetKey, mut event: Value) {
        let id = uuid::Builder::from_random_bytes(self.dice.u128(..).to_le_bytes()).into_uuid();
        let common = json!({"v": 1, "id": id, "t": self.now, "post": post, "target": target, "run": "r"});
        event.as_object_mut().unwrap().extend(common.as_object().unwrap().clone());
        *self.ledger.entry(entry::path(post)).or_default() += &format!("{event}\n");
    }

    /// That a target is out as it stands there, or stood, since some days.
    fn put_out(&mut self, offer: &Offer, days: i64) {
        let at = self.now - TimeDelta::days(days);
        let key = TargetKey::new(offer.target.platform, &offer.target.account);
        let fp = offer.rendition.as_ref().map(|rendition| rendition.fingerprint());
        let id = format!("{}-{}", offer.post, offer.target.account);
        let receipt = json!({"id": id, "url": format!("https://x.com/{id}"), "at": at, "via": "human"});
        if offer.waits_since.is_some() && !self.one_in(4) {
            self.line(&offer.post, &key, json!({"ev": "slotted", "at": at}));
        }
        let mut event = json!({"ev": "adopted", "receipt": receipt, "by": "ann", "fp": fp, "fixed": fp, "src": "c"});
        // What platforms say last keeps a post from being over.
        if days < 100 && self.one_in(5) {
            let until = self.now + TimeDelta::hours(self.dice.i64(-40..40));
            let left = self.dice.u32(0..3);
            event["allowances"] = json!([{"of": "posts a day", "most": 50, "left": left, "until": until}]);
        }
        self.line(&offer.post, &key, event);
    }

    fn instant(&mut self) -> String {
        let days = self.dice.i64(-20..20);
        (self.now + TimeDelta::days(days)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    fn post(&mut self, id: &str) -> String {
        let targets = ["acme-x", "acme-x, ann", "all"][self.dice.usize(0..3)];
        let schedule = match self.dice.usize(0..6) {
            0 => "schedule: next-slot\n".to_owned(),
            1 => "schedule: on-merge\n".to_owned(),
            2 => String::new(),
            _ => format!("schedule: {}\n", self.instant()),
        };
        let extra = match self.dice.usize(0..24) {
            0 => "draft: true\n".to_owned(),
            1 => "on_edit: update\n".to_owned(),
            2 if self.one_in(4) => format!("on_remove: delete\nexpires: {}\n", self.instant()),
            3 => format!("reply_to: p{}\n", self.dice.usize(0..30)),
            4 if self.one_in(4) => "on_remove: delete\n".to_owned(),
            5 => "colour: red\n".to_owned(),
            _ => String::new(),
        };
        let picture = ["", "", "", "\n\n![A cup](/media/cup.png)", "\n\n![A cup](cup.png)"][self.dice.usize(0..5)];
        // Paths from the root are written without a slash.
        let picture = picture.replace("(/", "(");
        format!("---\nid: {id}\ntargets: [{targets}]\n{schedule}{extra}---\nText {}.{picture}\n", self.dice.u8(0..8))
    }

    fn path(&mut self) -> String {
        format!("posts/{}/n{}.md", 2020 + self.dice.usize(0..3), self.dice.usize(0..30))
    }

    fn remove(&self, path: &str) {
        let _ = fs::remove_file(self.press.repo.join(path));
    }

    /// Something happens to the files.
    fn edit(&mut self) {
        let path = self.path();
        match self.dice.usize(0..18) {
            0..=6 => {
                let id = format!("p{}", self.dice.usize(0..40));
                let text = self.post(&id);
                self.press.file(&path, &text);
            }
            7 | 8 => self.remove(&path),
            9 => drop(self.press.file(&path.replace(".md", ".acme-x.md"), "A text for X.\n")),
            10 => self.remove(&path.replace(".md", ".acme-x.md")),
            11 => {
                let grey = self.dice.u8(..);
                let place = ["media/cup.png", "posts/2021/cup.png", "posts/2020/media/cup.png"][self.dice.usize(0..3)];
                self.press.bytes(place, &picture(64, 64, grey));
            }
            12 => self.remove("posts/2021/cup.png"),
            // Another text that says the same.
            15 | 16 => {
                if let Ok(text) = fs::read_to_string(self.press.repo.join(&path)) {
                    let note = self.dice.u8(..);
                    self.press.file(&path, &text.replacen("---\n", &format!("---\n# {note}\n"), 1));
                }
            }
            13 if self.one_in(4) => {
                let accounts = fs::read_to_string(self.press.repo.join("accounts.toml")).unwrap();
                let minutes = self.dice.usize(1..9000);
                let spaced = |line: &str| line.starts_with("spacing");
                let mut lines: Vec<String> = accounts.lines().filter(|line| !spaced(line)).map(str::to_owned).collect();
                let place = lines.iter().position(|line| line == "[accounts.acme-x]").unwrap();
                lines.insert(place + 1, format!("spacing = \"{minutes}m\""));
                self.press.file("accounts.toml", &(lines.join("\n") + "\n"));
            }
            #[cfg(unix)]
            14 if self.one_in(6) => {
                let _ = std::os::unix::fs::symlink("n1.md", self.press.repo.join("posts/2020/link.md"));
            }
            14 => self.remove("posts/2020/link.md"),
            _ => drop(self.press.file("README.md", &format!("{}\n", self.dice.u64(..)))),
        }
    }

    /// Something is written to the ledger.
    fn write(&mut self) {
        let offers = self.offers();
        for _ in 0..self.dice.usize(0..12) {
            if offers.is_empty() {
                break;
            }
            let offer = &offers[self.dice.usize(0..offers.len())];
            let key = TargetKey::new(offer.target.platform, &offer.target.account);
            match self.dice.usize(0..14) {
                0 => self.line(&offer.post, &key, json!({"ev": "cancelled", "by": "ann"})),
                1 => self.line(&offer.post, &key, json!({"ev": "deleted"})),
                2 if self.one_in(8) => self.line(&offer.post, &key, json!({"ev": "noted", "on_remove": "delete"})),
                3 if self.one_in(4) => drop(self.ledger.remove(&entry::path(&offer.post))),
                4 if self.one_in(4) => {
                    let wrong = format!("ledger/00/{}.jsonl", offer.post);
                    drop(self.ledger.insert(wrong, String::new()));
                }
                5 => {
                    let receipt = json!({"id": "other", "url": "https://x.com/other", "at": self.now, "via": "human"});
                    let event = json!({"ev": "part", "index": 0, "of": 2, "receipt": receipt});
                    self.line(&offer.post, &key, event);
                }
                _ => {
                    let days = [0, 0, 1, 2, 3, 5, 40][self.dice.usize(0..7)];
                    self.put_out(offer, days);
                }
            }
        }
    }

    /// The bytes of both files.
    fn kept(&self) -> [Vec<u8>; 2] {
        self.archive().map(|path| fs::read(path).unwrap_or_default())
    }

    fn damage(&mut self, older: &[Vec<u8>; 2]) {
        let which = self.dice.usize(0..2);
        let path = self.archive()[which].clone();
        let Ok(mut bytes) = fs::read(&path) else { return };
        match self.dice.usize(0..5) {
            0 => bytes.truncate(self.dice.usize(0..bytes.len())),
            1 => bytes = older[which].clone(),
            2 => bytes.clear(),
            3 => drop(fs::remove_file(&path)),
            _ => {
                let place = self.dice.usize(0..bytes.len());
                bytes[place] ^= 1 << self.dice.u8(0..8);
            }
        }
        if path.exists() {
            fs::write(path, bytes).unwrap();
        }
    }

    /// What a plan says, in all that people and programs see of it.
    fn plan(&self, at: &str, more: &[&str]) -> (i32, String, String) {
        let ran = self.press.run(&[&["plan", "--offline", "--at", at], more].concat());
        (ran.code, ran.stdout, ran.stderr)
    }

    /// Whether a plan goes by an archive that was there, and by how much it is less to read.
    fn goes_by_it(&self) -> bool {
        let output =
            self.press.command(&["plan", "--offline"]).env("PRESSROOM_LOG", "pressroom=debug").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        said.contains("by the archive") && !said.contains("made anew")
    }

    #[track_caller]
    fn compare(&mut self, step: &str) {
        for days in [0, self.dice.i64(-9..9)] {
            let at = (self.now + TimeDelta::days(days)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
            let anew = self.plan(&at, &["--no-cache"]);
            assert_eq!(self.plan(&at, &[]), anew, "{step}, {days} d");
        }
    }
}

/// How often an archive was gone by that an earlier step had left.
fn play(seed: u64, steps: usize) -> usize {
    let mut world = World::new(seed);
    let (mut older, mut by_it) = (<[Vec<u8>; 2]>::default(), 0);
    for step in 0..steps {
        for _ in 0..world.dice.usize(0..8) {
            world.edit();
        }
        world.press.commit("edit");
        if world.one_in(2) {
            world.write();
            world.keep_ledger();
        }
        by_it += usize::from(world.goes_by_it());
        world.compare(&format!("seed {seed}, step {step}"));
        if world.one_in(3) {
            world.damage(&older);
            world.compare(&format!("seed {seed}, step {step}, damaged"));
        }
        if world.one_in(3) {
            older = world.kept();
        }
    }
    by_it
}

/// For a night: `PRESSROOM_SEEDS=1000..2000 cargo test --test it archive::`.
#[test]
fn a_plan_is_the_same_with_and_without_an_archive() {
    let seeds = std::env::var("PRESSROOM_SEEDS").unwrap_or_else(|_| "1..4".to_owned());
    let (first, end) = seeds.split_once("..").unwrap();
    let seeds = first.parse().unwrap()..end.parse().unwrap();
    let by_it: usize = seeds.clone().map(|seed| play(seed, 25)).sum();
    assert!(by_it > seeds.count() * 8, "most went by none: {by_it}");
}

/// Ten posts, all out since long, and one to come.
fn old_press() -> World {
    let mut world = World::new(7);
    for number in 0..10 {
        let post = format!("---\nid: old{number}\ntargets: [acme-x]\nschedule: 2020-01-01 09:00\n---\nOld {number}.\n");
        world.press.file(&format!("posts/old{number}.md"), &post);
    }
    world.press.file("posts/new.md", "---\nid: new\ntargets: [acme-x]\nschedule: 2099-01-01 09:00\n---\nNew.\n");
    world.press.commit("posts");
    for offer in world.offers().iter().filter(|offer| offer.post.as_str() != "new") {
        world.put_out(offer, 400);
    }
    world.keep_ledger();
    world
}

const SUMMARY: &str = "Nothing to publish, 1 scheduled, 10 published. Next: new → acme-x in ";

#[test]
fn what_is_over_is_not_read() {
    let world = old_press();
    let plan = || world.press.run(&["plan", "--offline"]);
    assert!(plan().exits(0).stdout.contains(SUMMARY));
    world.press.file("posts/more.md", "---\nid: more\ntargets: [acme-x]\nschedule: 2099-01-02 09:00\n---\nMore.\n");
    world.press.commit("more").git(&["branch", "more"]);
    let noted = "---\n# Out since long.\nid: old3\ntargets: [acme-x]\nschedule: 2020-01-01 09:00\n---\nOld 3.\n";
    world.press.file("posts/old3.md", noted).commit("note").git(&["branch", "noted"]);
    world.press.git(&["reset", "-q", "--hard", "main~2"]);
    assert!(plan().exits(0).stdout.contains(SUMMARY));
    // From here on nobody can read an old post, or what became of it, or the one to come.
    let forget = |object: &str| {
        let id = world.press.git(&["rev-parse", object]);
        let path = world.press.repo.join(".git/objects").join(&id[..2]).join(id[2..].trim());
        fs::remove_file(path).unwrap();
    };
    for number in 0..10 {
        fs::remove_file(world.press.repo.join(format!("posts/old{number}.md"))).unwrap();
        forget(&format!("HEAD:posts/old{number}.md"));
        forget(&format!("pressroom-state:{}", entry::path(&PostId::new(format!("old{number}")))));
    }
    fs::remove_file(world.press.repo.join("posts/new.md")).unwrap();
    forget("HEAD:posts/new.md");
    assert!(plan().exits(0).stdout.contains(SUMMARY));
    // A commit with another post does not change that; of what it brings, the next plan reads nothing.
    world.press.git(&["update-ref", "refs/heads/main", "more"]);
    let base = world.kept()[0].clone();
    assert!(plan().exits(0).stdout.contains("Nothing to publish, 2 scheduled, 10 published."));
    forget("more:posts/more.md");
    assert!(plan().exits(0).stdout.contains("Nothing to publish, 2 scheduled, 10 published."));
    assert_eq!(world.kept()[0], base);
    // A text that is another and says the same is read, but not what became of it.
    world.press.git(&["update-ref", "refs/heads/main", "noted"]);
    assert!(plan().exits(0).stdout.contains("Nothing to publish, 2 scheduled, 10 published."));
    let anew = world.press.run(&["plan", "--offline", "--no-cache"]);
    assert_ne!(anew.code, 0, "{}", anew.stdout);
}

/// Somebody who merges a line that turns the demand off must not find it forgotten.
#[test]
fn a_demand_for_signatures_is_not_forgotten() {
    let world = old_press();
    world.press.run(&["plan", "--offline"]).exits(0);
    let accounts = fs::read_to_string(world.press.repo.join("accounts.toml")).unwrap();
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGq8g8vGfVxMxVgYAcGdEUbKY5yzZBVw4XEXxOyDx9lG ann";
    let demand = format!("{accounts}\n[publish]\nrequire_signed = true\nsigners = [\"{key}\"]\n");
    world.press.file("accounts.toml", &demand).commit("demand");
    world.press.file("accounts.toml", &accounts).commit("no demand");
    let held = world.press.run(&["plan", "--offline"]).exits(0).stdout;
    assert!(held.contains("which nobody signed"), "{held}");
    assert_eq!(world.press.run(&["plan", "--offline", "--no-cache"]).exits(0).stdout, held);
}

/// Two at once, and readers while somebody writes.
#[test]
fn many_at_once_agree() {
    let world = old_press();
    let at = "2026-01-01T00:00:00Z";
    let expected = world.plan(at, &["--no-cache"]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let _ = world.archive().map(fs::remove_file);
                    assert_eq!(world.plan(at, &[]), expected);
                }
            });
        }
    });
    let left: Vec<_> = fs::read_dir(world.archive()[0].parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

/// A folder that git keeps damaged, which most hosts refuse, is not taken for one that ends there: what lay behind would never be
/// published, and nobody told.
#[test]
fn a_damaged_folder_is_told() {
    let post = |id| format!("---\nid: {id}\nschedule: 2099-01-01 09:00\ntargets: [acme-x]\n---\nThe {id} one.\n");
    let press = Press::with(&[("posts/one.md", &post("one")), ("posts/two.md", &post("two"))]);
    assert!(press.run(&["plan", "--offline"]).exits(0).stdout.contains("2 scheduled"));
    let git = git2::Repository::open(&press.repo).unwrap();
    let odb = git.odb().unwrap();
    let head = git.head().unwrap().peel_to_commit().unwrap();
    let tree = head.tree().unwrap();
    let whole = odb.read(tree.get_name("posts").unwrap().id()).unwrap();
    let cut = odb.write(git2::ObjectType::Tree, &whole.data()[..whole.len() - 5]).unwrap();
    let mut folder = git.treebuilder(Some(&tree)).unwrap();
    folder.insert("posts", cut, 0o040_000).unwrap();
    let (tree, who) = (git.find_tree(folder.write().unwrap()).unwrap(), head.author());
    git.commit(Some("HEAD"), &who, &who, "damage", &tree, &[&head]).unwrap();
    for arguments in [&["plan", "--offline"][..], &["plan", "--offline", "--no-cache"], &["publish"]] {
        let ran = press.run(arguments).exits(4);
        assert!(ran.stderr.contains("this tree is damaged"), "{arguments:?}: {}{}", ran.stdout, ran.stderr);
    }
}
