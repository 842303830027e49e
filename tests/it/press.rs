//! A content repository in a temporary folder, the program run in it with an environment of its own, and the simulators
//! it may reach. Nothing of the machine's configuration comes in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use pressroom::sim::web::Site;
use pressroom::sim::{Seen, Sim, linkedin, x};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// accounts.toml of most tests; `{recipient}` is the test's own key.
pub(crate) const ACCOUNTS: &str = r#"schema = 1

[defaults]
timezone = "Europe/Amsterdam"

[encryption]
recipients = ["{recipient}"]

[accounts.acme-x]
platform = "x"

[accounts.acme-page]
platform = "linkedin"
as = "urn:li:organization:123456"

[accounts.ann]
platform = "linkedin"

[groups]
all = ["acme-x", "acme-page", "ann"]
"#;

/// A repository and a home.
pub(crate) struct Press {
    folder: Arc<TempDir>,
    /// The work tree.
    pub(crate) repo: PathBuf,
    /// Further variables of every run.
    pub(crate) env: Vec<(String, String)>,
    pub(crate) recipient: String,
}

/// What a run of the program came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Press {
    /// An empty git repository on `main`, a home with an age key, and nothing else.
    pub(crate) fn new() -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        let home = folder.path().join("home");
        let key = home.join(".config/pressroom/identity");
        let generated = pressroom::vault::identity::generate();
        pressroom::vault::identity::write(&key, &generated.text).unwrap();
        let repo = folder.path().join("repo");
        fs::create_dir_all(&repo).unwrap();
        let press = Self { repo, folder, env: Vec::new(), recipient: generated.recipient.key().to_owned() };
        press.git(&["init", "-q", "-b", "main", "."]);
        press
    }

    /// With [`ACCOUNTS`] and the given posts, committed.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let press = Self::new();
        press.file("accounts.toml", ACCOUNTS);
        for (path, text) in files {
            press.file(path, text);
        }
        press.commit("first");
        press
    }

    /// Writes a file of the work tree; `{recipient}` becomes the test's key.
    pub(crate) fn file(&self, path: &str, text: &str) -> &Self {
        self.bytes(path, text.replace("{recipient}", &self.recipient).as_bytes())
    }

    pub(crate) fn bytes(&self, path: &str, bytes: &[u8]) -> &Self {
        let path = self.repo.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Commits everything.
    pub(crate) fn commit(&self, subject: &str) -> &Self {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", subject]);
        self
    }

    /// A bare remote beside the repository, pushed to and fetched from as `origin`; its path.
    pub(crate) fn with_remote(&self) -> PathBuf {
        let remote = self.folder.path().join("remote.git");
        self.git(&["init", "-q", "--bare", "-b", "main", remote.to_str().unwrap()]);
        self.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
        self.git(&["push", "-q", "-u", "origin", "main"]);
        remote
    }

    /// Another clone of a remote, with the same home and environment.
    pub(crate) fn clone_of(&self, address: &str, name: &str) -> Self {
        self.clone_with(address, name, &[])
    }

    /// Another clone, made with these options.
    pub(crate) fn clone_with(&self, address: &str, name: &str, options: &[&str]) -> Self {
        let clone = self.in_folder(name);
        self.git(&[&["clone", "-q"], options, &[address, clone.repo.to_str().unwrap()]].concat());
        clone
    }

    /// The same home and environment, at work in another folder beside this one.
    pub(crate) fn in_folder(&self, name: &str) -> Self {
        let repo = self.folder.path().join(name);
        Self { folder: self.folder.clone(), repo, env: self.env.clone(), recipient: self.recipient.clone() }
    }

    /// A folder that lives as long as the test.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs git in the work tree; it must succeed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = self.clean(Command::new("git")).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The program, ready to be run in the work tree.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.clean(Command::new(env!("CARGO_BIN_EXE_pressroom")));
        command.args(args);
        command
    }

    /// Another program, ready to be run in the work tree with the same environment.
    pub(crate) fn command_of(&self, program: &str, args: &[&str]) -> Command {
        let mut command = self.clean(Command::new(program));
        command.args(args);
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    /// Runs the program with something on its standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Ran {
        use std::io::Write as _;
        let mut command = self.command(args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A program that does not read its input may be gone before it is written.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::of(&child.wait_with_output().unwrap())
    }

    fn clean(&self, mut command: Command) -> Command {
        command.env_clear().current_dir(&self.repo);
        for name in ["PATH", "TMPDIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let home = self.folder.path().join("home");
        command.env("HOME", &home).env("XDG_CONFIG_HOME", home.join(".config"));
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null").env("LC_ALL", "C");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Ann Example").env(format!("GIT_{role}_EMAIL"), "ann@example.org");
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            // A run that was killed has no code.
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The run must have ended so.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

/// The simulators, served for as long as this value lives.
pub(crate) struct Stage {
    pub(crate) sim: Arc<Sim>,
    /// Dropped with the stage: then the thread that serves the simulators ends.
    _open: oneshot::Sender<()>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with_sites(Vec::new())
    }

    /// With web hosts that platforms fetch media from.
    pub(crate) fn with_sites(sites: Vec<(&'static str, Site)>) -> Self {
        let (give, given) = std::sync::mpsc::channel();
        let (open, closed) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut sim = Sim::start().await.unwrap();
                for (host, site) in sites {
                    sim.put_up(host, site).await.unwrap();
                }
                give.send(sim).unwrap();
                let _ = closed.await;
            });
        });
        let sim = given.recv().unwrap();
        // The tests are to pass in any year: API versions end by the calendar.
        sim.linkedin.configure(|options| options.active_versions = Some(0..=u32::MAX));
        sim.x.configure(|options| {
            options.processing_delay = std::time::Duration::ZERO;
            options.timeline_delay = std::time::Duration::ZERO;
        });
        Self { sim: Arc::new(sim), _open: open }
    }

    /// Lets a repository reach the simulators, with timings that suit tests.
    pub(crate) fn reach(&self, press: &mut Press) {
        let hosts: Vec<String> =
            self.sim.hosts().iter().map(|(host, address)| format!("{host}=http://{address}")).collect();
        press.env.push(("PRESSROOM_HOSTS".to_owned(), hosts.join(",")));
        let timings = "lease=20,grace=1,request=5,settle=0.2,patience=20";
        press.env.push(("PRESSROOM_TIMINGS".to_owned(), timings.to_owned()));
    }

    /// Signs the accounts of [`ACCOUNTS`] up and connects them; the tokens, for canary searches.
    pub(crate) fn connect(&self, press: &Press) -> Vec<String> {
        let acme = self.sim.x.sign_up(x::SignUp { username: "acme", ..x::SignUp::default() });
        self.sim.linkedin.add_organization(123_456, "Acme");
        let mut editor = linkedin::SignUp { name: "Editor".to_owned(), ..linkedin::SignUp::default() };
        editor.organizations.push(linkedin::PageRole::new(123_456, "ADMINISTRATOR"));
        editor.scopes.extend(["w_organization_social", "r_organization_social"].map(str::to_owned));
        let editor = self.sim.linkedin.sign_up(editor);
        let ann = self.sim.linkedin.sign_up(linkedin::SignUp::default());
        let tokens = [("acme-x", acme.access_token), ("acme-page", editor.access_token), ("ann", ann.access_token)];
        for (account, token) in &tokens {
            press.run_with(&["connect", account, "--token-stdin"], token).exits(0);
        }
        tokens.into_iter().map(|(_, token)| token).collect()
    }

    /// Texts that readers of a platform see, oldest first.
    pub(crate) fn texts(&self, platform: &str) -> Vec<String> {
        let seen = self.sim.seen().into_iter().filter(|seen: &Seen| seen.platform == platform);
        seen.map(|seen| seen.text).collect()
    }
}
