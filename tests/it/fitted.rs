//! `fit: true`: a picture that is only too large is made smaller on its way, and the plan says so.

use serde_json::Value;

use crate::press::{Press, Ran};
use crate::scene::{Scene, picture};

/// More bytes than X takes, and few pixels: a PNG that nobody has compressed.
fn heavy() -> Vec<u8> {
    picture(2300, 2300, 40)
}

fn post(id: &str, more: &str) -> String {
    format!("---\nid: {id}\ntargets: [acme-x]\nschedule: on-merge\n{more}---\nTea.\n\n![A pot](media/big.png)\n")
}

fn row(ran: &Ran, id: &str) -> Value {
    let document = ran.json();
    document["targets"].as_array().unwrap().iter().find(|row| row["post"] == id).unwrap().clone()
}

#[test]
fn a_picture_that_is_too_large_is_made_smaller_where_the_post_says_so() {
    let scene = Scene::new();
    let push = || scene.press.git(&["push", "-q", "origin", "HEAD:main"]);
    scene.press.bytes("posts/media/big.png", &heavy()).file("posts/tea.md", &post("tea", "")).commit("too large");
    push();
    let refused = scene.press.run(&["check"]).exits(1);
    assert!(refused.stdout.contains("`posts/media/big.png` has 5.30 MB; X takes 5 MB"), "{}", refused.stdout);
    assert!(refused.stdout.contains("or write `fit: true`"), "{}", refused.stdout);

    scene.press.file("posts/tea.md", &post("tea", "fit: true\n")).commit("made to fit");
    push();
    scene.press.run(&["check"]).exits(0);
    let plan = scene.press.run(&["plan"]).exits(0);
    let words = plan.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("media/big.png, 2300×2300,"), "{}", plan.stdout);
    assert!(words.contains("(saved as PNG, metadata removed)"), "{}", plan.stdout);
    let planned = row(&scene.press.run(&["plan", "--format", "json"]).exits(0), "tea");
    let media = &planned["media"][0];
    assert_eq!(media["path"], "posts/media/big.png");
    assert_eq!(media["made_smaller"]["bytes"], heavy().len());

    scene.press.run(&["publish"]).exits(0);
    let seen = scene.shown("x", "Tea.").remove(0);
    let shown = &seen.media[0];
    // What was planned is what is out: to the byte.
    assert_eq!(media["bytes"], shown.bytes.len());
    assert!(shown.bytes.len() < 5_000_000);
    let image = image::load_from_memory(&shown.bytes).unwrap();
    assert_eq!((image.width(), image.height(), image.to_luma8()[(7, 7)].0), (2300, 2300, [40]));
    assert_eq!(shown.alt.as_deref(), Some("A pot"));

    // Once out, it is the same post: nothing to publish, and nothing to edit.
    let again = scene.press.run(&["publish"]).exits(0);
    assert_eq!(scene.shown("x", "Tea.").len(), 1, "{}", again.stdout);
    assert_eq!(row(&scene.press.run(&["plan", "--format", "json"]).exits(0), "tea")["action"], Value::Null);
}

#[test]
fn what_cannot_be_made_smaller_is_said_and_not_sent() {
    let scene = Scene::new();
    let mut cut = heavy();
    cut.truncate(5_200_000);
    scene.press.bytes("posts/media/big.png", &cut).file("posts/cut.md", &post("cut", "fit: true\n")).commit("cut");
    scene.press.git(&["push", "-q", "origin", "HEAD:main"]);
    for command in ["plan", "publish"] {
        let ran = scene.press.run(&[command]).exits(1);
        let told = format!("{}{}", ran.stdout, ran.stderr);
        assert!(told.contains("posts/cut.md:9:"), "{told}");
        assert!(told.contains("`posts/media/big.png` cannot be made fit for X: it cannot be decoded"), "{told}");
    }
    assert!(scene.stage.sim.seen().is_empty());
}

#[test]
fn what_a_platform_fetches_as_it_is_committed_cannot_be_made_smaller() {
    let accounts = "schema = 1\n\n[encryption]\nrecipients = [\"{recipient}\"]\n\n[media]\n\
                    public_url = \"https://media.example/{path}\"\n\n[accounts.press]\nplatform = \"instagram\"\n";
    let front = "---\nid: tea\ntargets: [press]\nfit: true\nmedia: [{src: media/big.jpg, alt: A pot}]\n---\nTea.\n";
    let press = Press::new();
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(40, 40).write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let mut jpeg = jpeg.into_inner();
    jpeg.resize(8_100_000, 0);
    press.file("accounts.toml", accounts).bytes("media/big.jpg", &jpeg).file("posts/tea.md", front).commit("tea");
    let refused = press.run(&["check"]).exits(1);
    insta::assert_snapshot!(refused.stdout, @"
    error[fit-is-fetched]: `media/big.jpg` cannot be made smaller on its way: Instagram fetches it as it is committed
     --> posts/tea.md:4:6
      |
    4 | fit: true
      |      ^^^^
      |
      = hint: commit a smaller copy (`pressroom media fit media/big.jpg --for instagram`), or set `[media] bucket`

    1 post: 1 error.
    ");
}

#[test]
fn a_rehearsal_shows_what_was_made_smaller() {
    let press = Press::with(&[("posts/tea.md", post("tea", "fit: true\n").as_str())]);
    press.bytes("posts/media/big.png", &heavy()).commit("tea");
    let ran = press.run(&["rehearse"]).exits(0);
    assert!(ran.stdout.contains("media/big.png (made smaller: "), "{}", ran.stdout);
}
