//! Reads tokens from files.

use crate::token;
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, decode_text};
use lamplight_ports::{PortError, PortErrorKind, SecretString, TokenSource};
use std::{fs::File, io, io::Read, path::PathBuf, time::Duration};
use tokio::{task::spawn_blocking, time::timeout};

/// The time limit for reading a file: a pipe that nobody writes to would never end.
const PATIENCE: Duration = Duration::from_secs(15);

/// A token in a file that another program renews, such as Kubernetes. The file is read again at each call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileToken {
    path: PathBuf,
}

impl FileToken {
    /// The token in the file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn read(&self) -> Result<SecretString, PortError> {
        let shown = self.path.display();
        let unreadable = |error: io::Error| {
            let (kind, code, what) = match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                    (PortErrorKind::NotFound, ErrorCode::TokenNotFound, "does not exist")
                }
                io::ErrorKind::PermissionDenied => {
                    (PortErrorKind::Denied, ErrorCode::TokenNotFound, "could not be read")
                }
                _ => (PortErrorKind::Unavailable, ErrorCode::TokenUnavailable, "could not be read"),
            };
            PortError::new(kind, code, format!("the token file {shown} {what}"))
                .with_hint("check the path, and the program that mounts or writes the file")
                .with_source(error)
        };
        let file = File::open(&self.path).map_err(unreadable)?;
        let mut bytes = Vec::with_capacity(token::LARGEST);
        // A few bytes more than allowed, for line endings and to recognize a file that is too large.
        file.take(token::LARGEST as u64 + 64).read_to_end(&mut bytes).map_err(unreadable)?;
        let text = decode_text(bytes).map_err(|_| {
            let message = format!("the token file {shown} is not valid UTF-8");
            PortError::new(PortErrorKind::InvalidRequest, ErrorCode::TokenInvalid, message)
                .with_hint("give the path of a file that contains only the token")
        })?;
        token::token(&text, &format!("file {shown}"))
    }
}

#[async_trait]
impl TokenSource for FileToken {
    /// Reads on a separate thread: reading a pipe blocks until somebody writes to it.
    async fn token(&self) -> Result<SecretString, PortError> {
        let source = self.clone();
        let unavailable = |end: &str| {
            let message = format!("the token file {} could not be read{end}", self.path.display());
            PortError::new(PortErrorKind::Unavailable, ErrorCode::TokenUnavailable, message)
        };
        match timeout(PATIENCE, spawn_blocking(move || source.read())).await {
            Ok(Ok(token)) => token,
            Ok(Err(ended)) => Err(unavailable("").with_source(ended)),
            Err(_) => {
                let end =
                    format!(" within {} s; it may be a pipe that nothing writes to", PATIENCE.as_secs());
                Err(unavailable(&end))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_ports::ExposeSecret;

    #[tokio::test]
    async fn a_token_that_was_replaced_is_used_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let source = FileToken::new(&path);
        for text in ["eyJh.eyJi.Zmlyc3Q", "eyJh.eyJi.c2Vjb25k\n"] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(source.token().await.unwrap().expose_secret(), text.trim());
        }
        std::fs::remove_file(&path).unwrap();
        let error = source.token().await.unwrap_err();
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::NotFound, ErrorCode::TokenNotFound));
        assert!(error.message.contains("token"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn waiting_for_a_pipe_can_be_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let source = FileToken::new(&path);
        tokio::select! {
            biased;
            token = source.token() => panic!("nobody has written one: {token:?}"),
            () = tokio::task::yield_now() => {}
        }
        // Ends the waiting thread, for which the test's runtime would otherwise wait.
        drop(File::options().write(true).open(path).unwrap());
    }

    #[tokio::test]
    async fn text_that_is_not_a_token_is_refused_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        for content in [b"hunter2".to_vec(), b"hunter2\xff".to_vec(), vec![b'a'; 100_000], Vec::new()] {
            std::fs::write(&path, content).unwrap();
            let error = FileToken::new(&path).token().await.unwrap_err();
            assert_eq!(error.code, ErrorCode::TokenInvalid);
            assert!(!format!("{error:?}").contains("hunter2"));
        }
        let error = FileToken::new(folder.path()).token().await.unwrap_err();
        assert_eq!(error.code, ErrorCode::TokenUnavailable);
    }
}
