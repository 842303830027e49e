//! A post and the accounts it is meant for make targets, each with its own wishes. Knows no limits of text and no media.

use std::collections::BTreeMap;
use std::ptr;
use std::sync::Arc;

use super::front::keys::KEYS;
use super::front::yaml::{Node, Value};
use super::{Body, Override, Post, PostId, Setting, Wishes};
use crate::account::{Account, Accounts};
use crate::error::{Located, Problem, Source};
use crate::limits::{Platform, SettingRule, Takes};
use crate::suggest;

#[cfg(test)]
mod tests;

/// One account a post is meant for, with that account's own wishes.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub post: PostId,
    /// The account's name in accounts.toml.
    pub account: String,
    pub platform: Platform,
    /// The post's file, in which the wishes stand; the body may be from a file beside it.
    pub source: Source,
    /// The post's wishes, changed by the platform's override, changed by the account's; one value for all targets of a post
    /// with the same ones.
    pub wishes: Arc<Wishes>,
    /// The text for this target: the account's `text` or file, else the platform's, else the post's; shared likewise.
    pub body: Arc<Body>,
}

/// The targets of a post, in the order written, each account once; unknown names are problems.
pub fn resolve(post: &Post, accounts: &Accounts) -> (Vec<Target>, Vec<Problem>) {
    let mut problems = Vec::new();
    let chosen = chosen(post, accounts, &mut problems);
    let changes = changes(post, accounts, &mut problems);
    unused(post, &chosen, &mut problems);
    problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
    let mut meant = Vec::new();
    (chosen.into_iter().map(|account| target(post, account, &changes, &mut meant)).collect(), problems)
}

/// The accounts meant, in the order written, each once.
fn chosen<'a>(post: &Post, accounts: &'a Accounts, problems: &mut Vec<Problem>) -> Vec<&'a Account> {
    let own = !post.targets.is_empty();
    let names = if own { &post.targets } else { &accounts.defaults.targets };
    let mut chosen: Vec<&Account> = Vec::new();
    for name in names {
        let problem = |code, message: String| {
            let problem = Problem::error(code, &post.source, message);
            if own { problem.at(name.span.clone()) } else { problem }
        };
        match accounts.named(&name.value) {
            Ok(meant) => {
                for account in meant {
                    if chosen.iter().any(|other| other.name == account.name) {
                        continue;
                    }
                    match &account.posts {
                        Some(rule) if !rule.value.takes(&post.source.path) => {
                            let message =
                                format!("`{}` takes only posts under `{}`", account.name, rule.value.written());
                            let hint = format!("move the file there, or take `{}` out of the targets", account.name);
                            problems.push(problem("not-under-posts", message).hint(hint));
                        }
                        _ => chosen.push(account),
                    }
                }
            }
            // What `defaults.targets` names is checked where it is written.
            Err(_) if !own => {}
            Err(unknown) => problems.push(problem("unknown-target", unknown.message).hint(unknown.hint)),
        }
    }
    let draft = post.wishes.draft.as_ref().is_some_and(|draft| draft.value);
    // Targets that are written wrongly have been told.
    if names.is_empty() && !draft && post.targets_span.is_none() {
        problems.push(
            Problem::error(
                "no-targets",
                &post.source,
                "the post has no targets, and accounts.toml has no `defaults.targets`",
            )
            .at(0..super::front::first_line_end(&post.source.text))
            .hint("write `targets: [...]` with accounts, or `draft: true`"),
        );
    }
    chosen
}

/// What one name changes: wishes with the platform's settings checked, and perhaps another text.
struct Change {
    wishes: Wishes,
    body: Option<Arc<Body>>,
}

/// Everything that is written for some account or platform, by that name.
fn changes(post: &Post, accounts: &Accounts, problems: &mut Vec<Problem>) -> BTreeMap<String, Change> {
    let mut changes = BTreeMap::new();
    for (name, written) in &post.overrides {
        let Some(platform) = platform_of(name, accounts) else {
            problems.push(unknown_override(post, name, written, accounts));
            continue;
        };
        let settings = settings(platform, platform.limits().settings, post, &written.settings, problems);
        let mut body = written.text.clone().map(Arc::new);
        if let (Some(text), Some(file)) = (&written.text, post.variants.get(name)) {
            let message = format!("`{name}` has its text twice: here and in {}", file.source.path);
            problems.push(
                Problem::error("text-twice", &post.source, message).at(text.span.clone()).hint("keep one of them"),
            );
        } else if let Some(file) = post.variants.get(name) {
            body = Some(Arc::new(file.clone()));
        }
        changes.insert(name.clone(), Change { wishes: Wishes { settings, ..written.wishes.clone() }, body });
    }
    for (name, file) in &post.variants {
        let change = || Change { wishes: Wishes::default(), body: Some(Arc::new(file.clone())) };
        changes.entry(name.clone()).or_insert_with(change);
    }
    changes
}

fn platform_of(name: &str, accounts: &Accounts) -> Option<Platform> {
    accounts.accounts.get(name).map(|account| account.platform).or_else(|| Platform::named(name))
}

fn unknown_override(post: &Post, name: &str, written: &Override, accounts: &Accounts) -> Problem {
    let hint = if accounts.groups.contains_key(name) {
        "write one for each account of the group, or for a platform".to_owned()
    } else {
        let names = accounts.accounts.keys().map(String::as_str).chain(Platform::ALL.map(Platform::name));
        suggest::hint(name, names)
    };
    let message = format!("`overrides` names no account or platform `{name}`");
    Problem::error("unknown-override", &post.source, message).at(written.span.clone()).hint(hint)
}

/// Warns of overrides and files that change nothing, for nobody they are for is among the targets.
fn unused(post: &Post, chosen: &[&Account], problems: &mut Vec<Problem>) {
    let used = |name: &str| chosen.iter().any(|account| account.name == name || account.platform.name() == name);
    let message = |name: &str| format!("no target of this post is `{name}`");
    let hint = |name: &str| format!("add `{name}` to `targets`, or remove this");
    if problems.iter().any(Problem::is_error) {
        // A mistyped target would be told a second time here.
        return;
    }
    for (name, written) in post.overrides.iter().filter(|(name, _)| !used(name)) {
        let problem = Problem::warning("unused-override", &post.source, message(name)).at(written.span.clone());
        problems.push(problem.hint(hint(name)));
    }
    for (name, file) in post.variants.iter().filter(|(name, _)| !used(name)) {
        problems.push(Problem::warning("unused-variant", &file.source, message(name)).hint(hint(name)));
    }
}

/// What targets are sent for which the same is written.
struct Meant<'a> {
    changes: [Option<&'a Change>; 2],
    wishes: Arc<Wishes>,
    body: Arc<Body>,
}

fn target<'a>(
    post: &Post,
    account: &Account,
    changes: &'a BTreeMap<String, Change>,
    known: &mut Vec<Meant<'a>>,
) -> Target {
    // The strongest word first: the account, the platform, the post.
    let changes = [changes.get(&account.name), changes.get(account.platform.name())];
    let is_same = |meant: &Meant<'_>| {
        let mut pairs = meant.changes.iter().zip(&changes);
        pairs.all(|(one, other)| one.map(ptr::from_ref) == other.map(ptr::from_ref))
    };
    let at = known.iter().position(is_same).unwrap_or_else(|| {
        let wishes = changes.into_iter().flatten().map(|change| change.wishes.clone());
        let wishes = wishes.chain([post.wishes.clone()]).reduce(Wishes::or).unwrap_or_default();
        let body = changes.into_iter().flatten().find_map(|change| change.body.clone());
        let body = body.unwrap_or_else(|| post.body.clone());
        known.push(Meant { changes, wishes: wishes.into(), body });
        known.len() - 1
    });
    Target {
        post: post.id.clone(),
        account: account.name.clone(),
        platform: account.platform,
        source: post.source.clone(),
        wishes: known[at].wishes.clone(),
        body: known[at].body.clone(),
    }
}

impl Wishes {
    /// These wishes, and the other's where these say nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let mut settings = other.settings;
        settings.extend(self.settings);
        Self {
            title: self.title.or(other.title),
            max_late: self.max_late.or(other.max_late),
            visibility: self.visibility.or(other.visibility),
            draft: self.draft.or(other.draft),
            tags: self.tags.or(other.tags),
            lang: self.lang.or(other.lang),
            link: self.link.or(other.link),
            media: self.media.or(other.media),
            thread: self.thread.or(other.thread),
            poll: self.poll.or(other.poll),
            reply_to: self.reply_to.or(other.reply_to),
            quote_of: self.quote_of.or(other.quote_of),
            repost_of: self.repost_of.or(other.repost_of),
            first_comment: self.first_comment.or(other.first_comment),
            kind: self.kind.or(other.kind),
            fit: self.fit.or(other.fit),
            settings,
        }
    }
}

/// Checks what is written against the settings a platform has.
fn settings(
    platform: Platform,
    rules: &[SettingRule],
    post: &Post,
    written: &[(Located<String>, Node)],
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Located<Setting>> {
    let mut settings = BTreeMap::new();
    for (key, node) in written {
        let error = |code, span: &std::ops::Range<usize>, message: String| {
            Problem::error(code, &post.source, message).at(span.clone())
        };
        let Some(rule) = rules.iter().find(|rule| rule.key == key.value) else {
            let known = KEYS
                .iter()
                .filter(|key| key.in_override())
                .map(|key| key.name)
                .chain(rules.iter().map(|rule| rule.key));
            let message = format!("`{}` is neither a key nor a setting of {platform}", key.value);
            problems.push(
                error("unknown-key", &key.span, message).hint(unknown_setting(&key.value, platform, rules, known)),
            );
            continue;
        };
        if !rule.works {
            let message = format!("`{}` is not supported by this version of pressroom yet", key.value);
            problems.push(error("not-yet", &key.span, message).hint("remove it"));
            continue;
        }
        match setting(rule, &node.value) {
            Ok(value) => drop(settings.insert(key.value.clone(), Located::new(value, node.span.clone()))),
            Err((message, hint)) => problems.push(error("bad-setting", &node.span, message).hint(hint)),
        }
    }
    settings
}

fn unknown_setting<'a>(
    key: &str,
    platform: Platform,
    rules: &[SettingRule],
    known: impl Iterator<Item = &'a str>,
) -> String {
    match suggest::nearest(key, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if rules.is_empty() => format!("{platform} has no settings of its own"),
        None => format!("the settings of {platform} are {}", suggest::and(rules.iter().map(|rule| rule.key))),
    }
}

/// A setting's value, or what is wrong with it and the way out.
fn setting(rule: &SettingRule, value: &Value) -> Result<Setting, (String, String)> {
    let key = rule.key;
    let wrong = |wanted: &str, example: &str| {
        let message = match value {
            Value::Null => format!("`{key}` has no value"),
            value => format!("`{key}` must be {wanted}, not {}", value.kind()),
        };
        Err((message, format!("write `{key}: {example}`")))
    };
    let text = match value {
        Value::Text(text) | Value::Number(_, text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    };
    match (rule.takes, value, text) {
        (Takes::Text, Value::Text(_) | Value::Number(..), Some(text)) if !text.trim().is_empty() => {
            Ok(Setting::Text(text))
        }
        (Takes::Text, ..) => wrong("text", "some text"),
        (Takes::Bool, Value::Bool(value), _) => Ok(Setting::Bool(*value)),
        (Takes::Bool, ..) => wrong("`true` or `false`", "true"),
        (Takes::Number, Value::Number(number, _), _) if number.is_finite() => Ok(Setting::Number(*number)),
        (Takes::Number, ..) => wrong("a number", "1"),
        (Takes::List, Value::List(items), _) => {
            let texts = items.iter().map(|item| match &item.value {
                Value::Text(text) | Value::Number(_, text) => Some(text.clone()),
                _ => None,
            });
            texts
                .collect::<Option<_>>()
                .map_or_else(|| wrong("a list of texts", "[one, two]"), |texts| Ok(Setting::List(texts)))
        }
        (Takes::List, ..) => wrong("a list", "[one, two]"),
        (Takes::OneOf(choices), _, Some(text)) if choices.contains(&&*text) => Ok(Setting::Text(text)),
        (Takes::OneOf(choices), _, Some(text)) => {
            let near = suggest::nearest(&text, choices.iter().copied()).map(|near| format!("did you mean `{near}`? "));
            let hint = format!("{}choose {}", near.unwrap_or_default(), suggest::or(choices.iter().copied()));
            Err((format!("`{key}` cannot be `{text}`"), hint))
        }
        (Takes::OneOf(choices), _, None) => wrong("one word", choices.first().unwrap_or(&"...")),
    }
}
