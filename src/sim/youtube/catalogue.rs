//! The reasons a publisher meets, with what goes with each
//! (<https://developers.google.com/youtube/data/reference/rest/v3/errors>).

/// Reason, code, domain, location, message. A location may be empty.
pub(super) type Row = (&'static str, u16, &'static str, &'static str, &'static str);

#[rustfmt::skip]
pub(super) static CATALOGUE: &[Row] = &[
    // Who asks.
    ("authError", 401, "global", "Authorization", "Invalid Credentials"),
    ("expired", 401, "global", "Authorization", "Invalid Credentials"),
    ("required", 401, "global", "Authorization", "Login Required."),
    ("youtubeSignupRequired", 401, "youtube.header", "Authorization", "Unauthorized"),
    ("insufficientPermissions", 403, "global", "", "Insufficient Permission"),
    ("accessNotConfigured", 403, "usageLimits", "", "YouTube Data API has not been used in this project before or it is disabled."),
    ("authenticatedUserAccountSuspended", 403, "youtube.common", "", "The YouTube account of the authenticated user is suspended."),
    ("authenticatedUserAccountClosed", 403, "youtube.common", "", "The YouTube account of the authenticated user is closed."),
    ("channelClosed", 403, "youtube.common", "", "The channel has been closed."),
    ("channelSuspended", 403, "youtube.common", "", "The channel has been suspended."),
    ("keyInvalid", 400, "usageLimits", "", "API key not valid. Please pass a valid API key."),
    ("forbidden", 403, "youtube.common", "", "Access forbidden. The request may not be properly authorized."),
    // How much.
    ("quotaExceeded", 403, "youtube.quota", "", "The request cannot be completed because you have exceeded your <a href=\"/youtube/v3/getting-started#quota\">quota</a>."),
    ("dailyLimitExceeded", 403, "usageLimits", "", "Daily Limit Exceeded"),
    ("rateLimitExceeded", 403, "usageLimits", "", "Rate Limit Exceeded"),
    ("userRateLimitExceeded", 403, "usageLimits", "", "User Rate Limit Exceeded"),
    ("servingLimitExceeded", 403, "usageLimits", "", "The overall rate limit specified for the API has already been reached."),
    ("uploadLimitExceeded", 400, "youtube.video", "", "The user has exceeded the number of videos they may upload."),
    ("uploadRateLimitExceeded", 429, "youtube.thumbnail", "", "The channel has uploaded too many thumbnails recently. Please try the request again later."),
    ("uploadTooLarge", 413, "global", "", "The media content of this upload is too large."),
    // Google's own troubles.
    ("internalError", 500, "global", "", "Internal error encountered."),
    ("backendError", 503, "global", "", "Backend Error"),
    ("notReady", 503, "global", "", "The API server is not ready to accept requests."),
    ("alreadyExists", 409, "global", "", "Requested entity already exists"),
    ("notImplemented", 501, "global", "", "Operation is not implemented, or supported, or enabled."),
    // What was asked.
    ("badRequest", 400, "global", "", "Bad Request"),
    ("parseError", 400, "global", "", "Parse Error"),
    ("badContent", 400, "global", "", "Media type is not supported."),
    ("notFound", 404, "global", "", "Not Found"),
    ("invalidParameter", 400, "global", "", "Invalid value for parameter"),
    ("missingRequiredParameter", 400, "youtube.parameter", "", "The request is missing a required parameter."),
    ("incompatibleParameters", 400, "youtube.parameter", "", "Incompatible parameters specified in the request."),
    ("invalidPageToken", 400, "youtube.parameter", "pageToken", "The request specifies an invalid page token."),
    ("invalidCriteria", 400, "youtube.channel", "", "A maximum of one of the following filters may be specified: categoryId, forHandle, forUsername, id, managedByMe, mine, mySubscribers"),
    ("unknownPart", 400, "youtube.part", "part", "unknown part"),
    ("unexpectedPart", 400, "youtube.part", "part", "{0}"),
    ("invalidPart", 400, "youtube.part", "part", "The part parameter is invalid."),
    ("wrongUrlForUpload", 400, "global", "", "Uploads must be sent to the upload URL. Resend this request to https://www.googleapis.com/upload"),
    ("notUpload", 400, "global", "", "The request is not an upload but was sent to an upload URL. Resend this request to the path without /upload"),
    ("mediaBodyRequired", 400, "global", "", "The request does not include the media content."),
    // Videos.
    ("videoNotFound", 404, "youtube.video", "id", "The video that you are trying to reach cannot be found."),
    ("invalidTitle", 400, "youtube.video", "body.snippet.title", "The request metadata specifies an invalid or empty video title."),
    ("invalidDescription", 400, "youtube.video", "body.snippet.description", "The request metadata specifies an invalid video description."),
    ("invalidTags", 400, "youtube.video", "body.snippet.tags[]", "The request metadata specifies invalid video keywords."),
    ("invalidCategoryId", 400, "youtube.video", "body.snippet.categoryId", "The request metadata specifies an invalid category ID."),
    ("invalidPublishAt", 400, "youtube.video", "body.status.publishAt", "The request metadata specifies an invalid scheduled publishing time."),
    ("invalidVideoMetadata", 400, "youtube.video", "body", "The request metadata is invalid."),
    ("invalidRecordingDetails", 400, "youtube.video", "body.recordingDetails", "The request metadata specifies invalid recording details."),
    ("invalidFilename", 400, "youtube.video", "Slug", "The video filename specified in the Slug header is invalid."),
    ("defaultLanguageNotSet", 400, "youtube.video", "body.snippet.defaultLanguage", "The request is trying to add localized video details without specifying the default language of the video details."),
    ("forbiddenPrivacySetting", 403, "youtube.video", "body.status.privacyStatus", "The request attempts to set an invalid privacy setting for the video."),
    ("forbiddenLicenseSetting", 403, "youtube.video", "body.status.license", "The request attempts to set an invalid license for the video."),
    ("forbiddenEmbedSetting", 403, "youtube.video", "body.status.embeddable", "The request attempts to set an invalid embed setting for the video."),
    // Thumbnails.
    ("invalidImage", 400, "youtube.thumbnail", "", "The provided image content is invalid."),
    // Playlists.
    ("playlistNotFound", 404, "youtube.playlistItem", "playlistId", "The playlist identified with the request's <code>playlistId</code> parameter cannot be found."),
    ("playlistItemNotFound", 404, "youtube.playlistItem", "id", "The playlist item identified with the request's <code>id</code> parameter cannot be found."),
    ("playlistIdRequired", 400, "youtube.playlistItem", "body.snippet.playlistId", "The request does not specify a value for the required <code>snippet.playlistId</code> property."),
    ("resourceIdRequired", 400, "youtube.playlistItem", "body.snippet.resourceId", "The request must contain a resource in which the <code>snippet</code> object specifies a <code>resourceId</code>."),
    ("invalidResourceType", 400, "youtube.playlistItem", "body.snippet.resourceId.kind", "The <code>type</code> specified for the resource ID is not supported for this operation."),
    ("invalidPlaylistItemPosition", 400, "youtube.playlistItem", "body.snippet.position", "The request attempts to set the playlist item's position to an invalid or unsupported value."),
    ("playlistOperationUnsupported", 400, "youtube.playlistItem", "", "The API does not support the ability to insert videos into the specified playlist."),
    ("videoAlreadyInPlaylist", 409, "youtube.playlistItem", "", "The video that you are trying to add to the playlist is already in the playlist."),
    ("playlistContainsMaximumNumberOfVideos", 403, "youtube.playlistItem", "", "The playlist already contains the maximum allowed number of items."),
    ("playlistItemsNotAccessible", 403, "youtube.playlistItem", "", "The request is not properly authorized to access the specified playlist."),
    ("playlistTitleRequired", 400, "youtube.playlist", "body.snippet.title", "The request must specify a playlist title."),
    ("invalidPlaylistSnippet", 400, "youtube.playlist", "body.snippet", "The request provides an invalid playlist snippet."),
    // Captions.
    ("captionNotFound", 404, "youtube.caption", "id", "The caption track could not be found."),
    ("captionExists", 409, "youtube.caption", "", "The specified video already has a caption track with the given snippet.language and snippet.name."),
    ("contentRequired", 400, "youtube.caption", "body", "The request does not contain the caption track contents."),
    ("invalidMetadata", 400, "youtube.caption", "body.snippet", "The request contains invalid metadata values, which prevent the track from being created."),
    ("nameTooLong", 400, "youtube.caption", "body.snippet.name", "The snippet.name specified in the request is too long. The maximum length supported is 150 characters."),
];
