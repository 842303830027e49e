//! Mail by SMTP. `smtps://` speaks TLS from the start, `smtp://` turns to it before anything is said (STARTTLS); only a
//! server on this machine is spoken to without.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::Letter;
use crate::error::{Failure, Kind};

/// How long a server may take for each answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Hands a letter to the server. `rerouted`: platforms are made up, and so nobody out there may be told anything.
pub(super) async fn send(url: &Url, to: &str, letter: &Letter, rerouted: bool) -> Result<(), Failure> {
    let wrong = |words: &str| Failure::new(Kind::Content, words.to_owned());
    let host = url.host_str().ok_or_else(|| wrong("the address of the mail server has no host"))?;
    let here = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        // Of a scheme that `url` does not know, hosts are names.
        None => false,
    } || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if rerouted && !here {
        return Err(wrong("PRESSROOM_HOSTS is set: only a mail server on this machine is written to"));
    }
    let broken = |error: lettre::transport::smtp::Error| Failure::new(Kind::Later, chain(&error));
    let transport = match url.scheme() {
        "smtps" => AsyncSmtpTransport::<Tokio1Executor>::relay(host).map_err(broken)?,
        "smtp" if here => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host),
        "smtp" => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host).map_err(broken)?,
        _ => return Err(wrong("the address of the mail server begins with neither smtps:// nor smtp://")),
    };
    let transport = url.port().map_or(transport.clone(), |port| transport.port(port)).timeout(Some(TIMEOUT));
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let user = plain(url.username());
    let transport = match url.password() {
        Some(password) => transport.credentials(Credentials::new(user.clone(), plain(password))),
        None => transport,
    };
    let named = url.query_pairs().find(|(key, _)| key == "from").map(|(_, from)| from.into_owned());
    let from = named.unwrap_or_else(|| if user.contains('@') { user } else { format!("pressroom@{host}") });
    let from: Mailbox = from.parse().map_err(|_| {
        wrong("the mail server's address does not say who writes: add `?from=pressroom@example.org` to it")
    })?;
    let to: Mailbox = to.parse().map_err(|_| wrong("`to` of `[notify] email` is no mail address"))?;
    let message = Message::builder()
        .from(from)
        .to(to)
        .subject(&letter.subject)
        .message_id(None)
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.clone())
        .map_err(|error| wrong("the mail cannot be written").cause(error))?;
    transport.build().send(message).await.map(drop).map_err(broken)
}

/// A library's words with those beneath.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_words = cause.to_string();
        if !words.contains(&cause_words) {
            words = format!("{words}: {cause_words}");
        }
        source = cause.source();
    }
    words
}
