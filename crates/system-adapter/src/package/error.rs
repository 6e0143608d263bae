//! The errors of reading a package.

use super::{LARGEST_UNPACKED, MOST_ENTRIES};
use std::{error::Error, io, path::PathBuf};

/// Why a package could not be read. Each message names the path, what is wrong with it, and how to fix it.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The path does not exist.
    #[error("file or folder {} does not exist", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The operating system reported an error.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file that is not a zip file, or a damaged one.
    #[error("{} is not a valid zip file; give a zip file, or a folder, which is zipped for you", path.display())]
    NotAZip {
        /// The file.
        path: PathBuf,
        /// The error of the zip library.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A pattern of what to leave out is not valid.
    #[error("{pattern:?} is not a valid pattern of files to leave out: {problem}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Patterns of what to leave out, for a file that is taken as it is.
    #[error("{} is a zip file, which is uploaded as it is; files can be left out of a folder only", path.display())]
    LeftOutOfFile {
        /// The file.
        path: PathBuf,
    },
    /// The folder or zip file contains no files.
    #[error("nothing to pack: {} contains no files", path.display())]
    Empty {
        /// The folder or zip file.
        path: PathBuf,
    },
    /// More than [`LARGEST_UNPACKED`] bytes.
    #[error(
        "{} is more than {LARGEST_UNPACKED} bytes (250 MiB) unpacked, which is Lambda's limit; put large files \
         into S3 and download them in the function, or use a container image",
        path.display()
    )]
    TooLarge {
        /// The folder or zip file.
        path: PathBuf,
    },
    /// More than [`MOST_ENTRIES`] files and empty folders.
    #[error(
        "{} has more than {MOST_ENTRIES} files and empty folders, the limit of a zip file; remove \
         some, or use a container image",
        path.display()
    )]
    TooMany {
        /// The folder.
        path: PathBuf,
    },
    /// A link whose target is not in the folder.
    #[error(
        "the target of link {} is {}, which is outside of the folder to pack; replace the link with a copy",
        path.display(), target.display()
    )]
    LeadsOutside {
        /// The link.
        path: PathBuf,
        /// Its target.
        target: PathBuf,
    },
    /// A link to itself, or to a folder that contains it.
    #[error("the link {} is part of a loop; remove it", path.display())]
    Circle {
        /// The link.
        path: PathBuf,
    },
    /// A link whose target does not exist.
    #[error("the target of link {} does not exist; remove the link or create the target", path.display())]
    Dangling {
        /// The link.
        path: PathBuf,
    },
    /// Neither a file nor a folder nor a link.
    #[error("{} is {kind}; only files, folders and links to them can be packed", path.display())]
    Special {
        /// The path.
        path: PathBuf,
        /// What it is, with an article, such as `a socket`.
        kind: &'static str,
    },
    /// A name that a zip file cannot represent on all systems.
    #[error("the name of {} is not valid UTF-8; rename it", path.display())]
    NotUtf8 {
        /// The path; when it is shown, bytes that are not valid UTF-8 are replaced.
        path: PathBuf,
    },
    /// The zip file cannot contain it, for example because its path is longer than 65 kB.
    #[error("cannot pack {}", path.display())]
    Unpackable {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
}
