//! Slack's way in as data: the address of an incoming webhook. Walks no login.
//!
//! Source: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>.

use crate::platform::{Form, Grant, Letters};

pub(super) static GRANTS: [Grant; 1] =
    [Grant::pasted("slack", &WEBHOOK, "your app at https://api.slack.com/apps, under \"Incoming Webhooks\"")];

static WEBHOOK: Form = Form {
    what: "webhook address",
    begins: &["https://hooks.slack.com/services/"],
    open: &[(Letters::Plain, '/'), (Letters::Plain, '/')],
    secret: (Letters::Plain, 16),
    example: "https://hooks.slack.com/services/T00000000/B00000000/...",
};
