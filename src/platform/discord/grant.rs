//! Discord's way in as data: the address of a channel's webhook. Walks no login.
//!
//! Sources: <https://docs.discord.com/developers/resources/webhook>,
//! <https://support.discord.com/hc/en-us/articles/228383668-Intro-to-Webhooks>.

use crate::platform::{Form, Grant, Letters};

pub(super) static GRANTS: [Grant; 1] =
    [Grant::pasted("discord", &WEBHOOK, "the channel's settings in Discord, under \"Integrations\", \"Webhooks\"")];

static WEBHOOK: Form = Form {
    what: "webhook address",
    begins: &[
        "https://discord.com/api/webhooks/",
        "https://discord.com/api/v10/webhooks/",
        "https://discordapp.com/api/webhooks/",
        "https://ptb.discord.com/api/webhooks/",
        "https://canary.discord.com/api/webhooks/",
    ],
    open: &[(Letters::Digits, '/')],
    secret: (Letters::Token, 16),
    example: "https://discord.com/api/webhooks/1180000000000000001/...",
};
