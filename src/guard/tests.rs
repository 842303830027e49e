//! Who may sign, told from made-up histories of accounts.toml; the signatures are real ones.

use std::collections::BTreeMap;

use ssh_key::private::{Ed25519Keypair, PrivateKey};
use ssh_key::{HashAlg, LineEnding};

use super::lock;
use super::signed::{Trust, trust};
use crate::error::Source;
use crate::media::Library;
use crate::plan::Offer;
use crate::post::{self, Post};
use crate::repo::Oid;
use crate::repo::history::{Change, Made};
use crate::zone::Zone;
use crate::{account, content};

/// A person, by a letter.
fn key(name: char) -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&[name as u8; 32]))
}

/// accounts.toml in which these people may sign; nobody: nothing needs to be signed.
fn accounts(signers: &str) -> String {
    let keys: Vec<String> =
        signers.chars().map(|name| format!("{:?}", key(name).public_key().to_openssh().unwrap())).collect();
    match signers {
        "" => "schema = 1\n".to_owned(),
        _ => format!("schema = 1\n[publish]\nrequire_signed = true\nsigners = [{}]\n", keys.join(", ")),
    }
}

/// A history: `ab/c` is a version in which a and b may sign, made by c; `-`: unsigned, `?`: cut off, `!`: signed for
/// something else, `%`: PGP. `~` is a version that is no TOML.
fn history(text: &str) -> Vec<Change> {
    let change = |(number, word): (usize, &str)| {
        let (version, by) = word.split_once('/').unwrap();
        let signed = format!("commit {number}").into_bytes();
        let by = by.chars().next().unwrap();
        let ssh = |name: char, signed: &[u8]| {
            key(name).sign("git", HashAlg::Sha512, signed).unwrap().to_pem(LineEnding::LF).unwrap()
        };
        let signature = match by {
            '-' => None,
            '!' => Some(ssh('a', b"something else")),
            '%' => Some("-----BEGIN PGP SIGNATURE-----\n".to_owned()),
            name => Some(ssh(name, &signed)),
        };
        let commit = Oid::from_bytes(&[u8::try_from(number).unwrap() + 0xa0; 20]).unwrap();
        let made = Made { commit, author: "Ann".to_owned(), signature: signature.map(|text| (text, signed)) };
        let content = if version == "~" { "= no TOML".to_owned() } else { accounts(version) };
        Change { content: Some(content.into_bytes()), made: Some(made).filter(|_| by != '?') }
    };
    text.split_whitespace().enumerate().map(change).collect()
}

#[test]
fn each_version_is_signed_by_a_key_of_the_one_before() {
    for (text, keys) in [
        ("", ""),
        ("/-", ""),
        ("/- a/-", "a"),
        // The first that demands it is believed.
        ("ab/-", "ab"),
        ("a/- ab/a", "ab"),
        ("a/- ab/a b/b", "b"),
        ("a/- /a", ""),
        ("a/- /a /- b/-", "b"),
        // Mended by somebody who was trusted before.
        ("a/- b/- a/a", "a"),
        ("a/- /- a/a", "a"),
        // A version that is wrong changes nothing.
        ("a/- ~/a", "a"),
    ] {
        let Trust::Keys(found) = trust(&history(text)) else {
            assert!(matches!(trust(&history(text)), Trust::Off) && keys.is_empty(), "{text}");
            continue;
        };
        let expected: Vec<_> = keys.chars().map(|name| key(name).public_key().key_data().clone()).collect();
        assert_eq!(found.iter().map(|key| key.key_data().clone()).collect::<Vec<_>>(), expected, "{text}");
    }
}

#[test]
fn what_is_not_signed_so_is_told() {
    let b = key('b').public_key().fingerprint(HashAlg::Sha256);
    let a = key('a').public_key().fingerprint(HashAlg::Sha256);
    let listed = "which `publish.signers` does not list";
    for (text, why) in [
        ("a/- /-", "was last changed by commit a1a1a1a of Ann, which nobody signed".to_owned()),
        ("a/- ab/b", format!("was last changed by commit a1a1a1a of Ann, signed by {b}, {listed}")),
        // Whoever lets himself in is not trusted by what he does next.
        ("a/- b/b b/b", format!("was last changed by commit a2a2a2a of Ann, signed by {b}, {listed}")),
        ("a/- /- b/-", "was last changed by commit a2a2a2a of Ann, which nobody signed".to_owned()),
        ("a/- /%", "was last changed by commit a1a1a1a of Ann, which is signed, but not with an ssh key".to_owned()),
        ("a/- /!", format!("was last changed by commit a1a1a1a of Ann, whose signature by {a} is not valid")),
        (
            "b/? b/b",
            "was last changed before this clone begins: `git fetch --unshallow` brings the whole history".to_owned(),
        ),
    ] {
        let Trust::Broken(found) = trust(&history(text)) else { panic!("{text} is trusted") };
        let way_out = "accounts.toml demands `publish.require_signed`: have somebody who is listed commit it";
        // What a longer clone would tell is nobody's to mend.
        let expected = if text.contains('?') { why } else { format!("{why}; {way_out}") };
        assert_eq!(found, format!("accounts.toml {expected}"), "{text}");
    }
}

/// What is offered where these posts lie, each as `path` and front matter.
fn offers(posts: &[(&str, &str)]) -> Vec<Offer> {
    let text = "schema = 1\n[defaults]\ntimezone = \"UTC\"\n[accounts.ann]\nplatform = \"linkedin\"\n[accounts.acme-x]\nplatform = \"x\"\n";
    let (accounts, problems) = account::parse(&Source::new("accounts.toml", text));
    assert_eq!(problems, []);
    let (accounts, mut problems) = (accounts.unwrap(), Vec::new());
    let posts: Vec<Post> = posts
        .iter()
        .map(|(path, text)| post::parse(&Source::new(*path, format!("---\n{text}")), Some(Zone::UTC)).0.unwrap())
        .collect();
    let targets = content::resolve(&posts, &accounts, &mut problems);
    content::offers(&posts, targets, &accounts, &Library::new(), &BTreeMap::new(), &problems)
}

#[test]
fn the_lock_lists_what_will_be_seen() {
    let text = lock::text(&offers(&[
        ("posts/b.md", "targets: [ann, acme-x]\nschedule: 2026-12-01 09:00:30\n---\nTea.\n"),
        ("posts/a.md", "targets: [ann]\nschedule: on-merge\n---\nTea.\n"),
        ("posts/some day.md", "id: some-day\ntargets: [ann]\n---\nCoffee.\n"),
        ("posts/draft.md", "targets: [ann]\ndraft: true\nschedule: on-merge\n---\nNot yet.\n"),
        ("posts/long.md", &format!("targets: [acme-x]\nschedule: on-merge\n---\n{}\n", "long ".repeat(99))),
    ]));
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    6ab5f6a974b3b04effc63678246de5c0 on-merge a:ann
    8e9805eef55c27ad5ebd6cfcc7efe36c 2026-12-01T09:00:30Z b:acme-x
    6ab5f6a974b3b04effc63678246de5c0 2026-12-01T09:00:30Z b:ann
    7b55445f60ea2147cf00ba3de22b59ba held some-day:ann
    ");
}
