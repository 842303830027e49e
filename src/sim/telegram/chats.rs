//! Bots and chats: who a bot is, which chat is meant, and whether the bot may post in it. Knows no message.

use serde_json::{Value, json};

use super::errors::Refusal;
use super::options::{ChatKind, Standing};
use super::params::Params;
use super::route::Outcome;
use super::state::State;

/// `getMe`
pub(super) fn me(state: &State, bot: usize, params: Params) -> Outcome {
    params.end()?;
    let mut shown = user(state, bot);
    shown["can_join_groups"] = json!(true);
    shown["can_read_all_group_messages"] = json!(false);
    shown["supports_inline_queries"] = json!(false);
    Ok(shown)
}

/// `getChat`
pub(super) fn get(state: &State, bot: usize, mut params: Params) -> Outcome {
    let chat = find(state, bot, &mut params)?;
    params.end()?;
    let mut shown = json(state, chat);
    shown["accent_color_id"] = json!(0);
    shown["max_reaction_count"] = json!(11);
    Ok(shown)
}

/// `getChatMember`: of the bot itself.
pub(super) fn member(state: &State, bot: usize, mut params: Params) -> Outcome {
    let chat = find(state, bot, &mut params)?;
    let id = params.whole("user_id")?.ok_or_else(|| Refusal::bad("invalid user_id specified"))?;
    params.end()?;
    if id != state.bots[bot].id {
        return Err(Refusal::bad("PARTICIPANT_ID_INVALID"));
    }
    let user = user(state, bot);
    Ok(match standing(state, bot, chat) {
        Standing::Administrator { posts } if state.chats[chat].kind == ChatKind::Channel => json!({
            "user": user, "status": "administrator", "can_be_edited": false, "is_anonymous": false,
            "can_manage_chat": true, "can_post_messages": posts, "can_edit_messages": posts,
            "can_delete_messages": posts,
        }),
        Standing::Administrator { .. } => json!({
            "user": user, "status": "administrator", "can_be_edited": false, "is_anonymous": false,
            "can_manage_chat": true, "can_delete_messages": true,
        }),
        Standing::Member => json!({"user": user, "status": "member"}),
        Standing::Left => json!({"user": user, "status": "left"}),
        Standing::Kicked => json!({"user": user, "status": "kicked", "until_date": 0}),
    })
}

/// The chat that a call is about; refuses where the bot is not in it.
pub(super) fn find(state: &State, bot: usize, params: &mut Params) -> Result<usize, Refusal> {
    let missing = || Refusal::bad("chat not found");
    let chat = match params.chat()? {
        Value::Number(id) => {
            let id = id.as_i64().ok_or_else(missing)?;
            if let Some(new) = state.migrated.get(&id) {
                return Err(Refusal::migrated(*new));
            }
            state.chat(id)
        }
        Value::String(name) => name.strip_prefix('@').and_then(|name| state.chat_named(name)),
        _ => None,
    };
    let chat = chat.ok_or_else(missing)?;
    let kind = state.chats[chat].kind.name();
    match standing(state, bot, chat) {
        Standing::Kicked => Err(Refusal::new(403, format!("Forbidden: bot was kicked from the {kind} chat"))),
        // What is public can be looked at, and what is private is not known to exist.
        Standing::Left if state.chats[chat].username.is_none() => Err(missing()),
        Standing::Left => Err(Refusal::new(403, format!("Forbidden: bot is not a member of the {kind} chat"))),
        Standing::Administrator { .. } | Standing::Member => Ok(chat),
    }
}

/// The same, where the bot may post as well.
pub(super) fn to_post(state: &State, bot: usize, params: &mut Params) -> Result<usize, Refusal> {
    let chat = find(state, bot, params)?;
    match (state.chats[chat].kind, standing(state, bot, chat)) {
        (ChatKind::Channel, Standing::Administrator { posts: true }) => Ok(chat),
        (ChatKind::Channel, _) => Err(Refusal::bad("need administrator rights in the channel chat")),
        _ => Ok(chat),
    }
}

fn standing(state: &State, bot: usize, chat: usize) -> Standing {
    state.standings.get(&(bot, chat)).copied().unwrap_or(Standing::Left)
}

/// A bot as a user.
pub(super) fn user(state: &State, bot: usize) -> Value {
    let bot = &state.bots[bot];
    json!({"id": bot.id, "is_bot": true, "first_name": bot.username, "username": bot.username})
}

/// A chat as messages tell it.
pub(super) fn json(state: &State, chat: usize) -> Value {
    let chat = &state.chats[chat];
    let mut shown = json!({"id": chat.id, "title": chat.title, "type": chat.kind.name()});
    if let Some(username) = &chat.username {
        shown["username"] = json!(username);
    }
    shown
}
