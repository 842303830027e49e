//! The secret keys that open the vault: where they are looked for, how they are read and made. Knows no token.

use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use age::ssh::UnsupportedKey;
use secrecy::zeroize::Zeroizing;

use super::recipients::{Recipient, Recipients};
use super::secret::Secret;
use crate::error::{Failure, Kind};

/// No key file is larger.
const LARGEST: u64 = 64 * 1024;
/// scrypt work factor, as log2: about sixteen times what `age -p` takes. A forged file shall not cost hours.
const SCRYPT_LIMIT: u8 = 22;

/// Asks a person at a terminal for a passphrase, given what it is for; `None`: they gave none.
pub type Ask<'a> = &'a dyn Fn(&str) -> Option<Secret>;

/// Where secret keys may come from, as values: the vault itself reads no environment.
#[derive(Clone, Default)]
pub struct Sources<'a> {
    /// `PRESSROOM_IDENTITY`: the key itself.
    pub text: Option<Secret>,
    /// `PRESSROOM_IDENTITY_FILE`.
    pub file: Option<PathBuf>,
    /// The user's configuration directory; see [`config_dir`].
    pub config_dir: Option<PathBuf>,
    /// The user's home directory, for `.ssh`.
    pub home: Option<PathBuf>,
    /// `None` where there is no terminal.
    pub ask: Option<Ask<'a>>,
}

impl Sources<'_> {
    /// Where `init` puts a new key and where it is looked for when nothing else is said.
    pub fn default_file(&self) -> Option<PathBuf> {
        Some(self.config_dir.as_ref()?.join("pressroom").join("identity"))
    }
}

/// The user's configuration directory: `XDG_CONFIG_HOME` if it is absolute, else the customary place of the system.
pub fn config_dir(
    xdg_config_home: Option<PathBuf>,
    home: Option<PathBuf>,
    app_data: Option<PathBuf>,
) -> Option<PathBuf> {
    if let Some(xdg) = xdg_config_home.filter(|xdg| xdg.is_absolute()) {
        return Some(xdg);
    }
    if cfg!(windows) {
        app_data
    } else if cfg!(target_os = "macos") {
        Some(home?.join("Library").join("Application Support"))
    } else {
        Some(home?.join(".config"))
    }
}

/// A new key: the text of its file, and its public half.
#[derive(Debug)]
pub struct Generated {
    pub text: Secret,
    pub recipient: Recipient,
}

/// Makes a new X25519 key, in the form `age-keygen` writes.
pub fn generate() -> Generated {
    let key = age::x25519::Identity::generate();
    let recipient = Recipient::from(key.to_public());
    let secret = Secret::from(key.to_string());
    let mut text = String::with_capacity(256);
    for part in ["# public key: ", recipient.key(), "\n", secret.expose(), "\n"] {
        text.push_str(part);
    }
    Generated { text: Secret::new(text), recipient }
}

/// Writes a new key file that its owner alone can read, whole or not at all. An existing file is never touched.
///
/// # Errors
/// The file exists, or the disk refuses.
pub fn write(path: &Path, text: &Secret) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        make_private(folder)?;
        // Made with mode 0600; renamed only if nothing is there.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.expose().as_bytes())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)?;
        if cfg!(unix) {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    };
    write().map_err(|error| {
        let path = path.display();
        if error.kind() == io::ErrorKind::AlreadyExists {
            return Failure::new(Kind::Content, format!("{path} exists, and a key is never overwritten"))
                .hint("whatever was encrypted to the old key could not be opened any more; move the file away first");
        }
        Failure::new(Kind::Content, format!("cannot write the key file {path}")).cause(error)
    })
}

/// Adds a key to a key file, which keeps the keys it has: they open the history.
///
/// # Errors
/// The file cannot be read, or the disk refuses; then it is as it was.
pub fn add(path: &Path, text: &Secret) -> Result<(), Failure> {
    let add = || -> io::Result<()> {
        let old = Secret::new(fs::read_to_string(path)?);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        for part in [text.expose(), old.expose()] {
            file.write_all(part.as_bytes())?;
        }
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    add().map_err(|error| Failure::new(Kind::Content, format!("cannot add a key to {}", path.display())).cause(error))
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The secret keys we hold, in the order in which they are tried.
pub struct Identities {
    keys: Vec<Key>,
    /// Sentences for people: a key file that others can read.
    pub warnings: Vec<String>,
}

/// One secret key and its public half.
struct Key {
    secret: Box<dyn age::Identity + Send + Sync>,
    public: Recipient,
    origin: String,
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.public)).finish()
    }
}

impl Identities {
    /// Takes the first source that is there: the text, the named file, else the default file and those keys in `~/.ssh`
    /// that `recipients` names.
    ///
    /// # Errors
    /// No key anywhere (with all places looked at), or a source that holds no usable key.
    pub fn load(sources: &Sources<'_>, recipients: &Recipients) -> Result<Self, Failure> {
        let mut identities = Self { keys: Vec::new(), warnings: Vec::new() };
        if let Some(text) = sources.text.as_ref().filter(|text| !text.expose().trim().is_empty()) {
            identities.keys = read_keys(text.expose().as_bytes(), "PRESSROOM_IDENTITY", sources.ask)?;
            return Ok(identities);
        }
        if let Some(path) = sources.file.as_ref().filter(|path| !path.as_os_str().is_empty()) {
            if !identities.add_file(path, sources.ask)? {
                let message = format!("PRESSROOM_IDENTITY_FILE names {}, and there is no such file", path.display());
                return Err(Failure::new(Kind::Content, message));
            }
            return Ok(identities);
        }
        if let Some(path) = sources.default_file() {
            identities.add_file(&path, sources.ask)?;
        }
        let mut passed_over = Vec::new();
        for name in ["id_ed25519", "id_rsa"] {
            let Some(home) = &sources.home else { break };
            let path = home.join(".ssh").join(name);
            if let Err(why) = identities.add_ssh(&path, recipients, sources.ask) {
                passed_over.push(why);
            }
        }
        if identities.keys.is_empty() { Err(nothing_found(sources, passed_over)) } else { Ok(identities) }
    }

    /// The public halves of our keys.
    pub fn public(&self) -> impl Iterator<Item = &Recipient> {
        self.keys.iter().map(|key| &key.public)
    }

    pub(super) fn as_age(&self) -> impl Iterator<Item = &dyn age::Identity> {
        self.keys.iter().map(|key| &*key.secret as &dyn age::Identity)
    }

    /// Our keys and where they are from, for a message: `age1... (from ~/.config/pressroom/identity)`.
    pub(super) fn described(&self) -> Vec<String> {
        self.keys.iter().map(|key| format!("{} (from {})", key.public.label(), key.origin)).collect()
    }

    /// `false` where there is no such file.
    fn add_file(&mut self, path: &Path, ask: Option<Ask<'_>>) -> Result<bool, Failure> {
        let Some(bytes) = read_file(path)? else { return Ok(false) };
        let origin = path.display().to_string();
        self.keys.extend(read_keys(&bytes, &origin, ask)?);
        self.warnings.extend(readable_by_others(path));
        Ok(true)
    }

    /// Adds a key of `~/.ssh` if it is a recipient. Whatever else is in that folder is none of our business.
    ///
    /// # Errors
    /// Why a key that is a recipient cannot be used.
    fn add_ssh(&mut self, path: &Path, recipients: &Recipients, ask: Option<Ask<'_>>) -> Result<(), String> {
        let Ok(Some(bytes)) = read_file(path) else { return Ok(()) };
        let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(()) };
        let Some(parsed) = pem(text).and_then(|pem| age::ssh::Identity::from_buffer(pem.as_bytes(), None).ok()) else {
            return Ok(());
        };
        let Ok(public) = age::ssh::Recipient::try_from(parsed.clone()).map(Recipient::from) else { return Ok(()) };
        if !recipients.contains(&public) {
            return Ok(());
        }
        let locked = matches!(parsed, age::ssh::Identity::Encrypted(_));
        if locked && !self.keys.is_empty() {
            // Another key is at hand; nobody is asked for a passphrase that may not be needed.
            return Ok(());
        }
        let origin = path.display().to_string();
        self.keys.push(ssh_key(parsed, &origin, ask).map_err(|failure| failure.message)?);
        self.warnings.extend(readable_by_others(path));
        Ok(())
    }
}

fn nothing_found(sources: &Sources<'_>, passed_over: Vec<String>) -> Failure {
    let mut looked = vec!["PRESSROOM_IDENTITY".to_owned(), "PRESSROOM_IDENTITY_FILE".to_owned()];
    looked.extend(sources.default_file().map(|path| path.display().to_string()));
    if let Some(home) = &sources.home {
        let ssh = home.join(".ssh").join("id_ed25519");
        looked.push(format!("{} (if accounts.toml lists its public key)", ssh.display()));
    }
    let mut failure = Failure::new(Kind::Content, "no key to open the tokens with");
    if sources.text.is_some() {
        failure = failure.hint(
            "PRESSROOM_IDENTITY is set but empty; in a workflow this means that the secret does not exist or is not given to this job",
        );
    }
    for why in passed_over {
        failure = failure.hint(why);
    }
    failure.hint(format!("looked at {}", looked.join(", "))).hint(
        "make a key with `pressroom init` or `age-keygen`; then somebody who can open the tokens runs `pressroom keys add` with its public half",
    )
}

/// The file's bytes; `None` where there is no such file.
fn read_file(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let read = || -> io::Result<Zeroizing<Vec<u8>>> {
        let file = fs::File::open(path)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
        file.take(LARGEST + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) if bytes.len() as u64 > LARGEST => {
            let message = format!("{} is larger than {} KiB; no key is", path.display(), LARGEST / 1024);
            Err(Failure::new(Kind::Content, message))
        }
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => {
            Err(Failure::new(Kind::Content, format!("cannot read the key file {}", path.display())).cause(error))
        }
    }
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| {
        let path = path.display();
        format!("the key file {path} can be read by others (mode {mode:04o}); run `chmod 600 {path}`")
    })
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> Option<String> {
    None
}

/// All keys in a key file: age keys, one a line; one ssh key; or either under a passphrase.
fn read_keys(bytes: &[u8], origin: &str, ask: Option<Ask<'_>>) -> Result<Vec<Key>, Failure> {
    if is_age_file(bytes) {
        let plain = unlock_age_file(bytes, origin, ask)?;
        return read_text(&plain, origin, ask);
    }
    read_text(bytes, origin, ask)
}

fn read_text(bytes: &[u8], origin: &str, ask: Option<Ask<'_>>) -> Result<Vec<Key>, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|_| not_a_key(origin, "it is not text"))?;
    if text.contains("-----BEGIN") {
        return Ok(vec![read_ssh(text, origin, ask)?]);
    }
    let mut keys = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let key: age::x25519::Identity = line.parse().map_err(|_| {
            let (what, hint) = what_instead(line);
            let failure = not_a_key(origin, &format!("line {} {what}", index + 1));
            if hint.is_empty() { failure } else { failure.hint(hint) }
        })?;
        let public = Recipient::from(key.to_public());
        keys.push(Key { secret: Box::new(key), public, origin: origin.to_owned() });
    }
    if keys.is_empty() { Err(not_a_key(origin, "it is empty")) } else { Ok(keys) }
}

/// What a line that is no age key seems to be, and what to do.
fn what_instead(line: &str) -> (&'static str, &'static str) {
    let upper = line.to_ascii_uppercase();
    if upper.starts_with("AGE-PLUGIN-") {
        ("is a key of an age plugin, which is not supported", "")
    } else if upper.starts_with("AGE-SECRET-KEY-PQ-") {
        ("is a post-quantum age key, which is not supported", "make a plain one with `age-keygen`")
    } else if upper.starts_with("AGE-SECRET-KEY-") {
        ("is an age key with a character missing or wrong", "copy the whole line again")
    } else if line.parse::<Recipient>().is_ok() {
        ("is a public key", "the secret key begins with AGE-SECRET-KEY-1")
    } else if line.starts_with(['/', '~', '.']) || line.contains(":\\") {
        ("looks like the name of a file", "to name a file, set PRESSROOM_IDENTITY_FILE")
    } else {
        ("is no age key", "a key begins with AGE-SECRET-KEY-1, or with -----BEGIN OPENSSH PRIVATE KEY-----")
    }
}

fn not_a_key(origin: &str, why: &str) -> Failure {
    Failure::new(Kind::Content, format!("{origin} holds no key that can be used: {why}"))
}

fn read_ssh(text: &str, origin: &str, ask: Option<Ask<'_>>) -> Result<Key, Failure> {
    let not_ssh = || {
        not_a_key(origin, "it is no OpenSSH key, or a part of it is missing").hint(
            "copy the whole file, from -----BEGIN to -----END; other formats: `ssh-keygen -p -f FILE` converts them",
        )
    };
    let pem = pem(text).ok_or_else(not_ssh)?;
    let parsed = age::ssh::Identity::from_buffer(pem.as_bytes(), None).map_err(|_| not_ssh())?;
    ssh_key(parsed, origin, ask)
}

fn ssh_key(parsed: age::ssh::Identity, origin: &str, ask: Option<Ask<'_>>) -> Result<Key, Failure> {
    let unlocked = match parsed {
        age::ssh::Identity::Unencrypted(key) => key,
        age::ssh::Identity::Encrypted(key) => {
            let passphrase = passphrase(origin, ask)?;
            key.decrypt(passphrase).map_err(|_| wrong_passphrase(origin))?
        }
        age::ssh::Identity::Unsupported(why) => return Err(not_a_key(origin, unsupported(&why))),
    };
    let key = age::ssh::Identity::from(unlocked);
    let public = age::ssh::Recipient::try_from(key.clone())
        .map_err(|_| not_a_key(origin, "its public half cannot be read"))?
        .into();
    Ok(Key { secret: Box::new(key), public, origin: origin.to_owned() })
}

fn unsupported(why: &UnsupportedKey) -> &'static str {
    match why {
        UnsupportedKey::EncryptedPem => {
            "it is encrypted in the old PEM format; `ssh-keygen -p -f FILE` rewrites it in the new one"
        }
        UnsupportedKey::EncryptedSsh(_) => "its passphrase is kept with a cipher that is not supported",
        UnsupportedKey::Hardware(_) => "it lies on a security key, which age cannot use",
        UnsupportedKey::Type(_) => "only ssh-ed25519 and ssh-rsa keys can open files",
    }
}

/// A PEM block in its proper layout: a secret pasted into a form often arrives with other line ends, or none at all.
fn pem(text: &str) -> Option<Zeroizing<String>> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (kind, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {kind}-----"))?;
    if body.contains(':') {
        // Headers of the old format (`Proc-Type: 4,ENCRYPTED`) belong to their lines.
        return Some(Zeroizing::new(text.trim().replace("\r\n", "\n")));
    }
    let mut pem = Zeroizing::new(String::with_capacity(text.len() * 2 + 64));
    pem.push_str(&format!("-----BEGIN {kind}-----\n"));
    let body = Zeroizing::new(body.replace("\\n", ""));
    for (index, symbol) in body.chars().filter(|symbol| !symbol.is_whitespace()).enumerate() {
        if index > 0 && index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(symbol);
    }
    pem.push_str(&format!("\n-----END {kind}-----\n"));
    Some(pem)
}

fn is_age_file(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    start.starts_with(b"age-encryption.org/") || start.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

/// Opens a key file that `age -p` locked.
fn unlock_age_file(bytes: &[u8], origin: &str, ask: Option<Ask<'_>>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let damaged = |error: &dyn fmt::Display| not_a_key(origin, "the encrypted file is damaged").cause(error);
    let reader = age::armor::ArmoredReader::new(bytes.trim_ascii_start());
    let decryptor = age::Decryptor::new(reader).map_err(|error| damaged(&error))?;
    if !decryptor.is_scrypt() {
        return Err(not_a_key(origin, "it is itself encrypted to another key"));
    }
    let mut identity = age::scrypt::Identity::new(passphrase(origin, ask)?);
    identity.set_max_work_factor(SCRYPT_LIMIT);
    let mut reader = decryptor.decrypt(std::iter::once(&identity as _)).map_err(|error| match error {
        age::DecryptError::DecryptionFailed => wrong_passphrase(origin),
        error => damaged(&error),
    })?;
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len()));
    reader.read_to_end(&mut plain).map_err(|error| damaged(&error))?;
    Ok(plain)
}

fn passphrase(origin: &str, ask: Option<Ask<'_>>) -> Result<SecretString, Failure> {
    let failure = |why: &str| Failure::new(Kind::Person, format!("the key in {origin} has a passphrase, and {why}"));
    let ask = ask.ok_or_else(|| {
        failure("there is no terminal to ask for it")
            .hint("give a key without passphrase in PRESSROOM_IDENTITY; a job of its own deserves a key of its own")
    })?;
    let given = ask(&format!("Passphrase for {origin}")).filter(|given| !given.is_empty());
    given.map(|given| given.to_inner()).ok_or_else(|| failure("none was given"))
}

fn wrong_passphrase(origin: &str) -> Failure {
    Failure::new(Kind::Person, format!("this is not the passphrase of the key in {origin}"))
}
