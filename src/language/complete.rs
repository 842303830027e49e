//! What may stand at the cursor: keys, words, accounts, zones, ids of posts, and media files.

use std::ops::Range;

use super::keys::{self, Expects};
use super::spot::{Role, Spot};
use super::{ACCOUNTS, Desk, drawn, toml, yaml};
use crate::account::keys::Takes as Account;
use crate::limits::{Platform, Takes as Setting};
use crate::post::front::keys::Takes;
use crate::zone::Zone;

/// Something that may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What it is called, and what the word so far is compared with.
    pub label: String,
    /// What takes the place of `span`.
    pub text: String,
    /// The bytes of the word so far.
    pub span: Range<usize>,
    pub sort: Sort,
    /// One line on it; may be empty.
    pub doc: String,
    /// Whether it goes below all that is not: keys that nothing follows from.
    pub last: bool,
}

/// What kind of thing is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Key,
    Word,
    Account,
    File,
    Post,
}

/// All that may stand at a byte of the text. The word so far is not held against it; editors do that in their own ways.
pub fn complete(text: &str, offset: usize, desk: &Desk<'_>) -> Vec<Proposal> {
    let at = At { text, desk };
    if desk.path == ACCOUNTS {
        return toml::spot(text, offset).map(|spot| at.accounts(&spot)).unwrap_or_default();
    }
    if let Some(spot) = yaml::spot(text, offset) {
        return at.front(&spot);
    }
    match drawn(text, offset) {
        Some(span) => at.files(&(span.start..offset)),
        None => Vec::new(),
    }
}

struct At<'a> {
    text: &'a str,
    desk: &'a Desk<'a>,
}

impl At<'_> {
    fn front(&self, spot: &Spot) -> Vec<Proposal> {
        let above = spot.keys();
        if spot.role == Role::Value || (spot.role == Role::Item && above.last() != Some(&"media")) {
            return keys::expects(&above, self.desk.accounts)
                .map(|expects| self.values(spot, expects))
                .unwrap_or_default();
        }
        let known = keys::front(&above, self.desk.accounts);
        let written = if above.is_empty() { yaml::written(self.text) } else { Vec::new() };
        let is_new = |known: &keys::Known| !written.contains(&known.name.as_str()) || self.word(spot) == known.name;
        let proposals = known.into_iter().filter(is_new).map(|known| Proposal {
            text: format!("{}: ", known.name),
            label: known.name,
            span: spot.span.clone(),
            sort: if above == ["overrides"] { Sort::Account } else { Sort::Key },
            doc: known.doc,
            last: known.ignored,
        });
        // Below a key that holds a list an entry may begin.
        let entries = keys::expects(&above, self.desk.accounts).filter(|_| !above.is_empty());
        let entries = entries.map(|expects| self.values(spot, expects)).unwrap_or_default().into_iter();
        let dash = |proposal: Proposal| match spot.role {
            Role::Key if !spot.flow => Proposal { text: format!("- {}", proposal.text), ..proposal },
            _ => proposal,
        };
        proposals.chain(entries.map(dash)).collect()
    }

    fn values(&self, spot: &Spot, expects: Expects) -> Vec<Proposal> {
        let words = |words: &[&str]| words.iter().map(|word| self.value(spot, word, Sort::Word, "")).collect();
        let proposals: Vec<Proposal> = match expects {
            Expects::Front(Takes::Bool) | Expects::Setting(Setting::Bool) => words(&["true", "false"]),
            Expects::Front(Takes::OneOf(all)) | Expects::Setting(Setting::OneOf(all)) => words(all),
            Expects::Front(Takes::Schedule | Takes::DateTime) if self.word(spot).split(' ').count() > 2 => {
                self.zones(spot)
            }
            Expects::Front(Takes::Schedule) => vec![
                self.value(spot, "on-merge", Sort::Word, "as soon as it is on the publishing branch"),
                self.value(spot, "next-slot", Sort::Word, "the account's next free slot"),
            ],
            Expects::Front(Takes::Texts) if spot.above.last().is_some_and(|key| key == "targets") => self.targets(spot),
            Expects::Front(Takes::Reference) => self.posts(spot),
            Expects::Path | Expects::Front(Takes::Media) => self.files(&spot.span),
            Expects::Front(_) | Expects::Setting(_) => Vec::new(),
        };
        // `key:` and its value need a blank between them.
        let bare = self.text[..spot.span.start].ends_with(':');
        let spaced = |proposal: Proposal| Proposal { text: format!(" {}", proposal.text), ..proposal };
        if bare { proposals.into_iter().map(spaced).collect() } else { proposals }
    }

    fn word(&self, spot: &Spot) -> &str {
        self.text.get(spot.span.clone()).unwrap_or_default()
    }

    fn value(&self, spot: &Spot, word: &str, sort: Sort, doc: &str) -> Proposal {
        Proposal {
            label: word.to_owned(),
            text: word.to_owned(),
            span: spot.span.clone(),
            sort,
            doc: doc.to_owned(),
            last: false,
        }
    }

    /// Accounts, groups, and platforms that have just one account.
    fn targets(&self, spot: &Spot) -> Vec<Proposal> {
        let Some(accounts) = self.desk.accounts else { return Vec::new() };
        let one = accounts.accounts.values().map(|account| (account.name.clone(), account.platform.label().to_owned()));
        let groups = accounts.groups.iter().map(|(name, members)| {
            let members: Vec<&str> = members.iter().map(|member| member.value.as_str()).collect();
            (name.clone(), format!("group: {}", members.join(", ")))
        });
        let alone = Platform::ALL.into_iter().filter_map(|platform| {
            let mut on_it = accounts.accounts.values().filter(|account| account.platform == platform);
            let only = on_it.next().filter(|account| account.name != platform.name())?;
            on_it.next().is_none().then(|| (platform.name().to_owned(), format!("the account {}", only.name)))
        });
        let all = one.chain(groups).chain(alone);
        all.map(|(name, doc)| self.value(spot, &name, Sort::Account, &doc)).collect()
    }

    /// The zone after a date and a time.
    fn zones(&self, spot: &Spot) -> Vec<Proposal> {
        let blank = self.word(spot).rfind(' ').map_or(0, |blank| blank + 1);
        let zone = Spot { span: spot.span.start + blank..spot.span.end, ..spot.clone() };
        Zone::names().map(|name| self.value(&zone, name, Sort::Word, "")).collect()
    }

    fn posts(&self, spot: &Spot) -> Vec<Proposal> {
        let others = self.desk.ids.iter().filter(|(path, _)| *path != self.desk.path);
        others.map(|(path, id)| self.value(spot, id.as_str(), Sort::Post, path)).collect()
    }

    /// Media files: those below the post's own folder by the way from there, others from the root.
    fn files(&self, span: &Range<usize>) -> Vec<Proposal> {
        let folder = self.desk.path.rfind('/').map_or("", |slash| &self.desk.path[..=slash]);
        let proposals = self.desk.media.iter().map(|path| {
            let written = path.strip_prefix(folder).unwrap_or(path).to_owned();
            Proposal {
                label: written.clone(),
                text: written,
                span: span.clone(),
                sort: Sort::File,
                doc: String::new(),
                last: false,
            }
        });
        proposals.collect()
    }

    fn accounts(&self, spot: &Spot) -> Vec<Proposal> {
        let above = spot.keys();
        match spot.role {
            Role::Header => {
                let proposal = |known: keys::Known| self.value(spot, &known.name, Sort::Key, &known.doc);
                keys::headers().into_iter().map(proposal).collect()
            }
            Role::Key if above.is_empty() => vec![self.assigned(spot, "schema", "which form of this file it is")],
            Role::Key => keys::table(&above).into_iter().map(|key| self.assigned(spot, key.name, key.doc)).collect(),
            Role::Value | Role::Item => self.account_values(spot, &above),
        }
    }

    fn assigned(&self, spot: &Spot, key: &str, doc: &str) -> Proposal {
        Proposal { text: format!("{key} = "), ..self.value(spot, key, Sort::Key, doc) }
    }

    fn account_values(&self, spot: &Spot, above: &[&str]) -> Vec<Proposal> {
        let is_list = spot.role == Role::Item;
        let words: Vec<Proposal> = match keys::table_expects(above) {
            Some(Account::Bool) => {
                return ["true", "false"].map(|word| self.value(spot, word, Sort::Word, "")).to_vec();
            }
            Some(Account::Platform) => {
                Platform::ALL.map(|its| self.value(spot, its.name(), Sort::Word, its.label())).to_vec()
            }
            Some(Account::Zone) => Zone::names().map(|name| self.value(spot, name, Sort::Word, "")).collect(),
            Some(Account::Word(word)) => vec![self.value(spot, word, Sort::Word, "")],
            Some(Account::Names) if is_list && above.first() == Some(&"groups") => {
                let accounts = self.desk.accounts.into_iter().flat_map(|accounts| accounts.accounts.values());
                accounts.map(|its| self.value(spot, &its.name, Sort::Account, its.platform.label())).collect()
            }
            Some(Account::Names) if is_list => self.targets(spot),
            _ => Vec::new(),
        };
        let quoted = |proposal: Proposal| match spot.quoted {
            true => proposal,
            false => Proposal { text: format!("\"{}\"", proposal.text), ..proposal },
        };
        words.into_iter().map(quoted).collect()
    }
}
