//! A notice in words: its subject, its text, and the JSON that each kind of webhook wants.

use serde_json::{Value, json};

use super::Cause;

/// What goes out in one message.
#[derive(Clone, Debug)]
pub struct Notice<'a> {
    pub causes: Vec<&'a Cause>,
    /// The repository, fit to be shown.
    pub place: &'a str,
    /// The page of the CI run, if there is one.
    pub page: Option<&'a str>,
}

/// What a webhook wants to be told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>
    Slack,
    /// <https://discord.com/developers/docs/resources/webhook#execute-webhook>
    Discord,
    /// Ours: docs/accounts.md.
    Plain,
}

/// Discord takes no more characters in a message.
const DISCORD_MAX: usize = 2_000;
/// Slack cuts longer texts; a mail or a person would not take more either.
const TEXT_MAX: usize = 30_000;

impl Shape {
    /// The shape for a host and path.
    pub fn of(host: &str, path: &str) -> Self {
        match host {
            "hooks.slack.com" => Self::Slack,
            "discord.com" | "discordapp.com" if path.starts_with("/api/webhooks/") => Self::Discord,
            _ => Self::Plain,
        }
    }
}

impl Notice<'_> {
    /// One line: who needs what.
    pub fn subject(&self) -> String {
        let what = |cause: &Cause| match (&cause.post, &cause.account) {
            (Some(post), Some(account)) => format!("{post} → {account} is {}", state(cause)),
            (None, Some(account)) => format!("{account} needs somebody"),
            _ if cause.state == "wrong" => "a file is wrong".to_owned(),
            _ => "nothing is published".to_owned(),
        };
        let first = self.causes.first().map_or_else(String::new, |cause| what(cause));
        let more = match self.causes.len() {
            0 | 1 => String::new(),
            2 => ", and 1 more".to_owned(),
            count => format!(", and {} more", count - 1),
        };
        one_line(&format!("pressroom: {first}{more}"))
    }

    /// Everything, for people.
    pub fn text(&self) -> String {
        let mut text: String = self.causes.iter().map(|cause| format!("{}\n", tidy(&cause.text))).collect();
        text = cut(&text, TEXT_MAX);
        text.push_str(&format!("\nRepository: {}\n", self.place));
        if let Some(page) = self.page {
            text.push_str(&format!("Run: {page}\n"));
        }
        text
    }

    /// What a webhook is sent.
    pub fn json(&self, shape: Shape) -> Value {
        let whole = || format!("{}\n\n{}", self.subject(), self.text());
        match shape {
            // `<!channel>` would call everybody: https://docs.slack.dev/messaging/formatting-message-text#escaping
            Shape::Slack => {
                json!({ "text": whole().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") })
            }
            Shape::Discord => json!({ "content": cut(&whole(), DISCORD_MAX), "allowed_mentions": { "parse": [] } }),
            Shape::Plain => json!({
                "schema": 1,
                "subject": self.subject(),
                "text": self.text(),
                "repository": self.place,
                "run_url": self.page,
                "causes": self.causes,
            }),
        }
    }
}

fn state(cause: &Cause) -> &str {
    // What is out and still needs somebody.
    if cause.state == "published" { "out, but not as it should be" } else { cause.state }
}

/// Without what would break a header off or move a cursor.
fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    cut(&line, 150)
}

fn tidy(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most.saturating_sub(1)) {
        Some((end, _)) if text[end..].chars().count() > 1 => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}
