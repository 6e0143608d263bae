//! Finds the store and the configuration.

use crate::Environment;
use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind};
use std::path::{Path, PathBuf};

/// The name of the program's folder in the user's data and configuration folders.
const OWN_FOLDER: &str = "lamplight";
/// The name of the configuration file.
const CONFIG_FILE: &str = "lamplight.toml";

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

    /// The paths of possible configuration files, in order of preference. If `LAMPLIGHT_CONFIG` is set, only that file.
    /// Otherwise `lamplight.toml` in the working folder, in the folders above it, and in `lamplight` in the user's
    /// configuration folder. The caller checks which of them exist.
    pub fn config_candidates(environment: &Environment) -> Vec<PathBuf> {
        if let Some(named) = path_in(environment, "LAMPLIGHT_CONFIG") {
            return vec![absolute(environment, named)];
        }
        let upward = environment.current_dir().into_iter().flat_map(Path::ancestors);
        let own = user_folder(environment, "XDG_CONFIG_HOME", "APPDATA", ".config");
        upward.map(Path::to_owned).chain(own).map(|folder| folder.join(CONFIG_FILE)).collect()
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

    fn data_dir(pairs: &[(&str, &str)]) -> Option<PathBuf> {
        let environment = Environment::from_pairs(pairs.iter().copied()).with_current_dir("/work/here");
        Paths::data_dir(&environment).ok()
    }

    #[test]
    fn the_nearest_word_decides_the_folder_of_the_store() {
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

    #[test]
    fn configuration_is_looked_for_upward_and_then_in_the_users_folder() {
        let environment = Environment::from_pairs([("HOME", "/home/ada")]).with_current_dir("/a/b");
        let candidates = Paths::config_candidates(&environment);
        let expected = [
            "/a/b/lamplight.toml",
            "/a/lamplight.toml",
            "/lamplight.toml",
            "/home/ada/.config/lamplight/lamplight.toml",
        ];
        assert_eq!(candidates, expected.map(PathBuf::from));
    }

    #[test]
    fn a_file_that_is_named_is_the_only_one() {
        let environment = Environment::from_pairs([("HOME", "/home/ada"), ("LAMPLIGHT_CONFIG", "x.toml")])
            .with_current_dir("/a");
        assert_eq!(Paths::config_candidates(&environment), [PathBuf::from("/a/x.toml")]);
    }
}
