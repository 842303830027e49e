//! Audience, settings and the keys this version does not act on yet. Knows no text and no media.

use std::collections::BTreeMap;
use std::ops::Range;

use url::Url;

use super::Fitting;
use crate::limits::{Platform, SettingRule, Takes};
use crate::post::{Kind, Setting, Visibility};

impl Fitting<'_> {
    /// The audience wished for, or the platform's first. What is not offered is an error, never a fallback.
    pub(super) fn visibility(&mut self) -> Visibility {
        let offered = self.offered();
        let Some(wish) = &self.target.wishes.visibility else { return offered[0] };
        if !offered.contains(&wish.value) {
            let names = quoted(offered.iter().map(|visibility| visibility.name()));
            let who = if offered.len() < self.limits.visibilities.len() { " for a page" } else { "" };
            let message = format!("{} has no visibility `{}`{who}", self.limits.label, wish.value.name());
            self.error("visibility-not-offered", wish.span.clone(), message, &format!("it offers {names}"));
        }
        wish.value
    }

    /// LinkedIn's pages have no connections:
    /// <https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api>.
    fn offered(&self) -> &'static [Visibility] {
        let page = self.account.acts_as.as_deref().is_some_and(|urn| urn.starts_with("urn:li:organization"));
        if self.target.platform == Platform::LinkedIn && page {
            &[Visibility::Public]
        } else {
            self.limits.visibilities
        }
    }

    /// The platform's own settings, as text.
    pub(super) fn settings(&mut self) -> BTreeMap<String, String> {
        let mut settings = BTreeMap::new();
        for (key, setting) in &self.target.wishes.settings {
            let Some(rule) = self.limits.setting(key) else {
                let known = quoted(self.limits.settings.iter().map(|rule| rule.key));
                let message = format!("{} has no setting `{key}`", self.limits.label);
                self.error("unknown-setting", setting.span.clone(), message, &format!("it has {known}"));
                continue;
            };
            match written(&setting.value, rule.takes) {
                _ if !rule.works => self.not_yet(key, setting.span.clone()),
                Some(value) => {
                    settings.insert(key.clone(), value);
                }
                None => self.wrong_value(rule, setting.span.clone()),
            }
        }
        settings
    }

    fn wrong_value(&mut self, rule: &SettingRule, span: Range<usize>) {
        let hint = match rule.takes {
            Takes::Text => "write a text".to_owned(),
            Takes::Bool => "write `true` or `false`".to_owned(),
            Takes::Number => "write a number".to_owned(),
            Takes::List => "write a list".to_owned(),
            Takes::OneOf(words) => format!("write one of {}", quoted(words.iter().copied())),
        };
        self.error(
            "bad-setting",
            span,
            format!("`{}` has a value {} does not take", rule.key, self.limits.label),
            &hint,
        );
    }

    /// Keys that are understood and would be left out: never silently.
    pub(super) fn check_unsupported(&mut self) {
        let wishes = &self.target.wishes;
        let keys = [
            ("poll", wishes.poll.as_ref().map(|wish| wish.span.clone())),
            ("reply_to", wishes.reply_to.as_ref().map(|wish| wish.span.clone())),
            ("quote_of", wishes.quote_of.as_ref().map(|wish| wish.span.clone())),
            ("repost_of", wishes.repost_of.as_ref().map(|wish| wish.span.clone())),
            ("first_comment", wishes.first_comment.as_ref().map(|wish| wish.span.clone())),
        ];
        for (key, span) in keys {
            if let Some(span) = span {
                self.not_yet(key, span);
            }
        }
        self.check_kind();
        self.check_link();
    }

    fn check_link(&mut self) {
        let Some(link) = &self.target.wishes.link else { return };
        let is_web =
            Url::parse(&link.value).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_web || link.value.contains(char::is_whitespace) {
            let message = format!("`{}` is no address on the web", link.value);
            self.error("bad-link", link.span.clone(), message, "write the whole address: `https://...`");
        }
    }

    /// A LinkedIn article is a post with a link card.
    fn check_kind(&mut self) {
        let Some(kind) = &self.target.wishes.kind else { return };
        match kind.value {
            Kind::Feed => {}
            Kind::Article if self.target.platform == Platform::LinkedIn => {
                if self.target.wishes.link.is_none() {
                    let message = "an article on LinkedIn is a link card, and there is no link".to_owned();
                    self.error("card-link-missing", kind.span.clone(), message, "add `link`, or leave `kind` out");
                }
            }
            other => self.not_yet(&format!("kind: {}", other.name()), kind.span.clone()),
        }
    }

    pub(super) fn not_yet(&mut self, key: &str, span: Range<usize>) {
        let message = format!("`{key}` is not supported by this version of pressroom yet");
        self.error("not-yet", span, message, "leave it out, or post this by hand");
    }
}

/// A setting's value as text; `None` where it is not what the setting takes.
fn written(value: &Setting, takes: Takes) -> Option<String> {
    match (takes, value) {
        (Takes::Text, Setting::Text(text)) => Some(text.clone()),
        (Takes::Text | Takes::Number, Setting::Number(number)) => Some(number.to_string()),
        (Takes::Bool, Setting::Bool(bool)) => Some(bool.to_string()),
        (Takes::List, Setting::List(list)) => Some(list.join(",")),
        (Takes::OneOf(words), Setting::Text(text)) => words.contains(&text.as_str()).then(|| text.clone()),
        _ => None,
    }
}

/// Words for a message: `a`, `b`, `c`.
fn quoted<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
