//! The `ffmpeg` command that makes a video fit: H.264 and AAC in MP4, which every platform takes. Runs nothing.

use super::convert::{Unfit, Wanted, ratio_fits, within};
use super::{Inside, Kind};

/// Bits a second of the sound.
const SOUND: u64 = 128_000;
/// Bits a second below which pictures are not worth looking at.
const LEAST: u64 = 150_000;

/// Arguments of `ffmpeg`: even sides, 4:2:0, the index in front, no metadata; smaller and slower only as far as wanted.
/// ffmpeg turns the pictures upright by itself. `replace`: whether a file that is there may be written over.
///
/// # Errors
/// [`Unfit`] where it cannot be done without cropping or enlarging.
pub fn ffmpeg(
    input: &str,
    output: &str,
    replace: bool,
    inside: &Inside,
    wanted: &Wanted<'_>,
    fps_milli_max: Option<u32>,
) -> Result<Vec<String>, Unfit> {
    if inside.kind != Kind::Video {
        return Err(Unfit::NoVideo(inside.kind));
    }
    // A name that looks like an option or an address stays a name.
    let (input, output) = (format!("file:{input}"), format!("file:{output}"));
    let mut words: Vec<String> = Vec::new();
    let mut say = |more: &[&str]| words.extend(more.iter().map(|word| (*word).to_owned()));
    say(&["-hide_banner", "-nostdin", if replace { "-y" } else { "-n" }, "-i", &input]);
    // The first picture and the first sound, if there is one.
    say(&["-map", "0:v:0", "-map", "0:a:0?"]);
    say(&["-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p", "-crf", "20"]);
    // Pictures in the order in which they are shown need no edit list, which Meta's platforms do not take.
    say(&["-bf", "0", "-use_editlist", "0"]);
    if let Some(rate) = rate_max(inside, wanted)? {
        say(&["-maxrate", &rate.to_string(), "-bufsize", &(rate * 2).to_string()]);
    }
    say(&["-vf", &filters(inside, wanted, fps_milli_max)?]);
    if let (Some(most), None) = (fps_milli_max, inside.film.as_ref().and_then(|film| film.fps_milli)) {
        // Where the file does not tell, no more than this, and no frame is made up.
        say(&["-fpsmax", &format!("{most}/1000")]);
    }
    say(&["-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2"]);
    say(&["-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", &output]);
    Ok(words)
}

/// Bits a second the pictures may have, with a twentieth kept back for what the container adds; `None` where there is no
/// limit, or no duration to divide it by.
fn rate_max(inside: &Inside, wanted: &Wanted<'_>) -> Result<Option<u64>, Unfit> {
    let duration = inside.film.as_ref().and_then(|film| film.duration_ms);
    let Some((most, duration)) = wanted.bytes_max.zip(duration) else { return Ok(None) };
    let rate = u64::try_from(u128::from(most) * 8000 * 19 / 20 / u128::from(duration.max(1))).unwrap_or(u64::MAX);
    match rate.checked_sub(SOUND).filter(|rate| *rate >= LEAST) {
        // What no video needs is no limit.
        Some(rate) => Ok(Some(rate).filter(|rate| *rate < 50_000_000)),
        None => Err(Unfit::TooLong { duration_ms: duration, most }),
    }
}

fn filters(inside: &Inside, wanted: &Wanted<'_>, fps_milli_max: Option<u32>) -> Result<String, Unfit> {
    // Chroma is stored for every second pixel, so sides are even.
    let mut filters = match inside.size {
        Some(size) => {
            ratio_fits(size, wanted)?;
            let (width, height) = within(size, wanted)?;
            format!("scale={}:{},setsar=1", (width & !1).max(2), (height & !1).max(2))
        }
        None => "scale=trunc(iw/2)*2:trunc(ih/2)*2,setsar=1".to_owned(),
    };
    let fps = inside.film.as_ref().and_then(|film| film.fps_milli);
    if let Some(most) = fps_milli_max.filter(|most| fps.is_some_and(|fps| fps > *most)) {
        filters.push_str(&format!(",fps={most}/1000"));
    }
    Ok(filters)
}

/// A command line for a POSIX shell, each argument in quotes that needs them.
pub fn shell(program: &str, arguments: &[String]) -> String {
    let words = std::iter::once(program).chain(arguments.iter().map(String::as_str));
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::media::Film;

    fn film(size: (u32, u32), duration_ms: u64) -> Inside {
        let film = Film { duration_ms: Some(duration_ms), fps_milli: Some(60_000), ..Film::default() };
        let size = Some(size);
        Inside {
            kind: Kind::Video,
            mime: "video/mp4",
            size,
            turned: false,
            animated: false,
            film: Some(film),
            pages: None,
        }
    }

    #[test]
    fn the_command_can_be_pasted() {
        let arguments = ffmpeg("media/Ann's tea.mov", "tea.mp4", false, &film((641, 361), 1), &Wanted::default(), None);
        assert_snapshot!(shell("ffmpeg", &arguments.unwrap()), @r"ffmpeg -hide_banner -nostdin -n -i 'file:media/Ann'\''s tea.mov' -map 0:v:0 -map '0:a:0?' -c:v libx264 -profile:v high -pix_fmt yuv420p -crf 20 -bf 0 -use_editlist 0 -vf scale=640:360,setsar=1 -c:a aac -b:a 128k -ar 48000 -ac 2 -map_metadata -1 -map_chapters -1 -movflags +faststart file:tea.mp4");
    }

    #[test]
    fn limits_become_arguments() {
        let wanted = Wanted { bytes_max: Some(10_000_000), width: Some((320, 1920)), ..Wanted::default() };
        let arguments = ffmpeg("a", "b", true, &film((3840, 2160), 60_000), &wanted, Some(30_000)).unwrap();
        assert_snapshot!(shell("ffmpeg", &arguments), @"ffmpeg -hide_banner -nostdin -y -i file:a -map 0:v:0 -map '0:a:0?' -c:v libx264 -profile:v high -pix_fmt yuv420p -crf 20 -bf 0 -use_editlist 0 -maxrate 1138666 -bufsize 2277332 -vf scale=1920:1080,setsar=1,fps=30000/1000 -c:a aac -b:a 128k -ar 48000 -ac 2 -map_metadata -1 -map_chapters -1 -movflags +faststart file:b");
        let told =
            |size, duration| ffmpeg("a", "b", true, &film(size, duration), &wanted, None).unwrap_err().to_string();
        assert_snapshot!(told((160, 90), 1000), @"is 160×90; the least is 320×1");
        assert_snapshot!(told((640, 360), 3_600_000), @"lasts 3600 s, too long to look good in 10000000 bytes");
    }
}
