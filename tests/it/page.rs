//! The pages of `preview` and `rehearse` in a browser: on a phone and on a desk, by day and by night. They fetch nothing, fit,
//! complain of nothing, and axe-core finds no serious fault with them for people who see little or use no pointer. What a
//! machine cannot judge can be looked at: each is drawn into `target/tmp/pages`.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::press::Press;

/// The checker's source, as `tests/servers/install` got it.
fn axe() -> String {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let file = target.join("servers/axe/node_modules/axe-core/axe.min.js");
    fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!("this test needs what `tests/servers/install` puts into {} (.ci/run does that): {error}", file.display())
    })
}

/// This very repository: it has a post for each platform.
fn own() -> Press {
    let press = Press::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open = vec![PathBuf::from("posts"), PathBuf::from("media"), PathBuf::from("accounts.toml")];
    while let Some(path) = open.pop() {
        let there = root.join(&path);
        if there.is_dir() {
            open.extend(fs::read_dir(there).unwrap().map(|entry| path.join(entry.unwrap().file_name())));
        } else {
            press.bytes(path.to_str().unwrap(), &fs::read(there).unwrap());
        }
    }
    press.file(
        "posts/wrong.md",
        &format!(
            "---\nid: wrong\ntitle: \"A <wrong> one\"\ntargets: [pressroom-x, pressroom-company]\nschedule: 2030-01-01 09:00\n---\n{}\n",
            "A text that is too long. ".repeat(16)
        ),
    );
    press.commit("posts");
    press
}

/// What is wrong with the page that a browser shows, in this look.
fn faults(browser: &Browser, axe: &str, name: &str, (width, height): (u32, u32), colours: &str) -> Vec<String> {
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
    browser.command("Emulation.setDeviceMetricsOverride", &metrics);
    let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": colours }] });
    browser.command("Emulation.setEmulatedMedia", &features);
    let look = format!("{name}-{width}-{colours}");
    let mut faults: Vec<String> = browser.complaints().iter().map(|line| format!("{look}: {line}")).collect();
    let wide = browser.script("return [document.documentElement.scrollWidth, innerWidth]");
    if wide[0].as_u64() > wide[1].as_u64() {
        faults.push(format!("{look}: {} wide, of which {} are seen", wide[0], wide[1]));
    }
    let script = format!(
        "{axe}; return window.axe.run(document, {{ resultTypes: ['violations'] }}).then(found => found.violations.map(fault => \
         [fault.impact, fault.id, fault.nodes.map(node => node.html.slice(0, 160) + ' ' + node.failureSummary).join(' | ')]))"
    );
    for fault in browser.script(&script).as_array().unwrap() {
        if fault[0] == "serious" || fault[0] == "critical" {
            faults.push(format!("{look}: {fault}"));
        }
    }
    draw(browser, &look);
    faults
}

/// Keeps what is seen, to be looked at.
fn draw(browser: &Browser, name: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).unwrap();
    let shot = browser.command("Page.captureScreenshot", &json!({ "captureBeyondViewport": true }));
    let png = BASE64_STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
    fs::write(folder.join(format!("{name}.png")), png).unwrap();
}

const LOOKS: [((u32, u32), &str); 4] =
    [((360, 740), "light"), ((360, 740), "dark"), ((1280, 900), "light"), ((1280, 900), "dark")];

#[track_caller]
fn has_no_fault(browser: &Browser, axe: &str, name: &str, file: &Path) {
    browser.open(&format!("file://{}", file.display()));
    let lang = browser.script("return document.documentElement.lang");
    assert_eq!(lang, Value::from("en"), "{name}");
    let faults: Vec<String> =
        LOOKS.iter().flat_map(|(size, colours)| faults(browser, axe, name, *size, colours)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(browser.requests(), Vec::<String>::new(), "{name}");
}

/// A checker that saw nothing would find nothing.
#[test]
fn faults_are_seen() {
    let (folder, browser, axe) = (tempfile::tempdir().unwrap(), Browser::start(), axe());
    let file = folder.path().join("page.html");
    let page = "<!DOCTYPE html><html lang=en><title>x</title><body style='background:#fff'><p style='color:#ccc;width:3000px'>pale and \
                wide</p><img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACADs='><script>console.error('x')</script>";
    fs::write(&file, page).unwrap();
    browser.open(&format!("file://{}", file.display()));
    let faults = faults(&browser, &axe, "faults", (1280, 900), "light").join("\n");
    for fault in ["color-contrast", "image-alt", "3008 wide, of which 1280 are seen", "page.html 0:213"] {
        assert!(faults.contains(fault), "{fault}: {faults}");
    }
}

#[test]
fn everybody_can_read_a_preview() {
    let (press, browser, axe) = (own(), Browser::start(), axe());
    for (post, code) in
        [("launch", 0), ("film", 0), ("three-pictures", 0), ("question", 0), ("article", 0), ("way", 0), ("wrong", 1)]
    {
        let file = press.folder().join(format!("{post}.html"));
        press.run(&["preview", &format!("posts/{post}.md"), "--html", file.to_str().unwrap()]).exits(code);
        has_no_fault(&browser, &axe, post, &file);
    }
}

#[test]
fn everybody_can_read_a_rehearsal() {
    let (press, browser, axe) = (own(), Browser::start(), axe());
    fs::remove_file(press.repo.join("posts/wrong.md")).unwrap();
    press.commit("only what is right");
    let file = press.folder().join("page.html");
    press.run(&["rehearse", "--html", file.to_str().unwrap()]).exits(0);
    has_no_fault(&browser, &axe, "rehearsal", &file);
}
