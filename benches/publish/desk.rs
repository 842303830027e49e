//! A content repository with posts that are due, and one run of `pressroom publish` in it.

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::Case;
use super::room::{self, Result, Room};
use super::stage::{CHAT, MEDIA_HOST, PAGE, SECOND_PDS, Stage};

pub(super) struct Desk<'a> {
    room: Room,
    case: &'a Case,
}

impl<'a> Desk<'a> {
    /// An empty repository.
    pub(super) fn new(case: &'a Case) -> Result<Self> {
        Ok(Self { room: Room::new()?, case })
    }

    pub(super) fn folder(&self) -> &Path {
        self.room.folder()
    }

    /// Connects the accounts, with the ledger on a remote; a post made from now on is newer than that.
    pub(super) fn settle(&self, stage: &Stage, remote: &str) -> Result<()> {
        let repo = &self.room.repo;
        self.room.git(&["remote", "add", "origin", remote])?;
        fs::write(repo.join("accounts.toml"), self.accounts(&self.room.identity()?)?)?;
        fs::copy("media/write.jpg", repo.join("media/write.jpg"))?;
        self.push("First")?;
        for (platform, token) in &stage.tokens {
            self.room.connect(&format!("my-{platform}"), token, &stage.hosts)?;
        }
        // What was committed in the second of the connection is older than it.
        thread::sleep(Duration::from_millis(1_100));
        Ok(())
    }

    /// Writes posts that are due and pushes them.
    pub(super) fn post(&self, numbers: Range<usize>) -> Result<()> {
        for number in numbers {
            let wishes = self.case.wishes;
            let text = format!(
                "---\nid: post-{number}\nschedule: on-merge\ntargets: [all]\n{wishes}---\nNews number {number} of the day.\n"
            );
            fs::write(self.room.repo.join(format!("posts/post-{number}.md")), text)?;
        }
        self.push("News")
    }

    fn accounts(&self, recipient: &str) -> Result<String> {
        let mut text = format!(
            "schema = 1\n\n[encryption]\nrecipients = [\"{recipient}\"]\n\n\
             [media]\npublic_url = \"https://{MEDIA_HOST}/{{path}}\"\n"
        );
        for &platform in self.case.platforms {
            let of = platform.trim_end_matches("-2");
            write!(text, "\n[accounts.my-{platform}]\nplatform = \"{of}\"\n")?;
            match platform {
                "bluesky-2" => writeln!(text, "server = \"{SECOND_PDS}\"")?,
                "facebook" => writeln!(text, "as = \"{PAGE}\"")?,
                "mastodon" => writeln!(text, "server = \"mastodon.example\"")?,
                "telegram" => writeln!(text, "chat = \"@{CHAT}\"")?,
                _ => {}
            }
        }
        let all: Vec<_> = self.case.platforms.iter().map(|platform| format!("my-{platform}")).collect();
        writeln!(text, "\n[groups]\nall = {all:?}")?;
        Ok(text)
    }

    /// Publishes what is due, which must be so many targets.
    pub(super) fn publish(&self, stage: &Stage, targets: usize) -> Result<room::Run> {
        let mut command = self.room.pressroom(&["publish"]);
        let run = room::run(command.env("PRESSROOM_HOSTS", &stage.hosts))?;
        let published = run.told.contains(&format!("{targets} published"));
        if published { Ok(run) } else { Err(run.told.into()) }
    }

    /// Another program in the repository.
    pub(super) fn command(&self, program: &str) -> Command {
        self.room.command(program)
    }

    fn push(&self, subject: &str) -> Result<()> {
        self.room.commit(subject)?;
        self.room.git(&["push", "-q", "-u", "origin", "main"])
    }
}
