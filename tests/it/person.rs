//! The person in front of a browser, for pages that need no real one: reads forms, fills them in and presses their buttons.

use std::io::{BufRead as _, BufReader};
use std::process::Child;

use url::Url;

/// The address that the program asks to be opened, and the rest of what it says.
pub(crate) fn address(child: &mut Child) -> (String, BufReader<std::process::ChildStderr>) {
    let mut reader = BufReader::new(child.stderr.take().unwrap());
    let mut told = String::new();
    loop {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "no address: {told}");
        told.push_str(&line);
        if line.trim().starts_with("http") {
            return (line.trim().to_owned(), reader);
        }
    }
}

/// Opens a page, presses a button of its form, `allow` or another, and gives what the platform answers.
pub(crate) fn press(page: &str, decision: &str) -> reqwest::blocking::Response {
    let browser = browser();
    let html = browser.get(page).send().unwrap().error_for_status().unwrap().text().unwrap();
    let (action, mut fields) = form(&html);
    fields.iter_mut().filter(|(_, value)| value == "allow").for_each(|(_, value)| *value = decision.to_owned());
    let action = Url::parse(page).unwrap().join(&action).unwrap();
    browser.post(action).form(&fields).send().unwrap()
}

/// Follows nobody anywhere by itself.
pub(crate) fn browser() -> reqwest::blocking::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::blocking::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Where a page's form goes, and what it sends when its button "allow" is pressed: of choices the first, of boxes those that are ticked.
pub(crate) fn form(html: &str) -> (String, Vec<(String, String)>) {
    let start = html.find("<form").unwrap_or_else(|| panic!("no form: {html}"));
    let html = &html[start..];
    let tag = |text: &str| text[..text.find('>').unwrap()].to_owned();
    let action = attribute(&tag(html), "action").unwrap_or_default();
    let mut fields = Vec::new();
    for input in html.split("<input").skip(1).map(tag) {
        let is_sent = !input.contains("type=\"checkbox\"") || input.contains(" checked");
        if let Some(name) = attribute(&input, "name").filter(|_| is_sent) {
            fields.push((name, attribute(&input, "value").unwrap_or_else(|| "on".to_owned())));
        }
    }
    for select in html.split("<select").skip(1) {
        let name = attribute(&tag(select), "name").unwrap();
        let option = select.split("<option").nth(1).unwrap_or_else(|| panic!("nothing to choose: {select}"));
        let words = option[option.find('>').unwrap() + 1..option.find('<').unwrap()].trim().to_owned();
        fields.push((name, attribute(&tag(option), "value").unwrap_or(words)));
    }
    // Two radio buttons of one name are one choice.
    let mut seen = std::collections::BTreeSet::new();
    let radio = |name: &str| html.contains(&format!("type=\"radio\" name=\"{name}\""));
    fields.retain(|(name, _)| seen.insert(name.clone()) || !radio(name));
    for button in html.split("<button").skip(1).map(tag) {
        if attribute(&button, "value").is_some_and(|value| value == "allow") {
            fields.push((attribute(&button, "name").unwrap(), "allow".to_owned()));
        }
    }
    (action, fields)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!("{name}=\""))? + name.len() + 2;
    let value = &tag[start..start + tag[start..].find('"')?];
    Some(
        value
            .replace("&amp;", "&")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">"),
    )
}
