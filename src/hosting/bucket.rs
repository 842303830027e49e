//! A bucket with an S3 API: files are put there once, under their hash, and lent by addresses that end. Signs with the
//! bucket's own keys; no platform's token comes here.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use jiff::Timestamp;
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use url::Url;

use super::{Keys, Wanted, shown, unreached};
use crate::account;
use crate::env;
use crate::error::{Failure, Kind};
use crate::http::{Ask, Files, Http, Outcome, Progress, Visit};
use crate::platform::{FileRange, Reply};

/// How long a platform can fetch a lent file: containers may be made now and published within a day.
const LENT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the addresses of our own requests hold; they are used at once.
const OURS: Duration = Duration::from_secs(15 * 60);
/// The largest file that can be put at once (Amazon S3 `PutObject`).
const BYTES_MAX: u64 = 5 * 1024 * 1024 * 1024;
/// How we are called at the bucket.
const AGENT: &str = concat!("pressroom/", env!("CARGO_PKG_VERSION"));

pub(super) struct Store {
    bucket: Bucket,
    keys: Credentials,
    prefix: String,
}

impl Store {
    pub(super) fn new(described: &account::Bucket, keys: &Keys) -> Result<Self, Failure> {
        let wrong = |why: String| {
            Failure::new(Kind::Content, "`[media.bucket]` names no bucket that can be reached")
                .cause(why)
                .hint("where the host of the endpoint is a number, write `path_style = true`")
        };
        let endpoint = Url::parse(&described.endpoint).map_err(|error| wrong(error.to_string()))?;
        let style = if described.path_style { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let bucket = Bucket::new(endpoint, style, described.name.clone(), described.region.clone());
        let bucket = bucket.map_err(|error| wrong(error.to_string()))?;
        let keys = Credentials::new(keys.id.expose(), keys.secret.expose());
        Ok(Self { bucket, keys, prefix: described.prefix.clone() })
    }

    /// Puts a file there unless it is there already, and lends it.
    pub(super) async fn lend(
        &self,
        http: &Http,
        now: DateTime<Utc>,
        wanted: &Wanted<'_>,
        files: &Arc<dyn Files>,
        progress: Progress<'_>,
    ) -> Result<Url, Failure> {
        let (name, now) = (self.name(wanted), at(now));
        let url = self.bucket.head_object(Some(&self.keys), &name).sign_with_time(OURS, &now);
        let head = answer(http.visit(Visit { url: &url, agent: AGENT, ask: Ask::Head }).await?, &url)?;
        // Keys that may not list are told 403 for what is not there; if they may not put either, that will be said.
        let is_there = head.status == 200 && head.header("content-length") == Some(&wanted.bytes.to_string());
        if !is_there {
            self.put(http, &name, &now, wanted, files, progress).await?;
        }
        Ok(self.lent(&name, &now))
    }

    async fn put(
        &self,
        http: &Http,
        name: &str,
        now: &Timestamp,
        wanted: &Wanted<'_>,
        files: &Arc<dyn Files>,
        progress: Progress<'_>,
    ) -> Result<(), Failure> {
        if wanted.bytes > BYTES_MAX {
            let message = format!("{} has {} bytes, and a bucket takes {BYTES_MAX} at once", wanted.path, wanted.bytes);
            return Err(Failure::new(Kind::Content, message));
        }
        let url = self.bucket.put_object(Some(&self.keys), name).sign_with_time(OURS, now);
        let file = FileRange { path: wanted.path.to_owned(), range: 0..wanted.bytes };
        let ask = Ask::Put { file: &file, mime: wanted.mime, files, progress };
        let reply = answer(http.visit(Visit { url: &url, agent: AGENT, ask }).await?, &url)?;
        if reply.is_success() { Ok(()) } else { Err(refused(&url, &reply, wanted.path)) }
    }

    fn lent(&self, name: &str, now: &Timestamp) -> Url {
        self.bucket.get_object(Some(&self.keys), name).sign_with_time(LENT, now)
    }

    /// `social/` + hash + `.mp4`: one name for one content, with an ending that fetchers go by.
    fn name(&self, wanted: &Wanted<'_>) -> String {
        let ending = wanted.path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let plain = |ending: &String| ending.len() <= 5 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let ending = ending.filter(plain).map_or_else(String::new, |ending| format!(".{ending}"));
        format!("{}{}{ending}", self.prefix, wanted.sha256)
    }
}

fn at(now: DateTime<Utc>) -> Timestamp {
    Timestamp::from_second(now.timestamp()).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn answer(outcome: Outcome, url: &Url) -> Result<Reply, Failure> {
    match outcome {
        Outcome::Answered(reply) if matches!(reply.status, 408 | 429 | 500..) => {
            Err(Failure::new(Kind::Later, format!("the bucket at {} is busy or broken ({})", host(url), reply.status))
                .hint("nothing was published; try again in some minutes"))
        }
        Outcome::Answered(reply) => Ok(reply),
        Outcome::NotSent(why) | Outcome::Unclear(why) => Err(unreached(url, &why)),
    }
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// Why the bucket does not take a file, from what S3 says in `Code` and `Message`.
fn refused(url: &Url, reply: &Reply, path: &str) -> Failure {
    let element = |name: &str| {
        let (_, rest) = reply.body.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(text, _)| text.chars().take(200).collect::<String>())
    };
    let code = element("Code").unwrap_or_default();
    let hint = match code.as_str() {
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" => {
            format!("look at {} and {}", env::S3_ACCESS_KEY_ID, env::S3_SECRET_ACCESS_KEY)
        }
        "NoSuchBucket" | "PermanentRedirect" | "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError" => {
            "look at `endpoint`, `region` and `bucket` below `[media.bucket]`".to_owned()
        }
        "RequestTimeTooSkewed" => "set this machine's clock".to_owned(),
        _ => "the key must be allowed to put and to get objects there (s3:PutObject, s3:GetObject)".to_owned(),
    };
    let failure =
        Failure::new(Kind::Person, format!("the bucket does not take {path}: {} at {}", reply.status, shown(url)));
    let failure = match element("Message") {
        Some(message) => failure.cause(format!("{code}: {message}")),
        None => failure,
    };
    failure.hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Secret;

    fn store(name: &str, endpoint: &str, region: &str, prefix: &str, path_style: bool) -> Store {
        let (endpoint, region, name, prefix) = (endpoint.into(), region.into(), name.into(), prefix.into());
        let keys = Keys {
            id: Secret::new("AKIAIOSFODNN7EXAMPLE"),
            secret: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        };
        Store::new(&account::Bucket { endpoint, region, name, prefix, path_style }, &keys).unwrap()
    }

    /// The example of Amazon's documentation ("Authenticating Requests: Using Query Parameters").
    #[test]
    fn lends_as_documented() {
        let store = store("examplebucket", "https://s3.amazonaws.com", "us-east-1", "", false);
        assert_eq!(
            store.lent("test.txt", &Timestamp::from_second(1_369_353_600).unwrap()).as_str(),
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z\
             &X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }

    #[test]
    fn names_are_hashes_with_an_ending() {
        let store = store("acme", "https://s3.example", "auto", "social/", true);
        for (path, name) in [
            ("media/Film.MP4", "social/abc.mp4"),
            ("media/film", "social/abc"),
            ("media.d/film", "social/abc"),
            ("media/a.j/../pg", "social/abc"),
        ] {
            assert_eq!(store.name(&Wanted { path, sha256: "abc", bytes: 1, mime: "video/mp4" }), name);
        }
        let lent = store.lent("social/abc.mp4", &Timestamp::UNIX_EPOCH);
        assert!(lent.as_str().starts_with("https://s3.example/acme/social/abc.mp4?"), "{lent}");
    }

    #[test]
    fn a_refusal_says_what_to_look_at() {
        let url = Url::parse("https://acme.s3.example/abc.mp4?X-Amz-Signature=canary").unwrap();
        for (code, hint) in [
            ("SignatureDoesNotMatch", "look at PRESSROOM_S3_ACCESS_KEY_ID and PRESSROOM_S3_SECRET_ACCESS_KEY"),
            ("NoSuchBucket", "look at `endpoint`, `region` and `bucket` below `[media.bucket]`"),
            ("RequestTimeTooSkewed", "set this machine's clock"),
            ("AccessDenied", "the key must be allowed to put and to get objects there (s3:PutObject, s3:GetObject)"),
        ] {
            let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>Why.</Message></Error>");
            let reply = Reply { status: 403, headers: Default::default(), body, at: DateTime::UNIX_EPOCH };
            let failure = refused(&url, &reply, "media/film.mp4");
            assert_eq!(
                failure.message,
                "the bucket does not take media/film.mp4: 403 at https://acme.s3.example/abc.mp4"
            );
            assert_eq!((failure.causes, failure.hints), (vec![format!("{code}: Why.")], vec![hint.to_owned()]));
        }
    }
}
