//! Why there is no package.

use super::{LARGEST_UNPACKED, MOST_ENTRIES};
use std::{error::Error, io, path::PathBuf};

/// Why a package could not be read. Each says which path, what is wrong with it, and what would do.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Nothing is there.
    #[error("there is no file or folder {}", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The system does not let it be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file that is no zip file, or a broken one.
    #[error("{} is not a readable zip file: give a zip file, or a folder, which is zipped for you", path.display())]
    NotAZip {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no file to pack.
    #[error("nothing to pack: there is no file in {}", path.display())]
    Empty {
        /// The folder or zip file.
        path: PathBuf,
    },
    /// More than [`LARGEST_UNPACKED`] bytes.
    #[error(
        "{} is more than {LARGEST_UNPACKED} bytes (250 MiB) unpacked, the most that Lambda takes: put large files \
         into S3 and fetch them from there, or use a container image",
        path.display()
    )]
    TooLarge {
        /// The folder or zip file.
        path: PathBuf,
    },
    /// More than [`MOST_ENTRIES`] files and empty folders.
    #[error(
        "{} has more than {MOST_ENTRIES} files and empty folders, the most that a plain zip file lists: leave some \
         out, or use a container image",
        path.display()
    )]
    TooMany {
        /// The folder.
        path: PathBuf,
    },
    /// A link to something that is not in the folder.
    #[error(
        "the link {} leads to {}, outside of the folder that is packed: put a copy in its place",
        path.display(), target.display()
    )]
    LeadsOutside {
        /// The link.
        path: PathBuf,
        /// What it stands for.
        target: PathBuf,
    },
    /// A link to itself, or to a folder that it is in.
    #[error("the link {} leads in a circle: remove it", path.display())]
    Circle {
        /// The link.
        path: PathBuf,
    },
    /// A link to what is not there.
    #[error("the link {} leads to nothing: remove it, or make what it stands for", path.display())]
    Dangling {
        /// The link.
        path: PathBuf,
    },
    /// Neither a file nor a folder nor a link.
    #[error("{} is {kind}: only files, folders and links between them can be packed", path.display())]
    Special {
        /// Where it is.
        path: PathBuf,
        /// What it is, with its article.
        kind: &'static str,
    },
    /// A name that a zip file cannot carry to every machine.
    #[error("the name of {} is not UTF-8 text: give it another name", path.display())]
    NotUtf8 {
        /// Where it is; what cannot be shown of the name is replaced.
        path: PathBuf,
    },
    /// The zip file cannot take it, as where a path is longer than 65 kB.
    #[error("cannot pack {}", path.display())]
    Unpackable {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
}
