//! `import`, and the calendars of `plan` and `status`: what is written, what is told, and what stays as it was.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use crate::press::{Press, Ran};

/// The files in posts/imported/, by name.
fn imported(press: &Press) -> Vec<String> {
    let Ok(entries) = fs::read_dir(press.repo.join("posts/imported")) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn beside(press: &Press, path: &str, text: &str) -> String {
    let path = press.folder().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.stdout).unwrap()
}

const SHEET: &str = "Text,Image URL,Tags,Posting Time,Channel\n\
                     Tea is *ready*,,green,2035-12-01 09:00,acme-x\n\
                     Old tea,,,2020-01-01 09:00,acme-x\n\
                     Cake,https://a.example/cake.png,,2035-12-02 09:00,all\n";

#[test]
fn a_sheet_becomes_posts_once() {
    let press = Press::with(&[]);
    let sheet = beside(&press, "posts.csv", SHEET);
    let ran = press.run(&["import", "csv", &sheet, "--dry-run"]).exits(0);
    assert!(ran.stderr.contains("3 posts would be written; 0 there already"), "{}", ran.stderr);
    assert!(imported(&press).is_empty());
    let ran = press.run(&["import", "csv", &sheet]).exits(0);
    let names = imported(&press);
    assert_eq!(names.len(), 3);
    for word in ["scheduled, from row 2", "draft, from row 3", "draft, from row 4", "a file to be fetched by you"] {
        assert!(ran.stdout.contains(word), "{word}\n{}", ran.stdout);
    }
    for word in ["the column `Tags` is not taken over", "were not met yet: run `pressroom init`"] {
        assert!(ran.stderr.contains(word), "{word}\n{}", ran.stderr);
    }
    press.run(&["check"]).exits(0);
    press.commit("import");
    // The words are those of the sheet, and only what is to come has a time.
    let plan = press.run(&["plan", "--at", "2030-01-01 00:00"]).exits(0).stdout;
    assert!(plan.contains("Tea is *ready*") || plan.contains("tea-is-ready"), "{plan}");
    let again = json(&press.run(&["import", "csv", &sheet, "--format", "json"]).exits(0));
    assert_eq!((again["posts"].as_array().unwrap().len(), again["there"].as_array().unwrap().len()), (0, 3));
    assert_eq!(imported(&press), names);
}

#[test]
fn a_sheet_with_a_mistake_writes_nothing() {
    let press = Press::with(&[]);
    let sheet = beside(&press, "posts.csv", "text,date,account\nTea,2035-12-01 09:00,acme-x\nCake,tomorrow,acme-y\n");
    let ran = press.run(&["import", "csv", &sheet]).exits(1);
    for word in ["nothing is imported", "the date of row 3", "the account of row 3", "posts.csv:3:1"] {
        assert!(ran.stderr.contains(word), "{word}\n{}", ran.stderr);
    }
    assert!(imported(&press).is_empty());
    let sheet = beside(&press, "posts.csv", "text\nTea\n");
    let ran = press.run(&["import", "csv", &sheet]).exits(2);
    assert!(ran.stderr.contains("nothing says to which accounts row 2 goes"), "{}", ran.stderr);
    press.run(&["import", "csv", &sheet, "--targets", "acme-x,ann"]).exits(0);
    assert_eq!(imported(&press).len(), 1);
    // What stands in its place is left as it is, and so is everything else.
    let path = press.repo.join("posts/imported").join(&imported(&press)[0]);
    fs::write(&path, "---\nid: other\ntargets: [acme-x]\n---\nOther.\n").unwrap();
    let ran = press.run(&["import", "csv", &sheet, "--targets", "acme-x"]).exits(1);
    assert!(ran.stderr.contains("could not be written; nothing is imported"), "{}", ran.stderr);
    assert!(fs::read_to_string(&path).unwrap().contains("Other."));
}

#[test]
fn tweets_bring_their_media_and_stay_drafts() {
    let press = Press::with(&[]);
    beside(
        &press,
        "old/tweets/2019/hello.tweet",
        "---\nmedia:\n  - file: cat.png\n    alt: A cat\n---\nHello\n\n---\n\nworld\n",
    );
    beside(&press, "old/tweets/again.tweet", "---\nretweet: https://twitter.com/a/status/1\n---\n");
    let media = beside(&press, "old/media/cat.png", "not quite a cat");
    let old = press.folder().join("old").to_str().unwrap().to_owned();
    let done = json(&press.run(&["import", "twitter-together", &old, "--format", "json"]).exits(0));
    assert_eq!(done["media"], serde_json::json!(["media/cat.png"]));
    assert!(done["posts"].as_array().unwrap().iter().all(|post| post["state"] == "draft"), "{done}");
    assert_eq!(fs::read(press.repo.join("media/cat.png")).unwrap(), fs::read(&media).unwrap());
    let hello = imported(&press).into_iter().find(|name| name.starts_with("2019-hello-")).unwrap();
    let text = fs::read_to_string(press.repo.join("posts/imported").join(hello)).unwrap();
    assert!(text.contains("targets: [acme-x]\ndraft: true   # it was published elsewhere\nthread: true\n"), "{text}");
    // Another file of the same name is nobody's to replace.
    let press = Press::with(&[("media/cat.png", "another cat")]);
    let ran = press.run(&["import", "twitter-together", &old]).exits(1);
    assert!(ran.stderr.contains("another file of that name is here"), "{}", ran.stderr);
    assert!(imported(&press).is_empty());
    let secret = press.folder().join("secret");
    fs::write(&secret, "secret").unwrap();
    fs::remove_file(&media).unwrap();
    std::os::unix::fs::symlink(&secret, &media).unwrap();
    fs::remove_file(press.repo.join("media/cat.png")).unwrap();
    let ran = press.run(&["import", "twitter-together", &old]).exits(1);
    assert!(ran.stderr.contains("it is a link that leaves the folder"), "{}", ran.stderr);
    press.run(&["import", "twitter-together", press.folder().to_str().unwrap()]).exits(2);
}

const FEED: &str = "<rss version=\"2.0\"><channel><title>T</title><link>https://blog.example</link><description>D</description>\
                    <item><title>Tea</title><link>/2024/tea</link><pubDate>Tue, 02 Jan 2024 10:00:00 GMT</pubDate></item>\
                    </channel></rss>";

/// Answers one request with a redirect, the next with a feed.
fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let moved = "HTTP/1.1 301 Moved\r\nlocation: https://blog.example/feed.xml\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let feed = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{FEED}", FEED.len());
        for answer in [moved, &feed] {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    port
}

#[test]
fn a_feed_is_read_from_a_file_or_an_address() {
    let mut press = Press::with(&[]);
    press.env.push(("PRESSROOM_HOSTS".to_owned(), format!("blog.example=http://127.0.0.1:{}", serve())));
    let done = json(
        &press.run(&["import", "feed", "https://blog.example/feed", "--targets", "ann", "--format", "json"]).exits(0),
    );
    assert_eq!(done["posts"][0]["state"], "draft");
    let text = fs::read_to_string(press.repo.join("posts/imported").join(&imported(&press)[0])).unwrap();
    assert!(
        text.contains("link: \"https://blog.example/2024/tea\"\n") && text.contains("date: 2024-01-02T10:00:00Z\n"),
        "{text}"
    );
    press.run(&["check"]).exits(0);
    let page = beside(&press, "page.html", "<html><body>no feed</body></html>");
    assert!(press.run(&["import", "feed", &page]).exits(1).stderr.contains("this is no feed"));
    assert!(press.run(&["import", "feed", "http://blog.example/feed"]).exits(2).stderr.contains("by https only"));
    assert!(!Path::new(&press.repo.join("posts/imported/page")).exists());
}

const SLOTS: &str = "schema = 1\n\n[defaults]\ntimezone = \"Europe/Amsterdam\"\n\n[accounts.acme-x]\nplatform = \"x\"\n\
                     slots = [\"Mon,Wed 09:00\"]\n\n[accounts.ann]\nplatform = \"linkedin\"\n";

/// Three posts in December 2035; the 3rd is a Monday.
fn december() -> Press {
    let press = Press::with(&[
        (
            "posts/tea.md",
            "---\nid: tea\ntargets: [acme-x, ann]\nschedule: 2035-12-05 09:00\n---\nTea; green, or black.\n",
        ),
        ("posts/cake.md", "---\nid: cake\ntargets: [ann]\nschedule: 2035-12-11 17:30\n---\nCake.\n"),
        ("posts/idea.md", "---\nid: idea\ntargets: [ann]\ndraft: true\nschedule: 2035-12-05 10:00\n---\nPerhaps.\n"),
    ]);
    press.file("accounts.toml", SLOTS).commit("slots");
    press
}

#[test]
fn a_plan_is_shown_as_a_calendar() {
    let press = december();
    let at = "2035-12-04 12:00";
    insta::assert_snapshot!(press.run(&["plan", "--calendar", "--weeks", "3", "--at", at]).exits(0).stdout, @"
    Times of Europe/Amsterdam

    Week of Mon 3 Dec 2035
      Wed 5 Dec   09:00  tea   acme-x, ann

    Week of Mon 10 Dec 2035
      Mon 10 Dec  09:00  free  acme-x
      Tue 11 Dec  17:30  cake  ann
      Wed 12 Dec  09:00  free  acme-x

    Week of Mon 17 Dec 2035
      Mon 17 Dec  09:00  free  acme-x
      Wed 19 Dec  09:00  free  acme-x
    ");
    let document = json(&press.run(&["plan", "--calendar", "--weeks", "1", "--at", at, "--format", "json"]).exits(0));
    assert_eq!(
        document,
        serde_json::json!({"schema": 1, "zone": "Europe/Amsterdam", "weeks": [{"begins": "2035-12-03", "entries": [
            {"at": "2035-12-05T08:00:00Z", "day": "2035-12-05", "post": "tea", "state": "scheduled", "accounts": ["acme-x", "ann"]},
        ]}]})
    );
    press.run(&["plan", "--calendar", "--format", "markdown"]).exits(2);
    press.run(&["plan", "--weeks", "2"]).exits(2);
    press.run(&["plan", "--calendar", "--weeks", "0"]).exits(2);
}

#[test]
fn status_is_a_calendar_to_subscribe_to() {
    let press = december();
    press.file(
        "posts/long.md",
        &format!(
            "---\nid: long\ntargets: [ann]\nschedule: 2035-12-12 09:00\n---\n{}\n\nEnd\n",
            "Käsekuchen, ".repeat(9)
        ),
    );
    press.commit("long");
    let text = press.run(&["status", "--ics"]).exits(0).stdout;
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"), "{text}");
    assert!(text.ends_with("END:VCALENDAR\r\n"), "{text}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
    let unfolded = text.replace("\r\n ", "");
    for line in [
        "UID:tea:acme-x@pressroom",
        "UID:tea:ann@pressroom",
        "DTSTART:20351205T080000Z",
        "SUMMARY:tea on acme-x",
        "SUMMARY:idea on ann (draft)",
        "STATUS:CONFIRMED",
        "STATUS:TENTATIVE",
        "DESCRIPTION:Tea\\; green\\, or black.",
    ] {
        assert!(unfolded.split("\r\n").any(|its| its == line), "{line}\n{unfolded}");
    }
    assert!(unfolded.contains("Käsekuchen\\,\\n\\nEnd"), "{unfolded}");
    assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), 5);
    let file = press.folder().join("posts.ics");
    let ran = press.run(&["status", "tea", "--ics", file.to_str().unwrap(), "--format", "json"]).exits(0);
    assert_eq!(json(&ran)["events"], 2);
    assert_eq!(fs::read_to_string(&file).unwrap().matches("BEGIN:VEVENT").count(), 2);
    press.run(&["status", "--ics", "--format", "json"]).exits(2);
}
