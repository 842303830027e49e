//! A content repository with a film in Git LFS's store, as large films are kept, and runs of `pressroom publish` in it.

use std::fs;
use std::thread;
use std::time::Duration;

use super::film::Film;
use super::room::{self, Result, Room, Run};
use super::stage::{Case, Stage};

/// Waits for a platform are not what is measured.
const TIMINGS: &str = "lease=120,grace=1,request=30,settle=0.1,patience=30";

pub(super) struct Desk<'a> {
    room: Room,
    case: &'a Case,
    hosts: &'a str,
}

impl<'a> Desk<'a> {
    /// The account is connected, and a post made from now on is newer than that.
    pub(super) fn new(case: &'a Case, film: &Film, stage: &'a Stage) -> Result<Self> {
        let room = Room::new()?;
        let accounts = format!(
            "schema = 1\n\n[encryption]\nrecipients = [\"{}\"]\n\n[media]\npublic_url = \"https://media.example/{{path}}\"\n\n\
             [accounts.acme]\nplatform = \"{}\"\n{}",
            room.identity()?,
            case.name,
            case.account
        );
        fs::write(room.repo.join("accounts.toml"), accounts)?;
        let desk = Self { room, case, hosts: &stage.hosts };
        desk.put(film)?;
        desk.room.commit("First")?;
        desk.room.connect("acme", &stage.token, desk.hosts)?;
        // What was committed in the second of the connection is older than it.
        thread::sleep(Duration::from_millis(1_100));
        Ok(desk)
    }

    /// The pointer into the repository, the film into the store (git-lfs/docs/spec.md).
    fn put(&self, film: &Film) -> Result<()> {
        let Film { sha256, bytes, path, .. } = film;
        let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {bytes}\n");
        fs::write(self.room.repo.join("media/film.mp4"), pointer)?;
        let store = self.room.repo.join(".git/lfs/objects").join(&sha256[..2]).join(&sha256[2..4]);
        fs::create_dir_all(&store)?;
        fs::hard_link(path, store.join(sha256))?;
        Ok(())
    }

    /// Publishes the film in a new post.
    pub(super) fn publish(&self, turn: usize) -> Result<Run> {
        let wishes = self.case.wishes;
        let post = format!(
            "---\nid: film-{turn}\nschedule: on-merge\ntargets: [acme]\nmedia: [{{src: media/film.mp4}}]\n{wishes}---\nFilm number {turn}.\n"
        );
        fs::write(self.room.repo.join(format!("posts/film-{turn}.md")), post)?;
        self.room.commit("A film")?;
        let mut command = self.room.pressroom(&["publish", "--only", &format!("film-{turn}")]);
        let run = room::run(command.env("PRESSROOM_HOSTS", self.hosts).env("PRESSROOM_TIMINGS", TIMINGS))?;
        let published = run.told.contains("1 published");
        if published { Ok(run) } else { Err(format!("{}: {}", self.case.name, run.told).into()) }
    }
}
