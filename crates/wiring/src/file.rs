//! The configuration file on disk: found, read, and written without ever leaving half of it.

use lamplight_config::{Config, ConfigError};
use lamplight_domain::{ErrorCode, Hint, SettingName};
use lamplight_ports::{PortError, PortErrorKind};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The name of a configuration file that is made where there is none.
pub const FILE_NAME: &str = "lamplight.toml";

/// A mistake in the file, as a failure.
pub fn config_error(error: ConfigError) -> PortError {
    let told = PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, error.to_string());
    match error.hint {
        Some(hint) => told.with_hint(hint),
        None => told,
    }
}

/// A file that could not be read or written.
pub(crate) fn unreadable(what: String, error: io::Error) -> PortError {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => PortErrorKind::NotFound,
        _ => PortErrorKind::Unavailable,
    };
    PortError::new(kind, ErrorCode::Io, what).with_source(error)
}

/// The first of `candidates` that exists; a file named `explicit`ly is it whether it exists or not.
pub(crate) fn find(explicit: Option<&Path>, candidates: &[PathBuf]) -> Option<PathBuf> {
    match explicit {
        Some(path) => Some(path.to_owned()),
        None => candidates.iter().find(|path| path.exists()).cloned(),
    }
}

/// The text of the file at `path`. What is no file is refused: a pipe would be waited for, and never found again.
pub(crate) fn read(path: &Path) -> Result<String, PortError> {
    let shown = path.display().to_string();
    let failed = |error: io::Error| unreadable(format!("the configuration {shown} could not be read"), error);
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        let kind = if metadata.is_dir() { "a folder" } else { "a pipe or a device" };
        let message = format!("the configuration {shown} is {kind} and no file");
        return Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message)
            .with_hint(
                Hint::new("name a file with ")
                    .setting(SettingName::ConfigFile)
                    .text(", or rename what stands in its place"),
            ));
    }
    Config::text_of(fs::read(path).map_err(failed)?, &shown).map_err(config_error)
}

/// Changes the file at `path`: `change` gets its text, `None` where there is no file, and gives the new one. Others who
/// edit the file by this function wait meanwhile, in other processes too, so that no change is lost.
///
/// # Errors
/// What `change` says, or that the file could not be read or written; it is then as it was.
pub fn edit<T, E: From<PortError>>(
    path: &Path,
    change: impl FnOnce(Option<String>) -> Result<(String, T), E>,
) -> Result<T, E> {
    let target = target(path);
    let _alone = Lock::of(&target).map_err(|error| unwritable(path, error))?;
    let text = if path.exists() { Some(read(path)?) } else { None };
    let (edited, outcome) = change(text)?;
    replace(&target, &edited).map_err(|error| unwritable(path, error))?;
    Ok(outcome)
}

fn unwritable(path: &Path, error: io::Error) -> PortError {
    unreadable(format!("the configuration {} could not be written", path.display()), error)
}

/// Where the file is: a link stays a link, also one to a file that is not there yet.
fn target(path: &Path) -> PathBuf {
    let linked = || fs::read_link(path).map(|to| path.with_file_name("").join(to));
    fs::canonicalize(path).or_else(|_| linked()).unwrap_or_else(|_| path.to_owned())
}

/// Keeps other editors of a file out until it is dropped, by a lock on a file beside it. The operating system lets go
/// of the lock where the process ends in any other way.
struct Lock {
    path: PathBuf,
    /// Closed, and so unlocked, after the path is removed.
    _file: fs::File,
}

impl Lock {
    fn of(target: &Path) -> io::Result<Self> {
        let name = target.file_name().unwrap_or(FILE_NAME.as_ref()).to_string_lossy();
        let path = target.with_file_name(format!(".{name}.lock"));
        loop {
            let file = fs::File::options().create(true).truncate(false).write(true).open(&path)?;
            file.lock()?;
            // Whoever held it before has removed it: then a lock on what is left keeps nobody out.
            if is_at(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if cfg!(unix) {
            // One that is left behind does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(unix)]
fn is_at(file: &fs::File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |metadata: io::Result<fs::Metadata>| metadata.ok().map(|own| (own.dev(), own.ino()));
    let own = id(file.metadata());
    own.is_some() && own == id(fs::metadata(path))
}

/// Elsewhere the file stays where it is.
#[cfg(not(unix))]
fn is_at(_: &fs::File, _: &Path) -> bool {
    true
}

/// Replaces the file at `target` in one step: whoever reads it meanwhile sees the old text or the new one. The file keeps
/// its permissions, and its owner and group where we may set them; the new text is never open to more people than the old.
fn replace(target: &Path, text: &str) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let old = fs::metadata(target).ok();
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    if old.is_none() {
        // Without this, only the user could read a new file. The umask applies.
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let mut file = builder.prefix(".lamplight-").tempfile_in(folder.unwrap_or(Path::new(".")))?;
    if let Some(old) = old {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            let _ = fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
        }
        file.as_file().set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    // Else a machine that loses its power may keep the new name and not the text.
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}
