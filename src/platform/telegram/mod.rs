//! Telegram, by a bot that publishes in a channel: a text whose words may be links, a picture, a video, or an album of up to
//! ten; its text changed later, and removed.
//!
//! One call shows a post, with its files: there is nothing to prepare. An album is several messages, all of which its receipt
//! names (`chat:first,second`), with the text below the first.
//!
//! Peculiar: a bot cannot read what it has sent, and Telegram knows no key by which it would know a repeated call. So a post
//! whose answer was lost is not sent again, and a person tells whether it is there. Text goes out without mark-up: which words
//! lead where is told beside it, counted in UTF-16 units. A bot's token stands in every address, so addresses here have a place
//! for it and never the token itself. The chat is what accounts.toml says (`chat`, kept as whom the account acts as).
//!
//! Not here: alternative texts, of which Telegram has none; polls, answers, topics of a forum.
//!
//! Source: <https://core.telegram.org/bots/api>.

mod grant;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

use chrono::TimeDelta;

use super::{Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};

/// Telegram's adapter.
#[derive(Debug)]
pub struct Telegram;

impl Adapter for Telegram {
    fn hosts(&self) -> &'static [&'static str] {
        &[wire::HOST]
    }

    fn grants(&self) -> &'static [Grant] {
        &grant::GRANTS
    }

    fn who(&self, _grant: &Grant, _server: &str) -> Call {
        wire::me()
    }

    /// First whether there is such a chat.
    fn who_as(&self, _grant: &Grant, _server: &str, acts_as: &str) -> Call {
        wire::chat(acts_as)
    }

    /// Then who the bot is, and what it may do there.
    fn who_else(&self, _grant: &Grant, acts_as: Option<&str>, reply: &Reply) -> Option<Call> {
        let answer = reply.json();
        let said = reply.is_success().then_some(&answer["result"])?;
        match (said["type"].is_string(), wire::bot(said), acts_as) {
            (true, ..) => Some(wire::me()),
            (false, Some(bot), Some(chat)) => Some(wire::member(chat, &bot.id)),
            _ => None,
        }
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        let answer = reply.json();
        if !reply.is_success() || answer["ok"] != true {
            return Err(refusals::refusal(reply, false));
        }
        let said = &answer["result"];
        if wire::may_not_post(said) {
            return Err(refusals::may_not_post(reply));
        }
        wire::bot(said).or_else(|| wire::bot(&said["user"])).ok_or_else(|| refusals::unclear(reply, false))
    }

    /// Nothing can be looked for, so nothing is waited for.
    fn settle(&self) -> TimeDelta {
        TimeDelta::zero()
    }

    fn next(&self, job: &Job<'_>, done: &[Step]) -> Next {
        steps::next(job, done)
    }

    fn read(&self, _job: &Job<'_>, _done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
        steps::read(call, reply)
    }

    fn allowances(&self, _call: &Call, reply: &Reply) -> Vec<Allowance> {
        refusals::allowances(reply)
    }

    fn edit(&self, job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next {
        steps::edit(job, out, done)
    }

    fn remove(&self, farewell: &Farewell<'_>, done: &[Step]) -> Next {
        steps::remove(farewell, done)
    }

    fn read_remove(
        &self,
        _farewell: &Farewell<'_>,
        _done: &[Step],
        call: &Call,
        reply: &Reply,
    ) -> Result<Step, Refusal> {
        steps::read_remove(call, reply)
    }
}
