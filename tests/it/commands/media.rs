//! `media` and `media fit`: what is listed, and what is written.

use std::fs;
use std::io::Cursor;

use image::{GenericImageView as _, ImageFormat, Rgb, RgbImage};
use insta::assert_snapshot;

use crate::press::Press;
use crate::scene::picture;
use crate::shown::shown;

/// A JPEG that is stored lying, red on its left, and says where it was taken.
fn lying() -> Vec<u8> {
    let pixel = |x, _| if x < 30 { Rgb([240, 0, 0]) } else { Rgb([0, 0, 240]) };
    let mut jpeg = Cursor::new(Vec::new());
    RgbImage::from_fn(100, 80, pixel).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    // Orientation 6 and, as the latitude's reference, `N`; behind them a canary.
    let mut exif =
        b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x25\x88\x04\0\x01\0\0\0\x26\0\0\0".to_vec();
    exif.extend(b"\0\0\0\0\x01\0\x01\0\x02\0\x02\0\0\0N\0\0\0\0\0\0\0GPSHERE");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let mut whole = jpeg.into_inner();
    whole.splice(2..2, [&[0xFF, 0xE1], &length[..], &exif].concat());
    whole
}

/// The head of a video.
const VIDEO: &[u8] = b"\0\0\0\x10ftypisom\0\0\0\0";

fn library() -> Press {
    let press = Press::with(&[
        (
            "posts/tea.md",
            "---\nid: tea\ntargets: [acme-x, ann]\n---\nTea.\n\n![a pot](../media/pot.png)\n\n![a cup](cup.jpg)\n",
        ),
        ("posts/cake.md", "---\nid: cake\ntargets: [ann]\nmedia: [media/pot.png, media/gone.png]\n---\nCake.\n"),
        ("posts/nobody.md", "---\nid: nobody\nmedia: [media/quiet.png]\n---\nFor nobody yet.\n"),
        ("media/.gitkeep", ""),
        ("media/notes.txt", "buy tea"),
    ]);
    press.bytes("posts/cup.jpg", &lying());
    for (path, width) in [("media/pot.png", 40), ("media/quiet.png", 50), ("media/old/spare.png", 60)] {
        press.bytes(path, &picture(width, 30, 7));
    }
    press.commit("media");
    press
}

#[test]
fn the_library_is_listed() {
    let press = library();
    assert_snapshot!(shown(&press, &press.run(&["media"]).exits(0)), @"
    media/notes.txt       is called `.txt` and holds nothing that can be published  unused
    media/old/spare.png   PNG, 60×30, 1 KiB                                         unused
    media/pot.png         PNG, 40×30, 1 KiB                                         cake, tea
        warning: ann: `media/pot.png` has no alternative text
    media/quiet.png       PNG, 50×30, 1 KiB                                         nobody
    posts/cup.jpg         JPEG, 80×100, 1 KiB                                       tea
    posts/media/gone.png  is not there                                              cake
        error: ann: `media/gone.png` is neither beside the post nor at the repository's root
    6 files, 5 KiB, 2 unused, 2 with errors.
    ");
    assert_snapshot!(shown(&press, &press.run(&["media", "--unused"]).exits(0)), @"
    media/notes.txt      is called `.txt` and holds nothing that can be published  unused
    media/old/spare.png  PNG, 60×30, 1 KiB                                         unused
    2 files unused, 1 KiB.
    ");
    let document = press.run(&["media", "--format", "json"]).exits(0).json();
    assert_eq!(document["schema"], 1);
    let cup = document["files"].as_array().unwrap().iter().find(|file| file["path"] == "posts/cup.jpg").unwrap();
    let cup = serde_json::to_string_pretty(cup).unwrap();
    assert_snapshot!(crate::shown::steady(&cup), @r#"
    {
      "path": "posts/cup.jpg",
      "kind": "jpeg",
      "mime": "image/jpeg",
      "bytes": 1343,
      "width": 80,
      "height": 100,
      "duration_ms": null,
      "fps_milli": null,
      "video": null,
      "audio": null,
      "animated": false,
      "pages": null,
      "sha256": "[id]",
      "lack": null,
      "used_by": [
        "tea"
      ],
      "problems": []
    }
    "#);
    // What is listed as broken is what `check` says.
    let checked = press.run(&["check", "--format", "json"]).exits(1).json();
    let of_check = checked["problems"].as_array().unwrap().iter().find(|problem| problem["code"] == "media-missing");
    let gone =
        document["files"].as_array().unwrap().iter().find(|file| file["path"] == "posts/media/gone.png").unwrap();
    assert_eq!(gone["problems"][0]["message"], of_check.unwrap()["message"]);
    assert_eq!(gone["problems"][0]["accounts"], serde_json::json!(["ann"]));
    assert_eq!(gone["kind"], serde_json::Value::Null);
}

#[test]
fn a_picture_is_made_fit_and_nothing_is_overwritten() {
    let press = library();
    assert_snapshot!(shown(&press, &press.run(&["media", "fit", "posts/cup.jpg", "--for", "instagram"]).exits(0)), @"posts/cup.instagram.jpg: JPEG, 80×100, 1 KiB: turned upright, saved as JPEG of quality 92, metadata removed.");
    let made = fs::read(press.repo.join("posts/cup.instagram.jpg")).unwrap();
    let image = image::load_from_memory(&made).unwrap();
    assert_eq!(image.dimensions(), (80, 100));
    // Red was on the left; turned by a quarter to the right it is at the top.
    let (top, bottom) = (image.get_pixel(40, 5).0, image.get_pixel(40, 95).0);
    assert!(top[0] > 200 && top[2] < 60 && bottom[2] > 200 && bottom[0] < 60, "{top:?} {bottom:?}");
    assert!(!made.windows(7).any(|window| window == b"GPSHERE"));
    assert_eq!(fs::read(press.repo.join("posts/cup.jpg")).unwrap(), lying());

    let again = press.run(&["media", "fit", "posts/cup.jpg", "--for", "instagram"]).exits(2);
    assert_snapshot!(shown(&press, &again), @"
    error: posts/cup.instagram.jpg exists, and is left as it is
    hint: choose another name with `--output`, or write over it with `--force`
    ");
    press.run(&["media", "fit", "posts/cup.jpg", "--for", "instagram", "--force"]).exits(0);
    let output = ["media", "fit", "media/pot.png", "--for", "instagram", "--output", "new.jpg", "--format", "json"];
    assert_snapshot!(shown(&press, &press.run(&output).exits(0)), @r#"
    {
      "schema": 1,
      "path": "new.jpg",
      "kind": "jpeg",
      "mime": "image/jpeg",
      "bytes": 347,
      "width": 40,
      "height": 30,
      "changes": [
        "saved as JPEG of quality 92",
        "metadata removed"
      ]
    }
    "#);
    assert_snapshot!(shown(&press, &press.run(&["media", "fit", "media/pot.png", "--for", "x"]).exits(0)), @"media/pot.png fits X as it is; nothing was written.");
    let left: Vec<_> =
        fs::read_dir(press.repo.join("media")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 5, "{left:?}");
}

#[test]
fn what_cannot_be_made_fit_is_said() {
    let press = library();
    press.bytes("film.mp4", VIDEO).bytes("paper.pdf", b"%PDF-1.7\n");
    let told = |args: &[&str], code| shown(&press, &press.run(&[&["media", "fit"], args].concat()).exits(code));
    assert_snapshot!(told(&["media/pot.png", "--for", "youtube"], 1), @"error: YouTube takes no pictures");
    assert_snapshot!(told(&["paper.pdf", "--for", "x"], 1), @"
    error: paper.pdf cannot be made fit for X: it is no picture but PDF
    hint: save it as JPEG or PNG with another program
    ");
    assert_snapshot!(told(&["media/notes.txt", "--for", "x"], 1), @"error: media/notes.txt holds nothing that can be published");
    assert_snapshot!(told(&["nowhere.png", "--for", "x"], 2), @"
    error: nowhere.png cannot be read
      because: No such file or directory (os error 2)
    ");
    assert_snapshot!(told(&["film.mp4"], 2), @"
    error: the following required arguments were not provided:
      --for <PLATFORM>

    Usage: pressroom media fit --for <PLATFORM> <FILE>

    For more information, try '--help'.
    ");
}

#[test]
fn videos_are_left_to_ffmpeg() {
    let mut press = library();
    press.bytes("Ann's film.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ");
    let programs = press.folder().join("programs");
    fs::create_dir_all(&programs).unwrap();
    press.env.push(("PATH".to_owned(), programs.to_str().unwrap().to_owned()));
    let fit = ["media", "fit", "Ann's film.mov", "--for", "x"];
    assert_snapshot!(shown(&press, &press.run(&fit).exits(3)), @r"
    error: videos are converted by ffmpeg, which is not installed here
    hint: run this where there is one: ffmpeg -hide_banner -nostdin -n -i 'file:Ann'\''s film.mov' -map 0:v:0 -map '0:a:0?' -c:v libx264 -profile:v high -pix_fmt yuv420p -crf 20 -bf 0 -use_editlist 0 -vf 'scale=trunc(iw/2)*2:trunc(ih/2)*2,setsar=1' -fpsmax 60000/1000 -c:a aac -b:a 128k -ar 48000 -ac 2 -map_metadata -1 -map_chapters -1 -movflags +faststart 'file:Ann'\''s film.x.mp4'
    hint: or install it, <https://ffmpeg.org/download.html>, and run this command again
    ");
    assert!(!press.repo.join("Ann's film.x.mp4").exists());

    // Writes a video where it is told to, which is the last argument.
    let program = programs.join("ffmpeg");
    let script = "#!/bin/sh\nfor last; do :; done\nprintf '\\0\\0\\0\\20ftypisom\\0\\0\\0\\0' > \"${last#file:}\"\n";
    fs::write(&program, script).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    assert_snapshot!(shown(&press, &press.run(&fit).exits(0)), @"Ann's film.x.mp4: video, 16 B: converted by ffmpeg.");
    assert_eq!(fs::read(press.repo.join("Ann's film.x.mp4")).unwrap(), VIDEO);
    press.run(&fit).exits(2);

    fs::write(&program, "#!/bin/sh\nexit 7\n").unwrap();
    let failed = press.run(&[&fit[..], &["--force"]].concat()).exits(1);
    assert!(failed.stderr.contains("ffmpeg could not convert Ann's film.mov"), "{}", failed.stderr);
    assert_eq!(fs::read(press.repo.join("Ann's film.x.mp4")).unwrap(), VIDEO);
}
