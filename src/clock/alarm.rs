//! Waits for a time of day. The runtime's own timers count the time that passes while the machine is awake: after a night's
//! sleep they would ring hours late, and a clock that is set does not move them.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Wakes at `at`, which is `wait` away now, or earlier.
pub(super) async fn ring(at: DateTime<Utc>, wait: Duration) {
    #[cfg(target_os = "linux")]
    if !wait.is_zero() && timer::ring(at).await.is_ok() {
        return;
    }
    let _ = at;
    // As good as it gets elsewhere: nobody tells when the machine was asleep, so the clock is looked at now and then.
    tokio::time::sleep(wait.min(LOOK)).await;
}

/// How late an alarm may ring after the machine slept, where the system has none that counts sleep.
const LOOK: Duration = Duration::from_secs(30);

#[cfg(target_os = "linux")]
mod timer {
    //! The kernel's timer by the time of day: <https://man7.org/linux/man-pages/man2/timerfd_create.2.html>.

    use std::io;

    use chrono::{DateTime, Utc};
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
    };
    use tokio::io::unix::AsyncFd;

    /// Ends at `at`, or when the clock is set or the machine wakes: either makes it readable.
    pub(super) async fn ring(at: DateTime<Utc>) -> io::Result<()> {
        let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        let once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let at = Timespec { tv_sec: at.timestamp().max(1), tv_nsec: at.timestamp_subsec_nanos().into() };
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        timerfd_settime(&timer, flags, &Itimerspec { it_interval: once, it_value: at })?;
        #[expect(
            deprecated,
            reason = "what came after it is unsafe, for types that change their descriptor; this one is owned"
        )]
        let timer = AsyncFd::new(timer)?;
        timer.readable().await.map(drop)
    }

    #[cfg(test)]
    mod tests {
        use chrono::TimeDelta;

        use crate::clock::Clock;

        #[tokio::test]
        async fn it_rings_at_the_time_of_day() {
            let clock = Clock::system();
            let at = clock.now() + TimeDelta::milliseconds(60);
            while clock.now() < at {
                clock.alarm(at).await;
            }
            let late = clock.now() - at;
            assert!((TimeDelta::zero()..TimeDelta::seconds(5)).contains(&late), "{late}");
            // What is past is not waited for.
            clock.alarm(at - TimeDelta::days(1)).await;
        }
    }
}
