//! The requests that simulators got, held against what the platforms themselves publish of their APIs: every path, parameter
//! and field must exist there, and be of that type. Simulators and adapters may share a mistake; this does not share it.

mod description;
mod schema;
mod sent;
mod x;
mod youtube;

use pressroom::limits::Platform;
use pressroom::sim::{self, Logged};
use serde_json::{Value, json};

use description::Description;
use sent::{Content, Sent};

/// Checks what was sent to a platform that describes its API; tells which operations it describes and were not sent.
#[track_caller]
pub(crate) fn holds(log: &[Logged], platform: Platform) -> Vec<String> {
    let (host, description, problems): (_, _, fn(&Description, &Sent) -> Vec<String>) = match platform {
        Platform::X => (sim::x::HOSTS[0], x::description(), x::problems),
        Platform::YouTube => (sim::youtube::HOSTS[0], youtube::description(), youtube::problems),
        _ => return Vec::new(),
    };
    // What time it is there may be asked of any web server: that is no operation.
    let of_api =
        |logged: &&Logged| logged.host == host && (logged.method.as_str(), logged.target.as_str()) != ("HEAD", "/");
    let log: Vec<Sent> = log.iter().filter(of_api).map(Sent::of).collect();
    let mut found: Vec<String> = log.iter().flat_map(|sent| problems(&description, sent)).collect();
    if let Some(theirs) = own_document().filter(|_| platform == Platform::X) {
        found.extend(log.iter().flat_map(|sent| theirs.problems(sent)));
    }
    found.sort();
    found.dedup();
    assert!(!log.is_empty() && found.is_empty(), "of {} requests to {platform}:\n{}", log.len(), found.join("\n"));
    description.unsent(&log).into_iter().map(str::to_owned).collect()
}

/// X's own document, where there is a copy of it.
fn own_document() -> Option<Description> {
    let path = std::env::var_os("PRESSROOM_X_OPENAPI")?;
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(x::openapi(&serde_json::from_str(&text).unwrap()))
}

#[test]
fn our_list_of_operations_says_what_x_says() {
    if let Some(theirs) = own_document() {
        let problems = x::disagreements(&x::description(), &theirs);
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}

/// A list that differs is found out, without X's document.
#[test]
fn differences_to_xs_document_are_told() {
    let document = |text: Value, schema: Value, needed: &str| {
        json!({
            "components": {"schemas": {"Text": schema}},
            "paths": {"/2/tweets": {"post": {
                "operationId": "createPosts",
                "security": [{"OAuth2UserToken": ["tweet.write"]}],
                "parameters": [{"in": "query", "name": "dry", "required": true, "schema": {"type": "boolean"}}],
                "requestBody": {"content": {"application/json": {"schema": {
                    "type": "object", "required": [needed], "properties": {"text": text},
                }}}},
            }}},
        })
    };
    let (text, link) =
        (json!({"type": "string", "maxLength": 280, "enum": ["a", "b"]}), json!({"$ref": "#/schemas/Text"}));
    let ours = x::openapi(&document(text.clone(), Value::Null, "text"));
    assert_eq!(x::disagreements(&ours, &x::openapi(&document(link.clone(), text, "text"))), [""; 0]);
    let other = json!({"type": "string", "maxLength": 140, "enum": ["a"]});
    let theirs = x::openapi(&document(link, other, "more"));
    assert_eq!(
        x::disagreements(&ours, &theirs),
        [
            "POST /2/tweets: body application/json: required is [\"more\"] with X",
            "POST /2/tweets: body application/json.text: maxLength is 140 with X",
            "POST /2/tweets: body application/json.text: X has no \"b\"",
        ]
    );
    let other = x::openapi(&json!({"paths": {"/2/tweets": {"post": {"operationId": "post"}}}}));
    assert_eq!(
        x::disagreements(&ours, &other),
        [
            "POST /2/tweets: X calls it post",
            "POST /2/tweets: X wants {} with {}",
            "POST /2/tweets: query dry: X has no such thing",
            "POST /2/tweets: body application/json: X has no such thing",
        ]
    );
    assert_eq!(x::disagreements(&ours, &Description::default()), ["POST /2/tweets: X has no such operation"]);
}

fn sent(method: &str, target: &str, content: Content) -> Sent {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = query.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Sent { method: method.to_owned(), path: path.to_owned(), query, content }
}

#[test]
fn what_x_does_not_know_is_told() {
    let post = |body: Value| sent("POST", "/2/tweets", Content::Json(body));
    let field = |name: &str, text: Option<&str>| (name.to_owned(), text.map(str::to_owned));
    let append = |fields| sent("POST", "/2/media/upload/7/append", Content::Form(fields));
    let get = |target: &str| sent("GET", target, Content::Nothing);
    for (sent, expected) in [
        (post(json!({"text": "Tea", "reply": {"in_reply_to_tweet_id": "7"}})), &[][..]),
        (get("/2/tweets/7/hidden"), &["GET /2/tweets/7/hidden: there is no such operation"]),
        (get("/2/users/me?tea=1"), &["getUsersMe: ?tea: there is no such parameter"]),
        (get("/2/users/me/tweets"), &["getUsersPosts: {id}: \"me\" does not match ^[0-9]{1,19}$"]),
        (get("/2/users/7/tweets?max_results=500"), &["getUsersPosts: ?max_results: 500 is not 5 to 100"]),
        (get("/2/users/7/tweets?max_results=all"), &["getUsersPosts: ?max_results: \"all\" is no integer"]),
        (get("/2/users/7/tweets?start_time=now"), &["getUsersPosts: ?start_time: \"now\" is no time of RFC 3339"]),
        (
            get("/2/users/7/tweets?exclude=retweets,tea"),
            &["getUsersPosts: ?exclude[1]: \"tea\" is none of replies, retweets"],
        ),
        (get("/2/media/upload"), &["getMediaUploadStatus: ?media_id: is missing"]),
        (sent("POST", "/2/tweets", Content::Nothing), &["createPosts: its body is missing"]),
        (
            sent("DELETE", "/2/tweets/7", Content::Json(json!({}))),
            &["deletePosts: it takes no body of application/json"],
        ),
        (
            post(json!({"text": 5, "tea": true})),
            &["createPosts: text: 5 is no string", "createPosts: tea: there is no such field"],
        ),
        (
            post(json!({"reply": {"to": "7"}})),
            &["createPosts: reply.in_reply_to_tweet_id: is missing", "createPosts: reply.to: there is no such field"],
        ),
        (
            post(json!({"reply_settings": "everyone"})),
            &["createPosts: reply_settings: \"everyone\" is none of following, mentionedUsers, subscribers, verified"],
        ),
        (post(json!({"media": {"media_ids": []}})), &["createPosts: media.media_ids: 0 items, not 1 to 4"]),
        (
            post(json!({"poll": {"options": ["a", ""], "duration_minutes": 1.5}})),
            &[
                "createPosts: poll.options[1]: \"\" has 0 characters, not 1 to 25",
                "createPosts: poll.duration_minutes: 1.5 is no integer",
            ],
        ),
        (append(vec![field("media", None), field("segment_index", Some("0"))]), &[]),
        (
            append(vec![field("media", Some("x")), field("segment_index", Some("-1"))]),
            &[
                "appendMediaUpload: media: is a text where a file belongs, or the other way round",
                "appendMediaUpload: segment_index: -1 is not 0 to 999",
            ],
        ),
    ] {
        assert_eq!(x::problems(&x::description(), &sent), expected, "{sent:?}");
    }
}

#[test]
fn what_youtube_does_not_know_is_told() {
    const PARTS: &str = "snippet,status";
    let insert = |body: Value| {
        sent("POST", &format!("/upload/youtube/v3/videos?uploadType=resumable&part={PARTS}"), Content::Json(body))
    };
    let file = |mime: &str| Content::File(mime.to_owned());
    let related = |snippet: Value| {
        let body = Content::Related(json!({"snippet": snippet}), "application/octet-stream".to_owned());
        sent("POST", "/upload/youtube/v3/captions?part=snippet&uploadType=multipart", body)
    };
    let thumbnail =
        |mime: &str| sent("POST", "/upload/youtube/v3/thumbnails/set?videoId=a&uploadType=media", file(mime));
    for (sent, expected) in [
        (insert(json!({"snippet": {"title": "Tea", "tags": ["tea"]}, "status": {"embeddable": true}})), &[][..]),
        (
            sent("POST", "/youtube/v3/commentThreads?part=snippet", Content::Nothing),
            &["POST /youtube/v3/commentThreads: there is no such operation"],
        ),
        (
            sent("GET", "/youtube/v3/videos?part=snippet,tea&maxResults=51&mine=true", Content::Nothing),
            &[
                "youtube.videos.list: ?part[1]: \"tea\" is none of ageGating, brandPartner, contentDetails, etag, fileDetails, id, \
                 kind, liveStreamingDetails, localizations, monetizationDetails, paidProductPlacementDetails, player, \
                 processingDetails, projectDetails, recordingDetails, snippet, statistics, status, suggestions, topicDetails",
                "youtube.videos.list: ?maxResults: 51 is not 1 to 50",
                "youtube.videos.list: ?mine: there is no such parameter",
            ],
        ),
        (
            sent("GET", "/youtube/v3/channels?part=id&mine=yes", Content::Nothing),
            &["youtube.channels.list: ?mine: \"yes\" is no boolean"],
        ),
        (sent("DELETE", "/youtube/v3/videos", Content::Nothing), &["youtube.videos.delete: ?id: is missing"]),
        (
            insert(json!({"snippet": {"title": 5, "tea": ""}, "status": {"license": "mine", "publishAt": "soon"}})),
            &[
                "youtube.videos.insert: snippet.title: 5 is no string",
                "youtube.videos.insert: snippet.tea: there is no such field",
                "youtube.videos.insert: status.license: \"mine\" is none of youtube, creativeCommon",
                "youtube.videos.insert: status.publishAt: \"soon\" is no time of RFC 3339",
            ],
        ),
        (
            insert(json!({"statistics": {}})),
            &["youtube.videos.insert: statistics: its schema \"VideoStatistics\" is not there"],
        ),
        (related(json!({"videoId": "a", "language": "en", "name": "", "isDraft": false})), &[]),
        (
            related(json!({"videoId": "a", "language": "en", "isDraft": "no"})),
            &[
                "youtube.captions.insert: snippet.name: is missing",
                "youtube.captions.insert: snippet.isDraft: \"no\" is no boolean",
            ],
        ),
        (thumbnail("image/png"), &[]),
        (thumbnail("image/webp"), &["youtube.thumbnails.set: it takes no file of `image/webp`"]),
        (sent("PUT", "/upload/youtube/v3/videos?uploadType=resumable&upload_id=a", file("video/webm")), &[]),
        (
            sent("PUT", "/upload/youtube/v3/videos?uploadType=resumable&upload_id=a", file("text/plain")),
            &["it takes no file of `text/plain`"],
        ),
    ] {
        assert_eq!(youtube::problems(&youtube::description(), &sent), expected, "{sent:?}");
    }
}
