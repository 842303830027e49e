//! What an author should know beside the likeness of a post: when it goes out, how long its texts are, what is attached, and
//! what is wrong.

use maud::{Markup, html};

/// What is known of one target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// When it goes out, a sentence.
    pub when: String,
    pub lengths: Vec<Length>,
    /// A line for each file.
    pub media: Vec<String>,
    pub troubles: Vec<Trouble>,
}

/// How long a text is.
#[derive(Clone, Debug, PartialEq)]
pub struct Length {
    /// `Part 2 of 3`, `Text`.
    pub what: String,
    pub count: usize,
    pub limit: usize,
    /// What is counted: `characters`.
    pub unit: String,
}

/// Something that is wrong, or may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Else a warning.
    pub is_error: bool,
    pub message: String,
    pub hint: Option<String>,
    /// `posts/tea.md:3:1`
    pub place: Option<String>,
}

impl Facts {
    pub(super) fn markup(&self) -> Markup {
        html! {
            div.facts {
                p.when { (self.when) }
                (troubles(&self.troubles))
                @for length in &self.lengths { (length.markup()) }
                @if !self.media.is_empty() {
                    h3 { "Attached" }
                    ul { @for line in &self.media { li { (line) } } }
                }
            }
        }
    }
}

impl Length {
    fn markup(&self) -> Markup {
        let percent = self.count.saturating_mul(100).checked_div(self.limit).unwrap_or(100);
        let class = match percent {
            _ if self.count > self.limit => "length over-long",
            90.. => "length close",
            _ => "length",
        };
        html! {
            div class=(class) {
                p {
                    (self.what) " " strong { (self.count) "/" (self.limit) } " " (self.unit)
                    @if self.count > self.limit { ", " strong { (self.count - self.limit) " too many" } }
                }
                div.gauge aria-hidden="true" { div style={ "width:" (percent.min(100)) "%" } {} }
            }
        }
    }
}

/// A list of what is wrong; nothing where nothing is.
pub(super) fn troubles(troubles: &[Trouble]) -> Markup {
    html! {
        @if !troubles.is_empty() {
            ul.troubles {
                @for trouble in troubles {
                    li class=(if trouble.is_error { "error" } else { "warning" }) {
                        strong { (if trouble.is_error { "Error: " } else { "Warning: " }) } (trouble.message)
                        @if let Some(hint) = &trouble.hint { p { (hint) } }
                        @if let Some(place) = &trouble.place { p.soft { (place) } }
                    }
                }
            }
        }
    }
}
