//! Which call is next for Facebook and what its answer means, told from what is done.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::wire::{self, Edge, Form};
use super::{refusals, upload};
use crate::fit::{Media, Rendition};
use crate::platform::done::{self, Doubt, SKEW, Way, made, shown};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Class, Farewell, Job, Next, Receipt, Refusal, Reply, Step, Via, meta};

/// How long an unpublished photo can be used: Facebook deletes those that nobody used after about 24 hours.
const PHOTO_LIFE_SECS: i64 = 82_800;

/// How often Facebook is asked what became of a video, each time after twice as long.
const LOOKS_MAX: u32 = 4;

/// Facebook takes a story down after a day by itself.
const STORY_LIFE: TimeDelta = TimeDelta::days(1);

/// Keys of a step's data.
const PHOTO: &str = "photo";
const FOR: &str = "for";
/// What Facebook did not take of a post that is out.
const REFUSED: &str = "refused";

/// Steps that come after a video is out.
const PROCESS: &str = "process 1";
const THUMBNAIL: &str = "thumbnail 1";

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    let form = match Form::of(job.rendition) {
        Ok(form) => form,
        Err(why) => return Next::Person { why },
    };
    for part in 0..job.rendition.showings() {
        let Some(doubt) = done::doubt(done, part) else { continue };
        match doubt.way_by_list(job) {
            Way::Wait { until } => return Next::Wait { until, why: WHY_SETTLE.to_owned() },
            Way::Look => return look(job, done, form, part, &doubt),
            Way::Person => return Next::Person { why: why_person(job, part) },
            Way::Resend => {}
        }
    }
    match shown(done, 0) {
        Some(receipt) => next_errand(job, done, form, receipt),
        None => publish(job, done, form),
    }
}

const WHY_SETTLE: &str = "Facebook gave no clear answer; it is asked what is there once that can be trusted";

fn why_person(job: &Job<'_>, part: usize) -> String {
    let what = if part == 0 { "the post" } else { "the first comment" };
    format!(
        "Facebook twice gave no clear answer, and {what} is not to be found: look at https://www.facebook.com/{}, then tell \
         with `pressroom resolve` whether it is there",
        wire::page(job.rendition)
    )
}

fn edge(form: Form<'_>) -> Edge {
    match form {
        Form::Reel(_) => Edge::Reels,
        Form::PhotoStory(_) | Form::VideoStory(_) => Edge::Stories,
        Form::Post | Form::Video(_) => Edge::Videos,
    }
}

/// What is left to prepare, then the call that shows the post.
fn publish(job: &Job<'_>, done: &[Step], form: Form<'_>) -> Next {
    let call = match form {
        Form::Post => photos(job, done).map(|photos| wire::feed(job.rendition, &photos)),
        Form::PhotoStory(media) => {
            photo(job, done, 1, media).map(|photo| wire::photo_story(wire::page(job.rendition), photo))
        }
        Form::Video(media) | Form::Reel(media) | Form::VideoStory(media) => {
            let edge = edge(form);
            upload::next(job, done, edge, media).map(|whole| wire::finish(edge, job.rendition, whole.name))
        }
    };
    Next::Call(call.unwrap_or_else(|call| *call))
}

/// The ids of all photos, or the call that leads to the next.
fn photos<'d>(job: &Job<'_>, done: &'d [Step]) -> Result<Vec<&'d str>, Box<Call>> {
    let media = job.rendition.media().enumerate();
    media.map(|(index, (_, media))| photo(job, done, index + 1, media)).collect()
}

fn photo<'d>(job: &Job<'_>, done: &'d [Step], number: usize, media: &Media) -> Result<&'d str, Box<Call>> {
    let name = format!("photo {number}");
    let uploaded = made(done, &name, job.now).filter(|photo| photo.data(FOR) == wire::digest(media, PHOTO));
    let uploaded = uploaded.map(|photo| photo.data(PHOTO)).filter(|photo| !photo.is_empty());
    uploaded.ok_or_else(|| Box::new(wire::photo(&name, wire::page(job.rendition), media)))
}

/// What belongs to a post that is out; none of it can take the post away again.
fn next_errand(job: &Job<'_>, done: &[Step], form: Form<'_>, receipt: &Receipt) -> Next {
    if let Form::Video(media) | Form::Reel(media) = form {
        let next = process(job, done, receipt).or_else(|| thumbnail(job, done, media, &receipt.id));
        if let Some(next) = next {
            return next;
        }
    }
    let number = job.rendition.parts.len();
    if let Some(text) = job.rendition.first_comment.as_deref()
        && shown(done, number).is_none()
    {
        return Next::Call(wire::comment(number, &receipt.id, text));
    }
    match made(done, THUMBNAIL, job.now).map_or("", |thumbnail| thumbnail.data(REFUSED)) {
        "" => Next::Done,
        why => Next::Person { why: format!("the cover was not taken: {why}") },
    }
}

/// Asks a few times what became of the file; one that takes very long is left to Facebook.
fn process(job: &Job<'_>, done: &[Step], receipt: &Receipt) -> Option<Next> {
    let until = match made(done, PROCESS, job.now) {
        None => receipt.at.checked_add_signed(job.settle)?,
        Some(said) => said.time("again")?,
    };
    Some(if job.now < until {
        Next::Wait { until, why: "Facebook is processing the video".to_owned() }
    } else {
        Next::Call(wire::video(PROCESS, &receipt.id))
    })
}

fn thumbnail(job: &Job<'_>, done: &[Step], media: &Media, id: &str) -> Option<Next> {
    let cover = media.cover.as_deref()?;
    let is_made = made(done, THUMBNAIL, job.now).is_some();
    (!is_made).then(|| Next::Call(wire::thumbnail(THUMBNAIL, id, cover)))
}

/// Where a doubtful part is looked for.
fn look(job: &Job<'_>, done: &[Step], form: Form<'_>, part: usize, doubt: &Doubt<'_>) -> Next {
    let page = wire::page(job.rendition);
    if part > 0 {
        let id = shown(done, 0).map_or("", |receipt| receipt.id.as_str());
        return Next::Call(wire::comments(part, id));
    }
    let since = doubt.since_when();
    Next::Call(match form {
        Form::Post => {
            let after = made(doubt.since, LOOK_PAGE, job.now).map(|page| page.data("after"));
            wire::posts(page, after)
        }
        Form::PhotoStory(_) | Form::VideoStory(_) if known_media(done, form).is_none() => {
            return Next::Person { why: why_no_story(page) };
        }
        Form::PhotoStory(_) | Form::VideoStory(_) => wire::stories(page, since),
        Form::Video(_) | Form::Reel(_) => match upload::known_video(done) {
            Some(video) => wire::video("look 1", video),
            None => wire::videos(page, edge(form), since),
        },
    })
}

/// A story has no words to be known by.
fn why_no_story(page: &str) -> String {
    format!(
        "the story may be out already, and nothing tells it from others: look at https://www.facebook.com/{page}, then tell \
         with `pressroom resolve` whether it is there"
    )
}

/// The step that says a page of posts was full: the next is to be read too.
const LOOK_PAGE: &str = "look 1 page";

/// The id of the photo or video of a story, as it was uploaded last.
fn known_media<'d>(done: &'d [Step], form: Form<'_>) -> Option<&'d str> {
    match form {
        Form::PhotoStory(_) => uploaded_photos(done).last(),
        _ => upload::known_video(done),
    }
}

fn uploaded_photos(done: &[Step]) -> impl DoubleEndedIterator<Item = &str> {
    done.iter().filter_map(|step| match step {
        Step::Made { name, data, .. } if name.starts_with("photo ") => data.get(PHOTO).map(String::as_str),
        _ => None,
    })
}

pub(super) fn edit(job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next {
    match (Form::of(job.rendition), out.first()) {
        (Err(why), _) => Next::Person { why },
        // A story shows no words of ours.
        (Ok(Form::PhotoStory(_) | Form::VideoStory(_)), _) | (_, None) => Next::Done,
        (Ok(form), Some(receipt)) if made(done, "edit 1", job.now).is_none() => {
            Next::Call(wire::edit(&receipt.id, job.rendition, form))
        }
        _ => Next::Done,
    }
}

/// A post takes its comments along. That something is gone already Facebook says with the words it has for what a login may
/// not see, so it is asked once more, in another way.
pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    let Some(receipt) = farewell.out.first() else { return Next::Done };
    if receipt.url.starts_with(STORIES) {
        let is_over = farewell.now.signed_duration_since(receipt.at) >= STORY_LIFE;
        let why = "Facebook takes no story away for a program; it ends by itself a day after it came out";
        return if is_over { Next::Done } else { Next::Person { why: why.to_owned() } };
    }
    let removed = made(done, "remove 1", farewell.now);
    match removed.map(|removed| removed.data("gone") == "perhaps") {
        None => Next::Call(wire::delete("remove 1", &receipt.id)),
        Some(true) if made(done, "look 1", farewell.now).is_none() => Next::Call(wire::exists("look 1", &receipt.id)),
        Some(_) => Next::Done,
    }
}

pub(super) fn read_remove(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    match (call.name.as_str(), reply.is_success()) {
        ("remove 1", true) if reply.json()["success"] == true => Ok(made_of(&call.name, [], None)),
        ("remove 1", false) if refusals::is_gone(reply) => {
            Ok(made_of(&call.name, [("gone", "perhaps".to_owned())], None))
        }
        ("look 1", false) if refusals::is_gone(reply) => Ok(made_of(&call.name, [], None)),
        ("look 1", true) => {
            let words = "Facebook shows the post and says that there is none to remove; remove it by hand";
            Err(refusals::failed(reply, "", words))
        }
        (_, true) => Err(refusals::unclear(reply, false)),
        (_, false) => Err(refusals::refusal(reply, false)),
    }
}

/// How the address of every story begins.
const STORIES: &str = "https://www.facebook.com/stories/";

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let form = Form::of(job.rendition).map_err(bug)?;
    match (&call.name.split(' ').collect::<Vec<_>>()[..], reply.is_success()) {
        (["photo", number], true) => photo_uploaded(job, call, reply, number),
        (["video", _, what], _) => match form {
            Form::Video(media) | Form::Reel(media) | Form::VideoStory(media) => {
                upload::read(job, done, edge(form), media, (call, what, reply))
            }
            Form::Post | Form::PhotoStory(_) => Err(bug("a call for a video where there is none")),
        },
        (["publish", _], true) => published(job, done, form, reply),
        (["publish", _], false) => Err(publish_refused(done, reply)),
        (["comment", _], true) => commented(call, reply),
        (["look", _], _) => looked(job, done, form, call, reply),
        (["process", _], _) => processed(job, done, reply),
        (["thumbnail", _], true) => Ok(made_of(THUMBNAIL, [], None)),
        (["thumbnail", _], false) => lacking(refusals::refusal(reply, false)),
        (["edit", _], true) if reply.json()["success"] == true => Ok(made_of(&call.name, [], None)),
        (["edit", _], true) => Err(refusals::unclear(reply, false)),
        (["edit", _], false) if refusals::is_gone(reply) => {
            Err(refusals::failed(reply, "", "the post is gone from Facebook, or another app made it"))
        }
        (["photo" | "edit", _], false) => Err(refusals::refusal(reply, false)),
        (["comment", _], false) => Err(refusals::refusal(reply, true)),
        _ => Err(bug(format!("`{}` is no call to Facebook", call.name))),
    }
}

fn made_of<const N: usize>(name: &str, data: [(&str, String); N], expires: Option<DateTime<Utc>>) -> Step {
    let data = data.map(|(key, value)| (key.to_owned(), value)).into();
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires }
}

fn photo_uploaded(job: &Job<'_>, call: &Call, reply: &Reply, number: &str) -> Result<Step, Refusal> {
    let id = meta::id(&reply.json()["id"]).ok_or_else(|| refusals::unclear(reply, false))?;
    let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let media = index.and_then(|index| job.rendition.media().nth(index));
    let Some((_, media)) = media else { return Err(bug(format!("`{}` is no photo of this post", call.name))) };
    let data = [(PHOTO, id), (FOR, wire::digest(media, PHOTO))];
    Ok(made_of(&call.name, data, Some(after(reply, PHOTO_LIFE_SECS))))
}

fn shown_step(part: usize, id: String, url: String, at: DateTime<Utc>, via: Via) -> Step {
    Step::Shown { part, receipt: Receipt { id, url, at, via } }
}

fn published(job: &Job<'_>, done: &[Step], form: Form<'_>, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let page = wire::page(job.rendition);
    let (id, url) = match form {
        Form::Post => {
            let id = meta::id(&answer["id"]);
            let url = id.as_deref().map(|id| wire::url(&answer, id));
            (id, url)
        }
        Form::Video(_) | Form::Reel(_) => {
            let id = upload::known_video(done).filter(|_| answer["success"] == true).map(str::to_owned);
            let url = id.as_deref().map(|id| wire::url(&answer, &format!("reel/{id}")));
            (id, url)
        }
        Form::PhotoStory(_) | Form::VideoStory(_) => (meta::id(&answer["post_id"]), Some(format!("{STORIES}{page}/"))),
    };
    match (id, url) {
        (Some(id), Some(url)) => Ok(shown_step(0, id, url, reply.at, Via::Response)),
        _ => Err(refusals::unclear(reply, true)),
    }
}

/// Facebook refuses a repetition and does not name what it repeats: while a doubt is open, that may be our own first try.
fn publish_refused(done: &[Step], reply: &Reply) -> Refusal {
    let is_in_doubt = done::doubt(done, 0).is_some();
    if refusals::has_our_photos(reply) || is_in_doubt && refusals::is_repeated(reply) {
        return refusals::maybe_ours(reply);
    }
    refusals::refusal(reply, true)
}

fn commented(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let id = meta::id(&answer["id"]).ok_or_else(|| refusals::unclear(reply, true))?;
    let url = wire::url(&answer, &id);
    Ok(shown_step(call.part, id, url, reply.at, Via::Response))
}

/// What Facebook will never take of a post that is out is kept to be told in the end: the rest goes on.
fn lacking(refusal: Refusal) -> Result<Step, Refusal> {
    match refusal.class {
        Class::Content | Class::Permission | Class::Bug => Ok(made_of(THUMBNAIL, [(REFUSED, refusal.words)], None)),
        _ => Err(refusal),
    }
}

/// What became of a video that is out. That Facebook does not say changes nothing: the video was taken.
fn processed(job: &Job<'_>, done: &[Step], reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let film = wire::film(&answer);
    if let Some(why) = film.failed.filter(|_| reply.is_success()) {
        let words = "Facebook took the video and could make nothing of the file: nothing is to be seen of it; convert it to \
                     MP4 (H.264, AAC) and make a new post";
        return Err(refusals::failed(reply, &why, words));
    }
    let looks = made(done, PROCESS, job.now).and_then(|said| said.data("looks").parse::<u32>().ok()).unwrap_or(0);
    let looks = looks.saturating_add(1);
    let is_open = reply.is_success() && answer["status"]["video_status"] != "ready";
    if !is_open || looks >= LOOKS_MAX {
        return Ok(made_of(PROCESS, [("looks", looks.to_string())], None));
    }
    let again = reply.at.checked_add_signed(job.settle * (1 << looks)).unwrap_or(reply.at);
    Ok(made_of(PROCESS, [("looks", looks.to_string()), ("again", again.to_rfc3339())], None))
}

fn looked(job: &Job<'_>, done: &[Step], form: Form<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let Some(doubt) = done::doubt(done, call.part) else {
        return Err(bug(format!("`{}` looks for what is in no doubt", call.name)));
    };
    let by_id = call.part == 0 && matches!(form, Form::Video(_) | Form::Reel(_));
    let known = upload::known_video(done).filter(|_| by_id);
    if known.is_some() && refusals::is_gone(reply) {
        return Ok(Step::Absent { part: 0, at: reply.at });
    }
    if !reply.is_success() {
        return Err(refusals::refusal(reply, false));
    }
    let answer = reply.json();
    if let Some(video) = known {
        return video_looked(job, done, video, reply);
    }
    let Some(listed) = answer["data"].as_array() else { return Err(refusals::unclear(reply, false)) };
    let look = Look { job, done, doubt: &doubt, reply };
    let found = match form {
        _ if call.part > 0 => look.comment(listed),
        Form::Post => look.post(listed),
        Form::PhotoStory(_) | Form::VideoStory(_) => {
            known_media(done, form).and_then(|media| look.story(listed, media))
        }
        Form::Video(_) | Form::Reel(_) => look.video(listed),
    };
    let found = found.map(|found| shown_step(call.part, found.id, found.url, found.at, Via::Lookup));
    let next = if call.part == 0 && matches!(form, Form::Post) { look.next_page(&answer, listed) } else { None };
    Ok(found.or(next).unwrap_or(Step::Absent { part: call.part, at: reply.at }))
}

/// What a video is whose `finish` got no clear answer.
fn video_looked(job: &Job<'_>, done: &[Step], video: &str, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    if !answer["status"].is_object() {
        return Err(refusals::unclear(reply, false));
    }
    let film = wire::film(&answer);
    let absent = Step::Absent { part: 0, at: reply.at };
    if film.failed.is_some() {
        // Nothing will come of this one: it is uploaded anew, once it is sure that it has not been shown.
        let given_up = upload::is_going(job, done).then(|| upload::anew(done, reply)).flatten();
        return Ok(given_up.unwrap_or(absent));
    }
    if film.is_published {
        let at = meta::time(&answer["created_time"]).unwrap_or(reply.at);
        let url = wire::url(&answer, &format!("reel/{video}"));
        return Ok(shown_step(0, video.to_owned(), url, at, Via::Lookup));
    }
    if film.is_busy {
        let words = "Facebook is processing the video and does not say yet whether it will be shown";
        return Err(refusals::not_ready(reply, words, after(reply, job.settle.num_seconds().max(1))));
    }
    Ok(absent)
}

/// Something found in a list.
struct Found {
    id: String,
    url: String,
    at: DateTime<Utc>,
}

/// A look through a list, newest first.
struct Look<'a> {
    job: &'a Job<'a>,
    done: &'a [Step],
    doubt: &'a Doubt<'a>,
    reply: &'a Reply,
}

impl Look<'_> {
    fn rendition(&self) -> &Rendition {
        self.job.rendition
    }

    /// The listed thing that is ours, made nearest to when the call was sent.
    fn nearest(&self, listed: &[Value], is_ours: impl Fn(&Value, DateTime<Utc>) -> bool, path: &str) -> Option<Found> {
        let found = listed.iter().filter_map(|one| {
            let id = meta::id(&one["id"]).filter(|id| !done::is_receipted(self.done, id))?;
            let at = meta::time(&one["created_time"])?;
            is_ours(one, at).then(|| Found { url: wire::url(one, &format!("{path}{id}")), id, at })
        });
        found.min_by_key(|found| (found.at - self.doubt.first).abs())
    }

    fn is_of_then(&self, at: DateTime<Utc>) -> bool {
        self.doubt.may_have_made(at) && at <= self.reply.at + SKEW
    }

    /// Photos of ours are in no post but ours; without any, text, link and time tell.
    fn post(&self, listed: &[Value]) -> Option<Found> {
        let (rendition, text) = (self.rendition(), wire::text(self.rendition()));
        let is_ours = |post: &Value, at| {
            let (attached, link) = wire::attached(post);
            if uploaded_photos(self.done).any(|photo| attached.iter().any(|id| id == photo)) {
                return true;
            }
            let same_link = match (&rendition.card, &link) {
                (Some(card), Some(link)) => tidy_link(&card.url) == tidy_link(link),
                _ => false,
            };
            let has_words = !text.trim().is_empty() && (rendition.media().next().is_none() || attached.is_empty());
            self.is_of_then(at)
                && is_same(text, post["message"].as_str().unwrap_or_default())
                && (has_words || same_link)
        };
        self.nearest(listed, is_ours, "")
    }

    /// A video whose id was lost with the ledger.
    fn video(&self, listed: &[Value]) -> Option<Found> {
        let (text, title) = (wire::text(self.rendition()), self.rendition().title.as_deref().unwrap_or_default());
        let is_ours = |video: &Value, at| {
            let said = |key: &str| video[key].as_str().unwrap_or_default();
            let same_title = title.is_empty() || is_same(title, said("title"));
            let has_words = !text.trim().is_empty() || !title.is_empty();
            has_words && self.is_of_then(at) && is_same(text, said("description")) && same_title
        };
        self.nearest(listed, is_ours, "reel/")
    }

    fn comment(&self, listed: &[Value]) -> Option<Found> {
        let text = self.rendition().first_comment.as_deref()?;
        let is_ours =
            |comment: &Value, at| self.is_of_then(at) && is_same(text, comment["message"].as_str().unwrap_or_default());
        self.nearest(listed, is_ours, "")
    }

    fn story(&self, listed: &[Value], media: &str) -> Option<Found> {
        let story = listed.iter().find(|story| meta::id(&story["media_id"]).as_deref() == Some(media))?;
        let url = format!("{STORIES}{}/", wire::page(self.rendition()));
        Some(Found { id: meta::id(&story["post_id"])?, url, at: self.doubt.first })
    }

    /// Where the list goes on, if all of it so far is as young as what is looked for.
    fn next_page(&self, answer: &Value, listed: &[Value]) -> Option<Step> {
        let paging = &answer["paging"];
        let cursor = paging["cursors"]["after"].as_str().filter(|_| paging["next"].is_string())?;
        let is_young = |post: &Value| meta::time(&post["created_time"]).is_some_and(|at| self.doubt.may_have_made(at));
        let data = [("after", cursor.to_owned())];
        listed.iter().all(is_young).then(|| made_of(LOOK_PAGE, data, Some(after(self.reply, 600))))
    }
}

fn tidy(text: &str) -> String {
    text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tidy_link(link: &str) -> &str {
    link.split(['#', '?']).next().unwrap_or(link).trim_end_matches('/')
}

/// Whether Facebook may have made `stored` of `sent`: the same words, whatever the spaces between them, with a Page's name in
/// the place of each mention `@[id]`.
fn is_same(sent: &str, stored: &str) -> bool {
    let (sent, stored) = (tidy(sent), tidy(stored));
    let mut pieces = without_mentions(&sent).into_iter();
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = stored.strip_prefix(first) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The text between the mentions.
fn without_mentions(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut from) = (0, 0);
    while let Some(at) = text[from..].find("@[").map(|at| from + at) {
        let digits = text[at + 2..].bytes().take_while(u8::is_ascii_digit).count();
        let end = at + 2 + digits;
        if digits > 0 && text[end..].starts_with(']') {
            pieces.push(&text[start..at]);
            start = end + 1;
        }
        from = end;
    }
    pieces.push(&text[start..]);
    pieces
}
