//! `pressroom new`: the file of a new post. Knows what a post's file looks like; nothing of what becomes of it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::process::Command;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::Args;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Context, open};
use crate::account::{Accounts, Unknown};
use crate::content::POSTS;
use crate::env;
use crate::error::{Failure, Kind, Source};
use crate::ledger::entry;
use crate::post::{self, PostId};
use crate::repo::Repo;
use crate::repo::journal::Journal;
use crate::repo::snapshot::Snapshot;
use crate::suggest;

mod template;

use template::Variable;

/// Makes a post's file with an id and the usual keys, and opens it in your editor.
///
/// The path is printed on stdout. The editor is $VISUAL, else $EDITOR, and is opened only on a terminal. A template is a post's
/// file in `templates/`, in which {{title}}, {{id}}, {{slug}}, {{targets}}, {{date}}, {{tomorrow}}, {{time}} and {{author}} stand for
/// what they say; without `--template`, the one named like what `--for` says is taken where it exists, else `templates/post.md`.
#[derive(Debug, Args)]
pub struct New {
    /// The post's title; the file is named after it.
    title: String,
    /// Begin with `templates/NAME.md`.
    #[arg(short, long, value_name = "NAME")]
    template: Option<String>,
    /// Where it is to go: an account, a group, or a platform that has just one account. It begins with `templates/NAME.md` where that
    /// exists, and lies where the account's `posts` wants it.
    #[arg(long = "for", value_name = "NAME")]
    targets: Vec<String>,
}

impl New {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        let disk = open::disk(context)?;
        let accounts = &disk.content.accounts;
        let folder = folder_for(&self.targets, accounts)?;
        let now = context.clock.now();
        let slug = slug(&title, today(now, accounts))?;
        let mut taken: BTreeSet<String> = disk.content.posts.iter().map(|post| post.id.as_str().to_owned()).collect();
        taken.extend(in_ledger(&disk.repo, accounts, &slug)?);
        let id = unique(&slug, &taken);
        let path = format!("{folder}{slug}.md");
        let file = disk.repo.root().join(&path);
        let (text, id) = match template_asked_for(&disk.repo, self.template.as_deref(), &self.targets)? {
            Some(template) => {
                let filled =
                    fill(&template, &variables(&disk.repo, accounts, now, [&title, &id, &slug], &self.targets))?;
                // A template without an `id` makes posts that are named by their paths.
                let (post, problems) =
                    post::parse(&Source::new(path.as_str(), filled.as_str()), accounts.defaults.timezone);
                let unreadable = || {
                    Failure::new(Kind::Content, format!("{} makes a post that cannot be read", template.path))
                        .problems(problems)
                };
                (filled, post.ok_or_else(unreadable)?.id.as_str().to_owned())
            }
            None => (text(&id, &title, &self.targets, accounts, now), id),
        };
        write(&file, &path, &text)?;
        if context.json() {
            context.print_json(json!({ "path": path, "id": id }))?;
            return Ok(0);
        }
        context.print(&format!("{}\n", shown(&file, &path)))?;
        edit(context, &file);
        Ok(0)
    }
}

/// Where templates lie.
const TEMPLATES: &str = "templates/";
/// The one that is taken where none is asked for.
const USUAL: &str = "post";

/// The folder that a post for these names belongs in: where a single account takes posts from one folder alone, that.
fn folder_for(names: &[String], accounts: &Accounts) -> Result<String, Failure> {
    let mut all = Vec::new();
    for name in names {
        let unknown = |unknown: Unknown| Failure::new(Kind::Usage, unknown.message).hint(unknown.hint);
        all.extend(accounts.named(name).map_err(unknown)?);
    }
    let rule = match all.as_slice() {
        [account] => account.posts.as_ref().map_or("", |rule| rule.value.written()),
        _ => "",
    };
    let plain = rule.split(['*', '?', '[', '{']).next().unwrap_or_default();
    let folder = plain.rfind('/').map_or("", |slash| &plain[..=slash]);
    Ok(if folder.starts_with(POSTS) { folder } else { POSTS }.to_owned())
}

/// The template to begin with; `None`: there is none, and none was asked for.
fn template_asked_for(repo: &Repo, asked: Option<&str>, targets: &[String]) -> Result<Option<Source>, Failure> {
    let snapshot = Snapshot::on_disk(repo);
    let files = snapshot.files(TEMPLATES, ".md")?;
    let names = || files.iter().filter_map(|path| path.strip_prefix(TEMPLATES)?.strip_suffix(".md"));
    let of_target = || targets.iter().find(|target| names().any(|known| known == target.as_str()));
    let name = match asked {
        Some(name) => name.strip_suffix(".md").unwrap_or(name),
        None => of_target().map_or(USUAL, String::as_str),
    };
    if !names().any(|known| known == name) {
        return if asked.is_none() { Ok(None) } else { Err(no_template(name, &names().collect::<Vec<_>>())) };
    }
    let path = format!("{TEMPLATES}{name}.md");
    let unreadable = |why: String| Failure::new(Kind::Content, format!("{path}: {why}"));
    let bytes = snapshot.read(&path).map_err(|unread| unreadable(unread.to_string()))?;
    let source = Source::from_bytes(path.as_str(), &bytes);
    source.map(Some).map_err(|problem| unreadable("it is no text".to_owned()).problems(vec![*problem]))
}

fn no_template(name: &str, names: &[&str]) -> Failure {
    let failure = Failure::new(Kind::Usage, format!("there is no template `{name}`"));
    match (suggest::nearest(name, names.iter().copied()), names) {
        (Some(near), _) => failure.hint(format!("did you mean `{near}`?")),
        (None, []) => {
            failure.hint(format!("a template is a file of posts in {TEMPLATES}, such as {TEMPLATES}{name}.md"))
        }
        (None, names) => failure.hint(format!("there are {}", names.join(", "))),
    }
}

fn fill(template: &Source, variables: &[Variable]) -> Result<String, Failure> {
    let wrong = |problems| {
        Failure::new(Kind::Content, format!("{} cannot be filled in; no post is made", template.path))
            .problems(problems)
    };
    template::fill(template, variables).map_err(wrong)
}

/// What a template may name.
fn variables(
    repo: &Repo,
    accounts: &Accounts,
    now: DateTime<Utc>,
    [title, id, slug]: [&str; 3],
    targets: &[String],
) -> Vec<Variable> {
    let defaults = || accounts.defaults.targets.iter().map(|target| target.value.clone()).collect();
    let targets = if targets.is_empty() { defaults() } else { targets.to_vec() };
    let zone = accounts.zone();
    // Who git takes them for; the address is nobody's business.
    let author = repo.person().unwrap_or_default();
    let author = author.split(" <").next().unwrap_or_default().to_owned();
    let plain = |name, value: String| Variable { name, value, is_words: false };
    let words = |name, value: String| Variable { name, value, is_words: true };
    vec![
        words("title", title.to_owned()),
        plain("id", id.to_owned()),
        plain("slug", slug.to_owned()),
        plain("targets", targets.join(", ")),
        plain("date", today(now, accounts).to_string()),
        plain("tomorrow", today(now + TimeDelta::days(1), accounts).to_string()),
        plain("time", now.with_timezone(&zone).format("%H:%M").to_string()),
        words("author", author),
    ]
}

fn today(now: DateTime<Utc>, accounts: &Accounts) -> NaiveDate {
    now.with_timezone(&accounts.zone()).date_naive()
}

/// Longest slug, in characters: ids are at most 64, and one that is taken gets a number.
const SLUG_MAX: usize = 56;

/// The file name a title makes: lower-case words of plain letters and digits with `-` between them. A title in another
/// script has none of these; its post is named after the day.
fn slug(title: &str, today: NaiveDate) -> Result<String, Failure> {
    if !title.chars().any(char::is_alphanumeric) {
        return Err(Failure::new(Kind::Usage, format!("the title `{title}` has neither a letter nor a digit"))
            .hint("the file is named after the title: `pressroom new \"Our first post\"`"));
    }
    let mut slug = String::new();
    for character in title.nfkd().flat_map(char::to_lowercase).filter(|character| !is_combining_mark(*character)) {
        match character {
            'a'..='z' | '0'..='9' => slug.push(character),
            // An apostrophe parts no words.
            '\'' | '’' => {}
            _ => match SPELT_OUT.iter().find(|(letter, _)| *letter == character) {
                Some((_, letters)) => slug.push_str(letters),
                None if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
                None => {}
            },
        }
    }
    if slug.len() > SLUG_MAX {
        // Whole words, where there is more than one.
        let cut = slug[..=SLUG_MAX].rfind('-').unwrap_or(SLUG_MAX);
        slug.truncate(cut);
    }
    let slug = slug.trim_end_matches('-');
    Ok(if slug.is_empty() { format!("post-{today}") } else { slug.to_owned() })
}

/// Latin letters that are no plain letter with a mark.
const SPELT_OUT: [(char, &str); 9] =
    [('ß', "ss"), ('æ', "ae"), ('œ', "oe"), ('ø', "o"), ('đ', "d"), ('ð', "d"), ('þ', "th"), ('ł', "l"), ('ı', "i")];

/// Ids like `slug` that the ledger, as last seen here, knows: a post that is gone keeps its id for ever.
fn in_ledger(repo: &Repo, accounts: &Accounts, slug: &str) -> Result<Vec<String>, Failure> {
    let branch = Journal::offline(repo, &accounts.publish.state_branch)?;
    let paths: BTreeSet<String> = branch.list(entry::FOLDER)?.into_iter().collect();
    let known = |id: &String| paths.contains(&entry::path(&PostId::new(id.as_str())));
    Ok(candidates(slug).take(paths.len() + 1).filter(known).collect())
}

/// `tea`, `tea-2`, `tea-3`, ...
fn candidates(slug: &str) -> impl Iterator<Item = String> {
    std::iter::once(slug.to_owned()).chain((2_u64..).map(move |number| format!("{slug}-{number}")))
}

fn unique(slug: &str, taken: &BTreeSet<String>) -> String {
    candidates(slug).find(|id| !taken.contains(id)).unwrap_or_else(|| slug.to_owned())
}

/// The file's text. The body is empty: a text that nobody wrote can then never go out.
fn text(id: &str, title: &str, targets: &[String], accounts: &Accounts, now: DateTime<Utc>) -> String {
    let names = |names: Vec<&str>| names.join(", ");
    let defaults = names(accounts.defaults.targets.iter().map(|target| target.value.as_str()).collect());
    let known = names(accounts.accounts.keys().map(String::as_str).collect());
    let targets = match (defaults.is_empty(), known.is_empty()) {
        _ if !targets.is_empty() => format!("targets: [{}]\n", targets.join(", ")),
        (false, _) => format!("# targets: [{defaults}]   # these, unless written\n"),
        (true, false) => format!("# Choose where it goes; accounts.toml has these.\n# targets: [{known}]\n"),
        (true, true) => "# Choose where it goes, once accounts.toml has accounts.\n# targets: []\n".to_owned(),
    };
    let tomorrow = today(now + TimeDelta::days(1), accounts);
    // A JSON string is a string of YAML as well.
    let title = Value::from(title);
    format!(
        "---\n\
         id: {id}\n\
         title: {title}\n\
         {targets}\
         # Without a schedule the post is held. `on-merge`: as soon as it is merged.\n\
         # schedule: {tomorrow} 09:00\n\
         ---\n\n"
    )
}

fn write(file: &Path, path: &str, text: &str) -> Result<(), Failure> {
    let write = || {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::File::create_new(file)?.write_all(text.as_bytes())
    };
    write().map_err(|error: std::io::Error| {
        if error.kind() == ErrorKind::AlreadyExists {
            return Failure::new(Kind::Usage, format!("{path} exists, and is left as it is"))
                .hint("edit that file, or choose another title");
        }
        Failure::new(Kind::Content, format!("{path} could not be written")).cause(error)
    })
}

/// The path as it can be typed where the person is: short at the repository's top, else in full.
fn shown(file: &Path, path: &str) -> String {
    let here = std::env::current_dir().ok().and_then(|here| here.join(path).canonicalize().ok());
    if here.is_some() && here == file.canonicalize().ok() { path.to_owned() } else { file.display().to_string() }
}

/// Opens the editor, where there is one and somebody to use it.
fn edit(context: &Context, file: &Path) {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return;
    }
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
    let Some(editor) = set("VISUAL").or_else(|| set("EDITOR")) else { return };
    let mut command = by_shell(&editor);
    command.arg(file);
    env::withhold_from(&mut command);
    match command.status() {
        Ok(status) if status.success() => {}
        Ok(status) => context.say(&format!("note: the editor `{editor}` ended with {status}; the file is there")),
        Err(error) => {
            context.say(&format!("note: the editor `{editor}` could not be started: {error}; the file is there"));
        }
    }
}

/// By the shell, as git does: the variable may hold options (`code --wait`).
#[cfg(unix)]
fn by_shell(editor: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{editor} \"$@\""), editor]);
    command
}

#[cfg(windows)]
fn by_shell(editor: &str) -> Command {
    let mut command = Command::new("cmd");
    command.args(["/C", editor]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account;

    fn accounts(text: &str) -> Accounts {
        account::parse(&Source::new("accounts.toml", format!("schema = 1\n{text}"))).0.unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-21T23:30:00Z".parse().unwrap()
    }

    #[test]
    fn titles_make_file_names() {
        let today = "2026-11-21".parse().unwrap();
        for (title, expected) in [
            ("Tea time", "tea-time"),
            ("  It’s 5 o'clock: TEA!  ", "its-5-oclock-tea"),
            ("Één kopje thee à la carte", "een-kopje-thee-a-la-carte"),
            ("Straße, Æther & smørrebrød", "strasse-aether-smorrebrod"),
            ("C++ / Rust", "c-rust"),
            ("2027", "2027"),
            ("../../etc/passwd", "etc-passwd"),
            ("お茶の時間", "post-2026-11-21"),
            (
                "A title that goes on and on until nobody knows any more how it began",
                "a-title-that-goes-on-and-on-until-nobody-knows-any-more",
            ),
            (
                "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft",
                "donaudampfschifffahrtselektrizitaetenhauptbetriebswerkba",
            ),
        ] {
            assert_eq!(slug(title, today).unwrap(), expected, "{title}");
        }
    }

    #[test]
    fn a_title_without_letters_is_refused() {
        for title in ["", "!?", "🫖"] {
            let failure = slug(title, NaiveDate::default()).unwrap_err();
            assert_eq!(failure.message, format!("the title `{title}` has neither a letter nor a digit"));
            assert_eq!(failure.hints, ["the file is named after the title: `pressroom new \"Our first post\"`"]);
        }
    }

    #[test]
    fn ids_are_unique() {
        let taken = ["tea", "tea-2", "coffee"].map(str::to_owned).into_iter().collect();
        assert_eq!(unique("tea", &taken), "tea-3");
        assert_eq!(unique("coffee", &taken), "coffee-2");
        assert_eq!(unique("milk", &taken), "milk");
    }

    #[test]
    fn a_new_post_names_the_accounts_there_are() {
        let none = text("tea", "Tea", &[], &accounts("[defaults]\ntimezone = \"Europe/Amsterdam\"\n"), now());
        assert_eq!(
            none,
            "---\nid: tea\ntitle: \"Tea\"\n\
             # Choose where it goes, once accounts.toml has accounts.\n# targets: []\n\
             # Without a schedule the post is held. `on-merge`: as soon as it is merged.\n\
             # schedule: 2026-11-23 09:00\n---\n\n"
        );
        let some = accounts("[accounts.ann]\nplatform = \"x\"\n[accounts.acme]\nplatform = \"linkedin\"\n");
        assert!(
            text("tea", "Tea", &[], &some, now())
                .contains("\n# Choose where it goes; accounts.toml has these.\n# targets: [acme, ann]\n")
        );
        let defaults = accounts("[defaults]\ntargets = [\"ann\"]\n[accounts.ann]\nplatform = \"x\"\n");
        assert!(text("tea", "Tea", &[], &defaults, now()).contains("\n# targets: [ann]   # these, unless written\n"));
    }

    #[test]
    fn a_post_for_somebody_says_so_and_lies_where_they_take_posts_from() {
        let known = accounts(
            "[accounts.ann]\nplatform = \"x\"\n[accounts.acme]\nplatform = \"linkedin\"\nposts = \"posts/company/**\"\n\
             [accounts.site]\nplatform = \"threads\"\nposts = \"posts/{news,blog}/*.md\"\n[groups]\nall = [\"ann\", \"acme\"]\n",
        );
        let for_them = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let folder = folder_for(&names, &known).map_err(|failure| failure.message);
            (folder, text("tea", "Tea", &names, &known, now()).lines().nth(3).unwrap_or_default().to_owned())
        };
        for (names, folder, line) in [
            (&["acme"][..], "posts/company/", "targets: [acme]"),
            (&["linkedin"], "posts/company/", "targets: [linkedin]"),
            (&["ann"], "posts/", "targets: [ann]"),
            (&["site"], "posts/", "targets: [site]"),
            (&["ann", "acme"], "posts/", "targets: [ann, acme]"),
            (&["all"], "posts/", "targets: [all]"),
        ] {
            assert_eq!(for_them(names), (Ok(folder.to_owned()), line.to_owned()), "{names:?}");
        }
        assert_eq!(for_them(&["acne"]).0, Err("there is no account, platform or group `acne`".to_owned()));
    }

    #[test]
    fn whatever_the_title_the_front_matter_is_sound() {
        for title in ["Tea: \"why\" # and how", "---", "C:\\tea", "{a: b}", "é\u{1f375}"] {
            let text = text("tea", title, &[], &accounts(""), now());
            let (post, problems) = post::parse(&Source::new("posts/tea.md", text), None);
            assert_eq!(problems, [], "{title}");
            let post = post.unwrap();
            assert_eq!(post.wishes.title.unwrap().value, title);
            assert!(post.schedule.is_none() && post.body.markdown.trim().is_empty());
        }
    }

    #[test]
    fn an_existing_file_is_left_as_it_is() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("posts/tea.md");
        write(&file, "posts/tea.md", "first").unwrap();
        let failure = write(&file, "posts/tea.md", "second").unwrap_err();
        assert_eq!(failure.message, "posts/tea.md exists, and is left as it is");
        assert_eq!(fs::read_to_string(&file).unwrap(), "first");
    }
}
