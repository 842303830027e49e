//! The calls Instagram takes and the fields of its answers that are used. Knows no order of steps.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::grant;
use crate::fit::{Media, Rendition, UserTag, user_tags};
use crate::platform::{Auth, Body, Call, FileRange, Grant, Identity, Method, address, meta};
use crate::post::Kind;

const VERSION: &str = meta::GRAPH.name;

/// Most entries a look reads: what Instagram takes a day of one account.
const LISTED_MAX: &str = "100";

#[expect(clippy::expect_used, reason = "constant addresses that every test of this folder parses")]
static THROUGH_PAGE: LazyLock<Url> = LazyLock::new(|| Url::parse("https://graph.facebook.com/").expect("a constant"));
#[expect(clippy::expect_used, reason = "the same")]
static OWN: LazyLock<Url> = LazyLock::new(|| Url::parse("https://graph.instagram.com/").expect("a constant"));
#[expect(clippy::expect_used, reason = "the same")]
static UPLOAD: LazyLock<Url> = LazyLock::new(|| Url::parse("https://rupload.facebook.com/").expect("a constant"));

/// The account that publishes, and the login it is reached by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account<'a> {
    /// Id of the professional account.
    pub(super) id: &'a str,
    /// User name.
    name: &'a str,
    through_page: bool,
}

impl<'a> Account<'a> {
    /// One login through Facebook may reach several accounts: then accounts.toml says which.
    pub(super) fn new(identity: &'a Identity, acts_as: Option<&'a str>) -> Self {
        let through_page = identity.grant != grant::INSTAGRAM;
        Self { id: acts_as.unwrap_or(&identity.id), name: &identity.name, through_page }
    }

    /// Whether videos are taken as bytes, and posts can be removed: through a Page only.
    pub(super) fn is_through_page(self) -> bool {
        self.through_page
    }

    /// Where people find the account.
    pub(super) fn url(self) -> String {
        format!("https://www.instagram.com/{}", self.name)
    }

    fn api(self) -> &'static Url {
        if self.through_page { &THROUGH_PAGE } else { &OWN }
    }

    fn get(self, name: &str, path: &[&str], query: &[(&str, &str)]) -> Call {
        let path = [&[VERSION], path].concat();
        call(name, Method::Get, address(self.api(), &path, query), Body::Empty)
    }

    fn post(self, name: &str, path: &[&str], form: Vec<(String, String)>) -> Call {
        let path = [&[VERSION], path].concat();
        call(name, Method::Post, address(self.api(), &path, &[]), Body::Form(form))
    }

    pub(super) fn quota(self) -> Call {
        let query = [("fields", "config,quota_usage")];
        self.get("quota", &[self.id, "content_publishing_limit"], &query)
    }

    /// Makes a container: what is published later, or an item of it.
    pub(super) fn container(self, name: &str, form: Vec<(String, String)>) -> Call {
        self.post(name, &[self.id, "media"], form)
    }

    /// How far a container is; of one that takes bytes also how many it has.
    pub(super) fn status(self, name: &str, container: &str, with_bytes: bool) -> Call {
        let fields = if with_bytes { "id,status_code,status,video_status" } else { "id,status_code,status" };
        self.get(name, &[container], &[("fields", fields)])
    }

    /// The call that shows the post.
    pub(super) fn publish(self, name: &str, container: &str) -> Call {
        let form = vec![("creation_id".to_owned(), container.to_owned())];
        Call { shows: true, ..self.post(name, &[self.id, "media_publish"], form) }
    }

    pub(super) fn link(self, name: &str, post: &str) -> Call {
        self.get(name, &[post], &[("fields", "id,permalink,timestamp")])
    }

    /// What the account published since an instant, newest first; stories are in a list of their own.
    pub(super) fn list(self, name: &str, kind: Kind, since: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Call {
        let fields = ("fields", "id,permalink,timestamp,caption,media_type");
        if kind == Kind::Story {
            return self.get(name, &[self.id, "stories"], &[fields]);
        }
        let (since, until) = (since.timestamp().to_string(), until.map(|until| until.timestamp().to_string()));
        let mut query = vec![fields, ("since", since.as_str()), ("limit", LISTED_MAX)];
        query.extend(until.as_deref().map(|until| ("until", until)));
        self.get(name, &[self.id, "media"], &query)
    }

    /// A comment under the post; part `part`.
    pub(super) fn comment(self, name: &str, part: usize, post: &str, text: &str) -> Call {
        let form = vec![("message".to_owned(), text.to_owned())];
        Call { part, shows: true, ..self.post(name, &[post, "comments"], form) }
    }

    pub(super) fn comments(self, name: &str, part: usize, post: &str) -> Call {
        Call { part, ..self.get(name, &[post, "comments"], &[("fields", "id,text,timestamp"), ("limit", "50")]) }
    }

    pub(super) fn remove(self, name: &str, post: &str) -> Call {
        call(name, Method::Delete, address(self.api(), &[VERSION, post], &[]), Body::Empty)
    }
}

fn call(name: &str, method: Method, url: Url, body: Body) -> Call {
    let name = name.to_owned();
    Call { name, part: 0, shows: false, method, url, headers: Vec::new(), body, auth: Auth::Bearer }
}

/// The rest of a video, from a byte on, in one piece.
pub(super) fn bytes(name: &str, container: &str, media: &Media, offset: u64) -> Call {
    let file = FileRange { path: media.path.clone(), range: offset..media.bytes };
    let body = Body::File { file, mime: "application/octet-stream".to_owned() };
    let url = address(&UPLOAD, &["ig-api-upload", VERSION, container], &[]);
    let headers = vec![("offset", offset.to_string()), ("file_size", media.bytes.to_string())];
    Call { headers, auth: Auth::OAuth, ..call(name, Method::Post, url, body) }
}

/// Whose token it is: a person's at Facebook tells the accounts of all Pages.
pub(super) fn who(grant: &Grant) -> Call {
    if grant.name == grant::INSTAGRAM {
        let url = address(&OWN, &[VERSION, "me"], &[("fields", "user_id,username,account_type")]);
        return call("who", Method::Get, url, Body::Empty);
    }
    let fields = ("fields", "id,name,instagram_business_account{id,username}");
    let url = address(&THROUGH_PAGE, &[VERSION, "me", "accounts"], &[fields, ("limit", "100")]);
    call("who", Method::Get, url, Body::Empty)
}

/// The same of a Page's own token, which leads to the account of that Page alone.
pub(super) fn who_of_page() -> Call {
    let fields = ("fields", "id,name,instagram_business_account{id,username}");
    call("who", Method::Get, address(&THROUGH_PAGE, &[VERSION, "me"], &[fields]), Body::Empty)
}

/// The same where the account is known; a person's token and a Page's can both answer this.
pub(super) fn who_as(account: &str) -> Call {
    let url = address(&THROUGH_PAGE, &[VERSION, account], &[("fields", "id,username")]);
    call("who", Method::Get, url, Body::Empty)
}

/// What a container is made of besides its media: the fields that fit its kind.
/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>
pub(super) struct Form<'a> {
    rendition: &'a Rendition,
    fields: Vec<(String, String)>,
}

impl<'a> Form<'a> {
    fn new(rendition: &'a Rendition) -> Self {
        Self { rendition, fields: Vec::new() }
    }

    /// An item of a carousel, from 1.
    pub(super) fn item(rendition: &'a Rendition, number: usize, media: &Media, at: Option<&Url>) -> Self {
        let form = Self::new(rendition).with("is_carousel_item", "true");
        let form = if media.is_video() { form.with("media_type", "VIDEO").setting("thumb_offset") } else { form };
        form.media(media, at).alt(media).tags(number)
    }

    /// The carousel itself.
    pub(super) fn carousel(rendition: &'a Rendition, items: &[&str]) -> Self {
        let form = Self::new(rendition).with("media_type", "CAROUSEL").with("children", &items.join(","));
        form.caption().setting("location_id").list("collaborators").setting("is_ai_generated")
    }

    /// A post of one file. A lone video is always a reel: Instagram has no other since 2023-07-01.
    pub(super) fn single(rendition: &'a Rendition, media: &Media, at: Option<&Url>, cover: Option<&Url>) -> Self {
        let form = Self::new(rendition);
        if rendition.kind == Kind::Story {
            return form.with("media_type", "STORIES").media(media, at).tags(1).setting("is_ai_generated");
        }
        let form = if media.is_video() { form.reel(cover) } else { form.alt(media) };
        let form = form.media(media, at).caption().tags(1);
        form.setting("location_id").list("collaborators").setting("is_ai_generated")
    }

    pub(super) fn fields(self) -> Vec<(String, String)> {
        self.fields
    }

    fn reel(self, cover: Option<&Url>) -> Self {
        let mut form = self.with("media_type", "REELS");
        if form.rendition.kind == Kind::Feed && !form.rendition.settings.contains_key("share_to_feed") {
            form = form.with("share_to_feed", "true");
        }
        form = form.setting("share_to_feed").setting("audio_name");
        if let Some(strategy) = form.rendition.settings.get("trial") {
            let params = json!({"graduation_strategy": strategy}).to_string();
            form = form.with("trial_params", &params);
        }
        match cover {
            Some(cover) => form.with("cover_url", cover.as_str()),
            None => form.setting("thumb_offset"),
        }
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        self.fields.push((key.to_owned(), value.to_owned()));
        self
    }

    fn setting(self, key: &str) -> Self {
        match self.rendition.settings.get(key).cloned() {
            Some(value) => self.with(key, &value),
            None => self,
        }
    }

    fn list(self, key: &str) -> Self {
        let Some(value) = self.rendition.settings.get(key) else { return self };
        let names = value.split(',').map(|name| name.trim().trim_start_matches('@')).filter(|name| !name.is_empty());
        let names: Vec<&str> = names.collect();
        let names = json!(names).to_string();
        self.with(key, &names)
    }

    /// By the address where it lies; a video without one is sent as bytes.
    fn media(self, media: &Media, at: Option<&Url>) -> Self {
        match at {
            Some(at) if media.is_video() => self.with("video_url", at.as_str()),
            Some(at) => self.with("image_url", at.as_str()),
            None => self.with("upload_type", "resumable"),
        }
    }

    fn caption(self) -> Self {
        match self.rendition.parts.first().map(|part| part.text.as_str()).filter(|text| !text.is_empty()) {
            Some(text) => self.with("caption", text),
            None => self,
        }
    }

    fn alt(self, media: &Media) -> Self {
        match media.alt.as_deref().filter(|alt| !alt.is_empty() && !media.is_video()) {
            Some(alt) => self.with("alt_text", alt),
            None => self,
        }
    }

    /// The people tagged in item `number`.
    fn tags(self, number: usize) -> Self {
        let written = self.rendition.settings.get("user_tags").map_or("", String::as_str);
        let tags = user_tags(written).into_iter().filter_map(Result::ok).filter(|tag| tag.item == number);
        let tags: Vec<Value> = tags.map(|tag| tag_json(&tag)).collect();
        if tags.is_empty() { self } else { self.with("user_tags", &json!(tags).to_string()) }
    }
}

fn tag_json(tag: &UserTag) -> Value {
    match tag.place {
        Some((x, y)) => json!({"username": tag.name, "x": x, "y": y}),
        None => json!({"username": tag.name}),
    }
}

/// The account a token is for, as the answer to [`who_as`] or, with Instagram's login, to [`who`] tells.
pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let id = meta::id(&answer["user_id"]).or_else(|| meta::id(&answer["id"]))?;
    Some(Identity { id, name: answer["username"].as_str()?.to_owned(), ..Identity::default() })
}

/// Where a container stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Waiting,
    Ready,
    Published,
    Failed,
    Expired,
}

/// `status_code`, or where it is missing, as happens, the word that `status` begins with.
pub(super) fn state(answer: &Value) -> Option<State> {
    let word = answer["status_code"].as_str().filter(|code| !code.is_empty());
    let word = word.or_else(|| answer["status"].as_str()?.split(':').next())?;
    match word.trim().to_ascii_uppercase().replace(' ', "_").as_str() {
        "IN_PROGRESS" => Some(State::Waiting),
        "FINISHED" => Some(State::Ready),
        "PUBLISHED" => Some(State::Published),
        "ERROR" => Some(State::Failed),
        "EXPIRED" => Some(State::Expired),
        _ => None,
    }
}

/// How many bytes of a video have come, as both spellings of Meta's tell.
pub(super) fn bytes_there(answer: &Value) -> u64 {
    let phase = &answer["video_status"]["uploading_phase"];
    phase["bytes_transferred"].as_u64().or_else(|| phase["bytes_transfered"].as_u64()).unwrap_or(0)
}
