//! A folder of its own with the built binary to run in it.

use lamplight_testkit::World;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// A user's home for one test: nothing of the machine's own configuration is seen.
pub struct Lamplight {
    folder: TempDir,
    program: PathBuf,
}

/// Stands for a secret in the arguments of tests: no error repeats it.
pub const SECRET: &str = "hunter2";

/// What a command did.
#[derive(Debug)]
pub struct Done {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Lamplight {
    pub fn new() -> Self {
        Self::of_program(assert_cmd::cargo::cargo_bin!("lamplight").to_owned())
    }

    /// Another program with the same command line.
    pub fn of_program(program: PathBuf) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), program }
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("LAMPLIGHT_DATA_DIR", self.data())
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The same, for which the world is this one.
    pub fn command_in(&self, world: &World, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        let authority = self.file("stub-authority.pem", &world.authority());
        command.env("HTTPS_PROXY", world.proxy()).env("SSL_CERT_FILE", authority);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Done {
        done(self.command(arguments).output().unwrap())
    }

    /// Runs a command that is written as one line.
    pub fn line(&self, line: &str) -> Done {
        self.line_with(&[], line)
    }

    /// The same, with these variables.
    pub fn line_with(&self, environment: &[(&str, &str)], line: &str) -> Done {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        done(self.command(&words).envs(environment.iter().copied()).output().unwrap())
    }

    /// Runs a command that must be refused. Returns its exit code and its error, for a snapshot.
    pub fn refused(&self, line: &str) -> String {
        let done = self.line(line);
        assert_ne!(done.code, 0, "{line}: {done:#?}");
        assert_eq!(done.stdout, "", "{line}");
        assert!(!done.stderr.contains(SECRET), "{line}: {}", done.stderr);
        self.without_paths(&format!("exit code {}\n{}", done.code, done.stderr))
    }

    /// A text without what differs from run to run: the path of this home.
    pub fn without_paths(&self, text: &str) -> String {
        text.replace(self.folder.path().to_str().unwrap(), "~")
    }

    /// Runs a command that must succeed.
    pub fn good(&self, arguments: &[&str]) -> Done {
        let done = self.run(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {done:#?}");
        done
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let done = self.run(&[arguments, &["--output", "json"]].concat());
        serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:#?}"))
    }
}

pub fn done(output: Output) -> Done {
    Done {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The words of a line. Spaces between single quotes belong to their word.
pub fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    for c in line.chars().chain([' ']) {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words
}
