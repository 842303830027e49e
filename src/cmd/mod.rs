//! The command line: one file a subcommand. Only `main` knows this module.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde_json::Value;

use crate::clock::Clock;
use crate::error::{Failure, Kind};

mod accounts;
mod apps;
mod ask;
mod check;
mod completions;
mod connect;
mod count;
mod disconnect;
mod doctor;
mod github;
mod import;
mod init;
mod keys;
mod lock;
mod log;
mod lsp;
mod man;
mod markdown;
mod media;
mod new;
mod open;
mod plan;
mod preview;
mod progress;
mod publish;
mod rehearse;
pub mod report;
mod schema;
mod screen;
mod servers;
mod settle;
mod status;
mod tokens;
mod watch;

/// Publishes to social networks from a git repository: posts are Markdown files, reviewed, merged, and published once.
#[derive(Debug, Parser)]
#[command(name = "pressroom", version, propagate_version = true, max_term_width = 100, subcommand_required = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options every command takes.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// The content repository, or a folder in it.
    #[arg(long, value_name = "DIR", default_value = ".", global = true, hide_default_value = true)]
    pub repo: PathBuf,
    /// How data is printed on stdout.
    #[arg(long, default_value = "text", value_parser = formats(&[Format::Text, Format::Json]), global = true)]
    pub format: Format,
    /// Whether colours are used.
    #[arg(long, value_enum, default_value_t, global = true)]
    pub color: Color,
    /// Says less: errors only.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Says more; twice, what is sent to whom.
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
}

/// How data is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
    /// A comment on a pull request.
    Markdown,
    /// Annotations of GitHub Actions.
    Github,
    /// The Static Analysis Results Interchange Format.
    Sarif,
}

/// Takes some of the formats. A command that has more than the others says so itself, in an argument of the same name, which
/// then stands in the place of the global one.
fn formats(among: &[Format]) -> impl TypedValueParser<Value = Format> + use<> {
    // The words alone: what each is for, the command says.
    let words: Vec<PossibleValue> =
        among.iter().filter_map(ValueEnum::to_possible_value).map(|word| word.help(None)).collect();
    PossibleValuesParser::new(words).try_map(|word| Format::from_str(&word, false))
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Init(init::Init),
    New(new::New),
    Import(import::Import),
    Check(check::Check),
    Count(count::Count),
    Preview(preview::Preview),
    Lsp(lsp::Lsp),
    Plan(plan::Plan),
    Publish(publish::Publish),
    Watch(watch::Watch),
    Rehearse(rehearse::Rehearse),
    Status(status::Status),
    Log(log::Log),
    Resolve(settle::Resolve),
    Retry(settle::Retry),
    Cancel(settle::Cancel),
    Adopt(settle::Adopt),
    Apps(apps::Apps),
    Connect(connect::Connect),
    Disconnect(disconnect::Disconnect),
    Accounts(accounts::Accounts),
    Doctor(doctor::Doctor),
    Keys(keys::Keys),
    Media(media::Media),
    Completions(completions::Completions),
    Man(man::Man),
    Schema(schema::Schema),
}

/// What every command is given.
#[derive(Debug)]
pub struct Context {
    pub global: Global,
    pub clock: Clock,
}

impl Context {
    /// Whether data goes out as JSON.
    pub fn json(&self) -> bool {
        self.global.format == Format::Json
    }

    /// Columns of the terminal that `stdout` is; 100 elsewhere.
    pub fn width(&self) -> usize {
        let terminal = std::io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
        terminal.map_or(100, |(width, _)| usize::from(width.0)).clamp(40, 120)
    }

    /// Prints data.
    ///
    /// # Errors
    /// When stdout cannot be written: a full disk.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        write_all(&github::tame(text))
    }

    /// Prints text that GitHub Actions is to take for what it is: its commands.
    ///
    /// # Errors
    /// When stdout cannot be written: a full disk.
    fn print_commands(&self, text: &str) -> Result<(), Failure> {
        write_all(text)
    }

    /// Prints a JSON document, with its `schema` first.
    ///
    /// # Errors
    /// When stdout cannot be written: a full disk.
    pub fn print_json(&self, document: Value) -> Result<(), Failure> {
        let mut whole = serde_json::Map::from_iter([("schema".to_owned(), Value::from(1))]);
        if let Value::Object(fields) = document {
            whole.extend(fields);
        }
        self.print(&format!("{:#}\n", Value::Object(whole)))
    }

    /// Says something to the person, on stderr.
    pub fn say(&self, text: &str) {
        if !self.global.quiet {
            // Talk that nobody hears is no reason to stop.
            let _ = writeln!(anstream::stderr().lock(), "{}", github::tame(text));
        }
    }

    /// Says what is wrong, on stderr, also to somebody who asked for quiet.
    pub fn complain(&self, text: &str) {
        // As above.
        let _ = writeln!(anstream::stderr().lock(), "{}", github::tame(text));
    }

    /// Says something that only `-v` asks for.
    pub fn whisper(&self, text: &str) {
        if self.global.verbose > 0 {
            self.say(text);
        }
    }
}

fn write_all(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // A reader that has seen enough, such as `head`, is no failure.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(cannot_print),
    }
}

fn cannot_print(error: std::io::Error) -> Failure {
    Failure::new(Kind::Later, "the output could not be written").cause(error)
}

/// Runs a command; the number is the process exit code.
///
/// # Errors
/// What ended the command; its kind has the exit code.
pub fn run(cli: Cli) -> Result<u8, Failure> {
    let context = Context { global: cli.global, clock: Clock::system() };
    match cli.command {
        Command::Init(command) => command.run(&context),
        Command::New(command) => command.run(&context),
        Command::Import(command) => command.run(&context),
        Command::Check(command) => command.run(&context),
        Command::Count(command) => command.run(&context),
        Command::Preview(command) => command.run(&context),
        Command::Lsp(command) => command.run(&context),
        Command::Plan(command) => command.run(&context),
        Command::Publish(command) => command.run(&context),
        Command::Watch(command) => command.run(&context),
        Command::Rehearse(command) => command.run(&context),
        Command::Status(command) => command.run(&context),
        Command::Log(command) => command.run(&context),
        Command::Resolve(command) => command.run(&context),
        Command::Retry(command) => command.run(&context),
        Command::Cancel(command) => command.run(&context),
        Command::Adopt(command) => command.run(&context),
        Command::Apps(command) => command.run(&context),
        Command::Connect(command) => command.run(&context),
        Command::Disconnect(command) => command.run(&context),
        Command::Accounts(command) => command.run(&context),
        Command::Doctor(command) => command.run(&context),
        Command::Keys(command) => command.run(&context),
        Command::Media(command) => command.run(&context),
        Command::Completions(command) => command.run(&context),
        Command::Man(command) => command.run(&context),
        Command::Schema(command) => command.run(&context),
    }
}
