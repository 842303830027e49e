//! Paths and what lies at them, in order: a few hundred thousand of them take no more memory than their letters and their ids.

use super::Node;

/// Paths, each once, and sorted once they are [`List::in_order`].
#[derive(Debug, Default)]
pub(super) struct List {
    /// All of them, one behind the other.
    letters: String,
    rows: Vec<Row>,
    /// Some path came before one that it stands behind.
    mixed_up: bool,
}

#[derive(Debug)]
struct Row {
    /// Where its path begins; it ends where the next one does.
    start: usize,
    node: Node,
}

impl List {
    /// Adds a path, given in parts. A tree that is walked in git's order tells them in order, but where names are no UTF-8.
    pub(super) fn push(&mut self, prefix: &str, name: &str, node: Node) {
        let start = self.letters.len();
        self.letters.push_str(prefix);
        self.letters.push_str(name);
        self.rows.push(Row { start, node });
        let last = self.rows.len() - 1;
        self.mixed_up |= last > 0 && self.path(last - 1) >= self.path(last);
    }

    /// The same, ready to be looked into.
    pub(super) fn in_order(self) -> Self {
        if !self.mixed_up {
            return self;
        }
        let mut all: Vec<(&str, &Node)> = self.iter().collect();
        all.sort_by_key(|(path, _)| *path);
        all.dedup_by_key(|(path, _)| *path);
        let mut list = Self::default();
        all.into_iter().for_each(|(path, node)| list.push(path, "", *node));
        list
    }

    fn path(&self, row: usize) -> &str {
        let end = self.rows.get(row + 1).map_or(self.letters.len(), |next| next.start);
        &self.letters[self.rows[row].start..end]
    }

    pub(super) fn get(&self, path: &str) -> Option<Node> {
        let row = self.first_from(path);
        (row < self.rows.len() && self.path(row) == path).then(|| self.rows[row].node)
    }

    /// The first path that is not before another.
    fn first_from(&self, path: &str) -> usize {
        let (mut low, mut high) = (0, self.rows.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.path(middle) < path { low = middle + 1 } else { high = middle }
        }
        low
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        (0..self.rows.len()).map(|row| (self.path(row), &self.rows[row].node))
    }

    /// All whose paths begin so.
    pub(super) fn beginning<'a>(&'a self, start: &'a str) -> impl Iterator<Item = (&'a str, &'a Node)> {
        let rows = self.first_from(start)..self.rows.len();
        rows.map(|row| (self.path(row), &self.rows[row].node)).take_while(move |(path, _)| path.starts_with(start))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::NodeKind;
    use super::*;
    use crate::repo::Oid;

    proptest! {
        /// It does what a map of paths does, whatever comes in which order.
        #[test]
        fn it_is_a_sorted_map(paths in proptest::collection::vec("[a-c./é]{0,4}", 0..20), asked in "[a-c./é]{0,3}") {
            let mut list = List::default();
            let mut map = BTreeMap::new();
            for path in &paths {
                let cut = path.char_indices().nth(1).map_or(0, |(cut, _)| cut);
                list.push(&path[..cut], &path[cut..], Node { oid: Oid::ZERO_SHA1, kind: NodeKind::File });
                map.insert(path.as_str(), ());
            }
            let list = list.in_order();
            prop_assert!(list.iter().map(|(path, _)| path).eq(map.keys().copied()));
            prop_assert_eq!(list.get(&asked).is_some(), map.contains_key(asked.as_str()));
            let begin = list.beginning(&asked).map(|(path, _)| path);
            prop_assert!(begin.eq(map.keys().copied().filter(|path| path.starts_with(&asked))));
        }
    }
}
