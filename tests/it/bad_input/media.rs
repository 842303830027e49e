//! Media that cannot be attached.

use std::os::unix::fs::symlink;

use insta::assert_snapshot;

use crate::desk::{Desk, post};

/// The smallest PNG: one transparent pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6,
    0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x62, 0, 1, 0, 0, 5, 0, 1, 0x0d,
    0x0a, 0x2d, 0xb4, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\n\
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 84123\n";

#[test]
fn media_must_be_pictures_that_are_here() {
    let desk = Desk::new();
    let tea =
        |picture: &str| post(&format!("media:\n  - {{src: {picture}, alt: A cup}}\n"), "Tea is ready.").into_bytes();
    let with = |picture: &str, path: &str, bytes: &[u8]| {
        desk.refuses(&[("posts/tea.md", tea(picture)), (path, bytes.to_vec())])
    };
    assert_snapshot!(desk.refuses(&[("posts/tea.md", tea("media/cup.png"))]), @"
    error[media-missing]: `media/cup.png` is neither beside the post nor at the repository's root
     --> posts/tea.md:6:11
      |
    6 |   - {src: media/cup.png, alt: A cup}
      |           ^^^^^^^^^^^^^
      |
      = hint: paths are relative to the post's folder, else to the repository's root; is the file committed?

    1 post: 1 error.
    ");
    assert_snapshot!(with("media/cup.png", "media/cups.png", PNG), @"
    error[media-missing]: `media/cup.png` is neither beside the post nor at the repository's root
     --> posts/tea.md:6:11
      |
    6 |   - {src: media/cup.png, alt: A cup}
      |           ^^^^^^^^^^^^^
      |
      = hint: paths are relative to the post's folder, else to the repository's root; is the file committed?

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", tea("../../cup.png"))]), @"
    error[bad-path]: `../../cup.png` leaves the repository
     --> posts/tea.md:6:11
      |
    6 |   - {src: ../../cup.png, alt: A cup}
      |           ^^^^^^^^^^^^^
      |
      = hint: paths are relative to the post or to the repository's root, and stay inside the repository

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", tea("/etc/passwd"))]), @"
    error[bad-path]: `/etc/passwd` leaves the repository
     --> posts/tea.md:6:11
      |
    6 |   - {src: /etc/passwd, alt: A cup}
      |           ^^^^^^^^^^^
      |
      = hint: paths are relative to the post or to the repository's root, and stay inside the repository

    1 post: 1 error.
    ");
    assert_snapshot!(with("media/cup.png", "media/cup.png/cup.png", PNG), @"
    error[media-directory]: `media/cup.png` is a directory
     --> posts/tea.md:6:11
      |
    6 |   - {src: media/cup.png, alt: A cup}
      |           ^^^^^^^^^^^^^
      |
      = hint: name the file in it

    1 post: 1 error.
    ");
    assert_snapshot!(with("media/cup.png", "media/cup.png", b""), @"
    error[media-empty]: `media/cup.png` has no content: 0 bytes
     --> posts/tea.md:6:11
      |
    6 |   - {src: media/cup.png, alt: A cup}
      |           ^^^^^^^^^^^^^
      |
      = hint: was it saved?

    1 post: 1 error.
    ");
    assert_snapshot!(with("media/cup.png", "media/cup.png", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"), @"
    error[media-misnamed]: `media/cup.png` is called `.png` and holds GIF
     --> posts/tea.md:6:11
      |
    6 |   - {src: media/cup.png, alt: A cup}
      |           ^^^^^^^^^^^^^
      |
      = hint: rename it to what it is, or save it again as what it is called

    1 post: 1 error.
    ");
    assert_snapshot!(with("media/cup.png", "media/cup.png", b"%PDF-1.7\n"), @"
    error[media-misnamed]: `media/cup.png` is called `.png` and holds PDF
     --> posts/tea.md:6:11
      |
    6 |   - {src: media/cup.png, alt: A cup}
      |           ^^^^^^^^^^^^^
      |
      = hint: rename it to what it is, or save it again as what it is called

    1 post: 1 error.
    ");
    assert_snapshot!(with("media/cup.png", "media/cup.png", b"just some words\n"), @"
    error[media-unknown]: `media/cup.png` is called `.png` and holds nothing that can be published
     --> posts/tea.md:6:11
      |
    6 |   - {src: media/cup.png, alt: A cup}
      |           ^^^^^^^^^^^^^
      |
      = hint: save it as JPEG, PNG, GIF or WebP

    1 post: 1 error.
    ");
    assert_snapshot!(with("media/cup.png", "media/cup.png", POINTER.as_bytes()), @"
    error[media-lfs-pointer]: `media/cup.png` is a Git LFS pointer whose content is not here
     --> posts/tea.md:6:11
      |
    6 |   - {src: media/cup.png, alt: A cup}
      |           ^^^^^^^^^^^^^
      |
      = hint: run `git lfs pull`; in CI check out with LFS (`lfs: true`)

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses_post("", "Tea is ready.\n\n![A cup](cup.png)"), @"
    error[media-missing]: `cup.png` is neither beside the post nor at the repository's root
     --> posts/tea.md:8:1
      |
    8 | ![A cup](cup.png)
      | ^^^^^^^^^^^^^^^^^
      |
      = hint: paths are relative to the post's folder, else to the repository's root; is the file committed?

    1 post: 1 error.
    ");
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
    assert_snapshot!(said.check.stdout, @"
    error[media-outside]: `media/absolute.png` leads out of the repository
     --> posts/tea.md:5:9
      |
    5 | media: [media/absolute.png, media/relative.png, media/folder/secret.png]
      |         ^^^^^^^^^^^^^^^^^^
      |
      = hint: copy the file into the repository and name it by a relative path with `/`

    error[media-outside]: `media/relative.png` leads out of the repository
     --> posts/tea.md:5:29
      |
    5 | media: [media/absolute.png, media/relative.png, media/folder/secret.png]
      |                             ^^^^^^^^^^^^^^^^^^
      |
      = hint: copy the file into the repository and name it by a relative path with `/`

    error[media-outside]: `media/folder/secret.png` leads out of the repository
     --> posts/tea.md:5:49
      |
    5 | media: [media/absolute.png, media/relative.png, media/folder/secret.png]
      |                                                 ^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: copy the file into the repository and name it by a relative path with `/`

    1 post: 3 errors.
    ");
}
