//! Which call is next for Slack and what its answer means, told from what is done.

use super::{refusals, wire};
use crate::platform::done::{self, shown};
use crate::platform::refusal::bug;
use crate::platform::{Call, Job, Next, Receipt, Refusal, Reply, Step, Via};

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    if shown(done, 0).is_some() {
        return Next::Done;
    }
    if done::doubt(done, 0).is_some() {
        let why = "Slack gave no clear answer, and a webhook cannot look for its messages; look at the channel, then tell with \
                   `pressroom resolve` whether it is there";
        return Next::Person { why: why.to_owned() };
    }
    let call = job.rendition.parts.first().and_then(|part| wire::post(job.rendition, part, job.addresses));
    match call {
        Some(call) => Next::Call(call),
        None => Next::Person { why: "a picture has no address that Slack could fetch it at".to_owned() },
    }
}

pub(super) fn read(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    match (call.name.as_str(), reply.status, reply.body.trim()) {
        ("post 1", 200, "ok") => {
            let (id, url) = (wire::digest(&call.body), String::new());
            Ok(Step::Shown { part: 0, receipt: Receipt { id, url, at: reply.at, via: Via::Response } })
        }
        ("post 1", ..) => Err(refusals::refusal(reply, call.shows)),
        _ => Err(bug(format!("`{}` is no call to Slack", call.name))),
    }
}
