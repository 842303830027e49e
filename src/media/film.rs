//! The `ffmpeg` command that turns a video into one every platform takes. Runs nothing.

/// Arguments of `ffmpeg` for H.264 and AAC in MP4: even sides, 4:2:0, the index in front, no metadata. ffmpeg turns the
/// pictures upright by itself. `replace`: whether a file that is there may be written over; otherwise ffmpeg refuses.
pub fn ffmpeg(input: &str, output: &str, replace: bool) -> Vec<String> {
    // A name that looks like an option or an address stays a name.
    let (input, output) = (&format!("file:{input}"), &format!("file:{output}"));
    let arguments = [
        "-hide_banner",
        "-nostdin",
        if replace { "-y" } else { "-n" },
        "-i",
        input,
        // The first picture and the first sound, if there is one.
        "-map",
        "0:v:0",
        "-map",
        "0:a:0?",
        "-c:v",
        "libx264",
        "-profile:v",
        "high",
        "-pix_fmt",
        "yuv420p",
        "-vf",
        // Chroma is stored for every second pixel.
        "scale=trunc(iw/2)*2:trunc(ih/2)*2,setsar=1",
        "-crf",
        "20",
        "-c:a",
        "aac",
        "-b:a",
        "128k",
        "-ar",
        "48000",
        "-ac",
        "2",
        "-map_metadata",
        "-1",
        "-map_chapters",
        "-1",
        "-movflags",
        "+faststart",
        output,
    ];
    arguments.map(str::to_owned).to_vec()
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

    #[test]
    fn the_command_can_be_pasted() {
        let command = shell("ffmpeg", &ffmpeg("media/Ann's tea.mov", "media/tea.mp4", false));
        assert_snapshot!(command, @r"ffmpeg -hide_banner -nostdin -n -i 'file:media/Ann'\''s tea.mov' -map 0:v:0 -map '0:a:0?' -c:v libx264 -profile:v high -pix_fmt yuv420p -vf 'scale=trunc(iw/2)*2:trunc(ih/2)*2,setsar=1' -crf 20 -c:a aac -b:a 128k -ar 48000 -ac 2 -map_metadata -1 -map_chapters -1 -movflags +faststart file:media/tea.mp4");
    }
}
