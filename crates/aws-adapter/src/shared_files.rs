//! Reads the configuration files that all AWS tools share. The SDK treats a file that it cannot read as empty, and so could
//! use another identity than intended; here this is an error.

use lamplight_aws_model::{SharedFileKind, SharedFiles, codes};
use lamplight_ports::{PortError, PortErrorKind};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The maximum size of a file, in bytes.
const LARGEST: u64 = 4 << 20;

/// Reads `~/.aws/config` and `~/.aws/credentials`, or the files that `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`
/// name. A file that does not exist is empty, as for all AWS tools. `variable` looks up an environment variable.
///
/// # Errors
/// A file that cannot be read, with the line if its content is wrong.
pub fn read_shared_files(variable: &dyn Fn(&str) -> Option<String>) -> Result<SharedFiles, PortError> {
    let mut files = SharedFiles::default();
    for (kind, name, default) in [
        (SharedFileKind::Config, "AWS_CONFIG_FILE", "~/.aws/config"),
        (SharedFileKind::Credentials, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ] {
        let named = variable(name).filter(|value| !value.is_empty());
        let Some(path) = expand_home(named.as_deref().unwrap_or(default), variable) else { continue };
        let shown = path.display().to_string();
        let bytes = read(&path).map_err(|error| {
            let message = format!("could not read the AWS configuration file {shown}");
            invalid(message, format!("make it readable, or set {name} to another file")).with_source(error)
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
            let line = good.filter(|byte| **byte == b'\n').count() + 1;
            invalid(
                format!("{shown}:{line}: the line is not valid UTF-8"),
                "save the file as UTF-8".to_owned(),
            )
        })?;
        files.add(kind, &shown, &text).map_err(|error| {
            invalid(error.to_string(), "fix this line; all AWS tools read this file".to_owned())
        })?;
    }
    Ok(files)
}

fn invalid(message: String, hint: String) -> PortError {
    PortError::new(PortErrorKind::InvalidRequest, codes::INVALID_AWS_FILE, message).with_hint(hint)
}

/// The path with `~/` replaced by the home folder; `None` without a home folder.
fn expand_home(path: &str, variable: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let Some(rest) = path.strip_prefix("~/") else { return Some(PathBuf::from(path)) };
    let home = variable("HOME").or_else(|| variable("USERPROFILE")).filter(|home| !home.is_empty())?;
    Some(Path::new(&home).join(rest))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    // Many set these variables to `/dev/null` to have no files.
    if is_device(&metadata) {
        return Ok(Vec::new());
    }
    if !metadata.is_file() {
        let kind = if metadata.is_dir() { "it is a folder" } else { "it is a pipe or a socket, not a file" };
        return Err(io::Error::other(kind));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("it is larger than {LARGEST} bytes")));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn is_device(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_char_device()
}

#[cfg(not(unix))]
fn is_device(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(pairs: &[(&str, &str)]) -> Result<SharedFiles, PortError> {
        let find =
            |name: &str| pairs.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        read_shared_files(&find)
    }

    #[test]
    fn files_are_found_at_home_or_where_the_variables_say() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().to_str().unwrap();
        let is_empty = |files: SharedFiles| files == SharedFiles::default();
        assert!(is_empty(reading(&[]).unwrap()) && is_empty(reading(&[("HOME", folder)]).unwrap()));
        fs::create_dir(home.path().join(".aws")).unwrap();
        fs::write(home.path().join(".aws/config"), "[profile a]\n").unwrap();
        fs::write(home.path().join("other"), "[b]\n").unwrap();
        let other = format!("{folder}/other");
        let files = reading(&[("HOME", folder), ("AWS_SHARED_CREDENTIALS_FILE", &other)]).unwrap();
        assert!(files.profile("a").is_some() && files.profile("b").is_some());
        for named in ["~/other", "/dev/null", "/nonexistent/config"] {
            let files = reading(&[("HOME", folder), ("AWS_CONFIG_FILE", named)]).unwrap();
            assert!(files.profile("a").is_none(), "{named}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config");
        let named = file.to_str().unwrap();
        for (content, told) in [
            (&b"[profile a]\nhunter2\n"[..], format!("{named}:2: the line is neither")),
            (b"[profile a]\nx = \xff\n", format!("{named}:2: the line is not valid UTF-8")),
            (b"\xff\xfe[\0", format!("{named}:1: the line is not valid UTF-8")),
        ] {
            fs::write(&file, content).unwrap();
            let error = reading(&[("AWS_CONFIG_FILE", named)]).unwrap_err();
            assert_eq!(error.code, codes::INVALID_AWS_FILE);
            assert!(error.message.starts_with(&told) && !error.message.contains("hunter2"), "{error}");
        }
        let error = reading(&[("AWS_CONFIG_FILE", folder.path().to_str().unwrap())]).unwrap_err();
        assert!(error.message.starts_with("could not read the AWS configuration file"), "{error}");
        assert_eq!(error.source.unwrap().to_string(), "it is a folder");
    }
}
