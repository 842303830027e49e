//! Media that cannot be attached.

use std::os::unix::fs::symlink;

use insta::assert_snapshot;

use super::{Desk, post};

/// The smallest PNG: one transparent pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0,
    0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x62, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a,
    0x2d, 0xb4, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\n\
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 84123\n";

#[test]
fn media_must_be_pictures_that_are_here() {
    let desk = Desk::new();
    let tea = |picture: &str| post(&format!("media:\n  - {{src: {picture}, alt: A cup}}\n"), "Tea is ready.").into_bytes();
    let with = |picture: &str, path: &str, bytes: &[u8]| {
        desk.refuses(&[("posts/tea.md", tea(picture)), (path, bytes.to_vec())])
    };
    assert_snapshot!(desk.refuses(&[("posts/tea.md", tea("media/cup.png"))]), @"");
    assert_snapshot!(with("media/cup.png", "media/cups.png", PNG), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", tea("../../cup.png"))]), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", tea("/etc/passwd"))]), @"");
    assert_snapshot!(with("media/cup.png", "media/cup.png/cup.png", PNG), @"");
    assert_snapshot!(with("media/cup.png", "media/cup.png", b""), @"");
    assert_snapshot!(with("media/cup.png", "media/cup.png", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"), @"");
    assert_snapshot!(with("media/cup.png", "media/cup.png", b"%PDF-1.7\n"), @"");
    assert_snapshot!(with("media/cup.png", "media/cup.png", b"just some words\n"), @"");
    assert_snapshot!(with("media/cup.png", "media/cup.png", POINTER.as_bytes()), @"");
    assert_snapshot!(desk.refuses_post("", "Tea is ready.\n\n![A cup](cup.png)"), @"");
}

#[test]
fn a_link_that_leaves_the_repository_is_not_followed() {
    let desk = Desk::new();
    std::fs::write(desk.press.folder().join("secret.png"), PNG).unwrap();
    desk.put(&[("media/cup.png", PNG)]);
    symlink(desk.press.folder().join("secret.png"), desk.press.repo.join("media/absolute.png")).unwrap();
    symlink("../../secret.png", desk.press.repo.join("media/relative.png")).unwrap();
    symlink("../..", desk.press.repo.join("media/folder")).unwrap();
    let tea = post("media: [media/absolute.png, media/relative.png, media/folder/secret.png]\n", "Tea is ready.");
    desk.press.file("posts/tea.md", &tea);
    let said = desk.push().say(1);
    assert_snapshot!(said.check.stdout, @"");
}
