//! Asks the person at the terminal, or reads what another program pipes in. What is secret is not shown while it is typed. Knows
//! nothing of what is asked for.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use serde::de::IgnoredAny;

use super::Context;
use crate::error::{Failure, Kind};

use hidden::Hidden;

/// Whether a person can be asked.
pub(super) fn is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// One line, shown as it is typed; empty where there is none.
pub(super) fn line(context: &Context, what: &str) -> Result<String, Failure> {
    // Who is asked has to know it, however quiet the rest is to be.
    if is_terminal() {
        context.complain(what);
    } else {
        context.say(what);
    }
    piped_line()
}

/// The same, of which nothing needs to be said.
pub(super) fn piped_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(unreadable)?;
    Ok(line.trim().to_owned())
}

/// A secret of at most so many bytes. At a terminal `what` is said, and the text ends with its line, or where it is JSON with
/// its last bracket; piped, it ends with the pipe, and nothing is said.
pub(super) fn secret(context: &Context, what: &str, most: u64) -> Result<String, Failure> {
    let mut text = String::new();
    if !is_terminal() {
        std::io::stdin().take(most).read_to_string(&mut text).map_err(unreadable)?;
        return Ok(text);
    }
    let _hidden = Hidden::from_now_on().map_err(|error| {
        Failure::new(Kind::Usage, "this terminal shows what is typed, and cannot be told not to")
            .cause(error)
            .hint("pipe the secret in instead")
    })?;
    context.complain(&format!("{what} (it is not shown):"));
    let mut typed = std::io::stdin().lock().take(most);
    while typed.read_line(&mut text).map_err(unreadable)? > 0 && !is_whole(&text) {}
    Ok(text)
}

fn unreadable(error: std::io::Error) -> Failure {
    Failure::new(Kind::Usage, "standard input could not be read").cause(error)
}

/// Pasted JSON may have many lines.
fn is_whole(text: &str) -> bool {
    let text = text.trim();
    !text.starts_with(['{', '[']) || serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// A terminal that does not show what is typed, until this is dropped. The ends of lines it shows.
///
/// `rpassword` shows again what is typed between two lines, so that all of a pasted answer but its first line could be read.
#[cfg(unix)]
mod hidden {
    use std::io;

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    pub(super) struct Hidden(Termios);

    impl Hidden {
        pub(super) fn from_now_on() -> io::Result<Self> {
            let before = tcgetattr(io::stdin())?;
            let mut hidden = before.clone();
            hidden.local_modes.remove(LocalModes::ECHO);
            hidden.local_modes.insert(LocalModes::ECHONL);
            tcsetattr(io::stdin(), OptionalActions::Drain, &hidden)?;
            Ok(Self(before))
        }
    }

    impl Drop for Hidden {
        fn drop(&mut self) {
            // What is left of a text that was too long must not run on into the shell. A terminal that is gone is past caring.
            let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
        }
    }
}

#[cfg(windows)]
mod hidden {
    use std::io;

    use winapi_util::{HandleRef, console};

    /// <https://learn.microsoft.com/en-us/windows/console/setconsolemode>
    const ENABLE_ECHO_INPUT: u32 = 0x0004;

    pub(super) struct Hidden(u32);

    impl Hidden {
        pub(super) fn from_now_on() -> io::Result<Self> {
            let before = console::mode(HandleRef::stdin())?;
            console::set_mode(HandleRef::stdin(), before & !ENABLE_ECHO_INPUT)?;
            Ok(Self(before))
        }
    }

    impl Drop for Hidden {
        fn drop(&mut self) {
            // A terminal that is gone is past caring.
            let _ = console::set_mode(HandleRef::stdin(), self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn a_secret_ends_with_its_line_and_json_with_its_last_bracket() {
        for (text, expected) in [
            ("token\n", true),
            ("\n", true),
            ("{\n", false),
            ("{\"access_token\": \"a\",\n", false),
            ("{\"access_token\": \"a\",\n \"scope\": \"b\"}\n", true),
            ("[{}]\n", true),
        ] {
            assert_eq!(is_whole(text), expected, "{text}");
        }
    }
}
