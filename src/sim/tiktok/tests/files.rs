//! Files that fail, and with which reason: containers, codecs, frame rates, pictures, durations.

use super::super::film::{Container, Film};
use super::super::judge;
use super::*;

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
}

fn zeros(count: usize) -> Vec<u8> {
    vec![0; count]
}

/// An MP4 file with nothing to show: a brand, a codec, sides, frames and the time they take in seconds.
pub(super) fn mp4(
    brand: &[u8; 4],
    codec: &[u8; 4],
    (width, height): (u16, u16),
    (frames, per): (u32, u32),
    seconds: u32,
) -> Vec<u8> {
    const SCALE: u32 = 90_000;
    let clock = |units: u32| [&zeros(12)[..], &SCALE.to_be_bytes(), &units.to_be_bytes(), &zeros(8)].concat();
    let entry = [&zeros(24)[..], &width.to_be_bytes(), &height.to_be_bytes(), &zeros(50)].concat();
    let stsd = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(codec, &entry)].concat();
    let stts =
        [&[0, 0, 0, 0, 0, 0, 0, 1][..], &(seconds * frames / per).to_be_bytes(), &(SCALE * per / frames).to_be_bytes()];
    let table = boxed(b"stbl", &[boxed(b"stsd", &stsd), boxed(b"stts", &stts.concat())].concat());
    let hdlr = |kind: &[u8; 4]| boxed(b"hdlr", &[&zeros(8)[..], kind, &zeros(13)].concat());
    let media =
        |kind, rest: &[u8]| boxed(b"mdia", &[&boxed(b"mdhd", &clock(seconds * SCALE))[..], &hdlr(kind), rest].concat());
    let tracks = [boxed(b"trak", &media(b"soun", &[])), boxed(b"trak", &media(b"vide", &boxed(b"minf", &table)))];
    let movie = boxed(b"moov", &[&boxed(b"mvhd", &clock(seconds * SCALE))[..], &tracks.concat()].concat());
    [boxed(b"ftyp", brand), boxed(b"mdat", b"pictures"), movie].concat()
}

fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    [id, &[0x40 | (content.len() >> 8) as u8, content.len() as u8], content].concat()
}

fn webm(kind: &str, codec: &str, sides: (u16, u16), nanos: u32, seconds: f64) -> Vec<u8> {
    let video = [element(b"\xb0", &sides.0.to_be_bytes()), element(b"\xba", &sides.1.to_be_bytes())].concat();
    let picture = [
        element(b"\x83", &[1]),
        element(b"\x86", codec.as_bytes()),
        element(b"\x23\xe3\x83", &nanos.to_be_bytes()),
        element(b"\xe0", &video),
    ];
    let sound = [element(b"\x83", &[2]), element(b"\x86", b"A_OPUS")];
    let info =
        [element(b"\x2a\xd7\xb1", &1_000_000_u32.to_be_bytes()), element(b"\x44\x89", &(seconds * 1e3).to_be_bytes())];
    let tracks = [element(b"\xae", &sound.concat()), element(b"\xae", &picture.concat())];
    let segment = [element(b"\x15\x49\xa9\x66", &info.concat()), element(b"\x16\x54\xae\x6b", &tracks.concat())];
    // As live recorders write it: of unknown length.
    let unknown = [b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff".as_slice(), &segment.concat()];
    [element(b"\x1a\x45\xdf\xa3", &element(b"\x42\x82", kind.as_bytes())), unknown.concat()].concat()
}

#[test]
fn films_are_read() {
    let film = Film::read(&mp4(b"qt  ", b"hvc1", (1_080, 1_920), (30_000, 1_001), 7)).unwrap();
    assert_eq!(
        (film.container, film.codec.as_deref(), film.sides),
        (Container::Mov, Some("hvc1"), Some((1_080, 1_920)))
    );
    assert_eq!((film.milli_fps.unwrap().abs_diff(29_970) < 2, film.duration), (true, Some(Duration::from_secs(7))));
    let film = Film::read(&webm("webm", "V_VP9", (640, 480), 40_000_000, 12.5)).unwrap();
    assert_eq!((film.container, film.codec.as_deref(), film.sides), (Container::WebM, Some("V_VP9"), Some((640, 480))));
    assert_eq!((film.milli_fps, film.duration), (Some(25_000), Some(Duration::from_millis(12_500))));
    // In fragments: nothing is said here of how long it plays.
    let film = Film::read(&mp4(b"isom", b"avc1", (720, 1_280), (30, 1), 0)).unwrap();
    assert_eq!((film.milli_fps, film.duration), (None, None));
    for whole in [mp4(b"isom", b"avc1", (720, 1_280), (30, 1), 10), webm("webm", "V_VP8", (640, 480), 40_000_000, 1.0)]
    {
        for end in 0..whole.len() {
            let _ = Film::read(&whole[..end]);
        }
    }
}

proptest::proptest! {
    #[test]
    fn broken_films_are_no_trouble(head in 0..3_usize, tail in proptest::collection::vec(0..=255_u8, 0..200)) {
        let head = [b"\0\0\0\x08ftyp".as_slice(), b"\0\0\0\x08ftyp\0\0\0\x40moov", b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"][head];
        let film = Film::read(&[head, &tail].concat());
        judge::film(film.as_ref(), 60);
    }
}

#[tokio::test]
async fn bad_files_fail_after_the_upload() {
    let bench = Bench::new().await;
    let rows = [
        (film(), ""),
        (mp4(b"qt  ", b"hev1", (360, 4_096), (60, 1), 300), ""),
        (mp4(b"isom", b"avc1", (720, 1_280), (24_000, 1_001), 5), ""),
        (webm("webm", "V_VP8", (720, 1_280), 33_333_333, 10.0), ""),
        // No header to tell by.
        (boxed(b"ftyp", b"isom"), ""),
        (b"GIF89a, say".to_vec(), "file_format_check_failed"),
        (webm("matroska", "V_VP8", (720, 1_280), 33_333_333, 10.0), "file_format_check_failed"),
        (webm("webm", "V_AV1", (720, 1_280), 33_333_333, 10.0), "file_format_check_failed"),
        (mp4(b"isom", b"av01", (720, 1_280), (30, 1), 10), "file_format_check_failed"),
        (mp4(b"isom", b"avc1", (720, 1_280), (22, 1), 10), "frame_rate_check_failed"),
        (mp4(b"isom", b"avc1", (720, 1_280), (61, 1), 10), "frame_rate_check_failed"),
        (webm("webm", "V_VP8", (720, 1_280), 100_000_000, 10.0), "frame_rate_check_failed"),
        (mp4(b"isom", b"avc1", (359, 1_280), (30, 1), 10), "picture_size_check_failed"),
        (mp4(b"isom", b"avc1", (720, 4_097), (30, 1), 10), "picture_size_check_failed"),
        (mp4(b"isom", b"avc1", (720, 1_280), (30, 1), 301), "duration_check_failed"),
    ];
    let mut begun = Vec::new();
    for (bytes, reason) in &rows {
        let id = bench.uploaded(&wishes(), bytes).await;
        assert_eq!(bench.outcome(&id).await.0, "PROCESSING_UPLOAD");
        begun.push((id, *reason));
    }
    bench.advance(PROCESSING);
    for (id, reason) in &begun {
        let status = if reason.is_empty() { "PUBLISH_COMPLETE" } else { "FAILED" };
        assert_eq!(bench.outcome(id).await, (status.to_owned(), (*reason).to_owned()));
    }
    assert_eq!(bench.seen().len(), 5);
    assert_eq!(bench.seen()[1].media[0].mime, "video/quicktime");

    // What one creator may do is not what all may.
    bench.tiktok().change_account(&bench.ann.open_id, |account| account.max_video_post_duration_sec = 9_999);
    let id = bench.uploaded(&wishes(), &mp4(b"isom", b"avc1", (720, 1_280), (30, 1), 600)).await;
    let long = bench.uploaded(&wishes(), &mp4(b"isom", b"avc1", (720, 1_280), (30, 1), 601)).await;
    bench.tiktok().configure(|options| options.check_files = false);
    let unchecked = bench.uploaded(&wishes(), b"anything").await;
    bench.advance(PROCESSING);
    assert_eq!(bench.outcome(&id).await.0, "PUBLISH_COMPLETE");
    assert_eq!(bench.outcome(&long).await.1, "duration_check_failed");
    assert_eq!(bench.outcome(&unchecked).await.0, "PUBLISH_COMPLETE");
}
