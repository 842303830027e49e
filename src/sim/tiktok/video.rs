//! The beginning of a video post: straight to readers, or as a draft into the inbox.
//! See <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post> and
//! <https://developers.tiktok.com/doc/content-posting-api-reference-upload-video>.

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::chunks::Plan;
use super::errors::{self, Outcome, Refusal};
use super::fields::{self, Fields};
use super::publish::{Publish, Source};
use super::session::Session;
use super::state::State;
use super::upload::Upload;
use super::wishes::{self, Wishes};
use super::{caps, creator};

const UPLOADED: &[&str] = &["source", "video_size", "chunk_size", "total_chunk_count"];
const PULLED: &[&str] = &["source", "video_url"];

/// Where the video comes from, as declared and found lawful.
enum From {
    Upload(Plan),
    Address(String),
}

/// `POST /v2/post/publish/video/init/`
pub(super) fn direct(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let body = fields::body(call)?;
    let root = Fields::root(&body, &["post_info", "source_info"])?;
    let mut wishes = Wishes::of_video(root.object("post_info", "post_info.", wishes::OF_VIDEO)?)?;
    let from = From::read(state, root)?;
    wishes.check(state, session, &["disable_comment", "disable_duet", "disable_stitch"])?;
    from.check(state, session)?;
    if let Some(code) = caps::against_post(state, session) {
        return Err(Refusal::code(code));
    }
    creator::expect_asked(state, session);
    Ok(from.begin(state, session, "v_pub", wishes))
}

/// `POST /v2/post/publish/inbox/video/init/`: there is no caption, the owner writes one in the app. A `post_info` is
/// ignored, whatever it says.
pub(super) fn draft(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let body = fields::body(call)?;
    let root = Fields::root(&body, &["post_info", "source_info"])?;
    let from = From::read(state, root)?;
    from.check(state, session)?;
    if let Some(code) = caps::against_draft(state, session) {
        return Err(Refusal::code(code));
    }
    if root.has("post_info") {
        state.warn("post_info was sent with a video for the inbox, where it is ignored");
    }
    Ok(from.begin(state, session, "v_inbox", Wishes::default()))
}

impl From {
    fn read(state: &State, root: Fields<'_>) -> Result<Self, Refusal> {
        let source = root.needed("source_info")?.get("source").and_then(Value::as_str);
        match source {
            Some("FILE_UPLOAD") => {
                let info = root.object("source_info", "source_info.", UPLOADED)?;
                let number = |name| info.needed_integer(name);
                let (size, chunk, count) = (number("video_size")?, number("chunk_size")?, number("total_chunk_count")?);
                Ok(Self::Upload(Plan::new(size, chunk, count, state.options.megabyte)?))
            }
            Some("PULL_FROM_URL") => {
                let info = root.object("source_info", "source_info.", PULLED)?;
                Ok(Self::Address(info.needed_text("video_url")?.to_owned()))
            }
            _ => Err(Refusal::params("source_info.source is neither FILE_UPLOAD nor PULL_FROM_URL")),
        }
    }

    fn check(&self, state: &State, session: &Session) -> Result<(), Refusal> {
        match self {
            Self::Upload(_) => Ok(()),
            Self::Address(address) => check_address(state, session, address),
        }
    }

    fn begin(self, state: &mut State, session: &Session, prefix: &str, wishes: Wishes) -> Reply {
        let (prefix, source) = match self {
            Self::Upload(plan) => (format!("{prefix}_file"), Source::Upload(Upload::new(state, plan))),
            Self::Address(address) => (format!("{prefix}_url"), Source::Pull(vec![address])),
        };
        let publish = Publish::begin(state, &prefix, (session.account, &session.client_key), wishes, source);
        let mut data = json!({"publish_id": publish.id});
        if let Source::Upload(upload) = &publish.source {
            data["upload_url"] = json!(upload.url());
        }
        state.publishes.push(publish);
        errors::ok(state, data)
    }
}

/// Media may only be fetched over https, and from where the app's owner has shown to be at home.
pub(super) fn check_address(state: &State, session: &Session, address: &str) -> Result<(), Refusal> {
    if !address.starts_with("https://") {
        return Err(Refusal::params("The URL is not an https URL"));
    }
    let owned = state.apps.get(&session.client_key).is_some_and(|app| app.owns(address));
    if owned { Ok(()) } else { Err(Refusal::code("url_ownership_unverified")) }
}
