//! A plan's hash: the same for plans by which readers will see the same, whenever and wherever they are made.

use sha2::{Digest as _, Sha256};

use super::Plan;
use super::action::{Action, Row};
use crate::fit::Fitted;

impl Plan {
    /// The rows that are yet to go out, be changed or be removed.
    pub fn ahead(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.state.is_open() || row.action.is_some())
    }

    /// 32 hex digits of all that is yet to go out, be changed or be removed: which targets, at which instants, what. It stays
    /// as it is while time passes and accounts are connected, and is another once something is out.
    pub fn hash(&self) -> String {
        let mut lines: Vec<String> = self.ahead().map(line).collect();
        lines.sort();
        base16ct::lower::encode_string(&Sha256::digest(lines.concat())[..16])
    }
}

/// A row as it counts. Ids and names hold no line ends.
fn line(row: &Row) -> String {
    let aim = match row.action {
        Some(Action::Edit) => "edit",
        Some(Action::Remove) => "remove",
        _ => "publish",
    };
    let due = match row.due {
        // Every branch a post is merged into would give another.
        _ if row.on_merge => "on-merge".to_owned(),
        Some(due) => due.timestamp().to_string(),
        None => "held".to_owned(),
    };
    let what = row.rendition.as_ref().map(Fitted::fingerprint).or(row.kept.as_deref()).unwrap_or_default();
    format!("{aim}\t{}\t{}\t{due}\t{what}\n", row.post, row.key.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::action::Standing;
    use super::super::settled::Count;
    use super::*;
    use crate::ledger::entry::TargetKey;
    use crate::limits::Platform;
    use crate::post::PostId;

    fn row(post: &str) -> Row {
        Row {
            path: format!("posts/{post}.md"),
            due: "2026-12-01T08:00:00Z".parse().ok(),
            untouched: true,
            ..Row::bare(PostId::new(post), TargetKey::new(Platform::X, "acme"), Platform::X, Standing::Scheduled)
        }
    }

    fn hash(rows: Vec<Row>) -> String {
        Plan { at: "2026-11-21T12:00:00Z".parse().unwrap(), rows, budgets: Vec::new(), over: Count::default() }.hash()
    }

    #[test]
    fn it_tells_apart_what_readers_will_tell_apart_and_nothing_else() {
        let plan = || vec![row("tea"), row("cake")];
        let usual = hash(plan());
        assert_eq!(usual.len(), 32);
        let changed = |change: fn(&mut Row)| {
            let mut rows = plan();
            change(&mut rows[0]);
            hash(rows)
        };
        let same: [fn(&mut Row); 5] = [
            |row| row.path = "posts/other.md".to_owned(),
            |row| row.reason = Some("not connected".to_owned()),
            |row| (row.state, row.action) = (Standing::Due, Some(Action::Publish)),
            |row| row.zone = "Asia/Tokyo".to_owned(),
            |row| row.warnings.push("no alt".to_owned()),
        ];
        for change in same {
            assert_eq!(changed(change), usual);
        }
        assert_eq!(hash(vec![row("cake"), row("tea")]), usual);
        let others: [fn(&mut Row); 6] = [
            |row| row.post = PostId::new("coffee"),
            |row| row.key = TargetKey::new(Platform::X, "ann"),
            |row| row.due = "2026-12-01T09:00:00Z".parse().ok(),
            |row| row.due = None,
            |row| row.action = Some(Action::Remove),
            |row| row.state = Standing::Published,
        ];
        for change in others {
            assert_ne!(changed(change), usual);
        }
        let merged = |due: &str| hash(vec![Row { on_merge: true, due: due.parse().ok(), ..row("tea") }]);
        assert_eq!(merged("2026-12-01T09:00:00Z"), merged("2026-12-02T09:00:00Z"));
    }
}
