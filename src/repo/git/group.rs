//! A program that ends when nobody waits for it any more, with whatever it has started. Knows no git.

use std::io;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use tokio::process::Child;
use tokio::time::timeout;

/// A program and its helpers, apart from us: a Ctrl-C meant for us does not cut a push.
pub(super) struct Group {
    child: Child,
    #[cfg(unix)]
    whole: unix::Whole,
}

impl Group {
    pub(super) fn begin(mut command: Command) -> io::Result<Self> {
        set_apart(&mut command);
        let child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        #[cfg(unix)]
        return Ok(Self { whole: unix::Whole::of(&child), child });
        #[cfg(not(unix))]
        Ok(Self { child })
    }

    /// How it ended, and whether it had to be ended: past `limit`, or by a signal.
    pub(super) async fn end_within(&mut self, limit: Duration) -> (io::Result<ExitStatus>, bool) {
        let in_time = timeout(limit, self.child.wait()).await;
        let is_late = in_time.is_err();
        let status = match in_time {
            Ok(status) => status,
            Err(_) => self.end_now().await,
        };
        let is_ended = is_late || status.as_ref().is_ok_and(by_signal);
        #[cfg(unix)]
        self.whole.is_gone();
        (status, is_ended)
    }

    #[cfg(unix)]
    async fn end_now(&mut self) -> io::Result<ExitStatus> {
        /// git removes its lock files when asked to end; after this it is not asked any more.
        const GRACE: Duration = Duration::from_secs(2);
        self.whole.ask_to_end();
        if let Ok(status) = timeout(GRACE, self.child.wait()).await {
            return status;
        }
        self.whole.end();
        self.child.wait().await
    }

    /// Nobody can be asked here. Helpers notice that their pipes are closed.
    #[cfg(not(unix))]
    async fn end_now(&mut self) -> io::Result<ExitStatus> {
        self.child.start_kill()?;
        self.child.wait().await
    }
}

#[cfg(unix)]
fn by_signal(status: &ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(status).is_some()
}

#[cfg(not(unix))]
fn by_signal(_: &ExitStatus) -> bool {
    false
}

#[cfg(unix)]
fn set_apart(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(windows)]
fn set_apart(command: &mut Command) {
    /// <https://learn.microsoft.com/en-us/windows/win32/procthread/process-creation-flags>
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0200;
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NEW_PROCESS_GROUP);
}

#[cfg(unix)]
mod unix {
    use rustix::process::{Pid, Signal, kill_process_group};
    use tokio::process::Child;

    /// A process group that ends with this.
    pub(super) struct Whole(Option<Pid>);

    impl Whole {
        pub(super) fn of(child: &Child) -> Self {
            Self(child.id().and_then(|id| Pid::from_raw(id.cast_signed())))
        }

        /// Nothing of it is to be ended any more: its number may be another's by now.
        pub(super) fn is_gone(&mut self) {
            self.0 = None;
        }

        pub(super) fn ask_to_end(&self) {
            self.signal(Signal::TERM);
        }

        pub(super) fn end(&self) {
            self.signal(Signal::KILL);
        }

        fn signal(&self, signal: Signal) {
            if let Some(pid) = self.0 {
                let _ = kill_process_group(pid, signal);
            }
        }
    }

    impl Drop for Whole {
        fn drop(&mut self) {
            self.end();
        }
    }
}
