//! A case's way through the life of a post, wherever it is played: out as planned and once, edited and removed where the
//! platform can. What readers see decides; who they are is the cast's business.

use pressroom::sim::Seen;

use super::cases::Case;
use crate::cast::Cast;

/// Out as planned, with what is left out of it told, and not a second time; what readers saw before.
pub(super) fn published(cast: &Cast, case: &Case, id: &str) -> Vec<Seen> {
    case.prepare(cast, id);
    let before = cast.seen(case.platform);
    case.commit(cast, id, "");
    let ran = cast.press.run(&["publish"]);
    let told = format!("{}\n{}{}", case.file(cast, id, ""), ran.stdout, ran.stderr);
    let code = if case.lacks.is_empty() { 0 } else { 3 };
    assert_eq!(ran.code, code, "{} {}\n{told}", case.platform, case.name);
    for lack in case.lacks {
        assert!(ran.stderr.contains(lack), "{} {}: `{lack}` is not told\n{told}", case.platform, case.name);
    }
    case.check(cast, &before, &told);
    let again = cast.press.run(&["publish"]).exits(0);
    case.check(cast, &before, &again.stderr);
    before
}

/// Where the platform can change a text, it does; elsewhere the plan says that it stays as it is. Tells which.
pub(super) fn edited(cast: &Cast, case: &Case, id: &str, before: &[Seen]) -> bool {
    if case.body.is_empty() {
        return false;
    }
    let file = case.file(cast, id, "on_edit: update\n").replace("Tea", "Green tea");
    cast.press.file(&format!("posts/{id}.md"), &file).commit("edit");
    let plan = cast.press.run(&["plan", "--format", "json"]).exits(0).json();
    let row = plan["targets"].as_array().unwrap().iter().find(|row| row["post"] == id).unwrap().clone();
    let ran = cast.press.run(&["publish"]).exits(0);
    let texts: String = cast
        .seen(case.platform)
        .iter()
        .filter(|seen| before.iter().all(|old| old.id != seen.id))
        .map(|seen| format!("{}{:?}", seen.text, seen.title))
        .collect();
    if row["action"] == "edit" {
        assert!(texts.contains("Green tea"), "{} {}: {texts}\n{}", case.platform, case.name, ran.stderr);
    } else {
        let reason = row["reason"].as_str().unwrap_or_default();
        assert!(reason.starts_with("changed, stays as published: "), "{} {}: {row:#}", case.platform, case.name);
        assert!(!texts.contains("Green tea"), "{} {}: {texts}", case.platform, case.name);
    }
    row["action"] == "edit"
}

/// Nothing is removed unless so many removals are allowed; then it is gone.
pub(super) fn removed(cast: &Cast, case: &Case, id: &str, before: &[Seen]) {
    let file = case.file(cast, id, "on_remove: delete\n");
    cast.press.file(&format!("posts/{id}.md"), &file).commit("may go");
    cast.press.run(&["publish"]).exits(0);
    std::fs::remove_file(cast.press.repo.join(format!("posts/{id}.md"))).unwrap();
    cast.press.commit("gone");
    let left =
        || cast.seen(case.platform).into_iter().filter(|seen| before.iter().all(|old| old.id != seen.id)).count();
    cast.press.run(&["publish"]).exits(3);
    assert_eq!(left(), case.shown, "{} {}", case.platform, case.name);
    let ran = cast.press.run(&["publish", "--allow-removals", "1"]);
    let told = format!("{} {}: {}{}", case.platform, case.name, ran.stdout, ran.stderr);
    if case.stays || !case.platform.limits().removes {
        assert_eq!((ran.code, left()), (3, case.shown), "{told}");
        let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("by hand") || said.contains("the removal was refused"), "{told}");
        // Put back, it is no trouble for the cases that follow.
        cast.press.file(&format!("posts/{id}.md"), &case.file(cast, id, "")).commit("back");
        cast.press.run(&["publish"]).exits(0);
    } else {
        assert_eq!((ran.code, left()), (0, 0), "{told}");
    }
}
