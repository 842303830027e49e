//! Targets as tables: who is meant, in whose words, and what is wrong.

use super::*;
use crate::account;
use crate::error::Source;
use crate::post::{self, variant};

const ACCOUNTS: &str = "schema = 1\n\
    [accounts.acme-x]\nplatform = \"x\"\n\
    [accounts.acme]\nplatform = \"linkedin\"\n\
    [accounts.team]\nplatform = \"linkedin\"\nposts = \"posts/team/**\"\n\
    [groups]\nall = [\"acme-x\", \"acme\"]\n";

fn accounts(defaults: &str) -> Accounts {
    let (accounts, problems) = account::parse(&Source::new("accounts.toml", format!("{ACCOUNTS}{defaults}")));
    assert_eq!(problems, []);
    accounts.unwrap()
}

fn post(path: &str, front: &str) -> Post {
    let (post, problems) = post::parse(&Source::new(path, format!("---\n{front}\n---\nTea\n")), None);
    assert_eq!(problems, [], "{front}");
    post.unwrap()
}

fn told(problems: Vec<Problem>) -> Vec<String> {
    let line = |problem: Problem| {
        let (line, column) = problem.start();
        let place = format!("{}:{line}:{column}", problem.source.path);
        format!("{place} {} {} / {}", problem.code, problem.message, problem.hint.unwrap_or_default())
    };
    problems.into_iter().map(line).collect()
}

#[track_caller]
fn check(front: &str, targets: &[&str], problems: &[&str]) {
    let (found, found_problems) = resolve(&post("posts/tea.md", front), &accounts(""));
    assert_eq!(found.iter().map(|target| target.account.as_str()).collect::<Vec<_>>(), targets, "{front}");
    assert_eq!(told(found_problems), problems, "{front}");
}

#[test]
fn accounts_platforms_and_groups_are_targets() {
    check("targets: [acme, acme-x]", &["acme", "acme-x"], &[]);
    check("targets: [x, acme-x, all]", &["acme-x", "acme"], &[]);
    check("draft: true", &[], &[]);
}

#[test]
fn names_that_are_no_targets() {
    check(
        "targets: [acme_x, linkedin, mastodon, acme]",
        &["acme"],
        &[
            "posts/tea.md:2:11 unknown-target there is no account, platform or group `acme_x` / did you mean `acme-x`?",
            "posts/tea.md:2:19 unknown-target 2 accounts are on linkedin / name the one you mean: `acme` or `team`",
            "posts/tea.md:2:29 unknown-target no account is on mastodon / add one to accounts.toml: `[accounts.my-mastodon]` with \
             `platform = \"mastodon\"`",
        ],
    );
    check(
        "lang: en",
        &[],
        &["posts/tea.md:1:1 no-targets the post has no targets, and accounts.toml has no `defaults.targets` / write \
           `targets: [...]` with accounts, or `draft: true`"],
    );
    check(
        "targets: [team, acme]",
        &["acme"],
        &[
            "posts/tea.md:2:11 not-under-posts `team` takes only posts under `posts/team/**` / move the file there, or take `team` \
           out of the targets",
        ],
    );
}

#[test]
fn defaults_stand_in_for_targets() {
    let accounts = accounts("[defaults]\ntargets = [\"all\"]\n");
    let names = |front: &str| {
        let (targets, problems) = resolve(&post("posts/tea.md", front), &accounts);
        assert_eq!(problems, []);
        targets.into_iter().map(|target| target.account).collect::<Vec<_>>()
    };
    assert_eq!(names("lang: en"), ["acme-x", "acme"]);
    assert_eq!(names("targets: [acme]"), ["acme"]);
}

#[test]
fn a_rule_for_posts_lets_its_own_pass() {
    let (targets, problems) = resolve(&post("posts/team/2026/tea.md", "targets: [team]"), &accounts(""));
    assert_eq!((targets.len(), problems), (1, vec![]));
}

#[test]
fn the_account_wins_over_the_platform_over_the_post() {
    let front = "targets: [acme, acme-x]\ntitle: Post\nlang: en\nlink: https://example.com\n\
                 overrides:\n  linkedin: {title: Platform, lang: nl, text: For LinkedIn}\n  acme: {title: Account}";
    let (targets, problems) = resolve(&post("posts/tea.md", front), &accounts(""));
    assert_eq!(problems, []);
    let words = |target: &Target| {
        let text = |wish: &Option<Located<String>>| wish.as_ref().map_or("-", |wish| &wish.value).to_owned();
        [text(&target.wishes.title), text(&target.wishes.lang), text(&target.wishes.link), target.body.markdown.clone()]
    };
    assert_eq!(words(&targets[0]), ["Account", "nl", "https://example.com", "For LinkedIn"]);
    assert_eq!(words(&targets[1]), ["Post", "en", "https://example.com", "Tea\n"]);
}

#[test]
fn a_file_beside_the_post_is_the_body() {
    let mut tea = post("posts/tea.md", "targets: [acme, acme-x]\noverrides:\n  linkedin: {text: For LinkedIn}");
    let file = |name: &str| Source::new(format!("posts/tea.{name}.md"), format!("From {name}\n"));
    assert_eq!(variant::attach_variant(&mut tea, "acme", &file("acme")), []);
    assert_eq!(variant::attach_variant(&mut tea, "x", &file("x")), []);
    let (targets, problems) = resolve(&tea, &accounts(""));
    assert_eq!(problems, []);
    assert_eq!(targets.iter().map(|target| &*target.body.markdown).collect::<Vec<_>>(), ["From acme\n", "From x\n"]);

    variant::attach_variant(&mut tea, "linkedin", &file("linkedin"));
    let (_, problems) = resolve(&tea, &accounts(""));
    assert_eq!(
        told(problems),
        [
            "posts/tea.md:4:20 text-twice `linkedin` has its text twice: here and in posts/tea.linkedin.md / keep one of them"
        ]
    );
}

#[test]
fn overrides_for_nobody() {
    check(
        "targets: [acme]\noverrides:\n  acmee: {lang: en}\n  all: {lang: en}\n  mastodon: {lang: en}",
        &["acme"],
        &[
            "posts/tea.md:4:3 unknown-override `overrides` names no account or platform `acmee` / did you mean `acme`?",
            "posts/tea.md:5:3 unknown-override `overrides` names no account or platform `all` / write one for each account of the \
             group, or for a platform",
        ],
    );
    check(
        "targets: [acme]\noverrides:\n  x: {lang: en}",
        &["acme"],
        &["posts/tea.md:4:3 unused-override no target of this post is `x` / add `x` to `targets`, or remove this"],
    );
}

#[test]
fn settings_are_those_of_the_platform() {
    check(
        "targets: [acme]\noverrides:\n  linkedin: {titel: Tea}",
        &["acme"],
        &["posts/tea.md:4:14 unknown-key `titel` is neither a key nor a setting of linkedin / did you mean `title`?"],
    );
    let post = post("posts/tea.md", "overrides:\n  acme: {description: a}");
    let mut problems = Vec::new();
    settings(Platform::LinkedIn, &[], &post, &post.overrides["acme"].settings, &mut problems);
    assert_eq!(
        told(problems),
        [
            "posts/tea.md:3:10 unknown-key `description` is neither a key nor a setting of linkedin / linkedin has no settings of its own"
        ]
    );
}

/// A setting written for the whole post is told where it belongs.
#[test]
fn settings_belong_under_overrides() {
    for (platform, rule) in Platform::ALL
        .into_iter()
        .flat_map(|platform| platform.limits().settings.iter().map(move |rule| (platform, rule)))
    {
        let (_, problems) = post::parse(&Source::new("posts/tea.md", format!("---\n{}: a\n---\n", rule.key)), None);
        if KEYS.iter().all(|key| key.name != rule.key) {
            let hint = problems[0].hint.clone().unwrap();
            assert!(hint.starts_with("write it under `overrides`"), "{platform}: {hint}");
        }
    }
}

#[test]
fn settings_are_checked() {
    const fn rule(key: &'static str, takes: Takes) -> SettingRule {
        SettingRule { key, takes, doc: "", works: true }
    }
    const RULES: &[SettingRule] = &[
        rule("reply_settings", Takes::OneOf(&["following", "subscribers"])),
        rule("playlist", Takes::Text),
        rule("made_for_kids", Takes::Bool),
        rule("offset", Takes::Number),
        rule("people", Takes::List),
        SettingRule { works: false, ..rule("category", Takes::Text) },
    ];
    let check = |written: &str, value: Option<Setting>, problem: &str| {
        let post = post("posts/tea.md", &format!("overrides:\n  x: {{{written}}}"));
        let mut problems = Vec::new();
        let found = settings(Platform::X, RULES, &post, &post.overrides["x"].settings, &mut problems);
        assert_eq!(found.into_values().next().map(|setting| setting.value), value, "{written}");
        assert_eq!(
            told(problems),
            if problem.is_empty() { vec![] } else { vec![format!("posts/tea.md:3:{problem}")] },
            "{written}"
        );
    };
    let text = |text: &str| Some(Setting::Text(text.to_owned()));
    check("reply_settings: following", text("following"), "");
    check("playlist: 2026", text("2026"), "");
    check("made_for_kids: true", Some(Setting::Bool(true)), "");
    check("offset: 1.5", Some(Setting::Number(1.5)), "");
    check("people: [ann, 7]", Some(Setting::List(vec!["ann".to_owned(), "7".to_owned()])), "");
    check(
        "reply_settings: everyone",
        None,
        "23 bad-setting `reply_settings` cannot be `everyone` / choose `following` or `subscribers`",
    );
    check(
        "reply_settings: folowing",
        None,
        "23 bad-setting `reply_settings` cannot be `folowing` / did you mean `following`? choose `following` or `subscribers`",
    );
    check(
        "reply_settings: [a]",
        None,
        "23 bad-setting `reply_settings` must be one word, not a list / write `reply_settings: following`",
    );
    check(
        "made_for_kids: yes",
        None,
        "22 bad-setting `made_for_kids` must be `true` or `false`, not text / write `made_for_kids: true`",
    );
    check("offset: far", None, "15 bad-setting `offset` must be a number, not text / write `offset: 1`");
    check("people: ann", None, "15 bad-setting `people` must be a list, not text / write `people: [one, two]`");
    check("playlist: ", None, "15 bad-setting `playlist` has no value / write `playlist: some text`");
    check("category: 22", None, "7 not-yet `category` is not supported by this version of pressroom yet / remove it");
    check(
        "replay_settings: x",
        None,
        "7 unknown-key `replay_settings` is neither a key nor a setting of x / did you mean `reply_settings`?",
    );
    check(
        "colour: red",
        None,
        "7 unknown-key `colour` is neither a key nor a setting of x / the settings of x are `reply_settings`, `playlist`, \
         `made_for_kids`, `offset`, `people` and `category`",
    );
}
