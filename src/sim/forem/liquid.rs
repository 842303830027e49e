//! Liquid in the Markdown of an article, which is read before the Markdown is: `{% raw %}` shows what it holds, `{% embed %}`
//! a card, and any other tag or variable is an error. In code nothing is read.

/// A text once its Liquid was read.
///
/// # Errors
/// With what the server says of a tag it does not know, or of a variable.
pub(super) fn read(markdown: &str) -> Result<String, String> {
    let mut shown = String::new();
    for (is_code, piece) in pieces(markdown) {
        if is_code { shown.push_str(piece) } else { shown.push_str(&entities(&outside(piece)?)) }
    }
    Ok(shown)
}

/// What is no code.
fn outside(mut rest: &str) -> Result<String, String> {
    let mut shown = String::new();
    while let Some(at) = rest.find("{%").into_iter().chain(rest.find("{{")).min() {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("{{") {
            return Err("Liquid variables are disabled".to_owned());
        }
        let (tag, after) = closed(rest).ok_or("Liquid syntax error: Tag '{%' was not properly terminated")?;
        match tag.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["raw"] => {
                let (raw, after) = end_of_raw(after).ok_or("Liquid syntax error: 'raw' tag was never closed")?;
                shown.push_str(raw);
                rest = after;
            }
            ["embed", address] if address.starts_with("https://") => {
                shown.push_str(address);
                rest = after;
            }
            ["embed", ..] => return Err("Liquid error: Provided URL is invalid".to_owned()),
            words => {
                let name = words.first().copied().unwrap_or_default();
                return Err(format!("Liquid syntax error: Unknown tag '{name}'"));
            }
        }
    }
    shown.push_str(rest);
    Ok(shown)
}

/// The inside of the tag that a text begins with, and what follows it.
fn closed(text: &str) -> Option<(&str, &str)> {
    let (tag, after) = text[2..].split_once("%}")?;
    Some((tag.trim_start_matches('-').trim_end_matches('-'), after))
}

fn end_of_raw(text: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    loop {
        at += text[at..].find("{%")?;
        if let Some((tag, after)) = closed(&text[at..])
            && tag.trim() == "endraw"
        {
            return Some((&text[..at], after));
        }
        at += 2;
    }
}

/// Brackets and percent signs that were written as numbers, so that Liquid does not see them.
fn entities(text: &str) -> String {
    let numbers = [
        ("&#123;", "{"),
        ("&#x7b;", "{"),
        ("&#x7B;", "{"),
        ("&lbrace;", "{"),
        ("&#37;", "%"),
        ("&#x25;", "%"),
        ("&#125;", "}"),
    ];
    numbers.into_iter().fold(text.to_owned(), |text, (number, sign)| text.replace(number, sign))
}

/// A text in pieces: whether each is code (between fences, or in a line between as many backticks), and what it is.
pub(super) fn pieces(markdown: &str) -> Vec<(bool, &str)> {
    let (mut pieces, mut from, mut fence, mut at) = (Vec::new(), 0, None::<&str>, 0);
    for line in markdown.split_inclusive('\n') {
        let bare = line.trim_start();
        let mark = &bare[..bare.len() - bare.trim_start_matches(bare.chars().next().unwrap_or(' ')).len()];
        let is_fence = mark.len() >= 3 && (mark.starts_with('`') || mark.starts_with('~'));
        match fence {
            None if is_fence && !(mark.starts_with('`') && bare[mark.len()..].contains('`')) => {
                spans(&markdown[from..at], &mut pieces);
                (fence, from) = (Some(mark), at);
            }
            Some(open) if is_fence && mark.starts_with(open) && bare.trim_end() == mark => {
                pieces.push((true, &markdown[from..at + line.len()]));
                (fence, from) = (None, at + line.len());
            }
            _ => {}
        }
        at += line.len();
    }
    match fence {
        Some(_) => pieces.push((true, &markdown[from..])),
        None => spans(&markdown[from..], &mut pieces),
    }
    pieces
}

/// The code spans of a text without fences.
fn spans<'m>(text: &'m str, pieces: &mut Vec<(bool, &'m str)>) {
    let (mut from, mut at) = (0, 0);
    while let Some(tick) = text[at..].find('`').map(|tick| at + tick) {
        let ticks = text[tick..].len() - text[tick..].trim_start_matches('`').len();
        let inside = tick + ticks;
        match closing(&text[inside..], ticks) {
            Some(length) => {
                let end = inside + length + ticks;
                pieces.extend([(false, &text[from..tick]), (true, &text[tick..end])]);
                (from, at) = (end, end);
            }
            None => at = inside,
        }
    }
    pieces.push((false, &text[from..]));
}

/// Where exactly so many backticks are next.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].find('`')?;
        let run = text[at..].len() - text[at..].trim_start_matches('`').len();
        if run == ticks {
            return Some(at);
        }
        at += run;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn liquid_is_read_outside_code() {
        for (markdown, expected) in [
            ("Text in **Markdown**.", Ok("Text in **Markdown**.")),
            ("see {% embed https://example.org/ %}.", Ok("see https://example.org/.")),
            ("{% raw %}{{ x }} {% if %}{% endraw %}!", Ok("{{ x }} {% if %}!")),
            ("{%- raw -%}a{%- endraw -%}", Ok("a")),
            ("`{{ x }}` and ``{% ` y %}``", Ok("`{{ x }}` and ``{% ` y %}``")),
            ("a\n```liquid\n{% if x %}\n```\nb", Ok("a\n```liquid\n{% if x %}\n```\nb")),
            ("~~~\n{{ x }}", Ok("~~~\n{{ x }}")),
            ("```a``` {{ x }}", Err("Liquid variables are disabled")),
            ("&#123;{ x }} &#123;&#37; y %}", Ok("{{ x }} {% y %}")),
            ("`&#123;`", Ok("`&#123;`")),
            ("{{ x }}", Err("Liquid variables are disabled")),
            (r"\{{ x }}", Err("Liquid variables are disabled")),
            ("{% if x %}", Err("Liquid syntax error: Unknown tag 'if'")),
            ("{% if x", Err("Liquid syntax error: Tag '{%' was not properly terminated")),
            ("{% raw %}", Err("Liquid syntax error: 'raw' tag was never closed")),
            ("{% embed tea %}", Err("Liquid error: Provided URL is invalid")),
            ("` {{ x }}", Err("Liquid variables are disabled")),
            ("a { b % c }", Ok("a { b % c }")),
        ] {
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(read(markdown), expected, "{markdown}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_read(text in r"([{}%`~é本\n]|raw|endraw|embed|```|&#123;){0,40}") {
            let _ = read(&text);
            let whole: String = pieces(&text).into_iter().map(|(_, piece)| piece).collect();
            proptest::prop_assert_eq!(whole, text);
        }
    }
}
