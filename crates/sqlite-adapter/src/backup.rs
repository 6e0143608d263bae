//! Copies a store that is in use.

use crate::{SqliteStore, database::Database, failure, store::in_place};
use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind};
use std::{fs, io, path::Path};

impl SqliteStore {
    /// Copies the store as it is at one moment to a new file, while others read and write it.
    ///
    /// # Guarantees
    /// - The file is complete when it gets its name: a copy that was interrupted leaves no file of this name.
    ///
    /// # Errors
    /// `already_exists` if the file exists, and the errors of the store and of the file's folder.
    #[expect(clippy::unused_async, reason = "callers await it like every other method of a store")]
    pub async fn backup_to(&self, file: &Path) -> Result<(), PortError> {
        in_place(|| {
            // A connection of its own: copying takes as long as the store is large.
            let database = Database::open(self.path())?.ok_or_else(|| failure::missing_store(self.path()))?;
            copy(&database, file)
        })
    }
}

fn copy(database: &Database, target: &Path) -> Result<(), PortError> {
    if target.exists() {
        return Err(exists(target));
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unwritable = |error: io::Error| {
        let message = format!("cannot copy the store to {}", target.display());
        PortError::new(PortErrorKind::Unavailable, ErrorCode::Io, message).with_source(error)
    };
    let new = tempfile::Builder::new().prefix(".lamplight-").tempfile_in(folder).map_err(unwritable)?;
    database.copy_to(new.path()).map_err(|error| failure::sqlite_error(target, error))?;
    fs::File::open(new.path()).and_then(|copy| copy.sync_all()).map_err(unwritable)?;
    match new.persist_noclobber(target) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(exists(target)),
        Err(error) => Err(unwritable(error.error)),
    }
}

fn exists(target: &Path) -> PortError {
    let message = format!("{} exists already; nothing was copied", target.display());
    PortError::new(PortErrorKind::Conflict, ErrorCode::AlreadyExists, message)
}
