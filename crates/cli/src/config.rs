//! The configuration file on disk: found, read, and written without ever leaving half of it.

use crate::{ExitCode, failure::Failure};
use lamplight_config::{Config, ConfigError};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The name of a configuration file that is made where there is none.
pub const FILE_NAME: &str = "lamplight.toml";

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self {
            exit_code: ExitCode::Usage,
            code: "invalid_config".to_owned(),
            message: error.to_string(),
            causes: Vec::new(),
            hint: error.hint,
        }
    }
}

/// The first of `candidates` that exists; a file named `explicit`ly is it whether it exists or not.
pub fn find(explicit: Option<&Path>, candidates: &[PathBuf]) -> Option<PathBuf> {
    match explicit {
        Some(path) => Some(path.to_owned()),
        None => candidates.iter().find(|path| path.is_file()).cloned(),
    }
}

/// Reads the configuration; without a file it is the empty one.
pub fn load(explicit: Option<&Path>, candidates: &[PathBuf]) -> Result<Config, Failure> {
    let Some(path) = find(explicit, candidates) else { return Ok(Config::default()) };
    let shown = path.display().to_string();
    let mut config = Config::parse(&read(&path)?, &shown)?;
    config.folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(config)
}

/// The text of the file at `path`.
pub fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::io(format!("the configuration {} could not be read", path.display()), &error)
    })
}

/// Replaces the file at `path` in one step: whoever reads it meanwhile sees the old text or the new one. A link
/// stays a link, and the file keeps its permissions.
pub fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        Failure::io(format!("the configuration {} could not be written", path.display()), &error)
    };
    // A link to a file that is not there yet is followed too.
    let linked = || fs::read_link(path).map(|to| path.with_file_name("").join(to));
    let target = fs::canonicalize(path).or_else(|_| linked()).unwrap_or_else(|_| path.to_owned());
    let name = target.file_name().unwrap_or(FILE_NAME.as_ref()).to_string_lossy();
    let beside = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = fs::write(&beside, text)
        .and_then(|()| match fs::metadata(&target) {
            Ok(metadata) => fs::set_permissions(&beside, metadata.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| fs::rename(&beside, &target));
    written.map_err(|error| {
        // What is left of a failed attempt is of no use to anybody.
        let _ = fs::remove_file(&beside);
        failed(error)
    })
}
