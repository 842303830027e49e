//! What reviewers, code scanning and templates get: the plan as a comment, problems as annotations and as SARIF, new posts.

use std::fs;

use insta::assert_snapshot;

use crate::press::Press;
use crate::shown::shown;

const TEA: (&str, &str) =
    ("posts/tea.md", "---\nid: tea\ntargets: [acme-x]\nschedule: 2028-06-01 09:00\n---\nTea is served, @ann.\n");

#[test]
fn a_plan_is_a_comment_with_the_hash_of_what_readers_will_see() {
    let mut press = Press::with(&[TEA]);
    let comment = press.run(&["plan", "--format", "markdown"]).exits(0).stdout;
    let hash = press.run(&["plan", "--format", "json"]).exits(0).json()["hash"].as_str().unwrap().to_owned();
    assert!(
        comment.starts_with(&format!("<!-- pressroom-plan -->\n<!-- pressroom-plan-hash {hash} -->\n")),
        "{comment}"
    );
    assert!(comment.contains("```text\nTea is served, @ann.\n```"), "{comment}");
    let text = press.run(&["plan"]).exits(0).stdout;
    assert!(text.ends_with(&format!("\nplan {hash}\n")), "{text}");
    // Another commit that changes nothing for readers is the same plan; another word is not.
    press.file("README.md", "Tea.\n").commit("more");
    let hash_now = |press: &Press| press.run(&["plan", "--format", "json"]).exits(0).json()["hash"].clone();
    assert_eq!(hash_now(&press), hash);
    press.file(TEA.0, &TEA.1.replace("served", "ready")).commit("another word");
    assert_ne!(hash_now(&press), hash);
    // On GitHub files can be opened.
    press.file("posts/wrong.md", "---\nid: wrong\ntargets: [nobody]\n---\nx\n").commit("wrong");
    for (name, value) in
        [("GITHUB_ACTIONS", "true"), ("GITHUB_SERVER_URL", "https://github.com"), ("GITHUB_REPOSITORY", "acme/social")]
    {
        press.env.push((name.to_owned(), value.to_owned()));
    }
    let comment = press.run(&["plan", "--format", "markdown"]).exits(1).stdout;
    let commit = press.git(&["rev-parse", "HEAD"]);
    let link = format!("](https://github.com/acme/social/blob/{}/posts/wrong.md), line 3: ", commit.trim());
    assert!(comment.contains(&link), "{comment}");
}

#[test]
fn problems_are_annotations_and_sarif() {
    let mut press =
        Press::with(&[TEA, ("posts/wrong.md", "---\nid: wrong\ntargets: [acme-x]\ntitel: x\n---\n::error::x\n")]);
    press.env.push(("GITHUB_ACTIONS".to_owned(), "true".to_owned()));
    assert_snapshot!(shown(&press, &press.run(&["check", "--format", "github"]).exits(1)), @"
    ::error file=posts/wrong.md,line=4,endLine=4,col=1,endColumn=6,title=unknown-key::there is no key `titel`%0Adid you mean `title`?
    2 posts: 1 error.
    ");
    let sarif = press.run(&["check", "--format", "sarif"]).exits(1).json();
    assert_eq!(sarif["version"], "2.1.0");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
        (&"posts/wrong.md".into(), &4.into())
    );
    // Only these commands have them.
    assert_snapshot!(shown(&press, &press.run(&["status", "--format", "sarif"]).exits(2)), @"
    error: invalid value 'sarif' for '--format <FORMAT>'
      [possible values: text, json]

    For more information, try '--help'.
    ");
    press.run(&["plan", "--format", "github"]).exits(2);
    press.run(&["--format", "json", "check"]).exits(1).json();
    press.run(&["--format", "json", "plan"]).exits(1).json();
}

#[test]
fn a_post_begins_with_a_template() {
    let press = Press::with(&[]);
    let read = |path: &str| fs::read_to_string(press.repo.join(path)).unwrap();
    press.file("templates/post.md", "---\nid: {{id}}\ntitle: {{title}}\ntargets: [acme-x]\n---\n\nBy {{author}}.\n");
    press.file("templates/event.md", "---\ntitle: \"Event: {{title}}\"\ntargets: [ann]\n---\n\n{{titel}}\n");
    press.run(&["new", "Tea: at five"]).exits(0);
    assert_eq!(
        read("posts/tea-at-five.md"),
        "---\nid: tea-at-five\ntitle: \"Tea: at five\"\ntargets: [acme-x]\n---\n\nBy Ann Example.\n"
    );
    assert_snapshot!(shown(&press, &press.run(&["new", "Cake", "--template", "event"]).exits(1)), @"
    error[unknown-variable]: there is no variable `titel`
     --> templates/event.md:6:1
      |
    6 | {{titel}}
      | ^^^^^^^^^
      |
      = hint: did you mean `{{title}}`?

    error: templates/event.md cannot be filled in; no post is made
    ");
    assert_snapshot!(shown(&press, &press.run(&["new", "Cake", "--template", "evnt"]).exits(2)), @"
    error: there is no template `evnt`
    hint: did you mean `event`?
    ");
    assert_snapshot!(shown(&press, &press.run(&["new", "Cake", "-t", "weather"]).exits(2)), @"
    error: there is no template `weather`
    hint: there are event, post
    ");
    assert!(!press.repo.join("posts/cake.md").exists());
    // An account's own usual words, and its own folder.
    let company =
        "[accounts.company]\nplatform = \"linkedin\"\nas = \"urn:li:organization:1\"\nposts = \"posts/company/**\"\n";
    press.file("accounts.toml", &format!("{}\n{company}", read("accounts.toml")));
    press.file("templates/company.md", "---\nid: {{id}}\ntitle: {{title}}\ntargets: [{{targets}}]\n---\n\n#acme\n");
    assert_eq!(press.run(&["new", "Tea time", "--for", "company"]).exits(0).stdout, "posts/company/tea-time.md\n");
    assert_eq!(
        read("posts/company/tea-time.md"),
        "---\nid: tea-time\ntitle: \"Tea time\"\ntargets: [company]\n---\n\n#acme\n"
    );
    assert_snapshot!(shown(&press, &press.run(&["new", "Cake", "--for", "compny"]).exits(2)), @"
    error: there is no account, platform or group `compny`
    hint: did you mean `company`?
    ");
    press.file("templates/event.md", "---\ntitle: \"Event: {{title}}\"\ntargets: [ann]\n---\n\nOn {{date}}.\n");
    let made = press.run(&["new", "Cake \"fresh\"", "--template", "event.md", "--format", "json"]).exits(0).json();
    assert_eq!((&made["path"], &made["id"]), (&"posts/cake-fresh.md".into(), &"cake-fresh".into()));
    assert!(read("posts/cake-fresh.md").starts_with("---\ntitle: \"Event: Cake \\\"fresh\\\"\"\n"));
    press.run(&["check"]).exits(0);
}
