//! The video service: takes a film in the name of an account's server, works on it, and leaves it there as a blob
//! (<https://docs.bsky.app/docs/tutorials/video>). The real one makes another film of it; this one keeps it as it is.

use std::time::SystemTime;

use axum::body::Bytes;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{self, Call, Outcome};
use super::errors::{self, Refusal};
use super::state::State;
use super::{VIDEO, auth, blobs, cid, jwt, syntax};
use crate::sim::probe;

/// What a token for uploads is for: the service writes the blob itself.
const UPLOAD: &str = "com.atproto.repo.uploadBlob";
const LIMITS: &str = "app.bsky.video.getUploadLimits";
/// Seconds for which a token may be asked.
const TOKEN_MAX: u64 = 3_600;

/// A film that is worked on, or was.
pub(super) struct Job {
    id: String,
    account: usize,
    cid: String,
    bytes: Option<Bytes>,
    blob: Option<Value>,
    ready: SystemTime,
    failed: bool,
}

/// `com.atproto.server.getServiceAuth`: a token for one method of another service.
pub(super) fn service_auth(state: &mut State, call: &Call) -> Outcome {
    let caller = auth::caller(state, call)?;
    call.parameters(&["aud", "lxm", "exp"])?;
    let (audience, method) = (call.needed("aud")?, call.parameter("lxm"));
    if !syntax::is_did(audience) {
        return Err(errors::invalid("Error: aud must be a valid did"));
    }
    caller.may_ask(method.unwrap_or("*"))?;
    let now = seconds(state.now);
    let until = match call.parameter("exp").map(str::parse::<u64>) {
        None => now + 60,
        Some(Ok(until)) if until < now => return Err(Refusal::new(400, "BadExpiration", "expiration is in past")),
        Some(Ok(until)) if until > now + TOKEN_MAX => {
            return Err(Refusal::new(
                400,
                "BadExpiration",
                "cannot request a token with an expiration more than an hour in the future",
            ));
        }
        Some(Ok(until)) => until,
        Some(Err(_)) => return Err(errors::invalid("Error: exp must be an integer")),
    };
    let claims =
        json!({"iss": state.accounts[caller.account].did, "aud": audience, "lxm": method, "exp": until, "iat": now});
    Ok(call::json(200, &json!({"token": jwt::sign("JWT", &claims)})))
}

/// The methods of the service.
pub(super) fn answer(state: &mut State, call: &Call, name: &str) -> Option<Outcome> {
    finish(state);
    Some(match (call.method.as_str(), name) {
        ("POST", "app.bsky.video.uploadVideo") => upload(state, call),
        ("GET", "app.bsky.video.getJobStatus") => status(state, call),
        ("GET", LIMITS) => limits(state, call),
        _ => return None,
    })
}

fn upload(state: &mut State, call: &Call) -> Outcome {
    call.parameters(&["did", "name"])?;
    let did = call.needed("did")?;
    let account = state.account(did).ok_or_else(|| errors::invalid("Unknown did"))?;
    let audience = format!("did:web:{}", state.accounts[account].pds);
    if authorized(state, call, &audience, UPLOAD)? != account {
        return Err(Refusal::new(401, "AuthenticationRequired", "The token is another account's"));
    }
    call.needed("name")?;
    let refused = |status, error, message: &str| Err(Refusal::new(status, error, message));
    if call.content_type() != "video/mp4" || probe::probe(&call.body).is_none_or(|file| file.mime != "video/mp4") {
        return refused(400, "unconfirmed_video", "Only video/mp4 is taken");
    }
    if call.header("content-length").parse() != Ok(call.body.len()) {
        return refused(411, "InvalidRequest", "Content-Length is missing");
    }
    if call.body.len() as u64 > state.options.video_bytes {
        return refused(400, "file_size_exceeded", "The video is too large");
    }
    if state.options.videos_left == 0 {
        return refused(400, "daily_limit_exceeded", "You have reached your daily limit of videos");
    }
    let cid = cid::of_bytes(&call.body);
    let known = state.jobs.iter().find(|job| job.account == account && job.cid == cid && !job.failed);
    if let Some(job) = known.filter(|job| job.blob.is_some()) {
        // An error that still carries what is wanted.
        let mut body = told(state, job);
        body["error"] = json!("already_exists");
        body["message"] = json!("Video already processed");
        return Ok(call::json(409, &body));
    }
    state.options.videos_left -= 1;
    let failed = state.options.failing_videos > 0;
    state.options.failing_videos -= usize::from(failed);
    let ready = state.now + state.options.video_delay;
    let job = Job {
        id: Uuid::new_v4().simple().to_string(),
        account,
        cid,
        bytes: Some(call.body.clone()),
        blob: None,
        ready,
        failed,
    };
    let answer = wrapped(state, &job);
    state.jobs.push(job);
    Ok(answer)
}

fn status(state: &State, call: &Call) -> Outcome {
    call.parameters(&["jobId"])?;
    let id = call.needed("jobId")?;
    let job = state.jobs.iter().find(|job| job.id == id).ok_or_else(|| errors::invalid("Unknown job"))?;
    Ok(call::json(200, &json!({"jobStatus": told(state, job)})))
}

fn limits(state: &State, call: &Call) -> Outcome {
    authorized(state, call, &format!("did:web:{VIDEO}"), LIMITS)?;
    let left = state.options.videos_left;
    let bytes = u64::from(left) * state.options.video_bytes;
    let mut body = json!({"canUpload": left > 0, "remainingDailyVideos": left, "remainingDailyBytes": bytes});
    if left == 0 {
        body["message"] = json!("You have reached your daily limit of videos");
    }
    Ok(call::json(200, &body))
}

/// The lexicon wraps the answer, what is seen in use does not.
fn wrapped(state: &State, job: &Job) -> Response {
    let told = told(state, job);
    call::json(200, &if state.options.video_wrapped { json!({"jobStatus": told}) } else { told })
}

fn told(state: &State, job: &Job) -> Value {
    let mut body = json!({"jobId": job.id, "did": state.accounts[job.account].did});
    if let Some(blob) = &job.blob {
        body["state"] = json!("JOB_STATE_COMPLETED");
        body["progress"] = json!(100);
        body["blob"] = blob.clone();
    } else if job.failed && job.ready <= state.now {
        body["state"] = json!("JOB_STATE_FAILED");
        body["failureCode"] = json!("encoding_failed");
        body["error"] = json!("encoding_failed");
        body["message"] = json!("The video could not be encoded");
    } else {
        body["state"] = json!("JOB_STATE_ENCODING");
        body["progress"] = json!(50);
    }
    body
}

/// What is ready is uploaded to the account's server.
fn finish(state: &mut State) {
    for at in 0..state.jobs.len() {
        let job = &mut state.jobs[at];
        if job.failed || job.ready > state.now {
            continue;
        }
        if let Some(bytes) = job.bytes.take() {
            let account = job.account;
            let blob = blobs::keep(state, account, &bytes, "video/mp4");
            state.jobs[at].blob = Some(blob);
        }
    }
}

/// Whose token this is, which must be for this service and method.
fn authorized(state: &State, call: &Call, audience: &str, method: &str) -> Result<usize, Refusal> {
    let refused = |why: &str| Refusal::new(401, "AuthenticationRequired", why);
    let claims = call.header("authorization").strip_prefix("Bearer ").and_then(jwt::read);
    let claims = claims.ok_or_else(|| refused("The token could not be verified"))?;
    if claims["aud"] != audience || claims["lxm"] != method {
        return Err(refused(&format!("The token is not for {method} of {audience}")));
    }
    if claims["exp"].as_u64().is_none_or(|until| until <= seconds(state.now)) {
        return Err(refused("The token has expired"));
    }
    claims["iss"].as_str().and_then(|did| state.account(did)).ok_or_else(|| refused("Unknown issuer"))
}

fn seconds(at: SystemTime) -> u64 {
    syntax::micros(at) / 1_000_000
}
