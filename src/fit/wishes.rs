//! Audience, settings, and what else a post may wish for beside text and media.

use std::collections::BTreeMap;
use std::ops::Range;

use url::Url;

use super::{Fitting, Poll, Reference, Rendition};
use crate::account::Hosted;
use crate::error::{Located, Problem};
use crate::limits::{Minutes, Platform, SettingRule, Takes};
use crate::post::{Kind, Setting, Visibility};
use crate::suggest;

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

    /// The title, where one is part of what is published: as a poll's question, too.
    pub(super) fn title(&mut self, has_video: bool) -> Option<String> {
        if let Some(most) = self.limits.poll.and_then(|rule| rule.question_max)
            && self.target.wishes.poll.is_some()
        {
            return self.question(most);
        }
        let most = self.limits.title_max.filter(|_| self.shape.title && (has_video || !self.limits.title_of_videos))?;
        let label = self.limits.label;
        let Some(title) = self.target.wishes.title.as_ref().filter(|title| !title.value.trim().is_empty()) else {
            if self.limits.title_needed {
                let message = format!("{label} needs a title");
                let problem = Problem::error("title-missing", &self.target.source, message);
                self.problems.push(problem.hint("add `title`"));
            }
            return None;
        };
        let length = title.value.chars().count();
        if length > most {
            let message =
                format!("the title has {length} characters; {label} takes {most}: {} too many", length - most);
            self.error("title-too-long", title.span.clone(), message, "shorten it");
        }
        Some(title.value.clone())
    }

    fn question(&mut self, most: usize) -> Option<String> {
        let (label, poll) = (self.limits.label, self.target.wishes.poll.as_ref()?);
        let title = self.target.wishes.title.as_ref().filter(|title| !title.value.trim().is_empty());
        let Some(title) = title else {
            let message = format!("a poll on {label} asks a question, and there is none");
            self.error("poll-question-missing", poll.span.clone(), message, "add `title`: it is the question");
            return None;
        };
        let question = title.value.trim();
        let length = question.chars().count();
        if length > most {
            let over = length - most;
            let message =
                format!("the poll's question (`title`) has {length} characters; {label} takes {most}: {over} too many");
            self.error("poll-question-too-long", title.span.clone(), message, "shorten it");
        }
        Some(question.to_owned())
    }

    pub(super) fn poll(&mut self) -> Option<Poll> {
        let wish = self.target.wishes.poll.as_ref()?;
        let label = self.limits.label;
        let Some(rule) = self.limits.poll else {
            self.error("poll-not-offered", wish.span.clone(), format!("{label} has no polls here"), "leave `poll` out");
            return None;
        };
        let (least, most) = rule.options;
        let (options, minutes) = (&wish.value.options, wish.value.duration.num_minutes());
        if !(least..=most).contains(&options.len()) {
            let message = format!("the poll has {} options; {label} takes {least} to {most}", options.len());
            self.error("poll-options", wish.span.clone(), message, "add some, or leave some out");
        }
        for option in options {
            let length = option.chars().count();
            if length > rule.option_max {
                let over = length - rule.option_max;
                let message = format!(
                    "the option `{option}` has {length} characters; {label} takes {}: {over} too many",
                    rule.option_max
                );
                self.error("poll-option-too-long", wish.span.clone(), message, "shorten it");
            }
        }
        let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
        let offered = match rule.minutes {
            Minutes::Between(least, most) if (least..=most).contains(&minutes) => None,
            Minutes::OneOf(offered) if offered.contains(&minutes) => None,
            Minutes::Between(least, most) => Some(format!("{} to {}", lasting(least), lasting(most))),
            Minutes::OneOf(offered) => {
                let offered: Vec<_> = offered.iter().map(|minutes| lasting(*minutes)).collect();
                Some(suggest::or(offered.iter().map(String::as_str)))
            }
        };
        if let Some(offered) = offered {
            let message = format!("the poll lasts {}; {label} takes {offered}", lasting(minutes));
            self.error("poll-duration", wish.span.clone(), message, "change `duration`");
        }
        Some(Poll { options: options.clone(), minutes })
    }

    /// A post that is answered, quoted or shared: an address, or the id of a post of ours.
    pub(super) fn reference(&mut self, key: &str, wish: Option<&Located<String>>, offered: bool) -> Option<Reference> {
        let wish = wish?;
        if !offered {
            let message = format!("{} takes no `{key}` from here", self.limits.label);
            self.error("reference-not-offered", wish.span.clone(), message, "leave it out, or post this by hand");
            return None;
        }
        let is_url = wish.value.contains("://");
        Some(if is_url { Reference::Url(wish.value.clone()) } else { Reference::Post(wish.value.clone()) })
    }

    pub(super) fn first_comment(&mut self) -> Option<String> {
        let wish = self.target.wishes.first_comment.as_ref()?;
        let label = self.limits.label;
        let Some(most) = self.limits.comment_max else {
            let message = format!("{label} takes no comments from here");
            self.error("comment-not-offered", wish.span.clone(), message, "leave `first_comment` out for it");
            return None;
        };
        let text = wish.value.trim();
        let length = text.chars().count();
        if length > most {
            let over = length - most;
            let message = format!("the first comment has {length} characters; {label} takes {most}: {over} too many");
            self.error("comment-too-long", wish.span.clone(), message, "shorten it");
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Where a platform fetches media by address, they need one.
    pub(super) fn check_hosting(&mut self, rendition: &Rendition, hosted: Hosted) {
        if hosted == Hosted::Nowhere && rendition.fetched().next().is_some() {
            let message = format!("{} fetches media by address, and accounts.toml gives them none", self.limits.label);
            let problem = Problem::error("media-host-missing", &self.target.source, message);
            self.problems.push(problem.hint("set `public_url` or `bucket` under `[media]` in accounts.toml"));
        }
        let keeps = self.limits.fetcher.is_none_or(|fetcher| fetcher.keeps);
        if hosted == Hosted::Bucket && !keeps && rendition.fetched().next().is_some() {
            let label = self.limits.label;
            let message =
                format!("{label} shows media where they lie, and those that a bucket lends end after a while");
            let problem = Problem::error("media-host-ends", &self.target.source, message);
            self.problems.push(
                problem.hint(
                    "set `public_url` under `[media]` in accounts.toml instead of `bucket`, or leave the media out",
                ),
            );
        }
        let Some(fit) = self.target.wishes.fit.as_ref().filter(|_| hosted == Hosted::Site) else { return };
        if let Some(media) = rendition.fetched().find(|media| media.is_too_large_yet()) {
            let (path, label) = (&media.path, self.limits.label);
            let message = format!("`{path}` cannot be made smaller on its way: {label} fetches it as it is committed");
            let hint = format!(
                "commit a smaller copy (`pressroom media fit {path} --for {}`), or set `[media] bucket`",
                self.target.platform
            );
            self.error("fit-is-fetched", fit.span.clone(), message, &hint);
        }
    }

    pub(super) fn check_link(&mut self) {
        let Some(link) = &self.target.wishes.link else { return };
        let is_web =
            Url::parse(&link.value).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_web || link.value.contains(char::is_whitespace) {
            let message = format!("`{}` is no address on the web", link.value);
            self.error("bad-link", link.span.clone(), message, "write the whole address: `https://...`");
        }
    }

    /// A LinkedIn article is a post with a link card.
    pub(super) fn check_kind(&mut self) {
        let Some(kind) = &self.target.wishes.kind else { return };
        let (label, name) = (self.limits.label, kind.value.name());
        if self.limits.shape(kind.value).is_none() {
            let message = format!("{label} has no `kind: {name}`");
            let hint = format!("it has {}", quoted(self.limits.shapes.iter().map(|shape| shape.kind.name())));
            self.error("kind-not-offered", kind.span.clone(), message, &hint);
        } else if kind.value == Kind::Article && self.target.wishes.link.is_none() {
            let message = format!("an article on {label} is a link card, and there is no link");
            self.error("card-link-missing", kind.span.clone(), message, "add `link`, or leave `kind` out");
        }
    }

    fn not_yet(&mut self, key: &str, span: Range<usize>) {
        let message = format!("`{key}` is not supported by this version of pressroom yet");
        self.error("not-yet", span, message, "leave it out, or post this by hand");
    }
}

/// `30 min`, `6 h`, `3 days`.
fn lasting(minutes: u32) -> String {
    match minutes {
        minutes if minutes >= 2880 && minutes.is_multiple_of(1440) => format!("{} days", minutes / 1440),
        minutes if minutes >= 120 && minutes.is_multiple_of(60) => format!("{} h", minutes / 60),
        minutes => format!("{minutes} min"),
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
