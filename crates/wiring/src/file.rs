//! Finds, reads and writes the configuration file. It is replaced in one step, so it is never left half written.

use lamplight_config::{Config, ConfigError};
use lamplight_domain::{ErrorCode, Hint, SettingName, decode_text};
use lamplight_ports::{PortError, PortErrorKind};
use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// The name of a newly created configuration file.
pub const FILE_NAME: &str = "lamplight.toml";

/// Converts an error in the file to a port error.
pub fn config_error(error: ConfigError) -> PortError {
    let told = PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, error.to_string());
    match error.hint {
        Some(hint) => told.with_hint(hint),
        None => told,
    }
}

/// The error for a file that could not be read or written.
pub(crate) fn io_error(what: String, error: io::Error) -> PortError {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => PortErrorKind::NotFound,
        _ => PortErrorKind::Unavailable,
    };
    PortError::new(kind, ErrorCode::Io, what).with_source(error)
}

/// The maximum size of a file that configures something, in bytes.
const LARGEST: u64 = 16 << 20;

/// Reads a text that the configuration file at another path names: a script, or a price table.
pub(crate) fn read_named(path: &Path, what: &str) -> Result<String, PortError> {
    let bytes = read_bytes(path, what, None)?;
    decode_text(bytes).map_err(|error| {
        let message = format!("the {what} {} {error}", path.display());
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message)
            .with_hint("save it as UTF-8")
    })
}

/// Reads the configuration file at `path`.
pub(crate) fn read(path: &Path) -> Result<String, PortError> {
    let hint = Hint::new("name a file with ")
        .setting(SettingName::ConfigFile)
        .text(", or rename what is at this path");
    let bytes = read_bytes(path, "configuration file", Some(hint))?;
    Config::text_of(bytes, &path.display().to_string()).map_err(config_error)
}

/// Pipes and devices are rejected: reading a pipe could block forever, and its content can only be read once.
fn read_bytes(path: &Path, what: &str, hint: Option<Hint>) -> Result<Vec<u8>, PortError> {
    let shown = path.display().to_string();
    let failed = |error: io::Error| {
        // A file that was named but does not exist is another name to give; any other is a file to fix.
        if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() {
            return io_error(format!("could not read the {what} {shown}"), error);
        }
        let message = format!("could not read the {what} {shown}");
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message).with_source(error)
    };
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        let kind = if metadata.is_dir() { "a folder" } else { "a pipe or a device" };
        let message = format!("the {what} {shown} is {kind}, not a file");
        let error = PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message);
        return Err(match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        });
    }
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(failed)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        let message = format!("the {what} {shown} is larger than {} MiB", LARGEST >> 20);
        return Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidConfig, message));
    }
    Ok(bytes)
}

/// Changes the file at `path`: `change` gets its text, or `None` if it does not exist, and returns the new text. Concurrent
/// calls, also in other processes, wait for each other, so that no change is lost.
///
/// # Errors
/// The error of `change`, or that the file could not be read or written. The file is then unchanged.
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
    io_error(format!("could not write the configuration file {}", path.display()), error)
}

/// The path of the real file: a symbolic link is followed and not replaced, even if its target does not exist yet.
fn target(path: &Path) -> PathBuf {
    let linked = || fs::read_link(path).map(|to| path.with_file_name("").join(to));
    fs::canonicalize(path).or_else(|_| linked()).unwrap_or_else(|_| path.to_owned())
}

/// Prevents other calls of [`edit`] from changing the file until it is dropped, with a lock on another file beside it. If
/// the process is killed, the operating system releases the lock.
struct Lock {
    path: PathBuf,
    /// Dropped after the path is removed, which releases the lock.
    _file: fs::File,
}

impl Lock {
    fn of(target: &Path) -> io::Result<Self> {
        let name = target.file_name().unwrap_or(FILE_NAME.as_ref()).to_string_lossy();
        let path = target.with_file_name(format!(".{name}.lock"));
        loop {
            let file = fs::File::options().create(true).truncate(false).write(true).open(&path)?;
            file.lock()?;
            // If the previous holder has removed the file, other processes lock a new one, so this lock has no effect.
            if is_at(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if cfg!(unix) {
            // If it cannot be removed, it does no harm.
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

/// On other systems the lock file is never removed.
#[cfg(not(unix))]
fn is_at(_: &fs::File, _: &Path) -> bool {
    true
}

/// Replaces the file at `target` in one step: a concurrent reader sees either the old or the new text. The file keeps its
/// permissions, and its owner and group if we are allowed to set them. At no time can more users read the new text than
/// the old one.
fn replace(target: &Path, text: &str) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let old = fs::metadata(target).ok();
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    if old.is_none() {
        // Temporary files are readable only by the user; a configuration file gets the usual mode, with the umask.
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
    // Without this, a power failure could leave an empty file under the new name.
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}
