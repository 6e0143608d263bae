//! Which processes make calls: each holds an operating system's lock on a file of its own, which the system
//! lets go when the process ends, however it ends.
//!
//! A lock file is made under another name, locked, and then moved to where it is looked for: nobody ever sees
//! one that is not locked yet. So whoever can take the lock of a file that is looked for knows that its
//! process has ended, and may remove it: ids are never used again.

use lamplight_domain::{ErrorCode, RunnerId};
use lamplight_ports::{PortError, PortErrorKind};
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// What a lock file's name ends in once it is locked.
const LOCKED: &str = "lock";
/// What its name ends in before.
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

    /// Holds the lock of this process from now on.
    pub(crate) fn enlist(&self) -> Result<RunnerId, PortError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            let path = self.file(&self.id, LOCKED).ok_or_else(|| unusable(&self.id))?;
            make_folder(&self.folder).map_err(|error| self.failed(error))?;
            self.remove_ended();
            if self.state(&self.id)? == State::Alive {
                let message = format!("the runner id {} is in use", self.id.0);
                return Err(PortError::new(PortErrorKind::Conflict, ErrorCode::RunnerInUse, message));
            }
            *held = Some(take(&path).map_err(|error| self.failed(error))?);
        }
        Ok(self.id.clone())
    }

    /// Whether the process of that id still runs.
    pub(crate) fn state(&self, runner: &RunnerId) -> Result<State, PortError> {
        // An id that can be no file's name was never given out here.
        let Some(path) = self.file(runner, LOCKED) else { return Ok(State::Ended) };
        state_of(&path).map_err(|error| self.failed(error))
    }

    /// Removes what ended processes have left. What cannot be removed now is left to another time.
    fn remove_ended(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
            let ours = path.extension().is_some_and(|ending| ending == LOCKED || ending == NEW);
            // The lock is held while the file is removed, so that a file about to be moved is never taken.
            if ours
                && let Ok(file) = File::open(&path)
                && file.try_lock().is_ok()
            {
                let _ = fs::remove_file(&path);
            }
        }
    }

    fn file(&self, runner: &RunnerId, ending: &str) -> Option<PathBuf> {
        let id = runner.0.as_str();
        let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        let good = plain && (1..=128).contains(&id.len()) && !id.starts_with('.');
        good.then(|| self.folder.join(format!("{id}.{ending}")))
    }

    fn failed(&self, error: io::Error) -> PortError {
        let folder = self.folder.display();
        let (kind, code, message) = match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => (
                PortErrorKind::Denied,
                ErrorCode::StoreReadOnly,
                format!("the folder {folder} may not be used"),
            ),
            _ => {
                (PortErrorKind::Unavailable, ErrorCode::RunnerLock, format!("locks in {folder} do not work"))
            }
        };
        PortError::new(kind, code, message)
            .with_hint("name another folder for the store with LAMPLIGHT_DATA_DIR")
            .with_source(error)
    }
}

impl Drop for Runner {
    /// Without its store a process records nothing any more, so it is no runner either.
    fn drop(&mut self) {
        let held = self.held.get_mut().unwrap_or_else(PoisonError::into_inner);
        if held.is_some()
            && let Some(path) = self.file(&self.id, LOCKED)
        {
            // A file that stays is removed by the next runner.
            let _ = fs::remove_file(path);
        }
    }
}

/// What became of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Alive,
    Ended,
}

/// Makes the lock file `path` and holds its lock.
fn take(path: &Path) -> io::Result<File> {
    let new = path.with_extension(NEW);
    loop {
        let file = File::create(&new)?;
        file.lock()?;
        match fs::rename(&new, path) {
            // Another process took the file for one left behind, before it was locked.
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
    // A shared lock is enough to see that nobody holds the runner's own, and two who look at once do not
    // take each other for it.
    match file.try_lock_shared() {
        Ok(()) => Ok(State::Ended),
        Err(TryLockError::WouldBlock) => Ok(State::Alive),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn unusable(id: &RunnerId) -> PortError {
    let message = format!("{:?} is no runner id: it must be 1-128 letters, digits, '-', '_' or '.'", id.0);
    PortError::new(PortErrorKind::InvalidRequest, ErrorCode::RunnerId, message)
}
