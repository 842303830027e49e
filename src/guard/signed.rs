//! `publish.require_signed`: only what a listed key has signed goes out. Signatures are read here and not by the `git` program, so
//! that no configuration of a machine has a say; who may sign is told by accounts.toml, each version of which must be signed
//! by a key of the one before.

use std::collections::{BTreeMap, BTreeSet};

use ssh_key::{HashAlg, PublicKey, SshSig};

use crate::account::{self, Accounts};
use crate::error::{Failure, Source};
use crate::plan::Offer;
use crate::post::Post;
use crate::repo::history::{Change, Made};
use crate::repo::snapshot::Snapshot;

const ACCOUNTS: &str = "accounts.toml";
/// What git calls its signatures.
const NAMESPACE: &str = "git";

/// Who may sign.
pub(super) enum Trust {
    /// Nothing needs to be signed.
    Off,
    Keys(Vec<PublicKey>),
    /// accounts.toml cannot be trusted, and why.
    Broken(String),
}

/// Gives the offers that nobody signed the reason. What is on disk is not committed yet, and not judged.
pub(super) fn hold(
    snapshot: &Snapshot,
    accounts: &Accounts,
    posts: &[Post],
    offers: &mut [Offer],
) -> Result<(), Failure> {
    if snapshot.commit().is_none() {
        return Ok(());
    }
    let keys = match trust(&snapshot.changes(ACCOUNTS)?) {
        // What is read through a link has a history elsewhere.
        Trust::Off if accounts.publish.require_signed => Trust::Broken(format!("{ACCOUNTS} {NOT_PLAIN}")),
        trust => trust,
    };
    let keys = match keys {
        Trust::Off => return Ok(()),
        Trust::Broken(why) => {
            offers.iter_mut().for_each(|offer| offer.refused = Some(why.clone()));
            return Ok(());
        }
        Trust::Keys(keys) => keys,
    };
    let texts: BTreeMap<&str, Vec<&str>> = posts.iter().map(|post| (&*post.source.path, texts(post))).collect();
    let files: Vec<BTreeSet<String>> = offers.iter().map(|offer| files(offer, &texts)).collect();
    let makers = snapshot.makers(&files.iter().flatten().cloned().collect())?;
    let refusal = |path: &String| match signer(makers.get(path).and_then(Option::as_ref), &keys) {
        _ if !snapshot.is_plain(path) => Some((path.clone(), format!("{path} {NOT_PLAIN}"))),
        Err(why) => Some((path.clone(), format!("{path} {why}"))),
        Ok(()) => None,
    };
    let refusals: BTreeMap<String, String> = makers.keys().filter_map(refusal).collect();
    for (offer, files) in offers.iter_mut().zip(&files) {
        offer.refused = files.iter().find_map(|path| refusals.get(path).cloned());
    }
    Ok(())
}

pub(super) fn is_off(snapshot: &Snapshot) -> Result<bool, Failure> {
    Ok(matches!(trust(&snapshot.changes(ACCOUNTS)?), Trust::Off))
}

const NOT_PLAIN: &str =
    "is no file by itself: with `publish.require_signed` in accounts.toml nothing is read through links";

const WAY_OUT: &str = "accounts.toml demands `publish.require_signed`: have somebody who is listed commit it";

/// The files of a post that are texts.
fn texts(post: &Post) -> Vec<&str> {
    let variants = post.variants.values().map(|body| &*body.source.path);
    variants.chain([&*post.source.path]).collect()
}

/// Every file whose content an offer shows.
fn files(offer: &Offer, texts: &BTreeMap<&str, Vec<&str>>) -> BTreeSet<String> {
    let texts = texts.get(offer.path.as_str()).into_iter().flatten().map(|path| (*path).to_owned());
    let rendition = offer.rendition.iter();
    let attached = rendition.clone().flat_map(|rendition| rendition.media().map(|(_, media)| media));
    let card = rendition.filter_map(|rendition| rendition.card.as_ref()?.thumbnail.as_ref());
    let media = attached.chain(card).flat_map(|media| {
        let beside = media.cover.as_deref().into_iter().chain(media.captions.as_ref().map(|its| &its.file));
        [media].into_iter().chain(beside).map(|media| media.committed_path().to_owned())
    });
    texts.chain(media).collect()
}

/// Who may sign, told from every version of accounts.toml, the oldest first. The first that demands signatures is believed; each
/// later one only if a key of the one before has signed it. One that is not trusted stops everything until a trusted key
/// commits the file again.
pub(super) fn trust(changes: &[Change]) -> Trust {
    let mut trusted: Option<Vec<PublicKey>> = None;
    let mut broken = None;
    for change in changes {
        if let Some(keys) = &trusted {
            broken = signer(change.made.as_ref(), keys).err();
            if broken.is_some() {
                continue;
            }
        }
        match rule(change) {
            Some(Rule::Keys(keys)) => {
                trusted = Some(keys);
                broken = None;
            }
            Some(Rule::Off) => trusted = None,
            // Nothing is published by a file that is wrong; the rule before it stays.
            None => {}
        }
    }
    // In a clone that is cut off it cannot be told who wrote the first version that it has.
    if trusted.is_some() && changes.iter().any(|change| change.made.is_none()) {
        broken = Some(CUT_OFF.to_owned());
    }
    match (trusted, broken) {
        (_, Some(why)) => Trust::Broken(format!("{ACCOUNTS} {why}")),
        (Some(keys), None) => Trust::Keys(keys),
        (None, None) => Trust::Off,
    }
}

enum Rule {
    Off,
    Keys(Vec<PublicKey>),
}

/// What a version of accounts.toml demands; `None` where it cannot be read.
fn rule(change: &Change) -> Option<Rule> {
    let source = Source::from_bytes(ACCOUNTS, change.content.as_ref()?).ok()?;
    let publish = account::parse(&source).0?.publish;
    if !publish.require_signed {
        return Some(Rule::Off);
    }
    let keys: Vec<PublicKey> =
        publish.signers.iter().filter_map(|signer| PublicKey::from_openssh(&signer.value).ok()).collect();
    (!keys.is_empty()).then_some(Rule::Keys(keys))
}

const CUT_OFF: &str = "was last changed before this clone begins: `git fetch --unshallow` brings the whole history";

/// Whether one of these keys signed a commit; if not, a clause that says so, with the way out.
fn signer(made: Option<&Made>, keys: &[PublicKey]) -> Result<(), String> {
    let Some(made) = made else { return Err(CUT_OFF.to_owned()) };
    let refused = |why: String| {
        let (commit, author) = (made.commit.to_string(), &made.author);
        format!("was last changed by commit {commit:.7} of {author}, {why}; {WAY_OUT}")
    };
    let Some((signature, signed)) = &made.signature else { return Err(refused("which nobody signed".to_owned())) };
    if !signature.trim_start().starts_with("-----BEGIN SSH SIGNATURE-----") {
        return Err(refused("which is signed, but not with an ssh key".to_owned()));
    }
    let unreadable = |_| refused("whose signature cannot be read".to_owned());
    let signature = SshSig::from_pem(signature.trim()).map_err(unreadable)?;
    let print = signature.public_key().fingerprint(HashAlg::Sha256);
    let Some(key) = keys.iter().find(|key| key.key_data() == signature.public_key()) else {
        return Err(refused(format!("signed by {print}, which `publish.signers` does not list")));
    };
    let valid = key.verify(NAMESPACE, signed, &signature);
    valid.map_err(|_| refused(format!("whose signature by {print} is not valid")))
}
