//! What a post may carry: one image, several, a video, a document, a link card or a poll; and what readers see of it.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::authors::{Author, parse_urn};
use super::call::Reply;
use super::errors;
use super::media::{Kind, Status};
use super::posts::text;
use super::schema::Kind::{Choice, Flag, List, Record, Text};
use super::schema::{Field, optional, required};
use super::state::State;
use crate::sim::{SeenCard, SeenMedia, SeenPoll};

const ALT_MAX: usize = 4_086;
const IMAGES: std::ops::RangeInclusive<usize> = 2..=20;
const ARTICLE_TITLE_MAX: usize = 400;
const ARTICLE_DESCRIPTION_MAX: usize = 4_086;
const QUESTION_MAX: usize = 140;
const OPTIONS: std::ops::RangeInclusive<usize> = 2..=4;
const OPTION_MAX: usize = 30;

/// The variants of a post's `content`.
pub(super) static CONTENT: &[Field] = &[
    optional("media", Record(MEDIA)),
    optional("multiImage", Record(&[required("images", List(&Record(IMAGE)))])),
    optional("article", Record(ARTICLE)),
    optional("poll", Record(POLL)),
];

static MEDIA: &[Field] = &[required("id", Text), optional("title", Text), optional("altText", Text)];
static IMAGE: &[Field] = &[required("id", Text), optional("altText", Text)];

static ARTICLE: &[Field] =
    &[required("source", Text), required("title", Text), optional("description", Text), optional("thumbnail", Text)];

static POLL: &[Field] = &[
    required("question", Text),
    required("options", List(&Record(&[required("text", Text)]))),
    required("settings", Record(SETTINGS)),
];

static SETTINGS: &[Field] = &[
    required("duration", Choice(&["ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS"])),
    optional("voteSelectionType", Choice(&["SINGLE_VOTE", "MULTIPLE_VOTE"])),
    optional("isVoterVisibleToAuthor", Flag),
];

/// Checks a `content` that fits the schema, for a post by this author.
pub(super) fn check(state: &State, author: Author, content: &Value) -> Result<(), Reply> {
    if let Some(media) = content.get("media") {
        check_media(state, author, media)
    } else if let Some(images) = content.get("multiImage") {
        check_images(state, author, images)
    } else if let Some(article) = content.get("article") {
        check_article(state, author, article)
    } else if let Some(poll) = content.get("poll") {
        check_poll(poll)
    } else {
        Ok(())
    }
}

fn check_media(state: &State, author: Author, media: &Value) -> Result<(), Reply> {
    let kind = check_asset(state, author, text(media, "id"), "content/media/id", &Kind::ALL)?;
    check_length(media, "altText", "content/media/altText", ALT_MAX)?;
    if kind == Kind::Document && text(media, "title").is_empty() {
        return Err(errors::input("MISSING_FIELD", "content/media/title", "A document needs a title"));
    }
    Ok(())
}

fn check_images(state: &State, author: Author, multi_image: &Value) -> Result<(), Reply> {
    let images = items(multi_image, "images");
    if !IMAGES.contains(&images.len()) {
        let why = format!("{} images; a post with several images has 2 to 20", images.len());
        return Err(errors::input("INVALID_VALUE_FOR_FIELD", "content/multiImage/images", &why));
    }
    for (index, image) in images.iter().enumerate() {
        let field = format!("content/multiImage/images/{index}");
        check_asset(state, author, text(image, "id"), &format!("{field}/id"), &[Kind::Image])?;
        check_length(image, "altText", &format!("{field}/altText"), ALT_MAX)?;
    }
    Ok(())
}

fn check_article(state: &State, author: Author, article: &Value) -> Result<(), Reply> {
    let source = text(article, "source");
    let is_web = url::Url::parse(source).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !is_web {
        let why = format!("{source:?} is not a web address");
        return Err(errors::input("INVALID_VALUE_FOR_FIELD", "content/article/source", &why));
    }
    if text(article, "title").is_empty() {
        return Err(errors::input("MISSING_FIELD", "content/article/title", "An article needs a title"));
    }
    check_length(article, "title", "content/article/title", ARTICLE_TITLE_MAX)?;
    check_length(article, "description", "content/article/description", ARTICLE_DESCRIPTION_MAX)?;
    if let Some(thumbnail) = article.get("thumbnail").and_then(Value::as_str) {
        check_asset(state, author, thumbnail, "content/article/thumbnail", &[Kind::Image])?;
    }
    Ok(())
}

fn check_poll(poll: &Value) -> Result<(), Reply> {
    check_length(poll, "question", "content/poll/question", QUESTION_MAX)?;
    let options = items(poll, "options");
    let refuse = |field: &str, why: &str| Err(errors::input("INVALID_VALUE_FOR_FIELD", field, why));
    if !OPTIONS.contains(&options.len()) {
        return refuse("content/poll/options", &format!("{} options; a poll has 2 to 4", options.len()));
    }
    for (index, option) in options.iter().enumerate() {
        check_length(option, "text", &format!("content/poll/options/{index}/text"), OPTION_MAX)?;
    }
    if text(poll, "question").is_empty() || options.iter().any(|option| text(option, "text").is_empty()) {
        return refuse("content/poll", "Question and options need a text");
    }
    let settings = &poll["settings"];
    if text(settings, "voteSelectionType") == "MULTIPLE_VOTE" {
        return refuse("content/poll/settings/voteSelectionType", "Only SINGLE_VOTE is supported");
    }
    if settings["isVoterVisibleToAuthor"] == false {
        return refuse("content/poll/settings/isVoterVisibleToAuthor", "Voters are always visible to the author");
    }
    Ok(())
}

/// Refuses an upload that is not of these kinds, not the author's, or not ready; tells its kind.
fn check_asset(state: &State, author: Author, urn: &str, field: &str, kinds: &[Kind]) -> Result<Kind, Reply> {
    let Some((word, _)) = parse_urn(urn) else {
        return Err(errors::input("INVALID_URN_ID", field, &format!("{urn} is not a valid URN")));
    };
    let Some(&kind) = kinds.iter().find(|kind| kind.word() == word) else {
        return Err(errors::input("INVALID_URN_TYPE", field, &format!("{urn} cannot be used here")));
    };
    let Some(asset) = state.assets.get(urn).filter(|asset| asset.owner == author) else {
        return Err(errors::input(kind.invalid_id(), field, &format!("{urn} is not an upload of the author")));
    };
    let may_be_processing = kind == Kind::Image && !state.options.images_must_be_ready;
    match asset.status(state.now()) {
        Status::Available => Ok(kind),
        Status::Processing if may_be_processing => Ok(kind),
        Status::WaitingUpload => {
            Err(errors::input("MEDIA_ASSET_WAITING_UPLOAD", field, &format!("{urn} is waiting for its upload")))
        }
        Status::Processing => {
            Err(errors::input("MEDIA_ASSET_WAITING_UPLOAD", field, &format!("{urn} is still processing")))
        }
        Status::ProcessingFailed => {
            Err(errors::input("MEDIA_ASSET_PROCESSING_FAILED", field, &format!("Processing of {urn} failed")))
        }
    }
}

fn check_length(record: &Value, name: &str, field: &str, limit: usize) -> Result<(), Reply> {
    let length = text(record, name).chars().count();
    if length <= limit {
        return Ok(());
    }
    Err(errors::input("FIELD_LENGTH_TOO_LONG", field, &format!("{name} is {length} characters long, over {limit}")))
}

fn items<'a>(record: &'a Value, name: &str) -> &'a [Value] {
    record[name].as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn is_video(content: &Value) -> bool {
    matches!(parse_urn(text(&content["media"], "id")), Some(("video", _)))
}

/// Whether an upload of this content turned out to be unusable: such a post stays invisible.
pub(super) fn is_broken(state: &State, content: &Value) -> bool {
    let failed =
        |urn: &str| state.assets.get(urn).is_some_and(|asset| asset.status(state.now()) == Status::ProcessingFailed);
    attachments(content).into_iter().any(|(urn, _)| failed(urn))
}

/// The pictures and files readers see, in order; a card's picture too.
pub(super) fn media(state: &State, content: &Value) -> Vec<SeenMedia> {
    let see = |(urn, alt): (&str, Option<&str>)| {
        let asset = state.assets.get(urn)?;
        Some(SeenMedia {
            mime: asset.mime.to_owned(),
            alt: alt.map(str::to_owned),
            bytes: asset.bytes()?,
            ..SeenMedia::default()
        })
    };
    attachments(content).into_iter().filter_map(see).collect()
}

/// URN and alternative text of each upload.
fn attachments(content: &Value) -> Vec<(&str, Option<&str>)> {
    let uploads = std::iter::once(&content["media"]).chain(items(&content["multiImage"], "images"));
    let mut attachments: Vec<_> =
        uploads.map(|upload| (text(upload, "id"), upload.get("altText").and_then(Value::as_str))).collect();
    attachments.push((text(&content["article"], "thumbnail"), None));
    attachments.retain(|(urn, _)| !urn.is_empty());
    attachments
}

pub(super) fn card(content: &Value) -> Option<SeenCard> {
    let article = content.get("article")?;
    Some(SeenCard {
        url: text(article, "source").to_owned(),
        title: text(article, "title").to_owned(),
        description: article.get("description").and_then(Value::as_str).map(str::to_owned),
    })
}

/// What a video or a document is called, where that was said.
pub(super) fn title(content: &Value) -> Option<String> {
    content["media"].get("title").and_then(Value::as_str).map(str::to_owned)
}

pub(super) fn poll(content: &Value, since: SystemTime) -> Option<SeenPoll> {
    let poll = content.get("poll")?;
    let days = match text(&poll["settings"], "duration") {
        "ONE_DAY" => 1,
        "THREE_DAYS" => 3,
        "SEVEN_DAYS" => 7,
        _ => 14,
    };
    Some(SeenPoll {
        question: Some(text(poll, "question").to_owned()),
        options: items(poll, "options").iter().map(|option| text(option, "text").to_owned()).collect(),
        ends: since + Duration::from_secs(days * 24 * 60 * 60),
    })
}
