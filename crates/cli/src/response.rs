//! Writes the response of a run: to stdout as it was received, to a terminal without what could steer it, or to a file.

use crate::{
    failure::Failure,
    output::{self, Output},
};
use lamplight_domain::ErrorCode;
use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The file that a response goes to. It is opened before the run, so that a wrong path refuses the run and does not lose its
/// response.
#[derive(Debug)]
pub struct ResponseFile {
    path: PathBuf,
    file: File,
}

impl ResponseFile {
    /// Opens the file, or creates it. What it contains stays until the response is written.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            let message = "--response-file needs the name of a file, and - is not stdout here";
            return Err(Failure::usage(ErrorCode::InvalidInput, message.to_owned()).with_hint(
                "leave it out to get the response on stdout, or give ./- for a file of this name",
            ));
        }
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| Failure::io(format!("could not open {}", path.display()), &error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Replaces the content of the file by the response, byte for byte. Without a response, the file is empty.
    pub fn write(mut self, response: Option<&[u8]>) -> Result<(), Failure> {
        let mut write = || -> io::Result<()> {
            if self.file.metadata()?.is_file() {
                self.file.set_len(0)?;
            }
            self.file.write_all(response.unwrap_or_default())?;
            self.file.flush()
        };
        write().map_err(|error| {
            Failure::io(format!("could not write the response to {}", self.path.display()), &error)
        })
    }
}

/// Writes a response to stdout: byte for byte, or to a terminal as a harmless text. `followed` says whether a text on stderr
/// comes next.
pub fn write(response: &[u8], output: Output, followed: bool) -> io::Result<()> {
    if !output.stdout_is_terminal {
        output::data(response)?;
        if followed && output.is_one_stream && !response.ends_with(b"\n") {
            output::say("");
        }
        return Ok(());
    }
    if let Ok(text) = std::str::from_utf8(response) {
        output::line(text)
    } else {
        output.note(&format!(
            "the response is binary ({} bytes) and not shown on a terminal; --response-file writes it to a file",
            response.len()
        ));
        Ok(())
    }
}
