//! Tells which runners are still alive: each holds an operating system lock on its own file, and the system releases
//! the lock when the process ends, however it ends.
//!
//! A lock file is created under a temporary name, locked, and then renamed, so a file under its final name is always
//! locked while its process lives. Whoever can take the lock of such a file knows that the process has ended and may
//! remove the file: runner IDs are never reused.

use lamplight_domain::{ErrorCode, RunnerId};
use lamplight_ports::{PortError, PortErrorKind};
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// The extension of a lock file once it is locked.
const LOCKED: &str = "lock";
/// The extension of a lock file before it is locked.
const NEW: &str = "new";

/// This process as a runner.
#[derive(Debug)]
pub(crate) struct Runner {
    id: RunnerId,
    folder: PathBuf,
    held: Mutex<Option<File>>,
}

impl Runner {
    pub(crate) fn new(id: RunnerId, folder: PathBuf) -> Self {
        Self { id, folder, held: Mutex::new(None) }
    }

    /// Takes the lock of this process and holds it until the runner is dropped.
    pub(crate) fn enlist(&self) -> Result<RunnerId, PortError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            let path = self.lock_file(&self.id, LOCKED).ok_or_else(|| invalid_id(&self.id))?;
            create_folder(&self.folder).map_err(|error| self.lock_error(error))?;
            self.remove_ended();
            if self.state(&self.id)? == State::Alive {
                let message = format!("the runner ID {} is already in use", self.id.0);
                return Err(PortError::new(PortErrorKind::Conflict, ErrorCode::RunnerInUse, message));
            }
            *held = Some(create_locked_file(&path).map_err(|error| self.lock_error(error))?);
        }
        Ok(self.id.clone())
    }

    /// Whether the process with that ID is still running.
    pub(crate) fn state(&self, runner: &RunnerId) -> Result<State, PortError> {
        // No lock file can have such a name, so this store never gave the ID out.
        let Some(path) = self.lock_file(runner, LOCKED) else { return Ok(State::Ended) };
        state_of(&path).map_err(|error| self.lock_error(error))
    }

    /// Removes the files of processes that have ended. A file that cannot be removed is left for a later call.
    fn remove_ended(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
            let ours = path.extension().is_some_and(|ending| ending == LOCKED || ending == NEW);
            // The lock is held during the removal, so a file that its process is about to rename is never removed.
            if ours
                && let Ok(file) = File::open(&path)
                && file.try_lock().is_ok()
            {
                let _ = fs::remove_file(&path);
            }
        }
    }

    fn lock_file(&self, runner: &RunnerId, ending: &str) -> Option<PathBuf> {
        let id = runner.0.as_str();
        let has_valid_bytes =
            id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        let is_valid = has_valid_bytes && (1..=128).contains(&id.len()) && !id.starts_with('.');
        is_valid.then(|| self.folder.join(format!("{id}.{ending}")))
    }

    fn lock_error(&self, error: io::Error) -> PortError {
        let folder = self.folder.display();
        let (kind, code, message) = match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => (
                PortErrorKind::Denied,
                ErrorCode::StoreReadOnly,
                format!("no permission to use the folder {folder}"),
            ),
            _ => {
                (PortErrorKind::Unavailable, ErrorCode::RunnerLock, format!("cannot lock files in {folder}"))
            }
        };
        PortError::new(kind, code, message)
            .with_hint("set LAMPLIGHT_DATA_DIR to use another folder for the store")
            .with_source(error)
    }
}

impl Drop for Runner {
    /// A process that has closed its store records nothing any more, so it is not a runner either.
    fn drop(&mut self) {
        let held = self.held.get_mut().unwrap_or_else(PoisonError::into_inner);
        if held.is_some()
            && let Some(path) = self.lock_file(&self.id, LOCKED)
        {
            // The next runner removes a file that is left over.
            let _ = fs::remove_file(path);
        }
    }
}

/// Whether a process is still running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Alive,
    Ended,
}

/// Creates the lock file `path` and holds its lock.
fn create_locked_file(path: &Path) -> io::Result<File> {
    let new = path.with_extension(NEW);
    loop {
        let file = File::create(&new)?;
        file.lock()?;
        match fs::rename(&new, path) {
            // Another process found the file before it was locked and removed it as left over.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            moved => return moved.map(|()| file),
        }
    }
}

fn state_of(path: &Path) -> io::Result<State> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::Ended),
        Err(error) => return Err(error),
    };
    // A shared lock is enough to see that the runner's own lock is free, and two processes that check at the same time
    // do not block each other.
    match file.try_lock_shared() {
        Ok(()) => Ok(State::Ended),
        Err(TryLockError::WouldBlock) => Ok(State::Alive),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn invalid_id(id: &RunnerId) -> PortError {
    let message =
        format!("{:?} is not a valid runner ID: use 1 to 128 letters, digits, '-', '_' or '.'", id.0);
    PortError::new(PortErrorKind::InvalidRequest, ErrorCode::RunnerId, message)
}
