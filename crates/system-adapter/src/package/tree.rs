//! What there is to pack in a folder: looked at, not read.

use super::{LARGEST_UNPACKED, MOST_ENTRIES, PackageError};
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    vec,
};

/// What is left out at the top.
const REPOSITORY: &str = ".git";

/// More links in a row than any system follows; Linux and macOS stop at 40 and 32.
const MOST_LINKS: usize = 64;

/// A file or an empty folder.
#[derive(Debug)]
pub(super) struct Entry {
    /// The path below the folder that is packed, with `/` between its parts.
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    EmptyFolder,
    File {
        /// Where it is read, with no link on the way.
        real: PathBuf,
        executable: bool,
    },
}

/// A folder whose children are being looked at.
struct Level {
    /// What stands before the name of a child: nothing, or a path that ends with `/`.
    prefix: String,
    /// Where it is, with no link on the way.
    real: PathBuf,
    children: vec::IntoIter<OsString>,
}

/// Everything to pack below `root`, sorted by the bytes of its names.
pub(super) fn walk(root: &Path) -> Result<Vec<Entry>, PackageError> {
    let real_root = fs::canonicalize(root).map_err(|source| unreadable(root, source))?;
    let mut entries = Vec::new();
    let mut total = 0_u64;
    // The folders from the root to the one that is looked at: no recursion, which a deep tree could exhaust.
    let mut levels = vec![Level::read(root, String::new(), real_root.clone())?];
    while let Some(level) = levels.last_mut() {
        let Some(child) = level.children.next() else {
            levels.pop();
            continue;
        };
        let path = root.join(&level.prefix).join(&child);
        let Some(child) = child.to_str() else { return Err(PackageError::NotUtf8 { path }) };
        let name = format!("{}{child}", level.prefix);
        if name == REPOSITORY {
            continue;
        }
        let mut real = level.real.join(child);
        let mut about = fs::symlink_metadata(&real).map_err(|source| unreadable(&path, source))?;
        if about.is_symlink() {
            real = follow(&path, &real, &real_root)?;
            about = fs::metadata(&real).map_err(|source| unreadable(&path, source))?;
        }
        if about.is_dir() {
            if levels.iter().any(|above| above.real == real) {
                return Err(PackageError::Circle { path });
            }
            let below = Level::read(&path, format!("{name}/"), real)?;
            if below.children.as_slice().is_empty() {
                entries.push(Entry { name, kind: Kind::EmptyFolder });
            } else {
                levels.push(below);
            }
        } else if about.is_file() {
            total = total.saturating_add(about.len());
            if total > LARGEST_UNPACKED {
                return Err(PackageError::TooLarge { path: root.to_owned() });
            }
            entries.push(Entry { name, kind: Kind::File { real, executable: is_executable(&about) } });
        } else {
            return Err(special(&path, about.file_type()));
        }
        if entries.len() > MOST_ENTRIES {
            return Err(PackageError::TooMany { path: root.to_owned() });
        }
    }
    if !entries.iter().any(|entry| matches!(entry.kind, Kind::File { .. })) {
        return Err(PackageError::Empty { path: root.to_owned() });
    }
    entries.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}

impl Level {
    fn read(path: &Path, prefix: String, real: PathBuf) -> Result<Self, PackageError> {
        let mut children = Vec::new();
        for child in fs::read_dir(&real).map_err(|source| unreadable(path, source))? {
            children.push(child.map_err(|source| unreadable(path, source))?.file_name());
            // The repository that is left out may be one more.
            if children.len() > MOST_ENTRIES + 1 {
                return Err(PackageError::TooMany { path: path.to_owned() });
            }
        }
        // So that of several things that cannot be packed the same is named every time.
        children.sort_unstable();
        Ok(Self { prefix, real, children: children.into_iter() })
    }
}

/// Where the link `real`, shown as `path`, leads in the end.
fn follow(path: &Path, real: &Path, real_root: &Path) -> Result<PathBuf, PackageError> {
    match fs::canonicalize(real) {
        Ok(target) if target.starts_with(real_root) => Ok(target),
        Ok(target) => Err(PackageError::LeadsOutside { path: path.to_owned(), target }),
        Err(_) if is_endless(real) => Err(PackageError::Circle { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(PackageError::Dangling { path: path.to_owned() })
        }
        Err(source) => Err(unreadable(path, source)),
    }
}

/// Whether links lead to links without an end. The system's own error for it has no stable name.
fn is_endless(link: &Path) -> bool {
    let mut at = link.to_owned();
    for _ in 0..MOST_LINKS {
        let (Ok(target), Some(folder)) = (fs::read_link(&at), at.parent()) else { return false };
        at = folder.join(target);
    }
    true
}

fn unreadable(path: &Path, source: io::Error) -> PackageError {
    PackageError::Unreadable { path: path.to_owned(), source }
}

/// The refusal of what is neither a file nor a folder.
pub(super) fn special(path: &Path, kind: fs::FileType) -> PackageError {
    PackageError::Special { path: path.to_owned(), kind: name_of(kind) }
}

#[cfg(unix)]
fn name_of(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn name_of(_: fs::FileType) -> &'static str {
    "neither a file nor a folder"
}

#[cfg(unix)]
fn is_executable(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}
