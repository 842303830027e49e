//! Media by address: fetched from the web as soon as their time has come.

use std::sync::Arc;
use std::time::Duration;

use super::film::Film;
use super::judge;
use super::options::Pull;
use super::publish::{Medium, Phase, Source};
use super::state::State;
use crate::sim::web::Page;

/// A fetch is given up after this time.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// Bytes of one photo.
const PHOTO_BYTES: usize = 20_000_000;

/// Fetches whatever is due.
pub(super) fn settle(state: &mut State) {
    for at in 0..state.publishes.len() {
        let publish = &state.publishes[at];
        let waits = publish.complete.is_none() && publish.phase(state.now) == Phase::Working;
        let (Source::Pull(addresses), true) = (&publish.source, waits) else { continue };
        let failure = if publish.photos { "photo_pull_failed" } else { "video_pull_failed" };
        match state.options.pull {
            Pull::Works if publish.made + state.options.fetch_delay <= state.now => {
                let addresses = addresses.clone();
                let pages: Option<Vec<Page>> = addresses.iter().map(|address| fetch(state, address)).collect();
                let pages = pages.filter(|pages| pages.iter().all(|page| is_media(page, publish.photos)));
                match pages {
                    Some(pages) => take_in(state, at, pages),
                    None => state.publishes[at].end(state.now, failure),
                }
            }
            Pull::TimesOut if publish.made + PATIENCE <= state.now => state.publishes[at].end(state.now, failure),
            _ => {}
        }
    }
}

/// A page that is there without a detour.
fn fetch(state: &State, address: &str) -> Option<Page> {
    state.world.fetch(address).filter(|page| page.status == 200)
}

/// Whether a page says it is what was asked for, and is not too large.
fn is_media(page: &Page, photo: bool) -> bool {
    let kind = page.content_type.split(';').next().unwrap_or_default().trim();
    if photo {
        kind.starts_with("image/") && page.bytes.len() <= PHOTO_BYTES
    } else {
        matches!(kind, "video/mp4" | "video/quicktime" | "video/webm")
    }
}

fn take_in(state: &mut State, at: usize, pages: Vec<Page>) {
    let publish = &state.publishes[at];
    let account = &state.accounts[publish.account];
    let mut film = None;
    let verdict = if publish.photos {
        pages.iter().find_map(|page| judge::photo(&page.bytes, state.options.photo_sides))
    } else {
        film = pages.first().and_then(|page| Film::read(&page.bytes));
        judge::film(film.as_ref(), account.max_video_post_duration_sec)
    };
    let verdict = verdict.filter(|_| state.options.check_files);
    let media = pages.into_iter().map(|page| Medium { mime: page.content_type, bytes: Arc::from(&page.bytes[..]) });
    let media = media.collect();
    let fetched = state.publishes[at].made + state.options.fetch_delay;
    let publish = &mut state.publishes[at];
    publish.film = film;
    publish.complete(fetched, media, verdict);
}
