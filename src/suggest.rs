//! "Did you mean": the nearest of the words that are known, and lists of words as a sentence has them. Knows no file.

/// The candidate a mistyped word most likely stands for; `None` when nothing is near enough to be worth saying.
///
/// Case, `-` and `_` count for nothing; otherwise a third of the letters (at least one) may be wrong.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(word);
    let letters = plain.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&plain, &self::plain(candidate)), candidate))
        .filter(|&(distance, candidate)| {
            // A word of one or two letters is near to anything: only another spelling of it counts.
            let shorter = letters.min(candidate.chars().count());
            distance <= if shorter < 3 { 0 } else { (letters / 3).max(1) }
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// ``did you mean `schedule`?``, or, with nothing near, the words there are: ``choose `a`, `b` or `c` ``.
pub fn hint<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, candidates.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("choose {}", or(candidates)),
    }
}

/// `` `a`, `b` or `c` ``.
pub fn or<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    list(words, "or")
}

/// `` `a`, `b` and `c` ``.
pub fn and<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    list(words, "and")
}

fn list<'a>(words: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

fn plain(word: &str) -> String {
    word.chars().filter(|letter| !matches!(letter, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word() {
        let keys = ["schedule", "targets", "id", "max_late", "x", "on_edit", "link"];
        for (word, expected) in [
            ("schedul", Some("schedule")),
            ("shedule", Some("schedule")),
            ("Schedule", Some("schedule")),
            ("max-late", Some("max_late")),
            ("target", Some("targets")),
            ("ID", Some("id")),
            ("lnik", Some("link")),
            ("y", None),
            ("", None),
            ("colour", None),
        ] {
            assert_eq!(nearest(word, keys), expected, "{word}");
        }
    }

    #[test]
    fn lists_read_as_english() {
        assert_eq!(or([]), "");
        assert_eq!(or(["a"]), "`a`");
        assert_eq!(or(["a", "b"]), "`a` or `b`");
        assert_eq!(and(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(hint("publik", ["public", "private"]), "did you mean `public`?");
        assert_eq!(hint("everyone", ["public", "private"]), "choose `public` or `private`");
    }
}
