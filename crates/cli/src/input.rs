//! Reads files, pipes and stdin, each with a maximum size and a maximum wait.

use crate::failure::Failure;
use lamplight_domain::{ErrorCode, decode_text};
use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::Path,
    sync::mpsc::{RecvTimeoutError, sync_channel},
    time::Duration,
};

/// The maximum size of an input, in bytes: more than any provider accepts as an event.
const LARGEST: usize = 64 << 20;

/// How long a pipe may be silent. A file is never; at a terminal, a person decides.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads a text: UTF-8, or UTF-16 with a byte order mark; `-` is stdin. A byte order mark is removed.
pub fn read_text(source: &str) -> Result<String, Failure> {
    decode_text(read_bytes(source)?).map_err(|error| {
        Failure::usage(ErrorCode::InvalidInput, format!("{} {error}", source_name(source)))
            .with_hint("save it as UTF-8")
    })
}

/// The name of a source in error messages.
pub fn source_name(source: &str) -> String {
    if source == "-" { "stdin".to_owned() } else { source.to_owned() }
}

/// The bytes live as long as the call, so they take no more memory than they need.
fn read_bytes(source: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = read_grown(source)?;
    bytes.shrink_to_fit();
    Ok(bytes)
}

fn read_grown(source: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: io::Error| unreadable(source, &error);
    if source == "-" {
        return if io::stdin().is_terminal() {
            read_at_most(io::stdin().lock(), source)
        } else {
            read_patiently(source, || Ok(io::stdin()))
        };
    }
    let path = Path::new(source);
    // Opening a pipe waits for a writer; what is not a file can also be endless. The files of the kernel look like empty
    // files, and some of them wait for something to happen.
    let found = std::fs::metadata(path).map_err(unreadable)?;
    if found.is_file() && found.len() > 0 {
        read_at_most(File::open(path).map_err(unreadable)?, source)
    } else {
        let path = path.to_owned();
        read_patiently(source, move || File::open(path))
    }
}

fn read_at_most(input: impl Read, source: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    input.take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(|error| unreadable(source, &error))?;
    if bytes.len() > LARGEST { Err(too_large(source)) } else { Ok(bytes) }
}

/// Reads on a thread of its own, which stays behind if nothing comes.
fn read_patiently<R: Read>(
    source: &str,
    open: impl FnOnce() -> io::Result<R> + Send + 'static,
) -> Result<Vec<u8>, Failure> {
    let (sender, received) = sync_channel::<io::Result<Vec<u8>>>(4);
    std::thread::spawn(move || {
        let mut input = match open() {
            Ok(input) => input,
            Err(error) => return sender.send(Err(error)),
        };
        loop {
            let mut chunk = vec![0; 1 << 16];
            let read = match input.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read,
            };
            sender.send(read.map(|length| {
                chunk.truncate(length);
                chunk
            }))?;
        }
    });
    let mut bytes = Vec::new();
    loop {
        match received.recv_timeout(PATIENCE) {
            Ok(Ok(chunk)) if bytes.len() + chunk.len() > LARGEST => return Err(too_large(source)),
            Ok(Ok(mut chunk)) => bytes.append(&mut chunk),
            Ok(Err(error)) => return Err(unreadable(source, &error)),
            Err(RecvTimeoutError::Disconnected) => return Ok(bytes),
            Err(RecvTimeoutError::Timeout) => return Err(silent(source)),
        }
    }
}

fn unreadable(source: &str, error: &io::Error) -> Failure {
    let failure = Failure::io(format!("could not read {}", source_name(source)), error);
    match source.strip_prefix("file://").or_else(|| source.strip_prefix("fileb://")) {
        Some(path) => failure.with_hint(format!("give the path without file://: {path}")),
        None => failure,
    }
}

fn too_large(source: &str) -> Failure {
    let message = format!("{} is larger than {} MiB", source_name(source), LARGEST >> 20);
    Failure::usage(ErrorCode::InvalidInput, message)
        .with_hint("store the data elsewhere and pass a reference to it")
}

fn silent(source: &str) -> Failure {
    let message = format!("nothing could be read from {} for {} s", source_name(source), PATIENCE.as_secs());
    Failure::usage(ErrorCode::InvalidInput, message)
        .with_hint("if its writer needs longer, let it write to a file and give that file")
}
