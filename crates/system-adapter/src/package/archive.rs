//! Writes and checks zip files.

use super::{
    LARGEST_UNPACKED, PackageError,
    tree::{Entry, Kind},
};
use std::{
    fs::File,
    io::{self, Cursor, Read},
    path::Path,
};
use zip::{
    CompressionMethod, DateTime, System, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions,
};

/// The compression level, the usual balance of time and size. Changing it changes all checksums.
const LEVEL: i64 = 6;

/// Writes a zip file with the entries of the tree at `root`.
pub(super) fn pack(root: &Path, entries: &[Entry]) -> Result<Vec<u8>, PackageError> {
    // Set explicitly, because defaults can differ between machines.
    let options = SimpleFileOptions::default()
        .system(System::Unix)
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::default());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut left = LARGEST_UNPACKED;
    for Entry { name, kind } in entries {
        let unpackable =
            |error: ZipError| PackageError::Unpackable { path: root.join(name), source: error.into() };
        match kind {
            Kind::EmptyFolder => {
                let options = options.unix_permissions(0o755);
                writer.add_directory(format!("{name}/"), options).map_err(unpackable)?;
            }
            Kind::File { real, executable, .. } => {
                let unreadable = |source| PackageError::Unreadable { path: root.join(name), source };
                let file = File::open(real).map_err(unreadable)?;
                let options = options.unix_permissions(if *executable { 0o755 } else { 0o644 });
                writer.start_file(name, options).map_err(unpackable)?;
                // The file may have grown since its size was read, or its reported size may be wrong.
                let length = io::copy(&mut file.take(left + 1), &mut writer).map_err(unreadable)?;
                left = left
                    .checked_sub(length)
                    .ok_or_else(|| PackageError::TooLarge { path: root.to_owned() })?;
            }
        }
    }
    let written = writer.finish();
    let written =
        written.map_err(|error| PackageError::Unpackable { path: root.to_owned(), source: error.into() })?;
    Ok(written.into_inner())
}

/// Checks that `bytes` are a zip file that is not too large, and returns the number of its entries.
pub(super) fn check(path: &Path, bytes: &[u8]) -> Result<usize, PackageError> {
    let broken = |error: ZipError| PackageError::NotAZip { path: path.to_owned(), source: error.into() };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let mut total = 0_u64;
    for index in 0..archive.len() {
        total = total.saturating_add(archive.by_index_raw(index).map_err(broken)?.size());
        if total > LARGEST_UNPACKED {
            return Err(PackageError::TooLarge { path: path.to_owned() });
        }
    }
    if archive.is_empty() {
        return Err(PackageError::Empty { path: path.to_owned() });
    }
    Ok(archive.len())
}
