//! Paths inside the content: followed through links, never out of the repository. Pure; is told what lies where.

use crate::media::Lack;

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    File,
    /// A link and where it points.
    Link(String),
    /// A folder, or a submodule.
    Folder,
}

/// More links than this on one path are a circle.
const LINKS_MAX: usize = 40;

/// The path of the file that `path` (from the root, with `/`) leads to, every link followed. `look` is asked with
/// paths whose links are followed already.
pub(super) fn resolve(path: &str, look: impl Fn(&str) -> Result<Option<Entry>, Lack>) -> Result<String, Lack> {
    if path.starts_with('/') {
        return Err(Lack::Outside);
    }
    let mut ahead: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
    let mut done: Vec<String> = Vec::new();
    let (mut links, mut found) = (0, Entry::Folder);
    while let Some(part) = ahead.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." if found == Entry::Folder => {
                done.pop().ok_or(Lack::Outside)?;
                continue;
            }
            part if part.eq_ignore_ascii_case(".git") => return Err(Lack::Outside),
            _ if found != Entry::Folder || part.contains('\0') => return Err(Lack::Missing),
            _ => done.push(part),
        }
        found = look(&done.join("/"))?.ok_or(Lack::Missing)?;
        if let Entry::Link(to) = &found {
            links += 1;
            if links > LINKS_MAX {
                return Err(Lack::Unreadable("its links lead in a circle".to_owned()));
            }
            if to.starts_with('/') {
                return Err(Lack::Outside);
            }
            done.pop();
            ahead.extend(to.split('/').rev().map(str::to_owned));
            found = Entry::Folder;
        }
    }
    match found {
        Entry::File => Ok(done.join("/")),
        _ => Err(Lack::Directory),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(path: &str) -> Result<Option<Entry>, Lack> {
        let link = |to: &str| Some(Entry::Link(to.to_owned()));
        Ok(match path {
            "media" | "posts" | "media/deep" | "media/deep/er" => Some(Entry::Folder),
            "media/tea.png" | "media/deep/er/cup.png" => Some(Entry::File),
            "media/link.png" => link("tea.png"),
            "posts/up.png" => link("../media/link.png"),
            "posts/all" => link("../media/deep"),
            "media/out.png" => link("../../etc/passwd"),
            "media/abs.png" => link("/etc/passwd"),
            "media/a" => link("b"),
            "media/b" => link("a"),
            "media/dangling" => link("nowhere.png"),
            "media/git" => link("../.git/config"),
            _ => None,
        })
    }

    #[test]
    fn paths_and_where_they_lead() {
        let file = |path: &str| Ok(path.to_owned());
        for (path, expected) in [
            ("media/tea.png", file("media/tea.png")),
            ("./media//tea.png", file("media/tea.png")),
            ("posts/../media/tea.png", file("media/tea.png")),
            ("media/link.png", file("media/tea.png")),
            ("posts/up.png", file("media/tea.png")),
            ("posts/all/er/cup.png", file("media/deep/er/cup.png")),
            ("posts/all/../tea.png", file("media/tea.png")),
            ("media/none.png", Err(Lack::Missing)),
            ("media/tea.png/more", Err(Lack::Missing)),
            ("media/tea.png/../tea.png", Err(Lack::Missing)),
            ("media/dangling", Err(Lack::Missing)),
            ("media", Err(Lack::Directory)),
            ("", Err(Lack::Directory)),
            ("posts/all", Err(Lack::Directory)),
            ("../secret", Err(Lack::Outside)),
            ("media/../../secret", Err(Lack::Outside)),
            ("/etc/passwd", Err(Lack::Outside)),
            ("media/out.png", Err(Lack::Outside)),
            ("media/abs.png", Err(Lack::Outside)),
            (".git/config", Err(Lack::Outside)),
            (".GIT/config", Err(Lack::Outside)),
            ("media/git", Err(Lack::Outside)),
            ("media/a", Err(Lack::Unreadable("its links lead in a circle".into()))),
        ] {
            assert_eq!(resolve(path, look), expected, "{path}");
        }
    }
}
