//! The vault as a whole: with the `age` and `ssh-keygen` programs as the other side, and with key files on a real disk.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::*;
use crate::platform::Identity;

/// Runs a program that people use with our files; its absence is a failure and not a reason to skip.
fn program(name: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(name)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("this test needs the program `{name}` (Debian: age, openssh-client): {error}"));
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A key pair on disk: a file that `age -i` takes, and its public half.
struct Pair {
    path: PathBuf,
    public: String,
}

fn age_pair(folder: &TempDir, name: &str) -> Pair {
    let generated = identity::generate();
    let path = folder.path().join(name);
    identity::write(&path, &generated.text).unwrap();
    Pair { path, public: generated.recipient.to_string() }
}

fn ssh_pair(folder: &TempDir, name: &str, kind: &str, passphrase: &str) -> Pair {
    let path = folder.path().join(name);
    let file = path.to_str().unwrap();
    let bits = if kind == "rsa" { "2048" } else { "256" };
    program("ssh-keygen", &["-q", "-t", kind, "-b", bits, "-N", passphrase, "-C", "ann@acme", "-f", file], b"");
    let public = fs::read_to_string(format!("{file}.pub")).unwrap();
    Pair { path, public: public.trim().to_owned() }
}

fn recipients(pairs: &[&Pair]) -> Recipients {
    Recipients::parse(pairs.iter().map(|pair| pair.public.as_str())).unwrap()
}

fn identities(pair: &Pair) -> Identities {
    let sources = Sources { file: Some(pair.path.clone()), ..Sources::default() };
    Identities::load(&sources, &recipients(&[pair])).unwrap()
}

fn document() -> Document {
    let credential = Credential::OAuth2 {
        access: Secret::new("canary-access"),
        refresh: Some(Secret::new("canary-refresh")),
        expires_at: None,
        refresh_expires_at: None,
    };
    let ann = Identity { id: "42".to_owned(), name: "ann".to_owned(), ..Identity::default() };
    Document::connected(("acme-x", Platform::X), ann, Grant { credential, scopes: Vec::new() }, "test", None)
}

#[test]
fn paths_stay_in_their_folder() {
    assert_eq!(account_path("acme-x"), "vault/accounts/acme-x.age");
    assert_eq!(account_path("../../README"), "vault/accounts/%2E.%2F..%2FREADME.age");
    assert_eq!(account_path("a b/é"), "vault/accounts/a%20b%2F%C3%A9.age");
    assert_eq!(app_path(Platform::LinkedIn), "vault/apps/linkedin.age");
    assert_eq!(inflight_path("0192-ab"), "vault/inflight/0192-ab.age");
}

#[test]
fn each_recipient_opens_and_so_does_the_age_program() {
    let folder = TempDir::new().unwrap();
    let pairs = [
        age_pair(&folder, "ann"),
        age_pair(&folder, "ci"),
        ssh_pair(&folder, "ed25519", "ed25519", ""),
        ssh_pair(&folder, "rsa", "rsa", ""),
    ];
    let all = recipients(&pairs.iter().collect::<Vec<_>>());
    let sealed = all.seal(&document()).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
    assert!(!sealed.windows(6).any(|window| window == b"canary"));
    for pair in &pairs {
        assert_eq!(identities(pair).open::<Document>("a", &sealed).unwrap(), document(), "{}", pair.public);
        let path = pair.path.to_str().unwrap();
        assert_eq!(program("age", &["-d", "-i", path], &sealed), *document().to_json(), "{}", pair.public);
    }
}

#[test]
fn opens_what_the_age_program_sealed() {
    let folder = TempDir::new().unwrap();
    for pair in
        [age_pair(&folder, "ann"), ssh_pair(&folder, "ed25519", "ed25519", ""), ssh_pair(&folder, "rsa", "rsa", "")]
    {
        for armor in [&[][..], &["-a"]] {
            let arguments = [armor, &["-r", &pair.public]].concat();
            let sealed = program("age", &arguments, &document().to_json());
            assert_eq!(identities(&pair).open::<Document>("a", &sealed).unwrap(), document(), "{arguments:?}");
        }
    }
}

#[test]
fn a_key_that_age_keygen_made_is_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("key");
    program("age-keygen", &["-o", path.to_str().unwrap()], b"");
    let public = String::from_utf8(program("age-keygen", &["-y", path.to_str().unwrap()], b"")).unwrap();
    let held = identities(&Pair { path, public: public.trim().to_owned() });
    assert_eq!(held.public().map(ToString::to_string).collect::<Vec<_>>(), [public.trim()]);
}

#[test]
fn the_wrong_key_is_told_what_the_file_is_for() {
    let folder = TempDir::new().unwrap();
    let [ann, ci, eve] = ["ann", "ci", "eve"].map(|name| age_pair(&folder, name));
    let ssh = ssh_pair(&folder, "ed25519", "ed25519", "");
    let sealed = recipients(&[&ann, &ci, &ssh]).seal(&document()).unwrap();
    let failure = identities(&eve).open::<Document>("vault/accounts/acme-x.age", &sealed).unwrap_err();
    assert_eq!(failure.kind, Kind::Content);
    assert_eq!(failure.message, "vault/accounts/acme-x.age is not encrypted to our key");
    let (key, path) = (&eve.public, eve.path.display());
    assert_eq!(
        failure.hints,
        [
            "it is for 2 age keys and 1 ssh-ed25519 key".to_owned(),
            format!("our key: {key} (from {path})"),
            format!(
                "somebody who can open it runs `pressroom keys add \"{key}\"` and pushes; or set another key in PRESSROOM_IDENTITY"
            ),
        ]
    );
}

#[test]
fn a_damaged_file_is_a_failure_wherever_it_is_damaged() {
    let folder = TempDir::new().unwrap();
    let ann = age_pair(&folder, "ann");
    let held = identities(&ann);
    let sealed = recipients(&[&ann]).seal(&document()).unwrap();
    for length in 0..sealed.len() {
        assert!(held.open::<Document>("a", &sealed[..length]).is_err(), "cut at {length}");
        let mut bent = sealed.clone();
        bent[length] ^= 1;
        assert!(held.open::<Document>("a", &bent).is_err(), "bent at {length}");
    }
    let failure = held.open::<Document>("vault/accounts/a.age", b"hello").unwrap_err();
    assert_eq!(failure.message, "vault/accounts/a.age is no age file, or it is damaged");
    let app = AppSecret { platform: Platform::X, client_secret: Secret::new("canary-client") };
    let sealed = recipients(&[&ann]).seal(&app).unwrap();
    let failure = held.open::<Document>("vault/accounts/a.age", &sealed).unwrap_err();
    assert!(failure.message.starts_with("vault/accounts/a.age is no token file: it breaks off at line 1, column "));
    assert!(!format!("{failure:?}").contains("canary"));
}

#[test]
fn a_rehearsal_notices_that_we_lock_ourselves_out() {
    let folder = TempDir::new().unwrap();
    let [ann, ci] = ["ann", "ci"].map(|name| age_pair(&folder, name));
    let vault = Vault { identities: identities(&ann), recipients: recipients(&[&ann, &ci]) };
    vault.rehearse().unwrap();
    let failure = Vault { recipients: recipients(&[&ci]), ..vault }.rehearse().unwrap_err();
    assert_eq!(failure.message, "what we encrypt now we could not open again: our key is no recipient");
}

#[test]
fn resealing_is_for_all_files_or_none() {
    let folder = TempDir::new().unwrap();
    let [ann, bob, eve] = ["ann", "bob", "eve"].map(|name| age_pair(&folder, name));
    let seal = |pair: &Pair| recipients(&[pair]).seal(&document()).unwrap();
    let files = vec![("a.age".to_owned(), seal(&ann)), ("b.age".to_owned(), seal(&ann))];
    let resealed = reseal_all(&files, &identities(&ann), &recipients(&[&ann, &bob])).unwrap();
    assert_eq!(resealed.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["a.age", "b.age"]);
    for (path, sealed) in &resealed {
        assert_eq!(identities(&bob).open::<Document>(path, sealed).unwrap(), document());
        assert!(identities(&eve).open::<Document>(path, sealed).is_err());
    }
    let files = [files, vec![("c.age".to_owned(), seal(&eve))]].concat();
    let failure = reseal_all(&files, &identities(&ann), &recipients(&[&ann, &bob])).unwrap_err();
    assert_eq!(failure.message, "1 of 3 files cannot be opened; nothing was changed");
    assert_eq!(failure.causes, ["c.age is not encrypted to our key"]);
    assert_eq!(failure.kind, Kind::Content);
}

#[cfg(unix)]
#[test]
fn a_key_file_is_private_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("config/pressroom/identity");
    let generated = identity::generate();
    identity::write(&path, &generated.text).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(fs::read_to_string(&path).unwrap(), generated.text.expose());

    let failure = identity::write(&path, &identity::generate().text).unwrap_err();
    assert_eq!(failure.message, format!("{} exists, and a key is never overwritten", path.display()));
    assert_eq!(fs::read_to_string(&path).unwrap(), generated.text.expose());
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");

    let pair = Pair { path: path.clone(), public: generated.recipient.to_string() };
    assert_eq!(identities(&pair).warnings, [""; 0]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let shown = path.display();
    assert_eq!(
        identities(&pair).warnings,
        [format!("the key file {shown} can be read by others (mode 0644); run `chmod 600 {shown}`")]
    );
}

#[test]
fn debug_of_keys_shows_public_halves_only() {
    let folder = TempDir::new().unwrap();
    let ann = age_pair(&folder, "ann");
    let vault = Vault { identities: identities(&ann), recipients: recipients(&[&ann]) };
    let shown = format!("{vault:?} {:?}", identity::generate());
    assert!(shown.contains(&ann.public) && !shown.contains("SECRET-KEY"), "{shown}");
}

/// Loads with nothing but a text, as a CI job does.
fn load_text(text: &str) -> Result<Identities, Failure> {
    let sources = Sources { text: Some(Secret::new(text)), ..Sources::default() };
    let somebody = Recipients::new(vec![identity::generate().recipient]).unwrap();
    Identities::load(&sources, &somebody)
}

#[test]
fn a_key_survives_being_pasted() {
    let folder = TempDir::new().unwrap();
    let [one, two] = [identity::generate(), identity::generate()];
    let both = format!("\u{feff}{}\r\n\r\n  {}  ", one.text.expose(), two.text.expose());
    assert_eq!(load_text(&both).unwrap().public().collect::<Vec<_>>(), [&one.recipient, &two.recipient]);
    for kind in ["ed25519", "rsa"] {
        let pair = ssh_pair(&folder, kind, kind, "");
        let public: Recipient = pair.public.parse().unwrap();
        let text = fs::read_to_string(&pair.path).unwrap();
        for text in [
            text.clone(),
            text.replace('\n', "\r\n"),
            text.replace('\n', " "),
            text.trim().replace('\n', "\\n"),
            format!("\n   {}", text.replace('\n', "\n   ")),
        ] {
            assert_eq!(load_text(&text).unwrap().public().collect::<Vec<_>>(), [&public], "{kind}");
        }
    }
}

#[test]
fn says_why_a_text_is_no_key() {
    let folder = TempDir::new().unwrap();
    let generated = identity::generate();
    let secret = generated.text.expose().lines().last().unwrap().to_owned();
    let ecdsa = fs::read_to_string(ssh_pair(&folder, "ecdsa", "ecdsa", "").path).unwrap();
    let ed25519 = fs::read_to_string(ssh_pair(&folder, "ed25519", "ed25519", "").path).unwrap();
    let locked = fs::read_to_string(ssh_pair(&folder, "locked", "ed25519", "swordfish").path).unwrap();
    let sealed = String::from_utf8(program("age", &["-a", "-r", generated.recipient.key()], b"x")).unwrap();
    let unusable = "PRESSROOM_IDENTITY holds no key that can be used: ";
    for (text, message) in [
        ("# nothing\n", format!("{unusable}it is empty")),
        (
            &*format!("# key\n{}", &secret[..secret.len() - 1]),
            format!("{unusable}line 2 is an age key with a character missing or wrong"),
        ),
        (generated.recipient.key(), format!("{unusable}line 1 is a public key")),
        ("AGE-PLUGIN-YUBIKEY-1QQQQ", format!("{unusable}line 1 is a key of an age plugin, which is not supported")),
        ("AGE-SECRET-KEY-PQ-1QQQQ", format!("{unusable}line 1 is a post-quantum age key, which is not supported")),
        ("~/.config/pressroom/identity", format!("{unusable}line 1 looks like the name of a file")),
        ("CANARY", format!("{unusable}line 1 is no age key")),
        (&ed25519[..ed25519.len() / 2], format!("{unusable}it is no OpenSSH key, or a part of it is missing")),
        (&ed25519.replacen("AAAA", "BBBB", 1), format!("{unusable}it is no OpenSSH key, or a part of it is missing")),
        (
            "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n",
            format!("{unusable}it is no OpenSSH key, or a part of it is missing"),
        ),
        (&ecdsa, format!("{unusable}only ssh-ed25519 and ssh-rsa keys can open files")),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nCANARYCA\n-----END RSA PRIVATE KEY-----\n",
            format!(
                "{unusable}it is encrypted in the old PEM format; `ssh-keygen -p -f FILE` rewrites it in the new one"
            ),
        ),
        (&sealed, format!("{unusable}it is itself encrypted to another key")),
        ("age-encryption.org/v1\nCANARY", format!("{unusable}the encrypted file is damaged")),
        (&locked, "the key in PRESSROOM_IDENTITY has a passphrase, and there is no terminal to ask for it".to_owned()),
    ] {
        let failure = load_text(text).unwrap_err();
        assert_eq!(failure.message, message);
        let shown = format!("{failure:?}");
        assert!(!shown.contains("CANARY") && !shown.contains(&secret[20..40]), "{shown}");
    }
}

/// A key file under a passphrase, as `age -p` makes it, but with little work.
fn lock(text: &Secret, passphrase: &str, armored: bool) -> Vec<u8> {
    let mut recipient = age::scrypt::Recipient::new(passphrase.to_owned().into());
    recipient.set_work_factor(4);
    if armored {
        return age::encrypt_and_armor(&recipient, text.expose().as_bytes()).unwrap().into_bytes();
    }
    age::encrypt(&recipient, text.expose().as_bytes()).unwrap()
}

#[test]
fn a_passphrase_is_asked_for_where_there_is_somebody_to_ask() {
    let folder = TempDir::new().unwrap();
    let generated = identity::generate();
    let ssh = ssh_pair(&folder, "locked", "ed25519", "swordfish");
    let files = [("binary", false), ("armored", true)].map(|(name, armored)| {
        let path = folder.path().join(name);
        fs::write(&path, lock(&generated.text, "swordfish", armored)).unwrap();
        Pair { path, public: generated.recipient.to_string() }
    });
    for pair in files.iter().chain([&ssh]) {
        let path = pair.path.display();
        let load = |ask: Option<identity::Ask<'_>>| {
            let sources = Sources { file: Some(pair.path.clone()), ask, ..Sources::default() };
            Identities::load(&sources, &recipients(&[pair]))
        };
        let right = |question: &str| {
            assert_eq!(question, format!("Passphrase for {path}"));
            Some(Secret::new("swordfish"))
        };
        let sealed = recipients(&[pair]).seal(&document()).unwrap();
        assert_eq!(load(Some(&right)).unwrap().open::<Document>("a", &sealed).unwrap(), document());
        for (ask, message) in [
            (None, format!("the key in {path} has a passphrase, and there is no terminal to ask for it")),
            (
                Some(&(|_: &str| None) as identity::Ask<'_>),
                format!("the key in {path} has a passphrase, and none was given"),
            ),
            (Some(&|_: &str| Some(Secret::new("CANARY"))), format!("this is not the passphrase of the key in {path}")),
        ] {
            let failure = load(ask).unwrap_err();
            assert_eq!((failure.kind, &failure.message), (Kind::Person, &message));
            assert!(!format!("{failure:?}").contains("CANARY"));
        }
    }
}

/// A home directory with a default key and an ssh key in it.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join(".ssh")).unwrap();
        Self { folder }
    }

    fn with_default(&self) -> Recipient {
        let generated = identity::generate();
        identity::write(&self.sources().default_file().unwrap(), &generated.text).unwrap();
        generated.recipient
    }

    fn with_ssh(&self, passphrase: &str) -> Recipient {
        ssh_pair(&self.folder, ".ssh/id_ed25519", "ed25519", passphrase).public.parse().unwrap()
    }

    fn sources(&self) -> Sources<'static> {
        let home = self.folder.path().to_owned();
        Sources { config_dir: Some(home.join(".config")), home: Some(home), ..Sources::default() }
    }
}

fn publics(loaded: &Result<Identities, Failure>) -> Vec<Recipient> {
    loaded.as_ref().unwrap().public().cloned().collect()
}

#[test]
fn sources_are_tried_in_their_order() {
    let home = Home::new();
    let [text, file] = [identity::generate(), identity::generate()];
    let path = home.folder.path().join("file");
    identity::write(&path, &file.text).unwrap();
    let (default, ssh) = (home.with_default(), home.with_ssh(""));
    let (with_ssh, without) =
        (Recipients::new(vec![ssh.clone()]).unwrap(), Recipients::new(vec![default.clone()]).unwrap());
    let sources = Sources { text: Some(text.text), file: Some(path), ..home.sources() };
    assert_eq!(publics(&Identities::load(&sources, &with_ssh)), [text.recipient]);
    let sources = Sources { text: Some(Secret::new(" \n")), ..sources };
    assert_eq!(publics(&Identities::load(&sources, &with_ssh)), [file.recipient]);
    let sources = Sources { file: Some(PathBuf::new()), ..sources };
    assert_eq!(publics(&Identities::load(&sources, &with_ssh)), [default.clone(), ssh]);
    assert_eq!(publics(&Identities::load(&sources, &without)), [default]);
    let missing = Sources { file: Some(PathBuf::from("/nowhere/key")), ..home.sources() };
    assert_eq!(
        Identities::load(&missing, &with_ssh).unwrap_err().message,
        "PRESSROOM_IDENTITY_FILE names /nowhere/key, and there is no such file"
    );
}

#[test]
fn a_locked_ssh_key_is_unlocked_only_when_it_is_needed() {
    let home = Home::new();
    let ssh = home.with_ssh("swordfish");
    let recipients = Recipients::new(vec![ssh.clone()]).unwrap();
    let asked = Cell::new(0);
    let ask = |_: &str| {
        asked.set(asked.get() + 1);
        Some(Secret::new("swordfish"))
    };
    let sources = Sources { ask: Some(&ask), ..home.sources() };
    assert_eq!(publics(&Identities::load(&sources, &recipients)), [ssh]);
    assert_eq!(asked.get(), 1);
    let failure = Identities::load(&home.sources(), &recipients).unwrap_err();
    let path = home.folder.path().join(".ssh/id_ed25519");
    assert_eq!(
        failure.hints[0],
        format!("the key in {} has a passphrase, and there is no terminal to ask for it", path.display())
    );
    let default = home.with_default();
    assert_eq!(publics(&Identities::load(&sources, &recipients)), [default]);
    assert_eq!(asked.get(), 1);
}

#[test]
fn without_a_key_it_says_where_it_looked() {
    let home = Home::new();
    home.with_ssh("");
    let recipients = Recipients::new(vec![identity::generate().recipient]).unwrap();
    let failure = Identities::load(&home.sources(), &recipients).unwrap_err();
    let at = home.folder.path().display();
    assert_eq!((failure.kind, failure.message.as_str()), (Kind::Content, "no key to open the tokens with"));
    assert_eq!(
        failure.hints,
        [
            format!(
                "looked at PRESSROOM_IDENTITY, PRESSROOM_IDENTITY_FILE, {at}/.config/pressroom/identity, {at}/.ssh/id_ed25519 (if accounts.toml lists its public key)"
            ),
            "make a key with `pressroom init` or `age-keygen`; then somebody who can open the tokens runs `pressroom keys add` with its public half".to_owned(),
        ]
    );
    let empty = Sources { text: Some(Secret::new("")), ..home.sources() };
    assert_eq!(
        Identities::load(&empty, &recipients).unwrap_err().hints[0],
        "PRESSROOM_IDENTITY is set but empty; in a workflow this means that the secret does not exist or is not given to this job"
    );
}

#[test]
fn the_configuration_directory_follows_xdg() {
    let path = |text: &str| Some(PathBuf::from(text));
    assert_eq!(identity::config_dir(path("/xdg"), path("/home/ann"), None), path("/xdg"));
    if cfg!(target_os = "linux") {
        assert_eq!(identity::config_dir(path("relative"), path("/home/ann"), None), path("/home/ann/.config"));
        assert_eq!(identity::config_dir(None, None, None), None);
    }
}
