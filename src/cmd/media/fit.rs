//! `pressroom media fit`: reads a file, has it converted, writes the copy. Knows no format.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempPath;

use crate::cmd::Context;
use crate::cmd::report::printable;
use crate::cmd::screen::bytes;
use crate::env;
use crate::error::{Failure, Kind};
use crate::limits::{Platform, Ratio};
use crate::media::convert::{self, Converted, Unfit, Wanted};
use crate::media::{self, Inside, film};

/// Pictures are read into memory, up to so many bytes.
const PICTURE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// A file to be made fit.
pub(super) struct Fit {
    pub(super) file: PathBuf,
    pub(super) platform: Platform,
    pub(super) output: Option<PathBuf>,
    pub(super) force: bool,
}

impl Fit {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let mut file = File::open(&self.file).map_err(|error| self.unreadable(&error))?;
        let inside = Inside::read(&mut file).map_err(|lack| self.failure(&lack.to_string()))?;
        let made =
            if inside.kind == media::Kind::Video { self.film(context, &inside)? } else { self.picture(file, &inside)? };
        self.tell(context, &made)?;
        Ok(0)
    }

    fn picture(&self, mut file: File, inside: &Inside) -> Result<Made, Failure> {
        let wanted = picture_wanted(self.platform, inside);
        let Some(wanted) = wanted.or((!inside.kind.is_image()).then(Wanted::default)) else {
            return Err(Failure::new(Kind::Content, format!("{} takes no pictures", self.platform.label())));
        };
        let len = file.metadata().map_err(|error| self.unreadable(&error))?.len();
        if inside.kind.is_image() && len > PICTURE_BYTES_MAX {
            let (len, most) = (bytes(len), bytes(PICTURE_BYTES_MAX));
            return Err(self.failure(&format!("has {len}; pictures of up to {most} are read")));
        }
        let mut content = Vec::new();
        let read = file.rewind().and_then(|()| file.take(PICTURE_BYTES_MAX).read_to_end(&mut content));
        read.map_err(|error| self.unreadable(&error))?;
        let Converted { bytes, kind, mime, size, changes } =
            convert::fitted(&content, &wanted).map_err(|unfit| self.unfit(&unfit))?;
        let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
        let made = |path| Made { path, kind, mime, bytes: bytes.len() as u64, size: Some(size), changes };
        if bytes == content && self.output.is_none() {
            return Ok(made(None));
        }
        let output = self.output(kind);
        let folder = self.folder(&output)?;
        let mut new = self.draft(folder, "")?;
        let written = new.as_file_mut().write_all(&bytes);
        written.map_err(|error| self.unwritable(&output, &error))?;
        self.keep(new.into_temp_path(), &output)?;
        Ok(made(Some(output)))
    }

    fn film(&self, context: &Context, inside: &Inside) -> Result<Made, Failure> {
        let (wanted, fps_max) = film_wanted(self.platform).unwrap_or_default();
        let output = self.output(media::Kind::Video);
        let folder = self.folder(&output)?;
        let arguments = |output: &Path, replace| {
            let (input, output) = (self.file.to_string_lossy(), output.to_string_lossy());
            let made = film::ffmpeg(&input, &output, replace, inside, &wanted, fps_max);
            made.map_err(|unfit| self.unfit(&unfit))
        };
        let command = film::shell(FFMPEG, &arguments(&output, self.force)?);
        // Under another name until it is whole.
        let draft = self.draft(folder, ".mp4")?.into_temp_path();
        let mut ffmpeg = Command::new(FFMPEG);
        env::withhold_from(&mut ffmpeg);
        ffmpeg.args(arguments(&draft, true)?).stdin(Stdio::null()).stdout(Stdio::null());
        if context.global.quiet {
            ffmpeg.stderr(Stdio::null());
        }
        match ffmpeg.status() {
            Ok(status) if status.success() => {}
            Ok(status) => {
                let failure = Failure::new(Kind::Content, format!("ffmpeg could not convert {}", self.name()));
                return Err(failure.cause(status).hint(format!("what was run: `{command}`")));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let message = "videos are converted by ffmpeg, which is not installed here";
                return Err(Failure::new(Kind::Person, message)
                    .hint(format!("run this where there is one: {command}"))
                    .hint("or install it, <https://ffmpeg.org/download.html>, and run this command again"));
            }
            Err(error) => return Err(Failure::new(Kind::Content, "ffmpeg could not be started").cause(error)),
        }
        let mut file = File::open(&draft).map_err(|error| self.unwritable(&output, &error))?;
        let bytes = file.metadata().map_or(0, |meta| meta.len());
        let after = Inside::read(&mut file).map_err(|lack| self.failure(&format!("became a file that {lack}")))?;
        self.keep(draft, &output)?;
        let changes = vec!["converted by ffmpeg".to_owned()];
        Ok(Made { path: Some(output), kind: after.kind, mime: after.mime, bytes, size: after.size, changes })
    }

    /// Where the copy goes.
    fn output(&self, kind: media::Kind) -> PathBuf {
        self.output.clone().unwrap_or_else(|| {
            let stem = self.file.file_stem().unwrap_or_default().to_string_lossy();
            self.file.with_file_name(format!("{stem}.{}.{}", self.platform, kind.ending()))
        })
    }

    /// The folder a file goes to, refused before any work is done if the file is there.
    fn folder<'o>(&self, output: &'o Path) -> Result<&'o Path, Failure> {
        if !self.force && output.symlink_metadata().is_ok() {
            return Err(exists(output));
        }
        Ok(output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))
    }

    fn draft(&self, folder: &Path, ending: &str) -> Result<tempfile::NamedTempFile, Failure> {
        let mut file = tempfile::Builder::new();
        file.prefix(".pressroom-").suffix(ending);
        // As any new file: what others may do with it is the umask's business.
        #[cfg(unix)]
        file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        file.tempfile_in(folder).map_err(|error| self.unwritable(folder, &error))
    }

    /// Gives a finished file its name.
    fn keep(&self, draft: TempPath, output: &Path) -> Result<(), Failure> {
        let kept = if self.force { draft.persist(output) } else { draft.persist_noclobber(output) };
        kept.map_err(|error| match error.error.kind() {
            ErrorKind::AlreadyExists => exists(output),
            _ => self.unwritable(output, &error.error),
        })
    }

    fn tell(&self, context: &Context, made: &Made) -> Result<(), Failure> {
        let path = made.path.as_deref().unwrap_or(&self.file).to_string_lossy().into_owned();
        if context.json() {
            return context.print_json(json!({
                "path": path,
                "kind": made.kind,
                "mime": made.mime,
                "bytes": made.bytes,
                "width": made.size.map(|(width, _)| width),
                "height": made.size.map(|(_, height)| height),
                "changes": made.changes,
            }));
        }
        let label = self.platform.label();
        let text = if made.path.is_none() {
            format!("{path} fits {label} as it is; nothing was written.\n")
        } else {
            let size = made.size.map_or_else(String::new, |(width, height)| format!(", {width}×{height}"));
            let changes = if made.changes.is_empty() { "copied".to_owned() } else { made.changes.join(", ") };
            format!("{path}: {}{size}, {}: {changes}.\n", made.kind.name(), bytes(made.bytes))
        };
        context.print(&printable(&text))
    }

    fn name(&self) -> String {
        self.file.display().to_string()
    }

    fn failure(&self, why: &str) -> Failure {
        Failure::new(Kind::Content, format!("{} {why}", self.name()))
    }

    fn unfit(&self, unfit: &Unfit) -> Failure {
        let label = self.platform.label();
        self.failure(&format!("cannot be made fit for {label}: it {unfit}")).hint(unfit.hint())
    }

    fn unreadable(&self, error: &io::Error) -> Failure {
        Failure::new(Kind::Usage, format!("{} cannot be read", self.name())).cause(error)
    }

    fn unwritable(&self, output: &Path, error: &io::Error) -> Failure {
        Failure::new(Kind::Content, format!("{} could not be written", output.display())).cause(error)
    }
}

/// What converts videos.
const FFMPEG: &str = "ffmpeg";

/// What came of it.
struct Made {
    /// `None`: the file fits as it is.
    path: Option<PathBuf>,
    kind: media::Kind,
    mime: &'static str,
    bytes: u64,
    size: Option<(u32, u32)>,
    changes: Vec<String>,
}

fn exists(output: &Path) -> Failure {
    Failure::new(Kind::Usage, format!("{} exists, and is left as it is", output.display()))
        .hint("choose another name with `--output`, or write over it with `--force`")
}

/// What a platform asks of such a picture, in the first shape that holds pictures; `None` where none does.
fn picture_wanted(platform: Platform, inside: &Inside) -> Option<Wanted<'static>> {
    platform.limits().shapes.iter().find(|shape| shape.images > 0).map(|shape| shape.image.wanted(inside.kind))
}

/// The same of a video, with the most frames in a thousand seconds.
fn film_wanted(platform: Platform) -> Option<(Wanted<'static>, Option<u32>)> {
    let rule = platform.limits().shapes.iter().find(|shape| shape.videos > 0)?.video;
    let ratio = rule.ratio.map(Ratio::fractions);
    let wanted =
        Wanted { bytes_max: rule.bytes_max, width: rule.width, height: rule.height, ratio, ..Wanted::default() };
    Some((wanted, rule.fps_milli.map(|(_, most)| most)))
}
