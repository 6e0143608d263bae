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
