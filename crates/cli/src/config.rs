//! The configuration file on disk: found, read, and written without ever leaving half of it.

use crate::{ExitCode, failure::Failure};
use lamplight_config::{Config, ConfigError};
use lamplight_domain::ErrorCode;
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The name of a configuration file that is made where there is none.
pub const FILE_NAME: &str = "lamplight.toml";

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self {
            exit_code: ExitCode::Usage,
            code: ErrorCode::InvalidConfig,
            message: error.to_string(),
            causes: Vec::new(),
            hint: error.hint.as_ref().map(crate::hints::worded),
        }
    }
}

/// The first of `candidates` that exists; a file named `explicit`ly is it whether it exists or not.
pub fn find(explicit: Option<&Path>, candidates: &[PathBuf]) -> Option<PathBuf> {
    match explicit {
        Some(path) => Some(path.to_owned()),
        None => candidates.iter().find(|path| path.exists()).cloned(),
    }
}

/// Reads the configuration; without a file it is the empty one.
pub fn load(explicit: Option<&Path>, candidates: &[PathBuf]) -> Result<Config, Failure> {
    let Some(path) = find(explicit, candidates) else { return Ok(Config::default()) };
    let shown = path.display().to_string();
    let config = Config::parse(&read(&path)?, &shown)?;
    Ok(config.in_folder(path.parent().map(Path::to_owned).unwrap_or_default()))
}

/// The text of the file at `path`. What is no file is refused: a pipe would be waited for, and never found again.
pub fn read(path: &Path) -> Result<String, Failure> {
    let shown = path.display().to_string();
    let failed =
        |error: io::Error| Failure::io(format!("the configuration {shown} could not be read"), &error);
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        let kind = if metadata.is_dir() { "a folder" } else { "a pipe or a device" };
        return Err(Failure::usage(
            ErrorCode::InvalidConfig,
            format!("the configuration {shown} is {kind} and no file"),
        )
        .with_hint("name a file with --config, or rename what stands in its place"));
    }
    Ok(Config::text_of(fs::read(path).map_err(failed)?, &shown)?)
}

/// Changes the file at `path`: `change` gets its text, `None` where there is no file, and gives the new one. Others who
/// edit the file by this function wait meanwhile, in other processes too, so that no change is lost.
pub fn edit<T>(
    path: &Path,
    change: impl FnOnce(Option<String>) -> Result<(String, T), Failure>,
) -> Result<T, Failure> {
    let target = target(path);
    let _alone = Lock::of(&target).map_err(|error| unwritable(path, &error))?;
    let text = if path.exists() { Some(read(path)?) } else { None };
    let (edited, outcome) = change(text)?;
    replace(&target, &edited).map_err(|error| unwritable(path, &error))?;
    Ok(outcome)
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::io(format!("the configuration {} could not be written", path.display()), error)
}

/// Where the file is: a link stays a link, also one to a file that is not there yet.
fn target(path: &Path) -> PathBuf {
    let linked = || fs::read_link(path).map(|to| path.with_file_name("").join(to));
    fs::canonicalize(path).or_else(|_| linked()).unwrap_or_else(|_| path.to_owned())
}

/// The file beside `target` whose name begins with a dot and ends as said.
fn beside(target: &Path, end: &str) -> PathBuf {
    let name = target.file_name().unwrap_or(FILE_NAME.as_ref()).to_string_lossy();
    target.with_file_name(format!(".{name}.{end}"))
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
        let path = beside(target, "lock");
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

/// Replaces the file at `target` in one step: whoever reads it meanwhile sees the old text or the new one. The file
/// keeps its permissions.
fn replace(target: &Path, text: &str) -> io::Result<()> {
    let beside = beside(target, "tmp");
    let write = || {
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        if let Ok(metadata) = fs::metadata(target) {
            file.set_permissions(metadata.permissions())?;
        }
        // Else a machine that loses its power may keep the new name and not the text.
        file.sync_all()?;
        fs::rename(&beside, target)
    };
    write().inspect_err(|_| {
        // What is left of a failed attempt is of no use to anybody.
        let _ = fs::remove_file(&beside);
    })
}
