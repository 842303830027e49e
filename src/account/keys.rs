//! Every table and key accounts.toml may hold, as one table: the reader, the suggestions and the JSON Schema come from it.

/// One table of accounts.toml.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    pub name: &'static str,
    pub holds: Holds,
    /// One line for people and for the JSON Schema.
    pub doc: &'static str,
}

/// What a table holds.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// The keys themselves.
    Keys(&'static [Key]),
    /// A table for each platform: `[apps.x]`.
    Platforms(&'static [Key]),
    /// A table for each name people give: `[accounts.acme-x]`.
    Named(&'static [Key]),
    /// A list of account names for each name people give.
    Lists,
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    pub takes: Takes,
    pub doc: &'static str,
    pub required: bool,
}

/// What a key's value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Text,
    Bool,
    Duration,
    Zone,
    /// A list of accounts, platforms and groups.
    Names,
    Branch,
    /// A list of age recipients.
    Recipients,
    /// A list of ssh public keys.
    Signers,
    Platform,
    /// A list of weekly slots.
    Slots,
    /// A list of hours, days, or both.
    Quiet,
    /// A list of dates, or of two with `..` between them.
    Blackout,
    Glob,
    /// Just this one word.
    Word(&'static str),
    /// An https address with places for a file's commit, path and hash.
    PublicUrl,
    /// A table of [`BUCKET`].
    Bucket,
    /// An https address of a host alone.
    Endpoint,
    /// The name of a host.
    Host,
    /// `@name` or a number.
    Chat,
    /// `env:NAME`.
    Environment,
    /// A table of `to` and `smtp`.
    Email,
}

/// The newest `schema` this version reads.
pub const SCHEMA: i64 = 1;

/// All tables, in the order the manual tells them.
pub const SECTIONS: &[Section] = &[
    Section { name: "defaults", holds: Holds::Keys(DEFAULTS), doc: "what holds where a post says nothing else" },
    Section { name: "publish", holds: Holds::Keys(PUBLISH), doc: "from where, and what must be true of it" },
    Section { name: "encryption", holds: Holds::Keys(ENCRYPTION), doc: "who can open the token files" },
    Section { name: "apps", holds: Holds::Platforms(APP), doc: "our OAuth client with each platform" },
    Section { name: "accounts", holds: Holds::Named(ACCOUNT), doc: "where we publish" },
    Section { name: "groups", holds: Holds::Lists, doc: "names for several accounts" },
    Section { name: "media", holds: Holds::Keys(MEDIA), doc: "where platforms can fetch media" },
    Section { name: "notify", holds: Holds::Keys(NOTIFY), doc: "who is told how a run went" },
];

pub const DEFAULTS: &[Key] = &[
    key("timezone", Takes::Zone, "zone of wall times that name none, such as `Europe/Amsterdam`"),
    key("targets", Takes::Names, "where posts without `targets` go"),
    key("max_late", Takes::Duration, "later than that a post is missed and not published; `12h` unless written"),
    key("quiet", Takes::Quiet, "hours and days in which nothing goes out, such as `22:00-07:00` or `Sat,Sun`"),
    key("blackout", Takes::Blackout, "dates on which nothing goes out, such as `2026-12-24..2026-12-27`"),
];

pub const PUBLISH: &[Key] = &[
    key("branch", Takes::Branch, "posts are read from here, as committed; `main` unless written"),
    key("state_branch", Takes::Branch, "ledger and encrypted tokens; `pressroom-state` unless written"),
    key("require_signed", Takes::Bool, "only what one of `signers` has signed is published"),
    key("signers", Takes::Signers, "ssh public keys whose signatures on commits count"),
    key("require_plan", Takes::Bool, "only what `.pressroom/plan.lock` lists is published"),
];

pub const ENCRYPTION: &[Key] =
    &[key("recipients", Takes::Recipients, "age or ssh public keys that can open the token files")];

pub const APP: &[Key] = &[Key {
    required: true,
    ..key("client_id", Takes::Text, "the client's id; its secret lies encrypted in the vault")
}];

pub const ACCOUNT: &[Key] = &[
    Key { required: true, ..key("platform", Takes::Platform, "where it is") },
    key("as", Takes::Text, "on whose behalf: a LinkedIn organisation's URN, a Facebook Page's id"),
    key(
        "server",
        Takes::Host,
        "the server it is on: `mastodon.social`; for Forem `dev.to` unless written; on Bluesky, where to log in, `bsky.social` unless written",
    ),
    key("chat", Takes::Chat, "on Telegram, where the bot publishes: `@channel`, or the chat's number"),
    key("slots", Takes::Slots, "weekly slots for `schedule: next-slot`, such as `Mon-Fri 09:05`"),
    key("spacing", Takes::Duration, "least time between two posts"),
    key("quiet", Takes::Quiet, "hours and days in which nothing goes out there; instead of those of `[defaults]`"),
    key("blackout", Takes::Blackout, "dates on which nothing goes out there; instead of those of `[defaults]`"),
    key("posts", Takes::Glob, "only posts whose path fits this glob may target the account"),
    key("paused", Takes::Bool, "nothing is published there for the time being"),
    key("hashtags", Takes::Word("append"), "the post's tags are appended to the text as hashtags"),
    key("premium", Takes::Bool, "the X account may publish long posts"),
];

pub const MEDIA: &[Key] = &[
    key("public_url", Takes::PublicUrl, "address of a media file, with `{commit}`, `{path}` or `{sha256}` in it"),
    key("bucket", Takes::Bucket, "a bucket with an S3 API that lends media to platforms, for private repositories"),
];

/// The keys of `[media.bucket]`.
pub const BUCKET: &[Key] = &[
    Key {
        required: true,
        ..key("endpoint", Takes::Endpoint, "where the API is: `https://s3.eu-central-1.amazonaws.com`")
    },
    Key { required: true, ..key("region", Takes::Text, "the region's name: `eu-central-1`; `auto` at Cloudflare") },
    Key { required: true, ..key("bucket", Takes::Text, "the bucket's name") },
    key("prefix", Takes::Text, "what the names of files in it begin with: `social/`"),
    key("path_style", Takes::Bool, "the bucket's name stands in the path and not in the host, as MinIO has it"),
];

pub const NOTIFY: &[Key] = &[
    key("webhook", Takes::Environment, "variable that holds the address to tell, as `env:PRESSROOM_WEBHOOK`"),
    key("email", Takes::Email, "address to write to, and variable that holds the mail server"),
];

/// The keys of `email`.
pub const EMAIL: &[Key] = &[
    Key { required: true, ..key("to", Takes::Text, "whom to write to") },
    Key {
        required: true,
        ..key("smtp", Takes::Environment, "variable that holds the mail server, as `env:PRESSROOM_SMTP_URL`")
    },
];

const fn key(name: &'static str, takes: Takes, doc: &'static str) -> Key {
    Key { name, takes, doc, required: false }
}
