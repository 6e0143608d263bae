//! Reads a package of code from the file system: a zip file as it is, or a folder, which is zipped.

mod archive;
mod error;
mod exclude;
mod tree;

pub use error::PackageError;
pub use exclude::LEFT_OUT;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use exclude::Rules;
use sha2::{Digest, Sha256};
use std::{
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// The maximum size of an unpacked package, in bytes: 250 MB for a function and its layers together
/// ([Lambda quotas](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)). Reading stops at this size.
pub const LARGEST_UNPACKED: u64 = 262_144_000;

/// The maximum number of files and empty folders in a packed folder: the limit of zip files without the ZIP64 extension,
/// which not all tools support.
pub const MOST_ENTRIES: usize = 65_535;

/// A package that is ready to be uploaded.
#[derive(Clone, PartialEq, Eq)]
pub struct ZipPackage {
    /// The zip file.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes in standard Base64, as Lambda shows it in `CodeSha256`.
    pub sha256: String,
    /// How many files and folders the zip file lists; at least one.
    pub entries: usize,
    /// What was packed, if it was a folder.
    pub packed: Option<PackedFolder>,
}

/// What of a folder was packed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackedFolder {
    /// The paths of the files below the folder, and of empty folders, which end with `/`, in the order of the package.
    pub names: Vec<String>,
    /// The size of all files, in bytes.
    pub unpacked: u64,
    /// The paths of the files and folders that were left out, sorted.
    pub left_out: Vec<String>,
}

/// Does not show the code, which may contain secrets.
impl fmt::Debug for ZipPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ZipPackage({} bytes, SHA-256 {}, {} entries)", self.bytes.len(), self.sha256, self.entries)
    }
}

/// Reads the package at `path`. This blocks, for seconds if a folder is large, so async code must call it on a thread
/// for blocking work.
///
/// A file is used unchanged, byte for byte, after its table of contents was read to check that it is a zip file.
///
/// A folder is zipped. The same names and contents give the same bytes, and so the same checksum, on every machine:
/// entries are sorted by the bytes of their paths; each has the time 1980-01-01 00:00:00 and the mode 0644, or 0755 if it
/// is a folder or its owner may execute it; the compression level is fixed. Another version of Lamplight with another
/// version of the compression library may give different bytes, which unpack to the same files.
///
/// Everything in the folder is packed, except repositories, secrets of the machine and caches such as `.git`, `.env` and
/// `__pycache__`, and files with a private key, and except what `exclude` names, with patterns as in `.gitignore`; `!.env` packs what is left out by
/// default. Only empty folders are stored as folders. Symbolic links are followed; their targets must be in the folder too. On
/// systems without an executable bit, such as Windows, no file is executable: pack a `bootstrap` on another system.
///
/// # Errors
///
/// A [`PackageError`] that names what cannot be packed and why. At most [`LARGEST_UNPACKED`] bytes and [`MOST_ENTRIES`]
/// entries are read, and only files and folders are opened.
pub fn read_package(path: &Path, exclude: &[String]) -> Result<ZipPackage, PackageError> {
    let about = fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => PackageError::Missing { path: path.to_owned() },
        _ => PackageError::Unreadable { path: path.to_owned(), source },
    })?;
    let rules = Rules::new(exclude)?;
    let (bytes, entries, packed) = if about.is_dir() {
        let tree = tree::walk(path, &rules)?;
        (archive::pack(path, &tree.entries)?, tree.entries.len(), Some(packed(tree)))
    } else if about.is_file() && !exclude.is_empty() {
        return Err(PackageError::LeftOutOfFile { path: path.to_owned() });
    } else if about.is_file() {
        let bytes = read_file(path)?;
        let entries = archive::check(path, &bytes)?;
        (bytes, entries, None)
    } else {
        return Err(tree::special(path, about.file_type()));
    };
    let sha256 = STANDARD.encode(Sha256::digest(&bytes));
    Ok(ZipPackage { bytes, sha256, entries, packed })
}

fn packed(tree: tree::Tree) -> PackedFolder {
    let mut packed = PackedFolder { left_out: tree.left_out, ..PackedFolder::default() };
    for tree::Entry { name, kind } in tree.entries {
        match kind {
            tree::Kind::EmptyFolder => packed.names.push(format!("{name}/")),
            tree::Kind::File { size, .. } => {
                packed.unpacked += size;
                packed.names.push(name);
            }
        }
    }
    packed
}

fn read_file(path: &Path) -> Result<Vec<u8>, PackageError> {
    let unreadable = |source| PackageError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length > LARGEST_UNPACKED {
        return Err(PackageError::TooLarge { path: path.to_owned() });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // One byte more than allowed, to recognize a file that has grown too large since its length was read.
    file.take(LARGEST_UNPACKED + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_UNPACKED {
        return Err(PackageError::TooLarge { path: path.to_owned() });
    }
    Ok(bytes)
}
