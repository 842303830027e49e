//! What only Slack asks for: how a text is written in its own mark-up, whose length counts.
//!
//! Sources: <https://docs.slack.dev/messaging/formatting-message-text>,
//! <https://docs.slack.dev/reference/block-kit/blocks/section-block>.

use crate::error::Problem;
use crate::fit::{Fitting, Part, Rendition};

/// Longest text of a section, which stands above pictures.
const SECTION_MAX: usize = 3000;

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    for part in &rendition.parts {
        let length = written(part).chars().count();
        let (most, beside) = if part.media.is_empty() { (part.limit, "") } else { (SECTION_MAX, " above pictures") };
        // A text that is too long by itself has been told.
        if part.count <= part.limit && length > most {
            let over = length - most;
            let message = format!(
                "the text has {length} characters as Slack writes it, with its links; Slack takes {most}{beside}: {over} too many"
            );
            let problem = Problem::error("text-too-long", &fitting.target.source, message);
            fitting.problems.push(problem.hint("shorten it, or use fewer links and fewer of these: & < >"));
        }
    }
}

/// A part's text as Slack writes it: words that lead somewhere with their address, and the three characters escaped that mean
/// something; so nobody is notified by what it says.
pub fn written(part: &Part) -> String {
    let mut out = String::with_capacity(part.text.len());
    let mut at = 0;
    for link in &part.links {
        let (Some(before), Some(words)) = (part.text.get(at..link.start), part.text.get(link.start..link.end)) else {
            continue;
        };
        out.push_str(&escaped(before));
        let url = escaped(&link.url.replace('|', "%7C"));
        out.push_str(&match words == link.url {
            true => format!("<{url}>"),
            false => format!("<{url}|{}>", escaped(&words.replace('\n', " "))),
        });
        at = link.end;
    }
    out.push_str(&escaped(part.text.get(at..).unwrap_or_default()));
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::Link;

    #[test]
    fn words_lead_somewhere_and_nobody_is_called() {
        let link = |start: usize, end: usize, url: &str| Link { start, end, url: url.to_owned() };
        for (text, links, shown) in [
            ("Tea & <cake>", vec![], "Tea &amp; &lt;cake&gt;"),
            ("<!channel> <@U1>", vec![], "&lt;!channel&gt; &lt;@U1&gt;"),
            (
                "ä a & b!",
                vec![link(3, 8, "https://x.example/?a=1&b=2|3")],
                "ä <https://x.example/?a=1&amp;b=2%7C3|a &amp; b>!",
            ),
            ("https://x.example/", vec![link(0, 18, "https://x.example/")], "<https://x.example/>"),
            ("x", vec![link(3, 9, "https://x.example/")], "x"),
        ] {
            let part = Part { text: text.to_owned(), count: 0, limit: 0, media: Vec::new(), links };
            assert_eq!(written(&part), shown);
        }
    }
}
