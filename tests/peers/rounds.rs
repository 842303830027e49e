//! Post after post while runs are killed and answers get lost: each must be out once, and the ledger must say so. Knows no server:
//! who plays says which request shows a post, and what is out.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::cast::Cast;
use crate::cut::{kill, scatter, unlock};
use crate::proxy::Loss;

/// Signs that servers make markup of, or do not: what a post is known by when its answer was lost.
const HARD: &str = "Tea & \\<milk>, \\<b>, 3 \\< 4, 2 \\* 3 \\* 4, a\\_b\\_c, &amp;amp;, @nobody,";

/// What is played.
pub(crate) struct Play<'a> {
    pub(crate) cast: &'a Cast,
    pub(crate) account: &'a str,
    /// How the request begins that shows a post.
    pub(crate) shows: &'a str,
    /// The id and the text of all that is out.
    pub(crate) out: Box<dyn Fn() -> Vec<(String, String)> + 'a>,
}

/// A post with the text of each of its parts.
pub(crate) struct Post {
    pub(crate) id: String,
    pub(crate) parts: Vec<String>,
}

/// What came of a play.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Posts, and their parts.
    posts: usize,
    parts: usize,
    /// Runs in all, and those that were killed.
    runs: usize,
    killed: usize,
    /// Of those, how many had sent a showing call, and how many left something that is out and not in the ledger.
    killed_while_showing: usize,
    out_unrecorded: usize,
    /// Answers that were lost.
    lost: usize,
    /// Showing calls that came to the server.
    showing_calls: usize,
    seconds: u64,
}

impl Play<'_> {
    /// Kills runs at any moment, half of them soon after they have sent a showing call; until one comes to its end.
    pub(crate) fn killed(&self, rounds: u64) -> (Vec<Post>, Figures) {
        let (began, mut figures, mut posts) = (Instant::now(), Figures::default(), Vec::new());
        // How long a run takes here: the kills are spread over it.
        let whole = self.commit("whole", 1);
        let start = Instant::now();
        self.cast.press.run(&["publish"]).exits(0);
        let mut length = start.elapsed();
        posts.push(whole);
        for round in 0..rounds {
            let post = self.commit(&format!("kill-{round}"), round);
            let mut told = String::new();
            for again in 0..6 {
                let chance = scatter(round * 8 + again);
                let before = self.cast.proxy.seen(self.shows);
                let child = self.start();
                let after = if round % 2 == 0 {
                    length.mul_f64((chance % 1000) as f64 / 900.0)
                } else {
                    self.shown_or_over(before, length * 3);
                    Duration::from_millis(chance % 40)
                };
                let ran = kill(child, after, chance.is_multiple_of(3));
                told += &format!("killed after {after:?}: {}\n{}{}", ran.code, ran.stdout, ran.stderr);
                figures.runs += 1;
                // The machine may be busier at one time than at another: the spread follows how long runs take now.
                length = length.mul_f64(if ran.code == -1 { 1.02 } else { 0.9 });
                if ran.code == 0 {
                    break;
                }
                figures.killed += usize::from(ran.code == -1);
                if self.cast.proxy.seen(self.shows) > before {
                    figures.killed_while_showing += 1;
                    let is_out = self.times(&post.parts[0]) > 0;
                    let recorded = self.cast.status(&post.id)["state"] == "published";
                    figures.out_unrecorded += usize::from(is_out && !recorded);
                }
            }
            self.settle(&post, &mut told, &mut figures);
            posts.push(post);
        }
        self.sum(&posts, &mut figures, began);
        (posts, figures)
    }

    /// Loses the answer to a showing call of each post: that of a part in turn.
    pub(crate) fn lost(&self, rounds: u64) -> (Vec<Post>, Figures) {
        let (began, mut figures, mut posts) = (Instant::now(), Figures::default(), Vec::new());
        for round in 0..rounds {
            let post = self.commit(&format!("lost-{round}"), round);
            let how = match round % 10 {
                9 => Loss::Silent,
                3 | 6 => Loss::Broken,
                _ => Loss::Closed,
            };
            self.cast.proxy.lose(self.shows, (round / 4) as usize % post.parts.len(), how);
            self.settle(&post, &mut String::new(), &mut figures);
            assert_eq!(self.cast.proxy.lost() as u64, round + 1, "{}: no answer was lost", post.id);
            posts.push(post);
        }
        self.sum(&posts, &mut figures, began);
        (posts, figures)
    }

    /// A text, a picture, a thread, a link in turn.
    fn commit(&self, id: &str, round: u64) -> Post {
        let (first, second) = (format!("Round {id}."), format!("Second {id}."));
        let (front, body, parts) = match round % 4 {
            0 => ("", first.clone(), vec![first]),
            1 => ("media: [{src: media/one.jpg, alt: A cup}]\n", first.clone(), vec![first]),
            2 => ("thread: true\n", format!("{first}\n\n---\n\n{second}"), vec![first, second]),
            _ => ("", format!("{first} {HARD} https://leaves.example/{id}?a=b&c=d"), vec![first]),
        };
        let front = format!("id: {id}\ntargets: [{}]\nschedule: on-merge\n{front}", self.account);
        self.cast.press.file(&format!("posts/{id}.md"), &format!("---\n{front}---\n{body}\n")).commit(id);
        self.cast.press.git(&["push", "-q", "origin", "HEAD:main"]);
        Post { id: id.to_owned(), parts }
    }

    fn start(&self) -> Child {
        let mut command = self.cast.press.command(&["publish"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits until another showing call came by, or that long.
    fn shown_or_over(&self, before: usize, most: Duration) {
        let give_up = Instant::now() + most;
        while self.cast.proxy.seen(self.shows) == before && Instant::now() < give_up {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn times(&self, text: &str) -> usize {
        (self.out)().iter().filter(|(_, out)| out.starts_with(text)).count()
    }

    /// Runs until one comes to a good end; then each part is out once, and the ledger names the first.
    fn settle(&self, post: &Post, told: &mut String, figures: &mut Figures) {
        for _ in 0..20 {
            let ran = self.cast.press.run(&["publish"]);
            figures.runs += 1;
            *told += &format!("--- {}\n{}{}", ran.code, ran.stdout, ran.stderr);
            unlock(&self.cast.press, &ran.stderr);
            if ran.code == 0 {
                let out = (self.out)();
                for part in &post.parts {
                    let times = out.iter().filter(|(_, text)| text.starts_with(part.as_str())).count();
                    assert_eq!(times, 1, "`{part}` is out {times} times\n{told}");
                }
                return;
            }
        }
        panic!("twenty runs, and still no good end:\n{told}");
    }

    /// What is out is what was written, and what the ledger names.
    fn sum(&self, posts: &[Post], figures: &mut Figures, began: Instant) {
        let out = (self.out)();
        figures.posts = posts.len();
        figures.parts = posts.iter().map(|post| post.parts.len()).sum();
        assert_eq!(out.len(), figures.parts, "{out:#?}");
        for post in posts {
            let status = self.cast.status(&post.id);
            assert_eq!(status["state"], "published", "{status:#}");
            let id = status["receipt"]["id"].as_str().unwrap();
            let text = out.iter().find(|(out, _)| out == id).map(|(_, text)| text.as_str());
            assert!(text.is_some_and(|text| text.starts_with(&*post.parts[0])), "{id}: {text:?}");
        }
        figures.lost = self.cast.proxy.lost();
        figures.showing_calls = self.cast.proxy.seen(self.shows);
        figures.seconds = began.elapsed().as_secs();
    }
}

impl Figures {
    /// Else nothing was tried.
    pub(crate) fn killed_enough(&self, rounds: u64) {
        assert!(self.killed as u64 >= rounds, "only {self:?}");
        assert!(self.out_unrecorded > 0, "no run was killed between a post and its receipt: {self:?}");
    }

    /// Whatever was found where an answer was lost was not sent again.
    pub(crate) fn sent_once(&self) {
        assert_eq!(self.showing_calls, self.parts, "{self:?}");
    }
}
