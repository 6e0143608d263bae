//! Finds the user's folders.

use crate::Environment;
use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind};
use std::path::PathBuf;

/// The name of the program's folder in the user's data and configuration folders.
const OWN_FOLDER: &str = "lamplight";

/// Finds folders by the [XDG Base Directory Specification](https://specifications.freedesktop.org/basedir-spec/)
/// on every system except Windows, which has its own variables. The variables come from an [`Environment`], so that
/// the result can be tested.
#[derive(Debug)]
pub struct Paths;

impl Paths {
    /// The folder of the store: `LAMPLIGHT_DATA_DIR` or, if it is not set, `lamplight` in the user's data folder.
    pub fn data_dir(environment: &Environment) -> Result<PathBuf, PortError> {
        if let Some(folder) = path_in(environment, "LAMPLIGHT_DATA_DIR") {
            return Ok(absolute(environment, folder));
        }
        user_folder(environment, "XDG_DATA_HOME", "LOCALAPPDATA", ".local/share").ok_or_else(|| {
            let message = "cannot find a folder for the store: neither HOME nor XDG_DATA_HOME is set";
            PortError::new(PortErrorKind::InvalidRequest, ErrorCode::NoDataDir, message)
                .with_hint("set LAMPLIGHT_DATA_DIR to a folder for the store")
        })
    }

    /// The program's folder in the user's configuration folder.
    pub(crate) fn config_dir(environment: &Environment) -> Option<PathBuf> {
        user_folder(environment, "XDG_CONFIG_HOME", "APPDATA", ".config")
    }

    /// The user's home folder.
    pub(crate) fn home(environment: &Environment) -> Option<PathBuf> {
        path_in(environment, if cfg!(windows) { "USERPROFILE" } else { "HOME" })
            .filter(|path| path.is_absolute())
    }
}

/// A variable's value as a path; an empty value counts as not set.
fn path_in(environment: &Environment, name: &str) -> Option<PathBuf> {
    environment.get_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn absolute(environment: &Environment, path: PathBuf) -> PathBuf {
    environment.current_dir().map(|folder| folder.join(&path)).unwrap_or(path)
}

fn user_folder(environment: &Environment, xdg: &str, windows: &str, in_home: &str) -> Option<PathBuf> {
    // The specification says that relative paths must be ignored.
    let set = |name: &str| path_in(environment, name).filter(|path| path.is_absolute());
    set(xdg)
        .or_else(|| set(windows).filter(|_| cfg!(windows)))
        .or_else(|| set("HOME").map(|home| home.join(in_home)))
        .map(|folder| folder.join(OWN_FOLDER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn data_dir(pairs: &[(&str, &str)]) -> Option<PathBuf> {
        let environment = Environment::from_pairs(pairs.iter().copied()).with_current_dir("/work/here");
        Paths::data_dir(&environment).ok()
    }

    #[test]
    fn the_most_specific_variable_decides_the_data_folder() {
        for (pairs, folder) in [
            (vec![("HOME", "/home/ada")], "/home/ada/.local/share/lamplight"),
            (vec![("HOME", "/home/ada"), ("XDG_DATA_HOME", "/data")], "/data/lamplight"),
            (vec![("HOME", "/home/ada"), ("XDG_DATA_HOME", "data")], "/home/ada/.local/share/lamplight"),
            (vec![("HOME", "/home/ada"), ("XDG_DATA_HOME", "")], "/home/ada/.local/share/lamplight"),
            (vec![("XDG_DATA_HOME", "/data"), ("LAMPLIGHT_DATA_DIR", "/mine")], "/mine"),
            (vec![("LAMPLIGHT_DATA_DIR", "mine")], "/work/here/mine"),
        ] {
            assert_eq!(data_dir(&pairs).unwrap(), Path::new(folder), "{pairs:?}");
        }
    }

    #[test]
    fn without_any_folder_the_error_says_what_to_set() {
        let error = Paths::data_dir(&Environment::default()).unwrap_err();
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::InvalidRequest, ErrorCode::NoDataDir));
        assert!(error.hint.unwrap().to_string().contains("LAMPLIGHT_DATA_DIR"));
    }
}
