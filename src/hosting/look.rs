//! What the answer at a media file's address means: the platform will get the file there, or what keeps it from that, and
//! whether that passes by itself. Knows no network.

use url::Url;

use super::{Wanted, shown};
use crate::error::{Failure, Kind};
use crate::platform::Reply;

/// So many first bytes of a file are looked at: a Git LFS pointer is shorter.
pub(super) const FIRST_BYTES: usize = 1024;

/// Where a file was put for the platform to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On the web; `recent`: the commit is so new that the site may still be built from an older one.
    Site {
        recent: bool,
    },
    Bucket,
}

/// Where no login, no build and no pointer is in the way.
const BUCKET: &str = "or lend media from a bucket: `[media.bucket]` in accounts.toml works with private repositories";

/// Says what keeps a platform from fetching the file there.
pub(super) fn judge(url: &Url, reply: &Reply, wanted: &Wanted<'_>, place: Place) -> Result<(), Failure> {
    let address = shown(url);
    let recent = place == Place::Site { recent: true };
    let person = |message: String| Failure::new(Kind::Person, message);
    match reply.status {
        200 => whole(address, reply, wanted, recent),
        301 | 302 | 303 | 307 | 308 => {
            let to = reply.header("location").and_then(|location| url.join(location).ok());
            let to = to.map_or_else(|| "elsewhere".to_owned(), |to| format!("to {}", shown(&to)));
            Err(person(format!("{address} leads on {to}"))
                .hint("not every platform follows: let `[media] public_url` name the last address"))
        }
        401 | 403 | 404 if place == Place::Bucket => {
            Err(person(format!("the bucket does not give {address} away ({})", reply.status))
                .hint("the key must be allowed to get objects there (s3:GetObject)"))
        }
        401 | 403 => Err(person(format!("{address} is not open to everybody ({})", reply.status))
            .hint("platforms fetch without a login: make it public, and let its firewall pass crawlers")
            .hint(BUCKET)),
        404 | 410 => Err(missing(url, address, reply.status, recent)),
        408 | 425 | 429 | 500.. => {
            let message = format!("the host of {address} is busy or broken ({})", reply.status);
            Err(Failure::new(Kind::Later, message).hint("nothing was published; try again in some minutes"))
        }
        status => Err(person(format!("{address} answers {status} instead of the file"))),
    }
}

fn missing(url: &Url, address: &str, status: u16, recent: bool) -> Failure {
    // It serves a commit as soon as that is pushed.
    let at_once = url.host_str() == Some("raw.githubusercontent.com");
    if recent && !at_once {
        return Failure::new(Kind::Later, format!("{address} is not there yet ({status})"))
            .hint("the commit is new, and the site may still be building: try again in some minutes");
    }
    Failure::new(Kind::Person, format!("{address} is not there ({status})"))
        .hint("is `[media] public_url` right, and the commit pushed? Of a private repository GitHub says the same")
        .hint(BUCKET)
}

fn whole(address: &str, reply: &Reply, wanted: &Wanted<'_>, recent: bool) -> Result<(), Failure> {
    let person = |message: String| Failure::new(Kind::Person, message);
    if reply.body.starts_with("version https://git-lfs.github.com/spec/") {
        return Err(person(format!("{address} is a Git LFS pointer and not the file"))
            .hint("GitHub serves what LFS keeps at https://media.githubusercontent.com/media/OWNER/REPOSITORY/{commit}/{path}")
            .hint(BUCKET));
    }
    let served = reply.header("content-type").unwrap_or_default();
    let essence = served.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !same_type(&essence, wanted.mime) {
        let served = if essence.is_empty() { "without a type" } else { &format!("as {essence}") };
        let hint = match essence.as_str() {
            "text/html" => "that is a page: a login, or what the site shows for files it does not have",
            _ => {
                "the host tells types by the file's ending; GitHub Pages and buckets know those of pictures and videos"
            }
        };
        return Err(person(format!("{address} is served {served}, and {} is {}", wanted.path, wanted.mime)).hint(hint));
    }
    let length = reply.header("content-length").and_then(|length| length.parse::<u64>().ok());
    match length {
        Some(length) if length != wanted.bytes => {
            let message =
                format!("{address} is {length} bytes long, and {} is {} bytes long", wanted.path, wanted.bytes);
            Err(if recent {
                Failure::new(Kind::Later, message)
                    .hint("the commit is new, and the site may still show an older one: try again in some minutes")
            } else {
                person(message).hint("the address shows another version of the file; `{commit}` in it would pin one")
            })
        }
        _ => Ok(()),
    }
}

/// Whether a served type is the file's; some have two names.
fn same_type(served: &str, wanted: &str) -> bool {
    let name = |mime: &str| match mime {
        "image/jpg" | "image/pjpeg" => "image/jpeg".to_owned(),
        "video/x-m4v" => "video/mp4".to_owned(),
        mime => mime.to_owned(),
    };
    name(served) == name(wanted)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn said(address: &str, status: u16, headers: &[(&str, &str)], body: &str, place: Place) -> String {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let reply = Reply { status, headers, body: body.to_owned(), at: chrono::DateTime::UNIX_EPOCH };
        let wanted = Wanted { path: "media/tea.jpg", sha256: "abc", bytes: 5, mime: "image/jpeg" };
        match judge(&Url::parse(address).unwrap(), &reply, &wanted, place) {
            Ok(()) => "good".to_owned(),
            Err(failure) => format!("{:?}: {}\n{}", failure.kind, failure.message, failure.hints.join("\n")),
        }
    }

    const OLD: Place = Place::Site { recent: false };
    const NEW: Place = Place::Site { recent: true };
    const PAGES: &str = "https://acme.github.io/social/media/tea.jpg";

    #[test]
    fn what_is_as_it_should_be_is_good() {
        for headers in [
            &[("content-type", "image/jpeg"), ("content-length", "5")][..],
            &[("content-type", "Image/JPEG; q=1")],
            &[("content-type", "image/jpg"), ("content-length", "5")],
        ] {
            assert_eq!(said(PAGES, 200, headers, "\u{fffd}", OLD), "good");
        }
    }

    #[test]
    fn what_is_in_the_way_is_said() {
        let raw = "https://raw.githubusercontent.com/acme/social/abc/media/tea.jpg";
        let bucket = "https://acme.s3.example/abc.jpg?X-Amz-Signature=canary";
        let moved = [("location", "/login?from=canary")];
        let jpeg = ("content-type", "image/jpeg");
        let cases = [
            said(PAGES, 404, &[], "", NEW),
            said(PAGES, 404, &[], "", OLD),
            said(raw, 404, &[], "", NEW),
            said(PAGES, 403, &[], "", NEW),
            said(bucket, 403, &[], "", Place::Bucket),
            said(PAGES, 302, &moved, "", NEW),
            said(PAGES, 503, &[], "", NEW),
            said(PAGES, 206, &[], "", NEW),
            said(PAGES, 200, &[jpeg], "version https://git-lfs.github.com/spec/v1\noid sha256:abc\n", OLD),
            said(PAGES, 200, &[("content-type", "text/html; charset=utf-8")], "<!doctype html>", OLD),
            said(PAGES, 200, &[("content-type", "application/octet-stream")], "", OLD),
            said(PAGES, 200, &[], "", OLD),
            said(PAGES, 200, &[jpeg, ("content-length", "4")], "", NEW),
            said(PAGES, 200, &[jpeg, ("content-length", "4")], "", OLD),
        ];
        let all = cases.join("\n\n");
        assert!(!all.contains("canary"), "{all}");
        assert_snapshot!(all, @"
        Later: https://acme.github.io/social/media/tea.jpg is not there yet (404)
        the commit is new, and the site may still be building: try again in some minutes

        Person: https://acme.github.io/social/media/tea.jpg is not there (404)
        is `[media] public_url` right, and the commit pushed? Of a private repository GitHub says the same
        or lend media from a bucket: `[media.bucket]` in accounts.toml works with private repositories

        Person: https://raw.githubusercontent.com/acme/social/abc/media/tea.jpg is not there (404)
        is `[media] public_url` right, and the commit pushed? Of a private repository GitHub says the same
        or lend media from a bucket: `[media.bucket]` in accounts.toml works with private repositories

        Person: https://acme.github.io/social/media/tea.jpg is not open to everybody (403)
        platforms fetch without a login: make it public, and let its firewall pass crawlers
        or lend media from a bucket: `[media.bucket]` in accounts.toml works with private repositories

        Person: the bucket does not give https://acme.s3.example/abc.jpg away (403)
        the key must be allowed to get objects there (s3:GetObject)

        Person: https://acme.github.io/social/media/tea.jpg leads on to https://acme.github.io/login
        not every platform follows: let `[media] public_url` name the last address

        Later: the host of https://acme.github.io/social/media/tea.jpg is busy or broken (503)
        nothing was published; try again in some minutes

        Person: https://acme.github.io/social/media/tea.jpg answers 206 instead of the file


        Person: https://acme.github.io/social/media/tea.jpg is a Git LFS pointer and not the file
        GitHub serves what LFS keeps at https://media.githubusercontent.com/media/OWNER/REPOSITORY/{commit}/{path}
        or lend media from a bucket: `[media.bucket]` in accounts.toml works with private repositories

        Person: https://acme.github.io/social/media/tea.jpg is served as text/html, and media/tea.jpg is image/jpeg
        that is a page: a login, or what the site shows for files it does not have

        Person: https://acme.github.io/social/media/tea.jpg is served as application/octet-stream, and media/tea.jpg is image/jpeg
        the host tells types by the file's ending; GitHub Pages and buckets know those of pictures and videos

        Person: https://acme.github.io/social/media/tea.jpg is served without a type, and media/tea.jpg is image/jpeg
        the host tells types by the file's ending; GitHub Pages and buckets know those of pictures and videos

        Later: https://acme.github.io/social/media/tea.jpg is 4 bytes long, and media/tea.jpg is 5 bytes long
        the commit is new, and the site may still show an older one: try again in some minutes

        Person: https://acme.github.io/social/media/tea.jpg is 4 bytes long, and media/tea.jpg is 5 bytes long
        the address shows another version of the file; `{commit}` in it would pin one
        ");
    }
}
