//! Which language tags YouTube takes: it wants real ones, and answers `cn` with a bare `invalidVideoMetadata`.

/// The two-letter codes of ISO 639-1, and the two old ones YouTube still uses.
const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy \
    da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik \
    io is it iu iw ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr \
    ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk \
    sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za \
    zh zu";

/// Whether this is a language tag as BCP 47 has them: language, then script, region and variants.
pub(super) fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let known = match language.len() {
        2 => TWO_LETTERS.split_whitespace().any(|known| known.eq_ignore_ascii_case(language)),
        3 => letters(language),
        _ => false,
    };
    known && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::is_tag;

    #[test]
    fn tags_are_real_languages() {
        for (tag, good) in [
            ("en", true),
            ("en-GB", true),
            ("zh-Hans-CN", true),
            ("es-419", true),
            ("fil", true),
            ("iw", true),
            ("cn", false),
            ("", false),
            ("english", false),
            ("en_US", false),
            ("en-", false),
            ("e", false),
        ] {
            assert_eq!(is_tag(tag), good, "{tag}");
        }
    }
}
