//! Pictures that a platform fetches by a public address: http or https, a host that is not private, a file that is a
//! picture and comes as one. It knows no platform's limits.

use axum::body::Bytes;
use url::{Host, Url};

use super::{World, probe};

/// A picture that was found.
pub(super) struct Picture {
    pub(super) mime: &'static str,
    pub(super) bytes: Bytes,
}

/// What is at an address.
///
/// # Errors
/// With the reason, in words.
pub(super) fn fetch(world: &World, address: &str) -> Result<Picture, &'static str> {
    check(address)?;
    let page = world.fetch(address).ok_or("the host does not answer")?;
    if page.status != 200 {
        return Err("the host has no such file");
    }
    if !page.content_type.starts_with("image/") {
        return Err("the file does not come as a picture");
    }
    let file = probe::probe(&page.bytes).filter(|file| file.mime.starts_with("image/"));
    let mime = file.ok_or("the file is no picture")?.mime;
    Ok(Picture { mime, bytes: page.bytes })
}

/// Whether an address is one that everybody could open.
///
/// # Errors
/// With the reason, in words.
pub(super) fn check(address: &str) -> Result<(), &'static str> {
    if address.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("the address has a space in it");
    }
    let url = Url::parse(address).map_err(|_| "this is no address")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("the address is neither http nor https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address has a user or a password");
    }
    match url.host() {
        Some(Host::Domain(name))
            if name.contains('.') && !name.ends_with(".local") && !name.ends_with(".localhost") =>
        {
            Ok(())
        }
        Some(Host::Ipv4(ip)) if !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()) => {
            Ok(())
        }
        Some(Host::Ipv6(ip)) if !(ip.is_loopback() || ip.is_unique_local() || ip.is_unspecified()) => Ok(()),
        _ => Err("the host is not on the public internet"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::sim::Sim;
    use crate::sim::web::Page;

    #[test]
    fn a_picture_is_one_by_its_bytes_and_its_header() {
        let sim = Sim::of(World::default());
        let png = b"\x89PNG\r\n\x1a\n".as_slice();
        let site = move |path: &str| match path {
            "/a.png" => Page::file("image/png", png),
            "/lie.png" => Page::file("image/png", "tea"),
            "/a.txt" => Page::file("text/plain", png),
            _ => Page::missing(),
        };
        sim.open_site("files.example", Arc::new(site));
        for (address, expected) in [
            ("https://files.example/a.png", Ok("image/png")),
            ("https://files.example/lie.png", Err("the file is no picture")),
            ("https://files.example/a.txt", Err("the file does not come as a picture")),
            ("https://files.example/b.png", Err("the host has no such file")),
            ("https://other.example/a.png", Err("the host does not answer")),
            ("https://files.example/a .png", Err("the address has a space in it")),
            ("files.example/a.png", Err("this is no address")),
            ("ftp://files.example/a.png", Err("the address is neither http nor https")),
            ("https://ann@files.example/a.png", Err("the address has a user or a password")),
            ("http://localhost/a.png", Err("the host is not on the public internet")),
            ("http://127.0.0.1/a.png", Err("the host is not on the public internet")),
            ("http://[::1]/a.png", Err("the host is not on the public internet")),
        ] {
            assert_eq!(fetch(sim.world(), address).map(|picture| picture.mime), expected, "{address}");
        }
    }
}
