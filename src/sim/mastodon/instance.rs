//! What a server tells of itself: limits, version, software (<https://docs.joinmastodon.org/entities/Instance/>).

use serde_json::{Value, json};

use super::call::{self, Outcome};
use super::errors::Refusal;
use super::state::State;

const MIME_TYPES: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/heic",
    "image/heif",
    "image/webp",
    "image/avif",
    "video/webm",
    "video/mp4",
    "video/quicktime",
    "video/ogg",
    "audio/wave",
    "audio/wav",
    "audio/mpeg",
    "audio/ogg",
    "audio/mp4",
    "audio/aac",
];

/// `GET /api/v2/instance`
pub(super) fn v2(state: &State) -> Outcome {
    if !state.options.has_v2_instance {
        return Err(Refusal::missing());
    }
    let mut body = json!({
        "domain": state.host,
        "title": format!("Make-believe {}", state.host),
        "version": state.options.version,
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "",
        "languages": ["en"],
        "configuration": configuration(state),
        "registrations": {"enabled": false, "approval_required": false, "message": null},
        "rules": [],
    });
    if let Some(version) = state.options.api_version {
        body["api_versions"] = json!({"mastodon": version});
    }
    Ok(call::json(200, &body))
}

/// `GET /api/v1/instance`
pub(super) fn v1(state: &State) -> Outcome {
    Ok(call::json(
        200,
        &json!({
            "uri": state.host,
            "title": format!("Make-believe {}", state.host),
            "short_description": "",
            "description": "",
            "email": "",
            "version": state.options.version,
            "urls": {},
            "stats": {"user_count": state.accounts.len(), "status_count": state.statuses.len(), "domain_count": 0},
            "languages": ["en"],
            "registrations": false,
            "approval_required": false,
            "invites_enabled": false,
            "configuration": configuration(state),
            "rules": [],
        }),
    ))
}

fn configuration(state: &State) -> Value {
    let options = &state.options;
    let mut configuration = json!({
        "urls": {},
        "accounts": {"max_featured_tags": 10},
        "statuses": {
            "max_characters": options.max_characters,
            "max_media_attachments": options.max_media,
            "characters_reserved_per_url": options.url_characters,
        },
        "media_attachments": {
            "supported_mime_types": MIME_TYPES,
            "image_size_limit": options.image_size_limit,
            "image_matrix_limit": options.image_matrix_limit,
            "video_size_limit": options.video_size_limit,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": options.video_matrix_limit,
        },
        "polls": {
            "max_options": options.poll_options,
            "max_characters_per_option": options.poll_option_characters,
            "min_expiration": options.poll_expiration.start(),
            "max_expiration": options.poll_expiration.end(),
        },
    });
    // Since 4.4.
    if options.api_version.is_some_and(|version| version >= 4) {
        configuration["media_attachments"]["description_limit"] = json!(options.description_limit);
    }
    configuration
}

/// `GET /.well-known/nodeinfo`
pub(super) fn node_links(state: &State) -> Outcome {
    let href = format!("https://{}/nodeinfo/2.0", state.host);
    let rel = "http://nodeinfo.diaspora.software/ns/schema/2.0";
    Ok(call::json(200, &json!({"links": [{"rel": rel, "href": href}]})))
}

/// `GET /nodeinfo/2.0`
pub(super) fn node(state: &State) -> Outcome {
    let software = if state.options.is_snac() {
        json!({"name": "snac", "version": "2.75"})
    } else {
        json!({"name": "mastodon", "version": state.options.version})
    };
    let users = json!({"users": {"total": state.accounts.len()}, "localPosts": state.statuses.len()});
    let services = json!({"inbound": [], "outbound": []});
    Ok(call::json(
        200,
        &json!({
            "version": "2.0", "software": software, "protocols": ["activitypub"], "services": services, "usage": users,
            "openRegistrations": false, "metadata": {},
        }),
    ))
}
