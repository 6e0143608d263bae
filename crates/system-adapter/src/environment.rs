//! The environment variables and the working folder of the process.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fmt,
    path::{Path, PathBuf},
};

/// A snapshot of the environment variables and the working folder. Values may be secrets, so `Debug` shows only names.
///
/// ```
/// use lamplight_system_adapter::Environment;
/// let environment = Environment::from_pairs([("AWS_REGION", "eu-west-1")]);
/// assert_eq!(environment.get("AWS_REGION"), Some("eu-west-1"));
/// ```
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, OsString>,
    current_dir: Option<PathBuf>,
}

impl Environment {
    /// Takes a snapshot of this process. Variables whose names are not UTF-8 are left out; the program uses none of them.
    pub fn from_process() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
        let (variables, current_dir) = (std::env::vars_os(), std::env::current_dir().ok());
        let named = variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        Self { variables: named.collect(), current_dir }
    }

    /// An environment with only these variables and without a working folder.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<OsString>,
    {
        let variables = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { variables, current_dir: None }
    }

    /// The same environment with another working folder.
    #[must_use]
    pub fn with_current_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.current_dir = Some(folder.into());
        self
    }

    /// The value of a variable; `None` if it is not set or not UTF-8.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_os(name)?.to_str()
    }

    /// The value of a variable, whatever its encoding.
    pub fn get_os(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(name).map(OsString::as_os_str)
    }

    /// The working folder; `None` if it has been removed.
    pub fn current_dir(&self) -> Option<&Path> {
        self.current_dir.as_deref()
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys())
            .field("current_dir", &self.current_dir)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_has_an_environment() {
        let environment = Environment::from_process();
        assert!(environment.get("PATH").is_some_and(|path| !path.is_empty()));
        assert!(environment.current_dir().is_some_and(Path::is_absolute));
    }

    #[test]
    fn debug_shows_no_value() {
        let environment = Environment::from_pairs([("DB_PASSWORD", "hunter2")]).with_current_dir("/work");
        let shown = format!("{environment:?}");
        assert!(shown.contains("DB_PASSWORD") && !shown.contains("hunter2"), "{shown}");
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_text_is_kept() {
        use std::os::unix::ffi::OsStringExt;
        let odd = OsString::from_vec(vec![b'/', 0xff]);
        let environment = Environment::from_pairs([("ODD", odd.clone())]);
        assert_eq!((environment.get("ODD"), environment.get_os("ODD")), (None, Some(odd.as_os_str())));
    }
}
