//! Reads secrets from environment variables and files.

use crate::Environment;
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, SecretRef, decode_text};
use lamplight_ports::{PortError, PortErrorKind, SecretResolver, SecretString};
use std::{
    collections::BTreeSet,
    fmt,
    fs::File,
    io,
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{task::spawn_blocking, time::timeout};

/// Folders where container platforms mount secrets. Their permissions cannot be changed from within the container, which
/// has no other users, so they cause no warning.
const MOUNTED: [&str; 2] = ["/run/secrets", "/var/run/secrets"];

/// The time limit for reading a file: reading a pipe that nobody writes to, or a network disk whose server is down, would
/// never end.
const PATIENCE: Duration = Duration::from_secs(15);

/// Receives warnings.
type Warn = Arc<dyn Fn(&str) + Send + Sync>;

/// Reads `env:NAME` from an environment and `file:PATH` from the file system. A secret is read again each time, so that a
/// replaced one is used immediately. A path that begins with `~/` is relative to `HOME`, any other relative path to the
/// working folder. A file that cannot be read within 15 s is an error. The thread that reads it cannot be stopped, so use
/// `shutdown_background` to stop the runtime without waiting for it.
#[derive(Clone)]
pub struct EnvAndFileSecrets {
    environment: Environment,
    warn: Option<Warn>,
    warned: Arc<Mutex<BTreeSet<PathBuf>>>,
}

impl fmt::Debug for EnvAndFileSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvAndFileSecrets").field("environment", &self.environment).finish_non_exhaustive()
    }
}

impl EnvAndFileSecrets {
    /// The maximum size of a file with a secret, in bytes: the largest secret that common secret stores support. A larger
    /// file is probably the wrong one.
    pub const LARGEST_FILE: u64 = 65_536;

    /// Reads variables from `environment`.
    pub fn new(environment: Environment) -> Self {
        Self { environment, warn: None, warned: Arc::default() }
    }

    /// Calls `warn` once for each file that users other than its owner can read or change, except files that a container
    /// platform mounts below `/run/secrets` and `/var/run/secrets`.
    #[must_use]
    pub fn warning_to(mut self, warn: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.warn = Some(Arc::new(warn));
        self
    }

    fn path(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), self.environment.get_os("HOME")) {
            (Some(rest), Some(home)) if !home.is_empty() => Path::new(home).join(rest),
            _ => self.environment.current_dir().map_or_else(|| path.into(), |folder| folder.join(path)),
        }
    }

    /// Warns about a file that other users can read or change, as ssh does for keys.
    fn warn_if_open(&self, path: &Path, reference: &str, file: &File) {
        let Some(warn) = &self.warn else { return };
        if is_mounted(path) {
            return;
        }
        let Some(others) = access_of_others(file) else { return };
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.insert(path.to_owned()) {
            warn(&format!(
                "secret {reference} can be {others} by other users of this machine; to fix this, run chmod 600 {}",
                path.display()
            ));
        }
    }

    fn variable(&self, name: &str) -> Result<SecretString, PortError> {
        let Some(value) = self.environment.get_os(name) else {
            let message = format!("secret env:{name} not found: the variable is not set");
            return Err(PortError::new(PortErrorKind::NotFound, ErrorCode::SecretNotFound, message));
        };
        if value.is_empty() {
            let message = format!("secret env:{name} not found: the variable is empty");
            return Err(PortError::new(PortErrorKind::NotFound, ErrorCode::SecretNotFound, message));
        }
        value.to_str().map(SecretString::from).ok_or_else(|| not_text(&format!("env:{name}")))
    }

    /// Reads a file on a separate thread, because opening a pipe blocks until somebody writes to it.
    async fn file(&self, path: &str) -> Result<SecretString, PortError> {
        let (secrets, owned) = (self.clone(), path.to_owned());
        match timeout(PATIENCE, spawn_blocking(move || secrets.read(&owned))).await {
            Ok(Ok(secret)) => secret,
            Ok(Err(ended)) => Err(could_not_read(&format!("file:{path}"), io::Error::other(ended))),
            Err(_) => {
                let message = format!(
                    "secret file:{path} could not be read within {} s; it may be a pipe that nothing writes to",
                    PATIENCE.as_secs()
                );
                Err(PortError::new(PortErrorKind::Unavailable, ErrorCode::SecretUnreadable, message))
            }
        }
    }

    fn read(&self, path: &str) -> Result<SecretString, PortError> {
        let reference = format!("file:{path}");
        let unreadable = |error: io::Error| could_not_read(&reference, error);
        let path = self.path(path);
        let file = File::open(&path).map_err(unreadable)?;
        self.warn_if_open(&path, &reference, &file);
        // Large enough for most secrets: a buffer that grows leaves copies in memory.
        let mut bytes = Vec::with_capacity(4096);
        // One byte more than allowed, to recognize a file that is too large.
        file.take(Self::LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > Self::LARGEST_FILE {
            let message = format!("secret {reference} is larger than {} bytes", Self::LARGEST_FILE);
            return Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid, message)
                .with_hint("give the path of a file that contains only the secret"));
        }
        let mut text = decode_text(bytes).map_err(|_| not_text(&reference))?;
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Ok(SecretString::from(text))
    }
}

fn is_mounted(path: &Path) -> bool {
    MOUNTED.iter().any(|folder| path.starts_with(folder))
}

#[cfg(unix)]
fn access_of_others(file: &File) -> Option<&'static str> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().ok().filter(std::fs::Metadata::is_file)?.permissions().mode();
    match (mode & 0o044 != 0, mode & 0o022 != 0) {
        (true, true) => Some("read and changed"),
        (true, false) => Some("read"),
        (false, true) => Some("changed"),
        (false, false) => None,
    }
}

/// Other systems have access control lists, which are not checked.
#[cfg(not(unix))]
fn access_of_others(_: &File) -> Option<&'static str> {
    None
}

fn not_text(reference: &str) -> PortError {
    let message = format!("secret {reference} is not valid UTF-8");
    PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid, message)
}

fn could_not_read(reference: &str, error: io::Error) -> PortError {
    let (kind, code, message) = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            (PortErrorKind::NotFound, ErrorCode::SecretNotFound, format!("secret {reference} not found"))
        }
        io::ErrorKind::PermissionDenied => (
            PortErrorKind::Denied,
            ErrorCode::SecretDenied,
            format!("no permission to read secret {reference}"),
        ),
        _ => (
            PortErrorKind::Unavailable,
            ErrorCode::SecretUnreadable,
            format!("could not read secret {reference}"),
        ),
    };
    PortError::new(kind, code, message).with_source(error)
}

#[async_trait]
impl SecretResolver for EnvAndFileSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match reference {
            SecretRef::Env(name) => self.variable(name),
            SecretRef::File(path) => self.file(path).await,
            SecretRef::Keyring { .. } | SecretRef::Store(_) => {
                let message = format!("secret {reference} is not in an environment variable or a file");
                Err(PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_ports::ExposeSecret;
    use std::path::Path;

    async fn resolve(reference: &str) -> Result<String, PortError> {
        let secrets = EnvAndFileSecrets::new(Environment::from_pairs([("TOKEN", "hunter2"), ("EMPTY", "")]));
        let secret = secrets.resolve(&reference.parse().unwrap()).await?;
        Ok(secret.expose_secret().to_owned())
    }

    async fn resolve_file(folder: &Path, content: &[u8]) -> Result<String, PortError> {
        let path = folder.join("secret");
        std::fs::write(&path, content).unwrap();
        resolve(&format!("file:{}", path.display())).await
    }

    #[tokio::test]
    async fn a_variable_is_taken_as_it_is() {
        assert_eq!(resolve("env:TOKEN").await.unwrap(), "hunter2");
        let error = resolve("env:EMPTY").await.unwrap_err();
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::NotFound, ErrorCode::SecretNotFound));
        assert!(error.message.ends_with("the variable is empty"), "{error}");
    }

    #[tokio::test]
    async fn a_file_is_taken_without_the_line_end_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        for (content, secret) in
            [("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("a\n\n", "a\n"), (" s \t", " s \t"), ("", "")]
        {
            assert_eq!(resolve_file(folder.path(), content.as_bytes()).await.unwrap(), secret, "{content:?}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_that_others_can_read_or_change_is_warned_of_once() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&told);
        let secrets = EnvAndFileSecrets::new(Environment::default())
            .warning_to(move |text| kept.lock().unwrap().push(text.to_owned()));
        for (name, mode) in
            [("closed", 0o600), ("group", 0o640), ("all", 0o604), ("written", 0o620), ("open", 0o666)]
        {
            let path = folder.path().join(name);
            std::fs::write(&path, "hunter2").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let reference: SecretRef = format!("file:{}", path.display()).parse().unwrap();
            for _ in 0..2 {
                assert_eq!(secrets.resolve(&reference).await.unwrap().expose_secret(), "hunter2");
            }
        }
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(
            told[0].contains("/group can be read by other users") && told[0].contains("chmod 600"),
            "{told:?}"
        );
        assert!(told[2].contains("/written can be changed by other users"), "{told:?}");
        assert!(told[3].contains("/open can be read and changed by other users"), "{told:?}");
        assert!(told[1].contains("/all") && !told.concat().contains("hunter2"), "{told:?}");
    }

    #[test]
    fn what_a_container_platform_mounts_is_known_by_its_folder() {
        for mounted in ["/run/secrets/db", "/var/run/secrets/kubernetes.io/serviceaccount/token"] {
            assert!(is_mounted(Path::new(mounted)), "{mounted}");
        }
        for own in ["/run/secrets-of-mine/db", "/home/me/run/secrets/db", "run/secrets/db"] {
            assert!(!is_mounted(Path::new(own)), "{own}");
        }
    }

    #[tokio::test]
    async fn paths_start_from_home_and_from_the_working_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "hunter2").unwrap();
        let home = folder.path().display().to_string();
        let at_home = Environment::from_pairs([("HOME", home.as_str())]);
        let here = Environment::default().with_current_dir(folder.path());
        for (environment, reference) in [(at_home, "file:~/secret"), (here, "file:secret")] {
            let secret =
                EnvAndFileSecrets::new(environment).resolve(&reference.parse().unwrap()).await.unwrap();
            assert_eq!(secret.expose_secret(), "hunter2", "{reference}");
        }
    }

    #[tokio::test]
    async fn an_absent_variable_or_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("absent");
        for reference in ["env:ABSENT".to_owned(), format!("file:{}", path.display())] {
            let error = resolve(&reference).await.unwrap_err();
            assert_eq!(
                (error.kind, error.code.clone()),
                (PortErrorKind::NotFound, ErrorCode::SecretNotFound)
            );
            assert!(error.message.contains(&reference), "{error}");
        }
        let error = resolve(&format!("file:{}", folder.path().display())).await.unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::Unavailable, ErrorCode::SecretUnreadable)
        );
    }

    #[cfg(unix)]
    fn pipe(folder: &Path) -> (PathBuf, SecretRef) {
        let path = folder.join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let reference = format!("file:{}", path.display()).parse().unwrap();
        (path, reference)
    }

    #[cfg(unix)]
    #[tokio::test(start_paused = true)]
    async fn reading_a_pipe_without_a_writer_times_out() {
        let folder = tempfile::tempdir().unwrap();
        let (path, reference) = pipe(folder.path());
        let secrets = EnvAndFileSecrets::new(Environment::default());
        // Paused time does not advance by itself while a thread is blocked.
        let (secret, ()) = tokio::join!(secrets.resolve(&reference), tokio::time::advance(PATIENCE));
        // Ends the waiting thread, for which the test's runtime would otherwise wait.
        drop(File::options().write(true).open(path).unwrap());
        let error = secret.unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::Unavailable, ErrorCode::SecretUnreadable)
        );
        assert!(error.message.contains("/pipe could not be read within 15 s; it may be a pipe"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_pipe_that_is_written_to_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let (path, reference) = pipe(folder.path());
        let writer = std::thread::spawn(move || std::fs::write(path, "hunter2\n").unwrap());
        let secret = EnvAndFileSecrets::new(Environment::default()).resolve(&reference).await.unwrap();
        assert_eq!(secret.expose_secret(), "hunter2");
        writer.join().unwrap();
    }

    #[tokio::test]
    async fn what_cannot_be_a_secret_is_refused_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let largest = usize::try_from(EnvAndFileSecrets::LARGEST_FILE).unwrap();
        assert!(resolve_file(folder.path(), &vec![b'x'; largest]).await.is_ok());
        for content in [vec![b'x'; largest + 1], b"hunter2\xff".to_vec()] {
            let error = resolve_file(folder.path(), &content).await.unwrap_err();
            assert_eq!(
                (error.kind, error.code.clone()),
                (PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid)
            );
            let shown = format!("{error:?}");
            assert!(shown.contains("file:/") && !shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn an_unreadable_file_is_a_permission_error() {
        let error = could_not_read("file:/x", io::ErrorKind::PermissionDenied.into());
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Denied, ErrorCode::SecretDenied));
    }
}
