//! Tells which runners are still alive: each holds an operating system lock on its own file, and the system releases
//! the lock when the process ends, however it ends.
//!
//! A lock file is created under a temporary name, locked, and then renamed, so a file under its final name is always
//! locked while its process lives. Whoever can take the lock of such a file knows that the process has ended and may
//! remove the file: runner IDs are never reused.
//!
//! The file also has a [slot](crate::slots) for each run that its process makes. A file that holds the end of a run stays
//! when its process ends, until the end is stored.

use crate::slots::{self, Found, Slots};
use lamplight_domain::{ErrorCode, RunEnd, RunKey, RunnerId};
use lamplight_ports::{PortError, PortErrorKind};
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
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
    held: Mutex<Option<Slots>>,
}

/// The file of a process that has ended. Its lock is held, so that no other process removes it meanwhile.
#[derive(Debug)]
pub(crate) struct LeftFile {
    path: PathBuf,
    _lock: File,
    /// What the file holds.
    pub(crate) found: Found,
}

impl LeftFile {
    /// Removes the file. If that fails, a later call does it.
    pub(crate) fn remove(self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Runner {
    pub(crate) fn new(id: RunnerId, folder: PathBuf) -> Self {
        Self { id, folder, held: Mutex::new(None) }
    }

    /// Takes the lock of this process and holds it until the runner is dropped.
    pub(crate) fn enlist(&self) -> Result<RunnerId, PortError> {
        let mut held = self.held();
        if let Some(slots) = held.as_mut() {
            self.replace_removed(slots).map_err(|error| self.lock_error(error))?;
        } else {
            let path = self.lock_file(&self.id, LOCKED).ok_or_else(|| invalid_id(&self.id))?;
            create_folder(&self.folder).map_err(|error| self.lock_error(error))?;
            // Removes the files of processes that have ended.
            self.files().into_iter().map(Self::open_left).for_each(drop);
            if self.state(&self.id)? == State::Alive {
                let message = format!("the runner ID {} is already in use", self.id.0);
                return Err(PortError::new(PortErrorKind::Conflict, ErrorCode::RunnerInUse, message));
            }
            *held = Some(Slots::new(create_locked_file(&path).map_err(|error| self.lock_error(error))?));
        }
        Ok(self.id.clone())
    }

    /// Reserves space for the end of a run that this process makes.
    pub(crate) fn reserve(&self, runner: Option<&RunnerId>, key: &RunKey) -> Result<(), PortError> {
        match self.held().as_mut() {
            Some(slots) if runner == Some(&self.id) => {
                slots.reserve(key).map_err(|error| self.lock_error(error))
            }
            _ => Ok(()),
        }
    }

    /// Keeps the end of a run for which space was reserved.
    pub(crate) fn set_aside(&self, end: RunEnd) -> Result<(), PortError> {
        let mut held = self.held();
        let Some(slots) = held.as_mut() else {
            return Err(self.lock_error(io::ErrorKind::NotFound.into()));
        };
        let written = self.replace_removed(slots).and_then(|()| slots.write(end));
        written.map_err(|error| self.lock_error(error))
    }

    /// Frees the space of a run whose end is stored. If that fails, the end is stored a second time, which changes
    /// nothing.
    pub(crate) fn release(&self, key: &RunKey) {
        if let Some(slots) = self.held().as_mut()
            && let Err(error) = slots.release(key)
        {
            tracing::debug!(%error, run.key = %key, "could not free the space reserved for the end of a run");
        }
    }

    /// The ends that this process has set aside and not stored yet.
    pub(crate) fn own_ends(&self) -> Vec<RunEnd> {
        self.held().iter().flat_map(Slots::ends).cloned().collect()
    }

    /// The files of all processes, living or ended.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let is_ours =
            |path: &PathBuf| path.extension().is_some_and(|ending| ending == LOCKED || ending == NEW);
        paths.filter(is_ours).collect()
    }

    /// Opens a file that holds ends of runs and whose process has ended; `None` for any other. A file of an ended process
    /// that holds nothing is removed. The lock is held meanwhile, so a file that its process is about to rename is not
    /// removed.
    pub(crate) fn open_left(path: PathBuf) -> Option<LeftFile> {
        let file = File::open(&path).ok()?;
        file.try_lock().ok()?;
        let found = slots::read(&file).ok()?;
        let left = LeftFile { path, _lock: file, found };
        if left.found.ends.is_empty() && !left.found.has_newer {
            left.remove();
            return None;
        }
        Some(left)
    }

    fn held(&self) -> MutexGuard<'_, Option<Slots>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Creates the file of this process again if another program has removed it.
    fn replace_removed(&self, slots: &mut Slots) -> io::Result<()> {
        match self.lock_file(&self.id, LOCKED) {
            Some(path) if !path.exists() => {
                create_folder(&self.folder)?;
                slots.move_to(create_locked_file(&path)?)
            }
            _ => Ok(()),
        }
    }

    /// Whether the process with that ID is still running.
    pub(crate) fn state(&self, runner: &RunnerId) -> Result<State, PortError> {
        // No lock file can have such a name, so this store never gave the ID out.
        let Some(path) = self.lock_file(runner, LOCKED) else { return Ok(State::Ended) };
        state_of(&path).map_err(|error| self.lock_error(error))
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
    /// A process that has closed its store records nothing any more, so it is not a runner either. Ends that are not
    /// stored stay in the file.
    fn drop(&mut self) {
        let held = self.held.get_mut().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|slots| slots.ends().next().is_none())
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
