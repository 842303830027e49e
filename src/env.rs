//! The environment variables of pressroom, each documented once; the printed documentation comes from here too.
//! Knows the names, not what is done with the values.

/// One variable, or with `<PLATFORM>` in the name one a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: &'static str,
    /// One sentence for people, without a final full stop.
    pub meaning: &'static str,
    /// Whether the value is never printed.
    pub secret: bool,
}

/// What all our variables begin with; those of this prefix are kept from every program we start.
const PREFIX: &str = "PRESSROOM_";

/// The age or ssh secret key, as text.
pub const IDENTITY: &str = "PRESSROOM_IDENTITY";
/// A file with the age or ssh secret key.
pub const IDENTITY_FILE: &str = "PRESSROOM_IDENTITY_FILE";
/// Sends a platform's host elsewhere: `api.x.com=http://127.0.0.1:9001,...`.
pub const HOSTS: &str = "PRESSROOM_HOSTS";
/// The app's consumer key for OAuth 1.0a, which X alone has.
pub const X_CONSUMER_KEY: &str = "PRESSROOM_X_CONSUMER_KEY";
/// The secret that goes with it.
pub const X_CONSUMER_SECRET: &str = "PRESSROOM_X_CONSUMER_SECRET";
/// The key id that opens `[media.bucket]`.
pub const S3_ACCESS_KEY_ID: &str = "PRESSROOM_S3_ACCESS_KEY_ID";
/// The secret that goes with it.
pub const S3_SECRET_ACCESS_KEY: &str = "PRESSROOM_S3_SECRET_ACCESS_KEY";
/// Where notifications go: a Slack, Discord or plain JSON webhook.
pub const WEBHOOK: &str = "PRESSROOM_WEBHOOK";
/// The mail server for notifications: `smtps://user:password@host`.
pub const SMTP_URL: &str = "PRESSROOM_SMTP_URL";
/// Shorter timings for rehearsals: `lease=20,grace=1,request=5,settle=0.2,patience=10`, in seconds.
pub const TIMINGS: &str = "PRESSROOM_TIMINGS";
/// Log filter, as `tracing` writes it: `debug`, `pressroom::http=trace`.
pub const LOG: &str = "PRESSROOM_LOG";

/// Every variable, in the order the documentation shows them.
pub const ALL: [Variable; 13] = [
    Variable {
        name: IDENTITY,
        meaning: "The age or ssh secret key that opens the tokens, as text; goes before the file",
        secret: true,
    },
    Variable {
        name: IDENTITY_FILE,
        meaning: "A file with that key; without it, the user's config directory is looked in",
        secret: false,
    },
    Variable {
        name: "PRESSROOM_<PLATFORM>_CLIENT_ID",
        meaning: "An app's client id, over accounts.toml: PRESSROOM_X_CLIENT_ID",
        secret: false,
    },
    Variable {
        name: "PRESSROOM_<PLATFORM>_CLIENT_SECRET",
        meaning: "An app's client secret, over the vault: PRESSROOM_X_CLIENT_SECRET",
        secret: true,
    },
    Variable {
        name: X_CONSUMER_KEY,
        meaning: "For X with OAuth 1.0a: the app's consumer key (API key), over the vault",
        secret: true,
    },
    Variable { name: X_CONSUMER_SECRET, meaning: "The secret that goes with it; set both, or neither", secret: true },
    Variable {
        name: HOSTS,
        meaning: "Sends platform hosts elsewhere (api.x.com=http://127.0.0.1:9001,...), plain http only to loopback; \
                  while it is set, a host that is not named is refused",
        secret: false,
    },
    Variable {
        name: TIMINGS,
        meaning: "Shorter timings (lease=20,grace=1,request=5,settle=0.2,patience=10, in seconds); only together with \
                  PRESSROOM_HOSTS, as nothing real can be shown then",
        secret: false,
    },
    Variable {
        name: S3_ACCESS_KEY_ID,
        meaning: "The key id of the bucket that lends media to platforms, as its service gave it",
        secret: false,
    },
    Variable { name: S3_SECRET_ACCESS_KEY, meaning: "The secret that goes with that key id", secret: true },
    Variable { name: WEBHOOK, meaning: "Notifications: the address of a Slack, Discord or JSON webhook", secret: true },
    Variable { name: SMTP_URL, meaning: "Notifications: the mail server, smtps://user:password@host", secret: true },
    Variable { name: LOG, meaning: "Log filter: info, debug, pressroom::http=trace", secret: false },
];

/// Name of the variable with a platform's client id; `platform` as in files (`x`, `linkedin`).
pub fn client_id(platform: &str) -> String {
    format!("{PREFIX}{}_CLIENT_ID", platform.to_ascii_uppercase())
}

/// Name of the variable with a platform's client secret.
pub fn client_secret(platform: &str) -> String {
    format!("{PREFIX}{}_CLIENT_SECRET", platform.to_ascii_uppercase())
}

/// The value of a variable; an empty one counts as not set, as CI services pass unset secrets as empty text.
pub fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// Keeps our variables from a program that is about to be started: some are secrets, and none is its business.
pub fn withhold_from(command: &mut std::process::Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(PREFIX)) {
        command.env_remove(name);
    }
}

/// The table as Markdown, for `docs/cli.md`.
pub fn markdown() -> String {
    let mut table = String::from("| variable | meaning |\n| --- | --- |\n");
    for variable in ALL {
        table += &format!("| `{}` | {} |\n", variable.name, variable.meaning);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_and_of_one_form() {
        for name in [
            IDENTITY,
            IDENTITY_FILE,
            X_CONSUMER_KEY,
            X_CONSUMER_SECRET,
            HOSTS,
            S3_ACCESS_KEY_ID,
            S3_SECRET_ACCESS_KEY,
            WEBHOOK,
            SMTP_URL,
            LOG,
        ] {
            assert!(ALL.iter().any(|variable| variable.name == name), "{name} is not in the table");
        }
        for variable in ALL {
            assert!(variable.name.starts_with(PREFIX), "{}", variable.name);
            assert!(!variable.meaning.ends_with('.'), "{}", variable.name);
            assert!(markdown().contains(&format!("| `{}` | {} |\n", variable.name, variable.meaning)));
        }
    }

    #[test]
    fn names_of_a_platform() {
        assert_eq!(client_id("linkedin"), "PRESSROOM_LINKEDIN_CLIENT_ID");
        assert_eq!(client_secret("x"), "PRESSROOM_X_CLIENT_SECRET");
    }
}
