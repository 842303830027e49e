//! What YouTube's adapter asks for and makes of answers, as tables; whole posts walked against scripted answers, and through
//! every kind of break against a channel that counts its videos.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::upload::CHUNK;
use super::{YouTube, refusals, upload, wire};
use crate::fit::{Captions, Media, Rendition};
use crate::limits::{Kind, Platform, Visibility};
use crate::media::{self, Film};
use crate::platform::testing::{
    Walk, allowances, any_steps, at, call_to, compact, image, made, next_text, part, receipt, recorded, rendition,
    reply, start,
};
use crate::platform::{Adapter, Body, Call, Class, Farewell, Identity, Job, Next, Refs, Refusal, Reply, Step, Via};

const MIB: u64 = 1024 * 1024;
const SESSION: &str = "https://www.googleapis.com/upload/youtube/v3/videos?uploadType=resumable&upload_id=ADPycdvQ1";

fn acme() -> Identity {
    Identity { id: "UCacme".to_owned(), name: "acme".to_owned(), ..Identity::default() }
}

fn film(bytes: u64, (width, height): (u32, u32), seconds: u64) -> Media {
    Media {
        kind: media::Kind::Video,
        mime: "video/mp4",
        width: Some(width),
        height: Some(height),
        film: Some(Film { duration_ms: Some(seconds * 1000), ..Film::default() }),
        ..image("tea.mp4", bytes, None)
    }
}

fn wide(bytes: u64) -> Media {
    film(bytes, (1920, 1080), 240)
}

fn post(media: Media) -> Rendition {
    let mut post = rendition(Platform::YouTube, vec![part("How to make tea.", vec![media])]);
    post.title = Some("Tea at five".to_owned());
    post.settings.insert("made_for_kids".to_owned(), "false".to_owned());
    post
}

fn with(mut post: Rendition, settings: &[(&str, &str)]) -> Rendition {
    post.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    post
}

fn captioned(media: Media) -> Media {
    let cover = Media { kind: media::Kind::Jpeg, mime: "image/jpeg", ..image("tea.jpg", 50, None) };
    let file = Media { kind: media::Kind::Captions, mime: "application/x-subrip", ..image("tea.en.srt", 70, None) };
    let captions = Captions { lang: Some("en".to_owned()), file };
    Media { cover: Some(Box::new(cover)), captions: Some(Box::new(captions)), ..media }
}

fn header<'a>(call: &'a Call, name: &str) -> &'a str {
    call.headers.iter().find(|(its, _)| *its == name).map_or("", |(_, value)| value)
}

fn video(id: &str, at: DateTime<Utc>) -> String {
    format!(r#"{{"kind":"youtube#video","id":"{id}","snippet":{{"publishedAt":"{}"}}}}"#, at.to_rfc3339())
}

fn processed(privacy: &str) -> String {
    format!(
        r#"{{"items":[{{"id":"dQw4","status":{{"uploadStatus":"processed","privacyStatus":"{privacy}"}},"processingDetails":{{"processingStatus":"succeeded"}}}}]}}"#
    )
}

/// YouTube on a good day.
fn good(call: &Call, now: DateTime<Utc>) -> Reply {
    match call.name.as_str() {
        "channel 1" => reply(200, &[], r#"{"items":[{"id":"UCacme","status":{"longUploadsStatus":"allowed"}}]}"#),
        "video 1 start" => reply(200, &[("location", SESSION)], ""),
        name if name.starts_with("video 1 chunk") && !call.shows => {
            let last = header(call, "Content-Range").split(['-', '/']).nth(1).unwrap().to_owned();
            reply(308, &[("range", &format!("bytes=0-{last}"))], "")
        }
        name if name.starts_with("video 1 chunk") => reply(200, &[], &video("dQw4", now)),
        "process 1" => reply(200, &[], &processed("public")),
        "playlist 1 look" => reply(200, &[], r#"{"items":[]}"#),
        "read 1" => reply(200, &[], BEFORE),
        _ => reply(200, &[], "{}"),
    }
}

const BEFORE: &str = r#"{"items":[{"id":"dQw4","snippet":{"title":"Old","description":"old","tags":["old"],"categoryId":"27","defaultLanguage":"en","channelId":"UCacme"},"status":{"privacyStatus":"private","publishAt":"2026-12-24T18:00:00Z","license":"creativeCommon","embeddable":false,"publicStatsViewable":true,"containsSyntheticMedia":true,"madeForKids":false,"uploadStatus":"processed"}}]}"#;

fn walk<'a>(rendition: &'a Rendition, identity: &'a Identity) -> Walk<'a> {
    Walk::new(&YouTube, rendition, identity)
}

const START: &str = r#"video 1 start: POST /upload/youtube/v3/videos?uploadType=resumable&part=snippet%2Cstatus&notifySubscribers=true {"snippet":{"categoryId":"22","description":"How to make tea.","title":"Tea at five"},"status":{"privacyStatus":"public","selfDeclaredMadeForKids":false}}"#;
const PUT: &str = "/upload/youtube/v3/videos?uploadType=resumable&upload_id=ADPycdvQ1";
const PROCESS: &str = "process 1: GET /youtube/v3/videos?part=status%2CprocessingDetails&id=dQw4";

fn chunk(number: u64, from: u64, to: u64, shows: bool) -> String {
    let mark = if shows { "!" } else { "" };
    format!("video 1 chunk {number}: PUT{mark} {PUT} video/mp4 tea.mp4[{from}..{to}]")
}

#[test]
fn a_video_is_a_session_its_bytes_and_a_look() {
    let (rendition, identity) = (post(wide(9)), acme());
    let mut walk = walk(&rendition, &identity);
    walk.run(|call, now| {
        let of = |name| header(call, name);
        match call.name.as_str() {
            "video 1 start" => {
                let file = upload::file(&rendition, &rendition.parts[0].media[0]);
                assert_eq!((of("X-Upload-Content-Length"), of("X-Upload-Content-Type")), ("9", "video/mp4"));
                assert_eq!(of("Slug"), file);
                assert!(file.starts_with("pressroom-") && file.ends_with(".mp4") && file.len() == 46);
            }
            "video 1 chunk 1" => assert_eq!(of("Content-Range"), "bytes 0-8/9"),
            _ => {}
        }
        good(call, now)
    })
    .unwrap();
    let put = chunk(1, 0, 9, true);
    let wait = "wait until 09:00:11: YouTube is processing the video";
    assert_eq!(walk.log, [START, &put, wait, PROCESS, "done"]);
    assert_eq!(walk.receipts(), ["0 https://www.youtube.com/watch?v=dQw4 09:00:01 Response"]);
}

#[test]
fn only_the_last_bytes_of_a_long_video_show_it() {
    let (rendition, identity) = (post(film(2 * CHUNK + 5, (1920, 1080), 901)), acme());
    let mut walk = walk(&rendition, &identity);
    walk.run(good).unwrap();
    let (a, b, c) = (chunk(1, 0, CHUNK, false), chunk(2, CHUNK, 2 * CHUNK, false), 2 * CHUNK);
    let c = chunk(3, c, c + 5, true);
    let channel = "channel 1: GET /youtube/v3/channels?part=status&mine=true";
    assert_eq!(walk.log[..5], [channel, START, &a, &b, &c]);
    assert!(CHUNK.is_multiple_of(262_144));
}

#[test]
fn a_channel_without_a_phone_takes_no_long_video() {
    let (rendition, identity) = (post(film(9, (1920, 1080), 901)), acme());
    for (status, is_taken) in
        [("allowed", true), ("longUploadsUnspecified", true), ("eligible", false), ("disallowed", false)]
    {
        let ran = walk(&rendition, &identity).run(|call, now| match call.name.as_str() {
            "channel 1" => {
                let body = format!(r#"{{"items":[{{"status":{{"longUploadsStatus":"{status}"}}}}]}}"#);
                reply(200, &[], &body)
            }
            _ => good(call, now),
        });
        assert_eq!(ran.is_ok(), is_taken, "{status}");
        if let Err(refusal) = ran {
            assert_eq!(refusal.class, Class::Content);
            assert_eq!(
                refusal.words,
                "the channel takes no video of more than 15 minutes; verify its phone at youtube.com/verify (YouTube \
                 answered 200: \"longUploadsStatus is not allowed\")"
            );
        }
    }
}

const THUMBNAIL: &str =
    "thumbnail 1: POST /upload/youtube/v3/thumbnails/set?videoId=dQw4&uploadType=media image/jpeg tea.jpg[0..50]";
const CAPTIONS: &str = r#"captions 1: POST /upload/youtube/v3/captions?part=snippet&uploadType=multipart {"snippet":{"videoId":"dQw4","language":"en","name":"","isDraft":false}} application/octet-stream tea.en.srt[0..70]"#;
const LISTED: &str = "playlist 1 look: GET /youtube/v3/playlistItems?part=id&playlistId=PLtea&videoId=dQw4";
const LIST: &str = r#"playlist 1: POST /youtube/v3/playlistItems?part=snippet {"snippet":{"playlistId":"PLtea","resourceId":{"kind":"youtube#video","videoId":"dQw4"}}}"#;

#[test]
fn everything_that_can_be_said_is_said() {
    let mut rendition = with(
        post(captioned(wide(9))),
        &[
            ("category", "28"),
            ("made_for_kids", "true"),
            ("synthetic_media", "true"),
            ("playlist", "PLtea"),
            ("license", "creativeCommon"),
            ("embeddable", "false"),
            ("notify_subscribers", "false"),
            ("paid_promotion", "true"),
            ("audio_language", "nl"),
            ("recording_date", "2026-11-01T12:00:00Z"),
        ],
    );
    rendition.lang = Some("en".to_owned());
    rendition.tags = vec!["tea".to_owned(), "five o'clock".to_owned()];
    rendition.visibility = Visibility::Unlisted;
    let identity = acme();
    let mut walk = walk(&rendition, &identity);
    walk.run(|call, now| match call.name.as_str() {
        "process 1" => reply(200, &[], &processed("unlisted")),
        _ => good(call, now),
    })
    .unwrap();
    let start = r#"video 1 start: POST /upload/youtube/v3/videos?uploadType=resumable&part=snippet%2Cstatus%2CrecordingDetails%2CpaidProductPlacementDetails&notifySubscribers=false {"paidProductPlacementDetails":{"hasPaidProductPlacement":true},"recordingDetails":{"recordingDate":"2026-11-01T12:00:00Z"},"snippet":{"categoryId":"28","defaultAudioLanguage":"nl","defaultLanguage":"en","description":"How to make tea.","tags":["tea","five o'clock"],"title":"Tea at five"},"status":{"containsSyntheticMedia":true,"embeddable":false,"license":"creativeCommon","privacyStatus":"unlisted","selfDeclaredMadeForKids":true}}"#;
    let wait = "wait until 09:00:11: YouTube is processing the video";
    let put = chunk(1, 0, 9, true);
    assert_eq!(walk.log, [start, &put, THUMBNAIL, CAPTIONS, LISTED, LIST, wait, PROCESS, "done"]);
}

#[test]
fn a_short_gets_its_thumbnail_once_it_is_processed() {
    let identity = acme();
    let unknown = Media { width: None, height: None, film: None, ..captioned(wide(9)) };
    let upright = captioned(film(9, (1080, 1920), 60));
    let long = captioned(film(9, (1080, 1920), 181));
    for (media, kind, is_late) in [
        (upright.clone(), Kind::Short, true),
        (upright, Kind::Feed, true),
        (unknown, Kind::Feed, true),
        (long, Kind::Feed, false),
        (captioned(wide(9)), Kind::Feed, false),
    ] {
        let rendition = Rendition { kind, ..post(media) };
        let mut walk = walk(&rendition, &identity);
        walk.run(good).unwrap();
        let place = |what: &str| walk.log.iter().position(|line| line.starts_with(what)).unwrap();
        assert_eq!(place("thumbnail") > place("process"), is_late, "{:#?}", walk.log);
    }
}

#[test]
fn a_broken_upload_goes_on_at_the_confirmed_byte() {
    let (rendition, identity) = (post(wide(3 * CHUNK)), acme());
    let status = format!("video 1 status: PUT {PUT}");
    let wait = |second: u64| {
        format!("wait until 09:00:{second:02}: YouTube broke the upload off; it goes on where it stopped")
    };
    let (first, last) = (chunk(1, 0, CHUNK, false), chunk(3, 2 * CHUNK, 3 * CHUNK, true));
    // What the second chunk gets, what the session says then, and the calls from the second chunk on.
    let table: [(Reply, Option<Reply>, Vec<String>); 7] = [
        (
            reply(503, &[], "<html>"),
            Some(reply(308, &[("range", "bytes=0-8388607")], "")),
            vec![wait(4), status.clone(), chunk(2, CHUNK, 2 * CHUNK, false), last.clone()],
        ),
        // The answer was lost, the bytes were not.
        (
            reply(500, &[], ""),
            Some(reply(308, &[("range", "bytes=0-16777215")], "")),
            vec![wait(4), status.clone(), last.clone()],
        ),
        // Half of it was kept: the same size from there on, whatever was sent.
        (
            reply(308, &[("range", "bytes=0-12582911")], ""),
            None,
            vec![chunk(2, 12 * MIB, 20 * MIB, false), chunk(3, 20 * MIB, 24 * MIB, true)],
        ),
        // Nothing is said of what is stored: it is asked, and only then believed.
        (
            reply(308, &[], ""),
            Some(reply(308, &[], "")),
            vec![wait(4), status.clone(), first.clone(), chunk(2, CHUNK, 2 * CHUNK, false), last.clone()],
        ),
        (
            reply(503, &[("retry-after", "7")], ""),
            Some(reply(308, &[("range", "bytes=0-16777215")], "")),
            vec![wait(9), status, last.clone()],
        ),
        // The session is gone before its end: nothing was published.
        (
            reply(404, &[], ""),
            None,
            vec![START.to_owned(), first.clone(), chunk(2, CHUNK, 2 * CHUNK, false), last.clone()],
        ),
        (reply(410, &[], ""), None, vec![START.to_owned(), first, chunk(2, CHUNK, 2 * CHUNK, false), last]),
    ];
    for (answer, said, log) in table {
        let mut walk = walk(&rendition, &identity);
        let (mut broke, told) = (false, format!("{answer:?}"));
        walk.run(|call, now| match call.name.as_str() {
            "video 1 chunk 2" if !broke => {
                broke = true;
                answer.clone()
            }
            "video 1 status" => {
                assert_eq!(header(call, "Content-Range"), format!("bytes */{}", 3 * CHUNK));
                assert_eq!(header(call, "Content-Length"), "0");
                said.clone().unwrap()
            }
            _ => good(call, now),
        })
        .unwrap();
        let end = walk.log.iter().position(|line| line.contains("processing")).unwrap();
        assert_eq!(walk.log[3..end], log, "{told}");
    }
}

#[test]
fn a_session_that_moved_is_followed_within_google_only() {
    let (rendition, identity) = (post(wide(3 * CHUNK)), acme());
    let moved = "https://youtube.googleapis.com/upload/youtube/v3/videos?upload_id=B";
    for (location, path) in [(moved, "/upload/youtube/v3/videos?upload_id=B"), ("https://evil.example/b", PUT)] {
        let mut walk = walk(&rendition, &identity);
        walk.run(|call, now| match call.name.as_str() {
            "video 1 chunk 1" => reply(308, &[("range", "bytes=0-8388607"), ("location", location)], ""),
            _ => good(call, now),
        })
        .unwrap();
        let second = format!("video 1 chunk 2: PUT {path} video/mp4 tea.mp4[8388608..16777216]");
        assert_eq!(walk.log[2], second);
    }
    for location in
        ["http://www.googleapis.com/x", "https://www.googleapis.com:8443/x", "https://a@www.googleapis.com/", "x"]
    {
        assert_eq!(wire::session(location), None, "{location}");
    }
}

const LOOK: &str = "look 1: PUT /upload/youtube/v3/videos?uploadType=resumable&upload_id=ADPycdvQ1";

#[test]
fn a_doubtful_video_is_asked_for_at_its_session() {
    let (rendition, identity) = (post(wide(9)), acme());
    let status = format!("video 1 status: PUT {PUT}");
    let put = chunk(1, 0, 9, true);
    let late = "wait until 09:00:04: YouTube broke the upload off at its end; it goes on where it stopped";
    for (answers, log, via) in [
        // The last bytes arrived: the video is there.
        (vec![reply(200, &[], &video("dQw4", start()))], vec![LOOK], "Lookup"),
        (vec![reply(201, &[], &video("dQw4", start()))], vec![LOOK], "Lookup"),
        // It is being made.
        (
            vec![reply(308, &[("range", "bytes=0-8")], ""), reply(200, &[], &video("dQw4", start()))],
            vec![LOOK, LOOK],
            "Lookup",
        ),
        // They did not: only those that are missing are sent again.
        (
            vec![reply(308, &[("range", "bytes=0-3")], ""), reply(308, &[("range", "bytes=0-3")], "")],
            vec![
                LOOK,
                late,
                &status,
                "video 1 chunk 1: PUT! /upload/youtube/v3/videos?uploadType=resumable&upload_id=ADPycdvQ1 video/mp4 tea.mp4[4..9]",
            ],
            "Response",
        ),
        (vec![reply(308, &[], ""), reply(308, &[], "")], vec![LOOK, late, &status, &put], "Response"),
    ] {
        let mut walk = walk(&rendition, &identity);
        let (mut answers, mut sent) = (answers.into_iter(), false);
        walk.run(|call, now| match call.name.as_str() {
            "video 1 chunk 1" if !sent => {
                sent = true;
                reply(502, &[], "<html>Bad gateway</html>")
            }
            "look 1" | "video 1 status" => answers.next().unwrap(),
            _ => good(call, now),
        })
        .unwrap();
        let end = walk.log.iter().position(|line| line.contains("processing the video")).unwrap();
        assert_eq!(walk.log[2..end], log);
        assert!(walk.receipts()[0].ends_with(via), "{:?}", walk.receipts());
    }
}

const UPLOADS: &str =
    "look 1 uploads: GET /youtube/v3/playlistItems?part=snippet%2CcontentDetails&playlistId=UUacme&maxResults=50";
const CHANNEL: &str = "look 1 channel: GET /youtube/v3/channels?part=contentDetails&mine=true";

/// A channel's list of uploads, as `(id, seconds after the start)`.
fn listed(videos: &[(&str, i64)], page: Option<&str>) -> Reply {
    let item = |(id, seconds): &(&str, i64)| {
        let at = (start() + TimeDelta::seconds(*seconds)).to_rfc3339();
        format!(r#"{{"snippet":{{"publishedAt":"{at}","title":"Tea at five"}},"contentDetails":{{"videoId":"{id}"}}}}"#)
    };
    let items: Vec<String> = videos.iter().map(item).collect();
    let page = page.map_or(String::new(), |page| format!(r#","nextPageToken":"{page}""#));
    reply(200, &[], &format!(r#"{{"items":[{}]{page}}}"#, items.join(",")))
}

/// Their files, as `(id, seconds after the start, title, file name, bytes)`.
fn files(videos: &[(&str, i64, &str, &str, &str)]) -> Reply {
    let item = |(id, seconds, title, name, size): &(&str, i64, &str, &str, &str)| {
        let at = (start() + TimeDelta::seconds(*seconds)).to_rfc3339();
        let name = if name.is_empty() { String::new() } else { format!(r#""fileName":"{name}","#) };
        format!(
            r#"{{"id":"{id}","snippet":{{"publishedAt":"{at}","title":"{title}"}},"fileDetails":{{{name}"fileSize":"{size}"}}}}"#
        )
    };
    let items: Vec<String> = videos.iter().map(item).collect();
    reply(200, &[], &format!(r#"{{"items":[{}]}}"#, items.join(",")))
}

const UPLOADS_OF: &str = r#"{"items":[{"id":"UCacme","contentDetails":{"relatedPlaylists":{"uploads":"UUacme"}}}]}"#;

#[test]
fn a_video_whose_session_is_gone_is_found_among_the_uploads() {
    let (rendition, identity) = (post(wide(9)), acme());
    let file = upload::file(&rendition, &rendition.parts[0].media[0]);
    for (videos, found) in [
        (vec![("v1", 2, "Renamed by hand", file.as_str(), "9")], Some("v1")),
        (vec![("v0", 2, "Tea at five", "other.mp4", "10"), ("v1", 3, "Tea  at five", "", "9")], Some("v1")),
        (vec![("v1", 2, "Tea at six", "other.mp4", "9")], None),
        (vec![("v1", 2, "Tea at five", "", "8")], None),
        // Older than the upload.
        (vec![("v1", -70, "Tea at five", file.as_str(), "9")], None),
        (vec![], None),
    ] {
        let mut walk = walk(&rendition, &identity);
        walk.run(|call, now| match call.name.as_str() {
            "video 1 chunk 1" => reply(503, &[], ""),
            "look 1" => reply(404, &[], ""),
            "look 1 channel" => reply(200, &[], UPLOADS_OF),
            "look 1 uploads" => listed(&[("v1", 2)], None),
            "look 1 files" => files(&videos),
            _ => good(call, now),
        })
        .unwrap();
        let wait =
            "wait until 09:02:01: the video may be on YouTube; the channel's uploads are read once they can be trusted";
        let read = "look 1 files: GET /youtube/v3/videos?part=snippet%2CfileDetails&id=v1";
        assert_eq!(walk.log[2..7], [LOOK, wait, CHANNEL, UPLOADS, read]);
        match found {
            Some(id) => assert!(walk.receipts()[0].contains(&format!("={id} ")), "{:?}", walk.receipts()),
            None => {
                // Two looks, one more upload, two more looks, and a person.
                let starts = walk.log.iter().filter(|line| line.starts_with("video 1 start")).count();
                let looks = walk.log.iter().filter(|line| line.starts_with("look 1 files")).count();
                assert_eq!((starts, looks), (2, 4), "{:#?}", walk.log);
                assert_eq!(
                    walk.log.last().unwrap(),
                    "person: YouTube twice gave no clear answer, and the video is not among the channel's uploads: look at \
                     https://studio.youtube.com/channel/UCacme/videos, then tell with `pressroom resolve` whether it is there"
                );
            }
        }
    }
}

#[test]
fn a_look_reads_on_where_a_page_is_full_of_new_videos() {
    let (rendition, identity) = (post(wide(9)), acme());
    let file = upload::file(&rendition, &rendition.parts[0].media[0]);
    // Late without a word in the ledger: nothing is known but when it was due.
    let mut walk = walk(&rendition, &identity);
    walk.done = vec![Step::Doubt { part: 0, sent_at: start() - TimeDelta::hours(2) }];
    walk.run(|call, now| match call.name.as_str() {
        "look 1 channel" => reply(200, &[], UPLOADS_OF),
        "look 1 uploads" if call.url.query().unwrap().ends_with("pageToken=p2") => {
            listed(&[("v2", -7000), ("v3", -9000)], Some("p3"))
        }
        "look 1 uploads" => listed(&[("v1", -60)], Some("p2")),
        "look 1 files" if call.url.query().unwrap().ends_with("id=v1") => files(&[("v1", -60, "Other", "", "9")]),
        "look 1 files" => files(&[("v2", -7000, "Tea at five", &file, "9")]),
        _ => good(call, now),
    })
    .unwrap();
    let page = format!("{UPLOADS}&pageToken=p2");
    let read = |id| format!("look 1 files: GET /youtube/v3/videos?part=snippet%2CfileDetails&id={id}");
    assert_eq!(walk.log[..5], [CHANNEL.to_owned(), UPLOADS.to_owned(), read("v1"), page, read("v2")]);
    assert!(walk.receipts()[0].contains("v=v2 "));
}

#[test]
fn a_channel_without_uploads_has_no_list_of_them() {
    let (rendition, identity) = (post(wide(9)), acme());
    let mut walk = walk(&rendition, &identity);
    walk.done = vec![Step::Doubt { part: 0, sent_at: start() - TimeDelta::hours(2) }];
    let gone = r#"{"error":{"code":404,"message":"The playlist identified with the request's playlistId parameter cannot be found.","errors":[{"domain":"youtube.playlistItem","reason":"playlistNotFound"}]}}"#;
    walk.run(|call, now| match call.name.as_str() {
        "look 1 channel" => reply(200, &[], UPLOADS_OF),
        "look 1 uploads" => reply(404, &[], gone),
        _ => good(call, now),
    })
    .unwrap();
    assert!(walk.log.contains(&START.to_owned()) && walk.log.last().unwrap() == "done", "{:#?}", walk.log);
}

#[test]
fn what_is_next_after_a_restart() {
    let (rendition, identity) = (post(wide(3 * CHUNK)), acme());
    let file = upload::file(&rendition, &rendition.parts[0].media[0]);
    let of = (3 * CHUNK).to_string();
    let began = |minutes: i64, secret: bool, file: &str| {
        let at = (start() - TimeDelta::minutes(minutes)).to_rfc3339();
        let secret: &[(&str, &str)] = if secret { &[("address", SESSION)] } else { &[] };
        let expires = start() - TimeDelta::minutes(minutes) + TimeDelta::days(1);
        made("video 1 start", &[("file", file), ("of", &of), ("next", "0"), ("at", &at)], secret, Some(expires))
    };
    let bytes = |minutes: i64, next: u64| {
        let at = (start() - TimeDelta::minutes(minutes)).to_rfc3339();
        made("video 1 bytes", &[("next", &next.to_string()), ("at", &at)], &[], None)
    };
    let ended = || made("video 1 start", &[], &[("address", SESSION)], None);
    let status = format!("video 1 status: PUT {PUT}");
    let settle =
        "wait until 09:01:00: the video may be on YouTube; the channel's uploads are read once they can be trusted";
    let absent = Step::Absent { part: 0, at: start() };
    let table: [(&str, Vec<Step>, &str); 15] = [
        ("nothing", vec![], START),
        ("just begun", vec![began(0, true, &file)], &chunk(1, 0, CHUNK, false)),
        ("goes on", vec![began(0, true, &file), bytes(0, CHUNK)], &chunk(2, CHUNK, 2 * CHUNK, false)),
        ("last bytes", vec![began(0, true, &file), bytes(0, 2 * CHUNK)], &chunk(3, 2 * CHUNK, 3 * CHUNK, true)),
        ("asked after a while", vec![began(5, true, &file), bytes(2, CHUNK)], &status),
        ("all is there", vec![began(0, true, &file), bytes(0, 3 * CHUNK)], &status),
        ("address lost early", vec![began(1, false, &file), bytes(1, CHUNK)], START),
        ("address lost at the end", vec![began(1, false, &file), bytes(1, 2 * CHUNK)], settle),
        ("ended at the end", vec![began(1, true, &file), bytes(1, 2 * CHUNK), ended()], settle),
        ("ended early", vec![began(1, true, &file), bytes(1, CHUNK), ended()], START),
        (
            "ended and begun anew",
            vec![began(9, true, &file), ended(), began(0, true, &file)],
            &chunk(1, 0, CHUNK, false),
        ),
        ("expired at the end", vec![began(1441, true, &file), bytes(1440, 2 * CHUNK)], CHANNEL),
        ("another post's, early", vec![began(0, true, "pressroom-0.mp4"), bytes(0, CHUNK)], START),
        ("another post's, at the end", vec![began(1, true, "pressroom-0.mp4"), bytes(1, 2 * CHUNK)], settle),
        ("looked for twice", vec![began(9, false, &file), bytes(9, 2 * CHUNK), absent.clone(), absent], START),
    ];
    for (what, done, text) in table {
        let walk = walk(&rendition, &identity);
        assert_eq!(next_text(&YouTube.next(&walk.job(), &done)), text, "{what}");
    }
}

#[test]
fn a_changed_post_whose_earlier_words_are_out_is_for_a_person() {
    let (rendition, identity) = (post(wide(9)), acme());
    let mut walk = walk(&rendition, &identity);
    let at = start().to_rfc3339();
    walk.done =
        vec![made("video 1 start", &[("file", "pressroom-0.mp4"), ("of", "9"), ("next", "0"), ("at", &at)], &[], None)];
    let refusal = walk.run(|call, now| match call.name.as_str() {
        "look 1 channel" => reply(200, &[], UPLOADS_OF),
        "look 1 uploads" => listed(&[("v1", 2)], None),
        "look 1 files" => files(&[("v1", 2, "Old words", "pressroom-0.mp4", "9")]),
        _ => good(call, now),
    });
    let refusal = refusal.unwrap_err();
    assert_eq!(refusal.class, Class::Content);
    assert_eq!(
        refusal.words,
        "the post was changed while it was being uploaded, and its earlier words are out: delete \
         https://www.youtube.com/watch?v=v1, or record it with `pressroom adopt` (YouTube answered 200: no words)"
    );
}

#[test]
fn what_is_refused_of_a_video_that_is_out_is_told_in_the_end() {
    let (rendition, identity) = (with(post(captioned(wide(9))), &[("playlist", "PLtea")]), acme());
    let refused = |status: u16, reason: &str| {
        let body = format!(r#"{{"error":{{"code":{status},"message":"No.","errors":[{{"reason":"{reason}"}}]}}}}"#);
        reply(status, &[], &body)
    };
    let mut walk = walk(&rendition, &identity);
    walk.run(|call, now| match call.name.as_str() {
        "thumbnail 1" => refused(403, "forbidden"),
        "captions 1" => refused(409, "captionExists"),
        "playlist 1 look" => refused(404, "playlistNotFound"),
        _ => good(call, now),
    })
    .unwrap();
    let wait = "wait until 09:00:11: YouTube is processing the video";
    let person = "person: thumbnail: YouTube does not allow this channel that; verify its phone at youtube.com/verify, or see \
                  what YouTube says (YouTube answered 403: \"No.\"); playlist: the channel has no such playlist; correct \
                  `playlist` (YouTube answered 404: \"No.\")";
    assert_eq!(walk.log[2..], [THUMBNAIL, CAPTIONS, LISTED, wait, PROCESS, person]);
    // What passes is waited for, and a dead login is no lack of the video's.
    for (status, reason, class) in [
        (429, "uploadRateLimitExceeded", Class::Quota),
        (401, "authError", Class::Login),
        (503, "backendError", Class::Transient),
        (403, "quotaExceeded", Class::Quota),
    ] {
        let ran = Walk::new(&YouTube, &rendition, &identity).run(|call, now| match call.name.as_str() {
            "thumbnail 1" => refused(status, reason),
            _ => good(call, now),
        });
        assert_eq!(ran.unwrap_err().class, class, "{reason}");
    }
    // One that is in the playlist already stays in it once.
    for (look, add) in
        [(r#"{"items":[{"id":"x"}]}"#, None), (r#"{"items":[]}"#, Some(refused(409, "videoAlreadyInPlaylist")))]
    {
        let mut walk = Walk::new(&YouTube, &rendition, &identity);
        walk.run(|call, now| match call.name.as_str() {
            "playlist 1 look" => reply(200, &[], look),
            "playlist 1" => add.clone().expect("it is there already"),
            _ => good(call, now),
        })
        .unwrap();
        assert_eq!(walk.log.last().unwrap(), "done");
    }
}

#[test]
fn processing_is_looked_at_until_it_ends() {
    let (rendition, identity) = (post(wide(9)), acme());
    let status = |status: &str, details: &str| {
        reply(
            200,
            &[],
            &format!(r#"{{"items":[{{"id":"dQw4","status":{{{status}}},"processingDetails":{{{details}}}}}]}}"#),
        )
    };
    let busy = || status(r#""uploadStatus":"uploaded","privacyStatus":"public""#, r#""processingStatus":"processing""#);
    let none = || reply(200, &[], r#"{"items":[]}"#);
    let done = || reply(200, &[], &processed("public"));
    let waits = ["09:00:11", "09:00:41", "09:01:41", "09:02:41"];
    for answers in [vec![done()], vec![busy(), done()], vec![none(), busy(), busy(), done()]] {
        let (mut walk, looks) = (walk(&rendition, &identity), answers.len());
        let mut answers = answers.into_iter();
        walk.run(|call, now| if call.name == "process 1" { answers.next().unwrap() } else { good(call, now) }).unwrap();
        let wait = |at: &&str| [format!("wait until {at}: YouTube is processing the video"), PROCESS.to_owned()];
        let log: Vec<String> = waits[..looks].iter().flat_map(wait).chain(["done".to_owned()]).collect();
        assert_eq!(walk.log[2..], log);
    }
    // A slow one is YouTube's affair; one that is not there after all that is not.
    let ended = |answer: &dyn Fn() -> Reply| {
        let mut walk = walk(&rendition, &identity);
        let ran = walk.run(|call, now| if call.name == "process 1" { answer() } else { good(call, now) });
        (ran, walk.log.last().unwrap().clone(), walk.now)
    };
    let (ran, last, now) = ended(&busy);
    assert!(ran.is_ok() && last == "done" && now < start() + TimeDelta::minutes(12), "{now}");
    let gone = "YouTube says that there is no such video any more; look at the channel in YouTube Studio (YouTube answered \
                200: no words)";
    assert_eq!(ended(&none).0.unwrap_err().words, gone);
    let private = || reply(200, &[], &processed("private"));
    let other = "person: process: YouTube made the video private, not public; change that in YouTube Studio";
    assert_eq!(ended(&private).1, other);
    for (answer, why) in [
        (status(r#""uploadStatus":"failed","failureReason":"codec""#, ""), "failed: codec"),
        (
            status(r#""uploadStatus":"failed""#, r#""processingFailureReason":"transcodeFailed""#),
            "failed: transcodeFailed",
        ),
        (status(r#""uploadStatus":"rejected","rejectionReason":"duplicate""#, ""), "rejected: duplicate"),
        (status(r#""uploadStatus":"deleted""#, ""), "deleted: no reason"),
        (
            status(r#""uploadStatus":"uploaded""#, r#""processingStatus":"failed","processingFailureReason":"other""#),
            "failed: other",
        ),
    ] {
        let refusal = ended(&|| answer.clone()).0.unwrap_err();
        let words = "YouTube could not make a video of the file; it stays on the channel until it is deleted there";
        assert_eq!(refusal.class, Class::Content);
        assert_eq!(refusal.words, format!("{words} (YouTube answered 200: \"{why}\")"));
    }
}

#[test]
fn an_edit_keeps_what_the_post_does_not_speak_of() {
    let identity = acme();
    let out = [receipt("dQw4")];
    let edit = |rendition: &Rendition, mut answer: Box<dyn FnMut(&Call) -> Reply>| {
        let (mut done, mut log, walk) = (Vec::new(), Vec::new(), walk(rendition, &identity));
        let job = walk.job();
        loop {
            let next = YouTube.edit(&job, &out, &done);
            log.push(next_text(&next));
            let Next::Call(call) = next else { return Ok::<_, Refusal>(log) };
            assert!(!call.shows);
            done.push(YouTube.read(&job, &done, &call, &answer(&call))?);
        }
    };
    let mut rendition = with(post(captioned(wide(9))), &[("playlist", "PLtea"), ("embeddable", "true")]);
    rendition.tags = vec!["tea".to_owned()];
    let log = edit(&rendition, Box::new(|call| good(call, start()))).unwrap();
    let read = "read 1: GET /youtube/v3/videos?part=snippet%2Cstatus&id=dQw4";
    let update = r#"update 1: PUT /youtube/v3/videos?part=snippet%2Cstatus {"id":"dQw4","snippet":{"categoryId":"27","defaultLanguage":"en","description":"How to make tea.","tags":["tea"],"title":"Tea at five"},"status":{"containsSyntheticMedia":true,"embeddable":true,"license":"creativeCommon","privacyStatus":"public","publicStatsViewable":true,"selfDeclaredMadeForKids":false}}"#;
    assert_eq!(log, [read, update, THUMBNAIL, LISTED, LIST, "done"]);
    // A private video may be about to come out by itself; a category that is written counts.
    let private = Rendition { visibility: Visibility::Private, ..with(post(wide(9)), &[("category", "28")]) };
    let log = edit(&private, Box::new(|call| good(call, start()))).unwrap();
    let update = r#"update 1: PUT /youtube/v3/videos?part=snippet%2Cstatus {"id":"dQw4","snippet":{"categoryId":"28","defaultLanguage":"en","description":"How to make tea.","title":"Tea at five"},"status":{"containsSyntheticMedia":true,"embeddable":false,"license":"creativeCommon","privacyStatus":"private","publicStatsViewable":true,"publishAt":"2026-12-24T18:00:00Z","selfDeclaredMadeForKids":false}}"#;
    assert_eq!(log, [read, update, "done"]);
    let gone = edit(&private, Box::new(|_| reply(200, &[], r#"{"items":[]}"#))).unwrap_err();
    assert_eq!(
        (gone.class, &gone.words[..52]),
        (Class::Content, "the video is not on YouTube any more, so it cannot b")
    );
}

#[test]
fn a_removal_is_one_call_and_what_is_gone_is_removed() {
    let (identity, out) = (acme(), [receipt("dQw4")]);
    let farewell = Farewell { out: &out, identity: &identity, acts_as: None, now: start() };
    let Next::Call(call) = YouTube.remove(&farewell, &[]) else { panic!("no call") };
    assert_eq!(compact(&call), "remove 1: DELETE /youtube/v3/videos?id=dQw4");
    let gone = r#"{"error":{"code":404,"message":"Not found.","errors":[{"reason":"videoNotFound","domain":"youtube.video"}]}}"#;
    for (answer, class) in [
        (reply(204, &[], ""), None),
        (reply(404, &[], gone), None),
        (reply(404, &[], "<html>"), Some(Class::Content)),
        (reply(403, &[], ""), Some(Class::Permission)),
        (reply(503, &[], ""), Some(Class::Transient)),
    ] {
        match (YouTube.read_remove(&farewell, &[], &call, &answer), class) {
            (Ok(step), None) => assert!(matches!(YouTube.remove(&farewell, &[step]), Next::Done)),
            (Err(refusal), Some(class)) => assert_eq!(refusal.class, class),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(YouTube.remove(&Farewell { out: &[], ..farewell }, &[]), Next::Done));
}

#[test]
fn who_is_the_channel_of_the_token() {
    let call = YouTube.who(&YouTube.grants()[0], "");
    assert_eq!(compact(&call), "who: GET /youtube/v3/channels?part=snippet%2CcontentDetails%2Cstatus&mine=true");
    let who = |body: &str| YouTube.read_who(&reply(200, &[], body));
    for (body, name) in [
        (r#"{"items":[{"id":"UCa","snippet":{"title":"Acme Teas","customUrl":"@acme"}}]}"#, "acme"),
        (r#"{"items":[{"id":"UCa","snippet":{"title":"Acme Teas"}}]}"#, "Acme Teas"),
    ] {
        let (id, name, grant) = ("UCa".to_owned(), name.to_owned(), String::new());
        assert_eq!(who(body).unwrap(), Identity { id, name, grant, ..Identity::default() });
    }
    let none = who(r#"{"kind":"youtube#channelListResponse","pageInfo":{"totalResults":0}}"#).unwrap_err();
    assert_eq!(none.class, Class::Permission);
    assert_eq!(
        none.words,
        "this Google account has no channel; make one at youtube.com, or choose another at the login (YouTube answered 200: \
         no words)"
    );
    assert_eq!(who("<html>").unwrap_err().class, Class::Transient);
}

#[test]
fn a_token_lacks_scopes() {
    let grant = &YouTube.grants()[0];
    let (upload, read) =
        ("https://www.googleapis.com/auth/youtube.upload", "https://www.googleapis.com/auth/youtube.readonly");
    assert!(grant.missing(&format!("{read} {upload}"), false).is_empty());
    assert_eq!(grant.missing(upload, false), [read]);
}

fn call_named(name: &str, shows: bool) -> Call {
    Call { name: name.to_owned(), shows, ..wire::who() }
}

#[test]
fn refusals_by_reason() {
    use Class::*;
    let usual = |status: u16, reason: &str| {
        format!(
            r#"{{"error":{{"code":{status},"message":"M","errors":[{{"message":"M","domain":"youtube.video","reason":"{reason}","location":"body","locationType":"other"}}]}}}}"#
        )
    };
    // Statuses, reasons in the usual form, class.
    let table: &[(&[u16], &[&str], Class)] = &[
        (&[403], &["quotaExceeded", "dailyLimitExceeded"], Quota),
        (&[400], &["uploadLimitExceeded"], Quota),
        (&[429], &["uploadRateLimitExceeded"], Quota),
        (&[403, 429], &["rateLimitExceeded"], Quota),
        (&[403], &["userRateLimitExceeded", "servingLimitExceeded"], Quota),
        (&[401], &["authError", "expired", "required"], Login),
        (&[401], &["youtubeSignupRequired"], Permission),
        (&[403], &["accessNotConfigured", "insufficientPermissions", "forbidden"], Permission),
        (&[403], &["authenticatedUserAccountSuspended", "authenticatedUserAccountClosed"], Permission),
        (&[403], &["channelClosed", "channelSuspended"], Permission),
        (&[403], &["forbiddenPrivacySetting", "forbiddenLicenseSetting", "forbiddenEmbedSetting"], Content),
        (&[403], &["playlistContainsMaximumNumberOfVideos", "playlistItemsNotAccessible"], Content),
        (
            &[400],
            &["invalidTitle", "invalidDescription", "invalidTags", "invalidCategoryId", "invalidPublishAt"],
            Content,
        ),
        (
            &[400],
            &["invalidVideoMetadata", "invalidRecordingDetails", "invalidFilename", "defaultLanguageNotSet"],
            Content,
        ),
        (&[400], &["mediaBodyRequired", "invalidImage", "contentRequired", "invalidMetadata", "nameTooLong"], Content),
        (&[413], &["uploadTooLarge", ""], Content),
        (&[404], &["videoNotFound", "playlistNotFound", "playlistItemNotFound", "captionNotFound", ""], Content),
        (&[400], &["badRequest", "parseError", "invalidParameter", "missingRequiredParameter", "unknownPart"], Bug),
        (&[400], &["unexpectedPart", "invalidPart", "wrongUrlForUpload", "notUpload", "invalidCriteria", ""], Bug),
        (&[416], &[""], Bug),
        (&[409], &["ALREADY_EXISTS", "alreadyExists"], Transient),
        (&[429], &[""], Quota),
    ];
    let of = |status, body: &str, shows| {
        refusals::refusal(&reply(status, &[], body), &call_named("video 1 start", shows)).class
    };
    for (statuses, reasons, class) in table {
        for (status, reason) in statuses.iter().flat_map(|status| reasons.iter().map(move |reason| (*status, *reason)))
        {
            let body = usual(status, reason);
            for shows in [false, true] {
                assert_eq!(of(status, &body, shows), *class, "{status} {reason}");
                assert_eq!(of(status, &format!("[{body}]"), shows), *class, "{status} [{reason}]");
            }
        }
    }
    // The other forms: nothing outside, status alone, details, a login's, HTML and nothing.
    let bare = r#"{"code":403,"message":"M","errors":[{"reason":"quotaExceeded"}]}"#;
    let already = r#"{"error":{"code":409,"message":"Requested entity already exists","status":"ALREADY_EXISTS"}}"#;
    let scope = r#"{"error":{"code":403,"message":"M","status":"PERMISSION_DENIED","details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}"#;
    for (status, body, class) in [
        (403, bare, Quota),
        (409, already, Transient),
        (403, scope, Permission),
        (401, r#"{"error":{"code":401,"message":"M","status":"UNAUTHENTICATED"}}"#, Login),
        (400, r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#, Login),
        (401, r#"{"error":"invalid_client","error_description":"The OAuth client was not found."}"#, Permission),
        (401, r#"{"error":"unauthorized_client"}"#, Permission),
        (401, "<html>", Login),
        (403, "<html>", Permission),
        (400, "", Bug),
    ] {
        assert_eq!(of(status, body, false), class, "{status} {body}");
    }
    // An answer that is none leaves open whether a showing call worked, whatever it says.
    for status in [302, 408, 500, 502, 503, 504] {
        for body in ["<html>".to_owned(), String::new(), usual(status, "backendError"), usual(status, "quotaExceeded")]
        {
            assert_eq!((of(status, &body, false), of(status, &body, true)), (Transient, Doubtful), "{status} {body}");
        }
    }
}

#[test]
fn answers_as_recorded() {
    recorded(include_str!("../../../tests/data/refusals/youtube.txt"), |reply, shows| {
        refusals::refusal(reply, &call_named("video 1 start", shows))
    });
}

#[test]
fn what_is_used_up_is_told() {
    let body = |reason: &str| format!(r#"{{"error":{{"errors":[{{"reason":"{reason}"}}]}}}}"#);
    for (name, status, reason, told) in [
        ("video 1 start", 403, "quotaExceeded", "uploads of the app a day: 0 for 83100 s"),
        ("captions 1", 403, "quotaExceeded", ""),
        ("video 1 start", 400, "uploadLimitExceeded", "uploads of the channel a day: 0 for 86400 s"),
        ("thumbnail", 429, "uploadRateLimitExceeded", ""),
        ("captions 1", 403, "userRateLimitExceeded", ""),
        ("video 1 start", 503, "quotaExceeded", ""),
    ] {
        let call = call_to(name, "https://www.googleapis.com/upload/youtube/v3/videos");
        let reply = reply(status, &[], &body(reason));
        assert_eq!(allowances(&YouTube, &call, &reply, Platform::YouTube), told, "{name} {reason}");
    }
}

#[test]
fn refusals_say_what_to_do() {
    let body = r#"{"error":{"code":403,"message":"The request cannot be completed because you have exceeded your <a href=\"/youtube/v3/getting-started#quota\">quota</a>.","errors":[{"message":"The request cannot be completed because you have exceeded your quota.","domain":"youtube.quota","reason":"quotaExceeded"}]}}"#;
    for (name, words) in [
        (
            "video 1 start",
            "the Google project has begun its 100 uploads of the day; it goes on after midnight in California",
        ),
        (
            "captions 1",
            "the Google project has used its 10,000 units of the day; it goes on after midnight in California",
        ),
    ] {
        let refusal = refusals::refusal(&reply(403, &[], body), &call_named(name, false));
        let said = "The request cannot be completed because you have exceeded your <a href=\"/youtube/v3/getting-started#quota\">quota</a>.";
        assert_eq!(refusal.code.as_deref(), Some("quotaExceeded"));
        assert_eq!(refusal.words, format!("{words} (YouTube answered 403: \"{said}\")"));
    }
}

#[test]
fn a_days_quota_ends_at_midnight_in_california() {
    let body = |reason: &str| format!(r#"{{"error":{{"errors":[{{"reason":"{reason}"}}]}}}}"#);
    let day = body("quotaExceeded");
    for (now, headers, status, body, until) in [
        ("2026-11-20T09:00:00Z", vec![], 403, &day, "2026-11-21T08:05:00Z"),
        ("2026-11-20T07:59:59Z", vec![], 403, &day, "2026-11-20T08:05:00Z"),
        ("2026-07-01T09:00:00Z", vec![], 403, &day, "2026-07-02T07:05:00Z"),
        // The days on which the clocks change.
        ("2026-03-08T09:00:00Z", vec![], 403, &day, "2026-03-09T07:05:00Z"),
        ("2026-11-01T07:30:00Z", vec![], 403, &day, "2026-11-02T07:30:00Z"),
        ("2026-11-20T09:00:00Z", vec![], 400, &body("uploadLimitExceeded"), "2026-11-21T09:00:00Z"),
        ("2026-11-20T09:00:00Z", vec![], 429, &body("uploadRateLimitExceeded"), "2026-11-20T10:00:00Z"),
        ("2026-11-20T09:00:00Z", vec![], 403, &body("userRateLimitExceeded"), "2026-11-20T09:00:10Z"),
        ("2026-11-20T09:00:00Z", vec![("retry-after", "40")], 429, &body("rateLimitExceeded"), "2026-11-20T09:00:40Z"),
    ] {
        let reply = Reply { at: at(now), ..reply(status, &headers, body) };
        let refusal = refusals::refusal(&reply, &call_named("video 1 start", false));
        assert_eq!((refusal.class, refusal.not_before), (Class::Quota, Some(at(until))), "{now} {body}");
    }
}

/// A channel that makes videos, and can break at every call.
#[derive(Default)]
struct Channel {
    sessions: Vec<Session>,
}

#[derive(Debug, Default)]
struct Session {
    file: String,
    stored: u64,
    is_dead: bool,
    /// The second at which a video came of it.
    made: Option<i64>,
}

/// What goes wrong at one call.
#[derive(Clone, Copy, Debug)]
enum Break {
    Nothing,
    /// Refused before anything was done, or after all was done.
    Before,
    After,
    /// Half of the bytes are kept.
    Half,
    /// The session is gone, after what this call did.
    Gone,
    /// The process is killed before the answer arrives; its addresses may be lost too.
    Killed {
        lost: bool,
    },
}

impl Channel {
    /// Its videos: id, file, second.
    fn made(&self) -> impl Iterator<Item = (String, &str, i64)> {
        let numbered = self.sessions.iter().enumerate();
        numbered.filter_map(|(id, session)| Some((format!("video{id}"), session.file.as_str(), session.made?)))
    }

    fn videos(&self) -> usize {
        self.made().count()
    }

    fn answer(&mut self, call: &Call, now: DateTime<Utc>, breaks: Break) -> Reply {
        if matches!(breaks, Break::Before) {
            return reply(503, &[], "");
        }
        let answer = match (call.url.path(), header(call, "Content-Range")) {
            ("/upload/youtube/v3/videos", "") => {
                self.sessions.push(Session { file: header(call, "Slug").to_owned(), ..Session::default() });
                let id = self.sessions.len() - 1;
                reply(
                    200,
                    &[("location", &format!("https://www.googleapis.com/upload/youtube/v3/videos?upload_id={id}"))],
                    "",
                )
            }
            ("/upload/youtube/v3/videos", range) => self.bytes(call, range, now, breaks),
            ("/youtube/v3/channels", _) => reply(200, &[], UPLOADS_OF),
            ("/youtube/v3/playlistItems", _) if call.name == "look 1 uploads" => {
                let made: Vec<_> = self.made().collect();
                listed(&made.iter().map(|(id, _, second)| (id.as_str(), *second)).collect::<Vec<_>>(), None)
            }
            _ if call.name == "look 1 files" => {
                let made: Vec<_> = self.made().collect();
                files(
                    &made.iter().map(|(id, file, second)| (id.as_str(), *second, "T", *file, "1")).collect::<Vec<_>>(),
                )
            }
            _ => good(call, now),
        };
        if matches!(breaks, Break::After) { reply(500, &[], "<html>") } else { answer }
    }

    fn bytes(&mut self, call: &Call, range: &str, now: DateTime<Utc>, breaks: Break) -> Reply {
        let id: usize = call.url.query().unwrap().strip_prefix("upload_id=").unwrap().parse().unwrap();
        let session = &mut self.sessions[id];
        if session.is_dead {
            return reply(404, &[], "");
        }
        session.is_dead = matches!(breaks, Break::Gone);
        let (sent, of) = range.strip_prefix("bytes ").unwrap().split_once('/').unwrap();
        let of: u64 = of.parse().unwrap();
        if let (Some((from, to)), None) = (sent.split_once('-'), session.made) {
            let (from, mut to): (u64, u64) = (from.parse().unwrap(), to.parse::<u64>().unwrap() + 1);
            assert!(to == of || (to - from).is_multiple_of(262_144), "{range}");
            if matches!(breaks, Break::Half) {
                to = from + (to - from) / 2 / 262_144 * 262_144;
            }
            if from == session.stored {
                session.stored = to;
            }
            if session.stored == of {
                session.made = Some((now - start()).num_seconds());
            }
        }
        match session.made {
            Some(second) => reply(200, &[], &video(&format!("video{id}"), start() + TimeDelta::seconds(second))),
            None if session.stored == 0 => reply(308, &[], ""),
            None => reply(308, &[("range", &format!("bytes=0-{}", session.stored - 1))], ""),
        }
    }
}

/// A run as `run` makes it: what is made is written down when an address comes with it and before a showing call; a run that
/// dies takes the rest with it, and the next judges whether something may be out.
struct Machine<'a> {
    rendition: &'a Rendition,
    now: DateTime<Utc>,
    claimed: DateTime<Utc>,
    done: Vec<Step>,
    written: usize,
}

impl Machine<'_> {
    fn next(&self, done: &[Step], now: DateTime<Utc>) -> Next {
        let (identity, refs, addresses) = (acme(), Refs::default(), BTreeMap::new());
        let (identity, refs, addresses) = (&identity, &refs, &addresses);
        let job = Job {
            rendition: self.rendition,
            mark: "tea:acme",
            identity,
            now,
            settle: YouTube.settle(),
            refs,
            addresses,
        };
        YouTube.next(&job, done)
    }

    fn read(&self, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
        let (identity, refs, addresses) = (acme(), Refs::default(), BTreeMap::new());
        let (identity, refs, addresses) = (&identity, &refs, &addresses);
        let job = Job {
            rendition: self.rendition,
            mark: "tea:acme",
            identity,
            now: self.now,
            settle: YouTube.settle(),
            refs,
            addresses,
        };
        YouTube.read(&job, &self.done, call, reply)
    }

    fn die(&mut self, lost: bool) {
        self.done.truncate(self.written);
        let mut ledger = self.done.clone();
        let newest = ledger.iter().rev().find_map(|step| match step {
            Step::Made { name, secret, .. } if name == upload::START && !secret.is_empty() => Some(secret.clone()),
            _ => None,
        });
        for step in &mut ledger {
            if let Step::Made { secret, .. } = step {
                secret.clear();
            }
        }
        let in_doubt = ledger.iter().any(|step| matches!(step, Step::Doubt { .. }));
        if !in_doubt && matches!(self.next(&ledger, self.claimed), Next::Call(Call { shows: true, .. })) {
            ledger.push(Step::Doubt { part: 0, sent_at: self.claimed });
        }
        // The vault knows one address by its step's name.
        for step in ledger.iter_mut().filter(|_| !lost) {
            if let (Step::Made { name, secret, .. }, Some(newest)) = (step, &newest)
                && name == upload::START
            {
                secret.clone_from(newest);
            }
        }
        (self.written, self.done) = (ledger.len(), ledger);
        self.now += TimeDelta::minutes(3);
        self.claimed = self.now;
    }

    /// How it ended, with the video it believes in.
    fn run(&mut self, channel: &mut Channel, breaks: &mut impl Iterator<Item = Break>) -> (String, Option<String>) {
        for _ in 0..300 {
            let next = self.next(&self.done, self.now);
            let call = match next {
                Next::Call(call) => call,
                Next::Wait { until, .. } => {
                    self.now = until;
                    continue;
                }
                end => {
                    let out = self.done.iter().find_map(|step| match step {
                        Step::Shown { receipt, .. } => Some(receipt.id.clone()),
                        _ => None,
                    });
                    return (next_text(&end), out);
                }
            };
            if call.shows {
                self.written = self.done.len();
            }
            let fault = breaks.next().unwrap_or(Break::Nothing);
            let reply = Reply { at: self.now, ..channel.answer(&call, self.now, fault) };
            self.now += TimeDelta::seconds(1);
            if let Break::Killed { lost } = fault {
                self.die(lost);
                continue;
            }
            match self.read(&call, &reply) {
                Ok(step) => {
                    let is_written = !matches!(&step, Step::Made { secret, .. } if secret.is_empty());
                    self.done.push(step);
                    if is_written {
                        self.written = self.done.len();
                    }
                }
                Err(Refusal { class: Class::Doubtful, .. }) => {
                    self.done.push(Step::Doubt { part: 0, sent_at: reply.at });
                    self.written = self.done.len();
                }
                Err(Refusal { class: Class::Transient | Class::NotReady, .. }) => self.now += TimeDelta::seconds(5),
                Err(refusal) => panic!("{refusal:?}"),
            }
        }
        panic!("no end: {:#?}", self.done)
    }
}

fn any_break() -> impl Strategy<Value = Break> {
    prop_oneof![
        4 => Just(Break::Nothing),
        1 => Just(Break::Before),
        2 => Just(Break::After),
        2 => Just(Break::Half),
        1 => Just(Break::Gone),
        2 => any::<bool>().prop_map(|lost| Break::Killed { lost }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn whatever_breaks_there_is_one_video(
        breaks in proptest::collection::vec(any_break(), 0..24),
        bytes in prop_oneof![Just(9), Just(CHUNK), Just(CHUNK + 1), Just(3 * CHUNK + 262_144)],
    ) {
        let rendition = post(wide(bytes));
        let (now, mut channel) = (start(), Channel::default());
        let mut machine = Machine { rendition: &rendition, now, claimed: now, done: Vec::new(), written: 0 };
        let (end, out) = machine.run(&mut channel, &mut breaks.into_iter());
        prop_assert!(channel.videos() <= 1, "{end} {:?}", channel.sessions);
        match out {
            Some(id) => prop_assert!(channel.made().any(|(its, ..)| its == id)),
            // Twice in doubt and not found: only then a person is asked.
            None => prop_assert!(end.starts_with("person: YouTube twice") && channel.videos() == 0, "{end}"),
        }
    }
}

/// The same for each single break at each call.
#[test]
fn cut_at_every_call_it_ends_with_one_video() {
    let rendition = with(post(captioned(wide(2 * CHUNK + 9))), &[("playlist", "PLtea")]);
    let breaks = [
        Break::Before,
        Break::After,
        Break::Half,
        Break::Gone,
        Break::Killed { lost: false },
        Break::Killed { lost: true },
    ];
    for (fault, call) in breaks.into_iter().flat_map(|fault| (0..9).map(move |call| (fault, call))) {
        let (now, mut channel) = (start(), Channel::default());
        let mut machine = Machine { rendition: &rendition, now, claimed: now, done: Vec::new(), written: 0 };
        let mut faults = std::iter::repeat_n(Break::Nothing, call).chain([fault]);
        let (end, out) = machine.run(&mut channel, &mut faults);
        assert_eq!((end.as_str(), channel.videos()), ("done", 1), "{fault:?} at {call}");
        assert!(out.is_some());
        // Where the address is known, no byte that was confirmed is sent in another session.
        if !matches!(fault, Break::Killed { lost: true } | Break::Gone) && call > 0 {
            assert_eq!(channel.sessions.len(), 1, "{fault:?} at {call}");
        }
    }
}

const NAMES: &[&str] = &[
    "channel 1",
    "video 1 start",
    "video 1 bytes",
    "look 1 channel",
    "look 1 uploads",
    "look 1 files",
    "process 1",
    "thumbnail 1",
    "playlist 1 look",
    "nonsense",
];
const PAIRS: &[(&str, &str)] = &[
    ("file", "pressroom-0.mp4"),
    ("of", "9"),
    ("of", "25165824"),
    ("next", "0"),
    ("next", "16777216"),
    ("next", "99999999999999999999"),
    ("at", "2026-11-20T09:00:00Z"),
    ("at", "soon"),
    ("ask_at", "2026-11-20T09:01:00Z"),
    ("breaks", "4294967295"),
    ("address", SESSION),
    ("address", "https://evil.example/"),
    ("uploads", "UUacme"),
    ("ids", "v1,v2"),
    ("page", "p2"),
    ("again", "2026-11-20T09:01:00Z"),
    ("found", "false"),
    ("refused", "No."),
];

/// Steps whose uploads are of the rendition itself, where they say so.
fn of_this(done: Vec<Step>, rendition: &Rendition) -> Vec<Step> {
    let file = upload::file(rendition, &rendition.parts[0].media[0]);
    let own = |step| match step {
        Step::Made { name, mut data, secret, expires } => {
            data.entry("file".to_owned()).and_modify(|its| its.clone_from(&file));
            Step::Made { name, data, secret, expires }
        }
        step => step,
    };
    done.into_iter().map(own).collect()
}

proptest! {
    #[test]
    fn whatever_is_done_nothing_is_shown_twice_or_in_doubt(done in any_steps(NAMES, PAIRS)) {
        let rendition = with(post(captioned(wide(3 * CHUNK))), &[("playlist", "PLtea")]);
        let done = of_this(done, &rendition);
        let identity = acme();
        let walk = walk(&rendition, &identity);
        let is_shown = done.iter().any(|step| matches!(step, Step::Shown { part: 0, .. }));
        match YouTube.next(&walk.job(), &done) {
            Next::Call(call) if call.shows => {
                prop_assert!(!is_shown);
                // Only the last bytes show, and only where the doubt before them was settled.
                let Body::File { file, .. } = &call.body else { panic!("{call:?}") };
                prop_assert_eq!(file.range.end, 3 * CHUNK);
                let doubt = done.iter().rposition(|step| matches!(step, Step::Doubt { part: 0, .. }));
                let word = done.iter().rposition(|step| matches!(step, Step::Made { name, .. } if name.starts_with("video 1")));
                prop_assert!(doubt < word, "{done:?}");
            }
            Next::Call(call) => prop_assert!(YouTube.hosts().contains(&call.url.host_str().unwrap())),
            Next::Wait { until, .. } => prop_assert!(until > walk.now),
            Next::Done => prop_assert!(is_shown),
            Next::Person { .. } => {}
        }
    }

    #[test]
    fn whatever_is_answered_is_read(
        done in any_steps(NAMES, PAIRS),
        status in prop_oneof![Just(308), Just(200), 100..600_u16],
        range in proptest::option::of("bytes=0-[0-9]{0,20}|[a-z=-]{0,9}"),
        body in ANSWERS,
    ) {
        let rendition = with(post(captioned(wide(3 * CHUNK))), &[("playlist", "PLtea")]);
        let done = of_this(done, &rendition);
        let identity = acme();
        let walk = walk(&rendition, &identity);
        let job = walk.job();
        if let Next::Call(call) = YouTube.next(&job, &done) {
            let headers: Vec<(&str, &str)> = range.iter().map(|range| ("range", range.as_str())).collect();
            let read = YouTube.read(&job, &done, &call, &reply(status, &headers, &body));
            if let Err(refusal) = &read {
                prop_assert!(refusal.words.chars().count() <= 300);
                prop_assert!(call.shows || refusal.class != Class::Doubtful);
                prop_assert!(status >= 400 || refusal.class != Class::Bug, "{}", refusal.words);
            }
            let asks = ["look", "video"].iter().any(|what| call.name.starts_with(what));
            let is_out = matches!(read, Ok(Step::Shown { .. }));
            prop_assert!(asks || !is_out);
            if let Ok(Step::Shown { receipt, .. }) = read {
                prop_assert!(matches!(receipt.via, Via::Response | Via::Lookup) && !receipt.id.is_empty());
            }
        }
    }
}

const ANSWERS: &str = r#"\PC{0,60}|\{"id":"[a-z0-9]{0,20}"\}|\{"items":\[(\{"id":"v1","snippet":\{"publishedAt":"2026-11-20T09:00:0[0-9]Z","title":"Tea at five"\},"contentDetails":\{"videoId":"v1","relatedPlaylists":\{"uploads":"UU"\}\},"status":\{"uploadStatus":"[a-z]{0,9}","privacyStatus":"public"\}\})?\]\}|\[\{"error":\{"errors":[0-9]\}\}\]"#;
