//! Files at addresses: what the crawler asks for, what it is given, and what becomes of it.

use super::super::fetch::allowed;
use super::*;

#[tokio::test]
async fn pictures_are_fetched_at_once_and_judged() {
    let stage = Stage::new();
    let large = [jpeg(1080, 1080), vec![0; 8 << 20]].concat();
    let mpo = {
        let mut bytes = jpeg(1080, 1080);
        bytes.splice(2..2, *b"\xFF\xE2\x00\x06MPF\0");
        bytes
    };
    for (path, kind, bytes, code, subcode) in [
        ("/png", "image/png", b"\x89PNG\r\n\x1a\n...".to_vec(), 36_001, 2_207_005),
        ("/webp", "image/webp", b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), 36_001, 2_207_005),
        ("/mpo", "image/jpeg", mpo, 36_001, 2_207_005),
        ("/cut", "image/jpeg", jpeg(9, 9)[..22].to_vec(), 36_001, 2_207_005),
        ("/large", "image/jpeg", large, 36_000, 2_207_004),
        ("/tall", "image/jpeg", jpeg(1080, 1351), 36_003, 2_207_009),
        ("/3to4", "image/jpeg", jpeg(1080, 1440), 36_003, 2_207_009),
        ("/wide", "image/jpeg", jpeg(1912, 1000), 36_003, 2_207_009),
        ("/html", "text/html", b"<html>".to_vec(), 9_004, 2_207_052),
        ("/text", "image/jpeg", b"version https://git-lfs".to_vec(), 9_004, 2_207_052),
        ("/stream", "application/octet-stream", jpeg(9, 9), 9_004, 2_207_052),
        ("/empty", "image/jpeg", Vec::new(), 9_004, 2_207_052),
        ("/film", "image/jpeg", Film::default().bytes(), 9_004, 2_207_052),
    ] {
        stage.put(path, kind, bytes);
        stage.create(&[("image_url", &format!("{HOST}{path}"))]).await.fails(code, subcode);
    }
    for (path, bytes) in [
        ("/4to5", jpeg(1080, 1350)),
        ("/1.91", jpeg(1080, 566)),
        ("/8mib", [jpeg(9, 9), vec![0; (8 << 20) - jpeg(9, 9).len()]].concat()),
    ] {
        stage.put(path, "image/jpeg", bytes);
        let address = format!("{HOST}{path}");
        let (as_post, as_story) = ([("image_url", address.as_str())], [("media_type", "STORIES")]);
        stage.create(&as_post).await.id();
        stage.create(&[as_post, as_story].concat()).await.id();
    }
    // Stories have any shape, covers too, but must be JPEG like all others.
    let tall = format!("{HOST}/tall");
    stage.create(&[("media_type", "STORIES"), ("image_url", tall.as_str())]).await.id();
    stage.create(&[reel(), vec![("cover_url", tall.as_str())]].concat()).await.id();
    let png = format!("{HOST}/png");
    stage.create(&[reel(), vec![("cover_url", png.as_str())]].concat()).await.fails(36_001, 2_207_005);
}

#[tokio::test]
async fn addresses_the_crawler_does_not_reach() {
    let stage = Stage::new();
    for (address, why) in [
        ("https://media.example/nowhere.jpg", "HTTP error code 404"),
        ("https://elsewhere.example/a.jpg", "The host does not answer"),
        ("https://media.example/bücher.jpg", "US-ASCII"),
        ("https://media.example/a b.jpg", "US-ASCII"),
        ("ftp://media.example/a.jpg", "neither http nor https"),
        ("/a.jpg", "This is no address"),
        ("https://ann:pass@media.example/a.jpg", "a user, a password or a fragment"),
        ("http://localhost:8000/a.jpg", "not on the public internet"),
        ("http://127.0.0.1/a.jpg", "not on the public internet"),
        ("http://10.1.2.3/a.jpg", "not on the public internet"),
        ("http://[::1]/a.jpg", "not on the public internet"),
        ("http://printer.local/a.jpg", "not on the public internet"),
    ] {
        let got = stage.create(&[("image_url", address)]).await;
        got.fails(9_004, 2_207_052);
        got.says("Only photo or video can be accepted as media type.");
        got.says(why);
    }
    let moved = Page { status: 302, ..Page::file("image/jpeg", jpeg(9, 9)) };
    stage.files.lock().unwrap().insert("/moved.jpg".to_owned(), moved);
    stage.create(&[("image_url", "https://media.example/moved.jpg")]).await.says("HTTP error code 302");
    let site = |_: &str| Page::file("image/jpeg", jpeg(9, 9));
    stage.world.lock().sites.insert("127.0.0.1:9000".to_owned(), Arc::new(site));
    stage.instagram.configure(|options| options.private_hosts = true);
    stage.create(&[("image_url", "http://127.0.0.1:9000/a.jpg")]).await.id();
}

#[tokio::test]
async fn fetching_by_script() {
    let stage = Stage::new();
    let script = [Fetching::Slow, Fetching::Expired, Fetching::Unreachable];
    stage.instagram.configure(|options| options.next_fetches.extend(script));
    stage.create(&image()).await.fails(-2, 2_207_003);
    stage.create(&image()).await.fails(-2, 2_207_020);
    stage.create(&image()).await.fails(9_004, 2_207_052);
    stage.create(&image()).await.id();
    stage.instagram.configure(|options| options.next_fetches.extend(script));
    for part in ["error code 2207003", "error code 2207020", "Media download has failed"] {
        let film = stage.create(&reel()).await.id();
        stage.process();
        let (code, status) = stage.status(&film).await;
        assert!(code == "ERROR" && status.starts_with("Error: ") && status.contains(part), "{status}");
    }
}

#[tokio::test]
async fn robots_are_told_where_to_go() {
    let stage = Stage::new();
    stage.put("/robots.txt", "text/plain", b"User-agent: *\nDisallow: /\n".to_vec());
    stage.create(&image()).await.says("Restricted by robots.txt");
    let film = stage.create(&reel()).await.id();
    stage.put("/robots.txt", "text/plain", b"User-agent: facebookexternalhit\nAllow: /a.\n".to_vec());
    stage.create(&image()).await.id();
    // A film is fetched later, and by then it may go there.
    stage.process();
    assert_eq!(stage.status(&film).await.0, "FINISHED");
}

#[test]
fn rules_for_robots() {
    let both = "User-agent: *\nDisallow: /\n\nUser-agent: googlebot\nUser-agent: FacebookExternalHit/1.1\nDisallow: /p\nAllow: /p/a";
    for (rules, path, expected) in [
        ("", "/a", true),
        ("User-agent: *\nDisallow:", "/a", true),
        ("User-agent: *\nDisallow: /", "/a", false),
        ("User-agent: googlebot\nDisallow: /", "/a", true),
        ("user-agent : *\ndisallow : /a # no\n", "/ab", false),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", true),
        ("User-agent: *\nDisallow: /*.jpg$", "/x/a.jpg", false),
        ("User-agent: *\nDisallow: /*.jpg$", "/x/a.jpg?b", true),
        ("User-agent: *\nDisallow: /*/raw/", "/own/raw/a.jpg", false),
        ("User-agent: *\nDisallow: /a$", "/ab", true),
        (both, "/q", true),
        (both, "/p/b", false),
        (both, "/p/a.jpg", true),
        ("User-agent: *\nDisallow: /\nUser-agent: facebookexternalhit\n", "/a", true),
    ] {
        assert_eq!(allowed(rules, path), expected, "{rules:?} {path}");
    }
}

#[tokio::test]
async fn films_are_fetched_later_and_judged() {
    let stage = Stage::new();
    let fine = Film::default;
    // Whether it may be a reel, and whether it may be a story.
    let films = [
        ("plain", fine(), true, true),
        ("quicktime", Film { brand: *b"qt  ", ..fine() }, true, true),
        ("hevc", Film { codec: *b"hvc1", ..fine() }, true, true),
        ("silent", Film { sound: None, ..fine() }, true, true),
        ("vp9", Film { codec: *b"vp09", ..fine() }, false, false),
        ("opus", Film { sound: Some((*b"Opus", 2, 48_000)), ..fine() }, false, false),
        ("hertz", Film { sound: Some((*b"mp4a", 2, 48_001)), ..fine() }, false, false),
        ("surround", Film { sound: Some((*b"mp4a", 6, 48_000)), ..fine() }, false, false),
        ("index last", Film { index_last: true, ..fine() }, false, false),
        ("edit list", Film { edit_list: true, ..fine() }, false, false),
        ("short", Film { millis: 2_999, frames: 90, ..fine() }, false, false),
        ("3 s", Film { millis: 3_000, frames: 90, ..fine() }, true, true),
        ("61 s", Film { millis: 61_000, frames: 1_830, ..fine() }, true, false),
        ("15 min", Film { millis: 900_000, frames: 27_000, ..fine() }, true, false),
        ("long", Film { millis: 900_001, frames: 27_001, ..fine() }, false, false),
        ("slow", Film { frames: 114, ..fine() }, false, false),
        ("24 fps", Film { frames: 120, ..fine() }, true, true),
        ("60 fps", Film { frames: 300, ..fine() }, true, true),
        ("fast", Film { frames: 301, ..fine() }, false, false),
        ("columns", Film { width: 1_921, ..fine() }, false, false),
        ("8:1", Film { width: 1_920, height: 192, ..fine() }, true, true),
        ("thin", Film { width: 90, height: 1_000, ..fine() }, true, false),
        ("thinner", Film { width: 9, height: 1_000, ..fine() }, false, false),
        ("dense", Film { millis: 3_000, frames: 90, data: 10_000_000, ..fine() }, false, false),
    ];
    for (name, film, reel, story) in films {
        stage.put("/film.mp4", "video/mp4", film.bytes());
        for (kind, expected) in [("REELS", reel), ("STORIES", story)] {
            let id = stage.create(&[("media_type", kind), ("video_url", "https://media.example/film.mp4")]).await.id();
            stage.process();
            let (code, status) = stage.status(&id).await;
            assert_eq!(code == "FINISHED", expected, "{name} as {kind}: {status}");
            assert!(expected || status.starts_with("Error: Media upload has failed with error code 2207026"));
        }
    }
    stage.instagram.configure(|options| options.refuse_edit_lists = false);
    stage.put("/a.mp4", "video/mp4", Film { edit_list: true, ..Film::default() }.bytes());
    let id = stage.create(&reel()).await.id();
    // The file must stay until it is fetched.
    let gone = stage.create(&reel()).await.id();
    stage.process();
    assert_eq!(stage.status(&id).await.0, "FINISHED");
    assert_eq!(stage.status(&gone).await.0, "FINISHED");
    let gone = stage.create(&reel()).await.id();
    stage.files.lock().unwrap().remove("/a.mp4");
    stage.process();
    assert!(stage.status(&gone).await.1.contains("HTTP error code 404"));
}

#[tokio::test]
async fn a_thumbnail_lies_within_the_film() {
    let stage = Stage::new();
    for (offset, cover, fine) in
        [("0", false, true), ("4999", false, true), ("5000", false, false), ("5000", true, true)]
    {
        let mut fields = [reel(), vec![("thumb_offset", offset)]].concat();
        // A cover wins over an offset.
        fields.extend(cover.then_some(("cover_url", "https://media.example/a.jpg")));
        let id = stage.create(&fields).await.id();
        stage.process();
        let (code, status) = stage.status(&id).await;
        assert_eq!(code == "FINISHED", fine, "{offset}");
        assert!(fine || status.ends_with("2207057"), "{status}");
    }
}
