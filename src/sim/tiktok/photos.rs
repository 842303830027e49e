//! The beginning of a photo post, whose pictures TikTok fetches itself.
//! See <https://developers.tiktok.com/doc/content-posting-api-reference-photo-post>.

use serde_json::json;

use super::call::Call;
use super::errors::{self, Outcome, Refusal};
use super::fields::{self, Fields};
use super::publish::{Publish, Source};
use super::session::Session;
use super::state::State;
use super::video::check_address;
use super::wishes::{self, Wishes};
use super::{caps, creator};

/// Photos of one post.
const PHOTOS_MAX: usize = 35;

const BODY: &[&str] = &["media_type", "post_mode", "post_info", "source_info", "is_aigc"];
const SOURCE: &[&str] = &["source", "photo_cover_index", "photo_images"];

/// `POST /v2/post/publish/content/init/`
pub(super) fn begin(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let body = fields::body(call)?;
    let root = Fields::root(&body, BODY)?;
    if root.needed_text("media_type")? != "PHOTO" {
        return Err(Refusal::params("media_type is not PHOTO"));
    }
    let inbox = match root.needed_text("post_mode")? {
        "DIRECT_POST" => false,
        "MEDIA_UPLOAD" => true,
        _ => return Err(Refusal::params("post_mode is neither DIRECT_POST nor MEDIA_UPLOAD")),
    };
    session.needs(if inbox { "video.upload" } else { "video.publish" })?;
    let info = root.object("post_info", "post_info.", wishes::OF_PHOTOS)?;
    let mut wishes = if inbox { Wishes::of_photo_draft(info)? } else { Wishes::of_photos(info)? };
    if let Some(made_by_machine) = root.flag("is_aigc")?.filter(|_| !inbox) {
        wishes.details.push(("is_aigc", made_by_machine.to_string()));
    }
    let (photos, cover) = sources(root)?;
    if !inbox {
        wishes.check(state, session, &["disable_comment"])?;
    } else if state.accounts[session.account].old_app {
        return Err(Refusal::code("app_version_check_failed"));
    }
    photos.iter().try_for_each(|address| check_address(state, session, address))?;
    let cap = if inbox { caps::against_draft(state, session) } else { caps::against_post(state, session) };
    if let Some(code) = cap {
        return Err(Refusal::code(code));
    }
    if !inbox {
        creator::expect_asked(state, session);
    } else if wishes::OF_PHOTOS.iter().any(|name| !matches!(*name, "title" | "description") && info.has(name)) {
        state.warn("settings were sent with photos for the inbox, where only title and description are kept");
    }
    wishes.details.push(("photo_cover_index", cover.to_string()));
    let prefix = if inbox { "p_inbox_url" } else { "p_pub_url" };
    let publish = Publish::begin(state, prefix, (session.account, &session.client_key), wishes, Source::Pull(photos));
    let data = json!({"publish_id": publish.id});
    state.publishes.push(publish);
    Ok(errors::ok(state, data))
}

/// The addresses of the photos, and which of them is the cover.
fn sources(root: Fields<'_>) -> Result<(Vec<String>, usize), Refusal> {
    let info = root.object("source_info", "source_info.", SOURCE)?;
    if info.needed_text("source")? != "PULL_FROM_URL" {
        return Err(Refusal::params("Photos can only be posted with PULL_FROM_URL"));
    }
    let photos = info.texts("photo_images")?;
    if photos.is_empty() || photos.len() > PHOTOS_MAX {
        return Err(Refusal::params("source_info.photo_images must name 1 to 35 photos"));
    }
    let cover = usize::try_from(info.needed_integer("photo_cover_index")?).ok().filter(|cover| *cover < photos.len());
    let cover = cover.ok_or_else(|| Refusal::params("source_info.photo_cover_index is out of range"))?;
    Ok((photos, cover))
}
