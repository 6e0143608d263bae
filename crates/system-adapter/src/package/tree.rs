//! Lists the files and folders to pack, without reading the files, except those that may be private keys.

use super::{
    LARGEST_UNPACKED, MOST_ENTRIES, PackageError,
    exclude::{Rules, may_be_key},
};
use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    vec,
};

/// How many links to follow before they count as a loop: more than any system follows (Linux 40, macOS 32).
const MOST_LINKS: usize = 64;

/// A file or an empty folder.
#[derive(Debug)]
pub(super) struct Entry {
    /// The path relative to the packed folder, with `/` as the separator.
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    EmptyFolder,
    File {
        /// The path to read, without symbolic links.
        real: PathBuf,
        executable: bool,
        /// Its size in bytes when it was listed.
        size: u64,
    },
}

/// A folder whose children are being listed.
struct Level {
    /// The prefix of the children's names: empty, or a path that ends with `/`.
    prefix: String,
    /// The path of the folder, without symbolic links.
    real: PathBuf,
    children: vec::IntoIter<OsString>,
}

/// A listed folder.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// What to pack, sorted by the bytes of the names.
    pub(super) entries: Vec<Entry>,
    /// What is left out, sorted. What is below a folder that is left out is not listed.
    pub(super) left_out: Vec<String>,
}

/// Lists what is below `root`.
pub(super) fn walk(root: &Path, rules: &Rules) -> Result<Tree, PackageError> {
    let real_root = fs::canonicalize(root).map_err(|source| unreadable(root, source))?;
    let (mut entries, mut left_out) = (Vec::new(), Vec::new());
    let mut total = 0_u64;
    // The folders from the root to the current one. A stack instead of recursion, because a deep tree could overflow the
    // call stack.
    let mut levels = vec![Level::read(root, String::new(), real_root.clone())?];
    while let Some(level) = levels.last_mut() {
        let Some(child) = level.children.next() else {
            levels.pop();
            continue;
        };
        let path = root.join(&level.prefix).join(&child);
        let Some(child) = child.to_str() else { return Err(PackageError::NotUtf8 { path }) };
        let name = format!("{}{child}", level.prefix);
        let mut real = level.real.join(child);
        let mut about = fs::symlink_metadata(&real).map_err(|source| unreadable(&path, source))?;
        let judged = rules.leaves_out(&name, about.is_dir());
        if judged == Some(true) {
            left_out.push(name);
            continue;
        }
        if about.is_symlink() {
            real = follow(&path, &real, &real_root)?;
            about = fs::metadata(&real).map_err(|source| unreadable(&path, source))?;
            let target = real.strip_prefix(&real_root).ok().and_then(Path::to_str).unwrap_or_default();
            if judged.is_none() && rules.leaves_out(target, about.is_dir()) == Some(true) {
                left_out.push(name);
                continue;
            }
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
            if judged.is_none() && may_be_key(&name) {
                let has_key = has_private_key(&real).map_err(|source| unreadable(&path, source))?;
                if has_key {
                    left_out.push(name);
                    continue;
                }
            }
            total = total.saturating_add(about.len());
            if total > LARGEST_UNPACKED {
                return Err(PackageError::TooLarge { path: root.to_owned() });
            }
            let kind = Kind::File { real, executable: is_executable(&about), size: about.len() };
            entries.push(Entry { name, kind });
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
    left_out.sort_unstable();
    Ok(Tree { entries, left_out })
}

/// How much of a file is searched for a private key, in bytes. Bundles of certificates are smaller.
const LARGEST_KEY: u64 = 1024 * 1024;

/// Whether the file contains a private key in PEM.
fn has_private_key(path: &Path) -> io::Result<bool> {
    const END: &[u8] = b"PRIVATE KEY-----";
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST_KEY).read_to_end(&mut bytes)?;
    Ok(bytes.windows(END.len()).any(|part| part == END))
}

impl Level {
    fn read(path: &Path, prefix: String, real: PathBuf) -> Result<Self, PackageError> {
        let mut children = Vec::new();
        for child in fs::read_dir(&real).map_err(|source| unreadable(path, source))? {
            children.push(child.map_err(|source| unreadable(path, source))?.file_name());
            // Some of them may be left out.
            if children.len() > 2 * MOST_ENTRIES {
                return Err(PackageError::TooMany { path: path.to_owned() });
            }
        }
        // Sorted, so that the first error is the same on every machine.
        children.sort_unstable();
        Ok(Self { prefix, real, children: children.into_iter() })
    }
}

/// The final target of the link `real`, which messages show as `path`.
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

/// Whether the link is part of a loop. The standard library has no stable error kind for it.
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

/// The error for something that is neither a file nor a folder.
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
