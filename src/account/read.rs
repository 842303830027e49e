//! accounts.toml -> [`Accounts`], table by table, with a problem for everything that is wrong.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::TimeDelta;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::calendar::Hush;
use super::keys::{self, Holds, Key, SCHEMA, SECTIONS};
use super::{
    Account, Accounts, App, Bucket, Defaults, Email, MediaHost, Notify, PathRule, Publish, check, platform_hint,
    secret, time,
};
use crate::error::{Located, Problem, Source};
use crate::limits::{Home, Platform};
use crate::suggest;
use crate::zone::Zone;

type Value<'a> = Spanned<DeValue<'a>>;

/// See [`super::parse`].
pub(super) fn parse(source: &Source) -> (Option<Accounts>, Vec<Problem>) {
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    let (secrets, problems) = secret::find(source, root.get_ref());
    let mut reader = Reader { source, problems, has_zone: false };
    let mut broken = false;
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        if error.message().starts_with("duplicate key") {
            reader.duplicate(span);
        } else if !std::mem::replace(&mut broken, true) {
            // The first is the mistake; what follows is mostly the parser finding its way back.
            let message = format!("this is no TOML: {}", error.message());
            reader.error(
                "toml",
                span,
                message,
                "each line is `key = value` or `[table]`; text stands between double quotes",
            );
        }
    }
    let accounts = (!broken).then(|| reader.accounts(root.get_ref()));
    let mut problems = reader.problems;
    problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
    if !secrets.is_empty() {
        let blanked = secret::blank(source, &secrets);
        problems.iter_mut().for_each(|problem| problem.source = blanked.clone());
    }
    (accounts, problems)
}

struct Reader<'s> {
    source: &'s Source,
    problems: Vec<Problem>,
    /// Whether a zone is named, right or wrong.
    has_zone: bool,
}

/// The values of one table, by key; every key is one the table may hold.
struct Table<'r, 'a> {
    values: BTreeMap<&'static str, &'r Value<'a>>,
}

impl<'r, 'a> Table<'r, 'a> {
    fn get(&self, key: &str) -> Option<&'r Value<'a>> {
        self.values.get(key).copied()
    }
}

impl Reader<'_> {
    fn error(&mut self, code: &'static str, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::error(code, self.source, message).at(span).hint(hint));
    }

    fn accounts(&mut self, root: &DeTable<'_>) -> Accounts {
        self.schema(root);
        for (key, value) in root {
            let name: &str = key.get_ref();
            if name != "schema" && !secret::is_secret_key(name) && !SECTIONS.iter().any(|section| section.name == name)
            {
                let table = value.get_ref().is_table();
                let (what, shown) = if table { ("table", format!("[{name}]")) } else { ("key", name.to_owned()) };
                let home = SECTIONS.iter().find(|section| match section.holds {
                    Holds::Keys(keys) => keys.iter().any(|key| key.name == name),
                    _ => false,
                });
                let hint = match home {
                    Some(section) if !table => format!("write it below `[{}]`", section.name),
                    _ => suggest::hint(name, SECTIONS.iter().map(|section| section.name)),
                };
                self.error("unknown-key", key.span(), format!("there is no {what} `{shown}`"), hint);
            }
        }
        let defaults = self.defaults(root);
        let accounts = Accounts {
            source: self.source.clone(),
            accounts: self.each_account(root, &defaults),
            defaults,
            publish: self.publish(root),
            recipients: self.recipients(root),
            apps: self.apps(root),
            groups: self.groups(root),
            media: self.media(root),
            notify: self.notify(root),
        };
        self.names(&accounts, root.get("accounts").and_then(|value| value.get_ref().as_table()));
        accounts
    }

    fn schema(&mut self, root: &DeTable<'_>) {
        let hint = format!("write `schema = {SCHEMA}` in the first line");
        let Some(value) = root.get("schema") else {
            return self.error("schema", 0..0, "accounts.toml does not say which `schema` it has", hint);
        };
        let number =
            value.get_ref().as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        match number {
            Some(SCHEMA) => {}
            Some(newer) if newer > SCHEMA => {
                let message = format!("this file has schema {newer}; this version of pressroom reads {SCHEMA}");
                self.error("schema", value.span(), message, "update pressroom");
            }
            _ => self.error("schema", value.span(), "there is no such schema", hint),
        }
    }

    /// A key or table that is there twice.
    fn duplicate(&mut self, span: Range<usize>) {
        let text = &*self.source.text;
        let name = &text[span.clone()];
        let line_start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[line_start..].lines().next().unwrap_or_default().trim();
        let first = first_of(text, line_start, line).map(|first| self.source.line_column(first).0);
        let message = match first {
            Some(first) => format!("`{name}` is given twice; the first is in line {first}"),
            // A table given twice is told once, not once more for each of its keys.
            None if line.starts_with(name) => return,
            None => format!("`{name}` is given twice"),
        };
        self.error("duplicate-key", span, message, "keep one of them");
    }

    /// The table `name`, with what does not belong there told.
    fn section<'r, 'a>(&mut self, root: &'r DeTable<'a>, name: &str) -> Table<'r, 'a> {
        let keys = SECTIONS.iter().find(|section| section.name == name).map(|section| section.holds);
        match (root.get(name), keys) {
            (Some(value), Some(Holds::Keys(keys))) => self.table(name, value, keys),
            _ => Table { values: BTreeMap::new() },
        }
    }

    fn table<'r, 'a>(&mut self, name: &str, value: &'r Value<'a>, keys: &'static [Key]) -> Table<'r, 'a> {
        let mut values = BTreeMap::new();
        let Some(table) = self.as_table(name, value) else { return Table { values } };
        for (key, value) in table {
            let written: &str = key.get_ref();
            let Some(known) = keys.iter().find(|known| known.name == written) else {
                if !secret::is_secret_key(written) {
                    self.unknown_key(name, written, key.span(), value, keys);
                }
                continue;
            };
            values.insert(known.name, value);
        }
        for key in keys.iter().filter(|key| key.required && !values.contains_key(key.name)) {
            let message = format!("`[{name}]` has no `{}`", key.name);
            self.error("missing-key", value.span(), message, format!("add `{} = \"...\"`", key.name));
        }
        Table { values }
    }

    fn unknown_key(&mut self, table: &str, key: &str, span: Range<usize>, value: &Value<'_>, keys: &'static [Key]) {
        let hint = match (value.get_ref().is_table(), table.strip_prefix("accounts.")) {
            // `[accounts.ann.example]` is TOML for something inside `ann`.
            (true, Some(account)) => {
                format!("a name with dots stands between quotes: `[accounts.\"{account}.{key}\"]`")
            }
            _ => suggest::hint(key, keys.iter().map(|key| key.name)),
        };
        self.error("unknown-key", span, format!("there is no key `{key}` in `[{table}]`"), hint);
    }

    fn as_table<'r, 'a>(&mut self, name: &str, value: &'r Value<'a>) -> Option<&'r DeTable<'a>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let inner = match name {
                "accounts" => ".acme-x",
                "apps" => ".x",
                _ => "",
            };
            self.wrong_type(name, value, "a table", format!("write `[{name}{inner}]` on a line of its own"));
        }
        table
    }

    fn wrong_type(&mut self, key: &str, value: &Value<'_>, wanted: &str, hint: impl Into<String>) {
        let kind = match value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error("wrong-type", value.span(), format!("`{key}` must be {wanted}, not {kind}"), hint);
    }

    fn text(&mut self, key: &str, value: &Value<'_>) -> Option<Located<String>> {
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                self.error(
                    "empty-value",
                    value.span(),
                    format!("`{key}` is empty"),
                    "write something, or remove the line",
                );
                None
            }
            DeValue::String(text) => Some(Located::new(text.clone().into_owned(), value.span())),
            _ => {
                self.wrong_type(key, value, "text", format!("write `{key} = \"...\"`"));
                None
            }
        }
    }

    fn bool(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        let read = value.get_ref().as_bool();
        if read.is_none() {
            self.wrong_type(key, value, "`true` or `false`", format!("write `{key} = true`"));
        }
        read
    }

    fn texts(&mut self, key: &str, value: &Value<'_>) -> Option<Vec<Located<String>>> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(key, value, "a list", format!("write `{key} = [\"...\"]`"));
            return None;
        };
        Some(items.iter().filter_map(|item| self.text(key, item)).collect())
    }

    fn duration(&mut self, key: &str, value: &Value<'_>) -> Option<TimeDelta> {
        if !value.get_ref().is_str() {
            self.wrong_type(key, value, "text", format!("write `{key} = \"6h\"`"));
            return None;
        }
        let text = self.text(key, value)?;
        let read = time::duration(&text.value);
        read.map_err(|hint| self.error("bad-duration", text.span, format!("`{}` is no duration", text.value), hint))
            .ok()
    }

    fn zone(&mut self, key: &str, value: &Value<'_>) -> Option<Zone> {
        let text = self.text(key, value)?;
        let read = time::zone(&text.value);
        read.map_err(|hint| self.error("unknown-zone", text.span, format!("there is no zone `{}`", text.value), hint))
            .ok()
    }

    fn defaults(&mut self, root: &DeTable<'_>) -> Defaults {
        let table = self.section(root, "defaults");
        let timezone = table.get("timezone").and_then(|value| self.zone("timezone", value));
        self.has_zone = table.get("timezone").is_some();
        self.needs_zone(&table);
        Defaults {
            timezone,
            targets: table.get("targets").and_then(|value| self.texts("targets", value)).unwrap_or_default(),
            max_late: table
                .get("max_late")
                .and_then(|value| self.duration("max_late", value))
                .unwrap_or_else(|| TimeDelta::hours(12)),
            hush: self.hush(&table, &Hush::default()),
        }
    }

    /// When nothing goes out, by this table or else by `[defaults]`.
    fn hush(&mut self, table: &Table<'_, '_>, defaults: &Hush) -> Hush {
        let quiet = table.get("quiet").and_then(|value| self.all("quiet", value, time::quiet));
        let blackout = table.get("blackout").and_then(|value| self.all("blackout", value, time::blackout));
        let hush = Hush {
            quiet: quiet.unwrap_or_else(|| defaults.quiet.clone()),
            blackout: blackout.unwrap_or_else(|| defaults.blackout.clone()),
        };
        if let Some(value) = table.get("quiet").filter(|_| hush.never_ends()) {
            let hint = "leave some time; to stop an account, write `paused = true`";
            self.error("bad-quiet", value.span(), "nothing would ever go out", hint);
        }
        hush
    }

    /// Slots, quiet hours and dates are told by some clock on some wall.
    fn needs_zone(&mut self, table: &Table<'_, '_>) {
        let walls = ["slots", "quiet", "blackout"].into_iter().find_map(|key| Some((key, table.get(key)?)));
        if let Some((key, value)) = walls.filter(|_| !self.has_zone) {
            let hint = "add `timezone = \"Europe/Amsterdam\"` under `[defaults]`";
            self.error("no-zone", value.span(), format!("`{key}` needs a zone, and accounts.toml names none"), hint);
        }
    }

    /// A list of texts of one form.
    fn all<T>(&mut self, key: &str, value: &Value<'_>, read: impl Fn(&str) -> Result<T, String>) -> Option<Vec<T>> {
        let (code, what) = match key {
            "slots" => ("bad-slot", "is no weekly slot"),
            "quiet" => ("bad-quiet", "is no quiet time"),
            _ => ("bad-date", "is no date"),
        };
        let mut all = Vec::new();
        for text in self.texts(key, value)? {
            match read(&text.value) {
                Ok(one) => all.push(one),
                Err(hint) => self.error(code, text.span, format!("`{}` {what}", text.value), hint),
            }
        }
        Some(all)
    }

    fn publish(&mut self, root: &DeTable<'_>) -> Publish {
        let table = self.section(root, "publish");
        let branch = table.get("branch").and_then(|value| self.branch("branch", value));
        let state_branch = table.get("state_branch").and_then(|value| self.branch("state_branch", value));
        let publish = Publish {
            branch: branch.unwrap_or_else(|| "main".to_owned()),
            state_branch: state_branch.unwrap_or_else(|| "pressroom-state".to_owned()),
            require_signed: self.demand(&table, "require_signed"),
            signers: self.signers(&table),
            require_plan: self.demand(&table, "require_plan"),
        };
        if let Some(value) = table.get("require_signed").filter(|_| publish.require_signed)
            && publish.signers.is_empty()
        {
            let hint = "list who may sign: `signers = [\"ssh-ed25519 AAAA... ann\"]`";
            self.error("no-signers", value.span(), "`require_signed` needs `signers`, and there are none", hint);
        }
        if let Some(value) = table.get("state_branch").or(table.get("branch"))
            && publish.branch == publish.state_branch
        {
            let message = format!("posts and state cannot both be on `{}`", publish.branch);
            self.error(
                "same-branch",
                value.span(),
                message,
                "give the state a branch of its own, such as `pressroom-state`",
            );
        }
        publish
    }

    fn demand(&mut self, table: &Table<'_, '_>, key: &str) -> bool {
        table.get(key).and_then(|value| self.bool(key, value)).unwrap_or_default()
    }

    fn signers(&mut self, table: &Table<'_, '_>) -> Vec<Located<String>> {
        let mut signers = table.get("signers").and_then(|value| self.texts("signers", value)).unwrap_or_default();
        signers.retain(|signer| {
            let valid = check::is_signer(&signer.value);
            if !valid && !secret::is_secret_value(&signer.value) {
                let hint = "write a public key: `ssh-ed25519 AAAA...`, `ssh-rsa AAAA...`, `ecdsa-sha2-nistp256 AAAA...`, or one of \
                            those in hardware (`sk-ssh-ed25519@openssh.com AAAA...`)";
                self.error("bad-signer", signer.span.clone(), "this is no ssh public key", hint);
            }
            valid
        });
        signers
    }

    fn branch(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        let text = self.text(key, value)?;
        if check::is_branch(&text.value) {
            return Some(text.value);
        }
        let hint = "write the branch's name as git shows it, such as `main`";
        self.error("bad-branch", text.span, format!("`{}` is no name of a branch", text.value), hint);
        None
    }

    fn recipients(&mut self, root: &DeTable<'_>) -> Vec<Located<String>> {
        let table = self.section(root, "encryption");
        let mut recipients =
            table.get("recipients").and_then(|value| self.texts("recipients", value)).unwrap_or_default();
        recipients.retain(|recipient| {
            if secret::is_secret_value(&recipient.value) {
                return false;
            }
            let valid = check::is_recipient(&recipient.value);
            if !valid {
                let hint =
                    "write a public key: `age1...` (from `age-keygen`), `ssh-ed25519 AAAA...` or `ssh-rsa AAAA...`";
                self.error("bad-recipient", recipient.span.clone(), "this is no public key age can encrypt to", hint);
            }
            valid
        });
        recipients
    }

    fn apps(&mut self, root: &DeTable<'_>) -> BTreeMap<Platform, App> {
        let mut apps = BTreeMap::new();
        let Some(value) = root.get("apps") else { return apps };
        for (name, value) in self.as_table("apps", value).into_iter().flatten() {
            let Some(platform) = self.platform(name.get_ref(), name.span()) else { continue };
            let table = self.table(&format!("apps.{platform}"), value, keys::APP);
            if let Some(client_id) = table.get("client_id").and_then(|value| self.text("client_id", value)) {
                apps.insert(platform, App { client_id: client_id.value });
            }
        }
        apps
    }

    fn platform(&mut self, name: &str, span: Range<usize>) -> Option<Platform> {
        let platform = Platform::named(name);
        if platform.is_none() {
            let hint = platform_hint(name);
            self.error("unknown-platform", span, format!("there is no platform `{name}`"), hint);
        }
        platform
    }

    fn each_account(&mut self, root: &DeTable<'_>, defaults: &Defaults) -> BTreeMap<String, Account> {
        let mut accounts = BTreeMap::new();
        let Some(value) = root.get("accounts") else { return accounts };
        for (name, value) in self.as_table("accounts", value).into_iter().flatten() {
            self.name("account", name.get_ref(), name.span());
            if let Some(account) = self.account(name, value, defaults) {
                accounts.insert(account.name.clone(), account);
            }
        }
        accounts
    }

    fn account(
        &mut self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Value<'_>,
        defaults: &Defaults,
    ) -> Option<Account> {
        let shown = match name.get_ref() {
            plain if plain.contains('.') => format!("accounts.\"{plain}\""),
            plain => format!("accounts.{plain}"),
        };
        let table = self.table(&shown, value, keys::ACCOUNT);
        self.needs_zone(&table);
        let platform = table.get("platform").and_then(|value| self.text("platform", value));
        let platform = platform.and_then(|text| self.platform(&text.value, text.span));
        let acts_as = table.get("as").and_then(|value| self.text("as", value));
        let premium =
            table.get("premium").and_then(|value| Some(Located::new(self.bool("premium", value)?, value.span())));
        if let Some(platform) = platform {
            self.fits(platform, acts_as.as_ref(), premium.as_ref());
        }
        let chat = platform.and_then(|platform| self.chat(platform, &shown, value, &table));
        let server = platform.map(|platform| self.server(platform, &shown, value, &table));
        let account = |platform| Account {
            name: name.get_ref().clone().into_owned(),
            platform,
            span: name.span(),
            acts_as: chat.or(acts_as.map(|text| text.value)),
            server: server.unwrap_or_default(),
            row: None,
            slots: table.get("slots").and_then(|value| self.all("slots", value, time::slot)).unwrap_or_default(),
            hush: self.hush(&table, &defaults.hush),
            spacing: table.get("spacing").and_then(|value| self.duration("spacing", value)),
            posts: table.get("posts").and_then(|value| self.path_rule(value)),
            paused: table.get("paused").and_then(|value| self.bool("paused", value)).unwrap_or_default(),
            append_hashtags: table.get("hashtags").is_some_and(|value| self.hashtags(value)),
            premium: premium.is_some_and(|premium| premium.value),
        };
        // An account without a platform is read all the same, for its other mistakes.
        let account = account(platform.unwrap_or(Platform::X));
        platform.map(|_| account)
    }

    /// Keys that only some platforms have.
    fn fits(&mut self, platform: Platform, acts_as: Option<&Located<String>>, premium: Option<&Located<bool>>) {
        if let Some(acts_as) = acts_as
            && let Err((message, hint)) = check::acts_as(platform, &acts_as.value)
        {
            self.error("bad-as", acts_as.span.clone(), message, hint);
        }
        if let Some(premium) = premium
            && platform != Platform::X
        {
            self.error("not-here", premium.span.clone(), format!("`premium` means nothing on {platform}"), "remove it");
        }
    }

    /// The server that an account lives on, or logs in at.
    fn server(&mut self, platform: Platform, shown: &str, value: &Value<'_>, table: &Table<'_, '_>) -> String {
        let home = platform.limits().home;
        let Some(given) = table.get("server") else {
            if home == Home::Server {
                let message = format!("`[{shown}]` has no `server`");
                let hint = "add the host that the account is on: `server = \"mastodon.social\"`";
                self.error("missing-key", value.span(), message, hint);
            }
            let (Home::Told { at } | Home::Usual { at }) = home else { return String::new() };
            return at.to_owned();
        };
        let Some(text) = self.text("server", given) else { return String::new() };
        let checked = match home {
            Home::One => Err(("not-here", format!("`server` means nothing on {platform}"), "remove it".to_owned())),
            _ => check::host(&text.value).map_err(|(message, hint)| ("bad-server", message, hint)),
        };
        match checked {
            Ok(()) => text.value,
            Err((code, message, hint)) => {
                self.error(code, text.span, message, hint);
                String::new()
            }
        }
    }

    /// Where a bot of Telegram publishes.
    fn chat(&mut self, platform: Platform, shown: &str, value: &Value<'_>, table: &Table<'_, '_>) -> Option<String> {
        let Some(given) = table.get("chat") else {
            if platform == Platform::Telegram {
                let message = format!("`[{shown}]` has no `chat`");
                let hint = "add the channel that the bot publishes in: `chat = \"@acme_news\"`, or its number";
                self.error("missing-key", value.span(), message, hint);
            }
            return None;
        };
        if platform != Platform::Telegram {
            self.error("not-here", given.span(), format!("`chat` means nothing on {platform}"), "remove it");
            return None;
        }
        let chat = match given.get_ref() {
            DeValue::Integer(number) => {
                let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
                Located::new(number.map(|number| number.to_string()).unwrap_or_default(), given.span())
            }
            _ => self.text("chat", given)?,
        };
        if let Err((message, hint)) = check::chat(&chat.value) {
            self.error("bad-chat", chat.span, message, hint);
            return None;
        }
        Some(chat.value)
    }

    fn path_rule(&mut self, value: &Value<'_>) -> Option<Located<PathRule>> {
        let text = self.text("posts", value)?;
        let first = text.value.split('/').next().unwrap_or_default();
        if first != "posts" && !first.contains(['*', '?', '[', '{']) {
            let message = format!("no post is under `{}`", text.value);
            self.error("bad-glob", text.span, message, format!("paths begin with `posts/`: `posts/{}`", text.value));
            return None;
        }
        match PathRule::new(&text.value) {
            Ok(rule) => Some(Located::new(rule, text.span)),
            Err(why) => {
                let message = format!("`{}` is no glob: {why}", text.value);
                self.error("bad-glob", text.span, message, "write a folder and `**`: `posts/company/**`");
                None
            }
        }
    }

    fn hashtags(&mut self, value: &Value<'_>) -> bool {
        let Some(text) = self.text("hashtags", value) else { return false };
        if text.value != "append" {
            let message = format!("`hashtags` cannot be `{}`", text.value);
            self.error("unknown-value", text.span, message, "write `hashtags = \"append\"`, or remove the line");
            return false;
        }
        true
    }

    fn groups(&mut self, root: &DeTable<'_>) -> BTreeMap<String, Vec<Located<String>>> {
        let mut groups = BTreeMap::new();
        let Some(value) = root.get("groups") else { return groups };
        for (name, value) in self.as_table("groups", value).into_iter().flatten() {
            self.name("group", name.get_ref(), name.span());
            let accounts = root.get("accounts").and_then(|accounts| accounts.get_ref().as_table());
            if accounts.is_some_and(|accounts| accounts.contains_key(name.get_ref().as_ref())) {
                let message = format!("`{}` is the name of an account, too", name.get_ref());
                self.error("same-name", name.span(), message, "give the group another name");
            }
            if let Some(members) = self.texts(name.get_ref(), value) {
                if members.is_empty() {
                    let hint = "name its accounts, or remove it";
                    self.error(
                        "empty-value",
                        value.span(),
                        format!("the group `{}` has no accounts", name.get_ref()),
                        hint,
                    );
                }
                groups.insert(name.get_ref().clone().into_owned(), members);
            }
        }
        groups
    }

    /// A name that people give to an account or a group.
    fn name(&mut self, what: &str, name: &str, span: Range<usize>) {
        if Platform::named(name).is_some() {
            let message = format!("`{name}` is a platform, so no {what} can be called that");
            self.error("same-name", span, message, format!("name it `my-{name}`, or after whose it is"));
        } else if !check::is_name(name) {
            let message =
                format!("`{name}` is no name: small letters, digits, `.`, `_` and `-`, a letter or digit first");
            self.error("bad-name", span, message, "write a name such as `acme-x`");
        }
    }

    fn media(&mut self, root: &DeTable<'_>) -> MediaHost {
        let table = self.section(root, "media");
        let public_url = table.get("public_url").and_then(|value| self.text("public_url", value));
        if let Some(url) = &public_url
            && let Err((message, hint)) = check::public_url(&url.value)
        {
            self.error("bad-url", url.span.clone(), message, hint);
        }
        let bucket = table.get("bucket");
        if let (Some(_), Some(bucket)) = (&public_url, bucket) {
            let message = "media have either a `public_url` or a `bucket`, and this file gives both";
            self.error("two-hosts", bucket.span(), message, "remove one of them");
        }
        MediaHost { public_url, bucket: bucket.and_then(|value| self.bucket(value)) }
    }

    fn bucket(&mut self, value: &Value<'_>) -> Option<Bucket> {
        let table = self.table("media.bucket", value, keys::BUCKET);
        let mut text = |key, check: fn(&str) -> Result<(), (String, String)>| {
            let text = self.text(key, table.get(key)?)?;
            let checked = check(&text.value);
            checked.map_err(|(message, hint)| self.error("bad-bucket", text.span, message, hint)).ok()?;
            Some(text.value)
        };
        let endpoint = text("endpoint", check::endpoint);
        let region = text("region", check::region);
        let name = text("bucket", check::bucket);
        let prefix = text("prefix", check::prefix).map(|prefix| format!("{}/", prefix.trim_end_matches('/')));
        let path_style = table.get("path_style").and_then(|value| self.bool("path_style", value)).unwrap_or_default();
        let (endpoint, region, name) = (endpoint?, region?, name?);
        Some(Bucket { endpoint, region, name, prefix: prefix.unwrap_or_default(), path_style })
    }

    fn notify(&mut self, root: &DeTable<'_>) -> Notify {
        let table = self.section(root, "notify");
        Notify {
            webhook: table.get("webhook").and_then(|value| self.environment("webhook", value)),
            email: table.get("email").and_then(|value| self.email(value)),
        }
    }

    fn email(&mut self, value: &Value<'_>) -> Option<Email> {
        let table = self.table("notify.email", value, keys::EMAIL);
        let to = table.get("to").and_then(|value| self.text("to", value));
        if let Some(to) = to.as_ref().filter(|to| !to.value.trim_matches('@').contains('@')) {
            let message = format!("`{}` is no mail address", to.value);
            self.error("bad-address", to.span.clone(), message, "write `to = \"ops@example.com\"`");
        }
        let smtp = table.get("smtp").and_then(|value| self.environment("smtp", value));
        Some(Email { to: to?.value, smtp: smtp?.value })
    }

    /// `env:NAME`: what stands there may be a secret, so only the variable's name is written.
    fn environment(&mut self, key: &str, value: &Value<'_>) -> Option<Located<String>> {
        let text = self.text(key, value)?;
        let variable = text.value.strip_prefix("env:").unwrap_or_default();
        let upper = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        if variable.bytes().next().is_some_and(upper)
            && variable.bytes().all(|byte| upper(byte) || byte.is_ascii_digit())
        {
            return Some(text);
        }
        let hint = format!("write `{key} = \"env:PRESSROOM_{}\"` and set that variable", env_name(key));
        self.error("not-env", text.span, format!("`{key}` must name an environment variable"), hint);
        None
    }

    /// Names that must be those of accounts, groups or platforms. An account that is `written` but could not be read has its
    /// own problems, and is not said to be missing.
    fn names(&mut self, accounts: &Accounts, written: Option<&DeTable<'_>>) {
        let known = |name: &str| written.is_some_and(|written| written.contains_key(name));
        for member in accounts.groups.values().flatten().filter(|member| !known(&member.value)) {
            let name = &member.value;
            let hint = if accounts.groups.contains_key(name) {
                "a group holds accounts, not groups".to_owned()
            } else {
                suggest::hint(name, accounts.accounts.keys().map(String::as_str))
            };
            self.error("unknown-account", member.span.clone(), format!("there is no account `{name}`"), hint);
        }
        for target in accounts.defaults.targets.iter().filter(|target| !known(&target.value)) {
            if let Err(unknown) = accounts.named(&target.value) {
                self.error("unknown-target", target.span.clone(), unknown.message, unknown.hint);
            }
        }
    }
}

/// Where the first of two equal lines (a table's head, or a key of the same table) begins.
fn first_of(text: &str, second: usize, line: &str) -> Option<usize> {
    let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let wanted = key(line);
    let mut first = None;
    let mut start = 0;
    for candidate in text[..second].split_inclusive('\n') {
        let plain = candidate.trim();
        if plain.starts_with('[') && !line.starts_with('[') {
            // Keys are told apart by table, so a new table begins anew.
            first = None;
        }
        if first.is_none() && key(plain) == wanted {
            first = Some(start + (candidate.len() - candidate.trim_start().len()));
        }
        start += candidate.len();
    }
    first
}

fn env_name(key: &str) -> &'static str {
    if key == "smtp" { "SMTP_URL" } else { "WEBHOOK" }
}
