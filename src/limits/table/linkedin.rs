//! LinkedIn: what it takes, and where that is written.

use super::{BASE, FEED, IMAGE, MB, VIDEO, setting};
use crate::limits::{
    DocumentRule, Edits, Field, ImageRule, Kind, Limits, Minutes, Platform, PollRule, Quota, Shape, Takes, Unit,
    VideoRule, Visibility, quota,
};
use crate::media::Kind::{Gif, Jpeg, Pdf, Png, Slides, Word};
use crate::zone::Zone;

/// <https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api>,
/// <https://learn.microsoft.com/linkedin/marketing/community-management/shares/multiimage-post-api>,
/// <https://learn.microsoft.com/linkedin/marketing/community-management/shares/images-api> (under 36,152,320 pixels; the
/// limit of bytes is not published), `videos-api` (3 seconds to 30 minutes, 75 KB to 500 MB, MP4), `documents-api` (100 MB,
/// 300 pages), `poll-post-api` and `comments-api` beside it. The last names no longest comment; 1,250 characters is what
/// LinkedIn's own page takes.
pub(super) const ROW: Limits = Limits {
    platform: Platform::LinkedIn,
    name: "linkedin",
    label: "LinkedIn",
    text_max: 3000,
    unit: Unit::CodePoints,
    shapes: &[
        Shape { images: 20, videos: 1, image: PICTURE, video: FILM, ..FEED },
        Shape { kind: Kind::Article, images: 20, image: PICTURE, ..FEED },
        Shape { kind: Kind::Document, least: 1, documents: 1, document: PAPER, ..FEED },
    ],
    alt_max: 4086,
    link_card: true,
    card_title: true,
    poll: Some(PollRule {
        options: (2, 4),
        option_max: 30,
        minutes: Minutes::OneOf(&[1440, 4320, 10_080, 20_160]),
        question_max: Some(140),
    }),
    comment_max: Some(1250),
    quotes: true,
    reposts: true,
    edits: Edits {
        fields: &[Field::Text],
        why_not: "LinkedIn lets only the text be changed: media, card, poll and audience stay as they are",
    },
    removes: true,
    quotas: QUOTAS,
    visibilities: &[Visibility::Public, Visibility::Connections],
    settings: &[setting("disable_reshare", Takes::Bool, "readers cannot repost it").works()],
    published: true,
    ..BASE
};

/// <https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/share-on-linkedin> for what everybody gets;
/// other products have other figures. Requests for uploads count, too, so that less may be left than posts tell. A day ends at
/// midnight UTC: <https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/rate-limits>.
const QUOTAS: &[Quota] = &[
    Quota::daily(quota::REQUESTS_DAY, 150, quota::Counted::Parts).over(UTC_DAY).about(),
    Quota::daily(quota::APP_REQUESTS_DAY, 100_000, quota::Counted::Parts).over(UTC_DAY).about().of_app(),
];

const UTC_DAY: quota::Span = quota::Span::Day(Zone::UTC);

const PICTURE: ImageRule = ImageRule { kinds: &[Jpeg, Png, Gif], pixels_max: Some(36_152_319), ..IMAGE };

const FILM: VideoRule =
    VideoRule { mimes: &["video/mp4"], bytes_max: Some(500 * MB), duration_ms: Some((3000, 1_800_000)), ..VIDEO };

const PAPER: DocumentRule =
    DocumentRule { kinds: &[Pdf, Word, Slides], bytes_max: Some(100 * MB), pages_max: Some(300) };
