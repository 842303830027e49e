//! Telegram's way in as data: a bot's token. Walks no login.
//!
//! Source: <https://core.telegram.org/bots/api#authorizing-your-bot>.

use crate::platform::{Form, Grant, Letters};

pub(super) static GRANTS: [Grant; 1] = [Grant::pasted(
    "telegram",
    &TOKEN,
    "the chat with @BotFather in Telegram (`/mybots`, \"API Token\"; `/revoke` ends it)",
)];

static TOKEN: Form = Form {
    what: "bot token",
    begins: &[],
    open: &[(Letters::Digits, ':')],
    secret: (Letters::Token, 16),
    example: "123456789:...",
};
