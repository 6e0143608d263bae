//! Finds the configuration file, and whether it may be trusted.
//!
//! A configuration says where signed requests are sent and which secrets are read. So a file that was only found, in the
//! working folder or above it, must not be one that another user put there (as with git's `safe.directory`).

use crate::{Environment, Paths, trust};
use lamplight_domain::{ErrorCode, Hint, SettingName};
use lamplight_ports::{PortError, PortErrorKind};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The name of the configuration file.
const CONFIG_FILE: &str = "lamplight.toml";

/// The variable with folders whose configuration is trusted, separated as in `PATH`.
const TRUSTED: &str = "LAMPLIGHT_TRUSTED_FOLDERS";

/// A configuration file that was named or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// Its path.
    pub path: PathBuf,
    /// Whether it was found in the working folder or a folder above it.
    is_found: bool,
}

impl ConfigFile {
    /// The file that `named` or `LAMPLIGHT_CONFIG` names, even if it does not exist; otherwise the first that exists of
    /// `lamplight.toml` in the working folder, in the folders above it, and in the user's configuration folder.
    ///
    /// The search upward ends at the home folder; outside of it, it ends where a folder has another owner.
    pub fn find(environment: &Environment, named: Option<&Path>) -> Option<Self> {
        let by_variable = || environment.get_os("LAMPLIGHT_CONFIG").filter(|value| !value.is_empty());
        if let Some(path) = named.or_else(|| by_variable().map(Path::new)) {
            let path = environment
                .current_dir()
                .filter(|_| named.is_none())
                .map_or(path.into(), |here| here.join(path));
            return Some(Self { path, is_found: false });
        }
        // A link to a file that does not exist is not passed over: the user would not notice.
        let exists = |path: &PathBuf| fs::symlink_metadata(path).is_ok();
        let found =
            searched_folders(environment).into_iter().map(|folder| folder.join(CONFIG_FILE)).find(exists);
        if let Some(path) = found {
            return Some(Self { path, is_found: true });
        }
        let own = Paths::config_dir(environment)?.join(CONFIG_FILE);
        exists(&own).then_some(Self { path: own, is_found: false })
    }

    /// Refuses a file that was only found if other users could have written it.
    ///
    /// # Errors
    /// What other users can change, and how to trust the file.
    pub fn check_trust(&self, environment: &Environment) -> Result<(), PortError> {
        let Some(folder) = self.path.parent().filter(|_| self.is_found) else { return Ok(()) };
        let Some(reason) = trust::find_distrust(&self.path, environment) else { return Ok(()) };
        let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let list = Paths::config_dir(environment).map(|own| own.join("trusted-folders"));
        if trusted_folders(environment, list.as_deref()).iter().any(|entry| covers(entry, &real)) {
            return Ok(());
        }
        let message = format!("the configuration {} is not trusted: {reason}", self.path.display());
        let error = PortError::new(PortErrorKind::InvalidRequest, ErrorCode::UntrustedConfig, message);
        let add = format!("if you trust it, add {} to the variable {TRUSTED}", real.display());
        let or_list = list.map(|list| format!(" or as a line to {}", list.display())).unwrap_or_default();
        Err(error.with_hint(
            Hint::new(format!("{add}{or_list}, or name the file with ")).setting(SettingName::ConfigFile),
        ))
    }

    /// Whether the file is in the working folder, the home folder or the user's configuration folder.
    pub fn is_familiar(&self, environment: &Environment) -> bool {
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let here = environment.current_dir().unwrap_or(Path::new(""));
        let folder = real(&here.join(self.path.parent().unwrap_or(Path::new(""))));
        let familiar = [Some(here.to_owned()), Paths::home(environment), Paths::config_dir(environment)];
        familiar.into_iter().flatten().any(|own| real(&own) == folder)
    }
}

/// The working folder and those above it in which a file is looked for.
fn searched_folders(environment: &Environment) -> Vec<PathBuf> {
    let Some(here) = environment.current_dir() else { return Vec::new() };
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let home = Paths::home(environment).map(|home| real(&home));
    let is_in_home = home.as_ref().is_some_and(|home| real(here).starts_with(home));
    let owner = trust::owner(here);
    let mut folders = Vec::new();
    for folder in here.ancestors() {
        if !is_in_home && trust::owner(folder) != owner {
            break;
        }
        folders.push(folder.to_owned());
        if is_in_home && home.as_deref() == Some(&*real(folder)) {
            break;
        }
    }
    folders
}

/// The folders that the user trusts: from the variable and from the lines of the file `list`.
fn trusted_folders(environment: &Environment, list: Option<&Path>) -> Vec<PathBuf> {
    /// The maximum size of the list, in bytes.
    const LARGEST: u64 = 1 << 20;
    let by_variable = environment.get_os(TRUSTED).map(std::env::split_paths).into_iter().flatten();
    let is_small = |path: &&Path| fs::metadata(path).is_ok_and(|own| own.is_file() && own.len() <= LARGEST);
    let text = list.filter(is_small).and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let expand = |path: PathBuf| match (path.strip_prefix("~"), Paths::home(environment)) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    };
    by_variable.chain(lines.map(PathBuf::from)).map(expand).filter(|path| path.is_absolute()).collect()
}

/// Whether an entry of the list is `folder`, or ends with `/*` and `folder` is below it.
fn covers(entry: &Path, folder: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match (entry.file_name(), entry.parent()) {
        (Some(name), Some(parent)) if name == "*" => folder.starts_with(real(parent)),
        _ => real(entry) == folder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(home: &Path, here: &Path) -> Environment {
        Environment::from_pairs([("HOME", home.as_os_str())]).with_current_dir(here)
    }

    fn write(path: &Path) -> PathBuf {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
        path.to_owned()
    }

    #[test]
    fn the_nearest_file_is_found_and_then_that_of_the_user() {
        let home = tempfile::tempdir().unwrap();
        let here = home.path().join("a/b");
        fs::create_dir_all(&here).unwrap();
        let environment = environment(home.path(), &here);
        let found = || ConfigFile::find(&environment, None).map(|file| file.path);
        assert_eq!(found(), None);
        for place in [".config/lamplight", "", "a", "a/b"] {
            let path = write(&home.path().join(place).join(CONFIG_FILE));
            assert_eq!(found(), Some(path));
        }
        let named = ConfigFile::find(&environment, Some(Path::new("x.toml"))).unwrap();
        assert_eq!(named.path, Path::new("x.toml"));
        let by_variable = Environment::from_pairs([("LAMPLIGHT_CONFIG", "x.toml")]).with_current_dir(&here);
        assert_eq!(ConfigFile::find(&by_variable, None).unwrap().path, here.join("x.toml"));
    }

    #[test]
    fn the_search_ends_at_the_home_folder() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join(CONFIG_FILE));
        let home = folder.path().join("home");
        let here = home.join("a");
        fs::create_dir_all(&here).unwrap();
        assert_eq!(ConfigFile::find(&environment(&home, &here), None), None);
        assert_eq!(ConfigFile::find(&environment(&home, &home), None), None);
        // Outside of it, it goes on as long as the owner is the same.
        let elsewhere = folder.path().join("other/deep");
        fs::create_dir_all(&elsewhere).unwrap();
        assert!(ConfigFile::find(&environment(&home, &elsewhere), None).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let home = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", home.path().join(CONFIG_FILE)).unwrap();
        assert!(ConfigFile::find(&environment(home.path(), home.path()), None).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_write_is_refused_unless_it_is_trusted() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("shared");
        let path = write(&folder.join(CONFIG_FILE));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        let refusal = |environment: &Environment| {
            ConfigFile::find(environment, None).unwrap().check_trust(environment).err()
        };
        let error = refusal(&environment(home.path(), &folder)).unwrap();
        assert_eq!(error.code, ErrorCode::UntrustedConfig);
        assert!(error.message.ends_with("lamplight.toml can be changed by other users"), "{error}");
        let hint = error.hint.unwrap().to_string();
        assert!(hint.contains(TRUSTED) && hint.contains("trusted-folders"), "{hint}");
        let real = fs::canonicalize(&folder).unwrap();
        let above = format!("{}/*", real.parent().unwrap().display());
        for (value, is_trusted) in
            [(real.to_str().unwrap(), true), (&above, true), ("/nonexistent", false), ("", false)]
        {
            let pairs = [("HOME", home.path().as_os_str()), (TRUSTED, value.as_ref())];
            let environment = Environment::from_pairs(pairs).with_current_dir(&folder);
            assert_eq!(refusal(&environment).is_none(), is_trusted, "{value}");
        }
        let list = home.path().join(".config/lamplight/trusted-folders");
        write(&list);
        fs::write(&list, "# mine\n~/shared\n").unwrap();
        assert!(refusal(&environment(home.path(), &folder)).is_none());
        fs::write(&list, "~/other\n").unwrap();
        assert!(refusal(&environment(home.path(), &folder)).is_some());
        let named = ConfigFile::find(&environment(home.path(), &folder), Some(&path)).unwrap();
        assert!(named.check_trust(&environment(home.path(), &folder)).is_ok());
    }

    #[test]
    fn a_file_is_familiar_in_the_working_folder_at_home_and_in_the_users_configuration() {
        let home = tempfile::tempdir().unwrap();
        let here = home.path().join("a/b");
        fs::create_dir_all(&here).unwrap();
        let environment = environment(home.path(), &here);
        for (place, is_familiar) in [(".config/lamplight", true), ("", true), ("a", false), ("a/b", true)] {
            write(&home.path().join(place).join(CONFIG_FILE));
            let file = ConfigFile::find(&environment, None).unwrap();
            assert_eq!(file.is_familiar(&environment), is_familiar, "{place:?}");
        }
        let named = |path: &str| ConfigFile::find(&environment, Some(Path::new(path))).unwrap();
        assert!(named("x.toml").is_familiar(&environment) && !named("../x.toml").is_familiar(&environment));
    }
}
