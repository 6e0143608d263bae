//! A package of code, read from the file system: a zip file as it is, or a folder that is zipped.

mod archive;
mod error;
mod tree;

pub use error::PackageError;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::{
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// The most that Lambda unpacks, in bytes: 250 MB, the function and its layers together
/// ([Lambda quotas](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)). No more is read of
/// anything.
pub const LARGEST_UNPACKED: u64 = 262_144_000;

/// The most entries that a folder is packed into: what a zip file counts without the extension for large ones,
/// which not every reader knows.
pub const MOST_ENTRIES: usize = 65_535;

/// A package as it is uploaded.
#[derive(Clone, PartialEq, Eq)]
pub struct ZipPackage {
    /// The zip file.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes in standard Base64, as Lambda shows it in `CodeSha256`.
    pub sha256: String,
    /// How many files and folders the zip file lists; at least one.
    pub entries: usize,
}

/// Leaves out the code, which may hold anything.
impl fmt::Debug for ZipPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ZipPackage({} bytes, SHA-256 {}, {} entries)", self.bytes.len(), self.sha256, self.entries)
    }
}

/// Reads the package at `path`. This blocks, for seconds where a folder is large: async code calls it on a thread
/// where waiting holds up nobody.
///
/// A file is taken as it is, byte for byte, once its table of contents has been read as that of a zip file.
///
/// A folder is zipped, and the same names and contents give the same bytes and so the same checksum on every
/// machine: entries are sorted by the bytes of their paths; each has the time 1980-01-01 00:00:00 and the mode 0644,
/// or 0755 where it is a folder or its owner may execute it; the level of compression is fixed. A version of
/// Lamplight with another version of the compressor may give other bytes, which unpack to the same files.
///
/// Everything in the folder is packed, except what is called `.git` at its top: a repository, or the file that says
/// where it is. Folders are stored only where they are empty. Links are followed to what they stand for, which must
/// be in the folder too. On a file system without a bit for executable files, as on Windows, none is: pack a
/// `bootstrap` elsewhere.
///
/// # Errors
///
/// A [`PackageError`] that names what cannot be packed and why. No more than [`LARGEST_UNPACKED`] bytes and
/// [`MOST_ENTRIES`] entries are read, whatever lies there, and nothing that is neither a file nor a folder is opened.
pub fn read_package(path: &Path) -> Result<ZipPackage, PackageError> {
    let about = fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => PackageError::Missing { path: path.to_owned() },
        _ => PackageError::Unreadable { path: path.to_owned(), source },
    })?;
    let (bytes, entries) = if about.is_dir() {
        let tree = tree::walk(path)?;
        (archive::pack(path, &tree)?, tree.len())
    } else if about.is_file() {
        let bytes = read_file(path)?;
        let entries = archive::check(path, &bytes)?;
        (bytes, entries)
    } else {
        return Err(tree::special(path, about.file_type()));
    };
    let sha256 = STANDARD.encode(Sha256::digest(&bytes));
    Ok(ZipPackage { bytes, sha256, entries })
}

fn read_file(path: &Path) -> Result<Vec<u8>, PackageError> {
    let unreadable = |source| PackageError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length > LARGEST_UNPACKED {
        return Err(PackageError::TooLarge { path: path.to_owned() });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // One byte more than allowed tells a file that has grown too large from one that just fits.
    file.take(LARGEST_UNPACKED + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_UNPACKED {
        return Err(PackageError::TooLarge { path: path.to_owned() });
    }
    Ok(bytes)
}
