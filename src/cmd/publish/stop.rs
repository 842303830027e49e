//! Ctrl-C and SIGTERM, as something that a run can look at between two calls.

use tokio::sync::watch;

/// Becomes true at the first Ctrl-C or SIGTERM.
pub(in crate::cmd) fn listen() -> watch::Receiver<bool> {
    let (ask, asked) = watch::channel(false);
    tokio::spawn(async move {
        asked_to_stop().await;
        // The run may have ended meanwhile: then nobody listens, and nothing is to be stopped.
        let _ = ask.send(true);
    });
    asked
}

#[cfg(unix)]
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() {
    drop(tokio::signal::ctrl_c().await);
}
