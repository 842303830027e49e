//! What operators get wrong in accounts.toml, and the exact words they read about it.

use super::*;

/// The problems of a file, one a line: `line:column code message / hint`.
fn problems(text: &str) -> Vec<String> {
    let line = |problem: Problem| {
        assert!(problem.span.clone().is_none_or(|span| problem.source.text.get(span).is_some()), "{problem:?}");
        let (line, column) = problem.start();
        format!("{line}:{column} {} {} / {}", problem.code, problem.message, problem.hint.unwrap_or_default())
    };
    parse(&Source::new("accounts.toml", text)).1.into_iter().map(line).collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(problems(text), expected, "{text}");
}

#[test]
fn a_whole_file_is_fine() {
    check(
        r#"schema = 1

[defaults]
timezone = "Europe/Amsterdam"
targets  = []
max_late = "12h"

[publish]
branch       = "main"
state_branch = "pressroom-state"

[encryption]
recipients = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3n1JfXwF0vV6Nn5T1g2yJ0v1cN0N1l0bJ7Zz7Q7Z7Z ann@acme"]

[apps.x]
client_id = "abc"

[accounts.acme-x]
platform = "x"
premium = true
[accounts.acme-company]
platform  = "linkedin"
as        = "urn:li:organization:123456"
spacing   = "15m"
posts     = "posts/company/**"
paused    = false
hashtags = "append"
[accounts.team-page]
platform = "facebook"
as       = "1234567890"

[groups]
all = ["acme-x", "acme-company", "team-page"]
"#,
        &[],
    );
    check("\u{feff}schema = 1\r\n[accounts.\"ann.example\"]\r\nplatform = \"bluesky\"\r\n", &[]);
}

#[test]
fn schemas() {
    check("", &["1:1 schema accounts.toml does not say which `schema` it has / write `schema = 1` in the first line"]);
    check(
        r#"schema = 2
"#,
        &["1:10 schema this file has schema 2; this version of pressroom reads 1 / update pressroom"],
    );
    check(
        r#"schema = "1"
"#,
        &["1:10 schema there is no such schema / write `schema = 1` in the first line"],
    );
    check(
        r#"schema = 0
"#,
        &["1:10 schema there is no such schema / write `schema = 1` in the first line"],
    );
}

#[test]
fn no_toml() {
    check(
        r#"schema = 1
x = 
"#,
        &[
            "2:5 toml this is no TOML: string values must be quoted, expected literal string / each line is `key = value` or `[table]`; text stands between double quotes",
        ],
    );
    check(
        r#"schema = 1
[a
b = 
"#,
        &[
            "2:3 toml this is no TOML: unclosed table, expected `]` / each line is `key = value` or `[table]`; text stands between double quotes",
        ],
    );
    check(
        r#"schema = 1
name = tea
"#,
        &[
            "2:8 toml this is no TOML: invalid boolean, expected `true` / each line is `key = value` or `[table]`; text stands between double quotes",
        ],
    );
}

#[test]
fn given_twice() {
    check(
        r#"schema = 1
[acounts.a]
platform = "x"
[accounts.a]
platform = "x"
colour = "red"
[accounts.a]
platform = "linkedin"
"#,
        &[
            "2:2 unknown-key there is no table `[acounts]` / did you mean `accounts`?",
            "6:1 unknown-key there is no key `colour` in `[accounts.a]` / choose `platform`, `as`, `server`, `chat`, `slots`, `spacing`, `quiet`, `blackout`, `posts`, `paused`, `hashtags` or `premium`",
            "7:11 duplicate-key `a` is given twice; the first is in line 4 / keep one of them",
        ],
    );
    check(
        r#"schema = 1
[accounts.a]
platform = "x"
paused = true
platform = "linkedin"
"#,
        &["5:1 duplicate-key `platform` is given twice; the first is in line 3 / keep one of them"],
    );
    check(
        r#"schema = 1
[media]
[media]
"#,
        &["3:2 duplicate-key `media` is given twice; the first is in line 2 / keep one of them"],
    );
    check(
        r#"schema = 1
[notify]
email = { to = "a@b", to = "c@d", smtp = "env:A" }
"#,
        &["3:23 duplicate-key `to` is given twice / keep one of them"],
    );
}

#[test]
fn names() {
    check(
        r#"schema = 1
[accounts.a]
platform = "twiter"
[accounts.x]
platform = "x"
[accounts.Big]
platform = "bluesky"
as = "foo"
[accounts.b]
[accounts.ann.example]
platform = "x"
[groups]
a = ["b"]
g = ["a", "ac", "h"]
h = ["b"]
linkedin = []
"#,
        &[
            "3:12 unknown-platform there is no platform `twiter` / write `x`",
            "4:11 same-name `x` is a platform, so no account can be called that / name it `my-x`, or after whose it is",
            "6:11 bad-name `Big` is no name: small letters, digits, `.`, `_` and `-`, a letter or digit first / write a name such as `acme-x`",
            "8:6 bad-as `as` means nothing on bluesky / remove it: the token says who publishes",
            r#"9:1 missing-key `[accounts.b]` has no `platform` / add `platform = "..."`"#,
            r#"10:11 missing-key `[accounts.ann]` has no `platform` / add `platform = "..."`"#,
            r#"10:15 unknown-key there is no key `example` in `[accounts.ann]` / a name with dots stands between quotes: `[accounts."ann.example"]`"#,
            "13:1 same-name `a` is the name of an account, too / give the group another name",
            "14:11 unknown-account there is no account `ac` / choose `Big` or `x`",
            "14:17 unknown-account there is no account `h` / a group holds accounts, not groups",
            "16:1 same-name `linkedin` is a platform, so no group can be called that / name it `my-linkedin`, or after whose it is",
            "16:12 empty-value the group `linkedin` has no accounts / name its accounts, or remove it",
        ],
    );
    check(
        r#"schema = 1
[defaults]
targets = ["x", "me", "all", "al"]
[accounts.me]
platform = "x"
[accounts.you]
platform = "x"
[groups]
all = ["me", "yu"]
"#,
        &[
            "3:12 unknown-target 2 accounts are on x / name the one you mean: `me` or `you`",
            "3:30 unknown-target there is no account, platform or group `al` / choose `me`, `you` or `all`",
            "9:14 unknown-account there is no account `yu` / choose `me` or `you`",
        ],
    );
    check(
        r#"schema = 1
[defaults]
targets = ["me"]
"#,
        &["3:12 unknown-target there is no account, platform or group `me` / accounts.toml has no accounts"],
    );
}

#[test]
fn unknown_tables_and_keys() {
    check(
        r#"schema = 1
timezone = "UTC"
[acounts.a]
platform = "x"
[accounts.a]
platform = "x"
colour = "red"
post = "posts/**"
"#,
        &[
            "2:1 unknown-key there is no key `timezone` / write it below `[defaults]`",
            "3:2 unknown-key there is no table `[acounts]` / did you mean `accounts`?",
            "7:1 unknown-key there is no key `colour` in `[accounts.a]` / choose `platform`, `as`, `server`, `chat`, `slots`, `spacing`, `quiet`, `blackout`, `posts`, `paused`, `hashtags` or `premium`",
            "8:1 unknown-key there is no key `post` in `[accounts.a]` / did you mean `posts`?",
        ],
    );
    check(
        r#"schema = 1
accounts = 3
groups = []
defaults = "x"
"#,
        &[
            "2:12 wrong-type `accounts` must be a table, not a number / write `[accounts.acme-x]` on a line of its own",
            "3:10 wrong-type `groups` must be a table, not a list / write `[groups]` on a line of its own",
            "4:12 wrong-type `defaults` must be a table, not text / write `[defaults]` on a line of its own",
        ],
    );
    check(
        r#"schema = 1
[[accounts]]
platform = "x"
"#,
        &["2:1 wrong-type `accounts` must be a table, not a list / write `[accounts.acme-x]` on a line of its own"],
    );
}

#[test]
fn wrong_values() {
    check(
        r#"schema = 1
[accounts.a]
platform = "linkedin"
as = "123"
posts = "company/**"
slots = ["Mon 9:00", "Mon 09:00"]
spacing = "15"
paused = "yes"
hashtags = "prepend"
premium = true
[accounts.b]
platform = "facebook"
as = "me"
posts = "posts/[a"
[accounts.c]
platform = "linkedin"
posts = 3
[defaults]
timezone = "Amsterdam"
targets = ["linkedin", "x", "aa", "a"]
max_late = 12
[publish]
branch = "a b"
state_branch = "main"
[media]
public_url = "https://a.example/x"
"#,
        &[
            r#"4:6 bad-as `123` is no LinkedIn organisation or person / write `as = "urn:li:organization:123"`"#,
            "5:9 bad-glob no post is under `company/**` / paths begin with `posts/`: `posts/company/**`",
            "6:10 bad-slot `Mon 9:00` is no weekly slot / write days and a time, such as `Mon-Fri 09:05` or `Tue,Thu 16:35`",
            "7:11 bad-duration `15` is no duration / write a number followed by `m`, `h` or `d`, such as `90m`, `6h` or `2d`",
            "8:10 wrong-type `paused` must be `true` or `false`, not text / write `paused = true`",
            r#"9:12 unknown-value `hashtags` cannot be `prepend` / write `hashtags = "append"`, or remove the line"#,
            "10:11 not-here `premium` means nothing on linkedin / remove it",
            r#"13:6 bad-as `me` is no Page id / write the Page's id, digits only: `as = "1234567890"`; Facebook takes nothing from programs for profiles and groups"#,
            "14:9 bad-glob `posts/[a` is no glob: unclosed character class; missing ']' / write a folder and `**`: `posts/company/**`",
            r#"17:9 wrong-type `posts` must be text, not a number / write `posts = "..."`"#,
            "19:12 unknown-zone there is no zone `Amsterdam` / did you mean `Europe/Amsterdam`?",
            "20:12 unknown-target 2 accounts are on linkedin / name the one you mean: `a` or `c`",
            r#"20:24 unknown-target no account is on x / add one to accounts.toml: `[accounts.my-x]` with `platform = "x"`"#,
            "20:29 unknown-target there is no account, platform or group `aa` / choose `a`, `b`, `c` or `facebook`",
            r#"21:12 wrong-type `max_late` must be text, not a number / write `max_late = "6h"`"#,
            "23:10 bad-branch `a b` is no name of a branch / write the branch's name as git shows it, such as `main`",
            "24:16 same-branch posts and state cannot both be on `main` / give the state a branch of its own, such as `pressroom-state`",
            r#"26:14 bad-url the address is the same for every file / write `public_url = "https://example.com/{path}"`"#,
        ],
    );
}

#[test]
fn times_at_which_nothing_goes_out() {
    let (accounts, problems) = parse(&Source::new(
        "accounts.toml",
        r#"schema = 1
[defaults]
timezone = "Europe/Amsterdam"
quiet = ["22:00-07:00"]
blackout = ["2026-12-24"]
[accounts.a]
platform = "x"
[accounts.b]
platform = "x"
quiet = []
slots = ["Mon 09:00"]
"#,
    ));
    assert_eq!(problems, []);
    let accounts = accounts.unwrap();
    let quiet = |name: &str| (accounts.accounts[name].hush.quiet.len(), accounts.accounts[name].hush.blackout.len());
    assert_eq!((quiet("a"), quiet("b")), ((1, 1), (0, 1)));
    check(
        r#"schema = 1
[accounts.a]
platform = "x"
slots = ["Mon 09:00"]
[accounts.b]
platform = "x"
quiet = ["all"]
blackout = ["Christmas"]
[accounts.c]
platform = "x"
quiet = ["Mon-Sat", "Sun 00:00-00:00"]
"#,
        &[
            r#"4:9 no-zone `slots` needs a zone, and accounts.toml names none / add `timezone = "Europe/Amsterdam"` under `[defaults]`"#,
            r#"7:9 no-zone `quiet` needs a zone, and accounts.toml names none / add `timezone = "Europe/Amsterdam"` under `[defaults]`"#,
            "7:10 bad-quiet `all` is no quiet time / choose `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` or `Sun`",
            "8:13 bad-date `Christmas` is no date / write a day, or the first and the last: `2026-12-24`, `2026-12-24..2026-12-27`",
            r#"11:9 no-zone `quiet` needs a zone, and accounts.toml names none / add `timezone = "Europe/Amsterdam"` under `[defaults]`"#,
            "11:9 bad-quiet nothing would ever go out / leave some time; to stop an account, write `paused = true`",
        ],
    );
}

#[test]
fn where_media_can_be_fetched() {
    let media = |url: &str| format!("schema = 1\n[media]\npublic_url = \"{url}\"\n");
    for url in [
        "https://acme.github.io/social/{path}",
        "https://raw.githubusercontent.com/acme/social/{commit}/{path}",
        "https://cdn.example.com:8443/get?file={sha256}",
    ] {
        check(&media(url), &[]);
    }
    for (url, said) in [
        ("http://a.example/{path}", "`http://a.example/{path}` is no https address"),
        ("https:///{path}", "the host must be the same for every file"),
        ("https://{sha256}.a.example/{path}", "the host must be the same for every file"),
        ("https://ann:word@a.example/{path}", "a platform cannot log in to fetch media"),
        ("https://a.example/{commit}", "the address is the same for every file"),
    ] {
        let hint = "write `public_url = \"https://example.com/{path}\"`";
        check(&media(url), &[&format!("3:14 bad-url {said} / {hint}")]);
    }
    for host in ["localhost", "127.0.0.1", "10.1.2.3", "192.168.0.9:8443", "169.254.169.254", "[fd00::1]", "nas.local"]
    {
        let said = format!("3:14 bad-url no platform can reach `{host}` / name a host on the internet");
        check(&media(&format!("https://{host}/{{path}}")), &[&said]);
    }
}

#[test]
fn a_bucket_lends_media() {
    let text = "schema = 1\n[media.bucket]\nendpoint = \"https://s3.eu-central-1.amazonaws.com\"\nregion = \"eu-central-1\"\n\
                bucket = \"acme-media\"\nprefix = \"social/media\"\n";
    let (accounts, problems) = parse(&Source::new("accounts.toml", text));
    assert_eq!(problems, []);
    let bucket = Bucket {
        endpoint: "https://s3.eu-central-1.amazonaws.com".to_owned(),
        region: "eu-central-1".to_owned(),
        name: "acme-media".to_owned(),
        prefix: "social/media/".to_owned(),
        path_style: false,
    };
    assert_eq!(accounts.unwrap().media.bucket, Some(bucket));
    check(
        r#"schema = 1
[media]
public_url = "https://a.example/{path}"
[media.bucket]
endpoint = "https://a.example/acme"
region = "EU"
bucket = "acme.example/x"
prefix = "/a"
path_style = "yes"
secret_access_key = "abc"
acl = "public"
"#,
        &[
            "4:1 two-hosts media have either a `public_url` or a `bucket`, and this file gives both / remove one of them",
            "5:12 bad-bucket the endpoint is more than a host / write the address of the API, without the bucket: `https://s3.eu-central-1.amazonaws.com`",
            "6:10 bad-bucket `EU` is no name of a region / write its name as the service lists it: `eu-central-1`, or `auto` at Cloudflare",
            "7:10 bad-bucket `acme.example/x` is no name of a bucket / 3 to 63 small letters, digits, `.` and `-`, a letter or digit first and last",
            "8:10 bad-bucket `/a` is no prefix / write folders of plain letters, without a slash first: `social/media/`",
            "9:14 wrong-type `path_style` must be `true` or `false`, not text / write `path_style = true`",
            "10:1 secret-in-file `secret_access_key` is a secret, and this file is no place for one / secrets lie encrypted in the vault: remove this line, run `pressroom connect`, and if the line was ever committed, have the platform issue a new one",
            "11:1 unknown-key there is no key `acl` in `[media.bucket]` / choose `endpoint`, `region`, `bucket`, `prefix` or `path_style`",
        ],
    );
    check(
        "schema = 1\n[media]\nbucket = { endpoint = \"http://a.example\", region = \"auto\" }\n",
        &[
            "3:10 missing-key `[media.bucket]` has no `bucket` / add `bucket = \"...\"`",
            "3:23 bad-bucket `http://a.example` is no https address / write the address of the API, without the bucket: `https://s3.eu-central-1.amazonaws.com`",
        ],
    );
}

#[test]
fn signatures_are_demanded_of_somebody() {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti ann";
    let text = format!("schema = 1\n[publish]\nrequire_signed = true\nsigners = [\"{key}\"]\nrequire_plan = true\n");
    let (accounts, problems) = parse(&Source::new("accounts.toml", text));
    assert_eq!(problems, []);
    let publish = accounts.unwrap().publish;
    assert!(publish.require_signed && publish.require_plan);
    assert_eq!(publish.signers.iter().map(|signer| &*signer.value).collect::<Vec<_>>(), [key]);
    check(
        "schema = 1\n[publish]\nrequire_signed = true\nsigners = [\"age1abc\", \"ssh-ed25519 AAAA\"]\nrequire_plan = 1\n",
        &[
            r#"3:18 no-signers `require_signed` needs `signers`, and there are none / list who may sign: `signers = ["ssh-ed25519 AAAA... ann"]`"#,
            "4:12 bad-signer this is no ssh public key / write a public key: `ssh-ed25519 AAAA...`, `ssh-rsa AAAA...`, `ecdsa-sha2-nistp256 AAAA...`, or one of those in hardware (`sk-ssh-ed25519@openssh.com AAAA...`)",
            "4:23 bad-signer this is no ssh public key / write a public key: `ssh-ed25519 AAAA...`, `ssh-rsa AAAA...`, `ecdsa-sha2-nistp256 AAAA...`, or one of those in hardware (`sk-ssh-ed25519@openssh.com AAAA...`)",
            "5:16 wrong-type `require_plan` must be `true` or `false`, not a number / write `require_plan = true`",
        ],
    );
}

#[test]
fn a_server_is_the_name_of_a_host() {
    let read = |platform: &str, server: &str| {
        let line = if server.is_empty() { String::new() } else { format!("server = {server}\n") };
        parse(&Source::new("accounts.toml", format!("schema = 1\n[accounts.ann]\nplatform = \"{platform}\"\n{line}")))
    };
    for (platform, server, expected) in [
        ("mastodon", r#""mastodon.social""#, "mastodon.social"),
        ("mastodon", r#""xn--mnchen-3ya.social""#, "xn--mnchen-3ya.social"),
        ("bluesky", "", "bsky.social"),
        ("bluesky", r#""pds.example.com""#, "pds.example.com"),
        ("forem", "", "dev.to"),
        ("forem", r#""forem.example.com""#, "forem.example.com"),
        ("x", "", ""),
    ] {
        let (accounts, problems) = read(platform, server);
        assert_eq!(problems, [], "{platform} {server}");
        assert_eq!(accounts.unwrap().accounts["ann"].server, expected, "{platform} {server}");
    }
    let mut told = String::new();
    for (platform, server) in [
        ("mastodon", ""),
        ("mastodon", "7"),
        ("x", r#""x.com""#),
        ("mastodon", r#""https://Mastodon.social/@ann""#),
        ("mastodon", r#""@ann@mastodon.social""#),
        ("mastodon", r#""mastodon.social:3000""#),
        ("mastodon", r#""mastodon.social/""#),
        ("mastodon", r#""Mastodon.Social""#),
        ("mastodon", r#""münchen.social""#),
        ("mastodon", r#""127.0.0.1""#),
        ("mastodon", r#""[::1]:80""#),
        ("mastodon", r#""0x7f.1""#),
        ("mastodon", r#""localhost""#),
        ("bluesky", r#""pds""#),
        ("bluesky", r#""a..b""#),
    ] {
        let (accounts, problems) = read(platform, server);
        assert_eq!(accounts.unwrap().accounts["ann"].server, "", "{platform} {server}");
        for problem in problems {
            let (line, column) = problem.start();
            let hint = problem.hint.unwrap_or_default();
            told.push_str(&format!("{line}:{column} {} {} / {hint}\n", problem.code, problem.message));
        }
    }
    insta::assert_snapshot!(told, @r#"
    2:1 missing-key `[accounts.ann]` has no `server` / add the host that the account is on: `server = "mastodon.social"`
    4:10 wrong-type `server` must be text, not a number / write `server = "..."`
    4:10 not-here `server` means nothing on x / remove it
    4:10 bad-server `https://Mastodon.social/@ann` has a scheme; a server is the name of a host alone / write `server = "mastodon.social"`
    4:10 bad-server `@ann@mastodon.social` names somebody; a server is the name of a host alone / write `server = "mastodon.social"`
    4:10 bad-server `mastodon.social:3000` has a port; a server is the name of a host alone / write `server = "mastodon.social"`
    4:10 bad-server `mastodon.social/` has a path; a server is the name of a host alone / write `server = "mastodon.social"`
    4:10 bad-server `Mastodon.Social` has capital letters; a server is the name of a host alone / write `server = "mastodon.social"`
    4:10 bad-server `münchen.social` has letters that no host's name has; a server is the name of a host alone / write `server = "xn--mnchen-3ya.social"`
    4:10 bad-server `127.0.0.1` is an address of numbers; a server is the name of a host alone / write the server's name on the internet, such as `mastodon.social`
    4:10 bad-server `[::1]:80` is an address of numbers; a server is the name of a host alone / write the server's name on the internet, such as `mastodon.social`
    4:10 bad-server `0x7f.1` is an address of numbers; a server is the name of a host alone / write the server's name on the internet, such as `mastodon.social`
    4:10 bad-server `localhost` is none; a server is the name of a host alone / write the server's name on the internet, such as `mastodon.social`
    4:10 bad-server `pds` is none; a server is the name of a host alone / write the server's name on the internet, such as `mastodon.social`
    4:10 bad-server `a..b` is none; a server is the name of a host alone / write the server's name on the internet, such as `mastodon.social`
    "#);
}

#[test]
fn a_chat_is_a_name_or_a_number() {
    let read = |platform: &str, chat: &str| {
        let line = if chat.is_empty() { String::new() } else { format!("chat = {chat}\n") };
        parse(&Source::new("accounts.toml", format!("schema = 1\n[accounts.ann]\nplatform = \"{platform}\"\n{line}")))
    };
    for (chat, expected) in [
        (r#""@acme_news""#, "@acme_news"),
        ("-1001234567890", "-1001234567890"),
        (r#""-1001234567890""#, "-1001234567890"),
    ] {
        let (accounts, problems) = read("telegram", chat);
        assert_eq!(problems, [], "{chat}");
        assert_eq!(accounts.unwrap().accounts["ann"].acts_as.as_deref(), Some(expected), "{chat}");
    }
    let mut told = String::new();
    for (platform, chat) in [
        ("telegram", ""),
        ("telegram", "true"),
        ("telegram", "0"),
        ("telegram", r#""acme_news""#),
        ("telegram", r#""https://t.me/acme_news""#),
        ("telegram", r#""@a b""#),
        ("discord", r#""@acme_news""#),
    ] {
        for problem in read(platform, chat).1 {
            let (line, column) = problem.start();
            let hint = problem.hint.unwrap_or_default();
            told.push_str(&format!("{line}:{column} {} {} / {hint}\n", problem.code, problem.message));
        }
    }
    insta::assert_snapshot!(told, @r#"
    2:1 missing-key `[accounts.ann]` has no `chat` / add the channel that the bot publishes in: `chat = "@acme_news"`, or its number
    4:8 wrong-type `chat` must be text, not true or false / write `chat = "..."`
    4:8 bad-chat `0` is no chat of Telegram / write its public name (`chat = "@acme_news"`), or its number (`chat = -1001234567890`)
    4:8 bad-chat `acme_news` is no chat of Telegram / write `chat = "@acme_news"`
    4:8 bad-chat `https://t.me/acme_news` is no chat of Telegram / write `chat = "@acme_news"`
    4:8 bad-chat `@a b` is no chat of Telegram / write its public name (`chat = "@acme_news"`), or its number (`chat = -1001234567890`)
    4:8 not-here `chat` means nothing on discord / remove it
    "#);
}

#[test]
fn secrets_are_refused() {
    check(
        r#"schema = 1
[apps.x]
client_id = "a"
client_secret = "hunter2"
[apps.linkedin]
[apps.y]
[encryption]
recipients = ["age1abc", "AGE-SECRET-KEY-1ABCDEF", "ssh-ed25519 zzz"]
[notify]
webhook = "https://hooks.slack.com/T/1"
email = { to = "ops", smtp = "env:SMTP" , cc = "a"}
[media]
public_url = "https://a.example/{paht}"
"#,
        &[
            "4:1 secret-in-file `client_secret` is a secret, and this file is no place for one / secrets lie encrypted in the vault: remove this line, run `pressroom connect`, and if the line was ever committed, have the platform issue a new one",
            r#"5:1 missing-key `[apps.linkedin]` has no `client_id` / add `client_id = "..."`"#,
            "6:7 unknown-platform there is no platform `y` / choose `x`, `linkedin`, `facebook`, `instagram`, `threads`, `youtube`, `tiktok`, `bluesky`, `mastodon`, `discord`, `telegram`, `forem` or `slack`",
            "8:15 bad-recipient this is no public key age can encrypt to / write a public key: `age1...` (from `age-keygen`), `ssh-ed25519 AAAA...` or `ssh-rsa AAAA...`",
            "8:26 secret-in-file this is a secret key / keep it out of the repository, write its public key instead (`age1...`), and make a new key if this was ever committed",
            "8:52 bad-recipient this is no public key age can encrypt to / write a public key: `age1...` (from `age-keygen`), `ssh-ed25519 AAAA...` or `ssh-rsa AAAA...`",
            r#"10:11 not-env `webhook` must name an environment variable / write `webhook = "env:PRESSROOM_WEBHOOK"` and set that variable"#,
            r#"11:16 bad-address `ops` is no mail address / write `to = "ops@example.com"`"#,
            "11:43 unknown-key there is no key `cc` in `[notify.email]` / choose `to` or `smtp`",
            "13:14 bad-url `{paht}` stands for nothing / choose `{commit}`, `{path}` or `{sha256}`",
        ],
    );
    check(
        r#"schema = 1
[acounts.a]
access_token = "abc"
[accounts.a]
platform = "x"
Password = "abc"
"#,
        &[
            "2:2 unknown-key there is no table `[acounts]` / did you mean `accounts`?",
            "3:1 secret-in-file `access_token` is a secret, and this file is no place for one / secrets lie encrypted in the vault: remove this line, run `pressroom connect`, and if the line was ever committed, have the platform issue a new one",
            "6:1 secret-in-file `Password` is a secret, and this file is no place for one / secrets lie encrypted in the vault: remove this line, run `pressroom connect`, and if the line was ever committed, have the platform issue a new one",
        ],
    );
}

#[test]
fn accounts_say_what_was_written() {
    let text = "schema = 1\n[defaults]\ntimezone = \"Europe/Amsterdam\"\ntargets = [\"all\"]\n[publish]\nbranch = \"live\"\n\
                [apps.x]\nclient_id = \"abc\"\n[accounts.b]\nplatform = \"linkedin\"\nas = \"urn:li:organization:1\"\n\
                spacing = \"15m\"\nposts = \"posts/b/**\"\npaused = true\nhashtags = \"append\"\n[accounts.a]\nplatform = \"x\"\n\
                premium = true\n[groups]\nall = [\"b\", \"a\"]\n";
    let (accounts, problems) = parse(&Source::new("accounts.toml", text));
    assert_eq!(problems, []);
    let accounts = accounts.unwrap();
    assert_eq!(accounts.defaults.timezone, Some(Zone::named("Europe/Amsterdam")));
    assert_eq!(accounts.defaults.max_late, TimeDelta::hours(12));
    assert_eq!((&*accounts.publish.branch, &*accounts.publish.state_branch), ("live", "pressroom-state"));
    assert_eq!(accounts.apps[&Platform::X].client_id, "abc");
    let b = &accounts.accounts["b"];
    assert_eq!(
        (b.platform, b.acts_as.as_deref(), b.spacing),
        (Platform::LinkedIn, Some("urn:li:organization:1"), Some(TimeDelta::minutes(15)))
    );
    assert!(b.paused && b.append_hashtags && !b.premium);
    assert_eq!(&text[b.span.clone()], "b");
    let rule = &b.posts.as_ref().unwrap();
    assert_eq!((rule.value.written(), &text[rule.span.clone()]), ("posts/b/**", "\"posts/b/**\""));
    for (path, takes) in
        [("posts/b/tea.md", true), ("posts/b/2026/tea.md", true), ("posts/tea.md", false), ("posts/bb/a.md", false)]
    {
        assert_eq!(rule.value.takes(path), takes, "{path}");
    }
    assert!(accounts.accounts["a"].premium);
    let names =
        |name| accounts.named(name).map(|accounts| accounts.iter().map(|account| account.name.as_str()).collect());
    assert_eq!(names("all"), Ok(vec!["b", "a"]));
    assert_eq!(names("linkedin"), Ok(vec!["b"]));
    assert_eq!(names("a"), Ok(vec!["a"]));
}

#[test]
fn a_secret_is_shown_nowhere() {
    let text = "schema = 1\n[apps.x]\nclient_id = \"a\"\nclient_secret = \"hunter2\"\n[encryption]\nrecipients = [\"AGE-SECRET-KEY-1QQ\"]\n\
                [notify]\nwebhook = \"https://hooks.example/T/hunter2\"\nemail = {to = \"a@b\", smtp = \"smtp://u:hunter2@h\"}\n";
    let twice = format!("{text}[apps.x]\nclient_secret = \"hunter2\"\n");
    let quoted = text.replace("client_secret", "\"client_secret\"");
    for text in [text.to_owned(), format!("{text}[broken\n"), format!("x = \"\n{text}"), twice, quoted] {
        let (_, problems) = parse(&Source::new("accounts.toml", &*text));
        assert!(problems.len() >= 2);
        for problem in problems {
            let shown = format!("{} {:?} {}", problem.message, problem.hint, problem.source.text);
            assert!(!shown.contains("hunter2") && !shown.contains("KEY-1QQ"), "{shown}");
            assert_eq!(problem.source.text.len(), text.len());
        }
    }
}

#[test]
fn accounts_that_are_no_text() {
    let problem = Source::from_bytes("accounts.toml", b"schema = 1\n# caf\xe9\n").unwrap_err();
    assert_eq!((problem.start(), problem.code), ((2, 6), "not-utf8"));
    assert_eq!(problem.message, "byte 16 of the file (0xe9) is not UTF-8");
    assert_eq!(problem.hint.as_deref(), Some("save the file as UTF-8"));
}

proptest::proptest! {
    #[test]
    fn never_panics(text in ".{0,200}") {
        problems(&text);
    }

    #[test]
    fn never_panics_on_what_looks_like_toml(
        text in "(schema = 1\n|\\[accounts\\.a\\]\n|\\[groups\\]|\\[\\[|\\[|\\]|\\{|\\}|a|platform|as|é|\\.|\"|'|\"x\"|=| = |,|1|true|\n|\r\n| |\t|#|\\\\|\"\"\"|client_secret|webhook|0x|1979-05-27){0,40}",
    ) {
        problems(&text);
    }
}
