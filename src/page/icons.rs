//! The little pictures below a post, drawn once and used by name. They are ornaments: nobody who cannot see them misses them.

use maud::{Markup, html};

use crate::limits::Platform;

/// Name, and the path of a stroke in a square of 24.
const DRAWN: &[(&str, &str)] = &[
    ("comment", "M4 5h16v11h-9l-4 4v-4H4z"),
    ("heart", "M12 20C5 15 3 12 3 8.500a4.500 4.500 0 0 1 9-1 4.500 4.500 0 0 1 9 1C21 12 19 15 12 20z"),
    (
        "like",
        "M7 11l4-8c2 0 2.500 1.500 2 3.500L12.500 9H19c1.500 0 2 1 1.700 2l-1.700 7c-.300 1-1 2-2 2H7zM3 11h4v9H3z",
    ),
    ("repost", "M5 8h11a2 2 0 0 1 2 2v4M8 5L5 8l3 3M19 16H8a2 2 0 0 1-2-2v-2M16 13l3 3-3 3"),
    ("save", "M6 4h12v16l-6-4-6 4z"),
    ("send", "M21 3L10 14M21 3l-7 18-4-7-7-4z"),
];

/// All drawings, to be put into the page once.
pub(super) fn sheet() -> Markup {
    html! {
        svg.sheet aria-hidden="true" {
            @for (name, path) in DRAWN { symbol id={ "icon-" (name) } viewBox="0 0 24 24" { path d=(path) {} } }
        }
    }
}

/// What one may do with a post, as this platform offers it.
pub(super) fn bar(platform: Platform) -> Markup {
    let offered: &[(&str, &str)] = match platform {
        Platform::X => &[("comment", ""), ("repost", ""), ("heart", ""), ("save", ""), ("send", "")],
        Platform::LinkedIn => &[("like", "Like"), ("comment", "Comment"), ("repost", "Repost"), ("send", "Send")],
        Platform::Facebook => &[("like", "Like"), ("comment", "Comment"), ("send", "Share")],
        Platform::YouTube => &[("like", "Like"), ("send", "Share"), ("save", "Save")],
        Platform::Threads => &[("heart", ""), ("comment", ""), ("repost", ""), ("send", "")],
        _ => &[("heart", ""), ("comment", ""), ("send", ""), ("save", "")],
    };
    html! {
        div.bar aria-hidden="true" {
            @for (icon, word) in offered { span { svg { use href={ "#icon-" (icon) } {} } (word) } }
        }
    }
}
