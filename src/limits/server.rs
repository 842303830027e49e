//! What one server allows, by its own word: for platforms whose accounts live on servers that set limits of their own. Knows
//! neither files nor how a server is asked.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::{Limits, Minutes, PollRule, Shape};
use crate::media::Kind;

/// The figures of one server; what it does not say is as in its platform's row.
///
/// Its JSON is `.pressroom/servers/HOST.json` in the content repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// What runs there and its version, in its own words: for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
    /// Longest text of one part, in the platform's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_max: Option<usize>,
    /// What an address counts, however long it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_length: Option<usize>,
    /// Most files of one part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_max: Option<usize>,
    /// Longest alternative text, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt_max: Option<usize>,
    /// MIME types of media it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mimes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_bytes: Option<u64>,
    /// Width x height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pixels: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_bytes: Option<u64>,
    /// Width x height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_pixels: Option<u64>,
    /// Most frames a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_fps: Option<u32>,
    /// Most options of a poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_options: Option<usize>,
    /// Longest option, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_option_max: Option<usize>,
    /// Least and most seconds that a poll may last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_seconds: Option<(u64, u64)>,
}

impl Server {
    /// The file's text.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{json}\n")
    }

    /// The first figure that cannot be meant, by its key, and what is wrong with it.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        /// Far beyond what any server takes, and far below what arithmetic cannot hold.
        const MOST: u64 = 1 << 40;
        let small = |figure: Option<usize>| figure.is_none_or(|figure| (1..=1 << 24).contains(&figure));
        let large = |figure: Option<u64>| figure.is_none_or(|figure| (1..=MOST).contains(&figure));
        let none = "cannot be 0, or so large";
        let seconds = self.poll_seconds.is_none_or(|(least, most)| least <= most && most <= MOST);
        [
            ("text_max", small(self.text_max), none),
            ("url_length", small(self.url_length), none),
            ("media_max", self.media_max.is_none_or(|most| most <= 1000), "cannot be so large"),
            ("alt_max", self.alt_max.is_none_or(|most| most <= 1 << 24), "cannot be so large"),
            ("image_bytes", large(self.image_bytes), none),
            ("image_pixels", large(self.image_pixels), none),
            ("video_bytes", large(self.video_bytes), none),
            ("video_pixels", large(self.video_pixels), none),
            ("video_fps", self.video_fps.is_none_or(|fps| (1..=100_000).contains(&fps)), none),
            (
                "poll_options",
                self.poll_options.is_none_or(|most| (2..=1000).contains(&most)),
                "cannot be less than 2, or so large",
            ),
            ("poll_option_max", small(self.poll_option_max), none),
            ("poll_seconds", seconds, "must be the least and the most, in this order"),
        ]
        .into_iter()
        .find_map(|(key, right, why)| (!right).then_some((key, why)))
    }

    /// A platform's row with this server's figures in it.
    ///
    /// Rows live for ever, as those of the table do: one for each set of figures that this process has met.
    pub fn row(&self, of: &'static Limits) -> &'static Limits {
        static ROWS: Mutex<Vec<(Server, &'static Limits)>> = Mutex::new(Vec::new());
        let mut rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
        // A new version that allows the same is no other server.
        let figures = Self { software: None, ..self.clone() };
        let known = rows.iter().find(|(server, row)| *server == figures && row.platform == of.platform);
        if let Some((_, row)) = known {
            return row;
        }
        let row: &'static Limits = Box::leak(Box::new(figures.over(of)));
        rows.push((figures, row));
        row
    }

    fn over(&self, of: &'static Limits) -> Limits {
        let shapes: Vec<Shape> = of.shapes.iter().map(|shape| self.over_shape(shape)).collect();
        Limits {
            text_max: self.text_max.unwrap_or(of.text_max),
            url_length: self.url_length.unwrap_or(of.url_length),
            alt_max: self.alt_max.unwrap_or(of.alt_max),
            poll: of.poll.map(|poll| self.over_poll(poll)),
            shapes: Box::leak(shapes.into_boxed_slice()),
            ..of.clone()
        }
    }

    fn over_shape(&self, of: &Shape) -> Shape {
        let mut shape = *of;
        let most = |held: usize| self.media_max.filter(|_| held > 0).unwrap_or(held);
        shape.images = most(of.images);
        // Of several videos none has said that it takes them.
        shape.videos = of.videos.min(most(of.videos));
        shape.image.bytes_max = self.image_bytes.or(of.image.bytes_max);
        shape.image.pixels_max = self.image_pixels.or(of.image.pixels_max);
        shape.video.bytes_max = self.video_bytes.or(of.video.bytes_max);
        shape.video.pixels_max = self.video_pixels.or(of.video.pixels_max);
        shape.video.fps_milli = self.video_fps.map(|fps| (0, fps.saturating_mul(1000))).or(of.video.fps_milli);
        if let Some(mimes) = &self.mimes {
            let takes = |mime: &str| mimes.iter().any(|taken| taken.eq_ignore_ascii_case(mime));
            let kinds: Vec<Kind> =
                of.image.kinds.iter().copied().filter(|kind| kind.mime().is_some_and(takes)).collect();
            shape.image.kinds = Box::leak(kinds.into_boxed_slice());
            let videos = ["video/mp4", "video/quicktime", "video/webm"].into_iter().filter(|mime| takes(mime));
            let videos: Vec<&str> =
                videos.filter(|mime| of.video.mimes.is_empty() || of.video.mimes.contains(mime)).collect();
            shape.video.mimes = Box::leak(videos.into_boxed_slice());
        }
        // A list of nothing would mean that all are taken.
        shape.images = if shape.image.kinds.is_empty() { 0 } else { shape.images };
        shape.image.kinds = if shape.images == 0 { &[] } else { shape.image.kinds };
        shape.videos = if self.mimes.is_some() && shape.video.mimes.is_empty() { 0 } else { shape.videos };
        shape
    }

    fn over_poll(&self, of: PollRule) -> PollRule {
        let minutes = |(least, most): (u64, u64)| {
            let minutes = |seconds: u64| u32::try_from(seconds).unwrap_or(u32::MAX);
            Minutes::Between(minutes(least.div_ceil(60)), minutes(most / 60))
        };
        PollRule {
            options: (of.options.0, self.poll_options.unwrap_or(of.options.1)),
            option_max: self.poll_option_max.unwrap_or(of.option_max),
            minutes: self.poll_seconds.map_or(of.minutes, minutes),
            ..of
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Platform;

    #[test]
    fn a_servers_figures_take_the_place_of_the_rows() {
        let of = Platform::Mastodon.limits();
        let server = Server {
            text_max: Some(5000),
            url_length: Some(32),
            media_max: Some(6),
            alt_max: Some(420),
            mimes: Some(vec!["image/PNG".to_owned(), "audio/ogg".to_owned()]),
            image_bytes: Some(1000),
            image_pixels: Some(2000),
            ..Server::default()
        };
        let row = server.row(of);
        assert_eq!((row.text_max, row.url_length, row.alt_max, row.platform), (5000, 32, 420, Platform::Mastodon));
        let shape = row.shapes[0];
        assert_eq!((shape.images, shape.videos, shape.image.kinds), (6, 0, &[Kind::Png][..]));
        assert_eq!((shape.image.bytes_max, shape.image.pixels_max), (Some(1000), Some(2000)));
        // The same row each time, and another's is another.
        assert!(std::ptr::eq(row, server.row(of)) && !std::ptr::eq(row, server.row(Platform::Bluesky.limits())));
        let silent = Server::default().row(of);
        assert_eq!(
            (silent.text_max, silent.alt_max, silent.shapes[0].images),
            (of.text_max, of.alt_max, of.shapes[0].images)
        );
        let nothing = Server { mimes: Some(Vec::new()), ..Server::default() }.row(of).shapes[0];
        assert_eq!((nothing.images, nothing.videos, nothing.image.kinds.is_empty()), (0, 0, true));
    }

    #[test]
    fn a_poll_is_held_against_whole_minutes() {
        let rule = PollRule { options: (2, 4), option_max: 50, minutes: Minutes::Between(5, 9), question_max: None };
        let server = Server { poll_options: Some(20), poll_seconds: Some((61, 179)), ..Server::default() };
        let poll = server.over_poll(rule);
        assert_eq!((poll.options, poll.option_max), ((2, 20), 50));
        assert!(matches!(poll.minutes, Minutes::Between(2, 2)), "{poll:?}");
    }

    #[test]
    fn what_is_written_is_read() {
        let server = Server { text_max: Some(500), poll_seconds: Some((300, 2_629_746)), ..Server::default() };
        assert_eq!(server.to_json(), "{\n  \"text_max\": 500,\n  \"poll_seconds\": [\n    300,\n    2629746\n  ]\n}\n");
        assert_eq!(serde_json::from_str::<Server>(&server.to_json()).unwrap(), server);
    }
}
