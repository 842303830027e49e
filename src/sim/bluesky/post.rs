//! The record of a post, `app.bsky.feed.post`: its fields, and the rules that involve several of them. Source: the
//! lexicon, and <https://docs.bsky.app/docs/advanced-guides/posts>.

use serde_json::Value;

use super::facets;
use super::lexicon::{Field, Kind, Named, STRONG, Use, check, optional, required};
use super::state::State;
use super::syntax;

pub(super) const NSID: &str = "app.bsky.feed.post";

const TAG: Kind = Kind::Text { bytes: 640, graphemes: 64 };
const RATIO: Kind = Kind::Record(&[required("width", Kind::Number(1)), required("height", Kind::Number(1))]);
const FREE: Kind = Kind::Text { bytes: usize::MAX, graphemes: usize::MAX };

const POST: &[Field] = &[
    required("text", Kind::Text { bytes: 3_000, graphemes: 300 }),
    required("createdAt", Kind::Datetime),
    optional("langs", Kind::List { of: &Kind::Language, least: 0, most: 3 }),
    optional("facets", Kind::List { of: &Kind::Record(FACET), least: 0, most: usize::MAX }),
    optional("embed", Kind::Union(EMBEDS)),
    optional(
        "reply",
        Kind::Record(&[required("root", Kind::Record(STRONG)), required("parent", Kind::Record(STRONG))]),
    ),
    optional("labels", Kind::Union(&[("com.atproto.label.defs#selfLabels", LABELS)])),
    optional("tags", Kind::List { of: &TAG, least: 0, most: 8 }),
];

const FACET: &[Field] = &[
    required("index", Kind::Record(&[required("byteStart", Kind::Number(0)), required("byteEnd", Kind::Number(0))])),
    required("features", Kind::List { of: &Kind::Union(FEATURES), least: 1, most: usize::MAX }),
];

const FEATURES: &[(&str, &[Field])] = &[
    ("app.bsky.richtext.facet#link", &[required("uri", Kind::Uri)]),
    ("app.bsky.richtext.facet#mention", &[required("did", Kind::Did)]),
    ("app.bsky.richtext.facet#tag", &[required("tag", TAG)]),
];

/// The values that an author can give.
const LABEL: &[Field] =
    &[required("val", Kind::Choice(&["porn", "sexual", "nudity", "graphic-media", "!no-unauthenticated", "bot"]))];
const LABELS: &[Field] = &[required("values", Kind::List { of: &Kind::Record(LABEL), least: 0, most: 10 })];

const IMAGES: (&str, &[Field]) = (
    "app.bsky.embed.images",
    &[required(
        "images",
        Kind::List {
            of: &Kind::Record(&[
                required("image", Kind::Blob(Use::Image)),
                required("alt", FREE),
                optional("aspectRatio", RATIO),
            ]),
            least: 1,
            most: 4,
        },
    )],
);

const GALLERY_IMAGE: &[Field] =
    &[required("image", Kind::Blob(Use::Image)), required("alt", FREE), required("aspectRatio", RATIO)];
const GALLERY: (&str, &[Field]) = (
    "app.bsky.embed.gallery",
    &[required(
        "items",
        Kind::List { of: &Kind::Union(&[("app.bsky.embed.gallery#image", GALLERY_IMAGE)]), least: 1, most: 20 },
    )],
);

const VIDEO: (&str, &[Field]) = (
    "app.bsky.embed.video",
    &[
        required("video", Kind::Blob(Use::Video)),
        optional("alt", Kind::Text { bytes: 10_000, graphemes: 1_000 }),
        optional("aspectRatio", RATIO),
        optional(
            "captions",
            Kind::List {
                of: &Kind::Record(&[required("lang", Kind::Language), required("file", Kind::Blob(Use::Captions))]),
                least: 0,
                most: 20,
            },
        ),
        optional("presentation", Kind::Choice(&["default", "gif"])),
    ],
);

const EXTERNAL: (&str, &[Field]) = (
    "app.bsky.embed.external",
    &[required(
        "external",
        Kind::Record(&[
            required("uri", Kind::Uri),
            required("title", FREE),
            required("description", FREE),
            optional("thumb", Kind::Blob(Use::Thumb)),
        ]),
    )],
);

const EMBEDS: &[(&str, &[Field])] = &[
    IMAGES,
    GALLERY,
    VIDEO,
    EXTERNAL,
    ("app.bsky.embed.record", &[required("record", Kind::Record(STRONG))]),
    (
        "app.bsky.embed.recordWithMedia",
        &[
            required("record", Kind::Record(&[required("record", Kind::Record(STRONG))])),
            required("media", Kind::Union(&[IMAGES, GALLERY, VIDEO, EXTERNAL])),
        ],
    ),
];

/// The blobs of a post, or what is wrong with it.
pub(super) fn checked<'a>(state: &State, record: &'a Value) -> Result<Vec<Named<'a>>, String> {
    let named = check(record, NSID, POST)?;
    let text = record["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() && record.get("embed").is_none() {
        return Err("A post without an embed has a text, at $.text".to_owned());
    }
    facets::check(text, record)?;
    if let Some(reply) = record.get("reply") {
        answers(state, reply)?;
    }
    if let Some(quoted) = quoted(record) {
        exists(state, quoted, "$.embed.record")?;
    }
    Ok(named)
}

/// The reference of the post that a post quotes.
pub(super) fn quoted(record: &Value) -> Option<&Value> {
    let embed = record.get("embed")?;
    match embed["$type"].as_str()? {
        "app.bsky.embed.record" => embed.get("record"),
        "app.bsky.embed.recordWithMedia" => embed["record"].get("record"),
        _ => None,
    }
}

/// The embed with files or a card, be it beside a quote or not.
pub(super) fn media(record: &Value) -> Option<&Value> {
    let embed = record.get("embed")?;
    match embed["$type"].as_str()? {
        "app.bsky.embed.record" => None,
        "app.bsky.embed.recordWithMedia" => embed.get("media"),
        _ => Some(embed),
    }
}

/// Both posts are there, and the parent belongs to the root's thread.
fn answers(state: &State, reply: &Value) -> Result<(), String> {
    exists(state, &reply["root"], "$.reply.root")?;
    exists(state, &reply["parent"], "$.reply.parent")?;
    let parent = reply["parent"]["uri"].as_str().and_then(|uri| state.record(uri));
    let own = parent.map(|parent| parent.value["reply"].get("root").unwrap_or(&reply["parent"]));
    match own {
        Some(own) if own["uri"] != reply["root"]["uri"] => {
            Err("The parent is of another thread, at $.reply.root".to_owned())
        }
        _ => Ok(()),
    }
}

/// Of what lies on a server here, address and content must be right; of the rest nothing is known.
fn exists(state: &State, reference: &Value, path: &str) -> Result<(), String> {
    let uri = reference["uri"].as_str().unwrap_or_default();
    let here = syntax::record_address(uri).is_some_and(|(authority, _, _)| state.account(authority).is_some());
    match state.record(uri) {
        Some(record) if reference["cid"] == record.cid.as_str() => Ok(()),
        Some(record) => Err(format!("The record is {} at {path}.cid", record.cid)),
        None if here => Err(format!("There is no record {uri} at {path}.uri")),
        None => Ok(()),
    }
}
