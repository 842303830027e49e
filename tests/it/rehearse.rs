//! A rehearsal in a fresh clone: all that is due, seen as planned, and nothing left behind.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pressroom::limits::Platform;
use serde_json::Value;

use crate::press::{Press, Stage};

/// Due long ago, in the future, a thread, pictures, and text that HTML must not believe.
const POSTS: &[(&str, &str)] = &[
    (
        "posts/hello.md",
        "---\nid: hello\ntargets: [all]\nschedule: 2027-06-01 09:00\nmax_late: 90d\nmedia:\n  - {src: media/cup.png, alt: \
         \"A \\\"cup\\\" <of> tea\"}\n---\nTea & \\<b>cake\\</b> (at *four*) https://example.org/menu?a=1&b=2\n\n\\<script>alert('tea')\\</script>\n",
    ),
    (
        "posts/thread.md",
        "---\nid: thread\ntargets: [acme-x]\nschedule: 2027-06-02 09:00\nmax_late: 90d\nthread: true\n---\nOne.\n\n---\n\nTwo.\n\n\
         ---\n\nThree.\n",
    ),
    (
        "posts/card.md",
        "---\nid: card\ntitle: The menu\nlink: https://example.org/menu\ntargets: [ann]\nschedule: 2027-06-03 09:00\nmax_late: \
         90d\n---\nSee the menu.\n",
    ),
    ("posts/later.md", "---\nid: later\ntargets: [acme-x]\nschedule: 2027-06-10 09:00\n---\nLater.\n"),
    ("posts/draft.md", "---\nid: draft\ntargets: [acme-x]\ndraft: true\n---\nNot yet.\n"),
];

/// When all but one of them is due; whenever the tests run.
const AT: &str = "2027-06-03 10:00";

fn png() -> Vec<u8> {
    let head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".as_slice();
    [head, &3u32.to_be_bytes(), &2u32.to_be_bytes(), b"\x08\x02\x00\x00\x00 and so on"].concat()
}

/// A repository with [`POSTS`], pushed, and a fresh clone of it.
fn fresh_clone() -> Press {
    let press = Press::new();
    press.file("accounts.toml", crate::press::ACCOUNTS).bytes("media/cup.png", &png());
    for (path, text) in POSTS {
        press.file(path, text);
    }
    press.commit("posts");
    let remote = press.with_remote();
    press.clone_of(remote.to_str().unwrap(), "fresh")
}

/// Every file below `.git` but what git itself touches when it only reads, and every ref.
fn left_in(press: &Press) -> (Vec<String>, String) {
    let mut files = Vec::new();
    let mut open = vec![press.repo.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                files.push(format!("{} {} {:?}", path.display(), bytes.len(), bytes.last()));
            }
        }
    }
    files.sort();
    (files, press.git(&["for-each-ref"]))
}

/// What the plan would send, by platform and text, with how many pictures; what readers see, the same way.
fn counted(texts: impl Iterator<Item = (String, String)>) -> BTreeMap<(String, String), usize> {
    texts.fold(BTreeMap::new(), |mut counted, text| {
        *counted.entry(text).or_default() += 1;
        counted
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn readers_see_what_was_planned_and_nothing_is_left_behind() {
    let press = fresh_clone();
    let plan = press.run(&["plan", "--format", "json", "--at", AT]).json();
    let before = left_in(&press);
    let ran = press.run(&["rehearse", "--format", "json", "--at", AT]).exits(0).json();
    assert_eq!(left_in(&press), before);
    // Without a token the plan acts on nothing, but it shows every text that is due.
    let due: Vec<&Value> = plan["targets"].as_array().unwrap().iter().filter(|row| row["state"] == "due").collect();
    assert_eq!(due.len(), 5, "{plan:#}");
    let planned = counted(due.iter().flat_map(|row| {
        let parts = row["parts"].as_array().unwrap().iter();
        parts.map(|part| (text(&row["platform"]), text(&part["text"])))
    }));
    let seen = ran["seen"].as_array().unwrap();
    assert_eq!(counted(seen.iter().map(|seen| (text(&seen["platform"]), text(&seen["text"])))), planned);
    assert_eq!(seen.len(), 7);
    for post in seen.iter().filter(|post| post["text"].as_str().unwrap().starts_with("Tea")) {
        assert_eq!(post["media"][0]["alt"], "A \"cup\" <of> tea");
        assert_eq!(post["media"][0]["bytes"], png().len());
    }
    let thread: Vec<&Value> =
        ["One.", "Two.", "Three."].map(|part| seen.iter().find(|post| post["text"] == part).unwrap()).to_vec();
    assert!(thread[0]["reply_to"].is_null());
    assert_eq!((&thread[1]["reply_to"], &thread[2]["reply_to"]), (&thread[0]["id"], &thread[1]["id"]));
    let card = seen.iter().find(|post| post["text"] == "See the menu.").unwrap();
    assert_eq!(
        (&card["card"]["url"], &card["card"]["title"]),
        (&"https://example.org/menu".into(), &"The menu".into())
    );
    let states = ran["targets"].as_array().unwrap().iter().map(|row| (text(&row["post"]), text(&row["state"])));
    for (post, state) in states {
        let expected = match post.as_str() {
            "later" => "scheduled",
            "draft" => "draft",
            _ => "published",
        };
        assert_eq!(state, expected, "{post}");
    }
}

#[test]
fn a_kept_ledger_is_gone_on_from() {
    let press = fresh_clone();
    let ledger = press.folder().join("ledger");
    let ledger = ledger.to_str().unwrap();
    let ran = press.run(&["rehearse", "--at", AT, "--ledger", ledger]).exits(0);
    assert!(ran.stdout.contains("Three."), "{}", ran.stdout);
    let again = press.run(&["rehearse", "--at", AT, "--ledger", ledger]).exits(0);
    assert!(again.stdout.ends_with("Nothing to publish, and nothing was published.\n"), "{}", again.stdout);
    assert_eq!(
        press.run(&["rehearse", "--at", AT, "--ledger", ledger, "--format", "json"]).exits(0).json()["seen"],
        Value::Array(vec![])
    );
}

#[test]
fn another_instant_can_be_rehearsed() {
    let press = fresh_clone();
    let at = |time: &str| {
        let seen = press.run(&["rehearse", "--format", "json", "--at", time]).exits(0).json()["seen"].take();
        let mut texts: Vec<String> = seen.as_array().unwrap().iter().map(|seen| text(&seen["text"])).collect();
        texts.sort();
        texts
    };
    assert_eq!(at("2027-05-31 12:00"), Vec::<String>::new());
    assert_eq!(at("2027-06-02 08:59").len(), 3);
    assert_eq!(at("2027-06-02 09:00").len(), 6);
    assert!(at("2027-06-10 09:00").contains(&"Later.".to_owned()));
}

#[test]
fn the_page_is_whole_and_safe() {
    let press = fresh_clone();
    let page = press.folder().join("page.html");
    press.run(&["rehearse", "--at", AT, "--html", page.to_str().unwrap()]).exits(0);
    let html = fs::read_to_string(&page).unwrap();
    assert_eq!(fetched(&html), Vec::<String>::new());
    for escaped in [
        "Tea &amp; &lt;b&gt;cake&lt;/b&gt; (at four)",
        "&lt;script&gt;alert('tea')&lt;/script&gt;",
        "alt=\"A &quot;cup&quot; &lt;of&gt; tea\"",
        "One.",
        "Two.",
        "Three.",
        "See the menu.",
        "The menu",
    ] {
        assert!(html.contains(escaped), "{escaped}\n{html}");
    }
    assert!(!html.to_lowercase().contains("<script") && !html.contains("<b>"), "{html}");
    assert_eq!(html.matches("<article").count(), 7);
    assert_eq!(html.matches("src=\"data:image/png;base64,").count(), 3);
}

/// Addresses a browser would ask for by itself: everything but what lies in the page.
fn fetched(html: &str) -> Vec<String> {
    let mut attributes = Vec::new();
    for name in ["src", "href", "srcset", "action", "poster", "data", "content"] {
        for (at, found) in html.match_indices(&format!(" {name}=\"")) {
            attributes.extend(html[at + found.len()..].split('"').next());
        }
    }
    let styles = html.match_indices("url(").map(|(at, _)| &html[at..html.len().min(at + 60)]);
    let imports = html.match_indices("@import").map(|(at, _)| &html[at..html.len().min(at + 60)]);
    let is_outside = |address: &&str| address.contains("//") && !address.starts_with("data:");
    attributes.into_iter().filter(is_outside).chain(styles).chain(imports).map(str::to_owned).collect()
}

#[test]
fn what_is_really_out_is_not_rehearsed_again() {
    let stage = Stage::new();
    let mut press = Press::with(&[]);
    press.with_remote();
    stage.reach(&mut press);
    stage.connect(&press);
    let post = |id: &str| format!("---\nid: {id}\ntargets: [acme-x]\nschedule: 2199-01-01 09:00\n---\n{id}\n");
    press
        .file("posts/out.md", &post("out"))
        .file("posts/given-up.md", &post("given-up"))
        .file("posts/due.md", &post("due"));
    press.commit("posts");
    press.git(&["push", "-q"]);
    press.run(&["adopt", "out:acme-x", "https://x.com/acme/status/1"]).exits(0);
    press.run(&["cancel", "given-up:acme-x"]).exits(0);
    let before = press.git(&["ls-remote", "origin"]);
    press.env.clear();
    let seen = press.run(&["rehearse", "--format", "json", "--at", "2199-01-01 09:00"]).exits(0).json()["seen"].take();
    assert_eq!(seen.as_array().unwrap().len(), 1, "{seen:#}");
    assert_eq!(seen[0]["text"], "due");
    assert_eq!(press.git(&["ls-remote", "origin"]), before);
    assert!(stage.sim.seen().is_empty(), "the real platforms were reached");
}

/// X takes names of 15 letters; accounts that begin alike are others all the same.
#[test]
fn accounts_with_long_names_are_kept_apart() {
    let press = Press::with(&[]);
    let account = |name: &str| format!("[accounts.{name}]\nplatform = \"x\"\n");
    let names = ["our-account-in-amsterdam", "our-account-in-antwerp"];
    press.file("accounts.toml", &format!("{}\n{}{}", crate::press::ACCOUNTS, account(names[0]), account(names[1])));
    press.file(
        "posts/a.md",
        &format!("---\nid: a\ntargets: [{}, {}]\nschedule: on-merge\n---\nTwice.\n", names[0], names[1]),
    );
    press.commit("two");
    let seen = press.run(&["rehearse", "--format", "json"]).exits(0).json()["seen"].take();
    let authors: std::collections::BTreeSet<String> =
        seen.as_array().unwrap().iter().map(|seen| text(&seen["author"])).collect();
    assert_eq!(authors.len(), 2, "{seen:#}");
}

/// Whatever the machine offers as a way out, only loopback is used: with a proxy that would tell, and hosts that are wrong.
#[test]
fn nothing_leaves_the_machine() {
    let mut press = fresh_clone();
    let door = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    door.set_nonblocking(true).unwrap();
    let proxy = format!("http://{}", door.local_addr().unwrap());
    for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        press.env.push((name.to_owned(), proxy.clone()));
    }
    press.git(&["remote", "set-url", "origin", &format!("{proxy}/acme/posts.git")]);
    press.run(&["rehearse", "--at", AT]).exits(0);
    assert!(door.accept().is_err(), "somebody came to the proxy");
}

#[test]
fn a_post_that_is_wrong_is_named_and_the_rest_is_rehearsed() {
    let press = Press::with(&[
        ("posts/good.md", "---\nid: good\ntargets: [acme-x]\nschedule: on-merge\n---\nGood.\n"),
        ("posts/bad.md", "---\nid: bad\ntargets: [acme-x]\nschedule: on-merge\ncolour: red\n---\nBad.\n"),
    ]);
    let ran = press.run(&["rehearse"]).exits(1);
    assert!(ran.stdout.contains("posts/bad.md") && ran.stdout.contains("Good."), "{}", ran.stdout);
    assert!(!Path::new(&press.repo).join(".git/pressroom").exists());
}

#[test]
fn served_simulators_can_be_published_to() {
    use std::io::BufRead as _;

    let mut press =
        Press::with(&[("posts/tea.md", "---\nid: tea\ntargets: [acme-x]\nschedule: on-merge\n---\nTea.\n")]);
    let more =
        ["facebook\"\nas = \"1234567890", "instagram", "instagram\"\nas = \"17841477", "threads", "youtube", "tiktok"];
    let more =
        more.iter().enumerate().map(|(number, keys)| format!("\n[accounts.more-{number}]\nplatform = \"{keys}\"\n"));
    press
        .file("accounts.toml", &format!("{}{}", crate::press::ACCOUNTS, more.collect::<String>()))
        .commit("more accounts");
    let mut command = press.command(&["rehearse", "--serve"]);
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let hosts = lines.find_map(|line| Some(line.split_once("export PRESSROOM_HOSTS=")?.1.to_owned())).unwrap();
    press.env.push(("PRESSROOM_HOSTS".to_owned(), hosts));
    let shown: Vec<String> = lines.by_ref().take_while(|line| line.trim() != "pressroom publish").collect();
    let shown = shown.iter().filter_map(|line| line.split_once("pressroom connect "));
    let connected = shown.map(|(token, account)| {
        let (token, account) = (token.split('\'').nth(1).unwrap(), account.split(' ').next().unwrap());
        press.run_with(&["connect", account, "--token-stdin"], token).exits(0);
    });
    assert_eq!(connected.count(), 9);
    press.run(&["retry", "tea:acme-x"]).exits(0);
    let ran = press.run(&["publish"]).exits(0);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ran.stdout.contains("1 published now."), "{}", ran.stdout);
}

#[test]
fn what_shares_a_post_is_compared_too() {
    let post = |id: &str, more: &str| format!("---\nid: {id}\ntargets: [acme-x]\nschedule: on-merge\n{more}");
    let (tea, again) = (post("tea", "---\nTea.\n"), post("tea-again", "repost_of: tea\n---\n"));
    let press = Press::with(&[("posts/tea.md", &tea), ("posts/tea-again.md", &again)]);
    let ran = press.run(&["rehearse", "--format", "json"]).exits(0).json();
    let seen = ran["seen"].as_array().unwrap();
    assert_eq!(seen.iter().map(|seen| text(&seen["kind"])).collect::<Vec<_>>(), ["post", "repost"], "{ran:#}");
    assert_eq!(seen[1]["quotes"], seen[0]["id"]);
}

/// Words that lead somewhere: with an address of their own where the platform has that, as the address beside them elsewhere.
#[test]
fn a_link_is_shown_as_planned_wherever_it_is_posted() {
    let press = Press::new();
    let of = |platform: Platform| match platform {
        Platform::Facebook => "as = \"1234567890\"\n",
        Platform::Telegram => "chat = \"@acme_news\"\n",
        Platform::Mastodon => "server = \"mastodon.social\"\n",
        _ => "",
    };
    let takes_words = |platform: &Platform| platform.limits().shapes.iter().any(|shape| shape.least == 0);
    let platforms: Vec<Platform> = Platform::ALL.into_iter().filter(takes_words).collect();
    assert!(platforms.len() >= 10, "{platforms:?}");
    let accounts: String =
        platforms.iter().map(|own| format!("[accounts.{own}-acme]\nplatform = \"{own}\"\n{}\n", of(*own))).collect();
    let names: Vec<String> = platforms.iter().map(|own| format!("{own}-acme")).collect();
    press.file("accounts.toml", &format!("schema = 1\n\n[defaults]\ntimezone = \"UTC\"\n\n{accounts}"));
    let front = format!("id: tea\ntitle: Tea\ntargets: [{}]\nschedule: on-merge", names.join(", "));
    let body = "Tea is ready: see [the menu](https://acme.example/menu) and https://acme.example/more. #tea";
    press.file("posts/tea.md", &format!("---\n{front}\n---\n\n{body}\n")).commit("tea");
    let ran = press.run(&["rehearse"]).exits(0);
    assert!(
        ran.stdout.contains(&format!("{} posts in all, each exactly as planned", platforms.len())),
        "{}",
        ran.stdout
    );
}
